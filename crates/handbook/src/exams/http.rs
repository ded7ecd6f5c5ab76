//! Exams and who passed them, over HTTP.

use super::{
    Exam, rules,
    store::{self as sittings, Attempt},
};
use crate::{
    Handbook,
    articles::http::ReadHandbook,
    refusal, retraining, staff,
    store::{self, Item},
};
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, Permission, PermissionInfo, Problem};
use axum::{Json, extract::State, http::StatusCode};
use events::Millis;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// May write questions, exams and rules of retraining, and see who passed.
pub struct ManageExams;
impl Permission for ManageExams {
    const INFO: PermissionInfo =
        PermissionInfo { name: "exam.manage", zh: "管理考试与再培训", en: "manage exams and retraining" };
}

pub fn routes(handbook: Handbook) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(put, remove))
        .routes(routes!(results))
        .with_state(handbook)
}

/// How somebody stands with an exam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Never passed it.
    NotPassed,
    Passed,
    /// The pass does not count any more.
    Expired,
}

/// How somebody stands with an exam: the last pass counts, and what came after it does not take it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExamStanding {
    pub standing: Standing,
    /// The last pass.
    #[schema(value_type = Option<i64>)]
    pub passed_at_ms: Option<Millis>,
    /// Of the last pass; null: for good, or there is none.
    #[schema(value_type = Option<i64>)]
    pub valid_until_ms: Option<Millis>,
    /// Of the last pass; without one of the last attempt.
    pub score_milli: Option<u32>,
    pub attempts: u32,
}

/// What one person's finished attempts at one exam come to, the oldest first.
pub fn standing<'a>(attempts: impl IntoIterator<Item = &'a Attempt>, now: Millis) -> ExamStanding {
    let none = ExamStanding {
        standing: Standing::NotPassed,
        passed_at_ms: None,
        valid_until_ms: None,
        score_milli: None,
        attempts: 0,
    };
    attempts.into_iter().fold(none, |before, attempt| {
        let attempts = before.attempts + 1;
        let outcome = attempt.outcome;
        if !outcome.passed {
            let score_milli = before.passed_at_ms.and(before.score_milli).or(Some(outcome.score_milli));
            return ExamStanding { attempts, score_milli, ..before };
        }
        let valid_until_ms = rules::valid_until(outcome.ended_at, attempt.valid_days);
        let over = valid_until_ms.is_some_and(|until| until <= now);
        ExamStanding {
            standing: if over { Standing::Expired } else { Standing::Passed },
            passed_at_ms: Some(outcome.ended_at),
            valid_until_ms,
            score_milli: Some(outcome.score_milli),
            attempts,
        }
    })
}

/// By person and exam.
pub fn by_person(attempts: &[Attempt]) -> HashMap<(&str, &str), Vec<&Attempt>> {
    let mut by: HashMap<(&str, &str), Vec<&Attempt>> = HashMap::new();
    for attempt in attempts {
        by.entry((attempt.staff.as_str(), attempt.exam.as_str())).or_default().push(attempt);
    }
    by
}

/// An exam, and how you stand with it.
#[derive(Debug, Serialize, ToSchema)]
struct ListedExam {
    code: String,
    /// Counts the changes; send it back as `seen`.
    version: u32,
    exam: Exam,
    /// Your role may sit it.
    for_me: bool,
    mine: ExamStanding,
}

/// Exams 考试, and how you stand with each
#[utoipa::path(get, path = "/api/handbook/exams", tag = "handbook", operation_id = "list_exams",
    responses(
        (status = 200, description = "every exam", body = Vec<ListedExam>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(State(handbook): State<Handbook>, can: Can<ReadHandbook>) -> ApiResult<Vec<ListedExam>> {
    let (app, org, staff) = (handbook.app(), can.scope().org, staff::of(&can));
    let attempts = sittings::attempts(app.store.read(), org, Some(&staff)).await?;
    let by = by_person(&attempts);
    let exams = store::all::<Exam>(app.store.read(), org).await?.into_iter().map(|item| {
        let mine = by.get(&(staff.as_str(), item.code.as_str()));
        ListedExam {
            mine: standing(mine.into_iter().flatten().copied(), app.now()),
            for_me: item.body.is_for(&can.role) || can.may(ManageExams::INFO.name),
            code: item.code,
            version: item.version,
            exam: item.body,
        }
    });
    Ok(Json(exams.collect()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PutExam {
    exam: Exam,
    /// The version that was read, 0 for a new one: refused when somebody changed it since. Without it whatever is there is replaced.
    seen: Option<u32>,
}

/// An exam as it is kept now.
#[derive(Debug, Serialize, ToSchema)]
struct KeptExam {
    code: String,
    version: u32,
    exam: Exam,
}

/// Write an exam
///
/// Sittings that have begun go on as they were.
#[utoipa::path(put, path = "/api/handbook/exams/{code}", tag = "handbook", operation_id = "write_exam", request_body = PutExam,
    params(("code" = String, Path, description = "the exam's code: `a-z`, `0-9` and `-`")),
    responses(
        (status = 200, description = "the exam", body = KeptExam),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `exam.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`changed_meanwhile`, `too_many`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_code`, `bad_request`, `unknown_clause`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn put(
    State(handbook): State<Handbook>,
    can: Can<ManageExams>,
    ApiPath(code): ApiPath<String>,
    ApiJson(put): ApiJson<PutExam>,
) -> ApiResult<KeptExam> {
    let (app, org) = (handbook.app(), refusal::headquarters(can.scope())?);
    refusal::code(&code)?;
    put.exam.check(&handbook.rules().clauses())?;
    let tx = store::change(app, org).await?;
    let Item { code, version, body: exam, .. } =
        store::put(&tx, org, &code, put.exam, put.seen, &can.name, app.now()).await?;
    tx.commit().await?;
    Ok(Json(KeptExam { code, version, exam }))
}

/// Remove an exam
///
/// What came of its sittings stays.
#[utoipa::path(delete, path = "/api/handbook/exams/{code}", tag = "handbook", operation_id = "remove_exam",
    params(("code" = String, Path, description = "the exam's code")),
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
    store::remove::<Exam>(handbook.app(), org, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One person's row of the matrix.
#[derive(Debug, Serialize, ToSchema)]
struct PersonResults {
    staff: String,
    name: String,
    login: String,
    role: String,
    /// In the order of `exams`.
    standings: Vec<ExamStanding>,
    /// Retraining that is overdue.
    overdue: u64,
}

/// Who has passed what
#[derive(Debug, Serialize, ToSchema)]
struct ExamResults {
    exams: Vec<String>,
    people: Vec<PersonResults>,
}

/// Who has passed which exam, in your scope
#[utoipa::path(get, path = "/api/handbook/results", tag = "handbook", operation_id = "list_exam_results",
    responses(
        (status = 200, description = "people and exams", body = ExamResults),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `exam.manage`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn results(State(handbook): State<Handbook>, can: Can<ManageExams>) -> ApiResult<ExamResults> {
    let (app, org) = (handbook.app(), can.scope().org);
    let (db, now) = (app.store.read(), app.now());
    let exams: Vec<String> = store::all::<Exam>(db, org).await?.into_iter().map(|item| item.code).collect();
    let attempts = sittings::attempts(db, org, None).await?;
    let (by, overdue) = (by_person(&attempts), retraining::store::overdue(db, org, now).await?);
    let people = staff::within(db, can.scope()).await?.into_iter().map(|member| {
        let of = |exam: &String| {
            let tried = by.get(&(member.staff.as_str(), exam.as_str()));
            standing(tried.into_iter().flatten().copied(), now)
        };
        PersonResults {
            standings: exams.iter().map(of).collect(),
            overdue: overdue.get(&member.staff).map_or(0, |exams| exams.len() as u64),
            staff: member.staff,
            name: member.name,
            login: member.login,
            role: member.role,
        }
    });
    Ok(Json(ExamResults { people: people.collect(), exams }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exams::store::Outcome;

    #[test]
    fn a_pass_counts_until_it_is_over_and_a_failure_after_it_takes_nothing_away() {
        let attempt = |day: i64, passed| Attempt {
            staff: "s".into(),
            exam: "e".into(),
            outcome: Outcome {
                ended_at: Millis(day * rules::DAY_MS),
                score_milli: if passed { 900 } else { 400 },
                passed,
            },
            valid_days: 30,
        };
        let tried = [attempt(1, false), attempt(2, true), attempt(3, false)];
        let on = |day: i64| standing(&tried, Millis(day * rules::DAY_MS));
        assert_eq!((on(10).standing, on(10).attempts, on(10).score_milli), (Standing::Passed, 3, Some(900)));
        assert_eq!(on(32).standing, Standing::Expired);
        assert_eq!(standing(&tried[..1], Millis(0)).score_milli, Some(400));
    }
}
