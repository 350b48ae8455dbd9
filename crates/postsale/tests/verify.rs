//! `postsale verify audit` as somebody outside meets it: a file in, a verdict out, the first broken link named.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::process::Command;

use postsale_domain::org::audit::{Entry, GENESIS};
use postsale_domain::org::chain::{Head, HeadLine, Line};

/// An export of three entries.
fn export() -> (Vec<String>, Head) {
    let (mut lines, mut previous) = (Vec::new(), GENESIS);
    let hex = |hash: &[u8; 32]| hash.iter().map(|b| format!("{b:02x}")).collect::<String>();
    for seq in 1..=3 {
        let entry = Entry { seq, at_ms: seq, caller: "usr_1", action: "ticket.note", subject: "tkt_1", before: "", after: "{\"a\":1}" };
        previous = entry.hash(&previous);
        let (caller, action, subject) = (entry.caller.into(), entry.action.into(), entry.subject.into());
        let (before, after) = (entry.before.into(), entry.after.into());
        let line = Line { seq, at_ms: seq, caller, action, subject, before, after, hash: hex(&previous) };
        lines.push(serde_json::to_string(&line).unwrap());
    }
    let head = Head { seq: 3, hash: hex(&previous) };
    lines.push(serde_json::to_string(&HeadLine { head: head.clone() }).unwrap());
    (lines, head)
}

fn verify(lines: &[String], more: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.ndjson");
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_postsale")).args(["verify", "audit"]).arg(&file).args(more).output().unwrap();
    (run.status.success(), String::from_utf8([run.stdout, run.stderr].concat()).unwrap())
}

#[test]
fn a_verdict_names_the_first_broken_link() {
    let (lines, head) = export();
    let known = format!("{}:{}", head.seq, head.hash);
    let (whole, text) = verify(&lines, &["--head", &known]);
    assert!(whole && text.contains(&known), "{text}");

    let mut bent = lines.clone();
    bent[1] = bent[1].replace("tkt_1", "tkt_2");
    let mut swapped = lines.clone();
    swapped.swap(0, 1);
    let dropped = [lines[0].clone(), lines[2].clone(), lines[3].clone()];
    let other = format!("3:{}", "0".repeat(64));
    for (lines, more, says) in [
        (bent.as_slice(), vec![], "entry 2 is not what was written"),
        (&dropped, vec![], "entry 2 is missing"),
        (&swapped, vec![], "entry 1 is missing: entry 2"),
        (&lines[..3], vec![], "tail is missing"),
        (&lines, vec!["--head", other.as_str()], "entry 3 has another hash"),
    ] {
        let (whole, text) = verify(lines, &more);
        assert!(!whole && text.contains(says), "{says}: {text}");
    }
}
