//! Terminals: the list, and the life of one.

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::coverage::{Coverage, Warranty};
use postsale_domain::ground::{Text, TypedId};
use postsale_domain::merchant::{StoreId, mask_uscc};
use postsale_domain::refuse;
use postsale_domain::terminal::{BindingId, TerminalId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{AcquirerName, MerchantName, Of, RegistryTickets, Sight, last_with, plain, said, see_terminal, tickets};
use crate::facts::in_force;
use crate::ground::db::{DbError, Done, Query, Row, Tx, Val, p};
use crate::ground::web::Keyset;
use crate::ground::when;
use crate::sql;
use crate::terminal::store::{self, Day};
use crate::view::coverage::{self, Terms};

/// Where a terminal stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TerminalPlace {
    /// Terminal number at the acquirer.
    pub tid: String,
    /// The merchant.
    pub merchant: MerchantName,
    /// The store.
    pub store_id: StoreId,
    /// Its name.
    pub store_name: String,
    /// The store's district.
    pub district: String,
}

/// A terminal in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TerminalRow {
    /// Which one.
    pub id: TerminalId,
    /// Serial number.
    pub serial_no: String,
    /// Unique number.
    pub tusn: String,
    /// Model.
    pub model: String,
    /// Maker.
    pub vendor: String,
    /// Production batch.
    pub batch: String,
    /// Firmware version.
    pub firmware: String,
    /// Where it stands; null for one that stands nowhere.
    pub place: Option<TerminalPlace>,
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
    /// Grows with each change.
    pub version: i64,
}

fn row(r: &mut Row, terms: &Terms) -> Result<TerminalRow, DbError> {
    let (id, serial_no, tusn, model) = (r.next()?, r.next()?, r.next()?, r.next::<String>()?);
    let (batch, firmware, offline_since) = (r.next()?, r.next()?, r.next()?);
    let (shipped_on, activated_on) = (r.next::<Day>()?.0, r.next::<Day>()?.0);
    let (until, extended_until) = (r.next::<Day>()?.0, r.next::<Day>()?.0);
    let cover = terms.decide(&model, Warranty { shipped_on, activated_on, until, extended_until });
    let (open_tickets, version) = (r.next()?, r.next()?);
    let tid: Option<String> = r.next()?;
    let place = match tid {
        None => None,
        Some(tid) => Some(TerminalPlace {
            tid,
            merchant: MerchantName { id: r.next()?, name: r.next()? },
            store_id: r.next()?,
            store_name: r.next()?,
            district: r.next()?,
        }),
    };
    Ok(TerminalRow {
        id,
        serial_no,
        tusn,
        vendor: terms.vendor(&model),
        model,
        batch,
        firmware,
        place,
        offline_since,
        in_warranty: cover.in_warranty,
        covered_until: cover.until,
        open_tickets,
        version,
    })
}

/// Terminals, newest first; with `q` those whose unique number or model begins with it, or in whose serial number or open terminal number
/// it stands, by the words of the search. The model is looked up without its blanks as well, as `q` is.
pub fn list(tx: &mut Tx<'_>, sight: Sight, q: &str, after: Keyset, limit: u32) -> Done<Vec<TerminalRow>> {
    macro_rules! columns {
        () => {
            "SELECT x.id, x.serial_no, x.tusn, x.model, x.batch, x.firmware, x.offline_since, x.shipped_on, x.activated_on, x.warranty_until, x.extended_until,
                    (SELECT COUNT(*) FROM ticket k WHERE k.tenant_id = x.tenant_id AND k.terminal_id = x.id AND k.closed_at IS NULL), x.version,
                    b.tid, b.merchant_id, m.name, b.store_id, s.name, s.district"
        };
    }
    macro_rules! newest {
        ($sight:literal) => {
            sql!(concat!(
                columns!(),
                " FROM terminal x LEFT JOIN binding b ON b.terminal_id = x.id AND b.valid_to IS NULL
                       LEFT JOIN merchant m ON m.id = b.merchant_id LEFT JOIN store s ON s.id = b.store_id
                  WHERE x.tenant_id = $1 AND x.id < $2",
                $sight,
                " ORDER BY x.id DESC LIMIT $3"
            ))
        };
    }
    // The page is chosen before anything is counted for its rows. The join is written CROSS because SQLite keeps the order of one: it
    // would walk all terminals to keep theirs.
    macro_rules! found {
        ($sight:literal) => {
            sql!(concat!(
                columns!(),
                " FROM (SELECT x.id FROM (SELECT id FROM terminal WHERE tenant_id = $1 AND upper(replace(model, ' ', '')) BETWEEN $4 AND $5
                                    UNION SELECT id FROM search_word WHERE tenant_id = $1 AND kind = 'terminal' AND word BETWEEN $6 AND $7) AS known
                        CROSS JOIN terminal x LEFT JOIN binding b ON b.terminal_id = x.id AND b.valid_to IS NULL LEFT JOIN store s ON s.id = b.store_id
                        WHERE x.id = known.id AND x.tenant_id = $1 AND x.id < $2",
                $sight,
                " ORDER BY x.id DESC LIMIT $3) AS page
                  CROSS JOIN terminal x LEFT JOIN binding b ON b.terminal_id = x.id AND b.valid_to IS NULL
                       LEFT JOIN merchant m ON m.id = b.merchant_id LEFT JOIN store s ON s.id = b.store_id
                  WHERE x.id = page.id ORDER BY x.id DESC"
            ))
        };
    }
    macro_rules! by_sight {
        ($question:ident, $acquirer:literal, $engineer:literal, $branch:literal) => {
            match sight {
                Sight::All | Sight::Nothing => $question!(""),
                Sight::Acquirer(_) => $question!($acquirer),
                Sight::Engineer(_) => $question!($engineer),
                Sight::Branch(_) => $question!($branch),
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
    let word = plain(q);
    if word.is_empty() && !q.trim().is_empty() {
        return Ok(Vec::new());
    }
    let (tenant, terms) = (tx.tenant(), Terms::today(tx)?);
    let mut params: Vec<Val> = vec![p(&tenant), p(&TerminalId::from_uuid(after.id)), p(&limit)];
    let question = if word.is_empty() {
        by_sight!(
            newest,
            " AND b.acquirer_id = $4",
            " AND x.id IN (SELECT t.terminal_id FROM work_order w JOIN ticket t ON t.id = w.ticket_id WHERE w.engineer_id = $4)",
            " AND (b.id IS NULL OR EXISTS
                   (SELECT 1 FROM branch_district d WHERE d.tenant_id = s.tenant_id AND d.district = s.district AND d.branch_id = $4))"
        )
    } else {
        let last = last_with(&word);
        params.extend([p(&word), p(&last), p(&word.to_lowercase()), p(&last.to_lowercase())]);
        by_sight!(
            found,
            " AND b.acquirer_id = $8",
            " AND x.id IN (SELECT t.terminal_id FROM work_order w JOIN ticket t ON t.id = w.ticket_id WHERE w.engineer_id = $8)",
            " AND (b.id IS NULL OR EXISTS
                   (SELECT 1 FROM branch_district d WHERE d.tenant_id = s.tenant_id AND d.district = s.district AND d.branch_id = $8))"
        )
    };
    params.extend(whose);
    Ok(tx.query(question, &params, |r| row(r, &terms))?)
}

/// A terminal on its page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TerminalFull {
    id: TerminalId,
    serial_no: String,
    tusn: String,
    model: String,
    vendor: String,
    /// Class of the model, by code.
    class: String,
    class_name: Option<Text>,
    batch: String,
    firmware: String,
    #[schema(value_type = Option<String>, format = Date)]
    shipped_on: Option<Date>,
    #[schema(value_type = Option<String>, format = Date)]
    activated_on: Option<Date>,
    #[schema(value_type = Option<String>, format = Date)]
    warranty_until: Option<Date>,
    #[schema(value_type = Option<String>, format = Date)]
    extended_until: Option<Date>,
    /// Since when nothing has been heard of it; null while it is online.
    #[schema(value_type = Option<String>, format = DateTime)]
    offline_since: Option<Timestamp>,
    version: i64,
}

/// A binding with its five elements; numbers of accounts and codes are masked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TerminalBinding {
    id: BindingId,
    /// Element 1.
    acquirer: AcquirerName,
    /// Element 2.
    merchant: MerchantName,
    /// Merchant number.
    mid: String,
    store_id: StoreId,
    store_name: String,
    tid: String,
    /// Element 3.
    uscc_masked: String,
    /// Element 4.
    settlement_account_mask: String,
    /// Element 5.
    address: String,
    #[schema(value_type = String, format = DateTime)]
    valid_from: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    valid_to: Option<Timestamp>,
    /// Why it was closed.
    closed_because: Option<String>,
}

/// A moment in the life of a terminal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LifeMoment {
    /// The day.
    #[schema(value_type = String, format = Date)]
    on: Date,
    /// `shipped`, `activated`, `bound`, `unbound`, `visit`, `warranty_ended`.
    kind: String,
    sentence: Text,
}

/// Everything the page of a terminal shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TerminalPage {
    terminal: TerminalFull,
    /// The binding in force.
    binding: Option<TerminalBinding>,
    /// Every binding the caller may see, newest first.
    bindings: Vec<TerminalBinding>,
    /// The day `coverage` is about.
    #[schema(value_type = String, format = Date)]
    coverage_on: Date,
    /// Warranty terms, applied and rejected.
    coverage: Coverage,
    /// Oldest first.
    life: Vec<LifeMoment>,
    tickets: RegistryTickets,
}

/// The page of a terminal the caller may see; its coverage on a day. Errors: `not_found`.
pub fn page(tx: &mut Tx<'_>, sight: Sight, id: TerminalId, on: Option<Date>) -> Done<TerminalPage> {
    see_terminal(tx, sight, id)?;
    let kept = store::versioned_terminal(tx, id)?.ok_or_else(|| refuse!(NotFound, "not_found"))?;
    let (t, today) = (kept.value, when::day(tx.now()));
    let bindings = bindings(tx, sight, id)?;
    let force = in_force(tx)?;
    let facts = force.facts();
    let class = facts.class_of(&t.model).to_owned();
    let on = on.unwrap_or(today);
    let coverage = coverage::on(tx, &t, None, on)?;
    let current = if on == today { coverage.clone() } else { coverage::on(tx, &t, None, today)? };
    Ok(TerminalPage {
        coverage_on: on,
        coverage,
        life: life(tx, sight, &t, &bindings, &current)?,
        tickets: tickets(tx, sight, Of::Terminal(id))?,
        binding: bindings.iter().find(|b| b.valid_to.is_none()).cloned(),
        bindings,
        terminal: TerminalFull {
            id: t.id,
            serial_no: t.serial_no,
            tusn: t.tusn,
            vendor: force.vendor(&t.model),
            class_name: facts.class_name(&class).cloned(),
            class,
            model: t.model,
            batch: t.batch,
            firmware: t.firmware,
            shipped_on: t.shipped_on,
            activated_on: t.activated_on,
            warranty_until: t.warranty_until,
            extended_until: t.extended_until,
            offline_since: t.offline_since,
            version: kept.version,
        },
    })
}

/// Bindings, newest first: an acquirer sees its own, an engineer those of merchants they work for.
fn bindings(tx: &mut Tx<'_>, sight: Sight, id: TerminalId) -> Done<Vec<TerminalBinding>> {
    macro_rules! question {
        ($sight:literal) => {
            sql!(concat!(
                "SELECT b.id, b.acquirer_id, a.name, b.merchant_id, m.name, m.mid, b.store_id, s.name, b.tid, b.uscc, b.settlement_account_mask, b.address,
                        b.valid_from, b.valid_to, b.closed_because
                 FROM binding b JOIN acquirer a ON a.id = b.acquirer_id JOIN merchant m ON m.id = b.merchant_id JOIN store s ON s.id = b.store_id
                 WHERE b.tenant_id = $1 AND b.terminal_id = $2",
                $sight,
                " ORDER BY b.valid_from DESC, b.id DESC LIMIT 100"
            ))
        };
    }
    let read = |r: &mut Row| {
        Ok(TerminalBinding {
            id: r.next()?,
            acquirer: AcquirerName { id: r.next()?, name: r.next()? },
            merchant: MerchantName { id: r.next()?, name: r.next()? },
            mid: r.next()?,
            store_id: r.next()?,
            store_name: r.next()?,
            tid: r.next()?,
            uscc_masked: mask_uscc(&r.next::<String>()?),
            settlement_account_mask: r.next()?,
            address: r.next()?,
            valid_from: r.next()?,
            valid_to: r.next()?,
            closed_because: r.next()?,
        })
    };
    let key = [p(&tx.tenant()), p(&id)];
    Ok(match sight {
        Sight::Nothing => Vec::new(),
        Sight::All => tx.query(question!(""), &key, read)?,
        Sight::Acquirer(own) => tx.query(question!(" AND b.acquirer_id = $3"), &[key.as_slice(), &[p(&own)]].concat(), read)?,
        Sight::Engineer(me) => tx.query(
            question!(" AND b.merchant_id IN (SELECT t.merchant_id FROM work_order w JOIN ticket t ON t.id = w.ticket_id WHERE w.engineer_id = $3)"),
            &[key.as_slice(), &[p(&me)]].concat(),
            read,
        )?,
        Sight::Branch(own) => tx.query(
            question!(
                " AND EXISTS (SELECT 1 FROM branch_district d WHERE d.tenant_id = s.tenant_id AND d.district = s.district AND d.branch_id = $3)"
            ),
            &[key.as_slice(), &[p(&own)]].concat(),
            read,
        )?,
    })
}

/// A store with its merchant, without saying the same words twice: many merchants have one store of their own name.
fn shop(merchant: &str, store: &str) -> String {
    if store.starts_with(merchant) { store.to_owned() } else { format!("{merchant} {store}") }
}

/// What happened to a terminal, oldest first.
fn life(tx: &mut Tx<'_>, sight: Sight, t: &store::Terminal, bindings: &[TerminalBinding], cover: &Coverage) -> Done<Vec<LifeMoment>> {
    let moment = |on: Date, kind: &str, holes: &[(&'static str, &str)]| LifeMoment {
        on,
        kind: kind.to_owned(),
        sentence: said(&format!("life.{kind}"), holes),
    };
    let mut life = Vec::new();
    life.extend(t.shipped_on.map(|on| moment(on, "shipped", &[])));
    life.extend(t.activated_on.map(|on| moment(on, "activated", &[])));
    for b in bindings {
        let shop = shop(&b.merchant.name, &b.store_name);
        life.push(moment(when::day(b.valid_from), "bound", &[("shop", &shop), ("tid", &b.tid)]));
        if let Some(to) = b.valid_to {
            let reason = b.closed_because.as_deref().unwrap_or_default();
            life.push(moment(when::day(to), "unbound", &[("shop", &shop), ("reason", reason)]));
        }
    }
    for (number, closed_at) in visits(tx, sight, t.id)? {
        life.push(moment(when::day(closed_at), "visit", &[("number", &format!("W-{number:06}"))]));
    }
    // The end of all cover is a moment of its life, whichever term was the last.
    life.extend(cover.until.filter(|_| !cover.in_warranty).map(|on| moment(on, "warranty_ended", &[])));
    life.sort_by_key(|m| m.on);
    Ok(life)
}

/// Finished visits to a terminal the caller may know of: number and end.
fn visits(tx: &mut Tx<'_>, sight: Sight, id: TerminalId) -> Done<Vec<(i64, Timestamp)>> {
    macro_rules! question {
        ($sight:literal) => {
            sql!(concat!(
                "SELECT w.number, w.closed_at FROM ticket t JOIN work_order w ON w.ticket_id = t.id
                 WHERE t.tenant_id = $1 AND t.terminal_id = $2 AND w.state = 'done' AND w.closed_at IS NOT NULL",
                $sight,
                " ORDER BY w.closed_at DESC LIMIT 100"
            ))
        };
    }
    let read = |r: &mut Row| Ok((r.next()?, r.next()?));
    let key = [p(&tx.tenant()), p(&id)];
    Ok(match sight {
        Sight::Nothing => Vec::new(),
        Sight::All => tx.query(question!(""), &key, read)?,
        Sight::Acquirer(own) => tx.query(question!(" AND t.acquirer_id = $3"), &[key.as_slice(), &[p(&own)]].concat(), read)?,
        Sight::Engineer(me) => tx.query(question!(" AND w.engineer_id = $3"), &[key.as_slice(), &[p(&me)]].concat(), read)?,
        Sight::Branch(own) => tx.query(
            question!(
                " AND EXISTS (SELECT 1 FROM store s JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
                              WHERE s.id = t.store_id AND d.branch_id = $3)"
            ),
            &[key.as_slice(), &[p(&own)]].concat(),
            read,
        )?,
    })
}
