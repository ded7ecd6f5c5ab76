//! Follows the event log and keeps a show's pulse: danmaku, paid gifts and likes per 5 s.

use super::rules::{BUCKET_MS, Bucket};
use crate::record::store_pulse;
use app::{App, Reaction};
use events::{BroadcastId, Coin, Envelope, Event};
use std::collections::BTreeMap;
use std::time::Duration;

const NAME: &str = "highlights";
/// Batches smaller than this are followed by a pause, so that a busy room costs one write every now and then.
const SMALL: usize = 1_000;
const PAUSE: Duration = Duration::from_millis(500);

pub fn reaction(app: App) -> Reaction {
    Reaction::new(NAME, move |batch| {
        let app = app.clone();
        async move {
            if !batch.entries.iter().any(|entry| counts(&entry.payload)) {
                return Ok(());
            }
            let pulse = felt(&batch, store_pulse::pulse_position(app.store.read()).await?);
            let Some(last) = batch.entries.last().map(|entry| entry.position) else { return Ok(()) };
            if pulse.is_empty() {
                return Ok(());
            }
            store_pulse::add_pulse(&app.store, &pulse, last).await?;
            if batch.entries.len() < SMALL {
                tokio::select! {
                    () = app.stop.cancelled() => {}
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
            Ok(())
        }
    })
}

/// What the records after a position tell.
fn felt(batch: &eventlog::Batch, after: u64) -> BTreeMap<(BroadcastId, i64), Bucket> {
    let mut pulse: BTreeMap<(BroadcastId, i64), Bucket> = BTreeMap::new();
    for entry in batch.entries.iter().filter(|entry| entry.position > after && counts(&entry.payload)) {
        let Ok(envelope) = Envelope::decode(&entry.payload) else { continue };
        let Some(broadcast) = envelope.broadcast else { continue };
        let at = envelope.occurred_at.0.div_euclid(BUCKET_MS);
        pulse.entry((broadcast, at)).or_default().add(&seen(&envelope.event));
    }
    pulse
}

/// Most records are something else; a look at the bytes is cheaper than reading them.
fn counts(payload: &[u8]) -> bool {
    let names = ["\"DanmakuSent\"", "\"GiftSent\"", "\"SuperChatSent\"", "\"LikesSent\""];
    names.iter().any(|name| memchr::memmem::find(payload, name.as_bytes()).is_some())
}

fn seen(event: &Event) -> Bucket {
    match event {
        Event::DanmakuSent(_) => Bucket { danmaku: 1, ..Bucket::default() },
        Event::LikesSent(likes) => Bucket { likes: likes.count.into(), ..Bucket::default() },
        Event::GiftSent(gift) if gift.coin == Coin::Gold => {
            Bucket { gift_milli: gift.price_milli.saturating_mul(gift.num).max(0), ..Bucket::default() }
        }
        Event::SuperChatSent(chat) => Bucket { gift_milli: chat.price_milli.max(0), ..Bucket::default() },
        _ => Bucket::default(),
    }
}
