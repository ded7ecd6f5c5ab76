//! Quality of experience 体验质量: what players and encoders report, alarms, coverage.

use crate::Media;
use app::Feature;
use serde::Deserialize;

/// Settings, section `qoe` of the configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QoeSettings {}

pub(crate) fn feature(_media: &Media) -> Feature {
    Feature::new("qoe")
}
