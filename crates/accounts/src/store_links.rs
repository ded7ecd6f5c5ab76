//! Links for one use in SQL: invitations, and new passwords for those who forgot theirs. Only the hash of the secret is kept.

use events::{Millis, UserId};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, entity::prelude::*, sea_query::Expr};
use store::Text;
use uuid::Uuid;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts_links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Text<Uuid>,
    /// SHA-256 of the secret, in hex.
    pub hash: String,
    /// `invitation` or `password`.
    pub kind: String,
    pub user_id: Text<UserId>,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
    pub used_at_ms: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Makes a link; those made before for the same person end.
pub(crate) async fn insert(tx: &store::Tx, link: Model) -> Result<(), DbErr> {
    end(tx, link.user_id.0, Millis(link.created_at_ms)).await?;
    let row: ActiveModel = link.into();
    Entity::insert(row.reset_all()).exec_without_returning(tx.db()).await.map(drop)
}

/// The link with this secret, if it still opens.
pub(crate) async fn by_secret(db: &impl ConnectionTrait, secret: &str, now: Millis) -> Result<Option<Model>, DbErr> {
    let link = Entity::find().filter(Column::Hash.eq(app::hash_of_secret(secret))).one(db).await?;
    Ok(link.filter(|link| link.used_at_ms.is_none() && now.0 < link.expires_at_ms))
}

/// The invitation that still waits for a person.
pub(crate) async fn waiting_for(db: &impl ConnectionTrait, user: UserId, now: Millis) -> Result<Option<Model>, DbErr> {
    let link = Entity::find().filter(Column::UserId.eq(Text(user))).filter(Column::Kind.eq("invitation"));
    let link = link.filter(Column::UsedAtMs.is_null()).filter(Column::ExpiresAtMs.gt(now.0));
    link.one(db).await
}

/// Uses the link up; false when somebody was faster.
pub(crate) async fn take(tx: &store::Tx, id: Text<Uuid>, now: Millis) -> Result<bool, DbErr> {
    let update = Entity::update_many().col_expr(Column::UsedAtMs, Expr::value(now.0));
    let update = update.filter(Column::Id.eq(id)).filter(Column::UsedAtMs.is_null()).exec(tx.db()).await?;
    Ok(update.rows_affected == 1)
}

/// Ends every link of a person.
pub(crate) async fn end(tx: &store::Tx, user: UserId, now: Millis) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::UsedAtMs, Expr::value(now.0));
    update.filter(Column::UserId.eq(Text(user))).filter(Column::UsedAtMs.is_null()).exec(tx.db()).await.map(drop)
}
