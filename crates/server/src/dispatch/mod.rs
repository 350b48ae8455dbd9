//! **dispatch** downstairs: offers of work orders to engineers, plans of a day, pins. Owns: the tables offer, dispatch_plan,
//! dispatch_plan_stop, dispatch_pin; and the seam to the planner.

pub mod api;
pub mod plan_api;
pub mod planning;
pub mod plans;
pub mod store;
