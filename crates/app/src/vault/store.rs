//! Keys as rows.

use super::cache::Owner;
use anyhow::Context;
use events::OrgId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::OnConflict,
};
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

/// SQLite takes a limited number of values in a statement.
const ROWS_A_STATEMENT: usize = 1_000;

impl From<key::Model> for Row {
    fn from(row: key::Model) -> Self {
        let owner = Owner { org: row.org_id.0, person: row.person.into(), period: row.period };
        Self { id: row.id.0, owner, root: row.root, sealed: row.sealed, position: row.position.max(0) as u64 }
    }
}

/// Keeps new keys; an owner that has one already keeps it.
pub async fn insert(db: &impl ConnectionTrait, rows: Vec<Row>) -> anyhow::Result<()> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some = rows.by_ref().take(ROWS_A_STATEMENT).map(|row| key::ActiveModel {
            id: Set(Text(row.id)),
            org_id: Set(Text(row.owner.org)),
            person: Set(row.owner.person.to_string()),
            period: Set(row.owner.period),
            root: Set(row.root),
            sealed: Set(row.sealed),
            position: Set(row.position as i64),
        });
        let known =
            OnConflict::columns([Column::OrgId, Column::Person, Column::Period, Column::Root]).do_nothing().to_owned();
        let insert = Entity::insert_many(some.collect::<Vec<_>>()).on_conflict(known);
        insert.exec_without_returning(db).await.context("keeping the keys of viewers")?;
    }
    Ok(())
}

pub async fn of(db: &impl ConnectionTrait, root: &str, owners: &[Owner]) -> anyhow::Result<Vec<Row>> {
    let mut found = Vec::new();
    for some in owners.chunk_by(|one, next| (one.org, one.period) == (next.org, next.period)) {
        for some in some.chunks(ROWS_A_STATEMENT) {
            let Some(Owner { org, period, .. }) = some.first() else { continue };
            let rows = Entity::find()
                .filter(Column::OrgId.eq(Text(*org)))
                .filter(Column::Period.eq(*period))
                .filter(Column::Root.eq(root))
                .filter(Column::Person.is_in(some.iter().map(|owner| &*owner.person)));
            let rows = rows.all(db).await.context("reading the keys of viewers")?;
            found.extend(rows.into_iter().map(Row::from));
        }
    }
    Ok(found)
}

pub async fn find(db: &impl ConnectionTrait, ids: &[Uuid]) -> anyhow::Result<Vec<Row>> {
    let mut found = Vec::new();
    for some in ids.chunks(ROWS_A_STATEMENT) {
        let rows = Entity::find().filter(Column::Id.is_in(some.iter().map(|id| Text(*id))));
        let rows = rows.all(db).await.context("reading the keys of viewers")?;
        found.extend(rows.into_iter().map(Row::from));
    }
    Ok(found)
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
