//! HTTP of writing guides: the library, a draft, review by a second person, publication, and what walks say.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use postsale_domain::facts::Origin;
use postsale_domain::ground::{Lang, Text, UserId, cardless, mask_cards};
use postsale_domain::knowledge::{Backing, Finding, Guide, GuideBody, GuideOutcome};
use postsale_domain::org::act;
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::shelf::{self, GuideDraftState, Kept, Walked};
use crate::facts::{in_force, store as facts};
use crate::ground::db::{Done, Stop, Tx};
use crate::ground::web::{Answered, Body, Door, Problem, Ref};
use crate::ground::{texts, when};
use crate::house::House;

/// Days whose walks are counted.
const DAYS: i64 = 90;
/// Days before its last one in which a guide is shown as expiring.
const SOON: i32 = 30;

/// The routes of writing guides.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(guide_library))
        .routes(routes!(guide_editor))
        .routes(routes!(guide_version))
        .routes(routes!(guide_draft))
        .routes(routes!(guide_submit))
        .routes(routes!(guide_return))
        .routes(routes!(guide_publish))
        .routes(routes!(guide_discard))
}

/// How often a guide was walked in ninety days, and how that ended.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
struct GuideUse {
    walks: i64,
    /// Ended with it working again, or with advice.
    solved: i64,
    /// Given up on the way.
    left: i64,
}

/// A guide in the library.
#[derive(Debug, Serialize, ToSchema)]
struct GuideShelf {
    id: String,
    name: Text,
    /// The version in force; null for one that was never published.
    version: Option<i64>,
    origin: Origin,
    fault_codes: Vec<String>,
    /// Where it comes from; null for what ships.
    source: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    expires_on: Option<Date>,
    /// Its last day has passed, or comes within thirty.
    expiring: bool,
    /// The version being written.
    open: Option<GuideDraftState>,
    used: GuideUse,
}

/// Every guide.
#[derive(Debug, Serialize, ToSchema)]
struct GuideLibrary {
    items: Vec<GuideShelf>,
}

fn solved(guide: Option<&Guide>, ending: Option<&str>) -> bool {
    let outcome = guide.zip(ending).and_then(|(g, e)| g.ending(e)).map(|e| e.outcome);
    matches!(outcome, Some(GuideOutcome::Fixed | GuideOutcome::Advise))
}

fn since(tx: &Tx<'_>) -> Timestamp {
    tx.now() - SignedDuration::from_hours(24 * DAYS)
}

/// Every guide with what is known about it: whose, from where, until when, how often walked.
#[utoipa::path(get, path = "/guide-library", operation_id = "guide_library", tag = "knowledge", responses((status = 200, body = GuideLibrary), Problem))]
async fn guide_library(door: Door<act::GuideEdit>) -> Result<Json<GuideLibrary>, Problem> {
    door.read(|tx| {
        let (force, kept, walks) = (in_force(tx)?, shelf::shelf(tx)?, shelf::walks(tx, since(tx))?);
        let today = when::day(tx.now());
        let mut used: BTreeMap<String, GuideUse> = BTreeMap::new();
        for (id, state, ending, count) in walks {
            let counted = used.entry(id.clone()).or_default();
            counted.walks += count;
            counted.left += if state == "left" { count } else { 0 };
            counted.solved += if solved(force.guide(&id).as_deref(), ending.as_deref()) { count } else { 0 };
        }
        let of = |id: &str, published: bool| kept.iter().find(|k| k.guide == id && (k.state == GuideDraftState::Published) == published);
        let row = |guide: &Guide| {
            let own = of(&guide.id, true);
            let expires_on = own.and_then(|k| k.expires_on);
            GuideShelf {
                id: guide.id.clone(),
                name: guide.name.clone(),
                version: Some(guide.version),
                origin: match (own, super::facts().guide(&guide.id)) {
                    (None, _) => Origin::Shipped,
                    (Some(_), Some(_)) => Origin::Changed,
                    (Some(_), None) => Origin::Own,
                },
                fault_codes: guide.fault_codes.clone(),
                source: own.map(|k| k.source.clone()),
                expiring: expires_on.is_some_and(|day| (day - today).get_days() <= SOON),
                expires_on,
                open: of(&guide.id, false).map(|k| k.state),
                used: used.get(&guide.id).copied().unwrap_or_default(),
            }
        };
        let mut items: Vec<GuideShelf> = force.guides().iter().map(|g| row(g)).collect();
        for fresh in kept.iter().filter(|k| k.state != GuideDraftState::Published && force.guide(&k.guide).is_none()) {
            items.push(GuideShelf {
                id: fresh.guide.clone(),
                name: fresh.body.name.clone(),
                version: None,
                origin: Origin::Own,
                fault_codes: fresh.body.fault_codes.clone(),
                source: Some(fresh.source.clone()),
                expires_on: fresh.expires_on,
                expiring: false,
                open: Some(fresh.state),
                used: GuideUse::default(),
            });
        }
        Ok(GuideLibrary { items })
    })
    .await
    .map(Json)
}

/// Something that keeps a guide from being published.
#[derive(Debug, Serialize, ToSchema)]
struct GuideFinding {
    /// The step or ending it is about; empty for the guide as a whole.
    node: String,
    /// The field.
    field: String,
    code: &'static str,
    /// In a sentence.
    sentence: String,
}

/// The version being written.
#[derive(Debug, Serialize, ToSchema)]
struct GuideOpen {
    version: i64,
    state: GuideDraftState,
    author: String,
    /// Whether the reader wrote it last; then another person has to publish it.
    mine: bool,
    returned_because: Option<String>,
    edited_at: Timestamp,
    seen: i64,
    findings: Vec<GuideFinding>,
}

/// A published version.
#[derive(Debug, Serialize, ToSchema)]
struct GuidePast {
    version: i64,
    author: String,
    reviewer: Option<String>,
    source: String,
    published_at: Option<Timestamp>,
}

/// What walks of ninety days say about a step.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
struct StepUse {
    step: String,
    /// Walks that came to it.
    reached: i64,
    /// Of these, walks that ended solved.
    solved: i64,
    /// Walks given up at it.
    left: i64,
}

/// A guide in the editor.
#[derive(Debug, Serialize, ToSchema)]
struct GuideEditor {
    id: String,
    /// The version in force; null before the first.
    version: Option<i64>,
    /// As it is being written; as it is in force without an open version.
    body: GuideBody,
    source: String,
    #[schema(value_type = Option<String>, format = Date)]
    expires_on: Option<Date>,
    open: Option<GuideOpen>,
    past: Vec<GuidePast>,
    walks: i64,
    steps: Vec<StepUse>,
    /// Facts that may answer a step by themselves.
    fact_names: Vec<&'static str>,
}

/// Where walks went, by the guide as it is in force.
fn uses(guide: Option<&Guide>, walks: &[Walked]) -> Vec<StepUse> {
    let Some(guide) = guide else { return Vec::new() };
    let mut by: BTreeMap<&str, StepUse> = BTreeMap::new();
    for walk in walks {
        let good = solved(Some(guide), walk.ending.as_deref());
        let next = walk.answers.last().and_then(|(s, a)| guide.step(s)?.answers.iter().find(|x| x.id == *a)?.step.as_deref());
        let open = match (walk.state.as_str(), walk.answers.is_empty()) {
            ("left", true) => Some(guide.start.as_str()),
            ("left", false) => next,
            ("running", _) => walk.step.as_deref(),
            _ => None,
        };
        for step in walk.answers.iter().map(|(step, _)| step.as_str()).chain(open) {
            let counted = by.entry(step).or_default();
            counted.reached += 1;
            counted.solved += i64::from(good);
        }
        if let Some(step) = open.filter(|_| walk.state == "left") {
            by.entry(step).or_default().left += 1;
        }
    }
    guide.steps.iter().map(|s| StepUse { step: s.id.clone(), ..by.remove(s.id.as_str()).unwrap_or_default() }).collect()
}

fn findings(tx: &mut Tx<'_>, kept: &Kept) -> Done<Vec<Finding>> {
    let today = when::day(tx.now());
    let backing = Backing { source: &kept.source, expires_on: kept.expires_on, today };
    Ok(in_force(tx)?.facts().findings(&kept.body, &backing))
}

fn editor(tx: &mut Tx<'_>, id: &str, lang: Lang) -> Done<GuideEditor> {
    let force = in_force(tx)?;
    let (guide, open, past) = (force.guide(id), shelf::open(tx, id)?, shelf::versions(tx, id)?);
    let body = open.as_ref().map(|k| k.body.clone()).or_else(|| guide.as_deref().map(GuideBody::of));
    let body = body.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let now = past.first().filter(|_| open.is_none()).or(open.as_ref());
    let walks = shelf::walked(tx, id, since(tx))?;
    let me = tx.caller().user();
    let (source, expires_on) = now.map_or((String::new(), None), |k| (k.source.clone(), k.expires_on));
    let open = match open {
        None => None,
        Some(kept) => Some(GuideOpen {
            findings: findings(tx, &kept)?
                .into_iter()
                .map(|f| GuideFinding { node: f.node, field: f.field, code: f.why.code, sentence: texts::of_refusal(lang, &f.why) })
                .collect(),
            version: kept.version,
            state: kept.state,
            mine: me == Some(kept.author),
            author: kept.author_name,
            returned_because: kept.returned_because,
            edited_at: kept.edited_at,
            seen: kept.seen,
        }),
    };
    Ok(GuideEditor {
        id: id.to_owned(),
        version: guide.as_ref().map(|g| g.version),
        body,
        source,
        expires_on,
        open,
        past: past
            .into_iter()
            .map(|k| GuidePast {
                version: k.version,
                author: k.author_name,
                reviewer: k.reviewer_name,
                source: k.source,
                published_at: k.published_at,
            })
            .collect(),
        walks: walks.len() as i64,
        steps: uses(guide.as_deref(), &walks),
        fact_names: postsale_domain::knowledge::FACT_NAMES.to_vec(),
    })
}

/// A guide with its draft, its findings, and what walks say about each step.
#[utoipa::path(get, path = "/guide-library/{id}", operation_id = "guide_editor", tag = "knowledge", params(("id" = String, Path)),
    responses((status = 200, body = GuideEditor), Problem))]
async fn guide_editor(door: Door<act::GuideEdit>, Ref(id): Ref<String>) -> Result<Json<GuideEditor>, Problem> {
    let lang = door.lang;
    door.read(move |tx| editor(tx, &id, lang)).await.map(Json)
}

/// A published version as it was; to look at, or to begin a draft from.
#[utoipa::path(get, path = "/guide-library/{id}/versions/{version}", operation_id = "guide_version", tag = "knowledge",
    params(("id" = String, Path), ("version" = i64, Path)), responses((status = 200, body = GuideBody), Problem))]
async fn guide_version(door: Door<act::GuideEdit>, Ref((id, version)): Ref<(String, i64)>) -> Result<Json<GuideBody>, Problem> {
    door.read(move |tx| {
        let shipped = super::facts().guide(&id).filter(|g| g.version == version).map(GuideBody::of);
        match shelf::at(tx, &id, version)? {
            Some(kept) => Ok(kept.body),
            None => shipped.ok_or_else(|| refuse!(NotFound, "not_found").into()),
        }
    })
    .await
    .map(Json)
}

/// What was written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GuideDraftPut {
    /// The draft one has seen; null when there was none.
    seen: Option<i64>,
    body: GuideBody,
    /// Where it comes from.
    source: String,
    /// The last day it may be used without a new look, `2027-06-30`.
    expires_on: Option<String>,
}

fn me(tx: &Tx<'_>) -> Done<UserId> {
    tx.caller().user().ok_or_else(|| Stop::from(refuse!(Forbidden, "not_allowed", action = "guide.edit")))
}

/// The open version as it was seen. Errors: `guide.draft_changed`.
fn seen(tx: &mut Tx<'_>, id: &str, seen: i64) -> Done<Kept> {
    shelf::open(tx, id)?.filter(|k| k.seen == seen).ok_or_else(|| refuse!(Conflict, "guide.draft_changed").into())
}

fn put(tx: &mut Tx<'_>, id: &str, b: &GuideDraftPut) -> Done<()> {
    let plain = |id: &str| (1..=40).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-');
    if !plain(id) {
        return Err(refuse!(Invalid, "guide.bad_id").field("id").into());
    }
    cardless(id, "id")?;
    cardless(&b.source, "source")?;
    // Wherever in it: a guide is read by everybody.
    cardless(&serde_json::to_string(&b.body).unwrap_or_default(), "body")?;
    if b.body.steps.len() > 60 || b.body.endings.len() > 60 {
        return Err(refuse!(Invalid, "guide.too_big", most = 60).field("body").into());
    }
    let expires_on = match b.expires_on.as_deref() {
        None | Some("") => None,
        Some(day) => Some(day.parse::<Date>().map_err(|_| refuse!(Invalid, "guide.no_expiry").field("expires_on"))?),
    };
    let (author, now) = (me(tx)?, tx.now());
    let known = shelf::open(tx, id)?;
    if known.as_ref().map(|k| k.seen) != b.seen {
        return Err(refuse!(Conflict, "guide.draft_changed").into());
    }
    match known {
        // What waits for review is written anew only as a draft: nobody approves what they have not seen.
        Some(kept) => {
            let next = Kept {
                body: b.body.clone(),
                source: b.source.trim().to_owned(),
                expires_on,
                author,
                state: GuideDraftState::Draft,
                ..kept
            };
            shelf::save(tx, "guide.draft", &next, None)
        }
        None => {
            let shipped = super::facts().guide(id).map_or(0, |g| g.version);
            let version = shelf::highest(tx, id)?.max(shipped) + 1;
            let fresh = Kept {
                id: tx.new_id(),
                guide: id.to_owned(),
                version,
                state: GuideDraftState::Draft,
                body: b.body.clone(),
                source: b.source.trim().to_owned(),
                expires_on,
                author,
                author_name: String::new(),
                reviewer_name: None,
                returned_because: None,
                edited_at: now,
                published_at: None,
                seen: 1,
            };
            shelf::add(tx, &fresh)
        }
    }
}

/// Save what was written. A draft may be wrong; it says where.
#[utoipa::path(post, path = "/guide-library/{id}/draft", operation_id = "guide_draft", tag = "knowledge", params(("id" = String, Path)),
    request_body = GuideDraftPut, responses((status = 200, body = GuideEditor), Problem))]
async fn guide_draft(door: Door<act::GuideEdit>, Ref(id): Ref<String>, body: Body<GuideDraftPut>) -> Result<Answered, Problem> {
    let lang = door.lang;
    door.command(body, StatusCode::OK, move |tx, b| {
        put(tx, &id, b)?;
        editor(tx, &id, lang)
    })
    .await
}

/// The draft one has seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GuideSeen {
    seen: i64,
}

/// Ask a second person to look. Errors: `guide.has_findings`.
#[utoipa::path(post, path = "/guide-library/{id}/submit", operation_id = "guide_submit", tag = "knowledge", params(("id" = String, Path)),
    request_body = GuideSeen, responses((status = 200, body = GuideEditor), Problem))]
async fn guide_submit(door: Door<act::GuideEdit>, Ref(id): Ref<String>, body: Body<GuideSeen>) -> Result<Answered, Problem> {
    let lang = door.lang;
    door.command(body, StatusCode::OK, move |tx, b| {
        let kept = seen(tx, &id, b.seen)?;
        sound(tx, &kept)?;
        shelf::save(tx, "guide.submit", &Kept { state: GuideDraftState::Review, returned_because: None, ..kept }, None)?;
        editor(tx, &id, lang)
    })
    .await
}

/// Errors: `guide.has_findings`, naming the first.
fn sound(tx: &mut Tx<'_>, kept: &Kept) -> Done<()> {
    match findings(tx, kept)?.first() {
        None => Ok(()),
        Some(first) => {
            let place = [first.node.as_str(), first.field.as_str()].join(" ");
            Err(refuse!(Conflict, "guide.has_findings", place = place.trim()).field(first.field.clone()).into())
        }
    }
}

/// Why it goes back to its author.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GuideReturn {
    seen: i64,
    /// In a sentence.
    reason: String,
}

/// Give it back to its author. Errors: `reason.missing`, `guide.not_in_review`.
#[utoipa::path(post, path = "/guide-library/{id}/return", operation_id = "guide_return", tag = "knowledge", params(("id" = String, Path)),
    request_body = GuideReturn, responses((status = 200, body = GuideEditor), Problem))]
async fn guide_return(door: Door<act::GuideEdit>, Ref(id): Ref<String>, body: Body<GuideReturn>) -> Result<Answered, Problem> {
    let lang = door.lang;
    door.command(body, StatusCode::OK, move |tx, b| {
        let reason = mask_cards(b.reason.trim()).text;
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(refuse!(Invalid, "reason.missing").field("reason").into());
        }
        let kept = in_review(seen(tx, &id, b.seen)?)?;
        let back = Kept { state: GuideDraftState::Draft, returned_because: Some(reason), ..kept };
        shelf::save(tx, "guide.return", &back, None)?;
        editor(tx, &id, lang)
    })
    .await
}

fn in_review(kept: Kept) -> Done<Kept> {
    if kept.state == GuideDraftState::Review { Ok(kept) } else { Err(refuse!(Conflict, "guide.not_in_review").into()) }
}

/// Publish what another person wrote. Walks under way stay on their version. Errors: `guide.not_in_review`, `guide.own_review`,
/// `guide.has_findings`.
#[utoipa::path(post, path = "/guide-library/{id}/publish", operation_id = "guide_publish", tag = "knowledge", params(("id" = String, Path)),
    request_body = GuideSeen, responses((status = 200, body = GuideEditor), Problem))]
async fn guide_publish(door: Door<act::GuideEdit>, Ref(id): Ref<String>, body: Body<GuideSeen>) -> Result<Answered, Problem> {
    let lang = door.lang;
    door.command(body, StatusCode::OK, move |tx, b| {
        let kept = in_review(seen(tx, &id, b.seen)?)?;
        let reviewer = me(tx)?;
        if reviewer == kept.author {
            return Err(refuse!(Conflict, "guide.own_review").into());
        }
        sound(tx, &kept)?;
        facts::restamp(tx)?;
        shelf::save(tx, "guide.publish", &Kept { state: GuideDraftState::Published, ..kept }, Some(reviewer))?;
        editor(tx, &id, lang)
    })
    .await
}

/// Throw the draft away. What is in force stays.
#[utoipa::path(post, path = "/guide-library/{id}/discard", operation_id = "guide_discard", tag = "knowledge", params(("id" = String, Path)),
    request_body = GuideSeen, responses((status = 204), Problem))]
async fn guide_discard(door: Door<act::GuideEdit>, Ref(id): Ref<String>, body: Body<GuideSeen>) -> Result<Answered, Problem> {
    door.command(body, StatusCode::NO_CONTENT, move |tx, b| {
        let kept = seen(tx, &id, b.seen)?;
        shelf::discard(tx, &kept)
    })
    .await
}
