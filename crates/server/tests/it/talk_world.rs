//! Small things the tests of letters and notices need.

use postsale_domain::ground::Role;
use postsale_domain::ticket::{Case, Channel, Impact, Priority, PriorityWhy, TicketId, TicketState, Urgency};
use postsale_server::org;
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
                responded_at: None,
                opened_at: tx.now(),
                updated_at: tx.now(),
                solved_at: None,
                closed_at: None,
                version: 1,
            };
            insert(tx, &ticket)?;
            Ok(ticket.id)
        })
        .await
}
