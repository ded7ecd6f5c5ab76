//! The file of the evidence, for staff and for whom the sanction is about. Players ask for parts of it.

use super::{
    Sanction,
    evidence::{Clip, EvidenceState},
    store,
};
use crate::{
    Moderation,
    http_viewers::{FROM_ANYWHERE, WithToken},
    review::http::ReadModeration,
};
use app::{ApiError, ApiPath, ApiQuery, Can, ClientIp, Problem};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use events::RoomId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// It never changes; it may go.
const CACHED: &str = "private, max-age=3600";

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(evidence)).routes(routes!(own_evidence)).with_state(moderation)
}

/// The evidence of a sanction as an MP4 file 留证录像
#[utoipa::path(get, path = "/api/moderation/sanctions/{id}/evidence", tag = "moderation", operation_id = "read_sanction_evidence",
    params(("id" = Uuid, Path, description = "the sanction")),
    responses(
        (status = 200, content_type = "video/mp4", body = [u8]),
        (status = 206, content_type = "video/mp4", body = [u8], description = "the asked range"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such sanction in your scope; `no_evidence`: nothing was kept, or not yet", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`evidence_gone`: it went by its age", body = Problem, content_type = "application/problem+json"),
        (status = 416, description = "the range lies outside"),
    ))]
async fn evidence(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    headers: HeaderMap,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Response, ApiError> {
    let found = store::find(moderation.app().store.read(), can.scope(), id).await?;
    film(&moderation, &found.ok_or_else(|| ApiError::not_found("sanction"))?, &headers).await
}

/// The same, for whom it is about 我的处罚证据
#[utoipa::path(get, path = "/api/rooms/{id}/sanctions/{sanction}/evidence", tag = "moderation", operation_id = "read_viewer_evidence",
    params(("id" = Uuid, Path, description = "the room"), ("sanction" = Uuid, Path, description = "the sanction"), WithToken),
    responses(
        (status = 200, content_type = "video/mp4", body = [u8]),
        (status = 206, content_type = "video/mp4", body = [u8], description = "the asked range"),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`; `not_found`: the viewer has no such sanction here; `no_evidence`"),
        (status = 410, body = Problem, description = "`evidence_gone`: it went by its age"),
        (status = 416, description = "the range lies outside"),
    ), security(()))]
async fn own_evidence(
    State(moderation): State<Moderation>,
    ip: ClientIp,
    headers: HeaderMap,
    ApiPath((id, sanction)): ApiPath<(RoomId, Uuid)>,
    ApiQuery(query): ApiQuery<WithToken>,
) -> Result<impl IntoResponse, ApiError> {
    let (pass, room) = moderation.audience().guest(id, &query.token, ip).await?;
    let found = store::find_any(moderation.app().store.read(), sanction).await?;
    let own = found.filter(|found| {
        found.org == room.org && found.viewer.as_ref() == Some(&pass.viewer) && (found.everywhere || found.room == id)
    });
    let own = own.ok_or_else(|| ApiError::not_found("sanction"))?;
    Ok((FROM_ANYWHERE, film(&moderation, &own, &headers).await?))
}

async fn film(moderation: &Moderation, sanction: &Sanction, headers: &HeaderMap) -> Result<Response, ApiError> {
    let gone = || ApiError::new(410, "evidence_gone", "the file is not kept any more");
    let none = || ApiError::new(404, "no_evidence", "nothing of the show is kept about this sanction");
    let clip = match (sanction.evidence_state, &sanction.clip) {
        (EvidenceState::Kept, Some(clip)) => clip,
        (EvidenceState::Expired, _) => return Err(gone()),
        _ => return Err(none()),
    };
    let Some((first, end)) = asked(headers, clip.bytes) else {
        let length = [(header::CONTENT_RANGE, format!("bytes */{}", clip.bytes))];
        return Ok((StatusCode::RANGE_NOT_SATISFIABLE, length).into_response());
    };
    let footage = moderation.footage().ok_or_else(none)?;
    let film = footage.read(sanction.id, first..end).await?.ok_or_else(gone)?;
    let Clip { bytes, sha256, .. } = clip;
    let about = [
        (header::CONTENT_TYPE, "video/mp4".to_owned()),
        (header::CONTENT_LENGTH, (end - first).to_string()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"evidence-{}.mp4\"", sanction.id)),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CACHE_CONTROL, CACHED.to_owned()),
        (header::ETAG, format!("\"{sha256}\"")),
    ];
    let body = Body::from_stream(film);
    if end - first == *bytes {
        return Ok((about, body).into_response());
    }
    let range = [(header::CONTENT_RANGE, format!("bytes {first}-{}/{bytes}", end - 1))];
    Ok((StatusCode::PARTIAL_CONTENT, about, range, body).into_response())
}

/// From where to where, the whole unless one range is asked for; none where that lies outside.
fn asked(headers: &HeaderMap, length: u64) -> Option<(u64, u64)> {
    let range =
        headers.get(header::RANGE).and_then(|range| range.to_str().ok()?.strip_prefix("bytes=")?.split_once('-'));
    let whole = Some((0, length));
    let Some((first, last)) = range else { return whole };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), _) if first >= length => None,
        (Ok(first), Ok(last)) if first <= last => Some((first, last.saturating_add(1).min(length))),
        (Ok(first), Err(_)) if last.is_empty() => Some((first, length)),
        (Err(_), Ok(0)) if first.is_empty() => None,
        (Err(_), Ok(count)) if first.is_empty() => Some((length.saturating_sub(count), length)),
        // Not one range that anybody means.
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_answered_and_anything_else_is_the_whole() {
        let of = |range: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, range.parse().expect("a header"));
            asked(&headers, 10)
        };
        assert_eq!(asked(&HeaderMap::new(), 10), Some((0, 10)));
        assert_eq!((of("bytes=0-"), of("bytes=2-3"), of("bytes=8-99")), (Some((0, 10)), Some((2, 4)), Some((8, 10))));
        assert_eq!((of("bytes=-4"), of("bytes=-99")), (Some((6, 10)), Some((0, 10))));
        assert_eq!((of("bytes=10-"), of("bytes=-0")), (None, None));
        for odd in ["bytes=3-2", "bytes=1-2,4-5", "lines=1-2", "bytes=a-b", "bytes=-"] {
            assert_eq!(of(odd), Some((0, 10)), "{odd}");
        }
    }
}
