//! Sanctions as rows. What answers a person takes the [`Scope`].

use super::{
    By, Changed, Sanction, SanctionState, Window,
    evidence::{Clip, EvidenceState},
    kind_name, kind_of,
};
use crate::store_scope;
use anyhow::Context;
use app::Scope;
use events::{BroadcastId, Millis, OrgId, RoomId, SanctionKind, TeamId, UserId, ViewerId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, sea_query::Expr,
};
use store::Text;
use uuid::Uuid;

pub(super) mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_sanctions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub broadcast_id: Option<Text<BroadcastId>>,
        pub viewer: Option<Text<ViewerId>>,
        pub everywhere: bool,
        pub kind: String,
        pub clause: String,
        pub position: Option<i64>,
        pub tier: i32,
        pub strike: i32,
        pub as_proposed: bool,
        pub why: Option<String>,
        pub by_user: Option<Text<UserId>>,
        pub by_name: String,
        pub at_ms: i64,
        pub until_ms: Option<i64>,
        pub evidence_from_ms: Option<i64>,
        pub evidence_to_ms: Option<i64>,
        pub state: String,
        pub mistaken: bool,
        pub changed_by: Option<String>,
        pub changed_at_ms: Option<i64>,
        pub changed_why: Option<String>,
        pub after_position: i64,
        pub evidence_state: String,
        pub evidence_start_ms: Option<i64>,
        pub evidence_end_ms: Option<i64>,
        pub evidence_bytes: Option<i64>,
        pub evidence_sha256: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

impl From<row::Model> for Sanction {
    fn from(row: row::Model) -> Self {
        let evidence = row.evidence_from_ms.zip(row.evidence_to_ms);
        let cut = row.evidence_start_ms.zip(row.evidence_end_ms);
        let clip = cut.zip(row.evidence_bytes.zip(row.evidence_sha256));
        let changed = row.changed_by.zip(row.changed_at_ms);
        Self {
            id: row.id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            room: row.room_id.0,
            broadcast: row.broadcast_id.map(|id| id.0),
            viewer: row.viewer.map(|viewer| viewer.0),
            everywhere: row.everywhere,
            kind: kind_of(&row.kind),
            clause: row.clause,
            position: row.position.map(|position| position.max(0) as u64),
            tier: row.tier.clamp(1, 3) as u8,
            strike: row.strike.max(0) as u32,
            as_proposed: row.as_proposed,
            why: row.why,
            by: By { user: row.by_user.map(|user| user.0), name: row.by_name },
            at: Millis(row.at_ms),
            until: row.until_ms.map(Millis),
            evidence: evidence.map(|(from_ms, to_ms)| Window { from_ms, to_ms }),
            evidence_state: EvidenceState::of(&row.evidence_state),
            clip: clip.map(|((start_ms, end_ms), (bytes, sha256))| {
                let bytes = bytes.max(0) as u64;
                Clip { start_ms, end_ms, bytes, sha256 }
            }),
            state: SanctionState::of(&row.state),
            mistaken: row.mistaken,
            changed: changed.map(|(by, at)| Changed { by, at: Millis(at), why: row.changed_why }),
            after_position: row.after_position.max(0) as u64,
        }
    }
}

pub async fn insert(db: &impl ConnectionTrait, sanction: &Sanction) -> anyhow::Result<()> {
    let row = row::ActiveModel {
        id: Set(Text(sanction.id)),
        org_id: Set(Text(sanction.org)),
        team_id: Set(Text(sanction.team)),
        room_id: Set(Text(sanction.room)),
        broadcast_id: Set(sanction.broadcast.map(Text)),
        viewer: Set(sanction.viewer.clone().map(Text)),
        everywhere: Set(sanction.everywhere),
        kind: Set(kind_name(sanction.kind).to_owned()),
        clause: Set(sanction.clause.clone()),
        position: Set(sanction.position.map(|position| position as i64)),
        tier: Set(sanction.tier.into()),
        strike: Set(i32::try_from(sanction.strike).unwrap_or(i32::MAX)),
        as_proposed: Set(sanction.as_proposed),
        why: Set(sanction.why.clone()),
        by_user: Set(sanction.by.user.map(Text)),
        by_name: Set(sanction.by.name.clone()),
        at_ms: Set(sanction.at.0),
        until_ms: Set(sanction.until.map(|until| until.0)),
        evidence_from_ms: Set(sanction.evidence.map(|window| window.from_ms)),
        evidence_to_ms: Set(sanction.evidence.map(|window| window.to_ms)),
        state: Set(sanction.state.name().to_owned()),
        mistaken: Set(sanction.mistaken),
        changed_by: Set(None),
        changed_at_ms: Set(None),
        changed_why: Set(None),
        after_position: Set(sanction.after_position as i64),
        evidence_state: Set(sanction.evidence_state.name().to_owned()),
        evidence_start_ms: Set(None),
        evidence_end_ms: Set(None),
        evidence_bytes: Set(None),
        evidence_sha256: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await.context("keeping a sanction")?;
    Ok(())
}

/// Keeps a sanction's new state, unless it is not in the state it was in any more.
pub async fn change(db: &impl ConnectionTrait, sanction: &Sanction, before: SanctionState) -> anyhow::Result<bool> {
    let changed = sanction.changed.as_ref();
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(sanction.state.name()))
        .col_expr(Column::Mistaken, Expr::value(sanction.mistaken))
        .col_expr(Column::ChangedBy, Expr::value(changed.map(|changed| changed.by.clone())))
        .col_expr(Column::ChangedAtMs, Expr::value(changed.map(|changed| changed.at.0)))
        .col_expr(Column::ChangedWhy, Expr::value(changed.and_then(|changed| changed.why.clone())))
        .filter(Column::Id.eq(Text(sanction.id)))
        .filter(Column::State.eq(before.name()));
    Ok(update.exec(db).await.context("changing a sanction")?.rows_affected == 1)
}

/// Which sanctions. Empty: all of them.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<SanctionState>,
    pub kind: Option<SanctionKind>,
    pub clause: Option<String>,
    pub room: Option<RoomId>,
    pub viewer: Option<ViewerId>,
    pub position: Option<u64>,
}

fn within(scope: Scope) -> Select<Entity> {
    store_scope::within(scope, Column::OrgId, Column::TeamId)
}

/// Sanctions within the scope, the newest first, before one of them.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    filter: &Filter,
    before: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<Sanction>> {
    let position = filter.position.map(|position| position.min(i64::MAX as u64) as i64);
    let rows = within(scope).filter(
        Condition::all()
            .add_option(filter.state.map(|state| Column::State.eq(state.name())))
            .add_option(filter.kind.map(|kind| Column::Kind.eq(kind_name(kind))))
            .add_option(filter.clause.as_deref().map(|clause| Column::Clause.eq(clause)))
            .add_option(filter.room.map(|room| Column::RoomId.eq(Text(room))))
            .add_option(filter.viewer.clone().map(|viewer| Column::Viewer.eq(Text(viewer))))
            .add_option(position.map(|position| Column::Position.eq(position)))
            .add_option(before.map(|before| Column::Id.lt(Text(before)))),
    );
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing sanctions")?;
    Ok(rows.into_iter().map(Sanction::from).collect())
}

pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Sanction>> {
    let found = within(scope).filter(Column::Id.eq(Text(id))).one(db).await.context("finding a sanction")?;
    Ok(found.map(Sanction::from))
}

/// Of any organisation: for what follows the log.
pub async fn find_any(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<Option<Sanction>> {
    Ok(Entity::find_by_id(Text(id)).one(db).await.context("finding a sanction")?.map(Sanction::from))
}

pub async fn find_some(db: &impl ConnectionTrait, ids: &[Uuid]) -> anyhow::Result<Vec<Sanction>> {
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().copied().map(Text)));
    Ok(rows.all(db).await.context("finding sanctions")?.into_iter().map(Sanction::from).collect())
}

/// What concerns a viewer in a room, the newest first.
pub async fn of_viewer(
    db: &impl ConnectionTrait,
    org: OrgId,
    room: RoomId,
    viewer: &ViewerId,
    limit: u64,
) -> anyhow::Result<Vec<Sanction>> {
    let rows = Entity::find()
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::Viewer.eq(Text(viewer.clone())))
        .filter(Condition::any().add(Column::RoomId.eq(Text(room))).add(Column::Everywhere.eq(true)))
        .order_by_desc(Column::Id)
        .limit(limit);
    Ok(rows.all(db).await.context("listing a viewer's sanctions")?.into_iter().map(Sanction::from).collect())
}

/// How often a viewer broke a clause since then. What was taken back does not count.
pub async fn strikes(
    db: &impl ConnectionTrait,
    org: OrgId,
    viewer: &ViewerId,
    clause: &str,
    since: Millis,
) -> anyhow::Result<u64> {
    let rows = Entity::find()
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::Viewer.eq(Text(viewer.clone())))
        .filter(Column::Clause.eq(clause))
        .filter(Column::AtMs.gte(since.0))
        .filter(Column::State.ne(SanctionState::Reversed.name()))
        .filter(Column::Mistaken.eq(false));
    rows.count(db).await.context("counting how often a clause was broken")
}

/// What was imposed for a danmaku, the oldest first.
pub async fn about(db: &impl ConnectionTrait, org: OrgId, position: u64) -> anyhow::Result<Vec<Sanction>> {
    let rows = Entity::find().filter(Column::OrgId.eq(Text(org))).filter(Column::Position.eq(position as i64));
    let rows = rows.order_by_asc(Column::Id).all(db).await.context("reading what was imposed for a danmaku")?;
    Ok(rows.into_iter().map(Sanction::from).collect())
}

/// Whether a danmaku was punished already, and that stands.
pub async fn is_punished(db: &impl ConnectionTrait, position: u64) -> anyhow::Result<bool> {
    let taken_back = [SanctionState::Lifted, SanctionState::Reversed].map(SanctionState::name);
    let rows = Entity::find()
        .filter(Column::Position.eq(position.min(i64::MAX as u64) as i64))
        .filter(Column::Viewer.is_not_null())
        .filter(Column::State.is_not_in(taken_back));
    Ok(rows.count(db).await.context("looking for sanctions of a danmaku")? > 0)
}

/// Everything that bars anybody now.
pub async fn barring(db: &impl ConnectionTrait, now: Millis) -> anyhow::Result<Vec<Sanction>> {
    let rows = Entity::find()
        .filter(Column::State.eq(SanctionState::Active.name()))
        .filter(Column::Kind.is_in([SanctionKind::Mute, SanctionKind::Ban].map(kind_name)))
        .filter(Condition::any().add(Column::UntilMs.is_null()).add(Column::UntilMs.gt(now.0)));
    Ok(rows.all(db).await.context("reading who is muted or banned")?.into_iter().map(Sanction::from).collect())
}

/// The rooms that are cut from traffic now, and until when; none: without end.
pub async fn cut_rooms(db: &impl ConnectionTrait, now: Millis) -> anyhow::Result<Vec<(RoomId, Option<Millis>)>> {
    let rows = Entity::find()
        .select_only()
        .column(Column::RoomId)
        .column(Column::UntilMs)
        .filter(Column::State.eq(SanctionState::Active.name()))
        .filter(Column::Kind.eq(kind_name(SanctionKind::CutTraffic)))
        .filter(Condition::any().add(Column::UntilMs.is_null()).add(Column::UntilMs.gt(now.0)));
    let rows: Vec<(Text<RoomId>, Option<i64>)> =
        rows.into_tuple().all(db).await.context("reading which rooms are cut from traffic")?;
    Ok(rows.into_iter().map(|(room, until)| (room.0, until.map(Millis))).collect())
}

/// Those whose time is over and of which it was not said yet.
pub async fn over(db: &impl ConnectionTrait, now: Millis, limit: u64) -> anyhow::Result<Vec<Sanction>> {
    let rows = Entity::find()
        .filter(Column::State.eq(SanctionState::Active.name()))
        .filter(Column::UntilMs.lte(now.0))
        .order_by_asc(Column::UntilMs)
        .limit(limit);
    Ok(rows.all(db).await.context("looking for sanctions that are over")?.into_iter().map(Sanction::from).collect())
}

/// Empties what colleagues wrote about viewers, which may repeat what those said.
pub async fn erase(db: &impl ConnectionTrait, org: OrgId, viewer: &ViewerId, before: u64) -> anyhow::Result<u64> {
    let written = Condition::any().add(Column::Why.is_not_null()).add(Column::ChangedWhy.is_not_null());
    let update = Entity::update_many()
        .col_expr(Column::Why, Expr::value(Option::<String>::None))
        .col_expr(Column::ChangedWhy, Expr::value(Option::<String>::None))
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::Viewer.eq(Text(viewer.clone())))
        .filter(Column::AfterPosition.lt(before.min(i64::MAX as u64) as i64))
        .filter(written);
    Ok(update.exec(db).await.context("erasing what was written about a viewer")?.rows_affected)
}
