//! Accounts over HTTP, on a real store.

// A test that fails may stop where it stands, in its helpers too.
#![allow(clippy::unwrap_used)]

mod audit;
mod bootstrap;
mod judge;
mod program;
mod provider;
mod second;
mod sessions;
mod sso;
mod staff;
mod tokens;
