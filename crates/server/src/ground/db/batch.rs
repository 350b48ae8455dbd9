//! The one writer of SQLite: what waits is done in one transaction, and answered after its commit.

use super::DbError;
use super::handle::{Piece, Verdict, full};
use super::load::Stats;
use super::queue::Receiver;
use super::sqlite::{SqliteConn, SqliteFile};
use crate::ground::sabotage;

/// Most closures in one commit: bounds how long the first of them waits.
const BATCH_CAP: usize = 256;

/// Takes what waits, batch by batch, until nobody can ask any more.
pub(super) fn sqlite_writer(file: &SqliteFile, queue: &Receiver<Box<dyn Piece>>, stats: &Stats) {
    let mut conn = file.conn();
    while let Some(first) = queue.recv() {
        let mut batch = Batch { conn: &mut conn, pieces: Vec::new(), careful: false };
        let mut outcome = if stats.is_broken() { Err(stopped()) } else { batch.conn.say("BEGIN IMMEDIATE") };
        let mut next = Some(first);
        while let Some(piece) = next.take() {
            if outcome.is_ok() {
                outcome = batch.take(piece);
            } else {
                batch.pieces.push((piece, false));
            }
            if outcome.is_ok() && batch.pieces.len() < BATCH_CAP {
                next = queue.try_recv();
            }
        }
        let mut pieces: Vec<Box<dyn Piece>> = batch.pieces.into_iter().map(|(piece, _)| piece).collect();
        if sabotage::on("ack-early") && outcome.is_ok() {
            pieces.drain(..).for_each(|piece| piece.answer(Ok(())));
        }
        if outcome.is_ok() {
            outcome = conn.say("COMMIT");
        }
        if outcome.is_err() {
            // Fails when SQLite has already rolled back by itself; then there is nothing left to undo.
            let _ = conn.say("ROLLBACK");
        }
        if sabotage::on("go-on") {
            outcome = Ok(());
        }
        stats.committed(pieces.len(), &outcome);
        for piece in pieces {
            piece.answer(outcome.clone());
        }
    }
}

/// After a failed write or fsync the system may hold pages it will never write. Going on would build on them; a new start first
/// brings everything it can read safely to the disk: see [`SqliteFile::settle`].
fn stopped() -> DbError {
    DbError::Broken("writing has stopped after the disk failed; start the server anew".into())
}

/// What goes into one commit.
///
/// A savepoint around each piece would make SQLite copy every page a second piece changes, for the rare one that is undone after it has
/// written something; most refusals come before. So pieces run one after the other, and only when one has to be undone is the transaction
/// rolled back and done again, from then on with savepoints: at most twice the work, and nobody has been answered yet.
struct Batch<'c, 'f> {
    conn: &'c mut SqliteConn<'f>,
    /// Each with whether its changes are in the transaction.
    pieces: Vec<(Box<dyn Piece>, bool)>,
    careful: bool,
}

impl Batch<'_, '_> {
    /// Runs a piece behind the others. An error means that the whole batch is lost, e.g. because a full disk made SQLite roll back.
    fn take(&mut self, mut piece: Box<dyn Piece>) -> Result<(), DbError> {
        let done = if self.careful { in_savepoint(self.conn, piece.as_mut()) } else { self.boldly(piece.as_mut()) };
        self.pieces.push((piece, matches!(done, Ok(true))));
        done.map(drop)
    }

    fn boldly(&mut self, piece: &mut dyn Piece) -> Result<bool, DbError> {
        let written = self.conn.written();
        match piece.run(self.conn) {
            Verdict::Keep => return Ok(true),
            Verdict::Full => return Err(full()),
            Verdict::Undo | Verdict::Repeat => {}
        }
        if !self.conn.in_transaction() {
            return Err(DbError::Unavailable("the database rolled a batch back".into()));
        }
        if self.conn.written() != written {
            self.conn.say("ROLLBACK")?;
            self.conn.say("BEGIN IMMEDIATE")?;
            self.careful = true;
            for (piece, kept) in self.pieces.iter_mut().filter(|(_, kept)| *kept) {
                *kept = in_savepoint(self.conn, piece.as_mut())?;
            }
        }
        Ok(false)
    }
}

/// Runs a piece that others stand before and that may be undone without them. Whether it is kept.
fn in_savepoint(conn: &mut SqliteConn<'_>, piece: &mut dyn Piece) -> Result<bool, DbError> {
    conn.say("SAVEPOINT piece")?;
    match piece.run(conn) {
        Verdict::Keep => conn.say("RELEASE piece").map(|()| true),
        Verdict::Undo | Verdict::Repeat => {
            conn.say("ROLLBACK TO piece")?;
            conn.say("RELEASE piece").map(|()| false)
        }
        // SQLite has or has not rolled back everything by itself.
        Verdict::Full => Err(full()),
    }
}
