//! `postsale search`: looks after the words things are found by.

use std::path::Path;

use clap::Subcommand;
use postsale_domain::ground::Caller;
use postsale_server::flow::index;
use postsale_server::ground::clock::Clock;
use postsale_server::house::House;
use postsale_server::org;
use postsale_server::search::{DICTIONARY, Kind};
use uuid::Uuid;

/// What can be done about the search.
#[derive(Subcommand)]
pub enum Search {
    /// Cut everything into words again: after an update that brings another dictionary. May run beside a server.
    Rebuild,
}

impl Search {
    /// Runs it. Errors: a sentence for the terminal.
    pub fn run(self, config: Option<&Path>) -> Result<(), String> {
        let Search::Rebuild = self;
        let house = House::open(crate::run::config(config)?, Clock::Wall).map_err(|e| e.to_string())?;
        crate::run::runtime()?.block_on(async move {
            for tenant in house.db.bare_read(org::store::tenants).await.map_err(|e| e.to_string())? {
                for kind in [Kind::Ticket, Kind::Merchant, Kind::Terminal] {
                    let (caller, mut after) = (Caller::system(tenant, "search"), Uuid::nil());
                    loop {
                        let cut = house.db.write(caller.clone(), house.clock.now(), move |tx| index::rebuild(tx, kind, after)).await;
                        match cut.map_err(|e| e.to_string())? {
                            Some(last) => after = last,
                            None => break,
                        }
                    }
                }
            }
            println!("everything is cut by {DICTIONARY}");
            Ok(())
        })
    }
}
