//! The audit log 审计: who did what, before and after, from where, when. Rows are only added, in the transaction of what they
//! tell, and each carries the hash that `chain.rs` makes of it and of the one before.

use crate::chain::{self, Row};
use anyhow::Context;
use app::{Actor, Scope};
use events::{Millis, OrgId, RegionId, TeamId, UserId};
use sea_orm::{
    ActiveValue::Set,
    Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, OnConflict},
};
use serde_json::Value;
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
    /// The address, `terminal` or `program`.
    pub from_ip: String,
    /// The place in the chain; none in a row of a version that had no chain, until the first one is written after it.
    pub seq: Option<i64>,
    pub region_id: Option<Text<RegionId>>,
    /// Masked JSON.
    pub before_json: Option<String>,
    pub after_json: Option<String>,
    pub hash: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn row(&self, seq: i64) -> Row<'_> {
        Row {
            seq,
            at_ms: self.at_ms,
            org: self.org_id.map(|org| org.0.to_string()),
            region: self.region_id.map(|region| region.0.to_string()),
            team: self.team_id.map(|team| team.0.to_string()),
            actor_id: self.actor_id.map(|actor| actor.0.to_string()),
            actor: &self.actor,
            action: &self.action,
            target: &self.target,
            before: self.before_json.as_deref(),
            after: self.after_json.as_deref(),
            from: &self.from_ip,
        }
    }
}

/// The end of the chain: one row, which is also what writers of the log wait for, so that there is one order.
pub(crate) mod head {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "accounts_audit_head")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub seq: i64,
        pub hash: String,
        /// What the event log was told last.
        pub told_seq: i64,
        pub told_at_ms: i64,
        /// The rows up to here are gone by their age; the last one had this hash.
        pub cut_seq: i64,
        pub cut_hash: String,
        /// Up to here rows hold what this rule of masking keeps.
        pub masked_rule: i64,
        pub masked_seq: i64,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

const HEAD: i64 = 1;

/// What is worth remembering.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    FirstAdminCreated,
    OneTimePasswordRenewed,
    SignedIn,
    SignInFailed,
    SecondFactorFailed,
    SignedOut,
    PasswordChanged,
    TokenCreated,
    TokenRevoked,
    SessionRevoked,
    SessionsRevoked,
    RegionCreated,
    RegionRenamed,
    TeamCreated,
    TeamRenamed,
    TeamMoved,
    StaffInvited,
    StaffChanged,
    StaffDisabled,
    StaffEnabled,
    LinkMade,
    InvitationAccepted,
    PasswordReset,
    SecondFactorBegun,
    SecondFactorSet,
    SecondFactorRemoved,
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
    SecurityChanged,
    StaffCame,
    IdentityLinked,
    IdentityRemoved,
    ProviderCreated,
    ProviderChanged,
    ProviderRemoved,
    /// Rows at the beginning are gone by their age.
    AuditCut,
    /// What a row held is gone, because no row may hold it any more.
    AuditRedacted,
}

impl Action {
    pub fn as_str(self) -> &'static str {
        match self {
            Action::FirstAdminCreated => "first_admin_created",
            Action::OneTimePasswordRenewed => "one_time_password_renewed",
            Action::SignedIn => "signed_in",
            Action::SignInFailed => "sign_in_failed",
            Action::SecondFactorFailed => "second_factor_failed",
            Action::SignedOut => "signed_out",
            Action::PasswordChanged => "password_changed",
            Action::TokenCreated => "token_created",
            Action::TokenRevoked => "token_revoked",
            Action::SessionRevoked => "session_revoked",
            Action::SessionsRevoked => "sessions_revoked",
            Action::RegionCreated => "region_created",
            Action::RegionRenamed => "region_renamed",
            Action::TeamCreated => "team_created",
            Action::TeamRenamed => "team_renamed",
            Action::TeamMoved => "team_moved",
            Action::StaffInvited => "staff_invited",
            Action::StaffChanged => "staff_changed",
            Action::StaffDisabled => "staff_disabled",
            Action::StaffEnabled => "staff_enabled",
            Action::LinkMade => "link_made",
            Action::InvitationAccepted => "invitation_accepted",
            Action::PasswordReset => "password_reset",
            Action::SecondFactorBegun => "second_factor_begun",
            Action::SecondFactorSet => "second_factor_set",
            Action::SecondFactorRemoved => "second_factor_removed",
            Action::RecoveryCodesRenewed => "recovery_codes_renewed",
            Action::RecoveryCodeUsed => "recovery_code_used",
            Action::SecurityChanged => "security_changed",
            Action::StaffCame => "staff_came",
            Action::IdentityLinked => "identity_linked",
            Action::IdentityRemoved => "identity_removed",
            Action::ProviderCreated => "provider_created",
            Action::ProviderChanged => "provider_changed",
            Action::ProviderRemoved => "provider_removed",
            Action::AuditCut => "audit_cut",
            Action::AuditRedacted => "audit_redacted",
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who<'a> {
    pub scope: Option<Scope>,
    pub user: Option<UserId>,
    pub name: &'a str,
    pub from: Whence,
}

/// Where it was done from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whence {
    /// The machine's own.
    Terminal,
    /// Kaibo did it by itself.
    Program,
    Address(IpAddr),
}

impl std::fmt::Display for Whence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Terminal => f.write_str("terminal"),
            Self::Program => f.write_str("program"),
            Self::Address(address) => address.fmt(f),
        }
    }
}

impl<'a> Who<'a> {
    pub fn terminal(scope: Scope) -> Self {
        Self { scope: Some(scope), user: None, name: "terminal", from: Whence::Terminal }
    }

    pub fn program(scope: Option<Scope>, name: &'a str) -> Self {
        Self { scope, user: None, name, from: Whence::Program }
    }

    pub fn actor(actor: &'a Actor, from: IpAddr) -> Self {
        Self { scope: Some(actor.scope), user: actor.user, name: &actor.name, from: Whence::Address(from) }
    }

    pub fn user(user: &'a crate::store::User, from: IpAddr) -> Self {
        Self { scope: Some(user.scope()), user: Some(user.id.0), name: &user.login, from: Whence::Address(from) }
    }
}

/// What was, and what is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Change {
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Change {
    pub fn new(before: impl Into<Option<Value>>, after: impl Into<Option<Value>>) -> Self {
        Self { before: before.into(), after: after.into() }
    }
}

pub(crate) async fn record(
    tx: &store::Tx,
    who: Who<'_>,
    action: Action,
    target: &str,
    now: Millis,
) -> anyhow::Result<()> {
    append(tx, who, action.as_str(), target, Change::default(), now).await
}

pub(crate) async fn record_change(
    tx: &store::Tx,
    who: Who<'_>,
    action: Action,
    target: &str,
    change: Change,
    now: Millis,
) -> anyhow::Result<()> {
    append(tx, who, action.as_str(), target, change, now).await
}

/// Writers after this one wait until its transaction ends. Who first looks whether he may, and then does, calls this before.
pub(crate) async fn take_turn(tx: &store::Tx) -> anyhow::Result<()> {
    let row = head::Model { id: HEAD, ..Default::default() };
    let there = OnConflict::column(head::Column::Id).update_column(head::Column::Id).to_owned();
    let insert = head::Entity::insert(row.into_active_model()).on_conflict(there);
    insert.exec_without_returning(tx.db()).await.context("taking a turn at the audit log")?;
    Ok(())
}

/// Adds a row at the end of the chain.
pub(crate) async fn append(
    tx: &store::Tx,
    who: Who<'_>,
    action: &str,
    target: &str,
    change: Change,
    now: Millis,
) -> anyhow::Result<()> {
    take_turn(tx).await?;
    let mut head = head_of(tx.db()).await?;
    if head.seq == 0 {
        chain_older(tx, &mut head).await?;
    }
    let model = Model {
        id: 0,
        at_ms: now.0,
        org_id: who.scope.map(|scope| Text(scope.org)),
        region_id: who.scope.and_then(|scope| scope.region()).map(Text),
        team_id: who.scope.and_then(|scope| scope.team()).map(Text),
        actor_id: who.user.map(Text),
        actor: who.name.into(),
        action: action.into(),
        target: target.into(),
        from_ip: who.from.to_string(),
        before_json: change.before.as_ref().map(chain::masked),
        after_json: change.after.as_ref().map(chain::masked),
        seq: Some(head.seq + 1),
        hash: None,
    };
    head.hash = model.row(head.seq + 1).hash(&head.hash);
    head.seq += 1;
    let row = ActiveModel {
        at_ms: Set(model.at_ms),
        org_id: Set(model.org_id),
        region_id: Set(model.region_id),
        team_id: Set(model.team_id),
        actor_id: Set(model.actor_id),
        actor: Set(model.actor),
        action: Set(model.action),
        target: Set(model.target),
        from_ip: Set(model.from_ip),
        before_json: Set(model.before_json),
        after_json: Set(model.after_json),
        seq: Set(model.seq),
        hash: Set(Some(head.hash.clone())),
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(tx.db()).await.context("writing the audit log")?;
    set_head(tx, &head).await
}

/// Rows of a version that had no chain become its beginning.
async fn chain_older(tx: &store::Tx, head: &mut head::Model) -> anyhow::Result<()> {
    let older = Entity::find().filter(Column::Seq.is_null()).order_by_asc(Column::Id).all(tx.db()).await?;
    for row in older {
        head.hash = row.row(head.seq + 1).hash(&head.hash);
        head.seq += 1;
        let update = Entity::update_many()
            .col_expr(Column::Seq, Expr::value(head.seq))
            .col_expr(Column::Hash, Expr::value(&head.hash));
        update.filter(Column::Id.eq(row.id)).exec(tx.db()).await?;
    }
    Ok(())
}

async fn set_head(tx: &store::Tx, head: &head::Model) -> anyhow::Result<()> {
    let update = head::Entity::update_many()
        .col_expr(head::Column::Seq, Expr::value(head.seq))
        .col_expr(head::Column::Hash, Expr::value(&head.hash));
    update.filter(head::Column::Id.eq(HEAD)).exec(tx.db()).await.context("moving the audit log's head")?;
    Ok(())
}

pub(crate) async fn head_of(db: &impl ConnectionTrait) -> anyhow::Result<head::Model> {
    let head = head::Entity::find_by_id(HEAD).one(db).await.context("reading the audit log's head")?;
    Ok(head.unwrap_or_default())
}

/// Notes that the event log was told of the head as it is.
pub(crate) async fn told(tx: &store::Tx, seq: i64, now: Millis) -> Result<(), DbErr> {
    let update = head::Entity::update_many()
        .col_expr(head::Column::ToldSeq, Expr::value(seq))
        .col_expr(head::Column::ToldAtMs, Expr::value(now.0));
    update.filter(head::Column::Id.eq(HEAD)).exec(tx.db()).await.map(drop)
}

/// What of the log is wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub before_seq: Option<i64>,
    pub actor: Option<String>,
    pub action: Option<String>,
    pub target: Option<String>,
    pub from_ms: Option<i64>,
    pub to_ms: Option<i64>,
}

/// Newest first, what was done by those whose reach lies within `scope`.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    wanted: Wanted,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut rows = Entity::find().filter(Column::OrgId.eq(Text(scope.org))).filter(Column::Seq.is_not_null());
    if let Some(teams) = scope.teams() {
        let mut within = Condition::any().add(Column::TeamId.is_in(teams.into_iter().map(Text)));
        if let Some(region) = scope.region() {
            within = within.add(Column::RegionId.eq(Text(region)));
        }
        rows = rows.filter(within);
    }
    let Wanted { before_seq, actor, action, target, from_ms, to_ms } = wanted;
    let wishes = [
        before_seq.map(|seq| Column::Seq.lt(seq)),
        actor.map(|actor| Column::Actor.eq(actor)),
        action.map(|action| Column::Action.eq(action)),
        target.map(|target| Column::Target.eq(target)),
        from_ms.map(|from| Column::AtMs.gte(from)),
        to_ms.map(|to| Column::AtMs.lt(to)),
    ];
    for wish in wishes.into_iter().flatten() {
        rows = rows.filter(wish);
    }
    rows.order_by_desc(Column::Seq).limit(limit).all(db).await
}

/// The rows behind `seq` in the order of the chain; those outside the chain come first of all.
pub(crate) async fn chained_after(db: &impl ConnectionTrait, seq: i64, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Seq.gt(seq)).order_by_asc(Column::Seq).limit(limit).all(db).await
}

/// A row that stands outside the chain.
pub(crate) async fn unchained(db: &impl ConnectionTrait) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::Seq.is_null()).order_by_asc(Column::Id).one(db).await
}
