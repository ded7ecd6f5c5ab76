//! Live media 直播媒体: encoders publish over RTMP, players read HLS; both ends are ours, in this process.
//!
//! ```text
//! encoder --RTMP--> ingest: Session -> Packager --fragments--> HlsStream (memory) --HTTP--> players
//!                     | authorize, published, lost
//!                     v
//!                  StreamDesk (the room domain, wired by `server`)
//! ```
//! `rtmp`, `flv`, `sps`, `fmp4`, `clock` and `packager` are pure: bytes and times in, values out; [`fuzz_rtmp`], [`fuzz_rtmp_client`],
//! [`fuzz_tags`], [`fuzz_program`], [`fuzz_mkv`] and [`fuzz_amf`] drive them directly. `docs/decisions/0003-media.md` tells why and what the limits are.

mod boxes;
pub mod clock;
mod desk;
mod dial;
pub mod flv;
pub mod fmp4;
mod fuzz;
pub mod hls;
pub mod hooks;
mod http;
mod ingest;
pub mod ladder;
pub mod packager;
mod permissions;
pub mod precheck;
mod program;
mod publication;
pub mod qoe;
mod query;
pub mod record;
pub mod relay;
pub mod rtmp;
mod sealed;
mod settings;
pub mod slate;
mod source;
pub mod sps;
mod streams;
mod tap;

pub use desk::{OnAir, ShowRef, StreamDesk, StreamGrant, StreamInfo, StreamRefusal};
pub use fuzz::{fuzz_amf, fuzz_mkv, fuzz_program, fuzz_rtmp, fuzz_rtmp_client, fuzz_tags};
pub use hls::{KeyFrame, Sound};
pub use ingest::Ingest;
pub use permissions::{CheckStreams, CutClips, ManageServers, ManageStreams, ReadStreams};
pub use settings::{MediaSettings, Settings};
pub use source::{CheckRun, CheckSink, SourceHandle};
pub use streams::Media;
pub use tap::{Finished, MediaTag, TagKind, Tap};
