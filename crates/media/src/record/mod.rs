//! Recording 录制, replay 回放, DVR rewind, clips 切片, thumbnails and highlight suggestions.

use crate::Media;
use app::Feature;
use serde::Deserialize;

/// Settings, section `record` of the configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordSettings {}

pub(crate) fn feature(_media: &Media) -> Feature {
    Feature::new("record")
}
