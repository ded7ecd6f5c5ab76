//! Lets go of what is old, a step at a time. Every step can be done again, so a program that died goes on where it was.

use super::{Age, Class, Held, Old, Run, rules::SLACK_MS, store};
use crate::{NAME, Privacy, holds};
use anyhow::{Context, ensure};
use app::{
    Stop,
    vault::{Doomed, Kept, beginning_of, period_of},
};
use events::{Envelope, Event, Millis, OrgId, RetentionApplied, Source};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// Things get a day older in a day; a look that finds nothing costs some counts.
const EVERY: Duration = Duration::from_secs(6 * 3_600);
const AGAIN: Duration = Duration::from_secs(60);
const FOLLOWING: Duration = Duration::from_secs(300);
const SCRUB_AGAIN: Duration = Duration::from_millis(500);
/// What the keys in the vault are called among what went.
pub const KEYS: &str = "keys";

/// Until the program stops, in the process that relays.
pub async fn daily(privacy: Privacy, stop: Stop) -> anyhow::Result<()> {
    let mut relays = privacy.app().store.relays();
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            elected = relays.wait_for(|relays| *relays) => drop(elected.context("waiting to be the one that forgets")?),
        }
        let seen = last_change(&privacy).await.ok();
        let pause = match tend(&privacy).await {
            Ok(()) => EVERY,
            Err(error) if stop.is_cancelled() => {
                tracing::info!("what is old goes on going at the next start: {error:#}");
                return Ok(());
            }
            Err(error) => {
                metrics::counter!("kaibo_retention_failures_total").increment(1);
                tracing::error!("letting go of what is old failed, trying again: {error:#}");
                AGAIN
            }
        };
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = rest(&privacy, seen, pause) => {}
        }
    }
}

/// Until it is time again, or somebody changed what is kept, in whichever process.
async fn rest(privacy: &Privacy, seen: Option<Change>, pause: Duration) {
    let until = Instant::now() + pause;
    while Instant::now() < until {
        tokio::select! {
            () = privacy.changed() => return,
            () = sleep(AGAIN) => {}
        }
        if last_change(privacy).await.is_ok_and(|now| Some(now) != seen) {
            return;
        }
    }
}

/// When a time was set, and when a hold was released.
type Change = (Option<Millis>, Option<Millis>);

async fn last_change(privacy: &Privacy) -> anyhow::Result<Change> {
    let db = privacy.app().store.read();
    Ok((store::last_set(db).await?, holds::store::last_release(db).await?))
}

/// Ends what was interrupted, and then does what is due.
async fn tend(privacy: &Privacy) -> anyhow::Result<()> {
    let app = privacy.app();
    // A log that is newer than the records may tell of holds they do not know.
    let told = app.progress.reached(NAME, app.log.last(), FOLLOWING).await;
    ensure!(told, "what the event log tells of holds is not known to its end");
    for run in store::unfinished(app.store.read()).await? {
        finish(privacy, run).await?;
    }
    for (org, class, days) in store::all_settings(app.store.read()).await? {
        let before = class.before(days, app.now());
        if look(privacy, org, class, before).await?.going.values().all(|old| old.count == 0) {
            continue;
        }
        let run = begun(Uuid::now_v7(), org, class, before, app.now());
        let tx = app.store.begin().await?;
        store::begin(tx.db(), &run).await?;
        tx.commit().await?;
        finish(privacy, run).await?;
    }
    metrics::gauge!("kaibo_retention_looked_at_seconds").set(app.now().0 as f64 / 1_000.0);
    Ok(())
}

fn begun(id: Uuid, org: OrgId, class: Class, before: Millis, began_at: Millis) -> Run {
    Run { id, org, class, before, began_at, gone: BTreeMap::new(), done_at: None }
}

/// Does a run, and tells of it with its end.
async fn finish(privacy: &Privacy, run: Run) -> anyhow::Result<()> {
    let run = let_go(privacy, run).await?;
    let (app, now) = (privacy.app(), privacy.app().now());
    let tx = app.store.begin().await?;
    if store::end(tx.db(), run.id, now).await? {
        let said = serde_json::json!({ "before_ms": run.before, "gone": run.gone });
        accounts::note_program(&tx, run.org, "retention", "retention_applied", run.class.as_str(), said, now).await?;
        let applied = RetentionApplied { class: run.class.to_string(), before: run.before, gone: run.gone.clone() };
        let event = Envelope::new(now, Source::Server, run.org, Event::RetentionApplied(applied));
        tx.emit(event.with_key(run.id.to_string())).await?;
    }
    tx.commit().await?;
    metrics::counter!("kaibo_retention_runs_total", "class" => run.class.as_str()).increment(1);
    tracing::info!(class = run.class.as_str(), "`{}` from before {} went: {:?}", run.class, run.before.0, run.gone);
    Ok(())
}

/// What the log says was done, done again in records that do not know: they are older than the log.
pub async fn again(privacy: &Privacy, id: Uuid, org: OrgId, applied: RetentionApplied) -> anyhow::Result<()> {
    let app = privacy.app();
    // A class of a later version is that one's business.
    let Ok(class) = applied.class.parse::<Class>() else { return Ok(()) };
    // An unfinished one is the job's.
    if store::find(app.store.read(), id).await?.is_some() {
        return Ok(());
    }
    let run = let_go(privacy, begun(id, org, class, applied.before, app.now())).await?;
    let tx = app.store.begin().await?;
    store::begin(tx.db(), &run).await?;
    store::end(tx.db(), id, app.now()).await?;
    tx.commit().await
}

async fn let_go(privacy: &Privacy, mut run: Run) -> anyhow::Result<Run> {
    let app = privacy.app();
    let position = position(privacy, run.before).await?;
    let mut tables = Vec::new();
    if run.class == Class::Words {
        tables.push("vault_keys");
        let (mut after, mut kept) = (None, None);
        loop {
            ensure!(!app.stop.is_cancelled(), "the program stops");
            // Whoever places a hold waits for the step that is being done.
            let _turn = privacy.turn().await;
            let kept = holds::kept(privacy, run.org, &mut kept).await?;
            let doomed = Doomed::Periods { org: run.org, before: period_of(run.before), kept };
            let (gone, last) = app.vault.destroy_some(&doomed, after).await?;
            add(privacy, &mut run, KEYS, gone).await?;
            after = last;
            if after.is_none() {
                break;
            }
        }
    }
    let class = run.class;
    for keeper in privacy.keepers().iter().filter(|keeper| keeper.class() == class) {
        tables.extend(keeper.tables());
        loop {
            ensure!(!app.stop.is_cancelled(), "the program stops");
            let _turn = privacy.turn().await;
            let held = holds::held(privacy, run.org).await?;
            let age = Age { org: run.org, before: run.before, position, held };
            let gone = keeper.forget(&age).await.with_context(|| format!("forgetting in `{}`", keeper.name()))?;
            add(privacy, &mut run, keeper.name(), gone).await?;
            if gone == 0 {
                break;
            }
        }
    }
    while !app.store.scrub(&tables).await? {
        ensure!(!app.stop.is_cancelled(), "stopped before everything was scrubbed; it is done at the next start");
        sleep(SCRUB_AGAIN).await;
    }
    Ok(run)
}

async fn add(privacy: &Privacy, run: &mut Run, name: &str, gone: u64) -> anyhow::Result<()> {
    *run.gone.entry(name.to_owned()).or_default() += gone;
    if gone == 0 {
        return Ok(());
    }
    metrics::counter!("kaibo_retention_gone_total", "class" => run.class.as_str()).increment(gone);
    let tx = privacy.app().store.begin().await?;
    store::note(tx.db(), run).await?;
    tx.commit().await
}

/// What would go, and what stays because it is held, by what holds it.
#[derive(Debug, Default)]
pub struct Look {
    pub going: BTreeMap<&'static str, Old>,
    pub held: BTreeMap<&'static str, u64>,
}

pub async fn look(privacy: &Privacy, org: OrgId, class: Class, before: Millis) -> anyhow::Result<Look> {
    let mut look = Look::default();
    let age = Age { org, before, position: position(privacy, before).await?, held: holds::held(privacy, org).await? };
    let is_held = !age.held.is_empty();
    if class == Class::Words {
        let keys = keys(privacy, &age).await?;
        if is_held {
            let all = Kept::default();
            let all = Doomed::Periods { org, before: period_of(before), kept: &all };
            let all = privacy.app().vault.count(&all).await?;
            look.held.insert(KEYS, all.saturating_sub(keys.count));
        }
        look.going.insert(KEYS, keys);
    }
    for keeper in privacy.keepers().iter().filter(|keeper| keeper.class() == class) {
        let old = keeper.old(&age).await?;
        if is_held {
            let all = keeper.old(&Age { held: Held::default(), ..age.clone() }).await?;
            look.held.insert(keeper.name(), all.count.saturating_sub(old.count));
        }
        look.going.insert(keeper.name(), old);
    }
    look.held.retain(|_, count| *count > 0);
    Ok(look)
}

async fn keys(privacy: &Privacy, age: &Age) -> anyhow::Result<Old> {
    let (vault, before) = (&privacy.app().vault, period_of(age.before));
    let mut kept = None;
    let kept = holds::kept(privacy, age.org, &mut kept).await?;
    let count = vault.count(&Doomed::Periods { org: age.org, before, kept }).await?;
    let oldest = if count > 0 { vault.oldest(age.org, before).await? } else { None };
    let newest = beginning_of(before).plus_ms(-1);
    Ok(Old { count, span: oldest.map(|oldest| (beginning_of(oldest), newest)) })
}

/// Behind everything in the log that came before then.
async fn position(privacy: &Privacy, before: Millis) -> anyhow::Result<u64> {
    let (log, at_ms) = (privacy.app().log.clone(), before.plus_ms(SLACK_MS).0.max(0) as u64);
    let position = tokio::task::spawn_blocking(move || log.position_at(at_ms)).await?;
    position.context("looking for a moment in the event log")
}

/// A preview's word that somebody saw what will go; good for a quarter of an hour.
pub fn token(privacy: &Privacy, org: OrgId, class: Class, days: u32) -> String {
    let until = privacy.app().now().plus_ms(CONFIRM_MS).0;
    format!("{until}.{}", signature(privacy, org, class, days, until))
}

/// Was a preview of this looked at lately?
pub fn is_confirmed(privacy: &Privacy, org: OrgId, class: Class, days: u32, confirm: &str) -> bool {
    let Some((until, said)) = confirm.split_once('.') else { return false };
    let Ok(until) = until.parse::<i64>() else { return false };
    let right = signature(privacy, org, class, days, until);
    privacy.app().now().0 < until && app::hash_of_secret(said) == app::hash_of_secret(&right)
}

const CONFIRM_MS: i64 = 15 * 60_000;

fn signature(privacy: &Privacy, org: OrgId, class: Class, days: u32, until: i64) -> String {
    let message = format!("{org} {class} {days} {until}");
    app::hash_of_bytes(&privacy.app().keys.sign("retention", message.as_bytes()))
}

/// How long a class is kept where nothing was set: none is for ever.
pub fn default_days(privacy: &Privacy, class: Class) -> Option<u32> {
    privacy.keepers().iter().filter(|keeper| keeper.class() == class).find_map(|keeper| keeper.most_days())
}
