//! Lists as tables to take away: the same rows the pages show, phone numbers masked, newest first.

use std::collections::BTreeMap;

use jiff::Timestamp;
use postsale_domain::agreement::StatementId;
use postsale_domain::facts::Given;
use postsale_domain::ground::{BranchId, Lang, Role, Text, TypedId, mask_email, mask_phone, to_millis};
use postsale_domain::org::{PartnerId, UserState};
use postsale_domain::refuse;
use postsale_domain::visit::Span;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::follow_up::FollowUpRow;
pub use super::follow_up::FollowUpView;
use super::incident::{self, IncidentRow};
use super::registry::{Sight, merchants, terminals};
use super::statement::{self, LinesView};
use super::ticket::number;
use crate::facts::in_force;
use crate::ground::db::{Done, Json, Query, Row, Tx, Val, p};
use crate::ground::web::Keyset;
use crate::ground::{texts, when};
use crate::inbox::store as inbox;
use crate::org::store::people::{PersonRow, Wanted};
use crate::org::store::{self, audit_lines, place};
pub use crate::ticket::filter::Filter;
use crate::ticket::filter::{self, Narrow, matches};
use crate::ticket::list;
pub use crate::ticket::list::View;
use crate::{parts, sql};

/// Most branches and partners whose names stand in a table of people.
const MOST_PLACES: u32 = 5000;

/// A list that can be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExportList {
    /// Tickets by number.
    Tickets,
    /// Merchants.
    Merchants,
    /// Terminals.
    Terminals,
    /// Work orders by number.
    WorkOrders,
    /// Letters as received, without their words.
    Letters,
    /// The audit chain.
    Audit,
    /// People.
    Users,
    /// The catalogue of parts.
    Parts,
    /// Incidents that go on, or those that are over.
    Incidents,
    /// Follow-ups: the call-back list, those to come, or the answered ones.
    FollowUps,
    /// The lines of one statement, by the instant they fell due.
    StatementLines,
}

impl ExportList {
    /// The word in addresses and file names.
    pub fn as_str(self) -> &'static str {
        match self {
            ExportList::Tickets => "tickets",
            ExportList::Merchants => "merchants",
            ExportList::Terminals => "terminals",
            ExportList::WorkOrders => "work-orders",
            ExportList::Letters => "letters",
            ExportList::Audit => "audit",
            ExportList::Users => "users",
            ExportList::Parts => "parts",
            ExportList::Incidents => "incidents",
            ExportList::FollowUps => "follow-ups",
            ExportList::StatementLines => "statement-lines",
        }
    }

    /// The action somebody needs besides exporting.
    pub fn action(self) -> &'static str {
        match self {
            ExportList::Tickets => "ticket.read",
            ExportList::Merchants | ExportList::Terminals => "registry.read",
            ExportList::WorkOrders => "visit.read",
            ExportList::Letters => "letter.read",
            ExportList::Audit => "audit.read",
            ExportList::Users => "user.read",
            ExportList::Parts => "part.read",
            ExportList::Incidents => "incident.read",
            ExportList::FollowUps => "follow_up.read",
            ExportList::StatementLines => "statement.read",
        }
    }
}

/// The titles of a list's columns.
pub fn header(list: ExportList, lang: Lang) -> Vec<String> {
    let names: &[&str] = match list {
        ExportList::Tickets => &[
            "number",
            "subject",
            "state",
            "priority",
            "merchant",
            "mid",
            "serial",
            "owner",
            "contact",
            "phone",
            "opened",
            "closed",
            "label",
            "ticket_type",
            "fields",
        ],
        ExportList::Merchants => &["mid", "name", "tier", "industry", "acquirer", "district", "stores", "terminals", "open_tickets"],
        ExportList::Terminals => &[
            "serial",
            "tusn",
            "model",
            "vendor",
            "batch",
            "firmware",
            "tid",
            "merchant",
            "store",
            "district",
            "offline",
            "covered_until",
            "open_tickets",
        ],
        ExportList::WorkOrders => {
            &["order", "number", "state", "fault", "engineer", "district", "planned_from", "planned_to", "outcome", "opened", "closed"]
        }
        ExportList::Letters => &["received", "channel", "sender", "subject", "state", "ticket"],
        ExportList::Audit => &["seq", "at", "who", "action", "about", "before", "after", "hash"],
        ExportList::Users => &["username", "person", "role", "state", "branch", "partner"],
        ExportList::Parts => &[
            "part_number",
            "part_name",
            "part_kind",
            "models",
            "unit",
            "price",
            "serialised",
            "min_stock",
            "off",
            "in_store",
            "reserved",
            "free",
            "carried",
        ],
        ExportList::Incidents => {
            &["incident", "title", "state", "acquirer", "district", "model", "fault", "opened", "resolved", "reporters", "reporters_open"]
        }
        ExportList::FollowUps => {
            &["number", "subject", "merchant", "store", "contact", "phone", "state", "due", "answered", "score", "comment"]
        }
        ExportList::StatementLines => &[
            "number",
            "subject",
            "merchant",
            "promise",
            "began",
            "fell_due",
            "ended",
            "late_s",
            "counts_as",
            "counted_s",
            "penalty",
            "why",
        ],
    };
    names.iter().map(|n| texts::sentence(lang, &format!("column.{n}"), &BTreeMap::new())).collect()
}

/// What the list on somebody's screen is narrowed to; the table is narrowed alike.
#[derive(Debug, Clone, Default)]
pub struct Narrowed {
    /// Which tickets.
    pub which: Which,
    /// What was typed: merchants, terminals, people.
    pub q: String,
    /// Letters nobody could read, and no others.
    pub unreadable: bool,
    /// Changes of this object.
    pub subject: Option<String>,
    /// People of this role.
    pub role: Option<Role>,
    /// People who stand so; all without it.
    pub state: Option<UserState>,
    /// Work orders planned to begin between two instants.
    pub planned: Option<Span>,
    /// Incidents that are over, and no others.
    pub over: bool,
    /// Parts of which fewer lie in the warehouse than should, and no others.
    pub low: bool,
    /// Follow-ups of this list.
    pub follow_ups: FollowUpView,
    /// Lines of this statement.
    pub statement: Option<StatementId>,
    /// Its version; the one signed last without it.
    pub version: Option<i64>,
    /// Which of its lines.
    pub lines: LinesView,
}

impl Narrowed {
    /// Before the first row of a list.
    pub fn start(&self, list: ExportList, now: Timestamp) -> Keyset {
        match list {
            ExportList::FollowUps => self.follow_ups.start(now),
            ExportList::StatementLines => Keyset::FIRST,
            _ => Keyset::LAST,
        }
    }
}

/// A row and its place in the list.
pub type Placed = (Keyset, Vec<String>);

/// What a table of tickets is narrowed to: all there are, or a queue with its filter.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// The queue; all tickets, closed ones too, without it.
    pub queue: Option<View>,
    /// The filter.
    pub narrow: Narrow,
}

/// Rows of a list after a place, newest first. An engineer's own lists are on their telephone; they export nothing.
pub fn rows(
    tx: &mut Tx<'_>,
    lang: Lang,
    list: ExportList,
    sight: Sight,
    narrowed: &Narrowed,
    after: Keyset,
    limit: u32,
) -> Done<Vec<Placed>> {
    match (list, sight) {
        (_, Sight::Nothing | Sight::Engineer(_)) => Ok(Vec::new()),
        (ExportList::Tickets, _) => tickets(tx, lang, &narrowed.which, sight, after, limit),
        (ExportList::Merchants, _) => {
            Ok(merchants::list(tx, sight, &narrowed.q, after, limit)?.into_iter().map(|m| merchant(lang, m)).collect())
        }
        (ExportList::Terminals, _) => Ok(terminals::list(tx, sight, &narrowed.q, after, limit)?.into_iter().map(terminal).collect()),
        (ExportList::Parts, _) => pieces(tx, lang, narrowed, after, limit),
        (ExportList::Incidents, _) => {
            Ok(incident::listed(tx, sight, narrowed.over, after, limit)?.into_iter().map(|row| disturbance(lang, row)).collect())
        }
        (ExportList::FollowUps, _) => {
            Ok(narrowed.follow_ups.rows(tx, sight, after, limit)?.into_iter().map(|row| call_back(lang, row)).collect())
        }
        (ExportList::StatementLines, _) => counted(tx, lang, sight, narrowed, after, limit),
        (ExportList::WorkOrders, _) => orders(tx, lang, sight, narrowed.planned, after, limit),
        (ExportList::Letters, Sight::All) => letters(tx, lang, narrowed.unreadable, after, limit),
        (ExportList::Audit, Sight::All) => {
            let subject = narrowed.subject.as_deref().map(|asked| super::audit::subject(tx, asked)).transpose()?;
            Ok(audit_lines(tx, subject.as_deref(), after.at, limit)?
                .into_iter()
                .map(|l| {
                    let who = l.caller_name.unwrap_or(l.caller);
                    let cells = vec![l.seq.to_string(), moment(Some(l.at)), who, l.action, l.subject, l.before, l.after, l.hash];
                    (Keyset { at: l.seq, ..Keyset::LAST }, cells)
                })
                .collect())
        }
        (ExportList::Users, Sight::All) => people(tx, lang, narrowed, after, limit),
        (ExportList::Letters | ExportList::Audit | ExportList::Users, Sight::Acquirer(_) | Sight::Branch(_)) => Ok(Vec::new()),
    }
}

/// Lines of a statement as one may see it. Errors: `statement.which`, `not_found`.
fn counted(tx: &mut Tx<'_>, lang: Lang, sight: Sight, narrowed: &Narrowed, after: Keyset, limit: u32) -> Done<Vec<Placed>> {
    let id = narrowed.statement.ok_or_else(|| refuse!(Invalid, "statement.which").field("statement"))?;
    let statement = statement::see(tx, sight, id)?;
    let version = narrowed.version.unwrap_or(statement.signed);
    let lines = statement::page_of_lines(tx, &statement, version, narrowed.lines, after, limit)?;
    Ok(lines
        .into_iter()
        .map(|line| {
            let (at, id) = line.place();
            (Keyset { at, id: id.uuid() }, line.cells(|family, word| cell(lang, family, word), moment))
        })
        .collect())
}

/// An instant as tables sort it: local time of the house.
fn moment(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_zoned(when::zone()).strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

fn merchant(lang: Lang, m: merchants::MerchantRow) -> Placed {
    let key = Keyset { at: 0, id: m.id.uuid() };
    let counts = [m.stores, m.terminals, m.open_tickets].map(|n| n.to_string());
    let cells = [m.mid, m.name, cell(lang, "tier", m.tier.as_str()), m.industry, m.acquirer.name, m.district.unwrap_or_default()];
    (key, cells.into_iter().chain(counts).collect())
}

fn terminal(t: terminals::TerminalRow) -> Placed {
    let key = Keyset { at: 0, id: t.id.uuid() };
    let (tid, merchant, store, district) = t.place.map(|p| (p.tid, p.merchant.name, p.store_name, p.district)).unwrap_or_default();
    let covered = t.covered_until.map(|d| d.to_string()).unwrap_or_default();
    let cells = vec![
        t.serial_no,
        t.tusn,
        t.model,
        t.vendor,
        t.batch,
        t.firmware,
        tid,
        merchant,
        store,
        district,
        moment(t.offline_since),
        covered,
        t.open_tickets.to_string(),
    ];
    (key, cells)
}

fn tickets(tx: &mut Tx<'_>, lang: Lang, which: &Which, sight: Sight, after: Keyset, limit: u32) -> Done<Vec<Placed>> {
    macro_rules! question {
        ($sight:literal) => {
            sql!(concat!(
                "SELECT t.number, t.subject, t.state, t.priority, COALESCE(m.name, ''), COALESCE(m.mid, ''), COALESCE(x.serial_no, ''),
                        COALESCE(u.display_name, ''), COALESCE(t.contact_name, ''), t.contact_phone, t.opened_at, t.closed_at,
                        COALESCE(e.label, t.state), COALESCE(e.ticket_type, 'repair'), COALESCE(e.fields, '{}')
                 FROM ticket t LEFT JOIN merchant m ON m.id = t.merchant_id LEFT JOIN terminal x ON x.id = t.terminal_id
                      LEFT JOIN app_user u ON u.id = t.owner_id LEFT JOIN ticket_extra e ON e.ticket_id = t.id
                 WHERE t.tenant_id = $1 AND t.number < $2
                   AND CASE $4 WHEN 'all' THEN 1 = 1 WHEN 'closed' THEN t.closed_at IS NOT NULL ELSE t.closed_at IS NULL END",
                matches!("$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14"),
                $sight,
                " ORDER BY t.number DESC LIMIT $3"
            ))
        };
    }
    let force = in_force(tx)?;
    let types: BTreeMap<String, Text> = force.ticket_types().into_iter().collect();
    let said = |(code, value): (String, String)| match force.fields().iter().find(|f| f.code == code) {
        Some(field) => format!("{}: {}", field.name.in_lang(lang), field.shown(&value).in_lang(lang)),
        None => format!("{code}: {value}"),
    };
    let read = |r: &mut Row| {
        let number: i64 = r.next()?;
        let mut cells = vec![format!("T-{number:06}")];
        cells.push(r.next()?);
        cells.extend([cell(lang, "ticket", r.next::<String>()?), cell(lang, "priority", r.next::<String>()?)]);
        for _ in 0..5 {
            cells.push(r.next()?);
        }
        cells.push(r.next::<Option<String>>()?.as_deref().map(mask_phone).unwrap_or_default());
        cells.extend([moment(r.next()?), moment(r.next()?)]);
        cells.push(force.label(&r.next::<String>()?).agent.in_lang(lang).to_owned());
        let ordered: String = r.next()?;
        cells.push(types.get(&ordered).map_or(ordered, |name| name.in_lang(lang).to_owned()));
        cells.push(r.next::<Json<Given>>()?.0.into_iter().map(said).collect::<Vec<_>>().join("; "));
        Ok((Keyset { at: number, ..Keyset::LAST }, cells))
    };
    let mut key = vec![p(&tx.tenant()), p(&after.at), p(&limit)];
    key.extend(filter::asked(tx, which.queue.map_or("all", list::word), &which.narrow));
    let with = |own: Val| [key.as_slice(), &[own]].concat();
    Ok(match sight {
        Sight::Acquirer(own) => tx.query(question!(" AND t.acquirer_id = $15"), &with(p(&own)), read)?,
        Sight::Branch(own) => tx.query(
            question!(
                " AND EXISTS (SELECT 1 FROM store s JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
                              WHERE s.id = t.store_id AND d.branch_id = $15)"
            ),
            &with(p(&own)),
            read,
        )?,
        _ => tx.query(question!(""), &key, read)?,
    })
}

fn orders(tx: &mut Tx<'_>, lang: Lang, sight: Sight, planned: Option<Span>, after: Keyset, limit: u32) -> Done<Vec<Placed>> {
    macro_rules! question {
        ($sight:literal) => {
            sql!(concat!(
                "SELECT w.number, t.number, w.state, w.fault_code, COALESCE(e.name, ''), w.district, w.planned_from, w.planned_to,
                        COALESCE(w.outcome, ''), w.created_at, w.closed_at
                 FROM work_order w JOIN ticket t ON t.id = w.ticket_id LEFT JOIN engineer e ON e.id = w.engineer_id
                 WHERE w.tenant_id = $1 AND w.number < $2 AND ($4 = 0 OR (w.planned_from >= $5 AND w.planned_from < $6))",
                $sight,
                " ORDER BY w.number DESC LIMIT $3"
            ))
        };
    }
    let read = |r: &mut Row| {
        let (order, ticket): (i64, i64) = (r.next()?, r.next()?);
        let mut cells = vec![format!("W-{order:06}"), format!("T-{ticket:06}")];
        cells.push(cell(lang, "order", r.next::<String>()?));
        for _ in 0..3 {
            cells.push(r.next()?);
        }
        cells.extend([moment(r.next()?), moment(r.next()?)]);
        cells.push(cell(lang, "visit", r.next::<String>()?));
        cells.extend([moment(r.next()?), moment(r.next()?)]);
        Ok((Keyset { at: order, ..Keyset::LAST }, cells))
    };
    let days = planned.unwrap_or(Span { from: Timestamp::MIN, to: Timestamp::MAX });
    let (from, to) = (to_millis(days.from), to_millis(days.to));
    let key = [p(&tx.tenant()), p(&after.at), p(&limit), p(&i64::from(planned.is_some())), p(&from), p(&to)];
    let with = |own: Val| [key.as_slice(), &[own]].concat();
    Ok(match sight {
        Sight::Acquirer(own) => tx.query(question!(" AND t.acquirer_id = $7"), &with(p(&own)), read)?,
        Sight::Branch(own) => tx.query(
            question!(
                " AND EXISTS (SELECT 1 FROM store s JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
                              WHERE s.id = t.store_id AND d.branch_id = $7)"
            ),
            &with(p(&own)),
            read,
        )?,
        _ => tx.query(question!(""), &key, read)?,
    })
}

fn people(tx: &mut Tx<'_>, lang: Lang, narrowed: &Narrowed, after: Keyset, limit: u32) -> Done<Vec<Placed>> {
    let branches: BTreeMap<BranchId, String> =
        place::branches(tx, Keyset::LAST, MOST_PLACES)?.into_iter().map(|b| (b.id, b.name)).collect();
    let partners: BTreeMap<PartnerId, String> =
        place::partners(tx, Keyset::LAST, MOST_PLACES)?.into_iter().map(|b| (b.id, b.name)).collect();
    let wanted = Wanted { role: narrowed.role, state: narrowed.state, branch: None, partner: None, q: &narrowed.q };
    let row = |one: PersonRow| {
        let branch = one.branch_id.and_then(|id| branches.get(&id)).cloned().unwrap_or_default();
        let partner = one.partner_id.and_then(|id| partners.get(&id)).cloned().unwrap_or_default();
        let key = Keyset { at: 0, id: one.id.uuid() };
        (
            key,
            vec![
                one.username,
                one.name,
                texts::sentence(lang, &format!("role.{}", one.role.as_str()), &BTreeMap::new()),
                cell(lang, "user", one.state.as_str()),
                branch,
                partner,
            ],
        )
    };
    Ok(store::people::people(tx, &wanted, after, limit)?.into_iter().map(row).collect())
}

fn pieces(tx: &mut Tx<'_>, lang: Lang, narrowed: &Narrowed, after: Keyset, limit: u32) -> Done<Vec<Placed>> {
    let force = in_force(tx)?;
    let yes = |flag: bool| texts::sentence(lang, if flag { "word.yes" } else { "word.no" }, &BTreeMap::new());
    let row = |stocked: parts::store::StockedPart| {
        let (id, said) = (stocked.part.id, stocked.part.said);
        let kind = force.facts().part(&said.kind).map_or(said.kind.clone(), |k| k.name.in_lang(lang).to_owned());
        let price = format!("{}.{:02}", said.price_fen / 100, said.price_fen % 100);
        let models = said.models.join(if lang == Lang::Zh { "、" } else { ", " });
        let lying =
            [stocked.in_store, stocked.reserved, (stocked.in_store - stocked.reserved).max(0), stocked.carried].map(|n| n.to_string());
        let counts = [said.min_stock.to_string(), yes(said.off)].into_iter().chain(lying);
        let cells = [said.number, said.name, kind, models, said.unit, price, yes(said.serialised)];
        (Keyset { at: 0, id: id.uuid() }, cells.into_iter().chain(counts).collect())
    };
    Ok(parts::store::list(tx, parts::store::Wanted { q: &narrowed.q, low: narrowed.low }, after, limit)?.into_iter().map(row).collect())
}

fn letters(tx: &mut Tx<'_>, lang: Lang, unreadable: bool, after: Keyset, limit: u32) -> Done<Vec<Placed>> {
    let found = inbox::letters(tx, unreadable, after, limit)?;
    let numbers = list::titles(tx, &found.iter().filter_map(|kept| kept.ticket_id).collect::<Vec<_>>())?;
    let row = |kept: inbox::Kept| {
        let sender = &kept.letter.sender;
        let address = sender.email.as_deref().map(mask_email).or(sender.phone.as_deref().map(mask_phone)).unwrap_or_default();
        let who = [sender.name.clone(), address].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let (channel, state) = (cell(lang, "channel", json!(kept.letter.channel)), cell(lang, "letter", json!(kept.state)));
        let ticket = kept.ticket_id.and_then(|id| numbers.get(&id)).map(|(n, _)| number(*n)).unwrap_or_default();
        let key = Keyset { at: to_millis(kept.received_at), id: kept.id.uuid() };
        (key, vec![moment(Some(kept.received_at)), channel, who, kept.letter.subject, state, ticket])
    };
    Ok(found.into_iter().map(row).collect())
}

fn disturbance(lang: Lang, row: IncidentRow) -> Placed {
    let (at, id) = row.place();
    let cells = vec![
        row.number,
        row.title,
        cell(lang, "incident", json!(row.state)),
        row.acquirer_name.unwrap_or_default(),
        row.district.unwrap_or_default(),
        row.model.unwrap_or_default(),
        row.fault_name.map(|name| name.in_lang(lang).to_owned()).or(row.fault_code).unwrap_or_default(),
        moment(Some(row.opened_at)),
        moment(row.resolved_at),
        row.reporters.to_string(),
        row.reporters_open.to_string(),
    ];
    (Keyset { at, id: id.uuid() }, cells)
}

fn call_back(lang: Lang, row: FollowUpRow) -> Placed {
    let (at, id) = row.place();
    let cells = vec![
        row.ticket_number,
        row.subject,
        row.merchant_name.unwrap_or_default(),
        row.store_name.unwrap_or_default(),
        row.contact_name.unwrap_or_default(),
        row.phone_masked.unwrap_or_default(),
        cell(lang, "follow_up", json!(row.state)),
        moment(Some(row.due_at)),
        moment(row.answered_at),
        row.score.map(|n| n.to_string()).unwrap_or_default(),
        row.comment.unwrap_or_default(),
    ];
    (Keyset { at, id: id.uuid() }, cells)
}

/// A coded value as people read it.
fn cell(lang: Lang, family: &str, code: impl Into<Value>) -> String {
    super::sentence::word(family, &code.into(), lang)
}
