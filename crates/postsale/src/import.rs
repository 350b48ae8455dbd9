//! `postsale import`: takes in what lies in a folder.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use postsale_server::ground::clock::Clock;
use postsale_server::house::House;
use postsale_server::org;
use postsale_server::worker::spool;

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
}

impl Import {
    /// Runs it. Errors: a sentence for the terminal.
    pub fn run(self, file: Option<&Path>) -> Result<(), String> {
        let Import::Mail { dir, tenant } = self;
        let house = House::open(crate::run::config(file)?, Clock::Wall).map_err(|e| e.to_string())?;
        crate::run::runtime()?.block_on(async move {
            let tenant = match tenant {
                Some(code) => {
                    let asked = code.clone();
                    let found = house.db.bare_read(move |bare| org::store::tenant_by_code(bare, &asked)).await;
                    found.map_err(|e| e.to_string())?.ok_or_else(|| format!("there is no organisation {code}"))?
                }
                None => match house.db.bare_read(org::store::tenants).await.map_err(|e| e.to_string())?.as_slice() {
                    [only] => *only,
                    [] => return Err("there is no organisation yet; run `postsale demo` or set one up first".into()),
                    _ => return Err("there are several organisations; say which with --tenant".into()),
                },
            };
            let taken = spool::take_in(&house, tenant, &dir).await?;
            println!("{} new, {} known, {} unreadable, {} left in place", taken.kept, taken.known, taken.unreadable, taken.left);
            Ok(())
        })
    }
}
