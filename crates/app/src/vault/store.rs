//! Keys as rows.

use super::cache::Owner;
use anyhow::Context;
use events::OrgId;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};
use serde_json::json;
use std::collections::{BTreeSet, HashSet};
use store::Text;
use uuid::Uuid;

mod key {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "vault_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub person: String,
        pub period: i32,
        pub root: String,
        pub sealed: String,
        pub position: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use key::{Column, Entity};

pub struct Row {
    pub id: Uuid,
    pub owner: Owner,
    /// Which installation's key it is under.
    pub root: String,
    pub sealed: String,
    pub position: u64,
}

/// A crowd's keys are one value, so that there is one statement for however many: JSON's rows, of which both databases make a table.
fn listed(db: &impl ConnectionTrait, sql: &str, list: serde_json::Value, root: Option<&str>) -> Statement {
    let backend = db.get_database_backend();
    let rows = match backend {
        DbBackend::Sqlite => "json_each($1)",
        _ => "json_array_elements(CAST($1 AS json))",
    };
    let values = [Some(list.to_string().into()), root.map(Into::into)].into_iter().flatten();
    Statement::from_sql_and_values(backend, sql.replace("{rows}", rows), values)
}

impl From<key::Model> for Row {
    fn from(row: key::Model) -> Self {
        let owner = Owner { org: row.org_id.0, person: row.person.into(), period: row.period };
        Self { id: row.id.0, owner, root: row.root, sealed: row.sealed, position: row.position.max(0) as u64 }
    }
}

/// Keeps new keys; an owner that has one already keeps it. How many were kept.
pub async fn insert(db: &impl ConnectionTrait, root: &str, rows: &[Row]) -> anyhow::Result<u64> {
    let list = rows.iter().map(|Row { id, owner, sealed, position, .. }| {
        json!([id, owner.org, owner.person, owner.period, sealed, position])
    });
    let sql = "INSERT INTO vault_keys (id, org_id, person, period, root, sealed, position)
               SELECT value ->> 0, value ->> 1, value ->> 2, CAST(value ->> 3 AS INTEGER), $2, value ->> 4,
                   CAST(value ->> 5 AS BIGINT)
               FROM {rows} WHERE TRUE ON CONFLICT (org_id, person, period, root) DO NOTHING";
    let kept = db.execute_raw(listed(db, sql, list.collect(), Some(root))).await;
    Ok(kept.context("keeping the keys of viewers")?.rows_affected())
}

pub async fn of(db: &impl ConnectionTrait, root: &str, owners: &[Owner]) -> anyhow::Result<Vec<Row>> {
    let list = owners.iter().map(|Owner { org, person, period }| json!([org, person, period]));
    let sql = "SELECT vault_keys.* FROM {rows} JOIN vault_keys ON org_id = value ->> 0 AND person = value ->> 1
                   AND period = CAST(value ->> 2 AS INTEGER) AND vault_keys.root = $2";
    rows(db, listed(db, sql, list.collect(), Some(root))).await
}

pub async fn find(db: &impl ConnectionTrait, ids: &[Uuid]) -> anyhow::Result<Vec<Row>> {
    let list = ids.iter().map(|id| json!([id]));
    rows(
        db,
        listed(
            db,
            "SELECT vault_keys.* FROM {rows} JOIN vault_keys ON vault_keys.id = value ->> 0",
            list.collect(),
            None,
        ),
    )
    .await
}

async fn rows(db: &impl ConnectionTrait, statement: Statement) -> anyhow::Result<Vec<Row>> {
    let rows = Entity::find().from_raw_sql(statement).all(db).await.context("reading the keys of viewers")?;
    Ok(rows.into_iter().map(Row::from).collect())
}

/// Which keys are to be destroyed.
pub enum Doomed<'a> {
    /// Those of a person that were made before a position of the log.
    Person { org: OrgId, person: &'a str, before: u64 },
    /// Those of everybody for periods before this one, but what is kept.
    Periods { org: OrgId, before: i32, kept: &'a Kept },
}

/// What age does not destroy: the keys of people, and single ones.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    pub people: BTreeSet<String>,
    pub keys: HashSet<Uuid>,
}

impl Kept {
    fn holds(&self, id: Uuid, person: &str) -> bool {
        self.people.contains(person) || self.keys.contains(&id)
    }
}

impl Doomed<'_> {
    fn condition(&self) -> Condition {
        match self {
            Self::Person { org, person, before } => Condition::all()
                .add(Column::OrgId.eq(Text(*org)))
                .add(Column::Person.eq(*person))
                .add(Column::Position.lt(*before as i64)),
            Self::Periods { org, before, .. } => {
                Condition::all().add(Column::OrgId.eq(Text(*org))).add(Column::Period.lt(*before))
            }
        }
    }

    fn takes(&self, id: Uuid, person: &str) -> bool {
        match self {
            Self::Person { .. } => true,
            Self::Periods { kept, .. } => !kept.holds(id, person),
        }
    }
}

/// Of the next `limit` keys behind `after`, those that are meant; and the last one looked at, while there are more.
async fn next(
    db: &impl ConnectionTrait,
    doomed: &Doomed<'_>,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<(Vec<Uuid>, Option<Uuid>)> {
    let mut keys = Entity::find().select_only().columns([Column::Id, Column::Person]).filter(doomed.condition());
    if let Some(after) = after {
        keys = keys.filter(Column::Id.gt(Text(after)));
    }
    let keys = keys.order_by_asc(Column::Id).limit(limit).into_tuple::<(Text<Uuid>, String)>().all(db).await;
    let keys = keys.context("finding the keys of viewers")?;
    let last = keys.last().filter(|_| keys.len() as u64 == limit).map(|(id, _)| id.0);
    let meant = keys.into_iter().filter(|(id, person)| doomed.takes(id.0, person)).map(|(id, _)| id.0);
    Ok((meant.collect(), last))
}

/// Looks at the next `limit` keys and destroys those that are meant: which, and where to go on.
pub async fn destroy(
    db: &impl ConnectionTrait,
    doomed: &Doomed<'_>,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<(Vec<Uuid>, Option<Uuid>)> {
    let (ids, last) = next(db, doomed, after, limit).await?;
    if !ids.is_empty() {
        let gone = Entity::delete_many().filter(Column::Id.is_in(ids.iter().map(|id| Text(*id))));
        gone.exec(db).await.context("destroying the keys of viewers")?;
    }
    Ok((ids, last))
}

pub async fn count(db: &impl ConnectionTrait, doomed: &Doomed<'_>, limit: u64) -> anyhow::Result<u64> {
    if matches!(doomed, Doomed::Periods { kept, .. } if !kept.people.is_empty() || !kept.keys.is_empty()) {
        let (mut count, mut after) = (0, None);
        loop {
            let (ids, last) = next(db, doomed, after, limit).await?;
            count += ids.len() as u64;
            after = last;
            if after.is_none() {
                return Ok(count);
            }
        }
    }
    Entity::find().filter(doomed.condition()).count(db).await.context("counting the keys of viewers")
}

/// The first period for which an organisation has a key before this one.
pub async fn oldest(db: &impl ConnectionTrait, org: OrgId, before: i32) -> anyhow::Result<Option<i32>> {
    let periods = Entity::find().select_only().column(Column::Period).filter(Column::OrgId.eq(Text(org)));
    let oldest = periods.filter(Column::Period.lt(before)).order_by_asc(Column::Period).limit(1).into_tuple();
    oldest.one(db).await.context("looking for the oldest key of viewers")
}
