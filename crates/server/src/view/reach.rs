//! Whose ticket is it: the answer to an action that reaches only what is one's own.

use postsale_domain::ground::{Act, BranchId, Reach, UserId, Who};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::sla::TicketId;

use crate::ground::db::{Done, Query, Tx, p};
use crate::merchant::store::{Merchant, Store};
use crate::{org, sql};

/// Lets a ticket be seen: any of the tenant with [`Reach::All`]; otherwise an engineer sees tickets of work orders given to
/// them, an acquirer those of its own, somebody bound to a branch those of shops in its districts. Errors: `not_found`, whether it does not exist or is not theirs.
pub fn see_ticket(tx: &mut Tx<'_>, reach: Reach, ticket: TicketId) -> Done<()> {
    if sees_ticket(tx, reach, ticket)? { Ok(()) } else { Err(refuse!(NotFound, "not_found").into()) }
}

/// Whether a ticket is one of those an action reaches.
pub fn sees_ticket(tx: &mut Tx<'_>, reach: Reach, ticket: TicketId) -> Done<bool> {
    let who = tx.caller().who.clone();
    seen_by(tx, reach, &who, ticket)
}

/// Whether another person of the tenant may see it.
pub fn may_see(tx: &mut Tx<'_>, user: UserId, ticket: TicketId) -> Done<bool> {
    let Some(who) = org::store::who(tx, user)? else { return Ok(false) };
    seen_by(tx, act::TicketRead::reach(&who), &who, ticket)
}

fn seen_by(tx: &mut Tx<'_>, reach: Reach, who: &Who, ticket: TicketId) -> Done<bool> {
    let tenant = tx.tenant();
    let (engineer, acquirer, branch) = match who {
        Who::Staff { engineer, acquirer, branch, .. } => (*engineer, *acquirer, *branch),
        _ => (None, None, None),
    };
    let key = [p(&ticket), p(&tenant)];
    let seen = match (reach, engineer, acquirer) {
        (Reach::All, ..) => tx.number(sql!("SELECT COUNT(*) FROM ticket WHERE id = $1 AND tenant_id = $2"), &key)?,
        (Reach::Own, Some(engineer), _) => {
            let [ticket, tenant] = key;
            tx.number(
                sql!(
                    "SELECT COUNT(*) FROM ticket t WHERE t.id = $1 AND t.tenant_id = $2
                     AND EXISTS (SELECT 1 FROM work_order w WHERE w.ticket_id = t.id AND w.engineer_id = $3)"
                ),
                &[ticket, tenant, p(&engineer)],
            )?
        }
        (Reach::Own, None, Some(acquirer)) => {
            let [ticket, tenant] = key;
            tx.number(
                sql!("SELECT COUNT(*) FROM ticket WHERE id = $1 AND tenant_id = $2 AND acquirer_id = $3"),
                &[ticket, tenant, p(&acquirer)],
            )?
        }
        (Reach::Own, None, None) => {
            let [ticket, tenant] = key;
            tx.number(
                sql!(
                    "SELECT COUNT(*) FROM ticket t JOIN store s ON s.id = t.store_id
                       JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
                     WHERE t.id = $1 AND t.tenant_id = $2 AND d.branch_id = $3"
                ),
                &[ticket, tenant, p(&branch)],
            )?
        }
        (Reach::None, ..) => 0,
    };
    Ok(seen > 0)
}

/// Whether a district is one of a branch's.
pub fn in_branch(tx: &mut Tx<'_>, branch: BranchId, district: &str) -> Done<bool> {
    let tenant = tx.tenant();
    let key = [p(&tenant), p(district), p(&branch)];
    Ok(tx.number(sql!("SELECT COUNT(*) FROM branch_district WHERE tenant_id = $1 AND district = $2 AND branch_id = $3"), &key)? > 0)
}

/// Whether a place is the caller's own: an acquirer's by its merchant, that of somebody bound to a branch by the shop's district.
pub fn own_place(tx: &mut Tx<'_>, merchant: Option<&Merchant>, store: Option<&Store>) -> Done<bool> {
    let who = tx.caller().who.clone();
    place_of(tx, &who, merchant, store)
}

/// The same of somebody else.
pub fn place_of(tx: &mut Tx<'_>, who: &Who, merchant: Option<&Merchant>, store: Option<&Store>) -> Done<bool> {
    let (acquirer, branch) = match who {
        Who::Staff { acquirer, branch, .. } => (*acquirer, *branch),
        _ => (None, None),
    };
    match (acquirer, branch, store) {
        (Some(own), ..) => Ok(merchant.is_some_and(|m| m.acquirer_id == own)),
        (None, Some(branch), Some(store)) => in_branch(tx, branch, &store.district),
        _ => Ok(false),
    }
}
