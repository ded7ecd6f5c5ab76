//! One worker a webhook, so that none holds up another; and who looks after them, in the process that relays.

use super::{
    rules::{Disabled, State, Webhook, pause_ms},
    send::Attempt,
    store::{self, Delivery, Health},
};
use crate::{
    Feed,
    message::{Filter, Message},
};
use anyhow::Context;
use app::Stop;
use eventlog::{ReadError, Subscription};
use events::Millis;
use futures_util::{StreamExt, stream};
use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, sleep_until},
};
use tracing::{Instrument, debug_span, error, field::Empty, info, warn};
use uuid::Uuid;

/// Requests to one address at once.
const AT_ONCE: usize = 8;
/// Deliveries of one round, which are written down together.
const ROUND: usize = 32;
/// With so many waiting a webhook goes on with what is new only when some of them arrived.
const MOST_WAITING: u64 = 100;
/// Without being told, a worker looks so often whether something has changed.
const LOOK: Duration = Duration::from_secs(5);
const FORGET_EVERY: Duration = Duration::from_secs(3_600);
const DELIVERED_KEPT_MS: i64 = 7 * 86_400_000;

/// A delivery that was not tried yet.
pub(super) fn fresh(webhook: Uuid, position: u64, message: &Message, now: Millis) -> Delivery {
    Delivery {
        id: Uuid::now_v7(),
        webhook,
        position,
        event_id: message.id.clone(),
        event: message.kind.clone(),
        state: State::Waiting,
        attempts: 0,
        next_at: None,
        status: None,
        failure: None,
        answer: String::new(),
        took_ms: 0,
        created_at: now,
        attempted_at: now,
    }
}

/// What came of an attempt, written into its delivery.
pub(super) fn note(delivery: &mut Delivery, attempt: Attempt, state: State, next_at: Option<Millis>, now: Millis) {
    delivery.attempts = delivery.attempts.saturating_add(1);
    delivery.state = state;
    delivery.next_at = next_at;
    delivery.status = attempt.status;
    delivery.failure = attempt.failure.map(str::to_owned);
    delivery.answer = attempt.answer;
    delivery.took_ms = attempt.took_ms;
    delivery.attempted_at = now;
}

impl Feed {
    /// Delivers to every webhook until `stop`, as long as this process is the one that relays.
    pub(crate) async fn deliver(self, stop: Stop) -> anyhow::Result<()> {
        let mut relays = self.app().store.relays();
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                elected = relays.wait_for(|relays| *relays) => drop(elected.context("waiting to be the one that delivers")?),
            }
            let term = stop.child_token();
            let mut workers: HashMap<Uuid, JoinHandle<()>> = HashMap::new();
            let mut changes = self.webhooks().changes.subscribe();
            let mut forgot: Option<Instant> = None;
            while *relays.borrow() && !stop.is_cancelled() {
                if let Err(error) = self.hire(&mut workers, &term).await {
                    error!("the webhooks were not read: {error:#}");
                }
                if forgot.is_none_or(|at| at.elapsed() >= FORGET_EVERY) {
                    forgot = Some(Instant::now());
                    if let Err(error) = self.forget().await {
                        warn!("old deliveries were not forgotten: {error:#}");
                    }
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    _ = relays.changed() => {}
                    _ = changes.changed() => {}
                    () = sleep(LOOK) => {}
                }
            }
            term.cancel();
            for (_, worker) in workers {
                let _ = worker.await;
            }
        }
    }

    /// A worker for each enabled webhook that has none.
    async fn hire(&self, workers: &mut HashMap<Uuid, JoinHandle<()>>, term: &Stop) -> anyhow::Result<()> {
        workers.retain(|_, worker| !worker.is_finished());
        for id in store::enabled(self.app().store.read()).await? {
            workers.entry(id).or_insert_with(|| {
                let (feed, term) = (self.clone(), term.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        () = term.cancelled() => {}
                        worked = Worker::work(feed, id) => if let Err(error) = worked {
                            error!(webhook.id = %id, "the webhook `{id}` stands still for a moment: {error:#}");
                            sleep(Duration::from_secs(1)).await;
                        },
                    }
                })
            });
        }
        Ok(())
    }

    async fn forget(&self) -> anyhow::Result<()> {
        let now = self.app().now();
        let dead = now.plus_ms(-i64::from(self.settings().keep_days) * 86_400_000);
        let tx = self.app().store.begin().await?;
        store::forget(tx.db(), now.plus_ms(-DELIVERED_KEPT_MS), dead).await?;
        tx.commit().await
    }
}

struct Worker {
    feed: Feed,
    webhook: Webhook,
    filter: Filter,
    subscription: Subscription,
    /// What is new and for this webhook.
    queue: VecDeque<(u64, Message)>,
    /// How far the log was looked at.
    looked: u64,
}

impl Worker {
    /// Until the webhook is disabled or removed, or stands somewhere else than it was left.
    async fn work(feed: Feed, id: Uuid) -> anyhow::Result<()> {
        let mut changes = feed.webhooks().changes.subscribe();
        let Some(webhook) = Self::load(&feed, id).await? else { return Ok(()) };
        let mut worker = Self::at(feed, webhook);
        loop {
            changes.borrow_and_update();
            let Some(webhook) = Self::load(&worker.feed, id).await? else { return Ok(()) };
            if webhook.position != worker.webhook.position {
                return Ok(());
            }
            let same = webhook.events == worker.webhook.events && webhook.masked == worker.webhook.masked;
            worker.webhook = webhook;
            if !same {
                worker = Self::at(worker.feed, worker.webhook);
            }
            let (app, here) = (worker.feed.app().clone(), worker.webhook.position);
            let due = store::due(app.store.read(), id, app.now(), ROUND as u64).await?;
            if !due.is_empty() {
                let told = worker.tell_again(due).await?;
                if !worker.write(told, here).await? {
                    return Ok(());
                }
                continue;
            }
            let (waiting, next) = store::waiting_count(app.store.read(), id).await?;
            if !worker.queue.is_empty() && waiting < MOST_WAITING {
                let some: Vec<(u64, Message)> = worker.queue.drain(..worker.queue.len().min(ROUND)).collect();
                let last = some.last().map_or(here, |(position, _)| *position);
                let reached = if worker.queue.is_empty() { worker.looked } else { last };
                let told = worker.tell(some).await;
                if !worker.write(told, reached).await? {
                    return Ok(());
                }
                continue;
            }
            let pause = next.map_or(LOOK, |at| Duration::from_millis(at.since(app.now()).max(10) as u64).min(LOOK));
            let until = Instant::now() + pause;
            let look = worker.queue.is_empty();
            loop {
                tokio::select! {
                    _ = changes.changed() => break,
                    () = sleep_until(until) => break,
                    batch = worker.subscription.next(), if look => match batch {
                        Ok(batch) => {
                            worker.looked = batch.entries.last().map_or(worker.looked, |entry| entry.position);
                            let messages =
                                batch.entries.iter().filter_map(|entry| Some((entry.position, worker.filter.message(entry)?)));
                            worker.queue.extend(messages);
                            if !worker.queue.is_empty() {
                                break;
                            }
                        }
                        Err(ReadError::Closed) => return Ok(()),
                        Err(error) => return Err(error).context("reading the log"),
                    },
                }
            }
            // Nothing for it: noted now and then, so that a start has not far to look.
            if look
                && worker.queue.is_empty()
                && worker.looked > here
                && !worker.write(Vec::new(), worker.looked).await?
            {
                return Ok(());
            }
        }
    }

    async fn load(feed: &Feed, id: Uuid) -> anyhow::Result<Option<Webhook>> {
        Ok(store::find_any(feed.app().store.read(), id).await?.filter(|webhook| webhook.enabled))
    }

    fn at(feed: Feed, webhook: Webhook) -> Self {
        let log = &feed.app().log;
        let from = (webhook.position + 1).max(log.first());
        Self {
            filter: Filter {
                scope: webhook.scope(),
                mask: webhook.mask(),
                names: webhook.events.clone(),
                broadcast: None,
            },
            subscription: log.subscribe(from),
            queue: VecDeque::new(),
            looked: webhook.position,
            webhook,
            feed,
        }
    }

    async fn tell(&self, messages: Vec<(u64, Message)>) -> Vec<Delivery> {
        let now = self.feed.app().now();
        let deliveries = messages
            .iter()
            .map(|(position, message)| (fresh(self.webhook.id, *position, message, now), message.json()));
        self.all(deliveries.collect()).await
    }

    async fn tell_again(&self, due: Vec<Delivery>) -> anyhow::Result<Vec<Delivery>> {
        let (log, filter) = (self.feed.app().log.clone(), Filter { names: None, ..self.filter.clone() });
        let read = tokio::task::spawn_blocking(move || {
            let message = |delivery: &Delivery| {
                let entry = log.read(delivery.position).next()?.ok()?;
                filter.message(&entry).filter(|message| message.id == delivery.event_id)
            };
            due.into_iter().map(|delivery| (message(&delivery), delivery)).collect::<Vec<_>>()
        });
        let (mut told, mut known) = (Vec::new(), Vec::new());
        for (message, mut delivery) in read.await? {
            match message {
                Some(message) => known.push((delivery, message.json())),
                None => {
                    let gone = Attempt { failure: Some("event_gone"), ..Attempt::default() };
                    note(&mut delivery, gone, State::Dead, None, self.feed.app().now());
                    told.push(delivery);
                }
            }
        }
        told.extend(self.all(known).await);
        Ok(told)
    }

    async fn all(&self, deliveries: Vec<(Delivery, String)>) -> Vec<Delivery> {
        stream::iter(deliveries)
            .map(|(delivery, body)| self.one(delivery, body))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await
    }

    async fn one(&self, mut delivery: Delivery, body: String) -> Delivery {
        let span = debug_span!(target: "trace", parent: None, "webhook", otel.kind = "client", webhook.id = %self.webhook.id,
            event = delivery.event, event.id = delivery.event_id, attempt = delivery.attempts + 1,
            http.response.status_code = Empty, failure = Empty);
        let attempt = self.feed.send(&self.webhook, &delivery.event_id, &body).instrument(span.clone()).await;
        span.record("http.response.status_code", attempt.status);
        span.record("failure", attempt.failure);
        let now = self.feed.app().now();
        let retry_s = &self.feed.settings().retry_s;
        let pause = pause_ms(retry_s, delivery.attempts.saturating_add(1), attempt.retry_after_s, rand::random());
        let (state, next) = match (attempt.failure, pause) {
            (None, _) => (State::Delivered, None),
            (Some("gone"), _) | (Some(_), None) => (State::Dead, None),
            (Some(_), Some(pause)) => (State::Waiting, Some(now.plus_ms(pause))),
        };
        note(&mut delivery, attempt, state, next, now);
        delivery
    }

    /// Writes down what became of deliveries, and how far the webhook came. False when it is not there any more, or not there where it was.
    async fn write(&mut self, told: Vec<Delivery>, reached: u64) -> anyhow::Result<bool> {
        let (app, id, here) = (self.feed.app(), self.webhook.id, self.webhook.position);
        let tx = app.store.begin().await?;
        tx.take_turns(&turn(id)).await?;
        let Some(now) = store::find_any(tx.db(), id).await? else { return Ok(false) };
        if reached != here && !store::advance(tx.db(), id, here, reached).await? {
            return Ok(false);
        }
        store::keep(tx.db(), &told).await?;
        let health = health(&told, now.failing_since, i64::from(self.feed.settings().give_up_s) * 1_000);
        for health in &health {
            store::note_health(tx.db(), id, *health).await?;
        }
        tx.commit().await?;
        self.webhook.position = reached;
        if let Some(Health::Off(reason)) = health.last() {
            metrics::counter!("kaibo_webhooks_disabled_total", "reason" => reason.as_str()).increment(1);
            info!(webhook.id = %id, "the webhook `{id}` was disabled: {}", reason.as_str());
        }
        Ok(true)
    }
}

/// Who changes a webhook, or what is known of it, does so one after the other.
pub(super) fn turn(id: Uuid) -> String {
    format!("feed webhook {id}")
}

/// What a round of deliveries says about the webhook.
fn health(told: &[Delivery], failing_since: Option<Millis>, give_up_ms: i64) -> Vec<Health> {
    let tried = || told.iter().filter(|delivery| delivery.failure.as_deref() != Some("event_gone"));
    let Some(last) = tried().map(|delivery| delivery.attempted_at).max() else { return Vec::new() };
    if tried().any(|delivery| delivery.failure.as_deref() == Some("gone")) {
        return vec![Health::Off(Disabled::Gone)];
    }
    if tried().any(|delivery| delivery.state == State::Delivered) {
        return vec![Health::Good(last)];
    }
    let since = failing_since.unwrap_or(last);
    let mut health = vec![Health::Failing(since)];
    if last.since(since) >= give_up_ms {
        health.push(Health::Off(Disabled::Failing));
    }
    health
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(state: State, failure: Option<&str>, at: i64) -> Delivery {
        Delivery {
            id: Uuid::nil(),
            webhook: Uuid::nil(),
            position: 1,
            event_id: String::new(),
            event: String::new(),
            state,
            attempts: 1,
            next_at: None,
            status: None,
            failure: failure.map(str::to_owned),
            answer: String::new(),
            took_ms: 0,
            created_at: Millis(0),
            attempted_at: Millis(at),
        }
    }

    #[test]
    fn one_that_arrives_makes_a_webhook_good() {
        let round = [told(State::Waiting, Some("status"), 5), told(State::Delivered, None, 7)];
        assert_eq!(health(&round, Some(Millis(1)), 1), [Health::Good(Millis(7))]);
    }

    #[test]
    fn who_fails_for_days_is_disabled() {
        let round = [told(State::Waiting, Some("timeout"), 100)];
        assert_eq!(health(&round, None, 50), [Health::Failing(Millis(100))]);
        assert_eq!(health(&round, Some(Millis(60)), 50), [Health::Failing(Millis(60))]);
        let off = [Health::Failing(Millis(50)), Health::Off(Disabled::Failing)];
        assert_eq!(health(&round, Some(Millis(50)), 50), off);
    }

    #[test]
    fn who_says_gone_is_disabled_and_a_lost_event_says_nothing() {
        let gone = [told(State::Delivered, None, 1), told(State::Dead, Some("gone"), 2)];
        assert_eq!(health(&gone, None, 50), [Health::Off(Disabled::Gone)]);
        assert_eq!(health(&[told(State::Dead, Some("event_gone"), 2)], None, 0), []);
        assert_eq!(health(&[], None, 0), []);
    }
}
