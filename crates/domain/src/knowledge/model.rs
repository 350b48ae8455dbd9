use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ground::Text;

/// Whether a fault normally needs somebody on site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VisitNeed {
    /// Normally solved from afar.
    No,
    /// Sometimes.
    Maybe,
    /// Normally a visit or a swap.
    Yes,
}

/// What a fault usually does to business when nobody said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UsualImpact {
    /// No payment can be taken.
    CannotTakePayment,
    /// Some ways of paying fail.
    Partly,
    /// Business goes on.
    CanTakePayment,
}

/// One row of the fault taxonomy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `PRN-02`; the letters are a category.
    pub code: String,
    /// What is seen.
    pub symptom: Text,
    /// What usually stands behind it.
    pub cause: Text,
    /// What can be done from afar.
    pub remote: Option<Text>,
    /// What is done on site; none when a visit does not help.
    pub onsite: Option<Text>,
    /// Parts that may be needed, by code.
    pub parts: Vec<String>,
    /// Skills a visit needs, by code.
    pub skills: Vec<String>,
    /// Usual minutes from afar, 1 to 240.
    pub remote_minutes: u32,
    /// Usual minutes on site without travel, 1 to 240; none when a visit does not help.
    pub onsite_minutes: Option<u32>,
    /// Whether it normally needs a visit.
    pub visit: VisitNeed,
    /// What it usually does to business.
    pub impact: UsualImpact,
    /// The terminal must not be used until it was looked at.
    pub stop_use: bool,
    /// A security matter: never cleared from afar.
    pub security: bool,
    /// People cause it: liquid, a drop, a loss. No warranty covers it.
    #[serde(default)]
    pub caused: bool,
}

/// Who can do something about a response code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CodeSide {
    /// Nobody needs to.
    None,
    /// The card's bank or the cardholder.
    Issuer,
    /// Merchant data and parameters.
    Merchant,
    /// Network and hosts.
    Network,
    /// Keys and sign-in.
    Key,
    /// Pick-up and fraud.
    Fraud,
    /// The person at the terminal.
    Operation,
}

/// Whether a code makes a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CodeTicket {
    /// Never by itself.
    No,
    /// Always.
    Yes,
    /// When it comes again.
    IfRepeated,
    /// When it comes with every card.
    IfAllCards,
    /// When it comes with many cards.
    IfMany,
    /// One incident when many terminals have it.
    IncidentIfMany,
    /// A notice to risk control.
    Security,
}

/// A response code (field 39 of ISO 8583).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResponseCode {
    /// Two characters.
    pub code: String,
    /// Meaning.
    pub name: Text,
    /// Who can do something.
    pub side: CodeSide,
    /// Whether it makes a ticket.
    pub ticket: CodeTicket,
    /// What to tell and do.
    pub guidance: Text,
    /// The fault it points at.
    pub fault: Option<String>,
    /// The reason is not told at the till; only "contact the card's bank".
    #[serde(default)]
    pub hide_reason: bool,
}

/// A part that may be used on a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Stable word.
    pub code: String,
    /// Name.
    pub name: Text,
    /// `consumable`, `board`, `unit` ...; decides the warranty term.
    pub class: String,
    /// Old and new serial are written down.
    pub serialised: bool,
}

/// What an engineer can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Skill {
    /// Stable word.
    pub code: String,
    /// Name.
    pub name: Text,
    /// Counts only with a valid certificate.
    pub certificate: bool,
}

/// A terminal model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// As printed on the label.
    pub model: String,
    /// Maker, by code.
    pub vendor: String,
    /// Class, by code.
    pub class: String,
    /// Has a printer.
    pub printer: bool,
    /// Months of the maker's warranty, 1 to 120.
    pub warranty_months: u32,
}

/// A class of terminals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Name.
    pub name: Text,
    /// Device type of the registration message, where there is one.
    pub union_pay_type: Option<String>,
    /// What terminals of it can do; whether one prints is its model's.
    pub functions: Vec<Function>,
}

crate::words! {
    /// Something a merchant does with a terminal.
    Function {
        /// Cards put in.
        Chip = "chip",
        /// Cards and telephones held to it.
        Contactless = "contactless",
        /// Cards drawn through.
        Stripe = "stripe",
        /// A PIN is typed.
        Pin = "pin",
        /// The payer's code is read.
        Scan = "scan",
        /// The payer reads a code.
        Code = "code",
        /// A face pays.
        Face = "face",
        /// Payments are announced.
        Announce = "announce",
        /// Receipts are printed.
        Print = "print",
    }
}

/// A decision tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// Always `postsale-guide/1`.
    pub format: String,
    /// Stable word, used in addresses.
    pub id: String,
    /// Grows with each published change.
    pub version: i64,
    /// Name.
    pub name: Text,
    /// Faults it can confirm or rule out; the first guide naming a fault is its default.
    pub fault_codes: Vec<String>,
    /// The first step.
    pub start: String,
    /// Steps.
    pub steps: Vec<Step>,
    /// Endings.
    pub endings: Vec<Ending>,
    /// Fewest and most steps from a step to an ending, itself included. Computed when the file is checked.
    #[serde(skip)]
    pub(super) depth: BTreeMap<String, (u32, u32)>,
}

impl Guide {
    /// A step by its id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.id == id)
    }

    /// An ending by its id.
    pub fn ending(&self, id: &str) -> Option<&Ending> {
        self.endings.iter().find(|e| e.id == id)
    }
}

/// A question with its answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = GuideBodyStep))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Stable word within the guide.
    pub id: String,
    /// As an agent reads it.
    pub agent: AgentWords,
    /// As the merchant reads it: no codes, no jargon.
    pub merchant: MerchantWords,
    /// Two or more.
    pub answers: Vec<Answer>,
    /// Facts that answer it by themselves; the first that fits does.
    #[serde(default)]
    pub known: Vec<Known>,
}

/// The agent's wording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = GuideAgentWords))]
#[serde(deny_unknown_fields)]
pub struct AgentWords {
    /// What to ask or do.
    pub question: Text,
    /// Why it is asked.
    pub why: Option<Text>,
    /// How to do it.
    pub hint: Option<Text>,
}

/// The merchant's wording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = GuideMerchantWords))]
#[serde(deny_unknown_fields)]
pub struct MerchantWords {
    /// What to look at or do.
    pub question: Text,
    /// How to do it.
    pub hint: Option<Text>,
}

/// An answer and where it leads: to a step or to an ending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = GuideBodyAnswer))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Stable word within the step.
    pub id: String,
    /// Label.
    pub agent: Text,
    /// Label for the merchant, where it differs.
    pub merchant: Option<Text>,
    /// Next step.
    pub step: Option<String>,
    /// Or ending.
    pub ending: Option<String>,
}

/// A fact that answers a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = GuideBodyKnown))]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Name of the fact.
    pub fact: String,
    /// Values that answer.
    pub is: Vec<String>,
    /// The answer given.
    pub answer: String,
    /// What people are told about it.
    pub says: Text,
}

/// What a walk comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GuideOutcome {
    /// It works again.
    Fixed,
    /// Somebody has to come.
    Visit,
    /// The merchant knows what to do; not a fault of ours.
    Advise,
    /// Second line or the acquirer goes on.
    Escalate,
}

/// An ending, always with a confirmed fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = GuideBodyEnding))]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// Stable word within the guide.
    pub id: String,
    /// What it comes to.
    pub outcome: GuideOutcome,
    /// The confirmed fault.
    pub fault_code: String,
    /// For the agent.
    pub agent: Text,
    /// For the merchant.
    pub merchant: Text,
    /// Skills a visit needs.
    pub skills: Vec<String>,
    /// Parts a visit may need.
    pub parts: Vec<String>,
}

/// Whose words a guide speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// A service agent.
    Agent,
    /// The merchant.
    Merchant,
}
