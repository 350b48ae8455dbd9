//! What a letter's text names: serials, terminal numbers, response codes, phone numbers. Only finds; looking up is downstairs.

/// What was found, each without repetition, in the order of the text, at most eight of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Values after a serial label.
    pub serials: Vec<String>,
    /// Values after a terminal number label: 8 characters.
    pub tids: Vec<String>,
    /// Words without a label that look like a serial or a TUSN: 8 to 24 letters and digits with at least 6 digits. Only worth
    /// something when the registry knows them.
    pub perhaps: Vec<String>,
    /// Two-character response codes, after a label or of the unmistakable form `A0`.
    pub response_codes: Vec<String>,
    /// Phone numbers, digits only, without the country code.
    pub phones: Vec<String>,
}

const SERIAL_LABELS: [&str; 12] =
    ["序列号", "机身号", "机器号", "机具号", "pos机编号", "机编号", "tusn", "s/n", "sn", "serialno", "serialnumber", "serial"];
const TID_LABELS: [&str; 5] = ["终端号", "终端编号", "tid", "terminalid", "terminalno"];
const CODE_LABELS: [&str; 15] = [
    "响应码",
    "应答码",
    "返回码",
    "错误码",
    "错误代码",
    "提示码",
    "代码",
    "提示",
    "显示",
    "报错",
    "报",
    "responsecode",
    "errorcode",
    "error",
    "code",
];

/// A stretch of letters and digits, with what stands before it.
struct Word<'t> {
    text: &'t str,
    /// Letters before it on the same line, lower case, without blanks and punctuation; at most 16.
    before: String,
}

fn words(line: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut before = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        if length > 0 {
            let text = &rest[..length];
            words.push(Word { text, before: tail_of(&before) });
            before.push_str(&text.to_ascii_lowercase());
            rest = &rest[length..];
        } else {
            // A comma or a full stop ends what a label is about; a colon does not.
            if matches!(c, ',' | '，' | '。' | ';' | '；' | '、') {
                before.clear();
            } else if c.is_alphanumeric() || c == '/' {
                before.push(c);
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    words
}

fn tail_of(text: &str) -> String {
    let text = text.trim_end_matches(['为', '是']);
    text.chars().skip(text.chars().count().saturating_sub(16)).collect()
}

/// Finds what the text names.
pub fn find(text: &str) -> Findings {
    let mut found = Findings::default();
    for line in text.lines() {
        let joined = join_dashes(line);
        for word in words(&joined) {
            let digits = word.text.bytes().filter(u8::is_ascii_digit).count();
            let length = word.text.len();
            let upper = word.text.to_ascii_uppercase();
            let labelled = |labels: &[&str]| labels.iter().any(|l| word.before.ends_with(l));
            if let Some(phone) = plain_phone(word.text).filter(|p| p.len() == 11 && p.starts_with('1')) {
                push(&mut found.phones, phone);
            } else if labelled(&TID_LABELS) && length == 8 && digits >= 4 {
                push(&mut found.tids, upper);
            } else if labelled(&SERIAL_LABELS) && (6..=24).contains(&length) && digits >= 4 {
                push(&mut found.serials, upper);
            } else if length == 2 && is_code(&upper, labelled(&CODE_LABELS)) {
                push(&mut found.response_codes, upper);
            } else if (8..=24).contains(&length) && digits >= 6 {
                push(&mut found.perhaps, upper);
            }
        }
    }
    found
}

/// `A0` stands for itself; two digits or letters only count after a label.
fn is_code(upper: &str, labelled: bool) -> bool {
    let bytes = upper.as_bytes();
    let own = bytes[0].is_ascii_uppercase() && bytes[1].is_ascii_digit() && matches!(bytes[0], b'A' | b'Q' | b'Z');
    own || labelled && bytes.iter().any(u8::is_ascii_digit)
}

/// `138-1234-5521` and `138 1234 5521` become one word; so do serials written with dashes.
fn join_dashes(line: &str) -> String {
    let chars: Vec<char> = line.chars().map(half_width).collect();
    let mut joined = String::with_capacity(line.len());
    for (i, c) in chars.iter().enumerate() {
        let between = |ok: fn(&char) -> bool| i > 0 && chars.get(i - 1).is_some_and(ok) && chars.get(i + 1).is_some_and(ok);
        let glue = match c {
            '-' => between(char::is_ascii_alphanumeric),
            ' ' => between(char::is_ascii_digit) && phone_blank(&chars, i),
            _ => false,
        };
        if !glue {
            joined.push(*c);
        }
    }
    joined
}

/// Whether the blank at `i` stands inside digits grouped 3-4-4.
fn phone_blank(chars: &[char], i: usize) -> bool {
    let run = |from: Box<dyn Iterator<Item = usize>>| from.take_while(|&k| chars.get(k).is_some_and(char::is_ascii_digit)).count();
    let left = run(Box::new((0..i).rev()));
    let right = run(Box::new(i + 1..chars.len()));
    right == 4 && (left == 3 || left == 4)
}

fn half_width(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{2010}'..='\u{2015}' => '-',
        _ => c,
    }
}

fn push(list: &mut Vec<String>, value: String) {
    if list.len() < 8 && !list.contains(&value) {
        list.push(value);
    }
}

/// The digits of a phone number without the country code; `None` for fewer than 5 or more than 15.
pub fn plain_phone(text: &str) -> Option<String> {
    let digits: String = text.chars().map(half_width).filter(char::is_ascii_digit).collect();
    let other = text.chars().map(half_width).any(|c| !c.is_ascii_digit() && !matches!(c, '+' | '-' | ' ' | '(' | ')' | '.'));
    let digits = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86").filter(|d| d.len() == 11)).unwrap_or(&digits);
    (!other && (5..=15).contains(&digits.len())).then(|| digits.to_owned())
}

/// The words a person wrote now, without what they quote. The whole text when nothing else is left.
pub fn strip_quotes(body: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let lines: Vec<&str> = body.lines().collect();
    for (i, line) in lines.iter().enumerate() {
        let trimmed = line.trim();
        let next = lines.get(i + 1).map_or("", |l| l.trim());
        if begins_quote(trimmed, next) || trimmed == "--" && i > 0 {
            break;
        }
        if !trimmed.starts_with('>') {
            kept.push(line.trim_end());
        }
    }
    let text = kept.join("\n");
    let text = text.trim();
    if text.is_empty() { body.trim().to_owned() } else { text.to_owned() }
}

/// Whether a text says no more than thank you or that all is well; such a letter after the end opens nothing again.
pub fn is_thanks(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let not = ["没", "不", "未", "还是", "又", "not", "still", "but", "again", "no"];
    let thanks = ["谢", "辛苦", "好了", "修好", "可以了", "正常", "收到", "thank", "works", "fixed", "great", "ok"];
    plain.chars().count() <= 40 && !not.iter().any(|n| plain.contains(n)) && thanks.iter().any(|t| plain.contains(t))
}

/// Lines with which mail programs begin what they quote.
fn begins_quote(line: &str, next: &str) -> bool {
    let lower = line.to_lowercase();
    let bare = lower.trim_matches(|c: char| matches!(c, '-' | '_' | '=' | ' ' | '*'));
    let dashed = lower.starts_with("--") || lower.starts_with("__");
    if dashed && matches!(bare, "original message" | "原始邮件" | "forwarded message" | "转发邮件" | "回复的原邮件" | "邮件原件")
    {
        return true;
    }
    if lower.starts_with("on ") && (lower.ends_with("wrote:") || next.to_lowercase().ends_with("wrote:") && lower.contains(',')) {
        return true;
    }
    if line.starts_with('在') && (line.ends_with("写道：") || line.ends_with("写道:")) {
        return true;
    }
    let header = |l: &str, names: &[&str]| names.iter().any(|n| l.to_lowercase().starts_with(n));
    header(line, &["from:", "发件人:", "发件人："])
        && header(next, &["sent:", "date:", "to:", "发送时间:", "发送时间：", "日期:", "日期：", "收件人:", "收件人："])
}
