//! What of the patrol an operator decides.

use crate::call;
use serde::Deserialize;
use std::{fmt, time::Duration};

/// The sections of the configuration file that belong to the patrol.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    pub patrol: PatrolSettings,
    pub speech: SpeechSettings,
    pub vision: VisionSettings,
}

/// What of the settings cannot work, by its key.
pub fn wrong(settings: &Settings) -> Vec<(&'static str, &'static str)> {
    let (speech, vision) = (&settings.speech, &settings.vision);
    let mut wrong = Vec::new();
    match speech.engine {
        EngineKind::Off => {}
        EngineKind::Command if speech.command.is_empty() => wrong.push(("speech.command", "it names no program")),
        EngineKind::Command => {}
        EngineKind::Http => {
            wrong.extend(call::address(&speech.url, speech.plain_http).err().map(|what| ("speech.url", what)))
        }
    }
    if !vision.url.is_empty() {
        wrong.extend(call::address(&vision.url, vision.plain_http).err().map(|what| ("vision.url", what)));
        if vision.alarm.is_empty() && vision.hold.is_empty() {
            wrong.push(("vision.alarm", "no label has a threshold, so nothing would ever be noticed"));
        }
    }
    wrong
}

/// The section `patrol`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatrolSettings {
    pub every_s: u32,
    pub at_once: usize,
    pub ffmpeg: String,
    pub timeout_s: u32,
    pub wall_frames: usize,
    pub wall_bytes: usize,
    pub frozen_s: u32,
    pub evidence_days: u32,
    pub hear_one_in: u32,
    pub hear_at_once: usize,
    pub hear_s: u32,
    pub silent_s: u32,
}

impl Default for PatrolSettings {
    fn default() -> Self {
        Self {
            every_s: 2,
            at_once: 2,
            ffmpeg: "ffmpeg".into(),
            timeout_s: 10,
            wall_frames: 20,
            wall_bytes: 2 << 20,
            frozen_s: 30,
            evidence_days: 1_096,
            hear_one_in: 1,
            hear_at_once: 2,
            hear_s: 6,
            silent_s: 30,
        }
    }
}

impl PatrolSettings {
    pub(crate) fn every_ms(&self) -> i64 {
        i64::from(self.every_s) * 1_000
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_s.into())
    }

    pub(crate) fn hear_ms(&self) -> i64 {
        i64::from(self.hear_s.max(1)) * 1_000
    }

    pub(crate) fn silent_ms(&self) -> i64 {
        i64::from(self.silent_s) * 1_000
    }
}

/// What makes words of sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineKind {
    #[default]
    Off,
    /// A program of this machine.
    Command,
    /// A server that speaks `POST /v1/audio/transcriptions`.
    Http,
}

/// The section `speech`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeechSettings {
    pub engine: EngineKind,
    pub command: Vec<String>,
    pub memory_mb: u64,
    pub url: String,
    pub token: Hidden,
    pub model: String,
    pub language: String,
    pub plain_http: bool,
    pub timeout_s: u32,
    pub at_once: usize,
}

impl Default for SpeechSettings {
    fn default() -> Self {
        Self {
            engine: EngineKind::Off,
            command: Vec::new(),
            memory_mb: 2_048,
            url: String::new(),
            token: Hidden::default(),
            model: "whisper-1".into(),
            language: String::new(),
            plain_http: false,
            timeout_s: 30,
            at_once: 1,
        }
    }
}

impl SpeechSettings {
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_s.max(1).into())
    }
}

/// The section `vision`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisionSettings {
    pub url: String,
    pub token: Hidden,
    pub plain_http: bool,
    pub timeout_ms: u32,
    pub at_once: usize,
    pub one_in: u32,
    pub alarm: Vec<Threshold>,
    pub hold: Vec<Threshold>,
}

impl Default for VisionSettings {
    fn default() -> Self {
        Self {
            url: String::new(),
            token: Hidden::default(),
            plain_http: false,
            timeout_ms: 5_000,
            at_once: 2,
            one_in: 5,
            alarm: Vec::new(),
            hold: Vec::new(),
        }
    }
}

impl VisionSettings {
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms.max(1).into())
    }
}

/// From which score on a label counts, written as `label=0.8`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Threshold {
    pub label: String,
    pub from_milli: u32,
}

impl TryFrom<String> for Threshold {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no threshold: write it like \"nudity=0.8\", from 0 to 1");
        let (label, from) = text.rsplit_once('=').ok_or_else(wrong)?;
        let from: f64 = from.trim().parse().map_err(|_| wrong())?;
        let label = label.trim().to_owned();
        if label.is_empty() || !(0.0..=1.0).contains(&from) {
            return Err(wrong());
        }
        Ok(Self { label, from_milli: (from * 1_000.0).round() as u32 })
    }
}

/// A secret of the settings: nobody prints it.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl Hidden {
    /// The secret, or what the environment says.
    pub(crate) fn or_env(&self, name: &str) -> Self {
        if self.0.is_empty() { Self(std::env::var(name).unwrap_or_default()) } else { self.clone() }
    }

    pub(crate) fn get(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|secret| !secret.is_empty())
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.0.is_empty() { "none" } else { "hidden" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_a_label_and_a_score() {
        let of = |text: &str| Threshold::try_from(text.to_owned()).map(|of| (of.label, of.from_milli)).ok();
        assert_eq!(of("nudity=0.8"), Some(("nudity".into(), 800)));
        assert_eq!(of("a=b = 1"), Some(("a=b".into(), 1_000)));
        for wrong in ["nudity", "=0.8", "nudity=2", "nudity=much", "nudity=NaN"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_cannot_work_is_named() {
        let keys = |settings: Settings| wrong(&settings).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert!(keys(Settings::default()).is_empty());
        let speech = SpeechSettings { engine: EngineKind::Command, ..SpeechSettings::default() };
        assert_eq!(keys(Settings { speech, ..Settings::default() }), ["speech.command"]);
        let (engine, url) = (EngineKind::Http, "http://asr.example/v1/audio/transcriptions".to_owned());
        let speech = SpeechSettings { engine, url: url.clone(), ..SpeechSettings::default() };
        let vision = VisionSettings { url, ..VisionSettings::default() };
        let settings = Settings { speech, vision, ..Settings::default() };
        assert_eq!(keys(settings), ["speech.url", "vision.url", "vision.alarm"]);
    }

    #[test]
    fn a_secret_is_not_printed() {
        let settings = SpeechSettings { token: Hidden("sk-1024".into()), ..SpeechSettings::default() };
        assert!(!format!("{settings:?}").contains("1024"), "{settings:?}");
    }
}
