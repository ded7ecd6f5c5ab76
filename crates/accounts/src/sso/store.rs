//! Providers, the identities of people at them, and sign-ins under way, in SQL.

use super::rules::Provider;
use app::{Reach, Scope};
use events::{Millis, UserId};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, entity::prelude::*,
    sea_query::Expr,
};
use store::Text;
use uuid::Uuid;

mod providers {
    use sea_orm::entity::prelude::*;
    use store::Text;
    use uuid::Uuid;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "accounts_sso_providers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<events::OrgId>,
        pub name: String,
        pub issuer: String,
        pub client_id: String,
        /// Sealed.
        pub client_secret: String,
        /// JSON.
        pub policy: String,
        pub enabled: bool,
        pub created_at_ms: i64,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

mod identities {
    use sea_orm::entity::prelude::*;
    use store::Text;
    use uuid::Uuid;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "accounts_sso_identities")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub provider_id: Text<Uuid>,
        pub user_id: Text<events::UserId>,
        pub subject: String,
        /// What people know it by: an e-mail or a login.
        pub shown: String,
        /// Role and reach are what the provider's groups say.
        pub follows_groups: bool,
        pub created_at_ms: i64,
        pub last_used_at_ms: Option<i64>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

mod attempts {
    use sea_orm::entity::prelude::*;
    use store::Text;
    use uuid::Uuid;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "accounts_sso_attempts")]
    pub struct Model {
        /// SHA-256 of the state, in hex.
        #[sea_orm(primary_key, auto_increment = false)]
        pub state_hash: String,
        /// SHA-256 of what the browser keeps, in hex.
        pub browser_hash: String,
        pub provider_id: Text<Uuid>,
        /// Who links; or who came in and still owes a code.
        pub user_id: Option<Text<events::UserId>>,
        pub redirect_uri: String,
        /// `sign_in` or `link` until the provider has answered, then `code`, then `done`.
        pub stage: String,
        pub expires_at_ms: i64,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) use attempts::Model as Attempt;
pub(crate) use identities::Model as Identity;

pub(crate) const SIGN_IN: &str = "sign_in";
pub(crate) const LINK: &str = "link";
pub(crate) const CODE: &str = "code";
pub(crate) const DONE: &str = "done";

impl TryFrom<providers::Model> for Provider {
    type Error = anyhow::Error;

    fn try_from(row: providers::Model) -> anyhow::Result<Self> {
        Ok(Self {
            id: row.id.0,
            org: row.org_id.0,
            name: row.name,
            issuer: row.issuer,
            client_id: row.client_id,
            client_secret: row.client_secret,
            policy: serde_json::from_str(&row.policy)?,
            enabled: row.enabled,
            created_at_ms: row.created_at_ms,
        })
    }
}

fn row(provider: &Provider) -> anyhow::Result<providers::ActiveModel> {
    Ok(providers::ActiveModel {
        id: Set(Text(provider.id)),
        org_id: Set(Text(provider.org)),
        name: Set(provider.name.clone()),
        issuer: Set(provider.issuer.clone()),
        client_id: Set(provider.client_id.clone()),
        client_secret: Set(provider.client_secret.clone()),
        policy: Set(serde_json::to_string(&provider.policy)?),
        enabled: Set(provider.enabled),
        created_at_ms: Set(provider.created_at_ms),
    })
}

/// Providers of the scope's organisation, oldest first.
pub(crate) async fn providers(db: &impl ConnectionTrait, scope: Scope) -> anyhow::Result<Vec<Provider>> {
    let rows = providers::Entity::find().filter(providers::Column::OrgId.eq(Text(scope.org)));
    rows.order_by_asc(providers::Column::Id).all(db).await?.into_iter().map(Provider::try_from).collect()
}

/// Those by which people come in now, of every organisation: nobody has said yet of which one they are.
pub(crate) async fn doors(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Provider>> {
    let rows = providers::Entity::find().filter(providers::Column::Enabled.eq(true));
    rows.order_by_asc(providers::Column::Id).all(db).await?.into_iter().map(Provider::try_from).collect()
}

/// The provider, if the scope is all of its organisation.
pub(crate) async fn managed(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Provider>> {
    Ok(find(db, scope, id).await?.filter(|_| scope.reach == Reach::Org))
}

/// The provider, if it is of the scope's organisation.
pub(crate) async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Provider>> {
    Ok(provider(db, id).await?.filter(|provider| provider.org == scope.org))
}

/// The provider, whoever asks: for a sign-in that nobody has an organisation in yet.
pub(crate) async fn provider(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<Option<Provider>> {
    providers::Entity::find_by_id(Text(id)).one(db).await?.map(Provider::try_from).transpose()
}

pub(crate) async fn insert(tx: &store::Tx, provider: &Provider) -> anyhow::Result<()> {
    Ok(providers::Entity::insert(row(provider)?).exec_without_returning(tx.db()).await.map(drop)?)
}

/// Writes all but organisation and issuer, which stay.
pub(crate) async fn update(tx: &store::Tx, provider: &Provider) -> anyhow::Result<()> {
    let update = providers::Entity::update_many()
        .col_expr(providers::Column::Name, Expr::value(&provider.name))
        .col_expr(providers::Column::ClientId, Expr::value(&provider.client_id))
        .col_expr(providers::Column::ClientSecret, Expr::value(&provider.client_secret))
        .col_expr(providers::Column::Policy, Expr::value(serde_json::to_string(&provider.policy)?))
        .col_expr(providers::Column::Enabled, Expr::value(provider.enabled));
    Ok(update.filter(providers::Column::Id.eq(Text(provider.id))).exec(tx.db()).await.map(drop)?)
}

/// The provider and every identity at it.
pub(crate) async fn remove(tx: &store::Tx, provider: Uuid) -> Result<(), DbErr> {
    attempts::Entity::delete_many().filter(attempts::Column::ProviderId.eq(Text(provider))).exec(tx.db()).await?;
    identities::Entity::delete_many().filter(identities::Column::ProviderId.eq(Text(provider))).exec(tx.db()).await?;
    providers::Entity::delete_many().filter(providers::Column::Id.eq(Text(provider))).exec(tx.db()).await.map(drop)
}

/// Everybody who comes in by the provider.
pub(crate) async fn people(db: &impl ConnectionTrait, provider: Uuid) -> Result<Vec<UserId>, DbErr> {
    let rows = identities::Entity::find().filter(identities::Column::ProviderId.eq(Text(provider))).all(db).await?;
    Ok(rows.into_iter().map(|row| row.user_id.0).collect())
}

pub(crate) async fn count(db: &impl ConnectionTrait, provider: Uuid) -> Result<u64, DbErr> {
    identities::Entity::find().filter(identities::Column::ProviderId.eq(Text(provider))).count(db).await
}

pub(crate) async fn identity(
    db: &impl ConnectionTrait,
    provider: Uuid,
    subject: &str,
) -> Result<Option<Identity>, DbErr> {
    let row = identities::Entity::find().filter(identities::Column::ProviderId.eq(Text(provider)));
    row.filter(identities::Column::Subject.eq(subject)).one(db).await
}

/// Those of a person, oldest first.
pub(crate) async fn identities_of(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<Identity>, DbErr> {
    let rows = identities::Entity::find().filter(identities::Column::UserId.eq(Text(user)));
    rows.order_by_asc(identities::Column::Id).all(db).await
}

pub(crate) async fn link(tx: &store::Tx, identity: Identity) -> Result<(), DbErr> {
    let row: identities::ActiveModel = identity.into();
    identities::Entity::insert(row.reset_all()).exec_without_returning(tx.db()).await.map(drop)
}

pub(crate) async fn touch(tx: &store::Tx, identity: Text<Uuid>, now: Millis) -> Result<(), DbErr> {
    let update = identities::Entity::update_many().col_expr(identities::Column::LastUsedAtMs, Expr::value(now.0));
    update.filter(identities::Column::Id.eq(identity)).exec(tx.db()).await.map(drop)
}

/// False when it was not the person's, or somebody was faster.
pub(crate) async fn unlink(tx: &store::Tx, user: UserId, identity: Uuid) -> Result<bool, DbErr> {
    let gone = identities::Entity::delete_many().filter(identities::Column::Id.eq(Text(identity)));
    Ok(gone.filter(identities::Column::UserId.eq(Text(user))).exec(tx.db()).await?.rows_affected == 1)
}

/// From now on role and reach are what people say.
pub(crate) async fn leave_groups(tx: &store::Tx, user: UserId) -> Result<(), DbErr> {
    let update = identities::Entity::update_many().col_expr(identities::Column::FollowsGroups, Expr::value(false));
    update.filter(identities::Column::UserId.eq(Text(user))).exec(tx.db()).await.map(drop)
}

/// Begins a sign-in; those that have expired are forgotten.
pub(crate) async fn begin(tx: &store::Tx, attempt: Attempt, now: Millis) -> Result<(), DbErr> {
    attempts::Entity::delete_many().filter(attempts::Column::ExpiresAtMs.lte(now.0)).exec(tx.db()).await?;
    let row: attempts::ActiveModel = attempt.into();
    attempts::Entity::insert(row.reset_all()).exec_without_returning(tx.db()).await.map(drop)
}

/// The sign-in of this state, in the browser that began it.
pub(crate) async fn attempt(
    db: &impl ConnectionTrait,
    state: &str,
    browser: &str,
    now: Millis,
) -> Result<Option<Attempt>, DbErr> {
    let row = attempts::Entity::find_by_id(app::hash_of_secret(state)).one(db).await?;
    let browser = app::hash_of_secret(browser);
    Ok(row.filter(|row| now.0 < row.expires_at_ms && row.browser_hash == browser))
}

/// Goes from one stage to the next; false when somebody was faster.
pub(crate) async fn advance(tx: &store::Tx, attempt: &Attempt, to: &str, user: Option<UserId>) -> Result<bool, DbErr> {
    let update = attempts::Entity::update_many()
        .col_expr(attempts::Column::Stage, Expr::value(to))
        .col_expr(attempts::Column::UserId, Expr::value(user.map(|user| user.to_string())));
    let update = update.filter(attempts::Column::StateHash.eq(&attempt.state_hash));
    let update = update.filter(attempts::Column::Stage.eq(&attempt.stage)).exec(tx.db()).await?;
    Ok(update.rows_affected == 1)
}
