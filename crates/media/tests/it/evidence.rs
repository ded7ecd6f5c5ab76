//! Stretches of shows that are kept as evidence: apart from the recording, which may go, and from the clips.

use crate::http_support::{Server, start_at};
use crate::recording_support::{Place, code, on_every_place, start_on, until};
use crate::show;
use events::{BroadcastId, Clock, Millis};
use futures_util::TryStreamExt;
use media::Settings;
use media::record::{Evidence, EvidenceOutcome, Stretch};
use serde_json::json;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;
use uuid::Uuid;

on_every_place!(a_stretch_outlives_its_recording);

impl Server {
    /// The middle is what it is about.
    pub fn stretch(&self, start_ms: i64, end_ms: i64) -> Stretch {
        let moment_ms = (start_ms + end_ms) / 2;
        Stretch { id: Uuid::now_v7(), broadcast: self.broadcast(), start_ms, moment_ms, end_ms }
    }

    pub async fn kept(&self, stretch: &Stretch) -> Evidence {
        match self.media.keep_evidence(stretch).await.unwrap() {
            EvidenceOutcome::Kept(evidence) => evidence,
            other => panic!("{other:?}"),
        }
    }

    async fn film(&self, id: Uuid, part: Range<u64>) -> Option<Vec<u8>> {
        let film = self.media.read_evidence(id, part).await.unwrap()?;
        let pieces: Vec<bytes::Bytes> = film.try_collect().await.unwrap();
        Some(pieces.concat())
    }

    fn film_path(&self, id: Uuid) -> PathBuf {
        self.program.app.data_dir.join(format!("media/evidence/{id}.mp4"))
    }
}

async fn a_stretch_outlives_its_recording(place: Place) {
    let server = start_on(place).await;
    let mut source = server.timed();
    source.push(&show::tags(0, 9_000, 50), 0).await;
    server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(6_000)).await;
    let (early, late) = (server.stretch(1_000, 5_000), server.stretch(7_000, 30_000));
    let kept = server.kept(&early).await;
    assert_eq!((kept.start_ms, kept.end_ms), (1_000, 5_000), "while the show runs");
    assert_eq!(server.media.keep_evidence(&late).await.unwrap(), EvidenceOutcome::NotYet);
    source.close().await;
    server.end_show().await;
    server.recording_when(|recording| recording["state"] == "complete").await;
    let rest = server.kept(&late).await;
    assert!((8_900..=9_100).contains(&rest.end_ms), "what there is of it: {rest:?}");

    let whole = server.film(early.id, 0..kept.bytes).await.expect("a file");
    assert_eq!((whole.len() as u64, app::hash_of_bytes(&whole)), (kept.bytes, kept.sha256.clone()));
    if place != Place::Disk {
        server.only_in_the_store().await;
        until("the file is in the store only", || !server.film_path(early.id).exists()).await;
    }
    let recording = format!("/api/broadcasts/{}/recording", server.broadcast());
    assert_eq!(server.call("DELETE", &recording, None).await.status, 204);
    assert_eq!(server.film(early.id, 4..12).await.as_deref(), Some(&b"ftypisom"[..]));
    assert_eq!(server.film(early.id, 0..kept.bytes).await, Some(whole));
    assert_eq!(server.kept(&early).await, kept, "asked once more");
    let gone = server.media.keep_evidence(&server.stretch(1_000, 5_000)).await.unwrap();
    assert_eq!(gone, EvidenceOutcome::Removed);
    let clips = format!("/api/broadcasts/{}/clips", server.broadcast());
    assert_eq!(server.json(&clips).await, json!([]), "no operator's clip");
    let by_clip = server.call("GET", &format!("/api/clips/{}/file", early.id), None).await;
    assert_eq!(code(&by_clip), "404 clip_not_found");

    for id in [early.id, early.id] {
        server.media.remove_evidence(id).await.unwrap();
    }
    for _ in 0..3_000 {
        if server.film(early.id, 0..4).await.is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it is still there");
}

#[tokio::test]
async fn what_was_never_recorded_is_not_waited_for() {
    let zero = Millis::now();
    let clock = Clock::manual(zero);
    let server = start_at(clock.clone(), Settings::default()).await;
    let outcome = async |stretch: &Stretch| server.media.keep_evidence(stretch).await.unwrap();
    let stretch = server.stretch(0, 20_000);
    assert_eq!(outcome(&stretch).await, EvidenceOutcome::NotYet, "a show that has just begun");
    let unknown = Stretch { broadcast: BroadcastId::new(), ..stretch };
    assert_eq!(outcome(&unknown).await, EvidenceOutcome::NotRecorded);
    clock.set(zero.plus_ms(60_000));
    assert_eq!(outcome(&stretch).await, EvidenceOutcome::NotRecorded);
}
