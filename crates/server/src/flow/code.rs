//! The code a merchant tells the engineer when the work is done: sent as a notice, kept as a keyed hash, tried a few times.

use jiff::SignedDuration;
use postsale_domain::ground::{Reach, TypedId};
use postsale_domain::refuse;
use postsale_domain::visit::{CodeCheck, Command, Confirmation, Facts, VisitOutcome, WorkOrderId, WorkOrderState};
use serde_json::json;

use super::visit::Table;
use super::{charge, word};
use crate::crew::store as crew;
use crate::ground::db::{Done, Tx};
use crate::ground::seal::Seal;
use crate::view::visit::WorkOrderPage;
use crate::visit::store::{self, SentCode, WorkOrder};

/// How long a code works.
const LIFE: SignedDuration = SignedDuration::from_hours(2);
/// Wrong attempts after which a new code must be sent: five guesses out of a million.
const TRIES: u32 = 5;
/// How soon another one may be sent.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// Six digits from bytes of chance; slightly uneven at one part in thousands, which helps nobody in five guesses.
pub fn six_digits(chance: [u8; 32]) -> String {
    let number = u64::from_be_bytes([0, 0, 0, 0, chance[0], chance[1], chance[2], chance[3]]) % 1_000_000;
    format!("{number:06}")
}

fn hash(seal: &Seal, id: WorkOrderId, code: &str) -> Vec<u8> {
    // Keyed: six digits under a plain hash are guessed in a blink by whoever reads the table.
    seal.mac("visit.code", format!("{id}:{code}").as_bytes()).into_bytes()
}

/// Sends a code to the merchant. Errors: `visit.not_arrived` before, `visit.closed` after the work, `visit.code_too_soon`.
pub fn send(tx: &mut Tx<'_>, seal: &Seal, reach: Reach, id: WorkOrderId, code: &str) -> Done<()> {
    let table = Table::load(tx, id, reach, None)?;
    match table.w.state {
        WorkOrderState::OnSite | WorkOrderState::Repaired => {}
        WorkOrderState::Done | WorkOrderState::Failed | WorkOrderState::Cancelled => {
            return Err(refuse!(Conflict, "visit.closed").into());
        }
        _ => return Err(refuse!(Conflict, "visit.not_arrived").into()),
    }
    let now = tx.now();
    if table.w.code.as_ref().is_some_and(|c| now < c.expires_at - LIFE + PAUSE) {
        return Err(refuse!(TooMany, "visit.code_too_soon").into());
    }
    let (times, _) = store::last(tx, id, "code_sent")?;
    let engineer = match table.w.engineer_id {
        Some(engineer) => crew::name(tx, engineer)?.unwrap_or_default(),
        None => String::new(),
    };
    word::code(tx, &table.ticket, id.uuid(), &engineer, code, times + 1)?;
    store::append(tx, id, "code_sent", &json!({}), &engineer)?;
    store::save_code(tx, id, &SentCode { hash: hash(seal, id, code), expires_at: now + LIFE, tries: 0 })
}

fn check(w: &WorkOrder, seal: &Seal, code: &str, now: jiff::Timestamp) -> CodeCheck {
    match &w.code {
        None => CodeCheck::NotSent,
        Some(sent) if sent.tries >= TRIES => CodeCheck::UsedUp,
        Some(sent) if sent.expires_at <= now => CodeCheck::Expired,
        Some(sent) if bool::from(subtle::ConstantTimeEq::ct_eq(sent.hash.as_slice(), hash(seal, w.id, code.trim()).as_slice())) => {
            CodeCheck::Right
        }
        Some(sent) => CodeCheck::Wrong { left: TRIES.saturating_sub(sent.tries + 1) },
    }
}

/// Counts a wrong attempt, in a transaction of its own: the refusal that follows would take the count back with it.
/// `Some` when the code was tried and is wrong. Nothing is tried, and nothing counted, before the work is done.
pub fn attempt(tx: &mut Tx<'_>, seal: &Seal, reach: Reach, id: WorkOrderId, version: i64, code: &str) -> Done<Option<CodeCheck>> {
    let table = Table::load(tx, id, reach, None)?;
    if table.w.version != version || table.w.state != WorkOrderState::Repaired {
        return Ok(None);
    }
    let found = check(&table.w, seal, code, tx.now());
    if let (CodeCheck::Wrong { .. }, Some(sent)) = (found, &table.w.code) {
        store::save_code(tx, id, &SentCode { tries: sent.tries + 1, ..sent.clone() })?;
    }
    Ok((found != CodeCheck::Right).then_some(found))
}

/// How the merchant confirms, as it came.
#[derive(Debug, Clone)]
pub enum Given {
    /// A code; `wrong` is what [`attempt`] found.
    Code {
        /// As typed.
        code: String,
        /// What is wrong with it.
        wrong: Option<CodeCheck>,
    },
    /// A signature.
    Signature {
        /// Who signed.
        name: String,
        /// Lines of points.
        strokes: Vec<Vec<(i32, i32)>>,
    },
}

/// Finishes an order. Errors: `visit.gaps` with everything that is missing, and those of the confirmation.
pub fn complete(
    tx: &mut Tx<'_>,
    seal: &Seal,
    reach: Reach,
    id: WorkOrderId,
    version: i64,
    outcome: VisitOutcome,
    given: &Given,
) -> Done<WorkOrderPage> {
    let mut table = Table::load(tx, id, reach, Some(version))?;
    let confirmation = match given {
        Given::Code { wrong: Some(wrong), .. } => Confirmation::Code(*wrong),
        Given::Code { code, wrong: None } => Confirmation::Code(check(&table.w, seal, code, tx.now())),
        Given::Signature { name, strokes } => Confirmation::Signature { name: name.clone(), strokes: strokes.clone() },
    };
    let facts = Facts { charge: charge::for_visit(tx, &table.w, &table.ticket, None)?, ..Facts::default() };
    table.command(tx, &Command::Complete { outcome, confirmation }, &facts)?;
    table.save(tx, "visit.complete")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_digits() {
        assert_eq!(six_digits([0; 32]), "000000");
        assert_eq!(six_digits([255; 32]), "967295");
    }
}
