//! Retention over HTTP.

use super::{
    Class, Old, Run, Setting,
    apply::{self, Look},
    rules::{self, CLASSES, Floor, Refusal},
    store,
};
use crate::{Privacy, subject::whole};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Permission, PermissionInfo, Problem, Within};
use axum::{Json, extract::State};
use events::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// May say how long things are kept, and hold what must not go.
pub struct ManageRetention;
impl Permission for ManageRetention {
    const INFO: PermissionInfo =
        PermissionInfo {
            name: "privacy.retain", zh: "管理保存期限与法律保全", en: "manage retention and legal holds"
        };
}

pub fn routes(privacy: Privacy) -> OpenApiRouter {
    let routes = OpenApiRouter::new().routes(routes!(list)).routes(routes!(set));
    routes.routes(routes!(preview)).routes(routes!(runs)).with_state(privacy)
}

/// How long what is kept.
#[derive(Debug, Serialize, ToSchema)]
struct Retention {
    classes: Vec<RetentionClass>,
}

/// How long one class is kept.
#[derive(Debug, Serialize, ToSchema)]
struct RetentionClass {
    class: Class,
    /// What holds: so many days; null is for ever.
    #[schema(example = 180)]
    days: Option<u32>,
    /// What holds where nothing is set.
    #[schema(example = json!(null))]
    default_days: Option<u32>,
    /// No more can be set, because it goes by itself then.
    #[schema(example = json!(null))]
    most_days: Option<u32>,
    /// No less can be set.
    floor: Option<RetentionFloor>,
    #[schema(value_type = Option<i64>, example = 1_795_867_200_000_i64)]
    changed_at_ms: Option<Millis>,
    #[schema(example = "admin")]
    changed_by: Option<String>,
}

/// What the law asks for.
#[derive(Debug, Serialize, ToSchema)]
struct RetentionFloor {
    #[schema(example = 60)]
    days: u32,
    #[schema(example = "《互联网直播服务管理规定》第十六条：直播内容记录保存六十日")]
    law_zh: &'static str,
    #[schema(example = "Provisions on Internet Live-Streaming Services, art. 16: 60 days of what was published")]
    law_en: &'static str,
}

impl From<Floor> for RetentionFloor {
    fn from(floor: Floor) -> Self {
        Self { days: floor.days, law_zh: floor.zh, law_en: floor.en }
    }
}

impl RetentionClass {
    fn new(privacy: &Privacy, class: Class, setting: Option<&Setting>) -> Self {
        let default_days = apply::default_days(privacy, class);
        Self {
            class,
            days: setting.map(|setting| setting.days).or(default_days),
            default_days,
            most_days: default_days,
            floor: class.floor().map(RetentionFloor::from),
            changed_at_ms: setting.map(|setting| setting.changed_at),
            changed_by: setting.map(|setting| setting.changed_by.clone()),
        }
    }
}

/// How long one class is to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRetention {
    /// Null goes back to the default.
    #[schema(minimum = 1, maximum = 36_500, example = 180)]
    days: Option<u32>,
    /// What the preview of these days answered, where they are fewer than before.
    #[schema(example = "1795867200000.9f2c")]
    confirm: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PreviewQuery {
    /// What would be set.
    #[param(minimum = 1, maximum = 36_500)]
    days: u32,
}

/// What would go, and nothing does.
#[derive(Debug, Serialize, ToSchema)]
struct RetentionPreview {
    class: Class,
    #[schema(example = 180)]
    days: u32,
    /// Everything from before then goes.
    #[schema(value_type = i64, example = 1_795_867_200_000_i64)]
    before_ms: Millis,
    /// By what holds it: `keys` (of a viewer and 30 days each), `danmaku`, `quarantine`, `deliveries`, `audit`.
    going: BTreeMap<&'static str, RetentionOld>,
    /// What would go but is held, by what holds it.
    held: BTreeMap<&'static str, u64>,
    /// To be sent along when it is set, within 15 minutes.
    #[schema(example = "1795867200000.9f2c")]
    confirm: String,
}

/// How much, and from when.
#[derive(Debug, Serialize, ToSchema)]
struct RetentionOld {
    #[schema(example = 1_200)]
    count: u64,
    #[schema(value_type = Option<i64>, example = 1_780_000_000_000_i64)]
    oldest_ms: Option<Millis>,
    #[schema(value_type = Option<i64>, example = 1_790_000_000_000_i64)]
    newest_ms: Option<Millis>,
}

impl From<Old> for RetentionOld {
    fn from(old: Old) -> Self {
        let (oldest_ms, newest_ms) = old.span.unzip();
        Self { count: old.count, oldest_ms, newest_ms }
    }
}

/// Once that something went.
#[derive(Debug, Serialize, ToSchema)]
struct RetentionRun {
    id: Uuid,
    class: Class,
    /// What was there before then.
    #[schema(value_type = i64, example = 1_795_867_200_000_i64)]
    before_ms: Millis,
    #[schema(value_type = i64, example = 1_795_867_200_000_i64)]
    began_at_ms: Millis,
    /// How much went, by what held it.
    gone: BTreeMap<String, u64>,
    /// Null while it is being done.
    #[schema(value_type = Option<i64>, example = 1_795_867_200_000_i64)]
    done_at_ms: Option<Millis>,
}

impl From<Run> for RetentionRun {
    fn from(run: Run) -> Self {
        Self {
            id: run.id,
            class: run.class,
            before_ms: run.before,
            began_at_ms: run.began_at,
            gone: run.gone,
            done_at_ms: run.done_at,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RunsQuery {
    /// `next` of the page before.
    after: Option<Uuid>,
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// How long what is kept 保存期限
#[utoipa::path(get, path = "/api/privacy/retention", tag = "privacy", operation_id = "get_retention",
    responses(
        (status = 200, description = "every class", body = Retention),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `privacy.retain`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(State(privacy): State<Privacy>, can: Can<ManageRetention>) -> ApiResult<Retention> {
    let settings = store::settings(privacy.app().store.read(), whole(&can)?).await?;
    let classes = CLASSES.map(|class| RetentionClass::new(&privacy, class, settings.get(&class)));
    Ok(Json(Retention { classes: classes.into() }))
}

/// What would go 试算
///
/// Counts what is older than so many days, and what of it is held. Nothing is set and nothing goes. Its `confirm` is what a shorter time
/// is set with.
#[utoipa::path(get, path = "/api/privacy/retention/{class}/preview", tag = "privacy", operation_id = "preview_retention",
    params(("class" = Class, Path, description = "the class"), PreviewQuery),
    responses(
        (status = 200, description = "what would go", body = RetentionPreview),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `privacy.retain`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such class", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`below_floor`, `above_most`, `bad_days`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn preview(
    State(privacy): State<Privacy>,
    can: Can<ManageRetention>,
    ApiPath(class): ApiPath<Class>,
    ApiQuery(query): ApiQuery<PreviewQuery>,
) -> ApiResult<RetentionPreview> {
    let org = whole(&can)?;
    let PreviewQuery { days } = query;
    rules::check(class, days, apply::default_days(&privacy, class))?;
    let before = class.before(days, privacy.app().now());
    let Look { going, held } = apply::look(&privacy, org, class, before).await?;
    Ok(Json(RetentionPreview {
        class,
        days,
        before_ms: before,
        going: going.into_iter().map(|(name, old)| (name, old.into())).collect(),
        held,
        confirm: apply::token(&privacy, org, class, days),
    }))
}

/// Set how long a class is kept 设置保存期限
///
/// What is older goes within a minute, for good, but for what is held; from then on every day. A shorter time than before needs the
/// `confirm` of its preview.
#[utoipa::path(put, path = "/api/privacy/retention/{class}", tag = "privacy", operation_id = "set_retention", request_body = NewRetention,
    params(("class" = Class, Path, description = "the class")),
    responses(
        (status = 200, description = "what holds now", body = RetentionClass),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `privacy.retain`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such class", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`unconfirmed`: a shorter time, and no preview of it was looked at in the last 15 minutes", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`below_floor`: the law, by name; `above_most`; `bad_days`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn set(
    State(privacy): State<Privacy>,
    can: Can<ManageRetention>,
    ApiPath(class): ApiPath<Class>,
    ApiJson(new): ApiJson<NewRetention>,
) -> ApiResult<RetentionClass> {
    let (org, app) = (whole(&can)?, privacy.app());
    let default = apply::default_days(&privacy, class);
    if let Some(days) = new.days {
        rules::check(class, days, default)?;
    }
    let tx = app.store.begin().await?;
    tx.take_turns("retention").await?;
    let held = store::settings(tx.db(), org).await?.remove(&class).map(|setting| setting.days).or(default);
    if let Some(days) = new.days.or(default)
        && rules::is_shorter(Some(days), held)
        && !new.confirm.is_some_and(|confirm| apply::is_confirmed(&privacy, org, class, days, &confirm))
    {
        return Err(Refusal::Unconfirmed(class).into());
    }
    let setting = new.days.map(|days| Setting { days, changed_at: app.now(), changed_by: can.name.to_string() });
    match &setting {
        Some(setting) => store::set(tx.db(), org, class, setting).await?,
        None => store::unset(tx.db(), org, class).await?,
    }
    tx.commit().await?;
    privacy.change();
    Ok(Json(RetentionClass::new(&privacy, class, setting.as_ref())))
}

/// What went by its age, the newest first 清除记录
#[utoipa::path(get, path = "/api/privacy/retention/runs", tag = "privacy", operation_id = "list_retention_runs", params(RunsQuery),
    responses(
        (status = 200, description = "a page", body = Page<RetentionRun>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `privacy.retain`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn runs(
    State(privacy): State<Privacy>,
    can: Can<ManageRetention>,
    ApiQuery(query): ApiQuery<RunsQuery>,
) -> Result<Json<Page<RetentionRun>>, ApiError> {
    let org = whole(&can)?;
    let limit = query.limit.map_or(50, Within::get);
    let runs = store::list(privacy.app().store.read(), org, query.after, limit).await?;
    let next = runs.last().filter(|_| runs.len() as u64 == limit).map(|last| last.id.to_string());
    Ok(Json(Page { items: runs.into_iter().map(RetentionRun::from).collect(), next }))
}
