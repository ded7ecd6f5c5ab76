//! The room domain from outside.

mod http_show;
mod replay_danmaku;
mod slow;
mod socket;
mod window;
