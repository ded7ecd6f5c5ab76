//! Follows the event log: what was sanctioned, rejected or overturned asks for retraining by the rules of its organisation.

use super::{
    RetrainingRule, Trigger,
    store::{self, Assignment, Cause},
};
use crate::{
    Handbook,
    exams::rules::DAY_MS,
    staff,
    store::{Item, all},
};
use ::store::Tx;
use app::{Reaction, Scope};
use events::{DanmakuReviewed, Envelope, Event, Millis, ReviewOutcome, SanctionChanged, Sanctioned, Source};
use uuid::Uuid;

/// The reaction's name, under which its progress is known.
pub const NAME: &str = "handbook";
const EVENTS: [&str; 3] = ["\"Sanctioned\"", "\"SanctionChanged\"", "\"DanmakuReviewed\""];
/// Appeals are decided later than this only in exceptions; what is older asks for nothing.
const LOOKED_BACK_MS: i64 = 90 * DAY_MS;
const HOUR_MS: i64 = 3_600_000;

pub fn reaction(handbook: Handbook) -> Reaction {
    Reaction::new(NAME, move |batch| {
        let handbook = handbook.clone();
        async move {
            let ours =
                |payload: &[u8]| EVENTS.iter().any(|name| memchr::memmem::find(payload, name.as_bytes()).is_some());
            for entry in batch.entries.iter().filter(|entry| ours(&entry.payload)) {
                let Ok(envelope) = Envelope::decode(&entry.payload) else { continue };
                if envelope.source == Source::Server {
                    follow(&handbook, entry.position, envelope).await?;
                }
            }
            Ok(())
        }
    })
}

async fn follow(handbook: &Handbook, position: u64, envelope: Envelope) -> anyhow::Result<()> {
    let app = handbook.app();
    let Envelope { org, team, room, viewer, occurred_at: at, event, .. } = envelope;
    let cause = |cause: String, kind: &str, clause: String, by: String| Cause {
        org,
        cause,
        kind: kind.to_owned(),
        team,
        room,
        clause,
        by,
        position,
        at,
    };
    let tx = app.store.begin().await?;
    match event {
        Event::Sanctioned(Sanctioned { sanction, clause, by, .. }) => {
            let kind = if viewer.is_none() { "sanction" } else { "sanction_of_viewer" };
            let cause = cause(format!("sanction {sanction}"), kind, clause, by);
            store::note(tx.db(), &cause).await?;
            if viewer.is_none() {
                ask(handbook, &tx, Trigger::RoomSanctioned, &cause).await?;
            }
        }
        Event::SanctionChanged(SanctionChanged { sanction, state, .. }) if state == "reversed" => {
            let reversed = format!("sanction {sanction}");
            store::dismiss(tx.db(), org, &reversed, at).await?;
            if let Some(first) = store::find_cause(tx.db(), org, &reversed).await? {
                let overturned =
                    Cause { cause: format!("overturned {reversed}"), kind: "overturned".into(), position, at, ..first };
                store::note(tx.db(), &overturned).await?;
                ask(handbook, &tx, Trigger::Overturned, &overturned).await?;
            }
        }
        Event::DanmakuReviewed(DanmakuReviewed { position: of, outcome, clause, by, .. }) => {
            let kind = if outcome == ReviewOutcome::Reject { "verdict_reject" } else { "verdict_pass" };
            let verdict = cause(format!("verdict {of}"), kind, clause.unwrap_or_default(), by);
            match store::find_cause(tx.db(), org, &verdict.cause).await? {
                // The first verdict about it, or the same record again.
                None => {
                    store::note(tx.db(), &verdict).await?;
                    if outcome == ReviewOutcome::Reject {
                        ask(handbook, &tx, Trigger::DanmakuRejected, &verdict).await?;
                    }
                }
                Some(first) if first.position < position && first.kind != verdict.kind && first.by != verdict.by => {
                    store::dismiss(tx.db(), org, &verdict.cause, at).await?;
                    let name = format!("overturned {}", verdict.cause);
                    let overturned = Cause { cause: name, kind: "overturned".into(), position, at, ..first };
                    store::note(tx.db(), &overturned).await?;
                    ask(handbook, &tx, Trigger::Overturned, &overturned).await?;
                }
                Some(_) => {}
            }
        }
        _ => return Ok(()),
    }
    tx.commit().await
}

/// Assigns what the rules ask for after something happened.
async fn ask(handbook: &Handbook, tx: &Tx, trigger: Trigger, cause: &Cause) -> anyhow::Result<()> {
    let app = handbook.app();
    let (db, now) = (tx.db(), app.now());
    // An old log read again, as after a move, asks nobody for what was long ago.
    if cause.at.0 < now.0 - LOOKED_BACK_MS {
        return Ok(());
    }
    let rules: Vec<Item<RetrainingRule>> = all(db, cause.org).await?;
    for Item { code, body: rule, .. } in rules.into_iter().filter(|item| item.body.concerns(trigger, &cause.clause)) {
        let since = Millis(cause.at.0 - i64::from(rule.hours) * HOUR_MS);
        let count = store::count_like(db, cause, rule.clauses.is_empty(), since).await?;
        // With every further one of `count` again, not with each that follows.
        if rule.count > 1 && (count == 0 || !count.is_multiple_of(u64::from(rule.count))) {
            continue;
        }
        let members = match (trigger, cause.team) {
            (Trigger::Overturned, _) => {
                let all = staff::within(db, Scope::whole(cause.org)).await?;
                all.into_iter().filter(|member| member.login == cause.by).collect()
            }
            (_, Some(team)) => staff::within(db, Scope::of_team(cause.org, team)).await?,
            (_, None) => Vec::new(),
        };
        let asked = |role: &str| rule.roles.is_empty() || rule.roles.iter().any(|one| one == role);
        for member in members.into_iter().filter(|member| asked(&member.role)) {
            let assignment = Assignment {
                id: Uuid::now_v7(),
                org: cause.org,
                staff: member.staff,
                rule: code.clone(),
                cause: cause.cause.clone(),
                exam: rule.exam.clone(),
                articles: rule.articles.clone(),
                reason: trigger,
                clause: cause.clause.clone(),
                room: cause.room,
                position: cause.position,
                assigned_at: now,
                due_at: Millis(now.0 + i64::from(rule.due_days) * DAY_MS),
                done_at: None,
                dismissed_at: None,
            };
            if store::assign(db, &assignment).await? {
                metrics::counter!("kaibo_retraining_assigned_total").increment(1);
            }
        }
    }
    Ok(())
}

/// Lets go of what no rule looks back at.
pub async fn forget(handbook: &Handbook) -> anyhow::Result<()> {
    let app = handbook.app();
    let tx = app.store.begin().await?;
    store::forget(tx.db(), Millis(app.now().0 - LOOKED_BACK_MS)).await?;
    tx.commit().await
}
