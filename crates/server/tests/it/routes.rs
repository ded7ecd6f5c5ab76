//! Every route of the API's description: who may call it, and a call that works.

use crate::house::{House, PICTURE, RECORDING, consents, import_of, mapping_of, model, plan};
use Gate::*;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

/// Who is let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Anybody.
    Everybody,
    /// Viewers, with the token that everybody gets for a public room and staff for a private one.
    Viewers,
    /// Whoever is signed in.
    Somebody,
    /// Roles with this permission.
    Needs(&'static str),
}

/// One route and a good call of it. `{room}`, `{broadcast}`, `{show}`, `{clip}` and `{token}` stand for ours.
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub gate: Gate,
    /// The path that is called, with its query.
    pub call: &'static str,
    pub body: Option<Value>,
}

fn route(gate: Gate, method: &'static str, path: &'static str, call: &'static str) -> Route {
    Route { method, path, gate, call, body: None }
}

fn with(gate: Gate, method: &'static str, path: &'static str, call: &'static str, body: Value) -> Route {
    Route { body: Some(body), ..route(gate, method, path, call) }
}

const ROOM: &str = "/api/rooms/{id}";
const BROADCAST: &str = "/api/broadcasts/{id}";
const PLAY: &str =
    "/api/broadcasts/{broadcast}/qoe/plays/0190a0c0-0000-7000-8000-000000000001/0190a0c0-0000-7000-8000-000000000002";

/// A new route is a new line here.
#[rustfmt::skip]
pub fn routes() -> Vec<Route> {
    let track = json!({"type": "track", "event": "Opened", "userId": "u"});
    let play = json!({"play": "0190a0c0-0000-7000-8000-000000000001", "played_ms": 1});
    vec![
        with(Everybody, "POST", "/api/session", "/api/session", json!({"login": "nobody", "password": "wrong"})),
        route(Everybody, "DELETE", "/api/session", "/api/session"),
        route(Everybody, "GET", "/api/public/rooms/{id}", "/api/public/rooms/{room}"),
        route(Everybody, "GET", "/api/public/shows", "/api/public/shows?beside={room}"),
        route(Needs("room.read"), "GET", "/api/rooms/{id}/reach", "/api/rooms/{room}/reach"),

        route(Viewers, "POST", "/api/rooms/{id}/viewer-token", "/api/rooms/{room}/viewer-token"),
        with(Viewers, "POST", "/api/rooms/{id}/heartbeat", "/api/rooms/{room}/heartbeat", json!({"played_ms": 1})),
        route(Viewers, "POST", "/api/rooms/{id}/leave", "/api/rooms/{room}/leave"),
        route(Viewers, "GET", "/api/rooms/{id}/consent", "/api/rooms/{room}/consent"),
        with(Viewers, "PUT", "/api/rooms/{id}/consent", "/api/rooms/{room}/consent", json!({"through": "sdk", "answers": []})),
        route(Viewers, "GET", "/api/rooms/{id}/reports", "/api/rooms/{room}/reports"),
        with(Viewers, "POST", "/api/rooms/{id}/reports", "/api/rooms/{room}/reports", json!({"position": 1, "clause": "abuse"})),
        route(Needs("consent.read"), "GET", "/api/consent/settings", "/api/consent/settings"),
        with(Needs("consent.manage"), "PUT", "/api/consent/settings", "/api/consent/settings", consents()),
        route(Needs("consent.read"), "GET", "/api/consent/counts", "/api/consent/counts"),
        route(Needs("consent.read"), "GET", "/api/consent/statements", "/api/consent/statements"),
        with(Needs("consent.write"), "POST", "/api/consent/viewers/{viewer}", "/api/consent/viewers/{viewer}", json!({"purpose": "analytics", "version": 1, "given": false})),
        route(Needs("room.read"), "GET", "/api/admission/settings", "/api/admission/settings"),
        with(Needs("admission.manage"), "PUT", "/api/admission/settings", "/api/admission/settings", json!({"obstacles": [{"obstacle": "low_score", "action": "tell"}]})),
        route(Needs("room.read"), "GET", "/api/rooms/{id}/admission", "/api/rooms/{room}/admission"),
        route(Needs("standing.read"), "GET", "/api/hosts", "/api/hosts"),
        with(Needs("standing.manage"), "POST", "/api/hosts", "/api/hosts", json!({"name": "小鱼"})),
        route(Needs("standing.read"), "GET", "/api/hosts/{id}", "/api/hosts/{host}"),
        with(Needs("standing.manage"), "PATCH", "/api/hosts/{id}", "/api/hosts/{host}", json!({"name": "小鱼"})),
        with(Needs("standing.manage"), "PUT", "/api/hosts/{id}/identity", "/api/hosts/{host}/identity", json!({"legal_name": "王小明", "document": "passport", "id_number": "{fresh}", "born": "1990-01-31"})),
        route(Needs("standing.manage"), "DELETE", "/api/hosts/{id}/identity", "/api/hosts/{host}/identity"),
        with(Needs("standing.verify"), "POST", "/api/hosts/{id}/decision", "/api/hosts/{submitted}/decision", json!({"verified": true})),
        route(Needs("standing.read"), "GET", "/api/hosts/{id}/score", "/api/hosts/{host}/score"),
        route(Needs("standing.read"), "GET", "/api/rooms/{id}/score", "/api/rooms/{room}/score"),
        route(Needs("standing.read"), "GET", "/api/standing/formula", "/api/standing/formula"),
        route(Needs("standing.read"), "GET", "/api/standing/settings", "/api/standing/settings"),
        with(Needs("standing.manage"), "PUT", "/api/hosts/{id}/staff", "/api/hosts/{host}/staff", json!({"login": "{colleague}"})),
        route(Needs("standing.manage"), "DELETE", "/api/hosts/{id}/staff", "/api/hosts/{host}/staff"),
        route(Needs("standing.own"), "GET", "/api/standing/me", "/api/standing/me"),
        route(Needs("standing.provider"), "GET", "/api/standing/provider", "/api/standing/provider"),
        with(Needs("standing.provider"), "PUT", "/api/standing/provider", "/api/standing/provider", json!({"url": "https://names.invalid/check", "auth": "hmac", "secret": "1024", "with_person": true, "enabled": false})),
        route(Needs("standing.provider"), "DELETE", "/api/standing/provider", "/api/standing/provider"),
        with(Needs("standing.verify"), "PUT", "/api/standing/settings", "/api/standing/settings", json!({"valid_days": 365, "low_score": 60})),
        route(Needs("blacklist.manage"), "GET", "/api/blacklist", "/api/blacklist"),
        with(Needs("blacklist.manage"), "POST", "/api/blacklist", "/api/blacklist", json!({"document": "passport", "id_number": "{fresh}", "clause": "fraud"})),
        with(Needs("blacklist.manage"), "POST", "/api/blacklist/import", "/api/blacklist/import", json!("passport,{fresh},fraud\nnothing\n")),
        route(Needs("blacklist.manage"), "POST", "/api/blacklist/{id}/removal", "/api/blacklist/{listed}/removal"),
        with(Needs("blacklist.manage"), "POST", "/api/blacklist/{id}/decision", "/api/blacklist/{asked}/decision", json!({"confirm": true})),
        route(Everybody, "GET", "/api/public/clauses", "/api/public/clauses"),
        route(Needs("chat.manage"), "GET", "/api/rooms/{id}/chat", "/api/rooms/{room}/chat"),
        with(Needs("chat.manage"), "PUT", "/api/rooms/{id}/chat", "/api/rooms/{room}/chat", json!({"mode": "after_review"})),
        route(Needs("moderation.read"), "GET", "/api/moderation/items", "/api/moderation/items"),
        route(Needs("moderation.read"), "GET", "/api/moderation/items/{position}", "/api/moderation/items/{judged}"),
        route(Needs("moderation.read"), "GET", "/api/moderation/items/{position}/reports", "/api/moderation/items/{judged}/reports"),
        route(Needs("ledger.read"), "GET", "/api/moderation/items/{position}/evidence", "/api/moderation/items/{judged}/evidence"),
        route(Needs("ledger.read"), "GET", "/api/moderation/ledger", "/api/moderation/ledger?kind=verdict&day=2026-11-28"),
        route(Needs("ledger.read"), "GET", "/api/moderation/ledger/heads", "/api/moderation/ledger/heads"),
        route(Needs("ledger.read"), "GET", "/api/moderation/ledger/heads/export", "/api/moderation/ledger/heads/export"),
        route(Needs("moderation.read"), "GET", "/api/moderation/queue", "/api/moderation/queue"),
        with(Needs("moderation.review"), "POST", "/api/moderation/queue/claim", "/api/moderation/queue/claim", json!({"limit": 1})),
        with(Needs("moderation.review"), "POST", "/api/moderation/blind/claim", "/api/moderation/blind/claim", json!({"limit": 1})),
        with(Needs("moderation.review"), "POST", "/api/moderation/blind/{position}", "/api/moderation/blind/{sampled}", json!({"outcome": "pass"})),
        route(Needs("moderation.manage"), "GET", "/api/moderation/disputes", "/api/moderation/disputes"),
        with(Needs("moderation.manage"), "POST", "/api/moderation/disputes/{position}", "/api/moderation/disputes/{disputed}", json!({"outcome": "pass"})),
        route(Needs("moderation.manage"), "GET", "/api/moderation/quality", "/api/moderation/quality"),
        with(Needs("moderation.review"), "POST", "/api/moderation/escalations", "/api/moderation/escalations?{judged}", json!({"positions": ["{judged}"], "why": "a name or an abuse?"})),
        with(Needs("moderation.review"), "POST", "/api/moderation/verdicts", "/api/moderation/verdicts?{judged}", json!({"positions": ["{judged}"], "outcome": "pass"})),
        route(Needs("moderation.read"), "GET", "/api/moderation/lists", "/api/moderation/lists"),
        with(Needs("moderation.manage"), "POST", "/api/moderation/lists", "/api/moderation/lists", json!({"name": "{fresh}"})),
        route(Needs("moderation.read"), "GET", "/api/moderation/lists/{id}", "/api/moderation/lists/{list}"),
        with(Needs("moderation.manage"), "PATCH", "/api/moderation/lists/{id}", "/api/moderation/lists/{list}", json!({"enabled": true})),
        route(Needs("moderation.manage"), "DELETE", "/api/moderation/lists/{id}", "/api/moderation/lists/{list}"),
        route(Needs("moderation.read"), "GET", "/api/moderation/lists/{id}/words", "/api/moderation/lists/{list}/words"),
        with(Needs("moderation.manage"), "PUT", "/api/moderation/lists/{id}/words", "/api/moderation/lists/{list}/words", json!("加微信")),
        with(Needs("moderation.manage"), "PATCH", "/api/moderation/lists/{id}/words", "/api/moderation/lists/{list}/words", json!({"add": [{"word": "加微信"}]})),
        route(Needs("moderation.read"), "GET", "/api/moderation/lists/{id}/export", "/api/moderation/lists/{list}/export"),
        with(Needs("moderation.manage"), "POST", "/api/moderation/lists/dry-run", "/api/moderation/lists/dry-run", json!({"words": "加微信"})),
        with(Needs("moderation.manage"), "POST", "/api/moderation/lists/{id}/dry-run", "/api/moderation/lists/{list}/dry-run", json!({"add": [{"word": "加微信"}]})),
        with(Needs("moderation.read"), "POST", "/api/moderation/check", "/api/moderation/check", json!({"text": "加微信"})),
        route(Needs("moderation.read"), "GET", "/api/moderation/models", "/api/moderation/models"),
        with(Needs("moderation.manage"), "POST", "/api/moderation/models", "/api/moderation/models", json!(model())),
        route(Needs("moderation.read"), "GET", "/api/moderation/models/{id}", "/api/moderation/models/{model}"),
        with(Needs("moderation.manage"), "PUT", "/api/moderation/models/{id}/texts", "/api/moderation/models/{model}/texts", json!("1\t滚出去\n0\t主播好看\n")),
        route(Needs("moderation.manage"), "POST", "/api/moderation/models/{id}/shadow", "/api/moderation/models/{model}/shadow"),
        route(Needs("moderation.manage"), "POST", "/api/moderation/models/{id}/force", "/api/moderation/models/{model}/force"),
        with(Needs("moderation.manage"), "POST", "/api/moderation/models/{id}/roll-back", "/api/moderation/models/{model}/roll-back?{forced}", json!({})),
        with(Needs("moderation.manage"), "POST", "/api/moderation/models/{id}/retire", "/api/moderation/models/{model}/retire", json!({})),
        route(Needs("moderation.read"), "GET", "/api/moderation/models/{id}/outcomes", "/api/moderation/models/{model}/outcomes"),
        route(Needs("moderation.read"), "GET", "/api/moderation/models/{id}/compare/{other}", "/api/moderation/models/{model}/compare/{model}"),
        with(Needs("moderation.manage"), "POST", "/api/moderation/models/learn", "/api/moderation/models/learn?{model}{taught}", json!({"base": "{model}"})),
        route(Needs("moderation.read"), "GET", "/api/moderation/model-rules", "/api/moderation/model-rules"),
        with(Needs("moderation.manage"), "PUT", "/api/moderation/model-rules", "/api/moderation/model-rules",
            json!({"thresholds": [], "sample_micro": 0, "samples_an_hour": 0, "learn_after": 0, "window": 500, "reviewer_milli": 500, "same_text": 5})),
        route(Needs("moderation.read"), "GET", "/api/rooms/{id}/model-rules", "/api/rooms/{room}/model-rules"),
        with(Needs("moderation.manage"), "PUT", "/api/rooms/{id}/model-rules", "/api/rooms/{room}/model-rules", json!({"thresholds": []})),
        route(Needs("moderation.read"), "GET", "/api/moderation/samples", "/api/moderation/samples"),
        route(Needs("moderation.read"), "GET", "/api/moderation/sanctions", "/api/moderation/sanctions"),
        with(Needs("sanction.impose"), "POST", "/api/moderation/sanctions", "/api/moderation/sanctions?{judged}", json!({"position": "{judged}", "clause": "contact"})),
        route(Needs("sanction.impose"), "GET", "/api/moderation/sanctions/proposal", "/api/moderation/sanctions/proposal?clause=contact&position={judged}"),
        route(Needs("moderation.read"), "GET", "/api/moderation/sanctions/{id}", "/api/moderation/sanctions/{sanction}"),
        route(Needs("moderation.read"), "GET", "/api/moderation/sanctions/{id}/evidence", "/api/moderation/sanctions/{proof}/evidence"),
        with(Needs("sanction.impose"), "POST", "/api/moderation/sanctions/{id}/lift", "/api/moderation/sanctions/{sanction}/lift", json!({"why": "1024"})),
        route(Needs("appeal.decide"), "GET", "/api/moderation/appeals", "/api/moderation/appeals"),
        route(Needs("appeal.decide"), "GET", "/api/moderation/appeals/{id}", "/api/moderation/appeals/{appeal}"),
        with(Needs("appeal.decide"), "POST", "/api/moderation/appeals/{id}/decision", "/api/moderation/appeals/{appeal}/decision", json!({"outcome": "reverse", "reason": "1024"})),
        route(Viewers, "GET", "/api/rooms/{id}/sanctions", "/api/rooms/{room}/sanctions"),
        route(Viewers, "GET", "/api/rooms/{id}/sanctions/{sanction}/evidence", "/api/rooms/{room}/sanctions/{proof}/evidence"),
        with(Viewers, "POST", "/api/rooms/{id}/sanctions/{sanction}/appeal", "/api/rooms/{room}/sanctions/{sanction}/appeal", json!({"text": "1024"})),
        route(Needs("moderation.read"), "GET", "/api/moderation/goods", "/api/moderation/goods"),
        with(Needs("moderation.read"), "POST", "/api/moderation/dossiers/check", "/api/moderation/dossiers/check?{plan}", json!({"room": "{plan_room}", "content": plan()})),
        route(Needs("moderation.read"), "GET", "/api/moderation/dossiers", "/api/moderation/dossiers"),
        with(Needs("moderation.prepare"), "POST", "/api/moderation/dossiers", "/api/moderation/dossiers?{plan}", json!({"room": "{plan_room}", "content": plan()})),
        route(Needs("moderation.read"), "GET", "/api/moderation/dossiers/{id}", "/api/moderation/dossiers/{dossier}"),
        with(Needs("moderation.prepare"), "PUT", "/api/moderation/dossiers/{id}", "/api/moderation/dossiers/{dossier}", json!({"version": 1, "content": plan()})),
        route(Needs("moderation.prepare"), "DELETE", "/api/moderation/dossiers/{id}", "/api/moderation/dossiers/{dossier}"),
        route(Needs("moderation.read"), "GET", "/api/moderation/dossiers/{id}/versions", "/api/moderation/dossiers/{dossier}/versions"),
        route(Needs("moderation.read"), "GET", "/api/moderation/dossiers/{id}/versions/{version}", "/api/moderation/dossiers/{handed_in}/versions/1"),
        with(Needs("moderation.prepare"), "POST", "/api/moderation/dossiers/{id}/submit", "/api/moderation/dossiers/{dossier}/submit", json!({"version": 1})),
        with(Needs("moderation.clear"), "POST", "/api/moderation/dossiers/{id}/clear", "/api/moderation/dossiers/{signed}/clear", json!({"version": 1, "sha256": "{sha256}"})),
        with(Needs("moderation.clear"), "POST", "/api/moderation/dossiers/{id}/return", "/api/moderation/dossiers/{handed_in}/return", json!({"version": 1, "sha256": "{sha256}", "reason": "1024"})),
        with(Needs("moderation.sign"), "POST", "/api/moderation/dossiers/{id}/sign", "/api/moderation/dossiers/{handed_in}/sign", json!({"version": 1, "sha256": "{sha256}"})),
        route(Needs("moderation.read"), "GET", "/api/moderation/documents", "/api/moderation/documents?expiring_days=30"),
        with(Needs("moderation.prepare"), "POST", "/api/moderation/documents", "/api/moderation/documents?room={room}&kind=food_licence&number=1&holder=1024", json!(PICTURE)),
        route(Needs("moderation.read"), "GET", "/api/moderation/documents/{id}/file", "/api/moderation/documents/{document}/file"),
        route(Needs("moderation.prepare"), "DELETE", "/api/moderation/documents/{id}", "/api/moderation/documents/{document}"),
        route(Needs("moderation.read"), "GET", "/api/moderation/professionals", "/api/moderation/professionals"),
        with(Needs("professional.manage"), "PUT", "/api/moderation/professionals/{login}", "/api/moderation/professionals/wang", json!({"profession": "medical", "number": "1024"})),
        route(Needs("professional.manage"), "DELETE", "/api/moderation/professionals/{login}", "/api/moderation/professionals/{professional}"),
        route(Viewers, "GET", "/live/{room}/index.m3u8", "/live/{room}/index.m3u8"),
        route(Viewers, "GET", "/live/{room}/{rendition}", "/live/{room}/source.m3u8"),
        route(Viewers, "GET", "/live/{room}/seg/{broadcast}/{file}", "/live/{room}/seg/{broadcast}/0.m4s"),
        route(Viewers, "GET", "/live/{room}/dvr.m3u8", "/live/{room}/dvr.m3u8"),
        route(Viewers, "GET", "/live/{room}/dvr/{broadcast}/{file}", "/live/{room}/dvr/{broadcast}/0.m4s"),
        route(Viewers, "GET", "/replay/{broadcast}/index.m3u8", "/replay/{show}/index.m3u8"),
        route(Viewers, "GET", "/replay/{broadcast}/{file}", "/replay/{show}/0.m4s"),
        route(Viewers, "GET", "/api/public/broadcasts/{id}/danmaku", "/api/public/broadcasts/{broadcast}/danmaku?from_ms=0&to_ms=60000"),
        route(Viewers, "GET", "/ws/rooms/{room}", "/ws/rooms/{room}"),

        route(Everybody, "GET", "/api/time", "/api/time"),
        with(Viewers, "POST", "/api/rooms/{id}/playback", "/api/rooms/{room}/playback", play),
        route(Needs("stream.read"), "GET", "/api/rooms/{id}/ingest", "/api/rooms/{room}/ingest"),
        route(Needs("stream.read"), "GET", "/api/broadcasts/{id}/qoe", "/api/broadcasts/{broadcast}/qoe"),
        route(Needs("stream.read"), "GET", "/api/broadcasts/{id}/qoe/by", "/api/broadcasts/{broadcast}/qoe/by?dimension=os"),
        route(Needs("stream.read"), "GET", "/api/broadcasts/{id}/qoe/plays", "/api/broadcasts/{broadcast}/qoe/plays"),
        route(Needs("stream.read"), "GET", "/api/broadcasts/{id}/qoe/plays/{entry}/{play}", PLAY),
        route(Needs("stream.read"), "GET", "/api/broadcasts/{id}/qoe/viewers", "/api/broadcasts/{broadcast}/qoe/viewers"),
        route(Needs("stream.read"), "GET", "/api/qoe/rooms", "/api/qoe/rooms"),
        route(Needs("stream.read"), "GET", "/api/qoe/coverage", "/api/qoe/coverage"),
        route(Needs("stream.read"), "GET", "/api/alarms", "/api/alarms"),
        route(Needs("stream.manage"), "POST", "/api/alarms/{id}/acknowledge", "/api/alarms/{alarm}/acknowledge"),

        route(Needs("system.read"), "GET", "/api/system/alarms", "/api/system/alarms?open=true"),
        route(Needs("system.manage"), "POST", "/api/system/alarms/{id}/acknowledge", "/api/system/alarms/{system_alarm}/acknowledge"),
        route(Needs("system.read"), "GET", "/api/system/limits", "/api/system/limits"),

        route(Somebody, "GET", "/api/me", "/api/me"),
        with(Somebody, "POST", "/api/me/password", "/api/me/password", json!({"current": "a", "new": "b"})),

        route(Needs("room.read"), "GET", "/api/rooms", "/api/rooms"),
        with(Needs("room.manage"), "POST", "/api/rooms", "/api/rooms", json!({"title": "another"})),
        route(Needs("room.read"), "GET", ROOM, "/api/rooms/{room}"),
        with(Needs("room.manage"), "PATCH", ROOM, "/api/rooms/{room}", json!({"private": true})),
        route(Needs("room.manage"), "POST", "/api/rooms/{id}/stream-key", "/api/rooms/{room}/stream-key"),
        route(Needs("room.read"), "GET", "/api/rooms/{id}/broadcasts", "/api/rooms/{room}/broadcasts"),
        route(Needs("stream.read"), "GET", "/api/rooms/{id}/source", "/api/rooms/{room}/source"),
        with(Needs("stream.manage"), "POST", "/api/rooms/{id}/source", "/api/rooms/{room}/source", json!({"to": "auto"})),
        route(Needs("stream.read"), "GET", "/api/rooms/{id}/slate", "/api/rooms/{room}/slate"),
        with(Needs("stream.manage"), "PUT", "/api/rooms/{id}/slate", "/api/rooms/{room}/slate",
            json!({"enabled": true, "kind": "last_frame", "after_ms": 2000})),
        with(Needs("stream.manage"), "PUT", "/api/rooms/{id}/slate/file", "/api/rooms/{room}/slate/file", json!(PICTURE)),
        route(Needs("stream.read"), "GET", "/api/rooms/{id}/slate/preview", "/api/rooms/{room}/slate/preview"),
        with(Needs("import.write"), "POST", "/api/rooms/{id}/imports", "/api/rooms/{room}/imports", import_of("2")),
        with(Needs("import.write"), "POST", "/api/rooms/{id}/imports/file", "/api/rooms/{room}/imports/file?dry_run=true", json!(RECORDING)),
        route(Needs("import.write"), "GET", "/api/rooms/{id}/imports/files", "/api/rooms/{room}/imports/files"),
        route(Needs("import.write"), "GET", "/api/rooms/{id}/imports/files/{import}/report", "/api/rooms/{room}/imports/files/{import}/report"),
        with(Needs("import.write"), "POST", "/api/imports/preview", "/api/imports/preview", json!(RECORDING)),
        route(Needs("import.write"), "GET", "/api/imports/mappings", "/api/imports/mappings"),
        with(Needs("import.write"), "PUT", "/api/imports/mappings", "/api/imports/mappings", mapping_of("another")),
        route(Needs("import.write"), "DELETE", "/api/imports/mappings/{id}", "/api/imports/mappings/{mapping}"),
        route(Needs("room.read"), "GET", BROADCAST, "/api/broadcasts/{broadcast}"),
        route(Needs("broadcast.end"), "POST", "/api/broadcasts/{id}/end", "/api/broadcasts/{broadcast}/end"),
        route(Needs("danmaku.read"), "GET", "/api/broadcasts/{id}/danmaku", "/api/broadcasts/{broadcast}/danmaku"),

        route(Needs("danmaku.read"), "GET", "/api/danmaku/search", "/api/danmaku/search?q=%E5%BC%80%E6%92%AD"),

        route(Viewers, "GET", "/api/public/rooms/{id}/replays", "/api/public/rooms/{room}/replays"),
        route(Needs("stream.read"), "GET", "/api/rooms/{id}/recording-rule", "/api/rooms/{room}/recording-rule"),
        with(Needs("stream.manage"), "PUT", "/api/rooms/{id}/recording-rule", "/api/rooms/{room}/recording-rule", json!({"enabled": true, "keep_days": 30, "keep_gb": 0})),
        route(Needs("stream.read"), "GET", "/api/rooms/{id}/ladder", "/api/rooms/{room}/ladder"),
        with(Needs("stream.manage"), "PUT", "/api/rooms/{id}/ladder", "/api/rooms/{room}/ladder", json!({"enabled": false, "rungs": [360]})),

        route(Needs("stream.read"), "GET", "/api/broadcasts/{id}/recording", "/api/broadcasts/{show}/recording"),
        route(Needs("stream.manage"), "DELETE", "/api/broadcasts/{id}/recording", "/api/broadcasts/{broadcast}/recording"),
        with(Needs("clip.write"), "POST", "/api/broadcasts/{id}/clips", "/api/broadcasts/{show}/clips", json!({"start_ms": 0, "end_ms": 1_000, "title": "only-for-us"})),
        route(Needs("stream.read"), "GET", "/api/broadcasts/{id}/clips", "/api/broadcasts/{show}/clips"),
        route(Needs("stream.read"), "GET", "/api/broadcasts/{id}/highlights", "/api/broadcasts/{show}/highlights"),
        route(Needs("stream.read"), "GET", "/api/broadcasts/{id}/thumbnails", "/api/broadcasts/{show}/thumbnails"),
        route(Needs("stream.read"), "GET", "/api/broadcasts/{id}/thumbnails/{file}", "/api/broadcasts/{show}/thumbnails/0.jpg"),
        route(Needs("stream.read"), "GET", "/api/rooms/{id}/thumbnail.jpg", "/api/rooms/{room}/thumbnail.jpg"),
        route(Needs("stream.read"), "GET", "/api/clips/{id}/file", "/api/clips/{clip}/file"),
        route(Needs("clip.write"), "DELETE", "/api/clips/{id}", "/api/clips/{clip}"),

        with(Needs("stream.check"), "POST", "/api/rooms/{id}/checks", "/api/rooms/{room}/checks", json!({"kind": "push"})),
        route(Needs("stream.read"), "GET", "/api/rooms/{id}/checks", "/api/rooms/{room}/checks"),
        route(Needs("stream.read"), "GET", "/api/checks/{id}", "/api/checks/{check}"),
        with(Needs("stream.check"), "POST", "/api/checks/{id}/upload", "/api/checks/{check}/upload", json!("hex:616e79")),
        with(Needs("stream.check"), "POST", "/api/checks/{id}/browser", "/api/checks/{check}/browser", json!({})),

        route(Needs("stream.read"), "GET", "/api/rooms/{id}/relays", "/api/rooms/{room}/relays"),
        with(Needs("stream.manage"), "POST", "/api/rooms/{id}/relays", "/api/rooms/{room}/relays", json!({"name": "another", "url": "rtmp://platform.invalid/live/key", "enabled": false})),
        with(Needs("stream.manage"), "PATCH", "/api/relays/{id}", "/api/relays/{relay}", json!({"name": "another"})),
        route(Needs("stream.manage"), "POST", "/api/relays/{id}/start", "/api/relays/{relay}/start"),
        route(Needs("stream.manage"), "POST", "/api/relays/{id}/stop", "/api/relays/{relay}/stop"),
        route(Needs("stream.manage"), "DELETE", "/api/relays/{id}", "/api/relays/{relay}"),

        route(Needs("source.read"), "GET", "/api/collect/sources", "/api/collect/sources"),
        with(Needs("source.manage"), "POST", "/api/collect/sources", "/api/collect/sources", json!({"name": "another", "kind": "ga4"})),
        with(Needs("source.manage"), "PATCH", "/api/collect/sources/{id}", "/api/collect/sources/{source}", json!({"name": "another"})),
        with(Needs("source.manage"), "POST", "/api/collect/sources/{id}/key", "/api/collect/sources/{source}/key", json!({"overlap_hours": 1})),
        route(Needs("source.read"), "GET", "/api/collect/sources/{id}/quarantine", "/api/collect/sources/{source}/quarantine"),
        route(Needs("source.read"), "GET", "/api/collect/sources/{id}/plan/draft", "/api/collect/sources/{source}/plan/draft"),
        route(Needs("source.manage"), "GET", "/api/collect/sources/{id}/live", "/api/collect/sources/{source}/live?for_s=0"),
        with(Needs("source.manage"), "POST", "/api/collect/sources/{id}/quarantine/replay", "/api/collect/sources/{source}/quarantine/replay", json!({"code": "too_large"})),
        with(Needs("source.manage"), "PATCH", "/api/collect/quarantine/{id}", "/api/collect/quarantine/{item}", json!({"item": track})),
        route(Needs("source.manage"), "POST", "/api/collect/quarantine/{id}/replay", "/api/collect/quarantine/{item}/replay"),
        route(Needs("source.manage"), "DELETE", "/api/collect/quarantine/{id}", "/api/collect/quarantine/{item}"),
        route(Needs("source.manage"), "DELETE", "/api/collect/sources/{id}/quarantine", "/api/collect/sources/{source}/quarantine?code=too_large"),
        route(Needs("source.manage"), "DELETE", "/api/collect/sources/{id}", "/api/collect/sources/{source}"),

        with(Everybody, "POST", "/hooks/{server}/{secret}", "/hooks/{server}/kbh_wrong", json!({})),
        with(Everybody, "POST", "/hooks/{server}", "/hooks/{server}?secret=kbh_wrong", json!({})),
        route(Needs("media_server.manage"), "GET", "/api/media-servers", "/api/media-servers"),
        with(Needs("media_server.manage"), "POST", "/api/media-servers", "/api/media-servers", json!({"name": "another", "kind": "mediamtx", "mode": "pull", "pull_url": "rtmp://10.0.0.5/live/{name}"})),
        with(Needs("media_server.manage"), "PATCH", "/api/media-servers/{id}", "/api/media-servers/{server}", json!({"name": "another"})),
        route(Needs("media_server.manage"), "POST", "/api/media-servers/{id}/secret", "/api/media-servers/{server}/secret"),
        route(Needs("media_server.manage"), "GET", "/api/media-servers/{id}/streams", "/api/media-servers/{server}/streams"),
        route(Needs("media_server.manage"), "DELETE", "/api/media-servers/{id}", "/api/media-servers/{server}"),
        route(Needs("metrics.read"), "GET", "/api/broadcasts/{id}/audience", "/api/broadcasts/{broadcast}/audience"),
        route(Needs("metrics.read"), "GET", "/api/broadcasts/{id}/audience/entries", "/api/broadcasts/{broadcast}/audience/entries?verdict=bot"),
        with(Needs("import.write"), "POST", "/api/broadcasts/{id}/cdn-logs", "/api/broadcasts/{broadcast}/cdn-logs", json!({"path": "/"})),
        route(Needs("metrics.read"), "GET", "/api/rooms/{id}/delivery", "/api/rooms/{room}/delivery"),
        with(Needs("room.manage"), "PUT", "/api/rooms/{id}/delivery", "/api/rooms/{room}/delivery", json!({"cdn": false})),

        route(Needs("metrics.read"), "GET", "/api/metrics", "/api/metrics?ids=danmaku_count&broadcast={broadcast}"),
        route(Needs("metrics.read"), "GET", "/api/metrics/dictionary", "/api/metrics/dictionary"),
        route(Needs("metrics.read"), "GET", "/api/metrics/live", "/api/metrics/live?broadcast={broadcast}"),
        route(Needs("metrics.read"), "GET", "/api/metrics/series", "/api/metrics/series?ids=online&broadcast={broadcast}"),

        route(Needs("token.manage"), "GET", "/api/tokens", "/api/tokens"),
        with(Needs("token.manage"), "POST", "/api/tokens", "/api/tokens", json!({"name": "another", "role": "host"})),
        route(Needs("token.manage"), "DELETE", "/api/tokens/{id}", "/api/tokens/{token}"),

        route(Somebody, "GET", "/api/me/second-factor", "/api/me/second-factor"),
        with(Somebody, "POST", "/api/me/second-factor", "/api/me/second-factor", json!({"password": "a"})),
        with(Somebody, "POST", "/api/me/second-factor/confirm", "/api/me/second-factor/confirm", json!({"code": "000000"})),
        with(Somebody, "POST", "/api/me/second-factor/recovery-codes", "/api/me/second-factor/recovery-codes", json!({"password": "a", "code": "b"})),
        with(Somebody, "POST", "/api/me/second-factor/remove", "/api/me/second-factor/remove", json!({"password": "a", "code": "b"})),
        route(Somebody, "GET", "/api/me/sessions", "/api/me/sessions"),
        route(Somebody, "DELETE", "/api/me/sessions", "/api/me/sessions"),
        route(Somebody, "DELETE", "/api/me/sessions/{id}", "/api/me/sessions/{person}"),
        route(Somebody, "GET", "/api/me/tokens", "/api/me/tokens"),
        with(Somebody, "POST", "/api/me/tokens", "/api/me/tokens", json!({"name": "another", "expires_in_days": 1})),
        route(Somebody, "DELETE", "/api/me/tokens/{id}", "/api/me/tokens/{token}"),
        with(Everybody, "POST", "/api/links/look", "/api/links/look", json!({"secret": "kbi_wrong"})),
        with(Everybody, "POST", "/api/links/accept", "/api/links/accept", json!({"secret": "kbi_wrong", "password": "long enough"})),

        route(Everybody, "GET", "/api/sso", "/api/sso"),
        route(Everybody, "POST", "/api/sso/{id}/begin", "/api/sso/{provider}/begin"),
        with(Everybody, "POST", "/api/sso/finish", "/api/sso/finish", json!({"state": "unknown"})),
        with(Everybody, "POST", "/api/sso/code", "/api/sso/code", json!({"state": "unknown", "code": "000000"})),
        route(Somebody, "GET", "/api/me/identities", "/api/me/identities"),
        with(Somebody, "POST", "/api/me/identities", "/api/me/identities", json!({"provider": "0190a0c0-0000-7000-8000-000000000001"})),
        route(Somebody, "DELETE", "/api/me/identities/{id}", "/api/me/identities/{person}"),
        route(Needs("staff.read"), "GET", "/api/staff/{id}/identities", "/api/staff/{person}/identities"),
        route(Needs("staff.manage"), "DELETE", "/api/staff/{id}/identities/{identity}", "/api/staff/{person}/identities/{identity}"),
        route(Needs("security.manage"), "GET", "/api/sso/providers", "/api/sso/providers"),
        with(Needs("security.manage"), "POST", "/api/sso/providers", "/api/sso/providers",
            json!({"issuer": "https://provider.invalid", "settings": {"name": "{fresh}", "client_id": "kaibo", "enabled": false}})),
        with(Needs("security.manage"), "PUT", "/api/sso/providers/{id}", "/api/sso/providers/{provider}",
            json!({"name": "{fresh}", "client_id": "kaibo", "enabled": false})),
        route(Needs("security.manage"), "POST", "/api/sso/providers/{id}/test", "/api/sso/providers/{provider}/test"),
        route(Needs("security.manage"), "DELETE", "/api/sso/providers/{id}", "/api/sso/providers/{provider}"),

        route(Needs("staff.read"), "GET", "/api/staff", "/api/staff"),
        with(Needs("staff.manage"), "POST", "/api/staff", "/api/staff", json!({"login": "{fresh}", "name": "another", "role": "merchant"})),
        with(Needs("staff.manage"), "PATCH", "/api/staff/{id}", "/api/staff/{person}", json!({"name": "another"})),
        route(Needs("staff.manage"), "POST", "/api/staff/{id}/link", "/api/staff/{person}/link"),
        route(Needs("staff.manage"), "DELETE", "/api/staff/{id}/second-factor", "/api/staff/{person}/second-factor"),
        route(Needs("staff.read"), "GET", "/api/staff/{id}/sessions", "/api/staff/{person}/sessions"),
        route(Needs("staff.manage"), "DELETE", "/api/staff/{id}/sessions", "/api/staff/{person}/sessions"),
        route(Needs("staff.manage"), "DELETE", "/api/staff/{id}/sessions/{session}", "/api/staff/{person}/sessions/{session}"),
        route(Needs("staff.read"), "GET", "/api/teams", "/api/teams"),
        with(Needs("team.manage"), "POST", "/api/teams", "/api/teams", json!({"name": "{fresh}"})),
        with(Needs("team.manage"), "PATCH", "/api/teams/{id}", "/api/teams/{team}", json!({"name": "{fresh}"})),
        with(Needs("team.manage"), "PUT", "/api/teams/{id}/region", "/api/teams/{team}/region", json!({"region": null})),
        with(Needs("team.manage"), "POST", "/api/regions", "/api/regions", json!({"name": "{fresh}"})),
        with(Needs("team.manage"), "PATCH", "/api/regions/{id}", "/api/regions/{region}", json!({"name": "{fresh}"})),
        route(Needs("staff.read"), "GET", "/api/roles", "/api/roles"),
        route(Needs("staff.read"), "GET", "/api/security", "/api/security"),
        with(Needs("security.manage"), "PUT", "/api/security", "/api/security", json!({"second_factor_roles": []})),
        route(Needs("audit.read"), "GET", "/api/audit", "/api/audit"),

        with(Needs("privacy.erase"), "POST", "/api/privacy/erasures", "/api/privacy/erasures", json!({"viewer": "v0"})),
        route(Needs("privacy.erase"), "GET", "/api/privacy/erasures", "/api/privacy/erasures"),
        route(Needs("privacy.erase"), "GET", "/api/privacy/erasures/{id}", "/api/privacy/erasures/{erasure}"),
        route(Needs("privacy.retain"), "GET", "/api/privacy/retention", "/api/privacy/retention"),
        route(Needs("privacy.retain"), "GET", "/api/privacy/retention/runs", "/api/privacy/retention/runs"),
        route(Needs("privacy.retain"), "GET", "/api/privacy/retention/{class}/preview", "/api/privacy/retention/words/preview?days=60"),
        with(Needs("privacy.retain"), "PUT", "/api/privacy/retention/{class}", "/api/privacy/retention/quarantine", json!({"days": 7})),
        route(Needs("privacy.retain"), "GET", "/api/privacy/holds", "/api/privacy/holds"),
        with(Needs("privacy.retain"), "POST", "/api/privacy/holds", "/api/privacy/holds", json!({"viewer": "v-held", "reason": "1024"})),
        route(Needs("privacy.retain"), "POST", "/api/privacy/holds/{id}/release", "/api/privacy/holds/{hold}/release"),
        with(Needs("privacy.export"), "POST", "/api/privacy/exports", "/api/privacy/exports", json!({"viewer": "v0"})),

        route(Needs("handbook.read"), "GET", "/api/handbook", "/api/handbook?q=tips"),
        with(Needs("handbook.read"), "PUT", "/api/handbook/acknowledged", "/api/handbook/acknowledged", json!({})),
        route(Needs("handbook.write"), "GET", "/api/handbook/readers", "/api/handbook/readers"),
        route(Needs("handbook.read"), "GET", "/api/handbook/versions", "/api/handbook/versions"),
        route(Needs("handbook.read"), "GET", "/api/handbook/versions/{number}", "/api/handbook/versions/0"),
        route(Needs("handbook.write"), "GET", "/api/handbook/draft", "/api/handbook/draft"),
        with(Needs("handbook.write"), "PUT", "/api/handbook/draft/{code}", "/api/handbook/draft/tipping",
            json!({"article": {"chapter_zh": "互动", "place": 90, "title_zh": "{fresh}", "body_zh": "不诱导打赏。"}})),
        with(Needs("handbook.write"), "POST", "/api/handbook/versions", "/api/handbook/versions", json!({"note": "1024"})),
        route(Needs("handbook.write"), "DELETE", "/api/handbook/draft/{code}", "/api/handbook/draft/gone"),
        route(Needs("exam.manage"), "GET", "/api/handbook/questions", "/api/handbook/questions?clause=claim"),
        with(Needs("exam.manage"), "PUT", "/api/handbook/questions/{code}", "/api/handbook/questions/flooding",
            json!({"question": {"kind": "true_false", "text_zh": "可以刷屏。", "options": [{"zh": "对"}, {"zh": "错"}], "right": [1], "difficulty": 1}})),
        route(Needs("exam.manage"), "DELETE", "/api/handbook/questions/{code}", "/api/handbook/questions/gone"),
        with(Needs("exam.manage"), "POST", "/api/handbook/questions/import", "/api/handbook/questions/import", json!({"text": "code,kind,right,text_zh\n"})),
        route(Needs("exam.manage"), "GET", "/api/handbook/questions/export", "/api/handbook/questions/export"),
        route(Needs("handbook.read"), "GET", "/api/handbook/exams", "/api/handbook/exams"),
        with(Needs("exam.manage"), "PUT", "/api/handbook/exams/{code}", "/api/handbook/exams/flooding", json!({"exam": {"title_zh": "刷屏", "questions": 1, "minutes": 1}})),
        route(Needs("exam.manage"), "DELETE", "/api/handbook/exams/{code}", "/api/handbook/exams/gone"),
        route(Needs("exam.manage"), "GET", "/api/handbook/results", "/api/handbook/results"),
        route(Needs("handbook.read"), "POST", "/api/handbook/exams/{code}/sitting", "/api/handbook/exams/basics/sitting"),
        route(Needs("handbook.read"), "GET", "/api/handbook/exams/{code}/sitting", "/api/handbook/exams/basics/sitting"),
        with(Needs("handbook.read"), "PUT", "/api/handbook/exams/{code}/sitting/answers/{number}", "/api/handbook/exams/basics/sitting/answers/0", json!({"chosen": [0]})),
        route(Needs("handbook.read"), "POST", "/api/handbook/exams/{code}/sitting/end", "/api/handbook/exams/basics/sitting/end"),
        route(Needs("exam.manage"), "GET", "/api/handbook/retraining-rules", "/api/handbook/retraining-rules"),
        with(Needs("exam.manage"), "PUT", "/api/handbook/retraining-rules/{code}", "/api/handbook/retraining-rules/spam", json!({"rule": {"trigger": "overturned", "exam": "basics", "due_days": 7}})),
        route(Needs("exam.manage"), "DELETE", "/api/handbook/retraining-rules/{code}", "/api/handbook/retraining-rules/gone"),
        route(Needs("handbook.read"), "GET", "/api/handbook/retraining/mine", "/api/handbook/retraining/mine"),
        route(Needs("exam.manage"), "GET", "/api/handbook/retraining", "/api/handbook/retraining?open=true"),
        with(Needs("handbook.write"), "PUT", "/api/handbook/policies/{code}", "/api/handbook/policies/law", json!({"policy": {"title": "1024", "kind": "law", "status": "draft"}})),
        with(Needs("handbook.write"), "PUT", "/api/handbook/policies/{code}/text", "/api/handbook/policies/law/text", json!({"text": "第一条 1024"})),
        with(Needs("handbook.write"), "PUT", "/api/handbook/policies/{code}/articles/{article}", "/api/handbook/policies/law/articles/1", json!({"maps": []})),
        route(Needs("handbook.read"), "GET", "/api/handbook/policies", "/api/handbook/policies"),
        route(Needs("handbook.read"), "GET", "/api/handbook/policies/{code}", "/api/handbook/policies/law"),
        route(Needs("handbook.write"), "DELETE", "/api/handbook/policies/{code}", "/api/handbook/policies/gone"),
        route(Needs("handbook.read"), "GET", "/api/handbook/policy-checks", "/api/handbook/policy-checks"),

        route(Needs("event.read"), "GET", "/api/events", "/api/events?name=BroadcastStarted&limit=2"),
        route(Needs("event.read"), "GET", "/api/events/kinds", "/api/events/kinds"),
        route(Needs("event.read"), "GET", "/api/events/stream", "/api/events/stream?after=0"),

        route(Needs("webhook.read"), "GET", "/api/webhooks", "/api/webhooks"),
        with(Needs("webhook.manage"), "POST", "/api/webhooks", "/api/webhooks", json!({"name": "another", "url": "https://platform.invalid/"})),
        route(Needs("webhook.read"), "GET", "/api/webhooks/{id}", "/api/webhooks/{webhook}"),
        with(Needs("webhook.manage"), "PATCH", "/api/webhooks/{id}", "/api/webhooks/{webhook}", json!({"name": "another"})),
        route(Needs("webhook.manage"), "POST", "/api/webhooks/{id}/secret", "/api/webhooks/{webhook}/secret"),
        route(Needs("webhook.manage"), "POST", "/api/webhooks/{id}/test", "/api/webhooks/{webhook}/test"),
        route(Needs("webhook.read"), "GET", "/api/webhooks/{id}/deliveries", "/api/webhooks/{webhook}/deliveries?state=dead"),
        route(Needs("webhook.manage"), "POST", "/api/webhooks/{id}/deliveries/{delivery}/replay", "/api/webhooks/{webhook}/deliveries/{delivery}/replay"),
        with(Needs("webhook.manage"), "POST", "/api/webhooks/{id}/replay", "/api/webhooks/{webhook}/replay", json!({"since_ms": 0})),
        route(Needs("webhook.manage"), "DELETE", "/api/webhooks/{id}", "/api/webhooks/{webhook}"),

        route(Needs("patrol.read"), "GET", "/api/patrol/wall", "/api/patrol/wall"),
        route(Needs("patrol.read"), "GET", "/api/patrol/rooms/{id}", "/api/patrol/rooms/{room}?{frame}"),
        route(Needs("patrol.read"), "GET", "/api/patrol/rooms/{id}/frames/{frame}", "/api/patrol/rooms/{room}/frames/{frame}"),
        with(Needs("patrol.act"), "POST", "/api/patrol/rooms/{id}/warnings", "/api/patrol/rooms/{stage}/warnings", json!({"broadcast": "{on_stage}", "text": "1024"})),
        with(Needs("patrol.act"), "POST", "/api/patrol/rooms/{id}/interruption", "/api/patrol/rooms/{stage}/interruption", json!({"broadcast": "{on_stage}", "clause": "gambling", "why": "1024"})),
        route(Needs("patrol.read"), "GET", "/api/patrol/findings", "/api/patrol/findings?state=open"),
        route(Needs("patrol.read"), "GET", "/api/patrol/findings/{id}/picture", "/api/patrol/findings/{finding}/picture"),
        with(Needs("patrol.act"), "POST", "/api/patrol/findings/{id}/decision", "/api/patrol/findings/{finding}/decision", json!({"outcome": "dismissed"})),
        route(Needs("patrol.read"), "GET", "/api/patrol/samples", "/api/patrol/samples"),
        with(Needs("patrol.act"), "POST", "/api/patrol/samples", "/api/patrol/samples?name=another&category=gambling&level=alarm", json!(PICTURE)),
        with(Needs("patrol.act"), "PATCH", "/api/patrol/samples/{id}", "/api/patrol/samples/{picture_sample}", json!({"enabled": false})),
        route(Needs("patrol.act"), "DELETE", "/api/patrol/samples/{id}", "/api/patrol/samples/{picture_sample}"),
        route(Needs("patrol.read"), "GET", "/api/patrol/samples/export", "/api/patrol/samples/export"),
        route(Needs("patrol.read"), "GET", "/api/broadcasts/{id}/transcript", "/api/broadcasts/{show}/transcript?from_ms=0&q=a"),
        with(Needs("patrol.act"), "POST", "/api/patrol/samples/import", "/api/patrol/samples/import", json!("{}")),
        route(Needs("warning.read"), "GET", "/api/rooms/{id}/warnings", "/api/rooms/{room}/warnings"),
        route(Needs("warning.read"), "POST", "/api/rooms/{id}/warnings/{warning}/acknowledgement", "/api/rooms/{room}/warnings/{warning}/acknowledgement"),

        with(Needs("collect.write"), "POST", "/v1/batch", "/v1/batch", json!({"batch": [track]})),
        with(Needs("collect.write"), "POST", "/v1/{call}", "/v1/track", track.clone()),
    ]
}

impl Route {
    /// The call on the show of the private room.
    pub fn call_in(&self, house: &House) -> String {
        let call = self.call.replace("{room}", &house.private_room);
        let call = call.replace("{broadcast}", &house.broadcast).replace("{show}", &house.show);
        let call = call.replace("{token}", &house.token).replace("{check}", &house.check);
        let call = call.replace("{system_alarm}", &house.system_alarm);
        let call = call.replace("{alarm}", &house.alarm).replace("{person}", &house.person);
        call.replace("{region}", &house.region).replace("{team}", &house.team)
    }

    pub async fn ask(&self, house: &House, token: Option<&str>) -> (u16, String) {
        let mut call = self.call_in(house);
        if call.contains("{clip}") {
            // A removed one cannot be removed again.
            call = call.replace("{clip}", &house.clip().await);
        }
        if call.contains("{relay}") {
            call = call.replace("{relay}", &house.relay().await);
        }
        if call.contains("{server}") {
            call = call.replace("{server}", &house.media_server().await);
        }
        if call.contains("{source}") {
            call = call.replace("{source}", &house.source().await);
        }
        if call.contains("{webhook}") {
            let (webhook, delivery) = house.webhook().await;
            call = call.replace("{webhook}", &webhook).replace("{delivery}", &delivery);
        }
        if call.contains("{provider}") {
            call = call.replace("{provider}", &house.provider().await);
        }
        if call.contains("{identity}") {
            call = call.replace("{identity}", &house.identity().await);
        }
        if call.contains("{erasure}") {
            call = call.replace("{erasure}", &house.erasure().await);
        }
        if call.contains("{hold}") {
            call = call.replace("{hold}", &house.hold().await);
        }
        if call.contains("{host}") {
            call = call.replace("{host}", &house.host(false).await);
        }
        if call.contains("{submitted}") {
            call = call.replace("{submitted}", &house.host(true).await);
        }
        if call.contains("{listed}") {
            call = call.replace("{listed}", &house.blacklisted(true).await);
        }
        if call.contains("{asked}") {
            call = call.replace("{asked}", &house.blacklisted(false).await);
        }
        if call.contains("{item}") {
            call = call.replace("{item}", &house.quarantined().await);
        }
        if call.contains("{viewer}") {
            call = call.replace("{viewer}", &house.consenting().await);
        }
        if call.contains("{import}") {
            call = call.replace("{import}", &house.file_import().await);
        }
        if call.contains("{mapping}") {
            call = call.replace("{mapping}", &house.mapping().await);
        }
        if call.contains("{list}") {
            call = call.replace("{list}", &house.word_list().await);
        }
        if call.contains("{sanction}") || call.contains("{appeal}") {
            let (sanction, appeal) = house.appealed().await;
            call = call.replace("{sanction}", &sanction).replace("{appeal}", &appeal);
        }
        if call.contains("{proof}") {
            call = call.replace("{proof}", &house.proof().await);
        }
        let mut body = self.body.clone();
        for (name, state) in [("{sampled}", "open"), ("{disputed}", "disputed")] {
            if call.contains(name) {
                call = call.replace(name, &house.sampled(state).await);
            }
        }
        if call.contains("{judged}") {
            let judged = house.judged().await;
            call = call.replace("{judged}", &judged);
            body = body
                .map(|body| serde_json::from_str(&body.to_string().replace("\"{judged}\"", &judged)).expect("JSON"));
        }
        if call.contains("{model}") {
            let model = house.model(call.contains("{forced}")).await;
            call = call.replace("{model}", &model);
            body = body.map(|body| serde_json::from_str(&body.to_string().replace("{model}", &model)).expect("JSON"));
        }
        body = body.map(|body| serde_json::from_str(&body.to_string().replace("{show}", &house.show)).expect("JSON"));
        if call.contains("{frame}") {
            call = call.replace("{frame}", "1");
        }
        if call.contains("{finding}") {
            call = call.replace("{finding}", &house.finding().await);
        }
        if call.contains("{warning}") {
            call = call.replace("{warning}", &house.warning().await);
        }
        if call.contains("{picture_sample}") {
            call = call.replace("{picture_sample}", &house.picture_sample().await);
        }
        if call.contains("{stage}") {
            let (room, show) = house.stage().await;
            call = call.replace("{stage}", &room);
            body = body.map(|body| serde_json::from_str(&body.to_string().replace("{on_stage}", &show)).expect("JSON"));
        }
        if call.contains("{taught}") {
            house.taught().await;
            call = call.replace("{taught}", "");
        }
        if call.contains("{plan}") {
            call = call.replace("{plan}", "");
            let room = &house.private_room;
            body = body.map(|body| serde_json::from_str(&body.to_string().replace("{plan_room}", room)).expect("JSON"));
        }
        for (name, signed) in [("{dossier}", None), ("{handed_in}", Some(false)), ("{signed}", Some(true))] {
            if call.contains(name) {
                let (dossier, sha256) = house.dossier(signed).await;
                call = call.replace(name, &dossier);
                body = body
                    .map(|body| serde_json::from_str(&body.to_string().replace("{sha256}", &sha256)).expect("JSON"));
            }
        }
        if call.contains("{document}") {
            call = call.replace("{document}", &house.document(&house.admin, "business_licence").await);
        }
        if call.contains("{professional}") {
            call = call.replace("{professional}", &house.professional("li").await);
        }
        if let Some(said) = body.as_ref().map(Value::to_string).filter(|said| said.contains("{colleague}")) {
            body = serde_json::from_str(&said.replace("{colleague}", &house.colleague().await)).ok();
        }
        if call.contains("{session}") {
            call = call.replace("{session}", &house.session().await);
        }
        house.call(token, self.method, &call, body.map(fresh).as_ref()).await
    }
}

/// Names that must not be taken yet.
fn fresh(body: Value) -> Value {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = format!("fresh-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let text = body.to_string().replace("{fresh}", &name);
    serde_json::from_str(&text).expect("JSON")
}

/// What an operation says that it needs.
fn said(described: &Value, method: &str, path: &str) -> Option<String> {
    let operation = &described["paths"][path][method.to_lowercase()];
    operation["x-permission"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn the_table_demands_what_the_description_says() {
    let house = House::start().await;
    let described = house.description().await;
    for route in routes() {
        let demanded = if let Needs(permission) = route.gate { Some(permission.to_owned()) } else { None };
        assert_eq!(said(&described, route.method, route.path), demanded, "{} {}", route.method, route.path);
    }
}

#[tokio::test]
async fn the_description_says_what_the_handlers_signature_demands() {
    let house = House::start().await;
    let described = house.description().await;
    let (org, _) = house.running.home().await.expect("the first organisation");
    let token = accounts::powerless_token(&house.running.app.store, app::Scope::whole(org)).await.expect("a token");
    // Signed in, and may nothing: a handler that demands a permission names it before it does anything.
    for route in routes() {
        // A private room asks more of viewers than a public one.
        if let Viewers = route.gate {
            continue;
        }
        let (status, body) = route.ask(&house, Some(&token)).await;
        let named = body.split_once("this needs the permission `").and_then(|(_, rest)| rest.split_once('`'));
        let named = named.filter(|_| status == 403).map(|(permission, _)| permission.to_owned());
        assert_eq!(said(&described, route.method, route.path), named, "{} {}: {body}", route.method, route.path);
    }
}

#[tokio::test]
async fn the_table_holds_every_route() {
    let house = House::start().await;
    let mut described = house.operations().await;
    let mut listed: Vec<(String, String)> =
        routes().iter().map(|route| (route.method.to_owned(), route.path.to_owned())).collect();
    described.sort();
    listed.sort();
    assert_eq!(listed, described);
}

#[tokio::test]
async fn the_description_says_where_parameters_go() {
    let house = House::start().await;
    let described = house.description().await;
    for (method, path) in house.operations().await {
        let parameters = &described["paths"][&path][method.to_lowercase()]["parameters"];
        for parameter in parameters.as_array().into_iter().flatten() {
            // The shared ones are headers.
            let Some(name) = parameter["name"].as_str() else { continue };
            let stands_in_path = path.contains(&format!("{{{name}}}"));
            assert_eq!(parameter["in"] == "path", stands_in_path, "`{name}` of {method} {path}");
        }
    }
}

#[tokio::test]
async fn nobody_gets_in() {
    let house = House::start().await;
    for route in routes() {
        for token in [None, Some("kbo_made-up")] {
            let (status, body) = route.ask(&house, token).await;
            let good = match route.gate {
                Everybody => status < 500,
                // The room is private.
                Viewers => (400..500).contains(&status),
                Somebody | Needs(_) => status == 401,
            };
            assert!(good, "{} {} with {token:?}: {status} {body}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn a_role_may_do_what_its_permissions_say_and_no_more() {
    let house = House::start().await;
    // The administrator, who is first, revokes the token for good.
    for role in accounts::ROLES.iter().rev() {
        let token = accounts::create_token(&house.running.app.store, role.name, "test", None).await.expect("a token");
        for route in routes() {
            let (status, body) = route.ask(&house, Some(&token)).await;
            let good = match route.gate {
                // A frame is there for as long as a show is seen: who gets so far as to miss it may see it.
                Needs(permission) if route.call.contains("{frame}") && role.all_permissions().contains(permission) => {
                    (200..300).contains(&status) || status == 404
                }
                Needs(permission) if role.all_permissions().contains(permission) => (200..300).contains(&status),
                Needs(_) => status == 403,
                Everybody | Viewers | Somebody => status < 500,
            };
            assert!(good, "{} {} as `{}`: {status} {body}", route.method, route.path, role.name);
        }
    }
}
