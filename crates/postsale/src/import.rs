//! `postsale import`: takes in what lies in a folder or a file.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use postsale_domain::ground::{Caller, Lang, TenantId};
use postsale_domain::import::{ImportId, ImportKind, ImportState, RowState};
use postsale_server::flow::import as importing;
use postsale_server::ground::clock::Clock;
use postsale_server::ground::db::Stop;
use postsale_server::ground::{sheet, texts};
use postsale_server::house::House;
use postsale_server::import::page::shown;
use postsale_server::import::store;
use postsale_server::org;
use postsale_server::worker::bench::Bench;
use postsale_server::worker::{jobs, spool};

/// What can be imported.
#[derive(Subcommand)]
pub enum Import {
    /// Keep every `.eml` file of a folder as a letter and move it to `done/` or `unreadable/`. A letter that is known is not kept twice.
    Mail {
        /// The folder.
        dir: PathBuf,
        /// Code of the organisation the mail is for; may be left out when there is only one.
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Check a table of merchants, stores, contacts, terminals or bindings, cell by cell; with --commit also import its good rows.
    /// The columns are recognised by their headers. A row that is on record already is left alone.
    File {
        /// The file: XLSX (its first sheet) or CSV (UTF-8 or GB18030).
        file: PathBuf,
        /// merchants, stores, contacts, terminals or bindings.
        #[arg(long, value_parser = kind)]
        kind: ImportKind,
        /// Import the good rows after the check.
        #[arg(long)]
        commit: bool,
        /// Code of the organisation; may be left out when there is only one.
        #[arg(long)]
        tenant: Option<String>,
    },
}

fn kind(text: &str) -> Result<ImportKind, String> {
    ImportKind::parse(text).ok_or_else(|| "one of merchants, stores, contacts, terminals, bindings".into())
}

/// Errors printed; the rest are counted.
const SHOWN: u32 = 500;

impl Import {
    /// Runs it. Errors: a sentence for the terminal.
    pub fn run(self, config: Option<&Path>) -> Result<(), String> {
        let house = House::open(crate::run::config(config)?, Clock::Wall).map_err(|e| e.to_string())?;
        crate::run::runtime()?.block_on(async move {
            match self {
                Import::Mail { dir, tenant } => {
                    let taken = spool::take_in(&house, tenant_of(&house, tenant).await?, &dir).await?;
                    println!("{} new, {} known, {} unreadable, {} left in place", taken.kept, taken.known, taken.unreadable, taken.left);
                    Ok(())
                }
                Import::File { file, kind, commit, tenant } => {
                    let caller = Caller::system(tenant_of(&house, tenant).await?, "import");
                    table(&house, &caller, &file, kind, commit).await
                }
            }
        })
    }
}

async fn tenant_of(house: &House, code: Option<String>) -> Result<TenantId, String> {
    match code {
        Some(code) => {
            let asked = code.clone();
            let found = house.db.bare_read(move |bare| org::store::tenant_by_code(bare, &asked)).await;
            found.map_err(|e| e.to_string())?.ok_or_else(|| format!("there is no organisation {code}"))
        }
        None => match house.db.bare_read(org::store::tenants).await.map_err(|e| e.to_string())?.as_slice() {
            [only] => Ok(*only),
            [] => Err("there is no organisation yet; run `postsale demo` or set one up first".into()),
            _ => Err("there are several organisations; say which with --tenant".into()),
        },
    }
}

async fn table(house: &House, caller: &Caller, file: &Path, kind: ImportKind, commit: bool) -> Result<(), String> {
    let bytes = std::fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let table = sheet::read(&bytes).map_err(|refusal| texts::of_refusal(Lang::En, &refusal))?;
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let said = |stop: Stop| match stop {
        Stop::Refused(refusal) => texts::of_refusal(Lang::En, &refusal),
        other => other.to_string(),
    };
    let id = house
        .db
        .write(caller.clone(), house.clock.now(), move |tx| {
            let id = importing::keep(tx, kind, &name, &table)?;
            let run = store::seen(tx, id)?;
            importing::check(tx, id, run.version, &run.mapping)?;
            Ok(id)
        })
        .await
        .map_err(said)?;
    settle(house, caller, id, ImportState::Checking).await?;
    let (tally, bad) = house
        .db
        .read(caller.clone(), house.clock.now(), move |tx| {
            let run = store::seen(tx, id)?;
            let rows = store::rows(tx, id, Some(RowState::Bad), 0, SHOWN)?;
            Ok((store::tally(tx, id)?, rows.iter().map(|row| shown(&run, row, Lang::En)).collect::<Vec<_>>()))
        })
        .await
        .map_err(said)?;
    for error in bad.iter().flat_map(|row| &row.errors) {
        let fix = error.fix.as_ref().map(|fix| format!(" Probably meant: {fix}")).unwrap_or_default();
        println!("{}\t{}\t{}\t{}{fix}", error.place, error.header.as_deref().unwrap_or_default(), error.value, error.sentence);
    }
    println!("{} rows can be imported, {} have errors, {} are on record already", tally.good, tally.bad, tally.known);
    if !commit || tally.good == 0 {
        return Ok(());
    }
    let version = house.db.read(caller.clone(), house.clock.now(), move |tx| Ok(store::seen(tx, id)?.version)).await.map_err(said)?;
    house.db.write(caller.clone(), house.clock.now(), move |tx| importing::commit(tx, id, version, false)).await.map_err(said)?;
    settle(house, caller, id, ImportState::Running).await?;
    let tally = house.db.read(caller.clone(), house.clock.now(), move |tx| store::tally(tx, id)).await.map_err(said)?;
    println!("{} rows imported, {} refused", tally.made, tally.bad);
    Ok(())
}

/// Works until the import has left a state. A running server may be doing the same; each row is done once. Mail and plans are not waited for.
async fn settle(house: &House, caller: &Caller, id: ImportId, state: ImportState) -> Result<(), String> {
    let mut bench = Bench::for_imports();
    loop {
        while jobs::turn(house, &mut bench).await.map_err(|e| e.to_string())?.did > 0 {
            bench.cleared().await;
        }
        let run = house.db.read(caller.clone(), house.clock.now(), move |tx| store::seen(tx, id)).await.map_err(|e| e.to_string())?;
        if run.state != state {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}
