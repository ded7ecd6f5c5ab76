//! Ends sittings whose time is over, also of those who never came back.

use crate::{Handbook, exams::http_sitting::finish, exams::store, retraining};
use app::Stop;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(5);
/// With every so many rounds.
const FORGETS: u64 = 720;
const AT_ONCE: u64 = 100;

pub async fn run(handbook: Handbook, stop: Stop) -> anyhow::Result<()> {
    let mut round: u64 = 0;
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(EVERY) => {}
        }
        if round.is_multiple_of(FORGETS)
            && let Err(error) = retraining::reactions::forget(&handbook).await
        {
            tracing::error!("forgetting what no rule of retraining looks back at failed, trying again: {error:#}");
        }
        round += 1;
        if let Err(error) = end_overdue(&handbook).await {
            tracing::error!("ending sittings whose time is over failed, trying again: {error:#}");
        }
    }
}

async fn end_overdue(handbook: &Handbook) -> anyhow::Result<()> {
    let app = handbook.app();
    for sitting in store::overdue(app.store.read(), app.now(), AT_ONCE).await? {
        let tx = app.store.begin().await?;
        tx.take_turns(&format!("handbook.{}.{}.{}", sitting.org, sitting.staff, sitting.exam)).await?;
        finish(&tx, &sitting, sitting.due_at).await?;
        tx.commit().await?;
    }
    Ok(())
}
