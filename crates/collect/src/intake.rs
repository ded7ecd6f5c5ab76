//! What every edge does with a request once it is split: who sends, how much they may, the tracking plan, quarantine, the log.

use crate::{
    Collect,
    edges::{Edge, Frame, Outcome, Owner, Reason, RejectedItem},
    plan::PlanMode,
    quarantine::{self, MOST_OF_A_REQUEST, Quarantined},
    sources::Live,
    watch,
};
use events::Envelope;
use std::sync::Arc;

/// An answer names that many rejected items; all are counted.
const MOST_NAMED: usize = 1_000;

/// Who sends.
#[derive(Debug)]
pub(crate) enum Sender {
    /// A token of `accounts`.
    Token(Owner),
    Source(Arc<Live>),
}

impl Sender {
    fn owner(&self) -> Owner {
        match self {
            Self::Token(owner) => *owner,
            Self::Source(live) => Owner { org: live.source.org, team: live.source.team },
        }
    }

    fn source(&self) -> Option<&Live> {
        match self {
            Self::Token(_) => None,
            Self::Source(live) => Some(live),
        }
    }
}

impl Collect {
    /// Takes what can be taken; answers once that, and what was refused, is on disk.
    pub(crate) async fn take_in(
        &self,
        edge: &Edge,
        sender: &Sender,
        frame: &Frame,
    ) -> anyhow::Result<Result<Outcome, eventlog::AppendError>> {
        let (events, refused) = self.sort(edge, sender, frame);
        let rejected = refused.len();
        if let Some(live) = sender.source() {
            self.quarantine(edge, live, frame, &refused).await?;
        }
        let watched = sender.source().and_then(Live::watched);
        let seen = watched.as_ref().map(|_| watch::see(edge, frame, &events, &refused, self.app().now()));
        let taken = match self.take(events).await? {
            Ok(taken) => taken,
            Err(error) => return Ok(Err(error)),
        };
        if let (Some(watched), Some(seen)) = (watched, seen) {
            for seen in seen.told(&taken.repeated) {
                // Nobody watches any more.
                let _ = watched.send(Arc::new(seen));
            }
        }
        if let Some(live) = sender.source() {
            live.count(taken.accepted, taken.duplicates, rejected);
        }
        metrics::counter!("kaibo_collect_rejected_total", "edge" => edge.name).increment(rejected as u64);
        metrics::counter!("kaibo_collect_events_total", "edge" => edge.name).increment(taken.accepted as u64);
        metrics::counter!("kaibo_collect_duplicates_total", "edge" => edge.name).increment(taken.duplicates as u64);
        let rejected = refused.into_iter().take(MOST_NAMED);
        let rejected = rejected.map(|(index, reason)| RejectedItem { index, reason: reason.to_string().into() });
        Ok(Ok(Outcome { accepted: taken.accepted, duplicates: taken.duplicates, rejected: rejected.collect() }))
    }

    /// What would be refused, without taking anything.
    pub(crate) fn examine(&self, edge: &Edge, sender: &Sender, frame: &Frame) -> Outcome {
        let (_, refused) = self.sort(edge, sender, frame);
        let rejected = refused.into_iter().take(MOST_NAMED);
        let rejected = rejected.map(|(index, reason)| RejectedItem { index, reason: reason.to_string().into() });
        Outcome { rejected: rejected.collect(), ..Outcome::default() }
    }

    fn sort(&self, edge: &Edge, sender: &Sender, frame: &Frame) -> (Vec<Envelope>, Vec<(usize, Reason)>) {
        let (owner, now) = (sender.owner(), self.app().now());
        let (mut events, mut refused) = (Vec::with_capacity(frame.items.len()), Vec::new());
        for (index, text) in frame.items.iter().enumerate() {
            let mut item = match edge.read_item(text, frame) {
                Ok(item) => item,
                Err(reason) => {
                    refused.push((index, reason));
                    continue;
                }
            };
            if let Some(live) = sender.source() {
                let wrong = live.source.plan.violations(&item.tracked);
                if !wrong.is_empty() && live.source.plan.mode == PlanMode::Enforce {
                    refused.push((index, Reason::Plan(wrong.join("; "))));
                    continue;
                }
                if !wrong.is_empty() {
                    item.tracked.context.insert("violations".into(), wrong.into());
                }
                item.tracked.context.insert("collector".into(), live.source.id.to_string().into());
            }
            events.push(item.event(owner, now));
        }
        (events, refused)
    }

    async fn quarantine(
        &self,
        edge: &Edge,
        live: &Live,
        frame: &Frame,
        refused: &[(usize, Reason)],
    ) -> anyhow::Result<()> {
        let now = self.app().now();
        let most = refused.len().min(MOST_OF_A_REQUEST);
        if most == 0 || !live.may_keep(most, now) {
            return Ok(());
        }
        let kept = refused.iter().take(most).filter_map(|(index, reason)| {
            let text = frame.items.get(*index)?;
            Some(Quarantined::new(live, edge.name, frame, text, reason, now))
        });
        let tx = self.app().store.begin().await?;
        quarantine::store::insert(tx.db(), kept.collect()).await?;
        tx.commit().await
    }
}
