//! What players can choose from: the source, the rungs that are promised or made, and the multivariant playlist over them.

use super::rules::{Rung, SOUND_KBPS};
use crate::StreamInfo;
use crate::hls::HlsStream;
use app::Stop;
use events::{BroadcastId, RoomId};
use parking_lot::RwLock;
use std::collections::{HashMap, VecDeque};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// The source's own playlist, beside the rungs'.
pub(crate) const SOURCE: &str = "source.m3u8";
/// Configurations of a source that are remembered: a stream keeps no more segments.
const CONFIGURATIONS: usize = 64;
/// A rung that was promised is waited for so long.
const PROMISE: Duration = Duration::from_secs(5);

/// A rung that players may choose: promised at first, then made.
#[derive(Debug, Clone)]
pub(crate) struct Rendition {
    pub rung: Rung,
    made: watch::Sender<Option<Made>>,
    /// Cancelled when it is on offer no more.
    gone: Stop,
}

#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub info: StreamInfo,
    pub stream: Arc<HlsStream>,
}

impl Rendition {
    fn new(rung: Rung) -> Self {
        Self { rung, made: watch::Sender::new(None), gone: Stop::new() }
    }

    pub fn made(&self) -> Option<Made> {
        self.made.borrow().clone()
    }

    pub fn playlist(lines: u32) -> String {
        format!("{lines}p.m3u8")
    }

    pub fn prefix(lines: u32) -> String {
        format!("{lines}p-")
    }
}

/// What a room shows and offers.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    broadcast: BroadcastId,
    /// What the source looks like, by the numbers of its init segments, newest last.
    configurations: VecDeque<(u64, StreamInfo)>,
    /// Largest first.
    pub rungs: Vec<Rendition>,
    /// On offer no more, but their players still fetch what was listed.
    past: Vec<Rendition>,
}

impl Offer {
    fn new(broadcast: BroadcastId) -> Self {
        Self { broadcast, configurations: VecDeque::new(), rungs: Vec::new(), past: Vec::new() }
    }

    pub fn source(&self) -> Option<&StreamInfo> {
        self.configurations.back().map(|(_, info)| info)
    }

    fn with(mut self, init: u64, info: StreamInfo) -> Self {
        self.configurations.retain(|(number, _)| *number != init);
        self.configurations.push_back((init, info));
        self.configurations.drain(..self.configurations.len().saturating_sub(CONFIGURATIONS));
        self
    }

    fn of(&self, lines: u32) -> Option<&Rendition> {
        self.rungs.iter().find(|rendition| rendition.rung.lines == lines)
    }
}

/// The offers of all rooms.
#[derive(Debug, Default)]
pub(crate) struct Renditions(RwLock<HashMap<RoomId, Arc<Offer>>>);

impl Renditions {
    pub fn of(&self, room: RoomId) -> Option<Arc<Offer>> {
        self.0.read().get(&room).cloned()
    }

    /// The room's source has an init segment of this number.
    pub fn configured(&self, room: RoomId, broadcast: BroadcastId, init: u64, info: StreamInfo) {
        let mut all = self.0.write();
        // Another show begins with nothing.
        let offer = match all.remove(&room).map(Arc::unwrap_or_clone) {
            Some(known) if known.broadcast == broadcast => known,
            other => {
                other.iter().flat_map(|other| &other.rungs).for_each(|rendition| rendition.gone.cancel());
                Offer::new(broadcast)
            }
        };
        all.insert(room, Arc::new(offer.with(init, info)));
    }

    /// What the source looks like with this init segment.
    pub fn configuration(&self, room: RoomId, init: u64) -> Option<StreamInfo> {
        let offer = self.of(room)?;
        let found = offer.configurations.iter().find(|(number, _)| *number == init);
        found.map(|(_, info)| info.clone())
    }

    /// These rungs are on offer from now on, and no others. Those that were on offer before stay what they are. Answers
    /// whether any has gone.
    pub fn offer(&self, room: RoomId, source: &Arc<HlsStream>, rungs: &[Rung]) -> bool {
        let mut gone = false;
        self.of_show(room, source, |offer| {
            let old = std::mem::take(&mut offer.rungs);
            offer.rungs = rungs.iter().copied().map(Rendition::new).collect();
            for mut rendition in old {
                if let Some(same) = offer.rungs.iter_mut().find(|new| new.rung.lines == rendition.rung.lines) {
                    rendition.rung = same.rung;
                    *same = rendition;
                } else {
                    rendition.gone.cancel();
                    offer.past.retain(|past| past.rung.lines != rendition.rung.lines);
                    offer.past.push(rendition);
                    gone = true;
                }
            }
        });
        gone
    }

    /// A rung begins, or begins anew. It may be on offer no more.
    pub fn put(&self, room: RoomId, source: &Arc<HlsStream>, lines: u32, made: Made) {
        self.of_show(room, source, |offer| {
            if let Some(rendition) = offer.of(lines) {
                rendition.made.send_replace(Some(made));
            }
        });
    }

    /// Frees what nobody fetches any more.
    pub fn forget_past(&self, room: RoomId, source: &Arc<HlsStream>) {
        self.of_show(room, source, |offer| offer.past.clear());
    }

    /// Only rooms with media stay.
    pub fn retain(&self, has_media: impl Fn(&RoomId) -> bool) {
        self.0.write().retain(|room, _| has_media(room));
    }

    /// What is made of a rung on offer.
    pub fn going_on(&self, room: RoomId, lines: u32) -> Option<Arc<HlsStream>> {
        Some(self.of(room)?.of(lines)?.made()?.stream)
    }

    /// The media of a rung, also of one that has just gone.
    pub fn find(&self, room: RoomId, lines: u32) -> Option<Arc<HlsStream>> {
        let offer = self.of(room)?;
        let past = || offer.past.iter().find(|past| past.rung.lines == lines)?.made();
        Some(offer.of(lines).and_then(Rendition::made).or_else(past)?.stream)
    }

    /// A rung on offer, once it can be played, and what tells when it has gone. A promise is waited for a little.
    pub async fn playable(&self, room: RoomId, lines: u32) -> Option<(Arc<HlsStream>, Stop)> {
        let rendition = self.of(room)?.of(lines)?.clone();
        let begun = async {
            let mut made = rendition.made.subscribe();
            let stream = made.wait_for(Option::is_some).await.ok()?.clone()?.stream;
            stream.begun().await;
            Some(stream)
        };
        let stream = tokio::select! {
            begun = timeout(PROMISE, begun) => begun.ok()??,
            () = rendition.gone.cancelled() => return None,
        };
        Some((stream, rendition.gone))
    }

    /// Changes what the show of `source` offers, while it is the room's.
    fn of_show(&self, room: RoomId, source: &Arc<HlsStream>, work: impl FnOnce(&mut Offer)) {
        let mut all = self.0.write();
        let Some(offer) = all.get_mut(&room).filter(|offer| offer.broadcast == source.broadcast) else { return };
        let offer = Arc::make_mut(offer);
        work(offer);
        tell(source, &offer.rungs);
    }
}

/// Every playlist reports where the others stand: this is also how players learn of rungs that come and go.
fn tell(source: &Arc<HlsStream>, renditions: &[Rendition]) {
    let made = renditions.iter().filter_map(|rendition| Some((rendition.rung.lines, rendition.made()?.stream)));
    let rungs = made.map(|(lines, stream)| (Rendition::playlist(lines), stream));
    let all: Vec<(String, Arc<HlsStream>)> = rungs.chain([(SOURCE.to_owned(), source.clone())]).collect();
    for (name, stream) in &all {
        let others = all.iter().filter(|(other, _)| other != name);
        stream.set_siblings(others.map(|(other, stream)| (other.clone(), Arc::downgrade(stream))).collect());
    }
}

/// What a multivariant playlist says of a rendition.
struct Variant {
    playlist: String,
    peak_bps: u64,
    average_bps: u64,
    size: Option<(u32, u32)>,
    codecs: Vec<String>,
}

/// The playlist of playlists, best first. Rungs that are promised are in it: players load it once.
pub(crate) fn multivariant(source: &HlsStream, offer: Option<&Offer>, token: &str) -> String {
    let rates = source.rates();
    let info = offer.and_then(Offer::source).cloned().unwrap_or_default();
    let audio = info.audio_codec.clone();
    let mut variants = vec![Variant {
        playlist: SOURCE.into(),
        peak_bps: rates.peak_bps,
        average_bps: rates.average_bps,
        size: info.width.zip(info.height),
        codecs: info.video_codec.into_iter().chain(info.audio_codec).collect(),
    }];
    variants.extend(offer.iter().flat_map(|offer| &offer.rungs).map(|rendition| rung(rendition, audio.clone())));
    // Nothing smaller is told to cost more: players sort by what things cost.
    let mut least = (1, 1);
    for variant in variants.iter_mut().rev() {
        variant.average_bps = variant.average_bps.max(least.0);
        variant.peak_bps = variant.peak_bps.max(least.1).max(variant.average_bps);
        least = (variant.average_bps + 1, variant.peak_bps + 1);
    }
    let mut text = String::from("#EXTM3U\n#EXT-X-VERSION:7\n");
    for variant in &variants {
        write(&mut text, variant, rates.frame_rate, token);
    }
    text
}

fn rung(rendition: &Rendition, audio: Option<String>) -> Variant {
    let rung = &rendition.rung;
    let sound = if audio.is_some() { SOUND_KBPS } else { 0 };
    let told = |kbps: u32| (u64::from(kbps) + sound) * 1000;
    let promised = Variant {
        playlist: Rendition::playlist(rung.lines),
        peak_bps: told(rung.most_kbps()),
        average_bps: told(rung.kbps),
        size: Some((rung.width, rung.height)),
        codecs: [rung.codec()].into_iter().chain(audio).collect(),
    };
    let Some(made) = rendition.made() else { return promised };
    // A quiet beginning says nothing about what comes.
    let rates = made.stream.rates();
    let codecs = made.info.video_codec.into_iter().chain(made.info.audio_codec).collect();
    let (peak_bps, average_bps) = (promised.peak_bps.max(rates.peak_bps), promised.average_bps.max(rates.average_bps));
    Variant { peak_bps, average_bps, codecs, ..promised }
}

fn write(text: &mut String, variant: &Variant, frame_rate: f64, token: &str) {
    // Writing to a string cannot fail.
    let _ = write!(text, "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={}", variant.peak_bps, variant.average_bps);
    if let Some((width, height)) = variant.size {
        let _ = write!(text, ",RESOLUTION={width}x{height}");
    }
    if !variant.codecs.is_empty() {
        let _ = write!(text, ",CODECS=\"{}\"", variant.codecs.join(","));
    }
    // The same for all: rungs leave no picture out, and players compare it.
    if frame_rate > 0.0 {
        let _ = write!(text, ",FRAME-RATE={frame_rate:.3}");
    }
    let _ = writeln!(text, "\n{}?token={token}", variant.playlist);
}

#[cfg(test)]
mod tests {
    use super::super::rules::plan;
    use super::*;
    use crate::hls::Retention;
    use crate::packager::Fragment;
    use bytes::Bytes;
    use events::Millis;

    const RETENTION: Retention = Retention { listed: 6, segments: 9, bytes: 1 << 20, target_s: 2, part: 18_900 };

    fn show() -> Arc<HlsStream> {
        Arc::new(HlsStream::new(BroadcastId::new(), Millis(0), Millis(0), false, RETENTION))
    }

    /// Two seconds of so many bytes.
    fn add(stream: &HlsStream, bytes: usize) {
        if stream.newest().is_none() {
            stream.init(Bytes::new());
        }
        stream.push(Fragment {
            data: vec![0; bytes].into(),
            duration: 180_000,
            shown: 0,
            pictures: 50,
            independent: true,
            arrived: Millis(0),
            ends_segment: true,
        });
    }

    fn info() -> StreamInfo {
        let (width, height) = (Some(1280), Some(720));
        StreamInfo { width, height, video_codec: Some("avc1.64001f".into()), audio_codec: Some("mp4a.40.2".into()) }
    }

    fn room(source: &HlsStream) -> (Renditions, RoomId) {
        let (renditions, room) = (Renditions::default(), RoomId::new());
        renditions.configured(room, source.broadcast, source.edge().sequence, info());
        (renditions, room)
    }

    fn listed(renditions: &Renditions, room: RoomId, source: &HlsStream) -> Vec<(String, u64)> {
        let text = multivariant(source, renditions.of(room).as_deref(), "t");
        let costs = text.lines().filter_map(|line| line.strip_prefix("#EXT-X-STREAM-INF:BANDWIDTH="));
        let costs = costs.map(|rest| rest.split(',').next().unwrap().parse().unwrap());
        let names = text.lines().filter_map(|line| line.strip_suffix("?token=t")).map(str::to_owned);
        names.zip(costs).collect()
    }

    #[test]
    fn nothing_smaller_is_told_to_cost_more() {
        let source = show();
        let (renditions, room) = room(&source);
        add(&source, 500_000);
        assert_eq!(listed(&renditions, room, &source), [("source.m3u8".into(), 2_000_000)]);
        let rungs = plan(&info(), source.rates().average_bps, &[480, 360]);
        renditions.offer(room, &source, &rungs);
        let told = listed(&renditions, room, &source);
        assert_eq!(
            told.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["source.m3u8", "480p.m3u8", "360p.m3u8"]
        );
        // The source stands still for so long that what is kept of it weighs nothing.
        (0..9).for_each(|_| add(&source, 1_000));
        let told = listed(&renditions, room, &source);
        assert!(told.windows(2).all(|pair| pair[0].1 > pair[1].1), "{told:?}");
    }

    #[tokio::test]
    async fn a_promise_is_waited_for_and_what_has_gone_is_not() {
        let source = show();
        let (renditions, room) = room(&source);
        add(&source, 500_000);
        let rungs = plan(&info(), 0, &[480, 360]);
        renditions.offer(room, &source, &rungs);
        let rung = Arc::new(source.rung(Rendition::prefix(480), 0));
        let made = Made { info: info(), stream: rung.clone() };
        let make = async {
            tokio::task::yield_now().await;
            renditions.put(room, &source, 480, made);
            tokio::task::yield_now().await;
            add(&rung, 1_000);
        };
        let (found, ()) = tokio::join!(renditions.playable(room, 480), make);
        let (found, gone) = found.unwrap();
        assert!(Arc::ptr_eq(&found, &rung) && !gone.is_cancelled());

        // What is on offer still keeps its list; who waits for the other is told at once.
        let withdraw = async {
            tokio::task::yield_now().await;
            renditions.offer(room, &source, &rungs[..1])
        };
        let (never, some_went) = tokio::join!(renditions.playable(room, 360), withdraw);
        assert!(never.is_none() && some_went);
        assert!(Arc::ptr_eq(&renditions.going_on(room, 480).unwrap(), &rung));
        assert!(renditions.offer(room, &source, &[]) && gone.is_cancelled());
        assert!(renditions.playable(room, 480).await.is_none() && renditions.going_on(room, 480).is_none());
        assert!(renditions.find(room, 480).is_some(), "its media is there for a while");
        renditions.forget_past(room, &source);
        assert!(renditions.find(room, 480).is_none());
    }

    #[test]
    fn a_show_that_is_over_changes_nothing_any_more() {
        let (old, new) = (show(), show());
        let (renditions, room) = room(&old);
        renditions.offer(room, &old, &plan(&info(), 0, &[480]));
        let gone = renditions.of(room).unwrap().rungs[0].gone.clone();
        renditions.configured(room, new.broadcast, 0, info());
        assert!(gone.is_cancelled() && renditions.of(room).unwrap().rungs.is_empty());
        renditions.offer(room, &new, &plan(&info(), 0, &[360]));
        renditions.offer(room, &old, &[]);
        assert_eq!(renditions.of(room).unwrap().rungs[0].rung.lines, 360);
        assert_eq!(renditions.configuration(room, 0), Some(info()));
    }
}
