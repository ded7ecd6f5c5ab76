//! The collect edges and imports over HTTP, on a real store and log.
#![allow(clippy::unwrap_used)]

mod batches;
mod conformance;
mod file_imports;
mod formats;
mod fuzz;
mod house;
mod http_raw;
mod http_watch;
mod imports;
mod quarantine;
mod recordings;
mod requests;
mod sdks;
mod sources;
