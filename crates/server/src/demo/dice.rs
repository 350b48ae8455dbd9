//! Chance that is the same every time: splitmix64.

use jiff::Timestamp;
use postsale_domain::ground::{TypedId, to_millis};

/// A row of throws that follows from its seed.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `from` to `to`, both included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = to.saturating_sub(from).max(0).unsigned_abs() + 1;
        from + i64::try_from(self.next() % span).unwrap_or(0)
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// A place in a list of `len` things; 0 for an empty one.
    pub fn index(&mut self, len: usize) -> usize {
        if len == 0 { 0 } else { usize::try_from(self.next() % len as u64).unwrap_or(0) }
    }

    /// One of a list; the default for an empty one.
    pub fn pick<T: Clone + Default>(&mut self, list: &[T]) -> T {
        list.get(self.index(list.len())).cloned().unwrap_or_default()
    }

    /// A place in a list by weight.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u64> + Clone) -> usize {
        let total: u64 = weights.clone().sum();
        let mut left = if total == 0 { 0 } else { self.next() % total };
        for (i, weight) in weights.enumerate() {
            if left < weight {
                return i;
            }
            left -= weight;
        }
        0
    }

    /// `n` digits.
    pub fn digits(&mut self, n: usize) -> String {
        (0..n).map(|_| char::from(b'0' + u8::try_from(self.next() % 10).unwrap_or(0))).collect()
    }

    /// An id ordered by an instant.
    pub fn id<T: TypedId>(&mut self, at: Timestamp) -> T {
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.next().to_be_bytes());
        random[8..].copy_from_slice(&self.next().to_be_bytes()[..2]);
        T::from_uuid(uuid::Builder::from_unix_timestamp_millis(to_millis(at).max(0).unsigned_abs(), &random).into_uuid())
    }
}
