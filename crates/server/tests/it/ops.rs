//! What keeps an installation whole: the audit chain as a file, copies and their way back, what the process says about itself.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use axum::body::Body;
use axum::http::Method;
use http_body_util::BodyExt;
use jiff::SignedDuration;
use postsale_domain::ground::{Caller, Role};
use postsale_domain::org::chain::ExportCheck;
use postsale_server::ground::config::Config;
use postsale_server::ground::db::{Query, p};
use postsale_server::ground::jobs;
use postsale_server::worker::sweep;
use postsale_server::{backup, org, sql};
use postsale_testkit::{Client, Kit, World, on_both};
use serde_json::json;
use tower::ServiceExt;

use crate::ground::counted;

on_both! {
    fn the_audit_export_holds_by_itself_and_is_for_those_who_may(kit) {
        let world = World::new(&kit, "t1").await;
        World::new(&kit, "t2").await;
        // More than one portion of the stream.
        for _ in 0..3 {
            world.write(&kit, |tx| {
                for n in 0..500 {
                    tx.audit("test.change", "x_1", None, Some(&json!({ "n": n })));
                }
                Ok(())
            }).await;
        }
        let auditor = world.client(&kit, Role::Auditor).await;
        let file = auditor.get("/api/v1/audit/export").await;
        assert_eq!(file.status, 200);
        let mut check = ExportCheck::new(None);
        for line in file.text.lines() {
            check.line(line).unwrap();
        }
        let head = check.end().unwrap();
        assert!(head.seq > 1500, "{head:?}");
        assert_eq!(world.read(&kit, org::audit::verify).await, Ok(head));
        assert!(!file.text.contains("t2"), "nothing of another tenant");
        // A browser asks for it packed; the packer asks the stream once more after its end.
        let packed = auditor.request(Method::GET, "/api/v1/audit/export").header("accept-encoding", "gzip").body(Body::empty()).unwrap();
        let answer = postsale_server::http::router(kit.house.clone()).oneshot(packed).await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], "gzip");
        assert!(!answer.into_body().collect().await.unwrap().to_bytes().is_empty());
        assert_eq!(world.client(&kit, Role::Agent).await.get("/api/v1/audit/export").await.problem(403), "not_allowed");
        assert_eq!(Client::new(&kit.house).get("/api/v1/audit/export").await.problem(401), "session.missing");
    }
}

/// Runs what waits for the database outside the async runtime.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

async fn copied(kit: &Kit, folder: &Path) -> Result<backup::Manifest, String> {
    let (config, folder, now) = (kit.house.config.clone(), folder.to_owned(), kit.now());
    aside(move || backup::make(&config, &folder, now)).await
}

/// Restores a copy into a folder of its own; what came of it, and the configuration of the new place.
async fn restored(copy: &Path) -> (tempfile::TempDir, Config, Result<backup::Manifest, String>) {
    let place = tempfile::tempdir().unwrap();
    let config = Config { data_dir: place.path().join("data"), ..Config::default() };
    let (there, copy) = (config.clone(), copy.to_owned());
    let done = aside(move || backup::restore(&there, &copy)).await;
    (place, config, done)
}

#[test]
fn a_copy_under_load_holds_what_was_written_before_it_and_nothing_half() {
    Kit::run(Some(Kit::sqlite()), |kit| async move {
        let world = World::new(&kit, "t1").await;
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(0)));
        let mut writers = Vec::new();
        for _ in 0..4 {
            let (house, caller, now) = (kit.house.clone(), Caller::system(world.tenant, "load"), kit.now());
            let (stop, acknowledged) = (stop.clone(), acknowledged.clone());
            writers.push(tokio::spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    let number = house
                        .db
                        .write(caller.clone(), now, |tx| {
                            let number = counted(tx, "drill")?;
                            tx.audit("drill.step", "x_1", None, Some(&json!({ "number": number })));
                            Ok(number)
                        })
                        .await
                        .unwrap();
                    acknowledged.fetch_max(number, Ordering::SeqCst);
                }
            }));
        }
        while acknowledged.load(Ordering::SeqCst) < 50 {
            tokio::task::yield_now().await;
        }
        let before = acknowledged.load(Ordering::SeqCst);
        let folder = kit.folder.path().join("copy");
        let manifest = copied(&kit, &folder).await.unwrap();
        stop.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.await.unwrap();
        }
        let after = acknowledged.load(Ordering::SeqCst);

        let (_place, config, done) = restored(&folder).await;
        assert_eq!(done.unwrap(), manifest);
        // The restored house opens, and holds every step up to some instant between the two looks, none twice, none missing.
        let house = postsale_server::house::House::open(config.clone(), kit.house.clock.clone()).unwrap();
        let (steps, last) = house
            .db
            .read(Caller::system(world.tenant, "drill"), kit.now(), |tx| {
                let steps = tx.number(sql!("SELECT COUNT(DISTINCT after_json) FROM audit_entry WHERE action = 'drill.step'"), &[])?;
                let last = tx.number(sql!("SELECT value FROM counter WHERE name = 'drill'"), &[])?;
                Ok((steps, last))
            })
            .await
            .unwrap();
        assert_eq!(steps, last);
        assert!(before <= last && last <= after, "{before} <= {last} <= {after}");
        assert_eq!(kit.house.seal.mac("x", b"y"), house.seal.mac("x", b"y"), "links signed before still open");
        let again = folder.clone();
        assert!(
            aside(move || backup::restore(&config, &again)).await.unwrap_err().contains("exists"),
            "a second restore does not overwrite"
        );
        assert!(copied(&kit, &folder).await.unwrap_err().contains("exists"), "a copy is not overwritten");
    });
}

#[test]
fn a_damaged_copy_is_not_restored() {
    Kit::run(Some(Kit::sqlite()), |kit| async move {
        World::new(&kit, "t1").await;
        let folder = kit.folder.path().join("copy");
        copied(&kit, &folder).await.unwrap();
        for file in ["postsale.db", "secret.key", "manifest.json"] {
            let path = folder.join(file);
            let whole = std::fs::read(&path).unwrap();
            let mut bent = whole.clone();
            bent[whole.len() / 2] ^= 1;
            for bad in [bent, whole[..whole.len() - 1].to_vec()] {
                std::fs::write(&path, bad).unwrap();
                let (_place, config, done) = restored(&folder).await;
                assert!(done.is_err(), "{file}");
                assert!(!config.data_dir.join("postsale.db").exists(), "{file}: nothing is left behind");
            }
            std::fs::write(&path, whole).unwrap();
        }
        assert!(restored(&folder).await.2.is_ok());
    });
}

#[test]
fn a_postgres_installation_is_told_which_tools_to_use() {
    let config = Config { database_url: Some("postgres://localhost/x".into()), ..Config::default() };
    let folder = tempfile::tempdir().unwrap();
    let told = backup::make(&config, &folder.path().join("copy"), postsale_testkit::start_of_day()).unwrap_err();
    assert!(told.contains("pg_basebackup") && told.contains("secret.key"), "{told}");
}

on_both! {
    fn the_process_says_how_it_is(kit) {
        let world = World::new(&kit, "t1").await;
        let (anybody, now) = (Client::new(&kit.house), kit.now());
        assert_eq!(anybody.get("/readyz").await.text, "ready\n");
        let late = now - SignedDuration::from_secs(90);
        world.write(&kit, move |tx| Ok(jobs::enqueue(tx, "nobody", "k", late, &json!({}))?)).await;
        world.client(&kit, Role::Auditor).await.get("/api/v1/audit?limit=1").await.expect(200);
        let text = anybody.get("/metrics").await.text;
        for line in [
            "postsale_jobs_due 1",
            "postsale_jobs_age_seconds 90",
            "postsale_jobs_parked 0",
            "postsale_outbox_due 0",
            "postsale_clocks_due 0",
            "postsale_db_up 1",
            "postsale_requests_total{method=\"GET\",route=\"/api/v1/audit\",status=\"2xx\"} 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        let through_a_proxy = anybody.request(Method::GET, "/metrics").header("x-forwarded-for", "203.0.113.9");
        assert_eq!(anybody.send(through_a_proxy.body(Body::empty()).unwrap()).await.status, 404);

        kit.house.meter.drain();
        let leaving = anybody.get("/readyz").await;
        assert_eq!(leaving.status, 503);
        assert!(leaving.text.starts_with("stopping"), "{}", leaving.text);
    }
}

#[test]
fn every_answer_carries_the_number_of_its_request() {
    Kit::run(Some(Kit::sqlite()), |kit| async move {
        let ask = async |id: Option<&str>| {
            let mut request = Client::new(&kit.house).request(Method::GET, "/api/v1/audit");
            if let Some(id) = id {
                request = request.header("x-request-id", id);
            }
            let response = postsale_server::http::router(kit.house.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
            response.into_body().collect().await.unwrap();
            id
        };
        assert_eq!(ask(Some("proxy-0001-abc")).await, "proxy-0001-abc");
        let (one, two) = (ask(Some("no good \"id\"")).await, ask(None).await);
        assert!(one.len() == 16 && two.len() == 16 && one != two, "{one} {two}");
    });
}

on_both! {
    fn what_is_past_its_time_is_swept_away(kit) {
        let world = World::new(&kit, "t1").await;
        let client = world.client(&kit, Role::Auditor).await;
        world.write(&kit, |tx| {
            let (tenant, now) = (tx.tenant(), tx.now());
            for n in 0..1200 {
                let key = format!("k{n}");
                tx.exec(
                    sql!("INSERT INTO idempotency (tenant_id, caller, key, request_hash, status, answer, created_at) VALUES ($1, 'c', $2, $3, 201, '{}', $4)"),
                    &[p(&tenant), p(&key), p(b"x".as_slice()), p(&now)],
                )?;
            }
            Ok(())
        }).await;
        assert_eq!(sweep::round(&kit.house, &mut sweep::Walk::new(1000)).await.unwrap(), 0, "nothing is old yet");
        client.get("/api/v1/audit?limit=1").await.expect(200);
        kit.later(SignedDuration::from_hours(40 * 24));
        assert_eq!(sweep::round(&kit.house, &mut sweep::Walk::new(1000)).await.unwrap(), 1201);
        assert_eq!(sweep::round(&kit.house, &mut sweep::Walk::new(1000)).await.unwrap(), 0);
    }
}
