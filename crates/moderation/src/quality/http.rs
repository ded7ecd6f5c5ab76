//! Verdicts given twice, and what they say of those who give them, over HTTP.

use super::{
    Given, Sample, SampleState,
    rules::{interval, kappa},
    store,
};
use crate::{
    ManageModeration, Moderation, ReviewDanmaku, clauses,
    review::{
        self, Decided, Item,
        http::{Outcome, ReviewReason, reason},
    },
};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Mask, Problem, Within};
use axum::{Json, extract::State};
use events::{Millis, ReviewOutcome, RoomId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Disputes that are told at once.
const TOLD: u64 = 100;
const DAY_MS: i64 = 86_400_000;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(claim))
        .routes(routes!(second))
        .routes(routes!(disputes))
        .routes(routes!(settle))
        .routes(routes!(quality))
        .with_state(moderation)
}

/// A danmaku that somebody decided about. Nobody says who, and how.
#[derive(Debug, Serialize, ToSchema)]
struct BlindItem {
    /// Of the item.
    position: u64,
    #[schema(value_type = Uuid)]
    room: RoomId,
    text: String,
    nick: Option<String>,
    reasons: Vec<ReviewReason>,
    /// A model's probability that it is bad.
    score: Option<f32>,
    #[schema(value_type = i64)]
    at_ms: Millis,
}

fn blind(item: Item, mask: Mask) -> BlindItem {
    BlindItem {
        position: item.position,
        room: item.room,
        text: mask.text(&item.text).into_owned(),
        nick: item.nick.map(|nick| mask.nick(&nick).into_owned()),
        reasons: item.reasons.into_iter().map(reason).collect(),
        score: item.score_milli.map(|milli| milli as f32 / 1_000.0),
        at_ms: item.at,
    }
}

/// How many to take on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClaimBlind {
    #[schema(value_type = u64, minimum = 1, maximum = 100, example = 10)]
    limit: Within<1, 100>,
}

/// Danmaku to decide about once more.
#[derive(Debug, Serialize, ToSchema)]
struct BlindItems {
    items: Vec<BlindItem>,
}

/// Take on verdicts to be given twice 领取盲审
///
/// One verdict of twenty is given once more, by somebody else who does not see the first one. Nobody else gets them for two minutes.
#[utoipa::path(post, path = "/api/moderation/blind/claim", tag = "moderation", operation_id = "claim_blind_items", request_body = ClaimBlind,
    responses(
        (status = 200, description = "what is yours now", body = BlindItems),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.review`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn claim(
    State(moderation): State<Moderation>,
    can: Can<ReviewDanmaku>,
    ApiJson(wanted): ApiJson<ClaimBlind>,
) -> ApiResult<BlindItems> {
    let app = moderation.app();
    let tx = app.store.begin().await?;
    tx.take_turns("moderation_claims").await?;
    let samples = store::claim(tx.db(), can.scope(), &can.name, app.now(), wanted.limit.get()).await?;
    let items = review::store::find_some(tx.db(), &positions(&samples)).await?;
    tx.commit().await?;
    let mask = can.mask();
    Ok(Json(BlindItems { items: items.into_iter().map(|item| blind(item, mask)).collect() }))
}

fn positions(samples: &[Sample]) -> Vec<u64> {
    samples.iter().map(|sample| sample.position).collect()
}

/// A verdict about a danmaku that was decided before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecondVerdict {
    #[schema(inline)]
    outcome: Outcome,
    /// Which published rule it breaks; needed to reject.
    #[schema(example = "contact")]
    clause: Option<String>,
}

impl SecondVerdict {
    fn given(self, by: &str, now: Millis) -> Result<Given, ApiError> {
        let outcome = self.outcome.into();
        let clause = self.clause.filter(|_| outcome == ReviewOutcome::Reject);
        if outcome == ReviewOutcome::Reject && !clause.as_deref().is_some_and(clauses::is_one) {
            return Err(ApiError::new(422, "bad_clause", "whoever rejects names one of the published clauses"));
        }
        Ok(Given { by: by.to_owned(), outcome, clause, at: now })
    }
}

/// Give a verdict for the second time 盲审裁决
///
/// It changes nothing by itself: where both differ, somebody who manages moderation says which is right.
#[utoipa::path(post, path = "/api/moderation/blind/{position}", tag = "moderation", operation_id = "give_second_verdict",
    params(("position" = u64, Path, description = "the item's position")), request_body = SecondVerdict,
    responses(
        (status = 204, description = "kept"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.review`; `own_verdict`: the first one was yours", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: it is not to be decided about twice, or not in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`already_decided`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_clause`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn second(
    State(moderation): State<Moderation>,
    can: Can<ReviewDanmaku>,
    ApiPath(position): ApiPath<u64>,
    ApiJson(verdict): ApiJson<SecondVerdict>,
) -> Result<axum::http::StatusCode, ApiError> {
    let app = moderation.app();
    let given = verdict.given(&can.name, app.now())?;
    let tx = app.store.begin().await?;
    let sample = store::find(tx.db(), can.scope(), position).await?.ok_or_else(|| ApiError::not_found("item"))?;
    if sample.first.by == given.by {
        return Err(ApiError::new(403, "own_verdict", "the first verdict was yours"));
    }
    let agreed = sample.first.outcome == given.outcome;
    let state = if agreed { SampleState::Agreed } else { SampleState::Disputed };
    if !store::second(tx.db(), sample.position, &given, state).await? {
        return Err(ApiError::new(409, "already_decided", "somebody else gave it"));
    }
    tx.commit().await?;
    metrics::counter!("kaibo_moderation_samples_total", "agreed" => agreed.to_string()).increment(1);
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// One of two verdicts.
#[derive(Debug, Serialize, ToSchema)]
struct DisputedVerdict {
    #[schema(inline)]
    outcome: Outcome,
    #[schema(example = "contact")]
    clause: Option<String>,
}

impl From<&Given> for DisputedVerdict {
    fn from(given: &Given) -> Self {
        Self { outcome: given.outcome.into(), clause: given.clause.clone() }
    }
}

/// Two verdicts that differ. Nobody says whose.
#[derive(Debug, Serialize, ToSchema)]
struct Dispute {
    item: BlindItem,
    verdicts: Vec<DisputedVerdict>,
    /// One of them was yours.
    own: bool,
}

/// Verdicts that differ 争议
///
/// The oldest first, at most 100.
#[utoipa::path(get, path = "/api/moderation/disputes", tag = "moderation", operation_id = "list_disputes",
    responses(
        (status = 200, description = "what nobody has settled", body = Vec<Dispute>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn disputes(State(moderation): State<Moderation>, can: Can<ManageModeration>) -> ApiResult<Vec<Dispute>> {
    let db = moderation.app().store.read();
    let samples = store::disputed(db, can.scope(), TOLD).await?;
    let items = review::store::find_some(db, &positions(&samples)).await?;
    let mut samples: BTreeMap<u64, Sample> = samples.into_iter().map(|sample| (sample.position, sample)).collect();
    let told = items.into_iter().filter_map(|item| {
        let Sample { first, second, .. } = samples.remove(&item.position)?;
        let second = second?;
        let own = first.by == can.name.as_ref() || second.by == can.name.as_ref();
        let mut verdicts = [&first, &second];
        // Not always the first one first.
        verdicts.sort_by_key(|given| review::outcome_name(given.outcome));
        Some(Dispute { item: blind(item, can.mask()), verdicts: verdicts.map(DisputedVerdict::from).into(), own })
    });
    Ok(Json(told.collect()))
}

/// Say which verdict is right 终审
///
/// Not where one of them is yours. A verdict that was wrong is overturned.
#[utoipa::path(post, path = "/api/moderation/disputes/{position}", tag = "moderation", operation_id = "settle_dispute",
    params(("position" = u64, Path, description = "the item's position")), request_body = SecondVerdict,
    responses(
        (status = 204, description = "settled"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `own_verdict`: one of the two was yours", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such dispute in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`already_decided`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_clause`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn settle(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiPath(position): ApiPath<u64>,
    ApiJson(verdict): ApiJson<SecondVerdict>,
) -> Result<axum::http::StatusCode, ApiError> {
    let app = moderation.app();
    let given = verdict.given(&can.name, app.now())?;
    let tx = app.store.begin().await?;
    let sample = store::find(tx.db(), can.scope(), position).await?.ok_or_else(|| ApiError::not_found("dispute"))?;
    if sample.first.by == given.by || sample.second.as_ref().is_some_and(|second| second.by == given.by) {
        return Err(ApiError::new(403, "own_verdict", "one of the two verdicts was yours"));
    }
    if !store::settle(tx.db(), sample.position, &given).await? {
        return Err(ApiError::new(409, "already_decided", "there is nothing to settle any more"));
    }
    let mut forgiven = None;
    if sample.first.outcome != given.outcome {
        let Given { by, outcome, clause, at } = given;
        forgiven =
            review::overrule(app, &tx, sample.position, &Decided { outcome, clause, note: None, by, at }).await?;
    }
    tx.commit().await?;
    if let Some((viewer, rejected_at)) = forgiven {
        moderation.0.gate.forgive(sample.org, &viewer, rejected_at);
    }
    Ok(axum::http::StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct QualityQuery {
    /// How far back; 30 if nothing is said.
    #[param(inline)]
    days: Option<Within<1, 365>>,
}

/// How well somebody decides.
#[derive(Debug, Serialize, ToSchema)]
struct ReviewerQuality {
    /// A login, or a token's name.
    #[schema(example = "lin")]
    name: String,
    decided: u64,
    /// Of those, beyond their time.
    late: u64,
    /// Of the verdicts that were given twice, those of which it is known what is right.
    judged: u64,
    right: u64,
    /// The share that was right, with its 95 % interval (Wilson).
    accuracy: Option<f64>,
    accuracy_low: Option<f64>,
    accuracy_high: Option<f64>,
}

/// How well people decide.
#[derive(Debug, Serialize, ToSchema)]
struct ReviewQuality {
    reviewers: Vec<ReviewerQuality>,
    /// Verdicts that were given twice.
    pairs: u64,
    /// Of those, the share that was the same.
    agreement: Option<f64>,
    /// Cohen's kappa: agreement beyond chance.
    kappa: Option<f64>,
    /// Disputes that nobody has settled.
    disputed: u64,
}

/// How well people decide 审核质量
#[utoipa::path(get, path = "/api/moderation/quality", tag = "moderation", operation_id = "get_review_quality", params(QualityQuery),
    responses(
        (status = 200, description = "in your scope", body = ReviewQuality),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn quality(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiQuery(query): ApiQuery<QualityQuery>,
) -> ApiResult<ReviewQuality> {
    let app = moderation.app();
    let db = app.store.read();
    let days = query.days.map_or(30, Within::get);
    let since = Millis(app.now().0.saturating_sub(days as i64 * DAY_MS));
    let samples = store::since(db, can.scope(), since).await?;
    let mut judged: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut pairs = Vec::with_capacity(samples.len());
    let mut disputed = 0;
    for sample in &samples {
        let Some(second) = &sample.second else { continue };
        pairs.push((sample.first.outcome, second.outcome));
        let Some(right) = store::right(sample) else {
            disputed += 1;
            continue;
        };
        for given in [&sample.first, second] {
            let (all, good) = judged.entry(given.by.clone()).or_default();
            *all += 1;
            *good += u64::from(given.outcome == right);
        }
    }
    let mut reviewers = Vec::new();
    for (name, decided, late) in review::store::decided_by(db, can.scope(), since).await? {
        let (all, right) = judged.remove(&name).unwrap_or_default();
        reviewers.push(reviewer(name, decided, late, all, right));
    }
    reviewers.extend(judged.into_iter().map(|(name, (all, right))| reviewer(name, 0, 0, all, right)));
    let same = pairs.iter().filter(|(one, other)| one == other).count();
    let told = ReviewQuality {
        reviewers,
        pairs: pairs.len() as u64,
        agreement: (!pairs.is_empty()).then(|| same as f64 / pairs.len() as f64),
        kappa: kappa(&pairs),
        disputed,
    };
    Ok(Json(told))
}

fn reviewer(name: String, decided: u64, late: u64, judged: u64, right: u64) -> ReviewerQuality {
    let (low, high) = interval(right, judged).unzip();
    let accuracy = (judged > 0).then(|| right as f64 / judged as f64);
    ReviewerQuality { name, decided, late, judged, right, accuracy, accuracy_low: low, accuracy_high: high }
}
