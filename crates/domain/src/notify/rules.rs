use std::collections::BTreeMap;
use std::fmt;

use super::{Notice, NoticeId, NoticeKind, Wording};
use crate::ground::{Lang, Timestamp};

/// Attempts after which a mail is given up and shown to people. With the waits of [`after_attempt`] that is about a day and a half.
pub const MAX_ATTEMPTS: u32 = 10;

/// A notice file that cannot be used, or a notice that lacks a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeError {
    /// The file is not what it should be; the text says where.
    File(String),
    /// A hole without a value.
    Missing(NoticeKind, String),
}

impl fmt::Display for NoticeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoticeError::File(text) => write!(f, "notices.json: {text}"),
            NoticeError::Missing(kind, hole) => write!(f, "a {} notice needs a value for {hole}", kind.as_str()),
        }
    }
}

impl std::error::Error for NoticeError {}

/// The texts of all kinds.
#[derive(Debug, Clone)]
pub struct Wordings(BTreeMap<NoticeKind, Wording>);

/// Holes every text may use: the case's number, the shop, where it stands in the merchant's words, the merchant's page.
pub const COMMON_HOLES: [&str; 4] = ["number", "shop", "status", "link"];

/// What is wrong with a text of a kind: holes nobody fills, and holes without which it would not say what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextFault {
    /// Nobody fills it.
    Unknown(String),
    /// It has to be there.
    Lacking(&'static str),
}

/// Checks one text of a notice; `body` has to carry what only this notice says.
pub fn check_text(kind: NoticeKind, body: bool, text: &str) -> Vec<TextFault> {
    let known = |hole: &&str| !COMMON_HOLES.contains(hole) && !kind.holes().contains(hole);
    let mut faults: Vec<TextFault> = holes(text).filter(known).map(|hole| TextFault::Unknown(hole.to_owned())).collect();
    let essential: &[&'static str] = match kind {
        NoticeKind::MessageFromAgent => &["words"],
        NoticeKind::ConfirmationCode => &["code"],
        NoticeKind::VisitPromised | NoticeKind::VisitChanged | NoticeKind::VisitCalledOff | NoticeKind::VisitChosen => &["window"],
        NoticeKind::QuoteOffered => &["amount", "link"],
        NoticeKind::SolvedPleaseConfirm | NoticeKind::OrderPleaseConfirm | NoticeKind::Survey => &["link"],
        _ => &[],
    };
    if body {
        faults.extend(essential.iter().filter(|hole| !holes(text).any(|h| h == **hole)).map(|hole| TextFault::Lacking(hole)));
    }
    faults
}

impl Wordings {
    /// Reads `data/notices.json`. Errors: a kind is missing, or a text has a hole that its kind does not fill.
    pub fn parse(json: &str) -> Result<Self, NoticeError> {
        let all: BTreeMap<NoticeKind, Wording> = serde_json::from_str(json).map_err(|e| NoticeError::File(e.to_string()))?;
        for &kind in NoticeKind::ALL {
            let wording = all.get(&kind).ok_or_else(|| NoticeError::File(format!("{} is missing", kind.as_str())))?;
            for text in [&wording.subject.zh, &wording.subject.en, &wording.body.zh, &wording.body.en] {
                for hole in holes(text) {
                    if !COMMON_HOLES.contains(&hole) && !kind.holes().contains(&hole) {
                        return Err(NoticeError::File(format!("{} has no {{{hole}}}", kind.as_str())));
                    }
                }
            }
        }
        Ok(Self(all))
    }

    /// A notice in one language. Values are put in as they are, without control characters: braces in them mean nothing. The
    /// place of the link is marked and filled when the notice goes out ([`with_link`]), because the key that signs links is not here.
    pub fn write(&self, kind: NoticeKind, lang: Lang, values: &BTreeMap<&str, String>) -> Result<Notice, NoticeError> {
        let wording = self.0.get(&kind).ok_or_else(|| NoticeError::File(format!("{} is missing", kind.as_str())))?;
        let mut values: BTreeMap<&str, String> = values.iter().map(|(name, value)| (*name, without_control(value))).collect();
        values.insert("link", LINK.to_owned());
        let filled = |text: &str| fill(text, &values).map_err(|hole| NoticeError::Missing(kind, hole));
        Ok(Notice { kind, subject: one_line(&filled(wording.subject.in_lang(lang))?), body: filled(wording.body.in_lang(lang))? })
    }
}

/// Stands for the link in a kept notice; no value can contain it.
const LINK: &str = "\u{1e}";

/// A kept notice's words with the merchant's page put in. Without one the line with the link is left out.
pub fn with_link(body: &str, link: Option<&str>) -> String {
    match link {
        Some(link) => body.replace(LINK, link),
        None => body.lines().filter(|line| !line.contains(LINK)).collect::<Vec<_>>().join("\n"),
    }
}

fn without_control(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn holes(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|piece| piece.split_once('}').map(|(hole, _)| hole))
}

fn fill(text: &str, values: &BTreeMap<&str, String>) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut pieces = text.split('{');
    filled.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (hole, rest) = piece.split_once('}').unwrap_or((piece, ""));
        filled.push_str(values.get(hole).ok_or_else(|| hole.to_owned())?);
        filled.push_str(rest);
    }
    Ok(filled)
}

/// A text on one line, without control characters, at most 200 characters: what a header may carry.
pub fn one_line(text: &str) -> String {
    let flat: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    flat.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The key that makes one notice of one change: the kind, what changed, and which turn of it (`2` for the second reopening, an offer's
/// id for a promised visit). The store refuses a second notice with the same key, so a repeated command or job tells nobody twice.
pub fn change_key(kind: NoticeKind, changed: impl fmt::Display, turn: impl fmt::Display) -> String {
    format!("{}:{changed}:{turn}", kind.as_str())
}

/// The `Message-ID` of a mail, without angle brackets: the ticket's signed token, then the notice. It is the same at every attempt, so
/// that a repetition after a lost answer can be recognised, and an answer to it leads back to the ticket.
pub fn message_id(token: &str, notice: NoticeId, host: &str) -> String {
    format!("{token}.{notice}@{host}")
}

/// What follows an attempt to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Try again then.
    Again(Timestamp),
    /// Give up; show it to people.
    GiveUp,
}

/// What follows failed attempt number `attempts` (from 1). Waits grow: 30 s, 2 min, 8 min, 32 min, 2 h, then 6 h each.
/// What the other side refused for good is not tried again.
pub fn after_attempt(attempts: u32, permanent: bool, now: Timestamp) -> After {
    if permanent || attempts >= MAX_ATTEMPTS {
        return After::GiveUp;
    }
    let seconds = 30_i64.saturating_mul(4_i64.saturating_pow(attempts.saturating_sub(1))).min(6 * 3600);
    After::Again(now + jiff::SignedDuration::from_secs(seconds))
}
