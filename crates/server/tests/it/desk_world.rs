//! A desk for the tests: the noodle shop of `talk_world`, two engineers, the shop's bank and another one, everybody signed in.

use std::ops::Range;

use postsale_domain::crew::{Engineer, Shifts, Skill};
use postsale_domain::ground::{AcquirerId, EngineerId, Role};
use postsale_domain::terminal::TerminalId;
use postsale_server::ground::db::{Query, p};
use postsale_server::merchant::store as merchants;
use postsale_server::terminal::store::{self as terminals, Binding, Terminal};

use postsale_server::{crew, org, sql};
use postsale_testkit::{Client, Kit, World};
use serde_json::{Value, json};

use crate::talk_world::{SERIAL, some_terminal};

/// Everything the desk's tests stand on.
pub struct DeskWorld {
    /// The tenant.
    pub world: World,
    /// The noodle shop's terminal.
    pub terminal: TerminalId,
    /// The engineer who gets work.
    pub near: EngineerId,
    /// An agent.
    pub agent: Client,
    /// A supervisor.
    pub supervisor: Client,
    /// A dispatcher.
    pub dispatcher: Client,
    /// The engineer [`DeskWorld::near`].
    pub engineer: Client,
    /// Another engineer.
    pub other_engineer: Client,
    /// Somebody of the shop's bank.
    pub bank: Client,
    /// Somebody of another bank.
    pub other_bank: Client,
}

/// The serial number of the spare terminal.
pub const SPARE: &str = "A92000999999";

fn engineer(id: EngineerId, name: &str) -> Engineer {
    let day = r#"[["08:30","21:00"]]"#;
    let week = (1..=7).map(|d| format!("\"{d}\":{day}")).collect::<Vec<_>>().join(",");
    let skill = |code: &str| Skill { code: code.into(), valid_until: None };
    Engineer {
        id,
        name: name.into(),
        phone: "13800000000".into(),
        skills: ["printer", "swap", "hardware", "network"].map(skill).into(),
        territory: vec!["浦东".into()],
        shifts: serde_json::from_str::<Shifts>(&format!("{{\"week\":{{{week}}}}}")).unwrap(),
        daily_limit: 8,
        home: (31_220_000, 121_540_000),
        active: true,
    }
}

impl DeskWorld {
    /// Sets it all up.
    pub async fn new(kit: &Kit) -> DeskWorld {
        let world = World::new(kit, "t1").await;
        let terminal = some_terminal(kit, &world).await;
        let hash = org::api::hash_password("postsale-test").unwrap();
        let near = world
            .write(kit, move |tx| {
                let own: AcquirerId = terminals::open_binding(tx, terminal)?.unwrap().acquirer_id;
                let other = merchants::add_acquirer(tx, "ACQ2", "另一家银行")?;
                let ids: [EngineerId; 2] = [tx.new_id(), tx.new_id()];
                crew::store::add_engineer(tx, &engineer(ids[0], "小王"))?;
                crew::store::add_engineer(tx, &engineer(ids[1], "小李"))?;
                org::store::add_user(tx, "near@t1", "小王", Role::Engineer, &hash, Some(ids[0]), None)?;
                org::store::add_user(tx, "far@t1", "小李", Role::Engineer, &hash, Some(ids[1]), None)?;
                org::store::add_user(tx, "bank@t1", "示例银行", Role::Acquirer, &hash, None, Some(own))?;
                org::store::add_user(tx, "otherbank@t1", "另一家银行", Role::Acquirer, &hash, None, Some(other))?;
                let known = terminals::terminal(tx, terminal)?.unwrap();
                let spare = Terminal { id: tx.new_id(), serial_no: SPARE.into(), tusn: "00000700009999999999".into(), ..known };
                terminals::add_terminal(tx, &spare)?;
                Ok(ids[0])
            })
            .await;
        let sign_in = |name: &'static str| Client::new(&kit.house).sign_in(name, "postsale-test");
        DeskWorld {
            agent: world.client(kit, Role::Agent).await,
            supervisor: world.client(kit, Role::Supervisor).await,
            dispatcher: world.client(kit, Role::Dispatcher).await,
            engineer: sign_in("near@t1").await,
            other_engineer: sign_in("far@t1").await,
            bank: sign_in("bank@t1").await,
            other_bank: sign_in("otherbank@t1").await,
            world,
            terminal,
            near,
        }
    }

    /// Gives the shop more terminals, of these numbers; their serial numbers.
    pub async fn more_terminals(&self, kit: &Kit, numbers: Range<usize>) -> Vec<String> {
        let shop = self.terminal;
        self.world
            .write(kit, move |tx| {
                let (known, bound) = (terminals::terminal(tx, shop)?.unwrap(), terminals::open_binding(tx, shop)?.unwrap());
                let mut serials = Vec::new();
                for n in numbers.clone() {
                    let terminal = Terminal {
                        id: tx.new_id(),
                        serial_no: format!("ROW{n:06}"),
                        tusn: format!("000007{n:014}"),
                        model: format!("M-{n}"),
                        ..known.clone()
                    };
                    terminals::add_terminal(tx, &terminal)?;
                    let binding = Binding { id: tx.new_id(), terminal_id: terminal.id, tid: format!("9{n:07}"), ..bound.clone() };
                    terminals::bind(tx, &binding)?;
                    serials.push(terminal.serial_no);
                }
                Ok(serials)
            })
            .await
    }

    /// What a shop owner says on the phone about the printer.
    pub fn call() -> Value {
        json!({
            "terminal_serial": SERIAL,
            "contact": { "name": "张老板", "phone": "138-1234-5521" },
            "symptom": "打印机不出纸，小票打不出来",
        })
    }

    /// Its terminal was put to use long ago: nothing of it is covered any more.
    pub async fn long_out_of_warranty(&self, kit: &Kit) {
        let id = self.terminal;
        self.world
            .write(kit, move |tx| {
                tx.exec(sql!("UPDATE terminal SET activated_on = '2022-03-01' WHERE id = $1"), &[p(&id)])?;
                Ok(())
            })
            .await;
    }

    /// Registers that call; the page.
    pub async fn called(&self) -> Value {
        self.agent.post("/api/v1/tickets", &Self::call()).await.expect(201)
    }

    /// The page of a ticket as the agent sees it.
    pub async fn page(&self, id: &str) -> Value {
        self.agent.get(&path(id, "")).await.expect(200)
    }

    /// A command with the present version; its page.
    pub async fn does(&self, client: &Client, id: &str, door: &str, mut body: Value) -> Value {
        body["version"] = self.page(id).await["ticket"]["version"].clone();
        let answer = client.post(&path(id, door), &body).await;
        assert!(matches!(answer.status, 200 | 201), "{door}: {}", answer.text);
        answer.json
    }

    /// A command with the present version that is refused; its code.
    pub async fn refused(&self, client: &Client, id: &str, door: &str, mut body: Value, status: u16) -> String {
        body["version"] = self.page(id).await["ticket"]["version"].clone();
        client.post(&path(id, door), &body).await.problem(status)
    }

    /// The lines of a timeline as somebody sees them.
    pub async fn lines(&self, client: &Client, id: &str) -> Vec<Value> {
        client.get(&path(id, "/timeline?limit=200")).await.expect(200)["items"].as_array().unwrap().clone()
    }
}

/// The id of the ticket a page shows.
pub fn id_of(page: &Value) -> String {
    page["ticket"]["id"].as_str().unwrap().to_owned()
}

/// The address of a ticket's door.
pub fn path(id: &str, door: &str) -> String {
    format!("/api/v1/tickets/{id}{door}")
}

/// How a step that goes well is told: passed, the first function shown where some can be, and a word where there is no photo.
pub fn done_well(step: &Value) -> Value {
    match (&step["photo"], &step["functions"][0]["code"]) {
        (Value::Bool(true), _) => json!({ "code": step["code"], "result": "na", "note": "商户要求不拍照" }),
        (_, Value::Null) => json!({ "code": step["code"], "result": "pass" }),
        (_, shown) => json!({ "code": step["code"], "result": "pass", "shown": [shown] }),
    }
}
