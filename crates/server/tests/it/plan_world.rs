//! A crew and the orders of a day, for the tests of plans.

use postsale_domain::crew::{Engineer, Shifts, Skill};
use postsale_domain::ground::{EngineerId, Lang, Reach, Role};
use postsale_domain::merchant::{Hours, Tier};
use postsale_domain::ticket::{Case, Channel, Impact, Priority, PriorityWhy, TicketState, Urgency, VisitReason};
use postsale_domain::visit::WorkOrderId;
use postsale_server::flow::desk::Desk;
use postsale_server::flow::visit::{Sending, send};
use postsale_server::ground::db::{Done, Tx};
use postsale_server::merchant::store::{self as merchants, Merchant, Store};
use postsale_server::ticket::store::{ContactFacts, NEVER_DUE, Ticket, insert};
use postsale_server::{crew, org, sla};
use postsale_testkit::{Client, Kit, World};
use serde_json::{Value, json};

const WEEK: &str =
    r#"{"week":{"1":[["08:30","18:00"]],"2":[["08:30","18:00"]],"3":[["08:30","18:00"]],"4":[["08:30","18:00"]],"5":[["08:30","18:00"]]}}"#;

/// The hours of a shop from Monday to Thursday.
pub const OPEN: &str = r#"{"1":[["09:00","21:00"]],"2":[["09:00","21:00"]],"3":[["09:00","21:00"]],"4":[["09:00","21:00"]]}"#;

/// One of the crew, who repairs printers.
#[derive(Clone)]
pub struct Hand {
    pub name: String,
    /// Where they start, in millionths of a degree.
    pub home: (i64, i64),
    /// Until when their certificate is good.
    pub until: Option<&'static str>,
    pub daily_limit: u32,
    /// What they can beside printers.
    pub also: Option<&'static str>,
}

impl Hand {
    pub fn new(name: &str, lat: i64) -> Hand {
        Hand { name: name.to_owned(), home: (lat, 121_500_000), until: None, daily_limit: 4, also: None }
    }
}

/// A shop whose printer needs hands.
#[derive(Clone)]
pub struct Call {
    pub place: (i64, i64),
    pub hours: &'static str,
    pub skill: &'static str,
    /// Whether the shop has an address for mail.
    pub mail: bool,
}

impl Call {
    pub fn new(lat: i64) -> Call {
        Call { place: (lat, 121_500_000), hours: OPEN, skill: "printer", mail: false }
    }
}

/// A tenant's crew with its orders.
pub struct Field {
    pub world: World,
    pub dispatcher: Client,
    /// In the order of the calls.
    pub orders: Vec<WorkOrderId>,
    /// In the order of the hands.
    pub crew: Vec<EngineerId>,
}

impl Field {
    /// The n-th of the crew signs in as `hand{n}@t1`, from 0.
    pub async fn new(kit: &Kit, hands: Vec<Hand>, calls: Vec<Call>) -> Field {
        let world = World::new(kit, "t1").await;
        let hash = org::api::hash_password("postsale-test").unwrap();
        let (crew, orders) = world
            .write(kit, move |tx| {
                let acquirer = merchants::add_acquirer(tx, "A1", "收单一")?;
                let merchant = Merchant {
                    id: tx.new_id(),
                    acquirer_id: acquirer,
                    acquirer_name: String::new(),
                    mid: "898310000000001".into(),
                    name: "顺风面馆".into(),
                    uscc: "91310000MA1K000001".into(),
                    tier: Tier::Gold,
                    industry: "餐饮".into(),
                    settlement_account_mask: "****6621".into(),
                };
                merchants::add_merchant(tx, &merchant)?;
                let mut crew = Vec::new();
                for (n, hand) in hands.iter().enumerate() {
                    crew.push(hire(tx, hand)?);
                    org::store::add_user(tx, &format!("hand{n}@t1"), &hand.name, Role::Engineer, &hash, Some(crew[n]), None)?;
                }
                let mut orders = Vec::new();
                for (n, call) in calls.iter().enumerate() {
                    orders.push(order(tx, &merchant, n, call)?);
                }
                Ok((crew, orders))
            })
            .await;
        Field { dispatcher: world.client(kit, Role::Dispatcher).await, world, orders, crew }
    }

    /// The n-th of the crew, signed in.
    pub async fn hand(&self, kit: &Kit, n: usize) -> Client {
        Client::new(&kit.house).sign_in(&format!("hand{n}@t1"), "postsale-test").await
    }

    /// A plan of a day, found.
    pub async fn plan(&self, kit: &Kit, order: Value) -> Value {
        let made = self.dispatcher.post("/api/v1/dispatch/plans", &order).await.expect(202);
        assert_eq!((&made["state"], &made["progress"]), (&json!("running"), &json!(0)));
        postsale_server::worker::round(&kit.house).await;
        self.read(&made).await
    }

    /// A plan as it is now.
    pub async fn read(&self, plan: &Value) -> Value {
        let id = plan.get("plan").unwrap_or(plan)["id"].as_str().unwrap().to_owned();
        self.dispatcher.get(&format!("/api/v1/dispatch/plans/{id}")).await.expect(200)
    }

    /// The address of something that can be done with a plan.
    pub fn door(page: &Value, door: &str) -> String {
        format!("/api/v1/dispatch/plans/{}/{door}", page["plan"]["id"].as_str().unwrap())
    }

    /// Publishes a plan as it was seen.
    pub async fn publish(&self, page: &Value) -> postsale_testkit::Answer {
        self.dispatcher.post(&Self::door(page, "publish"), &json!({ "version": page["plan"]["version"] })).await
    }

    /// An order as it is now.
    pub async fn order(&self, id: WorkOrderId) -> Value {
        self.dispatcher.get(&format!("/api/v1/work-orders/{id}")).await.expect(200)["order"].clone()
    }

    /// Does something with an order as it is now.
    pub async fn does(&self, client: &Client, id: WorkOrderId, door: &str, mut body: Value) -> Value {
        body["version"] = self.order(id).await["version"].clone();
        client.post(&format!("/api/v1/work-orders/{id}{door}"), &body).await.expect(200)
    }
}

/// Every stop of a plan, with the engineer's id.
pub fn stops(page: &Value) -> Vec<(Value, Value)> {
    let routes = page["routes"].as_array().unwrap();
    routes.iter().flat_map(|r| r["stops"].as_array().unwrap().iter().map(|s| (r["engineer"]["id"].clone(), s.clone()))).collect()
}

fn hire(tx: &mut Tx<'_>, hand: &Hand) -> Done<EngineerId> {
    let also = hand.also.map(|code| Skill { code: code.into(), valid_until: None });
    let printer = Skill { code: "printer".into(), valid_until: hand.until.map(|d| d.parse().unwrap()) };
    let engineer = Engineer {
        id: tx.new_id(),
        name: hand.name.clone(),
        phone: "13800000000".into(),
        skills: [printer].into_iter().chain(also).collect(),
        territory: vec!["浦东新区".into()],
        shifts: serde_json::from_str::<Shifts>(WEEK).unwrap(),
        daily_limit: hand.daily_limit,
        home: hand.home,
        active: true,
    };
    crew::store::add_engineer(tx, &engineer)?;
    Ok(engineer.id)
}

fn order(tx: &mut Tx<'_>, merchant: &Merchant, n: usize, call: &Call) -> Done<WorkOrderId> {
    let shop = Store {
        id: tx.new_id(),
        merchant_id: merchant.id,
        name: format!("门店{n}"),
        address: format!("路{n}号"),
        district: "浦东新区".into(),
        lat_e6: call.place.0,
        lng_e6: call.place.1,
        hours: serde_json::from_str::<Hours>(call.hours).unwrap(),
        agreement: "urban".into(),
    };
    merchants::add_store(tx, &shop)?;
    let owner = org::store::colleagues(tx, Role::Supervisor)?[0].id;
    let case = Case {
        state: TicketState::Triaged,
        symptom: "打印不出小票".into(),
        has_contact: true,
        has_terminal: false,
        terminal_unknown_reason: Some("没有标签".into()),
        owner,
        claimed: true,
        impact: Impact::Partly,
        urgency: Urgency::Today,
        priority: Priority::Normal,
        waiting: Vec::new(),
        decision: None,
        fault_code: None,
        outcome: None,
        responded: true,
        reopen_count: 0,
    };
    let ticket = Ticket {
        id: tx.new_id(),
        number: org::store::next_number(tx, "ticket")?,
        case,
        subject: "打印不出小票".into(),
        response_code: None,
        channel: Channel::Phone,
        merchant_id: Some(merchant.id),
        store_id: Some(shop.id),
        terminal_id: None,
        acquirer_id: Some(merchant.acquirer_id),
        contact: ContactFacts {
            id: None,
            name: Some("张老板".into()),
            phone: Some("13812345521".into()),
            email: call.mail.then(|| format!("shop{n}@example.com")),
            lang: Lang::Zh,
        },
        priority_why: PriorityWhy {
            impact: Impact::Partly,
            urgency: Urgency::Today,
            terminals_hit: None,
            impact_said: true,
            urgency_said: true,
            tier: "gold".into(),
            priority: Priority::Normal,
            lines: Vec::new(),
        },
        agreement: "urban".into(),
        triage: None,
        entry_count: 0,
        last_entry: None,
        next_due_at: NEVER_DUE,
        claimed_at: Some(tx.now()),
        handed: 0,
        responded_at: Some(tx.now()),
        opened_at: tx.now(),
        updated_at: tx.now(),
        solved_at: None,
        closed_at: None,
        version: 1,
    };
    insert(tx, "ticket.open", &ticket)?;
    sla::store::start(tx, ticket.id, "urban", "normal", tx.now())?;
    let mut desk = Desk::load(tx, ticket.id, Reach::All, None)?;
    let sending = Sending {
        fault_code: Some("PRN-02".into()),
        reason_code: VisitReason::NeedsHands,
        reason: "换纸后仍然不打印".into(),
        skills: Some(vec![call.skill.into()]),
        parts: None,
        access_note: None,
    };
    let id = send(tx, &mut desk, &sending)?;
    desk.save(tx, "ticket.visit")?;
    Ok(id)
}
