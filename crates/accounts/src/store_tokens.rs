//! Tokens in SQL: sign-ins of browsers and keys of programs, by the hash of their secret.

use crate::secret::Kind;
use app::Scope;
use events::{Millis, OrgId, RegionId, TeamId, UserId};
use sea_orm::{
    Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, entity::prelude::*,
    sea_query::Expr,
};
use store::Text;
use uuid::Uuid;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Text<Uuid>,
    /// SHA-256 of the secret, in hex.
    pub hash: String,
    /// `session` or `api`.
    pub kind: String,
    /// Whose sign-in or personal key it is; none for a program's key.
    pub user_id: Option<Text<UserId>>,
    pub name: String,
    pub role: String,
    /// Permissions joined by commas; empty is all of the role's.
    pub scopes: String,
    pub org_id: Text<OrgId>,
    pub team_id: Option<Text<TeamId>>,
    pub created_at_ms: i64,
    pub expires_at_ms: Option<i64>,
    pub last_used_at_ms: Option<i64>,
    pub revoked_at_ms: Option<i64>,
    pub region_id: Option<Text<RegionId>>,
    /// What the browser calls itself; empty for a program's key.
    pub device: String,
    pub from_ip: String,
    /// Login or token name of who made it.
    pub made_by: String,
    /// A sign-in by a provider that vouched for a second factor.
    pub second_factor: bool,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// A token that works from now on; the rest is for the caller to fill in.
    pub fn new(kind: Kind, secret: &str, scope: Scope, now: Millis) -> Self {
        Self {
            id: Text(Uuid::now_v7()),
            hash: app::hash_of_secret(secret),
            kind: kind.as_str().into(),
            user_id: None,
            name: String::new(),
            role: String::new(),
            scopes: String::new(),
            org_id: Text(scope.org),
            team_id: scope.team().map(Text),
            created_at_ms: now.0,
            expires_at_ms: None,
            last_used_at_ms: None,
            revoked_at_ms: None,
            region_id: scope.region().map(Text),
            device: String::new(),
            from_ip: String::new(),
            made_by: String::new(),
            second_factor: false,
        }
    }

    pub fn scope(&self) -> Scope {
        crate::store::scope_of(self.org_id, self.region_id, self.team_id)
    }

    pub fn scopes(&self) -> Vec<&str> {
        self.scopes.split(',').filter(|scope| !scope.is_empty()).collect()
    }

    pub fn works_at(&self, now: Millis) -> bool {
        self.revoked_at_ms.is_none() && self.expires_at_ms.is_none_or(|expires| now.0 < expires)
    }
}

pub(crate) async fn insert(tx: &store::Tx, token: Model) -> Result<(), DbErr> {
    let row: ActiveModel = token.into();
    Entity::insert(row.reset_all()).exec_without_returning(tx.db()).await.map(drop)
}

pub(crate) async fn by_hash(db: &impl ConnectionTrait, kind: Kind, hash: &str) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::Hash.eq(hash)).filter(Column::Kind.eq(kind.as_str())).one(db).await
}

/// API tokens within `scope` that were not revoked, newest first, those older than `after`.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut tokens = api_tokens(scope).filter(Column::RevokedAtMs.is_null());
    if let Some(after) = after {
        tokens = tokens.filter(Column::Id.lt(Text(after)));
    }
    tokens.order_by_desc(Column::Id).limit(limit).all(db).await
}

/// The API token, if `scope` reaches it.
pub(crate) async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> Result<Option<Model>, DbErr> {
    api_tokens(scope).filter(Column::Id.eq(Text(id))).one(db).await
}

/// Keys of programs; personal ones are their owners' business.
fn api_tokens(scope: Scope) -> Select<Entity> {
    let tokens = Entity::find().filter(Column::Kind.eq(Kind::Api.as_str())).filter(Column::UserId.is_null());
    let tokens = tokens.filter(Column::OrgId.eq(Text(scope.org)));
    let Some(teams) = scope.teams() else { return tokens };
    let mut within = Condition::any().add(Column::TeamId.is_in(teams.into_iter().map(Text)));
    if let Some(region) = scope.region() {
        within = within.add(Column::RegionId.eq(Text(region)));
    }
    tokens.filter(within)
}

/// What of one kind lets a person in now, newest first.
pub(crate) async fn of_person(
    db: &impl ConnectionTrait,
    kind: Kind,
    user: UserId,
    now: Millis,
) -> Result<Vec<Model>, DbErr> {
    let tokens = Entity::find().filter(Column::Kind.eq(kind.as_str())).filter(Column::UserId.eq(Text(user)));
    let tokens = tokens.filter(Column::RevokedAtMs.is_null()).order_by_desc(Column::Id).all(db).await?;
    Ok(tokens.into_iter().filter(|token| token.works_at(now)).collect())
}

pub(crate) async fn revoke(tx: &store::Tx, id: Text<Uuid>, now: Millis) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::RevokedAtMs, Expr::value(now.0));
    update.filter(Column::Id.eq(id)).filter(Column::RevokedAtMs.is_null()).exec(tx.db()).await.map(drop)
}

/// Ends every sign-in of a person, but not `kept`. Their personal keys stay.
pub(crate) async fn revoke_sessions(
    tx: &store::Tx,
    user: UserId,
    kept: Option<&str>,
    now: Millis,
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::RevokedAtMs, Expr::value(now.0));
    let update = update.filter(Column::Kind.eq(Kind::Session.as_str()));
    let update = update.filter(Column::UserId.eq(Text(user))).filter(Column::RevokedAtMs.is_null());
    update.filter(Column::Hash.ne(kept.unwrap_or_default())).exec(tx.db()).await.map(drop)
}

/// Ends everything that lets a person in.
pub(crate) async fn revoke_all(tx: &store::Tx, user: UserId, now: Millis) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::RevokedAtMs, Expr::value(now.0));
    let update = update.filter(Column::UserId.eq(Text(user))).filter(Column::RevokedAtMs.is_null());
    update.exec(tx.db()).await.map(drop)
}

pub(crate) async fn touch(tx: &store::Tx, id: Text<Uuid>, now: Millis) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::LastUsedAtMs, Expr::value(now.0));
    update.filter(Column::Id.eq(id)).exec(tx.db()).await.map(drop)
}

/// Sign-ins that ended before `before` say nothing any more; the audit log keeps who and when.
pub(crate) async fn forget_sessions(tx: &store::Tx, before: Millis) -> Result<(), DbErr> {
    let old =
        Entity::delete_many().filter(Column::Kind.eq(Kind::Session.as_str())).filter(Column::ExpiresAtMs.lt(before.0));
    old.exec(tx.db()).await.map(drop)
}
