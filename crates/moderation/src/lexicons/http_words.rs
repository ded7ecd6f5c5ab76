//! The words of a list over HTTP: one by one, and as a file.

use super::{
    List, MOST_WORDS, flags_of,
    http::{ManageModeration, WordList, category_of},
    level_name, store, to_text,
};
use crate::{
    Moderation,
    review::http::ReadModeration,
    text::{Entry, LONGEST, read, read_as},
};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Problem, Within};
use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::header,
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// A list of words as a file.
pub(super) const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Lines that are none are named up to here.
const MOST_NAMED: usize = 50;
const MOST_CHANGES: usize = 1_000;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(words, replace_words, change_words))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .routes(routes!(export))
        .with_state(moderation)
}

/// A word of a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListedWord {
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
    let flags = flags_of(&entry);
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
    #[param(inline)]
    limit: Option<Within<1, 1_000>>,
}

/// Words of a list 词条
#[utoipa::path(get, path = "/api/moderation/lists/{id}/words", tag = "moderation", operation_id = "list_words",
    params(("id" = Uuid, Path, description = "the list"), WordsQuery),
    responses(
        (status = 200, description = "a page", body = Page<ListedWord>),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
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
    let longer = |part: &Option<String>| part.as_ref().is_some_and(|part| part.chars().count() > LONGEST);
    if longer(&query.q) || longer(&query.after) {
        return Err(ApiError::bad_request(format!("a word has at most {LONGEST} characters")));
    }
    let limit = query.limit.map_or(100, Within::get);
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
        (status = 422, description = "`too_many_words`, `not_utf8`, `empty_file`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn replace_words(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiPath(id): ApiPath<Uuid>,
    bytes: Bytes,
) -> ApiResult<WordsTaken> {
    if bytes.is_empty() {
        return Err(ApiError::new(422, "empty_file", "the file is empty; a list that shall not count is switched off"));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| ApiError::new(422, "not_utf8", "the file is not UTF-8"))?;
    let (tx, mut list) = moderation.change_list(can.scope(), id).await?;
    let (entries, bad) = read_as(text, &list.category, list.level);
    let entries = last_of_each(entries);
    if entries.len() as u64 > MOST_WORDS {
        return Err(too_many());
    }
    store::clear(tx.db(), list.id).await?;
    store::put(tx.db(), list.id, &entries).await?;
    list.words = entries.len() as u64;
    let list = moderation.keep_list(tx, list, "words_changed", &can.name).await?;
    let left_out = bad.iter().take(MOST_NAMED).map(ToString::to_string).collect();
    Ok(Json(WordsTaken { list, left_out, left_out_count: bad.len() as u64 }))
}

/// The last of equal words counts, as it does in a file that is read from its top.
pub(super) fn last_of_each(mut entries: Vec<Entry>) -> Vec<Entry> {
    let mut seen = HashSet::new();
    entries.reverse();
    entries.retain(|entry| seen.insert(entry.word.clone()));
    entries
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
    let entries = wanted.add.into_iter().map(|word| entry_of(word, &list)).collect::<Result<Vec<_>, _>>()?;
    let entries = last_of_each(entries);
    store::remove(tx.db(), list.id, &wanted.remove).await?;
    store::put(tx.db(), list.id, &entries).await?;
    list.words = store::count_words(tx.db(), list.id).await?;
    if list.words > MOST_WORDS {
        return Err(too_many());
    }
    Ok(Json(moderation.keep_list(tx, list, "words_changed", &can.name).await?))
}

pub(super) fn entry_of(word: ListedWord, list: &List) -> Result<Entry, ApiError> {
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
