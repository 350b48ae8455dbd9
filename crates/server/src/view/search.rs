//! What a typed word finds: tickets, merchants, terminals, newest first. Who may see a hit is part of the question.

use jiff::Timestamp;
use postsale_domain::ground::{Reach, TypedId, to_millis};
use postsale_domain::merchant::MerchantId;
use postsale_domain::org::act;
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::TicketId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::registry::{Sight, sight};
use crate::ground::db::{DbError, Done, Query, Row, Tx, Val, p};
use crate::search::{Asked, Kind, Word, asked};
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
    /// Whether older things may match as well: the words are so common that only their newest places were looked at. One more word helps.
    pub cut: bool,
}

/// Looks in every kind the caller may read, in each no further than they may see.
pub fn find(tx: &mut Tx<'_>, asked: &Asked, limit: u32) -> Done<SearchResult> {
    let reach = |name: &str, tx: &Tx<'_>| act::reach(name, &tx.caller().who);
    let words = asked.words.iter().map(|w| w.text.clone()).collect();
    if asked.words.is_empty() {
        return Ok(SearchResult::default());
    }
    let (tickets, registry) = (reach("ticket.read", tx), reach("registry.read", tx));
    let (tickets, tickets_cut) = hits(tx, Kind::Ticket, tickets, asked, limit)?;
    let (merchants, merchants_cut) = hits(tx, Kind::Merchant, registry, asked, limit)?;
    let (terminals, terminals_cut) = hits(tx, Kind::Terminal, registry, asked, limit)?;
    Ok(SearchResult { tickets, merchants, terminals, words, cut: tickets_cut || merchants_cut || terminals_cut })
}

/// Tickets in which all words of a question stand, newest first, no further than somebody may see.
pub fn tickets(tx: &mut Tx<'_>, reach: Reach, question: &str, limit: u32) -> Done<Vec<TicketId>> {
    let asked = asked(question);
    let (found, _) = if asked.words.is_empty() { (Vec::new(), false) } else { hits(tx, Kind::Ticket, reach, &asked, limit)? };
    Ok(found.iter().filter_map(|hit| hit.id.parse().ok()).collect())
}

/// Words that one beginning stands for: more begin with it often, and then more of it must be typed.
const BEGINNINGS: usize = 16;
/// Places of the leading words that are walked for hits. A common word has a place in every other ticket, and somebody waits.
const WALKED: i64 = 4000;

/// Where a walk begins: the words that lead, and the instant from which their places are walked.
struct Lead {
    words: Vec<(String, i64)>,
    cut: bool,
}

/// The rarest word leads; the others are looked up at each of its places.
fn lead(tx: &mut Tx<'_>, kind: Kind, asked: &Asked) -> Done<Lead> {
    let (tenant, kind) = (p(&tx.tenant()), p(kind.as_str()));
    let mut rarest: Option<(i64, &Word)> = None;
    for word in &asked.words {
        let (from, to) = word.range();
        // One word leads whatever it counts.
        let places = if asked.words.len() == 1 { 0 } else { places(tx, [tenant.clone(), kind.clone(), p(&from), p(&to), p(&WALKED)])? };
        if rarest.is_none_or(|(least, _)| places < least) {
            rarest = Some((places, word));
        }
    }
    let Some((_, word)) = rarest else { return Ok(Lead { words: Vec::new(), cut: false }) };
    let (mut words, (first, last)) = (vec![word.text.clone()], word.range());
    let mut after = first;
    while word.begins && words.len() <= BEGINNINGS {
        let next = tx.one(
            sql!("SELECT word FROM search_word WHERE tenant_id = $1 AND kind = $2 AND word > $3 AND word <= $4 ORDER BY word LIMIT 1"),
            &[tenant.clone(), kind.clone(), p(&after), p(&last)],
            |r| r.next::<String>(),
        )?;
        let Some(next) = next else { break };
        words.push(next.clone());
        after = next;
    }
    let mut cut = words.len() > BEGINNINGS;
    words.truncate(BEGINNINGS);
    let each = WALKED / i64::try_from(words.len()).unwrap_or(1);
    let mut found = Vec::with_capacity(words.len());
    for word in words {
        let since = tx.one(
            sql!("SELECT at FROM search_word WHERE tenant_id = $1 AND kind = $2 AND word = $3 ORDER BY at DESC, id DESC LIMIT 1 OFFSET $4"),
            &[tenant.clone(), kind.clone(), p(&word), p(&each)],
            |r| r.next::<i64>(),
        )?;
        cut |= since.is_some();
        found.push((word, since.unwrap_or(i64::MIN)));
    }
    Ok(Lead { words: found, cut })
}

fn places(tx: &mut Tx<'_>, word: [Val; 5]) -> Done<i64> {
    Ok(tx.number(
        sql!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM search_word WHERE tenant_id = $1 AND kind = $2 AND word >= $3 AND word <= $4 LIMIT $5) AS c"
        ),
        &word,
    )?)
}

/// What was found, and whether older things may match as well.
fn hits(tx: &mut Tx<'_>, kind: Kind, reach: Reach, asked: &Asked, limit: u32) -> Done<(Vec<SearchHit>, bool)> {
    // The places of a word in the index are in the order hits are shown, so a common word stops early. The join is written CROSS because
    // SQLite keeps the order of one: with statistics of few tenants it would begin at the other end.
    macro_rules! led {
        ($columns:literal, $of:literal, $sight:literal) => {
            sql!(concat!(
                "SELECT w.at, w.id, ",
                $columns,
                " FROM search_word w CROSS JOIN ",
                $of,
                " WHERE x.id = w.id AND w.tenant_id = $1 AND w.kind = $2 AND w.word = $3 AND w.at >= $4 AND x.tenant_id = $1
                 AND EXISTS (SELECT 1 FROM search_doc b WHERE b.tenant_id = $1 AND b.kind = $2 AND b.id = w.id
                  AND b.words LIKE $5 ESCAPE '~' AND b.words LIKE $6 ESCAPE '~' AND b.words LIKE $7 ESCAPE '~' AND b.words LIKE $8 ESCAPE '~')",
                $sight,
                " ORDER BY w.at DESC, w.id DESC LIMIT $9"
            ))
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
        Sight::Nothing => return Ok((Vec::new(), false)),
        Sight::All => None,
        Sight::Acquirer(own) => Some(p(&own)),
        Sight::Engineer(me) => Some(p(&me)),
        Sight::Branch(own) => Some(p(&own)),
    };
    let question = match kind {
        Kind::Ticket => seen!(
            sight,
            "x.number, x.subject, COALESCE(m.name, '')",
            "ticket x LEFT JOIN merchant m ON m.id = x.merchant_id",
            " AND x.acquirer_id = $10",
            " AND x.id IN (SELECT o.ticket_id FROM work_order o WHERE o.engineer_id = $10)",
            " AND EXISTS (SELECT 1 FROM store s JOIN branch_district v ON v.tenant_id = s.tenant_id AND v.district = s.district
                          WHERE s.id = x.store_id AND v.branch_id = $10)"
        ),
        Kind::Merchant => seen!(
            sight,
            "CAST(0 AS BIGINT), x.name, x.mid",
            "merchant x",
            " AND x.acquirer_id = $10",
            " AND x.id IN (SELECT t.merchant_id FROM work_order o JOIN ticket t ON t.id = o.ticket_id WHERE o.engineer_id = $10)",
            " AND EXISTS (SELECT 1 FROM store s JOIN branch_district v ON v.tenant_id = s.tenant_id AND v.district = s.district
                          WHERE s.merchant_id = x.id AND v.branch_id = $10)"
        ),
        Kind::Terminal => seen!(
            sight,
            "CAST(0 AS BIGINT), x.serial_no, x.model || COALESCE(' · ' || m.name || ' · ' || d.tid, '')",
            "terminal x LEFT JOIN binding d ON d.terminal_id = x.id AND d.valid_to IS NULL LEFT JOIN merchant m ON m.id = d.merchant_id",
            " AND d.acquirer_id = $10",
            " AND x.id IN (SELECT t.terminal_id FROM work_order o JOIN ticket t ON t.id = o.ticket_id WHERE o.engineer_id = $10)",
            " AND EXISTS (SELECT 1 FROM store s JOIN branch_district v ON v.tenant_id = s.tenant_id AND v.district = s.district
                          WHERE s.id = d.store_id AND v.branch_id = $10)"
        ),
    };
    let lead = lead(tx, kind, asked)?;
    // A place without a word of its own asks for nothing.
    let others: Vec<Val> = (0..4).map(|place| p(&asked.words.get(place).map_or_else(|| "%".to_owned(), Word::pattern))).collect();
    let mut found: Vec<((i64, Uuid), SearchHit)> = Vec::new();
    for (word, since) in &lead.words {
        let mut params = vec![p(&tx.tenant()), p(kind.as_str()), p(word), p(since)];
        params.extend_from_slice(&others);
        params.push(p(&limit));
        params.extend(whose.clone());
        found.extend(tx.query(question, &params, |r| hit(r, kind, asked))?);
    }
    found.sort_by_key(|(key, _)| std::cmp::Reverse(*key));
    found.dedup_by_key(|(key, _)| key.1);
    found.truncate(limit as usize);
    // Who has as many as were asked for has the newest ones, however much was left unwalked.
    let cut = lead.cut && found.len() < limit as usize;
    Ok((found.into_iter().map(|(_, hit)| hit).collect(), cut))
}

fn hit(r: &mut Row, kind: Kind, asked: &Asked) -> Result<((i64, Uuid), SearchHit), DbError> {
    let (at, raw, number): (Timestamp, TicketId, i64) = (r.next()?, r.next()?, r.next()?);
    let (name, detail): (String, String) = (r.next()?, r.next()?);
    let raw: Uuid = raw.uuid();
    let (id, title) = match kind {
        Kind::Ticket => (raw_id::<TicketId>(raw), format!("T-{number:06} {name}")),
        Kind::Merchant => (raw_id::<MerchantId>(raw), name),
        Kind::Terminal => (raw_id::<TerminalId>(raw), name),
    };
    let hit = SearchHit { id, title_marks: marks(&title, asked), detail_marks: marks(&detail, asked), title, detail, at };
    Ok(((to_millis(at), raw), hit))
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
