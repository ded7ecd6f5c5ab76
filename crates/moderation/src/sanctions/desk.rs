//! Where sanctions begin and change: each at one place, in one transaction with its event, and in force when it is answered.

use super::{Changed, Sanction, SanctionState, bars::Bar, bars::Bars, store};
use crate::{
    Moderation,
    ledger::{self, Entry, Kind},
};
use ::store::Tx;
use app::App;
use audience::RoomRef;
use events::{Event, Millis, RoomId, SanctionChanged, Sanctioned, ViewerId};
use std::collections::HashMap;
use uuid::Uuid;

/// Who changes sanctions waits for each other: steps of the ladder are counted.
pub const TURN: &str = "moderation_sanctions";

/// What the ledger's rows about a sanction are found by.
pub fn named(sanction: Uuid) -> String {
    format!("sanction:{sanction}")
}

/// A new sanction, kept and told.
async fn begin(app: &App, tx: &Tx, sanction: &Sanction) -> anyhow::Result<()> {
    store::insert(tx.db(), sanction).await?;
    let people = ledger::people(app, tx, sanction.org, sanction.viewer.iter(), sanction.at).await?;
    let facts = serde_json::json!({
        "sanction": sanction.id, "room": sanction.room, "broadcast": sanction.broadcast, "everywhere": sanction.everywhere,
        "kind": super::kind_name(sanction.kind), "clause": sanction.clause, "until_ms": sanction.until,
        "position": sanction.position, "tier": sanction.tier, "strike": sanction.strike, "as_proposed": sanction.as_proposed,
        "by": sanction.by.name, "person": sanction.viewer.as_ref().and_then(|viewer| people.person(viewer)),
    });
    let entry = Entry::new(Kind::SanctionImposed, named(sanction.id), &facts)?.of_team(sanction.team);
    ledger::write(tx, sanction.org, sanction.at, vec![entry]).await?;
    let sanctioned = Sanctioned {
        sanction: sanction.id,
        kind: sanction.kind,
        clause: sanction.clause.clone(),
        everywhere: sanction.everywhere,
        until: sanction.until,
        position: sanction.position,
        tier: sanction.tier,
        by: sanction.by.name.clone(),
    };
    tx.emit(sanction.told(sanction.at, Event::Sanctioned(sanctioned))).await
}

/// A sanction comes to another state, which is kept and told. False: somebody else was faster.
pub async fn change(
    tx: &Tx,
    sanction: &mut Sanction,
    to: SanctionState,
    by: &str,
    why: Option<String>,
    now: Millis,
) -> anyhow::Result<bool> {
    let before = std::mem::replace(&mut sanction.state, to);
    sanction.changed = Some(Changed { by: by.to_owned(), at: now, why });
    if !store::change(tx.db(), sanction, before).await? {
        return Ok(false);
    }
    let changed = SanctionChanged { sanction: sanction.id, state: to.told().to_owned(), by: by.to_owned() };
    tx.emit(sanction.told(now, Event::SanctionChanged(changed))).await?;
    let facts = serde_json::json!({
        "sanction": sanction.id, "before": before.name(), "state": to.told(), "mistaken": sanction.mistaken, "by": by,
    });
    let entry = Entry::new(Kind::SanctionChanged, named(sanction.id), &facts)?.of_team(sanction.team);
    ledger::write(tx, sanction.org, now, vec![entry]).await?;
    metrics::counter!("kaibo_moderation_sanctions_changed_total", "state" => to.told()).increment(1);
    Ok(true)
}

impl Moderation {
    /// What keeps a viewer from something in a room now. None: nobody knows yet.
    pub fn bar(&self, room: &RoomRef, viewer: &ViewerId, now: Millis) -> Option<Option<Bar>> {
        self.bars().of(room, viewer, now)
    }

    /// The rooms that are cut from traffic now, and until when at the latest; none: without end.
    pub async fn cut_rooms(&self) -> anyhow::Result<HashMap<RoomId, Option<Millis>>> {
        let app = self.app();
        let mut rooms = HashMap::new();
        for (room, until) in store::cut_rooms(app.store.read(), app.now()).await? {
            let latest = rooms.entry(room).or_insert(until);
            *latest = (*latest).zip(until).map(|(one, other)| one.max(other));
        }
        Ok(rooms)
    }

    pub(crate) fn bars(&self) -> &Bars {
        &self.0.bars
    }

    /// Imposes a sanction and ends the transaction. Call with the bars' turn. Who is barred is so before anybody hears of it.
    pub(super) async fn impose(&self, tx: Tx, sanction: &Sanction) -> anyhow::Result<()> {
        begin(self.app(), &tx, sanction).await?;
        let ahead = self.bars().ahead(sanction);
        tx.commit().await?;
        ahead.stays();
        metrics::counter!("kaibo_moderation_sanctions_total", "kind" => super::kind_name(sanction.kind),
            "as_proposed" => sanction.as_proposed.to_string())
        .increment(1);
        Ok(())
    }
}
