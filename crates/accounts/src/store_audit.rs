//! The audit log 审计: who did what, from where, when. Rows are only added, in the transaction of what they tell.

use app::{Actor, Scope};
use events::{Millis, OrgId, TeamId, UserId};
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, entity::prelude::*};
use std::net::IpAddr;
use store::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts_audit")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub at_ms: i64,
    /// None for a try with an unknown login.
    pub org_id: Option<Text<OrgId>>,
    pub team_id: Option<Text<TeamId>>,
    pub actor_id: Option<Text<UserId>>,
    pub actor: String,
    pub action: String,
    pub target: String,
    /// The address, or `terminal`.
    pub from_ip: String,
}

impl ActiveModelBehavior for ActiveModel {}

/// What is worth remembering.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    FirstAdminCreated,
    OneTimePasswordRenewed,
    SignedIn,
    SignInFailed,
    SignedOut,
    PasswordChanged,
    TokenCreated,
    TokenRevoked,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Action::FirstAdminCreated => "first_admin_created",
            Action::OneTimePasswordRenewed => "one_time_password_renewed",
            Action::SignedIn => "signed_in",
            Action::SignInFailed => "sign_in_failed",
            Action::SignedOut => "signed_out",
            Action::PasswordChanged => "password_changed",
            Action::TokenCreated => "token_created",
            Action::TokenRevoked => "token_revoked",
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who<'a> {
    pub scope: Option<Scope>,
    pub user: Option<UserId>,
    pub name: &'a str,
    /// None is the terminal of the machine itself.
    pub from: Option<IpAddr>,
}

impl<'a> Who<'a> {
    pub fn terminal(scope: Scope) -> Self {
        Self { scope: Some(scope), user: None, name: "terminal", from: None }
    }

    pub fn actor(actor: &'a Actor, from: IpAddr) -> Self {
        Self { scope: Some(actor.scope), user: actor.user, name: &actor.name, from: Some(from) }
    }

    pub fn user(user: &'a crate::store::User, from: IpAddr) -> Self {
        Self { scope: Some(user.scope()), user: Some(user.id.0), name: &user.login, from: Some(from) }
    }
}

pub(crate) async fn record(
    tx: &store::Tx,
    who: Who<'_>,
    action: Action,
    target: &str,
    now: Millis,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        at_ms: Set(now.0),
        org_id: Set(who.scope.map(|scope| Text(scope.org))),
        team_id: Set(who.scope.and_then(|scope| scope.team).map(Text)),
        actor_id: Set(who.user.map(Text)),
        actor: Set(who.name.into()),
        action: Set(action.as_str().into()),
        target: Set(target.into()),
        from_ip: Set(who.from.map_or_else(|| "terminal".into(), |address| address.to_string())),
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(tx.db()).await.map(drop)
}
