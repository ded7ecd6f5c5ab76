//! Professionals 专业人员 over HTTP: whose signature counts, and by which registration.

use super::{NoteProfessionals, Profession, Professional, store_papers as store};
use crate::{Moderation, review::http::ReadModeration};
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, Problem, Reach};
use axum::{Json, extract::State, http::StatusCode};
use events::{Millis, OrgId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(note, strike)).with_state(moderation)
}

/// Somebody whose registration is noted.
#[derive(Debug, Serialize, ToSchema)]
struct ProfessionalBody {
    #[schema(example = "wang")]
    login: String,
    #[schema(inline, example = "medical")]
    profession: Profession,
    /// Of the registration 执业证书编号.
    #[schema(example = "110000000000000")]
    number: String,
    #[schema(example = "admin")]
    noted_by: String,
    #[schema(value_type = i64)]
    noted_at_ms: Millis,
}

impl From<Professional> for ProfessionalBody {
    fn from(noted: Professional) -> Self {
        let Professional { login, profession, number, noted_by, noted_at } = noted;
        Self { login, profession, number, noted_by, noted_at_ms: noted_at }
    }
}

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
struct ProfessionalsBody {
    items: Vec<ProfessionalBody>,
}

/// Professionals 专业人员
#[utoipa::path(get, path = "/api/moderation/professionals", tag = "moderation", operation_id = "list_professionals",
    responses(
        (status = 200, description = "all that are noted", body = ProfessionalsBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(State(moderation): State<Moderation>, can: Can<ReadModeration>) -> ApiResult<ProfessionalsBody> {
    let noted = store::professionals(moderation.app().store.read(), can.scope().org).await?;
    Ok(Json(ProfessionalsBody { items: noted.into_iter().map(ProfessionalBody::from).collect() }))
}

/// By which registration somebody signs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoteProfessional {
    #[schema(inline, example = "medical")]
    profession: Profession,
    #[schema(min_length = 1, max_length = 60, example = "110000000000000")]
    number: String,
}

/// Note a professional 登记专业人员
///
/// By the login. Whoever notes it has seen the certificate.
#[utoipa::path(put, path = "/api/moderation/professionals/{login}", tag = "moderation", operation_id = "note_professional",
    params(("login" = String, Path, description = "who signs")), request_body = NoteProfessional,
    responses(
        (status = 200, description = "noted", body = ProfessionalBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `professional.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_login`, `bad_number`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn note(
    State(moderation): State<Moderation>,
    can: Can<NoteProfessionals>,
    ApiPath(login): ApiPath<String>,
    ApiJson(wanted): ApiJson<NoteProfessional>,
) -> ApiResult<ProfessionalBody> {
    let org = headquarters(&can)?;
    let app = moderation.app();
    let noted = Professional {
        login: line(&login, 100, "bad_login")?,
        profession: wanted.profession,
        number: line(&wanted.number, 60, "bad_number")?,
        noted_by: can.name.to_string(),
        noted_at: app.now(),
    };
    let tx = app.store.begin().await?;
    store::note(tx.db(), org, &noted).await?;
    tx.commit().await?;
    Ok(Json(noted.into()))
}

/// Strike a professional 注销专业人员
///
/// What was signed stays signed.
#[utoipa::path(delete, path = "/api/moderation/professionals/{login}", tag = "moderation", operation_id = "strike_professional",
    params(("login" = String, Path, description = "who signs no more")),
    responses(
        (status = 204, description = "struck"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `professional.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nobody of that name is noted", body = Problem, content_type = "application/problem+json"),
    ))]
async fn strike(
    State(moderation): State<Moderation>,
    can: Can<NoteProfessionals>,
    ApiPath(login): ApiPath<String>,
) -> Result<StatusCode, ApiError> {
    let org = headquarters(&can)?;
    let tx = moderation.app().store.begin().await?;
    if !store::strike(tx.db(), org, &login).await? {
        return Err(ApiError::not_found("professional"));
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// They sign for the whole organisation.
fn headquarters(can: &Can<NoteProfessionals>) -> Result<OrgId, ApiError> {
    let scope = can.scope();
    if scope.reach != Reach::Org {
        return Err(ApiError::new(403, "beyond_your_reach", "professionals are headquarters' to note"));
    }
    Ok(scope.org)
}

fn line(text: &str, most: usize, code: &'static str) -> Result<String, ApiError> {
    let text = text.trim();
    let good = (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if good { Ok(text.to_owned()) } else { Err(ApiError::new(422, code, "a few characters on one line")) }
}
