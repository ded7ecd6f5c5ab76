//! Judgements and deliveries as rows.

use super::numbers::Found;
use anyhow::Context;
use events::{BroadcastId, EntryId, Millis, RoomId, ViewerEvidence, ViewerId, ViewerJudged, ViewerVerdict};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};
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

mod delivery {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audience_deliveries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub room_id: Text<RoomId>,
        pub cdn: bool,
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

/// Rooms whose media goes through a CDN.
pub(crate) async fn cdn_rooms(db: &impl ConnectionTrait) -> anyhow::Result<Vec<RoomId>> {
    let rows = delivery::Entity::find().filter(delivery::Column::Cdn.eq(true)).all(db).await;
    Ok(rows.context("reading deliveries")?.into_iter().map(|row| row.room_id.0).collect())
}

pub(crate) async fn set_delivery(store: &Store, room: RoomId, cdn: bool, now: Millis) -> anyhow::Result<()> {
    let row = delivery::ActiveModel { room_id: Set(Text(room)), cdn: Set(cdn), changed_at_ms: Set(now.0) };
    let mut newer = OnConflict::column(delivery::Column::RoomId);
    newer.update_columns([delivery::Column::Cdn, delivery::Column::ChangedAtMs]);
    let tx = store.begin().await?;
    let insert = delivery::Entity::insert(row).on_conflict(newer);
    insert.exec_without_returning(tx.db()).await.context("writing a delivery")?;
    tx.commit().await
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
