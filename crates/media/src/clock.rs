//! An encoder's milliseconds become one scale that never jumps, the same for both tracks. Pure.

/// A track that steps back further than this has jumped: less is an encoder's disorder.
const BACK_MS: i64 = 300;
/// Both tracks together have jumped when a time is further ahead than this: less is a pause of the encoder.
const AHEAD_MS: i64 = 3_000;
/// What a frame lasts at most where nothing else is known of it.
const LONGEST_STEP_MS: i64 = 200;

/// Unwraps 32-bit milliseconds. A jump, in either direction, is left out: what follows it goes on where its track stood.
///
/// Sound and pictures are told apart because they jump one after the other, with old and new times mixed. The first one to
/// jump goes on without a gap, and the other one follows it onto the new times when that fits better than the old ones: so
/// they stay together.
#[derive(Debug, Default)]
pub struct Clock {
    tracks: [Option<Track>; 2],
    /// The latest time of any track.
    newest: i64,
    jumps: u64,
}

#[derive(Debug, Clone, Copy)]
struct Track {
    /// The encoder's last time and what it stands for.
    raw: u32,
    at: i64,
    /// How long the frame before it lasted.
    step: i64,
}

impl Track {
    fn read(&self, raw: u32) -> i64 {
        self.at + i64::from(raw.wrapping_sub(self.raw) as i32)
    }

    fn next(&self) -> i64 {
        self.at + self.step
    }
}

impl Clock {
    /// The time in milliseconds that `raw` stands for; 0 is the first one ever read.
    pub fn read(&mut self, video: bool, raw: u32) -> i64 {
        let [own, other] = [self.tracks[usize::from(video)], self.tracks[usize::from(!video)]];
        let least = own.map_or(self.newest - AHEAD_MS, |own| own.next() - BACK_MS);
        let expected = own.map_or(self.newest, |own| own.next());
        let fits = |at: &i64| (least..=self.newest + AHEAD_MS).contains(at);
        let known = [own, other].into_iter().flatten().map(|track| track.read(raw)).filter(fits);
        let found = known.min_by_key(|at| (at - expected).abs());
        let at = found.unwrap_or_else(|| {
            self.jumps += u64::from(own.or(other).is_some());
            // A track that was away for long comes back to where the other one is.
            if self.newest - expected > AHEAD_MS { self.newest } else { expected }
        });
        let step = own.map(|own| at - own.at).filter(|step| (1..=LONGEST_STEP_MS).contains(step));
        let step = step.or(own.map(|own| own.step)).unwrap_or(1);
        self.newest = if own.or(other).is_some() { self.newest.max(at) } else { at };
        self.tracks[usize::from(video)] = Some(Track { raw, at, step });
        at
    }

    /// How often it has jumped.
    pub fn jumps(&self) -> u64 {
        self.jumps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pictures every 40 ms and sounds every 23 ms, in order of their times, `raw` added; what the clock makes of them.
    fn run(clock: &mut Clock, ms: std::ops::Range<u32>, raw: impl Fn(bool, u32) -> u32) -> [Vec<i64>; 2] {
        let mut times = [Vec::new(), Vec::new()];
        for ms in ms {
            for (video, every) in [(true, 40), (false, 23)] {
                if ms % every == 0 {
                    times[usize::from(video)].push(clock.read(video, raw(video, ms)));
                }
            }
        }
        times
    }

    #[test]
    fn it_wraps() {
        let mut clock = Clock::default();
        let [sound, pictures] = run(&mut clock, 0..1_000, |_, ms| (u32::MAX - 400).wrapping_add(ms));
        assert_eq!((sound[10], pictures[24], clock.jumps()), (230, 960, 0));
    }

    #[test]
    fn a_jump_of_both_tracks_leaves_neither_a_gap_nor_an_offset() {
        for shift in [3_600_000u32, 3_100, 3_010, 0u32.wrapping_sub(310), 0u32.wrapping_sub(2_000), 1 << 31] {
            for late in [0, 100, 400] {
                let mut clock = Clock::default();
                // The sound jumps later than the pictures: times are mixed for a while.
                let raw = |video, ms: u32| {
                    let jumped = ms >= if video { 1_000 } else { 1_000 + late };
                    (if jumped { ms.wrapping_add(shift) } else { ms }).wrapping_add(77_000)
                };
                let [sound, pictures] = run(&mut clock, 0..3_000, raw);
                for (times, every) in [(&sound, 23), (&pictures, 40)] {
                    let exact = times.iter().zip(0..).all(|(at, n)| (at - n * every).abs() <= 1);
                    assert!(exact, "{shift} ms, sound {late} ms later: {times:?}");
                }
                assert_eq!(clock.jumps(), 1, "{shift} ms, sound {late} ms later");
            }
        }
    }

    #[test]
    fn a_track_that_stays_behind_on_the_old_times_goes_on() {
        let mut clock = Clock::default();
        let raw = |video, ms| if video && ms >= 1_000 { ms + 3_600_000 } else { ms };
        let [sound, pictures] = run(&mut clock, 0..20_000, raw);
        assert_eq!((sound.last(), pictures.last(), clock.jumps()), (Some(&19_987), Some(&19_960), 1));
    }

    #[test]
    fn pauses_and_disorder_are_no_jumps() {
        let mut clock = Clock::default();
        assert_eq!([0, 40, 20, 2_900, 2_700].map(|raw| clock.read(true, raw)), [0, 40, 20, 2_900, 2_700]);
        // Sound far behind its pictures, as some encoders send it.
        assert_eq!([500, 523, 546].map(|raw| clock.read(false, raw)), [500, 523, 546]);
        // Pictures gone for ten seconds while there is sound.
        let _ = (30..500).map(|n| clock.read(false, n * 23)).max();
        assert_eq!(clock.read(true, 11_400), 11_400);
        assert_eq!(clock.jumps(), 0);
    }

    #[test]
    fn a_long_pause_is_left_out() {
        let mut clock = Clock::default();
        run(&mut clock, 0..1_000, |_, ms| ms);
        let [sound, pictures] = run(&mut clock, 1_000..1_100, |_, ms| ms + 60_000);
        assert_eq!((sound[0], pictures[0], clock.jumps()), (1_012, 1_000, 1));
    }

    #[test]
    fn jumps_to_and_fro() {
        let mut clock = Clock::default();
        let raw = |_, ms: u32| if ms / 500 % 2 == 1 { ms + 500_000 } else { ms };
        let [sound, pictures] = run(&mut clock, 0..5_000, raw);
        assert_eq!(clock.jumps(), 9);
        for (times, every) in [(&sound, 23), (&pictures, 40)] {
            let exact = times.iter().zip(0..).all(|(at, n)| (at - n * every).abs() <= 25);
            assert!(exact, "{times:?}");
        }
    }
}
