//! A month of promises is signed, excluded from, disputed and decided. What was signed stays; what is decided later makes a new version.

use std::collections::BTreeMap;

use jiff::civil::Date;
use postsale_domain::agreement::{
    Because, Claim, ClockId, DisputeId, DisputeState, Excluded, Exclusion, ExclusionId, Figures, Head, Line, Month, Ruling, Seal, Signing,
    StatementId, Terms, TicketId, VersionCause, decide as may_decide, dispute as may_dispute, exclude as may_exclude, judge,
    sign as next_version, withdraw as may_withdraw,
};
use postsale_domain::ground::{AcquirerId, UserId, cardless, to_millis};
use postsale_domain::refuse;

use crate::agreement::objection::{self, Dispute, KeptExclusion, MOST_EXCLUSIONS};
use crate::agreement::store::{self, Statement, Version, Which, line_place};
use crate::agreement::terms;
use crate::ground::db::{Done, Query, Stop, Tx, p};
use crate::ground::web::Keyset;
use crate::merchant::store as merchants;
use crate::view::registry::Sight;
use crate::view::statement::count::{Basis, basis, each};
use crate::view::statement::{page, see};
use crate::{org, sql};

/// Most characters of a reason, a proof or an answer.
const MAX_WORDS: usize = 500;
/// Lines read at once.
const CHUNK: u32 = 500;

/// Who does it: a person, whose name stands on the statement for good.
#[derive(Debug, Clone)]
pub struct By {
    /// Who.
    pub id: UserId,
    /// Their name.
    pub name: String,
}

impl By {
    /// Whoever asks. Errors: `not_allowed` for the house itself: a statement is signed by a person.
    pub fn caller(tx: &mut Tx<'_>, action: &'static str) -> Done<By> {
        let id = tx.caller().user().ok_or_else(|| refuse!(Forbidden, "not_allowed", action = action))?;
        Ok(By { id, name: org::store::shown_name(tx)? })
    }
}

/// Opens the statement of an acquirer, agreement and month, or finds it. Errors: `statement.agreement_unknown`,
/// `statement.acquirer_unknown`, `statement.month_ahead`.
pub fn open(tx: &mut Tx<'_>, acquirer: AcquirerId, agreement: &str, month: Month) -> Done<Statement> {
    if !terms().contains_key(agreement) {
        return Err(refuse!(Invalid, "statement.agreement_unknown").field("agreement").into());
    }
    if !merchants::acquirers(tx, None)?.iter().any(|a| a.id == acquirer) {
        return Err(refuse!(Invalid, "statement.acquirer_unknown").field("acquirer_id").into());
    }
    let basis = basis(tx, acquirer, agreement, month)?;
    if basis.from > tx.now() {
        return Err(refuse!(Invalid, "statement.month_ahead").field("month").into());
    }
    store::open(tx, acquirer, agreement, month, basis.from)
}

/// Loads a statement in the version that was seen. Errors: stale with the page as it is.
fn seen(tx: &mut Tx<'_>, id: StatementId, version: i64) -> Done<Statement> {
    let statement = store::for_change(tx, id)?;
    if statement.version != version {
        let current = page(tx, &statement, None)?;
        return Err(Stop::Stale(Box::new(serde_json::to_value(current).unwrap_or_default())));
    }
    Ok(statement)
}

fn words(text: &str, field: &'static str) -> Done<String> {
    let text = text.trim();
    if text.chars().count() > MAX_WORDS {
        return Err(refuse!(Invalid, "statement.words_long", limit = MAX_WORDS).field(field).into());
    }
    cardless(text, field)?;
    Ok(text.to_owned())
}

/// Signs the month as it stands, or, once it was signed, what was excluded since. Errors: those of [`next_version`], `statement.empty`.
pub fn sign(tx: &mut Tx<'_>, id: StatementId, version: i64, by: &By) -> Done<Statement> {
    let statement = seen(tx, id, version)?;
    let basis = basis(tx, statement.acquirer, &statement.agreement, statement.month)?;
    let excluded = objection::exclusions(tx, id)?;
    let pending: Vec<&KeptExclusion> = excluded.iter().filter(|e| e.signed_in.is_none()).collect();
    let next = next_version(Signing {
        ended: basis.to <= tx.now(),
        signed: statement.signed,
        pending: pending.len(),
        own: pending.iter().any(|e| e.by == by.id),
    })?;
    let after = if next == 1 {
        first(tx, &statement, &basis, &excluded, by)?
    } else {
        let rules: Vec<Exclusion> = pending.iter().map(|e| e.rule()).collect();
        let terms = signed_terms(tx, &statement)?;
        for exclusion in &rules {
            leave_out(tx, &statement, &basis, &terms, *exclusion)?;
        }
        another(tx, &statement, terms, VersionCause::Exclusion, by)?
    };
    objection::take_in(tx, id, next)?;
    Ok(after)
}

/// The first version: every promise of the month is judged and becomes a line.
fn first(tx: &mut Tx<'_>, s: &Statement, basis: &Basis, excluded: &[KeptExclusion], by: &By) -> Done<Statement> {
    let rules: Vec<Exclusion> = excluded.iter().map(KeptExclusion::rule).collect();
    let mut seal = begin(tx, s, &basis.terms, 1, "", by);
    let figures = each(tx, basis, &rules, |tx, line| {
        seal.line(line);
        store::add_line(tx, s.id, 1, line)
    })?;
    if figures.is_empty() {
        return Err(refuse!(Conflict, "statement.empty").into());
    }
    let signed = Version {
        version: 1,
        cause: VersionCause::First,
        terms: basis.terms.clone(),
        total: figures.values().fold(Figures::default(), |sum, of| sum.with(*of)),
        figures,
        signed_at: tx.now(),
        signed_by: by.id,
        signed_name: by.name.clone(),
        predecessor: String::new(),
        seal: seal.finish(),
    };
    store::add_version(tx, s, &signed)?;
    store::touch(tx, s, 1)
}

fn begin(tx: &Tx<'_>, s: &Statement, terms: &Terms, version: i64, predecessor: &str, by: &By) -> Seal {
    Seal::new(&Head {
        statement: &s.id.to_string(),
        acquirer: &s.acquirer.to_string(),
        agreement: (&s.agreement, terms.version),
        month: &s.month.to_string(),
        version,
        predecessor,
        signed_by: &by.id.to_string(),
        signed_ms: to_millis(tx.now()),
    })
}

/// What a signed statement counts by: the terms it was first signed with, whatever is agreed since.
fn signed_terms(tx: &mut Tx<'_>, s: &Statement) -> Done<Terms> {
    Ok(store::latest(tx, &[s.id])?.remove(&s.id).map(|v| v.terms).unwrap_or_default())
}

/// Lines that an exclusion covers count apart from the next version on; those a dispute was accepted for stay as they were ruled.
fn leave_out(tx: &mut Tx<'_>, s: &Statement, basis: &Basis, terms: &Terms, exclusion: Exclusion) -> Done<()> {
    match exclusion.what {
        Excluded::Ticket(ticket) => {
            let lines = store::lines_of_ticket(tx, s.id, ticket)?;
            change(tx, s, basis, terms, exclusion, lines)
        }
        Excluded::Day(day) => {
            let (from, to) = Exclusion::span(day, &basis.zone);
            let mut after = Keyset { at: to_millis(from), id: uuid::Uuid::nil() };
            loop {
                let lines = store::lines_within(tx, s.id, after, to, CHUNK)?;
                let Some(last) = lines.last().map(line_place) else { return Ok(()) };
                after = last;
                change(tx, s, basis, terms, exclusion, lines)?;
            }
        }
    }
}

fn change(tx: &mut Tx<'_>, s: &Statement, basis: &Basis, terms: &Terms, exclusion: Exclusion, lines: Vec<Line>) -> Done<()> {
    for line in lines.into_iter().filter(|line| line.because.is_none()) {
        let after = judge(line.promised, terms, &[exclusion], None, &basis.zone);
        replace(tx, s, &after)?;
    }
    Ok(())
}

/// A line counts otherwise from the next version on.
fn replace(tx: &mut Tx<'_>, s: &Statement, after: &Line) -> Done<()> {
    store::end_line(tx, s.id, after.promised.clock, s.signed)?;
    store::add_line(tx, s.id, s.signed + 1, after)
}

/// Seals the next version over all lines as they count in it.
fn another(tx: &mut Tx<'_>, s: &Statement, terms: Terms, cause: VersionCause, by: &By) -> Done<Statement> {
    let next = s.signed + 1;
    let predecessor = store::latest(tx, &[s.id])?.remove(&s.id).map(|v| v.seal).unwrap_or_default();
    let mut seal = begin(tx, s, &terms, next, &predecessor, by);
    let (mut after, mut figures) = (Keyset::FIRST, BTreeMap::<_, Figures>::new());
    loop {
        let lines = store::lines(tx, s.id, next, Which::All, after, CHUNK)?;
        for line in &lines {
            seal.line(line);
            figures.entry(line.promised.kind).or_default().add(line);
        }
        match lines.last().filter(|_| lines.len() == CHUNK as usize) {
            Some(last) => after = line_place(last),
            None => break,
        }
    }
    let signed = Version {
        version: next,
        cause,
        terms,
        total: figures.values().fold(Figures::default(), |sum, of| sum.with(*of)),
        figures,
        signed_at: tx.now(),
        signed_by: by.id,
        signed_name: by.name.clone(),
        predecessor,
        seal: seal.finish(),
    };
    store::add_version(tx, s, &signed)?;
    store::touch(tx, s, next)
}

/// What is to be excluded: a day or a ticket.
#[derive(Debug, Clone)]
pub struct Asked {
    /// All that fell due on a day.
    pub day: Option<Date>,
    /// A ticket.
    pub ticket: Option<TicketId>,
    /// Why.
    pub reason: String,
    /// What proves it.
    pub proof: String,
}

/// Notes that something is not to be counted. Somebody else signs it. Errors: those of [`may_exclude`], `statement.exclude_what`,
/// `statement.ticket_outside`, `statement.exclusions_many`, `statement.words_long`, `text.card`.
pub fn exclude(tx: &mut Tx<'_>, id: StatementId, version: i64, asked: &Asked, by: &By) -> Done<Statement> {
    let statement = seen(tx, id, version)?;
    let what = match (asked.day, asked.ticket) {
        (Some(day), None) => Excluded::Day(day),
        (None, Some(ticket)) => Excluded::Ticket(ticket),
        _ => return Err(refuse!(Invalid, "statement.exclude_what").field("day").into()),
    };
    let (reason, proof) = (words(&asked.reason, "reason")?, words(&asked.proof, "proof")?);
    let known = objection::exclusions(tx, id)?;
    may_exclude(statement.month, asked.day, known.iter().any(|e| e.what == what), &reason, &proof)?;
    if known.len() >= MOST_EXCLUSIONS {
        return Err(refuse!(Conflict, "statement.exclusions_many", limit = MOST_EXCLUSIONS).into());
    }
    if let Excluded::Ticket(ticket) = what
        && !is_of(tx, ticket, statement.acquirer)?
    {
        return Err(refuse!(Invalid, "statement.ticket_outside").field("ticket_id").into());
    }
    let (id, at) = (tx.new_id(), tx.now());
    let kept = KeptExclusion { id, statement: statement.id, what, reason, proof, at, by: by.id, by_name: by.name.clone(), signed_in: None };
    objection::exclude(tx, &kept)?;
    store::touch(tx, &statement, statement.signed)
}

fn is_of(tx: &mut Tx<'_>, ticket: TicketId, acquirer: AcquirerId) -> Done<bool> {
    let key = [p(&tx.tenant()), p(&ticket), p(&acquirer)];
    let found =
        tx.one(sql!("SELECT 1 FROM ticket t WHERE t.tenant_id = $1 AND t.id = $2 AND t.acquirer_id = $3"), &key, |r| r.next::<i64>())?;
    Ok(found.is_some())
}

/// Takes an exclusion back before it is signed. Errors: those of [`may_withdraw`].
pub fn withdraw(tx: &mut Tx<'_>, id: ExclusionId, version: i64) -> Done<Statement> {
    let kept = objection::exclusion(tx, id)?;
    let statement = seen(tx, kept.statement, version)?;
    may_withdraw(kept.signed_in.is_some())?;
    objection::withdraw(tx, &kept)?;
    store::touch(tx, &statement, statement.signed)
}

/// Somebody does not agree with a line of the version signed last. Errors: `not_found`, `statement.not_signed`, those of [`may_dispute`],
/// `statement.words_long`, `text.card`.
pub fn dispute(tx: &mut Tx<'_>, sight: Sight, id: StatementId, clock: ClockId, claim: Claim, reason: &str, by: &By) -> Done<Statement> {
    see(tx, sight, id)?;
    let statement = store::for_change(tx, id)?;
    if statement.signed == 0 {
        return Err(refuse!(Conflict, "statement.not_signed").into());
    }
    let line = store::line(tx, id, clock)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let reason = words(reason, "reason")?;
    may_dispute(line.verdict, line.counted_s, objection::undecided_of(tx, id, clock)?.is_some(), claim, &reason)?;
    let raised = Dispute {
        id: tx.new_id(),
        statement: id,
        clock,
        ticket: line.promised.ticket,
        claim,
        reason,
        raised_at: tx.now(),
        by: by.id,
        by_name: by.name.clone(),
        state: DisputeState::Open,
        answer: None,
        decided_at: None,
        decided_name: None,
        made: None,
    };
    objection::raise(tx, &raised)?;
    store::touch(tx, &statement, statement.signed)
}

/// Decides a dispute; accepting it makes a new version, in which its line counts as it asks. Errors: those of [`may_decide`],
/// `statement.words_long`, `text.card`.
pub fn decide(tx: &mut Tx<'_>, id: DisputeId, version: i64, accept: bool, reason: &str, by: &By) -> Done<Statement> {
    let before = objection::dispute(tx, id)?;
    let statement = seen(tx, before.statement, version)?;
    let before = objection::dispute(tx, before.id)?;
    let answer = words(reason, "reason")?;
    may_decide(&before.raised(), by.id, &answer)?;
    let after = Dispute {
        state: if accept { DisputeState::Accepted } else { DisputeState::Refused },
        answer: Some(answer),
        decided_at: Some(tx.now()),
        decided_name: Some(by.name.clone()),
        made: accept.then_some(statement.signed + 1),
        ..before.clone()
    };
    objection::decide(tx, &before, &after, by.id)?;
    if !accept {
        return store::touch(tx, &statement, statement.signed);
    }
    let line = store::line(tx, statement.id, before.clock)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let basis = basis(tx, statement.acquirer, &statement.agreement, statement.month)?;
    let (terms, ruling) = (signed_terms(tx, &statement)?, Ruling { dispute: id, claim: before.claim });
    let ruled = judge(line.promised, &terms, &[], Some(&ruling), &basis.zone);
    debug_assert_eq!(ruled.because, Some(Because::Dispute(id)));
    replace(tx, &statement, &ruled)?;
    another(tx, &statement, terms, VersionCause::Dispute, by)
}
