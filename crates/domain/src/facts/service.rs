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
    /// Hours from the order until it is to be done.
    pub target_hours: u32,
}
