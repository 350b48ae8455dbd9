//! SQL of merchants, stores and contacts.

use postsale_domain::ground::{AcquirerId, Lang, mask_email, mask_phone};
use postsale_domain::merchant::{ContactId, Hours, MerchantId, StoreId, Tier};
use postsale_domain::refuse;
use serde::Serialize;
use serde_json::json;

use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, Versioned, code, p};
use crate::sql;

/// A merchant.
#[derive(Debug, Clone, Serialize)]
pub struct Merchant {
    /// Which one.
    pub id: MerchantId,
    /// Whose merchant it is.
    pub acquirer_id: AcquirerId,
    /// The acquirer's name.
    #[serde(skip)]
    pub acquirer_name: String,
    /// Merchant number, 15 characters.
    pub mid: String,
    /// The name on the door.
    pub name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// Service tier.
    pub tier: Tier,
    /// What it trades in.
    pub industry: String,
    /// Settlement account, masked; the full number is never kept.
    pub settlement_account_mask: String,
}

/// A store of a merchant.
#[derive(Debug, Clone, Serialize)]
pub struct Store {
    /// Which one.
    pub id: StoreId,
    /// Whose.
    pub merchant_id: MerchantId,
    /// Its name.
    pub name: String,
    /// Street and number.
    pub address: String,
    /// The district engineers' territories are made of.
    pub district: String,
    /// Millionths of a degree; 0 with a longitude of 0 when nobody knows where it is.
    pub lat_e6: i64,
    /// Millionths of a degree.
    pub lng_e6: i64,
    /// When somebody is there.
    pub hours: Hours,
    /// The service agreement its clocks run on.
    pub agreement: String,
}

impl Store {
    /// Where it is, in millionths of a degree; none when nobody knows.
    pub fn place(&self) -> Option<(i64, i64)> {
        place(self.lat_e6, self.lng_e6)
    }
}

/// A place as it is kept: nought and nought is nobody's shop but "not known".
pub fn place(lat_e6: i64, lng_e6: i64) -> Option<(i64, i64)> {
    ((lat_e6, lng_e6) != (0, 0)).then_some((lat_e6, lng_e6))
}

/// A person at a merchant. The numbers are whole; they are masked where they are shown.
#[derive(Debug, Clone, Serialize)]
pub struct Contact {
    /// Which one.
    pub id: ContactId,
    /// At which merchant.
    pub merchant_id: MerchantId,
    /// At which store, if only there.
    pub store_id: Option<StoreId>,
    /// Name.
    pub name: String,
    /// What they do there: 店长, 收银, 老板.
    pub duty: String,
    /// Phone number.
    pub phone: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// The language they are written to in.
    pub lang: Lang,
}

/// An acquirer.
#[derive(Debug, Clone, Serialize)]
pub struct Acquirer {
    /// Which one.
    pub id: AcquirerId,
    /// Short code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// The acquirers of the tenant, by code; only `own` when it is given.
pub fn acquirers(tx: &mut Tx<'_>, own: Option<AcquirerId>) -> Done<Vec<Acquirer>> {
    let tenant = tx.tenant();
    let found =
        tx.query(sql!("SELECT id, code, name FROM acquirer WHERE tenant_id = $1 ORDER BY code LIMIT 1000"), &[p(&tenant)], |r| {
            Ok(Acquirer { id: r.next()?, code: r.next()?, name: r.next()? })
        })?;
    Ok(found.into_iter().filter(|a| own.is_none_or(|own| own == a.id)).collect())
}

/// Makes an acquirer.
pub fn add_acquirer(tx: &mut Tx<'_>, code: &str, name: &str) -> Done<AcquirerId> {
    let (id, tenant): (AcquirerId, _) = (tx.new_id(), tx.tenant());
    tx.exec(sql!("INSERT INTO acquirer (id, tenant_id, code, name) VALUES ($1, $2, $3, $4)"), &[p(&id), p(&tenant), p(code), p(name)])?;
    tx.audit("acquirer.add", id, None, Some(&serde_json::json!({ "code": code, "name": name })));
    Ok(id)
}

macro_rules! merchant_columns {
    () => {
        "m.id, m.acquirer_id, a.name, m.mid, m.name, m.uscc, m.tier, m.industry, m.settlement_account_mask"
    };
}
macro_rules! store_columns {
    () => {
        "id, merchant_id, name, address, district, lat_e6, lng_e6, hours, agreement"
    };
}
macro_rules! contact_columns {
    () => {
        "id, merchant_id, store_id, name, duty, phone, email, lang"
    };
}

/// Makes a merchant; its id comes with it. Errors: `merchant.mid_taken`.
pub fn add_merchant(tx: &mut Tx<'_>, merchant: &Merchant) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let taken = tx.exec(
        sql!(
            "INSERT INTO merchant (id, tenant_id, acquirer_id, mid, name, uscc, tier, industry, settlement_account_mask, created_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1) ON CONFLICT (tenant_id, mid) DO NOTHING"
        ),
        &[
            p(&merchant.id),
            p(&tenant),
            p(&merchant.acquirer_id),
            p(&merchant.mid),
            p(&merchant.name),
            p(&merchant.uscc),
            p(merchant.tier.as_str()),
            p(&merchant.industry),
            p(&merchant.settlement_account_mask),
            p(&now),
        ],
    )?;
    if taken == 0 {
        return Err(refuse!(Conflict, "merchant.mid_taken", mid = &merchant.mid).field("mid").into());
    }
    tx.audit("merchant.add", merchant.id, None, Some(merchant));
    Ok(())
}

/// Makes a store; its id comes with it.
pub fn add_store(tx: &mut Tx<'_>, store: &Store) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(
        sql!(
            "INSERT INTO store (id, tenant_id, merchant_id, name, address, district, lat_e6, lng_e6, hours, agreement, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)"
        ),
        &[
            p(&store.id),
            p(&tenant),
            p(&store.merchant_id),
            p(&store.name),
            p(&store.address),
            p(&store.district),
            p(&store.lat_e6),
            p(&store.lng_e6),
            p(&Json(&store.hours)),
            p(&store.agreement),
        ],
    )?;
    tx.audit("store.add", store.id, None, Some(store));
    Ok(())
}

/// Makes a contact; its id comes with it.
pub fn add_contact(tx: &mut Tx<'_>, contact: &Contact) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(
        sql!(
            "INSERT INTO contact (id, tenant_id, merchant_id, store_id, name, duty, phone, email, lang, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &[
            p(&contact.id),
            p(&tenant),
            p(&contact.merchant_id),
            p(&contact.store_id),
            p(&contact.name),
            p(&contact.duty),
            p(&contact.phone),
            p(&contact.email),
            code(&contact.lang),
            p(&now),
        ],
    )?;
    tx.audit("contact.add", contact.id, None, Some(&serde_json::json!({ "merchant_id": contact.merchant_id, "duty": contact.duty })));
    Ok(())
}

fn read_merchant(r: &mut Row) -> Result<Merchant, DbError> {
    Ok(Merchant {
        id: r.next()?,
        acquirer_id: r.next()?,
        acquirer_name: r.next()?,
        mid: r.next()?,
        name: r.next()?,
        uscc: r.next()?,
        tier: r.coded()?,
        industry: r.next()?,
        settlement_account_mask: r.next()?,
    })
}

fn read_store(r: &mut Row) -> Result<Store, DbError> {
    Ok(Store {
        id: r.next()?,
        merchant_id: r.next()?,
        name: r.next()?,
        address: r.next()?,
        district: r.next()?,
        lat_e6: r.next()?,
        lng_e6: r.next()?,
        hours: r.next::<Json<Hours>>()?.0,
        agreement: r.next()?,
    })
}

fn read_contact(r: &mut Row) -> Result<Contact, DbError> {
    Ok(Contact {
        id: r.next()?,
        merchant_id: r.next()?,
        store_id: r.next()?,
        name: r.next()?,
        duty: r.next()?,
        phone: r.next()?,
        email: r.next()?,
        lang: r.coded()?,
    })
}

/// One merchant; only of `own` acquirer when one is given.
pub fn merchant(tx: &mut Tx<'_>, id: MerchantId, own: Option<AcquirerId>) -> Done<Option<Merchant>> {
    let found = versioned_merchant(tx, id)?.map(|m| m.value);
    Ok(found.filter(|m| own.is_none_or(|own| own == m.acquirer_id)))
}

/// One merchant with its version.
pub fn versioned_merchant(tx: &mut Tx<'_>, id: MerchantId) -> Done<Option<Versioned<Merchant>>> {
    let tenant = tx.tenant();
    Ok(tx.known_one(
        sql!(concat!(
            "SELECT ",
            merchant_columns!(),
            ", m.version FROM merchant m JOIN acquirer a ON a.id = m.acquirer_id WHERE m.tenant_id = $1 AND m.id = $2"
        )),
        &[p(&tenant), p(&id)],
        |r| Versioned::read(r, read_merchant),
    )?)
}

/// The merchant with a number (as `postsale_domain::merchant::mid` writes it).
pub fn merchant_by_mid(tx: &mut Tx<'_>, mid: &str) -> Done<Option<Versioned<Merchant>>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(concat!(
            "SELECT ",
            merchant_columns!(),
            ", m.version FROM merchant m JOIN acquirer a ON a.id = m.acquirer_id WHERE m.tenant_id = $1 AND m.mid = $2"
        )),
        &[p(&tenant), p(mid)],
        |r| Versioned::read(r, read_merchant),
    )?)
}

/// Writes a merchant over the version that was seen; number and acquirer stay. `false`: somebody was faster.
pub fn save_merchant(tx: &mut Tx<'_>, before: &Versioned<Merchant>, after: &Merchant) -> Done<bool> {
    let touched = tx.exec(
        sql!(
            "UPDATE merchant SET name = $1, uscc = $2, tier = $3, industry = $4, settlement_account_mask = $5, version = version + 1
             WHERE id = $6 AND version = $7"
        ),
        &[
            p(&after.name),
            p(&after.uscc),
            p(after.tier.as_str()),
            p(&after.industry),
            p(&after.settlement_account_mask),
            p(&after.id),
            p(&before.version),
        ],
    )?;
    tx.audit("merchant.edit", after.id, Some(&before.value), Some(after));
    Ok(touched == 1)
}

/// One store.
pub fn store(tx: &mut Tx<'_>, id: StoreId) -> Done<Option<Store>> {
    Ok(versioned_store(tx, id)?.map(|s| s.value))
}

/// One store with its version.
pub fn versioned_store(tx: &mut Tx<'_>, id: StoreId) -> Done<Option<Versioned<Store>>> {
    let tenant = tx.tenant();
    Ok(tx.known_one(
        sql!(concat!("SELECT ", store_columns!(), ", version FROM store WHERE tenant_id = $1 AND id = $2")),
        &[p(&tenant), p(&id)],
        |r| Versioned::read(r, read_store),
    )?)
}

/// The stores of a merchant.
pub fn stores(tx: &mut Tx<'_>, merchant: MerchantId) -> Done<Vec<Versioned<Store>>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(concat!("SELECT ", store_columns!(), ", version FROM store WHERE tenant_id = $1 AND merchant_id = $2 ORDER BY id LIMIT 500")),
        &[p(&tenant), p(&merchant)],
        |r| Versioned::read(r, read_store),
    )?)
}

/// The store of a merchant that has one and no other.
pub fn only_store(tx: &mut Tx<'_>, merchant: MerchantId) -> Done<Option<Store>> {
    let tenant = tx.tenant();
    let mut found = tx.query(
        sql!(concat!("SELECT ", store_columns!(), " FROM store WHERE tenant_id = $1 AND merchant_id = $2 ORDER BY id LIMIT 2")),
        &[p(&tenant), p(&merchant)],
        read_store,
    )?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// Writes a store over the version that was seen. `false`: somebody was faster.
pub fn save_store(tx: &mut Tx<'_>, before: &Versioned<Store>, after: &Store) -> Done<bool> {
    let touched = tx.exec(
        sql!(
            "UPDATE store SET name = $1, address = $2, district = $3, lat_e6 = $4, lng_e6 = $5, hours = $6, agreement = $7, version = version + 1
             WHERE id = $8 AND version = $9"
        ),
        &[
            p(&after.name),
            p(&after.address),
            p(&after.district),
            p(&after.lat_e6),
            p(&after.lng_e6),
            p(&Json(&after.hours)),
            p(&after.agreement),
            p(&after.id),
            p(&before.version),
        ],
    )?;
    tx.audit("store.edit", after.id, Some(&before.value), Some(after));
    Ok(touched == 1)
}

/// The contacts of a merchant.
pub fn contacts(tx: &mut Tx<'_>, merchant: MerchantId) -> Done<Vec<Versioned<Contact>>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(concat!(
            "SELECT ",
            contact_columns!(),
            ", version FROM contact WHERE tenant_id = $1 AND merchant_id = $2 ORDER BY id LIMIT 200"
        )),
        &[p(&tenant), p(&merchant)],
        |r| Versioned::read(r, read_contact),
    )?)
}

/// One contact.
pub fn contact(tx: &mut Tx<'_>, id: ContactId) -> Done<Option<Contact>> {
    Ok(versioned_contact(tx, id)?.map(|c| c.value))
}

/// One contact with its version.
pub fn versioned_contact(tx: &mut Tx<'_>, id: ContactId) -> Done<Option<Versioned<Contact>>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(concat!("SELECT ", contact_columns!(), ", version FROM contact WHERE tenant_id = $1 AND id = $2")),
        &[p(&tenant), p(&id)],
        |r| Versioned::read(r, read_contact),
    )?)
}

/// Writes a contact over the version that was seen. `false`: somebody was faster.
pub fn save_contact(tx: &mut Tx<'_>, before: &Versioned<Contact>, after: &Contact) -> Done<bool> {
    let touched = tx.exec(
        sql!(
            "UPDATE contact SET name = $1, duty = $2, phone = $3, email = $4, lang = $5, version = version + 1 WHERE id = $6 AND version = $7"
        ),
        &[
            p(&after.name),
            p(&after.duty),
            p(&after.phone),
            p(&after.email),
            code(&after.lang),
            p(&after.id),
            p(&before.version),
        ],
    )?;
    // Whole numbers and addresses do not stand in the chain; that one was changed must show even when its ends are the same.
    let told = |c: &Contact, version: i64| {
        let (phone, email) = (c.phone.as_deref().map(mask_phone), c.email.as_deref().map(mask_email));
        json!({ "name": c.name, "duty": c.duty, "phone": phone, "email": email, "lang": c.lang, "version": version })
    };
    tx.audit("contact.edit", after.id, Some(&told(&before.value, before.version)), Some(&told(after, before.version + 1)));
    Ok(touched == 1)
}

/// Contacts with this phone number; several merchants may share one.
pub fn contacts_by_phone(tx: &mut Tx<'_>, phone: &str) -> Done<Vec<Contact>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(concat!("SELECT ", contact_columns!(), " FROM contact WHERE tenant_id = $1 AND phone = $2 ORDER BY id LIMIT 20")),
        &[p(&tenant), p(phone)],
        read_contact,
    )?)
}

/// Contacts with this mail address, compared in lower case.
pub fn contacts_by_email(tx: &mut Tx<'_>, email: &str) -> Done<Vec<Contact>> {
    let (tenant, email) = (tx.tenant(), email.to_lowercase());
    Ok(tx.query(
        sql!(concat!("SELECT ", contact_columns!(), " FROM contact WHERE tenant_id = $1 AND email = $2 ORDER BY id LIMIT 20")),
        &[p(&tenant), p(&email)],
        read_contact,
    )?)
}

/// How many terminals in use and open tickets, up to 100 each, a merchant has; 100 stands for more than 99.
///
/// They are counted for every ticket that is shown, and a big merchant's thousand would cost more than all of the rest.
pub fn counts(tx: &mut Tx<'_>, merchant: MerchantId) -> Done<(i64, i64)> {
    let tenant = tx.tenant();
    let found = tx.one(
        sql!(
            "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM binding WHERE tenant_id = $1 AND merchant_id = $2 AND valid_to IS NULL LIMIT 100) AS c),
                    (SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE tenant_id = $1 AND merchant_id = $2 AND closed_at IS NULL LIMIT 100) AS c)"
        ),
        &[p(&tenant), p(&merchant)],
        |r| Ok((r.next()?, r.next()?)),
    )?;
    Ok(found.unwrap_or_default())
}

/// How many terminals in use a merchant has, up to 1000: whoever says how many are hit wants to know of how many.
pub fn in_use(tx: &mut Tx<'_>, merchant: MerchantId) -> Done<i64> {
    let tenant = tx.tenant();
    Ok(tx.number(
        sql!("SELECT COUNT(*) FROM (SELECT 1 FROM binding WHERE tenant_id = $1 AND merchant_id = $2 AND valid_to IS NULL LIMIT 1000) AS c"),
        &[p(&tenant), p(&merchant)],
    )?)
}
