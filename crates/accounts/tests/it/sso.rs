//! Single sign-on by a provider that really speaks, on a real port: who comes in, who does not, and what is not believed.

use crate::{
    program::{OWN, Program, START, problem},
    provider::{CLIENT, Fault, Local, SECRET},
};
use accounts::Accounts;
use app::testing::Answer;
use sea_orm::DbBackend;
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};

const HOST: &str = "live.example:8080";

/// A browser: what it was sent away with.
pub struct Browser {
    pub url: String,
    state: String,
    cookie: String,
}

impl Program {
    /// A program whose administrator has a provider that lets in whom `policy` says. Answers the cookie and the provider's id.
    async fn with_provider(policy: Value) -> (Self, String, Local, String) {
        let (program, admin) = Self::impatient().await;
        let local = Local::start(program.clock.clone()).await;
        local.person(zhang());
        let id = program.provider(&admin, &local, "company", policy).await;
        (program, admin, local, id)
    }

    /// Waits a moment only for a provider.
    async fn impatient() -> (Self, String) {
        Self::started_with(|app| Accounts::with_patience(app, Duration::from_millis(1_000))).await
    }

    async fn provider(&self, by: &str, local: &Local, name: &str, mut policy: Value) -> String {
        policy["allow_private"] = true.into();
        let settings =
            json!({"name": name, "client_id": CLIENT, "client_secret": SECRET, "enabled": true, "policy": policy});
        let body = json!({"issuer": local.issuer(), "settings": settings});
        let made = self.call("POST", "/api/sso/providers", by, Some(body)).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["id"].as_str().unwrap().to_owned()
    }

    /// Changes settings of the provider; status and code.
    async fn set(&self, by: &str, id: &str, change: impl FnOnce(&mut Value)) -> (u16, String) {
        let listed = self.call("GET", "/api/sso/providers", by, None).await.json();
        let now = listed.as_array().unwrap().iter().find(|one| one["id"] == id).unwrap();
        let mut settings = json!({"name": now["name"], "client_id": now["client_id"], "enabled": now["enabled"], "policy": now["policy"]});
        change(&mut settings);
        problem(&self.call("PUT", &format!("/api/sso/providers/{id}"), by, Some(settings)).await)
    }

    pub async fn post(&self, path: &str, cookies: &[&str], body: Value) -> Answer {
        let request = http::Request::post(path).header("host", HOST).header("content-type", "application/json");
        let request = request.header("cookie", cookies.join("; "));
        self.test.send(request.body(body.to_string()).unwrap()).await
    }

    pub async fn begin(&self, provider: &str) -> Browser {
        browser(&self.post(&format!("/api/sso/{provider}/begin"), &[], json!({})).await)
    }

    pub async fn finish(&self, browser: &Browser, answer: &HashMap<String, String>, session: &str) -> Answer {
        self.post("/api/sso/finish", &[&browser.cookie, session], json!(answer)).await
    }

    /// All the way.
    async fn come(&self, local: &Local, provider: &str) -> Answer {
        let browser = self.begin(provider).await;
        let answer = local.visit(&browser.url).await;
        self.finish(&browser, &answer, "").await
    }

    async fn code_of(&self, local: &Local, provider: &str) -> (u16, String) {
        problem(&self.come(local, provider).await)
    }

    async fn invite_email(&self, by: &str, login: &str, email: &str) -> (String, String) {
        self.invited(by, json!({"login": login, "name": login, "role": "operator", "email": email})).await
    }

    /// The newest rows of the audit log: actor, action and what it says after.
    async fn newest(&self, by: &str, count: usize) -> Vec<(String, String, Value)> {
        let rows = self.call("GET", "/api/audit", by, None).await.json()["items"].as_array().unwrap().clone();
        let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
        rows.iter().take(count).map(|row| (text(row, "actor"), text(row, "action"), row["after"].clone())).collect()
    }

    /// Begins to link the provider's identity to whose session it is.
    async fn linking(&self, session: &str, provider: &str, password: &str) -> Answer {
        self.post("/api/me/identities", &[session], json!({"provider": provider, "password": password})).await
    }
}

fn browser(begun: &Answer) -> Browser {
    assert_eq!(begun.status, 200, "{}", begun.text());
    let text = |key: &str| begun.json()[key].as_str().unwrap().to_owned();
    let set = begun.headers["set-cookie"].to_str().unwrap();
    let (cookie, attributes) = set.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/api/sso; Max-Age=600; HttpOnly; SameSite=Strict");
    Browser { url: text("url"), state: text("state"), cookie: cookie.to_owned() }
}

/// The session that an answer set.
pub fn session(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let set = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let session = set.into_iter().find(|value| value.starts_with("kaibo_session=")).expect("a session");
    session.split(';').next().unwrap().to_owned()
}

fn zhang() -> Value {
    json!({"sub": "zhang-1", "email": "Zhang.San@Example.com", "email_verified": true, "name": "张三"})
}

fn newcomers(role: &str) -> Value {
    json!({"newcomers": {"role": role}})
}

#[tokio::test]
async fn who_was_invited_by_a_verified_email_joins_and_comes_back() {
    let (program, admin, local, provider) = Program::with_provider(json!({})).await;
    assert_eq!(program.code_of(&local, &provider).await, (403, "sso_not_invited".into()));
    let (id, link) = program.invite_email(&admin, "zhang.san", "zhang.san@example.com").await;
    let came = program.come(&local, &provider).await;
    let me = program.me(&session(&came)).await.json();
    assert_eq!(
        (&me["user"]["login"], &me["role"], &me["has_password"]),
        (&json!("zhang.san"), &json!("operator"), &json!(false))
    );
    let rows = program.newest(&admin, 2).await;
    assert_eq!(rows[0], ("zhang.san".into(), "signed_in".into(), json!({"provider": "company"})));
    assert_eq!(rows[1], ("zhang.san".into(), "invitation_accepted".into(), json!({"provider": "company"})));
    assert_eq!(program.accept(&link).await, 410, "the link is used up");

    // The e-mail counts no more: the subject does.
    local.person(json!({"sub": "zhang-1", "email": "new@example.com", "email_verified": false}));
    assert_eq!(program.me(&session(&program.come(&local, &provider).await)).await.json()["user"]["id"], id);
    local.person(json!({"sub": "another", "email": "zhang.san@example.com", "email_verified": true}));
    assert_eq!(program.code_of(&local, &provider).await, (409, "sso_account_exists".into()));
    let member = program.call("GET", "/api/staff", &admin, None).await.json()["items"][0].clone();
    assert_eq!((&member["id"], &member["state"]), (&json!(id), &json!("active")));
}

#[tokio::test]
async fn an_unverified_email_and_a_dead_invitation_open_nothing() {
    let (program, admin, local, provider) = Program::with_provider(json!({})).await;
    program.invite_email(&admin, "zhang.san", "zhang.san@example.com").await;
    local.person(json!({"sub": "1", "email": "zhang.san@example.com", "email_verified": false}));
    assert_eq!(program.code_of(&local, &provider).await, (403, "sso_unverified".into()));
    local.person(json!({"sub": "1", "email": "zhang.san@example.com"}));
    assert_eq!(program.code_of(&local, &provider).await, (403, "sso_unverified".into()));
    local.person(zhang());
    program.clock.set(START.plus_ms(7 * 24 * 3_600_000));
    assert_eq!(program.code_of(&local, &provider).await, (409, "sso_account_exists".into()));
}

#[tokio::test]
async fn an_account_is_never_taken_over_and_its_owner_links_it() {
    let (program, admin, local, provider) = Program::with_provider(newcomers("host")).await;
    let (id, link) = program.invite_email(&admin, "zhang.san", "zhang.san@example.com").await;
    assert_eq!(program.accept(&link).await, 204, "joined by a password");
    let own = program.cookie("zhang.san", "a password of their own").await;
    assert_eq!(program.code_of(&local, &provider).await, (409, "sso_account_exists".into()));
    // Nor by the login.
    local.person(json!({"sub": "2", "email": "admin", "email_verified": true}));
    assert_eq!(program.code_of(&local, &provider).await, (409, "sso_account_exists".into()));
    local.person(json!({"sub": "2", "preferred_username": "Admin"}));
    assert_eq!(program.code_of(&local, &provider).await, (409, "sso_account_exists".into()));

    local.person(zhang());
    assert_eq!(problem(&program.linking(&own, &provider, "wrong").await), (422, "wrong_password".into()));
    let away = browser(&program.linking(&own, &provider, "a password of their own").await);
    let answer = local.visit(&away.url).await;
    let linked = program.finish(&away, &answer, &own).await;
    assert_eq!((linked.status, &linked.json()["purpose"]), (200, &json!("link")));
    let me = program.me(&session(&program.come(&local, &provider).await)).await.json();
    assert_eq!((&me["user"]["id"], &me["role"]), (&json!(id), &json!("operator")));
    let listed = program.call("GET", "/api/me/identities", &own, None).await.json();
    assert_eq!(listed[0]["shown"], "zhang.san@example.com");
}

#[tokio::test]
async fn a_link_belongs_to_the_session_that_began_it() {
    let (program, admin, local, provider) = Program::with_provider(newcomers("host")).await;
    let everywhere = json!({"region": null, "team": null});
    let (_, other) = program.joined(&admin, "other", "host", everywhere.clone()).await;
    let (_, own) = program.joined(&admin, "own", "host", everywhere).await;
    for session in ["", &other] {
        let away = browser(&program.linking(&own, &provider, "a password of their own").await);
        let answer = local.visit(&away.url).await;
        assert_eq!(problem(&program.finish(&away, &answer, session).await), (410, "sso_stale".into()));
    }
    // Whose it is already does not lose it.
    session(&program.come(&local, &provider).await);
    let away = browser(&program.linking(&own, &provider, "a password of their own").await);
    let answer = local.visit(&away.url).await;
    assert_eq!(problem(&program.finish(&away, &answer, &own).await), (409, "sso_other_person".into()));
}

#[tokio::test]
async fn what_does_not_hold_is_not_believed() {
    let (program, _, local, provider) = Program::with_provider(newcomers("host")).await;
    use Fault::*;
    for (fault, expected) in [
        (WrongNonce, (401, "sso_disbelieved", "another sign-in")),
        (WrongAudience, (401, "sso_disbelieved", "another client")),
        (TwoAudiences, (401, "sso_disbelieved", "another client")),
        (WrongIssuer, (401, "sso_disbelieved", "another issuer")),
        (Expired, (401, "sso_disbelieved", "expired")),
        (FromTheFuture, (401, "sso_disbelieved", "clocks")),
        (NoSubject, (401, "sso_disbelieved", "no subject")),
        (AlgorithmNone, (401, "sso_disbelieved", "`none`")),
        (PublicKeyAsSecret, (401, "sso_disbelieved", "`HS256`")),
        (ClientSecretAsKey, (401, "sso_disbelieved", "`HS256`")),
        (ForeignKey, (401, "sso_disbelieved", "signature is wrong")),
        (BrokenSignature, (401, "sso_disbelieved", "signature is wrong")),
        (UnpublishedKey, (401, "sso_disbelieved", "does not publish")),
        (NotAToken, (401, "sso_disbelieved", "not a signed token")),
        (NoToken, (401, "sso_disbelieved", "no ID token")),
        (AnswersOtherIssuer, (401, "sso_disbelieved", "answer is of another issuer")),
        (AnswersNoIssuer, (401, "sso_disbelieved", "does not say its issuer")),
        (Denies, (401, "sso_denied", "`access_denied`")),
        (TokenRedirects, (502, "sso_unavailable", "redirect")),
        (TokenHuge, (502, "sso_unavailable", "more than")),
        (UserInfoOfAnother, (401, "sso_disbelieved", "another person")),
    ] {
        local.set(fault);
        local.aside(if fault == UserInfoOfAnother { &["email", "email_verified"] } else { &[] });
        let refused = program.come(&local, &provider).await;
        let detail = refused.json()["detail"].as_str().unwrap_or_default().to_owned();
        let (status, code, part) = expected;
        assert_eq!(problem(&refused), (status, code.into()), "{fault:?}: {detail}");
        assert!(detail.contains(part), "{fault:?}: {detail}");
        assert!(refused.headers.get("set-cookie").is_none());
    }
    local.set(Nothing);
    local.aside(&[]);
    session(&program.come(&local, &provider).await);
}

#[tokio::test]
async fn a_description_that_is_none_sends_nobody_anywhere() {
    let (program, admin, local, provider) = Program::with_provider(newcomers("host")).await;
    use Fault::*;
    let tested = async || {
        let path = format!("/api/sso/providers/{provider}/test");
        let answer = program.post(&path, &[&admin], json!({})).await;
        assert_eq!(answer.json()["redirect_uri"], format!("http://{HOST}/console/sso"), "{}", answer.text());
        let steps = answer.json()["steps"].as_array().unwrap().clone();
        let shown =
            |step: &Value| format!("{}:{}", step["step"].as_str().unwrap(), step["problem"].as_str().unwrap_or("ok"));
        steps.iter().map(shown).collect::<Vec<_>>().join(" ")
    };
    for (fault, expected) in [
        (DescribesOtherIssuer, "description:wrong_issuer"),
        (DescribesPlainScript, "description:bad_endpoint"),
        (DescriptionRedirects, "description:redirect"),
        (DescriptionHuge, "description:too_large"),
        (DescriptionIsPage, "description:not_json"),
        (DescriptionFails, "description:status"),
        (Slow, "description:timeout"),
        (NoKeys, "description:ok keys:no_keys"),
    ] {
        local.set(fault);
        assert_eq!(tested().await, expected);
        let begun = program.post(&format!("/api/sso/{provider}/begin"), &[], json!({})).await;
        assert_eq!(problem(&begun), (502, "sso_unavailable".into()), "{fault:?}");
    }
    local.set(Nothing);
    assert_eq!(tested().await, "description:ok keys:ok client:ok");
    let wrong = program.set(&admin, &provider, |settings| settings["client_secret"] = "wrong".into()).await;
    assert_eq!(wrong.0, 200);
    assert_eq!(tested().await, "description:ok keys:ok client:client_refused");
    assert_eq!(program.code_of(&local, &provider).await, (502, "sso_unavailable".into()));
}

#[tokio::test]
async fn both_kinds_of_keys_and_of_credentials_work_and_keys_may_change() {
    let (program, _, local, provider) = Program::with_provider(newcomers("host")).await;
    session(&program.come(&local, &provider).await);
    assert_eq!(local.keys_fetched(), 1);
    local.elliptic();
    session(&program.come(&local, &provider).await);
    assert_eq!(local.keys_fetched(), 1, "both were published");
    local.rotate();
    assert_eq!(program.code_of(&local, &provider).await, (401, "sso_disbelieved".into()), "asked a moment ago");
    program.clock.set(START.plus_ms(10_000));
    session(&program.come(&local, &provider).await);
    assert_eq!(local.keys_fetched(), 2, "an unknown key has them asked for again");
    local.by_body();
    program.clock.set(START.plus_ms(10_000 + 3_600_000));
    session(&program.come(&local, &provider).await);
    assert_eq!(local.keys_fetched(), 3, "and an hour does");
}

#[tokio::test]
async fn what_was_used_is_not_used_again_nor_elsewhere() {
    let (program, _, local, provider) = Program::with_provider(newcomers("host")).await;
    let stale = (410, "sso_stale".to_owned());
    let (one, two) = (program.begin(&provider).await, program.begin(&provider).await);
    let first = local.visit(&one.url).await;
    let second = local.visit(&two.url).await;
    // The state of one browser and the cookie of another.
    let crossed = Browser { cookie: two.cookie.clone(), ..program.begin(&provider).await };
    assert_eq!(problem(&program.finish(&crossed, &first, "").await), stale);
    assert_eq!(problem(&program.post("/api/sso/finish", &[], json!(first)).await), stale);
    // A code that was given to somebody else's sign-in: the verifier is another one.
    let mut injected = first.clone();
    injected.insert("code".into(), second["code"].clone());
    assert_eq!(problem(&program.finish(&one, &injected, "").await), (401, "sso_disbelieved".into()));
    assert_eq!(problem(&program.finish(&one, &first, "").await), stale, "a sign-in ends with its first answer");
    // The provider takes a code once, and burnt this one.
    assert_eq!(problem(&program.finish(&two, &second, "").await), (401, "sso_disbelieved".into()));

    let three = program.begin(&provider).await;
    let third = local.visit(&three.url).await;
    let both = tokio::join!(program.finish(&three, &third, ""), program.finish(&three, &third, ""));
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 410]);

    let four = program.begin(&provider).await;
    let fourth = local.visit(&four.url).await;
    program.clock.set(START.plus_ms(600_000));
    assert_eq!(problem(&program.finish(&four, &fourth, "").await), stale);
    assert!(!four.state.is_empty());
}

#[tokio::test]
async fn answers_of_one_provider_are_not_taken_to_another() {
    let (program, admin, honest, one) = Program::with_provider(newcomers("host")).await;
    let evil = Local::start(program.clock.clone()).await;
    evil.person(zhang());
    let two = program.provider(&admin, &evil, "evil", newcomers("host")).await;
    // Begun at the evil one, which sends the browser on to the honest one: the code would go to the evil one.
    let away = program.begin(&two).await;
    let lured = honest.visit(&away.url.replace(&evil.issuer(), &honest.issuer())).await;
    let refused = program.finish(&away, &lured, "").await;
    assert_eq!(problem(&refused), (401, "sso_disbelieved".into()));
    assert!(refused.text().contains("answer is of another issuer"), "{}", refused.text());
    // The same subject at another provider is another person.
    session(&program.come(&honest, &one).await);
    assert_eq!(program.code_of(&evil, &two).await, (409, "sso_account_exists".into()));
}

#[tokio::test]
async fn newcomers_become_what_their_groups_say_until_somebody_says_otherwise() {
    let policy = json!({
        "domains": ["example.com"], "groups_claim": "realm_access.roles",
        "mappings": [{"group": "boss", "grant": {"role": "manager"}}, {"group": "staff", "grant": {"role": "analyst"}}],
    });
    let (program, admin, local, provider) = Program::with_provider(policy).await;
    let within = |groups: Value| {
        let mut person = zhang();
        person["realm_access"] = json!({"roles": groups});
        person
    };
    let role = async |answer: Answer| program.me(&session(&answer)).await.json()["role"].as_str().unwrap().to_owned();
    local.person(
        json!({"sub": "9", "email": "li@evil.example", "email_verified": true, "realm_access": {"roles": ["staff"]}}),
    );
    assert_eq!(program.code_of(&local, &provider).await, (403, "sso_domain".into()));
    local.person(within(json!(["guests"])));
    assert_eq!(program.code_of(&local, &provider).await, (403, "sso_not_invited".into()));
    // What the token does not say, the user info does.
    local.aside(&["email", "email_verified", "realm_access"]);
    local.person(within(json!(["staff"])));
    assert_eq!(role(program.come(&local, &provider).await).await, "analyst");
    assert_eq!(program.newest(&admin, 2).await[1].1, "staff_came");
    local.person(within(json!(["staff", "boss"])));
    assert_eq!(role(program.come(&local, &provider).await).await, "manager");
    assert_eq!(program.newest(&admin, 2).await[1].1, "staff_changed");
    local.person(within(json!([])));
    assert_eq!(program.code_of(&local, &provider).await, (403, "sso_no_group".into()));

    let staff = program.call("GET", "/api/staff", &admin, None).await.json()["items"][0].clone();
    assert_eq!((&staff["login"], &staff["name"]), (&json!("zhang.san@example.com"), &json!("张三")));
    assert_eq!(program.change(&admin, staff["id"].as_str().unwrap(), json!({"role": "host"})).await.0, 200);
    assert_eq!(role(program.come(&local, &provider).await).await, "host", "what people say goes before");
}

#[tokio::test]
async fn the_second_factor_is_the_providers_word_or_the_own() {
    let (program, admin, local, provider) = Program::with_provider(newcomers("manager")).await;
    let set = json!({"second_factor_roles": ["manager"]});
    assert_eq!(program.call("PUT", "/api/security", &admin, Some(set)).await.status, 200);
    // Nobody vouches: one has to be set up, by a sign-in of a moment ago instead of a password.
    let came = program.come(&local, &provider).await;
    assert_eq!(came.json()["must_enrol"], true);
    let own = session(&came);
    assert_eq!(program.call("GET", "/api/staff", &own, None).await.status, 403);
    program.clock.set(START.plus_ms(600_000));
    let begin = program.call("POST", "/api/me/second-factor", &own, Some(json!({}))).await;
    assert_eq!(problem(&begin), (403, "sign_in_again".into()));
    let own = session(&program.come(&local, &provider).await);
    let (secret, _) = program.enrolled(&own, "").await;
    assert_eq!(program.call("GET", "/api/staff", &own, None).await.status, 200);

    // From now on it is asked for.
    let away = program.begin(&provider).await;
    let answer = local.visit(&away.url).await;
    assert_eq!(problem(&program.finish(&away, &answer, "").await), (401, "second_factor_required".into()));
    assert_eq!(problem(&program.finish(&away, &answer, "").await), (410, "sso_stale".into()));
    let code = async |cookie: &str, code: &str| {
        program.post("/api/sso/code", &[cookie], json!({"state": away.state, "code": code})).await
    };
    assert_eq!(problem(&code("", &program.code(&secret)).await), (410, "sso_stale".into()));
    assert_eq!(problem(&code(&away.cookie, "000000").await), (401, "wrong_code".into()));
    let right = program.code(&secret);
    let in_by_code = session(&code(&away.cookie, &right).await);
    assert_eq!(program.call("GET", "/api/staff", &in_by_code, None).await.status, 200);
    assert_eq!(problem(&code(&away.cookie, &right).await), (410, "sso_stale".into()));

    // The provider vouches, in its token or by what is known of it.
    let mut vouched = zhang();
    vouched["amr"] = json!(["pwd", "mfa"]);
    local.person(vouched);
    session(&program.come(&local, &provider).await);
    local.person(json!({"sub": "li", "email": "li@example.com", "email_verified": true, "amr": ["mfa"]}));
    let newcomer = program.come(&local, &provider).await;
    assert_eq!(newcomer.json()["must_enrol"], false);
    assert_eq!(program.call("GET", "/api/staff", &session(&newcomer), None).await.status, 200);
    local.person(zhang());
    assert_eq!(program.code_of(&local, &provider).await, (401, "second_factor_required".into()));
    let trusted =
        program.set(&admin, &provider, |settings| settings["policy"]["trusts_second_factor"] = true.into()).await;
    assert_eq!(trusted.0, 200);
    session(&program.come(&local, &provider).await);
}

#[tokio::test]
async fn a_person_may_be_held_to_single_sign_on() {
    let (program, admin, local, provider) = Program::with_provider(json!({})).await;
    let (id, own) = program.joined(&admin, "own", "host", json!({"region": null, "team": null})).await;
    let away = browser(&program.linking(&own, &provider, "a password of their own").await);
    let answer = local.visit(&away.url).await;
    assert_eq!(program.finish(&away, &answer, &own).await.status, 200);
    assert_eq!(program.change(&admin, &id, json!({"sso_only": true})).await.0, 200);
    assert_eq!(program.me(&own).await.status, 401, "sessions of a password end");
    assert_eq!(problem(&program.sign_in("own", "a password of their own").await), (403, "sso_only".into()));
    assert_eq!(
        problem(&program.sign_in("own", "wrong").await),
        (401, "wrong_credentials".into()),
        "nobody else learns of it"
    );
    let own = session(&program.come(&local, &provider).await);

    // One way in stays.
    let identity =
        program.call("GET", "/api/me/identities", &own, None).await.json()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/me/identities/{identity}");
    assert_eq!(problem(&program.call("DELETE", &path, &own, None).await), (409, "sso_last_way".into()));
    let path = format!("/api/staff/{id}/identities/{identity}");
    assert_eq!(program.call("DELETE", &path, &admin, None).await.status, 204);
    assert_eq!(program.me(&own).await.status, 401);
    assert_eq!(program.code_of(&local, &provider).await, (403, "sso_not_invited".into()));

    // An invitation of such a person takes no password; and the last who gets in without a provider is not held to one.
    let body =
        json!({"login": "zhang", "name": "zhang", "role": "host", "email": "zhang.san@example.com", "sso_only": true});
    let (_, link) = program.invited(&admin, body).await;
    assert_eq!(program.accept(&link).await, 403);
    session(&program.come(&local, &provider).await);
    let (other, _) = program.joined(&admin, "other", "admin", json!({"region": null, "team": null})).await;
    assert_eq!(program.change(&admin, &other, json!({"sso_only": true})).await.0, 200);
    let other = program.me(&admin).await.json()["user"]["id"].as_str().unwrap().to_owned();
    let second = program.joined(&admin, "second", "admin", json!({"region": null, "team": null})).await.1;
    assert_eq!(program.change(&second, &other, json!({"sso_only": true})).await.0, 200);
    let last = program.me(&second).await.json()["user"]["id"].as_str().unwrap().to_owned();
    let (token, _) = program.token(&second, json!({"name": "robot", "role": "admin"})).await;
    let held = program.change(&format!("Bearer {token}"), &last, json!({"sso_only": true})).await;
    assert_eq!(held, (409, "last_admin".into()));
}

#[tokio::test]
async fn nobody_hands_out_by_a_provider_what_he_could_not_give() {
    let (program, admin, local, provider) = Program::with_provider(newcomers("admin")).await;
    let (narrow, _) =
        program.token(&admin, json!({"name": "narrow", "role": "admin", "scopes": ["security.manage"]})).await;
    let narrow = format!("Bearer {narrow}");
    let beyond = (403, "beyond_your_permissions".to_owned());
    let settings = |role: &str| json!({"name": "more", "client_id": "a", "enabled": true, "policy": {"newcomers": {"role": role}}});
    let body = json!({"issuer": "https://id.example", "settings": settings("host")});
    assert_eq!(problem(&program.call("POST", "/api/sso/providers", &narrow, Some(body)).await), beyond);
    // Nor changes one that gives more: who owns the client would own the administrators.
    let change = program.set(&narrow, &provider, |settings| settings["policy"]["newcomers"] = Value::Null).await;
    assert_eq!(change, beyond);
    assert_eq!(
        problem(&program.call("DELETE", &format!("/api/sso/providers/{provider}"), &narrow, None).await),
        beyond
    );

    let refused = async |issuer: &str, change: &dyn Fn(&mut Value)| {
        let mut settings = settings("host");
        change(&mut settings);
        let body = json!({"issuer": issuer, "settings": settings});
        problem(&program.call("POST", "/api/sso/providers", &admin, Some(body)).await)
    };
    assert_eq!(refused("http://id.example", &|_| ()).await, (422, "bad_issuer".into()));
    assert_eq!(
        refused("https://id.example", &|body| body["name"] = "company".into()).await,
        (409, "name_taken".into())
    );
    assert_eq!(refused("https://id.example", &|body| body["client_id"] = "".into()).await, (422, "bad_client".into()));
    assert_eq!(
        refused("https://id.example", &|body| body["policy"]["newcomers"]["role"] = "emperor".into()).await,
        (422, "unknown_role".into())
    );
    let nowhere = json!("0190a0c0-0000-7000-8000-000000000001");
    assert_eq!(
        refused("https://id.example", &|body| body["policy"]["newcomers"]["team"] = nowhere.clone()).await,
        (404, "not_found".into())
    );
    assert_eq!(
        refused("https://id.example", &|body| body["policy"]["domains"] = json!(["a@b"])).await,
        (422, "bad_policy".into())
    );
    drop(local);
}

#[tokio::test]
async fn private_addresses_are_not_called_unless_the_provider_may_be_there() {
    let (program, admin, local, _) = Program::with_provider(json!({})).await;
    let settings = json!({"name": "inside", "client_id": CLIENT, "enabled": true});
    for issuer in
        [local.issuer().replace("http:", "https:"), "https://localhost:1".into(), "https://169.254.169.254".into()]
    {
        let body = json!({"issuer": issuer, "settings": settings});
        let made = program.call("POST", "/api/sso/providers", &admin, Some(body)).await.json();
        let id = made["id"].as_str().unwrap();
        let tested = program.post(&format!("/api/sso/providers/{id}/test"), &[&admin], json!({})).await.json();
        assert_eq!(tested["steps"][0]["problem"], "private_address", "{issuer}");
        assert_eq!(program.call("DELETE", &format!("/api/sso/providers/{id}"), &admin, None).await.status, 204);
    }
}

#[tokio::test]
async fn a_provider_that_is_off_lets_nobody_in_and_its_sessions_end() {
    let (program, admin, local, provider) = Program::with_provider(newcomers("host")).await;
    let doors = async || program.call("GET", "/api/sso", "", None).await.json();
    assert_eq!(doors().await, json!([{"id": provider, "name": "company"}]));
    let own = session(&program.come(&local, &provider).await);
    let away = program.begin(&provider).await;
    let answer = local.visit(&away.url).await;
    assert_eq!(program.set(&admin, &provider, |settings| settings["enabled"] = false.into()).await.0, 200);
    assert_eq!(program.me(&own).await.status, 401);
    assert_eq!(doors().await, json!([]));
    assert_eq!(problem(&program.finish(&away, &answer, "").await), (410, "sso_stale".into()));
    let begun = program.post(&format!("/api/sso/{provider}/begin"), &[], json!({})).await;
    assert_eq!(problem(&begun), (404, "not_found".into()));
    assert_eq!(program.set(&admin, &provider, |settings| settings["enabled"] = true.into()).await.0, 200);
    session(&program.come(&local, &provider).await);
    assert_eq!(program.call("DELETE", &format!("/api/sso/providers/{provider}"), &admin, None).await.status, 204);
    let (actor, action, _) = program.newest(&admin, 1).await.remove(0);
    assert_eq!((&actor[..], &action[..]), ("admin", "provider_removed"));
}

#[tokio::test]
async fn of_two_first_sign_ins_at_once_one_makes_the_account() {
    let (program, admin, local, provider) = Program::with_provider(newcomers("host")).await;
    let come = async || {
        let away = program.begin(&provider).await;
        let answer = local.visit(&away.url).await;
        (away, answer)
    };
    let (one, two) = (come().await, come().await);
    let both = tokio::join!(program.finish(&one.0, &one.1, ""), program.finish(&two.0, &two.1, ""));
    assert_eq!((both.0.status, both.1.status), (200, 200), "{} {}", both.0.text(), both.1.text());
    let staff = program.call("GET", "/api/staff", &admin, None).await.json();
    assert_eq!(staff["items"].as_array().unwrap().len(), 2, "{staff}");
}

#[tokio::test]
async fn the_client_secret_stands_nowhere_and_ways_are_limited() {
    let (program, admin, local, provider) = Program::with_provider(newcomers("host")).await;
    let listed = program.call("GET", "/api/sso/providers", &admin, None).await;
    assert_eq!(listed.json()[0]["has_secret"], true);
    assert!(!listed.text().contains("signs"), "{}", listed.text());
    let on_sqlite = program.test.app.store.read().get_database_backend() == DbBackend::Sqlite;
    for file in ["kaibo.db", "kaibo.db-wal"].into_iter().filter(|_| on_sqlite) {
        let bytes = std::fs::read(program.test.app.data_dir.join(file)).unwrap();
        assert!(!bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()), "{file}");
    }
    session(&program.come(&local, &provider).await);
    let mut limited = 0;
    for _ in 0..40 {
        let begun = program.post(&format!("/api/sso/{provider}/begin"), &[], json!({})).await;
        limited += u32::from(begun.status == 429);
    }
    assert_eq!(limited, 11);
    assert_eq!(program.sign_in("admin", OWN).await.status, 200, "passwords are not held up by it");
}
