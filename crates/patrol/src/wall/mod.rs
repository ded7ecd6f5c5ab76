//! The monitor wall 监看墙: what running shows look like now.

pub mod book;
pub mod http;
pub mod rules;
pub mod sampler;
