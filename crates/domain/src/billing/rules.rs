use jiff::Timestamp;

use super::model::{Agreed, Answer, AnswerWay, Consent, Need, Offer, QuoteState};
use crate::ground::{Refusal, mask_cards, signed};
use crate::refuse;

/// Days a quote may be answered, the one it was made on not counted.
pub const VALID_DAYS: i64 = 3;
/// Most characters of a name, a reason or a note.
pub const MAX_WORDS: usize = 200;

/// Where a quote stands now: what nobody answered in time is over, whether somebody wrote that down or not.
pub fn standing(offer: &Offer, now: Timestamp) -> QuoteState {
    match offer.state {
        QuoteState::Offered if offer.valid_until.is_none_or(|until| until <= now) => QuoteState::Expired,
        state => state,
    }
}

/// What an answer makes of a quote; nothing when it was given before. Errors: `quote.replaced`, `quote.expired`, `quote.answered`,
/// `quote.who_missing`, `quote.text_long`, those of a signature.
pub fn answer(offer: &Offer, answer: &Answer, now: Timestamp) -> Result<Option<(QuoteState, Answer)>, Refusal> {
    let then = if answer.accept { QuoteState::Accepted } else { QuoteState::Declined };
    match standing(offer, now) {
        state if state == then => return Ok(None),
        QuoteState::Offered => {}
        QuoteState::Replaced => return Err(refuse!(Conflict, "quote.replaced")),
        QuoteState::Expired => return Err(refuse!(Conflict, "quote.expired")),
        QuoteState::Accepted | QuoteState::Declined => return Err(refuse!(Conflict, "quote.answered")),
    }
    let by = answer.by.trim();
    if by.is_empty() {
        return Err(refuse!(Invalid, "quote.who_missing").field("by"));
    }
    let note = answer.note.as_deref().map(str::trim).filter(|n| !n.is_empty());
    for (text, field) in [(Some(by), "by"), (note, "note")] {
        if text.is_some_and(|t| t.chars().count() > MAX_WORDS) {
            return Err(refuse!(Invalid, "quote.text_long", limit = MAX_WORDS).field(field));
        }
    }
    let strokes = match answer.way {
        AnswerWay::Signature => {
            signed(&answer.strokes, "strokes")?;
            answer.strokes.clone()
        }
        _ => Vec::new(),
    };
    let kept = Answer { by: mask_cards(by).text, note: note.map(|n| mask_cards(n).text), strokes, ..answer.clone() };
    Ok(Some((then, kept)))
}

/// The reason for which work goes on without the merchant's yes. Errors: `reason.missing`, `quote.text_long`.
pub fn waive(reason: &str) -> Result<String, Refusal> {
    match reason.trim() {
        "" => Err(refuse!(Invalid, "reason.missing").field("reason")),
        text if text.chars().count() > MAX_WORDS => Err(refuse!(Invalid, "quote.text_long", limit = MAX_WORDS).field("reason")),
        text => Ok(mask_cards(text).text),
    }
}

/// Whether all that is charged was agreed to: by the quote that was accepted last, line by line. `newest` says how far the asking has come
/// where it was not.
pub fn consent(needs: &[Need], accepted: Option<&[Agreed]>, newest: Option<QuoteState>) -> Consent {
    let mut left: Vec<Agreed> = accepted.unwrap_or_default().to_vec();
    let mut open = 0;
    for need in needs {
        let mut lacking = need.quantity;
        for line in left.iter_mut().filter(|line| need.codes.contains(&line.code)) {
            let taken = lacking.min(line.quantity);
            (lacking, line.quantity) = (lacking - taken, line.quantity - taken);
        }
        if lacking > 0 {
            open += need.amount * lacking / need.quantity.max(1);
        }
    }
    if open == 0 {
        return Consent::Given;
    }
    match (newest, accepted) {
        (Some(QuoteState::Offered), _) => Consent::Waits(open),
        (Some(QuoteState::Declined), _) => Consent::Declined(open),
        (_, Some(_)) => Consent::Short(open),
        _ => Consent::NotAsked(open),
    }
}
