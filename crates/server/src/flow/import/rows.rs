//! What a row means, kind by kind.

use std::collections::BTreeMap;

use postsale_domain::ground::{Refusal, line, line_or_empty};
use postsale_domain::import::{Cell, ImportKind, RowState};
use postsale_domain::merchant::{Hours, MerchantId, StoreId, Tier, account_mask, mid, uscc};
use postsale_domain::parts::PartDraft;
use postsale_domain::refuse;
use postsale_domain::terminal::{TerminalId, serial, tid, tusn};

use super::cells::Cells;
use super::persons::{one_of, user};
use super::pieces::part;
use crate::facts::in_force;
use crate::flow::merchant::{ADDRESS, ContactDraft, MerchantNew, NAME, StoreDraft, WORD, email, phone};
use crate::flow::people::UserNew;
use crate::flow::terminal::{BindingNew, TerminalNew, model};
use crate::ground::db::{Done, Tx};
use crate::import::store::Checked;
use crate::merchant::store::{self as merchants, Merchant};
use crate::sla;
use crate::terminal::store as terminals;

/// What a good row becomes.
pub(super) enum Draft {
    Merchant(MerchantNew),
    Store(MerchantId, StoreDraft),
    Contact(MerchantId, ContactDraft),
    Terminal(TerminalNew, Option<BindingNew>),
    Binding(TerminalId, BindingNew),
    User(UserNew),
    Part(PartDraft),
}

/// What reading a row came to: a draft, nothing to do because it is known, or neither because something is wrong.
pub(super) enum Read {
    Draft(Box<Draft>),
    Known,
    Wrong,
}

pub(super) type Judged = (Read, [Option<String>; 2]);

/// Judges a row with what is on record now.
pub(super) fn judge(
    tx: &mut Tx<'_>,
    kind: ImportKind,
    mapping: &BTreeMap<String, usize>,
    cells: &[Cell],
) -> Done<(Checked, Option<Draft>)> {
    let mut row = Cells::new(kind, mapping, cells);
    let (read, keys) = match kind {
        ImportKind::Merchants => merchant(tx, &mut row)?,
        ImportKind::Stores => store(tx, &mut row)?,
        ImportKind::Contacts => contact(tx, &mut row)?,
        ImportKind::Terminals => terminal(tx, &mut row)?,
        ImportKind::Bindings => binding(tx, &mut row)?,
        ImportKind::Users => user(tx, &mut row)?,
        ImportKind::Parts => part(tx, &mut row)?,
    };
    let errors = row.errors;
    let (state, draft) = match read {
        _ if !errors.is_empty() => (RowState::Bad, None),
        Read::Known => (RowState::Known, None),
        Read::Draft(draft) => (RowState::Good, Some(*draft)),
        // Nothing was noted and nothing came of it: a row may not vanish without a word.
        Read::Wrong => (RowState::Bad, None),
    };
    Ok((Checked { state, errors, keys }, draft))
}

fn merchant(tx: &mut Tx<'_>, row: &mut Cells<'_>) -> Done<Judged> {
    let number = row.numbered("mid", mid);
    let name = row.ruled("name", |t| line(t, "name", NAME));
    let acquirers: Vec<_> = merchants::acquirers(tx, None)?.into_iter().map(|a| (a.id, a.code, a.name)).collect();
    let acquirer = row.ruled("acquirer", |t| one_of(&acquirers, t));
    let credit = row.ruled("uscc", uscc);
    let tier = row.ruled("tier", tier);
    let industry = row.ruled("industry", |t| line_or_empty(t, "industry", WORD));
    let account = row.ruled("settlement_account", account_mask);
    let keys = [number.clone(), None];
    let (Some(number), Some(name), Some(acquirer_id)) = (number, name, acquirer) else { return Ok((Read::Wrong, keys)) };
    if let Some(known) = merchants::merchant_by_mid(tx, &number)? {
        if known.value.acquirer_id != acquirer_id {
            row.wrong("mid", &refuse!(Conflict, "merchant.mid_taken", mid = number), None);
        }
        return Ok((Read::Known, keys));
    }
    let new = MerchantNew {
        acquirer_id,
        mid: number,
        name,
        uscc: credit,
        tier: tier.unwrap_or(Tier::Standard),
        industry,
        settlement_account: account,
    };
    Ok((Read::Draft(Box::new(Draft::Merchant(new))), keys))
}

/// A tier as people write it. Errors: `import.no_tier`.
fn tier(text: &str) -> Result<Tier, Refusal> {
    match text.trim().to_lowercase().as_str() {
        "标准" | "普通" | "standard" => Ok(Tier::Standard),
        "银牌" | "银" | "silver" => Ok(Tier::Silver),
        "金牌" | "金" | "gold" => Ok(Tier::Gold),
        _ => Err(refuse!(Invalid, "import.no_tier")),
    }
}

/// The merchant a row names. A number nobody has is noted.
fn of_merchant(tx: &mut Tx<'_>, row: &mut Cells<'_>) -> Done<Option<Merchant>> {
    let Some(number) = row.numbered("mid", mid) else { return Ok(None) };
    let found = merchants::merchant_by_mid(tx, &number)?.map(|m| m.value);
    if found.is_none() {
        row.wrong("mid", &refuse!(Invalid, "import.no_merchant", mid = number), None);
    }
    Ok(found)
}

/// The store a row names, or the merchant's only one. What is not clear is noted.
fn of_store(tx: &mut Tx<'_>, row: &mut Cells<'_>, merchant: MerchantId) -> Done<Option<StoreId>> {
    let stores = merchants::stores(tx, merchant)?;
    let named = row.text("store");
    let found = match (&named, stores.as_slice()) {
        (Some(name), _) => stores.iter().find(|s| s.value.name == *name).map(|s| s.value.id),
        (None, [only]) => Some(only.value.id),
        _ => None,
    };
    if found.is_none() {
        let names: Vec<&str> = stores.iter().take(5).map(|s| s.value.name.as_str()).collect();
        let field = if row.column("store").is_some() { "store" } else { "mid" };
        row.wrong(field, &refuse!(Invalid, "import.no_store", known = names.join("、")), None);
    }
    Ok(found)
}

fn store(tx: &mut Tx<'_>, row: &mut Cells<'_>) -> Done<Judged> {
    let merchant = of_merchant(tx, row)?;
    let name = row.ruled("name", |t| line(t, "name", NAME));
    let address = row.ruled("address", |t| line(t, "address", ADDRESS));
    let district = row.ruled("district", |t| line(t, "district", WORD));
    let degrees = |limit: f64| {
        move |t: &str| match t.parse::<f64>() {
            Ok(d) if d.is_finite() && d.abs() <= limit => Ok(d),
            _ => Err(refuse!(Invalid, "store.bad_place")),
        }
    };
    let (lat, lng) = (row.ruled("lat", degrees(90.0)), row.ruled("lng", degrees(180.0)));
    let hours = row.ruled("hours", hours);
    let agreement = row.ruled("agreement", agreement);
    let keys = [merchant.as_ref().zip(name.as_ref()).map(|(m, n)| format!("{}/{n}", m.mid)), None];
    let (Some(merchant), Some(name), Some(address), Some(district)) = (merchant, name, address, district) else {
        return Ok((Read::Wrong, keys));
    };
    if lat.is_some() != lng.is_some() {
        row.wrong(if lat.is_some() { "lng" } else { "lat" }, &refuse!(Invalid, "store.bad_place"), None);
    }
    if merchants::stores(tx, merchant.id)?.iter().any(|s| s.value.name == name) {
        return Ok((Read::Known, keys));
    }
    let hours = match hours {
        Some(hours) => hours,
        None => self::hours("09:00-21:00")?,
    };
    let agreement = agreement.unwrap_or_else(|| "urban".into());
    let draft = StoreDraft { version: None, name, address, district, lat, lng, hours, agreement };
    Ok((Read::Draft(Box::new(Draft::Store(merchant.id, draft))), keys))
}

/// Opening hours of every day: `09:00-12:00, 13:30-21:00`, or 24小时. Errors: `import.no_hours`.
fn hours(text: &str) -> Result<Hours, Refusal> {
    let wrong = || refuse!(Invalid, "import.no_hours");
    let all_day = matches!(text.trim().to_lowercase().as_str(), "24小时" | "全天" | "24h" | "24/7");
    let text = if all_day { "00:00-24:00" } else { text };
    let mut intervals = Vec::new();
    for part in text.split([',', '，', '、', ';', '；']).map(str::trim).filter(|p| !p.is_empty()) {
        let (begin, end) = part.split_once(['-', '–', '—', '~', '～', '至']).ok_or_else(wrong)?;
        let time = |t: &str| {
            let t = t.trim().replace('：', ":");
            if t.len() == 4 { format!("0{t}") } else { t }
        };
        intervals.push([time(begin), time(end)]);
    }
    if intervals.is_empty() {
        return Err(wrong());
    }
    let week: BTreeMap<String, Vec<[String; 2]>> = (1..=7).map(|day| (day.to_string(), intervals.clone())).collect();
    Hours::try_from(week).map_err(|_| wrong())
}

/// An agreement by its code or its name. Errors: `store.agreement_unknown`.
fn agreement(text: &str) -> Result<String, Refusal> {
    let book = sla::book();
    let named = |code: &&str| book.card(code).is_some_and(|c| c.name.zh == text || c.name.en.eq_ignore_ascii_case(text));
    let found = book.names().find(|code| code.eq_ignore_ascii_case(text)).or_else(|| book.names().find(named));
    found.map(str::to_owned).ok_or_else(|| {
        let known = book.names().collect::<Vec<_>>().join(", ");
        refuse!(Invalid, "store.agreement_unknown", known = known)
    })
}

fn contact(tx: &mut Tx<'_>, row: &mut Cells<'_>) -> Done<Judged> {
    let merchant = of_merchant(tx, row)?;
    let name = row.ruled("name", |t| line(t, "name", WORD));
    let number = row.ruled("phone", |t| phone(Some(t))).flatten();
    let address = row.ruled("email", |t| email(Some(t))).flatten();
    let duty = row.ruled("duty", |t| line_or_empty(t, "duty", WORD));
    let store_id = match (&merchant, row.text("store")) {
        (Some(m), Some(_)) => of_store(tx, row, m.id)?,
        _ => None,
    };
    let who = number.clone().or_else(|| name.clone());
    let keys = [merchant.as_ref().zip(who).map(|(m, who)| format!("{}/{who}", m.mid)), None];
    let (Some(merchant), Some(name)) = (merchant, name) else { return Ok((Read::Wrong, keys)) };
    if number.is_none() && address.is_none() && row.errors.is_empty() {
        row.wrong("phone", &refuse!(Invalid, "import.no_way_to_reach"), None);
    }
    let known = merchants::contacts(tx, merchant.id)?;
    if known.iter().any(|c| match &number {
        Some(number) => c.value.phone.as_ref() == Some(number),
        None => c.value.name == name,
    }) {
        return Ok((Read::Known, keys));
    }
    let draft = ContactDraft { version: None, store_id, name, duty: duty.unwrap_or_default(), phone: number, email: address, lang: None };
    Ok((Read::Draft(Box::new(Draft::Contact(merchant.id, draft))), keys))
}

/// Where a row puts a terminal. `known`: the terminal on record, if there is one. What stands in the way is noted; nothing is
/// left to do when it stands there already.
fn place(tx: &mut Tx<'_>, row: &mut Cells<'_>, known: Option<TerminalId>) -> Done<(Option<BindingNew>, Option<String>)> {
    let merchant = of_merchant(tx, row)?;
    let number = row.numbered("tid", tid);
    let Some(merchant) = merchant else { return Ok((None, None)) };
    let key = number.as_ref().map(|n| format!("{}:{n}", merchant.acquirer_id));
    let store_id = of_store(tx, row, merchant.id)?;
    let Some(tid) = number else {
        if row.errors.is_empty() {
            row.wrong("tid", &refuse!(Invalid, "import.missing"), None);
        }
        return Ok((None, key));
    };
    if let Some(id) = known
        && let Some(open) = terminals::open_binding(tx, id)?
    {
        if open.merchant_id == merchant.id && open.tid == tid {
            return Ok((None, key));
        }
        let elsewhere = merchants::merchant(tx, open.merchant_id, None)?;
        let (name, mid) = elsewhere.map(|m| (m.name, m.mid)).unwrap_or_default();
        row.wrong("serial_no", &refuse!(Conflict, "terminal.stands_at", merchant = name, mid = mid), None);
        return Ok((None, key));
    }
    if terminals::by_tid(tx, merchant.acquirer_id, &tid)?.is_some() {
        row.wrong("tid", &refuse!(Conflict, "terminal.bound_already", tid = tid), None);
        return Ok((None, key));
    }
    Ok((store_id.map(|store_id| BindingNew { store_id, tid }), key))
}

fn terminal(tx: &mut Tx<'_>, row: &mut Cells<'_>) -> Done<Judged> {
    let number = row.numbered("serial_no", serial);
    let unique = row.numbered("tusn", tusn);
    let force = in_force(tx)?;
    let model = row.ruled("model", |t| model(&force, t));
    let batch = row.ruled("batch", |t| line_or_empty(t, "batch", WORD));
    let firmware = row.ruled("firmware", |t| line_or_empty(t, "firmware", WORD));
    let (shipped_on, activated_on) = (row.day("shipped_on"), row.day("activated_on"));
    let (warranty_until, extended_until) = (row.day("warranty_until"), row.day("extended_until"));
    if shipped_on.zip(activated_on).is_some_and(|(shipped, activated)| activated < shipped) {
        row.wrong("activated_on", &refuse!(Invalid, "terminal.days_crossed"), None);
    }
    let known = match &number {
        Some(number) => terminals::by_serial(tx, number)?.map(|t| t.id),
        None => None,
    };
    let placed = row.text("mid").is_some();
    let binding = if placed { place(tx, row, known)?.0 } else { None };
    let keys = [number.clone(), unique.clone()];
    let (Some(serial_no), Some(tusn), Some(model)) = (number, unique, model) else { return Ok((Read::Wrong, keys)) };
    if let Some(id) = known {
        return Ok((binding.map_or(Read::Known, |b| Read::Draft(Box::new(Draft::Binding(id, b)))), keys));
    }
    if terminals::by_tusn(tx, &tusn)?.is_some() {
        row.wrong("tusn", &refuse!(Conflict, "import.tusn_taken"), None);
    }
    let new = TerminalNew { serial_no, tusn, model, batch, firmware, shipped_on, activated_on, warranty_until, extended_until };
    Ok((Read::Draft(Box::new(Draft::Terminal(new, binding))), keys))
}

fn binding(tx: &mut Tx<'_>, row: &mut Cells<'_>) -> Done<Judged> {
    let number = row.numbered("serial_no", serial);
    let known = match &number {
        Some(number) => terminals::by_serial(tx, number)?.map(|t| t.id),
        None => None,
    };
    if let (Some(number), None) = (&number, known) {
        row.wrong("serial_no", &refuse!(Invalid, "import.no_terminal", serial = number), None);
    }
    let (binding, key) = place(tx, row, known)?;
    let keys = [number, key];
    Ok(match (known, binding) {
        (Some(id), Some(binding)) => (Read::Draft(Box::new(Draft::Binding(id, binding))), keys),
        (Some(_), None) => (Read::Known, keys),
        _ => (Read::Wrong, keys),
    })
}
