//! The demo: a believable service organisation with a year behind it, the same one every time. It writes through the stores of
//! the rooms and decides by their rules, so nothing here can stand that could not have happened.

mod dice;
mod history;
mod pools;
mod replay;
mod returns;
mod shared;
mod statements;
mod stock;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use postsale_domain::canned::Share;
use postsale_domain::ground::{AcquirerId, Caller, EngineerId, Role, TenantId, UserId};
use postsale_domain::ticket::recipe::{Step, sound};

use self::dice::Dice;
use self::history::History;
use self::replay::{Staff, Stage};
pub use self::world::{Size, World};
use crate::canned::store::{Canned, Recipe};
use crate::ground::db::{Db, DbError, Done, Query, Tx, p};
use crate::house::House;
use crate::{canned, crew, merchant, org, sql, terminal};

/// The password of everybody in the demo.
pub const PASSWORD: &str = "postsale-demo";
/// The demo tenant's code.
pub const TENANT: &str = "demo";
/// Chance begins here.
const SEED: u64 = 0x504f_5354_5341_4c45;
/// Moments in one transaction.
const CHUNK: usize = 400;
/// Agents at the desk.
const AGENTS: usize = 6;

/// Fills an empty database; leaves one that has a tenant alone. Not to be called inside the async runtime.
pub fn seed_when_empty(house: &House) -> Done<()> {
    if !house.db.bare_write_blocking(org::store::tenants)?.is_empty() {
        return Ok(());
    }
    seed(&house.db, house.clock.now(), &Size::DEMO)
}

/// Writes the demo as it stands at `now` into a database that has no tenant of this code.
pub fn seed(db: &Db, now: Timestamp, size: &Size) -> Done<()> {
    let (pools, troubles) = pools::read()?;
    let mut dice = Dice::new(SEED);
    let tenant: TenantId = dice.id(now);
    let mut world = World::invent(&mut dice, &pools, size, now)?;
    let history = history::invent(&mut dice, &pools, &troubles, &world, size, AGENTS, now)?;
    // Whoever signs in as the engineer finds something to do.
    world.engineers.sort_by_key(|e| std::cmp::Reverse(history.to_do.get(&e.id).copied().unwrap_or_default()));
    let world = Arc::new(world);
    // Before the first binding, so that every later thing comes after it.
    let began = now - SignedDuration::from_hours(24 * 1_260);
    let caller = Caller::system(tenant, "demo");
    let hash = org::api::hash_password(PASSWORD).map_err(DbError::Other)?;
    let registry = world.clone();
    let staff = db.write_blocking(caller.clone(), began, move |tx| {
        org::store::add_tenant(tx, TENANT, "浦江支付终端服务")?;
        let acquirers = add_registry(tx, &registry)?;
        let staff = add_people(tx, &registry, &hash, &acquirers)?;
        add_words(tx, staff.duty)?;
        stock::catalogue(tx)?;
        Ok(staff)
    })?;
    let (history, staff) = (Arc::new(history), Arc::new(staff));
    let total = history.moments.len();
    let mut months = statements::Months::until(tenant, now);
    for from in (0..total).step_by(CHUNK) {
        let (world, history, staff) = (world.clone(), history.clone(), staff.clone());
        let first = history.moments[from].at;
        months.go_on(db, &staff, first, false)?;
        db.write_blocking(caller.clone(), first, move |tx| play(tx, &world, &history, &staff, from))?;
    }
    months.go_on(db, &staff, now, true)?;
    if let Some((agent, _)) = staff.agents.first() {
        let agent = *agent;
        db.write_blocking(shared::at_the_desk(tenant, agent), now, move |tx| shared::notice(tx, agent))?;
    }
    let bags: Vec<EngineerId> = world.engineers.iter().map(|e| e.id).collect();
    let spares: Vec<(String, String)> =
        world.terminals.iter().skip(size.terminals).map(|unit| (unit.model.clone(), unit.serial_no.clone())).collect();
    db.write_blocking(stock::at_the_warehouse(tenant, staff.keeper.0), now, move |tx| {
        returns::shelve(tx)?;
        stock::fill(tx, &bags, &spares)?;
        stock::keep(tx)
    })?;
    tracing::info!(merchants = world.merchants.len(), tickets = history.stories.len(), "the demo is ready: sign in as agent, {PASSWORD}");
    Ok(())
}

fn play(tx: &mut Tx<'_>, world: &World, history: &History, staff: &Staff, from: usize) -> Done<()> {
    let stage = Stage { world, stories: &history.stories, staff };
    for moment in history.moments.iter().skip(from).take(CHUNK) {
        stage.play(tx, moment)?;
    }
    Ok(())
}

fn add_registry(tx: &mut Tx<'_>, world: &World) -> Done<Vec<AcquirerId>> {
    let tenant = tx.tenant();
    for (id, code, name) in &world.acquirers {
        tx.exec(sql!("INSERT INTO acquirer (id, tenant_id, code, name) VALUES ($1, $2, $3, $4)"), &[p(id), p(&tenant), p(code), p(name)])?;
        tx.audit("acquirer.add", id, None, Some(&serde_json::json!({ "code": code, "name": name })));
    }
    for merchant in &world.merchants {
        merchant::store::add_merchant(tx, merchant)?;
    }
    for (store, _) in &world.stores {
        merchant::store::add_store(tx, store)?;
    }
    for contact in &world.contacts {
        merchant::store::add_contact(tx, contact)?;
    }
    for terminal in &world.terminals {
        terminal::store::add_terminal(tx, terminal)?;
    }
    for engineer in &world.engineers {
        crew::store::add_engineer(tx, engineer)?;
    }
    Ok(world.acquirers.iter().map(|a| a.0).collect())
}

/// Canned replies and macros, as the data file has them.
#[derive(serde::Deserialize)]
struct Words {
    canned: Vec<Named>,
    recipes: Vec<Steps>,
}

#[derive(serde::Deserialize)]
struct Named {
    name: String,
    body: String,
}

#[derive(serde::Deserialize)]
struct Steps {
    name: String,
    steps: Vec<Step>,
}

/// What the desk says and does often, written by who leads it.
fn add_words(tx: &mut Tx<'_>, writer: UserId) -> Done<()> {
    let words: Words = serde_json::from_str(include_str!("../../../../data/demo/words.json")).map_err(|e| DbError::Other(e.to_string()))?;
    let updated_at = tx.now();
    for Named { name, body } in words.canned {
        let id = tx.new_id();
        let owner_name = String::new();
        let share = Share::All;
        canned::store::add(tx, &Canned { id, share, owner_id: writer, owner_name, branch_id: None, name, body, updated_at, version: 1 })?;
    }
    for Steps { name, steps } in words.recipes {
        sound(&steps)?;
        let id = tx.new_id();
        canned::store::add_recipe(tx, &Recipe { id, name, steps, updated_at, version: 1 })?;
    }
    Ok(())
}

/// The ten roles, each signing in with its own word, the storekeeper with `store`; agents and engineers from the second on with a number: `agent2`.
fn add_people(tx: &mut Tx<'_>, world: &World, hash: &str, acquirers: &[AcquirerId]) -> Done<Staff> {
    let mut staff =
        Staff { engineers: world.engineers.iter().map(|e| (e.id, e.name.clone())).collect::<BTreeMap<_, _>>(), ..Staff::default() };
    let mut spare = world.desk.iter();
    for role in Role::ALL {
        let many = match role {
            Role::Agent => AGENTS,
            Role::Engineer => world.engineers.len(),
            Role::Acquirer => acquirers.len(),
            _ => 1,
        };
        let word = if role == Role::Storekeeper { "store" } else { role.as_str() };
        for n in 0..many {
            let username = if n == 0 { word.to_owned() } else { format!("{word}{}", n + 1) };
            let engineer = (role == Role::Engineer).then(|| &world.engineers[n]);
            let name = match engineer {
                Some(engineer) => engineer.name.clone(),
                None => spare.next().cloned().ok_or_else(|| DbError::Other("the demo ran out of names".into()))?,
            };
            let acquirer = if role == Role::Acquirer { acquirers.get(n).copied() } else { None };
            let id: UserId = org::store::add_user(tx, &username, &name, role, hash, engineer.map(|e| e.id), acquirer)?;
            match role {
                Role::Agent => staff.agents.push((id, name)),
                Role::Supervisor => (staff.duty, staff.duty_name) = (id, name),
                Role::Finance => staff.finance = (id, name),
                Role::Acquirer if n == 0 => staff.bank = (id, name, acquirer.unwrap_or(staff.bank.2)),
                Role::Storekeeper => staff.keeper = (id, name),
                _ => {}
            }
        }
    }
    Ok(staff)
}
