//! Leaving to a higher tier what one is not sure of.

use super::{
    ESCALATED_MS, LAST_TIER, ReviewState,
    http::{MOST_AT_ONCE, ReviewDanmaku, tier_of},
    notes::{Note, NoteWith},
    store,
};
use crate::Moderation;
use app::{ApiError, ApiJson, ApiResult, Can, Problem};
use axum::{Json, extract::State};
use events::{DanmakuEscalated, Event, Millis};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(escalate)).with_state(moderation)
}

/// What somebody else shall decide.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EscalateItems {
    /// The items' positions.
    #[schema(min_items = 1, max_items = 100)]
    positions: Vec<u64>,
    /// What one is not sure of. It stands among the notes from then on.
    #[schema(min_length = 1, max_length = 500, example = "a name or an abuse?")]
    why: String,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
struct ItemsEscalated {
    escalated: Vec<u64>,
    /// Decided before, or somebody else is at it.
    taken: Vec<u64>,
}

/// Leave it to a higher tier 升级
///
/// From 1 to 2, from 2 to 3. It waits ten minutes more, and does not come back to who left it to others.
#[utoipa::path(post, path = "/api/moderation/escalations", tag = "moderation", operation_id = "escalate_review_items", request_body = EscalateItems,
    responses(
        (status = 200, description = "what waits for the next tier now", body = ItemsEscalated),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.review`; `higher_tier`: it waits for one already", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: one of them is not in your scope; nothing was done", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`last_tier`: nobody is above; nothing was done", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_positions`, `bad_why`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn escalate(
    State(moderation): State<Moderation>,
    can: Can<ReviewDanmaku>,
    ApiJson(wanted): ApiJson<EscalateItems>,
) -> ApiResult<ItemsEscalated> {
    let EscalateItems { mut positions, why } = wanted;
    positions.sort_unstable();
    positions.dedup();
    if positions.is_empty() || positions.len() > MOST_AT_ONCE {
        return Err(ApiError::new(422, "bad_positions", format!("1 to {MOST_AT_ONCE} at once")));
    }
    let why = why.trim();
    if why.is_empty() || why.chars().count() > 500 {
        return Err(ApiError::new(422, "bad_why", "say in 1 to 500 characters what you are not sure of"));
    }
    let app = moderation.app();
    let now = app.now();
    let tx = app.store.begin().await?;
    let mut done = ItemsEscalated { escalated: Vec::new(), taken: Vec::new() };
    for position in positions {
        let found = store::find(tx.db(), can.scope(), position.min(i64::MAX as u64)).await?;
        let item = found.ok_or_else(|| ApiError::not_found("item"))?;
        if item.state == ReviewState::Decided {
            done.taken.push(position);
            continue;
        }
        if item.tier > tier_of(&can) {
            return Err(ApiError::new(403, "higher_tier", "one of them waits for a higher tier already"));
        }
        if item.tier >= LAST_TIER {
            return Err(ApiError::new(409, "last_tier", "nobody is above the third tier"));
        }
        let due_at = Millis(now.0.saturating_add(ESCALATED_MS));
        if !store::escalate(tx.db(), &item, &can.name, why, due_at, now).await? {
            done.taken.push(position);
            continue;
        }
        let (by, text) = (can.name.to_string(), why.to_owned());
        let note = Note { with: NoteWith::Question, tier: item.tier, by, at: now, text };
        store::add_note(tx.db(), item.position, &note).await?;
        let told = DanmakuEscalated { position, tier: item.tier + 1, by: can.name.to_string() };
        tx.emit(item.told(now, Event::DanmakuEscalated(told))).await?;
        metrics::counter!("kaibo_moderation_escalations_total", "tier" => (item.tier + 1).to_string()).increment(1);
        done.escalated.push(position);
    }
    tx.commit().await?;
    if !done.escalated.is_empty() {
        moderation.worked(can.scope().org, &can.name, now);
    }
    Ok(Json(done))
}
