//! Organisations, teams and people in SQL.

use app::Scope;
use events::{Millis, OrgId, RegionId, TeamId, UserId};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::*,
    sea_query::Expr,
};
use store::Text;

pub(crate) mod orgs {
    use sea_orm::entity::prelude::*;
    use store::Text;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "accounts_orgs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<events::OrgId>,
        pub name: String,
        pub created_at_ms: i64,
        /// Joined by commas.
        pub second_factor_roles: String,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod teams {
    use sea_orm::entity::prelude::*;
    use store::Text;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "accounts_teams")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<events::TeamId>,
        pub org_id: Text<events::OrgId>,
        pub name: String,
        pub created_at_ms: i64,
        pub region_id: Option<Text<events::RegionId>>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod users {
    use sea_orm::entity::prelude::*;
    use store::Text;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "accounts_users")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<events::UserId>,
        pub org_id: Text<events::OrgId>,
        /// Neither a team nor a region reaches the whole organisation.
        pub team_id: Option<Text<events::TeamId>>,
        /// In lower case.
        pub login: String,
        pub name: String,
        pub role: String,
        /// Argon2id, as a PHC string; empty until an invitation was accepted.
        pub password: String,
        pub must_change_password: bool,
        pub created_at_ms: i64,
        pub disabled_at_ms: Option<i64>,
        pub region_id: Option<Text<events::RegionId>>,
        /// In lower case; a provider's word for it lets who was invited by it join, and nothing else.
        pub email: Option<String>,
        /// The password lets nobody in.
        pub sso_only: bool,
        /// None until the invitation was accepted.
        pub joined_at_ms: Option<i64>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) use users::Model as User;

impl User {
    /// Somebody who has not joined yet.
    pub fn new(scope: Scope, login: String, name: String, role: &str, now: Millis) -> Self {
        Self {
            id: UserId::new().into(),
            org_id: scope.org.into(),
            team_id: scope.team().map(Text),
            login,
            name,
            role: role.into(),
            password: String::new(),
            must_change_password: false,
            created_at_ms: now.0,
            disabled_at_ms: None,
            region_id: scope.region().map(Text),
            email: None,
            sso_only: false,
            joined_at_ms: None,
        }
    }

    /// Has a password that lets in.
    pub fn has_password(&self) -> bool {
        !self.password.is_empty() && !self.sso_only
    }

    pub fn scope(&self) -> Scope {
        scope_of(self.org_id, self.region_id, self.team_id)
    }
}

/// The scope that stands in a row's columns.
pub(crate) fn scope_of(org: Text<OrgId>, region: Option<Text<RegionId>>, team: Option<Text<TeamId>>) -> Scope {
    match (team, region) {
        (Some(team), _) => Scope::of_team(org.0, team.0),
        (None, Some(region)) => Scope::of_region(org.0, region.0),
        (None, None) => Scope::whole(org.0),
    }
}

/// Whoever decides by whether there is an organisation or a user already says this first.
pub(crate) const HEADQUARTERS: &str = "accounts.headquarters";

/// The oldest organisation and its oldest team: where the first administrator and tokens made on the terminal belong.
/// Made when there is none.
pub(crate) async fn headquarters(tx: &store::Tx, now: Millis) -> anyhow::Result<(OrgId, TeamId)> {
    // Two programs that start together make one.
    tx.take_turns(HEADQUARTERS).await?;
    let org = orgs::Entity::find()
        .order_by_asc(orgs::Column::CreatedAtMs)
        .order_by_asc(orgs::Column::Id)
        .one(tx.db())
        .await?;
    let org = match org {
        Some(org) => org.id.0,
        None => {
            let org = OrgId::new();
            let row = orgs::ActiveModel {
                id: Set(Text(org)),
                name: Set("总部 Headquarters".into()),
                created_at_ms: Set(now.0),
                ..Default::default()
            };
            orgs::Entity::insert(row).exec_without_returning(tx.db()).await?;
            org
        }
    };
    if let Some(team) = first_team(tx.db(), org).await? {
        return Ok((org, team));
    }
    let team = TeamId::new();
    let row = teams::ActiveModel {
        id: Set(Text(team)),
        org_id: Set(Text(org)),
        name: Set("默认团队 Default team".into()),
        created_at_ms: Set(now.0),
        ..Default::default()
    };
    teams::Entity::insert(row).exec_without_returning(tx.db()).await?;
    Ok((org, team))
}

/// The organisation's oldest team: home of those who reach all of it.
pub(crate) async fn first_team(db: &impl ConnectionTrait, org: OrgId) -> Result<Option<TeamId>, DbErr> {
    let teams = teams::Entity::find().filter(teams::Column::OrgId.eq(Text(org)));
    let team = teams.order_by_asc(teams::Column::CreatedAtMs).order_by_asc(teams::Column::Id).one(db).await?;
    Ok(team.map(|team| team.id.0))
}

pub(crate) async fn org(db: &impl ConnectionTrait, id: OrgId) -> Result<Option<orgs::Model>, DbErr> {
    orgs::Entity::find_by_id(Text(id)).one(db).await
}

/// The team, if `scope` reaches it.
pub(crate) async fn team(db: &impl ConnectionTrait, scope: Scope, id: TeamId) -> Result<Option<teams::Model>, DbErr> {
    let team = teams::Entity::find_by_id(Text(id)).one(db).await?;
    Ok(team.filter(|team| scope.covers(team.org_id.0, team.id.0)))
}

pub(crate) async fn user(db: &impl ConnectionTrait, id: UserId) -> Result<Option<User>, DbErr> {
    users::Entity::find_by_id(Text(id)).one(db).await
}

pub(crate) async fn user_by_login(db: &impl ConnectionTrait, login: &str) -> Result<Option<User>, DbErr> {
    users::Entity::find().filter(users::Column::Login.eq(login.to_lowercase())).one(db).await
}

pub(crate) async fn any_user(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let one: Option<Text<UserId>> =
        users::Entity::find().select_only().column(users::Column::Id).into_tuple().one(db).await?;
    Ok(one.is_some())
}

pub(crate) async fn insert_user(tx: &store::Tx, user: User) -> Result<(), DbErr> {
    let row: users::ActiveModel = user.into();
    users::Entity::insert(row.reset_all()).exec_without_returning(tx.db()).await.map(drop)
}

/// Replaces the password if it is still `old`; false when somebody was faster.
pub(crate) async fn set_password(tx: &store::Tx, user: &User, hash: String, one_time: bool) -> Result<bool, DbErr> {
    let update = users::Entity::update_many()
        .col_expr(users::Column::Password, Expr::value(hash))
        .col_expr(users::Column::MustChangePassword, Expr::value(one_time));
    let update = update.filter(users::Column::Id.eq(user.id)).filter(users::Column::Password.eq(&user.password));
    Ok(update.exec(tx.db()).await?.rows_affected == 1)
}
