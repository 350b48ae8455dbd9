//! HTTP of files: begin, parts, end; show; take back.

use axum::Json;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use postsale_domain::file::{AttachmentId, FILE_BYTES, PART_BYTES, UploadId};
use postsale_domain::ground::{Lang, Reach};
use postsale_domain::org::act;
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{self, Stretch};
use super::intake;
use super::store::{self, FileFace, Upload};
use crate::ground::blob::Blobs;
use crate::ground::db::{DbError, Done, Stop, Tx};
use crate::ground::seal::{digest, hex};
use crate::ground::web::{Answered, Body, Door, Params, Problem, Ref};
use crate::house::House;
use crate::view::reach::see_ticket;
use crate::view::ticket::outsider;

/// The routes of files.
pub fn routes() -> OpenApiRouter<House> {
    let parts = OpenApiRouter::new().routes(routes!(upload_part)).layer(DefaultBodyLimit::max(PART_BYTES));
    OpenApiRouter::new()
        .routes(routes!(upload_begin))
        .routes(routes!(upload_read))
        .routes(routes!(upload_finish))
        .merge(parts)
        .routes(routes!(file_read))
        .routes(routes!(file_remove))
}

/// Announces a file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UploadBegin {
    /// Its name; shortened and made safe.
    name: String,
    /// Its size, ten MiB at most.
    bytes: i64,
    /// SHA-256 of the whole, in lower-case hexadecimal: what arrives must be what was sent.
    sha256: String,
}

/// How far a file has come.
#[derive(Debug, Serialize, ToSchema)]
struct UploadState {
    id: UploadId,
    /// Bytes that are here: the next part begins there.
    received: i64,
    /// Bytes it will have.
    bytes: i64,
    /// Most bytes of a part.
    part_bytes: usize,
    /// What it became.
    attachment_id: Option<AttachmentId>,
}

impl From<Upload> for UploadState {
    fn from(u: Upload) -> Self {
        Self { id: u.id, received: u.received, bytes: u.bytes, part_bytes: PART_BYTES, attachment_id: u.attachment_id }
    }
}

/// Begins a file for a ticket. Send its parts in order with PATCH, then finish it. A broken connection is taken up at `received`.
#[utoipa::path(post, path = "/tickets/{id}/uploads", operation_id = "upload_begin", tag = "file", params(("id" = String, Path)),
    request_body = UploadBegin, responses((status = 201, body = UploadState), Problem))]
async fn upload_begin(door: Door<act::TicketNote>, Ref(id): Ref<TicketId>, body: Body<UploadBegin>) -> Result<Answered, Problem> {
    let reach = door.reach();
    door.command(body, StatusCode::CREATED, move |tx, b| {
        see_ticket(tx, reach, id)?;
        if b.bytes < 1 {
            return Err(refuse!(Invalid, "file.empty").field("bytes").into());
        }
        if b.bytes.unsigned_abs() > FILE_BYTES {
            return Err(refuse!(TooLarge, "file.too_large", most_mib = FILE_BYTES >> 20).field("bytes").into());
        }
        if b.sha256.len() != 64 || !b.sha256.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c)) {
            return Err(refuse!(Invalid, "file.bad_hash").field("sha256").into());
        }
        let name: String = b.name.chars().filter(|c| *c != '\0').take(300).collect();
        Ok(UploadState::from(store::begin(tx, id, &name, b.bytes, &b.sha256)?))
    })
    .await
}

/// How far it has come.
#[utoipa::path(get, path = "/uploads/{id}", operation_id = "upload_read", tag = "file", params(("id" = String, Path)),
    responses((status = 200, body = UploadState), Problem))]
async fn upload_read(door: Door<act::TicketNote>, Ref(id): Ref<UploadId>) -> Result<Json<UploadState>, Problem> {
    door.write(move |tx| own(tx, id).map(UploadState::from)).await.map(Json)
}

fn own(tx: &mut Tx<'_>, id: UploadId) -> Done<Upload> {
    store::upload(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found").into())
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PartAt {
    /// Where in the file the part begins.
    offset: i64,
}

/// The next part: bytes as they are, one MiB at most. The same part again changes nothing. Errors: `file.other_place`, when it does not
/// begin where the file ends so far; read how far it has come and go on there.
#[utoipa::path(patch, path = "/uploads/{id}", operation_id = "upload_part", tag = "file", params(("id" = String, Path), PartAt),
    request_body(content = String, content_type = "application/octet-stream"), responses((status = 200, body = UploadState), Problem))]
async fn upload_part(
    door: Door<act::TicketNote>,
    Ref(id): Ref<UploadId>,
    Params(at): Params<PartAt>,
    bytes: Bytes,
) -> Result<Json<UploadState>, Problem> {
    let kept = door.write(move |tx| own(tx, id)).await?;
    let no = |refusal| Problem::refused(door.lang, &refusal);
    let end = at.offset.saturating_add(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
    if at.offset >= 0 && end <= kept.received {
        return Ok(Json(kept.into()));
    }
    if at.offset != kept.received || end > kept.bytes || kept.attachment_id.is_some() {
        return Err(no(refuse!(Conflict, "file.other_place", received = kept.received).field("offset")));
    }
    let (blobs, name, from) = (Blobs::of(&door.house.config.data_dir), id.to_string(), at.offset.unsigned_abs());
    outside(door.lang, move || blobs.write_part(&name, from, &bytes).map_err(not_kept)).await?;
    let went_on = door.write(move |tx| Ok((store::received(tx, id, at.offset, end)?, own(tx, id)?))).await?;
    match went_on {
        (true, state) => Ok(Json(state.into())),
        (false, state) => Err(no(refuse!(Conflict, "file.other_place", received = state.received).field("offset"))),
    }
}

/// Nothing more to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UploadFinish {}

/// Ends a file: it is compared with its hash, judged by its content, freed of what a picture need not tell, and kept. It then waits for the
/// words it goes with, a day at most. Errors: `file.incomplete`, `file.other_hash`, `file.kind` and the other reasons not to take a file.
#[utoipa::path(post, path = "/uploads/{id}/finish", operation_id = "upload_finish", tag = "file", params(("id" = String, Path)),
    request_body = UploadFinish, responses((status = 200, body = FileFace), Problem))]
async fn upload_finish(door: Door<act::TicketNote>, Ref(id): Ref<UploadId>, body: Body<UploadFinish>) -> Result<Answered, Problem> {
    let kept = door.write(move |tx| own(tx, id)).await?;
    let blobs = Blobs::of(&door.house.config.data_dir);
    let fresh = if kept.attachment_id.is_some() {
        None
    } else {
        let blobs = blobs.clone();
        Some(outside(door.lang, move || whole(&blobs, &kept)).await?)
    };
    let name = id.to_string();
    let answer = door
        .command(body, StatusCode::OK, move |tx, _| {
            // Locked again: of two that finish at once the second finds what the first made.
            let now = own(tx, id)?;
            if let Some(made) = now.attachment_id {
                let found = store::attachment(tx, made)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
                return Ok(found.face);
            }
            let fresh = fresh.as_ref().ok_or_else(|| refuse!(NotFound, "not_found"))?;
            let face = store::add(tx, now.ticket_id, None, fresh)?;
            store::finished(tx, id, face.id)?;
            Ok(face)
        })
        .await?;
    blobs.drop_parts(&name);
    Ok(answer)
}

/// The whole file out of its parts, kept.
fn whole(blobs: &Blobs, upload: &Upload) -> Result<store::Fresh, Stop> {
    if upload.received < upload.bytes {
        return Err(refuse!(Conflict, "file.incomplete", received = upload.received, bytes = upload.bytes).into());
    }
    let bytes = blobs.parts(&upload.id.to_string()).map_err(not_kept)?;
    if hex(&digest(&bytes)) != upload.sha256 {
        blobs.drop_parts(&upload.id.to_string());
        return Err(refuse!(Invalid, "file.other_hash").into());
    }
    intake::keep(blobs, &upload.name, bytes)
}

fn not_kept(error: std::io::Error) -> Stop {
    Stop::Db(DbError::Unavailable(format!("a file could not be kept: {error}")))
}

/// Does what waits for the disk outside of the async threads.
async fn outside<T: Send + 'static>(lang: Lang, work: impl FnOnce() -> Result<T, Stop> + Send + 'static) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(Stop::Db(DbError::Other(e.to_string()))));
    done.map_err(|stop| Problem::stopped(lang, stop))
}

/// A file, to save: whole, or a stretch by `Range`. Only for whoever may see the line it stands on.
#[utoipa::path(get, path = "/attachments/{id}", operation_id = "file_read", tag = "file", params(("id" = String, Path)),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = String),
        (status = 206, description = "A stretch of it", content_type = "application/octet-stream", body = String), Problem))]
async fn file_read(door: Door<act::TicketRead>, Ref(id): Ref<AttachmentId>, headers: HeaderMap) -> Result<Response, Problem> {
    let reach = door.reach();
    let found = door.read(move |tx| seen(tx, reach, id)).await?;
    handed_out(&door.house, found, &headers, door.lang).await
}

/// A whole file, for who was let in elsewhere.
pub async fn whole_file(house: &House, found: store::Attachment, lang: Lang) -> Result<Response, Problem> {
    handed_out(house, found, &HeaderMap::new(), lang).await
}

/// A file as an answer. What is not what was kept is not handed out.
async fn handed_out(house: &House, found: store::Attachment, headers: &HeaderMap, lang: Lang) -> Result<Response, Problem> {
    let (length, tag) = (found.face.bytes.unsigned_abs(), format!("\"{}\"", found.sha256.get(..32).unwrap_or_default()));
    let part = answer::stretch(headers, length, &tag);
    let (from, count) = match part {
        Stretch::Whole => (0, length),
        Stretch::Part(from, count) => (from, count),
        Stretch::Nowhere => (0, 0),
    };
    let (blobs, name) = (Blobs::of(&house.config.data_dir), found.sha256);
    let bytes = outside(lang, move || {
        let bytes = blobs.read(&name, from, count).map_err(not_kept)?;
        if bytes.len() as u64 != count || (count == length && hex(&digest(&bytes)) != name) {
            return Err(Stop::Db(DbError::Unavailable(format!("the file {name} is not what was kept"))));
        }
        Ok(bytes)
    })
    .await?;
    Ok(answer::file(&found.face, &tag, length, part, bytes))
}

/// A file the caller may see: on a line they may see, or a loose one of their own. Errors: `not_found`.
fn seen(tx: &mut Tx<'_>, reach: Reach, id: AttachmentId) -> Done<store::Attachment> {
    let nothing = || refuse!(NotFound, "not_found");
    let found = store::attachment(tx, id)?.ok_or_else(nothing)?;
    see_ticket(tx, reach, found.ticket_id)?;
    let theirs = match found.entry_id {
        None => found.caller == tx.caller().label(),
        Some(entry) => !outsider(tx) || store::is_public(tx, entry)?,
    };
    if theirs { Ok(found) } else { Err(nothing().into()) }
}

/// Takes a file back that has not been sent yet.
#[utoipa::path(delete, path = "/attachments/{id}", operation_id = "file_remove", tag = "file", params(("id" = String, Path)),
    responses((status = 204), Problem))]
async fn file_remove(door: Door<act::TicketNote>, Ref(id): Ref<AttachmentId>) -> Result<StatusCode, Problem> {
    let gone = door.write(move |tx| store::remove(tx, id)).await?;
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::refused(door.lang, &refuse!(NotFound, "not_found"))) }
}
