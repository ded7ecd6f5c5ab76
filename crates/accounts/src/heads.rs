//! Once a day the head of the audit log is told to the event log, which whoever changes the database does not have in hand.

use crate::{Accounts, store, store_aging, store_audit};
use app::Stop;
use events::{AuditSealed, Envelope, Event, Source};
use std::{collections::BTreeMap, time::Duration};

const LOOK: Duration = Duration::from_secs(600);
const SCRUB_AGAIN: Duration = Duration::from_millis(500);
const DAY_MS: i64 = 24 * 3_600_000;

/// Until the program stops.
pub(crate) async fn tell_daily(accounts: Accounts, stop: Stop) -> anyhow::Result<()> {
    loop {
        if let Err(error) = tell(&accounts).await {
            tracing::warn!("telling the event log of the audit log's head failed: {error:#}");
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Until the program stops: rows of earlier versions give back what no row may hold any more.
pub(crate) async fn redact_older(accounts: Accounts, stop: Stop) -> anyhow::Result<()> {
    // A program before this one may have died between taking words out and scrubbing what they stood in.
    let mut scrub = true;
    loop {
        let redacted = redact(&accounts, &stop, scrub).await;
        scrub &= redacted.is_err();
        match redacted {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "took words out of {rows} rows of the audit log"),
            Err(error) => tracing::warn!("taking words out of old rows of the audit log failed: {error:#}"),
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

pub(crate) async fn redact(accounts: &Accounts, stop: &Stop, scrub: bool) -> anyhow::Result<u64> {
    let (store, mut rows) = (&accounts.app.store, 0);
    while !stop.is_cancelled()
        && let Some(some) = store_aging::redact_some(store, accounts.app.now()).await?
    {
        rows += some;
    }
    while (rows > 0 || scrub) && !stop.is_cancelled() && !store.scrub(&["accounts_audit"]).await? {
        tokio::time::sleep(SCRUB_AGAIN).await;
    }
    Ok(rows)
}

pub(crate) async fn tell(accounts: &Accounts) -> anyhow::Result<()> {
    let now = accounts.app.now();
    let due = |told_at_ms: i64| now.0.div_euclid(DAY_MS) > told_at_ms.div_euclid(DAY_MS);
    let seen = store_audit::head_of(accounts.app.store.read()).await?;
    if seen.seq <= seen.told_seq || !due(seen.told_at_ms) {
        return Ok(());
    }
    let tx = accounts.app.store.begin().await?;
    let (org, _) = store::headquarters(&tx, now).await?;
    store_audit::take_turn(&tx).await?;
    let head = store_audit::head_of(tx.db()).await?;
    let sealed = Event::AuditSealed(AuditSealed { rows: head.seq as u64, head: head.hash });
    tx.emit(Envelope::new(now, Source::Server, org, sealed)).await?;
    store_audit::told(&tx, head.seq, now).await?;
    tx.commit().await
}

/// The heads that an event log was told of: number of rows and hash.
pub fn heads_in(log: &eventlog::EventLog) -> anyhow::Result<BTreeMap<i64, String>> {
    let mut heads = BTreeMap::new();
    for entry in log.read(log.first()) {
        let entry = entry?;
        // Most of a log is something else, and need not be understood.
        let marked = entry.payload.windows(MARK.len()).any(|bytes| bytes == MARK);
        let Some(envelope) = marked.then(|| Envelope::decode(&entry.payload).ok()).flatten() else { continue };
        if let (Source::Server, Event::AuditSealed(sealed)) = (envelope.source, envelope.event) {
            heads.insert(i64::try_from(sealed.rows)?, sealed.head);
        }
    }
    Ok(heads)
}

const MARK: &[u8] = b"AuditSealed";
