//! Checks as people type 边写边查 over HTTP, and what goods need.

use super::{
    Content, Profession, findings, findings::DossierFinding, goods, http::refused, http_bodies::found, rules,
    store_papers,
};
use crate::{Moderation, chat::http::room_of, review::http::ReadModeration};
use app::{ApiJson, ApiResult, Can, Problem};
use axum::{Json, extract::State};
use events::RoomId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(check)).routes(routes!(list_goods)).with_state(moderation)
}

/// What is being written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckDossier {
    /// Whose own lists count too, and whose team has the papers.
    #[schema(value_type = Uuid)]
    room: RoomId,
    content: Content,
}

/// What speaks against it.
#[derive(Debug, Serialize, ToSchema)]
struct CheckedDossier {
    #[schema(example = 1)]
    errors: u32,
    #[schema(example = 0)]
    warnings: u32,
    findings: Vec<DossierFinding>,
    /// Who has to sign it.
    #[schema(example = json!(["medical"]))]
    signed_by: Vec<Profession>,
}

/// Check what is being written 边写边查
///
/// Title, script, goods and their papers, with the lists of the organisation and the room. Nothing of it is kept. At most 64 KB.
#[utoipa::path(post, path = "/api/moderation/dossiers/check", tag = "moderation", operation_id = "check_dossier", request_body = CheckDossier,
    responses(
        (status = 200, description = "what speaks against it", body = CheckedDossier),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_title`, `bad_time`, `bad_section`, `bad_item`, `too_many`, `too_long`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`not_ready`: the lists are being read", body = Problem, content_type = "application/problem+json"),
    ))]
async fn check(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiJson(wanted): ApiJson<CheckDossier>,
) -> ApiResult<CheckedDossier> {
    rules::limits(&wanted.content).map_err(refused)?;
    let room = room_of(&moderation, &can, wanted.room).await?;
    let ids = rules::attached(&wanted.content);
    let documents = store_papers::of_team(moderation.app().store.read(), room.org, room.team, &ids).await?;
    let findings = found(&moderation, room.org, room.room, &wanted.content, &documents)?;
    let (errors, warnings) = findings::count(&findings);
    let signed_by = rules::signed_by(&wanted.content).into_iter().collect();
    Ok(Json(CheckedDossier { errors, warnings, findings, signed_by }))
}

/// A category of goods 商品类目.
#[derive(Debug, Serialize, ToSchema)]
struct GoodsCategory {
    #[schema(example = "health_food")]
    code: &'static str,
    #[schema(example = "保健食品")]
    zh: &'static str,
    #[schema(example = "health food")]
    en: &'static str,
    /// A professional signs what is said of them.
    #[schema(inline, example = "medical")]
    signed_by: Option<Profession>,
    papers: Vec<GoodsPaper>,
    say: Vec<GoodsWords>,
    /// The law by which nobody sells them in a show.
    #[schema(example = "《广告法》第二十二条")]
    banned: Option<&'static str>,
}

/// A kind of paper that goods need.
#[derive(Debug, Serialize, ToSchema)]
struct GoodsPaper {
    #[schema(example = "food_licence")]
    code: &'static str,
    #[schema(example = "食品经营许可证或备案")]
    zh: &'static str,
    #[schema(example = "food business licence or filing")]
    en: &'static str,
    /// Else only some of the goods need it, and a person looks.
    always: bool,
    #[schema(example = "《食品安全法》第三十五条")]
    source: &'static str,
}

/// One of these has to be said.
#[derive(Debug, Serialize, ToSchema)]
struct GoodsWords {
    #[schema(example = json!(["本品不能代替药物"]))]
    words: Vec<&'static str>,
    #[schema(example = "《广告法》第十八条")]
    source: &'static str,
}

/// All categories.
#[derive(Debug, Serialize, ToSchema)]
struct GoodsCategories {
    items: Vec<GoodsCategory>,
}

/// What categories of goods need 类目资质
#[utoipa::path(get, path = "/api/moderation/goods", tag = "moderation", operation_id = "list_goods",
    responses(
        (status = 200, description = "all categories", body = GoodsCategories),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list_goods(_: Can<ReadModeration>) -> ApiResult<GoodsCategories> {
    let paper = |paper: &goods::Paper| GoodsPaper {
        code: paper.code,
        zh: paper.zh,
        en: paper.en,
        always: paper.always,
        source: paper.source,
    };
    let items = goods::all().iter().map(|goods| GoodsCategory {
        code: goods.code,
        zh: goods.zh,
        en: goods.en,
        signed_by: goods.signed_by,
        papers: goods.papers.iter().map(paper).collect(),
        say: goods.say.iter().map(|(words, source)| GoodsWords { words: words.clone(), source }).collect(),
        banned: goods.banned,
    });
    Ok(Json(GoodsCategories { items: items.collect() }))
}
