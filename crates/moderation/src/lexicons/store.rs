//! Lists and their words as rows. What answers a person takes the [`Scope`].

use super::{List, Place, flags_of, level_name, level_of};
use crate::text::{Entry, ListLevel, Scopes};
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId, RoomId, TeamId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use store::Text;
use uuid::Uuid;

mod list {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_lists")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Option<Text<TeamId>>,
        pub room_id: Option<Text<RoomId>>,
        pub name: String,
        pub category: String,
        pub level: String,
        pub enabled: bool,
        pub expires_at_ms: Option<i64>,
        pub revision: i64,
        pub words: i64,
        pub owner: String,
        pub created_at_ms: i64,
        pub changed_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod word {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_words")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub list_id: Text<Uuid>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub word: String,
        pub category: String,
        pub level: String,
        pub flags: String,
        pub source: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// SQLite takes at most 32,766 parameters a statement; a row has 6.
const ROWS_A_STATEMENT: usize = 5_000;

impl From<list::Model> for List {
    fn from(row: list::Model) -> Self {
        let place = row.room_id.zip(row.team_id).map(|(room, team)| Place { room: room.0, team: team.0 });
        Self {
            id: row.id.0,
            org: row.org_id.0,
            place,
            name: row.name,
            category: row.category,
            level: level_of(&row.level).unwrap_or(ListLevel::Mask),
            enabled: row.enabled,
            expires_at: row.expires_at_ms.map(Millis),
            revision: row.revision,
            words: row.words.max(0) as u64,
            owner: row.owner,
            created_at: Millis(row.created_at_ms),
            changed_at: Millis(row.changed_at_ms),
        }
    }
}

fn to_row(list: &List) -> list::ActiveModel {
    list::ActiveModel {
        id: Set(Text(list.id)),
        org_id: Set(Text(list.org)),
        team_id: Set(list.place.map(|place| Text(place.team))),
        room_id: Set(list.place.map(|place| Text(place.room))),
        name: Set(list.name.clone()),
        category: Set(list.category.clone()),
        level: Set(level_name(Some(list.level)).to_owned()),
        enabled: Set(list.enabled),
        expires_at_ms: Set(list.expires_at.map(|at| at.0)),
        revision: Set(list.revision),
        words: Set(list.words as i64),
        owner: Set(list.owner.clone()),
        created_at_ms: Set(list.created_at.0),
        changed_at_ms: Set(list.changed_at.0),
    }
}

pub async fn insert(db: &impl ConnectionTrait, list: &List) -> anyhow::Result<()> {
    list::Entity::insert(to_row(list)).exec_without_returning(db).await.context("keeping a list")?;
    Ok(())
}

pub async fn update(db: &impl ConnectionTrait, list: &List) -> anyhow::Result<()> {
    list::Entity::update(to_row(list)).exec(db).await.context("changing a list")?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<()> {
    word::Entity::delete_many()
        .filter(word::Column::ListId.eq(Text(id)))
        .exec(db)
        .await
        .context("removing the words of a list")?;
    list::Entity::delete_by_id(Text(id)).exec(db).await.context("removing a list")?;
    Ok(())
}

/// A list that somebody with this scope may see: headquarters' lists are everybody's to read.
pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<List>> {
    let found = list::Entity::find_by_id(Text(id)).one(db).await.context("finding a list")?.map(List::from);
    Ok(found.filter(|list| match list.place {
        Some(place) => scope.covers(list.org, place.team),
        None => scope.org == list.org,
    }))
}

/// Lists within the scope, the newest first; of one room, if asked.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    room: Option<RoomId>,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<List>> {
    let mut rows = list::Entity::find().filter(list::Column::OrgId.eq(Text(scope.org)));
    if let Some(teams) = scope.teams() {
        let mine = list::Column::TeamId.is_in(teams.into_iter().map(Text));
        rows = rows.filter(Condition::any().add(list::Column::TeamId.is_null()).add(mine));
    }
    if let Some(room) = room {
        rows = rows.filter(list::Column::RoomId.eq(Text(room)));
    }
    if let Some(after) = after {
        rows = rows.filter(list::Column::Id.lt(Text(after)));
    }
    let rows = rows.order_by_desc(list::Column::Id).limit(limit).all(db).await.context("listing lists")?;
    Ok(rows.into_iter().map(List::from).collect())
}

/// Every list of everybody, for whoever makes filters of them.
pub async fn all(db: &impl ConnectionTrait) -> anyhow::Result<Vec<List>> {
    let rows = list::Entity::find().order_by_asc(list::Column::Id).all(db).await.context("reading lists")?;
    Ok(rows.into_iter().map(List::from).collect())
}

pub async fn count(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<u64> {
    list::Entity::find().filter(list::Column::OrgId.eq(Text(org))).count(db).await.context("counting lists")
}

/// Words of a list in their order, after one; those that hold `part`, if asked.
pub async fn words(
    db: &impl ConnectionTrait,
    list: &List,
    part: Option<&str>,
    after: Option<&str>,
    limit: Option<u64>,
) -> anyhow::Result<Vec<Entry>> {
    let mut rows = word::Entity::find().filter(word::Column::ListId.eq(Text(list.id)));
    if let Some(part) = part {
        rows = rows.filter(word::Column::Word.contains(part));
    }
    if let Some(after) = after {
        rows = rows.filter(word::Column::Word.gt(after));
    }
    let rows = rows.order_by_asc(word::Column::Word).limit(limit).all(db).await.context("reading words")?;
    Ok(rows.into_iter().map(entry).collect())
}

fn entry(row: word::Model) -> Entry {
    let has = |flag: &str| row.flags.split(',').any(|other| other == flag);
    Entry {
        category: row.category.clone(),
        level: level_of(&row.level),
        exact: has("exact"),
        initials: has("initials"),
        scope: if has("copy") { Scopes::Copy } else { Scopes::Everywhere },
        source: row.source.clone(),
        list: "".into(),
        word: row.word,
    }
}

/// Adds words; those that are there already are replaced.
pub async fn put(db: &impl ConnectionTrait, list: Uuid, entries: &[Entry]) -> anyhow::Result<()> {
    for chunk in entries.chunks(ROWS_A_STATEMENT) {
        let rows = chunk.iter().map(|entry| word::ActiveModel {
            list_id: Set(Text(list)),
            word: Set(entry.word.clone()),
            category: Set(entry.category.clone()),
            level: Set(level_name(entry.level).to_owned()),
            flags: Set(flags_of(entry)),
            source: Set(entry.source.clone()),
        });
        let replace = OnConflict::columns([word::Column::ListId, word::Column::Word])
            .update_columns([word::Column::Category, word::Column::Level, word::Column::Flags, word::Column::Source])
            .to_owned();
        word::Entity::insert_many(rows)
            .on_conflict(replace)
            .exec_without_returning(db)
            .await
            .context("keeping words")?;
    }
    Ok(())
}

/// Takes words out of a list.
pub async fn remove(db: &impl ConnectionTrait, list: Uuid, words: &[String]) -> anyhow::Result<()> {
    for chunk in words.chunks(ROWS_A_STATEMENT) {
        word::Entity::delete_many()
            .filter(word::Column::ListId.eq(Text(list)))
            .filter(word::Column::Word.is_in(chunk))
            .exec(db)
            .await
            .context("removing words")?;
    }
    Ok(())
}

/// Words that had what the list says have what it says now.
pub async fn follow(db: &impl ConnectionTrait, before: &List, now: &List) -> anyhow::Result<()> {
    let columns = [
        (word::Column::Category, &before.category, &now.category),
        (word::Column::Level, &level_name(Some(before.level)).to_owned(), &level_name(Some(now.level)).to_owned()),
    ];
    for (column, old, new) in columns.into_iter().filter(|(_, old, new)| old != new) {
        word::Entity::update_many()
            .col_expr(column, Expr::value(new.clone()))
            .filter(word::Column::ListId.eq(Text(now.id)))
            .filter(column.eq(old.clone()))
            .exec(db)
            .await
            .context("changing the words of a list")?;
    }
    Ok(())
}

pub async fn clear(db: &impl ConnectionTrait, list: Uuid) -> anyhow::Result<()> {
    word::Entity::delete_many()
        .filter(word::Column::ListId.eq(Text(list)))
        .exec(db)
        .await
        .context("emptying a list")?;
    Ok(())
}

pub async fn count_words(db: &impl ConnectionTrait, list: Uuid) -> anyhow::Result<u64> {
    word::Entity::find().filter(word::Column::ListId.eq(Text(list))).count(db).await.context("counting words")
}
