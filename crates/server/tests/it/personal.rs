//! What tells who a viewer is: shown to those who may see it, masked to everybody else, on every route.

use crate::{
    house::{House, client},
    routes::{Gate, routes},
};
use events::EntryId;
use futures_util::StreamExt;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::time::Duration;

const PHONE: &str = "13812345678";
const EMAIL: &str = "li.lei@example.org";
const NICK: &str = "韩梅梅同学";
const IMPORTED: &str = "imported-viewer-77";
const AUDITED: &str = "audited-viewer-4711";
const TRACKED: &str = "tracked-user-0815";
const ADDRESS: &str = "203.0.113.77";
/// Stands in the title of a room, which is nobody's personal data on its own screens.
const TITLED: &str = "13987654321";

/// What was seeded, under the names of the table.
struct Seeds {
    house: House,
    consenting: String,
    playing: String,
    source: String,
    key: String,
    masked: String,
}

impl Seeds {
    async fn sow() -> Self {
        let house = House::start().await;
        let text = format!("加我{PHONE} 或者 {EMAIL}");
        let row = json!({"id": "p", "occurred_at": 1_790_000_000_001_i64, "kind": "danmaku", "user": IMPORTED, "nick": NICK, "text": text});
        let import = json!({"broadcast_id": house.broadcast, "rows": [row]});
        house.made(&format!("/api/rooms/{}/imports", house.private_room), import).await;
        house.made("/api/rooms", json!({"title": format!("热线 {TITLED}")})).await;
        let consenting = house.consenting().await;
        let playing = play(&house).await;
        judge(&house).await;
        let plan = json!({"mode": "enforce"});
        let made = house.made("/api/collect/sources", json!({"name": "shop", "kind": "segment", "plan": plan})).await;
        let (source, key) = (text_of(&made, "id"), text_of(&made, "write_key"));
        let seeds = Self { masked: blind(&house).await, house, consenting, playing, source, key };
        seeds.track().await;
        seeds
    }

    /// An item against the plan, with everything in it that tells of a person.
    async fn track(&self) {
        let traits = json!({"name": NICK, "email": EMAIL, "phone": PHONE});
        let item = json!({"type": "track", "event": "Signed", "userId": TRACKED, "traits": traits, "context": {"ip": ADDRESS},
            "properties": {"note": format!("call {PHONE}")}});
        let batch = json!({"batch": [item], "writeKey": self.key});
        let (status, body) = self.house.call(None, "POST", "/v1/batch", Some(&batch)).await;
        assert_eq!(status, 200, "{body}");
    }

    /// Every route that answers personal data, and what of them stands in its answer to who may see it.
    fn table(&self) -> Vec<(String, Vec<&str>)> {
        let Self { house, source, .. } = self;
        let (imported, show) = (&house.broadcast, &house.show);
        let said = vec![PHONE, EMAIL, NICK, IMPORTED];
        vec![
            (format!("/api/broadcasts/{imported}/danmaku"), said.clone()),
            (format!("/api/broadcasts/{imported}/danmaku?limit=10"), said.clone()),
            (format!("/api/broadcasts/{imported}/danmaku?tail=10"), said.clone()),
            (format!("/api/broadcasts/{imported}/danmaku?format=csv"), said.clone()),
            (format!("/api/broadcasts/{imported}/danmaku?format=xml"), vec![PHONE, EMAIL, IMPORTED]),
            (format!("/api/broadcasts/{imported}/danmaku?format=ass"), vec![PHONE, EMAIL]),
            (format!("/api/danmaku/search?q={PHONE}"), said.clone()),
            (format!("/api/broadcasts/{imported}/danmaku?limit=10&q={PHONE}"), said),
            (format!("/api/broadcasts/{imported}/audience/entries"), vec![AUDITED]),
            (format!("/api/broadcasts/{show}/qoe/viewers"), vec![&self.playing]),
            (format!("/api/broadcasts/{show}/qoe/plays"), vec![&self.playing]),
            (format!("/api/collect/sources/{source}/quarantine"), vec![PHONE, EMAIL, NICK, TRACKED, ADDRESS]),
            (format!("/api/collect/sources/{source}/live"), vec![PHONE, EMAIL, NICK, TRACKED, ADDRESS]),
            ("/api/consent/statements".into(), vec![&self.consenting]),
            ("/api/events?name=RoomCreated".into(), vec![TITLED]),
            ("/api/events/stream?after=0&name=RoomCreated".into(), vec![TITLED]),
        ]
    }

    fn secrets(&self) -> [&str; 8] {
        [PHONE, EMAIL, NICK, IMPORTED, AUDITED, TRACKED, &self.consenting, &self.playing]
    }

    /// The answer's text; of a stream the part that comes within some seconds, or up to `enough`.
    async fn answer(&self, token: &str, path: &str, enough: &str) -> String {
        let request = client().get(format!("http://{}{path}", self.house.running.http)).bearer_auth(token);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{path}");
        let streams =
            response.headers()["content-type"].to_str().is_ok_and(|kind| kind.starts_with("text/event-stream"));
        if !streams {
            return response.text().await.expect("a body");
        }
        if path.ends_with("/live") {
            self.track().await;
        }
        let (mut text, mut chunks) = (String::new(), response.bytes_stream());
        while let Ok(Some(Ok(chunk))) = tokio::time::timeout(Duration::from_secs(30), chunks.next()).await {
            text.push_str(&String::from_utf8_lossy(&chunk));
            if text.contains(enough) {
                break;
            }
        }
        text
    }
}

/// An administrator's token whose scopes are everything but seeing people.
async fn blind(house: &House) -> String {
    let admin = accounts::ROLES.iter().find(|role| role.name == "admin").expect("the role").all_permissions();
    let scopes: Vec<&str> = admin.into_iter().filter(|name| *name != "personal.read").collect();
    text_of(&house.made("/api/tokens", json!({"name": "blind", "role": "admin", "scopes": scopes})).await, "token")
}

/// Somebody who cannot see the running show says so until that is counted.
async fn play(house: &House) -> String {
    let room = format!("/api/rooms/{}", house.private_room);
    let ticket = house.made(&format!("{room}/viewer-token"), json!({})).await;
    let (viewer, token) = (text_of(&ticket, "viewer_id"), text_of(&ticket, "token"));
    // Pictures that nobody sent it would not be believed; that it fails is.
    let report = json!({"play": "0190a0c0-0000-7000-8000-000000000077", "failure": "no_picture"});
    let path = format!("{room}/playback?token={token}");
    for _ in 0..300 {
        let (status, body) = house.call(None, "POST", &path, Some(&report)).await;
        assert!(status < 300 || status == 429, "{status} {body}");
        let viewers = house.read(&format!("/api/broadcasts/{}/qoe/viewers", house.show)).await;
        if viewers.to_string().contains(&viewer) {
            return viewer;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the play of `{viewer}` was not counted");
}

/// Entries are judged after half a minute; this judgement is put where they are kept.
async fn judge(house: &House) {
    let sql = format!(
        "INSERT INTO audience_judgements
           (broadcast_id, entry_id, since_at_ms, viewer, verdict, reasons, entered, gone, evidence, position)
         VALUES ('{}', '{}', 1790000000000, '{AUDITED}', 'web', '', TRUE, TRUE, '{}', 1)",
        house.broadcast,
        EntryId::new(),
        json!({"kind": "web", "first_at": 1_790_000_000_000_i64, "last_at": 1_790_000_060_000_i64})
    );
    let tx = house.running.app.store.begin().await.expect("a transaction");
    tx.execute_unprepared(&sql).await.expect("a judgement");
    tx.commit().await.expect("a commit");
}

fn text_of(answer: &Value, field: &str) -> String {
    answer[field].as_str().unwrap_or_else(|| panic!("no `{field}` in {answer}")).to_owned()
}

#[tokio::test]
async fn people_are_shown_to_those_who_may_see_them_and_masked_to_others() {
    let seeds = Seeds::sow().await;
    for (path, wanted) in seeds.table() {
        let open = seeds.answer(&seeds.house.admin, &path, wanted[0]).await;
        for secret in &wanted {
            assert!(open.contains(secret), "GET {path} as an administrator lacks `{secret}`: {open}");
        }
        // Digits that cannot be seen cannot be found either.
        let masked = seeds.answer(&seeds.masked, &path, "***").await;
        let told: Vec<&str> =
            seeds.secrets().into_iter().chain([ADDRESS]).filter(|secret| masked.contains(secret)).collect();
        let titles = path.contains("RoomCreated") && masked.contains(TITLED);
        // Digits that are looked for stand in the words of the answer; no text does.
        let looked_for = path.contains("q=");
        assert!(
            told.is_empty() || looked_for && told == [PHONE] && !masked.contains("\"text\""),
            "GET {path}: {masked}"
        );
        assert!(!titles, "GET {path}: {masked}");
    }
}

#[tokio::test]
async fn no_route_at_all_tells_of_people_to_who_may_not_see_them() {
    let seeds = Seeds::sow().await;
    let house = &seeds.house;
    for route in routes().into_iter().filter(|route| route.method == "GET" && route.gate != Gate::Everybody) {
        let (status, body) = route.ask(house, Some(&seeds.masked)).await;
        assert!(status < 500, "GET {}: {status} {body}", route.path);
        for secret in seeds.secrets() {
            assert!(!body.contains(secret), "GET {} tells `{secret}`: {body}", route.path);
        }
    }
}

#[tokio::test]
async fn a_masked_file_says_so_and_the_masked_item_is_not_saved_with_its_stars() {
    let seeds = Seeds::sow().await;
    let house = &seeds.house;
    let path = format!("http://{}/api/broadcasts/{}/danmaku?format=xlsx", house.running.http, house.broadcast);
    for (token, masked) in [(&house.admin, false), (&seeds.masked, true)] {
        let response = client().get(&path).bearer_auth(token).send().await.expect("an answer");
        let name = response.headers()["content-disposition"].to_str().expect("a name");
        assert_eq!(name.contains("-masked.xlsx"), masked, "{name}");
        assert_eq!(response.headers().contains_key("x-kaibo-masked"), masked);
    }
    let quarantine = house.read(&format!("/api/collect/sources/{}/quarantine", seeds.source)).await;
    let item = format!("/api/collect/quarantine/{}", text_of(&quarantine["items"][0], "id"));
    let change = json!({"item": {"type": "track", "event": "Signed"}});
    let (status, body) = house.call(Some(&seeds.masked), "PATCH", &item, Some(&change)).await;
    assert_eq!((status, body.contains("item_masked")), (403, true), "{body}");
    let (status, body) = house.call(Some(&house.admin), "PATCH", &item, Some(&change)).await;
    assert_eq!(status, 200, "{body}");
}

#[tokio::test]
async fn a_play_can_be_opened_by_its_alias_and_the_alias_differs_from_show_to_show() {
    let seeds = Seeds::sow().await;
    let house = &seeds.house;
    let read = async |path: String| {
        let (status, body) = house.call(Some(&seeds.masked), "GET", &path, None).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<Value>(&body).expect("JSON")
    };
    let viewers = read(format!("/api/broadcasts/{}/qoe/viewers", house.show)).await;
    let alias = text_of(&viewers[0], "viewer");
    assert!(alias.starts_with('~'), "{alias}");
    let plays = read(format!("/api/broadcasts/{}/qoe/plays?viewer={alias}", house.show)).await;
    assert_eq!((plays.as_array().map(Vec::len), &plays[0]["viewer"]), (Some(1), &json!(alias)), "{plays}");
}
