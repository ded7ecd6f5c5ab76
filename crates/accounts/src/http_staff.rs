//! The staff 员工: who is there, invited, changed, disabled. Nobody gives more than he has, nor reaches further.

use crate::{
    Accounts, ManageStaff, ReadStaff,
    http::{RegionView, TeamView},
    rules::{self, Refusal},
    secret, sso,
    store::{self, User},
    store_audit::{self, Action, Change, Who},
    store_links, store_places, store_second, store_staff, store_tokens,
};
use ::store::{OnConstraint, Text, Tx};
use app::{Actor, ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, ClientIp, Page, Problem, Scope};
use axum::{Json, extract::State, http::StatusCode};
use events::{RegionId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{collections::HashMap, net::IpAddr};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const PAGE: u64 = 100;
const HOUR_MS: i64 = 3_600_000;
/// An invitation waits over a long weekend.
const INVITATION_MS: i64 = 7 * 24 * HOUR_MS;
const NEW_PASSWORD_MS: i64 = 24 * HOUR_MS;

pub(crate) fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, invite))
        .routes(routes!(change))
        .routes(routes!(make_link))
        .routes(routes!(remove_second_factor))
        .with_state(accounts)
}

/// Somebody on the staff.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StaffMember {
    #[schema(value_type = String, format = Uuid, example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: UserId,
    #[schema(example = "zhang.san")]
    login: String,
    #[schema(example = "张三")]
    name: String,
    #[schema(example = "operator")]
    role: String,
    /// `invited` until the invitation was accepted, then `active` or `disabled`.
    #[schema(example = "active")]
    state: &'static str,
    /// Present when the teams of one region are in reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<RegionView>,
    /// Present when one team is in reach; with neither, the whole organisation is.
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<TeamView>,
    second_factor: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "zhang.san@example.com")]
    email: Option<String>,
    /// No password lets the person in.
    sso_only: bool,
    created_at_ms: i64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct After {
    /// `next` of the page before.
    after: Option<Uuid>,
}

/// People in your scope, newest first 员工列表.
#[utoipa::path(
    get, path = "/api/staff", tag = "accounts", operation_id = "list_staff", params(After),
    responses(
        (status = 200, description = "a page of up to 100 people", body = Page<StaffMember>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `staff.read`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn list(
    State(accounts): State<Accounts>,
    actor: Can<ReadStaff>,
    ApiQuery(After { after }): ApiQuery<After>,
) -> ApiResult<Page<StaffMember>> {
    let people = store_staff::list(accounts.app.store.read(), actor.scope(), after.map(UserId), PAGE).await;
    let people = people.map_err(anyhow::Error::from)?;
    let next = people.last().filter(|_| people.len() as u64 == PAGE).map(|user| user.id.to_string());
    Ok(Json(Page { items: accounts.described(people).await?, next }))
}

/// How far somebody reaches: a team, a region, or with neither the whole organisation.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub(crate) struct ReachWish {
    #[schema(value_type = Option<String>, format = Uuid)]
    pub region: Option<RegionId>,
    #[schema(value_type = Option<String>, format = Uuid)]
    pub team: Option<TeamId>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Invitation {
    /// 2 to 64 letters, digits, `.`, `-`, `_` or `@`.
    #[schema(example = "zhang.san", min_length = 2, max_length = 64, pattern = "^[A-Za-z0-9._@-]+$")]
    login: String,
    #[schema(example = "张三", format = "line", max_length = 100)]
    name: String,
    #[schema(example = "operator", format = "role")]
    role: String,
    /// Without it, as far as you do.
    reach: Option<ReachWish>,
    /// Whoever an identity provider of the organisation knows by it may accept by single sign-on.
    #[schema(
        example = "zhang.san@example.com",
        max_length = 254,
        pattern = r"^[^@\s\x00-\x1f\x7f-\x9f]+@[^@\s\x00-\x1f\x7f-\x9f]+$"
    )]
    email: Option<String>,
    /// No password lets the person in.
    #[serde(default)]
    sso_only: bool,
}

/// A link for one use. The secret is shown here and nowhere else.
#[derive(Serialize, ToSchema)]
pub(crate) struct OneTimeLink {
    /// `invitation` or `password`.
    #[schema(example = "invitation")]
    kind: &'static str,
    #[schema(example = "kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo")]
    secret: String,
    /// Where it is used, below the address of the console. What stands behind `#` never reaches a server's log.
    #[schema(example = "/console/join#kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo")]
    path: String,
    expires_at_ms: i64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Invited {
    member: StaffMember,
    link: OneTimeLink,
}

/// Invite somebody 邀请员工. Role and reach are among your own.
#[utoipa::path(
    post, path = "/api/staff", tag = "accounts", operation_id = "invite_staff", request_body = Invitation,
    responses(
        (status = 201, description = "invited; hand the link over, it is not shown again", body = Invited),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `staff.manage`; or `beyond_your_permissions`, `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such team or region in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`login_taken`, `email_taken` or `empty_region`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_login`, `bad_name`, `bad_email` or `unknown_role`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn invite(
    State(accounts): State<Accounts>,
    actor: Can<ManageStaff>,
    ClientIp(address): ClientIp,
    ApiJson(new): ApiJson<Invitation>,
) -> Result<(StatusCode, Json<Invited>), ApiError> {
    let (login, name, now) = (rules::login(&new.login)?, rules::name(&new.name)?, accounts.app.now());
    let role = rules::grantable(&actor, &new.role)?;
    let tx = accounts.app.store.begin().await?;
    let scope = reach_of(&tx, &actor, new.reach).await?;
    let mut user = User::new(scope, login.clone(), name, role.name, now);
    (user.email, user.sso_only) = (new.email.as_deref().map(rules::email).transpose()?, new.sso_only);
    let made = store::insert_user(&tx, user.clone()).await;
    made.on_constraint("accounts_users_login_key", Refusal::LoginTaken(login))
        .on_constraint("accounts_users_org_id_email_key", Refusal::EmailTaken)??;
    let (who, target) = (Who::actor(&actor, address), user.id.to_string());
    let change = Change::new(None, kept(&user));
    store_audit::record_change(&tx, who, Action::StaffInvited, &target, change, now).await?;
    let link = accounts.link_for(&tx, &user).await?;
    tx.commit().await?;
    let member = accounts.described(vec![user]).await?.pop().ok_or_else(|| ApiError::not_found("person"))?;
    Ok((StatusCode::CREATED, Json(Invited { member, link })))
}

/// What changes; the rest stays.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct StaffChange {
    #[schema(example = "张三", format = "line", max_length = 100)]
    name: Option<String>,
    #[schema(example = "operator", format = "role")]
    role: Option<String>,
    reach: Option<ReachWish>,
    /// Disabling ends every session and personal token at once.
    disabled: Option<bool>,
    /// Empty takes it away.
    #[schema(
        example = "zhang.san@example.com",
        max_length = 254,
        pattern = r"^([^@\s\x00-\x1f\x7f-\x9f]+@[^@\s\x00-\x1f\x7f-\x9f]+)?$"
    )]
    email: Option<String>,
    /// No password lets the person in any more: every session ends.
    sso_only: Option<bool>,
}

/// Change somebody's name, role or reach, disable or enable the account 修改员工.
#[utoipa::path(
    patch, path = "/api/staff/{id}", tag = "accounts", operation_id = "change_staff", request_body = StaffChange,
    params(("id" = Uuid, Path, description = "the person's id")),
    responses(
        (status = 200, description = "as it is now", body = StaffMember),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `staff.manage`; or `beyond_your_permissions`, `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nobody of that id, team or region in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_yourself`, `last_admin`, `email_taken` or `empty_region`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`, `bad_email` or `unknown_role`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn change(
    State(accounts): State<Accounts>,
    actor: Can<ManageStaff>,
    ClientIp(address): ClientIp,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wish): ApiJson<StaffChange>,
) -> ApiResult<StaffMember> {
    let now = accounts.app.now();
    let tx = accounts.app.store.begin().await?;
    // Two who disable each other take turns, so that one of them stays.
    store_audit::take_turn(&tx).await?;
    let before = managed(&tx, &actor, id).await?;
    let mut after = before.clone();
    if let Some(name) = &wish.name {
        after.name = rules::name(name)?;
    }
    if let Some(role) = &wish.role {
        after.role = rules::grantable(&actor, role)?.name.into();
    }
    if let Some(reach) = wish.reach {
        let scope = reach_of(&tx, &actor, Some(reach)).await?;
        store_staff::set_reach(&mut after, scope);
    }
    if let Some(disabled) = wish.disabled {
        store_staff::set_disabled(&mut after, disabled, now);
    }
    match wish.email.as_deref().map(str::trim) {
        Some("") => after.email = None,
        Some(email) => after.email = Some(rules::email(email)?),
        None => {}
    }
    after.sso_only = wish.sso_only.unwrap_or(before.sso_only);
    if store_staff::is_head(&before) && !store_staff::is_head(&after) {
        let another = store_staff::another_admin(&tx, before.org_id.0, before.id.0).await;
        if !another.map_err(anyhow::Error::from)? {
            return Err(Refusal::LastAdmin.into());
        }
    }
    let updated = store_staff::update(&tx, &after).await;
    updated.on_constraint("accounts_users_org_id_email_key", Refusal::EmailTaken)??;
    if wish.role.is_some() || wish.reach.is_some() {
        // What people say goes before what groups say.
        sso::leave_groups(&tx, after.id.0).await.map_err(anyhow::Error::from)?;
    }
    if after.sso_only && !before.sso_only {
        store_tokens::revoke_sessions(&tx, after.id.0, None, now).await.map_err(anyhow::Error::from)?;
    }
    let who = Who::actor(&actor, address);
    let action = match (before.disabled_at_ms, after.disabled_at_ms) {
        (None, Some(_)) => {
            store_tokens::revoke_all(&tx, after.id.0, now).await.map_err(anyhow::Error::from)?;
            store_links::end(&tx, after.id.0, now).await.map_err(anyhow::Error::from)?;
            Action::StaffDisabled
        }
        (Some(_), None) => Action::StaffEnabled,
        _ => Action::StaffChanged,
    };
    let change = Change::new(kept(&before), kept(&after));
    store_audit::record_change(&tx, who, action, &id.to_string(), change, now).await?;
    tx.commit().await?;
    accounts.cache.forget_user(after.id.0);
    let member = accounts.described(vec![after]).await?.pop();
    Ok(Json(member.ok_or_else(|| ApiError::not_found("person"))?))
}

/// Make a link for one use: the invitation again, or a new password for who forgot it 重置密码. Links made before end.
#[utoipa::path(
    post, path = "/api/staff/{id}/link", tag = "accounts", operation_id = "make_link",
    params(("id" = Uuid, Path, description = "the person's id")),
    responses(
        (status = 201, description = "the link, shown this once", body = OneTimeLink),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `staff.manage`; or `beyond_your_permissions`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nobody of that id in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_yourself` or `account_disabled`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn make_link(
    State(accounts): State<Accounts>,
    actor: Can<ManageStaff>,
    ClientIp(address): ClientIp,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<(StatusCode, Json<OneTimeLink>), ApiError> {
    let tx = accounts.app.store.begin().await?;
    let user = managed(&tx, &actor, id).await?;
    if user.disabled_at_ms.is_some() {
        return Err(Refusal::Disabled.into());
    }
    let link = accounts.link_for(&tx, &user).await?;
    let (who, change) = (Who::actor(&actor, address), Change::new(None, json!({"kind": link.kind})));
    store_audit::record_change(&tx, who, Action::LinkMade, &id.to_string(), change, accounts.app.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(link)))
}

/// Take somebody's second factor away, who lost phone and paper 重置二次验证. Every session of theirs ends.
#[utoipa::path(
    delete, path = "/api/staff/{id}/second-factor", tag = "accounts", operation_id = "remove_second_factor_of",
    params(("id" = Uuid, Path, description = "the person's id")),
    responses(
        (status = 204, description = "removed, now or before"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `staff.manage`; or `beyond_your_permissions`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nobody of that id in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_yourself`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn remove_second_factor(
    State(accounts): State<Accounts>,
    actor: Can<ManageStaff>,
    ClientIp(address): ClientIp,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let now = accounts.app.now();
    let tx = accounts.app.store.begin().await?;
    let user = managed(&tx, &actor, id).await?;
    if store_second::remove(&tx, user.id.0).await.map_err(anyhow::Error::from)? {
        store_tokens::revoke_sessions(&tx, user.id.0, None, now).await.map_err(anyhow::Error::from)?;
        let who = Who::actor(&actor, address);
        store_audit::record(&tx, who, Action::SecondFactorRemoved, &id.to_string(), now).await?;
    }
    tx.commit().await?;
    accounts.cache.forget_user(user.id.0);
    Ok(StatusCode::NO_CONTENT)
}

/// The person whom the actor may change.
pub(crate) async fn managed(tx: &Tx, actor: &Actor, id: Uuid) -> Result<User, ApiError> {
    let user = store_staff::find(tx.db(), actor.scope, UserId(id)).await.map_err(anyhow::Error::from)?;
    let user = user.ok_or_else(|| ApiError::not_found("person"))?;
    rules::manageable(actor, user.id.0, &user.role)?;
    Ok(user)
}

/// The scope that is wished for, if the actor reaches as far; without a wish, the actor's.
pub(crate) async fn reach_of(tx: &Tx, actor: &Actor, wish: Option<ReachWish>) -> Result<Scope, ApiError> {
    let (mine, db) = (actor.scope, tx.db());
    let Some(wish) = wish else { return Ok(mine) };
    if let Some(team) = wish.team {
        let team = store::team(db, mine, team).await.map_err(anyhow::Error::from)?;
        return Ok(Scope::of_team(mine.org, team.ok_or_else(|| ApiError::not_found("team"))?.id.0));
    }
    let Some(region) = wish.region else {
        rules::reachable(actor, Scope::whole(mine.org))?;
        return Ok(Scope::whole(mine.org));
    };
    let region = store_places::region(db, mine, region).await.map_err(anyhow::Error::from)?;
    let region = region.ok_or_else(|| ApiError::not_found("region"))?.id.0;
    let teams = store_places::teams_of(db, region).await.map_err(anyhow::Error::from)?;
    if teams.is_empty() {
        return Err(Refusal::EmptyRegion.into());
    }
    Ok(Scope::of_region(mine.org, region))
}

/// A person as the audit log keeps it.
fn kept(user: &User) -> Value {
    json!({"login": user.login, "name": user.name, "role": user.role, "region": user.region_id.map(|id| id.0),
        "team": user.team_id.map(|id| id.0), "disabled": user.disabled_at_ms.is_some(), "email": user.email,
        "sso_only": user.sso_only})
}

impl Accounts {
    async fn link_for(&self, tx: &Tx, user: &User) -> anyhow::Result<OneTimeLink> {
        let (secret, now) = (secret::fresh_link(), self.app.now());
        let (kind, lasts_ms) =
            if user.joined_at_ms.is_none() { ("invitation", INVITATION_MS) } else { ("password", NEW_PASSWORD_MS) };
        let link = store_links::Model {
            id: Text(Uuid::now_v7()),
            hash: app::hash_of_secret(&secret),
            kind: kind.into(),
            user_id: user.id,
            created_at_ms: now.0,
            expires_at_ms: now.plus_ms(lasts_ms).0,
            used_at_ms: None,
        };
        let expires_at_ms = link.expires_at_ms;
        store_links::insert(tx, link).await?;
        Ok(OneTimeLink { kind, path: format!("/console/join#{secret}"), secret, expires_at_ms })
    }

    async fn described(&self, people: Vec<User>) -> anyhow::Result<Vec<StaffMember>> {
        let db = self.app.store.read();
        let Some(org) = people.first().map(|user| Scope::whole(user.org_id.0)) else { return Ok(Vec::new()) };
        let regions = store_places::regions_within(db, org).await?;
        let regions: HashMap<RegionId, String> = regions.into_iter().map(|one| (one.id.0, one.name)).collect();
        let teams = store_places::teams_within(db, org).await?;
        let teams: HashMap<TeamId, String> = teams.into_iter().map(|one| (one.id.0, one.name)).collect();
        let confirmed = store_second::confirmed_among(db, &people).await?;
        let described = people.into_iter().map(|user| StaffMember {
            id: user.id.0,
            state: match user.disabled_at_ms {
                Some(_) => "disabled",
                None if user.joined_at_ms.is_none() => "invited",
                None => "active",
            },
            region: user
                .region_id
                .map(|id| RegionView { id: id.0, name: regions.get(&id.0).cloned().unwrap_or_default() }),
            team: user.team_id.map(|id| TeamView { id: id.0, name: teams.get(&id.0).cloned().unwrap_or_default() }),
            second_factor: confirmed.contains(&user.id.0),
            email: user.email,
            sso_only: user.sso_only,
            login: user.login,
            name: user.name,
            role: user.role,
            created_at_ms: user.created_at_ms,
        });
        Ok(described.collect())
    }

    /// Ends sessions of a person; `address` is the actor's.
    pub(crate) async fn end_sessions(&self, user: &User, kept: Option<&str>, who: Who<'_>) -> anyhow::Result<()> {
        let now = self.app.now();
        let tx = self.app.store.begin().await?;
        store_tokens::revoke_sessions(&tx, user.id.0, kept, now).await?;
        store_audit::record(&tx, who, Action::SessionsRevoked, &user.id.to_string(), now).await?;
        tx.commit().await?;
        self.cache.forget_user(user.id.0);
        Ok(())
    }

    /// Ends one session of a person; false when it is not one of theirs.
    pub(crate) async fn end_session(&self, user: &User, session: Uuid, who: Who<'_>) -> anyhow::Result<bool> {
        let now = self.app.now();
        let tx = self.app.store.begin().await?;
        let sessions = store_tokens::of_person(tx.db(), secret::Kind::Session, user.id.0, now).await?;
        let Some(found) = sessions.into_iter().find(|one| one.id.0 == session) else { return Ok(false) };
        store_tokens::revoke(&tx, found.id, now).await?;
        store_audit::record(&tx, who, Action::SessionRevoked, &user.id.to_string(), now).await?;
        tx.commit().await?;
        self.cache.forget(&found.hash);
        Ok(true)
    }
}

/// Who does it, for the functions above.
pub(crate) fn who(actor: &Actor, address: IpAddr) -> Who<'_> {
    Who::actor(actor, address)
}
