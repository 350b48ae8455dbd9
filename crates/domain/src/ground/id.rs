use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdError {
    /// The prefix an id of this kind carries, without the underscore.
    pub expected: String,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an id of the form {}_ followed by 32 hexadecimal digits is expected", self.expected)
    }
}

impl std::error::Error for IdError {}

/// A typed id: a UUID (version 7, so time-ordered) whose type carries the three letters of its prefix. Text form: `tkt_` and
/// 32 hexadecimal digits. Declared with [`ids!`](crate::ids).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id<const PREFIX: u32>(Uuid);

/// What the typed ids have in common.
pub trait TypedId: Copy + Eq {
    /// Wraps a raw id read from the store.
    fn from_uuid(raw: Uuid) -> Self;
    /// The raw id as the store keeps it.
    fn uuid(self) -> Uuid;
}

impl<const P: u32> TypedId for Id<P> {
    fn from_uuid(raw: Uuid) -> Self {
        Self(raw)
    }

    fn uuid(self) -> Uuid {
        self.0
    }
}

/// The number that stands for a prefix of three letters in a type.
pub const fn prefix(letters: &str) -> u32 {
    let b = letters.as_bytes();
    assert!(b.len() == 3, "a prefix has three letters");
    u32::from_be_bytes([0, b[0], b[1], b[2]])
}

fn letters(prefix: u32) -> String {
    prefix.to_be_bytes()[1..].iter().map(|b| char::from(*b)).collect()
}

/// Declares typed ids: `ids! { /// A ticket. TicketId = "tkt"; }`.
#[macro_export]
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        pub type $name = $crate::ground::Id<{ $crate::ground::prefix($prefix) }>;
    )+};
}

impl<const P: u32> fmt::Display for Id<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", letters(P), self.0.simple())
    }
}

impl<const P: u32> fmt::Debug for Id<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const P: u32> FromStr for Id<P> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let expected = letters(P);
        text.split_once('_')
            .filter(|(prefix, hex)| *prefix == expected && hex.len() == 32)
            .and_then(|(_, hex)| Uuid::try_parse(hex).ok())
            .map(Self)
            .ok_or(IdError { expected })
    }
}

impl<const P: u32> Serialize for Id<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const P: u32> Deserialize<'de> for Id<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl<const P: u32> utoipa::PartialSchema for Id<P> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some(format!("^{}_[0-9a-f]{{32}}$", letters(P))))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl<const P: u32> utoipa::ToSchema for Id<P> {
    fn name() -> Cow<'static, str> {
        format!("Id_{}", letters(P)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::ids! {
        /// An example.
        SampleId = "smp";
    }

    #[test]
    fn an_id_reads_back_and_refuses_other_kinds() {
        let id = SampleId::from_uuid(Uuid::from_u128(7));
        assert_eq!(id.to_string(), "smp_00000000000000000000000000000007");
        assert_eq!(id.to_string().parse(), Ok(id));
        let wrong = [
            "",
            "smp_",
            "tkt_00000000000000000000000000000007",
            "smp_7",
            "smp_0000000000000000000000000000000g",
            "smp_00000000-0000-0000-0000-000000000007",
        ];
        for text in wrong {
            assert_eq!(text.parse::<SampleId>(), Err(IdError { expected: "smp".into() }), "{text}");
        }
    }
}
