//! Versions, their bytes, rules and what people said, as rows. What answers a person takes the organisation of his scope.

use super::{Asked, Label, ModelState, Origin, Rules, Sample, Version};
use crate::text::Model;
use anyhow::{Context, ensure};
use app::hash_of_bytes;
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use events::{Millis, OrgId, RoomId, TeamId};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{self, Expr, OnConflict},
};
use store::{Store, Text};
use uuid::Uuid;

mod version {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_models")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub number: i64,
        pub category: String,
        pub origin: String,
        pub note: String,
        pub base_id: Option<Text<Uuid>>,
        pub learned_to: Option<i64>,
        pub texts: i64,
        pub bad: i64,
        pub bytes: i64,
        pub sha256: String,
        pub kept: bool,
        pub state: String,
        pub state_at_ms: i64,
        pub reason: String,
        pub measured: Option<String>,
        pub made_by: String,
        pub made_at_ms: i64,
        pub former_id: Option<Text<Uuid>>,
        pub asked: i64,
        pub alarmed: i64,
        pub held: i64,
        pub otherwise: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod file {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_model_files")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub model_id: Text<Uuid>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        pub content: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod rules {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_model_rules")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub place: String,
        pub org_id: Text<OrgId>,
        pub team_id: Option<Text<TeamId>>,
        pub room_id: Option<Text<RoomId>>,
        pub rules: String,
        pub changed_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod label {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_labels")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub org_id: Text<OrgId>,
        pub reviewed_position: i64,
        pub rejected: bool,
        pub clause: Option<String>,
        pub tier: i32,
        pub decided_by: String,
        pub decided_at_ms: i64,
        pub score_milli: Option<i32>,
        pub model_id: Option<Text<Uuid>>,
        pub sample: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

const MODEL: &str = "model";
const TEXTS: &str = "texts";

impl From<version::Model> for Version {
    fn from(row: version::Model) -> Self {
        let count = |count: i64| count.max(0) as u64;
        Self {
            id: row.id.0,
            org: row.org_id.0,
            number: row.number.clamp(0, u32::MAX.into()) as u32,
            category: row.category,
            origin: if row.origin == "file" { Origin::File } else { Origin::Verdicts },
            note: row.note,
            base: row.base_id.map(|id| id.0),
            learned_to: row.learned_to.map(count),
            texts: count(row.texts),
            bad: count(row.bad),
            bytes: count(row.bytes),
            sha256: row.sha256,
            kept: row.kept,
            state: ModelState::of(&row.state),
            state_at: Millis(row.state_at_ms),
            reason: row.reason,
            measured: row.measured.and_then(|measured| serde_json::from_str(&measured).ok()),
            made_by: row.made_by,
            made_at: Millis(row.made_at_ms),
            former: row.former_id.map(|id| id.0),
            asked: Asked {
                asked: count(row.asked),
                alarmed: count(row.alarmed),
                held: count(row.held),
                otherwise: count(row.otherwise),
            },
        }
    }
}

fn to_row(version: &Version) -> version::ActiveModel {
    version::ActiveModel {
        id: Set(Text(version.id)),
        org_id: Set(Text(version.org)),
        number: Set(version.number.into()),
        category: Set(version.category.clone()),
        origin: Set(if version.origin == Origin::File { "file" } else { "verdicts" }.to_owned()),
        note: Set(version.note.clone()),
        base_id: Set(version.base.map(Text)),
        learned_to: Set(version.learned_to.map(|position| position as i64)),
        texts: Set(version.texts as i64),
        bad: Set(version.bad as i64),
        bytes: Set(version.bytes as i64),
        sha256: Set(version.sha256.clone()),
        kept: Set(version.kept),
        state: Set(version.state.name().to_owned()),
        state_at_ms: Set(version.state_at.0),
        reason: Set(version.reason.clone()),
        measured: Set(version.measured.as_ref().and_then(|measured| serde_json::to_string(measured).ok())),
        made_by: Set(version.made_by.clone()),
        made_at_ms: Set(version.made_at.0),
        former_id: Set(version.former.map(Text)),
        // Added to by others meanwhile.
        asked: NotSet,
        alarmed: NotSet,
        held: NotSet,
        otherwise: NotSet,
    }
}

/// Keeps a new version and its bytes. Call with the turn [`super::TURN`].
pub async fn insert(db: &impl ConnectionTrait, version: &Version, bytes: &[u8]) -> anyhow::Result<()> {
    version::Entity::insert(to_row(version)).exec_without_returning(db).await.context("keeping a version")?;
    put_file(db, version.id, MODEL, &STANDARD_NO_PAD.encode(bytes)).await
}

pub async fn update(db: &impl ConnectionTrait, version: &Version) -> anyhow::Result<()> {
    version::Entity::update(to_row(version)).exec(db).await.context("changing a version")?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, org: OrgId, id: Uuid) -> anyhow::Result<Option<Version>> {
    let found = version::Entity::find_by_id(Text(id)).filter(version::Column::OrgId.eq(Text(org)));
    Ok(found.one(db).await.context("finding a version")?.map(Version::from))
}

/// The newest first, before a number.
pub async fn list(
    db: &impl ConnectionTrait,
    org: OrgId,
    before: Option<u64>,
    limit: u64,
) -> anyhow::Result<Vec<Version>> {
    let rows = version::Entity::find().filter(version::Column::OrgId.eq(Text(org))).filter(
        Condition::all()
            .add_option(before.map(|before| version::Column::Number.lt(before.min(i64::MAX as u64) as i64))),
    );
    let rows = rows.order_by_desc(version::Column::Number).limit(limit).all(db).await.context("listing versions")?;
    Ok(rows.into_iter().map(Version::from).collect())
}

/// Every version that is asked on the way in, of every organisation.
pub async fn asked(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Version>> {
    let states = [ModelState::InForce.name(), ModelState::Shadow.name()];
    let rows = version::Entity::find().filter(version::Column::State.is_in(states));
    let rows = rows.order_by_asc(version::Column::Number).all(db).await.context("reading the models that are asked")?;
    Ok(rows.into_iter().map(Version::from).collect())
}

/// Of one category and state, the oldest first.
pub async fn of_state(
    db: &impl ConnectionTrait,
    org: OrgId,
    category: &str,
    state: ModelState,
) -> anyhow::Result<Vec<Version>> {
    let rows = version::Entity::find()
        .filter(version::Column::OrgId.eq(Text(org)))
        .filter(version::Column::Category.eq(category))
        .filter(version::Column::State.eq(state.name()))
        .order_by_asc(version::Column::Number);
    let rows = rows.all(db).await.context("reading the versions of a category")?;
    Ok(rows.into_iter().map(Version::from).collect())
}

/// The newest that learned from verdicts, of a category.
pub async fn newest_learned(db: &impl ConnectionTrait, org: OrgId, category: &str) -> anyhow::Result<Option<Version>> {
    let rows = version::Entity::find()
        .filter(version::Column::OrgId.eq(Text(org)))
        .filter(version::Column::Category.eq(category))
        .filter(version::Column::LearnedTo.is_not_null())
        .order_by_desc(version::Column::Number);
    Ok(rows.one(db).await.context("reading the newest version")?.map(Version::from))
}

/// The number of the next version.
pub async fn next_number(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<u32> {
    Ok(list(db, org, None, 1).await?.first().map_or(1, |last| last.number.saturating_add(1)))
}

/// Lets go of the bytes of old versions that do not count, nor would after rolling back.
pub async fn let_go(db: &impl ConnectionTrait, org: OrgId, keep: u64) -> anyhow::Result<()> {
    let kept = version::Entity::find()
        .filter(version::Column::OrgId.eq(Text(org)))
        .filter(version::Column::Kept.eq(true))
        .order_by_desc(version::Column::Number);
    let kept: Vec<Version> =
        kept.all(db).await.context("reading the kept versions")?.into_iter().map(Version::from).collect();
    let needed = |version: &Version| {
        version.state.is_asked()
            || kept.iter().any(|other| other.state == ModelState::InForce && other.former == Some(version.id))
    };
    for version in kept.iter().skip(keep as usize).filter(|version| !needed(version)) {
        file::Entity::delete_many()
            .filter(file::Column::ModelId.eq(Text(version.id)))
            .exec(db)
            .await
            .context("letting go of a model")?;
        update(db, &Version { kept: false, ..version.clone() }).await?;
    }
    Ok(())
}

async fn put_file(db: &impl ConnectionTrait, id: Uuid, kind: &str, content: &str) -> anyhow::Result<()> {
    let row =
        file::ActiveModel { model_id: Set(Text(id)), kind: Set(kind.to_owned()), content: Set(content.to_owned()) };
    let replace = OnConflict::columns([file::Column::ModelId, file::Column::Kind])
        .update_column(file::Column::Content)
        .to_owned();
    file::Entity::insert(row)
        .on_conflict(replace)
        .exec_without_returning(db)
        .await
        .context("keeping a model's file")?;
    Ok(())
}

async fn file(db: &impl ConnectionTrait, id: Uuid, kind: &str) -> anyhow::Result<Option<String>> {
    let found = file::Entity::find_by_id((Text(id), kind.to_owned())).one(db).await;
    Ok(found.context("reading a model's file")?.map(|row| row.content))
}

/// A version's model, if its bytes are what they were.
pub async fn model(db: &impl ConnectionTrait, version: &Version) -> anyhow::Result<Model> {
    let content = file(db, version.id, MODEL).await?.context("its bytes are not kept any more")?;
    let bytes = STANDARD_NO_PAD.decode(content).context("decoding a model")?;
    ensure!(hash_of_bytes(&bytes) == version.sha256, "its bytes are not those that were brought");
    Ok(Model::from_bytes(&bytes)?)
}

/// The judged texts that were brought along with a version, as they came.
pub async fn put_texts(db: &impl ConnectionTrait, id: Uuid, texts: &str) -> anyhow::Result<()> {
    put_file(db, id, TEXTS, texts).await
}

pub async fn texts(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<String> {
    Ok(file(db, id, TEXTS).await?.unwrap_or_default())
}

/// Adds what a version said.
pub async fn add_asked(store: &Store, id: Uuid, asked: Asked) -> anyhow::Result<()> {
    use version::Column;
    let tx = store.begin().await?;
    let more = |column: Column, count: u64| sea_query::ExprTrait::add(Expr::col(column), count as i64);
    version::Entity::update_many()
        .col_expr(Column::Asked, more(Column::Asked, asked.asked))
        .col_expr(Column::Alarmed, more(Column::Alarmed, asked.alarmed))
        .col_expr(Column::Held, more(Column::Held, asked.held))
        .col_expr(Column::Otherwise, more(Column::Otherwise, asked.otherwise))
        .filter(Column::Id.eq(Text(id)))
        .exec(tx.db())
        .await
        .context("counting what a model said")?;
    tx.commit().await
}

/// Whose rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub org: OrgId,
    pub team: Option<TeamId>,
    pub room: Option<RoomId>,
}

impl Place {
    fn name(self) -> String {
        self.room.map_or_else(|| self.org.to_string(), |room| room.to_string())
    }
}

pub async fn rules_of(db: &impl ConnectionTrait, place: Place) -> anyhow::Result<Rules> {
    let found = rules::Entity::find_by_id(place.name()).one(db).await.context("reading the rules of models")?;
    Ok(found.and_then(|row| serde_json::from_str(&row.rules).ok()).unwrap_or_default())
}

pub async fn set_rules(db: &impl ConnectionTrait, place: Place, rules: &Rules, at: Millis) -> anyhow::Result<()> {
    let row = rules::ActiveModel {
        place: Set(place.name()),
        org_id: Set(Text(place.org)),
        team_id: Set(place.team.map(Text)),
        room_id: Set(place.room.map(Text)),
        rules: Set(serde_json::to_string(rules).context("writing the rules of models")?),
        changed_at_ms: Set(at.0),
    };
    let replace = OnConflict::column(rules::Column::Place)
        .update_columns([rules::Column::TeamId, rules::Column::Rules, rules::Column::ChangedAtMs])
        .to_owned();
    rules::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await.context("keeping rules")?;
    Ok(())
}

pub async fn all_rules(db: &impl ConnectionTrait) -> anyhow::Result<Vec<(Place, Rules)>> {
    let rows = rules::Entity::find().all(db).await.context("reading the rules of models")?;
    let read = |row: rules::Model| {
        let place =
            Place { org: row.org_id.0, team: row.team_id.map(|team| team.0), room: row.room_id.map(|room| room.0) };
        (place, serde_json::from_str(&row.rules).unwrap_or_default())
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Notes what a person said; a later verdict about the same danmaku takes the place of the former.
pub async fn put_label(db: &impl ConnectionTrait, label: &Label) -> anyhow::Result<()> {
    use label::Column;
    let row = label::ActiveModel {
        position: Set(label.position as i64),
        org_id: Set(Text(label.org)),
        reviewed_position: Set(label.reviewed as i64),
        rejected: Set(label.rejected),
        clause: Set(label.clause.clone()),
        tier: Set(label.tier.into()),
        decided_by: Set(label.by.clone()),
        decided_at_ms: Set(label.at.0),
        score_milli: Set(label.score_milli.map(|score| score as i32)),
        model_id: Set(label.model.map(Text)),
        sample: Set(label.sample.map(|sample| sample.rule().to_owned())),
    };
    let replace = OnConflict::column(Column::Position)
        .update_columns([
            Column::ReviewedPosition,
            Column::Rejected,
            Column::Clause,
            Column::Tier,
            Column::DecidedBy,
            Column::DecidedAtMs,
        ])
        // The log may be read again from an older cursor.
        .action_and_where(sea_query::ExprTrait::lt(
            Expr::col((label::Entity, Column::ReviewedPosition)),
            label.reviewed as i64,
        ))
        .to_owned();
    label::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await.context("noting a verdict")?;
    Ok(())
}

fn label_of(row: label::Model) -> Label {
    Label {
        position: row.position.max(0) as u64,
        org: row.org_id.0,
        reviewed: row.reviewed_position.max(0) as u64,
        rejected: row.rejected,
        clause: row.clause,
        tier: row.tier.clamp(1, 3) as u8,
        by: row.decided_by,
        at: Millis(row.decided_at_ms),
        score_milli: row.score_milli.map(|score| score.max(0) as u32),
        model: row.model_id.map(|id| id.0),
        sample: row.sample.as_deref().and_then(Sample::of),
    }
}

/// Which verdicts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Which {
    /// About danmaku that this version was asked of while it was in force.
    pub model: Option<Uuid>,
    pub since: Option<Millis>,
    /// About what passed.
    pub sampled: bool,
}

/// The newest verdicts of an organisation, from the oldest of them on.
pub async fn labels(db: &impl ConnectionTrait, org: OrgId, which: Which, most: u64) -> anyhow::Result<Vec<Label>> {
    use label::Column;
    let rows = label::Entity::find().filter(Column::OrgId.eq(Text(org))).filter(
        Condition::all()
            .add_option(which.model.map(|model| Column::ModelId.eq(Text(model))))
            .add_option(which.since.map(|since| Column::DecidedAtMs.gte(since.0)))
            .add_option(which.sampled.then(|| Column::Sample.is_not_null())),
    );
    let rows = rows.order_by_desc(Column::ReviewedPosition).limit(most).all(db).await.context("reading verdicts")?;
    Ok(rows.into_iter().rev().map(label_of).collect())
}

/// How many verdicts there are behind a position of the log.
pub async fn count_labels(db: &impl ConnectionTrait, org: OrgId, behind: u64) -> anyhow::Result<u64> {
    let rows = label::Entity::find()
        .filter(label::Column::OrgId.eq(Text(org)))
        .filter(label::Column::ReviewedPosition.gt(behind.min(i64::MAX as u64) as i64));
    rows.count(db).await.context("counting verdicts")
}

/// The organisations in which somebody decided.
pub async fn orgs(db: &impl ConnectionTrait) -> anyhow::Result<Vec<OrgId>> {
    let rows = label::Entity::find().select_only().column(label::Column::OrgId).distinct();
    let rows: Vec<Text<OrgId>> = rows.into_tuple().all(db).await.context("reading who has verdicts")?;
    Ok(rows.into_iter().map(|org| org.0).collect())
}
