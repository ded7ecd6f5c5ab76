//! Settings and runs as rows.

use super::{Class, Run, Setting};
use anyhow::Context;
use events::{Millis, OrgId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use std::collections::BTreeMap;
use store::Text;
use uuid::Uuid;

mod setting {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "privacy_retention")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub class: Text<Class>,
        pub days: i32,
        pub changed_at_ms: i64,
        pub changed_by: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod run {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "privacy_retention_runs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub class: Text<Class>,
        pub before_at_ms: i64,
        pub began_at_ms: i64,
        pub gone: String,
        pub done_at_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl From<run::Model> for Run {
    fn from(row: run::Model) -> Self {
        Self {
            id: row.id.0,
            org: row.org_id.0,
            class: row.class.0,
            before: Millis(row.before_at_ms),
            began_at: Millis(row.began_at_ms),
            gone: serde_json::from_str(&row.gone).unwrap_or_default(),
            done_at: row.done_at_ms.map(Millis),
        }
    }
}

fn setting(row: setting::Model) -> Setting {
    Setting {
        days: u32::try_from(row.days).unwrap_or_default(),
        changed_at: Millis(row.changed_at_ms),
        changed_by: row.changed_by,
    }
}

/// What an organisation set.
pub async fn settings(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<BTreeMap<Class, Setting>> {
    let rows = setting::Entity::find().filter(setting::Column::OrgId.eq(Text(org))).all(db).await;
    let rows = rows.context("reading how long things are kept")?;
    Ok(rows.into_iter().map(|row| (row.class.0, setting(row))).collect())
}

/// What all of them set.
pub async fn all_settings(db: &impl ConnectionTrait) -> anyhow::Result<Vec<(OrgId, Class, u32)>> {
    let rows = setting::Entity::find().order_by_asc(setting::Column::OrgId).order_by_asc(setting::Column::Class);
    let rows = rows.all(db).await.context("reading how long things are kept")?;
    Ok(rows.into_iter().map(|row| (row.org_id.0, row.class.0, setting(row).days)).collect())
}

/// When somebody set something last.
pub async fn last_set(db: &impl ConnectionTrait) -> anyhow::Result<Option<Millis>> {
    let last = setting::Entity::find().select_only().expr(setting::Column::ChangedAtMs.max());
    let last = last.into_tuple::<Option<i64>>().one(db).await.context("looking for changes of what is kept")?;
    Ok(last.flatten().map(Millis))
}

pub async fn set(db: &impl ConnectionTrait, org: OrgId, class: Class, new: &Setting) -> anyhow::Result<()> {
    use setting::Column;
    let row = setting::ActiveModel {
        org_id: Set(Text(org)),
        class: Set(Text(class)),
        days: Set(i32::try_from(new.days)?),
        changed_at_ms: Set(new.changed_at.0),
        changed_by: Set(new.changed_by.clone()),
    };
    let mut known = OnConflict::columns([Column::OrgId, Column::Class]);
    known.update_columns([Column::Days, Column::ChangedAtMs, Column::ChangedBy]);
    let insert = setting::Entity::insert(row).on_conflict(known);
    insert.exec_without_returning(db).await.context("setting how long things are kept")?;
    Ok(())
}

pub async fn unset(db: &impl ConnectionTrait, org: OrgId, class: Class) -> anyhow::Result<()> {
    let gone = setting::Entity::delete_by_id((Text(org), Text(class)));
    gone.exec(db).await.context("setting how long things are kept")?;
    Ok(())
}

/// Keeps a run; one that is there already stays as it is.
pub async fn begin(db: &impl ConnectionTrait, begun: &Run) -> anyhow::Result<()> {
    let row = run::ActiveModel {
        id: Set(Text(begun.id)),
        org_id: Set(Text(begun.org)),
        class: Set(Text(begun.class)),
        before_at_ms: Set(begun.before.0),
        began_at_ms: Set(begun.began_at.0),
        gone: Set(serde_json::to_string(&begun.gone)?),
        done_at_ms: Set(None),
    };
    let insert = run::Entity::insert(row).on_conflict(OnConflict::column(run::Column::Id).do_nothing().to_owned());
    insert.exec_without_returning(db).await.context("keeping a run of retention")?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<Option<Run>> {
    Ok(run::Entity::find_by_id(Text(id)).one(db).await.context("finding a run of retention")?.map(Run::from))
}

/// Those that were interrupted, the oldest first.
pub async fn unfinished(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Run>> {
    let rows = run::Entity::find().filter(run::Column::DoneAtMs.is_null()).order_by_asc(run::Column::Id);
    Ok(rows.all(db).await.context("looking for interrupted runs of retention")?.into_iter().map(Run::from).collect())
}

/// An organisation's runs, the newest first.
pub async fn list(db: &impl ConnectionTrait, org: OrgId, after: Option<Uuid>, limit: u64) -> anyhow::Result<Vec<Run>> {
    let mut rows = run::Entity::find().filter(run::Column::OrgId.eq(Text(org)));
    if let Some(after) = after {
        rows = rows.filter(run::Column::Id.lt(Text(after)));
    }
    let rows = rows.order_by_desc(run::Column::Id).limit(limit).all(db).await;
    Ok(rows.context("listing runs of retention")?.into_iter().map(Run::from).collect())
}

/// Notes what went so far.
pub async fn note(db: &impl ConnectionTrait, run: &Run) -> anyhow::Result<()> {
    let update = run::Entity::update_many()
        .col_expr(run::Column::Gone, Expr::value(serde_json::to_string(&run.gone)?))
        .filter(run::Column::Id.eq(Text(run.id)));
    update.exec(db).await.context("noting what went")?;
    Ok(())
}

/// Ends a run; false when it was ended already.
pub async fn end(db: &impl ConnectionTrait, id: Uuid, at: Millis) -> anyhow::Result<bool> {
    let update = run::Entity::update_many()
        .col_expr(run::Column::DoneAtMs, Expr::value(at.0))
        .filter(run::Column::Id.eq(Text(id)))
        .filter(run::Column::DoneAtMs.is_null());
    Ok(update.exec(db).await.context("ending a run of retention")?.rows_affected == 1)
}
