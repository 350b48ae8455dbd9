use std::collections::BTreeSet;

use jiff::Timestamp;
use postsale_domain::ground::{Lang, Reach, Text};
use postsale_domain::ticket::{Channel, EntryId, TicketId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{of_incidents, of_tasks, outsider, own_sight};
use crate::facts::{InForce, in_force};
use crate::file;
use crate::file::store::FileFace;
use crate::ground::db::{Done, Tx};
use crate::ground::texts;
use crate::ticket::entry::{self, Author, Delivery, Entry, Kind};
use crate::ticket::list::{self, Sight};
use crate::ticket::relation::BACK_TO;
use crate::ticket::store::Ticket;
use crate::view::reach::see_ticket;
use crate::view::sentence;

/// Something that happened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineEvent {
    /// Stable word.
    code: String,
    /// In a sentence, with names and values.
    sentence: Text,
    /// In a few words.
    short: Text,
}

/// A line of a timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketLine {
    id: EntryId,
    /// Its place, from 1; the next page starts after the last one shown.
    pub seq: i64,
    at: Timestamp,
    kind: Kind,
    /// Whether the merchant sees it.
    public: bool,
    author: Author,
    /// Name; empty for the house.
    author_name: String,
    channel: Option<Channel>,
    /// The words; null for what happened.
    body: Option<String>,
    event: Option<LineEvent>,
    /// For words to the merchant that go by mail; null when their page alone shows them.
    delivery: Option<Delivery>,
    /// Files that came along.
    files: Vec<FileFace>,
}

/// Lines of a ticket after a place, oldest first. Somebody of another house sees the public ones.
pub fn timeline(tx: &mut Tx<'_>, reach: Reach, id: TicketId, after: i64, limit: u32) -> Done<Vec<TicketLine>> {
    see_ticket(tx, reach, id)?;
    let lines = if outsider(tx) { entry::public_entries(tx, id, after, limit)? } else { entry::entries(tx, id, after, limit)? };
    let (mut files, force) = (file::store::of_ticket(tx, id)?, in_force(tx)?);
    let unseen = unseen(tx, &lines)?;
    Ok(lines.into_iter().map(|entry| line(&force, &unseen, files.remove(&entry.id).unwrap_or_default(), entry)).collect())
}

/// The newest lines of a ticket the caller sees, oldest first; their files stand on its own page.
pub(super) fn latest(tx: &mut Tx<'_>, t: &Ticket, limit: u32) -> Done<Vec<TicketLine>> {
    let (after, force) = (t.entry_count - i64::from(limit), in_force(tx)?);
    let lines = entry::entries(tx, t.id, after.max(0), limit)?;
    let unseen = unseen(tx, &lines)?;
    Ok(lines.into_iter().map(|e| line(&force, &unseen, Vec::new(), e)).collect())
}

/// What lines tell of that their reader is not shown: they read that something happened, and not of what.
struct Unseen {
    /// Numbers of tickets.
    tickets: BTreeSet<i64>,
    /// Any incident.
    incidents: bool,
    /// What the desk gave itself to do.
    tasks: bool,
}

impl Unseen {
    fn hides(&self, code: &str, data: &Value) -> bool {
        (self.incidents && code.starts_with("incident_"))
            || (self.tasks && ["task_", "recovery_", "visit_tasks_"].iter().any(|of| code.starts_with(of)))
            || named(data).is_some_and(|number| self.tickets.contains(&number))
    }
}

/// The number of another ticket that an event names.
fn named(data: &Value) -> Option<i64> {
    let said = data["number"].as_str().or_else(|| data["reason"].as_str()?.strip_prefix(BACK_TO))?;
    said.strip_prefix("T-")?.parse().ok()
}

fn unseen(tx: &mut Tx<'_>, lines: &[Entry]) -> Done<Unseen> {
    let sight = own_sight(tx);
    let mut tickets = match sight {
        Sight::All => BTreeSet::new(),
        _ => lines.iter().filter_map(|e| named(&e.event.as_ref()?.1)).collect(),
    };
    if !tickets.is_empty() {
        let seen = list::seen_numbers(tx, sight, &tickets)?;
        tickets.retain(|number| !seen.contains(number));
    }
    Ok(Unseen { tickets, incidents: !of_incidents(tx), tasks: !of_tasks(tx) })
}

fn line(force: &InForce, unseen: &Unseen, files: Vec<FileFace>, e: Entry) -> TicketLine {
    let event = e.event.as_ref().map(|(code, data)| LineEvent {
        code: code.clone(),
        sentence: if unseen.hides(code, data) { short(code) } else { told(force, code, data, e.author) },
        short: short(code),
    });
    TicketLine {
        id: e.id,
        seq: e.seq,
        at: e.at,
        kind: e.kind,
        public: e.public,
        author: e.author,
        author_name: e.author_name,
        channel: e.channel,
        body: (e.kind != Kind::Event).then_some(e.body),
        event,
        delivery: e.notice,
        files,
    }
}

/// What happened, in a few words.
pub(super) fn short(code: &str) -> Text {
    let say = |lang| texts::all(lang).get(&format!("event.{code}.short")).cloned().unwrap_or_else(|| code.to_owned());
    Text { zh: say(Lang::Zh), en: say(Lang::En) }
}

/// What happened, in a sentence.
fn told(force: &InForce, code: &str, data: &Value, author: Author) -> Text {
    let text = |field: &str| data[field].as_str().unwrap_or_default();
    let code = sentence::variant(code, data);
    let said = sentence::both(&format!("event.{code}"), |hole, lang| match (code, hole) {
        ("agreed", "from" | "to") => force.book().card(text(hole)).map_or(text(hole), |card| card.name.in_lang(lang)).to_owned(),
        ("prioritised", "from" | "to") => sentence::word("priority", &data[hole], lang),
        // Nobody has to name a fault or give a reason for every judgement.
        ("triaged" | "solved" | "visit_decided", "fault") if text("fault_code").is_empty() => String::new(),
        ("triaged", "fault") => format!("{}{}", comma(lang), sentence::fault(force, text("fault_code"), lang)),
        ("solved" | "visit_decided", "fault") => format!("{}{}", sentence::fault(force, text("fault_code"), lang), comma(lang)),
        ("triaged", "reason") if text("reason").is_empty() => String::new(),
        ("triaged", "reason") => format!("{}{}", comma(lang), text("reason")),
        ("closed", "by") => sentence::word("confirmed", &data[hole], lang),
        (_, "who") if text("who").is_empty() => sentence::word("author", &Value::String(author.as_str().into()), lang),
        (_, "fault") => sentence::fault(force, text("fault_code"), lang),
        (_, "window") => sentence::span(&data["planned"], lang).unwrap_or_else(|| text("window").to_owned()),
        (_, "promise") => sentence::span(&data["promised"], lang).unwrap_or_default(),
        (_, "until") => sentence::instant(&data["until"], lang).unwrap_or_default(),
        (_, "old_model" | "new_model" | "model_reason" | "lacks") => sentence::other_model(hole, data, lang),
        (_, "part") => sentence::part(force, text("part"), lang),
        (_, "missing") => {
            let lacks = data["missing"].as_array().into_iter().flatten().map(|m| sentence::word("missing", m, lang));
            lacks.collect::<Vec<_>>().join(if lang == Lang::Zh { "、" } else { ", " })
        }
        (_, "label") => data["label"][if lang == Lang::Zh { "zh" } else { "en" }].as_str().unwrap_or_default().to_owned(),
        (_, "recovered") => sentence::word("recovered", &data[hole], lang),
        (_, "amount" | "price_version") => sentence::word("visit", &data[hole], lang),
        (_, "way") => sentence::word("way", &data[hole], lang),
        (_, "link") => sentence::word("link", &data[hole], lang),
        (_, "decision" | "outcome" | "impact" | "urgency" | "reason") => sentence::word(hole, &data[hole], lang),
        _ => sentence::word("visit", &data[hole], lang),
    });
    said.unwrap_or_else(|| short(code))
}

fn comma(lang: Lang) -> &'static str {
    if lang == Lang::Zh { "，" } else { ", " }
}
