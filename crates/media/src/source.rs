//! The way of media into a room, whoever brings it: an encoder over RTMP, or a puller of another server's stream.

use crate::Media;
use crate::publication::Place;
use crate::tap::MediaTag;
use app::Stop;
use events::{RoomId, StreamSource};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use tracing::warn;

/// One source of a room. The newest of its kind wins; who was replaced finds [`SourceHandle::stopped`] cancelled.
/// [`SourceHandle::close`] must be called at the end, whatever happened before.
pub struct SourceHandle {
    place: Place,
    source: StreamSource,
    generation: u64,
    stop: Stop,
}

impl Media {
    /// Lets a primary or backup source into the room. What it pushes is on air when it is its turn.
    pub fn open_source(&self, room: RoomId, source: StreamSource) -> SourceHandle {
        let (place, generation, stop) = self.take_over(room, source);
        SourceHandle { place, source, generation, stop }
    }
}

impl SourceHandle {
    /// Cancelled when this source was replaced or kicked, or its show has ended: nothing more is taken then.
    pub fn stopped(&self) -> Stop {
        self.stop.clone()
    }

    /// Whether this source sends faster than time passes; it should wait a little before it goes on.
    pub fn ahead(&self) -> bool {
        let state = self.place.slot.state.lock();
        let now = self.place.media.0.app.now();
        state.active == Some(self.source) && state.stream.as_ref().is_some_and(|stream| stream.ahead(now))
    }

    /// The picture size of `onMetaData`.
    pub async fn push_metadata(&mut self, width: u32, height: u32) {
        let mut program = self.place.slot.program.lock().await;
        program.metadata(&self.place, (self.source, self.generation), width, height);
    }

    /// Takes the next message. An error ends the source.
    pub async fn push(&mut self, message: MediaTag) -> anyhow::Result<()> {
        let mut program = self.place.slot.program.lock().await;
        program.push(&self.place, (self.source, self.generation), &message).await
    }

    /// Gives the room back; `clean` when the source said goodbye.
    pub async fn close(self, clean: bool) {
        let place = &self.place;
        let closing = async {
            let mut program = place.slot.program.lock().await;
            program.close(place, self.source, self.generation, clean).await;
        };
        if AssertUnwindSafe(closing).catch_unwind().await.is_err() {
            warn!("the rest of a stream was not kept");
            place.release(self.source, self.generation, clean).await;
        }
        place.slot.wake.notify_one();
    }
}

/// Takes what is pushed to the application `check`.
pub trait CheckSink: Send + Sync {
    /// `None` refuses the publisher.
    fn begin(&self, room: RoomId) -> Option<Box<dyn CheckRun>>;
}

/// One publisher that is looked at, and is never on air. Called on its own task: returns at once.
pub trait CheckRun: Send {
    fn tag(&mut self, tag: &MediaTag);

    /// The connection is over; `clean` when the encoder said goodbye.
    fn finish(self: Box<Self>, clean: bool);

    /// Enough was seen: the connection is closed.
    fn done(&self) -> bool;
}

impl Media {
    /// Who takes what is pushed to the application `check`; without one it is refused.
    pub fn set_check_sink(&self, sink: std::sync::Arc<dyn CheckSink>) {
        *self.0.check_sink.write() = Some(sink);
    }

    pub(crate) fn begin_check(&self, room: RoomId) -> Option<Box<dyn CheckRun>> {
        let sink = self.0.check_sink.read().clone();
        sink?.begin(room)
    }
}
