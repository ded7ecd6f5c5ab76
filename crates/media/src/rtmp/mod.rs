//! RTMP without I/O: bytes go in, events and bytes come out, so that every state can be fuzzed directly.
//!
//! [`Session`] is the server's side of one connection, [`Client`] ours at another server; [`publisher`] makes an encoder's
//! bytes without waiting for answers.

pub mod address;
pub mod amf;
pub mod chunk;
pub mod client;
pub mod handshake;
pub mod publisher;
pub mod session;

pub use address::{Address, BadAddress};
pub use chunk::{ChunkReader, ChunkWriter, Limits, Message};
pub use client::{Client, ClientError, ClientEvent, Purpose};
pub use session::{Event, Role, Session};

/// Message types of RTMP as they stand on the wire.
pub mod kind {
    pub const SET_CHUNK_SIZE: u8 = 1;
    pub const ABORT: u8 = 2;
    pub const ACK: u8 = 3;
    pub const USER_CONTROL: u8 = 4;
    pub const WINDOW_ACK: u8 = 5;
    pub const PEER_BANDWIDTH: u8 = 6;
    pub const AUDIO: u8 = 8;
    pub const VIDEO: u8 = 9;
    pub const DATA_AMF3: u8 = 15;
    pub const COMMAND_AMF3: u8 = 17;
    pub const DATA: u8 = 18;
    pub const COMMAND: u8 = 20;
}

/// Why a connection is given up. Never holds anything the publisher wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    #[error("this is not RTMP version 3")]
    Version,
    #[error("a chunk refers to a header that was never sent")]
    MissingHeader,
    #[error("too many chunk streams")]
    TooManyChunkStreams,
    #[error("a message of {0} bytes is over the limit")]
    MessageTooLong(usize),
    #[error("{0} bytes of unfinished messages are over the limit")]
    TooMuchPending(usize),
    #[error("chunk size {0} is impossible")]
    ChunkSize(u32),
    #[error("a control message is cut short")]
    ShortControl,
    #[error("a command is not readable: {0}")]
    Amf(#[from] amf::AmfError),
    #[error("there is no such application; encoders push to `live` or `backup`")]
    UnknownApp,
    #[error("playing over RTMP is not offered")]
    PlayRefused,
    #[error("media arrived before `publish` was accepted")]
    MediaBeforePublish,
    #[error("too many commands before `publish`")]
    TooManyCommands,
}
