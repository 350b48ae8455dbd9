//! Work that takes seconds, or waits for others: done beside the turns, one job of a queue at a time, each on a seat of its own. A job is
//! claimed only for a seat that is free.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::jobs::one;
use crate::dispatch::plans::SEARCH;
use crate::ground::jobs::Job;
use crate::ground::mail::MailOut;
use crate::house::House;
use crate::{import, org};

/// The queues whose work is done here.
const QUEUES: [&str; 3] = [SEARCH, import::QUEUE, org::mail::QUEUE];

/// The seats, and who sits on them.
pub struct Bench {
    under_way: JoinSet<()>,
    seats: [(&'static str, Arc<Semaphore>); 3],
    out: Option<Arc<dyn MailOut>>,
}

impl Bench {
    /// Nothing under way; mail to people of the house goes out this way.
    pub fn new(out: Option<Arc<dyn MailOut>>) -> Self {
        Self { under_way: JoinSet::new(), seats: QUEUES.map(|queue| (queue, Arc::new(Semaphore::new(1)))), out }
    }

    /// Takes imports alone; the rest is left to others.
    pub fn for_imports() -> Self {
        let seats = QUEUES.map(|queue| (queue, Arc::new(Semaphore::new(usize::from(queue == import::QUEUE)))));
        Self { under_way: JoinSet::new(), seats, out: None }
    }

    /// The queues of which nothing can be taken now; empty names fill the places.
    pub fn busy(&self) -> [&'static str; 3] {
        self.seats.each_ref().map(|(queue, seat)| if seat.available_permits() == 0 { *queue } else { "" })
    }

    /// Divides what was claimed: what is to be done, and what is to be put back, because its seat is given already.
    pub fn divide(claimed: Vec<Job>) -> (Vec<Job>, Vec<Job>) {
        let mut given: Vec<&'static str> = Vec::new();
        claimed.into_iter().partition(|job| match QUEUES.into_iter().find(|queue| *queue == job.queue) {
            Some(queue) if given.contains(&queue) => false,
            Some(queue) => {
                given.push(queue);
                true
            }
            None => true,
        })
    }

    /// Begins a job that is done here; any other comes back.
    pub fn put(&mut self, house: &House, job: Job, since: Timestamp) -> Option<Job> {
        let Some((_, seat)) = self.seats.iter().find(|(queue, _)| *queue == job.queue) else { return Some(job) };
        // Taken at once, so that the next turn sees it; it was free before the claim, and nobody else gives seats.
        let (house, seat, out) = (house.clone(), seat.clone().try_acquire_owned(), self.out.clone());
        self.under_way.spawn(async move {
            let _seat = seat;
            if let Err(error) = one(&house, out.as_ref(), &job, since).await {
                tracing::warn!(job = %job.id, %error, "a job could not be given back");
            }
        });
        None
    }

    /// Waits until something that is under way has ended; for ever when nothing is.
    pub async fn ended(&mut self) {
        if self.under_way.join_next().await.is_none() {
            std::future::pending().await
        }
    }

    /// Waits for all that is under way.
    pub async fn cleared(&mut self) {
        while self.under_way.join_next().await.is_some() {}
    }
}
