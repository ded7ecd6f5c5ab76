//! Settings of the embedded media server, section `media` of the configuration file.

use crate::packager::Cuts;
use crate::{hooks, ladder, precheck, qoe, record, relay, slate};
use serde::Deserialize;
use std::time::Duration;

/// Every section of the configuration file that belongs to media.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    pub media: MediaSettings,
    pub slate: slate::SlateSettings,
    pub record: record::RecordSettings,
    pub relay: relay::RelaySettings,
    pub hooks: hooks::HooksSettings,
    pub qoe: qoe::QoeSettings,
    pub precheck: precheck::PrecheckSettings,
    pub ladder: ladder::LadderSettings,
}

impl From<MediaSettings> for Settings {
    fn from(media: MediaSettings) -> Self {
        Self { media, ..Self::default() }
    }
}

/// All have defaults; an unknown key is refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MediaSettings {
    /// Wanted length of a segment. The next key frame cuts.
    pub segment_ms: u32,
    /// A segment is cut here even without a key frame. Players are told of it as the target duration.
    pub longest_segment_ms: u32,
    /// Low-latency HLS: segments are handed out in parts while they grow. Off, players get whole segments only.
    pub low_latency: bool,
    /// Wanted length of such a part.
    pub part_ms: u32,
    /// Segments named in the playlist; more, while they last less than three target durations.
    pub playlist_segments: usize,
    /// Segments kept for players that are behind; at least `playlist_segments`.
    pub retained_segments: usize,
    /// Most bytes of finished segments kept per stream.
    pub retained_bytes: usize,
    /// Most bytes of one segment.
    pub segment_bytes: usize,
    /// Connections to the RTMP port at once.
    pub connections: usize,
    /// Connections from one address at once.
    pub connections_per_ip: usize,
    /// The same for connections from this machine.
    pub connections_from_loopback: usize,
    /// From connecting to the end of the handshake.
    pub handshake_timeout_ms: u32,
    /// From connecting to `publish`, and without a whole message later on.
    pub idle_timeout_ms: u32,
    /// How long an ended stream stays readable.
    pub forget_after_ms: u32,
    /// How long a stream that neither came back nor was ended is kept: the desk ends shows long before.
    pub abandon_after_ms: u32,
    /// Pause between reads of one stream: fewer, larger reads cost less. Adds at most this to the latency.
    pub read_pause_ms: u32,
}

impl Default for MediaSettings {
    fn default() -> Self {
        Self {
            segment_ms: 2_000,
            longest_segment_ms: 4_000,
            low_latency: true,
            part_ms: 200,
            playlist_segments: 6,
            retained_segments: 10,
            retained_bytes: 48 << 20,
            segment_bytes: 16 << 20,
            connections: 1_024,
            connections_per_ip: 16,
            connections_from_loopback: 512,
            handshake_timeout_ms: 8_000,
            idle_timeout_ms: 15_000,
            forget_after_ms: 60_000,
            abandon_after_ms: 600_000,
            read_pause_ms: 10,
        }
    }
}

impl MediaSettings {
    pub(crate) fn abandoned(&self) -> Duration {
        Duration::from_millis(u64::from(self.abandon_after_ms))
    }

    pub(crate) fn cuts(&self) -> Cuts {
        Cuts {
            target_ms: i64::from(self.segment_ms.max(500)),
            longest_ms: i64::from(self.longest_segment_ms.max(self.segment_ms).max(500)),
            most_bytes: self.segment_bytes,
            part: self.part_ticks(),
        }
    }

    /// What is announced to players as the length of parts, in ticks of 1/90000 s. A twentieth more than wanted: the common
    /// frame rates then fill parts to 85 % and more, as players demand, in spite of timestamps of whole milliseconds.
    pub(crate) fn part_ticks(&self) -> i64 {
        if !self.low_latency {
            return 0;
        }
        i64::from(self.part_ms.clamp(50, self.segment_ms.max(500))) * 90 * 21 / 20
    }
}
