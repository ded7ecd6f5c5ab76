//! The second factor: set up, asked for, used once, lost.

use crate::program::{OWN, Program, START, problem};
use app::testing::Answer;
use sea_orm::DbBackend;
use serde_json::{Value, json};

impl Program {
    async fn sign_in_with(&self, code: &str) -> Answer {
        let body = json!({"login": "admin", "password": OWN, "code": code});
        self.call("POST", "/api/session", "", Some(body)).await
    }

    pub fn code(&self, secret: &str) -> String {
        accounts::code_now(secret, self.test.app.now()).expect("a code")
    }

    /// Sets a second factor up; answers its secret and the recovery codes. The clock is then a step further.
    pub async fn enrolled(&self, cookie: &str, password: &str) -> (String, Vec<String>) {
        let begun = self.call("POST", "/api/me/second-factor", cookie, Some(json!({"password": password}))).await;
        assert_eq!(begun.status, 201, "{}", begun.text());
        let secret = begun.json()["secret"].as_str().unwrap().to_owned();
        assert!(begun.json()["otpauth"].as_str().unwrap().contains(&secret));
        let body = json!({"code": self.code(&secret)});
        let confirmed = self.call("POST", "/api/me/second-factor/confirm", cookie, Some(body)).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text());
        let codes = confirmed.json()["recovery_codes"].as_array().unwrap().clone();
        self.clock.set(self.test.app.now().plus_ms(30_000));
        (secret, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
    }

    async fn left(&self, cookie: &str) -> Value {
        self.call("GET", "/api/me/second-factor", cookie, None).await.json()
    }
}

#[tokio::test]
async fn a_sign_in_needs_the_code_and_each_code_works_once() {
    let (program, cookie) = Program::started().await;
    let (secret, _) = program.enrolled(&cookie, OWN).await;
    assert_eq!(problem(&program.sign_in("admin", OWN).await), (401, "second_factor_required".into()));
    assert_eq!(problem(&program.sign_in("admin", "wrong").await), (401, "wrong_credentials".into()));
    assert_eq!(problem(&program.sign_in_with("000000").await), (401, "wrong_code".into()));
    let code = program.code(&secret);
    assert_eq!(program.sign_in_with(&code).await.status, 200);
    assert_eq!(problem(&program.sign_in_with(&code).await), (401, "wrong_code".into()), "a code cannot be replayed");
    program.clock.set(program.test.app.now().plus_ms(30_000));
    assert_eq!(problem(&program.sign_in_with(&code).await), (401, "wrong_code".into()));
    assert_eq!(program.sign_in_with(&program.code(&secret)).await.status, 200);
}

#[tokio::test]
async fn of_two_sign_ins_with_one_code_one_is_let_in() {
    let (program, cookie) = Program::started().await;
    let (secret, _) = program.enrolled(&cookie, OWN).await;
    let code = program.code(&secret);
    let (one, two) = tokio::join!(program.sign_in_with(&code), program.sign_in_with(&code));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test]
async fn a_recovery_code_works_once() {
    let (program, cookie) = Program::started().await;
    let (_, papers) = program.enrolled(&cookie, OWN).await;
    assert_eq!(papers.len(), 10);
    assert_eq!(program.sign_in_with(&papers[0].to_uppercase().replace('-', " ")).await.status, 200);
    assert_eq!(problem(&program.sign_in_with(&papers[0]).await), (401, "wrong_code".into()));
    assert_eq!(program.left(&cookie).await, json!({"enabled": true, "needed": false, "recovery_codes_left": 9}));
}

#[tokio::test]
async fn codes_cannot_be_guessed() {
    let (program, cookie) = Program::started().await;
    let (secret, _) = program.enrolled(&cookie, OWN).await;
    for _ in 0..5 {
        assert_eq!(program.sign_in_with("000000").await.status, 401);
    }
    // The right password gives no tries back, and the right code waits too.
    assert_eq!(program.sign_in_with(&program.code(&secret)).await.status, 429);
    program.clock.set(program.test.app.now().plus_ms(30_000));
    assert_eq!(program.sign_in_with(&program.code(&secret)).await.status, 200);
}

#[tokio::test]
async fn only_its_owner_with_password_and_code_takes_it_away() {
    let (program, cookie) = Program::started().await;
    let begin = async |password: &str| {
        problem(&program.call("POST", "/api/me/second-factor", &cookie, Some(json!({"password": password}))).await)
    };
    assert_eq!(begin("wrong").await, (422, "wrong_password".into()));
    let (secret, papers) = program.enrolled(&cookie, OWN).await;
    assert_eq!(begin(OWN).await, (409, "second_factor_set".into()));
    let call = async |path: &str, password: &str, code: &str| {
        let body = json!({"password": password, "code": code});
        program.call("POST", &format!("/api/me/second-factor/{path}"), &cookie, Some(body)).await
    };
    assert_eq!(problem(&call("remove", "wrong", &papers[0]).await), (422, "wrong_password".into()));
    assert_eq!(problem(&call("remove", OWN, "000000").await), (422, "wrong_code".into()));
    let renewed = call("recovery-codes", OWN, &program.code(&secret)).await;
    assert_eq!(renewed.status, 200, "{}", renewed.text());
    assert_eq!(problem(&call("remove", OWN, &papers[1]).await), (422, "wrong_code".into()), "the old ones are void");
    let fresh = renewed.json()["recovery_codes"][0].as_str().unwrap().to_owned();
    assert_eq!(call("remove", OWN, &fresh).await.status, 204);
    assert_eq!(program.sign_in("admin", OWN).await.status, 200);
}

#[tokio::test]
async fn a_role_that_needs_one_may_do_nothing_else_before() {
    let (program, admin) = Program::started().await;
    let (_, cookie) = program.joined(&admin, "manager", "manager", json!({"region": null, "team": null})).await;
    let (token, _) = program.token(&admin, json!({"name": "robot", "role": "manager"})).await;
    let set = json!({"second_factor_roles": ["manager"]});
    assert_eq!(program.call("PUT", "/api/security", &admin, Some(set)).await.status, 200);

    let refused = program.call("GET", "/api/staff", &cookie, None).await;
    assert_eq!(problem(&refused), (403, "second_factor_enrolment_required".into()));
    let me = program.me(&cookie).await.json();
    assert_eq!((&me["must_enrol"], &me["permissions"]), (&json!(true), &json!([])));
    let beyond =
        program.call("POST", "/api/me/tokens", &cookie, Some(json!({"name": "x", "expires_in_days": 1}))).await;
    assert_eq!(problem(&beyond), (403, "beyond_your_permissions".into()));
    let robot = program.call("GET", "/api/staff", &format!("Bearer {token}"), None).await;
    assert_eq!(robot.status, 200, "a program has no phone");

    let (secret, _) = program.enrolled(&cookie, "a password of their own").await;
    assert_eq!(program.call("GET", "/api/staff", &cookie, None).await.status, 200);
    let body = json!({"password": "a password of their own", "code": program.code(&secret)});
    let kept = program.call("POST", "/api/me/second-factor/remove", &cookie, Some(body)).await;
    assert_eq!(problem(&kept), (409, "second_factor_needed".into()));
}

#[tokio::test]
async fn an_administrator_helps_who_lost_phone_and_paper() {
    let (program, admin) = Program::started().await;
    let (id, cookie) = program.joined(&admin, "lost", "host", json!({"region": null, "team": null})).await;
    program.enrolled(&cookie, "a password of their own").await;
    assert_eq!(program.sign_in("lost", "a password of their own").await.status, 401);
    let path = format!("/api/staff/{id}/second-factor");
    assert_eq!(program.call("DELETE", &path, &admin, None).await.status, 204);
    assert_eq!(program.me(&cookie).await.status, 401);
    assert_eq!(program.sign_in("lost", "a password of their own").await.status, 200);
}

#[tokio::test]
async fn neither_secret_nor_recovery_code_stands_in_the_database() {
    let (program, cookie) = Program::started().await;
    let (secret, papers) = program.enrolled(&cookie, OWN).await;
    assert!(program.test.app.now() > START);
    // What stands in the files is what stands in PostgreSQL.
    let on_sqlite = program.test.app.store.read().get_database_backend() == DbBackend::Sqlite;
    for file in ["kaibo.db", "kaibo.db-wal"].into_iter().filter(|_| on_sqlite) {
        let bytes = std::fs::read(program.test.app.data_dir.join(file)).unwrap();
        for text in [&secret, &papers[0], &papers[0].replace('-', "")] {
            assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{file} holds a secret");
        }
    }
}
