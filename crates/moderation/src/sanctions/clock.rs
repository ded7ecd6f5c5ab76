//! What time does by itself: sanctions that are over are said to be, and who waits too long for an appeal's decision is let go meanwhile.

use super::{SanctionState, desk, store};
use crate::{Moderation, appeals};
use app::Stop;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(2);
/// With one commit.
const AT_ONCE: u64 = 500;

/// Runs until the program stops. Bars end by themselves; this says so.
pub async fn run(moderation: Moderation, stop: Stop) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = expire(&moderation).await {
            tracing::warn!("sanctions whose time is over could not be ended: {error:#}");
        }
        if let Err(error) = suspend(&moderation).await {
            tracing::warn!("sanctions whose appeals are overdue could not be suspended: {error:#}");
        }
        moderation.bars().tidy(moderation.app().now());
    }
}

async fn expire(moderation: &Moderation) -> anyhow::Result<()> {
    let app = moderation.app();
    let now = app.now();
    if store::over(app.store.read(), now, 1).await?.is_empty() {
        return Ok(());
    }
    let _turn = moderation.bars().turn.lock().await;
    let tx = app.store.begin().await?;
    tx.take_turns(desk::TURN).await?;
    let mut over = store::over(tx.db(), now, AT_ONCE).await?;
    for sanction in &mut over {
        desk::change(&tx, sanction, SanctionState::Expired, "", None, now).await?;
    }
    tx.commit().await?;
    over.iter().for_each(|sanction| moderation.bars().put(sanction));
    Ok(())
}

async fn suspend(moderation: &Moderation) -> anyhow::Result<()> {
    let app = moderation.app();
    let now = app.now();
    if appeals::store::overdue(app.store.read(), now, 1).await?.is_empty() {
        return Ok(());
    }
    let _turn = moderation.bars().turn.lock().await;
    let tx = app.store.begin().await?;
    tx.take_turns(desk::TURN).await?;
    let mut suspended = Vec::new();
    for appeal in appeals::store::overdue(tx.db(), now, AT_ONCE).await? {
        appeals::store::set_late(tx.db(), appeal.id).await?;
        let Some(mut sanction) = store::find_any(tx.db(), appeal.sanction).await? else { continue };
        if sanction.state == SanctionState::Active
            && desk::change(&tx, &mut sanction, SanctionState::Suspended, "", None, now).await?
        {
            suspended.push(sanction);
        }
    }
    tx.commit().await?;
    suspended.iter().for_each(|sanction| moderation.bars().put(sanction));
    Ok(())
}
