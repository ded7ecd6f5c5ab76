//! The room domain from outside.

mod danmaku_files;
mod http_show;
mod replay_danmaku;
mod slow;
mod socket;
