//! Recording 录制, replay 回放, DVR rewind, clips 切片, thumbnails and highlight suggestions.
//!
//! ```text
//! publisher's task --Tap--> queue --task per show--> index + chunk files --> replay, DVR, clips
//!                                                         | complete files, noted as rows
//!                                                         +--uploads--> object store, if there is one --> the same
//! ```
//! `index` is the form on disk, `shelf` a recording in memory, `folder` its files wherever they are, `rules` decides what is
//! kept and what may be cut.
//! `docs/decisions/0009-recording.md` tells why.

mod appender;
mod clips;
mod evidence;
mod folder;
mod highlights;
mod http;
mod index;
mod migrations;
pub(crate) mod mp4;
mod objects;
mod playlist;
mod recorder;
mod retention;
mod rules;
mod settings;
mod shelf;
mod store;
mod store_evidence;
mod store_pulse;
mod store_uploads;
mod task;
mod thumbnails;
mod uploads;

pub use evidence::{Evidence, Outcome as EvidenceOutcome, Stretch};
pub use objects::address::{Address, Hidden};
pub use objects::bucket;
pub(crate) use recorder::Recorder;
pub use settings::RecordSettings;

use crate::Media;
use app::{Feature, Job};
use objects::Objects;
use std::sync::Arc;

/// Names this installation in the object store.
const OWNER: &str = "recordings in the object store v1";

pub(crate) fn feature(media: &Media) -> Feature {
    let (app, settings) = (media.0.app.clone(), media.0.all.record.clone());
    let owner = app.keys.sign(OWNER, b"owner").iter().map(|byte| format!("{byte:02x}")).collect();
    // A store that cannot be used stops the start, as every wrong setting does.
    let (objects, wrong) = match Objects::open(&settings, owner) {
        Ok(objects) => (objects.map(Arc::new), None),
        Err(error) => (None, Some(error)),
    };
    let recorder = Recorder::new(app, media.0.desk.clone(), settings, media.retention().target_s, objects.clone());
    media.add_tap(Arc::new(recorder.clone()));
    media.0.recorder.set(recorder.clone()).ok();
    let mut feature = Feature::new("record");
    feature.migrations = migrations::MIGRATIONS;
    feature.routes = http::routes(media.clone(), recorder.clone());
    feature.reactions.push(highlights::reactions::reaction(media.0.app.clone()));
    if let Some(objects) = objects {
        let recorder = recorder.clone();
        feature.jobs.push(Job::new("uploads", move |stop| uploads::run(recorder, objects, stop)));
    }
    feature.jobs.push(Job::new("record", move |stop| async move {
        match wrong {
            Some(error) => Err(error),
            None => retention::run(recorder, stop).await,
        }
    }));
    feature
}
