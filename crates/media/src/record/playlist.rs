//! The playlists of recordings: whole shows, and running ones from their beginning (DVR). Pure.

use super::shelf::View;
use crate::hls::playlist::Timestamp;
use events::Millis;
use std::fmt::Write;

/// Addresses are `{base}{number}.m4s?token={token}`.
pub fn render(view: &View, base: &str, token: &str) -> String {
    let mut text = String::with_capacity(400 + view.placed.len() * (base.len() + token.len() + 120));
    let target_s = view.placed.iter().map(|(_, entry)| (entry.duration + 45_000) / 90_000).max().unwrap_or(1).max(1);
    let kind = match (view.complete, view.removed) {
        (true, _) => "#EXT-X-PLAYLIST-TYPE:VOD\n",
        (false, 0) => "#EXT-X-PLAYLIST-TYPE:EVENT\n",
        // What is gone is not in the list any more, which an EVENT may not say.
        (false, _) => "",
    };
    let (first, discontinuities) = (view.removed, view.discontinuities);
    // Writing to a string cannot fail.
    let _ = write!(text, "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target_s}\n{kind}");
    if view.placed.iter().all(|(_, entry)| entry.independent) {
        text.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    let _ = write!(text, "#EXT-X-MEDIA-SEQUENCE:{first}\n#EXT-X-DISCONTINUITY-SEQUENCE:{discontinuities}\n");
    let mut init = None;
    for (n, (start, entry)) in view.placed.iter().enumerate() {
        if entry.breaks() {
            text.push_str("#EXT-X-DISCONTINUITY\n");
        }
        if init != Some(entry.init) || entry.breaks() {
            init = Some(entry.init);
            let _ = writeln!(text, "#EXT-X-MAP:URI=\"{base}init-{}.mp4?token={token}\"", entry.init);
        }
        let micros = (entry.duration * 100 + 4) / 9;
        let _ = write!(
            text,
            "#EXT-X-PROGRAM-DATE-TIME:{}\n#EXTINF:{}.{:06},\n{base}{}.m4s?token={token}\n",
            Timestamp(Millis(*start)),
            micros / 1_000_000,
            micros % 1_000_000,
            first + n
        );
    }
    if view.complete {
        text.push_str("#EXT-X-ENDLIST\n");
    }
    text
}
