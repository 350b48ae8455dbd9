//! What the work of a case costs the merchant: the price list of today under what coverage decided, and how far they have agreed to it.

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::billing::{Consent, Need, QuoteState, consent};
use postsale_domain::coverage::{Entitled, Verdict};
use postsale_domain::facts::{Asked, Charge, Cover, Freed, Price, PriceUnit, quote};
use postsale_domain::ground::{Reach, Role, Text, yuan};
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::{Gap, OrderKind, WorkOrderState};
use serde::Serialize;
use utoipa::ToSchema;

use super::coverage::{self, Decided};
use super::reach::{see_ticket, sees_ticket};
use crate::billing::store::{self, Quote, QuotedCover, QuotedTerm, Waiver};
use crate::facts::in_force;
use crate::ground::db::{Done, Tx};
use crate::ground::when;
use crate::terminal::store as terminals;
use crate::ticket::store::{self as tickets, Ticket};
use crate::visit::store::{self as visits, WorkOrder};

/// How far the merchant has agreed to what is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Agreed {
    /// Nothing is charged, or all of it is agreed to.
    Given,
    /// Somebody of the house lets it go on without.
    Waived,
    /// They were not asked, or what they were asked is over.
    NotAsked,
    /// They were asked and have not answered.
    Waits,
    /// They said no.
    Declined,
    /// They agreed to other work than this.
    Short,
}

/// An earlier repair that answers for this fault.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FirstRepair {
    ticket_id: TicketId,
    /// `T-000831`.
    number: String,
    /// `W-000123`.
    work_order: String,
    /// When it was finished.
    #[schema(value_type = String, format = Date)]
    on: Date,
    fault_code: String,
}

/// What a case costs the merchant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Costs {
    /// The version of the price list of today, or of the day its visit was finished; 0 is the one that ships.
    price_version: i64,
    /// What its visit costs as it stands now, at the prices that were agreed to: the work, and the parts that were used. Nothing where nobody
    /// is or was sent, where the visit was called off or came to nothing, and for what was ordered.
    lines: Vec<Charge>,
    /// Fen, tax included.
    total: i64,
    /// What is added when the parts that are brought along are used.
    may: Vec<Charge>,
    /// What coverage decides; null where no terminal is on record.
    cover: Option<QuotedCover>,
    /// The earlier repair that answers for this fault.
    first_repair: Option<FirstRepair>,
    /// Whether the merchant has agreed.
    agreed: Agreed,
    /// Fen they have not agreed to.
    open: i64,
    /// Why it goes on without their yes.
    waiver: Option<Waiver>,
    /// What was quoted, newest first.
    items: Vec<Quote>,
}

/// Prices of a case: what coverage decided, over the list of a day.
pub struct Priced {
    decided: Option<Decided>,
    /// The version of the list.
    pub version: i64,
    /// The day.
    pub day: Date,
    /// The list.
    pub list: Vec<Price>,
    classes: Vec<(String, String)>,
}

impl Priced {
    /// The prices of today under what covers a case; `w` is the visit it is asked for.
    pub fn of(tx: &mut Tx<'_>, ticket: &Ticket, w: Option<&WorkOrder>) -> Done<Self> {
        let now = tx.now();
        Self::at(tx, ticket, w, now)
    }

    /// The same as of an earlier moment.
    fn at(tx: &mut Tx<'_>, ticket: &Ticket, w: Option<&WorkOrder>, at: Timestamp) -> Done<Self> {
        let terminal = match ticket.terminal_id {
            Some(id) => terminals::terminal(tx, id)?,
            None => None,
        };
        let decided = match &terminal {
            Some(terminal) => Some(coverage::case(tx, ticket, terminal, fault(w, ticket), w.map(|w| w.number), at)?),
            None => None,
        };
        let (force, day) = (in_force(tx)?, when::day(at));
        let (version, list) = force.prices(day);
        let class = |code: &String| Some((code.clone(), force.facts().part(code)?.class.clone()));
        let classes = list.iter().flat_map(|price| &price.parts).filter_map(class).collect();
        Ok(Self { decided, version, day, list, classes })
    }

    /// What coverage says of a price. What is charged as it was paid is nobody's warranty; where no terminal is on record, nothing is shown to
    /// be covered.
    pub fn cover(&self, price: &Price) -> Cover {
        if price.at_cost {
            return Cover::default();
        }
        let class = price.parts.first().and_then(|part| self.classes.iter().find(|(code, _)| code == part));
        let entitled = match (&self.decided, class) {
            (Some(decided), Some((_, class))) => decided.part(class),
            (Some(decided), None) => decided.labour(),
            (None, _) => Entitled::Charged(Text {
                zh: "没有登记终端，无法核定保修".into(),
                en: "No terminal is on record, so nothing shows that it is covered".into(),
            }),
        };
        match entitled {
            Entitled::Free(term) => Cover { freed: Some(Freed { code: term.code, name: term.name, why: term.why }), why: None },
            Entitled::Charged(why) => Cover { freed: None, why: Some(why) },
        }
    }

    /// What a quote keeps of the decision.
    pub fn said(&self) -> Option<QuotedCover> {
        let coverage = &self.decided.as_ref()?.coverage;
        let term = |t: &postsale_domain::coverage::TermJudged| QuotedTerm {
            code: t.code.clone(),
            name: t.name.clone(),
            holds: matches!(t.verdict, Verdict::Decides | Verdict::Holds),
            why: t.why.clone(),
        };
        Some(QuotedCover { sentence: coverage.sentence.clone(), terms: coverage.terms.iter().map(term).collect() })
    }

    /// The work of a visit and parts, as they are quoted. What has no price is not charged.
    pub fn asked(&self, labour: bool, parts: &[String]) -> Vec<Asked> {
        let mut asked: Vec<Asked> = Vec::new();
        let work = self.list.iter().find(|p| labour && works(p));
        let used = parts.iter().filter_map(|part| self.list.iter().find(|p| !p.off && p.price.is_some() && p.parts.contains(part)));
        for price in work.into_iter().chain(used) {
            match asked.iter_mut().find(|line| line.code == price.code) {
                Some(line) => line.quantity += 1,
                None => asked.push(Asked { code: price.code.clone(), quantity: 1, cost: None }),
            }
        }
        asked
    }

    fn lines(&self, labour: bool, parts: &[String]) -> Vec<Charge> {
        quote(&self.list, &self.asked(labour, parts), |price| self.cover(price)).map(|quoted| quoted.lines).unwrap_or_default()
    }

    /// The prices any one of which stands for a line: the work is agreed to at the price of the city or of outside.
    fn stands_for(&self, line: &Charge) -> Vec<String> {
        match line.unit {
            PriceUnit::Visit => self.list.iter().filter(|p| works(p)).map(|p| p.code.clone()).collect(),
            _ => vec![line.code.clone()],
        }
    }

    /// What has to be agreed to of lines.
    fn needs(&self, lines: &[Charge]) -> Vec<Need> {
        let charged = lines.iter().filter(|line| line.amount > 0);
        charged.map(|line| Need { codes: self.stands_for(line), quantity: line.quantity, amount: line.amount }).collect()
    }

    /// Lines at the prices they were agreed to, where they were: what was accepted holds, whatever the list says by now.
    fn as_agreed(&self, lines: Vec<Charge>, quotes: &[Quote]) -> Vec<Charge> {
        let accepted = quotes.iter().find(|q| q.state == QuoteState::Accepted);
        let agreed = |line: &Charge| {
            let codes = self.stands_for(line);
            accepted?.lines.iter().find(|said| codes.contains(&said.code) && said.quantity >= line.quantity)?.of(line.quantity)
        };
        lines.into_iter().map(|line| if line.amount > 0 { agreed(&line).unwrap_or(line) } else { line }).collect()
    }
}

/// Whether a price is one of the work at a shop.
fn works(price: &Price) -> bool {
    !price.off && price.unit == PriceUnit::Visit && price.price.is_some()
}

/// The fault a visit is about, as far as it is known.
pub fn fault<'a>(w: Option<&'a WorkOrder>, ticket: &'a Ticket) -> Option<&'a str> {
    w.and_then(|w| w.diagnosis_code.as_deref().or(w.fault_code.as_deref())).or(ticket.case.fault_code.as_deref())
}

/// Whether a visit is one that coverage is asked about: what was ordered has its price, and looking costs nothing.
fn asked(w: &WorkOrder) -> bool {
    matches!(w.kind, OrderKind::Repair | OrderKind::Swap)
}

/// When what a visit costs is decided: now, and once it is over, when that was.
pub fn decided_at(tx: &Tx<'_>, w: &WorkOrder) -> Timestamp {
    w.closed_at.unwrap_or_else(|| tx.now())
}

/// Whether the merchant agrees to what a visit costs, with one more part where there is one.
pub fn of_visit(tx: &mut Tx<'_>, w: &WorkOrder, ticket: &Ticket, more: Option<&str>) -> Done<Consent> {
    if !asked(w) || store::waiver(tx, ticket.id)?.is_some() {
        return Ok(Consent::Given);
    }
    let priced = Priced::of(tx, ticket, Some(w))?;
    let mut parts: Vec<String> = w.parts_used.iter().map(|used| used.part.clone()).collect();
    parts.extend(more.map(str::to_owned));
    let needs = priced.needs(&priced.lines(true, &parts));
    if needs.is_empty() {
        return Ok(Consent::Given);
    }
    let quotes = store::of_ticket(tx, ticket.id)?;
    Ok(agreed(&needs, &quotes))
}

fn agreed(needs: &[Need], quotes: &[Quote]) -> Consent {
    let accepted = quotes.iter().find(|q| q.state == QuoteState::Accepted).map(Quote::agreed);
    consent(needs, accepted.as_deref(), quotes.first().map(|q| q.state))
}

/// What keeps a visit that is under way from being finished, as far as money goes.
pub fn gap(tx: &mut Tx<'_>, w: &WorkOrder, ticket: &Ticket) -> Done<Option<Gap>> {
    if !matches!(w.state, WorkOrderState::OnSite | WorkOrderState::Repaired) {
        return Ok(None);
    }
    let (open, zh, en) = match of_visit(tx, w, ticket, None)? {
        Consent::Given => return Ok(None),
        Consent::NotAsked(open) => {
            (open, "商户还没有同意报价：先报价，请商户同意", "the merchant has not agreed to a quote: make one and have it accepted")
        }
        Consent::Waits(open) => (open, "报价等商户答复", "the quote waits for the merchant's answer"),
        Consent::Declined(open) => {
            (open, "商户不同意报价：重新报价，或以“无法完成”结束", "the merchant declined: quote anew, or end as not possible")
        }
        Consent::Short(open) => (open, "商户同意的报价不含这些：重新报价", "the accepted quote does not include it: quote anew"),
    };
    let amount = yuan(open);
    Ok(Some(Gap {
        code: "quote".into(),
        sentence: Text { zh: format!("{amount}不在保，{zh}"), en: format!("{amount} is not covered; {en}") },
    }))
}

/// What a case costs, for somebody who may see it. Errors: `not_found`.
pub fn shown(tx: &mut Tx<'_>, reach: Reach, id: TicketId) -> Done<Costs> {
    see_ticket(tx, reach, id)?;
    let ticket = tickets::ticket(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let mut costs = costs(tx, &ticket)?;
    // The terminal may have been another acquirer's or branch's by then: whose case it was is not told. Whoever repairs it again reads it.
    if let Some(first) = costs.first_repair.as_ref().map(|first| first.ticket_id)
        && tx.caller().role() != Some(Role::Engineer)
        && !sees_ticket(tx, reach, first)?
    {
        costs.first_repair = None;
    }
    Ok(costs)
}

/// What a case costs.
pub fn costs(tx: &mut Tx<'_>, ticket: &Ticket) -> Done<Costs> {
    // The one that is under way, or the last one. What was called off costs nothing; what came to nothing, the parts it left there.
    let last = visits::of_ticket(tx, ticket.id)?.into_iter().find(|w| asked(w) && w.state != WorkOrderState::Cancelled);
    let w = match last {
        Some(w) => visits::work_order(tx, w.id)?,
        None => None,
    };
    let done = w.as_ref().is_some_and(|w| w.state != WorkOrderState::Failed);
    let today = Priced::of(tx, ticket, w.as_ref())?;
    let then = match w.as_ref().and_then(|w| w.closed_at) {
        Some(closed) => Some(Priced::at(tx, ticket, w.as_ref(), closed)?),
        None => None,
    };
    let priced = then.as_ref().unwrap_or(&today);
    let used: Vec<String> = w.iter().flat_map(|w| &w.parts_used).map(|used| used.part.clone()).collect();
    let brought: Vec<String> =
        w.iter().filter(|w| w.closed_at.is_none()).flat_map(|w| &w.parts).filter(|part| !used.contains(part)).cloned().collect();
    let (waiver, items) = (store::waiver(tx, ticket.id)?, store::of_ticket(tx, ticket.id)?);
    let lines = priced.as_agreed(priced.lines(done, &used), &items);
    let needs = priced.needs(&lines);
    let (agreed, open) = match (agreed(&needs, &items), &waiver) {
        (Consent::Given, _) => (Agreed::Given, 0),
        (Consent::NotAsked(open) | Consent::Waits(open) | Consent::Declined(open) | Consent::Short(open), Some(_)) => {
            (Agreed::Waived, open)
        }
        (Consent::NotAsked(open), None) => (Agreed::NotAsked, open),
        (Consent::Waits(open), None) => (Agreed::Waits, open),
        (Consent::Declined(open), None) => (Agreed::Declined, open),
        (Consent::Short(open), None) => (Agreed::Short, open),
    };
    Ok(Costs {
        price_version: priced.version,
        total: lines.iter().map(|line| line.amount).sum(),
        may: priced.lines(false, &brought),
        lines,
        cover: today.said(),
        first_repair: first_repair(tx, ticket, today.decided.as_ref())?,
        agreed,
        open,
        waiver,
        items,
    })
}

fn first_repair(tx: &mut Tx<'_>, ticket: &Ticket, decided: Option<&Decided>) -> Done<Option<FirstRepair>> {
    let Some(first) = decided.and_then(|d| d.first.as_ref()).filter(|first| first.ticket != ticket.id) else { return Ok(None) };
    let Some(other) = tickets::ticket(tx, first.ticket)? else { return Ok(None) };
    Ok(Some(FirstRepair {
        ticket_id: first.ticket,
        number: super::ticket::number(other.number),
        work_order: visits::number(first.order),
        on: when::day(first.at),
        fault_code: first.fault_code.clone(),
    }))
}

/// The case whose repair answers for the fault of a visit, where it is another one.
pub fn repaired_before(tx: &mut Tx<'_>, ticket: &Ticket, fault: Option<&str>, order: Option<i64>) -> Done<Option<TicketId>> {
    let Some(id) = ticket.terminal_id else { return Ok(None) };
    let Some(terminal) = terminals::terminal(tx, id)? else { return Ok(None) };
    let now = tx.now();
    let decided = coverage::case(tx, ticket, &terminal, fault, order, now)?;
    Ok(decided.first.map(|first| first.ticket).filter(|other| *other != ticket.id))
}
