//! Learning on line: what people decided becomes candidates, and a model in force that gets worse goes. Words are read from the
//! log under their owners' keys: what was erased is not there any more, and teaches nothing.

use super::{
    ANY, Label, ModelMeasured, ModelState, Origin, Sample, Version,
    change::NewVersion,
    rules::{self, CALLED_BAD_MILLI},
    store::{self, Place, Which},
};
use crate::{
    Moderation,
    text::{Example, Model, Unusable, likeness},
};
use anyhow::Context;
use app::{Stop, hash_of_bytes};
use events::{DanmakuReviewed, Envelope, Event, OrgId, ReviewOutcome};
use parking_lot::Mutex;
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Duration,
};
use tokio::sync::Notify;
use uuid::Uuid;

/// The newest verdicts that teach, and that measure.
const MOST_TEACH: u64 = 50_000;
const MOST_MEASURE: usize = 5_000;
/// Positions read from the log at once.
const READ_AT_ONCE: usize = 500;
/// Fewer say nothing of people's verdicts alone.
const LEAST_MEASURE: usize = 20;
/// Also without a verdict: rules may have changed, and what failed is tried again.
const EVERY: Duration = Duration::from_secs(30);
/// Verdicts come one after the other.
const TOGETHER: Duration = Duration::from_millis(300);

/// Who has new verdicts.
#[derive(Default)]
pub struct Learn {
    orgs: Mutex<BTreeSet<OrgId>>,
    wake: Notify,
}

impl Learn {
    fn decided(&self, orgs: impl Iterator<Item = OrgId>) {
        self.orgs.lock().extend(orgs);
        self.wake.notify_one();
    }
}

/// Why nothing was learned.
pub enum Unlearned {
    Unusable(Unusable),
    Failed(anyhow::Error),
}

impl From<anyhow::Error> for Unlearned {
    fn from(error: anyhow::Error) -> Self {
        Unlearned::Failed(error)
    }
}

/// Notes what people said. Whoever judges again about the same danmaku, at a higher tier or an appeal, overturns what was said before.
pub async fn note(moderation: &Moderation, verdicts: &[(u64, Envelope)]) -> anyhow::Result<()> {
    if verdicts.is_empty() {
        return Ok(());
    }
    let app = moderation.app();
    let mut labels = Vec::new();
    for (reviewed, envelope) in verdicts {
        let Event::DanmakuReviewed(verdict) = &envelope.event else { continue };
        let DanmakuReviewed { position, outcome, clause, tier, by, .. } = verdict;
        // What was thought of it is not sealed.
        let judged = app.log.read(*position).next().transpose()?;
        let judged = match judged.map(|judged| Envelope::decode(&judged.payload).map(|judged| judged.event)) {
            Some(Ok(Event::DanmakuJudged(judged))) => Some(judged),
            _ => None,
        };
        let mut reasons = judged.iter().flat_map(|judged| &judged.reasons);
        labels.push(Label {
            position: *position,
            org: envelope.org,
            reviewed: *reviewed,
            rejected: *outcome == ReviewOutcome::Reject,
            clause: clause.clone(),
            tier: *tier,
            by: by.clone(),
            at: envelope.occurred_at,
            score_milli: judged.as_ref().and_then(|judged| judged.score_milli),
            model: judged.as_ref().and_then(|judged| judged.model),
            sample: reasons.find_map(|reason| Sample::of(&reason.rule)),
        });
    }
    let tx = app.store.begin().await?;
    for label in &labels {
        store::put_label(tx.db(), label).await?;
    }
    tx.commit().await?;
    moderation.0.learn.decided(labels.iter().map(|label| label.org));
    Ok(())
}

/// Judged texts as they are brought: `1` or `0`, a tab, the text; a line each. `Err` names the line that is none.
pub fn read_texts(texts: &str) -> Result<Vec<Example>, usize> {
    let lines = texts.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|(at, line)| match line.split_once('\t') {
            Some(("1", text)) => Ok(Example { text: text.to_owned(), bad: true }),
            Some(("0", text)) => Ok(Example { text: text.to_owned(), bad: false }),
            _ => Err(at + 1),
        })
        .collect()
}

impl Moderation {
    /// What was written where people decided; without what was erased.
    async fn words(&self, labels: &[Label]) -> anyhow::Result<HashMap<u64, String>> {
        let app = self.app();
        let mut words = HashMap::new();
        for some in labels.chunks(READ_AT_ONCE) {
            let (log, positions) = (app.log.clone(), some.iter().map(|label| label.position).collect::<Vec<_>>());
            let read = move || {
                let entries = positions.into_iter().filter_map(|position| log.read(position).next());
                entries.collect::<Result<Vec<_>, _>>()
            };
            let entries = tokio::task::spawn_blocking(read).await.context("reading what was decided about")??;
            for (position, envelope) in app.read(&entries).await? {
                let (Event::DanmakuJudged(events::DanmakuJudged { danmaku, .. }) | Event::DanmakuSent(danmaku)) =
                    envelope.event
                else {
                    continue;
                };
                if !envelope.erased && !danmaku.text.is_empty() {
                    words.insert(position, danmaku.text);
                }
            }
        }
        Ok(words)
    }

    /// What measures every version of a category: the frozen share of people's verdicts, and what was brought.
    async fn frozen(&self, org: OrgId, category: &str) -> anyhow::Result<Vec<Example>> {
        let all = store::labels(self.app().store.read(), org, Which::default(), MOST_TEACH).await?;
        let frozen = |label: &Label| rules::is_frozen(label.position) && label.is_bad(category).is_some();
        let mut labels: Vec<Label> = all.into_iter().filter(frozen).collect();
        labels.drain(..labels.len().saturating_sub(MOST_MEASURE));
        let words = self.words(&labels).await?;
        let example =
            |label: &Label| Some(Example { text: words.get(&label.position)?.clone(), bad: label.is_bad(category)? });
        Ok(labels.iter().filter_map(example).collect())
    }

    /// None where there is nothing to measure it on.
    pub(super) async fn measure(
        &self,
        org: OrgId,
        category: &str,
        brought: &str,
        model: &Model,
    ) -> anyhow::Result<Option<ModelMeasured>> {
        let people = self.frozen(org, category).await?;
        let brought = read_texts(brought).unwrap_or_default();
        if people.is_empty() && brought.is_empty() {
            return Ok(None);
        }
        let (now, model) = (self.app().now(), model.clone());
        let measure = move || {
            let threshold = f64::from(CALLED_BAD_MILLI) / 1_000.0;
            let of_people = (people.len() >= LEAST_MEASURE).then(|| model.quality(&people, threshold));
            let (verdicts, brought_count) = (people.len() as u64, brought.len() as u64);
            let all = [people, brought].concat();
            let lines: String = all.iter().map(|one| format!("{}\t{}\n", u8::from(one.bad), one.text)).collect();
            ModelMeasured {
                at_ms: now,
                set_sha256: hash_of_bytes(lines.as_bytes()),
                verdicts,
                brought: brought_count,
                all: model.quality(&all, threshold),
                people: of_people,
            }
        };
        Ok(Some(tokio::task::spawn_blocking(measure).await.context("measuring a model")?))
    }

    /// Two models on the same texts: those that are frozen now, and what was brought with either.
    pub(super) async fn common_set(&self, one: &Version, other: &Version) -> anyhow::Result<Vec<Example>> {
        let db = self.app().store.read();
        let mut set = self.frozen(one.org, &one.category).await?;
        let mut brought = vec![store::texts(db, one.id).await?, store::texts(db, other.id).await?];
        brought.dedup();
        set.extend(brought.iter().flat_map(|texts| read_texts(texts).unwrap_or_default()));
        Ok(set)
    }

    /// What a version makes of what people decided about since then: of each verdict its score, and that of the version in force.
    pub(super) async fn outcomes(&self, version: &Version, model: &Model) -> anyhow::Result<Vec<(Label, u32)>> {
        let which = Which { since: Some(version.state_at), ..Which::default() };
        let labels = store::labels(self.app().store.read(), version.org, which, MOST_MEASURE as u64).await?;
        let words = self.words(&labels).await?;
        let model = model.clone();
        let score = move || {
            let scored = labels.into_iter().filter_map(|label| {
                let score = rules::milli(model.probability(words.get(&label.position)?));
                Some((label, score))
            });
            scored.collect()
        };
        tokio::task::spawn_blocking(score).await.context("scoring what was decided about")
    }

    /// Makes a candidate from what people decided, and puts it into shadow: never in force.
    pub(super) async fn learn(
        &self,
        org: OrgId,
        category: &str,
        base: Option<Version>,
        by: &str,
    ) -> Result<Version, Unlearned> {
        let db = self.app().store.read();
        let place = Place { org, team: None, room: None };
        let settings = store::rules_of(db, place).await?;
        let labels = store::labels(db, org, Which::default(), MOST_TEACH).await?;
        let learned_to = labels.last().map(|label| label.reviewed);
        let teaches = |label: &Label| !rules::is_frozen(label.position) && label.is_bad(category).is_some();
        let labels: Vec<Label> = labels.into_iter().filter(teaches).collect();
        let words = self.words(&labels).await?;
        let known = labels.into_iter().filter_map(|label| {
            let like = likeness(words.get(&label.position)?);
            Some((label, like))
        });
        let labels = rules::to_learn(known.collect(), settings.reviewer_milli, settings.same_text);
        let example =
            |label: &Label| Some(Example { text: words.get(&label.position)?.clone(), bad: label.is_bad(category)? });
        let examples: Vec<Example> = labels.iter().filter_map(example).collect();
        let (texts, bad) = (examples.len() as u64, examples.iter().filter(|example| example.bad).count() as u64);
        let (from, brought) = match &base {
            Some(base) => (Some(store::model(db, base).await?), store::texts(db, base.id).await?),
            None => (None, String::new()),
        };
        let teach = move || match from {
            Some(base) => base.tune(&examples),
            None => Model::train(&examples),
        };
        let learned = tokio::task::spawn_blocking(teach).await.context("learning")?;
        let model = learned.map_err(Unlearned::Unusable)?;
        let new = NewVersion {
            org,
            category: category.to_owned(),
            origin: Origin::Verdicts,
            note: String::new(),
            base: base.map(|base| base.id),
            learned_to,
            texts,
            bad,
            brought,
            in_shadow: true,
            by: by.to_owned(),
        };
        Ok(self.add_version(new, &model).await?)
    }

    /// Candidates where enough was decided since the last one.
    async fn learn_by_itself(
        &self,
        orgs: BTreeSet<OrgId>,
        tried: &mut HashMap<(OrgId, String), u64>,
    ) -> anyhow::Result<()> {
        let db = self.app().store.read();
        for org in orgs {
            let settings = store::rules_of(db, Place { org, team: None, room: None }).await?;
            if settings.learn_after == 0 {
                continue;
            }
            let of_org = store::asked(db).await?.into_iter().filter(|version| version.org == org);
            let mut categories: HashSet<String> = of_org.map(|version| version.category).collect();
            categories.insert(ANY.to_owned());
            for category in categories {
                let before = store::newest_learned(db, org, &category).await?.and_then(|last| last.learned_to);
                let key = (org, category.clone());
                // What failed for want of texts is tried again when there are more.
                let behind = before.unwrap_or(0).max(tried.get(&key).copied().unwrap_or(0));
                if store::count_labels(db, org, behind).await? < u64::from(settings.learn_after) {
                    continue;
                }
                let newest = store::labels(db, org, Which::default(), 1).await?.pop();
                tried.insert(key, newest.map_or(0, |label| label.reviewed));
                let base = store::of_state(db, org, &category, ModelState::InForce).await?.pop();
                match self.learn(org, &category, base, "").await {
                    Ok(version) => tracing::info!("model {} learned from {} verdicts", version.number, version.texts),
                    Err(Unlearned::Unusable(why)) => tracing::info!("nothing was learned for `{category}`: {why}"),
                    Err(Unlearned::Failed(error)) => return Err(error.context("learning from verdicts")),
                }
            }
        }
        Ok(())
    }

    /// Takes a model out of force that does worse than when it came.
    async fn watch(&self, looked: &mut HashMap<Uuid, u64>) -> anyhow::Result<()> {
        let db = self.app().store.read();
        for version in store::asked(db).await?.into_iter().filter(|version| version.state == ModelState::InForce) {
            let which = Which { model: Some(version.id), since: Some(version.state_at), sampled: false };
            let newest = store::labels(db, version.org, which, 1).await?.pop().map_or(0, |label| label.reviewed);
            if looked.insert(version.id, newest) == Some(newest) {
                continue;
            }
            let settings = store::rules_of(db, Place { org: version.org, team: None, room: None }).await?;
            let labels = store::labels(db, version.org, which, MOST_TEACH).await?;
            let Some((first, last)) = rules::lately(&labels, &version.category, settings.window as usize) else {
                continue;
            };
            let measured = version.measured.as_ref().and_then(|measured| measured.people.as_ref());
            let measured = measured.filter(|people| people.texts >= rules::LEAST_REFERENCE);
            let reference = measured.map_or(first.macro_f1(), |people| people.macro_f1);
            if !rules::has_fallen(reference, last.macro_f1()) {
                continue;
            }
            let now = last.macro_f1();
            let reason = format!("macro_f1_fell: {reference:.3} to {now:.3} over {} verdicts", last.texts());
            tracing::warn!("model {} goes out of force, {reason}", version.number);
            metrics::counter!("kaibo_moderation_model_rollbacks_total").increment(1);
            self.roll_back(version.org, version.id, reason, "").await?;
        }
        Ok(())
    }
}

/// Learns and watches until the program stops, where the events of the database are relayed: once for all processes.
pub async fn keep_learning(moderation: Moderation, stop: Stop) -> anyhow::Result<()> {
    let relays = moderation.app().store.relays();
    let (mut tried, mut looked) = (HashMap::new(), HashMap::new());
    let learn = &moderation.0.learn;
    let mut all_known = false;
    while !stop.is_cancelled() {
        if *relays.borrow() {
            if let Err(error) = moderation.watch(&mut looked).await {
                looked.clear();
                tracing::warn!("models in force could not be watched: {error:#}");
            }
            if !all_known {
                // What was decided before the start.
                match store::orgs(moderation.app().store.read()).await {
                    Ok(orgs) => {
                        learn.orgs.lock().extend(orgs);
                        all_known = true;
                    }
                    Err(error) => tracing::warn!("{error:#}"),
                }
            }
            let orgs = std::mem::take(&mut *learn.orgs.lock());
            if let Err(error) = moderation.learn_by_itself(orgs.clone(), &mut tried).await {
                learn.orgs.lock().extend(orgs);
                tracing::warn!("{error:#}");
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
            () = async {
                learn.wake.notified().await;
                tokio::time::sleep(TOGETHER).await;
            } => {}
        }
    }
    Ok(())
}
