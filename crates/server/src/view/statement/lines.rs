//! The lines of a statement, each with its ticket and what was said against it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use postsale_domain::agreement::{Because, ClauseKind, ClockId, DisputeState, Exclusion, ExclusionId, Line, LineVerdict, TicketId, judge};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::count::{basis, place, promises};
use crate::agreement::objection::{self, Dispute, KeptExclusion};
use crate::agreement::store::{self, Statement, Which, line_place};
use crate::ground::db::{Done, Query, Tx, fifty, p};
use crate::ground::web::Keyset;
use crate::{fifty, sql};

/// Which lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinesView {
    /// All of them.
    #[default]
    All,
    /// Broken ones.
    Late,
    /// Those counted apart.
    LeftOut,
    /// Those somebody did not agree with.
    Disputed,
}

impl LinesView {
    fn which(self) -> Which {
        match self {
            Self::All => Which::All,
            Self::Late => Which::Counting(LineVerdict::Late),
            Self::LeftOut => Which::Counting(LineVerdict::LeftOut),
            Self::Disputed => Which::Disputed,
        }
    }
}

/// Why a line counts otherwise than its clock says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineBecause {
    /// Whether a dispute was accepted; otherwise it was excluded.
    pub dispute: bool,
    /// The reason that was given.
    pub reason: String,
}

/// A line of a statement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatementLine {
    /// The clock; with it the line is disputed.
    pub clock_id: ClockId,
    ticket_id: TicketId,
    /// `T-000831`.
    ticket_number: String,
    subject: String,
    merchant_name: Option<String>,
    kind: ClauseKind,
    /// The first contact.
    started_at: Timestamp,
    /// When it fell due.
    due_at: Timestamp,
    /// When it was answered or solved; null while it is open.
    ended_at: Option<Timestamp>,
    /// Business seconds late by the clock.
    late_s: i64,
    /// How it counts.
    verdict: LineVerdict,
    /// Business seconds late that count.
    counted_s: i64,
    /// Hours begun that count.
    hours: i64,
    /// What it costs, in fen.
    penalty: i64,
    /// Why it counts otherwise than its clock says.
    because: Option<LineBecause>,
    /// Where the last dispute about it stands.
    dispute: Option<DisputeState>,
    #[serde(skip)]
    key: i64,
}

impl StatementLine {
    /// Its place in a list.
    pub fn place(&self) -> (i64, ClockId) {
        (self.key, self.clock_id)
    }

    /// Its cells in a table: `word` says a word of a family in the reader's language, `moment` an instant.
    pub fn cells(self, word: impl Fn(&str, &str) -> String, moment: impl Fn(Option<Timestamp>) -> String) -> Vec<String> {
        vec![
            self.ticket_number,
            self.subject,
            self.merchant_name.unwrap_or_default(),
            word("clause", self.kind.as_str()),
            moment(Some(self.started_at)),
            moment(Some(self.due_at)),
            moment(self.ended_at),
            self.late_s.to_string(),
            word("line", self.verdict.as_str()),
            self.counted_s.to_string(),
            format!("{}.{:02}", self.penalty / 100, self.penalty % 100),
            self.because.map(|because| because.reason).unwrap_or_default(),
        ]
    }
}

/// Lines of a version, by due instant, after a place; of version 0 as they would be signed now. The number of statements does not
/// depend on the number of lines but by fifty.
pub fn page_of_lines(tx: &mut Tx<'_>, s: &Statement, version: i64, view: LinesView, after: Keyset, limit: u32) -> Done<Vec<StatementLine>> {
    let excluded = objection::exclusions(tx, s.id)?;
    let found = match version {
        0 => unsigned(tx, s, &excluded, view, after, limit)?,
        n => store::lines(tx, s.id, n, view.which(), after, limit)?,
    };
    let clocks: Vec<ClockId> = found.iter().map(|line| line.promised.clock).collect();
    let disputes = match s.signed {
        0 => Vec::new(),
        _ => objection::disputes_of(tx, &clocks)?,
    };
    let tickets = heads(tx, &found)?;
    Ok(found.into_iter().map(|line| row(line, &tickets, &excluded, &disputes)).collect())
}

/// Lines as they would be signed now. Pages of the month are read until enough of them are of the kind asked for.
fn unsigned(tx: &mut Tx<'_>, s: &Statement, kept: &[KeptExclusion], view: LinesView, after: Keyset, limit: u32) -> Done<Vec<Line>> {
    if view == LinesView::Disputed {
        return Ok(Vec::new());
    }
    let basis = basis(tx, s.acquirer, &s.agreement, s.month)?;
    let excluded: Vec<Exclusion> = kept.iter().map(KeptExclusion::rule).collect();
    let (mut lines, mut after) = (Vec::new(), after);
    while lines.len() < limit as usize {
        let found = promises(tx, &basis, view == LinesView::Late, after, limit)?;
        let full = found.len() == limit as usize;
        let Some(last) = found.last().map(place) else { break };
        after = last;
        let judged = found.into_iter().map(|promised| judge(promised, &basis.terms, &excluded, None, &basis.zone));
        lines.extend(judged.filter(|line| match view {
            LinesView::All | LinesView::Disputed => true,
            LinesView::Late => line.verdict == LineVerdict::Late,
            LinesView::LeftOut => line.verdict == LineVerdict::LeftOut,
        }));
        if !full {
            break;
        }
    }
    lines.truncate(limit as usize);
    Ok(lines)
}

/// What people know a ticket by.
struct Head {
    number: i64,
    subject: String,
    merchant: Option<String>,
}

fn heads(tx: &mut Tx<'_>, lines: &[Line]) -> Done<BTreeMap<TicketId, Head>> {
    let tenant = tx.tenant();
    let mut ids: Vec<TicketId> = lines.iter().map(|line| line.promised.ticket).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut heads = BTreeMap::new();
    for chunk in ids.chunks(50) {
        heads.extend(tx.query(
            sql!(concat!(
                "SELECT t.id, t.number, t.subject, m.name FROM ticket t LEFT JOIN merchant m ON m.id = t.merchant_id
                 WHERE t.tenant_id = $1 AND t.id IN (",
                fifty!(),
                ")"
            )),
            &fifty(&tenant, chunk.iter().map(p)),
            |r| Ok((r.next()?, Head { number: r.next()?, subject: r.next()?, merchant: r.next()? })),
        )?);
    }
    Ok(heads)
}

fn row(line: Line, tickets: &BTreeMap<TicketId, Head>, excluded: &[KeptExclusion], disputes: &[Dispute]) -> StatementLine {
    let ticket = tickets.get(&line.promised.ticket);
    let reason = |id: ExclusionId| excluded.iter().find(|e| e.id == id).map(|e| e.reason.clone()).unwrap_or_default();
    let because = line.because.map(|because| match because {
        Because::Exclusion(id) => LineBecause { dispute: false, reason: reason(id) },
        Because::Dispute(id) => {
            let ruled = disputes.iter().find(|d| d.id == id);
            LineBecause { dispute: true, reason: ruled.and_then(|d| d.answer.clone()).unwrap_or_default() }
        }
    });
    StatementLine {
        clock_id: line.promised.clock,
        ticket_id: line.promised.ticket,
        ticket_number: ticket.map(|t| crate::view::ticket::number(t.number)).unwrap_or_default(),
        subject: ticket.map(|t| t.subject.clone()).unwrap_or_default(),
        merchant_name: ticket.and_then(|t| t.merchant.clone()),
        kind: line.promised.kind,
        started_at: line.promised.started,
        due_at: line.promised.due,
        ended_at: line.promised.ended,
        late_s: line.promised.late_s,
        verdict: line.verdict,
        counted_s: line.counted_s,
        hours: line.hours(),
        penalty: line.penalty,
        because,
        dispute: disputes.iter().rev().find(|d| d.clock == line.promised.clock).map(|d| d.state),
        key: line_place(&line).at,
    }
}
