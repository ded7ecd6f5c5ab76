//! The digests of the shows somebody looks at. One is made when it is first asked for and kept up as the log is folded.

use super::{
    digest::{Changed, Digest},
    store::{self, Said},
    store_queries::each_play,
};
use ::store::Store;
use events::{BroadcastId, Millis};
use parking_lot::Mutex;
use std::collections::HashMap;

/// Kept at once, and viewers in all of them; the one that was asked for longest ago goes.
const MOST: usize = 32;
const MOST_VIEWERS: usize = 500_000;

#[derive(Default)]
pub(crate) struct Digests {
    /// While a digest is made nothing is folded, and the other way round: nothing is missed and nothing counts twice.
    folding: tokio::sync::Mutex<()>,
    shows: Mutex<HashMap<BroadcastId, Kept>>,
}

struct Kept {
    digest: Digest,
    asked_at: Millis,
}

impl Digests {
    /// Folds what a batch of the log says.
    pub async fn take(&self, store: &Store, said: Vec<(u64, Said)>, last: u64) -> anyhow::Result<()> {
        let _folding = self.folding.lock().await;
        let changed = match store::take(store, said, last).await {
            Ok(changed) => changed,
            Err(error) => {
                // Whether it was committed is not known.
                self.clear();
                return Err(error);
            }
        };
        let mut shows = self.shows.lock();
        for changed in &changed {
            if let Some(kept) = shows.get_mut(&changed.after.id.broadcast) {
                kept.digest.change(changed);
            }
        }
        Ok(())
    }

    /// Reads something from a show's digest.
    pub async fn with<T>(
        &self,
        store: &Store,
        broadcast: BroadcastId,
        read: impl Fn(&Digest) -> T,
    ) -> anyhow::Result<T> {
        if let Some(kept) = self.shows.lock().get_mut(&broadcast) {
            kept.asked_at = Millis::now();
            return Ok(read(&kept.digest));
        }
        let _folding = self.folding.lock().await;
        if let Some(kept) = self.shows.lock().get(&broadcast) {
            return Ok(read(&kept.digest));
        }
        let mut digest = Digest::default();
        each_play(store.read(), broadcast, |after| digest.change(&Changed { before: None, after })).await?;
        let answer = read(&digest);
        self.keep(broadcast, digest);
        Ok(answer)
    }

    pub fn clear(&self) {
        self.shows.lock().clear();
    }

    fn keep(&self, broadcast: BroadcastId, digest: Digest) {
        let mut shows = self.shows.lock();
        shows.insert(broadcast, Kept { digest, asked_at: Millis::now() });
        let viewers =
            |shows: &HashMap<BroadcastId, Kept>| shows.values().map(|kept| kept.digest.viewers()).sum::<usize>();
        while shows.len() > MOST || (shows.len() > 1 && viewers(&shows) > MOST_VIEWERS) {
            let oldest = shows.iter().filter(|(id, _)| **id != broadcast).min_by_key(|(_, kept)| kept.asked_at);
            let Some(oldest) = oldest.map(|(id, _)| *id) else { return };
            shows.remove(&oldest);
        }
    }
}
