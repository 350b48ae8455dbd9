//! What is asked of a house of accounts, and how it answers; the speaking itself stands at the edge.

/// Whom to speak with, as whom.
#[derive(Clone)]
pub struct Registered {
    /// The `iss` of its tokens; its discovery document is below it.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What proves that it is us.
    pub secret: String,
    /// Where it sends people back to.
    pub back: String,
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Registered({} at {})", self.client_id, self.issuer)
    }
}

/// The words of one sign-in that nobody else knows.
#[derive(Debug, Clone)]
pub struct Errand {
    /// Comes back with the person.
    pub state: String,
    /// Comes back inside the token.
    pub nonce: String,
    /// Its hash goes with the person, itself with the code (PKCE).
    pub verifier: String,
}

/// What stands in a discovery document, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// Where people are sent.
    pub authorization: String,
    /// Where codes are taken for tokens.
    pub token: String,
    /// How tokens are signed.
    pub algorithms: Vec<String>,
    /// Keys that are published.
    pub keys: usize,
}

/// Why a house of accounts was of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unhelpful {
    /// Its address is not one this house goes to.
    Barred(String),
    /// It is not there, or does not speak as it should.
    Away(String),
    /// It took no interest in the code.
    Code(String),
    /// Its token does not hold.
    Token(String),
}
