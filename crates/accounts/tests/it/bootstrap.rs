//! What the terminal gives: the first administrator and tokens.

use crate::program::{OWN, Program};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::time::Duration;
use store::Store;

#[tokio::test]
async fn the_one_time_password_is_renewed_until_it_was_used() {
    let program = Program::start().await;
    let second = accounts::ensure_first_admin(&program.test.app).await.unwrap().expect("nobody has signed in yet");
    assert_eq!(second.login, "admin");
    assert_eq!(program.sign_in("admin", &program.one_time).await.status, 401);
    assert_eq!(program.sign_in("admin", &second.password).await.status, 200);
    let (program, _) = Program::started().await;
    assert_eq!(accounts::ensure_first_admin(&program.test.app).await.unwrap(), None);
    assert_eq!(program.sign_in("admin", OWN).await.status, 200);
}

#[tokio::test]
async fn another_process_makes_a_token_while_the_server_runs() {
    let (program, _) = Program::started().await;
    let other = Store::open(&store::testing::url(&program.test.app.data_dir)).await.unwrap();
    let secret = accounts::create_token(&other, "admin", "terminal", None).await.unwrap();
    let me = program.me(&format!("Bearer {secret}")).await.json();
    let all = accounts::role("admin").unwrap().all_permissions();
    assert_eq!(me["permissions"], serde_json::json!(all));
    assert_eq!(me["org"]["name"], "总部 Headquarters");
    let refused = accounts::create_token(&other, "emperor", "x", Some(Duration::from_secs(1))).await.unwrap_err();
    assert!(refused.to_string().starts_with("there is no role `emperor`; the roles are admin, operator,"), "{refused}");
}

#[tokio::test]
async fn a_token_may_be_made_before_the_first_start() {
    let program = Program::start().await;
    let db = program.test.app.store.read();
    let count = async |sql: &str| {
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    };
    accounts::create_token(&program.test.app.store, "service", "early", None).await.unwrap();
    let home = accounts::home(&program.test.app).await.unwrap();
    assert_eq!(accounts::home(&program.test.app).await.unwrap(), home);
    assert_eq!(count("SELECT count(*) FROM accounts_orgs").await, 1);
    assert_eq!(count("SELECT count(*) FROM accounts_teams").await, 1);
}

#[tokio::test]
async fn what_happened_stands_in_the_audit_log_and_no_secret_does() {
    let (program, _) = Program::started().await;
    program.sign_in("my secret typed into the wrong field", "x").await;
    program.sign_in("admin", "x").await;
    let db = program.test.app.store.read();
    let sql = "SELECT actor || ' ' || action || ' ' || from_ip FROM accounts_audit ORDER BY id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    assert_eq!(
        lines,
        [
            "terminal first_admin_created terminal",
            "admin signed_in 127.0.0.1",
            "admin password_changed 127.0.0.1",
            "unknown sign_in_failed 127.0.0.1",
            "admin sign_in_failed 127.0.0.1",
        ]
    );
}

#[tokio::test]
async fn secrets_stand_nowhere_in_the_database() {
    let (program, cookie) = Program::started().await;
    let (token, _) = program.token(&cookie, serde_json::json!({"name": "x", "role": "service"})).await;
    let secrets = [&token, cookie.trim_start_matches("kaibo_session="), &program.one_time, OWN];
    if store::testing::on_postgres() {
        let everything = Statement::from_string(DbBackend::Postgres, "SELECT database_to_xml(true, false, '')::text");
        let row = program.test.app.store.read().query_one_raw(everything).await.unwrap().unwrap();
        let everything: String = row.try_get_by_index(0).unwrap();
        assert!(everything.contains("accounts_tokens") && !secrets.iter().any(|secret| everything.contains(*secret)));
        return;
    }
    program.test.app.store.read().execute_unprepared("SELECT 1").await.unwrap();
    for file in ["kaibo.db", "kaibo.db-wal"] {
        let bytes = std::fs::read(program.test.app.data_dir.join(file)).unwrap();
        for secret in secrets {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{file} holds a secret");
        }
    }
}
