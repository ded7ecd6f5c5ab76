//! What is asked of a provider: its description and keys, which are kept for a while; a token for a code; more about a person.
//! Answers are read to a limit and redirects are not followed; what an answer says is for others to believe.

use super::{
    jws::{self, Key},
    rules::{Provider, may_be_asked},
};
use app::outbound;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use events::Millis;
use parking_lot::Mutex;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, header};
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::sync::Mutex as AsyncMutex;
use uuid::Uuid;

/// Description and keys are asked for again after this.
const KEPT_MS: i64 = 3_600_000;
/// A token with an unknown key has them asked for again at most this often.
const AGAIN_MS: i64 = 10_000;
/// Of any answer.
const LONGEST: usize = 512 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("`{0}` cannot be reached: {1}")]
    Unreachable(String, &'static str),
    #[error("`{0}` answers with the status {1}")]
    Status(String, u16),
    #[error("`{0}` answers with a redirect, which is not followed")]
    Redirect(String),
    #[error("`{0}` answers with more than {LONGEST} bytes")]
    TooLarge(String),
    #[error("`{0}` does not answer with JSON")]
    NotJson(String),
    #[error("the description is of the issuer `{0}`")]
    WrongIssuer(String),
    #[error("the description has no good `{0}`")]
    BadEndpoint(&'static str),
    #[error("there is no key that could verify a signature")]
    NoKeys,
    #[error("the provider takes client secrets in no way that is known here")]
    NoClientMethod,
    #[error("the provider does not know the client id, or the secret is wrong (`{0}`)")]
    ClientRefused(String),
    #[error("the provider does not take the code (`{0}`)")]
    CodeRefused(String),
    #[error("the provider gave no ID token")]
    NoIdToken,
    #[error(transparent)]
    Token(#[from] jws::Trouble),
}

impl Trouble {
    /// Stable; screens have sentences for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_, reason) => reason,
            Self::Status(..) => "status",
            Self::Redirect(_) => "redirect",
            Self::TooLarge(_) => "too_large",
            Self::NotJson(_) => "not_json",
            Self::WrongIssuer(_) => "wrong_issuer",
            Self::BadEndpoint(_) => "bad_endpoint",
            Self::NoKeys => "no_keys",
            Self::NoClientMethod => "no_client_method",
            Self::ClientRefused(_) => "client_refused",
            Self::CodeRefused(_) => "code_refused",
            Self::NoIdToken => "no_id_token",
            Self::Token(_) => "token",
        }
    }
}

/// What a provider says of itself (OpenID Connect Discovery).
#[derive(Debug, Clone)]
pub struct Description {
    authorization: Url,
    token: Url,
    keys: Url,
    user_info: Option<Url>,
    /// Its answers say whose they are (RFC 9207).
    pub says_issuer: bool,
    by_header: bool,
    by_body: bool,
}

/// What this sign-in alone knows.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    pub redirect_uri: &'a str,
    pub state: &'a str,
    pub nonce: &'a str,
    /// Of PKCE (RFC 7636).
    pub verifier: &'a str,
}

#[derive(Debug)]
pub struct Tokens {
    pub id: String,
    pub access: Option<String>,
}

#[derive(Clone)]
struct Kept {
    description: Description,
    keys: Vec<Key>,
    at: Millis,
    keys_at: Millis,
}

/// Asks, and remembers what was answered. One question a provider at a time.
pub(crate) struct Caller {
    public: OnceLock<Client>,
    private: OnceLock<Client>,
    kept: Mutex<HashMap<Uuid, Arc<AsyncMutex<Option<Kept>>>>>,
    patience: Duration,
}

impl Default for Caller {
    fn default() -> Self {
        Self::with_patience(PATIENCE)
    }
}

impl Caller {
    pub fn with_patience(patience: Duration) -> Self {
        Self { public: OnceLock::new(), private: OnceLock::new(), kept: Mutex::default(), patience }
    }

    /// The provider was changed or removed.
    pub fn forget(&self, provider: Uuid) {
        self.kept.lock().remove(&provider);
    }

    pub async fn description(&self, provider: &Provider, now: Millis) -> Result<Description, Trouble> {
        Ok(self.kept(provider, now).await?.description)
    }

    /// Asks anew, whatever is kept: what it says of itself, and then its keys.
    pub async fn look(&self, provider: &Provider) -> Result<(Description, Result<usize, Trouble>), Trouble> {
        self.forget(provider.id);
        let description = self.describe(provider).await?;
        let keys = self.fetch_keys(provider, &description).await.map(|keys| keys.len());
        Ok((description, keys))
    }

    /// The payload of a token that the provider signed.
    pub async fn verified(&self, provider: &Provider, token: &str, now: Millis) -> Result<Vec<u8>, Trouble> {
        let kept = self.kept(provider, now).await?;
        match jws::verify(token, &kept.keys) {
            Err(jws::Trouble::UnknownKey) => {}
            verified => return Ok(verified?),
        }
        let slot = self.slot(provider.id);
        let mut slot = slot.lock().await;
        let mut kept = slot.take().unwrap_or(kept);
        if now.since(kept.keys_at) >= AGAIN_MS {
            kept.keys_at = now;
            match self.fetch_keys(provider, &kept.description).await {
                Ok(keys) => kept.keys = keys,
                // Those of before are still good.
                Err(trouble) => {
                    *slot = Some(kept);
                    return Err(trouble);
                }
            }
        }
        let verified = jws::verify(token, &kept.keys);
        *slot = Some(kept);
        Ok(verified?)
    }

    /// Tokens for a code.
    pub async fn exchange(
        &self,
        provider: &Provider,
        secret: &str,
        description: &Description,
        code: &str,
        ask: Ask<'_>,
    ) -> Result<Tokens, Trouble> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", ask.redirect_uri),
            ("code_verifier", ask.verifier),
        ];
        let mut request = self.client(provider)?.post(self.may_call(provider, &description.token)?);
        if secret.is_empty() {
            form.push(("client_id", &provider.client_id));
        } else if description.by_header {
            // RFC 6749, section 2.3.1: both are encoded before.
            let pair = [&provider.client_id[..], secret].map(encoded).join(":");
            request = request.header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair)));
        } else if description.by_body {
            form.extend([("client_id", &provider.client_id[..]), ("client_secret", secret)]);
        } else {
            return Err(Trouble::NoClientMethod);
        }
        let request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(form_of(form));
        let (status, answer) = self.send(request, &description.token).await?;
        if !status.is_success() {
            let said = answer["error"].as_str().map(plain).unwrap_or_else(|| status.as_u16().to_string());
            return Err(match said.as_str() {
                "invalid_client" | "unauthorized_client" => Trouble::ClientRefused(said),
                _ if status == StatusCode::UNAUTHORIZED => Trouble::ClientRefused(said),
                _ => Trouble::CodeRefused(said),
            });
        }
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        Ok(Tokens { id: text("id_token").ok_or(Trouble::NoIdToken)?, access: text("access_token") })
    }

    /// More about the person; none when the provider has no such endpoint.
    pub async fn user_info(
        &self,
        provider: &Provider,
        description: &Description,
        access: &str,
    ) -> Result<Option<Map<String, Value>>, Trouble> {
        let Some(url) = &description.user_info else { return Ok(None) };
        let request = self.client(provider)?.get(self.may_call(provider, url)?).bearer_auth(access);
        match self.json(request, url).await? {
            Value::Object(claims) => Ok(Some(claims)),
            _ => Err(Trouble::NotJson(shown(url))),
        }
    }

    async fn kept(&self, provider: &Provider, now: Millis) -> Result<Kept, Trouble> {
        let slot = self.slot(provider.id);
        let mut slot = slot.lock().await;
        if let Some(kept) = slot.as_ref().filter(|kept| now.since(kept.at) < KEPT_MS) {
            return Ok(kept.clone());
        }
        let description = self.describe(provider).await?;
        let keys = self.fetch_keys(provider, &description).await?;
        let kept = Kept { description, keys, at: now, keys_at: now };
        *slot = Some(kept.clone());
        Ok(kept)
    }

    fn slot(&self, provider: Uuid) -> Arc<AsyncMutex<Option<Kept>>> {
        self.kept.lock().entry(provider).or_default().clone()
    }

    async fn describe(&self, provider: &Provider) -> Result<Description, Trouble> {
        let address = format!("{}/.well-known/openid-configuration", provider.issuer.trim_end_matches('/'));
        let url = Url::parse(&address).map_err(|_| Trouble::BadEndpoint("issuer"))?;
        let request = self.client(provider)?.get(self.may_call(provider, &url)?);
        let said = self.json(request, &url).await?;
        let issuer = said["issuer"].as_str().unwrap_or_default();
        if issuer != provider.issuer {
            return Err(Trouble::WrongIssuer(issuer.chars().filter(|letter| !letter.is_control()).take(200).collect()));
        }
        let allow_private = provider.policy.allow_private;
        let endpoint = |name: &'static str| {
            let url = said[name].as_str().and_then(|text| Url::parse(text).ok());
            url.filter(|url| may_be_asked(url, allow_private)).ok_or(Trouble::BadEndpoint(name))
        };
        // The header is what counts when nothing is said.
        let methods = said["token_endpoint_auth_methods_supported"].as_array();
        let takes = |name: &str| methods.is_some_and(|methods| methods.iter().any(|method| method == name));
        Ok(Description {
            authorization: endpoint("authorization_endpoint")?,
            token: endpoint("token_endpoint")?,
            keys: endpoint("jwks_uri")?,
            user_info: said["userinfo_endpoint"].as_str().map(|_| endpoint("userinfo_endpoint")).transpose()?,
            says_issuer: said["authorization_response_iss_parameter_supported"] == true,
            by_header: methods.is_none() || takes("client_secret_basic"),
            by_body: takes("client_secret_post"),
        })
    }

    async fn fetch_keys(&self, provider: &Provider, description: &Description) -> Result<Vec<Key>, Trouble> {
        let request = self.client(provider)?.get(self.may_call(provider, &description.keys)?);
        let keys = jws::keys(&self.json(request, &description.keys).await?);
        if keys.is_empty() { Err(Trouble::NoKeys) } else { Ok(keys) }
    }

    fn client(&self, provider: &Provider) -> Result<&Client, Trouble> {
        let allow_private = provider.policy.allow_private;
        let place = if allow_private { &self.private } else { &self.public };
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let client = outbound::client(allow_private).map_err(|error| {
            tracing::error!("identity providers cannot be asked: {error}");
            Trouble::Unreachable(provider.issuer.clone(), "no_client")
        })?;
        Ok(place.get_or_init(|| client))
    }

    fn may_call(&self, provider: &Provider, url: &Url) -> Result<Url, Trouble> {
        match outbound::may_call(url, provider.policy.allow_private) {
            true => Ok(url.clone()),
            false => Err(Trouble::Unreachable(shown(url), "private_address")),
        }
    }

    async fn json(&self, request: RequestBuilder, url: &Url) -> Result<Value, Trouble> {
        let (status, answer) = self.send(request.header(header::ACCEPT, "application/json"), url).await?;
        if status.is_success() { Ok(answer) } else { Err(Trouble::Status(shown(url), status.as_u16())) }
    }

    /// An answer that is no success may be no JSON either.
    async fn send(&self, request: RequestBuilder, url: &Url) -> Result<(StatusCode, Value), Trouble> {
        let again = request.try_clone();
        let asked = async {
            match (once(request, url).await, again) {
                // Two questions may be as far apart as a provider keeps a connection, and that it has closed one is found out by
                // using it. A code that was taken all the same is taken once.
                (Err(Trouble::Unreachable(_, "no_answer")), Some(again)) => once(again, url).await,
                (answer, _) => answer,
            }
        };
        let late = || Trouble::Unreachable(shown(url), "timeout");
        tokio::time::timeout(self.patience, asked).await.map_err(|_| late())?
    }
}

async fn once(request: RequestBuilder, url: &Url) -> Result<(StatusCode, Value), Trouble> {
    let unreachable = |error: reqwest::Error| Trouble::Unreachable(shown(url), outbound::reason(&error));
    let response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    if status.is_redirection() {
        return Err(Trouble::Redirect(shown(url)));
    }
    let bytes = read(response, url).await?;
    match serde_json::from_slice(&bytes) {
        Ok(value) => Ok((status, value)),
        Err(_) if !status.is_success() => Ok((status, Value::Null)),
        Err(_) => Err(Trouble::NotJson(shown(url))),
    }
}

impl Description {
    /// Where the browser goes.
    pub fn authorization(&self, provider: &Provider, ask: Ask) -> String {
        let mut scopes = vec!["openid"];
        scopes.extend(provider.policy.scopes.iter().map(String::as_str).filter(|scope| *scope != "openid"));
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, ask.verifier.as_bytes()));
        let mut url = self.authorization.clone();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &provider.client_id),
            ("redirect_uri", ask.redirect_uri),
            ("scope", &scopes.join(" ")),
            ("state", ask.state),
            ("nonce", ask.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        url.into()
    }
}

async fn read(mut response: Response, url: &Url) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= LONGEST => bytes.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(Trouble::TooLarge(shown(url))),
            Ok(None) => return Ok(bytes),
            Err(error) => return Err(Trouble::Unreachable(shown(url), outbound::reason(&error))),
        }
    }
}

/// A word of a provider as it may be shown.
pub fn plain(text: &str) -> String {
    text.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').take(40).collect()
}

fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.as_str().chars().take(200).collect()
}

fn form_of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    // The query of an address is written as a form is.
    let Ok(mut url) = Url::parse("form://") else { return String::new() };
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap_or_default().to_owned()
}

fn encoded(text: &str) -> String {
    form_of([(text, "")]).trim_end_matches('=').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_credentials_are_encoded() {
        assert_eq!(form_of([("a", "1 2"), ("b", "ä&=")]), "a=1+2&b=%C3%A4%26%3D");
        assert_eq!(encoded("kaibo:1=="), "kaibo%3A1%3D%3D");
        assert_eq!(plain("<b>access_denied</b>"), "baccess_deniedb");
    }
}
