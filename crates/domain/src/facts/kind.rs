use serde::{Deserialize, Serialize};

/// A set of facts a tenant may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// What people read of where a case stands.
    StatusLabels,
    /// What merchants are written.
    NoticeTexts,
    /// What a case must say besides what every case says.
    TicketFields,
    /// What can be ordered.
    ServiceItems,
    /// What things cost, by the day.
    PriceList,
    /// How long what is covered.
    WarrantyTerms,
    /// What can be broken.
    Faults,
    /// What a terminal's codes mean.
    ResponseCodes,
    /// Which terminals there are.
    Models,
    /// Days off and make-up workdays, by year.
    Calendars,
}

/// Codes a field may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// Faults.
    Faults,
    /// Parts.
    Parts,
    /// Classes of parts.
    PartClasses,
    /// Skills.
    Skills,
    /// Makers.
    Vendors,
    /// Classes of terminals.
    Classes,
    /// Lines of the price list.
    Prices,
    /// What a ticket may be about: `repair` and what can be ordered.
    TicketTypes,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One line of at most so many characters.
    Line(usize),
    /// A text in both languages, each of at most so many characters; over 100 it has several lines.
    Both(usize),
    /// A whole number between two.
    Number(i64, i64),
    /// Fen, not negative.
    Money,
    /// Yes or no.
    Flag,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// Some of a few words.
    Choices(&'static [&'static str]),
    /// A code of a list.
    Ref(List),
    /// Codes of a list.
    Refs(List),
    /// Answers to choose from: a code and a name in both languages.
    Options,
    /// Named spans of days.
    Spans,
    /// Days.
    Dates,
}

/// A field of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name in the row.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// Whether a row must have it.
    pub required: bool,
    /// Stays as it was first published: other things already rest on it.
    pub fixed: bool,
}

const fn must(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true, fixed: false }
}

const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false, fixed: false }
}

const fn fixed(field: Field) -> Field {
    Field { fixed: true, ..field }
}

/// Where a case stands, as the ticket's rules name it.
pub(super) const STATES: &[&str] = &["new", "triaged", "remote", "visit", "solved", "closed", "cancelled", "merged"];
/// States in which a case may wait for somebody outside the house: the only ones a pausing label may stand for.
pub(super) const PAUSABLE: &[&str] = &["new", "triaged", "remote", "visit"];
const PAUSES: &[&str] = &["waiting_merchant", "waiting_parts", "waiting_acquirer", "merchant_closed"];

/// Whose hours a promise may count: the calendars of the agreements, by name.
pub const CALENDARS: &[&str] = &["urban_7x12", "suburb_workdays", "round_the_clock"];

const LABEL: &[Field] = &[
    fixed(may("state", Shape::Choice(STATES))),
    fixed(may("pauses", Shape::Choice(PAUSES))),
    must("agent", Shape::Both(24)),
    must("customer", Shape::Both(40)),
];
const NOTICE: &[Field] = &[must("subject", Shape::Both(100)), must("body", Shape::Both(2000))];
const CUSTOM: &[Field] = &[
    must("name", Shape::Both(40)),
    may("ticket_type", Shape::Ref(List::TicketTypes)),
    fixed(must("value", Shape::Choice(&["text", "number", "choice", "date"]))),
    may("options", Shape::Options),
    must("needed", Shape::Choice(&["never", "registration", "solve"])),
    may("hint", Shape::Both(100)),
    may("place", Shape::Number(1, 99)),
];
const SERVICE: &[Field] = &[
    must("name", Shape::Both(40)),
    may("about", Shape::Both(300)),
    may("price", Shape::Ref(List::Prices)),
    must("visit", Shape::Flag),
    may("skills", Shape::Refs(List::Skills)),
    must("minutes", Shape::Number(5, 480)),
    may("target_hours", Shape::Number(1, 2160)),
    may("target_days", Shape::Number(1, 90)),
    may("calendar", Shape::Choice(CALENDARS)),
];
const PRICE: &[Field] = &[
    must("name", Shape::Both(60)),
    fixed(must("unit", Shape::Choice(&["visit", "case", "unit", "piece", "surcharge"]))),
    may("price", Shape::Money),
    may("percent", Shape::Number(1, 300)),
    may("at_cost", Shape::Flag),
    may("tax", Shape::Number(0, 20)),
    may("parts", Shape::Refs(List::Parts)),
];
const TERM: &[Field] = &[
    must("name", Shape::Both(60)),
    fixed(must("applies", Shape::Choice(&["terminal", "part", "repair", "exchange", "extension"]))),
    may("vendor", Shape::Ref(List::Vendors)),
    may("classes", Shape::Refs(List::Classes)),
    may("part_classes", Shape::Refs(List::PartClasses)),
    may("months", Shape::Number(1, 120)),
    may("days", Shape::Number(1, 3650)),
    may("price", Shape::Money),
];
const FAULT: &[Field] = &[
    must("symptom", Shape::Both(60)),
    must("cause", Shape::Both(200)),
    may("remote", Shape::Both(300)),
    may("onsite", Shape::Both(300)),
    may("parts", Shape::Refs(List::Parts)),
    may("skills", Shape::Refs(List::Skills)),
    must("remote_minutes", Shape::Number(1, 240)),
    may("onsite_minutes", Shape::Number(1, 240)),
    must("visit", Shape::Choice(&["no", "maybe", "yes"])),
    must("impact", Shape::Choice(&["cannot_take_payment", "partly", "can_take_payment"])),
    fixed(may("stop_use", Shape::Flag)),
    fixed(may("security", Shape::Flag)),
    may("caused", Shape::Flag),
];
const CODE: &[Field] = &[
    must("name", Shape::Both(80)),
    must("side", Shape::Choice(&["none", "issuer", "merchant", "network", "key", "fraud", "operation"])),
    must("ticket", Shape::Choice(&["no", "yes", "if_repeated", "if_all_cards", "if_many", "incident_if_many", "security"])),
    must("guidance", Shape::Both(200)),
    may("fault", Shape::Ref(List::Faults)),
    may("hide_reason", Shape::Flag),
];
const MODEL: &[Field] = &[
    must("vendor", Shape::Ref(List::Vendors)),
    must("class", Shape::Ref(List::Classes)),
    may("printer", Shape::Flag),
    must("warranty_months", Shape::Number(1, 120)),
    may("features", Shape::Choices(&["chip", "stripe", "contactless", "scanner", "battery", "mobile", "wifi", "ethernet"])),
    may("spares", Shape::Refs(List::Parts)),
];
const YEAR: &[Field] = &[
    must("status", Shape::Choice(&["official", "provisional"])),
    must("source", Shape::Line(120)),
    must("off_days", Shape::Spans),
    may("makeup", Shape::Dates),
];

impl FactKind {
    /// Every kind, in the order of the administration page.
    pub const ALL: [FactKind; 10] = [
        FactKind::StatusLabels,
        FactKind::NoticeTexts,
        FactKind::TicketFields,
        FactKind::ServiceItems,
        FactKind::PriceList,
        FactKind::WarrantyTerms,
        FactKind::Faults,
        FactKind::ResponseCodes,
        FactKind::Models,
        FactKind::Calendars,
    ];

    /// The stored and transmitted word.
    pub fn as_str(self) -> &'static str {
        match self {
            FactKind::StatusLabels => "status_labels",
            FactKind::NoticeTexts => "notice_texts",
            FactKind::TicketFields => "ticket_fields",
            FactKind::ServiceItems => "service_items",
            FactKind::PriceList => "price_list",
            FactKind::WarrantyTerms => "warranty_terms",
            FactKind::Faults => "faults",
            FactKind::ResponseCodes => "response_codes",
            FactKind::Models => "models",
            FactKind::Calendars => "calendars",
        }
    }

    /// The fields of a row, besides its code.
    pub fn fields(self) -> &'static [Field] {
        match self {
            FactKind::StatusLabels => LABEL,
            FactKind::NoticeTexts => NOTICE,
            FactKind::TicketFields => CUSTOM,
            FactKind::ServiceItems => SERVICE,
            FactKind::PriceList => PRICE,
            FactKind::WarrantyTerms => TERM,
            FactKind::Faults => FAULT,
            FactKind::ResponseCodes => CODE,
            FactKind::Models => MODEL,
            FactKind::Calendars => YEAR,
        }
    }

    /// Whether a tenant may add rows of its own.
    pub fn grows(self) -> bool {
        self != FactKind::NoticeTexts
    }

    /// Whether a row may be switched off: it is no longer offered, and what refers to it keeps its name.
    pub fn can_switch_off(self) -> bool {
        !matches!(self, FactKind::NoticeTexts | FactKind::Calendars)
    }

    /// Whether a version may begin on a later day: what was promised at a price stays at that price.
    pub fn by_day(self) -> bool {
        matches!(self, FactKind::PriceList | FactKind::WarrantyTerms)
    }
}
