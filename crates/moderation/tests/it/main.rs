//! The domain through its public face.

mod clearance;
mod conformance;
mod gate;
mod learning;
mod ledger;
mod models;
mod words;
