//! Who is watching one room right now, and how much watching a player may claim. Pure: the time comes in, what to log comes out.
//!
//! An entry is online for 30 s after its last heartbeat; the entry itself is the first one. A viewer is online while any of
//! their entries is. Each entry stands in exactly one slot of a wheel of seconds and is looked at when its slot comes, so a
//! heartbeat only writes one number and reading the count costs nothing.

use crate::{Beat, ViewerPass};
use events::{BroadcastId, EntryId, Millis, ViewerId, ViewerKind};
use std::collections::{HashMap, hash_map::Entry as Slot};
use uuid::Uuid;

/// Online means a heartbeat within this long.
pub const ONLINE_MS: i64 = 30_000;
/// Most that one heartbeat may credit.
pub const MOST_PER_BEAT_MS: i64 = 15_000;
/// Clocks and networks jitter by about this much.
const SLACK_MS: i64 = 1_000;
/// Heartbeats closer together than this are merged into one.
const MERGE_MS: i64 = 5_000;
/// A bare client is heard of at most this often.
const BARE_EVERY_MS: i64 = 10_000;
/// A bare client that fetches nothing for longer was paused.
const BARE_GAP_MS: i64 = 15_000;
/// An entry that is silent this long is forgotten; the journal still knows that it was counted.
const FORGET_MS: i64 = 15 * 60_000;
const SLOTS: usize = 64;

#[derive(Default)]
pub(crate) struct Presence {
    entries: HashMap<EntryId, Watching>,
    /// Online entries by viewer.
    viewers: HashMap<ViewerId, u32>,
    wheel: Wheel,
}

struct Watching {
    viewer: ViewerId,
    kind: ViewerKind,
    broadcast: BroadcastId,
    online: bool,
    /// Last heartbeat of any sort, merged ones included.
    seen: Millis,
    /// Where credit starts: the last logged heartbeat, at first the entry.
    beat_at: Millis,
    /// Merged into the next logged heartbeat.
    pending_ms: i64,
    /// Wall clock since the entry that has not been credited yet, so that the slack cannot be earned again with every heartbeat.
    began: Millis,
    credited_ms: i64,
    fetched: Millis,
}

/// What a fetched segment means.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fetched {
    /// First media of this entry in this broadcast, as far as memory goes.
    pub entered: bool,
    /// A bare client's heartbeat to log.
    pub played_ms: Option<u32>,
}

/// What a goodbye means: a last heartbeat to log before it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gone {
    pub played_ms: Option<u32>,
}

impl Presence {
    pub(crate) fn online(&self) -> u32 {
        self.viewers.len().try_into().unwrap_or(u32::MAX)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn fetched(&mut self, pass: &ViewerPass, broadcast: BroadcastId, now: Millis) -> Fetched {
        let bare = pass.kind == ViewerKind::Bare;
        match self.entries.entry(pass.entry) {
            Slot::Vacant(slot) => {
                slot.insert(Watching::begin(pass.viewer.clone(), pass.kind, broadcast, now));
                self.wheel.put(pass.entry, now.plus_ms(ONLINE_MS));
                self.come(pass.entry);
                Fetched { entered: true, played_ms: None }
            }
            Slot::Occupied(mut slot) => {
                let watching = slot.get_mut();
                let entered = watching.broadcast != broadcast;
                if entered {
                    *watching = Watching {
                        online: watching.online,
                        ..Watching::begin(pass.viewer.clone(), pass.kind, broadcast, now)
                    };
                }
                let gap_ms = now.since(watching.fetched);
                watching.fetched = now.max(watching.fetched);
                if !bare {
                    // A player of ours says by itself that it is there; fetching ahead is no watching.
                    if entered {
                        self.come(pass.entry);
                    }
                    return Fetched { entered, played_ms: None };
                }
                if (0..=BARE_GAP_MS).contains(&gap_ms) {
                    watching.pending_ms += gap_ms;
                }
                watching.seen = now.max(watching.seen);
                let played_ms = (now.since(watching.beat_at) >= BARE_EVERY_MS).then(|| watching.credit(now));
                self.come(pass.entry);
                Fetched { entered, played_ms }
            }
        }
    }

    /// The entry's announcement could not be taken: the next segment tries again.
    pub(crate) fn forget(&mut self, entry: EntryId) {
        self.go(entry);
        if let Some(watching) = self.entries.get_mut(&entry) {
            watching.broadcast = BroadcastId(Uuid::nil());
        }
    }

    /// `Some(played_ms)` when a heartbeat is to be logged. An entry that fetched no media of this broadcast gets nothing.
    pub(crate) fn beat(&mut self, entry: EntryId, broadcast: BroadcastId, beat: Beat, now: Millis) -> Option<u32> {
        let watching = self.entries.get_mut(&entry).filter(|watching| watching.broadcast == broadcast)?;
        if watching.kind == ViewerKind::Bare {
            return None;
        }
        let wall_ms = now.since(watching.beat_at).max(0);
        // A hidden page keeps its viewer online but plays for nobody.
        if beat.visible {
            watching.pending_ms = (watching.pending_ms + i64::from(beat.played_ms)).min(wall_ms + SLACK_MS);
        }
        watching.seen = now.max(watching.seen);
        let played_ms = (wall_ms >= MERGE_MS).then(|| watching.credit(now));
        self.come(entry);
        played_ms
    }

    /// `None` when the entry was not there.
    pub(crate) fn leave(&mut self, entry: EntryId, now: Millis) -> Option<Gone> {
        let watching = self.entries.get_mut(&entry).filter(|watching| watching.online)?;
        let played_ms = (watching.pending_ms > 0).then(|| watching.credit(now));
        self.go(entry);
        Some(Gone { played_ms })
    }

    /// What the log says about an entry, at the start of the program. Newer knowledge is kept.
    pub(crate) fn recall(
        &mut self,
        entry: EntryId,
        viewer: ViewerId,
        kind: ViewerKind,
        broadcast: BroadcastId,
        at: Millis,
    ) {
        match self.entries.entry(entry) {
            Slot::Vacant(slot) => {
                slot.insert(Watching::begin(viewer, kind, broadcast, at));
                self.wheel.put(entry, at.plus_ms(ONLINE_MS));
            }
            Slot::Occupied(mut slot) => {
                let watching = slot.get_mut();
                if at < watching.seen {
                    return;
                }
                if watching.broadcast != broadcast {
                    *watching = Watching { online: watching.online, ..Watching::begin(viewer, kind, broadcast, at) };
                }
                watching.seen = at;
                watching.beat_at = at;
            }
        }
        self.come(entry);
    }

    /// Takes out who was silent for too long.
    pub(crate) fn sweep(&mut self, now: Millis) {
        for entry in self.wheel.due(now) {
            let Some(watching) = self.entries.get(&entry) else { continue };
            let silent_ms = now.since(watching.seen);
            if silent_ms >= FORGET_MS {
                self.go(entry);
                self.entries.remove(&entry);
            } else if silent_ms > ONLINE_MS {
                self.go(entry);
                self.wheel.put(entry, now.plus_ms(ONLINE_MS));
            } else {
                let until = watching.seen.plus_ms(ONLINE_MS);
                self.wheel.put(entry, until);
            }
        }
    }

    fn come(&mut self, entry: EntryId) {
        let Some(watching) = self.entries.get_mut(&entry) else { return };
        if !watching.online {
            watching.online = true;
            *self.viewers.entry(watching.viewer.clone()).or_insert(0) += 1;
        }
    }

    fn go(&mut self, entry: EntryId) {
        let Some(watching) = self.entries.get_mut(&entry).filter(|watching| watching.online) else { return };
        watching.online = false;
        if let Slot::Occupied(mut count) = self.viewers.entry(watching.viewer.clone()) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

impl Watching {
    fn begin(viewer: ViewerId, kind: ViewerKind, broadcast: BroadcastId, now: Millis) -> Self {
        Self {
            viewer,
            kind,
            broadcast,
            online: false,
            seen: now,
            beat_at: now,
            pending_ms: 0,
            began: now,
            credited_ms: 0,
            fetched: now,
        }
    }

    /// Takes what is pending, as far as it is possible, and starts anew.
    fn credit(&mut self, now: Millis) -> u32 {
        let wall_ms = now.since(self.beat_at).max(0) + SLACK_MS;
        let ever_ms = (now.since(self.began) + SLACK_MS - self.credited_ms).max(0);
        let played_ms = self.pending_ms.min(MOST_PER_BEAT_MS).min(wall_ms).min(ever_ms).max(0);
        self.beat_at = now;
        self.credited_ms += played_ms;
        self.pending_ms = 0;
        played_ms.try_into().unwrap_or(0)
    }
}

/// Slots of one second each.
struct Wheel {
    slots: [Vec<EntryId>; SLOTS],
    /// The second up to which slots were emptied.
    done: Option<i64>,
}

impl Default for Wheel {
    fn default() -> Self {
        Self { slots: std::array::from_fn(|_| Vec::new()), done: None }
    }
}

impl Wheel {
    /// Looks at `entry` in the first second that lies wholly after `at`, at most a minute from now.
    fn put(&mut self, entry: EntryId, at: Millis) {
        let second = at.0.div_euclid(1_000) + 1;
        // Nothing may land in a slot that is already done, or it would wait a whole turn.
        let second = self.done.map_or(second, |done| second.clamp(done + 1, done + SLOTS as i64 - 1));
        let slot = second.rem_euclid(SLOTS as i64) as usize;
        if let Some(slot) = self.slots.get_mut(slot) {
            slot.push(entry);
        }
    }

    /// Everybody whose second has come.
    fn due(&mut self, now: Millis) -> Vec<EntryId> {
        let second = now.0.div_euclid(1_000);
        // A clock that was set back starts anew; whoever is looked at early is put back.
        self.done = self.done.filter(|done| *done < second + SLOTS as i64);
        let from = self.done.map_or(second - SLOTS as i64 + 1, |done| (done + 1).max(second - SLOTS as i64 + 1));
        let mut due = Vec::new();
        for second in from..=second {
            if let Some(slot) = self.slots.get_mut(second.rem_euclid(SLOTS as i64) as usize) {
                due.append(slot);
            }
        }
        self.done = Some(self.done.map_or(second, |done| done.max(second)));
        due
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use events::RoomId;

    struct Room {
        presence: Presence,
        show: BroadcastId,
    }

    impl Room {
        fn new() -> Self {
            Self { presence: Presence::default(), show: BroadcastId::new() }
        }
        fn fetch(&mut self, pass: &ViewerPass, s: i64) -> Fetched {
            self.presence.fetched(pass, self.show, at(s))
        }
        fn beat(&mut self, pass: &ViewerPass, played_ms: u32, s: i64) -> Option<u32> {
            self.presence.beat(pass.entry, self.show, Beat { played_ms, visible: true }, at(s))
        }
        fn online(&mut self, s: i64) -> u32 {
            self.presence.sweep(at(s));
            self.presence.online()
        }
    }

    fn at(s: i64) -> Millis {
        Millis(1_700_000_000_000 + s * 1_000)
    }

    fn pass(viewer: &str, kind: ViewerKind) -> ViewerPass {
        ViewerPass {
            room: RoomId::new(),
            viewer: viewer.parse().unwrap(),
            entry: EntryId::new(),
            kind,
            expires: at(1_000_000),
        }
    }

    #[test]
    fn many_segments_are_one_entry_until_the_next_show() {
        let (mut room, alice) = (Room::new(), pass("alice", ViewerKind::Web));
        assert!(room.fetch(&alice, 0).entered);
        assert!((1..100).all(|s| room.fetch(&alice, s) == Fetched::default()));
        room.show = BroadcastId::new();
        assert!(room.fetch(&alice, 101).entered);
        assert!(!room.fetch(&alice, 102).entered);
    }

    #[test]
    fn a_heartbeat_credits_no_more_than_the_wall_clock() {
        let (mut room, alice) = (Room::new(), pass("alice", ViewerKind::Web));
        assert_eq!(room.beat(&alice, 9_000, 0), None, "no media, no heartbeat");
        room.fetch(&alice, 0);
        assert_eq!(room.beat(&alice, 9_800, 10), Some(9_800));
        assert_eq!(room.beat(&alice, 60_000, 20), Some(11_000), "wall clock and a second");
        assert_eq!(room.beat(&alice, 60_000, 30), Some(10_000 - 1_000 + 200 + 1_000), "the slack is earned once");
        assert_eq!(room.beat(&alice, 600_000, 330), Some(15_000), "15 s at most");
        assert_eq!(
            room.presence.beat(alice.entry, room.show, Beat { played_ms: 9_000, visible: false }, at(340)),
            Some(0)
        );
        assert_eq!(
            room.presence.beat(alice.entry, BroadcastId::new(), Beat { played_ms: 9_000, visible: true }, at(350)),
            None
        );
    }

    #[test]
    fn replayed_heartbeats_are_merged() {
        let (mut room, alice) = (Room::new(), pass("alice", ViewerKind::Web));
        room.fetch(&alice, 0);
        for _ in 0..1_000 {
            assert_eq!(room.beat(&alice, 10_000, 4), None);
        }
        assert_eq!(room.beat(&alice, 10_000, 10), Some(11_000));
        assert_eq!(room.beat(&alice, 10_000, 10), None);
        assert_eq!(room.presence.leave(alice.entry, at(11)), Some(Gone { played_ms: Some(1_000) }));
        assert_eq!(room.presence.leave(alice.entry, at(11)), None);
    }

    #[test]
    fn a_viewer_is_online_for_thirty_seconds_after_the_last_heartbeat() {
        let mut room = Room::new();
        let (alice, again, bob) =
            (pass("alice", ViewerKind::Web), pass("alice", ViewerKind::Web), pass("bob", ViewerKind::Web));
        room.fetch(&alice, 0);
        room.fetch(&again, 5);
        room.fetch(&bob, 5);
        assert_eq!(room.online(5), 2, "two entries, one viewer");
        room.beat(&bob, 10_000, 15);
        assert_eq!(room.online(30), 2);
        assert_eq!(room.online(37), 1, "alice's second entry ran out too");
        assert_eq!(room.online(47), 0);
        room.beat(&alice, 10_000, 60);
        assert_eq!(room.online(60), 1, "back after a nap");
        room.presence.leave(alice.entry, at(61));
        assert_eq!(room.online(61), 0);
        for s in 62..2_000 {
            room.presence.sweep(at(s));
        }
        assert!(room.presence.is_empty());
    }

    #[test]
    fn a_bare_client_is_credited_by_its_fetches() {
        let (mut room, bare) = (Room::new(), pass("bare", ViewerKind::Bare));
        let mut played = Vec::new();
        for s in (0..=40).step_by(2) {
            played.extend(room.fetch(&bare, s).played_ms);
        }
        assert_eq!(played, [10_000; 4]);
        assert_eq!(room.fetch(&bare, 100).played_ms, Some(0), "a pause is no watching");
        assert_eq!(room.beat(&bare, 10_000, 106), None);
    }

    #[test]
    fn what_the_log_knows_is_recalled() {
        let (mut room, alice) = (Room::new(), pass("alice", ViewerKind::Web));
        room.presence.recall(alice.entry, alice.viewer.clone(), alice.kind, room.show, at(0));
        room.presence.recall(alice.entry, alice.viewer.clone(), alice.kind, room.show, at(10));
        assert!(!room.fetch(&alice, 12).entered);
        assert_eq!(room.beat(&alice, 9_000, 20), Some(9_000));
        assert_eq!(room.online(20), 1);
        assert_eq!(room.online(52), 0);
    }

    #[test]
    fn a_clock_set_back_does_not_keep_viewers_for_ever() {
        let (mut room, alice) = (Room::new(), pass("alice", ViewerKind::Web));
        room.fetch(&alice, 10_000);
        assert_eq!(room.online(10_000), 1);
        let bob = pass("bob", ViewerKind::Web);
        room.fetch(&bob, 0);
        room.online(0);
        room.fetch(&bob, 1);
        assert_eq!(room.online(40), 1, "bob is gone; alice's clock lies ahead");
    }
}
