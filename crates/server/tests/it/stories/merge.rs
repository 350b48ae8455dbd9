//! The same shop mails, calls and writes on its page within ten minutes: one ticket, each channel keeps its thread, one reference.

use postsale_domain::ground::TypedId;
use postsale_domain::ticket::TicketId;
use postsale_server::notify::jobs::{MAIL_TOKEN, PAGE_TOKEN};
use postsale_server::worker::spool;
use postsale_testkit::{Client, check_portrait, on_both};
use serde_json::json;

use super::{Story, moment};
use crate::desk_world::{DeskWorld, id_of, path};
use crate::talk_world::sticker;

const MAIL: &str = "From: Zhang <zhang@example.com>\r\nTo: service@postsale.test\r\nSubject: POS\r\nMessage-ID: <one-1@example.com>\r\n\
Date: Tue, 24 Nov 2026 10:00:00 +0800\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSN: A920-0012-3456\r\n打印机不出纸，小票打不出来。\r\n";

on_both! {
    fn the_same_shop_three_times_in_ten_minutes(kit) {
        let mut story = Story::new("The same shop three times in ten minutes");
        let desk = DeskWorld::new(&kit).await;
        let post = kit.folder.path().join("spool");
        std::fs::create_dir_all(&post).unwrap();
        std::fs::write(post.join("1.eml"), MAIL).unwrap();
        kit.set("2026-11-24T10:00:00+08:00");
        assert_eq!(spool::take_in(&kit.house, desk.world.tenant, &post).await.unwrap().kept, 1);
        kit.settle().await;
        let mailed = desk.agent.get("/api/v1/tickets?view=unclaimed").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        story.tells(&kit, "shop", "writes a mail: 打印机不出纸，小票打不出来 (T-000001)");

        kit.set("2026-11-24T10:04:00+08:00");
        let mut call = DeskWorld::call();
        call["even_if_open"] = json!(true);
        let called = id_of(&desk.agent.post("/api/v1/tickets", &call).await.expect(201));
        story.tells(&kit, "shop", "calls; the agent registers it (T-000002)");

        kit.set("2026-11-24T10:08:00+08:00");
        let shop = Client::new(&kit.house);
        let form = "nonce=third&choice=print&text=%E8%BF%98%E6%98%AF%E4%B8%8D%E5%87%BA%E7%BA%B8&phone=138-1234-5521";
        let sent = shop.form(&format!("{}?lang=zh", sticker(&kit, desk.terminal)), form).await;
        let token = sent.location.unwrap().strip_prefix("/m/").unwrap().split('?').next().unwrap().to_owned();
        let scanned = TicketId::from_uuid(kit.house.seal.open(PAGE_TOKEN, &token).unwrap()).to_string();
        story.tells(&kit, "shop", "scans the sticker and writes: 还是不出纸 (T-000003)");

        kit.set("2026-11-24T10:10:00+08:00");
        for loser in [&mailed, &scanned] {
            let preview = desk.agent.get(&path(loser, &format!("/merge-preview?into={called}"))).await.expect(200);
            assert!(preview["refused"].is_null(), "{preview}");
            let due = &preview["clocks"][1]["due_at"];
            story.tells(&kit, "desk", &format!("previews {} into T-000002: solved by {}", preview["loser"]["ticket"]["number"].as_str().unwrap(), moment(&kit, due)));
            for line in preview["consequences"].as_array().unwrap() {
                story.text.push_str(&format!("           - {}\n", line["en"].as_str().unwrap()));
            }
            let into_version = desk.page(&called).await["ticket"]["version"].clone();
            let page = desk.does(&desk.agent, loser, "/merge", json!({ "into": called, "into_version": into_version })).await;
            assert_eq!(&page["ticket"]["resolution"]["due_at"], due);
            story.tells(&kit, "agent", "merges");
        }
        kit.set("2026-11-24T10:11:00+08:00");
        desk.does(&desk.agent, &scanned, "/unmerge", json!({})).await;
        let apart = desk.page(&scanned).await;
        assert_eq!((&apart["ticket"]["state"], &apart["merged_into"]), (&json!("triaged"), &json!(null)));
        story.tells(&kit, "agent", "undoes the second merge: T-000003 stands where it stood");
        kit.set("2026-11-24T10:12:00+08:00");
        let into_version = desk.page(&called).await["ticket"]["version"].clone();
        desk.does(&desk.agent, &scanned, "/merge", json!({ "into": called, "into_version": into_version })).await;
        story.tells(&kit, "agent", "merges it again");
        let open = desk.agent.get("/api/v1/tickets").await.expect(200);
        assert_eq!(open["items"].as_array().map(Vec::len), Some(1), "one ticket");

        kit.set("2026-11-24T10:15:00+08:00");
        assert_eq!(shop.form(&format!("/m/{token}/messages"), "words=%E6%8D%A2%E4%BA%86%E7%BA%B8%E4%B9%9F%E4%B8%8D%E8%A1%8C").await.status, 303);
        story.tells(&kit, "shop", "writes on its page of T-000003: 换了纸也不行");
        let seal = &kit.house.seal;
        let mail_token = seal.sign(MAIL_TOKEN, mailed.parse::<TicketId>().unwrap().uuid());
        let answer = format!("From: zhang@example.com\r\nSubject: Re: T-000001\r\nMessage-ID: <one-2@example.com>\r\nIn-Reply-To: <{mail_token}.ntc_1@x>\r\n\
            Content-Type: text/plain; charset=utf-8\r\n\r\n下午三点后店里没人\r\n");
        std::fs::write(post.join("2.eml"), answer).unwrap();
        kit.set("2026-11-24T10:20:00+08:00");
        assert_eq!(spool::take_in(&kit.house, desk.world.tenant, &post).await.unwrap().kept, 1);
        kit.settle().await;
        story.tells(&kit, "shop", "answers the mail of T-000001: 下午三点后店里没人");
        kit.set("2026-11-24T10:30:00+08:00");
        desk.does(&desk.agent, &called, "/reply", json!({ "body": "请把纸卷翻一面再装，热敏面朝外。" })).await;
        story.tells(&kit, "agent", "writes back once");
        kit.settle().await;
        let seen = shop.get(&format!("/m/{token}?lang=zh")).await.text;
        for words in ["T-000002", "还是不出纸", "打印机不出纸，小票打不出来", "换了纸也不行", "下午三点后店里没人", "热敏面朝外"] {
            assert!(seen.contains(words), "the shop reads {words} on the page it had: {seen}");
        }
        kit.set("2026-11-24T10:40:00+08:00");
        desk.does(&desk.agent, &called, "/solve", json!({ "fault_code": "PRN-02", "outcome": "remote_fixed" })).await;
        assert_eq!(shop.form(&format!("/m/{token}/confirm"), "answer=yes").await.status, 303);
        assert_eq!(desk.page(&called).await["ticket"]["state"], "closed");
        story.tells(&kit, "shop", "confirms on the page it had");
        kit.settle().await;

        for (id, name) in [(&called, "T-000002"), (&mailed, "T-000001"), (&scanned, "T-000003")] {
            story.heading(name);
            story.timeline(&desk.agent, id).await;
            story.notices(&kit, &desk.world, id).await;
        }
        story.clock(&desk.agent, &called, "first_response").await;
        story.clock(&desk.agent, &called, "resolution").await;
        check_portrait("stories/merge.txt", &story.told());
    }
}
