//! What happened that may ask for retraining, and who was assigned what, as rows.

use super::Trigger;
use anyhow::Context;
use events::{Millis, OrgId, RoomId, TeamId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use std::collections::HashMap;
use store::Text;
use uuid::Uuid;

mod cause {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "handbook_causes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub cause: String,
        pub kind: String,
        pub team_id: Option<Text<TeamId>>,
        pub room_id: Option<Text<RoomId>>,
        pub clause: String,
        pub by_whom: String,
        pub position: i64,
        pub at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod assignment {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "handbook_assignments")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub staff: String,
        pub rule: String,
        pub cause: String,
        pub exam: String,
        pub articles: String,
        pub reason: String,
        pub clause: String,
        pub room_id: Option<Text<RoomId>>,
        pub position: i64,
        pub assigned_at_ms: i64,
        pub due_at_ms: i64,
        pub done_at_ms: Option<i64>,
        pub dismissed_at_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Something that happened. What it is called tells a repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub org: OrgId,
    pub cause: String,
    /// `sanction`, `verdict_pass`, `verdict_reject` or `overturned`.
    pub kind: String,
    pub team: Option<TeamId>,
    pub room: Option<RoomId>,
    pub clause: String,
    /// A login, or a token's name.
    pub by: String,
    pub position: u64,
    pub at: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub id: Uuid,
    pub org: OrgId,
    pub staff: String,
    pub rule: String,
    pub cause: String,
    pub exam: String,
    pub articles: Vec<String>,
    pub reason: Trigger,
    pub clause: String,
    pub room: Option<RoomId>,
    pub position: u64,
    pub assigned_at: Millis,
    pub due_at: Millis,
    pub done_at: Option<Millis>,
    pub dismissed_at: Option<Millis>,
}

pub async fn find_cause(db: &impl ConnectionTrait, org: OrgId, cause: &str) -> anyhow::Result<Option<Cause>> {
    let row = cause::Entity::find_by_id((Text(org), cause.to_owned())).one(db).await.context("finding a cause")?;
    Ok(row.map(|row| Cause {
        org: row.org_id.0,
        cause: row.cause,
        kind: row.kind,
        team: row.team_id.map(|team| team.0),
        room: row.room_id.map(|room| room.0),
        clause: row.clause,
        by: row.by_whom,
        position: row.position.cast_unsigned(),
        at: Millis(row.at_ms),
    }))
}

/// Keeps what happened; what is there already stays.
pub async fn note(db: &impl ConnectionTrait, cause: &Cause) -> anyhow::Result<()> {
    let row = cause::ActiveModel {
        org_id: Set(Text(cause.org)),
        cause: Set(cause.cause.clone()),
        kind: Set(cause.kind.clone()),
        team_id: Set(cause.team.map(Text)),
        room_id: Set(cause.room.map(Text)),
        clause: Set(cause.clause.clone()),
        by_whom: Set(cause.by.clone()),
        position: Set(i64::try_from(cause.position)?),
        at_ms: Set(cause.at.0),
    };
    cause::Entity::insert(row)
        .on_conflict(OnConflict::columns([cause::Column::OrgId, cause::Column::Cause]).do_nothing().to_owned())
        .exec_without_returning(db)
        .await
        .context("noting a cause")?;
    Ok(())
}

/// How often the like happened since, to the same team or by the same person, not behind a position.
pub async fn count_like(
    db: &impl ConnectionTrait,
    like: &Cause,
    any_clause: bool,
    since: Millis,
) -> anyhow::Result<u64> {
    let mut rows = cause::Entity::find()
        .filter(cause::Column::OrgId.eq(Text(like.org)))
        .filter(cause::Column::Kind.eq(&like.kind))
        .filter(cause::Column::AtMs.gt(since.0))
        .filter(cause::Column::Position.lte(i64::try_from(like.position)?));
    if !any_clause {
        rows = rows.filter(cause::Column::Clause.eq(&like.clause));
    }
    rows = match (like.kind.as_str(), like.team) {
        ("overturned", _) | (_, None) => rows.filter(cause::Column::ByWhom.eq(&like.by)),
        (_, Some(team)) => rows.filter(cause::Column::TeamId.eq(Text(team))),
    };
    rows.count(db).await.context("counting causes")
}

/// Lets go of what no rule looks back at.
pub async fn forget(db: &impl ConnectionTrait, before: Millis) -> anyhow::Result<()> {
    cause::Entity::delete_many()
        .filter(cause::Column::AtMs.lt(before.0))
        .exec(db)
        .await
        .context("forgetting old causes")?;
    Ok(())
}

/// Assigns it; whoever has it already for the same cause gets it once. Says whether it is new.
pub async fn assign(db: &impl ConnectionTrait, one: &Assignment) -> anyhow::Result<bool> {
    let row = assignment::ActiveModel {
        id: Set(Text(one.id)),
        org_id: Set(Text(one.org)),
        staff: Set(one.staff.clone()),
        rule: Set(one.rule.clone()),
        cause: Set(one.cause.clone()),
        exam: Set(one.exam.clone()),
        articles: Set(one.articles.join(",")),
        reason: Set(name(one.reason).to_owned()),
        clause: Set(one.clause.clone()),
        room_id: Set(one.room.map(Text)),
        position: Set(i64::try_from(one.position)?),
        assigned_at_ms: Set(one.assigned_at.0),
        due_at_ms: Set(one.due_at.0),
        done_at_ms: Set(None),
        dismissed_at_ms: Set(None),
    };
    use assignment::Column::{Cause, OrgId, Rule, Staff};
    let added = assignment::Entity::insert(row)
        .on_conflict(OnConflict::columns([OrgId, Staff, Rule, Cause]).do_nothing().to_owned())
        .exec_without_returning(db)
        .await
        .context("assigning retraining")?;
    Ok(added > 0)
}

fn name(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::RoomSanctioned => "room_sanctioned",
        Trigger::DanmakuRejected => "danmaku_rejected",
        Trigger::Overturned => "overturned",
    }
}

fn of(row: assignment::Model) -> Assignment {
    let reason = match row.reason.as_str() {
        "room_sanctioned" => Trigger::RoomSanctioned,
        "danmaku_rejected" => Trigger::DanmakuRejected,
        _ => Trigger::Overturned,
    };
    Assignment {
        id: row.id.0,
        org: row.org_id.0,
        staff: row.staff,
        rule: row.rule,
        cause: row.cause,
        exam: row.exam,
        articles: row.articles.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
        reason,
        clause: row.clause,
        room: row.room_id.map(|room| room.0),
        position: row.position.cast_unsigned(),
        assigned_at: Millis(row.assigned_at_ms),
        due_at: Millis(row.due_at_ms),
        done_at: row.done_at_ms.map(Millis),
        dismissed_at: row.dismissed_at_ms.map(Millis),
    }
}

/// The newest assignments of these people, or of everybody; open ones only, if asked.
pub async fn list(
    db: &impl ConnectionTrait,
    org: OrgId,
    staff: Option<&[String]>,
    open: bool,
    limit: u64,
) -> anyhow::Result<Vec<Assignment>> {
    let mut rows = assignment::Entity::find().filter(assignment::Column::OrgId.eq(Text(org)));
    if let Some(staff) = staff {
        rows = rows.filter(assignment::Column::Staff.is_in(staff));
    }
    if open {
        rows = rows.filter(assignment::Column::DoneAtMs.is_null()).filter(assignment::Column::DismissedAtMs.is_null());
    }
    let rows = rows
        .order_by_desc(assignment::Column::AssignedAtMs)
        .order_by_desc(assignment::Column::Id)
        .limit(limit)
        .all(db)
        .await
        .context("listing retraining")?;
    Ok(rows.into_iter().map(of).collect())
}

/// By person, the exams of assignments whose time is over.
pub async fn overdue(
    db: &impl ConnectionTrait,
    org: OrgId,
    now: Millis,
) -> anyhow::Result<HashMap<String, Vec<String>>> {
    let rows = assignment::Entity::find()
        .filter(assignment::Column::OrgId.eq(Text(org)))
        .filter(assignment::Column::DoneAtMs.is_null())
        .filter(assignment::Column::DismissedAtMs.is_null())
        .filter(assignment::Column::DueAtMs.lte(now.0))
        .order_by_asc(assignment::Column::Id)
        .all(db)
        .await
        .context("looking for overdue retraining")?;
    let mut overdue: HashMap<String, Vec<String>> = HashMap::new();
    for row in rows {
        overdue.entry(row.staff).or_default().push(row.exam);
    }
    Ok(overdue)
}

/// Somebody passed an exam: what asked for it is done. What is assigned later is not.
pub async fn done(db: &impl ConnectionTrait, org: OrgId, staff: &str, exam: &str, at: Millis) -> anyhow::Result<()> {
    assignment::Entity::update_many()
        .col_expr(assignment::Column::DoneAtMs, Expr::value(at.0))
        .filter(assignment::Column::OrgId.eq(Text(org)))
        .filter(assignment::Column::Staff.eq(staff))
        .filter(assignment::Column::Exam.eq(exam))
        .filter(assignment::Column::DoneAtMs.is_null())
        .filter(assignment::Column::DismissedAtMs.is_null())
        .filter(assignment::Column::AssignedAtMs.lte(at.0))
        .exec(db)
        .await
        .context("noting what was passed")?;
    Ok(())
}

/// The cause was reversed: what it asked for is not asked any more.
pub async fn dismiss(db: &impl ConnectionTrait, org: OrgId, cause: &str, at: Millis) -> anyhow::Result<()> {
    assignment::Entity::update_many()
        .col_expr(assignment::Column::DismissedAtMs, Expr::value(at.0))
        .filter(assignment::Column::OrgId.eq(Text(org)))
        .filter(assignment::Column::Cause.eq(cause))
        .filter(assignment::Column::DoneAtMs.is_null())
        .filter(assignment::Column::DismissedAtMs.is_null())
        .exec(db)
        .await
        .context("dismissing retraining")?;
    Ok(())
}
