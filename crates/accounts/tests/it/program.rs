//! A running program with the real sign-in.

use accounts::Accounts;
use app::{
    App,
    testing::{Answer, TestApp},
};
use events::{Clock, Millis};
use serde_json::{Value, json};
use std::sync::Arc;

pub const START: Millis = Millis(1_790_000_000_000);
pub const OWN: &str = "correct horse battery";

pub struct Program {
    pub test: TestApp,
    pub clock: Clock,
    pub accounts: Accounts,
    /// What the terminal showed at the first start.
    pub one_time: String,
}

impl Program {
    pub async fn start() -> Self {
        Self::start_with(Accounts::new).await
    }

    pub async fn start_with(accounts: impl FnOnce(App) -> Accounts) -> Self {
        Self::start_at(START, accounts).await
    }

    async fn start_at(at: Millis, accounts: impl FnOnce(App) -> Accounts) -> Self {
        let clock = Clock::manual(at);
        let mut kept = None;
        let test = TestApp::with_clock(clock.clone(), |app| {
            // `TestApp` signs in by itself; this program asks the real accounts.
            let own =
                App::new(app.store.clone(), app.log.clone(), app.clock.clone(), app.keys.clone(), app.data_dir.clone());
            let accounts = accounts(own.clone());
            own.set_authenticator(Arc::new(accounts.clone()));
            kept = Some(accounts.clone());
            vec![accounts.feature()]
        });
        let test = test.await.expect("the program starts");
        let first = accounts::ensure_first_admin(&test.app).await.expect("the first administrator is made");
        let one_time = first.expect("nobody existed before").password;
        Self { test, clock, accounts: kept.expect("the features are listed"), one_time }
    }

    /// A program whose administrator has an own password; answers the cookie too.
    pub async fn started() -> (Self, String) {
        Self::started_with(Accounts::new).await
    }

    pub async fn started_with(accounts: impl FnOnce(App) -> Accounts) -> (Self, String) {
        Self::start_with(accounts).await.with_own_password().await
    }

    /// The same at the machine's time.
    pub async fn now() -> (Self, String) {
        Self::start_at(Millis::now(), Accounts::new).await.with_own_password().await
    }

    async fn with_own_password(self) -> (Self, String) {
        let cookie = self.cookie("admin", &self.one_time).await;
        let change = json!({"current": self.one_time, "new": OWN});
        let changed = self.call("POST", "/api/me/password", &cookie, Some(change)).await;
        assert_eq!(changed.status, 204, "{}", changed.text());
        (self, cookie)
    }

    /// `credentials` is a header's value: a cookie, or `Bearer ...`, `Basic ...`, or nothing.
    pub async fn call(&self, method: &str, path: &str, credentials: &str, body: Option<Value>) -> Answer {
        let mut request = http::Request::builder().method(method).uri(path);
        if credentials.starts_with("kaibo_session=") {
            request = request.header("cookie", credentials);
        } else if !credentials.is_empty() {
            request = request.header("authorization", credentials);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.test.send(request.body(body).expect("a request")).await
    }

    pub async fn sign_in(&self, login: &str, password: &str) -> Answer {
        self.call("POST", "/api/session", "", Some(json!({"login": login, "password": password}))).await
    }

    pub async fn cookie(&self, login: &str, password: &str) -> String {
        cookie_of(&self.sign_in(login, password).await)
    }

    pub async fn me(&self, credentials: &str) -> Answer {
        self.call("GET", "/api/me", credentials, None).await
    }

    /// Makes a token as `credentials`; answers its secret and id.
    pub async fn token(&self, credentials: &str, body: Value) -> (String, String) {
        let made = self.call("POST", "/api/tokens", credentials, Some(body)).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let text = |key: &str| made.json()[key].as_str().expect("a text").to_owned();
        (text("token"), text("id"))
    }
}

pub fn cookie_of(answer: &Answer) -> String {
    let header = answer.headers.get("set-cookie").expect("a cookie is set").to_str().expect("ascii");
    header.split(';').next().expect("a first part").to_owned()
}

/// Status and code of a problem.
pub fn problem(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
}
