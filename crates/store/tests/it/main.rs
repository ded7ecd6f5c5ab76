//! The store as its users see it: real files, real processes' worth of handles.

// A test that fails may stop where it stands, in its helpers too.
#![allow(clippy::unwrap_used)]

mod backup;
mod files;
mod migrations;
mod moving;
mod postgres;
mod relay;
mod things;
mod transactions;
