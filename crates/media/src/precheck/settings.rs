//! Settings of the pre-live check, section `precheck`: how long it looks, and where passing ends.

use serde::Deserialize;

/// Percents, milliseconds and whole LUFS, so that a limit is one plain number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PrecheckSettings {
    /// How long a push is looked at, seconds.
    pub push_s: u32,
    /// How long a check waits for its push, seconds.
    pub wait_s: u32,
    /// Pushes looked at at the same time.
    pub at_once: usize,
    /// Most media kept of one push, bytes.
    pub push_bytes: usize,
    /// Checks kept per room.
    pub kept_per_room: u32,
    /// The program that looks at picture and sound.
    pub ffmpeg: String,
    /// It is stopped after so long, seconds.
    pub ffmpeg_s: u32,
    /// Most bytes of one upload measurement.
    pub upload_bytes: usize,
    /// Media time per time passed, percent: below the first is a warning, below the second a failure.
    pub pace_warn_percent: u32,
    pub pace_fail_percent: u32,
    /// How late media may be against the earliest, milliseconds.
    pub behind_warn_ms: u32,
    pub behind_fail_ms: u32,
    /// Time without any media, milliseconds.
    pub gap_warn_ms: u32,
    pub gap_fail_ms: u32,
    /// Upload speed against the stream's bit rate, percent.
    pub headroom_warn_percent: u32,
    pub headroom_fail_percent: u32,
    /// Bit rate to reckon with while no push was checked, kbit/s.
    pub expected_kbps: u32,
    /// Pictures a second.
    pub fps_warn: u32,
    pub fps_fail: u32,
    /// Distance of key frames, milliseconds.
    pub gop_least_ms: u32,
    pub gop_warn_ms: u32,
    pub gop_fail_ms: u32,
    /// Audio against video, milliseconds either way.
    pub skew_warn_ms: u32,
    pub skew_fail_ms: u32,
    /// Integrated loudness, LUFS: outside of the range is a warning, below `loudness_fail` a failure.
    pub loudness_low: i32,
    pub loudness_high: i32,
    pub loudness_fail: i32,
    /// True peak, dBTP.
    pub peak_warn: i32,
    /// Share of the time that is silent, black or frozen, percent.
    pub silent_warn_percent: u32,
    pub silent_fail_percent: u32,
    pub black_warn_percent: u32,
    pub black_fail_percent: u32,
    pub frozen_warn_percent: u32,
    pub frozen_fail_percent: u32,
    /// Round trip to this server, milliseconds.
    pub round_trip_warn_ms: u32,
}

impl Default for PrecheckSettings {
    fn default() -> Self {
        Self {
            push_s: 15,
            wait_s: 900,
            at_once: 4,
            push_bytes: 48 << 20,
            kept_per_room: 50,
            ffmpeg: "ffmpeg".to_owned(),
            ffmpeg_s: 60,
            upload_bytes: 32 << 20,
            pace_warn_percent: 97,
            pace_fail_percent: 90,
            behind_warn_ms: 1_000,
            behind_fail_ms: 3_000,
            gap_warn_ms: 1_000,
            gap_fail_ms: 3_000,
            headroom_warn_percent: 150,
            headroom_fail_percent: 110,
            expected_kbps: 4_000,
            fps_warn: 23,
            fps_fail: 15,
            gop_least_ms: 900,
            gop_warn_ms: 4_100,
            gop_fail_ms: 8_000,
            skew_warn_ms: 80,
            skew_fail_ms: 200,
            loudness_low: -23,
            loudness_high: -16,
            loudness_fail: -35,
            peak_warn: -1,
            silent_warn_percent: 40,
            silent_fail_percent: 90,
            black_warn_percent: 5,
            black_fail_percent: 50,
            frozen_warn_percent: 25,
            frozen_fail_percent: 80,
            round_trip_warn_ms: 200,
        }
    }
}
