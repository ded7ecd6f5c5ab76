//! One publisher's hold on a room, from `publish` to its end. Whoever was replaced by a newer one writes nothing any more.

use crate::hls::HlsStream;
use crate::packager::Output;
use crate::streams::{Media, Slot};
use crate::tap::{Finished, MediaTag, Tap};
use crate::{OnAir, StreamInfo};
use app::Stop;
use events::{RoomId, StreamSource};
use std::sync::Arc;
use std::time::Instant;

pub(crate) struct Publication {
    media: Media,
    room: RoomId,
    slot: Arc<Slot>,
    generation: u64,
    /// Cancelled when this publisher is replaced, kicked, or its show ended.
    pub stop: Stop,
    stream: Option<Arc<HlsStream>>,
    on_air: Option<OnAir>,
    taps: Arc<[Arc<dyn Tap>]>,
}

/// This publisher is not the room's any more.
#[derive(Debug, thiserror::Error)]
#[error("the publisher was replaced or its show has ended")]
pub(crate) struct Gone;

impl Publication {
    pub fn new(media: Media, room: RoomId, slot: Arc<Slot>, generation: u64, stop: Stop) -> Self {
        let taps = media.taps();
        for tap in taps.iter() {
            tap.connected(room, StreamSource::Primary);
        }
        Self { media, room, slot, generation, stop, stream: None, on_air: None, taps }
    }

    /// Shows a message to those who look on.
    pub fn pass(&self, tag: &MediaTag) {
        for tap in self.taps.iter() {
            tap.tag(self.room, StreamSource::Primary, self.on_air.as_ref(), tag);
        }
    }

    fn finished(&self, finished: Option<Finished>) {
        let (Some(on_air), Some(finished)) = (&self.on_air, finished) else { return };
        for tap in self.taps.iter() {
            tap.segment(self.room, on_air, &finished);
        }
    }

    /// Takes what the packager made. The first init segment puts the room on air.
    pub async fn take(&mut self, output: Output) -> anyhow::Result<()> {
        match output {
            Output::Init { data, info } => {
                let stream = match &self.stream {
                    Some(stream) => stream.clone(),
                    None => {
                        let (stream, on_air) = self.go_on_air(info.clone()).await?;
                        self.on_air = Some(on_air);
                        stream
                    }
                };
                let finished = self.write(|| stream.init(data))?;
                self.finished(finished);
                self.stream = Some(stream);
                if let Some(on_air) = &self.on_air {
                    self.taps.iter().for_each(|tap| tap.configured(self.room, on_air, &info));
                }
            }
            Output::Fragment(fragment) => {
                let Some(stream) = &self.stream else { return Ok(()) };
                metrics::counter!("kaibo_media_parts_total").increment(1);
                metrics::counter!("kaibo_media_segments_total").increment(u64::from(fragment.ends_segment));
                let finished = self.write(|| stream.push(fragment))?;
                self.finished(finished);
            }
        }
        Ok(())
    }

    /// Whether the stream uses up numbers faster than time passes.
    pub fn ahead(&self) -> bool {
        self.stream.as_ref().is_some_and(|stream| stream.ahead(self.media.0.app.now()))
    }

    /// Gives the room back. The desk hears of it unless a newer publisher has taken over.
    pub async fn close(self, clean: bool) {
        for tap in self.taps.iter() {
            tap.disconnected(self.room, StreamSource::Primary);
        }
        let _turn = self.slot.turn.lock().await;
        let on_air = {
            let mut state = self.slot.state.lock();
            if state.publisher.as_ref().is_none_or(|current| current.generation != self.generation) {
                return;
            }
            state.publisher = None;
            state.quiet_since = Some(Instant::now());
            std::mem::take(&mut state.on_air)
        };
        if on_air {
            self.media.0.desk.lost(self.room, clean).await;
        }
    }

    fn write<T>(&self, work: impl FnOnce() -> T) -> Result<T, Gone> {
        let state = self.slot.state.lock();
        if state.publisher.as_ref().is_none_or(|current| current.generation != self.generation) {
            return Err(Gone);
        }
        Ok(work())
    }

    async fn go_on_air(&self, info: StreamInfo) -> anyhow::Result<(Arc<HlsStream>, OnAir)> {
        let desk = &self.media.0.desk;
        let _turn = self.slot.turn.lock().await;
        self.write(|| {})?;
        let on_air: OnAir = desk.published(self.room, info).await?;
        let ended = {
            let mut state = self.slot.state.lock();
            match &state.publisher {
                Some(current) if current.generation == self.generation => {
                    state.on_air = true;
                    let known = state.stream.take().filter(|known| known.broadcast == on_air.broadcast && !state.ended);
                    state.ended = false;
                    let stream = known.unwrap_or_else(|| {
                        let now = self.media.0.app.now();
                        let retention = self.media.retention();
                        Arc::new(HlsStream::new(on_air.broadcast, on_air.started_at, now, on_air.resumed, retention))
                    });
                    state.stream = Some(stream.clone());
                    state.show = Some(on_air);
                    return Ok((stream, on_air));
                }
                // The newer publisher inherits what the desk was told.
                Some(_) => {
                    state.on_air = true;
                    false
                }
                None => true,
            }
        };
        if ended {
            desk.lost(self.room, false).await;
        }
        Err(Gone.into())
    }
}
