//! Events over HTTP: a page at a time, or as a stream that stays open.

use crate::{
    Feed,
    kinds::{LIST, Told},
    message::{Filter, Message, names},
    tail::{self, Refusal},
};
use app::{ApiError, ApiQuery, ApiResult, App, Can, Permission, PermissionInfo, Problem, Within};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{FromRef, FromRequestParts, State},
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Response},
};
use eventlog::{ReadError, Subscription};
use events::BroadcastId;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::{sync::mpsc, time::Instant};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const PAGE: usize = 100;
/// Frames that wait for the connection.
const WAITING: usize = 64;

/// May hear of what happens.
pub struct ReadEvents;
impl Permission for ReadEvents {
    const INFO: PermissionInfo = PermissionInfo { name: "event.read", zh: "订阅事件", en: "hear of events" };
}

impl FromRef<Feed> for App {
    fn from_ref(feed: &Feed) -> App {
        feed.app().clone()
    }
}

pub(crate) fn routes(feed: Feed) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(listen)).routes(routes!(kinds)).with_state(feed)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EventQuery {
    /// A cursor: `next` of the page before. Absent: from the oldest on; `latest`: only what happens from now on.
    #[param(pattern = "^(latest|[0-9]{1,19})$")]
    after: Option<String>,
    /// Most events of a page; 100 without it.
    #[param(inline)]
    limit: Option<Within<1, 1_000>>,
    /// Only these events, separated by commas.
    #[param(example = "BroadcastStarted,BroadcastEnded", format = "events")]
    name: Option<String>,
    /// Only events of this show.
    broadcast: Option<Uuid>,
    /// How long an empty page may be waited for, in milliseconds.
    #[param(inline)]
    wait_ms: Option<Within<0, 30_000>>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StreamQuery {
    /// A cursor to begin behind. `Last-Event-ID` wins. Absent: from now on.
    #[param(pattern = "^(latest|[0-9]{1,19})$")]
    after: Option<String>,
    /// Only these events, separated by commas.
    #[param(example = "AlarmRaised,AlarmCleared", format = "events")]
    name: Option<String>,
    /// Only events of this show.
    broadcast: Option<Uuid>,
}

/// Events in the order in which they happened.
#[derive(Debug, Serialize, ToSchema)]
struct EventPage {
    items: Vec<Message>,
    /// The cursor of the next page, also when there is nothing behind it yet.
    #[schema(example = "4711")]
    next: String,
    /// Ask again at once: there was more to look at.
    more: bool,
}

/// An event that others may hear of.
#[derive(Debug, Serialize, ToSchema)]
struct EventKind {
    #[schema(example = "SuperChatSent")]
    name: &'static str,
    /// Fields of the event that are left out.
    without: Vec<&'static str>,
}

fn filter(can: &Can<ReadEvents>, name: Option<&str>, broadcast: Option<Uuid>) -> Result<Filter, Refusal> {
    let names = names(name.unwrap_or_default()).map_err(Refusal::UnknownEvent)?;
    Ok(Filter { scope: can.scope(), mask: can.mask(), names, broadcast: broadcast.map(BroadcastId) })
}

/// Events in your scope 事件流, oldest first, behind a cursor
#[utoipa::path(get, path = "/api/events", tag = "events", operation_id = "list_events", params(EventQuery),
    responses(
        (status = 200, description = "a page; empty when nothing came within `wait_ms`", body = EventPage),
        (status = 400, description = "`bad_cursor`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `event.read`", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`events_gone`: what stood behind the cursor is not kept any more", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`unknown_event`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(feed): State<Feed>,
    can: Can<ReadEvents>,
    ApiQuery(query): ApiQuery<EventQuery>,
) -> ApiResult<EventPage> {
    let app = feed.app();
    let filter = filter(&can, query.name.as_deref(), query.broadcast)?;
    let after = tail::cursor(query.after.as_deref().unwrap_or("0"), &app.log)?;
    let limit = query.limit.map_or(PAGE, Within::count);
    let patience = Duration::from_millis(query.wait_ms.map_or(0, Within::get));
    let read = tail::page(app, &filter, after, limit, patience).await?;
    let more = read.position < app.log.last();
    Ok(Json(EventPage { items: read.messages, next: read.position.to_string(), more }))
}

/// Names of the events that others may hear of
#[utoipa::path(get, path = "/api/events/kinds", tag = "events", operation_id = "list_event_kinds",
    responses(
        (status = 200, description = "every event, and what of it is left out", body = Vec<EventKind>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `event.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn kinds(_: Can<ReadEvents>) -> ApiResult<Vec<EventKind>> {
    let told = LIST.iter().filter_map(|kind| match kind.told {
        Told::Whole => Some(EventKind { name: kind.name, without: Vec::new() }),
        Told::Without(fields) => Some(EventKind { name: kind.name, without: fields.to_vec() }),
        Told::Never(_) => None,
    });
    Ok(Json(told.collect()))
}

/// Events in your scope as server-sent events 事件推送, until you go
///
/// Each has the cursor as its `id` and the envelope as its `data`. `Last-Event-ID` goes on behind it. The stream ends with an
/// event `end` that says why; come back then with the last `id`, and nothing is lost.
#[utoipa::path(get, path = "/api/events/stream", tag = "events", operation_id = "stream_events", params(StreamQuery),
    responses(
        (status = 200, description = "the stream", body = String, content_type = "text/event-stream"),
        (status = 400, description = "`bad_cursor`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `event.read`", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`events_gone`: what stood behind the cursor is not kept any more", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`unknown_event`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_streams`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn listen(
    State(feed): State<Feed>,
    can: Can<ReadEvents>,
    ApiQuery(query): ApiQuery<StreamQuery>,
    headers: HeaderMap,
    parts: Parts,
) -> Result<Response, ApiError> {
    let log = &feed.app().log;
    let filter = filter(&can, query.name.as_deref(), query.broadcast)?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).filter(|id| !id.is_empty());
    let after = tail::cursor(last.or(query.after.as_deref()).unwrap_or("latest"), log)?;
    let slot = feed.streams().try_acquire_owned().map_err(|_| Refusal::Streams)?;
    let subscription = log.subscribe((after + 1).max(log.first()));
    let (frames, mut inbox) = mpsc::channel(WAITING);
    let end = Arc::new(OnceLock::new());
    let speaker = Speaker { feed, filter, parts, subscription, frames, heard: after };
    let said = end.clone();
    tokio::spawn(async move {
        let _slot = slot;
        if let Err(why) = speaker.speak().await {
            let _ = said.set(why);
        }
    });
    let body = stream::poll_fn(move |cx| {
        let next: std::task::Poll<Option<Bytes>> = inbox.poll_recv(cx);
        next.map(|frame| frame.or_else(|| end.get().and_then(Ending::take)).map(Ok::<_, Infallible>))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // Proxies that gather answers would hold the events back.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// The last event of a stream, said once.
struct Ending(parking_lot::Mutex<Option<Bytes>>);

impl Ending {
    fn new(code: &str, detail: &str) -> Self {
        let why = serde_json::json!({ "code": code, "detail": detail });
        Self(parking_lot::Mutex::new(Some(format!("event: end\nretry: 1000\ndata: {why}\n\n").into())))
    }

    fn take(&self) -> Option<Bytes> {
        self.0.lock().take()
    }
}

/// One open stream.
struct Speaker {
    feed: Feed,
    filter: Filter,
    /// The request's, to ask again whether it is still allowed.
    parts: Parts,
    subscription: Subscription,
    frames: mpsc::Sender<Bytes>,
    /// The cursor the client knows.
    heard: u64,
}

impl Speaker {
    /// Until the client goes (`Ok`), or for a reason that it is told.
    async fn speak(mut self) -> Result<(), Ending> {
        let stop = self.feed.app().stop.clone();
        let every = self.feed.settings().keep_alive();
        let mut asked = Instant::now();
        let mut ready: VecDeque<(u64, Message)> = VecDeque::new();
        let mut looked = self.heard;
        self.say("retry: 1000\n\n".into()).await?;
        loop {
            if asked.elapsed() >= every {
                asked = Instant::now();
                self.ask_again().await?;
            }
            if let Some((position, message)) = ready.pop_front() {
                self.heard = position;
                self.say(format!("id: {position}\ndata: {}\n\n", message.json())).await?;
                continue;
            }
            let batch = tokio::select! {
                () = stop.cancelled() => return Err(Ending::new("stopping", "the server stops; come back")),
                () = self.frames.closed() => return Ok(()),
                () = tokio::time::sleep(every) => {
                    // An id without data moves the client's cursor and is no event.
                    let id = if looked > self.heard { format!("id: {looked}\n") } else { String::new() };
                    self.heard = looked;
                    self.say(format!(": keep-alive\n{id}\n")).await?;
                    continue;
                }
                batch = self.subscription.next() => batch,
            };
            let batch = match batch {
                Ok(batch) => batch,
                Err(ReadError::Closed) => return Err(Ending::new("stopping", "the server stops; come back")),
                Err(error) => {
                    tracing::error!("reading the log for a stream failed: {error}");
                    return Err(Ending::new("internal_error", "internal error"));
                }
            };
            looked = batch.entries.last().map_or(looked, |entry| entry.position);
            let messages = batch.entries.iter().filter_map(|entry| Some((entry.position, self.filter.message(entry)?)));
            ready.extend(messages);
        }
    }

    async fn say(&self, frame: String) -> Result<(), Ending> {
        let patience = self.feed.settings().slow();
        match tokio::time::timeout(patience, self.frames.send(frame.into())).await {
            // Who is gone is told nothing; the next look ends the stream.
            Ok(_) => Ok(()),
            Err(_) => {
                metrics::counter!("kaibo_feed_streams_cut_total").increment(1);
                Err(Ending::new("too_slow", "you read too slowly; come back with the last id"))
            }
        }
    }

    /// A token that was revoked, or reaches less far, hears no more of what it may not.
    async fn ask_again(&mut self) -> Result<(), Ending> {
        match Can::<ReadEvents>::from_request_parts(&mut self.parts, &self.feed).await {
            Ok(can) => {
                (self.filter.scope, self.filter.mask) = (can.scope(), can.mask());
                Ok(())
            }
            Err(error) => Err(Ending::new(error.code(), "you may not hear of events any more")),
        }
    }
}
