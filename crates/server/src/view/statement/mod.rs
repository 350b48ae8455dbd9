//! Statements as people see them: the list, a month not yet signed, the page of one, its lines.

pub mod count;
mod lines;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::agreement::{
    Claim, ClauseKind, ClockId, DisputeId, DisputeState, Excluded, ExclusionId, Figures, LineVerdict, Month, Penalty, StatementId, Terms,
    TicketId, VersionCause,
};
use postsale_domain::ground::{AcquirerId, Text, to_millis};
use postsale_domain::refuse;
use serde::Serialize;
use utoipa::ToSchema;

pub use lines::{LineBecause, LinesView, StatementLine, page_of_lines};

use super::registry::Sight;
use crate::agreement::objection::{self, Dispute, KeptExclusion};
use crate::agreement::store::{self, Statement, Version};
use crate::agreement::terms;
use crate::facts::in_force;
use crate::ground::db::{Done, Tx};
use crate::ground::web::Keyset;
use crate::ground::when;
use crate::merchant::store as merchants;
use crate::ticket::list;
use count::{basis, each, fell, zone};

/// Disputes shown on a page, the newest ones.
const DISPUTES: u32 = 200;

/// What lines come to, with the share kept.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct StatementFigures {
    /// Promises kept.
    kept: i64,
    /// Promises broken.
    late: i64,
    /// Promises counted apart.
    left_out: i64,
    /// What is paid, in fen.
    penalty: i64,
    /// Kept of those that count, in hundredths of a percent, cut down; null where nothing counts.
    attainment_bp: Option<i64>,
}

impl From<Figures> for StatementFigures {
    fn from(f: Figures) -> Self {
        Self { kept: f.kept, late: f.late, left_out: f.left_out, penalty: f.penalty, attainment_bp: f.attainment_bp() }
    }
}

/// A statement in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatementRow {
    /// Which one.
    pub id: StatementId,
    acquirer_id: AcquirerId,
    acquirer_name: String,
    agreement: String,
    agreement_name: Text,
    /// `2026-10`.
    #[schema(value_type = String)]
    month: Month,
    /// The version signed last; 0 for none.
    signed: i64,
    /// When it was signed.
    signed_at: Option<Timestamp>,
    /// Who signed it.
    signed_name: Option<String>,
    /// What the version signed last comes to; null while none is.
    figures: Option<StatementFigures>,
    #[serde(skip)]
    at: i64,
}

impl StatementRow {
    /// Its place in a list.
    pub fn place(&self) -> (i64, StatementId) {
        (self.at, self.id)
    }
}

fn names(tx: &mut Tx<'_>) -> Done<BTreeMap<AcquirerId, String>> {
    Ok(merchants::acquirers(tx, None)?.into_iter().map(|a| (a.id, a.name)).collect())
}

fn agreement_name(tx: &mut Tx<'_>, agreement: &str) -> Done<Text> {
    let force = in_force(tx)?;
    let named = force.book().card(agreement).map(|card| card.name.clone());
    Ok(named.unwrap_or_else(|| Text { zh: agreement.to_owned(), en: agreement.to_owned() }))
}

/// Statements as far as one sees, the newest month first, after a place. An acquirer sees its own, once they are signed.
pub fn listed(tx: &mut Tx<'_>, sight: Sight, after: Keyset, limit: u32) -> Done<Vec<StatementRow>> {
    let found = match sight {
        Sight::All => store::list(tx, after, limit)?,
        Sight::Acquirer(own) => store::list_of(tx, own, after, limit)?,
        Sight::Engineer(_) | Sight::Branch(_) | Sight::Nothing => Vec::new(),
    };
    let signed: Vec<StatementId> = found.iter().filter(|s| s.signed > 0).map(|s| s.id).collect();
    let (mut latest, names) = (store::latest(tx, &signed)?, names(tx)?);
    let mut rows = Vec::new();
    for s in found {
        let version = latest.remove(&s.id);
        rows.push(StatementRow {
            id: s.id,
            acquirer_id: s.acquirer,
            acquirer_name: names.get(&s.acquirer).cloned().unwrap_or_default(),
            agreement_name: agreement_name(tx, &s.agreement)?,
            agreement: s.agreement,
            month: s.month,
            signed: s.signed,
            signed_at: version.as_ref().map(|v| v.signed_at),
            signed_name: version.as_ref().map(|v| v.signed_name.clone()),
            figures: version.map(|v| v.total.into()),
            at: to_millis(s.month_at),
        });
    }
    Ok(rows)
}

/// What fell due in a month for one acquirer under one agreement, counted now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MonthRow {
    acquirer_id: AcquirerId,
    acquirer_name: String,
    agreement: String,
    agreement_name: Text,
    /// Promises decided so far.
    promises: i64,
    /// Those of them broken.
    late: i64,
    /// Kept of them in hundredths of a percent, cut down.
    attainment_bp: Option<i64>,
    /// The statement, where one was opened.
    statement_id: Option<StatementId>,
    /// The version signed last; 0 for none.
    signed: i64,
}

/// A month before it is signed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MonthView {
    /// `2026-10`.
    #[schema(value_type = String)]
    month: Month,
    /// Whether it is over and can be signed.
    ended: bool,
    rows: Vec<MonthRow>,
}

/// What a month comes to before it is signed: a statement for each agreement, whatever the number of acquirers.
pub fn month(tx: &mut Tx<'_>, month: Month) -> Done<MonthView> {
    let names = names(tx)?;
    let (mut rows, mut ended) = (Vec::new(), true);
    for agreement in terms().keys() {
        let (from, to) = month.span(&zone(in_force(tx)?.book(), agreement));
        ended &= to <= tx.now();
        let opened = store::of_month(tx, from)?;
        let agreement_name = agreement_name(tx, agreement)?;
        for found in fell(tx, agreement, from, to)? {
            let statement = opened.iter().find(|s| s.acquirer == found.acquirer && s.agreement == *agreement);
            rows.push(MonthRow {
                acquirer_id: found.acquirer,
                acquirer_name: names.get(&found.acquirer).cloned().unwrap_or_default(),
                agreement: agreement.clone(),
                agreement_name: agreement_name.clone(),
                promises: found.promises,
                late: found.broken,
                attainment_bp: Figures { kept: found.promises - found.broken, late: found.broken, ..Figures::default() }.attainment_bp(),
                statement_id: statement.map(|s| s.id),
                signed: statement.map_or(0, |s| s.signed),
            });
        }
    }
    rows.sort_by(|a, b| (&a.acquirer_name, &a.agreement).cmp(&(&b.acquirer_name, &b.agreement)));
    Ok(MonthView { month, ended, rows })
}

/// A signed version in the list of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatementVersion {
    version: i64,
    /// Why there is one.
    cause: VersionCause,
    figures: StatementFigures,
    signed_at: Timestamp,
    signed_name: String,
    /// The seal of the version before; empty for the first.
    predecessor: String,
    /// SHA-256 over what it says of itself and all its lines.
    seal: String,
}

/// What one clause of the agreement comes to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatementClause {
    kind: ClauseKind,
    /// The clause of the contract.
    clause: String,
    /// What is paid when it is broken; null where nothing is.
    penalty: Option<Penalty>,
    figures: StatementFigures,
}

/// What is not counted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatementExclusion {
    id: ExclusionId,
    /// A day on which nothing that fell due counts.
    #[schema(value_type = Option<String>, format = Date)]
    day: Option<Date>,
    /// A ticket that does not count.
    ticket_id: Option<TicketId>,
    /// `T-000831`.
    ticket_number: Option<String>,
    reason: String,
    /// What proves it.
    proof: String,
    at: Timestamp,
    by_name: String,
    /// The version that took it in first; null while it waits for a signature.
    signed_in: Option<i64>,
}

/// A line somebody does not agree with.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatementDispute {
    id: DisputeId,
    clock_id: ClockId,
    ticket_id: TicketId,
    /// `T-000831`.
    ticket_number: String,
    /// How the line should count.
    claim: LineVerdict,
    /// Business seconds late, where it should count as late.
    late_s: Option<i64>,
    reason: String,
    raised_at: Timestamp,
    by_name: String,
    state: DisputeState,
    /// Why it was accepted or refused.
    answer: Option<String>,
    decided_at: Option<Timestamp>,
    decided_name: Option<String>,
    /// The version an accepted one made.
    made: Option<i64>,
    /// Whether the one who asks may decide it: somebody else raised it.
    yours_to_decide: bool,
}

/// A statement: the version asked for, or the month as it would be signed now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatementPage {
    id: StatementId,
    acquirer_id: AcquirerId,
    acquirer_name: String,
    agreement: String,
    agreement_name: Text,
    agreement_version: i64,
    /// `2026-10`.
    #[schema(value_type = String)]
    month: Month,
    /// Whether the month is over and can be signed.
    ended: bool,
    /// Grows with each change of the statement.
    version: i64,
    /// The version signed last; 0 for none.
    signed: i64,
    /// The version shown; 0 for the month as it would be signed now.
    shown: i64,
    versions: Vec<StatementVersion>,
    clauses: Vec<StatementClause>,
    total: StatementFigures,
    exclusions: Vec<StatementExclusion>,
    /// The newest 200.
    disputes: Vec<StatementDispute>,
    /// Disputes nobody has decided yet.
    disputes_open: i64,
}

/// Lets a statement be seen. Errors: `not_found`, whether it does not exist, is not theirs, or is not signed yet and theirs to see then.
pub fn see(tx: &mut Tx<'_>, sight: Sight, id: StatementId) -> Done<Statement> {
    let statement = store::statement(tx, id)?;
    let seen = match sight {
        Sight::All => true,
        Sight::Acquirer(own) => statement.acquirer == own && statement.signed > 0,
        Sight::Engineer(_) | Sight::Branch(_) | Sight::Nothing => false,
    };
    if seen { Ok(statement) } else { Err(refuse!(NotFound, "not_found").into()) }
}

/// The page of a statement one may see. Errors: `not_found`, also for a version nobody signed.
pub fn shown(tx: &mut Tx<'_>, sight: Sight, id: StatementId, version: Option<i64>) -> Done<StatementPage> {
    let statement = see(tx, sight, id)?;
    page(tx, &statement, version)
}

/// The page of a statement in a version; without one in the version signed last, or, before the first, as it would be signed now.
pub fn page(tx: &mut Tx<'_>, s: &Statement, version: Option<i64>) -> Done<StatementPage> {
    let versions = store::versions(tx, s.id)?;
    let exclusions = objection::exclusions(tx, s.id)?;
    let basis = basis(tx, s.acquirer, &s.agreement, s.month)?;
    let asked = version.unwrap_or(s.signed);
    let (terms, figures): (Terms, BTreeMap<ClauseKind, Figures>) = match versions.iter().find(|v| v.version == asked) {
        Some(v) => (v.terms.clone(), v.figures.clone()),
        None if asked == 0 && s.signed == 0 => {
            let rules: Vec<_> = exclusions.iter().map(KeptExclusion::rule).collect();
            (basis.terms.clone(), each(tx, &basis, &rules, |_, _| Ok(()))?)
        }
        None => return Err(refuse!(NotFound, "not_found").into()),
    };
    let disputes = objection::disputes(tx, s.id, DISPUTES)?;
    let tickets: Vec<TicketId> = disputes.iter().map(|d| d.ticket).chain(exclusions.iter().filter_map(excluded_ticket)).collect();
    let numbers = numbers(tx, &tickets)?;
    let me = tx.caller().user();
    let clause = |(kind, clause): (&ClauseKind, &postsale_domain::agreement::Clause)| StatementClause {
        kind: *kind,
        clause: clause.number.clone(),
        penalty: clause.penalty,
        figures: figures.get(kind).copied().unwrap_or_default().into(),
    };
    Ok(StatementPage {
        id: s.id,
        acquirer_id: s.acquirer,
        acquirer_name: names(tx)?.remove(&s.acquirer).unwrap_or_default(),
        agreement: s.agreement.clone(),
        agreement_name: agreement_name(tx, &s.agreement)?,
        agreement_version: terms.version,
        month: s.month,
        ended: basis.to <= tx.now(),
        version: s.version,
        signed: s.signed,
        shown: asked,
        clauses: terms.clauses.iter().map(clause).collect(),
        total: figures.values().fold(Figures::default(), |sum, of| sum.with(*of)).into(),
        versions: versions.iter().map(version_row).collect(),
        exclusions: exclusions.into_iter().map(|e| exclusion_row(e, &numbers)).collect(),
        disputes: disputes.into_iter().map(|d| dispute_row(d, &numbers, me)).collect(),
        disputes_open: objection::undecided(tx, s.id)?,
    })
}

fn excluded_ticket(e: &KeptExclusion) -> Option<TicketId> {
    match e.what {
        Excluded::Ticket(ticket) => Some(ticket),
        Excluded::Day(_) => None,
    }
}

fn numbers(tx: &mut Tx<'_>, tickets: &[TicketId]) -> Done<BTreeMap<TicketId, String>> {
    Ok(list::titles(tx, tickets)?.into_iter().map(|(id, (n, _))| (id, super::ticket::number(n))).collect())
}

fn version_row(v: &Version) -> StatementVersion {
    StatementVersion {
        version: v.version,
        cause: v.cause,
        figures: v.total.into(),
        signed_at: v.signed_at,
        signed_name: v.signed_name.clone(),
        predecessor: v.predecessor.clone(),
        seal: v.seal.clone(),
    }
}

fn exclusion_row(e: KeptExclusion, numbers: &BTreeMap<TicketId, String>) -> StatementExclusion {
    let ticket_id = excluded_ticket(&e);
    StatementExclusion {
        id: e.id,
        day: match e.what {
            Excluded::Day(day) => Some(day),
            Excluded::Ticket(_) => None,
        },
        ticket_number: ticket_id.and_then(|id| numbers.get(&id).cloned()),
        ticket_id,
        reason: e.reason,
        proof: e.proof,
        at: e.at,
        by_name: e.by_name,
        signed_in: e.signed_in,
    }
}

fn dispute_row(d: Dispute, numbers: &BTreeMap<TicketId, String>, me: Option<postsale_domain::ground::UserId>) -> StatementDispute {
    StatementDispute {
        id: d.id,
        clock_id: d.clock,
        ticket_id: d.ticket,
        ticket_number: numbers.get(&d.ticket).cloned().unwrap_or_default(),
        claim: d.claim.verdict(),
        late_s: match d.claim {
            Claim::Late(seconds) => Some(seconds),
            Claim::Kept | Claim::LeftOut => None,
        },
        reason: d.reason,
        raised_at: d.raised_at,
        by_name: d.by_name,
        yours_to_decide: d.state == DisputeState::Open && me.is_some_and(|me| me != d.by),
        state: d.state,
        answer: d.answer,
        decided_at: d.decided_at,
        decided_name: d.decided_name,
        made: d.made,
    }
}

/// The month that is going on.
pub fn this_month(tx: &Tx<'_>) -> Month {
    Month::of(when::day(tx.now()))
}
