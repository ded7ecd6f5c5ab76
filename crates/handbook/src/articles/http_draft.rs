//! Writing the handbook over HTTP.

use super::{
    Article, Published,
    http::{HandbookVersion, WriteHandbook},
    in_order,
    rules::{Difference, differences},
    store::{self as versions, Version},
};
use crate::{
    Handbook, Refusal, refusal,
    store::{self, Item},
};
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, Problem};
use axum::{Json, extract::State, http::StatusCode};
use events::Millis;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes(handbook: Handbook) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(draft))
        .routes(routes!(put, remove))
        .routes(routes!(publish))
        .with_state(handbook)
}

/// An article as it will be published.
#[derive(Debug, Serialize, ToSchema)]
struct DraftArticle {
    code: String,
    /// Counts the changes; send it back as `seen`.
    version: u32,
    article: Article,
    changed_by: String,
    #[schema(value_type = i64)]
    changed_at_ms: Millis,
}

impl From<Item<Article>> for DraftArticle {
    fn from(item: Item<Article>) -> Self {
        let Item { code, version, body, changed_by, changed_at } = item;
        Self { code, version, article: body, changed_by, changed_at_ms: changed_at }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct HandbookDraft {
    articles: Vec<DraftArticle>,
    /// What publishing would change.
    changes: Vec<Difference>,
}

fn published(draft: &[Item<Article>]) -> Vec<Published> {
    in_order(draft.iter().map(|item| Published { code: item.code.clone(), article: item.body.clone() }).collect())
}

/// The draft, and what publishing it would change 草稿
#[utoipa::path(get, path = "/api/handbook/draft", tag = "handbook", operation_id = "read_handbook_draft",
    responses(
        (status = 200, description = "the draft", body = HandbookDraft),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.write`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn draft(State(handbook): State<Handbook>, can: Can<WriteHandbook>) -> ApiResult<HandbookDraft> {
    let (db, org) = (handbook.app().store.read(), can.scope().org);
    let mut draft = store::all::<Article>(db, org).await?;
    let changes = differences(&versions::in_force(db, org).await?.articles, &published(&draft));
    draft.sort_by(|one, other| (one.body.place, &one.code).cmp(&(other.body.place, &other.code)));
    Ok(Json(HandbookDraft { articles: draft.into_iter().map(DraftArticle::from).collect(), changes }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PutArticle {
    article: Article,
    /// The version that was read, 0 for a new one: refused when somebody changed it since. Without it whatever is there is replaced.
    seen: Option<u32>,
}

/// Write an article of the draft
#[utoipa::path(put, path = "/api/handbook/draft/{code}", tag = "handbook", operation_id = "write_article", request_body = PutArticle,
    params(("code" = String, Path, description = "the article's code: `a-z`, `0-9` and `-`")),
    responses(
        (status = 200, description = "the article", body = DraftArticle),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.write`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`changed_meanwhile`, `too_many`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_code`, `bad_request`, `unknown_clause`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn put(
    State(handbook): State<Handbook>,
    can: Can<WriteHandbook>,
    ApiPath(code): ApiPath<String>,
    ApiJson(put): ApiJson<PutArticle>,
) -> ApiResult<DraftArticle> {
    let (app, org) = (handbook.app(), refusal::headquarters(can.scope())?);
    refusal::code(&code)?;
    put.article.check(&handbook.rules().clauses())?;
    let tx = store::change(app, org).await?;
    let item = store::put(&tx, org, &code, put.article, put.seen, &can.name, app.now()).await?;
    tx.commit().await?;
    Ok(Json(item.into()))
}

/// Take an article out of the draft
///
/// The versions that were published keep it.
#[utoipa::path(delete, path = "/api/handbook/draft/{code}", tag = "handbook", operation_id = "remove_article",
    params(("code" = String, Path, description = "the article's code")),
    responses(
        (status = 204, description = "it is gone"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.write`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn remove(
    State(handbook): State<Handbook>,
    can: Can<WriteHandbook>,
    ApiPath(code): ApiPath<String>,
) -> Result<StatusCode, ApiError> {
    let org = refusal::headquarters(can.scope())?;
    store::remove::<Article>(handbook.app(), org, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Publish {
    /// What is new, for the readers.
    #[schema(min_length = 1, max_length = 300, example = "新增抽奖规则")]
    note: String,
}

/// Publish the draft 发布
///
/// It is a new version, which everybody is asked to read and to acknowledge.
#[utoipa::path(post, path = "/api/handbook/versions", tag = "handbook", operation_id = "publish_handbook", request_body = Publish,
    responses(
        (status = 201, description = "it is in force", body = HandbookVersion),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.write`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`nothing_new`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn publish(
    State(handbook): State<Handbook>,
    can: Can<WriteHandbook>,
    ApiJson(publish): ApiJson<Publish>,
) -> Result<(StatusCode, Json<HandbookVersion>), ApiError> {
    let (app, org) = (handbook.app(), refusal::headquarters(can.scope())?);
    refusal::text("note", &publish.note, 300)?;
    let tx = store::change(app, org).await?;
    let articles = published(&store::all::<Article>(tx.db(), org).await?);
    let last = versions::in_force(tx.db(), org).await?;
    if last.articles == articles {
        return Err(Refusal::NothingNew.into());
    }
    let (number, note) = (last.number + 1, publish.note.trim().to_owned());
    let version = Version { number, note, articles, by: can.name.to_string(), at: app.now() };
    versions::insert(tx.db(), org, &version).await?;
    tx.commit().await?;
    let Version { number, note, by: published_by, at: published_at_ms, .. } = version;
    Ok((StatusCode::CREATED, Json(HandbookVersion { number, note, published_by, published_at_ms })))
}
