//! Faults and days as rows.

use super::rules::{self, FORGOTTEN_DAYS, Fault, FaultKind};
use crate::{
    Subject,
    day::{DAY_MS, Day},
    hosts::store::{Stay, stays},
};
use anyhow::Context;
use events::{BroadcastId, Millis, OrgId, RoomId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use std::collections::{BTreeMap, HashMap};
use store::Text;

mod fault {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "standing_faults")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub source: String,
        pub org_id: Text<OrgId>,
        pub room_id: Text<RoomId>,
        pub broadcast_id: Option<Text<BroadcastId>>,
        pub kind: String,
        pub clause: String,
        pub points_milli: i64,
        pub at_ms: i64,
        pub stands: bool,
        pub changed_position: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod reject {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "standing_rejects")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub room_id: Text<RoomId>,
        pub day: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod sent {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "standing_danmaku")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub room_id: Text<RoomId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: i64,
        pub org_id: Text<OrgId>,
        pub sent: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod reader {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "standing_reader")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub position: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

fn whole(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// Keeps a fault; one that is there already stays as it is.
pub async fn insert(db: &impl ConnectionTrait, org: OrgId, fault: &Fault) -> anyhow::Result<()> {
    let row = fault::ActiveModel {
        source: Set(fault.source.clone()),
        org_id: Set(Text(org)),
        room_id: Set(Text(fault.room)),
        broadcast_id: Set(fault.broadcast.map(Text)),
        kind: Set(fault.kind.as_str().to_owned()),
        clause: Set(fault.clause.clone()),
        points_milli: Set(fault.points_milli.into()),
        at_ms: Set(fault.at.0),
        stands: Set(true),
        changed_position: Set(0),
    };
    let known = OnConflict::column(fault::Column::Source).do_nothing().to_owned();
    let insert = fault::Entity::insert(row).on_conflict(known);
    insert.exec_without_returning(db).await.context("keeping a fault")?;
    Ok(())
}

/// Whether a fault stands, as of a position of the log.
pub async fn set_stands(db: &impl ConnectionTrait, source: &str, stands: bool, position: u64) -> anyhow::Result<()> {
    use fault::Column;
    let update = fault::Entity::update_many()
        .col_expr(Column::Stands, Expr::value(stands))
        .col_expr(Column::ChangedPosition, Expr::value(position as i64))
        .filter(Column::Source.eq(source))
        .filter(Column::ChangedPosition.lt(position as i64));
    update.exec(db).await.context("giving points back")?;
    Ok(())
}

/// A danmaku at a position was rejected, or no longer is.
pub async fn set_rejected(
    db: &impl ConnectionTrait,
    position: u64,
    rejected: Option<(RoomId, Day)>,
) -> anyhow::Result<()> {
    let Some((room, day)) = rejected else {
        let gone = reject::Entity::delete_by_id(position as i64).exec(db).await;
        gone.context("letting a rejected danmaku go")?;
        return Ok(());
    };
    let row = reject::ActiveModel { position: Set(position as i64), room_id: Set(Text(room)), day: Set(day.0) };
    let known = OnConflict::column(reject::Column::Position).do_nothing().to_owned();
    let insert = reject::Entity::insert(row).on_conflict(known);
    insert.exec_without_returning(db).await.context("keeping a rejected danmaku")?;
    Ok(())
}

/// So many more danmaku of a day.
pub async fn add_sent(db: &impl ConnectionTrait, org: OrgId, room: RoomId, day: Day, more: i64) -> anyhow::Result<()> {
    use sent::Column;
    let row = sent::ActiveModel { room_id: Set(Text(room)), day: Set(day.0), org_id: Set(Text(org)), sent: Set(0) };
    let known = OnConflict::columns([Column::RoomId, Column::Day]).do_nothing().to_owned();
    let insert = sent::Entity::insert(row).on_conflict(known);
    insert.exec_without_returning(db).await.context("keeping a day's danmaku")?;
    let update = sent::Entity::update_many()
        .col_expr(Column::Sent, Expr::col(Column::Sent).add(more))
        .filter(Column::RoomId.eq(Text(room)))
        .filter(Column::Day.eq(day.0));
    update.exec(db).await.context("counting danmaku")?;
    Ok(())
}

/// How far danmaku are counted.
pub async fn reached(db: &impl ConnectionTrait) -> anyhow::Result<u64> {
    let row = reader::Entity::find_by_id(1).one(db).await.context("how far danmaku are counted")?;
    Ok(row.map_or(0, |row| whole(row.position)))
}

pub async fn set_reached(db: &impl ConnectionTrait, position: u64) -> anyhow::Result<()> {
    let row = reader::ActiveModel { id: Set(1), position: Set(position as i64) };
    let known = OnConflict::column(reader::Column::Id).update_column(reader::Column::Position).to_owned();
    let kept = reader::Entity::insert(row).on_conflict(known).exec_without_returning(db).await;
    kept.context("noting how far danmaku are counted").map(drop)
}

pub async fn count(db: &impl ConnectionTrait) -> anyhow::Result<u64> {
    fault::Entity::find().filter(fault::Column::Stands.eq(true)).count(db).await.context("counting faults")
}

/// What counts at a moment: of a room, or of a host in the rooms that were his at the time.
pub async fn faults(db: &impl ConnectionTrait, org: OrgId, subject: Subject, at: Millis) -> anyhow::Result<Vec<Fault>> {
    let stays: Vec<Stay> = match subject {
        Subject::Room(room) => vec![Stay { room, since: Millis(i64::MIN), until: None }],
        Subject::Host(host) => stays(db, org, host).await?,
    };
    let rooms: Vec<Text<RoomId>> = stays.iter().map(|stay| Text(stay.room)).collect();
    let since = at.plus_ms(-i64::from(FORGOTTEN_DAYS) * DAY_MS);
    let mut faults = Vec::new();
    for rooms in rooms.chunks(500) {
        faults.extend(sanctions_and_told(db, org, rooms, since, at).await?);
        faults.extend(rejects(db, org, rooms, since, at).await?);
    }
    // A room that came back to a host is asked for once.
    faults.sort_by(|a, b| a.source.cmp(&b.source));
    faults.dedup_by(|a, b| a.source == b.source);
    let his = |fault: &Fault| stays.iter().any(|stay| stay.room == fault.room && stay.covers(fault.at));
    faults.retain(|fault| {
        // A day began before the hour in which he came.
        his(fault) || (fault.kind == FaultKind::Rejects && his(&Fault { at: Day::of(fault.at).end(), ..fault.clone() }))
    });
    Ok(faults)
}

async fn sanctions_and_told(
    db: &impl ConnectionTrait,
    org: OrgId,
    rooms: &[Text<RoomId>],
    since: Millis,
    at: Millis,
) -> anyhow::Result<Vec<Fault>> {
    use fault::Column;
    let rows = fault::Entity::find()
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::RoomId.is_in(rooms.iter().copied()))
        .filter(Column::Stands.eq(true))
        .filter(Column::AtMs.between(since.0, at.0))
        .all(db)
        .await
        .context("reading faults")?;
    let fault = |row: fault::Model| {
        Some(Fault {
            kind: FaultKind::parse(&row.kind)?,
            source: row.source,
            room: row.room_id.0,
            broadcast: row.broadcast_id.map(|broadcast| broadcast.0),
            clause: row.clause,
            points_milli: u32::try_from(row.points_milli).unwrap_or_default(),
            at: Millis(row.at_ms),
        })
    };
    Ok(rows.into_iter().filter_map(fault).collect())
}

async fn rejects(
    db: &impl ConnectionTrait,
    org: OrgId,
    rooms: &[Text<RoomId>],
    since: Millis,
    at: Millis,
) -> anyhow::Result<Vec<Fault>> {
    let (first, last) = (Day::of(since).0, Day::of(at).0);
    let rejected: Vec<(Text<RoomId>, i64, i64)> = reject::Entity::find()
        .select_only()
        .column(reject::Column::RoomId)
        .column(reject::Column::Day)
        .column_as(reject::Column::Position.count(), "count")
        .filter(reject::Column::RoomId.is_in(rooms.iter().copied()))
        .filter(reject::Column::Day.between(first, last))
        .group_by(reject::Column::RoomId)
        .group_by(reject::Column::Day)
        .into_tuple()
        .all(db)
        .await
        .context("counting rejected danmaku")?;
    let sent = sent::Entity::find()
        .filter(sent::Column::OrgId.eq(Text(org)))
        .filter(sent::Column::RoomId.is_in(rooms.iter().copied()))
        .filter(sent::Column::Day.between(first, last))
        .all(db)
        .await
        .context("reading how many danmaku there were")?;
    let sent: HashMap<(RoomId, i64), i64> = sent.into_iter().map(|row| ((row.room_id.0, row.day), row.sent)).collect();
    let by_day: BTreeMap<(RoomId, i64), i64> =
        rejected.into_iter().map(|(room, day, count)| ((room.0, day), count)).collect();
    let fault = |((room, day), count): ((RoomId, i64), i64)| {
        let sent = sent.get(&(room, day)).copied().unwrap_or_default();
        let points_milli = rules::rejects_milli(whole(count), whole(sent));
        let day = Day(day);
        let source = format!("rejects:{room}:{day}");
        (points_milli > 0).then(|| Fault {
            kind: FaultKind::Rejects,
            source,
            room,
            broadcast: None,
            clause: String::new(),
            points_milli,
            at: day.begin(),
        })
    };
    Ok(by_day.into_iter().filter_map(fault).collect())
}
