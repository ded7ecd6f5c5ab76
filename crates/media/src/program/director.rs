//! Looks after one room's program while no message comes: stalls, the slate, its pictures in real time.

use crate::publication::Place;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::time::{sleep, sleep_until};
use tracing::{debug, error};

/// Runs until nobody publishes and nobody is waited for.
pub(crate) async fn run(place: Place) {
    place.media.0.slates.load(place.room).await;
    let stop = place.media.0.app.stop.clone();
    loop {
        let look = async {
            let mut program = place.slot.program.lock().await;
            program.tick(&place).await
        };
        let next = match AssertUnwindSafe(look).catch_unwind().await {
            Ok(Ok(Some(next))) => next,
            Ok(Ok(None)) => {
                let mut state = place.slot.state.lock();
                if !state.publishes() {
                    place.media.0.slates.forget(place.room);
                    state.directed = false;
                    return;
                }
                continue;
            }
            Ok(Err(reason)) => {
                debug!(room.id = %place.room, "the program of room `{}` did not go on: {reason:#}", place.room);
                sleep(Duration::from_millis(100)).await;
                continue;
            }
            Err(_) => {
                error!(room.id = %place.room, "looking after the program of room `{}` panicked", place.room);
                sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = place.slot.wake.notified() => {}
            () = sleep_until(next.into()) => {}
        }
    }
}
