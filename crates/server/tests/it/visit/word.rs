//! What the merchant hears of a visit that moves or falls away: each change once, and none twice.

use postsale_domain::ground::Role;
use postsale_server::notify;
use postsale_testkit::{Kit, on_both};
use serde_json::{Value, json};

use super::Scene;

impl Scene {
    /// Offered for a window from one hour to another of the 25th, and taken on.
    async fn taken_on(&self, from: u8, to: u8) {
        let at = |hour: u8, minute: u8| format!("2026-11-25T{hour:02}:{minute:02}:00+08:00");
        let offer = json!({
            "engineer_id": self.near,
            "planned": { "from": at(from, 0), "to": at(from, 40) },
            "promised": { "from": at(from, 0), "to": at(to, 0) },
            "reason": "商户要求第二天来",
        });
        self.does(&self.dispatcher, "/offer", offer).await;
        self.does(&self.engineer, "/accept", json!({})).await;
    }

    async fn taken_back(&self) {
        self.does(&self.dispatcher, "/withdraw", json!({ "reason": "改期" })).await;
    }

    /// What was told so far, and how often a window was noted as told.
    async fn heard(&self, kit: &Kit) -> (Vec<String>, i64) {
        let (id, order) = (self.ticket, self.order);
        self.world
            .read(kit, move |tx| {
                let told = notify::store::told(tx, id)?.into_iter().map(|(kind, _)| kind.as_str().to_owned()).collect();
                Ok((told, postsale_server::visit::store::last(tx, order, "told")?.0))
            })
            .await
    }
}

on_both! {
    fn each_window_is_told_when_it_becomes_the_one(kit) {
        let s = Scene::new(&kit).await;
        // There and back again, and the same hour with another end: the merchant has to know the last one each time.
        for (n, (from, to)) in [(10, 12), (14, 16), (16, 18), (14, 16), (14, 17)].into_iter().enumerate() {
            kit.later(jiff::SignedDuration::from_mins(1));
            if n > 0 {
                s.taken_back().await;
            }
            s.taken_on(from, to).await;
        }
        // Taken back and taken on once more in the window that is known: no news.
        s.taken_back().await;
        s.taken_on(14, 17).await;
        let (kinds, noted) = s.heard(&kit).await;
        assert_eq!(kinds, ["visit_promised", "visit_changed", "visit_changed", "visit_changed", "visit_changed"]);
        assert_eq!(noted, 5, "noted as told exactly as often as it was told");
    }
}

on_both! {
    fn whoever_sets_out_after_another_is_told_as_well(kit) {
        let s = Scene::new(&kit).await;
        s.taken_on(10, 12).await;
        s.does(&s.engineer, "/depart", json!({})).await;
        s.taken_back().await;
        kit.later(jiff::SignedDuration::from_mins(1));
        s.taken_on(10, 12).await;
        s.does(&s.engineer, "/depart", json!({})).await;
        assert_eq!(s.heard(&kit).await.0, ["visit_promised", "on_the_way", "on_the_way"]);
    }
}

on_both! {
    fn a_visit_that_fails_before_anybody_came_is_called_off(kit) {
        let s = Scene::new(&kit).await;
        s.taken_on(10, 12).await;
        let over = json!({ "reason": "车坏了", "follow_up": "改约" });
        kit.later(jiff::SignedDuration::from_mins(1));
        let failed = s.does(&s.engineer, "/fail", over).await;
        assert_eq!(failed["order"]["state"], "failed");
        assert_eq!(s.heard(&kit).await.0, ["visit_promised", "visit_called_off"]);
    }
}

on_both! {
    fn a_visit_that_fails_at_the_shop_is_not_called_off(kit) {
        let s = Scene::new(&kit).await;
        s.taken_on(10, 12).await;
        s.does(&s.engineer, "/arrive", json!({ "lat": 31.2, "lng": 121.5 })).await;
        s.does(&s.engineer, "/fail", json!({ "reason": "没有配件", "follow_up": "改约" })).await;
        assert_eq!(s.heard(&kit).await.0, ["visit_promised"], "they have seen who was there");
    }
}

on_both! {
    fn a_case_that_is_cancelled_is_told_once_to_whoever_knows_of_it(kit) {
        let s = Scene::new(&kit).await;
        let agent = s.world.client(&kit, Role::Agent).await;
        let ticket = format!("/api/v1/tickets/{}", s.ticket);
        s.taken_on(10, 12).await;
        kit.later(jiff::SignedDuration::from_mins(1));
        s.does(&s.dispatcher, "/cancel", json!({ "reason": "商户说自己好了" })).await;
        let page: Value = agent.get(&ticket).await.expect(200);
        kit.later(jiff::SignedDuration::from_mins(1));
        let over = agent.post(&format!("{ticket}/cancel"), &json!({ "version": page["ticket"]["version"], "reason": "不用修了" })).await.expect(200);
        assert_eq!(over["ticket"]["state"], "cancelled");
        assert_eq!(s.heard(&kit).await.0, ["visit_promised", "visit_called_off", "cancelled"]);
    }
}
