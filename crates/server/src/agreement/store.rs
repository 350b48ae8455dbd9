//! SQL of statements: the statement, its versions, its lines.

use std::collections::BTreeMap;

use jiff::Timestamp;
use postsale_domain::agreement::{
    Because, ClauseKind, ClockId, DisputeId, ExclusionId, Figures, Line, LineVerdict, Month, Promised, StatementId, Terms, TicketId,
    VersionCause,
};
use postsale_domain::ground::{AcquirerId, TypedId, UserId};
use postsale_domain::refuse;
use serde::Serialize;

use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, code, fifty, p};
use crate::ground::web::Keyset;
use crate::{fifty, sql};

/// A statement as it is kept.
#[derive(Debug, Clone, Serialize)]
pub struct Statement {
    /// Which one.
    pub id: StatementId,
    /// Whose.
    pub acquirer: AcquirerId,
    /// By which agreement.
    pub agreement: String,
    /// Of which month.
    pub month: Month,
    /// The first instant of the month.
    pub month_at: Timestamp,
    /// The version signed last; 0 for none.
    pub signed: i64,
    /// Grows with each change.
    pub version: i64,
}

/// A signed version.
#[derive(Debug, Clone, Serialize)]
pub struct Version {
    /// From 1.
    pub version: i64,
    /// Why there is one.
    pub cause: VersionCause,
    /// What it counts by.
    pub terms: Terms,
    /// What its lines come to, by kind of promise.
    pub figures: BTreeMap<ClauseKind, Figures>,
    /// All together.
    pub total: Figures,
    /// When.
    pub signed_at: Timestamp,
    /// By whom.
    pub signed_by: UserId,
    /// Their name.
    pub signed_name: String,
    /// The seal of the version before; empty for the first.
    pub predecessor: String,
    /// The seal: SHA-256 over head and lines.
    pub seal: String,
}

macro_rules! of_statement {
    ($rest:literal) => {
        sql!(concat!("SELECT s.id, s.acquirer_id, s.agreement, s.month, s.month_at, s.signed, s.version FROM statement s WHERE s.tenant_id = $1 AND ", $rest))
    };
}

fn read(r: &mut Row) -> Result<Statement, DbError> {
    Ok(Statement {
        id: r.next()?,
        acquirer: r.next()?,
        agreement: r.next()?,
        month: r.word(|text| text.parse().ok())?,
        month_at: r.next()?,
        signed: r.next()?,
        version: r.next()?,
    })
}

/// One statement. Errors: `not_found`.
pub fn statement(tx: &mut Tx<'_>, id: StatementId) -> Done<Statement> {
    let tenant = tx.tenant();
    let found = tx.one(of_statement!("s.id = $2"), &[p(&tenant), p(&id)], read)?;
    found.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

/// One statement, to change. Errors: `not_found`.
pub fn for_change(tx: &mut Tx<'_>, id: StatementId) -> Done<Statement> {
    let tenant = tx.tenant();
    let found = tx.one(of_statement!("s.id = $2 {for_update}"), &[p(&tenant), p(&id)], read)?;
    found.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

/// The statement of an acquirer, agreement and month, made where there is none.
pub fn open(tx: &mut Tx<'_>, acquirer: AcquirerId, agreement: &str, month: Month, month_at: Timestamp) -> Done<Statement> {
    let (id, tenant, said): (StatementId, _, _) = (tx.new_id(), tx.tenant(), month.to_string());
    let fresh = tx.exec(
        sql!(
            "INSERT INTO statement (id, tenant_id, acquirer_id, agreement, month, month_at, signed, version) VALUES ($1, $2, $3, $4, $5, $6, 0, 1)
             ON CONFLICT DO NOTHING"
        ),
        &[p(&id), p(&tenant), p(&acquirer), p(agreement), p(&said), p(&month_at)],
    )?;
    let found = tx.one(
        of_statement!("s.acquirer_id = $2 AND s.agreement = $3 AND s.month = $4"),
        &[p(&tenant), p(&acquirer), p(agreement), p(&said)],
        read,
    )?;
    let found = found.ok_or_else(|| DbError::Contended("a statement just made is gone".into()))?;
    if fresh == 1 {
        tx.audit("statement.open", found.id, None, Some(&found));
    }
    Ok(found)
}

/// Statements, the newest month first, after a place.
pub fn list(tx: &mut Tx<'_>, after: Keyset, limit: u32) -> Done<Vec<Statement>> {
    let (tenant, id) = (tx.tenant(), StatementId::from_uuid(after.id));
    Ok(tx.query(
        of_statement!("(s.month_at, s.id) < ($2, $3) ORDER BY s.month_at DESC, s.id DESC LIMIT $4"),
        &[p(&tenant), p(&after.at), p(&id), p(&limit)],
        read,
    )?)
}

/// Signed statements of an acquirer, the newest month first, after a place.
pub fn list_of(tx: &mut Tx<'_>, acquirer: AcquirerId, after: Keyset, limit: u32) -> Done<Vec<Statement>> {
    let (tenant, id) = (tx.tenant(), StatementId::from_uuid(after.id));
    Ok(tx.query(
        of_statement!("s.acquirer_id = $2 AND s.signed > 0 AND (s.month_at, s.id) < ($3, $4) ORDER BY s.month_at DESC, s.id DESC LIMIT $5"),
        &[p(&tenant), p(&acquirer), p(&after.at), p(&id), p(&limit)],
        read,
    )?)
}

/// Statements of a month.
pub fn of_month(tx: &mut Tx<'_>, month_at: Timestamp) -> Done<Vec<Statement>> {
    let tenant = tx.tenant();
    Ok(tx.query(of_statement!("s.month_at = $2 ORDER BY s.id LIMIT 3000"), &[p(&tenant), p(&month_at)], read)?)
}

/// Notes a change of a statement: its version grows by one, and the version signed last may.
pub fn touch(tx: &mut Tx<'_>, before: &Statement, signed: i64) -> Done<Statement> {
    let after = Statement { signed, version: before.version + 1, ..before.clone() };
    let tenant = tx.tenant();
    let touched = tx.exec(
        sql!("UPDATE statement SET signed = $1, version = $2 WHERE tenant_id = $3 AND id = $4 AND version = $5"),
        &[p(&after.signed), p(&after.version), p(&tenant), p(&after.id), p(&before.version)],
    )?;
    if touched != 1 {
        return Err(DbError::Contended("a statement changed under a lock".into()).into());
    }
    Ok(after)
}

macro_rules! of_version {
    ($rest:expr) => {
        sql!(concat!(
            "SELECT v.version, v.cause, v.terms, v.figures, v.kept, v.late, v.left_out, v.penalty, v.signed_at, v.signed_by, v.signed_name,
               v.predecessor, v.seal",
            $rest
        ))
    };
}

fn read_version(r: &mut Row) -> Result<Version, DbError> {
    let (version, cause, Json(terms), Json(figures)) = (r.next()?, r.coded()?, r.next()?, r.next()?);
    let total = Figures { kept: r.next()?, late: r.next()?, left_out: r.next()?, penalty: r.next()? };
    Ok(Version {
        version,
        cause,
        terms,
        figures,
        total,
        signed_at: r.next()?,
        signed_by: r.next()?,
        signed_name: r.next()?,
        predecessor: r.next()?,
        seal: r.next()?,
    })
}

/// Most versions of a statement that are shown; each takes a person, a reason and another person.
const MOST_VERSIONS: u32 = 500;

/// Every version of a statement, the first one first.
pub fn versions(tx: &mut Tx<'_>, id: StatementId) -> Done<Vec<Version>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        of_version!(" FROM statement_version v WHERE v.tenant_id = $1 AND v.statement_id = $2 ORDER BY v.version LIMIT $3"),
        &[p(&tenant), p(&id), p(&MOST_VERSIONS)],
        read_version,
    )?)
}

/// What the versions signed last come to, by statement. One query per fifty.
pub fn latest(tx: &mut Tx<'_>, ids: &[StatementId]) -> Done<BTreeMap<StatementId, Version>> {
    let tenant = tx.tenant();
    let mut latest = BTreeMap::new();
    for chunk in ids.chunks(50) {
        let found = tx.query(
            of_version!(concat!(
                ", v.statement_id FROM statement_version v JOIN statement s ON s.id = v.statement_id AND s.signed = v.version
                 WHERE v.tenant_id = $1 AND v.statement_id IN (",
                fifty!(),
                ")"
            )),
            &fifty(&tenant, chunk.iter().map(p)),
            |r| {
                let version = read_version(r)?;
                Ok((r.next()?, version))
            },
        )?;
        latest.extend(found);
    }
    Ok(latest)
}

/// Keeps a signed version.
pub fn add_version(tx: &mut Tx<'_>, statement: &Statement, v: &Version) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!(
            "INSERT INTO statement_version (statement_id, version, tenant_id, cause, agreement_version, terms, figures, kept, late, left_out, penalty,
               signed_at, signed_by, signed_name, predecessor, seal)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
        ),
        &[
            p(&statement.id),
            p(&v.version),
            p(&tenant),
            code(&v.cause),
            p(&v.terms.version),
            p(&Json(&v.terms)),
            p(&Json(&v.figures)),
            p(&v.total.kept),
            p(&v.total.late),
            p(&v.total.left_out),
            p(&v.total.penalty),
            p(&v.signed_at),
            p(&v.signed_by),
            p(&v.signed_name),
            p(&v.predecessor),
            p(&v.seal),
        ],
    )?;
    let said = serde_json::json!({ "version": v.version, "cause": v.cause, "total": v.total, "seal": v.seal });
    tx.audit("statement.sign", statement.id, None, Some(&said));
    Ok(())
}

/// Keeps a line that counts like this from a version on.
pub fn add_line(tx: &mut Tx<'_>, id: StatementId, since: i64, line: &Line) -> Done<()> {
    let (tenant, l) = (tx.tenant(), &line.promised);
    let (exclusion, dispute) = match line.because {
        None => (None, None),
        Some(Because::Exclusion(id)) => (Some(id), None),
        Some(Because::Dispute(id)) => (None, Some(id)),
    };
    tx.later(
        sql!(
            "INSERT INTO statement_line (statement_id, clock_id, since_version, tenant_id, ticket_id, kind, started_at, due_at, ended_at, breached,
               late_s, verdict, counted_s, penalty, exclusion_id, dispute_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
        ),
        vec![
            p(&id),
            p(&l.clock),
            p(&since),
            p(&tenant),
            p(&l.ticket),
            code(&l.kind),
            p(&l.started),
            p(&l.due),
            p(&l.ended),
            p(&l.breached),
            p(&l.late_s),
            code(&line.verdict),
            p(&line.counted_s),
            p(&line.penalty),
            p(&exclusion),
            p(&dispute),
        ],
    )?;
    Ok(())
}

/// Says that a line counts otherwise after a version.
pub fn end_line(tx: &mut Tx<'_>, id: StatementId, clock: ClockId, until: i64) -> Done<()> {
    let tenant = tx.tenant();
    tx.later(
        sql!(
            "UPDATE statement_line SET until_version = $1 WHERE tenant_id = $2 AND statement_id = $3 AND clock_id = $4 AND until_version IS NULL"
        ),
        vec![p(&until), p(&tenant), p(&id), p(&clock)],
    )?;
    Ok(())
}

macro_rules! of_line {
    ($rest:expr) => {
        sql!(concat!(
            "SELECT l.clock_id, l.ticket_id, l.kind, l.started_at, l.due_at, l.ended_at, l.breached, l.late_s, l.verdict, l.counted_s, l.penalty,
               l.exclusion_id, l.dispute_id FROM statement_line l WHERE l.tenant_id = $1 AND l.statement_id = $2 AND ",
            $rest
        ))
    };
}

/// A line from its columns, in the order of [`add_line`].
pub fn read_line(r: &mut Row) -> Result<Line, DbError> {
    let promised = Promised {
        clock: r.next()?,
        ticket: r.next()?,
        kind: r.coded()?,
        started: r.next()?,
        due: r.next()?,
        ended: r.next()?,
        breached: r.next()?,
        late_s: r.next()?,
    };
    let (verdict, counted_s, penalty) = (r.coded()?, r.next()?, r.next()?);
    let (exclusion, dispute): (Option<ExclusionId>, Option<DisputeId>) = (r.next()?, r.next()?);
    let because = dispute.map(Because::Dispute).or(exclusion.map(Because::Exclusion));
    Ok(Line { promised, verdict, counted_s, penalty, because })
}

/// The place of a line in a list.
pub fn line_place(line: &Line) -> Keyset {
    Keyset { at: postsale_domain::ground::to_millis(line.promised.due), id: line.promised.clock.uuid() }
}

/// Which lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// Those that count like this.
    Counting(LineVerdict),
    /// Those somebody did not agree with.
    Disputed,
}

/// Lines as they count in a version, by due instant, after a place.
pub fn lines(tx: &mut Tx<'_>, id: StatementId, version: i64, which: Which, after: Keyset, limit: u32) -> Done<Vec<Line>> {
    let mut key = vec![p(&tx.tenant()), p(&id), p(&after.at), p(&ClockId::from_uuid(after.id)), p(&version), p(&limit)];
    macro_rules! in_version {
        ($narrowed:literal) => {
            of_line!(concat!(
                "(l.due_at, l.clock_id) > ($3, $4) AND l.since_version <= $5 AND (l.until_version IS NULL OR l.until_version >= $5) ",
                $narrowed,
                " ORDER BY l.due_at, l.clock_id LIMIT $6"
            ))
        };
    }
    let question = match which {
        Which::All => in_version!(""),
        Which::Counting(verdict) => {
            key.push(code(&verdict));
            in_version!("AND l.verdict = $7")
        }
        Which::Disputed => {
            in_version!("AND l.clock_id IN (SELECT d.clock_id FROM statement_dispute d WHERE d.tenant_id = $1 AND d.statement_id = $2)")
        }
    };
    Ok(tx.query(question, &key, read_line)?)
}

/// Lines as they count now that fell due from one instant up to another, after a place.
pub fn lines_within(tx: &mut Tx<'_>, id: StatementId, after: Keyset, to: Timestamp, limit: u32) -> Done<Vec<Line>> {
    let (tenant, clock) = (tx.tenant(), ClockId::from_uuid(after.id));
    Ok(tx.query(
        of_line!("(l.due_at, l.clock_id) > ($3, $4) AND l.due_at < $5 AND l.until_version IS NULL ORDER BY l.due_at, l.clock_id LIMIT $6"),
        &[p(&tenant), p(&id), p(&after.at), p(&clock), p(&to), p(&limit)],
        read_line,
    )?)
}

/// The lines of a ticket as they count now.
pub fn lines_of_ticket(tx: &mut Tx<'_>, id: StatementId, ticket: TicketId) -> Done<Vec<Line>> {
    let tenant = tx.tenant();
    Ok(tx.query(of_line!("l.ticket_id = $3 AND l.until_version IS NULL"), &[p(&tenant), p(&id), p(&ticket)], read_line)?)
}

/// The line of a clock as it counts now.
pub fn line(tx: &mut Tx<'_>, id: StatementId, clock: ClockId) -> Done<Option<Line>> {
    let tenant = tx.tenant();
    Ok(tx.one(of_line!("l.clock_id = $3 AND l.until_version IS NULL"), &[p(&tenant), p(&id), p(&clock)], read_line)?)
}
