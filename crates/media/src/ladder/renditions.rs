//! What players can choose from: the rungs that are there now, and the multivariant playlist over them.

use crate::StreamInfo;
use crate::hls::HlsStream;
use events::RoomId;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

/// The source's own playlist, beside the rungs'.
pub(crate) const SOURCE: &str = "source.m3u8";

/// One rung that is being made.
#[derive(Debug, Clone)]
pub(crate) struct Rendition {
    /// Lines of its picture, as in `480p.m3u8`.
    pub lines: u32,
    pub info: StreamInfo,
    pub stream: Arc<HlsStream>,
}

impl Rendition {
    pub fn playlist(lines: u32) -> String {
        format!("{lines}p.m3u8")
    }

    pub fn prefix(lines: u32) -> String {
        format!("{lines}p-")
    }
}

/// What a room offers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Offer {
    /// What the source looks like.
    pub source: StreamInfo,
    /// Highest first.
    pub rungs: Vec<Rendition>,
}

impl Offer {
    fn playable(&self) -> impl Iterator<Item = &Rendition> {
        self.rungs.iter().filter(|rung| rung.stream.playlist().is_some())
    }

    /// Whether there is something to choose.
    pub fn is_playable(&self) -> bool {
        self.playable().next().is_some()
    }
}

/// The rungs of all rooms.
#[derive(Debug, Default)]
pub(crate) struct Renditions(RwLock<HashMap<RoomId, Arc<Offer>>>);

impl Renditions {
    pub fn of(&self, room: RoomId) -> Option<Arc<Offer>> {
        self.0.read().get(&room).cloned()
    }

    pub fn find(&self, room: RoomId, lines: u32) -> Option<Arc<HlsStream>> {
        let offer = self.of(room)?;
        let found = offer.rungs.iter().find(|rendition| rendition.lines == lines)?;
        Some(found.stream.clone())
    }

    /// A rung begins, or begins anew.
    pub fn put(&self, room: RoomId, source: &Arc<HlsStream>, info: &StreamInfo, rendition: Rendition) {
        let mut all = self.0.write();
        let mut rungs = all.get(&room).map(|offer| offer.rungs.clone()).unwrap_or_default();
        // What another show or another source left behind is of no use.
        rungs.retain(|known| known.lines != rendition.lines && known.stream.broadcast == source.broadcast);
        rungs.push(rendition);
        rungs.sort_by_key(|rendition| std::cmp::Reverse(rendition.lines));
        tell(source, &rungs);
        all.insert(room, Arc::new(Offer { source: info.clone(), rungs }));
    }

    /// The room's rungs are gone, if they are still those of `source`.
    pub fn remove(&self, room: RoomId, source: &Arc<HlsStream>) {
        let mut all = self.0.write();
        let is_its = |offer: &Arc<Offer>| offer.rungs.iter().all(|rung| rung.stream.broadcast == source.broadcast);
        if all.get(&room).is_some_and(is_its) {
            all.remove(&room);
        }
        tell(source, &[]);
    }
}

/// Every playlist reports where the others stand.
fn tell(source: &Arc<HlsStream>, renditions: &[Rendition]) {
    let rungs = renditions.iter().map(|rung| (Rendition::playlist(rung.lines), &rung.stream));
    let all: Vec<(String, &Arc<HlsStream>)> = rungs.chain([(SOURCE.to_owned(), source)]).collect();
    for (name, stream) in &all {
        let others = all.iter().filter(|(other, _)| other != name);
        stream.set_siblings(others.map(|(other, stream)| (other.clone(), Arc::downgrade(stream))).collect());
    }
}

/// The playlist of playlists, best first. Rungs that cannot be played yet are left out: players do not load this again.
pub(crate) fn multivariant(source: &HlsStream, offer: &Offer, token: &str) -> String {
    let mut text = String::from("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    variant(&mut text, source, &offer.source, SOURCE, token);
    for rung in offer.playable() {
        variant(&mut text, &rung.stream, &rung.info, &Rendition::playlist(rung.lines), token);
    }
    text
}

fn variant(text: &mut String, stream: &HlsStream, info: &StreamInfo, playlist: &str, token: &str) {
    let rates = stream.rates();
    let codecs: Vec<&str> = [&info.video_codec, &info.audio_codec].into_iter().flatten().map(String::as_str).collect();
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={}",
        rates.peak_bps.max(1),
        rates.average_bps.max(1)
    );
    if let (Some(width), Some(height)) = (info.width, info.height) {
        let _ = write!(text, ",RESOLUTION={width}x{height}");
    }
    let _ =
        writeln!(text, ",CODECS=\"{}\",FRAME-RATE={:.3}\n{playlist}?token={token}", codecs.join(","), rates.frame_rate);
}
