//! Who clears a show, who signs it, and what that is worth after a change.

use crate::house::{House, plan};
use serde_json::{Value, json};

/// A dossier of the private room, and the ways to it of those who work there.
struct Desk {
    house: House,
    writer: String,
    senior: String,
    physician: String,
    path: String,
    content: Value,
}

impl Desk {
    async fn start() -> Self {
        let house = House::start().await;
        let store = house.running.app.store.clone();
        let token = |role: &'static str, name: &'static str| {
            let store = store.clone();
            async move { accounts::create_token(&store, role, name, None).await.expect("a token") }
        };
        let writer = token("operator", "writer").await;
        let (senior, physician) = (token("senior_moderator", "senior").await, token("professional", "wang").await);
        let (dossier, _) = house.dossier(None).await;
        let path = format!("/api/moderation/dossiers/{dossier}");
        let content = house.read(&path).await["content"].clone();
        Self { house, writer, senior, physician, path, content }
    }

    async fn seen(&self) -> Value {
        self.house.read(&self.path).await
    }

    /// Status, and the code of a refusal.
    async fn ask(&self, who: &str, method: &str, deed: &str, body: Value) -> (u16, String) {
        let (status, text) = self.house.call(Some(who), method, &format!("{}{deed}", self.path), Some(&body)).await;
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        (status, answer["code"].as_str().unwrap_or_default().to_owned())
    }

    /// About what stands there now.
    async fn decide(&self, who: &str, deed: &str, more: Value) -> (u16, String) {
        let seen = self.seen().await;
        let mut body = json!({"version": seen["version"], "sha256": seen["sha256"]});
        body.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
        self.ask(who, "POST", deed, body).await
    }

    async fn submit(&self) {
        let version = self.seen().await["version"].clone();
        let answer = self.ask(&self.writer, "POST", "/submit", json!({"version": version})).await;
        assert_eq!(answer, good());
    }

    async fn write(&self, section: &str) {
        let mut content = self.content.clone();
        let sections = content["sections"].as_array_mut().expect("sections");
        sections.push(json!({"name": "2", "text": section}));
        let version = self.seen().await["version"].clone();
        let answer = self.ask(&self.writer, "PUT", "", json!({"version": version, "content": content})).await;
        assert_eq!(answer, good());
    }

    async fn ledger(&self, kind: &str) -> usize {
        let rows = self.house.read(&format!("/api/moderation/ledger?kind={kind}")).await;
        rows["items"].as_array().expect("rows").len()
    }
}

fn good() -> (u16, String) {
    (200, String::new())
}

fn bad(code: &str) -> (u16, String) {
    (409, code.to_owned())
}

#[tokio::test]
async fn somebody_else_clears_what_a_professional_signed() {
    let desk = Desk::start().await;
    assert_eq!(desk.decide(&desk.senior, "/clear", json!({})).await, bad("not_submitted"));
    desk.submit().await;
    assert_eq!(desk.decide(&desk.senior, "/clear", json!({})).await, bad("not_clear"), "nobody signed it");
    assert_eq!(desk.decide(&desk.physician, "/sign", json!({})).await, bad("not_noted"));
    desk.house.professional("wang").await;
    let other = json!({"sha256": "0".repeat(64)});
    assert_eq!(desk.decide(&desk.physician, "/sign", other).await, bad("stale"), "another text");
    assert_eq!(desk.decide(&desk.physician, "/sign", json!({})).await, good());
    let seen = desk.seen().await;
    assert_eq!((&seen["open_signatures"], &seen["signatures"][0]["counts"]), (&json!([]), &json!(true)));
    assert_eq!(desk.decide(&desk.physician, "/clear", json!({})).await.0, 403);
    assert_eq!(desk.decide(&desk.senior, "/clear", json!({})).await, good());
    let cleared = desk.seen().await;
    assert_eq!((&cleared["state"], &cleared["cleared_version"]), (&json!("cleared"), &json!(1)));
    assert_eq!((desk.ledger("signature").await, desk.ledger("clearance").await), (1, 1));
    let (status, _) = desk.house.call(Some(&desk.writer), "DELETE", &desk.path, None).await;
    assert_eq!(status, 409, "what may have gone on air is kept");
}

#[tokio::test]
async fn a_change_takes_the_clearance_and_the_signature() {
    let desk = Desk::start().await;
    desk.house.professional("wang").await;
    desk.submit().await;
    assert_eq!(desk.decide(&desk.physician, "/sign", json!({})).await, good());
    assert_eq!(desk.decide(&desk.senior, "/clear", json!({})).await, good());
    let cleared = desk.seen().await;
    desk.write("再说一句").await;
    let draft = desk.seen().await;
    assert_eq!(
        (&draft["state"], &draft["version"], &draft["cleared_version"]),
        (&json!("draft"), &json!(2), &json!(1))
    );
    assert_eq!((&draft["signatures"][0]["counts"], &draft["open_signatures"]), (&json!(false), &json!(["medical"])));
    let kept = desk.house.read(&format!("{}/versions/1", desk.path)).await;
    assert_eq!((&kept["state"], &kept["sha256"]), (&json!("cleared"), &cleared["sha256"]));
    desk.submit().await;
    assert_eq!(desk.decide(&desk.senior, "/clear", json!({})).await, bad("not_clear"));
}

#[tokio::test]
async fn nobody_decides_about_his_own() {
    let desk = Desk::start().await;
    desk.house.professional("writer").await;
    desk.submit().await;
    let store = &desk.house.running.app.store;
    // The same person with more rights is the same person.
    let same = accounts::create_token(store, "admin", "writer", None).await.expect("a token");
    for (deed, more) in [("/sign", json!({})), ("/clear", json!({})), ("/return", json!({"reason": "1024"}))] {
        assert_eq!(desk.decide(&same, deed, more).await, bad("own_dossier"), "{deed}");
    }
}

#[tokio::test]
async fn errors_are_changed_or_signed_and_warnings_looked_at() {
    let desk = Desk::start().await;
    desk.house.professional("wang").await;
    // Of a disease a professional may answer for it, of being the first nobody.
    desk.write("根治脚气，全网第一。加微♥信").await;
    desk.submit().await;
    let findings = desk.seen().await["findings"].as_array().expect("findings").clone();
    let levels = |level: &str| -> Vec<&Value> { findings.iter().filter(|one| one["level"] == level).collect() };
    assert_eq!(levels("error").len(), 2, "{findings:?}");
    assert_eq!(levels("warning").len(), 1, "{findings:?}");
    assert_eq!(desk.decide(&desk.physician, "/sign", json!({})).await, good());
    assert_eq!(desk.seen().await["open_errors"].as_array().expect("errors").len(), 1);
    assert_eq!(desk.decide(&desk.senior, "/clear", json!({})).await, bad("not_clear"));
    let notes = json!([{"finding": levels("error")[1]["id"], "note": "换一个说法"}]);
    let strange = json!([{"finding": "0000000000000000", "note": "1024"}]);
    assert_eq!(desk.decide(&desk.senior, "/return", json!({"notes": strange})).await, (422, "unknown_finding".into()));
    assert_eq!(desk.decide(&desk.senior, "/return", json!({})).await, (422, "bad_reason".into()));
    assert_eq!(desk.decide(&desk.senior, "/return", json!({"notes": notes})).await, good());
    assert_eq!(desk.seen().await["state"], "returned");

    desk.write("根治脚气。加微♥信").await;
    desk.submit().await;
    assert_eq!(desk.decide(&desk.physician, "/sign", json!({})).await, good());
    assert_eq!(desk.decide(&desk.senior, "/clear", json!({})).await, bad("not_clear"), "nobody looked");
    let findings = desk.seen().await["findings"].as_array().expect("findings").clone();
    let warnings: Vec<&Value> = findings.iter().filter(|one| one["level"] == "warning").map(|one| &one["id"]).collect();
    assert_eq!(desk.decide(&desk.senior, "/clear", json!({"accepted": warnings})).await, good());
}

#[tokio::test]
async fn what_needs_no_signature_takes_none() {
    let desk = Desk::start().await;
    desk.house.professional("wang").await;
    let mut content = plan();
    content["items"] = json!([]);
    let body = json!({"version": 1, "content": content});
    assert_eq!(desk.ask(&desk.writer, "PUT", "", body).await, good());
    desk.submit().await;
    assert_eq!(desk.decide(&desk.physician, "/sign", json!({})).await, bad("not_needed"));
    assert_eq!(desk.decide(&desk.senior, "/clear", json!({})).await, good());
}
