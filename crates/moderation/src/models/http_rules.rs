//! From which probabilities on models count, what is sampled and what is learned, over HTTP.

use super::{
    Rules, Sample, TURN, Threshold,
    http::{category_of, headquarters},
    store::{self, Place, Which},
};
use crate::{
    Moderation, chat::http::room_of, lexicons::http::ManageModeration, review::http::ReadModeration, text::interval,
};
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, Problem};
use audience::RoomRef;
use axum::{Json, extract::State};
use events::{Envelope, Event, ModelRulesChanged, ModelThreshold, RoomId, Source};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Sampled verdicts that are counted.
const MOST_SAMPLES: u64 = 20_000;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_rules, set_rules))
        .routes(routes!(get_room, set_room))
        .routes(routes!(samples))
        .with_state(moderation)
}

/// From which probability on, in thousandths; 1000 is never reached.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CategoryThreshold {
    /// A published clause; `any` for those without their own.
    #[schema(example = "any")]
    category: String,
    /// It passes, and people are told.
    #[schema(minimum = 1, maximum = 1000, example = 700)]
    alarm_milli: u32,
    /// It waits for a person; not below the other.
    #[schema(minimum = 1, maximum = 1000, example = 900)]
    hold_milli: u32,
}

/// An organisation's rules for its models.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ModelRules {
    #[schema(max_items = 20)]
    thresholds: Vec<CategoryThreshold>,
    /// Of what passes, in millionths: put before people to learn from.
    #[schema(maximum = 100_000, example = 5000)]
    sample_micro: u32,
    /// At most.
    #[schema(maximum = 100_000, example = 60)]
    samples_an_hour: u32,
    /// New verdicts that make a candidate by themselves; 0: never.
    #[schema(maximum = 100_000, example = 500)]
    learn_after: u32,
    /// Verdicts over which a model in force is watched; it goes by itself when it loses more than two points of macro-F1.
    #[schema(minimum = 20, maximum = 10_000, example = 500)]
    window: u32,
    /// The most of what is learned that one reviewer has decided, in thousandths.
    #[schema(minimum = 1, maximum = 1000, example = 500)]
    reviewer_milli: u32,
    /// The most that equal texts count.
    #[schema(minimum = 1, maximum = 100, example = 5)]
    same_text: u32,
}

/// What is stricter in a room.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoomModelRules {
    #[schema(max_items = 20)]
    thresholds: Vec<CategoryThreshold>,
}

fn thresholds_of(wanted: Vec<CategoryThreshold>) -> Result<BTreeMap<String, Threshold>, ApiError> {
    let mut thresholds = BTreeMap::new();
    for CategoryThreshold { category, alarm_milli, hold_milli } in wanted {
        let fits = |milli: u32| (1..=1_000).contains(&milli);
        if !fits(alarm_milli) || !fits(hold_milli) || alarm_milli > hold_milli {
            let why = "thresholds are 1 to 1000, and what is held was reported before";
            return Err(ApiError::new(422, "bad_threshold", why));
        }
        let category = category_of(Some(category))?;
        if thresholds.insert(category, Threshold { alarm_milli, hold_milli }).is_some() {
            return Err(ApiError::new(422, "bad_threshold", "a category stands there twice"));
        }
    }
    Ok(thresholds)
}

fn shown(thresholds: BTreeMap<String, Threshold>) -> Vec<CategoryThreshold> {
    let threshold =
        |(category, Threshold { alarm_milli, hold_milli })| CategoryThreshold { category, alarm_milli, hold_milli };
    thresholds.into_iter().map(threshold).collect()
}

fn said(thresholds: &BTreeMap<String, Threshold>) -> Vec<ModelThreshold> {
    let threshold = |(category, threshold): (&String, &Threshold)| ModelThreshold {
        category: category.clone(),
        alarm_milli: threshold.alarm_milli,
        hold_milli: threshold.hold_milli,
    };
    thresholds.iter().map(threshold).collect()
}

fn body(rules: Rules) -> ModelRules {
    let mut thresholds = rules.thresholds;
    thresholds.entry(super::ANY.to_owned()).or_default();
    ModelRules {
        thresholds: shown(thresholds),
        sample_micro: rules.sample_micro,
        samples_an_hour: rules.samples_an_hour,
        learn_after: rules.learn_after,
        window: rules.window,
        reviewer_milli: rules.reviewer_milli,
        same_text: rules.same_text,
    }
}

fn rules_of(wanted: ModelRules) -> Result<Rules, ApiError> {
    let fits = wanted.sample_micro <= 100_000
        && wanted.samples_an_hour <= 100_000
        && wanted.learn_after <= 100_000
        && (20..=10_000).contains(&wanted.window)
        && (1..=1_000).contains(&wanted.reviewer_milli)
        && (1..=100).contains(&wanted.same_text);
    if !fits {
        return Err(ApiError::new(422, "bad_rules", "one of the numbers is out of its bounds"));
    }
    Ok(Rules {
        thresholds: thresholds_of(wanted.thresholds)?,
        sample_micro: wanted.sample_micro,
        samples_an_hour: wanted.samples_an_hour,
        learn_after: wanted.learn_after,
        window: wanted.window,
        reviewer_milli: wanted.reviewer_milli,
        same_text: wanted.same_text,
    })
}

/// The rules for models 模型规则
#[utoipa::path(get, path = "/api/moderation/model-rules", tag = "moderation", operation_id = "get_model_rules",
    responses(
        (status = 200, description = "the organisation's rules", body = ModelRules),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn get_rules(State(moderation): State<Moderation>, can: Can<ReadModeration>) -> ApiResult<ModelRules> {
    let place = Place { org: can.scope().org, team: None, room: None };
    Ok(Json(body(store::rules_of(moderation.app().store.read(), place).await?)))
}

/// Change the rules for models 修改模型规则
///
/// In force when it is answered.
#[utoipa::path(put, path = "/api/moderation/model-rules", tag = "moderation", operation_id = "set_model_rules", request_body = ModelRules,
    responses(
        (status = 200, description = "the rules, in force", body = ModelRules),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_rules`, `bad_threshold`, `bad_category`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn set_rules(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiJson(wanted): ApiJson<ModelRules>,
) -> ApiResult<ModelRules> {
    let (org, rules) = (headquarters(&can)?, rules_of(wanted)?);
    let (app, now) = (moderation.app(), moderation.app().now());
    let changed = ModelRulesChanged {
        thresholds: said(&rules.thresholds),
        sample_micro: Some(rules.sample_micro),
        by: can.name.to_string(),
    };
    let tx = app.store.begin().await?;
    tx.take_turns(TURN).await?;
    store::set_rules(tx.db(), Place { org, team: None, room: None }, &rules, now).await?;
    tx.emit(Envelope::new(now, Source::Server, org, Event::ModelRulesChanged(changed))).await?;
    tx.commit().await?;
    moderation.reload().await;
    Ok(Json(body(rules)))
}

fn place(room: &RoomRef) -> Place {
    Place { org: room.org, team: Some(room.team), room: Some(room.room) }
}

/// What is stricter in a room 直播间模型阈值
#[utoipa::path(get, path = "/api/rooms/{id}/model-rules", tag = "moderation", operation_id = "get_room_model_rules",
    params(("id" = Uuid, Path, description = "the room")),
    responses(
        (status = 200, description = "its thresholds", body = RoomModelRules),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn get_room(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath(id): ApiPath<RoomId>,
) -> ApiResult<RoomModelRules> {
    let room = room_of(&moderation, &can, id).await?;
    let rules = store::rules_of(moderation.app().store.read(), place(&room)).await?;
    Ok(Json(RoomModelRules { thresholds: shown(rules.thresholds) }))
}

/// Be stricter in a room 修改直播间模型阈值
///
/// Of the organisation's threshold and the room's the lower one counts: a room is never laxer. In force when it is answered.
#[utoipa::path(put, path = "/api/rooms/{id}/model-rules", tag = "moderation", operation_id = "set_room_model_rules",
    params(("id" = Uuid, Path, description = "the room")), request_body = RoomModelRules,
    responses(
        (status = 200, description = "what holds now", body = RoomModelRules),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_threshold`, `bad_category`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn set_room(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiPath(id): ApiPath<RoomId>,
    ApiJson(wanted): ApiJson<RoomModelRules>,
) -> ApiResult<RoomModelRules> {
    let room = room_of(&moderation, &can, id).await?;
    let rules = Rules { thresholds: thresholds_of(wanted.thresholds)?, ..Rules::default() };
    let (app, now) = (moderation.app(), moderation.app().now());
    let changed =
        ModelRulesChanged { thresholds: said(&rules.thresholds), sample_micro: None, by: can.name.to_string() };
    let tx = app.store.begin().await?;
    tx.take_turns(TURN).await?;
    store::set_rules(tx.db(), place(&room), &rules, now).await?;
    let event = Envelope::new(now, Source::Server, room.org, Event::ModelRulesChanged(changed));
    tx.emit(event.with_team(room.team).with_room(room.room)).await?;
    tx.commit().await?;
    moderation.reload().await;
    Ok(Json(RoomModelRules { thresholds: shown(rules.thresholds) }))
}

/// What people found among what had passed.
#[derive(Debug, Serialize, ToSchema)]
struct SampledDanmaku {
    decided: u64,
    rejected: u64,
    /// Rejected of decided.
    rejected_share: f64,
    /// Lower and upper bound of that, 95 % (Wilson).
    #[schema(example = json!([0.004, 0.021]))]
    interval: [f64; 2],
}

/// What was looked at although it had passed.
#[derive(Debug, Serialize, ToSchema)]
struct DanmakuSamples {
    /// By chance: its share holds for all that passes, so that this much is missed.
    random: SampledDanmaku,
    /// Near a model's threshold: what there is to learn most from. Its share says nothing of the rest.
    near: SampledDanmaku,
}

/// What people found among what had passed 主动抽样结果
///
/// Of the newest 20,000 that were decided.
#[utoipa::path(get, path = "/api/moderation/samples", tag = "moderation", operation_id = "get_danmaku_samples",
    responses(
        (status = 200, description = "how much is missed", body = DanmakuSamples),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn samples(State(moderation): State<Moderation>, can: Can<ReadModeration>) -> ApiResult<DanmakuSamples> {
    let which = Which { sampled: true, ..Which::default() };
    let labels = store::labels(moderation.app().store.read(), can.scope().org, which, MOST_SAMPLES).await?;
    let found = |sample: Sample| {
        let of = || labels.iter().filter(|label| label.sample == Some(sample));
        let (decided, rejected) = (of().count(), of().filter(|label| label.rejected).count());
        SampledDanmaku {
            decided: decided as u64,
            rejected: rejected as u64,
            rejected_share: rejected as f64 / decided.max(1) as f64,
            interval: interval(rejected, decided),
        }
    };
    Ok(Json(DanmakuSamples { random: found(Sample::Random), near: found(Sample::Near) }))
}
