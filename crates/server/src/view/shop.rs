//! What a merchant sees: behind the sticker, and on the page of a report. No codes, no whole serial, no address.

use jiff::Timestamp;
use postsale_domain::billing::QuoteState;
use postsale_domain::followup::FollowUpState;
use postsale_domain::ground::{Text, tail};
use postsale_domain::knowledge::{Audience, GuideOutcome};
use postsale_domain::notify::NoticeKind;
use postsale_domain::sla::{ClockKind, ClockState};
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::{Decision, PauseReason, TicketId, TicketState};

use crate::billing::store::Quote;
use crate::file::store::FileFace;
use crate::ground::db::{Done, Query, Tx, p};
use crate::merchant::store as merchants;
use crate::terminal::store as terminals;
use crate::ticket::entry;
use crate::ticket::store::Ticket;
use crate::view::appointment::{self, Appointment};
use crate::view::{coverage, guide};
use crate::{billing, file, followup, notify, sla, sql, ticket};

/// Most lines of a case the merchant reads, counted from its end.
const LINES: u32 = 500;

/// What the sticker knows.
#[derive(Debug, Clone)]
pub struct Sticker {
    /// Which terminal.
    pub terminal: TerminalId,
    /// Merchant and store; empty for a terminal that stands nowhere.
    pub place: String,
    /// The model.
    pub model: String,
    /// The serial's last four characters.
    pub serial_tail: String,
    /// Who pays, in a sentence.
    pub coverage: Text,
    /// Since when nothing has been heard of it.
    pub offline_since: Option<Timestamp>,
    /// The report that is being worked on.
    pub open: Option<TicketId>,
}

/// What the sticker of a terminal knows.
pub fn sticker(tx: &mut Tx<'_>, id: TerminalId) -> Done<Option<Sticker>> {
    let Some(terminal) = terminals::terminal(tx, id)? else { return Ok(None) };
    let open = ticket::list::of_terminal(tx, id, 20)?.into_iter().find(|t| t.closed_at.is_none()).map(|t| t.id);
    let coverage = coverage::today(tx, &terminal, None)?.sentence;
    Ok(Some(Sticker {
        terminal: id,
        place: place(tx, Some(id))?,
        model: terminal.model,
        serial_tail: tail(&terminal.serial_no),
        coverage,
        offline_since: terminal.offline_since,
        open,
    }))
}

/// `merchant·store` of a terminal's open binding; only the store's name when it begins with the merchant's.
pub fn place(tx: &mut Tx<'_>, terminal: Option<TerminalId>) -> Done<String> {
    let binding = match terminal {
        Some(id) => terminals::open_binding(tx, id)?,
        None => None,
    };
    let Some(binding) = binding else { return Ok(String::new()) };
    let merchant = merchants::merchant(tx, binding.merchant_id, None)?.map(|m| m.name).unwrap_or_default();
    let store = merchants::store(tx, binding.store_id)?.map(|s| s.name).unwrap_or_default();
    Ok(match (merchant.as_str(), store.as_str()) {
        (m, s) if s.starts_with(m) => store,
        (_, "") => merchant,
        (m, s) => format!("{m}·{s}"),
    })
}

/// Where a case stands in the merchant's words: the label it wears, what it waits for, or its state's.
pub fn status(tx: &mut Tx<'_>, t: &Ticket) -> Done<Text> {
    let force = crate::facts::in_force(tx)?;
    let worn = crate::facts::extra::one(tx, t.id)?.label;
    let code = match (&worn, t.case.waiting.first()) {
        (Some(label), _) => label.as_str(),
        (None, Some(reason)) => reason.as_str(),
        (None, None) => t.case.state.as_str(),
    };
    Ok(force.label(code).customer)
}

/// What was ordered, in words; nothing of a repair.
pub fn ordered(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<Text>> {
    let said = crate::facts::extra::one(tx, ticket)?.ticket_type;
    Ok(crate::facts::in_force(tx)?.service_item(&said).map(|item| item.name))
}

/// What is coming next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Somebody gets in touch by then.
    Respond(Timestamp),
    /// Somebody should have been in touch.
    RespondLate,
    /// Solved by then.
    Resolve(Timestamp),
    /// Being worked on.
    Soon,
    /// The merchant must answer.
    Waiting,
    /// Somebody has to come and nobody is asked yet; until when it is to be solved, and whether somebody was there in vain.
    Send(Option<Timestamp>, bool),
    /// An engineer is being chosen.
    VisitOpen,
    /// Somebody comes then; who is still being settled.
    Booked(Timestamp, Timestamp),
    /// An engineer comes.
    Visit(Timestamp, Timestamp, String),
    /// An engineer is on the way.
    OnTheWay(String),
    /// An engineer is there.
    There(String),
    /// Somebody comes then; the reader is not told who.
    Coming(Timestamp, Timestamp),
    /// Somebody is on the way.
    SomebodyOnTheWay,
    /// Somebody is there.
    SomebodyThere,
    /// Who reported it must answer; the reader may be somebody else.
    WaitingForReporter,
    /// Who reported it must confirm.
    SolvedForReporter,
    /// The merchant must confirm.
    Solved,
    /// Over.
    Closed,
    /// Withdrawn.
    Cancelled,
}

impl Next {
    /// For whoever scans the sticker: it hangs in a shop, and a name would help somebody to pass for the engineer. Answering and
    /// confirming are not on that page, so it says who is asked.
    pub fn nameless(&self) -> Self {
        match self {
            Self::Visit(from, to, _) | Self::Booked(from, to) => Self::Coming(*from, *to),
            Self::OnTheWay(_) => Self::SomebodyOnTheWay,
            Self::There(_) => Self::SomebodyThere,
            Self::Waiting => Self::WaitingForReporter,
            Self::Solved => Self::SolvedForReporter,
            other => other.clone(),
        }
    }
}

/// How a step of the case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Behind us.
    Done,
    /// Here.
    Now,
    /// Still to come.
    ToCome,
    /// Was not needed.
    Skipped,
}

/// A line of the thread.
#[derive(Debug, Clone)]
pub enum Line {
    /// Somebody wrote.
    Words {
        /// The merchant themselves.
        mine: bool,
        /// Whose words; empty for the house.
        who: String,
        /// When.
        at: Timestamp,
        /// The words.
        body: String,
        /// Files that came along.
        files: Vec<FileFace>,
    },
    /// Something happened: its code.
    Event {
        /// Which event.
        code: String,
        /// When.
        at: Timestamp,
    },
}

/// The survey as the page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Survey {
    /// May be answered.
    Open,
    /// Was answered: score, and whether it was solved.
    Answered(u8, bool),
    /// Too late.
    Expired,
}

/// The page of a report.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Which ticket.
    pub id: TicketId,
    /// `T-000831`.
    pub number: String,
    /// Merchant and store.
    pub place: String,
    /// Model and the serial's last four characters.
    pub terminal: Option<(String, String)>,
    /// What was ordered; nothing of a repair.
    pub item: Option<Text>,
    /// Where it stands.
    pub state: TicketState,
    /// The same in the tenant's words.
    pub status: Text,
    /// When it was reported.
    pub opened_at: Timestamp,
    /// Received, remote, visit, confirm.
    pub steps: [(&'static str, Mark); 4],
    /// What is coming next.
    pub next: Next,
    /// A visit was arranged at least once.
    pub visited: bool,
    /// Somebody has to come, and nobody is asked yet.
    pub to_send: bool,
    /// When somebody comes, while a visit is ahead or under way.
    pub appointment: Option<Appointment>,
    /// The six digits the engineer asks for.
    pub code: Option<String>,
    /// What the work costs, while it is theirs to agree to, and what they answered.
    pub quote: Option<Quote>,
    /// The words exchanged, oldest first.
    pub thread: Vec<Line>,
    /// The survey of the last closing.
    pub survey: Option<Survey>,
    /// The guide that could be walked now, while nobody walks one.
    pub guide_offered: bool,
    /// The last four digits of the reporters' phones, to let them in from the sticker.
    pub phone_tails: Vec<String>,
}

/// Whether a case waits for a visit that nobody has arranged yet: the desk judged it so, a visit failed, or the guide that was walked last
/// ended so. `last`: the state of its newest order. A visit that was called off, or that was made, leaves the case with the desk.
pub fn to_send(state: TicketState, decision: Option<Decision>, last: Option<&str>, guide: Option<GuideOutcome>) -> bool {
    match state {
        TicketState::Triaged => match last {
            None => decision == Some(Decision::Onsite),
            Some("failed") => decision != Some(Decision::Remote),
            Some(_) => false,
        },
        TicketState::Remote => guide == Some(GuideOutcome::Visit),
        _ => false,
    }
}

struct Order {
    state: String,
    promised: Option<(Timestamp, Timestamp)>,
    engineer: String,
    live: bool,
}

fn last_order(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<Order>> {
    Ok(tx.one(
        sql!(
            "SELECT w.state, w.promised_from, w.promised_to, COALESCE(e.name, ''), w.closed_at
             FROM work_order w LEFT JOIN engineer e ON e.id = w.engineer_id
             WHERE w.ticket_id = $1 ORDER BY w.created_at DESC, w.id DESC LIMIT 1"
        ),
        &[p(&ticket)],
        |r| {
            let state = r.next()?;
            let (from, to): (Option<Timestamp>, Option<Timestamp>) = (r.next()?, r.next()?);
            Ok(Order { state, promised: from.zip(to), engineer: r.next()?, live: r.next::<Option<Timestamp>>()?.is_none() })
        },
    )?)
}

/// The page of a report.
pub fn progress(tx: &mut Tx<'_>, t: &Ticket) -> Done<Progress> {
    let order = last_order(tx, t.id)?;
    let appointment = appointment::of_ticket(tx, t.id)?;
    let terminal = match t.terminal_id {
        Some(id) => terminals::terminal(tx, id)?.map(|x| (x.model, tail(&x.serial_no))),
        None => None,
    };
    let codes = match &order {
        Some(o) if o.live && o.state != "done" => notify::store::newest(tx, t.id, NoticeKind::ConfirmationCode)?,
        _ => None,
    };
    let survey = survey(tx, t)?;
    let mut lines = entry::newest_public(tx, t.id, LINES)?;
    let walked_remote = entry::happened(tx, t.id, "remote_started")?;
    let ended = guide::shown(tx, t, Audience::Merchant)?.and_then(|walk| walk.ending).map(|ending| ending.outcome);
    let send = to_send(t.case.state, t.case.decision, order.as_ref().map(|o| o.state.as_str()), ended);
    let (mut phones, mut files): (Vec<String>, _) = (t.contact.phone.iter().cloned().collect(), file::store::of_ticket(tx, t.id)?);
    // What was written under another number before it was merged is theirs to read as well.
    for id in ticket::merge::family(tx, t.id)? {
        let theirs = entry::newest_public(tx, id, LINES)?;
        lines.extend(theirs.into_iter().filter(|e| e.kind != entry::Kind::Event));
        files.extend(file::store::of_ticket(tx, id)?);
        phones.extend(ticket::store::ticket(tx, id)?.and_then(|loser| loser.contact.phone));
    }
    lines.sort_by_key(|e| e.at);
    let thread = lines.into_iter().filter_map(|e| line(files.remove(&e.id).unwrap_or_default(), e)).collect();
    Ok(Progress {
        id: t.id,
        number: format!("T-{:06}", t.number),
        place: place(tx, t.terminal_id)?,
        terminal,
        item: ordered(tx, t.id)?,
        state: t.case.state,
        status: match send && t.case.waiting.is_empty() && crate::facts::extra::one(tx, t.id)?.label.is_none() {
            true => crate::facts::in_force(tx)?.label(TicketState::Visit.as_str()).customer,
            false => status(tx, t)?,
        },
        opened_at: t.opened_at,
        steps: steps(t.case.state, walked_remote, order.is_some(), send),
        next: next(tx, t, order.as_ref(), appointment.as_ref(), send)?,
        visited: order.is_some(),
        to_send: send,
        appointment,
        code: codes.and_then(|n| six_digits(&n.body)),
        quote: quote(tx, t)?,
        thread,
        survey,
        guide_offered: false,
        phone_tails: phones.iter().filter(|p| p.len() >= 5).map(|p| p[p.len() - 4..].to_owned()).collect(),
    })
}

/// The newest quote of a case that is not over; of one that is, what was agreed to.
fn quote(tx: &mut Tx<'_>, t: &Ticket) -> Done<Option<Quote>> {
    let newest = billing::store::of_ticket(tx, t.id)?.into_iter().find(|q| q.valid_until.is_some() && q.state != QuoteState::Replaced);
    Ok(newest.filter(|q| t.closed_at.is_none() || q.state == QuoteState::Accepted))
}

fn survey(tx: &mut Tx<'_>, t: &Ticket) -> Done<Option<Survey>> {
    let last = followup::store::of_ticket(tx, t.id)?.pop();
    Ok(last.and_then(|kept| match (kept.follow_up.state, kept.follow_up.answer) {
        (FollowUpState::Answered, Some(answer)) => Some(Survey::Answered(answer.score, answer.solved)),
        (FollowUpState::Expired, _) if t.case.state == TicketState::Closed => Some(Survey::Expired),
        (FollowUpState::Scheduled | FollowUpState::Asked, _) if t.case.state == TicketState::Closed => Some(Survey::Open),
        _ => None,
    }))
}

fn line(files: Vec<FileFace>, e: entry::Entry) -> Option<Line> {
    match (e.kind, e.event) {
        (entry::Kind::Event, Some((code, _))) => Some(Line::Event { code, at: e.at }),
        (entry::Kind::Message | entry::Kind::Reply, _) => {
            let mine = e.author == entry::Author::Merchant;
            Some(Line::Words { mine, who: e.author_name, at: e.at, body: e.body, files })
        }
        _ => None,
    }
}

/// The confirmation code inside the notice that told it.
fn six_digits(body: &str) -> Option<String> {
    body.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
}

/// Where the four steps stand. A step that was passed over is not shown as open; `send`: a visit is what comes next ([`to_send`]).
pub fn steps(state: TicketState, remote: bool, visit: bool, send: bool) -> [(&'static str, Mark); 4] {
    use Mark::{Done, Now, Skipped, ToCome};
    let past = |walked: bool| if walked { Done } else { Skipped };
    let [received, remotely, visiting, confirmed] = match state {
        TicketState::New => [Now, ToCome, ToCome, ToCome],
        TicketState::Triaged | TicketState::Remote if send => [Done, past(remote), Now, ToCome],
        TicketState::Triaged | TicketState::Remote => [Done, Now, ToCome, ToCome],
        TicketState::Visit => [Done, past(remote), Now, ToCome],
        TicketState::Solved => [Done, past(remote || !visit), past(visit), Now],
        TicketState::Closed => [Done, past(remote || !visit), past(visit), Done],
        TicketState::Cancelled | TicketState::Merged => [Done, past(remote), past(visit), Skipped],
    };
    [("received", received), ("remote", remotely), ("visit", visiting), ("confirm", confirmed)]
}

fn next(tx: &mut Tx<'_>, t: &Ticket, order: Option<&Order>, appointment: Option<&Appointment>, send: bool) -> Done<Next> {
    let now = tx.now();
    match (t.case.state, order) {
        (TicketState::Closed, _) => return Ok(Next::Closed),
        // Never shown: whoever asks for a merged case is led to where it goes on.
        (TicketState::Cancelled | TicketState::Merged, _) => return Ok(Next::Cancelled),
        (TicketState::Solved, _) => return Ok(Next::Solved),
        (TicketState::Visit, Some(order)) if order.live => {
            let engineer = order.engineer.clone();
            return Ok(match (order.state.as_str(), order.promised) {
                ("travelling", _) => Next::OnTheWay(engineer),
                ("on_site" | "repaired", _) => Next::There(engineer),
                ("accepted", Some((from, to))) => Next::Visit(from, to, engineer),
                _ => appointment.and_then(|a| a.window).map_or(Next::VisitOpen, |w| Next::Booked(w.from, w.to)),
            });
        }
        _ => {}
    }
    if t.case.waiting.contains(&PauseReason::WaitingMerchant) {
        return Ok(Next::Waiting);
    }
    let clocks = sla::store::kept(tx, t.id)?;
    let due = |kind| clocks.iter().find(|c| c.kind == kind && c.state == ClockState::Running).and_then(|c| c.due);
    if t.responded_at.is_none()
        && let Some(at) = due(ClockKind::FirstResponse)
    {
        return Ok(if at < now { Next::RespondLate } else { Next::Respond(at) });
    }
    let by = due(ClockKind::Resolution).filter(|at| *at >= now);
    Ok(match (send, by) {
        (true, by) => Next::Send(by, order.is_some()),
        (false, Some(at)) => Next::Resolve(at),
        (false, None) => Next::Soon,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_step_is_the_present_one_until_the_end() {
        for state in TicketState::ALL {
            for (remote, visit, send) in [
                (false, false, false),
                (true, false, false),
                (false, true, true),
                (true, true, false),
                (true, true, true),
                (false, false, true),
            ] {
                let now = steps(*state, remote, visit, send).iter().filter(|(_, mark)| *mark == Mark::Now).count();
                let over = matches!(state, TicketState::Closed | TicketState::Cancelled | TicketState::Merged);
                assert_eq!(now, usize::from(!over), "{state:?} {remote} {visit} {send}");
            }
        }
    }

    #[test]
    fn who_waits_for_a_visit_reads_that_somebody_is_being_sent() {
        use Decision::{Onsite, Remote};
        use GuideOutcome::{Fixed, Visit};
        use TicketState as S;
        let table = [
            (S::New, None, None, None, false),
            (S::Triaged, None, None, None, false),
            (S::Triaged, Some(Remote), None, None, false),
            (S::Triaged, Some(Onsite), None, None, true),
            (S::Triaged, Some(Onsite), Some("failed"), None, true),
            (S::Triaged, None, Some("failed"), None, true),
            // Judged anew since: no longer.
            (S::Triaged, Some(Remote), Some("failed"), None, false),
            // Called off, or made and the case open again: the desk looks at it first.
            (S::Triaged, Some(Onsite), Some("cancelled"), None, false),
            (S::Triaged, Some(Onsite), Some("done"), None, false),
            (S::Remote, Some(Onsite), None, None, false),
            (S::Remote, Some(Onsite), None, Some(Visit), true),
            (S::Remote, None, None, Some(Fixed), false),
            (S::Visit, Some(Onsite), Some("offered"), Some(Visit), false),
            (S::Closed, Some(Onsite), Some("failed"), None, false),
        ];
        for (state, decision, last, guide, expected) in table {
            assert_eq!(to_send(state, decision, last, guide), expected, "{state:?} {decision:?} {last:?} {guide:?}");
        }
        let here = |state, send| steps(state, true, true, send).iter().find(|(_, mark)| *mark == Mark::Now).map(|(name, _)| *name);
        assert_eq!((here(S::Triaged, true), here(S::Triaged, false)), (Some("visit"), Some("remote")));
        assert_eq!((here(S::Remote, true), here(S::Remote, false)), (Some("visit"), Some("remote")));
    }

    #[test]
    fn the_code_is_found_in_the_notice() {
        assert_eq!(six_digits("把验收码480213告诉工程师小王。编号T-000831"), Some("480213".to_owned()));
        assert_eq!(six_digits("编号T-0000831"), None);
    }
}
