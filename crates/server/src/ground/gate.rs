//! Turns for what costs much: tables to take away and to take in, searches, thinking about times. A few go on at once, a few wait, the rest are told to
//! come back, so that however many ask, the readers of the database and the processors stay free for what a case needs at this moment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use postsale_domain::ground::Refusal;
use postsale_domain::refuse;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long somebody waits for a turn before they are told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// What takes turns. Each kind has turns of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Costly {
    /// A list, a chain or a sheet of mistakes as a file: minutes of a reader at worst.
    Table,
    /// A search, typed letter by letter: milliseconds, but many.
    Search,
    /// A file that is handed in: a processor and the memory it unfolds into, then the writer for as long as its rows are kept.
    Sheet,
    /// The planner's thinking while somebody waits for it: a processor for as long as it takes.
    Thinking,
}

/// The turns of a process.
pub struct Gate {
    table: Room,
    sheet: Room,
    search: Room,
    thinking: Room,
}

/// The turns of a kind.
struct Room {
    /// Those that go on.
    turns: Arc<Semaphore>,
    /// Those that go on or wait.
    places: Arc<Semaphore>,
    /// Most of one asker, going on or waiting.
    each: usize,
    /// How many each asker has.
    held: Arc<Mutex<HashMap<String, usize>>>,
}

/// A turn; over when it is dropped.
#[derive(Debug)]
pub struct Turn {
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
    _own: Own,
}

/// One of an asker's turns.
#[derive(Debug)]
struct Own {
    who: String,
    held: Arc<Mutex<HashMap<String, usize>>>,
}

impl Gate {
    /// For a process with so many reader threads. At least one of several readers is left to everything else.
    pub fn new(readers: usize) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            table: Room::new((readers / 4).max(1), 8, 2),
            sheet: Room::new((processors / 2).max(1), 8, 2),
            search: Room::new((readers / 2).max(1), 64, 16),
            thinking: Room::new((processors / 2).max(1), 16, 4),
        }
    }

    /// Waits for a turn. Errors: `costly.own` when `who` has as many as anybody may, `costly.full` when too many wait, or for too long.
    pub async fn turn(&self, kind: Costly, who: &str) -> Result<Turn, Refusal> {
        let room = match kind {
            Costly::Table => &self.table,
            Costly::Sheet => &self.sheet,
            Costly::Search => &self.search,
            Costly::Thinking => &self.thinking,
        };
        let own = room.own(who).ok_or_else(|| refuse!(TooMany, "costly.own", most = room.each))?;
        let full = || refuse!(Busy, "costly.full");
        let place = room.places.clone().try_acquire_owned().map_err(|_| full())?;
        let turn = tokio::time::timeout(PATIENCE, room.turns.clone().acquire_owned()).await;
        Ok(Turn { _turn: turn.map_err(|_| full())?.map_err(|_| full())?, _place: place, _own: own })
    }
}

impl Room {
    fn new(turns: usize, waiting: usize, each: usize) -> Self {
        let semaphore = |n| Arc::new(Semaphore::new(n));
        Self { turns: semaphore(turns), places: semaphore(turns + waiting), each, held: Arc::default() }
    }

    fn own(&self, who: &str) -> Option<Own> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(who.to_owned()).or_default();
        if *count >= self.each {
            return None;
        }
        *count += 1;
        Some(Own { who: who.to_owned(), held: self.held.clone() })
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.who) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_takes_more_than_their_share_and_all_of_it_comes_back() {
        let gate = Gate::new(16);
        let code = |turn: Result<Turn, Refusal>| turn.err().map(|refusal| refusal.code);
        let mut turns = vec![gate.turn(Costly::Table, "a").await.unwrap(), gate.turn(Costly::Table, "a").await.unwrap()];
        assert_eq!(code(gate.turn(Costly::Table, "a").await), Some("costly.own"));
        assert_eq!(code(gate.turn(Costly::Search, "a").await), None, "each kind has its own");
        turns.extend([gate.turn(Costly::Table, "b").await.unwrap(), gate.turn(Costly::Table, "b").await.unwrap()]);
        // All four go on: from now on people wait, eight of them.
        let gate = Arc::new(gate);
        let waiting: Vec<_> = (0..8)
            .map(|n| {
                let gate = gate.clone();
                tokio::spawn(async move { gate.turn(Costly::Table, &n.to_string()).await.map(drop) })
            })
            .collect();
        while gate.table.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(code(gate.turn(Costly::Table, "z").await), Some("costly.full"));
        drop(turns);
        for one in waiting {
            assert!(one.await.unwrap().is_ok(), "who waits gets a turn");
        }
        assert_eq!((gate.table.turns.available_permits(), gate.table.places.available_permits()), (4, 12));
        assert!(gate.table.held.lock().unwrap().is_empty());
    }
}
