//! Walking through a JSON document with a name for every place, so that a mistake can be found.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::calendar::{Calendar, CalendarSpec, Hours};
use super::model::{ClockEvent, OnReopen, Promise, What};
use crate::ground::Text;

/// Longest target of a case in seconds: a hundred years.
pub(super) const MAX_TARGET_S: i64 = 3_155_760_000;

/// A mistake in a file of calendars, agreements or cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where, as a dotted path: `calendars.city.week.1[0]`. Empty for the document itself.
    pub place: String,
    /// What is wrong, in English.
    pub why: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() { f.write_str(&self.why) } else { write!(f, "{}: {}", self.place, self.why) }
    }
}

impl std::error::Error for Mistake {}

/// Reads a whole document.
pub(super) fn document(text: &str) -> Result<Value, Mistake> {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|e| Mistake { place: String::new(), why: format!("not JSON: {e}") })
}

/// A value and the way to it.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub value: &'a Value,
    pub place: String,
}

impl<'a> Node<'a> {
    pub fn root(value: &'a Value) -> Self {
        Self { value, place: String::new() }
    }

    pub fn wrong(&self, why: impl fmt::Display) -> Mistake {
        Mistake { place: self.place.clone(), why: why.to_string() }
    }

    fn child(&self, key: &str, value: &'a Value) -> Self {
        let place = if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) };
        Self { value, place }
    }

    fn object(&self) -> Result<&'a Map<String, Value>, Mistake> {
        self.value.as_object().ok_or_else(|| self.wrong("an object is expected"))
    }

    /// A field that may be missing or null.
    pub fn maybe(&self, key: &str) -> Result<Option<Self>, Mistake> {
        Ok(self.object()?.get(key).filter(|value| !value.is_null()).map(|value| self.child(key, value)))
    }

    pub fn field(&self, key: &str) -> Result<Self, Mistake> {
        self.maybe(key)?.ok_or_else(|| self.wrong(format_args!("field {key:?} is missing")))
    }

    pub fn entries(&self) -> Result<impl Iterator<Item = (&'a str, Self)>, Mistake> {
        Ok(self.object()?.iter().map(|(key, value)| (key.as_str(), self.child(key, value))))
    }

    pub fn items(&self) -> Result<impl Iterator<Item = Self>, Mistake> {
        let list = self.value.as_array().ok_or_else(|| self.wrong("a list is expected"))?;
        Ok(list.iter().enumerate().map(|(i, value)| Self { value, place: format!("{}[{i}]", self.place) }))
    }

    pub fn text(&self) -> Result<&'a str, Mistake> {
        self.value.as_str().ok_or_else(|| self.wrong("a text is expected"))
    }

    pub fn texts(&self) -> Result<Vec<String>, Mistake> {
        self.items()?.map(|item| item.text().map(str::to_owned)).collect()
    }

    /// A text in both languages, neither empty.
    pub fn bilingual(&self) -> Result<Text, Mistake> {
        let part = |key: &str| {
            let node = self.field(key)?;
            let text = node.text()?;
            if text.trim().is_empty() { Err(node.wrong("the text is empty")) } else { Ok(text.to_owned()) }
        };
        Ok(Text { zh: part("zh")?, en: part("en")? })
    }

    pub fn whole(&self, min: i64, max: i64) -> Result<i64, Mistake> {
        let number = self.value.as_i64().filter(|number| (min..=max).contains(number));
        number.ok_or_else(|| self.wrong(format_args!("a whole number from {min} to {max} is expected")))
    }

    pub fn instant(&self) -> Result<Timestamp, Mistake> {
        let text = self.text()?;
        // The years leave room to look ahead; whole milliseconds are what the store keeps.
        let at: Timestamp = text
            .parse()
            .map_err(|_| self.wrong(format_args!("{text:?} is not an instant with offset such as 2026-10-10T09:00:00+08:00")))?;
        let ms = at.as_millisecond();
        if !(-2_208_988_800_000..=32_503_680_000_000).contains(&ms) {
            return Err(self.wrong(format_args!("{text:?} is not between the years 1900 and 3000")));
        }
        Ok(crate::ground::from_millis(ms))
    }

    fn small(&self) -> Result<u8, Mistake> {
        self.whole(1, 7).map(|number| number as u8)
    }

    fn hours(&self) -> Result<Hours, Mistake> {
        let pair = |item: Self| {
            let texts = item.texts()?;
            <[String; 2]>::try_from(texts).map_err(|_| item.wrong("a shift is a list of begin and end"))
        };
        self.items()?.map(pair).collect()
    }

    pub fn calendar_spec(&self) -> Result<CalendarSpec, Mistake> {
        let mut spec = CalendarSpec { tz: self.field("tz")?.text()?.to_owned(), ..CalendarSpec::default() };
        for (weekday, hours) in self.field("week")?.entries()? {
            let number = weekday.parse().ok().filter(|number| (1..=7).contains(number));
            let number: u8 = number.ok_or_else(|| hours.wrong("a weekday is one of \"1\" (Monday) to \"7\" (Sunday)"))?;
            spec.week.insert(number, hours.hours()?);
        }
        if let Some(off) = self.maybe("off")? {
            spec.off = off.texts()?;
        }
        if let Some(makeup) = self.maybe("makeup")? {
            spec.makeup = makeup.entries()?.map(|(date, day)| Ok((date.to_owned(), day.small()?))).collect::<Result<_, Mistake>>()?;
        }
        if let Some(special) = self.maybe("special")? {
            spec.special = special.entries()?.map(|(date, hours)| Ok((date.to_owned(), hours.hours()?))).collect::<Result<_, Mistake>>()?;
        }
        if let Some(years) = self.maybe("official_years")? {
            let years = years.items()?.map(|year| year.whole(1900, 3000).map(|year| year as i16));
            spec.official_years = Some(years.collect::<Result<_, Mistake>>()?);
        }
        Ok(spec)
    }

    pub fn calendar(&self) -> Result<Calendar, Mistake> {
        Calendar::new(&self.calendar_spec()?).map_err(|e| self.wrong(e))
    }

    pub fn on_reopen(&self) -> Result<OnReopen, Mistake> {
        match self.text()? {
            "continue" => Ok(OnReopen::Continue),
            "restart" => Ok(OnReopen::Restart),
            other => Err(self.wrong(format_args!("{other:?} is neither \"continue\" nor \"restart\""))),
        }
    }

    /// Thresholds, made ascending and unique.
    pub fn warn(&self) -> Result<Vec<u32>, Mistake> {
        let mut list: Vec<u32> =
            self.items()?.map(|item| item.whole(1, 1000).map(|number| number as u32)).collect::<Result<_, Mistake>>()?;
        list.sort_unstable();
        list.dedup();
        Ok(list)
    }

    pub fn event(&self) -> Result<ClockEvent, Mistake> {
        let own = |key: &str| self.field(key)?.text().map(str::to_owned);
        let action = self.field("do")?;
        let what = match action.text()? {
            "start" => What::Start {
                agreement: own("agreement")?,
                priority: own("priority")?,
                contact_at: self.maybe("contact_at")?.map(|node| node.instant()).transpose()?,
            },
            "merge" => What::Merge { id: own("id")?, contact_at: self.field("contact_at")?.instant()? },
            "unmerge" => What::Unmerge { id: own("id")? },
            // A pause that names no reason has no effect; nothing may ask for it by the empty name.
            "pause" => What::Pause { reason: self.maybe("reason")?.map_or(Ok(""), |node| node.text())?.to_owned() },
            "resume" => What::Resume { reason: own("reason")? },
            "priority" => What::Priority { priority: own("priority")? },
            "agreement" => What::Agreement { agreement: own("agreement")? },
            "order" => {
                let (item, seconds) = (own("item")?, self.field("seconds")?.whole(0, MAX_TARGET_S)?);
                let name = Text { zh: item.clone(), en: item };
                What::Order { promise: Promise { name, seconds, calendar: own("calendar")?, days: None } }
            }
            "unorder" => What::Unorder,
            "stop" => What::Stop,
            "reopen" => What::Reopen,
            "cancel" => What::Cancel,
            other => return Err(action.wrong(format_args!("{other:?} is not something a clock knows"))),
        };
        Ok(ClockEvent { at: self.field("at")?.instant()?, what })
    }

    /// A map of things by name, each read by `read`.
    pub fn named<T>(&self, read: impl Fn(&Self) -> Result<T, Mistake>) -> Result<BTreeMap<String, T>, Mistake> {
        self.entries()?.map(|(name, node)| Ok((name.to_owned(), read(&node)?))).collect()
    }
}
