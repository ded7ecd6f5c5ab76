//! The audit of a show, read at most every few seconds however many look at it: it goes over every entry there was.

use super::numbers::{Found, Numbers};
use crate::cdn::{CdnReport, Logs};
use events::{BroadcastId, EntryId, Millis, ViewerVerdict};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// An answer is good for so long ...
const FRESH_MS: i64 = 5_000;
/// ... or for so many times as long as it took to find, so that looking never takes more than a tenth of a core.
const TIMES: i64 = 10;
/// Shows whose answers are kept.
const MOST: usize = 64;

/// Everything the audit of one show says.
pub(crate) struct Audited {
    pub numbers: Numbers,
    /// Everybody by entry, in their order.
    pub verdicts: Vec<(EntryId, ViewerVerdict)>,
    /// Who was there, by entry, in their order.
    pub present: Vec<Found>,
    /// Entries that went by unseen.
    pub unseen: u64,
    /// A CDN delivered some of it.
    pub cdn: bool,
    pub imports: Vec<CdnReport>,
    pub logs: Logs,
    /// The logs hold all of the show.
    pub logged: bool,
}

type Kept = Arc<tokio::sync::Mutex<Option<(Millis, Arc<Audited>)>>>;

#[derive(Default)]
pub(crate) struct Audits(Mutex<HashMap<BroadcastId, (Millis, Kept)>>);

impl Audits {
    /// The answer of before, or one found now. Whoever asks meanwhile waits for it.
    pub(crate) async fn get<F, E>(&self, show: BroadcastId, now: Millis, find: F) -> Result<Arc<Audited>, E>
    where
        F: Future<Output = Result<Audited, E>>,
    {
        let kept = self.kept(show, now);
        let mut kept = kept.lock().await;
        if let Some((until, audited)) = kept.as_ref()
            && now < *until
        {
            return Ok(audited.clone());
        }
        let begun = Instant::now();
        let audited = Arc::new(find.await?);
        *kept = Some((now.plus_ms(good_for_ms(begun.elapsed())), audited.clone()));
        Ok(audited)
    }

    /// Something was said that changes old answers.
    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }

    fn kept(&self, show: BroadcastId, now: Millis) -> Kept {
        let mut shows = self.0.lock();
        if shows.len() >= MOST && !shows.contains_key(&show) {
            let oldest = shows.iter().min_by_key(|(_, (asked, _))| *asked).map(|(show, _)| *show);
            oldest.map(|oldest| shows.remove(&oldest));
        }
        let (asked, kept) = shows.entry(show).or_default();
        *asked = now;
        kept.clone()
    }
}

fn good_for_ms(took: Duration) -> i64 {
    i64::try_from(took.as_millis()).unwrap_or(i64::MAX).saturating_mul(TIMES).max(FRESH_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    fn nothing() -> Audited {
        let (verdicts, present, imports) = Default::default();
        Audited {
            numbers: Numbers::default(),
            verdicts,
            present,
            unseen: 0,
            cdn: false,
            imports,
            logs: Logs::default(),
            logged: false,
        }
    }

    #[tokio::test]
    async fn many_who_look_at_once_are_one_look() {
        let (audits, looks, show) = (Audits::default(), AtomicU32::new(0), BroadcastId::new());
        let look = async |at: i64| {
            let find = async {
                looks.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Ok::<_, ()>(nothing())
            };
            audits.get(show, Millis(at), find).await
        };
        let (first, second, third) = tokio::join!(look(0), look(1), look(4_999));
        assert!(first.is_ok() && second.is_ok() && third.is_ok());
        assert_eq!(looks.load(Ordering::SeqCst), 1);
        assert!(look(5_000).await.is_ok());
        audits.clear();
        assert!(look(5_001).await.is_ok());
        assert_eq!(looks.load(Ordering::SeqCst), 3);
        assert_eq!((good_for_ms(Duration::ZERO), good_for_ms(Duration::from_secs(2))), (5_000, 20_000));
    }

    #[tokio::test]
    async fn of_many_shows_the_last_asked_are_kept() {
        let audits = Audits::default();
        for n in 0..200 {
            let found = audits.get(BroadcastId::new(), Millis(n), async { Ok::<_, ()>(nothing()) }).await;
            assert!(found.is_ok());
        }
        assert_eq!(audits.0.lock().len(), MOST);
    }
}
