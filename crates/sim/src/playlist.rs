//! As much of the HLS playlist format as a player of one rendition needs. Pure.

use std::time::Duration;

#[derive(Debug, Default, PartialEq)]
pub struct Playlist {
    /// Set when this is a multivariant playlist: its first rendition.
    pub variant: Option<String>,
    pub target: Duration,
    pub map: Option<String>,
    pub segments: Vec<Segment>,
    pub ended: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    pub number: u64,
    /// When its first frame reached the server, milliseconds since 1970.
    pub at_ms: Option<i64>,
    pub length: Duration,
    pub uri: String,
}

/// Reads a playlist; `None` when the text is none.
pub fn parse(text: &str) -> Option<Playlist> {
    let mut lines = text.lines().map(str::trim);
    if lines.next()?.trim_start_matches('\u{feff}') != "#EXTM3U" {
        return None;
    }
    let mut playlist = Playlist { target: Duration::from_secs(2), ..Playlist::default() };
    let (mut number, mut length, mut at_ms, mut is_variant) = (0u64, None, None, false);
    for line in lines.filter(|line| !line.is_empty()) {
        if let Some(value) = line.strip_prefix("#EXT-X-MEDIA-SEQUENCE:") {
            number = value.parse().unwrap_or(0);
        } else if let Some(value) = line.strip_prefix("#EXT-X-TARGETDURATION:") {
            playlist.target = seconds(value).unwrap_or(playlist.target);
        } else if let Some(value) = line.strip_prefix("#EXTINF:") {
            length = seconds(value.split(',').next().unwrap_or(value));
        } else if let Some(value) = line.strip_prefix("#EXT-X-PROGRAM-DATE-TIME:") {
            at_ms = date_time(value).or(at_ms);
        } else if let Some(value) = line.strip_prefix("#EXT-X-MAP:") {
            playlist.map = quoted(value, "URI=\"");
        } else if line.starts_with("#EXT-X-STREAM-INF") {
            is_variant = true;
        } else if line == "#EXT-X-ENDLIST" {
            playlist.ended = true;
        } else if !line.starts_with('#') {
            if is_variant {
                playlist.variant.get_or_insert_with(|| line.to_owned());
            } else if let Some(length) = length.take() {
                playlist.segments.push(Segment { number, at_ms, length, uri: line.to_owned() });
                // Without a time of its own the next one follows on.
                at_ms = at_ms.map(|ms| ms + length.as_millis() as i64);
                number += 1;
            }
            is_variant = false;
        }
    }
    Some(playlist)
}

impl Playlist {
    /// Where a player begins: three target durations from the live edge, or at the start of what has ended.
    pub fn start(&self) -> u64 {
        let Some(first) = self.segments.first() else { return 0 };
        if self.ended {
            return first.number;
        }
        let mut behind = Duration::ZERO;
        for segment in self.segments.iter().rev() {
            behind += segment.length;
            if behind >= self.target * 3 {
                return segment.number;
            }
        }
        first.number
    }
}

fn seconds(text: &str) -> Option<Duration> {
    text.trim().parse::<f64>().ok().filter(|value| (0.0..3600.0).contains(value)).map(Duration::from_secs_f64)
}

/// `2026-01-31T12:00:00.250Z` as milliseconds since 1970.
fn date_time(text: &str) -> Option<i64> {
    let (date, clock) = text.trim().strip_suffix('Z')?.split_once('T')?;
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let mut parts = clock.splitn(3, ':');
    let (hours, minutes) = (parts.next()?.parse::<i64>().ok()?, parts.next()?.parse::<i64>().ok()?);
    let seconds = parts.next()?.parse::<f64>().ok().filter(|seconds| (0.0..61.0).contains(seconds))?;
    let sane = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !sane || !(0..24).contains(&hours) || !(0..60).contains(&minutes) {
        return None;
    }
    // Days since 1970 by a calendar that starts in March, so that the leap day is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some(((days * 24 + hours) * 60 + minutes) * 60_000 + (seconds * 1_000.0).round() as i64)
}

fn quoted(text: &str, before: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    rest.split('"').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIVE: &str = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:40\n#EXT-X-MAP:URI=\"init.mp4?token=t\"\n\
        #EXTINF:2.000,\n40.m4s?token=t\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n#EXTINF:2.000,\n41.m4s\n#EXTINF:1.96,\n42.m4s\n#EXTINF:2.0,\n43.m4s\n";

    #[test]
    fn a_live_playlist_is_joined_three_targets_from_its_edge() {
        let playlist = parse(LIVE).unwrap();
        assert_eq!(playlist.map.as_deref(), Some("init.mp4?token=t"));
        assert_eq!(playlist.segments.iter().map(|segment| segment.number).collect::<Vec<_>>(), [40, 41, 42, 43]);
        assert_eq!(playlist.segments[2].length, Duration::from_millis(1960));
        assert_eq!(playlist.start(), 40, "3 x 2 s are not reached by the last three: 5.96 s");
        assert_eq!(parse(&LIVE.replace("1.96", "2.1")).unwrap().start(), 41);
        assert!(!playlist.ended);
        let times: Vec<_> = playlist.segments.iter().map(|segment| segment.at_ms).collect();
        assert_eq!(times, [None, Some(1_767_225_600_000), Some(1_767_225_602_000), Some(1_767_225_603_960)]);
    }

    #[test]
    fn times_are_read_or_left_out() {
        assert_eq!(date_time("2026-01-31T12:00:00.250Z"), Some(1_769_860_800_250));
        assert_eq!(date_time("2024-02-29T00:00:00.000Z"), Some(1_709_164_800_000));
        for broken in ["", "2026-01-31", "2026-13-31T12:00:00Z", "2026-01-31T12:00:00", "2026-01-31T12:00:xZ"] {
            assert_eq!(date_time(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_multivariant_playlist_names_its_first_rendition() {
        let playlist =
            parse("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nhigh.m3u8\n")
                .unwrap();
        assert_eq!(playlist.variant.as_deref(), Some("low.m3u8"));
    }

    #[test]
    fn other_text_is_no_playlist() {
        assert_eq!(parse("<html>"), None);
        assert_eq!(parse(""), None);
    }
}
