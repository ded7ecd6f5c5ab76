//! The handbook through its routes and the event log, on a real store.
#![allow(clippy::unwrap_used)]

mod exams;
mod house;
mod policies;
mod reading;
mod retraining;
