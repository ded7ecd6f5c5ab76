//! Recordings of real shows: what the parsers find equals a count made in another way. Skipped, loudly, without the data.

use crate::house::House;
use collect::recorder::{Survey, What, read, survey};
use collect::{ImportRow, RowKind};
use serde_json::json;
use std::{collections::BTreeMap, io::Cursor, ops::ControlFlow, path::PathBuf};

/// The text of a recording in `$KAIBO_DATA/broadcasts` or beside the repository.
fn recording(name: &str) -> Option<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let data = std::env::var_os("KAIBO_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let path = data.join("broadcasts").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            eprintln!("SKIPPED: `{}` is not there ({error}); set KAIBO_DATA", path.display());
            None
        }
    }
}

fn rows(text: &str) -> (Survey, Vec<ImportRow>) {
    let mut source = Cursor::new(text.as_bytes());
    let found = survey(&mut source, None, None).unwrap();
    let mut rows = Vec::new();
    read(found.format, &mut source, Some(found.started_at), &mut |item| {
        if let What::Row(row) = item.what {
            rows.push(*row);
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    (found, rows)
}

/// Danmaku and those before air, by looking at each line; these files have one a line.
fn count_xml(text: &str) -> (u64, u64) {
    let lines: Vec<_> = text.lines().filter(|line| line.trim_start().starts_with("<d ")).collect();
    let early = lines.iter().filter(|line| line.contains("p=\"-")).count();
    (lines.len() as u64, early as u64)
}

#[test]
fn danmaku_recordings_are_read_whole() {
    for name in ["debut_group.danmaku.xml", "debut_solo.danmaku.xml"] {
        let Some(text) = recording(name) else { continue };
        let (found, rows) = rows(&text);
        assert_eq!(found.format.name, "danmaku_xml");
        assert_eq!((found.rows, found.before_air), count_xml(&text), "{name}: {:?}", found.report);
        assert_eq!(found.report.skipped_rows(), 0, "{name}: {:?}", found.report);
        let ids: std::collections::HashSet<_> = rows.iter().map(|row| &row.id).collect();
        assert_eq!(ids.len(), rows.len(), "ids are unique");
        let early = rows.iter().filter(|row| row.occurred_at < found.started_at).count();
        assert_eq!(early as u64, found.before_air, "before air by the clock too");
        eprintln!("{name}: {} rows, {} before air, began {}", found.rows, found.before_air, found.started_at.0);
    }
}

#[test]
fn room_recordings_are_read_whole() {
    for name in ["brand_launch.ndjson", "small_room.ndjson"] {
        let Some(text) = recording(name) else { continue };
        let (found, rows) = rows(&text);
        let mut kinds = BTreeMap::new();
        for row in &rows {
            *kinds.entry(serde_json::to_value(row.kind).unwrap().as_str().unwrap().to_owned()).or_insert(0) += 1;
        }
        for kind in ["enter", "follow", "share", "gift", "gift_combo", "super_chat"] {
            let expected = text.matches(&format!("\"kind\":\"{kind}\"")).count();
            assert_eq!(kinds.get(kind).copied().unwrap_or(0), expected, "{name}: {kind}");
        }
        assert_eq!(found.rows as usize, text.lines().count(), "{name}: {:?}", found.report);
    }
}

#[tokio::test]
async fn a_recording_goes_through_the_import_and_counts_the_same() {
    let Some(text) = recording("small_room.ndjson") else { return };
    let house = House::open().await;
    let path = format!("/api/rooms/{}/imports", house.room);
    let (_, rows) = rows(&text);
    let mut broadcast = None;
    // Everything twice, as after a lost connection.
    for _ in 0..2 {
        for rows in rows.chunks(500) {
            let answer = house.test.post(&path, json!({"broadcast_id": broadcast, "rows": rows})).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert_eq!(answer.json()["rejected"], json!([]));
            broadcast = Some(answer.json()["broadcast_id"].clone());
        }
    }
    let counts = house.counts();
    assert_eq!(counts["ViewerEntered"], rows.iter().filter(|row| row.kind == RowKind::Enter).count());
    assert_eq!(counts["GiftSent"], rows.iter().filter(|row| row.kind == RowKind::Gift).count());
    assert_eq!(counts.values().sum::<usize>(), rows.len() + 1);
}
