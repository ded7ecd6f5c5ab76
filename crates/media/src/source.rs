//! The way of media into a room, whoever brings it: an encoder over RTMP, or a puller of another server's stream.

use crate::Media;
use crate::flv;
use crate::packager::{Output, Packager};
use crate::publication::Publication;
use crate::tap::{MediaTag, TagKind};
use app::Stop;
use events::{RoomId, StreamSource};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use tracing::{debug, warn};

/// One source of a room. The newest of its kind wins; who was replaced finds [`SourceHandle::stopped`] cancelled.
/// [`SourceHandle::close`] must be called at the end, whatever happened before.
pub struct SourceHandle {
    publication: Publication,
    packager: Packager,
    made: Vec<Output>,
    complained: bool,
}

impl Media {
    /// Lets a source into the room. What it pushes is on air as soon as it can be decoded.
    pub fn open_source(&self, room: RoomId, _source: StreamSource) -> SourceHandle {
        let packager = Packager::new(self.0.settings.cuts());
        SourceHandle { publication: self.take_over(room), packager, made: Vec::new(), complained: false }
    }
}

impl SourceHandle {
    /// Cancelled when this source was replaced or kicked, or its show has ended: nothing more is taken then.
    pub fn stopped(&self) -> Stop {
        self.publication.stop.clone()
    }

    /// Whether this source sends faster than time passes; it should wait a little before it goes on.
    pub fn ahead(&self) -> bool {
        self.publication.ahead()
    }

    /// The picture size of `onMetaData`.
    pub async fn push_metadata(&mut self, width: u32, height: u32) {
        self.packager.metadata(width, height);
    }

    /// Takes the next message. An error ends the source.
    pub async fn push(&mut self, tag: MediaTag) -> anyhow::Result<()> {
        self.publication.pass(&tag);
        let parsed = match tag.kind {
            TagKind::Audio => flv::audio(tag.payload),
            TagKind::Video => flv::video(tag.payload),
        };
        match parsed {
            Ok(parsed) => self.packager.push(parsed, tag.timestamp, tag.arrived, &mut self.made),
            Err(error) => {
                metrics::counter!("kaibo_media_bad_tags_total").increment(1);
                if !std::mem::replace(&mut self.complained, true) {
                    warn!("media tags of a publisher are ignored: {error}");
                }
            }
        }
        self.pass_on().await
    }

    /// Gives the room back; `clean` when the source said goodbye.
    pub async fn close(mut self, clean: bool) {
        if AssertUnwindSafe(self.finish()).catch_unwind().await.is_err() {
            warn!("the rest of a stream was not kept");
        }
        self.publication.close(clean).await;
    }

    async fn pass_on(&mut self) -> anyhow::Result<()> {
        for output in self.made.drain(..) {
            self.publication.take(output).await?;
        }
        Ok(())
    }

    /// What is still held becomes the last segment.
    async fn finish(&mut self) {
        self.packager.finish(&mut self.made);
        if let Err(error) = self.pass_on().await {
            debug!("the rest of a stream was not kept: {error:#}");
        }
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
