//! What rooms have set about their slates, as rows.

use super::rules::{Kind, RoomSlate, Upload};
use ::store::Text;
use anyhow::Context;
use events::{Millis, RoomId};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};
use uuid::Uuid;

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "slate_rooms")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub room_id: Text<RoomId>,
        pub enabled: bool,
        pub kind: String,
        pub after_ms: i64,
        pub upload_id: Option<String>,
        pub upload_still: bool,
        pub upload_width: i64,
        pub upload_height: i64,
        pub upload_duration_ms: i64,
        pub upload_bytes: i64,
        pub uploaded_at_ms: Option<i64>,
        pub changed_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub async fn find(db: &impl ConnectionTrait, room: RoomId) -> anyhow::Result<Option<RoomSlate>> {
    let found = row::Entity::find_by_id(Text(room)).one(db).await.context("finding a room's slate")?;
    let small = |number: i64| u32::try_from(number).unwrap_or_default();
    Ok(found.map(|row| {
        let id = row.upload_id.as_deref().and_then(|id| Uuid::parse_str(id).ok());
        let upload = id.map(|id| Upload {
            id,
            still: row.upload_still,
            width: small(row.upload_width),
            height: small(row.upload_height),
            duration_ms: small(row.upload_duration_ms),
            bytes: row.upload_bytes.max(0) as u64,
            uploaded_at: Millis(row.uploaded_at_ms.unwrap_or_default()),
        });
        RoomSlate { enabled: row.enabled, kind: Kind::parse(&row.kind), after_ms: small(row.after_ms), upload }
    }))
}

pub async fn save(db: &impl ConnectionTrait, room: RoomId, slate: &RoomSlate, now: Millis) -> anyhow::Result<()> {
    let upload = slate.upload.as_ref();
    let row = row::ActiveModel {
        room_id: Set(Text(room)),
        enabled: Set(slate.enabled),
        kind: Set(slate.kind.as_str().to_owned()),
        after_ms: Set(slate.after_ms.into()),
        upload_id: Set(upload.map(|upload| upload.id.to_string())),
        upload_still: Set(upload.is_some_and(|upload| upload.still)),
        upload_width: Set(upload.map_or(0, |upload| upload.width.into())),
        upload_height: Set(upload.map_or(0, |upload| upload.height.into())),
        upload_duration_ms: Set(upload.map_or(0, |upload| upload.duration_ms.into())),
        upload_bytes: Set(upload.map_or(0, |upload| upload.bytes as i64)),
        uploaded_at_ms: Set(upload.map(|upload| upload.uploaded_at.0)),
        changed_at_ms: Set(now.0),
    };
    let columns = [
        row::Column::Enabled,
        row::Column::Kind,
        row::Column::AfterMs,
        row::Column::UploadId,
        row::Column::UploadStill,
        row::Column::UploadWidth,
        row::Column::UploadHeight,
        row::Column::UploadDurationMs,
        row::Column::UploadBytes,
        row::Column::UploadedAtMs,
        row::Column::ChangedAtMs,
    ];
    row::Entity::insert(row)
        .on_conflict(OnConflict::column(row::Column::RoomId).update_columns(columns).to_owned())
        .exec_without_returning(db)
        .await
        .context("saving a room's slate")?;
    Ok(())
}
