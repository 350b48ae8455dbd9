//! How often the desk's pages go to PostgreSQL and back: what a page needs is asked at once, however much hangs on a ticket.

use postsale_server::ground::db::registered;
use postsale_testkit::{Client, Kit};
use serde_json::json;

use crate::desk_world::{DeskWorld, id_of, path};

/// 打印 and 小票, words of the call.
const PRINTING: &str = "%E6%89%93%E5%8D%B0";
const RECEIPT: &str = "%E5%B0%8F%E7%A5%A8";

/// Ways one request takes. The first one is only to have the statements prepared.
async fn ways(kit: &Kit, client: &Client, address: &str) -> u64 {
    client.get(address).await.expect(200);
    let before = kit.house.db.load().ways;
    client.get(address).await.expect(200);
    kit.house.db.load().ways - before
}

#[test]
fn a_page_is_asked_at_once() {
    Kit::run(Kit::postgres(), |kit| async move {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        desk.does(
            &desk.agent,
            &id,
            "/work-orders",
            json!({ "fault_code": "PRN-02", "reason_code": "needs_hands", "reason": "换纸后仍不出纸" }),
        )
        .await;
        let table = [
            // Whose session it is; the ticket, and whether it may be seen; everything on its page; the names in the rows of its orders.
            (path(&id, ""), 4),
            // The session, the tickets, what stands in their rows.
            ("/api/v1/tickets".to_owned(), 3),
            // The session; whom the word names and where it stands; the tickets; what stands in their rows.
            (format!("/api/v1/tickets/search?q={PRINTING}"), 4),
            // Of Latin letters the words they begin are asked first, together with whom they name.
            ("/api/v1/tickets/search?q=a920".to_owned(), 5),
            // How often each of several words stands is counted at once; the rarest leads, and how far it is walked is asked before where it stands.
            (format!("/api/v1/tickets/search?q={PRINTING}%20{RECEIPT}"), 6),
            // The session; where it stands, of all three kinds; what stands there.
            (format!("/api/v1/search?q={PRINTING}"), 3),
            // The words it begins, of all three kinds, and then where they stand, of each.
            ("/api/v1/search?q=a920".to_owned(), 6),
        ];
        for (address, as_many) in table {
            let taken = ways(&kit, &desk.agent, &address).await;
            // Fewer would mean that what is asked here finds nothing.
            assert_eq!(taken, as_many, "{address}");
        }
    });
}

/// Whoever registers a ticket waits for what has to be known before something else can be asked, and for nothing twice.
#[test]
fn a_ticket_is_registered_in_few_ways() {
    Kit::run(Kit::postgres(), |kit| async move {
        let desk = DeskWorld::new(&kit).await;
        let mut call = DeskWorld::call();
        call["even_if_open"] = json!(true);
        let mut taken = 0;
        // The first ones are only to have the statements prepared.
        for key in ["k1", "k2", "k3"] {
            let before = kit.house.db.load().ways;
            desk.agent.post_once("/api/v1/tickets", key, &call).await.expect(201);
            taken = kit.house.db.load().ways - before;
        }
        // The session; the key, who asks, and which terminal; where it stands and what it had before; whose it is; all that is written, and
        // whether the receipt may go out by mail; the mail, and the page; its words, the kept answer, and the end of the chain; the chain, and
        // the commit. Its number comes by a way beside.
        assert_eq!(taken, 8);
    });
}

/// PostgreSQL asks it ahead, and takes back nothing for it.
#[test]
fn what_begins_with_with_only_looks() {
    let mut looked = 0;
    for sql in registered().filter(|sql| sql.text.trim_start().starts_with("WITH")) {
        looked += 1;
        assert!(sql.only_looks());
        let writes = ["INSERT ", "UPDATE ", "DELETE "].iter().any(|verb| sql.text.contains(verb));
        assert!(!writes, "{}:{} writes behind a WITH", sql.file, sql.line);
    }
    assert!(looked >= 3, "such statements are found: {looked}");
}
