//! How the process is: alive, ready and if not why, and in numbers.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use subtle::ConstantTimeEq;

use crate::ground::clock::TOLERATED;
use crate::ground::db::{BATCHES, DbError, Stop};
use crate::ground::meter::number;
use crate::house::House;
use crate::org;
use crate::view::pulse::{Backlog, pulse};

/// Longest a look at the database may take before it counts as not answering.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long after a failed commit another one is tried by asking.
const AGAIN: Duration = Duration::from_millis(500);
/// Bytes below which a disk counts as full.
const ROOM: u64 = 1 << 20;

/// The routes that machines ask.
pub fn routes() -> Router<House> {
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready)).route("/metrics", get(metrics))
}

/// Ready means: not on the way out, the database answers a read, and the last commit did not fail. One line per reason against it;
/// the sentences are fixed and hold nothing from the inside.
async fn ready(State(house): State<House>) -> Response {
    let mut no = Vec::new();
    if house.meter.is_draining() {
        no.push("stopping: this process finishes what is under way and takes nothing new");
    }
    match tokio::time::timeout(PATIENCE, house.db.bare_read(org::store::tenants)).await {
        Ok(Ok(_)) => {}
        Ok(Err(_)) => no.push("database: it does not answer; look whether it runs and can be reached"),
        Err(_) => no.push("database: no answer within two seconds; look at its load and locks"),
    }
    if is_full(&house) {
        no.push("writing: there is no room on the disk; reading goes on, and so does writing once there is room");
    } else {
        match writing(&house).await {
            None => {}
            Some(DbError::Broken(_)) => no.push("writing: the disk failed; writing has stopped until this process is started anew"),
            Some(DbError::Full(_)) => {
                no.push("writing: the database has no room on its disk; reading goes on, and so does writing once there is room")
            }
            Some(_) => no.push("writing: the last commit failed; look at the log"),
        }
    }
    if !no.is_empty() {
        return (StatusCode::SERVICE_UNAVAILABLE, no.join("\n") + "\n").into_response();
    }
    let skew = house.clock.skew();
    if skew.abs() > TOLERATED {
        // Not a reason against it: time goes on without this machine's clock.
        return format!("ready\nclock: this machine's is off by {} seconds and is not used; set it right, then start anew\n", skew / 1000)
            .into_response();
    }
    "ready\n".into_response()
}

/// Whether so little room is left where the embedded database lives that the next write may not fit.
fn is_full(house: &House) -> bool {
    let Some(file) = house.config.database_url().strip_prefix("sqlite://").map(std::path::PathBuf::from) else { return false };
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    rustix::fs::statvfs(folder).is_ok_and(|s| s.f_bavail.saturating_mul(s.f_frsize) < ROOM)
}

/// What stands in the way of writing. After a failed commit nobody may send a write that would show that all is well again, so an
/// empty one is tried.
async fn writing(house: &House) -> Option<DbError> {
    match house.db.load().trouble? {
        (error @ DbError::Broken(_), _) => return Some(error),
        (error, ago) if ago < AGAIN => return Some(error),
        _ => {}
    }
    let tried = tokio::time::timeout(PATIENCE, house.db.bare_write(|_| Ok(()))).await;
    match tried {
        Ok(Ok(())) => None,
        Ok(Err(Stop::Db(error))) => Some(error),
        _ => Some(DbError::Unavailable("no answer".into())),
    }
}

/// Numbers for Prometheus. Not for the world: with `POSTSALE_METRICS_TOKEN` only for who sends it as a bearer token, without it only
/// for who asks directly and not through a proxy.
async fn metrics(State(house): State<House>, headers: HeaderMap) -> Response {
    if !may_see(house.config.metrics_token.as_deref(), &headers) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (mut out, load, now) = (String::with_capacity(16 * 1024), house.db.load(), house.clock.now());
    house.meter.print(&mut out);
    number(&mut out, "postsale_db_writes_total", "counter", "Writing transactions answered.", load.pieces);
    number(&mut out, "postsale_db_commits_total", "counter", "Commits they took.", load.commits);
    number(&mut out, "postsale_db_commit_failures_total", "counter", "Commits that failed.", load.failures);
    number(&mut out, "postsale_db_repeats_total", "counter", "Transactions run again since they stood in the way of others.", load.repeats);
    number(
        &mut out,
        "postsale_db_ways_total",
        "counter",
        "Times statements were said to PostgreSQL and their answers waited for.",
        load.ways,
    );
    number(
        &mut out,
        "postsale_clock_skew_milliseconds",
        "gauge",
        "How far this machine's clock is ahead of the time that is used.",
        house.clock.skew(),
    );
    number(&mut out, "postsale_db_waiting_writes", "gauge", "Writes that wait for a database thread.", load.waiting_writes);
    number(&mut out, "postsale_db_waiting_reads", "gauge", "Reads that wait for a database thread.", load.waiting_reads);
    batches(&mut out, &load.batches, load.pieces);
    let seen = tokio::time::timeout(PATIENCE, house.db.bare_read(move |bare| pulse(bare, now))).await;
    let up = matches!(seen, Ok(Ok(_)));
    number(&mut out, "postsale_db_up", "gauge", "Whether the database answered this look.", u8::from(up));
    if let Ok(Ok(seen)) = seen {
        let mut backlog = |name: &str, what: &str, b: Backlog| {
            number(&mut out, &format!("postsale_{name}_due"), "gauge", &format!("{what} due, counted up to 10000."), b.rows);
            let age = b.seconds(now);
            number(
                &mut out,
                &format!("postsale_{name}_age_seconds"),
                "gauge",
                &format!("How long the oldest of {what} has been due."),
                age,
            );
        };
        backlog("jobs", "jobs", seen.jobs);
        backlog("jobs_stuck", "jobs whose worker went away", seen.stuck);
        backlog("outbox", "mails to send", seen.outbox);
        backlog("clocks", "clocks with a warning or breach to record", seen.clocks);
        number(&mut out, "postsale_jobs_parked", "gauge", "Jobs given up; a person has to look.", seen.parked);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], out).into_response()
}

fn batches(out: &mut String, counts: &[u64], pieces: u64) {
    use std::fmt::Write;
    let name = "postsale_db_commit_batch";
    let _ = writeln!(out, "# HELP {name} Writing transactions in one commit.\n# TYPE {name} histogram");
    let mut sum = 0;
    for (end, count) in BATCHES.iter().zip(counts) {
        sum += count;
        let _ = writeln!(out, "{name}_bucket{{le=\"{end}\"}} {sum}");
    }
    let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {sum}\n{name}_sum {pieces}\n{name}_count {sum}");
}

fn may_see(token: Option<&str>, headers: &HeaderMap) -> bool {
    match token {
        Some(token) => {
            let sent = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
            sent.is_some_and(|sent| bool::from(sent.as_bytes().ct_eq(token.as_bytes())))
        }
        None => !["forwarded", "x-forwarded-for", "x-real-ip"].iter().any(|name| headers.contains_key(*name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_not_for_the_world() {
        let with = |name: &'static str, value: &'static str| {
            HeaderMap::from_iter([(header::HeaderName::from_static(name), header::HeaderValue::from_static(value))])
        };
        for (token, headers, seen) in [
            (None, HeaderMap::new(), true),
            (None, with("x-forwarded-for", "203.0.113.9"), false),
            (None, with("forwarded", "for=203.0.113.9"), false),
            (Some("secret"), HeaderMap::new(), false),
            (Some("secret"), with("authorization", "Bearer wrong"), false),
            (Some("secret"), with("authorization", "Bearer secret"), true),
        ] {
            assert_eq!(may_see(token, &headers), seen, "{token:?} {headers:?}");
        }
    }
}
