//! The lists of facts over HTTP.

use postsale_domain::ground::Role;
use postsale_testkit::{Client, World, on_both};

on_both! {
    fn facts_are_there_for_everybody_who_is_signed_in(kit) {
        let world = World::new(&kit, "t1").await;
        let agent = world.client(&kit, Role::Agent).await;
        for (path, many, first) in [("faults", 95, "PWR-01"), ("response-codes", 67, "00"), ("parts", 30, "adapter"), ("skills", 10, "install")] {
            let answer = agent.get(&format!("/api/v1/facts/{path}")).await;
            let items = answer.json["items"].as_array().unwrap().clone();
            assert_eq!((answer.status, items.len(), items[0]["code"].as_str()), (200, many, Some(first)), "{path}");
        }
        assert_eq!(Client::new(&kit.house).get("/api/v1/facts/faults").await.status, 401);
    }
}
