//! The live debugger over HTTP: server-sent events.

use super::Seen;
use crate::{
    Collect, ManageSources,
    sources::{self, Watch},
};
use app::{ApiError, ApiPath, ApiQuery, Can, Mask, Problem, Stop, Within};
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
use std::{convert::Infallible, time::Duration};
use tokio::{sync::broadcast::error::RecvError, time::Instant};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// Browsers connect again by themselves; whether they still may is looked at then.
const LONGEST_S: u64 = 300;
const LOOK: Duration = Duration::from_secs(1);

pub(crate) fn routes(collect: Collect) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(watch)).with_state(collect)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ForHowLong {
    /// The stream ends after so many seconds; 300 without it.
    #[param(inline)]
    for_s: Option<Within<0, { LONGEST_S }>>,
}

/// One event of the stream; only described.
struct WatchEvent;

impl PartialSchema for WatchEvent {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let data = "In JSON: of `seen` a `Seen`, of `missed` and `limited` `{\"count\"}`, of `ready` nothing.";
        let event = ObjectBuilder::new()
            .property("event", text().enum_values(Some(["ready", "seen", "missed", "limited"])))
            .property("data", text().description(Some(data)).content_media_type("application/json"))
            .property("retry", ObjectBuilder::new().schema_type(Type::Integer).description(Some("Milliseconds.")))
            .required("event")
            .required("data")
            .examples([json!({"event": "ready", "data": "{}", "retry": 1000})]);
        RefOr::T(event.into())
    }
}

impl ToSchema for WatchEvent {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Seen::name().into(), Seen::schema()));
        Seen::schemas(schemas);
    }
}

/// What a source sends, as it comes 实时调试
///
/// Server-sent events: `ready` once; `seen` for each event, also those that are refused, as sent, without write keys, and without
/// `personal.read` with personal data masked; `missed` with `{"count"}` when they came faster than they were read; `limited` with
/// `{"count"}` of those that were over the source's limit, at most once a second. Nothing is kept: it begins with the call, and sees what this
/// process takes.
#[utoipa::path(get, path = "/api/collect/sources/{id}/live", tag = "collect", operation_id = "watch_source",
    params(("id" = Uuid, Path, description = "the source's id"), ForHowLong),
    responses(
        (status = 200, description = "the events as a stream; `schema` is that of one of them", body = WatchEvent, content_type = "text/event-stream"),
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
        watch: collect.sources().watch(id),
        stop: collect.app().stop.clone(),
        look_at: Instant::now() + LOOK,
        until: Instant::now() + Duration::from_secs(for_s.map_or(LONGEST_S, Within::get)),
        greeted: false,
        mask: can.mask(),
    };
    let sse = Sse::new(stream::unfold(watcher, Watcher::next)).keep_alive(KeepAlive::default());
    // A proxy that waits for more would hold the events back.
    Ok(([(HeaderName::from_static("x-accel-buffering"), "no")], sse))
}

struct Watcher {
    watch: Watch,
    stop: Stop,
    until: Instant,
    /// When to look next how many were turned away: one line for all of them.
    look_at: Instant,
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
        let seen = loop {
            tokio::select! {
                () = self.stop.cancelled() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                () = tokio::time::sleep_until(self.look_at) => {
                    self.look_at = Instant::now() + LOOK;
                    let count = self.watch.turned_away();
                    if count > 0 {
                        let limited = Event::default().event("limited").data(json!({"count": count}).to_string());
                        return Some((Ok(limited), self));
                    }
                }
                seen = self.watch.seen.recv() => break seen,
            }
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
