//! Which entries were counted in which broadcast: a set that outlives the process.
//!
//! The truth is the log's `ViewerEntered` events. A snapshot of the set, with the log position it covers, is written every
//! minute, so a start reads only the log behind it. Without a usable snapshot the last 12 h of the log are read: an
//! entry's token lives no longer, so nobody can ask again for what stands before.

use anyhow::Context;
use events::{BroadcastId, EntryId, Millis};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, fs, io::Write, path::Path};

const MAGIC: &[u8; 8] = b"KBENTER1";
const SUM: usize = 32;
const ROW: usize = 12;

#[derive(Default)]
pub(crate) struct Entered {
    /// Hash of entry and broadcast; the second in which the entry's token runs out.
    pairs: HashMap<u64, u32>,
    /// Every `ViewerEntered` up to this position of the log is in the set.
    pub(crate) position: u64,
    changed: bool,
}

impl Entered {
    pub(crate) fn contains(&self, entry: EntryId, broadcast: BroadcastId) -> bool {
        self.pairs.contains_key(&pair(entry, broadcast))
    }

    /// False when it was there already.
    pub(crate) fn insert(&mut self, entry: EntryId, broadcast: BroadcastId, until: Millis) -> bool {
        let until_s = u32::try_from(until.0.div_euclid(1_000)).unwrap_or(u32::MAX);
        self.changed = true;
        self.pairs.insert(pair(entry, broadcast), until_s).is_none()
    }

    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Forgets entries whose token ran out.
    pub(crate) fn expire(&mut self, now: Millis) {
        let now_s = now.0.div_euclid(1_000);
        self.pairs.retain(|_, until_s| i64::from(*until_s) >= now_s);
    }

    /// Reads the snapshot. A missing or damaged one is an empty set that covers nothing.
    pub(crate) fn load(path: &Path) -> Self {
        let Ok(bytes) = fs::read(path) else { return Self::default() };
        match decode(&bytes) {
            Some(entered) => entered,
            None => {
                tracing::warn!(path = %path.display(), "the snapshot of counted entries is damaged, reading the log instead");
                Self::default()
            }
        }
    }

    /// Writes the snapshot if there is anything new. The old one stays until the new one is on disk.
    pub(crate) fn save(&mut self, path: &Path) -> anyhow::Result<()> {
        if !self.changed {
            return Ok(());
        }
        let fresh = path.with_extension("new");
        let mut file = fs::File::create(&fresh).with_context(|| format!("creating `{}`", fresh.display()))?;
        file.write_all(&encode(self))
            .and_then(|()| file.sync_all())
            .with_context(|| format!("writing `{}`", fresh.display()))?;
        fs::rename(&fresh, path).with_context(|| format!("replacing `{}`", path.display()))?;
        self.changed = false;
        Ok(())
    }
}

fn pair(entry: EntryId, broadcast: BroadcastId) -> u64 {
    let mut hash = Sha256::new();
    hash.update(entry.0.as_bytes());
    hash.update(broadcast.0.as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    digest.first_chunk::<8>().map_or(0, |first| u64::from_le_bytes(*first))
}

fn encode(entered: &Entered) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(MAGIC.len() + 8 + entered.pairs.len() * ROW + SUM);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&entered.position.to_le_bytes());
    for (pair, until_s) in &entered.pairs {
        bytes.extend_from_slice(&pair.to_le_bytes());
        bytes.extend_from_slice(&until_s.to_le_bytes());
    }
    let sum: [u8; SUM] = Sha256::digest(&bytes).into();
    bytes.extend_from_slice(&sum);
    bytes
}

fn decode(bytes: &[u8]) -> Option<Entered> {
    let (body, sum) = bytes.split_last_chunk::<SUM>()?;
    let expected: [u8; SUM] = Sha256::digest(body).into();
    let rest = body.strip_prefix(MAGIC)?;
    let (position, rows) = rest.split_first_chunk::<8>()?;
    if expected != *sum || rows.len() % ROW != 0 {
        return None;
    }
    let mut pairs = HashMap::with_capacity(rows.len() / ROW);
    for row in rows.chunks_exact(ROW) {
        let (pair, until_s) = row.split_first_chunk::<8>()?;
        pairs.insert(u64::from_le_bytes(*pair), u32::from_le_bytes(until_s.try_into().ok()?));
    }
    Some(Entered { pairs, position: u64::from_le_bytes(*position), changed: false })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_comes_back_and_a_damaged_one_is_not_believed() {
        let (entry, show) = (EntryId::new(), BroadcastId::new());
        let mut entered = Entered { position: 42, ..Entered::default() };
        assert!(entered.insert(entry, show, Millis(5_000)));
        assert!(!entered.insert(entry, show, Millis(5_000)));
        let bytes = encode(&entered);
        let again = decode(&bytes).unwrap();
        assert!(again.contains(entry, show) && again.position == 42 && again.len() == 1);
        assert!(!again.contains(entry, BroadcastId::new()));
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(decode(&damaged).is_none(), "byte {at}");
            assert!(decode(&bytes[..at]).is_none(), "cut at {at}");
        }
        entered.expire(Millis(5_999));
        assert_eq!(entered.len(), 1);
        entered.expire(Millis(6_000));
        assert_eq!(entered.len(), 0);
    }
}
