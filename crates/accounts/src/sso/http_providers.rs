//! Identity providers of an organisation: made, changed, tested, removed. Only headquarters do, and nobody hands out by a provider
//! what he could not give himself.

use super::{
    SEALED,
    call::{Ask, Trouble},
    http::origin,
    rules::{self as sso, Policy, Provider},
    store,
};
use crate::{
    Accounts, ManageSecurity,
    http_staff::{ReachWish, reach_of},
    rules::{self, Refusal},
    store_audit::{self, Action, Change, Who},
    store_tokens,
};
use ::store::{OnConstraint, Tx};
use app::{Actor, ApiError, ApiJson, ApiPath, ApiResult, Can, ClientIp, Problem, Reach, sealed};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const LONGEST_SECRET: usize = 2_000;

pub(super) fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change, remove))
        .routes(routes!(test))
        .with_state(accounts)
}

/// An identity provider 身份提供方, without its secret.
#[derive(Debug, Serialize, ToSchema)]
struct SsoProvider {
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: Uuid,
    /// What stands on its button.
    #[schema(example = "公司账号 Company account")]
    name: String,
    #[schema(example = "https://id.example.com/realms/live")]
    issuer: String,
    #[schema(example = "kaibo")]
    client_id: String,
    has_secret: bool,
    enabled: bool,
    policy: Policy,
    /// Who comes in by it.
    people: u64,
    created_at_ms: i64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSsoProvider {
    /// As the provider's discovery document writes it. It never changes.
    #[schema(example = "https://id.example.com/realms/live", max_length = 500, pattern = "^https?://")]
    issuer: String,
    #[schema(inline)]
    settings: SsoSettings,
}

/// All that can be changed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SsoSettings {
    #[schema(example = "公司账号 Company account", format = "line", max_length = 100)]
    name: String,
    #[schema(example = "kaibo", format = "line", max_length = 500)]
    client_id: String,
    /// Without it, the one of before stays; empty for a client that has none. It is never shown.
    #[schema(format = Password, max_length = 2000, example = "3f9c0e")]
    client_secret: Option<String>,
    enabled: bool,
    #[serde(default)]
    policy: Policy,
}

/// Identity providers 单点登录.
#[utoipa::path(
    get, path = "/api/sso/providers", tag = "accounts", operation_id = "list_sso_providers",
    responses(
        (status = 200, description = "oldest first", body = Vec<SsoProvider>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `security.manage`; or `beyond_your_reach`: only headquarters do", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn list(State(accounts): State<Accounts>, actor: Can<ManageSecurity>) -> ApiResult<Vec<SsoProvider>> {
    headquarters(&actor)?;
    let providers = store::providers(accounts.app.store.read(), actor.scope()).await?;
    let mut shown = Vec::new();
    for provider in providers {
        shown.push(accounts.shown(provider).await?);
    }
    Ok(Json(shown))
}

/// Add an identity provider 添加身份提供方.
#[utoipa::path(
    post, path = "/api/sso/providers", tag = "accounts", operation_id = "create_sso_provider", request_body = NewSsoProvider,
    responses(
        (status = 201, description = "added", body = SsoProvider),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `security.manage`; or `beyond_your_reach`, `beyond_your_permissions`: it would give more than you could", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such team or region", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`name_taken` or `empty_region`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_issuer`, `bad_name`, `bad_client`, `bad_policy` or `unknown_role`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn create(
    State(accounts): State<Accounts>,
    actor: Can<ManageSecurity>,
    ClientIp(address): ClientIp,
    ApiJson(NewSsoProvider { issuer, settings }): ApiJson<NewSsoProvider>,
) -> Result<(StatusCode, Json<SsoProvider>), ApiError> {
    headquarters(&actor)?;
    let now = accounts.app.now();
    let fresh = Provider {
        id: Uuid::now_v7(),
        org: actor.scope().org,
        name: String::new(),
        issuer: sso::issuer(&issuer, settings.policy.allow_private)?,
        client_id: String::new(),
        client_secret: String::new(),
        policy: Policy::default(),
        enabled: false,
        created_at_ms: now.0,
    };
    let tx = accounts.app.store.begin().await?;
    let provider = accounts.set(&tx, &actor, fresh, settings).await?;
    let made = store::insert(&tx, &provider).await.map(Ok);
    made.on_constraint("accounts_sso_providers_org_id_name_key", sso::Refusal::NameTaken)??;
    let (who, change) = (Who::actor(&actor, address), Change::new(None, kept(&provider)));
    store_audit::record_change(&tx, who, Action::ProviderCreated, &provider.id.to_string(), change, now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(accounts.shown(provider).await?)))
}

/// Change an identity provider 修改身份提供方. Disabling it ends the sessions of everybody who comes in by it.
#[utoipa::path(
    put, path = "/api/sso/providers/{id}", tag = "accounts", operation_id = "change_sso_provider", request_body = SsoSettings,
    params(("id" = Uuid, Path, description = "the provider's id")),
    responses(
        (status = 200, description = "as it is now", body = SsoProvider),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `security.manage`; or `beyond_your_permissions`: it gives more than you could", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such provider of the organisation that you reach all of; or no such team or region", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`name_taken` or `empty_region`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_issuer`: it has no TLS, and `allow_private` was taken away; `bad_name`, `bad_client`, `bad_policy` or `unknown_role`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn change(
    State(accounts): State<Accounts>,
    actor: Can<ManageSecurity>,
    ClientIp(address): ClientIp,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(settings): ApiJson<SsoSettings>,
) -> ApiResult<SsoProvider> {
    let now = accounts.app.now();
    let tx = accounts.app.store.begin().await?;
    store_audit::take_turn(&tx).await?;
    let before = accounts.ours(&tx, &actor, id).await?;
    sso::issuer(&before.issuer, settings.policy.allow_private)?;
    let after = accounts.set(&tx, &actor, before.clone(), settings).await?;
    let changed = store::update(&tx, &after).await.map(Ok);
    changed.on_constraint("accounts_sso_providers_org_id_name_key", sso::Refusal::NameTaken)??;
    if before.enabled && !after.enabled {
        accounts.end_sessions_by(&tx, id).await?;
    }
    let who = Who::actor(&actor, address);
    let mut change = Change::new(kept(&before), kept(&after));
    if before.client_secret != after.client_secret
        && let Some(Value::Object(fields)) = &mut change.after
    {
        fields.insert("secret_replaced".into(), true.into());
    }
    store_audit::record_change(&tx, who, Action::ProviderChanged, &id.to_string(), change, now).await?;
    tx.commit().await?;
    accounts.sso.forget(id);
    accounts.cache.forget_all();
    Ok(Json(accounts.shown(after).await?))
}

/// Remove an identity provider 移除身份提供方. Who came in by it alone does not any more, and its sessions end.
#[utoipa::path(
    delete, path = "/api/sso/providers/{id}", tag = "accounts", operation_id = "remove_sso_provider",
    params(("id" = Uuid, Path, description = "the provider's id")),
    responses(
        (status = 204, description = "removed"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `security.manage`; or `beyond_your_permissions`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such provider of the organisation that you reach all of", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn remove(
    State(accounts): State<Accounts>,
    actor: Can<ManageSecurity>,
    ClientIp(address): ClientIp,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let tx = accounts.app.store.begin().await?;
    store_audit::take_turn(&tx).await?;
    let provider = accounts.ours(&tx, &actor, id).await?;
    accounts.end_sessions_by(&tx, id).await?;
    store::remove(&tx, id).await.map_err(anyhow::Error::from)?;
    let (who, change) = (Who::actor(&actor, address), Change::new(kept(&provider), None));
    let now = accounts.app.now();
    store_audit::record_change(&tx, who, Action::ProviderRemoved, &id.to_string(), change, now).await?;
    tx.commit().await?;
    accounts.sso.forget(id);
    accounts.cache.forget_all();
    Ok(StatusCode::NO_CONTENT)
}

/// What came of asking a provider.
#[derive(Debug, Serialize, ToSchema)]
struct SsoTest {
    /// In the order they were asked; after one that failed nothing more is.
    steps: Vec<SsoStep>,
    /// What must be registered at the provider.
    #[schema(example = "https://live.example.com/console/sso")]
    redirect_uri: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct SsoStep {
    /// `description`, `keys` or `client`.
    #[schema(example = "description")]
    step: &'static str,
    /// Absent when it is good: `private_address`, `unknown_host`, `timeout`, `tls`, `status`, `redirect`, `not_json`, `wrong_issuer`,
    /// `bad_endpoint`, `no_keys`, `client_refused`, `unclear` ...
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'static str>,
    /// For people who look closer.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Ask the provider, and say what is wrong 测试连接. Signs nobody in.
#[utoipa::path(
    post, path = "/api/sso/providers/{id}/test", tag = "accounts", operation_id = "test_sso_provider",
    params(("id" = Uuid, Path, description = "the provider's id")),
    responses(
        (status = 200, description = "what it answered", body = SsoTest),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `security.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such provider of the organisation that you reach all of", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn test(
    State(accounts): State<Accounts>,
    actor: Can<ManageSecurity>,
    headers: HeaderMap,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<SsoTest> {
    let provider = store::managed(accounts.app.store.read(), actor.scope(), id).await?;
    let provider = provider.ok_or_else(|| ApiError::not_found("provider"))?;
    let redirect_uri = format!("{}/console/sso", origin(&headers)?);
    let secret = accounts.client_secret(&provider)?;
    let steps = accounts.tried(&provider, &secret, &redirect_uri).await;
    Ok(Json(SsoTest { steps, redirect_uri }))
}

/// Only who reaches the whole organisation.
fn headquarters(actor: &Actor) -> Result<(), Refusal> {
    if actor.scope.reach == Reach::Org { Ok(()) } else { Err(Refusal::BeyondYourReach) }
}

/// Could the actor give all of this himself?
async fn could_give(tx: &Tx, actor: &Actor, policy: &Policy) -> Result<(), ApiError> {
    for grant in policy.grants() {
        rules::grantable(actor, &grant.role)?;
        reach_of(tx, actor, Some(ReachWish { region: grant.region, team: grant.team })).await?;
    }
    Ok(())
}

/// A provider as the audit log keeps it.
fn kept(provider: &Provider) -> Value {
    json!({"title": provider.name, "issuer": provider.issuer, "client": provider.client_id, "enabled": provider.enabled,
        "policy": provider.policy})
}

impl Accounts {
    /// The provider, if the actor may change it: one that gives more than he could is beyond him, whatever he wants of it.
    async fn ours(&self, tx: &Tx, actor: &Actor, id: Uuid) -> Result<Provider, ApiError> {
        let provider = store::managed(tx.db(), actor.scope, id).await?;
        let provider = provider.ok_or_else(|| ApiError::not_found("provider"))?;
        for grant in provider.policy.grants() {
            match rules::grantable(actor, &grant.role) {
                // A role of another version grants nothing.
                Ok(_) | Err(Refusal::UnknownRole(_)) => {}
                Err(beyond) => return Err(beyond.into()),
            }
        }
        Ok(provider)
    }

    async fn set(&self, tx: &Tx, actor: &Actor, before: Provider, settings: SsoSettings) -> Result<Provider, ApiError> {
        let SsoSettings { name, client_id, client_secret, enabled, policy } = settings;
        let policy = policy.checked()?;
        could_give(tx, actor, &policy).await?;
        let client_secret = match client_secret {
            None => before.client_secret.clone(),
            Some(secret) if secret.is_empty() => secret,
            Some(secret) if secret.len() > LONGEST_SECRET => return Err(sso::Refusal::BadClient.into()),
            Some(secret) => sealed::seal(&self.app.keys, SEALED, before.id, secret.trim())?,
        };
        let (name, client_id) = (rules::name(&name)?, sso::client_id(&client_id)?);
        Ok(Provider { name, client_id, client_secret, policy, enabled, ..before })
    }

    async fn end_sessions_by(&self, tx: &Tx, provider: Uuid) -> anyhow::Result<()> {
        for person in store::people(tx.db(), provider).await? {
            store_tokens::revoke_sessions(tx, person, None, self.app.now()).await?;
        }
        Ok(())
    }

    async fn shown(&self, provider: Provider) -> anyhow::Result<SsoProvider> {
        let people = store::count(self.app.store.read(), provider.id).await?;
        let Provider { id, name, issuer, client_id, client_secret, policy, enabled, created_at_ms, .. } = provider;
        let has_secret = !client_secret.is_empty();
        Ok(SsoProvider { id, name, issuer, client_id, has_secret, enabled, policy, people, created_at_ms })
    }

    async fn tried(&self, provider: &Provider, secret: &str, redirect_uri: &str) -> Vec<SsoStep> {
        let failed =
            |step, trouble: Trouble| SsoStep { step, problem: Some(trouble.code()), detail: Some(trouble.to_string()) };
        let good = |step, detail| SsoStep { step, problem: None, detail };
        let (description, keys) = match self.sso.look(provider).await {
            Ok(answers) => answers,
            Err(trouble) => return vec![failed("description", trouble)],
        };
        let mut steps = vec![good("description", None)];
        match keys {
            Ok(count) => steps.push(good("keys", Some(count.to_string()))),
            Err(trouble) => {
                steps.push(failed("keys", trouble));
                return steps;
            }
        }
        // A provider looks at who asks before it looks at the code, so a code of nobody tells whether it knows us.
        let ask = Ask { redirect_uri, state: "", nonce: "", verifier: &"0".repeat(43) };
        let client = match self.sso.exchange(provider, secret, &description, "kaibo-test", ask).await {
            Err(Trouble::CodeRefused(said)) if said == "invalid_grant" => good("client", None),
            Err(Trouble::CodeRefused(said)) => SsoStep { step: "client", problem: Some("unclear"), detail: Some(said) },
            Err(trouble) => failed("client", trouble),
            Ok(_) => SsoStep { step: "client", problem: Some("unclear"), detail: None },
        };
        steps.push(client);
        steps
    }
}
