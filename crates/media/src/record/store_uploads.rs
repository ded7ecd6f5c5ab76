//! What goes to the object store, as rows: files that will not change any more, and whether the store has them.

use anyhow::Context;
use events::Millis;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, OnConflict},
};
use std::collections::HashMap;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "record_uploads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub folder: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub bytes: i64,
    pub checksum: i64,
    pub created_at_ms: i64,
    pub done_at_ms: Option<i64>,
    pub local_gone_at_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Rows of one statement: databases take only so many values.
const BATCH: usize = 100;
/// PostgreSQL adds up whole numbers to a type of its own.
const SUM: &str = "CAST(SUM(bytes) AS BIGINT)";

/// A file that is complete.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sealed {
    /// `recordings/{broadcast}`, `clips` or `evidence`, under `media` on disk and under the prefix in the store.
    pub folder: String,
    pub name: String,
    /// So many bytes of the file count.
    pub bytes: u64,
    /// CRC-32C of them.
    pub crc: u32,
}

/// Where a complete file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub file: Sealed,
    /// The store has it.
    pub done: bool,
    /// It was removed from this disk.
    pub local_gone: bool,
}

impl From<Model> for Upload {
    fn from(row: Model) -> Self {
        Upload {
            file: Sealed {
                folder: row.folder,
                name: row.name,
                bytes: row.bytes.max(0) as u64,
                crc: u32::try_from(row.checksum).unwrap_or_default(),
            },
            done: row.done_at_ms.is_some(),
            local_gone: row.local_gone_at_ms.is_some(),
        }
    }
}

/// Notes files that are to be uploaded; those that are known stay as they are.
pub async fn insert(db: &impl ConnectionTrait, files: &[Sealed], now: Millis) -> anyhow::Result<()> {
    let row = |file: &Sealed| ActiveModel {
        folder: Set(file.folder.clone()),
        name: Set(file.name.clone()),
        bytes: Set(file.bytes as i64),
        checksum: Set(file.crc.into()),
        created_at_ms: Set(now.0),
        done_at_ms: Set(None),
        local_gone_at_ms: Set(None),
    };
    for some in files.chunks(BATCH) {
        Entity::insert_many(some.iter().map(row))
            .on_conflict(OnConflict::columns([Column::Folder, Column::Name]).do_nothing().to_owned())
            .exec_without_returning(db)
            .await
            .context("noting uploads")?;
    }
    Ok(())
}

/// What the store does not have yet, oldest first.
pub async fn waiting(db: &impl ConnectionTrait, limit: u64) -> anyhow::Result<Vec<Sealed>> {
    let rows = Entity::find()
        .filter(Column::DoneAtMs.is_null())
        .order_by_asc(Column::CreatedAtMs)
        .limit(limit)
        .all(db)
        .await
        .context("listing uploads")?;
    Ok(rows.into_iter().map(|row| Upload::from(row).file).collect())
}

/// How much the store does not have yet.
pub async fn waiting_bytes(db: &impl ConnectionTrait, folder: Option<&str>) -> anyhow::Result<u64> {
    let mut query = Entity::find().select_only().column_as(Expr::cust(SUM), "bytes");
    query = query.filter(Column::DoneAtMs.is_null());
    if let Some(folder) = folder {
        query = query.filter(Column::Folder.eq(folder));
    }
    sum(db, query).await
}

/// False when it is not to be in the store any more.
pub async fn done(db: &impl ConnectionTrait, file: &Sealed, now: Millis) -> anyhow::Result<bool> {
    let noted = Entity::update_many()
        .col_expr(Column::DoneAtMs, Expr::value(now.0))
        .filter(Column::Folder.eq(&file.folder))
        .filter(Column::Name.eq(&file.name))
        .exec(db)
        .await
        .context("noting an upload")?;
    Ok(noted.rows_affected > 0)
}

/// In no order.
pub async fn of_folder(db: &impl ConnectionTrait, folder: &str) -> anyhow::Result<Vec<Upload>> {
    let rows = Entity::find().filter(Column::Folder.eq(folder)).all(db).await.context("listing uploads")?;
    Ok(rows.into_iter().map(Upload::from).collect())
}

pub async fn find(db: &impl ConnectionTrait, folder: &str, name: &str) -> anyhow::Result<Option<Upload>> {
    let key = (folder.to_owned(), name.to_owned());
    Ok(Entity::find_by_id(key).one(db).await.context("finding an upload")?.map(Upload::from))
}

/// Files that are both here and in the store, oldest first.
pub async fn twofold(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Upload>> {
    let rows = Entity::find()
        .filter(Column::LocalGoneAtMs.is_null())
        .filter(Column::DoneAtMs.is_not_null())
        .order_by_asc(Column::CreatedAtMs)
        .all(db)
        .await
        .context("listing uploads")?;
    Ok(rows.into_iter().map(Upload::from).collect())
}

/// Bytes of each folder's files that are not on this disk any more.
pub async fn gone_bytes(db: &impl ConnectionTrait) -> anyhow::Result<HashMap<String, u64>> {
    let rows: Vec<(String, Option<i64>)> = Entity::find()
        .select_only()
        .column(Column::Folder)
        .column_as(Expr::cust(SUM), "bytes")
        .filter(Column::LocalGoneAtMs.is_not_null())
        .group_by(Column::Folder)
        .into_tuple()
        .all(db)
        .await
        .context("counting what is not on this disk")?;
    Ok(rows.into_iter().map(|(folder, bytes)| (folder, bytes.unwrap_or(0).max(0) as u64)).collect())
}

pub async fn local_gone(db: &impl ConnectionTrait, folder: &str, names: &[String], now: Millis) -> anyhow::Result<()> {
    for some in names.chunks(BATCH) {
        Entity::update_many()
            .col_expr(Column::LocalGoneAtMs, Expr::value(now.0))
            .filter(Column::Folder.eq(folder))
            .filter(Column::Name.is_in(some))
            .exec(db)
            .await
            .context("noting what is not on this disk")?;
    }
    Ok(())
}

/// They are not to be in the store any more.
pub async fn forget(db: &impl ConnectionTrait, folder: &str, names: &[String]) -> anyhow::Result<()> {
    for some in names.chunks(BATCH) {
        let gone = Entity::delete_many().filter(Column::Folder.eq(folder)).filter(Column::Name.is_in(some));
        gone.exec(db).await.context("forgetting uploads")?;
    }
    Ok(())
}

/// The whole folder is not to be in the store any more.
pub async fn forget_folder(db: &impl ConnectionTrait, folder: &str) -> anyhow::Result<()> {
    let gone = Entity::delete_many().filter(Column::Folder.eq(folder));
    gone.exec(db).await.context("forgetting uploads")?;
    Ok(())
}

async fn sum(db: &impl ConnectionTrait, query: Select<Entity>) -> anyhow::Result<u64> {
    let found: Option<Option<i64>> = query.into_tuple().one(db).await.context("adding up uploads")?;
    Ok(found.flatten().unwrap_or(0).max(0) as u64)
}
