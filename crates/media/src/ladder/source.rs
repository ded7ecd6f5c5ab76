//! The source as a ladder reads it: part by part, from what is kept for players. Nothing of it is touched.

use crate::Media;
use crate::hls::{Cursor, HlsStream, Part, Step};
use bytes::Bytes;
use events::RoomId;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How often it is asked whether a stream that stands still is still the room's.
const LOOK: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub(super) struct Source {
    media: Media,
    room: RoomId,
    pub stream: Arc<HlsStream>,
}

/// A part, and the number of the init segment it needs.
pub(super) struct Piece {
    pub data: Bytes,
    pub part: Part,
    pub init: u64,
}

/// What comes out is so far behind that it is not worth having.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this machine is too slow for the ladder")]
pub(super) struct TooSlow;

impl Source {
    pub fn of(media: &Media, room: RoomId) -> Option<Self> {
        Some(Self { media: media.clone(), room, stream: media.stream(room)? })
    }

    fn is_current(&self) -> bool {
        self.media.stream(self.room).is_some_and(|current| Arc::ptr_eq(&current, &self.stream))
    }

    /// Waits until a segment is complete, or will never be.
    pub async fn begun(&self) {
        while timeout(LOOK, self.stream.begun()).await.is_err() && self.is_current() {}
    }

    /// The next part; `None` when there will be none.
    pub async fn next(&self, cursor: &mut Cursor) -> Result<Option<Piece>, TooSlow> {
        loop {
            // A stream that was given up is never ended.
            let Ok(step) = timeout(LOOK, self.stream.follow(cursor)).await else {
                if self.is_current() {
                    continue;
                }
                return Ok(None);
            };
            return match step {
                Step::Part { data, part, init } => Ok(Some(Piece { data, part, init })),
                Step::Lost => Err(TooSlow),
                Step::Ended => Ok(None),
            };
        }
    }

    /// The first segment at or behind the cursor that begins with a part like this; `None` when there will be none.
    pub async fn begin_where(
        &self,
        cursor: &mut Cursor,
        wanted: impl Fn(&Piece) -> bool,
    ) -> Result<Option<Cursor>, TooSlow> {
        loop {
            let Some(piece) = self.next(cursor).await? else { return Ok(None) };
            let begin = Cursor { part: 0, ..*cursor };
            if cursor.part == 1 && wanted(&piece) {
                return Ok(Some(begin));
            }
        }
    }
}
