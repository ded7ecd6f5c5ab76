//! The tree of an organisation in SQL: regions 大区, and the teams 小组 in and beside them.

use crate::store::{first_team, teams};
use app::{Reach, Scope, regions};
use events::{Millis, OrgId, RegionId, TeamId};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::*,
    sea_query::Expr,
};
use store::Text;

pub(crate) mod rows {
    use sea_orm::entity::prelude::*;
    use store::Text;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "accounts_regions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<events::RegionId>,
        pub org_id: Text<events::OrgId>,
        pub name: String,
        pub created_at_ms: i64,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) use rows::Model as Region;
pub(crate) use teams::Model as Team;

/// The team that new records of such an actor belong to, and whether there is one. Reads a region's teams anew.
pub(crate) async fn home_team(db: &impl ConnectionTrait, scope: Scope) -> Result<Option<TeamId>, DbErr> {
    match scope.reach {
        Reach::Team(team) => Ok(Some(team)),
        Reach::Org => first_team(db, scope.org).await,
        Reach::Region(region) => learn(db, region).await,
    }
}

/// Tells the program which teams stand in `region`; answers the oldest.
pub(crate) async fn learn(db: &impl ConnectionTrait, region: RegionId) -> Result<Option<TeamId>, DbErr> {
    let teams = teams_of(db, region).await?;
    regions::know(region, teams.clone());
    Ok(teams.first().copied())
}

/// The teams of a region, oldest first.
pub(crate) async fn teams_of(db: &impl ConnectionTrait, region: RegionId) -> Result<Vec<TeamId>, DbErr> {
    let ids = teams::Entity::find().select_only().column(teams::Column::Id);
    let ids = ids.filter(teams::Column::RegionId.eq(Text(region)));
    let ids = ids.order_by_asc(teams::Column::CreatedAtMs).order_by_asc(teams::Column::Id);
    let ids: Vec<Text<TeamId>> = ids.into_tuple().all(db).await?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// The regions that `scope` reaches, by name.
pub(crate) async fn regions_within(db: &impl ConnectionTrait, scope: Scope) -> Result<Vec<Region>, DbErr> {
    let found = rows::Entity::find().filter(rows::Column::OrgId.eq(Text(scope.org)));
    let found = found.order_by_asc(rows::Column::Name).all(db).await?;
    let within = |region: &Region| scope.includes(Scope::of_region(scope.org, region.id.0));
    Ok(found.into_iter().filter(within).collect())
}

/// The teams that `scope` reaches, by name.
pub(crate) async fn teams_within(db: &impl ConnectionTrait, scope: Scope) -> Result<Vec<Team>, DbErr> {
    let mut found = teams::Entity::find().filter(teams::Column::OrgId.eq(Text(scope.org)));
    if let Some(teams) = scope.teams() {
        found = found.filter(teams::Column::Id.is_in(teams.into_iter().map(Text)));
    }
    found.order_by_asc(teams::Column::Name).all(db).await
}

/// The region, if `scope` reaches it.
pub(crate) async fn region(db: &impl ConnectionTrait, scope: Scope, id: RegionId) -> Result<Option<Region>, DbErr> {
    let found = rows::Entity::find_by_id(Text(id)).one(db).await?;
    Ok(found.filter(|region| scope.includes(Scope::of_region(region.org_id.0, region.id.0))))
}

pub(crate) async fn insert_region(tx: &store::Tx, org: OrgId, name: &str, now: Millis) -> Result<RegionId, DbErr> {
    let id = RegionId::new();
    let (name, created_at_ms) = (Set(name.into()), Set(now.0));
    let row = rows::ActiveModel { id: Set(Text(id)), org_id: Set(Text(org)), name, created_at_ms };
    rows::Entity::insert(row).exec_without_returning(tx.db()).await?;
    Ok(id)
}

pub(crate) async fn rename_region(tx: &store::Tx, id: RegionId, name: &str) -> Result<(), DbErr> {
    let update = rows::Entity::update_many().col_expr(rows::Column::Name, Expr::value(name));
    update.filter(rows::Column::Id.eq(Text(id))).exec(tx.db()).await.map(drop)
}

pub(crate) async fn insert_team(
    tx: &store::Tx,
    org: OrgId,
    region: Option<RegionId>,
    name: &str,
    now: Millis,
) -> Result<TeamId, DbErr> {
    let id = TeamId::new();
    let row = teams::ActiveModel {
        id: Set(Text(id)),
        org_id: Set(Text(org)),
        name: Set(name.into()),
        created_at_ms: Set(now.0),
        region_id: Set(region.map(Text)),
    };
    teams::Entity::insert(row).exec_without_returning(tx.db()).await?;
    Ok(id)
}

pub(crate) async fn rename_team(tx: &store::Tx, id: TeamId, name: &str) -> Result<(), DbErr> {
    let update = teams::Entity::update_many().col_expr(teams::Column::Name, Expr::value(name));
    update.filter(teams::Column::Id.eq(Text(id))).exec(tx.db()).await.map(drop)
}

pub(crate) async fn move_team(tx: &store::Tx, id: TeamId, region: Option<RegionId>) -> Result<(), DbErr> {
    let region = region.map(|region| region.to_string());
    let update = teams::Entity::update_many().col_expr(teams::Column::RegionId, Expr::value(region));
    update.filter(teams::Column::Id.eq(Text(id))).exec(tx.db()).await.map(drop)
}
