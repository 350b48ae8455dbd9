//! The front door: one binary for the server, its tools and the demo.

mod backup;
mod clock;
mod doctor;
mod import;
mod plan;
mod run;
mod search;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A request takes and gives back a few thousand small pieces of memory, SQLite's among them; this one is quicker at it than the C library's.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// After-sales service for payment terminals.
#[derive(Parser)]
#[command(name = "postsale", version)]
struct Cli {
    /// Configuration file (JSON); the environment wins over it.
    #[arg(long, global = true, env = "POSTSALE_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer HTTP; with --worker also do jobs and timers.
    Serve {
        /// Do jobs and timers in the same process.
        #[arg(long)]
        worker: bool,
    },
    /// Do jobs and timers only.
    Worker,
    /// Bring the database schema up to date.
    Migrate,
    /// Fill an empty database with demo data, then serve with a worker inside.
    Demo,
    /// Print the OpenAPI document.
    Openapi,
    /// Say what is wrong with this installation, if anything.
    Doctor,
    /// Check what can be checked from outside.
    #[command(subcommand)]
    Verify(verify::Verify),
    /// Copy a running installation on SQLite into a new folder: its state at one instant, checked.
    Backup {
        /// The folder; must not exist yet.
        folder: PathBuf,
    },
    /// Check a copy and put it into an empty data folder.
    Restore {
        /// The folder `backup` made.
        folder: PathBuf,
    },
    /// Take in what lies in a folder or a file.
    #[command(subcommand)]
    Import(import::Import),
    /// Look after the search.
    #[command(subcommand)]
    Search(search::Search),
    /// Check the clock rules with cases of your own.
    Clock(clock::Clock),
    /// Plan a day of visits, judge a plan, place an urgent job.
    Plan(plan::PlanCommand),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve { worker } => run::serve(cli.config.as_deref(), worker, false),
        Command::Demo => run::serve(cli.config.as_deref(), true, true),
        Command::Worker => run::worker(cli.config.as_deref()),
        Command::Migrate => run::migrate(cli.config.as_deref()),
        Command::Openapi => run::openapi(),
        Command::Doctor => doctor::doctor(cli.config.as_deref()),
        Command::Verify(verify) => verify.run(cli.config.as_deref()),
        Command::Backup { folder } => backup::backup(cli.config.as_deref(), &folder),
        Command::Restore { folder } => backup::restore(cli.config.as_deref(), &folder),
        Command::Import(import) => import.run(cli.config.as_deref()),
        Command::Search(search) => search.run(cli.config.as_deref()),
        Command::Clock(clock) => return clock.run(),
        Command::Plan(plan) => return plan.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("postsale: {error}");
            ExitCode::FAILURE
        }
    }
}
