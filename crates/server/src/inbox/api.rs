//! HTTP of letters: what arrived, what nobody could read, and handing one in.

use crate::ground::seal::keepable;
use axum::Json;
use axum::http::StatusCode;
use jiff::Timestamp;
use postsale_domain::ground::{Lang, Reach, Refusal, mask_email, mask_phone};
use postsale_domain::inbox::{Attachment, Letter, LetterChannel, LetterId, LetterState, plain_phone};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::{self, Kept};
use crate::flow::letter::{ByHand, ContactFacts, register_by_hand};
use crate::ground::texts;
use crate::ground::web::{Answered, Body, Door, Keyset, Page, PageParams, Params, Problem, Ref};
use crate::house::House;

/// The routes of letters.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(letter_list, letter_hand_in)).routes(routes!(letter_show)).routes(routes!(letter_register))
}

/// Characters of a body that the list shows.
const PREVIEW: usize = 120;
/// Most characters of a letter handed in by another program.
const MAX_WORDS: usize = 10_000;

/// A letter in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LetterRow {
    /// Which one.
    pub id: LetterId,
    /// How it came.
    pub channel: LetterChannel,
    /// When it arrived.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// Who says they sent it; numbers and addresses masked.
    pub sender: String,
    /// One line; may be empty.
    pub subject: String,
    /// The first words.
    pub preview: String,
    /// How far it has come.
    pub state: LetterState,
    /// The ticket it stands on.
    pub ticket_id: Option<TicketId>,
    /// Why a person has to look, in a sentence.
    pub error: Option<String>,
}

/// A letter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LetterPage {
    /// What lists show.
    #[serde(flatten)]
    pub row: LetterRow,
    /// The words; card numbers masked.
    pub body: String,
    /// When it says it was written.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub written_at: Option<Timestamp>,
    /// What came along.
    pub attachments: Vec<Attachment>,
    /// What a person should know: `cut`, `charset_guessed`, `card_masked` …
    pub remarks: Vec<String>,
}

fn row(kept: &Kept, lang: Lang) -> LetterRow {
    let sender = &kept.letter.sender;
    let address = sender.email.as_deref().map(mask_email).or(sender.phone.as_deref().map(mask_phone)).unwrap_or_default();
    LetterRow {
        id: kept.id,
        channel: kept.letter.channel,
        received_at: kept.received_at,
        sender: [sender.name.as_str(), address.as_str()].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" "),
        subject: kept.letter.subject.clone(),
        preview: kept.letter.body.chars().take(PREVIEW).collect(),
        state: kept.state,
        ticket_id: kept.ticket_id,
        error: kept.error.as_deref().map(|code| texts::sentence(lang, code, &std::collections::BTreeMap::new())),
    }
}

/// Which letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum LetterView {
    /// All.
    #[default]
    All,
    /// Those a person has to look at.
    Unreadable,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LetterFilter {
    /// Which letters; all without it.
    #[serde(default)]
    #[param(inline)]
    view: LetterView,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Letters as received, newest first.
#[utoipa::path(get, path = "/letters", operation_id = "letter_list", tag = "inbox", params(LetterFilter), responses((status = 200, body = Page<LetterRow>), Problem))]
async fn letter_list(door: Door<act::LetterRead>, Params(filter): Params<LetterFilter>) -> Result<Json<Page<LetterRow>>, Problem> {
    let (seal, tenant, lang) = (door.house.seal.clone(), door.caller.tenant, door.lang);
    let page = door
        .read(move |tx| {
            let paging = PageParams { limit: filter.limit, cursor: filter.cursor.clone() };
            let start = Keyset::open(&seal, tenant, "letters", paging.cursor.as_deref(), Keyset::LAST)?;
            let letters = store::letters(tx, filter.view == LetterView::Unreadable, start, paging.take())?;
            Ok(Page::cut(letters, paging.limit, &seal, tenant, "letters", |k| (k.received_at.as_millisecond(), k.id)))
        })
        .await?;
    Ok(Json(page.map(|kept| row(&kept, lang))))
}

/// One letter.
#[utoipa::path(get, path = "/letters/{id}", operation_id = "letter_show", tag = "inbox", params(("id" = String, Path)), responses((status = 200, body = LetterPage), Problem))]
async fn letter_show(door: Door<act::LetterRead>, Ref(id): Ref<LetterId>) -> Result<Json<LetterPage>, Problem> {
    let lang = door.lang;
    let kept = door.read(move |tx| store::letter(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found").into())).await?;
    Ok(Json(LetterPage {
        row: row(&kept, lang),
        body: kept.letter.body,
        written_at: kept.letter.written_at,
        attachments: kept.letter.attachments,
        remarks: kept.letter.remarks,
    }))
}

/// Who sends a letter by the API.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LetterSender {
    /// Name.
    name: String,
    /// Phone number.
    phone: Option<String>,
    /// Mail address.
    email: Option<String>,
}

/// A letter from another program.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LetterNew {
    /// The sending program's own id; the same id is the same letter. 1 to 200 characters.
    external_id: String,
    /// Who sends it.
    sender: LetterSender,
    /// One line.
    subject: Option<String>,
    /// The words, 1 to 10,000 characters.
    body: String,
    /// The terminal's serial number, if known.
    terminal_serial: Option<String>,
}

/// What became of it so far.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct LetterTaken {
    /// The letter; kept from now on.
    letter_id: LetterId,
    /// The ticket; null until the letter has been read.
    ticket_id: Option<TicketId>,
}

/// Hand in a letter. It is kept at once and read right after; the same `external_id` again answers with the same letter, and is refused when it
/// says something else. Each sender numbers letters of their own.
#[utoipa::path(post, path = "/letters", operation_id = "letter_hand_in", tag = "inbox", request_body = LetterNew, responses((status = 202, body = LetterTaken), Problem))]
async fn letter_hand_in(door: Door<act::LetterWork>, body: Body<LetterNew>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::ACCEPTED, move |tx, new| {
        let mut letter = letter(new)?;
        letter.external_id = format!("{}:{}", tx.caller().label(), letter.external_id);
        let by = if reach == Reach::All { None } else { tx.caller().user() };
        let (id, fresh) = store::keep_of(tx, &letter, None, None, by)?;
        let kept = store::letter(tx, id)?;
        if !fresh && kept.as_ref().is_some_and(|kept| kept.letter != letter.kept()) {
            return Err(refuse!(Conflict, "letter.differs").field("external_id").into());
        }
        Ok(LetterTaken { letter_id: id, ticket_id: kept.and_then(|kept| kept.ticket_id) })
    })
    .await
}

/// What a person adds to a letter nobody could read.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LetterRegister {
    /// The terminal's serial number.
    terminal_serial: Option<String>,
    /// Why it is not known.
    terminal_unknown_reason: Option<String>,
    /// Who can be reached; what the letter says without it.
    contact: Option<LetterSender>,
    /// What is wrong; the letter's words without it.
    symptom: Option<String>,
}

/// Register an unreadable letter as a ticket by hand.
#[utoipa::path(post, path = "/letters/{id}/ticket", operation_id = "letter_register", tag = "inbox", params(("id" = String, Path)),
    request_body = LetterRegister, responses((status = 201, body = LetterTaken), Problem))]
async fn letter_register(door: Door<act::LetterWork>, Ref(id): Ref<LetterId>, body: Body<LetterRegister>) -> Result<Answered, Problem> {
    if door.reach() != Reach::All {
        return Err(Problem::refused(door.lang, &refuse!(Forbidden, "not_allowed", action = "letter.work")));
    }
    let lang = door.lang;
    door.command(body, StatusCode::CREATED, move |tx, hand| {
        let contact = match &hand.contact {
            Some(person) => Some(ContactFacts {
                id: None,
                name: Some(person.name.trim().to_owned()).filter(|n| !n.is_empty()),
                phone: phone(person.phone.as_deref(), "contact.phone")?,
                email: person.email.as_deref().map(|e| e.trim().to_lowercase()),
                lang,
            }),
            None => None,
        };
        let hand = ByHand {
            terminal_serial: hand.terminal_serial.clone(),
            terminal_unknown_reason: hand.terminal_unknown_reason.clone(),
            contact,
            symptom: hand.symptom.clone(),
        };
        let ticket = register_by_hand(tx, id, &hand)?;
        Ok(LetterTaken { letter_id: id, ticket_id: Some(ticket) })
    })
    .await
}

fn phone(given: Option<&str>, field: &str) -> Result<Option<String>, Refusal> {
    given.map(|text| plain_phone(text).ok_or_else(|| refuse!(Invalid, "contact.bad_phone").field(field))).transpose()
}

fn letter(new: &LetterNew) -> Result<Letter, Refusal> {
    if !(1..=200).contains(&new.external_id.trim().chars().count()) {
        return Err(refuse!(Invalid, "letter.external_id").field("external_id"));
    }
    if !(1..=MAX_WORDS).contains(&new.body.trim().chars().count()) {
        return Err(refuse!(Invalid, "letter.body", limit = MAX_WORDS).field("body"));
    }
    let phone = phone(new.sender.phone.as_deref(), "sender.phone")?;
    // It only has to be the same for the same letter.
    let mut letter = Letter::new(LetterChannel::Api, keepable(new.external_id.trim()));
    letter.sender.name = new.sender.name.trim().to_owned();
    letter.sender.phone = phone;
    letter.sender.email = new.sender.email.as_deref().map(|e| e.trim().to_lowercase());
    letter.subject = new.subject.clone().unwrap_or_default();
    letter.body = new.body.clone();
    letter.terminal_serial = new.terminal_serial.clone();
    Ok(letter)
}
