//! Who hears of a plan: for each order what its merchant knows, which letter about it was written since, and why one waits.

use std::collections::BTreeMap;

use jiff::Timestamp;
use postsale_domain::dispatch::Slot;
use postsale_domain::dispatch::plan::{Heard, Hearing, Mailed, PlanChange, hearing};
use postsale_domain::notify::Held;
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::{Span, WorkOrderId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::dispatch::plans::PlanStop;
use crate::ground::db::{Done, Json, Query, Tx, fifty, p};
use crate::visit::store::WorkOrder;
use crate::{fifty, sql};

/// What a merchant hears of a plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanTold {
    what: Hearing,
    /// When the letter was written; null while none was.
    at: Option<Timestamp>,
    /// Until when it waits.
    until: Option<Timestamp>,
    /// Why it waits.
    held: Option<Held>,
}

/// A letter about the time of a visit.
#[derive(Debug, Clone)]
struct Letter {
    at: Timestamp,
    state: Option<String>,
    until: Option<Timestamp>,
    held: Option<Held>,
}

/// What is known of the merchants of some orders.
pub struct Known {
    tickets: BTreeMap<WorkOrderId, TicketId>,
    windows: BTreeMap<WorkOrderId, Span>,
    letters: BTreeMap<TicketId, Letter>,
}

impl Known {
    /// Of these orders; two queries per fifty of them.
    pub fn of(tx: &mut Tx<'_>, orders: &[WorkOrder]) -> Done<Self> {
        let tickets = orders.iter().map(|w| (w.id, w.ticket_id)).collect();
        let (mut windows, mut letters) = (BTreeMap::new(), BTreeMap::new());
        for chunk in orders.chunks(50) {
            let told: Vec<(WorkOrderId, Value)> = tx.query(
                sql!(concat!(
                    "SELECT work_order_id, data FROM visit_event WHERE code = $1 AND work_order_id IN (",
                    fifty!(),
                    ") ORDER BY work_order_id, seq"
                )),
                &fifty("told", chunk.iter().map(|order| p(&order.id))),
                |r| Ok((r.next()?, r.next::<Json<Value>>()?.0)),
            )?;
            for (id, data) in told {
                if let Ok(window) = serde_json::from_value::<Span>(data["promised"].clone()) {
                    windows.insert(id, window);
                }
            }
            let params = fifty(&tx.tenant(), chunk.iter().map(|order| p(&order.id)));
            let written: Vec<(TicketId, Letter)> = tx.query(
                sql!(concat!(
                    "SELECT w.ticket_id, n.created_at, o.state, o.run_at, o.held
                     FROM work_order w JOIN notice n ON n.ticket_id = w.ticket_id AND n.kind IN ('visit_promised', 'visit_changed', 'visit_chosen')
                     LEFT JOIN outbox o ON o.notice_id = n.id AND o.transport = 'mail'
                     WHERE w.tenant_id = $1 AND w.id IN (",
                    fifty!(),
                    ") ORDER BY n.created_at, n.id"
                )),
                &params,
                |r| Ok((r.next()?, Letter { at: r.next()?, state: r.next()?, until: r.next()?, held: r.coded_opt()? })),
            )?;
            letters.extend(written);
        }
        Ok(Self { tickets, windows, letters })
    }

    /// What the merchant of an order hears of a plan that was published then, if it was.
    pub fn told(&self, stop: &PlanStop, published: Option<Timestamp>, now: Timestamp) -> Option<PlanTold> {
        let letter = self.tickets.get(&stop.work_order_id).and_then(|ticket| self.letters.get(ticket));
        let letter = letter.filter(|l| published.is_some_and(|since| l.at >= since));
        let waits = |l: &&Letter| l.state.as_deref() == Some("ready") && l.held.is_some() && l.until.is_some_and(|until| until > now);
        let mailed = letter.map(|l| match l.state.as_deref() {
            None => Mailed::Nowhere,
            Some("failed") => Mailed::Failed,
            _ if waits(&l) => Mailed::Held,
            _ => Mailed::Going,
        });
        let known = self.windows.get(&stop.work_order_id).filter(|w| w.to > now).map(|w| Slot { from: w.from, to: w.to });
        let what = hearing(&Heard {
            changes: matches!(stop.change, PlanChange::New | PlanChange::Moved | PlanChange::Retimed),
            planned: stop.place.map(|(_, span)| span.from),
            known,
            letter: mailed,
            refused: stop.published.as_ref().is_some_and(Result::is_err),
        })?;
        let held = letter.filter(waits);
        Some(PlanTold { what, at: letter.map(|l| l.at), until: held.and_then(|l| l.until), held: held.and_then(|l| l.held) })
    }
}
