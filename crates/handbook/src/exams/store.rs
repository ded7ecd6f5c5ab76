//! Sittings and their answers as rows.

use super::rules::{Drawn, Marked};
use anyhow::Context;
use events::{Millis, OrgId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait,
    sea_query::{Expr, OnConflict},
};
use std::collections::BTreeMap;
use store::Text;
use uuid::Uuid;

mod sitting {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "handbook_sittings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub staff: String,
        pub exam: String,
        pub exam_version: i64,
        /// Who knew it before the end would know the paper.
        pub seed: i64,
        pub paper: String,
        pub pass_milli: i64,
        pub valid_days: i64,
        pub begun_at_ms: i64,
        pub due_at_ms: i64,
        pub ended_at_ms: Option<i64>,
        pub score_milli: Option<i64>,
        pub passed: Option<bool>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod answer {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "handbook_answers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sitting_id: Text<Uuid>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub question: String,
        pub chosen: String,
        /// Known when the sitting is over.
        pub is_right: Option<bool>,
        pub answered_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::sitting::Entity", from = "Column::SittingId", to = "super::sitting::Column::Id")]
        Sitting,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(Debug, Clone, PartialEq)]
pub struct Sitting {
    pub id: Uuid,
    pub org: OrgId,
    pub staff: String,
    pub exam: String,
    pub exam_version: u32,
    pub seed: u64,
    pub paper: Vec<Drawn>,
    pub pass_milli: u32,
    pub valid_days: u32,
    pub begun_at: Millis,
    pub due_at: Millis,
    pub outcome: Option<Outcome>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub ended_at: Millis,
    pub score_milli: u32,
    pub passed: bool,
}

fn outcome(ended: Option<i64>, score: Option<i64>, passed: Option<bool>) -> Option<Outcome> {
    let score_milli = u32::try_from(score.unwrap_or_default()).unwrap_or_default();
    Some(Outcome { ended_at: Millis(ended?), score_milli, passed: passed.unwrap_or_default() })
}

fn of(row: sitting::Model) -> anyhow::Result<Sitting> {
    let small = |number: i64| u32::try_from(number).unwrap_or_default();
    Ok(Sitting {
        paper: serde_json::from_str(&row.paper).context("reading a paper")?,
        outcome: outcome(row.ended_at_ms, row.score_milli, row.passed),
        id: row.id.0,
        org: row.org_id.0,
        staff: row.staff,
        exam: row.exam,
        exam_version: small(row.exam_version),
        seed: row.seed.cast_unsigned(),
        pass_milli: small(row.pass_milli),
        valid_days: small(row.valid_days),
        begun_at: Millis(row.begun_at_ms),
        due_at: Millis(row.due_at_ms),
    })
}

pub async fn insert(db: &impl ConnectionTrait, sitting: &Sitting) -> anyhow::Result<()> {
    let row = sitting::ActiveModel {
        id: Set(Text(sitting.id)),
        org_id: Set(Text(sitting.org)),
        staff: Set(sitting.staff.clone()),
        exam: Set(sitting.exam.clone()),
        exam_version: Set(sitting.exam_version.into()),
        seed: Set(sitting.seed.cast_signed()),
        paper: Set(serde_json::to_string(&sitting.paper)?),
        pass_milli: Set(sitting.pass_milli.into()),
        valid_days: Set(sitting.valid_days.into()),
        begun_at_ms: Set(sitting.begun_at.0),
        due_at_ms: Set(sitting.due_at.0),
        ended_at_ms: Set(None),
        score_milli: Set(None),
        passed: Set(None),
    };
    sitting::Entity::insert(row).exec_without_returning(db).await.context("beginning a sitting")?;
    Ok(())
}

/// Somebody's last sitting of an exam.
pub async fn last(db: &impl ConnectionTrait, org: OrgId, staff: &str, exam: &str) -> anyhow::Result<Option<Sitting>> {
    let row = sitting::Entity::find()
        .filter(sitting::Column::OrgId.eq(Text(org)))
        .filter(sitting::Column::Staff.eq(staff))
        .filter(sitting::Column::Exam.eq(exam))
        .order_by_desc(sitting::Column::BegunAtMs)
        .order_by_desc(sitting::Column::Id)
        .one(db)
        .await
        .context("finding a sitting")?;
    row.map(of).transpose()
}

pub async fn begun_since(
    db: &impl ConnectionTrait,
    org: OrgId,
    staff: &str,
    exam: &str,
    since: Millis,
) -> anyhow::Result<u64> {
    let rows = sitting::Entity::find()
        .filter(sitting::Column::OrgId.eq(Text(org)))
        .filter(sitting::Column::Staff.eq(staff))
        .filter(sitting::Column::Exam.eq(exam))
        .filter(sitting::Column::BegunAtMs.gt(since.0));
    rows.count(db).await.context("counting attempts")
}

/// Sittings whose time is over and which nobody ended.
pub async fn overdue(db: &impl ConnectionTrait, now: Millis, limit: u64) -> anyhow::Result<Vec<Sitting>> {
    let rows = sitting::Entity::find()
        .filter(sitting::Column::EndedAtMs.is_null())
        .filter(sitting::Column::DueAtMs.lte(now.0))
        .order_by_asc(sitting::Column::DueAtMs)
        .limit(limit)
        .all(db)
        .await
        .context("looking for sittings whose time is over")?;
    rows.into_iter().map(of).collect()
}

/// What was chosen, by the question's place.
pub async fn answers(db: &impl ConnectionTrait, sitting: Uuid) -> anyhow::Result<BTreeMap<usize, Vec<u8>>> {
    let rows = answer::Entity::find()
        .filter(answer::Column::SittingId.eq(Text(sitting)))
        .all(db)
        .await
        .context("reading answers")?;
    let answer = |row: answer::Model| Some((usize::try_from(row.number).ok()?, letters(&row.chosen)));
    Ok(rows.into_iter().filter_map(answer).collect())
}

fn letters(chosen: &str) -> Vec<u8> {
    chosen.bytes().filter_map(|letter| letter.checked_sub(b'A')).collect()
}

/// Keeps an answer in place of the one before.
pub async fn answer(
    db: &impl ConnectionTrait,
    sitting: Uuid,
    number: usize,
    question: &str,
    chosen: &[u8],
    now: Millis,
) -> anyhow::Result<()> {
    let row = answer::ActiveModel {
        sitting_id: Set(Text(sitting)),
        number: Set(i64::try_from(number)?),
        question: Set(question.to_owned()),
        chosen: Set(chosen.iter().map(|at| char::from(b'A'.saturating_add(*at))).collect()),
        is_right: Set(None),
        answered_at_ms: Set(now.0),
    };
    let replace = OnConflict::columns([answer::Column::SittingId, answer::Column::Number])
        .update_columns([answer::Column::Chosen, answer::Column::AnsweredAtMs])
        .to_owned();
    answer::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await.context("keeping an answer")?;
    Ok(())
}

/// Ends a sitting; false when it is over already. A question without an answer has a wrong one.
pub async fn end(
    db: &impl ConnectionTrait,
    sitting: &Sitting,
    outcome: Outcome,
    right: &[bool],
) -> anyhow::Result<bool> {
    let ended = sitting::Entity::update_many()
        .col_expr(sitting::Column::EndedAtMs, Expr::value(outcome.ended_at.0))
        .col_expr(sitting::Column::ScoreMilli, Expr::value(i64::from(outcome.score_milli)))
        .col_expr(sitting::Column::Passed, Expr::value(outcome.passed))
        .filter(sitting::Column::Id.eq(Text(sitting.id)))
        .filter(sitting::Column::EndedAtMs.is_null())
        .exec(db)
        .await
        .context("ending a sitting")?;
    if ended.rows_affected == 0 {
        return Ok(false);
    }
    let rows = (0_i64..).zip(sitting.paper.iter().zip(right)).map(|(number, (drawn, right))| answer::ActiveModel {
        sitting_id: Set(Text(sitting.id)),
        number: Set(number),
        question: Set(drawn.code.clone()),
        chosen: Set(String::new()),
        is_right: Set(Some(*right)),
        answered_at_ms: Set(outcome.ended_at.0),
    });
    let mark = OnConflict::columns([answer::Column::SittingId, answer::Column::Number])
        .update_column(answer::Column::IsRight)
        .to_owned();
    answer::Entity::insert_many(rows).on_conflict(mark).exec_without_returning(db).await.context("marking answers")?;
    Ok(true)
}

/// What came of somebody's sittings of an exam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub staff: String,
    pub exam: String,
    pub outcome: Outcome,
    pub valid_days: u32,
}

/// Finished sittings, the oldest first; of one person, if asked.
pub async fn attempts(db: &impl ConnectionTrait, org: OrgId, staff: Option<&str>) -> anyhow::Result<Vec<Attempt>> {
    let mut rows = sitting::Entity::find()
        .filter(sitting::Column::OrgId.eq(Text(org)))
        .filter(sitting::Column::EndedAtMs.is_not_null());
    if let Some(staff) = staff {
        rows = rows.filter(sitting::Column::Staff.eq(staff));
    }
    let rows = rows
        .select_only()
        .columns([
            sitting::Column::Staff,
            sitting::Column::Exam,
            sitting::Column::EndedAtMs,
            sitting::Column::ScoreMilli,
            sitting::Column::Passed,
            sitting::Column::ValidDays,
        ])
        .order_by_asc(sitting::Column::EndedAtMs)
        .order_by_asc(sitting::Column::Id)
        .into_tuple::<(String, String, Option<i64>, Option<i64>, Option<bool>, i64)>()
        .all(db)
        .await
        .context("reading results")?;
    let attempt = |(staff, exam, ended, score, passed, days)| {
        let valid_days = u32::try_from(days).unwrap_or_default();
        Some(Attempt { staff, exam, outcome: outcome(ended, score, passed)?, valid_days })
    };
    Ok(rows.into_iter().filter_map(attempt).collect())
}

/// Marked answers of the newest sittings.
pub async fn marked(db: &impl ConnectionTrait, org: OrgId, limit: u64) -> anyhow::Result<Vec<Marked>> {
    let rows = answer::Entity::find()
        .join(JoinType::InnerJoin, answer::Relation::Sitting.def())
        .filter(sitting::Column::OrgId.eq(Text(org)))
        .filter(answer::Column::IsRight.is_not_null())
        .select_only()
        .column(answer::Column::Question)
        .column(sitting::Column::ScoreMilli)
        .column(answer::Column::IsRight)
        .order_by_desc(sitting::Column::EndedAtMs)
        .limit(limit)
        .into_tuple::<(String, Option<i64>, Option<bool>)>()
        .all(db)
        .await
        .context("reading answers")?;
    let marked = |(question, score, right): (String, Option<i64>, Option<bool>)| Marked {
        question,
        sitting_score_milli: u32::try_from(score.unwrap_or_default()).unwrap_or_default(),
        is_right: right.unwrap_or_default(),
    };
    Ok(rows.into_iter().map(marked).collect())
}
