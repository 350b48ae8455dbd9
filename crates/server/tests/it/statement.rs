//! What a month of promises comes to: previewed, signed, excluded from, disputed, and never changed.

use jiff::{SignedDuration, Timestamp};
use postsale_domain::agreement::{Head, Seal, StatementId};
use postsale_domain::ground::Role;
use postsale_server::agreement::store::{self, Which};
use postsale_server::ground::web::Keyset;
use postsale_testkit::{Client, Kit, on_both};
use serde_json::{Value, json};

use crate::desk_world::{DeskWorld, id_of};

/// A month with four tickets: one kept, one late by an hour and a second, one late on the day of the storm, one still open.
pub struct Month {
    /// The desk they were worked on.
    pub desk: DeskWorld,
    /// Solved in time.
    pub kept: String,
    /// Two hours begun too late.
    pub late: String,
    /// Fell due on 25 November, one hour begun too late.
    pub storm: String,
    /// Nobody ever solved it.
    pub open: String,
    /// Does the money.
    pub finance: Client,
    /// Signs.
    pub supervisor: Client,
    /// The shop's bank.
    pub bank: Client,
}

async fn call(desk: &DeskWorld) -> (String, Timestamp) {
    let mut body = DeskWorld::call();
    body["even_if_open"] = json!(true);
    let page = desk.agent.post("/api/v1/tickets", &body).await.expect(201);
    (id_of(&page), page["ticket"]["resolution"]["due_at"].as_str().unwrap().parse().unwrap())
}

async fn solve(kit: &Kit, desk: &mut DeskWorld, id: &str, at: Timestamp) {
    kit.set(&at.to_string());
    desk.agent = desk.world.client(kit, Role::Agent).await;
    desk.does(&desk.agent, id, "/solve", json!({ "fault_code": "PRN-02", "outcome": "remote_fixed" })).await;
}

impl Month {
    /// The month, seen on the first of December.
    pub async fn new(kit: &Kit) -> Month {
        kit.set("2026-11-24T09:00:00+08:00");
        let mut desk = DeskWorld::new(kit).await;
        let ((kept, _), (late, due), (open, _)) = (call(&desk).await, call(&desk).await, call(&desk).await);
        solve(kit, &mut desk, &kept, "2026-11-24T09:30:00+08:00".parse().unwrap()).await;
        solve(kit, &mut desk, &late, due + SignedDuration::from_secs(3_601)).await;
        kit.set("2026-11-25T09:00:00+08:00");
        desk.agent = desk.world.client(kit, Role::Agent).await;
        let (storm, due) = call(&desk).await;
        solve(kit, &mut desk, &storm, due + SignedDuration::from_secs(10)).await;
        kit.set("2026-12-01T10:00:00+08:00");
        desk.agent = desk.world.client(kit, Role::Agent).await;
        let (finance, supervisor) = (desk.world.client(kit, Role::Finance).await, desk.world.client(kit, Role::Supervisor).await);
        let bank = Client::new(&kit.house).sign_in("bank@t1", "postsale-test").await;
        Month { desk, kept, late, storm, open, finance, supervisor, bank }
    }

    /// Opens the statement of the month as finance does; its page.
    pub async fn opened(&self) -> Value {
        let month = self.finance.get("/api/v1/statement-month?month=2026-11").await.expect(200);
        let row = &month["rows"][0];
        let body = json!({ "acquirer_id": row["acquirer_id"], "agreement": row["agreement"], "month": "2026-11" });
        self.finance.post("/api/v1/statements", &body).await.expect(200)
    }

    /// The line of a ticket's repair in a version.
    pub async fn line(&self, page: &Value, version: i64, ticket: &str) -> Value {
        let lines = lines(&self.finance, page, &format!("?limit=200&version={version}")).await;
        lines.into_iter().find(|l| l["ticket_id"] == json!(ticket) && l["kind"] == "resolution").unwrap()
    }
}

/// The address of a statement's door.
pub fn door(page: &Value, door: &str) -> String {
    format!("/api/v1/statements/{}{door}", page["id"].as_str().unwrap())
}

async fn lines(client: &Client, page: &Value, query: &str) -> Vec<Value> {
    client.get(&door(page, &format!("/lines{query}"))).await.expect(200)["items"].as_array().unwrap().clone()
}

fn figures(page: &Value) -> Value {
    let t = &page["total"];
    json!([t["kept"], t["late"], t["left_out"], t["penalty"]])
}

fn storm(page: &Value) -> Value {
    json!({ "version": page["version"], "day": "2026-11-25", "reason": "台风停运", "proof": "气象台橙色预警2026-118" })
}

on_both! {
    fn a_month_is_signed_disputed_and_signed_again(kit) {
        let month = Month::new(&kit).await;
        let overview = month.finance.get("/api/v1/statement-month?month=2026-11").await.expect(200);
        let row = &overview["rows"][0];
        assert_eq!((&overview["ended"], &row["promises"], &row["late"], &row["signed"]), (&json!(true), &json!(8), &json!(3), &json!(0)));
        assert_eq!(overview["rows"].as_array().map(Vec::len), Some(1));
        let page = month.opened().await;
        // An hour begun is 5 percent of 120 yuan, and 30 percent the most.
        assert_eq!(figures(&page), json!([5, 3, 0, 600 + 1_200 + 3_600]));
        assert_eq!((&page["shown"], &page["signed"]), (&json!(0), &json!(0)));
        assert_eq!(month.opened().await["id"], page["id"], "opened once");
        kit.settle().await;
        assert_eq!(figures(&month.opened().await), figures(&page), "whether or not somebody looked at the breach");
        assert_eq!(month.bank.get("/api/v1/statements").await.expect(200)["items"], json!([]), "not before it is signed");
        assert_eq!(month.bank.get(&door(&page, "")).await.problem(404), "not_found");
        assert_eq!(lines(&month.finance, &page, "?view=late").await.len(), 3);

        let page = month.finance.post(&door(&page, "/exclusions"), &storm(&page)).await.expect(200);
        assert_eq!(figures(&page), json!([4, 2, 2, 4_800]), "the storm counts apart");
        let sign = json!({ "version": page["version"] });
        assert_eq!(month.finance.post(&door(&page, "/sign"), &sign).await.problem(403), "statement.own_exclusion");
        let first = month.supervisor.post(&door(&page, "/sign"), &sign).await.expect(200);
        assert_eq!((figures(&first), &first["shown"], &first["exclusions"][0]["signed_in"]), (json!([4, 2, 2, 4_800]), &json!(1), &json!(1)));
        let stale = month.supervisor.post(&door(&page, "/sign"), &sign).await;
        assert_eq!((stale.status, &stale.json["current"]["signed"]), (409, &json!(1)));
        let again = json!({ "version": first["version"] });
        assert_eq!(month.supervisor.post(&door(&page, "/sign"), &again).await.problem(409), "statement.nothing_new");
        let excluded = month.line(&page, 1, &month.storm).await;
        assert_eq!((&excluded["verdict"], &excluded["penalty"], &excluded["late_s"]), (&json!("left_out"), &json!(0), &json!(10)));
        assert_eq!(excluded["because"], json!({ "dispute": false, "reason": "台风停运" }));

        // The bank says that what was kept was not; the house says that the open one was the shop's.
        let kept = month.line(&page, 1, &month.kept).await;
        let says = json!({ "clock_id": kept["clock_id"], "claim": "late", "late_s": 5_000, "reason": "回访说第二天才好" });
        month.bank.post(&door(&page, "/disputes"), &says).await.expect(200);
        assert_eq!(month.bank.post(&door(&page, "/disputes"), &says).await.problem(409), "statement.disputed_already");
        let open = month.line(&page, 1, &month.open).await;
        assert_eq!((&open["ended_at"], &open["penalty"]), (&Value::Null, &json!(3_600)));
        let says = json!({ "clock_id": open["clock_id"], "claim": "left_out", "reason": "门店装修，拒绝上门" });
        let page = month.finance.post(&door(&page, "/disputes"), &says).await.expect(200);
        assert_eq!((&page["disputes_open"], &page["signed"], figures(&page)), (&json!(2), &json!(1), figures(&first)));
        let disputes = page["disputes"].as_array().unwrap();
        let of = |claim: &str| disputes.iter().find(|d| d["claim"] == claim).unwrap()["id"].as_str().unwrap().to_owned();
        let decide = |id: String| format!("/api/v1/statement-disputes/{id}/decide");
        let yes = json!({ "version": page["version"], "accept": true, "reason": "照片属实" });
        assert_eq!(month.finance.post(&decide(of("left_out")), &yes).await.problem(403), "statement.own_dispute");
        let second = month.supervisor.post(&decide(of("left_out")), &yes).await.expect(200);
        assert_eq!((figures(&second), &second["shown"]), (json!([4, 1, 3, 1_200]), &json!(2)));
        let no = json!({ "version": second["version"], "accept": false, "reason": "当日已试机" });
        let after = month.finance.post(&decide(of("late")), &no).await.expect(200);
        assert_eq!((&after["signed"], &after["disputes_open"]), (&json!(2), &json!(0)));
        let yes = json!({ "version": after["version"], "accept": true, "reason": "属实" });
        assert_eq!(month.finance.post(&decide(of("late")), &yes).await.problem(409), "statement.decided");
        assert_eq!(month.line(&page, 2, &month.open).await["because"], json!({ "dispute": true, "reason": "照片属实" }));
        assert_eq!(lines(&month.bank, &page, "?view=disputed").await.len(), 2);

        // The first version is what it was, and its seal holds.
        let versions = after["versions"].as_array().unwrap();
        assert_eq!((versions.len(), &versions[1]["predecessor"], &versions[1]["cause"]), (2, &versions[0]["seal"], &json!("dispute")));
        let old = month.bank.get(&door(&page, "?version=1")).await.expect(200);
        assert_eq!((figures(&old), &old["clauses"]), (figures(&first), &first["clauses"]));
        assert_eq!(month.line(&page, 1, &month.open).await["penalty"], 3_600);
        assert_eq!(month.bank.get(&door(&page, "?version=3")).await.problem(404), "not_found");
        for version in versions {
            assert_eq!(seal(&kit, &month, &page, version).await, version["seal"].as_str().unwrap());
        }

        // A ticket is excluded later: noted by one, signed by another.
        let asked = json!({ "version": after["version"], "ticket_id": month.late, "reason": "道路封闭", "proof": "交警通告" });
        let page = month.supervisor.post(&door(&page, "/exclusions"), &asked).await.expect(200);
        assert_eq!(figures(&page), json!([4, 1, 3, 1_200]), "not before somebody signs");
        let third = month.finance.post(&door(&page, "/sign"), &json!({ "version": page["version"] })).await.expect(200);
        assert_eq!((figures(&third), &third["versions"][2]["cause"]), (json!([3, 0, 5, 0]), &json!("exclusion")));
        assert_eq!(third["total"]["attainment_bp"], 10_000);
        // The lines as a table: the sum opens, and an older version stays what it was.
        let table = async |client: &Client, query: &str| client.get(&format!("/api/v1/exports/statement-lines?statement={}{query}", page["id"].as_str().unwrap())).await;
        let text = table(&month.bank, "&version=1&lines=late").await.text;
        let money: Vec<&str> = text.lines().skip(1).map(|line| line.split(',').nth(10).unwrap()).collect();
        assert_eq!(money, ["12.00", "36.00"], "{text}");
        assert_eq!(table(&month.bank, "").await.text.lines().count(), 1 + 8);
        let other = Client::new(&kit.house).sign_in("otherbank@t1", "postsale-test").await;
        assert_eq!(table(&other, "").await.problem(404), "not_found");
        assert_eq!(month.bank.get("/api/v1/exports/statement-lines").await.problem(422), "statement.which");
        let listed = month.bank.get("/api/v1/statements").await.expect(200);
        assert_eq!((&listed["items"][0]["signed"], &listed["items"][0]["figures"]), (&json!(3), &third["total"]));
    }
}

/// The seal of a version, computed again from the lines as they are kept.
async fn seal(kit: &Kit, month: &Month, page: &Value, version: &Value) -> String {
    let (id, n): (StatementId, i64) = (page["id"].as_str().unwrap().parse().unwrap(), version["version"].as_i64().unwrap());
    month
        .desk
        .world
        .read(kit, move |tx| {
            let statement = store::statement(tx, id)?;
            let signed = store::versions(tx, id)?.into_iter().find(|v| v.version == n).unwrap();
            let mut seal = Seal::new(&Head {
                statement: &id.to_string(),
                acquirer: &statement.acquirer.to_string(),
                agreement: (&statement.agreement, signed.terms.version),
                month: "2026-11",
                version: n,
                predecessor: &signed.predecessor,
                signed_by: &signed.signed_by.to_string(),
                signed_ms: signed.signed_at.as_millisecond(),
            });
            for line in store::lines(tx, id, n, Which::All, Keyset::FIRST, 100)? {
                seal.line(&line);
            }
            Ok(seal.finish())
        })
        .await
}

on_both! {
    fn a_statement_refuses(kit) {
        let month = Month::new(&kit).await;
        let page = month.opened().await;
        let (finance, at) = (&month.finance, |d: &str| door(&page, d));
        let refused = async |body: Value, status: u16| {
            let mut asked = storm(&page);
            asked.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
            finance.post(&at("/exclusions"), &asked).await.problem(status)
        };
        assert_eq!(refused(json!({ "day": "2026-12-01" }), 422).await, "statement.day_outside");
        assert_eq!(refused(json!({ "proof": " " }), 422).await, "statement.no_proof");
        assert_eq!(refused(json!({ "reason": "" }), 422).await, "reason.missing");
        assert_eq!(refused(json!({ "reason": "字".repeat(501) }), 422).await, "statement.words_long");
        assert_eq!(refused(json!({ "day": null }), 422).await, "statement.exclude_what");
        assert_eq!(refused(json!({ "ticket_id": month.late }), 422).await, "statement.exclude_what");
        assert_eq!(refused(json!({ "day": null, "ticket_id": "tkt_00000000000000000000000000000001" }), 422).await, "statement.ticket_outside");
        let line = month.line(&page, 0, &month.late).await;
        let says = json!({ "clock_id": line["clock_id"], "claim": "kept", "reason": "属实" });
        assert_eq!(finance.post(&at("/disputes"), &says).await.problem(409), "statement.not_signed");

        let noted = finance.post(&at("/exclusions"), &storm(&page)).await.expect(200);
        let mut twice = storm(&page);
        twice["version"] = noted["version"].clone();
        assert_eq!(finance.post(&at("/exclusions"), &twice).await.problem(409), "statement.excluded_already");
        let withdraw = |page: &Value| format!("/api/v1/statement-exclusions/{}/withdraw", page["exclusions"][0]["id"].as_str().unwrap());
        let back = finance.post(&withdraw(&noted), &json!({ "version": noted["version"] })).await.expect(200);
        assert_eq!((&back["exclusions"], figures(&back)), (&json!([]), figures(&page)));
        twice["version"] = back["version"].clone();
        let noted = finance.post(&at("/exclusions"), &twice).await.expect(200);
        let signed = month.supervisor.post(&at("/sign"), &json!({ "version": noted["version"] })).await.expect(200);
        let late = json!({ "version": signed["version"] });
        assert_eq!(finance.post(&withdraw(&signed), &late).await.problem(409), "statement.exclusion_signed");
        for (body, status, code) in [
            (json!({ "clock_id": line["clock_id"], "claim": "late", "late_s": 3601, "reason": "x" }), 409, "statement.nothing_disputed"),
            (json!({ "clock_id": line["clock_id"], "claim": "late", "reason": "x" }), 422, "statement.late_missing"),
            (json!({ "clock_id": line["clock_id"], "claim": "kept", "late_s": 5, "reason": "x" }), 422, "statement.late_without"),
            (json!({ "clock_id": line["clock_id"], "claim": "kept", "reason": " " }), 422, "reason.missing"),
            (json!({ "clock_id": "clk_00000000000000000000000000000001", "claim": "kept", "reason": "x" }), 404, "not_found"),
        ] {
            assert_eq!(month.bank.post(&at("/disputes"), &body).await.problem(status), code, "{body}");
        }
        let row = |month: &str, agreement: &str| json!({ "acquirer_id": page["acquirer_id"], "agreement": agreement, "month": month });
        assert_eq!(finance.post("/api/v1/statements", &row("2027-01", "urban")).await.problem(422), "statement.month_ahead");
        assert_eq!(finance.post("/api/v1/statements", &row("2026-11", "none")).await.problem(422), "statement.agreement_unknown");
        let mut nobody = row("2026-11", "urban");
        nobody["acquirer_id"] = json!("acq_00000000000000000000000000000001");
        assert_eq!(finance.post("/api/v1/statements", &nobody).await.problem(422), "statement.acquirer_unknown");
        let running = finance.post("/api/v1/statements", &row("2026-12", "urban")).await.expect(200);
        assert_eq!((&running["ended"], figures(&running)), (&json!(false), json!([0, 0, 0, 0])));
        let sign = json!({ "version": running["version"] });
        assert_eq!(finance.post(&door(&running, "/sign"), &sign).await.problem(409), "statement.month_running");
        let empty = finance.post("/api/v1/statements", &row("2026-10", "urban")).await.expect(200);
        assert_eq!(finance.post(&door(&empty, "/sign"), &json!({ "version": empty["version"] })).await.problem(409), "statement.empty");
        assert_eq!(finance.get("/api/v1/statement-month?month=2026-13").await.status, 422);
    }
}

on_both! {
    fn everybody_sees_what_is_theirs(kit) {
        let month = Month::new(&kit).await;
        let page = month.opened().await;
        let sign = json!({ "version": page["version"] });
        let signed = month.supervisor.post(&door(&page, "/sign"), &sign).await.expect(200);
        let line = month.line(&page, 1, &month.late).await;
        let says = json!({ "clock_id": line["clock_id"], "claim": "kept", "reason": "属实" });

        let other = Client::new(&kit.house).sign_in("otherbank@t1", "postsale-test").await;
        assert_eq!(other.get("/api/v1/statements").await.expect(200)["items"], json!([]));
        for path in [door(&page, ""), door(&page, "/lines")] {
            assert_eq!(other.get(&path).await.problem(404), "not_found");
            month.bank.get(&path).await.expect(200);
        }
        assert_eq!(other.post(&door(&page, "/disputes"), &says).await.problem(404), "not_found");
        assert_eq!(month.bank.post(&door(&page, "/sign"), &sign).await.problem(403), "not_allowed");
        assert_eq!(month.bank.post(&door(&page, "/exclusions"), &storm(&signed)).await.problem(403), "not_allowed");
        assert_eq!(month.bank.get("/api/v1/statement-month").await.problem(403), "not_allowed");
        let raised = month.bank.post(&door(&page, "/disputes"), &says).await.expect(200);
        let decide = format!("/api/v1/statement-disputes/{}/decide", raised["disputes"][0]["id"].as_str().unwrap());
        let yes = json!({ "version": raised["version"], "accept": true, "reason": "属实" });
        assert_eq!(month.bank.post(&decide, &yes).await.problem(403), "not_allowed");

        let auditor = month.desk.world.client(&kit, Role::Auditor).await;
        assert_eq!(auditor.get("/api/v1/statements").await.expect(200)["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(figures(&auditor.get(&door(&page, "")).await.expect(200)), figures(&signed));
        assert_eq!(auditor.post(&door(&page, "/disputes"), &says).await.problem(403), "not_allowed");
        for role in [Role::Agent, Role::Dispatcher, Role::Storekeeper, Role::Quality] {
            assert_eq!(month.desk.world.client(&kit, role).await.get(&door(&page, "")).await.problem(403), "not_allowed", "{role:?}");
        }
        // A page after the other, each line once.
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let answer = month.bank.get(&door(&page, &format!("/lines?limit=3{cursor}"))).await.expect(200);
            seen.extend(answer["items"].as_array().unwrap().iter().map(|l| l["clock_id"].as_str().unwrap().to_owned()));
            match answer["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 8);
    }
}
