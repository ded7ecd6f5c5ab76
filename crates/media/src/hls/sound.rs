//! The newest sound of a stream, for who listens from within the program.

use super::store::{HlsStream, State};
use bytes::Bytes;
use events::{BroadcastId, Millis};

/// Whole segments that one decoder can read one after the other.
#[derive(Debug, Clone)]
pub struct Sound {
    pub broadcast: BroadcastId,
    pub first: u64,
    pub last: u64,
    /// Arrival of its first frame.
    pub arrived: Millis,
    pub duration_ms: i64,
    /// It goes on where the segment that was named before ended.
    pub continues: bool,
    /// The init segment's, then all fragments'; none when there is no sound in it.
    pub pieces: Option<Vec<Bytes>>,
}

/// What an init segment says of a track of sound.
const HANDLER: &[u8] = b"soun";

impl HlsStream {
    /// What is complete behind segment `after` and still kept: once it lasts as long as `least_ms`, or will never, and of more the
    /// first only.
    pub fn sound(&self, after: Option<u64>, least_ms: i64, most_ms: i64) -> Option<Sound> {
        let (state, kept) = (self.state.read(), self.kept());
        let found = state.sound(self.broadcast, after, most_ms)?;
        // What will be gone with the next segment is not waited for.
        let goes = state.segments.len() >= kept && state.segments.front()?.sequence == found.0.first;
        (found.1 || goes || found.0.duration_ms >= least_ms).then_some(found.0)
    }
}

impl State {
    /// And whether it is as long as it will ever be.
    fn sound(&self, broadcast: BroadcastId, after: Option<u64>, most_ms: i64) -> Option<(Sound, bool)> {
        let mut segments = self.segments.iter().filter(|segment| after.is_none_or(|after| segment.sequence > after));
        let first = segments.next()?;
        let init = self.inits.iter().find(|(number, _)| *number == first.init)?.1.clone();
        let (mut last, mut ticks, mut fragments) = (first.sequence, first.duration, first.fragments.clone());
        let mut whole = self.ended || first.init != self.inits.back()?.0;
        for segment in segments {
            if segment.init != first.init || segment.discontinuity || ms(ticks + segment.duration) > most_ms {
                whole = true;
                break;
            }
            last = segment.sequence;
            ticks += segment.duration;
            fragments.extend(segment.fragments.iter().cloned());
        }
        let continues = after == first.sequence.checked_sub(1) && after.is_some() && !first.discontinuity;
        let pieces = || std::iter::once(init.clone()).chain(fragments).collect();
        let sound = Sound {
            broadcast,
            first: first.sequence,
            last,
            arrived: first.arrived,
            duration_ms: ms(ticks),
            continues,
            pieces: memchr::memmem::find(&init, HANDLER).is_some().then(pieces),
        };
        Some((sound, whole))
    }
}

fn ms(ticks: u64) -> i64 {
    i64::try_from(ticks / 90).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{hls::Retention, packager::Fragment};

    fn stream() -> HlsStream {
        let retention = Retention { listed: 3, segments: 4, bytes: 1 << 20, target_s: 2, part: 0 };
        HlsStream::new(BroadcastId::new(), Millis(0), Millis(0), false, retention)
    }

    fn push(stream: &HlsStream, n: u8) {
        let data = Bytes::from(vec![n; 10]);
        let arrived = Millis(i64::from(n) * 2_000);
        let (duration, shown, pictures) = (180_000, 0, 1);
        stream.push(Fragment { data, duration, shown, pictures, independent: true, arrived, ends_segment: true });
    }

    fn heard(stream: &HlsStream, after: Option<u64>) -> Option<(u64, u64, bool)> {
        stream.sound(after, 4_000, 6_000).map(|sound| (sound.first, sound.last, sound.continues))
    }

    #[test]
    fn sound_comes_in_stretches_that_follow_each_other() {
        let stream = stream();
        stream.init(Bytes::from_static(b"..soun.."));
        assert_eq!(heard(&stream, None), None);
        push(&stream, 0);
        assert_eq!(heard(&stream, None), None, "it is too short");
        push(&stream, 1);
        let sound = stream.sound(None, 4_000, 6_000);
        let sound = sound.map(|sound| (sound.duration_ms, sound.pieces.map(|pieces| pieces.len()), sound.arrived));
        assert_eq!(sound, Some((4_000, Some(3), Millis(0))));
        assert_eq!(heard(&stream, None), Some((0, 1, false)));
        for n in 2..6 {
            push(&stream, n);
        }
        assert_eq!(heard(&stream, Some(1)), Some((2, 4, true)), "as much as may be");
        assert_eq!(heard(&stream, Some(4)), None);
        assert_eq!(heard(&stream, Some(0)), Some((2, 4, false)), "what was missed is gone");
        stream.end();
        assert_eq!(heard(&stream, Some(4)), Some((5, 5, true)), "nothing will follow");
    }

    #[test]
    fn another_configuration_begins_another_stretch() {
        let stream = stream();
        stream.init(Bytes::from_static(b"..soun.."));
        push(&stream, 0);
        stream.init(Bytes::from_static(b"..vide.."));
        assert_eq!(heard(&stream, None), Some((0, 0, false)), "it will not become longer");
        push(&stream, 1);
        push(&stream, 2);
        assert_eq!(heard(&stream, Some(0)), Some((1, 2, false)));
        assert!(stream.sound(Some(0), 4_000, 6_000).is_some_and(|sound| sound.pieces.is_none()), "there is none in it");
    }
}
