//! Recording 录制, replay 回放, DVR rewind, clips 切片, thumbnails and highlight suggestions.
//!
//! ```text
//! publisher's task --Tap--> queue --task per show--> index + chunk files --> replay, DVR, clips
//! ```
//! `index` is the form on disk, `shelf` a recording in memory, `rules` decides what is kept and what may be cut.
//! `docs/decisions/0009-recording.md` tells why.

mod clips;
mod highlights;
mod http;
mod index;
mod migrations;
pub(crate) mod mp4;
mod playlist;
mod recorder;
mod retention;
mod rules;
mod settings;
mod shelf;
mod store;
mod store_pulse;
mod thumbnails;

pub use settings::RecordSettings;

use crate::Media;
use app::{Feature, Job};
use recorder::Recorder;
use std::sync::Arc;

pub(crate) fn feature(media: &Media) -> Feature {
    let recorder = Recorder::new(media.0.app.clone(), media.0.desk.clone(), media.0.all.record.clone());
    media.add_tap(Arc::new(recorder.clone()));
    let mut feature = Feature::new("record");
    feature.migrations = migrations::MIGRATIONS;
    feature.routes = http::routes(media.clone(), recorder.clone());
    feature.reactions.push(highlights::reactions::reaction(media.0.app.clone()));
    feature.jobs.push(Job::new("record", move |stop| retention::run(recorder, stop)));
    feature
}
