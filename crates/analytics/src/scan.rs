//! Full scans of the log. Records that cannot matter are told by their bytes, without parsing them.

use crate::{fact::Fact, state::BroadcastState};
use eventlog::EventLog;
use events::OrgId;
use memchr::memmem::Finder;

/// Folds every event of `state`'s broadcast in positions `from..=to` into it.
pub fn broadcast(log: &EventLog, state: &mut BroadcastState, from: u64, to: u64) -> anyhow::Result<()> {
    let id = state.id.to_string();
    let finder = Finder::new(&id);
    if to < from {
        return Ok(());
    }
    for entry in log.read(from.max(log.first())) {
        let entry = entry?;
        if entry.position > to {
            break;
        }
        if finder.find(&entry.payload).is_some()
            && let Some(fact) = Fact::read(&entry.payload)
        {
            state.apply(entry.position, &fact);
        }
    }
    Ok(())
}

/// What a count of events looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Last position looked at.
    pub position: u64,
    pub bytes: u64,
    pub count: u64,
}

/// Goes on counting an organisation's events, of one name or all, up to `to` or until `max_bytes` were looked at.
pub fn events(
    log: &EventLog,
    org: OrgId,
    name: Option<&str>,
    so_far: Counted,
    to: u64,
    max_bytes: u64,
) -> anyhow::Result<Counted> {
    let mut counted = so_far;
    if to <= counted.position {
        return Ok(counted);
    }
    // As the encoder writes it: quoted and escaped.
    let needle = match name {
        Some(name) => serde_json::to_string(name)?,
        None => org.to_string(),
    };
    let finder = Finder::new(&needle);
    for entry in log.read((counted.position + 1).max(log.first())) {
        let entry = entry?;
        if entry.position > to || counted.bytes > max_bytes {
            break;
        }
        counted.position = entry.position;
        counted.bytes += entry.payload.len() as u64;
        if finder.find(&entry.payload).is_some()
            && let Some(fact) = Fact::read(&entry.payload)
            && fact.org == org
            && name.is_none_or(|name| fact.name == name)
        {
            counted.count += 1;
        }
    }
    Ok(counted)
}
