//! **crew** downstairs: engineers and their skills. Owns: the tables engineer, engineer_skill, absence.

pub mod store;
