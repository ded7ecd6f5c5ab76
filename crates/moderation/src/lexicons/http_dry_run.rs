//! Trying a list on what was said lately, over HTTP: before it counts, and one at a time.

use super::{
    List, MOST_WORDS, Place,
    dry_run::{self, Filters, Outcome, Side},
    http::{ManageModeration, category_of, reaches},
    http_words::{ListedWord, MOST_BYTES, entry_of, last_of_each},
    store,
};
use crate::{
    Moderation,
    chat::http::room_of,
    gate::Lists,
    review,
    text::{self, Entry, Filter, Hit, ListLevel, in_list},
};
use anyhow::Context;
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Mask, Problem};
use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
};
use events::{Millis, OrgId, RoomId};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// What hits of a list that is not there yet are said to be of.
const NEW: &str = "new";

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(try_new))
        .routes(routes!(try_changed))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(moderation)
}

/// Organisations in which something is tried at the moment.
#[derive(Clone, Default)]
pub struct Going(Arc<Mutex<HashSet<OrgId>>>);

/// Until it is dropped nothing else is tried there.
struct Turn(Going, OrgId);

impl Going {
    fn begin(&self, org: OrgId) -> Result<Turn, ApiError> {
        if !self.0.lock().insert(org) {
            return Err(ApiError::new(409, "dry_run_going", "another list is being tried").retry_after(5));
        }
        Ok(Turn(self.clone(), org))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.lock().remove(&self.1);
    }
}

/// What a list would be; what is absent is as it is, or as a new list has it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TryList {
    /// Of words that say none; words that had the list's follow it.
    #[schema(max_length = 30, example = "contact")]
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    level: Option<ListLevel>,
    /// False: as if it did not count any more.
    #[schema(example = true)]
    #[serde(default)]
    enabled: Option<bool>,
    /// Words instead of those it has: a word a line, as in a file.
    #[schema(max_length = 16_000_000, example = "加微信\n看主页\tcontact\thold\n")]
    #[serde(default)]
    words: Option<String>,
    #[schema(max_items = 1000)]
    #[serde(default)]
    add: Vec<ListedWord>,
    #[schema(max_items = 1000, example = json!(["好喝"]))]
    #[serde(default)]
    remove: Vec<String>,
}

/// How many of the danmaku that were looked at, and how sure that share is.
#[derive(Debug, Serialize, ToSchema)]
struct HitShare {
    hits: u64,
    #[schema(example = 0.004)]
    share: f64,
    /// Lower and upper bound of the share, 95 % (Wilson).
    #[schema(example = json!([0.003, 0.005]))]
    interval: [f64; 2],
}

impl HitShare {
    fn of(hits: u64, of: u64) -> Self {
        let (share, interval) = dry_run::share(hits, of);
        Self { hits, share, interval }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct LevelHits {
    level: ListLevel,
    #[serde(flatten)]
    hit: HitShare,
}

#[derive(Debug, Serialize, ToSchema)]
struct CategoryHits {
    #[schema(example = "contact")]
    category: String,
    #[serde(flatten)]
    hit: HitShare,
}

/// What is hit: each danmaku counts once.
#[derive(Debug, Serialize, ToSchema)]
struct DryRunSide {
    hit: HitShare,
    /// By the gravest hit of a danmaku.
    levels: Vec<LevelHits>,
    /// A danmaku may be hit by several.
    categories: Vec<CategoryHits>,
}

/// A danmaku of which something else would become.
#[derive(Debug, Serialize, ToSchema)]
struct DryRunExample {
    /// Masked without `personal.read`.
    #[schema(example = "主播看主页")]
    text: String,
    #[schema(value_type = i64)]
    at_ms: Millis,
    #[schema(value_type = Uuid)]
    room: RoomId,
    #[schema(example = "看主页")]
    word: String,
    #[schema(example = "contact")]
    category: String,
    level: ListLevel,
    /// How it was found: `exact`, `homophone`, `split` ...
    #[schema(example = "exact")]
    rule: &'static str,
    /// The list's id, `pack`, or `new` for a list that is not there yet.
    #[schema(example = "new")]
    list: String,
}

/// The list, or a word of it, hits what nobody minded.
#[derive(Debug, Serialize, ToSchema)]
struct DryRunWarning {
    /// `too_many`.
    #[schema(example = "too_many")]
    code: &'static str,
    /// Which word; null: the list as a whole.
    #[schema(example = "好喝")]
    word: Option<String>,
    #[serde(flatten)]
    hit: HitShare,
}

/// What a list would do to what was said lately.
#[derive(Debug, Serialize, ToSchema)]
struct DryRun {
    /// The newest danmaku, 20,000 at most, as they were written.
    #[schema(example = 20_000)]
    looked_at: u64,
    /// When the oldest and the newest of them were said; null: none was.
    #[schema(value_type = Option<i64>)]
    from_ms: Option<Millis>,
    #[schema(value_type = Option<i64>)]
    to_ms: Option<Millis>,
    before: DryRunSide,
    after: DryRunSide,
    /// Not hit now, and then hit: up to fifty, the newest first.
    new: Vec<DryRunExample>,
    new_count: u64,
    /// Hit now, and then not: up to twenty.
    gone: Vec<DryRunExample>,
    gone_count: u64,
    /// Of them were shown and rejected by nobody.
    #[schema(example = 19_800)]
    innocent: u64,
    /// How many of these the list hits by itself.
    alone: HitShare,
    /// The list hits more than 1 % of these, or a word of it more than 0.05 %, and three at least.
    warnings: Vec<DryRunWarning>,
    /// Lines of `words` that are no word.
    left_out_count: u64,
}

fn side(side: Side, of: u64) -> DryRunSide {
    let level = |(level, hits)| LevelHits { level, hit: HitShare::of(hits, of) };
    let category =
        |(name, hits): (Arc<str>, u64)| CategoryHits { category: name.to_string(), hit: HitShare::of(hits, of) };
    DryRunSide {
        hit: HitShare::of(side.hit, of),
        levels: side.levels.into_iter().rev().map(level).collect(),
        categories: side.categories.into_iter().map(category).collect(),
    }
}

fn body(outcome: Outcome, left_out_count: u64, mask: Mask) -> DryRun {
    let (looked_at, innocent) = (outcome.looked_at, outcome.innocent);
    let list = outcome.too_many().then_some((None, outcome.alone));
    let words = outcome.words.into_iter().map(|(word, hits)| (Some(word.to_string()), hits));
    let warning = |(word, hits)| DryRunWarning { code: "too_many", word, hit: HitShare::of(hits, innocent) };
    let example = |dry_run::Changed { said, hit }: dry_run::Changed| {
        let Hit { word, category, level, rule, list, .. } = hit;
        DryRunExample {
            text: mask.text(&said.text).into_owned(),
            at_ms: said.at,
            room: said.room,
            word: word.to_string(),
            category: category.to_string(),
            level,
            rule: rule.name(),
            list: list.to_string(),
        }
    };
    DryRun {
        looked_at,
        from_ms: outcome.span.map(|span| span.0),
        to_ms: outcome.span.map(|span| span.1),
        before: side(outcome.before, looked_at),
        after: side(outcome.after, looked_at),
        new: outcome.new.into_iter().map(example).collect(),
        new_count: outcome.new_count,
        gone: outcome.gone.into_iter().map(example).collect(),
        gone_count: outcome.gone_count,
        innocent,
        alone: HitShare::of(outcome.alone, innocent),
        warnings: list.into_iter().chain(words).map(warning).collect(),
        left_out_count,
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TryQuery {
    /// The room it would belong to.
    #[param(value_type = Option<Uuid>)]
    room: Option<RoomId>,
}

/// Try a list before it is made 试跑新词库
///
/// On the newest danmaku, beside what is in force. Nothing of it is kept.
#[utoipa::path(post, path = "/api/moderation/lists/dry-run", tag = "moderation", operation_id = "try_new_list", params(TryQuery),
    request_body = TryList,
    responses(
        (status = 200, description = "what it would do", body = DryRun),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`dry_run_going`: another list is being tried", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_word`, `bad_category`, `too_many_words`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`not_ready`: the lists are being read", body = Problem, content_type = "application/problem+json"),
    ))]
async fn try_new(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiQuery(query): ApiQuery<TryQuery>,
    ApiJson(wanted): ApiJson<TryList>,
) -> ApiResult<DryRun> {
    let place = match query.room {
        Some(room) => {
            let room = room_of(&moderation, &can, room).await?;
            Some(Place { room: room.room, team: room.team })
        }
        None => None,
    };
    let now = moderation.app().now();
    let list = List {
        id: Uuid::nil(),
        org: can.scope().org,
        place,
        name: String::new(),
        category: category_of(None)?,
        level: ListLevel::Mask,
        enabled: true,
        expires_at: None,
        revision: 0,
        words: 0,
        owner: String::new(),
        created_at: now,
        changed_at: now,
    };
    reaches(can.scope(), &list)?;
    moderation.dry_run(list, NEW, Vec::new(), wanted, can.mask()).await
}

/// Try a list before it is changed 试跑修改
///
/// On the newest danmaku, beside what is in force, as if it counted. Nothing of it is kept.
#[utoipa::path(post, path = "/api/moderation/lists/{id}/dry-run", tag = "moderation", operation_id = "try_changed_list",
    params(("id" = Uuid, Path, description = "the list")), request_body = TryList,
    responses(
        (status = 200, description = "what it would do", body = DryRun),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such list in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`dry_run_going`: another list is being tried", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_word`, `bad_category`, `too_many_words`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`not_ready`: the lists are being read", body = Problem, content_type = "application/problem+json"),
    ))]
async fn try_changed(
    State(moderation): State<Moderation>,
    can: Can<ManageModeration>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wanted): ApiJson<TryList>,
) -> ApiResult<DryRun> {
    let db = moderation.app().store.read();
    let list = store::find(db, can.scope(), id).await?.ok_or_else(|| ApiError::not_found("list"))?;
    reaches(can.scope(), &list)?;
    // The words it has are not wanted where others come in their place.
    let words = match wanted.words {
        None => store::words(db, &list, None, None, None).await?,
        Some(_) => Vec::new(),
    };
    moderation.dry_run(list, &id.to_string(), words, wanted, can.mask()).await
}

/// The words it would have, and how many lines are none.
fn words_of(list: &mut List, mut words: Vec<Entry>, wanted: TryList) -> Result<(Vec<Entry>, u64), ApiError> {
    let too_many = || ApiError::new(422, "too_many_words", format!("a list holds at most {MOST_WORDS} words"));
    let before = (list.category.clone(), list.level);
    if wanted.category.is_some() {
        list.category = category_of(wanted.category)?;
    }
    list.level = wanted.level.unwrap_or(list.level);
    for word in &mut words {
        if word.category == before.0 {
            word.category.clone_from(&list.category);
        }
        if word.level == Some(before.1) {
            word.level = Some(list.level);
        }
    }
    let mut left_out = 0;
    if let Some(file) = wanted.words {
        let (read, bad) = text::read_as(&file, &list.category, list.level);
        (words, left_out) = (read, bad.len() as u64);
    }
    let gone: HashSet<String> = wanted.remove.into_iter().collect();
    words.retain(|word| !gone.contains(&word.word));
    for word in wanted.add {
        words.push(entry_of(word, list)?);
    }
    let words = last_of_each(words);
    if words.len() as u64 > MOST_WORDS { Err(too_many()) } else { Ok((words, left_out)) }
}

impl Moderation {
    async fn dry_run(
        &self,
        mut list: List,
        named: &str,
        words: Vec<Entry>,
        wanted: TryList,
        mask: Mask,
    ) -> ApiResult<DryRun> {
        let turn = self.0.tried.begin(list.org)?;
        let not_ready = || ApiError::new(503, "not_ready", "the lists are being read").retry_after(1);
        let in_force = self.0.gate.in_force().ok_or_else(not_ready)?;
        let counts = wanted.enabled != Some(false);
        let (words, left_out) = words_of(&mut list, words, wanted)?;
        let own: Vec<Entry> = in_list(words, named).collect();
        let room = list.place.map(|place| place.room);
        let mut others = self.words_beside(&list).await?;
        let said = self.said_lately(list.org, room).await?;
        let rooms = in_force.rooms.iter().filter_map(|(room, rules)| Some((*room, rules.lists.clone()?)));
        let before = Filters {
            org: in_force.of(list.org).ok_or_else(not_ready)?.clone(),
            rooms: rooms.filter(|(of, _)| room.is_none_or(|room| room == *of)).collect(),
        };
        let tried = tokio::task::spawn_blocking(move || {
            // Whoever asked may be gone: the turn is over when the work is.
            let _turn = turn;
            let alone = Filter::new(if counts { &own } else { &[] })?;
            if counts {
                others.extend(own);
            }
            let changed = Arc::new(Lists { filter: Filter::new(&others)?, number: 0 });
            drop(others);
            let after = match room {
                None => Filters { org: changed, rooms: before.rooms.clone() },
                Some(room) => Filters { org: before.org.clone(), rooms: HashMap::from([(room, changed)]) },
            };
            anyhow::Ok(dry_run::run(said, &before, &after, &alone))
        });
        let outcome = tried.await.context("trying a list")?.context("trying a list")?;
        Ok(Json(body(outcome, left_out, mask)))
    }

    /// Words of everything else that is in force where a list counts.
    async fn words_beside(&self, list: &List) -> anyhow::Result<Vec<Entry>> {
        let (db, now) = (self.app().store.read(), self.app().now());
        let place = list.place.map(|place| place.room);
        let beside = |other: &List| {
            let there = other.place.map(|place| place.room) == place;
            there && other.org == list.org && other.id != list.id && other.is_in_force(now)
        };
        let mut words = if place.is_none() { text::pack() } else { Vec::new() };
        for other in store::all(db).await?.into_iter().filter(beside) {
            words.extend(in_list(store::words(db, &other, None, None, None).await?, &other.id.to_string()));
        }
        Ok(words)
    }

    /// What was said lately, as it was written.
    async fn said_lately(&self, org: OrgId, room: Option<RoomId>) -> anyhow::Result<Vec<dry_run::Said>> {
        let judged = review::store::judged_lately(self.app().store.read(), org, room, dry_run::MOST).await?;
        let shown = match self.0.archive.get() {
            Some(archive) => archive.newest(org, room, dry_run::MOST).await?,
            None => Vec::new(),
        };
        Ok(dry_run::merged(shown, judged))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_in_an_organisation() {
        let (going, here, there) = (Going::default(), OrgId::new(), OrgId::new());
        let turn = going.begin(here).expect("the first");
        assert!(going.begin(here).is_err());
        assert!(going.begin(there).is_ok());
        drop(turn);
        assert!(going.begin(here).is_ok());
    }
}
