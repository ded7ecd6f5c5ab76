//! Remembered mappings as rows, by organisation and platform.

use super::TableMapping;
use anyhow::Context;
use events::{Millis, OrgId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use store::Text;
use uuid::Uuid;

/// A mapping and whose tables it is for.
#[derive(Debug, Clone)]
pub struct Remembered {
    pub id: Uuid,
    pub platform: String,
    pub mapping: TableMapping,
    pub used_at: Millis,
}

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "collect_mappings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub platform: String,
        /// Of the headers.
        pub fingerprint: String,
        /// JSON.
        pub mapping: String,
        pub used_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// Most of an organisation that are listed; far more than there are platforms.
const LISTED: u64 = 200;

/// Keeps a mapping for tables with these headers from this platform; the one before is replaced. Answers it as it is kept.
pub async fn save(
    db: &impl ConnectionTrait,
    org: OrgId,
    platform: &str,
    mapping: &TableMapping,
    now: Millis,
) -> anyhow::Result<Remembered> {
    let fingerprint = fingerprint(mapping.headers());
    let row = row::ActiveModel {
        id: Set(Text(Uuid::now_v7())),
        org_id: Set(Text(org)),
        platform: Set(platform.to_owned()),
        fingerprint: Set(fingerprint.clone()),
        mapping: Set(serde_json::to_string(mapping)?),
        used_at_ms: Set(now.0),
    };
    let again = OnConflict::columns([Column::OrgId, Column::Platform, Column::Fingerprint])
        .update_columns([Column::Mapping, Column::UsedAtMs])
        .to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(db).await.context("keeping a mapping")?;
    let of = Entity::find().filter(Column::OrgId.eq(Text(org))).filter(Column::Platform.eq(platform));
    let row = of.filter(Column::Fingerprint.eq(fingerprint)).one(db).await.context("reading a mapping")?;
    remembered(row.context("a mapping that was just kept is gone")?)
}

pub async fn find(db: &impl ConnectionTrait, org: OrgId, id: Uuid) -> anyhow::Result<Option<Remembered>> {
    let row =
        Entity::find_by_id(Text(id)).filter(Column::OrgId.eq(Text(org))).one(db).await.context("finding a mapping")?;
    row.map(remembered).transpose()
}

/// The one used last for tables with these headers, whatever platform they are from.
pub async fn for_headers(
    db: &impl ConnectionTrait,
    org: OrgId,
    headers: &[String],
) -> anyhow::Result<Option<Remembered>> {
    let fingerprint = fingerprint(headers.iter().map(String::as_str));
    let known = Entity::find().filter(Column::OrgId.eq(Text(org))).filter(Column::Fingerprint.eq(fingerprint));
    let row = known.order_by_desc(Column::UsedAtMs).limit(1).one(db).await.context("looking for a mapping")?;
    row.map(remembered).transpose()
}

pub async fn list(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<Vec<Remembered>> {
    let rows = Entity::find().filter(Column::OrgId.eq(Text(org))).order_by_desc(Column::UsedAtMs).limit(LISTED);
    rows.all(db).await.context("listing mappings")?.into_iter().map(remembered).collect()
}

/// Whether there was one.
pub async fn forget(db: &impl ConnectionTrait, org: OrgId, id: Uuid) -> anyhow::Result<bool> {
    let delete = Entity::delete_many().filter(Column::Id.eq(Text(id))).filter(Column::OrgId.eq(Text(org)));
    Ok(delete.exec(db).await.context("forgetting a mapping")?.rows_affected > 0)
}

fn remembered(row: row::Model) -> anyhow::Result<Remembered> {
    let mapping = serde_json::from_str(&row.mapping).with_context(|| format!("reading the mapping `{}`", row.id.0))?;
    Ok(Remembered { id: row.id.0, platform: row.platform, mapping, used_at: Millis(row.used_at_ms) })
}

fn fingerprint<'a>(headers: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = headers.map(str::trim).collect();
    app::hash_of_bytes(all.join("\u{1f}").as_bytes())
}
