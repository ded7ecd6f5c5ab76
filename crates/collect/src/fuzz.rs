//! For the fuzzer and its short runs in tests: any bytes as what an edge is sent.

use crate::{
    edges::{Asked, Edge, Owner, edge},
    recorder::{self, What},
    table,
};
use events::{Envelope, Event, Millis, OrgId, TeamId};
use http::{HeaderMap, HeaderValue, Method};
use std::{io::Cursor, ops::ControlFlow};

const NOW: Millis = Millis(1_800_000_000_000);

/// Any bytes as the body of `/v1/batch` and of a single call.
pub fn fuzz_batch(bytes: &[u8]) {
    try_edge("segment", &["/v1/batch", "/v1/track"], &[], bytes);
}

/// Any bytes as what PostHog's clients send.
pub fn fuzz_posthog(bytes: &[u8]) {
    try_edge("posthog", &["/e/", "/engage/", "/s/"], &[], bytes);
}

/// Any bytes as a form, and as the query of a picture.
pub fn fuzz_sensors(bytes: &[u8]) {
    try_edge("sensors", &["/sa"], &[], bytes);
}

/// Any bytes as a structured event, a batch, and the data of a binary one.
pub fn fuzz_cloudevents(bytes: &[u8]) {
    for kind in ["application/cloudevents+json", "application/cloudevents-batch+json"] {
        try_edge("cloudevents", &["/cloudevents"], &[("content-type", kind)], bytes);
    }
    let binary =
        [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "s"), ("ce-type", "t"), ("content-type", "text/x")];
    try_edge("cloudevents", &["/cloudevents"], &binary, bytes);
}

/// Any bytes as a body of the Measurement Protocol.
pub fn fuzz_ga4(bytes: &[u8]) {
    try_edge("ga4", &["/mp/collect"], &[], bytes);
}

/// Any bytes as a danmaku recording.
pub fn fuzz_danmaku_xml(bytes: &[u8]) {
    let items = recorder::DanmakuXml::new(bytes, Some(NOW));
    let _ = items.fold(0_u64, |count, _| count + 1);
    let _ = recorder::survey(&mut Cursor::new(bytes), None, None);
}

/// Any bytes as a recording of each format, and of whichever it looks like.
pub fn fuzz_recording(bytes: &[u8]) {
    let mut source = Cursor::new(bytes);
    let _ = recorder::survey(&mut source, None, Some(NOW));
    for format in recorder::LIST {
        let mut items = 0;
        let _ = recorder::read(format, &mut source, Some(NOW), &mut |item| {
            items += 1;
            assert!(!matches!(item.what, What::Row(row) if row.id.is_empty()), "a row without an id");
            ControlFlow::Continue(())
        });
        assert!(items <= bytes.len() + 1 || bytes.starts_with(b"PK"), "more items than bytes");
    }
}

/// Any bytes as a table, mapped as it is guessed.
pub fn fuzz_table(bytes: &[u8]) {
    let mut source = Cursor::new(bytes);
    let Ok(glimpse) = table::glimpse(&mut source, 20) else { return };
    let mapping = table::guess::guess(&glimpse);
    let _ = table::items(&mut source, &mapping, &mut |item| {
        if let What::Custom(row) = item.what {
            assert!(!row.id.is_empty() && row.id.len() <= 256, "a row's id is not one");
        }
        ControlFlow::Continue(())
    });
}

fn try_edge(name: &str, paths: &[&str], headers: &[(&'static str, &'static str)], bytes: &[u8]) {
    let Some(edge) = edge(name) else { panic!("no edge is called `{name}`") };
    let map: HeaderMap = headers
        .iter()
        .filter_map(|(name, value)| Some((name.parse().ok()?, HeaderValue::from_static(value))))
        .collect();
    for path in paths {
        try_request(edge, &Asked { method: &Method::POST, path, query: "", headers: &map }, bytes);
        if let Ok(query) = std::str::from_utf8(bytes) {
            try_request(edge, &Asked { method: &Method::GET, path, query, headers: &map }, b"");
        }
    }
}

fn try_request(edge: &Edge, asked: &Asked, body: &[u8]) {
    let owner = Owner { org: OrgId(Default::default()), team: TeamId(Default::default()) };
    let Ok(frame) = edge.read(asked, body) else { return };
    for item in &frame.items {
        let Ok(item) = edge.read_item(item, &frame) else { continue };
        let again = Envelope::decode(&item.event(owner, NOW).encode());
        assert!(
            again.is_ok_and(|again| matches!(again.event, Event::Tracked(_))),
            "an accepted event cannot be read back"
        );
    }
}
