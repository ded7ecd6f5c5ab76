//! Relay targets as rows. What answers a person takes the [`Scope`].

use super::rules::Target;
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId, RoomId, TeamId};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use store::Text;
use uuid::Uuid;

mod target {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "relay_targets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub name: String,
        pub url: String,
        pub stream_key_sealed: String,
        pub enabled: bool,
        pub created_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl From<target::Model> for Target {
    fn from(row: target::Model) -> Self {
        Target {
            id: row.id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            room: row.room_id.0,
            name: row.name,
            url: row.url,
            stream_key: row.stream_key_sealed,
            enabled: row.enabled,
            created_at: Millis(row.created_at_ms),
        }
    }
}

fn row(target: &Target) -> target::ActiveModel {
    target::ActiveModel {
        id: Set(Text(target.id)),
        org_id: Set(Text(target.org)),
        team_id: Set(Text(target.team)),
        room_id: Set(Text(target.room)),
        name: Set(target.name.clone()),
        url: Set(target.url.clone()),
        stream_key_sealed: Set(target.stream_key.clone()),
        enabled: Set(target.enabled),
        created_at_ms: Set(target.created_at.0),
    }
}

pub async fn insert(db: &impl ConnectionTrait, target: &Target) -> anyhow::Result<()> {
    target::Entity::insert(row(target)).exec_without_returning(db).await.context("inserting a relay")?;
    Ok(())
}

pub async fn update(db: &impl ConnectionTrait, target: &Target) -> anyhow::Result<()> {
    target::Entity::update(row(target)).exec(db).await.context("changing a relay")?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<()> {
    target::Entity::delete_by_id(Text(id)).exec(db).await.context("removing a relay")?;
    Ok(())
}

/// A target within the scope.
pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Target>> {
    let found = target::Entity::find_by_id(Text(id)).one(db).await.context("finding a relay")?;
    Ok(found.map(Target::from).filter(|target| scope.covers(target.org, target.team)))
}

/// All targets of a room whose scope was looked at, oldest first.
pub async fn of_room(db: &impl ConnectionTrait, room: RoomId) -> anyhow::Result<Vec<Target>> {
    let rows = target::Entity::find().filter(target::Column::RoomId.eq(Text(room)));
    let rows = rows.order_by_asc(target::Column::Id).all(db).await.context("listing relays")?;
    Ok(rows.into_iter().map(Target::from).collect())
}

pub async fn count(db: &impl ConnectionTrait, room: RoomId) -> anyhow::Result<u64> {
    target::Entity::find().filter(target::Column::RoomId.eq(Text(room))).count(db).await.context("counting relays")
}
