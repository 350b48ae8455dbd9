//! The page of a report: how it stands, what comes next, the guide, the words exchanged, confirm, rate.

use jiff::Timestamp;
use maud::{Markup, html};
use postsale_domain::ground::Text;
use postsale_domain::knowledge::{GuideOutcome, GuideView};
use postsale_domain::ticket::TicketState;

use super::page::Page;
use super::quote;
use super::report::photos;
use super::words::Say;
use crate::ground::when;
use crate::view::appointment::Appointment;
use crate::view::shop::{Line, Mark, Next, Progress, Survey};

/// What just happened to what the merchant sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Nothing.
    Nothing,
    /// Kept.
    Kept,
    /// Kept, with something masked.
    Masked,
    /// The time they chose is booked.
    Time,
}

/// The page.
pub fn page(say: Say, p: &Progress, guide: Option<&GuideView>, said: Said, path: &str, now: Timestamp) -> maud::PreEscaped<String> {
    let action = |what: &str| format!("{path}/{what}?lang={}", lang(say));
    html! {
        section {
            (steps(say, p))
            p.meta { (say.f("progress.status", &[("status", p.status.in_lang(say.0))])) }
            p.next role=[(said == Said::Time).then_some("status")] { (ahead(say, p, now)) }
            @if let Some(appointment) = &p.appointment { (time_door(say, appointment, &action)) }
        }
        @if let Some(quote) = &p.quote { (quote::card(say, quote, !over(p), &action, now)) }
        @if let Some(code) = &p.code { (code_card(say, code)) }
        @if let Some(guide) = guide.filter(|_| !p.visited && matches!(p.state, TicketState::Triaged | TicketState::Remote)) { (guide_card(say, guide, &action)) }
        @if p.guide_offered { (offer_card(say, &action)) }
        @if p.state == TicketState::Solved { (confirm_card(say, p, &action)) }
        @if let Some(survey) = p.survey { (survey_card(say, p, survey, &action)) }
        (thread(say, p, said, path, &action, now))
    }
}

/// Nothing can be said to it any more.
fn over(p: &Progress) -> bool {
    matches!(p.state, TicketState::Closed | TicketState::Cancelled | TicketState::Merged)
}

/// The frame around [`page`].
pub fn framed<'a>(say: Say, p: &'a Progress, path: &'a str, title: &'a str, body: Markup, now: Timestamp) -> Page<'a> {
    let at = when::moment(say.0, p.opened_at, now);
    let mut facts: Vec<String> = Vec::new();
    if let Some((model, tail)) = &p.terminal {
        facts.push(format!("{model} {tail}"));
    }
    facts.push(if p.item.is_some() { say.f("progress.ordered", &[("at", &at)]) } else { say.f("progress.from", &[("at", &at)]) });
    let mut under: Vec<String> = Vec::new();
    if !p.place.is_empty() {
        under.push(p.place.clone());
    }
    under.push(facts.join(" · "));
    Page { say, title, head: title, under, path, body }
}

/// How `?lang=` names the language.
pub fn lang(say: Say) -> &'static str {
    match say.0 {
        postsale_domain::ground::Lang::Zh => "zh",
        postsale_domain::ground::Lang::En => "en",
    }
}

/// The four steps.
pub fn steps(say: Say, p: &Progress) -> Markup {
    html! {
        ol.steps {
            @for (name, mark) in p.steps {
                @let class = match mark { Mark::Done => Some("done"), Mark::Now => Some("now"), _ => None };
                li class=[class] aria-current=[(mark == Mark::Now).then_some("step")] {
                    // What was ordered is not helped from afar, it is done.
                    (if name == "remote" && p.item.is_some() { say.t("step.order") } else { say.t(step_key(name)) })
                    @if mark == Mark::Skipped { i { (say.t("step.skipped")) } }
                }
            }
        }
    }
}

fn step_key(name: &str) -> &'static str {
    match name {
        "received" => "step.received",
        "remote" => "step.remote",
        "visit" => "step.visit",
        _ => "step.confirm",
    }
}

/// What comes next on the page of a report, or of an order.
fn ahead(say: Say, p: &Progress, now: Timestamp) -> String {
    match (&p.item, &p.next) {
        (Some(_), Next::Solved) => say.t("next.order_done").into(),
        (Some(_), Next::Closed) => say.t("next.order_closed").into(),
        (Some(_), Next::Resolve(at)) => say.f("next.order_by", &[("at", &when::moment(say.0, *at, now))]),
        _ => next(say, &p.next, now),
    }
}

/// What it is called on its page: a report by its number, an order by what was ordered.
pub fn title_of(say: Say, p: &Progress) -> String {
    match &p.item {
        Some(item) => say.f("progress.order", &[("item", item.in_lang(say.0)), ("number", &p.number)]),
        None => say.f("progress.number", &[("number", &p.number)]),
    }
}

/// What comes next, in a sentence.
pub fn next(say: Say, next: &Next, now: Timestamp) -> String {
    let at = |t: &Timestamp| when::moment(say.0, *t, now);
    match next {
        Next::Respond(t) => say.f("next.respond", &[("at", &at(t))]),
        Next::RespondLate => say.t("next.respond_late").into(),
        Next::Resolve(t) => say.f("next.resolve", &[("at", &at(t))]),
        Next::Soon => say.t("next.soon").into(),
        Next::Waiting => say.t("next.waiting").into(),
        Next::Send(Some(t), false) => say.f("next.send_by", &[("at", &at(t))]),
        Next::Send(None, false) => say.t("next.send").into(),
        Next::Send(Some(t), true) => say.f("next.send_again_by", &[("at", &at(t))]),
        Next::Send(None, true) => say.t("next.send_again").into(),
        Next::VisitOpen => say.t("next.visit_open").into(),
        Next::Booked(from, to) => say.f("next.booked", &[("window", &when::span(say.0, *from, *to, now))]),
        Next::Coming(from, to) => say.f("next.coming", &[("window", &when::span(say.0, *from, *to, now))]),
        Next::Visit(from, to, engineer) => {
            let window = when::span(say.0, *from, *to, now);
            say.f("next.visit", &[("engineer", engineer), ("window", &window)])
        }
        Next::OnTheWay(engineer) => say.f("next.visit_way", &[("engineer", engineer)]),
        Next::There(engineer) => say.f("next.visit_here", &[("engineer", engineer)]),
        Next::SomebodyOnTheWay => say.t("next.somebody_way").into(),
        Next::SomebodyThere => say.t("next.somebody_here").into(),
        Next::WaitingForReporter => say.t("next.reporter_waiting").into(),
        Next::SolvedForReporter => say.t("next.reporter_solved").into(),
        Next::Solved => say.t("next.solved").into(),
        Next::Closed => say.t("next.closed").into(),
        Next::Cancelled => say.t("next.cancelled").into(),
    }
}

/// The way to the times, while they are the merchant's to choose; else why not.
fn time_door(say: Say, a: &Appointment, action: &dyn Fn(&str) -> String) -> Markup {
    html! {
        @match (&a.may, a.window) {
            (Ok(_), None) => { a.door.go href=(action("times")) { (say.t("times.choose")) } p.hint { (say.t("times.choose_why")) } }
            (Ok(left), Some(_)) => {
                a.door href=(action("times")) { (say.t("times.change")) }
                p.hint { (say.f("times.left", &[("left", &left.to_string())])) }
            }
            (Err(refusal), Some(_)) if refusal.code == "times.used_up" => p.hint { (say.t("visit.unsuitable")) },
            _ => {}
        }
    }
}

fn code_card(say: Say, code: &str) -> Markup {
    let (a, b) = code.split_at(code.len() / 2);
    html! {
        section {
            h2 { (say.t("code.title")) }
            p.code { (a) " " (b) }
            p.hint { (say.t("code.hint")) }
        }
    }
}

fn guide_card(say: Say, g: &GuideView, action: &dyn Fn(&str) -> String) -> Markup {
    let words = |text: &Text| text.in_lang(say.0).to_owned();
    html! {
        @if let Some(step) = &g.step {
            section #guide {
                h2 { (say.t("guide.title")) }
                p.meta { (say.f("guide.step", &[("position", &g.position.to_string()), ("total", &g.about_total.to_string())])) }
                @for known in &g.known { p.meta { (say.t("guide.known")) " " (words(known)) } }
                p.big { (words(&step.question)) }
                @if let Some(hint) = &step.hint { p.hint { (words(hint)) } }
                form.act method="post" action=(action("guide")) {
                    input type="hidden" name="step" value=(step.id);
                    @for answer in &step.answers {
                        button name="answer" value=(answer.id) { (words(&answer.label)) }
                    }
                }
                @if !g.answered.is_empty() {
                    form method="post" action=(action("guide/back")) { button.quiet { (say.t("guide.back")) } }
                }
            }
        } @else if let Some(ending) = &g.ending {
            section #guide {
                h2 { (match ending.outcome {
                    GuideOutcome::Fixed => say.t("guide.ended_fixed"),
                    GuideOutcome::Visit => say.t("guide.ended_visit"),
                    GuideOutcome::Escalate => say.t("guide.ended_escalate"),
                    GuideOutcome::Advise => say.t("guide.ended_advise"),
                }) }
                @if ending.outcome == GuideOutcome::Advise { p { (words(&ending.sentence)) } }
            }
        }
    }
}

fn offer_card(say: Say, action: &dyn Fn(&str) -> String) -> Markup {
    html! {
        section #guide {
            h2 { (say.t("guide.title")) }
            p.meta { (say.t("guide.offer")) }
            form.act method="post" action=(action("guide")) { button.go { (say.t("guide.start")) } }
        }
    }
}

/// Is it done? What was ordered is looked at, what was broken is tried.
fn confirm_card(say: Say, p: &Progress, action: &dyn Fn(&str) -> String) -> Markup {
    let (title, why, yes) = match p.item {
        Some(_) => (say.t("confirm.order_title"), say.t("confirm.order_why"), say.t("confirm.order_yes")),
        None => (say.t("confirm.title"), say.t("confirm.why"), say.t("confirm.yes")),
    };
    html! {
        section #confirm {
            h2 { (title) }
            p.hint { (why) }
            form.act method="post" action=(action("confirm")) {
                button.go name="answer" value="yes" { (yes) }
            }
            (still_broken(say, action))
        }
    }
}

fn still_broken(say: Say, action: &dyn Fn(&str) -> String) -> Markup {
    html! {
        details {
            summary { (say.t("confirm.no")) }
            form method="post" action=(action("confirm")) {
                input type="hidden" name="answer" value="no";
                label.l for="reason" { (say.t("confirm.reason")) " " i { (say.t("field.optional")) } }
                textarea #reason name="reason" maxlength="1000" {}
                button.act { (say.t("confirm.send")) }
            }
        }
    }
}

fn survey_card(say: Say, p: &Progress, survey: Survey, action: &dyn Fn(&str) -> String) -> Markup {
    html! {
        section #survey {
            @match survey {
                Survey::Open => {
                    h2 { (say.t("survey.title")) }
                    form method="post" action=(action("survey")) {
                        p { (if p.item.is_some() { say.t("survey.order_solved") } else { say.t("survey.solved") }) }
                        div.grid {
                            @for (value, key) in [("yes", "survey.yes"), ("no", "survey.no")] {
                                div {
                                    input.v type="radio" name="solved" value=(value) id=(key) checked[value == "yes"];
                                    label.pick.row for=(key) { (match (value, &p.item) {
                                        ("yes", Some(_)) => say.t("confirm.order_yes"),
                                        ("yes", None) => say.t("survey.yes"),
                                        _ => say.t("survey.no"),
                                    }) }
                                }
                            }
                        }
                        label.l for="comment" { (say.t("survey.comment")) " " i { (say.t("field.optional")) } }
                        textarea #comment name="comment" maxlength="1000" {}
                        p.hint.act { (say.t("survey.tap")) }
                        div.stars {
                            @for score in 1..=5_u8 {
                                button name="score" value=(score) {
                                    b aria-hidden="true" { "★" }
                                    (match score {
                                        1 => say.t("survey.score_1"),
                                        2 => say.t("survey.score_2"),
                                        3 => say.t("survey.score_3"),
                                        4 => say.t("survey.score_4"),
                                        _ => say.t("survey.score_5"),
                                    })
                                }
                            }
                        }
                    }
                    (still_broken(say, action))
                }
                Survey::Answered(score, solved) => {
                    @if solved && score > 2 {
                        p.ok { (say.f("survey.thanks", &[("score", &score.to_string())])) }
                        (still_broken(say, action))
                    } @else {
                        p.note { (say.t("survey.thanks_open")) }
                    }
                }
                Survey::Expired => {
                    p.hint { (say.t("survey.expired")) }
                    (still_broken(say, action))
                }
            }
        }
    }
}

fn thread(say: Say, p: &Progress, said: Said, path: &str, action: &dyn Fn(&str) -> String, now: Timestamp) -> Markup {
    let can_write = !over(p);
    html! {
        section #thread {
            h2 { (say.t("message.title")) }
            @for line in &p.thread {
                @match line {
                    Line::Words { mine, who, at, body, files } => {
                        @let name = if *mine { say.t("who.you").to_owned() } else if who.is_empty() { say.t("who.house").to_owned() } else { who.clone() };
                        div.msg.mine[*mine] {
                            p { (body) }
                            @for file in files {
                                @let address = format!("{path}/files/{}", file.id);
                                @if file.kind.is_picture() {
                                    a href=(address) { img.photo src=(address) alt=(file.name) loading="lazy"; }
                                } @else {
                                    p.meta { a href=(address) download=(file.name) { (file.name) } }
                                }
                            }
                            div.meta { (name) " · " (when::moment(say.0, *at, now)) }
                        }
                    }
                    Line::Event { code, at } => {
                        @if let Some(words) = event(say, code) { div.msg.event { (words) " · " (when::moment(say.0, *at, now)) } }
                    }
                }
            }
            @match said {
                Said::Nothing | Said::Time => {}
                Said::Kept => p.ok role="status" { (say.t("message.sent")) },
                Said::Masked => p.note role="status" { (say.t("form.card_masked")) },
            }
            @if can_write {
                form method="post" enctype="multipart/form-data" novalidate action=(action("messages")) {
                    label.l for="words" { (say.t("message.words")) }
                    textarea #words name="words" maxlength="4000" required {}
                    (photos(say))
                    button.act { (say.t("message.send")) }
                }
            }
        }
    }
}

/// An event in the merchant's words; most of what happens inside the house is not theirs to read.
fn event(say: Say, code: &str) -> Option<&'static str> {
    Some(match code {
        "registered" => say.t("event.registered"),
        "remote_started" => say.t("event.remote_started"),
        "visit_cancelled" => say.t("event.visit_cancelled"),
        "visit_decided" => say.t("event.visit_decided"),
        "visit_failed" => say.t("event.visit_failed"),
        "visit_time_chosen" | "visit_time_chosen_late" => say.t("event.time_chosen"),
        "quoted" => say.t("event.quoted"),
        "quote_accepted" => say.t("event.quote_accepted"),
        "quote_declined" => say.t("event.quote_declined"),
        "solved" => say.t("event.solved"),
        "closed" => say.t("event.closed"),
        "reopened" => say.t("event.reopened"),
        "cancelled" => say.t("event.cancelled"),
        "took_in" | "took_in_again" => say.t("event.took_in"),
        "gave_back" => say.t("event.gave_back"),
        _ => return None,
    })
}
