//! The texts of policies as rows, one a version.

use anyhow::Context;
use events::{Millis, OrgId};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::Text;

mod text {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "handbook_policy_texts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub policy: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub text: String,
        pub added_by: String,
        pub added_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub async fn insert(
    db: &impl ConnectionTrait,
    org: OrgId,
    policy: &str,
    number: u32,
    text: &str,
    by: &str,
    now: Millis,
) -> anyhow::Result<()> {
    let row = text::ActiveModel {
        org_id: Set(Text(org)),
        policy: Set(policy.to_owned()),
        number: Set(number.into()),
        text: Set(text.to_owned()),
        added_by: Set(by.to_owned()),
        added_at_ms: Set(now.0),
    };
    text::Entity::insert(row).exec_without_returning(db).await.context("keeping a policy's text")?;
    Ok(())
}

/// The number of the last text; 0 for none. A policy that is made again goes on counting.
pub async fn last(db: &impl ConnectionTrait, org: OrgId, policy: &str) -> anyhow::Result<u32> {
    let last = text::Entity::find()
        .filter(text::Column::OrgId.eq(Text(org)))
        .filter(text::Column::Policy.eq(policy))
        .select_only()
        .column(text::Column::Number)
        .order_by_desc(text::Column::Number)
        .into_tuple::<i64>()
        .one(db)
        .await
        .context("counting texts")?;
    Ok(last.and_then(|number| u32::try_from(number).ok()).unwrap_or_default())
}
