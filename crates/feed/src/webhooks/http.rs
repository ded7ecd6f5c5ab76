//! Webhooks over HTTP. A secret is shown once: when the webhook is made, and when the secret is rotated.

use super::{
    PURPOSE,
    rules::{self, Disabled, Refusal, State as DeliveryState, Webhook},
    store::{self, Delivery, Replay},
    worker::turn,
};
use crate::{Feed, kinds};
use app::{
    ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Permission, PermissionInfo, Problem, Reach,
    ReadPersonal,
};
use axum::{Json, extract::State, http::StatusCode};
use events::{Millis, TeamId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const PAGE: u64 = 100;

/// May see webhooks and what became of deliveries.
pub struct ReadWebhooks;
impl Permission for ReadWebhooks {
    const INFO: PermissionInfo = PermissionInfo { name: "webhook.read", zh: "查看事件推送", en: "see webhooks" };
}

/// May make, change and remove webhooks, rotate secrets, and replay deliveries.
pub struct ManageWebhooks;
impl Permission for ManageWebhooks {
    const INFO: PermissionInfo =
        PermissionInfo { name: "webhook.manage", zh: "管理事件推送", en: "manage webhooks" };
}

pub(crate) fn routes(feed: Feed) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, change, remove))
        .routes(routes!(rotate))
        .routes(routes!(test))
        .routes(routes!(deliveries))
        .routes(routes!(replay_one))
        .routes(routes!(replay))
        .with_state(feed)
}

/// A webhook, without its secret.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookView {
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: Uuid,
    #[schema(value_type = Uuid)]
    team: TeamId,
    /// Whether it hears of the whole organisation, or of its team alone.
    all_teams: bool,
    #[schema(example = "order system")]
    name: String,
    #[schema(example = "https://example.org/kaibo")]
    url: String,
    /// Empty: every event that is told.
    events: Vec<String>,
    /// Personal data in what it hears are masked.
    masked: bool,
    enabled: bool,
    /// Why it is not, when nobody decided so.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled: Option<Disabled>,
    /// Since when every delivery failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at_ms: Option<i64>,
    /// Until when the secret before the last rotation signs along; absent when it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_secret_until_ms: Option<i64>,
    #[schema(example = 1_790_000_000_000_i64)]
    created_at_ms: i64,
    /// Deliveries to be tried again.
    waiting: i64,
    /// Deliveries that were given up 死信.
    dead: i64,
}

/// A webhook with its secret.
#[derive(Debug, Serialize, ToSchema)]
struct MadeWebhook {
    /// The signing secret: shown here and nowhere else.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwq2Vh0b0m3m8=")]
    secret: String,
    #[serde(flatten)]
    webhook: WebhookView,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhook {
    #[schema(example = "order system", format = "line", max_length = 50)]
    name: String,
    #[schema(example = "https://example.org/kaibo", max_length = 2000)]
    url: String,
    /// Empty: every event that is told.
    #[serde(default)]
    #[schema(value_type = Vec<ToldEvent>)]
    events: Vec<String>,
    /// Of all teams; without it as far as you see yourself.
    all_teams: Option<bool>,
    /// Whether personal data in what it hears are masked; without it as you see them yourself. `false` needs `personal.read`.
    masked: Option<bool>,
}

/// The name of an event that others may hear of.
#[derive(ToSchema)]
#[schema(value_type = String, format = "event", example = "BroadcastStarted")]
struct ToldEvent(#[expect(dead_code, reason = "only described")] String);

/// What is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WebhookChange {
    #[schema(format = "line", max_length = 50)]
    name: Option<String>,
    #[schema(max_length = 2000)]
    url: Option<String>,
    #[schema(value_type = Option<Vec<ToldEvent>>)]
    events: Option<Vec<String>>,
    /// Enabled again, it goes on where it stopped.
    enabled: Option<bool>,
    /// `false` needs `personal.read`. Whoever lacks it and changes the address masks what is sent there.
    masked: Option<bool>,
    /// What happened until now is not sent any more.
    #[serde(default)]
    skip_missed: bool,
}

/// One event on its way to one webhook.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookDelivery {
    id: Uuid,
    #[schema(example = "BroadcastStarted")]
    event: String,
    /// `webhook-id` of the request.
    #[schema(example = "evt_4711_9f86d081")]
    event_id: String,
    state: DeliveryState,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_at_ms: Option<i64>,
    /// Of the last answer, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// `status`, `gone`, `redirect`, `timeout`, `no_connection`, `no_answer`, `unknown_host`, `private_address`, `tls`, `event_gone` ...
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    /// The beginning of the last answer. Somebody else wrote it.
    answer: String,
    took_ms: u32,
    created_at_ms: i64,
    attempted_at_ms: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplaySince {
    /// Deliveries that were first tried then or later.
    #[schema(example = 1_790_000_000_000_i64)]
    since_ms: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct Replayed {
    /// Deliveries that will be tried again.
    replayed: u64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AfterWebhook {
    /// `next` of the page before.
    after: Option<Uuid>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeliveryQuery {
    /// Only those; `dead` are the dead letters.
    #[param(inline)]
    state: Option<DeliveryState>,
    /// `next` of the page before.
    after: Option<Uuid>,
}

impl From<Delivery> for WebhookDelivery {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            event: delivery.event,
            event_id: delivery.event_id,
            state: delivery.state,
            attempts: delivery.attempts,
            next_at_ms: delivery.next_at.map(|at| at.0),
            status: delivery.status,
            failure: delivery.failure,
            answer: delivery.answer,
            took_ms: delivery.took_ms,
            created_at_ms: delivery.created_at.0,
            attempted_at_ms: delivery.attempted_at.0,
        }
    }
}

impl Feed {
    async fn shown(&self, webhooks: Vec<Webhook>) -> anyhow::Result<Vec<WebhookView>> {
        let (counts, now) = (self.counts(&webhooks).await?, self.app().now());
        let count = |id: Uuid, state| counts.get(&(id, state)).copied().unwrap_or_default();
        let shown = webhooks.into_iter().map(|webhook| WebhookView {
            id: webhook.id,
            team: webhook.team,
            all_teams: webhook.all_teams,
            name: webhook.name,
            url: webhook.url,
            events: webhook.events.into_iter().flatten().collect(),
            masked: webhook.masked,
            enabled: webhook.enabled,
            disabled: webhook.disabled,
            failing_since_ms: webhook.failing_since.map(|since| since.0),
            delivered_at_ms: webhook.delivered_at.map(|at| at.0),
            old_secret_until_ms: webhook.old_secret.map(|(_, until)| until.0).filter(|until| now.0 < *until),
            created_at_ms: webhook.created_at.0,
            waiting: count(webhook.id, DeliveryState::Waiting),
            dead: count(webhook.id, DeliveryState::Dead),
        });
        Ok(shown.collect())
    }

    async fn one_shown(&self, webhook: Webhook) -> Result<WebhookView, ApiError> {
        let id = webhook.id;
        self.shown(vec![webhook]).await?.pop().ok_or_else(|| Refusal::Unknown(id).into())
    }

    async fn found(&self, scope: app::Scope, id: Uuid) -> Result<Webhook, ApiError> {
        let found = store::find(self.app().store.read(), scope, id).await?;
        Ok(found.ok_or(Refusal::Unknown(id))?)
    }
}

/// What was asked for, if the actor may have it so.
fn masked(can: &Can<ManageWebhooks>, wanted: Option<bool>) -> Result<Option<bool>, ApiError> {
    if wanted == Some(false) && can.mask().is_on() {
        return Err(ApiError::forbidden(ReadPersonal::INFO.name));
    }
    Ok(wanted)
}

fn events(wanted: &[String]) -> Result<Option<BTreeSet<String>>, Refusal> {
    if let Some(unknown) = wanted.iter().find(|name| !kinds::is_told(name)) {
        return Err(Refusal::UnknownEvent(unknown.clone()));
    }
    Ok((!wanted.is_empty()).then(|| wanted.iter().cloned().collect()))
}

/// Webhooks in your scope 事件推送, newest first
#[utoipa::path(get, path = "/api/webhooks", tag = "webhooks", operation_id = "list_webhooks", params(AfterWebhook),
    responses(
        (status = 200, description = "a page of up to 100 webhooks", body = Page<WebhookView>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `webhook.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(feed): State<Feed>,
    can: Can<ReadWebhooks>,
    ApiQuery(AfterWebhook { after }): ApiQuery<AfterWebhook>,
) -> ApiResult<Page<WebhookView>> {
    let webhooks = store::list(feed.app().store.read(), can.scope(), after, PAGE).await?;
    let next = webhooks.last().filter(|_| webhooks.len() as u64 == PAGE).map(|webhook| webhook.id.to_string());
    Ok(Json(Page { items: feed.shown(webhooks).await?, next }))
}

/// Make a webhook 创建事件推送. It hears of what happens from now on.
#[utoipa::path(post, path = "/api/webhooks", tag = "webhooks", operation_id = "create_webhook", request_body = NewWebhook,
    responses(
        (status = 201, description = "made; the signing secret is in `secret` and is not shown again", body = MadeWebhook),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `webhook.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`, `bad_url`, `private_address`, `unknown_event` or `bad_reach`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn create(
    State(feed): State<Feed>,
    can: Can<ManageWebhooks>,
    ApiJson(new): ApiJson<NewWebhook>,
) -> Result<(StatusCode, Json<MadeWebhook>), ApiError> {
    let app = feed.app();
    let whole = can.scope().reach == Reach::Org;
    let all_teams = new.all_teams.unwrap_or(whole);
    if all_teams && !whole {
        return Err(Refusal::AllTeams.into());
    }
    let masked = masked(&can, new.masked)?.unwrap_or(can.mask().is_on());
    let (id, secret) = (Uuid::now_v7(), rules::fresh_secret());
    let webhook = Webhook {
        id,
        org: can.scope().org,
        team: can.home_team,
        all_teams,
        masked,
        name: rules::name(&new.name)?,
        url: rules::url(&new.url, feed.settings().allow_private)?,
        events: events(&new.events)?,
        secret: app::sealed::seal(&app.keys, PURPOSE, id, &secret)?,
        old_secret: None,
        enabled: true,
        disabled: None,
        position: app.log.last(),
        failing_since: None,
        delivered_at: None,
        created_at: app.now(),
    };
    let tx = app.store.begin().await?;
    store::insert(tx.db(), &webhook).await?;
    tx.commit().await?;
    feed.webhooks().changed();
    Ok((StatusCode::CREATED, Json(MadeWebhook { secret, webhook: feed.one_shown(webhook).await? })))
}

/// One webhook
#[utoipa::path(get, path = "/api/webhooks/{id}", tag = "webhooks", operation_id = "read_webhook",
    params(("id" = Uuid, Path, description = "the webhook's id")),
    responses(
        (status = 200, description = "the webhook", body = WebhookView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `webhook.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such webhook in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn read(State(feed): State<Feed>, can: Can<ReadWebhooks>, ApiPath(id): ApiPath<Uuid>) -> ApiResult<WebhookView> {
    let webhook = feed.found(can.scope(), id).await?;
    Ok(Json(feed.one_shown(webhook).await?))
}

/// Change a webhook 修改事件推送: its name, its address, its events, or whether it hears of anything
#[utoipa::path(patch, path = "/api/webhooks/{id}", tag = "webhooks", operation_id = "change_webhook",
    params(("id" = Uuid, Path, description = "the webhook's id")), request_body = WebhookChange,
    responses(
        (status = 200, description = "changed", body = WebhookView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `webhook.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such webhook in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`, `bad_url`, `private_address` or `unknown_event`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn change(
    State(feed): State<Feed>,
    can: Can<ManageWebhooks>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(change): ApiJson<WebhookChange>,
) -> ApiResult<WebhookView> {
    let app = feed.app();
    let tx = app.store.begin().await?;
    tx.take_turns(&turn(id)).await?;
    let mut webhook = store::find(tx.db(), can.scope(), id).await?.ok_or(Refusal::Unknown(id))?;
    if let Some(name) = change.name {
        webhook.name = rules::name(&name)?;
    }
    if let Some(url) = change.url {
        webhook.url = rules::url(&url, feed.settings().allow_private)?;
        // Nobody has sent to himself what he may not see.
        webhook.masked |= can.mask().is_on();
    }
    webhook.masked = masked(&can, change.masked)?.unwrap_or(webhook.masked);
    if let Some(wanted) = change.events {
        webhook.events = events(&wanted)?;
    }
    if let Some(enabled) = change.enabled {
        (webhook.enabled, webhook.disabled) = (enabled, None);
        if enabled {
            webhook.failing_since = None;
        }
    }
    store::update(tx.db(), &webhook).await?;
    if change.skip_missed {
        let last = app.log.last();
        store::advance(tx.db(), id, webhook.position, last).await?;
        webhook.position = last;
    }
    tx.commit().await?;
    feed.webhooks().changed();
    Ok(Json(feed.one_shown(webhook).await?))
}

/// Remove a webhook 删除事件推送, and what is known of its deliveries
#[utoipa::path(delete, path = "/api/webhooks/{id}", tag = "webhooks", operation_id = "remove_webhook",
    params(("id" = Uuid, Path, description = "the webhook's id")),
    responses(
        (status = 204, description = "removed"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `webhook.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such webhook in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn remove(
    State(feed): State<Feed>,
    can: Can<ManageWebhooks>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let tx = feed.app().store.begin().await?;
    tx.take_turns(&turn(id)).await?;
    store::find(tx.db(), can.scope(), id).await?.ok_or(Refusal::Unknown(id))?;
    store::delete(tx.db(), id).await?;
    tx.commit().await?;
    feed.webhooks().changed();
    Ok(StatusCode::NO_CONTENT)
}

/// Give a webhook another secret 轮换密钥. For 24 h both sign, so that the receiver can change over.
#[utoipa::path(post, path = "/api/webhooks/{id}/secret", tag = "webhooks", operation_id = "rotate_webhook_secret",
    params(("id" = Uuid, Path, description = "the webhook's id")),
    responses(
        (status = 200, description = "rotated; the new secret is in `secret` and is not shown again", body = MadeWebhook),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `webhook.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such webhook in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn rotate(
    State(feed): State<Feed>,
    can: Can<ManageWebhooks>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<MadeWebhook> {
    let app = feed.app();
    let secret = rules::fresh_secret();
    let tx = app.store.begin().await?;
    tx.take_turns(&turn(id)).await?;
    let mut webhook = store::find(tx.db(), can.scope(), id).await?.ok_or(Refusal::Unknown(id))?;
    let sealed = app::sealed::seal(&app.keys, PURPOSE, id, &secret)?;
    let old = std::mem::replace(&mut webhook.secret, sealed);
    webhook.old_secret = Some((old, app.now().plus_ms(rules::OVERLAP_MS)));
    store::update(tx.db(), &webhook).await?;
    tx.commit().await?;
    feed.webhooks().changed();
    Ok(Json(MadeWebhook { secret, webhook: feed.one_shown(webhook).await? }))
}

/// Send a webhook something that did not happen 测试推送: one `WebhookTested`, at once and once
#[utoipa::path(post, path = "/api/webhooks/{id}/test", tag = "webhooks", operation_id = "test_webhook",
    params(("id" = Uuid, Path, description = "the webhook's id")),
    responses(
        (status = 200, description = "sent; `state` says whether it arrived", body = WebhookDelivery),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `webhook.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such webhook in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn test(
    State(feed): State<Feed>,
    can: Can<ManageWebhooks>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<WebhookDelivery> {
    let webhook = feed.found(can.scope(), id).await?;
    Ok(Json(feed.test(&webhook).await?.into()))
}

/// What became of deliveries 推送记录, newest first; `state=dead` are the dead letters 死信
#[utoipa::path(get, path = "/api/webhooks/{id}/deliveries", tag = "webhooks", operation_id = "list_webhook_deliveries",
    params(("id" = Uuid, Path, description = "the webhook's id"), DeliveryQuery),
    responses(
        (status = 200, description = "a page of up to 100 deliveries", body = Page<WebhookDelivery>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `webhook.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such webhook in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn deliveries(
    State(feed): State<Feed>,
    can: Can<ReadWebhooks>,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(query): ApiQuery<DeliveryQuery>,
) -> ApiResult<Page<WebhookDelivery>> {
    feed.found(can.scope(), id).await?;
    let deliveries = store::deliveries(feed.app().store.read(), id, query.state, query.after, PAGE).await?;
    let next = deliveries.last().filter(|_| deliveries.len() as u64 == PAGE).map(|delivery| delivery.id.to_string());
    Ok(Json(Page { items: deliveries.into_iter().map(WebhookDelivery::from).collect(), next }))
}

/// Send one delivery again 重新推送, whatever became of it
#[utoipa::path(post, path = "/api/webhooks/{id}/deliveries/{delivery}/replay", tag = "webhooks", operation_id = "replay_webhook_delivery",
    params(("id" = Uuid, Path, description = "the webhook's id"), ("delivery" = Uuid, Path, description = "the delivery's id")),
    responses(
        (status = 200, description = "it is tried again from the beginning", body = Replayed),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `webhook.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such webhook in your scope, or no such delivery of it", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`not_replayable`: it was a test", body = Problem, content_type = "application/problem+json"),
    ))]
async fn replay_one(
    State(feed): State<Feed>,
    can: Can<ManageWebhooks>,
    ApiPath((id, delivery)): ApiPath<(Uuid, Uuid)>,
) -> ApiResult<Replayed> {
    feed.found(can.scope(), id).await?;
    let found = store::find_delivery(feed.app().store.read(), id, delivery).await?;
    if found.ok_or(Refusal::UnknownDelivery(delivery))?.position == 0 {
        return Err(Refusal::Test.into());
    }
    feed.replayed(id, Replay::One(delivery)).await
}

/// Send dead letters again 重放死信: all since a time
#[utoipa::path(post, path = "/api/webhooks/{id}/replay", tag = "webhooks", operation_id = "replay_webhook",
    params(("id" = Uuid, Path, description = "the webhook's id")), request_body = ReplaySince,
    responses(
        (status = 200, description = "so many are tried again from the beginning", body = Replayed),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `webhook.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such webhook in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn replay(
    State(feed): State<Feed>,
    can: Can<ManageWebhooks>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(ReplaySince { since_ms }): ApiJson<ReplaySince>,
) -> ApiResult<Replayed> {
    feed.found(can.scope(), id).await?;
    feed.replayed(id, Replay::DeadSince(Millis(since_ms))).await
}

impl Feed {
    async fn replayed(&self, id: Uuid, which: Replay) -> ApiResult<Replayed> {
        let tx = self.app().store.begin().await?;
        tx.take_turns(&turn(id)).await?;
        let replayed = store::replay(tx.db(), id, which, self.app().now()).await?;
        tx.commit().await?;
        self.webhooks().changed();
        Ok(Json(Replayed { replayed }))
    }
}
