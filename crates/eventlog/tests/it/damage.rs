//! Damage to the files: a torn tail is cut, anything else is named.

use eventlog::{EventLog, IndexState, OpenError, Options, ReadError, Record, doctor};
use proptest::prelude::*;
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const HEADER_BLOCK: u64 = 4096;

fn record(number: u64) -> Record {
    Record::new(number, vec![number as u8; (number * 7919 % 500) as usize])
}

/// Appends `count` records in batches; the offset past each.
fn fill(log: &EventLog, count: u64) -> Vec<u64> {
    let mut end = HEADER_BLOCK;
    let mut ends = Vec::new();
    let first = log.last() + 1;
    let numbers: Vec<u64> = (first..first + count).collect();
    for batch in numbers.chunks(23) {
        log.append_blocking(batch.iter().copied().map(record).collect()).expect("acknowledged");
    }
    for number in numbers {
        end += 16 + record(number).payload.len() as u64;
        ends.push(end);
    }
    ends
}

fn check_first(log: &EventLog, count: u64) {
    let entries: Vec<_> = log.read(1).collect::<Result<_, _>>().expect("readable");
    assert_eq!(entries.len() as u64, count);
    for (entry, number) in entries.iter().zip(1..) {
        assert_eq!((entry.position, entry.at_ms, &entry.payload), (number, number, &record(number).payload));
    }
}

fn segments(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(dir)
        .expect("the directory")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    found.sort();
    found
}

#[derive(Debug, Clone)]
enum Damage {
    Truncate(u64),
    Overwrite(u64, Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = HEADER_BLOCK..HEADER_BLOCK + 60_000;
    let bytes =
        prop_oneof![proptest::collection::vec(any::<u8>(), 1..300), proptest::collection::vec(Just(0u8), 1..5000),];
    prop_oneof![at.clone().prop_map(Damage::Truncate), (at, bytes).prop_map(|(at, bytes)| Damage::Overwrite(at, bytes))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_stands_before_damage_to_the_tail_is_kept(damages in proptest::collection::vec(damage(), 1..4)) {
        let dir = tempfile::tempdir().expect("a directory");
        let options = Options::small().with_segment_bytes(64 << 10);
        let log = EventLog::open(dir.path(), options.clone()).expect("opens");
        let ends = fill(&log, 200);
        drop(log);
        let path = segments(dir.path(), "seg").pop().expect("a segment");
        let before = fs::read(&path).expect("the segment");
        let file = fs::OpenOptions::new().read(true).write(true).open(&path).expect("the segment");
        for damage in damages {
            match damage {
                Damage::Truncate(at) => file.set_len(at.min(file.metadata().expect("length").len())).expect("truncated"),
                Damage::Overwrite(at, bytes) => file.write_all_at(&bytes, at).expect("overwritten"),
            }
        }
        let after = fs::read(&path).expect("the segment");
        let same = before.iter().zip(&after).take_while(|(before, after)| before == after).count() as u64;
        let kept = ends.iter().filter(|end| **end <= same).count() as u64;

        let log = EventLog::open(dir.path(), options.clone()).expect("opens in spite of a torn tail");
        check_first(&log, kept);
        // What was cut never comes back, however long the records that follow are.
        fill(&log, 300 - kept);
        check_first(&log, 300);
        drop(log);
        let report = doctor(dir.path()).expect("a report");
        prop_assert!(report.is_sound() && report.torn_tail_bytes == 0, "{report}");
        check_first(&EventLog::open(dir.path(), options).expect("opens again"), 300);
    }
}

/// A log of several segments, closed.
fn several_segments(dir: &Path) -> (Options, u64) {
    let options = Options::small().with_segment_bytes(64 << 10);
    let log = EventLog::open(dir, options.clone()).expect("opens");
    fill(&log, 1500);
    drop(log);
    assert!(segments(dir, "seg").len() > 4);
    assert_eq!(segments(dir, "idx").len(), segments(dir, "seg").len() - 1);
    (options, 1500)
}

#[test]
fn damage_in_a_sealed_segment_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    let (options, _) = several_segments(dir.path());
    let path = segments(dir.path(), "seg").remove(1);
    let file = fs::OpenOptions::new().write(true).open(&path).expect("the segment");
    file.write_all_at(b"damage", 30_000).expect("overwritten");

    let report = doctor(dir.path()).expect("a report");
    assert!(!report.is_sound());
    assert_eq!(report.bad[0].segment, path);
    assert!(report.bad[0].offset <= 30_000);

    let log = EventLog::open(dir.path(), options.clone()).expect("opens, the index is sound");
    let error = log.read(1).find_map(Result::err).expect("an error");
    assert!(matches!(&error, ReadError::Corrupt { segment, offset, .. } if *segment == path && *offset <= 30_000));
    drop(log);

    // Without its index the segment is walked through, and the damage stops the start.
    fs::remove_file(path.with_extension("idx")).expect("removed");
    let error = EventLog::open(dir.path(), options).expect_err("damaged");
    assert!(matches!(error, OpenError::Corrupt { segment, .. } if segment == path));
}

#[test]
fn missing_segments_are_named() {
    let dir = tempfile::tempdir().expect("a directory");
    let (options, _) = several_segments(dir.path());
    fs::remove_file(segments(dir.path(), "seg").remove(2)).expect("removed");
    let error = EventLog::open(dir.path(), options).expect_err("a gap");
    assert!(matches!(error, OpenError::Gap { .. }), "{error}");
}

#[test]
fn lost_and_damaged_indexes_are_made_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let (options, count) = several_segments(dir.path());
    let indexes = segments(dir.path(), "idx");
    fs::remove_file(&indexes[0]).expect("removed");
    fs::write(&indexes[1], b"rubbish").expect("overwritten");
    let report = doctor(dir.path()).expect("a report");
    assert_eq!(report.segments[0].index, IndexState::Missing);
    assert_eq!(report.segments[1].index, IndexState::Damaged);
    assert_eq!((report.records, report.first, report.last), (count, 1, count));

    check_first(&EventLog::open(dir.path(), options).expect("opens"), count);
    let report = doctor(dir.path()).expect("a report");
    assert!(report.segments.iter().all(|segment| matches!(segment.index, IndexState::Sound | IndexState::Active)));
}

#[test]
fn records_behind_a_torn_one_never_come_back() {
    let dir = tempfile::tempdir().expect("a directory");
    let options = Options::small();
    // 256 bytes each, 16 to a block, so that later records can end exactly where an old one begins.
    let record = |number: u64| Record::new(number, vec![1; 240]);
    let log = EventLog::open(dir.path(), options.clone()).expect("opens");
    log.append_blocking((1..=400).map(record).collect()).expect("acknowledged");
    drop(log);
    let path = segments(dir.path(), "seg").pop().expect("a segment");
    let file = fs::OpenOptions::new().write(true).open(&path).expect("the segment");
    file.write_all_at(b"torn", HEADER_BLOCK + 100 * 256 + 50).expect("overwritten");

    for appended in [0, 12, 28] {
        let log = EventLog::open(dir.path(), options.clone()).expect("opens");
        assert_eq!(log.last(), 100 + appended);
        log.append_blocking((0..if appended == 0 { 12 } else { 16 }).map(record).collect()).expect("acknowledged");
    }
    assert_eq!(doctor(dir.path()).expect("a report").records, 100 + 12 + 16 + 16);
}
