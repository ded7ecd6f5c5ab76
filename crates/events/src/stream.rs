//! Events of the stream's life and quality: sources, recordings, clips, relays, playback, alarms.

use crate::{EntryId, Millis, ViewerKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a room's picture is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamSource {
    /// The encoder that pushes with the room's key 主路.
    Primary,
    /// The encoder that stands by 备路.
    Backup,
    /// The picture shown while no encoder is there 垫片.
    Slate,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamSwitched {
    /// Absent at the beginning of a show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<StreamSource>,
    pub to: StreamSource,
    pub reason: SwitchReason,
    /// From the last media of the old source to the first of the new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap_ms: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwitchReason {
    /// The show begins, or goes on after the program was started anew.
    Started,
    /// The source's connection ended.
    Lost,
    /// The source is connected and sends nothing.
    Stalled,
    /// A better source is there again.
    Returned,
    /// A person chose.
    Operator,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingFinished {
    pub duration_ms: u64,
    pub bytes: u64,
    /// Pieces between which the stream was away.
    pub pieces: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingRemoved {
    pub reason: RemovalReason,
    pub bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovalReason {
    /// Older than the rule keeps.
    Age,
    /// More bytes than the rule keeps.
    Space,
    /// A person removed it.
    Operator,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClipCreated {
    pub clip: Uuid,
    pub title: String,
    /// From the beginning of the show.
    pub start_ms: i64,
    pub end_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClipRemoved {
    pub clip: Uuid,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayChanged {
    pub relay: Uuid,
    /// `connecting`, `live`, `waiting`, `stopped`, `refused`.
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a player saw since its last report. Counters are differences, not totals.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlaybackReported {
    /// One try to play 播放; an entry has one or more.
    pub play: Uuid,
    pub entry: EntryId,
    #[serde(default)]
    pub played_ms: u32,
    /// Stalls 卡顿 over 200 ms, seeks apart.
    #[serde(default)]
    pub stalls: u32,
    #[serde(default)]
    pub stalled_ms: u32,
    /// From the wish to the first frame 首帧; in the report that brings it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_frame_ms: Option<u32>,
    /// The play never showed a frame, or broke off: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    #[serde(default)]
    pub frames: u32,
    #[serde(default)]
    pub dropped: u32,
    /// From the arrival at the server to the shown frame, by the server's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u32>,
    /// Height of the shown picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bitrate_kbps: Option<u32>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub device: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub os: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub browser: String,
    /// Version of the player.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// Who delivered: this program, or a CDN's node.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub node: String,
}

/// What came in from an encoder over one window.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IngestMeasured {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<StreamSource>,
    pub window_ms: u32,
    pub video_kbps: u32,
    pub audio_kbps: u32,
    /// Frames a second, in thousandths.
    pub fps_milli: u32,
    /// Longest distance of two key frames; absent when there was less than two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gop_ms: Option<u32>,
    /// Longest time without any media.
    pub gap_ms: u32,
    /// Audio's timestamp minus video's at the same arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew_ms: Option<i32>,
    /// Times a timestamp leapt away from the clock.
    #[serde(default)]
    pub jumps: u32,
    /// Pictures that are shown before one that was sent earlier.
    #[serde(default)]
    pub b_frames: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlarmRaised {
    pub alarm: Uuid,
    /// `no_data`, `low_fps`, `av_skew`, `stall_rate`, `recording_failed`, `relay_failed` ...
    pub kind: String,
    /// The source it speaks of, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<StreamSource>,
    pub value: f64,
    pub limit: f64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmCleared {
    pub alarm: Uuid,
    pub kind: String,
}

/// What an entry was found to be, with the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewerJudged {
    pub entry: EntryId,
    pub verdict: ViewerVerdict,
    /// Codes of the reasons, strongest first.
    pub reasons: Vec<String>,
    /// Media or a shown picture made it an entry 进入; without, it was never counted.
    #[serde(default)]
    pub entered: bool,
    /// The entry has left or fell silent: nothing more will be said of it in this show.
    #[serde(default)]
    pub last: bool,
    #[serde(default)]
    pub evidence: ViewerEvidence,
}

/// What was seen of one entry in one show. Counters are totals since the program knows the entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewerEvidence {
    pub kind: Option<ViewerKind>,
    pub first_at: Millis,
    pub last_at: Millis,
    /// Playlists served.
    pub playlists: u32,
    /// Segments and parts of which media arrived, of the live stream and of recordings.
    pub fetches: u32,
    /// Segments and parts of the live stream.
    pub live_fetches: u32,
    /// Distinct live media that arrived.
    pub media_ms: u64,
    /// All live media that arrived, the same again included.
    pub served_ms: u64,
    /// Media of recordings and of what lies behind the live edge, the same again included.
    pub rewound_ms: u64,
    /// Of live media, as far as they arrived.
    pub bytes: u64,
    pub beats: u32,
    /// Heartbeats that said a position.
    pub positions: u32,
    /// Heartbeats of a hidden page.
    pub hidden: u32,
    pub claimed_ms: u64,
    pub credited_ms: u64,
    /// Claims of exactly as many milliseconds as the one before.
    pub repeats: u32,
    /// Claims whose position did not move.
    pub still: u32,
    /// Claims whose position lies where nothing was sent.
    pub outside: u32,
    /// Claims beyond what a clock allows, or of a time in which there was no show.
    pub impossible: u32,
    /// Mean deviation of a heartbeat's distance from the one before.
    pub jitter_ms: Option<u32>,
    /// Heartbeats that came in the same instant as those of many others of its cluster.
    pub lockstep: u32,
    /// Entries of the same address and program that came within the same seconds.
    pub rush: u32,
    /// Entries of the same address and program.
    pub cluster: u32,
    /// Entries of the same address and program that only looked in, within ten minutes; of an entry that did so itself.
    pub brief: u32,
    /// Room sockets opened.
    pub sockets: u32,
    pub socket_ms: u64,
    /// Most addresses that used its token within one minute.
    pub addresses: u32,
    /// What the client says it is: `browser`, `headless`, `tool`, `media_player`, `app`, `none`.
    pub agent: String,
    /// Distinct segments that an imported CDN log shows.
    pub cdn_segments: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewerVerdict {
    /// Our player, with evidence that agrees.
    Web,
    /// A bare HLS client that fetches like one that plays.
    Bare,
    /// Suspected of not being a person.
    Bot,
    /// Too little evidence to say.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamChecked {
    pub check: Uuid,
    pub passed: bool,
    /// Codes of what failed.
    pub failed: Vec<String>,
    pub at: Millis,
}
