//! HTTP of imports: hand a file in, confirm its columns, see what is wrong, correct it, import what is good.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use postsale_domain::ground::{Lang, Refusal, line};
use postsale_domain::import::{ImportId, ImportKind, ImportState, RowState, fields};
use postsale_domain::org::act;
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page::{ImportLine, ImportPage, ImportTrouble, column, page, shown, troubles};
use super::store::{self, Run};
use crate::flow::import::{self as flow, Alike, Correction, Corrections};
use crate::ground::gate::Costly;
use crate::ground::sheet::{self, Book, CsvText, MAX_FILE, Out, Remark, XLSX};
use crate::ground::web::{Answered, Body, Door, KEY_PREFIX, Keyset, Page, PageParams, Params, Problem, Ref, bearer_or_cookie};
use crate::house::House;

/// The routes of imports.
pub fn routes() -> OpenApiRouter<House> {
    // Only handing in a file may be larger than other requests.
    let hand_in = OpenApiRouter::new().routes(routes!(import_list, import_hand_in)).layer(DefaultBodyLimit::max(MAX_FILE));
    OpenApiRouter::new()
        .routes(routes!(import_read))
        .routes(routes!(import_rows))
        .routes(routes!(import_troubles))
        .routes(routes!(import_check))
        .routes(routes!(import_correct))
        .routes(routes!(import_commit))
        .routes(routes!(import_errors))
        .routes(routes!(import_sample))
        .merge(hand_in)
}

/// Rows with errors in a downloaded table.
const MAX_ERRORS: u32 = 20_000;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HandIn {
    /// What the file holds.
    #[param(inline)]
    kind: ImportKind,
    /// What it is called.
    file_name: String,
}

/// Whether a program asks, with a key.
fn by_key(headers: &HeaderMap) -> bool {
    bearer_or_cookie(headers).is_some_and(|(token, by_cookie)| !by_cookie && token.starts_with(KEY_PREFIX))
}

/// What a key for programs may not do, it may not do by a file. Errors: `api_key.not_in_person`.
fn in_person(by_key: bool, kind: ImportKind) -> Result<(), Refusal> {
    if by_key && act::in_person(kind.action()) { Err(refuse!(Forbidden, "api_key.not_in_person")) } else { Ok(()) }
}

/// Hand in a CSV (UTF-8, UTF-16 with a mark, or GB18030) or an XLSX (its first sheet) as the body, 16 MiB and 100,000 rows at
/// most. What is in it decides, not its name. Nothing is imported yet.
#[utoipa::path(post, path = "/imports", operation_id = "import_hand_in", tag = "import", params(HandIn),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 201, body = ImportPage), Problem))]
async fn import_hand_in(
    door: Door<act::ImportRun>,
    Params(given): Params<HandIn>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<ImportPage>), Problem> {
    let no = |refusal| Problem::refused(door.lang, &refusal);
    in_person(by_key(&headers), given.kind).map_err(no)?;
    let bytes = bytes.map_err(|_| no(refuse!(TooLarge, "sheet.large", limit_mib = MAX_FILE / 1024 / 1024)))?;
    let name = line(&given.file_name, "file_name", 200).map_err(no)?;
    let _turn = door.turn(Costly::Sheet).await?;
    // Unfolding and reading a large file takes a moment; other requests go on meanwhile.
    let table = tokio::task::spawn_blocking(move || sheet::read(&bytes)).await;
    let table = table.unwrap_or_else(|_| Err(refuse!(Invalid, "sheet.damaged", reason = "reader"))).map_err(no)?;
    let made = door
        .write(move |tx| {
            let id = flow::keep(tx, given.kind, &name, &table)?;
            page(tx, id)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Imports of the kinds one may import, newest first.
#[utoipa::path(get, path = "/imports", operation_id = "import_list", tag = "import", params(PageParams),
    responses((status = 200, body = Page<ImportRow>), Problem))]
async fn import_list(door: Door<act::ImportRun>, Params(paging): Params<PageParams>) -> Result<Json<Page<ImportRow>>, Problem> {
    let seal = door.house.seal.clone();
    door.read(move |tx| {
        let tenant = tx.tenant();
        let after = Keyset::open(&seal, tenant, "imports", paging.cursor.as_deref(), Keyset::LAST)?;
        let kinds: Vec<ImportKind> = ImportKind::ALL.iter().copied().filter(|kind| flow::may(tx, *kind).is_ok()).collect();
        let found = store::runs(tx, &kinds, after, paging.take())?;
        Ok(Page::cut(found, paging.limit, &seal, tenant, "imports", |(run, _)| store::place(run)).map(brief))
    })
    .await
    .map(Json)
}

/// An import in the list.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct ImportRow {
    id: ImportId,
    kind: ImportKind,
    file_name: String,
    state: ImportState,
    rows: i64,
    /// Rows with errors.
    bad: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When its last step ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

fn brief((run, bad): (Run, i64)) -> ImportRow {
    ImportRow {
        id: run.id,
        kind: run.kind,
        file_name: run.file_name,
        state: run.state,
        rows: run.rows_total,
        bad,
        created_at: run.created_at,
        ended_at: run.ended_at,
    }
}

/// One import, with how far it has come.
#[utoipa::path(get, path = "/imports/{id}", operation_id = "import_read", tag = "import", params(("id" = String, Path)),
    responses((status = 200, body = ImportPage), Problem))]
async fn import_read(door: Door<act::ImportRun>, Ref(id): Ref<ImportId>) -> Result<Json<ImportPage>, Problem> {
    door.read(move |tx| {
        let kind = store::seen(tx, id)?.kind;
        flow::may(tx, kind)?;
        page(tx, id)
    })
    .await
    .map(Json)
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RowQuery {
    /// Only rows that stand like this.
    #[param(inline)]
    state: Option<RowState>,
    /// Only rows behind this one.
    after: Option<i64>,
    /// Rows of a page, 1 to 200; 25 without it.
    limit: Option<u32>,
}

/// Rows of a file.
#[derive(Debug, Serialize, ToSchema)]
struct ImportLines {
    items: Vec<ImportLine>,
    /// `after` of the next page; null on the last one.
    next: Option<i64>,
}

/// Rows of an import with their errors, in the order of the file.
#[utoipa::path(get, path = "/imports/{id}/rows", operation_id = "import_rows", tag = "import", params(("id" = String, Path), RowQuery),
    responses((status = 200, body = ImportLines), Problem))]
async fn import_rows(
    door: Door<act::ImportRun>,
    Ref(id): Ref<ImportId>,
    Params(query): Params<RowQuery>,
) -> Result<Json<ImportLines>, Problem> {
    let lang = door.lang;
    door.read(move |tx| {
        let run = store::seen(tx, id)?;
        flow::may(tx, run.kind)?;
        let paging = PageParams { limit: query.limit, cursor: None };
        let mut found = store::rows(tx, id, query.state, query.after.unwrap_or(0), paging.take())?;
        let more = found.len() == paging.take() as usize;
        found.truncate(paging.take() as usize - 1);
        let next = found.last().filter(|_| more).map(|r| r.row);
        Ok(ImportLines { items: found.iter().map(|r| shown(&run, r, lang)).collect(), next })
    })
    .await
    .map(Json)
}

/// What is wrong in a file, put together.
#[derive(Debug, Serialize, ToSchema)]
struct ImportTroubles {
    items: Vec<ImportTrouble>,
    /// Whether there are more rows with errors than were looked at.
    more: bool,
}

/// What is wrong in an import, the most frequent first; 20,000 rows are looked at.
#[utoipa::path(get, path = "/imports/{id}/troubles", operation_id = "import_troubles", tag = "import", params(("id" = String, Path)),
    responses((status = 200, body = ImportTroubles), Problem))]
async fn import_troubles(door: Door<act::ImportRun>, Ref(id): Ref<ImportId>) -> Result<Json<ImportTroubles>, Problem> {
    let lang = door.lang;
    door.read(move |tx| {
        let run = store::seen(tx, id)?;
        flow::may(tx, run.kind)?;
        let bad = store::rows(tx, id, Some(RowState::Bad), 0, MAX_ERRORS)?;
        Ok(ImportTroubles { items: troubles(&run, &bad, lang), more: bad.len() == MAX_ERRORS as usize })
    })
    .await
    .map(Json)
}

/// Which column is which field.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckAsked {
    version: i64,
    /// Field to column letter: `{"mid": "A"}`.
    mapping: BTreeMap<String, String>,
}

/// Check every row without importing any; goes on by itself, `GET` shows how far it is.
#[utoipa::path(post, path = "/imports/{id}/check", operation_id = "import_check", tag = "import", params(("id" = String, Path)),
    request_body = CheckAsked, responses((status = 202, body = ImportPage), Problem))]
async fn import_check(
    door: Door<act::ImportRun>,
    Ref(id): Ref<ImportId>,
    headers: HeaderMap,
    body: Body<CheckAsked>,
) -> Result<Answered, Problem> {
    let by_key = by_key(&headers);
    door.command(body, StatusCode::ACCEPTED, move |tx, asked| {
        in_person(by_key, store::seen(tx, id)?.kind)?;
        let mut mapping = BTreeMap::new();
        for (field, letter) in &asked.mapping {
            let found = column(letter).ok_or_else(|| refuse!(Invalid, "import.column_twice").field(format!("mapping.{field}")))?;
            mapping.insert(field.clone(), found);
        }
        flow::check(tx, id, asked.version, &mapping)?;
        page(tx, id)
    })
    .await
}

/// Another text for a cell.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CellCorrection {
    row: i64,
    /// Column letter.
    column: String,
    value: String,
}

/// One correction for every row with the same trouble.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AlikeCorrection {
    /// Column letter.
    column: String,
    /// Code of the trouble.
    code: String,
    /// Only cells with this text.
    was: Option<String>,
    /// The new text; without it each row takes the correction proposed for it.
    value: Option<String>,
}

/// Corrections.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CorrectionsGiven {
    version: i64,
    /// Cells with their new texts.
    #[serde(default)]
    cells: Vec<CellCorrection>,
    /// Troubles to be corrected wherever they stand; the first 2,000 rows at a time.
    #[serde(default)]
    alike: Vec<AlikeCorrection>,
    /// Also take every proposed correction, for the first 2,000 rows at a time.
    #[serde(default)]
    proposed: bool,
}

/// Correct cells here instead of in the file; their rows are checked again at once.
#[utoipa::path(post, path = "/imports/{id}/corrections", operation_id = "import_correct", tag = "import", params(("id" = String, Path)),
    request_body = CorrectionsGiven, responses((status = 200, body = ImportPage), Problem))]
async fn import_correct(
    door: Door<act::ImportRun>,
    Ref(id): Ref<ImportId>,
    headers: HeaderMap,
    body: Body<CorrectionsGiven>,
) -> Result<Answered, Problem> {
    let by_key = by_key(&headers);
    door.command(body, StatusCode::OK, move |tx, given| {
        in_person(by_key, store::seen(tx, id)?.kind)?;
        let mut cells = Vec::with_capacity(given.cells.len());
        for cell in &given.cells {
            let column = column(&cell.column).ok_or_else(|| refuse!(Invalid, "import.no_row", row = cell.row).field("cells"))?;
            cells.push(Correction { row: cell.row, column, value: cell.value.clone() });
        }
        let mut alike = Vec::with_capacity(given.alike.len());
        for all in &given.alike {
            let column = column(&all.column).ok_or_else(|| refuse!(Invalid, "import.column_twice").field("alike"))?;
            alike.push(Alike { column, code: all.code.clone(), was: all.was.clone(), value: all.value.clone() });
        }
        flow::correct(tx, id, given.version, &Corrections { cells, alike, proposed: given.proposed })?;
        page(tx, id)
    })
    .await
}

/// What is to be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CommitChoice {
    /// All rows; refused while one has an error.
    All,
    /// Those without errors.
    Good,
}

/// Import.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CommitAsked {
    version: i64,
    choice: CommitChoice,
}

/// Import the rows that were found good. Goes on by itself and, after a stop, behind the last row that is on record; a row is on
/// record whole or not at all.
#[utoipa::path(post, path = "/imports/{id}/commit", operation_id = "import_commit", tag = "import", params(("id" = String, Path)),
    request_body = CommitAsked, responses((status = 202, body = ImportPage), Problem))]
async fn import_commit(
    door: Door<act::ImportRun>,
    Ref(id): Ref<ImportId>,
    headers: HeaderMap,
    body: Body<CommitAsked>,
) -> Result<Answered, Problem> {
    let by_key = by_key(&headers);
    door.command(body, StatusCode::ACCEPTED, move |tx, asked| {
        in_person(by_key, store::seen(tx, id)?.kind)?;
        flow::commit(tx, id, asked.version, asked.choice == CommitChoice::All)?;
        page(tx, id)
    })
    .await
}

/// A file to keep.
fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))], bytes)
}

/// The rows with errors as a table to correct and hand in again: wrong cells are coloured and say in a note what is wrong.
/// 20,000 rows at most.
#[utoipa::path(get, path = "/imports/{id}/errors.xlsx", operation_id = "import_errors", tag = "import", params(("id" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = XLSX), Problem))]
async fn import_errors(door: Door<act::ImportRun>, Ref(id): Ref<ImportId>) -> Result<impl IntoResponse, Problem> {
    let lang = door.lang;
    let _turn = door.turn(Costly::Table).await?;
    let bytes = door
        .read(move |tx| {
            let run = store::seen(tx, id)?;
            flow::may(tx, run.kind)?;
            let mut book = Book::new(&run.header)?;
            for kept in store::rows(tx, id, Some(RowState::Bad), 0, MAX_ERRORS)? {
                let line = shown(&run, &kept, lang);
                let remarks: Vec<Remark> = kept
                    .errors
                    .iter()
                    .zip(&line.errors)
                    .map(|(kept, said)| Remark { column: kept.column.unwrap_or(0), text: format!("{}: {}", said.place, said.sentence) })
                    .collect();
                book.remarked(&line.cells, &remarks)?;
            }
            Ok(book.bytes()?)
        })
        .await?;
    Ok(file(XLSX, "errors.xlsx", bytes))
}

/// How a sample is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SampleFormat {
    Xlsx,
    Csv,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SampleAsked {
    /// XLSX without it.
    #[param(inline)]
    format: Option<SampleFormat>,
}

/// A file of this kind with its header and one row, to begin with.
#[utoipa::path(get, path = "/import-samples/{kind}", operation_id = "import_sample", tag = "import", params(("kind" = ImportKind, Path), SampleAsked),
    responses((status = 200, content((Vec<u8> = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))), Problem))]
async fn import_sample(
    door: Door<act::ImportRun>,
    Ref(kind): Ref<ImportKind>,
    Params(asked): Params<SampleAsked>,
) -> Result<impl IntoResponse, Problem> {
    let header: Vec<String> = fields(kind).iter().map(|f| if door.lang == Lang::Zh { f.zh } else { f.en }.to_owned()).collect();
    let row: Vec<String> = fields(kind).iter().map(|f| f.example.to_owned()).collect();
    let name = kind.as_str();
    if asked.format == Some(SampleFormat::Csv) {
        let mut text = CsvText::new(&header);
        text.row(&row).map_err(|e| Problem::stopped(door.lang, e.into()))?;
        return Ok(file("text/csv; charset=utf-8", &format!("{name}.csv"), text.bytes()).into_response());
    }
    let book = Book::new(&header).and_then(|mut book| {
        book.row(&row)?;
        book.bytes()
    });
    let bytes = book.map_err(|e| Problem::stopped(door.lang, e.into()))?;
    Ok(file(XLSX, &format!("{name}.xlsx"), bytes).into_response())
}
