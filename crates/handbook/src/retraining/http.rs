//! Rules of retraining, and who was assigned what, over HTTP.

use super::{
    RetrainingRule, Trigger,
    store::{self as assignments, Assignment},
};
use crate::{
    Handbook, Refusal,
    articles::{Article, http::ReadHandbook},
    exams::{Exam, http::ManageExams},
    refusal, staff,
    store::{self, Item},
};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Problem, Reach};
use axum::{Json, extract::State, http::StatusCode};
use events::{Millis, RoomId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const MOST: u64 = 500;

pub fn routes(handbook: Handbook) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(rules))
        .routes(routes!(put, remove))
        .routes(routes!(mine))
        .routes(routes!(list))
        .with_state(handbook)
}

/// A rule of retraining, with its code.
#[derive(Debug, Serialize, ToSchema)]
struct KeptRetrainingRule {
    code: String,
    /// Counts the changes; send it back as `seen`.
    version: u32,
    rule: RetrainingRule,
}

impl From<Item<RetrainingRule>> for KeptRetrainingRule {
    fn from(item: Item<RetrainingRule>) -> Self {
        Self { code: item.code, version: item.version, rule: item.body }
    }
}

/// Rules of retraining 再培训规则
#[utoipa::path(get, path = "/api/handbook/retraining-rules", tag = "handbook", operation_id = "list_retraining_rules",
    responses(
        (status = 200, description = "every rule, by code", body = Vec<KeptRetrainingRule>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `exam.manage`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn rules(State(handbook): State<Handbook>, can: Can<ManageExams>) -> ApiResult<Vec<KeptRetrainingRule>> {
    let rules = store::all::<RetrainingRule>(handbook.app().store.read(), can.scope().org).await?;
    Ok(Json(rules.into_iter().map(KeptRetrainingRule::from).collect()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PutRetrainingRule {
    rule: RetrainingRule,
    /// The version that was read, 0 for a new one: refused when somebody changed it since. Without it whatever is there is replaced.
    seen: Option<u32>,
}

/// Write a rule of retraining
#[utoipa::path(put, path = "/api/handbook/retraining-rules/{code}", tag = "handbook", operation_id = "write_retraining_rule",
    request_body = PutRetrainingRule,
    params(("code" = String, Path, description = "the rule's code: `a-z`, `0-9` and `-`")),
    responses(
        (status = 200, description = "the rule", body = KeptRetrainingRule),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `exam.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`changed_meanwhile`, `too_many`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_code`, `bad_request`, `unknown_clause`, `unknown_article`, `unknown_exam`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn put(
    State(handbook): State<Handbook>,
    can: Can<ManageExams>,
    ApiPath(code): ApiPath<String>,
    ApiJson(put): ApiJson<PutRetrainingRule>,
) -> ApiResult<KeptRetrainingRule> {
    let (app, org) = (handbook.app(), refusal::headquarters(can.scope())?);
    refusal::code(&code)?;
    put.rule.check(&handbook.rules().clauses())?;
    let tx = store::change(app, org).await?;
    if store::find::<Exam>(tx.db(), org, &put.rule.exam).await?.is_none() {
        return Err(Refusal::UnknownExam(put.rule.exam).into());
    }
    for article in &put.rule.articles {
        if store::find::<Article>(tx.db(), org, article).await?.is_none() {
            return Err(Refusal::UnknownArticle(article.clone()).into());
        }
    }
    let item = store::put(&tx, org, &code, put.rule, put.seen, &can.name, app.now()).await?;
    tx.commit().await?;
    Ok(Json(item.into()))
}

/// Remove a rule of retraining
///
/// What it has assigned stays.
#[utoipa::path(delete, path = "/api/handbook/retraining-rules/{code}", tag = "handbook", operation_id = "remove_retraining_rule",
    params(("code" = String, Path, description = "the rule's code")),
    responses(
        (status = 204, description = "it is gone"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `exam.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn remove(
    State(handbook): State<Handbook>,
    can: Can<ManageExams>,
    ApiPath(code): ApiPath<String>,
) -> Result<StatusCode, ApiError> {
    let org = refusal::headquarters(can.scope())?;
    store::remove::<RetrainingRule>(handbook.app(), org, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Retraining 再培训 that somebody was assigned, and why.
#[derive(Debug, Serialize, ToSchema)]
struct Retraining {
    id: Uuid,
    staff: String,
    /// Empty for somebody who is gone.
    name: String,
    rule: String,
    reason: Trigger,
    clause: String,
    #[schema(value_type = Option<Uuid>)]
    room: Option<RoomId>,
    /// Where in the log stands what asked for it.
    position: u64,
    articles: Vec<String>,
    exam: String,
    #[schema(value_type = i64)]
    assigned_at_ms: Millis,
    #[schema(value_type = i64)]
    due_at_ms: Millis,
    /// When the exam was passed.
    #[schema(value_type = Option<i64>)]
    done_at_ms: Option<Millis>,
    /// When what asked for it was reversed.
    #[schema(value_type = Option<i64>)]
    dismissed_at_ms: Option<Millis>,
    /// It is open, and its time is over.
    overdue: bool,
}

fn body(one: Assignment, name: String, now: Millis) -> Retraining {
    let open = one.done_at.is_none() && one.dismissed_at.is_none();
    Retraining {
        id: one.id,
        staff: one.staff,
        name,
        rule: one.rule,
        reason: one.reason,
        clause: one.clause,
        room: one.room,
        position: one.position,
        articles: one.articles,
        exam: one.exam,
        assigned_at_ms: one.assigned_at,
        due_at_ms: one.due_at,
        done_at_ms: one.done_at,
        dismissed_at_ms: one.dismissed_at,
        overdue: open && one.due_at <= now,
    }
}

/// Retraining you were assigned 我的再培训
#[utoipa::path(get, path = "/api/handbook/retraining/mine", tag = "handbook", operation_id = "list_my_retraining",
    responses(
        (status = 200, description = "the newest first", body = Vec<Retraining>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn mine(State(handbook): State<Handbook>, can: Can<ReadHandbook>) -> ApiResult<Vec<Retraining>> {
    let app = handbook.app();
    let me = [staff::of(&can)];
    let rows = assignments::list(app.store.read(), can.scope().org, Some(&me), false, MOST).await?;
    Ok(Json(rows.into_iter().map(|one| body(one, can.name.to_string(), app.now())).collect()))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RetrainingQuery {
    /// What is neither done nor dismissed.
    open: Option<bool>,
}

/// Retraining of the people in your scope
#[utoipa::path(get, path = "/api/handbook/retraining", tag = "handbook", operation_id = "list_retraining", params(RetrainingQuery),
    responses(
        (status = 200, description = "the newest 500 first", body = Vec<Retraining>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `exam.manage`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(handbook): State<Handbook>,
    can: Can<ManageExams>,
    ApiQuery(query): ApiQuery<RetrainingQuery>,
) -> ApiResult<Vec<Retraining>> {
    let (app, scope) = (handbook.app(), can.scope());
    let db = app.store.read();
    let people: HashMap<String, String> =
        staff::within(db, scope).await?.into_iter().map(|member| (member.staff, member.name)).collect();
    let within: Vec<String> = people.keys().cloned().collect();
    // Headquarters also see what those were assigned who are gone.
    let within = (scope.reach != Reach::Org).then_some(within.as_slice());
    let rows = assignments::list(db, scope.org, within, query.open == Some(true), MOST).await?;
    let named = rows.into_iter().map(|one| {
        let name = people.get(&one.staff).cloned().unwrap_or_default();
        body(one, name, app.now())
    });
    Ok(Json(named.collect()))
}
