//! How long somebody who guesses has to wait. Never a lock-out: whoever knows the password gets in when the wait is over.

use jiff::{SignedDuration, Timestamp};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Throttle {
    /// Failures on one name, whether it exists or not.
    Name,
    /// Failures from one address: a shop or an office may share one.
    Address,
    /// Reset mails asked for, per name.
    Mail,
    /// The last digits of a phone number, guessed on the page of a sticker.
    Sticker,
    /// Looks at the times a visit can be given, per visit: each makes the planner think.
    Times,
}

impl Throttle {
    /// Failures that cost no wait.
    pub fn free(self) -> u32 {
        match self {
            Throttle::Name | Throttle::Sticker => 5,
            Throttle::Address | Throttle::Times => 30,
            Throttle::Mail => 3,
        }
    }

    /// Counting starts anew after this long without a failure.
    pub fn forget(self) -> SignedDuration {
        match self {
            Throttle::Sticker => SignedDuration::from_hours(24),
            Throttle::Name | Throttle::Address | Throttle::Mail | Throttle::Times => SignedDuration::from_hours(1),
        }
    }

    /// The longest wait in seconds. Four digits are few: guessing them all must take longer than a report stays open.
    fn longest(self) -> i64 {
        match self {
            Throttle::Sticker => 3600,
            Throttle::Name | Throttle::Address | Throttle::Mail | Throttle::Times => 300,
        }
    }

    /// The word keys of this kind begin with.
    pub fn as_str(self) -> &'static str {
        match self {
            Throttle::Name => "name",
            Throttle::Address => "address",
            Throttle::Mail => "mail",
            Throttle::Sticker => "sticker",
            Throttle::Times => "times",
        }
    }

    /// Seconds still to wait after this many failures, the last one then: 2, 4, 8 … up to the longest.
    pub fn wait_left(self, failures: u32, last: Timestamp, now: Timestamp) -> Option<i64> {
        let over = failures.checked_sub(self.free())?;
        if now.duration_since(last) >= self.forget() {
            return None;
        }
        let wait = (2_i64 << over.min(11)).min(self.longest());
        let left = wait - (now.as_second() - last.as_second());
        (left > 0).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_and_ends() {
        let at = |s| Timestamp::from_second(s).unwrap();
        let cases = [
            (Throttle::Name, 4, 0, None),
            (Throttle::Name, 5, 0, Some(2)),
            (Throttle::Name, 5, 2, None),
            (Throttle::Name, 6, 1, Some(3)),
            (Throttle::Name, 8, 0, Some(16)),
            (Throttle::Name, 60, 0, Some(300)),
            (Throttle::Name, 60, 300, None),
            (Throttle::Address, 29, 0, None),
            (Throttle::Address, 30, 0, Some(2)),
            (Throttle::Mail, 3, 0, Some(2)),
            (Throttle::Times, 29, 0, None),
            (Throttle::Times, 30, 0, Some(2)),
            (Throttle::Sticker, 60, 0, Some(3600)),
            (Throttle::Sticker, 60, 3600, None),
        ];
        for (what, failures, later, left) in cases {
            assert_eq!(what.wait_left(failures, at(1000), at(1000 + later)), left, "{what:?}: {failures} failures, {later} s later");
        }
    }
}
