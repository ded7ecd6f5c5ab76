//! How long a show waits for its encoder.

use crate::http_show::{Show, manual_clock};
use events::{BroadcastId, Millis, RoomId};
use room::{
    gateway::RoomSettings,
    rooms::{StreamControl, rules::State},
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A media server that has an encoder, or none.
#[derive(Default)]
struct Streams {
    has_encoder: AtomicBool,
    ended: AtomicBool,
}

impl StreamControl for Streams {
    fn end(&self, _: RoomId) {
        self.ended.store(true, Ordering::SeqCst);
    }

    fn has_encoder(&self, _: RoomId) -> bool {
        self.has_encoder.load(Ordering::SeqCst)
    }

    fn kick(&self, _: RoomId) {}

    fn await_encoder(&self, _: RoomId, _: BroadcastId, _: Millis) {}
}

async fn lost() -> (Show, Arc<Streams>) {
    let show = Show::with(RoomSettings::default(), manual_clock()).await;
    let streams = Arc::new(Streams::default());
    show.rooms.set_streams(streams.clone());
    show.publish().await;
    show.rooms.lost(show.room, false).await.expect("a database");
    (show, streams)
}

async fn state_after(show: &Show, ms: i64) -> State {
    let clock = &show.program.app.clock;
    clock.set(clock.now().plus_ms(ms));
    show.rooms.end_stale().await.expect("a database");
    let view = show.rooms.view(show.room).await.expect("a database").expect("a room");
    view.broadcast.as_ref().expect("a show").state
}

#[tokio::test]
async fn a_show_whose_encoder_stays_away_ends() {
    let (show, streams) = lost().await;
    assert_eq!(state_after(&show, 30_000).await, State::Interrupted);
    assert_eq!(state_after(&show, 1).await, State::Ended);
    assert!(streams.ended.load(Ordering::SeqCst));
}

#[tokio::test]
async fn an_encoder_that_is_back_and_shows_nothing_yet_is_not_cut_off() {
    let (show, streams) = lost().await;
    streams.has_encoder.store(true, Ordering::SeqCst);
    assert_eq!(state_after(&show, 30_001).await, State::Interrupted);
    show.publish().await;
    assert_eq!(state_after(&show, 60_000).await, State::Live);
    assert!(!streams.ended.load(Ordering::SeqCst));
}

#[tokio::test]
async fn an_encoder_that_never_shows_anything_does_not_hold_the_show() {
    let (show, streams) = lost().await;
    streams.has_encoder.store(true, Ordering::SeqCst);
    assert_eq!(state_after(&show, 60_000).await, State::Interrupted);
    assert_eq!(state_after(&show, 1).await, State::Ended);
}
