//! Frames of findings, kept as files: `patrol/<finding>.jpg` in the data folder.

use super::store;
use crate::Patrol;
use app::Stop;
use std::{path::PathBuf, time::Duration};
use uuid::Uuid;

const DAY_MS: i64 = 86_400_000;
const EVERY: Duration = Duration::from_secs(3_600);
const AT_ONCE: u64 = 200;

pub fn path(patrol: &Patrol, finding: Uuid) -> PathBuf {
    patrol.app().data_dir.join("patrol").join(format!("{finding}.jpg"))
}

/// Whether it is on the disk. A finding without its picture is better than none.
pub async fn keep(patrol: &Patrol, finding: Uuid, jpeg: &[u8]) -> bool {
    let path = path(patrol, finding);
    let write = async {
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        tokio::fs::write(&path, jpeg).await
    };
    let written: std::io::Result<()> = write.await;
    if let Err(error) = &written {
        tracing::error!("the picture of the finding `{finding}` is not kept: {error}");
    }
    written.is_ok()
}

/// Lets old evidence go, except of shows that are held.
pub async fn clean(patrol: Patrol, stop: Stop) -> anyhow::Result<()> {
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = tick.tick() => {}
        }
        if let Err(error) = clean_once(&patrol).await {
            tracing::error!("old evidence of the patrol stays for now: {error:#}");
        }
    }
}

async fn clean_once(patrol: &Patrol) -> anyhow::Result<()> {
    let days = i64::from(patrol.settings().evidence_days);
    if days == 0 {
        return Ok(());
    }
    let (app, before) = (patrol.app(), patrol.app().now().plus_ms(-days.saturating_mul(DAY_MS)));
    loop {
        let held = patrol.streams().held().await?;
        let old = store::with_old_evidence(app.store.read(), before, &held, AT_ONCE).await?;
        for finding in &old {
            match tokio::fs::remove_file(path(patrol, *finding)).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        if !old.is_empty() {
            let tx = app.store.begin().await?;
            store::without_evidence(tx.db(), &old).await?;
            tx.commit().await?;
        }
        if (old.len() as u64) < AT_ONCE {
            return Ok(());
        }
    }
}
