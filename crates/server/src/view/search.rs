//! What a typed word finds: tickets, merchants, terminals, newest first. Who may see a hit is part of the question.

use jiff::Timestamp;
use postsale_domain::ground::{Reach, TypedId};
use postsale_domain::merchant::MerchantId;
use postsale_domain::org::act;
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::TicketId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::registry::{Sight, sight};
use crate::ground::db::{DbError, Done, Query, Row, Tx, Val, p};
use crate::search::{Asked, Kind, Word};
use crate::sql;

/// Something that was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchHit {
    /// Which one: `tkt_…`, `mer_…`, `trm_…`.
    pub id: String,
    /// Number and subject, name, or serial number.
    pub title: String,
    /// What helps to tell it from others.
    pub detail: String,
    /// Characters of the title that match: from, and up to but without.
    pub title_marks: Vec<[usize; 2]>,
    /// Characters of the detail that match.
    pub detail_marks: Vec<[usize; 2]>,
    /// When it came to be.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// What was found, by kind; each newest first.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct SearchResult {
    /// Tickets.
    pub tickets: Vec<SearchHit>,
    /// Merchants.
    pub merchants: Vec<SearchHit>,
    /// Terminals.
    pub terminals: Vec<SearchHit>,
    /// The words that were looked for.
    pub words: Vec<String>,
}

/// Looks in every kind the caller may read, in each no further than they may see.
pub fn find(tx: &mut Tx<'_>, asked: &Asked, limit: u32) -> Done<SearchResult> {
    let reach = |name: &str, tx: &Tx<'_>| act::reach(name, &tx.caller().who);
    let words = asked.words.iter().map(|w| w.text.clone()).collect();
    if asked.words.is_empty() {
        return Ok(SearchResult::default());
    }
    let (tickets, registry) = (reach("ticket.read", tx), reach("registry.read", tx));
    Ok(SearchResult {
        tickets: hits(tx, Kind::Ticket, tickets, asked, limit)?,
        merchants: hits(tx, Kind::Merchant, registry, asked, limit)?,
        terminals: hits(tx, Kind::Terminal, registry, asked, limit)?,
        words,
    })
}

fn hits(tx: &mut Tx<'_>, kind: Kind, reach: Reach, asked: &Asked, limit: u32) -> Done<Vec<SearchHit>> {
    // The first word leads: its places in the index are in the order hits are shown, so a common word stops early.
    macro_rules! question {
        ($lead:literal, $columns:literal, $of:literal, $sight:literal) => {
            sql!(concat!(
                "SELECT w.at, w.id, ",
                $columns,
                " FROM (",
                $lead,
                ") AS w JOIN ",
                $of,
                " WHERE x.tenant_id = $1
                 AND EXISTS (SELECT 1 FROM search_word b WHERE b.tenant_id = $1 AND b.kind = $2 AND b.id = w.id AND b.word BETWEEN $5 AND $6)
                 AND EXISTS (SELECT 1 FROM search_word b WHERE b.tenant_id = $1 AND b.kind = $2 AND b.id = w.id AND b.word BETWEEN $7 AND $8)
                 AND EXISTS (SELECT 1 FROM search_word b WHERE b.tenant_id = $1 AND b.kind = $2 AND b.id = w.id AND b.word BETWEEN $9 AND $10)",
                $sight,
                " ORDER BY w.at DESC, w.id DESC LIMIT $11"
            ))
        };
    }
    macro_rules! led {
        ($columns:literal, $of:literal, $sight:literal) => {
            if asked.words.first().is_some_and(|w| w.begins) {
                question!(
                    "SELECT DISTINCT at, id FROM search_word WHERE tenant_id = $1 AND kind = $2 AND word >= $3 AND word <= $4",
                    $columns,
                    $of,
                    $sight
                )
            } else {
                question!(
                    "SELECT at, id FROM search_word WHERE tenant_id = $1 AND kind = $2 AND word = $3 AND word <= $4",
                    $columns,
                    $of,
                    $sight
                )
            }
        };
    }
    macro_rules! seen {
        ($sight:ident, $columns:literal, $of:literal, $acquirer:literal, $engineer:literal, $branch:literal) => {
            match $sight {
                Sight::All | Sight::Nothing => led!($columns, $of, ""),
                Sight::Acquirer(_) => led!($columns, $of, $acquirer),
                Sight::Engineer(_) => led!($columns, $of, $engineer),
                Sight::Branch(_) => led!($columns, $of, $branch),
            }
        };
    }
    let sight = sight(tx, reach);
    let whose = match sight {
        Sight::Nothing => return Ok(Vec::new()),
        Sight::All => None,
        Sight::Acquirer(own) => Some(p(&own)),
        Sight::Engineer(me) => Some(p(&me)),
        Sight::Branch(own) => Some(p(&own)),
    };
    let question = match kind {
        Kind::Ticket => seen!(
            sight,
            "x.number, x.subject, COALESCE(m.name, '')",
            "ticket x ON x.id = w.id LEFT JOIN merchant m ON m.id = x.merchant_id",
            " AND x.acquirer_id = $12",
            " AND x.id IN (SELECT o.ticket_id FROM work_order o WHERE o.engineer_id = $12)",
            " AND EXISTS (SELECT 1 FROM store s JOIN branch_district v ON v.tenant_id = s.tenant_id AND v.district = s.district
                          WHERE s.id = x.store_id AND v.branch_id = $12)"
        ),
        Kind::Merchant => seen!(
            sight,
            "CAST(0 AS BIGINT), x.name, x.mid",
            "merchant x ON x.id = w.id",
            " AND x.acquirer_id = $12",
            " AND x.id IN (SELECT t.merchant_id FROM work_order o JOIN ticket t ON t.id = o.ticket_id WHERE o.engineer_id = $12)",
            " AND EXISTS (SELECT 1 FROM store s JOIN branch_district v ON v.tenant_id = s.tenant_id AND v.district = s.district
                          WHERE s.merchant_id = x.id AND v.branch_id = $12)"
        ),
        Kind::Terminal => seen!(
            sight,
            "CAST(0 AS BIGINT), x.serial_no, x.model || COALESCE(' · ' || m.name || ' · ' || d.tid, '')",
            "terminal x ON x.id = w.id LEFT JOIN binding d ON d.terminal_id = x.id AND d.valid_to IS NULL LEFT JOIN merchant m ON m.id = d.merchant_id",
            " AND d.acquirer_id = $12",
            " AND x.id IN (SELECT t.terminal_id FROM work_order o JOIN ticket t ON t.id = o.ticket_id WHERE o.engineer_id = $12)",
            " AND EXISTS (SELECT 1 FROM store s JOIN branch_district v ON v.tenant_id = s.tenant_id AND v.district = s.district
                          WHERE s.id = d.store_id AND v.branch_id = $12)"
        ),
    };
    let mut params: Vec<Val> = vec![p(&tx.tenant()), p(kind.as_str())];
    for place in 0..4 {
        // A place without a word of its own asks for the first word again.
        let word = asked.words.get(place).or(asked.words.first());
        let (from, to) = word.map(Word::range).unwrap_or_default();
        params.extend([p(&from), p(&to)]);
    }
    params.push(p(&limit));
    params.extend(whose);
    Ok(tx.query(question, &params, |r| hit(r, kind, asked))?)
}

fn hit(r: &mut Row, kind: Kind, asked: &Asked) -> Result<SearchHit, DbError> {
    let (at, raw, number): (_, TicketId, i64) = (r.next()?, r.next()?, r.next()?);
    let (name, detail): (String, String) = (r.next()?, r.next()?);
    let raw: Uuid = raw.uuid();
    let (id, title) = match kind {
        Kind::Ticket => (raw_id::<TicketId>(raw), format!("T-{number:06} {name}")),
        Kind::Merchant => (raw_id::<MerchantId>(raw), name),
        Kind::Terminal => (raw_id::<TerminalId>(raw), name),
    };
    Ok(SearchHit { id, title_marks: marks(&title, asked), detail_marks: marks(&detail, asked), title, detail, at })
}

fn raw_id<T: TypedId + std::fmt::Display>(raw: Uuid) -> String {
    T::from_uuid(raw).to_string()
}

/// Where the words stand in a text, in characters, joined where they touch.
fn marks(text: &str, asked: &Asked) -> Vec<[usize; 2]> {
    let text: Vec<char> = text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect();
    let mut marked = vec![false; text.len()];
    for word in &asked.words {
        let word: Vec<char> = word.text.chars().collect();
        for from in 0..text.len().saturating_sub(word.len().max(1) - 1) {
            if text[from..].starts_with(&word) {
                marked[from..from + word.len()].fill(true);
            }
        }
    }
    let mut found: Vec<[usize; 2]> = Vec::new();
    for at in (0..marked.len()).filter(|at| marked[*at]) {
        match found.last_mut() {
            Some(last) if last[1] == at => last[1] = at + 1,
            _ => found.push([at, at + 1]),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_characters_and_join() {
        let asked = |words: &[&str]| Asked { words: words.iter().map(|w| Word { text: (*w).into(), begins: false }).collect() };
        assert_eq!(marks("T-000831 POS机打印不出小票", &asked(&["打印", "小票"])), [[13, 15], [17, 19]]);
        assert_eq!(marks("打印小票打印", &asked(&["打印", "小票"])), [[0, 6]]);
        assert_eq!(marks("A920", &asked(&["a92"])), [[0, 3]]);
        assert!(marks("", &asked(&["打印"])).is_empty() && marks("短", &asked(&["打印机"])).is_empty());
    }
}
