//! Moments and spans as people read them: no year this year, no date today. All in the house's zone.

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use postsale_domain::ground::Lang;

/// The zone the house lives in. China has one; without zone data it is eight hours before UTC.
static ZONE: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Asia/Shanghai").unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(8))));

/// The zone the house lives in.
pub fn zone() -> TimeZone {
    ZONE.clone()
}

/// The date of an instant.
pub fn day(at: Timestamp) -> Date {
    at.to_zoned(zone()).date()
}

/// `14:00`, `11-26 周四 14:00`, `2025-11-26 周三 14:00`; `Thu 26 Nov, 14:00`.
pub fn moment(lang: Lang, at: Timestamp, now: Timestamp) -> String {
    let (at, now) = (at.to_zoned(zone()), now.to_zoned(zone()));
    let time = at.strftime("%H:%M").to_string();
    match (date(lang, &at, &now), lang) {
        (None, _) => time,
        (Some(date), Lang::Zh) => format!("{date} {time}"),
        (Some(date), Lang::En) => format!("{date}, {time}"),
    }
}

/// `11-26 周四 14:00`, `Thu 26 Nov, 14:00`: what is read on any later day, so today is no word for it.
pub fn dated(lang: Lang, at: Timestamp) -> String {
    let local = at.to_zoned(zone());
    let time = local.strftime("%H:%M");
    match lang {
        Lang::Zh => format!("{} 周{} {time}", local.strftime("%m-%d"), weekday(&local)),
        Lang::En => format!("{}, {time}", local.strftime("%a %-d %b")),
    }
}

fn weekday(at: &Zoned) -> &'static str {
    ["一", "二", "三", "四", "五", "六", "日"][usize::from(at.weekday().to_monday_zero_offset().unsigned_abs())]
}

/// `今天14:00–16:00`, `11-26 周四 14:00–16:00`, `Thu 26 Nov, 14:00–16:00`.
pub fn span(lang: Lang, from: Timestamp, to: Timestamp, now: Timestamp) -> String {
    let (a, b, today) = (from.to_zoned(zone()), to.to_zoned(zone()), now.to_zoned(zone()));
    let date = date(lang, &a, &today);
    let end = if a.date() == b.date() { b.strftime("%H:%M").to_string() } else { moment(lang, to, now) };
    let begin = a.strftime("%H:%M");
    match (date, lang) {
        (None, Lang::Zh) => format!("今天{begin}–{end}"),
        (None, Lang::En) => format!("today, {begin}–{end}"),
        (Some(date), Lang::Zh) => format!("{date} {begin}–{end}"),
        (Some(date), Lang::En) => format!("{date}, {begin}–{end}"),
    }
}

/// `14:00–16:00`: a span of one day, whose name stands above it.
pub fn hours(from: Timestamp, to: Timestamp) -> String {
    let clock = |at: Timestamp| at.to_zoned(zone()).strftime("%H:%M").to_string();
    format!("{}–{}", clock(from), clock(to))
}

/// `今天`, `明天`, `11-26 周四`; `Today`, `Tomorrow`, `Thu 26 Nov`.
pub fn day_name(lang: Lang, at: Timestamp, now: Timestamp) -> String {
    let (at, now) = (at.to_zoned(zone()), now.to_zoned(zone()));
    let said = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    match date(lang, &at, &now) {
        None => said("今天", "Today"),
        Some(_) if now.date().tomorrow().is_ok_and(|d| d == at.date()) => said("明天", "Tomorrow"),
        Some(date) => date,
    }
}

fn date(lang: Lang, at: &Zoned, now: &Zoned) -> Option<String> {
    if at.date() == now.date() {
        return None;
    }
    let year = at.year() != now.year();
    Some(match lang {
        Lang::Zh => {
            format!("{} 周{}", at.strftime(if year { "%Y-%m-%d" } else { "%m-%d" }), weekday(at))
        }
        Lang::En => at.strftime(if year { "%a %-d %b %Y" } else { "%a %-d %b" }).to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_say_no_more_than_needed() {
        let at = |s: &str| s.parse::<Timestamp>().unwrap();
        let now = at("2026-11-24T10:00:00+08:00");
        for (then, zh, en) in [
            ("2026-11-24T14:00:00+08:00", "14:00", "14:00"),
            ("2026-11-26T14:00:00+08:00", "11-26 周四 14:00", "Thu 26 Nov, 14:00"),
            ("2025-11-26T00:05:00+08:00", "2025-11-26 周三 00:05", "Wed 26 Nov 2025, 00:05"),
        ] {
            assert_eq!((moment(Lang::Zh, at(then), now).as_str(), moment(Lang::En, at(then), now).as_str()), (zh, en));
        }
        let (from, to) = (at("2026-11-26T14:00:00+08:00"), at("2026-11-26T16:00:00+08:00"));
        assert_eq!(span(Lang::Zh, from, to, now), "11-26 周四 14:00–16:00");
        assert_eq!(span(Lang::En, from, to, from), "today, 14:00–16:00");
        assert_eq!(span(Lang::Zh, from, at("2026-11-27T01:00:00+08:00"), now), "11-26 周四 14:00–11-27 周五 01:00");
        assert_eq!(hours(from, to), "14:00–16:00");
        for (then, zh, en) in
            [(now, "今天", "Today"), (at("2026-11-25T00:10:00+08:00"), "明天", "Tomorrow"), (from, "11-26 周四", "Thu 26 Nov")]
        {
            assert_eq!((day_name(Lang::Zh, then, now).as_str(), day_name(Lang::En, then, now).as_str()), (zh, en));
        }
    }
}
