use super::model::Slot;
use super::offer::SHORTEST;
use crate::ground::Refusal;
use crate::refuse;

/// How often a merchant chooses a time for one order: once, and two changes. Whoever needs more talks to us.
pub const MOST_PICKS: u32 = 3;
/// Most days with times that are shown at once.
pub const MOST_MENU_DAYS: usize = 4;
/// Most times of a day.
pub const MOST_A_DAY: usize = 5;

/// How far a visit has come, as far as its time is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nobody has left for it.
    Ahead,
    /// The engineer is on the way, or there.
    Underway,
    /// It is over.
    Over,
}

/// Whether a merchant may choose the time of a visit, having chosen `picked` times; how often they still may. Errors:
/// `times.over`, `times.underway`, `times.used_up`.
pub fn may_pick(stage: Stage, picked: u32) -> Result<u32, Refusal> {
    match stage {
        Stage::Over => Err(refuse!(Conflict, "times.over")),
        Stage::Underway => Err(refuse!(Conflict, "times.underway")),
        Stage::Ahead if picked >= MOST_PICKS => Err(refuse!(Conflict, "times.used_up", most = MOST_PICKS)),
        Stage::Ahead => Ok(MOST_PICKS - picked),
    }
}

/// A time that somebody could come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// The window to promise.
    pub window: Slot,
    /// What it adds to the cost of its day (fen).
    pub extra_fen: i64,
    /// The work ends before the deadline.
    pub keeps_due: bool,
}

/// What a merchant is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Menu {
    /// The windows by day, in order; no day is empty.
    pub days: Vec<Vec<Slot>>,
    /// All of them end after the deadline: none before it is left.
    pub late: bool,
}

impl Menu {
    /// Whether a window is on it.
    pub fn has(&self, window: Slot) -> bool {
        self.days.iter().flatten().any(|w| *w == window)
    }
}

/// Whether looking at further days would change nothing: enough of them have a time that keeps the deadline, or the deadline is
/// over before `ends`, the end of the last day that was looked at, and something before it was found.
pub fn enough(days: &[Vec<Open>], due: Option<jiff::Timestamp>, ends: jiff::Timestamp) -> bool {
    let kept = days.iter().filter(|day| day.iter().any(|o| o.keeps_due && long_enough(o.window))).count();
    kept >= MOST_MENU_DAYS || (kept > 0 && due.is_some_and(|due| due <= ends))
}

/// What a merchant is shown of the times found, day by day: those that keep the deadline, or, if there are none, the later ones,
/// said to be late. Of a day with many, the ones that cost least. `standing`: the window they have, which is no choice.
pub fn menu(days: &[Vec<Open>], standing: Option<Slot>) -> Menu {
    let late = !days.iter().flatten().any(|o| o.keeps_due && long_enough(o.window));
    let shown = |day: &Vec<Open>| {
        let mut fit: Vec<&Open> =
            day.iter().filter(|o| (late || o.keeps_due) && long_enough(o.window) && standing != Some(o.window)).collect();
        fit.sort_by_key(|o| (o.extra_fen, o.window.from));
        fit.truncate(MOST_A_DAY);
        fit.sort_by_key(|o| o.window.from);
        fit.into_iter().map(|o| o.window).collect::<Vec<_>>()
    };
    let days: Vec<Vec<Slot>> = days.iter().map(shown).filter(|day| !day.is_empty()).take(MOST_MENU_DAYS).collect();
    Menu { late: late && !days.is_empty(), days }
}

fn long_enough(window: Slot) -> bool {
    window.to.duration_since(window.from) >= SHORTEST
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn at(day: u32, hour: u32, minute: u32) -> Timestamp {
        format!("2026-11-{day}T{hour:02}:{minute:02}:00+08:00").parse().unwrap()
    }

    fn open(day: u32, hour: u32, extra_fen: i64, keeps_due: bool) -> Open {
        Open { window: Slot { from: at(day, hour, 0), to: at(day, hour + 2, 0) }, extra_fen, keeps_due }
    }

    fn hours(menu: &Menu) -> Vec<Vec<u32>> {
        let hour = |s: &Slot| (s.from.as_second() + 8 * 3600).rem_euclid(86_400) / 3600;
        menu.days.iter().map(|day| day.iter().map(|s| hour(s) as u32).collect()).collect()
    }

    #[test]
    fn the_time_is_theirs_until_somebody_is_on_the_way() {
        let table = [
            (Stage::Ahead, 0, Ok(3)),
            (Stage::Ahead, 1, Ok(2)),
            (Stage::Ahead, 2, Ok(1)),
            (Stage::Ahead, 3, Err("times.used_up")),
            (Stage::Underway, 0, Err("times.underway")),
            (Stage::Underway, 3, Err("times.underway")),
            (Stage::Over, 0, Err("times.over")),
        ];
        for (stage, picked, expected) in table {
            assert_eq!(may_pick(stage, picked).map_err(|r| r.code), expected, "{stage:?} {picked}");
        }
    }

    #[test]
    fn late_times_are_shown_only_when_no_other_is_left() {
        let days = vec![vec![open(24, 10, 1, true), open(24, 14, 1, false)], vec![open(25, 10, 1, false)]];
        let kept = menu(&days, None);
        assert_eq!((hours(&kept), kept.late), (vec![vec![10]], false));
        let none_kept: Vec<Vec<Open>> = days.iter().map(|day| day.iter().map(|o| Open { keeps_due: false, ..*o }).collect()).collect();
        let late = menu(&none_kept, None);
        assert_eq!((hours(&late), late.late), (vec![vec![10, 14], vec![10]], true));
        // The one they have is no choice, but it is a time that keeps the deadline.
        let standing = menu(&days, Some(days[0][0].window));
        assert_eq!((hours(&standing), standing.late), (vec![], false));
        assert_eq!(menu(&[], None), Menu::default());
    }

    #[test]
    fn a_handful_a_day_the_cheapest_in_order_of_time() {
        let day: Vec<Open> = [(8, 50), (10, 10), (12, 90), (14, 20), (16, 30), (18, 40)].map(|(h, fen)| open(24, h, fen, true)).to_vec();
        assert_eq!(hours(&menu(&[day], None)), vec![vec![8, 10, 14, 16, 18]]);
        let week: Vec<Vec<Open>> = (24..30).map(|d| vec![open(d, 10, 1, true)]).collect();
        assert_eq!(menu(&week, None).days.len(), MOST_MENU_DAYS);
        // Twenty minutes before noon are no promise.
        let short = Open { window: Slot { from: at(24, 11, 40), to: at(24, 12, 0) }, extra_fen: 0, keeps_due: true };
        assert_eq!(hours(&menu(&[vec![short, open(24, 14, 1, true)]], None)), vec![vec![14]]);
        assert!(menu(&[vec![short, open(24, 14, 1, false)]], None).late, "a window too short to promise keeps nothing");
    }

    #[test]
    fn days_are_looked_at_until_they_change_nothing() {
        let day = |d: u32, keeps| vec![open(d, 10, 1, keeps)];
        let end = |d: u32| at(d, 23, 59);
        let two = [day(24, true), day(25, true)];
        assert!(!enough(&two, None, end(25)));
        assert!(enough(&[day(24, true), day(25, true), day(26, true), day(27, true)], None, end(27)));
        assert!(enough(&two[..1], Some(at(24, 18, 0)), end(24)), "what comes after the deadline is not shown");
        assert!(!enough(&two[..1], Some(at(25, 18, 0)), end(24)));
        assert!(!enough(&[day(24, false)], Some(at(24, 9, 0)), end(24)), "nothing before the deadline: later ones are looked for");
    }
}
