//! Warnings and interruptions as rows.

use super::{Interruption, Warning};
use crate::Place;
use anyhow::Context;
use events::{BroadcastId, Millis, OrgId, RoomId, TeamId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use store::Text;
use uuid::Uuid;

mod warning {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "patrol_warnings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub broadcast_id: Text<BroadcastId>,
        pub finding_id: Option<Text<Uuid>>,
        pub text: String,
        pub warned_by: String,
        pub warned_at_ms: i64,
        pub read_by: Option<String>,
        pub read_at_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod interruption {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "patrol_interruptions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub broadcast_id: Text<BroadcastId>,
        pub finding_id: Option<Text<Uuid>>,
        pub clause: String,
        pub why: String,
        pub interrupted_by: String,
        pub interrupted_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl From<warning::Model> for Warning {
    fn from(row: warning::Model) -> Self {
        Self {
            id: row.id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            room: row.room_id.0,
            broadcast: row.broadcast_id.0,
            finding: row.finding_id.map(|finding| finding.0),
            text: row.text,
            by: row.warned_by,
            at: Millis(row.warned_at_ms),
            read: row.read_by.zip(row.read_at_ms.map(Millis)),
        }
    }
}

pub async fn insert_warning(db: &impl ConnectionTrait, warning: &Warning) -> anyhow::Result<()> {
    let row = warning::ActiveModel {
        id: Set(Text(warning.id)),
        org_id: Set(Text(warning.org)),
        team_id: Set(Text(warning.team)),
        room_id: Set(Text(warning.room)),
        broadcast_id: Set(Text(warning.broadcast)),
        finding_id: Set(warning.finding.map(Text)),
        text: Set(warning.text.clone()),
        warned_by: Set(warning.by.clone()),
        warned_at_ms: Set(warning.at.0),
        read_by: Set(None),
        read_at_ms: Set(None),
    };
    warning::Entity::insert(row).exec_without_returning(db).await.context("keeping a warning")?;
    Ok(())
}

/// Of a show, the newest first.
pub async fn warnings(db: &impl ConnectionTrait, show: BroadcastId, limit: u64) -> anyhow::Result<Vec<Warning>> {
    let of = warning::Entity::find().filter(warning::Column::BroadcastId.eq(Text(show)));
    let rows = of.order_by_desc(warning::Column::Id).limit(limit).all(db).await.context("reading warnings")?;
    Ok(rows.into_iter().map(Warning::from).collect())
}

/// Shows, among these, in which a warning waits to be read.
pub async fn unread(db: &impl ConnectionTrait, shows: Vec<BroadcastId>) -> anyhow::Result<Vec<BroadcastId>> {
    let open = warning::Entity::find().filter(warning::Column::ReadAtMs.is_null());
    let open = open.filter(warning::Column::BroadcastId.is_in(shows.into_iter().map(Text)));
    let rows = open.all(db).await.context("reading unread warnings")?;
    Ok(rows.into_iter().map(|row| row.broadcast_id.0).collect())
}

pub async fn find_warning(db: &impl ConnectionTrait, room: RoomId, id: Uuid) -> anyhow::Result<Option<Warning>> {
    let found = warning::Entity::find_by_id(Text(id)).filter(warning::Column::RoomId.eq(Text(room)));
    Ok(found.one(db).await.context("finding a warning")?.map(Warning::from))
}

/// False when it was read before.
pub async fn read(db: &impl ConnectionTrait, id: Uuid, by: &str, at: Millis) -> anyhow::Result<bool> {
    let update = warning::Entity::update_many()
        .col_expr(warning::Column::ReadBy, Expr::value(by))
        .col_expr(warning::Column::ReadAtMs, Expr::value(at.0))
        .filter(warning::Column::Id.eq(Text(id)))
        .filter(warning::Column::ReadAtMs.is_null());
    Ok(update.exec(db).await.context("noting that a warning was read")?.rows_affected > 0)
}

/// False when the show was interrupted before.
pub async fn interrupt(db: &impl ConnectionTrait, place: &Place, of: &Interruption) -> anyhow::Result<bool> {
    let row = interruption::ActiveModel {
        id: Set(Text(Uuid::now_v7())),
        org_id: Set(Text(place.org)),
        team_id: Set(Text(place.team)),
        room_id: Set(Text(place.room)),
        broadcast_id: Set(Text(of.broadcast)),
        finding_id: Set(of.finding.map(Text)),
        clause: Set(of.clause.clone()),
        why: Set(of.why.clone()),
        interrupted_by: Set(of.by.clone()),
        interrupted_at_ms: Set(of.at.0),
    };
    let once = OnConflict::column(interruption::Column::BroadcastId).do_nothing().to_owned();
    let kept = interruption::Entity::insert_many([row]).on_conflict(once).exec_without_returning(db).await;
    Ok(kept.context("keeping an interruption")? > 0)
}

/// How a show of the room was interrupted, if it was.
pub async fn interruption(
    db: &impl ConnectionTrait,
    room: RoomId,
    show: BroadcastId,
) -> anyhow::Result<Option<Interruption>> {
    let of = interruption::Entity::find().filter(interruption::Column::BroadcastId.eq(Text(show)));
    let of = of.filter(interruption::Column::RoomId.eq(Text(room)));
    let found = of.one(db).await.context("finding an interruption")?;
    Ok(found.map(|row| Interruption {
        broadcast: row.broadcast_id.0,
        finding: row.finding_id.map(|finding| finding.0),
        clause: row.clause,
        why: row.why,
        by: row.interrupted_by,
        at: Millis(row.interrupted_at_ms),
    }))
}
