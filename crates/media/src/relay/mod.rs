//! Relay 多平台推流: the room's stream pushed on to other platforms.

use crate::Media;
use app::Feature;
use serde::Deserialize;

/// Settings, section `relay` of the configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelaySettings {}

pub(crate) fn feature(_media: &Media) -> Feature {
    Feature::new("relay")
}
