//! What tickets of the demo share: an outage several report, a second report that was merged, a sub-task, a link.

use std::collections::BTreeMap;

use postsale_domain::ground::{AcquirerId, Caller, Reach, Role, TenantId, UserId, Who};
use postsale_domain::incident::Scope;
use postsale_domain::merchant::MerchantId;
use postsale_domain::ticket::{LinkKind, TicketId, TicketState};

use crate::flow::agent;
use crate::flow::{incident, merge, relation};
use crate::ground::db::{Done, Query, Tx, p};
use crate::sql;
use crate::ticket::head::Head;
use crate::ticket::list;

/// Tickets that belong to the outage.
const HIT: usize = 5;

/// An agent at the desk.
pub(super) fn at_the_desk(tenant: TenantId, agent: UserId) -> Caller {
    Caller { tenant, who: Who::Staff { user: agent, role: Role::Agent, engineer: None, acquirer: None, branch: None } }
}

/// Lets the agent find out what belongs together.
pub(super) fn notice(tx: &mut Tx<'_>, agent: UserId) -> Done<()> {
    let tenant = tx.tenant();
    let open: Vec<TicketId> = tx.query(
        sql!("SELECT id FROM ticket WHERE tenant_id = $1 AND closed_at IS NULL AND state IN ('triaged', 'remote') ORDER BY opened_at DESC, id LIMIT 200"),
        &[p(&tenant)],
        |r| r.next(),
    )?;
    let mut tickets = list::some(tx, &open)?;
    tickets.sort_by_key(|t| t.number);
    outage(tx, &tickets)?;
    said_twice(tx, &tickets)?;
    if let [.., one, other] = tickets.as_slice() {
        let (to, due) = (other.id, tx.now() + jiff::SignedDuration::from_hours(20));
        agent::act(tx, Reach::All, one.id, None, "ticket.link", |tx, desk| relation::link(tx, Reach::All, desk, to, LinkKind::Relates))?;
        agent::act(tx, Reach::All, one.id, None, "ticket.task", |tx, desk| {
            relation::add_task(tx, desk, "请收单机构核对商户参数", Some(agent), Some(due))
        })?;
    }
    Ok(())
}

/// The acquirer with the most open tickets has an outage.
fn outage(tx: &mut Tx<'_>, tickets: &[Head]) -> Done<()> {
    let mut by_acquirer: BTreeMap<AcquirerId, Vec<TicketId>> = BTreeMap::new();
    for t in tickets {
        if let Some(acquirer) = t.acquirer_id {
            by_acquirer.entry(acquirer).or_default().push(t.id);
        }
    }
    let Some((acquirer, mut hit)) = by_acquirer.into_iter().max_by_key(|(_, of)| of.len()) else { return Ok(()) };
    hit.truncate(HIT);
    let scope = Scope { acquirer: Some(postsale_domain::ground::TypedId::uuid(acquirer)), ..Scope::default() };
    incident::open(tx, Reach::All, "收单机构交易通道不稳，部分交易超时", scope, &hit).map(drop)
}

/// Two open tickets of one merchant turn out to be one.
fn said_twice(tx: &mut Tx<'_>, tickets: &[Head]) -> Done<()> {
    let mut of: BTreeMap<MerchantId, &Head> = BTreeMap::new();
    for t in tickets.iter().filter(|t| t.state == TicketState::Triaged) {
        let Some(merchant) = t.merchant_id else { continue };
        if let Some(first) = of.get(&merchant) {
            let (Some(first), Some(second)) = (list::some(tx, &[first.id])?.pop(), list::some(tx, &[t.id])?.pop()) else { return Ok(()) };
            return merge::merge(tx, Reach::All, (second.id, second.version), (first.id, first.version)).map(drop);
        }
        of.insert(merchant, t);
    }
    Ok(())
}
