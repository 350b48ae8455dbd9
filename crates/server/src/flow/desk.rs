//! What happens to a ticket, with everything that follows: the timeline, the clocks, the word to the merchant.

use postsale_domain::bell;
use postsale_domain::ground::{Reach, UserId, Who, to_millis};
use postsale_domain::knowledge::VisitNeed;
use postsale_domain::refuse;
use postsale_domain::sla::{ClockKind, Promise, What};
use postsale_domain::ticket::queue::passed_around;
use postsale_domain::ticket::{Around, Case, Channel, Command, Event, Outcome, TicketId, TicketState, apply, decide, from_afar};
use serde_json::{Value, json};

use crate::facts;
use crate::flow::word;
use crate::ground::db::{Done, Stop, Tx};
use crate::ground::sabotage;
use crate::org;
use crate::sla::store::Beginning;
use crate::ticket::entry::{self, Author, Kind, Line, Placed};
use crate::ticket::store::{self, NEVER_DUE, Ticket};
use crate::ticket::{merge, task};
use crate::view::reach::see_ticket;
use crate::view::ticket::page;
use crate::{sla, visit};

/// A ticket on the table: loaded for change, changed in memory, saved once with all that follows.
pub struct Desk {
    since: Since,
    /// The ticket as it will be saved.
    pub ticket: Ticket,
    author: Author,
    author_name: String,
    /// Whether a work order is not closed.
    around: Around,
    touched: bool,
    /// Somebody who may has said why it is solved although nobody has been there.
    vouched: bool,
    /// What followers are told when it is saved: what, whose, which words.
    news: Option<(bell::Kind, String, String)>,
}

/// Where it comes from.
enum Since {
    /// It was loaded like this.
    Loaded(Box<Ticket>),
    /// It is being made: written once, when all is known, and then what hangs on it, in the order it happened.
    Made { clocks: Beginning, lines: Vec<Placed>, events: Vec<Event> },
}

impl Desk {
    /// Loads a ticket the caller may see. With `version`, errors with the current page when it is another one's.
    pub fn load(tx: &mut Tx<'_>, id: TicketId, reach: Reach, version: Option<i64>) -> Done<Self> {
        see_ticket(tx, reach, id)?;
        let Some(ticket) = store::ticket_for_change(tx, id)? else { return Err(refuse!(NotFound, "not_found").into()) };
        if version.is_some_and(|v| v != ticket.version) && !sabotage::on("no-versions") {
            let current = page(tx, &ticket)?;
            return Err(Stop::Stale(Box::new(serde_json::to_value(current).unwrap_or(Value::Null))));
        }
        let days_closed = ticket.closed_at.map_or(0, |at| (tx.now().as_second() - at.as_second()) / 86_400);
        let merged_into = match ticket.case.state {
            TicketState::Merged => merge::of(tx, id)?.map(|m| m.survivor_number),
            _ => None,
        };
        let live_work_order = visit::store::live_of_ticket(tx, id)?.is_some();
        let around = Around { live_work_order, days_closed, merged_into, open_tasks: task::open_titles(tx, id)?.len() };
        Self::of(tx, Since::Loaded(Box::new(ticket.clone())), ticket, around)
    }

    /// A ticket that is being made; nothing of it is written before it is saved.
    pub fn fresh(tx: &mut Tx<'_>, ticket: Ticket, clocks: Beginning) -> Done<Self> {
        Self::of(tx, Since::Made { clocks, lines: Vec::new(), events: Vec::new() }, ticket, Around::default())
    }

    fn of(tx: &mut Tx<'_>, since: Since, ticket: Ticket, around: Around) -> Done<Self> {
        let author = match tx.caller().who {
            Who::Staff { .. } => Author::Staff,
            Who::Merchant => Author::Merchant,
            Who::System(_) => Author::System,
        };
        let author_name = match author {
            Author::Merchant => ticket.contact.name.clone().unwrap_or_default(),
            _ => org::store::shown_name(tx)?,
        };
        Ok(Self { since, ticket, author, author_name, around, touched: false, vouched: false, news: None })
    }

    /// The rules' part of it.
    pub fn case(&self) -> &Case {
        &self.ticket.case
    }

    /// Says that the work order that stood in the way is closed in this very transaction.
    pub fn work_order_closed(&mut self) {
        self.around.live_work_order = false;
    }

    /// Somebody answers for solving from afar what is looked at on site.
    pub fn vouched(&mut self) {
        self.vouched = true;
    }

    /// Whether a fault of security is solved from afar by this. Errors: `ticket.onsite_only`.
    fn afar(&self, tx: &mut Tx<'_>, fault_code: Option<&str>, outcome: Outcome) -> Done<()> {
        let force = facts::in_force(tx)?;
        // Another name for it at the end does not make it another fault.
        let mut codes = fault_code.into_iter().chain(self.case().fault_code.as_deref());
        let security = codes.any(|code| force.facts().fault(code).is_some_and(|f| f.security && f.visit == VisitNeed::Yes));
        let been_there = security && visit::store::fixed_at(tx, self.ticket.id)? > entry::reopened_at(tx, self.ticket.id)?;
        Ok(from_afar(security, outcome, been_there, self.vouched)?)
    }

    /// Decides a command and lets everything follow that does. What is already so changes nothing.
    pub fn command(&mut self, tx: &mut Tx<'_>, command: &Command) -> Done<()> {
        let events = self.decided(tx, command)?;
        if let Command::Solve { fault_code, outcome } = command {
            self.afar(tx, fault_code.as_deref(), *outcome)?;
        }
        for event in events {
            self.happen(tx, &event)?;
        }
        Ok(())
    }

    /// What the rules say; where sub-tasks stand in the way, which.
    fn decided(&self, tx: &mut Tx<'_>, command: &Command) -> Done<Vec<Event>> {
        decide(&self.ticket.case, command, self.around).or_else(|refusal| match refusal.code {
            "ticket.tasks_open" => {
                let open = task::open_titles(tx, self.ticket.id)?;
                Err(refusal.arg("what", open.join(" / ")).into())
            }
            _ => Err(refusal.into()),
        })
    }

    /// Says that there is one more sub-task.
    pub fn task_added(&mut self) {
        self.around.open_tasks += 1;
    }

    /// Whether sub-tasks are open.
    pub fn has_open_tasks(&self) -> bool {
        self.around.open_tasks > 0
    }

    /// Lets an event happen: the case, its stamps, a line of the timeline, the clocks, the word to the merchant.
    pub fn happen(&mut self, tx: &mut Tx<'_>, event: &Event) -> Done<()> {
        self.touched = true;
        let now = tx.now();
        let (was, held) = (self.ticket.case.state, (self.ticket.case.claimed, self.ticket.case.owner));
        self.ticket.case = apply(self.ticket.case.clone(), event);
        self.handed(tx, held)?;
        if was != self.ticket.case.state || matches!(event, Event::Resumed { .. }) {
            // A label is one of its state's, and a waiting one ends with the waiting.
            facts::extra::unlabel(tx, self.ticket.id)?;
        }
        let t = &mut self.ticket;
        match event {
            Event::Claimed { .. } | Event::Assigned { .. } => t.claimed_at = Some(now),
            Event::Responded => t.responded_at = Some(now),
            Event::Solved { .. } => t.solved_at = Some(now),
            Event::Closed { .. } | Event::Cancelled { .. } | Event::Merged { .. } => t.closed_at = Some(now),
            Event::Unmerged { .. } => t.closed_at = None,
            Event::Reopened { .. } => (t.solved_at, t.closed_at) = (None, None),
            _ => {}
        }
        for (kinds, what) in clocks(event) {
            self.clocks(tx, kinds, what)?;
        }
        // The first answer is a stamp, not a story: the reply itself stands on the timeline, and so does what ended a visit.
        if !matches!(event, Event::Responded | Event::VisitOver) {
            let (mut code, data) = self.told(tx, event)?;
            if self.author == Author::System && matches!(event, Event::Merged { .. } | Event::TookIn { .. }) {
                // Nobody merged them: they were found to be one.
                code += "_again";
            }
            // What the rules conclude is nobody's deed, whoever gave the occasion.
            let (author, author_name) = match concluded(event) {
                true => (Author::System, String::new()),
                false => self.author(),
            };
            let told = Some((code, data));
            let line = Line {
                kind: Kind::Event,
                public: public(event),
                author,
                author_name,
                channel: None,
                body: String::new(),
                event: told,
                notice_id: None,
                letter_id: None,
            };
            self.write(tx, line)?;
        }
        match &mut self.since {
            Since::Loaded(_) => word::of_event(tx, &self.ticket, event),
            Since::Made { events, .. } => {
                events.push(event.clone());
                Ok(())
            }
        }
    }

    /// Another person is accountable than the one who had taken it on: counted, and told to the supervisors when it is passed around.
    fn handed(&mut self, tx: &mut Tx<'_>, (claimed, owner): (bool, UserId)) -> Done<()> {
        if !claimed || owner == self.ticket.case.owner {
            return Ok(());
        }
        self.ticket.handed += 1;
        match (&self.since, passed_around(self.ticket.handed)) {
            (Since::Loaded(_), true) => super::bell::passed_around(tx, self.ticket.id, self.ticket.handed, &self.author_name),
            _ => Ok(()),
        }
    }

    /// Something was ordered, or nothing after all: its promise is the target of the solution from here on.
    pub fn ordered(&mut self, tx: &mut Tx<'_>, promise: Option<Promise>) -> Done<()> {
        self.touched = true;
        let what = promise.map_or(What::Unorder, |promise| What::Order { promise });
        self.clocks(tx, &[ClockKind::Resolution], what)
    }

    /// The place turned out to be another one than was thought, and its agreement is in force from here on, for both clocks.
    pub fn agree(&mut self, tx: &mut Tx<'_>, agreement: &str) -> Done<()> {
        let from = std::mem::replace(&mut self.ticket.agreement, agreement.to_owned());
        self.clocks(tx, &ClockKind::ALL, What::Agreement { agreement: agreement.to_owned() })?;
        let line = Line::of_house("agreed", json!({ "from": from, "to": agreement }));
        self.write(tx, line).map(drop)
    }

    fn clocks(&mut self, tx: &mut Tx<'_>, kinds: &[ClockKind], what: What) -> Done<()> {
        match &mut self.since {
            Since::Loaded(_) => drop(sla::store::record(tx, self.ticket.id, kinds, &[what])?),
            Since::Made { clocks, .. } => clocks.record(tx.now(), kinds, &what),
        }
        Ok(())
    }

    /// The event's code and the values its sentence needs, with names instead of ids.
    fn told(&self, tx: &mut Tx<'_>, event: &Event) -> Done<(String, Value)> {
        let mut data = serde_json::to_value(event).unwrap_or(Value::Null);
        let code = data["code"].as_str().unwrap_or_default().to_owned();
        if let Some(object) = data.as_object_mut() {
            object.remove("code");
            object.insert("who".into(), json!(if concluded(event) { "" } else { self.author_name.as_str() }));
            if let Some(number) = object.get("number").and_then(Value::as_i64) {
                object.insert("number".into(), json!(crate::view::ticket::number(number)));
            }
        }
        for field in ["by", "from", "to"] {
            if let Some(user) = data[field].as_str().and_then(|id| id.parse().ok())
                && let Some((_, name)) = org::store::names(tx, user)?
            {
                data[field] = json!(name);
            }
        }
        Ok((code, data))
    }

    /// Writes a line on the timeline.
    pub fn line(
        &mut self,
        tx: &mut Tx<'_>,
        kind: Kind,
        public: bool,
        body: &str,
        event: Option<(String, Value)>,
        channel: Option<Channel>,
    ) -> Done<postsale_domain::ticket::EntryId> {
        let line = Line {
            kind,
            public,
            author: self.author,
            author_name: self.author_name.clone(),
            channel,
            body: body.to_owned(),
            event,
            notice_id: None,
            letter_id: None,
        };
        self.write(tx, line)
    }

    /// Writes a prepared line on the timeline.
    pub fn write(&mut self, tx: &mut Tx<'_>, line: Line) -> Done<postsale_domain::ticket::EntryId> {
        self.touched = true;
        match line.kind {
            Kind::Message => self.news = Some((bell::Kind::Message, line.author_name.clone(), line.body.clone())),
            Kind::Reply => self.news = Some((bell::Kind::Reply, line.author_name.clone(), line.body.clone())),
            Kind::Note | Kind::Event => {}
        }
        let placed = entry::place(tx, &mut self.ticket, line);
        let id = placed.id;
        match &mut self.since {
            Since::Loaded(_) => placed.keep(tx, self.ticket.id)?,
            Since::Made { lines, .. } => lines.push(placed),
        }
        Ok(id)
    }

    /// Who writes, for lines made elsewhere.
    pub fn author(&self) -> (Author, String) {
        (self.author, self.author_name.clone())
    }

    /// Saves under an action's name. Without any change nothing is written and the version stays.
    pub fn save(mut self, tx: &mut Tx<'_>, action: &'static str) -> Done<Ticket> {
        if !self.touched {
            return Ok(self.ticket);
        }
        let was = match self.since {
            Since::Loaded(before) => {
                self.ticket.next_due_at = soonest_due(tx, &self.ticket)?;
                store::save(tx, action, &before, &mut self.ticket)?;
                before.case.state
            }
            Since::Made { clocks, lines, events } => {
                make(tx, action, &mut self.ticket, clocks, &lines)?;
                for event in &events {
                    word::of_event(tx, &self.ticket, event)?;
                }
                TicketState::New
            }
        };
        let is = self.ticket.case.state;
        // Words say more than the state they lead to.
        let news = self.news.or_else(|| (was != is).then(|| (bell::Kind::State, self.author_name.clone(), is.as_str().to_owned())));
        if let Some((kind, by, words)) = news {
            super::bell::followers(tx, self.ticket.id, kind, &by, &words, &[])?;
        }
        super::index::soon(tx, self.ticket.id);
        Ok(self.ticket)
    }
}

/// Writes a ticket that was made, its clocks and its first lines.
fn make(tx: &mut Tx<'_>, action: &'static str, ticket: &mut Ticket, clocks: Beginning, lines: &[Placed]) -> Done<()> {
    let begun = clocks.computed(tx)?;
    ticket.next_due_at = begun.next_due().map_or(NEVER_DUE, to_millis);
    store::insert(tx, action, ticket)?;
    begun.keep(tx, ticket.id)?;
    lines.iter().try_for_each(|line| line.keep(tx, ticket.id))
}

/// The instant a list sorts a ticket by: the soonest due instant of its running clocks.
pub fn soonest_due(tx: &mut Tx<'_>, ticket: &Ticket) -> Done<i64> {
    if ticket.case.state == TicketState::Merged {
        return Ok(NEVER_DUE);
    }
    let kept = sla::store::kept(tx, ticket.id)?;
    Ok(sla::store::next_due(&kept).map_or(NEVER_DUE, to_millis))
}

/// Sorts a ticket anew whose clocks were computed again without anything happening to it.
pub fn due_again(tx: &mut Tx<'_>, id: TicketId) -> Done<()> {
    let Some(ticket) = store::ticket_for_change(tx, id)? else { return Ok(()) };
    let next = soonest_due(tx, &ticket)?;
    if next == ticket.next_due_at {
        return Ok(());
    }
    let mut after = Ticket { next_due_at: next, ..ticket.clone() };
    store::save(tx, "ticket.clocks", &ticket, &mut after)
}

/// What an event means to the clocks.
fn clocks(event: &Event) -> Vec<(&'static [ClockKind], What)> {
    const RESPONSE: &[ClockKind] = &[ClockKind::FirstResponse];
    const RESOLUTION: &[ClockKind] = &[ClockKind::Resolution];
    const BOTH: &[ClockKind] = &ClockKind::ALL;
    match event {
        Event::Responded => vec![(RESPONSE, What::Stop)],
        Event::Prioritised { from, to, .. } if from != to => vec![(BOTH, What::Priority { priority: to.as_str().into() })],
        Event::Paused { reason } => vec![(BOTH, What::Pause { reason: reason.as_str().into() })],
        Event::Resumed { reason } => vec![(BOTH, What::Resume { reason: reason.as_str().into() })],
        Event::Solved { .. } => vec![(RESOLUTION, What::Stop)],
        Event::Reopened { .. } => vec![(RESOLUTION, What::Reopen)],
        Event::Cancelled { .. } => vec![(BOTH, What::Cancel)],
        _ => Vec::new(),
    }
}

/// Whether the rules say so, from what is known, without anybody's judgement.
fn concluded(event: &Event) -> bool {
    matches!(event, Event::Registered | Event::FactsAdded { .. } | Event::Triaged { reason: None, .. })
}

/// What the merchant sees of it on their page.
fn public(event: &Event) -> bool {
    match event {
        Event::Registered
        | Event::RemoteStarted
        | Event::VisitDecided { .. }
        | Event::VisitOver
        | Event::Solved { .. }
        | Event::Closed { .. }
        | Event::Reopened { .. }
        | Event::Cancelled { .. }
        | Event::Merged { .. }
        | Event::TookIn { .. }
        | Event::GaveBack { .. }
        | Event::Unmerged { .. } => true,
        Event::Claimed { .. }
        | Event::Assigned { .. }
        | Event::FactsAdded { .. }
        | Event::Responded
        | Event::Prioritised { .. }
        | Event::Paused { .. }
        | Event::Resumed { .. }
        | Event::Triaged { .. } => false,
    }
}
