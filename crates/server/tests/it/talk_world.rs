//! Small things the tests of letters and notices need.

use postsale_domain::ground::{Lang, Role, TypedId};
use postsale_domain::merchant::Tier;
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::{Case, Channel, Impact, Priority, PriorityWhy, TicketId, TicketState, Urgency};
use postsale_server::merchant::store as merchants;
use postsale_server::org;
use postsale_server::terminal::store as terminals;
use postsale_server::ticket::store::{ContactFacts, NEVER_DUE, Ticket, insert};
use postsale_testkit::{Kit, World};

/// A bare ticket, as if somebody had called.
pub async fn some_ticket(kit: &Kit, world: &World) -> TicketId {
    world
        .write(kit, |tx| {
            let owner = org::store::colleagues(tx, Role::Supervisor)?[0].id;
            let case = Case {
                state: TicketState::New,
                symptom: "打印不出小票".into(),
                has_contact: true,
                has_terminal: false,
                terminal_unknown_reason: Some("标签看不清".into()),
                owner,
                claimed: false,
                impact: Impact::Unknown,
                urgency: Urgency::Today,
                priority: Priority::Normal,
                waiting: Vec::new(),
                decision: None,
                fault_code: None,
                outcome: None,
                responded: false,
                reopen_count: 0,
            };
            let ticket = Ticket {
                id: tx.new_id(),
                number: org::store::next_number(tx, "ticket")?,
                subject: "打印不出小票".into(),
                priority_why: PriorityWhy {
                    impact: Impact::Unknown,
                    urgency: Urgency::Today,
                    terminals_hit: None,
                    impact_said: true,
                    urgency_said: true,
                    tier: "standard".into(),
                    priority: Priority::Normal,
                    lines: Vec::new(),
                },
                case,
                response_code: None,
                channel: Channel::Phone,
                merchant_id: None,
                store_id: None,
                terminal_id: None,
                acquirer_id: None,
                contact: ContactFacts {
                    name: Some("张老板".into()), email: Some("zhang@example.com".into()), ..ContactFacts::default()
                },
                agreement: "urban".into(),
                triage: None,
                entry_count: 0,
                last_entry: None,
                next_due_at: NEVER_DUE,
                claimed_at: None,
                handed: 0,
                responded_at: None,
                opened_at: tx.now(),
                updated_at: tx.now(),
                solved_at: None,
                closed_at: None,
                version: 1,
            };
            insert(tx, "ticket.open", &ticket)?;
            Ok(ticket.id)
        })
        .await
}

/// The serial on the label of [`some_terminal`].
pub const SERIAL: &str = "A92000123456";

/// A noodle shop with one terminal on its counter, and its owner's number and address on record.
pub async fn some_terminal(kit: &Kit, world: &World) -> TerminalId {
    world
        .write(kit, |tx| {
            let merchant = merchants::Merchant {
                id: tx.new_id(),
                acquirer_id: merchants::add_acquirer(tx, "ACQ", "示例银行")?,
                acquirer_name: String::new(),
                mid: "898310154110001".into(),
                name: "顺风面馆".into(),
                uscc: "91310115MA1K4EXX0X".into(),
                tier: Tier::Standard,
                industry: "餐饮".into(),
                settlement_account_mask: "*6621".into(),
            };
            merchants::add_merchant(tx, &merchant)?;
            let store = merchants::Store {
                id: tx.new_id(),
                merchant_id: merchant.id,
                name: "柜台".into(),
                address: "浦东新区示例路18号".into(),
                district: "浦东".into(),
                lat_e6: 31_220_000,
                lng_e6: 121_540_000,
                hours: serde_json::from_str(r#"{"1":[["09:00","21:00"]],"2":[["09:00","21:00"]]}"#).unwrap(),
                agreement: "urban".into(),
            };
            merchants::add_store(tx, &store)?;
            let contact = merchants::Contact {
                id: tx.new_id(),
                merchant_id: merchant.id,
                store_id: Some(store.id),
                name: "张老板".into(),
                duty: "老板".into(),
                phone: Some("13812345521".into()),
                email: Some("zhang@example.com".into()),
                lang: Lang::Zh,
            };
            merchants::add_contact(tx, &contact)?;
            let terminal = terminals::Terminal {
                id: tx.new_id(),
                serial_no: SERIAL.into(),
                tusn: "00000700001234567890".into(),
                model: "A920".into(),
                batch: "2409".into(),
                firmware: "5.2".into(),
                shipped_on: None,
                activated_on: Some("2026-03-01".parse().unwrap()),
                warranty_until: Some("2027-03-01".parse().unwrap()),
                extended_until: None,
                offline_since: None,
            };
            terminals::add_terminal(tx, &terminal)?;
            let binding = terminals::Binding {
                id: tx.new_id(),
                terminal_id: terminal.id,
                acquirer_id: merchant.acquirer_id,
                merchant_id: merchant.id,
                store_id: store.id,
                tid: "10482277".into(),
                uscc: merchant.uscc,
                settlement_account_mask: merchant.settlement_account_mask,
                address: store.address,
                valid_from: tx.now(),
                valid_to: None,
            };
            terminals::bind(tx, &binding)?;
            Ok(terminal.id)
        })
        .await
}

/// The address of a terminal's sticker.
pub fn sticker(kit: &Kit, terminal: TerminalId) -> String {
    format!("/r/{}", kit.house.seal.sign(postsale_server::terminal::STICKER_TOKEN, terminal.uuid()))
}
