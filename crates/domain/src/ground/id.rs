use std::fmt;

use uuid::Uuid;

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdError {
    /// The prefix an id of this kind carries, without the underscore.
    pub expected: &'static str,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an id of the form {}_ followed by 32 hexadecimal digits is expected", self.expected)
    }
}

impl std::error::Error for IdError {}

/// What all typed ids have in common: a UUID (version 7, so time-ordered) and a prefix that says what it names.
pub trait TypedId: Copy {
    /// The prefix without the underscore, e.g. `tkt`.
    const PREFIX: &'static str;
    /// Wraps a raw id read from the store.
    fn from_uuid(raw: Uuid) -> Self;
    /// The raw id as the store keeps it.
    fn uuid(self) -> Uuid;
}

/// Declares typed ids: `ids! { /// A ticket. TicketId = "tkt"; }`. Text form: `tkt_` and 32 hexadecimal digits.
#[macro_export]
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(::uuid::Uuid);

        impl $crate::ground::TypedId for $name {
            const PREFIX: &'static str = $prefix;
            fn from_uuid(raw: ::uuid::Uuid) -> Self { Self(raw) }
            fn uuid(self) -> ::uuid::Uuid { self.0 }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { ::std::fmt::Display::fmt(self, f) }
        }
        impl ::std::str::FromStr for $name {
            type Err = $crate::ground::IdError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|hex| hex.len() == 32)
                    .and_then(|hex| ::uuid::Uuid::try_parse(hex).ok())
                    .map(Self)
                    .ok_or($crate::ground::IdError { expected: $prefix })
            }
        }
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(self) }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str> as ::serde::Deserialize>::deserialize(d)?;
                text.parse().map_err(::serde::de::Error::custom)
            }
        }
        #[cfg(feature = "openapi")]
        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                ::utoipa::openapi::ObjectBuilder::new()
                    .schema_type(::utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-9a-f]{32}$")))
                    .into()
            }
        }
        #[cfg(feature = "openapi")]
        impl ::utoipa::ToSchema for $name {}
    )+};
}

#[cfg(test)]
mod tests {
    crate::ids! {
        /// An example.
        SampleId = "smp";
    }
    use super::*;

    #[test]
    fn an_id_reads_back_and_refuses_other_kinds() {
        let id = SampleId::from_uuid(Uuid::from_u128(7));
        assert_eq!(id.to_string(), "smp_00000000000000000000000000000007");
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in [
            "",
            "smp_",
            "tkt_00000000000000000000000000000007",
            "smp_7",
            "smp_0000000000000000000000000000000g",
            "smp_00000000-0000-0000-0000-000000000007",
        ] {
            assert_eq!(wrong.parse::<SampleId>(), Err(IdError { expected: "smp" }), "{wrong}");
        }
    }
}
