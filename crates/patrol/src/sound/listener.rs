//! The sound of every running show, so many decoders at once, in turn.

use super::{decode, pcm::Pcm};
use crate::{Patrol, Place, Sound, decode::Failed};
use app::Stop;
use events::RoomId;
use std::time::Duration;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

const TICK: Duration = Duration::from_millis(200);

/// Gives a show back, whatever becomes of hearing it.
struct Turn(Patrol, RoomId);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.ears().done(self.1);
    }
}

pub async fn run(patrol: Patrol, stop: Stop) -> anyhow::Result<()> {
    let (mut tick, mut hearing) = (interval(TICK), JoinSet::new());
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let settings = patrol.settings();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = tick.tick() => {}
            Some(_) = hearing.join_next(), if !hearing.is_empty() => {}
        }
        let now = patrol.app().now();
        let (heard_ms, waits_ms) = patrol.ears().behind_ms(now);
        metrics::gauge!("kaibo_patrol_sound_behind_seconds").set(heard_ms as f64 / 1_000.0);
        metrics::gauge!("kaibo_patrol_speech_behind_seconds").set(waits_ms as f64 / 1_000.0);
        while hearing.len() < settings.hear_at_once {
            let Some((place, after)) = patrol.ears().take(now) else { break };
            let turn = Turn(patrol.clone(), place.room);
            // A stretch is as long as is wanted, and not twice as long.
            let (least_ms, most_ms) = (settings.hear_ms(), settings.hear_ms() * 2);
            if let Some(sound) = patrol.streams().sound(place.room, after, least_ms, most_ms) {
                hearing.spawn(async move {
                    let Turn(patrol, _) = &turn;
                    hear(patrol, &place, sound).await;
                });
            }
        }
    }
    // Decoders end with whoever waits for them.
    hearing.shutdown().await;
    Ok(())
}

async fn hear(patrol: &Patrol, place: &Place, mut sound: Sound) {
    let settings = patrol.settings();
    let decoded = match sound.pieces.take() {
        Some(pieces) => decode::sound(&settings.ffmpeg, settings.timeout(), pieces).await,
        None => Ok(Pcm::silence(sound.duration_ms)),
    };
    let result = match decoded {
        Ok(_) => "decoded",
        Err(Failed::Missing) => "missing",
        Err(Failed::TooSlow) => "slow",
        Err(Failed::Unreadable) => "unreadable",
    };
    metrics::counter!("kaibo_patrol_sound_total", "result" => result).increment(1);
    match decoded {
        Ok(pcm) => {
            let heard = patrol.ears().hear(place.room, &sound, pcm);
            let seconds = |ms: i64| ms.max(0).div_euclid(1_000) as u64;
            metrics::counter!("kaibo_patrol_heard_seconds_total").increment(seconds(heard.ms));
            metrics::counter!("kaibo_patrol_unheard_seconds_total").increment(seconds(heard.missed_ms));
            metrics::counter!("kaibo_patrol_speech_total", "result" => "silent").increment(heard.silent);
            metrics::counter!("kaibo_patrol_speech_total", "result" => "left_out").increment(heard.left_out);
        }
        Err(Failed::Unreadable) => patrol.ears().skip(place.room, &sound),
        // That says nothing about the sound: it is tried again, as long as it is there.
        Err(Failed::Missing | Failed::TooSlow) => {}
    }
}
