use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread;

use jiff::Timestamp;
use postsale_domain::ground::{Caller, from_millis, to_millis};
use tokio::sync::{oneshot, watch};

use super::batch::sqlite_writer;
use super::load::{Load, Stats};
use super::postgres::{PgConn, PgServer};
use super::queue::{Receiver, Refused, Sender, bounded};
use super::sql::only_there;
use super::sqlite::SqliteFile;
use super::walls::Reach;
use super::{Bare, Conn, DbError, Dialect, Done, Sql, Stop, Tx};
use crate::ground::sabotage;
use crate::ground::seal::random;

/// Closures that may wait; beyond it a request is told to come back (503).
const QUEUE_CAP: usize = 4096;
/// How often a closure is repeated when PostgreSQL reports a deadlock or a serialisation failure.
const REPEATS: usize = 10;

/// Where the data is, and how many threads may work on it.
#[derive(Debug, Clone)]
pub struct DbOptions {
    /// `sqlite://PATH` or `postgres://…`.
    pub url: String,
    /// Reader threads (SQLite) or connections of each kind (PostgreSQL). 1 to 64.
    pub threads: usize,
}

/// How transactions of one kind begin and end on PostgreSQL.
struct Way {
    begin: &'static Sql,
    end: End,
}

/// How a transaction ends that is to be kept.
enum End {
    /// With these statements; how they went is the answer.
    Said(&'static [&'static Sql]),
    /// It only looked and has its answers: the statement is said, and nobody waits for what the server says to that.
    Left(&'static Sql),
}

static READ: Sql = only_there!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
static WRITE: Sql = only_there!("BEGIN");
static COMMIT: Sql = only_there!("COMMIT");
static DO_NOT_WAIT: Sql = only_there!("SET LOCAL synchronous_commit = off");
static WAIT_FOR_THE_DISK: Sql = only_there!(
    "SELECT CASE WHEN pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn() THEN pg_logical_emit_message(true, 'postsale', '') END"
);

const READING: Way = Way { begin: &READ, end: End::Left(&COMMIT) };

/// It ends in one go: its locks are free before the disk has it, and the answer comes after. What follows the commit is a small transaction
/// of its own that waits for the disk, and for all that stands before it in the log; those who wait at once share one wait. It is left out
/// when the disk has everything. So whatever is answered, be it only that something was so already, is on the disk, also when another
/// connection wrote it a moment ago.
const WRITING: Way = Way { begin: &WRITE, end: End::Said(&[&DO_NOT_WAIT, &COMMIT, &WAIT_FOR_THE_DISK]) };

/// What ends every writing transaction before its commit; the house writes the audit chain there.
pub type Finish = fn(&mut Tx<'_>) -> Done<()>;

/// The database layer. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

/// Hears of what falls due; as many may listen as like, and each hears.
pub struct Due(watch::Receiver<()>);

impl Due {
    /// Waits until something was committed that falls due at once, since this was last asked.
    pub async fn fell(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending().await // the database is closed: nothing more will be written
        }
    }
}

struct Inner {
    dialect: Dialect,
    writes: Sender<Box<dyn Piece>>,
    reads: Sender<Box<dyn Piece>>,
    finish: Finish,
    stats: Arc<Stats>,
    due: watch::Sender<()>,
}

/// One closure on its way through a database thread.
pub(super) trait Piece: Send {
    /// Whether it is one reading statement, which needs no transaction around it.
    fn look(&self) -> bool;
    /// Whose rows it works on.
    fn reach(&self) -> Reach;
    /// Runs it. The connection is inside a transaction, unless it is a look.
    fn run(&mut self, conn: &mut dyn Conn) -> Verdict;
    /// Tells who waits: the closure's own answer if the commit went well, the commit's error otherwise.
    fn answer(self: Box<Self>, commit: Result<(), DbError>);
}

/// What becomes of what a piece changed.
#[derive(PartialEq)]
pub(super) enum Verdict {
    Keep,
    Undo,
    Repeat,
    Full,
}

struct Job<F, T> {
    look: bool,
    reach: Reach,
    work: F,
    result: Option<Done<Did<T>>>,
    reply: oneshot::Sender<Done<T>>,
    due: watch::Sender<()>,
}

/// What a closure came to.
struct Did<T> {
    value: T,
    /// Whether it wrote something that the worker can do at once.
    due: bool,
}

impl<T> Did<T> {
    fn plainly(value: T) -> Self {
        Self { value, due: false }
    }
}

impl<T: Send, F: FnMut(&mut dyn Conn) -> Done<Did<T>> + Send> Piece for Job<F, T> {
    fn look(&self) -> bool {
        self.look
    }

    fn reach(&self) -> Reach {
        self.reach
    }

    fn run(&mut self, conn: &mut dyn Conn) -> Verdict {
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(conn))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
            Err(Stop::Db(DbError::Other(format!("a transaction panicked: {}", text.unwrap_or_default()))))
        });
        let verdict = match &result {
            Ok(_) => Verdict::Keep,
            Err(Stop::Db(DbError::Contended(_))) if !sabotage::on("no-repeat") => Verdict::Repeat,
            Err(Stop::Db(DbError::Full(_))) => Verdict::Full,
            Err(_) => Verdict::Undo,
        };
        self.result = Some(result);
        verdict
    }

    fn answer(self: Box<Self>, commit: Result<(), DbError>) {
        let result = match (commit, self.result) {
            (Ok(()), Some(Ok(did))) => {
                if did.due {
                    self.due.send_replace(());
                }
                Ok(did.value)
            }
            (Ok(()), Some(Err(stop))) => Err(stop),
            (Ok(()), None) => Err(Stop::Db(DbError::Unavailable("not run".into()))),
            (Err(error), _) => Err(Stop::Db(error)),
        };
        // Whoever asked may have gone away; the work stands all the same.
        let _ = self.reply.send(result);
    }
}

impl Db {
    /// Opens the database and starts its threads. The schema must be current: see [`super::migrate`].
    pub fn open(options: &DbOptions, finish: Finish) -> Result<Self, DbError> {
        let (writes, write_queue) = bounded(QUEUE_CAP);
        let (reads, read_queue) = bounded(QUEUE_CAP);
        let threads = options.threads.clamp(1, 64);
        let stats = Arc::new(Stats::default());
        let target = Target::parse(&options.url)?;
        match &target {
            Target::Sqlite(path) => {
                let writer = SqliteFile::open(path, false)?;
                writer.settle()?;
                let counted = stats.clone();
                spawn("db-writer", move || sqlite_writer(&writer, &write_queue, &counted))?;
            }
            Target::Postgres(url) => {
                let server = PgServer::new(url, stats.ways.clone());
                drop(server.connect()?);
                for _ in 0..threads {
                    let (server, queue, counted) = (server.clone(), write_queue.clone(), stats.clone());
                    spawn("db-writer", move || pg_worker(&server, &WRITING, &queue, &counted))?;
                }
            }
        }
        let dialect = spawn_readers(&target, threads, &stats.ways, &read_queue)?;
        Ok(Self { inner: Arc::new(Inner { dialect, writes, reads, finish, stats, due: watch::Sender::default() }) })
    }

    /// Opens a database only to look at it, e.g. a copy: nothing is migrated, settled or written.
    pub fn open_to_read(options: &DbOptions) -> Result<Self, DbError> {
        let (writes, _) = bounded(1);
        let (reads, read_queue) = bounded(QUEUE_CAP);
        let stats = Arc::new(Stats::default());
        let dialect = spawn_readers(&Target::parse(&options.url)?, options.threads.clamp(1, 64), &stats.ways, &read_queue)?;
        Ok(Self { inner: Arc::new(Inner { dialect, writes, reads, finish: |_| Ok(()), stats, due: watch::Sender::default() }) })
    }

    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        self.inner.dialect
    }

    /// How busy and how well this layer is.
    pub fn load(&self) -> Load {
        self.inner.stats.load(self.inner.writes.len(), self.inner.reads.len())
    }

    /// Hears from now on of what [falls due](Tx::falls_due) at once.
    pub fn due(&self) -> Due {
        Due(self.inner.due.subscribe())
    }

    /// Runs a writing closure in one transaction and answers after its commit. The closure may be repeated
    /// (PostgreSQL deadlock), so it must change nothing outside the transaction.
    pub async fn write<T, F>(&self, caller: Caller, now: Timestamp, work: F) -> Done<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Done<T> + Send + 'static,
    {
        received(self.submit(&self.inner.writes, Reach::Tenant(caller.tenant), self.writing(caller, now, work))?.await)
    }

    /// [`Db::write`] for threads outside the async runtime.
    pub fn write_blocking<T, F>(&self, caller: Caller, now: Timestamp, work: F) -> Done<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Done<T> + Send + 'static,
    {
        received(self.submit(&self.inner.writes, Reach::Tenant(caller.tenant), self.writing(caller, now, work))?.blocking_recv())
    }

    /// Runs a reading closure on a consistent snapshot.
    pub async fn read<T, F>(&self, caller: Caller, now: Timestamp, work: F) -> Done<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Done<T> + Send + 'static,
    {
        received(self.submit(&self.inner.reads, Reach::Tenant(caller.tenant), reading(caller, now, work))?.await)
    }

    /// [`Db::read`] for threads outside the async runtime.
    pub fn read_blocking<T, F>(&self, caller: Caller, now: Timestamp, work: F) -> Done<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Done<T> + Send + 'static,
    {
        received(self.submit(&self.inner.reads, Reach::Tenant(caller.tenant), reading(caller, now, work))?.blocking_recv())
    }

    /// A writing transaction without a tenant: sessions, job claims.
    pub async fn bare_write<T, F>(&self, work: F) -> Done<T>
    where
        T: Send + 'static,
        F: Fn(&mut Bare<'_>) -> Done<T> + Send + 'static,
    {
        received(self.submit(&self.inner.writes, Reach::Every, bare(work))?.await)
    }

    /// [`Db::bare_write`] for threads outside the async runtime.
    pub fn bare_write_blocking<T, F>(&self, work: F) -> Done<T>
    where
        T: Send + 'static,
        F: Fn(&mut Bare<'_>) -> Done<T> + Send + 'static,
    {
        received(self.submit(&self.inner.writes, Reach::Every, bare(work))?.blocking_recv())
    }

    /// A reading transaction without a tenant.
    pub async fn bare_read<T, F>(&self, work: F) -> Done<T>
    where
        T: Send + 'static,
        F: Fn(&mut Bare<'_>) -> Done<T> + Send + 'static,
    {
        received(self.submit(&self.inner.reads, Reach::Every, bare(work))?.await)
    }

    /// [`Db::bare_read`] of exactly one statement: it is consistent by itself, and on PostgreSQL a transaction around it would be two more
    /// ways to the database. For what every request asks.
    pub async fn bare_look<T, F>(&self, work: F) -> Done<T>
    where
        T: Send + 'static,
        F: Fn(&mut Bare<'_>) -> Done<T> + Send + 'static,
    {
        received(self.send(&self.inner.reads, Reach::Every, true, bare(work))?.await)
    }

    /// [`Db::bare_read`] for threads outside the async runtime.
    pub fn bare_read_blocking<T, F>(&self, work: F) -> Done<T>
    where
        T: Send + 'static,
        F: Fn(&mut Bare<'_>) -> Done<T> + Send + 'static,
    {
        received(self.submit(&self.inner.reads, Reach::Every, bare(work))?.blocking_recv())
    }

    /// What time it is for the database, when it has a clock of its own.
    pub async fn instant(&self) -> Done<Option<Timestamp>> {
        self.bare_read(instant).await
    }

    /// [`Db::instant`] for threads outside the async runtime.
    pub fn instant_blocking(&self) -> Done<Option<Timestamp>> {
        self.bare_read_blocking(instant)
    }

    fn writing<T, F>(&self, caller: Caller, now: Timestamp, work: F) -> impl FnMut(&mut dyn Conn) -> Done<Did<T>> + Send + 'static
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Done<T> + Send + 'static,
    {
        let (finish, now) = (self.inner.finish, whole(now));
        move |conn: &mut dyn Conn| {
            let mut tx = Tx::new(conn, &caller, now);
            let value = work(&mut tx)?;
            finish(&mut tx)?;
            Ok(Did { value, due: tx.due })
        }
    }

    fn submit<T, F>(&self, queue: &Sender<Box<dyn Piece>>, reach: Reach, work: F) -> Done<oneshot::Receiver<Done<T>>>
    where
        T: Send + 'static,
        F: FnMut(&mut dyn Conn) -> Done<Did<T>> + Send + 'static,
    {
        self.send(queue, reach, false, work)
    }

    fn send<T, F>(&self, queue: &Sender<Box<dyn Piece>>, reach: Reach, look: bool, work: F) -> Done<oneshot::Receiver<Done<T>>>
    where
        T: Send + 'static,
        F: FnMut(&mut dyn Conn) -> Done<Did<T>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let due = self.inner.due.clone();
        queue.send(Box::new(Job { look, reach, work, result: None, reply, due })).map_err(|error| match error {
            Refused::Full => DbError::Unavailable("too many requests wait for the database".into()),
            Refused::Nobody => DbError::Unavailable("the database threads have ended".into()),
        })?;
        Ok(answer)
    }
}

fn bare<T, F: Fn(&mut Bare<'_>) -> Done<T>>(work: F) -> impl FnMut(&mut dyn Conn) -> Done<Did<T>> {
    move |conn: &mut dyn Conn| work(&mut Bare(conn)).map(Did::plainly)
}

fn instant(bare: &mut Bare<'_>) -> Done<Option<Timestamp>> {
    if bare.0.dialect() == Dialect::Sqlite {
        return Ok(None);
    }
    let mut rows = bare.0.raw_rows("SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint")?;
    Ok(rows.first_mut().map(|row| row.next::<i64>()).transpose()?.map(from_millis))
}

fn reading<T, F>(caller: Caller, now: Timestamp, work: F) -> impl FnMut(&mut dyn Conn) -> Done<Did<T>> + Send + 'static
where
    T: Send + 'static,
    F: Fn(&mut Tx<'_>) -> Done<T> + Send + 'static,
{
    let now = whole(now);
    move |conn: &mut dyn Conn| work(&mut Tx::new(conn, &caller, now)).map(Did::plainly)
}

/// The store keeps milliseconds; cutting here makes what a closure returns equal to what is read back later.
fn whole(now: Timestamp) -> Timestamp {
    from_millis(to_millis(now))
}

fn received<T>(answer: Result<Done<T>, oneshot::error::RecvError>) -> Done<T> {
    answer.unwrap_or_else(|_| Err(Stop::Db(DbError::Unavailable("the database thread ended".into()))))
}

/// Where a URL points.
pub(super) enum Target {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, DbError> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            Ok(Target::Sqlite(PathBuf::from(path)))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Target::Postgres(url.to_owned()))
        } else {
            Err(DbError::Other("DATABASE_URL starts with sqlite:// or postgres://".into()))
        }
    }
}

fn spawn_readers(target: &Target, threads: usize, ways: &Arc<AtomicU64>, queue: &Receiver<Box<dyn Piece>>) -> Result<Dialect, DbError> {
    match target {
        Target::Sqlite(path) => {
            for _ in 0..threads {
                let (reader, queue) = (SqliteFile::open(path, true)?, queue.clone());
                spawn("db-reader", move || sqlite_reader(&reader, &queue))?;
            }
            Ok(Dialect::Sqlite)
        }
        Target::Postgres(url) => {
            let server = PgServer::new(url, ways.clone());
            for _ in 0..threads {
                let (server, queue) = (server.clone(), queue.clone());
                spawn("db-reader", move || pg_worker(&server, &READING, &queue, &Stats::default()))?;
            }
            Ok(Dialect::Postgres)
        }
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), DbError> {
    thread::Builder::new().name(name.into()).spawn(body).map(|_| ()).map_err(|e| DbError::Unavailable(e.to_string()))
}

/// What a piece says that found no room.
pub(super) fn full() -> DbError {
    DbError::Full("a write did not fit".into())
}

fn sqlite_reader(file: &SqliteFile, queue: &Receiver<Box<dyn Piece>>) {
    let mut conn = file.conn();
    while let Some(mut piece) = queue.recv() {
        if piece.look() {
            piece.run(&mut conn);
            piece.answer(Ok(()));
            continue;
        }
        let mut outcome = conn.say("BEGIN");
        if outcome.is_ok() {
            piece.run(&mut conn);
            outcome = conn.say("COMMIT");
        }
        piece.answer(outcome);
    }
}

fn pg_worker(server: &Arc<PgServer>, way: &Way, queue: &Receiver<Box<dyn Piece>>, stats: &Stats) {
    // Before anybody waits for it; without an answer, who needs it tries again.
    let mut kept = server.connect().ok();
    while let Some(mut piece) = queue.recv() {
        let outcome = match piece.look() {
            true => pg_look(server, &mut kept, piece.as_mut()),
            false => pg_once(server, way, &mut kept, piece.as_mut(), stats),
        };
        stats.committed(1, &outcome);
        piece.answer(outcome);
    }
}

/// Runs a look. A kept connection may have died since; looking changes nothing, so one new try is free.
fn pg_look(server: &Arc<PgServer>, kept: &mut Option<PgConn>, piece: &mut dyn Piece) -> Result<(), DbError> {
    if let Some(mut conn) = kept.take()
        && conn.open_up().is_ok()
    {
        piece.run(&mut conn);
        if !conn.is_closed() {
            *kept = Some(conn);
            return Ok(());
        }
    }
    let mut conn = server.connect()?;
    conn.open_up()?;
    piece.run(&mut conn);
    *kept = Some(conn);
    Ok(())
}

fn pg_once(server: &Arc<PgServer>, way: &Way, kept: &mut Option<PgConn>, piece: &mut dyn Piece, stats: &Stats) -> Result<(), DbError> {
    for attempt in 0..REPEATS {
        if attempt > 0 {
            stats.repeated();
            thread::sleep(pause(attempt));
        }
        let (mut conn, verdict, said) = pg_run(server, way.begin, kept, piece)?;
        if verdict == Verdict::Keep && sabotage::on("ack-early") {
            // The commit comes later, or not at all.
            thread::spawn(move || {
                thread::sleep(std::time::Duration::from_millis(40));
                conn.raw("COMMIT")
            });
            return Ok(());
        }
        let ended = match verdict {
            Verdict::Keep if sabotage::on("no-flush") => said.and_then(|()| conn.raw("SET LOCAL synchronous_commit = off; COMMIT")),
            Verdict::Keep => said.and_then(|()| match way.end {
                End::Said(how) => conn.keep(how),
                End::Left(how) => conn.part(how),
            }),
            _ => conn.leave(),
        };
        // What was left to the end may have failed there, and the commit with it.
        let usable = ended.is_ok() || (!conn.is_closed() && conn.raw("ROLLBACK").is_ok());
        if usable && !conn.is_closed() {
            *kept = Some(conn);
        }
        match (verdict, ended) {
            (Verdict::Repeat, _) | (_, Err(DbError::Contended(_))) => {}
            (Verdict::Full, _) => return Err(full()),
            // A rollback that could not be said still rolls back; the closure's own error is the better answer.
            (Verdict::Undo, _) => return Ok(()),
            (_, ended) => return ended,
        }
    }
    Err(DbError::Unavailable("the same rows are being changed by too many at once".into()))
}

/// The wait before a closure is repeated: growing, and not the same for two that stood in each other's way.
fn pause(attempt: usize) -> std::time::Duration {
    let most = 4_u64 << attempt.min(6);
    std::time::Duration::from_millis(most / 2 + u64::from(random()[0]) % (most / 2 + 1))
}

/// Runs a piece in a transaction of its own, up to before its end. A kept connection may have died since; until the server has answered,
/// nothing is at stake, so one new try on a new connection is free.
fn pg_run(
    server: &Arc<PgServer>,
    begin: &'static Sql,
    kept: &mut Option<PgConn>,
    piece: &mut dyn Piece,
) -> Result<(PgConn, Verdict, Result<(), DbError>), DbError> {
    if let Some(mut conn) = kept.take()
        && conn.begin(begin, piece.reach()).is_ok()
    {
        let verdict = piece.run(&mut conn);
        let said = if verdict == Verdict::Keep { conn.make_sure() } else { Ok(()) };
        if conn.is_begun() || !conn.is_closed() {
            return Ok((conn, verdict, said));
        }
    }
    let mut conn = server.connect()?;
    conn.begin(begin, piece.reach())?;
    let verdict = piece.run(&mut conn);
    let said = if verdict == Verdict::Keep { conn.make_sure() } else { Ok(()) };
    Ok((conn, verdict, said))
}
