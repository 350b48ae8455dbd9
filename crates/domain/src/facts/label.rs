use serde::{Deserialize, Serialize};

use super::set::{Laid, code_of, typed};
use crate::ground::Text;

/// What people read of where a case stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusLabel {
    /// Its code; the coded state's own word for the label that ships with it.
    pub code: String,
    /// The coded state it stands for; none for what a case waits for in any state.
    #[serde(default)]
    pub state: Option<String>,
    /// Setting it makes the case wait for this, which pauses the clocks its agreement pauses.
    #[serde(default)]
    pub pauses: Option<String>,
    /// As the desk reads it.
    pub agent: Text,
    /// As the merchant reads it.
    pub customer: Text,
    /// Switched off: no longer offered.
    #[serde(default)]
    pub off: bool,
}

/// A label by its code, also one that was switched off.
pub fn label_of(set: &[Laid], code: &str) -> Option<StatusLabel> {
    set.iter().find(|l| code_of(&l.row) == code).and_then(|l| typed(&l.row))
}
