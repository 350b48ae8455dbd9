//! SQL of what happened to a work order, line by line.

use jiff::Timestamp;
use postsale_domain::visit::{Event, WorkOrderId};
use serde_json::Value;

use crate::ground::db::{Done, Json, Query, Tx, p};
use crate::sql;

/// What happened, as it is kept.
#[derive(Debug, Clone)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// The event's code.
    pub code: String,
    /// Its values.
    pub data: Value,
    /// Who did it; empty for the house.
    pub by: String,
}

/// Appends to an order's history. `data` may hold what the event itself does not, such as names.
pub fn append(tx: &mut Tx<'_>, id: WorkOrderId, event_code: &str, data: &Value, by: &str) -> Done<()> {
    let (now, caller) = (tx.now(), tx.caller().label());
    // The order itself is loaded for change; nobody else appends meanwhile.
    let seq = tx.number(sql!("SELECT MAX(seq) FROM visit_event WHERE work_order_id = $1"), &[p(&id)])? + 1;
    tx.exec(
        sql!("INSERT INTO visit_event (work_order_id, seq, at, code, data, by_caller, by_name) VALUES ($1, $2, $3, $4, $5, $6, $7)"),
        &[p(&id), p(&seq), p(&now), p(event_code), p(&Json(data)), p(&caller), p(by)],
    )?;
    Ok(())
}

/// The code and values of an event as they are kept.
pub fn told(event: &Event) -> (String, Value) {
    let mut data = serde_json::to_value(event).unwrap_or(Value::Null);
    let code = data["code"].as_str().unwrap_or_default().to_owned();
    if let Some(object) = data.as_object_mut() {
        object.remove("code");
        // A drawing is no story; it is kept with the order itself.
        if let Some(confirmed) = object.get_mut("confirmed").and_then(Value::as_object_mut) {
            confirmed.remove("strokes");
        }
    }
    (code, data)
}

/// An order's history, oldest first.
pub fn history(tx: &mut Tx<'_>, id: WorkOrderId) -> Done<Vec<Happened>> {
    Ok(tx.query(
        sql!("SELECT at, code, data, by_name FROM visit_event WHERE work_order_id = $1 ORDER BY seq LIMIT 1000"),
        &[p(&id)],
        |r| Ok(Happened { at: r.next()?, code: r.next()?, data: r.next::<Json<Value>>()?.0, by: r.next()? }),
    )?)
}

/// How often something happened to an order, and with which values the last time.
pub fn last(tx: &mut Tx<'_>, id: WorkOrderId, event_code: &str) -> Done<(i64, Option<Value>)> {
    let times = tx.number(sql!("SELECT COUNT(*) FROM visit_event WHERE work_order_id = $1 AND code = $2"), &[p(&id), p(event_code)])?;
    let data = tx.one(
        sql!("SELECT data FROM visit_event WHERE work_order_id = $1 AND code = $2 ORDER BY seq DESC LIMIT 1"),
        &[p(&id), p(event_code)],
        |r| r.next::<Json<Value>>(),
    )?;
    Ok((times, data.map(|j| j.0)))
}
