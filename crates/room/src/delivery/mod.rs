//! From the event log to the sockets: which danmaku are taken, what every room shows, and when.

mod bus;
mod desk;
mod feed;
mod hub;
mod repeats;
mod rules;
mod state;
mod wire;

pub(crate) use bus::{Encoded, Frame, OpenRoom, RoomCommand, SocketId};
pub(crate) use desk::{Desk, Said};
pub(crate) use feed::Feed;
pub(crate) use hub::{Hub, Joining};
pub(crate) use rules::{Bucket, Refusal, parse as parse_danmaku};
pub(crate) use wire::{ClientMessage, NewDanmaku, ServerMessage};
