//! What one process counts about itself, for `/metrics`: requests by route and status with their durations, kept in memory.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

/// Upper ends of the duration buckets, in microseconds.
const ENDS: [u64; 12] = [1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000];
/// Routes are few and fixed; whatever asks under more names than this is counted together.
const MOST_ROUTES: usize = 500;

/// The counters of one process.
#[derive(Debug, Default)]
pub struct Meter {
    routes: RwLock<BTreeMap<(String, String), Arc<Route>>>,
    under_way: AtomicI64,
    draining: AtomicBool,
    rounds: Mutex<BTreeMap<&'static str, (u64, Duration)>>,
}

#[derive(Debug, Default)]
struct Route {
    /// Answers by the first digit of their status.
    classes: [AtomicU64; 5],
    /// One more than `ENDS`: what took longer than all of them.
    buckets: [AtomicU64; ENDS.len() + 1],
    micros: AtomicU64,
}

/// A request under way; counted as such until dropped.
#[derive(Debug)]
pub struct UnderWay<'m>(&'m Meter);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Meter {
    /// A request begins.
    pub fn begin(&self) -> UnderWay<'_> {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(self)
    }

    /// A request was answered. `route` is the pattern of the path, never the path itself.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let counted = self.route(method, route);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = ENDS.iter().position(|end| micros <= *end).unwrap_or(ENDS.len());
        counted.classes[usize::from((status / 100).clamp(1, 5)) - 1].fetch_add(1, Ordering::Relaxed);
        counted.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        counted.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// A part of a worker's round is over; `what` is one of few fixed names.
    pub fn round(&self, what: &'static str, took: Duration) {
        let mut rounds = self.rounds.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, sum) = rounds.entry(what).or_default();
        *count += 1;
        *sum += took;
    }

    fn route(&self, method: &str, route: &str) -> Arc<Route> {
        let key = (method.to_owned(), route.to_owned());
        if let Some(known) = self.routes.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        let key = if routes.len() < MOST_ROUTES { key } else { ("*".into(), "other".into()) };
        routes.entry(key).or_default().clone()
    }

    /// From now on no new work should be sent here.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the process is on its way out.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// The counters in the text form of Prometheus.
    pub fn print(&self, out: &mut String) {
        header(out, "postsale_requests_under_way", "gauge", "Requests being answered now.");
        let _ = writeln!(out, "postsale_requests_under_way {}", self.under_way.load(Ordering::Relaxed));
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        header(out, "postsale_requests_total", "counter", "Requests answered, by route and class of status.");
        for ((method, route), counted) in routes.iter() {
            for (class, count) in counted.classes.iter().enumerate() {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    let class = class + 1;
                    let _ = writeln!(out, "postsale_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{class}xx\"}} {count}");
                }
            }
        }
        header(out, "postsale_request_seconds", "histogram", "How long requests took, by route.");
        for ((method, route), counted) in routes.iter() {
            let (labels, mut sum) = (format!("method=\"{method}\",route=\"{route}\""), 0);
            for (bucket, count) in counted.buckets.iter().enumerate() {
                sum += count.load(Ordering::Relaxed);
                let end = ENDS.get(bucket).map_or_else(|| "+Inf".to_owned(), |micros| seconds(*micros));
                let _ = writeln!(out, "postsale_request_seconds_bucket{{{labels},le=\"{end}\"}} {sum}");
            }
            let total = seconds(counted.micros.load(Ordering::Relaxed));
            let _ = writeln!(out, "postsale_request_seconds_sum{{{labels}}} {total}\npostsale_request_seconds_count{{{labels}}} {sum}");
        }
        let rounds = self.rounds.lock().unwrap_or_else(PoisonError::into_inner);
        header(out, "postsale_worker_round_seconds", "summary", "How long the parts of the worker's rounds took.");
        for (what, (count, sum)) in rounds.iter() {
            let total = seconds(u64::try_from(sum.as_micros()).unwrap_or(u64::MAX));
            let _ = writeln!(
                out,
                "postsale_worker_round_seconds_sum{{round=\"{what}\"}} {total}\npostsale_worker_round_seconds_count{{round=\"{what}\"}} {count}"
            );
        }
    }
}

/// One number with its header.
pub fn number(out: &mut String, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
    header(out, name, kind, help);
    let _ = writeln!(out, "{name} {value}");
}

fn header(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up_and_name_only_patterns() {
        let meter = Meter::default();
        let kept = meter.begin();
        for (status, millis) in [(200, 1), (200, 7), (404, 30), (503, 60_000)] {
            meter.answered("GET", "/api/v1/tickets/{id}", status, Duration::from_millis(millis));
        }
        meter.round("clocks", Duration::from_millis(3));
        meter.round("clocks", Duration::from_millis(4));
        let mut text = String::new();
        meter.print(&mut text);
        let route = "method=\"GET\",route=\"/api/v1/tickets/{id}\"";
        for line in [
            "postsale_requests_under_way 1".to_owned(),
            format!("postsale_requests_total{{{route},status=\"2xx\"}} 2"),
            format!("postsale_requests_total{{{route},status=\"5xx\"}} 1"),
            format!("postsale_request_seconds_bucket{{{route},le=\"0.001\"}} 1"),
            format!("postsale_request_seconds_bucket{{{route},le=\"0.01\"}} 2"),
            format!("postsale_request_seconds_bucket{{{route},le=\"10\"}} 3"),
            format!("postsale_request_seconds_bucket{{{route},le=\"+Inf\"}} 4"),
            format!("postsale_request_seconds_sum{{{route}}} 60.038"),
            "postsale_worker_round_seconds_sum{round=\"clocks\"} 0.007".to_owned(),
            "postsale_worker_round_seconds_count{round=\"clocks\"} 2".to_owned(),
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        drop(kept);
        assert_eq!(meter.under_way.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn names_do_not_grow_without_bound() {
        let meter = Meter::default();
        for i in 0..2 * MOST_ROUTES {
            meter.answered("GET", &format!("/{i}"), 200, Duration::ZERO);
        }
        assert!(meter.routes.read().unwrap().len() <= MOST_ROUTES + 1);
    }
}
