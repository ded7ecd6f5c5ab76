//! Reporting over HTTP, with the viewer's own token; pages of any origin may call it, since no cookie counts here.

use super::{
    ReportState,
    rules::{LOOKED_AT, POINTS, URGENT},
    store::{self, Report},
};
use crate::{
    Moderation, clauses,
    http_viewers::{FROM_ANYWHERE, WithToken, preflight},
    review::{self, Item, ReviewState},
};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ClientIp, Problem};
use audience::RoomRef;
use axum::{Json, extract::State, response::IntoResponse};
use events::{ChatMode, DanmakuReported, Envelope, Event, Millis, RoomId, Source, TextField, TextReason, TextVerdict};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// How many a viewer may make within ten minutes.
const MOST: u64 = 20;
const WITHIN_S: u32 = 600;
/// Of one's own that are told.
const TOLD: u64 = 50;
/// How long what was judged may need to come to people's desk.
const ARRIVING: Duration = Duration::from_secs(5);
/// By then somebody has looked at what is urgent.
const URGENT_MS: i64 = 60_000;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(own, report))
        .route("/api/rooms/{id}/reports", preflight("GET, POST"))
        .with_state(moderation)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReportDanmaku {
    /// `pos` of the danmaku that is shown.
    position: u64,
    /// Which published rule it breaks.
    #[schema(example = "abuse", format = "clause")]
    clause: String,
}

/// What became of a report.
#[derive(Debug, Serialize, ToSchema)]
struct OwnReport {
    #[schema(example = "abuse")]
    clause: String,
    at_ms: i64,
    #[schema(inline)]
    state: ReportState,
}

impl From<Report> for OwnReport {
    fn from(report: Report) -> Self {
        Self { clause: report.clause, at_ms: report.at.0, state: report.state }
    }
}

/// What a viewer reported, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
struct OwnReports {
    /// The newest first.
    reports: Vec<OwnReport>,
    /// For those that were upheld.
    points: u64,
    /// Too many were wrong: people do not look because of this viewer's reports, until new ones are right or time has passed.
    distrusted: bool,
}

/// What one has reported, and what came of it 我的举报
#[utoipa::path(get, path = "/api/rooms/{id}/reports", tag = "moderation", operation_id = "list_own_reports",
    params(("id" = Uuid, Path, description = "the room"), WithToken),
    responses(
        (status = 200, body = OwnReports, description = "the viewer's own, in all rooms"),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`"),
        (status = 429, body = Problem, description = "`too_many_requests` of this address"),
    ), security(()))]
async fn own(
    State(moderation): State<Moderation>,
    ip: ClientIp,
    ApiPath(id): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<WithToken>,
) -> Result<impl IntoResponse, ApiError> {
    let (pass, room) = moderation.audience().guest(id, &query.token, ip).await?;
    let viewer = pass.viewer;
    let app = moderation.app();
    let db = app.store.read();
    let reports = store::of_viewer(db, room.org, &viewer, TOLD).await?;
    let known = store::reliability(db, room.org, &[&viewer], app.now()).await?;
    let told = OwnReports {
        reports: reports.into_iter().map(OwnReport::from).collect(),
        points: store::upheld(db, room.org, &viewer).await? * POINTS,
        distrusted: known.get(&viewer).is_some_and(|reliability| reliability.is_distrusted()),
    };
    Ok((FROM_ANYWHERE, Json(told)))
}

/// Report a danmaku 举报
///
/// Once for each; the same again answers what became of it.
#[utoipa::path(post, path = "/api/rooms/{id}/reports", tag = "moderation", operation_id = "report_danmaku",
    params(("id" = Uuid, Path, description = "the room"), WithToken), request_body = ReportDanmaku,
    responses(
        (status = 200, body = OwnReport, description = "it is kept"),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`, `danmaku_not_found`"),
        (status = 415, body = Problem, description = "no JSON"),
        (status = 422, body = Problem, description = "`bad_clause`, `own_danmaku`"),
        (status = 429, body = Problem, description = "`too_many_reports` of this viewer, `too_many_requests` of this address"),
        (status = 503, body = Problem, description = "`busy`: ask again"),
    ), security(()))]
async fn report(
    State(moderation): State<Moderation>,
    ip: ClientIp,
    ApiPath(id): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<WithToken>,
    ApiJson(said): ApiJson<ReportDanmaku>,
) -> Result<impl IntoResponse, ApiError> {
    let (pass, room) = moderation.audience().guest(id, &query.token, ip).await?;
    let viewer = pass.viewer;
    if !clauses::is_one(&said.clause) {
        return Err(ApiError::new(422, "bad_clause", "a report names one of the published clauses"));
    }
    let (item, is_new) = reported(&moderation, &room, said.position).await?;
    if item.viewer == viewer {
        return Err(ApiError::new(422, "own_danmaku", "one's own danmaku"));
    }
    let app = moderation.app();
    let now = app.now();
    let tx = app.store.begin().await?;
    tx.take_turns("moderation_reports").await?;
    if let Some(known) = store::find(tx.db(), item.position, &viewer).await? {
        return Ok((FROM_ANYWHERE, Json(OwnReport::from(known))));
    }
    if store::since(tx.db(), room.org, &viewer, Millis(now.0.saturating_sub(i64::from(WITHIN_S) * 1_000))).await?
        >= MOST
    {
        let words = format!("at most {MOST} within ten minutes");
        return Err(ApiError::new(429, "too_many_reports", words).retry_after(WITHIN_S));
    }
    let late = item.decided.is_some();
    let report = Report {
        position: item.position,
        org: item.org,
        team: item.team,
        room: item.room,
        reporter: viewer.clone(),
        clause: said.clause,
        at: now,
        state: if late { ReportState::Late } else { ReportState::Open },
    };
    store::insert(tx.db(), &report).await?;
    if is_new {
        review::store::add(tx.db(), &item).await?;
    }
    let known = store::reliability(tx.db(), room.org, &[&viewer], now).await?;
    let weight = known.get(&viewer).copied().unwrap_or_default().weight();
    review::store::reported(tx.db(), item.position, (weight * 1_000.0) as u32).await?;
    if let Some(item) = review::store::find_any(tx.db(), item.position).await?.filter(|_| !late) {
        let weight = f64::from(item.report_weight_milli) / 1_000.0;
        let (looked_at, due_at) = review::begins_as(TextVerdict::Alarm, false, now);
        let due_at = if weight >= URGENT { Millis(now.0.saturating_add(URGENT_MS)) } else { due_at };
        if item.state == ReviewState::Noted && weight >= LOOKED_AT {
            review::store::open(tx.db(), item.position, looked_at, due_at).await?;
        } else if item.state == ReviewState::Open && weight >= URGENT && due_at < item.due_at {
            review::store::open(tx.db(), item.position, item.state, due_at).await?;
        }
    }
    let told = DanmakuReported { position: item.position, clause: report.clause.clone() };
    let event = Envelope::new(now, Source::Viewer, item.org, Event::DanmakuReported(told))
        .with_team(item.team)
        .with_room(item.room)
        .with_broadcast(item.broadcast)
        .with_viewer(viewer);
    tx.emit(event).await?;
    tx.commit().await?;
    metrics::counter!("kaibo_moderation_reports_total", "state" => report.state.name()).increment(1);
    Ok((FROM_ANYWHERE, Json(OwnReport::from(report))))
}

/// The item about a danmaku that is shown, and whether there was none yet.
async fn reported(moderation: &Moderation, room: &RoomRef, position: u64) -> Result<(Item, bool), ApiError> {
    let app = moderation.app();
    let not_found = || ApiError::new(404, "danmaku_not_found", "no such danmaku in this room");
    if position == 0 || position > app.log.last() {
        return Err(not_found());
    }
    let entry = app.log.read(position).next().transpose().map_err(anyhow::Error::from)?;
    let entry = entry.filter(|entry| entry.position == position).ok_or_else(not_found)?;
    let (_, danmaku) = app.read([&entry]).await?.pop().ok_or_else(not_found)?;
    let Event::DanmakuSent(said) = danmaku.event else { return Err(not_found()) };
    let (Some(viewer), Some(team)) = (danmaku.viewer, danmaku.team) else { return Err(not_found()) };
    if danmaku.room != Some(room.room) || danmaku.org != room.org {
        return Err(not_found());
    }
    // What was decided about it stands just behind it.
    if !app.progress.reached(review::reactions::NAME, app.log.last().min(position + 1), ARRIVING).await {
        return Err(ApiError::new(503, "busy", "ask again"));
    }
    if let Some(item) = review::store::shown_as(app.store.read(), room.room, position).await? {
        return Ok((item, false));
    }
    let reason = TextReason {
        rule: "report".into(),
        verdict: TextVerdict::Alarm,
        word: String::new(),
        category: String::new(),
        list: String::new(),
        field: TextField::Text,
        start: 0,
        end: 0,
    };
    let item = Item {
        position,
        org: room.org,
        team,
        room: room.room,
        broadcast: danmaku.broadcast,
        viewer,
        key: danmaku.key,
        shown_position: Some(position),
        text: said.text,
        nick: said.nick,
        verdict: TextVerdict::Alarm,
        reasons: vec![reason],
        score_milli: None,
        mode: ChatMode::AfterReview,
        at: danmaku.occurred_at,
        tier: 1,
        state: ReviewState::Noted,
        due_at: danmaku.occurred_at,
        claimed: None,
        decided: None,
        erased: danmaku.erased,
        reports: 0,
        report_weight_milli: 0,
        escalated: None,
        notes: Vec::new(),
    };
    Ok((item, true))
}
