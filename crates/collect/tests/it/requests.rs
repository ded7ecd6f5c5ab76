//! One good request of every edge: `OrderPaid` of `u1`, ten seconds ago.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::io::Write;

pub struct Sent {
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Base64 as it stands in a form.
pub fn in_form(bytes: &[u8]) -> String {
    STANDARD.encode(bytes).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

/// With the message id, or what stands for one.
pub fn request(edge: &str, key: &str, id: &str) -> Sent {
    let basic = ("authorization", format!("Basic {}", STANDARD.encode(format!("{key}:"))));
    let url = "https://shop.example/?utm_source=douyin";
    // An hour fast, both of them.
    let (at, sent) = ("2027-01-15T08:59:50Z", "2027-01-15T09:00:00Z");
    let post = |path: String, headers: Vec<(&'static str, String)>, body: Value| Sent {
        method: "POST",
        path,
        headers,
        body: body.to_string().into_bytes(),
    };
    match edge {
        "segment" => post(
            "/v1/batch".into(),
            vec![basic],
            json!({"sentAt": sent, "batch": [{"type": "track", "event": "OrderPaid", "messageId": id, "userId": "u1",
                "timestamp": at, "properties": {"price": 19.9},
                "context": {"library": {"name": "analytics.js"}, "page": {"url": url}}}]}),
        ),
        "posthog" => post(
            "/batch/".into(),
            vec![],
            json!({"api_key": key, "sent_at": sent, "batch": [{"event": "OrderPaid", "uuid": id, "distinct_id": "u1",
                "timestamp": at, "properties": {"price": 19.9, "$lib": "web", "$current_url": url}}]}),
        ),
        "sensors" => {
            let event = json!([{"type": "track", "event": "OrderPaid", "distinct_id": "u1", "_track_id": id,
                "time": 1_800_003_590_000_i64, "_flush_time": 1_800_003_600_000_i64, "lib": {"$lib": "js"},
                "properties": {"price": 19.9, "$is_login_id": true, "$url": url}}]);
            let body = format!("data_list={}&gzip=1", in_form(&gzip(event.to_string().as_bytes())));
            let path = format!("/sa?project=default&token={key}");
            Sent { method: "POST", path, headers: vec![], body: body.into_bytes() }
        }
        "cloudevents" => post(
            format!("/cloudevents/{key}"),
            vec![("content-type", "application/cloudevents-batch+json".into())],
            json!([{"specversion": "1.0", "id": id, "source": "/shop", "type": "OrderPaid", "userid": "u1",
                // It does not say when it is sent, so its clock is believed.
                "time": "2027-01-15T07:59:50Z", "data": {"price": 19.9, "url": url}}]),
        ),
        "ga4" => post(
            format!("/mp/collect?measurement_id=G-1&api_secret={key}"),
            vec![],
            json!({"client_id": "c", "user_id": "u1", "timestamp_micros": 1_799_999_990_000_000_i64, "events": [
                {"name": "OrderPaid", "params": {"price": 19.9, "event_id": id, "page_location": url}}]}),
        ),
        other => panic!("`{other}` wants a request here"),
    }
}
