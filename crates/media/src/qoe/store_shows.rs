//! One row a show: the sums over all of its plays and windows, kept up in the transaction that changes them.

use super::{
    digest::Changed,
    figures::Sums,
    fold::Play,
    store::{Home, Window},
    store_queries::each_play,
    store_rows::{play, show, window},
};
use anyhow::Context;
use app::Scope;
use events::{BroadcastId, Millis, RoomId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QuerySelect,
    sea_query::{OnConflict, Query},
};
use std::collections::BTreeMap;
use store::{Store, Text};

/// One show's sums.
#[derive(Debug, Clone, PartialEq)]
pub struct Show {
    pub home: Home,
    /// The first and the last report or window.
    pub first_at: Millis,
    pub last_at: Millis,
    pub sums: Sums,
}

/// The shows that a batch changes.
#[derive(Debug, Default)]
pub struct Shows(BTreeMap<BroadcastId, Show>);

impl Shows {
    pub async fn load(db: &impl ConnectionTrait, homes: impl Iterator<Item = Home>) -> anyhow::Result<Self> {
        let mut shows = Self::default();
        for home in homes {
            if shows.0.contains_key(&home.broadcast) {
                continue;
            }
            let show = match find(db, home.broadcast).await? {
                Some(known) => known,
                // A new one, or one of before there were rows of shows.
                None => count(db, home).await?,
            };
            shows.0.insert(home.broadcast, show);
        }
        Ok(shows)
    }

    pub fn change(&mut self, Changed { before, after }: &Changed) {
        let Some(show) = self.0.get_mut(&after.id.broadcast) else { return };
        before.iter().for_each(|before| show.sums.remove(before));
        show.sums.add(after);
        show.lasts(after.first_at, after.last_at);
    }

    pub fn measured(&mut self, window: &Window) {
        let Some(show) = self.0.get_mut(&window.home.broadcast) else { return };
        show.sums.measured(&window.measured);
        show.lasts(window.at, window.at);
    }

    pub async fn save(self, db: &impl ConnectionTrait) -> anyhow::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let again = OnConflict::column(show::Column::BroadcastId).update_columns(show::Column::iter()).to_owned();
        let rows = self.0.into_values().map(|show| row_of(show).into_active_model().reset_all());
        let insert = show::Entity::insert_many(rows).on_conflict(again);
        insert.exec_without_returning(db).await.context("keeping sums of shows")?;
        Ok(())
    }
}

impl Show {
    fn lasts(&mut self, first_at: Millis, last_at: Millis) {
        self.first_at = self.first_at.min(first_at);
        self.last_at = self.last_at.max(last_at);
    }
}

pub async fn find(db: &impl ConnectionTrait, broadcast: BroadcastId) -> anyhow::Result<Option<Show>> {
    let row = show::Entity::find_by_id(Text(broadcast)).one(db).await.context("finding a show's sums")?;
    Ok(row.map(show_of))
}

/// The shows that began in `from..to`, by room.
pub async fn by_room(
    db: &impl ConnectionTrait,
    scope: Scope,
    from: Millis,
    to: Millis,
) -> anyhow::Result<BTreeMap<RoomId, Vec<Show>>> {
    let mut query = show::Entity::find()
        .filter(show::Column::OrgId.eq(Text(scope.org)))
        .filter(show::Column::FirstAtMs.gte(from.0))
        .filter(show::Column::FirstAtMs.lt(to.0));
    if let Some(teams) = scope.teams() {
        query = query.filter(show::Column::TeamId.is_in(teams.into_iter().map(Text)));
    }
    let mut rooms: BTreeMap<RoomId, Vec<Show>> = BTreeMap::new();
    for row in query.all(db).await.context("reading shows of a period")? {
        let show = show_of(row);
        rooms.entry(show.home.room).or_default().push(show);
    }
    Ok(rooms)
}

/// Makes the rows of shows that were folded before there were any.
pub async fn complete(store: &Store) -> anyhow::Result<()> {
    let known = Query::select().column(show::Column::BroadcastId).from(show::Entity).to_owned();
    let missing = play::Entity::find()
        .select_only()
        .column(play::Column::BroadcastId)
        .column(play::Column::OrgId)
        .column(play::Column::TeamId)
        .column(play::Column::RoomId)
        .filter(play::Column::BroadcastId.not_in_subquery(known))
        .distinct()
        .into_tuple::<(Text<BroadcastId>, Text<events::OrgId>, Text<events::TeamId>, Text<RoomId>)>()
        .all(store.read())
        .await
        .context("finding shows without sums")?;
    for (broadcast, org, team, room) in missing {
        let home = Home { broadcast: broadcast.0, org: org.0, team: team.0, room: room.0 };
        let tx = store.begin().await?;
        Shows::load(tx.db(), std::iter::once(home)).await?.save(tx.db()).await?;
        tx.commit().await?;
    }
    Ok(())
}

pub async fn prune(db: &impl ConnectionTrait, before: Millis) -> anyhow::Result<u64> {
    let old = show::Entity::delete_many().filter(show::Column::LastAtMs.lt(before.0));
    Ok(old.exec(db).await.context("removing old sums of shows")?.rows_affected)
}

/// From its plays and windows.
async fn count(db: &impl ConnectionTrait, home: Home) -> anyhow::Result<Show> {
    let mut show = Show { home, first_at: Millis(i64::MAX), last_at: Millis(i64::MIN), sums: Sums::default() };
    each_play(db, home.broadcast, |play: Play| {
        show.sums.add(&play);
        show.lasts(play.first_at, play.last_at);
    })
    .await?;
    let windows = window::Entity::find().filter(window::Column::BroadcastId.eq(Text(home.broadcast)));
    for row in windows.all(db).await.context("reading ingest windows")? {
        show.sums.measured(&super::store_rows::measured_of(&row));
        show.lasts(Millis(row.at_ms), Millis(row.at_ms));
    }
    Ok(show)
}

fn row_of(show: Show) -> show::Model {
    show::Model {
        broadcast_id: Text(show.home.broadcast),
        org_id: Text(show.home.org),
        team_id: Text(show.home.team),
        room_id: Text(show.home.room),
        first_at_ms: show.first_at.0,
        last_at_ms: show.last_at.0,
        sums: serde_json::to_string(&show.sums).unwrap_or_default(),
    }
}

fn show_of(row: show::Model) -> Show {
    Show {
        home: Home { broadcast: row.broadcast_id.0, org: row.org_id.0, team: row.team_id.0, room: row.room_id.0 },
        first_at: Millis(row.first_at_ms),
        last_at: Millis(row.last_at_ms),
        sums: serde_json::from_str(&row.sums).unwrap_or_default(),
    }
}
