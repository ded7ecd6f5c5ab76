//! Who gets a token, and what it is good for.

use crate::house::House;
use audience::Refusal;
use events::{RoomId, ViewerKind};
use serde_json::json;

#[tokio::test]
async fn anybody_gets_a_token_for_a_public_room() {
    let house = House::open().await;
    let path = format!("/api/rooms/{}/viewer-token", house.public.room);
    let answer = house.test.call("", "POST", &path, None).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let ticket = answer.json();
    let token = ticket["token"].as_str().unwrap();
    assert_eq!(ticket["playlist"], format!("/live/{}/index.m3u8?token={token}", house.public.room));
    assert_eq!(ticket["socket"], format!("/ws/rooms/{}?token={token}", house.public.room));
    assert_eq!(ticket["heartbeat_ms"], 10_000);
    let pass = house.audience.check(token, house.public.room).unwrap();
    assert_eq!(pass.viewer.as_str(), ticket["viewer_id"]);
    assert_eq!(pass.entry.to_string(), ticket["entry_id"]);
    assert_eq!(pass.expires.0, ticket["expires_at"].as_i64().unwrap());
    assert_eq!(pass.kind, ViewerKind::Web);
}

#[tokio::test]
async fn a_private_room_asks_who_you_are() {
    let house = House::open().await;
    let path = format!("/api/rooms/{}/viewer-token", house.private.room);
    for (who, status, code) in [
        ("", 401, "unauthenticated"),
        ("metrics.read", 403, "forbidden"),
        ("room.read@other", 404, "room_not_found"),
        ("room.read", 200, ""),
    ] {
        let answer = house.test.call(who, "POST", &path, None).await;
        assert_eq!((answer.status, answer.json()["code"].as_str().unwrap_or_default()), (status, code), "{who}");
    }
    let nowhere = house.test.call("*", "POST", &format!("/api/rooms/{}/viewer-token", RoomId::new()), None).await;
    assert_eq!((nowhere.status, nowhere.json()["code"].as_str().unwrap()), (404, "room_not_found"));
    let no_id = house.test.call("*", "POST", "/api/rooms/x/viewer-token", None).await;
    assert_eq!(no_id.status, 404);
}

#[tokio::test]
async fn an_earlier_token_keeps_the_viewer() {
    let house = House::open().await;
    let (token, pass) = house.token(json!({})).await;
    house.pass_s(13 * 3_600);
    assert_eq!(house.audience.check(&token, house.public.room), Err(Refusal::TokenExpired));
    let (_, again) = house.token(json!({"token": token})).await;
    assert_eq!(again.viewer, pass.viewer);
    assert_ne!(again.entry, pass.entry);

    let path = format!("/api/rooms/{}/viewer-token", house.public.room);
    let mut forged = token.clone().into_bytes();
    forged[30] = if forged[30] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    let answer = house.test.call("", "POST", &path, Some(json!({"token": forged}))).await;
    assert_eq!((answer.status, answer.json()["code"].as_str().unwrap()), (403, "token_invalid"));
}

#[tokio::test]
async fn only_the_rooms_managers_name_viewers() {
    let house = House::open().await;
    let path = format!("/api/rooms/{}/viewer-token", house.public.room);
    let ask = |viewer_id: &str| Some(json!({"viewer_id": viewer_id}));
    for (who, viewer_id, status) in [
        ("", "sso-7", 401),
        ("room.read", "sso-7", 403),
        ("room.manage@other", "sso-7", 403),
        ("room.manage", "a name", 400),
        ("room.manage", "sso-7", 200),
    ] {
        let answer = house.test.call(who, "POST", &path, ask(viewer_id)).await;
        assert_eq!(answer.status, status, "{who} {viewer_id}: {}", answer.text());
        if status == 200 {
            assert_eq!(answer.json()["viewer_id"], "sso-7");
        }
    }
}

#[tokio::test]
async fn a_token_opens_its_own_room_only() {
    let house = House::open().await;
    let (token, _) = house.token(json!({})).await;
    assert_eq!(house.audience.check(&token, house.private.room), Err(Refusal::TokenInvalid));
    assert_eq!(house.audience.check("", house.public.room), Err(Refusal::TokenRequired));
    let bare = house.audience.mint_bare(house.public.room);
    assert_eq!(house.audience.check(&bare, house.public.room).unwrap().kind, ViewerKind::Bare);

    for (query, status, code) in [
        (String::new(), 401, "token_required"),
        ("?token=nonsense".to_owned(), 403, "token_invalid"),
        (format!("?token={token}"), 204, ""),
    ] {
        for call in ["heartbeat", "leave"] {
            let path = format!("/api/rooms/{}/{call}{query}", house.public.room);
            let answer = house.test.call("", "POST", &path, Some(json!({"played_ms": 1, "visible": true}))).await;
            assert_eq!((answer.status, answer.json()["code"].as_str().unwrap_or_default()), (status, code), "{path}");
        }
    }
    let path = format!("/api/rooms/{}/heartbeat?token={token}", house.public.room);
    assert_eq!(house.test.call("", "POST", &path, Some(json!({"played_ms": -1}))).await.status, 400);
}

#[tokio::test]
async fn one_address_gets_bare_sessions_as_a_lecture_hall_needs_them() {
    let house = House::open().await;
    let (room, campus) = (house.public.room, std::net::IpAddr::from([198, 51, 100, 7]));
    let admitted = |count| (0..count).filter(|_| house.audience.admit_bare(room, campus).is_ok()).count();
    assert_eq!(admitted(1_000), 300);
    assert_eq!(house.audience.admit_bare(room, campus), Err(Refusal::TooManyTokens));
    house.pass_s(10);
    assert_eq!(admitted(1_000), 30);
    assert!(house.audience.admit_bare(room, std::net::IpAddr::from([198, 51, 100, 8])).is_ok());
    // Behind a CDN many stand behind its few addresses.
    let cdn = Some(json!({"cdn": true}));
    let answer = house.test.call("*", "PUT", &format!("/api/rooms/{room}/delivery"), cdn).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    house.pass_s(10);
    assert!(admitted(1_000) > 500);
}
