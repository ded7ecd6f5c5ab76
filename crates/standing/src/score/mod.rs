//! The safety score 内容安全分: faults are kept as rows, and a score is counted from them for a moment.

pub mod http;
pub mod reactions;
pub mod rules;
pub mod store;
