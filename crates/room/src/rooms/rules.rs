//! The life of a room and its broadcasts. Pure.

use app::Refuse;
use events::{BroadcastId, Millis, OrgId, RoomId, StreamSource, TeamId};

/// How long an encoder may stay away before its show is over.
pub const RECONNECT_WINDOW_MS: i64 = 30_000;

/// Longest title, in characters.
const MAX_TITLE: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    pub id: RoomId,
    pub org: OrgId,
    pub team: TeamId,
    pub title: String,
    pub private: bool,
    pub created_at: Millis,
}

/// One show 场次.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broadcast {
    pub id: BroadcastId,
    pub room: RoomId,
    pub org: OrgId,
    pub team: TeamId,
    pub title: String,
    pub origin: Origin,
    pub platform: Option<String>,
    pub state: State,
    pub started_at: Millis,
    pub ended_at: Option<Millis>,
    pub lost_at: Option<Millis>,
    /// What the picture is made from, while the show is open.
    pub stream_source: Option<StreamSource>,
    /// Nothing of this broadcast stands in the event log before this position.
    pub first_position: u64,
    pub created_at: Millis,
}

/// Where a broadcast comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Pushed to us by an encoder.
    Stream,
    /// A recording of another platform's show.
    Import,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Live,
    /// The connection broke; viewers wait for the encoder to return.
    Interrupted,
    /// The encoder said goodbye; it may still return within the window.
    Paused,
    Ended,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Live => "live",
            State::Interrupted => "interrupted",
            State::Paused => "paused",
            State::Ended => "ended",
        }
    }

    pub fn parse(text: &str) -> Self {
        match text {
            "live" => State::Live,
            "interrupted" => State::Interrupted,
            "paused" => State::Paused,
            _ => State::Ended,
        }
    }

    /// Shown as on air 直播中: pictures come, or are expected back any moment.
    pub fn on_air(self) -> bool {
        matches!(self, State::Live | State::Interrupted)
    }
}

/// A source as it stands in rows and bodies.
pub fn source_name(source: StreamSource) -> &'static str {
    match source {
        StreamSource::Primary => "primary",
        StreamSource::Backup => "backup",
        StreamSource::Slate => "slate",
    }
}

pub fn source_of(name: &str) -> Option<StreamSource> {
    [StreamSource::Primary, StreamSource::Backup, StreamSource::Slate]
        .into_iter()
        .find(|source| source_name(*source) == name)
}

impl Origin {
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Stream => "stream",
            Origin::Import => "import",
        }
    }

    pub fn parse(text: &str) -> Self {
        if text == "import" { Origin::Import } else { Origin::Stream }
    }
}

/// Is the encoder's window over? With an encoder that is connected and shows nothing yet it is twice as long.
pub fn window_closed(broadcast: &Broadcast, has_encoder: bool, now: Millis) -> bool {
    let window_ms = if has_encoder { 2 * RECONNECT_WINDOW_MS } else { RECONNECT_WINDOW_MS };
    matches!(broadcast.state, State::Interrupted | State::Paused)
        && broadcast.lost_at.is_none_or(|lost_at| now.since(lost_at) > window_ms)
}

/// A title people can read: trimmed, 1 to 100 characters, no control characters.
pub fn title(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > MAX_TITLE || text.chars().any(char::is_control) {
        return Err(Refusal::BadTitle);
    }
    Ok(text.to_owned())
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no room `{0}`")]
    UnknownRoom(RoomId),
    #[error("there is no broadcast `{0}`")]
    UnknownBroadcast(BroadcastId),
    #[error("a title is 1 to {MAX_TITLE} characters on one line")]
    BadTitle,
    #[error("the archive is behind the log, try again")]
    ArchiveBehind,
    #[error("`format` is `json` or `xml`")]
    BadFormat,
    #[error("`from_ms` comes before `to_ms`, at most 10 minutes")]
    BadWindow,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Refusal::UnknownRoom(_) => "room_not_found",
            Refusal::UnknownBroadcast(_) => "broadcast_not_found",
            Refusal::BadTitle => "bad_title",
            Refusal::ArchiveBehind => "archive_behind",
            Refusal::BadFormat => "bad_format",
            Refusal::BadWindow => "bad_window",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Refusal::UnknownRoom(_) | Refusal::UnknownBroadcast(_) => 404,
            Refusal::BadTitle | Refusal::BadFormat | Refusal::BadWindow => 400,
            Refusal::ArchiveBehind => 503,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        matches!(self, Refusal::ArchiveBehind).then_some(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_one_readable_line() {
        assert_eq!(title("  双十二 专场 "), Ok("双十二 专场".to_owned()));
        assert_eq!(title("   "), Err(Refusal::BadTitle));
        assert_eq!(title("a\nb"), Err(Refusal::BadTitle));
        assert!(title(&"字".repeat(100)).is_ok());
        assert_eq!(title(&"字".repeat(101)), Err(Refusal::BadTitle));
    }

    #[test]
    fn every_state_survives_its_text() {
        for state in [State::Live, State::Interrupted, State::Paused, State::Ended] {
            assert_eq!(State::parse(state.as_str()), state);
        }
        for source in [StreamSource::Primary, StreamSource::Backup, StreamSource::Slate] {
            assert_eq!(source_of(source_name(source)), Some(source));
        }
    }
}
