//! What became of the evidence, in the sanctions' rows.

use super::{
    Sanction,
    evidence::{Clip, EvidenceState, Held},
    store::row::{Column, Entity},
};
use anyhow::Context;
use events::{Millis, OrgId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use store::Text;
use uuid::Uuid;

/// What is still to be cut out, the oldest first.
pub async fn waiting(db: &impl ConnectionTrait, limit: u64) -> anyhow::Result<Vec<Sanction>> {
    let rows = Entity::find()
        .filter(Column::EvidenceState.eq(EvidenceState::Waiting.name()))
        .order_by_asc(Column::Id)
        .limit(limit);
    Ok(rows.all(db).await.context("looking for evidence to keep")?.into_iter().map(Sanction::from).collect())
}

/// False: somebody else was faster.
pub async fn settle(
    db: &impl ConnectionTrait,
    id: Uuid,
    state: EvidenceState,
    clip: Option<&Clip>,
) -> anyhow::Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::EvidenceState, Expr::value(state.name()))
        .col_expr(Column::EvidenceStartMs, Expr::value(clip.map(|clip| clip.start_ms)))
        .col_expr(Column::EvidenceEndMs, Expr::value(clip.map(|clip| clip.end_ms)))
        .col_expr(Column::EvidenceBytes, Expr::value(clip.map(|clip| clip.bytes as i64)))
        .col_expr(Column::EvidenceSha256, Expr::value(clip.map(|clip| clip.sha256.clone())))
        .filter(Column::Id.eq(Text(id)))
        .filter(Column::EvidenceState.eq(EvidenceState::Waiting.name()));
    Ok(update.exec(db).await.context("noting what became of the evidence")?.rows_affected == 1)
}

fn aged(org: OrgId, before: Millis, held: &Held<'_>) -> Condition {
    let mut aged = Condition::all()
        .add(Column::OrgId.eq(Text(org)))
        .add(Column::EvidenceState.eq(EvidenceState::Kept.name()))
        .add(Column::AtMs.lt(before.0));
    if !held.viewers.is_empty() {
        let another = Column::Viewer.is_not_in(held.viewers.iter().map(Text));
        aged = aged.add(Condition::any().add(Column::Viewer.is_null()).add(another));
    }
    if !held.shows.is_empty() {
        aged = aged.add(Column::BroadcastId.is_not_in(held.shows.iter().copied().map(Text)));
    }
    aged
}

/// How many files are older than they have to be, and of when.
pub async fn old(
    db: &impl ConnectionTrait,
    org: OrgId,
    before: Millis,
    held: &Held<'_>,
) -> anyhow::Result<(u64, Option<(Millis, Millis)>)> {
    let rows = Entity::find().select_only().filter(aged(org, before, held)).column_as(Column::Id.count(), "count");
    let rows = rows.column_as(Column::AtMs.min(), "oldest").column_as(Column::AtMs.max(), "newest");
    let found: Option<(i64, Option<i64>, Option<i64>)> =
        rows.into_tuple().one(db).await.context("counting old evidence")?;
    let (count, oldest, newest) = found.unwrap_or_default();
    Ok((count.max(0) as u64, oldest.zip(newest).map(|(oldest, newest)| (Millis(oldest), Millis(newest)))))
}

/// Some of them.
pub async fn going(
    db: &impl ConnectionTrait,
    org: OrgId,
    before: Millis,
    held: &Held<'_>,
    limit: u64,
) -> anyhow::Result<Vec<Uuid>> {
    let rows = Entity::find().select_only().column(Column::Id).filter(aged(org, before, held));
    let rows = rows.order_by_asc(Column::Id).limit(limit);
    let ids: Vec<Text<Uuid>> = rows.into_tuple().all(db).await.context("looking for old evidence")?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// Their files are gone; what they were stays.
pub async fn expire(db: &impl ConnectionTrait, ids: &[Uuid]) -> anyhow::Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::EvidenceState, Expr::value(EvidenceState::Expired.name()))
        .filter(Column::Id.is_in(ids.iter().copied().map(Text)));
    update.exec(db).await.context("noting that evidence went").map(drop)
}
