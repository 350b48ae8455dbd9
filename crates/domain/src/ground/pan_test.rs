use proptest::prelude::*;

use super::pan::{luhn, mask_cards};

#[test]
fn card_numbers_lose_all_but_four_digits() {
    // 4111…1111 and 378282246310005 are the networks' published test numbers; the 19-digit one is made with a right check digit.
    let cases = [
        ("卡号是4111111111111111谢谢", "卡号是************1111谢谢"),
        ("4111 1111 1111 1111", "**** **** **** 1111"),
        ("4111-1111-1111-1111", "****-****-****-1111"),
        ("4111.1111.1111.1111", "****.****.****.1111"),
        ("4111\u{a0}1111\u{a0}1111\u{a0}1111", "****\u{a0}****\u{a0}****\u{a0}1111"),
        ("41111111\u{200b}11111111", "********\u{200b}****1111"),
        ("４１１１１１１１１１１１１１１１", "************１１１１"),
        ("4111 1111\n1111 1111", "**** ****\n**** 1111"),
        ("378282246310005", "***********0005"),
        ("6222021234567890128", "***************0128"),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "* * * * * * * * * * * * 1 1 1 1"),
        // Embossed and mistyped: the check digit is wrong, the shape is not.
        ("4111 1111 1111 1112", "**** **** **** 1112"),
        // A label makes every number of the right length one.
        ("银行卡：8888888888888888", "银行卡：************8888"),
        // Rule 3: a right card number is masked whatever the label says.
        ("序列号4111111111111111", "序列号************1111"),
    ];
    for (text, masked) in cases {
        assert_eq!(mask_cards(text).text, masked, "{text}");
        assert_eq!(mask_cards(text).found, 1, "{text}");
    }
}

#[test]
fn other_numbers_stay() {
    let cases = [
        "电话 13812345678 或 13912345678",
        "+86 138 1234 5678",
        "400-810-8888",
        "TUSN 00000700001234567890",
        "TUSN: 62220212345678901234",
        "序列号 8210001277450",
        "商户号 898310154110001",
        // Begins like a card, wrong check digit, not embossed.
        "机身号 4111111111111112",
        "序列号4111-1111-1111-1112",
        "2026-11-24 14:00",
        "交易金额 1,204.00 参考号 123456789012",
        "6901234567892",
        "",
    ];
    for text in cases {
        assert_eq!(mask_cards(text).text, text);
        assert_eq!(mask_cards(text).found, 0, "{text}");
    }
}

#[test]
fn two_cards_in_one_text_are_two() {
    let masked = mask_cards("4111111111111111, 378282246310005");
    assert_eq!((masked.text.as_str(), masked.found), ("************1111, ***********0005", 2));
}

/// Looking at all pairs of groups, or at everything again after each card, would take minutes here.
#[test]
fn a_long_text_is_read_once() {
    assert_eq!(mask_cards(&"1 ".repeat(500_000)).found, 0);
    // Each card leaves four digits that begin the next one together with the nine behind them.
    let values = |text: &str| text.bytes().map(|b| b - b'0').collect::<Vec<u8>>();
    let checked = |head: &str| (0..10).map(|c| format!("{head}{c}")).find(|text| luhn(&values(text))).unwrap();
    let mut text = checked("411111111111411");
    for _ in 0..20_000 {
        let tail = &text[text.len() - 4..];
        let next = checked(&format!("{tail}11111411"))[4..].to_owned();
        text = format!("{text} {next}");
    }
    let masked = mask_cards(&text);
    assert_eq!(masked.found, 20_001);
    assert_eq!(masked.text.bytes().filter(u8::is_ascii_digit).count(), 4);
    assert_eq!(masked.text.len(), text.len());
}

/// A card number with a right check digit: a known beginning, then random digits.
fn card() -> impl Strategy<Value = Vec<u8>> {
    let head = prop::sample::select(vec!["62", "4", "51", "55", "2221", "2720", "34", "37", "3528", "9558"]);
    (head, 13_usize..=19, prop::collection::vec(0_u8..10, 19)).prop_map(|(head, length, tail)| {
        let mut digits: Vec<u8> = head.bytes().map(|b| b - b'0').collect();
        digits.extend(tail);
        digits.truncate(length - 1);
        let check = (0..10).find(|c| luhn(&[digits.as_slice(), &[*c]].concat())).unwrap();
        digits.push(check);
        digits
    })
}

proptest! {
    #[test]
    fn no_card_number_gets_through(
        card in card(),
        gaps in prop::collection::vec(prop::sample::select(vec!["", "", "", " ", "-", " - ", ".", "\u{a0}", "\u{200b}", "\n", "\r\n", "\u{3000}"]), 19),
        wide in any::<bool>(),
        before in "[a-z，。 ]{0,12}[a-z，：]",
        after in "[a-z，：][a-z，。 ]{0,12}",
    ) {
        let mut text = before;
        for (i, d) in card.iter().enumerate() {
            text.push_str(if i == 0 { "" } else { gaps[i] });
            text.push(char::from_u32(u32::from(*d) + if wide { '０' as u32 } else { '0' as u32 }).unwrap());
        }
        text.push_str(&after);
        let masked = mask_cards(&text);
        let left = masked.text.chars().filter(|c| c.is_ascii_digit() || ('０'..='９').contains(c)).count();
        prop_assert_eq!(left, 4, "{} -> {}", text, masked.text);
        prop_assert_eq!(masked.text.chars().count(), text.chars().count());
    }

    #[test]
    fn masking_twice_changes_nothing_and_masks_digits_only(text in "[0-9０-９ \\-.\n\u{200b}a卡号sn：]{0,80}") {
        let once = mask_cards(&text);
        let twice = mask_cards(&once.text);
        prop_assert_eq!(&twice.text, &once.text);
        prop_assert_eq!(twice.found, 0);
        for (a, b) in text.chars().zip(once.text.chars()) {
            prop_assert!(a == b || b == '*' && (a.is_ascii_digit() || ('０'..='９').contains(&a)));
        }
    }
}
