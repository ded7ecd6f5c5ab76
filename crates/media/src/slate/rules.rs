//! What a room may set about its slate. Pure.

use super::SlateSettings;
use app::Refuse;
use events::Millis;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;
use uuid::Uuid;

/// A wait of more than this would outlast the reconnect window.
const LONGEST_WAIT_MS: u32 = 25_000;

/// What the slate shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// "Back soon", drawn in advance.
    #[default]
    BuiltIn,
    /// The image or video that was uploaded.
    Upload,
    /// The last picture before the stream was lost.
    LastFrame,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::BuiltIn => "built_in",
            Kind::Upload => "upload",
            Kind::LastFrame => "last_frame",
        }
    }

    pub fn parse(text: &str) -> Self {
        match text {
            "upload" => Kind::Upload,
            "last_frame" => Kind::LastFrame,
            _ => Kind::BuiltIn,
        }
    }
}

/// A file that staff uploaded, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    pub id: Uuid,
    /// A still picture, or one that moves.
    pub still: bool,
    pub width: u32,
    pub height: u32,
    pub duration_ms: u32,
    pub bytes: u64,
    pub uploaded_at: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoomSlate {
    pub enabled: bool,
    pub kind: Kind,
    pub after_ms: u32,
    pub upload: Option<Upload>,
}

impl RoomSlate {
    /// A room that has set nothing.
    pub fn unset(settings: &SlateSettings) -> Self {
        Self { enabled: true, kind: Kind::BuiltIn, after_ms: settings.after_ms, upload: None }
    }

    pub fn after(&self) -> Duration {
        Duration::from_millis(u64::from(self.after_ms))
    }

    pub fn change(self, enabled: bool, kind: Kind, after_ms: u32) -> Result<Self, Refusal> {
        if after_ms > LONGEST_WAIT_MS {
            return Err(Refusal::Wait);
        }
        if kind == Kind::Upload && self.upload.is_none() {
            return Err(Refusal::NothingUploaded);
        }
        Ok(Self { enabled, kind, after_ms, ..self })
    }
}

/// A kind of file that may become a slate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Format {
    /// ffmpeg's name of the reader. Given, so that no file can choose a reader that opens other files.
    pub reader: &'static str,
    /// By which the reader of single pictures knows them.
    pub suffix: &'static str,
    pub still: bool,
}

/// Recognises a file by how it begins, whatever its name says.
pub(crate) fn format(head: &[u8]) -> Result<Format, Refusal> {
    let (reader, suffix) = match head {
        [0x89, b'P', b'N', b'G', ..] => ("image2", "png"),
        [0xff, 0xd8, 0xff, ..] => ("image2", "jpg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => ("image2", "webp"),
        [b'G', b'I', b'F', b'8', ..] => ("gif", "gif"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => ("mov", "mp4"),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => ("matroska", "mkv"),
        [b'F', b'L', b'V', 1, ..] => ("flv", "flv"),
        _ => return Err(Refusal::UnknownFormat),
    };
    Ok(Format { reader, suffix, still: reader == "image2" })
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("a slate is a PNG, JPEG, WebP, GIF, MP4, MOV, WebM, MKV or FLV file")]
    UnknownFormat,
    #[error("the file holds no picture that can be read")]
    Unreadable,
    #[error("the file is larger than {0} bytes")]
    TooLarge(usize),
    #[error("there is no upload to show; upload a file first")]
    NothingUploaded,
    #[error("the wait is at most {LONGEST_WAIT_MS} ms")]
    Wait,
    #[error("ffmpeg is not installed on the server, so no file can be made a slate")]
    FfmpegMissing,
    #[error("making the slate took too long")]
    TooSlow,
    #[error("this room shows nothing now")]
    NotLive,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Refusal::UnknownFormat => "slate_format",
            Refusal::Unreadable => "slate_unreadable",
            Refusal::TooLarge(_) => "slate_too_large",
            Refusal::NothingUploaded => "slate_missing",
            Refusal::Wait => "bad_wait",
            Refusal::FfmpegMissing => "ffmpeg_missing",
            Refusal::TooSlow => "slate_too_slow",
            Refusal::NotLive => "not_live",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Refusal::UnknownFormat | Refusal::Unreadable | Refusal::Wait => 400,
            Refusal::TooLarge(_) => 413,
            Refusal::NothingUploaded | Refusal::NotLive => 409,
            Refusal::FfmpegMissing | Refusal::TooSlow => 503,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_content() {
        assert_eq!(format(b"\x89PNG\r\n\x1a\n").map(|format| format.still), Ok(true));
        assert_eq!(format(b"\0\0\0\x20ftypisom").map(|format| format.reader), Ok("mov"));
        for hostile in [&b"#EXTM3U\nfile:///etc/passwd"[..], b"ffconcat version 1.0", b"<svg>", b""] {
            assert_eq!(format(hostile), Err(Refusal::UnknownFormat));
        }
    }

    #[test]
    fn settings_have_to_make_sense() {
        let slate = RoomSlate::unset(&SlateSettings::default());
        assert_eq!(slate.clone().change(true, Kind::Upload, 0), Err(Refusal::NothingUploaded));
        assert_eq!(slate.clone().change(true, Kind::LastFrame, 30_000), Err(Refusal::Wait));
        let changed = slate.change(false, Kind::LastFrame, 500);
        assert_eq!(changed.map(|slate| (slate.enabled, slate.after_ms)), Ok((false, 500)));
        for kind in [Kind::BuiltIn, Kind::Upload, Kind::LastFrame] {
            assert_eq!(Kind::parse(kind.as_str()), kind);
        }
    }
}
