//! Versions of models over HTTP.

use super::{
    ANY, Asked, Label, ModelMeasured, ModelState, Origin, Version,
    change::NewVersion,
    learn::{Unlearned, read_texts},
    rules::{self, CALLED_BAD_MILLI},
    store,
};
use crate::{
    Moderation, clauses,
    lexicons::http::ManageModeration,
    review::http::ReadModeration,
    text::{Example, Model, ModelQuality},
};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Permission, Problem, Reach, Within};
use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
};
use events::{Millis, OrgId, TextVerdict};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// A model, or texts that measure one.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Judged texts that are brought along.
const MOST_TEXTS: usize = 20_000;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, upload))
        .routes(routes!(bring_texts))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .routes(routes!(find))
        .routes(routes!(learn))
        .routes(routes!(shadow))
        .routes(routes!(enforce))
        .routes(routes!(retire))
        .routes(routes!(roll_back))
        .routes(routes!(outcomes))
        .routes(routes!(compare))
        .with_state(moderation)
}

/// A version of a learned model.
#[derive(Debug, Serialize, ToSchema)]
struct ModelVersion {
    id: Uuid,
    /// In the organisation, from 1.
    number: u32,
    /// A published clause, or `any`.
    #[schema(example = "abuse")]
    category: String,
    origin: Origin,
    #[schema(example = "trained on last year's verdicts")]
    note: String,
    /// What it learned on from.
    base: Option<Uuid>,
    /// The last verdict it may know, by its position in the event log.
    #[schema(example = 4711)]
    learned_to: Option<u64>,
    /// What it learned from, and how much of that was bad; nobody knows of a file.
    texts: u64,
    bad: u64,
    bytes: u64,
    /// Of its bytes.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
    /// Its bytes are still there, so that it may be asked.
    kept: bool,
    #[schema(inline, example = "in_force")]
    state: ModelState,
    #[schema(value_type = i64)]
    state_at_ms: Millis,
    /// Why it does not count any more.
    #[schema(example = "macro_f1_fell: 0.842 to 0.806 over 500 verdicts")]
    reason: String,
    /// On what it did not learn from; none where there was nothing.
    measured: Option<ModelMeasured>,
    #[schema(example = "lin")]
    made_by: String,
    #[schema(value_type = i64)]
    made_at_ms: Millis,
    /// What was in force before it, and is again when it is rolled back.
    former: Option<Uuid>,
    /// On the way in.
    asked: Asked,
}

fn body(version: Version) -> ModelVersion {
    ModelVersion {
        id: version.id,
        number: version.number,
        category: version.category,
        origin: version.origin,
        note: version.note,
        base: version.base,
        learned_to: version.learned_to,
        texts: version.texts,
        bad: version.bad,
        bytes: version.bytes,
        sha256: version.sha256,
        kept: version.kept,
        state: version.state,
        state_at_ms: version.state_at,
        reason: version.reason,
        measured: version.measured,
        made_by: version.made_by,
        made_at_ms: version.made_at,
        former: version.former,
        asked: version.asked,
    }
}

/// Models count everywhere: they are headquarters' to change.
pub(super) fn headquarters<P: Permission>(can: &Can<P>) -> Result<OrgId, ApiError> {
    let scope = can.scope();
    if scope.reach != Reach::Org {
        return Err(ApiError::new(
            403,
            "beyond_your_reach",
            "models of the whole organisation are headquarters' to change",
        ));
    }
    Ok(scope.org)
}

pub(super) fn category_of(category: Option<String>) -> Result<String, ApiError> {
    let category = category.unwrap_or_else(|| ANY.to_owned());
    if category != ANY && !clauses::is_one(&category) {
        return Err(ApiError::new(422, "bad_category", "a category is one of the published clauses, or `any`"));
    }
    Ok(category)
}

fn note_of(note: Option<String>) -> Result<String, ApiError> {
    let note = note.unwrap_or_default().trim().to_owned();
    if note.chars().count() > 200 || note.chars().any(char::is_control) {
        return Err(ApiError::new(422, "bad_note", "at most 200 characters on one line"));
    }
    Ok(note)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ModelsQuery {
    /// `next` of the page before.
    after: Option<u64>,
    #[param(inline)]
    limit: Option<Within<1, 100>>,
}

/// Versions of models 模型版本, the newest first
///
/// With how good they are on what they did not learn from, and what they said on the way in.
#[utoipa::path(get, path = "/api/moderation/models", tag = "moderation", operation_id = "list_models", params(ModelsQuery),
    responses(
        (status = 200, description = "a page", body = Page<ModelVersion>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiQuery(query): ApiQuery<ModelsQuery>,
) -> ApiResult<Page<ModelVersion>> {
    let limit = query.limit.map_or(30, Within::get);
    let versions = store::list(moderation.app().store.read(), can.scope().org, query.after, limit).await?;
    let next = versions.last().filter(|_| versions.len() as u64 == limit).map(|last| last.number.to_string());
    Ok(Json(Page { items: versions.into_iter().map(body).collect(), next }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NewModelQuery {
    /// What it looks for: a published clause; `any` if nothing is said.
    #[param(example = "abuse")]
    category: Option<String>,
    /// Where it comes from.
    #[param(max_length = 200)]
    note: Option<String>,
}

/// Bring a trained model 上传模型
///
/// What `kaibo text train` wrote. It counts nowhere yet; it is measured on the frozen share of people's verdicts.
#[utoipa::path(post, path = "/api/moderation/models", tag = "moderation", operation_id = "upload_model", params(NewModelQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "the version", body = ModelVersion),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "more than 4 MB", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_model`: it cannot be loaded, and why; `bad_category`, `bad_note`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn upload(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiQuery(query): ApiQuery<NewModelQuery>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<ModelVersion>), ApiError> {
    let (org, category) = (headquarters(&can)?, category_of(query.category)?);
    let model = Model::from_bytes(&bytes).map_err(|error| ApiError::new(422, "bad_model", error.to_string()))?;
    let new = NewVersion {
        org,
        category,
        origin: Origin::File,
        note: note_of(query.note)?,
        base: None,
        learned_to: None,
        texts: 0,
        bad: 0,
        brought: String::new(),
        in_shadow: false,
        by: can.name.to_string(),
    };
    Ok((StatusCode::CREATED, Json(body(moderation.add_version(new, &model).await?))))
}

/// Bring judged texts that measure a version 评测集
///
/// UTF-8, a text a line: `1` for a bad one or `0`, a tab, the text. They join the frozen share of people's verdicts, instead of those
/// that were brought before. What learns on from this version is measured on them too, and never learns from them.
#[utoipa::path(put, path = "/api/moderation/models/{id}/texts", tag = "moderation", operation_id = "bring_model_texts",
    params(("id" = Uuid, Path, description = "the version")), request_body(content = String, content_type = "text/plain"),
    responses(
        (status = 200, description = "the version, measured anew", body = ModelVersion),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such version", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`model_gone`: its bytes are not kept any more", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "more than 4 MB", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`not_utf8`, `bad_texts`: the first line that is none", body = Problem, content_type = "application/problem+json"),
    ))]
async fn bring_texts(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiPath(id): ApiPath<Uuid>,
    bytes: Bytes,
) -> ApiResult<ModelVersion> {
    let org = headquarters(&can)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| ApiError::new(422, "not_utf8", "the file is not UTF-8"))?;
    let bad = |why: String| ApiError::new(422, "bad_texts", why);
    let texts = read_texts(text).map_err(|line| bad(format!("line {line} is not `1` or `0`, a tab and a text")))?;
    if texts.is_empty() || texts.len() > MOST_TEXTS {
        return Err(bad(format!("1 to {MOST_TEXTS} texts")));
    }
    // PostgreSQL keeps no U+0000.
    let text = text.replace('\0', "\u{fffd}");
    Ok(Json(body(moderation.bring_texts(org, id, &text, &can.name).await?)))
}

/// A version 模型详情
#[utoipa::path(get, path = "/api/moderation/models/{id}", tag = "moderation", operation_id = "get_model",
    params(("id" = Uuid, Path, description = "the version")),
    responses(
        (status = 200, description = "the version", body = ModelVersion),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such version", body = Problem, content_type = "application/problem+json"),
    ))]
async fn find(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<ModelVersion> {
    Ok(Json(body(find_version(&moderation, can.scope().org, id).await?)))
}

async fn find_version(moderation: &Moderation, org: OrgId, id: Uuid) -> Result<Version, ApiError> {
    let found = store::find(moderation.app().store.read(), org, id).await?;
    found.ok_or_else(|| ApiError::not_found("model"))
}

async fn load(moderation: &Moderation, version: &Version) -> Result<Model, ApiError> {
    let model = store::model(moderation.app().store.read(), version).await;
    model.map_err(|error| ApiError::new(409, "model_gone", format!("it cannot be loaded: {error:#}")))
}

/// What to learn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LearnModel {
    /// A published clause; `any` if nothing is said.
    #[schema(example = "abuse")]
    #[serde(default)]
    category: Option<String>,
    /// The version it learns on from; without one it begins with nothing.
    #[serde(default)]
    base: Option<Uuid>,
}

/// Learn from what people decided 立即学习
///
/// Makes a candidate from verdicts, up to the newest. It comes into shadow by itself, and in force by a person only. The frozen share
/// of verdicts is left out; one reviewer, and equal texts, count up to their share.
#[utoipa::path(post, path = "/api/moderation/models/learn", tag = "moderation", operation_id = "learn_model", request_body = LearnModel,
    responses(
        (status = 201, description = "the candidate, in shadow", body = ModelVersion),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such base", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`too_few_verdicts`, `model_gone`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_category`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn learn(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiJson(wanted): ApiJson<LearnModel>,
) -> Result<(StatusCode, Json<ModelVersion>), ApiError> {
    let (org, category) = (headquarters(&can)?, category_of(wanted.category)?);
    let base = match wanted.base {
        Some(base) => Some(find_version(&moderation, org, base).await?),
        None => None,
    };
    if let Some(base) = &base {
        load(&moderation, base).await?;
    }
    match moderation.learn(org, &category, base, &can.name).await {
        Ok(version) => Ok((StatusCode::CREATED, Json(body(version)))),
        Err(Unlearned::Unusable(why)) => Err(ApiError::new(409, "too_few_verdicts", why.to_string())),
        Err(Unlearned::Failed(error)) => Err(error.into()),
    }
}

/// Put a version into shadow 影子运行
///
/// It is asked of every danmaku from then on, and only counted.
#[utoipa::path(post, path = "/api/moderation/models/{id}/shadow", tag = "moderation", operation_id = "shadow_model",
    params(("id" = Uuid, Path, description = "the version")),
    responses(
        (status = 200, description = "the version", body = ModelVersion),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such version", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`already_so`, `in_force`, `too_many_shadows`, `model_gone`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn shadow(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<ModelVersion> {
    let org = headquarters(&can)?;
    Ok(Json(body(moderation.set_state(org, id, ModelState::Shadow, String::new(), &can.name).await?)))
}

/// Put a version in force 生效
///
/// It takes the place of the one of its category. In force when it is answered, and no danmaku passes unasked meanwhile.
#[utoipa::path(post, path = "/api/moderation/models/{id}/force", tag = "moderation", operation_id = "enforce_model",
    params(("id" = Uuid, Path, description = "the version")),
    responses(
        (status = 200, description = "the version, in force", body = ModelVersion),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such version", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`already_so`, `model_gone`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn enforce(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<ModelVersion> {
    let org = headquarters(&can)?;
    Ok(Json(body(moderation.set_state(org, id, ModelState::InForce, String::new(), &can.name).await?)))
}

/// Why a version does not count any more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RetireModel {
    #[schema(max_length = 200, example = "holds ordinary greetings")]
    #[serde(default)]
    reason: Option<String>,
}

/// Retire a version 停用
///
/// It is not asked any more. What was before it stays out, too: see `roll-back`.
#[utoipa::path(post, path = "/api/moderation/models/{id}/retire", tag = "moderation", operation_id = "retire_model",
    params(("id" = Uuid, Path, description = "the version")), request_body = RetireModel,
    responses(
        (status = 200, description = "the version", body = ModelVersion),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such version", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`already_so`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_note`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn retire(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wanted): ApiJson<RetireModel>,
) -> ApiResult<ModelVersion> {
    let (org, reason) = (headquarters(&can)?, note_of(wanted.reason)?);
    Ok(Json(body(moderation.set_state(org, id, ModelState::Retired, reason, &can.name).await?)))
}

/// What was rolled back, and what is in force again.
#[derive(Debug, Serialize, ToSchema)]
struct ModelRolledBack {
    rolled_back: ModelVersion,
    /// None: no model is asked any more.
    in_force: Option<ModelVersion>,
}

/// Roll a version in force back 回滚
///
/// The one before it is in force again.
#[utoipa::path(post, path = "/api/moderation/models/{id}/roll-back", tag = "moderation", operation_id = "roll_back_model",
    params(("id" = Uuid, Path, description = "the version in force")), request_body = RetireModel,
    responses(
        (status = 200, description = "both versions", body = ModelRolledBack),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such version", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_in_force`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_note`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn roll_back(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wanted): ApiJson<RetireModel>,
) -> ApiResult<ModelRolledBack> {
    let (org, reason) = (headquarters(&can)?, note_of(wanted.reason)?);
    find_version(&moderation, org, id).await?;
    let rolled = moderation.roll_back(org, id, reason, &can.name).await?;
    let (version, former) = rolled.ok_or_else(|| ApiError::new(409, "not_in_force", "it is not in force"))?;
    Ok(Json(ModelRolledBack { rolled_back: body(version), in_force: former.map(body) }))
}

/// How many of them a version would let pass, report and hold.
#[derive(Debug, Default, Serialize, ToSchema)]
struct ModelWould {
    pass: u64,
    alarm: u64,
    hold: u64,
}

impl ModelWould {
    fn count(&mut self, said: Option<TextVerdict>) {
        match said {
            None => self.pass += 1,
            Some(TextVerdict::Alarm) => self.alarm += 1,
            Some(_) => self.hold += 1,
        }
    }
}

/// What a version makes of what people decided about.
#[derive(Debug, Default, Serialize, ToSchema)]
struct ModelOutcomes {
    /// Since it is in the state it is in.
    since_ms: i64,
    /// What people let pass.
    passed: ModelWould,
    /// What people rejected.
    rejected: ModelWould,
    /// Where it differs from the version in force that was asked then, and people let it pass, or rejected it.
    otherwise_passed: u64,
    otherwise_rejected: u64,
}

/// What a version makes of what people decided 影子对照
///
/// Of the newest 5,000 verdicts since it came into shadow, or in force.
#[utoipa::path(get, path = "/api/moderation/models/{id}/outcomes", tag = "moderation", operation_id = "get_model_outcomes",
    params(("id" = Uuid, Path, description = "the version")),
    responses(
        (status = 200, description = "by what people decided", body = ModelOutcomes),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such version", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`model_gone`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn outcomes(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<ModelOutcomes> {
    let org = can.scope().org;
    let version = find_version(&moderation, org, id).await?;
    let model = load(&moderation, &version).await?;
    let place = store::Place { org, team: None, room: None };
    let settings = store::rules_of(moderation.app().store.read(), place).await?;
    let threshold = rules::threshold(&settings.thresholds, &Default::default(), &version.category);
    let mut outcomes = ModelOutcomes { since_ms: version.state_at.0, ..ModelOutcomes::default() };
    for (label, score) in moderation.outcomes(&version, &model).await? {
        let Some(bad) = label.is_bad(&version.category) else { continue };
        let would = rules::says(score, threshold);
        let seen = if bad { &mut outcomes.rejected } else { &mut outcomes.passed };
        seen.count(would);
        let then = |label: &Label| rules::says(label.score_milli?, threshold);
        if label.model.is_some() && then(&label) != would {
            let otherwise = if bad { &mut outcomes.otherwise_rejected } else { &mut outcomes.otherwise_passed };
            *otherwise += 1;
        }
    }
    Ok(Json(outcomes))
}

/// Two versions on the same texts.
#[derive(Debug, Serialize, ToSchema)]
struct ModelComparison {
    this: ModelQuality,
    other: ModelQuality,
    /// Texts that only one of them is right about: the closer to each other, the less the difference means.
    only_this_right: u64,
    only_other_right: u64,
}

/// Compare two versions 版本对比
///
/// On the same texts: the frozen share of people's verdicts as it is now, and what was brought with either.
#[utoipa::path(get, path = "/api/moderation/models/{id}/compare/{other}", tag = "moderation", operation_id = "compare_models",
    params(("id" = Uuid, Path, description = "a version"), ("other" = Uuid, Path, description = "another of the same category")),
    responses(
        (status = 200, description = "both, measured", body = ModelComparison),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such version", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`another_category`, `nothing_to_measure`, `model_gone`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn compare(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath((id, other)): ApiPath<(Uuid, Uuid)>,
) -> ApiResult<ModelComparison> {
    let org = can.scope().org;
    let (one, other) = (find_version(&moderation, org, id).await?, find_version(&moderation, org, other).await?);
    if one.category != other.category {
        return Err(ApiError::new(409, "another_category", "they look for different things"));
    }
    let (this, that) = (load(&moderation, &one).await?, load(&moderation, &other).await?);
    let set = moderation.common_set(&one, &other).await?;
    if set.is_empty() {
        return Err(ApiError::new(409, "nothing_to_measure", "there are no verdicts yet, and no texts were brought"));
    }
    let compared = tokio::task::spawn_blocking(move || compared(&this, &that, &set)).await;
    Ok(Json(compared.map_err(anyhow::Error::from)?))
}

fn compared(this: &Model, other: &Model, set: &[Example]) -> ModelComparison {
    let right = |model: &Model, example: &Example| {
        (rules::milli(model.probability(&example.text)) >= CALLED_BAD_MILLI) == example.bad
    };
    let (mut only_this_right, mut only_other_right) = (0, 0);
    for example in set {
        match (right(this, example), right(other, example)) {
            (true, false) => only_this_right += 1,
            (false, true) => only_other_right += 1,
            _ => {}
        }
    }
    let threshold = f64::from(CALLED_BAD_MILLI) / 1_000.0;
    ModelComparison {
        this: this.quality(set, threshold),
        other: other.quality(set, threshold),
        only_this_right,
        only_other_right,
    }
}
