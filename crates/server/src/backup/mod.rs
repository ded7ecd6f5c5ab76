//! Backups: a folder or a prefix in an object store that holds everything a Kaibo is, as of one moment.
//!
//! ```text
//! manifest.json        written last: without it there is no backup
//! kaibo.db             the records, as SQLite from either database
//! log/*.seg, *.idx     the event log up to the position that fits the records
//! log/cursors/*.cur    as they were before the records were copied
//! secret.key
//! media/slates/        media/documents/, and media/recordings/, media/clips/, media/evidence/ when asked for
//! ```
//! `docs/decisions/0019-backup.md` says how records and log are made to agree.

mod manifest;
mod mark;
mod place;
mod restore;
mod take;

pub use manifest::{Entry, Manifest};
pub use mark::last;
pub use restore::{restore, verify};
pub use take::take;

/// The folder's own name while a restore into it has not ended.
pub(crate) const RESTORING: &str = ".restoring";
const DATABASE: &str = "kaibo.db";
const SECRET: &str = "secret.key";
