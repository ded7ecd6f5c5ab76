//! What a source of outside events is, which key opens it, and how much it may send. Pure.

use crate::plan::TrackingPlan;
use app::{Limit, Refuse};
use events::{Millis, OrgId, TeamId};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::ToSchema;
use uuid::Uuid;

const LONGEST_NAME: usize = 100;
pub const KEY_PREFIX: &str = "kbw_";
pub const EVENTS_PER_S: u32 = 1_000;
const MOST_EVENTS_PER_S: u32 = 100_000;
const LONGEST_OVERLAP_H: u32 = 30 * 24;

/// What sends to a source. It says which words to put into which client; a key works at every edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Segment's and RudderStack's SDKs.
    Segment,
    Posthog,
    Sensors,
    Cloudevents,
    Ga4,
    /// Our own pages.
    Web,
}

impl SourceKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Segment => "segment",
            Self::Posthog => "posthog",
            Self::Sensors => "sensors",
            Self::Cloudevents => "cloudevents",
            Self::Ga4 => "ga4",
            Self::Web => "web",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_value(text.into()).ok()
    }
}

/// A source 采集源.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    pub name: String,
    pub kind: SourceKind,
    pub key_hash: String,
    /// The key before, and until when it works.
    pub old_key: Option<(String, Millis)>,
    pub enabled: bool,
    pub events_per_s: u32,
    pub plan: TrackingPlan,
    pub created_at: Millis,
    pub last_seen_at: Option<Millis>,
    pub counts: Counts,
}

/// What became of a source's events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub accepted: i64,
    pub duplicates: i64,
    pub rejected: i64,
    /// Turned away because there were too many.
    pub limited: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a source's name has 1 to {LONGEST_NAME} characters")]
    Name,
    #[error("a source takes 1 to {MOST_EVENTS_PER_S} events a second")]
    Limit,
    #[error("an old key works for at most {LONGEST_OVERLAP_H} hours longer")]
    Overlap,
    #[error(transparent)]
    Plan(#[from] crate::plan::BadPlan),
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Name => "bad_name",
            Self::Limit => "bad_limit",
            Self::Overlap => "bad_overlap",
            Self::Plan(_) => "bad_plan",
        }
    }
    fn status(&self) -> u16 {
        422
    }
}

impl Source {
    /// Gives the source another key; the one before works until `until`.
    pub fn rotate(&mut self, hash: String, until: Millis) {
        let old = std::mem::replace(&mut self.key_hash, hash);
        self.old_key = Some((old, until));
    }

    pub fn opens(&self, hash: &str, now: Millis) -> bool {
        self.key_hash == hash || self.old_key.as_ref().is_some_and(|(old, until)| old == hash && now < *until)
    }
}

/// A fresh write key, and what is kept of it. 256 random bits need no salt.
pub fn fresh_key() -> (String, String) {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let bits: [u8; 32] = rand::random();
    let key = format!("{KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(bits));
    let hash = app::hash_of_secret(&key);
    (key, hash)
}

/// The text without write keys: some clients repeat theirs in every event, and whoever may look at events need not be able to send some.
pub fn without_keys(text: &str) -> Cow<'_, str> {
    let mut parts = text.split(KEY_PREFIX);
    let begin = parts.next().unwrap_or_default();
    if begin.len() == text.len() {
        return Cow::Borrowed(text);
    }
    let of_key = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    let rest = parts.map(|part| format!("{KEY_PREFIX}…{}", part.trim_start_matches(of_key)));
    Cow::Owned(std::iter::once(begin.to_owned()).chain(rest).collect())
}

pub fn name(text: &str) -> Result<String, Refusal> {
    let name = text.trim();
    if (1..=LONGEST_NAME).contains(&name.chars().count()) { Ok(name.to_owned()) } else { Err(Refusal::Name) }
}

pub fn events_per_s(limit: u32) -> Result<u32, Refusal> {
    if (1..=MOST_EVENTS_PER_S).contains(&limit) { Ok(limit) } else { Err(Refusal::Limit) }
}

pub fn overlap_ms(hours: u32) -> Result<i64, Refusal> {
    if hours <= LONGEST_OVERLAP_H { Ok(i64::from(hours) * 3_600_000) } else { Err(Refusal::Overlap) }
}

/// One second's events.
pub fn limit(events_per_s: u32) -> Limit {
    Limit::per_s(events_per_s.max(1), events_per_s)
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::Bucket;

    #[test]
    fn over_a_minute_no_more_than_the_limit_and_a_second_gets_through() {
        let (mut bucket, mut taken, mut longest) = (Bucket::default(), 0, 0);
        let begin = 1_800_000_000_000;
        for ms in (0..60_000).step_by(10) {
            match bucket.take_batch(7, limit(100), Millis(begin + ms)) {
                Ok(()) => taken += 7,
                Err(wait) => longest = longest.max(wait),
            }
        }
        assert!((6_000..=6_107).contains(&taken), "{taken}");
        assert_eq!(longest, 1);
    }

    #[test]
    fn keys_do_not_stand_in_what_is_looked_at() {
        let (key, _) = fresh_key();
        let text = format!("{{\"token\":\"{key}\",\"名\":\"kbw_\",\"again\":\"{key}\"}}");
        assert_eq!(without_keys(&text), "{\"token\":\"kbw_…\",\"名\":\"kbw_…\",\"again\":\"kbw_…\"}");
        assert_eq!(without_keys("{}"), "{}");
    }

    #[test]
    fn an_old_key_works_until_its_time() {
        let mut source = Source {
            id: Uuid::nil(),
            org: OrgId(Uuid::nil()),
            team: TeamId(Uuid::nil()),
            name: String::new(),
            kind: SourceKind::Web,
            key_hash: "a".into(),
            old_key: None,
            enabled: true,
            events_per_s: 1,
            plan: TrackingPlan::default(),
            created_at: Millis(0),
            last_seen_at: None,
            counts: Counts::default(),
        };
        source.rotate("b".into(), Millis(10));
        assert!(source.opens("a", Millis(9)) && source.opens("b", Millis(9)) && source.opens("b", Millis(10)));
        assert!(!source.opens("a", Millis(10)));
    }
}
