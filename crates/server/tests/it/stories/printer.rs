//! The printer is dead at lunch: the shop scans its sticker, walks the guide, and nobody has to come.

use postsale_domain::ground::{Role, TypedId};
use postsale_domain::ticket::TicketId;
use postsale_server::notify::jobs::PAGE_TOKEN;
use postsale_testkit::{Client, check_portrait, on_both};
use serde_json::json;

use super::{Story, moment};
use crate::desk_world::{DeskWorld, path};
use crate::talk_world::sticker;

on_both! {
    fn the_printer_is_dead_at_lunch(kit) {
        let mut story = Story::new("The printer is dead at lunch");
        kit.set("2026-11-24T12:40:00+08:00");
        let desk = DeskWorld::new(&kit).await;
        let shop = Client::new(&kit.house);
        let label = sticker(&kit, desk.terminal);
        assert!(shop.get(&label).await.text.contains("顺风面馆"));
        let form = "nonce=lunch&choice=print&text=%E5%B0%8F%E7%A5%A8%E5%85%A8%E7%99%BD&phone=138-1234-5521";
        let sent = shop.form(&format!("{label}?lang=zh"), form).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        let token = sent.location.unwrap().strip_prefix("/m/").unwrap().split('?').next().unwrap().to_owned();
        let id = TicketId::from_uuid(kit.house.seal.open(PAGE_TOKEN, &token).unwrap()).to_string();
        kit.settle().await;
        story.tells(&kit, "shop", "scans the sticker and reports: 打不出小票, 小票全白");
        let page = desk.page(&id).await;
        assert_eq!(page["ticket"]["state"], "triaged");
        // Lunch does not count: the hour begins at half past one.
        let due = page["promise"]["by"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        let begin: jiff::Timestamp = "2026-11-24T13:30:00+08:00".parse().unwrap();
        let target = page["ticket"]["response"]["target_s"].as_i64().unwrap();
        assert_eq!(due, begin + jiff::SignedDuration::from_secs(target));
        story.tells(&kit, "desk", &format!(
            "{} {}, {}; somebody answers by {}", page["ticket"]["number"].as_str().unwrap(), page["ticket"]["merchant_name"].as_str().unwrap(),
            page["triage"]["rule"].as_str().unwrap(), moment(&kit, &page["promise"]["by"])));

        let merchants_page = format!("/m/{token}");
        kit.set("2026-11-24T12:44:00+08:00");
        for (step, said) in [("", "starts the guide"), ("step=what&answer=blank", "the slip stays blank"), ("step=flip&answer=worked", "turned the roll round: it prints")] {
            let walked = shop.form(&format!("{merchants_page}/guide"), step).await;
            assert_eq!(walked.status, 303, "{step}: {}", walked.text);
            story.tells(&kit, "shop", said);
            kit.later(jiff::SignedDuration::from_mins(2));
        }
        let solved = desk.page(&id).await;
        assert_eq!((&solved["ticket"]["state"], &solved["guide"]["outcome"], &solved["ticket"]["fault_code"]), (&json!("solved"), &json!("fixed"), &json!("PRN-02")));
        assert_eq!(solved["work_orders"], json!([]), "nobody was sent");
        kit.settle().await;
        kit.set("2026-11-24T12:55:00+08:00");
        assert_eq!(shop.form(&format!("{merchants_page}/confirm"), "answer=yes").await.status, 303);
        story.tells(&kit, "shop", "confirms on the page");
        assert_eq!(desk.page(&id).await["ticket"]["state"], "closed");
        kit.settle().await;

        kit.set("2026-11-25T13:00:00+08:00");
        kit.settle().await;
        story.tells(&kit, "house", "asks how it was");
        kit.set("2026-11-25T18:20:00+08:00");
        assert_eq!(shop.form(&format!("{merchants_page}/survey"), "solved=yes&score=5&comment=%E5%BE%88%E5%BF%AB").await.status, 303);
        story.tells(&kit, "shop", "five stars: 很快");
        kit.settle().await;
        let agent = desk.world.client(&kit, Role::Agent).await;
        let page = agent.get(&path(&id, "")).await.expect(200);
        assert_eq!((&page["follow_ups"][0]["score"], &page["ticket"]["reopen_count"]), (&json!(5), &json!(0)));

        story.timeline(&agent, &id).await;
        story.clock(&agent, &id, "first_response").await;
        story.clock(&agent, &id, "resolution").await;
        story.notices(&kit, &desk.world, &id).await;
        check_portrait("stories/printer.txt", &story.told());
    }
}
