//! Decisions and what organisations say of codes, as rows.

use super::{
    Admitted, Decision,
    rules::{self, Settings},
};
use anyhow::Context;
use events::{AdmissionAction, BroadcastId, Millis, OrgId, RoomId, TeamId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::OnConflict,
};
use store::Text;
use uuid::Uuid;

mod setting {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "room_admission_settings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub action: String,
        pub changed_by: String,
        pub changed_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod admission {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "room_admissions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub broadcast_id: Option<Text<BroadcastId>>,
        pub outcome: String,
        pub obstacles: String,
        pub unanswered: String,
        pub at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub async fn settings(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<Settings> {
    let rows = setting::Entity::find().filter(setting::Column::OrgId.eq(Text(org))).all(db).await;
    let rows = rows.context("reading what hinders shows")?;
    Ok(rows.into_iter().map(|row| (row.code, rules::action_of(&row.action))).collect())
}

pub async fn set(
    db: &impl ConnectionTrait,
    org: OrgId,
    code: &str,
    action: AdmissionAction,
    by: &str,
    at: Millis,
) -> anyhow::Result<()> {
    use setting::Column;
    let row = setting::ActiveModel {
        org_id: Set(Text(org)),
        code: Set(code.to_owned()),
        action: Set(rules::action_name(action).to_owned()),
        changed_by: Set(by.to_owned()),
        changed_at_ms: Set(at.0),
    };
    let replace = OnConflict::columns([Column::OrgId, Column::Code])
        .update_columns([Column::Action, Column::ChangedBy, Column::ChangedAtMs])
        .to_owned();
    let insert = setting::Entity::insert(row).on_conflict(replace);
    insert.exec_without_returning(db).await.context("keeping what hinders shows")?;
    Ok(())
}

pub async fn insert(db: &impl ConnectionTrait, admitted: &Admitted) -> anyhow::Result<()> {
    let Decision { outcome, obstacles, unanswered } = &admitted.decision;
    let row = admission::ActiveModel {
        id: Set(Text(admitted.id)),
        org_id: Set(Text(admitted.org)),
        team_id: Set(Text(admitted.team)),
        room_id: Set(Text(admitted.room)),
        broadcast_id: Set(admitted.broadcast.map(Text)),
        outcome: Set(rules::name(*outcome).to_owned()),
        obstacles: Set(serde_json::to_string(obstacles)?),
        unanswered: Set(serde_json::to_string(unanswered)?),
        at_ms: Set(admitted.at.0),
    };
    admission::Entity::insert(row).exec_without_returning(db).await.context("keeping a decision")?;
    Ok(())
}

/// A room's last decision.
pub async fn last(db: &impl ConnectionTrait, room: RoomId) -> anyhow::Result<Option<Admitted>> {
    let rows = admission::Entity::find().filter(admission::Column::RoomId.eq(Text(room)));
    let row = rows.order_by_desc(admission::Column::Id).one(db).await.context("reading a room's last decision")?;
    row.map(admitted).transpose()
}

fn admitted(row: admission::Model) -> anyhow::Result<Admitted> {
    Ok(Admitted {
        id: row.id.0,
        org: row.org_id.0,
        team: row.team_id.0,
        room: row.room_id.0,
        broadcast: row.broadcast_id.map(|broadcast| broadcast.0),
        decision: Decision {
            outcome: rules::outcome_of(&row.outcome),
            obstacles: serde_json::from_str(&row.obstacles).context("a decision's obstacles")?,
            unanswered: serde_json::from_str(&row.unanswered).context("who did not answer")?,
        },
        at: Millis(row.at_ms),
    })
}
