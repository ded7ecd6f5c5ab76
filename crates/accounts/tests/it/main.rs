//! Accounts over HTTP, on a real store.

// A test that fails may stop where it stands, in its helpers too.
#![allow(clippy::unwrap_used)]

mod bootstrap;
mod program;
mod sessions;
mod tokens;
