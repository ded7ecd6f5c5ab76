//! Seals finished days: their heads go into the event log, which whoever changes the database does not have in hand.

use super::{
    rules::{Head, day_of},
    store,
    store_verify::{Note, Noted, Whence},
};
use app::{App, Stop};
use events::{Envelope, Event, LedgerSealed, Source};
use std::time::Duration;

const LOOK: Duration = Duration::from_secs(600);

/// Until the program stops.
pub async fn daily(app: App, stop: Stop) -> anyhow::Result<()> {
    loop {
        match seal(&app).await {
            Ok(0) => {}
            Ok(days) => tracing::info!(days, "sealed {days} days of the ledger"),
            Err(error) => {
                metrics::counter!("kaibo_moderation_ledger_failures_total").increment(1);
                tracing::error!("days of the ledger could not be sealed: {error:#}");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Seals what is due; how many days that were.
pub async fn seal(app: &App) -> anyhow::Result<usize> {
    let mut sealed = 0;
    for org in store::unsealed(app.store.read(), &day_of(app.now())).await? {
        let tx = app.store.begin().await?;
        let now = app.now();
        let heads = store::seal(&tx, org, now).await?;
        for head in &heads {
            let Head { last, hash, day, .. } = head.clone();
            let told = Event::LedgerSealed(LedgerSealed { rows: last.max(0) as u64, head: hash, day });
            tx.emit(Envelope::new(now, Source::Server, org, told)).await?;
        }
        tx.commit().await?;
        sealed += heads.len();
    }
    Ok(sealed)
}

/// The heads that an event log was told of.
pub fn heads_in(log: &eventlog::EventLog) -> anyhow::Result<Noted> {
    let mut noted = Noted::default();
    for entry in log.read(log.first()) {
        let entry = entry?;
        // Most of a log is something else, and need not be understood.
        let marked = memchr::memmem::find(&entry.payload, b"LedgerSealed").is_some();
        let Some(envelope) = marked.then(|| Envelope::decode(&entry.payload).ok()).flatten() else { continue };
        if let (Source::Server, Event::LedgerSealed(sealed)) = (envelope.source, envelope.event) {
            let note = Note { day: sealed.day, hash: sealed.head, whence: Whence::EventLog };
            noted.add(envelope.org, i64::try_from(sealed.rows)?, note);
        }
    }
    Ok(noted)
}
