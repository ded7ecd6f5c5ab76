//! Reports as rows.

use super::{ReportState, rules::Reliability};
use crate::store_scope;
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId, ReviewOutcome, RoomId, TeamId, ViewerId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use std::collections::{BTreeSet, HashMap};
use store::Text;

mod report {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_reports")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub reporter: Text<ViewerId>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub clause: String,
        pub at_ms: i64,
        pub state: String,
        pub decided_at_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use report::{Column, Entity};

/// Decided reports that are asked for a viewer, the newest.
const LOOKED_BACK: u64 = 200;
/// Of what reporters have reported before, the newest.
const MOST_BEFORE: u64 = 20_000;

#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Of the item it is about.
    pub position: u64,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    pub reporter: ViewerId,
    pub clause: String,
    pub at: Millis,
    pub state: ReportState,
}

impl From<report::Model> for Report {
    fn from(row: report::Model) -> Self {
        Self {
            position: row.position.max(0) as u64,
            org: row.org_id.0,
            team: row.team_id.0,
            room: row.room_id.0,
            reporter: row.reporter.0,
            clause: row.clause,
            at: Millis(row.at_ms),
            state: ReportState::of(&row.state),
        }
    }
}

/// False when the viewer has reported it before.
pub async fn insert(db: &impl ConnectionTrait, report: &Report) -> anyhow::Result<bool> {
    let row = report::ActiveModel {
        position: Set(report.position as i64),
        reporter: Set(Text(report.reporter.clone())),
        org_id: Set(Text(report.org)),
        team_id: Set(Text(report.team)),
        room_id: Set(Text(report.room)),
        clause: Set(report.clause.clone()),
        at_ms: Set(report.at.0),
        state: Set(report.state.name().to_owned()),
        decided_at_ms: Set(None),
    };
    let once = OnConflict::columns([Column::Position, Column::Reporter]).do_nothing().to_owned();
    match Entity::insert(row).on_conflict(once).exec_without_returning(db).await {
        Ok(rows) => Ok(rows > 0),
        Err(sea_orm::DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error).context("keeping a report"),
    }
}

pub async fn find(db: &impl ConnectionTrait, position: u64, reporter: &ViewerId) -> anyhow::Result<Option<Report>> {
    let found = Entity::find_by_id((position as i64, Text(reporter.clone()))).one(db).await;
    Ok(found.context("finding a report")?.map(Report::from))
}

/// The newest of a viewer's first.
pub async fn of_viewer(
    db: &impl ConnectionTrait,
    org: OrgId,
    reporter: &ViewerId,
    limit: u64,
) -> anyhow::Result<Vec<Report>> {
    let rows = Entity::find().filter(Column::OrgId.eq(Text(org))).filter(Column::Reporter.eq(Text(reporter)));
    let rows = rows.order_by_desc(Column::AtMs).order_by_desc(Column::Position).limit(limit).all(db).await;
    Ok(rows.context("listing a viewer's reports")?.into_iter().map(Report::from).collect())
}

/// How many a viewer made since then.
pub async fn since(db: &impl ConnectionTrait, org: OrgId, reporter: &ViewerId, since: Millis) -> anyhow::Result<u64> {
    let rows = Entity::find().filter(Column::OrgId.eq(Text(org))).filter(Column::Reporter.eq(Text(reporter)));
    rows.filter(Column::AtMs.gte(since.0)).count(db).await.context("counting a viewer's reports")
}

/// How many of a viewer's were upheld.
pub async fn upheld(db: &impl ConnectionTrait, org: OrgId, reporter: &ViewerId) -> anyhow::Result<u64> {
    let rows = Entity::find().filter(Column::OrgId.eq(Text(org))).filter(Column::Reporter.eq(Text(reporter)));
    rows.filter(Column::State.eq(ReportState::Upheld.name())).count(db).await.context("counting upheld reports")
}

/// What is about an item, the oldest first.
pub async fn about(db: &impl ConnectionTrait, scope: Scope, position: u64, limit: u64) -> anyhow::Result<Vec<Report>> {
    let rows = store_scope::within::<Entity>(scope, Column::OrgId, Column::TeamId)
        .filter(Column::Position.eq(position.min(i64::MAX as u64) as i64));
    let rows = rows.order_by_asc(Column::AtMs).order_by_asc(Column::Reporter).limit(limit).all(db).await;
    Ok(rows.context("listing what was reported")?.into_iter().map(Report::from).collect())
}

/// How right they were.
pub async fn reliability(
    db: &impl ConnectionTrait,
    org: OrgId,
    reporters: &[&ViewerId],
    now: Millis,
) -> anyhow::Result<HashMap<ViewerId, Reliability>> {
    let mut known: HashMap<ViewerId, Reliability> = HashMap::new();
    for some in reporters.chunks(500) {
        let rows = Entity::find()
            .filter(Column::OrgId.eq(Text(org)))
            .filter(Column::Reporter.is_in(some.iter().map(|reporter| Text(*reporter))))
            .filter(Column::State.is_in([ReportState::Upheld.name(), ReportState::Dismissed.name()]))
            .order_by_desc(Column::AtMs)
            .limit(LOOKED_BACK * some.len() as u64)
            .all(db)
            .await
            .context("reading what became of reports")?;
        for row in rows {
            let at = Millis(row.decided_at_ms.unwrap_or(row.at_ms));
            let upheld = row.state == ReportState::Upheld.name();
            known.entry(row.reporter.0).or_default().add(upheld, at, now);
        }
    }
    Ok(known)
}

/// What else these reported since then that was not upheld: what, who, when.
pub async fn others(
    db: &impl ConnectionTrait,
    org: OrgId,
    reporters: &[&ViewerId],
    but: u64,
    since: Millis,
) -> anyhow::Result<Vec<(u64, ViewerId, Millis)>> {
    let mut found = Vec::new();
    for some in reporters.chunks(500) {
        let rows: Vec<(i64, Text<ViewerId>, i64)> = Entity::find()
            .select_only()
            .columns([Column::Position, Column::Reporter, Column::AtMs])
            .filter(Column::OrgId.eq(Text(org)))
            .filter(Column::Reporter.is_in(some.iter().map(|reporter| Text(*reporter))))
            .filter(Column::AtMs.gte(since.0))
            .filter(Column::Position.ne(but as i64))
            .filter(Column::State.ne(ReportState::Upheld.name()))
            .order_by_desc(Column::AtMs)
            .limit(MOST_BEFORE)
            .into_tuple()
            .all(db)
            .await
            .context("reading what else was reported")?;
        found.extend(rows.into_iter().map(|(position, who, at)| (position.max(0) as u64, who.0, Millis(at))));
    }
    Ok(found)
}

/// People have decided about the item, maybe once more.
pub async fn decide(
    db: &impl ConnectionTrait,
    position: u64,
    outcome: ReviewOutcome,
    now: Millis,
) -> anyhow::Result<()> {
    let state = match outcome {
        ReviewOutcome::Reject => ReportState::Upheld,
        ReviewOutcome::Pass => ReportState::Dismissed,
    };
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state.name()))
        .col_expr(Column::DecidedAtMs, Expr::value(now.0))
        .filter(Column::Position.eq(position as i64))
        .filter(Column::State.ne(ReportState::Late.name()))
        .exec(db)
        .await
        .context("noting what became of reports")?;
    Ok(())
}

/// Removes what a viewer reported before a position.
pub async fn erase(db: &impl ConnectionTrait, org: OrgId, reporter: &ViewerId, before: u64) -> anyhow::Result<u64> {
    let rows = Entity::delete_many()
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::Reporter.eq(Text(reporter)))
        .filter(Column::Position.lt(before.min(i64::MAX as u64) as i64));
    Ok(rows.exec(db).await.context("removing a viewer's reports")?.rows_affected)
}

/// Removes what everybody but these reported before a position.
pub async fn erase_old(
    db: &impl ConnectionTrait,
    org: OrgId,
    before: u64,
    kept: &BTreeSet<ViewerId>,
) -> anyhow::Result<u64> {
    let mut rows = Entity::delete_many()
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::Position.lt(before.min(i64::MAX as u64) as i64));
    if !kept.is_empty() {
        rows = rows.filter(Column::Reporter.is_not_in(kept.iter().map(Text)));
    }
    Ok(rows.exec(db).await.context("removing old reports")?.rows_affected)
}
