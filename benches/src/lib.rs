//! What benchmarks share.

pub mod kaibo;
pub mod media;
