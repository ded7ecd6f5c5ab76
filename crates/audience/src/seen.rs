//! What was seen of an entry, for whoever has to weigh its word.

use crate::{Audience, ViewerPass};
use events::BroadcastId;

/// What is known of an entry in a show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// Media of the show reached it.
    pub media: bool,
    /// It was last found to be a suspected bot 疑似机器人.
    pub bot: bool,
    /// The room's media goes through a CDN, so that an entry without media is no sign of anything.
    pub unseen: bool,
}

impl Audience {
    /// Costs two map look-ups.
    pub fn seen(&self, pass: &ViewerPass, broadcast: BroadcastId) -> Seen {
        let now = self.app().now();
        let mut seen = Seen { unseen: !self.delivery(pass.room).is_direct(now), ..Seen::default() };
        self.with_known(pass.room, now, |state| {
            seen.media = state.presence.knows(pass.entry, broadcast);
            seen.bot = state.book.suspects(pass.entry, broadcast);
        });
        seen
    }
}
