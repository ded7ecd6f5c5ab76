//! Outside media servers (SRS, nginx-rtmp, MediaMTX): their hooks, and taking their streams over.

use crate::Media;
use app::Feature;
use serde::Deserialize;

/// Settings, section `hooks` of the configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HooksSettings {}

pub(crate) fn feature(_media: &Media) -> Feature {
    Feature::new("hooks")
}
