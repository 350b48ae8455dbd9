use std::collections::BTreeMap;
use std::fmt;

/// What sort of "no" it is; decides the HTTP status downstairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The input cannot be taken as it is (422).
    Invalid,
    /// Nobody is signed in, or the proof is no longer good (401).
    Unauthenticated,
    /// Signed in, but this action is not theirs (403).
    Forbidden,
    /// Not there, or not theirs to see (404).
    NotFound,
    /// The state of things does not allow it now (409).
    Conflict,
    /// Larger than the stated limit (413).
    TooLarge,
    /// Too often (429).
    TooMany,
    /// Not now; try again shortly (503).
    Busy,
}

/// A business "no": a stable code, the field it is about, and the values its sentence needs.
/// The sentence itself stands in `data/texts/<language>.json` under the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Decides the status.
    pub kind: RefusalKind,
    /// Stable, dotted: `ticket.closed`. Every code has a sentence in every language; a test checks it.
    pub code: &'static str,
    /// The input field it is about, as a dotted path.
    pub field: Option<String>,
    /// Values for the sentence, by name.
    pub args: BTreeMap<&'static str, String>,
}

impl Refusal {
    /// A refusal; use the [`refuse!`](crate::refuse) macro so that the text test finds the code.
    pub fn new(kind: RefusalKind, code: &'static str) -> Self {
        Self { kind, code, field: None, args: BTreeMap::new() }
    }

    /// Names the input field the refusal is about.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Adds a value for the sentence.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.insert(name, value.to_string());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?})", self.code, self.kind)
    }
}

impl std::error::Error for Refusal {}

/// `refuse!(Conflict, "ticket.closed", number = n)` builds a [`Refusal`].
#[macro_export]
macro_rules! refuse {
    ($kind:ident, $code:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::ground::Refusal::new($crate::ground::RefusalKind::$kind, $code)$(.arg(stringify!($name), $value))*
    };
}
