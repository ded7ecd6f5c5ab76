//! Verdicts that are given twice, as rows.

use super::{Given, Sample, SampleState};
use crate::review::{self, CLAIM_MS};
use crate::store_scope;
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId, ReviewOutcome, RoomId, TeamId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, OnConflict},
};
use store::Text;

mod sample {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_samples")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub state: String,
        pub first_by: String,
        pub first_outcome: String,
        pub first_clause: Option<String>,
        pub first_at_ms: i64,
        pub second_by: Option<String>,
        pub second_outcome: Option<String>,
        pub second_clause: Option<String>,
        pub second_at_ms: Option<i64>,
        pub last_by: Option<String>,
        pub last_outcome: Option<String>,
        pub last_clause: Option<String>,
        pub last_at_ms: Option<i64>,
        pub claimed_by: Option<String>,
        pub claimed_until_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use sample::{Column, Entity};

/// Of one reading, the newest.
const MOST: u64 = 20_000;

impl From<sample::Model> for Sample {
    fn from(row: sample::Model) -> Self {
        let given = |by: Option<String>, outcome: Option<String>, clause: Option<String>, at: Option<i64>| {
            let outcome = review::outcome_of(&outcome?);
            Some(Given { by: by?, outcome, clause, at: Millis(at?) })
        };
        Self {
            position: row.position.max(0) as u64,
            org: row.org_id.0,
            team: row.team_id.0,
            room: row.room_id.0,
            first: Given {
                by: row.first_by,
                outcome: review::outcome_of(&row.first_outcome),
                clause: row.first_clause,
                at: Millis(row.first_at_ms),
            },
            second: given(row.second_by, row.second_outcome, row.second_clause, row.second_at_ms),
            last: given(row.last_by, row.last_outcome, row.last_clause, row.last_at_ms),
        }
    }
}

fn within(scope: Scope) -> Select<Entity> {
    store_scope::within(scope, Column::OrgId, Column::TeamId)
}

/// Keeps a verdict that is to be given once more.
pub async fn insert(db: &impl ConnectionTrait, sample: &Sample) -> anyhow::Result<()> {
    let row = sample::ActiveModel {
        position: Set(sample.position as i64),
        org_id: Set(Text(sample.org)),
        team_id: Set(Text(sample.team)),
        room_id: Set(Text(sample.room)),
        state: Set(SampleState::Open.name().to_owned()),
        first_by: Set(sample.first.by.clone()),
        first_outcome: Set(review::outcome_name(sample.first.outcome).to_owned()),
        first_clause: Set(sample.first.clause.clone()),
        first_at_ms: Set(sample.first.at.0),
        second_by: Set(None),
        second_outcome: Set(None),
        second_clause: Set(None),
        second_at_ms: Set(None),
        last_by: Set(None),
        last_outcome: Set(None),
        last_clause: Set(None),
        last_at_ms: Set(None),
        claimed_by: Set(None),
        claimed_until_ms: Set(None),
    };
    let once = OnConflict::column(Column::Position).do_nothing().to_owned();
    let kept = Entity::insert_many([row]).on_conflict(once).exec_without_returning(db).await;
    kept.context("keeping a verdict to be given twice").map(drop)
}

/// Gives somebody the oldest that were somebody else's, and that nobody is at. Call with the turn `moderation_claims`.
pub async fn claim(
    db: &impl ConnectionTrait,
    scope: Scope,
    by: &str,
    now: Millis,
    limit: u64,
) -> anyhow::Result<Vec<Sample>> {
    let free = Condition::any()
        .add(Column::ClaimedBy.is_null())
        .add(Column::ClaimedBy.eq(by))
        .add(Column::ClaimedUntilMs.lte(now.0));
    let open = within(scope)
        .filter(Column::State.eq(SampleState::Open.name()))
        .filter(Column::FirstBy.ne(by))
        .filter(free)
        .order_by_asc(Column::Position)
        .limit(limit);
    let rows = open.all(db).await.context("looking for verdicts to be given twice")?;
    Entity::update_many()
        .col_expr(Column::ClaimedBy, Expr::value(by))
        .col_expr(Column::ClaimedUntilMs, Expr::value(now.0.saturating_add(CLAIM_MS)))
        .filter(Column::Position.is_in(rows.iter().map(|row| row.position)))
        .exec(db)
        .await
        .context("claiming verdicts to be given twice")?;
    Ok(rows.into_iter().map(Sample::from).collect())
}

pub async fn find(db: &impl ConnectionTrait, scope: Scope, position: u64) -> anyhow::Result<Option<Sample>> {
    let found = within(scope).filter(Column::Position.eq(position.min(i64::MAX as u64) as i64)).one(db).await;
    Ok(found.context("finding a verdict to be given twice")?.map(Sample::from))
}

pub async fn disputed(db: &impl ConnectionTrait, scope: Scope, limit: u64) -> anyhow::Result<Vec<Sample>> {
    let rows = within(scope).filter(Column::State.eq(SampleState::Disputed.name()));
    let rows = rows.order_by_asc(Column::Position).limit(limit).all(db).await.context("listing disputes")?;
    Ok(rows.into_iter().map(Sample::from).collect())
}

/// Keeps the second verdict; false when there is one.
pub async fn second(
    db: &impl ConnectionTrait,
    position: u64,
    given: &Given,
    state: SampleState,
) -> anyhow::Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(state.name()))
        .col_expr(Column::SecondBy, Expr::value(given.by.clone()))
        .col_expr(Column::SecondOutcome, Expr::value(review::outcome_name(given.outcome)))
        .col_expr(Column::SecondClause, Expr::value(given.clause.clone()))
        .col_expr(Column::SecondAtMs, Expr::value(given.at.0))
        .filter(Column::Position.eq(position as i64))
        .filter(Column::State.eq(SampleState::Open.name()));
    Ok(update.exec(db).await.context("keeping a second verdict")?.rows_affected == 1)
}

/// Keeps the verdict that counts; false when there is one.
pub async fn settle(db: &impl ConnectionTrait, position: u64, given: &Given) -> anyhow::Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(SampleState::Settled.name()))
        .col_expr(Column::LastBy, Expr::value(given.by.clone()))
        .col_expr(Column::LastOutcome, Expr::value(review::outcome_name(given.outcome)))
        .col_expr(Column::LastClause, Expr::value(given.clause.clone()))
        .col_expr(Column::LastAtMs, Expr::value(given.at.0))
        .filter(Column::Position.eq(position as i64))
        .filter(Column::State.eq(SampleState::Disputed.name()));
    Ok(update.exec(db).await.context("settling a dispute")?.rows_affected == 1)
}

/// Those with two verdicts, whose first is from then on.
pub async fn since(db: &impl ConnectionTrait, scope: Scope, since: Millis) -> anyhow::Result<Vec<Sample>> {
    let rows = within(scope)
        .filter(Column::FirstAtMs.gte(since.0))
        .filter(Column::SecondAtMs.is_not_null())
        .order_by_desc(Column::FirstAtMs)
        .limit(MOST)
        .all(db)
        .await
        .context("reading verdicts that were given twice")?;
    Ok(rows.into_iter().map(Sample::from).collect())
}

/// Which of them a reviewer of an organisation was told to give twice: the outcome that counts.
pub fn right(sample: &Sample) -> Option<ReviewOutcome> {
    match (&sample.second, &sample.last) {
        (_, Some(last)) => Some(last.outcome),
        (Some(second), None) if second.outcome == sample.first.outcome => Some(second.outcome),
        _ => None,
    }
}
