use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use postsale_domain::ground::{Text, UserId};
use postsale_domain::merchant::{MerchantId, StoreId, Tier};
use postsale_domain::sla::{Clock, ClockKind, most_urgent};
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::{Channel, PauseReason, Priority, TicketId, TicketState};
use serde::Serialize;
use utoipa::ToSchema;

use super::{line, number, outsider};
use crate::facts::{extra, in_force};
use crate::ground::db::{Among, DbError, Done, FromVal, Query, Row, ToVal, Tx, p};
use crate::ticket::entry::Kind;
use crate::ticket::head::Head;
use crate::ticket::store::{LastEntry, Ticket};
use crate::{among, merchant, org, sla, terminal};

/// A person of the desk with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonName {
    /// Who.
    pub id: UserId,
    /// Name.
    pub name: String,
}

/// The newest line of a timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LastLine {
    at: Timestamp,
    kind: Kind,
    channel: Option<Channel>,
    /// The first words as they were written, or what happened, in a few words.
    preview: Text,
}

/// Where a case stands in the tenant's words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RowLabel {
    /// Its code: the state's word, or a label of the tenant's own.
    pub code: String,
    /// As the desk reads it.
    pub agent: Text,
    /// As the merchant reads it.
    pub customer: Text,
}

/// A row of a queue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketRow {
    /// Which one.
    pub id: TicketId,
    /// `T-000831`.
    pub number: String,
    /// A short title, from the symptom.
    pub subject: String,
    /// Where it stands.
    pub state: TicketState,
    /// How soon it must be handled.
    pub priority: Priority,
    /// How it came in.
    pub channel: Channel,
    /// The same in the tenant's words: the label it wears, or its state's.
    pub label: RowLabel,
    /// For whom or what it waits; empty when it does not.
    pub waiting: Vec<PauseReason>,
    /// The same in the tenant's words.
    pub waiting_labels: Vec<Text>,
    merchant_id: Option<MerchantId>,
    merchant_name: Option<String>,
    tier: Option<Tier>,
    store_id: Option<StoreId>,
    store_name: Option<String>,
    terminal_id: Option<TerminalId>,
    terminal_model: Option<String>,
    terminal_serial: Option<String>,
    /// The one accountable person.
    owner: PersonName,
    /// Whether they took it on by their own act.
    claimed: bool,
    /// How often another person became accountable for it; three times and more is listed to the supervisors.
    handed: u32,
    /// The clock until somebody answers.
    response: Option<Clock>,
    /// The clock until it is solved.
    resolution: Option<Clock>,
    /// Which of the two to look at first.
    look_at: Option<ClockKind>,
    last_line: Option<LastLine>,
    /// When it was registered.
    pub opened_at: Timestamp,
    /// The last change.
    pub updated_at: Timestamp,
    /// When it was closed or withdrawn.
    pub closed_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

#[derive(Default)]
struct Names {
    owner: String,
    merchant: Option<String>,
    tier: Option<Tier>,
    store: Option<String>,
    model: Option<String>,
    serial: Option<String>,
}

/// Rows for the tickets of one page: per fifty of them a statement for names of each kind and one for clocks, whatever is on them.
pub fn rows(tx: &mut Tx<'_>, tickets: &[Head]) -> Done<Vec<TicketRow>> {
    let ids: Vec<TicketId> = tickets.iter().map(|t| t.id).collect();
    // Clocks are shown by the facts in force: without them at hand, nothing of the clocks could be asked ahead.
    in_force(tx)?;
    tx.ahead(|tx| sla::store::faces(tx, &ids));
    tx.ahead(|tx| extra::of(tx, &ids));
    let mut names: BTreeMap<TicketId, Names> = BTreeMap::new();
    for chunk in tickets.chunks(50) {
        names.extend(names_of(tx, chunk)?);
    }
    named(tx, tickets, names)
}

/// The row of one ticket whose terminal, merchant and store are looked at anyway: what the transaction knows of them is not joined again.
pub(super) fn row(tx: &mut Tx<'_>, t: &Ticket) -> Done<Option<TicketRow>> {
    let mut names = Names { owner: org::store::names(tx, t.case.owner)?.map(|(_, shown)| shown).unwrap_or_default(), ..Names::default() };
    if let Some(id) = t.merchant_id {
        (names.merchant, names.tier) = merchant::store::merchant(tx, id, None)?.map(|m| (m.name, m.tier)).unzip();
    }
    if let Some(id) = t.store_id {
        names.store = merchant::store::store(tx, id)?.map(|s| s.name);
    }
    if let Some(id) = t.terminal_id {
        (names.model, names.serial) = terminal::store::terminal(tx, id)?.map(|d| (d.model, d.serial_no)).unzip();
    }
    Ok(named(tx, &[Head::from(t)], BTreeMap::from([(t.id, names)]))?.pop())
}

fn named(tx: &mut Tx<'_>, tickets: &[Head], mut names: BTreeMap<TicketId, Names>) -> Done<Vec<TicketRow>> {
    let ids: Vec<TicketId> = tickets.iter().map(|t| t.id).collect();
    let mut clocks = sla::store::faces(tx, &ids)?;
    let outside = outsider(tx);
    let force = in_force(tx)?;
    let mut extras = extra::of(tx, &ids)?;
    let label = |code: &str| {
        let label = force.label(code);
        RowLabel { code: label.code, agent: label.agent, customer: label.customer }
    };
    Ok(tickets
        .iter()
        .map(|t| {
            let names = names.remove(&t.id).unwrap_or_default();
            let clocks = clocks.remove(&t.id).unwrap_or_default();
            // Where a case goes on its clocks go on; its own are set aside.
            let clocks = if t.state == TicketState::Merged { Vec::new() } else { clocks };
            let look_at = most_urgent(&clocks).map(|c| c.kind);
            let of = |kind| clocks.iter().find(|c| c.kind == kind).cloned();
            TicketRow {
                id: t.id,
                number: number(t.number),
                subject: t.subject.clone(),
                state: t.state,
                priority: t.priority,
                channel: t.channel,
                label: label(extras.remove(&t.id).and_then(|e| e.label).as_deref().unwrap_or(t.state.as_str())),
                waiting_labels: t.waiting.iter().map(|reason| force.label(reason.as_str()).agent).collect(),
                waiting: t.waiting.clone(),
                merchant_id: t.merchant_id,
                merchant_name: names.merchant,
                tier: names.tier,
                store_id: t.store_id,
                store_name: names.store,
                terminal_id: t.terminal_id,
                terminal_model: names.model,
                terminal_serial: names.serial,
                owner: PersonName { id: t.owner, name: names.owner },
                handed: t.handed,
                claimed: t.claimed,
                response: of(ClockKind::FirstResponse),
                resolution: of(ClockKind::Resolution),
                look_at,
                // A note is none of another house's business, nor is everything that happened.
                last_line: t.last_entry.as_ref().filter(|l| !outside || matches!(l.kind, Kind::Message | Kind::Reply)).map(last_line),
                opened_at: t.opened_at,
                updated_at: t.updated_at,
                closed_at: t.closed_at,
                version: t.version,
            }
        })
        .collect())
}

fn last_line(last: &LastEntry) -> LastLine {
    let preview = match last.kind {
        Kind::Event => line::short(&last.preview),
        _ => Text { zh: last.preview.clone(), en: last.preview.clone() },
    };
    LastLine { at: last.at, kind: last.kind, channel: last.channel, preview }
}

/// Names for up to fifty tickets. Each person, merchant, store and terminal is looked up once: a page of tickets has few owners, often few
/// merchants, and a join would fetch each of them anew for every row.
fn names_of(tx: &mut Tx<'_>, chunk: &[Head]) -> Done<BTreeMap<TicketId, Names>> {
    tx.ahead(|tx| owners(tx, chunk));
    tx.ahead(|tx| merchants(tx, chunk));
    tx.ahead(|tx| stores(tx, chunk));
    let terminals = terminals(tx, chunk)?;
    let (owners, merchants, stores) = (owners(tx, chunk)?, merchants(tx, chunk)?, stores(tx, chunk)?);
    let named = |t: &Head| {
        let (merchant, tier) = t.merchant_id.and_then(|id| merchants.get(&id).cloned()).unzip();
        let (model, serial) = t.terminal_id.and_then(|id| terminals.get(&id).cloned()).unzip();
        let store = t.store_id.and_then(|id| stores.get(&id).cloned());
        Names { owner: owners.get(&t.owner).cloned().unwrap_or_default(), merchant, tier, store, model, serial }
    };
    Ok(chunk.iter().map(|t| (t.id, named(t))).collect())
}

fn owners(tx: &mut Tx<'_>, chunk: &[Head]) -> Done<BTreeMap<UserId, String>> {
    let ask = among!("SELECT id, display_name FROM app_user WHERE tenant_id = $1 AND id IN");
    each(tx, ask, chunk.iter().map(|t| t.owner), |r| r.next())
}

fn merchants(tx: &mut Tx<'_>, chunk: &[Head]) -> Done<BTreeMap<MerchantId, (String, Tier)>> {
    let ask = among!("SELECT id, name, tier FROM merchant WHERE tenant_id = $1 AND id IN");
    each(tx, ask, chunk.iter().filter_map(|t| t.merchant_id), |r| Ok((r.next()?, r.coded()?)))
}

fn stores(tx: &mut Tx<'_>, chunk: &[Head]) -> Done<BTreeMap<StoreId, String>> {
    let ask = among!("SELECT id, name FROM store WHERE tenant_id = $1 AND id IN");
    each(tx, ask, chunk.iter().filter_map(|t| t.store_id), |r| r.next())
}

fn terminals(tx: &mut Tx<'_>, chunk: &[Head]) -> Done<BTreeMap<TerminalId, (String, String)>> {
    let ask = among!("SELECT id, model, serial_no FROM terminal WHERE tenant_id = $1 AND id IN");
    each(tx, ask, chunk.iter().filter_map(|t| t.terminal_id), |r| Ok((r.next()?, r.next()?)))
}

/// What is asked of each of these ids; nothing when there are none.
fn each<K: ToVal + FromVal + Ord, V>(
    tx: &mut Tx<'_>,
    ask: Among,
    ids: impl Iterator<Item = K>,
    mut read: impl FnMut(&mut Row) -> Result<V, DbError>,
) -> Done<BTreeMap<K, V>> {
    let ids: BTreeSet<K> = ids.collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (statement, params) = ask.of(&tx.tenant(), ids.iter().map(p));
    Ok(tx.query(statement, &params, |r| Ok((r.next()?, read(r)?)))?.into_iter().collect())
}
