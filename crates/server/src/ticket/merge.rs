//! SQL of merges: which case goes on under which number. A row stays for ever; undoing dates it.

use jiff::Timestamp;
use postsale_domain::ground::TypedId;
use postsale_domain::ticket::{Channel, TicketId, TicketState};

use super::list::{Sight, as_far_as, given_to, of_branch};
use super::store::{self, ContactFacts, Ticket};
use crate::ground::db::{DbError, Done, Query, Row, Tx, code, p};
use crate::sql;

/// Where what hangs on a ticket is asked for here; see [`Tx::nothing_hangs`].
pub const FILE: &str = file!();

postsale_domain::ids! {
    /// A merge.
    MergeId = "mrg";
}

/// One case going on under another one's number.
#[derive(Debug, Clone)]
pub struct Merge {
    /// Which one.
    pub id: MergeId,
    /// The case that goes on elsewhere.
    pub loser: TicketId,
    /// Where it goes on.
    pub survivor: TicketId,
    /// The survivor's number.
    pub survivor_number: i64,
    /// Since when.
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
    /// Where the loser stood.
    pub state_before: TicketState,
}

macro_rules! of_merge {
    ($where:literal) => {
        sql!(concat!(
            "SELECT g.id, g.loser_id, g.survivor_id, s.number, g.at, g.by_name, g.state_before
             FROM ticket_merge g JOIN ticket s ON s.id = g.survivor_id WHERE g.tenant_id = $1 AND g.undone_at IS NULL AND ",
            $where
        ))
    };
}

fn read(r: &mut Row) -> Result<Merge, DbError> {
    Ok(Merge {
        id: r.next()?,
        loser: r.next()?,
        survivor: r.next()?,
        survivor_number: r.next()?,
        at: r.next()?,
        by: r.next()?,
        state_before: r.coded()?,
    })
}

/// Where a case goes on, if it was merged.
pub fn of(tx: &mut Tx<'_>, loser: TicketId) -> Done<Option<Merge>> {
    let tenant = tx.tenant();
    Ok(tx.hanging_one(loser, of_merge!("g.loser_id = $2"), &[p(&tenant), p(&loser)], read)?)
}

/// A case that goes on under another one's number.
#[derive(Debug, Clone)]
pub struct Under {
    /// Which one.
    pub id: TicketId,
    /// Its own number.
    pub number: i64,
    /// Its title.
    pub subject: String,
    /// How it came in.
    pub channel: Channel,
    /// Who reported it.
    pub contact_name: Option<String>,
    /// Its version.
    pub version: i64,
    /// Lines of its timeline.
    pub lines: i64,
    /// Since when.
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
}

/// What goes on under this number as far as one sees, the first merged first; not what goes on under theirs.
pub fn under(tx: &mut Tx<'_>, sight: Sight, survivor: TicketId) -> Done<Vec<Under>> {
    macro_rules! ask {
        ($sight:expr) => {
            sql!(concat!(
                "SELECT t.id, t.number, t.subject, t.channel, t.contact_name, t.version, t.entry_count, g.at, g.by_name
                 FROM ticket_merge g JOIN ticket t ON t.id = g.loser_id
                 WHERE g.tenant_id = $1 AND g.undone_at IS NULL AND g.survivor_id = $2",
                $sight,
                " ORDER BY g.at, g.id"
            ))
        };
    }
    let key = [p(&tx.tenant()), p(&survivor)];
    let Some((statement, params)) = as_far_as!(sight, key, "$3", ask) else { return Ok(Vec::new()) };
    Ok(tx.hanging(survivor, statement, &params, |r| {
        Ok(Under {
            id: r.next()?,
            number: r.next()?,
            subject: r.next()?,
            channel: r.coded()?,
            contact_name: r.next()?,
            version: r.next()?,
            lines: r.next()?,
            at: r.next()?,
            by: r.next()?,
        })
    })?)
}

/// Steps from a case to where it goes on in the end. Merging asks for open cases, so a circle cannot come about.
const STEPS: usize = 20;

/// Where everything that leads to a case leads: the case itself, or the one it goes on under in the end.
pub fn survivor(tx: &mut Tx<'_>, id: TicketId) -> Done<TicketId> {
    let mut at = id;
    for _ in 0..STEPS {
        match of(tx, at)? {
            Some(merge) => at = merge.survivor,
            None => break,
        }
    }
    Ok(at)
}

/// Everything that goes on under this number in the end, in whatever steps.
pub fn family(tx: &mut Tx<'_>, survivor: TicketId) -> Done<Vec<TicketId>> {
    if tx.is_bare(survivor.uuid(), file!()) {
        return Ok(Vec::new());
    }
    let tenant = tx.tenant();
    Ok(tx.known(
        sql!(
            "WITH RECURSIVE joined (id, steps) AS (
               SELECT loser_id, 1 FROM ticket_merge WHERE tenant_id = $1 AND survivor_id = $2 AND undone_at IS NULL
               UNION ALL
               SELECT g.loser_id, j.steps + 1 FROM ticket_merge g JOIN joined j ON g.survivor_id = j.id WHERE g.undone_at IS NULL AND j.steps < 20)
             SELECT id FROM joined ORDER BY steps, id"
        ),
        &[p(&tenant), p(&survivor)],
        |r| r.next(),
    )?)
}

/// Keeps a merge.
pub fn insert(tx: &mut Tx<'_>, loser: TicketId, survivor: TicketId, by: &str, state_before: TicketState) -> Done<()> {
    let (id, tenant, now): (MergeId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    tx.exec(
        sql!(
            "INSERT INTO ticket_merge (id, tenant_id, loser_id, survivor_id, at, by_name, state_before) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &[p(&id), p(&tenant), p(&loser), p(&survivor), p(&now), p(by), code(&state_before)],
    )?;
    Ok(())
}

/// Dates a merge as undone.
pub fn undo(tx: &mut Tx<'_>, id: MergeId, by: &str) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(
        sql!("UPDATE ticket_merge SET undone_at = $1, undone_by = $2 WHERE tenant_id = $3 AND id = $4 AND undone_at IS NULL"),
        &[p(&now), p(by), p(&tenant), p(&id)],
    )?;
    Ok(())
}

/// Where a case stands for whoever holds its link: the case itself, or the one it goes on under.
pub fn followed(tx: &mut Tx<'_>, id: TicketId) -> Done<Option<Ticket>> {
    let at = survivor(tx, id)?;
    store::ticket(tx, at)
}

/// The contacts of a case and of everything that goes on under its number, its own first: whoever of them writes is the merchant.
pub fn contacts(tx: &mut Tx<'_>, t: &Ticket) -> Done<Vec<(TicketId, ContactFacts)>> {
    let mut all = vec![(t.id, t.contact.clone())];
    for id in family(tx, t.id)? {
        all.extend(store::ticket(tx, id)?.map(|loser| (id, loser.contact)));
    }
    Ok(all)
}

/// Whether what is written to the merchant goes by mail to somebody.
pub fn by_mail(tx: &mut Tx<'_>, t: &Ticket) -> Done<bool> {
    Ok(contacts(tx, t)?.iter().any(|(_, contact)| contact.email.is_some()))
}
