//! Outside media servers as rows, and the streams that are published there: what is fetched again after a restart.

use super::kinds::Kind;
use super::rules::{Mode, Net, Server};
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId, RoomId, TeamId};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::Text;
use uuid::Uuid;

mod server {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "hooks_servers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub name: String,
        pub kind: String,
        pub mode: String,
        pub secret_hash: String,
        pub allowed: String,
        pub pull_url: Option<String>,
        pub pull_query_sealed: Option<String>,
        pub created_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod stream {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "hooks_streams")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub server_id: Text<Uuid>,
        pub room_id: Text<RoomId>,
        pub app: String,
        pub name_sealed: String,
        pub published_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A stream that the outside server said is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    pub id: Uuid,
    pub server: Uuid,
    pub room: RoomId,
    pub app: String,
    /// Sealed: it may be the stream key.
    pub name: String,
    pub published_at: Millis,
}

impl TryFrom<server::Model> for Server {
    type Error = anyhow::Error;

    fn try_from(row: server::Model) -> anyhow::Result<Self> {
        let id = row.id.0;
        Ok(Server {
            id,
            org: row.org_id.0,
            team: row.team_id.0,
            name: row.name,
            kind: Kind::parse(&row.kind)
                .with_context(|| format!("the kind of the media server `{id}` is not known"))?,
            mode: Mode::parse(&row.mode)
                .with_context(|| format!("the mode of the media server `{id}` is not known"))?,
            secret_hash: row.secret_hash,
            allowed: row.allowed.split_terminator(',').filter_map(Net::parse).collect(),
            pull_url: row.pull_url,
            pull_query: row.pull_query_sealed,
            created_at: Millis(row.created_at_ms),
        })
    }
}

impl From<stream::Model> for Stream {
    fn from(row: stream::Model) -> Self {
        Stream {
            id: row.id.0,
            server: row.server_id.0,
            room: row.room_id.0,
            app: row.app,
            name: row.name_sealed,
            published_at: Millis(row.published_at_ms),
        }
    }
}

fn row(server: &Server) -> server::ActiveModel {
    let allowed: Vec<String> = server.allowed.iter().map(Net::to_string).collect();
    server::ActiveModel {
        id: Set(Text(server.id)),
        org_id: Set(Text(server.org)),
        team_id: Set(Text(server.team)),
        name: Set(server.name.clone()),
        kind: Set(server.kind.as_str().to_owned()),
        mode: Set(server.mode.as_str().to_owned()),
        secret_hash: Set(server.secret_hash.clone()),
        allowed: Set(allowed.join(",")),
        pull_url: Set(server.pull_url.clone()),
        pull_query_sealed: Set(server.pull_query.clone()),
        created_at_ms: Set(server.created_at.0),
    }
}

pub async fn insert(db: &impl ConnectionTrait, server: &Server) -> anyhow::Result<()> {
    server::Entity::insert(row(server)).exec_without_returning(db).await.context("inserting a media server")?;
    Ok(())
}

pub async fn update(db: &impl ConnectionTrait, server: &Server) -> anyhow::Result<()> {
    server::Entity::update(row(server)).exec(db).await.context("changing a media server")?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<()> {
    let streams = stream::Entity::delete_many().filter(stream::Column::ServerId.eq(Text(id)));
    streams.exec(db).await.context("removing the streams of a media server")?;
    server::Entity::delete_by_id(Text(id)).exec(db).await.context("removing a media server")?;
    Ok(())
}

/// A server within the scope.
pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Server>> {
    Ok(find_any(db, id).await?.filter(|server| scope.covers(server.org, server.team)))
}

/// A server whoever asks: for its own calls, never for people.
pub async fn find_any(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<Option<Server>> {
    let found = server::Entity::find_by_id(Text(id)).one(db).await.context("finding a media server")?;
    found.map(Server::try_from).transpose()
}

/// Servers of all organisations whose pull address still holds its query in the clear.
pub async fn unsealed(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Server>> {
    let rows = server::Entity::find().filter(server::Column::PullUrl.contains("?"));
    rows.all(db).await.context("listing pull addresses to seal")?.into_iter().map(Server::try_from).collect()
}

/// All servers within the scope, newest first.
pub async fn list(db: &impl ConnectionTrait, scope: Scope) -> anyhow::Result<Vec<Server>> {
    let rows = server::Entity::find().filter(server::Column::OrgId.eq(Text(scope.org)));
    let rows = rows.order_by_desc(server::Column::Id).all(db).await.context("listing media servers")?;
    let servers: anyhow::Result<Vec<Server>> = rows.into_iter().map(Server::try_from).collect();
    Ok(servers?.into_iter().filter(|server| scope.covers(server.org, server.team)).collect())
}

pub async fn insert_stream(db: &impl ConnectionTrait, stream: &Stream) -> anyhow::Result<()> {
    let row = stream::ActiveModel {
        id: Set(Text(stream.id)),
        server_id: Set(Text(stream.server)),
        room_id: Set(Text(stream.room)),
        app: Set(stream.app.clone()),
        name_sealed: Set(stream.name.clone()),
        published_at_ms: Set(stream.published_at.0),
    };
    stream::Entity::insert(row).exec_without_returning(db).await.context("noting a published stream")?;
    Ok(())
}

pub async fn delete_stream(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<()> {
    stream::Entity::delete_by_id(Text(id)).exec(db).await.context("forgetting a published stream")?;
    Ok(())
}

/// What was published when the program stopped.
pub async fn streams(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Stream>> {
    let rows = stream::Entity::find().order_by_asc(stream::Column::Id).all(db).await;
    Ok(rows.context("listing published streams")?.into_iter().map(Stream::from).collect())
}
