//! The live debugger over HTTP: server-sent events.

use super::Seen;
use crate::{Collect, ManageSources, sources};
use app::{ApiError, ApiPath, ApiQuery, Can, Mask, Problem, Stop};
use axum::{
    extract::State,
    http::HeaderName,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::Instant,
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// Browsers connect again by themselves; whether they still may is looked at then.
const LONGEST_S: u64 = 300;

pub(crate) fn routes(collect: Collect) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(watch)).with_state(collect)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ForHowLong {
    /// The stream ends after so many seconds; 300 without it, and at most.
    for_s: Option<u64>,
}

/// What a source sends, as it comes 实时调试
///
/// Server-sent events: `ready` once; `seen` for each event, also those that are refused, as sent, without write keys, and without
/// `personal.read` with personal data masked; `missed` with `{"count"}` when they came faster than they were read. Nothing is kept: it begins with the call, and sees what this
/// process takes.
#[utoipa::path(get, path = "/api/collect/sources/{id}/live", tag = "collect", operation_id = "watch_source",
    params(("id" = Uuid, Path, description = "the source's id"), ForHowLong),
    responses(
        (status = 200, description = "the events; the data of `seen` has this form", body = Seen, content_type = "text/event-stream"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `source.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such source in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn watch(
    State(collect): State<Collect>,
    can: Can<ManageSources>,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(ForHowLong { for_s }): ApiQuery<ForHowLong>,
) -> Result<impl IntoResponse, ApiError> {
    let found = sources::store::find(collect.app().store.read(), can.scope(), id).await?;
    found.ok_or_else(|| ApiError::not_found("source"))?;
    let watcher = Watcher {
        seen: collect.sources().watch(id),
        stop: collect.app().stop.clone(),
        until: Instant::now() + Duration::from_secs(for_s.unwrap_or(LONGEST_S).min(LONGEST_S)),
        greeted: false,
        mask: can.mask(),
    };
    let sse = Sse::new(stream::unfold(watcher, Watcher::next)).keep_alive(KeepAlive::default());
    // A proxy that waits for more would hold the events back.
    Ok(([(HeaderName::from_static("x-accel-buffering"), "no")], sse))
}

struct Watcher {
    seen: Receiver<Arc<Seen>>,
    stop: Stop,
    until: Instant,
    greeted: bool,
    mask: Mask,
}

impl Watcher {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if !self.greeted {
            self.greeted = true;
            let ready = Event::default().event("ready").retry(Duration::from_secs(1)).data("{}");
            return Some((Ok(ready), self));
        }
        let seen = tokio::select! {
            () = self.stop.cancelled() => return None,
            () = tokio::time::sleep_until(self.until) => return None,
            seen = self.seen.recv() => seen,
        };
        let event = match seen {
            Ok(seen) if self.mask.is_on() => Event::default().event("seen").json_data(seen.masked()).ok()?,
            Ok(seen) => Event::default().event("seen").json_data(&*seen).ok()?,
            Err(RecvError::Lagged(count)) => Event::default().event("missed").data(json!({"count": count}).to_string()),
            // The source was removed.
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(event), self))
    }
}
