//! **import** owns what a column of a table may mean, what a cell says, and which slip of the pen stands behind a wrong one.
//! Never: knows whether a merchant exists. Knocks: the import pages and the command line.

mod cell;
mod column;

use serde::{Deserialize, Serialize};

pub use cell::{Cell, CellTrouble, letters_among_digits, place, proposals};
pub use column::{Field, fields, guess, is_number, unique};

crate::ids! {
    /// A file that is being imported.
    ImportId = "imp";
}

crate::words! {
    /// What a file holds, in the order files are best imported.
    ImportKind {
        /// Merchants, by their number.
        Merchants = "merchants",
        /// Stores, by merchant and name.
        Stores = "stores",
        /// Contacts, by merchant and phone number or name.
        Contacts = "contacts",
        /// Terminals, by their serial number; with a merchant number they are put to use there.
        Terminals = "terminals",
        /// Bindings of known terminals.
        Bindings = "bindings",
        /// People, by the name they sign in with; each is invited and chooses a password.
        Users = "users",
        /// Parts of the catalogue, by their number.
        Parts = "parts",
    }
}

impl ImportKind {
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
        ImportKind::ALL.iter().copied().find(|k| k.as_str() == text)
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
