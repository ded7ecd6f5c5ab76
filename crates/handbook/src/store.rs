//! What the compliance lead writes, as rows: articles of the draft, questions, exams, rules of retraining, policies. Before the first
//! change an organisation has what Kaibo brings along.

use crate::{
    Refusal,
    articles::Article,
    exams::{Exam, Question},
};
use ::store::{Text, Tx};
use anyhow::Context;
use app::ApiError;
use events::{Millis, OrgId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};
use serde::{Serialize, de::DeserializeOwned};

mod item {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "handbook_items")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub version: i64,
        pub body: String,
        pub changed_by: String,
        pub changed_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod org {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "handbook_orgs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        pub begun_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// What is kept by its code.
pub trait Body: Serialize + DeserializeOwned + Clone + Send {
    const KIND: &'static str;
    /// Of one organisation.
    const MOST: u64;

    /// What Kaibo brings along.
    fn starter() -> Vec<(String, Self)>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<T> {
    pub code: String,
    /// Counts the changes.
    pub version: u32,
    pub body: T,
    /// Empty for what Kaibo brings along.
    pub changed_by: String,
    pub changed_at: Millis,
}

fn read<T: Body>(row: item::Model) -> anyhow::Result<Item<T>> {
    let body = serde_json::from_str(&row.body).with_context(|| format!("reading {} `{}`", T::KIND, row.code))?;
    Ok(Item {
        body,
        version: u32::try_from(row.version).unwrap_or(u32::MAX),
        code: row.code,
        changed_by: row.changed_by,
        changed_at: Millis(row.changed_at_ms),
    })
}

async fn has_begun(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<bool> {
    let found = org::Entity::find_by_id(Text(org)).one(db).await.context("looking for an organisation's handbook")?;
    Ok(found.is_some())
}

/// All of a kind, by code.
pub async fn all<T: Body>(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<Vec<Item<T>>> {
    let rows = item::Entity::find()
        .filter(item::Column::OrgId.eq(Text(org)))
        .filter(item::Column::Kind.eq(T::KIND))
        .order_by_asc(item::Column::Code)
        .all(db)
        .await
        .with_context(|| format!("reading {}", T::KIND))?;
    if rows.is_empty() && !has_begun(db, org).await? {
        let mut items: Vec<Item<T>> = T::starter()
            .into_iter()
            .map(|(code, body)| Item { code, version: 1, body, changed_by: String::new(), changed_at: Millis(0) })
            .collect();
        items.sort_by(|one, other| one.code.cmp(&other.code));
        return Ok(items);
    }
    rows.into_iter().map(read).collect()
}

pub async fn find<T: Body>(db: &impl ConnectionTrait, org: OrgId, code: &str) -> anyhow::Result<Option<Item<T>>> {
    let key = (Text(org), T::KIND.to_owned(), code.to_owned());
    if let Some(row) = item::Entity::find_by_id(key).one(db).await.with_context(|| format!("finding {}", T::KIND))? {
        return read(row).map(Some);
    }
    if has_begun(db, org).await? {
        return Ok(None);
    }
    Ok(all(db, org).await?.into_iter().find(|item| item.code == code))
}

/// A transaction in which one organisation's handbook is changed by nobody else. What Kaibo brings along is the organisation's own
/// from then on.
pub async fn change(app: &app::App, org: OrgId) -> anyhow::Result<Tx> {
    let tx = app.store.begin().await?;
    tx.take_turns(&format!("handbook.{org}")).await?;
    if !has_begun(tx.db(), org).await? {
        let row = org::ActiveModel { org_id: Set(Text(org)), begun_at_ms: Set(app.now().0) };
        insert_all(tx.db(), org, &Article::starter()).await?;
        insert_all(tx.db(), org, &Question::starter()).await?;
        insert_all(tx.db(), org, &Exam::starter()).await?;
        org::Entity::insert(row).exec_without_returning(tx.db()).await.context("beginning a handbook")?;
    }
    Ok(tx)
}

/// Keeps what has none of these codes yet.
async fn insert_all<T: Body>(db: &impl ConnectionTrait, org: OrgId, items: &[(String, T)]) -> anyhow::Result<()> {
    for chunk in items.chunks(500) {
        let mut rows = Vec::with_capacity(chunk.len());
        for (code, body) in chunk {
            rows.push(row(org, code, 1, body, "", Millis(0))?);
        }
        item::Entity::insert_many(rows)
            .exec_without_returning(db)
            .await
            .with_context(|| format!("keeping {}", T::KIND))?;
    }
    Ok(())
}

fn row<T: Body>(
    org: OrgId,
    code: &str,
    version: i64,
    body: &T,
    by: &str,
    at: Millis,
) -> anyhow::Result<item::ActiveModel> {
    Ok(item::ActiveModel {
        org_id: Set(Text(org)),
        kind: Set(T::KIND.to_owned()),
        code: Set(code.to_owned()),
        version: Set(version),
        body: Set(serde_json::to_string(body)?),
        changed_by: Set(by.to_owned()),
        changed_at_ms: Set(at.0),
    })
}

/// Keeps it under its code. `seen` is the version that was read; without one whatever is there is replaced.
pub async fn put<T: Body>(
    tx: &Tx,
    org: OrgId,
    code: &str,
    body: T,
    seen: Option<u32>,
    by: &str,
    now: Millis,
) -> Result<Item<T>, ApiError> {
    let before = find::<T>(tx.db(), org, code).await?;
    let version = before.as_ref().map_or(0, |item| item.version);
    if seen.is_some_and(|seen| seen != version) {
        return Err(Refusal::Changed.into());
    }
    if before.is_none() {
        let kept = item::Entity::find().filter(item::Column::OrgId.eq(Text(org)));
        let kept = kept.filter(item::Column::Kind.eq(T::KIND)).count(tx.db()).await.context("counting")?;
        if kept >= T::MOST {
            return Err(Refusal::TooMany(T::MOST).into());
        }
    }
    let version = version + 1;
    let replace = OnConflict::columns([item::Column::OrgId, item::Column::Kind, item::Column::Code])
        .update_columns([item::Column::Version, item::Column::Body, item::Column::ChangedBy, item::Column::ChangedAtMs])
        .to_owned();
    item::Entity::insert(row(org, code, version.into(), &body, by, now)?)
        .on_conflict(replace)
        .exec_without_returning(tx.db())
        .await
        .with_context(|| format!("keeping {}", T::KIND))?;
    Ok(Item { code: code.to_owned(), version, body, changed_by: by.to_owned(), changed_at: now })
}

/// Removes it, if it is there.
pub async fn remove<T: Body>(app: &app::App, org: OrgId, code: &str) -> anyhow::Result<()> {
    let tx = change(app, org).await?;
    let gone = item::Entity::delete_by_id((Text(org), T::KIND.to_owned(), code.to_owned()));
    gone.exec(tx.db()).await.with_context(|| format!("removing {}", T::KIND))?;
    tx.commit().await
}
