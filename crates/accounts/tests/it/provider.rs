//! A small identity provider that really speaks OpenID Connect on a port of its own, and does everything wrong when it is told to.

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use events::Clock;
use ring::{
    digest::{SHA256, digest},
    hmac,
    rand::SystemRandom,
    rsa::PublicKeyComponents,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

pub const CLIENT: &str = "kaibo:live";
pub const SECRET: &str = "a secret/with+signs=";

/// One thing at a time goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault {
    #[default]
    Nothing,
    WrongNonce,
    WrongAudience,
    TwoAudiences,
    WrongIssuer,
    Expired,
    FromTheFuture,
    NoSubject,
    AlgorithmNone,
    /// HS256, with the public key as the secret.
    PublicKeyAsSecret,
    /// HS256, with the client secret.
    ClientSecretAsKey,
    ForeignKey,
    UnpublishedKey,
    BrokenSignature,
    NotAToken,
    NoToken,
    AnswersOtherIssuer,
    AnswersNoIssuer,
    Denies,
    DescribesOtherIssuer,
    DescribesPlainScript,
    DescriptionRedirects,
    DescriptionHuge,
    DescriptionIsPage,
    DescriptionFails,
    NoKeys,
    Slow,
    TokenRedirects,
    TokenHuge,
    UserInfoOfAnother,
}

#[derive(Default)]
struct Inside {
    fault: Fault,
    /// Claims of whoever signs in next.
    person: Value,
    /// What of them stands in the user info alone.
    aside: Vec<&'static str>,
    elliptic: bool,
    generation: u32,
    by_body: bool,
    issued: HashMap<String, Issued>,
    count: u32,
    keys_fetched: u32,
}

#[derive(Clone)]
struct Issued {
    redirect_uri: String,
    challenge: String,
    nonce: String,
    person: Value,
}

struct Parts {
    address: SocketAddr,
    clock: Clock,
    rsa: RsaKeyPair,
    elliptic: [EcdsaKeyPair; 2],
    inside: Mutex<Inside>,
}

#[derive(Clone)]
pub struct Local(Arc<Parts>);

impl Local {
    /// Its tokens are of the clock's time.
    pub async fn start(clock: Clock) -> Self {
        // The program's outgoing calls need one, as in `main`.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let key = || {
            let random = SystemRandom::new();
            let bytes = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes.as_ref(), &random).expect("a key")
        };
        let local = Self(Arc::new(Parts {
            address: listener.local_addr().expect("an address"),
            clock,
            rsa: RsaKeyPair::from_pkcs8(include_bytes!("rsa.der")).expect("a key"),
            elliptic: [key(), key()],
            inside: Mutex::default(),
        }));
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/userinfo", get(user_info))
            .with_state(local.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        local
    }

    pub fn issuer(&self) -> String {
        format!("http://{}", self.0.address)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.inside.lock().expect("whole")
    }

    pub fn set(&self, fault: Fault) {
        self.inside().fault = fault;
    }

    /// Whoever signs in next.
    pub fn person(&self, claims: Value) {
        self.inside().person = claims;
    }

    /// These claims stand in the user info, and not in the token.
    pub fn aside(&self, claims: &[&'static str]) {
        self.inside().aside = claims.to_vec();
    }

    /// Signs with ES256 from now on.
    pub fn elliptic(&self) {
        self.inside().elliptic = true;
    }

    /// Signs with another key from now on.
    pub fn rotate(&self) {
        self.inside().generation += 1;
    }

    pub fn by_body(&self) {
        self.inside().by_body = true;
    }

    pub fn keys_fetched(&self) -> u32 {
        self.inside().keys_fetched
    }

    /// What a browser does with the address: follows it here, and comes back with the query of the answer.
    pub async fn visit(&self, url: &str) -> HashMap<String, String> {
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
        let answer = browser.expect("a browser").get(url).send().await.expect("an answer");
        let to = answer.headers()[header::LOCATION].to_str().expect("ascii");
        let to = reqwest::Url::parse(to).expect("an address");
        assert_eq!(to.path(), "/console/sso");
        to.query_pairs().into_owned().collect()
    }

    fn jwks(&self) -> Value {
        let inside = self.inside();
        let rsa = PublicKeyComponents::<Vec<u8>>::from(self.0.rsa.public());
        let point = self.0.elliptic[(inside.generation % 2) as usize].public_key().as_ref().to_vec();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"keys": [
            {"kty": "RSA", "use": "sig", "kid": format!("rsa-{}", inside.generation), "n": part(&rsa.n), "e": part(&rsa.e)},
            {"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": format!("ec-{}", inside.generation),
             "x": part(&point[1..33]), "y": part(&point[33..])},
            {"kty": "oct", "kid": "shared", "k": part(b"everybody knows")},
        ]})
    }

    fn sign(&self, claims: &Value) -> String {
        let (fault, elliptic, generation) = {
            let inside = self.inside();
            (inside.fault, inside.elliptic, inside.generation)
        };
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let kind = if elliptic { "ec" } else { "rsa" };
        let mut id = format!("{kind}-{generation}");
        if fault == Fault::UnpublishedKey {
            id = "nobody-knows".into();
        }
        let algorithm = match fault {
            Fault::AlgorithmNone => "none",
            Fault::PublicKeyAsSecret | Fault::ClientSecretAsKey => "HS256",
            _ if elliptic => "ES256",
            _ => "RS256",
        };
        let signed = format!("{}.{}", part(&json!({"alg": algorithm, "kid": id, "typ": "JWT"})), part(claims));
        let mac = |key: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), signed.as_bytes()).as_ref().to_vec();
        let mut signature = match fault {
            Fault::AlgorithmNone => Vec::new(),
            Fault::PublicKeyAsSecret => mac(self.0.rsa.public().as_ref()),
            Fault::ClientSecretAsKey => mac(SECRET.as_bytes()),
            Fault::ForeignKey => {
                let random = SystemRandom::new();
                self.0.elliptic[((generation + 1) % 2) as usize]
                    .sign(&random, signed.as_bytes())
                    .expect("signed")
                    .as_ref()
                    .to_vec()
            }
            _ if elliptic => {
                let random = SystemRandom::new();
                self.0.elliptic[(generation % 2) as usize]
                    .sign(&random, signed.as_bytes())
                    .expect("signed")
                    .as_ref()
                    .to_vec()
            }
            _ => {
                let mut signature = vec![0; self.0.rsa.public().modulus_len()];
                let random = SystemRandom::new();
                self.0.rsa.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).expect("signed");
                signature
            }
        };
        if fault == Fault::BrokenSignature {
            signature[10] ^= 1;
        }
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn describe(State(local): State<Local>) -> Response {
    let (fault, by_body) = {
        let inside = local.inside();
        (inside.fault, inside.by_body)
    };
    let issuer = local.issuer();
    let mut said = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize?ui=plain"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "authorization_response_iss_parameter_supported": true,
        "token_endpoint_auth_methods_supported": [if by_body { "client_secret_post" } else { "client_secret_basic" }],
    });
    match fault {
        Fault::DescribesOtherIssuer => said["issuer"] = "https://elsewhere.example".into(),
        Fault::DescribesPlainScript => said["authorization_endpoint"] = "javascript:alert(1)".into(),
        Fault::DescriptionRedirects => return Redirect::temporary("/keys").into_response(),
        Fault::DescriptionHuge => return huge(),
        Fault::DescriptionIsPage => return "<h1>hello</h1>".into_response(),
        Fault::DescriptionFails => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Fault::Slow => tokio::time::sleep(Duration::from_secs(60)).await,
        _ => {}
    }
    Json(said).into_response()
}

/// Four megabytes of nothing.
fn huge() -> Response {
    " ".repeat(4 << 20).into_response()
}

async fn keys(State(local): State<Local>) -> Json<Value> {
    let fault = {
        let mut inside = local.inside();
        inside.keys_fetched += 1;
        inside.fault
    };
    match fault {
        Fault::NoKeys => Json(json!({"keys": [{"kty": "oct", "k": "AA"}]})),
        _ => Json(local.jwks()),
    }
}

async fn authorize(State(local): State<Local>, uri: Uri, Query(query): Query<HashMap<String, String>>) -> Response {
    assert_eq!(query["ui"], "plain", "a query of the endpoint stays: {uri}");
    assert_eq!((&query["response_type"][..], &query["client_id"][..]), ("code", CLIENT));
    assert_eq!(query["code_challenge_method"], "S256");
    assert!(query["scope"].split(' ').any(|scope| scope == "openid"));
    let issuer = local.issuer();
    let mut inside = local.inside();
    inside.count += 1;
    let code = format!("code-{}", inside.count);
    let issued = Issued {
        redirect_uri: query["redirect_uri"].clone(),
        challenge: query["code_challenge"].clone(),
        nonce: query["nonce"].clone(),
        person: inside.person.clone(),
    };
    inside.issued.insert(code.clone(), issued);
    let fault = inside.fault;
    let mut to = reqwest::Url::parse(&query["redirect_uri"]).expect("an address");
    to.query_pairs_mut().append_pair("state", &query["state"]);
    match fault {
        Fault::Denies => to.query_pairs_mut().append_pair("error", "access_denied"),
        _ => to.query_pairs_mut().append_pair("code", &code),
    };
    if fault != Fault::AnswersNoIssuer {
        let issuer = if fault == Fault::AnswersOtherIssuer { "https://elsewhere.example" } else { &issuer };
        to.query_pairs_mut().append_pair("iss", issuer);
    }
    Redirect::to(to.as_str()).into_response()
}

fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({"error": error}))).into_response()
}

fn decoded(text: &str) -> String {
    let url = reqwest::Url::parse(&format!("form://a?x={text}")).expect("a form");
    url.query_pairs().next().expect("a pair").1.into_owned()
}

async fn token(State(local): State<Local>, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> Response {
    let fault = local.inside().fault;
    match fault {
        Fault::TokenRedirects => return Redirect::temporary("/keys").into_response(),
        Fault::TokenHuge => return huge(),
        _ => {}
    }
    let known = if local.inside().by_body {
        form.get("client_id").map(String::as_str) == Some(CLIENT)
            && form.get("client_secret").map(String::as_str) == Some(SECRET)
    } else {
        let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
        let pair = basic.and_then(|basic| String::from_utf8(STANDARD.decode(basic).ok()?).ok()).unwrap_or_default();
        let pair = pair.split_once(':').map(|(id, secret)| (decoded(id), decoded(secret)));
        pair == Some((CLIENT.into(), SECRET.into()))
    };
    if !known {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    // A code is for one use.
    let issued = form.get("code").and_then(|code| local.inside().issued.remove(code));
    let Some(issued) = issued else { return refuse(StatusCode::BAD_REQUEST, "invalid_grant") };
    let verifier = form.get("code_verifier").cloned().unwrap_or_default();
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    let same = challenge == issued.challenge && form.get("redirect_uri") == Some(&issued.redirect_uri);
    if !same || verifier.len() < 43 || form["grant_type"] != "authorization_code" {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    let now = local.0.clock.now().0 / 1_000;
    let mut claims = json!({"iss": local.issuer(), "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": issued.nonce});
    let aside = local.inside().aside.clone();
    for (name, value) in issued.person.as_object().expect("claims") {
        if !aside.contains(&name.as_str()) {
            claims[name] = value.clone();
        }
    }
    match fault {
        Fault::WrongNonce => claims["nonce"] = "of another sign-in".into(),
        Fault::WrongAudience => claims["aud"] = "another".into(),
        Fault::TwoAudiences => claims["aud"] = json!([CLIENT, "another"]),
        Fault::WrongIssuer => claims["iss"] = "https://elsewhere.example".into(),
        Fault::Expired => claims["exp"] = (now - 61).into(),
        Fault::FromTheFuture => claims["iat"] = (now + 600).into(),
        Fault::NoSubject => claims["sub"] = Value::Null,
        _ => {}
    }
    let mut answer =
        json!({"access_token": issued.person["sub"], "token_type": "Bearer", "id_token": local.sign(&claims)});
    match fault {
        Fault::NotAToken => answer["id_token"] = "token".into(),
        Fault::NoToken => answer["id_token"] = Value::Null,
        _ => {}
    }
    Json(answer).into_response()
}

async fn user_info(State(local): State<Local>, headers: HeaderMap) -> Response {
    let inside = local.inside();
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if bearer != inside.person["sub"].as_str() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut person = inside.person.clone();
    if inside.fault == Fault::UserInfoOfAnother {
        person["sub"] = "somebody else".into();
    }
    Json(person).into_response()
}
