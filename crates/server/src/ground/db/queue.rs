//! What waits for the threads of the database layer (ADR 48).
//!
//! A thread with nothing to do sleeps at once, and the one that went to sleep last is woken first: its pages, its statements and its
//! backend's plans are warm, and those nobody needs come to keep nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Where pieces come in. What waits is still handed out after it is gone; then the other ends hear that nothing will come.
pub(super) struct Sender<T>(Arc<Shared<T>>);

/// Where one thread takes pieces out.
pub(super) struct Receiver<T> {
    shared: Arc<Shared<T>>,
    bed: Arc<Bed<T>>,
}

/// Why a piece was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// As many wait as may.
    Full,
    /// Nobody takes any more.
    Nobody,
}

struct Shared<T> {
    most: usize,
    inside: Mutex<Inside<T>>,
}

/// Something waits only while nobody sleeps.
struct Inside<T> {
    waiting: VecDeque<T>,
    /// Who sleeps; the last one is woken first.
    asleep: Vec<Arc<Bed<T>>>,
    receivers: usize,
    closed: bool,
}

/// Where one thread sleeps until it is given a piece, or the end.
struct Bed<T> {
    given: Mutex<Option<Given<T>>>,
    come: Condvar,
}

enum Given<T> {
    Piece(T),
    End,
}

impl<T> Bed<T> {
    fn new() -> Arc<Self> {
        Arc::new(Self { given: Mutex::new(None), come: Condvar::new() })
    }

    fn wake(&self, with: Given<T>) {
        *self.given.lock().unwrap_or_else(PoisonError::into_inner) = Some(with);
        self.come.notify_one();
    }

    fn until_given(&self) -> Given<T> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let mut given = self.come.wait_while(given, |given| given.is_none()).unwrap_or_else(PoisonError::into_inner);
        given.take().unwrap_or(Given::End)
    }
}

impl<T> Shared<T> {
    /// Nothing in here can panic half done, so a poisoned lock guards what is whole.
    fn lock(&self) -> MutexGuard<'_, Inside<T>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A queue in which at most so many pieces wait.
pub(super) fn bounded<T>(most: usize) -> (Sender<T>, Receiver<T>) {
    let inside = Inside { waiting: VecDeque::new(), asleep: Vec::new(), receivers: 1, closed: false };
    let shared = Arc::new(Shared { most, inside: Mutex::new(inside) });
    (Sender(shared.clone()), Receiver { shared, bed: Bed::new() })
}

impl<T> Sender<T> {
    /// Hands a piece to whoever sleeps, or lets it wait. Never blocks.
    pub(super) fn send(&self, piece: T) -> Result<(), Refused> {
        let mut inside = self.0.lock();
        if inside.receivers == 0 {
            return Err(Refused::Nobody);
        }
        if let Some(bed) = inside.asleep.pop() {
            drop(inside);
            bed.wake(Given::Piece(piece));
            return Ok(());
        }
        if inside.waiting.len() >= self.0.most {
            return Err(Refused::Full);
        }
        inside.waiting.push_back(piece);
        Ok(())
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.0.lock().waiting.len()
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut inside = self.0.lock();
        inside.closed = true;
        let asleep = std::mem::take(&mut inside.asleep);
        drop(inside);
        asleep.iter().for_each(|bed| bed.wake(Given::End));
    }
}

impl<T> Receiver<T> {
    /// The piece that has waited longest; sleeps until there is one. `None`: nothing will come any more.
    pub(super) fn recv(&self) -> Option<T> {
        {
            let mut inside = self.shared.lock();
            if let Some(piece) = inside.waiting.pop_front() {
                return Some(piece);
            }
            if inside.closed {
                return None;
            }
            inside.asleep.push(self.bed.clone());
        }
        match self.bed.until_given() {
            Given::Piece(piece) => Some(piece),
            Given::End => None,
        }
    }

    /// The piece that has waited longest, if one waits.
    pub(super) fn try_recv(&self) -> Option<T> {
        self.shared.lock().waiting.pop_front()
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.shared.lock().receivers += 1;
        Self { shared: self.shared.clone(), bed: Bed::new() }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut inside = self.shared.lock();
        inside.receivers -= 1;
        if inside.receivers == 0 {
            // Whoever waits for an answer to one of these hears that there will be none.
            let left = std::mem::take(&mut inside.waiting);
            drop(inside);
            drop(left);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    impl<T> Sender<T> {
        /// Waits until so many sleep.
        fn until_asleep(&self, so_many: usize) {
            while self.0.lock().asleep.len() != so_many {
                thread::yield_now();
            }
        }
    }

    #[test]
    fn what_waits_comes_in_its_order_and_to_the_end() {
        let (sender, receiver) = bounded(3);
        assert_eq!([1, 2, 3, 4].map(|n| sender.send(n)), [Ok(()), Ok(()), Ok(()), Err(Refused::Full)]);
        assert_eq!((sender.len(), receiver.recv(), sender.len()), (3, Some(1), 2));
        assert_eq!(sender.send(5), Ok(()), "there is room again");
        drop(sender);
        assert_eq!([receiver.recv(), receiver.try_recv(), receiver.recv(), receiver.recv()], [Some(2), Some(3), Some(5), None]);
    }

    #[test]
    fn nobody_takes_what_nobody_will_do() {
        let (sender, receiver) = bounded(3);
        let (told, hears) = std::sync::mpsc::channel::<()>();
        assert_eq!(sender.send(told.clone()), Ok(()));
        drop(receiver);
        assert_eq!(sender.send(told), Err(Refused::Nobody));
        assert_eq!(
            hears.recv(),
            Err(std::sync::mpsc::RecvError),
            "what waited is let go of, so that whoever waits for its answer hears it"
        );
    }

    /// One thread does it all, as long as it is done before the next piece comes.
    #[test]
    fn who_went_to_sleep_last_is_woken_first() {
        let (sender, receiver) = bounded(8);
        let (done, order) = std::sync::mpsc::channel();
        thread::scope(|scope| {
            for name in 0..3 {
                let (receiver, done) = (receiver.clone(), done.clone());
                scope.spawn(move || {
                    while receiver.recv().is_some() {
                        done.send(name).unwrap()
                    }
                });
                sender.until_asleep(name + 1);
            }
            for _ in 0..20 {
                sender.send(()).unwrap();
                assert_eq!(order.recv(), Ok(2));
                sender.until_asleep(3);
            }
            drop(sender);
        });
    }

    #[test]
    fn each_piece_is_done_once_by_many() {
        let (sender, receiver) = bounded(64);
        let (done, all) = std::sync::mpsc::channel();
        let pieces = 20_000;
        thread::scope(|scope| {
            for _ in 0..4 {
                let (receiver, done) = (receiver.clone(), done.clone());
                scope.spawn(move || {
                    while let Some(piece) = receiver.recv() {
                        done.send(piece).unwrap()
                    }
                });
            }
            for piece in 0..pieces {
                while sender.send(piece) == Err(Refused::Full) {
                    thread::yield_now();
                }
            }
            drop((sender, done));
        });
        let mut all: Vec<i32> = all.try_iter().collect();
        all.sort_unstable();
        assert_eq!(all, (0..pieces).collect::<Vec<_>>());
    }
}
