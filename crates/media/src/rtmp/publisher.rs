//! The publishing side's bytes: what an encoder sends. For tests, benches and simulated hosts.

use super::amf::{self, Value, object, text};
use super::{ChunkWriter, handshake, kind};

/// The message stream that both Kaibo and nginx-rtmp hand out first.
const STREAM: u32 = 1;

/// Writes an encoder's half of a connection without waiting for the answers.
#[derive(Debug, Default)]
pub struct Publisher {
    writer: ChunkWriter,
}

impl Publisher {
    /// C0 and C1.
    pub fn hello(out: &mut Vec<u8>) {
        out.push(3);
        out.extend((0..handshake::BLOCK).map(|n| if n < 8 { 0 } else { n as u8 }));
    }

    /// C2; its content is looked at by nobody.
    pub fn echo(out: &mut Vec<u8>) {
        out.extend((0..handshake::BLOCK).map(|n| n as u8));
    }

    /// `connect` up to `publish` of the stream key `name` in application `app`.
    pub fn publish(&mut self, app: &str, name: &str, out: &mut Vec<u8>) {
        self.writer.set_chunk_size(4096, out);
        let about =
            object(&[("app", text(app)), ("type", text("nonprivate")), ("tcUrl", text("rtmp://127.0.0.1/live"))]);
        self.command(0, &[text("connect"), Value::Number(1.0), about], out);
        self.command(0, &[text("releaseStream"), Value::Number(2.0), Value::Null, text(name)], out);
        self.command(0, &[text("FCPublish"), Value::Number(3.0), Value::Null, text(name)], out);
        self.command(0, &[text("createStream"), Value::Number(4.0), Value::Null], out);
        self.command(STREAM, &[text("publish"), Value::Number(5.0), Value::Null, text(name), text("live")], out);
    }

    pub fn audio(&self, timestamp: u32, payload: &[u8], out: &mut Vec<u8>) {
        self.writer.write(4, kind::AUDIO, STREAM, timestamp, payload, out);
    }

    pub fn video(&self, timestamp: u32, payload: &[u8], out: &mut Vec<u8>) {
        self.writer.write(6, kind::VIDEO, STREAM, timestamp, payload, out);
    }

    /// `FCUnpublish` and `deleteStream`.
    pub fn goodbye(&self, name: &str, out: &mut Vec<u8>) {
        self.command(0, &[text("FCUnpublish"), Value::Number(6.0), Value::Null, text(name)], out);
        let id = Value::Number(f64::from(STREAM));
        self.command(0, &[text("deleteStream"), Value::Number(7.0), Value::Null, id], out);
    }

    fn command(&self, stream: u32, values: &[Value], out: &mut Vec<u8>) {
        self.writer.write(3, kind::COMMAND, stream, 0, &amf::encode_all(values), out);
    }
}
