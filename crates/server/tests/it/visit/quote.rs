//! What is not covered is agreed to before the work: quotes, the merchant's answer, who may do without it, and what an earlier repair answers for.

use jiff::SignedDuration;
use postsale_domain::ground::{Reach, Role, TypedId};
use postsale_domain::ticket::{TicketId, VisitReason};
use postsale_domain::visit::WorkOrderId;
use postsale_server::flow::desk::Desk;
use postsale_server::flow::visit::{Sending, send};
use postsale_server::ground::db::{Query, p};
use postsale_server::notify::jobs::PAGE_TOKEN;
use postsale_server::sql;
use postsale_server::ticket::store::{self as tickets, ContactFacts, Ticket};
use postsale_server::{org, sla};
use postsale_testkit::{Client, Kit, on_both};
use serde_json::{Value, json};

use super::{Scene, signature};

impl Scene {
    /// The terminal was put to use long ago.
    async fn long_out_of_warranty(&self, kit: &Kit) {
        let id = self.old;
        self.world
            .write(kit, move |tx| {
                tx.exec(sql!("UPDATE terminal SET activated_on = '2022-03-01' WHERE id = $1"), &[p(&id)])?;
                Ok(())
            })
            .await;
    }

    fn quotes(&self, rest: &str) -> String {
        format!("/api/v1/tickets/{}/quotes{rest}", self.ticket)
    }

    async fn part(&self) -> Value {
        json!({ "version": self.version().await, "part": "print_head" })
    }

    async fn part_by(&self, client: &Client) -> Value {
        let version = client.get(&self.path("")).await.expect(200)["order"]["version"].clone();
        json!({ "version": version, "part": "print_head" })
    }

    async fn quote(&self, client: &Client, codes: &[&str]) -> Value {
        let lines: Vec<Value> = codes.iter().map(|code| json!({ "code": code, "quantity": 1, "cost": null })).collect();
        client.post(&self.quotes(""), &json!({ "lines": lines })).await.expect(201)
    }

    async fn answer(&self, client: &Client, quote: &Value, body: Value) -> postsale_testkit::Answer {
        client.post(&self.quotes(&format!("/{}/answer", quote["id"].as_str().unwrap())), &body).await
    }

    fn page_of(&self, kit: &Kit) -> String {
        format!("/m/{}", kit.house.seal.sign(PAGE_TOKEN, self.ticket.uuid()))
    }
}

fn by_phone(accept: bool) -> Value {
    json!({ "accept": accept, "by": "张老板", "way": "phone", "note": null })
}

/// Another report on the same terminal, and the visit for it.
async fn again(s: &Scene, kit: &Kit, fault: &'static str) -> (TicketId, WorkOrderId) {
    let before = s.ticket;
    s.world
        .write(kit, move |tx| {
            let old = tickets::ticket(tx, before)?.unwrap();
            let mut case = old.case.clone();
            (case.state, case.fault_code, case.outcome, case.claimed) = (postsale_domain::ticket::TicketState::Triaged, None, None, true);
            let ticket = Ticket {
                id: tx.new_id(),
                number: org::store::next_number(tx, "ticket")?,
                case,
                contact: ContactFacts { email: None, ..old.contact.clone() },
                entry_count: 0,
                last_entry: None,
                opened_at: tx.now(),
                updated_at: tx.now(),
                solved_at: None,
                closed_at: None,
                version: 1,
                ..old
            };
            tickets::insert(tx, "ticket.open", &ticket)?;
            sla::store::start(tx, ticket.id, "urban", "normal", tx.now())?;
            let mut desk = Desk::load(tx, ticket.id, Reach::All, None)?;
            let reason = VisitReason::NeedsHands;
            let sending = Sending {
                fault_code: Some(fault.into()),
                reason_code: reason,
                reason: "又坏了".into(),
                skills: Some(vec!["printer".into()]),
                parts: None,
                access_note: None,
            };
            let order = send(tx, &mut desk, &sending)?;
            desk.save(tx, "ticket.visit")?;
            Ok((ticket.id, order))
        })
        .await
}

on_both! {
    fn chargeable_work_waits_for_the_merchants_yes_on_their_page(kit) {
        let s = Scene::new(&kit).await;
        s.long_out_of_warranty(&kit).await;
        s.at_work("not_applicable").await;
        let agent = s.world.client(&kit, Role::Agent).await;

        let costs = s.engineer.get(&s.quotes("")).await.expect(200);
        assert_eq!((&costs["agreed"], &costs["open"], &costs["lines"][0]["code"]), (&json!("not_asked"), &json!(8_000), &json!("LAB-ONS-URB")));
        assert_eq!((&costs["may"][0]["code"], &costs["may"][0]["amount"]), (&json!("PRT-HEAD"), &json!(9_000)));
        let no = s.engineer.post(&s.path("/parts"), &s.part().await).await;
        assert_eq!((no.status, &no.json["code"]), (409, &json!("visit.quote_first")));
        assert!(no.json["detail"].as_str().unwrap().contains("¥170.00"), "{}", no.json["detail"]);

        let quote = s.quote(&agent, &["LAB-ONS-URB", "PRT-HEAD"]).await;
        assert_eq!((&quote["state"], &quote["total"], &quote["price_version"]), (&json!("offered"), &json!(17_000), &json!(0)));
        assert!(quote["lines"][0]["cover"]["why"]["zh"].as_str().unwrap().contains("2023-03-01"), "{quote}");
        assert!(quote["cover"]["terms"].as_array().unwrap().iter().any(|t| t["code"] == "W-STD" && t["holds"] == false));
        assert_eq!(s.refused(&s.engineer, "/parts", json!({ "part": "print_head" }), 409).await, "visit.quote_waits");
        let missing = s.engineer.get(&s.path("")).await.expect(200)["missing"].clone();
        assert!(missing.as_array().unwrap().iter().any(|gap| gap["code"] == "quote"));

        let (shop, page) = (Client::new(&kit.house), s.page_of(&kit));
        let asked = shop.get(&page).await;
        for words in ["¥170.00", "¥90.00", "打印头", "不同意", "2023-03-01"] {
            assert!(asked.text.contains(words), "{words}: {}", asked.text);
        }
        let fields = |answer: &str| format!("quote={}&answer={answer}", quote["id"].as_str().unwrap());
        assert_eq!(shop.form(&format!("{page}/quote"), "quote=quo_x&answer=yes").await.status, 409);
        assert_eq!(shop.form(&format!("{page}/quote"), &fields("")).await.status, 422, "what is no answer declines nothing");
        for _ in 0..2 {
            assert_eq!(shop.form(&format!("{page}/quote"), &fields("yes")).await.status, 303, "a second tap is no second answer");
        }
        let rung = s.engineer.get("/api/v1/bell").await.expect(200)["items"].clone();
        let told: Vec<&Value> = rung.as_array().unwrap().iter().filter(|bell| bell["kind"] == "quote").collect();
        assert_eq!((told.len(), &told[0]["preview"]), (1, &json!("yes/17000")), "who waits for the yes hears it, once");
        let late = shop.form(&format!("{page}/quote"), &fields("no")).await;
        assert!(late.status == 409 && late.text.contains("已经答复过"), "{}", late.text);
        assert!(!shop.get(&page).await.text.contains("不同意</button>"));

        let costs = s.engineer.get(&s.quotes("")).await.expect(200);
        assert_eq!((&costs["agreed"], &costs["items"][0]["answer"]["way"], &costs["items"][0]["answer"]["noted_by"]), (&json!("given"), &json!("page"), &json!(null)));
        s.does(&s.engineer, "/parts", json!({ "part": "print_head" })).await;
        assert_eq!(s.refused(&s.engineer, "/parts", json!({ "part": "print_head" }), 409).await, "visit.quote_short", "a second one was not agreed to");
        let ready = s.all_steps().await;
        assert_eq!((&ready["order"]["state"], &ready["missing"]), (&json!("repaired"), &json!([])));
        let done = s.does(&s.engineer, "/complete", json!({ "outcome": "fixed", "confirmation": signature() })).await;
        assert_eq!(done["order"]["state"], "done");
        let costs = agent.get(&s.quotes("")).await.expect(200);
        assert_eq!((&costs["total"], &costs["agreed"]), (&json!(17_000), &json!("given")), "a repair does not answer for itself");
        let lines = agent.get(&format!("/api/v1/tickets/{}/timeline?limit=100", s.ticket)).await.expect(200);
        let said = |words: &str| lines["items"].as_array().unwrap().iter().any(|l| l["event"]["sentence"]["zh"].as_str().is_some_and(|s| s.contains(words)));
        assert!(said("同意报价¥170.00（商户页面）"), "{lines}");
    }
}

on_both! {
    fn without_a_yes_nothing_is_finished_and_a_signature_is_one(kit) {
        let s = Scene::new(&kit).await;
        s.long_out_of_warranty(&kit).await;
        s.at_work("not_applicable").await;
        s.all_steps().await;
        let done = json!({ "outcome": "fixed", "confirmation": signature() });
        assert_eq!(s.refused(&s.engineer, "/complete", done.clone(), 409).await, "visit.quote_first");
        let agent = s.world.client(&kit, Role::Agent).await;
        let first = s.quote(&agent, &["LAB-ONS-URB"]).await;
        assert_eq!(s.answer(&agent, &first, json!({ "accept": true, "by": "张老板", "way": "page", "note": null })).await.problem(422), "quote.way_not_yours");
        assert_eq!(s.answer(&agent, &first, json!({ "accept": true, "by": " ", "way": "phone", "note": null })).await.problem(422), "quote.who_missing");
        s.answer(&agent, &first, by_phone(false)).await.expect(200);
        assert_eq!(s.refused(&s.engineer, "/complete", done.clone(), 409).await, "visit.quote_declined");
        // The engineer offers less by hand; what was offered before that is no longer answered.
        let second = s.quote(&s.engineer, &["LAB-ONS-URB", "PRT-HEAD"]).await;
        let third = s.quote(&s.engineer, &["LAB-ONS-SUB"]).await;
        let page = s.page_of(&kit);
        let shop = Client::new(&kit.house);
        let stale = shop.form(&format!("{page}/quote"), &format!("quote={}&answer=yes", second["id"].as_str().unwrap())).await;
        assert!(stale.status == 409 && stale.text.contains("被新的报价取代"), "{}", stale.text);
        let dot = json!({ "accept": true, "by": "张老板", "way": "signature", "note": null, "strokes": [[[1, 1], [2, 2]]] });
        assert_eq!(s.answer(&s.engineer, &third, dot).await.problem(422), "visit.signature_small");
        let signed = json!({ "accept": true, "by": "张老板", "way": "signature", "note": null, "strokes": signature()["strokes"] });
        assert_eq!(s.answer(&s.other, &third, signed.clone()).await.problem(404), "not_found");
        let kept = s.answer(&s.engineer, &third, signed).await.expect(200);
        assert_eq!((&kept["state"], &kept["answer"]["noted_by"]), (&json!("accepted"), &json!("工程师近")));
        assert_eq!(s.does(&s.engineer, "/complete", done).await["order"]["state"], "done");
        let costs = agent.get(&s.quotes("")).await.expect(200);
        assert_eq!((&costs["total"], &costs["lines"][0]["code"]), (&json!(12_000), &json!("LAB-ONS-SUB")), "what was agreed to is what it costs");
        let states: Vec<Value> = agent.get(&s.quotes("")).await.expect(200)["items"].as_array().unwrap().iter().map(|q| q["state"].clone()).collect();
        assert_eq!(states, [json!("accepted"), json!("replaced"), json!("declined")]);
        // What is over is quoted no more.
        assert_eq!(agent.post(&s.quotes(""), &json!({ "lines": [{ "code": "LAB-ONS-URB", "quantity": 1, "cost": null }] })).await.status, 409);
    }
}

on_both! {
    fn a_quote_is_made_and_signed_in_one_tap_that_may_come_late(kit) {
        let s = Scene::new(&kit).await;
        s.long_out_of_warranty(&kit).await;
        s.at_work("not_applicable").await;
        let line = |code: &str| json!({ "code": code, "quantity": 1, "cost": null });
        let tap = |total: i64| json!({ "lines": [line("LAB-ONS-URB"), line("PRT-HEAD")], "total": total, "by": "张老板", "strokes": signature()["strokes"] });
        assert_eq!(s.refused(&s.engineer, "/consent", tap(8_000), 409).await, "quote.other_sum");
        let dot = json!({ "lines": [line("LAB-ONS-URB")], "total": 8_000, "by": "张老板", "strokes": [[[1, 1], [2, 2]]] });
        assert_eq!(s.refused(&s.engineer, "/consent", dot, 422).await, "visit.signature_small");
        assert_eq!(s.refused(&s.other, "/consent", tap(17_000), 404).await, "not_found");
        assert_eq!(s.refused(&s.dispatcher, "/consent", tap(17_000), 403).await, "not_allowed");
        assert_eq!(s.engineer.get(&s.quotes("")).await.expect(200)["items"], json!([]), "what was refused left nothing behind");
        s.does(&s.engineer, "/consent", tap(17_000)).await;
        // Sent again by a telephone that did not hear the answer: it is the same yes.
        s.does(&s.engineer, "/consent", tap(17_000)).await;
        let costs = s.engineer.get(&s.quotes("")).await.expect(200);
        assert_eq!((&costs["agreed"], &costs["items"][0]["answer"]["way"]), (&json!("given"), &json!("signature")));
        assert_eq!(costs["items"].as_array().unwrap().len(), 1, "signed once");
        s.does(&s.engineer, "/parts", json!({ "part": "print_head" })).await;
    }
}

on_both! {
    fn a_supervisor_waives_for_a_reason_and_a_quote_expires(kit) {
        let s = Scene::new(&kit).await;
        s.long_out_of_warranty(&kit).await;
        s.at_work("not_applicable").await;
        let agent = s.world.client(&kit, Role::Agent).await;
        let quote = s.quote(&agent, &["LAB-ONS-URB"]).await;
        kit.later(SignedDuration::from_hours(24 * 4));
        let (agent_later, supervisor_later) = (s.world.client(&kit, Role::Agent).await, s.world.client(&kit, Role::Supervisor).await);
        assert_eq!(s.answer(&agent_later, &quote, by_phone(true)).await.problem(409), "quote.expired");
        assert_eq!(agent_later.get(&s.quotes("")).await.expect(200)["items"][0]["state"], "expired");
        let waiver = format!("/api/v1/tickets/{}/charge-waiver", s.ticket);
        assert_eq!(agent_later.post(&waiver, &json!({ "reason": "老客户" })).await.problem(403), "not_allowed");
        assert_eq!(supervisor_later.post(&waiver, &json!({ "reason": " " })).await.problem(422), "reason.missing");
        let engineer = Client::new(&kit.house).sign_in("near@t1", "postsale-test").await;
        assert_eq!(engineer.post(&s.path("/parts"), &s.part_by(&engineer).await).await.problem(409), "visit.quote_first", "what expired is no yes");
        let costs = supervisor_later.post(&waiver, &json!({ "reason": "上次修坏的，由我们承担" })).await.expect(200);
        assert_eq!((&costs["agreed"], &costs["waiver"]["reason"]), (&json!("waived"), &json!("上次修坏的，由我们承担")));
        engineer.post(&s.path("/parts"), &s.part_by(&engineer).await).await.expect(200);
        let keeper = s.world.client(&kit, Role::Storekeeper).await;
        assert_eq!(keeper.post(&s.quotes(""), &json!({ "lines": [] })).await.problem(403), "not_allowed");
        let page = s.world.client(&kit, Role::Dispatcher).await.get(&s.path("")).await.expect(200);
        assert!(page["missing"].as_array().unwrap().iter().all(|gap| gap["code"] != "quote"));
    }
}

on_both! {
    fn what_is_covered_needs_no_quote_and_an_earlier_repair_answers_for_its_kind(kit) {
        let s = Scene::new(&kit).await;
        s.at_work("not_applicable").await;
        let agent = s.world.client(&kit, Role::Agent).await;
        let lines = json!({ "lines": [{ "code": "LAB-ONS-URB", "quantity": 1, "cost": null }] });
        assert_eq!(agent.post(&s.quotes(""), &lines).await.problem(409), "quote.nothing_charged");
        s.does(&s.engineer, "/parts", json!({ "part": "print_head" })).await;
        s.all_steps().await;
        s.does(&s.engineer, "/complete", json!({ "outcome": "fixed", "confirmation": signature() })).await;

        // Out of warranty since; the repair of the printer answers for the printer, until the ninetieth day.
        s.long_out_of_warranty(&kit).await;
        for (days, fault, free) in [(30, "PRN-03", true), (0, "PWR-01", false), (61, "PRN-03", false)] {
            kit.later(SignedDuration::from_hours(24 * days));
            let (ticket, _) = again(&s, &kit, fault).await;
            let agent = s.world.client(&kit, Role::Agent).await;
            let costs = agent.get(&format!("/api/v1/tickets/{ticket}/quotes")).await.expect(200);
            let line = &costs["lines"][0];
            assert_eq!((line["amount"] == 0, costs["agreed"] == "given"), (free, free), "{fault} {costs}");
            assert_eq!(line["cover"]["freed"]["code"] == "W-REPAIR", free, "{fault} {line}");
            assert_eq!(costs["first_repair"]["number"] == "T-000001", free);
            let links = agent.get(&format!("/api/v1/tickets/{ticket}")).await.expect(200)["links"].clone();
            assert_eq!(links.as_array().unwrap().iter().any(|l| l["kind"] == "caused_by" && l["number"] == "T-000001"), free, "{links}");
        }
    }
}

on_both! {
    fn a_visit_that_was_called_off_or_came_to_nothing_costs_nothing(kit) {
        let s = Scene::new(&kit).await;
        s.long_out_of_warranty(&kit).await;
        let agent = s.world.client(&kit, Role::Agent).await;
        assert_eq!(agent.get(&s.quotes("")).await.expect(200)["total"], 8_000);
        s.does(&s.dispatcher, "/cancel", json!({ "reason": "商户说好了" })).await;
        let costs = agent.get(&s.quotes("")).await.expect(200);
        assert_eq!((&costs["lines"], &costs["may"], &costs["agreed"], &costs["open"]), (&json!([]), &json!([]), &json!("given"), &json!(0)));

        let (ticket, order) = again(&s, &kit, "PRN-02").await;
        let s = Scene { ticket, order, ..s };
        s.at_work("not_applicable").await;
        let declined = s.quote(&agent, &["LAB-ONS-URB"]).await;
        s.answer(&agent, &declined, by_phone(false)).await.expect(200);
        s.does(&s.engineer, "/fail", json!({ "reason": "商户不同意报价", "follow_up": "等商户决定" })).await;
        let costs = agent.get(&s.quotes("")).await.expect(200);
        assert_eq!((&costs["lines"], &costs["agreed"], &costs["open"]), (&json!([]), &json!("given"), &json!(0)), "what they said no to is not owed");
    }
}

on_both! {
    fn a_finished_visit_keeps_its_prices(kit) {
        let s = Scene::new(&kit).await;
        s.long_out_of_warranty(&kit).await;
        s.at_work("not_applicable").await;
        let supervisor = s.world.client(&kit, Role::Supervisor).await;
        supervisor.post(&format!("/api/v1/tickets/{}/charge-waiver", s.ticket), &json!({ "reason": "由我们承担" })).await.expect(200);
        s.all_steps().await;
        s.does(&s.engineer, "/complete", json!({ "outcome": "fixed", "confirmation": signature() })).await;
        let dearer = json!({ "code": "LAB-ONS-URB", "name": { "zh": "上门人工费（市区）", "en": "On-site labour, city" }, "unit": "visit", "price": 9_900, "tax": 6 });
        kit.later(SignedDuration::from_hours(24));
        crate::facts::published(&s.world.client(&kit, Role::Admin).await, "price_list", &[dearer]).await;
        kit.later(SignedDuration::from_hours(24));
        let costs = s.world.client(&kit, Role::Agent).await.get(&s.quotes("")).await.expect(200);
        assert_eq!((&costs["total"], &costs["price_version"]), (&json!(8_000), &json!(0)), "{costs}");
    }
}

on_both! {
    fn a_part_that_was_covered_when_it_was_reported_stays_covered(kit) {
        let s = Scene::new(&kit).await;
        let id = s.old;
        // The last day of what wears out; the terminal itself is covered for longer.
        s.world
            .write(&kit, move |tx| {
                tx.exec(sql!("UPDATE terminal SET activated_on = '2025-11-24', extended_until = '2027-11-24' WHERE id = $1"), &[p(&id)])?;
                Ok(())
            })
            .await;
        s.at_work("not_applicable").await;
        kit.later(SignedDuration::from_hours(24));
        let engineer = Client::new(&kit.house).sign_in("near@t1", "postsale-test").await;
        let costs = engineer.get(&s.quotes("")).await.expect(200);
        assert_eq!((&costs["may"][0]["code"], &costs["may"][0]["amount"]), (&json!("PRT-HEAD"), &json!(0)), "{costs}");
        engineer.post(&s.path("/parts"), &s.part_by(&engineer).await).await.expect(200);
        // What is reported today is charged.
        let (ticket, _) = again(&s, &kit, "PRN-02").await;
        let costs = s.world.client(&kit, Role::Agent).await.get(&format!("/api/v1/tickets/{ticket}/quotes")).await.expect(200);
        assert_eq!((&costs["lines"][0]["amount"], &costs["may"][0]["amount"]), (&json!(0), &json!(9_000)), "{costs}");
    }
}

on_both! {
    fn an_earlier_repair_under_another_acquirer_is_not_told(kit) {
        let s = Scene::new(&kit).await;
        s.at_work("not_applicable").await;
        s.all_steps().await;
        s.does(&s.engineer, "/complete", json!({ "outcome": "fixed", "confirmation": signature() })).await;
        s.long_out_of_warranty(&kit).await;
        kit.later(SignedDuration::from_hours(24));
        let (ticket, _) = again(&s, &kit, "PRN-03").await;
        let (first, hash) = (s.ticket, org::api::hash_password("postsale-test").unwrap());
        s.world
            .write(&kit, move |tx| {
                let own = tickets::ticket(tx, first)?.unwrap().acquirer_id.unwrap();
                let other = postsale_server::merchant::store::add_acquirer(tx, "A2", "收单二")?;
                tx.exec(sql!("UPDATE ticket SET acquirer_id = $1 WHERE id = $2"), &[p(&other), p(&first)])?;
                org::store::add_user(tx, "own@t1", "收单一", Role::Acquirer, &hash, None, Some(own)).map(drop)
            })
            .await;
        let path = format!("/api/v1/tickets/{ticket}/quotes");
        let bank = Client::new(&kit.house).sign_in("own@t1", "postsale-test").await;
        let agent = s.world.client(&kit, Role::Agent).await;
        assert_eq!(agent.get(&path).await.expect(200)["first_repair"]["number"], "T-000001");
        let costs = bank.get(&path).await.expect(200);
        assert_eq!((&costs["first_repair"], &costs["lines"][0]["amount"]), (&json!(null), &json!(0)));
    }
}
