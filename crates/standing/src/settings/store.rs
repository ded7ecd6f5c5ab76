//! Settings as rows: organisations without one have the usual.

use super::Settings;
use anyhow::Context;
use events::{Millis, OrgId};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};
use store::Text;

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "standing_settings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        pub valid_days: i32,
        pub low_score: i32,
        pub changed_by: String,
        pub changed_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub async fn of(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<Settings> {
    let found = row::Entity::find_by_id(Text(org)).one(db).await.context("reading the settings of standing")?;
    let number = |value: i32| u32::try_from(value).unwrap_or_default();
    Ok(found.map_or_else(Settings::default, |row| Settings {
        valid_days: number(row.valid_days),
        low_score: number(row.low_score),
    }))
}

pub async fn set(
    db: &impl ConnectionTrait,
    org: OrgId,
    settings: Settings,
    by: &str,
    at: Millis,
) -> anyhow::Result<()> {
    use row::Column;
    let number = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    let row = row::ActiveModel {
        org_id: Set(Text(org)),
        valid_days: Set(number(settings.valid_days)),
        low_score: Set(number(settings.low_score)),
        changed_by: Set(by.to_owned()),
        changed_at_ms: Set(at.0),
    };
    let replace = OnConflict::column(Column::OrgId)
        .update_columns([Column::ValidDays, Column::LowScore, Column::ChangedBy, Column::ChangedAtMs])
        .to_owned();
    let insert = row::Entity::insert(row).on_conflict(replace);
    insert.exec_without_returning(db).await.context("keeping the settings of standing")?;
    Ok(())
}
