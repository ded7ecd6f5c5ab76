//! Webhooks and deliveries as rows. What answers a person takes the [`Scope`].

use super::rules::{Disabled, State, Webhook};
use anyhow::Context;
use app::{Reach, Scope};
use events::{Millis, OrgId, TeamId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
    sea_query::{Expr, OnConflict, Query},
};
use std::collections::HashMap;
use store::Text;
use uuid::Uuid;

mod webhook {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "feed_webhooks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub all_teams: bool,
        pub name: String,
        pub url: String,
        /// Names separated by commas; empty: all.
        pub events: String,
        pub secret_sealed: String,
        pub old_secret_sealed: Option<String>,
        pub old_secret_until_ms: Option<i64>,
        pub enabled: bool,
        pub disabled_reason: Option<String>,
        pub position: i64,
        pub failing_since_ms: Option<i64>,
        pub delivered_at_ms: Option<i64>,
        pub created_at_ms: i64,
        pub masked: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod delivery {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "feed_deliveries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub webhook_id: Text<Uuid>,
        pub position: i64,
        pub event_id: String,
        pub event: String,
        pub state: String,
        pub attempts: i64,
        pub next_at_ms: Option<i64>,
        pub status: Option<i64>,
        pub failure: Option<String>,
        pub answer: String,
        pub took_ms: i64,
        pub created_at_ms: i64,
        pub attempted_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use webhook::{Column, Entity};

/// One event on its way to one webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: Uuid,
    pub webhook: Uuid,
    /// Where the event stands in the log; 0 of a test.
    pub position: u64,
    pub event_id: String,
    pub event: String,
    pub state: State,
    pub attempts: u32,
    pub next_at: Option<Millis>,
    pub status: Option<u16>,
    pub failure: Option<String>,
    pub answer: String,
    pub took_ms: u32,
    pub created_at: Millis,
    pub attempted_at: Millis,
}

impl TryFrom<webhook::Model> for Webhook {
    type Error = anyhow::Error;

    fn try_from(row: webhook::Model) -> anyhow::Result<Self> {
        let id = row.id.0;
        let reason = |text: &str| {
            Disabled::parse(text).with_context(|| format!("why the webhook `{id}` is disabled is not known"))
        };
        Ok(Webhook {
            id,
            org: row.org_id.0,
            team: row.team_id.0,
            all_teams: row.all_teams,
            masked: row.masked,
            name: row.name,
            url: row.url,
            events: (!row.events.is_empty()).then(|| row.events.split(',').map(str::to_owned).collect()),
            secret: row.secret_sealed,
            old_secret: row.old_secret_sealed.zip(row.old_secret_until_ms.map(Millis)),
            enabled: row.enabled,
            disabled: row.disabled_reason.as_deref().map(reason).transpose()?,
            position: row.position.max(0) as u64,
            failing_since: row.failing_since_ms.map(Millis),
            delivered_at: row.delivered_at_ms.map(Millis),
            created_at: Millis(row.created_at_ms),
        })
    }
}

impl TryFrom<delivery::Model> for Delivery {
    type Error = anyhow::Error;

    fn try_from(row: delivery::Model) -> anyhow::Result<Self> {
        let id = row.id.0;
        Ok(Delivery {
            id,
            webhook: row.webhook_id.0,
            position: row.position.max(0) as u64,
            event_id: row.event_id,
            event: row.event,
            state: State::parse(&row.state)
                .with_context(|| format!("the state of the delivery `{id}` is not known"))?,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            next_at: row.next_at_ms.map(Millis),
            status: row.status.and_then(|status| u16::try_from(status).ok()),
            failure: row.failure,
            answer: row.answer,
            took_ms: u32::try_from(row.took_ms).unwrap_or(u32::MAX),
            created_at: Millis(row.created_at_ms),
            attempted_at: Millis(row.attempted_at_ms),
        })
    }
}

/// What people decide; how far the webhook came is the worker's.
fn row(webhook: &Webhook) -> webhook::ActiveModel {
    let (old, until) = webhook.old_secret.clone().unzip();
    let events: Vec<&str> = webhook.events.iter().flatten().map(String::as_str).collect();
    webhook::ActiveModel {
        id: Set(Text(webhook.id)),
        org_id: Set(Text(webhook.org)),
        team_id: Set(Text(webhook.team)),
        all_teams: Set(webhook.all_teams),
        masked: Set(webhook.masked),
        name: Set(webhook.name.clone()),
        url: Set(webhook.url.clone()),
        events: Set(events.join(",")),
        secret_sealed: Set(webhook.secret.clone()),
        old_secret_sealed: Set(old),
        old_secret_until_ms: Set(until.map(|until| until.0)),
        enabled: Set(webhook.enabled),
        disabled_reason: Set(webhook.disabled.map(|reason| reason.as_str().to_owned())),
        failing_since_ms: Set(webhook.failing_since.map(|since| since.0)),
        created_at_ms: Set(webhook.created_at.0),
        ..Default::default()
    }
}

fn delivery_row(delivery: &Delivery) -> delivery::ActiveModel {
    delivery::ActiveModel {
        id: Set(Text(delivery.id)),
        webhook_id: Set(Text(delivery.webhook)),
        position: Set(position(delivery.position)),
        event_id: Set(delivery.event_id.clone()),
        event: Set(delivery.event.clone()),
        state: Set(delivery.state.as_str().to_owned()),
        attempts: Set(delivery.attempts.into()),
        next_at_ms: Set(delivery.next_at.map(|at| at.0)),
        status: Set(delivery.status.map(i64::from)),
        failure: Set(delivery.failure.clone()),
        answer: Set(delivery.answer.clone()),
        took_ms: Set(delivery.took_ms.into()),
        created_at_ms: Set(delivery.created_at.0),
        attempted_at_ms: Set(delivery.attempted_at.0),
    }
}

fn position(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

pub async fn insert(db: &impl ConnectionTrait, webhook: &Webhook) -> anyhow::Result<()> {
    let row =
        webhook::ActiveModel { position: Set(position(webhook.position)), delivered_at_ms: Set(None), ..row(webhook) };
    Entity::insert(row).exec_without_returning(db).await.context("inserting a webhook")?;
    Ok(())
}

pub async fn update(db: &impl ConnectionTrait, webhook: &Webhook) -> anyhow::Result<()> {
    let update = Entity::update_many().set(row(webhook)).filter(Column::Id.eq(Text(webhook.id)));
    update.exec(db).await.context("changing a webhook")?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<()> {
    let deliveries = delivery::Entity::delete_many().filter(delivery::Column::WebhookId.eq(Text(id)));
    deliveries.exec(db).await.context("removing a webhook's deliveries")?;
    Entity::delete_by_id(Text(id)).exec(db).await.context("removing a webhook")?;
    Ok(())
}

/// A webhook within the scope.
pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Webhook>> {
    Ok(find_any(db, id).await?.filter(|webhook| webhook.is_within(scope)))
}

/// A webhook whoever asks: for its own worker, never for people.
pub async fn find_any(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<Option<Webhook>> {
    let row = Entity::find_by_id(Text(id)).one(db).await.context("finding a webhook")?;
    row.map(Webhook::try_from).transpose()
}

/// Webhooks within the scope, newest first, those older than `after`.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<Webhook>> {
    let mut rows = Entity::find().filter(Column::OrgId.eq(Text(scope.org)));
    if let Some(teams) = scope.teams() {
        rows = rows.filter(Column::TeamId.is_in(teams.into_iter().map(Text)));
    }
    if scope.reach != Reach::Org {
        rows = rows.filter(Column::AllTeams.eq(false));
    }
    if let Some(after) = after {
        rows = rows.filter(Column::Id.lt(Text(after)));
    }
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing webhooks")?;
    rows.into_iter().map(Webhook::try_from).collect()
}

/// Those that something is delivered to, of every organisation: for the workers.
pub async fn enabled(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Uuid>> {
    let ids = Entity::find().filter(Column::Enabled.eq(true)).select_only().column(Column::Id);
    let ids: Vec<Text<Uuid>> = ids.into_tuple().all(db).await.context("listing enabled webhooks")?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// The position that the slowest enabled webhook has reached, and how many deliveries were given up since; tests of webhooks left out.
pub async fn backlog(db: &impl ConnectionTrait, since: Millis) -> anyhow::Result<(Option<u64>, u64)> {
    let slowest = Entity::find().filter(Column::Enabled.eq(true)).select_only();
    let slowest = slowest.column_as(Column::Position.min(), "slowest").into_tuple::<Option<i64>>().one(db).await;
    let slowest = slowest.context("looking for the slowest webhook")?.flatten();
    let all = Query::select().column(Column::Id).from(Entity).to_owned();
    let dead = delivery::Entity::find()
        .filter(delivery::Column::WebhookId.in_subquery(all))
        .filter(delivery::Column::State.eq(State::Dead.as_str()))
        .filter(delivery::Column::AttemptedAtMs.gte(since.0))
        .filter(delivery::Column::Position.gt(0));
    let dead = dead.count(db).await.context("counting dead letters")?;
    Ok((slowest.and_then(|position| u64::try_from(position).ok()), dead))
}

/// The webhook has come from one position to another. False when it stands elsewhere: another process moved it.
pub async fn advance(db: &impl ConnectionTrait, id: Uuid, from: u64, to: u64) -> anyhow::Result<bool> {
    let moved = Entity::update_many()
        .col_expr(Column::Position, Expr::value(position(to)))
        .filter(Column::Id.eq(Text(id)))
        .filter(Column::Position.eq(position(from)));
    Ok(moved.exec(db).await.context("moving a webhook on")?.rows_affected > 0)
}

/// What came of a round of deliveries, as far as the webhook is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// At least one arrived.
    Good(Millis),
    /// None arrived, and none since then.
    Failing(Millis),
    Off(Disabled),
}

pub async fn note_health(db: &impl ConnectionTrait, id: Uuid, health: Health) -> anyhow::Result<()> {
    let update = Entity::update_many().filter(Column::Id.eq(Text(id)));
    let update = match health {
        Health::Good(at) => update
            .col_expr(Column::FailingSinceMs, Expr::value(None::<i64>))
            .col_expr(Column::DeliveredAtMs, Expr::value(at.0)),
        Health::Failing(since) => {
            update.col_expr(Column::FailingSinceMs, Expr::value(since.0)).filter(Column::FailingSinceMs.is_null())
        }
        Health::Off(reason) => update
            .col_expr(Column::Enabled, Expr::value(false))
            .col_expr(Column::DisabledReason, Expr::value(reason.as_str())),
    };
    update.exec(db).await.context("noting how a webhook does")?;
    Ok(())
}

/// Keeps deliveries; of one that is known, what became of it.
pub async fn keep(db: &impl ConnectionTrait, deliveries: &[Delivery]) -> anyhow::Result<()> {
    use delivery::Column;
    // SQLite takes a limited number of values in one statement.
    for some in deliveries.chunks(50) {
        let known = OnConflict::column(Column::Id)
            .update_columns([
                Column::State,
                Column::Attempts,
                Column::NextAtMs,
                Column::Status,
                Column::Failure,
                Column::Answer,
                Column::TookMs,
                Column::AttemptedAtMs,
            ])
            .to_owned();
        let insert = delivery::Entity::insert_many(some.iter().map(delivery_row)).on_conflict(known);
        insert.exec_without_returning(db).await.context("keeping deliveries")?;
    }
    Ok(())
}

/// Those that are to be tried again now, the longest waiting first.
pub async fn due(db: &impl ConnectionTrait, webhook: Uuid, now: Millis, limit: u64) -> anyhow::Result<Vec<Delivery>> {
    use delivery::Column;
    let rows = waiting(webhook).filter(Column::NextAtMs.lte(now.0)).order_by_asc(Column::NextAtMs).limit(limit);
    rows.all(db).await.context("listing due deliveries")?.into_iter().map(Delivery::try_from).collect()
}

/// How many wait, and when the first of them is to be tried again.
pub async fn waiting_count(db: &impl ConnectionTrait, webhook: Uuid) -> anyhow::Result<(u64, Option<Millis>)> {
    let first = waiting(webhook).order_by_asc(delivery::Column::NextAtMs).one(db).await;
    let first = first.context("looking for the next delivery")?;
    let count = if first.is_some() { waiting(webhook).count(db).await.context("counting deliveries")? } else { 0 };
    Ok((count, first.and_then(|row| row.next_at_ms).map(Millis)))
}

fn waiting(webhook: Uuid) -> sea_orm::Select<delivery::Entity> {
    use delivery::Column;
    let of_webhook = delivery::Entity::find().filter(Column::WebhookId.eq(Text(webhook)));
    of_webhook.filter(Column::State.eq(State::Waiting.as_str()))
}

/// A webhook's deliveries, newest first, those older than `after`. The webhook's scope was looked at.
pub async fn deliveries(
    db: &impl ConnectionTrait,
    webhook: Uuid,
    state: Option<State>,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<Delivery>> {
    use delivery::Column;
    let mut rows = delivery::Entity::find().filter(Column::WebhookId.eq(Text(webhook)));
    if let Some(state) = state {
        rows = rows.filter(Column::State.eq(state.as_str()));
    }
    if let Some(after) = after {
        rows = rows.filter(Column::Id.lt(Text(after)));
    }
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing deliveries")?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// How many deliveries of each of the webhooks wait, and how many were given up.
pub async fn counts(db: &impl ConnectionTrait, webhooks: &[Uuid]) -> anyhow::Result<HashMap<(Uuid, State), i64>> {
    use delivery::Column;
    let rows: Vec<(Text<Uuid>, String, i64)> = delivery::Entity::find()
        .select_only()
        .column(Column::WebhookId)
        .column(Column::State)
        .column_as(Column::Id.count(), "count")
        .filter(Column::WebhookId.is_in(webhooks.iter().copied().map(Text)))
        .filter(Column::State.ne(State::Delivered.as_str()))
        .group_by(Column::WebhookId)
        .group_by(Column::State)
        .into_tuple()
        .all(db)
        .await
        .context("counting deliveries")?;
    Ok(rows.into_iter().filter_map(|(id, state, count)| Some(((id.0, State::parse(&state)?), count))).collect())
}

/// A delivery of that webhook, whose scope was looked at.
pub async fn find_delivery(db: &impl ConnectionTrait, webhook: Uuid, id: Uuid) -> anyhow::Result<Option<Delivery>> {
    let row = delivery::Entity::find_by_id(Text(id)).one(db).await.context("finding a delivery")?;
    let delivery = row.map(Delivery::try_from).transpose()?;
    Ok(delivery.filter(|delivery| delivery.webhook == webhook))
}

/// Deliveries to be tried again from the beginning: one, or the dead ones since then. How many there are.
pub async fn replay(db: &impl ConnectionTrait, webhook: Uuid, which: Replay, now: Millis) -> anyhow::Result<u64> {
    use delivery::Column;
    let update = delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Waiting.as_str()))
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::NextAtMs, Expr::value(now.0))
        .filter(Column::WebhookId.eq(Text(webhook)))
        .filter(Column::Position.gt(0));
    let update = match which {
        Replay::One(id) => update.filter(Column::Id.eq(Text(id))),
        Replay::DeadSince(at) => {
            update.filter(Column::State.eq(State::Dead.as_str())).filter(Column::CreatedAtMs.gte(at.0))
        }
    };
    Ok(update.exec(db).await.context("replaying deliveries")?.rows_affected)
}

#[derive(Debug, Clone, Copy)]
pub enum Replay {
    One(Uuid),
    DeadSince(Millis),
}

/// Forgets what was delivered before `delivered` and what was given up before `dead`.
pub async fn forget(db: &impl ConnectionTrait, delivered: Millis, dead: Millis) -> anyhow::Result<()> {
    use delivery::Column;
    for (state, oldest) in [(State::Delivered, delivered), (State::Dead, dead)] {
        let old = delivery::Entity::delete_many()
            .filter(Column::State.eq(state.as_str()))
            .filter(Column::CreatedAtMs.lt(oldest.0));
        old.exec(db).await.context("forgetting old deliveries")?;
    }
    Ok(())
}

/// An organisation's deliveries from before a moment that are done with: how many, and when the first and the last were made.
pub async fn old(
    db: &impl ConnectionTrait,
    org: OrgId,
    before: Millis,
) -> anyhow::Result<(u64, Option<(Millis, Millis)>)> {
    use delivery::Column;
    let span = done(org, before)
        .select_only()
        .expr(Column::Id.count())
        .expr(Column::CreatedAtMs.min())
        .expr(Column::CreatedAtMs.max());
    let span = span.into_tuple::<(i64, Option<i64>, Option<i64>)>().one(db).await;
    let (count, oldest, newest) = span.context("counting old deliveries")?.unwrap_or_default();
    Ok((count.max(0) as u64, oldest.map(Millis).zip(newest.map(Millis))))
}

/// Forgets up to `limit` of them, and says how many.
pub async fn forget_old(db: &impl ConnectionTrait, org: OrgId, before: Millis, limit: u64) -> anyhow::Result<u64> {
    use delivery::Column;
    let ids = done(org, before).select_only().column(Column::Id).limit(limit).into_tuple::<Text<Uuid>>().all(db).await;
    let ids = ids.context("finding old deliveries")?;
    if ids.is_empty() {
        return Ok(0);
    }
    let gone = delivery::Entity::delete_many().filter(Column::Id.is_in(ids));
    Ok(gone.exec(db).await.context("forgetting old deliveries")?.rows_affected)
}

fn done(org: OrgId, before: Millis) -> Select<delivery::Entity> {
    use delivery::Column;
    let webhooks = webhook::Entity::find().select_only().column(webhook::Column::Id);
    let webhooks = webhooks.filter(webhook::Column::OrgId.eq(Text(org))).into_query();
    delivery::Entity::find()
        .filter(Column::State.is_in([State::Delivered.as_str(), State::Dead.as_str()]))
        .filter(Column::CreatedAtMs.lt(before.0))
        .filter(Column::WebhookId.in_subquery(webhooks))
}
