//! Deadlines of visits (S1-09): what is promised lies within them where anybody can keep it, and otherwise it is said.

use jiff::Timestamp;
use postsale_domain::ground::Role;
use postsale_server::ground::db::{Query, Tx, p};
use postsale_server::sql;
use postsale_testkit::{Kit, on_both};
use serde_json::{Value, json};

use super::Scene;

/// The instant of a Tuesday 2026-11-24 in Shanghai.
fn on_tuesday(time: &str) -> Timestamp {
    format!("2026-11-24T{time}:00+08:00").parse().unwrap()
}

impl Scene {
    /// The resolution of the ticket falls due at a time of today.
    async fn due(&self, kit: &Kit, time: &str) {
        let (ticket, due) = (self.ticket, on_tuesday(time));
        let clock = move |tx: &mut Tx<'_>| {
            let tenant = tx.tenant();
            let at = sql!("UPDATE clock SET due_at = $1 WHERE tenant_id = $2 AND ticket_id = $3 AND kind = 'resolution'");
            tx.exec(at, &[p(&due), p(&tenant), p(&ticket)]).map(drop).map_err(Into::into)
        };
        self.world.write(kit, clock).await;
    }

    /// What the supervisor was rung for.
    async fn rung(&self, kit: &Kit) -> Vec<String> {
        let page = self.world.client(kit, Role::Supervisor).await.get("/api/v1/bell").await.expect(200);
        page["items"].as_array().unwrap().iter().map(|b| b["kind"].as_str().unwrap().to_owned()).collect()
    }
}

on_both! {
    fn a_visit_without_a_time_is_promised_within_the_deadline_where_anybody_keeps_it(kit) {
        let s = Scene::new(&kit).await;
        // Two hours from ten are past eleven: what is promised ends by then.
        s.due(&kit, "11:05").await;
        let page = s.does(&s.dispatcher, "/offer", json!({})).await;
        let end: Timestamp = page["order"]["promised"]["to"].as_str().unwrap().parse().unwrap();
        assert_eq!((end, &page["order"]["misses"]), (on_tuesday("11:00"), &Value::Null), "{page}");
        assert_eq!(s.rung(&kit).await, Vec::<String>::new());
    }
}

on_both! {
    fn a_visit_nobody_can_make_before_the_deadline_is_said_to_be_late(kit) {
        let s = Scene::new(&kit).await;
        s.due(&kit, "10:30").await;
        let page = s.does(&s.dispatcher, "/offer", json!({})).await;
        let misses: Timestamp = page["order"]["misses"].as_str().unwrap().parse().unwrap();
        assert_eq!(misses, on_tuesday("10:30"));
        assert_eq!(s.rung(&kit).await, ["after_due"]);
        let lines = s.dispatcher.get(&format!("/api/v1/tickets/{}/timeline?limit=50", s.ticket)).await.expect(200);
        let codes: Vec<&str> = lines["items"].as_array().unwrap().iter().filter_map(|l| l["event"]["code"].as_str()).collect();
        assert!(codes.contains(&"visit_offered_late"), "{codes:?}");
    }
}

on_both! {
    fn past_the_deadline_goes_only_with_a_reason_while_somebody_keeps_it(kit) {
        let s = Scene::new(&kit).await;
        s.due(&kit, "16:00").await;
        let evening = json!({ "engineer_id": s.near, "planned": { "from": on_tuesday("16:30"), "to": on_tuesday("17:10") } });
        let verdict = s.dispatcher.get(&s.path(&format!("/verdict?engineer_id={}&from=2026-11-24T08:30:00Z", s.near))).await.expect(200);
        assert_eq!((&verdict["allowed"], &verdict["needs_reason"]), (&json!(true), &json!(true)), "{verdict}");
        assert_eq!(s.refused(&s.dispatcher, "/offer", evening.clone(), 422).await, "dispatch.past_due");
        assert_eq!(s.rung(&kit).await, Vec::<String>::new());
        let said = json!({ "engineer_id": s.near, "planned": evening["planned"], "reason": "商户要求傍晚" });
        let page = s.does(&s.dispatcher, "/offer", said).await;
        assert!(page["order"]["misses"].is_string(), "{page}");
        assert_eq!(s.rung(&kit).await, ["after_due"]);
    }
}
