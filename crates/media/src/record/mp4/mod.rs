//! Clips: recorded segments become one MP4 that plays everywhere, without re-encoding. Pure but for the reading of segments,
//! which the caller does.
//!
//! The file begins with the key frame at or before the wanted beginning; an edit list lets players show from the wanted
//! moment on. The index stands before the media, so that browsers start at once.

mod read;
mod write;

pub use read::{Sample, Track, samples, tracks};
pub use write::head;

use anyhow::{Context, anyhow};

/// Ticks a second that times of different tracks are compared in.
pub const CLOCK: i64 = 90_000;

/// A recorded segment, in order.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// Its place on the wall clock, milliseconds.
    pub start: i64,
    /// It does not go on where the one before ended.
    pub breaks: bool,
}

/// A part of a segment's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub source: usize,
    pub offset: u64,
    pub length: u64,
}

/// Everything there is to write.
pub struct Plan {
    pub tracks: Vec<PlannedTrack>,
    /// What follows the head, in order.
    pub ranges: Vec<Range>,
    /// Shown length in ticks of [`CLOCK`].
    pub duration: i64,
    /// How much later than asked the clip begins, because there is no picture before. In ticks.
    pub late: i64,
}

pub struct PlannedTrack {
    pub track: Track,
    /// With decoding times of the clip, from 0.
    pub samples: Vec<Sample>,
    /// Samples in each run of samples that stand together.
    pub chunks: Vec<u32>,
    /// Order number of each of these runs among those of all tracks.
    pub places: Vec<usize>,
    /// Shown from here, in the track's clock from its first decoding time.
    pub shown_from: i64,
    /// Nothing of the track is there for so long, in ticks of [`CLOCK`].
    pub empty: i64,
    /// In ticks of [`CLOCK`].
    pub shown: i64,
}

/// Why there is no clip.
#[derive(Debug)]
pub enum Unplanned {
    /// Nothing before its end can be decoded by itself; the first moment behind it that can, if the sources have one (wall
    /// clock, milliseconds).
    NoKeyFrame(Option<i64>),
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Unplanned {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

/// The samples of one segment: per track of the init segment.
type Parsed = Vec<Vec<Sample>>;

/// Works out a clip from `start` to `end` (wall clock, milliseconds). The first source that ends behind `start` shows it.
pub fn plan(init: &[u8], sources: &[Source], segments: Vec<Parsed>, start: i64, end: i64) -> Result<Plan, Unplanned> {
    let tracks = tracks(init).context("reading an init segment")?;
    if segments.len() != sources.len() {
        return Err(anyhow!("segments and their places differ in number").into());
    }
    let timeline = Timeline::new(&tracks, sources, segments);
    let shown_from = timeline.media_time(sources, start).context("nothing was recorded there")?;
    let shown_until = timeline.media_time(sources, end).context("nothing was recorded there")?;
    let main = tracks.iter().position(|track| track.video).unwrap_or(0);
    let Some(from) = timeline.key_frame(main, shown_from) else { return Err(Unplanned::NoKeyFrame(None)) };
    let begins = timeline.ticks(main, from.pts());
    let begin = shown_from.max(begins);
    if shown_until <= begin {
        return Err(Unplanned::NoKeyFrame(timeline.wall_time(sources, begins)));
    }
    let mut plan =
        Plan { tracks: Vec::new(), ranges: Vec::new(), duration: shown_until - begin, late: begin - shown_from };
    let mut chosen = Vec::new();
    for (n, track) in tracks.iter().enumerate() {
        chosen.push(timeline.choose(n, track.video.then_some(from.dts), begin, shown_until));
    }
    let mut place = 0;
    let mut chunks: Vec<(Vec<u32>, Vec<usize>)> = vec![Default::default(); tracks.len()];
    for source in 0..sources.len() {
        for (track, samples) in chosen.iter().enumerate() {
            let here = samples.iter().filter(|(of, _)| *of == source);
            let mut count = 0;
            for (_, sample) in here {
                count += 1;
                let length = u64::from(sample.size);
                match plan.ranges.last_mut() {
                    Some(last) if last.source == source && last.offset + last.length == sample.offset => {
                        last.length += length
                    }
                    _ => plan.ranges.push(Range { source, offset: sample.offset, length }),
                }
            }
            if count > 0
                && let Some((counts, places)) = chunks.get_mut(track)
            {
                counts.push(count);
                places.push(place);
                place += 1;
            }
        }
    }
    for ((track, samples), (chunks, places)) in tracks.into_iter().zip(chosen).zip(chunks) {
        let samples: Vec<Sample> = samples.into_iter().map(|(_, sample)| sample).collect();
        plan.tracks.extend(planned(track, samples, chunks, places, begin, shown_until));
    }
    if plan.tracks.is_empty() {
        return Err(anyhow!("the clip is empty").into());
    }
    Ok(plan)
}

/// Counts a track's times from its first sample on; none when it has no sample.
fn planned(
    track: Track,
    mut samples: Vec<Sample>,
    chunks: Vec<u32>,
    places: Vec<usize>,
    begin: i64,
    until: i64,
) -> Option<PlannedTrack> {
    let first = samples.first()?.dts;
    let clock = i64::from(track.clock);
    let earliest = samples.iter().map(Sample::pts).min()?;
    let last = samples.iter().map(|sample| sample.pts() + i64::from(sample.duration)).max()?;
    let wanted = scale(begin, CLOCK, clock);
    let (shown_from, empty) = match wanted < earliest {
        true => (earliest, (scale(earliest, clock, CLOCK) - begin).max(0)),
        false => (wanted, 0),
    };
    let shown = scale(last, clock, CLOCK).min(until) - begin - empty;
    for sample in &mut samples {
        sample.dts -= first;
    }
    // Where a segment is missing or a run was joined, the sample before lasts until the next one.
    let next: Vec<i64> = samples.iter().skip(1).map(|sample| sample.dts).collect();
    for (sample, next) in samples.iter_mut().zip(next) {
        sample.duration = u32::try_from(next - sample.dts).unwrap_or(sample.duration);
    }
    Some(PlannedTrack { track, samples, chunks, places, shown_from: shown_from - first, empty, shown: shown.max(1) })
}

/// Samples of all segments on one clock: a run behind a break begins where the one before ended.
struct Timeline {
    clocks: Vec<i64>,
    segments: Vec<Parsed>,
    /// When each segment's first picture is shown and when its last one ends, in ticks.
    bounds: Vec<(i64, i64)>,
    main: usize,
}

impl Timeline {
    fn new(tracks: &[Track], sources: &[Source], mut segments: Vec<Parsed>) -> Self {
        let clocks: Vec<i64> = tracks.iter().map(|track| i64::from(track.clock)).collect();
        let main = tracks.iter().position(|track| track.video).unwrap_or(0);
        let mut end = 0;
        let mut shift = 0;
        for (n, (source, segment)) in sources.iter().zip(&mut segments).enumerate() {
            let ticks = |track: usize, time: i64| scale(time, clocks.get(track).copied().unwrap_or(1), CLOCK);
            let firsts = segment.iter().enumerate().filter_map(|(track, all)| Some(ticks(track, all.first()?.dts)));
            let first = firsts.min().unwrap_or(end);
            if n == 0 || source.breaks {
                shift = end - first;
            }
            for (samples, clock) in segment.iter_mut().zip(&clocks) {
                let shift = scale(shift, CLOCK, *clock);
                samples.iter_mut().for_each(|sample| sample.dts += shift);
            }
            let ends = segment.iter().enumerate().filter_map(|(track, all)| {
                let last = all.last()?;
                Some(ticks(track, last.dts + i64::from(last.duration)))
            });
            end = ends.max().unwrap_or(end).max(end);
        }
        let mut timeline = Self { clocks, segments, bounds: Vec::new(), main };
        timeline.bounds = timeline.segments.iter().map(|segment| timeline.bounds_of(segment)).collect();
        timeline
    }

    fn ticks(&self, track: usize, time: i64) -> i64 {
        scale(time, self.clocks.get(track).copied().unwrap_or(1), CLOCK)
    }

    fn bounds_of(&self, segment: &Parsed) -> (i64, i64) {
        let main = segment.get(self.main).filter(|samples| !samples.is_empty());
        let found = main.map(|samples| (self.main, samples));
        let any = || segment.iter().enumerate().find(|(_, samples)| !samples.is_empty());
        let Some((track, samples)) = found.or_else(any) else { return (0, 0) };
        let first = samples.iter().map(Sample::pts).min().unwrap_or_default();
        let last = samples.iter().map(|sample| sample.pts() + i64::from(sample.duration)).max().unwrap_or_default();
        (self.ticks(track, first), self.ticks(track, last))
    }

    /// The media time of a moment on the wall clock.
    fn media_time(&self, sources: &[Source], at: i64) -> Option<i64> {
        let places = sources.iter().zip(&self.bounds);
        let (source, (first, last)) =
            places.clone().rfind(|(source, _)| source.start <= at).or(places.clone().next())?;
        Some((first + (at - source.start).max(0) * CLOCK / 1000).min(*last))
    }

    /// The moment on the wall clock at which media of that time is shown.
    fn wall_time(&self, sources: &[Source], time: i64) -> Option<i64> {
        let mut places = sources.iter().zip(&self.bounds);
        let (source, (first, _)) = places.rfind(|(_, (first, _))| *first <= time)?;
        // Rounded up: a clip that begins there finds the picture.
        Some(source.start + ((time - first) * 1000 + CLOCK - 1) / CLOCK)
    }

    /// The last key frame shown at `time` or before, else the first one.
    fn key_frame(&self, track: usize, time: i64) -> Option<Sample> {
        let keys = self.segments.iter().filter_map(|segment| segment.get(track)).flatten().filter(|sample| sample.key);
        let early = keys.clone().rfind(|key| self.ticks(track, key.pts()) <= time);
        early.or(keys.clone().next()).copied()
    }

    /// A track's samples for the clip with the segment each is from: pictures from a decoding time on, sounds from the
    /// one before the beginning on, which decoders need to get going.
    fn choose(&self, track: usize, from: Option<i64>, begin: i64, until: i64) -> Vec<(usize, Sample)> {
        let all: Vec<(usize, Sample)> = self
            .segments
            .iter()
            .enumerate()
            .flat_map(|(source, segment)| segment.get(track).into_iter().flatten().map(move |sample| (source, *sample)))
            .collect();
        let first = match from {
            Some(dts) => all.iter().position(|(_, sample)| sample.dts >= dts),
            None => all
                .iter()
                .position(|(_, sample)| self.ticks(track, sample.pts() + i64::from(sample.duration)) > begin)
                .map(|first| first.saturating_sub(1)),
        };
        let last = all.iter().rposition(|(_, sample)| self.ticks(track, sample.pts()) < until);
        match (first, last) {
            (Some(first), Some(last)) => all.get(first..=last).map(<[_]>::to_vec).unwrap_or_default(),
            _ => Vec::new(),
        }
    }
}

/// From one clock to another.
fn scale(time: i64, from: i64, to: i64) -> i64 {
    (i128::from(time) * i128::from(to)).div_euclid(i128::from(from.max(1))) as i64
}
