//! What was just read from the object store: many viewers of a replay ask for the same segments.

use bytes::Bytes;
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::OnceCell;

type Key = (String, Range<u64>);

/// Parts of objects, which never change. The oldest go first.
pub struct Cache {
    most: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    parts: HashMap<Key, Arc<OnceCell<Bytes>>>,
    /// In the order they were asked for.
    order: VecDeque<Key>,
    bytes: u64,
}

impl Cache {
    pub fn new(most: u64) -> Self {
        Self { most, state: Mutex::default() }
    }

    /// The part, from memory or by `fetch`, which runs once however many ask at the same time. What failed is not kept.
    pub async fn get<E, F>(&self, name: &str, range: Range<u64>, fetch: impl FnOnce() -> F) -> Result<Bytes, E>
    where
        F: Future<Output = Result<Bytes, E>>,
    {
        let key = (name.to_owned(), range);
        let cell = self.state.lock().parts.entry(key.clone()).or_default().clone();
        let mut fetched = false;
        let found = cell
            .get_or_try_init(|| {
                fetched = true;
                fetch()
            })
            .await
            .cloned();
        match &found {
            Ok(bytes) if fetched => self.keep(key, bytes.len() as u64),
            Ok(_) => {}
            Err(_) => self.forget(&key, &cell),
        }
        found
    }

    fn keep(&self, key: Key, bytes: u64) {
        let mut state = self.state.lock();
        state.order.push_back(key);
        state.bytes += bytes;
        while state.bytes > self.most
            && let Some(oldest) = state.order.pop_front()
        {
            let gone = state.parts.remove(&oldest).and_then(|cell| cell.get().map(|bytes| bytes.len() as u64));
            state.bytes -= gone.unwrap_or(0);
        }
    }

    fn forget(&self, key: &Key, cell: &Arc<OnceCell<Bytes>>) {
        let mut state = self.state.lock();
        if state.parts.get(key).is_some_and(|known| Arc::ptr_eq(known, cell) && known.get().is_none()) {
            state.parts.remove(key);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test]
    async fn a_part_is_fetched_once_and_the_oldest_go_first() {
        let cache = Cache::new(100);
        let fetches = Cell::new(0);
        let get = |name: &'static str| {
            let fetches = &fetches;
            cache.get(name, 0..40, move || async move {
                fetches.set(fetches.get() + 1);
                tokio::task::yield_now().await;
                Ok::<_, ()>(Bytes::from(vec![0; 40]))
            })
        };
        let (one, two) = tokio::join!(get("a"), get("a"));
        assert_eq!((one.unwrap().len(), two.unwrap().len(), fetches.get()), (40, 40, 1));
        get("b").await.unwrap();
        get("a").await.unwrap();
        assert_eq!(fetches.get(), 2);
        get("c").await.unwrap();
        get("b").await.unwrap();
        assert_eq!(fetches.get(), 3, "`a` made room");
        get("a").await.unwrap();
        assert_eq!(fetches.get(), 4);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let cache = Cache::new(100);
        assert_eq!(cache.get("a", 0..1, || async { Err("no") }).await, Err("no"));
        assert_eq!(cache.get("a", 0..1, || async { Ok::<_, ()>(Bytes::from_static(b"x")) }).await.unwrap(), "x");
    }
}
