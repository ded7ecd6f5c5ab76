//! What a player may say of itself: reports 质量上报 cut down to what is possible, and how often they are taken. Pure.

use events::{EntryId, Millis, PlaybackReported};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Reports of one entry within this time are merged into one event.
pub const EVERY_MS: i64 = 3_000;
/// Reports merged into one event; more are refused.
const MOST_MERGED: u32 = 12;
/// Plays that one entry may speak of within [`EVERY_MS`].
const MOST_PLAYS: usize = 4;
/// What the first report of an entry may have played.
const FIRST_MS: i64 = 16_000;
/// What a report may have played at most: a page in the background reports late.
const MOST_MS: i64 = 61_000;
/// A player that is behind plays a little faster than the clock.
const CATCH_UP_PERCENT: i64 = 110;
/// A stall is longer than this; shorter ones are none. The player counts one with all of its time so far.
const STALL_MS: u32 = 200;
const MOST_FPS: u64 = 240;
const LONGEST_MS: u32 = 600_000;

/// One report of a player. Counters are what happened since its last one.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct PlaybackSaid {
    /// One try to play 播放, chosen by the player.
    pub play: Uuid,
    #[serde(default)]
    pub played_ms: u32,
    /// Stalls 卡顿 over 200 ms, seeks apart.
    #[serde(default)]
    pub stalls: u32,
    #[serde(default)]
    pub stalled_ms: u32,
    /// From the wish to the first frame 首帧, in the first report after it.
    #[serde(default)]
    pub first_frame_ms: Option<u32>,
    /// Why playing never began or broke off, as a code.
    #[serde(default)]
    pub failure: Option<String>,
    /// Frames decoded.
    #[serde(default)]
    pub frames: u32,
    #[serde(default)]
    pub dropped: u32,
    /// From the frame's arrival at the server to its showing, by the clock of `/api/time`.
    #[serde(default)]
    pub latency_ms: Option<u32>,
    /// Of the shown picture.
    #[serde(default)]
    pub height: Option<u32>,
    #[serde(default)]
    pub bitrate_kbps: Option<u32>,
    /// Of the player.
    #[serde(default)]
    pub version: String,
    /// Time zone 时区 of the device, by its name: stands for the region where nothing better is known.
    #[serde(default)]
    #[schema(example = "Asia/Shanghai")]
    pub tz: String,
}

impl PlaybackSaid {
    /// The region that the time zone tells, marked as such: `tz:Asia/Shanghai`. Empty without one.
    pub fn region(&self) -> String {
        let good = |char: char| char.is_ascii_alphanumeric() || matches!(char, '/' | '_' | '-' | '+');
        let fits = self.tz.len() <= 40 && self.tz.starts_with(|char: char| char.is_ascii_alphabetic());
        if fits && self.tz.chars().all(good) { format!("tz:{}", self.tz) } else { String::new() }
    }
}

/// Too many reports, or of too many plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this player reports too often")]
pub struct TooMany;

impl app::Refuse for TooMany {
    fn code(&self) -> &'static str {
        "too_many_reports"
    }
    fn status(&self) -> u16 {
        429
    }
    fn retry_after_s(&self) -> Option<u32> {
        Some(3)
    }
}

/// What is known of one entry that reports.
#[derive(Debug, Clone)]
pub struct Gate {
    /// Milliseconds that may still have been played; fills with the clock.
    budget_ms: i64,
    filled_at: Millis,
    /// When the running window began.
    since: Millis,
    merged: u32,
    waiting: Vec<PlaybackReported>,
}

impl Gate {
    pub fn new(now: Millis) -> Self {
        Self { budget_ms: FIRST_MS, filled_at: now, since: now, merged: 0, waiting: Vec::new() }
    }

    /// Takes a report, cut down to what is possible; `sign` adds what the server knows of its sender.
    pub fn take(
        &mut self,
        entry: EntryId,
        said: PlaybackSaid,
        now: Millis,
        sign: impl FnOnce(&mut PlaybackReported),
    ) -> Result<(), TooMany> {
        let known = self.waiting.iter().position(|waiting| waiting.play == said.play);
        if self.merged >= MOST_MERGED || (known.is_none() && self.waiting.len() >= MOST_PLAYS) {
            return Err(TooMany);
        }
        if self.waiting.is_empty() {
            self.since = self.since.max(now);
        }
        self.merged += 1;
        let mut report = self.cut(entry, said, now);
        sign(&mut report);
        match known.and_then(|index| self.waiting.get_mut(index)) {
            Some(waiting) => merge(waiting, report),
            None => self.waiting.push(report),
        }
        Ok(())
    }

    /// What is due to be told, if the window is over. The first report of an entry is due at once.
    pub fn due_at(&mut self, now: Millis) -> Vec<PlaybackReported> {
        if self.waiting.is_empty() || now < self.since {
            return Vec::new();
        }
        self.since = now.plus_ms(EVERY_MS);
        self.rest()
    }

    /// Everything that waits.
    pub fn rest(&mut self) -> Vec<PlaybackReported> {
        self.merged = 0;
        std::mem::take(&mut self.waiting)
    }

    /// Nothing waits and nothing came for so long that forgetting changes nothing.
    pub fn idle(&self, now: Millis) -> bool {
        self.waiting.is_empty() && now.since(self.filled_at) > MOST_MS
    }

    fn cut(&mut self, entry: EntryId, said: PlaybackSaid, now: Millis) -> PlaybackReported {
        let passed = now.since(self.filled_at).clamp(0, MOST_MS) * CATCH_UP_PERCENT / 100;
        self.budget_ms = (self.budget_ms + passed).min(MOST_MS);
        self.filled_at = now;
        let allowed = self.budget_ms.max(0) as u32;
        let played_ms = said.played_ms.min(allowed);
        // Who stalls does not play: both come out of the same time.
        let stalled_ms = said.stalled_ms.min(allowed - played_ms);
        self.budget_ms -= i64::from(played_ms + stalled_ms);
        let frames = said.frames.min((u64::from(allowed) * MOST_FPS / 1000) as u32);
        PlaybackReported {
            play: said.play,
            entry,
            played_ms,
            stalls: said.stalls.min(stalled_ms / STALL_MS),
            stalled_ms,
            first_frame_ms: said.first_frame_ms.map(|ms| ms.min(LONGEST_MS)),
            failure: said.failure.map(code),
            frames,
            dropped: said.dropped.min(frames),
            latency_ms: said.latency_ms.filter(|ms| *ms <= LONGEST_MS),
            height: said.height.filter(|height| (1..=8_640).contains(height)),
            bitrate_kbps: said.bitrate_kbps.filter(|kbps| *kbps <= 1_000_000),
            version: version(&said.version),
            ..PlaybackReported::default()
        }
    }
}

/// Adds a later report of the same play.
fn merge(into: &mut PlaybackReported, later: PlaybackReported) {
    into.played_ms += later.played_ms;
    into.stalls += later.stalls;
    into.stalled_ms += later.stalled_ms;
    into.frames += later.frames;
    into.dropped += later.dropped;
    into.first_frame_ms = into.first_frame_ms.or(later.first_frame_ms);
    into.failure = later.failure.or(into.failure.take());
    into.latency_ms = later.latency_ms.or(into.latency_ms);
    into.height = later.height.or(into.height);
    into.bitrate_kbps = later.bitrate_kbps.or(into.bitrate_kbps);
}

/// Failures are codes that people group by (`fragLoadError 404`), not sentences.
fn code(said: String) -> String {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'-' | b'.' | b':');
    let fits = (1..=64).contains(&said.len()) && said.bytes().all(good);
    if fits { said } else { "other".to_owned() }
}

fn version(said: &str) -> String {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+' | b'_');
    let fits = said.len() <= 32 && said.bytes().all(good);
    if fits { said.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(play: u128, played_ms: u32) -> PlaybackSaid {
        PlaybackSaid { play: Uuid::from_u128(play), played_ms, frames: 250, ..PlaybackSaid::default() }
    }

    fn take(gate: &mut Gate, said: PlaybackSaid, at: i64) -> Vec<PlaybackReported> {
        assert_eq!(gate.take(EntryId::default(), said, Millis(at), |_| {}), Ok(()));
        gate.due_at(Millis(at))
    }

    #[test]
    fn nobody_plays_longer_than_the_clock_goes() {
        let mut gate = Gate::new(Millis(0));
        let played = |out: Vec<PlaybackReported>| out[0].played_ms;
        assert_eq!(played(take(&mut gate, said(1, 10_000), 0)), 10_000);
        assert_eq!(played(take(&mut gate, said(1, 1_000_000), 10_000)), 17_000);
        assert_eq!(played(take(&mut gate, said(1, 10_000), 20_000)), 10_000);
        // A page in the background is back after a long time.
        assert_eq!(played(take(&mut gate, said(1, u32::MAX), 10_000_000)), 61_000);
    }

    #[test]
    fn counters_are_bounded_by_the_time() {
        let mut gate = Gate::new(Millis(0));
        let all = u32::MAX;
        let hostile = PlaybackSaid {
            play: Uuid::nil(),
            played_ms: 10_000,
            stalls: all,
            stalled_ms: all,
            first_frame_ms: Some(all),
            failure: Some("a\nlong <script>".into()),
            frames: all,
            dropped: all,
            latency_ms: Some(all),
            height: Some(all),
            bitrate_kbps: Some(all),
            version: "x".repeat(100),
            tz: "<script>".into(),
        };
        assert_eq!(hostile.region(), "");
        let report = take(&mut gate, hostile, 0).remove(0);
        assert_eq!((report.played_ms, report.stalled_ms, report.stalls), (10_000, 6_000, 30));
        assert_eq!((report.frames, report.dropped), (3_840, 3_840));
        assert_eq!((report.latency_ms, report.height, report.bitrate_kbps), (None, None, None));
        assert_eq!((report.first_frame_ms, report.failure.as_deref()), (Some(600_000), Some("other")));
        assert_eq!(report.version, "");
    }

    #[test]
    fn what_is_not_longer_than_200_ms_is_no_stall() {
        let stalled = |stalls, stalled_ms| {
            let mut gate = Gate::new(Millis(0));
            take(&mut gate, PlaybackSaid { stalls, stalled_ms, ..said(1, 5_000) }, 0)[0].stalls
        };
        assert_eq!([stalled(1, 1), stalled(1, 199), stalled(1, 230), stalled(3, 450)], [0, 0, 1, 2]);
    }

    #[test]
    fn a_time_zone_is_a_region_that_says_what_it_is() {
        let region = |tz: &str| PlaybackSaid { tz: tz.into(), ..PlaybackSaid::default() }.region();
        assert_eq!(region("Asia/Shanghai"), "tz:Asia/Shanghai");
        assert_eq!([region("Etc/GMT+8"), region("UTC")], ["tz:Etc/GMT+8", "tz:UTC"]);
        let odd = ["", "+08:00", "Asia/上海", "a b", &"x".repeat(41)];
        assert!(odd.iter().all(|tz| region(tz).is_empty()));
    }

    #[test]
    fn reports_in_quick_succession_become_one() {
        let mut gate = Gate::new(Millis(0));
        assert_eq!(take(&mut gate, said(1, 500), 0).len(), 1);
        assert_eq!(take(&mut gate, said(1, 400), 1_000), []);
        assert_eq!(take(&mut gate, PlaybackSaid { failure: Some("fatal".into()), ..said(1, 300) }, 2_000), []);
        let due = gate.due_at(Millis(3_000));
        assert_eq!((due.len(), due[0].played_ms, due[0].failure.as_deref()), (1, 700, Some("fatal")));
        assert_eq!(gate.due_at(Millis(9_000)), []);
    }

    #[test]
    fn a_flood_is_refused() {
        let mut gate = Gate::new(Millis(0));
        take(&mut gate, said(1, 500), 0);
        let taken = (0..100).filter(|_| gate.take(EntryId::default(), said(1, 1), Millis(100), |_| {}).is_ok()).count();
        assert_eq!(taken, MOST_MERGED as usize);
        gate.due_at(Millis(3_000));
        let taken =
            (0..100).filter(|n| gate.take(EntryId::default(), said(*n, 1), Millis(3_100), |_| {}).is_ok()).count();
        assert_eq!(taken, MOST_PLAYS);
    }
}
