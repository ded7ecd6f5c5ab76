//! The tables of stream quality as rows, and rows as what they mean.

use super::fold::{Minute, Play, PlayId};
use events::{BroadcastId, EntryId, IngestMeasured, Millis, OrgId, RoomId, Sketch, StreamSource, TeamId, ViewerId};
use store::Text;
use uuid::Uuid;

pub(super) mod folded {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "qoe_folded")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub position: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod play {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "qoe_plays")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub broadcast_id: Text<BroadcastId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry_id: Text<EntryId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub play_id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub viewer: Text<ViewerId>,
        pub device: String,
        pub os: String,
        pub browser: String,
        pub version: String,
        pub region: String,
        pub node: String,
        pub height: Option<i32>,
        pub bitrate_kbps: Option<i32>,
        pub first_at_ms: i64,
        pub last_at_ms: i64,
        pub first_position: i64,
        pub last_position: i64,
        pub played_ms: i64,
        pub stalls: i64,
        pub stalled_ms: i64,
        pub frames: i64,
        pub dropped: i64,
        pub shown: bool,
        pub first_frame_ms: Option<i64>,
        pub failure: Option<String>,
        pub broken: bool,
        pub latency: String,
        pub latency_worst_ms: Option<i64>,
        pub suspect: bool,
        pub minute: i64,
        pub minute_stalled: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod show {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "qoe_shows")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub broadcast_id: Text<BroadcastId>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub first_at_ms: i64,
        pub last_at_ms: i64,
        /// Small JSON objects that nobody selects by.
        pub sums: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod suspect {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "qoe_suspects")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub broadcast_id: Text<BroadcastId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry_id: Text<EntryId>,
        pub at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod minute {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "qoe_minutes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub broadcast_id: Text<BroadcastId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub minute: i64,
        pub plays: i64,
        pub stalled_plays: i64,
        pub failures: i64,
        pub played_ms: i64,
        pub stalls: i64,
        pub stalled_ms: i64,
        pub frames: i64,
        pub dropped: i64,
        pub first_frame: String,
        pub latency: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod window {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "qoe_ingest")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub broadcast_id: Text<BroadcastId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub source: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub at_ms: i64,
        pub window_ms: i64,
        pub video_kbps: i64,
        pub audio_kbps: i64,
        pub fps_milli: i64,
        pub gop_ms: Option<i64>,
        pub gap_ms: i64,
        pub skew_ms: Option<i64>,
        pub jumps: i64,
        pub b_frames: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) fn source_name(source: StreamSource) -> &'static str {
    match source {
        StreamSource::Primary => "primary",
        StreamSource::Backup => "backup",
        StreamSource::Slate => "slate",
    }
}

pub(super) fn source_named(name: &str) -> Option<StreamSource> {
    let all = [StreamSource::Primary, StreamSource::Backup, StreamSource::Slate];
    all.into_iter().find(|source| source_name(*source) == name)
}

pub(super) fn row_of(play: Play) -> play::Model {
    play::Model {
        broadcast_id: Text(play.id.broadcast),
        entry_id: Text(play.id.entry),
        play_id: Text(play.id.play),
        org_id: Text(play.org),
        team_id: Text(play.team),
        room_id: Text(play.room),
        viewer: Text(play.viewer),
        device: play.device,
        os: play.os,
        browser: play.browser,
        version: play.version,
        region: play.region,
        node: play.node,
        height: play.height.map(|height| height as i32),
        bitrate_kbps: play.bitrate_kbps.map(|kbps| kbps as i32),
        first_at_ms: play.first_at.0,
        last_at_ms: play.last_at.0,
        first_position: play.first_position as i64,
        last_position: play.last_position as i64,
        played_ms: play.played_ms as i64,
        stalls: play.stalls as i64,
        stalled_ms: play.stalled_ms as i64,
        frames: play.frames as i64,
        dropped: play.dropped as i64,
        shown: play.shown,
        first_frame_ms: play.first_frame_ms.map(i64::from),
        failure: play.failure,
        broken: play.broken,
        latency: sketch_text(&play.latency),
        latency_worst_ms: play.latency_worst_ms.map(i64::from),
        suspect: play.suspect,
        minute: play.minute,
        minute_stalled: play.minute_stalled,
    }
}

pub(super) fn play_of(row: play::Model) -> Play {
    Play {
        id: PlayId { broadcast: row.broadcast_id.0, entry: row.entry_id.0, play: row.play_id.0 },
        org: row.org_id.0,
        team: row.team_id.0,
        room: row.room_id.0,
        viewer: row.viewer.0,
        device: row.device,
        os: row.os,
        browser: row.browser,
        version: row.version,
        region: row.region,
        node: row.node,
        height: row.height.map(|height| height.max(0) as u32),
        bitrate_kbps: row.bitrate_kbps.map(|kbps| kbps.max(0) as u32),
        first_at: Millis(row.first_at_ms),
        last_at: Millis(row.last_at_ms),
        first_position: row.first_position.max(0) as u64,
        last_position: row.last_position.max(0) as u64,
        played_ms: row.played_ms.max(0) as u64,
        stalls: row.stalls.max(0) as u64,
        stalled_ms: row.stalled_ms.max(0) as u64,
        frames: row.frames.max(0) as u64,
        dropped: row.dropped.max(0) as u64,
        shown: row.shown,
        first_frame_ms: row.first_frame_ms.map(|ms| ms.max(0) as u32),
        failure: row.failure,
        broken: row.broken,
        latency: sketch_of(&row.latency),
        latency_worst_ms: row.latency_worst_ms.map(|ms| ms.max(0) as u32),
        suspect: row.suspect,
        minute: row.minute,
        minute_stalled: row.minute_stalled,
    }
}

pub(super) fn minute_row(broadcast: BroadcastId, number: i64, minute: &Minute) -> minute::Model {
    minute::Model {
        broadcast_id: Text(broadcast),
        minute: number,
        plays: minute.plays as i64,
        stalled_plays: minute.stalled_plays as i64,
        failures: minute.failures as i64,
        played_ms: minute.played_ms as i64,
        stalls: minute.stalls as i64,
        stalled_ms: minute.stalled_ms as i64,
        frames: minute.frames as i64,
        dropped: minute.dropped as i64,
        first_frame: sketch_text(&minute.first_frame),
        latency: sketch_text(&minute.latency),
    }
}

pub(super) fn minute_of(row: minute::Model) -> Minute {
    Minute {
        plays: row.plays.max(0) as u64,
        stalled_plays: row.stalled_plays.max(0) as u64,
        failures: row.failures.max(0) as u64,
        played_ms: row.played_ms.max(0) as u64,
        stalls: row.stalls.max(0) as u64,
        stalled_ms: row.stalled_ms.max(0) as u64,
        frames: row.frames.max(0) as u64,
        dropped: row.dropped.max(0) as u64,
        first_frame: sketch_of(&row.first_frame),
        latency: sketch_of(&row.latency),
    }
}

pub(super) fn measured_of(row: &window::Model) -> IngestMeasured {
    let whole = |number: i64| number.max(0) as u32;
    IngestMeasured {
        source: source_named(&row.source),
        window_ms: whole(row.window_ms),
        video_kbps: whole(row.video_kbps),
        audio_kbps: whole(row.audio_kbps),
        fps_milli: whole(row.fps_milli),
        gop_ms: row.gop_ms.map(whole),
        gap_ms: whole(row.gap_ms),
        skew_ms: row.skew_ms.map(|ms| ms as i32),
        jumps: whole(row.jumps),
        b_frames: row.b_frames,
    }
}

/// A sketch is a small JSON object in a `TEXT` column.
fn sketch_text(sketch: &Sketch) -> String {
    serde_json::to_string(sketch).unwrap_or_default()
}

fn sketch_of(text: &str) -> Sketch {
    serde_json::from_str(text).unwrap_or_default()
}
