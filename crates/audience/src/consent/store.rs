//! What is asked and what was said, as rows. What answers staff takes the [`Scope`].

use super::{
    Speaker,
    rules::{self, Asked, Said, Settings},
};
use anyhow::Context;
use app::Scope;
use events::{ConsentPurpose, ConsentSource, Millis, OrgId, RoomId, TeamId, ViewerId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use std::collections::HashMap;
use store::Text;
use uuid::Uuid;

mod settings {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audience_consent_settings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        pub enabled: bool,
        pub notice_url: String,
        pub changed_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod purpose {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audience_consent_purposes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub purpose: String,
        pub asked: bool,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Every text that was ever asked: what somebody agreed to can be read later.
mod text {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audience_consent_texts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub purpose: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i64,
        pub zh: String,
        pub en: String,
        pub since_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod statement {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audience_consents")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Option<Text<RoomId>>,
        pub viewer: Text<ViewerId>,
        pub purpose: String,
        pub version: i64,
        pub given: bool,
        pub through: String,
        pub said_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// The last statement of each viewer and purpose.
mod last {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audience_consents_last")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub viewer: Text<ViewerId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub purpose: String,
        pub team_id: Text<TeamId>,
        pub version: i64,
        pub given: bool,
        pub through: String,
        pub said_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A statement as staff read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub id: Uuid,
    pub viewer: ViewerId,
    pub room: Option<RoomId>,
    pub purpose: ConsentPurpose,
    pub said: Said,
}

/// Viewers whose last word about a version of a purpose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub purpose: ConsentPurpose,
    pub version: u32,
    pub given: bool,
    pub viewers: u64,
}

/// Which statements are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub viewer: Option<ViewerId>,
    pub purpose: Option<ConsentPurpose>,
    pub after: Option<Uuid>,
}

fn source(name: &str) -> ConsentSource {
    let all = [ConsentSource::RoomPage, ConsentSource::Sdk, ConsentSource::Staff];
    all.into_iter().find(|source| rules::through(*source) == name).unwrap_or(ConsentSource::Staff)
}

fn version(version: i64) -> u32 {
    u32::try_from(version).unwrap_or(0)
}

pub async fn settings(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<Settings> {
    let reading = "reading what viewers are asked";
    let Some(row) = settings::Entity::find_by_id(Text(org)).one(db).await.context(reading)? else {
        return Ok(Settings::default());
    };
    let purposes = purpose::Entity::find().filter(purpose::Column::OrgId.eq(Text(org))).all(db).await;
    let texts = text::Entity::find().filter(text::Column::OrgId.eq(Text(org))).all(db).await;
    let texts = texts.context(reading)?;
    let mut settings = Settings { enabled: row.enabled, notice_url: row.notice_url, ..Settings::default() };
    for row in purposes.context(reading)? {
        let text = texts.iter().find(|text| text.purpose == row.purpose && text.version == row.version);
        let (Some(purpose), Some(text)) = (rules::purpose(&row.purpose), text) else { continue };
        let (zh, en, since) = (text.zh.clone(), text.en.clone(), Millis(text.since_at_ms));
        settings.purposes.insert(purpose, Asked { asked: row.asked, version: version(row.version), zh, en, since });
    }
    Ok(settings)
}

pub async fn keep_settings(
    db: &impl ConnectionTrait,
    org: OrgId,
    settings: &Settings,
    now: Millis,
) -> anyhow::Result<()> {
    let keeping = "keeping what viewers are asked";
    let row = settings::ActiveModel {
        org_id: Set(Text(org)),
        enabled: Set(settings.enabled),
        notice_url: Set(settings.notice_url.clone()),
        changed_at_ms: Set(now.0),
    };
    let columns = [settings::Column::Enabled, settings::Column::NoticeUrl, settings::Column::ChangedAtMs];
    let newest = OnConflict::column(settings::Column::OrgId).update_columns(columns).to_owned();
    settings::Entity::insert(row).on_conflict(newest).exec_without_returning(db).await.context(keeping)?;
    for (purpose, asked) in &settings.purposes {
        let name = rules::name(*purpose).to_owned();
        let text = text::ActiveModel {
            org_id: Set(Text(org)),
            purpose: Set(name.clone()),
            version: Set(asked.version.into()),
            zh: Set(asked.zh.clone()),
            en: Set(asked.en.clone()),
            since_at_ms: Set(asked.since.0),
        };
        let columns = [text::Column::OrgId, text::Column::Purpose, text::Column::Version];
        let known = OnConflict::columns(columns).do_nothing().to_owned();
        text::Entity::insert(text).on_conflict(known).exec_without_returning(db).await.context(keeping)?;
        let row = purpose::ActiveModel {
            org_id: Set(Text(org)),
            purpose: Set(name),
            asked: Set(asked.asked),
            version: Set(asked.version.into()),
        };
        let newest = OnConflict::columns([purpose::Column::OrgId, purpose::Column::Purpose])
            .update_columns([purpose::Column::Asked, purpose::Column::Version])
            .to_owned();
        purpose::Entity::insert(row).on_conflict(newest).exec_without_returning(db).await.context(keeping)?;
    }
    Ok(())
}

pub async fn said(
    db: &impl ConnectionTrait,
    org: OrgId,
    viewer: &ViewerId,
) -> anyhow::Result<HashMap<ConsentPurpose, Said>> {
    let rows = last::Entity::find()
        .filter(last::Column::OrgId.eq(Text(org)))
        .filter(last::Column::Viewer.eq(Text(viewer.clone())));
    let rows = rows.all(db).await.context("reading what a viewer agreed to")?;
    let known = rows.into_iter().filter_map(|row| {
        let (version, through, at) = (version(row.version), source(&row.through), Millis(row.said_at_ms));
        Some((rules::purpose(&row.purpose)?, Said { version, given: row.given, through, at }))
    });
    Ok(known.collect())
}

/// Adds a statement; it is the last one now.
pub async fn insert(
    db: &impl ConnectionTrait,
    speaker: &Speaker,
    purpose: ConsentPurpose,
    said: &Said,
) -> anyhow::Result<()> {
    let keeping = "keeping what a viewer said";
    let (name, through) = (rules::name(purpose).to_owned(), rules::through(said.through).to_owned());
    let row = statement::ActiveModel {
        id: Set(Text(Uuid::now_v7())),
        org_id: Set(Text(speaker.org)),
        team_id: Set(Text(speaker.team)),
        room_id: Set(speaker.room.map(Text)),
        viewer: Set(Text(speaker.viewer.clone())),
        purpose: Set(name.clone()),
        version: Set(said.version.into()),
        given: Set(said.given),
        through: Set(through.clone()),
        said_at_ms: Set(said.at.0),
    };
    statement::Entity::insert(row).exec_without_returning(db).await.context(keeping)?;
    let row = last::ActiveModel {
        org_id: Set(Text(speaker.org)),
        viewer: Set(Text(speaker.viewer.clone())),
        purpose: Set(name),
        team_id: Set(Text(speaker.team)),
        version: Set(said.version.into()),
        given: Set(said.given),
        through: Set(through),
        said_at_ms: Set(said.at.0),
    };
    let changed = [
        last::Column::TeamId,
        last::Column::Version,
        last::Column::Given,
        last::Column::Through,
        last::Column::SaidAtMs,
    ];
    let newest = OnConflict::columns([last::Column::OrgId, last::Column::Viewer, last::Column::Purpose])
        .update_columns(changed)
        .to_owned();
    last::Entity::insert(row).on_conflict(newest).exec_without_returning(db).await.context(keeping)?;
    Ok(())
}

/// Statements, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    wanted: &Wanted,
    limit: u64,
) -> anyhow::Result<Vec<Statement>> {
    use statement::{Column, Entity};
    let mut rows = Entity::find().filter(Column::OrgId.eq(Text(scope.org)));
    if let Some(teams) = scope.teams() {
        rows = rows.filter(Column::TeamId.is_in(teams.into_iter().map(Text)));
    }
    if let Some(viewer) = &wanted.viewer {
        rows = rows.filter(Column::Viewer.eq(Text(viewer.clone())));
    }
    if let Some(purpose) = wanted.purpose {
        rows = rows.filter(Column::Purpose.eq(rules::name(purpose)));
    }
    if let Some(after) = wanted.after {
        rows = rows.filter(Column::Id.lt(Text(after)));
    }
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing consents")?;
    let known = rows.into_iter().filter_map(|row| {
        let (version, through, at) = (version(row.version), source(&row.through), Millis(row.said_at_ms));
        Some(Statement {
            id: row.id.0,
            viewer: row.viewer.0,
            room: row.room_id.map(|room| room.0),
            purpose: rules::purpose(&row.purpose)?,
            said: Said { version, given: row.given, through, at },
        })
    });
    Ok(known.collect())
}

/// How many viewers' last word is what, by purpose and version.
pub async fn counts(db: &impl ConnectionTrait, scope: Scope) -> anyhow::Result<Vec<Count>> {
    use last::{Column, Entity};
    let mut rows = Entity::find().filter(Column::OrgId.eq(Text(scope.org)));
    if let Some(teams) = scope.teams() {
        rows = rows.filter(Column::TeamId.is_in(teams.into_iter().map(Text)));
    }
    let rows: Vec<(String, i64, bool, i64)> = rows
        .select_only()
        .columns([Column::Purpose, Column::Version, Column::Given])
        .column_as(Column::Viewer.count(), "viewers")
        .group_by(Column::Purpose)
        .group_by(Column::Version)
        .group_by(Column::Given)
        .order_by_asc(Column::Purpose)
        .order_by_desc(Column::Version)
        .into_tuple()
        .all(db)
        .await
        .context("counting consents")?;
    let known = rows.into_iter().filter_map(|(purpose, number, given, viewers)| {
        let purpose = rules::purpose(&purpose)?;
        Some(Count { purpose, version: version(number), given, viewers: u64::try_from(viewers).unwrap_or(0) })
    });
    Ok(known.collect())
}
