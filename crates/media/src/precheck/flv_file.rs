//! Collected messages as an FLV file, for ffmpeg.

use crate::tap::{MediaTag, TagKind};
use bytes::Bytes;

/// The file in pieces; payloads are shared, not copied. Times begin at zero.
pub fn pieces(tags: &[MediaTag]) -> impl Iterator<Item = Bytes> {
    let first = tags.first().map_or(0, |tag| tag.timestamp);
    let header = Bytes::from_static(b"FLV\x01\x05\0\0\0\x09\0\0\0\0");
    // A message longer than the format can say is left out.
    let fitting = tags.iter().filter(|tag| tag.payload.len() < 1 << 24);
    std::iter::once(header).chain(fitting.flat_map(move |tag| {
        let size = tag.payload.len() as u32;
        let kind = match tag.kind {
            TagKind::Audio => 8u8,
            TagKind::Video => 9,
        };
        // What came before the first one by the encoder's clock stands beside it.
        let at = (tag.timestamp.wrapping_sub(first) as i32).max(0).to_be_bytes();
        let mut head = vec![kind];
        head.extend_from_slice(&size.to_be_bytes()[1..]);
        head.extend_from_slice(&[at[1], at[2], at[3], at[0], 0, 0, 0]);
        let tail = (size + 11).to_be_bytes().to_vec();
        [Bytes::from(head), tag.payload.clone(), Bytes::from(tail)]
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::Millis;

    #[test]
    fn tags_stand_as_the_format_wants_them() {
        let tag = |timestamp| MediaTag {
            kind: TagKind::Video,
            timestamp,
            payload: Bytes::from_static(&[7, 7]),
            arrived: Millis(0),
        };
        let file: Vec<u8> = pieces(&[tag(u32::MAX), tag(0x0100_0001)]).flatten().collect();
        assert_eq!(&file[..13], b"FLV\x01\x05\0\0\0\x09\0\0\0\0");
        assert_eq!(&file[13..28], &[9, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7, 7, 0, 0]);
        assert_eq!(&file[30..37], &[9, 0, 0, 2, 0, 0, 2], "16777218 ms, low bits first");
        assert_eq!(file[37], 1, "and its high bits");
    }
}
