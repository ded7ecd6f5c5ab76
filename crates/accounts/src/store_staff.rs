//! The staff in SQL: who is there, and what about them changes.

use crate::store::{User, users};
use anyhow::Context;
use app::{Reach, Scope};
use events::{Millis, OrgId, RegionId, UserId};
use sea_orm::{
    Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, prelude::*,
    sea_query::Expr,
};
use store::Text;

/// People whose reach lies within `scope`, newest first; `after` is the last id of the page before.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    after: Option<UserId>,
    limit: u64,
) -> Result<Vec<User>, DbErr> {
    let mut people = users::Entity::find().filter(users::Column::OrgId.eq(Text(scope.org)));
    if let Some(teams) = scope.teams() {
        let mut within = Condition::any().add(users::Column::TeamId.is_in(teams.into_iter().map(Text)));
        if let Some(region) = scope.region() {
            within = within.add(users::Column::RegionId.eq(Text(region)));
        }
        people = people.filter(within);
    }
    if let Some(after) = after {
        people = people.filter(users::Column::Id.lt(Text(after)));
    }
    people.order_by_desc(users::Column::Id).limit(limit).all(db).await
}

/// Somebody of the staff, as other domains know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: UserId,
    pub login: String,
    pub name: String,
    pub role: String,
    pub scope: Scope,
}

/// Everybody within `scope` who may sign in, by login.
pub async fn people(db: &impl ConnectionTrait, scope: Scope) -> anyhow::Result<Vec<Person>> {
    let mut people = users::Entity::find()
        .filter(users::Column::OrgId.eq(Text(scope.org)))
        .filter(users::Column::DisabledAtMs.is_null());
    if scope.reach != Reach::Org {
        let mut within = Condition::any();
        if let Some(teams) = scope.teams() {
            within = within.add(users::Column::TeamId.is_in(teams.into_iter().map(Text)));
        }
        if let Some(region) = scope.region() {
            within = within.add(users::Column::RegionId.eq(Text(region)));
        }
        people = people.filter(within);
    }
    let people = people.order_by_asc(users::Column::Login).all(db).await.context("listing the staff")?;
    Ok(people.into_iter().map(known).collect())
}

/// One of them; none for who is gone or may not sign in.
pub async fn person(db: &impl ConnectionTrait, org: OrgId, id: UserId) -> anyhow::Result<Option<Person>> {
    let found = users::Entity::find_by_id(Text(id))
        .filter(users::Column::OrgId.eq(Text(org)))
        .filter(users::Column::DisabledAtMs.is_null());
    Ok(found.one(db).await.context("finding one of the staff")?.map(known))
}

fn known(user: User) -> Person {
    let scope = user.scope();
    Person { id: user.id.0, login: user.login, name: user.name, role: user.role, scope }
}

/// The person, if `scope` reaches as far.
pub(crate) async fn find(db: &impl ConnectionTrait, scope: Scope, id: UserId) -> Result<Option<User>, DbErr> {
    let user = users::Entity::find_by_id(Text(id)).one(db).await?;
    Ok(user.filter(|user| scope.includes(user.scope())))
}

/// Writes name, e-mail, role, reach, and whether and how the person may sign in.
pub(crate) async fn update(tx: &store::Tx, user: &User) -> Result<(), DbErr> {
    let update = users::Entity::update_many()
        .col_expr(users::Column::Name, Expr::value(&user.name))
        .col_expr(users::Column::Role, Expr::value(&user.role))
        .col_expr(users::Column::RegionId, Expr::value(user.region_id.map(|region| region.0.to_string())))
        .col_expr(users::Column::TeamId, Expr::value(user.team_id.map(|team| team.0.to_string())))
        .col_expr(users::Column::DisabledAtMs, Expr::value(user.disabled_at_ms))
        .col_expr(users::Column::Email, Expr::value(user.email.clone()))
        .col_expr(users::Column::SsoOnly, Expr::value(user.sso_only));
    update.filter(users::Column::Id.eq(user.id)).exec(tx.db()).await.map(drop)
}

/// Sets the password of a person who came by a link, whatever it was before.
pub(crate) async fn give_password(
    tx: &store::Tx,
    user: UserId,
    name: &str,
    hash: &str,
    now: Millis,
) -> Result<(), DbErr> {
    let update = users::Entity::update_many()
        .col_expr(users::Column::Name, Expr::value(name))
        .col_expr(users::Column::Password, Expr::value(hash))
        .col_expr(users::Column::MustChangePassword, Expr::value(false));
    update.filter(users::Column::Id.eq(Text(user))).exec(tx.db()).await?;
    join(tx, user, now).await.map(drop)
}

/// Notes that a person came for the first time; false when they had before.
pub(crate) async fn join(tx: &store::Tx, user: UserId, now: Millis) -> Result<bool, DbErr> {
    let update = users::Entity::update_many().col_expr(users::Column::JoinedAtMs, Expr::value(now.0));
    let update = update.filter(users::Column::Id.eq(Text(user))).filter(users::Column::JoinedAtMs.is_null());
    Ok(update.exec(tx.db()).await?.rows_affected == 1)
}

/// Those of the organisation who have this e-mail: one at most.
pub(crate) async fn by_email(db: &impl ConnectionTrait, org: OrgId, email: &str) -> Result<Option<User>, DbErr> {
    let person = users::Entity::find().filter(users::Column::OrgId.eq(Text(org)));
    person.filter(users::Column::Email.eq(email)).one(db).await
}

/// Is there another who administers the whole organisation and can sign in, whatever becomes of a provider?
pub(crate) async fn another_admin(tx: &store::Tx, org: OrgId, but: UserId) -> Result<bool, DbErr> {
    let admins = users::Entity::find()
        .filter(users::Column::OrgId.eq(Text(org)))
        .filter(users::Column::Id.ne(Text(but)))
        .filter(users::Column::Role.eq("admin"))
        .filter(users::Column::Password.ne(""))
        .filter(users::Column::SsoOnly.eq(false))
        .filter(users::Column::DisabledAtMs.is_null())
        .filter(users::Column::RegionId.is_null())
        .filter(users::Column::TeamId.is_null());
    Ok(admins.count(tx.db()).await? > 0)
}

/// Does anybody reach exactly this region?
pub(crate) async fn anybody_of(tx: &store::Tx, region: RegionId) -> Result<bool, DbErr> {
    let people = users::Entity::find().filter(users::Column::RegionId.eq(Text(region)));
    Ok(people.count(tx.db()).await? > 0)
}

pub(crate) fn set_reach(user: &mut User, scope: Scope) {
    user.region_id = scope.region().map(Text);
    user.team_id = scope.team().map(Text);
}

pub(crate) fn set_disabled(user: &mut User, disabled: bool, now: Millis) {
    user.disabled_at_ms = disabled.then(|| user.disabled_at_ms.unwrap_or(now.0));
}

/// Reaches everything, may do everything, and comes in by a password.
pub(crate) fn is_head(user: &User) -> bool {
    user.role == "admin" && user.scope().reach == Reach::Org && user.disabled_at_ms.is_none() && user.has_password()
}
