//! A step of a visit, with the photos that were taken for it.

use postsale_domain::file::{AttachmentId, Kind as FileKind};
use postsale_domain::ground::Reach;
use postsale_domain::refuse;
use postsale_domain::visit::{Command, Facts, WorkOrderId};
use serde_json::json;

use super::desk::Desk;
use super::visit::Table;
use crate::file::store as files;
use crate::ground::db::{Done, Tx};
use crate::ticket::entry::Kind;
use crate::view::visit::WorkOrderPage;
use crate::visit::store::number;

/// Most photos that come with one step.
const MOST: usize = 10;

/// Notes a step; `taken` are pictures the caller has sent to the ticket before, which stand on a line of it from now on. The step may be told
/// first and again when its pictures have gone up. Errors: `visit.photo_kind`, `visit.photos_many`, `file.unknown`, and those of the rules.
pub fn note(
    tx: &mut Tx<'_>,
    reach: Reach,
    id: WorkOrderId,
    version: i64,
    command: &Command,
    taken: &[AttachmentId],
) -> Done<WorkOrderPage> {
    let mut table = Table::load(tx, id, reach, Some(version))?;
    if taken.len() > MOST {
        return Err(refuse!(Invalid, "visit.photos_many", limit = MOST).field("files").into());
    }
    for file in taken {
        let kind = files::attachment(tx, *file)?.map(|found| found.face.kind);
        if kind.is_some_and(|kind| !matches!(kind, FileKind::Jpeg | FileKind::Png | FileKind::Webp)) {
            return Err(refuse!(Invalid, "visit.photo_kind").field("files").into());
        }
    }
    table.command(tx, command, &Facts::default())?;
    if !taken.is_empty() {
        let mut desk = Desk::load(tx, table.ticket.id, Reach::All, None)?;
        let data = json!({ "count": taken.len(), "work_order": number(table.w.number), "who": table.by() });
        let line = desk.line(tx, Kind::Event, false, "", Some(("visit_photos".into(), data)), None)?;
        files::attach(tx, desk.ticket.id, line, taken)?;
        desk.save(tx, "visit.line")?;
    }
    table.save(tx, "visit.step")
}
