//! What the tests of people need: administrators' calls, and the mail people get.

use postsale_domain::ground::{Role, UserId};
use postsale_domain::org::totp;
use postsale_server::org;
use postsale_testkit::{Client, Kit, World};
use serde_json::{Value, json};

/// A password that fits the rules.
pub const PASSWORD: &str = "three blue kettles";

/// Invites somebody with an address; their id.
pub async fn invited(admin: &Client, username: &str, role: &str) -> Value {
    let body = json!({ "username": username, "display_name": "安娜", "role": role, "email": "anna@example.com" });
    admin.post("/api/v1/users", &body).await.expect(201)
}

/// Invites somebody and lets them join with [`PASSWORD`].
pub async fn joined(admin: &Client, kit: &Kit, username: &str, role: &str) -> Value {
    let person = invited(admin, username, role).await;
    let token = shown_link(admin, person["id"].as_str().unwrap()).await;
    redeem(kit, &token, PASSWORD).await.expect(204);
    admin.get(&format!("/api/v1/users/{}", person["id"].as_str().unwrap())).await.expect(200)
}

/// A link shown to an administrator: what stands behind its hash.
pub async fn shown_link(admin: &Client, id: &str) -> String {
    let made = admin.post(&format!("/api/v1/users/{id}/link"), &json!({ "by": "shown" })).await.expect(201);
    token_of(made["link"].as_str().unwrap())
}

/// What stands behind the hash of a link.
pub fn token_of(link: &str) -> String {
    assert!(link.starts_with("http://postsale.test/"), "{link}");
    link.split_once('#').unwrap().1.to_owned()
}

/// Redeems a link.
pub async fn redeem(kit: &Kit, token: &str, password: &str) -> postsale_testkit::Answer {
    Client::new(&kit.house).post("/api/v1/user-links/redeem", &json!({ "token": token, "password": password })).await
}

/// The mails that have gone out so far, oldest first: to whom, and the words.
pub fn mails(kit: &Kit) -> Vec<(String, String)> {
    let folder = kit.folder.path().join("mail/new");
    let mut files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|f| f.path()).collect();
    files.sort();
    files
        .iter()
        .map(|path| {
            let bytes = std::fs::read(path).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            let to = text.lines().find_map(|l| l.strip_prefix("To: ")).unwrap_or_default().to_owned();
            (to, postsale_server::edge::mail_in::read(&bytes, "desk.example").letter.body)
        })
        .collect()
}

/// The token of the newest link in the mail.
pub fn mailed_token(kit: &Kit) -> String {
    let all = mails(kit);
    let link = all.iter().rev().flat_map(|(_, body)| body.split_whitespace()).find(|w| w.contains('#')).unwrap().to_owned();
    token_of(&link)
}

/// Signs in with a name, [`PASSWORD`] and perhaps a code.
pub async fn sign_in(kit: &Kit, username: &str, code: Option<&str>) -> postsale_testkit::Answer {
    Client::new(&kit.house).post("/api/v1/sessions", &json!({ "username": username, "password": PASSWORD, "code": code })).await
}

/// The code the app of a person shows now.
pub async fn code_of(kit: &Kit, world: &World, user: UserId) -> String {
    let salt = world.write(kit, move |tx| Ok(org::store::factor::of(tx, user)?.unwrap().salt)).await;
    totp::code_at(&org::factor::secret(&kit.house.seal, user, &salt), kit.now()).unwrap()
}

/// Protects the account of whoever is signed in; their recovery codes.
pub async fn protect(kit: &Kit, world: &World, client: &Client, password: &str) -> Vec<String> {
    client.post("/api/v1/me/second-factor", &json!({ "current": password })).await.expect(201);
    let me = client.get("/api/v1/sessions/current").await.expect(200);
    let code = code_of(kit, world, me["id"].as_str().unwrap().parse().unwrap()).await;
    let codes = client.post("/api/v1/me/second-factor/confirm", &json!({ "code": code })).await.expect(200);
    codes["recovery_codes"].as_array().unwrap().iter().map(|c| c.as_str().unwrap().to_owned()).collect()
}

/// The id of the person of a role.
pub async fn of_role(kit: &Kit, world: &World, role: Role) -> UserId {
    world.read(kit, move |tx| Ok(org::store::colleagues(tx, role)?[0].id)).await
}
