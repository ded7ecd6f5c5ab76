//! Other people's ids: an administrator next door finds nothing of ours.

use crate::{
    house::{House, SECRET, import_of},
    routes::{
        Gate::{Everybody, Needs, Somebody, Viewers},
        routes,
    },
};
use app::Scope;
use serde_json::{Value, json};

/// Administrators who are not ours: of another organisation, of a team of it, and of another team of ours.
async fn neighbours(house: &House) -> Vec<(&'static str, Scope, String)> {
    let store = &house.running.app.store;
    let (org, _) = house.running.home().await.expect("the first organisation");
    let stranger = accounts::new_team(store, None).await.expect("an organisation");
    let sibling = accounts::new_team(store, Some(org)).await.expect("a team");
    let whole = Scope::whole(stranger.org);
    let mut neighbours = Vec::new();
    let third = accounts::new_team(store, Some(org)).await.expect("a team");
    let region = accounts::into_new_region(store, third).await.expect("a region");
    let scopes = [
        ("another organisation", whole),
        ("its team", stranger),
        ("another team", sibling),
        ("another region", region),
    ];
    for (who, scope) in scopes {
        neighbours.push((who, scope, accounts::token_within(store, "admin", scope).await.expect("a token")));
    }
    neighbours
}

#[tokio::test]
async fn ids_of_others_are_not_found_and_lists_do_not_show_them() {
    let house = House::start().await;
    for (who, _, token) in neighbours(&house).await {
        for route in routes() {
            // How a platform's tables are read, all of an organisation knows.
            if route.path.starts_with("/api/imports/mappings") && matches!(who, "another team" | "another region") {
                continue;
            }
            let (status, body) = route.ask(&house, Some(&token)).await;
            let names_ours = route.call.contains('{');
            // Models are the organisation's: all of it may know them, headquarters change them.
            let models = route.path.starts_with("/api/moderation/models");
            let good = match route.gate {
                Needs("moderation.read") if models && matches!(who, "another team" | "another region") => status == 200,
                Needs("moderation.manage") if models && body.contains("beyond_your_reach") => true,
                // Who signs is the organisation's too.
                Needs("professional.manage") if body.contains("beyond_your_reach") => true,
                Needs(_) if names_ours => status == 404,
                // Some things are for headquarters alone.
                Needs(_) => (200..300).contains(&status) || body.contains("beyond_your_reach"),
                Viewers => (400..500).contains(&status),
                Everybody | Somebody => status < 500,
            };
            let told = body.contains(SECRET) || (!names_ours && names_anything(&house, &body));
            assert!(good && !told, "{} {} as {who}: {status} {body}", route.method, route.path);
        }
    }
    // Nothing of ours was changed on the way.
    let (status, _) =
        house.call(Some(&house.admin), "GET", &format!("/api/broadcasts/{}", house.broadcast), None).await;
    assert_eq!(status, 200);
    let mut after = String::new();
    loop {
        let tokens = house.read(&format!("/api/tokens{after}")).await;
        if tokens.to_string().contains(&house.token) {
            break;
        }
        after = format!("?after={}", tokens["next"].as_str().expect("the token was revoked"));
    }
}

#[tokio::test]
async fn a_region_reaches_what_its_teams_have() {
    let house = House::start().await;
    let (org, team) = house.running.home().await.expect("the first team");
    let store = &house.running.app.store;
    let region = accounts::into_new_region(store, Scope::of_team(org, team)).await.expect("a region");
    let token = accounts::token_within(store, "admin", region).await.expect("a token");
    // What belongs to the whole organisation, or to another region.
    let beyond = [
        "{token}",
        "{region}",
        "{team}",
        "{provider}",
        "{erasure}",
        "{hold}",
        "{system_alarm}",
        "{model}",
        "{listed}",
        "{asked}",
        "{professional}",
        "{frame}",
        // Who signs is noted by name.
        "/sign",
    ];
    for route in routes().into_iter().filter(|route| matches!(route.gate, Needs(_)) && route.call.contains('{')) {
        if beyond.iter().any(|part| route.call.contains(part)) {
            continue;
        }
        let (status, body) = route.ask(&house, Some(&token)).await;
        assert!((200..300).contains(&status), "{} {}: {status} {body}", route.method, route.path);
    }
    for list in ["/api/rooms", "/api/staff", "/api/alarms", "/api/qoe/coverage"] {
        let (status, body) = house.call(Some(&token), "GET", list, None).await;
        assert_eq!(status, 200, "{list}: {body}");
    }
    let (_, rooms) = house.call(Some(&token), "GET", "/api/rooms", None).await;
    assert!(rooms.contains(&house.private_room), "{rooms}");
    let (_, staff) = house.call(Some(&token), "GET", "/api/staff", None).await;
    assert!(staff.contains(&house.person), "{staff}");
}

#[tokio::test]
async fn what_people_change_stands_in_the_audit_log() {
    let house = House::start().await;
    let path = format!("/api/rooms/{}", house.private_room);
    let (status, _) = house.call(Some(&house.admin), "PATCH", &path, Some(&json!({"title": "changed"}))).await;
    assert_eq!(status, 200);
    let (status, _) = house.call(Some(&house.admin), "PATCH", &path, Some(&json!({"title": ""}))).await;
    assert!(status >= 400, "a refusal changes nothing, and is not a change");
    let (_, rows) = house.call(Some(&house.admin), "GET", &format!("/api/audit?target={path}"), None).await;
    let rows: Value = serde_json::from_str(&rows).expect("rows");
    assert_eq!(rows["items"].as_array().map(Vec::len), Some(1), "{rows}");
    let row = &rows["items"][0];
    assert_eq!((&row["action"], &row["after"]), (&json!("PATCH /api/rooms/{id}"), &json!({"title": "changed"})));
    assert_eq!((&row["actor"], &row["from"]), (&json!("test"), &json!("127.0.0.1")));
    let kept = Default::default();
    let report = accounts::verify_audit(house.running.app.store.read(), &kept).await.expect("a walk");
    assert_eq!(report.damage, None);
}

fn names_anything(house: &House, body: &str) -> bool {
    [&house.room, &house.private_room, &house.broadcast, &house.token, &house.system_alarm]
        .iter()
        .any(|id| body.contains(id.as_str()))
}

#[tokio::test]
async fn ids_of_others_in_a_body_are_not_found_either() {
    let house = House::start().await;
    let (_, team) = house.running.home().await.expect("the first team");
    for (who, _, token) in neighbours(&house).await {
        let (status, body) = house.call(Some(&token), "POST", "/api/rooms", Some(&json!({"title": "next door"}))).await;
        assert_eq!(status, 201, "{who}: {body}");
        let room: Value = serde_json::from_str(&body).expect("a room");
        let room = room["id"].as_str().expect("its id");

        let mut import = import_of("3");
        import["broadcast_id"] = house.broadcast.clone().into();
        let (status, body) =
            house.call(Some(&token), "POST", &format!("/api/rooms/{room}/imports"), Some(&import)).await;
        assert_eq!(status, 404, "an import into our show as {who}: {body}");

        let for_our_team = json!({"name": "spy", "role": "analyst", "team": team});
        let (status, body) = house.call(Some(&token), "POST", "/api/tokens", Some(&for_our_team)).await;
        assert_eq!(status, 404, "a token for our team as {who}: {body}");
    }
}

#[tokio::test]
async fn numbers_of_others_are_not_counted() {
    let house = House::start().await;
    let collector = accounts::create_token(&house.running.app.store, "service", "test", None).await.expect("a token");
    let batch = json!({"batch": [{"type": "track", "event": "Opened", "userId": "u", "messageId": "m"}]});
    let (status, body) = house.call(Some(&collector), "POST", "/v1/batch", Some(&batch)).await;
    assert_eq!(status, 200, "{body}");
    let path = "/api/metrics?ids=events_total";
    let value = |body: &str| serde_json::from_str::<Value>(body).expect("metrics")[0]["live"].clone();
    let (_, ours) = house.call(Some(&house.admin), "GET", path, None).await;
    assert_ne!(value(&ours), json!(0), "{ours}");
    for (who, _, token) in neighbours(&house).await {
        let (status, body) = house.call(Some(&token), "GET", path, None).await;
        // Who reaches one team only may also be told that this number is the organisation's.
        assert!(status == 403 || (status == 200 && value(&body) == json!(0)), "{who}: {status} {body}");
    }
}
