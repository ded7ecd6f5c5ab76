//! The room domain from outside.

mod danmaku_files;
mod http_show;
mod many_rooms;
mod replay_danmaku;
mod search;
mod slow;
mod socket;
mod window;
