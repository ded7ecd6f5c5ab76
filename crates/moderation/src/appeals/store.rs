//! Appeals as rows. What answers a person takes the [`Scope`].

use super::{Appeal, AppealState, Decision};
use crate::store_scope;
use anyhow::Context;
use app::Scope;
use events::{BroadcastId, Millis, OrgId, RoomId, TeamId, ViewerId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, sea_query::Expr,
};
use std::collections::BTreeSet;
use store::Text;
use uuid::Uuid;

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_appeals")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub sanction_id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub broadcast_id: Option<Text<BroadcastId>>,
        pub viewer: Text<ViewerId>,
        pub text: String,
        pub erased: bool,
        pub filed_at_ms: i64,
        pub due_at_ms: i64,
        pub late: bool,
        pub state: String,
        pub reason: Option<String>,
        pub decided_by: Option<String>,
        pub decided_at_ms: Option<i64>,
        pub after_position: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

impl From<row::Model> for Appeal {
    fn from(row: row::Model) -> Self {
        let decided = row.decided_by.zip(row.decided_at_ms);
        Self {
            id: row.id.0,
            sanction: row.sanction_id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            room: row.room_id.0,
            broadcast: row.broadcast_id.map(|id| id.0),
            viewer: row.viewer.0,
            text: row.text,
            erased: row.erased,
            filed_at: Millis(row.filed_at_ms),
            due_at: Millis(row.due_at_ms),
            late: row.late,
            state: AppealState::of(&row.state),
            decided: decided.map(|(by, at)| Decision { reason: row.reason.unwrap_or_default(), by, at: Millis(at) }),
            after_position: row.after_position.max(0) as u64,
        }
    }
}

/// There is one a sanction: the constraint `moderation_appeals_sanction_id_key`.
pub async fn insert(db: &impl ConnectionTrait, appeal: &Appeal) -> Result<(), DbErr> {
    let row = row::ActiveModel {
        id: Set(Text(appeal.id)),
        sanction_id: Set(Text(appeal.sanction)),
        org_id: Set(Text(appeal.org)),
        team_id: Set(Text(appeal.team)),
        room_id: Set(Text(appeal.room)),
        broadcast_id: Set(appeal.broadcast.map(Text)),
        viewer: Set(Text(appeal.viewer.clone())),
        text: Set(appeal.text.clone()),
        erased: Set(appeal.erased),
        filed_at_ms: Set(appeal.filed_at.0),
        due_at_ms: Set(appeal.due_at.0),
        late: Set(appeal.late),
        state: Set(appeal.state.name().to_owned()),
        reason: Set(None),
        decided_by: Set(None),
        decided_at_ms: Set(None),
        after_position: Set(appeal.after_position as i64),
    };
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// Keeps a decision, unless somebody decided before.
pub async fn decide(db: &impl ConnectionTrait, appeal: &Appeal, decision: &Decision) -> anyhow::Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(appeal.state.name()))
        .col_expr(Column::Reason, Expr::value(decision.reason.clone()))
        .col_expr(Column::DecidedBy, Expr::value(decision.by.clone()))
        .col_expr(Column::DecidedAtMs, Expr::value(decision.at.0))
        .filter(Column::Id.eq(Text(appeal.id)))
        .filter(Column::State.eq(AppealState::Open.name()));
    Ok(update.exec(db).await.context("deciding an appeal")?.rows_affected == 1)
}

/// Which appeals. Empty: all of them.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<AppealState>,
    pub room: Option<RoomId>,
    pub viewer: Option<ViewerId>,
}

fn within(scope: Scope) -> Select<Entity> {
    store_scope::within(scope, Column::OrgId, Column::TeamId)
}

/// Appeals within the scope behind one of them: the open ones as they are due, others the newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    filter: &Filter,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<Appeal>> {
    let rows = within(scope).filter(
        Condition::all()
            .add_option(filter.state.map(|state| Column::State.eq(state.name())))
            .add_option(filter.room.map(|room| Column::RoomId.eq(Text(room))))
            .add_option(filter.viewer.clone().map(|viewer| Column::Viewer.eq(Text(viewer)))),
    );
    // Ids are made one after the other, and everybody has the same time: they are due in their order.
    let rows = match (filter.state, after.map(Text)) {
        (Some(AppealState::Open), None) => rows.order_by_asc(Column::Id),
        (Some(AppealState::Open), Some(after)) => rows.filter(Column::Id.gt(after)).order_by_asc(Column::Id),
        (_, None) => rows.order_by_desc(Column::Id),
        (_, Some(after)) => rows.filter(Column::Id.lt(after)).order_by_desc(Column::Id),
    };
    Ok(rows.limit(limit).all(db).await.context("listing appeals")?.into_iter().map(Appeal::from).collect())
}

pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Appeal>> {
    let found = within(scope).filter(Column::Id.eq(Text(id))).one(db).await.context("finding an appeal")?;
    Ok(found.map(Appeal::from))
}

/// Those against these sanctions.
pub async fn against(db: &impl ConnectionTrait, sanctions: &[Uuid]) -> anyhow::Result<Vec<Appeal>> {
    let rows = Entity::find().filter(Column::SanctionId.is_in(sanctions.iter().copied().map(Text)));
    Ok(rows.all(db).await.context("finding appeals")?.into_iter().map(Appeal::from).collect())
}

/// Those whose time is over and that were not noted as late yet.
pub async fn overdue(db: &impl ConnectionTrait, now: Millis, limit: u64) -> anyhow::Result<Vec<Appeal>> {
    let rows = Entity::find()
        .filter(Column::State.eq(AppealState::Open.name()))
        .filter(Column::Late.eq(false))
        .filter(Column::DueAtMs.lte(now.0))
        .order_by_asc(Column::DueAtMs)
        .limit(limit);
    Ok(rows.all(db).await.context("looking for overdue appeals")?.into_iter().map(Appeal::from).collect())
}

pub async fn set_late(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<()> {
    let update = Entity::update_many().col_expr(Column::Late, Expr::value(true)).filter(Column::Id.eq(Text(id)));
    update.exec(db).await.context("noting that an appeal is late")?;
    Ok(())
}

fn written(org: OrgId, before: u64) -> Condition {
    Condition::all()
        .add(Column::OrgId.eq(Text(org)))
        .add(Column::AfterPosition.lt(before.min(i64::MAX as u64) as i64))
        .add(Column::Erased.eq(false))
}

fn of_others(org: OrgId, before: u64, viewers: &BTreeSet<ViewerId>, shows: &BTreeSet<BroadcastId>) -> Condition {
    let mut all = written(org, before);
    if !viewers.is_empty() {
        all = all.add(Column::Viewer.is_not_in(viewers.iter().map(Text)));
    }
    if !shows.is_empty() {
        let another = Column::BroadcastId.is_not_in(shows.iter().copied().map(Text));
        all = all.add(Condition::any().add(Column::BroadcastId.is_null()).add(another));
    }
    all
}

/// Empties what a viewer wrote before a position of the log, and what was answered, and says how much there was.
pub async fn erase(db: &impl ConnectionTrait, org: OrgId, viewer: &ViewerId, before: u64) -> anyhow::Result<u64> {
    empty(db, written(org, before).add(Column::Viewer.eq(Text(viewer.clone())))).await
}

/// The same of everybody but these viewers and these shows.
pub async fn erase_old(
    db: &impl ConnectionTrait,
    org: OrgId,
    before: u64,
    viewers: &BTreeSet<ViewerId>,
    shows: &BTreeSet<BroadcastId>,
) -> anyhow::Result<u64> {
    empty(db, of_others(org, before, viewers, shows)).await
}

/// How many that would empty, and from when they are.
pub async fn old(
    db: &impl ConnectionTrait,
    org: OrgId,
    before: u64,
    viewers: &BTreeSet<ViewerId>,
    shows: &BTreeSet<BroadcastId>,
) -> anyhow::Result<(u64, Option<(Millis, Millis)>)> {
    let rows = Entity::find().select_only().filter(of_others(org, before, viewers, shows));
    let rows = rows.column_as(Column::Id.count(), "count");
    let rows = rows.column_as(Column::FiledAtMs.min(), "oldest").column_as(Column::FiledAtMs.max(), "newest");
    let found: Option<(i64, Option<i64>, Option<i64>)> =
        rows.into_tuple().one(db).await.context("counting old appeals")?;
    let (count, oldest, newest) = found.unwrap_or_default();
    Ok((count.max(0) as u64, oldest.zip(newest).map(|(oldest, newest)| (Millis(oldest), Millis(newest)))))
}

async fn empty(db: &impl ConnectionTrait, which: Condition) -> anyhow::Result<u64> {
    let update = Entity::update_many()
        .col_expr(Column::Text, Expr::value(""))
        .col_expr(Column::Reason, Expr::value(Option::<String>::None))
        .col_expr(Column::Erased, Expr::value(true))
        .filter(which);
    Ok(update.exec(db).await.context("erasing appeals")?.rows_affected)
}
