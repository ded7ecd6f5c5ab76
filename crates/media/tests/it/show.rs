//! A synthetic encoder: 25 pictures a second with B-frames, AAC at 44.1 kHz. The pictures show nothing.

use bytes::Bytes;
use media::rtmp::publisher::Publisher;

/// x264, High, 640x360.
pub const AVC_RECORD: &[u8] = &[
    1, 0x64, 0, 0x1e, 0xff, 0xe1, 0, 26, 0x67, 0x64, 0, 0x1e, 0xac, 0xd9, 0x40, 0xa0, 0x2f, 0xf9, 0x70, 0x11, 0, 0, 3,
    0, 1, 0, 0, 3, 0, 0x32, 0x0f, 0x16, 0x2d, 0x96, 1, 0, 4, 0x68, 0xef, 0xbc, 0xb0,
];
pub const AAC_RECORD: &[u8] = &[0x12, 0x10];

#[derive(Debug, Clone)]
pub struct Tag {
    pub video: bool,
    pub timestamp: u32,
    pub payload: Bytes,
}

pub fn video_config() -> Tag {
    Tag { video: true, timestamp: 0, payload: [&[0x17, 0, 0, 0, 0], AVC_RECORD].concat().into() }
}

pub fn audio_config() -> Tag {
    Tag { video: false, timestamp: 0, payload: [&[0xaf, 0], AAC_RECORD].concat().into() }
}

pub fn picture(n: u32, key: bool, timestamp: u32) -> Tag {
    // Display order I B B P: B-frames are shown at once, the others three pictures later.
    let composition = if n.is_multiple_of(3) { 120u32 } else { 0 };
    let mut payload = vec![if key { 0x17 } else { 0x27 }, 1];
    payload.extend_from_slice(&composition.to_be_bytes()[1..]);
    let nal: Vec<u8> = (0..400u32).map(|byte| (byte ^ n) as u8).collect();
    payload.extend_from_slice(&(nal.len() as u32).to_be_bytes());
    payload.extend_from_slice(&nal);
    Tag { video: true, timestamp, payload: payload.into() }
}

pub fn sound(n: u32, timestamp: u32) -> Tag {
    Tag { video: false, timestamp, payload: [&[0xaf, 1][..], &[n as u8; 180]].concat().into() }
}

/// `ms` milliseconds from `start`, a key frame every `key_every` pictures, in the order of a muxer.
pub fn tags(start: u32, ms: u32, key_every: u32) -> Vec<Tag> {
    let mut tags: Vec<Tag> =
        (0..ms / 40).map(|n| picture(n, n.is_multiple_of(key_every), start.wrapping_add(n * 40))).collect();
    tags.extend((0..ms * 441 / 10 / 1024).map(|n| sound(n, start.wrapping_add(n * 10_240 / 441))));
    tags.sort_by_key(|tag| tag.timestamp.wrapping_sub(start));
    let mut all = vec![video_config(), audio_config()];
    all.append(&mut tags);
    all
}

/// Everything an encoder sends for `tags`, from the handshake to its goodbye.
pub fn session(name: &str, tags: &[Tag]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut publisher = Publisher::default();
    Publisher::hello(&mut out);
    Publisher::echo(&mut out);
    publisher.publish("live", name, &mut out);
    send(&publisher, tags, &mut out);
    publisher.goodbye(name, &mut out);
    out
}

pub fn send(publisher: &Publisher, tags: &[Tag], out: &mut Vec<u8>) {
    for tag in tags {
        match tag.video {
            true => publisher.video(tag.timestamp, &tag.payload, out),
            false => publisher.audio(tag.timestamp, &tag.payload, out),
        }
    }
}
