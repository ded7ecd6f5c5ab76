//! Asks providers about what was submitted, some organisations side by side and each one after the other, until there is an answer
//! or it was asked often enough. A question that was cut off is asked again as the same question.

use super::{
    Check, CheckState, NAME, Provider,
    call::{Caller, Question},
    rules::{self, Answer, Breaker},
    store,
};
use crate::{
    Standing, blacklist,
    hosts::{self, Host, HostState, told},
    identity::{self, Identity, IdentityKind},
    settings,
};
use anyhow::Context;
use app::{Scope, Stop};
use events::{Millis, OrgId};
use parking_lot::Mutex;
use serde_json::json;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};
use tokio::{sync::Notify, task::JoinSet};

const LOOK: Duration = Duration::from_secs(1);
/// Looked at in one round.
const AT_ONCE: u64 = 200;
/// Of one organisation in one round, so that a slow provider holds up nobody else's for long.
const OF_EACH: usize = 4;

/// Who is asked, and how it went lately.
#[derive(Clone, Default)]
pub struct Desk(Arc<Parts>);

#[derive(Default)]
struct Parts {
    caller: Caller,
    breakers: Mutex<HashMap<OrgId, Breaker>>,
    /// Something was submitted.
    wake: Notify,
}

impl Desk {
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Until when an organisation's provider is left in peace.
    pub fn rests_until(&self, org: OrgId, now: Millis) -> Option<Millis> {
        self.0.breakers.lock().get(&org)?.rests_until(now)
    }

    fn resting(&self, now: Millis) -> Vec<OrgId> {
        let breakers = self.0.breakers.lock();
        breakers.iter().filter(|(_, breaker)| breaker.rests_until(now).is_some()).map(|(org, _)| *org).collect()
    }

    /// Whatever it did before, another one is entered.
    pub fn reset(&self, org: OrgId) {
        self.0.breakers.lock().remove(&org);
    }
}

pub async fn run(standing: Standing, stop: Stop) -> anyhow::Result<()> {
    let desk = standing.desk().clone();
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => break,
            done = round(&standing) => if let Err(error) = done {
                tracing::warn!("providers of real names could not be asked: {error:#}");
            },
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = desk.0.wake.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    Ok(())
}

async fn round(standing: &Standing) -> anyhow::Result<()> {
    let app = standing.app();
    let mut of_orgs: BTreeMap<OrgId, Vec<Check>> = BTreeMap::new();
    let (now, desk) = (app.now(), standing.desk());
    for check in store::due(app.store.read(), now, &desk.resting(now), AT_ONCE).await? {
        of_orgs.entry(check.org).or_default().push(check);
    }
    // They end with this round when the program stops.
    let mut asking = JoinSet::new();
    for (org, checks) in of_orgs {
        let standing = standing.clone();
        asking.spawn(async move {
            for check in checks.into_iter().take(OF_EACH) {
                if let Err(error) = one(&standing, &check).await {
                    tracing::warn!(host.id = %check.host, "asking about host `{}` failed: {error:#}", check.host);
                }
                if standing.desk().rests_until(org, standing.app().now()).is_some() {
                    break;
                }
            }
        });
    }
    while let Some(done) = asking.join_next().await {
        done.context("asking a provider")?;
    }
    Ok(())
}

/// Asks once about one.
async fn one(standing: &Standing, check: &Check) -> anyhow::Result<()> {
    let app = standing.app();
    let (settings, now) = (standing.provider_settings(), app.now());
    let provider = store::of(app.store.read(), check.org).await?.filter(|provider| provider.enabled);
    let (Some(provider), Some((_, identity))) = (provider, submitted(standing, check).await?) else {
        let tx = app.store.begin().await?;
        store::drop_it(tx.db(), check.id).await?;
        return tx.commit().await;
    };
    let attempts = check.attempts + 1;
    let next = rules::again(&settings.retry_s, attempts, now);
    // A program that ends in the middle asks again, though it was the last time.
    let tx = app.store.begin().await?;
    let taken = store::take(tx.db(), check, next.unwrap_or_else(|| now.plus_ms(60_000))).await?;
    tx.commit().await?;
    if !taken {
        return Ok(());
    }
    let desk = standing.desk();
    let asked = match provider.secret(&app.keys) {
        Ok(secret) => {
            let question = Question {
                url: &provider.url,
                auth: provider.auth,
                secret: &secret,
                id: check.id,
                name: &identity.name,
                number: identity.number(),
                now,
            };
            desk.0.caller.ask(settings, &question).await
        }
        Err(error) => {
            tracing::error!("the secret of a provider of real names has to be entered anew: {error:#}");
            Err("bad_secret")
        }
    };
    match asked {
        Ok(answer) => {
            desk.0.breakers.lock().entry(check.org).or_default().answered();
            metrics::counter!("kaibo_standing_checks_total", "result" => answer.state.as_str()).increment(1);
            settle(standing, check, &provider, answer).await
        }
        Err(failure) => {
            let (trip_after, rest_s) = (settings.trip_after, settings.rest_s);
            desk.0.breakers.lock().entry(check.org).or_default().failed(app.now(), trip_after, rest_s);
            metrics::counter!("kaibo_standing_checks_total", "result" => "failed").increment(1);
            tracing::warn!(host.id = %check.host, failure, "the provider did not answer about host `{}`", check.host);
            let tx = app.store.begin().await?;
            store::failed(tx.db(), check.id, failure, next.is_none()).await?;
            tx.commit().await
        }
    }
}

/// The host as it was submitted, and who it is said to be; none when that is not so any more, or no identity card.
async fn submitted(standing: &Standing, check: &Check) -> anyhow::Result<Option<(Host, Identity)>> {
    let app = standing.app();
    let host = hosts::store::find(app.store.read(), Scope::whole(check.org), check.host).await?;
    let Some(host) = host.filter(|host| is_still(host, check, app.now())) else { return Ok(None) };
    // What another installation sealed nobody can ask about.
    let identity = host.identity(&app.keys).inspect_err(|error| tracing::error!(host.id = %check.host, "{error:#}"));
    let identity = identity.ok().flatten().filter(|identity| identity.kind() == IdentityKind::IdCard);
    Ok(identity.map(|identity| (host, identity)))
}

fn is_still(host: &Host, check: &Check, now: Millis) -> bool {
    host.state(now) == HostState::Submitted && host.submitted_at == Some(check.submitted_at)
}

/// Keeps the answer, and decides by it where that is the organisation's wish.
async fn settle(standing: &Standing, check: &Check, provider: &Provider, answer: Answer) -> anyhow::Result<()> {
    let app = standing.app();
    let (now, org) = (app.now(), check.org);
    let tx = app.store.begin().await?;
    tx.take_turns("standing_identities").await?;
    let host = hosts::store::find(tx.db(), Scope::whole(org), check.host).await?;
    let Some(host) = host.filter(|host| is_still(host, check, now)) else {
        store::drop_it(tx.db(), check.id).await?;
        return tx.commit().await;
    };
    if !store::answer(tx.db(), check.id, &answer, now).await? {
        return Ok(());
    }
    let listed = match &host.digest {
        Some(digest) => blacklist::store::in_force(tx.db(), org, digest, now).await?.is_some(),
        None => false,
    };
    // Whom the organisation keeps away by now nobody verifies; that is for people to see.
    let verified = answer.state == CheckState::Match && !provider.with_person && !listed;
    let refused = answer.state == CheckState::Mismatch;
    if verified || refused {
        let valid_days = settings::store::of(tx.db(), org).await?.valid_days;
        let expires_at = verified.then(|| identity::expiry(now, valid_days));
        let note = format!("{} {}", answer.state.as_str(), answer.reference);
        if hosts::store::decide(tx.db(), &host, expires_at, &note, NAME, now).await? {
            tx.emit(told(&host, if verified { "verified" } else { "refused" }, NAME, now)).await?;
        }
    }
    let after = json!({"result": answer.state.as_str(), "reference": answer.reference, "request": check.id});
    accounts::note_program(&tx, org, NAME, "host_checked", &check.host.to_string(), after, now).await?;
    tx.commit().await
}
