//! The audience over HTTP and in the log, on a real store and log.
#![allow(clippy::unwrap_used)]

mod audit;
mod consents;
mod entries;
mod house;
mod tokens;
