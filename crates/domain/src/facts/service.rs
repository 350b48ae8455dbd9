use serde::{Deserialize, Serialize};

use crate::ground::Text;

/// Something that can be ordered besides a repair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceItem {
    /// Its code, which is also the type of its tickets.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Whether somebody has to go there.
    pub visit: bool,
    /// Skills whoever does it must have.
    #[serde(default)]
    pub skills: Vec<String>,
    /// Minutes it takes.
    pub minutes: u32,
    /// Hours from the order until it is to be done, where it is not promised in days.
    #[serde(default)]
    pub target_hours: Option<u32>,
    /// Working days from the order until it is to be done.
    #[serde(default)]
    pub target_days: Option<u32>,
    /// Whose hours and working days count, by name; around the clock without.
    #[serde(default)]
    pub calendar: Option<String>,
}
