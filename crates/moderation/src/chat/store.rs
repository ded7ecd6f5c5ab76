//! Modes as rows: rooms without one have the usual.

use anyhow::Context;
use audience::RoomRef;
use events::{ChatMode, Millis, OrgId, RoomId, TeamId};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};
use store::Text;

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_rooms")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub room_id: Text<RoomId>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub mode: String,
        pub changed_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub async fn set(db: &impl ConnectionTrait, room: &RoomRef, mode: ChatMode, at: Millis) -> anyhow::Result<()> {
    let row = row::ActiveModel {
        room_id: Set(Text(room.room)),
        org_id: Set(Text(room.org)),
        team_id: Set(Text(room.team)),
        mode: Set(super::name(mode).to_owned()),
        changed_at_ms: Set(at.0),
    };
    let replace = OnConflict::column(row::Column::RoomId)
        .update_columns([row::Column::TeamId, row::Column::Mode, row::Column::ChangedAtMs])
        .to_owned();
    row::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await.context("keeping a room's mode")?;
    Ok(())
}

pub async fn of(db: &impl ConnectionTrait, room: RoomId) -> anyhow::Result<ChatMode> {
    let found = row::Entity::find_by_id(Text(room)).one(db).await.context("reading a room's mode")?;
    Ok(found.and_then(|row| super::of(&row.mode)).unwrap_or_default())
}

pub async fn all(db: &impl ConnectionTrait) -> anyhow::Result<Vec<(RoomId, ChatMode)>> {
    let rows = row::Entity::find().all(db).await.context("reading the rooms' modes")?;
    Ok(rows.into_iter().map(|row| (row.room_id.0, super::of(&row.mode).unwrap_or_default())).collect())
}
