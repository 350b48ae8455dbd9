//! HTTP of the audit chain as a file: every entry with its hash, and last the head, to be checked without this system.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use postsale_domain::org::act;
use postsale_domain::org::chain::{Head, HeadLine};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::audit;
use crate::ground::gate::Costly;
use crate::ground::seal::hex;
use crate::ground::web::{Door, Problem, Runner};
use crate::house::House;

/// The routes of the export.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(audit_export))
}

/// The whole audit chain, one JSON object per line; the last line names the head. Check it with `postsale verify audit FILE`.
#[utoipa::path(get, path = "/audit/export", operation_id = "audit_export", tag = "org",
    responses((status = 200, body = String, content_type = "application/x-ndjson"), Problem))]
async fn audit_export(door: Door<act::AuditRead>) -> Result<Response, Problem> {
    let turn = door.turn(Costly::Table).await?;
    // Whoever compresses the answer asks once more after the end, which an unfolded stream alone does not survive.
    // What is written while the file travels is not part of it.
    let (last, hash) = door.read(audit::head).await?.unwrap_or((0, postsale_domain::org::audit::GENESIS.to_vec()));
    let end = HeadLine { head: Head { seq: last, hash: hex(&hash) } };
    // The turn goes along and is over with the file, or when whoever takes it goes away.
    let lines = stream::unfold(Some((door.runner.clone(), 0_i64, turn)), move |state| {
        let end = end.clone();
        async move {
            let (runner, after, turn) = state?;
            Some(match next(&runner, after, last).await {
                Some((text, reached)) => (Ok::<_, Infallible>(Bytes::from(text)), Some((runner, reached, turn))),
                None => (Ok(Bytes::from(serde_json::to_string(&end).unwrap_or_default() + "\n")), None),
            })
        }
    });
    let name = "attachment; filename=\"audit.ndjson\"";
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson"), (header::CONTENT_DISPOSITION, name)], Body::from_stream(lines.fuse()))
        .into_response())
}

/// The next lines and the number they reach. A read that fails ends the file early, and the check then says that its tail is missing:
/// the head that follows does not fit.
async fn next(runner: &Runner, after: i64, last: i64) -> Option<(String, i64)> {
    let lines = runner.read(move |tx| audit::lines_after(tx, after, last)).await.ok()?;
    let reached = lines.last()?.0.seq;
    let mut text = String::new();
    for (line, _) in lines {
        text.push_str(&serde_json::to_string(&line).ok()?);
        text.push('\n');
    }
    Some((text, reached))
}
