//! Stretches of sound become words, so many at once; the words are kept and go through the lists.

use super::{
    Kept, engine,
    rules::{Passage, Spoken},
    store,
};
use crate::{Patrol, WordHit, findings, sound::Stretch};
use app::Stop;
use events::FlagKind;
use std::{path::PathBuf, time::Duration};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep},
};
use uuid::Uuid;

const TICK: Duration = Duration::from_millis(200);
/// The lists are read when the program starts: so many times they are waited for.
const PATIENCE: u32 = 50;

pub async fn run(patrol: Patrol, stop: Stop) -> anyhow::Result<()> {
    if patrol.engine().name().is_none() {
        stop.cancelled().await;
        return Ok(());
    }
    engine::clear(&folder(&patrol)).await;
    let (mut tick, mut writing) = (interval(TICK), JoinSet::new());
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = tick.tick() => {}
            // Whoever is ready makes room for the next at once.
            Some(_) = writing.join_next(), if !writing.is_empty() => {}
        }
        while writing.len() < patrol.speech().at_once.max(1) {
            let Some((stretch, tail)) = patrol.ears().take_stretch() else { break };
            let turn = Turn { patrol: patrol.clone(), stretch, ended: None };
            writing.spawn(write(turn, tail));
        }
    }
    // Programs and calls end with whoever waits for them.
    writing.shutdown().await;
    Ok(())
}

/// Gives a show back, whatever becomes of its words.
struct Turn {
    patrol: Patrol,
    stretch: Stretch,
    /// How it ended.
    ended: Option<(i64, String)>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.patrol.ears().said(&self.stretch.place, self.ended.take());
    }
}

fn folder(patrol: &Patrol) -> PathBuf {
    patrol.app().data_dir.join("patrol")
}

async fn write(mut turn: Turn, tail: String) {
    let (patrol, room) = (turn.patrol.clone(), turn.stretch.place.room);
    let result = match ask(&patrol, &turn.stretch, &tail).await {
        Ok(Some(passage)) => {
            turn.ended = Some((turn.stretch.to_ms(), passage.tail()));
            match keep(&patrol, &turn.stretch, passage).await {
                Ok(()) => "words",
                Err(error) => {
                    tracing::error!(room.id = %room, "what was said in room `{room}` is not kept: {error:#}");
                    "not_kept"
                }
            }
        }
        Ok(None) => "nothing",
        Err(reason) => reason,
    };
    metrics::counter!("kaibo_patrol_speech_total", "result" => result).increment(1);
}

async fn ask(patrol: &Patrol, stretch: &Stretch, tail: &str) -> Result<Option<Passage>, &'static str> {
    if !patrol.speech_breaker().lock().may(patrol.app().now()) {
        return Err("paused");
    }
    let answer = patrol.engine().words(&folder(patrol), stretch).await;
    let pause = patrol.speech_breaker().lock().done(answer.is_ok(), patrol.app().now());
    if let (Err(reason), Some(pause_ms)) = (&answer, pause) {
        tracing::warn!("the engine of speech fails (`{reason}`): it is left alone for {} s", pause_ms / 1_000);
    }
    Ok(Some(Passage::new(tail, answer?)).filter(|passage| !passage.is_empty()))
}

/// What of the lists stands in it; waits for them after a start.
async fn hits(patrol: &Patrol, stretch: &Stretch, text: &str) -> Vec<WordHit> {
    for _ in 0..PATIENCE {
        if let Some(hits) = patrol.words().hits(stretch.place.org, stretch.place.room, text) {
            return hits;
        }
        sleep(TICK).await;
    }
    tracing::error!("the lists of words are not there: what is said is not looked through");
    Vec::new()
}

async fn keep(patrol: &Patrol, stretch: &Stretch, passage: Passage) -> anyhow::Result<()> {
    let (app, place) = (patrol.app(), &stretch.place);
    let (Some(broadcast), Some(engine)) = (place.broadcast, patrol.engine().name()) else { return Ok(()) };
    let hits = hits(patrol, stretch, &passage.text).await;
    let spoken = passage.spoken(&hits);
    let kept = passage.marked(&hits).into_iter().map(|(line, marks)| Kept {
        id: Uuid::now_v7(),
        org: place.org,
        team: place.team,
        room: place.room,
        broadcast,
        line,
        engine: engine.to_owned(),
        marks,
    });
    let tx = app.store.begin().await?;
    store::insert(tx.db(), kept.collect(), place.started_at).await?;
    tx.commit().await?;
    let frame = patrol.book().newest(place.room);
    for Spoken { hit, from_ms, to_ms, around } in spoken {
        let noticed = findings::Noticed {
            kind: FlagKind::Speech,
            level: hit.level,
            label: hit.word,
            name: hit.category,
            sample: None,
            score_milli: 1_000,
            at: place.started_at.plus_ms(from_ms),
            said: Some(findings::Said { from_ms, to_ms, text: around }),
        };
        findings::note(patrol, place, noticed, frame.as_deref()).await?;
    }
    Ok(())
}
