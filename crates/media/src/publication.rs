//! Where a room's program goes: the desk, the segments in memory and those who look on. Whoever was replaced by a newer
//! publisher writes nothing any more.

use crate::hls::HlsStream;
use crate::streams::{Media, Slot};
use crate::tap::Tap;
use crate::{OnAir, StreamInfo};
use events::{RoomId, StreamSource, StreamSwitched};
use std::sync::Arc;
use std::time::Instant;

/// A room's place in this program.
#[derive(Clone)]
pub(crate) struct Place {
    pub media: Media,
    pub room: RoomId,
    pub slot: Arc<Slot>,
}

/// On whose behalf something is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Writer {
    Encoder(StreamSource, u64),
    /// The room's own: its slate, and the rest of a source that has left.
    Room,
}

/// This publisher is not the room's any more, or the show is over.
#[derive(Debug, thiserror::Error)]
#[error("the publisher was replaced or its show has ended")]
pub(crate) struct Gone;

impl Place {
    pub fn taps(&self) -> Arc<[Arc<dyn Tap>]> {
        self.media.taps()
    }

    /// Whether this connection is the room's newest of its kind.
    pub fn is_current(&self, source: StreamSource, generation: u64) -> bool {
        self.slot.state.lock().is_current(source, generation)
    }

    /// Works while nobody can take the room away.
    pub fn write<T>(&self, writer: Writer, work: impl FnOnce() -> T) -> Result<T, Gone> {
        let state = self.slot.state.lock();
        let allowed = match writer {
            Writer::Encoder(source, generation) => state.is_current(source, generation),
            Writer::Room => !state.ended,
        };
        if allowed { Ok(work()) } else { Err(Gone) }
    }

    /// Tells the desk that decodable media is there, and finds the stream that it goes to.
    pub async fn go_on_air(
        &self,
        source: StreamSource,
        generation: u64,
        info: StreamInfo,
    ) -> anyhow::Result<(Arc<HlsStream>, OnAir)> {
        let desk = &self.media.0.desk;
        self.write(Writer::Encoder(source, generation), || {})?;
        let on_air: OnAir = desk.published(self.room, info).await?;
        let nobody = {
            let mut state = self.slot.state.lock();
            if state.is_current(source, generation) {
                return Ok((state.put_on_air(on_air, &self.media), on_air));
            }
            // The newer publisher inherits what the desk was told.
            state.on_air = state.publishes();
            !state.on_air
        };
        if nobody {
            desk.lost(self.room, false).await;
        }
        Err(Gone.into())
    }

    pub async fn switched(&self, switched: StreamSwitched) {
        let (from, to) = (switched.from, switched.to);
        tracing::info!(room.id = %self.room, ?from, ?to, reason = ?switched.reason, "room `{}` shows {to:?}", self.room);
        metrics::counter!("kaibo_media_switches_total").increment(1);
        self.media.0.desk.switched(self.room, switched).await;
    }

    /// Gives back what a source held. The desk hears of it when it was the last one.
    pub async fn release(&self, source: StreamSource, generation: u64, clean: bool) {
        let lost = {
            let mut state = self.slot.state.lock();
            if !state.is_current(source, generation) {
                return;
            }
            *state.current(source) = None;
            let last = !state.publishes();
            if last {
                state.quiet_since = Some(Instant::now());
            }
            last && std::mem::take(&mut state.on_air)
        };
        self.taps().iter().for_each(|tap| tap.disconnected(self.room, source));
        if lost {
            self.media.0.desk.lost(self.room, clean).await;
        }
    }
}
