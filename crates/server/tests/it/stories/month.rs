//! Four hours on site, or we pay: a month is signed without the day of a storm, two lines are disputed, and a new version stands beside the old.

use postsale_testkit::{check_portrait, on_both};
use serde_json::{Value, json};

use super::Story;
use crate::statement::{Month, door};

/// What a version comes to, in a line.
fn said(page: &Value) -> String {
    let (t, n) = (&page["total"], |field: &str| page["total"][field].as_i64().unwrap());
    let share = t["attainment_bp"].as_i64().map_or_else(|| "-".to_owned(), |bp| format!("{}.{:02} %", bp / 100, bp % 100));
    let fen = n("penalty");
    format!(
        "{share} kept ({} of {}), {} broken, {} left out, ¥{}.{:02}",
        n("kept"),
        n("kept") + n("late"),
        n("late"),
        n("left_out"),
        fen / 100,
        fen % 100
    )
}

on_both! {
    fn a_promise_broken_is_paid(kit) {
        let mut story = Story::new("Four hours on site, or we pay");
        let month = Month::new(&kit).await;
        let page = month.opened().await;
        story.tells(&kit, "finance", &format!("opens November: {}", said(&page)));
        for clause in page["clauses"].as_array().unwrap().iter().filter(|c| c["figures"]["late"] != json!(0)) {
            let penalty = &clause["penalty"];
            story.text.push_str(&format!(
                "           - clause {}: {} % of {} fen for each hour begun, {} % at most: {} fen\n",
                clause["clause"].as_str().unwrap(), penalty["per_hour_pct"], penalty["fee_fen"], penalty["cap_pct"], clause["figures"]["penalty"]));
        }
        let storm = json!({ "version": page["version"], "day": "2026-11-25", "reason": "台风停运", "proof": "气象台橙色预警2026-118" });
        let page = month.finance.post(&door(&page, "/exclusions"), &storm).await.expect(200);
        story.tells(&kit, "finance", &format!("leaves the storm of 25 November out, by 气象台橙色预警2026-118: {}", said(&page)));
        let sign = json!({ "version": page["version"] });
        assert_eq!(month.finance.post(&door(&page, "/sign"), &sign).await.problem(403), "statement.own_exclusion");
        story.tells(&kit, "house", "does not let the one who left it out sign it");
        let first = month.supervisor.post(&door(&page, "/sign"), &sign).await.expect(200);
        story.tells(&kit, "supervisor", &format!("signs version 1: {}", said(&first)));

        let mut disputed = Vec::new();
        for (ticket, minutes) in [(&month.late, 190), (&month.kept, 61)] {
            let line = month.line(&first, 1, ticket).await;
            let says = json!({ "clock_id": line["clock_id"], "claim": "late", "late_s": minutes * 60, "reason": "门店记录" });
            let page = month.bank.post(&door(&first, "/disputes"), &says).await.expect(200);
            let of = page["disputes"].as_array().unwrap().iter().find(|d| d["clock_id"] == line["clock_id"]).unwrap();
            story.tells(&kit, "bank", &format!("disputes {}: {minutes} minutes late, by the shop's own record", of["ticket_number"].as_str().unwrap()));
            disputed.push(of["id"].as_str().unwrap().to_owned());
        }
        let mut page = month.finance.get(&door(&first, "")).await.expect(200);
        for id in disputed {
            let yes = json!({ "version": page["version"], "accept": true, "reason": "已核对门店记录" });
            page = month.finance.post(&format!("/api/v1/statement-disputes/{id}/decide"), &yes).await.expect(200);
            story.tells(&kit, "finance", &format!("accepts it and signs version {}: {}", page["signed"], said(&page)));
        }
        let versions = page["versions"].as_array().unwrap();
        assert!(versions.windows(2).all(|pair| pair[1]["predecessor"] == pair[0]["seal"]));
        let old = month.bank.get(&door(&page, "?version=1")).await.expect(200);
        assert_eq!(said(&old), said(&first));
        story.tells(&kit, "bank", &format!("still reads version 1: {}; each version names the seal of the one before", said(&old)));
        check_portrait("stories/month.txt", &story.text);
    }
}
