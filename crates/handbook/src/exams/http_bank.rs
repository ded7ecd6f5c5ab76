//! The question bank over HTTP.

use super::{
    Question,
    http::ManageExams,
    rules::{self, Statistic},
    store as sittings,
    table::{self, CodedQuestion, SkippedLine},
};
use crate::{
    Handbook, Refusal, refusal,
    store::{self, Body, Item},
};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Problem, Within};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use events::Millis;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Statistics look at so many answers, the newest.
const ANSWERS: u64 = 100_000;

pub fn routes(handbook: Handbook) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(put, remove))
        .routes(routes!(import))
        .routes(routes!(export))
        .with_state(handbook)
}

/// A question of the bank, and what answers say about it.
#[derive(Debug, Serialize, ToSchema)]
struct BankQuestion {
    code: String,
    /// Counts the changes; send it back as `seen`.
    version: u32,
    question: Question,
    changed_by: String,
    #[schema(value_type = i64)]
    changed_at_ms: Millis,
    /// How often it was answered, or left.
    answers: u64,
    right: u64,
    /// The share that was right, in thousandths; null before the first answer.
    right_milli: Option<u32>,
    /// Share right of the best 27 % less that of the worst 27 %, in thousandths; null for fewer than 10 answers.
    discrimination_milli: Option<i32>,
    /// How many each of the two groups has.
    group: u64,
}

fn body(item: Item<Question>, statistic: &Statistic) -> BankQuestion {
    BankQuestion {
        code: item.code,
        version: item.version,
        question: item.body,
        changed_by: item.changed_by,
        changed_at_ms: item.changed_at,
        answers: statistic.answers,
        right: statistic.right,
        right_milli: statistic.right_milli(),
        discrimination_milli: statistic.discrimination_milli(),
        group: statistic.group,
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BankQuery {
    /// About this clause.
    clause: Option<String>,
    /// With these words in the question or its code.
    q: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    #[param(inline)]
    limit: Option<Within<1, 500>>,
}

/// The question bank 题库, with what answers say about each
#[utoipa::path(get, path = "/api/handbook/questions", tag = "handbook", operation_id = "list_questions", params(BankQuery),
    responses(
        (status = 200, description = "a page, by code", body = Page<BankQuestion>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `exam.manage`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(handbook): State<Handbook>,
    can: Can<ManageExams>,
    ApiQuery(query): ApiQuery<BankQuery>,
) -> ApiResult<Page<BankQuestion>> {
    let (db, org) = (handbook.app().store.read(), can.scope().org);
    let statistics = rules::statistics(sittings::marked(db, org, ANSWERS).await?);
    let words = query.q.unwrap_or_default().trim().to_lowercase();
    let holds = |item: &Item<Question>| {
        let Question { text_zh, text_en, .. } = &item.body;
        words.is_empty() || [&item.code, text_zh, text_en].iter().any(|text| text.to_lowercase().contains(&words))
    };
    let of_clause = |item: &Item<Question>| query.clause.is_none() || item.body.clause == query.clause;
    let follows = |item: &Item<Question>| query.after.as_ref().is_none_or(|after| item.code > *after);
    let limit = query.limit.map_or(100, Within::count);
    let bank = store::all::<Question>(db, org).await?.into_iter();
    let mut items: Vec<Item<Question>> =
        bank.filter(|item| follows(item) && of_clause(item) && holds(item)).take(limit + 1).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| last.code.clone());
    let none = Statistic::default();
    let items = items.into_iter().map(|item| {
        let statistic = statistics.get(&item.code).unwrap_or(&none);
        body(item, statistic)
    });
    Ok(Json(Page { items: items.collect(), next }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PutQuestion {
    question: Question,
    /// The version that was read, 0 for a new one: refused when somebody changed it since. Without it whatever is there is replaced.
    seen: Option<u32>,
}

/// A question as it is kept now.
#[derive(Debug, Serialize, ToSchema)]
struct KeptQuestion {
    code: String,
    version: u32,
    question: Question,
}

/// Write a question
///
/// Whoever sits an exam keeps the questions as they were drawn.
#[utoipa::path(put, path = "/api/handbook/questions/{code}", tag = "handbook", operation_id = "write_question", request_body = PutQuestion,
    params(("code" = String, Path, description = "the question's code: `a-z`, `0-9` and `-`")),
    responses(
        (status = 200, description = "the question", body = KeptQuestion),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `exam.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`changed_meanwhile`, `too_many`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_code`, `bad_request`, `unknown_clause`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn put(
    State(handbook): State<Handbook>,
    can: Can<ManageExams>,
    ApiPath(code): ApiPath<String>,
    ApiJson(put): ApiJson<PutQuestion>,
) -> ApiResult<KeptQuestion> {
    let (app, org) = (handbook.app(), refusal::headquarters(can.scope())?);
    refusal::code(&code)?;
    put.question.check(&handbook.rules().clauses())?;
    let tx = store::change(app, org).await?;
    let item = store::put(&tx, org, &code, put.question, put.seen, &can.name, app.now()).await?;
    tx.commit().await?;
    Ok(Json(KeptQuestion { code: item.code, version: item.version, question: item.body }))
}

/// Remove a question
///
/// Its answers stay. To draw it no more and keep it, `retired` is set.
#[utoipa::path(delete, path = "/api/handbook/questions/{code}", tag = "handbook", operation_id = "remove_question",
    params(("code" = String, Path, description = "the question's code")),
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
    store::remove::<Question>(handbook.app(), org, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImportQuestions {
    /// The file: CSV with the columns of the export, or a list in JSON.
    #[schema(
        max_length = 1_500_000,
        example = "code,kind,right,text_zh,options_zh\nnew,single,A,直播间能不能留微信?,不能|能\n"
    )]
    text: String,
}

/// What was taken of a file
#[derive(Debug, Serialize, ToSchema)]
struct ImportedQuestions {
    added: u64,
    changed: u64,
    /// They were there as they stand in the file.
    same: u64,
    skipped: Vec<SkippedLine>,
}

/// Import questions 导入
///
/// A question whose code is there already is replaced. Lines that are not good are skipped and named.
#[utoipa::path(post, path = "/api/handbook/questions/import", tag = "handbook", operation_id = "import_questions", request_body = ImportQuestions,
    responses(
        (status = 200, description = "what was taken, and what was not", body = ImportedQuestions),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `exam.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`too_many`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn import(
    State(handbook): State<Handbook>,
    can: Can<ManageExams>,
    ApiJson(file): ApiJson<ImportQuestions>,
) -> ApiResult<ImportedQuestions> {
    let (app, org) = (handbook.app(), refusal::headquarters(can.scope())?);
    let (good, skipped) = table::read(&file.text, &handbook.rules().clauses());
    if good.len() as u64 > Question::MOST {
        return Err(Refusal::TooMany(Question::MOST).into());
    }
    let tx = store::change(app, org).await?;
    let bank = store::all::<Question>(tx.db(), org).await?;
    let mut imported = ImportedQuestions { added: 0, changed: 0, same: 0, skipped };
    for (code, mut question) in good {
        match bank.iter().find(|item| item.code == code) {
            Some(item) => {
                // A spreadsheet has no column for it.
                question.retired = item.body.retired;
                if item.body == question {
                    imported.same += 1;
                    continue;
                }
                imported.changed += 1;
            }
            None => imported.added += 1,
        }
        store::put(&tx, org, &code, question, None, &can.name, app.now()).await?;
    }
    tx.commit().await?;
    Ok(Json(imported))
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BankFormat {
    #[default]
    Csv,
    Json,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    #[param(inline)]
    format: Option<BankFormat>,
}

/// Export the bank 导出, as a file that can be imported
#[utoipa::path(get, path = "/api/handbook/questions/export", tag = "handbook", operation_id = "export_questions", params(ExportQuery),
    responses(
        (status = 200, description = "the bank, as a table or as JSON", content((String = "text/csv"), (String = "application/octet-stream"))),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `exam.manage`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn export(
    State(handbook): State<Handbook>,
    can: Can<ManageExams>,
    ApiQuery(query): ApiQuery<ExportQuery>,
) -> Result<(HeaderMap, String), ApiError> {
    let bank = store::all::<Question>(handbook.app().store.read(), can.scope().org).await?;
    let (kind, name, text) = match query.format.unwrap_or_default() {
        // A mark at the beginning tells spreadsheets that it is UTF-8.
        BankFormat::Csv => ("text/csv; charset=utf-8", "questions.csv", format!("\u{feff}{}", table::to_csv(&bank)?)),
        BankFormat::Json => {
            let coded = bank.into_iter().map(|item| CodedQuestion { code: item.code, question: item.body });
            let text = serde_json::to_string_pretty(&coded.collect::<Vec<_>>()).map_err(anyhow::Error::from)?;
            ("application/octet-stream", "questions.json", text)
        }
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let as_file = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).map_err(anyhow::Error::from)?;
    headers.insert(header::CONTENT_DISPOSITION, as_file);
    Ok((headers, text))
}
