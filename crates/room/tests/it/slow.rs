//! Readers that do not keep up: they lose danmaku, not events; then they are cut off, and resume.

use crate::http_show::{Client, Show};
use events::{Clock, DanmakuSent, Event, Source, StreamLost};
use futures_util::StreamExt;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use room::gateway::RoomSettings;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

const EVENTS: usize = 300;

fn settings() -> RoomSettings {
    RoomSettings {
        shown_per_s: 0,
        tick_min_ms: 5,
        tick_max_ms: 5,
        send_buffer_bytes: 4096,
        shards: 2,
        ..RoomSettings::default()
    }
}

/// Fat danmaku, and between them events nobody may miss. Returns the events' positions.
async fn talk(show: &Show) -> Vec<u64> {
    let mut positions = Vec::new();
    for _ in 0..EVENTS {
        let mut events: Vec<_> = (0..20).map(|_| Event::DanmakuSent(DanmakuSent::plain("弹".repeat(200)))).collect();
        events.push(Event::StreamLost(StreamLost { clean: true }));
        positions.push(show.log(Source::Server, events).await);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    positions
}

/// Follows the room with random pauses, and resumes after gaps and cuts, until it has seen `EVENTS` events.
async fn follow(show: &Show, seed: u64, pause_ms: u64) -> (Vec<u64>, usize, usize) {
    let mut chance = StdRng::seed_from_u64(seed);
    let token = show.token(None).await;
    let (mut client, _) = show.join(&token, None).await;
    let (mut danmaku, mut cuts) = (0, 0);
    while client.seen.len() < EVENTS {
        if pause_ms > 0 && chance.random_bool(0.3) {
            tokio::time::sleep(Duration::from_millis(chance.random_range(0..pause_ms))).await;
        }
        let message = client.next().await;
        if message["type"] == "tick" {
            assert!(client.follow(&message), "a gap on an open socket: {} is not {}", message["prev"], client.last);
            danmaku += message["danmaku"].as_array().map_or(0, Vec::len);
        } else if message.get("closed").is_some() {
            cuts += 1;
            let (next, hello) = show.join(&token, Some(client.last)).await;
            assert_eq!(hello["resumed"], true, "{hello}");
            let missed = hello["events"].as_array().into_iter().flatten().filter_map(|event| event["pos"].as_u64());
            client.seen.extend(missed);
            client = Client { seen: std::mem::take(&mut client.seen), ..next };
        }
    }
    (client.seen, danmaku, cuts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_reader_gets_the_whole_chain_at_its_own_speed() {
    let show = Show::with(settings(), Clock::system()).await;
    let joined =
        async { tokio::join!(follow(&show, 1, 0), follow(&show, 2, 20), follow(&show, 3, 80), follow(&show, 4, 200)) };
    let told = async {
        // The readers' tokens and joins come first; a late one would begin behind the first events.
        tokio::time::sleep(Duration::from_millis(300)).await;
        talk(&show).await
    };
    let ((fast, slow, slower, slowest), positions) = tokio::join!(joined, told);
    for (seen, _, _) in [&fast, &slow, &slower, &slowest] {
        assert_eq!(seen, &positions);
    }
    assert!(slowest.1 < fast.1, "a slow reader loses danmaku: {} of {}", slowest.1, fast.1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_stands_still_is_cut_off_and_harms_nobody() {
    let show = Show::with(RoomSettings { backlog_bytes: 4096, ..settings() }, Clock::system()).await;
    let (mut stuck, _) = show.join(&show.token(None).await, None).await;
    let (seen, positions) = tokio::join!(follow(&show, 1, 0), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        talk(&show).await
    });
    assert_eq!(seen.0, positions);
    // What was in flight is still readable; then the connection ends with a resync, or was cut before it could be said.
    let mut ended = None;
    while let Some(message) = stuck.socket.next().await {
        match message {
            Ok(Message::Close(frame)) => ended = frame.map(|frame| u16::from(frame.code)),
            Ok(_) => {}
            Err(_) => break,
        }
    }
    assert!(matches!(ended, None | Some(1013)), "{ended:?}");
}
