//! The pre-live check 直播检测.

use crate::Media;
use app::Feature;
use serde::Deserialize;

/// Settings, section `precheck` of the configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PrecheckSettings {}

pub(crate) fn feature(_media: &Media) -> Feature {
    Feature::new("precheck")
}
