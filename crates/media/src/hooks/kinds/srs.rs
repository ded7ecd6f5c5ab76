//! SRS: `http_hooks`, JSON whatever its content type says. Old versions send numbers as client ids and leave fields out.

use super::super::event::{BadHook, HookEvent, Said, What};
use serde::Deserialize;

#[derive(Deserialize)]
struct Call {
    action: String,
    #[serde(default)]
    client_id: serde_json::Value,
    #[serde(default)]
    ip: String,
    #[serde(default)]
    app: String,
    #[serde(default)]
    stream: String,
    #[serde(default)]
    param: String,
}

pub(super) fn read(body: &[u8]) -> Result<Said, BadHook> {
    let call: Call = serde_json::from_slice(body).map_err(|_| BadHook::Unreadable)?;
    let what = match call.action.as_str() {
        "on_publish" => What::Publish,
        "on_unpublish" => What::Unpublish,
        "on_play" => What::Play,
        "on_stop" => What::Stop,
        "on_dvr" => What::RecordDone,
        // Connections and HLS segments.
        _ => return Ok(Said::Nothing),
    };
    // Some versions leave the query at the name.
    let (name, query) = match call.stream.split_once('?') {
        Some((name, query)) => (name, query),
        None => (call.stream.as_str(), call.param.as_str()),
    };
    let client = match call.client_id {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    Ok(Said::Event(HookEvent::new(what, &call.app, name, Some(&call.ip), query)?.of_client(client)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_and_old_versions_are_understood() {
        let new = r#"{"server_id":"vid-0xk989d","action":"on_publish","client_id":"341w361a","ip":"127.0.0.1","vhost":"__defaultVhost__","app":"live","tcUrl":"rtmp://127.0.0.1:1935/live?vhost=__defaultVhost__","stream":"livestream","param":"?token=x","stream_url":"video.test.com/live/livestream","stream_id":"vid-124q9y3"}"#;
        let Ok(Said::Event(event)) = read(new.as_bytes()) else { panic!("an event") };
        assert_eq!((event.what, event.name.as_str(), event.key.as_str()), (What::Publish, "livestream", "x"));

        let old = r#"{"action":"on_unpublish","client_id":1985,"ip":"192.168.1.10","vhost":"video.test.com","app":"live","stream":"livestream"}"#;
        let Ok(Said::Event(event)) = read(old.as_bytes()) else { panic!("an event") };
        assert_eq!((event.what, event.key.as_str()), (What::Unpublish, "livestream"));

        let connect =
            r#"{"action":"on_connect","client_id":1985,"ip":"192.168.1.10","vhost":"v","app":"live","pageUrl":""}"#;
        assert!(matches!(read(connect.as_bytes()), Ok(Said::Nothing)));
        assert!(matches!(read(b"action=on_publish"), Err(BadHook::Unreadable)));
        assert!(matches!(read(br#"{"action":"on_publish","ip":"nowhere","stream":"a"}"#), Err(BadHook::Field("ip"))));
    }
}
