//! The open streams of this process and the one task that looks for their news.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use postsale_domain::bell::BellId;
use postsale_domain::ground::{Caller, TenantId, UserId};
use postsale_domain::refuse;
use postsale_domain::ticket::TicketId;
use tokio::sync::{Notify, oneshot, watch};

use super::store::{self, Present};
use crate::ground::db::{Done, Tx};
use crate::house::House;

/// Reads changes after a place, as the caller of the transaction may see them.
pub type Reader = fn(&mut Tx<'_>, i64, u32) -> Done<Vec<(i64, TicketId)>>;

/// How often the database is asked without a signal: another node may have written.
const LOOK: Duration = Duration::from_secs(1);
/// Signals within this time are one look.
const GATHER: Duration = Duration::from_millis(60);
/// Changes of one look, and those kept for streams that are a little behind.
pub(super) const BATCH: u32 = 200;
const KEPT: usize = 400;
/// Most streams of one process, and of one person: tabs nobody closed must not use up the house.
const STREAMS: usize = 2000;
const STREAMS_EACH: usize = 12;
/// The place of a channel that has not been looked at.
const UNREAD: i64 = -1;
/// Clocks of nodes differ by less than this.
const SKEW: SignedDuration = SignedDuration::from_secs(10);

/// The open streams of one process.
#[derive(Default)]
pub struct Hub {
    inner: Mutex<Inner>,
    stir: Notify,
}

#[derive(Default)]
struct Inner {
    closed: bool,
    looking: bool,
    next: u64,
    streams: HashMap<u64, Open>,
    channels: HashMap<(TenantId, String), Arc<Channel>>,
    tickets: HashMap<TicketId, watch::Sender<Arc<Vec<Present>>>>,
    /// Grows when the bell rings for a person.
    bells: HashMap<UserId, watch::Sender<u64>>,
    /// Notifications that were told already.
    rung: HashSet<BellId>,
}

/// A stream's entry; dropping it ends the stream.
struct Open {
    user: Option<UserId>,
    token: Vec<u8>,
    _end: oneshot::Sender<()>,
}

/// The news of all who see alike.
pub(super) struct Channel {
    caller: Caller,
    read: Reader,
    at: watch::Sender<i64>,
    kept: Mutex<Kept>,
}

/// Changes after `from`, without a gap.
#[derive(Default)]
struct Kept {
    from: i64,
    changes: VecDeque<(i64, TicketId)>,
}

impl Channel {
    /// The changes after a place and the place then reached; `None` when they are no longer kept here.
    pub(super) fn since(&self, place: i64) -> Option<(Vec<TicketId>, i64)> {
        let (kept, at) = (lock(&self.kept), *self.at.borrow());
        if place < kept.from || at == UNREAD {
            return None;
        }
        Some((kept.changes.iter().filter(|(seq, _)| *seq > place).map(|(_, ticket)| *ticket).collect(), at.max(place)))
    }

    fn take_in(&self, changes: Vec<(i64, TicketId)>, reached: i64) {
        let mut kept = lock(&self.kept);
        kept.changes.extend(changes);
        while kept.changes.len() > KEPT {
            if let Some((seq, _)) = kept.changes.pop_front() {
                kept.from = seq;
            }
        }
        self.at.send_replace(reached);
    }
}

/// A listener's side of the hub. Leaving it ends the listener's entry.
pub(super) struct Seat {
    house: House,
    id: u64,
    /// Resolves when the stream has to end: signed out, or the process is stopping.
    pub(super) end: oneshot::Receiver<()>,
    /// The news of those who see like this listener.
    pub(super) channel: Arc<Channel>,
    /// Grows as the channel does.
    pub(super) at: watch::Receiver<i64>,
    /// Who is on the watched ticket's page.
    pub(super) present: Option<watch::Receiver<Arc<Vec<Present>>>>,
    /// Grows when the bell rings for the listener.
    pub(super) bell: Option<watch::Receiver<u64>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.house.live.inner).streams.remove(&self.id);
    }
}

/// Who wants to listen, and to what.
pub(super) struct Listener {
    pub(super) caller: Caller,
    /// The hash of the session's token.
    pub(super) token: Vec<u8>,
    /// The same word for all who see alike.
    pub(super) scope: String,
    pub(super) read: Reader,
    /// The ticket whose company is told.
    pub(super) ticket: Option<TicketId>,
}

impl Hub {
    /// Says that something may have changed.
    pub fn stir(&self) {
        self.stir.notify_one();
    }

    /// Ends every stream and takes no new one: the process is stopping.
    pub fn close(&self) {
        let mut inner = lock(&self.inner);
        inner.closed = true;
        inner.streams.clear();
    }

    /// How many streams are open.
    pub fn streams(&self) -> usize {
        lock(&self.inner).streams.len()
    }

    /// Lets somebody listen. Errors: `live.stopping`, `live.full`, `live.too_many`.
    pub(super) fn listen(house: &House, who: Listener) -> Done<Seat> {
        let mut inner = lock(&house.live.inner);
        let user = who.caller.user();
        if inner.closed {
            return Err(refuse!(Busy, "live.stopping").into());
        }
        if inner.streams.len() >= STREAMS {
            return Err(refuse!(Busy, "live.full").into());
        }
        if inner.streams.values().filter(|open| open.user == user).count() >= STREAMS_EACH {
            return Err(refuse!(TooMany, "live.too_many", most = STREAMS_EACH).into());
        }
        let channel = inner.channels.entry((who.caller.tenant, who.scope)).or_insert_with(|| {
            let (caller, read) = (who.caller.clone(), who.read);
            Arc::new(Channel { caller, read, at: watch::Sender::new(UNREAD), kept: Mutex::default() })
        });
        let (channel, at) = (channel.clone(), channel.at.subscribe());
        let present =
            who.ticket.map(|ticket| inner.tickets.entry(ticket).or_insert_with(|| watch::Sender::new(Arc::default())).subscribe());
        let bell = user.map(|user| inner.bells.entry(user).or_insert_with(|| watch::Sender::new(0)).subscribe());
        let (send, end) = oneshot::channel();
        inner.next += 1;
        let id = inner.next;
        inner.streams.insert(id, Open { user, token: who.token, _end: send });
        if !inner.looking {
            inner.looking = true;
            tokio::spawn(look_on(house.clone()));
        }
        drop(inner);
        house.live.stir();
        Ok(Seat { house: house.clone(), id, end, channel, at, present, bell })
    }

    /// The channels and tickets somebody still listens to; others are forgotten. `None` when nobody listens at all.
    fn listened(&self) -> Option<(Vec<Arc<Channel>>, bool)> {
        let mut inner = lock(&self.inner);
        inner.channels.retain(|_, channel| channel.at.receiver_count() > 0);
        inner.tickets.retain(|_, sender| sender.receiver_count() > 0);
        inner.bells.retain(|_, sender| sender.receiver_count() > 0);
        if inner.streams.is_empty() && inner.channels.is_empty() {
            inner.looking = false;
            return None;
        }
        Some((inner.channels.values().cloned().collect(), !inner.tickets.is_empty()))
    }
}

async fn look_on(house: House) {
    let mut ended_since = house.clock.now();
    loop {
        tokio::select! {
            () = house.live.stir.notified() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(LOOK) => {}
        }
        let Some((channels, watched)) = house.live.listened() else { return };
        let now = house.clock.now();
        match look(&house, &channels, watched, ended_since - SKEW).await {
            Ok(()) => ended_since = now,
            Err(error) => tracing::debug!(%error, "no look for changes this time"),
        }
    }
}

/// Tells those for whom the bell has rung since the last look.
fn ring(house: &House, rung: Vec<(BellId, UserId)>) {
    let mut inner = lock(&house.live.inner);
    for (id, user) in &rung {
        if !inner.rung.contains(id)
            && let Some(sender) = inner.bells.get(user)
        {
            sender.send_modify(|count| *count += 1);
        }
    }
    inner.rung = rung.into_iter().map(|(id, _)| id).collect();
}

/// One look: sessions that ended, the ends of the chains, what is new in those that grew, and who is where.
async fn look(house: &House, channels: &[Arc<Channel>], watched: bool, ended_since: jiff::Timestamp) -> Done<()> {
    let (over, heads, rung) = house
        .db
        .bare_read(move |bare| Ok((store::ended(bare, ended_since)?, store::heads(bare)?, store::rung(bare, ended_since)?)))
        .await?;
    ring(house, rung);
    if !over.is_empty() {
        lock(&house.live.inner).streams.retain(|_, open| !over.contains(&open.token));
    }
    for channel in channels {
        let head = heads.get(&channel.caller.tenant).copied().unwrap_or_default();
        let mut at = *channel.at.borrow();
        if at == UNREAD {
            // Nothing is kept yet: whoever listens reads what came before by themselves.
            lock(&channel.kept).from = head;
            channel.at.send_replace(head);
            continue;
        }
        while at < head {
            let read = channel.read;
            let changes = house.db.read(channel.caller.clone(), house.clock.now(), move |tx| read(tx, at, BATCH)).await?;
            let full = changes.len() >= BATCH as usize;
            let last = changes.last().map_or(at, |(seq, _)| *seq);
            at = if full { last } else { head.max(last) };
            channel.take_in(changes, at);
        }
    }
    if watched {
        let now = house.clock.now();
        let mut all = house.db.bare_read(move |bare| store::everybody(bare, now)).await?;
        for (ticket, sender) in &lock(&house.live.inner).tickets {
            let people = all.remove(ticket).unwrap_or_default();
            sender.send_if_modified(|kept| {
                let news = **kept != people;
                if news {
                    *kept = Arc::new(people);
                }
                news
            });
        }
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
