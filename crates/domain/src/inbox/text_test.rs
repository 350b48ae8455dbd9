use super::{Findings, find, is_thanks, plain_phone, strip_quotes};

fn list(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

#[test]
fn what_a_text_names() {
    let cases: Vec<(&str, Findings)> = vec![
        ("POS机编号：PX920A00123，打印不出小票", Findings { serials: list(&["PX920A00123"]), ..Findings::default() }),
        ("SN: a9-2023-000417 offline", Findings { serials: list(&["A92023000417"]), ..Findings::default() }),
        ("终端号 10482277 提示97", Findings { tids: list(&["10482277"]), response_codes: list(&["97"]), ..Findings::default() }),
        ("屏幕显示A0，重新签到也不行", Findings { response_codes: list(&["A0"]), ..Findings::default() }),
        ("Response code: 91", Findings { response_codes: list(&["91"]), ..Findings::default() }),
        ("联系电话 138-1234-5521，13987654321", Findings { phones: list(&["13812345521", "13987654321"]), ..Findings::default() }),
        ("请打138 1234 5521", Findings { phones: list(&["13812345521"]), ..Findings::default() }),
        ("机器 00000700001234567890 坏了", Findings { perhaps: list(&["00000700001234567890"]), ..Findings::default() }),
        ("序列号为ＰＸ９２０００１２３４", Findings { serials: list(&["PX920001234"]), ..Findings::default() }),
        // Two digits alone mean nothing; neither does a price, a date or a time.
        ("昨天14:30收了 97 元，2026-11-24", Findings { perhaps: list(&["20261124"]), ..Findings::default() }),
        ("", Findings::default()),
    ];
    for (text, found) in cases {
        assert_eq!(find(text), found, "{text}");
    }
}

#[test]
fn phones_lose_their_country_code_only() {
    for (text, plain) in [
        ("+86 138 1234 5521", Some("13812345521")),
        ("0086-13812345521", Some("13812345521")),
        ("(010) 8888-6666", Some("01088886666")),
        ("8612345", Some("8612345")),
        ("1234", None),
        ("abc13812345521", None),
    ] {
        assert_eq!(plain_phone(text).as_deref(), plain, "{text}");
    }
}

#[test]
fn a_reply_is_only_what_was_written_now() {
    let cases = [
        ("还是不行\n\n> 您好，请重启\n> 再试", "还是不行"),
        ("Still broken.\n\nOn Tue, 24 Nov 2026 at 10:02, Service wrote:\n> please restart", "Still broken."),
        ("Still broken.\n\nOn Tue, 24 Nov 2026 at 10:02, Service\n<s@example.com> wrote:\n> x", "Still broken."),
        ("好了谢谢\n\n------------------ 原始邮件 ------------------\n发件人: 客服\n内容", "好了谢谢"),
        ("好了\n在 2026-11-24 10:02:11，\"客服\" <s@example.com> 写道：\n请重启", "好了"),
        ("ok\n-----Original Message-----\nFrom: x", "ok"),
        ("请看\n\n发件人: 客服 <s@example.com>\n发送时间: 2026年11月24日\n收件人: 我", "请看"),
        ("第一行\n-- \n张三\n顺风面馆", "第一行"),
        // Nothing but a quotation: better the whole than nothing.
        ("> 只有引用", "> 只有引用"),
        ("From: the shop at the corner\nthe printer is dead", "From: the shop at the corner\nthe printer is dead"),
    ];
    for (body, words) in cases {
        assert_eq!(strip_quotes(body), words, "{body}");
    }
}

#[test]
fn thanks_are_thanks_and_nothing_else_is() {
    for text in ["谢谢！", "好了，谢谢师傅", "Thanks, it works.", "OK", "收到"] {
        assert!(is_thanks(text), "{text}");
    }
    for text in [
        "谢谢，但是还是不行",
        "没修好",
        "Thanks, but it still fails",
        "又坏了",
        "打印不出",
        "",
        "not OK",
        "谢谢。另外我们还有一台机器的屏幕碎了，想问一下换屏幕要多少钱，什么时候能来，需要我们准备什么",
    ] {
        assert!(!is_thanks(text), "{text}");
    }
}
