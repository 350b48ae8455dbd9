//! One connection to PostgreSQL: what nobody waits for is sent together with the next thing somebody asks.
//!
//! Each question with its answer is a way to the server and back, and wakes both sides. A transaction that writes twenty rows and looks at
//! none of the answers pays one such way for all of them; what it will ask can be asked along with it.

use std::mem::take;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::link::{Line, Link, Said, Statement};
use super::socket::Address;
use super::{DbError, Dialect, Row, Sql, Val};

/// See the module.
pub(super) struct Wire {
    link: Link,
    waiting: Vec<Waiting>,
    answers: Vec<Answer>,
}

/// A statement that is to be said before anything else.
struct Waiting {
    sql: &'static Sql,
    statement: Statement,
    params: Vec<Val>,
    awaits: Awaits,
}

/// What is looked at when it has been said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Awaits {
    /// Only whether it failed.
    Nothing,
    /// That it touched one row: otherwise another one was faster.
    OneRow,
    /// Its rows, which are kept until they are asked for.
    Rows,
}

/// The rows of a question that was asked ahead.
struct Answer {
    sql: &'static Sql,
    params: Vec<Val>,
    rows: Vec<Row>,
}

impl Waiting {
    fn line(&self) -> Line<'_> {
        Line { sql: self.sql, statement: &self.statement, params: &self.params, rows: self.awaits == Awaits::Rows }
    }

    fn asks(&self, sql: &Sql, params: &[Val]) -> bool {
        self.awaits == Awaits::Rows && std::ptr::eq(self.sql, sql) && self.params == params
    }
}

impl Answer {
    fn is_of(&self, sql: &Sql, params: &[Val]) -> bool {
        std::ptr::eq(self.sql, sql) && self.params == params
    }
}

impl Wire {
    pub(super) fn open(address: &Address) -> Result<Self, DbError> {
        Ok(Self { link: Link::open(address)?, waiting: Vec::new(), answers: Vec::new() })
    }

    /// From now on each way to the server and back is counted there.
    pub(super) fn count_in(&mut self, ways: Arc<AtomicU64>) {
        self.link.ways = ways;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.link.is_closed()
    }

    /// A statement that goes before what is said next; whoever says that hears of its error. With `one` it is an error, that another one was
    /// faster, unless it touches exactly one row.
    pub(super) fn write_later(&mut self, sql: &'static Sql, statement: Statement, params: Vec<Val>, one: bool) {
        let awaits = if one { Awaits::OneRow } else { Awaits::Nothing };
        self.waiting.push(Waiting { sql, statement, params, awaits });
    }

    /// A question that goes along with what is said next; [`Wire::answer`] has its rows then.
    pub(super) fn ask_later(&mut self, sql: &'static Sql, statement: Statement, params: Vec<Val>) {
        if !self.waiting.iter().any(|w| w.asks(sql, &params)) && !self.answers.iter().any(|a| a.is_of(sql, &params)) {
            self.waiting.push(Waiting { sql, statement, params, awaits: Awaits::Rows });
        }
    }

    /// The rows of a question that was asked ahead, once.
    pub(super) fn answer(&mut self, sql: &Sql, params: &[Val]) -> Option<Result<Vec<Row>, DbError>> {
        if self.waiting.iter().any(|w| w.asks(sql, params))
            && let Err(error) = self.flush()
        {
            return Some(Err(error));
        }
        let at = self.answers.iter().position(|a| a.is_of(sql, params))?;
        Some(Ok(self.answers.swap_remove(at).rows))
    }

    /// Takes back what was asked ahead: something is written now that may change the answers.
    pub(super) fn unask(&mut self) {
        self.waiting.retain(|w| w.awaits != Awaits::Rows);
        self.answers.clear();
    }

    /// Leaves unsaid what waits.
    pub(super) fn forget(&mut self) {
        self.waiting.clear();
        self.answers.clear();
    }

    /// Whether something waits that may have to be done again: with a commit behind it the commit would stand.
    pub(super) fn doubts(&self) -> bool {
        self.waiting.iter().any(|w| w.awaits == Awaits::OneRow)
    }

    /// Says what waits.
    pub(super) fn flush(&mut self) -> Result<(), DbError> {
        self.with(None).map(drop)
    }

    pub(super) fn prepare(&mut self, text: &str) -> Result<Statement, DbError> {
        self.link.prepare(text)
    }

    /// Prepares many at once. Those that cannot be prepared are left out: who asks for one hears why.
    pub(super) fn prepare_all(&mut self, all: &[&'static Sql]) -> Vec<(&'static Sql, Statement)> {
        let texts: Vec<_> = all.iter().map(|sql| Dialect::Postgres.render(sql.text)).collect();
        let made = self.link.prepare_all(&texts).unwrap_or_default();
        all.iter().zip(made).filter_map(|(sql, made)| Some((*sql, made.ok()?))).collect()
    }

    pub(super) fn execute(&mut self, sql: &'static Sql, statement: &Statement, params: &[Val]) -> Result<u64, DbError> {
        self.with(Some(Line { sql, statement, params, rows: false })).map(|said| said.touched)
    }

    pub(super) fn query(&mut self, sql: &'static Sql, statement: &Statement, params: &[Val]) -> Result<Vec<Row>, DbError> {
        self.with(Some(Line { sql, statement, params, rows: true })).map(|said| said.rows)
    }

    /// Says a statement after which nothing is expected.
    pub(super) fn part(&mut self, sql: &'static Sql, statement: &Statement) -> Result<(), DbError> {
        self.flush()?;
        self.link.part(&Line { sql, statement, params: &[], rows: false })
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), DbError> {
        self.flush()?;
        self.link.text(text)
    }

    pub(super) fn text_rows(&mut self, text: &str) -> Result<Vec<Row>, DbError> {
        self.flush()?;
        self.link.text_rows(text)
    }

    /// Says what waits and then `last`. The first error is the answer: the backend passes over what stands behind it.
    fn with(&mut self, last: Option<Line<'_>>) -> Result<Said, DbError> {
        let waiting = take(&mut self.waiting);
        let lines: Vec<Line<'_>> = waiting.iter().map(Waiting::line).chain(last).collect();
        let mut said = self.link.run(&lines)?.into_iter();
        for Waiting { sql, params, awaits, .. } in waiting {
            let Said { touched, rows } = said.next().unwrap_or_default();
            match awaits {
                Awaits::OneRow if touched != 1 => {
                    return Err(DbError::Contended(format!("{}:{}: another one was faster", sql.file, sql.line)));
                }
                Awaits::Rows => self.answers.push(Answer { sql, params, rows }),
                Awaits::OneRow | Awaits::Nothing => {}
            }
        }
        Ok(said.next().unwrap_or_default())
    }
}
