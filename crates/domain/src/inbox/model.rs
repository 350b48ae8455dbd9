use serde::{Deserialize, Serialize};

use crate::ground::{Timestamp, mask_cards};

crate::ids! {
    /// A letter: anything received.
    LetterId = "let";
}

/// Most characters of a subject that are kept.
pub const MAX_SUBJECT: usize = 300;
/// Most characters of a body that are kept; the rest is cut and the letter says so.
pub const MAX_BODY: usize = 40_000;

/// How a letter came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LetterChannel {
    /// The page behind the sticker.
    H5,
    /// A call, typed by an agent.
    Phone,
    /// Another program.
    Api,
    /// A mail.
    Mail,
}

/// How far a letter has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// Kept; not read yet.
    Received,
    /// Read; it stands on a ticket.
    Read,
    /// Nobody could read it, or a rule failed: a person has to look.
    Unreadable,
    /// A machine's letter: kept, shown, never answered.
    Ignored,
}

/// Who says they sent it. Nothing of this is proven.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sender {
    /// The name as given; may be empty.
    pub name: String,
    /// A phone number, as given.
    pub phone: Option<String>,
    /// A mail address, lower case.
    pub email: Option<String>,
}

impl Sender {
    /// One line that tells a person who it is: name and address, whichever are there.
    pub fn line(&self) -> String {
        let address = self.email.as_deref().or(self.phone.as_deref()).unwrap_or_default();
        match (self.name.as_str(), address) {
            ("", address) => address.to_owned(),
            (name, "") => name.to_owned(),
            (name, address) => format!("{name} <{address}>"),
        }
    }
}

/// A file that came along; its content is not part of the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// Its name as given, without folders.
    pub name: String,
    /// Its media type as given.
    pub media: String,
    /// Its size in bytes, decoded.
    pub bytes: u32,
}

/// What shows that no person wrote a mail (RFC 3834 and common practice). Such a mail is never answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Automatic {
    /// `Auto-Submitted` other than `no`, or `X-Autoreply` and its like.
    AutoSubmitted,
    /// `Precedence: bulk`, `junk`, `list` or `auto_reply`.
    Precedence,
    /// `List-Id`, `List-Unsubscribe` and their like.
    List,
    /// An empty return path, or a delivery report.
    Bounce,
}

/// A letter as received. Card numbers are masked by [`Letter::kept`] before it is written anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// How it came.
    pub channel: LetterChannel,
    /// What makes it the same letter when it comes again: Message-ID, form nonce, the caller's own id.
    pub external_id: String,
    /// Who says they sent it.
    pub sender: Sender,
    /// May be empty.
    pub subject: String,
    /// The words, as plain text.
    pub body: String,
    /// When it says it was written.
    pub written_at: Option<Timestamp>,
    /// What came along.
    pub attachments: Vec<Attachment>,
    /// Message-IDs it answers to, nearest first: `In-Reply-To`, then `References` from the last to the first.
    pub answers: Vec<String>,
    /// Set when no person wrote it.
    pub automatic: Option<Automatic>,
    /// Whether it is our own mail that came back.
    pub own: bool,
    /// Things a person should know: `cut`, `charset_guessed`, `too_deep`, `html_only`, `card_masked` …
    pub remarks: Vec<String>,
    /// A terminal the sender named outright: the sticker's, or the API's field.
    pub terminal_serial: Option<String>,
}

impl Letter {
    /// An empty letter of a channel.
    pub fn new(channel: LetterChannel, external_id: impl Into<String>) -> Self {
        Self {
            channel,
            external_id: external_id.into(),
            sender: Sender::default(),
            subject: String::new(),
            body: String::new(),
            written_at: None,
            attachments: Vec::new(),
            answers: Vec::new(),
            automatic: None,
            own: false,
            remarks: Vec::new(),
            terminal_serial: None,
        }
    }

    /// Adds a remark once.
    pub fn remark(&mut self, remark: &str) {
        if !self.remarks.iter().any(|r| r == remark) {
            self.remarks.push(remark.to_owned());
        }
    }

    /// The letter as it may be written to disk: card numbers masked, control characters gone, lengths within their limits.
    #[must_use]
    pub fn kept(mut self) -> Self {
        let mut cards = 0;
        let mut clean = |text: &str, limit: usize, lines: bool| {
            let text: String = text
                .replace("\r\n", "\n")
                .chars()
                .filter(|c| !hides(*c) && (!c.is_control() || lines && matches!(c, '\n' | '\t')))
                .collect();
            let (masked, found) = mask_around_tokens(text.trim());
            cards += found;
            let cut = masked.chars().count() > limit;
            (if cut { masked.chars().take(limit).collect() } else { masked }, cut)
        };
        let (subject, cut_subject) = clean(&self.subject, MAX_SUBJECT, false);
        let (body, cut_body) = clean(&self.body, MAX_BODY, true);
        self.sender.name = clean(&self.sender.name, 80, false).0;
        // What goes into fields of their own may be anything all the same.
        for text in [&mut self.sender.email, &mut self.terminal_serial] {
            *text = text.take().map(|said| mask_cards(&said).text);
        }
        for attachment in &mut self.attachments {
            attachment.name = clean(&attachment.name, 120, false).0;
        }
        (self.subject, self.body) = (subject, body);
        if cut_subject || cut_body {
            self.remark("cut");
        }
        if cards > 0 {
            self.remark("card_masked");
        }
        self
    }

    /// Whether a card number was masked in it; then its raw form must not be kept either.
    pub fn had_card(&self) -> bool {
        self.remarks.iter().any(|r| r == "card_masked")
    }
}

/// Characters that turn the direction of writing: in a name they make one thing look like another.
fn hides(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Masks card numbers, but not inside our own tokens `[PS#…]`: some of their hexadecimal digits look like one, and a masked token
/// leads nowhere.
fn mask_around_tokens(text: &str) -> (String, u32) {
    let mut pieces = text.split("[PS#");
    let first = mask_cards(pieces.next().unwrap_or_default());
    let (mut masked, mut found) = (first.text, first.found);
    for piece in pieces {
        let token = piece.split(']').next().unwrap_or_default();
        let rest = if is_token(token) { &piece[token.len()..] } else { piece };
        masked.push_str("[PS#");
        masked.push_str(&piece[..piece.len() - rest.len()]);
        let after = mask_cards(rest);
        masked.push_str(&after.text);
        found += after.found;
    }
    (masked, found)
}

/// Whether a word has the form of a signed token: 52 lower-case hexadecimal digits.
pub(super) fn is_token(word: &str) -> bool {
    word.len() == 52 && word.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
