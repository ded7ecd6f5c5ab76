//! Webhooks 事件推送: what happens is sent to other people's addresses, signed by Standard Webhooks, at least once.
//!
//! The log is the queue. A webhook stands at a position; a worker of its own sends what lies behind it, several at a time, and
//! writes down what became of them together with the new position. A delivery that failed becomes a row that waits for its next
//! try, and the webhook goes on; with many waiting it does not go on before some of them arrived. Whoever is killed in between
//! has written nothing, and sends the same with the same id again.

pub(crate) mod http;
mod rules;
mod send;
mod store;
mod worker;

use crate::{Feed, message::Message};
use events::{Millis, OrgId, Source, Timestamp};
use rules::{State, Webhook};
use send::{Attempt, Letter, Sender};
use std::collections::HashMap;
use tokio::sync::watch;
use uuid::Uuid;

const PURPOSE: &str = "webhook secrets v1";
const FORGOTTEN_AT_ONCE: u64 = 1_000;

/// What all webhooks share.
pub(crate) struct Webhooks {
    sender: Sender,
    /// Counts what people changed, for the workers to look again.
    changes: watch::Sender<u64>,
}

impl Default for Webhooks {
    fn default() -> Self {
        Self { sender: Sender::default(), changes: watch::Sender::new(0) }
    }
}

impl Webhooks {
    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }
}

/// What webhooks have before them, and behind them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Events of the log that the slowest enabled webhook has not looked at.
    pub behind: u64,
    /// Dead letters of the last 24 h.
    pub dead: u64,
}

const DEAD_WITHIN_MS: i64 = 24 * 3_600_000;

impl Feed {
    /// How the webhooks are doing, for who watches the program.
    pub async fn backlog(&self) -> anyhow::Result<Backlog> {
        let app = self.app();
        let since = app.now().plus_ms(-DEAD_WITHIN_MS);
        let (slowest, dead) = store::backlog(app.store.read(), since).await?;
        Ok(Backlog { behind: slowest.map_or(0, |position| app.log.last().saturating_sub(position)), dead })
    }

    /// How long a letter that never arrived is kept in any case; one that did goes after a week.
    pub fn keep_days(&self) -> u32 {
        self.settings().keep_days
    }

    /// An organisation's deliveries from before a moment that are done with: how many, and the times of the first and the last.
    pub async fn old_deliveries(&self, org: OrgId, before: Millis) -> anyhow::Result<(u64, Option<(Millis, Millis)>)> {
        store::old(self.app().store.read(), org, before).await
    }

    /// Forgets some of them; how many, 0 when none is left.
    pub async fn forget_old(&self, org: OrgId, before: Millis) -> anyhow::Result<u64> {
        let tx = self.app().store.begin().await?;
        let gone = store::forget_old(tx.db(), org, before, FORGOTTEN_AT_ONCE).await?;
        tx.commit().await?;
        Ok(gone)
    }

    /// A letter to that webhook.
    async fn send(&self, webhook: &Webhook, id: &str, body: &str) -> Attempt {
        let app = self.app();
        let now = app.now();
        let old = webhook.old_secret.iter().filter(|(_, until)| now < *until).map(|(sealed, _)| sealed);
        let sealed = std::iter::once(&webhook.secret).chain(old);
        let secrets: anyhow::Result<Vec<String>> =
            sealed.map(|sealed| app::sealed::open(&app.keys, PURPOSE, webhook.id, sealed)).collect();
        let attempt = match secrets {
            Ok(secrets) => {
                let letter = Letter { url: &webhook.url, id, body, secrets: &secrets, now };
                self.webhooks().sender.send(self.settings(), letter).await
            }
            Err(error) => {
                tracing::error!(webhook.id = %webhook.id, "the secret of the webhook `{}` does not open: {error:#}", webhook.id);
                Attempt { failure: Some("bad_secret"), ..Attempt::default() }
            }
        };
        metrics::counter!("kaibo_webhook_attempts_total", "outcome" => attempt.failure.unwrap_or("delivered"))
            .increment(1);
        attempt
    }

    /// Sends something that did not happen, once, and keeps what came of it.
    async fn test(&self, webhook: &Webhook) -> anyhow::Result<store::Delivery> {
        let app = self.app();
        let id = Uuid::now_v7();
        let message = Message {
            kind: "WebhookTested".into(),
            id: format!("evt_test_{}", id.simple()),
            time: Timestamp(app.now()).to_string(),
            source: Source::Server,
            org: webhook.org,
            team: Some(webhook.team),
            room: None,
            broadcast: None,
            data: Default::default(),
        };
        let attempt = self.send(webhook, &message.id, &message.json()).await;
        let state = if attempt.failure.is_none() { State::Delivered } else { State::Dead };
        let mut delivery = worker::fresh(webhook.id, 0, &message, app.now());
        worker::note(&mut delivery, attempt, state, None, app.now());
        let tx = app.store.begin().await?;
        store::keep(tx.db(), std::slice::from_ref(&delivery)).await?;
        tx.commit().await?;
        Ok(delivery)
    }

    async fn counts(&self, webhooks: &[Webhook]) -> anyhow::Result<HashMap<(Uuid, State), i64>> {
        let ids: Vec<Uuid> = webhooks.iter().map(|webhook| webhook.id).collect();
        store::counts(self.app().store.read(), &ids).await
    }
}
