//! A mail as it came over the wire, made into a letter. Whatever the bytes are, something comes out: a letter, or a letter that
//! says why nobody could read it.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::html::html_to_text;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use postsale_domain::ground::{Timestamp, mask_cards};
use postsale_domain::inbox::{Attachment, Automatic, Letter, LetterChannel};

use crate::ground::seal::{digest, hex};

/// Largest mail that is read, in bytes. A larger one becomes an unreadable letter with its headers.
pub const MAX_MAIL: usize = 10 * 1024 * 1024;
/// Most bytes of headers.
const MAX_HEADERS: usize = 256 * 1024;
/// Mails inside mails, and multiparts inside multiparts, beyond which nobody digs.
const MAX_DEPTH: usize = 20;
/// Attachments that are kept.
const MAX_FILES: usize = 10;
/// Attachments that are listed.
const MAX_ATTACHMENTS: usize = 50;

/// What came of reading.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The letter; of an unreadable one, what could be told.
    pub letter: Letter,
    /// Why nobody could read it: the code of a sentence (`letter.…`).
    pub unreadable: Option<&'static str>,
}

/// Reads a mail. `own_host` is the right side of our own message ids.
pub fn read(raw: &[u8], own_host: &str) -> Taken {
    let by_content = format!("sha256:{}", hex(&digest(raw)));
    let mut letter = Letter::new(LetterChannel::Mail, by_content);
    let Some((headers, body)) = split(raw) else {
        letter.body = preview(raw);
        return Taken { letter, unreadable: Some("letter.not_a_mail") };
    };
    let (headers, guessed) = decoded_headers(headers);
    if guessed {
        letter.remark("charset_guessed");
    }
    let whole = [headers.as_bytes(), body].concat();
    let too_large = raw.len() > MAX_MAIL;
    let too_deep = too_deep(&whole);
    let parser = MessageParser::default();
    let message = if too_large || too_deep { parser.parse_headers(headers.as_bytes()) } else { parser.parse(&whole) };
    let Some(message) = message else {
        letter.body = preview(raw);
        return Taken { letter, unreadable: Some("letter.not_a_mail") };
    };
    take_headers(&message, &mut letter, own_host);
    if too_large || too_deep {
        letter.body = preview(&body[..body.len().min(4096)]);
        return Taken { letter, unreadable: Some(if too_large { "letter.too_large" } else { "letter.too_deep" }) };
    }
    take_body(&message, &whole, &mut letter);
    if letter.automatic == Some(Automatic::Bounce) {
        letter.answers.extend(own_ids(&String::from_utf8_lossy(&whole), own_host));
    }
    let unreadable = if garbled(&letter.body) {
        Some("letter.garbled")
    } else if letter.body.trim().is_empty() && letter.subject.trim().is_empty() {
        Some("letter.empty")
    } else {
        None
    };
    Taken { letter, unreadable }
}

/// The files of a mail, by their names as given; of a mail nobody would read, none.
pub fn files(raw: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Some((headers, body)) = split(raw).filter(|_| raw.len() <= MAX_MAIL) else { return Vec::new() };
    let (headers, _) = decoded_headers(headers);
    let whole = [headers.as_bytes(), body].concat();
    if too_deep(&whole) {
        return Vec::new();
    }
    let Some(message) = MessageParser::default().parse(&whole) else { return Vec::new() };
    let named = |part: &MessagePart<'_>| (part.attachment_name().unwrap_or_default().to_owned(), part.contents().to_vec());
    message.attachments().take(MAX_FILES).map(named).collect()
}

/// Headers (with the blank line) and body. `None` when the bytes do not begin like a mail.
fn split(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    let mut named = 0;
    for (i, line) in raw.split_inclusive(|b| *b == b'\n').enumerate() {
        let bare = line.trim_ascii_end();
        // A mailbox file puts such a line in front; it is no header.
        let mbox = i == 0 && (bare.starts_with(b"From ") || bare.starts_with(b">From "));
        let folded = named > 0 && matches!(line.first(), Some(b' ' | b'\t')) && !bare.is_empty();
        if bare.is_empty() && named > 0 {
            at += line.len();
            break;
        }
        if is_header(bare) {
            named += 1;
        } else if !mbox && !folded {
            // A line that is no header ends the headers even without the blank line, provided there were some.
            break;
        }
        at += line.len();
        if at > MAX_HEADERS {
            return None;
        }
    }
    (named >= 2).then(|| raw.split_at(at))
}

fn is_header(line: &[u8]) -> bool {
    let Some(colon) = line.iter().position(|b| *b == b':') else { return false };
    (1..=76).contains(&colon) && line[..colon].iter().all(|b| (33..=126).contains(b))
}

/// Headers are meant to be ASCII. Those that are not are UTF-8 or, from older Chinese mail programs, GB18030.
fn decoded_headers(headers: &[u8]) -> (String, bool) {
    match std::str::from_utf8(headers) {
        Ok(text) => (terminated(text.to_owned()), false),
        Err(_) => (terminated(gb18030(headers)), true),
    }
}

fn terminated(mut headers: String) -> String {
    if !headers.ends_with("\n\n") && !headers.ends_with("\n\r\n") {
        headers.push_str(if headers.ends_with('\n') { "\r\n" } else { "\r\n\r\n" });
    }
    headers
}

fn gb18030(bytes: &[u8]) -> String {
    charset_decoder(b"gb18030").map_or_else(|| String::from_utf8_lossy(bytes).into_owned(), |decode| decode(bytes))
}

/// Counts what could nest, without parsing: a mail built to exhaust a parser is not given to one.
fn too_deep(raw: &[u8]) -> bool {
    let lower = raw.to_ascii_lowercase();
    let count = |needle: &[u8], most: usize| {
        let mut seen = 0;
        let mut rest = lower.as_slice();
        while let Some(at) = rest.windows(needle.len()).position(|w| w == needle) {
            seen += 1;
            if seen > most {
                return true;
            }
            rest = &rest[at + needle.len()..];
        }
        false
    };
    count(b"type: message/", MAX_DEPTH) || count(b"boundary=", MAX_DEPTH)
}

fn take_headers(message: &Message<'_>, letter: &mut Letter, own_host: &str) {
    if let Some(id) = message.message_id().map(str::trim).filter(|id| (3..=250).contains(&id.len())) {
        letter.external_id = format!("mid:{id}");
        letter.own = id.ends_with(&format!("@{own_host}")) && id.contains(".ntc_");
    }
    letter.subject = message.subject().unwrap_or_default().to_owned();
    letter.written_at = message.date().filter(|d| d.is_valid()).and_then(|d| Timestamp::from_second(d.to_timestamp()).ok());
    take_sender(message, letter);
    letter.answers = ids(message.in_reply_to().as_text_list(), message.in_reply_to().as_text());
    let mut references = ids(message.references().as_text_list(), message.references().as_text());
    references.reverse();
    letter.answers.extend(references);
    letter.answers.truncate(100);
    letter.automatic = automatic(message, letter);
}

/// Identity comes from `From` alone; `Reply-To` says where to write, not who wrote. Several authors are nobody in particular.
fn take_sender(message: &Message<'_>, letter: &mut Letter) {
    let all: Vec<_> = message.header_values("From").filter_map(|v| v.as_address()).flat_map(|a| a.iter()).collect();
    let Some(first) = all.first() else {
        letter.remark("no_sender");
        return;
    };
    letter.sender.name = first.name().unwrap_or_default().to_owned();
    let addresses: std::collections::BTreeSet<String> =
        all.iter().filter_map(|a| a.address()).map(|a| a.trim().to_ascii_lowercase()).filter(|a| is_address(a)).collect();
    match addresses.len() {
        0 => letter.remark("no_sender"),
        1 => letter.sender.email = addresses.into_iter().next(),
        _ => letter.remark("several_senders"),
    }
}

fn is_address(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    text.len() <= 254
        && !text.contains(|c: char| c.is_control() || c.is_whitespace())
        && parts.is_some_and(|(n, h)| !n.is_empty() && !h.is_empty())
}

fn ids(list: Option<&[std::borrow::Cow<'_, str>]>, one: Option<&str>) -> Vec<String> {
    match (list, one) {
        (Some(list), _) => list.iter().map(|id| id.trim().to_owned()).collect(),
        (None, Some(one)) => one.split_whitespace().map(|id| id.trim_matches(['<', '>']).to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// Whether a machine wrote it (RFC 3834). Such mail is never answered and opens nothing.
fn automatic(message: &Message<'_>, letter: &Letter) -> Option<Automatic> {
    let header = |name: &str| message.header_raw(name).map(|v| v.trim().to_ascii_lowercase());
    let sender = letter.sender.email.as_deref().unwrap_or_default();
    let report = message.content_type().is_some_and(|c| c.ctype() == "multipart" && c.subtype() == Some("report"));
    if report || header("Return-Path").is_some_and(|v| v == "<>" || v.is_empty()) || sender.starts_with("mailer-daemon@") {
        return Some(Automatic::Bounce);
    }
    if header("Auto-Submitted").is_some_and(|v| v.split(';').next().map(str::trim) != Some("no"))
        || ["X-Autoreply", "X-Autorespond"].iter().any(|n| header(n).is_some_and(|v| v != "no"))
    {
        return Some(Automatic::AutoSubmitted);
    }
    if header("Precedence").is_some_and(|v| ["bulk", "junk", "list", "auto_reply"].contains(&v.as_str())) {
        return Some(Automatic::Precedence);
    }
    if ["List-Id", "List-Unsubscribe", "List-Post"].iter().any(|n| header(n).is_some()) {
        return Some(Automatic::List);
    }
    // Mail programs that answer by themselves and do not say so in a header say so in the subject.
    let subject = letter.subject.trim().to_lowercase();
    let says_so = ["自动回复", "automatic reply:", "auto reply:", "out of office:"];
    says_so.iter().any(|s| subject.starts_with(s)).then_some(Automatic::AutoSubmitted)
}

fn take_body(message: &Message<'_>, whole: &[u8], letter: &mut Letter) {
    let mut texts: Vec<String> = Vec::new();
    for part in message.text_bodies() {
        match &part.body {
            PartType::Text(text) => texts.push(part_text(part, text, whole, letter)),
            PartType::Html(html) => {
                letter.remark("html_only");
                texts.push(html_to_text(&part_text(part, html, whole, letter)));
            }
            _ => {}
        }
    }
    if texts.iter().all(|t| t.trim().is_empty()) {
        // A broken multipart leaves its words among the attachments.
        texts = message
            .parts
            .iter()
            .filter_map(|p| match &p.body {
                PartType::Text(text) => Some(text.clone().into_owned()),
                PartType::Html(html) => Some(html_to_text(html)),
                _ => None,
            })
            .take(1)
            .collect();
    }
    letter.body = texts.join("\n").replace("\r\n", "\n").trim().to_owned();
    // A card number in a text that came along keeps the raw form from being kept, as one in the words does.
    if message.parts.iter().filter_map(|p| p.text_contents()).any(|text| mask_cards(text).found > 0) {
        letter.remark("card_masked");
    }
    if message.parts.iter().any(|p| p.is_encoding_problem) {
        letter.remark("damaged");
    }
    for part in message.attachments().take(MAX_ATTACHMENTS) {
        let name = part.attachment_name().unwrap_or_default();
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let media = part.content_type().map_or_else(
            || "application/octet-stream".into(),
            |c| format!("{}/{}", c.ctype(), c.subtype().unwrap_or("octet-stream")).to_ascii_lowercase(),
        );
        let bytes = u32::try_from(part.contents().len()).unwrap_or(u32::MAX);
        letter.attachments.push(Attachment { name, media, bytes });
    }
}

/// The text of a part. Without a charset it says nothing about, bytes that are not UTF-8 are taken for GB18030.
fn part_text(part: &MessagePart<'_>, decoded: &str, whole: &[u8], letter: &mut Letter) -> String {
    let named = part.content_type().and_then(|c| c.attribute("charset")).and_then(|c| charset_decoder(c.as_bytes())).is_some();
    // A charset nobody reads any more leaves one sign of the whole text.
    let unread = decoded.trim() == "\u{fffd}";
    if (named && !unread) || !decoded.contains('\u{fffd}') {
        return decoded.to_owned();
    }
    let Some(raw) = whole.get(part.offset_body as usize..part.offset_end as usize) else { return decoded.to_owned() };
    let bytes = match part.encoding {
        Encoding::Base64 => base64_decode(raw),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
        Encoding::None => Some(raw.to_vec()),
    };
    if unread {
        letter.remark("damaged");
        return bytes.map_or_else(|| decoded.to_owned(), |b| String::from_utf8_lossy(&b).into_owned());
    }
    let Some(guess) = bytes.map(|b| gb18030(&b)).filter(|g| g.matches('\u{fffd}').count() < decoded.matches('\u{fffd}').count()) else {
        return decoded.to_owned();
    };
    letter.remark("charset_guessed");
    guess
}

/// Our own message ids quoted in a delivery report.
fn own_ids(text: &str, own_host: &str) -> Vec<String> {
    let ours = format!("@{own_host}>");
    text.split('<')
        .skip(1)
        .filter_map(|piece| piece.split_once('>').map(|(id, _)| id))
        .filter(|id| id.len() < 250 && id.contains(".ntc_") && format!("{id}>").ends_with(&ours))
        .take(5)
        .map(str::to_owned)
        .collect()
}

/// More than a third of the characters are replacement or control characters: nobody can read that.
fn garbled(body: &str) -> bool {
    let all = body.chars().count();
    let bad = body.chars().filter(|c| *c == '\u{fffd}' || c.is_control() && !matches!(c, '\n' | '\t' | '\r')).count();
    bad > 4 && bad * 3 > all
}

/// What a person can be shown of bytes that are no mail.
fn preview(raw: &[u8]) -> String {
    let text = match std::str::from_utf8(raw) {
        Ok(text) => text.to_owned(),
        Err(_) => gb18030(raw),
    };
    text.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c }).take(2000).collect()
}
