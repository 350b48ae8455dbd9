//! What every room downstairs stands on: the database, HTTP, jobs, configuration, seals. Names no business noun.

pub mod blob;
pub mod clock;
pub mod config;
pub mod db;
pub mod gate;
pub mod guard;
pub mod identity;
pub mod jobs;
pub mod mail;
pub mod meter;
pub mod sabotage;
pub mod seal;
pub mod sheet;
pub mod texts;
pub mod trust;
pub mod web;
pub mod when;
