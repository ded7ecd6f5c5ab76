//! The bodies of FLV audio and video tags as RTMP carries them: AVC and AAC, and Enhanced RTMP's `avc1`, `hvc1`, `av01`.

use crate::sps;
use bytes::{Buf, Bytes};

/// A frame of AAC-LC with two channels in which nothing is heard.
pub(crate) const STEREO_SILENCE: [u8; 9] = [0x21, 0x00, 0x49, 0x90, 0x02, 0x19, 0x00, 0x23, 0x80];
/// A picture is not shown longer than this after, or before, its decoding.
const MOST_COMPOSITION_MS: i32 = 5_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoCodec {
    Avc,
    Hevc,
    Av1,
}

/// A decoder configuration record with what players must know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoConfig {
    pub codec: VideoCodec,
    /// The `avcC`, `hvcC` or `av1C` record.
    pub record: Bytes,
    /// Zero when the record does not tell.
    pub width: u32,
    pub height: u32,
    /// As in a `CODECS` attribute.
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioConfig {
    /// The AudioSpecificConfig.
    pub record: Bytes,
    /// Samples per second of the core decoder; the track's clock.
    pub rate: u32,
    pub channels: u16,
    /// Samples per frame.
    pub frame: u32,
    pub name: String,
}

impl AudioConfig {
    /// A frame in which nothing is heard; none for what is not AAC-LC with one channel or two.
    pub fn silence(&self) -> Option<&'static [u8]> {
        match (self.name.as_str(), self.channels) {
            ("mp4a.40.2", 1) => Some(&[0x00, 0xc8, 0x00, 0x80, 0x23, 0x80]),
            ("mp4a.40.2", 2) => Some(&STEREO_SILENCE),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    VideoConfig(VideoConfig),
    AudioConfig(AudioConfig),
    /// `composition_ms` is presentation minus decoding time.
    Video {
        key: bool,
        composition_ms: i32,
        data: Bytes,
    },
    Audio {
        data: Bytes,
    },
    /// Nothing to keep: end of sequence, command frames, metadata.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FlvError {
    #[error("a media tag is cut short")]
    Short,
    #[error("the decoder configuration is not readable")]
    Config,
    #[error("this video codec is not carried; send H.264")]
    VideoCodec,
    #[error("this audio codec is not carried; send AAC")]
    AudioCodec,
}

/// Reads a video message's payload.
pub fn video(mut body: Bytes) -> Result<Tag, FlvError> {
    let first = byte(&mut body)?;
    if first & 0x80 != 0 {
        return enhanced_video(first, body);
    }
    if first >> 4 == 5 {
        return Ok(Tag::Nothing);
    }
    if first & 0x0f != 7 {
        return Err(FlvError::VideoCodec);
    }
    let packet = byte(&mut body)?;
    let composition_ms = i24(&mut body)?;
    match packet {
        0 => avc_config(body).map(Tag::VideoConfig),
        1 => frame(first >> 4 == 1, composition_ms, body),
        _ => Ok(Tag::Nothing),
    }
}

fn enhanced_video(first: u8, mut body: Bytes) -> Result<Tag, FlvError> {
    let (kind, packet) = ((first >> 4) & 7, first & 0x0f);
    if kind == 5 {
        return Ok(Tag::Nothing);
    }
    let four = [byte(&mut body)?, byte(&mut body)?, byte(&mut body)?, byte(&mut body)?];
    let codec = match &four {
        b"avc1" => VideoCodec::Avc,
        b"hvc1" => VideoCodec::Hevc,
        b"av01" => VideoCodec::Av1,
        _ => return Err(FlvError::VideoCodec),
    };
    match packet {
        0 => match codec {
            VideoCodec::Avc => avc_config(body),
            VideoCodec::Hevc => hevc_config(body),
            VideoCodec::Av1 => av1_config(body),
        }
        .map(Tag::VideoConfig),
        1 if codec == VideoCodec::Av1 => frame(kind == 1, 0, body),
        1 => {
            let composition_ms = i24(&mut body)?;
            frame(kind == 1, composition_ms, body)
        }
        3 => frame(kind == 1, 0, body),
        _ => Ok(Tag::Nothing),
    }
}

fn frame(key: bool, composition_ms: i32, data: Bytes) -> Result<Tag, FlvError> {
    if data.is_empty() {
        return Ok(Tag::Nothing);
    }
    // While an encoder's clock leaps, pictures between before and after are meant for long after their turn. A player that
    // believed it would show nothing else until then.
    let composition_ms = if composition_ms.abs() > MOST_COMPOSITION_MS { 0 } else { composition_ms };
    Ok(Tag::Video { key, composition_ms, data })
}

/// Reads an audio message's payload.
pub fn audio(mut body: Bytes) -> Result<Tag, FlvError> {
    let first = byte(&mut body)?;
    if first >> 4 != 10 {
        return Err(FlvError::AudioCodec);
    }
    match byte(&mut body)? {
        0 => aac_config(body).map(Tag::AudioConfig),
        1 if !body.is_empty() => Ok(Tag::Audio { data: body }),
        _ => Ok(Tag::Nothing),
    }
}

fn avc_config(record: Bytes) -> Result<VideoConfig, FlvError> {
    let [1, profile, flags, level, _, sets, rest @ ..] = &record[..] else { return Err(FlvError::Config) };
    if sets & 0x1f == 0 {
        return Err(FlvError::Config);
    }
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(FlvError::Config)?;
    let set = rest.get(..usize::from(u16::from_be_bytes(*length))).ok_or(FlvError::Config)?;
    let (width, height) = sps::picture_size(set).unwrap_or_default();
    let name = format!("avc1.{profile:02x}{flags:02x}{level:02x}");
    Ok(VideoConfig { codec: VideoCodec::Avc, width, height, name, record })
}

fn hevc_config(record: Bytes) -> Result<VideoConfig, FlvError> {
    let Some([1, profile, c0, c1, c2, c3, i0, i1, i2, i3, i4, i5, level]) = record.first_chunk::<13>() else {
        return Err(FlvError::Config);
    };
    let space = ["", "A", "B", "C"][usize::from(profile >> 6)];
    let tier = if profile & 0x20 == 0 { 'L' } else { 'H' };
    let compatible = u32::from_be_bytes([*c0, *c1, *c2, *c3]).reverse_bits();
    let mut name = format!("hvc1.{space}{}.{compatible:X}.{tier}{level}", profile & 0x1f);
    let constraints = [i0, i1, i2, i3, i4, i5];
    let used = constraints.iter().rposition(|byte| **byte != 0).map_or(0, |last| last + 1);
    for byte in &constraints[..used] {
        name.push_str(&format!(".{byte:X}"));
    }
    Ok(VideoConfig { codec: VideoCodec::Hevc, width: 0, height: 0, name, record })
}

fn av1_config(record: Bytes) -> Result<VideoConfig, FlvError> {
    let Some([0x81, level, flags]) = record.first_chunk::<3>() else { return Err(FlvError::Config) };
    let tier = if flags & 0x80 == 0 { 'M' } else { 'H' };
    let depth = match (flags & 0x40, flags & 0x20) {
        (0, _) => 8,
        (_, 0) => 10,
        _ => 12,
    };
    let name = format!("av01.{}.{:02}{tier}.{depth:02}", level >> 5, level & 0x1f);
    Ok(VideoConfig { codec: VideoCodec::Av1, width: 0, height: 0, name, record })
}

const RATES: [u32; 13] = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

fn aac_config(record: Bytes) -> Result<AudioConfig, FlvError> {
    let word = record.get(..record.len().min(8)).unwrap_or_default();
    let bits =
        word.iter().fold(0u64, |bits, byte| (bits << 8) | u64::from(*byte)) << (8 * (8 - word.len() as u32) % 64);
    let take = |at: u32, count: u32| ((bits << at) >> (64 - count)) as u32;
    if record.len() < 2 {
        return Err(FlvError::Config);
    }
    let object = take(0, 5);
    let index = take(5, 4);
    let (rate, at) = match index {
        15 if record.len() >= 5 => (take(9, 24), 33),
        index => (*RATES.get(index as usize).ok_or(FlvError::Config)?, 9),
    };
    let channels = match take(at, 4) {
        7 => 8,
        // Zero says that the layout follows in the stream; two is what players assume.
        0 => 2,
        channels @ 1..=6 => channels as u16,
        _ => return Err(FlvError::Config),
    };
    if object == 0 || object == 31 || !(7350..=96000).contains(&rate) {
        return Err(FlvError::Config);
    }
    let short = matches!(object, 1..=4) && take(at + 4, 1) == 1;
    let name = format!("mp4a.40.{object}");
    Ok(AudioConfig { rate, channels, frame: if short { 960 } else { 1024 }, name, record })
}

fn byte(body: &mut Bytes) -> Result<u8, FlvError> {
    body.try_get_u8().map_err(|_| FlvError::Short)
}

fn i24(body: &mut Bytes) -> Result<i32, FlvError> {
    let [a, b, c] = [byte(body)?, byte(body)?, byte(body)?];
    Ok(i32::from_be_bytes([a, b, c, 0]) >> 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composition_times_are_signed() {
        let tag = video(Bytes::from_static(&[0x27, 1, 0xff, 0xff, 0xdf, 0, 0, 0, 1, 9]));
        let data = Bytes::from_static(&[0, 0, 0, 1, 9]);
        assert_eq!(tag, Ok(Tag::Video { key: false, composition_ms: -33, data }));
    }

    #[test]
    fn a_picture_far_from_its_turn_is_shown_at_its_turn() {
        let composition = |ms: i32| {
            let [_, bytes @ ..] = ms.to_be_bytes();
            let body = [&[0x27, 1][..], &bytes, &[9]].concat();
            let Ok(Tag::Video { composition_ms, .. }) = video(body.into()) else { panic!("is a picture") };
            composition_ms
        };
        assert_eq!([66, -33, 5_000, 10_133, -8_000_000].map(composition), [66, -33, 5_000, 0, 0]);
    }

    #[test]
    fn aac_configurations() {
        let Ok(config) = aac_config(Bytes::from_static(&[0x12, 0x10])) else { panic!("is readable") };
        assert_eq!((config.rate, config.channels, config.frame, config.name.as_str()), (44100, 2, 1024, "mp4a.40.2"));
        let Ok(config) = aac_config(Bytes::from_static(&[0x11, 0x88])) else { panic!("is readable") };
        assert_eq!((config.rate, config.channels), (48000, 1));
        assert_eq!(aac_config(Bytes::from_static(&[0x17])), Err(FlvError::Config));
        assert_eq!(aac_config(Bytes::from_static(&[0x17, 0x80])), Err(FlvError::Config));
    }

    #[test]
    fn other_codecs_are_named() {
        assert_eq!(video(Bytes::from_static(&[0x12, 0])), Err(FlvError::VideoCodec));
        assert_eq!(audio(Bytes::from_static(&[0x2f, 0])), Err(FlvError::AudioCodec));
        assert_eq!(video(Bytes::new()), Err(FlvError::Short));
    }

    #[test]
    fn enhanced_codec_names() {
        let hvcc = [1u8, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93, 0xf0];
        let tag = video([&[0x90][..], b"hvc1", &hvcc].concat().into());
        assert!(matches!(tag, Ok(Tag::VideoConfig(config)) if config.name == "hvc1.1.6.L93.90"));
        let tag = video([&[0x90][..], b"av01", &[0x81, 0x08, 0x0c, 0]].concat().into());
        assert!(matches!(tag, Ok(Tag::VideoConfig(config)) if config.name == "av01.0.08M.08"));
    }
}
