//! A label typed from the wrong unit: the terminal of another shop keeps its binding.

use postsale_domain::ground::Role;
use postsale_domain::terminal::TerminalId;
use postsale_server::ground::db::{Query, p};
use postsale_server::merchant::store::{self as merchants, Merchant, Store};
use postsale_server::sql;
use postsale_server::terminal::store::{self as terminals, Binding};
use postsale_testkit::{Kit, on_both};
use serde_json::json;

use super::{Scene, signature, terminal};

impl Scene {
    /// A unit that is bound in another shop, of the same merchant or of another, while the ticket names no terminal.
    async fn unit_of_another(&self, kit: &Kit, same_merchant: bool) -> TerminalId {
        let (old, id) = (self.old, self.ticket);
        self.world
            .write(kit, move |tx| {
                let here = terminals::open_binding(tx, old)?.unwrap();
                let merchant = merchants::merchant(tx, here.merchant_id, None)?.unwrap();
                let shop = merchants::store(tx, here.store_id)?.unwrap();
                let (other, there): (Merchant, _) =
                    (Merchant { id: tx.new_id(), mid: "898310000000002".into(), name: "另一家".into(), ..merchant.clone() }, tx.new_id());
                if !same_merchant {
                    merchants::add_merchant(tx, &other)?;
                }
                let whose = if same_merchant { merchant.id } else { other.id };
                merchants::add_store(tx, &Store { id: there, merchant_id: whose, name: "另一店".into(), ..shop })?;
                let unit: TerminalId = tx.new_id();
                terminals::add_terminal(tx, &terminal(unit, "YYY00001", 9))?;
                let bound =
                    Binding { id: tx.new_id(), terminal_id: unit, merchant_id: whose, store_id: there, tid: "10000002".into(), ..here };
                terminals::bind(tx, &bound)?;
                // Nobody could read the label when it was reported.
                tx.exec(sql!("UPDATE ticket SET terminal_id = NULL WHERE id = $1"), &[p(&id)])?;
                Ok(unit)
            })
            .await
    }
}

/// What another shop's unit may and may not, as a part and when the visit is confirmed.
async fn theirs_stays_theirs(kit: &Kit, same_merchant: bool) {
    let s = Scene::new(kit).await;
    let theirs = s.unit_of_another(kit, same_merchant).await;
    // Without a terminal nothing shows that the work is covered: who leads the desk lets it go on.
    let supervisor = s.world.client(kit, Role::Supervisor).await;
    supervisor.post(&format!("/api/v1/tickets/{}/charge-waiver", s.ticket), &json!({ "reason": "标签看不清" })).await.expect(200);
    s.at_work("not_applicable").await;
    s.all_steps().await;
    let swap = |old: &str| json!({ "part": "swap_unit", "old_serial": old, "new_serial": "NEW00001" });
    assert_eq!(s.refused(&s.engineer, "/parts", swap("yyy-00001"), 409).await, "visit.old_serial_elsewhere");
    // What is bound here goes. Its binding may have moved by the time the merchant confirms: it is looked at again.
    s.does(&s.engineer, "/parts", swap("OLD00001")).await;
    s.all_steps().await;
    let (old, new) = (s.old, s.new);
    s.world
        .write(kit, move |tx| {
            let (mine, other) = (terminals::unbind(tx, old, "test")?, terminals::open_binding(tx, theirs)?.unwrap());
            let moved = Binding { id: tx.new_id(), valid_to: None, merchant_id: other.merchant_id, store_id: other.store_id, ..mine };
            terminals::bind(tx, &moved)
        })
        .await;
    let done = json!({ "outcome": "swapped", "confirmation": signature() });
    assert_eq!(s.refused(&s.engineer, "/complete", done, 409).await, "visit.old_serial_elsewhere");
    let open = s.world.read(kit, move |tx| {
        Ok([terminals::open_binding(tx, old)?, terminals::open_binding(tx, theirs)?, terminals::open_binding(tx, new)?]
            .map(|b| b.map(|b| b.tid)))
    });
    assert_eq!(open.await, [Some("10000001".to_owned()), Some("10000002".to_owned()), None], "nobody's binding has moved");
}

on_both! {
    fn a_swap_never_takes_the_terminal_of_another_merchant(kit) {
        theirs_stays_theirs(&kit, false).await;
    }
}

on_both! {
    fn a_swap_never_takes_the_terminal_of_another_shop(kit) {
        theirs_stays_theirs(&kit, true).await;
    }
}
