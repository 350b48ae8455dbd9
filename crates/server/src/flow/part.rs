//! Parts of the catalogue, as the catalogue's page or an import writes them.

use postsale_domain::parts::{PartDraft, PartId, checked};
use postsale_domain::refuse;

use super::merchant::stale;
use super::terminal::model;
use crate::facts::in_force;
use crate::ground::db::{Done, Tx};
use crate::parts::store::{self, CataloguePart};

fn fit(tx: &mut Tx<'_>, draft: &PartDraft, before: &[String]) -> Done<PartDraft> {
    let force = in_force(tx)?;
    // A model that has left the catalogue may stay with a part that fits it.
    let known = |text: &str| if before.iter().any(|m| m == text) { Ok(text.to_owned()) } else { model(&force, text) };
    Ok(checked(draft, |kind| force.facts().part(kind).is_some(), known)?)
}

/// Makes a part. Errors: those of its fields, `part.number_taken`.
pub fn add(tx: &mut Tx<'_>, draft: &PartDraft) -> Done<CataloguePart> {
    let said = PartDraft { version: Some(1), ..fit(tx, draft, &[])? };
    let part = CataloguePart { id: tx.new_id(), said };
    store::add(tx, &part)?;
    Ok(part)
}

/// Changes a part; its number stays for life. Errors: `not_found`, stale, `part.number_fixed`, those of its fields.
pub fn edit(tx: &mut Tx<'_>, id: PartId, draft: &PartDraft) -> Done<CataloguePart> {
    let before = store::part(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let said = fit(tx, draft, &before.said.models)?;
    if said.number != before.said.number {
        return Err(refuse!(Invalid, "part.number_fixed").field("number").into());
    }
    let after = CataloguePart { id, said: PartDraft { version: before.said.version.map(|v| v + 1), ..said } };
    if draft.version != before.said.version || !store::save(tx, &before, &after)? {
        return Err(stale(&before));
    }
    Ok(after)
}
