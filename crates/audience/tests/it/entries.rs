//! What counts as an entry, what heartbeats are worth, and what a restart remembers.

use crate::house::{House, START};
use audience::{Beat, Fetch, RoomRef};
use events::{BroadcastId, Event, ViewerKind};
use serde_json::json;
use std::sync::Arc;

#[tokio::test]
async fn many_segments_are_one_entry() {
    let house = House::open().await;
    let pass = house.anybody().await;
    for _ in 0..50 {
        house.audience.media_fetched(&pass, &house.public, house.segment());
        house.pass_s(2);
    }
    assert_eq!(house.log_with_marker().await, ["ViewerEntered"]);
    let entered = house.log(1).await.remove(0);
    assert_eq!(entered.viewer, Some(pass.viewer.clone()));
    assert_eq!(entered.broadcast, house.public.broadcast);
    assert_eq!(
        (entered.org, entered.team, entered.room),
        (house.public.org, Some(house.public.team), Some(house.public.room))
    );
    assert!(
        matches!(entered.event, Event::ViewerEntered(entered) if entered.entry == pass.entry && entered.kind == ViewerKind::Web)
    );

    let next_show = RoomRef { broadcast: Some(BroadcastId::new()), ..house.public.clone() };
    house.audience.media_fetched(&pass, &next_show, house.segment());
    let off_air = RoomRef { broadcast: None, ..house.public.clone() };
    house.audience.media_fetched(&house.anybody().await, &off_air, house.segment());
    assert_eq!(house.log_with_marker().await, ["ViewerEntered"; 3], "one more for the next show, one was the marker");
}

#[tokio::test]
async fn two_entries_of_one_viewer_are_one_viewer_online() {
    let house = House::open().await;
    let (token, first) = house.token(json!({})).await;
    let (_, second) = house.token(json!({"token": token})).await;
    house.audience.media_fetched(&first, &house.public, house.segment());
    house.audience.media_fetched(&second, &house.public, house.segment());
    assert_eq!(house.audience.online(house.public.room), 1);
    house.audience.media_fetched(&house.anybody().await, &house.public, house.segment());
    assert_eq!(house.audience.online(house.public.room), 2);
    assert_eq!(house.audience.online(house.private.room), 0);
    house.audience.left(&first, &house.public);
    assert_eq!(house.audience.online(house.public.room), 2, "the other tab still watches");
    house.audience.left(&second, &house.public);
    assert_eq!(house.audience.online(house.public.room), 1);
    house.pass_s(32);
    assert_eq!(house.audience.online(house.public.room), 0);
    let names: Vec<_> = house.log(5).await.iter().map(|envelope| envelope.event.name().into_owned()).collect();
    assert_eq!(names, ["ViewerEntered", "ViewerEntered", "ViewerEntered", "ViewerLeft", "ViewerLeft"]);
}

#[tokio::test]
async fn heartbeats_are_worth_what_is_possible() {
    let house = House::open().await;
    let (token, pass) = house.token(json!({})).await;
    house.beat(&pass, &house.public, 9_000);
    assert_eq!(house.audience.online(house.public.room), 0, "no media, no viewer");
    house.audience.media_fetched(&pass, &house.public, house.segment());
    house.pass_s(10);
    house.serve(&pass, 10);
    for _ in 0..3 {
        house.beat(&pass, &house.public, 9_800);
    }
    house.pass_s(10);
    house.serve(&pass, 10);
    let path = format!("/api/rooms/{}/heartbeat?token={token}", house.public.room);
    let say = async |body| assert_eq!(house.test.call("", "POST", &path, Some(body)).await.status, 204);
    say(json!({"played_ms": 4_000_000_000_u32, "position_ms": house.clock.now().0})).await;
    house.pass_s(120);
    house.serve(&pass, 10);
    house.audience.heartbeat(&pass, &house.public, Beat { visible: false, ..Beat::of(9_000) });
    house.pass_s(10);
    house.serve(&pass, 10);
    say(json!({"played_ms": 9_000, "position_ms": house.clock.now().0 - 3_000, "rate": 1.0})).await;
    house.pass_s(10);
    say(json!({"played_ms": 9_000, "position_ms": house.clock.now().0 - 13_000})).await;
    let (first, rest) = (9_800, [0, 0, 9_000, 0]);
    assert_eq!(played(&house, 6).await, [&[first][..], &rest].concat());
}

/// What the entry's heartbeats credit, once `count` events are in the log.
async fn played(house: &House, count: usize) -> Vec<u32> {
    let log = house.log(count).await;
    let beats = log.iter().filter_map(|envelope| match &envelope.event {
        Event::ViewerHeartbeat(beat) => Some(beat.played_ms),
        _ => None,
    });
    beats.collect()
}

#[tokio::test]
async fn what_was_rewound_to_is_no_live_watching() {
    let house = House::open().await;
    let pass = house.anybody().await;
    let old = Fetch { from: house.clock.now().plus_ms(-600_000), ..house.segment() };
    house.audience.media_fetched(&pass, &house.public, old);
    assert_eq!(house.audience.online(house.public.room), 0);
    assert!(house.log_with_marker().await.is_empty());
}

#[tokio::test]
async fn a_look_at_a_files_head_is_no_entry() {
    let house = House::open().await;
    let (pass, bare) = (house.anybody().await, house.bare());
    for pass in [&pass, &bare] {
        for _ in 0..5 {
            let head = Fetch { taken: (0, 1), ..house.segment() };
            house.audience.media_fetched(pass, &house.public, head);
            let some = Fetch { taken: (0, 10_000), ..house.segment() };
            house.audience.media_fetched(pass, &house.public, some);
            house.pass_s(1);
        }
    }
    assert_eq!(house.audience.online(house.public.room), 0);
    assert!(house.log_with_marker().await.is_empty());
    // Pieces that are half a second together are one.
    let half = Fetch { taken: (0, 250_000), ..house.segment() };
    house.audience.media_fetched(&pass, &house.public, half);
    assert_eq!(house.audience.online(house.public.room), 2, "and the marker");
}

#[tokio::test]
async fn an_entry_is_counted_once_across_restarts() {
    let dir = Arc::new(tempfile::tempdir().unwrap());
    let house = House::open_in(dir.clone(), START, None).await;
    let (paused, watching) = (house.anybody().await, house.anybody().await);
    house.audience.media_fetched(&paused, &house.public, house.segment());
    house.audience.media_fetched(&watching, &house.public, house.segment());
    house.log(2).await;
    house.pass_s(7_200);
    house.audience.media_fetched(&watching, &house.public, house.segment());
    house.pass_s(10);
    house.beat(&watching, &house.public, 1_000);
    house.log(3).await;
    let now = house.clock.now().plus_ms(20_000);
    let mut rooms = Some(house.close().await);

    // Again and again, also without the snapshot: then the log alone tells.
    for snapshot in [true, false] {
        if !snapshot {
            std::fs::remove_file(dir.path().join("audience.entered")).unwrap();
        }
        let house = House::open_in(dir.clone(), now, rooms.take()).await;
        house.audience.media_fetched(&watching, &house.public, house.segment());
        house.audience.media_fetched(&paused, &house.public, house.segment());
        let entries = house.log_with_marker().await;
        let counted = entries.iter().filter(|name| *name == "ViewerEntered").count();
        assert_eq!(counted, if snapshot { 2 } else { 3 }, "markers aside, nobody was counted again");
        rooms = Some(house.close().await);
    }
}

#[tokio::test]
async fn who_is_online_survives_a_restart() {
    let dir = Arc::new(tempfile::tempdir().unwrap());
    let house = House::open_in(dir.clone(), START, None).await;
    let (alice, bob, carol) = (house.anybody().await, house.anybody().await, house.anybody().await);
    for pass in [&alice, &bob, &carol] {
        house.audience.media_fetched(pass, &house.public, house.segment());
    }
    house.pass_s(20);
    house.beat(&alice, &house.public, 9_000);
    house.beat(&carol, &house.public, 9_000);
    house.audience.left(&carol, &house.public);
    house.log(6).await;
    let now = house.clock.now().plus_ms(15_000);
    let rooms = house.close().await;

    let house = House::open_in(dir, now, Some(rooms)).await;
    house.log_with_marker().await;
    assert_eq!(house.audience.online(house.public.room), 2, "alice and the marker");
    house.serve(&alice, 4);
    house.beat(&alice, &house.public, 9_000);
    let beats = house.log(8).await;
    assert!(
        matches!(&beats[7].event, Event::ViewerHeartbeat(beat) if beat.entry == alice.entry && beat.played_ms == 9_000)
    );
}
