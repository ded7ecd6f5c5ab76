//! `GET /api/danmaku/search`.

use super::{
    BadQuery, Query, Span,
    store::{self, Wanted},
};
use crate::{
    danmaku::{NAME, export, http::ReadDanmaku, store as archive},
    rooms::{
        rules::{Broadcast, Refusal, Room},
        store as rooms,
    },
};
use app::{ApiQuery, ApiResult, App, Can, Mask, Scope, Within};
use axum::{Json, extract::State};
use events::{BroadcastId, RoomId, ViewerId};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, hash::Hash, time::Duration};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Candidates read at a time, and for one page: what takes more goes on with the cursor.
const CHUNK: u64 = 500;
const MOST_CANDIDATES: usize = 10_000;
/// Teams with more rooms are told apart by looking at each candidate.
const MOST_ROOMS: u64 = 200;

pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(search)).with_state(app)
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// What to look for: words that all stand in the text, `"quoted"` ones exactly so. Large and small letters, full and half width,
    /// traditional and simplified characters are the same. Without it, everything.
    #[serde(default)]
    q: String,
    /// Only in this room.
    #[param(value_type = Option<String>, format = Uuid)]
    room: Option<RoomId>,
    /// Only in this show.
    #[param(value_type = Option<String>, format = Uuid)]
    broadcast: Option<BroadcastId>,
    /// Only of this viewer.
    #[param(value_type = Option<String>, format = "viewer")]
    viewer: Option<ViewerId>,
    /// Only of this kind: 1 scrolling, 4 bottom, 5 top.
    mode: Option<u8>,
    /// Said from then on, in milliseconds since the epoch.
    from: Option<i64>,
    /// Said before.
    to: Option<i64>,
    /// `next` of the page before.
    #[param(pattern = "^[0-9]+$")]
    after: Option<String>,
    /// By default 50.
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DanmakuHits {
    /// The newest first, in the order in which they were archived. A page may hold less than `limit`, or nothing, and yet have a `next`.
    items: Vec<DanmakuHit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// What was looked for: the query as the dictionary splits it.
    words: Vec<String>,
    /// Danmaku of earlier are still being indexed and may be missing.
    indexing: bool,
}

/// A danmaku that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct DanmakuHit {
    #[serde(flatten)]
    danmaku: export::DanmakuBody,
    /// What was found in the text: from this character, up to that one, not included.
    #[schema(value_type = Vec<Vec<u32>>)]
    marks: Vec<Span>,
    #[schema(value_type = String)]
    room_id: RoomId,
    room_title: String,
    #[schema(value_type = Option<String>)]
    broadcast_id: Option<BroadcastId>,
    broadcast_title: Option<String>,
    /// The show is over: it may have a replay.
    ended: bool,
}

/// Danmaku of all rooms and shows 全局弹幕检索
///
/// Finds every text that holds the words, wherever a dictionary would split it. Everything accepted before the request is searched.
/// Without `personal.read` people are masked, and words are looked for in what is shown.
#[utoipa::path(get, path = "/api/danmaku/search", operation_id = "search_danmaku", tag = "danmaku", params(SearchQuery),
    responses((status = 200, body = DanmakuHits),
        (status = 400, body = app::Problem, description = "`query_too_long`, `query_too_many_words`, `bad_cursor`"),
        (status = 401, body = app::Problem), (status = 503, body = app::Problem, description = "`archive_behind`")))]
async fn search(
    State(app): State<App>,
    actor: Can<ReadDanmaku>,
    ApiQuery(asked): ApiQuery<SearchQuery>,
) -> ApiResult<DanmakuHits> {
    let before: u64 = match &asked.after {
        None => u64::MAX,
        Some(after) => after.parse().map_err(|_| BadQuery::BadCursor)?,
    };
    let text = asked.q.clone();
    let query = tokio::task::spawn_blocking(move || Query::new(&text)).await.map_err(anyhow::Error::from)??;
    if !app.progress.reached(NAME, app.log.last(), Duration::from_secs(20)).await {
        return Err(Refusal::ArchiveBehind.into());
    }
    let (scope, mask) = (actor.scope(), actor.mask());
    let searching = Searching { scope, mask, limit: asked.limit.map_or(50, Within::count), query, asked };
    Ok(Json(searching.page(&app, before).await?))
}

struct Searching {
    asked: SearchQuery,
    query: Query,
    scope: Scope,
    mask: Mask,
    limit: usize,
}

impl Searching {
    async fn page(&self, app: &App, mut before: u64) -> anyhow::Result<DanmakuHits> {
        let db = app.store.read();
        let newest = archive::newest(db).await?;
        let indexing = store::at(db).await?.is_none_or(|at| at < newest);
        let mut page = DanmakuHits { items: Vec::new(), next: None, words: self.query.words(), indexing };
        let wanted = self.wanted(app).await?;
        let mut places = Places::default();
        let mut seen = 0;
        // Most candidates fit: the first look is for a page.
        let mut chunk = self.limit as u64 + 1;
        loop {
            let found = store::candidates(db, &wanted, before, chunk).await?;
            let rows = archive::at_positions(db, &found).await?;
            places.learn(app, &rows).await?;
            for row in rows.iter().rev() {
                if page.items.len() == self.limit {
                    page.next = Some(before.to_string());
                    return Ok(page);
                }
                before = row.position;
                page.items.extend(self.hit(row, &places));
            }
            seen += found.len();
            let Some(last) = found.last().filter(|_| found.len() as u64 == chunk) else { return Ok(page) };
            before = *last;
            chunk = CHUNK;
            if seen >= MOST_CANDIDATES {
                page.next = Some(before.to_string());
                return Ok(page);
            }
        }
    }

    async fn wanted(&self, app: &App) -> anyhow::Result<Wanted> {
        let mut wanted = Wanted { terms: self.query.terms(), any_of: Vec::new() };
        wanted.terms.extend(self.asked.room.map(store::term_of_room));
        wanted.terms.extend(self.asked.broadcast.map(store::term_of_broadcast));
        wanted.terms.extend(self.asked.viewer.as_ref().map(store::term_of_viewer));
        let narrow = self.asked.room.is_some() || self.asked.broadcast.is_some();
        if self.scope.teams().is_some() && !narrow {
            let mine = rooms::list_rooms(app.store.read(), self.scope, None, None, MOST_ROOMS + 1).await?;
            if mine.len() as u64 <= MOST_ROOMS {
                // Somebody without a room finds nothing: no text has this term.
                let none = mine.is_empty().then_some(0);
                wanted.any_of.push(mine.iter().map(|room| store::term_of_room(room.id)).chain(none).collect());
            }
        }
        Ok(wanted)
    }

    fn hit(&self, row: &archive::Danmaku, places: &Places) -> Option<DanmakuHit> {
        let asked = &self.asked;
        let room = places.rooms.get(&row.room).filter(|room| self.scope.covers(room.org, room.team))?;
        let fits = asked.room.is_none_or(|room| room == row.room)
            && asked.broadcast.is_none_or(|broadcast| row.broadcast == Some(broadcast))
            && asked.viewer.as_ref().is_none_or(|viewer| *viewer == row.viewer)
            && asked.mode.is_none_or(|mode| mode == row.sent.mode)
            && asked.from.is_none_or(|from| row.occurred_at.0 >= from)
            && asked.to.is_none_or(|to| row.occurred_at.0 < to);
        let shown = row.clone().shown(self.mask);
        // Nobody finds out a masked number by looking for its digits.
        let marks = self.query.marks(&shown.sent.text).filter(|_| fits)?;
        let show = row.broadcast.and_then(|id| places.shows.get(&id));
        let started_at = show.map_or(row.occurred_at, |show| show.started_at);
        Some(DanmakuHit {
            danmaku: export::DanmakuBody::new(&shown, started_at),
            marks,
            room_id: row.room,
            room_title: room.title.clone(),
            broadcast_id: row.broadcast,
            broadcast_title: show.map(|show| show.title.clone()),
            ended: show.is_some_and(|show| show.ended_at.is_some()),
        })
    }
}

/// The rooms and shows of what was found.
#[derive(Default)]
struct Places {
    rooms: HashMap<RoomId, Room>,
    shows: HashMap<BroadcastId, Broadcast>,
}

impl Places {
    async fn learn(&mut self, app: &App, rows: &[archive::Danmaku]) -> anyhow::Result<()> {
        let missing = unknown(&self.rooms, rows.iter().map(|row| row.room));
        if !missing.is_empty() {
            let found = rooms::find_rooms(app.store.read(), &missing).await?;
            self.rooms.extend(found.into_iter().map(|room| (room.id, room)));
        }
        let missing = unknown(&self.shows, rows.iter().filter_map(|row| row.broadcast));
        if !missing.is_empty() {
            let found = rooms::find_broadcasts(app.store.read(), &missing).await?;
            self.shows.extend(found.into_iter().map(|show| (show.id, show)));
        }
        Ok(())
    }
}

/// Each once.
fn unknown<K: Copy + Ord + Hash, V>(known: &HashMap<K, V>, ids: impl Iterator<Item = K>) -> Vec<K> {
    let mut unknown: Vec<K> = ids.filter(|id| !known.contains_key(id)).collect();
    unknown.sort_unstable();
    unknown.dedup();
    unknown
}
