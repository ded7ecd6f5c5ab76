//! Settings: one commented default file compiled in, a file of the operator's on top.

use crate::{config_check::check_text, system::ConditionSettings, trace::TraceSettings};
use anyhow::{Context, ensure};
use serde::Deserialize;
use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

/// Every setting with its default and its explanation.
pub const DEFAULT_CONFIG: &str = include_str!("../config.default.toml");

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub http: SocketAddr,
    pub rtmp: SocketAddr,
    pub data: PathBuf,
    pub trusted_proxies: Vec<IpAddr>,
    pub allowed_origins: Vec<String>,
    pub max_connections: usize,
    pub api: ApiSettings,
    pub database: DatabaseSettings,
    pub log: LogSettings,
    pub condition: ConditionSettings,
    pub trace: TraceSettings,
    pub audience: audience::AudienceSettings,
    pub media: media::MediaSettings,
    pub room: room::gateway::RoomSettings,
    pub feed: feed::FeedSettings,
    pub slate: media::slate::SlateSettings,
    pub record: media::record::RecordSettings,
    pub relay: media::relay::RelaySettings,
    pub hooks: media::hooks::HooksSettings,
    pub qoe: media::qoe::QoeSettings,
    pub precheck: media::precheck::PrecheckSettings,
    pub ladder: media::ladder::LadderSettings,
    pub patrol: patrol::PatrolSettings,
    pub speech: patrol::SpeechSettings,
    pub vision: patrol::VisionSettings,
    pub standing: standing::ProviderSettings,
}

/// How often the API may be asked in a minute; 0: as often as one likes.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiSettings {
    pub requests_per_min: u32,
    pub public_requests_per_min: u32,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    pub url: String,
}

// The URL holds a password.
impl std::fmt::Debug for DatabaseSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseSettings").field("url", &store::Store::shown(&self.url)).finish()
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    pub format: LogFormat,
    pub file_layer: FileLayer,
}

/// How the program's own log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

/// How the event log reaches the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileLayer {
    Direct,
    HeldBack,
}

impl Config {
    /// The sections of media and its parts.
    pub fn media_settings(&self) -> media::Settings {
        media::Settings {
            media: self.media.clone(),
            slate: self.slate.clone(),
            record: self.record.clone(),
            relay: self.relay.clone(),
            hooks: self.hooks.clone(),
            qoe: self.qoe.clone(),
            precheck: self.precheck.clone(),
            ladder: self.ladder.clone(),
        }
    }

    /// The sections of the patrol.
    pub fn patrol_settings(&self) -> patrol::Settings {
        let (patrol, speech, vision) = (self.patrol.clone(), self.speech.clone(), self.vision.clone());
        patrol::Settings { patrol, speech, vision }
    }

    /// The database: the one that is named, or the file in the data folder.
    pub fn database_url(&self) -> String {
        match self.database.url.as_str() {
            "" => format!("sqlite://{}", self.data.join("kaibo.db").display()),
            url => url.to_owned(),
        }
    }

    /// Why one setting (`section.key`) cannot have this value, if it cannot.
    pub(crate) fn with_one(key: &str, value: &toml::Value) -> Result<(), String> {
        let mut one = toml::Table::new();
        match key.split_once('.') {
            Some((section, key)) => {
                let inner = toml::Table::from_iter([(key.to_owned(), value.clone())]);
                one.insert(section.to_owned(), inner.into());
            }
            None => drop(one.insert(key.to_owned(), value.clone())),
        }
        let text = toml::to_string(&one).map_err(|error| error.to_string())?;
        let defaults = ::config::File::from_str(DEFAULT_CONFIG, ::config::FileFormat::Toml);
        let one = ::config::File::from_str(&text, ::config::FileFormat::Toml);
        let built = ::config::Config::builder().add_source(defaults).add_source(one).build();
        match built.and_then(::config::Config::try_deserialize::<Self>) {
            Ok(_) => Ok(()),
            Err(::config::ConfigError::At { error, .. }) => Err(error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The defaults, overlaid by `file`. What `kaibo config check` finds in its text is an error here too.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let defaults = ::config::File::from_str(DEFAULT_CONFIG, ::config::FileFormat::Toml);
        let mut builder = ::config::Config::builder().add_source(defaults);
        if let Some(file) = file {
            let text =
                fs::read_to_string(file).with_context(|| format!("reading the settings in `{}`", file.display()))?;
            let wrong: Vec<String> = check_text(&text).iter().map(ToString::to_string).collect();
            ensure!(wrong.is_empty(), "the settings in `{}` would not work:\n{}", file.display(), wrong.join("\n"));
            builder = builder.add_source(::config::File::from_str(&text, ::config::FileFormat::Toml));
        }
        let config = builder.build().and_then(::config::Config::try_deserialize);
        match file {
            Some(file) => config.with_context(|| format!("reading the settings in `{}`", file.display())),
            None => config.context("reading the default settings"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_is_complete() {
        let config = Config::load(None).expect("the defaults");
        assert!(config.http.ip().is_loopback() && config.rtmp.ip().is_loopback());
    }

    #[test]
    fn the_file_says_the_defaults_of_the_parts_and_leaves_out_no_key() {
        let config = Config::load(None).expect("the defaults");
        assert_eq!(config.media_settings(), media::Settings::default());
        assert_eq!(config.patrol_settings(), patrol::Settings::default());
        assert_eq!(config.room, room::gateway::RoomSettings::default());
        assert_eq!(config.condition, ConditionSettings::default());
        assert_eq!(config.trace, TraceSettings::default());
        assert_eq!(config.feed, feed::FeedSettings::default());
        assert_eq!(config.audience, audience::AudienceSettings::default());

        let keys_of = |section: &str| -> Vec<&str> {
            let lines = DEFAULT_CONFIG.lines().skip_while(|line| *line != format!("[{section}]")).skip(1);
            let lines = lines.take_while(|line| !line.starts_with('['));
            lines
                .filter(|line| !line.starts_with('#'))
                .filter_map(|line| line.split_once(" = "))
                .map(|(key, _)| key)
                .collect()
        };
        // `Debug` of a plain struct names every field, so a new setting that the file lacks is found here.
        let fields_of = |debug: String| -> Vec<String> {
            let lines = debug.lines().filter_map(|line| line.strip_prefix("    "));
            let fields =
                lines.filter(|line| !line.starts_with([' ', ']', '}'])).filter_map(|line| line.split_once(": "));
            fields.map(|(field, _)| field.to_owned()).collect()
        };
        assert_eq!(keys_of("media"), fields_of(format!("{:#?}", media::MediaSettings::default())));
        let parts = media::Settings::default();
        assert_eq!(keys_of("slate"), fields_of(format!("{:#?}", parts.slate)));
        assert_eq!(keys_of("record"), fields_of(format!("{:#?}", parts.record)));
        assert_eq!(keys_of("relay"), fields_of(format!("{:#?}", parts.relay)));
        assert_eq!(keys_of("hooks"), fields_of(format!("{:#?}", parts.hooks)));
        assert_eq!(keys_of("qoe"), fields_of(format!("{:#?}", parts.qoe)));
        assert_eq!(keys_of("precheck"), fields_of(format!("{:#?}", parts.precheck)));
        assert_eq!(keys_of("ladder"), fields_of(format!("{:#?}", parts.ladder)));
        assert_eq!(keys_of("standing"), fields_of(format!("{:#?}", standing::ProviderSettings::default())));
        assert_eq!(keys_of("patrol"), fields_of(format!("{:#?}", patrol::PatrolSettings::default())));
        assert_eq!(keys_of("speech"), fields_of(format!("{:#?}", patrol::SpeechSettings::default())));
        assert_eq!(keys_of("vision"), fields_of(format!("{:#?}", patrol::VisionSettings::default())));
        assert_eq!(keys_of("audience"), fields_of(format!("{:#?}", audience::AudienceSettings::default())));
        assert_eq!(keys_of("condition"), fields_of(format!("{:#?}", ConditionSettings::default())));
        assert_eq!(keys_of("trace"), fields_of(format!("{:#?}", TraceSettings::default())));
        assert_eq!(keys_of("feed"), fields_of(format!("{:#?}", feed::FeedSettings::default())));
        assert_eq!(keys_of("room"), fields_of(format!("{:#?}", room::gateway::RoomSettings::default())));
    }

    #[test]
    fn a_wrong_key_and_a_senseless_value_are_named() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("kaibo.toml");
        std::fs::write(&file, "htpt = \"127.0.0.1:1\"").expect("a file");
        let error = format!("{:#}", Config::load(Some(&file)).expect_err("a refusal"));
        assert!(error.contains("htpt"), "{error}");
        std::fs::write(&file, "[media]\nsegment_ms = 100\npart_ms = 50").expect("a file");
        let error = format!("{:#}", Config::load(Some(&file)).expect_err("a refusal"));
        assert!(error.contains("line 2: error: `media.segment_ms`: 100 is out of range"), "{error}");
    }
}
