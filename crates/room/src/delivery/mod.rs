//! From the event log to the sockets: which danmaku are taken, what every room shows, and when.

mod bus;
mod desk;
mod feed;
mod hub;
mod moderator;
mod repeats;
mod rules;
mod state;
mod wire;

pub(crate) use bus::{Encoded, Frame, OpenRoom, RoomCommand, SocketId};
pub use moderator::{Moderator, Ruling, Unmoderated};
pub use rules::{Bar, Refusal};

pub(crate) use desk::{Desk, Said, Taken};
pub(crate) use feed::Feed;
pub(crate) use hub::{Hub, Joining};
pub(crate) use rules::{Bucket, parse as parse_danmaku};
pub(crate) use wire::{ClientMessage, NewDanmaku, ServerMessage};
