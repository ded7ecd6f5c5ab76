//! A sealed part of the memory of message ids: a sorted file of hashes, and the same in memory.
//!
//! `dedup/<last position>.run`, little endian: magic `KBDEDUP1`, first position u64, last position u64, newest receive time in
//! ms i64, count u64, crc32c u32 over what stands before and behind it, 4 zero bytes, then the hashes, u64 each, rising.

use anyhow::{Context, bail};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

const MAGIC: &[u8; 8] = b"KBDEDUP1";
const HEADER: usize = 48;

/// The ids of the collected events at the positions `first..=last`, and possibly some behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub first: u64,
    pub last: u64,
    /// Receive time of its newest id, ms.
    pub newest_ms: i64,
    pub hashes: Vec<u64>,
}

impl Run {
    /// Hashes spread evenly, so the place of one is known to within a few hundred.
    pub fn contains(&self, hash: u64) -> bool {
        let len = self.hashes.len();
        let guess = ((u128::from(hash) * len as u128) >> 64) as usize;
        let mut width = 64;
        loop {
            let (from, to) = (guess.saturating_sub(width), guess.saturating_add(width).min(len));
            let Some(window) = self.hashes.get(from..to) else { return false };
            let (Some(least), Some(most)) = (window.first(), window.last()) else { return false };
            let left = from == 0 || *least <= hash;
            let right = to == len || *most >= hash;
            if left && right {
                return window.binary_search(&hash).is_ok();
            }
            width = width.saturating_mul(8);
        }
    }

    pub fn path(dir: &Path, last: u64) -> PathBuf {
        dir.join(format!("{last:020}.run"))
    }

    /// Writes the file; it is on disk, under its name, when this returns.
    pub fn save(&self, dir: &Path) -> anyhow::Result<()> {
        let path = Self::path(dir, self.last);
        let fresh = path.with_extension("new");
        let mut bytes = Vec::with_capacity(HEADER + self.hashes.len() * 8);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.first.to_le_bytes());
        bytes.extend_from_slice(&self.last.to_le_bytes());
        bytes.extend_from_slice(&self.newest_ms.to_le_bytes());
        bytes.extend_from_slice(&(self.hashes.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&[0; 8]);
        for hash in &self.hashes {
            bytes.extend_from_slice(&hash.to_le_bytes());
        }
        let sum = crc32c::crc32c(&bytes);
        if let Some(place) = bytes.get_mut(HEADER - 8..HEADER - 4) {
            place.copy_from_slice(&sum.to_le_bytes());
        }
        let mut file = fs::File::create(&fresh).with_context(|| format!("creating `{}`", fresh.display()))?;
        file.write_all(&bytes)
            .and_then(|()| file.sync_all())
            .with_context(|| format!("writing `{}`", fresh.display()))?;
        fs::rename(&fresh, &path).with_context(|| format!("naming `{}`", path.display()))?;
        fs::File::open(dir).and_then(|dir| dir.sync_all()).with_context(|| format!("writing `{}`", dir.display()))
    }

    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let mut bytes = fs::read(path).with_context(|| format!("reading `{}`", path.display()))?;
        let Some(run) = parse(&mut bytes) else { bail!("`{}` is damaged", path.display()) };
        Ok(run)
    }
}

fn parse(bytes: &mut [u8]) -> Option<Run> {
    let sum_at = HEADER - 8..HEADER - 4;
    let sum = u32::from_le_bytes(bytes.get(sum_at.clone())?.try_into().ok()?);
    bytes.get_mut(sum_at)?.fill(0);
    if crc32c::crc32c(bytes) != sum {
        return None;
    }
    let rest = bytes.strip_prefix(MAGIC)?;
    let word = |at: usize| rest.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
    let (first, last, newest, count) = (word(0)?, word(8)?, word(16)?, word(24)?);
    let (rows, odd) = rest.get(HEADER - MAGIC.len()..)?.as_chunks::<8>();
    if !odd.is_empty() || rows.len() as u64 != count || first > last {
        return None;
    }
    let hashes = rows.iter().map(|row| u64::from_le_bytes(*row)).collect();
    Some(Run { first, last, newest_ms: newest as i64, hashes })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_run_holds_what_was_put_in(mut hashes in proptest::collection::vec(any::<u64>(), 0..2_000), skewed in any::<bool>(), other in any::<u64>()) {
            if skewed {
                hashes.iter_mut().for_each(|hash| *hash >>= 40);
            }
            hashes.sort_unstable();
            hashes.dedup();
            let run = Run { first: 1, last: 9, newest_ms: 5, hashes };
            for hash in &run.hashes {
                prop_assert!(run.contains(*hash));
            }
            prop_assert_eq!(run.contains(other), run.hashes.contains(&other));
        }
    }

    #[test]
    fn a_file_comes_back_and_a_damaged_one_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let run = Run { first: 3, last: 17, newest_ms: 99, hashes: vec![1, 5, u64::MAX] };
        run.save(dir.path()).unwrap();
        let path = Run::path(dir.path(), 17);
        assert_eq!(Run::load(&path).unwrap(), run);
        let bytes = fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 4;
            // The four zero bytes are not looked at, but are summed.
            assert!(parse(&mut damaged).is_none(), "byte {at}");
            assert!(parse(&mut bytes[..at].to_vec()).is_none(), "cut at {at}");
        }
    }
}
