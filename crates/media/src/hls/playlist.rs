//! Media playlists (RFC 8216 and its low-latency second edition), written by hand, with gaps where each viewer's token goes.

use super::gzip::Zipped;
use super::store::{Part, Segment};
use events::{BroadcastId, Millis, Timestamp};
use parking_lot::Mutex;
use std::fmt::Write;
use std::sync::Arc;

/// A playlist that wants a token in its holes.
#[derive(Debug, Default)]
pub struct Rendered {
    text: String,
    /// Where in `text` the token goes, in order.
    holes: Vec<usize>,
    /// Compressed, by the length of tokens.
    zipped: Mutex<Vec<(usize, Option<Arc<Zipped>>)>>,
}

/// Viewers of a kind have tokens of one length; more kinds than this are not compressed for.
const TOKEN_LENGTHS: usize = 8;

impl Rendered {
    /// The playlist for one viewer. The token must be made of characters that URLs and quoted strings hold as they are.
    pub fn with_token(&self, token: &str) -> String {
        let mut text = String::with_capacity(self.text.len() + self.holes.len() * token.len());
        let mut from = 0;
        for &hole in &self.holes {
            text.push_str(self.text.get(from..hole).unwrap_or_default());
            text.push_str(token);
            from = hole;
        }
        text.push_str(self.text.get(from..).unwrap_or_default());
        text
    }

    /// The same in gzip. `None` for tokens that it is not made for.
    pub fn gzip_with_token(&self, token: &str) -> Option<Vec<u8>> {
        let zipped = self.zipped(token.len())?;
        Some(zipped.with_token(&self.text, &self.holes, token))
    }

    fn zipped(&self, token: usize) -> Option<Arc<Zipped>> {
        let mut known = self.zipped.lock();
        if let Some((_, zipped)) = known.iter().find(|(length, _)| *length == token) {
            return zipped.clone();
        }
        if known.len() >= TOKEN_LENGTHS {
            return None;
        }
        let zipped = Zipped::new(&self.text, &self.holes, token).map(Arc::new);
        known.push((token, zipped.clone()));
        zipped
    }

    /// Of a text in which `mark` stands where the token goes.
    pub fn marked(text: &str, mark: char) -> Self {
        let mut out = Self::default();
        for (n, piece) in text.split(mark).enumerate() {
            if n > 0 {
                out.token();
            }
            out.text.push_str(piece);
        }
        out
    }

    fn token(&mut self) {
        self.holes.push(self.text.len());
    }
}

/// Everything a playlist tells.
pub(super) struct View<'a, Segments> {
    pub broadcast: BroadcastId,
    /// Goes before the names of files: empty for the source.
    pub prefix: &'a str,
    pub segments: Segments,
    /// The number of the segment that comes next, or is coming.
    pub next: u64,
    pub open: Open<'a>,
    pub target_s: u64,
    pub discontinuities: u64,
    /// Announced length of parts in milliseconds; none: no low latency.
    pub part_ms: Option<u64>,
    /// Segments with this number and later ones show their parts.
    pub parts_from: u64,
    /// Other renditions of the same show: playlist, newest segment, its newest part.
    pub reports: &'a [(String, u64, Option<usize>)],
    pub ended: bool,
}

/// What there is of the segment that is coming.
pub(super) struct Open<'a> {
    pub parts: &'a [Part],
    pub init: Option<u64>,
    pub discontinuity: bool,
}

/// Parts that a player should stay away from the end.
const HOLD_BACK_PARTS: u64 = 3;

/// Writes the playlist; segments are in order. Addresses are relative to `/live/{room}/`.
pub(super) fn render<'a, Segments>(view: &View<'a, Segments>) -> Rendered
where
    Segments: Iterator<Item = &'a Segment> + Clone,
{
    let mut out = Rendered::default();
    let segments = view.segments.clone();
    let first = segments.clone().next().map_or(view.next, |segment| segment.sequence);
    // Writing to a string cannot fail.
    let _ = write!(out.text, "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}\n", view.target_s);
    if segments.clone().all(|segment| segment.independent) {
        out.text.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    if let Some(part_ms) = view.part_ms {
        let _ = write!(
            out.text,
            "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={}\n#EXT-X-PART-INF:PART-TARGET={}\n",
            Seconds(part_ms * HOLD_BACK_PARTS * 1000),
            Seconds(part_ms * 1000),
        );
    }
    let _ = write!(out.text, "#EXT-X-MEDIA-SEQUENCE:{first}\n#EXT-X-DISCONTINUITY-SEQUENCE:{}\n", view.discontinuities);
    let mut init = None;
    for segment in segments {
        begin(&mut out, view, segment.discontinuity, segment.init, &mut init, segment.arrived);
        if view.part_ms.is_some() && segment.sequence >= view.parts_from {
            parts(&mut out, view, segment.sequence, &segment.parts);
        }
        let _ = write!(
            out.text,
            "#EXTINF:{},\nseg/{}/{}{}.m4s?token=",
            Seconds(micros(segment.duration)),
            view.broadcast,
            view.prefix,
            segment.sequence
        );
        out.token();
        out.text.push('\n');
    }
    if view.ended {
        out.text.push_str("#EXT-X-ENDLIST\n");
        return out;
    }
    if view.part_ms.is_some() {
        coming(&mut out, view, init);
    }
    reports(&mut out, view);
    out
}

/// What stands before a segment's parts and its address.
fn begin<Segments>(
    out: &mut Rendered,
    view: &View<'_, Segments>,
    discontinuity: bool,
    number: u64,
    init: &mut Option<u64>,
    arrived: Millis,
) {
    if discontinuity {
        out.text.push_str("#EXT-X-DISCONTINUITY\n");
    }
    if *init != Some(number) {
        *init = Some(number);
        let _ = write!(out.text, "#EXT-X-MAP:URI=\"seg/{}/{}init-{number}.mp4?token=", view.broadcast, view.prefix);
        out.token();
        out.text.push_str("\"\n");
    }
    let _ = writeln!(out.text, "#EXT-X-PROGRAM-DATE-TIME:{}", Timestamp(arrived));
}

fn parts<Segments>(out: &mut Rendered, view: &View<'_, Segments>, sequence: u64, parts: &[Part]) {
    for (n, part) in parts.iter().enumerate() {
        let _ = write!(
            out.text,
            "#EXT-X-PART:DURATION={},URI=\"seg/{}/{}{sequence}.{n}.m4s?token=",
            Seconds(micros(part.duration)),
            view.broadcast,
            view.prefix
        );
        out.token();
        out.text.push_str(if part.independent { "\",INDEPENDENT=YES\n" } else { "\"\n" });
    }
}

/// The parts of the open segment, and the name of the next one.
fn coming<Segments>(out: &mut Rendered, view: &View<'_, Segments>, mut init: Option<u64>) {
    if let (Some(first), Some(number)) = (view.open.parts.first(), view.open.init) {
        begin(out, view, view.open.discontinuity, number, &mut init, first.arrived);
        parts(out, view, view.next, view.open.parts);
    }
    let _ = write!(
        out.text,
        "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"seg/{}/{}{}.{}.m4s?token=",
        view.broadcast,
        view.prefix,
        view.next,
        view.open.parts.len()
    );
    out.token();
    out.text.push_str("\"\n");
}

/// Where the other renditions stand.
fn reports<Segments>(out: &mut Rendered, view: &View<'_, Segments>) {
    for (name, sequence, part) in view.reports {
        let _ = write!(out.text, "#EXT-X-RENDITION-REPORT:URI=\"{name}?token=");
        out.token();
        let _ = write!(out.text, "\",LAST-MSN={sequence}");
        if let (Some(part), Some(_)) = (part, view.part_ms) {
            let _ = write!(out.text, ",LAST-PART={part}");
        }
        out.text.push('\n');
    }
}

/// Ticks of 1/90000 s, rounded to microseconds.
fn micros(ticks: u64) -> u64 {
    (ticks * 100 + 4) / 9
}

/// Microseconds as decimal seconds.
struct Seconds(u64);

impl std::fmt::Display for Seconds {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}
