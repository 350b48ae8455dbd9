//! `postsale doctor`: looks at everything an installation stands on and says what is wrong and what to do. Changes nothing.

use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use postsale_server::ground::clock::Clock;
use postsale_server::ground::config::Config;
use postsale_server::ground::db::{self, Db, DbOptions};
use postsale_server::ground::guard::{guarded, others};
use postsale_server::ground::when;
use postsale_server::view::pulse::pulse;
use postsale_server::{org, sla, web};

/// Below this much space it is time to act; below a tenth of it things are about to fail.
const SPACE_MIB: u64 = 2048;
/// Work that has been due for longer than this is not being done.
const LATE_SECONDS: i64 = 600;
/// A clock further off than this decides deadlines wrongly.
const SKEW_SECONDS: i64 = 2;

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    Good,
    Warn,
    Bad,
}

/// Findings, printed as they come.
#[derive(Default)]
struct Findings {
    bad: usize,
}

impl Findings {
    fn say(&mut self, mark: Mark, what: &str, text: impl std::fmt::Display) {
        let sign = match mark {
            Mark::Good => "ok  ",
            Mark::Warn => "WARN",
            Mark::Bad => "BAD ",
        };
        println!("{sign} {what:<11} {text}");
        self.bad += usize::from(mark == Mark::Bad);
    }
}

/// Prints one line per thing looked at. Errors: how many of them are bad.
pub fn doctor(file: Option<&Path>) -> Result<(), String> {
    let config = crate::run::config(file)?;
    let (mut found, now) = (Findings::default(), Clock::Wall.now());
    folder(&mut found, "data folder", &config.data_dir);
    secrets(&mut found, &config.data_dir);
    space(&mut found, &config.data_dir);
    if let Some(spool) = &config.mail_spool {
        folder(&mut found, "mail spool", spool);
    }
    mail(&mut found, &config);
    calendars(&mut found, now);
    if web::is_built() {
        found.say(Mark::Good, "web", "inside this program");
    } else {
        found.say(Mark::Warn, "web", "not built in: run `make web`, then build again");
    }
    database(&mut found, &config, now);
    if found.bad == 0 { Ok(()) } else { Err(format!("{} of these need attention", found.bad)) }
}

fn folder(found: &mut Findings, what: &str, path: &Path) {
    let probe = path.join(format!(".postsale-doctor-{}", std::process::id()));
    match std::fs::write(&probe, b"ok").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => found.say(Mark::Good, what, format_args!("{} can be written", path.display())),
        Err(error) => found.say(Mark::Bad, what, format_args!("{}: {error}; create it and let this user write there", path.display())),
    }
}

/// Who else on this machine gets at the key and the data.
fn secrets(found: &mut Findings, folder: &Path) {
    let key = folder.join("secret.key");
    if let Err(why) = guarded(&key, "the key that signs links") {
        found.say(Mark::Bad, "secrets", why);
    } else if others(folder) & 0o4 != 0 || (others(folder) & 0o1 != 0 && others(&folder.join("postsale.db")) & 0o4 != 0) {
        let folder = folder.display();
        found.say(
            Mark::Warn,
            "secrets",
            format_args!("everybody on this machine can read {folder}: it holds personal data; run `chmod o-rwx {folder}`"),
        );
    } else {
        found.say(Mark::Good, "secrets", "the data folder and its key are not for everybody");
    }
}

fn space(found: &mut Findings, path: &Path) {
    match rustix::fs::statvfs(path) {
        Ok(fs) => {
            let mib = fs.f_bavail.saturating_mul(fs.f_frsize) >> 20;
            let mark = if mib < SPACE_MIB / 10 {
                Mark::Bad
            } else if mib < SPACE_MIB {
                Mark::Warn
            } else {
                Mark::Good
            };
            found.say(
                mark,
                "space",
                format_args!("{mib} MiB free{}", if mark == Mark::Good { "" } else { "; make room: with a full disk nothing is saved" }),
            );
        }
        Err(error) => found.say(Mark::Warn, "space", format_args!("cannot be told: {error}")),
    }
}

fn mail(found: &mut Findings, config: &Config) {
    let Some(url) = &config.smtp_url else {
        return found.say(Mark::Warn, "mail out", "no POSTSALE_SMTP_URL: mails to merchants only go into mail/ in the data folder");
    };
    // Never the address as given: it holds the password.
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let host = rest.split(['/', '?']).next().unwrap_or_default().rsplit('@').next().unwrap_or_default();
    let port = if scheme == "smtps" { 465 } else { 25 };
    let target = if host.rsplit(':').next().is_some_and(|p| p.parse::<u16>().is_ok()) { host.to_owned() } else { format!("{host}:{port}") };
    let reached = target.to_socket_addrs().map_err(|e| e.to_string()).and_then(|mut found| {
        let address = found.next().ok_or("the name has no address")?;
        TcpStream::connect_timeout(&address, Duration::from_secs(5)).map(drop).map_err(|e| e.to_string())
    });
    match reached {
        Ok(()) => found.say(Mark::Good, "mail out", format_args!("{target} takes connections")),
        Err(error) => found.say(Mark::Bad, "mail out", format_args!("{target}: {error}; mails wait and are tried again")),
    }
}

fn calendars(found: &mut Findings, now: Timestamp) {
    let (year, mut lacking) = (when::day(now).year(), Vec::new());
    let book = sla::book();
    for name in book.names() {
        let official = book.calendar(name).is_some_and(|c| c.calendar.is_official(year + 1));
        if !official {
            lacking.push(name.to_owned());
        }
    }
    if lacking.is_empty() {
        found.say(Mark::Good, "calendars", format_args!("official up to the end of {}", year + 1));
    } else {
        let all = lacking.join(", ");
        found.say(
            Mark::Warn,
            "calendars",
            format_args!("{} is not official yet in: {all}; add it to data/calendars.json once published", year + 1),
        );
    }
}

/// Who can listen on the way to the database.
fn road(found: &mut Findings, url: &str) {
    match db::in_the_open(url) {
        Ok(None) => {}
        Ok(Some(host)) => found.say(
            Mark::Warn,
            "database",
            format_args!(
                "what goes to {host} and back can be read on the way; add sslmode=verify-full to its address (docs/OPERATIONS.md)"
            ),
        ),
        Err(error) => found.say(Mark::Bad, "database", error),
    }
}

/// What PostgreSQL itself keeps apart, and from whom.
fn walls(found: &mut Findings, url: &str) {
    match db::walls(url) {
        Ok(None) => {}
        Err(error) => found.say(Mark::Bad, "walls", error),
        Ok(Some(walls)) if !walls.open.is_empty() => {
            found.say(Mark::Bad, "walls", format_args!("none around {}; run `postsale migrate`", walls.open.join(" ")));
        }
        Ok(Some(db::Walls { passes: Some(why), .. })) => found.say(
            Mark::Warn,
            "walls",
            format_args!(
                "the server's role walks through them: {why}; give it an ordinary role that owns the database (docs/OPERATIONS.md)"
            ),
        ),
        Ok(Some(walls)) => {
            found.say(Mark::Good, "walls", format_args!("{} tables, PostgreSQL keeps organisations apart in each", walls.tables))
        }
    }
}

fn database(found: &mut Findings, config: &Config, now: Timestamp) {
    let url = config.database_url();
    match db::pending(&url) {
        Err(error) => {
            return found.say(
                Mark::Bad,
                "database",
                format_args!("{error}; is the address right, does it run? A new one is made by `postsale migrate`"),
            );
        }
        Ok(pending) if pending.is_empty() => found.say(Mark::Good, "schema", "current"),
        Ok(pending) => {
            return found.say(
                Mark::Bad,
                "schema",
                format_args!("{} to come: {}; run `postsale migrate`", pending.len(), pending.join(" ")),
            );
        }
    }
    road(found, &url);
    walls(found, &url);
    let db = match Db::open_to_read(&DbOptions { url, threads: 1 }) {
        Ok(db) => db,
        Err(error) => return found.say(Mark::Bad, "database", error),
    };
    let looked = db.bare_read_blocking(move |bare| Ok((org::store::tenants(bare)?, pulse(bare, now)?, org::audit::latest(bare)?)));
    let (tenants, pulse, latest) = match looked {
        Ok(looked) => looked,
        Err(error) => return found.say(Mark::Bad, "database", error),
    };
    found.say(Mark::Good, "database", format_args!("{:?}, {} organisations", db.dialect(), tenants.len()));
    match postsale_server::backup::flaws(config) {
        Ok((all, flawed)) if flawed.is_empty() => found.say(Mark::Good, "files", format_args!("{all} kept, all of them whole")),
        Ok((all, flawed)) => found.say(
            Mark::Bad,
            "files",
            format_args!(
                "{} of {all} are missing or changed: `postsale verify files` names them; restore them from a backup",
                flawed.len()
            ),
        ),
        Err(error) => found.say(Mark::Bad, "files", error),
    }
    match latest.map(|at| at.as_second() - now.as_second()) {
        Some(ahead) if ahead > SKEW_SECONDS => {
            found.say(
                Mark::Bad,
                "clock",
                format_args!("{ahead} s behind what was last written: set it right, deadlines are computed from it"),
            );
        }
        _ => found.say(Mark::Good, "clock", format_args!("{now}, not behind what was last written")),
    }
    for (what, backlog, whose) in [
        ("jobs", pulse.jobs, "no worker is running, or it fails: start `postsale worker`, look at its log"),
        ("stuck jobs", pulse.stuck, "their worker went away and no other took over: start `postsale worker`"),
        ("outbox", pulse.outbox, "mails do not go out: look at POSTSALE_SMTP_URL and the worker's log"),
        ("clocks", pulse.clocks, "warnings and breaches are not recorded: start `postsale worker`"),
    ] {
        let late = backlog.seconds(now);
        if late > LATE_SECONDS {
            found.say(Mark::Bad, what, format_args!("{} due, the oldest for {late} s: {whose}", backlog.rows));
        } else {
            found.say(Mark::Good, what, format_args!("{} due", backlog.rows));
        }
    }
    match pulse.parked {
        0 => found.say(Mark::Good, "parked jobs", "none"),
        n => found.say(
            Mark::Warn,
            "parked jobs",
            format_args!("{n} given up after {} attempts; the table job says why", postsale_server::ground::jobs::MAX_ATTEMPTS),
        ),
    }
}
