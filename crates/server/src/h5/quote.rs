//! What the work costs: each price and its reason, the sum, yes or no.

use axum::Form as Fields;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use postsale_domain::billing::QuoteState;
use postsale_domain::facts::{Charge, QuoteId};
use postsale_domain::ground::yuan;
use postsale_domain::org::act;
use postsale_domain::refuse;
use serde::Deserialize;

use super::handle::{Asked, act, speak};
use super::words::Say;
use crate::billing::store::Quote;
use crate::flow::charge;
use crate::ground::when;
use crate::house::House;

/// The card on the page of a report.
pub fn card(say: Say, quote: &Quote, open: bool, action: &dyn Fn(&str) -> String, now: Timestamp) -> Markup {
    let asked = open && quote.state == QuoteState::Offered;
    html! {
        section #quote {
            h2 { (say.t("quote.title")) }
            @if asked {
                p { (say.t("quote.why")) }
            }
            @if let Some(cover) = &quote.cover { p.meta { (cover.sentence.in_lang(say.0)) } }
            dl.bill {
                @for line in &quote.lines {
                    div {
                        dt { (name(say, line)) @if let Some(why) = reason(say, quote, line) { i { (why) } } }
                        dd { (yuan(line.amount)) }
                    }
                }
                div.sum {
                    dt { (say.t("quote.total")) i { (say.f("quote.tax", &[("tax", &yuan(quote.tax))])) } }
                    dd { (yuan(quote.total)) }
                }
            }
            @if asked {
                @if let Some(until) = quote.valid_until { p.hint { (say.f("quote.until", &[("at", &when::moment(say.0, until, now))])) } }
                form.act method="post" action=(action("quote")) {
                    input type="hidden" name="quote" value=(quote.id);
                    button.go name="answer" value="yes" { (say.f("quote.yes", &[("amount", &yuan(quote.total))])) }
                    button name="answer" value="no" { (say.t("quote.no")) }
                }
            } @else {
                (standing(say, quote, now))
            }
        }
    }
}

fn name(say: Say, line: &Charge) -> String {
    let name = line.name.in_lang(say.0);
    match line.percent {
        Some(percent) => format!("{name} +{percent}%"),
        None if line.quantity > 1 => format!("{name} × {}", line.quantity),
        None => name.to_owned(),
    }
}

/// Why it costs nothing, or why it does.
fn reason(say: Say, quote: &Quote, line: &Charge) -> Option<String> {
    if let Some(term) = &line.cover.freed {
        let (name, why) = (term.name.in_lang(say.0), term.why.in_lang(say.0));
        return Some(say.f("quote.free", &[("term", name), ("why", why)]));
    }
    // The sentence of the whole stands above the lines; a line says its own reason only where it has another one.
    let whole = quote.cover.as_ref().map(|cover| &cover.sentence);
    line.cover.why.as_ref().filter(|why| Some(*why) != whole).map(|why| why.in_lang(say.0).to_owned())
}

fn standing(say: Say, quote: &Quote, now: Timestamp) -> Markup {
    let at = quote.answer.as_ref().map_or_else(String::new, |answer| when::moment(say.0, answer.at, now));
    html! {
        @match quote.state {
            QuoteState::Accepted => p.ok role="status" { (say.f("quote.accepted", &[("at", &at)])) },
            QuoteState::Declined => p.note role="status" { (say.f("quote.declined", &[("at", &at)])) },
            _ => p.note role="status" { (say.t("quote.expired")) },
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    quote: String,
    answer: String,
}

/// Yes or no. The same answer again changes nothing; what is no longer asked says so.
pub(super) async fn answered(
    State(house): State<House>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    Fields(given): Fields<Said>,
) -> Response {
    let say = speak(&asked, &headers);
    act::<act::QuoteAnswer, _, _>(
        &house,
        &token,
        say,
        move |tx, id| {
            let quote: QuoteId = given.quote.parse().map_err(|_| refuse!(Conflict, "quote.replaced"))?;
            let accept = match given.answer.as_str() {
                "yes" => true,
                "no" => false,
                // What is no answer declines nothing.
                _ => return Err(refuse!(Invalid, "quote.unanswered").field("answer").into()),
            };
            charge::answered(tx, id, quote, accept, None).map(drop)
        },
        |()| "#quote",
    )
    .await
}
