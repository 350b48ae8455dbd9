//! Letters: kept before they are understood, once, and never lost.

use std::path::Path;

use postsale_domain::ground::Role;
use postsale_domain::inbox::LetterState;
use postsale_server::ground::db::{Query, p};
use postsale_server::inbox::store;
use postsale_server::sql;
use postsale_server::worker::spool::{Taken, take_in};
use postsale_testkit::{Kit, World, on_both};
use serde_json::json;

use crate::desk_world::DeskWorld;
use crate::talk_world::SERIAL;

fn corpus() -> impl Iterator<Item = std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "eml"))
}

fn fill(spool: &Path) -> usize {
    std::fs::create_dir_all(spool).unwrap();
    let mut files = 0;
    for file in corpus() {
        std::fs::copy(&file, spool.join(file.file_name().unwrap())).unwrap();
        files += 1;
    }
    files
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).into_iter().flatten().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn letters(kit: &Kit, world: &World, unreadable: bool) -> Vec<store::Kept> {
    world.read(kit, move |tx| store::letters(tx, unreadable, postsale_server::ground::web::Keyset::LAST, 100)).await
}

on_both! {
    fn a_spool_folder_is_taken_in_whole_and_once(kit) {
        let world = World::new(&kit, "t1").await;
        let spool = kit.folder.path().join("spool");
        let files = fill(&spool);
        std::fs::write(spool.join("half-written.tmp"), "From: x").unwrap();
        let taken = take_in(&kit.house, world.tenant, &spool).await.unwrap();
        // `duplicated` is `gb18030` again; nothing else repeats.
        assert_eq!((taken.known, taken.left), (1, 0));
        assert_eq!((taken.kept + taken.unreadable + taken.known) as usize, files);
        assert_eq!(names(&spool), ["done", "half-written.tmp", "unreadable"]);
        assert_eq!(names(&spool.join("unreadable")), ["empty-file.eml", "empty.eml", "random.eml", "utf16-note.eml"]);
        assert_eq!(letters(&kit, &world, false).await.len(), files - 1);
        assert_eq!(letters(&kit, &world, true).await.len(), 4);
        // The same files again: every letter is known, nothing is overwritten.
        fill(&spool);
        let again = take_in(&kit.house, world.tenant, &spool).await.unwrap();
        assert_eq!(again, Taken { known: u32::try_from(files).unwrap(), ..Taken::default() });
        assert_eq!(letters(&kit, &world, false).await.len(), files - 1);
        assert_eq!(names(&spool.join("done")).len() + names(&spool.join("unreadable")).len(), 2 * files);
    }
}

on_both! {
    fn no_card_number_reaches_the_disk(kit) {
        let world = World::new(&kit, "t1").await;
        let spool = kit.folder.path().join("spool");
        fill(&spool);
        take_in(&kit.house, world.tenant, &spool).await.unwrap();
        let with_cards: Vec<_> = letters(&kit, &world, false).await.into_iter().filter(|k| k.letter.had_card()).collect();
        assert_eq!(with_cards.len(), 2);
        for kept in with_cards {
            assert!(kept.letter.subject == "card" || kept.letter.body.contains("***0 128"), "{}", kept.letter.body);
            let id = kept.id;
            let raw = world.read(&kit, move |tx| Ok(tx.one(sql!("SELECT raw FROM letter WHERE id = $1"), &[p(&id)], |r| r.next::<Option<Vec<u8>>>())?)).await;
            assert_eq!(raw, Some(None), "the raw form would hold the number");
        }
        let put_away = std::fs::read_to_string(spool.join("done/card.eml")).unwrap();
        assert!(put_away.contains("***0 128") && !put_away.contains("6222 0212"), "{put_away}");
        // Hidden in an encoded attachment: only what was kept of the letter is put away.
        let hidden = std::fs::read_to_string(spool.join("done/card-in-attachment.eml")).unwrap();
        assert_eq!(hidden, "Subject: card\n\n见附件\n");
    }
}

on_both! {
    fn letters_are_listed_shown_and_for_those_who_may(kit) {
        let world = World::new(&kit, "t1").await;
        let other = World::new(&kit, "t2").await;
        let spool = kit.folder.path().join("spool");
        fill(&spool);
        take_in(&kit.house, world.tenant, &spool).await.unwrap();
        let agent = world.client(&kit, Role::Agent).await;
        let page = agent.get("/api/v1/letters?view=unreadable&limit=3").await.expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), 3);
        let cursor = page["next_cursor"].as_str().unwrap();
        let rest = agent.get(&format!("/api/v1/letters?view=unreadable&limit=3&cursor={cursor}")).await.expect(200);
        assert_eq!((rest["items"].as_array().unwrap().len(), rest["next_cursor"].is_null()), (1, true));
        assert!(rest["items"][0]["error"].as_str().unwrap().ends_with('。'));
        let all = agent.clone().in_english().get("/api/v1/letters?limit=200").await.expect(200);
        let gb = all["items"].as_array().unwrap().iter().find(|l| l["subject"] == "POS机打印不出小票").unwrap();
        assert_eq!(gb["sender"], "张老板 z***@example.com");
        let id = gb["id"].as_str().unwrap();
        let shown = agent.get(&format!("/api/v1/letters/{id}")).await.expect(200);
        assert!(shown["body"].as_str().unwrap().contains("镕记面馆㐂"));
        assert_eq!(agent.get("/api/v1/letters?view=lost").await.problem(422), "query.unreadable");
        assert_eq!(other.client(&kit, Role::Agent).await.get(&format!("/api/v1/letters/{id}")).await.problem(404), "not_found");
        assert_eq!(world.client(&kit, Role::Engineer).await.get("/api/v1/letters").await.problem(403), "not_allowed");
    }
}

on_both! {
    fn another_program_hands_a_letter_in_once(kit) {
        let world = World::new(&kit, "t1").await;
        let client = world.client(&kit, Role::Acquirer).await;
        let letter = json!({ "external_id": "bank-4711", "sender": { "name": "王经理", "phone": "+86 138 1234 5521" }, "body": "终端 10482277 提示97，卡 4111111111111111" });
        let first = client.post("/api/v1/letters", &letter).await.expect(202);
        let second = client.post("/api/v1/letters", &letter).await.expect(202);
        assert_eq!(first["letter_id"], second["letter_id"]);
        let kept = letters(&kit, &world, false).await;
        assert_eq!((kept.len(), kept[0].state, kept[0].letter.sender.phone.as_deref()), (1, LetterState::Received, Some("13812345521")));
        assert!(kept[0].letter.body.ends_with("************1111"));
        for (bent, field) in [
            (json!({ "external_id": "", "sender": { "name": "x" }, "body": "y" }), "external_id"),
            (json!({ "external_id": "1", "sender": { "name": "x" }, "body": " " }), "body"),
            (json!({ "external_id": "1", "sender": { "name": "x", "phone": "call me" }, "body": "y" }), "sender.phone"),
            (json!({ "external_id": "1", "sender": { "name": "x", "role": "admin" }, "body": "y" }), "sender.role"),
        ] {
            let answer = client.post("/api/v1/letters", &bent).await;
            assert_eq!((answer.status, answer.json["field"].as_str()), (422, Some(field)), "{}", answer.text);
        }
        assert_eq!(world.client(&kit, Role::Dispatcher).await.post("/api/v1/letters", &letter).await.problem(403), "not_allowed");
        // The same number with other words would be lost; another sender's number is another letter.
        let mut other = letter.clone();
        other["body"] = json!("终端 10482277 打不出");
        assert_eq!(client.post("/api/v1/letters", &other).await.problem(409), "letter.differs");
        let agent = world.client(&kit, Role::Agent).await.post("/api/v1/letters", &other).await.expect(202);
        assert_ne!(agent["letter_id"], first["letter_id"]);
        assert_eq!(letters(&kit, &world, false).await.len(), 2);
    }
}

on_both! {
    fn a_letter_means_only_what_its_sender_sees(kit) {
        let w = DeskWorld::new(&kit).await;
        // The terminal by its serial, by its number and in the words; the shop by its owner's telephone.
        let letters = [
            json!({ "external_id": "1", "sender": { "name": "x" }, "body": "打不出", "terminal_serial": SERIAL }),
            json!({ "external_id": "2", "sender": { "name": "x" }, "body": "终端号10482277 提示97" }),
            json!({ "external_id": "3", "sender": { "name": "x" }, "body": format!("SN {SERIAL} 打不出") }),
            json!({ "external_id": "4", "sender": { "name": "x", "phone": "13812345521" }, "body": "打不出" }),
        ];
        for (sender, found) in [(&w.bank, true), (&w.other_bank, false), (&w.agent, true)] {
            for letter in &letters {
                let id = sender.post("/api/v1/letters", letter).await.expect(202)["letter_id"].clone();
                kit.settle().await;
                let read = sender.post("/api/v1/letters", letter).await.expect(202);
                assert_eq!(read["letter_id"], id);
                let page = w.agent.get(&format!("/api/v1/tickets/{}", read["ticket_id"].as_str().unwrap())).await.expect(200);
                assert_eq!(page["merchant"].is_object(), found, "{letter}: {page}");
                assert_eq!(page["terminal"].is_object(), found && letter["sender"]["phone"].is_null(), "{letter}");
            }
        }
    }
}
