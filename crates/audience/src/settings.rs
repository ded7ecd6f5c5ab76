//! Settings, section `audience` of the configuration file.

use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AudienceSettings {
    /// How long judgements and what CDN logs said are kept; at least a day.
    pub keep_days: u32,
}

impl Default for AudienceSettings {
    fn default() -> Self {
        Self { keep_days: 180 }
    }
}
