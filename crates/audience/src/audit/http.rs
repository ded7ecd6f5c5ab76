//! The audit of a show, its entries one by one, and how a room is delivered.

use super::cache::Audited;
use super::numbers::{self, Everybody, Found, ORDER, PAIRS, Sum};
use super::store;
use crate::cdn::{self, Logs};
use crate::{Audience, Refusal, ShowOf};
use app::{
    ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Permission, PermissionInfo, Problem, Scope, Within,
};
use axum::{Json, extract::State, http::StatusCode};
use events::{BroadcastId, EntryId, Millis, RoomId, ViewerKind, ViewerVerdict};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(audience: Audience) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(audit))
        .routes(routes!(entries))
        .routes(routes!(delivery, set_delivery))
        .with_state(audience)
}

/// `metrics.read`, as `analytics` declares it.
pub(crate) struct ReadMetrics;

impl Permission for ReadMetrics {
    const INFO: PermissionInfo = PermissionInfo { name: "metrics.read", zh: "查看数据", en: "see the numbers" };
}

/// `room.manage`, as `room` declares it.
pub(crate) struct ManageRooms;

impl Permission for ManageRooms {
    const INFO: PermissionInfo = PermissionInfo { name: "room.manage", zh: "管理直播间", en: "manage rooms" };
}

#[derive(Debug, Serialize, ToSchema)]
struct Count {
    /// Distinct viewers. One with entries of several verdicts counts in the first of web, bare, unknown, bot.
    viewers: u64,
    entries: u64,
    /// Watch time 观看时长: fetched and shown.
    watch_ms: u64,
}

impl From<Sum> for Count {
    fn from(sum: Sum) -> Self {
        Self { viewers: sum.viewers, entries: sum.entries, watch_ms: sum.watch_ms }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct Totals {
    web: Count,
    bare: Count,
    unknown: Count,
    bot: Count,
}

#[derive(Debug, Serialize, ToSchema)]
struct Band {
    /// Web and bare together.
    value: u64,
    low: u64,
    high: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct Accuracy {
    /// Share of the suspected that are bots.
    precision: f64,
    /// Share of the bots that are suspected.
    recall: f64,
    /// By the bot farm of the tests; otherwise assumed.
    measured: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct Reason {
    /// Stable; `docs/audience.md` explains it.
    #[schema(example = "beats_without_media")]
    code: String,
    /// What it weighs: 4 make a suspected bot, 2 an unknown.
    points: u32,
    entries: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct Reconciled {
    #[schema(example = "segments")]
    left: &'static str,
    #[schema(example = "heartbeats")]
    right: &'static str,
    /// Entries of which both say about the same.
    agree: u64,
    left_more: u64,
    right_more: u64,
    /// How far they are apart in all, where they are times.
    difference_ms: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct Coverage {
    /// `playlist`, `segments`, `heartbeats`, `positions`, `socket`, `cdn_log`, `unseen`.
    evidence: &'static str,
    /// `seen`, `partly` or `missing`.
    state: &'static str,
    /// Entries that have it; of `unseen` those that were forgotten, because too many others only knocked.
    entries: u64,
}

/// What is known of a show's audience, with the doubts.
#[derive(Debug, Serialize, ToSchema)]
struct Audit {
    #[schema(value_type = Uuid)]
    broadcast_id: BroadcastId,
    /// While it ran, media went through a CDN, whose fetches are not seen here.
    cdn: bool,
    /// Audited 场观: viewers, web and bare, suspected bots apart.
    viewers: Band,
    entries: Band,
    watch_ms: u64,
    totals: Totals,
    /// Suspects who never got media. They are in no number.
    turned_away: u64,
    accuracy: Accuracy,
    reasons: Vec<Reason>,
    reconciliation: Vec<Reconciled>,
    coverage: Vec<Coverage>,
    /// CDN logs that were imported.
    imports: Vec<cdn::CdnReport>,
}

/// The audit of a show's audience 观众审计
///
/// Every entry is judged by what was seen of it: web viewer, bare client, suspected bot, or unknown. The band is how far
/// the number may be off, by what is known of the rules' precision and recall.
#[utoipa::path(get, path = "/api/broadcasts/{id}/audience", operation_id = "read_broadcast_audience", tag = "audience",
    params(("id" = Uuid, Path, description = "the broadcast")),
    responses(
        (status = 200, body = Audit),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `metrics.read`"),
        (status = 404, body = Problem, description = "`broadcast_not_found`"),
    ))]
async fn audit(
    State(audience): State<Audience>,
    can: Can<ReadMetrics>,
    ApiPath(id): ApiPath<BroadcastId>,
) -> ApiResult<Audit> {
    let show = show_within(&audience, can.scope(), id).await?;
    let audited = audited(&audience, &show).await?;
    let Audited { numbers, cdn, imports, .. } = &*audited;
    let accuracy = if *cdn { numbers::CDN } else { numbers::DIRECT };
    let [web, bare, unknown, bot] = ORDER.map(|verdict| numbers.of(verdict));
    let band = |of: fn(&Sum) -> u64| {
        let value = of(&web) + of(&bare);
        let (low, high) = numbers::band(value, of(&unknown), of(&bot), accuracy);
        Band { value, low, high }
    };
    let mut reasons: Vec<Reason> = numbers.reasons.iter().map(|(code, entries)| reason(code, *entries)).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse((reason.points, reason.entries)));
    let reconciliation = PAIRS.iter().zip(numbers.pairs).map(|((left, right), pair)| Reconciled {
        left,
        right,
        agree: pair.agree,
        left_more: pair.left,
        right_more: pair.right,
        difference_ms: pair.difference_ms,
    });
    Ok(Json(Audit {
        broadcast_id: id,
        cdn: *cdn,
        viewers: band(|sum| sum.viewers),
        entries: band(|sum| sum.entries),
        watch_ms: web.watch_ms + bare.watch_ms,
        turned_away: numbers.turned_away,
        accuracy: Accuracy { precision: accuracy.precision, recall: accuracy.recall, measured: !cdn },
        reasons,
        reconciliation: reconciliation.collect(),
        coverage: coverage(&audited),
        imports: imports.clone(),
        totals: Totals { web: web.into(), bare: bare.into(), unknown: unknown.into(), bot: bot.into() },
    }))
}

fn reason(code: &str, entries: u64) -> Reason {
    let points = super::rules::RULES.iter().find(|rule| rule.code == code).map_or(0, |rule| rule.points);
    Reason { code: code.to_owned(), points, entries }
}

/// Which evidence there is, over all entries.
fn coverage(audited: &Audited) -> Vec<Coverage> {
    let Audited { numbers, cdn, imports, logged, unseen, .. } = audited;
    let all = numbers::EVIDENCE.into_iter().zip(numbers.has);
    let listed = all.filter(|(evidence, _)| *cdn || !imports.is_empty() || *evidence != "cdn_log");
    let mut rows: Vec<Coverage> = listed
        .map(|(evidence, entries)| {
            // A CDN answers for us, so that what we see of playlists and segments is a part at best.
            let delivered = *cdn && matches!(evidence, "playlist" | "segments");
            let state = match entries {
                0 => "missing",
                _ if delivered || evidence == "cdn_log" && !logged => "partly",
                _ => "seen",
            };
            Coverage { evidence, state, entries }
        })
        .collect();
    if *unseen > 0 {
        rows.push(Coverage { evidence: "unseen", state: "missing", entries: *unseen });
    }
    rows
}

/// What was seen of one entry.
#[derive(Debug, Serialize, ToSchema)]
struct Evidence {
    /// `web`: asked for a token. `bare`: a session was minted at its first playlist.
    #[schema(value_type = Option<String>)]
    kind: Option<ViewerKind>,
    #[schema(value_type = i64)]
    first_at: Millis,
    #[schema(value_type = i64)]
    last_at: Millis,
    playlists: u32,
    /// Segments and parts of which something arrived.
    fetches: u32,
    /// Distinct live media that arrived.
    media_ms: u64,
    /// The same again included.
    served_ms: u64,
    /// Media of recordings.
    rewound_ms: u64,
    bytes: u64,
    beats: u32,
    positions: u32,
    hidden: u32,
    claimed_ms: u64,
    credited_ms: u64,
    repeats: u32,
    still: u32,
    outside: u32,
    impossible: u32,
    jitter_ms: Option<u32>,
    lockstep: u32,
    rush: u32,
    cluster: u32,
    brief: u32,
    sockets: u32,
    socket_ms: u64,
    addresses: u32,
    /// `browser`, `headless`, `tool`, `media_player`, `app`, `none`.
    agent: String,
    cdn_segments: u32,
}

/// An entry and what it is taken for. Names are pseudonyms.
#[derive(Debug, Serialize, ToSchema)]
struct AuditedEntry {
    #[schema(value_type = Uuid)]
    entry_id: EntryId,
    viewer_id: String,
    #[schema(value_type = String, example = "bot")]
    verdict: ViewerVerdict,
    reasons: Vec<String>,
    /// It counts as an entry; without, it never got media.
    entered: bool,
    /// Watching now.
    present: bool,
    evidence: Evidence,
}

impl From<Found> for AuditedEntry {
    fn from(found: Found) -> Self {
        let evidence = found.evidence;
        Self {
            entry_id: found.entry,
            viewer_id: found.viewer.to_string(),
            verdict: found.verdict,
            reasons: found.reasons,
            entered: found.entered,
            present: found.present,
            evidence: Evidence {
                kind: evidence.kind,
                first_at: evidence.first_at,
                last_at: evidence.last_at,
                playlists: evidence.playlists,
                fetches: evidence.fetches,
                media_ms: evidence.media_ms,
                served_ms: evidence.served_ms,
                rewound_ms: evidence.rewound_ms,
                bytes: evidence.bytes,
                beats: evidence.beats,
                positions: evidence.positions,
                hidden: evidence.hidden,
                claimed_ms: evidence.claimed_ms,
                credited_ms: evidence.credited_ms,
                repeats: evidence.repeats,
                still: evidence.still,
                outside: evidence.outside,
                impossible: evidence.impossible,
                jitter_ms: evidence.jitter_ms,
                lockstep: evidence.lockstep,
                rush: evidence.rush,
                cluster: evidence.cluster,
                brief: evidence.brief,
                sockets: evidence.sockets,
                socket_ms: evidence.socket_ms,
                addresses: evidence.addresses,
                agent: evidence.agent,
                cdn_segments: evidence.cdn_segments,
            },
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `web`, `bare`, `unknown` or `bot`; all without.
    #[param(pattern = "^(web|bare|unknown|bot)$")]
    verdict: Option<String>,
    /// The `next` of the page before.
    #[param(value_type = Option<Uuid>)]
    after: Option<EntryId>,
    /// By default 100.
    #[param(inline)]
    limit: Option<Within<1, 500>>,
}

/// The entries of a show with their evidence
///
/// In the order of entry. Without `personal.read` the pseudonyms are masked.
#[utoipa::path(get, path = "/api/broadcasts/{id}/audience/entries", operation_id = "list_audited_entries", tag = "audience",
    params(("id" = Uuid, Path, description = "the broadcast"), Which),
    responses(
        (status = 200, body = Page<AuditedEntry>),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `metrics.read`"),
        (status = 404, body = Problem, description = "`broadcast_not_found`"),
    ))]
async fn entries(
    State(audience): State<Audience>,
    can: Can<ReadMetrics>,
    ApiPath(id): ApiPath<BroadcastId>,
    ApiQuery(which): ApiQuery<Which>,
) -> ApiResult<Page<AuditedEntry>> {
    let verdict = match &which.verdict {
        None => None,
        Some(name) => {
            let known = ORDER.into_iter().find(|verdict| store::name(*verdict) == name);
            Some(known.ok_or_else(|| ApiError::bad_request(format!("there is no verdict `{name}`")))?)
        }
    };
    let limit = which.limit.map_or(100, Within::count);
    let show = show_within(&audience, can.scope(), id).await?;
    let audited = audited(&audience, &show).await?;
    let from = which.after.map_or(0, |after| audited.verdicts.partition_point(|(entry, _)| entry.0 <= after.0));
    let listed = audited.verdicts.iter().skip(from).filter(|(_, found)| verdict.is_none_or(|wanted| wanted == *found));
    let mut page: Vec<EntryId> = listed.map(|(entry, _)| *entry).take(limit + 1).collect();
    let next = (page.len() > limit).then(|| page.get(limit - 1).map(EntryId::to_string)).flatten();
    page.truncate(limit);
    let mut items = some(&audience, &show, &audited, &page).await?;
    let mask = can.mask();
    items.iter_mut().for_each(|item| item.viewer_id = mask.pseudonym(&item.viewer_id).into_owned());
    Ok(Json(Page { items, next }))
}

/// How a room's media reaches its viewers.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Delivery {
    /// Playlists and segments go through a CDN. Watch time is then credited by heartbeats with positions, and the band is wider.
    cdn: bool,
}

/// How a room is delivered 分发方式
#[utoipa::path(get, path = "/api/rooms/{id}/delivery", operation_id = "read_delivery", tag = "audience",
    params(("id" = Uuid, Path, description = "the room")),
    responses(
        (status = 200, body = Delivery),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `metrics.read`"),
        (status = 404, body = Problem, description = "`room_not_found`"),
    ))]
async fn delivery(
    State(audience): State<Audience>,
    can: Can<ReadMetrics>,
    ApiPath(id): ApiPath<RoomId>,
) -> ApiResult<Delivery> {
    room_within(&audience, can.scope(), id).await?;
    Ok(Json(Delivery { cdn: !audience.delivery(id).is_direct(audience.app().now()) }))
}

/// Says how a room is delivered 设置分发方式
///
/// From now on: shows and the part of a show before are judged by what held then.
#[utoipa::path(put, path = "/api/rooms/{id}/delivery", tag = "audience",
    params(("id" = Uuid, Path, description = "the room")), request_body(content = Delivery),
    responses(
        (status = 204, description = "from now on"),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `room.manage`"),
        (status = 404, body = Problem, description = "`room_not_found`"),
    ))]
async fn set_delivery(
    State(audience): State<Audience>,
    can: Can<ManageRooms>,
    ApiPath(id): ApiPath<RoomId>,
    ApiJson(delivery): ApiJson<Delivery>,
) -> Result<StatusCode, ApiError> {
    room_within(&audience, can.scope(), id).await?;
    audience.set_delivery(id, delivery.cdn).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The audit of a show, at most some seconds old.
async fn audited(audience: &Audience, show: &ShowOf) -> Result<Arc<Audited>, ApiError> {
    let now = audience.app().now();
    audience.audits().get(show.broadcast, now, look(audience, show, now)).await
}

/// Goes over everybody: the rows of a show, with who is there now on top.
async fn look(audience: &Audience, show: &ShowOf, now: Millis) -> Result<Audited, ApiError> {
    let db = audience.app().store.read();
    let delivery = audience.delivery(show.room);
    let imports = cdn::store::batches(db, show.broadcast).await?;
    let logs = logs(&imports);
    let mut all = Everybody::default();
    store::each(db, show.broadcast, |found| all.add(found)).await?;
    // Whoever only looked in is nobody's business yet.
    let judged =
        audience.present(show.room, show.broadcast).into_iter().map(|witness| witness.judged(&delivery, false));
    let mut present: Vec<Found> = judged.map(Found::from).filter(Found::is_told).collect();
    present.sort_unstable_by_key(|found| found.entry.0);
    for found in &present {
        all.add(found.clone());
    }
    cdn::store::each(db, show.broadcast, |found| all.cdn(found)).await?;
    let mut verdicts = Vec::new();
    let judged = all.judged(&delivery, &logs).inspect(|found| verdicts.push((found.entry, found.verdict)));
    let numbers = numbers::fold(judged);
    let unseen = store::unseen(db, show.broadcast).await?;
    let (from, to) = (show.started_at, show.ended_at.unwrap_or(now));
    let (cdn, logged) = (!delivery.was_direct(from, to), logs.of(from, to).complete);
    Ok(Audited { numbers, verdicts, present, unseen, cdn, imports, logs, logged })
}

/// Some entries in full, in their order.
async fn some(
    audience: &Audience,
    show: &ShowOf,
    audited: &Audited,
    entries: &[EntryId],
) -> Result<Vec<AuditedEntry>, ApiError> {
    let db = audience.app().store.read();
    let mut all = Everybody::default();
    for found in store::some(db, show.broadcast, entries).await? {
        all.add(found);
    }
    let present: HashMap<EntryId, &Found> = audited.present.iter().map(|found| (found.entry, found)).collect();
    for found in entries.iter().filter_map(|entry| present.get(entry)) {
        all.add((*found).clone());
    }
    for found in cdn::store::some(db, show.broadcast, entries).await? {
        all.cdn(found);
    }
    Ok(all.judged(&audience.delivery(show.room), &audited.logs).map(AuditedEntry::from).collect())
}

fn logs(imports: &[cdn::CdnReport]) -> Logs {
    let spans = imports.iter().filter_map(|log| Some((log.from?, log.to?, log.complete, log.segment_ms)));
    Logs::new(spans)
}

async fn room_within(audience: &Audience, scope: Scope, id: RoomId) -> Result<(), ApiError> {
    let found = audience.room(id).await?.filter(|room| scope.covers(room.org, room.team));
    found.map(drop).ok_or_else(|| Refusal::RoomNotFound(id).into())
}

pub(crate) async fn show_within(audience: &Audience, scope: Scope, id: BroadcastId) -> Result<ShowOf, ApiError> {
    let found = audience.show(id).await?.filter(|show| scope.covers(show.org, show.team));
    found.ok_or_else(|| Refusal::BroadcastNotFound(id).into())
}
