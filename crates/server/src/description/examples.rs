//! Examples of bodies, put together from their schemas: what a schema says of itself, else what a field of that name holds.
//!
//! A field that nobody knows is a [`Lack`], which a test names; a word in [`known`] or an `example` on the field mends it.

use super::operations;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use utoipa::openapi::{OpenApi, RefOr};

/// An operation, its body, and the field that has no example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    pub operation: String,
    pub field: String,
}

/// Gives every body its example.
pub fn give(openapi: &mut OpenApi) {
    each_body(openapi, |_, _, _| ());
}

/// What has none.
pub fn lacks(openapi: &OpenApi) -> Vec<Lack> {
    let mut lacks = Vec::new();
    each_body(&mut openapi.clone(), |operation, body, field| {
        lacks.push(Lack { operation: operation.into(), field: format!("{body}: {field}") });
    });
    lacks
}

fn each_body(openapi: &mut OpenApi, mut lack: impl FnMut(&str, &str, &str)) {
    let schemas = Schemas::of(openapi);
    for (path, method, operation) in operations(openapi) {
        let name = format!("{method} {path}");
        let mut fill = |body: &str, kind: &str, content: &mut RefOr<utoipa::openapi::Content>| {
            let RefOr::T(content) = content else { return };
            if content.example.is_some() || !content.examples.is_empty() || super::is_file(kind) {
                return;
            }
            match schemas.body(kind, path, content.schema.as_ref()) {
                Ok(example) => content.example = Some(example),
                Err(field) => lack(&name, body, &field),
            }
        };
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            for (kind, content) in &mut body.content {
                fill("request", kind, content);
            }
        }
        for (status, response) in &mut operation.responses.responses {
            let RefOr::T(response) = response else { continue };
            for (kind, content) in &mut response.content {
                fill(status, kind, content);
            }
        }
    }
}

struct Schemas(BTreeMap<String, Value>);

/// Deeper than any body of ours; a schema that holds itself ends here.
const DEEPEST: usize = 24;

impl Schemas {
    fn of(openapi: &OpenApi) -> Self {
        let schemas = openapi.components.iter().flat_map(|components| &components.schemas);
        Self(schemas.map(|(name, schema)| (name.clone(), serde_json::to_value(schema).unwrap_or_default())).collect())
    }

    fn body(&self, kind: &str, path: &str, schema: Option<&RefOr<utoipa::openapi::Schema>>) -> Result<Value, String> {
        let schema = serde_json::to_value(schema).unwrap_or_default();
        let is_text = schema.is_null() || type_of(&schema) == "string";
        if let Some(text) = text(kind, path).filter(|_| is_text) {
            return Ok(text.into());
        }
        self.example(&schema, "", "", 0)
    }

    /// `Err` names the field that nobody knows.
    fn example(&self, schema: &Value, owner: &str, field: &str, depth: usize) -> Result<Value, String> {
        let unknown = || format!("`{owner}.{field}`");
        if depth > DEEPEST {
            return Err(unknown());
        }
        if let Some(named) = schema["$ref"].as_str() {
            let name = named.rsplit('/').next().unwrap_or_default();
            let schema = self.0.get(name).ok_or_else(unknown)?;
            // An enumeration says more by the field it stands in.
            return self.example(schema, name, if schema["enum"].is_array() { field } else { "" }, depth + 1);
        }
        if let Some(told) = schema.get("example").or_else(|| schema["examples"].get(0)) {
            return Ok(told.clone());
        }
        if let Some(only) = schema.get("const") {
            return Ok(only.clone());
        }
        if let Some(words) = schema["enum"].as_array() {
            let known = known(owner, field).filter(|known| words.contains(known));
            return known.or_else(|| words.iter().find(|word| !word.is_null()).cloned()).ok_or_else(unknown);
        }
        for any in ["oneOf", "anyOf"] {
            if let Some(schemas) = schema[any].as_array() {
                let first = schemas.iter().find(|schema| schema["type"] != "null").ok_or_else(unknown)?;
                return self.example(first, owner, field, depth + 1);
            }
        }
        if let Some(schemas) = schema["allOf"].as_array() {
            let mut whole = Map::new();
            for part in schemas {
                if let Value::Object(fields) = self.example(part, owner, field, depth + 1)? {
                    whole.extend(fields);
                }
            }
            return Ok(whole.into());
        }
        match type_of(schema) {
            "object" => self.object(schema, owner, field, depth),
            "array" => match known(owner, field) {
                Some(list @ Value::Array(_)) if type_of(&schema["items"]) == "string" => Ok(list),
                _ => Ok(Value::Array(vec![self.example(&schema["items"], owner, field, depth + 1)?])),
            },
            "string" => match schema["format"].as_str() {
                Some("uuid") => Ok(id_of(owner, field).into()),
                Some("date-time") => Ok("2026-11-28T12:00:00.000Z".into()),
                _ => known(owner, field).filter(Value::is_string).ok_or_else(unknown),
            },
            "integer" => Ok(within(schema, known(owner, field).filter(Value::is_i64).unwrap_or_else(|| whole(field)))),
            "number" => Ok(within(schema, known(owner, field).filter(Value::is_number).unwrap_or_else(|| part(field)))),
            "boolean" => Ok((!["private", "duplicate", "suspect", "revoked", "replayed"].contains(&field)).into()),
            _ => known(owner, field).ok_or_else(unknown),
        }
    }

    fn object(&self, schema: &Value, owner: &str, field: &str, depth: usize) -> Result<Value, String> {
        let mut example = Map::new();
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            example.insert(name.clone(), self.example(schema, owner, name, depth + 1)?);
        }
        if example.is_empty()
            && let Some(known) = known(owner, field).filter(Value::is_object)
        {
            return Ok(known);
        }
        if example.is_empty() && schema["additionalProperties"].is_object() {
            let (name, of) = (key(owner, field), &schema["additionalProperties"]);
            example.insert(name.into(), self.example(of, owner, "value", depth + 1)?);
        }
        if example.is_empty() && schema["additionalProperties"] != false {
            return Err(format!("`{owner}.{field}`"));
        }
        Ok(example.into())
    }
}

/// The type, of those that may be null too.
fn type_of(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).find(|of| *of != "null").unwrap_or_default(),
        of => of.as_str().unwrap_or_default(),
    }
}

/// Ids of one example are different from each other, and the same in all.
fn id_of(owner: &str, field: &str) -> String {
    let thing = match (field.trim_end_matches("_id"), owner.trim_start_matches("Page_")) {
        ("" | "id", owner) => owner.trim_end_matches("Body").trim_end_matches("View"),
        (field, _) => field,
    };
    let sum = thing.to_lowercase().bytes().fold(0_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 0xffff_ffff);
    format!("0197a0c0-0000-7000-8000-0000{sum:08x}")
}

/// The moment everything happens at: 2026-11-28 12:00 UTC.
const NOON_MS: i64 = 1_795_867_200_000;

fn whole(field: &str) -> Value {
    let ends = |ends: &[&str]| ends.iter().any(|end| field.ends_with(end));
    let number: i64 = match field {
        "from" | "to" | "at" | "as_of" | "now" | "time" | "since" | "since_ms" | "at_ms" => NOON_MS,
        _ if ends(&["_at", "_at_ms", "_until_ms", "_until"]) => NOON_MS,
        "status" => 200,
        "position" | "last_position" | "seq" => 4_711,
        "width" => 1_280,
        "height" | "lines" => 720,
        "fps" => 25,
        _ if ends(&["port"]) => 1_935,
        _ if ends(&["kbps"]) => 2_400,
        _ if ends(&["bytes", "size"]) => 1_048_576,
        _ if ends(&["_milli"]) => 19_900,
        _ if ends(&["_ms"]) => 1_500,
        _ if ends(&["_s"]) => 30,
        _ => 12,
    };
    number.into()
}

fn part(field: &str) -> Value {
    let share = ["share", "ratio", "rate", "percent", "score", "credit", "lower", "upper", "low", "high"];
    let is_share = share.iter().any(|end| field.ends_with(end));
    if is_share {
        json!(0.97)
    } else if field.ends_with("_ms") {
        json!(1_500.0)
    } else {
        json!(12.5)
    }
}

/// Never beyond the bounds that the schema sets.
fn within(schema: &Value, number: Value) -> Value {
    let beyond = |bound: &str, is: fn(f64, f64) -> bool| match (schema[bound].as_f64(), number.as_f64()) {
        (Some(bound), Some(number)) => is(number, bound),
        _ => false,
    };
    if beyond("maximum", |number, most| number > most) {
        return schema["maximum"].clone();
    }
    if beyond("minimum", |number, least| number < least) {
        return schema["minimum"].clone();
    }
    number
}

/// Bodies that are not JSON.
fn text(kind: &str, path: &str) -> Option<&'static str> {
    Some(match kind {
        "application/json" => return None,
        "text/event-stream" => "id: 4712\ndata: {\"type\":\"BroadcastStarted\"}\n\n",
        "application/vnd.apple.mpegurl" => {
            "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:17\n#EXTINF:2.000,\n17.m4s?token=vt_…\n"
        }
        "application/x-ndjson" => {
            "{\"org\":\"0197a0c0-0000-7000-8000-000000000001\",\"day\":\"2026-11-28\",\"rows\":3,\"first\":40,\"last\":42,\"hash\":\"0f0f…\",\"sealed_at_ms\":1795881840000}\n"
        }
        "text/csv" => "device,browser,plays,good\nphone,Safari 18,812,0.993\n",
        "text/x-ssa" => "[Events]\nDialogue: 0,0:00:20.00,0:00:28.00,Scroll,,0,0,0,,主播好看\n",
        "text/plain" if path.starts_with("/hooks/") => {
            "{\"action\":\"on_publish\",\"app\":\"live\",\"stream\":\"studio-1\"}"
        }
        "text/plain" => {
            "203.0.113.7 - - [28/Nov/2026:12:00:00 +0000] \"GET /live/seg/17.m4s HTTP/1.1\" 200 524288 \"-\" \"Mozilla/5.0\"\n"
        }
        "application/xml" | "text/xml" => {
            "<i><d p=\"20.00000,1,25,16777215,1795867220000,0,5a0f4b34,0\">主播好看</d></i>"
        }
        _ => return None,
    })
}

/// The name under which a map keeps its things.
fn key(owner: &str, field: &str) -> &'static str {
    match (owner, field) {
        ("TrackingPlan", "events") => "Order Completed",
        ("PlannedEvent", "properties") => "price",
        ("SeriesAnswer", "ids") => "online",
        _ => "name",
    }
}

/// What a field of this name holds.
#[rustfmt::skip]
fn known(owner: &str, field: &str) -> Option<Value> {
    let owner = owner.trim_start_matches("Page_");
    Some(match (owner, field) {
        ("ImportRow" | "RejectedRow", "id") => json!("17"),
        ("MetricEntry" | "MetricValue" | "TileAnswer", "id") => json!("view_uv"),
        ("Evidence", "kind") => json!("same_address"),
        ("ReasonBody", "kind") => json!("fast_heartbeats"),
        ("NewMediaServer" | "MediaServerBody" | "MediaServerChange", "kind") => json!("srs"),
        ("NewMediaServer" | "MediaServerBody" | "MediaServerChange", "mode") => json!("forward"),
        ("RelayBody", "state") => json!("live"),
        ("LadderBody", "state") => json!("making"),
        ("HookStreamBody", "state") => json!("publishing"),
        ("Coverage", "state") => json!("complete"),
        ("BroadcastBody", "source") => json!("stream"),
        ("DanmakuBody", "source") => json!("live"),
        ("MetricEntry", "grain") => json!(["broadcast"]),
        ("MetricEntry" | "MetricValue" | "TileAnswer", "zh") => json!("观看人数"),
        ("MetricEntry" | "MetricValue" | "TileAnswer", "en") => json!("Viewers"),
        ("HookStreamError" | "Seen", "code") => json!("unknown_stream"),
        ("HookStreamError" | "RelayError" | "Finding", "text") => json!("the server closed the connection"),
        ("MediaServerChange" | "NewMediaServer", "name") => json!("机房 SRS"),
        ("RelayChange" | "NewRelay", "name") => json!("视频号"),
        ("HookStreamBody", "name") => json!("studio-1"),
        ("ReviewItem", "escalated_by") => json!("wang"),
        ("ReviewItem", "escalated_why") => json!("a name or an abuse?"),
        ("BlacklistEntry" | "Host", "decided_by") => json!("wang"),
        ("Host", "submitted_by") | ("DraftArticle" | "ListedPolicy" | "BankQuestion", "changed_by") | ("ArticleCheck" | "PutText", "owner") => json!("lin"),
        ("HandbookChanges" | "HandbookInForce" | "HandbookVersion", "published_by") => json!("lin"),
        ("BlacklistEntry" | "Host" | "HostDecision" | "NewEntry", "note") => json!("证件已当面核对"),
        ("Host" | "HostChange" | "NewHost", "rooms") => json!(["0197a0c0-0000-7000-8000-000000f0d9a1"]),
        ("HostChange", "name") => json!("小鱼"),
        ("AdmissionDecision", "unanswered") => json!(["exams"]),
        ("Obstacle", "detail") => json!("小鱼"),
        ("SkippedLine", "why") => json!("line 7: the check digit is wrong"),
        ("ClauseWeight" | "Question" | "Retraining" | "RightAnswer" | "ScoreReason", "clause") => json!("claim"),
        ("SanctionWeight", "kind") => json!("mute"),
        ("Article" | "RetrainingRule", "clauses") => json!(["claim"]),
        ("Article", "sources") => json!(["《中华人民共和国广告法》"]),
        ("Article", "body_en") => json!("Say nothing that is the best, the first or the only."),
        ("Article" | "Difference", "title_en") => json!("Extremes in advertising"),
        ("Difference", "title_zh") => json!("广告绝对化用语"),
        ("ChangedArticle", "before") => json!("第九条 广告不得有下列情形"),
        ("ChangedArticle" | "MappedArticle", "code") | ("PolicyTask", "article") => json!("第九条"),
        ("MappedArticle", "chapter") => json!("第二章 广告内容准则"),
        ("MapArticle" | "MappedArticle", "no_rule") => json!("only for who makes advertisements"),
        ("ListedPolicy", "code") | ("PolicyTask", "policy") => json!("ad_law"),
        ("PolicyHead", "issuer") => json!("全国人民代表大会常务委员会"),
        ("PolicyHead", "number") => json!("主席令第二十二号"),
        ("PolicyHead", "issued" | "in_force_from") => json!("2015-09-01"),
        ("DraftArticle" | "Difference" | "NamedMapping" | "PolicyMapping", "code") | ("Question" | "RightAnswer", "article") => json!("ad_extremes"),
        ("Retraining" | "RetrainingRule", "articles") => json!(["ad_extremes"]),
        ("NamedMapping", "name") => json!("广告绝对化用语"),
        ("KeptQuestion" | "BankQuestion", "code") => json!("extremes_1"),
        ("KeptExam" | "ListedExam", "code") | ("ExamSitting" | "Retraining" | "RetrainingRule", "exam") => json!("basics"),
        ("ExamResults", "exams") => json!(["basics"]),
        ("Exam" | "RetrainingRule", "roles") => json!(["operator", "host"]),
        ("Exam", "title_en") => json!("Basics"),
        ("KeptRetrainingRule", "code") | ("Retraining", "rule") => json!("claims"),
        ("Question" | "ExamQuestion", "text_zh") => json!("可以说“全网最低价”吗？"),
        ("Question" | "ExamQuestion", "text_en") => json!("May one say “the lowest price of all”?"),
        ("Question" | "RightAnswer", "explanation_zh") => json!("属于绝对化用语"),
        ("Question" | "RightAnswer", "explanation_en") => json!("It is an extreme"),
        ("HandbookChanges" | "HandbookInForce" | "HandbookVersion", "note") => json!("补充了2023年指南的例外"),
        ("HandbookReader" | "PersonResults", "login") => json!("lin"),
        ("HandbookReader" | "PersonResults" | "Retraining", "name") => json!("小林"),
        ("HandbookReader" | "PersonResults", "role") => json!("operator"),
        ("HandbookReader" | "PersonResults" | "Retraining", "staff") => json!("0197a0c0-0000-7000-8000-000000000007"),
        ("ReviewItem", "claimed_by" | "decided_by") | ("WordList", "owner") => json!("lin"),
        ("LedgerRow", "facts") => json!({"position": 4_711, "outcome": "reject", "clause": "contact", "tier": 1, "by": "lin"}),
        ("LedgerEvidence", "how") => json!(["`tools/verify_evidence.py FILE` does all of it but the film"]),
        ("EvidenceSeal", "digests") => json!(["f0".repeat(32), "0f".repeat(32), "a5".repeat(32)]),
        ("LedgerEvidence", "made_by") => json!("lin"),
        ("ReviewItem", "text") => json!("加薇❤信 看好货"),
        ("ReviewItem", "clause") => json!("contact"),
        ("ReviewItem", "outcome") => json!("reject"),
        ("ReviewItem", "note") => json!("留了微信号"),
        ("ReviewItem" | "ReviewReason", "verdict") => json!("hold"),
        ("ReviewItem", "state") => json!("decided"),
        ("ReviewReason", "rule") => json!("alias"),
        ("ReviewReason" | "CheckedHit" | "ListedWord", "word") => json!("加微信"),
        ("ReviewReason", "category") => json!("contact"),
        ("ReviewReason", "list") => json!("pack"),
        ("ReviewReason", "field") => json!("text"),
        ("WordList" | "NewWordList" | "ChangeWordList", "level") => json!("hold"),
        ("WordList" | "ChangeWordList", "name") => json!("引流话术"),
        ("ListedWord", "flags") => json!("exact"),
        ("ListedWord", "source") => json!("《网络直播营销管理办法(试行)》第十八条"),
        ("CheckedText", "text_masked") => json!("****看货"),
        ("PublishedClause", "zh") => json!("引流到站外"),
        ("PublishedClause", "en") => json!("luring viewers elsewhere"),
        ("PublishedClause", "source") => json!("《网络直播营销管理办法(试行)》第十八条"),
        ("ChangeWords", "remove") => json!(["加徽信"]),
        ("OwnReport", "state") => json!("upheld"),
        ("GiveVerdict", "outcome") => json!("reject"),
        ("ClaimItems", "limit") => json!(10),
        ("GiveVerdict", "note") => json!("留了微信号"),
        ("WordsTaken", "left_out") => json!(["line 7: `maskk` is no level: mask, hold, block, alarm or allow"]),
        ("CheckText", "scope") => json!("danmaku"),
        ("ChangeWordList" | "CheckedHit" | "ListedWord" | "WordList", "category") => json!("contact"),
        ("ModelVersion", "origin") => json!("verdicts"),
        ("ModelMeasured", "set_sha256") => json!("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        ("RejectedItem" | "RejectedRow" | "Skipped" | "Seen", "reason") => json!("`occurred_at` is before the year 2000"),
        ("AuditRow", "before") => json!({"title": "晚场"}),
        ("AuditRow", "after") | ("FeedEvent", "data") => json!({"title": "双十二专场"}),
        ("Seen", "context") => json!({"channel": "web"}),
        ("CorrectedItem", "item") => json!({"type": "track", "event": "OrderPaid", "userId": "u1", "properties": {"price": 19.9}}),
        ("WebhookChange", "name") => json!("order system"),
        ("WebhookChange", "url") => json!("https://example.org/kaibo"),
        ("SkippedRows", "reason") => json!("no_time"),
        ("TablePreview", "headers") => json!(["下单时间", "订单号", "实付金额"]),
        ("SsoAnswer", "code") => json!("SplxlOBeZQQYbYS6WxSbIA"),
        ("TablePreview", "rows") => json!(["2026-11-28 20:01:02", "6921", "39.90"]),
        ("SsoAnswer", "iss") => json!("https://login.example.org"),
        ("SsoStep", "problem") => json!("no_keys"),
        ("SsoStep", "detail") => json!("3 keys"),
        ("NewConsentSettings", "notice_url") => json!("https://example.org/privacy"),
        (_, "acknowledged_by" | "asked_by") => json!("operator"),
        (_, "agent") => json!("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)"),
        (_, "allowed_ips") => json!(["10.0.0.5"]),
        (_, "anonymous_id") => json!("0b6e6f0a"),
        (_, "answer") => json!("ok"),
        (_, "app") => json!("live"),
        ("CdnReport", "batch") => json!("2026-11-28-12"),
        (_, "broadcast_state" | "state") => json!("live"),
        (_, "broadcast_title" | "title") => json!("双十二专场"),
        (_, "room_title") => json!("一号直播间"),
        (_, "broadcast_id" | "room_id") => json!(id_of(owner, field)),
        (_, "browser") => json!("Safari 18"),
        (_, "coin") => json!("gold"),
        (_, "device") => json!("phone"),
        (_, "en") => json!("Good plays"),
        (_, "zh") => json!("流畅播放"),
        (_, "error") => json!("no microphone was found"),
        (_, "events") => json!(["BroadcastStarted", "BroadcastEnded"]),
        (_, "evidence") => json!("heartbeats"),
        (_, "failed") => json!(["bitrate_low"]),
        (_, "warned") => json!(["keyframes_far"]),
        (_, "failing") => json!("no_space"),
        (_, "failure") => json!("timeout"),
        (_, "formula") => json!("count of distinct viewers whose entry counts"),
        (_, "freshness") => json!("1 s"),
        (_, "late") => json!("counted when it comes"),
        (_, "gift") => json!("小心心"),
        (_, "hash") => json!("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        (_, "import_key") => json!("2026-11-28-evening"),
        (_, "media") => json!("video/mp4"),
        (_, "next") => json!("0197a0c0-0000-7000-8000-00000000002a"),
        (_, "nick") => json!("小鹿"),
        (_, "node") => json!("edge-sh-1"),
        (_, "on_air" | "source" | "wanted") => json!("primary"),
        (_, "os") => json!("iOS 18"),
        (_, "permissions" | "scopes") => json!(["room.read", "metrics.read"]),
        (_, "platform") => json!("bilibili"),
        (_, "pull_url") => json!("rtmp://10.0.0.5/live/{name}"),
        (_, "reasons") => json!(["fast_heartbeats"]),
        (_, "recovery_codes") => json!(["k7wq-3m9d-x2tf"]),
        (_, "region") => json!("上海"),
        (_, "second_factor_roles") => json!(["admin"]),
        (_, "stream_key") => json!("live_5a0f4b34785e"),
        (_, "text") => json!("主播好看"),
        (_, "token") => json!("vt_5a0f4b34785e4b6f"),
        (_, "unchecked") => json!("ffmpeg is not installed"),
        (_, "unit") => json!("ms"),
        (_, "url") => json!("rtmp://push.example.com/live"),
        (_, "user" | "user_id") => json!("u5a0f4b34785e"),
        (_, "value") => json!("Safari 18"),
        (_, "version") => json!("1.0.0"),
        (_, "viewer" | "viewer_id") => json!("v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"),
        (_, "without") => json!(["viewer"]),
        (_, "words") => json!(["主播", "好看"]),
        (_, "allowed") => json!("CNY"),
        _ => return None,
    })
}
