//! Findings as rows. What answers a person takes the [`Scope`].

use super::{AGAIN_MS, Decided, Finding, FindingState, Said, kind_name, kind_of};
use crate::{
    library::{self, PatrolLevel},
    store_scope,
};
use anyhow::Context;
use app::Scope;
use events::{BroadcastId, FlagKind, Millis, OrgId, RoomId, TeamId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{self, Expr},
};
use std::collections::BTreeSet;
use store::{Store, Text};
use uuid::Uuid;

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "patrol_findings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub broadcast_id: Text<BroadcastId>,
        pub kind: String,
        pub level: String,
        pub label: String,
        pub name: String,
        pub sample_id: Option<Text<Uuid>>,
        pub score_milli: i64,
        pub at_ms: i64,
        pub last_at_ms: i64,
        pub times: i64,
        pub prints: Option<String>,
        pub picture: bool,
        pub state: String,
        pub decided_by: Option<String>,
        pub decided_at_ms: Option<i64>,
        pub why: Option<String>,
        pub from_ms: Option<i64>,
        pub to_ms: Option<i64>,
        pub said: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

impl From<row::Model> for Finding {
    fn from(row: row::Model) -> Self {
        let decided = row.decided_by.zip(row.decided_at_ms);
        let said = row.from_ms.zip(row.to_ms);
        Self {
            id: row.id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            room: row.room_id.0,
            broadcast: row.broadcast_id.0,
            kind: kind_of(&row.kind),
            level: PatrolLevel::of(&row.level),
            label: row.label,
            name: row.name,
            sample: row.sample_id.map(|sample| sample.0),
            score_milli: row.score_milli.max(0) as u32,
            at: Millis(row.at_ms),
            last_at: Millis(row.last_at_ms),
            times: row.times.max(0) as u64,
            prints: row.prints.as_deref().and_then(library::store::read),
            picture: row.picture,
            said: said.map(|(from_ms, to_ms)| Said { from_ms, to_ms, text: row.said.unwrap_or_default() }),
            state: FindingState::of(&row.state),
            decided: decided.map(|(by, at)| Decided { by, at: Millis(at), why: row.why.unwrap_or_default() }),
        }
    }
}

pub async fn insert(db: &impl ConnectionTrait, finding: &Finding) -> anyhow::Result<()> {
    let row = row::ActiveModel {
        id: Set(Text(finding.id)),
        org_id: Set(Text(finding.org)),
        team_id: Set(Text(finding.team)),
        room_id: Set(Text(finding.room)),
        broadcast_id: Set(Text(finding.broadcast)),
        kind: Set(kind_name(finding.kind).to_owned()),
        level: Set(finding.level.name().to_owned()),
        label: Set(finding.label.clone()),
        name: Set(finding.name.clone()),
        sample_id: Set(finding.sample.map(Text)),
        score_milli: Set(finding.score_milli.into()),
        at_ms: Set(finding.at.0),
        last_at_ms: Set(finding.last_at.0),
        times: Set(finding.times as i64),
        prints: Set(finding.prints.as_ref().map(library::store::write)),
        picture: Set(finding.picture),
        state: Set(finding.state.name().to_owned()),
        decided_by: Set(None),
        decided_at_ms: Set(None),
        why: Set(None),
        from_ms: Set(finding.said.as_ref().map(|said| said.from_ms)),
        to_ms: Set(finding.said.as_ref().map(|said| said.to_ms)),
        said: Set(finding.said.as_ref().map(|said| said.text.clone())),
    };
    Entity::insert(row).exec_without_returning(db).await.context("keeping a finding")?;
    Ok(())
}

/// What makes two findings one.
#[derive(Debug)]
pub struct Same<'a> {
    pub broadcast: BroadcastId,
    pub kind: FlagKind,
    pub label: &'a str,
    pub sample: Option<Uuid>,
}

impl Same<'_> {
    fn lately(&self, at: Millis) -> Condition {
        let same = Condition::all()
            .add(Column::BroadcastId.eq(Text(self.broadcast)))
            .add(Column::Kind.eq(kind_name(self.kind)))
            .add(Column::Label.eq(self.label))
            .add(Column::LastAtMs.gte(at.0.saturating_sub(AGAIN_MS)));
        match self.sample {
            Some(sample) => same.add(Column::SampleId.eq(Text(sample))),
            None => same.add(Column::SampleId.is_null()),
        }
    }
}

/// The finding that goes on, decided or not.
pub async fn again(db: &impl ConnectionTrait, same: &Same<'_>, at: Millis) -> anyhow::Result<Option<Uuid>> {
    let found = Entity::find().filter(same.lately(at)).order_by_desc(Column::Id).one(db).await;
    Ok(found.context("looking for a finding that goes on")?.map(|found| found.id.0))
}

pub async fn count(store: &Store, same: &Same<'_>, at: Millis, score_milli: u32) -> anyhow::Result<()> {
    let tx = store.begin().await?;
    if let Some(id) = again(tx.db(), same, at).await? {
        let more = sea_query::ExprTrait::add(Expr::col(Column::Times), 1);
        let update = Entity::update_many().col_expr(Column::Times, more).col_expr(Column::LastAtMs, Expr::value(at.0));
        update.filter(Column::Id.eq(Text(id))).exec(tx.db()).await.context("counting a finding")?;
        let better = Entity::update_many().col_expr(Column::ScoreMilli, Expr::value(i64::from(score_milli)));
        let better = better.filter(Column::Id.eq(Text(id))).filter(Column::ScoreMilli.lt(i64::from(score_milli)));
        better.exec(tx.db()).await.context("keeping a finding's score")?;
    }
    tx.commit().await
}

/// Which findings. Empty: all of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    pub state: Option<FindingState>,
    pub room: Option<RoomId>,
    pub broadcast: Option<BroadcastId>,
}

/// The newest first, behind an id.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    filter: Filter,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<Finding>> {
    let wanted = Condition::all()
        .add_option(filter.state.map(|state| Column::State.eq(state.name())))
        .add_option(filter.room.map(|room| Column::RoomId.eq(Text(room))))
        .add_option(filter.broadcast.map(|broadcast| Column::BroadcastId.eq(Text(broadcast))))
        .add_option(after.map(|after| Column::Id.lt(Text(after))));
    let rows = store_scope::within::<Entity>(scope, Column::OrgId, Column::TeamId).filter(wanted);
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing findings")?;
    Ok(rows.into_iter().map(Finding::from).collect())
}

/// What waits for a person in these shows.
pub async fn open(db: &impl ConnectionTrait, shows: Vec<BroadcastId>) -> anyhow::Result<Vec<Finding>> {
    let open = Entity::find().filter(Column::State.eq(FindingState::Open.name()));
    let open = open.filter(Column::BroadcastId.is_in(shows.into_iter().map(Text))).order_by_asc(Column::Id);
    Ok(open.all(db).await.context("finding what is open")?.into_iter().map(Finding::from).collect())
}

pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Finding>> {
    let found = store_scope::within::<Entity>(scope, Column::OrgId, Column::TeamId).filter(Column::Id.eq(Text(id)));
    Ok(found.one(db).await.context("finding a finding")?.map(Finding::from))
}

/// False when somebody decided before.
pub async fn decide(
    db: &impl ConnectionTrait,
    id: Uuid,
    state: FindingState,
    decided: &Decided,
) -> anyhow::Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(state.name()))
        .col_expr(Column::DecidedBy, Expr::value(&*decided.by))
        .col_expr(Column::DecidedAtMs, Expr::value(decided.at.0))
        .col_expr(Column::Why, Expr::value(&*decided.why))
        .filter(Column::Id.eq(Text(id)))
        .filter(Column::State.eq(FindingState::Open.name()));
    Ok(update.exec(db).await.context("deciding a finding")?.rows_affected > 0)
}

/// Findings whose kept frames and words are older than they have to be, some of them.
pub async fn with_old_evidence(
    db: &impl ConnectionTrait,
    before: Millis,
    held: &BTreeSet<BroadcastId>,
    limit: u64,
) -> anyhow::Result<Vec<Uuid>> {
    let kept = Condition::any().add(Column::Picture.eq(true)).add(Column::Said.is_not_null());
    let old = Entity::find().filter(kept).filter(Column::AtMs.lt(before.0));
    let old = old.filter(Column::BroadcastId.is_not_in(held.iter().copied().map(Text)));
    let rows = old.order_by_asc(Column::Id).limit(limit).all(db).await.context("finding old evidence")?;
    Ok(rows.into_iter().map(|row| row.id.0).collect())
}

pub async fn without_evidence(db: &impl ConnectionTrait, ids: &[Uuid]) -> anyhow::Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::Picture, Expr::value(false))
        .col_expr(Column::Said, Expr::value(None::<String>));
    update.filter(Column::Id.is_in(ids.iter().copied().map(Text))).exec(db).await.context("noting gone evidence")?;
    Ok(())
}
