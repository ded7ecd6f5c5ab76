//! The plug of a picture model: frames go to somebody's server, labels with scores come back.

use crate::{
    Patrol, Place,
    breaker::Breaker,
    call::{Caller, Reason},
    findings,
    library::PatrolLevel,
    settings::{Threshold, VisionSettings},
    wall::book::Frame,
};
use events::FlagKind;
use parking_lot::Mutex;
use serde::Deserialize;

/// Of an answer so many labels are read.
const MOST_LABELS: usize = 100;

#[derive(Debug)]
pub struct Eye {
    settings: VisionSettings,
    caller: Caller,
    breaker: Mutex<Breaker>,
}

#[derive(Debug, Deserialize)]
struct Answer {
    labels: Vec<Label>,
}

#[derive(Debug, Deserialize)]
struct Label {
    label: String,
    score: f64,
}

/// A label whose threshold is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Flagged {
    label: String,
    level: PatrolLevel,
    score_milli: u32,
}

impl Eye {
    pub fn new(settings: &VisionSettings) -> Self {
        let VisionSettings { url, token, plain_http, .. } = settings;
        let caller = Caller::new(url, token.or_env("KAIBO_VISION_TOKEN"), *plain_http, settings.timeout());
        Self { settings: settings.clone(), caller, breaker: Mutex::default() }
    }

    pub fn is_open(&self) -> bool {
        !self.settings.url.is_empty()
    }

    /// Frames that are judged at the same time.
    pub fn at_once(&self) -> usize {
        self.settings.at_once.max(1)
    }

    /// Whether a show's frame of that number is to be judged.
    pub fn wants(&self, number: u64) -> bool {
        self.is_open() && number.is_multiple_of(self.settings.one_in.max(1).into())
    }

    async fn ask(&self, patrol: &Patrol, jpeg: Vec<u8>) -> Result<Vec<Flagged>, Reason> {
        if !self.breaker.lock().may(patrol.app().now()) {
            return Err("paused");
        }
        let answer = self.caller.post("image/jpeg", jpeg).await;
        let answer = answer.and_then(|answer| serde_json::from_slice::<Answer>(&answer).map_err(|_| "bad_answer"));
        let pause = self.breaker.lock().done(answer.is_ok(), patrol.app().now());
        if let (Err(reason), Some(pause_ms)) = (&answer, pause) {
            tracing::warn!("the picture model fails (`{reason}`): it is left alone for {} s", pause_ms / 1_000);
        }
        Ok(flagged(answer?, &self.settings))
    }
}

/// Judges a frame. Whoever has no answer says so on the tile.
pub async fn judge(patrol: &Patrol, place: &Place, frame: &Frame) {
    let asked = patrol.eye().ask(patrol, frame.jpeg.to_vec()).await;
    patrol.book().checked(place, asked.is_ok());
    let result = match &asked {
        Ok(flagged) if flagged.is_empty() => "clean",
        Ok(_) => "flagged",
        Err(reason) => reason,
    };
    metrics::counter!("kaibo_patrol_model_total", "result" => result).increment(1);
    for Flagged { label, level, score_milli } in asked.unwrap_or_default() {
        let noticed = findings::Noticed {
            kind: FlagKind::Model,
            level,
            name: String::new(),
            label,
            sample: None,
            score_milli,
            at: frame.at,
            said: None,
        };
        if let Err(error) = findings::note(patrol, place, noticed, Some(frame)).await {
            tracing::error!(room.id = %place.room, "what was noticed in room `{}` is not kept: {error:#}", place.room);
        }
    }
}

/// There was no time for it.
pub fn leave_out(patrol: &Patrol, place: &Place) {
    patrol.book().checked(place, false);
    metrics::counter!("kaibo_patrol_model_total", "result" => "left_out").increment(1);
}

/// Labels that are known and sure enough, each once.
fn flagged(answer: Answer, settings: &VisionSettings) -> Vec<Flagged> {
    let reached = |thresholds: &[Threshold], label: &str, score_milli: u32| {
        thresholds.iter().any(|threshold| threshold.label == label && score_milli >= threshold.from_milli)
    };
    let mut all: Vec<Flagged> = Vec::new();
    for Label { label, score } in answer.labels.into_iter().take(MOST_LABELS) {
        let score_milli = (score.clamp(0.0, 1.0) * 1_000.0).round() as u32;
        let level = match () {
            () if reached(&settings.hold, &label, score_milli) => PatrolLevel::Hold,
            () if reached(&settings.alarm, &label, score_milli) => PatrolLevel::Alarm,
            () => continue,
        };
        match all.iter_mut().find(|before| before.label == label) {
            None => all.push(Flagged { label, level, score_milli }),
            Some(before) if before.score_milli < score_milli => {
                (before.level, before.score_milli) = (level, score_milli)
            }
            Some(_) => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_its_threshold_is_flagged_once() {
        let threshold = |text: &str| Threshold::try_from(text.to_owned()).ok();
        let settings = VisionSettings {
            alarm: ["nudity=0.6", "weapon=0.5"].into_iter().filter_map(threshold).collect(),
            hold: threshold("nudity=0.9").into_iter().collect(),
            ..VisionSettings::default()
        };
        let of = |text: &str| {
            let answer = serde_json::from_str(text).unwrap_or(Answer { labels: Vec::new() });
            let all = flagged(answer, &settings).into_iter();
            all.map(|one| (one.label, one.level, one.score_milli)).collect::<Vec<_>>()
        };
        assert_eq!(of(r#"{"labels": [{"label": "nudity", "score": 0.59}, {"label": "cat", "score": 1}]}"#), []);
        let twice = r#"{"labels": [{"label": "nudity", "score": 0.6}, {"label": "weapon", "score": 7},
            {"label": "nudity", "score": 0.95}, {"label": "nudity", "score": 0.7}]}"#;
        let expected = [("nudity".into(), PatrolLevel::Hold, 950), ("weapon".into(), PatrolLevel::Alarm, 1_000)];
        assert_eq!(of(twice), expected);
    }
}
