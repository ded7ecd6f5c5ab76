//! Failed writes and syncs: a clear error, nothing invented, and the log goes on when the disk does.

use crate::faulty::{Fault, FaultyFiles};
use eventlog::{AppendError, EventLog, Options, Record, doctor};
use std::{sync::Arc, time::Duration};

fn records(text: &str, count: usize) -> Vec<Record> {
    vec![Record::new(1, text.repeat(40)); count]
}

async fn check(fault: Fault, expected: fn(&AppendError) -> bool) {
    let dir = tempfile::tempdir().expect("a directory");
    let files = FaultyFiles::default();
    let options = Options::small().with_segment_bytes(128 << 10).with_files(Arc::new(files.clone()));
    let log = EventLog::open(dir.path(), options.clone()).expect("the log opens");
    let mut acknowledged = Vec::new();
    for round in 0..30 {
        let good = format!("good {round}");
        let range = log.append(records(&good, 50)).await.expect("acknowledged");
        acknowledged.extend(range.map(|position| (position, good.repeat(40))));
        files.set(fault);
        for _ in 0..3 {
            let error = log.append(records("bad", 60)).await.expect_err("refused");
            assert!(expected(&error), "{error:?}");
        }
        assert_eq!(log.last(), acknowledged.len() as u64);
        files.set(Fault::None);
    }
    let check = |log: &EventLog| {
        let found: Vec<_> = log
            .read(1)
            .map(|entry| entry.map(|entry| (entry.position, String::from_utf8_lossy(&entry.payload).into_owned())))
            .collect::<Result<_, _>>()
            .expect("readable");
        assert_eq!(found, acknowledged);
    };
    check(&log);
    log.append(records("end", 1)).await.expect("acknowledged");
    acknowledged_end(&log);
    drop(log);
    let report = doctor(dir.path()).expect("a report");
    assert!(report.is_sound(), "{report}");
    let log = EventLog::open(dir.path(), options).expect("the log opens again");
    assert_eq!(log.last(), 30 * 50 + 1, "what was refused did not come back");
}

fn acknowledged_end(log: &EventLog) {
    assert_eq!(log.last(), 30 * 50 + 1);
}

#[tokio::test]
async fn full_disk_is_named_and_harmless() {
    check(Fault::Full, |error| matches!(error, AppendError::DiskFull(_))).await;
}

#[tokio::test]
async fn failed_sync_loses_nothing_acknowledged() {
    check(Fault::SyncFails, |error| matches!(error, AppendError::Io(_))).await;
}

#[tokio::test]
async fn failed_write_loses_nothing_acknowledged() {
    check(Fault::WriteFails, |error| matches!(error, AppendError::Io(_))).await;
}

#[tokio::test]
async fn failure_of_the_very_first_commit_is_survived() {
    let dir = tempfile::tempdir().expect("a directory");
    let files = FaultyFiles::default();
    let log = EventLog::open(dir.path(), Options::small().with_files(Arc::new(files.clone()))).expect("opens");
    files.set(Fault::SyncFails);
    log.append(records("bad", 10)).await.expect_err("refused");
    files.set(Fault::None);
    assert_eq!(log.append(records("good", 2)).await.expect("acknowledged"), 1..3);
    drop(log);
    let log = EventLog::open(dir.path(), Options::small()).expect("opens again");
    assert_eq!(log.read(1).filter_map(Result::ok).count(), 2);
}

#[test]
fn a_write_that_does_not_come_back_is_seen_while_it_hangs_and_told_once_when_it_is_over() {
    let dir = tempfile::tempdir().expect("a directory");
    let files = FaultyFiles::default();
    let log = EventLog::open(dir.path(), Options::small().with_files(Arc::new(files.clone()))).expect("the log opens");
    assert_eq!(log.slowest_write(), Duration::ZERO);
    log.append_blocking(records("quick", 1)).expect("acknowledged");
    assert!(log.slowest_write() > Duration::ZERO);
    files.set(Fault::Hangs);
    std::thread::scope(|threads| {
        threads.spawn(|| log.append_blocking(records("late", 1)).expect("acknowledged"));
        let mut first = Duration::ZERO;
        while first.is_zero() {
            first = log.slowest_write();
        }
        std::thread::sleep(Duration::from_millis(5));
        assert!(log.slowest_write() > first, "it grows");
        files.set(Fault::None);
    });
    assert!(log.slowest_write() > Duration::ZERO);
    assert_eq!(log.slowest_write(), Duration::ZERO, "it was told");
}
