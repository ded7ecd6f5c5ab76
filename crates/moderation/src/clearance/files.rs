//! Files of papers: what they are by their first bytes, and where they lie.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use tokio::{fs, io::AsyncWriteExt};
use utoipa::ToSchema;
use uuid::Uuid;

/// Of one file.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DocumentFormat)]
pub enum Format {
    Pdf,
    Jpeg,
    Png,
}

impl Format {
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Jpeg, Self::Png];

    /// By the first bytes, whatever the file is called.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let begins = |magic: &[u8]| bytes.len() > magic.len() && bytes.starts_with(magic);
        match () {
            () if begins(b"%PDF-") => Some(Self::Pdf),
            () if begins(&[0xff, 0xd8, 0xff]) => Some(Self::Jpeg),
            () if begins(b"\x89PNG\r\n\x1a\n") => Some(Self::Png),
            () => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// Where a paper's file lies.
pub fn path(data: &Path, id: Uuid) -> PathBuf {
    data.join("media").join("documents").join(id.to_string())
}

/// On disk when it answers, whole or not at all.
pub async fn keep(data: &Path, id: Uuid, bytes: &[u8]) -> anyhow::Result<()> {
    let whole = path(data, id);
    let part = whole.with_extension("part");
    let folder = whole.parent().unwrap_or(data).to_path_buf();
    fs::create_dir_all(&folder).await.context("making the folder of documents")?;
    let written = async {
        let mut file = fs::File::create(&part).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        fs::rename(&part, &whole).await?;
        fs::File::open(&folder).await?.sync_all().await
    };
    let written = written.await;
    if written.is_err() {
        let _ = fs::remove_file(&part).await;
    }
    written.context("writing a document")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        assert_eq!(Format::of(b"%PDF-1.7\n"), Some(Format::Pdf));
        assert_eq!(Format::of(&[0xff, 0xd8, 0xff, 0xe0]), Some(Format::Jpeg));
        assert_eq!(Format::of(b"\x89PNG\r\n\x1a\n\0"), Some(Format::Png));
        for none in [&b""[..], b"%PDF-", b"MZ\x90", b"<html>%PDF-1.7", b"GIF89a", b"<svg xmlns="] {
            assert_eq!(Format::of(none), None, "{none:?}");
        }
    }
}
