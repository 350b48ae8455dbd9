//! What somebody who writes into the registry may choose from.

use std::collections::BTreeSet;

use postsale_domain::facts::FactKind;
use postsale_domain::ground::Text;
use postsale_domain::knowledge::Model;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AcquirerName, Sight, merchants};
use crate::facts::in_force;
use crate::ground::db::{Done, Query, Tx, p};
use crate::{sla, sql};

/// An agreement by its code.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgreementChoice {
    /// What is kept.
    pub code: String,
    /// What is shown.
    pub name: Text,
}

/// A model of the catalogue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ModelChoice {
    /// As the catalogue spells it.
    pub model: String,
    /// Maker.
    pub vendor: String,
}

/// What a dialog of the registry offers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Choices {
    /// Whose merchants there are.
    pub acquirers: Vec<AcquirerName>,
    /// Agreements a store's clocks can run on.
    pub agreements: Vec<AgreementChoice>,
    /// Models a terminal can be of.
    pub models: Vec<ModelChoice>,
    /// Districts in which stores are or some branch looks after; any other may be typed.
    pub districts: Vec<String>,
}

/// What the caller may choose from.
pub fn choices(tx: &mut Tx<'_>, sight: Sight) -> Done<Choices> {
    let book = sla::book();
    let districts = match sight {
        // Somebody of a bank, or on the road, is not told where everybody's shops are.
        Sight::Acquirer(_) | Sight::Engineer(_) | Sight::Nothing => Vec::new(),
        Sight::All | Sight::Branch(_) => districts(tx)?,
    };
    let force = in_force(tx)?;
    let choice = |m: &Model| ModelChoice { model: m.model.clone(), vendor: m.vendor.clone() };
    let named = |code: &str| book.card(code).map(|card| AgreementChoice { code: code.to_owned(), name: card.name.clone() });
    Ok(Choices {
        acquirers: merchants::acquirers(tx, sight)?,
        agreements: book.names().filter_map(named).collect(),
        models: force.facts().models().filter(|m| !force.is_off(FactKind::Models, &m.model)).map(choice).collect(),
        districts,
    })
}

/// Where stores are, and what branches look after.
fn districts(tx: &mut Tx<'_>) -> Done<Vec<String>> {
    let tenant = tx.tenant();
    let mut all: BTreeSet<String> = tx
        .query(sql!("SELECT district FROM branch_district WHERE tenant_id = $1 ORDER BY district LIMIT 1000"), &[p(&tenant)], |r| r.next())?
        .into_iter()
        .collect();
    // From one district to the next along the index, however many stores each has.
    let stores: Vec<String> = tx.query(
        sql!(
            "WITH RECURSIVE known (district) AS (
               SELECT MIN(district) FROM store WHERE tenant_id = $1
               UNION ALL
               SELECT (SELECT MIN(s.district) FROM store s WHERE s.tenant_id = $1 AND s.district > known.district) FROM known WHERE known.district IS NOT NULL
             )
             SELECT district FROM known WHERE district IS NOT NULL AND district <> '' LIMIT 1000"
        ),
        &[p(&tenant)],
        |r| r.next(),
    )?;
    all.extend(stores);
    Ok(all.into_iter().collect())
}
