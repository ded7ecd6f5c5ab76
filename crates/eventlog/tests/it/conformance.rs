//! The conformance suite on both file layers and both ways of committing.

use eventlog::Options;
use eventlog::conformance::{Embedded, run};
use eventlog::files::HeldBackFiles;
use std::sync::Arc;
use std::time::Duration;

async fn check(options: Options) {
    let dir = tempfile::tempdir().expect("a directory");
    run(&Embedded { dir: dir.path().into(), options }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn real_files() {
    check(Options::small()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn real_files_committed_by_the_thread() {
    check(Options { inline_below_us: 0, ring_bytes: 50_000, max_queued_bytes: 40_000, ..Options::small() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_stays_in_memory() {
    check(Options { ring_for: Duration::ZERO, ..Options::small() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn held_back_files() {
    check(Options::small().with_files(Arc::new(HeldBackFiles::new()))).await;
}

#[tokio::test]
async fn one_threaded_runtime() {
    check(Options { inline_below_us: u64::MAX, ..Options::small() }).await;
}
