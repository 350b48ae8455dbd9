//! A mail on its way out, and what can carry it.

/// A mail ready to go. Nothing in it can break out of its header: the transport builds the message, never by pasting text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Sender, one address with or without a name.
    pub from: String,
    /// Receiver, one address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Without angle brackets; the same at every attempt.
    pub message_id: String,
    /// Message ids it answers, oldest first, without angle brackets.
    pub answers: Vec<String>,
    /// What goes with it.
    pub files: Vec<MailFile>,
}

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFile {
    /// Its name, made safe.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Why a mail did not go.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MailError {
    /// May work later: no connection, a full disk, a 4xx answer, an answer that never came.
    #[error("not now: {0}")]
    Later(String),
    /// Will not work: a 5xx answer, an address that is none.
    #[error("refused: {0}")]
    Refused(String),
}

/// What can carry mail. Blocking; called on a thread of the runtime that may block, and outside any transaction.
pub trait MailOut: Send + Sync {
    /// Hands a mail over. `Ok` means the other side has taken it.
    fn send(&self, mail: &Mail) -> Result<(), MailError>;
}
