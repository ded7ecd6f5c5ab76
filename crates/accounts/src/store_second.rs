//! Second factors in SQL: one sealed secret a person, and codes on paper by their hash.

use crate::{
    store::{User, orgs},
    totp,
};
use events::{Millis, OrgId, UserId};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, entity::prelude::*,
    sea_query::Expr,
};
use std::collections::HashSet;
use store::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts_second_factors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Text<UserId>,
    pub sealed: String,
    /// The newest step of time whose code was used: none up to it works again.
    pub last_step: i64,
    pub created_at_ms: i64,
    /// None until its owner has shown a code.
    pub confirmed_at_ms: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

pub(crate) mod papers {
    use sea_orm::entity::prelude::*;
    use store::Text;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "accounts_recovery_codes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        pub user_id: Text<events::UserId>,
        pub used_at_ms: Option<i64>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) async fn find(db: &impl ConnectionTrait, user: UserId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(Text(user)).one(db).await
}

/// The person's second factor, once it is confirmed.
pub(crate) async fn confirmed(db: &impl ConnectionTrait, user: UserId) -> Result<Option<Model>, DbErr> {
    Ok(find(db, user).await?.filter(|factor| factor.confirmed_at_ms.is_some()))
}

/// Who of these has a confirmed one.
pub(crate) async fn confirmed_among(db: &impl ConnectionTrait, users: &[User]) -> Result<HashSet<UserId>, DbErr> {
    let found = Entity::find().filter(Column::UserId.is_in(users.iter().map(|user| user.id)));
    let found = found.filter(Column::ConfirmedAtMs.is_not_null()).all(db).await?;
    Ok(found.into_iter().map(|factor| factor.user_id.0).collect())
}

/// Roles of the organisation that need a second factor.
pub(crate) async fn roles(db: &impl ConnectionTrait, org: OrgId) -> Result<Vec<String>, DbErr> {
    let org = orgs::Entity::find_by_id(Text(org)).one(db).await?;
    let roles = org.map(|org| org.second_factor_roles).unwrap_or_default();
    Ok(roles.split(',').filter(|role| !role.is_empty()).map(str::to_owned).collect())
}

pub(crate) async fn set_roles(tx: &store::Tx, org: OrgId, roles: &[String]) -> Result<(), DbErr> {
    let update = orgs::Entity::update_many().col_expr(orgs::Column::SecondFactorRoles, Expr::value(roles.join(",")));
    update.filter(orgs::Column::Id.eq(Text(org))).exec(tx.db()).await.map(drop)
}

/// Does the person need one and have none?
pub(crate) async fn is_owed(db: &impl ConnectionTrait, user: &User) -> Result<bool, DbErr> {
    let needed = roles(db, user.org_id.0).await?.contains(&user.role);
    Ok(needed && confirmed(db, user.id.0).await?.is_none())
}

/// A factor that waits to be confirmed, instead of one that waited before.
pub(crate) async fn begin(tx: &store::Tx, user: UserId, sealed: String, now: Millis) -> Result<(), DbErr> {
    remove(tx, user).await?;
    let row = ActiveModel {
        user_id: Set(Text(user)),
        sealed: Set(sealed),
        last_step: Set(0),
        created_at_ms: Set(now.0),
        confirmed_at_ms: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx.db()).await.map(drop)
}

pub(crate) async fn confirm(tx: &store::Tx, user: UserId, now: Millis) -> Result<bool, DbErr> {
    let update = Entity::update_many().col_expr(Column::ConfirmedAtMs, Expr::value(now.0));
    let update = update.filter(Column::UserId.eq(Text(user))).filter(Column::ConfirmedAtMs.is_null());
    Ok(update.exec(tx.db()).await?.rows_affected == 1)
}

/// Uses the code of `step`; false when it, or a later one, was used before.
pub(crate) async fn use_step(tx: &store::Tx, user: UserId, step: i64) -> Result<bool, DbErr> {
    let update = Entity::update_many().col_expr(Column::LastStep, Expr::value(step));
    let update = update.filter(Column::UserId.eq(Text(user))).filter(Column::LastStep.lt(step));
    Ok(update.exec(tx.db()).await?.rows_affected == 1)
}

/// Uses a code on paper; false when there is none such, or it was used before.
pub(crate) async fn use_paper(tx: &store::Tx, user: UserId, code: &str, now: Millis) -> Result<bool, DbErr> {
    let hash = hash_of_paper(user, code);
    let update = papers::Entity::update_many().col_expr(papers::Column::UsedAtMs, Expr::value(now.0));
    let update = update.filter(papers::Column::Hash.eq(hash)).filter(papers::Column::UserId.eq(Text(user)));
    Ok(update.filter(papers::Column::UsedAtMs.is_null()).exec(tx.db()).await?.rows_affected == 1)
}

/// Replaces the codes on paper.
pub(crate) async fn set_papers(tx: &store::Tx, user: UserId, codes: &[String]) -> Result<(), DbErr> {
    papers::Entity::delete_many().filter(papers::Column::UserId.eq(Text(user))).exec(tx.db()).await?;
    let rows = codes.iter().map(|code| papers::ActiveModel {
        hash: Set(hash_of_paper(user, code)),
        user_id: Set(Text(user)),
        used_at_ms: Set(None),
    });
    papers::Entity::insert_many(rows).exec_without_returning(tx.db()).await.map(drop)
}

/// Codes on paper have 80 random bits: salted by whose they are, so that one guess is a guess at one person's.
fn hash_of_paper(user: UserId, code: &str) -> String {
    app::hash_of_secret(&format!("{user} {}", totp::paper(code)))
}

pub(crate) async fn papers_left(db: &impl ConnectionTrait, user: UserId) -> Result<u64, DbErr> {
    let left = papers::Entity::find().filter(papers::Column::UserId.eq(Text(user)));
    left.filter(papers::Column::UsedAtMs.is_null()).count(db).await
}

/// The factor and the codes on paper; false when there was none.
pub(crate) async fn remove(tx: &store::Tx, user: UserId) -> Result<bool, DbErr> {
    papers::Entity::delete_many().filter(papers::Column::UserId.eq(Text(user))).exec(tx.db()).await?;
    let removed = Entity::delete_many().filter(Column::UserId.eq(Text(user))).exec(tx.db()).await?;
    Ok(removed.rows_affected == 1)
}
