//! Secrets of other servers, sealed as secrets of media.

use app::Keys;
use uuid::Uuid;

const PURPOSE: &str = "media secrets v1";

/// Seals `secret` for the record `id`; what is sealed for one opens for no other.
pub(crate) fn seal(keys: &Keys, id: Uuid, secret: &str) -> anyhow::Result<String> {
    app::sealed::seal(keys, PURPOSE, id, secret)
}

pub(crate) fn open(keys: &Keys, id: Uuid, sealed: &str) -> anyhow::Result<String> {
    app::sealed::open(keys, PURPOSE, id, sealed)
}
