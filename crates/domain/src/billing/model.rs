use jiff::Timestamp;

crate::words! {
    /// Where a quote stands.
    QuoteState {
        /// The merchant is asked.
        Offered = "offered",
        /// They said yes.
        Accepted = "accepted",
        /// They said no.
        Declined = "declined",
        /// Nobody answered in time.
        Expired = "expired",
        /// A newer one took its place.
        Replaced = "replaced",
    }
    /// How an answer came to us.
    AnswerWay {
        /// On the merchant's own page.
        Page = "page",
        /// They said it on the phone.
        Phone = "phone",
        /// They wrote a mail.
        Mail = "mail",
        /// They wrote on WeChat.
        Wechat = "wechat",
        /// They said it to somebody who stood before them.
        InPerson = "in_person",
        /// They signed on the engineer's phone.
        Signature = "signature",
    }
}

/// A quote as its rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Where it stands, as it is kept.
    pub state: QuoteState,
    /// Until when it may be answered.
    pub valid_until: Option<Timestamp>,
}

/// What the merchant says to a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Yes or no.
    pub accept: bool,
    /// Who said it.
    pub by: String,
    /// How it came.
    pub way: AnswerWay,
    /// Why, or what was said besides.
    pub note: Option<String>,
    /// Of a signature: lines of points, as drawn.
    pub strokes: Vec<Vec<(i32, i32)>>,
}

/// Work that is charged: by which prices it may be agreed to, and how often it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Prices any one of which stands for it: labour has one for the city and one for outside.
    pub codes: Vec<String>,
    /// How many.
    pub quantity: i64,
    /// Fen it costs.
    pub amount: i64,
}

/// A line somebody has agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// The code of the price list.
    pub code: String,
    /// How many.
    pub quantity: i64,
}

/// Whether work that is charged may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Nothing of it is charged without a yes.
    Given,
    /// Nobody was asked, or what was asked is over; fen that are open.
    NotAsked(i64),
    /// The merchant has not answered yet.
    Waits(i64),
    /// They said no.
    Declined(i64),
    /// They agreed to other work than this.
    Short(i64),
}
