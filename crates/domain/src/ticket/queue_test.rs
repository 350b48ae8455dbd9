use std::collections::BTreeSet;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::Priority;
use super::alike::likeness;
use super::queue::{LONGEST, explain, queue_at};
use crate::ground::{Timestamp, from_millis};

fn at(minutes: i64) -> Timestamp {
    from_millis(1_795_485_600_000) + SignedDuration::from_mins(minutes)
}

#[test]
fn who_comes_first() {
    use Priority as P;
    // Registered at the same minute, or the second one so many minutes later.
    let table = [
        (P::Urgent, P::High, 0, true),
        (P::High, P::Normal, 0, true),
        (P::Normal, P::Low, 0, true),
        (P::Normal, P::Normal, 1, true),
        (P::Low, P::Urgent, 23 * 60, false),
        (P::Low, P::Urgent, 24 * 60 + 1, true),
        (P::Normal, P::Urgent, 7 * 60, false),
        (P::Normal, P::Urgent, 8 * 60 + 1, true),
        (P::High, P::Urgent, 2 * 60 + 1, true),
    ];
    for (first, second, later, expected) in table {
        assert_eq!(queue_at(at(0), first) < queue_at(at(later), second), expected, "{first:?} {second:?} {later}");
    }
}

#[test]
fn the_explanation_says_when_the_wait_has_won() {
    let said = |priority, waited| explain(at(0), priority, at(waited)).iter().map(|l| l.en.clone()).collect::<Vec<_>>();
    assert_eq!(
        said(Priority::Normal, 95),
        ["Waiting for 1 h 35 min since it was registered", "By its priority, more urgent ones go first for 8 hours"]
    );
    assert_eq!(said(Priority::Normal, 481).len(), 3);
    assert_eq!(said(Priority::Urgent, 999).len(), 2);
}

proptest! {
    /// Whatever arrives afterwards: after the longest wait a case stands before all of it.
    #[test]
    fn nobody_starves(own in 0..4_usize, others in proptest::collection::vec((0..4_usize, 1_i64..10_000), 0..50)) {
        let mine = queue_at(at(0), Priority::ALL[own]);
        for (priority, later) in others {
            if at(later) > at(0) + LONGEST {
                prop_assert!(mine < queue_at(at(later), Priority::ALL[priority]));
            }
        }
    }
}

#[test]
fn what_is_said_twice_is_found() {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
    let table = [
        ("打印机 不 出纸 小票 打不出", "小票 打不出 出纸", Some((100, 3))),
        ("打印机 不 出纸", "打印机 出纸 白纸 卡住", Some((100, 2))),
        ("打印机 不 出纸 小票", "网络 断开 出纸 打印机 很慢", Some((66, 2))),
        ("打印机 坏", "打印机 红灯 闪烁", None),
        ("不 了 的", "不 了 的", None),
        ("网络 断开", "电池 鼓包", None),
    ];
    for (a, b, expected) in table {
        let found = likeness(&words(a), &words(b)).map(|l| (l.percent, l.words.len()));
        assert_eq!(found, expected, "{a} / {b}");
    }
}
