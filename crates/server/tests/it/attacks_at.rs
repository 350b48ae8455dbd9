//! Rows of the attack catalogue about files and mail: AT-03, AT-04, AT-06, AT-12, AT-13 and AT-17. AT-01 stands in `mail_in.rs`, AT-07, AT-08
//! and AT-11 where the rules of files are, AT-15 in `attacks_ds.rs`, AT-16 and AT-10 in `files.rs`.

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use postsale_domain::ground::Role;
use postsale_server::edge::mail_in::read;
use postsale_testkit::{World, on_both};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::imports::hand_in;

/// Longer than any of these takes on a slow machine; what they guard against takes minutes or all memory.
const PATIENCE: Duration = Duration::from_secs(20);

fn mail(head: &str, body: &[u8]) -> Vec<u8> {
    [format!("From: a@example.com\r\nSubject: printer\r\nMIME-Version: 1.0\r\n{head}\r\n").as_bytes(), body].concat()
}

#[test]
fn at_03_a_zoo_of_charsets_becomes_text_or_says_that_it_was_damaged() {
    let zoo: [(&str, &[u8]); 9] = [
        ("utf-7", b"+YlNTcGc6lRlO- printer"),
        ("hz-gb-2312", b"~{4r9S~} printer"),
        ("iso-2022-cn", b"\x1b$)A\x0e4r9S\x0f printer"),
        ("gb18030", b"\xb4\xf2\xd3\xa1 printer"),
        ("big5", b"\xa5\xb4\xa6L printer"),
        ("x-unknown-charset", b"printer \xff\xfe"),
        ("utf-8", b"printer \xc3\x28 \xf0\x9f"),
        ("us-ascii", b"printer \xe6\x89\x93"),
        ("", b"printer \x80\x81"),
    ];
    for (charset, body) in zoo {
        let letter = read(&mail(&format!("Content-Type: text/plain; charset=\"{charset}\"\r\n"), body), "desk.example").letter;
        assert!(letter.body.contains("printer"), "{charset}: {:?}", letter.body);
        assert!(!letter.body.contains('\0'), "{charset}");
    }
    let junk = mail(
        "Content-Type: text/plain; charset=utf-32le\r\nContent-Transfer-Encoding: base64\r\n",
        "/////w==AAAA////".repeat(500).as_bytes(),
    );
    assert!(read(&junk, "desk.example").letter.body.chars().count() < 20_000);
}

#[test]
fn at_04_a_date_that_cannot_be_is_no_date() {
    let deep = format!("{}Tue{}, 24 Nov 2026 10:00:00 +0800", "(".repeat(100_000), ")".repeat(100_000));
    for date in [deep.as_str(), "Tue, 24 Nov 9999999 10:00:00 +0800", "32 Foo 2026", "", "Tue, 24 Nov 2026 99:99:99 +9999", "-1"] {
        let before = Instant::now();
        let taken = read(&mail(&format!("Date: {date}\r\n"), b"printer is dead"), "desk.example");
        assert!(taken.letter.body.contains("printer is dead") && before.elapsed() < PATIENCE, "{}", &date[..date.len().min(40)]);
    }
}

/// A workbook of one sheet, made by hand.
fn workbook(sheet: &str, strings: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let types = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>"#;
    let rels = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let book = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    let book_rels = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;
    for (name, text) in [
        ("[Content_Types].xml", types),
        ("_rels/.rels", rels),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", book_rels),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", strings),
    ] {
        archive.start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A sheet whose only column is the first of the shared strings.
fn sheet(rows: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
    )
}

const HEADED: &str = r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>"#;

/// Shared strings under a document type of somebody's own.
fn strings(doctype: &str, second: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>{doctype}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>商户号</t></si><si><t>{second}</t></si></sst>"#
    )
}

on_both! {
    fn at_06_an_archive_is_judged_by_what_it_unfolds_to(kit) {
        let client = World::new(&kit, "t1").await.client(&kit, Role::Admin).await;
        let mut many = ZipWriter::new(Cursor::new(Vec::new()));
        for n in 0..20_000 {
            many.start_file(format!("xl/worksheets/sheet{n}.xml"), SimpleFileOptions::default()).unwrap();
        }
        let mut inner = vec![b'a'; 1 << 20];
        for _ in 0..10 {
            let mut nested = ZipWriter::new(Cursor::new(Vec::new()));
            nested.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
            nested.write_all(&inner).unwrap();
            inner = nested.finish().unwrap().into_inner();
        }
        // The size a file says of itself is a lie in the last one.
        let mut lying = workbook(&sheet(HEADED), &strings("", &"9".repeat(50_000)));
        if let Some(at) = lying.windows(4).rposition(|w| w == b"PK\x01\x02") {
            lying[at + 24..at + 28].copy_from_slice(&10_u32.to_le_bytes());
        }
        for (name, bytes) in [("many", many.finish().unwrap().into_inner()), ("nested", inner), ("lying", lying)] {
            let before = Instant::now();
            let answer = hand_in(&client, "merchants", bytes).await;
            assert!(matches!(answer.status, 201 | 413 | 422) && before.elapsed() < PATIENCE, "{name}: {} {}", answer.status, answer.text);
        }
    }
}

on_both! {
    fn at_12_a_table_reads_no_file_of_ours_and_asks_nobody(kit) {
        let client = World::new(&kit, "t1").await.client(&kit, Role::Admin).await;
        let secret = kit.folder.path().join("secret.txt");
        std::fs::write(&secret, "do-not-read").unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let at = listener.local_addr().unwrap();
        for doctype in [
            format!("<!DOCTYPE x [<!ENTITY e SYSTEM \"file://{}\">]>", secret.display()),
            format!("<!DOCTYPE x [<!ENTITY e SYSTEM \"http://{at}/e\">]>"),
            format!("<!DOCTYPE x SYSTEM \"http://{at}/x.dtd\" [<!ENTITY % p SYSTEM \"http://{at}/p\"> %p; <!ENTITY e \"x\">]>"),
        ] {
            let answer = hand_in(&client, "merchants", workbook(&sheet(HEADED), &strings(&doctype, "&e;"))).await;
            assert!(matches!(answer.status, 201 | 422), "{}", answer.text);
            assert!(!answer.text.contains("do-not-read"), "{}", answer.text);
            if let Some(id) = answer.json["id"].as_str() {
                assert!(!client.get(&format!("/api/v1/imports/{id}/rows")).await.text.contains("do-not-read"));
            }
        }
        assert!(listener.accept().is_err(), "somebody was asked");
    }
}

on_both! {
    fn at_13_entities_attributes_and_depth_do_not_blow_up(kit) {
        let client = World::new(&kit, "t1").await.client(&kit, Role::Admin).await;
        let mut laughs = String::from("<!DOCTYPE x [<!ENTITY a0 \"ha\">");
        for n in 1..30 {
            laughs.push_str(&format!("<!ENTITY a{n} \"{}\">", format!("&a{};", n - 1).repeat(10)));
        }
        laughs.push_str("]>");
        let attributes: String = (0..200_000).map(|n| format!(" a{n}=\"1\"")).collect();
        let spaces: String = (0..200_000).map(|n| format!(" xmlns:n{n}=\"u{n}\"")).collect();
        let deep = format!("{}{}", "<x>".repeat(100_000), "</x>".repeat(100_000));
        for (name, bytes) in [
            ("laughs", workbook(&sheet(HEADED), &strings(&laughs, "&a29;"))),
            ("attributes", workbook(&sheet(&format!("<row{attributes}></row>{HEADED}")), &strings("", "1"))),
            ("namespaces", workbook(&sheet(&format!("<row{spaces}></row>{HEADED}")), &strings("", "1"))),
            ("depth", workbook(&sheet(&format!("{HEADED}{deep}")), &strings("", "1"))),
        ] {
            let before = Instant::now();
            let answer = hand_in(&client, "merchants", bytes).await;
            assert!(matches!(answer.status, 201 | 413 | 422) && answer.text.len() < 100_000, "{name}: {} {}", answer.status, answer.text);
            assert!(before.elapsed() < PATIENCE, "{name}: {:?}", before.elapsed());
        }
    }
}

#[test]
fn at_17_what_other_programs_wrap_is_a_file_or_text() {
    let part = |media: &str, name: &str, body: &str| {
        format!("--b\r\nContent-Type: {media}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{body}\r\n")
    };
    let calendar = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:visit\r\nX-ALT-DESC;FMTTYPE=text/html:<script>alert(1)</script>\r\nEND:VEVENT\r\nEND:VCALENDAR";
    let cases = [
        ("multipart/mixed", part("application/ms-tnef", "winmail.dat", "x\u{9f}>\"")),
        (
            "multipart/signed; protocol=\"application/pkcs7-signature\"",
            part("application/pkcs7-signature", "smime.p7s", "MIAGCSqGSIb3DQEHAqCA"),
        ),
        (
            "multipart/signed; protocol=\"application/pgp-signature\"",
            part("application/pgp-signature", "signature.asc", "-----BEGIN PGP SIGNATURE-----\r\nbent"),
        ),
        ("multipart/mixed", part("text/calendar; method=REQUEST", "invite.ics", calendar)),
    ];
    for (kind, extra) in cases {
        let raw = mail(
            &format!("Content-Type: {kind}; boundary=b\r\n"),
            format!("--b\r\nContent-Type: text/plain\r\n\r\nprinter is dead\r\n{extra}--b--\r\n").as_bytes(),
        );
        let taken = read(&raw, "desk.example");
        assert_eq!(taken.unreadable, None, "{kind}");
        assert!(taken.letter.body.contains("printer is dead") && !taken.letter.body.contains("<script>"), "{kind}: {}", taken.letter.body);
        assert!(taken.letter.attachments.len() <= 1, "{kind}");
    }
    let sealed = mail(
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n",
        b"MIAGCSqGSIb3DQEHA6CA",
    );
    let taken = read(&sealed, "desk.example");
    assert!(taken.unreadable.is_some() || taken.letter.attachments.len() == 1, "{:?}", taken.letter.body);
}
