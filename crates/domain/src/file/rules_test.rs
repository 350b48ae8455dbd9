use super::*;

#[test]
fn content_decides_what_a_file_is() {
    let docx = Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    let cases: &[(&[u8], Option<&str>, Result<Kind, &str>)] = &[
        (b"\xff\xd8\xff\xe0..", Some("image/jpeg"), Ok(Kind::Jpeg)),
        (b"%PDF-1.7", Some("application/pdf"), Ok(Kind::Pdf)),
        ("日志 12:40 打印失败\r\n".as_bytes(), None, Ok(Kind::Text)),
        (b"PK..", docx, Ok(Kind::Docx)),
        (b"PK..word/vbaProject.bin", docx, Err("file.macros")),
        (b"", None, Err("file.empty")),
        (b"MZ..", Some("application/vnd.microsoft.portable-executable"), Err("file.kind")),
        (b"PK..", Some("application/zip"), Err("file.kind")),
        (b"GIF89a", Some("image/gif"), Err("file.kind")),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", None, Err("file.kind")),
        (b"  <!doctype html><script>", None, Err("file.kind")),
        (b"\xef\xbb\xbf<html>", None, Err("file.kind")),
        (b"#!/bin/sh\nrm -rf /\n", None, Err("file.kind")),
        (b"a\0b", None, Err("file.kind")),
        (b"\xff\xfe\xfd", None, Err("file.kind")),
    ];
    for (bytes, sniffed, wanted) in cases {
        assert_eq!(judge(bytes, *sniffed).map_err(|r| r.code), *wanted, "{}", String::from_utf8_lossy(bytes));
    }
    let large = vec![b'a'; FILE_BYTES as usize + 1];
    assert_eq!(judge(&large, None).map_err(|r| r.code), Err("file.too_large"));
}

#[test]
fn at_11_the_known_test_virus_is_stopped_wherever_it_stands() {
    // Put together here, so that no scanner takes this source for one.
    let text = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS", "-TEST-FILE!$H+H*"].concat();
    assert_eq!(judge(text.as_bytes(), None).map_err(|r| r.code), Err("file.dangerous"));
    assert_eq!(judge(format!("%PDF-1.7 {text}").as_bytes(), Some("application/pdf")).map_err(|r| r.code), Err("file.dangerous"));
}

#[test]
fn at_07_and_xs_09_names_lose_what_could_lead_astray() {
    for (given, wanted) in [
        ("小票.JPG", "小票.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Windows\\system32\\cmd.exe", "cmd.jpg"),
        ("photo\u{202e}gpj.exe", "photogpj.jpg"),
        ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie_ x=1.jpg"),
        ("a\"b<c>.png", "a_b_c_.jpg"),
        ("...", "file.jpg"),
        ("", "file.jpg"),
        ("NUL", "file-NUL.jpg"),
        ("a\0b\u{200b}c", "abc.jpg"),
        ("报告 v1.2 终稿", "报告 v1.2 终稿.jpg"),
    ] {
        assert_eq!(clean_name(given, Kind::Jpeg), wanted, "{given:?}");
    }
    assert_eq!(clean_name(&"长".repeat(500), Kind::Pdf).chars().count(), 104);
}
