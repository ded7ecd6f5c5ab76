//! Copies taken while the log is written.

use eventlog::{EventLog, Options, Record, doctor};
use std::fs;

#[tokio::test]
async fn a_copy_up_to_any_position_is_a_log_of_its_own() {
    let dir = tempfile::tempdir().expect("a directory");
    let options = Options::small().with_segment_bytes(64 << 10);
    let log = EventLog::open(dir.path(), options.clone()).expect("opens");
    for round in 0..40 {
        let records = (0..10).map(|number| Record::new(round, vec![number; 300])).collect();
        log.append(records).await.expect("acknowledged");
    }
    let whole: Vec<_> = log.read(1).collect::<Result<_, _>>().expect("readable");
    let beside = EventLog::open_read_only(dir.path(), options.clone()).expect("opens beside");
    assert!(beside.pieces(400).expect("pieces").len() > 2);
    for until in (0..=400).step_by(13).chain([1, 399, 400]) {
        let copy = tempfile::tempdir().expect("a directory");
        let pieces = beside.pieces(until).expect("pieces");
        for piece in &pieces {
            let bytes = fs::read(&piece.path).expect("a segment");
            let name = piece.path.file_name().expect("a name");
            fs::write(copy.path().join(name), &bytes[..piece.bytes as usize]).expect("a copy");
            if let Some(index) = &piece.index {
                fs::copy(index, copy.path().join(index.file_name().expect("a name"))).expect("a copy");
            }
        }
        assert_eq!(pieces.last().map_or(0, |piece| piece.last), until);
        let report = doctor(copy.path()).expect("a report");
        assert!(report.is_sound() && report.torn_tail_bytes == 0 && report.last == until, "{until}: {report}");
        let copied = EventLog::open(copy.path(), options.clone()).expect("the copy opens");
        let read: Vec<_> = copied.read(1).collect::<Result<_, _>>().expect("readable");
        assert_eq!(read, whole[..until as usize]);
        let next = copied.append(vec![Record::new(1, "next")]).await.expect("acknowledged");
        assert_eq!(next.start, until + 1);
    }
}
