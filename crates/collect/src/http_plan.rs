//! A draft of a tracking plan over HTTP, made of what a source sent lately.

use crate::{
    Collect, ReadSources,
    plan::{Draft, TrackingPlan},
    sources,
};
use anyhow::Context;
use app::{ApiError, ApiPath, ApiResult, App, Can, Problem};
use axum::{Json, extract::State};
use eventlog::{Entry, EventLog};
use events::{Event, OrgId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// So far back the log is read, whoever the events are of: a second's work.
const NEWEST: u64 = 100_000;
const AT_ONCE: usize = 1_000;

pub(crate) fn routes(collect: Collect) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(draft)).with_state(collect)
}

/// A plan made of what arrived.
#[derive(Debug, Serialize, ToSchema)]
struct DraftedPlan {
    /// How many events of the source were looked at.
    events: usize,
    plan: TrackingPlan,
}

/// A tracking plan drawn from what arrived 由已到事件生成埋点方案
///
/// Of the newest 100,000 events in the log, those of this source: their names, and their properties with the narrowest type that fits; those
/// that were always there are required. Nothing changes before the plan is set with `PATCH`.
#[utoipa::path(get, path = "/api/collect/sources/{id}/plan/draft", tag = "collect", operation_id = "draft_plan",
    params(("id" = Uuid, Path, description = "the source's id")),
    responses(
        (status = 200, description = "the draft, with mode `off`", body = DraftedPlan),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `source.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such source in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn draft(
    State(collect): State<Collect>,
    can: Can<ReadSources>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<DraftedPlan> {
    let found = sources::store::find(collect.app().store.read(), can.scope(), id).await?;
    let source = found.ok_or_else(|| ApiError::not_found("source"))?;
    Ok(Json(drawn(collect.app(), source.org, id).await?))
}

async fn drawn(app: &App, org: OrgId, id: Uuid) -> anyhow::Result<DraftedPlan> {
    let wanted = id.to_string();
    let mut from = app.log.last().saturating_sub(NEWEST).max(app.log.first()).max(1);
    let (mut draft, mut events) = (Draft::default(), 0);
    loop {
        let (log, text) = (app.log.clone(), wanted.clone());
        let some = tokio::task::spawn_blocking(move || naming(&log, from, &text)).await.context("drawing a plan")??;
        for (_, envelope) in app.read(&some).await? {
            if let Event::Tracked(tracked) = &envelope.event
                && envelope.org == org
                && tracked.context.get("collector").and_then(|said| said.as_str()) == Some(&wanted)
            {
                events += 1;
                draft.add(tracked);
            }
        }
        match some.last() {
            Some(last) if some.len() == AT_ONCE => from = last.position + 1,
            _ => return Ok(DraftedPlan { events, plan: draft.plan() }),
        }
    }
}

/// The next records that hold a text. Most events are of others: looking for it costs less than decoding.
fn naming(log: &EventLog, from: u64, text: &str) -> anyhow::Result<Vec<Entry>> {
    let finder = memchr::memmem::Finder::new(text);
    let entries = log.read(from).filter(|entry| match entry {
        Ok(entry) => finder.find(&entry.payload).is_some(),
        Err(_) => true,
    });
    entries.take(AT_ONCE).collect::<Result<_, _>>().context("reading the log for a plan")
}
