//! The boxes of fragmented MP4 (CMAF): one init segment per configuration, one `moof` + `mdat` per fragment.

use crate::boxes::Writer;
use crate::flv::{AudioConfig, VideoCodec, VideoConfig};
use bytes::Bytes;

/// Ticks per second of the video track.
pub const VIDEO_CLOCK: u32 = 90_000;
const VIDEO_TRACK: u32 = 1;
const AUDIO_TRACK: u32 = 2;
const KEY: u32 = 0x0200_0000;
const DEPENDENT: u32 = 0x0101_0000;

/// One frame in a fragment; times in the track's clock.
#[derive(Debug, Clone)]
pub struct Sample {
    pub duration: u32,
    /// Presentation minus decoding time.
    pub composition: i32,
    pub key: bool,
    pub data: Bytes,
}

/// A track's run of samples in a fragment.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// Decoding time of the first sample.
    pub start: u64,
    pub samples: &'a [Sample],
}

/// `ftyp` + `moov` for the tracks given.
pub fn init(video: Option<&VideoConfig>, audio: Option<&AudioConfig>) -> Bytes {
    let mut out = Writer::default();
    out.boxed(b"ftyp", |out| {
        out.raw(b"iso6");
        out.u32(0);
        out.raw(b"iso6cmfcmp41");
    });
    out.boxed(b"moov", |out| {
        out.full(b"mvhd", 0, 0, |out| {
            out.zeros(8);
            out.u32(1000);
            out.u32(0);
            out.u32(0x0001_0000);
            out.u16(0x0100);
            out.zeros(10);
            out.matrix();
            out.zeros(24);
            out.u32(AUDIO_TRACK + 1);
        });
        if let Some(video) = video {
            video_track(out, video);
        }
        if let Some(audio) = audio {
            audio_track(out, audio);
        }
        out.boxed(b"mvex", |out| {
            for track in video.map(|_| VIDEO_TRACK).into_iter().chain(audio.map(|_| AUDIO_TRACK)) {
                out.full(b"trex", 0, 0, |out| {
                    out.u32(track);
                    out.u32(1);
                    out.zeros(12);
                });
            }
        });
    });
    out.bytes.into()
}

fn video_track(out: &mut Writer, video: &VideoConfig) {
    let (width, height) = (video.width.min(0xffff), video.height.min(0xffff));
    track(out, VIDEO_TRACK, VIDEO_CLOCK, b"vide", (width, height), |out| {
        let (entry, record) = match video.codec {
            VideoCodec::Avc => (b"avc1", b"avcC"),
            VideoCodec::Hevc => (b"hvc1", b"hvcC"),
            VideoCodec::Av1 => (b"av01", b"av1C"),
        };
        out.boxed(entry, |out| {
            out.zeros(6);
            out.u16(1);
            out.zeros(16);
            out.u16(width as u16);
            out.u16(height as u16);
            out.u32(0x0048_0000);
            out.u32(0x0048_0000);
            out.u32(0);
            out.u16(1);
            out.zeros(32);
            out.u16(0x18);
            out.u16(0xffff);
            out.boxed(record, |out| out.raw(&video.record));
        });
    });
}

fn audio_track(out: &mut Writer, audio: &AudioConfig) {
    track(out, AUDIO_TRACK, audio.rate, b"soun", (0, 0), |out| {
        out.boxed(b"mp4a", |out| {
            out.zeros(6);
            out.u16(1);
            out.zeros(8);
            out.u16(audio.channels);
            out.u16(16);
            out.u32(0);
            out.u32(if audio.rate <= 0xffff { audio.rate << 16 } else { 0 });
            out.full(b"esds", 0, 0, |out| {
                let record = &audio.record;
                // Descriptor lengths in four bytes each, as most writers do.
                out.descriptor(3, 3 + 5 + 13 + 5 + record.len() + 5 + 1);
                out.u16(AUDIO_TRACK as u16);
                out.u8(0);
                out.descriptor(4, 13 + 5 + record.len());
                out.u8(0x40);
                out.u8(0x15);
                out.zeros(11);
                out.descriptor(5, record.len());
                out.raw(record);
                out.descriptor(6, 1);
                out.u8(2);
            });
        });
    });
}

fn track(out: &mut Writer, id: u32, clock: u32, handler: &[u8; 4], size: (u32, u32), entry: impl FnOnce(&mut Writer)) {
    let is_video = handler == b"vide";
    out.boxed(b"trak", |out| {
        out.full(b"tkhd", 0, 3, |out| {
            out.zeros(8);
            out.u32(id);
            out.zeros(16);
            out.zeros(4);
            out.u16(if is_video { 0 } else { 0x0100 });
            out.u16(0);
            out.matrix();
            out.u32(size.0 << 16);
            out.u32(size.1 << 16);
        });
        out.boxed(b"mdia", |out| {
            out.full(b"mdhd", 0, 0, |out| {
                out.zeros(8);
                out.u32(clock);
                out.u32(0);
                // Language `und`.
                out.u16(0x55c4);
                out.u16(0);
            });
            out.full(b"hdlr", 0, 0, |out| {
                out.u32(0);
                out.raw(handler);
                out.zeros(12);
                out.raw(b"kaibo\0");
            });
            out.boxed(b"minf", |out| {
                if is_video {
                    out.full(b"vmhd", 0, 1, |out| out.zeros(8));
                } else {
                    out.full(b"smhd", 0, 0, |out| out.zeros(4));
                }
                out.boxed(b"dinf", |out| {
                    out.full(b"dref", 0, 0, |out| {
                        out.u32(1);
                        out.full(b"url ", 0, 1, |_| {});
                    });
                });
                out.boxed(b"stbl", |out| {
                    out.full(b"stsd", 0, 0, |out| {
                        out.u32(1);
                        entry(out);
                    });
                    out.full(b"stts", 0, 0, |out| out.u32(0));
                    out.full(b"stsc", 0, 0, |out| out.u32(0));
                    out.full(b"stsz", 0, 0, |out| out.zeros(8));
                    out.full(b"stco", 0, 0, |out| out.u32(0));
                });
            });
        });
    });
}

/// `moof` + `mdat` in one piece of exactly its size. Empty runs are left out.
pub fn fragment(sequence: u32, video: Run, audio: Run) -> Bytes {
    let payload: usize = [video, audio].iter().flat_map(|run| run.samples).map(|sample| sample.data.len()).sum();
    let video_bytes: usize = video.samples.iter().map(|sample| sample.data.len()).sum();
    let header = 16 + 16 + 2 * (8 + 24 + 20 + 20) + 16 * video.samples.len() + 8 * audio.samples.len() + 8;
    let mut out = Writer { bytes: Vec::with_capacity(header + payload) };
    let mut offsets = [None, None];
    out.boxed(b"moof", |out| {
        out.full(b"mfhd", 0, 0, |out| out.u32(sequence));
        if !video.samples.is_empty() {
            offsets[0] = Some(run(out, VIDEO_TRACK, video, true));
        }
        if !audio.samples.is_empty() {
            offsets[1] = Some(run(out, AUDIO_TRACK, audio, false));
        }
    });
    let data = out.bytes.len() + 8;
    for (offset, start) in offsets.into_iter().zip([data, data + video_bytes]) {
        if let Some(place) = offset.and_then(|at| out.bytes.get_mut(at..at + 4)) {
            place.copy_from_slice(&(start as u32).to_be_bytes());
        }
    }
    out.u32((payload + 8) as u32);
    out.raw(b"mdat");
    for sample in video.samples.iter().chain(audio.samples) {
        out.raw(&sample.data);
    }
    out.bytes.into()
}

/// Writes a `traf`; gives where its data offset is to be put.
fn run(out: &mut Writer, track: u32, run: Run, video: bool) -> usize {
    let mut place = 0;
    out.boxed(b"traf", |out| {
        // Offsets count from the moof; audio samples are all sync samples.
        let flags = if video { 0x02_0000 } else { 0x02_0020 };
        out.full(b"tfhd", 0, flags, |out| {
            out.u32(track);
            if !video {
                out.u32(KEY);
            }
        });
        out.full(b"tfdt", 1, 0, |out| out.raw(&run.start.to_be_bytes()));
        let flags = if video { 0x0f01 } else { 0x0301 };
        out.full(b"trun", 1, flags, |out| {
            out.u32(run.samples.len() as u32);
            place = out.bytes.len();
            out.u32(0);
            for sample in run.samples {
                out.u32(sample.duration);
                out.u32(sample.data.len() as u32);
                if video {
                    out.u32(if sample.key { KEY } else { DEPENDENT });
                    out.u32(sample.composition as u32);
                }
            }
        });
    });
    place
}
