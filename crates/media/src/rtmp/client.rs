//! The client's side of one RTMP connection: to publish on another server, or to play from one. What the other side sends is
//! believed as little as what an encoder sends us: same chunk reader, same limits, and it may not talk without end.

use super::address::Address;
use super::amf::{self, Value, object, text};
use super::chunk::{ChunkReader, ChunkWriter, Limits, Message, control_u32};
use super::{ProtocolError, handshake, kind};
use bytes::{Buf, Bytes, BytesMut};

const OUT_CHUNK_SIZE: u32 = 4096;
const WINDOW: u32 = 2_500_000;
/// Commands the other side may send until it has let us in.
const MAX_COMMANDS: u32 = 64;
/// What a server may say to a publisher beyond an eighth of what it was sent.
const CHATTER: u64 = 1 << 20;
/// Our transactions, in the order they are sent.
const CONNECT: f64 = 1.0;
const CREATE_STREAM: f64 = 4.0;

/// What the connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Publish,
    Play,
}

/// What the connection's driver must know.
#[derive(Debug, Clone, PartialEq)]
pub enum ClientEvent {
    /// The stream may be sent, or comes from now on.
    Open,
    Audio {
        timestamp: u32,
        payload: Bytes,
    },
    Video {
        timestamp: u32,
        payload: Bytes,
    },
    /// The stream that is played has ended.
    Ended,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    /// The other side's status code, made harmless. Its words are not kept: they often repeat the stream key.
    #[error("the server refused with `{0}`")]
    Refused(String),
    #[error("the server says more than a publisher needs to hear")]
    Chatter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Handshake,
    Connecting,
    Creating,
    /// `publish` or `play` was asked on this stream.
    Asked(u32),
    Open(u32),
    Over,
}

#[derive(Debug)]
pub struct Client {
    purpose: Purpose,
    address: Address,
    name: String,
    phase: Phase,
    reader: ChunkReader,
    writer: ChunkWriter,
    commands: u32,
    received: u64,
    acknowledged: u64,
    sent: u64,
    window: u32,
}

impl Client {
    /// Writes the beginning of the handshake to `out`. `name` is the stream name or key; `seed` fills the handshake's block.
    pub fn new(purpose: Purpose, address: Address, name: String, seed: u64, out: &mut Vec<u8>) -> Self {
        out.push(3);
        out.extend_from_slice(&[0; 8]);
        let mut state = seed | 1;
        for _ in 0..(handshake::BLOCK - 8) / 8 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            out.extend_from_slice(&state.to_be_bytes());
        }
        Self {
            purpose,
            address,
            name,
            phase: Phase::Handshake,
            reader: ChunkReader::new(Limits::STRANGER),
            writer: ChunkWriter::default(),
            commands: 0,
            received: 0,
            acknowledged: 0,
            sent: 0,
            window: 0,
        }
    }

    /// The next event in `input`, or `None` when more bytes are needed. Replies go to `out`.
    pub fn next(&mut self, input: &mut BytesMut, out: &mut Vec<u8>) -> Result<Option<ClientEvent>, ClientError> {
        if self.phase == Phase::Handshake && !self.handshake(input, out)? {
            return Ok(None);
        }
        while self.phase != Phase::Over {
            let before = input.len();
            let message = self.reader.next(input)?;
            self.count(before - input.len(), out)?;
            let Some(message) = message else { return Ok(None) };
            if let Some(event) = self.take(message, out)? {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// Whether media may be sent.
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open(_))
    }

    /// Declared bytes of unfinished messages.
    pub fn pending(&self) -> usize {
        self.reader.pending()
    }

    /// `onMetaData`: its fields as an AMF value.
    pub fn metadata(&mut self, timestamp: u32, about: &Value, out: &mut Vec<u8>) {
        let payload = amf::encode_all(&[text("@setDataFrame"), text("onMetaData"), about.clone()]);
        self.media(5, kind::DATA, timestamp, &payload, out);
    }

    pub fn audio(&mut self, timestamp: u32, payload: &[u8], out: &mut Vec<u8>) {
        self.media(4, kind::AUDIO, timestamp, payload, out);
    }

    pub fn video(&mut self, timestamp: u32, payload: &[u8], out: &mut Vec<u8>) {
        self.media(6, kind::VIDEO, timestamp, payload, out);
    }

    /// Takes leave, so that the other side knows that this end is meant.
    pub fn goodbye(&mut self, out: &mut Vec<u8>) {
        let Phase::Open(stream) = self.phase else { return };
        if self.purpose == Purpose::Publish {
            self.command(0, &[text("FCUnpublish"), Value::Number(6.0), Value::Null, text(&self.name)], out);
        }
        let id = Value::Number(f64::from(stream));
        self.command(0, &[text("deleteStream"), Value::Number(7.0), Value::Null, id], out);
        self.phase = Phase::Over;
    }

    fn media(&mut self, lane: u8, kind: u8, timestamp: u32, payload: &[u8], out: &mut Vec<u8>) {
        let Phase::Open(stream) = self.phase else { return };
        let before = out.len();
        self.writer.write(lane, kind, stream, timestamp, payload, out);
        self.sent += (out.len() - before) as u64;
    }

    /// Takes S0, S1 and S2 at once; their content is looked at by nobody.
    fn handshake(&mut self, input: &mut BytesMut, out: &mut Vec<u8>) -> Result<bool, ProtocolError> {
        match input.first() {
            Some(3) | None => {}
            Some(_) => return Err(ProtocolError::Version),
        }
        if input.len() < 1 + 2 * handshake::BLOCK {
            return Ok(false);
        }
        input.advance(1);
        let s1 = input.split_to(handshake::BLOCK);
        input.advance(handshake::BLOCK);
        out.extend_from_slice(&s1);
        self.writer.set_chunk_size(OUT_CHUNK_SIZE, out);
        let mut about = vec![
            ("app", text(&self.address.app)),
            ("flashVer", text("FMLE/3.0 (compatible; Kaibo)")),
            ("tcUrl", text(&self.address.url())),
        ];
        match self.purpose {
            Purpose::Publish => about.insert(1, ("type", text("nonprivate"))),
            Purpose::Play => {
                about.push(("fpad", Value::Bool(false)));
                about.push(("audioCodecs", Value::Number(4071.0)));
                about.push(("videoCodecs", Value::Number(252.0)));
            }
        }
        self.command(0, &[text("connect"), Value::Number(CONNECT), object(&about)], out);
        self.phase = Phase::Connecting;
        Ok(true)
    }

    fn count(&mut self, bytes: usize, out: &mut Vec<u8>) -> Result<(), ClientError> {
        self.received += bytes as u64;
        let playing = self.purpose == Purpose::Play && self.is_open();
        if !playing && self.received > CHATTER + self.sent / 8 {
            return Err(ClientError::Chatter);
        }
        if self.window > 0 && self.received - self.acknowledged >= u64::from(self.window) {
            self.acknowledged = self.received;
            self.writer.write(2, kind::ACK, 0, 0, &(self.received as u32).to_be_bytes(), out);
        }
        Ok(())
    }

    fn take(&mut self, message: Message, out: &mut Vec<u8>) -> Result<Option<ClientEvent>, ClientError> {
        let Message { kind, stream, timestamp, payload } = message;
        match kind {
            kind::AUDIO | kind::VIDEO => {
                let wanted = self.purpose == Purpose::Play && self.phase == Phase::Open(stream);
                Ok(match kind {
                    _ if !wanted => None,
                    kind::AUDIO => Some(ClientEvent::Audio { timestamp, payload }),
                    _ => Some(ClientEvent::Video { timestamp, payload }),
                })
            }
            kind::WINDOW_ACK => {
                self.window = control_u32(&payload)?;
                Ok(None)
            }
            kind::PEER_BANDWIDTH => {
                control_u32(&payload)?;
                self.writer.write(2, kind::WINDOW_ACK, 0, 0, &WINDOW.to_be_bytes(), out);
                Ok(None)
            }
            kind::USER_CONTROL => self.user_control(&payload, out),
            kind::COMMAND => self.answer(&payload, out),
            kind::COMMAND_AMF3 => self.answer(payload.get(1..).unwrap_or_default(), out),
            _ => Ok(None),
        }
    }

    fn user_control(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<Option<ClientEvent>, ClientError> {
        match payload {
            // Ping request.
            [0, 6, rest @ ..] => {
                let value = control_u32(rest)?;
                self.tell(7, &[value], out);
            }
            // Stream EOF of what is played.
            [0, 1, rest @ ..] if self.purpose == Purpose::Play && self.phase == Phase::Open(control_u32(rest)?) => {
                self.phase = Phase::Over;
                return Ok(Some(ClientEvent::Ended));
            }
            _ => {}
        }
        Ok(None)
    }

    fn answer(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<Option<ClientEvent>, ClientError> {
        self.commands = self.commands.saturating_add(1);
        if self.commands > MAX_COMMANDS && !self.is_open() {
            return Err(ProtocolError::TooManyCommands.into());
        }
        let values = amf::decode(payload).map_err(ProtocolError::from)?;
        let name = values.first().and_then(Value::as_str).unwrap_or_default();
        let transaction = values.get(1).and_then(Value::as_f64).unwrap_or_default();
        match (name, self.phase) {
            ("_result", Phase::Connecting) if transaction == CONNECT => {
                self.create(out);
                Ok(None)
            }
            ("_result", Phase::Creating) if transaction == CREATE_STREAM => {
                self.ask(values.get(3).and_then(Value::as_f64), out)
            }
            ("_error", Phase::Connecting) if transaction == CONNECT => Err(refused(values.get(3))),
            ("_error", Phase::Creating) if transaction == CREATE_STREAM => Err(refused(values.get(3))),
            ("onStatus", _) => self.status(values.get(3)),
            ("close", _) => Err(ClientError::Refused("close".into())),
            _ => Ok(None),
        }
    }

    fn create(&mut self, out: &mut Vec<u8>) {
        self.writer.write(2, kind::WINDOW_ACK, 0, 0, &WINDOW.to_be_bytes(), out);
        if self.purpose == Purpose::Publish {
            self.command(0, &[text("releaseStream"), Value::Number(2.0), Value::Null, text(&self.name)], out);
            self.command(0, &[text("FCPublish"), Value::Number(3.0), Value::Null, text(&self.name)], out);
        }
        self.command(0, &[text("createStream"), Value::Number(CREATE_STREAM), Value::Null], out);
        self.phase = Phase::Creating;
    }

    fn ask(&mut self, id: Option<f64>, out: &mut Vec<u8>) -> Result<Option<ClientEvent>, ClientError> {
        let id = id.filter(|id| (1.0..=f64::from(u32::MAX)).contains(id)).map(|id| id as u32);
        let Some(stream) = id else { return Err(ClientError::Refused("createStream".into())) };
        let name = text(&self.name);
        match self.purpose {
            Purpose::Publish => {
                self.command(stream, &[text("publish"), Value::Number(5.0), Value::Null, name, text("live")], out);
            }
            Purpose::Play => {
                // -1: a live stream only, never a file of that name.
                let live = Value::Number(-1.0);
                self.command(stream, &[text("play"), Value::Number(5.0), Value::Null, name, live], out);
                // The length of our buffer; some servers send nothing before they know it.
                self.tell(3, &[stream, 1_000], out);
            }
        }
        self.phase = Phase::Asked(stream);
        Ok(None)
    }

    fn status(&mut self, about: Option<&Value>) -> Result<Option<ClientEvent>, ClientError> {
        let field = |name| about.and_then(|about| about.get(name)).and_then(Value::as_str).unwrap_or_default();
        let code = field("code");
        if field("level") == "error" {
            return Err(refused(about));
        }
        match (self.purpose, code, self.phase) {
            (Purpose::Publish, "NetStream.Publish.Start", Phase::Asked(stream))
            | (Purpose::Play, "NetStream.Play.Start", Phase::Asked(stream)) => {
                self.phase = Phase::Open(stream);
                if self.purpose == Purpose::Play {
                    self.reader.set_limits(Limits::PUBLISHER);
                }
                Ok(Some(ClientEvent::Open))
            }
            (Purpose::Play, "NetStream.Play.UnpublishNotify" | "NetStream.Play.Stop", Phase::Open(_)) => {
                self.phase = Phase::Over;
                Ok(Some(ClientEvent::Ended))
            }
            (Purpose::Publish, "NetStream.Unpublish.Success" | "NetStream.Publish.Denied", Phase::Open(_)) => {
                Err(refused(about))
            }
            _ => Ok(None),
        }
    }

    fn tell(&self, event: u16, values: &[u32], out: &mut Vec<u8>) {
        let mut payload = event.to_be_bytes().to_vec();
        values.iter().for_each(|value| payload.extend_from_slice(&value.to_be_bytes()));
        self.writer.write(2, kind::USER_CONTROL, 0, 0, &payload, out);
    }

    fn command(&self, stream: u32, values: &[Value], out: &mut Vec<u8>) {
        let lane = if stream == 0 { 3 } else { 8 };
        self.writer.write(lane, kind::COMMAND, stream, 0, &amf::encode_all(values), out);
    }
}

/// Only the code, and of that only what codes are made of.
fn refused(about: Option<&Value>) -> ClientError {
    let code = about.and_then(|about| about.get("code")).and_then(Value::as_str).unwrap_or_default();
    let code: String = code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').take(64).collect();
    ClientError::Refused(if code.is_empty() { "no code".into() } else { code })
}
