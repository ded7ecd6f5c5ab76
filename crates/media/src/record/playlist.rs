//! The playlists of recordings: whole shows, and running ones from their beginning (DVR). Pure.

use super::shelf::View;
use crate::hls::playlist::Rendered;
use events::{Millis, Timestamp};
use std::fmt::Write;

/// Target durations from the end that a delta update still names: twice what is the least.
const RECENT: u64 = 12;

/// Stands where a viewer's token goes. It is not in any address.
const TOKEN: char = '\u{1}';

/// Addresses are `{base}{number}.m4s?token=...`. `delta` leaves out what a player knows from before: the playlist of a
/// long show is large, and players of a running one ask for it every few seconds.
pub fn render(view: &View, base: &str, delta: bool) -> Rendered {
    let mut text = String::with_capacity(400 + view.placed.len() * (base.len() + 120));
    let longest_s = view.placed.iter().map(|(_, entry)| (entry.duration + 45_000) / 90_000).max().unwrap_or(1).max(1);
    // It may not change while players have the list: a running show tells what no segment will be longer than.
    let target_s = if view.complete { longest_s } else { longest_s.max(view.target_s) };
    let kind = match (view.complete, view.removed) {
        (true, _) => "#EXT-X-PLAYLIST-TYPE:VOD\n",
        (false, 0) => "#EXT-X-PLAYLIST-TYPE:EVENT\n",
        // What is gone is not in the list any more, which an EVENT may not say.
        (false, _) => "",
    };
    let (first, discontinuities) = (view.removed, view.discontinuities);
    // Writing to a string cannot fail.
    let skipped = if delta && !view.complete { skipped(view, target_s) } else { 0 };
    let version = if skipped > 0 { 9 } else { 7 };
    let _ = write!(text, "#EXTM3U\n#EXT-X-VERSION:{version}\n#EXT-X-TARGETDURATION:{target_s}\n{kind}");
    if !view.complete {
        let _ = writeln!(text, "#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL={}.0", RECENT * target_s);
    }
    if view.placed.iter().all(|(_, entry)| entry.independent) {
        text.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    let _ = write!(text, "#EXT-X-MEDIA-SEQUENCE:{first}\n#EXT-X-DISCONTINUITY-SEQUENCE:{discontinuities}\n");
    if skipped > 0 {
        let _ = writeln!(text, "#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}");
    }
    let mut init = None;
    for (n, (start, entry)) in view.placed.iter().enumerate().skip(skipped) {
        if entry.breaks() {
            text.push_str("#EXT-X-DISCONTINUITY\n");
        }
        if init != Some(entry.init) || entry.breaks() {
            init = Some(entry.init);
            let _ = writeln!(text, "#EXT-X-MAP:URI=\"{base}init-{}.mp4?token={TOKEN}\"", entry.init);
        }
        let micros = (entry.duration * 100 + 4) / 9;
        let _ = write!(
            text,
            "#EXT-X-PROGRAM-DATE-TIME:{}\n#EXTINF:{}.{:06},\n{base}{}.m4s?token={TOKEN}\n",
            Timestamp(Millis(*start)),
            micros / 1_000_000,
            micros % 1_000_000,
            first + n
        );
    }
    if view.complete {
        text.push_str("#EXT-X-ENDLIST\n");
    }
    Rendered::marked(&text, TOKEN)
}

/// How many of the oldest segments lie before the skip boundary.
fn skipped(view: &View, target_s: u64) -> usize {
    let mut left = RECENT * target_s * 90_000;
    let recent = view.placed.iter().rev().take_while(|(_, entry)| {
        let named = left > 0;
        left = left.saturating_sub(entry.duration);
        named
    });
    view.placed.len() - recent.count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::index::Entry;

    fn rendered(segments: u64, complete: bool, delta: bool) -> String {
        let entry = |n: u64| Entry {
            init: u32::from(n >= 30),
            chunk: 0,
            offset: 0,
            length: 1,
            crc: 0,
            duration: 180_000,
            arrived: n as i64 * 2_000,
            discontinuity: n == 30,
            independent: true,
            gap: false,
        };
        let placed: Vec<(i64, Entry)> = (0..segments).map(|n| (n as i64 * 2_000, entry(n))).collect();
        let view = View { removed: 0, discontinuities: 0, placed: &placed, complete, target_s: 4 };
        render(&view, "", delta).with_token("t")
    }

    #[test]
    fn a_delta_names_what_is_new_and_what_it_needs() {
        let whole = rendered(40, false, false);
        assert_eq!(whole.matches("#EXTINF").count(), 40);
        assert!(whole.contains("#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=48.0\n"));
        let delta = rendered(40, false, true);
        assert_eq!(delta.matches("#EXTINF").count(), 24);
        assert!(delta.contains("#EXT-X-VERSION:9\n") && delta.contains("#EXT-X-SKIP:SKIPPED-SEGMENTS=16\n#EXT-X-MAP"));
        assert!(delta.ends_with("39.m4s?token=t\n"), "{delta}");
    }

    #[test]
    fn short_and_finished_shows_come_whole() {
        let running = rendered(5, false, true);
        assert!(!running.contains("SKIP:"));
        assert!(running.contains("#EXT-X-TARGETDURATION:4\n"), "what was told when it began");
        let finished = rendered(40, true, true);
        assert_eq!(finished.matches("#EXTINF").count(), 40);
        assert!(
            finished.contains("#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:VOD\n")
                && finished.ends_with("#EXT-X-ENDLIST\n")
        );
        assert!(!finished.contains("SERVER-CONTROL"));
    }
}
