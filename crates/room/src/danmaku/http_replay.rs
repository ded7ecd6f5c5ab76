//! The archive for those who watch a show again: small windows of it, by time, with a viewer token.

use super::{export, store};
use crate::rooms::{rules::Refusal, store as rooms};
use app::{ApiError, ApiPath, ApiQuery, App};
use audience::Audience;
use axum::{
    body::Bytes,
    extract::{FromRef, State},
    http::header,
    response::{IntoResponse, Response},
};
use events::{BroadcastId, Millis};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Longest window of one request.
const WINDOW_MS: i64 = 600_000;
/// Most danmaku of one answer, the earliest; who gets so many asks on behind the last.
const MOST: usize = 2_000;
/// A show on air gains danmaku, one that is over gains none but late imports.
const LIVE_LIFE_MS: i64 = 2_000;
const ENDED_LIFE_MS: i64 = 60_000;
/// Answers kept. Players ask for the same windows, so an audience costs as much as one viewer.
const KEPT_BYTES: usize = 16 * 1024 * 1024;

pub fn routes(app: App, audience: Audience) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list_public)).with_state(Replay { app, audience, kept: Arc::default() })
}

#[derive(Clone)]
struct Replay {
    app: App,
    audience: Audience,
    kept: Arc<Mutex<Kept>>,
}

impl FromRef<Replay> for App {
    fn from_ref(state: &Replay) -> App {
        state.app.clone()
    }
}

type Window = (BroadcastId, i64, i64);

#[derive(Default)]
struct Kept {
    answers: HashMap<Window, (Millis, Bytes)>,
    bytes: usize,
}

impl Kept {
    fn find(&self, window: &Window, now: Millis) -> Option<Bytes> {
        let (until, answer) = self.answers.get(window)?;
        (*until > now).then(|| answer.clone())
    }

    fn keep(&mut self, window: Window, until: Millis, answer: Bytes) {
        if self.bytes + answer.len() > KEPT_BYTES {
            *self = Kept::default();
        }
        self.bytes += answer.len();
        if let Some((_, old)) = self.answers.insert(window, (until, answer)) {
            self.bytes -= old.len();
        }
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Query {
    /// A viewer token of the show's room.
    #[serde(default)]
    token: String,
    /// The window's beginning, from the show's beginning.
    from_ms: i64,
    /// The window's end, not included; at most 10 minutes later.
    to_ms: i64,
}

/// A danmaku as a replay shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayDanmakuBody {
    /// Milliseconds from the show's beginning.
    offset_ms: i64,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nick: Option<String>,
    /// 1 scrolling, 4 bottom, 5 top.
    mode: u8,
    /// RGB as a number.
    color: u32,
}

/// Danmaku of a part of a show, for a replay 回放弹幕
///
/// In the order of their times, at most 2000: with so many, ask on behind the last.
#[utoipa::path(get, path = "/api/public/broadcasts/{id}/danmaku", operation_id = "list_replay_danmaku", tag = "viewers",
    params(Query, ("id" = String, Path, format = Uuid)),
    responses((status = 200, body = Vec<ReplayDanmakuBody>), (status = 400, body = app::Problem, description = "`bad_window`"),
        (status = 401, body = app::Problem, description = "`token_required`"),
        (status = 403, body = app::Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = app::Problem, description = "`broadcast_not_found`")), security(()))]
async fn list_public(
    State(replay): State<Replay>,
    ApiPath(id): ApiPath<BroadcastId>,
    ApiQuery(query): ApiQuery<Query>,
) -> Result<Response, ApiError> {
    let found = rooms::find_any_broadcast(replay.app.store.read(), id).await?;
    let broadcast = found.ok_or(Refusal::UnknownBroadcast(id))?;
    replay.audience.check(&query.token, broadcast.room)?;
    let window = (id, query.from_ms, query.to_ms);
    let length_ms = query.to_ms.saturating_sub(query.from_ms);
    if !(1..=WINDOW_MS).contains(&length_ms) {
        return Err(Refusal::BadWindow.into());
    }
    let now = replay.app.now();
    let life_ms = if broadcast.ended_at.is_some() { ENDED_LIFE_MS } else { LIVE_LIFE_MS };
    let kept = replay.kept.lock().find(&window, now);
    let answer = match kept {
        Some(answer) => answer,
        None => {
            let answer = read(&replay.app, id, broadcast.started_at, (query.from_ms, query.to_ms)).await?;
            replay.kept.lock().keep(window, Millis(now.0.saturating_add(life_ms)), answer.clone());
            answer
        }
    };
    let cached = format!("private, max-age={}", life_ms / 1_000);
    Ok(([(header::CONTENT_TYPE, "application/json".to_owned()), (header::CACHE_CONTROL, cached)], answer)
        .into_response())
}

async fn read(app: &App, id: BroadcastId, started_at: Millis, window: (i64, i64)) -> anyhow::Result<Bytes> {
    let rows = store::between(app.store.read(), id, started_at, window, MOST as u64).await?;
    let mut items: Vec<ReplayDanmakuBody> =
        rows.into_iter().filter(|row| !row.erased).map(|row| body(row, started_at)).collect();
    items.sort_by_key(|item| item.offset_ms);
    items.truncate(MOST);
    Ok(serde_json::to_vec(&items)?.into())
}

fn body(row: store::Danmaku, started_at: Millis) -> ReplayDanmakuBody {
    ReplayDanmakuBody {
        offset_ms: export::offset_ms(&row, started_at),
        text: row.sent.text,
        nick: row.sent.nick,
        mode: row.sent.mode,
        color: row.sent.color,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_kept_for_their_time_and_within_their_bytes() {
        let mut kept = Kept::default();
        let window = (BroadcastId::new(), 0, 60_000);
        kept.keep(window, Millis(10), Bytes::from_static(b"[]"));
        assert_eq!(kept.find(&window, Millis(9)), Some(Bytes::from_static(b"[]")));
        assert_eq!(kept.find(&window, Millis(10)), None);
        kept.keep(window, Millis(20), Bytes::from_static(b"[1]"));
        assert_eq!((kept.bytes, kept.answers.len()), (3, 1));
        kept.keep((window.0, 1, 2), Millis(20), vec![0; KEPT_BYTES].into());
        assert_eq!((kept.bytes, kept.answers.len()), (KEPT_BYTES, 1));
    }
}
