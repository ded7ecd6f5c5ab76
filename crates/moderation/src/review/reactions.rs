//! Follows the event log: what was judged becomes what people look at, and what they let through is sent.

use super::{Item, ReviewState, begins_as, store};
use crate::{Moderation, models};
use anyhow::Context;
use app::Reaction;
use events::{DanmakuReviewed, Envelope, Event, ReviewOutcome, Source, TextVerdict};
use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// The reaction's name, under which its progress is known.
pub const NAME: &str = "moderation";
const RELEASE: &str = "moderation-release";

/// Keeps what was judged, and what follows from verdicts in memory.
pub fn keep(moderation: Moderation) -> Reaction {
    Reaction::new(NAME, move |batch| {
        let moderation = moderation.clone();
        async move {
            let entries = batch.entries.iter().filter(|entry| mentions(&entry.payload, NAMES));
            let (mut items, mut verdicts, mut reload) = (Vec::new(), Vec::new(), false);
            for (position, envelope) in moderation.app().read(entries).await? {
                match &envelope.event {
                    Event::DanmakuJudged(_) => items.extend(item(position, envelope)),
                    Event::DanmakuReviewed(DanmakuReviewed { outcome, .. }) => {
                        if let (ReviewOutcome::Reject, Some(viewer)) = (outcome, &envelope.viewer) {
                            moderation.0.gate.strike(envelope.org, viewer, envelope.occurred_at);
                        }
                        verdicts.push((position, envelope));
                    }
                    Event::LexiconChanged(_)
                    | Event::ChatModeChanged(_)
                    | Event::ModelChanged(_)
                    | Event::ModelRulesChanged(_) => reload = true,
                    _ => {}
                }
            }
            store::insert(&moderation.app().store, &items).await?;
            models::note(&moderation, &verdicts).await?;
            if reload {
                moderation.reload().await;
            }
            Ok(())
        }
    })
}

const NAMES: &[&str] = &[
    "\"DanmakuJudged\"",
    "\"DanmakuReviewed\"",
    "\"LexiconChanged\"",
    "\"ChatModeChanged\"",
    "\"ModelChanged\"",
    "\"ModelRulesChanged\"",
];

/// Most records are something else; a look at the bytes is cheaper than reading them.
pub fn mentions(payload: &[u8], names: &[&str]) -> bool {
    names.iter().any(|name| memchr::memmem::find(payload, name.as_bytes()).is_some())
}

fn item(position: u64, envelope: Envelope) -> Option<Item> {
    let Event::DanmakuJudged(judged) = envelope.event else { return None };
    let sampled = judged.reasons.iter().any(|reason| models::Sample::of(&reason.rule).is_some());
    let (state, due_at) = begins_as(judged.verdict, sampled, envelope.occurred_at);
    let shown = matches!(judged.verdict, TextVerdict::Alarm | TextVerdict::Mask);
    Some(Item {
        position,
        org: envelope.org,
        team: envelope.team?,
        room: envelope.room?,
        broadcast: envelope.broadcast,
        viewer: envelope.viewer?,
        key: envelope.key,
        shown_position: shown.then(|| position - 1),
        text: judged.danmaku.text,
        nick: judged.danmaku.nick,
        verdict: judged.verdict,
        reasons: judged.reasons,
        score_milli: judged.score_milli,
        mode: judged.mode,
        at: envelope.occurred_at,
        tier: 1,
        // What can no longer be read cannot be decided.
        state: if envelope.erased { ReviewState::Noted } else { state },
        due_at,
        claimed: None,
        decided: None,
        erased: envelope.erased,
        reports: 0,
        report_weight_milli: 0,
        escalated: None,
        notes: Vec::new(),
    })
}

/// Sends what was held and is let through. The log says what was sent already, so that a crash in between sends nothing twice.
pub fn release(moderation: Moderation) -> Reaction {
    let sent_before = Arc::new(AtomicBool::new(true));
    Reaction::new(RELEASE, move |batch| {
        let (moderation, sent_before) = (moderation.clone(), sent_before.clone());
        async move {
            let app = moderation.app();
            let entries = batch.entries.iter().filter(|entry| mentions(&entry.payload, &["\"DanmakuReviewed\""]));
            let passed: Vec<(u64, Envelope)> =
                app.read(entries).await?.into_iter().filter(|(_, envelope)| is_let_through(envelope)).collect();
            let Some((first, _)) = passed.first() else { return Ok(()) };
            // After a start, and after a failure in between, some may have been sent.
            let sent = match sent_before.swap(true, Ordering::AcqRel) {
                true => sent_since(&moderation, *first)?,
                false => HashSet::new(),
            };
            let mut events = Vec::with_capacity(passed.len());
            for (position, reviewed) in &passed {
                if sent.contains(position) {
                    continue;
                }
                let Event::DanmakuReviewed(DanmakuReviewed { position: held, .. }) = reviewed.event else { continue };
                let entry = app.log.read(held).next().context("a held danmaku is not in the log")??;
                let Some((_, held)) = app.read([&entry]).await?.pop() else { continue };
                let Event::DanmakuJudged(judged) = held.event else { continue };
                if held.erased {
                    continue;
                }
                let now = app.now();
                let mut event = Envelope::new(now, Source::Viewer, held.org, Event::DanmakuSent(judged.danmaku));
                (event.team, event.room, event.broadcast) = (held.team, held.room, held.broadcast);
                (event.viewer, event.key) = (held.viewer, held.key);
                events.push(event);
            }
            if !events.is_empty() {
                app.append(&events).await?;
            }
            sent_before.store(false, Ordering::Release);
            Ok(())
        }
    })
}

fn is_let_through(envelope: &Envelope) -> bool {
    matches!(envelope.event, Event::DanmakuReviewed(DanmakuReviewed { outcome: ReviewOutcome::Pass, held: true, .. }))
}

/// The verdicts since a position whose danmaku were sent: the first of the same room, viewer and client id behind them.
fn sent_since(moderation: &Moderation, first: u64) -> anyhow::Result<HashSet<u64>> {
    let log = &moderation.app().log;
    let last = log.last();
    let mut waiting: Vec<(u64, Envelope)> = Vec::new();
    let mut sent = HashSet::new();
    for entry in log.read(first) {
        let entry = entry?;
        if entry.position > last {
            break;
        }
        if !mentions(&entry.payload, &["\"DanmakuReviewed\"", "\"DanmakuSent\""]) {
            continue;
        }
        let Ok(envelope) = Envelope::decode(&entry.payload) else { continue };
        if is_let_through(&envelope) {
            waiting.push((entry.position, envelope));
        } else if matches!(envelope.event, Event::DanmakuSent(_)) {
            let same = |reviewed: &Envelope| {
                (&reviewed.room, &reviewed.viewer, &reviewed.key) == (&envelope.room, &envelope.viewer, &envelope.key)
            };
            if let Some(at) = waiting.iter().position(|(_, reviewed)| same(reviewed)) {
                sent.insert(waiting.swap_remove(at).0);
            }
        }
    }
    Ok(sent)
}
