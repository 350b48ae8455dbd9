//! Attacks on the walls between people and between tenants: AZ-13 and AZ-15 as far as people go, and what a branch may not see. The rows
//! about tickets stand in `attacks_walls.rs`, that every route asks who and whose in `routes.rs`, sight of tickets in `ticket/sight.rs`.

use postsale_domain::ground::Role;
use postsale_testkit::{World, on_both};
use serde_json::json;

use crate::people_world::of_role;

on_both! {
    fn az_13_fields_that_are_not_for_the_taking_are_refused(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let agent = of_role(&kit, &world, Role::Agent).await;
        let path = format!("/api/v1/users/{agent}");
        let before = admin.get(&path).await.expect(200);
        for field in ["tenant_id", "role", "created_at", "sla_paused", "balance", "is_admin", "signature_ok", "password_hash", "username", "disabled_at"] {
            let answer = admin.patch(&path, &json!({ "version": 1, field: "x" })).await;
            assert_eq!((answer.status, answer.json["field"].as_str()), (422, Some(field)), "{}", answer.text);
        }
        assert_eq!(admin.get(&path).await.expect(200), before);
    }
}

on_both! {
    fn az_15_pages_are_bounded_and_cursors_are_ones_own(kit) {
        let world = World::new(&kit, "t1").await;
        let other = World::new(&kit, "t2").await;
        let admin = world.client(&kit, Role::Admin).await;
        let page = admin.get("/api/v1/users?limit=1000000000").await.expect(200);
        assert!(page["items"].as_array().unwrap().len() <= 200);
        for query in ["limit=-1", "limit=x", "offset=-1", "page_size=10", "cursor=1.2.3", "cursor=%00"] {
            assert_eq!(admin.get(&format!("/api/v1/users?{query}")).await.status, 422, "{query}");
        }
        let cursor = admin.get("/api/v1/users?limit=1").await.expect(200)["next_cursor"].as_str().unwrap().to_owned();
        let foreign = other.client(&kit, Role::Admin).await;
        assert_eq!(foreign.get(&format!("/api/v1/users?cursor={cursor}")).await.problem(422), "cursor.unknown");
        assert_eq!(admin.get(&format!("/api/v1/branches?cursor={cursor}")).await.problem(422), "cursor.unknown", "of another list");
        let mut bent = cursor.into_bytes();
        bent[0] ^= 1;
        let bent = String::from_utf8(bent).unwrap();
        assert_eq!(admin.get(&format!("/api/v1/users?cursor={bent}")).await.problem(422), "cursor.unknown");
    }
}

on_both! {
    fn az_people_of_another_tenant_are_not_there(kit) {
        let world = World::new(&kit, "t1").await;
        let other = World::new(&kit, "t2").await;
        let admin = world.client(&kit, Role::Admin).await;
        let theirs = of_role(&kit, &other, Role::Agent).await;
        let path = format!("/api/v1/users/{theirs}");
        for answer in [
            admin.get(&path).await,
            admin.patch(&path, &json!({ "version": 1, "display_name": "x" })).await,
            admin.post(&format!("{path}/role"), &json!({ "version": 1, "role": "finance" })).await,
            admin.post(&format!("{path}/disable"), &json!({ "version": 1 })).await,
            admin.post(&format!("{path}/link"), &json!({ "by": "shown" })).await,
            admin.post(&format!("{path}/second-factor/remove"), &json!({})).await,
            admin.get(&format!("{path}/sessions")).await,
            admin.delete(&format!("{path}/sessions")).await,
        ] {
            assert_eq!(answer.problem(404), "not_found");
        }
        let key = json!({ "name": "x", "user_id": theirs, "role": "agent", "days": 1 });
        assert_eq!(admin.post("/api/v1/api-keys", &key).await.problem(422), "user.unknown");
    }
}

on_both! {
    fn az_whoever_is_bound_to_a_branch_sees_no_more_than_it(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let branch = admin.post("/api/v1/branches", &json!({ "code": "east", "name": "东区", "districts": ["浦东"] })).await.expect(201);
        let agent = of_role(&kit, &world, Role::Agent).await;
        let ticket = crate::talk_world::some_ticket(&kit, &world).await;
        let client = world.client(&kit, Role::Agent).await;
        client.get(&format!("/api/v1/tickets/{ticket}")).await.expect(200);
        let bound = json!({ "version": 1, "branch_id": branch["id"] });
        admin.patch(&format!("/api/v1/users/{agent}"), &bound).await.expect(200);
        // A ticket of no shop lies in no district: from the next request on it is not there.
        assert_eq!(client.get(&format!("/api/v1/tickets/{ticket}")).await.problem(404), "not_found");
        assert_eq!(client.get("/api/v1/tickets?view=open").await.expect(200)["items"], json!([]));
        assert_eq!(client.get("/api/v1/letters").await.problem(403), "not_allowed");
        assert_eq!(admin.patch(&format!("/api/v1/users/{}", of_role(&kit, &world, Role::Finance).await), &bound).await.problem(422), "user.not_bound");
    }
}
