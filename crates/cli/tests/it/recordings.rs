//! Recordings of real broadcasts through `kaibo replay`, against a count of the file made here.

use crate::harness::{Kaibo, recordings};
use serde_json::Value;
use std::{collections::HashSet, path::Path};

/// Replays at full speed; the broadcast's id.
async fn replay(kaibo: &Kaibo, file: &Path, room: &str) -> String {
    let file = file.display().to_string();
    let output = kaibo
        .command(&["replay", &file, "--room", room, "--speed", "max", "--url", &kaibo.url(""), "--token", &kaibo.token])
        .await;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    let id = printed.lines().find_map(|line| line.strip_prefix("broadcast_id="));
    id.unwrap_or_else(|| panic!("no broadcast id in {printed}")).trim().to_owned()
}

/// Live and settled must both be this.
async fn agrees(kaibo: &Kaibo, broadcast: &str, id: &str, expected: i64) {
    let metric = kaibo.metric(id, broadcast).await;
    for which in ["live", "settled"] {
        assert_eq!(metric[which].as_f64(), Some(expected as f64), "{which} `{id}`: {metric}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ndjson_numbers_agree_with_the_file() {
    let Some(folder) = recordings() else { return };
    let kaibo = Kaibo::start().await;
    for name in ["small_room.ndjson", "brand_launch.ndjson"] {
        let (room, _) = kaibo.room().await;
        let file = folder.join(name);
        let broadcast = replay(&kaibo, &file, &room).await;

        let content = std::fs::read_to_string(&file).expect("the recording");
        let rows: Vec<Value> = content.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
        let kind = |wanted: &str| rows.iter().filter(|row| row["kind"] == wanted).count() as i64;
        let viewers: HashSet<&str> =
            rows.iter().filter(|row| row["kind"] == "enter").filter_map(|row| row["user"].as_str()).collect();
        let income: i64 = rows
            .iter()
            .filter(|row| row["kind"] == "gift" && row["coin_type"] == "gold")
            .map(|row| row["num"].as_i64().unwrap_or(0) * row["price_milli"].as_i64().unwrap_or(0))
            .sum();
        agrees(&kaibo, &broadcast, "view_pv", kind("enter")).await;
        agrees(&kaibo, &broadcast, "view_uv", viewers.len() as i64).await;
        agrees(&kaibo, &broadcast, "follow_gain", kind("follow")).await;
        agrees(&kaibo, &broadcast, "share_count", kind("share")).await;
        agrees(&kaibo, &broadcast, "gift_count", kind("gift")).await;
        agrees(&kaibo, &broadcast, "gift_combo_count", kind("gift_combo")).await;
        agrees(&kaibo, &broadcast, "gift_income", income).await;
        // There are no exits in these logs: nobody can know who was online.
        assert_eq!(kaibo.metric("pcu", &broadcast).await["live"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn danmaku_come_out_as_they_went_in() {
    let Some(folder) = recordings() else { return };
    let kaibo = Kaibo::start().await;
    for name in ["debut_group.danmaku.xml", "debut_solo.danmaku.xml"] {
        let (room, _) = kaibo.room().await;
        let file = folder.join(name);
        let broadcast = replay(&kaibo, &file, &room).await;
        let content = std::fs::read_to_string(&file).expect("the recording");
        let expected = rows(&content);
        assert!(expected.len() > 10_000);

        let xml =
            kaibo.call(reqwest::Method::GET, &format!("/api/broadcasts/{broadcast}/danmaku?format=xml"), None).await;
        let exported = rows(&xml.text().await.expect("XML"));
        assert_eq!(exported.len(), expected.len());
        let sorted = |mut rows: Vec<(String, String)>| {
            rows.sort();
            rows
        };
        assert_eq!(sorted(exported), sorted(expected.clone()));

        let before_air = expected.iter().filter(|(seconds, _)| seconds.starts_with('-')).count() as i64;
        agrees(&kaibo, &broadcast, "danmaku_before_air", before_air).await;
        agrees(&kaibo, &broadcast, "danmaku_count", expected.len() as i64 - before_air).await;
        let json = kaibo.get(&format!("/api/broadcasts/{broadcast}/danmaku?format=json")).await;
        let items = json["items"].as_array().expect("items");
        assert_eq!(items.len(), expected.len());
        assert_eq!(items.iter().filter(|item| item["before_air"] == true).count() as i64, before_air);
    }
}

/// (seconds as thousandths, text) of every `<d>`, by plain string work: nothing of the program's own parser.
fn rows(xml: &str) -> Vec<(String, String)> {
    let row = |row: &str| {
        let (attributes, rest) = row.split_once("\">")?;
        let text = rest.split_once("</d>")?.0;
        let seconds = attributes.split_once("p=\"")?.1.split(',').next()?;
        let thousandths = (seconds.parse::<f64>().ok()? * 1000.0).round() as i64;
        let sign = if thousandths < 0 { "-" } else { "" };
        Some((format!("{sign}{}", thousandths.abs()), unescape(text)))
    };
    xml.split("<d ").skip(1).filter_map(row).collect()
}

fn unescape(text: &str) -> String {
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&#39;", "'");
    text.replace("&#10;", "\n").replace("&#13;", "\r").replace("&#9;", "\t").replace("&amp;", "&")
}
