//! The slate in a room's program: made ready while the room waits, played until an encoder is there.

use super::{Program, SLATE_PATIENCE};
use crate::program::feed::Taken;
use crate::publication::{Place, Writer};
use crate::slate::Picture;
use events::StreamSource;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tracing::warn;

impl Program {
    pub(super) fn prepare(&mut self, place: &Place, now: Instant) {
        if self.preparing.is_none() && self.slate.is_none() {
            self.preparing = Some((place.media.0.slates.prepare(place.room, self.newest.clone()), now));
        }
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

    pub(super) fn stop_slate(&mut self, place: &Place) {
        self.preparing = None;
        if self.slate.take().is_some() {
            place.taps().iter().for_each(|tap| tap.disconnected(place.room, StreamSource::Slate));
        }
    }

    pub(super) async fn play_slate(&mut self, place: &Place, now: Instant) -> anyhow::Result<()> {
        let Some(slate) = &mut self.slate else { return Ok(()) };
        let messages = slate.playing.due(now, place.media.0.app.now());
        let shown = self.on_air.filter(|_| self.started);
        for message in messages {
            place.taps().iter().for_each(|tap| tap.tag(place.room, StreamSource::Slate, shown.as_ref(), &message));
            let Some(slate) = &mut self.slate else { return Ok(()) };
            match slate.feed.take(&message, now, Duration::MAX) {
                Ok(Taken::Frame { frame, .. }) => self.forward(&frame, now),
                Ok(Taken::Other) => self.configure(StreamSource::Slate),
                Err(error) => warn!("a slate cannot be read: {error}"),
            }
        }
        self.pass_on(place, Writer::Room).await
    }
}
