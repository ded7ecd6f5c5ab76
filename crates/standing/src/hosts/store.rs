//! Hosts as rows, and in which rooms they were when.

use super::{Host, HostState, PURPOSE};
use crate::identity::Identity;
use anyhow::Context;
use app::{Keys, Scope, sealed};
use events::{Millis, OrgId, RoomId, TeamId, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use std::collections::{BTreeSet, HashMap};
use store::Text;
use uuid::Uuid;

mod host {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "standing_hosts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub name: String,
        pub state: String,
        pub identity: Option<String>,
        pub digest: Option<String>,
        pub guardian: bool,
        pub submitted_by: Option<String>,
        pub submitted_at_ms: Option<i64>,
        pub decided_by: Option<String>,
        pub decided_at_ms: Option<i64>,
        pub decision_note: String,
        pub expires_at_ms: Option<i64>,
        pub erased_at_ms: Option<i64>,
        pub created_by: String,
        pub created_at_ms: i64,
        pub staff_id: Option<Text<UserId>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod stay {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "standing_host_rooms")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub host_id: Text<Uuid>,
        pub room_id: Text<RoomId>,
        pub since_ms: i64,
        pub until_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use host::{Column, Entity};

/// A time in which a room was a host's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    pub room: RoomId,
    pub since: Millis,
    pub until: Option<Millis>,
}

impl Stay {
    pub fn covers(&self, at: Millis) -> bool {
        self.since <= at && self.until.is_none_or(|until| at < until)
    }
}

impl From<host::Model> for Host {
    fn from(row: host::Model) -> Self {
        Self {
            id: row.id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            name: row.name,
            state: HostState::parse(&row.state),
            identity: row.identity,
            digest: row.digest,
            guardian: row.guardian,
            submitted_by: row.submitted_by,
            submitted_at: row.submitted_at_ms.map(Millis),
            decided_by: row.decided_by,
            decided_at: row.decided_at_ms.map(Millis),
            note: row.decision_note,
            expires_at: row.expires_at_ms.map(Millis),
            erased_at: row.erased_at_ms.map(Millis),
            created_at: Millis(row.created_at_ms),
            account: row.staff_id.map(|id| id.0),
        }
    }
}

pub async fn insert(
    db: &impl ConnectionTrait,
    org: OrgId,
    team: TeamId,
    name: &str,
    by: &str,
    at: Millis,
) -> anyhow::Result<Uuid> {
    let id = Uuid::now_v7();
    let row = host::ActiveModel {
        id: Set(Text(id)),
        org_id: Set(Text(org)),
        team_id: Set(Text(team)),
        name: Set(name.to_owned()),
        state: Set(HostState::Unverified.as_str().to_owned()),
        guardian: Set(false),
        decision_note: Set(String::new()),
        created_by: Set(by.to_owned()),
        created_at_ms: Set(at.0),
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(db).await.context("keeping a host")?;
    Ok(id)
}

pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Host>> {
    let mut rows = Entity::find_by_id(Text(id)).filter(Column::OrgId.eq(Text(scope.org)));
    if let Some(teams) = scope.teams() {
        rows = rows.filter(Column::TeamId.is_in(teams.into_iter().map(Text)));
    }
    Ok(rows.one(db).await.context("finding a host")?.map(Host::from))
}

/// What a list is narrowed to.
#[derive(Debug, Default)]
pub struct Wanted {
    pub state: Option<HostState>,
    pub room: Option<RoomId>,
    pub after: Option<Uuid>,
    pub limit: u64,
}

/// Hosts within reach, the newest first.
pub async fn list(db: &impl ConnectionTrait, scope: Scope, wanted: &Wanted, now: Millis) -> anyhow::Result<Vec<Host>> {
    let mut rows = Entity::find().filter(Column::OrgId.eq(Text(scope.org)));
    if let Some(teams) = scope.teams() {
        rows = rows.filter(Column::TeamId.is_in(teams.into_iter().map(Text)));
    }
    if let Some(after) = wanted.after {
        rows = rows.filter(Column::Id.lt(Text(after)));
    }
    if let Some(room) = wanted.room {
        rows = rows.filter(Column::Id.is_in(hosts_of(db, scope.org, room).await?));
    }
    rows = match wanted.state {
        None => rows,
        Some(HostState::Verified) => {
            rows.filter(Column::State.eq(HostState::Verified.as_str())).filter(Column::ExpiresAtMs.gt(now.0))
        }
        Some(HostState::Expired) => {
            rows.filter(Column::State.eq(HostState::Verified.as_str())).filter(Column::ExpiresAtMs.lte(now.0))
        }
        Some(state) => rows.filter(Column::State.eq(state.as_str())),
    };
    let rows = rows.order_by_desc(Column::Id).limit(wanted.limit).all(db).await.context("listing hosts")?;
    Ok(rows.into_iter().map(Host::from).collect())
}

pub async fn rename(db: &impl ConnectionTrait, id: Uuid, name: &str) -> anyhow::Result<()> {
    let update = Entity::update_many().col_expr(Column::Name, Expr::value(name)).filter(Column::Id.eq(Text(id)));
    update.exec(db).await.context("renaming a host")?;
    Ok(())
}

/// Says which account of the staff a host is; one account is one host at most.
pub async fn set_account(db: &impl ConnectionTrait, id: Uuid, account: Option<UserId>) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::StaffId, Expr::value(account.map(|id| id.to_string())));
    update.filter(Column::Id.eq(Text(id))).exec(db).await.map(drop)
}

/// The host who is this account.
pub async fn by_account(db: &impl ConnectionTrait, org: OrgId, account: UserId) -> anyhow::Result<Option<Host>> {
    let rows = Entity::find().filter(Column::OrgId.eq(Text(org))).filter(Column::StaffId.eq(Text(account)));
    Ok(rows.one(db).await.context("finding the host of an account")?.map(Host::from))
}

async fn hosts_of(db: &impl ConnectionTrait, org: OrgId, room: RoomId) -> anyhow::Result<Vec<Text<Uuid>>> {
    let stays = stay::Entity::find()
        .filter(stay::Column::OrgId.eq(Text(org)))
        .filter(stay::Column::RoomId.eq(Text(room)))
        .filter(stay::Column::UntilMs.is_null());
    let stays = stays.all(db).await.context("reading who hosts a room")?;
    Ok(stays.into_iter().map(|stay| stay.host_id).collect())
}

/// Who may host a room now.
pub async fn of_room(db: &impl ConnectionTrait, org: OrgId, room: RoomId) -> anyhow::Result<Vec<Host>> {
    let hosts = hosts_of(db, org, room).await?;
    let rows = Entity::find().filter(Column::OrgId.eq(Text(org))).filter(Column::Id.is_in(hosts));
    let rows = rows.order_by_asc(Column::Id).all(db).await.context("reading a room's hosts")?;
    Ok(rows.into_iter().map(Host::from).collect())
}

/// All times in which a host had rooms.
pub async fn stays(db: &impl ConnectionTrait, org: OrgId, host: Uuid) -> anyhow::Result<Vec<Stay>> {
    let rows = stay::Entity::find()
        .filter(stay::Column::OrgId.eq(Text(org)))
        .filter(stay::Column::HostId.eq(Text(host)))
        .order_by_asc(stay::Column::Id);
    let rows = rows.all(db).await.context("reading a host's rooms")?;
    let stay =
        |row: stay::Model| Stay { room: row.room_id.0, since: Millis(row.since_ms), until: row.until_ms.map(Millis) };
    Ok(rows.into_iter().map(stay).collect())
}

/// The rooms of hosts now.
pub async fn rooms_of(
    db: &impl ConnectionTrait,
    org: OrgId,
    hosts: &[Uuid],
) -> anyhow::Result<HashMap<Uuid, Vec<RoomId>>> {
    let rows = stay::Entity::find()
        .filter(stay::Column::OrgId.eq(Text(org)))
        .filter(stay::Column::HostId.is_in(hosts.iter().map(|host| Text(*host))))
        .filter(stay::Column::UntilMs.is_null())
        .order_by_asc(stay::Column::Id);
    let mut rooms: HashMap<Uuid, Vec<RoomId>> = HashMap::new();
    for row in rows.all(db).await.context("reading hosts' rooms")? {
        rooms.entry(row.host_id.0).or_default().push(row.room_id.0);
    }
    Ok(rooms)
}

/// Has a host these rooms from now on. Whoever calls takes turns.
pub async fn set_rooms(
    db: &impl ConnectionTrait,
    org: OrgId,
    host: Uuid,
    rooms: &BTreeSet<RoomId>,
    at: Millis,
) -> anyhow::Result<()> {
    use stay::Column;
    let now: BTreeSet<RoomId> =
        rooms_of(db, org, &[host]).await?.remove(&host).unwrap_or_default().into_iter().collect();
    for gone in now.difference(rooms) {
        let update = stay::Entity::update_many()
            .col_expr(Column::UntilMs, Expr::value(at.0))
            .filter(Column::HostId.eq(Text(host)))
            .filter(Column::RoomId.eq(Text(*gone)))
            .filter(Column::UntilMs.is_null());
        update.exec(db).await.context("taking a room from a host")?;
    }
    for new in rooms.difference(&now) {
        let row = stay::ActiveModel {
            id: Set(Text(Uuid::now_v7())),
            org_id: Set(Text(org)),
            host_id: Set(Text(host)),
            room_id: Set(Text(*new)),
            since_ms: Set(at.0),
            until_ms: Set(None),
        };
        stay::Entity::insert(row).exec_without_returning(db).await.context("giving a host a room")?;
    }
    Ok(())
}

/// Whether a host, other than this one, is known by the digest: submitted or verified.
pub async fn is_taken(db: &impl ConnectionTrait, org: OrgId, digest: &str, but: Uuid) -> anyhow::Result<bool> {
    let rows = Entity::find()
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::Digest.eq(digest))
        .filter(Column::Id.ne(Text(but)))
        .filter(Column::State.is_in([HostState::Submitted.as_str(), HostState::Verified.as_str()]));
    Ok(rows.count(db).await.context("looking for an identity")? > 0)
}

/// An identity that somebody is to look at.
pub struct Submission<'a> {
    pub host: Uuid,
    pub identity: &'a Identity,
    pub digest: &'a str,
    pub guardian: bool,
    pub by: &'a str,
    pub at: Millis,
}

pub async fn submit(db: &impl ConnectionTrait, keys: &Keys, submission: &Submission<'_>) -> anyhow::Result<()> {
    let Submission { host, identity, digest, guardian, by, at } = submission;
    let identity = sealed::seal(keys, PURPOSE, *host, &serde_json::to_string(identity)?)?;
    let nobody: Option<String> = None;
    let never: Option<i64> = None;
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(HostState::Submitted.as_str()))
        .col_expr(Column::Identity, Expr::value(identity))
        .col_expr(Column::Digest, Expr::value(*digest))
        .col_expr(Column::Guardian, Expr::value(*guardian))
        .col_expr(Column::SubmittedBy, Expr::value(*by))
        .col_expr(Column::SubmittedAtMs, Expr::value(at.0))
        .col_expr(Column::DecidedBy, Expr::value(nobody))
        .col_expr(Column::DecidedAtMs, Expr::value(never))
        .col_expr(Column::DecisionNote, Expr::value(""))
        .col_expr(Column::ExpiresAtMs, Expr::value(never))
        .col_expr(Column::ErasedAtMs, Expr::value(never))
        .filter(Column::Id.eq(Text(*host)));
    update.exec(db).await.context("keeping an identity")?;
    Ok(())
}

/// The identity is on the blacklist: it is not kept, and its digest is, so that rooms know.
pub async fn bar(db: &impl ConnectionTrait, host: Uuid, digest: &str, at: Millis) -> anyhow::Result<()> {
    let nothing: Option<String> = None;
    let never: Option<i64> = None;
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(HostState::Refused.as_str()))
        .col_expr(Column::Identity, Expr::value(nothing.clone()))
        .col_expr(Column::Digest, Expr::value(digest))
        .col_expr(Column::DecidedBy, Expr::value(nothing))
        .col_expr(Column::DecidedAtMs, Expr::value(at.0))
        .col_expr(Column::DecisionNote, Expr::value(""))
        .col_expr(Column::ExpiresAtMs, Expr::value(never))
        .filter(Column::Id.eq(Text(host)));
    update.exec(db).await.context("refusing an identity")?;
    Ok(())
}

/// Decides about a submitted host; false when it is not submitted, or is another submission by now.
pub async fn decide(
    db: &impl ConnectionTrait,
    host: &Host,
    expires_at: Option<Millis>,
    note: &str,
    by: &str,
    at: Millis,
) -> anyhow::Result<bool> {
    let state = if expires_at.is_some() { HostState::Verified } else { HostState::Refused };
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::DecidedBy, Expr::value(by))
        .col_expr(Column::DecidedAtMs, Expr::value(at.0))
        .col_expr(Column::DecisionNote, Expr::value(note))
        .col_expr(Column::ExpiresAtMs, Expr::value(expires_at.map(|at| at.0)))
        .filter(Column::Id.eq(Text(host.id)))
        .filter(Column::State.eq(HostState::Submitted.as_str()))
        .filter(Column::SubmittedAtMs.eq(host.submitted_at.map(|at| at.0)));
    Ok(update.exec(db).await.context("deciding about a host")?.rows_affected == 1)
}

/// Lets go of who a host is. The digest stays for as long as the blacklist has it.
pub async fn erase(db: &impl ConnectionTrait, host: Uuid, digest: Option<&str>, at: Millis) -> anyhow::Result<()> {
    let nothing: Option<String> = None;
    let never: Option<i64> = None;
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(HostState::Unverified.as_str()))
        .col_expr(Column::Identity, Expr::value(nothing))
        .col_expr(Column::Digest, Expr::value(digest))
        .col_expr(Column::DecisionNote, Expr::value(""))
        .col_expr(Column::ExpiresAtMs, Expr::value(never))
        .col_expr(Column::ErasedAtMs, Expr::value(at.0))
        .filter(Column::Id.eq(Text(host)));
    update.exec(db).await.context("erasing a host's identity")?;
    Ok(())
}
