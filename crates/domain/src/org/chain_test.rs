use super::audit::Entry;
use super::chain::{Broken, Chain, ExportCheck, Head, HeadLine, Line};

/// An export of `n` entries, and the head after each.
fn export(n: i64) -> (Vec<String>, Vec<Head>) {
    let (mut chain, mut lines, mut heads) = (Chain::default(), Vec::new(), Vec::new());
    let mut previous = super::audit::GENESIS;
    for seq in 1..=n {
        let after = format!("{{\"n\":{seq}}}");
        let entry = Entry { seq, at_ms: seq * 7, caller: "usr_1", action: "ticket.note", subject: "tkt_1", before: "", after: &after };
        previous = entry.hash(&previous);
        chain.take(&entry, &previous).unwrap();
        let line = Line {
            seq,
            at_ms: entry.at_ms,
            caller: entry.caller.into(),
            action: entry.action.into(),
            subject: entry.subject.into(),
            before: String::new(),
            after,
            hash: chain.head().hash,
        };
        lines.push(serde_json::to_string(&line).unwrap());
        heads.push(chain.head());
    }
    lines.push(serde_json::to_string(&HeadLine { head: chain.head() }).unwrap());
    (lines, heads)
}

fn check(lines: &[String], known: Option<Head>) -> Result<Head, Broken> {
    let mut check = ExportCheck::new(known);
    lines.iter().try_for_each(|line| check.line(line))?;
    check.end()
}

#[test]
fn a_whole_export_gives_its_head() {
    let (lines, heads) = export(20);
    assert_eq!(check(&lines, None), Ok(heads[19].clone()));
    for head in heads {
        assert!(check(&lines, Some(head)).is_ok());
    }
    assert_eq!(check(&export(0).0, None).unwrap().seq, 0);
}

#[test]
fn any_flipped_byte_is_found_and_named() {
    let (lines, _) = export(5);
    for (index, line) in lines.iter().enumerate() {
        for at in 0..line.len() {
            let mut bytes = line.clone().into_bytes();
            bytes[at] ^= 1;
            let mut bent = lines.clone();
            bent[index] = String::from_utf8(bytes).unwrap();
            let named = match check(&bent, None) {
                Ok(_) => panic!("line {} byte {at} was not found: {}", index + 1, bent[index]),
                // The line itself, its entry, or the place of an entry with another number.
                Err(Broken::Unreadable { line }) => line as i64,
                Err(Broken::Bent { seq }) => seq,
                Err(Broken::Gap { expected, .. }) => expected,
                Err(Broken::Cut { .. } | Broken::NoHead) => 6,
                Err(Broken::Rewritten { seq }) => seq,
            };
            assert_eq!(named, index as i64 + 1, "line {} byte {at}", index + 1);
        }
    }
}

#[test]
fn what_is_dropped_swapped_or_cut_is_named() {
    let (lines, heads) = export(10);
    for i in 0..9 {
        let mut dropped = lines.clone();
        dropped.remove(i);
        assert_eq!(check(&dropped, None), Err(Broken::Gap { expected: i as i64 + 1, found: i as i64 + 2 }));
        let mut swapped = lines.clone();
        swapped.swap(i, i + 1);
        assert_eq!(check(&swapped, None), Err(Broken::Gap { expected: i as i64 + 1, found: i as i64 + 2 }));
    }
    let mut without_last = lines.clone();
    without_last.remove(9);
    assert_eq!(check(&without_last, None), Err(Broken::Cut { last: 9, head: 10 }));
    assert_eq!(check(&lines[..10], None), Err(Broken::NoHead));
    assert_eq!(check(&[lines.clone(), lines[..1].to_vec()].concat(), None), Err(Broken::NoHead));
    // A tail cut together with the head shows only against a head known from elsewhere.
    let (shorter, _) = export(7);
    assert!(check(&shorter, None).is_ok());
    assert_eq!(check(&shorter, Some(heads[9].clone())), Err(Broken::Cut { last: 7, head: 10 }));
}

#[test]
fn a_chain_written_anew_shows_against_a_known_head() {
    let (lines, heads) = export(6);
    let known = Head { hash: heads[2].hash.clone(), seq: 4 };
    assert_eq!(check(&lines, Some(known)), Err(Broken::Rewritten { seq: 4 }));
}
