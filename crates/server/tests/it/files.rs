//! Files on tickets: taken in parts, judged, kept, shown only to whoever may see their line.

use axum::body::Body;
use axum::http::{Method, header};
use postsale_domain::file::{PART_BYTES, TICKET_FILES, UNFINISHED};
use postsale_domain::ground::Role;
use postsale_server::backup;
use postsale_server::ground::blob::Blobs;
use postsale_server::ground::config::Config;
use postsale_server::ground::seal::{digest, hex};
use postsale_server::worker::sweep;
use postsale_testkit::{Answer, Client, Kit, World, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of, path};

async fn begin(client: &Client, ticket: &str, name: &str, bytes: &[u8]) -> Answer {
    let body = json!({ "name": name, "bytes": bytes.len(), "sha256": hex(&digest(bytes)) });
    client.post(&path(ticket, "/uploads"), &body).await
}

async fn part(client: &Client, upload: &str, offset: usize, bytes: &[u8]) -> Answer {
    let request = client.request(Method::PATCH, &format!("/api/v1/uploads/{upload}?offset={offset}"));
    client.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
}

async fn finish(client: &Client, upload: &str) -> Answer {
    client.post(&format!("/api/v1/uploads/{upload}/finish"), &json!({})).await
}

/// A file sent whole; what came of it.
pub async fn sent(client: &Client, ticket: &str, name: &str, bytes: &[u8]) -> Answer {
    let upload = begin(client, ticket, name, bytes).await.expect(201)["id"].as_str().unwrap().to_owned();
    part(client, &upload, 0, bytes).await.expect(200);
    finish(client, &upload).await
}

async fn got(client: &Client, file: &str, range: Option<&str>) -> (Answer, Vec<(String, String)>) {
    use http_body_util::BodyExt;
    use tower::ServiceExt;
    let mut request = client.request(Method::GET, &format!("/api/v1/attachments/{file}"));
    if let Some(range) = range {
        request = request.header(header::RANGE, range);
    }
    let response = client.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let headers = response.headers().iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned())).collect();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (Answer { status, json: serde_json::from_str(&text).unwrap_or(Value::Null), text, location: None, cookies: Vec::new() }, headers)
}

fn line_with_files(lines: &[Value]) -> Value {
    lines.iter().find(|l| l["files"].as_array().is_some_and(|f| !f.is_empty())).cloned().unwrap_or(Value::Null)
}

on_both! {
    fn at_16_a_file_comes_in_parts_and_is_what_was_promised(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let text: Vec<u8> = (0..PART_BYTES + 10_000).map(|i| b'a' + u8::try_from(i % 26).unwrap()).collect();
        let state = begin(&desk.agent, &id, "日志.log", &text).await.expect(201);
        let upload = state["id"].as_str().unwrap();
        // Not in order, too long, by somebody else: refused, and nothing moves.
        assert_eq!(part(&desk.agent, upload, 10, b"x").await.problem(409), "file.other_place");
        assert_eq!(part(&desk.supervisor, upload, 0, b"x").await.problem(404), "not_found");
        assert_eq!(part(&desk.agent, upload, 0, &vec![b'a'; PART_BYTES + 1]).await.status, 413);
        assert_eq!(finish(&desk.agent, upload).await.problem(409), "file.incomplete");
        assert_eq!(part(&desk.agent, upload, 0, &text[..PART_BYTES]).await.expect(200)["received"], json!(PART_BYTES));
        // The same part again, as after a broken connection, changes nothing; where to go on can be asked.
        assert_eq!(part(&desk.agent, upload, 0, &text[..PART_BYTES]).await.expect(200)["received"], json!(PART_BYTES));
        assert_eq!(desk.agent.get(&format!("/api/v1/uploads/{upload}")).await.expect(200)["received"], json!(PART_BYTES));
        part(&desk.agent, upload, PART_BYTES, &text[PART_BYTES..]).await.expect(200);
        let file = finish(&desk.agent, upload).await.expect(200);
        assert_eq!((file["name"].as_str(), file["kind"].as_str(), file["bytes"].as_u64()), (Some("日志.txt"), Some("text"), Some(text.len() as u64)));
        assert_eq!(finish(&desk.agent, upload).await.expect(200), file);
        // What arrived differs from what was promised.
        let other = begin(&desk.agent, &id, "a.txt", b"abc").await.expect(201);
        let other = other["id"].as_str().unwrap();
        part(&desk.agent, other, 0, b"abd").await.expect(200);
        assert_eq!(finish(&desk.agent, other).await.problem(422), "file.other_hash");
        for _ in 1..UNFINISHED {
            begin(&desk.agent, &id, "a.txt", b"abc").await.expect(201);
        }
        assert_eq!(begin(&desk.agent, &id, "a.txt", b"abc").await.problem(429), "file.unfinished");
    }
}

on_both! {
    fn a_file_stands_on_its_line_for_whoever_sees_the_line(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let stranger = World::new(&kit, "t2").await.client(&kit, Role::Admin).await;
        let inside = sent(&desk.agent, &id, "内部.txt", b"inside").await.expect(200)["id"].clone();
        let outside = sent(&desk.agent, &id, "说明.txt", b"outside").await.expect(200)["id"].clone();
        let (within, without) = (inside.as_str().unwrap().to_owned(), outside.as_str().unwrap().to_owned());
        // Loose ones are their owner's alone, and go only onto their own ticket.
        assert_eq!(got(&desk.agent, &within, None).await.0.text, "inside");
        assert_eq!(got(&desk.supervisor, &within, None).await.0.problem(404), "not_found");
        assert_eq!(desk.supervisor.post(&path(&id, "/notes"), &json!({ "body": "x", "files": [inside] })).await.problem(422), "file.unknown");
        desk.agent.post(&path(&id, "/notes"), &json!({ "body": "见附件", "files": [inside] })).await.expect(200);
        desk.does(&desk.agent, &id, "/reply", json!({ "body": "请看说明", "files": [outside] })).await;
        assert_eq!(desk.agent.post(&path(&id, "/notes"), &json!({ "body": "x", "files": [inside] })).await.problem(422), "file.unknown");
        assert_eq!(desk.agent.delete(&format!("/api/v1/attachments/{within}")).await.problem(404), "not_found");
        assert_eq!(line_with_files(&desk.lines(&desk.agent, &id).await)["files"][0]["name"], "内部.txt");
        assert_eq!(line_with_files(&desk.lines(&desk.bank, &id).await)["files"][0]["name"], "说明.txt");
        for (client, file, sees) in [
            (&desk.supervisor, &within, true), (&desk.bank, &within, false), (&desk.bank, &without, true),
            (&desk.other_bank, &without, false), (&desk.engineer, &without, false), (&stranger, &without, false),
        ] {
            assert_eq!(got(client, file, None).await.0.status, if sees { 200 } else { 404 }, "{file}");
        }
        let (answer, headers) = got(&desk.bank, &without, Some("bytes=3-")).await;
        assert_eq!((answer.status, answer.text.as_str()), (206, "side"));
        let head = |name: &str| headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect::<Vec<_>>();
        assert_eq!(head("content-range"), ["bytes 3-6/7"]);
        assert_eq!(head("x-content-type-options"), ["nosniff"]);
        assert_eq!(head("content-security-policy"), ["default-src 'none'; sandbox"]);
        assert!(head("content-disposition")[0].starts_with("attachment; filename=\""), "{headers:?}");
        assert_eq!(got(&desk.bank, &without, Some("bytes=70-")).await.0.status, 416);
    }
}

on_both! {
    fn what_is_no_file_for_a_desk_is_refused_with_its_reason(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        for (name, bytes, code) in [
            ("photo.jpg", &b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0program"[..], "file.kind"),
            ("page.txt", b"<script>alert(1)</script>", "file.kind"),
            ("picture.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0 and then nothing", "file.damaged"),
        ] {
            assert_eq!(sent(&desk.agent, &id, name, bytes).await.problem(422), code, "{name}");
        }
        let none = json!({ "name": "a", "bytes": 0, "sha256": "0".repeat(64) });
        assert_eq!(desk.agent.post(&path(&id, "/uploads"), &none).await.problem(422), "file.empty");
        let huge = json!({ "name": "a", "bytes": 11 << 20, "sha256": "0".repeat(64) });
        assert_eq!(desk.agent.post(&path(&id, "/uploads"), &huge).await.problem(413), "file.too_large");
        assert_eq!(desk.agent.post(&path(&id, "/uploads"), &json!({ "name": "a", "bytes": 1, "sha256": "../x" })).await.problem(422), "file.bad_hash");
        assert_eq!(desk.bank.post(&path(&id, "/uploads"), &none).await.problem(403), "not_allowed");
        assert_eq!(desk.engineer.post(&path(&id, "/uploads"), &none).await.problem(404), "not_found");
        for i in 0..TICKET_FILES {
            desk.world.write(&kit, {
                let ticket = id.parse().unwrap();
                move |tx| {
                    let fresh = postsale_server::file::store::Fresh { name: format!("{i}.txt"), kind: postsale_domain::file::Kind::Text, bytes: 1, sha256: "0".repeat(64), size: None };
                    postsale_server::file::store::add(tx, ticket, None, &fresh).map(drop)
                }
            }).await;
        }
        assert_eq!(sent(&desk.agent, &id, "a.txt", b"one more").await.problem(413), "file.ticket_full");
    }
}

on_both! {
    fn a_row_names_a_file_that_is_there_and_what_nobody_names_goes(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let blobs = Blobs::of(kit.folder.path());
        sent(&desk.agent, &id, "loose.txt", b"nobody came back").await.expect(200);
        let kept = sent(&desk.agent, &id, "kept.txt", b"kept").await.expect(200)["id"].clone();
        desk.agent.post(&path(&id, "/notes"), &json!({ "body": "见附件", "files": [kept] })).await.expect(200);
        let (loose, named) = (hex(&digest(b"nobody came back")), hex(&digest(b"kept")));
        for name in [&loose, &named] {
            assert_eq!(blobs.flaw(name).unwrap(), None);
        }
        // Two days later, by the files' own clock as well.
        let stray = blobs.put(b"written before a transaction that was refused").unwrap();
        for name in [&loose, &named, &stray] {
            std::fs::File::options().write(true).open(blobs.path(name)).unwrap().set_modified(Blobs::ago(std::time::Duration::from_secs(48 * 3600))).unwrap();
        }
        kit.later(jiff::SignedDuration::from_hours(48));
        sweep::round(&kit.house, &mut sweep::Walk::new(1000)).await.unwrap();
        assert_eq!(blobs.flaw(&named).unwrap(), None);
        for name in [&loose, &stray] {
            assert_eq!(blobs.flaw(name).unwrap(), Some(postsale_server::ground::blob::Flaw::Missing));
        }
        // Nobody is signed in for two days.
        let agent = desk.world.client(&kit, Role::Agent).await;
        assert_eq!(got(&agent, kept.as_str().unwrap(), None).await.0.text, "kept");
        // A file that was changed behind our back is not handed out.
        std::fs::write(blobs.path(&named), b"bent").unwrap();
        assert_eq!(got(&agent, kept.as_str().unwrap(), None).await.0.status, 503);
    }
}

on_both! {
    fn every_orphan_is_met_in_the_end_a_few_files_at_a_time(kit) {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let blobs = Blobs::of(kit.folder.path());
        let mut named = Vec::new();
        for n in 0..30 {
            let words = format!("wanted {n}");
            let file = sent(&desk.agent, &id, "a.txt", words.as_bytes()).await.expect(200)["id"].clone();
            desk.agent.post(&path(&id, "/notes"), &json!({ "body": "见附件", "files": [file] })).await.expect(200);
            named.push(hex(&digest(words.as_bytes())));
        }
        let orphans: Vec<String> = (0..10).map(|n| blobs.put(format!("orphan {n}").as_bytes()).unwrap()).collect();
        let old = Blobs::ago(std::time::Duration::from_secs(48 * 3600));
        for name in named.iter().chain(&orphans) {
            std::fs::File::options().write(true).open(blobs.path(name)).unwrap().set_modified(old).unwrap();
        }
        // Somebody is about to name this one.
        let fresh = blobs.put(b"orphan 3").unwrap();
        let there = |names: &[String]| names.iter().filter(|name| blobs.path(name).exists()).count();
        let mut walk = sweep::Walk::new(7);
        for round in 1..=6 {
            let before = there(&orphans);
            let gone = sweep::round(&kit.house, &mut walk).await.unwrap();
            assert!(gone <= 7 && there(&orphans) == before - usize::try_from(gone).unwrap(), "round {round}");
        }
        assert_eq!((there(&named), there(&orphans), blobs.path(&fresh).exists()), (30, 1, true));
        // Round again: what has become old meanwhile is met as well.
        std::fs::File::options().write(true).open(blobs.path(&fresh)).unwrap().set_modified(old).unwrap();
        for _ in 0..6 {
            sweep::round(&kit.house, &mut walk).await.unwrap();
        }
        assert_eq!((there(&named), there(&orphans)), (30, 0));
    }
}

#[test]
fn a_copy_holds_every_file_and_a_copy_without_one_is_not_restored() {
    Kit::run(Some(Kit::sqlite()), |kit| async move {
        let desk = DeskWorld::new(&kit).await;
        let id = id_of(&desk.called().await);
        let kept = sent(&desk.agent, &id, "kept.txt", b"kept").await.expect(200)["id"].clone();
        desk.agent.post(&path(&id, "/notes"), &json!({ "body": "见附件", "files": [kept] })).await.expect(200);
        let (config, now, copy) = (kit.house.config.clone(), kit.now(), kit.folder.path().join("copy"));
        let there = |name: &str| Config { data_dir: kit.folder.path().join(name), ..Config::default() };
        let (good, bad, lacking) = (there("good"), there("bad"), there("lacking"));
        tokio::task::spawn_blocking(move || {
            let manifest = backup::make(&config, &copy, now).unwrap();
            let name = hex(&digest(b"kept"));
            assert!(manifest.files.iter().any(|f| f.name.ends_with(&name)));
            backup::restore(&good, &copy).unwrap();
            assert_eq!(backup::flaws(&good).unwrap(), (1, Vec::new()));
            let file = Blobs::of(&copy).path(&name);
            std::fs::write(&file, b"bent").unwrap();
            assert!(backup::restore(&bad, &copy).is_err() && !bad.data_dir.join("postsale.db").exists());
            std::fs::remove_file(&file).unwrap();
            assert!(backup::restore(&lacking, &copy).is_err() && !lacking.data_dir.join("postsale.db").exists());
        })
        .await
        .unwrap();
    });
}
