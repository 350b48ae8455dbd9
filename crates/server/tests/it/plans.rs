//! How both databases walk: no statement of the program reads a table that grows with the years from one end to the other.
//!
//! SQLite says `SCAN` where it walks, also through an index. PostgreSQL is asked with sequential scans priced out of the market: where one
//! is left there is no index to go by. Which of several indices it takes depends on how many rows it believes to be there; nothing is said
//! about that here.

use std::collections::HashSet;

use postsale_server::ground::db::{Bare, Query, Stop, registered};
use postsale_testkit::on_both;

/// Tables with a row for each tenant: a walk over one of them is no defect.
const SMALL: &[&str] = &["tenant", "audit_head"];

/// Columns that name the thing whose rows are wanted.
const OWNERS: &[&str] = &["id", "ticket_id", "merchant_id", "terminal_id", "store_id", "engineer_id", "contact_phone"];

/// A walk found in a plan.
struct Walk {
    table: String,
    index: Option<String>,
}

on_both! {
    fn no_statement_walks_a_table_that_grows(kit) {
        let walked = kit.house.db.bare_read(|bare| {
            let sqlite = bare.conn().dialect() == postsale_server::ground::db::Dialect::Sqlite;
            let part = partial_indices(bare, sqlite)?;
            let (mut found, mut looked) = (Vec::new(), 0);
            for (n, statement) in registered().filter(|s| s.file.contains("/src/") && !s.file.contains("/demo/")).enumerate() {
                let text = bare.conn().dialect().render(statement.text).into_owned();
                let plan = if sqlite { sqlite_plan(bare, &text)? } else { postgres_plan(bare, &text, n)? };
                looked += 1;
                for walk in plan {
                    // A partial index holds only what is still open; who reads it in its order up to a limit reads no more than that.
                    let bounded = walk.index.as_ref().is_some_and(|i| part.contains(i)) && text.contains("LIMIT");
                    if !bounded && !SMALL.contains(&walk.table.as_str()) {
                        found.push(format!("{}:{}: {} by {:?}", statement.file, statement.line, walk.table, walk.index));
                    }
                }
            }
            assert!(looked > 200, "the plans are read at all");
            Ok(found)
        });
        assert_eq!(walked.await.unwrap(), Vec::<String>::new());
    }
}

fn partial_indices(bare: &mut Bare<'_>, sqlite: bool) -> Result<HashSet<String>, Stop> {
    let question = if sqlite {
        "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'"
    } else {
        "SELECT CAST(indexname AS TEXT) FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '% WHERE %'"
    };
    Ok(bare.conn().raw_rows(question)?.iter_mut().map(|row| row.next::<String>()).collect::<Result<_, _>>()?)
}

fn sqlite_plan(bare: &mut Bare<'_>, text: &str) -> Result<Vec<Walk>, Stop> {
    let mut walks = Vec::new();
    // Sub-queries and table functions have names of their own in a plan; what they are made of has lines of its own.
    let derived: HashSet<&str> =
        text.split(") AS ").skip(1).filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()).collect();
    let named = |table: &str| ["WITH ", "RECURSIVE "].iter().any(|word| text.contains(&format!("{word}{table} ")));
    for row in &mut bare.conn().raw_rows(&format!("EXPLAIN QUERY PLAN {text}"))? {
        let (_, _, _, detail): (i64, i64, i64, String) = (row.next()?, row.next()?, row.next()?, row.next()?);
        // By the tenant alone, though the statement names whose rows it wants: with one tenant that is the whole table.
        if let Some((way, "(tenant_id=?)")) = detail.strip_prefix("SEARCH ").and_then(|rest| rest.rsplit_once(' ')) {
            let words: Vec<&str> = way.split_whitespace().collect();
            if OWNERS.iter().any(|owner| names(text, words[0], owner)) {
                walks.push(Walk { table: real_name(text, words[0]), index: words.last().map(|i| format!("{i} by tenant_id alone")) });
            }
        }
        let Some(rest) = detail.strip_prefix("SCAN ") else { continue };
        let words: Vec<&str> = rest.split_whitespace().collect();
        let table = real_name(text, words[0]);
        // What a statement was given is no table.
        if rest == "CONSTANT ROW" || rest.ends_with("VALUES CLAUSE") || table == "json_each" || derived.contains(words[0]) || named(&table)
        {
            continue;
        }
        walks.push(Walk { table, index: words.iter().position(|w| *w == "INDEX").map(|i| words[i + 1].to_owned()) });
    }
    Ok(walks)
}

/// Whether a statement asks an alias for the rows of one thing: `t.merchant_id = $2`, or `merchant_id = $2` where the table has no alias.
fn names(text: &str, alias: &str, owner: &str) -> bool {
    let bare = real_name(text, alias) == alias;
    [format!("{alias}.{owner} = ?"), format!("{alias}.{owner} IN (?")].iter().any(|said| text.contains(said))
        || (bare && (text.contains(&format!(" {owner} = ?")) || text.contains(&format!(" {owner} IN (?"))))
}

/// The table behind an alias: of `FROM ticket t`, `SCAN t` walks `ticket`.
fn real_name(text: &str, alias: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    let from = words.windows(3).find(|w| matches!(w[0], "FROM" | "JOIN" | "UPDATE" | "INTO") && w[2] == alias);
    from.map_or(alias, |w| w[1]).to_owned()
}

fn postgres_plan(bare: &mut Bare<'_>, text: &str, n: usize) -> Result<Vec<Walk>, Stop> {
    let places = (1..=99).rev().find(|i| text.contains(&format!("${i}"))).unwrap_or(0);
    bare.conn().raw("SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan")?;
    bare.conn().raw(&format!("PREPARE plan_{n} AS {text}"))?;
    let nulls = vec!["NULL"; places].join(", ");
    let given = if places == 0 { String::new() } else { format!("({nulls})") };
    let mut lines = Vec::new();
    for row in &mut bare.conn().raw_rows(&format!("EXPLAIN EXECUTE plan_{n}{given}"))? {
        lines.push(row.next::<String>()?);
    }
    Ok(lines
        .iter()
        .filter_map(|line| line.trim().trim_start_matches("-> ").trim().strip_prefix("Seq Scan on ")?.split_whitespace().next())
        .map(|table| Walk { table: table.to_owned(), index: None })
        .collect())
}
