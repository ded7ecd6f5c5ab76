//! What benchmarks share.

pub mod media;
