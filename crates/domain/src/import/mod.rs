//! **import** owns what a column of a table may mean, what a cell says, and which slip of the pen stands behind a wrong one.
//! Never: knows whether a merchant exists. Knocks: the import pages and the command line.

mod cell;
mod column;

use serde::{Deserialize, Serialize};

pub use cell::{Cell, CellTrouble, letters_among_digits, place, proposals};
pub use column::{Field, fields, guess};

crate::ids! {
    /// A file that is being imported.
    ImportId = "imp";
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// Merchants, by their number.
    Merchants,
    /// Stores, by merchant and name.
    Stores,
    /// Contacts, by merchant and phone number or name.
    Contacts,
    /// Terminals, by their serial number; with a merchant number they are put to use there.
    Terminals,
    /// Bindings of known terminals.
    Bindings,
    /// People, by the name they sign in with; each is invited and chooses a password.
    Users,
    /// Parts of the catalogue, by their number.
    Parts,
}

impl ImportKind {
    /// Every kind, in the order they are best imported.
    pub const ALL: [ImportKind; 7] = [
        ImportKind::Merchants,
        ImportKind::Stores,
        ImportKind::Contacts,
        ImportKind::Terminals,
        ImportKind::Bindings,
        ImportKind::Users,
        ImportKind::Parts,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            ImportKind::Merchants => "merchants",
            ImportKind::Stores => "stores",
            ImportKind::Contacts => "contacts",
            ImportKind::Terminals => "terminals",
            ImportKind::Bindings => "bindings",
            ImportKind::Users => "users",
            ImportKind::Parts => "parts",
        }
    }

    /// The action somebody needs besides importing: whoever may not invite people may not do it by a file either.
    pub fn action(self) -> &'static str {
        match self {
            ImportKind::Users => "user.manage",
            ImportKind::Parts => "part.manage",
            _ => "registry.edit",
        }
    }

    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<ImportKind> {
        ImportKind::ALL.into_iter().find(|k| k.as_str() == text)
    }
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Read; the columns wait to be confirmed.
    Read,
    /// Every row is being checked.
    Checking,
    /// Checked; nothing has been imported.
    Checked,
    /// Good rows are being imported.
    Running,
    /// Every good row is imported.
    Done,
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    /// Not checked yet.
    New,
    /// May be imported.
    Good,
    /// Has errors.
    Bad,
    /// Was on record before: nothing to do.
    Known,
    /// Imported.
    Made,
}
