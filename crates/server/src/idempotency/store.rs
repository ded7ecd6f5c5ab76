//! Requests with a key and their answers, as rows.

use anyhow::Context;
use events::Millis;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, entity::prelude::*, sea_query::Expr,
};
use store::{OnConstraint, Text};
use uuid::Uuid;

mod answer {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "api_answers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub fingerprint: String,
        pub state: String,
        pub status: Option<i64>,
        pub content_type: Option<String>,
        pub body_sealed: Option<String>,
        pub begun_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use answer::{Column, Entity};

const RUNNING: &str = "running";
const KEPT: &str = "kept";
const NOT_KEPT: &str = "not_kept";

/// A request that came with a key.
#[derive(Debug)]
pub struct Known {
    pub fingerprint: String,
    pub begun_at: Millis,
    pub answer: Answer,
}

#[derive(Debug)]
pub enum Answer {
    /// There is none yet.
    Running,
    /// It was given and is not here: it showed a secret, or was too long.
    NotKept,
    Kept {
        status: u16,
        content_type: Option<String>,
        /// Sealed.
        body: String,
    },
}

/// Notes that a request begins; false when one with this id is known.
pub async fn begin(db: &impl ConnectionTrait, id: Uuid, fingerprint: &str, now: Millis) -> anyhow::Result<bool> {
    let row = answer::ActiveModel {
        id: Set(Text(id)),
        fingerprint: Set(fingerprint.to_owned()),
        state: Set(RUNNING.to_owned()),
        begun_at_ms: Set(now.0),
        ..Default::default()
    };
    let begun = Entity::insert(row).exec_without_returning(db).await;
    Ok(begun.on_constraint("api_answers_pkey", ())?.is_ok())
}

pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<Option<Known>> {
    let Some(row) = Entity::find_by_id(Text(id)).one(db).await.context("finding an answer")? else { return Ok(None) };
    let status = row.status.and_then(|status| u16::try_from(status).ok());
    let answer = match (row.state.as_str(), status, row.body_sealed) {
        (RUNNING, _, _) => Answer::Running,
        (KEPT, Some(status), Some(body)) => Answer::Kept { status, content_type: row.content_type, body },
        _ => Answer::NotKept,
    };
    Ok(Some(Known { fingerprint: row.fingerprint, begun_at: Millis(row.begun_at_ms), answer }))
}

pub async fn finish(db: &impl ConnectionTrait, id: Uuid, answer: Answer) -> anyhow::Result<()> {
    let update = Entity::update_many().filter(Column::Id.eq(Text(id)));
    let update = match answer {
        Answer::Running => return Ok(()),
        Answer::NotKept => update.col_expr(Column::State, Expr::value(NOT_KEPT)),
        Answer::Kept { status, content_type, body } => update
            .col_expr(Column::State, Expr::value(KEPT))
            .col_expr(Column::Status, Expr::value(i64::from(status)))
            .col_expr(Column::ContentType, Expr::value(content_type))
            .col_expr(Column::BodySealed, Expr::value(body)),
    };
    update.exec(db).await.context("keeping an answer")?;
    Ok(())
}

/// The request changed nothing; the key is free again.
pub async fn forget(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<()> {
    Entity::delete_by_id(Text(id)).exec(db).await.context("forgetting a request")?;
    Ok(())
}

pub async fn forget_before(db: &impl ConnectionTrait, oldest: Millis) -> anyhow::Result<()> {
    let old = Entity::delete_many().filter(Column::BegunAtMs.lt(oldest.0));
    old.exec(db).await.context("forgetting old answers")?;
    Ok(())
}
