//! "Pick a time": the hours in which somebody could come, a day at a time, and the choice of one.

use std::sync::Arc;

use axum::extract::{Form as Fields, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use postsale_domain::dispatch::{Menu, Open, Slot, enough, menu};
use postsale_domain::org::act;
use postsale_domain::org::throttle::Throttle;
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::{Span, WorkOrderId};
use serde::Deserialize;

use super::handle::{Asked, behind_token, go, gone, page_path, plain, refused, speak};
use super::page::Page;
use super::progress::lang;
use super::words::Say;
use crate::flow::times::{self, DAYS, Found, Looked, Whom};
use crate::ground::db::{DbError, Done, Stop, Tx};
use crate::ground::gate::Costly;
use crate::ground::web::{Problem, Runner};
use crate::ground::when;
use crate::house::House;
use crate::org::store::throttle::{self, Counted};
use crate::ticket;
use crate::view::appointment::{self, Appointment};
use crate::view::shop;

/// What the page is about: whose visit, where, and its time as it stands.
#[derive(Debug, Clone)]
struct Case {
    ticket: TicketId,
    number: String,
    place: String,
    appointment: Appointment,
}

fn case(tx: &mut Tx<'_>, id: TicketId) -> Done<Option<Case>> {
    let Some(t) = ticket::merge::followed(tx, id)? else { return Ok(None) };
    let Some(appointment) = appointment::of_ticket(tx, t.id)? else { return Err(refuse!(Conflict, "times.over").into()) };
    Ok(Some(Case { ticket: t.id, number: format!("T-{:06}", t.number), place: shop::place(tx, t.terminal_id)?, appointment }))
}

/// The times of the next days, day by day, and until when the visit is due.
struct Times {
    days: Vec<Vec<Found>>,
    due: Option<Timestamp>,
}

impl Times {
    fn menu(&self, standing: Option<Span>) -> Menu {
        let standing = standing.map(|s| Slot { from: s.from, to: s.to });
        menu(&self.open(), standing)
    }

    fn open(&self) -> Vec<Vec<Open>> {
        self.days.iter().map(|day| day.iter().map(|f| f.open).collect()).collect()
    }
}

/// Looks at one day after the other, each on a snapshot of its own, until further ones would change nothing.
async fn times_of(run: &Runner, order: WorkOrderId) -> Result<Times, Problem> {
    let (gate, who) = (&run.house.gate, order.to_string());
    let _turn = gate.turn(Costly::Thinking, &who).await.map_err(|refusal| Problem::refused(run.lang, &refusal))?;
    seldom(run, who).await?;
    let mut times = Times { days: Vec::new(), due: None };
    let mut looked = Vec::new();
    for ahead in 0..DAYS {
        let day = Arc::new(run.read(move |tx| times::look(tx, order, ahead)).await?);
        let (due, ends) = (day.due(), day.ends());
        times.due = due;
        times.days.push(thinking(run, day.clone(), Whom::Willing).await?);
        looked.push(day);
        if enough(&times.open(), due, ends) {
            break;
        }
    }
    // Whoever has refused this visit is asked again only when nobody else can do it on any of the days.
    if times.menu(None).days.is_empty() && looked.iter().any(|day| day.refused()) {
        times.days.clear();
        for day in looked {
            times.days.push(thinking(run, day, Whom::Everybody).await?);
        }
    }
    Ok(times)
}

/// Whoever holds the link of a case may look often, not all the time: every look makes the planner think. Errors: `session.wait`.
async fn seldom(run: &Runner, order: String) -> Result<(), Problem> {
    let (counted, now) = (Counted::new(Throttle::Times, &order), run.house.clock.now());
    let wait = run.house.db.bare_write(move |bare| {
        let wait = throttle::wait_left(bare, std::slice::from_ref(&counted), now)?;
        if wait.is_none() {
            throttle::count(bare, std::slice::from_ref(&counted), now)?;
        }
        Ok(wait)
    });
    match wait.await.map_err(|stop| Problem::stopped(run.lang, stop))? {
        None => Ok(()),
        Some(seconds) => Err(Problem::refused(run.lang, &refuse!(TooMany, "session.wait", seconds = seconds))),
    }
}

async fn thinking(run: &Runner, day: Arc<Looked>, whom: Whom) -> Result<Vec<Found>, Problem> {
    let found = tokio::task::spawn_blocking(move || day.found(whom)).await;
    found.map_err(|e| Problem::stopped(run.lang, Stop::Db(DbError::Other(format!("the planner did not answer: {e}")))))
}

/// The page with the times.
pub async fn shown(State(house): State<House>, Path(token): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let say = speak(&asked, &headers);
    let path = format!("/m/{}", plain(&token));
    match behind_token::<act::VisitChoose>(&house, &token, say).await {
        Ok(Some((run, id))) => list(&house, &run, id, say, &path, None).await.unwrap_or_else(|problem| refused(say, &path, &problem)),
        Ok(None) => gone(say, &path),
        Err(problem) => refused(say, &path, &problem),
    }
}

/// The list as it is now; `wrong`: what was wrong with the choice just made.
async fn list(house: &House, run: &Runner, id: TicketId, say: Say, path: &str, wrong: Option<&Problem>) -> Result<Response, Problem> {
    let Some(case) = run.read(move |tx| case(tx, id)).await? else { return Ok(gone(say, path)) };
    let (now, address) = (house.clock.now(), format!("{path}/times"));
    let status = wrong.and_then(|p| StatusCode::from_u16(p.status).ok()).unwrap_or(StatusCode::OK);
    let (body, status) = match &case.appointment.may {
        Ok(left) => {
            let times = times_of(run, case.appointment.order).await?;
            (choices(say, path, &case, &times, *left, wrong.map(|p| p.detail.as_str()), now), status)
        }
        Err(refusal) => (closed(say, path, &Problem::refused(say.0, refusal).detail), StatusCode::CONFLICT),
    };
    let mut under = vec![case.number.clone()];
    if !case.place.is_empty() {
        under.insert(0, case.place.clone());
    }
    let title = say.t("times.title");
    Ok(Page { say, title, head: title, under: vec![under.join(" · ")], path: &address, body }.answer(status))
}

fn back(say: Say, path: &str) -> Markup {
    html! { a.door href=(format!("{path}?lang={}#thread", lang(say))) { (say.t("times.write")) } }
}

/// Nothing to choose, and why.
fn closed(say: Say, path: &str, why: &str) -> Markup {
    html! { section { p.note role="alert" { (why) } (back(say, path)) } }
}

fn choices(say: Say, path: &str, case: &Case, times: &Times, left: u32, wrong: Option<&str>, now: Timestamp) -> Markup {
    let standing = case.appointment.window;
    let menu = times.menu(standing);
    html! {
        form method="post" action=(format!("{path}/times?lang={}", lang(say))) {
            input type="hidden" name="version" value=(case.appointment.version);
            section {
                @if let Some(wrong) = wrong { p.note role="alert" { (wrong) } }
                @if let Some(w) = standing { p { (say.f("times.standing", &[("window", &when::span(say.0, w.from, w.to, now))])) } }
                @match (menu.days.is_empty(), standing) {
                    (true, None) => p.note { (say.t("times.none")) },
                    (true, Some(_)) => p.note { (say.t("times.no_other")) },
                    (false, _) => p.meta { (say.t("times.how")) },
                }
                @if let Some(due) = times.due.filter(|_| menu.late) {
                    p.note { (say.f("times.late", &[("due", &when::moment(say.0, due, now))])) }
                }
                @for day in &menu.days {
                    @if let Some(first) = day.first() { h2.day { (when::day_name(say.0, first.from, now)) } }
                    div.grid {
                        @for window in day {
                            @let value = format!("{}/{}", window.from, window.to);
                            div {
                                input.v type="radio" name="window" value=(value) id=(value) required;
                                label.pick.row for=(value) {
                                    (when::hours(window.from, window.to))
                                    @if menu.late { i { (say.t("times.late_mark")) } }
                                }
                            }
                        }
                    }
                }
            }
            @if !menu.days.is_empty() {
                section.foot {
                    button.go { (say.t("times.take")) }
                    p.hint {
                        (match left - 1 {
                            0 => say.t("times.last").to_owned(),
                            left => say.f("times.left_after", &[("left", &left.to_string())]),
                        })
                    }
                }
            }
        }
        section { (back(say, path)) }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    version: String,
    window: String,
}

impl Choice {
    fn window(&self) -> Option<Slot> {
        let (from, to) = self.window.split_once('/')?;
        Some(Slot { from: from.parse().ok()?, to: to.parse().ok()? })
    }
}

/// The choice: checked against the times as they are now, booked, and back to the page. A second tap finds it done.
pub async fn chosen(
    State(house): State<House>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    Fields(given): Fields<Choice>,
) -> Response {
    let say = speak(&asked, &headers);
    let path = format!("/m/{}", plain(&token));
    let (run, id) = match behind_token::<act::VisitChoose>(&house, &token, say).await {
        Ok(Some(found)) => found,
        Ok(None) => return gone(say, &path),
        Err(problem) => return refused(say, &path, &problem),
    };
    let problem = match choose(&run, id, say, &given).await {
        Ok(true) => return go(&page_path(&house, id, say, "&said=time")),
        Ok(false) => return gone(say, &path),
        Err(problem) => problem,
    };
    if !problem.code.starts_with("times.") {
        return refused(say, &path, &problem);
    }
    list(&house, &run, id, say, &path, Some(&problem)).await.unwrap_or_else(|problem| refused(say, &path, &problem))
}

/// `false`: there is no such report.
async fn choose(run: &Runner, id: TicketId, say: Say, given: &Choice) -> Result<bool, Problem> {
    let Some(case) = run.read(move |tx| case(tx, id)).await? else { return Ok(false) };
    let no = |refusal| Problem::refused(say.0, &refusal);
    let Some(window) = given.window() else { return Err(no(refuse!(Invalid, "times.unpicked").field("window"))) };
    if case.appointment.window.is_some_and(|w| (w.from, w.to) == (window.from, window.to)) {
        return Ok(true);
    }
    case.appointment.may.clone().map_err(no)?;
    let order = case.appointment.order;
    let times = times_of(run, order).await?;
    let found = times.days.iter().flatten().find(|f| f.open.window == window);
    let Some(found) = found.filter(|_| times.menu(case.appointment.window).has(window)) else {
        return Err(no(refuse!(Conflict, "times.taken")));
    };
    let pick = times::Pick { order, version: given.version.parse().unwrap_or_default(), found: found.clone() };
    run.write(move |tx| times::pick(tx, case.ticket, &pick)).await?;
    Ok(true)
}
