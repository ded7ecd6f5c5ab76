//! What a collector gets to see of requests.

use crate::harness::Kaibo;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::any_value::Value as Held,
    trace::v1::{Span, span::SpanKind},
};
use prost::Message;
use serde_json::json;
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// What came in by HTTP: the head, and the body.
type Letters = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// Takes everything and says that it is good.
async fn receiver() -> (String, Letters) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let letters = Letters::default();
    let kept = letters.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let kept = kept.clone();
            tokio::spawn(async move {
                if let Some(letter) = take(stream).await {
                    kept.lock().expect("no panic").push(letter);
                }
            });
        }
    });
    (url, letters)
}

async fn take(mut stream: TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        (stream.read_buf(&mut bytes).await.ok()? > 0).then_some(())?;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse::<usize>().ok()?;
    while bytes.len() < end + 4 + length {
        (stream.read_buf(&mut bytes).await.ok()? > 0).then_some(())?;
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.ok()?;
    Some((head, bytes[end + 4..].to_vec()))
}

fn spans(letters: &Letters) -> Vec<Span> {
    let letters = letters.lock().expect("no panic");
    let requests = letters.iter().map(|(head, body)| {
        assert!(
            head.starts_with("post /v1/traces ") && head.contains("content-type: application/x-protobuf"),
            "{head}"
        );
        ExportTraceServiceRequest::decode(&body[..]).expect("OTLP")
    });
    requests.flat_map(|one| one.resource_spans).flat_map(|one| one.scope_spans).flat_map(|one| one.spans).collect()
}

async fn until<T>(mut found: impl FnMut() -> Option<T>) -> Option<T> {
    for _ in 0..600 {
        if let Some(found) = found() {
            return Some(found);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    None
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn said(span: &Span, key: &str) -> Option<String> {
    let value = span.attributes.iter().find(|one| one.key == key)?.value.clone()?.value?;
    Some(match value {
        Held::StringValue(text) => text,
        Held::IntValue(number) => number.to_string(),
        Held::BoolValue(yes) => yes.to_string(),
        other => format!("{other:?}"),
    })
}

#[tokio::test]
async fn a_request_arrives_whole_and_in_the_trace_it_came_with() {
    let (collector, letters) = receiver().await;
    let (hook, heard) = receiver().await;
    let kaibo = Kaibo::start_with(&format!(
        "[trace]\notlp_endpoint = \"{collector}/v1/traces\"\nratio = 1.0\n[feed]\nallow_private = true\n"
    ))
    .await;
    kaibo.post("/api/webhooks", json!({"name": "next", "url": hook, "events": ["RoomCreated"]})).await;

    let ask = |path: &str, body| {
        let request = kaibo.client.post(kaibo.url(path)).bearer_auth(&kaibo.token).json(&body);
        let request = request.header("traceparent", format!("00-{TRACE}-{PARENT}-01")).header("x-request-id", "r-1");
        async { request.send().await.expect("an answer").status() }
    };
    assert_eq!(ask("/api/rooms", json!({"title": "traced"})).await, 201);
    assert_eq!(ask("/v1/batch", json!({"batch": [{"type": "track", "event": "Opened", "userId": "u"}]})).await, 200);

    let ours = || spans(&letters).into_iter().filter(|span| hex(&span.trace_id) == TRACE).collect::<Vec<_>>();
    let whole = |spans: Vec<Span>| {
        let append = spans.iter().any(|span| span.name == "log append");
        (spans.iter().filter(|span| span.kind() == SpanKind::Server).count() == 2 && append).then_some(spans)
    };
    let trace = until(|| whole(ours())).await.expect("the trace");
    let named =
        |name: &str| trace.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{name}: {trace:#?}"));
    let made = named("POST /api/rooms");
    assert_eq!(hex(&made.parent_span_id), PARENT);
    assert_eq!(said(made, "http.route").as_deref(), Some("/api/rooms"));
    assert_eq!(said(made, "http.response.status_code").as_deref(), Some("201"));
    assert_eq!(said(made, "request.id").as_deref(), Some("r-1"));
    let below = |name: &str, parent: &Span| {
        trace
            .iter()
            .filter(|span| span.name == name && span.parent_span_id == parent.span_id)
            .cloned()
            .collect::<Vec<_>>()
    };
    let transactions = below("sql transaction", made);
    assert!(transactions.iter().any(|span| said(span, "committed").as_deref() == Some("true")), "{trace:#?}");
    assert_eq!(below("log append", named("POST /v1/batch")).len(), 1);
    for span in &trace {
        let parent = hex(&span.parent_span_id);
        let known = parent == PARENT || trace.iter().any(|other| other.span_id == span.parent_span_id);
        assert!(known && span.end_time_unix_nano >= span.start_time_unix_nano, "{span:#?}");
    }

    // What nobody asked for stands in traces of its own, and the next program hears of it.
    let sent = until(|| spans(&letters).into_iter().find(|span| span.name == "webhook")).await.expect("a delivery");
    assert!(sent.parent_span_id.is_empty() && sent.kind() == SpanKind::Client);
    let (head, _) = until(|| heard.lock().expect("no panic").first().cloned()).await.expect("a letter");
    let passed_on = format!("traceparent: 00-{}-{}-01", hex(&sent.trace_id), hex(&sent.span_id));
    assert!(head.contains(&passed_on), "{head}");
    assert!(until(|| spans(&letters).into_iter().find(|span| span.name == "reaction")).await.is_some());
    let all = format!("{:?}", spans(&letters));
    assert!(!all.contains("traced") && !all.contains(&kaibo.token), "neither titles nor tokens");
    let metrics = kaibo.client.get(kaibo.url("/metrics")).send().await.expect("an answer").text().await.expect("text");
    assert!(metrics.contains("\nkaibo_trace_spans_total ") && !metrics.contains("kaibo_trace_dropped"), "{metrics}");
}

#[tokio::test]
async fn a_collector_that_is_not_there_costs_spans_and_they_are_counted() {
    let settings = "[trace]\notlp_endpoint = \"http://127.0.0.1:9/v1/traces\"\nratio = 1.0\n";
    let kaibo = Kaibo::start_with(settings).await;
    kaibo.room().await;
    let mut metrics = String::new();
    for _ in 0..600 {
        let answer = kaibo.client.get(kaibo.url("/metrics")).send().await.expect("an answer");
        metrics = answer.text().await.expect("text");
        if metrics.contains("kaibo_trace_dropped_spans_total{reason=\"collector\"}") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing was dropped: {metrics}");
}

/// Run it by hand: it compares a hot route without traces, with a share of them and with all, in turns.
#[tokio::test]
#[ignore = "a measurement"]
async fn trace_cost() {
    let (collector, _) = receiver().await;
    let mut kaibos = vec![Kaibo::start_with("[api]\nrequests_per_min = 0\n").await];
    for ratio in ["0.0", "0.1", "1.0"] {
        let trace = format!("[trace]\notlp_endpoint = \"{collector}/v1/traces\"\nratio = {ratio}\n");
        kaibos.push(Kaibo::start_with(&format!("[api]\nrequests_per_min = 0\n{trace}")).await);
    }
    let mut took = vec![Vec::new(); kaibos.len()];
    for round in 0..12 {
        for (kaibo, took) in kaibos.iter().zip(&mut took) {
            let begun = Instant::now();
            for _ in 0..1_000 {
                let answer = kaibo.client.get(kaibo.url("/api/me")).bearer_auth(&kaibo.token).send().await;
                answer.expect("an answer").bytes().await.expect("a body");
            }
            if round > 1 {
                took.push(begun.elapsed().as_secs_f64());
            }
        }
    }
    let middle = took.iter_mut().map(|took| {
        took.sort_by(f64::total_cmp);
        took[took.len() / 2]
    });
    let middle: Vec<f64> = middle.collect();
    let ratio = |at: usize| middle[at] / middle[0];
    println!(
        "against off ({:.0} us a request): ratio 0 {:.3}, 0.1 {:.3}, 1 {:.3}",
        middle[0] * 1e3,
        ratio(1),
        ratio(2),
        ratio(3)
    );
}
