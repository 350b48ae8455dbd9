//! `postsale verify`: checks that need no trust in the running system.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use postsale_domain::org::chain::{ExportCheck, Head};

/// What can be checked.
#[derive(Subcommand)]
pub enum Verify {
    /// Check the audit chain link by link, in a file from `GET /api/v1/audit/export` or in the database. Names the first broken link.
    Audit {
        /// The exported file.
        #[arg(required_unless_present = "live", conflicts_with = "live")]
        file: Option<PathBuf>,
        /// Check the database this installation uses, every organisation in it.
        #[arg(long)]
        live: bool,
        /// A head noted earlier, NUMBER:HASH; the chain must still contain it.
        #[arg(long, value_parser = head, conflicts_with = "live")]
        head: Option<Head>,
    },
    /// Read every file that came along with words and compare it with its hash.
    Files,
}

fn head(text: &str) -> Result<Head, String> {
    let (seq, hash) = text.split_once(':').ok_or("NUMBER:HASH, as `postsale verify audit` prints it")?;
    Ok(Head { seq: seq.parse().map_err(|_| "the number before the colon is none")?, hash: hash.to_owned() })
}

impl Verify {
    /// Runs it. Errors: what is broken, and where.
    pub fn run(self, config: Option<&Path>) -> Result<(), String> {
        let Verify::Audit { file, head, .. } = self else {
            let (all, flawed) = postsale_server::backup::flaws(&crate::run::config(config)?)?;
            for (name, flaw) in &flawed {
                println!("{name}: {flaw:?}");
            }
            println!("{all} files, {} of them flawed", flawed.len());
            return if flawed.is_empty() { Ok(()) } else { Err("restore the flawed files from a backup".into()) };
        };
        let Some(file) = file else {
            let heads = postsale_server::backup::chains(&crate::run::config(config)?.database_url())?;
            for (tenant, Head { seq, hash }) in heads {
                println!("{tenant}: whole, {seq} entries, head {seq}:{hash}");
            }
            return Ok(());
        };
        let at = |e: std::io::Error| format!("{}: {e}", file.display());
        let mut check = ExportCheck::new(head);
        for line in BufReader::new(File::open(&file).map_err(at)?).lines() {
            let line = line.map_err(at)?;
            check.line(&line).map_err(|broken| broken.to_string())?;
        }
        let Head { seq, hash } = check.end().map_err(|broken| broken.to_string())?;
        println!("whole: {seq} entries, head {seq}:{hash}");
        Ok(())
    }
}
