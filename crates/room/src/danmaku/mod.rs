//! The danmaku archive 弹幕档案: a projection of the event log into SQL, for lists and exports. Rebuildable at any time.

mod export;
pub mod http;
pub mod http_replay;
mod reactions;
pub mod search;
pub mod store;

pub use reactions::{NAME, reaction};
