//! Why a viewer is turned away.

use app::Refuse;
use events::{BroadcastId, RoomId};

/// A refusal of the audience's edge; media and the room socket answer with the same ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a viewer token is required; ask for one at `/api/rooms/{{id}}/viewer-token`")]
    TokenRequired,
    #[error("this viewer token was not issued by this server for this room")]
    TokenInvalid,
    #[error("this viewer token has expired; ask for a new one")]
    TokenExpired,
    #[error("there is no room `{0}`")]
    RoomNotFound(RoomId),
    #[error("there is no broadcast `{0}`")]
    BroadcastNotFound(BroadcastId),
    #[error("too many viewer tokens were asked for from this address")]
    TooManyTokens,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Refusal::TokenRequired => "token_required",
            Refusal::TokenInvalid => "token_invalid",
            Refusal::TokenExpired => "token_expired",
            Refusal::RoomNotFound(_) => "room_not_found",
            Refusal::BroadcastNotFound(_) => "broadcast_not_found",
            Refusal::TooManyTokens => "too_many_tokens",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Refusal::TokenRequired => 401,
            Refusal::TokenInvalid | Refusal::TokenExpired => 403,
            Refusal::RoomNotFound(_) | Refusal::BroadcastNotFound(_) => 404,
            Refusal::TooManyTokens => 429,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        matches!(self, Refusal::TooManyTokens).then_some(2)
    }
}
