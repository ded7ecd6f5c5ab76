//! What makes words of sound: a program of this machine, or a server. Both are somebody else's.

mod command;
mod server;

use super::{
    Line,
    rules::{clean, glue},
};
use crate::{
    call::{Caller, Reason},
    settings::{EngineKind, SpeechSettings},
    sound::Stretch,
};
use serde::Deserialize;
use std::path::Path;

/// Pieces of one stretch; of more the rest is left out.
const MOST_PIECES: usize = 200;

#[derive(Debug)]
pub struct Engine {
    settings: SpeechSettings,
    caller: Caller,
}

/// What both answer.
#[derive(Debug, Default, Deserialize)]
struct Answer {
    #[serde(default)]
    text: String,
    #[serde(default)]
    segments: Vec<Segment>,
}

/// In seconds from the beginning of the file.
#[derive(Debug, Deserialize)]
struct Segment {
    start: f64,
    end: f64,
    text: String,
}

impl Engine {
    pub fn new(settings: &SpeechSettings) -> Self {
        let SpeechSettings { url, token, plain_http, .. } = settings;
        Self {
            settings: settings.clone(),
            caller: Caller::new(url, token.or_env("KAIBO_SPEECH_TOKEN"), *plain_http, settings.timeout()),
        }
    }

    /// As it stands beside what it wrote; none when nothing is to be written.
    pub fn name(&self) -> Option<&'static str> {
        match self.settings.engine {
            EngineKind::Off => None,
            EngineKind::Command => Some("command"),
            EngineKind::Http => Some("http"),
        }
    }

    /// The words of a stretch, by the time of the show. `folder` is where a file may stand meanwhile.
    pub async fn words(&self, folder: &Path, stretch: &Stretch) -> Result<Vec<Line>, Reason> {
        let wav = stretch.pcm.wav();
        let answer = match self.settings.engine {
            EngineKind::Off => return Ok(Vec::new()),
            EngineKind::Command => command::ask(&self.settings, folder, wav).await?,
            EngineKind::Http => server::ask(&self.caller, &self.settings, wav).await?,
        };
        Ok(lines(answer, stretch.from_ms, stretch.to_ms()))
    }
}

/// Leftovers of a program that was killed.
pub async fn clear(folder: &Path) {
    command::clear(folder).await;
}

fn lines(answer: Answer, from_ms: i64, to_ms: i64) -> Vec<Line> {
    let at = |seconds: f64| from_ms.saturating_add((seconds * 1_000.0) as i64).clamp(from_ms, to_ms);
    let pieces = answer.segments.into_iter().take(MOST_PIECES).map(|Segment { start, end, text }| {
        let from_ms = at(start);
        Line { from_ms, to_ms: at(end).max(from_ms), text: clean(&text) }
    });
    let mut lines: Vec<Line> = pieces.filter(|line| !line.text.is_empty()).collect();
    lines.sort_by_key(|line| line.from_ms);
    let text = clean(&answer.text);
    if lines.is_empty() && !text.is_empty() {
        lines.push(Line { from_ms, to_ms, text });
    }
    lines
}

/// JSON, or lines of text.
fn parse(output: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(output);
    if text.trim_start().starts_with('{')
        && let Ok(answer) = serde_json::from_str(text.trim())
    {
        return answer;
    }
    let lines = text.lines().map(clean).filter(|line| !line.is_empty());
    let text = lines.fold(String::new(), |text, line| format!("{text}{}{line}", glue(&text, &line)));
    Answer { text, segments: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(output: &str) -> Vec<(i64, i64, String)> {
        let lines = lines(parse(output.as_bytes()), 60_000, 66_000).into_iter();
        lines.map(|line| (line.from_ms, line.to_ms, line.text)).collect()
    }

    #[test]
    fn text_has_the_time_of_its_stretch() {
        assert_eq!(said("go forward\n\nten meters\n"), [(60_000, 66_000, "go forward ten meters".to_owned())]);
        assert_eq!(said("加微\n信"), [(60_000, 66_000, "加微信".to_owned())]);
        assert_eq!(said(" \n"), []);
        assert_eq!(said(r#"{"text": "你好"}"#), [(60_000, 66_000, "你好".to_owned())]);
        assert_eq!(said("{ no JSON"), [(60_000, 66_000, "{ no JSON".to_owned())]);
    }

    #[test]
    fn segments_have_their_own_times_within_the_stretch() {
        let output = r#"{"text": "ab", "language": "zh", "segments": [
            {"id": 1, "start": 4.5, "end": 900, "text": " b "}, {"start": -1, "end": 1.25, "text": "a"},
            {"start": 1e300, "end": 0, "text": "c"}, {"start": 0, "end": 1, "text": " "}]}"#;
        let expected = [(60_000, 61_250, "a"), (64_500, 66_000, "b"), (66_000, 66_000, "c")];
        assert_eq!(said(output), expected.map(|(from, to, text)| (from, to, text.to_owned())));
    }
}
