//! What running shows sound like 声音: stretches of sound one after the other, and whether there is anything to hear.

pub mod book;
pub mod decode;
pub mod listener;
pub mod pcm;

use crate::Place;
use pcm::Pcm;

/// Some seconds of a show's sound.
#[derive(Debug, Clone)]
pub struct Stretch {
    pub place: Place,
    /// Milliseconds of the show.
    pub from_ms: i64,
    pub pcm: Pcm,
}

impl Stretch {
    pub fn to_ms(&self) -> i64 {
        self.from_ms + self.pcm.ms()
    }
}
