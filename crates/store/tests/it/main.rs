//! The store as its users see it: real files, real processes' worth of handles.

mod files;
mod migrations;
mod relay;
mod things;
mod transactions;
