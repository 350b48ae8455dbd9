//! Merchants: the list, and everything about one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::coverage::Warranty;
use postsale_domain::ground::{AcquirerId, Lang, Text, TypedId, mask_email, mask_phone};
use postsale_domain::merchant::{ContactId, Hours, MerchantId, StoreId, Tier, mask_uscc};
use postsale_domain::refuse;
use postsale_domain::sla::ClockKind;
use postsale_domain::terminal::TerminalId;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AcquirerName, Of, RegistryTickets, Sight, merchant_of_branch, see_merchant, tickets};
use crate::ground::db::{DbError, Done, Query, Row, Tx, Versioned, contains, p};
use crate::ground::web::Keyset;
use crate::ground::when;
use crate::merchant::store::{self, Contact, Merchant, Store};
use crate::search::{MAX_ASKED, Word, asked};
use crate::terminal::store::Day;
use crate::view::coverage::Terms;
use crate::view::reach::in_branch;
use crate::{sla, sql};

/// A merchant in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MerchantRow {
    /// Which one.
    pub id: MerchantId,
    /// Merchant number.
    pub mid: String,
    /// The name on the door.
    pub name: String,
    /// Service tier.
    pub tier: Tier,
    /// What it trades in.
    pub industry: String,
    /// Whose merchant it is.
    pub acquirer: AcquirerName,
    /// Where its first store is; null without a store.
    pub district: Option<String>,
    /// Stores.
    pub stores: i64,
    /// Terminals that stand there now.
    pub terminals: i64,
    /// Tickets not closed.
    pub open_tickets: i64,
    /// Grows with each change.
    pub version: i64,
}

fn row(r: &mut Row) -> Result<MerchantRow, DbError> {
    Ok(MerchantRow {
        id: r.next()?,
        mid: r.next()?,
        name: r.next()?,
        tier: r.coded()?,
        industry: r.next()?,
        acquirer: AcquirerName { id: r.next()?, name: r.next()? },
        district: r.next()?,
        stores: r.next()?,
        terminals: r.next()?,
        open_tickets: r.next()?,
        version: r.next()?,
    })
}

/// Terminals whose shops are looked at for a word of theirs; a word of more terminals than that says nothing about a merchant.
const TERMINALS: i64 = 2000;

/// Merchants, newest first; with `q` those in whose name, number, addresses, contacts and terminals all its words stand, by the words of
/// the search: a rare one is looked up where it stands, not looked for in every merchant.
pub fn list(tx: &mut Tx<'_>, sight: Sight, q: &str, after: Keyset, limit: u32) -> Done<Vec<MerchantRow>> {
    macro_rules! columns {
        () => {
            "SELECT m.id, m.mid, m.name, m.tier, m.industry, m.acquirer_id, a.name,
                    (SELECT s.district FROM store s WHERE s.merchant_id = m.id ORDER BY s.id LIMIT 1),
                    (SELECT COUNT(*) FROM store s WHERE s.merchant_id = m.id),
                    (SELECT COUNT(*) FROM binding b WHERE b.merchant_id = m.id AND b.valid_to IS NULL),
                    (SELECT COUNT(*) FROM ticket t WHERE t.tenant_id = m.tenant_id AND t.merchant_id = m.id AND t.closed_at IS NULL), m.version"
        };
    }
    macro_rules! newest {
        ($sight:expr) => {
            sql!(concat!(
                columns!(),
                " FROM merchant m JOIN acquirer a ON a.id = m.acquirer_id WHERE m.tenant_id = $1 AND m.id < $2",
                $sight,
                " ORDER BY m.id DESC LIMIT $3"
            ))
        };
    }
    // A word that stands on a terminal of theirs.
    macro_rules! standing {
        ($word:literal) => {
            concat!(
                " OR EXISTS (SELECT 1 FROM binding b CROSS JOIN search_doc e
                             WHERE b.tenant_id = $1 AND b.merchant_id = m.id AND b.valid_to IS NULL
                               AND e.tenant_id = $1 AND e.kind = 'terminal' AND e.id = b.terminal_id AND e.words LIKE ",
                $word,
                " ESCAPE '~')"
            )
        };
    }
    // The page is chosen before anything is counted for its rows. The joins are written CROSS because SQLite keeps the order of one: it
    // would walk all merchants to keep theirs.
    macro_rules! found {
        ($sight:expr) => {
            sql!(concat!(
                columns!(),
                " FROM (SELECT m.id FROM (SELECT w.id FROM search_word w WHERE w.tenant_id = $1 AND w.kind = 'merchant' AND w.word BETWEEN $4 AND $5
                                    UNION SELECT b.merchant_id FROM
                                     (SELECT w.id FROM search_word w WHERE w.tenant_id = $1 AND w.kind = 'terminal' AND w.word BETWEEN $4 AND $5 LIMIT $6) AS there
                                     CROSS JOIN binding b WHERE b.terminal_id = there.id AND b.tenant_id = $1 AND b.valid_to IS NULL) AS known
                        CROSS JOIN merchant m CROSS JOIN search_doc d
                        WHERE m.id = known.id AND m.tenant_id = $1 AND m.id < $2 AND d.tenant_id = $1 AND d.kind = 'merchant' AND d.id = m.id
                          AND (d.words LIKE $7 ESCAPE '~' OR m.name LIKE $8 ESCAPE '!'",
                standing!("$7"),
                ")
                          AND (d.words LIKE $9 ESCAPE '~' OR m.name LIKE $10 ESCAPE '!'",
                standing!("$9"),
                ")
                          AND (d.words LIKE $11 ESCAPE '~' OR m.name LIKE $12 ESCAPE '!'",
                standing!("$11"),
                ")
                          AND (d.words LIKE $13 ESCAPE '~' OR m.name LIKE $14 ESCAPE '!'",
                standing!("$13"),
                ")",
                $sight,
                " ORDER BY m.id DESC LIMIT $3) AS page
                 CROSS JOIN merchant m JOIN acquirer a ON a.id = m.acquirer_id WHERE m.id = page.id ORDER BY m.id DESC"
            ))
        };
    }
    macro_rules! by_sight {
        ($question:ident, $mine:literal) => {
            match sight {
                Sight::All | Sight::Nothing => $question!(""),
                Sight::Acquirer(_) => $question!(concat!(" AND m.acquirer_id = ", $mine)),
                Sight::Engineer(_) => $question!(concat!(
                    " AND m.id IN (SELECT t.merchant_id FROM work_order w JOIN ticket t ON t.id = w.ticket_id WHERE w.engineer_id = ",
                    $mine,
                    ")"
                )),
                Sight::Branch(_) => $question!(merchant_of_branch!($mine)),
            }
        };
    }
    let whose = match sight {
        Sight::Nothing => return Ok(Vec::new()),
        Sight::All => None,
        Sight::Acquirer(own) => Some(p(&own)),
        Sight::Engineer(me) => Some(p(&me)),
        Sight::Branch(own) => Some(p(&own)),
    };
    let visible: String = q.chars().filter(|c| !c.is_control()).collect();
    let mut params = vec![p(&tx.tenant()), p(&MerchantId::from_uuid(after.id)), p(&limit)];
    let question = if visible.trim().is_empty() {
        by_sight!(newest, "$4")
    } else {
        let asked = asked(&visible);
        let Some(lead) = asked.words.first() else { return Ok(Vec::new()) };
        let (from, to) = lead.range();
        params.extend([p(&from), p(&to), p(&TERMINALS)]);
        for place in 0..MAX_ASKED {
            // A place without a word of its own asks for nothing.
            let word = asked.words.get(place);
            params.push(p(&word.map_or_else(|| "%".to_owned(), Word::pattern)));
            params.push(p(&word.map_or_else(|| "%".to_owned(), |w| contains(&w.text))));
        }
        by_sight!(found, "$15")
    };
    params.extend(whose);
    Ok(tx.query(question, &params, row)?)
}

/// A merchant on its page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MerchantFull {
    id: MerchantId,
    mid: String,
    name: String,
    /// Unified social credit code; its middle is hidden.
    uscc_masked: String,
    tier: Tier,
    industry: String,
    acquirer: AcquirerName,
    /// `*6621`.
    settlement_account_mask: String,
    version: i64,
}

/// A store on the merchant's page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MerchantStore {
    id: StoreId,
    name: String,
    address: String,
    district: String,
    /// Degrees; null when nobody knows where it is.
    lat: Option<f64>,
    /// Degrees.
    lng: Option<f64>,
    hours: Hours,
    /// Whether somebody is there now.
    open_now: bool,
    /// When it opens next; now when it is open, null when it never does.
    #[schema(value_type = Option<String>, format = DateTime)]
    opens_at: Option<Timestamp>,
    agreement: String,
    agreement_name: Text,
    version: i64,
}

/// A contact; whole numbers only by revealing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MerchantContact {
    id: ContactId,
    store_id: Option<StoreId>,
    name: String,
    duty: String,
    phone_masked: Option<String>,
    email_masked: Option<String>,
    lang: Lang,
    version: i64,
}

/// A terminal that stands at the merchant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MerchantTerminal {
    /// Which one.
    pub id: TerminalId,
    /// Serial number.
    pub serial_no: String,
    /// Model.
    pub model: String,
    /// Maker.
    pub vendor: String,
    /// Firmware version.
    pub firmware: String,
    /// Terminal number at the acquirer.
    pub tid: String,
    /// Where it stands.
    pub store_id: StoreId,
    /// Its store's name.
    pub store_name: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub bound_since: Timestamp,
    /// Since when nothing has been heard of it; null while it is online.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub offline_since: Option<Timestamp>,
    /// Whether a repair today would be free.
    pub in_warranty: bool,
    /// The last day of the term that applies, or of the last one that did.
    #[schema(value_type = Option<String>, format = Date)]
    pub covered_until: Option<Date>,
    /// Tickets not closed.
    pub open_tickets: i64,
}

/// How many terminals are covered today.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct CoverageSummary {
    /// A repair would be free.
    covered: u32,
    /// A term has ended.
    ended: u32,
    /// No term on record.
    unknown: u32,
    /// The covered one whose term ends first: its last day.
    #[schema(value_type = Option<String>, format = Date)]
    first_end: Option<Date>,
}

/// A promise of an agreement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Promise {
    clock: ClockKind,
    priority: String,
    /// Business seconds.
    seconds: i64,
    /// Clause of the contract.
    clause: String,
}

/// The agreement a store's clocks run on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgreementBrief {
    code: String,
    name: Text,
    version: i64,
    promises: Vec<Promise>,
}

/// Everything the page of a merchant shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MerchantPage {
    merchant: MerchantFull,
    stores: Vec<MerchantStore>,
    contacts: Vec<MerchantContact>,
    terminals: Vec<MerchantTerminal>,
    tickets: RegistryTickets,
    coverage: CoverageSummary,
    agreements: Vec<AgreementBrief>,
}

/// The page of a merchant the caller may see. Errors: `not_found`.
pub fn page(tx: &mut Tx<'_>, sight: Sight, id: MerchantId) -> Done<MerchantPage> {
    see_merchant(tx, sight, id)?;
    let kept = store::versioned_merchant(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let (stores, contacts) = seen_of(tx, sight, id)?;
    let terminals = terminals(tx, sight, id)?;
    let mut agreements: Vec<&str> = stores.iter().map(|s| s.value.agreement.as_str()).collect();
    agreements.sort_unstable();
    agreements.dedup();
    Ok(MerchantPage {
        merchant: full(&kept),
        contacts: contacts.iter().map(contact).collect(),
        tickets: tickets(tx, sight, Of::Merchant(id))?,
        coverage: summary(&terminals),
        agreements: agreements.into_iter().filter_map(agreement).collect(),
        stores: stores.iter().map(|s| shown_store(s, tx.now())).collect(),
        terminals,
    })
}

/// The stores and contacts of a merchant: of a chain, somebody bound to a branch sees its own doors and the people there, and
/// those who speak for the whole.
fn seen_of(tx: &mut Tx<'_>, sight: Sight, id: MerchantId) -> Done<(Vec<Versioned<Store>>, Vec<Versioned<Contact>>)> {
    let (mut stores, mut contacts) = (store::stores(tx, id)?, store::contacts(tx, id)?);
    if let Sight::Branch(own) = sight {
        let mut kept = Vec::with_capacity(stores.len());
        for one in stores {
            if in_branch(tx, own, &one.value.district)? {
                kept.push(one);
            }
        }
        stores = kept;
        contacts.retain(|c| c.value.store_id.is_none_or(|at| stores.iter().any(|s| s.value.id == at)));
    }
    Ok((stores, contacts))
}

/// A merchant as it is shown.
pub fn full(kept: &Versioned<Merchant>) -> MerchantFull {
    let m = &kept.value;
    MerchantFull {
        id: m.id,
        mid: m.mid.clone(),
        name: m.name.clone(),
        uscc_masked: mask_uscc(&m.uscc),
        tier: m.tier,
        industry: m.industry.clone(),
        acquirer: AcquirerName { id: m.acquirer_id, name: m.acquirer_name.clone() },
        settlement_account_mask: m.settlement_account_mask.clone(),
        version: kept.version,
    }
}

/// A store as it is shown.
pub fn shown_store(kept: &Versioned<Store>, now: Timestamp) -> MerchantStore {
    let (s, zone) = (&kept.value, when::zone());
    let degrees = |e6: i64| e6 as f64 / 1e6;
    let name = sla::book().card(&s.agreement).map_or_else(|| Text { zh: s.agreement.clone(), en: s.agreement.clone() }, |c| c.name.clone());
    MerchantStore {
        id: s.id,
        name: s.name.clone(),
        address: s.address.clone(),
        district: s.district.clone(),
        lat: s.place().map(|(lat, _)| degrees(lat)),
        lng: s.place().map(|(_, lng)| degrees(lng)),
        open_now: s.hours.open_at(now, &zone),
        opens_at: s.hours.next_open(now, &zone),
        hours: s.hours.clone(),
        agreement: s.agreement.clone(),
        agreement_name: name,
        version: kept.version,
    }
}

/// A contact as it is shown.
pub fn contact(kept: &Versioned<Contact>) -> MerchantContact {
    let c = &kept.value;
    MerchantContact {
        id: c.id,
        store_id: c.store_id,
        name: c.name.clone(),
        duty: c.duty.clone(),
        phone_masked: c.phone.as_deref().map(mask_phone),
        email_masked: c.email.as_deref().map(mask_email),
        lang: c.lang,
        version: kept.version,
    }
}

/// The terminals that stand at a merchant now; 500 at most.
pub fn terminals(tx: &mut Tx<'_>, sight: Sight, merchant: MerchantId) -> Done<Vec<MerchantTerminal>> {
    see_merchant(tx, sight, merchant)?;
    let (tenant, terms) = (tx.tenant(), Terms::today(tx)?);
    macro_rules! question {
        ($sight:literal) => {
            sql!(concat!(
                "SELECT t.id, t.serial_no, t.model, t.firmware, b.tid, b.store_id, s.name, b.valid_from, t.offline_since,
                    t.shipped_on, t.activated_on, t.warranty_until, t.extended_until,
                    (SELECT COUNT(*) FROM ticket k WHERE k.tenant_id = t.tenant_id AND k.terminal_id = t.id AND k.closed_at IS NULL)
             FROM binding b JOIN terminal t ON t.id = b.terminal_id JOIN store s ON s.id = b.store_id
             WHERE b.tenant_id = $1 AND b.merchant_id = $2 AND b.valid_to IS NULL",
                $sight,
                " ORDER BY b.store_id, b.valid_from, b.id LIMIT 500"
            ))
        };
    }
    let read = |r: &mut Row| {
        let (id, serial_no, model): (_, _, String) = (r.next()?, r.next()?, r.next()?);
        let (firmware, tid, store_id, store_name) = (r.next()?, r.next()?, r.next()?, r.next()?);
        let (bound_since, offline_since) = (r.next()?, r.next()?);
        let (shipped_on, activated_on) = (r.next::<Day>()?.0, r.next::<Day>()?.0);
        let (until, extended_until) = (r.next::<Day>()?.0, r.next::<Day>()?.0);
        let cover = terms.decide(&model, Warranty { shipped_on, activated_on, until, extended_until });
        Ok(MerchantTerminal {
            id,
            serial_no,
            vendor: terms.vendor(&model),
            model,
            firmware,
            tid,
            store_id,
            store_name,
            bound_since,
            offline_since,
            in_warranty: cover.in_warranty,
            covered_until: cover.until,
            open_tickets: r.next()?,
        })
    };
    let key = [p(&tenant), p(&merchant)];
    Ok(match sight {
        Sight::Branch(own) => tx.query(
            question!(
                " AND EXISTS (SELECT 1 FROM branch_district d WHERE d.tenant_id = s.tenant_id AND d.district = s.district AND d.branch_id = $3)"
            ),
            &[key.as_slice(), &[p(&own)]].concat(),
            read,
        )?,
        _ => tx.query(question!(""), &key, read)?,
    })
}

fn summary(terminals: &[MerchantTerminal]) -> CoverageSummary {
    let mut sum = CoverageSummary::default();
    for t in terminals {
        match (t.in_warranty, t.covered_until) {
            (true, until) => {
                sum.covered += 1;
                sum.first_end = [sum.first_end, until].into_iter().flatten().min();
            }
            (false, Some(_)) => sum.ended += 1,
            (false, None) => sum.unknown += 1,
        }
    }
    sum
}

/// What an agreement promises, by clock and priority.
fn agreement(code: &str) -> Option<AgreementBrief> {
    let book = sla::book();
    let card = book.card(code)?;
    let promises = ClockKind::ALL.into_iter().flat_map(|clock| {
        let targets: BTreeMap<_, _> = book.agreements(clock).get(code).map(|a| a.targets.clone()).unwrap_or_default();
        let clause = card.clauses.get(&clock).cloned().unwrap_or_default();
        targets.into_iter().map(move |(priority, target)| Promise { clock, priority, seconds: target.seconds, clause: clause.clone() })
    });
    Some(AgreementBrief { code: code.to_owned(), name: card.name.clone(), version: card.version, promises: promises.collect() })
}

/// The acquirers whose merchants the caller sees.
pub fn acquirers(tx: &mut Tx<'_>, sight: Sight) -> Done<Vec<AcquirerName>> {
    let own: Option<AcquirerId> = match sight {
        Sight::All | Sight::Branch(_) => None,
        Sight::Acquirer(own) => Some(own),
        Sight::Engineer(_) | Sight::Nothing => return Ok(Vec::new()),
    };
    Ok(store::acquirers(tx, own)?.into_iter().map(|a| AcquirerName { id: a.id, name: a.name }).collect())
}

/// A merchant's name, for whoever has been let in already.
pub fn name(tx: &mut Tx<'_>, id: MerchantId) -> Done<Option<String>> {
    Ok(store::merchant(tx, id, None)?.map(|m| m.name))
}
