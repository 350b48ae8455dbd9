//! A unit of another model than the one that is bound here.

use postsale_domain::ground::Role;
use postsale_server::terminal::store as terminals;
use postsale_testkit::on_both;
use serde_json::json;

use super::{Scene, signature, terminal};

on_both! {
    fn a_unit_of_another_model_is_put_in_with_a_reason_or_not_at_all(kit) {
        let s = Scene::new(&kit).await;
        s.world.write(&kit, move |tx| {
            for (serial, model, n) in [("PRO00001", "A920 Pro", 7), ("NOPRINT1", "A60", 8)] {
                let unit = terminal(tx.new_id(), serial, n);
                terminals::add_terminal(tx, &terminals::Terminal { model: model.into(), ..unit })?;
            }
            Ok(())
        }).await;
        s.at_work("not_applicable").await;
        s.all_steps().await;
        let swap = |old: &str, new: &str, why: Option<&str>| json!({ "part": "swap_unit", "old_serial": old, "new_serial": new, "model_reason": why });
        let said = async |new: &str| {
            let mut body = swap("OLD00001", new, None);
            body["version"] = s.version().await;
            let answer = s.engineer.post(&s.path("/parts"), &body).await;
            assert_eq!(answer.status, 422);
            (answer.json["code"].as_str().unwrap().to_owned(), answer.json["field"].clone(), answer.json["detail"].as_str().unwrap().to_owned())
        };
        let (code, field, sentence) = said("PRO00001").await;
        assert_eq!((code.as_str(), field), ("visit.other_model", json!("model_reason")));
        assert!(sentence.contains("A920 Pro") && sentence.contains("写明原因"), "{sentence}");
        let (code, _, sentence) = said("NOPRINT1").await;
        assert_eq!(code, "visit.other_model_lacks");
        assert!(sentence.contains("打印小票") && !sentence.contains("word."), "what the merchant goes without is said in words: {sentence}");
        assert!(s.engineer.get(&s.path("")).await.expect(200)["parts_used"].as_array().unwrap().is_empty(), "nothing is put in without a word");

        let why = "仓库没有A920，商户同意不用打印";
        let page = s.does(&s.engineer, "/parts", swap("OLD00001", "noprint1", Some(why))).await;
        assert_eq!(page["parts_used"][0]["model_reason"], why);
        kit.later(jiff::SignedDuration::from_mins(5));
        // A second try in the model that is bound here is no other model.
        let page = s.does(&s.engineer, "/parts", swap("NOPRINT1", "NEW00001", None)).await;
        assert_eq!(page["parts_used"][1]["model_reason"], json!(null));
        kit.later(jiff::SignedDuration::from_mins(5));
        s.does(&s.engineer, "/parts", swap("NEW00001", "NOPRINT1", Some(why))).await;
        s.all_steps().await;
        let done = s.does(&s.engineer, "/complete", json!({ "outcome": "swapped", "confirmation": signature() })).await;
        let told = |line: &&serde_json::Value| line["sentence"]["zh"].as_str().is_some_and(|s| s.contains(why) && s.contains("不能打印小票"));
        assert_eq!(done["history"].as_array().unwrap().iter().filter(told).count(), 2);

        let supervisor = s.world.client(&kit, Role::Supervisor).await;
        let lines = supervisor.get(&format!("/api/v1/tickets/{}/timeline?limit=100", s.ticket)).await.expect(200);
        let line = lines["items"].as_array().unwrap().iter().rfind(|l| l["event"]["code"] == "visit_part_used").unwrap().clone();
        let sentence = line["event"]["sentence"]["en"].as_str().unwrap();
        assert!(sentence.contains("model A60 in place of A920 (without printing receipts)") && sentence.contains(why), "{sentence}");
        let admin = s.world.client(&kit, Role::Admin).await;
        let audit = admin.get("/api/v1/audit?limit=100").await.expect(200);
        let entry = audit["items"].as_array().unwrap().iter().find(|e| e["action"] == "visit.part").unwrap().to_string();
        assert!(entry.contains("model_reason") && entry.contains(why), "{entry}");
    }
}
