//! What is in force, made from the records: at the start, whenever a list or a mode changes, and now and then in case it was missed.

use super::{Counts, InForce, Lists, Models, RoomRules, Scorer};
use crate::{
    Moderation, chat,
    ledger::{self, Entry, Kind},
    lexicons,
    models::{self, ModelState, Version},
    review, sanctions, text,
};
use ::store::Tx;
use anyhow::Context;
use app::Stop;
use events::{Envelope, Event, LexiconChanged, Millis, OrgId, RoomId, Source, Timestamp};
use lexicons::List;
use std::{
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::{Duration, Instant},
};

/// Also how long a list may outlive its time.
const EVERY: Duration = Duration::from_secs(10);
/// Before anything is in force every second counts: nobody can speak.
const AGAIN: Duration = Duration::from_secs(1);

/// Keeps the gate up to date until the program stops.
pub async fn run(moderation: Moderation, stop: Stop) -> anyhow::Result<()> {
    let mut remembered = false;
    while !stop.is_cancelled() {
        // Whoever is muted must not be heard, so that is known before anybody is.
        if !moderation.bars().is_loaded()
            && let Err(error) = bar(&moderation).await
        {
            tracing::warn!("nobody knows yet who is muted or banned: {error:#}");
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(AGAIN) => {}
            }
            continue;
        }
        if let Err(error) = expire(&moderation).await {
            tracing::warn!("lists whose time is over could not be ended: {error:#}");
        }
        if !remembered {
            remembered = remember(&moderation).await.inspect_err(|error| tracing::warn!("{error:#}")).is_ok();
        }
        moderation.reload().await;
        let gate = &moderation.0.gate;
        gate.forget_strikes(moderation.app().now());
        let pause = if gate.in_force().is_some() { EVERY } else { AGAIN };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    Ok(())
}

/// Has in force who may not speak or come in.
async fn bar(moderation: &Moderation) -> anyhow::Result<()> {
    let (app, bars) = (moderation.app(), moderation.bars());
    let _turn = bars.turn.lock().await;
    bars.load(&sanctions::store::barring(app.store.read(), app.now()).await?);
    Ok(())
}

/// What was rejected lately, from before the start.
async fn remember(moderation: &Moderation) -> anyhow::Result<()> {
    let app = moderation.app();
    let since = Millis(app.now().0 - super::LOOKED_BACK_MS);
    for (org, viewer, at) in review::store::rejected_since(app.store.read(), since).await? {
        moderation.0.gate.strike(org, &viewer, at);
    }
    Ok(())
}

/// Lists whose time is over are switched off, and it is said.
async fn expire(moderation: &Moderation) -> anyhow::Result<()> {
    let app = moderation.app();
    let now = app.now();
    let over = |list: &List| list.enabled && list.expires_at.is_some_and(|end| end <= now);
    if !lexicons::store::all(app.store.read()).await?.iter().any(over) {
        return Ok(());
    }
    let tx = app.store.begin().await?;
    tx.take_turns("moderation_lists").await?;
    for mut list in lexicons::store::all(tx.db()).await?.into_iter().filter(over) {
        list.enabled = false;
        (list.revision, list.changed_at) = (list.revision + 1, now);
        lexicons::store::update(tx.db(), &list).await?;
        tell(&tx, &list, "expired", "", now).await?;
    }
    tx.commit().await
}

/// Adds what models said meanwhile to what they said before.
async fn write_counts(moderation: &Moderation) -> anyhow::Result<()> {
    let Some(in_force) = moderation.0.gate.in_force() else { return Ok(()) };
    for scorer in in_force.models.values().flat_map(|models| models.all()) {
        let asked = scorer.counts.take();
        if asked.asked == 0 {
            continue;
        }
        let written = models::store::add_asked(&moderation.app().store, scorer.id, asked).await;
        written.inspect_err(|_| scorer.counts.put_back(asked))?;
    }
    Ok(())
}

/// Says that a list changed, with the change: as an event, and in the ledger.
pub async fn tell(tx: &Tx, list: &List, change: &str, by: &str, now: Millis) -> anyhow::Result<()> {
    tx.emit(changed(list, change, by, now)).await?;
    let facts = serde_json::json!({
        "list": list.id, "name": list.name, "room": list.place.map(|place| place.room), "change": change, "by": by,
        "words": list.words, "revision": list.revision, "category": list.category,
        "level": lexicons::level_name(Some(list.level)), "enabled": list.enabled,
        // As text: whoever sets it may say any number, and not every one is a fact that everybody reads as the same.
        "expires_at": list.expires_at.map(|at| Timestamp(at).to_string()),
    });
    let entry = Entry::new(Kind::ListChanged, format!("list:{}", list.id), &facts)?;
    ledger::write(tx, list.org, now, vec![entry.of_team(list.place.map(|place| place.team))]).await
}

fn changed(list: &List, change: &str, by: &str, now: Millis) -> Envelope {
    let changed = LexiconChanged {
        list: list.id,
        name: list.name.clone(),
        change: change.to_owned(),
        words: list.words,
        by: by.to_owned(),
    };
    let event = Envelope::new(now, Source::Server, list.org, Event::LexiconChanged(changed));
    match list.place {
        Some(place) => event.with_team(place.team).with_room(place.room),
        None => event,
    }
}

impl Moderation {
    /// Puts in force what the records say. What was in force stays when that fails; it is tried again soon.
    pub async fn reload(&self) {
        let _turn = self.0.gate.turn.lock().await;
        // Whoever is not asked any more has said what he said.
        if let Err(error) = write_counts(self).await {
            tracing::warn!("what models said could not be written down: {error:#}");
        }
        match self.load().await {
            Ok(in_force) => {
                *self.0.gate.in_force.write() = Some(Arc::new(in_force));
                self.0.gate.ready.send_replace(self.bars().is_loaded());
            }
            Err(error) => {
                metrics::counter!("kaibo_moderation_reload_failures_total").increment(1);
                tracing::error!("lists and modes could not be put in force, those before stay: {error:#}");
            }
        }
    }

    async fn load(&self) -> anyhow::Result<InForce> {
        let db = self.app().store.read();
        let now = self.app().now();
        let before = self.0.gate.in_force().unwrap_or_default();
        let lists: Vec<List> =
            lexicons::store::all(db).await?.into_iter().filter(|list| list.is_in_force(now)).collect();
        let mut of_orgs: BTreeMap<OrgId, Vec<&List>> = BTreeMap::new();
        let mut of_rooms: BTreeMap<RoomId, Vec<&List>> = BTreeMap::new();
        for list in &lists {
            match list.place {
                Some(place) => of_rooms.entry(place.room).or_default().push(list),
                None => of_orgs.entry(list.org).or_default().push(list),
            }
        }
        let pack = match &before.pack {
            Some(pack) => pack.clone(),
            None => self.make(&[], true).await?,
        };
        let mut orgs = HashMap::new();
        for (org, lists) in of_orgs {
            let made = match before.orgs.get(&org).filter(|made| made.number == number(&lists)) {
                Some(made) => made.clone(),
                None => self.make(&lists, true).await?,
            };
            orgs.insert(org, made);
        }
        let mut rooms: HashMap<RoomId, RoomRules> = HashMap::new();
        for (room, mode) in chat::store::all(db).await? {
            rooms.entry(room).or_default().mode = mode;
        }
        for (room, lists) in of_rooms {
            let made = before.rooms.get(&room).and_then(|rules| rules.lists.clone());
            let made = match made.filter(|made| made.number == number(&lists)) {
                Some(made) => made,
                None => self.make(&lists, false).await?,
            };
            rooms.entry(room).or_default().lists = Some(made);
        }
        let mut of_models: HashMap<OrgId, Models> = HashMap::new();
        for (place, rules) in models::store::all_rules(db).await? {
            match place.room {
                Some(room) => rooms.entry(room).or_default().thresholds = Arc::new(rules.thresholds),
                None => of_models.entry(place.org).or_default().rules = rules,
            }
        }
        for version in models::store::asked(db).await? {
            // Who speaks does not wait for a model that cannot be read.
            let scorer = match self.scorer(&before, &version).await {
                Ok(scorer) => scorer,
                Err(error) => {
                    metrics::counter!("kaibo_moderation_model_failures_total").increment(1);
                    tracing::error!("model {} counts without being asked: {error:#}", version.number);
                    continue;
                }
            };
            let of = of_models.entry(version.org).or_default();
            let asked = if version.state == ModelState::InForce { &mut of.in_force } else { &mut of.shadow };
            asked.push(scorer);
        }
        let models = of_models.into_iter().map(|(org, models)| (org, Arc::new(models))).collect();
        Ok(InForce { orgs, pack: Some(pack), rooms, models })
    }

    /// A version that is asked; one that was asked before goes on counting.
    async fn scorer(&self, before: &InForce, version: &Version) -> anyhow::Result<Scorer> {
        let known =
            before.models.get(&version.org).and_then(|models| models.all().find(|known| known.id == version.id));
        if let Some(known) = known {
            return Ok(known.clone());
        }
        let model = models::store::model(self.app().store.read(), version).await?;
        let counts = Arc::new(Counts::default());
        Ok(Scorer { id: version.id, category: version.category.as_str().into(), model: Arc::new(model), counts })
    }

    /// A filter of these lists, off the way of everything else.
    async fn make(&self, lists: &[&List], with_pack: bool) -> anyhow::Result<Arc<Lists>> {
        let number = number(lists);
        let mut entries = if with_pack { text::pack() } else { Vec::new() };
        for list in lists {
            let words = lexicons::store::words(self.app().store.read(), list, None, None, None).await?;
            entries.extend(text::in_list(words, &list.id.to_string()));
        }
        let begun = Instant::now();
        let made = tokio::task::spawn_blocking(move || text::Filter::new(&entries)).await;
        let filter = made.context("making a filter")?.context("making a filter")?;
        metrics::histogram!("kaibo_moderation_filter_build_seconds").record(begun.elapsed());
        Ok(Arc::new(Lists { filter, number }))
    }
}

/// Tells lists from others: the same number, the same words.
fn number(lists: &[&List]) -> u64 {
    // Fixed keys: the number stands in events and is compared over restarts.
    let mut hash = DefaultHasher::new();
    lists.iter().for_each(|list| (list.id, list.revision).hash(&mut hash));
    // Events are JSON, whose readers may take numbers for floats.
    hash.finish() >> 11
}
