//! Stories: a case from the first word to the last star, told by the real application with a clock that is moved by hand.
//! What people would read of it is kept in `portraits/stories/`.

mod gate;
mod letter;
mod merge;
mod month;
mod morning;
mod ordered;
mod printer;
mod quiet;
mod raised;
mod stars;
mod times;
mod wrong_box;

use jiff::Timestamp;
use postsale_domain::ground::Lang;
use postsale_server::ground::when;
use postsale_testkit::{Client, Kit, World};
use serde_json::Value;

use crate::desk_world::path;

/// A story while it is told.
struct Story {
    text: String,
    day: String,
}

impl Story {
    fn new(title: &str) -> Story {
        Story { text: format!("{title}\n"), day: String::new() }
    }

    /// Somebody does something now.
    fn tells(&mut self, kit: &Kit, who: &str, what: &str) {
        self.at(kit.now(), who, what);
    }

    fn at(&mut self, at: Timestamp, who: &str, what: &str) {
        let local = at.to_zoned(when::zone());
        let day = local.strftime("%Y-%m-%d %A").to_string();
        if day != self.day {
            self.text.push_str(&format!("\n{day}\n"));
            self.day = day;
        }
        self.text.push_str(&format!("  {}  {who}: {what}\n", local.strftime("%H:%M")));
    }

    fn heading(&mut self, words: &str) {
        self.day.clear();
        self.text.push_str(&format!("\n== {words}\n"));
    }

    /// The timeline as the desk reads it in English, what is only for us marked.
    async fn timeline(&mut self, reader: &Client, id: &str) {
        self.heading("timeline");
        let lines = reader.get(&path(id, "/timeline?limit=200")).await.expect(200);
        for line in lines["items"].as_array().unwrap() {
            let what = match line["event"]["sentence"]["en"].as_str() {
                Some(sentence) => sentence.to_owned(),
                None => format!("\"{}\"", line["body"].as_str().unwrap().replace('\n', " / ")),
            };
            let who = match (line["author_name"].as_str().unwrap(), line["author"].as_str().unwrap()) {
                ("", author) => author.to_owned(),
                (name, author) => format!("{name} ({author})"),
            };
            let mark = if line["public"] == true { "" } else { " [internal]" };
            let sent = line["delivery"]["state"].as_str().map_or(String::new(), |state| format!(" [mail {state}]"));
            self.at(line["at"].as_str().unwrap().parse().unwrap(), &format!("{who}{mark}{sent}"), &what);
        }
    }

    /// A clock as the drawer explains it, in Chinese as the desk reads it.
    async fn clock(&mut self, reader: &Client, id: &str, kind: &str) {
        let told = reader.get(&path(id, &format!("/clocks/{kind}"))).await.expect(200);
        assert_eq!(told["recomputed_equal"], true);
        self.heading(&format!("clock {kind}: {}", told["headline"]["zh"].as_str().unwrap()));
        let local = |at: &Value| match at.as_str() {
            Some(at) => at.parse::<Timestamp>().unwrap().to_zoned(when::zone()).strftime("%m-%d %H:%M").to_string(),
            None => "-".to_owned(),
        };
        for line in told["lines"].as_array().unwrap() {
            let counted = line["counted_s"].as_i64().unwrap() / 60;
            let total = line["total_s"].as_i64().unwrap() / 60;
            self.text.push_str(&format!(
                "  {} - {}  {}  +{counted} min = {total} min  {}\n",
                local(&line["from"]),
                local(&line["to"]),
                line["kind"].as_str().unwrap(),
                line["basis"]["zh"].as_str().unwrap()
            ));
        }
    }

    /// What the merchant was told, and how it went out.
    async fn notices(&mut self, kit: &Kit, world: &World, id: &str) {
        self.heading("told to the merchant");
        let ticket = id.parse().unwrap();
        for (kind, mail) in world.read(kit, move |tx| postsale_server::notify::store::told(tx, ticket)).await {
            self.text.push_str(&format!(
                "  {}  {}\n",
                kind.as_str(),
                mail.map_or("on their page".to_owned(), |state| format!("mail {state}"))
            ));
        }
    }

    /// The story without what differs from run to run.
    fn told(self) -> String {
        self.text
    }
}

/// A moment in the merchant's words.
fn moment(kit: &Kit, at: &Value) -> String {
    when::moment(Lang::En, at.as_str().unwrap().parse().unwrap(), kit.now())
}
