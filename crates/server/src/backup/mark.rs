//! What a backup leaves in the data folder, so that the server knows how old the last one is.

use super::{SECRET, manifest::Manifest};
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::{fs, io::Write, path::Path, time::UNIX_EPOCH};

const MARK: &str = "backup.last";

#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    began_at_ms: i64,
    ended_at_ms: i64,
    log_position: u64,
}

/// Written whole or not at all.
pub(super) fn leave(data: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let Manifest { began_at_ms, ended_at_ms, log_position, .. } = *manifest;
    let mark = serde_json::to_vec(&Mark { began_at_ms, ended_at_ms, log_position })?;
    let mut draft = tempfile::NamedTempFile::new_in(data).context("making a file")?;
    draft.write_all(&mark)?;
    draft.persist(data.join(MARK)).context("naming the file")?;
    Ok(())
}

/// Everything before this is in the last backup, milliseconds since 1970; without one, when the installation was made.
pub fn last(data: &Path) -> Option<i64> {
    let mark = fs::read(data.join(MARK)).ok().and_then(|bytes| serde_json::from_slice::<Mark>(&bytes).ok());
    let made = || {
        let made = fs::metadata(data.join(SECRET)).and_then(|secret| secret.modified()).ok()?;
        i64::try_from(made.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
    };
    mark.map(|mark| mark.began_at_ms).or_else(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_backup_counts_and_before_the_first_the_installation() {
        let data = tempfile::tempdir().expect("a folder");
        assert_eq!(last(data.path()), None);
        fs::write(data.path().join(SECRET), "").expect("a secret");
        assert!(last(data.path()).is_some_and(|at| at > 0));
        let mut manifest = Manifest::begin(false);
        manifest.began_at_ms = 7;
        leave(data.path(), &manifest).expect("a mark");
        assert_eq!(last(data.path()), Some(7));
        fs::write(data.path().join(MARK), "{").expect("a torn mark");
        assert!(last(data.path()).is_some_and(|at| at > 7));
    }
}
