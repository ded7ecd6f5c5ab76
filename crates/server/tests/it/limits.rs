//! Who asks too often is told so, and nobody else is.

use crate::house::{client, settings};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use server::Running;

/// So few that none comes back while a test runs.
const A_MINUTE: u32 = 2;

struct Limited {
    running: Running,
    client: Client,
    dir: tempfile::TempDir,
}

impl Limited {
    async fn start(requests_per_min: u32, public_requests_per_min: u32) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let mut config = settings(dir.path());
        config.database.url = store::testing::url(dir.path());
        config.trusted_proxies = vec![[127, 0, 0, 1].into()];
        config.api = server::ApiSettings { requests_per_min, public_requests_per_min };
        let running = server::start(config).await.expect("a started program");
        Self { running, client: client(), dir }
    }

    async fn token(&self) -> String {
        accounts::create_token(&self.running.app.store, "admin", "test", None).await.expect("a token")
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("http://{}{path}", self.running.http))
    }

    async fn as_token(&self, token: &str, path: &str) -> Response {
        self.get(path).bearer_auth(token).send().await.expect("an answer")
    }

    /// As the proxy on this machine passes it on.
    async fn from(&self, address: &str, path: &str) -> Response {
        self.get(path).header("x-forwarded-for", address).send().await.expect("an answer")
    }
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().expect("text"))
}

/// The policy and what is left; when it is there again is up to the clock.
fn told(answer: &Response) -> (u16, &str, &str) {
    let left = header(answer, "ratelimit").expect("what is left").split_once(";t=").expect("a time").0;
    (answer.status().as_u16(), header(answer, "ratelimit-policy").expect("the policy"), left)
}

async fn assert_refused(answer: Response) {
    assert_eq!(answer.status().as_u16(), 429);
    let after: u32 = header(&answer, "retry-after").expect("when to come back").parse().expect("seconds");
    assert!(after >= 1, "{after}");
    assert_eq!(
        header(&answer, "ratelimit").and_then(|left| left.split_once(";t=")).map(|(_, t)| t.parse()),
        Some(Ok(after))
    );
    let problem: Value = answer.json().await.expect("a problem");
    assert_eq!((&problem["code"], &problem["status"]), (&"too_many_requests".into(), &429.into()), "{problem}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_asks_too_often_waits_and_another_does_not() {
    let limited = Limited::start(A_MINUTE, 0).await;
    let (busy, calm) = (limited.token().await, limited.token().await);
    let policy = "\"default\";q=2;w=60";
    assert_eq!(told(&limited.as_token(&busy, "/api/rooms").await), (200, policy, "\"default\";r=1"));
    assert_eq!(told(&limited.as_token(&busy, "/api/teams").await), (200, policy, "\"default\";r=0"));
    assert_refused(limited.as_token(&busy, "/api/rooms").await).await;
    assert_eq!(told(&limited.as_token(&calm, "/api/rooms").await), (200, policy, "\"default\";r=1"));
    // Neither health nor collectors are under it.
    assert_eq!(limited.as_token(&busy, "/healthz").await.status().as_u16(), 200);
    let batch = limited.client.post(format!("http://{}/v1/batch", limited.running.http)).bearer_auth(&busy);
    let batch = batch.json(&serde_json::json!({"batch": []})).send().await.expect("an answer");
    assert_ne!(batch.status().as_u16(), 429);
    assert_eq!(header(&batch, "ratelimit"), None);
    let metrics = limited.get("/metrics").send().await.expect("an answer").text().await.expect("text");
    assert!(metrics.contains("kaibo_http_limited_total{policy=\"default\"}"), "{metrics}");
    drop(limited.dir);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_what_the_trusted_proxy_says_and_made_up_tokens_do_not_help() {
    let limited = Limited::start(0, A_MINUTE).await;
    let (far, other, path) = ("198.51.100.7", "198.51.100.8", "/api/time");
    let policy = "\"public\";q=2;w=60";
    assert_eq!(told(&limited.from(far, path).await), (200, policy, "\"public\";r=1"));
    let made_up = limited.get("/api/rooms").header("x-forwarded-for", far).bearer_auth("kbo_made-up");
    assert_eq!(told(&made_up.send().await.expect("an answer")), (401, policy, "\"public\";r=0"));
    assert_refused(limited.from(far, path).await).await;
    assert_eq!(told(&limited.from(other, path).await), (200, policy, "\"public\";r=1"));
    // A token goes before the address, and here tokens have no limit.
    let token = limited.token().await;
    let staff = limited.get("/api/rooms").header("x-forwarded-for", far).bearer_auth(&token);
    let staff = staff.send().await.expect("an answer");
    assert_eq!((staff.status().as_u16(), header(&staff, "ratelimit")), (200, None));
    // This machine is told of the limit and exempt.
    for _ in 0..5 {
        let here = limited.get(path).send().await.expect("an answer");
        assert_eq!(told(&here), (200, policy, "\"public\";r=2"));
    }
}
