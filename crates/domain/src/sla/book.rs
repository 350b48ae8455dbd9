use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, DAY_MS, day_of};
use super::model::{Agreement, Agreements, Calendars, Promise, Target};
use super::read::{Mistake, Node, document};
use crate::ground::{Text, from_millis};

/// The format of the calendar file.
const CALENDARS_FORMAT: &str = "postsale-calendars/1";
/// The format of the agreement file.
const AGREEMENTS_FORMAT: &str = "postsale-agreements/1";
/// Every agreement promises something for each of these.
pub const PRIORITIES: [&str; 4] = ["urgent", "high", "normal", "low"];
/// The calendar of what is promised in plain hours.
pub const ROUND_THE_CLOCK: &str = "round_the_clock";
/// Longest promise in seconds: a year of business time.
const MAX_PROMISE_S: i64 = 31_536_000;

/// What a clock measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Until somebody answers.
    FirstResponse,
    /// Until it works again.
    Resolution,
}

impl ClockKind {
    /// Both kinds, in the order of a case.
    pub const ALL: [Self; 2] = [Self::FirstResponse, Self::Resolution];

    /// The name in files, the store and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_response",
            Self::Resolution => "resolution",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A calendar with what people call it.
#[derive(Debug, Clone)]
pub struct NamedCalendar {
    /// For people.
    pub name: Text,
    /// For the arithmetic.
    pub calendar: Arc<Calendar>,
    /// Public holidays it keeps: day number since 1970 to name.
    holidays: Arc<BTreeMap<i64, Text>>,
}

impl NamedCalendar {
    /// Why it was closed from one instant to another: a break, a holiday, a day off, or before and after hours.
    pub fn why_closed(&self, from: Timestamp, to: Timestamp) -> Text {
        let (first, last) = (self.calendar.day(from.as_millisecond()), self.calendar.day(to.as_millisecond() - 1));
        let mut holidays: Vec<&Text> = Vec::new();
        let (mut days_off, mut hours) = (false, false);
        for day in first..=last {
            match (self.holidays.get(&day), self.calendar.opens_on(day)) {
                (_, true) => hours = true,
                (Some(name), false) if !holidays.contains(&name) => holidays.push(name),
                (Some(_), false) => {}
                (None, false) => days_off = true,
            }
        }
        if first == last
            && hours
            && let Some((begin, end)) = self.calendar.break_around(from.as_millisecond(), to.as_millisecond())
        {
            let local = |ms: i64| from_millis(ms).to_zoned(self.calendar.zone().clone());
            let span = format!("{}–{}", local(begin).strftime("%H:%M"), local(end).strftime("%H:%M"));
            let (zh, en) = if (11..14).contains(&local(begin).hour()) { ("午休", "lunch break") } else { ("休息", "break") };
            return Text { zh: format!("{zh}{span}"), en: format!("{en} {span}") };
        }
        let (mut zh, mut en): (Vec<&str>, Vec<&str>) = holidays.iter().map(|name| (name.zh.as_str(), name.en.as_str())).unzip();
        if days_off {
            zh.push("休息日");
            en.push("day off");
        }
        if zh.is_empty() {
            return Text { zh: "非服务时间".to_owned(), en: "outside service hours".to_owned() };
        }
        Text { zh: format!("非服务时间（{}）", zh.join("、")), en: format!("outside service hours ({})", en.join(", ")) }
    }
}

/// An agreement with what people call it.
#[derive(Debug, Clone)]
pub struct Card {
    /// For people.
    pub name: Text,
    /// Grows with each change that was signed.
    pub version: i64,
    /// Clause of the contract, by kind.
    pub clauses: BTreeMap<ClockKind, String>,
    calendars: BTreeMap<(ClockKind, String), String>,
}

/// How long something that is ordered may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// So many hours of a calendar.
    Hours(u32),
    /// So many of its working days, each as long as its longest one.
    Days(u32),
}

/// All calendars and agreements of a tenant, checked.
#[derive(Debug, Clone, Default)]
pub struct Book {
    calendars: BTreeMap<String, NamedCalendar>,
    hours: Arc<Calendars>,
    cards: BTreeMap<String, Card>,
    terms: BTreeMap<ClockKind, Agreements>,
    reasons: BTreeMap<String, Text>,
    public: Arc<PublicDays>,
}

/// Public holidays of all places, and the days that are worked in their place, as dates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicDays {
    /// Off.
    pub off: BTreeSet<Date>,
    /// Worked instead.
    pub made_up: BTreeSet<Date>,
}

impl Book {
    /// Reads the calendar file and the agreement file. Stricter than what can be computed: no calendar that never opens,
    /// no night shift into the next day's shifts, a promise above zero for every kind and priority, only known pause reasons.
    pub fn parse(calendars: &str, agreements: &str) -> Result<Self, Mistake> {
        let (calendars, public) = read_calendars(&document(calendars)?)?;
        let hours = Arc::new(calendars.iter().map(|(name, c)| (name.clone(), Arc::clone(&c.calendar))).collect());
        let value = document(agreements)?;
        let root = Node::root(&value);
        expect_format(&root, AGREEMENTS_FORMAT)?;
        let reasons = root.field("pause_reasons")?.named(Node::bilingual)?;
        let mut book = Self { calendars, hours, cards: BTreeMap::new(), terms: BTreeMap::new(), reasons, public: Arc::new(public) };
        for (name, node) in root.field("agreements")?.entries()? {
            book.add(name, &node)?;
        }
        Ok(book)
    }

    fn add(&mut self, name: &str, node: &Node<'_>) -> Result<(), Mistake> {
        let mut card = Card {
            name: node.field("name")?.bilingual()?,
            version: node.field("version")?.whole(1, i64::from(i32::MAX))?,
            clauses: BTreeMap::new(),
            calendars: BTreeMap::new(),
        };
        let (own_name, own) = self.find(&node.field("calendar")?)?;
        let clocks = node.field("clocks")?;
        for kind in ClockKind::ALL {
            let clock = clocks.field(kind.name())?;
            card.clauses.insert(kind, clock.field("clause")?.text()?.to_owned());
            let mut targets = BTreeMap::new();
            let written = clock.field("targets")?;
            for priority in PRIORITIES {
                let target = written.field(priority)?;
                let (seconds, special) = match target.value.is_object() {
                    true => (target.field("seconds")?.whole(1, MAX_PROMISE_S)?, target.maybe("calendar")?),
                    false => (target.whole(1, MAX_PROMISE_S)?, None),
                };
                let special = special.map(|node| self.find(&node)).transpose()?;
                let named = special.as_ref().map_or(&own_name, |(name, _)| name).clone();
                card.calendars.insert((kind, priority.to_owned()), named);
                targets.insert(priority.to_owned(), Target { seconds, calendar: special.map(|(_, calendar)| calendar) });
            }
            let pause_reasons = clock.field("pause_reasons")?;
            let known: Vec<String> = pause_reasons.texts()?;
            if let Some(strange) = known.iter().find(|reason| !self.reasons.contains_key(*reason)) {
                return Err(pause_reasons.wrong(format_args!("pause reason {strange:?} is not known")));
            }
            let agreement = Agreement {
                calendar: Arc::clone(&own),
                targets,
                pause_reasons: known,
                on_reopen: clock.field("on_reopen")?.on_reopen()?,
                warn: clock.field("warn")?.warn()?,
                calendars: Arc::clone(&self.hours),
            };
            self.terms.entry(kind).or_default().insert(name.to_owned(), agreement);
        }
        self.cards.insert(name.to_owned(), card);
        Ok(())
    }

    fn find(&self, node: &Node<'_>) -> Result<(String, Arc<Calendar>), Mistake> {
        let name = node.text()?;
        let found = self.calendars.get(name).ok_or_else(|| node.wrong(format_args!("calendar {name:?} is not known")))?;
        Ok((name.to_owned(), Arc::clone(&found.calendar)))
    }

    /// What is agreed about one kind of clock, by agreement: the argument of the rules.
    pub fn agreements(&self, kind: ClockKind) -> &Agreements {
        static NONE: Agreements = BTreeMap::new();
        self.terms.get(&kind).unwrap_or(&NONE)
    }

    /// The names of all agreements, ascending.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.cards.keys().map(String::as_str)
    }

    /// The agreement as people know it.
    pub fn card(&self, agreement: &str) -> Option<&Card> {
        self.cards.get(agreement)
    }

    /// Public holidays, and what is worked in their place.
    pub fn public_days(&self) -> &PublicDays {
        &self.public
    }

    /// A calendar by name.
    pub fn calendar(&self, name: &str) -> Option<&NamedCalendar> {
        self.calendars.get(name)
    }

    /// The calendar on which a clock runs.
    pub fn calendar_of(&self, kind: ClockKind, agreement: &str, priority: &str) -> Option<&NamedCalendar> {
        let name = self.cards.get(agreement)?.calendars.get(&(kind, priority.to_owned()))?;
        self.calendars.get(name)
    }

    /// The promise of something that is ordered under this name; `None` on a calendar nobody knows.
    pub fn promise(&self, name: &Text, within: Within, calendar: &str) -> Option<Promise> {
        let hours = self.calendar(calendar)?;
        let (seconds, days) = match within {
            Within::Hours(hours) => (i64::from(hours) * 3600, None),
            Within::Days(days) => (i64::from(days) * hours.calendar.day_seconds(), Some(days)),
        };
        Some(Promise { name: name.clone(), seconds, calendar: calendar.to_owned(), days })
    }

    /// A pause reason in words.
    pub fn reason(&self, name: &str) -> Option<&Text> {
        self.reasons.get(name)
    }
}

fn expect_format(root: &Node<'_>, format: &str) -> Result<(), Mistake> {
    let node = root.field("format")?;
    if node.text()? == format { Ok(()) } else { Err(node.wrong(format_args!("{format:?} is expected"))) }
}

/// Public holidays of a place, year by year.
struct Holidays {
    days: Arc<BTreeMap<i64, Text>>,
    off: Vec<String>,
    makeup: BTreeSet<String>,
    official: Vec<i16>,
}

fn read_calendars(value: &serde_json::Value) -> Result<(BTreeMap<String, NamedCalendar>, PublicDays), Mistake> {
    let root = Node::root(value);
    expect_format(&root, CALENDARS_FORMAT)?;
    let holidays = root.field("holidays")?.named(read_holidays)?;
    let mut public = PublicDays::default();
    for place in holidays.values() {
        public.off.extend(place.off.iter().filter_map(|day| day.parse::<Date>().ok()));
        public.made_up.extend(place.makeup.iter().filter_map(|day| day.parse::<Date>().ok()));
    }
    let calendars = root.field("calendars")?.named(|node| {
        let name = node.field("name")?.bilingual()?;
        let mut spec = node.calendar_spec()?;
        let mut days = Arc::default();
        if let Some(place) = node.maybe("holidays")? {
            let key = place.text()?;
            let known = holidays.get(key).ok_or_else(|| place.wrong(format_args!("holidays {key:?} are not known")))?;
            let like = node.field("makeup_as")?.whole(1, 7)? as u8;
            spec.off.extend(known.off.iter().cloned());
            for date in &known.makeup {
                spec.makeup.entry(date.clone()).or_insert(like);
            }
            spec.official_years = Some(known.official.clone());
            days = Arc::clone(&known.days);
        }
        let calendar = Calendar::new(&spec).map_err(|e| node.wrong(e))?;
        calendar.check_nights().map_err(|e| node.wrong(e))?;
        if calendar.never_opens() {
            return Err(node.wrong("the calendar never opens"));
        }
        Ok(NamedCalendar { name, calendar: Arc::new(calendar), holidays: days })
    })?;
    Ok((calendars, public))
}

fn read_holidays(node: &Node<'_>) -> Result<Holidays, Mistake> {
    let (mut days, mut off, mut makeup, mut official) = (BTreeMap::new(), Vec::new(), BTreeSet::new(), Vec::new());
    for (year, entry) in node.field("years")?.entries()? {
        let number: i16 = year.parse().map_err(|_| entry.wrong("a year such as 2026 is expected"))?;
        let status = entry.field("status")?;
        match status.text()? {
            "official" => official.push(number),
            "provisional" => {}
            other => return Err(status.wrong(format_args!("{other:?} is neither \"official\" nor \"provisional\""))),
        }
        for span in entry.field("off")?.items()? {
            let name = span.field("name")?.bilingual()?;
            let (from, to) = (date(&span.field("from")?)?, date(&span.field("to")?)?);
            if !(0..60).contains(&(to - from)) {
                return Err(span.wrong("a holiday lasts from 1 to 60 days"));
            }
            for day in from..=to {
                off.push(text_of(day));
                days.insert(day, name.clone());
            }
        }
        for day in entry.field("makeup_workdays")?.items()? {
            makeup.insert(text_of(date(&day)?));
        }
    }
    Ok(Holidays { days: Arc::new(days), off, makeup, official })
}

fn date(node: &Node<'_>) -> Result<i64, Mistake> {
    day_of(node.text()?).map_err(|e| node.wrong(e))
}

fn text_of(day: i64) -> String {
    from_millis(day * DAY_MS).to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}
