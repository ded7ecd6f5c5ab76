//! One room whose show shows what a test wants.

use app::{
    Scope,
    testing::{Answer, TestApp},
};
use async_trait::async_trait;
use bytes::Bytes;
use events::{BroadcastId, Millis, OrgId, RoomId, TeamId};
use parking_lot::Mutex;
use patrol::{Patrol, PatrolSettings, Picture, Place, Settings, Sound, Streams, WordHit, Words, library::PatrolLevel};
use serde_json::Value;
use std::{collections::BTreeSet, path::Path, process::Command, sync::Arc, time::Duration};

/// Whether there is an ffmpeg; says loudly that there is none.
pub fn has_ffmpeg() -> bool {
    let there = Command::new("ffmpeg").arg("-version").output().is_ok();
    if !there {
        eprintln!("SKIPPED: ffmpeg is not installed, no picture was looked at");
    }
    there
}

/// What ffmpeg makes of a source of its own.
pub fn draw(dir: &Path, name: &str, source: &str, options: &[&str]) -> Bytes {
    let path = dir.join(name);
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-frames:v", "1"])
        .args(options)
        .arg(&path)
        .output()
        .expect("ffmpeg");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(path).expect("a file").into()
}

/// A key frame as media has it.
pub fn video(dir: &Path, source: &str) -> Bytes {
    let coded = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+frag_keyframe+empty_moov+default_base_moof"];
    draw(dir, "video.mp4", source, &coded)
}

pub struct Shown {
    pub place: Place,
    /// Counts pictures.
    pub sequence: u64,
    pub media: Bytes,
    /// Segments of sound; each is heard once.
    pub sound: Vec<Bytes>,
    pub cuts: u32,
}

pub struct Stage(pub Mutex<Shown>);

#[async_trait]
impl Streams for Stage {
    async fn live(&self) -> anyhow::Result<Vec<Place>> {
        Ok(Some(self.0.lock().place.clone()).into_iter().filter(|place| place.broadcast.is_some()).collect())
    }

    async fn find(&self, room: RoomId) -> anyhow::Result<Option<Place>> {
        Ok(Some(self.0.lock().place.clone()).filter(|place| place.room == room))
    }

    async fn has_show(&self, scope: Scope, broadcast: BroadcastId) -> anyhow::Result<bool> {
        let place = self.0.lock().place.clone();
        Ok(place.broadcast == Some(broadcast) && scope.covers(place.org, place.team))
    }

    fn picture(&self, _: RoomId) -> Option<Picture> {
        let mut shown = self.0.lock();
        shown.sequence += 1;
        let (broadcast, sequence, pieces) = (shown.place.broadcast?, shown.sequence, vec![shown.media.clone()]);
        let at = Millis(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?.as_millis() as i64);
        Some(Picture { broadcast, sequence, at, pieces })
    }

    fn sound(&self, _: RoomId, after: Option<u64>, _: i64, _: i64) -> Option<Sound> {
        let shown = self.0.lock();
        let first = after.map_or(0, |after| after + 1);
        let media = shown.sound.get(usize::try_from(first).ok()?)?.clone();
        Some(Sound {
            broadcast: shown.place.broadcast?,
            first,
            last: first,
            at: shown.place.started_at.plus_ms(first as i64 * 6_000),
            duration_ms: 6_000,
            continues: after.is_some(),
            pieces: (!media.is_empty()).then(|| vec![media]),
        })
    }

    async fn held(&self) -> anyhow::Result<BTreeSet<BroadcastId>> {
        Ok(BTreeSet::new())
    }

    async fn cut(&self, broadcast: BroadcastId) -> anyhow::Result<()> {
        let mut shown = self.0.lock();
        if shown.place.broadcast == Some(broadcast) {
            shown.place.broadcast = None;
            shown.cuts += 1;
        }
        Ok(())
    }

    fn is_clause(&self, code: &str) -> bool {
        code == "gambling"
    }
}

/// A list of words, and how grave they are.
pub struct List(pub &'static [(&'static str, PatrolLevel)]);

impl Words for List {
    fn hits(&self, _: OrgId, _: RoomId, text: &str) -> Option<Vec<WordHit>> {
        let found = self.0.iter().flat_map(|(word, level)| {
            text.match_indices(word).map(|(at, _)| {
                let start = text[..at].chars().count() as u32;
                WordHit {
                    word: (*word).to_owned(),
                    category: "diversion".to_owned(),
                    level: *level,
                    list: "pack".to_owned(),
                    start,
                    end: start + word.chars().count() as u32,
                }
            })
        });
        Some(found.collect())
    }
}

pub const WORDS: &[(&str, PatrolLevel)] = &[("ten meters", PatrolLevel::Alarm), ("加微信", PatrolLevel::Hold)];

pub struct Program {
    pub app: TestApp,
    pub patrol: Patrol,
    pub stage: Arc<Stage>,
    pub room: RoomId,
    pub show: BroadcastId,
}

impl Program {
    pub async fn start(media: Bytes) -> Self {
        Self::start_with(media, Settings::default()).await
    }

    pub async fn start_with(media: Bytes, settings: Settings) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let place = Place {
            room: RoomId::new(),
            org: OrgId::new(),
            team: TeamId::new(),
            title: "双十二专场".into(),
            broadcast: Some(BroadcastId::new()),
            started_at: Millis(0),
            viewers: 3,
        };
        let (room, show) = (place.room, place.broadcast.expect("a show"));
        let stage = Arc::new(Stage(Mutex::new(Shown { place, sequence: 0, media, sound: Vec::new(), cuts: 0 })));
        let given = stage.clone();
        // A loaded machine decodes slowly.
        let patrol = PatrolSettings { every_s: 1, timeout_s: 60, ..settings.patrol };
        let settings = Settings { patrol, ..settings };
        let words = Arc::new(List(WORDS));
        let mut made = None;
        let app = TestApp::new(|app| {
            let patrol = Patrol::new(app.clone(), given, words, settings);
            vec![made.insert(patrol).feature()]
        });
        let (app, patrol) = (app.await.expect("a program"), made.expect("a patrol"));
        {
            let mut shown = stage.0.lock();
            (shown.place.org, shown.place.team) = (app.org, app.team);
        }
        Self { app, patrol, stage, room, show }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/api/patrol/rooms/{}{rest}", self.room)
    }

    pub async fn read_when(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        for _ in 0..3_000 {
            let answer = self.app.get(path).await;
            last = answer.json();
            if answer.status == 200 && wanted(&last) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("`{path}` never was as wanted: {last}");
    }

    pub async fn upload(&self, who: &str, name: &str, level: &str, file: Bytes) -> Answer {
        let path = format!("/api/patrol/samples?name={name}&category=gambling&level={level}");
        let request =
            http::Request::builder().method("POST").uri(path).header("authorization", format!("Bearer {who}"));
        self.app.send(request.body(file.to_vec()).expect("a request")).await
    }
}
