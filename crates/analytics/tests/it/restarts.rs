//! Whatever happens between two snapshots, the fold goes on as if nothing had.

use crate::{
    conformance::fold,
    histories::{any_order, broadcast, org},
};
use analytics::{
    shelf::Shelf,
    state::BroadcastState,
    world::{Still, World},
};
use events::{BroadcastId, Envelope};
use proptest::prelude::*;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Three shows at once, by turns.
fn three_shows() -> impl Strategy<Value = Vec<Envelope>> {
    (any_order(true), any::<u64>()).prop_map(|(history, seed)| {
        let turn = |position: usize| (seed >> (position % 60) & 3).min(2) as u128;
        let shows =
            history.events.into_iter().enumerate().map(|(n, event)| event.with_broadcast(Some(broadcast(turn(n)))));
        shows.collect()
    })
}

fn run(world: &mut World, shelf: &Shelf, events: &[Envelope], from: usize, to: usize) {
    let recall = |id: BroadcastId, _| shelf.broadcast(id).expect("reads").unwrap_or_else(|| BroadcastState::new(id));
    for (n, event) in events.iter().enumerate().take(to).skip(from) {
        world.apply(n as u64 + 1, &event.encode(), Instant::now(), &recall);
    }
}

fn evict_all(world: &mut World, shelf: &Shelf) {
    for state in world.idle(Instant::now(), Duration::ZERO, Duration::ZERO) {
        shelf.save_broadcast(&state).expect("saves");
        world.evict(&state);
    }
}

/// The state of each show, from memory or from the shelf.
fn all(world: &World, shelf: &Shelf) -> Vec<BroadcastState> {
    let ids = (0..3).map(broadcast);
    ids.filter_map(|id| {
        world.broadcast(id).map(|state| BroadcastState::clone(state)).or_else(|| shelf.broadcast(id).expect("reads"))
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_kill_anywhere_loses_and_doubles_nothing(
        events in three_shows(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 3),
    ) {
        let dir = tempfile::tempdir().expect("a folder");
        let shelf = Shelf::new(dir.path().join("metrics"));
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(events.len() + 1)).collect();
        cuts.sort_unstable();
        let [saved, evicted, killed] = cuts[..] else { return Ok(()) };

        let mut world = World::default();
        run(&mut world, &shelf, &events, 0, saved);
        shelf.save_snapshot(&world.still()).expect("saves");
        run(&mut world, &shelf, &events, saved, evicted);
        // States leave memory after the snapshot: their files are ahead of it.
        evict_all(&mut world, &shelf);
        run(&mut world, &shelf, &events, evicted, killed);
        drop(world);

        let still = shelf.snapshot().expect("reads").unwrap_or_default();
        prop_assert_eq!(still.position as usize, saved);
        let mut world = World::wake(still, Instant::now());
        // The log repeats from a little earlier than needed.
        run(&mut world, &shelf, &events, saved.saturating_sub(3), events.len());

        let mut expected = World::default();
        let empty = Shelf::new(dir.path().join("nothing"));
        run(&mut expected, &empty, &events, 0, events.len());
        prop_assert_eq!(all(&world, &shelf), all(&expected, &empty));
        prop_assert_eq!(world.names(org()), expected.names(org()));
        for state in all(&world, &shelf) {
            let mine = (1..).zip(&events).filter(|(_, event)| event.broadcast == Some(state.id));
            prop_assert_eq!(fold(BroadcastState::new(state.id), mine), state);
        }
    }
}

#[test]
fn a_damaged_file_is_noticed() {
    let dir = tempfile::tempdir().expect("a folder");
    let shelf = Shelf::new(dir.path().to_path_buf());
    assert_eq!(shelf.snapshot().expect("reads"), None);
    let still =
        Still { position: 7, broadcasts: vec![Arc::new(BroadcastState::new(broadcast(1)))], ..Still::default() };
    shelf.save_snapshot(&still).expect("saves");
    assert_eq!(shelf.snapshot().expect("reads"), Some(still));
    let path = dir.path().join("live.snapshot");
    let whole = std::fs::read(&path).expect("reads");
    for cut in [0, 1, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..cut]).expect("writes");
        assert!(shelf.snapshot().is_err(), "cut at {cut}");
    }
    let mut flipped = whole.clone();
    let last = flipped.len() - 3;
    flipped[last] ^= 1;
    std::fs::write(&path, flipped).expect("writes");
    assert!(shelf.snapshot().is_err());
}
