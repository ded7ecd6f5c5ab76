//! The relay: what committed in the outbox goes to the event log, in order, exactly once.
//!
//! A relayed record begins with its outbox sequence number, so the log itself says how far the relay came; the rows' positions
//! and the log's cursor `outbox` only save time. The steps and what a crash after each leaves:
//!
//! 1. append the waiting rows: in the log, unmarked; the next start finds them by scanning the log behind the cursor
//! 2. mark the rows with their positions
//! 3. now and then, move the cursor to the end of the log (position, highest sequence number before it)
//!
//! When the log was put back to an older state than the database, the rows it lacks are relayed again: they stay for 7 days.

use crate::{Relayed, Store, outbox, owner::Owner};
use anyhow::{Context, bail};
use eventlog::{EventLog, Record};
use events::Millis;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

const CURSOR: &str = "outbox";
const PREFIX: &str = "{\"outbox\":";
const BATCH_ROWS: u64 = 512;
const BATCH_BYTES: usize = 256 << 10;
/// Other processes write rows too, and cannot wake us.
const POLL: Duration = Duration::from_millis(200);
const CURSOR_EVERY: Duration = Duration::from_secs(5);
const CURSOR_RECORDS: u64 = 10_000;
const PRUNE_EVERY: Duration = Duration::from_secs(3600);
const KEPT_MS: i64 = 7 * 24 * 3600 * 1000;

/// Relays until `stop`. One per database: the server runs it, and on PostgreSQL others stand by. Failures are reported and tried
/// again; it ends early only when it cannot begin, as with a database older than the log, which a person must put right.
pub async fn relay(store: Store, log: EventLog, stop: CancellationToken) -> anyhow::Result<()> {
    let mut relay = tokio::select! {
        () = stop.cancelled() => return Ok(()),
        relay = Relay::resume(store.clone(), log.clone()) => Some(relay?),
    };
    let mut pause = POLL;
    let mut pruned: Option<Instant> = None;
    while !stop.is_cancelled() {
        let more = async {
            if relay.is_none() {
                // Whether the failed append is in the log, only the log can say.
                relay = tokio::select! {
                    () = stop.cancelled() => return Ok(false),
                    relay = Relay::resume(store.clone(), log.clone()) => Some(relay?),
                };
            }
            match &mut relay {
                Some(relay) => relay.step().await,
                None => Ok(false),
            }
        };
        match more.await {
            Ok(more) => {
                pause = POLL;
                if more {
                    continue;
                }
            }
            Err(error) => {
                metrics::counter!("kaibo_outbox_failures_total").increment(1);
                tracing::error!("relaying events failed, trying again in {} ms: {error:#}", pause.as_millis());
                relay = None;
                wait(&store, &stop, pause, false).await;
                pause = (pause * 2).min(Duration::from_secs(10));
                continue;
            }
        }
        if pruned.is_none_or(|at| at.elapsed() >= PRUNE_EVERY) {
            pruned = Some(Instant::now());
            if let Err(error) = outbox::prune(&store, Millis::now().plus_ms(-KEPT_MS)).await {
                tracing::warn!("removing old rows of the outbox failed: {error:#}");
            }
        }
        wait(&store, &stop, POLL, true).await;
    }
    if let Some(mut relay) = relay {
        relay.save(true).await?;
        relay.owner.resign().await;
    }
    Ok(())
}

async fn wait(store: &Store, stop: &CancellationToken, pause: Duration, wakes: bool) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = store.0.emitted.notified(), if wakes => {}
        () = tokio::time::sleep(pause) => {}
    }
}

/// The relay's steps, for [`relay`] and for tests that stop between them.
pub struct Relay {
    store: Store,
    log: EventLog,
    owner: Owner,
    /// Every row up to here is in the log.
    seq: i64,
    saved: (u64, Instant),
    _says: Says,
}

/// Says to the program that it relays, as long as it does.
struct Says(Store);

impl Says {
    fn so(store: Store) -> Self {
        store.0.relays.send_replace(true);
        Self(store)
    }
}

impl Drop for Says {
    fn drop(&mut self) {
        self.0.0.relays.send_replace(false);
    }
}

/// Rows that are in the log and not yet marked.
#[must_use]
pub struct Appended {
    rows: Vec<outbox::Model>,
    first: u64,
}

impl Relay {
    /// Waits until nobody else relays, finds out from the log how far the relay came, and brings the rows in line with it.
    pub async fn resume(store: Store, log: EventLog) -> anyhow::Result<Self> {
        let owner = Owner::elect(&store).await?;
        let began = Instant::now();
        let scanned = scan(log.clone()).await.context("looking for relayed events in the log")?;
        let archived = outbox::highest_before(store.read(), scanned.first).await?;
        let seq = scanned.seq.max(archived);
        let reached = outbox::last_ever(store.read()).await?;
        if reached < seq {
            bail!(
                "the database is older than the event log: the log holds the outbox row {seq}, the database only came to {reached}; \
                 restore a backup of both"
            );
        }
        outbox::align(&store, seq, scanned.end, &scanned.positions)
            .await
            .context("marking events that were relayed before")?;
        store.0.relayed.send_replace(Relayed { seq, position: scanned.end });
        tracing::debug!(
            seq,
            position = scanned.end,
            "the relay resumed after row {seq} in {} ms",
            began.elapsed().as_millis()
        );
        let says = Says::so(store.clone());
        Ok(Self { store, log, owner, seq, saved: (scanned.cursor, began), _says: says })
    }

    /// One round; true when there may be more to do.
    async fn step(&mut self) -> anyhow::Result<bool> {
        let Some(appended) = self.append().await? else {
            self.save(false).await?;
            return Ok(false);
        };
        self.mark(appended).await?;
        self.save(false).await?;
        Ok(true)
    }

    /// Step 1. None when nothing waits.
    ///
    /// The gauge `kaibo_outbox_waiting_rows` counts up to one batch: at its limit the relay is behind.
    pub async fn append(&mut self) -> anyhow::Result<Option<Appended>> {
        let settled = self.owner.settled().await.context("asking how far the outbox is final")?;
        let mut rows = outbox::waiting(self.store.read(), self.seq, settled, BATCH_ROWS).await?;
        metrics::gauge!("kaibo_outbox_waiting_rows").set(rows.len() as f64);
        let mut bytes = 0;
        let fit = rows.iter().take_while(|row| {
            let first = bytes == 0;
            bytes += row.payload.len();
            first || bytes <= BATCH_BYTES
        });
        rows.truncate(fit.count());
        let Some(last) = rows.last().map(|row| row.seq) else { return Ok(None) };
        let records = rows.iter().map(record).collect();
        let positions = self.log.append(records).await.context("appending to the event log")?;
        self.seq = last;
        self.store.0.relayed.send_replace(Relayed { seq: last, position: positions.end.saturating_sub(1) });
        metrics::counter!("kaibo_outbox_relayed_total").increment(rows.len() as u64);
        Ok(Some(Appended { rows, first: positions.start }))
    }

    /// Step 2.
    pub async fn mark(&mut self, appended: Appended) -> anyhow::Result<()> {
        let rows = appended.rows.iter().zip(appended.first..).map(|(row, position)| (row.seq, position));
        outbox::mark(&self.store, rows).await.context("marking relayed events")
    }

    /// Step 3, when it is worth it or `now`. Only when every appended row is marked.
    pub async fn save(&mut self, now: bool) -> anyhow::Result<()> {
        let end = self.log.last();
        let behind = end.saturating_sub(self.saved.0);
        if behind == 0 || !(now || behind >= CURSOR_RECORDS || self.saved.1.elapsed() >= CURSOR_EVERY) {
            return Ok(());
        }
        let (log, seq) = (self.log.clone(), self.seq);
        tokio::task::spawn_blocking(move || log.cursor(CURSOR)?.store(end, &seq.to_le_bytes()))
            .await?
            .context("saving the relay's cursor")?;
        self.saved = (end, Instant::now());
        Ok(())
    }
}

/// The row as it stands in the log: its envelope, with `outbox` as the first field.
fn record(row: &outbox::Model) -> Record {
    let rest = row.payload.strip_prefix('{').unwrap_or(&row.payload);
    Record::new(row.created_at_ms.max(0) as u64, format!("{PREFIX}{},{rest}", row.seq))
}

/// The sequence number a record carries, if it came through the outbox.
pub(crate) fn outbox_seq(payload: &[u8]) -> Option<i64> {
    let rest = payload.strip_prefix(PREFIX.as_bytes())?;
    let digits = rest.split(|byte| !byte.is_ascii_digit()).next()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The highest sequence number in the log, 0 when there is none.
pub(crate) async fn highest_seq(log: EventLog) -> anyhow::Result<i64> {
    Ok(scan(log).await.context("looking for relayed events in the log")?.seq)
}

struct Scanned {
    /// Oldest position the log still holds.
    first: u64,
    /// Newest position the log held.
    end: u64,
    /// Where the cursor stood.
    cursor: u64,
    /// Highest sequence number in the log.
    seq: i64,
    /// The positions of those found behind the cursor.
    positions: BTreeMap<i64, u64>,
}

async fn scan(log: EventLog) -> anyhow::Result<Scanned> {
    tokio::task::spawn_blocking(move || {
        let (first, end) = (log.first(), log.last());
        let (cursor, seq) = match log.cursor(CURSOR).and_then(|cursor| cursor.load()) {
            Ok(Some((position, meta))) => match <[u8; 8]>::try_from(&meta[..]) {
                // A cursor beyond the log belongs to a log that is no more.
                Ok(seq) if position <= end => (position, i64::from_le_bytes(seq)),
                _ => (0, 0),
            },
            Ok(None) => (0, 0),
            Err(error) => {
                tracing::warn!("the relay's cursor cannot be read, scanning the whole log: {error}");
                (0, 0)
            }
        };
        let mut scanned = Scanned { first, end, cursor, seq, positions: BTreeMap::new() };
        for entry in log.read((cursor + 1).max(first)) {
            let entry = entry?;
            if entry.position > end {
                break;
            }
            if let Some(seq) = outbox_seq(&entry.payload) {
                scanned.seq = scanned.seq.max(seq);
                scanned.positions.insert(seq, entry.position);
            }
        }
        Ok(scanned)
    })
    .await?
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Empty, Envelope, Event, OrgId, Source};

    #[test]
    fn a_record_carries_its_row_and_reads_back() {
        let envelope = Envelope::new(Millis(5), Source::Server, OrgId::new(), Event::RoomShared(Empty {}))
            .with_key("\"outbox\":9");
        let payload = String::from_utf8(envelope.encode().into()).expect("json is text");
        assert_eq!(outbox_seq(payload.as_bytes()), None);
        let row = outbox::Model { seq: 42, payload, created_at_ms: 5, position: None, relayed_at_ms: None };
        let record = record(&row);
        assert_eq!((record.at_ms, outbox_seq(&record.payload)), (5, Some(42)));
        assert_eq!(Envelope::decode(&record.payload).expect("an envelope"), Envelope { outbox: Some(42), ..envelope });
    }
}
