//! The slate in a room's program: made ready while the room waits, played until an encoder is there.

use super::{Program, SLATE_PATIENCE};
use crate::publication::{Place, Writer};
use crate::slate::Picture;
use events::StreamSource;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tracing::warn;

impl Program {
    pub(super) fn prepare(&mut self, place: &Place, now: Instant) {
        if self.preparing.is_some() || self.playing.is_some() {
            return;
        }
        // A source that has not reached the output yet leaves what was there before it.
        if self.mixer.started {
            self.newest = self.stream.as_ref().and_then(|stream| stream.tail());
        }
        self.preparing = Some((place.media.0.slates.prepare(place.room, self.newest.clone()), now));
    }

    pub(super) fn prepared(&mut self, now: Instant, overdue: bool) -> Option<Arc<Picture>> {
        let (ready, since) = self.preparing.as_mut()?;
        match ready.try_recv() {
            Ok(picture) => Some(picture),
            Err(oneshot::error::TryRecvError::Empty) if !overdue && now.duration_since(*since) < SLATE_PATIENCE * 4 => {
                None
            }
            Err(_) => Some(Picture::built_in()),
        }
    }

    /// What was shown, if it was the slate, is gone: the room shows nothing until something else is chosen.
    pub(super) fn stop_slate(&mut self, place: &Place) {
        self.preparing = None;
        if self.playing.take().is_none() {
            return;
        }
        self.mixer.disconnect(StreamSource::Slate);
        if self.mixer.active() == Some(StreamSource::Slate) {
            self.mixer.leave();
            place.slot.state.lock().active = None;
        }
        place.taps().iter().for_each(|tap| tap.disconnected(place.room, StreamSource::Slate));
    }

    pub(super) async fn play_slate(&mut self, place: &Place, now: Instant) -> anyhow::Result<()> {
        let Some(playing) = &mut self.playing else { return Ok(()) };
        let messages = playing.due(now, place.media.0.app.now());
        let shown = self.on_air.filter(|_| self.mixer.started);
        for message in messages {
            place.taps().iter().for_each(|tap| tap.tag(place.room, StreamSource::Slate, shown.as_ref(), &message));
            if let Err(error) = self.mixer.take(StreamSource::Slate, &message, now, Duration::MAX) {
                warn!("a slate cannot be read: {error}");
            }
        }
        self.pass_on(place, Writer::Room).await
    }
}
