//! What people look at as rows. What answers a person takes the [`Scope`].

use super::{CLAIM_MS, Decided, Item, ReviewState, notes::Note, outcome_name, outcome_of, verdict_name, verdict_of};
use crate::{
    chat,
    lexicons::dry_run::{Judged, Said},
    store_scope,
};
use anyhow::Context;
use app::Scope;
use events::{BroadcastId, Millis, OrgId, ReviewOutcome, RoomId, TeamId, TextVerdict, ViewerId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{self, Expr, OnConflict},
};
use std::collections::{BTreeSet, HashMap};
use store::{Store, Text};

mod item {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_items")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub broadcast_id: Option<Text<BroadcastId>>,
        pub viewer: Text<ViewerId>,
        pub key: Option<String>,
        pub shown_position: Option<i64>,
        pub text: String,
        pub nick: Option<String>,
        pub verdict: String,
        pub reasons: String,
        pub score_milli: Option<i32>,
        pub mode: String,
        pub at_ms: i64,
        pub tier: i32,
        pub state: String,
        pub due_at_ms: i64,
        pub claimed_by: Option<String>,
        pub claimed_until_ms: Option<i64>,
        pub outcome: Option<String>,
        pub clause: Option<String>,
        pub note: Option<String>,
        pub decided_by: Option<String>,
        pub decided_at_ms: Option<i64>,
        pub erased: bool,
        pub reports: i32,
        pub report_weight_milli: i32,
        pub escalated_by: Option<String>,
        pub escalated_why: Option<String>,
        pub notes: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use item::{Column, Entity};

/// SQLite takes at most 32,766 parameters a statement; a row has 31.
const ROWS_A_STATEMENT: usize = 1_000;

impl From<item::Model> for Item {
    fn from(row: item::Model) -> Self {
        let decided = row.outcome.zip(row.decided_at_ms).map(|(outcome, at)| Decided {
            outcome: outcome_of(&outcome),
            clause: row.clause,
            note: row.note,
            by: row.decided_by.unwrap_or_default(),
            at: Millis(at),
        });
        Self {
            position: row.position.max(0) as u64,
            org: row.org_id.0,
            team: row.team_id.0,
            room: row.room_id.0,
            broadcast: row.broadcast_id.map(|id| id.0),
            viewer: row.viewer.0,
            key: row.key,
            shown_position: row.shown_position.map(|position| position.max(0) as u64),
            text: row.text,
            nick: row.nick,
            verdict: verdict_of(&row.verdict),
            reasons: serde_json::from_str(&row.reasons).unwrap_or_default(),
            score_milli: row.score_milli.map(|score| score.max(0) as u32),
            mode: chat::of(&row.mode).unwrap_or_default(),
            at: Millis(row.at_ms),
            tier: row.tier.clamp(1, 3) as u8,
            state: ReviewState::of(&row.state),
            due_at: Millis(row.due_at_ms),
            claimed: row.claimed_by.zip(row.claimed_until_ms.map(Millis)),
            decided,
            erased: row.erased,
            reports: row.reports.max(0) as u32,
            report_weight_milli: row.report_weight_milli.max(0) as u32,
            escalated: row.escalated_by.zip(row.escalated_why),
            notes: Note::read(&row.notes),
        }
    }
}

fn to_row(item: &Item) -> item::ActiveModel {
    item::ActiveModel {
        position: Set(item.position as i64),
        org_id: Set(Text(item.org)),
        team_id: Set(Text(item.team)),
        room_id: Set(Text(item.room)),
        broadcast_id: Set(item.broadcast.map(Text)),
        viewer: Set(Text(item.viewer.clone())),
        key: Set(item.key.clone()),
        shown_position: Set(item.shown_position.map(|position| position as i64)),
        text: Set(storable(&item.text)),
        nick: Set(item.nick.as_deref().map(storable)),
        verdict: Set(verdict_name(item.verdict).to_owned()),
        reasons: Set(serde_json::to_string(&item.reasons).unwrap_or_default()),
        score_milli: Set(item.score_milli.map(|score| score as i32)),
        mode: Set(chat::name(item.mode).to_owned()),
        at_ms: Set(item.at.0),
        tier: Set(item.tier.into()),
        state: Set(item.state.name().to_owned()),
        due_at_ms: Set(item.due_at.0),
        claimed_by: Set(None),
        claimed_until_ms: Set(None),
        outcome: Set(None),
        clause: Set(None),
        note: Set(None),
        decided_by: Set(None),
        decided_at_ms: Set(None),
        erased: Set(item.erased),
        reports: Set(item.reports as i32),
        report_weight_milli: Set(item.report_weight_milli as i32),
        escalated_by: Set(None),
        escalated_why: Set(None),
        notes: Set(String::new()),
    }
}

/// PostgreSQL keeps no U+0000.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Keeps items; what is there already stays as it is.
pub async fn insert(store: &Store, items: &[Item]) -> anyhow::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let tx = store.begin().await?;
    for chunk in items.chunks(ROWS_A_STATEMENT) {
        Entity::insert_many(chunk.iter().map(to_row))
            .on_conflict(OnConflict::column(Column::Position).do_nothing().to_owned())
            .exec_without_returning(tx.db())
            .await
            .context("keeping what is to be reviewed")?;
    }
    tx.commit().await
}

/// Keeps one that viewers brought up, unless it is there.
pub async fn add(db: &impl ConnectionTrait, item: &Item) -> anyhow::Result<()> {
    let once = OnConflict::column(Column::Position).do_nothing().to_owned();
    let kept = Entity::insert_many([to_row(item)]).on_conflict(once).exec_without_returning(db).await;
    kept.context("keeping what was reported").map(drop)
}

/// The item about a danmaku that is shown at this position.
pub async fn shown_as(db: &impl ConnectionTrait, room: RoomId, position: u64) -> anyhow::Result<Option<Item>> {
    // It stands at the danmaku, or at what was decided just behind it.
    let found = Entity::find()
        .filter(Column::Position.is_in([position as i64, position.saturating_add(1) as i64]))
        .filter(Column::RoomId.eq(Text(room)))
        .filter(Column::ShownPosition.eq(position as i64));
    let found = found.order_by_asc(Column::Position).one(db).await.context("finding what was reported")?;
    Ok(found.map(Item::from))
}

/// One more viewer reported it.
pub async fn reported(db: &impl ConnectionTrait, position: u64, weight_milli: u32) -> anyhow::Result<()> {
    let more = |column: Column, by: i32| sea_query::ExprTrait::add(Expr::col(column), by);
    let update = Entity::update_many()
        .col_expr(Column::Reports, more(Column::Reports, 1))
        .col_expr(Column::ReportWeightMilli, more(Column::ReportWeightMilli, weight_milli as i32))
        .filter(Column::Position.eq(position as i64));
    update.exec(db).await.context("counting a report").map(drop)
}

/// A person has to look, by then.
pub async fn open(db: &impl ConnectionTrait, position: u64, state: ReviewState, due_at: Millis) -> anyhow::Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(state.name()))
        .col_expr(Column::DueAtMs, Expr::value(due_at.0))
        .filter(Column::Position.eq(position as i64))
        .filter(Column::State.ne(ReviewState::Decided.name()));
    update.exec(db).await.context("putting what was reported before people").map(drop)
}

/// Which items. Empty: all of them.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<ReviewState>,
    pub verdict: Option<TextVerdict>,
    pub room: Option<RoomId>,
    pub viewer: Option<ViewerId>,
}

fn within(scope: Scope) -> Select<Entity> {
    store_scope::within(scope, Column::OrgId, Column::TeamId)
}

/// Items within the scope, the newest first, before a position.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    filter: &Filter,
    before: Option<u64>,
    limit: u64,
) -> anyhow::Result<Vec<Item>> {
    let rows = within(scope).filter(
        Condition::all()
            .add_option(filter.state.map(|state| Column::State.eq(state.name())))
            .add_option(filter.verdict.map(|verdict| Column::Verdict.eq(verdict_name(verdict))))
            .add_option(filter.room.map(|room| Column::RoomId.eq(Text(room))))
            .add_option(filter.viewer.clone().map(|viewer| Column::Viewer.eq(Text(viewer))))
            .add_option(before.map(|before| Column::Position.lt(before.min(i64::MAX as u64) as i64))),
    );
    let rows = rows.order_by_desc(Column::Position).limit(limit).all(db).await.context("listing items")?;
    Ok(rows.into_iter().map(Item::from).collect())
}

pub async fn find(db: &impl ConnectionTrait, scope: Scope, position: u64) -> anyhow::Result<Option<Item>> {
    let found = within(scope).filter(Column::Position.eq(position as i64)).one(db).await.context("finding an item")?;
    Ok(found.map(Item::from))
}

/// Of any organisation, where somebody else checked the scope.
pub async fn find_any(db: &impl ConnectionTrait, position: u64) -> anyhow::Result<Option<Item>> {
    let found = Entity::find_by_id(position.min(i64::MAX as u64) as i64).one(db).await.context("finding an item")?;
    Ok(found.map(Item::from))
}

pub async fn find_some(db: &impl ConnectionTrait, positions: &[u64]) -> anyhow::Result<Vec<Item>> {
    let positions = positions.iter().map(|position| (*position).min(i64::MAX as u64) as i64);
    let rows = Entity::find().filter(Column::Position.is_in(positions)).order_by_asc(Column::Position);
    let rows = rows.all(db).await.context("finding items")?;
    Ok(rows.into_iter().map(Item::from).collect())
}

/// What waits for a person: how much, and how much of it for too long.
pub async fn waiting(db: &impl ConnectionTrait, scope: Scope, now: Millis) -> anyhow::Result<(u64, u64)> {
    let open = within(scope).filter(Column::State.eq(ReviewState::Open.name()));
    let overdue = open.clone().filter(Column::DueAtMs.lte(now.0));
    let all = open.count(db).await.context("counting what waits")?;
    Ok((all, overdue.count(db).await.context("counting what waits for too long")?))
}

/// How much of what waits is a higher tier's.
pub async fn escalated(db: &impl ConnectionTrait, scope: Scope) -> anyhow::Result<u64> {
    let higher = within(scope).filter(Column::State.eq(ReviewState::Open.name())).filter(Column::Tier.gt(1));
    higher.count(db).await.context("counting what waits for a higher tier")
}

/// Leaves it to the next tier, unless it is decided, somebody else is at it, or there is no higher one.
pub async fn escalate(
    db: &impl ConnectionTrait,
    item: &Item,
    by: &str,
    why: &str,
    due_at: Millis,
    now: Millis,
) -> anyhow::Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::Tier, Expr::value(i32::from(item.tier) + 1))
        .col_expr(Column::State, Expr::value(ReviewState::Open.name()))
        .col_expr(Column::DueAtMs, Expr::value(due_at.0))
        .col_expr(Column::EscalatedBy, Expr::value(by))
        .col_expr(Column::EscalatedWhy, Expr::value(storable(why)))
        .col_expr(Column::ClaimedBy, Expr::value(Option::<String>::None))
        .col_expr(Column::ClaimedUntilMs, Expr::value(Option::<i64>::None))
        .filter(Column::Position.eq(item.position as i64))
        .filter(Column::Tier.eq(i32::from(item.tier)))
        .filter(Column::State.ne(ReviewState::Decided.name()))
        .filter(unclaimed(by, now));
    Ok(update.exec(db).await.context("leaving an item to a higher tier")?.rows_affected == 1)
}

fn unclaimed(by: &str, now: Millis) -> Condition {
    Condition::any()
        .add(Column::ClaimedBy.is_null())
        .add(Column::ClaimedBy.eq(by))
        .add(Column::ClaimedUntilMs.lte(now.0))
}

/// Gives somebody of a tier the most urgent items that nobody else is at, his own first, and none that he left to others. Call with the turn `moderation_claims`.
pub async fn claim(
    db: &impl ConnectionTrait,
    scope: Scope,
    room: Option<RoomId>,
    (by, tier): (&str, u8),
    now: Millis,
    limit: u64,
) -> anyhow::Result<Vec<Item>> {
    let of_others = Condition::any().add(Column::EscalatedBy.is_null()).add(Column::EscalatedBy.ne(by));
    let mut open = within(scope)
        .filter(Column::State.eq(ReviewState::Open.name()))
        .filter(Column::Tier.lte(i32::from(tier)))
        .filter(of_others)
        .filter(unclaimed(by, now));
    if let Some(room) = room {
        open = open.filter(Column::RoomId.eq(Text(room)));
    }
    let rows = open.order_by_asc(Column::DueAtMs).order_by_asc(Column::Position).limit(limit).all(db).await;
    let rows = rows.context("looking for what waits")?;
    let until = Millis(now.0.saturating_add(CLAIM_MS));
    Entity::update_many()
        .col_expr(Column::ClaimedBy, Expr::value(by))
        .col_expr(Column::ClaimedUntilMs, Expr::value(until.0))
        .filter(Column::Position.is_in(rows.iter().map(|row| row.position)))
        .exec(db)
        .await
        .context("claiming items")?;
    let claimed = |row| Item { claimed: Some((by.to_owned(), until)), ..Item::from(row) };
    Ok(rows.into_iter().map(claimed).collect())
}

/// Keeps a decision, unless somebody decided before, or is at it.
pub async fn decide(db: &impl ConnectionTrait, position: u64, decided: &Decided) -> anyhow::Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(ReviewState::Decided.name()))
        .col_expr(Column::Outcome, Expr::value(outcome_name(decided.outcome)))
        .col_expr(Column::Clause, Expr::value(decided.clause.clone()))
        .col_expr(Column::Note, Expr::value(decided.note.clone()))
        .col_expr(Column::DecidedBy, Expr::value(decided.by.clone()))
        .col_expr(Column::DecidedAtMs, Expr::value(decided.at.0))
        .filter(Column::Position.eq(position as i64))
        .filter(Column::State.ne(ReviewState::Decided.name()))
        .filter(unclaimed(&decided.by, decided.at));
    Ok(update.exec(db).await.context("keeping a verdict")?.rows_affected == 1)
}

/// Adds a note behind those that are there.
pub async fn add_note(db: &impl ConnectionTrait, position: u64, note: &Note) -> anyhow::Result<()> {
    let added = sea_query::ExprTrait::binary(
        Expr::col(Column::Notes),
        sea_query::BinOper::Custom("||"),
        Expr::value(storable(&note.line())),
    );
    let update = Entity::update_many().col_expr(Column::Notes, added).filter(Column::Position.eq(position as i64));
    update.exec(db).await.context("keeping a note").map(drop)
}

/// Who decided since then: how much, and how much of it too late.
pub async fn decided_by(
    db: &impl ConnectionTrait,
    scope: Scope,
    since: Millis,
) -> anyhow::Result<Vec<(String, u64, u64)>> {
    let counted = |late: bool| {
        // What nobody has to look at is never late.
        let is_late = Condition::all()
            .add(Column::Verdict.is_in([verdict_name(TextVerdict::Hold), verdict_name(TextVerdict::Alarm)]))
            .add(sea_query::ExprTrait::gt(Expr::col(Column::DecidedAtMs), Expr::col(Column::DueAtMs)));
        let rows = within(scope)
            .filter(Column::State.eq(ReviewState::Decided.name()))
            .filter(Column::DecidedAtMs.gte(since.0))
            .filter(if late { is_late } else { Condition::all() });
        rows.select_only()
            .column(Column::DecidedBy)
            .column_as(Column::Position.count(), "count")
            .group_by(Column::DecidedBy)
    };
    let all: Vec<(Option<String>, i64)> =
        counted(false).into_tuple().all(db).await.context("counting verdicts of people")?;
    let late: Vec<(Option<String>, i64)> =
        counted(true).into_tuple().all(db).await.context("counting late verdicts of people")?;
    let mut late: HashMap<Option<String>, i64> = late.into_iter().collect();
    let mut people: Vec<(String, u64, u64)> = all
        .into_iter()
        .map(|(by, count)| {
            let late = late.remove(&by).unwrap_or_default();
            (by.unwrap_or_default(), count.max(0) as u64, late.max(0) as u64)
        })
        .collect();
    people.sort();
    Ok(people)
}

/// Keeps what a higher tier decided, whatever was decided before.
pub async fn overturn(db: &impl ConnectionTrait, position: u64, tier: u8, decided: &Decided) -> anyhow::Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(ReviewState::Decided.name()))
        .col_expr(Column::Tier, Expr::value(i32::from(tier)))
        .col_expr(Column::Outcome, Expr::value(outcome_name(decided.outcome)))
        .col_expr(Column::Clause, Expr::value(decided.clause.clone()))
        .col_expr(Column::DecidedBy, Expr::value(decided.by.clone()))
        .col_expr(Column::DecidedAtMs, Expr::value(decided.at.0))
        .filter(Column::Position.eq(position as i64));
    update.exec(db).await.context("overturning a verdict")?;
    Ok(())
}

/// Whose danmaku were rejected since then, and when.
pub async fn rejected_since(
    db: &impl ConnectionTrait,
    since: Millis,
) -> anyhow::Result<Vec<(OrgId, ViewerId, Millis)>> {
    let rows = Entity::find()
        .select_only()
        .column(Column::OrgId)
        .column(Column::Viewer)
        .column(Column::DecidedAtMs)
        .filter(Column::State.eq(ReviewState::Decided.name()))
        .filter(Column::Outcome.eq(outcome_name(ReviewOutcome::Reject)))
        .filter(Column::DecidedAtMs.gte(since.0));
    let rows: Vec<(Text<OrgId>, Text<ViewerId>, i64)> =
        rows.into_tuple().all(db).await.context("reading what was rejected lately")?;
    Ok(rows.into_iter().map(|(org, viewer, at)| (org.0, viewer.0, Millis(at))).collect())
}

/// The newest that were judged in an organisation, or in one of its rooms, as they were written; without what was erased.
pub async fn judged_lately(
    db: &impl ConnectionTrait,
    org: OrgId,
    room: Option<RoomId>,
    most: u64,
) -> anyhow::Result<Vec<Judged>> {
    let mut rows = Entity::find().filter(Column::OrgId.eq(Text(org))).filter(Column::Erased.eq(false));
    if let Some(room) = room {
        rows = rows.filter(Column::RoomId.eq(Text(room)));
    }
    let rows = rows
        .select_only()
        .columns([Column::Position, Column::ShownPosition, Column::RoomId, Column::AtMs, Column::Text, Column::Outcome])
        .order_by_desc(Column::Position)
        .limit(most)
        .into_tuple::<(i64, Option<i64>, Text<RoomId>, i64, String, Option<String>)>()
        .all(db)
        .await
        .context("reading what was judged lately")?;
    let judged =
        |(position, shown, room, at, text, outcome): (i64, Option<i64>, Text<RoomId>, i64, _, Option<String>)| {
            let outcome = outcome.as_deref().map(outcome_of);
            let innocent = outcome.map_or(shown.is_some(), |outcome| outcome == ReviewOutcome::Pass);
            let position = position.max(0) as u64;
            let said = Said { position, room: room.0, at: Millis(at), text, innocent };
            Judged { said, shown: shown.map(|shown| shown.max(0) as u64) }
        };
    Ok(rows.into_iter().map(judged).collect())
}

/// Empties what a viewer wrote before a position, and says how many there were.
pub async fn erase(store: &Store, org: OrgId, viewer: &ViewerId, before: u64) -> anyhow::Result<u64> {
    empty(store, written(org, before).add(Column::Viewer.eq(Text(viewer)))).await
}

/// The same of everybody but these viewers and these shows.
pub async fn erase_old(
    store: &Store,
    org: OrgId,
    before: u64,
    viewers: &BTreeSet<ViewerId>,
    shows: &BTreeSet<BroadcastId>,
) -> anyhow::Result<u64> {
    empty(store, of_others(org, before, viewers, shows)).await
}

/// How many that would empty, and from when they are.
pub async fn old(
    db: &impl ConnectionTrait,
    org: OrgId,
    before: u64,
    viewers: &BTreeSet<ViewerId>,
    shows: &BTreeSet<BroadcastId>,
) -> anyhow::Result<(u64, Option<(Millis, Millis)>)> {
    let rows = Entity::find().select_only().filter(of_others(org, before, viewers, shows));
    let rows = rows.column_as(Column::Position.count(), "count");
    let rows = rows.column_as(Column::AtMs.min(), "oldest").column_as(Column::AtMs.max(), "newest");
    let found: Option<(i64, Option<i64>, Option<i64>)> =
        rows.into_tuple().one(db).await.context("counting what was reviewed long ago")?;
    let (count, oldest, newest) = found.unwrap_or_default();
    Ok((count.max(0) as u64, oldest.zip(newest).map(|(oldest, newest)| (Millis(oldest), Millis(newest)))))
}

fn written(org: OrgId, before: u64) -> Condition {
    Condition::all()
        .add(Column::OrgId.eq(Text(org)))
        .add(Column::Position.lt(before.min(i64::MAX as u64) as i64))
        .add(Column::Erased.eq(false))
}

fn of_others(org: OrgId, before: u64, viewers: &BTreeSet<ViewerId>, shows: &BTreeSet<BroadcastId>) -> Condition {
    let mut all = written(org, before);
    if !viewers.is_empty() {
        all = all.add(Column::Viewer.is_not_in(viewers.iter().map(Text)));
    }
    if !shows.is_empty() {
        let another = Column::BroadcastId.is_not_in(shows.iter().copied().map(Text));
        all = all.add(Condition::any().add(Column::BroadcastId.is_null()).add(another));
    }
    all
}

async fn empty(store: &Store, which: Condition) -> anyhow::Result<u64> {
    let tx = store.begin().await?;
    let update = Entity::update_many()
        .col_expr(Column::Text, Expr::value(""))
        .col_expr(Column::Nick, Expr::value(Option::<String>::None))
        // Colleagues may repeat it.
        .col_expr(Column::Note, Expr::value(Option::<String>::None))
        .col_expr(Column::EscalatedWhy, Expr::value(Option::<String>::None))
        .col_expr(Column::Notes, Expr::value(""))
        .col_expr(Column::Erased, Expr::value(true))
        .filter(which);
    let erased = update.exec(tx.db()).await.context("erasing what was reviewed")?.rows_affected;
    tx.commit().await?;
    Ok(erased)
}
