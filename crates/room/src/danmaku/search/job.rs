//! Indexes what was archived before there was an index, or while it was made otherwise.

use super::store;
use app::{App, Job};
use std::time::Duration;

const ROWS: u64 = 2_000;
/// Between two parts: everybody else writes, too.
const PAUSE: Duration = Duration::from_millis(20);
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(10);

pub fn job(app: App) -> Job {
    Job::new("danmaku-index", move |stop| async move {
        let mut total = 0;
        loop {
            let pause = match store::fill(&app.store, ROWS).await {
                Ok(0) => break,
                Ok(rows) => {
                    total += rows;
                    PAUSE
                }
                Err(error) => {
                    tracing::error!("danmaku were not indexed, trying again: {error:#}");
                    PAUSE_AFTER_FAILURE
                }
            };
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
        }
        if total > 0 {
            tracing::info!(total, "indexed {total} danmaku that were archived earlier");
        }
        // From here on the archive's own transactions add theirs. A job that ends would end the program.
        stop.cancelled().await;
        Ok(())
    })
}
