//! Salts of viewers as rows, sealed.

use super::{
    people::{People, Salt},
    rules::day_of,
    store::take_turn,
};
use anyhow::Context;
use app::{App, sealed};
use events::{Millis, OrgId, ViewerId};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use std::collections::{BTreeSet, HashMap};
use store::{Text, Tx};
use uuid::Uuid;

mod person {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_ledger_people")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub viewer: Text<ViewerId>,
        pub salt: String,
        /// Where the event log was when it was made.
        pub position: i64,
        /// The last day it was used.
        pub day: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use person::{Column, Entity};

/// What salts are sealed for.
const PURPOSE: &str = "moderation-ledger";
/// SQLite takes at most 32,766 parameters a statement; a row has 6.
const ROWS_A_STATEMENT: usize = 5_000;

/// What stands in rows for these viewers and what they wrote. Call it right before [`super::write`]: it begins the turn.
pub async fn people(
    app: &App,
    tx: &Tx,
    org: OrgId,
    viewers: impl IntoIterator<Item = &ViewerId>,
    at: Millis,
) -> anyhow::Result<People> {
    let mut missing: BTreeSet<ViewerId> = viewers.into_iter().cloned().collect();
    if missing.is_empty() {
        return Ok(People::default());
    }
    take_turn(tx, org).await?;
    let day = day_of(at);
    let mut salts = HashMap::new();
    for row in find(tx.db(), org, &missing).await? {
        missing.remove(&row.viewer.0);
        salts.insert(row.viewer.0.clone(), opened(app, &row)?);
    }
    let used = Entity::update_many()
        .col_expr(Column::Day, Expr::value(&day))
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::Viewer.is_in(salts.keys().map(Text)))
        .filter(Column::Day.lt(&day));
    used.exec(tx.db()).await.context("noting which salts are used")?;
    let mut rows = Vec::new();
    for viewer in missing {
        let (id, salt) = (Uuid::now_v7(), Salt::random());
        rows.push(person::ActiveModel {
            id: Set(Text(id)),
            org_id: Set(Text(org)),
            viewer: Set(Text(viewer.clone())),
            salt: Set(sealed::seal(&app.keys, PURPOSE, id, &salt.hex())?),
            position: Set(app.log.last().min(i64::MAX as u64) as i64),
            day: Set(day.clone()),
        });
        salts.insert(viewer, salt);
    }
    while !rows.is_empty() {
        let some = rows.drain(..rows.len().min(ROWS_A_STATEMENT)).collect::<Vec<_>>();
        Entity::insert_many(some).exec_without_returning(tx.db()).await.context("keeping salts")?;
    }
    Ok(People::new(salts))
}

/// The salt of one viewer, if there is one.
pub async fn salt(app: &App, db: &impl ConnectionTrait, org: OrgId, viewer: &ViewerId) -> anyhow::Result<Option<Salt>> {
    let row = find(db, org, &BTreeSet::from([viewer.clone()])).await?.pop();
    row.map(|row| opened(app, &row)).transpose()
}

async fn find(
    db: &impl ConnectionTrait,
    org: OrgId,
    viewers: &BTreeSet<ViewerId>,
) -> anyhow::Result<Vec<person::Model>> {
    let rows = Entity::find()
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::Viewer.is_in(viewers.iter().map(Text)))
        .limit(viewers.len() as u64);
    rows.all(db).await.context("reading salts")
}

fn opened(app: &App, row: &person::Model) -> anyhow::Result<Salt> {
    let hex = sealed::open(&app.keys, PURPOSE, row.id.0, &row.salt)?;
    Salt::of_hex(&hex).context("a salt is not 32 bytes")
}

/// Destroys the salt of a viewer that was made before a position of the log; how many there were.
pub async fn erase(app: &App, org: OrgId, viewer: &ViewerId, before: u64) -> anyhow::Result<u64> {
    let tx = app.store.begin().await?;
    take_turn(&tx, org).await?;
    let gone = Entity::delete_many()
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::Viewer.eq(Text(viewer)))
        .filter(Column::Position.lt(before.min(i64::MAX as u64) as i64));
    let gone = gone.exec(tx.db()).await.context("destroying a salt")?.rows_affected;
    tx.commit().await?;
    Ok(gone)
}

/// Salts that no row after this day was made with.
pub(super) async fn forget_unused(db: &impl ConnectionTrait, org: OrgId, day: &str) -> anyhow::Result<()> {
    let gone = Entity::delete_many().filter(Column::OrgId.eq(Text(org))).filter(Column::Day.lt(day));
    gone.exec(db).await.context("destroying salts that nothing is made with")?;
    Ok(())
}
