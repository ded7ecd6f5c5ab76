//! Accounts over HTTP, on a real store.

// A test that fails may stop where it stands, in its helpers too.
#![allow(clippy::unwrap_used)]

mod audit;
mod bootstrap;
mod program;
mod second;
mod sessions;
mod staff;
mod tokens;
