//! Merchants, stores and contacts, as somebody at the desk or an import writes them.

use postsale_domain::ground::{AcquirerId, Lang, Refusal, line, line_or_empty};
use postsale_domain::inbox::plain_phone;
use postsale_domain::merchant::{ContactId, Hours, MerchantId, StoreId, Tier, account_mask, mid, uscc};
use postsale_domain::refuse;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::ground::db::{Done, Query, Stop, Tx, p};
use crate::merchant::store::{self, Contact, Merchant, Store};
use crate::sla;
use crate::sql;
use crate::view::reach::in_branch;
use crate::view::registry::merchants as view;
use crate::view::registry::{Sight, see_merchant};

/// Most characters of a name.
pub const NAME: usize = 100;
/// Most characters of an address.
pub const ADDRESS: usize = 200;
/// Most characters of a short word: industry, district, duty.
pub const WORD: usize = 40;
/// Most characters of a reason.
pub const REASON: usize = 200;

/// A new merchant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MerchantNew {
    /// Whose merchant it is.
    pub acquirer_id: AcquirerId,
    /// Merchant number, fifteen letters and digits.
    pub mid: String,
    /// The name on the door.
    pub name: String,
    /// Unified social credit code; none for a merchant without one.
    pub uscc: Option<String>,
    /// Service tier.
    pub tier: Tier,
    /// What it trades in.
    pub industry: Option<String>,
    /// Settlement account; only its last four digits are kept.
    pub settlement_account: Option<String>,
}

/// Changes to a merchant; number and acquirer stay for life.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MerchantEdit {
    /// The version that was seen.
    pub version: i64,
    /// The name on the door.
    pub name: String,
    /// Unified social credit code; as it was without it.
    pub uscc: Option<String>,
    /// Service tier.
    pub tier: Tier,
    /// What it trades in.
    pub industry: String,
    /// Settlement account; as it was without it.
    pub settlement_account: Option<String>,
}

/// A store, new or changed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreDraft {
    /// The version that was seen; needed for a change.
    pub version: Option<i64>,
    /// Its name.
    pub name: String,
    /// Street and number.
    pub address: String,
    /// The district engineers' territories are made of.
    pub district: String,
    /// Degrees, -90 to 90. Without a place: the middle of the district's other stores.
    pub lat: Option<f64>,
    /// Degrees, -180 to 180.
    pub lng: Option<f64>,
    /// When somebody is there.
    pub hours: Hours,
    /// The agreement its clocks run on.
    pub agreement: String,
}

/// A contact, new or changed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactDraft {
    /// The version that was seen; needed for a change.
    pub version: Option<i64>,
    /// At which store, if only there; kept from its making.
    pub store_id: Option<StoreId>,
    /// Name.
    pub name: String,
    /// What they do there.
    pub duty: String,
    /// Phone number. Without it as it was; empty to forget it.
    pub phone: Option<String>,
    /// Mail address. Without it as it was; empty to forget it.
    pub email: Option<String>,
    /// The language they are written to in.
    pub lang: Option<Lang>,
}

/// A number in clear, for a moment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Revealed {
    /// Phone number.
    pub phone: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// When the page should hide it again.
    #[schema(value_type = String, format = DateTime)]
    pub until: jiff::Timestamp,
}

/// How long a page shows a revealed number.
const SHOWN_FOR: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

/// The refusal of an old copy, with the present state.
pub fn stale<T: Serialize>(current: &T) -> Stop {
    Stop::Stale(Box::new(serde_json::to_value(current).unwrap_or(Value::Null)))
}

/// Makes a merchant. Errors: those of its fields, `acquirer.unknown`, `merchant.mid_taken`.
pub fn add(tx: &mut Tx<'_>, new: &MerchantNew) -> Done<MerchantId> {
    if !store::acquirers(tx, None)?.iter().any(|a| a.id == new.acquirer_id) {
        return Err(refuse!(Invalid, "acquirer.unknown").field("acquirer_id").into());
    }
    let merchant = Merchant {
        id: tx.new_id(),
        acquirer_id: new.acquirer_id,
        acquirer_name: String::new(),
        mid: mid(&new.mid)?,
        name: line(&new.name, "name", NAME)?,
        uscc: uscc(new.uscc.as_deref().unwrap_or_default())?,
        tier: new.tier,
        industry: line_or_empty(new.industry.as_deref().unwrap_or_default(), "industry", WORD)?,
        settlement_account_mask: account_mask(new.settlement_account.as_deref().unwrap_or_default())?,
    };
    store::add_merchant(tx, &merchant)?;
    Ok(merchant.id)
}

/// Changes a merchant the caller may see. Errors: `not_found`, stale, those of its fields.
pub fn edit(tx: &mut Tx<'_>, sight: Sight, id: MerchantId, edit: &MerchantEdit) -> Done<()> {
    see_merchant(tx, sight, id)?;
    let before = store::versioned_merchant(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let mut after = before.value.clone();
    after.name = line(&edit.name, "name", NAME)?;
    after.tier = edit.tier;
    after.industry = line_or_empty(&edit.industry, "industry", WORD)?;
    if let Some(code) = &edit.uscc {
        after.uscc = uscc(code)?;
    }
    if let Some(account) = &edit.settlement_account {
        after.settlement_account_mask = account_mask(account)?;
    }
    if before.version != edit.version || !store::save_merchant(tx, &before, &after)? {
        return Err(stale(&view::full(&before)));
    }
    Ok(())
}

/// Makes a store. Errors: `not_found` for a merchant the caller does not see, `store.other_branch`, those of its fields.
pub fn add_store(tx: &mut Tx<'_>, sight: Sight, merchant: MerchantId, draft: &StoreDraft) -> Done<StoreId> {
    see_merchant(tx, sight, merchant)?;
    let id = tx.new_id();
    let store = store_of(tx, id, merchant, draft)?;
    within_branch(tx, sight, &store.district)?;
    store::add_store(tx, &store)?;
    Ok(store.id)
}

/// Of a chain, somebody bound to a branch sees the stores of its districts. Errors: `not_found`.
fn see_store(tx: &mut Tx<'_>, sight: Sight, store: &Store) -> Done<()> {
    match sight {
        Sight::Branch(own) if !in_branch(tx, own, &store.district)? => Err(refuse!(NotFound, "not_found").into()),
        _ => Ok(()),
    }
}

/// Nobody puts a store where they no longer see it. Errors: `store.other_branch`.
fn within_branch(tx: &mut Tx<'_>, sight: Sight, district: &str) -> Done<()> {
    match sight {
        Sight::Branch(own) if !in_branch(tx, own, district)? => {
            Err(refuse!(Invalid, "store.other_branch", district = district).field("district").into())
        }
        _ => Ok(()),
    }
}

/// The store somebody is contact at, if only there, must be seen. Errors: `not_found`.
fn see_contact(tx: &mut Tx<'_>, sight: Sight, contact: &Contact) -> Done<()> {
    see_merchant(tx, sight, contact.merchant_id)?;
    match contact.store_id {
        Some(at) => {
            let store = store::store(tx, at)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
            see_store(tx, sight, &store)
        }
        None => Ok(()),
    }
}

fn store_of(tx: &mut Tx<'_>, id: StoreId, merchant: MerchantId, draft: &StoreDraft) -> Done<Store> {
    if sla::book().card(&draft.agreement).is_none() {
        let known = sla::book().names().collect::<Vec<_>>().join(", ");
        return Err(refuse!(Invalid, "store.agreement_unknown", known = known).field("agreement").into());
    }
    let district = line(&draft.district, "district", WORD)?;
    let (lat_e6, lng_e6) = match (draft.lat, draft.lng) {
        (None, None) => middle(tx, &district)?,
        (lat, lng) => (degrees(lat, 90.0, "lat")?, degrees(lng, 180.0, "lng")?),
    };
    Ok(Store {
        id,
        merchant_id: merchant,
        name: line(&draft.name, "name", NAME)?,
        address: line(&draft.address, "address", ADDRESS)?,
        district,
        lat_e6,
        lng_e6,
        hours: draft.hours.clone(),
        agreement: draft.agreement.clone(),
    })
}

fn degrees(degrees: Option<f64>, limit: f64, field: &str) -> Result<i64, Refusal> {
    match degrees {
        Some(d) if d.is_finite() && d.abs() <= limit => Ok((d * 1e6).round() as i64),
        _ => Err(refuse!(Invalid, "store.bad_place").field(field)),
    }
}

/// The middle of a district's known stores; 0 when there are none, which means "not known".
fn middle(tx: &mut Tx<'_>, district: &str) -> Done<(i64, i64)> {
    let tenant = tx.tenant();
    let found = tx.one(
        sql!(
            "SELECT CAST(AVG(lat_e6) AS BIGINT), CAST(AVG(lng_e6) AS BIGINT) FROM (SELECT lat_e6, lng_e6 FROM store
             WHERE tenant_id = $1 AND district = $2 AND lat_e6 <> 0 ORDER BY id LIMIT 200) AS known"
        ),
        &[p(&tenant), p(district)],
        |r| Ok(r.next::<Option<i64>>()?.zip(r.next()?)),
    )?;
    Ok(found.flatten().unwrap_or((0, 0)))
}

/// Changes a store; the merchant it belongs to. Errors: `not_found`, stale, those of its fields.
pub fn edit_store(tx: &mut Tx<'_>, sight: Sight, id: StoreId, draft: &StoreDraft) -> Done<MerchantId> {
    let before = store::versioned_store(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    see_merchant(tx, sight, before.value.merchant_id)?;
    see_store(tx, sight, &before.value)?;
    let mut after = store_of(tx, id, before.value.merchant_id, draft)?;
    within_branch(tx, sight, &after.district)?;
    if (draft.lat, draft.lng) == (None, None) {
        (after.lat_e6, after.lng_e6) = (before.value.lat_e6, before.value.lng_e6);
    }
    if draft.version != Some(before.version) || !store::save_store(tx, &before, &after)? {
        return Err(stale(&view::shown_store(&before, tx.now())));
    }
    Ok(after.merchant_id)
}

/// Makes a contact. Errors: `not_found`, `contact.other_store`, those of its fields.
pub fn add_contact(tx: &mut Tx<'_>, sight: Sight, merchant: MerchantId, draft: &ContactDraft) -> Done<ContactId> {
    see_merchant(tx, sight, merchant)?;
    if let Some(id) = draft.store_id
        && store::store(tx, id)?.is_none_or(|s| s.merchant_id != merchant)
    {
        return Err(refuse!(Invalid, "contact.other_store").field("store_id").into());
    }
    let contact = Contact {
        id: tx.new_id(),
        merchant_id: merchant,
        store_id: draft.store_id,
        name: line(&draft.name, "name", WORD)?,
        duty: line_or_empty(&draft.duty, "duty", WORD)?,
        phone: phone(draft.phone.as_deref())?,
        email: email(draft.email.as_deref())?,
        lang: draft.lang.unwrap_or_default(),
    };
    store::add_contact(tx, &contact)?;
    Ok(contact.id)
}

/// Changes a contact; the merchant it belongs to. Errors: `not_found`, stale, those of its fields.
pub fn edit_contact(tx: &mut Tx<'_>, sight: Sight, id: ContactId, draft: &ContactDraft) -> Done<MerchantId> {
    let before = store::versioned_contact(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    see_contact(tx, sight, &before.value)?;
    let mut after = before.value.clone();
    after.name = line(&draft.name, "name", WORD)?;
    after.duty = line_or_empty(&draft.duty, "duty", WORD)?;
    after.lang = draft.lang.unwrap_or(after.lang);
    if draft.phone.is_some() {
        after.phone = phone(draft.phone.as_deref())?;
    }
    if draft.email.is_some() {
        after.email = email(draft.email.as_deref())?;
    }
    if draft.version != Some(before.version) || !store::save_contact(tx, &before, &after)? {
        return Err(stale(&view::contact(&before)));
    }
    Ok(after.merchant_id)
}

/// A phone number as it is kept; none for an empty one. Errors: `contact.bad_phone`.
pub fn phone(given: Option<&str>) -> Result<Option<String>, Refusal> {
    let given = given.map(str::trim).filter(|t| !t.is_empty());
    given.map(|text| plain_phone(text).ok_or_else(|| refuse!(Invalid, "contact.bad_phone").field("phone"))).transpose()
}

/// A mail address as it is kept, in lower case; none for an empty one. Errors: `contact.bad_email`.
pub fn email(given: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(text) = given.map(str::trim).filter(|t| !t.is_empty()) else { return Ok(None) };
    let right = text.len() <= 254
        && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
        && text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, ',' | ';' | '<' | '>' | '"'));
    if right { Ok(Some(text.to_lowercase())) } else { Err(refuse!(Invalid, "contact.bad_email").field("email")) }
}

/// Shows a contact's number in clear, and writes down who saw it and why. Errors: `not_found`, `text.length`.
pub fn reveal(tx: &mut Tx<'_>, sight: Sight, id: ContactId, reason: &str) -> Done<Revealed> {
    let contact = store::contact(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    see_contact(tx, sight, &contact)?;
    let reason = line(reason, "reason", REASON)?;
    tx.audit("contact.reveal", id, None, Some(&json!({ "merchant_id": contact.merchant_id, "reason": reason })));
    Ok(Revealed { phone: contact.phone, email: contact.email, until: tx.now() + SHOWN_FOR })
}
