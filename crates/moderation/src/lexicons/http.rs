//! Lists and their words over HTTP.

use super::{List, MOST_LISTS, Place, store};
use crate::{Moderation, chat::http::room_of, gate::tell, review::http::ReadModeration, text::ListLevel};
use ::store::Tx;
use app::{
    ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Permission, PermissionInfo, Problem, Reach, Scope,
    Within,
};
use axum::{Json, extract::State, http::StatusCode};
use events::{Millis, RoomId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// May change lists of words.
pub struct ManageModeration;
impl Permission for ManageModeration {
    const INFO: PermissionInfo =
        PermissionInfo { name: "moderation.manage", zh: "管理词库", en: "manage lists of words" };
}

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(find, change, remove)).with_state(moderation)
}

/// A list of words.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WordList {
    id: Uuid,
    name: String,
    /// The room it belongs to; without one it counts in every room of the organisation.
    #[schema(value_type = Option<Uuid>)]
    room: Option<RoomId>,
    /// Of words that come in without one.
    category: String,
    /// Of words that come in without one.
    level: ListLevel,
    enabled: bool,
    /// It counts: it is enabled and its time is not over.
    in_force: bool,
    #[schema(value_type = Option<i64>)]
    expires_at_ms: Option<Millis>,
    words: u64,
    owner: String,
    #[schema(value_type = i64)]
    created_at_ms: Millis,
    #[schema(value_type = i64)]
    changed_at_ms: Millis,
}

fn body(list: List, now: Millis) -> WordList {
    let in_force = list.is_in_force(now);
    WordList {
        id: list.id,
        name: list.name,
        room: list.place.map(|place| place.room),
        category: list.category,
        level: list.level,
        enabled: list.enabled,
        in_force,
        expires_at_ms: list.expires_at,
        words: list.words,
        owner: list.owner,
        created_at_ms: list.created_at,
        changed_at_ms: list.changed_at,
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListsQuery {
    /// Those of one room.
    #[param(value_type = Option<Uuid>)]
    room: Option<RoomId>,
    /// `next` of the page before.
    after: Option<Uuid>,
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// Lists of words in your scope 词库, the newest first
#[utoipa::path(get, path = "/api/moderation/lists", tag = "moderation", operation_id = "list_word_lists", params(ListsQuery),
    responses(
        (status = 200, description = "a page", body = Page<WordList>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiQuery(query): ApiQuery<ListsQuery>,
) -> ApiResult<Page<WordList>> {
    let limit = query.limit.map_or(50, Within::get);
    let app = moderation.app();
    let lists = store::list(app.store.read(), can.scope(), query.room, query.after, limit).await?;
    let next = lists.last().filter(|_| lists.len() as u64 == limit).map(|last| last.id.to_string());
    Ok(Json(Page { items: lists.into_iter().map(|list| body(list, app.now())).collect(), next }))
}

/// A new list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWordList {
    #[schema(min_length = 1, max_length = 60, example = "引流话术")]
    name: String,
    /// It counts in this room only. Without one it counts in every room, and only headquarters make such.
    #[schema(value_type = Option<Uuid>)]
    room: Option<RoomId>,
    /// Of words that come in without one.
    #[schema(max_length = 30, example = "contact")]
    #[serde(default)]
    category: Option<String>,
    /// Of words that come in without one; `mask` if nothing is said.
    #[serde(default)]
    level: Option<ListLevel>,
    /// Until then it counts.
    #[serde(default)]
    expires_at_ms: Option<i64>,
}

fn name_of(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(ApiError::new(422, "bad_name", "a list's name has 1 to 60 characters"));
    }
    Ok(name.to_owned())
}

pub(super) fn category_of(category: Option<String>) -> Result<String, ApiError> {
    let category = category.map(|category| category.trim().to_owned()).filter(|category| !category.is_empty());
    let category = category.unwrap_or_else(|| "own".to_owned());
    if category.chars().count() > 30 || category.chars().any(char::is_control) {
        return Err(ApiError::new(422, "bad_category", "a category has at most 30 characters"));
    }
    Ok(category)
}

/// Only headquarters touch what counts everywhere.
pub(super) fn reaches(scope: Scope, list: &List) -> Result<(), ApiError> {
    if list.place.is_none() && scope.reach != Reach::Org {
        return Err(ApiError::new(
            403,
            "beyond_your_reach",
            "a list of the whole organisation is headquarters' to change",
        ));
    }
    Ok(())
}

/// Make a list of words 新建词库
#[utoipa::path(post, path = "/api/moderation/lists", tag = "moderation", operation_id = "create_word_list", request_body = NewWordList,
    responses(
        (status = 201, description = "the list, still without words", body = WordList),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_lists`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`, `bad_category`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn create(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiJson(wanted): ApiJson<NewWordList>,
) -> Result<(StatusCode, Json<WordList>), ApiError> {
    let place = match wanted.room {
        Some(room) => {
            let room = room_of(&moderation, &can, room).await?;
            Some(Place { room: room.room, team: room.team })
        }
        None => None,
    };
    let (app, scope) = (moderation.app(), can.scope());
    let now = app.now();
    let list = List {
        id: Uuid::now_v7(),
        org: scope.org,
        place,
        name: name_of(&wanted.name)?,
        category: category_of(wanted.category)?,
        level: wanted.level.unwrap_or(ListLevel::Mask),
        enabled: true,
        expires_at: wanted.expires_at_ms.map(Millis),
        revision: 1,
        words: 0,
        owner: can.name.to_string(),
        created_at: now,
        changed_at: now,
    };
    reaches(scope, &list)?;
    let tx = app.store.begin().await?;
    tx.take_turns("moderation_lists").await?;
    if store::count(tx.db(), scope.org).await? >= MOST_LISTS {
        return Err(ApiError::new(409, "too_many_lists", format!("at most {MOST_LISTS} lists")));
    }
    store::insert(tx.db(), &list).await?;
    tell(&tx, &list, "created", &can.name, now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(body(list, now))))
}

/// A list 词库详情
#[utoipa::path(get, path = "/api/moderation/lists/{id}", tag = "moderation", operation_id = "get_word_list",
    params(("id" = Uuid, Path, description = "the list")),
    responses(
        (status = 200, description = "the list", body = WordList),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such list in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn find(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<WordList> {
    let app = moderation.app();
    let found = store::find(app.store.read(), can.scope(), id).await?;
    Ok(Json(body(found.ok_or_else(|| ApiError::not_found("list"))?, app.now())))
}

/// What changes about a list; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeWordList {
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    #[schema(max_length = 30)]
    category: Option<String>,
    level: Option<ListLevel>,
    enabled: Option<bool>,
    /// Until then it counts; 0: without end.
    expires_at_ms: Option<i64>,
}

/// Change a list 修改词库
///
/// Words that had the list's category or level follow it.
#[utoipa::path(patch, path = "/api/moderation/lists/{id}", tag = "moderation", operation_id = "change_word_list",
    params(("id" = Uuid, Path, description = "the list")), request_body = ChangeWordList,
    responses(
        (status = 200, description = "the list, in force", body = WordList),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such list in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`, `bad_category`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn change(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wanted): ApiJson<ChangeWordList>,
) -> ApiResult<WordList> {
    let (tx, before) = moderation.change_list(can.scope(), id).await?;
    let mut list = before.clone();
    if let Some(name) = wanted.name {
        list.name = name_of(&name)?;
    }
    if wanted.category.is_some() {
        list.category = category_of(wanted.category)?;
    }
    if let Some(level) = wanted.level {
        list.level = level;
    }
    if let Some(enabled) = wanted.enabled {
        list.enabled = enabled;
    }
    if let Some(end) = wanted.expires_at_ms {
        list.expires_at = (end > 0).then_some(Millis(end));
    }
    store::follow(tx.db(), &before, &list).await?;
    Ok(Json(moderation.keep_list(tx, list, "changed", &can.name).await?))
}

/// Remove a list with its words 删除词库
#[utoipa::path(delete, path = "/api/moderation/lists/{id}", tag = "moderation", operation_id = "remove_word_list",
    params(("id" = Uuid, Path, description = "the list")),
    responses(
        (status = 204, description = "it is gone"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such list in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn remove(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let (tx, list) = moderation.change_list(can.scope(), id).await?;
    store::delete(tx.db(), list.id).await?;
    tell(&tx, &List { words: 0, ..list }, "removed", &can.name, moderation.app().now()).await?;
    tx.commit().await?;
    moderation.reload().await;
    Ok(StatusCode::NO_CONTENT)
}

impl Moderation {
    /// A list somebody may change, and the transaction to change it in.
    pub(super) async fn change_list(&self, scope: Scope, id: Uuid) -> Result<(Tx, List), ApiError> {
        let tx = self.app().store.begin().await?;
        tx.take_turns("moderation_lists").await?;
        let list = store::find(tx.db(), scope, id).await?.ok_or_else(|| ApiError::not_found("list"))?;
        reaches(scope, &list)?;
        Ok((tx, list))
    }

    /// Keeps a changed list, says so, and has it in force before it answers.
    pub(super) async fn keep_list(&self, tx: Tx, mut list: List, change: &str, by: &str) -> Result<WordList, ApiError> {
        let now = self.app().now();
        (list.revision, list.changed_at) = (list.revision + 1, now);
        store::update(tx.db(), &list).await?;
        tell(&tx, &list, change, by, now).await?;
        tx.commit().await?;
        self.reload().await;
        Ok(body(list, now))
    }
}
