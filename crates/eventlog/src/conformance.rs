//! What every event log must do, whatever it is built on. A backend implements [`Place`] and [`Log`] and has to pass
//! [`run`]; the cases panic with what they found, as tests do.

use crate::{Batch, Entry, EventLog, Options, Record};
use std::fmt::Debug;
use std::future::Future;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Where logs live: opening the same name again finds what was there, another name finds nothing.
pub trait Place {
    type Log: Log;
    fn open(&self, name: &str) -> impl Future<Output = Self::Log>;
}

/// A log as its users see it; see [`EventLog`] for what the methods promise.
pub trait Log: Clone + Send + Sync + 'static {
    type Error: Debug + Send;
    type Subscription: Subscription + Send;
    fn append(&self, records: Vec<Record>) -> impl Future<Output = Result<Range<u64>, Self::Error>> + Send;
    fn first(&self) -> u64;
    fn last(&self) -> u64;
    /// All entries from `from` to the durable end.
    fn read(&self, from: u64) -> impl Future<Output = Result<Vec<Entry>, Self::Error>> + Send;
    fn subscribe(&self, from: u64) -> Self::Subscription;
    fn position_at(&self, at_ms: u64) -> impl Future<Output = Result<u64, Self::Error>> + Send;
    fn load_cursor(&self, name: &str) -> impl Future<Output = Result<Option<(u64, Vec<u8>)>, Self::Error>> + Send;
    fn store_cursor(
        &self,
        name: &str,
        position: u64,
        meta: &[u8],
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

pub trait Subscription {
    fn next(&mut self) -> impl Future<Output = Arc<Batch>> + Send;
}

/// The embedded log in a directory.
#[derive(Debug, Clone)]
pub struct Embedded {
    pub dir: PathBuf,
    pub options: Options,
}

/// All cases. Needs a multi-threaded tokio runtime.
pub async fn run<P: Place>(place: &P) {
    positions_are_dense_and_in_order(place).await;
    acknowledged_is_readable(place).await;
    empty_log_is_empty(place).await;
    times_find_positions(place).await;
    subscriptions_never_skip(place).await;
    slow_subscribers_get_everything(place).await;
    concurrent_writers_keep_their_order(place).await;
    dropped_appends_are_kept(place).await;
    cursors_survive_reopening(place).await;
    reopening_keeps_everything(place).await;
    large_and_empty_payloads_pass(place).await;
}

async fn empty_log_is_empty<P: Place>(place: &P) {
    let log = place.open("empty").await;
    assert_eq!((log.first(), log.last()), (1, 0));
    assert_eq!(read(&log, 0).await, []);
    assert_eq!(log.position_at(0).await.expect("a position"), 1);
    assert_eq!(log.append(Vec::new()).await.expect("an empty append"), 1..1);
}

async fn positions_are_dense_and_in_order<P: Place>(place: &P) {
    let log = place.open("dense").await;
    let mut next = 1;
    for size in [1, 2, 3, 100, 1, 1000, 7] {
        let range = append(&log, numbered(next, size)).await;
        assert_eq!(range, next..next + size, "positions follow one another");
        next += size;
        assert_eq!(log.last(), next - 1);
    }
    check_numbered(&read(&log, 1).await, 1, next - 1);
    check_numbered(&read(&log, 57).await, 57, next - 1);
    assert_eq!(read(&log, next).await, []);
}

async fn acknowledged_is_readable<P: Place>(place: &P) {
    let log = place.open("acknowledged").await;
    for number in 1..=200 {
        let range = append(&log, numbered(number, 1)).await;
        check_numbered(&read(&log, range.start).await, number, number);
    }
}

async fn times_find_positions<P: Place>(place: &P) {
    let log = place.open("times").await;
    // Times that go back now and then, over enough bytes for several index entries.
    let times: Vec<u64> = (0..6000).map(|number| 1000 + number * 10 - (number % 7) * 25).collect();
    for part in times.chunks(321) {
        append(&log, part.iter().map(|at_ms| Record::new(*at_ms, vec![7; 100])).collect()).await;
    }
    for at_ms in [0, 1000, 1001, 1500, 20_000, 33_333, 60_980, 60_990, 70_000, u64::MAX] {
        let expected = times.iter().position(|time| *time >= at_ms).unwrap_or(times.len()) as u64 + 1;
        assert_eq!(log.position_at(at_ms).await.expect("a position"), expected, "first at or after {at_ms}");
    }
}

async fn subscriptions_never_skip<P: Place>(place: &P) {
    const ALL: u64 = 6000;
    let log = place.open("subscribe").await;
    append(&log, numbered(1, 2000)).await;
    let mut readers = Vec::new();
    for from in [0, 1, 2, 1999, 2000, 2001, 2500] {
        let mut subscription = log.subscribe(from);
        readers.push(tokio::spawn(async move { check_subscription(&mut subscription, from.max(1), ALL, 0).await }));
    }
    let mut next = 2001;
    while next <= ALL {
        let size = (next % 37 + 1).min(ALL + 1 - next);
        append(&log, numbered(next, size)).await;
        next += size;
        // Subscribers that join while the log grows cross the edge at every place.
        if next % 11 == 0 {
            let (mut subscription, from) = (log.subscribe(next - 5), next - 5);
            readers.push(tokio::spawn(async move { check_subscription(&mut subscription, from, ALL, 0).await }));
        }
    }
    for reader in readers {
        reader.await.expect("a subscriber");
    }
}

async fn slow_subscribers_get_everything<P: Place>(place: &P) {
    const ALL: u64 = 4000;
    let log = place.open("slow").await;
    let mut subscription = log.subscribe(1);
    let reader = tokio::spawn(async move { check_subscription(&mut subscription, 1, ALL, 3).await });
    for next in (1..=ALL).step_by(100) {
        let records = (next..next + 100).map(|number| {
            let mut payload = number.to_le_bytes().to_vec();
            payload.resize(10_000, 3);
            Record::new(number, payload)
        });
        append(&log, records.collect()).await;
    }
    reader.await.expect("the slow subscriber");
}

async fn concurrent_writers_keep_their_order<P: Place>(place: &P) {
    const WRITERS: u64 = 32;
    const EACH: u64 = 50;
    let log = place.open("writers").await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let log = log.clone();
            tokio::spawn(async move {
                let mut ranges = Vec::new();
                for number in 0..EACH {
                    let size = (writer + number) % 3 + 1;
                    let payload = [writer.to_le_bytes(), number.to_le_bytes()].concat();
                    let records = (0..size).map(|_| Record::new(1, payload.clone())).collect();
                    ranges.push((number, append(&log, records).await));
                }
                (writer, ranges)
            })
        })
        .collect();
    let mut expected = Vec::new();
    for writer in writers {
        let (writer, ranges) = writer.await.expect("a writer");
        assert!(ranges.is_sorted_by_key(|(_, range)| range.start), "a writer's appends keep their order");
        for (number, range) in ranges {
            expected.extend(range.map(|position| (position, writer, number)));
        }
    }
    expected.sort_unstable();
    let number = |payload: &[u8]| u64::from_le_bytes(payload.try_into().expect("eight bytes"));
    let found: Vec<_> = read(&log, 1)
        .await
        .iter()
        .map(|entry| (entry.position, number(&entry.payload[..8]), number(&entry.payload[8..])))
        .collect();
    assert_eq!(found, expected, "every record once, where its append said");
    assert!(found.iter().zip(1..).all(|((position, ..), dense)| *position == dense));
}

async fn dropped_appends_are_kept<P: Place>(place: &P) {
    let log = place.open("dropped").await;
    append(&log, numbered(1, 1)).await;
    for number in 0..50u64 {
        let other = log.clone();
        let waiting = tokio::spawn(async move { append(&other, vec![Record::new(number, "waiting")]).await });
        tokio::task::yield_now().await;
        // Polled once at most, then gone: whether it was queued or not, the log goes on.
        let abandoned = log.append(vec![Record::new(number, "abandoned")]);
        tokio::select! { biased; _ = abandoned => {}, () = std::future::ready(()) => {} }
        append(&log, vec![Record::new(number, "after")]).await;
        waiting.await.expect("the waiting append");
    }
    let entries = read(&log, 2).await;
    for payload in ["waiting", "after", "abandoned"] {
        let found: Vec<u64> =
            entries.iter().filter(|entry| entry.payload == payload).map(|entry| entry.at_ms).collect();
        let mut sorted = found.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>(), "every `{payload}` once");
    }
}

async fn cursors_survive_reopening<P: Place>(place: &P) {
    let log = place.open("cursors").await;
    assert_eq!(log.load_cursor("metrics").await.expect("no cursor yet"), None);
    log.store_cursor("metrics", 5, b"five").await.expect("stored");
    log.store_cursor("metrics", 6, b"").await.expect("stored");
    log.store_cursor("other", 1, &[9; 5000]).await.expect("stored");
    assert_eq!(log.load_cursor("metrics").await.expect("loaded"), Some((6, Vec::new())));
    drop(log);
    let log = place.open("cursors").await;
    assert_eq!(log.load_cursor("metrics").await.expect("loaded"), Some((6, Vec::new())));
    assert_eq!(log.load_cursor("other").await.expect("loaded"), Some((1, vec![9; 5000])));
    assert!(log.store_cursor("../escape", 1, b"").await.is_err(), "a name is no path");
}

async fn reopening_keeps_everything<P: Place>(place: &P) {
    let mut next = 1;
    for round in 0..4 {
        let log = place.open("reopen").await;
        assert_eq!(log.last(), next - 1);
        check_numbered(&read(&log, 1).await, 1, next - 1);
        for size in [1, 500, 3000 + round] {
            assert_eq!(append(&log, numbered(next, size)).await, next..next + size);
            next += size;
        }
    }
}

async fn large_and_empty_payloads_pass<P: Place>(place: &P) {
    let log = place.open("payloads").await;
    let sizes = [0, 1, 0, 4079, 4080, 4081, 500_000, 0, 3];
    for (number, size) in sizes.into_iter().enumerate() {
        append(&log, vec![Record::new(0, vec![number as u8; size])]).await;
    }
    drop(log);
    let log = place.open("payloads").await;
    let found = read(&log, 1).await;
    assert_eq!(found.len(), sizes.len());
    for ((number, size), entry) in sizes.into_iter().enumerate().zip(&found) {
        assert_eq!(entry.payload, vec![number as u8; size]);
    }
    let too_large = vec![Record::new(0, vec![0; crate::MAX_RECORD_BYTES + 1])];
    assert!(log.append(too_large).await.is_err());
    assert_eq!(log.last(), sizes.len() as u64);
}

async fn append<L: Log>(log: &L, records: Vec<Record>) -> Range<u64> {
    log.append(records).await.expect("the append is acknowledged")
}

async fn read<L: Log>(log: &L, from: u64) -> Vec<Entry> {
    log.read(from).await.expect("the log is readable")
}

/// Records whose payload begins with the position they should get.
fn numbered(first: u64, count: u64) -> Vec<Record> {
    (first..first + count).map(|number| Record::new(number, [&number.to_le_bytes()[..], &[1; 192]].concat())).collect()
}

fn check_numbered(entries: &[Entry], first: u64, last: u64) {
    assert!(entries.iter().map(|entry| entry.position).eq(first..=last), "positions {first} to {last}, each once");
    for entry in entries {
        assert_eq!(entry.payload[..8], entry.position.to_le_bytes(), "the payload of position {}", entry.position);
        assert_eq!(entry.at_ms, entry.position);
    }
}

/// Reads until `last`, yielding to the others `pause` milliseconds after each batch.
async fn check_subscription<S: Subscription>(subscription: &mut S, from: u64, last: u64, pause: u64) {
    let mut next = from;
    while next <= last {
        let batch = subscription.next().await;
        assert_eq!(batch.first, next, "nothing is skipped or repeated");
        check_numbered(&batch.entries, next, batch.last());
        next = batch.last() + 1;
        if pause > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
        }
    }
}

impl Place for Embedded {
    type Log = EventLog;

    async fn open(&self, name: &str) -> EventLog {
        EventLog::open(&self.dir.join(name), self.options.clone()).expect("the log opens")
    }
}

impl Log for EventLog {
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Subscription = crate::Subscription;

    async fn append(&self, records: Vec<Record>) -> Result<Range<u64>, Self::Error> {
        Ok(EventLog::append(self, records).await?)
    }

    fn first(&self) -> u64 {
        EventLog::first(self)
    }

    fn last(&self) -> u64 {
        EventLog::last(self)
    }

    async fn read(&self, from: u64) -> Result<Vec<Entry>, Self::Error> {
        Ok(EventLog::read(self, from).collect::<Result<_, _>>()?)
    }

    fn subscribe(&self, from: u64) -> Self::Subscription {
        EventLog::subscribe(self, from)
    }

    async fn position_at(&self, at_ms: u64) -> Result<u64, Self::Error> {
        Ok(EventLog::position_at(self, at_ms)?)
    }

    async fn load_cursor(&self, name: &str) -> Result<Option<(u64, Vec<u8>)>, Self::Error> {
        Ok(self.cursor(name)?.load()?)
    }

    async fn store_cursor(&self, name: &str, position: u64, meta: &[u8]) -> Result<(), Self::Error> {
        Ok(self.cursor(name)?.store(position, meta)?)
    }
}

impl Subscription for crate::Subscription {
    async fn next(&mut self) -> Arc<Batch> {
        crate::Subscription::next(self).await.expect("the subscription goes on")
    }
}
