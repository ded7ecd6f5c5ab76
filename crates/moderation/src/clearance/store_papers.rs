//! Papers and professionals as rows. What answers a person takes the [`Scope`].

use super::{Document, Profession, Professional, files::Format};
use crate::store_scope;
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId, TeamId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, OnConflict},
};
use std::collections::BTreeSet;
use store::Text;
use uuid::Uuid;

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_documents")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub kind: String,
        pub number: String,
        pub holder: String,
        pub authority: String,
        pub valid_from: Option<String>,
        pub valid_to: Option<String>,
        pub format: String,
        pub bytes: i64,
        pub sha256: String,
        pub retired: bool,
        pub added_by: String,
        pub added_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod professional {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_professionals")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub login: String,
        pub profession: String,
        pub number: String,
        pub noted_by: String,
        pub noted_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

impl From<row::Model> for Document {
    fn from(row: row::Model) -> Self {
        let format = Format::ALL.into_iter().find(|format| format.name() == row.format);
        Self {
            id: row.id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            kind: row.kind,
            number: row.number,
            holder: row.holder,
            authority: row.authority,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            format: format.unwrap_or(Format::Pdf),
            bytes: row.bytes.max(0) as u64,
            sha256: row.sha256,
            retired: row.retired,
            added_by: row.added_by,
            added_at: Millis(row.added_at_ms),
        }
    }
}

pub async fn insert(db: &impl ConnectionTrait, document: &Document) -> anyhow::Result<()> {
    let row = row::ActiveModel {
        id: Set(Text(document.id)),
        org_id: Set(Text(document.org)),
        team_id: Set(Text(document.team)),
        kind: Set(document.kind.clone()),
        number: Set(document.number.clone()),
        holder: Set(document.holder.clone()),
        authority: Set(document.authority.clone()),
        valid_from: Set(document.valid_from.clone()),
        valid_to: Set(document.valid_to.clone()),
        format: Set(document.format.name().to_owned()),
        bytes: Set(document.bytes as i64),
        sha256: Set(document.sha256.clone()),
        retired: Set(document.retired),
        added_by: Set(document.added_by.clone()),
        added_at_ms: Set(document.added_at.0),
    };
    Entity::insert(row).exec_without_returning(db).await.context("keeping a document")?;
    Ok(())
}

fn within(scope: Scope) -> Select<Entity> {
    store_scope::within(scope, Column::OrgId, Column::TeamId)
}

pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Document>> {
    let found = within(scope).filter(Column::Id.eq(Text(id))).one(db).await.context("finding a document")?;
    Ok(found.map(Document::from))
}

/// These, as far as they are the team's.
pub async fn of_team(
    db: &impl ConnectionTrait,
    org: OrgId,
    team: TeamId,
    ids: &BTreeSet<Uuid>,
) -> anyhow::Result<Vec<Document>> {
    let mut found = Vec::with_capacity(ids.len());
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    // 200 goods have at most 4,000 papers.
    for ids in ids.chunks(1_000) {
        let rows = Entity::find()
            .filter(Column::OrgId.eq(Text(org)))
            .filter(Column::TeamId.eq(Text(team)))
            .filter(Column::Id.is_in(ids.iter().copied().map(Text)));
        found.extend(rows.all(db).await.context("looking for documents")?.into_iter().map(Document::from));
    }
    Ok(found)
}

/// Which papers.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub team: Option<TeamId>,
    pub kind: Option<String>,
    /// Which end on this day or before.
    pub ends_by: Option<String>,
}

/// Papers that are still offered, the newest first, before one of them; of those that end, none is left out.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    filter: &Filter,
    before: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<Document>> {
    let rows = within(scope).filter(Column::Retired.eq(false)).filter(
        Condition::all()
            .add_option(filter.team.map(|team| Column::TeamId.eq(Text(team))))
            .add_option(filter.kind.as_deref().map(|kind| Column::Kind.eq(kind)))
            .add_option(filter.ends_by.as_deref().map(|day| Column::ValidTo.lte(day)))
            .add_option(before.map(|before| Column::Id.lt(Text(before)))),
    );
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing documents")?;
    Ok(rows.into_iter().map(Document::from).collect())
}

/// It is not offered any more; false where it was not.
pub async fn retire(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::Retired, Expr::value(true))
        .filter(Column::Id.eq(Text(id)))
        .filter(Column::Retired.eq(false));
    Ok(update.exec(db).await.context("retiring a document")?.rows_affected == 1)
}

fn person(row: professional::Model) -> Option<Professional> {
    Some(Professional {
        login: row.login,
        profession: Profession::of(&row.profession)?,
        number: row.number,
        noted_by: row.noted_by,
        noted_at: Millis(row.noted_at_ms),
    })
}

pub async fn note(db: &impl ConnectionTrait, org: OrgId, noted: &Professional) -> anyhow::Result<()> {
    use professional::Column;
    let row = professional::ActiveModel {
        org_id: Set(Text(org)),
        login: Set(noted.login.clone()),
        profession: Set(noted.profession.name().to_owned()),
        number: Set(noted.number.clone()),
        noted_by: Set(noted.noted_by.clone()),
        noted_at_ms: Set(noted.noted_at.0),
    };
    let conflict = OnConflict::columns([Column::OrgId, Column::Login])
        .update_columns([Column::Profession, Column::Number, Column::NotedBy, Column::NotedAtMs])
        .to_owned();
    let insert = professional::Entity::insert(row).on_conflict(conflict);
    insert.exec_without_returning(db).await.context("noting a professional")?;
    Ok(())
}

/// False where nobody of that name was noted.
pub async fn strike(db: &impl ConnectionTrait, org: OrgId, login: &str) -> anyhow::Result<bool> {
    let delete = professional::Entity::delete_by_id((Text(org), login.to_owned()));
    Ok(delete.exec(db).await.context("striking a professional")?.rows_affected == 1)
}

pub async fn professionals(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<Vec<Professional>> {
    let rows = professional::Entity::find()
        .filter(professional::Column::OrgId.eq(Text(org)))
        .order_by_asc(professional::Column::Login)
        .limit(500);
    Ok(rows.all(db).await.context("listing professionals")?.into_iter().filter_map(person).collect())
}

pub async fn find_professional(
    db: &impl ConnectionTrait,
    org: OrgId,
    login: &str,
) -> anyhow::Result<Option<Professional>> {
    let found = professional::Entity::find_by_id((Text(org), login.to_owned())).one(db).await;
    Ok(found.context("finding a professional")?.and_then(person))
}
