//! A copy of a running installation on SQLite, and its way back. PostgreSQL has better tools of its own: see docs/OPERATIONS.md.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use postsale_domain::ground::{Caller, TenantId};
use postsale_domain::org::chain::Head;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ground::config::Config;
use crate::ground::db::{Db, DbOptions, restored, snapshot};
use crate::ground::seal::hex;
use crate::org;

/// The database inside a copy.
const DATABASE: &str = "postsale.db";
/// The key that signs links: without it every link and sticker in the world would be dead after a restore.
const KEY: &str = "secret.key";
/// What a copy says about itself.
const MANIFEST: &str = "manifest.json";

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The program that made it.
    pub version: String,
    /// The instant of the database's state, or a little before.
    pub made_at: Timestamp,
    /// Every file with its bytes and their hash.
    pub files: Vec<Kept>,
    /// The head of every tenant's audit chain.
    pub heads: Vec<(TenantId, Head)>,
    /// Every table and its rows.
    pub tables: Vec<(String, i64)>,
}

/// A file of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Copies the database as it is at one instant, and the key, into a new folder. The folder gets its name only when everything in it
/// is on the disk and has been checked. Errors: a sentence with the next step.
pub fn make(config: &Config, folder: &Path, now: Timestamp) -> Result<Manifest, String> {
    let url = config.database_url();
    if !url.starts_with("sqlite://") {
        return Err("the database is PostgreSQL, which is copied by its own tools: pg_basebackup with a WAL archive for any instant, \
                    or pg_dump --format=custom; copy secret.key from the data folder with it (docs/OPERATIONS.md, Backup)"
            .into());
    }
    if folder.exists() {
        return Err(format!("{} exists already; name a new folder", folder.display()));
    }
    let part = beside(folder, "part");
    if part.exists() {
        fs::remove_dir_all(&part).map_err(at(&part))?;
    }
    fs::create_dir_all(&part).map_err(at(&part))?;
    let database = part.join(DATABASE);
    snapshot(&url, &database).map_err(|e| e.to_string())?;
    let key = config.data_dir.join(KEY);
    fs::copy(&key, part.join(KEY)).map_err(at(&key))?;
    let (heads, tables) = examine(&database)?;
    let files = [DATABASE, KEY].iter().map(|name| kept(&part, name)).collect::<Result<Vec<_>, _>>()?;
    let manifest = Manifest { version: env!("CARGO_PKG_VERSION").into(), made_at: now, files, heads, tables };
    let text = serde_json::to_string_pretty(&manifest).map_err(|e| e.to_string())?;
    let file = part.join(MANIFEST);
    File::create(&file).and_then(|mut f| f.write_all(text.as_bytes())).map_err(at(&file))?;
    for name in [DATABASE, KEY, MANIFEST] {
        sync(&part.join(name))?;
    }
    sync(&part)?;
    fs::rename(&part, folder).map_err(at(folder))?;
    sync(parent(folder))?;
    Ok(manifest)
}

/// Checks a copy and puts it into the data folder of an installation that has no database yet. Nothing stays there unless everything
/// fits: files and hashes, SQLite's own checks, every audit chain and its head, every table's rows.
pub fn restore(config: &Config, folder: &Path) -> Result<Manifest, String> {
    let url = config.database_url();
    let target = url.strip_prefix("sqlite://").map(PathBuf::from).ok_or(
        "DATABASE_URL names PostgreSQL; this copy is of SQLite. Unset it, or restore a dump with pg_restore (docs/OPERATIONS.md, Backup)",
    )?;
    if target.exists() {
        return Err(format!("{} exists; restore into an empty data folder, or move the old file away first", target.display()));
    }
    let file = folder.join(MANIFEST);
    let text = fs::read_to_string(&file).map_err(at(&file))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    for said in &manifest.files {
        let found = kept(folder, &said.name)?;
        if found != *said {
            return Err(format!(
                "{} is not the file that was copied ({} bytes, now {}); use an older copy",
                said.name, said.bytes, found.bytes
            ));
        }
    }
    let part = beside(&target, "restoring");
    fs::create_dir_all(parent(&target)).map_err(at(&target))?;
    fs::copy(folder.join(DATABASE), &part).map_err(at(&part))?;
    let put = put(config, folder, &manifest, &part, &target);
    if put.is_err() {
        // What was examined and not taken must not look like a database.
        let _ = fs::remove_file(&part);
    }
    put.map(|()| manifest)
}

fn put(config: &Config, folder: &Path, manifest: &Manifest, part: &Path, target: &Path) -> Result<(), String> {
    let (heads, tables) = examine(part)?;
    if heads != manifest.heads || tables != manifest.tables {
        return Err("the copy does not hold what it says it holds; use an older copy".into());
    }
    fs::create_dir_all(&config.data_dir).map_err(at(&config.data_dir))?;
    let key = config.data_dir.join(KEY);
    fs::copy(folder.join(KEY), &key).map_err(at(&key))?;
    sync(&key)?;
    sync(part)?;
    fs::rename(part, target).map_err(at(target))?;
    sync(parent(target))?;
    sync(&config.data_dir)
}

type Inside = (Vec<(TenantId, Head)>, Vec<(String, i64)>);

/// Looks through a copied database: SQLite's checks, every audit chain, the rows of every table.
fn examine(database: &Path) -> Result<Inside, String> {
    let (verdict, tables) = restored(database).map_err(|e| e.to_string())?;
    if verdict != "ok" {
        return Err(format!("the copied database is damaged: {verdict}"));
    }
    Ok((chains(&format!("sqlite://{}", database.display()))?, tables))
}

/// Checks the audit chain of every tenant of a database; their heads. Errors: the first that does not hold.
pub fn chains(url: &str) -> Result<Vec<(TenantId, Head)>, String> {
    let db = Db::open_to_read(&DbOptions { url: url.to_owned(), threads: 1 }).map_err(|e| e.to_string())?;
    let mut heads = Vec::new();
    for tenant in db.bare_read_blocking(org::store::tenants).map_err(|e| e.to_string())? {
        let checked =
            db.read_blocking(Caller::system(tenant, "verify"), Timestamp::UNIX_EPOCH, org::audit::verify).map_err(|e| e.to_string())?;
        heads.push((tenant, checked.map_err(|broken| format!("audit chain of {tenant}: {broken}"))?));
    }
    Ok(heads)
}

fn kept(folder: &Path, name: &str) -> Result<Kept, String> {
    let path = folder.join(name);
    let mut file = File::open(&path).map_err(at(&path))?;
    let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut piece).map_err(at(&path))?;
        if read == 0 {
            return Ok(Kept { name: name.to_owned(), bytes, sha256: hex(&hash.finalize()) });
        }
        hash.update(&piece[..read]);
        bytes += read as u64;
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{ending}"));
    path.with_file_name(name)
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn sync(path: &Path) -> Result<(), String> {
    File::open(path).and_then(|file| file.sync_all()).map_err(at(path))
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> String {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}
