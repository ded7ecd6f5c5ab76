//! The review desk over HTTP.

use super::{
    Decided, Item, LAST_TIER, ReviewState, SECOND_TIER,
    notes::{self, Note, NoteWith, ReviewNote},
    store, verdict_name,
};
use crate::{
    DecideAppeals, ManageModeration, Moderation, clauses,
    quality::{self, Given, Sample},
    reports,
};
use app::{
    ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Mask, Page, Permission, PermissionInfo, Problem, Reach,
    Within,
};
use axum::{Json, extract::State};
use events::{
    DanmakuRemoved, DanmakuReviewed, Event, Millis, ReviewOutcome, RoomId, TextReason, TextVerdict, ViewerId,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// May see what was judged and why, the lists, and who decided what.
pub struct ReadModeration;
impl Permission for ReadModeration {
    const INFO: PermissionInfo =
        PermissionInfo { name: "moderation.read", zh: "查看审核", en: "see what was judged, and the lists" };
}

/// May decide about danmaku.
pub struct ReviewDanmaku;
impl Permission for ReviewDanmaku {
    const INFO: PermissionInfo =
        PermissionInfo { name: "moderation.review", zh: "审核弹幕", en: "decide about danmaku" };
}

/// Decided with one call.
pub(super) const MOST_AT_ONCE: usize = 100;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(find))
        .routes(routes!(queue))
        .routes(routes!(claim))
        .routes(routes!(decide))
        .routes(routes!(list_clauses))
        .with_state(moderation)
}

/// What speaks against a text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReviewReason {
    /// How it was found: `exact`, `homophone`, `split` ..., `joined` with what was written just before, `model`, `history`,
    /// the room's `mode`; or why somebody looks at what passed: `sample_near`, near a model's threshold, and `sample_random`, by chance.
    rule: String,
    #[schema(inline)]
    verdict: Verdict,
    /// As the list has it.
    word: String,
    category: String,
    /// The list's id, or `pack` for the words that Kaibo brings along.
    list: String,
    /// `text` or `nick`.
    field: &'static str,
    /// Characters of the field, from and behind.
    start: u32,
    end: u32,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReviewVerdict)]
enum Verdict {
    /// It passed, and people are told 提醒.
    Alarm,
    /// It passed without some characters 打码.
    Mask,
    /// It waits for a person 先审.
    Hold,
    /// It did not pass 拦截.
    Block,
}

impl From<TextVerdict> for Verdict {
    fn from(verdict: TextVerdict) -> Self {
        match verdict {
            TextVerdict::Alarm => Verdict::Alarm,
            TextVerdict::Mask => Verdict::Mask,
            TextVerdict::Hold => Verdict::Hold,
            TextVerdict::Block => Verdict::Block,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReviewOutcome)]
pub(crate) enum Outcome {
    /// Nothing is wrong with it 通过.
    Pass,
    /// It is against the rules 违规.
    Reject,
}

impl From<ReviewOutcome> for Outcome {
    fn from(outcome: ReviewOutcome) -> Self {
        match outcome {
            ReviewOutcome::Pass => Outcome::Pass,
            ReviewOutcome::Reject => Outcome::Reject,
        }
    }
}

impl From<Outcome> for ReviewOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass => ReviewOutcome::Pass,
            Outcome::Reject => ReviewOutcome::Reject,
        }
    }
}

/// A danmaku that was not simply let through.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReviewItem {
    /// Of the decision in the event log; its id.
    position: u64,
    #[schema(value_type = Uuid)]
    room: RoomId,
    #[schema(value_type = Option<Uuid>)]
    broadcast: Option<events::BroadcastId>,
    /// The pseudonym; masked without `personal.read`.
    #[schema(value_type = String)]
    viewer: ViewerId,
    text: String,
    nick: Option<String>,
    #[schema(inline)]
    verdict: Verdict,
    reasons: Vec<ReviewReason>,
    /// A model's probability that it is bad.
    score: Option<f32>,
    /// The room's mode then.
    #[schema(example = "after_review")]
    mode: &'static str,
    #[schema(value_type = i64)]
    at_ms: Millis,
    /// 1, 2 or 3.
    tier: u8,
    #[schema(inline)]
    state: ReviewState,
    /// By then somebody should have looked.
    #[schema(value_type = i64)]
    due_at_ms: Millis,
    /// Who is at it, and until when it is left to him.
    claimed_by: Option<String>,
    #[schema(value_type = Option<i64>)]
    claimed_until_ms: Option<Millis>,
    #[schema(inline)]
    outcome: Option<Outcome>,
    clause: Option<String>,
    /// The last verdict's.
    note: Option<String>,
    decided_by: Option<String>,
    #[schema(value_type = Option<i64>)]
    decided_at_ms: Option<Millis>,
    /// Its words are gone, for good.
    erased: bool,
    /// How many viewers reported it.
    reports: u32,
    /// How far they are believed together: one of whom nothing is known counts a half.
    report_weight: f64,
    /// Who left it to a higher tier 升级, and why.
    escalated_by: Option<String>,
    escalated_why: Option<String>,
    /// What reviewers wrote for whoever looks next 备注, the oldest first.
    notes: Vec<ReviewNote>,
}

pub(crate) fn body(item: Item, mask: Mask) -> ReviewItem {
    let (claimed_by, claimed_until_ms) = item.claimed.unzip();
    let decided = item.decided;
    let (escalated_by, escalated_why) = item.escalated.unzip();
    ReviewItem {
        position: item.position,
        room: item.room,
        broadcast: item.broadcast,
        viewer: mask.viewer(&item.viewer),
        text: mask.text(&item.text).into_owned(),
        nick: item.nick.map(|nick| mask.nick(&nick).into_owned()),
        verdict: item.verdict.into(),
        reasons: item.reasons.into_iter().map(reason).collect(),
        score: item.score_milli.map(|milli| milli as f32 / 1_000.0),
        mode: crate::chat::name(item.mode),
        at_ms: item.at,
        tier: item.tier,
        state: item.state,
        due_at_ms: item.due_at,
        claimed_by,
        claimed_until_ms,
        outcome: decided.as_ref().map(|decided| decided.outcome.into()),
        clause: decided.as_ref().and_then(|decided| decided.clause.clone()),
        note: decided.as_ref().and_then(|decided| Some(mask.text(decided.note.as_ref()?).into_owned())),
        decided_by: decided.as_ref().map(|decided| decided.by.clone()),
        decided_at_ms: decided.map(|decided| decided.at),
        erased: item.erased,
        reports: item.reports,
        report_weight: f64::from(item.report_weight_milli) / 1_000.0,
        escalated_by,
        escalated_why: escalated_why.map(|why| mask.text(&why).into_owned()),
        notes: notes::bodies(&item.notes, mask),
    }
}

pub(crate) fn reason(reason: TextReason) -> ReviewReason {
    ReviewReason {
        rule: reason.rule,
        verdict: reason.verdict.into(),
        word: reason.word,
        category: reason.category,
        list: reason.list,
        field: if reason.field == events::TextField::Nick { "nick" } else { "text" },
        start: reason.start,
        end: reason.end,
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ItemsQuery {
    #[param(inline)]
    state: Option<ReviewState>,
    #[param(inline)]
    verdict: Option<Verdict>,
    #[param(value_type = Option<Uuid>)]
    room: Option<RoomId>,
    /// A pseudonym.
    #[param(value_type = Option<String>, format = "viewer")]
    viewer: Option<ViewerId>,
    /// `next` of the page before.
    after: Option<u64>,
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// What was judged 判定记录, the newest first
///
/// Everything that was not simply let through, with the reasons, and what people decided.
#[utoipa::path(get, path = "/api/moderation/items", tag = "moderation", operation_id = "list_review_items", params(ItemsQuery),
    responses(
        (status = 200, description = "a page", body = Page<ReviewItem>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiQuery(query): ApiQuery<ItemsQuery>,
) -> ApiResult<Page<ReviewItem>> {
    let limit = query.limit.map_or(50, Within::get);
    let filter = store::Filter {
        state: query.state,
        verdict: query.verdict.map(|verdict| match verdict {
            Verdict::Alarm => TextVerdict::Alarm,
            Verdict::Mask => TextVerdict::Mask,
            Verdict::Hold => TextVerdict::Hold,
            Verdict::Block => TextVerdict::Block,
        }),
        room: query.room,
        viewer: query.viewer,
    };
    let items = store::list(moderation.app().store.read(), can.scope(), &filter, query.after, limit).await?;
    let next = items.last().filter(|_| items.len() as u64 == limit).map(|last| last.position.to_string());
    let mask = can.mask();
    Ok(Json(Page { items: items.into_iter().map(|item| body(item, mask)).collect(), next }))
}

/// One of them 判定详情
#[utoipa::path(get, path = "/api/moderation/items/{position}", tag = "moderation", operation_id = "get_review_item",
    params(("position" = u64, Path, description = "the item's position")),
    responses(
        (status = 200, description = "the item", body = ReviewItem),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such item in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn find(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath(position): ApiPath<u64>,
) -> ApiResult<ReviewItem> {
    let found = store::find(moderation.app().store.read(), can.scope(), position.min(i64::MAX as u64)).await?;
    Ok(Json(body(found.ok_or_else(|| ApiError::not_found("item"))?, can.mask())))
}

/// How much waits for people.
#[derive(Debug, Serialize, ToSchema)]
struct ReviewQueue {
    open: u64,
    /// Beyond its time.
    overdue: u64,
    /// Left to a higher tier.
    escalated: u64,
    /// The tier you decide for 审核级别: 1 whoever reviews, 2 whoever decides appeals, 3 whoever manages moderation of the whole organisation.
    #[schema(minimum = 1, maximum = 3)]
    tier: u8,
    /// Who has decided something within ten minutes, in the organisation.
    reviewers: u64,
    /// Shows on air in the organisation 在播直播间.
    rooms_on_air: u64,
    /// So many one reviewer can look after 审核员配比.
    #[schema(example = 50)]
    rooms_of_one: u64,
}

const ROOMS_OF_ONE: u64 = 50;

/// Which tier somebody decides for.
pub(super) fn tier_of<P: Permission>(can: &Can<P>) -> u8 {
    if can.may(ManageModeration::INFO.name) && can.scope().reach == Reach::Org {
        LAST_TIER
    } else if can.may(DecideAppeals::INFO.name) {
        SECOND_TIER
    } else {
        1
    }
}

/// How much waits for people 待审量
#[utoipa::path(get, path = "/api/moderation/queue", tag = "moderation", operation_id = "get_review_queue",
    responses(
        (status = 200, description = "what waits in your scope", body = ReviewQueue),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn queue(State(moderation): State<Moderation>, can: Can<ReadModeration>) -> ApiResult<ReviewQueue> {
    let app = moderation.app();
    let (open, overdue) = store::waiting(app.store.read(), can.scope(), app.now()).await?;
    let (org, now) = (can.scope().org, app.now());
    Ok(Json(ReviewQueue {
        open,
        overdue,
        escalated: store::escalated(app.store.read(), can.scope()).await?,
        tier: tier_of(&can),
        reviewers: moderation.at_work(org, now),
        rooms_on_air: moderation.on_air(org).await?,
        rooms_of_one: ROOMS_OF_ONE,
    }))
}

/// What to take on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClaimItems {
    /// How many at most.
    #[schema(value_type = u64, minimum = 1, maximum = 100, example = 10)]
    limit: Within<1, 100>,
    /// Of this room only.
    #[schema(value_type = Option<Uuid>)]
    room: Option<RoomId>,
}

/// What somebody took on.
#[derive(Debug, Serialize, ToSchema)]
struct ClaimedItems {
    items: Vec<ReviewItem>,
    /// Two hours of decisions without a break are enough: until then nothing is given out.
    #[schema(value_type = Option<i64>)]
    rest_until_ms: Option<Millis>,
}

/// Take on what waits 领取待审
///
/// The most urgent first, and what is yours already; of your tier and those below, without what you left to others. Nobody else gets them for
/// two minutes.
#[utoipa::path(post, path = "/api/moderation/queue/claim", tag = "moderation", operation_id = "claim_review_items", request_body = ClaimItems,
    responses(
        (status = 200, description = "what is yours now", body = ClaimedItems),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.review`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn claim(
    State(moderation): State<Moderation>,
    can: Can<ReviewDanmaku>,
    ApiJson(wanted): ApiJson<ClaimItems>,
) -> ApiResult<ClaimedItems> {
    let app = moderation.app();
    let now = app.now();
    let rest_until_ms = moderation.rest_until(can.scope().org, &can.name, now);
    if rest_until_ms.is_some() {
        return Ok(Json(ClaimedItems { items: Vec::new(), rest_until_ms }));
    }
    let tx = app.store.begin().await?;
    tx.take_turns("moderation_claims").await?;
    let items =
        store::claim(tx.db(), can.scope(), wanted.room, (&can.name, tier_of(&can)), now, wanted.limit.get()).await?;
    tx.commit().await?;
    let mask = can.mask();
    Ok(Json(ClaimedItems { items: items.into_iter().map(|item| body(item, mask)).collect(), rest_until_ms }))
}

/// A verdict about some of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GiveVerdict {
    /// The items' positions.
    #[schema(min_items = 1, max_items = 100)]
    positions: Vec<u64>,
    #[schema(inline)]
    outcome: Outcome,
    /// Which published rule it breaks; needed to reject.
    #[schema(example = "contact")]
    clause: Option<String>,
    /// For colleagues: the next tier, the history and whoever decides an appeal read it, no viewer does 备注.
    #[schema(max_length = 500, example = "三个房间发同样的话")]
    note: Option<String>,
}

/// What became of a verdict.
#[derive(Debug, Serialize, ToSchema)]
struct VerdictGiven {
    decided: Vec<u64>,
    /// Decided before, or somebody else is at it.
    taken: Vec<u64>,
}

/// Decide 审核裁决
///
/// What was held and passes is shown; what was shown and is rejected is taken down. Its writer is told.
#[utoipa::path(post, path = "/api/moderation/verdicts", tag = "moderation", operation_id = "give_verdict", request_body = GiveVerdict,
    responses(
        (status = 200, description = "what was decided", body = VerdictGiven),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.review`; `higher_tier`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: one of them is not in your scope; nothing was decided", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_positions`, `bad_clause`, `bad_note`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn decide(
    State(moderation): State<Moderation>,
    can: Can<ReviewDanmaku>,
    ApiJson(verdict): ApiJson<GiveVerdict>,
) -> ApiResult<VerdictGiven> {
    let GiveVerdict { mut positions, outcome, clause, note } = verdict;
    positions.sort_unstable();
    positions.dedup();
    if positions.is_empty() || positions.len() > MOST_AT_ONCE {
        return Err(ApiError::new(422, "bad_positions", format!("1 to {MOST_AT_ONCE} at once")));
    }
    let clause = clause.filter(|_| outcome == Outcome::Reject);
    let named = clause.as_deref().is_some_and(clauses::is_one);
    if outcome == Outcome::Reject && !named {
        return Err(ApiError::new(422, "bad_clause", "whoever rejects names one of the published clauses"));
    }
    let note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    if note.as_ref().is_some_and(|note| note.chars().count() > notes::LONGEST) {
        return Err(ApiError::new(422, "bad_note", "at most 500 characters"));
    }
    let app = moderation.app();
    let now = app.now();
    let outcome = outcome.into();
    let decided = Decided { outcome, clause, note, by: can.name.to_string(), at: now };
    let tx = app.store.begin().await?;
    let mut given = VerdictGiven { decided: Vec::new(), taken: Vec::new() };
    let mut items = Vec::new();
    for position in positions {
        let found = store::find(tx.db(), can.scope(), position.min(i64::MAX as u64)).await?;
        let item = found.ok_or_else(|| ApiError::not_found("item"))?;
        if item.tier > tier_of(&can) && item.state == ReviewState::Open {
            return Err(ApiError::new(403, "higher_tier", "one of them waits for a higher tier; nothing was decided"));
        }
        if !store::decide(tx.db(), item.position, &decided).await? {
            given.taken.push(position);
            continue;
        }
        given.decided.push(position);
        if let Some(text) = decided.note.clone() {
            let note = Note { with: NoteWith::Verdict, tier: item.tier, by: decided.by.clone(), at: now, text };
            store::add_note(tx.db(), item.position, &note).await?;
        }
        reports::store::decide(tx.db(), item.position, outcome, now).await?;
        let reviewed = DanmakuReviewed {
            position: item.position,
            outcome,
            held: item.verdict == TextVerdict::Hold,
            clause: decided.clause.clone(),
            tier: item.tier,
            by: decided.by.clone(),
        };
        tx.emit(item.told(now, Event::DanmakuReviewed(reviewed))).await?;
        if let (ReviewOutcome::Reject, Some(position)) = (outcome, item.shown_position) {
            tx.emit(item.told(now, Event::DanmakuRemoved(DanmakuRemoved { position }))).await?;
        }
        metrics::counter!("kaibo_moderation_verdicts_total", "verdict" => verdict_name(item.verdict),
            "outcome" => super::outcome_name(outcome), "late" => (now > item.due_at).to_string())
        .increment(1);
        if moderation.is_sampled(item.position) {
            let given = Given { by: decided.by.clone(), outcome, clause: decided.clause.clone(), at: now };
            quality::store::insert(tx.db(), &Sample::first(&item, given)).await?;
        }
        items.push(item);
    }
    super::keep(app, &tx, can.scope().org, &items, &decided).await?;
    tx.commit().await?;
    if !given.decided.is_empty() {
        moderation.worked(can.scope().org, &can.name, now);
    }
    Ok(Json(given))
}

/// A published rule.
#[derive(Debug, Serialize, ToSchema)]
struct PublishedClause {
    /// Stands in verdicts, sanctions and messages.
    #[schema(example = "contact")]
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    /// Which law or rule asks for it.
    source: &'static str,
}

/// The published rules 条款
#[utoipa::path(get, path = "/api/public/clauses", tag = "moderation", operation_id = "list_clauses",
    responses((status = 200, description = "all of them", body = Vec<PublishedClause>)), security(()))]
async fn list_clauses() -> Json<Vec<PublishedClause>> {
    let published = |clause: &clauses::Clause| {
        let clauses::Clause { code, zh, en, source } = *clause;
        PublishedClause { code, zh, en, source }
    };
    Json(clauses::LIST.iter().map(published).collect())
}
