//! Judgements and deliveries as rows.

use super::{delivery::Delivery, numbers::Found};
use anyhow::Context;
use events::{BroadcastId, EntryId, Millis, RoomId, ViewerEvidence, ViewerId, ViewerJudged, ViewerVerdict};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use std::collections::HashMap;
use store::{Store, Text};

mod judgement {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audience_judgements")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub broadcast_id: Text<BroadcastId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry_id: Text<EntryId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub since_at_ms: i64,
        pub viewer: Text<ViewerId>,
        pub verdict: String,
        pub reasons: String,
        pub entered: bool,
        pub gone: bool,
        pub evidence: String,
        pub position: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod change {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audience_delivery_changes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub room_id: Text<RoomId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub since_at_ms: i64,
        pub cdn: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod unseen {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audience_unseen")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub broadcast_id: Text<BroadcastId>,
        pub entries: i64,
        pub changed_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A judgement with its place in the log.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub position: u64,
    pub broadcast: BroadcastId,
    pub viewer: ViewerId,
    pub judged: ViewerJudged,
}

/// SQLite takes at most 32,766 parameters a statement; a row has 10.
const ROWS_A_STATEMENT: usize = 2_000;
const ROWS_A_PAGE: u64 = 5_000;

/// Writes judgements in log order; one that was written before changes nothing.
pub(crate) async fn write(store: &Store, judged: Vec<Placed>) -> anyhow::Result<()> {
    if judged.is_empty() {
        return Ok(());
    }
    // One statement may not touch a row twice.
    let mut newest: Vec<Placed> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for placed in judged.into_iter().rev() {
        if seen.insert((placed.broadcast, placed.judged.entry, placed.judged.evidence.first_at)) {
            newest.push(placed);
        }
    }
    use judgement::Column;
    let tx = store.begin().await?;
    for chunk in newest.chunks(ROWS_A_STATEMENT) {
        let rows: Vec<judgement::ActiveModel> = chunk.iter().map(to_row).collect::<anyhow::Result<_>>()?;
        let older = Expr::col((judgement::Entity, Column::Position)).lt(Expr::col(("excluded", Column::Position)));
        let mut newer = OnConflict::columns([Column::BroadcastId, Column::EntryId, Column::SinceAtMs]);
        newer.update_columns([
            Column::Verdict,
            Column::Reasons,
            Column::Entered,
            Column::Gone,
            Column::Evidence,
            Column::Position,
        ]);
        newer.action_and_where(older);
        judgement::Entity::insert_many(rows)
            .on_conflict(newer)
            .exec_without_returning(tx.db())
            .await
            .context("writing judgements")?;
    }
    tx.commit().await
}

/// Every judgement of a show, a page at a time.
pub(crate) async fn each(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    mut take: impl FnMut(Found),
) -> anyhow::Result<()> {
    use judgement::Column;
    let mut after: Option<Text<EntryId>> = None;
    loop {
        let mut query = judgement::Entity::find().filter(Column::BroadcastId.eq(Text(broadcast)));
        if let Some(after) = &after {
            query = query.filter(Column::EntryId.gt(*after));
        }
        let sorted = query.order_by_asc(Column::EntryId).order_by_asc(Column::SinceAtMs);
        let mut rows = sorted.limit(ROWS_A_PAGE).all(db).await.context("reading judgements")?;
        let full = rows.len() as u64 == ROWS_A_PAGE;
        // The last entry of a full page may go on on the next one.
        if full && let Some(last) = rows.last().map(|row| row.entry_id) {
            rows.retain(|row| row.entry_id != last);
        }
        after = rows.last().map(|row| row.entry_id);
        let more = full && after.is_some();
        for row in rows {
            take(from_row(row)?);
        }
        if !more {
            return Ok(());
        }
    }
}

/// The judgements of some entries of a show, in no order.
pub(crate) async fn some(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    entries: &[EntryId],
) -> anyhow::Result<Vec<Found>> {
    use judgement::Column;
    let rows = judgement::Entity::find()
        .filter(Column::BroadcastId.eq(Text(broadcast)))
        .filter(Column::EntryId.is_in(entries.iter().map(|entry| Text(*entry))))
        .all(db)
        .await;
    rows.context("reading judgements")?.into_iter().map(from_row).collect()
}

/// Every room's delivery that was ever said.
pub(crate) async fn deliveries(db: &impl ConnectionTrait) -> anyhow::Result<HashMap<RoomId, Delivery>> {
    let mut rooms: HashMap<RoomId, Vec<(Millis, bool)>> = HashMap::new();
    for row in change::Entity::find().all(db).await.context("reading deliveries")? {
        rooms.entry(row.room_id.0).or_default().push((Millis(row.since_at_ms), row.cdn));
    }
    Ok(rooms.into_iter().map(|(room, changes)| (room, Delivery::new(changes))).collect())
}

pub(crate) async fn set_delivery(store: &Store, room: RoomId, cdn: bool, now: Millis) -> anyhow::Result<()> {
    let row = change::ActiveModel { room_id: Set(Text(room)), since_at_ms: Set(now.0), cdn: Set(cdn) };
    let mut again = OnConflict::columns([change::Column::RoomId, change::Column::SinceAtMs]);
    again.update_column(change::Column::Cdn);
    let tx = store.begin().await?;
    let insert = change::Entity::insert(row).on_conflict(again);
    insert.exec_without_returning(tx.db()).await.context("writing a delivery")?;
    tx.commit().await
}

/// So many more entries of a show went by unseen.
pub(crate) async fn add_unseen(store: &Store, broadcast: BroadcastId, entries: u64, now: Millis) -> anyhow::Result<()> {
    let entries = i64::try_from(entries).unwrap_or(i64::MAX);
    let row =
        unseen::ActiveModel { broadcast_id: Set(Text(broadcast)), entries: Set(entries), changed_at_ms: Set(now.0) };
    let mut more = OnConflict::column(unseen::Column::BroadcastId);
    more.value(unseen::Column::Entries, Expr::col((unseen::Entity, unseen::Column::Entries)).add(entries))
        .update_column(unseen::Column::ChangedAtMs);
    let tx = store.begin().await?;
    let insert = unseen::Entity::insert(row).on_conflict(more);
    insert.exec_without_returning(tx.db()).await.context("noting unseen entries")?;
    tx.commit().await
}

/// How many entries of a show went by unseen.
pub(crate) async fn unseen(db: &impl ConnectionTrait, broadcast: BroadcastId) -> anyhow::Result<u64> {
    let found = unseen::Entity::find_by_id(Text(broadcast)).one(db).await.context("reading unseen entries")?;
    Ok(found.map_or(0, |row| u64::try_from(row.entries).unwrap_or(0)))
}

/// Removes what is older than the settings keep.
pub(crate) async fn prune(store: &Store, before: Millis) -> anyhow::Result<u64> {
    let tx = store.begin().await?;
    let judgements = judgement::Entity::delete_many().filter(judgement::Column::SinceAtMs.lt(before.0));
    let unseen = unseen::Entity::delete_many().filter(unseen::Column::ChangedAtMs.lt(before.0));
    let mut removed = judgements.exec(tx.db()).await.context("removing judgements")?.rows_affected;
    removed += unseen.exec(tx.db()).await.context("removing unseen entries")?.rows_affected;
    removed += crate::cdn::store::prune(tx.db(), before).await?;
    tx.commit().await?;
    Ok(removed)
}

fn to_row(placed: &Placed) -> anyhow::Result<judgement::ActiveModel> {
    let judged = &placed.judged;
    Ok(judgement::ActiveModel {
        broadcast_id: Set(Text(placed.broadcast)),
        entry_id: Set(Text(judged.entry)),
        since_at_ms: Set(judged.evidence.first_at.0),
        viewer: Set(Text(placed.viewer.clone())),
        verdict: Set(name(judged.verdict).to_owned()),
        reasons: Set(judged.reasons.join(",")),
        entered: Set(judged.entered),
        gone: Set(judged.last),
        evidence: Set(serde_json::to_string(&judged.evidence).context("writing evidence")?),
        position: Set(placed.position as i64),
    })
}

fn from_row(row: judgement::Model) -> anyhow::Result<Found> {
    let evidence: ViewerEvidence = serde_json::from_str(&row.evidence).context("reading evidence")?;
    Ok(Found {
        entry: row.entry_id.0,
        viewer: row.viewer.0,
        verdict: verdict(&row.verdict),
        reasons: row.reasons.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
        entered: row.entered,
        present: false,
        evidence,
    })
}

pub(crate) fn name(verdict: ViewerVerdict) -> &'static str {
    match verdict {
        ViewerVerdict::Web => "web",
        ViewerVerdict::Bare => "bare",
        ViewerVerdict::Bot => "bot",
        ViewerVerdict::Unknown => "unknown",
    }
}

fn verdict(name: &str) -> ViewerVerdict {
    match name {
        "web" => ViewerVerdict::Web,
        "bare" => ViewerVerdict::Bare,
        "bot" => ViewerVerdict::Bot,
        _ => ViewerVerdict::Unknown,
    }
}
