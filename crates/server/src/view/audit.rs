//! What the things are called that the audit chain speaks of: its lines hold ids, people know numbers and names.

use std::collections::BTreeMap;

use postsale_domain::ground::{TypedId, UserId};
use postsale_domain::merchant::MerchantId;
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::WorkOrderId;
use uuid::Uuid;

use crate::ground::db::{Done, Query, Tx, Val, fifty, p};
use crate::org::store::AuditLine;
use crate::ticket::{list, store as tickets};
use crate::view::ticket::number;
use crate::visit::store as visits;
use crate::{fifty, sql};

/// The names of fifty things of one kind.
macro_rules! called {
    ($kind:literal, $name:literal, $number:literal, $table:literal) => {
        concat!(
            "SELECT CAST(",
            $kind,
            " AS BIGINT), id, ",
            $name,
            ", ",
            $number,
            " FROM ",
            $table,
            " WHERE tenant_id = $1 AND id IN (",
            fifty!(),
            ")"
        )
    };
}

/// Says what each line is about, where it has a number or a name. Two statements per fifty things.
pub fn name(tx: &mut Tx<'_>, lines: &mut [AuditLine]) -> Done<()> {
    let asked: Vec<TicketId> = lines.iter().filter_map(|line| line.subject.parse().ok()).collect();
    let mut known: BTreeMap<String, String> =
        list::titles(tx, &asked)?.into_iter().map(|(id, (n, _))| (id.to_string(), number(n))).collect();
    let mut ids: Vec<Uuid> = lines.iter().filter_map(|line| named(&line.subject)).collect();
    ids.sort_unstable();
    ids.dedup();
    for chunk in ids.chunks(50) {
        let params = fifty(&tx.tenant(), chunk.iter().map(|id| Val::Id(*id)));
        let names = tx.query(
            // A merchant always has a name; with a column that is not in the index by name, SQLite does not walk all of that index instead
            // of looking fifty merchants up.
            sql!(concat!(
                called!(0, "display_name", "CAST(0 AS BIGINT)", "app_user"),
                " UNION ALL ",
                called!(1, "COALESCE(name, mid)", "CAST(0 AS BIGINT)", "merchant"),
                " UNION ALL ",
                called!(2, "serial_no", "CAST(0 AS BIGINT)", "terminal"),
                " UNION ALL ",
                called!(3, "''", "number", "work_order")
            )),
            &params,
            // Whatever kind it is of, read as one of them.
            |r| Ok((r.next::<i64>()?, r.next::<UserId>()?.uuid(), r.next::<String>()?, r.next::<i64>()?)),
        )?;
        known.extend(names.into_iter().map(|(kind, id, name, n)| match kind {
            0 => (UserId::from_uuid(id).to_string(), name),
            1 => (MerchantId::from_uuid(id).to_string(), name),
            2 => (TerminalId::from_uuid(id).to_string(), name),
            _ => (WorkOrderId::from_uuid(id).to_string(), visits::number(n)),
        }));
    }
    for line in lines {
        line.subject_name = known.get(&line.subject).cloned();
    }
    Ok(())
}

/// The id of a thing that has a name.
fn named(subject: &str) -> Option<Uuid> {
    let user = subject.parse::<UserId>().map(|id| id.uuid());
    let merchant = || subject.parse::<MerchantId>().map(|id| id.uuid());
    let terminal = || subject.parse::<TerminalId>().map(|id| id.uuid());
    let order = || subject.parse::<WorkOrderId>().map(|id| id.uuid());
    user.or_else(|_| merchant()).or_else(|_| terminal()).or_else(|_| order()).ok()
}

/// The thing somebody asks about: by the number people call it by, or by its id. A number nobody has is about nothing.
pub fn subject(tx: &mut Tx<'_>, asked: &str) -> Done<String> {
    let asked = asked.trim();
    let digits = |letter: char| {
        asked.strip_prefix([letter, letter.to_ascii_lowercase()]).and_then(|rest| rest.trim_start_matches('-').parse::<i64>().ok())
    };
    let found = if let Some(n) = digits('T') {
        tickets::numbered(tx, Some(n))?.map(|t| t.id.to_string())
    } else if let Some(n) = digits('W') {
        let key = [p(&tx.tenant()), p(&n)];
        tx.one(sql!("SELECT id FROM work_order WHERE tenant_id = $1 AND number = $2"), &key, |r| r.next::<WorkOrderId>())?
            .map(|id| id.to_string())
    } else {
        None
    };
    Ok(found.unwrap_or_else(|| asked.to_owned()))
}
