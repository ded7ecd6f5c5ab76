//! How often each event name occurred, for a bounded number of names.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Where names beyond the bound are counted together.
pub const OVERFLOW: &str = "(other)";

/// Counts by name. The first `bound` names are counted apart, the rest under [`OVERFLOW`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Names {
    counts: HashMap<Box<str>, u64>,
    other: u64,
    total: u64,
}

impl Names {
    pub fn add(&mut self, name: &str, bound: usize) {
        self.total += 1;
        if let Some(count) = self.counts.get_mut(name) {
            *count += 1;
        } else if self.counts.len() < bound {
            self.counts.insert(name.into(), 1);
        } else {
            self.other += 1;
        }
    }

    /// `None` when the name may be among those counted together.
    pub fn of(&self, name: &str) -> Option<u64> {
        match self.counts.get(name) {
            Some(count) => Some(*count),
            None if name == OVERFLOW => Some(self.other),
            None => (self.other == 0).then_some(0),
        }
    }

    pub fn total(&self) -> u64 {
        self.total
    }
}
