//! The domain through its public face.

mod conformance;
mod gate;
mod learning;
mod models;
mod ledger;
mod words;
