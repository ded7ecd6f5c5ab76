//! The room domain from outside.

mod http_show;
mod many_rooms;
mod replay_danmaku;
mod slow;
mod socket;
