//! Files over HTTP: recordings and tables, dry, once and again, their reports and the mappings that are remembered.

use crate::{
    formats::{SAMPLES, workbook},
    house::House,
};
use axum::{body::Body, http::Request};
use events::Event;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

async fn post(house: &House, who: &str, path: &str, body: Vec<u8>) -> (u16, Value) {
    let request = Request::post(path).header("authorization", format!("Bearer {who}")).body(Body::from(body)).unwrap();
    let answer = house.test.router().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

async fn file(house: &House, query: &str, body: impl Into<Vec<u8>>) -> (u16, Value) {
    post(house, "*", &format!("/api/rooms/{}/imports/file?{query}", house.room), body.into()).await
}

fn xml() -> &'static str {
    SAMPLES[0].text
}

#[tokio::test]
async fn a_file_is_imported_once_and_its_report_stays() {
    let house = House::open().await;
    let (status, dry) = file(&house, "dry_run=true&file=show.xml", xml()).await;
    assert_eq!((status, &dry["report"]["taken"], &dry["id"]), (200, &json!(4), &Value::Null), "{dry}");
    assert!(house.counts().is_empty(), "a dry run takes nothing");

    let (status, first) = file(&house, "file=show.xml", xml()).await;
    assert_eq!(status, 200, "{first}");
    assert_eq!((&first["format"], &first["platform"]), (&json!("danmaku_xml"), &json!("bilibili")));
    assert_eq!(first["started_at_ms"], 1_640_693_568_000_i64);
    let report = &first["report"];
    assert_eq!(report, &dry["report"], "the dry run said so");
    assert_eq!((&report["read"], &report["taken"], &report["repeats"]), (&json!(5), &json!(4), &json!(0)));
    assert_eq!(report["skipped"][0]["lines"], json!([7]));
    house.test.app.store.relayed().await.unwrap();
    assert_eq!(house.counts()["GiftSent"], 2);
    assert_eq!(house.counts()["BroadcastEnded"], 1);

    let (status, again) = file(&house, "file=show.xml", xml()).await;
    assert_eq!(
        (status, &again["report"]["taken"], &again["report"]["repeats"]),
        (200, &json!(0), &json!(4)),
        "{again}"
    );
    assert_eq!(again["broadcast_id"], first["broadcast_id"]);

    let list = house.test.get(&format!("/api/rooms/{}/imports/files", house.room)).await.json();
    let items = list["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[1]["id"], &items[1]["state"]), (2, &first["id"], &json!("done")));
    assert_eq!((&items[1]["file"], &items[1]["skipped"]), (&json!("show.xml"), &json!(1)));
    let path = format!("/api/rooms/{}/imports/files/{}/report", house.room, first["id"].as_str().unwrap());
    assert_eq!(house.test.get(&path).await.json(), first["report"]);
    let csv = house.test.get(&format!("{path}?format=csv")).await;
    assert!(
        csv.text().contains("skipped,\"a gift without its price") && csv.text().contains(",1,7\r\n"),
        "{}",
        csv.text()
    );
    assert_eq!(house.test.get(&format!("{path}?format=pdf")).await.status, 400);
}

#[tokio::test]
async fn what_cannot_be_imported_is_told() {
    let house = House::open().await;
    for (query, body, status, code) in [
        ("", "hello", 422, "unknown_format"),
        ("", "<html></html>", 422, "empty_file"),
        ("", SAMPLES[3].text, 422, "start_unknown"),
        ("format=teleport", "x", 400, "bad_request"),
        ("mapping=01890a5d-ac96-774b-bcce-b302099a8057", "a,b", 404, "not_found"),
        ("format=kaibo_xlsx", "PK\u{3}\u{4}", 422, "bad_table"),
    ] {
        let (found, answer) = file(&house, query, body).await;
        assert_eq!((found, answer["code"].as_str()), (status, Some(code)), "{query} {answer}");
    }
    let (status, ass) = file(&house, "started_at_ms=1640693568000", SAMPLES[3].text).await;
    assert_eq!((status, &ass["report"]["taken"]), (200, &json!(3)), "{ass}");
    let elsewhere = format!("/api/rooms/{}/imports/file", events::RoomId::new());
    assert_eq!(post(&house, "*", &elsewhere, b"x".to_vec()).await.1["code"], "room_not_found");
    let here = format!("/api/rooms/{}/imports/file", house.room);
    assert_eq!(post(&house, "room.read", &here, b"x".to_vec()).await.0, 403);
}

#[tokio::test]
async fn a_table_is_mapped_once_and_known_again() {
    let house = House::open().await;
    let orders = "订单号,下单时间,买家昵称,手机号,实付金额(元),状态\nA1,2024-01-02 11:04:05,王五,138,\"1,234.5\",已付\nA2,很快,赵六,139,1,已付\nA1,2024-01-02 11:04:05,王五,138,1,已付\n";
    let bytes = encoding_rs::GB18030.encode(orders).0.into_owned();
    let (status, seen) = post(&house, "*", "/api/imports/preview", bytes.clone()).await;
    assert_eq!(status, 200, "{seen}");
    let table = &seen["table"];
    assert_eq!(
        (&table["kind"], &table["headers"][1], &table["remembered"]),
        (&json!("gb18030"), &json!("下单时间"), &Value::Null)
    );
    assert_eq!(table["rows"][0][4], "1,234.5");
    let fields: Vec<_> =
        table["guess"]["columns"].as_array().unwrap().iter().map(|column| column["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["property", "time", "nick", "ignore", "total", "property"], "one order has two rows");

    let mut mapping = table["guess"].clone();
    mapping["columns"][0]["field"] = "id".into();
    let save = json!({"platform": "douyin", "mapping": mapping});
    let saved = house.test.call("*", "PUT", "/api/imports/mappings", Some(save.clone())).await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    let again = house.test.call("*", "PUT", "/api/imports/mappings", Some(save)).await;
    assert_eq!(again.json()["id"], saved.json()["id"], "one for the same headers and platform");
    let (_, seen) = post(&house, "*", "/api/imports/preview", bytes.clone()).await;
    assert_eq!(seen["table"]["remembered"]["platform"], "douyin");
    let (_, other) = post(&house, "*@other", "/api/imports/preview", bytes.clone()).await;
    assert_eq!(other["table"]["remembered"]["platform"], "douyin", "the whole organisation's");

    let query = format!("mapping={}", saved.json()["id"].as_str().unwrap());
    let (_, dry) = file(&house, &format!("{query}&dry_run=true"), bytes.clone()).await;
    let (status, done) = file(&house, &query, bytes).await;
    assert_eq!(status, 200, "{done}");
    assert_eq!(done["report"], dry["report"]);
    assert_eq!((&done["format"], &done["platform"]), (&json!("table"), &json!("douyin")));
    assert_eq!((&done["report"]["taken"], &done["report"]["repeats"]), (&json!(1), &json!(1)));
    assert_eq!(done["report"]["skipped"][0]["reason"], "column 2 `下单时间` is no time");
    let log = house.log();
    let tracked = log.iter().find_map(|envelope| match &envelope.event {
        Event::Tracked(tracked) => Some((envelope, tracked)),
        _ => None,
    });
    let (envelope, order) = tracked.unwrap();
    assert_eq!((order.name.as_str(), envelope.key.as_deref()), ("OrderPaid", Some("t-A1")));
    assert_eq!(envelope.occurred_at.0, 1_704_164_645_000, "in the zone of the mapping");
    assert_eq!(order.properties["total_milli"], 1_234_500);
    let text = serde_json::to_string(order).unwrap();
    assert!(!text.contains("王五") && !text.contains("138"), "nobody is named: {text}");

    let forget = format!("/api/imports/mappings/{}", saved.json()["id"].as_str().unwrap());
    assert_eq!(house.test.call("*", "DELETE", &forget, None).await.status, 204);
    assert_eq!(house.test.call("*", "DELETE", &forget, None).await.status, 404);
    assert_eq!(house.test.get("/api/imports/mappings").await.json()["items"], json!([]));
}

#[tokio::test]
async fn a_workbook_of_gifts_becomes_gifts() {
    let house = House::open().await;
    let book = workbook(&[
        &["赠送时间", "用户ID", "昵称", "礼物名称", "礼物数量", "礼物价值(抖币)"],
        &["2024/1/2 11:04:05", "42", "小明", "小心心", "3", "3"],
        &["2024/1/2 11:04:06", "42", "小明", "=HYPERLINK(\"http://x\")", "1", "-1"],
    ]);
    let (_, seen) = post(&house, "*", "/api/imports/preview", book.clone()).await;
    let save = json!({"platform": "douyin", "mapping": seen["table"]["guess"]});
    let saved = house.test.call("*", "PUT", "/api/imports/mappings", Some(save)).await.json();
    let (status, done) = file(&house, &format!("mapping={}", saved["id"].as_str().unwrap()), book).await;
    assert_eq!((status, &done["report"]["taken"]), (200, &json!(1)), "{done}");
    let gift = house.log().into_iter().find_map(|envelope| match envelope.event {
        Event::GiftSent(gift) => Some(gift),
        _ => None,
    });
    let gift = gift.unwrap();
    assert_eq!((gift.gift.as_str(), gift.num, gift.price_milli), ("小心心", 3, 100));
}

#[tokio::test]
async fn more_files_with_the_same_key_go_on_with_the_same_import() {
    let house = House::open().await;
    let open = "import_key=orders&complete=false";
    let line = |n: u32| format!("{{\"ts_ms\":164069356854{n},\"kind\":\"share\"}}\n");
    let (_, first) = file(&house, open, line(1)).await;
    let (_, second) = file(&house, open, line(1) + &line(2)).await;
    assert_eq!(first["broadcast_id"], second["broadcast_id"]);
    assert_eq!((&second["report"]["taken"], &second["report"]["repeats"]), (&json!(1), &json!(1)));
    let (_, last) = file(&house, "import_key=orders", line(1)).await;
    assert_eq!((&last["complete"], &last["report"]["repeats"]), (&json!(true), &json!(1)));
    let (status, late) = file(&house, "import_key=orders", line(3)).await;
    assert_eq!((status, late["code"].as_str()), (409, Some("import_complete")));
    let list = house.test.get(&format!("/api/rooms/{}/imports/files", house.room)).await.json();
    assert_eq!(list["items"][0]["state"], "failed");
}

#[tokio::test]
async fn a_mapping_that_cannot_work_is_refused() {
    let house = House::open().await;
    let mapping = json!({"rows_of": "danmaku", "columns": [{"header": "t", "field": "time"}], "utc_offset_min": 480, "money": "yuan"});
    let body = json!({"platform": "x", "mapping": mapping});
    let answer = house.test.call("*", "PUT", "/api/imports/mappings", Some(body)).await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some("bad_mapping")));
}
