//! Everything that reads what comes from outside, fed with its own corpus bent at random: nothing panics, nothing takes for ever, and
//! what is answered keeps its bounds. `PROPTEST_CASES` makes it longer (`make fuzz`); the planner's input has its own in `postsale`.

use std::path::Path;

use postsale_domain::ground::{Lang, TenantId, TypedId, mask_cards};
use postsale_domain::inbox::{find, is_thanks, plain_phone, strip_quotes};
use postsale_server::edge::mail_in;
use postsale_server::ground::seal::Seal;
use postsale_server::ground::sheet::{self, Book, CsvText};
use postsale_server::ground::texts;
use postsale_server::ground::web::Keyset;
use postsale_server::search::{asked, words};
use proptest::prelude::*;
use uuid::Uuid;

/// One bend of a file.
#[derive(Debug, Clone)]
enum Bend {
    Set(usize, u8),
    Cut(usize, usize),
    Double(usize, usize),
    Put(usize, Vec<u8>),
}

fn bend() -> impl Strategy<Value = Bend> {
    // Places are shares of the file, so that every part of it is met whatever its length.
    let place = 0_usize..10_000;
    let hard = prop::sample::select(vec![
        &b"\r\n\r\n"[..],
        b"\0",
        b"\xff\xfe",
        b"=?utf-8?b?",
        b"--",
        b"\"",
        b",,,,,,",
        b"PK\x03\x04",
        b"<!DOCTYPE a [<!ENTITY x \"y\">]>",
        b"&x;",
        b"99999999999999999999",
        b"-1",
        b"6222020200112233446",
        "\u{202e}\u{200b}\u{0}＝cmd|".as_bytes(),
    ]);
    prop_oneof![
        4 => (place.clone(), any::<u8>()).prop_map(|(at, byte)| Bend::Set(at, byte)),
        1 => (place.clone(), 1_usize..400).prop_map(|(at, n)| Bend::Cut(at, n)),
        1 => (place.clone(), 1_usize..400).prop_map(|(at, n)| Bend::Double(at, n)),
        2 => (place, hard).prop_map(|(at, bytes)| Bend::Put(at, bytes.to_vec())),
    ]
}

fn bent(mut raw: Vec<u8>, bends: &[Bend]) -> Vec<u8> {
    for bend in bends {
        let at = |share: usize| share * raw.len() / 10_000;
        match bend {
            Bend::Set(share, byte) => {
                let at = at(*share);
                if let Some(place) = raw.get_mut(at) {
                    *place = *byte;
                }
            }
            Bend::Cut(share, n) => {
                let (from, to) = (at(*share), (at(*share) + n).min(raw.len()));
                raw.drain(from..to);
            }
            Bend::Double(share, n) => {
                let (from, to) = (at(*share), (at(*share) + n).min(raw.len()));
                let piece = raw[from..to].to_vec();
                raw.splice(to..to, piece);
            }
            Bend::Put(share, bytes) => {
                let at = at(*share);
                raw.splice(at..at, bytes.iter().copied());
            }
        }
    }
    raw
}

fn mails() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

fn sheets() -> Vec<Vec<u8>> {
    let texts = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let (header, row) = (texts(&["serial_no", "model", "名称"]), texts(&["SN000001", "Sound Box S3", "一号店"]));
    let mut book = Book::new(&header).unwrap();
    book.remarked(&row, &[]).unwrap();
    let csv = "serial_no,model,名称\r\nSN000001,\"Sound, Box\",\"一\"\"号\"\r\n";
    vec![book.bytes().unwrap(), csv.as_bytes().to_vec(), encoding_rs::GB18030.encode(csv).0.into_owned(), CsvText::new(&header).bytes()]
}

fn words_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

proptest! {
    #[test]
    fn mail(file in prop::sample::select(mails()), bends in prop::collection::vec(bend(), 1..12)) {
        let letter = mail_in::read(&bent(file, &bends), "desk.example").letter;
        prop_assert!(!letter.external_id.is_empty());
        let kept = letter.kept();
        prop_assert!(kept.subject.chars().count() <= 300 && !kept.subject.contains(['\n', '\r']));
        prop_assert_eq!(mask_cards(&kept.body).found, 0, "no card number is left");
    }

    #[test]
    fn sheet(file in prop::sample::select(sheets()), bends in prop::collection::vec(bend(), 1..12)) {
        if let Ok(table) = sheet::read(&bent(file, &bends)) {
            prop_assert!(!table.rows.is_empty());
        }
    }

    #[test]
    fn words_and_questions(bends in prop::collection::vec(bend(), 0..12), any_text in "\\PC{0,80}") {
        let text = words_of(&bent("POS机 A920-0012 打印不出小票 \" OR 1=1 -- % _ * NEAR( 13812345521".as_bytes().to_vec(), &bends)) + &any_text;
        let found = words([text.as_str()]);
        prop_assert!(found.iter().all(|word| !word.is_empty() && !word.contains(char::is_whitespace)));
        for word in asked(&text).words {
            let (first, last) = word.range();
            prop_assert!(first <= last);
        }
    }

    #[test]
    fn letters_words(bends in prop::collection::vec(bend(), 0..12)) {
        let text = words_of(&bent("谢谢，好了 T-000123 SN A92000123456 97 138 1234 5521\n> on Monday you wrote:\n> x".as_bytes().to_vec(), &bends));
        let _ = (find(&text), is_thanks(&text), plain_phone(&text));
        prop_assert!(strip_quotes(&text).len() <= text.len() + 1);
        let once = mask_cards(&text).text;
        prop_assert_eq!(&mask_cards(&once).text, &once, "masking what is masked changes nothing");
    }

    /// A token bent anywhere opens nothing, and neither does a place in a list.
    #[test]
    fn tokens(bends in prop::collection::vec(bend(), 1..4), id in any::<u128>()) {
        let (seal, id, tenant) = (Seal::with_key([7; 32]), Uuid::from_u128(id), TenantId::from_uuid(Uuid::from_u128(1)));
        let token = seal.sign("page", id);
        let other = words_of(&bent(token.clone().into_bytes(), &bends));
        prop_assert_eq!(seal.open("page", &token), Some(id));
        if other != token {
            prop_assert_eq!(seal.open("page", &other), None);
        }
        prop_assert_eq!(seal.open("mail", &token), None);
        let start = Keyset { at: i64::MAX, id: Uuid::max() };
        let place = Keyset { at: 5, id }.cursor(&seal, tenant, "tickets");
        let other = words_of(&bent(place.clone().into_bytes(), &bends));
        if other != place {
            prop_assert!(Keyset::open(&seal, tenant, "tickets", Some(&other), start).is_err());
        }
    }

    #[test]
    fn language(header in "\\PC{0,200}") {
        prop_assert!(matches!(texts::preferred(Some(&header)), Lang::Zh | Lang::En));
    }
}
