//! The bit-rate ladder 码率自适应, made by ffmpeg.

use crate::Media;
use app::Feature;
use serde::Deserialize;

/// Settings, section `ladder` of the configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LadderSettings {}

pub(crate) fn feature(_media: &Media) -> Feature {
    Feature::new("ladder")
}
