//! Handles: one writer at a time, readers beside it, trimming, limits, closing.

use eventlog::{AppendError, CursorError, EventLog, OpenError, Options, ReadError, Record};

fn records(count: usize) -> Vec<Record> {
    vec![Record::new(9, vec![5; 200]); count]
}

#[tokio::test]
async fn one_writer_at_a_time() {
    let dir = tempfile::tempdir().expect("a directory");
    let log = EventLog::open(dir.path(), Options::small()).expect("opens");
    let error = EventLog::open(dir.path(), Options::small()).expect_err("in use");
    assert!(matches!(&error, OpenError::InUse(path) if path == dir.path()));
    log.append(records(10)).await.expect("acknowledged");

    let beside = EventLog::open_read_only(dir.path(), Options::small()).expect("opens beside");
    assert_eq!(beside.last(), 10);
    assert_eq!(beside.read(3).filter_map(Result::ok).count(), 8);
    assert!(matches!(beside.append(records(1)).await, Err(AppendError::ReadOnly)));
    assert!(matches!(beside.cursor("a").expect("a name").store(1, b""), Err(CursorError::ReadOnly)));
    drop(log);
    EventLog::open(dir.path(), Options::small()).expect("free again");
}

#[tokio::test]
async fn trimming_removes_whole_sealed_segments() {
    let dir = tempfile::tempdir().expect("a directory");
    let options = Options::small().with_segment_bytes(64 << 10);
    let log = EventLog::open(dir.path(), options.clone()).expect("opens");
    for _ in 0..50 {
        log.append(records(50)).await.expect("acknowledged");
    }
    assert_eq!(log.trim(1).expect("trimmed"), 0);
    assert!(log.trim(1000).expect("trimmed") > 0);
    let first = log.first();
    assert!(first > 500 && first <= 1000);
    assert!(matches!(log.read(1).next(), Some(Err(ReadError::Trimmed { from: 1, first: said })) if said == first));
    assert!(matches!(log.subscribe(1).next().await, Err(ReadError::Trimmed { .. })));
    assert_eq!(log.read(first).filter_map(Result::ok).count() as u64, 2500 - first + 1);
    assert_eq!(log.position_at(0).expect("a position"), first);
    drop(log);
    let log = EventLog::open(dir.path(), options).expect("opens");
    assert_eq!((log.first(), log.last()), (first, 2500));
    log.trim(u64::MAX).expect("trimmed");
    assert_eq!(log.append(records(1)).await.expect("acknowledged"), 2501..2502);
}

#[tokio::test]
async fn limits_are_refused_clearly() {
    let dir = tempfile::tempdir().expect("a directory");
    let log = EventLog::open(dir.path(), Options::small()).expect("opens");
    let error = log.append(vec![Record::new(0, vec![0; (1 << 20) + 1])]).await.expect_err("too large");
    assert_eq!(error.to_string(), "record of 1048577 bytes is larger than the limit of 1048576 bytes");
    let error = log.append(records(6000)).await.expect_err("too much");
    assert!(matches!(error, AppendError::AppendTooLarge { bytes: 1_296_000, max: 1_044_480 }));
    assert_eq!(log.append_blocking(records(4000)).expect("acknowledged"), 1..4001);
}

#[tokio::test]
async fn closing_ends_subscriptions_after_the_last_entry() {
    let dir = tempfile::tempdir().expect("a directory");
    let log = EventLog::open(dir.path(), Options::small()).expect("opens");
    let mut subscription = log.subscribe(1);
    log.append(records(5)).await.expect("acknowledged");
    drop(log);
    assert_eq!(subscription.next().await.expect("the entries").entries.len(), 5);
    assert!(matches!(subscription.next().await, Err(ReadError::Closed)));
}

#[test]
fn blocking_writers_share_commits() {
    let dir = tempfile::tempdir().expect("a directory");
    let log = EventLog::open(dir.path(), Options::small()).expect("opens");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..100 {
                    log.append_blocking(records(2)).expect("acknowledged");
                }
            });
        }
    });
    assert_eq!(log.last(), 1600);
    assert_eq!(log.read(1).filter_map(Result::ok).count(), 1600);
}
