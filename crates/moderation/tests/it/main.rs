//! The domain through its public face.

mod clearance;
mod conformance;
mod fuzzing;
mod gate;
mod learning;
mod ledger;
mod models;
mod words;
