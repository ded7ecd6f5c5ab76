//! What media asks of whoever owns rooms and shows. `server` wires it to the room domain.

use async_trait::async_trait;
use events::{BroadcastId, Millis, OrgId, RoomId, StreamSwitched, TeamId};
use std::{collections::BTreeSet, net::IpAddr};

/// A stream key opened this room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamGrant {
    pub room: RoomId,
}

/// Why a publisher may not come in. All it is told is that the name is bad.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamRefusal {
    #[error("no room has this stream key")]
    UnknownKey,
    #[error("this room takes no stream now")]
    Closed,
    #[error("the stream key could not be checked")]
    Failed,
}

/// The room of a publisher who may have its key behind the name or as the name: whatever stands there may also be another
/// program's. True when it was the name.
pub(crate) async fn authorize(
    desk: &dyn StreamDesk,
    key: Option<&str>,
    name: &str,
    from: IpAddr,
) -> Result<(StreamGrant, bool), StreamRefusal> {
    let found = match key.filter(|key| *key != name) {
        Some(key) => desk.authorize(key, from).await,
        None => Err(StreamRefusal::UnknownKey),
    };
    match found {
        Err(StreamRefusal::UnknownKey) => Ok((desk.authorize(name, from).await?, true)),
        found => Ok((found?, false)),
    }
}

/// What an encoder sends. Codec names as in a `CODECS` attribute, size in pixels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StreamInfo {
    pub video_codec: Option<String>,
    pub audio_codec: Option<String>,
    pub width: Option<u32>,
    pub height: Option<u32>,
}

/// The show that a stream belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnAir {
    pub broadcast: BroadcastId,
    pub started_at: Millis,
    /// The same show goes on after a loss.
    pub resumed: bool,
}

/// A show, as far as media is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowRef {
    pub broadcast: BroadcastId,
    pub room: RoomId,
    pub org: OrgId,
    pub team: TeamId,
    pub title: String,
    pub started_at: Millis,
    pub ended_at: Option<Millis>,
    /// Only staff with `room.read` may watch.
    pub private: bool,
}

/// Calls for one room never overlap: each `published` is followed by at most one `lost`. A newer publisher replaces an
/// older one of its kind without a `lost` in between (then `published` comes again). While another source carries on,
/// the loss of one is a `switched` and no `lost`.
#[async_trait]
pub trait StreamDesk: Send + Sync {
    /// Before any media is taken.
    async fn authorize(&self, stream_key: &str, from: IpAddr) -> Result<StreamGrant, StreamRefusal>;

    /// Whether what an authorised publisher sends may go on air. Checks go on no air, and nobody asks for them.
    async fn admit(&self, _: RoomId) -> Result<(), StreamRefusal> {
        Ok(())
    }

    /// The first decodable media is here.
    async fn published(&self, room: RoomId, info: StreamInfo) -> anyhow::Result<OnAir>;

    /// No encoder is left; `clean` when the encoder said goodbye. The desk keeps the reconnect window and calls
    /// [`Media::end`](crate::Media::end) when the show is over.
    async fn lost(&self, room: RoomId, clean: bool);

    /// The room's picture is made from another source now. Comes after `published`, and between it and the end of the show.
    async fn switched(&self, room: RoomId, switched: StreamSwitched);

    /// A show of any time.
    async fn show(&self, broadcast: BroadcastId) -> anyhow::Result<Option<ShowRef>>;

    /// Shows that are held by law: of these no recording goes.
    async fn held(&self) -> anyhow::Result<BTreeSet<BroadcastId>> {
        Ok(BTreeSet::new())
    }
}
