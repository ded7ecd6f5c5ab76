//! Rooms and broadcasts as rows. Every function that answers a person takes the [`Scope`].

use super::rules::{self, Broadcast, Origin, Room, State};
use crate::danmaku::store::containing;
use anyhow::Context;
use app::Scope;
use events::{BroadcastId, Millis, OrgId, RoomId, TeamId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, Func, SelectStatement},
};
use std::collections::HashMap;
use store::Text;

mod room {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "room_rooms")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<RoomId>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub title: String,
        pub private: bool,
        pub stream_key_hash: String,
        pub created_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod broadcast {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "room_broadcasts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<BroadcastId>,
        pub room_id: Text<RoomId>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub title: String,
        pub source: String,
        pub platform: Option<String>,
        pub import_key: Option<String>,
        pub state: String,
        pub started_at_ms: i64,
        pub ended_at_ms: Option<i64>,
        pub lost_at_ms: Option<i64>,
        pub stream_source: Option<String>,
        pub first_position: i64,
        pub created_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl From<room::Model> for Room {
    fn from(row: room::Model) -> Self {
        Room {
            id: row.id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            title: row.title,
            private: row.private,
            created_at: Millis(row.created_at_ms),
        }
    }
}

impl From<broadcast::Model> for Broadcast {
    fn from(row: broadcast::Model) -> Self {
        Broadcast {
            id: row.id.0,
            room: row.room_id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            title: row.title,
            origin: Origin::parse(&row.source),
            platform: row.platform,
            state: State::parse(&row.state),
            started_at: Millis(row.started_at_ms),
            ended_at: row.ended_at_ms.map(Millis),
            lost_at: row.lost_at_ms.map(Millis),
            stream_source: row.stream_source.as_deref().and_then(rules::source_of),
            first_position: row.first_position.max(0) as u64,
            created_at: Millis(row.created_at_ms),
        }
    }
}

pub async fn insert_room(db: &impl ConnectionTrait, room: &Room, stream_key_hash: String) -> anyhow::Result<()> {
    let row = room::ActiveModel {
        id: Set(Text(room.id)),
        org_id: Set(Text(room.org)),
        team_id: Set(Text(room.team)),
        title: Set(room.title.clone()),
        private: Set(room.private),
        stream_key_hash: Set(stream_key_hash),
        created_at_ms: Set(room.created_at.0),
    };
    room::Entity::insert(row).exec_without_returning(db).await.context("inserting a room")?;
    Ok(())
}

/// A room within the scope.
pub async fn find_room(db: &impl ConnectionTrait, scope: Scope, id: RoomId) -> anyhow::Result<Option<Room>> {
    let room = find_any_room(db, id).await?;
    Ok(room.filter(|room| scope.covers(room.org, room.team)))
}

/// A room whoever asks: for the public face (players, encoders), never for staff.
pub async fn find_any_room(db: &impl ConnectionTrait, id: RoomId) -> anyhow::Result<Option<Room>> {
    Ok(room::Entity::find_by_id(Text(id)).one(db).await.context("finding a room")?.map(Room::from))
}

/// Rooms whoever asks, in no order.
pub async fn find_rooms(db: &impl ConnectionTrait, ids: &[RoomId]) -> anyhow::Result<Vec<Room>> {
    let rooms = room::Entity::find().filter(room::Column::Id.is_in(ids.iter().copied().map(Text))).all(db).await;
    Ok(rooms.context("finding rooms")?.into_iter().map(Room::from).collect())
}

/// The ids of an organisation's rooms, for statements over other tables.
pub fn of_org(org: OrgId) -> SelectStatement {
    room::Entity::find().select_only().column(room::Column::Id).filter(room::Column::OrgId.eq(Text(org))).into_query()
}

pub async fn find_room_by_key(db: &impl ConnectionTrait, stream_key_hash: &str) -> anyhow::Result<Option<Room>> {
    let found = room::Entity::find().filter(room::Column::StreamKeyHash.eq(stream_key_hash)).one(db).await;
    Ok(found.context("finding a room by its stream key")?.map(Room::from))
}

pub async fn find_room_by_title(db: &impl ConnectionTrait, org: OrgId, title: &str) -> anyhow::Result<Option<Room>> {
    let found = room::Entity::find()
        .filter(room::Column::OrgId.eq(Text(org)))
        .filter(room::Column::Title.eq(title))
        .order_by_desc(room::Column::Id)
        .one(db)
        .await;
    Ok(found.context("finding a room by its title")?.map(Room::from))
}

/// Newest first; `after` is the last id of the page before, `title` a part of what is looked for.
pub async fn list_rooms(
    db: &impl ConnectionTrait,
    scope: Scope,
    title: Option<&str>,
    after: Option<RoomId>,
    limit: u64,
) -> anyhow::Result<Vec<Room>> {
    let mut query = room::Entity::find().filter(room::Column::OrgId.eq(Text(scope.org)));
    if let Some(teams) = scope.teams() {
        query = query.filter(room::Column::TeamId.is_in(teams.into_iter().map(Text)));
    }
    if let Some(title) = title {
        use sea_orm::sea_query::ExprTrait;
        let column = Expr::expr(Func::lower(Expr::col(room::Column::Title)));
        query = query.filter(column.like(containing(title)));
    }
    if let Some(after) = after {
        query = query.filter(room::Column::Id.lt(Text(after)));
    }
    let rows = query.order_by_desc(room::Column::Id).limit(limit).all(db).await.context("listing rooms")?;
    Ok(rows.into_iter().map(Room::from).collect())
}

pub async fn update_room(db: &impl ConnectionTrait, room: &Room) -> anyhow::Result<()> {
    room::Entity::update_many()
        .col_expr(room::Column::Title, Expr::value(room.title.clone()))
        .col_expr(room::Column::Private, Expr::value(room.private))
        .filter(room::Column::Id.eq(Text(room.id)))
        .exec(db)
        .await
        .context("changing a room")?;
    Ok(())
}

pub async fn update_stream_key(db: &impl ConnectionTrait, room: RoomId, hash: String) -> anyhow::Result<()> {
    room::Entity::update_many()
        .col_expr(room::Column::StreamKeyHash, Expr::value(hash))
        .filter(room::Column::Id.eq(Text(room)))
        .exec(db)
        .await
        .context("rotating a stream key")?;
    Ok(())
}

pub async fn insert_broadcast(
    db: &impl ConnectionTrait,
    broadcast: &Broadcast,
    import_key: Option<String>,
) -> anyhow::Result<()> {
    let row = broadcast::ActiveModel {
        id: Set(Text(broadcast.id)),
        room_id: Set(Text(broadcast.room)),
        org_id: Set(Text(broadcast.org)),
        team_id: Set(Text(broadcast.team)),
        title: Set(broadcast.title.clone()),
        source: Set(broadcast.origin.as_str().to_owned()),
        platform: Set(broadcast.platform.clone()),
        import_key: Set(import_key),
        state: Set(broadcast.state.as_str().to_owned()),
        started_at_ms: Set(broadcast.started_at.0),
        ended_at_ms: Set(broadcast.ended_at.map(|at| at.0)),
        lost_at_ms: Set(broadcast.lost_at.map(|at| at.0)),
        stream_source: Set(broadcast.stream_source.map(|source| rules::source_name(source).to_owned())),
        first_position: Set(broadcast.first_position as i64),
        created_at_ms: Set(broadcast.created_at.0),
    };
    broadcast::Entity::insert(row).exec_without_returning(db).await.context("inserting a broadcast")?;
    Ok(())
}

/// Writes the state, `ended_at`, `lost_at` and the source of a broadcast.
pub async fn update_broadcast(db: &impl ConnectionTrait, broadcast: &Broadcast) -> anyhow::Result<()> {
    broadcast::Entity::update_many()
        .col_expr(broadcast::Column::State, Expr::value(broadcast.state.as_str()))
        .col_expr(broadcast::Column::EndedAtMs, Expr::value(broadcast.ended_at.map(|at| at.0)))
        .col_expr(broadcast::Column::LostAtMs, Expr::value(broadcast.lost_at.map(|at| at.0)))
        .col_expr(broadcast::Column::StreamSource, Expr::value(broadcast.stream_source.map(rules::source_name)))
        .filter(broadcast::Column::Id.eq(Text(broadcast.id)))
        .exec(db)
        .await
        .context("changing a broadcast")?;
    Ok(())
}

pub async fn find_broadcast(
    db: &impl ConnectionTrait,
    scope: Scope,
    id: BroadcastId,
) -> anyhow::Result<Option<Broadcast>> {
    let found = find_any_broadcast(db, id).await?;
    Ok(found.filter(|broadcast| scope.covers(broadcast.org, broadcast.team)))
}

/// A broadcast whoever asks: for those who check the scope themselves.
pub async fn find_any_broadcast(db: &impl ConnectionTrait, id: BroadcastId) -> anyhow::Result<Option<Broadcast>> {
    let row = broadcast::Entity::find_by_id(Text(id)).one(db).await.context("finding a broadcast")?;
    Ok(row.map(Broadcast::from))
}

/// Broadcasts whoever asks, in no order.
pub async fn find_broadcasts(db: &impl ConnectionTrait, ids: &[BroadcastId]) -> anyhow::Result<Vec<Broadcast>> {
    let wanted = broadcast::Column::Id.is_in(ids.iter().copied().map(Text));
    let rows = broadcast::Entity::find().filter(wanted).all(db).await.context("finding broadcasts")?;
    Ok(rows.into_iter().map(Broadcast::from).collect())
}

pub async fn find_import(
    db: &impl ConnectionTrait,
    room: RoomId,
    import_key: &str,
) -> anyhow::Result<Option<Broadcast>> {
    let found = broadcast::Entity::find()
        .filter(broadcast::Column::RoomId.eq(Text(room)))
        .filter(broadcast::Column::ImportKey.eq(import_key))
        .one(db)
        .await;
    Ok(found.context("finding an import")?.map(Broadcast::from))
}

/// The streamed broadcast that has not ended, if any.
pub async fn open_broadcast(db: &impl ConnectionTrait, room: RoomId) -> anyhow::Result<Option<Broadcast>> {
    let found = broadcast::Entity::find()
        .filter(broadcast::Column::RoomId.eq(Text(room)))
        .filter(broadcast::Column::Source.eq(Origin::Stream.as_str()))
        .filter(broadcast::Column::State.ne(State::Ended.as_str()))
        .order_by_desc(broadcast::Column::CreatedAtMs)
        .one(db)
        .await;
    Ok(found.context("finding the open broadcast")?.map(Broadcast::from))
}

/// Every streamed broadcast that has not ended.
pub async fn open_broadcasts(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Broadcast>> {
    let rows = broadcast::Entity::find()
        .filter(broadcast::Column::State.is_in([
            State::Live.as_str(),
            State::Interrupted.as_str(),
            State::Paused.as_str(),
        ]))
        .filter(broadcast::Column::Source.eq(Origin::Stream.as_str()))
        .all(db)
        .await
        .context("listing open broadcasts")?;
    Ok(rows.into_iter().map(Broadcast::from).collect())
}

/// How many shows of an organisation are on air.
pub async fn count_on_air(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<u64> {
    let open = [State::Live, State::Interrupted, State::Paused].map(State::as_str);
    let of_org = broadcast::Entity::find()
        .filter(broadcast::Column::OrgId.eq(Text(org)))
        .filter(broadcast::Column::State.is_in(open))
        .filter(broadcast::Column::Source.eq(Origin::Stream.as_str()));
    of_org.count(db).await.context("counting what is on air")
}

/// The open streamed broadcast of a room, or else its newest one of any kind.
pub async fn current_broadcast(db: &impl ConnectionTrait, room: RoomId) -> anyhow::Result<Option<Broadcast>> {
    match open_broadcast(db, room).await? {
        Some(open) => Ok(Some(open)),
        None => Ok(list_broadcasts(db, room, 1).await?.into_iter().next()),
    }
}

/// The same of several rooms at once.
pub async fn current_broadcasts(
    db: &impl ConnectionTrait,
    rooms: &[RoomId],
) -> anyhow::Result<HashMap<RoomId, Broadcast>> {
    let current = "room_broadcasts.id = (
        SELECT one.id FROM room_broadcasts AS one WHERE one.room_id = room_broadcasts.room_id
        ORDER BY CASE WHEN one.source = 'stream' AND one.state <> 'ended' THEN 0 ELSE 1 END, one.created_at_ms DESC, one.id DESC
        LIMIT 1)";
    let rows = broadcast::Entity::find()
        .filter(broadcast::Column::RoomId.is_in(rooms.iter().copied().map(Text)))
        .filter(Expr::cust(current))
        .all(db)
        .await
        .context("finding the broadcasts of rooms")?;
    Ok(rows.into_iter().map(|row| (row.room_id.0, Broadcast::from(row))).collect())
}

/// Newest first.
pub async fn list_broadcasts(db: &impl ConnectionTrait, room: RoomId, limit: u64) -> anyhow::Result<Vec<Broadcast>> {
    let rows = broadcast::Entity::find()
        .filter(broadcast::Column::RoomId.eq(Text(room)))
        .order_by_desc(broadcast::Column::CreatedAtMs)
        .order_by_desc(broadcast::Column::Id)
        .limit(limit)
        .all(db)
        .await
        .context("listing broadcasts")?;
    Ok(rows.into_iter().map(Broadcast::from).collect())
}
