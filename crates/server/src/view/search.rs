//! What a typed word finds: tickets, merchants, terminals, newest first. Who may see a hit is part of the question.

use std::collections::BTreeMap;

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
use crate::ground::db::{DbError, Done, Query, Row, Sql, Tx, Val, fifty, p};
use crate::search::{Asked, Kind, Word, asked};
use crate::{fifty, sql};

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
    if asked.words.is_empty() {
        return Ok(SearchResult::default());
    }
    let reach = |name: &str| act::reach(name, &tx.caller().who);
    let (tickets, registry) = (reach("ticket.read"), reach("registry.read"));
    let kinds = [(Kind::Ticket, tickets), (Kind::Merchant, registry), (Kind::Terminal, registry)];
    for (kind, reach) in kinds {
        tx.ahead(|tx| places(tx, kind, reach, asked, limit));
    }
    let mut found = Vec::with_capacity(kinds.len());
    for (kind, reach) in kinds {
        found.push((kind, places(tx, kind, reach, asked, limit)?));
    }
    for (kind, (places, _)) in &found {
        tx.ahead(|tx| hits(tx, *kind, places, asked));
    }
    let words = asked.words.iter().map(|w| w.text.clone()).collect();
    let mut result = SearchResult { words, cut: found.iter().any(|(_, (_, cut))| *cut), ..SearchResult::default() };
    for (kind, (places, _)) in &found {
        let hits = hits(tx, *kind, places, asked)?;
        match kind {
            Kind::Ticket => result.tickets = hits,
            Kind::Merchant => result.merchants = hits,
            Kind::Terminal => result.terminals = hits,
        }
    }
    Ok(result)
}

/// Tickets in which all words of a question stand, newest first, no further than somebody may see.
pub fn tickets(tx: &mut Tx<'_>, reach: Reach, question: &str, limit: u32) -> Done<Vec<TicketId>> {
    let asked = asked(question);
    let found = if asked.words.is_empty() { Vec::new() } else { places(tx, Kind::Ticket, reach, &asked, limit)?.0 };
    Ok(found.into_iter().map(|place| TicketId::from_uuid(place.id)).collect())
}

/// Words that one beginning stands for: more begin with it often, and then more of it must be typed.
const BEGINNINGS: usize = 16;
/// Places of the leading words that are walked for hits. A common word has a place in every other ticket, and somebody waits.
const WALKED: i64 = 4000;

/// Where all words of a question stand: a thing, and when it came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: Timestamp,
    id: Uuid,
}

/// The words that lead, and whether they are not all that should: the rarest word leads, the others are looked up at each of its places.
fn lead(tx: &mut Tx<'_>, kind: Kind, asked: &Asked) -> Done<(Vec<String>, bool)> {
    let (tenant, kind) = (p(&tx.tenant()), p(kind.as_str()));
    let word = match asked.words.as_slice() {
        [] => return Ok((Vec::new(), false)),
        // It leads whatever it counts.
        [word] => word,
        several => {
            let places = |tx: &mut Tx<'_>, word: &Word| {
                let (from, to) = word.range();
                count(tx, [tenant.clone(), kind.clone(), p(&from), p(&to), p(&WALKED)])
            };
            several.iter().for_each(|word| tx.ahead(|tx| places(tx, word)));
            let counted: Vec<i64> = several.iter().map(|word| places(tx, word)).collect::<Done<_>>()?;
            let rarest = (0..several.len()).min_by_key(|i| counted[*i]).unwrap_or(0);
            &several[rarest]
        }
    };
    let (mut words, (first, last)) = (vec![word.text.clone()], word.range());
    if word.begins {
        // From each word to the next one, over all its places.
        words.extend(tx.query(
            sql!(
                "WITH RECURSIVE beginning (word) AS (
                   SELECT (SELECT MIN(word) FROM search_word WHERE tenant_id = $1 AND kind = $2 AND word > $3 AND word <= $4)
                   UNION ALL
                   SELECT (SELECT MIN(s.word) FROM search_word s WHERE s.tenant_id = $1 AND s.kind = $2 AND s.word > b.word AND s.word <= $4)
                   FROM beginning b WHERE b.word IS NOT NULL
                 ) SELECT word FROM beginning WHERE word IS NOT NULL LIMIT $5"
            ),
            &[tenant, kind, p(&first), p(&last), p(&i64::try_from(BEGINNINGS).unwrap_or(i64::MAX))],
            |r| r.next::<String>(),
        )?);
    }
    let cut = words.len() > BEGINNINGS;
    words.truncate(BEGINNINGS);
    Ok((words, cut))
}

fn count(tx: &mut Tx<'_>, word: [Val; 5]) -> Done<i64> {
    Ok(tx.number(
        sql!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM search_word WHERE tenant_id = $1 AND kind = $2 AND word >= $3 AND word <= $4 LIMIT $5) AS c"
        ),
        &word,
    )?)
}

/// The newest places where all words stand of what somebody may see, and whether older ones may be left out.
fn places(tx: &mut Tx<'_>, kind: Kind, reach: Reach, asked: &Asked, limit: u32) -> Done<(Vec<Place>, bool)> {
    let sight = sight(tx, reach);
    if matches!(sight, Sight::Nothing) {
        return Ok((Vec::new(), false));
    }
    let (words, mut cut) = lead(tx, kind, asked)?;
    let key = |word: &String, tx: &Tx<'_>| vec![p(&tx.tenant()), p(kind.as_str()), p(word)];
    let mut found = Vec::new();
    if let (Sight::All, [_]) = (&sight, asked.words.as_slice()) {
        // Every place is one: there is no other word, and nothing that could not be seen.
        let newest = |tx: &mut Tx<'_>, word: &String| {
            let params = [key(word, tx), vec![p(&limit)]].concat();
            let all =
                sql!("SELECT at, id FROM search_word WHERE tenant_id = $1 AND kind = $2 AND word = $3 ORDER BY at DESC, id DESC LIMIT $4");
            Ok(tx.query(all, &params, place)?)
        };
        words.iter().for_each(|word| tx.ahead(|tx| newest(tx, word)));
        for word in &words {
            found.extend(newest(tx, word)?);
        }
    } else {
        let (whose, question) = led(kind, &sight);
        let each = WALKED / i64::try_from(words.len()).unwrap_or(1);
        let since = |tx: &mut Tx<'_>, word: &String| {
            let params = [key(word, tx), vec![p(&each)]].concat();
            let walked = sql!(
                "SELECT at FROM search_word WHERE tenant_id = $1 AND kind = $2 AND word = $3 ORDER BY at DESC, id DESC LIMIT 1 OFFSET $4"
            );
            Ok(tx.one(walked, &params, |r| r.next::<i64>())?)
        };
        words.iter().for_each(|word| tx.ahead(|tx| since(tx, word)));
        // A place without a word of its own asks for nothing.
        let others: Vec<Val> = (0..4).map(|at| p(&asked.words.get(at).map_or_else(|| "%".to_owned(), Word::pattern))).collect();
        let mut asked = Vec::new();
        for word in &words {
            let since = since(tx, word)?;
            cut |= since.is_some();
            let (since, limit) = ([p(&since.unwrap_or(i64::MIN))], [p(&limit)]);
            asked.push([&key(word, tx)[..], &since, &others, &limit, whose.as_slice()].concat());
        }
        asked.iter().for_each(|params| tx.ahead(|tx| Ok(tx.query(question, params, place)?)));
        for params in &asked {
            found.extend(tx.query(question, params, place)?);
        }
    }
    found.sort_by_key(|place| std::cmp::Reverse(*place));
    found.dedup();
    found.truncate(limit as usize);
    // Who has as many as were asked for has the newest ones, however much was left unwalked.
    cut &= found.len() < limit as usize;
    Ok((found, cut))
}

fn place(r: &mut Row) -> Result<Place, DbError> {
    Ok(Place { at: r.next()?, id: r.next()? })
}

/// Whose things are seen, and the statement that finds them: the places of a word in the index are in the order hits are shown, so a common
/// word stops early. The join is written CROSS because SQLite keeps the order of one: with statistics of few tenants it would begin at the
/// other end.
fn led(kind: Kind, sight: &Sight) -> (Option<Val>, &'static Sql) {
    macro_rules! led {
        ($of:expr, $sight:expr) => {
            sql!(concat!(
                "SELECT w.at, w.id FROM search_word w",
                $of,
                " WHERE w.tenant_id = $1 AND w.kind = $2 AND w.word = $3 AND w.at >= $4
                 AND EXISTS (SELECT 1 FROM search_doc b WHERE b.tenant_id = $1 AND b.kind = $2 AND b.id = w.id
                  AND b.words LIKE $5 ESCAPE '~' AND b.words LIKE $6 ESCAPE '~' AND b.words LIKE $7 ESCAPE '~' AND b.words LIKE $8 ESCAPE '~')",
                $sight,
                " ORDER BY w.at DESC, w.id DESC LIMIT $9"
            ))
        };
    }
    macro_rules! seen {
        ($of:literal, $acquirer:literal, $engineer:literal, $branch:literal) => {
            match sight {
                Sight::All | Sight::Nothing => (None, led!("", "")),
                Sight::Acquirer(own) => (Some(p(own)), led!($of, concat!(" AND x.id = w.id", $acquirer))),
                Sight::Engineer(me) => (Some(p(me)), led!($of, concat!(" AND x.id = w.id", $engineer))),
                Sight::Branch(own) => (Some(p(own)), led!($of, concat!(" AND x.id = w.id", $branch))),
            }
        };
    }
    match kind {
        Kind::Ticket => seen!(
            " CROSS JOIN ticket x",
            " AND x.acquirer_id = $10",
            " AND x.id IN (SELECT o.ticket_id FROM work_order o WHERE o.engineer_id = $10)",
            " AND EXISTS (SELECT 1 FROM store s JOIN branch_district v ON v.tenant_id = s.tenant_id AND v.district = s.district
                          WHERE s.id = x.store_id AND v.branch_id = $10)"
        ),
        Kind::Merchant => seen!(
            " CROSS JOIN merchant x",
            " AND x.acquirer_id = $10",
            " AND x.id IN (SELECT t.merchant_id FROM work_order o JOIN ticket t ON t.id = o.ticket_id WHERE o.engineer_id = $10)",
            " AND EXISTS (SELECT 1 FROM store s JOIN branch_district v ON v.tenant_id = s.tenant_id AND v.district = s.district
                          WHERE s.merchant_id = x.id AND v.branch_id = $10)"
        ),
        Kind::Terminal => seen!(
            " CROSS JOIN terminal x LEFT JOIN binding d ON d.terminal_id = x.id AND d.valid_to IS NULL",
            " AND d.acquirer_id = $10",
            " AND x.id IN (SELECT t.terminal_id FROM work_order o JOIN ticket t ON t.id = o.ticket_id WHERE o.engineer_id = $10)",
            " AND EXISTS (SELECT 1 FROM store s JOIN branch_district v ON v.tenant_id = s.tenant_id AND v.district = s.district
                          WHERE s.id = d.store_id AND v.branch_id = $10)"
        ),
    }
}

/// What was found, as it is shown.
fn hits(tx: &mut Tx<'_>, kind: Kind, places: &[Place], asked: &Asked) -> Done<Vec<SearchHit>> {
    macro_rules! shown {
        ($columns:literal, $of:literal) => {
            sql!(concat!("SELECT x.id, ", $columns, " FROM ", $of, " WHERE x.tenant_id = $1 AND x.id IN (", fifty!(), ")"))
        };
    }
    let statement = match kind {
        Kind::Ticket => shown!("x.number, x.subject, COALESCE(m.name, '')", "ticket x LEFT JOIN merchant m ON m.id = x.merchant_id"),
        Kind::Merchant => shown!("CAST(0 AS BIGINT), x.name, x.mid", "merchant x"),
        Kind::Terminal => shown!(
            "CAST(0 AS BIGINT), x.serial_no, x.model || COALESCE(' · ' || m.name || ' · ' || d.tid, '')",
            "terminal x LEFT JOIN binding d ON d.terminal_id = x.id AND d.valid_to IS NULL LEFT JOIN merchant m ON m.id = d.merchant_id"
        ),
    };
    let mut shown: BTreeMap<Uuid, (i64, String, String)> = BTreeMap::new();
    for chunk in places.chunks(50) {
        let params = fifty(&tx.tenant(), chunk.iter().map(|place| Val::Id(place.id)));
        shown.extend(tx.query(statement, &params, |r| Ok((r.next()?, (r.next()?, r.next()?, r.next()?))))?);
    }
    Ok(places.iter().filter_map(|place| Some(hit(kind, *place, shown.remove(&place.id)?, asked))).collect())
}

fn hit(kind: Kind, place: Place, (number, name, detail): (i64, String, String), asked: &Asked) -> SearchHit {
    let (id, title) = match kind {
        Kind::Ticket => (raw_id::<TicketId>(place.id), format!("T-{number:06} {name}")),
        Kind::Merchant => (raw_id::<MerchantId>(place.id), name),
        Kind::Terminal => (raw_id::<TerminalId>(place.id), name),
    };
    SearchHit { id, title_marks: marks(&title, asked), detail_marks: marks(&detail, asked), title, detail, at: place.at }
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
