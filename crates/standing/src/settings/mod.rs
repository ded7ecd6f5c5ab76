//! What each organisation says of verifications and scores.

pub mod http;
pub mod store;

/// How long a verification counts, and below which score a room is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    pub valid_days: u32,
    pub low_score: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { valid_days: 365, low_score: 60 }
    }
}
