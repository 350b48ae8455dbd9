//! `postsale backup` and `postsale restore`.

use std::path::Path;

use postsale_server::backup::{self, Manifest};
use postsale_server::ground::clock::Clock;

type Done = Result<(), String>;

/// `backup`.
pub fn backup(file: Option<&Path>, folder: &Path) -> Done {
    say("copied", &backup::make(&crate::run::config(file)?, folder, Clock::Wall.now())?);
    Ok(())
}

/// `restore`.
pub fn restore(file: Option<&Path>, folder: &Path) -> Done {
    say("restored", &backup::restore(&crate::run::config(file)?, folder)?);
    Ok(())
}

fn say(what: &str, manifest: &Manifest) {
    let (bytes, rows) = (manifest.files.iter().map(|f| f.bytes).sum::<u64>(), manifest.tables.iter().map(|t| t.1).sum::<i64>());
    println!("{what}: state of {}, {} MiB, {rows} rows in {} tables", manifest.made_at, bytes.div_ceil(1 << 20), manifest.tables.len());
    for (tenant, head) in &manifest.heads {
        println!("audit chain of {tenant}: whole, head {}:{}", head.seq, head.hash);
    }
}
