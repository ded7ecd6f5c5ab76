//! The archive's rows.

use super::search;
use crate::rooms::store as rooms;
use anyhow::Context;
use app::Mask;
use events::{BroadcastId, DanmakuSent, Millis, OrgId, RoomId, Source, ViewerId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, Func, LikeExpr, OnConflict},
};
use std::collections::BTreeSet;
use store::{Store, Text};

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "room_danmaku")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub room_id: Text<RoomId>,
        pub broadcast_id: Option<Text<BroadcastId>>,
        pub occurred_at_ms: i64,
        pub offset_ms: Option<i64>,
        pub viewer: Text<ViewerId>,
        pub nick: Option<String>,
        pub text: String,
        pub mode: i32,
        pub color: i32,
        pub size: i32,
        pub source: String,
        pub key: Option<String>,
        pub erased: bool,
        pub removed: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// One archived danmaku.
#[derive(Debug, Clone, PartialEq)]
pub struct Danmaku {
    /// Its position in the event log.
    pub position: u64,
    pub room: RoomId,
    pub broadcast: Option<BroadcastId>,
    pub occurred_at: Millis,
    pub viewer: ViewerId,
    pub source: Source,
    /// The import's row id or the client's id.
    pub key: Option<String>,
    /// Its words are gone, for good.
    pub erased: bool,
    pub sent: DanmakuSent,
}

impl Danmaku {
    /// As it is shown to somebody who may see people, or may not.
    pub fn shown(mut self, mask: Mask) -> Self {
        if mask.is_on() {
            self.viewer = mask.viewer(&self.viewer);
            self.sent.nick = self.sent.nick.map(|nick| mask.nick(&nick).into_owned());
            self.sent.text = mask.text(&self.sent.text).into_owned();
        }
        self
    }
}

/// SQLite takes at most 32,766 parameters a statement; a row has 15.
const ROWS_A_STATEMENT: usize = 2_000;

/// Archives; what is already there stays as it is.
pub async fn insert(store: &Store, danmaku: Vec<Danmaku>) -> anyhow::Result<()> {
    if danmaku.is_empty() {
        return Ok(());
    }
    let tx = store.begin().await?;
    for chunk in danmaku.chunks(ROWS_A_STATEMENT) {
        row::Entity::insert_many(chunk.iter().map(to_row))
            .on_conflict(OnConflict::column(row::Column::Position).do_nothing().to_owned())
            .exec_without_returning(tx.db())
            .await
            .context("archiving danmaku")?;
    }
    search::store::follow(&tx, &danmaku).await?;
    tx.commit().await
}

/// Notes what was taken off the screens.
pub async fn remove(store: &Store, positions: &[u64]) -> anyhow::Result<()> {
    if positions.is_empty() {
        return Ok(());
    }
    let tx = store.begin().await?;
    row::Entity::update_many()
        .col_expr(row::Column::Removed, Expr::value(true))
        .filter(row::Column::Position.is_in(positions.iter().map(|position| *position as i64)))
        .exec(tx.db())
        .await
        .context("noting danmaku that were taken down")?;
    tx.commit().await
}

/// Which danmaku of a broadcast. Empty: all of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Every one of these stands in the text, or in the nickname; small and capital letters are one.
    pub words: Vec<String>,
    pub viewer: Option<ViewerId>,
    pub mode: Option<u8>,
    /// From the show's beginning: this one is in.
    pub from_ms: Option<i64>,
    /// This one is out.
    pub to_ms: Option<i64>,
}

impl Filter {
    /// The row as it is shown, if the words stand in what is shown: nobody finds out a masked number by asking for its digits.
    pub fn shown(&self, row: Danmaku, mask: Mask) -> Option<Danmaku> {
        let row = row.shown(mask);
        let holds = |text: &str, word: &str| text.to_lowercase().contains(&word.to_lowercase());
        let found =
            |word: &String| holds(&row.sent.text, word) || row.sent.nick.as_ref().is_some_and(|nick| holds(nick, word));
        (!mask.is_on() || self.words.iter().all(found)).then_some(row)
    }

    fn condition(&self, started_at: Millis) -> Condition {
        // In here only: it gives numbers a `max` of its own.
        use sea_orm::sea_query::ExprTrait;
        let offset = Expr::col(row::Column::OffsetMs).if_null(Expr::col(row::Column::OccurredAtMs).sub(started_at.0));
        let mut all = Condition::all()
            .add_option(self.viewer.clone().map(|viewer| row::Column::Viewer.eq(Text(viewer))))
            .add_option(self.mode.map(|mode| row::Column::Mode.eq(i32::from(mode))))
            .add_option(self.from_ms.map(|from_ms| offset.clone().gte(from_ms)))
            .add_option(self.to_ms.map(|to_ms| offset.lt(to_ms)));
        for word in &self.words {
            let holds = |column: row::Column| Expr::expr(Func::lower(Expr::col(column))).like(containing(word));
            all = all.add(Condition::any().add(holds(row::Column::Text)).add(holds(row::Column::Nick)));
        }
        all
    }
}

/// Finds the word anywhere; its own `%` and `_` mean themselves.
pub(crate) fn containing(word: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for c in word.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

/// Danmaku of a broadcast in log order, after a position.
pub async fn list(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    started_at: Millis,
    after: u64,
    limit: u64,
    filter: &Filter,
) -> anyhow::Result<Vec<Danmaku>> {
    let query = row::Entity::find()
        .filter(row::Column::BroadcastId.eq(Text(broadcast)))
        .filter(row::Column::Position.gt(after as i64))
        .filter(filter.condition(started_at));
    let rows = query.order_by_asc(row::Column::Position).limit(limit).all(db).await.context("listing danmaku")?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// The newest danmaku of a broadcast in log order, and how many there are in all.
pub async fn tail(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    limit: u64,
) -> anyhow::Result<(Vec<Danmaku>, u64)> {
    let all = row::Entity::find().filter(row::Column::BroadcastId.eq(Text(broadcast)));
    let total = all.clone().count(db).await.context("counting danmaku")?;
    let rows = all.order_by_desc(row::Column::Position).limit(limit).all(db).await.context("listing danmaku")?;
    Ok((rows.into_iter().rev().map(from_row).collect(), total))
}

/// Danmaku of a part of a show, in the order of their times, without what was taken down. `from_ms` is in, `to_ms` is out, both from the show's beginning.
pub async fn between(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    started_at: Millis,
    (from_ms, to_ms): (i64, i64),
    limit: u64,
) -> anyhow::Result<Vec<Danmaku>> {
    let (from, to) = (started_at.0.saturating_add(from_ms), started_at.0.saturating_add(to_ms));
    // A recording says its own offsets, everything else goes by the clock: two indexes, each for its kind.
    let told = Condition::all().add(row::Column::OffsetMs.gte(from_ms)).add(row::Column::OffsetMs.lt(to_ms));
    let by_clock = Condition::all()
        .add(row::Column::OffsetMs.is_null())
        .add(row::Column::OccurredAtMs.gte(from))
        .add(row::Column::OccurredAtMs.lt(to));
    let mut found = Vec::new();
    for (condition, time) in [(told, row::Column::OffsetMs), (by_clock, row::Column::OccurredAtMs)] {
        let rows = row::Entity::find()
            .filter(row::Column::BroadcastId.eq(Text(broadcast)))
            .filter(row::Column::Removed.eq(false))
            .filter(condition)
            .order_by_asc(time)
            .order_by_asc(row::Column::Position)
            .limit(limit)
            .all(db)
            .await
            .context("listing danmaku of a part of a show")?;
        found.extend(rows.into_iter().map(from_row));
    }
    Ok(found)
}

/// Danmaku of all rooms in log order, after a position.
pub async fn list_after(db: &impl ConnectionTrait, after: i64, limit: u64) -> anyhow::Result<Vec<Danmaku>> {
    let query = row::Entity::find().filter(row::Column::Position.gt(after)).order_by_asc(row::Column::Position);
    let rows = query.limit(limit).all(db).await.context("reading the archive on")?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// The danmaku at these positions, in log order.
pub async fn at_positions(db: &impl ConnectionTrait, positions: &[u64]) -> anyhow::Result<Vec<Danmaku>> {
    if positions.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = row::Column::Position.is_in(positions.iter().map(|position| *position as i64));
    let rows = row::Entity::find().filter(wanted).order_by_asc(row::Column::Position).all(db).await;
    Ok(rows.context("reading danmaku by their positions")?.into_iter().map(from_row).collect())
}

/// Whose words are to go.
pub enum Doomed<'a> {
    Viewer(&'a ViewerId),
    /// Everybody's but these viewers', and but what was said in these shows.
    Others(&'a BTreeSet<ViewerId>, &'a BTreeSet<BroadcastId>),
}

/// Empties what was archived of an organisation before a position, up to `limit` rows; how many there were. They stay and are
/// counted on.
pub async fn erase(store: &Store, org: OrgId, doomed: &Doomed<'_>, before: u64, limit: u64) -> anyhow::Result<u64> {
    let tx = store.begin().await?;
    let positions = written(doomed, org, before).select_only().column(row::Column::Position);
    let positions = positions.order_by_asc(row::Column::Position).limit(limit).into_tuple::<i64>().all(tx.db()).await;
    let positions = positions.context("finding danmaku to erase")?;
    for some in positions.chunks(10_000) {
        row::Entity::update_many()
            .col_expr(row::Column::Text, Expr::value(""))
            .col_expr(row::Column::Nick, Expr::value(Option::<String>::None))
            .col_expr(row::Column::Erased, Expr::value(true))
            .filter(row::Column::Position.is_in(some.iter().copied()))
            .exec(tx.db())
            .await
            .context("erasing danmaku")?;
    }
    let positions: Vec<u64> = positions.into_iter().map(|position| position.max(0) as u64).collect();
    search::store::forget_terms(tx.db(), &positions).await?;
    tx.commit().await?;
    Ok(positions.len() as u64)
}

/// How many rows [`erase`] would empty, and the times of the oldest and the newest.
pub async fn span_written(
    db: &impl ConnectionTrait,
    org: OrgId,
    doomed: &Doomed<'_>,
    before: u64,
) -> anyhow::Result<(u64, Option<(Millis, Millis)>)> {
    let span = written(doomed, org, before)
        .select_only()
        .expr(row::Column::Position.count())
        .expr(row::Column::OccurredAtMs.min())
        .expr(row::Column::OccurredAtMs.max());
    let span = span.into_tuple::<(i64, Option<i64>, Option<i64>)>().one(db).await;
    let (count, oldest, newest) = span.context("counting danmaku to erase")?.unwrap_or_default();
    Ok((count.max(0) as u64, oldest.map(Millis).zip(newest.map(Millis))))
}

fn written(doomed: &Doomed<'_>, org: OrgId, before: u64) -> Select<row::Entity> {
    let rows = row::Entity::find()
        .filter(row::Column::Position.lt(before.min(i64::MAX as u64) as i64))
        .filter(row::Column::Erased.eq(false))
        .filter(row::Column::RoomId.in_subquery(rooms::of_org(org)));
    match doomed {
        Doomed::Viewer(viewer) => rows.filter(row::Column::Viewer.eq(Text(*viewer))),
        Doomed::Others(viewers, shows) => {
            let of_no_show = Condition::any().add(row::Column::BroadcastId.is_null());
            let elsewhere = of_no_show.add(row::Column::BroadcastId.is_not_in(shows.iter().map(|show| Text(*show))));
            rows.filter(row::Column::Viewer.is_not_in(viewers.iter().map(Text))).filter(elsewhere)
        }
    }
}

/// Everything archived of a viewer in an organisation's rooms, in log order, after a position.
pub async fn of_viewer(
    db: &impl ConnectionTrait,
    org: OrgId,
    viewer: &ViewerId,
    after: u64,
    limit: u64,
) -> anyhow::Result<Vec<Danmaku>> {
    let rows = row::Entity::find()
        .filter(row::Column::Viewer.eq(Text(viewer)))
        .filter(row::Column::Position.gt(after as i64))
        .filter(row::Column::RoomId.in_subquery(rooms::of_org(org)))
        .order_by_asc(row::Column::Position);
    let rows = rows.limit(limit).all(db).await.context("listing danmaku of a viewer")?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// Further back nobody looks for what was said lately: an organisation that says little is found no slower than one that says much.
const LATELY: u64 = 1_000_000;

/// The newest danmaku of an organisation, or of one of its rooms, the newest first; without what was erased.
pub async fn said_lately(
    db: &impl ConnectionTrait,
    org: OrgId,
    room: Option<RoomId>,
    limit: u64,
) -> anyhow::Result<Vec<Danmaku>> {
    let edge = row::Entity::find().select_only().column(row::Column::Position).order_by_desc(row::Column::Position);
    let edge: Option<i64> =
        edge.offset(LATELY).limit(1).into_tuple().one(db).await.context("looking for what was said lately")?;
    let mut rows = row::Entity::find()
        .filter(row::Column::Position.gt(edge.unwrap_or(0)))
        .filter(row::Column::Erased.eq(false))
        .filter(row::Column::RoomId.in_subquery(rooms::of_org(org)));
    if let Some(room) = room {
        rows = rows.filter(row::Column::RoomId.eq(Text(room)));
    }
    let rows = rows.order_by_desc(row::Column::Position).limit(limit).all(db).await;
    Ok(rows.context("reading what was said lately")?.into_iter().map(from_row).collect())
}

/// The last position in the archive; 0 while it is empty.
pub async fn newest(db: &impl ConnectionTrait) -> anyhow::Result<i64> {
    let last = row::Entity::find().select_only().column(row::Column::Position).order_by_desc(row::Column::Position);
    let last: Option<i64> = last.into_tuple().one(db).await.context("looking for the newest danmaku")?;
    Ok(last.unwrap_or(0))
}

fn to_row(danmaku: &Danmaku) -> row::ActiveModel {
    let sent = &danmaku.sent;
    row::ActiveModel {
        position: Set(danmaku.position as i64),
        room_id: Set(Text(danmaku.room)),
        broadcast_id: Set(danmaku.broadcast.map(Text)),
        occurred_at_ms: Set(danmaku.occurred_at.0),
        offset_ms: Set(sent.offset_ms),
        viewer: Set(Text(danmaku.viewer.clone())),
        nick: Set(sent.nick.as_deref().map(storable)),
        text: Set(storable(&sent.text)),
        mode: Set(sent.mode.into()),
        color: Set((sent.color & 0xff_ffff) as i32),
        size: Set(sent.size.into()),
        source: Set(if danmaku.source == Source::Import { "import" } else { "viewer" }.to_owned()),
        key: Set(danmaku.key.as_deref().map(storable)),
        erased: Set(danmaku.erased),
        removed: Set(false),
    }
}

/// PostgreSQL keeps no U+0000; a recording may hold one, and the archive must get past it.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn from_row(row: row::Model) -> Danmaku {
    Danmaku {
        position: row.position.max(0) as u64,
        room: row.room_id.0,
        broadcast: row.broadcast_id.map(|id| id.0),
        occurred_at: Millis(row.occurred_at_ms),
        viewer: row.viewer.0,
        source: if row.source == "import" { Source::Import } else { Source::Viewer },
        key: row.key,
        erased: row.erased,
        sent: DanmakuSent {
            text: row.text,
            nick: row.nick,
            mode: row.mode.clamp(0, 255) as u8,
            color: (row.color & 0xff_ffff) as u32,
            size: row.size.clamp(0, 255) as u8,
            offset_ms: row.offset_ms,
        },
    }
}
