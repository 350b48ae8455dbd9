//! What the demo's engineers took out and brought back: each hands it in before the next visit, and the storekeeper tests it.

use jiff::SignedDuration;
use postsale_domain::ground::{EngineerId, Reach};
use postsale_domain::parts::{ReturnFinding, ReturnStep, Said};

use crate::flow::bring_back::{Step, go, go_as};
use crate::ground::db::{Done, Tx};
use crate::ground::web::Keyset;
use crate::view::part_return::{PartReturnView, fits, list};

/// Most that lie somewhere at a time.
const MOST: u32 = 1_000;

/// Whoever goes to the next shop hands in what they carry from the last one; it is tested, and what is beyond use goes its way. One of five
/// waits for its test.
pub(super) fn hand_in(tx: &mut Tx<'_>, engineer: EngineerId, keeper: &str) -> Done<()> {
    for row in list(tx, Reach::All, PartReturnView::Carried, Some(engineer), Keyset::FIRST, MOST)? {
        let mut step = |step, said| go_as(tx, row.id, &Step { step, said, serial: None }, keeper);
        step(ReturnStep::Receive, Said::default())?;
        let finding = |finding, note| Said { finding: Some(finding), note, ..Said::default() };
        let number = row.tag.replace("W-", "RMA");
        match number.bytes().map(u32::from).sum::<u32>() % 5 {
            0 => step(ReturnStep::Find, finding(ReturnFinding::Good, "上电自检正常"))?,
            1 => {
                step(ReturnStep::Find, finding(ReturnFinding::Dead, "进水腐蚀"))?;
                step(ReturnStep::Scrap, Said { note: "不值得修", ..Said::default() })?;
            }
            2 => {
                step(ReturnStep::Find, finding(ReturnFinding::Repairable, "接口松动"))?;
                step(ReturnStep::Send, Said { vendor_ref: Some(&number), ..Said::default() })?;
            }
            3 => {
                step(ReturnStep::Find, finding(ReturnFinding::Dead, "保修期内损坏"))?;
                step(ReturnStep::Send, Said { vendor_ref: Some(&number), ..Said::default() })?;
                step(ReturnStep::Credit, Said { credit_fen: Some(12_000), ..Said::default() })?;
            }
            _ => {}
        }
    }
    settle(tx, keeper)
}

/// What has waited for ten days for its test is tested, and vendors answer within three weeks.
fn settle(tx: &mut Tx<'_>, keeper: &str) -> Done<()> {
    let (tested, answered) = (tx.now() - SignedDuration::from_hours(24 * 10), tx.now() - SignedDuration::from_hours(24 * 21));
    for row in list(tx, Reach::All, PartReturnView::Here, None, Keyset::FIRST, MOST)? {
        if row.finding.is_none() && row.changed_at < tested {
            let said = Said { finding: Some(ReturnFinding::Good), ..Said::default() };
            go_as(tx, row.id, &Step { step: ReturnStep::Find, said, serial: None }, keeper)?;
        }
    }
    for row in list(tx, Reach::All, PartReturnView::AtVendor, None, Keyset::FIRST, MOST)? {
        if row.changed_at < answered {
            let said = Said { credit_fen: Some(9_500), ..Said::default() };
            go_as(tx, row.id, &Step { step: ReturnStep::Credit, said, serial: None }, keeper)?;
        }
    }
    Ok(())
}

/// The storekeeper puts on the shelf what works, as far as the catalogue knows it, but for the last ones.
pub(super) fn shelve(tx: &mut Tx<'_>) -> Done<()> {
    let rows = list(tx, Reach::All, PartReturnView::Here, None, Keyset::FIRST, MOST)?;
    let good: Vec<_> = rows.iter().filter(|row| row.finding == Some(ReturnFinding::Good)).collect();
    for row in good.iter().take(good.len().saturating_sub(4)) {
        let Some(part) = fits(tx, row)?.into_iter().find(|part| !part.serialised || row.serial_no.is_some()) else { continue };
        let said = Said { part: Some(part.id), ..Said::default() };
        go(tx, row.id, &Step { step: ReturnStep::Stock, said, serial: None })?;
    }
    Ok(())
}
