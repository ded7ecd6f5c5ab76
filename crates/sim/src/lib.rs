//! The simulated audience 模拟观众: viewers with personas who use the public face only (HTTP and WebSocket), a demo video and
//! the encoder that pushes it. Depends on no crate of ours, so that nothing but the published protocol can make it work.

mod arrivals;
mod audience;
mod counts;
mod farm;
mod invariants;
mod persona;
mod phrases;
mod playback;
mod player;
mod playlist;
mod quality;
mod seat;
mod talk;
mod video;

pub use audience::{SimOptions, Tempo, audience, audience_with};
pub use counts::SimCounts;
pub use farm::{Farm, FarmOptions, Kind, Member};
pub use invariants::{Finding, compare};
pub use tokio_util::sync::CancellationToken as Stop;
pub use video::{demo_video, push, render};
