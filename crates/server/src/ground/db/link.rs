//! The bytes between this program and one PostgreSQL backend: what is said, and how answers are read.
//!
//! `tokio-postgres` introduces us, with all its ways to sign in, and knows how values are written. It sends a `Sync` behind every statement
//! though, and PostgreSQL answers each of those by itself: a send, and somebody woken, for every row that is written. Here everything that
//! is said at once has one `Sync` at its end, and one answer. What fails is also the last thing done: the backend passes over the rest.

use std::io::{self, Read, Write};
use std::mem::take;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use futures_util::FutureExt;
use postgres_protocol::message::backend::{DataRowBody, ErrorFields, Message};
use postgres_protocol::message::frontend;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};
use tokio_postgres::{Config, NoTls};

use super::postgres::{at, refused, wrap};
use super::socket::{Address, Stream};
use super::sql::only_there;
use super::{DbError, Row, Sql, Val};

/// What may be under way to the backend while answers to earlier things are not read: less than any socket holds, so that neither side
/// waits for the other to read.
const UNDER_WAY: usize = 48 * 1024;

/// A statement one backend has prepared.
#[derive(Debug, Clone)]
pub(super) struct Statement(Arc<Prepared>);

#[derive(Debug)]
struct Prepared {
    name: String,
    params: Vec<Type>,
    columns: Vec<Type>,
}

/// One statement to be run, with whether its rows are wanted.
pub(super) struct Line<'a> {
    pub(super) sql: &'static Sql,
    pub(super) statement: &'a Statement,
    pub(super) params: &'a [Val],
    pub(super) rows: bool,
}

/// What became of it.
#[derive(Default)]
pub(super) struct Said {
    pub(super) touched: u64,
    pub(super) rows: Vec<Row>,
}

/// See the module.
pub(super) struct Link {
    stream: Stream,
    out: BytesMut,
    heard: BytesMut,
    room: Box<[u8]>,
    closed: bool,
    made: u64,
    /// Ends of what was said whose answers nobody has heard.
    unheard: u32,
    /// How often statements were said and their answers waited for.
    pub(super) ways: Arc<AtomicU64>,
}

impl Link {
    /// Connects to the first host that answers as it should.
    pub(super) fn open(address: &Address) -> Result<Self, DbError> {
        let mut error = DbError::Unavailable("no host is named".into());
        for stream in address.streams() {
            match stream.and_then(|stream| Self::introduce(&address.config, stream)) {
                Ok(link) => return Ok(link),
                Err(next) => error = next,
            }
        }
        Err(error)
    }

    fn introduce(config: &Config, mut stream: Stream) -> Result<Self, DbError> {
        // Ready at once, since [`Stream`] is. What comes of it only borrows the stream, and is given up without a farewell.
        let met = config.connect_raw(&mut stream, NoTls).now_or_never();
        met.ok_or_else(|| DbError::Unavailable("not introduced".into()))?.map(drop).map_err(wrap)?;
        stream.wait_long().map_err(|e| DbError::Unavailable(e.to_string()))?;
        let mut link = Self {
            stream,
            out: BytesMut::new(),
            heard: BytesMut::new(),
            room: vec![0; 16 * 1024].into(),
            closed: false,
            made: 0,
            unheard: 0,
            ways: Arc::default(),
        };
        let writable = match config.get_target_session_attrs() {
            TargetSessionAttrs::ReadWrite => Some("off"),
            TargetSessionAttrs::ReadOnly => Some("on"),
            _ => None,
        };
        if let Some(wanted) = writable {
            let shown = link.text_rows("SHOW transaction_read_only")?;
            if shown.into_iter().next().and_then(|mut row| row.next::<String>().ok()).as_deref() != Some(wanted) {
                return Err(DbError::Unavailable("the host is not of the kind asked for (target_session_attrs)".into()));
            }
        }
        Ok(link)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Runs statements in their order, in one way there and back unless they are large. The first error ends them.
    pub(super) fn run(&mut self, lines: &[Line<'_>]) -> Result<Vec<Said>, DbError> {
        let mut said = Vec::with_capacity(lines.len());
        let mut first = 0;
        for (i, line) in lines.iter().enumerate() {
            let before = self.out.len();
            if let Err(error) = encode(line, &mut self.out) {
                self.out.clear();
                return Err(error);
            }
            if i > first && self.out.len() > UNDER_WAY {
                let rest = self.out.split_off(before);
                self.sync(&lines[first..i], &mut said)?;
                self.out = rest;
                first = i;
            }
        }
        self.sync(&lines[first..], &mut said)?;
        Ok(said)
    }

    /// Says a statement and goes on: what is answered to it is passed over before the next answer. The server does it at once all the same.
    pub(super) fn part(&mut self, line: &Line<'_>) -> Result<(), DbError> {
        encode(line, &mut self.out)?;
        frontend::sync(&mut self.out);
        self.send()?;
        self.unheard += 1;
        Ok(())
    }

    /// Sends what is put down and hears the answers to these lines.
    fn sync(&mut self, lines: &[Line<'_>], said: &mut Vec<Said>) -> Result<(), DbError> {
        if lines.is_empty() {
            return Ok(());
        }
        frontend::sync(&mut self.out);
        self.ways.fetch_add(1, Ordering::Relaxed);
        self.send()?;
        let (mut done, mut now) = (0, Said::default());
        let heard = self.hear(|message| {
            match message {
                Message::DataRow(body) => {
                    if let Some(line) = lines.get(done).filter(|line| line.rows) {
                        now.rows.push(read(&body, &line.statement.0.columns)?);
                    }
                }
                Message::CommandComplete(body) => {
                    let tag = body.tag().unwrap_or_default();
                    now.touched = tag.rsplit(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0);
                    said.push(take(&mut now));
                    done += 1;
                }
                _ => {}
            }
            Ok(())
        });
        heard.map_err(|error| lines.get(done).map_or_else(|| error.clone(), |line| at(line.sql, error.clone())))
    }

    /// Prepares a statement for later.
    pub(super) fn prepare(&mut self, text: &str) -> Result<Statement, DbError> {
        self.prepare_all(&[text])?.pop().unwrap_or_else(|| Err(DbError::Other("nothing was prepared".into())))
    }

    /// Prepares several at once; one that cannot be prepared does not stand in the way of others. An error: the connection is lost.
    pub(super) fn prepare_all(&mut self, texts: &[impl AsRef<str>]) -> Result<Vec<Result<Statement, DbError>>, DbError> {
        let mut made = Vec::with_capacity(texts.len());
        let mut names = Vec::new();
        for (i, text) in texts.iter().enumerate() {
            self.made += 1;
            let name = format!("s{}", self.made);
            frontend::parse(&name, text.as_ref(), [], &mut self.out)
                .and_then(|()| frontend::describe(b'S', &name, &mut self.out))
                .map_err(|e| self.lost(&e))?;
            frontend::sync(&mut self.out);
            names.push(name);
            if i + 1 == texts.len() || self.out.len() > UNDER_WAY {
                self.send()?;
                for name in names.drain(..) {
                    made.push(self.described(name)?);
                }
            }
        }
        Ok(made)
    }

    /// What the backend says of a statement it was to prepare.
    fn described(&mut self, name: String) -> Result<Result<Statement, DbError>, DbError> {
        let (mut params, mut columns) = (Vec::new(), Vec::new());
        let heard = self.hear(|message| {
            let read = match message {
                Message::ParameterDescription(body) => body.parameters().map(|oid| Ok(kind(oid))).collect().map(|found| params = found),
                Message::RowDescription(body) => body.fields().map(|f| Ok(kind(f.type_oid()))).collect().map(|found| columns = found),
                _ => Ok(()),
            };
            read.map_err(|e| DbError::Other(e.to_string()))
        });
        match heard {
            Err(error) if self.closed => Err(error),
            heard => Ok(heard.map(|()| Statement(Arc::new(Prepared { name, params, columns })))),
        }
    }

    /// Runs text as it is, one statement or several.
    pub(super) fn text(&mut self, text: &str) -> Result<(), DbError> {
        frontend::query(text, &mut self.out).map_err(|e| DbError::Other(e.to_string()))?;
        self.send()?;
        self.hear(|_| Ok(()))
    }

    /// The rows of one statement as it is.
    pub(super) fn text_rows(&mut self, text: &str) -> Result<Vec<Row>, DbError> {
        static TEXT: Sql = only_there!("");
        let statement = self.prepare(text)?;
        let said = self.run(&[Line { sql: &TEXT, statement: &statement, params: &[], rows: true }])?;
        frontend::close(b'S', &statement.0.name, &mut self.out).map_err(|e| DbError::Other(e.to_string()))?;
        Ok(said.into_iter().next().unwrap_or_default().rows)
    }

    fn send(&mut self) -> Result<(), DbError> {
        let sent = self.stream.write_all(&self.out).and_then(|()| self.stream.flush());
        self.out.clear();
        sent.map_err(|e| self.lost(&e))
    }

    /// Reads up to the end of what was said, also when something failed: the connection is to be used again. The first error is the answer; if
    /// the backend hung up, it may have said why before.
    fn hear(&mut self, mut on: impl FnMut(Message) -> Result<(), DbError>) -> Result<(), DbError> {
        let mut heard = Ok(());
        while self.unheard > 0 {
            if matches!(self.next()?, Message::ReadyForQuery(_)) {
                self.unheard -= 1;
            }
        }
        loop {
            match self.next() {
                Ok(Message::ReadyForQuery(_)) => return heard,
                Ok(Message::ErrorResponse(body)) => heard = heard.and_then(|()| Err(told(body.fields()))),
                Ok(message) => heard = heard.and_then(|()| on(message)),
                Err(error) => return heard.and(Err(error)),
            }
        }
    }

    /// The next message that answers something.
    fn next(&mut self) -> Result<Message, DbError> {
        loop {
            match Message::parse(&mut self.heard).map_err(|e| self.lost(&e))? {
                Some(Message::NoticeResponse(_) | Message::ParameterStatus(_) | Message::NotificationResponse(_)) => {}
                Some(message) => return Ok(message),
                None => match self.stream.read(&mut self.room) {
                    Ok(0) => return Err(self.lost(&io::ErrorKind::UnexpectedEof.into())),
                    Ok(n) => self.heard.extend_from_slice(&self.room[..n]),
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    Err(e) => return Err(self.lost(&e)),
                },
            }
        }
    }

    fn lost(&mut self, error: &io::Error) -> DbError {
        self.closed = true;
        DbError::Unavailable(error.to_string())
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if !self.closed {
            // A farewell, so that the database does not log a lost client. It may be gone itself.
            self.out.clear();
            frontend::terminate(&mut self.out);
            let _ = self.send();
        }
    }
}

/// Binds and executes; values and rows go in their binary forms.
fn encode(line: &Line<'_>, out: &mut BytesMut) -> Result<(), DbError> {
    let Prepared { name, params, .. } = &*line.statement.0;
    let wrong = |text: String| at(line.sql, DbError::Other(text));
    if params.len() != line.params.len() {
        return Err(wrong(format!("{} values for {} parameters", line.params.len(), params.len())));
    }
    let values = params.iter().zip(line.params);
    let put = |(kind, value): (&Type, &Val), out: &mut BytesMut| {
        value.to_sql(kind, out).map(|null| match null {
            IsNull::Yes => postgres_protocol::IsNull::Yes,
            IsNull::No => postgres_protocol::IsNull::No,
        })
    };
    frontend::bind("", name, [1], values, put, [1], out).map_err(|error| match error {
        frontend::BindError::Conversion(error) => wrong(error.to_string()),
        frontend::BindError::Serialization(error) => wrong(error.to_string()),
    })?;
    frontend::execute("", 0, out).map_err(|e| wrong(e.to_string()))
}

fn read(body: &DataRowBody, columns: &[Type]) -> Result<Row, DbError> {
    let mut cells = Vec::with_capacity(columns.len());
    let (mut ranges, mut kinds) = (body.ranges(), columns.iter());
    loop {
        match (ranges.next(), kinds.next()) {
            (Ok(Some(range)), Some(kind)) => {
                let cell = range.map_or(Ok(Val::Null), |range| value(kind, &body.buffer()[range]));
                cells.push(cell.map_err(|e| DbError::Row(format!("column {} ({kind}): {e}", cells.len() + 1)))?);
            }
            (Ok(None), None) => return Ok(Row::new(cells)),
            _ => return Err(DbError::Row(format!("{} columns are not what was described", columns.len()))),
        }
    }
}

fn value(kind: &Type, bytes: &[u8]) -> Result<Val, Box<dyn std::error::Error + Sync + Send>> {
    Ok(match *kind {
        Type::INT8 => Val::Int(i64::from_sql(kind, bytes)?),
        Type::INT4 => Val::Int(i32::from_sql(kind, bytes)?.into()),
        Type::BOOL => Val::Int(bool::from_sql(kind, bytes)?.into()),
        Type::UUID => Val::Id(uuid::Uuid::from_sql(kind, bytes)?),
        Type::BYTEA => Val::Bytes(bytes.to_vec()),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => Val::Text(str::from_utf8(bytes)?.to_owned()),
        _ => return Err("no statement of the house asks for this type".into()),
    })
}

fn kind(oid: u32) -> Type {
    Type::from_oid(oid).unwrap_or(Type::TEXT)
}

/// What the backend says is wrong.
fn told(mut fields: ErrorFields<'_>) -> DbError {
    let (mut code, mut message, mut constraint) = (String::new(), String::new(), None);
    while let Ok(Some(field)) = fields.next() {
        let value = || String::from_utf8_lossy(field.value_bytes()).into_owned();
        match field.type_() {
            b'C' => code = value(),
            b'M' => message = value(),
            b'n' => constraint = Some(value()),
            _ => {}
        }
    }
    refused(&code, &message, constraint.as_deref())
}
