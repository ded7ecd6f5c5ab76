//! Parameter sets in front of a picture. Pure.
//!
//! Some players, ffmpeg among them, read only the first init segment of a playlist. They too decode what comes from another
//! encoder when its first picture carries its H.264 parameter sets itself.

use crate::flv::{VideoCodec, VideoConfig};
use bytes::Bytes;

/// The picture with the configuration's parameter sets in front, unless it has its own.
pub(super) fn with_parameters(config: &VideoConfig, picture: Bytes) -> Bytes {
    if config.codec != VideoCodec::Avc {
        return picture;
    }
    match (sets(&config.record), has_sets(&config.record, &picture)) {
        (Some(sets), false) => [&sets[..], &picture].concat().into(),
        _ => picture,
    }
}

/// The sets of an `avcC` record, each behind its length.
fn sets(record: &[u8]) -> Option<Vec<u8>> {
    let length_bytes = length_bytes(record)?;
    let mut rest = record.get(5..)?;
    let mut found = Vec::new();
    for mask in [0x1f, 0xff] {
        let (count, after) = rest.split_first()?;
        rest = after;
        for _ in 0..count & mask {
            let (length, after) = rest.split_first_chunk::<2>()?;
            let length = u16::from_be_bytes(*length);
            let set = after.get(..usize::from(length))?;
            found.extend_from_slice(&u32::from(length).to_be_bytes()[4 - length_bytes..]);
            found.extend_from_slice(set);
            rest = after.get(usize::from(length)..)?;
        }
    }
    Some(found)
}

/// A set longer than one byte can tell is not written with one.
fn length_bytes(record: &[u8]) -> Option<usize> {
    Some(usize::from(record.get(4)? & 3) + 1).filter(|bytes| *bytes >= 2)
}

/// Whether a set stands before the first slice.
fn has_sets(record: &[u8], picture: &[u8]) -> bool {
    let Some(length_bytes) = length_bytes(record) else { return false };
    let mut rest = picture;
    while let Some((length, after)) = rest.split_at_checked(length_bytes) {
        let length = length.iter().fold(0usize, |length, byte| (length << 8) | usize::from(*byte));
        match after.first().map(|byte| byte & 0x1f) {
            Some(7) => return true,
            None | Some(1..=5) => return false,
            _ => {}
        }
        let Some(next) = after.get(length..) else { return false };
        rest = next;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(record: &'static [u8]) -> VideoConfig {
        let record = Bytes::from_static(record);
        VideoConfig { codec: VideoCodec::Avc, record, width: 0, height: 0, name: String::new() }
    }

    #[test]
    fn sets_stand_in_front_once() {
        let config = config(&[1, 0x64, 0, 0x1e, 0xff, 0xe1, 0, 2, 0x67, 9, 1, 0, 3, 0x68, 8, 7]);
        let slice = Bytes::from_static(&[0, 0, 0, 2, 0x65, 1]);
        let whole = with_parameters(&config, slice.clone());
        assert_eq!(whole[..], [&[0, 0, 0, 2, 0x67, 9, 0, 0, 0, 3, 0x68, 8, 7], &slice[..]].concat());
        assert_eq!(with_parameters(&config, whole.clone()), whole);
        let delimited = Bytes::from_static(&[0, 0, 0, 1, 0x09, 0, 0, 0, 2, 0x67, 1]);
        assert_eq!(with_parameters(&config, delimited.clone()), delimited);
    }

    #[test]
    fn broken_records_change_nothing() {
        let slice = Bytes::from_static(&[0, 0, 0, 2, 0x65, 1]);
        for record in [&[][..], &[1, 2, 3, 4, 0xff, 0xe1, 0], &[1, 2, 3, 4, 0xfc, 0xe1, 0, 1, 0x67, 0]] {
            assert_eq!(with_parameters(&config(record), slice.clone()), slice);
        }
        assert_eq!(with_parameters(&config(&[1, 2, 3, 4, 0xff, 0xe0, 0]), Bytes::from_static(&[0])).len(), 1);
    }
}
