use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ground::Text;

/// What is known of a terminal's warranty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Warranty {
    /// The day it left the maker.
    pub shipped_on: Option<Date>,
    /// The day it was first put to use.
    pub activated_on: Option<Date>,
    /// Last day of the maker's warranty, where it was written down for this very terminal.
    pub until: Option<Date>,
    /// Last day of a bought extension.
    pub extended_until: Option<Date>,
}

/// What kind of terminal it is, as the catalogue says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Maker {
    /// Maker, by code; empty for models nobody knows.
    pub vendor: String,
    /// Class, by code.
    pub class: String,
    /// Months the catalogue gives this model.
    pub months: Option<u32>,
}

/// The last repair that was finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// On which day.
    pub on: Date,
    /// What it was.
    pub fault_code: String,
}

/// A merchant's word on work of ours that opened the case again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unhappy {
    /// The day it was said.
    pub on: Date,
    /// Stars, 1 to 5.
    pub score: u8,
}

/// A terminal whose cover is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    /// What is on record of it.
    pub warranty: Warranty,
    /// What kind it is.
    pub maker: Maker,
    /// The last repair of the same kind of fault, or the last one at all; none where nobody looked.
    pub repaired: Option<Repaired>,
    /// The fault that is asked about; none for the terminal as such.
    pub fault_code: Option<String>,
    /// The fault is one that people cause: liquid, a drop, a loss.
    pub caused: bool,
}

/// What a term is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applies {
    /// The terminal, from the day it was put to use.
    Terminal,
    /// Some parts of it.
    Part,
    /// What was repaired, from the day of the repair.
    Repair,
    /// A new terminal that fails at once: it is exchanged.
    Exchange,
    /// A bought extension.
    Extension,
}

/// A warranty term, as the tenant published it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Term {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// What it is about.
    pub applies: Applies,
    /// Only terminals of this maker.
    #[serde(default)]
    pub vendor: Option<String>,
    /// Only terminals of these classes; of all without any.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Of a term about parts: parts of these classes.
    #[serde(default)]
    pub part_classes: Vec<String>,
    /// How long, in months.
    #[serde(default)]
    pub months: Option<u32>,
    /// How long, in days besides the months.
    #[serde(default)]
    pub days: Option<u32>,
    /// Switched off: promised to nobody any more.
    #[serde(default)]
    pub off: bool,
    /// Maker and classes in words, for the sentence that rejects the term.
    #[serde(skip)]
    pub whose: Option<Text>,
}

/// What a term came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It decides.
    Decides,
    /// It holds too, and another one holds longer.
    Holds,
    /// It is over.
    Ended,
    /// It is not about this.
    Other,
}

/// A term that was looked at, and why it does or does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TermJudged {
    /// The term's code; `ON-RECORD` for a day written down for this very terminal, `MODEL` for what the catalogue gives its model,
    /// `MADE-GOOD` where our own work is made good.
    pub code: String,
    /// The term's name.
    pub name: Text,
    /// What it came to.
    pub verdict: Verdict,
    /// Its last day, where it has one.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub until: Option<Date>,
    /// Why, in a sentence.
    pub why: Text,
}

/// Whether a repair that is nobody's fault would be free on a day, and by which term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Coverage {
    /// Free when the damage is not human-caused and the serial is intact.
    pub in_warranty: bool,
    /// The last day of the term that decides, or of the last one that did.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub until: Option<Date>,
    /// The term that decides: `W-STD`, `X-12`, `none`, `unknown`.
    pub rule: String,
    /// Whether a fault of the maker's means a new terminal instead of a repair.
    pub exchange: bool,
    /// In a sentence a merchant can be told.
    pub sentence: Text,
    /// The day warranty counts from, if one is known.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub from: Option<Date>,
    /// Every term looked at, the one that decides first.
    pub terms: Vec<TermJudged>,
}

/// What was decided of one piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entitled {
    /// Free, by this term.
    Free(TermJudged),
    /// Charged, and why.
    Charged(Text),
}
