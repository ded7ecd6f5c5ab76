//! The memory of message ids against a real log.

use super::*;
use app::testing::TestApp;
use events::{Clock, Envelope, Event, Source, Tracked};

const NOW: Millis = Millis(1_800_000_000_000);

fn event(key: &str, at: Millis) -> Envelope {
    let tracked = Tracked {
        call: "track".into(),
        name: "A".into(),
        user_id: None,
        anonymous_id: None,
        properties: Default::default(),
        context: Default::default(),
        sent_at: None,
    };
    Envelope::new(at, Source::Collect, OrgId(uuid::Uuid::nil()), Event::Tracked(tracked)).with_key(key)
}

fn of(key: &str) -> u64 {
    hash(OrgId(uuid::Uuid::nil()), key)
}

/// How many of the keys `from..to` are unknown.
fn unknown(dedup: &Arc<Dedup>, from: usize, to: usize) -> usize {
    let hashes: Vec<_> = (from..to).enumerate().map(|(place, key)| (place, of(&key.to_string()))).collect();
    dedup.claim(&hashes, u64::MAX).fresh.len()
}

/// Puts keys into the log as the edge does.
async fn put(app: &App, dedup: &Arc<Dedup>, from: usize, to: usize) {
    let events: Vec<_> = (from..to).map(|key| event(&key.to_string(), app.now())).collect();
    let hashes: Vec<_> = (from..to).enumerate().map(|(place, key)| (place, of(&key.to_string()))).collect();
    let sorted = dedup.claim(&hashes, app.log.last());
    app.append(&events).await.unwrap();
    sorted.claim.keep(app.now());
}

#[tokio::test]
async fn ids_are_remembered_by_runs_and_log_and_forgotten_after_a_day() {
    let clock = Clock::manual(NOW);
    let test = TestApp::with_clock(clock.clone(), |_| Vec::new()).await.unwrap();
    let app = &test.app;
    let dedup = Dedup::open(app).unwrap();
    put(app, &dedup, 0, 1_000).await;
    dedup.tend(app).unwrap();
    assert_eq!(dedup.counts(), (0, 1_000), "nothing is due yet");
    clock.set(NOW.plus_ms(SEAL_EVERY_MS));
    dedup.tend(app).unwrap();
    assert_eq!(dedup.counts(), (1, 0));
    put(app, &dedup, 1_000, 1_500).await;
    assert_eq!(unknown(&dedup, 0, 1_501), 1);

    // As after `kill -9`: what was only in memory comes from the log.
    let again = Dedup::open(app).unwrap();
    assert_eq!(again.counts(), (1, 500));
    assert_eq!(unknown(&again, 0, 1_501), 1);

    // A damaged run is read from the log too.
    let file = fs::read_dir(app.data_dir.join("dedup")).unwrap().next().unwrap().unwrap().path();
    fs::write(&file, b"rubbish").unwrap();
    let again = Dedup::open(app).unwrap();
    assert_eq!(again.counts(), (0, 1_500));
    assert_eq!(unknown(&again, 0, 1_501), 1);
    put(app, &again, 1_500, 1_600).await;
    clock.set(NOW.plus_ms(3 * SEAL_EVERY_MS));
    again.tend(app).unwrap();
    assert_eq!(again.counts(), (1, 0));
    assert_eq!(unknown(&again, 0, 1_601), 1);

    clock.set(NOW.plus_ms(REMEMBER_MS + SEAL_EVERY_MS + 1));
    again.tend(app).unwrap();
    assert_eq!(again.counts(), (0, 0));
    assert_eq!(unknown(&again, 0, 10), 10);
    assert_eq!(unknown(&Dedup::open(app).unwrap(), 0, 1_600), 1_600);
}

#[tokio::test]
async fn what_is_on_its_way_is_not_sealed_away() {
    let clock = Clock::manual(NOW);
    let test = TestApp::with_clock(clock.clone(), |_| Vec::new()).await.unwrap();
    let app = &test.app;
    let dedup = Dedup::open(app).unwrap();
    put(app, &dedup, 0, 10).await;
    let slow = dedup.claim(&[(0, of("slow"))], app.log.last());
    app.append(&[event("slow", app.now())]).await.unwrap();
    put(app, &dedup, 10, 20).await;
    clock.set(NOW.plus_ms(SEAL_EVERY_MS));
    dedup.tend(app).unwrap();
    // Killed here: `slow` is in the log but in no run, so the run must not claim to cover its position.
    let again = Dedup::open(app).unwrap();
    assert_eq!(again.claim(&[(0, of("slow"))], 0).fresh.len(), 0);
    assert_eq!(unknown(&again, 0, 20), 0);
    slow.claim.keep(app.now());
    assert_eq!(dedup.claim(&[(0, of("slow"))], 0).repeats, 1);
}

#[tokio::test]
async fn a_claim_that_failed_may_be_claimed_again() {
    let test = TestApp::new(|_| Vec::new()).await.unwrap();
    let dedup = Dedup::open(&test.app).unwrap();
    let first = dedup.claim(&[(0, 7), (1, 7), (2, 8)], 0);
    assert_eq!((first.fresh.as_slice(), first.repeats, first.pending.len()), ([0, 2].as_slice(), 1, 0));
    let mut second = dedup.claim(&[(0, 7)], 0);
    let (_, mut wait) = second.pending.pop().unwrap();
    assert!(second.fresh.is_empty() && wait.has_changed().is_ok());
    drop(first.claim);
    assert!(wait.changed().await.is_err());
    assert_eq!(dedup.claim(&[(0, 7)], 0).fresh, [0]);
}
