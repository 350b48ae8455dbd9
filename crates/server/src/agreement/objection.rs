//! SQL of what is said against a statement: exclusions and disputes.

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::agreement::{
    Claim, ClockId, DisputeId, DisputeState, Excluded, Exclusion, ExclusionId, LineVerdict, Raised, StatementId, TicketId,
};
use postsale_domain::ground::UserId;
use postsale_domain::refuse;
use serde::Serialize;

use crate::ground::db::{DbError, Done, Query, Row, Tx, code, fifty, p};
use crate::{fifty, sql};

/// What is not counted, as it is kept.
#[derive(Debug, Clone, Serialize)]
pub struct KeptExclusion {
    /// Which one.
    pub id: ExclusionId,
    /// Of which statement.
    pub statement: StatementId,
    /// What.
    pub what: Excluded,
    /// Why.
    pub reason: String,
    /// What proves it.
    pub proof: String,
    /// Since when.
    pub at: Timestamp,
    /// Who noted it.
    pub by: UserId,
    /// Their name.
    pub by_name: String,
    /// The version that took it in first; none while it waits for a signature.
    pub signed_in: Option<i64>,
}

impl KeptExclusion {
    /// As the rules know it.
    pub fn rule(&self) -> Exclusion {
        Exclusion { id: self.id, what: self.what }
    }
}

/// A dispute as it is kept.
#[derive(Debug, Clone, Serialize)]
pub struct Dispute {
    /// Which one.
    pub id: DisputeId,
    /// Of which statement.
    pub statement: StatementId,
    /// Of which line.
    pub clock: ClockId,
    /// Of which ticket.
    pub ticket: TicketId,
    /// How the line should count.
    pub claim: Claim,
    /// Why.
    pub reason: String,
    /// Since when.
    pub raised_at: Timestamp,
    /// Who raised it.
    pub by: UserId,
    /// Their name.
    pub by_name: String,
    /// Where it stands.
    pub state: DisputeState,
    /// Why it was accepted or refused.
    pub answer: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_name: Option<String>,
    /// The version an accepted one made.
    pub made: Option<i64>,
}

impl Dispute {
    /// As the rules know it.
    pub fn raised(&self) -> Raised {
        Raised { state: self.state, by: self.by }
    }
}

macro_rules! of_exclusion {
    ($rest:literal) => {
        sql!(concat!(
            "SELECT e.id, e.statement_id, e.day, e.ticket_id, e.reason, e.proof, e.at, e.by_id, e.by_name, e.signed_in FROM statement_exclusion e
             WHERE e.tenant_id = $1 AND e.withdrawn_at IS NULL AND ",
            $rest
        ))
    };
}

fn read_exclusion(r: &mut Row) -> Result<KeptExclusion, DbError> {
    let (id, statement, day, ticket): (_, _, Option<String>, Option<TicketId>) = (r.next()?, r.next()?, r.next()?, r.next()?);
    let day = day.map(|day| day.parse::<Date>()).transpose().map_err(|e| DbError::Row(format!("a day that is none: {e}")))?;
    let what = match (day, ticket) {
        (Some(day), _) => Excluded::Day(day),
        (None, Some(ticket)) => Excluded::Ticket(ticket),
        (None, None) => return Err(DbError::Row("an exclusion of nothing".into())),
    };
    Ok(KeptExclusion {
        id,
        statement,
        what,
        reason: r.next()?,
        proof: r.next()?,
        at: r.next()?,
        by: r.next()?,
        by_name: r.next()?,
        signed_in: r.next()?,
    })
}

/// Most exclusions of a statement.
pub const MOST_EXCLUSIONS: usize = 500;

/// What is not counted on a statement, in the order it was noted.
pub fn exclusions(tx: &mut Tx<'_>, statement: StatementId) -> Done<Vec<KeptExclusion>> {
    let tenant = tx.tenant();
    let most = MOST_EXCLUSIONS as i64;
    Ok(tx.query(of_exclusion!("e.statement_id = $2 ORDER BY e.id LIMIT $3"), &[p(&tenant), p(&statement), p(&most)], read_exclusion)?)
}

/// One exclusion that was not withdrawn. Errors: `not_found`.
pub fn exclusion(tx: &mut Tx<'_>, id: ExclusionId) -> Done<KeptExclusion> {
    let tenant = tx.tenant();
    let found = tx.one(of_exclusion!("e.id = $2"), &[p(&tenant), p(&id)], read_exclusion)?;
    found.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

/// Keeps an exclusion.
pub fn exclude(tx: &mut Tx<'_>, e: &KeptExclusion) -> Done<()> {
    let (day, ticket) = match e.what {
        Excluded::Day(day) => (Some(day.to_string()), None),
        Excluded::Ticket(ticket) => (None, Some(ticket)),
    };
    let tenant = tx.tenant();
    tx.exec(
        sql!(
            "INSERT INTO statement_exclusion (id, tenant_id, statement_id, day, ticket_id, reason, proof, at, by_id, by_name)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &[p(&e.id), p(&tenant), p(&e.statement), p(&day), p(&ticket), p(&e.reason), p(&e.proof), p(&e.at), p(&e.by), p(&e.by_name)],
    )?;
    tx.audit("statement.exclude", e.statement, None, Some(e));
    Ok(())
}

/// Takes an exclusion back that no version has taken in.
pub fn withdraw(tx: &mut Tx<'_>, e: &KeptExclusion) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(
        sql!("UPDATE statement_exclusion SET withdrawn_at = $1 WHERE tenant_id = $2 AND id = $3 AND signed_in IS NULL"),
        &[p(&now), p(&tenant), p(&e.id)],
    )?;
    tx.audit("statement.include", e.statement, Some(e), None);
    Ok(())
}

/// A version takes in the exclusions that waited.
pub fn take_in(tx: &mut Tx<'_>, statement: StatementId, version: i64) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!(
            "UPDATE statement_exclusion SET signed_in = $1 WHERE tenant_id = $2 AND statement_id = $3 AND signed_in IS NULL AND withdrawn_at IS NULL"
        ),
        &[p(&version), p(&tenant), p(&statement)],
    )?;
    Ok(())
}

macro_rules! of_dispute {
    ($rest:expr) => {
        sql!(concat!(
            "SELECT d.id, d.statement_id, d.clock_id, d.ticket_id, d.claim, d.late_s, d.reason, d.raised_at, d.by_id, d.by_name, d.state, d.answer,
               d.decided_at, d.decided_name, d.made FROM statement_dispute d WHERE d.tenant_id = $1 AND ",
            $rest
        ))
    };
}

fn read_dispute(r: &mut Row) -> Result<Dispute, DbError> {
    let (id, statement, clock, ticket) = (r.next()?, r.next()?, r.next()?, r.next()?);
    let (verdict, late_s): (LineVerdict, Option<i64>) = (r.coded()?, r.next()?);
    let claim = match verdict {
        LineVerdict::Kept => Claim::Kept,
        LineVerdict::Late => Claim::Late(late_s.unwrap_or_default()),
        LineVerdict::LeftOut => Claim::LeftOut,
    };
    Ok(Dispute {
        id,
        statement,
        clock,
        ticket,
        claim,
        reason: r.next()?,
        raised_at: r.next()?,
        by: r.next()?,
        by_name: r.next()?,
        state: r.coded()?,
        answer: r.next()?,
        decided_at: r.next()?,
        decided_name: r.next()?,
        made: r.next()?,
    })
}

/// The newest disputes of a statement, up to a limit.
pub fn disputes(tx: &mut Tx<'_>, statement: StatementId, limit: u32) -> Done<Vec<Dispute>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        of_dispute!("d.statement_id = $2 ORDER BY d.raised_at DESC, d.id DESC LIMIT $3"),
        &[p(&tenant), p(&statement), p(&limit)],
        read_dispute,
    )?)
}

/// How many disputes of a statement nobody has decided yet.
pub fn undecided(tx: &mut Tx<'_>, statement: StatementId) -> Done<i64> {
    let tenant = tx.tenant();
    let count = sql!("SELECT COUNT(*) FROM statement_dispute d WHERE d.tenant_id = $1 AND d.statement_id = $2 AND d.state = 'open'");
    Ok(tx.one(count, &[p(&tenant), p(&statement)], |r| r.next())?.unwrap_or_default())
}

/// The dispute of a line that nobody has decided yet.
pub fn undecided_of(tx: &mut Tx<'_>, statement: StatementId, clock: ClockId) -> Done<Option<Dispute>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        of_dispute!("d.statement_id = $2 AND d.clock_id = $3 AND d.state = 'open'"),
        &[p(&tenant), p(&statement), p(&clock)],
        read_dispute,
    )?)
}

/// The disputes of some lines, the oldest first. One query per fifty.
pub fn disputes_of(tx: &mut Tx<'_>, clocks: &[ClockId]) -> Done<Vec<Dispute>> {
    let (tenant, mut found) = (tx.tenant(), Vec::new());
    for chunk in clocks.chunks(50) {
        let question = of_dispute!(concat!("d.clock_id IN (", fifty!(), ") ORDER BY d.raised_at, d.id"));
        found.extend(tx.query(question, &fifty(&tenant, chunk.iter().map(p)), read_dispute)?);
    }
    Ok(found)
}

/// One dispute. Errors: `not_found`.
pub fn dispute(tx: &mut Tx<'_>, id: DisputeId) -> Done<Dispute> {
    let tenant = tx.tenant();
    let found = tx.one(of_dispute!("d.id = $2"), &[p(&tenant), p(&id)], read_dispute)?;
    found.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

/// Keeps a dispute.
pub fn raise(tx: &mut Tx<'_>, d: &Dispute) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!(
            "INSERT INTO statement_dispute (id, tenant_id, statement_id, clock_id, ticket_id, claim, late_s, reason, raised_at, by_id, by_name, state)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open')"
        ),
        &[
            p(&d.id),
            p(&tenant),
            p(&d.statement),
            p(&d.clock),
            p(&d.ticket),
            code(&d.claim.verdict()),
            p(&d.claim.late_s()),
            p(&d.reason),
            p(&d.raised_at),
            p(&d.by),
            p(&d.by_name),
        ],
    )?;
    tx.audit("statement.dispute", d.statement, None, Some(d));
    Ok(())
}

/// Writes how a dispute was decided.
pub fn decide(tx: &mut Tx<'_>, before: &Dispute, after: &Dispute, by: UserId) -> Done<()> {
    let tenant = tx.tenant();
    let touched = tx.exec(
        sql!(
            "UPDATE statement_dispute SET state = $1, answer = $2, decided_at = $3, decided_by = $4, decided_name = $5, made = $6
             WHERE tenant_id = $7 AND id = $8 AND state = 'open'"
        ),
        &[
            code(&after.state),
            p(&after.answer),
            p(&after.decided_at),
            p(&by),
            p(&after.decided_name),
            p(&after.made),
            p(&tenant),
            p(&after.id),
        ],
    )?;
    if touched != 1 {
        return Err(DbError::Contended("a dispute was decided under a lock".into()).into());
    }
    tx.audit("statement.decide", after.statement, Some(before), Some(after));
    Ok(())
}
