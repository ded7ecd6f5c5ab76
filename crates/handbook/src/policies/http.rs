//! The policy tracker over HTTP.

use super::{
    Check, MappingKind, Policy, PolicyArticle, PolicyHead, PolicyMapping,
    rules::{self, Change},
    store as texts,
};
use crate::{
    Handbook, Refusal,
    articles::{
        Article,
        http::{ReadHandbook, WriteHandbook},
    },
    exams::{Question, rules::DAY_MS},
    refusal,
    store::{self, Item},
};
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, Problem, Within};
use axum::{Json, extract::State, http::StatusCode};
use events::{Millis, OrgId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const LONGEST_TEXT: usize = 300_000;
const MOST_MAPPINGS: usize = 30;

pub fn routes(handbook: Handbook) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(find, put, remove))
        .routes(routes!(put_text))
        .routes(routes!(map))
        .routes(routes!(checks))
        .with_state(handbook)
}

/// What of ours there is, and what it is called.
struct Ours {
    names: HashMap<(MappingKind, String), String>,
}

impl Ours {
    async fn read(handbook: &Handbook, org: OrgId, policies: &[Item<Policy>]) -> anyhow::Result<Self> {
        let db = handbook.app().store.read();
        let mut names = HashMap::new();
        for item in store::all::<Article>(db, org).await? {
            names.insert((MappingKind::Article, item.code), item.body.title_zh);
        }
        for item in store::all::<Question>(db, org).await? {
            names.insert((MappingKind::Question, item.code), item.body.text_zh);
        }
        for clause in handbook.rules().clauses() {
            names.insert((MappingKind::Clause, clause.to_owned()), clause.to_owned());
        }
        let articles = policies.iter().flat_map(|item| &item.body.articles);
        for mapping in articles.flat_map(|article| &article.maps).filter(|one| one.kind == MappingKind::List) {
            let key = (MappingKind::List, mapping.code.clone());
            if names.contains_key(&key) {
                continue;
            }
            if let Some(name) = list_name(handbook, org, &mapping.code).await? {
                names.insert(key, name);
            }
        }
        Ok(Self { names })
    }

    fn name(&self, mapping: &PolicyMapping) -> Option<&String> {
        self.names.get(&(mapping.kind, mapping.code.clone()))
    }

    /// Something follows it, or it is said why nothing has to.
    fn is_mapped(&self, article: &PolicyArticle) -> bool {
        !article.no_rule.is_empty() || article.maps.iter().any(|mapping| self.name(mapping).is_some())
    }
}

async fn list_name(handbook: &Handbook, org: OrgId, id: &str) -> anyhow::Result<Option<String>> {
    match id.parse::<Uuid>() {
        Ok(id) => handbook.rules().list_name(org, id).await,
        Err(_) => Ok(None),
    }
}

/// A policy, and how much of it something follows.
#[derive(Debug, Serialize, ToSchema)]
struct ListedPolicy {
    code: String,
    /// Counts the changes; send it back as `seen`.
    version: u32,
    policy: PolicyHead,
    /// Of its last text; 0: it has none.
    text_number: u32,
    articles: u32,
    /// Articles that something follows, or that ask for no rule.
    mapped: u32,
    /// `mapped` of `articles`, in thousandths; null without articles.
    coverage_milli: Option<u32>,
    to_check: u32,
    changed_by: String,
    #[schema(value_type = i64)]
    changed_at_ms: Millis,
}

fn listed(item: &Item<Policy>, ours: &Ours) -> ListedPolicy {
    let policy = &item.body;
    let count = |test: &dyn Fn(&PolicyArticle) -> bool| policy.articles.iter().filter(|one| test(one)).count() as u32;
    let (articles, mapped) = (count(&|_| true), count(&|article| ours.is_mapped(article)));
    ListedPolicy {
        code: item.code.clone(),
        version: item.version,
        policy: policy.head.clone(),
        text_number: policy.text_number,
        articles,
        mapped,
        coverage_milli: (mapped * 1_000).checked_div(articles),
        to_check: count(&|article| article.check.is_some()),
        changed_by: item.changed_by.clone(),
        changed_at_ms: item.changed_at,
    }
}

/// Policies 政策, and how much of each something follows
#[utoipa::path(get, path = "/api/handbook/policies", tag = "handbook", operation_id = "list_policies",
    responses(
        (status = 200, description = "every policy, by code", body = Vec<ListedPolicy>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(State(handbook): State<Handbook>, can: Can<ReadHandbook>) -> ApiResult<Vec<ListedPolicy>> {
    let org = can.scope().org;
    let policies = store::all::<Policy>(handbook.app().store.read(), org).await?;
    let ours = Ours::read(&handbook, org, &policies).await?;
    Ok(Json(policies.iter().map(|item| listed(item, &ours)).collect()))
}

/// Something of ours that follows an article.
#[derive(Debug, Serialize, ToSchema)]
struct NamedMapping {
    kind: MappingKind,
    code: String,
    /// Null: it is gone.
    name: Option<String>,
}

/// An article of a policy, and what follows it.
#[derive(Debug, Serialize, ToSchema)]
struct MappedArticle {
    /// `7` for 第七条, `7-1` for 第七条之一, `0` for what stands before the first.
    code: String,
    chapter: String,
    text: String,
    maps: Vec<NamedMapping>,
    /// Why it asks for no rule of ours; empty: it is not said.
    no_rule: String,
    mapped: bool,
    check: Option<ArticleCheck>,
}

/// The text changed: somebody looks whether what follows it still does.
#[derive(Debug, Serialize, ToSchema)]
struct ArticleCheck {
    owner: String,
    #[schema(value_type = i64)]
    since_ms: Millis,
    #[schema(value_type = i64)]
    due_at_ms: Millis,
    overdue: bool,
}

/// A policy with its articles
#[derive(Debug, Serialize, ToSchema)]
struct WholePolicy {
    #[serde(flatten)]
    listed: ListedPolicy,
    text: Vec<MappedArticle>,
}

fn whole(item: &Item<Policy>, ours: &Ours, now: Millis) -> WholePolicy {
    let text = item.body.articles.iter().map(|article| MappedArticle {
        code: article.code.clone(),
        chapter: article.chapter.clone(),
        text: article.text.clone(),
        maps: article
            .maps
            .iter()
            .map(|one| NamedMapping { kind: one.kind, code: one.code.clone(), name: ours.name(one).cloned() })
            .collect(),
        no_rule: article.no_rule.clone(),
        mapped: ours.is_mapped(article),
        check: article.check.as_ref().map(|check| shown(check, now)),
    });
    WholePolicy { listed: listed(item, ours), text: text.collect() }
}

fn shown(check: &Check, now: Millis) -> ArticleCheck {
    let Check { owner, since, due_at } = check.clone();
    ArticleCheck { owner, since_ms: since, due_at_ms: due_at, overdue: due_at <= now }
}

async fn answer(handbook: &Handbook, org: OrgId, item: Item<Policy>) -> Result<WholePolicy, ApiError> {
    let policies = [item];
    let ours = Ours::read(handbook, org, &policies).await?;
    let [item] = &policies;
    Ok(whole(item, &ours, handbook.app().now()))
}

/// A policy, article by article
#[utoipa::path(get, path = "/api/handbook/policies/{code}", tag = "handbook", operation_id = "read_policy",
    params(("code" = String, Path, description = "the policy's code")),
    responses(
        (status = 200, description = "the policy", body = WholePolicy),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such policy", body = Problem, content_type = "application/problem+json"),
    ))]
async fn find(
    State(handbook): State<Handbook>,
    can: Can<ReadHandbook>,
    ApiPath(code): ApiPath<String>,
) -> ApiResult<WholePolicy> {
    let org = can.scope().org;
    let found = store::find::<Policy>(handbook.app().store.read(), org, &code).await?;
    let item = found.ok_or_else(|| ApiError::not_found("policy"))?;
    Ok(Json(answer(&handbook, org, item).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PutPolicy {
    policy: PolicyHead,
    /// The version that was read, 0 for a new one: refused when somebody changed it since. Without it whatever is there is replaced.
    seen: Option<u32>,
}

/// Track a policy, or say otherwise what it is
///
/// Its text and what follows it stay.
#[utoipa::path(put, path = "/api/handbook/policies/{code}", tag = "handbook", operation_id = "write_policy", request_body = PutPolicy,
    params(("code" = String, Path, description = "the policy's code: `a-z`, `0-9` and `-`")),
    responses(
        (status = 200, description = "the policy", body = WholePolicy),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.write`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`changed_meanwhile`, `too_many`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_code`, `bad_request`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn put(
    State(handbook): State<Handbook>,
    can: Can<WriteHandbook>,
    ApiPath(code): ApiPath<String>,
    ApiJson(put): ApiJson<PutPolicy>,
) -> ApiResult<WholePolicy> {
    let (app, org) = (handbook.app(), refusal::headquarters(can.scope())?);
    refusal::code(&code)?;
    put.policy.check()?;
    let tx = store::change(app, org).await?;
    let before = store::find::<Policy>(tx.db(), org, &code).await?.map(|item| item.body);
    let policy = match before {
        Some(before) => Policy { head: put.policy, ..before },
        None => Policy { head: put.policy, text_number: 0, articles: Vec::new() },
    };
    let item = store::put(&tx, org, &code, policy, put.seen, &can.name, app.now()).await?;
    tx.commit().await?;
    Ok(Json(answer(&handbook, org, item).await?))
}

/// Track a policy no more
#[utoipa::path(delete, path = "/api/handbook/policies/{code}", tag = "handbook", operation_id = "remove_policy",
    params(("code" = String, Path, description = "the policy's code")),
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
    store::remove::<Policy>(handbook.app(), org, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PutText {
    /// The whole text as it is published.
    #[schema(
        min_length = 1,
        max_length = 300_000,
        example = "第一条 为了规范网络直播营销,制定本办法。\n第二条 主播不得虚假宣传。"
    )]
    text: String,
    /// Who checks what changed; you, without it.
    #[schema(max_length = 60)]
    owner: Option<String>,
    /// Until when, in days; 14 without it.
    #[schema(inline)]
    due_days: Option<Within<1, 365>>,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PolicyChange {
    Added,
    Changed,
    Removed,
}

/// An article that the new text has otherwise.
#[derive(Debug, Serialize, ToSchema)]
struct ChangedArticle {
    code: String,
    change: PolicyChange,
    /// Of the text before; empty for a new one.
    before: String,
    /// What of ours followed one that is gone.
    followed_by: Vec<PolicyMapping>,
}

/// A policy with its new text
#[derive(Debug, Serialize, ToSchema)]
struct RenewedPolicy {
    policy: WholePolicy,
    changes: Vec<ChangedArticle>,
}

/// Give a policy its text, or a newer one
///
/// It is split into articles by 第…条. What followed an article still does; where the text changed it is to be checked.
#[utoipa::path(put, path = "/api/handbook/policies/{code}/text", tag = "handbook", operation_id = "write_policy_text", request_body = PutText,
    params(("code" = String, Path, description = "the policy's code")),
    responses(
        (status = 200, description = "its articles, and what changed", body = RenewedPolicy),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.write`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such policy", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn put_text(
    State(handbook): State<Handbook>,
    can: Can<WriteHandbook>,
    ApiPath(code): ApiPath<String>,
    ApiJson(put): ApiJson<PutText>,
) -> ApiResult<RenewedPolicy> {
    let (app, org) = (handbook.app(), refusal::headquarters(can.scope())?);
    refusal::text("text", &put.text, LONGEST_TEXT)?;
    let owner = put.owner.map(|owner| owner.trim().to_owned()).filter(|owner| !owner.is_empty());
    let owner = owner.unwrap_or_else(|| can.name.to_string());
    refusal::at_most("owner", &owner, 60)?;
    let now = app.now();
    let days = put.due_days.map_or(14, Within::get);
    let check = Check { owner, since: now, due_at: Millis(now.0 + i64::try_from(days).unwrap_or(14) * DAY_MS) };
    let tx = store::change(app, org).await?;
    let found = store::find::<Policy>(tx.db(), org, &code).await?;
    let Policy { head, articles: before, .. } = found.ok_or_else(|| ApiError::not_found("policy"))?.body;
    let (articles, changes) = rules::renew(&before, rules::split(&put.text), &check);
    let text_number = texts::last(tx.db(), org, &code).await? + 1;
    texts::insert(tx.db(), org, &code, text_number, &put.text, &can.name, now).await?;
    let policy = Policy { head, text_number, articles };
    let item = store::put(&tx, org, &code, policy, None, &can.name, now).await?;
    tx.commit().await?;
    let changes = changes.into_iter().map(|change| match change {
        Change::Added(code) => {
            ChangedArticle { code, change: PolicyChange::Added, before: String::new(), followed_by: Vec::new() }
        }
        Change::Changed { code, before } => {
            ChangedArticle { code, change: PolicyChange::Changed, before, followed_by: Vec::new() }
        }
        Change::Removed(article) => ChangedArticle {
            code: article.code,
            change: PolicyChange::Removed,
            before: article.text,
            followed_by: article.maps,
        },
    });
    let changes = changes.collect();
    Ok(Json(RenewedPolicy { policy: answer(&handbook, org, item).await?, changes }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MapArticle {
    #[schema(max_items = 30)]
    maps: Vec<PolicyMapping>,
    /// Why it asks for no rule of ours.
    #[serde(default)]
    #[schema(max_length = 300)]
    no_rule: String,
}

/// Say what follows an article
///
/// With it the article is checked.
#[utoipa::path(put, path = "/api/handbook/policies/{code}/articles/{article}", tag = "handbook", operation_id = "map_policy_article",
    request_body = MapArticle,
    params(("code" = String, Path, description = "the policy's code"), ("article" = String, Path, description = "the article's code")),
    responses(
        (status = 200, description = "the policy", body = WholePolicy),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.write`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such article", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_request`: it names something that is not there", body = Problem, content_type = "application/problem+json"),
    ))]
async fn map(
    State(handbook): State<Handbook>,
    can: Can<WriteHandbook>,
    ApiPath((code, article)): ApiPath<(String, String)>,
    ApiJson(put): ApiJson<MapArticle>,
) -> ApiResult<WholePolicy> {
    let (app, org) = (handbook.app(), refusal::headquarters(can.scope())?);
    refusal::at_most("no_rule", &put.no_rule, 300)?;
    if put.maps.len() > MOST_MAPPINGS {
        return Err(Refusal::Bad(format!("at most {MOST_MAPPINGS} things follow an article")).into());
    }
    let tx = store::change(app, org).await?;
    let found = store::find::<Policy>(tx.db(), org, &code).await?;
    let mut policy = found.ok_or_else(|| ApiError::not_found("policy"))?.body;
    let found = policy.articles.iter_mut().find(|one| one.code == article);
    let found = found.ok_or_else(|| ApiError::not_found("article"))?;
    for mapping in &put.maps {
        // What is gone since it was said may stay.
        let known = found.maps.contains(mapping)
            || match mapping.kind {
                MappingKind::Article => store::find::<Article>(tx.db(), org, &mapping.code).await?.is_some(),
                MappingKind::Question => store::find::<Question>(tx.db(), org, &mapping.code).await?.is_some(),
                MappingKind::Clause => handbook.rules().clauses().contains(&mapping.code.as_str()),
                MappingKind::List => list_name(&handbook, org, &mapping.code).await?.is_some(),
            };
        if !known {
            return Err(Refusal::Bad(format!("there is no `{}` to follow an article", mapping.code)).into());
        }
    }
    (found.maps, found.no_rule, found.check) = (put.maps, put.no_rule.trim().to_owned(), None);
    let item = store::put(&tx, org, &code, policy, None, &can.name, app.now()).await?;
    tx.commit().await?;
    Ok(Json(answer(&handbook, org, item).await?))
}

/// An article that is to be checked.
#[derive(Debug, Serialize, ToSchema)]
struct PolicyTask {
    policy: String,
    title: String,
    article: String,
    text: String,
    maps: Vec<NamedMapping>,
    check: ArticleCheck,
}

/// Articles that are to be checked 待核对, the most urgent first
#[utoipa::path(get, path = "/api/handbook/policy-checks", tag = "handbook", operation_id = "list_policy_checks",
    responses(
        (status = 200, description = "every one", body = Vec<PolicyTask>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn checks(State(handbook): State<Handbook>, can: Can<ReadHandbook>) -> ApiResult<Vec<PolicyTask>> {
    let (app, org) = (handbook.app(), can.scope().org);
    let policies = store::all::<Policy>(app.store.read(), org).await?;
    let (ours, now) = (Ours::read(&handbook, org, &policies).await?, app.now());
    let mut tasks = Vec::new();
    for item in &policies {
        let texts = whole(item, &ours, now).text.into_iter();
        tasks.extend(texts.filter_map(|article| {
            Some(PolicyTask {
                policy: item.code.clone(),
                title: item.body.head.title.clone(),
                check: article.check?,
                article: article.code,
                text: article.text,
                maps: article.maps,
            })
        }));
    }
    tasks.sort_by_key(|task| task.check.due_at_ms);
    Ok(Json(tasks))
}
