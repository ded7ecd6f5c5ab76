//! A child process that appends and is killed: every record it saw acknowledged is there, once and in order.
//!
//! The child is this test binary again, running the test `child` with the directory in its environment. It tells of every
//! acknowledgement on its standard output.

use eventlog::files::HeldBackFiles;
use eventlog::{EventLog, Options, Record, doctor};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

const WRITERS: u64 = 8;

#[test]
fn child() {
    let Ok(dir) = std::env::var("EVENTLOG_CHILD_DIR") else { return };
    let mut options = Options::small().with_segment_bytes(256 << 10);
    if std::env::var("EVENTLOG_CHILD_HELD").is_ok() {
        options = options.with_files(Arc::new(HeldBackFiles::new()));
    }
    let round: u64 = std::env::var("EVENTLOG_CHILD_ROUND").ok().and_then(|round| round.parse().ok()).unwrap_or(0);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async move {
        let log = EventLog::open(Path::new(&dir), options).expect("opens");
        let writers: Vec<_> = (0..WRITERS).map(|writer| tokio::spawn(write(log.clone(), round, writer))).collect();
        for writer in writers {
            writer.await.expect("a writer");
        }
    });
}

async fn write(log: EventLog, round: u64, writer: u64) {
    for number in 0u64.. {
        let size = number % 5 + 1;
        let record = |part: u64| {
            let mut payload = [round, writer, number, part].map(u64::to_le_bytes).concat();
            payload.resize(32 + (number % 300) as usize, 1);
            Record::new(number, payload)
        };
        let range = log.append((0..size).map(record).collect()).await.expect("acknowledged");
        // One short line at a time is written whole.
        let line = format!("ack {round} {writer} {number} {} {}\n", range.start, range.end);
        std::io::stdout().lock().write_all(line.as_bytes()).expect("told");
    }
}

fn check(rounds: u64, held: bool) {
    let dir = tempfile::tempdir().expect("a directory");
    let mut acknowledged = Vec::new();
    for round in 0..rounds {
        let mut command = Command::new(std::env::current_exe().expect("this binary"));
        command.args(["--exact", "crash::child", "--nocapture"]).stdout(Stdio::piped());
        command.env("EVENTLOG_CHILD_DIR", dir.path()).env("EVENTLOG_CHILD_ROUND", round.to_string());
        if held {
            command.env("EVENTLOG_CHILD_HELD", "1");
        }
        let mut child = command.spawn().expect("the child starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let stop_after = 100 + 613 * round as usize % 2000;
        let mut seen = 0;
        for line in lines {
            let line = line.expect("a line");
            let Some(at) = line.find("ack ") else { continue };
            let numbers: Vec<u64> = line[at + 4..].split(' ').filter_map(|number| number.parse().ok()).collect();
            // The last line may be cut short by the kill.
            if let [round, writer, number, start, end] = numbers[..]
                && end == start + number % 5 + 1
            {
                acknowledged.push((start..end, round, writer, number));
                seen += 1;
            }
            if seen == stop_after {
                child.kill().expect("killed");
            }
        }
        child.wait().expect("ended");
        assert!(seen >= stop_after);
    }

    let report = doctor(dir.path()).expect("a report");
    assert!(report.is_sound(), "{report}");
    let log = EventLog::open(dir.path(), Options::small().with_segment_bytes(256 << 10)).expect("opens");
    let mut found = HashMap::new();
    let mut newest = HashMap::new();
    for (entry, position) in log.read(1).zip(1..) {
        let entry = entry.expect("readable");
        assert_eq!(entry.position, position);
        let number = |at: usize| u64::from_le_bytes(entry.payload[at * 8..at * 8 + 8].try_into().expect("a number"));
        let (round, writer, number, part) = (number(0), number(1), number(2), number(3));
        let before = newest.insert((round, writer), (number, part));
        assert!(before < Some((number, part)), "a writer's records stand in its order, once");
        found.insert(position, (round, writer, number, part));
    }
    for (range, round, writer, number) in acknowledged {
        for (position, part) in range.zip(0..) {
            assert_eq!(found.get(&position), Some(&(round, writer, number, part)), "position {position}");
        }
    }
}

#[test]
fn killed_writers_lose_nothing_acknowledged() {
    check(8, false);
}

#[test]
fn losing_everything_unsynced_loses_nothing_acknowledged() {
    check(8, true);
}
