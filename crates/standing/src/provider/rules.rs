//! What an answer may be, when it is asked again, and when it is left in peace. Pure.

use super::CheckState;
use base64::{Engine, engine::general_purpose::STANDARD};
use events::Millis;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

const MAX_REFERENCE: usize = 64;

/// What it said, as far as it is to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub state: CheckState,
    pub reference: String,
}

#[derive(Deserialize)]
struct Said {
    result: String,
    #[serde(default)]
    reference: String,
}

/// Reads an answer; none is what breaks the agreement, or says back whom it was asked about: a reference is shown and kept.
pub fn read(body: &[u8], number: &str, name: &str) -> Option<Answer> {
    let Said { result, reference } = serde_json::from_slice(body).ok()?;
    let state = match result.as_str() {
        "match" => CheckState::Match,
        "mismatch" => CheckState::Mismatch,
        "unknown" => CheckState::Unknown,
        _ => return None,
    };
    let reference = reference.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte);
    if reference.len() > MAX_REFERENCE || !reference.bytes().all(plain) {
        return None;
    }
    // Nobody could ask later about a decision without its reference.
    if reference.is_empty() && state != CheckState::Unknown {
        return None;
    }
    // A number taken apart by signs is the number.
    let bare =
        |text: &str| text.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect::<String>().to_uppercase();
    let told = bare(reference).contains(&bare(number)) || reference.contains(name);
    (!told).then(|| Answer { state, reference: reference.to_owned() })
}

/// When it is asked again after so many attempts; none when it was asked often enough.
pub fn again(retry_s: &[u32], attempts: u32, now: Millis) -> Option<Millis> {
    let pause = retry_s.get(usize::try_from(attempts.checked_sub(1)?).ok()?)?;
    Some(now.plus_ms(i64::from(*pause) * 1_000))
}

/// `v1,` and HMAC-SHA256 of `id.time.body`, as webhooks are signed.
pub fn signature(secret: &str, id: &str, at_s: i64, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(format!("{id}.{at_s}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// Leaves a provider that fails again and again in peace for a while; then one try says whether it is back 熔断.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    until: Option<Millis>,
}

impl Breaker {
    /// Until when nothing is asked.
    pub fn rests_until(&self, now: Millis) -> Option<Millis> {
        self.until.filter(|until| *until > now)
    }

    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// After the rest a single failure is enough to rest again.
    pub fn failed(&mut self, now: Millis, trip_after: u32, rest_s: u32) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= trip_after.max(1) {
            self.until = Some(now.plus_ms(i64::from(rest_s) * 1_000));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: &str = "11010519491231002X";
    const NAME: &str = "王小明";

    fn said(text: &str) -> Option<(CheckState, String)> {
        read(text.as_bytes(), NUMBER, NAME).map(|answer| (answer.state, answer.reference))
    }

    #[test]
    fn three_words_are_answers_and_decisions_have_a_reference() {
        assert_eq!(said(r#"{"result":"match","reference":"A-1"}"#), Some((CheckState::Match, "A-1".into())));
        assert_eq!(
            said(r#"{"result":"mismatch","reference":"A-2","more":1}"#),
            Some((CheckState::Mismatch, "A-2".into()))
        );
        assert_eq!(said(r#"{"result":"unknown"}"#), Some((CheckState::Unknown, String::new())));
        for lie in [
            r#"{"result":"match"}"#,
            r#"{"result":"MATCH","reference":"A"}"#,
            r#"{"reference":"A"}"#,
            "match",
            "[]",
            "",
        ] {
            assert_eq!(said(lie), None, "{lie}");
        }
    }

    #[test]
    fn a_reference_says_nothing_of_the_person() {
        for reference in
            [NUMBER, "x-11010519491231002x", "1101-0519-4912-3100-2X", NAME, "a b", "行", "a\\nb", &"a".repeat(65)]
        {
            assert_eq!(said(&format!(r#"{{"result":"match","reference":"{reference}"}}"#)), None, "{reference}");
        }
    }

    #[test]
    fn it_rests_after_failures_in_a_row_and_is_tried_once_then() {
        let mut breaker = Breaker::default();
        breaker.failed(Millis(0), 3, 60);
        breaker.failed(Millis(1), 3, 60);
        assert_eq!(breaker.rests_until(Millis(2)), None);
        breaker.answered();
        for at in 0..3 {
            breaker.failed(Millis(at), 3, 60);
        }
        assert_eq!(breaker.rests_until(Millis(3)), Some(Millis(60_002)));
        assert_eq!(breaker.rests_until(Millis(60_002)), None, "it is tried");
        breaker.failed(Millis(60_003), 3, 60);
        assert_eq!(breaker.rests_until(Millis(60_004)), Some(Millis(120_003)));
        breaker.answered();
        assert_eq!(breaker, Breaker::default());
    }

    #[test]
    fn it_is_asked_again_later_and_later_and_then_no_more() {
        let next = |attempts| again(&[2, 10], attempts, Millis(0));
        assert_eq!([next(0), next(1), next(2), next(3)], [None, Some(Millis(2_000)), Some(Millis(10_000)), None]);
    }

    #[test]
    fn a_signature_is_of_the_id_the_time_and_the_body() {
        let signed = signature("secret", "a", 1, "{}");
        assert_eq!(signed, signature("secret", "a", 1, "{}"));
        for other in [
            signature("other", "a", 1, "{}"),
            signature("secret", "b", 1, "{}"),
            signature("secret", "a", 2, "{}"),
            signature("secret", "a", 1, "{ }"),
        ] {
            assert_ne!(signed, other);
        }
    }
}
