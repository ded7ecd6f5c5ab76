//! Dossiers, their versions and signatures as rows. What answers a person takes the [`Scope`].

use super::{Content, Dossier, DossierState, Profession, Signature, Version};
use crate::store_scope;
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId, RoomId, TeamId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, OnConflict},
};
use store::Text;
use uuid::Uuid;

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_dossiers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub state: String,
        pub version: i64,
        pub sha256: String,
        pub content: String,
        pub planned_at_ms: i64,
        pub writers: String,
        pub errors: i64,
        pub warnings: i64,
        pub cleared_version: Option<i64>,
        pub changed_by: String,
        pub changed_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod version {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_dossier_versions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub dossier_id: Text<Uuid>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i64,
        pub sha256: String,
        pub content: String,
        pub state: String,
        pub submitted_by: String,
        pub submitted_at_ms: i64,
        pub decided_by: Option<String>,
        pub decided_at_ms: Option<i64>,
        pub findings: String,
        pub notes: String,
        pub reason: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod signature {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_signatures")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub dossier_id: Text<Uuid>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub profession: String,
        pub sha256: String,
        pub number: String,
        pub signed_by: String,
        pub signed_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

fn number(count: i64) -> u32 {
    count.clamp(0, u32::MAX.into()) as u32
}

fn dossier(row: row::Model) -> anyhow::Result<Dossier> {
    let content: Content = serde_json::from_str(&row.content).context("reading a dossier")?;
    Ok(Dossier {
        id: row.id.0,
        org: row.org_id.0,
        team: row.team_id.0,
        room: row.room_id.0,
        state: DossierState::of(&row.state),
        version: number(row.version),
        sha256: row.sha256,
        content,
        writers: serde_json::from_str(&row.writers).context("reading who wrote a dossier")?,
        errors: number(row.errors),
        warnings: number(row.warnings),
        cleared_version: row.cleared_version.map(number),
        changed_by: row.changed_by,
        changed_at: Millis(row.changed_at_ms),
    })
}

fn to_row(dossier: &Dossier) -> anyhow::Result<row::ActiveModel> {
    Ok(row::ActiveModel {
        id: Set(Text(dossier.id)),
        org_id: Set(Text(dossier.org)),
        team_id: Set(Text(dossier.team)),
        room_id: Set(Text(dossier.room)),
        state: Set(dossier.state.name().to_owned()),
        version: Set(dossier.version.into()),
        sha256: Set(dossier.sha256.clone()),
        content: Set(serde_json::to_string(&dossier.content)?),
        planned_at_ms: Set(dossier.content.planned_at_ms.0),
        writers: Set(serde_json::to_string(&dossier.writers)?),
        errors: Set(dossier.errors.into()),
        warnings: Set(dossier.warnings.into()),
        cleared_version: Set(dossier.cleared_version.map(i64::from)),
        changed_by: Set(dossier.changed_by.clone()),
        changed_at_ms: Set(dossier.changed_at.0),
    })
}

pub async fn insert(db: &impl ConnectionTrait, dossier: &Dossier) -> anyhow::Result<()> {
    Entity::insert(to_row(dossier)?).exec_without_returning(db).await.context("keeping a dossier")?;
    Ok(())
}

/// Call with the turn [`super::TURN`], after having read it.
pub async fn update(db: &impl ConnectionTrait, dossier: &Dossier) -> anyhow::Result<()> {
    Entity::update(to_row(dossier)?).exec(db).await.context("changing a dossier")?;
    Ok(())
}

fn within(scope: Scope) -> Select<Entity> {
    store_scope::within(scope, Column::OrgId, Column::TeamId)
}

pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Dossier>> {
    let found = within(scope).filter(Column::Id.eq(Text(id))).one(db).await.context("finding a dossier")?;
    found.map(dossier).transpose()
}

/// Which dossiers. Empty: all of them.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<DossierState>,
    pub room: Option<RoomId>,
}

/// Dossiers within the scope, the newest first, before one of them.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    filter: &Filter,
    before: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<Dossier>> {
    let rows = within(scope).filter(
        Condition::all()
            .add_option(filter.state.map(|state| Column::State.eq(state.name())))
            .add_option(filter.room.map(|room| Column::RoomId.eq(Text(room))))
            .add_option(before.map(|before| Column::Id.lt(Text(before)))),
    );
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing dossiers")?;
    rows.into_iter().map(dossier).collect()
}

/// What is planned in a room between two moments, the earliest first.
pub async fn planned(
    db: &impl ConnectionTrait,
    org: OrgId,
    team: TeamId,
    room: RoomId,
    from: Millis,
    to: Millis,
) -> anyhow::Result<Vec<Dossier>> {
    let rows = Entity::find()
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::TeamId.eq(Text(team)))
        .filter(Column::RoomId.eq(Text(room)))
        .filter(Column::PlannedAtMs.between(from.0, to.0))
        .order_by_asc(Column::PlannedAtMs)
        .order_by_asc(Column::Id);
    let rows = rows.all(db).await.context("looking for planned shows")?;
    rows.into_iter().map(dossier).collect()
}

/// With everything that belongs to it.
pub async fn delete(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<()> {
    let versions = version::Entity::delete_many().filter(version::Column::DossierId.eq(Text(id)));
    versions.exec(db).await.context("removing versions")?;
    let signatures = signature::Entity::delete_many().filter(signature::Column::DossierId.eq(Text(id)));
    signatures.exec(db).await.context("removing signatures")?;
    Entity::delete_by_id(Text(id)).exec(db).await.context("removing a dossier")?;
    Ok(())
}

fn kept(row: version::Model) -> anyhow::Result<Version> {
    Ok(Version {
        dossier: row.dossier_id.0,
        version: number(row.version),
        sha256: row.sha256,
        text: row.content,
        state: row.state,
        submitted_by: row.submitted_by,
        submitted_at: Millis(row.submitted_at_ms),
        decided_by: row.decided_by,
        decided_at: row.decided_at_ms.map(Millis),
        findings: serde_json::from_str(&row.findings).context("reading findings")?,
        notes: serde_json::from_str(&row.notes).context("reading notes")?,
        reason: row.reason,
    })
}

/// What was handed in.
pub async fn put_version(db: &impl ConnectionTrait, kept: &Version) -> anyhow::Result<()> {
    let row = version::ActiveModel {
        dossier_id: Set(Text(kept.dossier)),
        version: Set(kept.version.into()),
        sha256: Set(kept.sha256.clone()),
        content: Set(kept.text.clone()),
        state: Set(kept.state.clone()),
        submitted_by: Set(kept.submitted_by.clone()),
        submitted_at_ms: Set(kept.submitted_at.0),
        decided_by: Set(kept.decided_by.clone()),
        decided_at_ms: Set(kept.decided_at.map(|at| at.0)),
        findings: Set(serde_json::to_string(&kept.findings)?),
        notes: Set(serde_json::to_string(&kept.notes)?),
        reason: Set(kept.reason.clone()),
    };
    let conflict = OnConflict::columns([version::Column::DossierId, version::Column::Version])
        .update_columns([
            version::Column::State,
            version::Column::DecidedBy,
            version::Column::DecidedAtMs,
            version::Column::Findings,
            version::Column::Notes,
            version::Column::Reason,
        ])
        .to_owned();
    let insert = version::Entity::insert(row).on_conflict(conflict);
    insert.exec_without_returning(db).await.context("keeping a version")?;
    Ok(())
}

/// It was changed before anybody decided.
pub async fn withdraw(db: &impl ConnectionTrait, dossier: Uuid) -> anyhow::Result<()> {
    let update = version::Entity::update_many()
        .col_expr(version::Column::State, Expr::value("withdrawn"))
        .filter(version::Column::DossierId.eq(Text(dossier)))
        .filter(version::Column::State.eq("submitted"));
    update.exec(db).await.context("withdrawing a version")?;
    Ok(())
}

/// All that was handed in, the newest first.
pub async fn versions(db: &impl ConnectionTrait, dossier: Uuid) -> anyhow::Result<Vec<Version>> {
    let rows = version::Entity::find()
        .filter(version::Column::DossierId.eq(Text(dossier)))
        .order_by_desc(version::Column::Version)
        .limit(200);
    rows.all(db).await.context("listing versions")?.into_iter().map(kept).collect()
}

pub async fn find_version(db: &impl ConnectionTrait, dossier: Uuid, version: u32) -> anyhow::Result<Option<Version>> {
    let found = version::Entity::find_by_id((Text(dossier), i64::from(version))).one(db).await;
    found.context("finding a version")?.map(kept).transpose()
}

pub async fn sign(db: &impl ConnectionTrait, signed: &Signature) -> anyhow::Result<()> {
    use signature::Column;
    let row = signature::ActiveModel {
        dossier_id: Set(Text(signed.dossier)),
        version: Set(signed.version.into()),
        profession: Set(signed.profession.name().to_owned()),
        sha256: Set(signed.sha256.clone()),
        number: Set(signed.number.clone()),
        signed_by: Set(signed.by.clone()),
        signed_at_ms: Set(signed.at.0),
    };
    let conflict = OnConflict::columns([Column::DossierId, Column::Version, Column::Profession])
        .update_columns([Column::Sha256, Column::Number, Column::SignedBy, Column::SignedAtMs])
        .to_owned();
    let insert = signature::Entity::insert(row).on_conflict(conflict);
    insert.exec_without_returning(db).await.context("keeping a signature")?;
    Ok(())
}

/// All signatures under a dossier, whatever the version.
pub async fn signatures(db: &impl ConnectionTrait, dossier: Uuid) -> anyhow::Result<Vec<Signature>> {
    let rows = signature::Entity::find()
        .filter(signature::Column::DossierId.eq(Text(dossier)))
        .order_by_desc(signature::Column::Version)
        .order_by_asc(signature::Column::Profession);
    let rows = rows.all(db).await.context("listing signatures")?;
    let signed = rows.into_iter().filter_map(|row| {
        Some(Signature {
            dossier: row.dossier_id.0,
            version: number(row.version),
            profession: Profession::of(&row.profession)?,
            sha256: row.sha256,
            number: row.number,
            by: row.signed_by,
            at: Millis(row.signed_at_ms),
        })
    });
    Ok(signed.collect())
}
