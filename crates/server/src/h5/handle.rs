//! The routes of the merchant's pages. A signed code in the address is the key; it opens one terminal or one report and nothing else.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Form as Fields, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use postsale_domain::file::AttachmentId;
use postsale_domain::followup::Answer;
use postsale_domain::ground::{Caller, Lang, Reach, Refusal, TenantId, TypedId};
use postsale_domain::inbox::{Letter, LetterChannel, plain_phone};
use postsale_domain::knowledge::{Audience, GuideState, GuideView};
use postsale_domain::org::act;
use postsale_domain::org::throttle::Throttle;
use postsale_domain::terminal::{TerminalId, serial};
use postsale_domain::ticket::{TicketId, TicketState};
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::page::{Page, message};
use super::progress::{Said, framed, lang, page, title_of};
use super::report::{CHOICES, Form, already, form, told};
use super::sent::{FORM_BYTES, Photo, Sent};
use super::words::Say;
use super::{quote, times};
use crate::file::store::{self as file_store, Fresh};
use crate::file::{api as file_api, intake};
use crate::flow::desk::Desk;
use crate::flow::{aftercare, guide, letter, photo, shop as acts};
use crate::ground::blob::Blobs;
use crate::ground::db::{DbError, Done, Stop, Tx};
use crate::ground::seal::{hex, random};
use crate::ground::web::{Problem, Runner, lang_of};
use crate::house::House;
use crate::notify::jobs::PAGE_TOKEN;
use crate::org::store::throttle::{self, Counted};
use crate::terminal::STICKER_TOKEN;
use crate::view::shop::{self, Progress, Sticker};
use crate::{inbox, org, terminal, ticket};

/// The routes.
pub fn routes() -> Router<House> {
    Router::new()
        .route("/r", get(sticker).post(report).layer(DefaultBodyLimit::max(FORM_BYTES)))
        .route("/r/{code}", get(sticker).post(report).layer(DefaultBodyLimit::max(FORM_BYTES)))
        .route("/r/{code}/open", get(to_sticker).post(open_by_tail))
        .route("/m/{token}", get(progress))
        .route("/m/{token}/times", get(times::shown).post(times::chosen))
        .route("/m/{token}/messages", get(to_page).post(say).layer(DefaultBodyLimit::max(FORM_BYTES)))
        .route("/m/{token}/files/{file}", get(photo_shown))
        .route("/m/{token}/guide", get(to_page).post(walk))
        .route("/m/{token}/guide/back", get(to_page).post(walk_back))
        .route("/m/{token}/quote", get(to_page).post(quote::answered))
        .route("/m/{token}/confirm", get(to_page).post(confirm))
        .route("/m/{token}/survey", get(to_page).post(survey))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    lang: Option<String>,
    said: Option<String>,
}

pub(super) fn speak(asked: &Asked, headers: &HeaderMap) -> Say {
    Say(match asked.lang.as_deref() {
        Some("zh") => Lang::Zh,
        Some("en") => Lang::En,
        _ => lang_of(headers),
    })
}

/// A merchant inside a tenant, asked whether merchants may do this at all.
fn runner<A: postsale_domain::ground::Act>(house: &House, tenant: TenantId, say: Say) -> Result<Runner, Refusal> {
    Runner::ask::<A>(house.clone(), Caller::merchant(tenant), say.0)
}

pub(super) fn gone(say: Say, path: &str) -> Response {
    let report = format!("/r?lang={}", lang(say));
    message(say, StatusCode::NOT_FOUND, path, say.t("error.gone"), Some(say.t("error.gone_next")), (&report, say.t("error.to_report")))
}

/// "No", as a page. The sentence is the same one the API says.
pub(super) fn refused(say: Say, path: &str, problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let back = format!("{path}?lang={}", lang(say));
    message(say, status, path, &problem.detail, None, (&back, say.t("error.back")))
}

pub(super) fn go(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_owned())]).into_response()
}

// --- behind the sticker ---

/// The tenant and terminal behind a code; a code nobody signed belongs to no terminal.
async fn behind(house: &House, code: Option<&str>) -> Result<Option<(TenantId, TerminalId)>, Stop> {
    let Some(id) = code.and_then(|c| house.seal.open(STICKER_TOKEN, c)).map(TerminalId::from_uuid) else { return Ok(None) };
    let tenant = house.db.bare_look(move |bare| terminal::store::behind_sticker(bare, id)).await?;
    Ok(tenant.map(|tenant| (tenant, id)))
}

/// Who takes reports from a sticker nobody recognises: the first organisation. With several on one server, each prints its own stickers.
async fn house_tenant(house: &House) -> Result<Option<TenantId>, Stop> {
    Ok(house.db.bare_read(org::store::tenants).await?.first().copied())
}

/// What stands behind the sticker, with the report that is open.
async fn known(house: &House, tenant: TenantId, id: TerminalId, say: Say) -> Result<Option<(Sticker, Option<Progress>)>, Problem> {
    runner::<act::FactRead>(house, tenant, say)
        .map_err(|refusal| Problem::refused(say.0, &refusal))?
        .read(move |tx| {
            let Some(sticker) = shop::sticker(tx, id)? else { return Ok(None) };
            let open = match sticker.open {
                Some(ticket) => ticket::store::ticket(tx, ticket)?.map(|t| shop::progress(tx, &t)).transpose()?,
                None => None,
            };
            Ok(Some((sticker, open)))
        })
        .await
}

async fn sticker(State(house): State<House>, code: Option<Path<String>>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let say = speak(&asked, &headers);
    let fresh = Form { nonce: hex(&random()[..16]), ..Form::default() };
    shown(&house, code.as_ref().map(|c| c.as_str()), say, &fresh, None, StatusCode::OK).await
}

/// The page behind a sticker, whatever is behind it.
async fn shown(house: &House, code: Option<&str>, say: Say, filled: &Form, wrong: Option<&str>, status: StatusCode) -> Response {
    let now = house.clock.now();
    let path = code.map_or_else(|| "/r".to_owned(), |c| format!("/r/{}", plain(c)));
    let found = match behind(house, code).await {
        Ok(Some((tenant, id))) => known(house, tenant, id, say).await,
        Ok(None) => Ok(None),
        Err(stop) => Err(Problem::stopped(say.0, stop)),
    };
    match found {
        Err(problem) => refused(say, &path, &problem),
        Ok(Some((sticker, Some(progress)))) => {
            let body = already(say, &path, &progress, wrong, now);
            of_sticker(say, &path, &sticker, body).answer(status)
        }
        Ok(Some((sticker, None))) => {
            let body = form(say, &path, filled, wrong, Some(&sticker), now);
            of_sticker(say, &path, &sticker, body).answer(status)
        }
        Ok(None) => {
            let body = form(say, &path, filled, wrong, None, now);
            let head = say.t(if code.is_some() { "report.unknown_title" } else { "page.report" });
            Page { say, title: say.t("page.report"), head, under: Vec::new(), path: &path, body }.answer(status)
        }
    }
}

fn of_sticker<'a>(say: Say, path: &'a str, sticker: &'a Sticker, body: maud::Markup) -> Page<'a> {
    let under = vec![format!("{} {}", sticker.model, sticker.serial_tail), sticker.coverage.in_lang(say.0).to_owned()];
    let head = if sticker.place.is_empty() { say.t("page.report") } else { &sticker.place };
    Page { say, title: say.t("page.report"), head, under, path, body }
}

/// Only letters and digits of a code go back into a page's addresses.
pub(super) fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).take(80).collect()
}

async fn report(
    State(house): State<House>,
    code: Option<Path<String>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    sent: Sent<Form>,
) -> Response {
    let Sent { fields: filled, photos } = sent;
    let say = speak(&asked, &headers);
    let code = code.as_ref().map(|c| c.as_str());
    let wrong = |words| shown(&house, code, say, &filled, Some(words), StatusCode::UNPROCESSABLE_ENTITY);
    let behind = match behind(&house, code).await {
        Ok(found) => found,
        Err(stop) => return refused(say, "/r", &Problem::stopped(say.0, stop)),
    };
    let Some(phone) = plain_phone(&filled.phone).filter(|p| p.len() >= 7) else { return wrong(say.t("form.phone")).await };
    let chosen = CHOICES.contains(&filled.choice.as_str());
    if !chosen && filled.text.trim().is_empty() {
        return wrong(say.t("form.choice")).await;
    }
    if behind.is_none() && serial(&filled.serial).is_err() {
        return wrong(say.t("form.serial")).await;
    }
    let photos = match kept(&house, photos).await {
        Ok(photos) => photos,
        Err(Stop::Refused(refusal)) => {
            let problem = Problem::refused(say.0, &refusal);
            return wrong(&problem.detail).await;
        }
        Err(stop) => return refused(say, "/r", &Problem::stopped(say.0, stop)),
    };
    match taken(&house, behind, say, &filled, phone, photos).await {
        Ok(ticket) => go(&page_path(&house, ticket, say, "")),
        Err(problem) => refused(say, "/r", &problem),
    }
}

/// Judges and keeps the photos, before any row names them. Only pictures: a merchant's page takes nothing else.
async fn kept(house: &House, photos: Vec<Photo>) -> Result<Vec<Fresh>, Stop> {
    let blobs = Blobs::of(&house.config.data_dir);
    let work = move || {
        let keep = |(name, bytes): Photo| {
            let fresh = intake::keep(&blobs, &name, bytes)?;
            if fresh.kind.is_picture() { Ok(fresh) } else { Err(postsale_domain::refuse!(Invalid, "file.photos_only").into()) }
        };
        photos.into_iter().map(keep).collect()
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(Stop::Db(DbError::Other(e.to_string()))))
}

/// Keeps the report as a letter, then reads it. A second submission of the same form finds the first one's ticket.
async fn taken(
    house: &House,
    behind: Option<(TenantId, TerminalId)>,
    say: Say,
    filled: &Form,
    phone: String,
    photos: Vec<Fresh>,
) -> Result<TicketId, Problem> {
    let stopped = |stop| Problem::stopped(say.0, stop);
    let tenant = match behind {
        Some((tenant, _)) => Some(tenant),
        None => house_tenant(house).await.map_err(stopped)?,
    };
    let Some(tenant) = tenant else {
        return Err(Problem::refused(say.0, &postsale_domain::refuse!(NotFound, "not_found")));
    };
    let body = told(say, &filled.choice, filled.text.trim());
    let nonce: String = plain(&filled.nonce);
    let mut letter = Letter::new(LetterChannel::H5, if nonce.is_empty() { hex(&random()[..16]) } else { nonce });
    letter.sender.phone = Some(phone);
    letter.sender.name = filled.name.trim().to_owned();
    letter.body = body;
    if CHOICES.contains(&filled.choice.as_str()) {
        letter.remark(&format!("choice:{}", filled.choice));
    }
    letter.terminal_serial = Some(filled.serial.clone()).filter(|s| behind.is_none() && !s.trim().is_empty());
    let run = runner::<act::TicketOpen>(house, tenant, say).map_err(|refusal| Problem::refused(say.0, &refusal))?;
    let terminal = behind.map(|(_, terminal)| terminal);
    let id = run
        .write(move |tx| {
            let mut letter = letter.clone();
            if let Some(id) = terminal {
                letter.terminal_serial = terminal::store::terminal(tx, id)?.map(|t| t.serial_no);
            }
            Ok(inbox::store::keep(tx, &letter, None, None)?.0)
        })
        .await?;
    let seal = house.seal.clone();
    let ticket = run
        .write(move |tx| {
            let ticket = letter::read_letter(tx, &seal, id)?;
            if let Some(ticket) = ticket {
                photo::of_letter(tx, ticket, id.uuid(), &photos)?;
            }
            Ok(ticket)
        })
        .await?;
    ticket.ok_or_else(|| Problem::refused(say.0, &postsale_domain::refuse!(Conflict, "letter.rule_failed")))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tail {
    tail: String,
}

/// Whoever knows the last four digits of the phone in the report gets to its page. Guessing is slowed down per terminal.
async fn open_by_tail(
    State(house): State<House>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    Fields(given): Fields<Tail>,
) -> Response {
    let say = speak(&asked, &headers);
    let path = format!("/r/{}", plain(&code));
    let (tenant, id) = match behind(&house, Some(&code)).await {
        Ok(Some(found)) => found,
        Ok(None) => return gone(say, &path),
        Err(stop) => return refused(say, &path, &Problem::stopped(say.0, stop)),
    };
    let open = match known(&house, tenant, id, say).await {
        Ok(Some((_, Some(progress)))) => progress,
        Ok(_) => return go(&format!("{path}?lang={}", lang(say))),
        Err(problem) => return refused(say, &path, &problem),
    };
    let now = house.clock.now();
    let guard = Counted::new(Throttle::Sticker, &id.to_string());
    let asked = guard.clone();
    match house.db.bare_read(move |bare| throttle::wait_left(bare, std::slice::from_ref(&asked), now)).await {
        Ok(None) => {}
        Ok(Some(seconds)) => {
            let refusal = postsale_domain::refuse!(TooMany, "session.wait", seconds = seconds);
            return refused(say, &path, &Problem::refused(say.0, &refusal));
        }
        Err(stop) => return refused(say, &path, &Problem::stopped(say.0, stop)),
    }
    let right = open.phone_tails.iter().fold(false, |found, tail| found | bool::from(tail.as_bytes().ct_eq(given.tail.trim().as_bytes())));
    if right {
        return go(&page_path(&house, open.id, say, ""));
    }
    let counted = house.db.bare_write(move |bare| throttle::count(bare, std::slice::from_ref(&guard), now)).await;
    if let Err(stop) = counted {
        return refused(say, &path, &Problem::stopped(say.0, stop));
    }
    shown(&house, Some(&code), say, &Form::default(), Some(say.t("report.code_wrong")), StatusCode::UNPROCESSABLE_ENTITY).await
}

/// Where a form was sent is not where a page is: whoever asks for it again by its address is led to the page.
async fn to_sticker(Path(code): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    go(&format!("/r/{}?lang={}", plain(&code), lang(speak(&asked, &headers))))
}

// --- the page of a report ---

/// [`to_sticker`], of a report's page.
async fn to_page(Path(token): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    go(&format!("/m/{}?lang={}", plain(&token), lang(speak(&asked, &headers))))
}

pub(super) fn page_path(house: &House, ticket: TicketId, say: Say, more: &str) -> String {
    format!("/m/{}?lang={}{more}", house.seal.sign(PAGE_TOKEN, ticket.uuid()), lang(say))
}

/// The ticket behind a token and a runner that stays inside its tenant.
pub(super) async fn behind_token<A: postsale_domain::ground::Act>(
    house: &House,
    token: &str,
    say: Say,
) -> Result<Option<(Runner, TicketId)>, Problem> {
    let Some(id) = house.seal.open(PAGE_TOKEN, token).map(TicketId::from_uuid) else { return Ok(None) };
    let tenant = house.db.bare_look(move |bare| ticket::store::tenant_of(bare, id)).await.map_err(|stop| Problem::stopped(say.0, stop))?;
    let Some(tenant) = tenant else { return Ok(None) };
    let run = runner::<A>(house, tenant, say).map_err(|refusal| Problem::refused(say.0, &refusal))?;
    Ok(Some((run, id)))
}

async fn progress(State(house): State<House>, Path(token): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let say = speak(&asked, &headers);
    let path = format!("/m/{}", plain(&token));
    let said = match asked.said.as_deref() {
        Some("kept") => Said::Kept,
        Some("masked") => Said::Masked,
        Some("time") => Said::Time,
        _ => Said::Nothing,
    };
    let run = match behind_token::<act::FactRead>(&house, &token, say).await {
        Ok(Some(run)) => run,
        Ok(None) => return gone(say, &path),
        Err(problem) => return refused(say, &path, &problem),
    };
    let (run, id) = run;
    let read = run.read(move |tx| with_guide(tx, id)).await;
    match read {
        Ok(Some((p, guide))) => {
            let now = house.clock.now();
            let title = title_of(say, &p);
            framed(say, &p, &path, &title, page(say, &p, guide.as_ref(), said, &path, now), now).answer(StatusCode::OK)
        }
        Ok(None) => gone(say, &path),
        Err(problem) => refused(say, &path, &problem),
    }
}

/// The page with its guide: the walk that is on, or the offer of one while the case is at the desk.
fn with_guide(tx: &mut Tx<'_>, id: TicketId) -> Done<Option<(Progress, Option<GuideView>)>> {
    let Some(t) = ticket::merge::followed(tx, id)? else { return Ok(None) };
    let mut p = shop::progress(tx, &t)?;
    let walk = guide::shown(tx, &t, Audience::Merchant)?.filter(|g| g.state != GuideState::Left);
    p.guide_offered = walk.is_none()
        && !p.visited
        && !p.to_send
        && matches!(t.case.state, TicketState::Triaged | TicketState::Remote)
        && guide::fitting(tx, &t)?.is_some();
    Ok(Some((p, walk)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Step {
    step: String,
    answer: String,
}

/// Begins the guide, or answers its open step. A second tap on an answer finds another step open and changes nothing.
async fn walk(
    State(house): State<House>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    Fields(given): Fields<Step>,
) -> Response {
    let say = speak(&asked, &headers);
    let work = move |tx: &mut Tx<'_>, id| {
        let mut desk = Desk::load(tx, id, Reach::All, None)?;
        match given.step.as_str() {
            "" => guide::start(tx, &mut desk, None)?,
            step => match guide::answer(tx, &mut desk, step, &given.answer, None) {
                Err(Stop::Refused(refusal)) if matches!(refusal.code, "guide.other_step" | "guide.not_running") => {}
                done => done?,
            },
        }
        desk.save(tx, "guide.answer").map(|_| ())
    };
    act::<act::GuideRun, _, _>(&house, &token, say, work, |()| "#guide").await
}

/// Takes the latest answer back.
async fn walk_back(State(house): State<House>, Path(token): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let say = speak(&asked, &headers);
    let work = move |tx: &mut Tx<'_>, id| {
        let mut desk = Desk::load(tx, id, Reach::All, None)?;
        guide::back(tx, &mut desk)?;
        desk.save(tx, "guide.back").map(|_| ())
    };
    act::<act::GuideRun, _, _>(&house, &token, say, work, |()| "#guide").await
}

/// Runs a merchant's act and goes back to the page.
pub(super) async fn act<A, T, F>(house: &House, token: &str, say: Say, work: F, then: impl Fn(&T) -> &'static str) -> Response
where
    A: postsale_domain::ground::Act,
    T: Send + 'static,
    F: Fn(&mut Tx<'_>, TicketId) -> Done<T> + Send + 'static,
{
    let path = format!("/m/{}", plain(token));
    let (run, id) = match behind_token::<A>(house, token, say).await {
        Ok(Some(found)) => found,
        Ok(None) => return gone(say, &path),
        Err(problem) => return refused(say, &path, &problem),
    };
    // The link of a case that goes on elsewhere stays good; what is done with it is done there.
    let there = move |tx: &mut Tx<'_>| {
        let at = ticket::merge::survivor(tx, id)?;
        work(tx, at)
    };
    match run.write(there).await {
        Ok(value) => go(&page_path(house, id, say, then(&value))),
        Err(problem) => refused(say, &path, &problem),
    }
}

/// A file of the report's public lines, to whoever holds its link.
async fn photo_shown(
    State(house): State<House>,
    Path((token, file)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let say = speak(&asked, &headers);
    let path = format!("/m/{}", plain(&token));
    let (run, ticket) = match behind_token::<act::FactRead>(&house, &token, say).await {
        Ok(Some(found)) => found,
        Ok(None) => return gone(say, &path),
        Err(problem) => return refused(say, &path, &problem),
    };
    let Ok(id) = file.parse::<AttachmentId>() else { return gone(say, &path) };
    let found = run.read(move |tx| file_store::of_page(tx, ticket, id)).await;
    match found {
        Ok(Some(found)) => file_api::whole_file(&house, found, say.0).await.unwrap_or_else(|problem| refused(say, &path, &problem)),
        Ok(None) => gone(say, &path),
        Err(problem) => refused(say, &path, &problem),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Words {
    words: String,
}

async fn say(
    State(house): State<House>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    sent: Sent<Words>,
) -> Response {
    let say = speak(&asked, &headers);
    let Sent { fields: given, photos } = sent;
    let photos = match kept(&house, photos).await {
        Ok(photos) => photos,
        Err(stop) => return refused(say, &format!("/m/{}", plain(&token)), &Problem::stopped(say.0, stop)),
    };
    act::<act::TicketReply, _, _>(
        &house,
        &token,
        say,
        move |tx, id| acts::say(tx, id, &given.words, &photos),
        |masked| {
            if *masked { "&said=masked#thread" } else { "&said=kept#thread" }
        },
    )
    .await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Confirmed {
    answer: String,
    reason: String,
}

async fn confirm(
    State(house): State<House>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    Fields(given): Fields<Confirmed>,
) -> Response {
    let say = speak(&asked, &headers);
    let work = move |tx: &mut Tx<'_>, id| match given.answer.as_str() {
        "yes" => acts::works(tx, id),
        _ => acts::still_broken(tx, id, &given.reason, say.t("confirm.no")),
    };
    act::<act::TicketConfirm, _, _>(&house, &token, say, work, |()| "").await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Rated {
    solved: String,
    score: String,
    comment: String,
}

async fn survey(
    State(house): State<House>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    Fields(given): Fields<Rated>,
) -> Response {
    let say = speak(&asked, &headers);
    let answer = Answer { solved: given.solved == "yes", score: given.score.parse().unwrap_or(0), comment: given.comment };
    act::<act::FollowUpAnswer, _, _>(&house, &token, say, move |tx, id| aftercare::answer(tx, id, &answer), |()| "#survey").await
}
