//! Sitting an exam over HTTP: one sitting of an exam at a time, found by the exam, so that a browser that starts again goes on.

use super::{
    Choice, Exam, Question, QuestionKind,
    rules::{self, DAY_MS, Drawn},
    store::{self as sittings, Outcome, Sitting},
};
use crate::{
    Handbook, Refusal,
    articles::http::ReadHandbook,
    retraining, staff,
    store::{self, Item},
};
use ::store::Tx;
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, Problem};
use axum::{Json, extract::State};
use events::{Envelope, Event, ExamSat, Millis, OrgId, Source};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes(handbook: Handbook) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(begin, find)).routes(routes!(answer)).routes(routes!(end)).with_state(handbook)
}

/// A question as it is asked: without what is right.
#[derive(Debug, Serialize, ToSchema)]
struct ExamQuestion {
    kind: QuestionKind,
    text_zh: String,
    text_en: String,
    options: Vec<Choice>,
    /// What you chose, counted from 0; empty: nothing yet.
    chosen: Vec<u8>,
    /// Null until the sitting is over.
    answer: Option<RightAnswer>,
}

/// What was right, told when the sitting is over.
#[derive(Debug, Serialize, ToSchema)]
struct RightAnswer {
    is_right: bool,
    right: Vec<u8>,
    explanation_zh: String,
    explanation_en: String,
    clause: Option<String>,
    /// The article to read again.
    article: Option<String>,
}

/// Your sitting of an exam
#[derive(Debug, Serialize, ToSchema)]
struct ExamSitting {
    exam: String,
    exam_version: u32,
    #[schema(value_type = i64)]
    begun_at_ms: Millis,
    /// Then it ends, with the answers that are there.
    #[schema(value_type = i64)]
    due_at_ms: Millis,
    /// By the server's clock, which is the one that counts.
    #[schema(value_type = i64)]
    now_ms: Millis,
    questions: Vec<ExamQuestion>,
    pass_milli: u32,
    /// Null while it goes on.
    result: Option<SittingResult>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SittingResult {
    #[schema(value_type = i64)]
    ended_at_ms: Millis,
    /// The share that was right, in thousandths.
    score_milli: u32,
    passed: bool,
    /// Null: for good, or it was not passed.
    #[schema(value_type = Option<i64>)]
    valid_until_ms: Option<Millis>,
}

fn body(sitting: Sitting, mut answers: BTreeMap<usize, Vec<u8>>, now: Millis) -> ExamSitting {
    let over = sitting.outcome.is_some();
    let questions = sitting.paper.into_iter().enumerate().map(|(at, drawn)| {
        let chosen = answers.remove(&at).unwrap_or_default();
        let is_right = rules::is_right(&drawn, &chosen);
        let Drawn { kind, text_zh, text_en, options, right, explanation_zh, explanation_en, clause, article, .. } =
            drawn;
        let answer = RightAnswer { is_right, right, explanation_zh, explanation_en, clause, article };
        ExamQuestion { kind, text_zh, text_en, options, chosen, answer: over.then_some(answer) }
    });
    ExamSitting {
        questions: questions.collect(),
        exam: sitting.exam,
        exam_version: sitting.exam_version,
        begun_at_ms: sitting.begun_at,
        due_at_ms: sitting.due_at,
        now_ms: now,
        pass_milli: sitting.pass_milli,
        result: sitting.outcome.map(|outcome| SittingResult {
            ended_at_ms: outcome.ended_at,
            score_milli: outcome.score_milli,
            passed: outcome.passed,
            valid_until_ms: rules::valid_until(outcome.ended_at, sitting.valid_days).filter(|_| outcome.passed),
        }),
    }
}

/// Begin an exam 开始考试, or go on with it
///
/// The questions are drawn for this sitting, and so is the order of their options. Whoever has begun already gets what was begun.
#[utoipa::path(post, path = "/api/handbook/exams/{code}/sitting", tag = "handbook", operation_id = "begin_exam",
    params(("code" = String, Path, description = "the exam's code")),
    responses(
        (status = 200, description = "the sitting", body = ExamSitting),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.read`; `not_for_your_role`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such exam", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`no_more_attempts`, `too_few_questions`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn begin(
    State(handbook): State<Handbook>,
    can: Can<ReadHandbook>,
    ApiPath(code): ApiPath<String>,
) -> ApiResult<ExamSitting> {
    let (app, org, staff) = (handbook.app(), can.scope().org, staff::of(&can));
    let found = store::find::<Exam>(app.store.read(), org, &code).await?;
    let Item { code, version, body: exam, .. } = found.ok_or_else(|| ApiError::not_found("exam"))?;
    // Who manages exams tries them.
    if !exam.is_for(&can.role) && !can.may("exam.manage") {
        return Err(Refusal::NotForYourRole.into());
    }
    let bank = store::all::<Question>(app.store.read(), org).await?;
    let tx = turn(&handbook, org, &staff, &code).await?;
    let now = app.now();
    if let Some(last) = sittings::last(tx.db(), org, &staff, &code).await?.filter(|last| last.outcome.is_none()) {
        if last.due_at > now {
            let answers = sittings::answers(tx.db(), last.id).await?;
            return Ok(Json(body(last, answers, now)));
        }
        finish(&tx, &last, last.due_at).await?;
    }
    let today = sittings::begun_since(tx.db(), org, &staff, &code, Millis(now.0 - DAY_MS)).await?;
    if exam.attempts_a_day > 0 && today >= u64::from(exam.attempts_a_day) {
        return Err(Refusal::NoMoreAttempts(exam.attempts_a_day).into());
    }
    let seed = rand::random();
    let sitting = Sitting {
        id: Uuid::now_v7(),
        org,
        staff,
        exam: code,
        exam_version: version,
        seed,
        paper: rules::draw(&exam, &bank, seed)?,
        pass_milli: exam.pass_milli(),
        valid_days: exam.valid_days,
        begun_at: now,
        due_at: Millis(now.0 + i64::from(exam.minutes) * 60_000),
        outcome: None,
    };
    sittings::insert(tx.db(), &sitting).await?;
    tx.commit().await?;
    Ok(Json(body(sitting, BTreeMap::new(), now)))
}

/// A transaction in which nobody else changes somebody's sittings of an exam.
async fn turn(handbook: &Handbook, org: OrgId, staff: &str, exam: &str) -> anyhow::Result<Tx> {
    let tx = handbook.app().store.begin().await?;
    tx.take_turns(&format!("handbook.{org}.{staff}.{exam}")).await?;
    Ok(tx)
}

/// The last sitting, ended if its time is over.
async fn last(tx: &Tx, org: OrgId, staff: &str, exam: &str, now: Millis) -> Result<Sitting, ApiError> {
    let last = sittings::last(tx.db(), org, staff, exam).await?.ok_or_else(|| ApiError::not_found("sitting"))?;
    if last.outcome.is_none() && last.due_at <= now {
        let outcome = Some(finish(tx, &last, last.due_at).await?);
        return Ok(Sitting { outcome, ..last });
    }
    Ok(last)
}

/// Marks a sitting, says so, and notes what it settles. What was ended meanwhile stays as it was.
pub async fn finish(tx: &Tx, sitting: &Sitting, at: Millis) -> anyhow::Result<Outcome> {
    let answers = sittings::answers(tx.db(), sitting.id).await?;
    let chosen = |at: usize| answers.get(&at).map_or(&[][..], Vec::as_slice);
    let right: Vec<bool> =
        sitting.paper.iter().enumerate().map(|(at, drawn)| rules::is_right(drawn, chosen(at))).collect();
    let score_milli = rules::score_milli(right.iter().filter(|right| **right).count(), right.len());
    let outcome = Outcome { ended_at: at, score_milli, passed: score_milli >= sitting.pass_milli };
    if !sittings::end(tx.db(), sitting, outcome, &right).await? {
        return Ok(outcome);
    }
    let sat = ExamSat {
        staff: sitting.staff.clone(),
        exam: sitting.exam.clone(),
        version: sitting.exam_version,
        score_milli,
        passed: outcome.passed,
    };
    let event = Envelope::new(at, Source::Server, sitting.org, Event::ExamSat(sat)).with_key(sitting.id.to_string());
    tx.emit(event).await?;
    if outcome.passed {
        retraining::store::done(tx.db(), sitting.org, &sitting.staff, &sitting.exam, at).await?;
    }
    metrics::counter!("kaibo_exams_sat_total", "passed" => if outcome.passed { "yes" } else { "no" }).increment(1);
    Ok(outcome)
}

/// Your last sitting of an exam
///
/// What is right is told when it is over.
#[utoipa::path(get, path = "/api/handbook/exams/{code}/sitting", tag = "handbook", operation_id = "read_exam_sitting",
    params(("code" = String, Path, description = "the exam's code")),
    responses(
        (status = 200, description = "the sitting", body = ExamSitting),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: you have not sat this exam", body = Problem, content_type = "application/problem+json"),
    ))]
async fn find(
    State(handbook): State<Handbook>,
    can: Can<ReadHandbook>,
    ApiPath(code): ApiPath<String>,
) -> ApiResult<ExamSitting> {
    let (app, org, staff) = (handbook.app(), can.scope().org, staff::of(&can));
    let tx = turn(&handbook, org, &staff, &code).await?;
    let now = app.now();
    let sitting = last(&tx, org, &staff, &code, now).await?;
    let answers = sittings::answers(tx.db(), sitting.id).await?;
    tx.commit().await?;
    Ok(Json(body(sitting, answers, now)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChosenOptions {
    /// Counted from 0; empty takes the answer back.
    #[schema(max_items = 9)]
    chosen: Vec<u8>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Answered {
    number: u32,
    chosen: Vec<u8>,
}

/// Answer a question
///
/// The answer is kept at once, in place of the one before; sent twice it counts once.
#[utoipa::path(put, path = "/api/handbook/exams/{code}/sitting/answers/{number}", tag = "handbook", operation_id = "answer_question",
    request_body = ChosenOptions,
    params(("code" = String, Path, description = "the exam's code"), ("number" = u32, Path, description = "the question's place, from 0")),
    responses(
        (status = 200, description = "it is kept", body = Answered),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such question, or no sitting", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`sitting_over`: it was ended, or its time is over", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_request`: no such option", body = Problem, content_type = "application/problem+json"),
    ))]
async fn answer(
    State(handbook): State<Handbook>,
    can: Can<ReadHandbook>,
    ApiPath((code, number)): ApiPath<(String, u32)>,
    ApiJson(said): ApiJson<ChosenOptions>,
) -> ApiResult<Answered> {
    let (app, org, staff) = (handbook.app(), can.scope().org, staff::of(&can));
    let tx = turn(&handbook, org, &staff, &code).await?;
    let now = app.now();
    let sitting = last(&tx, org, &staff, &code, now).await?;
    if sitting.outcome.is_some() {
        // It may have ended right here.
        tx.commit().await?;
        return Err(Refusal::SittingOver.into());
    }
    let at = usize::try_from(number).unwrap_or(usize::MAX);
    let drawn = sitting.paper.get(at).ok_or_else(|| ApiError::not_found("question"))?;
    let mut chosen = said.chosen;
    chosen.sort_unstable();
    chosen.dedup();
    let known = chosen.iter().all(|one| usize::from(*one) < drawn.options.len());
    if !known || (drawn.kind != QuestionKind::Multiple && chosen.len() > 1) {
        return Err(Refusal::Bad("`chosen` names options of the question, one unless more may be right".into()).into());
    }
    sittings::answer(tx.db(), sitting.id, at, &drawn.code, &chosen, now).await?;
    tx.commit().await?;
    Ok(Json(Answered { number, chosen }))
}

/// End the sitting 交卷
///
/// It is marked, and the answer says what was right. A second time says the same.
#[utoipa::path(post, path = "/api/handbook/exams/{code}/sitting/end", tag = "handbook", operation_id = "end_exam",
    params(("code" = String, Path, description = "the exam's code")),
    responses(
        (status = 200, description = "the result", body = ExamSitting),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: you have not begun", body = Problem, content_type = "application/problem+json"),
    ))]
async fn end(
    State(handbook): State<Handbook>,
    can: Can<ReadHandbook>,
    ApiPath(code): ApiPath<String>,
) -> ApiResult<ExamSitting> {
    let (app, org, staff) = (handbook.app(), can.scope().org, staff::of(&can));
    let tx = turn(&handbook, org, &staff, &code).await?;
    let now = app.now();
    let mut sitting = last(&tx, org, &staff, &code, now).await?;
    if sitting.outcome.is_none() {
        sitting.outcome = Some(finish(&tx, &sitting, now).await?);
    }
    let answers = sittings::answers(tx.db(), sitting.id).await?;
    tx.commit().await?;
    Ok(Json(body(sitting, answers, now)))
}
