//! Which rooms have a ladder, as rows.

use anyhow::Context;
use events::{Millis, OrgId, RoomId, TeamId};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict};
use store::Text;

mod ladder {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "ladder_rooms")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub room_id: Text<RoomId>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub enabled: bool,
        pub rungs: String,
        pub updated_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// What a room wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    pub enabled: bool,
    /// Lines of each rung, highest first.
    pub rungs: Vec<u32>,
}

/// The wish of a room whose scope was looked at.
pub async fn find(db: &impl ConnectionTrait, room: RoomId) -> anyhow::Result<Option<Wish>> {
    let row = ladder::Entity::find_by_id(Text(room)).one(db).await.context("finding a ladder")?;
    Ok(row.map(|row| Wish {
        enabled: row.enabled,
        rungs: row.rungs.split(',').filter_map(|lines| lines.parse().ok()).collect(),
    }))
}

/// Whether any room wants one.
pub async fn is_wanted(db: &impl ConnectionTrait) -> anyhow::Result<bool> {
    let wanted = ladder::Entity::find().filter(ladder::Column::Enabled.eq(true)).one(db).await;
    Ok(wanted.context("finding ladders")?.is_some())
}

pub async fn save(
    db: &impl ConnectionTrait,
    room: RoomId,
    (org, team): (OrgId, TeamId),
    wish: &Wish,
    now: Millis,
) -> anyhow::Result<()> {
    let rungs: Vec<String> = wish.rungs.iter().map(u32::to_string).collect();
    let row = ladder::ActiveModel {
        room_id: Set(Text(room)),
        org_id: Set(Text(org)),
        team_id: Set(Text(team)),
        enabled: Set(wish.enabled),
        rungs: Set(rungs.join(",")),
        updated_at_ms: Set(now.0),
    };
    let again = OnConflict::column(ladder::Column::RoomId)
        .update_columns([ladder::Column::Enabled, ladder::Column::Rungs, ladder::Column::UpdatedAtMs])
        .to_owned();
    let saved = ladder::Entity::insert(row).on_conflict(again).exec_without_returning(db).await;
    saved.context("keeping a ladder")?;
    Ok(())
}
