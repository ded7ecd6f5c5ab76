//! HLS: what a stream keeps for its players, and the playlist over it.

pub mod follow;
mod gzip;
pub mod playlist;
mod sound;
pub mod store;

pub use follow::{Cursor, Rates, Step};
pub use sound::Sound;
pub use store::{HlsStream, KeyFrame, Part, Retention, Segment, Tail, Unlisted};
