//! `postsale clock`: the clock rules, for anybody who wants to check them.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use postsale_domain::sla;

/// `postsale clock ...`
#[derive(Debug, Args)]
pub struct Clock {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Answer a file of clock cases: one JSON line per case, in the order of the file.
    Eval {
        /// Cases in the format postsale-clock-cases/1; `-` reads standard input.
        #[arg(long)]
        input: PathBuf,
        /// Where the answers go, one per line; `-` writes standard output.
        #[arg(long)]
        output: PathBuf,
    },
}

impl Clock {
    /// Runs the command. A case with a mistake gets a line with the reason, is named on standard error, and makes the exit code 1.
    pub fn run(self) -> ExitCode {
        let Action::Eval { input, output } = self.action;
        match eval(&input, &output) {
            Ok(0) => ExitCode::SUCCESS,
            Ok(wrong) => {
                eprintln!("{wrong} case(s) could not be answered; the others were written to {}", output.display());
                ExitCode::from(1)
            }
            Err(why) => {
                eprintln!("{why}");
                ExitCode::from(2)
            }
        }
    }
}

fn eval(input: &PathBuf, output: &PathBuf) -> Result<usize, String> {
    let text = if input.as_os_str() == "-" { io::read_to_string(io::stdin()) } else { std::fs::read_to_string(input) };
    let text = text.map_err(|e| format!("{}: {e}", input.display()))?;
    let cases = sla::read_cases(&text).map_err(|e| format!("{}: {e}", input.display()))?;
    let (mut lines, mut wrong) = (String::new(), 0);
    for case in cases {
        match case.and_then(|case| case.answer_line()) {
            Ok(line) => lines.push_str(&line),
            Err(bad) => {
                wrong += 1;
                eprintln!("case {}: {}", bad.id, bad.mistake);
                lines.push_str(&bad.line());
            }
        }
        lines.push('\n');
    }
    let written = if output.as_os_str() == "-" { io::stdout().write_all(lines.as_bytes()) } else { std::fs::write(output, lines) };
    written.map_err(|e| format!("{}: {e}", output.display()))?;
    Ok(wrong)
}
