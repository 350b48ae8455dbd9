//! Branches, partners, and what each role may do.

use jiff::SignedDuration;
use postsale_domain::ground::Role;
use postsale_domain::org::act;
use postsale_testkit::{World, on_both};
use serde_json::json;

on_both! {
    fn a_district_belongs_to_one_branch(kit) {
        let world = World::new(&kit, "t1").await;
        let admin = world.client(&kit, Role::Admin).await;
        let east = admin.post("/api/v1/branches", &json!({ "code": "east", "name": "东区", "districts": ["浦东", "杨浦"] })).await.expect(201);
        let west = json!({ "code": "west", "name": "西区", "districts": ["浦东"] });
        assert_eq!(admin.post("/api/v1/branches", &west).await.problem(409), "branch.district_taken");
        assert_eq!(admin.post("/api/v1/branches", &json!({ "code": "east", "name": "又一个" })).await.problem(409), "org.code_taken");
        assert_eq!(admin.post("/api/v1/branches", &json!({ "code": "a b", "name": "x" })).await.problem(422), "org.bad_code");
        // A name that is a card number would be masked into the name of something else.
        for card in [json!({ "code": "4111111111111111", "name": "x" }), json!({ "code": "x", "name": "卡 4111 1111 1111 1111" })] {
            assert_eq!(admin.post("/api/v1/branches", &card).await.problem(422), "text.card");
        }
        let path = format!("/api/v1/branches/{}", east["id"].as_str().unwrap());
        let smaller = admin.patch(&path, &json!({ "version": 1, "districts": ["杨浦"] })).await.expect(200);
        assert_eq!((&smaller["districts"], &smaller["version"]), (&json!(["杨浦"]), &json!(2)));
        let stale = admin.patch(&path, &json!({ "version": 1, "name": "x" })).await;
        assert_eq!((stale.status, &stale.json["current"]["districts"]), (409, &json!(["杨浦"])));
        // The newest stands first; of two made in one instant either may.
        kit.later(SignedDuration::from_secs(1));
        admin.post("/api/v1/branches", &west).await.expect(201);
        let closed = admin.patch(&path, &json!({ "version": 2, "closed": true })).await.expect(200);
        assert!(closed["closed_at"].is_string());
        let body = json!({ "username": "x1", "display_name": "某人", "role": "agent", "branch_id": east["id"] });
        assert_eq!(admin.post("/api/v1/users", &body).await.problem(422), "org.unknown_branch", "nobody is put into a closed branch");
        let list = world.client(&kit, Role::Supervisor).await.get("/api/v1/branches").await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().iter().map(|b| b["code"].as_str().unwrap()).collect::<Vec<_>>(), ["west", "east"]);
        assert_eq!(world.client(&kit, Role::Supervisor).await.post("/api/v1/branches", &west).await.problem(403), "not_allowed");
    }
}

on_both! {
    fn a_partner_is_made_and_ended(kit) {
        let world = World::new(&kit, "t1").await;
        let other = World::new(&kit, "t2").await;
        let admin = world.client(&kit, Role::Admin).await;
        let new = json!({ "code": "fast", "name": "快修公司", "kind": "outsourcer", "contact": "王经理" });
        let partner = admin.post("/api/v1/partners", &new).await.expect(201);
        let path = format!("/api/v1/partners/{}", partner["id"].as_str().unwrap());
        assert_eq!(other.client(&kit, Role::Admin).await.patch(&path, &json!({ "version": 1, "name": "x" })).await.problem(404), "not_found");
        let ended = admin.patch(&path, &json!({ "version": 1, "closed": true })).await.expect(200);
        assert!(ended["closed_at"].is_string());
        assert_eq!(admin.post("/api/v1/partners", &json!({ "code": "x", "name": "x", "kind": "friend" })).await.problem(422), "body.unreadable");
        assert_eq!(other.client(&kit, Role::Admin).await.get("/api/v1/partners").await.expect(200)["items"], json!([]));
        assert_eq!(world.client(&kit, Role::Finance).await.post("/api/v1/partners", &new).await.problem(403), "not_allowed");
    }
}

on_both! {
    fn the_matrix_of_roles_is_the_table_of_actions(kit) {
        let world = World::new(&kit, "t1").await;
        let matrix = world.client(&kit, Role::Auditor).await.get("/api/v1/roles").await.expect(200);
        let actions = matrix["actions"].as_array().unwrap();
        assert_eq!(actions.iter().map(|a| a["action"].as_str().unwrap()).collect::<Vec<_>>(), act::ALL.iter().map(|(n, _)| *n).collect::<Vec<_>>());
        let read = actions.iter().find(|a| a["action"] == "ticket.read").unwrap();
        assert_eq!((&read["reach"]["agent"], &read["reach"]["engineer"], &read["reach"]["storekeeper"]), (&json!("all"), &json!("own"), &json!("none")));
        assert_eq!(read["merchant"], "own");
        assert_eq!(world.client(&kit, Role::Engineer).await.get("/api/v1/roles").await.problem(403), "not_allowed");
    }
}
