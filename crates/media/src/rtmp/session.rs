//! The server's side of one RTMP connection, from the handshake to `deleteStream`.

use super::amf::{self, Value, object, text};
use super::chunk::{ChunkReader, ChunkWriter, Limits, Message, control_u32};
use super::handshake::Handshake;
use super::{ProtocolError, kind};
use crate::query;
use bytes::{Bytes, BytesMut};

/// Bytes after which each side owes an acknowledgement.
const WINDOW: u32 = 2_500_000;
const OUT_CHUNK_SIZE: u32 = 4096;
const MAX_COMMANDS_BEFORE_PUBLISH: u32 = 64;

/// What the connection's driver must know.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Answer with [`Session::accept`] or [`Session::refuse`]; nothing more is read until then.
    Publish {
        /// The stream key, unless `key` is. Never logged.
        name: String,
        /// `key` or `token` behind the name. Never logged.
        key: Option<String>,
        role: Role,
    },
    Audio {
        timestamp: u32,
        payload: Bytes,
    },
    Video {
        timestamp: u32,
        payload: Bytes,
    },
    /// `onMetaData`, as far as it is of use.
    Metadata {
        width: Option<u32>,
        height: Option<u32>,
    },
    /// The encoder said goodbye.
    Unpublish,
}

/// What a publisher wants to be: the application, or `backup=1` behind the `?`, tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// `live`
    Primary,
    /// `backup`, or `live` and `<key>?backup=1`
    Backup,
    /// `check`: looked at, and never on air.
    Check,
}

impl Role {
    fn of_app(app: &str) -> Option<Self> {
        match app {
            "live" => Some(Self::Primary),
            "backup" => Some(Self::Backup),
            "check" => Some(Self::Check),
            _ => None,
        }
    }

    fn with_query(self, query: &str) -> Self {
        let backup = query::plain(query).split('&').any(|pair| pair == "backup=1");
        if self == Self::Primary && backup { Self::Backup } else { self }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Handshake,
    Commands,
    /// `publish` was asked on this stream.
    Asked(u32),
    Publishing(u32),
    Over,
}

#[derive(Debug)]
pub struct Session {
    phase: Phase,
    role: Role,
    handshake: Handshake,
    reader: ChunkReader,
    writer: ChunkWriter,
    streams: u32,
    commands: u32,
    messages: u64,
    received: u32,
    acknowledged: u32,
    window: u32,
}

impl Session {
    /// `seed` fills the handshake's random block.
    pub fn new(seed: u64) -> Self {
        Self {
            phase: Phase::Handshake,
            role: Role::Primary,
            handshake: Handshake::new(seed),
            reader: ChunkReader::new(Limits::STRANGER),
            writer: ChunkWriter::default(),
            streams: 0,
            commands: 0,
            messages: 0,
            received: 0,
            acknowledged: 0,
            window: WINDOW,
        }
    }

    /// The next event in `input`, or `None` when more bytes (or an answer to `publish`) are needed. Replies go to `out`,
    /// also when an error ends the connection.
    pub fn next(&mut self, input: &mut BytesMut, out: &mut Vec<u8>) -> Result<Option<Event>, ProtocolError> {
        if self.phase == Phase::Handshake {
            if !self.handshake.advance(input, out)? {
                return Ok(None);
            }
            self.phase = Phase::Commands;
        }
        while !matches!(self.phase, Phase::Asked(_) | Phase::Over) {
            let before = input.len();
            let message = self.reader.next(input)?;
            self.count(before - input.len(), out);
            let Some(message) = message else { return Ok(None) };
            self.messages += 1;
            if let Some(event) = self.take(message, out)? {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// Whether the handshake is over.
    pub fn established(&self) -> bool {
        self.phase != Phase::Handshake
    }

    /// Whole messages taken so far: what tells a slow drip from a stream.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// Declared bytes of unfinished messages.
    pub fn pending(&self) -> usize {
        self.reader.pending()
    }

    /// The asked `publish` may go on.
    pub fn accept(&mut self, out: &mut Vec<u8>) {
        let Phase::Asked(stream) = self.phase else { return };
        self.phase = Phase::Publishing(stream);
        self.reader.set_limits(Limits::PUBLISHER);
        self.user_control(0, stream, out);
        self.status(stream, "status", "NetStream.Publish.Start", "publishing", out);
    }

    /// The asked `publish` is refused; the driver closes after sending `out`.
    pub fn refuse(&mut self, reason: &str, out: &mut Vec<u8>) {
        let Phase::Asked(stream) = self.phase else { return };
        self.phase = Phase::Over;
        self.status(stream, "error", "NetStream.Publish.BadName", reason, out);
    }

    fn count(&mut self, bytes: usize, out: &mut Vec<u8>) {
        self.received = self.received.wrapping_add(bytes as u32);
        if self.window > 0 && self.received.wrapping_sub(self.acknowledged) >= self.window {
            self.acknowledged = self.received;
            self.writer.write(2, kind::ACK, 0, 0, &self.received.to_be_bytes(), out);
        }
    }

    fn take(&mut self, message: Message, out: &mut Vec<u8>) -> Result<Option<Event>, ProtocolError> {
        let Message { kind, stream, timestamp, payload } = message;
        match kind {
            kind::AUDIO | kind::VIDEO => match self.phase {
                Phase::Publishing(published) if published != stream => Ok(None),
                Phase::Publishing(_) if kind == kind::AUDIO => Ok(Some(Event::Audio { timestamp, payload })),
                Phase::Publishing(_) => Ok(Some(Event::Video { timestamp, payload })),
                _ => Err(ProtocolError::MediaBeforePublish),
            },
            kind::WINDOW_ACK => {
                // Zero would ask for an acknowledgement per byte; it means none.
                self.window = control_u32(&payload)?;
                Ok(None)
            }
            kind::USER_CONTROL => {
                if let [0, 6, rest @ ..] = &payload[..] {
                    self.user_control(7, control_u32(rest)?, out);
                }
                Ok(None)
            }
            kind::COMMAND => self.command(stream, &payload, out),
            kind::COMMAND_AMF3 => self.command(stream, payload.get(1..).unwrap_or_default(), out),
            kind::DATA => Ok(metadata(&payload)),
            kind::DATA_AMF3 => Ok(metadata(payload.get(1..).unwrap_or_default())),
            _ => Ok(None),
        }
    }

    fn command(&mut self, stream: u32, payload: &[u8], out: &mut Vec<u8>) -> Result<Option<Event>, ProtocolError> {
        self.commands += 1;
        if self.commands > MAX_COMMANDS_BEFORE_PUBLISH && !matches!(self.phase, Phase::Publishing(_)) {
            return Err(ProtocolError::TooManyCommands);
        }
        let values = amf::decode(payload)?;
        let name = values.first().and_then(Value::as_str).unwrap_or_default();
        let transaction = values.get(1).and_then(Value::as_f64).unwrap_or_default();
        let argument = values.get(3);
        match name {
            "connect" => {
                let app = values.get(2).and_then(|about| about.get("app")).and_then(Value::as_str).unwrap_or_default();
                return self.connect(app, transaction, out).map(|()| None);
            }
            "createStream" => {
                self.streams = self.streams.saturating_add(1);
                let id = Value::Number(f64::from(self.streams));
                self.reply(&[text("_result"), Value::Number(transaction), Value::Null, id], out);
            }
            "releaseStream" | "FCPublish" => {
                self.reply(&[text("_result"), Value::Number(transaction), Value::Null, Value::Null], out);
            }
            "publish" => match self.phase {
                Phase::Commands => {
                    let asked = argument.and_then(Value::as_str).unwrap_or_default();
                    let (name, query) = asked.split_once('?').unwrap_or((asked, ""));
                    self.phase = Phase::Asked(stream);
                    let (key, role) = (query::key_in(query), self.role.with_query(query));
                    return Ok(Some(Event::Publish { name: name.to_owned(), key, role }));
                }
                _ => self.status(stream, "error", "NetStream.Publish.BadName", "already publishing", out),
            },
            "play" => {
                self.status(stream, "error", "NetStream.Play.StreamNotFound", "play over HLS", out);
                return Err(ProtocolError::PlayRefused);
            }
            "deleteStream" | "closeStream" => {
                let deleted = match name {
                    "closeStream" => stream,
                    _ => argument.and_then(Value::as_f64).unwrap_or_default() as u32,
                };
                if self.phase == Phase::Publishing(deleted) {
                    self.phase = Phase::Over;
                    self.status(deleted, "status", "NetStream.Unpublish.Success", "stopped", out);
                    return Ok(Some(Event::Unpublish));
                }
            }
            // `FCUnpublish` precedes `deleteStream`: closing on it makes ffmpeg report a broken pipe.
            _ => {}
        }
        Ok(None)
    }

    fn connect(&mut self, app: &str, transaction: f64, out: &mut Vec<u8>) -> Result<(), ProtocolError> {
        let app = app.split('?').next().unwrap_or_default().trim_matches('/');
        let Some(role) = Role::of_app(app) else {
            let about = status_object("error", "NetConnection.Connect.Rejected", "unknown application");
            self.reply(&[text("_error"), Value::Number(transaction), Value::Null, about], out);
            return Err(ProtocolError::UnknownApp);
        };
        self.role = role;
        self.writer.write(2, kind::WINDOW_ACK, 0, 0, &WINDOW.to_be_bytes(), out);
        let mut bandwidth = WINDOW.to_be_bytes().to_vec();
        bandwidth.push(2);
        self.writer.write(2, kind::PEER_BANDWIDTH, 0, 0, &bandwidth, out);
        self.writer.set_chunk_size(OUT_CHUNK_SIZE, out);
        let server = object(&[("fmsVer", text("FMS/3,5,7,7009")), ("capabilities", Value::Number(31.0))]);
        let about = status_object("status", "NetConnection.Connect.Success", "connected");
        self.reply(&[text("_result"), Value::Number(transaction), server, about], out);
        Ok(())
    }

    fn reply(&self, values: &[Value], out: &mut Vec<u8>) {
        self.writer.write(3, kind::COMMAND, 0, 0, &amf::encode_all(values), out);
    }

    /// `onStatus` goes to the stream it is about: GStreamer and librtmp ignore it elsewhere.
    fn status(&self, stream: u32, level: &str, code: &str, description: &str, out: &mut Vec<u8>) {
        let values = [text("onStatus"), Value::Number(0.0), Value::Null, status_object(level, code, description)];
        self.writer.write(5, kind::COMMAND, stream, 0, &amf::encode_all(&values), out);
    }

    fn user_control(&self, event: u16, value: u32, out: &mut Vec<u8>) {
        let mut payload = event.to_be_bytes().to_vec();
        payload.extend_from_slice(&value.to_be_bytes());
        self.writer.write(2, kind::USER_CONTROL, 0, 0, &payload, out);
    }
}

fn status_object(level: &str, code: &str, description: &str) -> Value {
    object(&[("level", text(level)), ("code", text(code)), ("description", text(description))])
}

/// Metadata nobody can read is no reason to end a stream.
fn metadata(payload: &[u8]) -> Option<Event> {
    let values = amf::decode(payload).ok()?;
    let about = values.iter().find(|value| matches!(value, Value::Object(_)))?;
    let size = |name| {
        let number = about.get(name)?.as_f64()?;
        (1.0..=16384.0).contains(&number).then_some(number as u32)
    };
    Some(Event::Metadata { width: size("width"), height: size("height") })
}
