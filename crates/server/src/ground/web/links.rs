//! Connections: taken while there is room for them, and let go of politely.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_io_timeout::TimeoutStream;

use crate::ground::sabotage;

/// Longest a client may take for the head of a request, its pause since the last answer included.
const HEAD: Duration = Duration::from_secs(30);
/// Longest a client may leave what is sent to it unread. Without it, whoever asks for tables and reads none holds a place for ever.
const UNREAD: Duration = Duration::from_secs(30);
/// How long a connection that asks nothing is kept when others wait for its place.
const IDLE: Duration = Duration::from_secs(1);
/// How long open connections are waited for after the last one was taken: each gets one more request answered, with a word that it
/// is the last. Closing at once would cut off what a client is just sending.
const LINGER: Duration = Duration::from_secs(1);
/// The pause after the system had no handle for a connection.
const BREATH: Duration = Duration::from_millis(50);
/// Handles kept for files and mail.
const SPARE: u64 = 64;
/// The most connections, whatever the system allows.
const MOST: u64 = 10_000;

/// What every connection is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Stay,
    /// There are more clients than places: who asks nothing goes.
    Crowded(u64),
    /// Nothing is taken any more.
    Leave,
}

/// The connections of one listener.
pub struct Links {
    places: Arc<Semaphore>,
    most: u32,
    word: watch::Sender<Word>,
}

impl Links {
    /// As many places as the limit on file handles leaves when `others` are in use elsewhere.
    pub fn new(others: usize) -> Self {
        let allowed = rustix::process::getrlimit(rustix::process::Resource::Nofile).current.unwrap_or(u64::MAX);
        let most = allowed.saturating_sub(SPARE + others as u64).clamp(8, MOST) as u32;
        Self { places: Arc::new(Semaphore::new(most as usize)), most, word: watch::Sender::new(Word::Stay) }
    }

    /// Takes connections until `stop` resolves, and those that wait at the door then; the listener is closed afterwards.
    pub async fn take(&self, listener: TcpListener, router: &Router, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        loop {
            let place = tokio::select! {
                () = &mut stop => break,
                place = self.place() => place,
            };
            tokio::select! {
                () = &mut stop => break,
                taken = listener.accept() => self.begin(taken, router, place).await,
            }
        }
        // Clients that the system has let in already would be cut off with the listener.
        while let Ok(place) = self.places.clone().try_acquire_owned()
            && let Ok(taken) = tokio::time::timeout(Duration::from_millis(1), listener.accept()).await
        {
            self.begin(taken, router, place).await;
        }
    }

    /// Tells every connection to end after its next answer, and waits until all have, at most `patience`. Whether all have.
    pub async fn leave(&self, patience: Duration) -> bool {
        self.word.send_replace(Word::Leave);
        tokio::time::timeout(patience, self.places.acquire_many(self.most)).await.is_ok()
    }

    async fn place(&self) -> OwnedSemaphorePermit {
        let mut asked = 0;
        loop {
            if let Ok(Ok(place)) = tokio::time::timeout(IDLE / 4, self.places.clone().acquire_owned()).await {
                return place;
            }
            asked += 1;
            self.word.send_replace(Word::Crowded(asked));
        }
    }

    async fn begin(&self, taken: std::io::Result<(TcpStream, SocketAddr)>, router: &Router, place: OwnedSemaphorePermit) {
        match taken {
            Ok((stream, from)) => {
                // Answers are small and written whole: waiting for more to send only delays them.
                let _ = stream.set_nodelay(true);
                let (router, word) = (router.clone(), self.word.subscribe());
                tokio::spawn(async move {
                    talk(stream, from, router, word).await;
                    drop(place);
                });
            }
            Err(error) if matches!(error.kind(), std::io::ErrorKind::ConnectionAborted | std::io::ErrorKind::ConnectionReset) => {}
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

/// When a connection last began or ended an answer, and whether one is under way.
struct Pulse {
    since: Instant,
    last: AtomicU64,
}

impl Pulse {
    fn beat(&self) {
        self.last.store(u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn idle(&self) -> Duration {
        self.since.elapsed().saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed)))
    }
}

async fn talk(stream: TcpStream, from: SocketAddr, router: Router, mut word: watch::Receiver<Word>) {
    let pulse = Arc::new(Pulse { since: Instant::now(), last: AtomicU64::new(0) });
    let (beats, inner) = (pulse.clone(), TowerToHyperService::new(router));
    let under_way = Arc::new(());
    let answering: Weak<()> = Arc::downgrade(&under_way);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        let (beats, answer, held) = (beats.clone(), inner.call(request), under_way.clone());
        async move {
            let answer = answer.await;
            beats.beat();
            drop(held);
            answer
        }
    });
    let patience = |limit: Duration| if sabotage::on("no-limits") { limit * 100 } else { limit };
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience(UNREAD)));
    let mut conn = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(patience(HEAD))
            .serve_connection(TokioIo::new(Box::pin(stream)), service)
    );
    loop {
        tokio::select! {
            // What a client does to its own connection is not for the log.
            _ = conn.as_mut() => return,
            _ = word.changed() => {}
        }
        let said = *word.borrow_and_update();
        match said {
            Word::Stay => {}
            Word::Crowded(_) if answering.strong_count() > 1 || pulse.idle() < IDLE => {}
            Word::Crowded(_) => conn.as_mut().graceful_shutdown(),
            Word::Leave => {
                if tokio::time::timeout(LINGER, conn.as_mut()).await.is_err() {
                    conn.as_mut().graceful_shutdown();
                    let _ = conn.await;
                }
                return;
            }
        }
    }
}
