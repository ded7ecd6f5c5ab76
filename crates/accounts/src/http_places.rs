//! The organisation as a tree: regions 大区 and teams 小组, made, renamed and moved.

use crate::{
    Accounts, ManageTeams, ReadStaff,
    http::{OrgView, RegionView},
    rules::{self, Refusal},
    store,
    store_audit::{self, Action, Change, Who},
    store_places::{self, Team},
    store_staff,
};
use ::store::{OnConstraint, Tx};
use app::{Actor, ApiError, ApiJson, ApiPath, ApiResult, Can, ClientIp, Problem, Reach};
use axum::{Json, extract::State, http::StatusCode};
use events::{RegionId, TeamId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(tree, create_team))
        .routes(routes!(rename_team))
        .routes(routes!(move_team))
        .routes(routes!(create_region))
        .routes(routes!(rename_region))
        .with_state(accounts)
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeamPlace {
    #[schema(value_type = String, format = Uuid, example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: TeamId,
    #[schema(example = "默认团队 Default team")]
    name: String,
    /// Absent when it answers to headquarters alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    region: Option<RegionId>,
}

impl From<Team> for TeamPlace {
    fn from(team: Team) -> Self {
        Self { id: team.id.0, name: team.name, region: team.region_id.map(|region| region.0) }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tree {
    org: Option<OrgView>,
    /// By name.
    regions: Vec<RegionView>,
    /// By name.
    teams: Vec<TeamPlace>,
}

/// Regions and teams in your scope 组织架构.
#[utoipa::path(
    get, path = "/api/teams", tag = "accounts", operation_id = "list_teams",
    responses(
        (status = 200, description = "the tree as far as you reach", body = Tree),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `staff.read`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn tree(State(accounts): State<Accounts>, actor: Can<ReadStaff>) -> ApiResult<Tree> {
    Ok(Json(accounts.tree(&actor).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewTeam {
    #[schema(example = "华东一组", format = "line", max_length = 100)]
    name: String,
    /// The region it stands in.
    #[schema(value_type = Option<String>, format = Uuid)]
    region: Option<RegionId>,
}

/// Make a team 新建小组. Who reaches a region makes it there.
#[utoipa::path(
    post, path = "/api/teams", tag = "accounts", operation_id = "create_team", request_body = NewTeam,
    responses(
        (status = 201, description = "made", body = TeamPlace),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `team.manage`; or `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such region in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`name_taken`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn create_team(
    State(accounts): State<Accounts>,
    actor: Can<ManageTeams>,
    ClientIp(address): ClientIp,
    ApiJson(new): ApiJson<NewTeam>,
) -> Result<(StatusCode, Json<TeamPlace>), ApiError> {
    let name = rules::name(&new.name)?;
    let tx = accounts.app.store.begin().await?;
    let region = region_for(&tx, &actor, new.region).await?;
    let now = accounts.app.now();
    let made = store_places::insert_team(&tx, actor.scope().org, region, &name, now).await;
    let id = made.on_constraint("accounts_teams_org_id_name_key", Refusal::NameTaken)??;
    let change = Change::new(None, json!({"title": name, "region": region}));
    let who = Who::actor(&actor, address);
    store_audit::record_change(&tx, who, Action::TeamCreated, &id.to_string(), change, now).await?;
    tx.commit().await?;
    accounts.learn(region).await?;
    Ok((StatusCode::CREATED, Json(TeamPlace { id, name, region })))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewName {
    #[schema(example = "华东一组", format = "line", max_length = 100)]
    name: String,
}

/// Rename a team 重命名小组.
#[utoipa::path(
    patch, path = "/api/teams/{id}", tag = "accounts", operation_id = "rename_team", request_body = NewName,
    params(("id" = uuid::Uuid, Path, description = "the team's id")),
    responses(
        (status = 204, description = "renamed"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `team.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such team in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`name_taken`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn rename_team(
    State(accounts): State<Accounts>,
    actor: Can<ManageTeams>,
    ClientIp(address): ClientIp,
    ApiPath(id): ApiPath<TeamId>,
    ApiJson(NewName { name }): ApiJson<NewName>,
) -> Result<StatusCode, ApiError> {
    let tx = accounts.app.store.begin().await?;
    let team = store::team(tx.db(), actor.scope(), id).await.map_err(anyhow::Error::from)?;
    let team = team.ok_or_else(|| ApiError::not_found("team"))?;
    let name = rules::name(&name)?;
    let renamed = store_places::rename_team(&tx, id, &name).await;
    renamed.on_constraint("accounts_teams_org_id_name_key", Refusal::NameTaken)??;
    let (who, change) = (Who::actor(&actor, address), Change::new(json!({"title": team.name}), json!({"title": name})));
    let now = accounts.app.now();
    store_audit::record_change(&tx, who, Action::TeamRenamed, &id.to_string(), change, now).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewPlace {
    /// None leaves it to headquarters.
    #[schema(value_type = Option<String>, format = Uuid)]
    region: Option<RegionId>,
}

/// Move a team into a region, or out of one 调整所属大区. What people of the region reach changes at once.
#[utoipa::path(
    put, path = "/api/teams/{id}/region", tag = "accounts", operation_id = "move_team", request_body = NewPlace,
    params(("id" = uuid::Uuid, Path, description = "the team's id")),
    responses(
        (status = 204, description = "moved"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `team.manage`; or `beyond_your_reach`: only headquarters move teams", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such team or region in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`region_in_use`: people reach the region, and this is its last team", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn move_team(
    State(accounts): State<Accounts>,
    actor: Can<ManageTeams>,
    ClientIp(address): ClientIp,
    ApiPath(id): ApiPath<TeamId>,
    ApiJson(NewPlace { region }): ApiJson<NewPlace>,
) -> Result<StatusCode, ApiError> {
    let tx = accounts.app.store.begin().await?;
    store_audit::take_turn(&tx).await?;
    let team = store::team(tx.db(), actor.scope(), id).await.map_err(anyhow::Error::from)?;
    let team = team.ok_or_else(|| ApiError::not_found("team"))?;
    headquarters(&actor)?;
    let region = region_for(&tx, &actor, region).await?;
    let before = team.region_id.map(|region| region.0);
    store_places::move_team(&tx, id, region).await.map_err(anyhow::Error::from)?;
    if let Some(left) = before.filter(|left| Some(*left) != region) {
        let empty = store_places::teams_of(tx.db(), left).await.map_err(anyhow::Error::from)?.is_empty();
        if empty && store_staff::anybody_of(&tx, left).await.map_err(anyhow::Error::from)? {
            return Err(Refusal::RegionInUse.into());
        }
    }
    let (who, change) =
        (Who::actor(&actor, address), Change::new(json!({"region": before}), json!({"region": region})));
    let now = accounts.app.now();
    store_audit::record_change(&tx, who, Action::TeamMoved, &id.to_string(), change, now).await?;
    tx.commit().await?;
    accounts.learn(before).await?;
    accounts.learn(region).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a region 新建大区.
#[utoipa::path(
    post, path = "/api/regions", tag = "accounts", operation_id = "create_region", request_body = NewName,
    responses(
        (status = 201, description = "made", body = RegionView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `team.manage`; or `beyond_your_reach`: only headquarters make regions", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`name_taken`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn create_region(
    State(accounts): State<Accounts>,
    actor: Can<ManageTeams>,
    ClientIp(address): ClientIp,
    ApiJson(NewName { name }): ApiJson<NewName>,
) -> Result<(StatusCode, Json<RegionView>), ApiError> {
    headquarters(&actor)?;
    let (name, now) = (rules::name(&name)?, accounts.app.now());
    let tx = accounts.app.store.begin().await?;
    let made = store_places::insert_region(&tx, actor.scope().org, &name, now).await;
    let id = made.on_constraint("accounts_regions_org_id_name_key", Refusal::NameTaken)??;
    let (who, change) = (Who::actor(&actor, address), Change::new(None, json!({"title": name})));
    store_audit::record_change(&tx, who, Action::RegionCreated, &id.to_string(), change, now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(RegionView { id, name })))
}

/// Rename a region 重命名大区.
#[utoipa::path(
    patch, path = "/api/regions/{id}", tag = "accounts", operation_id = "rename_region", request_body = NewName,
    params(("id" = uuid::Uuid, Path, description = "the region's id")),
    responses(
        (status = 204, description = "renamed"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `team.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such region in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`name_taken`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn rename_region(
    State(accounts): State<Accounts>,
    actor: Can<ManageTeams>,
    ClientIp(address): ClientIp,
    ApiPath(id): ApiPath<RegionId>,
    ApiJson(NewName { name }): ApiJson<NewName>,
) -> Result<StatusCode, ApiError> {
    let tx = accounts.app.store.begin().await?;
    let region = store_places::region(tx.db(), actor.scope(), id).await.map_err(anyhow::Error::from)?;
    let region = region.ok_or_else(|| ApiError::not_found("region"))?;
    let name = rules::name(&name)?;
    let renamed = store_places::rename_region(&tx, id, &name).await;
    renamed.on_constraint("accounts_regions_org_id_name_key", Refusal::NameTaken)??;
    let who = Who::actor(&actor, address);
    let change = Change::new(json!({"title": region.name}), json!({"title": name}));
    let now = accounts.app.now();
    store_audit::record_change(&tx, who, Action::RegionRenamed, &id.to_string(), change, now).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn headquarters(actor: &Actor) -> Result<(), Refusal> {
    if actor.scope.reach == Reach::Org { Ok(()) } else { Err(Refusal::BeyondYourReach) }
}

/// The region that the actor may put a team into; without a wish, the own one.
async fn region_for(tx: &Tx, actor: &Actor, wish: Option<RegionId>) -> Result<Option<RegionId>, ApiError> {
    let Some(id) = wish.or(actor.scope.region()) else {
        headquarters(actor)?;
        return Ok(None);
    };
    let region = store_places::region(tx.db(), actor.scope, id).await.map_err(anyhow::Error::from)?;
    Ok(Some(region.ok_or_else(|| ApiError::not_found("region"))?.id.0))
}

impl Accounts {
    async fn tree(&self, actor: &Actor) -> anyhow::Result<Tree> {
        let (db, scope) = (self.app.store.read(), actor.scope);
        let org = store::org(db, scope.org).await?.map(|org| OrgView { id: org.id.0, name: org.name });
        let regions = store_places::regions_within(db, scope).await?;
        let regions = regions.into_iter().map(|region| RegionView { id: region.id.0, name: region.name }).collect();
        let teams = store_places::teams_within(db, scope).await?.into_iter().map(TeamPlace::from).collect();
        Ok(Tree { org, regions, teams })
    }

    /// Tells the program which teams the region holds now.
    pub(crate) async fn learn(&self, region: Option<RegionId>) -> anyhow::Result<()> {
        if let Some(region) = region {
            store_places::learn(self.app.store.read(), region).await?;
        }
        Ok(())
    }
}
