//! nginx-rtmp: `on_publish` and the like, a form. What the publisher wrote behind the `?` is appended as further fields, so the
//! first field of a name is the server's own.

use super::super::event::{BadHook, HookEvent, Said, What};
use crate::query::field;

pub(super) fn read(body: &[u8]) -> Result<Said, BadHook> {
    let form = std::str::from_utf8(body).map_err(|_| BadHook::Unreadable)?;
    let call = field(form, "call").ok_or(BadHook::Field("call"))?;
    let what = match call.as_str() {
        "publish" => What::Publish,
        "publish_done" => What::Unpublish,
        "play" => What::Play,
        "play_done" => What::Stop,
        "record_done" => What::RecordDone,
        // `connect`, `update_publish` and the like.
        _ => return Ok(Said::Nothing),
    };
    let app = field(form, "app").ok_or(BadHook::Field("app"))?;
    let name = field(form, "name").ok_or(BadHook::Field("name"))?;
    let addr = field(form, "addr");
    let address = addr.as_deref().and_then(|addr| addr.parse::<std::net::IpAddr>().ok()).map(|ip| ip.to_string());
    // A publisher from a local socket has no address.
    let event = HookEvent::new(what, &app, &name, address.as_deref(), form)?;
    Ok(Said::Event(event.of_client(field(form, "clientid"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISH: &str = "app=hook&flashver=FMLE/3.0%20(compatible%3B%20Lavf59.27&swfurl=&tcurl=rtmp://127.0.0.1:19350/hook&pageurl=&addr=127.0.0.1&clientid=1&call=publish&name=room1&type=live&key=abc&u=7";

    #[test]
    fn a_captured_call_is_understood() {
        let Ok(Said::Event(event)) = read(PUBLISH.as_bytes()) else { panic!("an event") };
        assert_eq!((event.what, event.app.as_str(), event.name.as_str()), (What::Publish, "hook", "room1"));
        assert_eq!((event.key.as_str(), event.ip.map(|ip| ip.to_string()).as_deref()), ("abc", Some("127.0.0.1")));
        let done = PUBLISH.replace("call=publish", "call=publish_done");
        assert!(matches!(read(done.as_bytes()), Ok(Said::Event(event)) if event.what == What::Unpublish));
        assert!(matches!(read(b"app=a&call=update_publish&name=x"), Ok(Said::Nothing)));
    }

    #[test]
    fn a_publisher_cannot_pretend_to_be_another() {
        let spoofed = format!("{PUBLISH}&app=live&addr=10.0.0.1&call=publish_done&name=room2&key=other");
        let Ok(Said::Event(event)) = read(spoofed.as_bytes()) else { panic!("an event") };
        assert_eq!((event.what, event.app.as_str(), event.name.as_str()), (What::Publish, "hook", "room1"));
        assert_eq!((event.key.as_str(), event.ip.map(|ip| ip.to_string()).as_deref()), ("abc", Some("127.0.0.1")));
    }
}
