//! How reports add up to plays 播放 and minutes. Pure.

use events::{BroadcastId, EntryId, Millis, OrgId, PlaybackReported, RoomId, Sketch, TeamId, ViewerId};
use std::collections::BTreeMap;
use uuid::Uuid;

pub const MINUTE_MS: i64 = 60_000;

/// Whose play it is. A play is one of an entry: an id that somebody else copied is another play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlayId {
    pub broadcast: BroadcastId,
    pub entry: EntryId,
    pub play: Uuid,
}

/// A report with what the envelope says.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub position: u64,
    pub at: Millis,
    pub broadcast: BroadcastId,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    pub viewer: ViewerId,
    pub said: PlaybackReported,
}

impl Report {
    pub fn id(&self) -> PlayId {
        PlayId { broadcast: self.broadcast, entry: self.said.entry, play: self.said.play }
    }
}

/// Everything one play reported.
#[derive(Debug, Clone, PartialEq)]
pub struct Play {
    pub id: PlayId,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    pub viewer: ViewerId,
    pub device: String,
    pub os: String,
    pub browser: String,
    pub version: String,
    pub region: String,
    pub node: String,
    /// As last reported.
    pub height: Option<u32>,
    pub bitrate_kbps: Option<u32>,
    pub first_at: Millis,
    pub last_at: Millis,
    pub first_position: u64,
    pub last_position: u64,
    pub played_ms: u64,
    pub stalls: u64,
    pub stalled_ms: u64,
    pub frames: u64,
    pub dropped: u64,
    /// A frame was seen.
    pub shown: bool,
    pub first_frame_ms: Option<u32>,
    /// The last failure reported.
    pub failure: Option<String>,
    /// It failed, and nothing was played since.
    pub broken: bool,
    pub latency: Sketch,
    pub latency_worst_ms: Option<u32>,
    /// Its entry was last found to be a suspected bot 疑似机器人: it is in no figure.
    pub suspect: bool,
    /// The latest minute it was counted in, and whether as stalled.
    pub minute: i64,
    pub minute_stalled: bool,
}

/// What all plays of a show did in one minute.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Minute {
    /// Plays that reported.
    pub plays: u64,
    /// Those of them with a stall.
    pub stalled_plays: u64,
    pub failures: u64,
    pub played_ms: u64,
    pub stalls: u64,
    pub stalled_ms: u64,
    pub frames: u64,
    pub dropped: u64,
    pub first_frame: Sketch,
    pub latency: Sketch,
}

pub type Plays = BTreeMap<PlayId, Play>;
pub type Minutes = BTreeMap<(BroadcastId, i64), Minute>;

/// Adds a report to its play, and to its minute unless the entry is suspected by then. `suspect`: what is known of the entry.
pub fn fold(plays: &mut Plays, minutes: &mut Minutes, report: &Report, suspect: bool) {
    let play = plays.entry(report.id()).or_insert_with(|| begin(report, suspect));
    if !play.suspect {
        let number = report.at.0.div_euclid(MINUTE_MS);
        count(play, number, minutes.entry((report.broadcast, number)).or_default(), &report.said);
    }
    add(play, report);
}

/// The minute's part. A play counts once in each.
fn count(play: &mut Play, number: i64, minute: &mut Minute, said: &PlaybackReported) {
    let stalled = said.stalls > 0;
    if play.minute == number {
        minute.stalled_plays += u64::from(stalled && !play.minute_stalled);
        play.minute_stalled |= stalled;
    } else {
        minute.plays += 1;
        minute.stalled_plays += u64::from(stalled);
        (play.minute, play.minute_stalled) = (number, stalled);
    }
    if let Some(ms) = said.first_frame_ms.filter(|_| play.first_frame_ms.is_none()) {
        minute.first_frame.add(ms);
    }
    said.latency_ms.into_iter().for_each(|ms| minute.latency.add(ms));
    minute.failures += u64::from(said.failure.is_some());
    minute.played_ms += u64::from(said.played_ms);
    minute.stalls += u64::from(said.stalls);
    minute.stalled_ms += u64::from(said.stalled_ms);
    minute.frames += u64::from(said.frames);
    minute.dropped += u64::from(said.dropped);
}

/// The play's part.
fn add(play: &mut Play, report: &Report) {
    let said = &report.said;
    if let Some(ms) = said.latency_ms {
        play.latency.add(ms);
        play.latency_worst_ms = play.latency_worst_ms.max(Some(ms));
    }
    play.played_ms += u64::from(said.played_ms);
    play.stalls += u64::from(said.stalls);
    play.stalled_ms += u64::from(said.stalled_ms);
    play.frames += u64::from(said.frames);
    play.dropped += u64::from(said.dropped);
    play.shown |= said.first_frame_ms.is_some() || said.played_ms > 0 || said.frames > 0;
    // As the metric has it: of several first frames of one play the quickest.
    play.first_frame_ms = match (play.first_frame_ms, said.first_frame_ms) {
        (Some(known), Some(said)) => Some(known.min(said)),
        (known, said) => known.or(said),
    };
    play.height = said.height.or(play.height);
    play.bitrate_kbps = said.bitrate_kbps.or(play.bitrate_kbps);
    play.broken = said.failure.is_some() || (play.broken && said.played_ms == 0);
    play.failure = said.failure.clone().or(play.failure.take());
    play.last_at = play.last_at.max(report.at);
    play.last_position = report.position;
}

fn begin(report: &Report, suspect: bool) -> Play {
    let said = report.said.clone();
    Play {
        id: report.id(),
        org: report.org,
        team: report.team,
        room: report.room,
        viewer: report.viewer.clone(),
        device: said.device,
        os: said.os,
        browser: said.browser,
        version: said.version,
        region: said.region,
        node: said.node,
        height: None,
        bitrate_kbps: None,
        first_at: report.at,
        last_at: report.at,
        first_position: report.position,
        last_position: report.position,
        played_ms: 0,
        stalls: 0,
        stalled_ms: 0,
        frames: 0,
        dropped: 0,
        shown: false,
        first_frame_ms: None,
        failure: None,
        broken: false,
        latency: Sketch::default(),
        latency_worst_ms: None,
        suspect,
        minute: i64::MIN,
        minute_stalled: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(at: i64, said: PlaybackReported) -> Report {
        let viewer = "v1".parse().unwrap();
        let (broadcast, org, team, room) = Default::default();
        Report { position: at as u64, at: Millis(at), broadcast, org, team, room, viewer, said }
    }

    #[test]
    fn a_play_counts_once_a_minute_and_its_stalls_too() {
        let (mut plays, mut minutes) = Default::default();
        let entry = EntryId(Uuid::nil());
        let said = |stalls| PlaybackReported {
            entry,
            played_ms: 9_000,
            stalls,
            stalled_ms: stalls * 400,
            ..Default::default()
        };
        let broadcast = BroadcastId(Uuid::nil());
        for (at, stalls) in [(0, 0), (10_000, 1), (20_000, 2), (70_000, 0), (80_000, 0)] {
            fold(&mut plays, &mut minutes, &Report { broadcast, ..report(at, said(stalls)) }, false);
        }
        let counted: Vec<_> =
            minutes.values().map(|minute| (minute.plays, minute.stalled_plays, minute.stalls)).collect();
        assert_eq!(counted, [(1, 1, 3), (1, 0, 0)]);
        let play = plays.values().next().unwrap();
        assert_eq!((plays.len(), play.played_ms, play.stalled_ms, play.shown), (1, 45_000, 1_200, true));
    }

    #[test]
    fn minutes_leave_a_suspect_out_and_its_play_is_kept() {
        let (mut plays, mut minutes) = Default::default();
        let said = PlaybackReported { played_ms: 9_000, stalls: 3, latency_ms: Some(9), ..Default::default() };
        fold(&mut plays, &mut minutes, &report(0, said), true);
        assert!(minutes.is_empty());
        let play = plays.values().next().unwrap();
        assert_eq!((play.suspect, play.stalls, play.latency_worst_ms), (true, 3, Some(9)));
    }
}
