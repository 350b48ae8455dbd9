//! Nobody is sent when they do not work (S1-09): outside the shift only by whom that is for and with a code, never who is absent.

use postsale_domain::ground::{EngineerId, Lang, Role};
use postsale_server::ground::texts;
use postsale_testkit::on_both;
use serde_json::{Value, json};

use super::Scene;

fn evening(s: &Scene, more: Value) -> Value {
    let mut body = json!({ "engineer_id": s.near, "planned": { "from": "2026-11-24T10:30:00Z", "to": "2026-11-24T11:10:00Z" } });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

on_both! {
    fn outside_the_shift_takes_a_code_and_somebody_who_may_give_it(kit) {
        let s = Scene::new(&kit).await;
        let supervisor = s.world.client(&kit, Role::Supervisor).await;
        for (who, more, status, code) in [
            (&s.dispatcher, json!({}), 422, "dispatch.off_shift"),
            // Words are no code.
            (&s.dispatcher, json!({ "reason": "随便" }), 422, "dispatch.off_shift"),
            (&s.dispatcher, json!({ "off_shift": "urgent", "reason": "很急" }), 403, "not_allowed"),
            (&supervisor, json!({ "reason": "随便" }), 422, "dispatch.off_shift"),
        ] {
            assert_eq!(s.refused(who, "/offer", evening(&s, more.clone()), status).await, code, "{more}");
        }
        let strange = supervisor.post(&s.path("/offer"), &evening(&s, json!({ "version": s.version().await, "off_shift": "because" }))).await;
        strange.expect(422);
        let page = s.does(&supervisor, "/offer", evening(&s, json!({ "off_shift": "on_call" }))).await;
        assert_eq!(page["order"]["state"], "offered");
        let word = &texts::all(Lang::Zh)["word.off_shift_on_call"];
        let why = page["offers"][0]["why"].as_array().unwrap();
        assert!(why.iter().any(|line| line["zh"].as_str().unwrap().contains(word.as_str())), "{why:?}");
    }
}

on_both! {
    fn who_is_absent_is_sent_by_nobody(kit) {
        let s = Scene::new(&kit).await;
        let supervisor = s.world.client(&kit, Role::Supervisor).await;
        let ill = json!({ "engineer_id": s.near, "from": "2026-11-24T05:00:00Z", "to": "2026-11-24T16:00:00Z", "reason": "病假" });
        s.dispatcher.post("/api/v1/dispatch/absences", &ill).await.expect(201);
        let all = json!({ "off_shift": "agreed", "reason": "他说可以" });
        for who in [&s.dispatcher, &supervisor] {
            assert_eq!(s.refused(who, "/offer", evening(&s, all.clone()), 409).await, "dispatch.absent");
        }
        let verdict = supervisor.get(&s.path(&format!("/verdict?engineer_id={}&from=2026-11-24T06:00:00Z", s.near))).await.expect(200);
        assert_eq!((&verdict["allowed"], &verdict["off_shift"]), (&json!(false), &json!(false)), "{verdict}");
        // Before they fall ill they may still go.
        let before = json!({ "engineer_id": s.near, "planned": { "from": "2026-11-24T02:30:00Z", "to": "2026-11-24T03:10:00Z" } });
        s.does(&s.dispatcher, "/offer", before).await;
    }
}

on_both! {
    fn a_public_holiday_is_off(kit) {
        let s = Scene::new(&kit).await;
        // New Year's Day of 2027 is a Friday, on which these engineers work otherwise.
        let on = |day: &str| {
            json!({ "engineer_id": s.near, "reason": "商户约的", "planned": { "from": format!("{day}T02:30:00Z"), "to": format!("{day}T03:10:00Z") } })
        };
        assert_eq!(s.refused(&s.dispatcher, "/offer", on("2027-01-01"), 422).await, "dispatch.off_shift");
        let board = s.dispatcher.get("/api/v1/dispatch/board?date=2027-01-01").await.expect(200);
        assert!(board["engineers"].as_array().unwrap().iter().all(|row| row["shift"].is_null()), "{board}");
        s.does(&s.dispatcher, "/offer", on("2027-01-08")).await;
    }
}

on_both! {
    fn a_verdict_says_beforehand_what_an_offer_would_meet(kit) {
        let s = Scene::new(&kit).await;
        let door = |who: EngineerId, at: &str| s.path(&format!("/verdict?engineer_id={who}&from=2026-11-24T{at}:00Z"));
        for (who, at, allowed, (reason, off_shift), said) in [
            (s.near, "06:00", true, (false, false), None),
            (s.near, "04:10", true, (true, false), Some("dispatch.shop_closed")),
            (s.near, "10:30", true, (false, true), Some("dispatch.off_shift")),
            (s.near, "01:00", false, (false, false), Some("visit.span_past")),
            (s.lapsed, "06:00", false, (false, false), Some("dispatch.skill_ended")),
        ] {
            let verdict = s.dispatcher.get(&door(who, at)).await.expect(200);
            let asked = (&verdict["allowed"], &verdict["needs_reason"], &verdict["off_shift"]);
            assert_eq!(asked, (&json!(allowed), &json!(reason), &json!(off_shift)), "{at}: {verdict}");
            assert_eq!(verdict["breaks_promise"], false, "nothing was promised yet");
            let told = verdict["against"].as_array().unwrap();
            match said {
                None => assert!(told.is_empty(), "{told:?}"),
                // The sentence without its holes, as far as the first of them.
                Some(code) => {
                    let begin = texts::all(Lang::Zh)[code].split('{').next().unwrap();
                    assert!(told[0]["zh"].as_str().unwrap().starts_with(begin), "{code}: {told:?}");
                }
            }
        }
        let planned = json!({ "from": "2026-11-24T06:00:00Z", "to": "2026-11-24T06:40:00Z" });
        s.does(&s.dispatcher, "/offer", json!({ "engineer_id": s.near, "planned": planned })).await;
        let again = s.dispatcher.get(&door(s.far, "09:00")).await.expect(200);
        assert_eq!((&again["allowed"], &again["breaks_promise"]), (&json!(false), &json!(true)), "asked already, and past the window: {again}");
        assert_eq!(s.engineer.get(&door(s.near, "06:00")).await.problem(403), "not_allowed");
    }
}
