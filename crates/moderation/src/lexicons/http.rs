//! Lists and their words over HTTP.

use super::{List, MOST_LISTS, MOST_WORDS, Place, level_name, store, to_text};
use crate::{
    Moderation,
    chat::http::room_of,
    gate::changed,
    review::http::ReadModeration,
    text::{Entry, LONGEST, Level, Scope as Where, read},
};
use ::store::Tx;
use app::{
    ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Permission, PermissionInfo, Problem, Reach, Scope,
};
use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    response::IntoResponse,
};
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

/// A list of words as a file.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Lines that are none are named up to here.
const MOST_NAMED: usize = 50;
const MOST_CHANGES: usize = 1_000;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find, change, remove))
        .routes(routes!(words, replace_words, change_words))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .routes(routes!(export))
        .routes(routes!(check))
        .with_state(moderation)
}

/// A list of words.
#[derive(Debug, Serialize, ToSchema)]
struct WordList {
    id: Uuid,
    name: String,
    /// The room it belongs to; without one it counts in every room of the organisation.
    #[schema(value_type = Option<Uuid>)]
    room: Option<RoomId>,
    /// Of words that say none.
    category: String,
    /// Of words that say none.
    #[schema(inline)]
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ListLevel {
    /// It passes, and people are told 提醒.
    Alarm,
    /// It passes without the characters 打码.
    Mask,
    /// A person decides 先审.
    Hold,
    /// It does not pass 拦截.
    Block,
}

impl From<ListLevel> for Level {
    fn from(level: ListLevel) -> Self {
        match level {
            ListLevel::Alarm => Level::Alarm,
            ListLevel::Mask => Level::Mask,
            ListLevel::Hold => Level::Hold,
            ListLevel::Block => Level::Block,
        }
    }
}

impl From<Level> for ListLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Alarm => ListLevel::Alarm,
            Level::Mask => ListLevel::Mask,
            Level::Hold => ListLevel::Hold,
            Level::Block => ListLevel::Block,
        }
    }
}

fn body(list: List, now: Millis) -> WordList {
    let in_force = list.is_in_force(now);
    WordList {
        id: list.id,
        name: list.name,
        room: list.place.map(|place| place.room),
        category: list.category,
        level: list.level.into(),
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
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
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
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
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
    /// Of words that say none.
    #[schema(max_length = 30, example = "contact")]
    #[serde(default)]
    category: Option<String>,
    /// Of words that say none; `mask` if nothing is said.
    #[schema(inline)]
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

fn category_of(category: Option<String>) -> Result<String, ApiError> {
    let category = category.map(|category| category.trim().to_owned()).filter(|category| !category.is_empty());
    let category = category.unwrap_or_else(|| "own".to_owned());
    if category.chars().count() > 30 || category.chars().any(char::is_control) {
        return Err(ApiError::new(422, "bad_category", "a category has at most 30 characters"));
    }
    Ok(category)
}

/// Only headquarters touch what counts everywhere.
fn reaches(scope: Scope, list: &List) -> Result<(), ApiError> {
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
        level: wanted.level.map_or(Level::Mask, Level::from),
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
    tx.emit(changed(&list, "created", &can.name, now)).await?;
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
    #[schema(inline)]
    level: Option<ListLevel>,
    enabled: Option<bool>,
    /// Until then it counts; 0: without end.
    expires_at_ms: Option<i64>,
}

/// Change a list 修改词库
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
    let (tx, mut list) = moderation.change_list(can.scope(), id).await?;
    if let Some(name) = wanted.name {
        list.name = name_of(&name)?;
    }
    if wanted.category.is_some() {
        list.category = category_of(wanted.category)?;
    }
    if let Some(level) = wanted.level {
        list.level = level.into();
    }
    if let Some(enabled) = wanted.enabled {
        list.enabled = enabled;
    }
    if let Some(end) = wanted.expires_at_ms {
        list.expires_at = (end > 0).then_some(Millis(end));
    }
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
    tx.emit(changed(&List { words: 0, ..list }, "removed", &can.name, moderation.app().now())).await?;
    tx.commit().await?;
    moderation.reload().await;
    Ok(StatusCode::NO_CONTENT)
}

/// A word of a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ListedWord {
    #[schema(min_length = 1, max_length = 64, example = "加微信")]
    word: String,
    /// Without one: the list's.
    #[schema(max_length = 30)]
    #[serde(default)]
    category: Option<String>,
    /// `alarm`, `mask`, `hold`, `block`, or `allow` for an innocent word; without one: the list's.
    #[schema(example = "hold")]
    #[serde(default)]
    level: Option<String>,
    /// `exact`, `initials`, `copy`, by commas.
    #[schema(max_length = 40)]
    #[serde(default)]
    flags: Option<String>,
    /// Which law or rule says so.
    #[schema(max_length = 200)]
    #[serde(default)]
    source: Option<String>,
}

fn word_body(entry: Entry) -> ListedWord {
    let flags = super::flags_of(&entry);
    ListedWord {
        word: entry.word,
        category: Some(entry.category),
        level: Some(level_name(entry.level).to_owned()),
        flags: Some(flags).filter(|flags| !flags.is_empty()),
        source: Some(entry.source).filter(|source| !source.is_empty()),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WordsQuery {
    /// Words that hold this.
    #[param(max_length = 64)]
    q: Option<String>,
    /// `next` of the page before.
    #[param(max_length = 64)]
    after: Option<String>,
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

/// Words of a list 词条
#[utoipa::path(get, path = "/api/moderation/lists/{id}/words", tag = "moderation", operation_id = "list_words",
    params(("id" = Uuid, Path, description = "the list"), WordsQuery),
    responses(
        (status = 200, description = "a page", body = Page<ListedWord>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such list in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn words(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(query): ApiQuery<WordsQuery>,
) -> ApiResult<Page<ListedWord>> {
    let db = moderation.app().store.read();
    let list = store::find(db, can.scope(), id).await?.ok_or_else(|| ApiError::not_found("list"))?;
    let limit = query.limit.unwrap_or(100).clamp(1, 1_000);
    let words = store::words(db, &list, query.q.as_deref(), query.after.as_deref(), Some(limit)).await?;
    let next = words.last().filter(|_| words.len() as u64 == limit).map(|last| last.word.clone());
    Ok(Json(Page { items: words.into_iter().map(word_body).collect(), next }))
}

/// What became of a file of words.
#[derive(Debug, Serialize, ToSchema)]
struct WordsTaken {
    list: WordList,
    /// Lines that are no word, named up to fifty.
    left_out: Vec<String>,
    left_out_count: u64,
}

/// Replace the words of a list by a file 导入词库
///
/// UTF-8, a word a line, or `word<TAB>category<TAB>level<TAB>flags<TAB>source`; `#` begins a remark.
#[utoipa::path(put, path = "/api/moderation/lists/{id}/words", tag = "moderation", operation_id = "replace_words",
    params(("id" = Uuid, Path, description = "the list")), request_body(content = String, content_type = "text/plain"),
    responses(
        (status = 200, description = "the list, in force, and what was left out", body = WordsTaken),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such list in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "more than 16 MB", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`too_many_words`, `not_utf8`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn replace_words(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiPath(id): ApiPath<Uuid>,
    bytes: axum::body::Bytes,
) -> ApiResult<WordsTaken> {
    let text = std::str::from_utf8(&bytes).map_err(|_| ApiError::new(422, "not_utf8", "the file is not UTF-8"))?;
    let (entries, bad) = read(text);
    let mut entries = entries;
    // The last of equal words counts, as it does in a file that is read from its top.
    let mut seen = std::collections::HashSet::new();
    entries.reverse();
    entries.retain(|entry| seen.insert(entry.word.clone()));
    if entries.len() as u64 > MOST_WORDS {
        return Err(too_many());
    }
    let (tx, mut list) = moderation.change_list(can.scope(), id).await?;
    store::clear(tx.db(), list.id).await?;
    store::put(tx.db(), list.id, &entries).await?;
    list.words = entries.len() as u64;
    let list = moderation.keep_list(tx, list, "words_changed", &can.name).await?;
    let left_out = bad.iter().take(MOST_NAMED).map(ToString::to_string).collect();
    Ok(Json(WordsTaken { list, left_out, left_out_count: bad.len() as u64 }))
}

fn too_many() -> ApiError {
    ApiError::new(422, "too_many_words", format!("a list holds at most {MOST_WORDS} words"))
}

/// What changes among the words of a list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeWords {
    /// New, or instead of the same word.
    #[schema(max_items = 1000)]
    #[serde(default)]
    add: Vec<ListedWord>,
    #[schema(max_items = 1000)]
    #[serde(default)]
    remove: Vec<String>,
}

/// Add words and take some out 增删词条
#[utoipa::path(patch, path = "/api/moderation/lists/{id}/words", tag = "moderation", operation_id = "change_words",
    params(("id" = Uuid, Path, description = "the list")), request_body = ChangeWords,
    responses(
        (status = 200, description = "the list, in force", body = WordList),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such list in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_word`, `too_many_words`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn change_words(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wanted): ApiJson<ChangeWords>,
) -> ApiResult<WordList> {
    if wanted.add.len() > MOST_CHANGES || wanted.remove.len() > MOST_CHANGES {
        return Err(ApiError::new(422, "too_many_words", "at most 1000 with one call; a file replaces them all"));
    }
    let (tx, mut list) = moderation.change_list(can.scope(), id).await?;
    let mut entries = wanted.add.into_iter().map(|word| entry_of(word, &list)).collect::<Result<Vec<_>, _>>()?;
    let mut seen = std::collections::HashSet::new();
    entries.reverse();
    entries.retain(|entry: &Entry| seen.insert(entry.word.clone()));
    store::remove(tx.db(), list.id, &wanted.remove).await?;
    store::put(tx.db(), list.id, &entries).await?;
    list.words = store::count_words(tx.db(), list.id).await?;
    if list.words > MOST_WORDS {
        return Err(too_many());
    }
    Ok(Json(moderation.keep_list(tx, list, "words_changed", &can.name).await?))
}

fn entry_of(word: ListedWord, list: &List) -> Result<Entry, ApiError> {
    let bad = |why: String| ApiError::new(422, "bad_word", why);
    let text = word.word.trim();
    if text.is_empty() || text.chars().count() > LONGEST || text.starts_with('#') {
        return Err(bad(format!("a word has 1 to {LONGEST} characters and no `#` before it")));
    }
    let clean = |text: Option<String>| text.unwrap_or_default().replace(['\t', '\n', '\r'], " ");
    let level = word.level.unwrap_or_else(|| level_name(Some(list.level)).to_owned());
    let category =
        category_of(Some(clean(word.category)).filter(|own| !own.is_empty()).or(Some(list.category.clone())))?;
    let line = [text.replace('\t', " "), category, level, clean(word.flags), clean(word.source)].join("\t");
    let (mut entries, mut faults) = read(&line);
    match (entries.pop(), faults.pop()) {
        (Some(entry), None) if entry.source.chars().count() <= 200 => Ok(entry),
        (_, Some(fault)) => Err(bad(fault.to_string())),
        _ => Err(bad("it is no word".into())),
    }
}

/// A list as a file 导出词库
///
/// In the format that is read.
#[utoipa::path(get, path = "/api/moderation/lists/{id}/export", tag = "moderation", operation_id = "export_words",
    params(("id" = Uuid, Path, description = "the list")),
    responses(
        (status = 200, description = "tab-separated text", body = String, content_type = "text/tab-separated-values"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such list in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn export(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<impl IntoResponse, ApiError> {
    let db = moderation.app().store.read();
    let list = store::find(db, can.scope(), id).await?.ok_or_else(|| ApiError::not_found("list"))?;
    let text = to_text(&store::words(db, &list, None, None, None).await?);
    let named = format!("attachment; filename=\"{}.tsv\"", list.id);
    let headers = [
        (header::CONTENT_TYPE, "text/tab-separated-values; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, named),
    ];
    Ok((headers, text))
}

/// A text to try the lists on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckText {
    #[schema(max_length = 20000, example = "加薇信看货")]
    text: String,
    /// Where it stands: `danmaku`, `script` or `title`.
    #[schema(inline)]
    #[serde(default)]
    scope: CheckScope,
    /// With this room's own lists.
    #[schema(value_type = Option<Uuid>)]
    #[serde(default)]
    room: Option<RoomId>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CheckScope {
    #[default]
    Danmaku,
    Script,
    Title,
}

/// What the lists say of a text.
#[derive(Debug, Serialize, ToSchema)]
struct CheckedText {
    /// `allow`, `mask`, `hold` or `block`.
    #[schema(example = "hold")]
    verdict: &'static str,
    text_masked: String,
    hits: Vec<CheckedHit>,
}

/// A word that was found.
#[derive(Debug, Serialize, ToSchema)]
struct CheckedHit {
    word: String,
    category: String,
    /// `alarm`, `mask`, `hold` or `block`.
    #[schema(example = "hold")]
    level: &'static str,
    /// How it was found: `exact`, `homophone`, `split` ...
    #[schema(example = "alias")]
    rule: &'static str,
    /// The list's id, or `pack`.
    #[schema(example = "pack")]
    list: String,
    /// Characters of the text, from and behind.
    start: u32,
    end: u32,
}

/// Try the lists in force on a text 试查文本
///
/// Nothing of it is kept.
#[utoipa::path(post, path = "/api/moderation/check", tag = "moderation", operation_id = "check_text", request_body = CheckText,
    responses(
        (status = 200, description = "what would become of it", body = CheckedText),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`too_long`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`not_ready`: the lists are being read", body = Problem, content_type = "application/problem+json"),
    ))]
async fn check(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiJson(wanted): ApiJson<CheckText>,
) -> ApiResult<CheckedText> {
    if wanted.text.chars().count() > crate::text::LONGEST_TEXT {
        return Err(ApiError::new(422, "too_long", "at most 20,000 characters"));
    }
    let room = match wanted.room {
        Some(room) => Some(room_of(&moderation, &can, room).await?.room),
        None => None,
    };
    let scope = match wanted.scope {
        CheckScope::Danmaku => Where::Danmaku,
        CheckScope::Script => Where::Script,
        CheckScope::Title => Where::Title,
    };
    let checked = moderation.0.gate.check(can.scope().org, room, &wanted.text, scope);
    let checked = checked.ok_or_else(|| ApiError::new(503, "not_ready", "the lists are being read").retry_after(1))?;
    let hits = checked.hits.into_iter().map(|hit| CheckedHit {
        word: hit.word.to_string(),
        category: hit.category.to_string(),
        level: level_name(Some(hit.level)),
        rule: hit.rule.name(),
        list: hit.list.to_string(),
        start: hit.start,
        end: hit.end,
    });
    let verdict = match checked.verdict {
        crate::text::Verdict::Allow => "allow",
        crate::text::Verdict::Mask => "mask",
        crate::text::Verdict::Hold => "hold",
        crate::text::Verdict::Block => "block",
    };
    Ok(Json(CheckedText { verdict, text_masked: checked.text_masked, hits: hits.collect() }))
}

impl Moderation {
    /// A list somebody may change, and the transaction to change it in.
    async fn change_list(&self, scope: Scope, id: Uuid) -> Result<(Tx, List), ApiError> {
        let tx = self.app().store.begin().await?;
        tx.take_turns("moderation_lists").await?;
        let list = store::find(tx.db(), scope, id).await?.ok_or_else(|| ApiError::not_found("list"))?;
        reaches(scope, &list)?;
        Ok((tx, list))
    }

    /// Keeps a changed list, says so, and has it in force before it answers.
    async fn keep_list(&self, tx: Tx, mut list: List, change: &str, by: &str) -> Result<WordList, ApiError> {
        let now = self.app().now();
        (list.revision, list.changed_at) = (list.revision + 1, now);
        store::update(tx.db(), &list).await?;
        tx.emit(changed(&list, change, by, now)).await?;
        tx.commit().await?;
        self.reload().await;
        Ok(body(list, now))
    }
}
