//! The audit log: what it says, who may read it, and how tampering is found out.

use crate::program::{Program, problem};
use accounts::{AuditDamage, AuditReport};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl Program {
    async fn verified(&self) -> AuditReport {
        accounts::verify_audit(self.test.app.store.read(), &BTreeMap::new()).await.expect("a walk")
    }

    async fn tamper(&self, sql: &str) {
        let tx = self.test.app.store.begin().await.unwrap();
        tx.execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn audit(&self, who: &str, query: &str) -> Vec<Value> {
        let answer = self.call("GET", &format!("/api/audit{query}"), who, None).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["items"].as_array().unwrap().clone()
    }

    /// A program with ten rows and more.
    async fn busy() -> (Self, String) {
        let (program, admin) = Program::started().await;
        for n in 0..8 {
            program.token(&admin, json!({"name": format!("token {n}"), "role": "host"})).await;
        }
        (program, admin)
    }
}

#[tokio::test]
async fn the_first_damage_is_named() {
    let cases = [
        ("UPDATE accounts_audit SET actor = 'nobody' WHERE seq = 4", AuditDamage::Changed { seq: 4, id: 4 }),
        ("UPDATE accounts_audit SET after_json = NULL WHERE seq = 5", AuditDamage::Changed { seq: 5, id: 5 }),
        ("UPDATE accounts_audit SET at_ms = at_ms + 1 WHERE seq > 6", AuditDamage::Changed { seq: 7, id: 7 }),
        ("DELETE FROM accounts_audit WHERE seq = 3", AuditDamage::Missing { seq: 3 }),
        ("DELETE FROM accounts_audit WHERE seq > 9", AuditDamage::CutOff { seq: 9, head: 11 }),
        (
            "UPDATE accounts_audit SET seq = -1 WHERE seq = 4; UPDATE accounts_audit SET seq = 4 WHERE seq = 8;
             UPDATE accounts_audit SET seq = 8 WHERE seq = -1",
            AuditDamage::Changed { seq: 4, id: 8 },
        ),
        (
            "INSERT INTO accounts_audit (at_ms, actor, action, target, from_ip) VALUES (1, 'a', 'b', 'c', 'd')",
            AuditDamage::Outside { id: 12 },
        ),
        (
            "DELETE FROM accounts_audit WHERE seq = 11;
             UPDATE accounts_audit_head SET seq = 10",
            AuditDamage::Rewritten { seq: 10 },
        ),
    ];
    for (sql, damage) in cases {
        let (program, _) = Program::busy().await;
        let sound = program.verified().await;
        assert_eq!((sound.rows, sound.damage), (11, None));
        program.tamper(sql).await;
        assert_eq!(program.verified().await.damage, Some(damage), "{sql}");
    }
}

#[tokio::test]
async fn who_rewrites_the_whole_chain_is_found_by_a_head_that_was_noted_elsewhere() {
    let (program, admin) = Program::busy().await;
    accounts::tell_head_now(&program.accounts).await.unwrap();
    program.test.app.store.relayed().await.unwrap();
    let heads = accounts::heads_in(&program.test.app.log).unwrap();
    assert_eq!(heads.keys().copied().collect::<Vec<i64>>(), [11]);
    program.token(&admin, json!({"name": "later", "role": "host"})).await;
    let verified = async |heads| accounts::verify_audit(program.test.app.store.read(), heads).await.unwrap();
    let sound = verified(&heads).await;
    assert_eq!((sound.rows, sound.heads_kept, sound.damage), (12, 1, None));

    // The row goes, and what came after is made anew as if it had never been.
    program.tamper("DELETE FROM accounts_audit WHERE seq > 10; UPDATE accounts_audit_head SET seq = 10, hash = (SELECT hash FROM accounts_audit WHERE seq = 10)").await;
    program.token(&admin, json!({"name": "forged", "role": "host"})).await;
    assert_eq!(program.verified().await.damage, None, "sound in itself");
    assert_eq!(verified(&heads).await.damage, Some(AuditDamage::Rewritten { seq: 11 }));
}

#[tokio::test]
async fn a_change_stands_with_before_and_after_and_nobodys_name() {
    let (program, admin) = Program::started().await;
    let body = json!({"login": "zhang.san", "name": "张三", "role": "host"});
    let (id, secret) = program.invited(&admin, body).await;
    assert_eq!(program.change(&admin, &id, json!({"role": "controller", "name": "李四"})).await.0, 200);
    let rows = program.audit(&admin, &format!("?target={id}")).await;
    assert_eq!(rows.len(), 2);
    let (changed, invited) = (&rows[0], &rows[1]);
    assert_eq!(
        (&changed["action"], &changed["actor"], &changed["from"]),
        (&json!("staff_changed"), &json!("admin"), &json!("127.0.0.1"))
    );
    assert_eq!((&changed["before"]["role"], &changed["after"]["role"]), (&json!("host"), &json!("controller")));
    assert_eq!((&changed["before"]["name"], &changed["after"]["name"]), (&json!("张•••"), &json!("李•••")));
    assert_eq!((&invited["after"]["login"], invited.get("before")), (&json!("z•••"), None));
    let all = serde_json::to_string(&program.audit(&admin, "").await).unwrap();
    assert!(!all.contains(&secret[4..]) && !all.contains("张三"), "{all}");
}

#[tokio::test]
async fn the_log_is_filtered_and_paged_and_within_reach() {
    let (program, admin) = Program::busy().await;
    assert_eq!(program.audit(&admin, "?action=token_created").await.len(), 8);
    assert_eq!(program.audit(&admin, "?actor=terminal").await.len(), 1);
    let seqs: Vec<i64> =
        program.audit(&admin, "?after=4").await.iter().map(|row| row["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, [3, 2, 1]);
    let now = program.test.app.now().0;
    assert_eq!(program.audit(&admin, &format!("?from={}", now + 1)).await.len(), 0);
    assert_eq!(program.audit(&admin, &format!("?to={}", now + 1)).await.len(), 11);

    let (east, team) = program.region(&admin, "华东").await;
    let (_, manager) = program.joined(&admin, "east", "manager", json!({"region": east})).await;
    program.joined(&admin, "member", "analyst", json!({"team": team})).await;
    let seen = program.audit(&manager, "").await;
    let mut actors: Vec<&str> = seen.iter().map(|row| row["actor"].as_str().unwrap()).collect();
    actors.dedup();
    assert_eq!(actors, ["member", "east"], "what headquarters do is not theirs to see");
    let (_, host) = program.joined(&admin, "host", "host", json!({"team": team})).await;
    assert_eq!(problem(&program.call("GET", "/api/audit", &host, None).await), (403, "forbidden".into()));
}

#[tokio::test]
async fn rows_of_a_version_without_a_chain_become_its_beginning() {
    let (program, admin) = Program::busy().await;
    program
        .tamper("UPDATE accounts_audit SET seq = NULL, hash = NULL; UPDATE accounts_audit_head SET seq = 0, hash = ''")
        .await;
    let empty = AuditReport { rows: 0, head: String::new(), damage: None, heads_kept: 0, cut: 0, redacted: 0 };
    assert_eq!(program.verified().await, empty);
    program.token(&admin, json!({"name": "after the update", "role": "host"})).await;
    let verified = program.verified().await;
    assert_eq!((verified.rows, verified.damage), (12, None));
}

#[tokio::test]
async fn words_that_an_earlier_version_kept_are_taken_out_and_the_chain_stays_whole() {
    let (program, admin) = Program::busy().await;
    // As it was before there was a chain, when bodies of imports were kept whole.
    program
        .tamper(
            "DELETE FROM accounts_audit WHERE seq > 1;
             UPDATE accounts_audit_head SET seq = 0, hash = '', masked_seq = 0;
             UPDATE accounts_audit SET seq = NULL, hash = NULL, action = 'POST /api/rooms/{id}/imports',
                 after_json = '{\"title\":\"回放\",\"rows\":[{\"text\":\"老王的电话\"}]}'",
        )
        .await;
    program.token(&admin, json!({"name": "later", "role": "host"})).await;
    assert!(program.audit(&admin, "").await.iter().any(|row| row.to_string().contains("老王的电话")));
    accounts::tell_head_now(&program.accounts).await.unwrap();
    program.test.app.store.relayed().await.unwrap();
    let heads = accounts::heads_in(&program.test.app.log).unwrap();

    assert_eq!(accounts::redact_now(&program.accounts).await.unwrap(), 1);
    assert_eq!(accounts::redact_now(&program.accounts).await.unwrap(), 0, "once");
    let rows = program.audit(&admin, "").await;
    assert!(!rows.iter().any(|row| row.to_string().contains("老王")), "{rows:?}");
    assert_eq!(rows[2]["after"], json!({"title": "回放", "rows": "•••"}));
    assert_eq!((&rows[0]["action"], &rows[0]["target"]), (&json!("audit_redacted"), &json!("1")));
    let verified = async || accounts::verify_audit(program.test.app.store.read(), &heads).await.unwrap();
    let report = verified().await;
    assert_eq!((report.damage, report.redacted, report.heads_kept), (None, 1, 1));

    program.tamper("UPDATE accounts_audit SET actor = 'somebody else' WHERE seq = 1").await;
    assert_eq!(verified().await.damage, Some(AuditDamage::Changed { seq: 1, id: 1 }));
}

#[tokio::test]
async fn the_beginning_goes_by_its_age_and_the_rest_says_so() {
    let (program, admin) = Program::busy().await;
    let (app, store) = (&program.test.app, &program.test.app.store);
    accounts::tell_head_now(&program.accounts).await.unwrap();
    let (org, _) = accounts::home(app).await.unwrap();
    let later = app.now().plus_ms(1_000);
    program.clock.set(later);
    program.token(&admin, json!({"name": "young", "role": "host"})).await;
    store.relayed().await.unwrap();
    let heads = accounts::heads_in(&app.log).unwrap();

    let old = accounts::old_audit(store.read(), org, later).await.unwrap().expect("old rows");
    assert_eq!(old.rows, 11);
    assert_eq!(accounts::cut_audit(store, org, later, later).await.unwrap(), 11);
    assert_eq!(accounts::cut_audit(store, org, later, later).await.unwrap(), 0, "once");
    let verified = async || accounts::verify_audit(store.read(), &heads).await.unwrap();
    let report = verified().await;
    assert_eq!((report.damage, report.rows, report.cut, report.heads_kept), (None, 13, 11, 1));
    let rows = program.audit(&admin, "").await;
    assert_eq!(
        rows.iter().map(|row| row["action"].as_str().unwrap()).collect::<Vec<_>>(),
        ["audit_cut", "token_created"]
    );

    program.tamper("DELETE FROM accounts_audit WHERE seq = 12").await;
    assert_eq!(verified().await.damage, Some(AuditDamage::Missing { seq: 12 }));
    let first = "(SELECT hash FROM accounts_audit WHERE seq = 13)";
    program.tamper(&format!("UPDATE accounts_audit_head SET cut_seq = 12, cut_hash = {first}")).await;
    assert_eq!(verified().await.damage, Some(AuditDamage::CutUnsaid { seq: 12 }));
}

#[tokio::test]
async fn another_organisations_young_row_stops_the_cut() {
    let (program, _) = Program::busy().await;
    let (app, store) = (&program.test.app, &program.test.app.store);
    let (org, _) = accounts::home(app).await.unwrap();
    let other = accounts::new_team(store, None).await.unwrap();
    let later = app.now().plus_ms(1_000);
    assert_eq!(accounts::old_audit(store.read(), other.org, later).await.unwrap(), None);
    let own = accounts::old_audit(store.read(), org, later).await.unwrap().expect("old rows");
    assert_eq!(own.rows, 11);
}
