//! The invented service organisation as plain structs: nothing here touches the database.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use postsale_domain::crew::{Engineer, Shifts, Skill};
use postsale_domain::ground::{AcquirerId, Lang};
use postsale_domain::merchant::{Hours, Tier, uscc_check};

use super::dice::Dice;
use super::pools::{District, Pools};
use crate::ground::db::DbError;
use crate::knowledge::facts;
use crate::merchant::store::{Contact, Merchant, Store};
use crate::terminal::store::{Binding, Terminal};

/// How much of everything.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Merchants.
    pub merchants: usize,
    /// Terminals that are bound.
    pub terminals: usize,
    /// Spare units in stock.
    pub spares: usize,
    /// Engineers.
    pub engineers: usize,
    /// Tickets of the year that are closed.
    pub closed: usize,
    /// Tickets that are open now.
    pub open: usize,
}

impl Size {
    /// The demo: a city's service desk.
    pub const DEMO: Size = Size { merchants: 500, terminals: 800, spares: 40, engineers: 40, closed: 3_000, open: 60 };
}

/// A stay of a terminal at a store.
#[derive(Debug, Clone)]
pub struct Stay {
    /// The binding; `valid_to` and the reason are set when it has ended.
    pub binding: Binding,
    /// Why it ended.
    pub ended_because: Option<&'static str>,
    /// The store's place in [`World::stores`].
    pub store: usize,
    /// The terminal's place in [`World::terminals`].
    pub terminal: usize,
}

/// The registry.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// Acquirers with their codes and names.
    pub acquirers: Vec<(AcquirerId, String, String)>,
    /// Merchants.
    pub merchants: Vec<Merchant>,
    /// Stores, each with its merchant's place in the list.
    pub stores: Vec<(Store, usize)>,
    /// Contacts; the first of a merchant is its owner.
    pub contacts: Vec<Contact>,
    /// Contacts of a merchant, by place.
    pub contacts_of: Vec<Vec<usize>>,
    /// Terminals, spares at the end.
    pub terminals: Vec<Terminal>,
    /// Stays, in the order in which they began.
    pub stays: Vec<Stay>,
    /// Engineers.
    pub engineers: Vec<Engineer>,
    /// Names for everybody else of the house.
    pub desk: Vec<String>,
}

/// How many names [`World::desk`] holds: more than there are logins beside the engineers'.
const DESK: usize = 20;

/// The zone of the demo's shops.
pub fn zone() -> Result<TimeZone, DbError> {
    TimeZone::get("Asia/Shanghai").map_err(|e| DbError::Other(e.to_string()))
}

/// The check character of an organisation code (GB 11714) after its 8 digits.
fn organisation_check(body: &str) -> char {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(c, w)| u32::from(c - b'0') * w).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        n => char::from_digit(n, 10).unwrap_or('0'),
    }
}

/// A valid unified social credit code of a shop in Shanghai; invented.
fn uscc(dice: &mut Dice) -> String {
    let kind = if dice.chance(60) { "92" } else { "91" };
    let organisation = dice.digits(8);
    let body = format!("{kind}3101{}{organisation}{}", dice.between(10, 20), organisation_check(&organisation));
    let check = uscc_check(&body).unwrap_or_default();
    format!("{body}{check}")
}

/// An invented name.
pub(super) fn person(dice: &mut Dice, pools: &Pools) -> String {
    let surnames: Vec<char> = pools.surnames.chars().collect();
    let surname = dice.pick(&surnames);
    format!("{surname}{}", dice.pick(&pools.given))
}

/// People of one house, no two of a name: whoever tries the demo could not tell them apart on the board.
fn people(dice: &mut Dice, pools: &Pools, count: usize) -> Vec<String> {
    let mut names = BTreeSet::new();
    std::iter::repeat_with(|| person(dice, pools)).filter(|name| names.insert(name.clone())).take(count).collect()
}

/// A mobile number. Its fourth digit is 0, which no carrier of the mainland hands out after 13x: it rings nowhere.
fn phone(dice: &mut Dice) -> String {
    format!("13{}0{}", dice.between(0, 9), dice.digits(7))
}

fn hours(pools: &Pools, name: &str) -> Result<Hours, DbError> {
    let mut week: BTreeMap<String, Vec<[String; 2]>> = BTreeMap::new();
    for (days, spans) in pools.hours.get(name).into_iter().flatten() {
        let (from, to) = days.split_once('-').unwrap_or((days, days));
        let (from, to): (u8, u8) = (from.parse().unwrap_or(1), to.parse().unwrap_or(7));
        week.extend((from..=to).map(|day| (day.to_string(), spans.clone())));
    }
    Hours::try_from(week).map_err(|e| DbError::Other(format!("data/demo/pools.json: {name}: {e}")))
}

/// Millionths of a degree near a district's centre; within about two kilometres.
fn place(dice: &mut Dice, district: &District) -> (i64, i64) {
    let millionths = |degrees: f64| (degrees * 1e6) as i64;
    (millionths(district.lat) + dice.between(-18_000, 18_000), millionths(district.lng) + dice.between(-20_000, 20_000))
}

impl World {
    /// Invents the registry as it stands at an instant. The same seed and instant give the same world.
    pub(super) fn invent(dice: &mut Dice, pools: &Pools, size: &Size, now: Timestamp) -> Result<Self, DbError> {
        let mut world = World::default();
        let began = now - SignedDuration::from_hours(24 * 900);
        for acquirer in &pools.acquirers {
            world.acquirers.push((dice.id(began), acquirer.code.clone(), acquirer.name.clone()));
        }
        for _ in 0..size.merchants {
            world.merchant(dice, pools, began)?;
        }
        world.terminals(dice, pools, size, now)?;
        let mut names = people(dice, pools, size.engineers + DESK);
        world.desk = names.split_off(size.engineers);
        world.engineers(dice, pools, names, now)?;
        Ok(world)
    }

    fn merchant(&mut self, dice: &mut Dice, pools: &Pools, began: Timestamp) -> Result<(), DbError> {
        let place_of = self.merchants.len();
        let acquirer = dice.weighted([5, 3, 2].into_iter());
        let industry = &pools.industries[dice.weighted(pools.industries.iter().map(|i| i.weight))];
        let district = &pools.districts[dice.index(pools.districts.len())];
        let surnames: Vec<char> = pools.surnames.chars().collect();
        // Names repeat in a city; a street or a family tells shops apart.
        let mut name = format!("{}{}", dice.pick(&industry.front), dice.pick(&industry.back));
        let mut tries = 0;
        while self.merchants.iter().any(|m| m.name == name) {
            tries += 1;
            let base = format!("{}{}", dice.pick(&industry.front), dice.pick(&industry.back));
            name = match dice.index(3) {
                _ if tries > 100 => format!("{base}{}分店", place_of + 1),
                0 => base,
                1 => format!("{}{base}", dice.pick(&district.streets)),
                _ => format!("{}记{}", dice.pick(&surnames), dice.pick(&industry.back)),
            };
        }
        let merchant = Merchant {
            id: dice.id(began),
            acquirer_id: self.acquirers[acquirer].0,
            acquirer_name: self.acquirers[acquirer].2.clone(),
            mid: format!("{}2900{}{:04}", 821 + acquirer, 5000 + dice.between(311, 999), place_of + 1),
            name,
            uscc: uscc(dice),
            tier: [Tier::Standard, Tier::Silver, Tier::Gold][dice.weighted([70, 20, 10].into_iter())],
            industry: industry.name.clone(),
            settlement_account_mask: format!("****{}", dice.digits(4)),
        };
        let stores = 1 + dice.weighted([72, 15, 8, 5].into_iter());
        for n in 0..stores {
            let district = if n == 0 { district } else { &pools.districts[dice.index(pools.districts.len())] };
            let street = dice.pick(&district.streets);
            let (lat_e6, lng_e6) = place(dice, district);
            let store = Store {
                id: dice.id(began),
                merchant_id: merchant.id,
                name: if stores == 1 { merchant.name.clone() } else { format!("{}（{street}店）", merchant.name) },
                address: format!("上海市{}{street}{}号", district.name, dice.between(8, 1_988)),
                district: district.name.clone(),
                lat_e6,
                lng_e6,
                hours: hours(pools, &dice.pick(&industry.hours))?,
                agreement: district.agreement.clone(),
            };
            self.stores.push((store, place_of));
        }
        let mut own = Vec::new();
        let people = 1 + dice.weighted([5, 4, 1].into_iter());
        for n in 0..people {
            let duty = if n == 0 { "老板".to_owned() } else { dice.pick(&pools.duties) };
            own.push(self.contacts.len());
            self.contacts.push(Contact {
                id: dice.id(began),
                merchant_id: merchant.id,
                store_id: None,
                name: person(dice, pools),
                duty,
                phone: Some(phone(dice)),
                email: (n == 0 && dice.chance(60)).then(|| format!("shop{:03}@example.com", place_of + 1)),
                lang: if dice.chance(4) { Lang::En } else { Lang::Zh },
            });
        }
        self.contacts_of.push(own);
        self.merchants.push(merchant);
        Ok(())
    }

    fn terminals(&mut self, dice: &mut Dice, pools: &Pools, size: &Size, now: Timestamp) -> Result<(), DbError> {
        let zone = zone()?;
        let today = now.to_zoned(zone.clone()).date();
        let total = size.terminals + size.spares;
        let mut tids = 0_u32;
        for n in 0..total {
            let spare = n >= size.terminals;
            let model = pools.models[dice.weighted(pools.models.iter().map(|m| m.1))].0.clone();
            let age = dice.between(20, 1_150);
            let shipped = today.saturating_sub((age + dice.between(5, 110)).days());
            let in_use = (!spare).then(|| today.saturating_sub(age.days()));
            let terminal = unit(dice, n, &model, shipped, in_use, now);
            self.terminals.push(terminal);
            let Some(in_use) = in_use else { continue };
            // Every store has a terminal before any has two.
            let store = if n < self.stores.len() { n } else { dice.index(self.stores.len()) };
            let from = in_use.at(10, 0, 0, 0).to_zoned(zone.clone()).map_err(|e| DbError::Other(e.to_string()))?.timestamp();
            let mut stay = |world: &Self, dice: &mut Dice, store: usize, from: Timestamp| {
                tids += 1;
                let (shop, owner) = (&world.stores[store].0, &world.merchants[world.stores[store].1]);
                Stay {
                    binding: Binding {
                        id: dice.id(from),
                        terminal_id: world.terminals[n].id,
                        acquirer_id: owner.acquirer_id,
                        merchant_id: owner.id,
                        store_id: shop.id,
                        tid: format!("{:08}", 31_000_000 + tids),
                        uscc: owner.uscc.clone(),
                        settlement_account_mask: owner.settlement_account_mask.clone(),
                        address: shop.address.clone(),
                        valid_from: from,
                        valid_to: None,
                    },
                    ended_because: None,
                    store,
                    terminal: n,
                }
            };
            let mut first = stay(self, dice, store, from);
            // One in eight has moved once; the old stay ended when the new one began.
            if age > 120 && dice.chance(12) {
                let moved = from + SignedDuration::from_hours(24 * dice.between(40, age - 30));
                let siblings: Vec<usize> =
                    (0..self.stores.len()).filter(|s| *s != store && self.stores[*s].1 == self.stores[store].1).collect();
                let (to, because) = match siblings.is_empty() {
                    true => (dice.index(self.stores.len()), "撤机后重新投放"),
                    false => (dice.pick(&siblings), "商户移机"),
                };
                first.binding.valid_to = Some(moved);
                first.ended_because = Some(because);
                let second = stay(self, dice, to, moved);
                self.stays.push(second);
            }
            self.stays.push(first);
        }
        self.stays.sort_by_key(|s| s.binding.valid_from);
        Ok(())
    }

    fn engineers(&mut self, dice: &mut Dice, pools: &Pools, names: Vec<String>, now: Timestamp) -> Result<(), DbError> {
        let today = now.to_zoned(zone()?).date();
        let week =
            |days: &[u8], spans: &str| format!("{{{}}}", days.iter().map(|d| format!("\"{d}\":{spans}")).collect::<Vec<_>>().join(","));
        let day = "[[\"08:30\",\"12:00\"],[\"13:00\",\"18:00\"]]";
        let late = "[[\"11:00\",\"14:00\"],[\"15:00\",\"20:30\"]]";
        for (n, name) in names.into_iter().enumerate() {
            // Territories overlap: the own district and one or two beside it.
            let own = n % pools.districts.len();
            let mut territory = vec![pools.districts[own].name.clone()];
            for step in 1..=dice.between(1, 2) {
                territory.push(pools.districts[(own + usize::try_from(step).unwrap_or(1)) % pools.districts.len()].name.clone());
            }
            let written = match n % 4 {
                0 => week(&[1, 2, 3, 4, 5], day),
                1 => week(&[2, 3, 4, 5, 6], day),
                2 => week(&[1, 3, 4, 5, 7], late),
                _ => week(&[1, 2, 4, 6, 7], day),
            };
            let off = if dice.chance(8) { format!("[\"{}\"]", today.saturating_add(dice.between(1, 5).days())) } else { "[]".into() };
            let shifts: Shifts =
                serde_json::from_str(&format!("{{\"week\":{written},\"off\":{off}}}")).map_err(|e| DbError::Other(e.to_string()))?;
            let mut skills: Vec<Skill> = ["install", "swap", "hardware", "network", "printer"]
                .into_iter()
                .map(|code| Skill { code: code.into(), valid_until: None })
                .collect();
            for (code, percent) in [("security", 45), ("pinpad", 50), ("unattended", 20)] {
                if dice.chance(percent) {
                    // A few certificates have just run out: the screens show what that does.
                    skills.push(Skill { code: code.into(), valid_until: Some(today.saturating_add(dice.between(-20, 500).days())) });
                }
            }
            for (code, percent) in [("peripheral", 60), ("soundbox", 70)] {
                if dice.chance(percent) {
                    skills.push(Skill { code: code.into(), valid_until: None });
                }
            }
            self.engineers.push(Engineer {
                id: dice.id(now - SignedDuration::from_hours(24 * 500)),
                name,
                phone: phone(dice),
                skills,
                territory,
                shifts,
                daily_limit: u32::try_from(dice.between(5, 8)).unwrap_or(6),
                home: place(dice, &pools.districts[own]),
                active: true,
            });
        }
        Ok(())
    }

    /// Where a terminal stood at an instant: its stay's place.
    pub fn stay_at(&self, terminal: usize, at: Timestamp) -> Option<&Stay> {
        self.stays.iter().find(|s| s.terminal == terminal && s.binding.valid_from <= at && s.binding.valid_to.is_none_or(|to| at < to))
    }
}

/// A terminal. Most are covered by the published terms alone; of some the maker wrote down another day, of some an extension was bought.
fn unit(dice: &mut Dice, n: usize, model: &str, shipped: Date, in_use: Option<Date>, now: Timestamp) -> Terminal {
    let months = facts().model(model).map_or(12, |m| i64::from(m.warranty_months));
    let latest = shipped.saturating_add(90.days());
    let until = in_use.map_or(latest, |day| day.min(latest)).saturating_add(months.months());
    let extended = (in_use.is_some() && dice.chance(10)).then(|| until.saturating_add(12.months()));
    let written_down = dice.chance(15).then(|| until.saturating_add(3.months()));
    let maker = facts().model(model).map_or("generic", |m| m.vendor.as_str());
    let (prefix, code) = match maker {
        "pax" => ("0820", "000021"),
        "sunmi" => ("PB0419", "000036"),
        "newland" => ("NA3500", "000002"),
        "landi" => ("LD7701", "000005"),
        "centerm" => ("D10221", "000007"),
        "verifone" => ("3294", "000011"),
        _ => ("GX60", "000099"),
    };
    let batch = format!("{:02}{:02}", shipped.year() % 100, (shipped.month() - 1) / 3 * 3 + 1);
    Terminal {
        id: dice.id(now - SignedDuration::from_hours(24 * 800)),
        serial_no: format!("{prefix}{batch}{:05}", 10_000 + n),
        tusn: format!("{code}04{:012}", 700_000_000_000_i64 + i64::try_from(n).unwrap_or(0) * 37 + dice.between(0, 36)),
        model: model.to_owned(),
        batch,
        firmware: dice.pick(&["5.1.8".to_owned(), "5.2.0".into(), "5.2.3".into(), "5.3.1".into()]),
        shipped_on: Some(shipped),
        activated_on: in_use,
        warranty_until: written_down,
        extended_until: extended,
        offline_since: (in_use.is_some() && dice.chance(3)).then(|| now - SignedDuration::from_mins(dice.between(20, 2_000))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn credit_codes_carry_the_published_check_characters() {
        // A listed company's code as it prints it.
        let known = "9144030071526726XG";
        assert_eq!(uscc_check(&known[..17]), Some('G'));
        assert_eq!(organisation_check(&known[8..16]), 'X');
    }

    #[test]
    fn the_world_is_the_same_every_time_and_breaks_no_rule() {
        let (pools, _) = super::super::pools::read().unwrap();
        let now: Timestamp = "2026-11-24T02:30:00Z".parse().unwrap();
        let make = || World::invent(&mut Dice::new(7), &pools, &Size::DEMO, now).unwrap();
        let (world, again) = (make(), make());
        assert_eq!(format!("{world:?}"), format!("{again:?}"));
        assert_eq!((world.merchants.len(), world.terminals.len(), world.engineers.len()), (500, 840, 40));
        let unique = |list: Vec<String>| list.iter().collect::<BTreeSet<_>>().len() == list.len();
        assert!(unique(world.merchants.iter().map(|m| m.mid.clone()).collect()));
        assert!(unique(world.merchants.iter().map(|m| m.name.clone()).collect()));
        assert!(unique(world.terminals.iter().map(|t| t.serial_no.clone()).collect()));
        assert!(unique(world.terminals.iter().map(|t| t.tusn.clone()).collect()));
        assert!(world.merchants.iter().all(|m| m.mid.len() == 15 && m.uscc.len() == 18));
        assert!(world.terminals.iter().all(|t| t.tusn.len() == 20 && facts().model(&t.model).is_some()));
        // One open stay per bound terminal, none per spare, and stays of a terminal never overlap.
        for n in 0..world.terminals.len() {
            let stays: Vec<&Stay> = world.stays.iter().filter(|s| s.terminal == n).collect();
            let open = stays.iter().filter(|s| s.binding.valid_to.is_none()).count();
            assert_eq!(open, usize::from(n < Size::DEMO.terminals), "terminal {n}");
            assert!(stays.windows(2).all(|w| w[0].binding.valid_to.is_some_and(|to| to <= w[1].binding.valid_from)));
        }
        let known: BTreeSet<&str> = facts().skills().iter().map(|s| s.code.as_str()).collect();
        assert!(world.engineers.iter().all(|e| e.skills.iter().all(|s| known.contains(s.code.as_str()))));
        // Every district has somebody who can work there today or soon.
        for district in &pools.districts {
            assert!(world.engineers.iter().filter(|e| e.territory.contains(&district.name)).count() >= 3, "{}", district.name);
        }
    }
}
