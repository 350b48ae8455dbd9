//! One connection to PostgreSQL, as bytes go over it: what nobody waits for is sent together with the next thing somebody asks.
//!
//! Each question with its answer is a way to the server and back, and wakes both sides. A transaction that writes twenty rows and looks at
//! none of the answers pays one such way for all of them; what it will ask can be asked along with it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_util::future::{join, join_all};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Connection, Error, NoTls, Row, Socket, Statement};

use super::postgres::{at, wrap};
use super::{DbError, Dialect, Sql, Val};

/// See the module.
pub(super) struct Wire {
    client: Client,
    connection: Pin<Box<Connection<Socket, NoTlsStream>>>,
    runtime: Runtime,
    waiting: Vec<Waiting>,
    answers: Vec<Answer>,
}

/// What is to be said before anything else.
enum Waiting {
    Text(String),
    Write { sql: &'static Sql, statement: Statement, params: Vec<Val>, one: bool },
    Question { sql: &'static Sql, statement: Statement, params: Vec<Val> },
}

/// The rows of a question that was asked ahead.
struct Answer {
    sql: &'static Sql,
    params: Vec<Val>,
    rows: Vec<Row>,
}

impl Wire {
    pub(super) fn open(config: &Config) -> Result<Self, DbError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|e| DbError::Unavailable(e.to_string()))?;
        let (client, connection) = runtime.block_on(config.connect(NoTls)).map_err(wrap)?;
        Ok(Self { client, connection: Box::pin(connection), runtime, waiting: Vec::new(), answers: Vec::new() })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Text that goes before what is said next.
    pub(super) fn text_later(&mut self, text: String) {
        self.waiting.push(Waiting::Text(text));
    }

    /// A statement that goes before what is said next; whoever says that hears of its error. With `one` it is an error, that another one was
    /// faster, unless it touches exactly one row.
    pub(super) fn write_later(&mut self, sql: &'static Sql, statement: Statement, params: Vec<Val>, one: bool) {
        self.waiting.push(Waiting::Write { sql, statement, params, one });
    }

    /// A question that goes along with what is said next; [`Wire::answer`] has its rows then.
    pub(super) fn ask_later(&mut self, sql: &'static Sql, statement: Statement, params: Vec<Val>) {
        let asked = |of: &Sql, with: &[Val]| std::ptr::eq(of, sql) && with == params;
        let waits = |w: &Waiting| matches!(w, Waiting::Question { sql, params, .. } if asked(sql, params));
        if !self.waiting.iter().any(waits) && !self.answers.iter().any(|answer| asked(answer.sql, &answer.params)) {
            self.waiting.push(Waiting::Question { sql, statement, params });
        }
    }

    /// The rows of a question that was asked ahead, once.
    pub(super) fn answer(&mut self, sql: &Sql, params: &[Val]) -> Option<Result<Vec<Row>, DbError>> {
        let asked = |of: &Sql, with: &[Val]| std::ptr::eq(of, sql) && with == params;
        let waits = |w: &Waiting| matches!(w, Waiting::Question { sql, params, .. } if asked(sql, params));
        if self.waiting.iter().any(waits)
            && let Err(error) = self.flush()
        {
            return Some(Err(error));
        }
        let at = self.answers.iter().position(|answer| asked(answer.sql, &answer.params))?;
        Some(Ok(self.answers.swap_remove(at).rows))
    }

    /// Takes back what was asked ahead: something is written now that may change the answers.
    pub(super) fn unask(&mut self) {
        self.waiting.retain(|waiting| !matches!(waiting, Waiting::Question { .. }));
        self.answers.clear();
    }

    /// Leaves unsaid what waits.
    pub(super) fn forget(&mut self) {
        self.waiting.clear();
        self.answers.clear();
    }

    /// Whether something waits that may have to be done again: with a commit behind it the commit would stand.
    pub(super) fn doubts(&self) -> bool {
        self.waiting.iter().any(|waiting| matches!(waiting, Waiting::Write { one: true, .. }))
    }

    /// Says what waits.
    pub(super) fn flush(&mut self) -> Result<(), DbError> {
        self.with(async |_| Ok(())).map(drop)
    }

    pub(super) fn prepare(&mut self, text: &str) -> Result<Statement, Error> {
        let Self { client, connection, runtime, .. } = self;
        turn(runtime, connection, client.prepare(text))?
    }

    /// Prepares many at once. Those that cannot be prepared are left out: who asks for one hears why.
    pub(super) fn prepare_all(&mut self, all: &[&'static Sql]) -> Vec<(&'static Sql, Statement)> {
        let Self { client, connection, runtime, .. } = self;
        let client = &*client;
        let each =
            all.iter().map(async |sql| client.prepare(&Dialect::Postgres.render(sql.text)).await.ok().map(|statement| (*sql, statement)));
        turn(runtime, connection, join_all(each)).map(|made| made.into_iter().flatten().collect()).unwrap_or_default()
    }

    pub(super) fn execute(&mut self, sql: &Sql, statement: &Statement, params: &[Val]) -> Result<u64, DbError> {
        self.with(async |client| client.execute(statement, &refs(params)).await)?.map_err(|e| at(sql, e))
    }

    pub(super) fn query(&mut self, sql: &Sql, statement: &Statement, params: &[Val]) -> Result<Vec<Row>, DbError> {
        self.with(async |client| client.query(statement, &refs(params)).await)?.map_err(|e| at(sql, e))
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), DbError> {
        self.with(async |client| client.batch_execute(text).await)?.map_err(wrap)
    }

    pub(super) fn text_rows(&mut self, text: &str) -> Result<Vec<Row>, DbError> {
        self.with(async |client| client.query(text, &[]).await)?.map_err(wrap)
    }

    /// Sends what waits and then `last`, and hears the answers to all of it. The first error of what waited is the answer: what comes behind
    /// it in a transaction fails for no reason of its own.
    fn with<T>(&mut self, last: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> Result<Result<T, Error>, DbError> {
        let Self { client, connection, runtime, waiting, answers } = self;
        let (client, waiting) = (&*client, std::mem::take(waiting));
        // Polled in this order for the first time, which is when each is sent.
        let before = join_all(waiting.iter().map(|waiting| waiting.say(client)));
        let (before, last) = turn(runtime, connection, join(before, last(client))).map_err(wrap)?;
        let rows = before.into_iter().collect::<Result<Vec<_>, DbError>>()?;
        for (said, rows) in waiting.into_iter().zip(rows) {
            if let Waiting::Question { sql, params, .. } = said {
                answers.push(Answer { sql, params, rows });
            }
        }
        Ok(last)
    }
}

impl Waiting {
    async fn say(&self, client: &Client) -> Result<Vec<Row>, DbError> {
        match self {
            Waiting::Text(text) => client.batch_execute(text).await.map(|()| Vec::new()).map_err(wrap),
            Waiting::Question { sql, statement, params } => client.query(statement, &refs(params)).await.map_err(|e| at(sql, e)),
            Waiting::Write { sql, statement, params, one } => match client.execute(statement, &refs(params)).await {
                Ok(touched) if *one && touched != 1 => {
                    Err(DbError::Contended(format!("{}:{}: another one was faster", sql.file, sql.line)))
                }
                Ok(_) => Ok(Vec::new()),
                Err(error) => Err(at(sql, error)),
            },
        }
    }
}

/// Goes on with the connection and with what waits for its answers, until there is one.
fn turn<F: Future>(runtime: &Runtime, connection: &mut Pin<Box<Connection<Socket, NoTlsStream>>>, answer: F) -> Result<F::Output, Error> {
    let mut answer = pin!(answer);
    runtime.block_on(poll_fn(|cx| {
        loop {
            match connection.poll_message(cx) {
                // Notices, and words for those who listen; nobody here does.
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                Poll::Ready(None) | Poll::Pending => break,
            }
        }
        answer.as_mut().poll(cx).map(Ok)
    }))
}

fn refs(params: &[Val]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|v| v as &(dyn ToSql + Sync)).collect()
}
