//! The plan of a day in dispatch's own words: what is known of it, what a place in it is worth, what may be published.
//! Never: searches for a plan; that is the planner's business, which knows nothing of shops and promises.

mod hearing;
mod model;
mod publish;
mod rules;
#[cfg(test)]
mod rules_test;
mod words;

pub use hearing::{Heard, Hearing, Mailed, hearing};
pub use model::{Alternative, Day, DayJob, DayPerson, Measures, Obstacle, Placed, PlanChange, PlanId, PlanState, Prices, Rest, Standing};
pub use publish::{Seen, Wanted, changed_since, clashing};
pub use rules::{
    GRID_S, change, measure, on_site, prices, rest, seconds_in, shifts_left, start_windows, to_tell, way_metres, way_seconds, within_shifts,
};
pub use words::{money, term_name, why_here, why_not};
