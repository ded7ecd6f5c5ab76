//! The staff: invited, changed, disabled; nobody raises himself or others above himself.

use crate::program::{OWN, Program, START, cookie_of, problem};
use serde_json::{Value, json};

const THEIRS: &str = "a password of their own";

impl Program {
    /// Invites somebody as `by`; answers their id and the secret of the link.
    pub async fn invited(&self, by: &str, body: Value) -> (String, String) {
        let made = self.call("POST", "/api/staff", by, Some(body)).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let text = |path: &str| made.json().pointer(path).and_then(Value::as_str).expect("a text").to_owned();
        assert_eq!(text("/link/path"), format!("/console/join#{}", text("/link/secret")));
        (text("/member/id"), text("/link/secret"))
    }

    pub async fn accept(&self, secret: &str) -> u16 {
        let body = json!({"secret": secret, "password": THEIRS});
        self.call("POST", "/api/links/accept", "", Some(body)).await.status
    }

    /// Somebody who has accepted; their id and cookie.
    pub async fn joined(&self, by: &str, login: &str, role: &str, reach: Value) -> (String, String) {
        let body = json!({"login": login, "name": login, "role": role, "reach": reach});
        let (id, secret) = self.invited(by, body).await;
        assert_eq!(self.accept(&secret).await, 204);
        (id, self.cookie(login, THEIRS).await)
    }

    /// Changes somebody as `by`; status and code.
    pub async fn change(&self, by: &str, id: &str, body: Value) -> (u16, String) {
        problem(&self.call("PATCH", &format!("/api/staff/{id}"), by, Some(body)).await)
    }

    async fn made_id(&self, by: &str, path: &str, body: Value) -> String {
        let made = self.call("POST", path, by, Some(body)).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["id"].as_str().expect("an id").to_owned()
    }

    /// A region with a team in it: their ids.
    pub async fn region(&self, by: &str, name: &str) -> (String, String) {
        let region = self.made_id(by, "/api/regions", json!({"name": name})).await;
        let team = json!({"name": format!("{name} team"), "region": region});
        let team = self.made_id(by, "/api/teams", team).await;
        (region, team)
    }
}

fn whole() -> Value {
    json!({"region": null, "team": null})
}

#[tokio::test]
async fn an_invitation_is_for_one_use_and_sets_the_own_password() {
    let (program, admin) = Program::started().await;
    let body = json!({"login": "Zhang.San", "name": "张三", "role": "operator"});
    let (id, secret) = program.invited(&admin, body).await;
    let look = async || program.call("POST", "/api/links/look", "", Some(json!({"secret": secret}))).await;
    let seen = look().await.json();
    assert_eq!((&seen["login"], &seen["kind"]), (&json!("zhang.san"), &json!("invitation")));
    assert_eq!(problem(&program.sign_in("zhang.san", "").await), (401, "wrong_credentials".into()));

    let weak = json!({"secret": secret, "password": "short"});
    assert_eq!(
        problem(&program.call("POST", "/api/links/accept", "", Some(weak)).await),
        (422, "weak_password".into())
    );
    assert_eq!(program.accept(&secret).await, 204);
    assert_eq!(program.accept(&secret).await, 410);
    assert_eq!(problem(&look().await), (410, "dead_link".into()));
    let me = program.me(&program.cookie("zhang.san", THEIRS).await).await.json();
    assert_eq!((&me["role"], &me["user"]["name"]), (&json!("operator"), &json!("张三")));
    let list = program.call("GET", "/api/staff", &admin, None).await;
    assert_eq!(list.json()["items"][0]["id"], json!(id));
    assert!(!list.text().contains(&secret[4..]));
}

#[tokio::test]
async fn a_link_expires_and_a_newer_one_ends_it() {
    let (program, admin) = Program::started().await;
    let body = json!({"login": "late", "name": "late", "role": "host"});
    let (id, first) = program.invited(&admin, body).await;
    let again = program.call("POST", &format!("/api/staff/{id}/link"), &admin, None).await.json();
    assert_eq!(again["kind"], "invitation");
    assert_eq!(program.accept(&first).await, 410);
    program.clock.set(START.plus_ms(7 * 24 * 3_600_000));
    assert_eq!(program.accept(again["secret"].as_str().unwrap()).await, 410);
}

#[tokio::test]
async fn a_link_for_a_new_password_ends_the_sessions() {
    let (program, admin) = Program::started().await;
    let (id, cookie) = program.joined(&admin, "forgetful", "host", whole()).await;
    let link = program.call("POST", &format!("/api/staff/{id}/link"), &admin, None).await.json();
    assert_eq!(link["kind"], "password");
    assert_eq!(program.me(&cookie).await.status, 200, "a link alone changes nothing");
    let body = json!({"secret": link["secret"], "password": "another good password"});
    assert_eq!(program.call("POST", "/api/links/accept", "", Some(body)).await.status, 204);
    assert_eq!(program.me(&cookie).await.status, 401);
    assert_eq!(program.sign_in("forgetful", THEIRS).await.status, 401);
    assert_eq!(program.sign_in("forgetful", "another good password").await.status, 200);
}

#[tokio::test]
async fn nobody_gives_more_than_he_has() {
    let (program, admin) = Program::started().await;
    let (_, manager) = program.joined(&admin, "manager", "manager", whole()).await;
    let invite = async |role: &str| {
        let body = json!({"login": "new", "name": "new", "role": role});
        problem(&program.call("POST", "/api/staff", &manager, Some(body)).await)
    };
    assert_eq!(invite("operator").await, (403, "beyond_your_permissions".into()));
    assert_eq!(invite("admin").await, (403, "beyond_your_permissions".into()));
    assert_eq!(invite("emperor").await, (422, "unknown_role".into()));
    let (analyst, _) = program.joined(&manager, "analyst", "analyst", whole()).await;
    let raise = program.change(&manager, &analyst, json!({"role": "controller"})).await;
    assert_eq!(raise, (403, "beyond_your_permissions".into()));
    assert_eq!(program.change(&manager, &analyst, json!({"role": "moderator"})).await.0, 200);
}

#[tokio::test]
async fn nobody_changes_himself_or_who_may_do_more() {
    let (program, admin) = Program::started().await;
    let (id, manager) = program.joined(&admin, "manager", "manager", whole()).await;
    for body in [json!({"role": "admin"}), json!({"role": "manager"}), json!({"disabled": true}), json!({"name": "x"})]
    {
        assert_eq!(program.change(&manager, &id, body).await, (409, "not_yourself".into()));
    }
    let head = program.me(&admin).await.json()["user"]["id"].as_str().unwrap().to_owned();
    for body in [json!({"role": "host"}), json!({"disabled": true}), json!({"name": "x"})] {
        assert_eq!(program.change(&manager, &head, body).await, (403, "beyond_your_permissions".into()));
    }
    for (method, path) in [
        ("POST", format!("/api/staff/{head}/link")),
        ("DELETE", format!("/api/staff/{head}/sessions")),
        ("DELETE", format!("/api/staff/{head}/second-factor")),
    ] {
        let refused = program.call(method, &path, &manager, None).await;
        assert_eq!(problem(&refused), (403, "beyond_your_permissions".into()), "{method} {path}");
    }
    assert_eq!(program.me(&admin).await.status, 200);
}

#[tokio::test]
async fn a_region_manages_its_own_people_and_no_others() {
    let (program, admin) = Program::started().await;
    let (east, east_team) = program.region(&admin, "华东").await;
    let (west, west_team) = program.region(&admin, "华西").await;
    let (_, manager) = program.joined(&admin, "east", "manager", json!({"region": east})).await;
    let (stranger, _) = program.joined(&admin, "west", "host", json!({"team": west_team})).await;
    let (head, _) = program.joined(&admin, "head", "analyst", whole()).await;
    let (own, _) = program.joined(&manager, "own", "analyst", json!({"team": east_team})).await;

    let seen = program.call("GET", "/api/staff", &manager, None).await.json();
    let logins: Vec<&str> =
        seen["items"].as_array().unwrap().iter().map(|one| one["login"].as_str().unwrap()).collect();
    assert_eq!(logins, ["own", "east"]);
    for id in [&stranger, &head] {
        assert_eq!(program.change(&manager, id, json!({"name": "x"})).await, (404, "not_found".into()));
    }
    let to = async |reach: Value| program.change(&manager, &own, json!({"reach": reach})).await;
    assert_eq!(to(whole()).await, (403, "beyond_your_reach".into()));
    assert_eq!(to(json!({"region": west})).await, (404, "not_found".into()));
    assert_eq!(to(json!({"team": west_team})).await, (404, "not_found".into()));
    assert_eq!(to(json!({"region": east})).await.0, 200);

    let tree = program.call("GET", "/api/teams", &manager, None).await.json();
    assert_eq!((&tree["regions"][0]["name"], tree["regions"].as_array().unwrap().len()), (&json!("华东"), 1));
    assert_eq!((&tree["teams"][0]["id"], tree["teams"].as_array().unwrap().len()), (&json!(east_team), 1));
    let me = program.me(&manager).await.json();
    assert_eq!((&me["region"]["name"], me.get("team")), (&json!("华东"), None));
}

#[tokio::test]
async fn disabling_ends_sessions_and_personal_tokens_at_once() {
    let (program, admin) = Program::started().await;
    let (id, cookie) = program.joined(&admin, "leaver", "operator", whole()).await;
    let body = json!({"name": "script", "expires_in_days": 30});
    let made = program.call("POST", "/api/me/tokens", &cookie, Some(body)).await.json();
    let bearer = format!("Bearer {}", made["token"].as_str().unwrap());
    assert_eq!((program.me(&cookie).await.status, program.me(&bearer).await.status), (200, 200));

    assert_eq!(program.change(&admin, &id, json!({"disabled": true})).await.0, 200);
    assert_eq!((program.me(&cookie).await.status, program.me(&bearer).await.status), (401, 401));
    assert_eq!(problem(&program.sign_in("leaver", THEIRS).await), (401, "wrong_credentials".into()));
    let link = program.call("POST", &format!("/api/staff/{id}/link"), &admin, None).await;
    assert_eq!(problem(&link), (409, "account_disabled".into()));

    assert_eq!(program.change(&admin, &id, json!({"disabled": false})).await.0, 200);
    assert_eq!((program.me(&cookie).await.status, program.me(&bearer).await.status), (401, 401), "what ended stays so");
    assert_eq!(program.sign_in("leaver", THEIRS).await.status, 200);
}

#[tokio::test]
async fn a_changed_role_counts_at_once_for_tokens_too() {
    let (program, admin) = Program::started().await;
    let (id, cookie) = program.joined(&admin, "changing", "operator", whole()).await;
    let body = json!({"name": "script", "scopes": ["room.read", "room.manage"], "expires_in_days": 30});
    let made = program.call("POST", "/api/me/tokens", &cookie, Some(body)).await.json();
    let bearer = format!("Bearer {}", made["token"].as_str().unwrap());
    let may = async |credentials: &str| program.me(credentials).await.json()["permissions"].clone();
    assert_eq!(may(&bearer).await, json!(["room.manage", "room.read"]));
    assert_eq!(program.change(&admin, &id, json!({"role": "merchant"})).await.0, 200);
    let merchant = json!(["handbook.read", "room.read", "standing.own"]);
    assert_eq!((may(&cookie).await, may(&bearer).await), (merchant, json!(["room.read"])));
    assert_eq!(program.change(&admin, &id, json!({"role": "admin"})).await.0, 200);
    assert_eq!(may(&bearer).await, json!(["room.manage", "room.read"]), "a token gets no more than it was made for");

    let refused =
        program.call("POST", "/api/me/tokens", &bearer, Some(json!({"name": "x", "expires_in_days": 1}))).await;
    assert_eq!(problem(&refused), (403, "person_required".into()), "a token makes no token");
    let id = made["id"].as_str().unwrap();
    assert_eq!(program.call("DELETE", &format!("/api/me/tokens/{id}"), &admin, None).await.status, 404);
    assert_eq!(program.call("DELETE", &format!("/api/me/tokens/{id}"), &cookie, None).await.status, 204);
    assert_eq!(program.me(&bearer).await.status, 401);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let (program, admin) = Program::started().await;
    let head = program.me(&admin).await.json()["user"]["id"].as_str().unwrap().to_owned();
    // Another administrator may, as long as he stays himself; one who has not accepted yet does not count.
    let (second, other) = program.joined(&admin, "second", "admin", whole()).await;
    program.invited(&admin, json!({"login": "third", "name": "third", "role": "admin"})).await;
    assert_eq!(program.change(&other, &head, json!({"disabled": true})).await.0, 200);
    assert_eq!(program.change(&other, &head, json!({"disabled": false})).await.0, 200);
    let admin = program.cookie("admin", OWN).await;
    assert_eq!(program.change(&admin, &second, json!({"role": "host"})).await.0, 200);
    // A program with the administrator's permissions is no person.
    let (token, _) = program.token(&admin, json!({"name": "robot", "role": "admin"})).await;
    let bearer = format!("Bearer {token}");
    let (_, team) = program.region(&admin, "华东").await;
    for body in [json!({"disabled": true}), json!({"role": "host"}), json!({"reach": {"team": team}})] {
        assert_eq!(program.change(&bearer, &head, body).await, (409, "last_admin".into()));
    }
    assert_eq!(program.change(&bearer, &head, json!({"name": "still here"})).await.0, 200);
}

#[tokio::test]
async fn two_who_disable_each_other_do_not_both_succeed() {
    let (program, admin) = Program::started().await;
    let head = program.me(&admin).await.json()["user"]["id"].as_str().unwrap().to_owned();
    let (second, other) = program.joined(&admin, "second", "admin", whole()).await;
    let (one, two) = tokio::join!(
        program.change(&admin, &second, json!({"disabled": true})),
        program.change(&other, &head, json!({"disabled": true})),
    );
    let done = [&one, &two].iter().filter(|answer| answer.0 == 200).count();
    assert_eq!(done, 1, "{one:?} {two:?}");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() {
    let (program, admin) = Program::started().await;
    let (id, first) = program.joined(&admin, "traveller", "host", whole()).await;
    let request = http::Request::post("/api/session").header("content-type", "application/json");
    let body = json!({"login": "traveller", "password": THEIRS}).to_string();
    let second = program.test.send(request.header("user-agent", "Phone/1.0").body(body).unwrap()).await;
    let second = cookie_of(&second);
    let mine = program.call("GET", "/api/me/sessions", &first, None).await.json();
    let (phone, here) = (&mine["items"][0], &mine["items"][1]);
    assert_eq!((&phone["device"], &phone["current"]), (&json!("Phone/1.0"), &json!(false)));
    assert_eq!((&here["current"], &here["from_ip"]), (&json!(true), &json!("127.0.0.1")));
    assert_eq!(
        program.call("GET", &format!("/api/staff/{id}/sessions"), &admin, None).await.json()["items"][0]["id"],
        phone["id"]
    );

    let path = format!("/api/me/sessions/{}", phone["id"].as_str().unwrap());
    assert_eq!(program.call("DELETE", &path, &admin, None).await.status, 404, "not one of theirs");
    assert_eq!(program.call("DELETE", &path, &first, None).await.status, 204);
    assert_eq!((program.me(&first).await.status, program.me(&second).await.status), (200, 401));

    let third = program.cookie("traveller", THEIRS).await;
    assert_eq!(program.call("DELETE", "/api/me/sessions", &third, None).await.status, 204);
    assert_eq!((program.me(&first).await.status, program.me(&third).await.status), (401, 200));
    assert_eq!(program.call("DELETE", &format!("/api/staff/{id}/sessions"), &admin, None).await.status, 204);
    assert_eq!(program.me(&third).await.status, 401);
}

#[tokio::test]
async fn a_team_that_is_moved_is_in_reach_of_its_new_region_at_once() {
    let (program, admin) = Program::started().await;
    let (east, _) = program.region(&admin, "华东").await;
    let (west, west_team) = program.region(&admin, "华西").await;
    let (_, manager) = program.joined(&admin, "east", "manager", json!({"region": east})).await;
    let teams =
        async || program.call("GET", "/api/teams", &manager, None).await.json()["teams"].as_array().unwrap().len();
    let into = async |by: &str, region: Value| {
        problem(
            &program.call("PUT", &format!("/api/teams/{west_team}/region"), by, Some(json!({"region": region}))).await,
        )
    };
    assert_eq!(teams().await, 1);
    assert_eq!(into(&admin, json!(east)).await.0, 204);
    assert_eq!(teams().await, 2);
    assert_eq!(into(&admin, Value::Null).await.0, 204);
    assert_eq!(teams().await, 1);

    // A region without a team takes nobody, and one that people reach keeps its last team.
    let body = json!({"login": "x1", "name": "x", "role": "host", "reach": {"region": west}});
    assert_eq!(problem(&program.call("POST", "/api/staff", &admin, Some(body)).await), (409, "empty_region".into()));
    assert_eq!(into(&admin, json!(west)).await.0, 204);
    program.joined(&admin, "west", "host", json!({"region": west})).await;
    assert_eq!(into(&admin, json!(east)).await, (409, "region_in_use".into()));

    let (token, _) = program.token(&admin, json!({"name": "robot", "role": "admin", "team": west_team})).await;
    let bearer = format!("Bearer {token}");
    assert_eq!(into(&bearer, Value::Null).await, (403, "beyond_your_reach".into()));
    let make = async |path: &str| problem(&program.call("POST", path, &bearer, Some(json!({"name": "new"}))).await);
    assert_eq!(make("/api/regions").await, (403, "beyond_your_reach".into()));
    assert_eq!(make("/api/teams").await, (403, "beyond_your_reach".into()));
}

#[tokio::test]
async fn names_of_places_are_unique_and_can_be_changed() {
    let (program, admin) = Program::started().await;
    let (region, team) = program.region(&admin, "华东").await;
    let call = async |method: &str, path: String, name: &str| {
        problem(&program.call(method, &path, &admin, Some(json!({"name": name}))).await)
    };
    assert_eq!(call("POST", "/api/regions".into(), "华东").await, (409, "name_taken".into()));
    assert_eq!(call("POST", "/api/teams".into(), "华东 team").await, (409, "name_taken".into()));
    assert_eq!(call("POST", "/api/teams".into(), " ").await, (422, "bad_name".into()));
    assert_eq!(call("PATCH", format!("/api/regions/{region}"), "East").await.0, 204);
    assert_eq!(call("PATCH", format!("/api/teams/{team}"), "默认团队 Default team").await, (409, "name_taken".into()));
    assert_eq!(call("PATCH", format!("/api/teams/{team}"), "一组").await.0, 204);
    let tree = program.call("GET", "/api/teams", &admin, None).await.json();
    assert_eq!((&tree["regions"][0]["name"], &tree["teams"][0]["name"]), (&json!("East"), &json!("一组")));
}
