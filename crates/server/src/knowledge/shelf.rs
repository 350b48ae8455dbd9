//! SQL of the guides a tenant writes: open versions, published ones, and what walks say about them.

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::ground::UserId;
use postsale_domain::knowledge::{GuideBody, GuideRunId};
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, code, p};
use crate::sql;

postsale_domain::ids! {
    /// A version of a guide of the tenant's own.
    GuideVersionId = "gdv";
}

/// How far a version has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GuideDraftState {
    /// Being written.
    Draft,
    /// Waits for a second person.
    Review,
    /// In force, or was.
    Published,
}

/// A version of a guide.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Which one.
    pub id: GuideVersionId,
    /// Of which guide.
    pub guide: String,
    /// Its number.
    pub version: i64,
    /// How far it has come.
    pub state: GuideDraftState,
    /// What it says.
    pub body: GuideBody,
    /// Where that comes from.
    pub source: String,
    /// The last day without a new look.
    pub expires_on: Option<Date>,
    /// Who wrote it last.
    pub author: UserId,
    /// Their name.
    pub author_name: String,
    /// Who looked at it.
    pub reviewer_name: Option<String>,
    /// Why it came back.
    pub returned_because: Option<String>,
    /// The last change.
    pub edited_at: Timestamp,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// Grows with each change.
    pub seen: i64,
}

macro_rules! columns {
    () => {
        "SELECT v.id, v.guide, v.version, v.state, v.body, v.source, v.expires_on, v.author_id, a.display_name, r.display_name, v.returned_because, \
         v.edited_at, v.published_at, v.seen FROM guide_version v JOIN app_user a ON a.id = v.author_id LEFT JOIN app_user r ON r.id = v.reviewer_id \
         WHERE v.tenant_id = $1"
    };
}

fn read(r: &mut Row) -> Result<Kept, DbError> {
    let (id, guide, version, state) = (r.next()?, r.next()?, r.next()?, r.coded()?);
    let (body, source, day) = (r.next::<Json<GuideBody>>()?.0, r.next()?, r.next::<Option<String>>()?);
    let expires_on = day.map(|d| d.parse().map_err(|_| DbError::Row(format!("{d:?} is not a day")))).transpose()?;
    Ok(Kept {
        id,
        guide,
        version,
        state,
        body,
        source,
        expires_on,
        author: r.next()?,
        author_name: r.next()?,
        reviewer_name: r.next()?,
        returned_because: r.next()?,
        edited_at: r.next()?,
        published_at: r.next()?,
        seen: r.next()?,
    })
}

/// The open version of a guide.
pub fn open(tx: &mut Tx<'_>, guide: &str) -> Done<Option<Kept>> {
    let tenant = tx.tenant();
    Ok(tx.one(sql!(concat!(columns!(), " AND v.guide = $2 AND v.state <> 'published'")), &[p(&tenant), p(guide)], read)?)
}

/// A published version of a guide.
pub fn at(tx: &mut Tx<'_>, guide: &str, version: i64) -> Done<Option<Kept>> {
    let tenant = tx.tenant();
    let question = sql!(concat!(columns!(), " AND v.guide = $2 AND v.version = $3 AND v.state = 'published'"));
    Ok(tx.one(question, &[p(&tenant), p(guide), p(&version)], read)?)
}

/// The published versions of a guide, newest first.
pub fn versions(tx: &mut Tx<'_>, guide: &str) -> Done<Vec<Kept>> {
    let tenant = tx.tenant();
    let question = sql!(concat!(columns!(), " AND v.guide = $2 AND v.state = 'published' ORDER BY v.version DESC LIMIT 50"));
    Ok(tx.query(question, &[p(&tenant), p(guide)], read)?)
}

/// The newest published version of each guide, and every open one.
pub fn shelf(tx: &mut Tx<'_>) -> Done<Vec<Kept>> {
    let tenant = tx.tenant();
    let question = sql!(concat!(
        columns!(),
        " AND (v.state <> 'published' OR v.version = (SELECT MAX(x.version) FROM guide_version x
            WHERE x.tenant_id = $1 AND x.guide = v.guide AND x.state = 'published')) ORDER BY v.guide, v.version"
    ));
    Ok(tx.query(question, &[p(&tenant)], read)?)
}

/// The newest published version of each guide: id, number, what it says.
pub fn in_force(tx: &mut Tx<'_>) -> Done<Vec<(String, i64, GuideBody)>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT v.guide, v.version, v.body FROM guide_version v WHERE v.tenant_id = $1 AND v.state = 'published'
               AND v.version = (SELECT MAX(x.version) FROM guide_version x WHERE x.tenant_id = $1 AND x.guide = v.guide AND x.state = 'published')
             ORDER BY v.guide"
        ),
        &[p(&tenant)],
        |r| Ok((r.next()?, r.next()?, r.next::<Json<GuideBody>>()?.0)),
    )?)
}

/// The highest number a version of a guide has; 0 without any.
pub fn highest(tx: &mut Tx<'_>, guide: &str) -> Done<i64> {
    let tenant = tx.tenant();
    Ok(tx
        .number(sql!("SELECT COALESCE(MAX(version), 0) FROM guide_version WHERE tenant_id = $1 AND guide = $2"), &[p(&tenant), p(guide)])?)
}

/// Makes an open version. Errors: `guide.draft_changed` when somebody made one meanwhile.
pub fn add(tx: &mut Tx<'_>, kept: &Kept) -> Done<()> {
    let tenant = tx.tenant();
    let day = kept.expires_on.map(|d| d.to_string());
    let added = tx.exec(
        sql!(
            "INSERT INTO guide_version (id, tenant_id, guide, version, state, body, source, expires_on, author_id, edited_at, seen)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1) ON CONFLICT DO NOTHING"
        ),
        &[
            p(&kept.id),
            p(&tenant),
            p(&kept.guide),
            p(&kept.version),
            code(&kept.state),
            p(&Json(&kept.body)),
            p(&kept.source),
            p(&day),
            p(&kept.author),
            p(&kept.edited_at),
        ],
    )?;
    if added == 0 {
        return Err(refuse!(Conflict, "guide.draft_changed").into());
    }
    tx.audit("guide.draft", &kept.guide, None, Some(&json!({ "version": kept.version, "state": kept.state })));
    Ok(())
}

/// Writes an open version that was seen as `seen`. Errors: `guide.draft_changed`.
pub fn save(tx: &mut Tx<'_>, action: &'static str, kept: &Kept, reviewer: Option<UserId>) -> Done<()> {
    let (tenant, now, day) = (tx.tenant(), tx.now(), kept.expires_on.map(|d| d.to_string()));
    let published = (kept.state == GuideDraftState::Published).then_some(now);
    let touched = tx.exec(
        sql!(
            "UPDATE guide_version SET state = $1, body = $2, source = $3, expires_on = $4, author_id = $5, reviewer_id = $6, returned_because = $7,
               edited_at = $8, published_at = $9, seen = seen + 1
             WHERE id = $10 AND tenant_id = $11 AND seen = $12 AND state <> 'published'"
        ),
        &[
            code(&kept.state),
            p(&Json(&kept.body)),
            p(&kept.source),
            p(&day),
            p(&kept.author),
            p(&reviewer),
            p(&kept.returned_because),
            p(&now),
            p(&published),
            p(&kept.id),
            p(&tenant),
            p(&kept.seen),
        ],
    )?;
    if touched == 0 {
        return Err(refuse!(Conflict, "guide.draft_changed").into());
    }
    let told = json!({ "version": kept.version, "state": kept.state, "returned_because": kept.returned_because });
    tx.audit(action, &kept.guide, None, Some(&told));
    Ok(())
}

/// Throws an open version away. Errors: `guide.draft_changed`.
pub fn discard(tx: &mut Tx<'_>, kept: &Kept) -> Done<()> {
    let tenant = tx.tenant();
    let gone = tx.exec(
        sql!("DELETE FROM guide_version WHERE id = $1 AND tenant_id = $2 AND seen = $3 AND state <> 'published'"),
        &[p(&kept.id), p(&tenant), p(&kept.seen)],
    )?;
    if gone == 0 {
        return Err(refuse!(Conflict, "guide.draft_changed").into());
    }
    tx.audit("guide.discard", &kept.guide, Some(&json!({ "version": kept.version })), None);
    Ok(())
}

/// Walks since an instant: guide, state, ending, how many.
pub fn walks(tx: &mut Tx<'_>, since: Timestamp) -> Done<Vec<(String, String, Option<String>, i64)>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!("SELECT guide, state, ending, COUNT(*) FROM guide_run WHERE tenant_id = $1 AND started_at > $2 GROUP BY guide, state, ending"),
        &[p(&tenant), p(&since)],
        |r| Ok((r.next()?, r.next()?, r.next()?, r.next()?)),
    )?)
}

/// A walk of a guide with its answers that hold, for what is said about each step.
#[derive(Debug, Clone)]
pub struct Walked {
    /// How it stands.
    pub state: String,
    /// The open step.
    pub step: Option<String>,
    /// The ending reached.
    pub ending: Option<String>,
    /// Steps and answers, in their order.
    pub answers: Vec<(String, String)>,
}

/// The newest walks of a guide since an instant, at most a thousand.
pub fn walked(tx: &mut Tx<'_>, guide: &str, since: Timestamp) -> Done<Vec<Walked>> {
    let tenant = tx.tenant();
    let rows: Vec<(GuideRunId, String, Option<String>, Option<String>, Option<String>, Option<String>)> = tx.query(
        sql!(
            "SELECT w.id, w.state, w.step, w.ending, a.step, a.answer FROM
               (SELECT id, state, step, ending, started_at FROM guide_run WHERE tenant_id = $1 AND guide = $2 AND started_at > $3
                ORDER BY started_at DESC LIMIT 1000) AS w
             LEFT JOIN guide_answer a ON a.run_id = w.id AND a.undone_at IS NULL ORDER BY w.id, a.seq"
        ),
        &[p(&tenant), p(guide), p(&since)],
        |r| Ok((r.next()?, r.next()?, r.next()?, r.next()?, r.next()?, r.next()?)),
    )?;
    let mut walks: Vec<(GuideRunId, Walked)> = Vec::new();
    for (id, state, step, ending, answered, answer) in rows {
        if walks.last().is_none_or(|(known, _)| *known != id) {
            walks.push((id, Walked { state, step, ending, answers: Vec::new() }));
        }
        if let (Some((_, walk)), Some(pair)) = (walks.last_mut(), answered.zip(answer)) {
            walk.answers.push(pair);
        }
    }
    Ok(walks.into_iter().map(|(_, walk)| walk).collect())
}
