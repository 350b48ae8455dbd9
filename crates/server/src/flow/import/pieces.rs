//! What a row means that adds a part to the catalogue.

use postsale_domain::ground::line;
use postsale_domain::parts::{PartDraft, number, stock, yes, yuan};
use postsale_domain::refuse;

use super::cells::Cells;
use super::rows::{Draft, Judged, Read};
use crate::facts::in_force;
use crate::flow::terminal::model;
use crate::ground::db::{Done, Tx};
use crate::parts::store;

pub(super) fn part(tx: &mut Tx<'_>, row: &mut Cells<'_>) -> Done<Judged> {
    let force = in_force(tx)?;
    let code = row.ruled("number", number);
    let name = row.ruled("name", |t| line(t, "name", 60));
    let kind = row.ruled("kind", |t| {
        let named = |p: &&postsale_domain::knowledge::Part| p.code == t || p.name.zh == t || p.name.en.eq_ignore_ascii_case(t);
        let found = force.facts().parts().iter().find(named);
        found.map(|p| p.code.clone()).ok_or_else(|| refuse!(Invalid, "part.kind_unknown", kind = t))
    });
    let models = row.ruled("models", |t| {
        let given = t.split(['、', ',', '，', ';', '；', '/']).map(str::trim).filter(|m| !m.is_empty());
        given.map(|m| model(&force, m)).collect::<Result<Vec<String>, _>>()
    });
    let unit = row.ruled("unit", |t| line(t, "unit", 10));
    let price = row.ruled("price", yuan);
    let serialised = row.ruled("serialised", yes);
    let min_stock = row.ruled("min_stock", stock);
    let keys = [code.clone(), None];
    let (Some(number), Some(name), Some(kind), Some(price_fen)) = (code, name, kind, price) else { return Ok((Read::Wrong, keys)) };
    if store::by_number(tx, &number)?.is_some() {
        return Ok((Read::Known, keys));
    }
    let new = PartDraft {
        version: None,
        number,
        name,
        // Without a word, the kind says whether its pieces have serials.
        serialised: serialised.unwrap_or_else(|| force.facts().part(&kind).is_some_and(|p| p.serialised)),
        kind,
        models: models.unwrap_or_default(),
        unit: unit.unwrap_or_else(|| "个".to_owned()),
        price_fen,
        min_stock: min_stock.unwrap_or(0),
        off: false,
    };
    Ok((Read::Draft(Box::new(Draft::Part(new))), keys))
}
