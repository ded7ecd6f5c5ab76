//! One run of ffmpeg: the source's parts go in as they are made, rungs come out, until the source's configuration changes.
//! Nothing of it touches the source: it is read from what is kept for players, and a run that is too slow loses its place.

use super::capacity::Capacity;
use super::lag::Lag;
use super::mkv::{self, Reader};
use super::renditions::{Made, Rendition, Renditions};
use super::rules::{self, Rung};
use super::source::{Piece, Source, TooSlow};
use crate::flv::{self, Tag};
use crate::hls::{Cursor, HlsStream};
use crate::packager::{Cuts, Output as Packed, Packager};
use anyhow::{Context, anyhow, bail, ensure};
use bytes::Bytes;
use events::{Millis, RoomId};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{sleep, timeout};

/// How long the rest may take once everything is in.
const FAREWELL: Duration = Duration::from_secs(10);
/// How often it is looked whether what comes out is late.
const LOOK: Duration = Duration::from_millis(500);
/// Of what ffmpeg says, this much of the end is kept.
const SAID: usize = 2_000;
/// Parts whose times are remembered: more than a stream keeps.
const MOMENTS: usize = 1_024;
/// Encoders look ahead: a 4K source with three rungs needs a quarter of this.
const MOST_MEMORY: u64 = 4 << 30;

/// How a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The show is over.
    Over,
    /// What comes next needs another init segment, or other rungs; it begins here.
    Changed(Cursor),
}

pub(super) struct Run<'a> {
    pub ffmpeg: &'a str,
    pub room: RoomId,
    pub source: &'a Source,
    pub cuts: Cuts,
    pub rungs: Vec<Rung>,
    pub renditions: &'a Renditions,
    pub capacity: &'a Capacity,
    /// Whether rungs should be made anew, asked at each segment.
    pub outdated: &'a (dyn Fn(&[Rung]) -> bool + Sync),
}

impl Run<'_> {
    /// Runs from a segment's beginning on.
    pub async fn run(&self, begin: Cursor) -> anyhow::Result<End> {
        let mut cursor = begin;
        let Some(first) = self.source.next(&mut cursor).await? else { return Ok(End::Over) };
        let init = self.source.stream.init_segment(first.init).context("the init segment is gone")?;
        let mut child = self.start()?;
        let (Some(stdin), Some(stdout), Some(mut stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            bail!("`ffmpeg` has no pipes");
        };
        let said = tokio::spawn(async move {
            let (mut said, mut piece) = (Vec::new(), [0; 1024]);
            while let Ok(read @ 1..) = stderr.read(&mut piece).await {
                said.extend_from_slice(piece.get(..read).unwrap_or_default());
                said.drain(..said.len().saturating_sub(SAID));
            }
            String::from_utf8_lossy(&said).trim().to_owned()
        });
        let moments = Mutex::new(Moments::default());
        let mut outputs = Outputs::new(self, begin.sequence, first.part.arrived);
        let newest = outputs.newest.clone();
        let result = {
            let feed = self.feed(stdin, init, first, cursor, &moments);
            let read = read(stdout, &mut outputs, &moments);
            tokio::pin!(feed, read);
            tokio::select! {
                end = &mut feed => match end {
                    Ok(end) => timeout(FAREWELL, read).await.context("the rest did not come")?.map(|()| end),
                    Err(error) => Err(error),
                },
                read = &mut read => read.and_then(|()| Err(anyhow!("`ffmpeg` ended"))),
                error = self.behind(&newest) => Err(error),
            }
        };
        match result {
            Ok(end) => {
                outputs.finish();
                if end == End::Over {
                    outputs.end();
                }
                Ok(end)
            }
            Err(error) => {
                child.start_kill().ok();
                let said = timeout(Duration::from_secs(2), said).await.ok().and_then(Result::ok).unwrap_or_default();
                Err(if said.is_empty() { error } else { error.context(said) })
            }
        }
    }

    fn start(&self) -> anyhow::Result<Child> {
        let child = Command::new(self.ffmpeg)
            .args("-nostdin -hide_banner -loglevel error -protocol_whitelist file,pipe".split(' '))
            .args("-analyzeduration 1000000 -probesize 1000000 -copyts -f mp4 -i pipe:0".split(' '))
            .args(rules::encoders(&self.rungs))
            .args("-max_interleave_delta 1000000 -flush_packets 1 -live 1 -cluster_time_limit 1".split(' '))
            .args("-f matroska pipe:1".split(' '))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting `{}`", self.ffmpeg))?;
        app::child::confine(&child, MOST_MEMORY);
        Ok(child)
    }

    async fn feed(
        &self,
        mut stdin: ChildStdin,
        init: Bytes,
        first: Piece,
        mut cursor: Cursor,
        moments: &Mutex<Moments>,
    ) -> anyhow::Result<End> {
        stdin.write_all(&init).await?;
        let number = first.init;
        let (mut piece, mut begins) = (first, false);
        loop {
            moments.lock().add(piece.part.shown / 90, piece.part.arrived, begins);
            stdin.write_all(&piece.data).await?;
            let Some(next) = self.source.next(&mut cursor).await? else { return Ok(End::Over) };
            // Init segments change where a segment begins.
            begins = cursor.part == 1;
            if next.init != number || (begins && (self.outdated)(&self.rungs)) {
                return Ok(End::Changed(Cursor { part: 0, ..cursor }));
            }
            piece = next;
        }
    }

    /// Comes back when what comes out is late for too long, and no other ladder has just made room for this one.
    async fn behind(&self, newest: &AtomicI64) -> anyhow::Error {
        let mut lag = Lag::default();
        loop {
            sleep(LOOK).await;
            let there = self.source.stream.newest_arrived().map_or(0, |arrived| arrived.0);
            let behind_ms = there - newest.load(Ordering::Relaxed);
            if lag.look(behind_ms, Instant::now()) && self.capacity.gives_way(Instant::now()) {
                return anyhow!(TooSlow).context(format!("its rungs are {behind_ms} ms behind"));
            }
        }
    }
}

async fn read(mut stdout: ChildStdout, outputs: &mut Outputs<'_>, moments: &Mutex<Moments>) -> anyhow::Result<()> {
    let mut reader = Reader::default();
    let mut pieces = Vec::new();
    while stdout.read_buf(reader.input()).await? > 0 {
        reader.take(&mut pieces)?;
        for piece in pieces.drain(..) {
            outputs.take(piece, &moments.lock())?;
        }
    }
    Ok(())
}

/// What the rungs need to know of the source, on its clock.
#[derive(Debug, Default)]
struct Moments {
    /// When what is shown at a moment came in.
    arrived: VecDeque<(i64, Millis)>,
    /// Where segments after the run's first begin.
    segments: Vec<i64>,
}

impl Moments {
    fn add(&mut self, shown_ms: i64, arrived: Millis, begins_segment: bool) {
        if self.arrived.len() >= MOMENTS {
            self.arrived.pop_front();
        }
        self.arrived.push_back((shown_ms, arrived));
        if begins_segment {
            self.segments.push(shown_ms);
        }
    }

    fn at(&self, ms: i64) -> Millis {
        let before = self.arrived.iter().rev().find(|(shown_ms, _)| *shown_ms <= ms);
        let known = before.or_else(|| self.arrived.front());
        known.map_or(Millis(0), |(shown_ms, arrived)| arrived.plus_ms(ms - shown_ms))
    }
}

/// The rungs' own packagers and streams.
struct Outputs<'a> {
    run: &'a Run<'a>,
    /// The segment of the source that the first frame belongs to.
    sequence: u64,
    rungs: Vec<Output>,
    /// The track numbers that ffmpeg gave, and what they are: a rung, or sound for all.
    tracks: Vec<(u64, Option<usize>)>,
    packed: Vec<Packed>,
    /// When the newest of the rung that is furthest behind had arrived in the source.
    newest: Arc<AtomicI64>,
}

struct Output {
    lines: u32,
    /// Configurations that came before the clock was known.
    configs: Vec<Tag>,
    packager: Packager,
    /// Of the source's segments, so many were told to the packager.
    segments: usize,
    stream: Option<Arc<HlsStream>>,
    newest: Millis,
}

impl<'a> Outputs<'a> {
    fn new(run: &'a Run<'a>, sequence: u64, begin: Millis) -> Self {
        let output = |rung: &Rung| Output {
            lines: rung.lines,
            configs: Vec::new(),
            packager: Packager::told(run.cuts),
            segments: 0,
            stream: None,
            newest: begin,
        };
        let newest = Arc::new(AtomicI64::new(begin.0));
        let rungs = run.rungs.iter().map(output).collect();
        Self { run, sequence, rungs, tracks: Vec::new(), packed: Vec::new(), newest }
    }

    fn take(&mut self, piece: mkv::Piece, moments: &Moments) -> anyhow::Result<()> {
        match piece {
            mkv::Piece::Track { number, codec, config } => self.track(number, &codec, &config),
            mkv::Piece::Frame { track, at_ms, key, data } => {
                let Some((_, rung)) = self.tracks.iter().find(|(number, _)| *number == track) else { return Ok(()) };
                ensure!(at_ms >= 0, "times of the ladder are not the source's");
                let arrived = moments.at(at_ms);
                let (from, to, tag) = match *rung {
                    Some(rung) => (rung, rung + 1, Tag::Video { key, composition_ms: 0, data }),
                    None => (0, self.rungs.len(), Tag::Audio { data }),
                };
                for n in from..to {
                    self.follow(n, &moments.segments);
                    self.push(n, tag.clone(), at_ms, arrived);
                }
                Ok(())
            }
        }
    }

    /// Pictures come in the order of the rungs, then the sound.
    fn track(&mut self, number: u64, codec: &str, config: &[u8]) -> anyhow::Result<()> {
        let video = self.tracks.iter().filter(|(_, rung)| rung.is_some()).count();
        if codec == "V_MPEG4/ISO/AVC" && video < self.rungs.len() {
            let tag = flv::video([&[0x17, 0, 0, 0, 0], config].concat().into())?;
            self.tracks.push((number, Some(video)));
            if let Some(rung) = self.rungs.get_mut(video) {
                rung.configs.push(tag);
            }
        } else if codec.starts_with("A_AAC") {
            let tag = flv::audio([&[0xaf, 0], config].concat().into())?;
            self.tracks.push((number, None));
            self.rungs.iter_mut().for_each(|rung| rung.configs.push(tag.clone()));
        }
        Ok(())
    }

    /// Rungs are cut where the source is: their segments have the same numbers.
    fn follow(&mut self, rung: usize, segments: &[i64]) {
        let Some(output) = self.rungs.get_mut(rung) else { return };
        segments.iter().skip(output.segments).for_each(|at_ms| output.packager.begin_segment(*at_ms));
        output.segments = segments.len();
    }

    fn push(&mut self, rung: usize, tag: Tag, at_ms: i64, arrived: Millis) {
        let Some(output) = self.rungs.get_mut(rung) else { return };
        for config in output.configs.drain(..) {
            output.packager.push(config, at_ms, arrived, &mut self.packed);
        }
        output.packager.push(tag, at_ms, arrived, &mut self.packed);
        self.publish(rung);
    }

    fn publish(&mut self, rung: usize) {
        let Some(output) = self.rungs.get_mut(rung) else { return };
        let Run { room, source, renditions, .. } = self.run;
        for packed in self.packed.drain(..) {
            match packed {
                Packed::Init { data, info } => {
                    let known = renditions.going_on(*room, output.lines);
                    let goes_on = |known: &Arc<HlsStream>| {
                        known.broadcast == source.stream.broadcast && known.edge().sequence == self.sequence
                    };
                    let begin = || Arc::new(source.stream.rung(Rendition::prefix(output.lines), self.sequence));
                    // Within a run only the first init segment may begin a stream.
                    let stream = output.stream.clone().or(known.filter(goes_on)).unwrap_or_else(begin);
                    stream.init(data);
                    let made = Made { info, stream: stream.clone() };
                    renditions.put(*room, &source.stream, output.lines, made);
                    output.stream = Some(stream);
                }
                Packed::Fragment(fragment) => {
                    metrics::counter!("kaibo_media_ladder_parts_total").increment(1);
                    output.newest = output.newest.max(fragment.arrived);
                    if let Some(stream) = &output.stream {
                        stream.push(fragment);
                    }
                }
            }
        }
        let newest = self.rungs.iter().map(|output| output.newest.0).min().unwrap_or_default();
        self.newest.store(newest, Ordering::Relaxed);
    }

    fn finish(&mut self) {
        for rung in 0..self.rungs.len() {
            if let Some(output) = self.rungs.get_mut(rung) {
                output.packager.finish(&mut self.packed);
            }
            self.publish(rung);
        }
    }

    fn end(&self) {
        self.rungs.iter().filter_map(|output| output.stream.as_ref()).for_each(|stream| drop(stream.end()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_the_source_s() {
        let mut moments = Moments::default();
        assert_eq!(moments.at(5), Millis(0));
        moments.add(10_000, Millis(1_000_000), false);
        moments.add(10_200, Millis(1_000_230), true);
        assert_eq!(moments.at(10_000), Millis(1_000_000));
        assert_eq!(moments.at(10_199), Millis(1_000_199));
        assert_eq!(moments.at(10_300), Millis(1_000_330));
        assert_eq!(moments.at(9_990), Millis(999_990));
        (0..5_000).for_each(|n| moments.add(20_000 + n, Millis(n), false));
        assert_eq!((moments.arrived.len(), moments.segments), (MOMENTS, vec![10_200]));
    }
}
