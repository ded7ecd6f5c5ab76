//! The collect edges and imports over HTTP, on a real store and log.
#![allow(clippy::unwrap_used)]

mod batches;
mod fuzz;
mod house;
mod http_raw;
mod imports;
mod recordings;
