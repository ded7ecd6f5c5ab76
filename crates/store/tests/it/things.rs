//! A small feature of the tests: one table, one event.

use events::{Empty, Envelope, Event, Millis, OrgId, RoomId, Source};
use sea_orm::{ActiveValue::Set, entity::prelude::*};
use store::{Migration, MigrationSet, Store, Text, Tx};
use tempfile::TempDir;

pub const FIRST: Migration = Migration {
    name: "0001_things",
    sql: "CREATE TABLE test_things (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL,
              price BIGINT NOT NULL DEFAULT 1 CONSTRAINT test_things_price_positive CHECK (price > 0));
          CREATE UNIQUE INDEX test_things_name_key ON test_things (name);",
};
pub const SECOND: Migration = Migration {
    name: "0002_children",
    sql: "CREATE TABLE test_children (thing_id TEXT NOT NULL REFERENCES test_things (id))",
};
pub const TEST: MigrationSet = MigrationSet { feature: "test", steps: &[FIRST] };

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "test_things")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Text<RoomId>,
    pub name: String,
    pub price: i64,
}

impl ActiveModelBehavior for ActiveModel {}

pub fn url(dir: &TempDir) -> String {
    store::testing::url(dir.path())
}

pub async fn open(dir: &TempDir) -> Store {
    open_at(&url(dir)).await
}

pub async fn open_at(url: &str) -> Store {
    let store = Store::open(url).await.expect("the store opens");
    store.migrate(&[TEST]).await.expect("the tables are made");
    store
}

pub fn thing(name: &str) -> ActiveModel {
    ActiveModel { id: Set(Text(RoomId::new())), name: Set(name.into()), price: Set(1) }
}

pub async fn insert(tx: &Tx, name: &str) -> Result<(), DbErr> {
    Entity::insert(thing(name)).exec_without_returning(tx.db()).await.map(drop)
}

pub async fn names(store: &Store) -> Vec<String> {
    let things = Entity::find().all(store.read()).await.expect("things are read");
    things.into_iter().map(|thing| thing.name).collect()
}

pub fn event(key: &str) -> Envelope {
    Envelope::new(Millis(1_000), Source::Server, OrgId::new(), Event::RoomShared(Empty {})).with_key(key)
}
