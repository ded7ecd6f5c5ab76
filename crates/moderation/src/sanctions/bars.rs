//! Who may not speak or come in, in memory: asked on a danmaku's way into the log and at a socket's door, so nothing here waits.

use super::{Sanction, SanctionState};
use audience::RoomRef;
use events::{Millis, OrgId, RoomId, SanctionKind, ViewerId};
use parking_lot::RwLock;
use std::collections::HashMap;
use uuid::Uuid;

/// What keeps somebody from speaking or coming in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub sanction: Uuid,
    /// `Mute` or `Ban`.
    pub kind: SanctionKind,
    pub clause: String,
    /// None: for ever.
    pub until: Option<Millis>,
}

struct Held {
    bar: Bar,
    org: OrgId,
    /// None: in every room.
    room: Option<RoomId>,
}

#[derive(Default)]
pub struct Bars {
    /// None until they were loaded: then nobody knows.
    held: RwLock<Option<HashMap<ViewerId, Vec<Held>>>>,
    /// Whoever changes sanctions, or reads them to put them here: one at a time, so that nothing newer is replaced by something older.
    /// Taken before a transaction is begun.
    pub turn: tokio::sync::Mutex<()>,
}

impl Bars {
    pub fn is_loaded(&self) -> bool {
        self.held.read().is_some()
    }

    /// Everything that bars anybody.
    pub fn load(&self, sanctions: &[Sanction]) {
        let mut held: HashMap<ViewerId, Vec<Held>> = HashMap::new();
        for sanction in sanctions {
            if let (Some(viewer), Some(bar)) = (&sanction.viewer, held_of(sanction)) {
                held.entry(viewer.clone()).or_default().push(bar);
            }
        }
        *self.held.write() = Some(held);
    }

    /// What keeps a viewer from something in a room now, the gravest and longest. None: nobody knows yet.
    pub fn of(&self, room: &RoomRef, viewer: &ViewerId, now: Millis) -> Option<Option<Bar>> {
        let held = self.held.read();
        let of_viewer = held.as_ref()?.get(viewer).into_iter().flatten();
        let here = of_viewer.filter(|held| held.org == room.org && held.room.is_none_or(|id| id == room.room));
        let in_force = here.filter(|held| held.bar.until.is_none_or(|until| until > now));
        let gravest = in_force.max_by_key(|held| (held.bar.kind, held.bar.until.map_or(i64::MAX, |until| until.0)));
        Some(gravest.map(|held| held.bar.clone()))
    }

    /// A sanction as it is now: it bars somebody, or does so no more.
    pub fn put(&self, sanction: &Sanction) {
        let Some(viewer) = &sanction.viewer else { return };
        let mut held = self.held.write();
        let Some(held) = held.as_mut() else { return };
        let of_viewer = held.entry(viewer.clone()).or_default();
        of_viewer.retain(|held| held.bar.sanction != sanction.id);
        of_viewer.extend(held_of(sanction));
        if of_viewer.is_empty() {
            held.remove(viewer);
        }
    }

    /// Has a sanction in force whose record is not kept yet. It goes again unless it is told to stay.
    pub fn ahead<'a>(&'a self, sanction: &'a Sanction) -> Ahead<'a> {
        self.put(sanction);
        Ahead { bars: self, sanction, stays: false }
    }

    /// Lets go of what is over.
    pub fn tidy(&self, now: Millis) {
        if let Some(held) = self.held.write().as_mut() {
            held.retain(|_, of_viewer| {
                of_viewer.retain(|held| held.bar.until.is_none_or(|until| until > now));
                !of_viewer.is_empty()
            });
        }
    }
}

fn held_of(sanction: &Sanction) -> Option<Held> {
    let bars = matches!(sanction.kind, SanctionKind::Mute | SanctionKind::Ban);
    if !bars || sanction.state != SanctionState::Active {
        return None;
    }
    let bar =
        Bar { sanction: sanction.id, kind: sanction.kind, clause: sanction.clause.clone(), until: sanction.until };
    Some(Held { bar, org: sanction.org, room: (!sanction.everywhere).then_some(sanction.room) })
}

/// Also when whoever waits for the answer goes away in the middle, nobody stays barred without a record.
pub struct Ahead<'a> {
    bars: &'a Bars,
    sanction: &'a Sanction,
    stays: bool,
}

impl Ahead<'_> {
    pub fn stays(mut self) {
        self.stays = true;
    }
}

impl Drop for Ahead<'_> {
    fn drop(&mut self) {
        if !self.stays {
            self.bars.put(&Sanction { state: SanctionState::Reversed, ..self.sanction.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sanctions::tests::sanction;

    fn room(sanction: &Sanction) -> RoomRef {
        RoomRef { room: sanction.room, org: sanction.org, team: sanction.team, private: false, broadcast: None }
    }

    #[test]
    fn the_gravest_holds_here_until_its_time_is_over() {
        let bars = Bars::default();
        let mute = sanction(SanctionKind::Mute, Some(1_000));
        let here = room(&mute);
        let elsewhere = RoomRef { room: RoomId::new(), ..here.clone() };
        let viewer = mute.viewer.clone().expect("a viewer");
        assert_eq!(bars.of(&here, &viewer, Millis(0)), None, "nobody knows yet");
        bars.load(std::slice::from_ref(&mute));
        let kind = |room: &RoomRef, at| bars.of(room, &viewer, Millis(at)).expect("loaded").map(|bar| bar.kind);
        assert_eq!(kind(&here, 999), Some(SanctionKind::Mute));
        assert_eq!((kind(&here, 1_000), kind(&elsewhere, 0)), (None, None));

        let ban = Sanction {
            id: Uuid::now_v7(),
            kind: SanctionKind::Ban,
            until: Some(Millis(500)),
            everywhere: true,
            ..mute.clone()
        };
        bars.put(&ban);
        assert_eq!((kind(&here, 0), kind(&elsewhere, 0)), (Some(SanctionKind::Ban), Some(SanctionKind::Ban)));
        assert_eq!(kind(&here, 600), Some(SanctionKind::Mute));
        bars.put(&Sanction { state: SanctionState::Suspended, ..ban });
        assert_eq!((kind(&here, 0), kind(&elsewhere, 0)), (Some(SanctionKind::Mute), None));
        bars.tidy(Millis(1_000));
        assert_eq!(kind(&here, 0), None);
    }

    #[test]
    fn what_was_not_kept_bars_nobody() {
        let bars = Bars::default();
        bars.load(&[]);
        let ban = sanction(SanctionKind::Ban, None);
        let (here, viewer) = (room(&ban), ban.viewer.clone().expect("a viewer"));
        let ahead = bars.ahead(&ban);
        assert!(bars.of(&here, &viewer, Millis(0)).flatten().is_some());
        drop(ahead);
        assert_eq!(bars.of(&here, &viewer, Millis(0)), Some(None));
        bars.ahead(&ban).stays();
        assert!(bars.of(&here, &viewer, Millis(i64::MAX)).flatten().is_some());
    }
}
