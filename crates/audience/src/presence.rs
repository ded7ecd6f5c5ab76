//! Who is watching one room right now, and how much watching a player may claim. Pure: the time comes in, what to log comes out.
//!
//! An entry is online for 30 s after its last heartbeat; the entry itself is the first one. A viewer is online while any of
//! their entries is. Each entry stands in exactly one slot of a wheel of seconds and is looked at when its slot comes, so a
//! heartbeat only writes one number and reading the count costs nothing.

use crate::credit::{Credit, Heard, Sent};
use crate::{Beat, Fetch, ViewerPass};
use events::{BroadcastId, EntryId, Millis, ViewerId, ViewerKind};
use std::collections::{HashMap, hash_map::Entry as Slot};
use uuid::Uuid;

/// Online means a heartbeat within this long.
pub const ONLINE_MS: i64 = 30_000;
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
    /// It counts as an entry of the broadcast.
    entered: bool,
    online: bool,
    /// Last heartbeat of any sort, merged ones included.
    seen: Millis,
    credit: Credit,
}

/// What a fetched segment means.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fetched {
    /// With this, the entry has media enough to count in this broadcast, for the first time as far as memory goes.
    pub entered: bool,
    /// It counts, since now or since before.
    pub counts: bool,
    pub sent: Sent,
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

    /// Media of the live stream reached an entry.
    pub(crate) fn fetched(&mut self, pass: &ViewerPass, broadcast: BroadcastId, fetch: &Fetch, now: Millis) -> Fetched {
        let bare = pass.kind == ViewerKind::Bare;
        let watching = match self.entries.entry(pass.entry) {
            Slot::Vacant(slot) => {
                self.wheel.put(pass.entry, now.plus_ms(ONLINE_MS));
                slot.insert(Watching::begin(pass, broadcast, now))
            }
            Slot::Occupied(slot) => slot.into_mut(),
        };
        if watching.broadcast != broadcast {
            *watching = Watching { online: watching.online, ..Watching::begin(pass, broadcast, now) };
        }
        let sent = watching.credit.fetch(fetch, now, bare);
        if bare {
            watching.seen = now.max(watching.seen);
        }
        let enough = watching.credit.is_entry() || fetch.is_whole() && sent.new_ms > 0;
        let entered = !watching.entered && enough;
        watching.entered |= entered;
        let counts = watching.entered;
        if entered || bare && counts {
            self.come(pass.entry);
        }
        Fetched { entered, counts, sent: Sent { logged: sent.logged.filter(|_| counts), ..sent } }
    }

    /// Media of this broadcast reached the entry, as far as memory goes.
    pub(crate) fn knows(&self, entry: EntryId, broadcast: BroadcastId) -> bool {
        self.entries.get(&entry).is_some_and(|watching| watching.broadcast == broadcast)
    }

    /// The entry's announcement could not be taken: the next segment tries again.
    pub(crate) fn forget(&mut self, entry: EntryId) {
        self.go(entry);
        if let Some(watching) = self.entries.get_mut(&entry) {
            watching.broadcast = BroadcastId(Uuid::nil());
        }
    }

    /// `None` for an entry that fetched no media of this broadcast: it gets nothing.
    pub(crate) fn beat(
        &mut self,
        entry: EntryId,
        broadcast: BroadcastId,
        beat: &Beat,
        direct: bool,
        now: Millis,
    ) -> Option<Heard> {
        let known = |watching: &&mut Watching| watching.broadcast == broadcast && watching.entered;
        let watching = self.entries.get_mut(&entry).filter(known)?;
        if watching.kind == ViewerKind::Bare {
            return None;
        }
        watching.seen = now.max(watching.seen);
        let heard = watching.credit.beat(beat, direct, now);
        self.come(entry);
        Some(heard)
    }

    /// Behind a CDN nobody sees media leave: the first heartbeat that shows a picture is the entry. True when it is one.
    pub(crate) fn shown(&mut self, pass: &ViewerPass, broadcast: BroadcastId, now: Millis) -> bool {
        let known =
            self.entries.get(&pass.entry).is_some_and(|watching| watching.broadcast == broadcast && watching.entered);
        if !known {
            self.go(pass.entry);
            let begun = Watching { entered: true, ..Watching::begin(pass, broadcast, now) };
            if self.entries.insert(pass.entry, begun).is_none() {
                self.wheel.put(pass.entry, now.plus_ms(ONLINE_MS));
            }
            self.come(pass.entry);
        }
        !known
    }

    /// `None` when the entry was not there.
    pub(crate) fn leave(&mut self, entry: EntryId, direct: bool, now: Millis) -> Option<Gone> {
        let watching = self.entries.get_mut(&entry).filter(|watching| watching.online)?;
        let played_ms = watching.credit.leave(direct, now);
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
        let begin = |credit| Watching { viewer, kind, broadcast, entered: true, online: false, seen: at, credit };
        match self.entries.entry(entry) {
            Slot::Vacant(slot) => {
                slot.insert(begin(Credit::recalled(at)));
                self.wheel.put(entry, at.plus_ms(ONLINE_MS));
            }
            Slot::Occupied(mut slot) => {
                let watching = slot.get_mut();
                if at < watching.seen {
                    return;
                }
                if watching.broadcast != broadcast {
                    *watching = Watching { online: watching.online, ..begin(Credit::begin(at)) };
                }
                watching.seen = at;
                watching.credit.recall(at);
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
    fn begin(pass: &ViewerPass, broadcast: BroadcastId, now: Millis) -> Self {
        let (viewer, kind) = (pass.viewer.clone(), pass.kind);
        Self { viewer, kind, broadcast, entered: false, online: false, seen: now, credit: Credit::begin(now) }
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
            let fetch = Fetch::whole(at(s), 2_000, 1);
            self.presence.fetched(pass, self.show, &fetch, at(s))
        }
        fn beat(&mut self, pass: &ViewerPass, played_ms: u32, s: i64) -> Option<u32> {
            self.beat_at(pass, played_ms, s, s)
        }
        /// One that shows what arrived at another time.
        fn beat_at(&mut self, pass: &ViewerPass, played_ms: u32, s: i64, shown_s: i64) -> Option<u32> {
            let beat = Beat { position: Some(at(shown_s)), ..Beat::of(played_ms) };
            self.presence.beat(pass.entry, self.show, &beat, true, at(s))?.logged
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
        assert!((1..100).all(|s| !room.fetch(&alice, s).entered));
        room.show = BroadcastId::new();
        assert!(room.fetch(&alice, 101).entered);
        assert!(!room.fetch(&alice, 102).entered);
    }

    #[test]
    fn a_heartbeat_without_media_is_none() {
        let (mut room, alice) = (Room::new(), pass("alice", ViewerKind::Web));
        assert_eq!(room.beat(&alice, 9_000, 0), None);
        for s in (0..400).step_by(2) {
            room.fetch(&alice, s);
        }
        assert_eq!(room.beat(&alice, 9_800, 10), Some(9_800));
        assert_eq!(room.beat_at(&alice, 40_000, 20, 30), Some(11_000), "wall clock and a second");
        assert_eq!(
            room.beat_at(&alice, 11_000, 30, 45),
            Some(10_000 - 1_000 + 200 + 1_000),
            "the slack is earned once"
        );
        assert_eq!(room.beat(&alice, 40_000, 330), Some(15_000), "15 s at most");
        let another = BroadcastId::new();
        assert_eq!(room.presence.beat(alice.entry, another, &Beat::of(9_000), true, at(350)), None);
    }

    #[test]
    fn heartbeats_in_a_row_are_merged() {
        let (mut room, alice) = (Room::new(), pass("alice", ViewerKind::Web));
        for s in 0..10 {
            room.fetch(&alice, 2 * s);
        }
        for n in 1..=4 {
            assert_eq!(room.beat_at(&alice, 2_000, 4, 2 * n), None);
        }
        assert_eq!(room.beat(&alice, 2_000, 10), Some(7_000), "four seconds and one, then two");
        assert_eq!(room.beat_at(&alice, 10_000, 10, 20), None);
        assert_eq!(room.presence.leave(alice.entry, true, at(11)), Some(Gone { played_ms: Some(1_000) }));
        assert_eq!(room.presence.leave(alice.entry, true, at(11)), None);
    }

    #[test]
    fn behind_a_cdn_the_first_shown_picture_is_the_entry() {
        let (mut room, alice) = (Room::new(), pass("alice", ViewerKind::Web));
        assert!(room.presence.shown(&alice, room.show, at(0)));
        assert!(!room.presence.shown(&alice, room.show, at(10)));
        assert_eq!(room.online(20), 1);
        assert_eq!(room.online(42), 0);
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
        room.presence.leave(alice.entry, true, at(61));
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
            played.extend(room.fetch(&bare, s).sent.logged);
        }
        assert_eq!(played, [10_000; 4]);
        assert_eq!(room.fetch(&bare, 100).sent.logged, Some(0), "a pause is no watching");
        assert_eq!(room.beat(&bare, 10_000, 106), None);
    }

    #[test]
    fn what_the_log_knows_is_recalled() {
        let (mut room, alice) = (Room::new(), pass("alice", ViewerKind::Web));
        room.presence.recall(alice.entry, alice.viewer.clone(), alice.kind, room.show, at(0));
        room.presence.recall(alice.entry, alice.viewer.clone(), alice.kind, room.show, at(10));
        assert!(!room.fetch(&alice, 12).entered);
        assert_eq!(room.beat_at(&alice, 9_000, 20, 14), Some(9_000));
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
