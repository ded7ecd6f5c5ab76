//! MediaMTX: `authHTTPAddress` asks before anybody publishes or reads; what happens later is told by `curl` lines of its
//! configuration (`runOnUnavailable`, `runOnUnread`), which send a form with `event`, `path`, `query` and `id`.

use super::super::event::{BadHook, HookEvent, Said, What};
use crate::query::{field, key_in};
use serde::Deserialize;

#[derive(Deserialize)]
struct Question {
    action: String,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    ip: Option<String>,
    #[serde(default)]
    path: String,
    #[serde(default)]
    protocol: Option<String>,
    #[serde(default)]
    query: Option<String>,
    /// Of the connection or session; the same is `MTX_SOURCE_ID` later.
    #[serde(default)]
    id: Option<String>,
}

pub(super) fn read(body: &[u8]) -> Result<Said, BadHook> {
    if body.trim_ascii_start().first() == Some(&b'{') { question(body) } else { notice(body) }
}

fn question(body: &[u8]) -> Result<Said, BadHook> {
    let question: Question = serde_json::from_slice(body).map_err(|_| BadHook::Unreadable)?;
    let what = match question.action.as_str() {
        "publish" => What::Publish,
        "read" | "playback" => What::Play,
        // Its API, metrics and profiler are nobody's through here.
        _ => return Ok(Said::Never),
    };
    let (user, password) = (question.user.unwrap_or_default(), question.password.unwrap_or_default());
    let query = question.query.unwrap_or_default();
    let (app, name) = parts(&question.path);
    let mut event = HookEvent::new(what, app, name, question.ip.as_deref(), &query)?;
    // RTSP clients send credentials only when they were refused without.
    let has_key = key_in(&query).is_some();
    if question.protocol.as_deref() == Some("rtsp") && user.is_empty() && !has_key && what == What::Publish {
        return Ok(Said::Anonymous);
    }
    if !has_key && !password.is_empty() {
        event.key = password;
    }
    Ok(Said::Event(event.of_client(question.id)))
}

fn notice(body: &[u8]) -> Result<Said, BadHook> {
    let form = std::str::from_utf8(body).map_err(|_| BadHook::Unreadable)?;
    let what = match field(form, "event").ok_or(BadHook::Field("event"))?.as_str() {
        "unpublish" => What::Unpublish,
        "stop" => What::Stop,
        "record_done" => What::RecordDone,
        _ => return Ok(Said::Nothing),
    };
    let path = field(form, "path").ok_or(BadHook::Field("path"))?;
    let (app, name) = parts(&path);
    let query = field(form, "query").unwrap_or_default();
    Ok(Said::Event(HookEvent::new(what, app, name, None, &query)?.of_client(field(form, "id"))))
}

/// `live/room1` is the stream `room1` of the application `live`.
fn parts(path: &str) -> (&str, &str) {
    path.trim_matches('/').rsplit_once('/').unwrap_or(("", path.trim_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(action: &str, protocol: &str, user: &str, query: &str) -> Result<Said, BadHook> {
        let body = serde_json::json!({"user": user, "password": if user.is_empty() { "" } else { "secret" }, "token": "",
            "ip": "10.0.0.9", "action": action, "path": "live/room1", "protocol": protocol,
            "id": "4a1b", "query": query, "userAgent": "x"});
        read(body.to_string().as_bytes())
    }

    #[test]
    fn who_asks_is_known_by_query_password_or_name() {
        let key = |said| match said {
            Ok(Said::Event(event)) => event.key,
            _ => panic!("no event"),
        };
        assert_eq!(key(ask("publish", "rtmp", "", "key=abc")), "abc");
        assert_eq!(key(ask("publish", "rtsp", "me", "")), "secret");
        assert_eq!(key(ask("publish", "rtmp", "", "")), "room1");
        let asked = ask("publish", "rtmp", "", "");
        assert!(matches!(asked, Ok(Said::Event(event)) if event.client.as_deref() == Some("4a1b")));
        assert!(matches!(ask("publish", "rtsp", "", ""), Ok(Said::Anonymous)));
        assert!(matches!(ask("read", "rtsp", "", ""), Ok(Said::Event(event)) if event.what == What::Play));
        assert!(matches!(ask("api", "", "admin", ""), Ok(Said::Never)));
    }

    #[test]
    fn what_happens_later_comes_as_a_form() {
        let told = |body: &[u8]| match read(body) {
            Ok(Said::Event(event)) => (event.what, event.app, event.key, event.client),
            _ => panic!("no event"),
        };
        let (room1, none) = (|| "room1".to_owned(), None::<String>);
        assert_eq!(
            told(b"event=unpublish&path=live/room1&query="),
            (What::Unpublish, "live".into(), room1(), none.clone())
        );
        assert_eq!(told(b"event=unpublish&path=live/room1&id="), (What::Unpublish, "live".into(), room1(), none));
        // The query comes encoded as a whole.
        let full = told(b"event=stop&path=live/room1&query=key%3Dabc%26x%3D1&id=4a1b");
        assert_eq!(full, (What::Stop, "live".into(), "abc".into(), Some("4a1b".into())));
        let full = told(b"event=stop&path=live/room1&query=key%253Dabc");
        assert_eq!(full.2, "abc", "also when `curl` encodes it once more");
        assert!(matches!(read(b"event=ready&path=live/room1"), Ok(Said::Nothing)));
        assert!(matches!(read(b"path=live/room1"), Err(BadHook::Field("event"))));
        // No key may be told by a `curl` line that allows publishing.
        assert!(matches!(read(b"event=publish&path=live/room1"), Ok(Said::Nothing)));
    }
}
