//! Stretches of shows that are kept as evidence, as rows.

use anyhow::Context;
use events::{BroadcastId, Millis, OrgId};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QuerySelect, entity::prelude::*, sea_query::Expr};
use store::Text;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "record_evidence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Text<Uuid>,
    pub broadcast_id: Text<BroadcastId>,
    pub org_id: Text<OrgId>,
    pub start_ms: i64,
    pub end_ms: i64,
    pub bytes: i64,
    pub sha256: String,
    pub created_at_ms: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// A stretch of a show in a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Of what it is evidence of.
    pub id: Uuid,
    pub broadcast: BroadcastId,
    pub org: OrgId,
    /// From the beginning of the show.
    pub start_ms: i64,
    pub end_ms: i64,
    pub bytes: u64,
    pub sha256: String,
    pub created_at: Millis,
}

impl From<Model> for Evidence {
    fn from(row: Model) -> Self {
        Evidence {
            id: row.id.0,
            broadcast: row.broadcast_id.0,
            org: row.org_id.0,
            start_ms: row.start_ms,
            end_ms: row.end_ms,
            bytes: row.bytes.max(0) as u64,
            sha256: row.sha256,
            created_at: Millis(row.created_at_ms),
        }
    }
}

pub async fn insert(db: &impl ConnectionTrait, evidence: &Evidence) -> anyhow::Result<()> {
    let row = ActiveModel {
        id: Set(Text(evidence.id)),
        broadcast_id: Set(Text(evidence.broadcast)),
        org_id: Set(Text(evidence.org)),
        start_ms: Set(evidence.start_ms),
        end_ms: Set(evidence.end_ms),
        bytes: Set(evidence.bytes as i64),
        sha256: Set(evidence.sha256.clone()),
        created_at_ms: Set(evidence.created_at.0),
    };
    Entity::insert(row).exec_without_returning(db).await.context("noting what is kept as evidence")?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<Option<Evidence>> {
    Ok(Entity::find_by_id(Text(id)).one(db).await.context("finding what is kept as evidence")?.map(Evidence::from))
}

pub async fn ids(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Uuid>> {
    let ids: Vec<Text<Uuid>> =
        Entity::find().select_only().column(Column::Id).into_tuple().all(db).await.context("listing evidence")?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// Bytes of all of it.
pub async fn bytes(db: &impl ConnectionTrait) -> anyhow::Result<u64> {
    let sum = Expr::cust("CAST(SUM(bytes) AS BIGINT)");
    let found: Option<Option<i64>> = Entity::find()
        .select_only()
        .column_as(sum, "bytes")
        .into_tuple()
        .one(db)
        .await
        .context("adding up evidence")?;
    Ok(found.flatten().unwrap_or(0).max(0) as u64)
}

pub async fn delete(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<()> {
    Entity::delete_by_id(Text(id)).exec(db).await.context("forgetting evidence").map(drop)
}
