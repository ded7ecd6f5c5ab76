//! What a sanction is about is cut out of the show, and outlives its recording.

use crate::house::{House, client};
use reqwest::{Response, header};
use serde_json::{Value, json};

/// A sanction against a viewer of the running show, and the way to its film as staff and as that viewer. It is about the whole show, however
/// slowly that came.
async fn sanctioned(house: &House) -> (String, String, String) {
    let room = format!("/api/rooms/{}", house.private_room);
    let ticket = house.made(&format!("{room}/viewer-token"), json!({})).await;
    let wanted = json!({"viewer": ticket["viewer_id"], "room": house.private_room, "clause": "contact"});
    let made = house.made("/api/moderation/sanctions", wanted).await;
    assert_eq!((&made["evidence"]["state"], &made["evidence"]["broadcast"]), (&json!("waiting"), &json!(house.show)));
    let sanction = made["id"].as_str().expect("an id");
    house
        .put(&format!(
            "UPDATE moderation_sanctions SET evidence_from_ms = 0, evidence_to_ms = 600000 WHERE id = '{sanction}'"
        ))
        .await;
    let token = ticket["token"].as_str().expect("a token");
    let own = format!("{room}/sanctions/{sanction}/evidence?token={token}");
    (format!("/api/moderation/sanctions/{sanction}"), format!("/api/moderation/sanctions/{sanction}/evidence"), own)
}

async fn fetch(house: &House, who: Option<&str>, path: &str, range: Option<&str>) -> Response {
    let mut request = client().get(format!("http://{}{path}", house.running.http));
    request = if let Some(token) = who { request.bearer_auth(token) } else { request };
    request = if let Some(range) = range { request.header(header::RANGE, range) } else { request };
    request.send().await.expect("an answer")
}

/// Status and code of a refusal.
async fn refused(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let problem: Value = answer.json().await.unwrap_or_default();
    (status, problem["code"].as_str().unwrap_or_default().to_owned())
}

async fn end(house: &House) {
    let (status, text) =
        house.call(Some(&house.admin), "POST", &format!("/api/broadcasts/{}/end", house.show), None).await;
    assert!((200..300).contains(&status), "{status} {text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_film_of_a_sanction_outlives_the_recording_and_goes_with_the_decision() {
    let house = House::start().await;
    let (sanction, film, own) = sanctioned(&house).await;
    let admin = Some(house.admin.as_str());
    assert_eq!(refused(fetch(&house, admin, &film, None).await).await, (404, "no_evidence".into()));
    end(&house).await;
    let kept = house.read_when(&sanction, |sanction| sanction["evidence"]["state"] == "kept").await["evidence"].clone();
    let recording = format!("/api/broadcasts/{}/recording", house.show);
    assert_eq!(house.call(admin, "DELETE", &recording, None).await.0, 204);

    let whole = fetch(&house, admin, &film, None).await;
    let told = |answer: &Response, name: header::HeaderName| {
        answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    assert_eq!((whole.status().as_u16(), told(&whole, header::CONTENT_TYPE)), (200, "video/mp4".into()));
    assert_eq!(json!(told(&whole, header::ETAG).trim_matches('"')), kept["sha256"]);
    let whole = whole.bytes().await.expect("a film");
    assert_eq!(json!(app::hash_of_bytes(&whole)), kept["sha256"]);
    assert_eq!(json!(whole.len()), kept["bytes"]);
    let part = fetch(&house, admin, &film, Some("bytes=4-11")).await;
    assert_eq!(part.status(), 206);
    assert_eq!(told(&part, header::CONTENT_RANGE), format!("bytes 4-11/{}", whole.len()));
    assert_eq!(part.bytes().await.expect("a part"), whole[4..12]);
    let beyond = fetch(&house, admin, &film, Some(&format!("bytes={}-", whole.len()))).await;
    assert_eq!(beyond.status(), 416);

    // The viewer sees the same, and nobody else's.
    let theirs = fetch(&house, None, &own, None).await;
    assert_eq!(theirs.bytes().await.expect("a film"), whole);
    let (list, token) = own.split_once("/sanctions/").expect("a path");
    let token = token.split_once("token=").expect("a token").1;
    let listed = house.read(&format!("{list}/sanctions?token={token}")).await;
    assert_eq!(listed["items"][0]["evidence"], true, "{listed}");
    let other = house.made(&format!("{list}/viewer-token"), json!({})).await;
    let not_own = own.replace(token, other["token"].as_str().expect("a token"));
    assert_eq!(refused(fetch(&house, None, &not_own, None).await).await, (404, "not_found".into()));

    // The ledger and the log say which file it was.
    let rows = house.read("/api/moderation/ledger?kind=evidence_kept").await;
    assert_eq!(rows["items"][0]["facts"]["sha256"], kept["sha256"], "{rows}");
    let events = house
        .read_when("/api/events?name=EvidenceKept", |page| {
            page["items"].as_array().is_some_and(|items| !items.is_empty())
        })
        .await;
    assert_eq!(events["items"].as_array().map(Vec::len), Some(1), "{events}");
    assert!(events.to_string().contains(kept["sha256"].as_str().expect("a hash")), "{events}");

    // It goes by its age, unless the law holds it.
    let hold = house.made("/api/privacy/holds", json!({"broadcast": house.show, "reason": "1024"})).await;
    house.put("UPDATE moderation_sanctions SET at_ms = 1000").await;
    let preview = house.read("/api/privacy/retention/ledger/preview?days=1096").await;
    assert_eq!((&preview["going"]["evidence"]["count"], &preview["held"]["evidence"]), (&json!(0), &json!(1)));
    let set = json!({"days": 1096, "confirm": preview["confirm"]});
    let (status, text) = house.call(admin, "PUT", "/api/privacy/retention/ledger", Some(&set)).await;
    assert_eq!(status, 200, "{text}");
    let hold = format!("/api/privacy/holds/{}/release", hold["id"].as_str().expect("an id"));
    house.made(&hold, json!({})).await;
    let gone = house.read_when(&sanction, |sanction| sanction["evidence"]["state"] == "expired").await;
    assert_eq!(gone["evidence"]["sha256"], kept["sha256"], "what it was is still known");
    assert_eq!(refused(fetch(&house, admin, &film, None).await).await, (410, "evidence_gone".into()));
    let left = std::fs::read_dir(house.running.app.data_dir.join("media/evidence")).expect("a folder").count();
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_that_went_first_is_said_to_be_lost() {
    let house = House::start().await;
    end(&house).await;
    let recording = format!("/api/broadcasts/{}/recording", house.show);
    house.read_when(&recording, |recording| recording["state"] == "complete").await;
    let (sanction, _) = house.appealed().await;
    assert_eq!(house.call(Some(&house.admin), "DELETE", &recording, None).await.0, 204);
    // As one that was imposed while the show was on.
    house
        .put(&format!(
            "UPDATE moderation_sanctions SET broadcast_id = '{}', evidence_from_ms = 0, evidence_to_ms = 1000, \
             evidence_state = 'waiting' WHERE id = '{sanction}'",
            house.show
        ))
        .await;
    let path = format!("/api/moderation/sanctions/{sanction}");
    let lost = house.read_when(&path, |sanction| sanction["evidence"]["state"] == "lost").await;
    assert_eq!(lost["evidence"]["sha256"], Value::Null, "{lost}");
}
