use jiff::Timestamp;
use postsale_domain::ground::to_millis;
use sha2::{Digest, Sha256};

use super::handle::Target;
use super::postgres::PgConn;
use super::sqlite::SqliteFile;
use super::walls::{self, OPEN};
use super::{Conn, DbError, Dialect};

/// The migrations, in order. Forward only; a landed file is never edited.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_ground", include_str!("../../../migrations/0001_ground.sql")),
    ("0002_org", include_str!("../../../migrations/0002_org.sql")),
    ("0003_registry", include_str!("../../../migrations/0003_registry.sql")),
    ("0004_desk", include_str!("../../../migrations/0004_desk.sql")),
    ("0005_field", include_str!("../../../migrations/0005_field.sql")),
    ("0006_talk", include_str!("../../../migrations/0006_talk.sql")),
    ("0012_waiting", include_str!("../../../migrations/0012_waiting.sql")),
    ("0013_registry_lists", include_str!("../../../migrations/0013_registry_lists.sql")),
    ("0014_plan", include_str!("../../../migrations/0014_plan.sql")),
    ("0015_desk_lists", include_str!("../../../migrations/0015_desk_lists.sql")),
    ("0016_people", include_str!("../../../migrations/0016_people.sql")),
    ("0017_walks", include_str!("../../../migrations/0017_walks.sql")),
    ("0018_import", include_str!("../../../migrations/0018_import.sql")),
    ("0019_search", include_str!("../../../migrations/0019_search.sql")),
    ("0038_walks", include_str!("../../../migrations/0038_walks.sql")),
    ("0024_live", include_str!("../../../migrations/0024_live.sql")),
    ("0028_facts", include_str!("../../../migrations/0028_facts.sql")),
    ("0035_desk_view", include_str!("../../../migrations/0035_desk_view.sql")),
    ("0025_file", include_str!("../../../migrations/0025_file.sql")),
    ("0026_canned", include_str!("../../../migrations/0026_canned.sql")),
    ("0027_bell", include_str!("../../../migrations/0027_bell.sql")),
    ("0029_guides", include_str!("../../../migrations/0029_guides.sql")),
    ("0020_merge", include_str!("../../../migrations/0020_merge.sql")),
    ("0021_incident", include_str!("../../../migrations/0021_incident.sql")),
    ("0022_relations", include_str!("../../../migrations/0022_relations.sql")),
    ("0023_queue", include_str!("../../../migrations/0023_queue.sql")),
    ("0032_factor", include_str!("../../../migrations/0032_factor.sql")),
    ("0040_speed", include_str!("../../../migrations/0040_speed.sql")),
    ("0320_identity", include_str!("../../../migrations/0320_identity.sql")),
    ("0300_service", include_str!("../../../migrations/0300_service.sql")),
    ("0301_parts", include_str!("../../../migrations/0301_parts.sql")),
    ("0321_contact", include_str!("../../../migrations/0321_contact.sql")),
    ("0041_words", include_str!("../../../migrations/0041_words.sql")),
    ("0322_stock", include_str!("../../../migrations/0322_stock.sql")),
    ("0340_order", include_str!("../../../migrations/0340_order.sql")),
    ("0330_reservation", include_str!("../../../migrations/0330_reservation.sql")),
    ("0350_pieces", include_str!("../../../migrations/0350_pieces.sql")),
    ("0351_lean", include_str!("../../../migrations/0351_lean.sql")),
    ("0360_visit", include_str!("../../../migrations/0360_visit.sql")),
    ("0370_store", include_str!("../../../migrations/0370_store.sql")),
    ("0380_repair", include_str!("../../../migrations/0380_repair.sql")),
    ("0381_repaired", include_str!("../../../migrations/0381_repaired.sql")),
    ("0382_repairs", include_str!("../../../migrations/0382_repairs.sql")),
    ("0390_install", include_str!("../../../migrations/0390_install.sql")),
    ("0391_kept", include_str!("../../../migrations/0391_kept.sql")),
    ("0410_quote", include_str!("../../../migrations/0410_quote.sql")),
    ("0420_piece", include_str!("../../../migrations/0420_piece.sql")),
    ("0430_recovery", include_str!("../../../migrations/0430_recovery.sql")),
    ("0431_closed", include_str!("../../../migrations/0431_closed.sql")),
    ("0432_handed", include_str!("../../../migrations/0432_handed.sql")),
    ("0440_statement", include_str!("../../../migrations/0440_statement.sql")),
    ("0441_return", include_str!("../../../migrations/0441_return.sql")),
];

/// How a step begins on PostgreSQL: one process at a time.
const LOCKED: &str = "BEGIN; SELECT pg_advisory_xact_lock(7205759403)";

/// What a run of [`migrate`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Names of the migrations that were new to the database.
    pub names: Vec<String>,
}

/// Brings the schema up to date. Each migration is one transaction and is recorded with its checksum; several processes
/// may start at once. A database that is ahead of this program is left as it is: nodes of two versions live beside each
/// other while they are renewed in turn. Errors: a recorded migration whose text has changed since.
pub fn migrate(url: &str, now: Timestamp) -> Result<Applied, DbError> {
    match Target::parse(url)? {
        Target::Sqlite(path) => {
            if let Some(folder) = path.parent() {
                crate::ground::guard::make_folder(folder).map_err(|e| DbError::Unavailable(format!("{}: {e}", folder.display())))?;
            }
            run(&mut SqliteFile::open(&path, false)?.conn(), "BEGIN IMMEDIATE", now)
        }
        Target::Postgres(url) => {
            let mut conn = PgConn::open(&url)?;
            conn.raw(OPEN)?;
            let applied = run(&mut conn, LOCKED, now)?;
            // A database that was there before the walls, or lost one, gets them now.
            if !walls::open(&mut conn)?.is_empty() {
                conn.raw(LOCKED)?;
                conn.raw("SET LOCAL lock_timeout = '5s'")?;
                let raised = walls::raise(&mut conn);
                conn.raw(if raised.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
                raised?;
            }
            Ok(applied)
        }
    }
}

/// Names of the migrations a database still lacks; changes nothing. Errors: no database there yet.
pub fn pending(url: &str) -> Result<Vec<String>, DbError> {
    let known = match Target::parse(url)? {
        Target::Sqlite(path) => recorded(&mut SqliteFile::open(&path, true)?.conn()),
        Target::Postgres(url) => recorded(&mut PgConn::open(&url)?),
    }?;
    Ok(MIGRATIONS.iter().map(|(name, _)| (*name).to_owned()).filter(|name| known.iter().all(|(n, _)| n != name)).collect())
}

fn run(conn: &mut dyn Conn, begin: &str, now: Timestamp) -> Result<Applied, DbError> {
    let mut names = Vec::new();
    // A look before any lock: nearly every start finds nothing to do, and then writes nothing.
    let known = recorded(conn)?;
    for (index, (name, text)) in MIGRATIONS.iter().enumerate() {
        if known.get(index).is_some_and(|(n, sum)| n == name && *sum == checksum(text)) {
            continue;
        }
        conn.raw(begin)?;
        match step(conn, index, name, text, now) {
            Ok(new) => {
                conn.raw("COMMIT")?;
                names.extend(new.then(|| (*name).to_owned()));
            }
            Err(error) => {
                let _ = conn.raw("ROLLBACK");
                return Err(error);
            }
        }
    }
    Ok(Applied { names })
}

/// Name and checksum of what a database has been through, in its order; nothing for an empty one.
fn recorded(conn: &mut dyn Conn) -> Result<Vec<(String, String)>, DbError> {
    match conn.raw_rows("SELECT name, checksum FROM schema_migration ORDER BY version") {
        Ok(mut rows) => rows.iter_mut().map(|row| Ok((row.next::<String>()?, row.next::<String>()?))).collect(),
        // A database without this table is an empty one.
        Err(DbError::Other(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

fn step(conn: &mut dyn Conn, index: usize, name: &str, text: &str, now: Timestamp) -> Result<bool, DbError> {
    let dialect = conn.dialect();
    conn.raw(&dialect.render_ddl(
        "CREATE TABLE IF NOT EXISTS schema_migration (version {int} PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at {int} NOT NULL){strict}",
    ))?;
    let checksum = checksum(text);
    let version = index as i64 + 1;
    // `version` is a number of ours, never input.
    let known = conn
        .raw_rows(&format!("SELECT name, checksum FROM schema_migration WHERE version = {version}"))?
        .first_mut()
        .map(|row| Ok::<_, DbError>((row.next::<String>()?, row.next::<String>()?)))
        .transpose()?;
    match known {
        Some((known_name, known_sum)) if known_name == name && known_sum == checksum => Ok(false),
        Some((known_name, _)) => Err(DbError::Other(format!(
            "migration {version} is recorded as {known_name} with another text than {name}; a landed migration is never edited"
        ))),
        None => {
            if dialect == Dialect::Postgres {
                // A change of a large table takes what it takes, but does not queue in front of everybody else for a lock.
                conn.raw("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '5s'")?;
            }
            conn.raw(&dialect.render_ddl(text))?;
            if dialect == Dialect::Postgres {
                walls::raise(conn)?;
            }
            conn.raw(&format!(
                "INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES ({version}, '{name}', '{checksum}', {})",
                to_millis(now)
            ))?;
            Ok(true)
        }
    }
}
