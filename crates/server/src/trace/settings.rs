//! What of traces an operator decides.

use serde::Deserialize;

/// The section `trace`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceSettings {
    pub otlp_endpoint: Endpoint,
    pub ratio: Ratio,
    pub queue: usize,
}

impl Default for TraceSettings {
    fn default() -> Self {
        Self { otlp_endpoint: Endpoint(String::new()), ratio: Ratio(0.1), queue: 4_096 }
    }
}

/// An address over HTTP, or none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Endpoint(String);

impl Endpoint {
    pub fn url(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(self.0.as_str())
    }
}

impl TryFrom<String> for Endpoint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let good = match reqwest::Url::parse(&text) {
            // Secrets for the collector stand in the environment: settings are shown.
            Ok(url) => ["http", "https"].contains(&url.scheme()) && url.has_host() && url.password().is_none(),
            Err(_) => text.is_empty(),
        };
        if good {
            Ok(Self(text))
        } else {
            Err(format!("`{text}` is no address like `http://127.0.0.1:4318/v1/traces`"))
        }
    }
}

/// 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Ratio(f64);

impl Ratio {
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Ratio {
    type Error = String;

    fn try_from(ratio: f64) -> Result<Self, String> {
        if (0.0..=1.0).contains(&ratio) { Ok(Self(ratio)) } else { Err(format!("{ratio} is not from 0 to 1")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_an_http_address_or_none_and_a_share_is_a_share() {
        let endpoint = |text: &str| Endpoint::try_from(text.to_owned()).is_ok();
        assert!(endpoint("") && endpoint("http://collector:4318/v1/traces") && endpoint("https://c.example"));
        assert!(!endpoint("collector:4318") && !endpoint("grpc://collector:4317") && !endpoint(" "));
        assert!(!endpoint("https://user:secret@collector/"));
        assert_eq!(
            [0.0, 1.0, 1.1, -0.1, f64::NAN].map(|ratio| Ratio::try_from(ratio).is_ok()),
            [true, true, false, false, false]
        );
    }
}
