//! Published versions, and who has read which, as rows.

use super::Published;
use crate::starter;
use anyhow::Context;
use events::{Millis, OrgId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use std::collections::HashMap;
use store::Text;

mod version {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "handbook_versions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub note: String,
        pub articles: String,
        pub published_by: String,
        pub published_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod reading {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "handbook_readings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub staff: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub read_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A published version. Number 0 is what Kaibo brings along: in force until an organisation publishes its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub number: u32,
    pub note: String,
    pub articles: Vec<Published>,
    pub by: String,
    pub at: Millis,
}

fn of(row: version::Model) -> anyhow::Result<Version> {
    let articles = serde_json::from_str(&row.articles).context("reading a version of the handbook")?;
    let number = u32::try_from(row.number).unwrap_or_default();
    Ok(Version { number, note: row.note, articles, by: row.published_by, at: Millis(row.published_at_ms) })
}

fn first() -> Version {
    Version { number: 0, note: String::new(), articles: starter::published(), by: String::new(), at: Millis(0) }
}

pub async fn insert(db: &impl ConnectionTrait, org: OrgId, version: &Version) -> anyhow::Result<()> {
    let row = version::ActiveModel {
        org_id: Set(Text(org)),
        number: Set(version.number.into()),
        note: Set(version.note.clone()),
        articles: Set(serde_json::to_string(&version.articles)?),
        published_by: Set(version.by.clone()),
        published_at_ms: Set(version.at.0),
    };
    version::Entity::insert(row).exec_without_returning(db).await.context("publishing a handbook")?;
    Ok(())
}

/// The version in force.
pub async fn in_force(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<Version> {
    let row = version::Entity::find()
        .filter(version::Column::OrgId.eq(Text(org)))
        .order_by_desc(version::Column::Number)
        .one(db)
        .await
        .context("reading the handbook")?;
    row.map_or_else(|| Ok(first()), of)
}

pub async fn find(db: &impl ConnectionTrait, org: OrgId, number: u32) -> anyhow::Result<Option<Version>> {
    if number == 0 {
        return Ok(Some(first()));
    }
    let row = version::Entity::find_by_id((Text(org), i64::from(number))).one(db).await.context("reading a version")?;
    row.map(of).transpose()
}

/// The versions before `before`, the newest first, without their articles.
pub async fn list(
    db: &impl ConnectionTrait,
    org: OrgId,
    before: Option<u32>,
    limit: u64,
) -> anyhow::Result<Vec<(u32, String, String, Millis)>> {
    let mut rows = version::Entity::find().filter(version::Column::OrgId.eq(Text(org)));
    if let Some(before) = before {
        rows = rows.filter(version::Column::Number.lt(i64::from(before)));
    }
    let rows = rows
        .select_only()
        .columns([
            version::Column::Number,
            version::Column::Note,
            version::Column::PublishedBy,
            version::Column::PublishedAtMs,
        ])
        .order_by_desc(version::Column::Number)
        .limit(limit)
        .into_tuple::<(i64, String, String, i64)>()
        .all(db)
        .await
        .context("listing versions")?;
    let row = |(number, note, by, at)| (u32::try_from(number).unwrap_or_default(), note, by, Millis(at));
    Ok(rows.into_iter().map(row).collect())
}

/// Notes that somebody has read a version; the first time counts.
pub async fn acknowledge(
    db: &impl ConnectionTrait,
    org: OrgId,
    staff: &str,
    number: u32,
    now: Millis,
) -> anyhow::Result<()> {
    let row = reading::ActiveModel {
        org_id: Set(Text(org)),
        staff: Set(staff.to_owned()),
        number: Set(number.into()),
        read_at_ms: Set(now.0),
    };
    let columns = [reading::Column::OrgId, reading::Column::Staff, reading::Column::Number];
    reading::Entity::insert(row)
        .on_conflict(OnConflict::columns(columns).do_nothing().to_owned())
        .exec_without_returning(db)
        .await
        .context("noting who has read")?;
    Ok(())
}

pub async fn acknowledged(
    db: &impl ConnectionTrait,
    org: OrgId,
    staff: &str,
    number: u32,
) -> anyhow::Result<Option<Millis>> {
    let key = (Text(org), staff.to_owned(), i64::from(number));
    let row = reading::Entity::find_by_id(key).one(db).await.context("asking who has read")?;
    Ok(row.map(|row| Millis(row.read_at_ms)))
}

/// Who has read a version, and when.
pub async fn readers(db: &impl ConnectionTrait, org: OrgId, number: u32) -> anyhow::Result<HashMap<String, Millis>> {
    let rows = reading::Entity::find()
        .filter(reading::Column::OrgId.eq(Text(org)))
        .filter(reading::Column::Number.eq(i64::from(number)))
        .all(db)
        .await
        .context("listing who has read")?;
    Ok(rows.into_iter().map(|row| (row.staff, Millis(row.read_at_ms))).collect())
}
