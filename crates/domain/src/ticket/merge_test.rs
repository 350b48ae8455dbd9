use super::merge::{AGAIN_HOURS, Side, Told, consequences, merge, tells_again, unmerge};
use super::*;

fn side(number: i64, state: TicketState) -> Side {
    Side { number, state, merchant: Some(uuid::Uuid::from_u128(7)), live_work_order: None, responded: false, merged_into: None }
}

#[test]
fn who_may_go_on_under_whose_number() {
    use TicketState as S;
    let other = Some(uuid::Uuid::from_u128(8));
    let table: [(&str, Side, Side, Result<(), &str>); 12] = [
        ("two open ones", side(2, S::Triaged), side(1, S::Triaged), Ok(())),
        ("facts missing", side(2, S::New), side(1, S::Remote), Ok(())),
        ("into one that is visited", side(2, S::New), Side { live_work_order: Some("W-000007".into()), ..side(1, S::Visit) }, Ok(())),
        ("merchant not known yet", Side { merchant: None, ..side(2, S::New) }, side(1, S::Triaged), Ok(())),
        ("itself", side(1, S::Triaged), side(1, S::Triaged), Err("ticket.merge_itself")),
        ("another merchant", Side { merchant: other, ..side(2, S::Triaged) }, side(1, S::Triaged), Err("ticket.merge_other_merchant")),
        (
            "somebody is on the way",
            Side { live_work_order: Some("W-000007".into()), ..side(2, S::Visit) },
            side(1, S::Triaged),
            Err("ticket.merge_visit"),
        ),
        ("solved", side(2, S::Solved), side(1, S::Triaged), Err("ticket.merge_over")),
        ("into a solved one", side(2, S::Triaged), side(1, S::Solved), Err("ticket.merge_over")),
        ("into a closed one", side(2, S::Triaged), side(1, S::Closed), Err("ticket.merge_over")),
        ("withdrawn", side(2, S::Cancelled), side(1, S::Triaged), Err("ticket.merge_over")),
        ("merged", Side { merged_into: Some(3), ..side(2, S::Merged) }, side(1, S::Triaged), Err("ticket.merged_already")),
    ];
    for (name, loser, survivor, expected) in table {
        assert_eq!(merge(&loser, &survivor).map(drop).map_err(|r| r.code), expected, "{name}");
    }
}

#[test]
fn the_same_trouble_told_again() {
    use TicketState as S;
    let shop = Some(uuid::Uuid::from_u128(7));
    let it = Told { state: S::Triaged, merchant: shop, fault: Some("PRN-01"), priority: Priority::Normal };
    let table: [(&str, Told<'_>, Told<'_>, i64, bool); 14] = [
        ("the same", it, it, 0, true),
        ("another fault of the group", Told { fault: Some("PRN-03"), ..it }, it, 3, true),
        ("just in time", it, it, AGAIN_HOURS, true),
        ("too long ago", it, it, AGAIN_HOURS + 1, false),
        ("before it", it, it, -1, false),
        ("no fault recognised", Told { fault: None, ..it }, it, 3, true),
        ("no fault recognised then", it, Told { fault: None, ..it }, 3, true),
        ("another group", Told { fault: Some("SEC-01"), ..it }, it, 3, false),
        ("more urgent", Told { priority: Priority::High, ..it }, it, 3, false),
        ("less urgent", Told { priority: Priority::Low, ..it }, it, 3, true),
        ("another shop", Told { merchant: Some(uuid::Uuid::from_u128(8)), ..it }, it, 3, false),
        ("no shop known", Told { merchant: None, ..it }, Told { merchant: None, ..it }, 3, false),
        ("visited already", it, Told { state: S::Visit, ..it }, 3, true),
        ("solved already", it, Told { state: S::Solved, ..it }, 3, false),
    ];
    for (name, report, earlier, hours, expected) in table {
        assert_eq!(tells_again(&report, &earlier, hours), expected, "{name}");
    }
}

#[test]
fn a_merge_is_taken_back_while_it_can_be() {
    let loser = Side { merged_into: Some(1), ..side(2, TicketState::Merged) };
    let survivor = side(1, TicketState::Triaged);
    let on = Side { merged_into: Some(9), ..side(1, TicketState::Merged) };
    let code = |r: Result<(Event, Event), crate::ground::Refusal>| r.map(drop).map_err(|r| r.code);
    assert_eq!(code(unmerge(&loser, &survivor, TicketState::New, 0)), Ok(()));
    assert_eq!(code(unmerge(&loser, &side(1, TicketState::Closed), TicketState::New, REOPEN_DAYS)), Ok(()));
    assert_eq!(code(unmerge(&side(2, TicketState::New), &survivor, TicketState::New, 0)), Err("ticket.not_merged"));
    assert_eq!(code(unmerge(&loser, &on, TicketState::New, 0)), Err("ticket.merge_chain"));
    assert_eq!(code(unmerge(&loser, &survivor, TicketState::New, REOPEN_DAYS + 1)), Err("ticket.unmerge_late"));
}

/// Where it stood, what it waited for, everything: merged and taken back a case is what it was.
#[test]
fn merged_and_back_is_the_same_case() {
    for state in [TicketState::New, TicketState::Triaged, TicketState::Remote] {
        let mut case = super::rules_test::case(state);
        case.waiting = vec![PauseReason::WaitingMerchant];
        let (loser, survivor) = (side(2, state), side(1, TicketState::Triaged));
        let (gone, took_in) = merge(&loser, &survivor).unwrap();
        let merged = apply(case.clone(), &gone);
        assert_eq!(merged.state, TicketState::Merged);
        assert_eq!(
            possible(&merged, Around { merged_into: Some(1), ..Around::default() }, None),
            [CommandKind::Note, CommandKind::Unmerge]
        );
        let loser = Side { merged_into: Some(1), ..side(2, TicketState::Merged) };
        let (back, gave_back) = unmerge(&loser, &survivor, state, 0).unwrap();
        assert_eq!(apply(merged, &back), case);
        let other = super::rules_test::case(TicketState::Triaged);
        assert_eq!(apply(apply(other.clone(), &took_in), &gave_back), other);
    }
}

#[test]
fn what_it_means_is_said_before() {
    let said = |loser: &Side, survivor: &Side| consequences(loser, survivor).iter().map(|t| t.zh.clone()).collect::<String>();
    let plain = said(&side(2, TicketState::Triaged), &side(1, TicketState::Triaged));
    assert!(plain.contains("不搬回") && !plain.contains("首次响应") && !plain.contains("派工单"), "{plain}");
    let answered = Side { responded: true, ..side(2, TicketState::Triaged) };
    let visited = Side { live_work_order: Some("W-000007".into()), merchant: None, ..side(1, TicketState::Visit) };
    let all = said(&answered, &visited);
    assert!(all.contains("首次响应") && all.contains("派工单") && all.contains("还没有关联商户"), "{all}");
}
