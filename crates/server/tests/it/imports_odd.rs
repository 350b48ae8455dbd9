//! Files as people really send them: odd encodings, merged cells, formulas, days as numbers, files far too large or made to hurt.

use std::io::Write;

use postsale_domain::ground::Role;
use postsale_server::ground::db::Query;
use postsale_server::merchant::store as merchants;
use postsale_server::sql;
use postsale_testkit::{Client, Kit, World, on_both};
use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value, json};

use crate::imports::{checked, committed, errors, hand_in};

const MERCHANTS: &str = "商户号,商户名称,收单机构\n898310154110001,顺风面馆,ACQ\n898310154110002,㐂茶馆,ACQ\n";

/// Sixteen bits a letter, with or without the mark.
fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let text = if mark { format!("\u{FEFF}{text}") } else { text.to_owned() };
    text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

async fn desk(kit: &Kit) -> (World, Client) {
    let world = World::new(kit, "t1").await;
    world.write(kit, |tx| merchants::add_acquirer(tx, "ACQ", "示例银行")).await;
    let client = world.client(kit, Role::Admin).await;
    (world, client)
}

on_both! {
    fn in_10_a_table_reads_the_same_in_each_encoding_people_use(kit) {
        let (_, client) = desk(&kit).await;
        let chinese = encoding_rs::GB18030.encode(MERCHANTS).0.into_owned();
        for bytes in [MERCHANTS.into(), chinese, utf16(MERCHANTS, true, true), utf16(MERCHANTS, false, true)] {
            let page = hand_in(&client, "merchants", bytes).await.expect(201);
            assert_eq!(page["sample"][1], json!(["898310154110002", "㐂茶馆", "ACQ"]));
        }
        // What no encoding explains is refused with its line; a letter is never replaced in silence.
        let torn = [MERCHANTS.as_bytes(), b"898310154110003,\xFF\xFE\xFD,ACQ\n"].concat();
        let half = [&utf16(MERCHANTS, true, true)[..], &[0x00, 0xD8, b'\n', 0]].concat();
        for (bytes, line) in [(torn, "4"), (half, "4"), (utf16(MERCHANTS, true, false), "1")] {
            let no = hand_in(&client, "merchants", bytes).await;
            assert!(no.json["detail"].as_str().unwrap().contains(&format!("第{line}行")), "{}", no.text);
            assert_eq!(no.problem(422), "sheet.letters");
        }
    }
}

on_both! {
    fn merged_cells_formulas_numbers_and_days_are_named_cell_by_cell(kit) {
        let (_, client) = desk(&kit).await;
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let day = Format::new().set_num_format("yyyy-mm-dd");
        for (column, title) in ["序列号", "终端唯一标识", "型号", "启用日期", "批次"].iter().enumerate() {
            sheet.write_string(0, column as u16, *title).unwrap();
        }
        for row in 1..=6_u32 {
            sheet.write_string(row, 0, format!("82104477090{row}")).unwrap();
            sheet.write_string(row, 1, format!("0000070000123456789{row}")).unwrap();
            sheet.write_string(row, 2, "A920").unwrap();
        }
        // A day kept as a number, shown as a day or not, is a day.
        sheet.write_number_with_format(1, 3, 46_082.0, &day).unwrap();
        sheet.write_number(2, 3, 46_082.0).unwrap();
        // A formula, even one whose value would fit, is not taken.
        sheet.write_formula(3, 3, "=TODAY()").unwrap();
        // Twenty digits as a number have lost their end.
        sheet.write_number(4, 1, 7.0e18).unwrap();
        // Two rows share one batch: only the first has it.
        sheet.merge_range(5, 4, 6, 4, "2409", &Format::new()).unwrap();
        let page = hand_in(&client, "terminals", book.save_to_buffer().unwrap()).await.expect(201);
        let page = checked(&kit, &client, &page).await;
        let expected = [("B5", "import.lost_digits"), ("D4", "import.formula"), ("E7", "import.merged")];
        assert_eq!(errors(&client, &page).await, expected.map(|(place, code)| (place.to_owned(), code.to_owned())).into());
        let page = committed(&kit, &client, &page, "good").await;
        assert_eq!(page["tally"]["made"], 3);
        let list = client.get("/api/v1/terminals?q=821044770902").await.expect(200);
        let id = list["items"][0]["id"].as_str().unwrap();
        assert_eq!(client.get(&format!("/api/v1/terminals/{id}")).await.expect(200)["terminal"]["activated_on"], "2026-03-01");
    }
}

/// An XLSX that is small on its way and unfolds without end.
fn bomb() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..257 {
        archive.write_all(&zeros).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

on_both! {
    fn in_05_a_file_that_is_too_large_or_made_to_hurt_is_refused_before_anything_is_kept(kit) {
        let (world, client) = desk(&kit).await;
        let million = format!("商户号\n{}", "1\n".repeat(1_000_000));
        let no = hand_in(&client, "merchants", million.into()).await;
        assert!(no.json["detail"].as_str().unwrap().contains("100002"), "the first row beyond is named: {}", no.text);
        assert_eq!(no.problem(422), "sheet.rows");
        assert_eq!(hand_in(&client, "merchants", bomb()).await.problem(422), "sheet.unfolds");
        assert_eq!(hand_in(&client, "merchants", vec![b'1'; 16 * 1024 * 1024 + 1]).await.problem(413), "sheet.large");
        assert_eq!(world.read(&kit, |tx| Ok(tx.number(sql!("SELECT COUNT(*) FROM import_row"), &[])?)).await, 0);
    }
}

on_both! {
    fn what_was_typed_wrong_many_times_is_corrected_once(kit) {
        let (_, client) = desk(&kit).await;
        let mut text = String::from("商户号,商户名称,收单机构\n");
        for n in 0..30 {
            let bank = if n % 3 == 0 { "示列银行" } else { "ACQ" };
            text += &format!("8983101541{n:05},商户{n},{bank}\n");
        }
        text += "89831015411000O,字母,ACQ\n89831015411001O,字母,ACQ\n";
        let page = hand_in(&client, "merchants", text.into()).await.expect(201);
        let page = checked(&kit, &client, &page).await;
        let path = format!("/api/v1/imports/{}", page["id"].as_str().unwrap());
        let troubles = client.get(&format!("{path}/troubles")).await.expect(200);
        let brief = |t: &Value| (t["column"].clone(), t["code"].clone(), t["rows"].clone(), t["fixable"].clone(), t["alike"].clone());
        let found: Vec<_> = troubles["items"].as_array().unwrap().iter().map(brief).collect();
        let alike = json!([{ "value": "示列银行", "rows": 10 }]);
        assert_eq!(
            found,
            [
                (json!("C"), json!("import.no_such"), json!(10), json!(0), alike),
                (json!("A"), json!("import.letters_among_digits"), json!(2), json!(2), json!([])),
            ]
        );
        let bank = json!({ "column": "C", "code": "import.no_such", "was": "示列银行", "value": "示例银行" });
        let letters = json!({ "column": "A", "code": "import.letters_among_digits" });
        let correct = format!("{path}/corrections");
        let page = client.post(&correct, &json!({ "version": page["version"], "alike": [bank, letters] })).await.expect(200);
        assert_eq!((&page["tally"]["good"], &page["tally"]["bad"]), (&json!(32), &json!(0)));
        // A correction that makes a row say what a later one says already is told at once, not when it is written.
        let cells = json!([{ "row": 2, "column": "A", "value": "898310154100007" }]);
        let page = client.post(&correct, &json!({ "version": page["version"], "cells": cells })).await.expect(200);
        assert_eq!(errors(&client, &page).await, [("A2".to_owned(), "import.twice".to_owned())].into());
        assert_eq!(client.post(&correct, &json!({ "version": 0, "alike": [] })).await.problem(409), "stale");
        assert_eq!(client.post(&correct, &json!({ "version": page["version"], "alike": [{ "column": "??", "code": "x" }] })).await.problem(422), "import.column_twice");
    }
}

on_both! {
    fn no_card_number_of_a_file_is_kept_and_no_number_of_a_device_is_lost(kit) {
        let (world, client) = desk(&kit).await;
        // Two cards that are right, one of them an account and one in a column nobody imports; a merchant number stays what it is.
        let text = "商户号,商户名称,收单机构,结算卡号,备注\n898310154100001,商户,ACQ,6222 0212 3456 7894,店长卡4111111111111111\n898310154100002,店,ACQ,95588000123456,\n";
        let page = hand_in(&client, "merchants", text.into()).await.expect(201);
        assert_eq!(page["sample"], json!([["898310154100001", "商户", "ACQ", "*7894", "店长卡************1111"], ["898310154100002", "店", "ACQ", "*3456", ""]]));
        let page = checked(&kit, &client, &page).await;
        let path = format!("/api/v1/imports/{}", page["id"].as_str().unwrap());
        let cells = json!([{ "row": 3, "column": "D", "value": "6222021234567894" }, { "row": 3, "column": "E", "value": "4111 1111 1111 1111" }]);
        let page = client.post(&format!("{path}/corrections"), &json!({ "version": page["version"], "cells": cells })).await.expect(200);
        let (key, kept) = (page["id"].as_str().unwrap().parse::<postsale_domain::import::ImportId>().unwrap(), "111111111");
        let rows = world.read(&kit, move |tx| postsale_server::import::store::rows(tx, key, None, 0, 10)).await;
        let kept = rows.iter().filter(|row| format!("{:?}", row.cells).contains(kept) || format!("{:?}", row.cells).contains("123456789")).count();
        assert_eq!((rows.len(), kept), (2, 0));
        committed(&kit, &client, &page, "all").await;
        // The twenty digits of a TUSN and a serial that looks like a card are what the device is known by.
        let devices = "序列号,终端唯一标识,型号,备注\n4111111111111111,00000701234567890123,A920,6222021234567894\n";
        let page = hand_in(&client, "terminals", devices.into()).await.expect(201);
        assert_eq!(page["sample"], json!([["4111111111111111", "00000701234567890123", "A920", "************7894"]]));
    }
}

const PEOPLE: &str = "工号,姓名,岗位,邮箱,机构,工程师\n\
li.na,李娜,坐席,li.na@example.com,东区,\n\
wang,王强,主管,,,\n\
zhao,赵六,金牌销售,,,\n\
qian,钱七,财务,,东区,\n\
sun,孙八,工程师,,,\n\
li.na,李娜二,坐席,,,\n\
agent@t1,老坐席,坐席,,,\n\
x,短,坐席,not a mail,北区,\n";

on_both! {
    fn people_come_in_by_file_with_an_invitation_and_no_password(kit) {
        let (world, client) = desk(&kit).await;
        client.post("/api/v1/branches", &json!({ "code": "east", "name": "东区", "districts": ["浦东"] })).await.expect(201);
        let page = hand_in(&client, "users", PEOPLE.into()).await.expect(201);
        let page = checked(&kit, &client, &page).await;
        let expected = [
            ("A7", "import.twice"),
            ("A9", "user.bad_username"),
            ("C4", "import.no_role"),
            ("D9", "user.bad_email"),
            ("E5", "user.not_bound"),
            ("E9", "import.no_such"),
            ("F6", "user.needs_engineer"),
        ];
        assert_eq!(errors(&client, &page).await, expected.map(|(place, code)| (place.to_owned(), code.to_owned())).into());
        assert_eq!((&page["tally"]["good"], &page["tally"]["known"]), (&json!(2), &json!(1)));
        // Whoever may import but not invite may neither hand such a file in nor look into one.
        let supervisor = world.client(&kit, Role::Supervisor).await;
        let path = format!("/api/v1/imports/{}", page["id"].as_str().unwrap());
        assert_eq!(hand_in(&supervisor, "users", PEOPLE.into()).await.problem(403), "not_allowed");
        for door in ["", "/rows", "/troubles", "/errors.xlsx"] {
            assert_eq!(supervisor.get(&format!("{path}{door}")).await.problem(403), "not_allowed");
        }
        let commit = json!({ "version": page["version"], "choice": "good" });
        assert_eq!(supervisor.post(&format!("{path}/commit"), &commit).await.problem(403), "not_allowed");
        // A key makes no people, and so not by a file.
        let me = client.get("/api/v1/sessions/current").await.expect(200)["id"].clone();
        let key = json!({ "name": "files", "user_id": me, "role": "admin", "days": 1 });
        let secret = client.post("/api/v1/api-keys", &key).await.expect(201)["secret"].as_str().unwrap().to_owned();
        let program = Client::new(&kit.house).with_token(&secret);
        assert_eq!(hand_in(&program, "users", PEOPLE.into()).await.problem(403), "api_key.not_in_person");
        assert_eq!(program.post(&format!("{path}/commit"), &commit).await.problem(403), "api_key.not_in_person");
        committed(&kit, &client, &page, "good").await;
        let invited = client.get("/api/v1/users?state=invited").await.expect(200);
        let names: Vec<&str> = invited["items"].as_array().unwrap().iter().map(|u| u["username"].as_str().unwrap()).collect();
        assert!(names.len() == 2 && names.contains(&"li.na") && names.contains(&"wang"), "{names:?}");
        let mails = crate::people_world::mails(&kit);
        assert_eq!(mails.iter().filter(|(to, _)| to.contains("li.na@example.com")).count(), 1, "one link, to whoever has an address");
    }
}
