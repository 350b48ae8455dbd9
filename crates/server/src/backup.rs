//! A copy of a running installation on SQLite, and its way back. PostgreSQL has better tools of its own: see docs/OPERATIONS.md.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use postsale_domain::ground::{Caller, TenantId};
use postsale_domain::org::chain::Head;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ground::blob::{Blobs, Flaw};
use crate::ground::config::Config;
use crate::ground::db::{Db, DbOptions, restored, snapshot};
use crate::ground::guard::make_folder;
use crate::ground::seal::hex;
use crate::{file, org};

/// The database inside a copy.
const DATABASE: &str = "postsale.db";
/// The key that signs links: without it every link and sticker in the world would be dead after a restore.
const KEY: &str = "secret.key";
/// The files that came along with words.
const FILES: &str = "files/";
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
    make_folder(&part).map_err(at(&part))?;
    let database = part.join(DATABASE);
    snapshot(&url, &database).map_err(|e| e.to_string())?;
    let key = config.data_dir.join(KEY);
    fs::copy(&key, part.join(KEY)).map_err(at(&key))?;
    let (heads, tables) = examine(&database)?;
    let mut files = [DATABASE, KEY].iter().map(|name| kept(&part, name)).collect::<Result<Vec<_>, _>>()?;
    // After the database: whatever its rows name was on the disk before them.
    files.extend(copy_files(&config.data_dir, &part, &named(&format!("sqlite://{}", database.display()))?)?);
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
    make_folder(parent(&target)).map_err(at(&target))?;
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
    make_folder(&config.data_dir).map_err(at(&config.data_dir))?;
    let files: Vec<String> =
        manifest.files.iter().filter_map(|f| f.name.strip_prefix(FILES)?.rsplit('/').next().map(str::to_owned)).collect();
    let all = named(&format!("sqlite://{}", part.display()))?;
    if let Some(lacking) = all.iter().find(|name| !files.contains(name)) {
        return Err(format!("the copy lacks the file {lacking}; use an older copy"));
    }
    copy_files(folder, &config.data_dir, &files)?;
    let key = config.data_dir.join(KEY);
    fs::copy(folder.join(KEY), &key).map_err(at(&key))?;
    sync(&key)?;
    sync(part)?;
    fs::rename(part, target).map_err(at(target))?;
    sync(parent(target))?;
    sync(&config.data_dir)
}

/// The hashes that the rows of a database name.
pub fn named(url: &str) -> Result<Vec<String>, String> {
    let db = Db::open_to_read(&DbOptions { url: url.to_owned(), threads: 1 }).map_err(|e| e.to_string())?;
    let mut all: Vec<String> = Vec::new();
    loop {
        let after = all.last().cloned().unwrap_or_default();
        let more = db.bare_read_blocking(move |bare| file::store::named_after(bare, &after, 1000)).map_err(|e| e.to_string())?;
        if more.is_empty() {
            return Ok(all);
        }
        all.extend(more);
    }
}

/// What is wrong with the files that rows name: all of them are read. Errors: they could not be looked at.
pub fn flaws(config: &Config) -> Result<(usize, Vec<(String, Flaw)>), String> {
    let (blobs, all) = (Blobs::of(&config.data_dir), named(&config.database_url())?);
    let mut flawed = Vec::new();
    for name in &all {
        if let Some(flaw) = blobs.flaw(name).map_err(|e| format!("{name}: {e}"))? {
            flawed.push((name.clone(), flaw));
        }
    }
    Ok((all.len(), flawed))
}

/// Copies kept files from one folder to another, each compared with its name.
fn copy_files(from: &Path, to: &Path, names: &[String]) -> Result<Vec<Kept>, String> {
    let (source, target) = (Blobs::of(from), Blobs::of(to));
    let mut copied = Vec::new();
    for name in names {
        let path = source.path(name);
        let bytes = fs::read(&path).map_err(at(&path))?;
        if target.put(&bytes).map_err(at(to))? != *name {
            return Err(format!("{} is not the file that was kept; restore it from an older copy", path.display()));
        }
        copied.push(Kept { name: format!("{FILES}{}/{name}", &name[..2]), bytes: bytes.len() as u64, sha256: name.clone() });
    }
    Ok(copied)
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
