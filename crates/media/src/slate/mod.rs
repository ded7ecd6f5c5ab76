//! Never off air: backup input 备路 and standby slate 垫片.

use crate::Media;
use app::Feature;
use serde::Deserialize;

/// Settings, section `slate` of the configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SlateSettings {}

pub(crate) fn feature(_media: &Media) -> Feature {
    Feature::new("slate")
}
