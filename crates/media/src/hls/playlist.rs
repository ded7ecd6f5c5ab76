//! Media playlists (RFC 8216), written by hand, with gaps where each viewer's token goes.

use super::store::Segment;
use events::{BroadcastId, Millis};
use std::fmt::Write;

/// A playlist that wants a token after each piece but the last.
#[derive(Debug, PartialEq, Eq)]
pub struct Rendered {
    pieces: Vec<String>,
    bytes: usize,
}

impl Rendered {
    /// The playlist for one viewer. The token must be made of characters that URLs and quoted strings hold as they are.
    pub fn with_token(&self, token: &str) -> String {
        let mut text = String::with_capacity(self.bytes + self.pieces.len() * token.len());
        for (n, piece) in self.pieces.iter().enumerate() {
            if n > 0 {
                text.push_str(token);
            }
            text.push_str(piece);
        }
        text
    }
}

/// Writes the playlist over `segments`, which are in order. Addresses are relative to `/live/{room}/`.
pub fn render<'a>(
    broadcast: BroadcastId,
    segments: impl Iterator<Item = &'a Segment> + Clone,
    target_s: u64,
    discontinuities: u64,
    ended: bool,
) -> Rendered {
    let mut text = String::new();
    let mut pieces = Vec::new();
    let first = segments.clone().next().map_or(0, |segment| segment.sequence);
    // Writing to a string cannot fail.
    let _ = write!(text, "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target_s}\n");
    if segments.clone().all(|segment| segment.independent) {
        text.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    let _ = write!(text, "#EXT-X-MEDIA-SEQUENCE:{first}\n#EXT-X-DISCONTINUITY-SEQUENCE:{discontinuities}\n");
    let mut init = None;
    for segment in segments {
        if segment.discontinuity {
            text.push_str("#EXT-X-DISCONTINUITY\n");
        }
        if init != Some(segment.init) {
            init = Some(segment.init);
            let _ = write!(text, "#EXT-X-MAP:URI=\"seg/{broadcast}/init-{}.mp4?token=", segment.init);
            pieces.push(std::mem::take(&mut text));
            text.push_str("\"\n");
        }
        let micros = (segment.duration * 100 + 4) / 9;
        let _ = write!(
            text,
            "#EXT-X-PROGRAM-DATE-TIME:{}\n#EXTINF:{}.{:06},\nseg/{broadcast}/{}.m4s?token=",
            timestamp(segment.arrived),
            micros / 1_000_000,
            micros % 1_000_000,
            segment.sequence
        );
        pieces.push(std::mem::take(&mut text));
        text.push('\n');
    }
    if ended {
        text.push_str("#EXT-X-ENDLIST\n");
    }
    pieces.push(text);
    Rendered { bytes: pieces.iter().map(String::len).sum(), pieces }
}

/// ISO 8601 in UTC with milliseconds.
pub(crate) fn timestamp(at: Millis) -> String {
    let (days, ms) = (at.0.div_euclid(86_400_000), at.0.rem_euclid(86_400_000));
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": civil_from_days.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_iso_8601() {
        assert_eq!(timestamp(Millis(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp(Millis(951_827_696_789)), "2000-02-29T12:34:56.789Z");
        assert_eq!(timestamp(Millis(1_798_761_599_999)), "2026-12-31T23:59:59.999Z");
    }
}
