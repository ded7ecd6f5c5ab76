//! Samples as rows. What answers a person takes the [`Scope`].

use super::{Library, PatrolLevel, Refusal, Sample};
use crate::hash::{Print, Prints};
use anyhow::Context;
use app::{Reach, Scope};
use events::{Millis, OrgId, TeamId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use std::{collections::HashMap, sync::Arc};
use store::{OnConstraint, Text};
use uuid::Uuid;

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "patrol_samples")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Option<Text<TeamId>>,
        pub name: String,
        pub category: String,
        pub level: String,
        pub source: String,
        pub prints: String,
        pub enabled: bool,
        pub added_by: String,
        pub added_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// Prints as one word, those of the picture itself first.
pub fn write(prints: &Prints) -> String {
    prints.map(|print| print.to_string()).join(" ")
}

pub fn read(text: &str) -> Option<Prints> {
    let prints: Vec<Print> = text.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
    prints.try_into().ok()
}

impl TryFrom<row::Model> for Sample {
    type Error = anyhow::Error;

    fn try_from(row: row::Model) -> anyhow::Result<Self> {
        let id = row.id.0;
        Ok(Self {
            id,
            org: row.org_id.0,
            team: row.team_id.map(|team| team.0),
            name: row.name,
            category: row.category,
            level: PatrolLevel::of(&row.level),
            source: row.source,
            prints: read(&row.prints).with_context(|| format!("the prints of the sample `{id}` are not readable"))?,
            enabled: row.enabled,
            added_by: row.added_by,
            added_at: Millis(row.added_at_ms),
        })
    }
}

/// What somebody may see: everybody's, and those of the teams within reach.
fn seen(scope: Scope) -> Condition {
    let of = Condition::all().add(Column::OrgId.eq(Text(scope.org)));
    match scope.teams() {
        None => of,
        Some(teams) => of
            .add(Condition::any().add(Column::TeamId.is_null()).add(Column::TeamId.is_in(teams.into_iter().map(Text)))),
    }
}

/// What somebody may change: everybody's only who reaches everybody.
fn held(scope: Scope, id: Uuid) -> Condition {
    let of = seen(scope).add(Column::Id.eq(Text(id)));
    if scope.reach == Reach::Org { of } else { of.add(Column::TeamId.is_not_null()) }
}

pub async fn count(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<u64> {
    Entity::find().filter(Column::OrgId.eq(Text(org))).count(db).await.context("counting samples")
}

pub async fn insert(db: &impl ConnectionTrait, sample: &Sample) -> anyhow::Result<Result<(), Refusal>> {
    let row = row::ActiveModel {
        id: Set(Text(sample.id)),
        org_id: Set(Text(sample.org)),
        team_id: Set(sample.team.map(Text)),
        name: Set(sample.name.clone()),
        category: Set(sample.category.clone()),
        level: Set(sample.level.name().to_owned()),
        source: Set(sample.source.clone()),
        prints: Set(write(&sample.prints)),
        enabled: Set(sample.enabled),
        added_by: Set(sample.added_by.clone()),
        added_at_ms: Set(sample.added_at.0),
    };
    let kept = Entity::insert(row).exec_without_returning(db).await;
    Ok(kept.on_constraint("patrol_samples_org_id_prints_key", Refusal::Known)?.map(drop))
}

pub async fn is_known(db: &impl ConnectionTrait, org: OrgId, prints: &Prints) -> anyhow::Result<bool> {
    let same = Entity::find().filter(Column::OrgId.eq(Text(org))).filter(Column::Prints.eq(write(prints)));
    Ok(same.count(db).await.context("looking for a sample")? > 0)
}

/// The newest first, behind an id.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<Sample>> {
    let rows = Entity::find().filter(seen(scope).add_option(after.map(|after| Column::Id.lt(Text(after)))));
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing samples")?;
    rows.into_iter().map(Sample::try_from).collect()
}

pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Sample>> {
    let found = Entity::find().filter(seen(scope).add(Column::Id.eq(Text(id)))).one(db).await;
    found.context("finding a sample")?.map(Sample::try_from).transpose()
}

/// False when it is not the actor's to change.
pub async fn enable(db: &impl ConnectionTrait, scope: Scope, id: Uuid, enabled: bool) -> anyhow::Result<bool> {
    let update = Entity::update_many().col_expr(Column::Enabled, Expr::value(enabled)).filter(held(scope, id));
    Ok(update.exec(db).await.context("switching a sample")?.rows_affected > 0)
}

pub async fn delete(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<bool> {
    Ok(Entity::delete_many().filter(held(scope, id)).exec(db).await.context("removing a sample")?.rows_affected > 0)
}

/// Everything that is looked for.
pub async fn load(db: &impl ConnectionTrait) -> anyhow::Result<HashMap<OrgId, Arc<Library>>> {
    let rows = Entity::find().filter(Column::Enabled.eq(true)).all(db).await.context("reading the library")?;
    let mut orgs: HashMap<OrgId, Vec<Sample>> = HashMap::new();
    for row in rows {
        let sample = Sample::try_from(row)?;
        orgs.entry(sample.org).or_default().push(sample);
    }
    Ok(orgs.into_iter().map(|(org, samples)| (org, Arc::new(Library::new(samples)))).collect())
}
