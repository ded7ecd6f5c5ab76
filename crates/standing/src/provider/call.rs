//! One question to a provider: signed or with a token, without redirects, read to a limit. Neither name nor number stands in what is
//! told of it.

use super::{
    Auth, ProviderSettings,
    rules::{self, Answer, signature},
};
use app::outbound;
use events::Millis;
use reqwest::{Client, Response, Url, header};
use serde::Serialize;
use std::sync::OnceLock;
use uuid::Uuid;

/// Of an answer so much is read.
const LONGEST: usize = 16 * 1_024;

pub struct Question<'a> {
    pub url: &'a str,
    pub auth: Auth,
    pub secret: &'a str,
    pub id: Uuid,
    pub name: &'a str,
    pub number: &'a str,
    pub now: Millis,
}

#[derive(Serialize)]
struct Asked<'a> {
    name: &'a str,
    id_number: &'a str,
    /// The same for the same question: who has answered it answers the same.
    request_id: Uuid,
}

/// Asks; connections stay open for the next question.
#[derive(Default)]
pub struct Caller(OnceLock<Client>);

impl Caller {
    /// What it said, or a stable word for why it said nothing that counts.
    pub async fn ask(&self, settings: &ProviderSettings, question: &Question<'_>) -> Result<Answer, &'static str> {
        let asked = tokio::time::timeout(settings.timeout(), self.request(settings, question)).await;
        asked.unwrap_or(Err("timeout"))
    }

    async fn request(&self, settings: &ProviderSettings, question: &Question<'_>) -> Result<Answer, &'static str> {
        let url = Url::parse(question.url).map_err(|_| "bad_url")?;
        if !outbound::may_call(&url, settings.allow_private) {
            return Err("private_address");
        }
        let Question { auth, secret, id, name, number, now, .. } = question;
        let asked = Asked { name, id_number: number, request_id: *id };
        let body = serde_json::to_string(&asked).map_err(|_| "bad_body")?;
        let client = self.client(settings).map_err(|error| {
            tracing::error!("a provider of real names cannot be asked: {error}");
            "no_client"
        })?;
        let request =
            client.post(url).header(header::CONTENT_TYPE, "application/json").header("webhook-id", id.to_string());
        let request = match auth {
            Auth::Bearer => request.bearer_auth(secret),
            Auth::Hmac => {
                let at_s = now.0.div_euclid(1_000);
                let signed = signature(secret, &id.to_string(), at_s, &body).ok_or("bad_secret")?;
                request.header("webhook-timestamp", at_s.to_string()).header("webhook-signature", signed)
            }
        };
        let response = request.body(body).send().await.map_err(|error| outbound::reason(&error))?;
        let status = response.status();
        if status.is_redirection() {
            return Err("redirect");
        }
        if !status.is_success() {
            return Err("status");
        }
        rules::read(&bytes(response).await?, number, name).ok_or("bad_answer")
    }

    fn client(&self, settings: &ProviderSettings) -> reqwest::Result<&Client> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let client = outbound::client(settings.allow_private)?;
        Ok(self.0.get_or_init(|| client))
    }
}

async fn bytes(mut response: Response) -> Result<Vec<u8>, &'static str> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| outbound::reason(&error))? {
        if bytes.len() + chunk.len() > LONGEST {
            return Err("too_large");
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
