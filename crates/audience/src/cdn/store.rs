//! What CDN logs said, as rows.

use super::{CdnReport, Delivered, ranges::Ranges};
use crate::audit::numbers::Found;
use anyhow::Context;
use events::{BroadcastId, EntryId, Millis, ViewerEvidence, ViewerId, ViewerKind, ViewerVerdict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use std::collections::HashMap;
use store::{Store, Text};

mod batch {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audience_cdn_batches")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub broadcast_id: Text<BroadcastId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub batch: String,
        pub report: String,
        pub imported_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod entry {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audience_cdn_entries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub broadcast_id: Text<BroadcastId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry_id: Text<EntryId>,
        pub viewer: Text<ViewerId>,
        pub kind: String,
        pub ranges: String,
        pub first_at_ms: i64,
        pub last_at_ms: i64,
        pub agent: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

const ROWS_A_STATEMENT: usize = 500;
const ROWS_A_PAGE: u64 = 5_000;
/// Logs of one show, an hour of a node each.
const MOST_BATCHES: u64 = 5_000;

/// The report of a batch that was imported before.
pub(crate) async fn find_batch(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    key: &str,
) -> anyhow::Result<Option<CdnReport>> {
    let found = batch::Entity::find_by_id((Text(broadcast), key.to_owned())).one(db).await;
    let found = found.context("finding a CDN log's batch")?;
    found.map(|row| serde_json::from_str(&row.report).context("reading a CDN log's report")).transpose()
}

/// Something more is known of a batch.
pub(crate) async fn change_batch(store: &Store, broadcast: BroadcastId, report: &CdnReport) -> anyhow::Result<()> {
    let row = batch::ActiveModel {
        broadcast_id: Set(Text(broadcast)),
        batch: Set(report.batch.clone()),
        report: Set(serde_json::to_string(report).context("writing a CDN log's report")?),
        ..Default::default()
    };
    let tx = store.begin().await?;
    batch::Entity::update(row).exec(tx.db()).await.context("writing a CDN log's batch")?;
    tx.commit().await
}

/// Every batch of a show, newest first.
pub(crate) async fn batches(db: &impl ConnectionTrait, broadcast: BroadcastId) -> anyhow::Result<Vec<CdnReport>> {
    let rows = batch::Entity::find()
        .filter(batch::Column::BroadcastId.eq(Text(broadcast)))
        .order_by_desc(batch::Column::ImportedAtMs)
        .limit(MOST_BATCHES)
        .all(db)
        .await
        .context("listing a show's CDN logs")?;
    rows.into_iter().map(|row| serde_json::from_str(&row.report).context("reading a CDN log's report")).collect()
}

/// Adds a batch: the segments of its entries and its report, which says how many of them were new. All or nothing.
pub(crate) async fn add(
    store: &Store,
    broadcast: BroadcastId,
    mut report: CdnReport,
    entries: HashMap<EntryId, Delivered>,
) -> anyhow::Result<CdnReport> {
    let tx = store.begin().await?;
    // Two logs of a show at once would each add to what the other did not see.
    tx.take_turns(&format!("audience.cdn {broadcast}")).await?;
    let entries: Vec<(EntryId, Delivered)> = entries.into_iter().collect();
    for chunk in entries.chunks(ROWS_A_STATEMENT) {
        let ids = chunk.iter().map(|(entry, _)| Text(*entry));
        let known = entry::Entity::find()
            .filter(entry::Column::BroadcastId.eq(Text(broadcast)))
            .filter(entry::Column::EntryId.is_in(ids))
            .all(tx.db())
            .await
            .context("finding what a CDN sent before")?;
        let mut known: HashMap<EntryId, entry::Model> = known.into_iter().map(|row| (row.entry_id.0, row)).collect();
        let mut rows = Vec::with_capacity(chunk.len());
        for (id, delivered) in chunk {
            let before = known.remove(id);
            let mut ranges: Ranges = match &before {
                Some(row) => serde_json::from_str(&row.ranges).context("reading what a CDN sent")?,
                None => Ranges::default(),
            };
            report.new_segments += ranges.union(&delivered.segments);
            let first_at = before.as_ref().map_or(i64::MAX, |row| row.first_at_ms).min(delivered.first_at.0);
            let last_at = before.as_ref().map_or(i64::MIN, |row| row.last_at_ms).max(delivered.last_at.0);
            rows.push(entry::ActiveModel {
                broadcast_id: Set(Text(broadcast)),
                entry_id: Set(Text(*id)),
                viewer: Set(Text(delivered.pass.viewer.clone())),
                kind: Set(if delivered.pass.kind == ViewerKind::Bare { "bare" } else { "web" }.to_owned()),
                ranges: Set(serde_json::to_string(&ranges).context("writing what a CDN sent")?),
                first_at_ms: Set(first_at),
                last_at_ms: Set(last_at),
                agent: Set(before
                    .map(|row| row.agent)
                    .filter(|agent| !agent.is_empty())
                    .unwrap_or_else(|| delivered.agent.to_owned())),
            });
        }
        use entry::Column;
        let mut newer = OnConflict::columns([Column::BroadcastId, Column::EntryId]);
        newer.update_columns([Column::Ranges, Column::FirstAtMs, Column::LastAtMs, Column::Agent]);
        let insert = entry::Entity::insert_many(rows).on_conflict(newer);
        insert.exec_without_returning(tx.db()).await.context("writing what a CDN sent")?;
    }
    let row = batch::ActiveModel {
        broadcast_id: Set(Text(broadcast)),
        batch: Set(report.batch.clone()),
        report: Set(serde_json::to_string(&report).context("writing a CDN log's report")?),
        imported_at_ms: Set(report.imported_at.0),
    };
    let mut once = OnConflict::columns([batch::Column::BroadcastId, batch::Column::Batch]);
    once.do_nothing();
    let insert = batch::Entity::insert(row).on_conflict(once);
    insert.exec_without_returning(tx.db()).await.context("writing a CDN log's batch")?;
    tx.commit().await?;
    Ok(report)
}

/// Every entry of a show that a CDN sent media, as far as its logs go.
pub(crate) async fn each(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    mut take: impl FnMut(Found),
) -> anyhow::Result<()> {
    let mut after: Option<Text<EntryId>> = None;
    loop {
        let mut query = entry::Entity::find().filter(entry::Column::BroadcastId.eq(Text(broadcast)));
        if let Some(after) = &after {
            query = query.filter(entry::Column::EntryId.gt(*after));
        }
        let rows = query.order_by_asc(entry::Column::EntryId).limit(ROWS_A_PAGE).all(db).await;
        let rows = rows.context("reading what a CDN sent")?;
        let more = rows.len() as u64 == ROWS_A_PAGE;
        after = rows.last().map(|row| row.entry_id);
        for row in rows {
            take(from_row(row)?);
        }
        if !more {
            return Ok(());
        }
    }
}

/// What a CDN sent to some entries of a show, in no order.
pub(crate) async fn some(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    entries: &[EntryId],
) -> anyhow::Result<Vec<Found>> {
    let rows = entry::Entity::find()
        .filter(entry::Column::BroadcastId.eq(Text(broadcast)))
        .filter(entry::Column::EntryId.is_in(entries.iter().map(|entry| Text(*entry))))
        .all(db)
        .await;
    rows.context("reading what a CDN sent")?.into_iter().map(from_row).collect()
}

/// Removes what is older than the settings keep; how much.
pub(crate) async fn prune(db: &impl ConnectionTrait, before: Millis) -> anyhow::Result<u64> {
    let entries = entry::Entity::delete_many().filter(entry::Column::LastAtMs.lt(before.0));
    let batches = batch::Entity::delete_many().filter(batch::Column::ImportedAtMs.lt(before.0));
    let removed = entries.exec(db).await.context("removing what a CDN sent")?.rows_affected;
    Ok(removed + batches.exec(db).await.context("removing CDN logs")?.rows_affected)
}

fn from_row(row: entry::Model) -> anyhow::Result<Found> {
    let ranges: Ranges = serde_json::from_str(&row.ranges).context("reading what a CDN sent")?;
    let evidence = ViewerEvidence {
        kind: Some(if row.kind == "bare" { ViewerKind::Bare } else { ViewerKind::Web }),
        first_at: Millis(row.first_at_ms),
        last_at: Millis(row.last_at_ms),
        agent: row.agent,
        cdn_segments: u32::try_from(ranges.count()).unwrap_or(u32::MAX),
        ..ViewerEvidence::default()
    };
    let (entry, viewer, verdict) = (row.entry_id.0, row.viewer.0, ViewerVerdict::Unknown);
    Ok(Found { entry, viewer, verdict, reasons: vec![], entered: true, present: false, evidence })
}
