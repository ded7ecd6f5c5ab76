//! One run of ffmpeg: the source's parts go in as they are made, rungs come out, until the source's configuration changes.
//! Nothing of it touches the source: it is read from what is kept for players, and a run that is too slow loses its place.

use super::mkv::{Piece, Reader};
use super::renditions::{Rendition, Renditions};
use super::rules::{self, Rung};
use crate::StreamInfo;
use crate::flv::{self, Tag};
use crate::hls::{Cursor, HlsStream, Step};
use crate::packager::{Cuts, Output, Packager};
use anyhow::{Context, anyhow, bail, ensure};
use bytes::Bytes;
use events::{Millis, RoomId};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// How long the rest may take once everything is in.
const FAREWELL: Duration = Duration::from_secs(10);
/// Parts that may go in without anything coming out.
const SILENT_PARTS: u64 = 60;
const SILENCE: Duration = Duration::from_secs(10);
/// Of what ffmpeg says, this much of the end is kept.
const SAID: usize = 2_000;
/// Parts whose times are remembered: more than a stream keeps.
const MOMENTS: usize = 1_024;

/// How a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The show is over.
    Over,
    /// What comes next needs another init segment; it begins here.
    Changed(Cursor),
}

pub(super) struct Run<'a> {
    pub ffmpeg: &'a str,
    pub room: RoomId,
    pub source: Arc<HlsStream>,
    /// What the source looks like.
    pub info: StreamInfo,
    pub cuts: Cuts,
    pub rungs: Vec<Rung>,
    pub renditions: &'a Renditions,
    /// Whether the source is still the room's.
    pub is_current: &'a (dyn Fn() -> bool + Sync),
}

impl Run<'_> {
    /// Runs from a segment's beginning on.
    pub async fn run(&self, mut cursor: Cursor) -> anyhow::Result<End> {
        let begin = cursor;
        let Some((first, init)) = self.next(&mut cursor).await? else { return Ok(End::Over) };
        let init_data = self.source.init_segment(init).context("the init segment is gone")?;
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
        let fed = AtomicU64::new(0);
        let mut outputs = Outputs::new(self, begin.sequence);
        let result = {
            let feed = self.feed(stdin, (init, init_data, first), cursor, &moments, &fed);
            let read = read(stdout, &mut outputs, &moments, &fed);
            tokio::pin!(feed, read);
            tokio::select! {
                end = &mut feed => match end {
                    Ok(end) => timeout(FAREWELL, read).await.context("the rest did not come")?.map(|()| end),
                    Err(error) => Err(error),
                },
                read = &mut read => read.and_then(|()| Err(anyhow!("`ffmpeg` ended"))),
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
        Command::new(self.ffmpeg)
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
            .with_context(|| format!("starting `{}`", self.ffmpeg))
    }

    /// The next part and the number of its init segment; `None` when there will be none.
    async fn next(&self, cursor: &mut Cursor) -> anyhow::Result<Option<((Bytes, crate::hls::Part), u64)>> {
        loop {
            // A stream that was given up is never ended.
            let Ok(step) = timeout(Duration::from_secs(5), self.source.follow(cursor)).await else {
                if (self.is_current)() {
                    continue;
                }
                return Ok(None);
            };
            return match step {
                Step::Part { data, part, init } => Ok(Some(((data, part), init))),
                Step::Lost => bail!("this machine is too slow for the ladder"),
                Step::Ended => Ok(None),
            };
        }
    }

    async fn feed(
        &self,
        mut stdin: ChildStdin,
        (init, init_data, first): (u64, Bytes, (Bytes, crate::hls::Part)),
        mut cursor: Cursor,
        moments: &Mutex<Moments>,
        fed: &AtomicU64,
    ) -> anyhow::Result<End> {
        stdin.write_all(&init_data).await?;
        let mut part = first;
        loop {
            moments.lock().add(part.1.shown / 90, part.1.arrived);
            stdin.write_all(&part.0).await?;
            fed.fetch_add(1, Ordering::Relaxed);
            match self.next(&mut cursor).await? {
                None => return Ok(End::Over),
                // It was the first part of its segment: that is where init segments change.
                Some((_, other)) if other != init => return Ok(End::Changed(Cursor { part: 0, ..cursor })),
                Some((next, _)) => part = next,
            }
        }
    }
}

async fn read(
    mut stdout: ChildStdout,
    outputs: &mut Outputs<'_>,
    moments: &Mutex<Moments>,
    fed: &AtomicU64,
) -> anyhow::Result<()> {
    let mut reader = Reader::default();
    let mut pieces = Vec::new();
    let mut fed_then = 0;
    loop {
        let Ok(read) = timeout(SILENCE, stdout.read_buf(reader.input())).await else {
            if fed.load(Ordering::Relaxed) > fed_then + SILENT_PARTS {
                bail!("`ffmpeg` makes nothing of what it gets");
            }
            continue;
        };
        if read? == 0 {
            return Ok(());
        }
        fed_then = fed.load(Ordering::Relaxed);
        reader.take(&mut pieces)?;
        for piece in pieces.drain(..) {
            outputs.take(piece, &moments.lock())?;
        }
    }
}

/// When what is shown at a moment of the source's clock came in.
#[derive(Debug, Default)]
struct Moments(VecDeque<(i64, Millis)>);

impl Moments {
    fn add(&mut self, shown_ms: i64, arrived: Millis) {
        if self.0.len() >= MOMENTS {
            self.0.pop_front();
        }
        self.0.push_back((shown_ms, arrived));
    }

    fn at(&self, ms: i64) -> Millis {
        let known = self.0.iter().rev().find(|(shown_ms, _)| *shown_ms <= ms).or_else(|| self.0.front());
        known.map_or(Millis(0), |(shown_ms, arrived)| arrived.plus_ms(ms - shown_ms))
    }
}

/// The rungs' own packagers and streams.
struct Outputs<'a> {
    run: &'a Run<'a>,
    /// The segment of the source that the first frame belongs to.
    sequence: u64,
    rungs: Vec<Made>,
    /// The track numbers that ffmpeg gave, and what they are: a rung, or sound for all.
    tracks: Vec<(u64, Option<usize>)>,
    made: Vec<Output>,
}

struct Made {
    lines: u32,
    /// Configurations that came before the clock was known.
    configs: Vec<Tag>,
    packager: Option<Packager>,
    stream: Option<Arc<HlsStream>>,
}

impl<'a> Outputs<'a> {
    fn new(run: &'a Run<'a>, sequence: u64) -> Self {
        let made = |rung: &Rung| Made { lines: rung.lines, configs: Vec::new(), packager: None, stream: None };
        Self { run, sequence, rungs: run.rungs.iter().map(made).collect(), tracks: Vec::new(), made: Vec::new() }
    }

    fn take(&mut self, piece: Piece, moments: &Moments) -> anyhow::Result<()> {
        match piece {
            Piece::Track { number, codec, config } => self.track(number, &codec, &config),
            Piece::Frame { track, at_ms, key, data } => {
                let Some((_, rung)) = self.tracks.iter().find(|(number, _)| *number == track) else { return Ok(()) };
                ensure!(at_ms >= 0, "times of the ladder are not the source's");
                let arrived = moments.at(at_ms);
                let (from, to, tag) = match *rung {
                    Some(rung) => (rung, rung + 1, Tag::Video { key, composition_ms: 0, data }),
                    None => (0, self.rungs.len(), Tag::Audio { data }),
                };
                for n in from..to {
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

    fn push(&mut self, rung: usize, tag: Tag, at_ms: i64, arrived: Millis) {
        let Some(made) = self.rungs.get_mut(rung) else { return };
        let packager = made.packager.get_or_insert_with(|| Packager::new(self.run.cuts));
        for config in made.configs.drain(..) {
            packager.push(config, at_ms, arrived, &mut self.made);
        }
        packager.push(tag, at_ms, arrived, &mut self.made);
        self.publish(rung);
    }

    fn publish(&mut self, rung: usize) {
        let Some(made) = self.rungs.get_mut(rung) else { return };
        for output in self.made.drain(..) {
            match output {
                Output::Init { data, info } => {
                    let known = self.run.renditions.find(self.run.room, made.lines);
                    let goes_on = |known: &Arc<HlsStream>| {
                        known.broadcast == self.run.source.broadcast && known.edge().sequence == self.sequence
                    };
                    let begin = || Arc::new(self.run.source.rung(Rendition::prefix(made.lines), self.sequence));
                    // Within a run only the first init segment may begin a stream.
                    let stream = made.stream.clone().or(known.filter(goes_on)).unwrap_or_else(begin);
                    stream.init(data);
                    let rendition = Rendition { lines: made.lines, info, stream: stream.clone() };
                    self.run.renditions.put(self.run.room, &self.run.source, &self.run.info, rendition);
                    made.stream = Some(stream);
                }
                Output::Fragment(fragment) => {
                    metrics::counter!("kaibo_media_ladder_parts_total").increment(1);
                    if let Some(stream) = &made.stream {
                        stream.push(fragment);
                    }
                }
            }
        }
    }

    fn finish(&mut self) {
        for rung in 0..self.rungs.len() {
            if let Some(packager) = self.rungs.get_mut(rung).and_then(|made| made.packager.as_mut()) {
                packager.finish(&mut self.made);
            }
            self.publish(rung);
        }
    }

    fn end(&self) {
        self.rungs.iter().filter_map(|made| made.stream.as_ref()).for_each(|stream| drop(stream.end()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_the_source_s() {
        let mut moments = Moments::default();
        assert_eq!(moments.at(5), Millis(0));
        moments.add(10_000, Millis(1_000_000));
        moments.add(10_200, Millis(1_000_230));
        assert_eq!(moments.at(10_000), Millis(1_000_000));
        assert_eq!(moments.at(10_199), Millis(1_000_199));
        assert_eq!(moments.at(10_300), Millis(1_000_330));
        assert_eq!(moments.at(9_990), Millis(999_990));
        (0..5_000).for_each(|n| moments.add(20_000 + n, Millis(n)));
        assert_eq!(moments.0.len(), MOMENTS);
    }
}
