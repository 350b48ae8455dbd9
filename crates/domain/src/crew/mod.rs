//! **crew** owns engineers: skills and certificates, territories, shifts, the daily limit.
//! Never: ranks candidates. Knocks: dispatch through the flow, the board, imports.

mod model;
mod rules;

pub use model::{Absence, AbsenceId, Engineer, Holidays, OffShift, Present, Shifts, ShiftsError, Skill};
pub use rules::{Held, held, lacking, present, shifts_between, without};
