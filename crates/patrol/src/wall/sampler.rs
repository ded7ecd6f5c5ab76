//! One frame every few seconds of every running show, so many decoders at once, in turn.

use super::book::Frame;
use crate::{Patrol, Place, decode, findings, vision};
use app::Stop;
use events::{FlagKind, RoomId};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

const TICK: Duration = Duration::from_millis(200);
/// How often it is asked which shows run.
const ROLL_CALL: Duration = Duration::from_secs(1);
/// How often the library is read again: somebody may have changed it in another process.
const RELOAD: Duration = Duration::from_secs(30);

/// Gives a show back, whatever becomes of looking at it.
struct Turn(Patrol, RoomId);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.book().done(self.1);
    }
}

pub async fn run(patrol: Patrol, stop: Stop) -> anyhow::Result<()> {
    let (mut tick, mut looking, mut judging) = (interval(TICK), JoinSet::new(), JoinSet::new());
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut called, mut loaded) = (None::<Instant>, None::<Instant>);
    let over = |at: &Option<Instant>, after| at.is_none_or(|at| at.elapsed() >= after);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = tick.tick() => {}
            // Whoever is ready makes room for the next at once.
            Some(looked) = looking.join_next(), if !looking.is_empty() => {
                // The model may be slow: nobody's turn to be looked at waits for it.
                if let Ok(Some((place, frame))) = looked {
                    judge(&patrol, &mut judging, place, frame);
                }
            }
            Some(_) = judging.join_next(), if !judging.is_empty() => {}
        }
        if over(&loaded, RELOAD) {
            loaded = Some(Instant::now());
            if let Err(error) = patrol.reload().await {
                tracing::error!("the violation library could not be read, the one before stays: {error:#}");
            }
        }
        let now = patrol.app().now();
        if over(&called, ROLL_CALL) {
            called = Some(Instant::now());
            match patrol.streams().live().await {
                Ok(live) => {
                    patrol.ears().keep(&live);
                    patrol.book().keep(live, now);
                }
                Err(error) => tracing::error!("which shows run could not be asked: {error:#}"),
            }
            let (waits, bytes) = patrol.book().figures(now);
            metrics::gauge!("kaibo_patrol_oldest_look_seconds").set(waits as f64 / 1_000.0);
            metrics::gauge!("kaibo_patrol_frame_bytes").set(bytes as f64);
        }
        while looking.len() < patrol.settings().at_once {
            let Some(place) = patrol.book().take(now) else { break };
            let turn = Turn(patrol.clone(), place.room);
            looking.spawn(async move {
                let Turn(patrol, _) = &turn;
                let frame = look(patrol, &place).await?;
                patrol.eye().wants(frame.number).then_some((place, frame))
            });
        }
    }
    // Decoders and calls end with whoever waits for them.
    looking.shutdown().await;
    judging.shutdown().await;
    Ok(())
}

fn judge(patrol: &Patrol, judging: &mut JoinSet<()>, place: Place, frame: Arc<Frame>) {
    if judging.len() >= patrol.eye().at_once() {
        return vision::leave_out(patrol, &place);
    }
    let patrol = patrol.clone();
    judging.spawn(async move { vision::judge(&patrol, &place, &frame).await });
}

/// A new frame in which there is something to see.
async fn look(patrol: &Patrol, place: &Place) -> Option<Arc<Frame>> {
    let picture = patrol.streams().picture(place.room)?;
    if !patrol.book().is_new(place.room, &picture) {
        return None;
    }
    let settings = patrol.settings();
    let decoded = decode::picture(&settings.ffmpeg, settings.timeout(), decode::Format::Mp4, picture.pieces).await;
    let result = match decoded {
        Ok(_) => "decoded",
        Err(decode::Failed::Missing) => "missing",
        Err(decode::Failed::TooSlow) => "slow",
        Err(decode::Failed::Unreadable) => "unreadable",
    };
    metrics::counter!("kaibo_patrol_frames_total", "result" => result).increment(1);
    if matches!(decoded, Err(decode::Failed::Missing | decode::Failed::TooSlow)) {
        // That says nothing about the picture.
        patrol.book().again(place.room);
    }
    let frame = decoded.ok().and_then(|decoded| patrol.book().add(place.room, picture.at, decoded))?;
    if frame.plain {
        return None;
    }
    recognise(patrol, place, &frame).await;
    Some(frame)
}

/// Looks for it in the library.
async fn recognise(patrol: &Patrol, place: &Place, frame: &Frame) {
    let Some(library) = patrol.library(place.org) else { return };
    let Some(found) = library.find(frame.print(), place.team) else { return };
    let noticed = findings::Noticed {
        kind: FlagKind::Hash,
        level: found.sample.level,
        label: found.sample.category.clone(),
        name: found.sample.name.clone(),
        sample: Some(found.sample.id),
        score_milli: found.score_milli(),
        at: frame.at,
        said: None,
    };
    if let Err(error) = findings::note(patrol, place, noticed, Some(frame)).await {
        tracing::error!(room.id = %place.room, "what was noticed in room `{}` is not kept: {error:#}", place.room);
    }
}
