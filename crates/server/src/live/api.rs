//! HTTP of live updates: one stream of server-sent events, and the word that somebody is on a ticket's page.

use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use postsale_domain::ground::UserId;
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::{Instant, sleep_until};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Hub;
use super::hub::{BATCH, Listener, Seat};
use super::store::{self, Doing, Present};
use crate::ground::db::{Done, Stop};
use crate::ground::seal::digest;
use crate::ground::web::{Answered, Body, Door, Params, Problem, Ref, Runner, bearer_or_cookie};
use crate::house::House;
use crate::org;
use crate::view::feed;
use crate::view::reach::see_ticket;

/// The routes of live updates.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(events)).routes(routes!(presence_say)).routes(routes!(presence_leave))
}

/// How often a silent stream says that it lives.
const BEAT: Duration = Duration::from_secs(15);
/// How long a stream lasts; the next one asks anew who listens and how far they see.
const LIFE: Duration = Duration::from_secs(600);
/// Entries of the chain somebody may have missed; beyond it they are told to read everything anew.
const FAR_BEHIND: i64 = 2000;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventsAsked {
    /// Go on after this event; the header `Last-Event-ID` says the same and wins. Without both the stream begins now.
    after: Option<i64>,
    /// Tell also who is on this ticket's page.
    #[param(value_type = Option<String>)]
    ticket: Option<TicketId>,
}

/// What changes, as it changes: server-sent events until the listener leaves, signs out, or the server stops; ten minutes at most,
/// then ask again with the last id.
///
/// `hello` begins it; `change` names tickets that are no longer as they were (`{"tickets": [..]}`), only such as the listener may see;
/// `reset` says that too much was missed and everything shown should be read again; `presence` lists the others on the watched
/// ticket's page (`{"ticket": "..", "people": [..]}`); `bell` that there is a new notification; `beat` comes every fifteen seconds without other news.
#[utoipa::path(get, path = "/events", operation_id = "events", tag = "live", params(EventsAsked),
    responses((status = 200, description = "Server-sent events", content_type = "text/event-stream", body = String), Problem))]
async fn events(door: Door<act::TicketRead>, headers: HeaderMap, Params(asked): Params<EventsAsked>) -> Result<Response, Problem> {
    let (reach, lang, ticket) = (door.reach(), door.lang, asked.ticket);
    let (scope, company) = door
        .read(move |tx| {
            if let Some(ticket) = ticket {
                see_ticket(tx, reach, ticket)?;
            }
            // Who may not write among us is not told who reads.
            let inside = act::reach("ticket.note", &tx.caller().who) != postsale_domain::ground::Reach::None;
            Ok((feed::scope(tx), ticket.filter(|_| inside)))
        })
        .await?;
    let token = bearer_or_cookie(&headers).map(|(token, _)| digest(token.as_bytes())).unwrap_or_default();
    let caller = door.caller.clone();
    let listener = Listener { caller: caller.clone(), token, scope, read: feed::changes, ticket: company };
    let seat = Hub::listen(&door.house, listener).map_err(|stop| Problem::stopped(lang, stop))?;
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok()).or(asked.after);
    let stream = Stream {
        runner: door.runner.clone(),
        me: caller.user(),
        ticket: company,
        seat,
        place: last,
        begun: false,
        ready: VecDeque::new(),
        over: Instant::now() + LIFE,
    };
    let events = stream::unfold(stream, |mut stream| async move { Some((Ok::<_, Infallible>(stream.next().await?), stream)) });
    Ok(([("x-accel-buffering", "no")], Sse::new(events.fuse())).into_response())
}

/// One listener's stream.
struct Stream {
    runner: Runner,
    me: Option<UserId>,
    ticket: Option<TicketId>,
    seat: Seat,
    /// The place reached; none before it is known.
    place: Option<i64>,
    begun: bool,
    ready: VecDeque<Event>,
    over: Instant,
}

impl Stream {
    /// The next event; none when the stream is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if !self.begun {
                self.begun = true;
                self.begin().await.ok()?;
                continue;
            }
            self.catch_up().await.ok()?;
            if !self.ready.is_empty() {
                continue;
            }
            let (seat, beat) = (&mut self.seat, Instant::now() + BEAT);
            let company = async {
                match seat.present.as_mut() {
                    Some(present) => present.changed().await.is_ok(),
                    None => std::future::pending().await,
                }
            };
            let rung = async {
                match seat.bell.as_mut() {
                    Some(bell) => bell.changed().await.is_ok(),
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                _ = &mut seat.end => return None,
                () = sleep_until(self.over) => return None,
                _ = seat.at.changed() => {}
                known = company => if known { self.tell_company() } else { return None },
                known = rung => if known { self.tell("bell", &json!({})) } else { return None },
                () = sleep_until(beat) => self.tell("beat", &json!({})),
            }
        }
    }

    /// Finds the place to begin at. What was missed is told next; too much of it is not told, but said to be too much.
    async fn begin(&mut self) -> Done<()> {
        let head = self.read(|tx| Ok(org::audit::head(tx)?.map_or(0, |(seq, _)| seq))).await?;
        match self.place {
            Some(place) if (0..=FAR_BEHIND).contains(&(head - place)) => self.tell("hello", &json!({})),
            None => {
                self.place = Some(head);
                self.tell("hello", &json!({}));
            }
            Some(_) => {
                self.place = Some(head);
                self.tell("reset", &json!({}));
            }
        }
        if self.ticket.is_some() {
            self.tell_company();
        }
        Ok(())
    }

    /// Tells what has changed since the place reached, from memory or, when that does not go back so far, from the database.
    async fn catch_up(&mut self) -> Done<()> {
        let place = self.place.unwrap_or_default();
        let (tickets, reached) = match self.seat.channel.since(place) {
            Some(news) => news,
            None => {
                self.read(move |tx| {
                    let head = org::audit::head(tx)?.map_or(0, |(seq, _)| seq);
                    let found = feed::changes(tx, place, BATCH)?;
                    let reached = if found.len() < BATCH as usize { head } else { found.last().map_or(head, |(seq, _)| *seq) };
                    Ok((found.into_iter().map(|(_, ticket)| ticket).collect(), reached))
                })
                .await?
            }
        };
        self.place = Some(reached);
        if !tickets.is_empty() {
            let once: BTreeSet<String> = tickets.iter().map(TicketId::to_string).collect();
            self.tell("change", &json!({ "tickets": once }));
        }
        Ok(())
    }

    async fn read<T, F>(&self, work: F) -> Done<T>
    where
        T: Send + 'static,
        F: Fn(&mut crate::ground::db::Tx<'_>) -> Done<T> + Send + 'static,
    {
        let house = &self.runner.house;
        house.db.read(self.runner.caller.clone(), house.clock.now(), work).await
    }

    fn tell_company(&mut self) {
        let (Some(present), Some(ticket)) = (self.seat.present.as_mut(), self.ticket) else { return };
        let people: Vec<Present> = present.borrow_and_update().iter().filter(|one| Some(one.id) != self.me).cloned().collect();
        self.tell("presence", &json!({ "ticket": ticket, "people": people }));
    }

    fn tell(&mut self, what: &str, data: &serde_json::Value) {
        self.ready.push_back(Event::default().event(what).id(self.place.unwrap_or_default().to_string()).data(data.to_string()));
    }
}

/// Says that one is there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PresenceSaid {
    doing: Doing,
}

/// Who else is there.
#[derive(Debug, Serialize, ToSchema)]
struct Company {
    /// The others, by name.
    people: Vec<Present>,
}

/// Says that one has a ticket open, or writes on it. Holds for 45 seconds; nobody is kept from anything by it.
#[utoipa::path(put, path = "/tickets/{id}/presence", operation_id = "presence_say", tag = "live", params(("id" = String, Path)),
    request_body = PresenceSaid, responses((status = 200, body = Company), Problem))]
async fn presence_say(door: Door<act::TicketNote>, Ref(id): Ref<TicketId>, body: Body<PresenceSaid>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::OK, move |tx, said| {
        see_ticket(tx, reach, id)?;
        let me = person(tx.caller().user())?;
        store::arrive(tx, id, me, said.doing)?;
        let people = store::present(tx, id)?.into_iter().filter(|one| one.id != me).collect();
        Ok(Company { people })
    })
    .await
}

/// Says that one has left.
#[utoipa::path(delete, path = "/tickets/{id}/presence", operation_id = "presence_leave", tag = "live", params(("id" = String, Path)),
    responses((status = 204), Problem))]
async fn presence_leave(door: Door<act::TicketNote>, Ref(id): Ref<TicketId>) -> Result<StatusCode, Problem> {
    let reach = door.reach();
    door.write(move |tx| {
        see_ticket(tx, reach, id)?;
        let me = person(tx.caller().user())?;
        store::leave(tx, id, me)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn person(user: Option<UserId>) -> Result<UserId, Stop> {
    user.ok_or_else(|| refuse!(Forbidden, "not_allowed", action = "ticket.note").into())
}
