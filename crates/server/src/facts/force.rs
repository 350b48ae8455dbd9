use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use jiff::civil::Date;
use postsale_domain::coverage::Term;
use postsale_domain::crew::Holidays;
use postsale_domain::dispatch::Needed;
use postsale_domain::facts::{CustomField, FactKind, FactStamp, Laid, Price, ServiceItem, StatusLabel, lay, typed};
use postsale_domain::ground::{Lang, Text, TypedId};
use postsale_domain::knowledge::{Facts, Guide, GuideBody};
use postsale_domain::notify::{NoticeError, Wordings};
use postsale_domain::sla::Book;
use postsale_domain::ticket::triage::TriageBook;
use uuid::Uuid;

use super::rows::{as_file, shipped, shipped_set};
use super::store::{self, Published};
use crate::ground::db::{DbError, Done, Tx};
use crate::knowledge::shelf;
use crate::{knowledge, notify, sla};

/// What a ticket is about when nothing else was ordered.
pub const REPAIR: &str = "repair";

/// A version that may be in force, from a day on.
#[derive(Debug)]
struct Dated {
    version: i64,
    from: Date,
    set: Arc<Vec<Laid>>,
}

/// A tenant's facts, as one state of them. What is derived from the rows is derived once, when somebody first asks.
#[derive(Debug, Default)]
pub struct InForce {
    /// Versions that may be in force, oldest first; none of a kind the tenant never changed.
    sets: BTreeMap<FactKind, Vec<Dated>>,
    /// Guides the tenant published: id, version, what they say.
    own_guides: Vec<(String, i64, GuideBody)>,
    guides: OnceLock<Vec<Arc<Guide>>>,
    labels: OnceLock<Vec<StatusLabel>>,
    fields: OnceLock<Vec<CustomField>>,
    wordings: OnceLock<Result<Wordings, NoticeError>>,
    facts: OnceLock<Facts>,
    triage: OnceLock<TriageBook>,
    book: OnceLock<Book>,
    /// Warranty terms by their version.
    terms: Mutex<BTreeMap<i64, Arc<Vec<Term>>>>,
}

static SHIPPED: LazyLock<Arc<InForce>> = LazyLock::new(Arc::default);
static SETS: LazyLock<BTreeMap<FactKind, Arc<Vec<Laid>>>> =
    LazyLock::new(|| FactKind::ALL.into_iter().map(|kind| (kind, Arc::new(shipped_set(kind)))).collect());

/// States this process has read. A stamp is made for one publication and never used again, so what stands under it cannot be old.
static KNOWN: LazyLock<Mutex<HashMap<Uuid, Arc<InForce>>>> = LazyLock::new(Mutex::default);
/// Most states kept; one a tenant is in use.
const MOST_KNOWN: usize = 256;

/// The facts in force for the tenant of a transaction. The stamp of the tenant is read in the transaction once; only a stamp that this
/// process has not met yet is read whole.
pub fn in_force(tx: &mut Tx<'_>) -> Done<Arc<InForce>> {
    if let Some(known) = tx.remembered::<InForce>() {
        return Ok(known);
    }
    let force = match store::stamp(tx)? {
        None => SHIPPED.clone(),
        Some(stamp) => match known(stamp) {
            Some(force) => force,
            None => whole(tx)?,
        },
    };
    tx.remember(Some(force.clone()));
    Ok(force)
}

fn known(stamp: FactStamp) -> Option<Arc<InForce>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&stamp.uuid()).cloned()
}

/// Reads everything that stands under a stamp. On PostgreSQL each statement sees its own moment, so the stamp is read again at the end:
/// the same before and after means that nothing was published in between.
fn whole(tx: &mut Tx<'_>) -> Done<Arc<InForce>> {
    for _ in 0..4 {
        let Some(stamp) = store::stamp(tx)? else { return Ok(SHIPPED.clone()) };
        let (published, guides) = (store::live(tx)?, shelf::in_force(tx)?);
        if store::stamp(tx)? != Some(stamp) {
            continue;
        }
        let force = Arc::new(InForce::of(published, guides));
        let mut states = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if states.len() >= MOST_KNOWN {
            states.clear();
        }
        states.insert(stamp.uuid(), force.clone());
        return Ok(force);
    }
    Err(DbError::Contended("facts were published again and again while they were read".into()).into())
}

/// A guide in the very version a walk began with: a walk under way stays on it, whatever is published meanwhile.
pub fn guide_at(tx: &mut Tx<'_>, id: &str, version: i64) -> Done<Option<Arc<Guide>>> {
    let force = in_force(tx)?;
    if let Some(guide) = force.guide(id).filter(|g| g.version == version) {
        return Ok(Some(guide));
    }
    if let Some(shipped) = knowledge::facts().guide(id).filter(|g| g.version == version) {
        return Ok(Some(Arc::new(shipped.clone())));
    }
    let kept = shelf::at(tx, id, version)?;
    Ok(kept.and_then(|k| force.facts().guide_from(id, version, &k.body).ok()).map(Arc::new))
}

impl InForce {
    fn of(published: Vec<Published>, guides: Vec<(String, i64, GuideBody)>) -> Self {
        let mut force = Self { own_guides: guides, ..Self::default() };
        for p in published {
            let set = Arc::new(lay(shipped(p.kind), &p.rows));
            force.sets.entry(p.kind).or_default().push(Dated { version: p.version, from: p.valid_from, set });
        }
        force
    }

    /// The newest version of a set, whatever its day, and its number; 0 is what ships.
    pub fn newest(&self, kind: FactKind) -> (i64, Arc<Vec<Laid>>) {
        match self.sets.get(&kind).and_then(|all| all.last()) {
            Some(dated) => (dated.version, dated.set.clone()),
            None => (0, SETS.get(&kind).cloned().unwrap_or_default()),
        }
    }

    /// The version of a set that holds on a day, and its number; 0 is what ships.
    pub fn on(&self, kind: FactKind, day: Date) -> (i64, Arc<Vec<Laid>>) {
        match self.sets.get(&kind).and_then(|all| all.iter().rev().find(|dated| dated.from <= day)) {
            Some(dated) => (dated.version, dated.set.clone()),
            None => (0, SETS.get(&kind).cloned().unwrap_or_default()),
        }
    }

    fn changed(&self, kinds: &[FactKind]) -> bool {
        kinds.iter().any(|kind| self.sets.contains_key(kind))
    }

    /// Every label, also those that are switched off.
    pub fn labels(&self) -> &[StatusLabel] {
        self.labels.get_or_init(|| self.newest(FactKind::StatusLabels).1.iter().filter_map(|l| typed(&l.row)).collect())
    }

    /// A label by its code; the code itself when nobody knows it.
    pub fn label(&self, code: &str) -> StatusLabel {
        self.labels().iter().find(|l| l.code == code).cloned().unwrap_or_else(|| {
            let text = Text { zh: code.to_owned(), en: code.to_owned() };
            StatusLabel { code: code.to_owned(), state: None, pauses: None, agent: text.clone(), customer: text, off: false }
        })
    }

    /// What tickets are asked besides what every ticket says, in their order.
    pub fn fields(&self) -> &[CustomField] {
        self.fields.get_or_init(|| {
            let mut fields: Vec<CustomField> = self.newest(FactKind::TicketFields).1.iter().filter_map(|l| typed(&l.row)).collect();
            fields.sort_by_key(|f| f.place.unwrap_or(99));
            fields
        })
    }

    /// The texts of notices. Errors: a text that no check has passed.
    pub fn wordings(&self) -> Result<&Wordings, NoticeError> {
        if !self.changed(&[FactKind::NoticeTexts]) {
            return notify::wordings();
        }
        let read = || Wordings::parse(&as_file(FactKind::NoticeTexts, &self.newest(FactKind::NoticeTexts).1));
        self.wordings.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// Faults, response codes, models; with what was switched off, whose names are still read.
    pub fn facts(&self) -> &Facts {
        if !self.changed(&[FactKind::Faults, FactKind::ResponseCodes, FactKind::Models]) {
            return knowledge::facts();
        }
        self.facts.get_or_init(|| {
            let file = |kind| as_file(kind, &self.newest(kind).1);
            knowledge::read(&file(FactKind::Faults), &file(FactKind::ResponseCodes), &file(FactKind::Models)).unwrap_or_else(|wrong| {
                tracing::error!(%wrong, "published facts cannot be read; the shipped ones are used");
                knowledge::facts().clone()
            })
        })
    }

    /// The rules of triage over these facts.
    pub fn triage(&self) -> &TriageBook {
        if !self.changed(&[FactKind::Faults, FactKind::ResponseCodes]) {
            return knowledge::triage_book();
        }
        self.triage.get_or_init(|| {
            knowledge::triage_of(self.facts()).unwrap_or_else(|wrong| {
                tracing::error!(%wrong, "published faults do not fit the rules of triage; the shipped ones are used");
                knowledge::triage_book().clone()
            })
        })
    }

    /// Calendars and agreements.
    pub fn book(&self) -> &Book {
        if !self.changed(&[FactKind::Calendars]) {
            return sla::book();
        }
        self.book.get_or_init(|| {
            sla::read(&as_file(FactKind::Calendars, &self.newest(FactKind::Calendars).1)).unwrap_or_else(|wrong| {
                tracing::error!(%wrong, "a published calendar cannot be read; the shipped one is used");
                sla::book().clone()
            })
        })
    }

    /// Every guide: the tenant's own in the place of the shipped ones, others after them.
    pub fn guides(&self) -> &[Arc<Guide>] {
        self.guides.get_or_init(|| {
            let mut guides: Vec<Arc<Guide>> = self.facts().guides().iter().cloned().map(Arc::new).collect();
            for (id, version, body) in &self.own_guides {
                match self.facts().guide_from(id, *version, body) {
                    Ok(own) => match guides.iter_mut().find(|g| g.id == *id) {
                        Some(shipped) => *shipped = Arc::new(own),
                        None => guides.push(Arc::new(own)),
                    },
                    Err(wrong) => tracing::error!(guide = %id, version, %wrong, "a published guide cannot be walked"),
                }
            }
            guides
        })
    }

    /// A guide by its id.
    pub fn guide(&self, id: &str) -> Option<Arc<Guide>> {
        self.guides().iter().find(|g| g.id == id).cloned()
    }

    /// The guide to begin with when a fault is suspected.
    pub fn guide_for(&self, fault_code: &str) -> Option<Arc<Guide>> {
        self.guides().iter().find(|g| g.fault_codes.iter().any(|c| c == fault_code)).cloned()
    }

    /// Whether a row was switched off: what it stands for is no longer offered.
    pub fn is_off(&self, kind: FactKind, code: &str) -> bool {
        self.newest(kind).1.iter().any(|l| l.is_off() && postsale_domain::facts::code_of(&l.row) == code)
    }

    /// What a fault is called.
    pub fn fault_name(&self, code: &str) -> Option<Text> {
        self.facts().fault(code).map(|f| f.symptom.clone())
    }

    /// The maker of a model as printed on it; empty for models nobody knows.
    pub fn vendor(&self, model: &str) -> String {
        self.facts().vendor(model).map(|v| v.en.clone()).unwrap_or_default()
    }

    /// The price list of a day, and its version.
    pub fn prices(&self, day: Date) -> (i64, Vec<Price>) {
        let (version, set) = self.on(FactKind::PriceList, day);
        let read = |l: &Laid| typed::<Price>(&l.row).map(|price| Price { parts: priced_parts(&price), ..price });
        (version, set.iter().filter_map(read).collect())
    }

    /// What can be ordered under a code; also what was switched off since, for those who ordered it before.
    pub fn service_item(&self, code: &str) -> Option<ServiceItem> {
        let set = self.newest(FactKind::ServiceItems).1;
        set.iter().find(|l| postsale_domain::facts::code_of(&l.row) == code).and_then(|l| typed(&l.row))
    }

    /// Public holidays and what is worked in their place, as the crew's shifts know them.
    pub fn holidays(&self) -> Holidays {
        let public = self.book().public_days();
        Holidays { off: public.off.clone(), made_up: public.made_up.clone() }
    }

    /// What a skill is called; its code when nobody knows it.
    pub fn needed(&self, code: &str) -> Needed {
        let name = self.facts().skill(code).map_or_else(|| Text { zh: code.to_owned(), en: code.to_owned() }, |s| s.name.clone());
        Needed { code: code.to_owned(), name }
    }

    /// The warranty terms of a day.
    pub fn warranty_terms(&self, day: Date) -> Arc<Vec<Term>> {
        let (version, set) = self.on(FactKind::WarrantyTerms, day);
        let known = self.terms.lock().unwrap_or_else(PoisonError::into_inner).get(&version).cloned();
        if let Some(terms) = known {
            return terms;
        }
        let facts = self.facts();
        let whose = |term: &Term| {
            let classes = term.classes.iter().map(|code| facts.class_name(code));
            let names: Vec<&Text> = term.vendor.iter().map(|code| facts.vendor_name(code)).chain(classes).flatten().collect();
            let join = |lang, with: &str| names.iter().map(|n| n.in_lang(lang)).collect::<Vec<_>>().join(with);
            (!names.is_empty()).then(|| Text { zh: join(Lang::Zh, "、"), en: join(Lang::En, ", ") })
        };
        let read = |l: &Laid| typed::<Term>(&l.row).map(|term| Term { whose: whose(&term), ..term });
        let terms: Arc<Vec<Term>> = Arc::new(set.iter().filter_map(read).collect());
        self.terms.lock().unwrap_or_else(PoisonError::into_inner).insert(version, terms.clone());
        terms
    }

    /// What a ticket of a kind is about, in words; what is no longer ordered has none.
    pub fn ticket_type(&self, code: &str) -> Option<Text> {
        if code == REPAIR {
            return Some(repair());
        }
        self.ticket_types().into_iter().find(|(known, _)| known == code).map(|(_, name)| name)
    }

    /// What a ticket may be about: `repair`, and what can be ordered, with its name.
    pub fn ticket_types(&self) -> Vec<(String, Text)> {
        let name = |l: &Laid| serde_json::from_value(l.row["name"].clone()).ok();
        let items = self.newest(FactKind::ServiceItems).1;
        let ordered =
            items.iter().filter(|l| !l.is_off()).filter_map(|l| Some((postsale_domain::facts::code_of(&l.row).to_owned(), name(l)?)));
        std::iter::once((REPAIR.to_owned(), repair())).chain(ordered).collect()
    }
}

fn repair() -> Text {
    Text { zh: "报修".into(), en: "Repair".into() }
}

/// The kinds of parts a price is for: as its row says, and where that says nothing, as the row that ships under its code does. Rows a tenant
/// published before prices named parts keep their meaning.
fn priced_parts(price: &Price) -> Vec<String> {
    if !price.parts.is_empty() {
        return price.parts.clone();
    }
    let row = shipped(FactKind::PriceList).iter().find(|row| postsale_domain::facts::code_of(row) == price.code);
    row.and_then(typed::<Price>).map(|ships| ships.parts).unwrap_or_default()
}
