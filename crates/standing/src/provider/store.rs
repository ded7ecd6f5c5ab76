//! Providers and what they were asked, as rows.

use super::{Auth, Check, CheckState, PURPOSE, Provider, rules::Answer};
use anyhow::Context;
use app::{Keys, sealed};
use events::{Millis, OrgId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use store::Text;
use uuid::Uuid;

mod provider {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "standing_providers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        pub url: String,
        pub auth: String,
        pub secret: String,
        pub with_person: bool,
        pub enabled: bool,
        pub changed_by: String,
        pub changed_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod check {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "standing_checks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub host_id: Text<Uuid>,
        pub submitted_at_ms: i64,
        pub state: String,
        pub reference: String,
        pub failure: String,
        pub attempts: i32,
        pub next_at_ms: i64,
        pub asked_at_ms: i64,
        pub answered_at_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use check::{Column, Entity};

impl From<check::Model> for Check {
    fn from(row: check::Model) -> Self {
        Self {
            id: row.id.0,
            org: row.org_id.0,
            host: row.host_id.0,
            submitted_at: Millis(row.submitted_at_ms),
            state: CheckState::parse(&row.state),
            reference: row.reference,
            failure: row.failure,
            attempts: row.attempts.max(0) as u32,
            asked_at: Millis(row.asked_at_ms),
            answered_at: row.answered_at_ms.map(Millis),
        }
    }
}

pub async fn of(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<Option<Provider>> {
    let found = provider::Entity::find_by_id(Text(org)).one(db).await.context("reading a provider of real names")?;
    Ok(found.map(|row| Provider {
        org,
        url: row.url,
        auth: Auth::parse(&row.auth),
        secret: row.secret,
        with_person: row.with_person,
        enabled: row.enabled,
        changed_by: row.changed_by,
        changed_at: Millis(row.changed_at_ms),
    }))
}

/// Keeps it; the secret as it is sealed already.
pub async fn put(db: &impl ConnectionTrait, kept: &Provider) -> anyhow::Result<()> {
    use provider::Column;
    let row = provider::ActiveModel {
        org_id: Set(Text(kept.org)),
        url: Set(kept.url.clone()),
        auth: Set(kept.auth.as_str().to_owned()),
        secret: Set(kept.secret.clone()),
        with_person: Set(kept.with_person),
        enabled: Set(kept.enabled),
        changed_by: Set(kept.changed_by.clone()),
        changed_at_ms: Set(kept.changed_at.0),
    };
    let replace = OnConflict::column(Column::OrgId)
        .update_columns([
            Column::Url,
            Column::Auth,
            Column::Secret,
            Column::WithPerson,
            Column::Enabled,
            Column::ChangedBy,
            Column::ChangedAtMs,
        ])
        .to_owned();
    let insert = provider::Entity::insert(row).on_conflict(replace);
    insert.exec_without_returning(db).await.context("keeping a provider of real names")?;
    Ok(())
}

pub fn seal(keys: &Keys, org: OrgId, secret: &str) -> anyhow::Result<String> {
    sealed::seal(keys, PURPOSE, org.0, secret)
}

pub async fn remove(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<()> {
    provider::Entity::delete_by_id(Text(org)).exec(db).await.context("removing a provider of real names")?;
    Ok(())
}

/// A host's name and number are to be asked about.
pub async fn begin(db: &impl ConnectionTrait, org: OrgId, host: Uuid, at: Millis) -> anyhow::Result<()> {
    let row = check::ActiveModel {
        id: Set(Text(Uuid::now_v7())),
        org_id: Set(Text(org)),
        host_id: Set(Text(host)),
        submitted_at_ms: Set(at.0),
        state: Set(CheckState::Waiting.as_str().to_owned()),
        reference: Set(String::new()),
        failure: Set(String::new()),
        attempts: Set(0),
        next_at_ms: Set(at.0),
        asked_at_ms: Set(at.0),
        answered_at_ms: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await.context("noting a question about a real name")?;
    Ok(())
}

/// Lets go of what was said of a host.
pub async fn forget(db: &impl ConnectionTrait, host: Uuid) -> anyhow::Result<()> {
    let gone = Entity::delete_many().filter(Column::HostId.eq(Text(host)));
    gone.exec(db).await.context("letting go of answers about a real name")?;
    Ok(())
}

/// What was asked about a host last.
pub async fn last(db: &impl ConnectionTrait, host: Uuid) -> anyhow::Result<Option<Check>> {
    let rows = Entity::find().filter(Column::HostId.eq(Text(host))).order_by_desc(Column::Id);
    Ok(rows.one(db).await.context("reading an answer about a real name")?.map(Check::from))
}

/// What is to be asked now, what waits longest first; of organisations whose providers do not rest.
pub async fn due(db: &impl ConnectionTrait, now: Millis, resting: &[OrgId], limit: u64) -> anyhow::Result<Vec<Check>> {
    let rows = Entity::find()
        .filter(Column::State.eq(CheckState::Waiting.as_str()))
        .filter(Column::NextAtMs.lte(now.0))
        .filter(Column::OrgId.is_not_in(resting.iter().map(|org| Text(*org))))
        .order_by_asc(Column::NextAtMs)
        .order_by_asc(Column::Id)
        .limit(limit);
    let rows = rows.all(db).await.context("reading what is to be asked of providers")?;
    Ok(rows.into_iter().map(Check::from).collect())
}

/// Takes the next attempt, and says when the one after it would be; false when somebody else took it.
pub async fn take(db: &impl ConnectionTrait, check: &Check, next: Millis) -> anyhow::Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::Attempts, Expr::value(attempts(check.attempts + 1)))
        .col_expr(Column::NextAtMs, Expr::value(next.0))
        .filter(Column::Id.eq(Text(check.id)))
        .filter(Column::State.eq(CheckState::Waiting.as_str()))
        .filter(Column::Attempts.eq(attempts(check.attempts)));
    Ok(update.exec(db).await.context("taking a question about a real name")?.rows_affected == 1)
}

fn attempts(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// What waits is asked now: there is another provider.
pub async fn hasten(db: &impl ConnectionTrait, org: OrgId, now: Millis) -> anyhow::Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::NextAtMs, Expr::value(now.0))
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::State.eq(CheckState::Waiting.as_str()));
    update.exec(db).await.context("asking another provider")?;
    Ok(())
}

/// Notes why there was no answer; `over`: it is not asked again.
pub async fn failed(db: &impl ConnectionTrait, id: Uuid, failure: &str, over: bool) -> anyhow::Result<()> {
    let mut update = Entity::update_many().col_expr(Column::Failure, Expr::value(failure));
    if over {
        update = update.col_expr(Column::State, Expr::value(CheckState::NoAnswer.as_str()));
    }
    let update = update.filter(Column::Id.eq(Text(id))).filter(Column::State.eq(CheckState::Waiting.as_str()));
    update.exec(db).await.context("noting that a provider did not answer")?;
    Ok(())
}

/// What it was asked about is not there any more.
pub async fn drop_it(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(CheckState::Dropped.as_str()))
        .filter(Column::Id.eq(Text(id)))
        .filter(Column::State.eq(CheckState::Waiting.as_str()));
    update.exec(db).await.context("dropping a question about a real name")?;
    Ok(())
}

/// Keeps an answer; false when there is one already, or nobody waits for it any more.
pub async fn answer(db: &impl ConnectionTrait, id: Uuid, answer: &Answer, at: Millis) -> anyhow::Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(answer.state.as_str()))
        .col_expr(Column::Reference, Expr::value(&answer.reference))
        .col_expr(Column::Failure, Expr::value(""))
        .col_expr(Column::AnsweredAtMs, Expr::value(at.0))
        .filter(Column::Id.eq(Text(id)))
        .filter(Column::State.eq(CheckState::Waiting.as_str()));
    Ok(update.exec(db).await.context("keeping an answer about a real name")?.rows_affected == 1)
}
