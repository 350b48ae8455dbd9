//! The architecture, as a test: who may open which door, how large a file may grow, texts in both languages, a sound API document.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use postsale_domain::ground::Lang;
use postsale_server::ground::texts;
use postsale_testkit::check_portrait;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["node_modules", "dist", "target", "test-results"].contains(&name.as_str()) {
                    walk(&path, endings, found);
                }
            } else if endings.iter().any(|e| name.ends_with(e)) && !name.ends_with("schema.d.ts") {
                found.push(path);
            }
        }
    }
    let (root, mut found) = (root(), Vec::new());
    walk(&root.join(folder), endings, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|p| (p.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&p).unwrap()))
        .collect()
}

#[test]
fn no_file_outgrows_six_hundred_lines() {
    let mut large: Vec<String> = Vec::new();
    for (path, text) in sources("crates", &[".rs"]).into_iter().chain(sources("web", &[".ts", ".tsx"])) {
        if text.lines().count() > 600 {
            large.push(format!("{path}: {}", text.lines().count()));
        }
    }
    assert_eq!(large, Vec::<String>::new(), "a room wants a folder");
}

/// The room (or ground, flow, view, edge …) a path belongs to.
fn room(path: &str, crate_folder: &str) -> Option<String> {
    let rest = path.strip_prefix(crate_folder)?.strip_prefix("/src/")?;
    let (first, _) = rest.split_once('/').unwrap_or((rest.strip_suffix(".rs")?, ""));
    Some(first.to_owned())
}

/// Rooms a source names: `crate::room::`, `use crate::{a, b}` and, downstairs, `postsale_domain::room`.
fn opened(text: &str, prefix: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for piece in text.split(prefix).skip(1) {
        let names: Vec<&str> = match piece.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or("").split(',').collect(),
            None => vec![piece],
        };
        for name in names {
            let word: String = name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !word.is_empty() && word.chars().all(|c| c.is_lowercase() || c == '_') {
                rooms.insert(word);
            }
        }
    }
    rooms
}

/// What stands between rooms rather than being one.
const UPSTAIRS_SHARED: &[&str] = &["ground", "refuse", "ids", "words"];
const DOWNSTAIRS_SHARED: &[&str] = &["ground", "sql", "fifty", "among", "house", "facts"];
/// Downstairs, what may open several rooms.
const WALKERS: &[&str] = &["flow", "view", "demo", "http", "worker", "serve", "h5", "lib", "house", "facts", "health", "backup"];

#[test]
fn rooms_open_only_the_doors_they_may() {
    let mut doors: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (path, text) in sources("crates/domain", &[".rs"]) {
        let Some(from) = room(&path, "crates/domain") else { continue };
        if text.contains("async fn")
            || text.contains("SystemTime::now")
            || text.contains("std::fs") && !path.ends_with("_test.rs") && !path.contains("/tests")
        {
            wrong.push(format!("{path}: upstairs stays dry"));
        }
        for to in opened(&text, "crate::") {
            if to == from || UPSTAIRS_SHARED.contains(&to.as_str()) || from == "lib" {
                continue;
            }
            if from != "flow" && !path.ends_with("_test.rs") {
                wrong.push(format!("{path}: upstairs, room {from} opens room {to}"));
            }
            doors.entry(format!("domain/{from}")).or_default().insert(format!("domain/{to}"));
        }
    }
    for (path, text) in sources("crates/server", &[".rs"]) {
        let Some(from) = room(&path, "crates/server") else { continue };
        if path.contains("/tests/") {
            continue;
        }
        for to in opened(&text, "crate::") {
            if to == from || DOWNSTAIRS_SHARED.contains(&to.as_str()) {
                continue;
            }
            // Everybody may be asked who they are; that is org, and the ground's doors ask it too.
            let asked = to == "org";
            // An api hands a command to the flow and shows what the views gathered.
            let upward = path.ends_with("api.rs") || path.contains("/api/");
            if !WALKERS.contains(&from.as_str()) && !asked && !(upward && (to == "flow" || to == "view")) && from != "ground" {
                wrong.push(format!("{path}: room {from} opens {to}"));
            }
            if from == "view" && text.contains("tx.exec(") {
                wrong.push(format!("{path}: a view writes"));
            }
            if from == "flow" && to == "edge" {
                wrong.push(format!("{path}: the flow reaches outside"));
            }
            if path.ends_with("store.rs") && text.contains("::api::") {
                wrong.push(format!("{path}: a store opens an api"));
            }
            doors.entry(format!("server/{from}")).or_default().insert(format!("server/{to}"));
        }
        for to in opened(&text, "postsale_domain::") {
            if !["ground", "refuse", "ids", "words", "org"].contains(&to.as_str()) && to != from {
                doors.entry(format!("server/{from}")).or_default().insert(format!("domain/{to}"));
            }
        }
    }
    let portrait: String =
        doors.iter().map(|(from, to)| format!("{from} -> {}\n", to.iter().cloned().collect::<Vec<_>>().join(" "))).collect();
    check_portrait("doors.txt", &portrait);
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_refusal_has_its_sentence_in_both_languages() {
    let (zh, en) = (texts::all(Lang::Zh), texts::all(Lang::En));
    assert_eq!(zh.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
    let mut missing = BTreeSet::new();
    for (path, text) in sources("crates", &[".rs"]) {
        if path.contains("/tests/") || path.ends_with("_test.rs") || path.ends_with("ground/refusal.rs") {
            continue;
        }
        for piece in text.split("refuse!(").skip(1) {
            let Some(code) = piece.split('"').nth(1) else { continue };
            let Some(sentence) = zh.get(code) else {
                missing.insert(format!("{path}: {code}"));
                continue;
            };
            // Every hole of the sentence is a hole in the other language too.
            let holes =
                |s: &str| s.split('{').skip(1).filter_map(|p| p.split([':', '}']).next().map(str::to_owned)).collect::<BTreeSet<_>>();
            assert_eq!(holes(sentence), holes(&en[code]), "{code}");
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

/// The page draws the gap between Chinese and Latin (`text-autospace`); a sentence that brought its own would show two.
#[test]
fn sentences_hold_no_space_between_chinese_and_latin() {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let latin = |c: char| c.is_ascii_alphanumeric() || "{}%¥".contains(c);
    let gap = |line: &str| {
        let chars: Vec<char> = line.chars().collect();
        (1..chars.len()).any(|at| {
            let Some(next) = chars[at..].iter().position(|c| *c != ' ').filter(|width| *width > 0).map(|width| at + width) else {
                return false;
            };
            // In a date the weekday stands apart: 11-26 周四 14:00.
            let weekday = chars[next] == '周' || at > 1 && chars[at - 2] == '周';
            (han(chars[at - 1]) && latin(chars[next]) || latin(chars[at - 1]) && han(chars[next])) && !weekday
        })
    };
    assert!(gap("共 3 张") && gap("{at} 起") && !gap("共3张，按Ctrl K") && !gap("11-26 周四 14:00"), "the rule itself");
    let mut wrong = Vec::new();
    let texts = sources("data", &[".json"]).into_iter().filter(|(path, _)| !path.ends_with("en.json"));
    let code = sources("crates", &[".rs"]).into_iter().filter(|(path, _)| path.contains("/src/") && !path.ends_with("_test.rs"));
    for (path, text) in texts.chain(code) {
        let said = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = said.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//") && gap(line));
        wrong.extend(lines.map(|(n, line)| format!("{path}:{} {}", n + 1, line.trim())));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_action_has_a_name_people_read() {
    let nameless =
        |lang| postsale_domain::org::act::ALL.iter().filter(move |(name, _)| texts::action(lang, name) == *name).map(|(name, _)| *name);
    assert_eq!(nameless(Lang::Zh).chain(nameless(Lang::En)).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn the_api_document_is_current_and_sound() {
    let document = postsale_server::http::openapi().to_pretty_json().unwrap() + "\n";
    check_portrait("openapi.json", &document);
    let json: serde_json::Value = serde_json::from_str(&document).unwrap();
    let (mut ids, mut broken) = (BTreeSet::new(), Vec::new());
    for (path, methods) in json["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            if !ids.insert(id.clone()) {
                broken.push(format!("{method} {path}: the operation id {id} stands twice"));
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap_or_default();
                if parameter["in"] == "path" && !path.contains(&format!("{{{name}}}")) {
                    broken.push(format!("{method} {path}: {name} is a query parameter (`#[into_params(parameter_in = Query)]`)"));
                }
            }
        }
    }
    let schemas = json["components"]["schemas"].as_object().unwrap();
    for piece in document.split("\"#/components/schemas/").skip(1) {
        let name = piece.split('"').next().unwrap();
        if !schemas.contains_key(name) {
            broken.push(format!("{name} is referred to and not there"));
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

/// The API document knows a schema by its short name alone: of two types that share one, the second would silently be drawn as the first.
#[test]
fn no_two_types_of_the_api_share_a_name() {
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in sources("crates", &[".rs"]).into_iter().filter(|(path, _)| path.contains("/src/")) {
        let lines: Vec<&str> = text.lines().collect();
        for (n, _) in lines.iter().enumerate().filter(|(_, line)| line.contains("derive(") && line.contains("ToSchema")) {
            let after = |line: &&str, word: &str| {
                let (_, rest) = line.split_once(word)?;
                Some(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()).filter(|name| !name.is_empty())
            };
            let until = lines[n + 1..].iter().take_while(|line| !line.contains('{') || line.trim_start().starts_with("#[")).count();
            let head = &lines[n..(n + until + 2).min(lines.len())];
            let said = head.iter().find_map(|line| after(line, "schema(as = "));
            // A macro that names its types has no name here; what it makes is named where it is used.
            let Some(name) = said.or_else(|| head.iter().find_map(|line| after(line, "struct ").or_else(|| after(line, "enum ")))) else {
                continue;
            };
            named.entry(name).or_default().push(format!("{path}:{}", n + 1));
        }
        // Words are types, too: `words! {`, and each name with its brace one step in.
        let mut lines = lines.iter().enumerate();
        while lines.by_ref().any(|(_, line)| line.ends_with("words! {")) {
            for (n, line) in lines.by_ref().take_while(|(_, line)| **line != "}") {
                let name = line.strip_prefix("    ").and_then(|rest| rest.strip_suffix(" {")).filter(|name| !name.contains(' '));
                if let Some(name) = name {
                    named.entry(name.to_owned()).or_default().push(format!("{path}:{}", n + 1));
                }
            }
        }
    }
    assert!(named.len() > 500, "the types are found at all");
    let shared: Vec<_> = named.into_iter().filter(|(_, places)| places.len() > 1).collect();
    assert_eq!(shared, Vec::new(), "`#[schema(as = OtherName)]` tells them apart");
}

/// What a transaction knows of a table is forgotten when the file that read it writes; a table written elsewhere would be known wrongly.
#[test]
fn what_is_known_is_written_where_it_is_read() {
    let files: Vec<(String, String)> = sources("crates/server/src", &[".rs"])
        .into_iter()
        .filter(|(path, _)| !path.contains("/demo/") && !path.contains("/ground/"))
        .collect();
    let writes = |text: &str, table: &str| {
        ["UPDATE ", "INSERT INTO ", "DELETE FROM "].iter().any(|verb| {
            text.match_indices(&format!("{verb}{table}"))
                .any(|(at, found)| !text[at + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    };
    let (mut looked, mut broken) = (0, Vec::new());
    for (path, text) in &files {
        // What hangs on a thing: the first table named, in the statement or in the macro that makes it.
        for (at, _) in text.match_indices("tx.hanging") {
            let mut statement = text[at..].split("&[").next().unwrap_or_default().to_owned();
            if let Some((name, _)) = statement.split_once("!(\"")
                && let Some(name) = name.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next()
                && let Some((_, made)) = text.split_once(&format!("macro_rules! {name} "))
            {
                statement = made.split("};").next().unwrap_or_default().to_owned();
            } else if statement.contains(", statement, ")
                && let Some((_, made)) = text[..at].rsplit_once("macro_rules! ask ")
            {
                // Narrowed to what somebody sees: the macro that `as_far_as!` asks, just before.
                statement = made.to_owned();
            }
            let words: Vec<&str> = statement.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
            let tables = words.windows(2).filter(|pair| pair[0] == "FROM" && pair[1] != "SELECT").map(|pair| pair[1]);
            let Some(table) = tables.into_iter().next() else { panic!("{path}: no table is named in {statement}") };
            looked += 1;
            let elsewhere = files.iter().filter(|(other, source)| other != path && writes(source, table));
            broken.extend(elsewhere.map(|(other, _)| format!("{path}: {table} hangs on a thing, and {other} writes it")));
        }
        for (at, _) in text.match_indices("tx.known") {
            // The statement: from here to the values it is asked with.
            let statement = text[at..].split("&[").next().unwrap_or_default();
            let words: Vec<&str> = statement.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
            for pair in words.windows(2).filter(|pair| matches!(pair[0], "FROM" | "JOIN")) {
                looked += 1;
                let elsewhere = files.iter().filter(|(other, source)| other != path && writes(source, pair[1]));
                broken.extend(elsewhere.map(|(other, _)| format!("{path} knows {}, which {other} writes", pair[1])));
            }
        }
    }
    assert!(looked >= 7, "the statements are found: {looked}");
    assert_eq!(broken, Vec::<String>::new());
}
