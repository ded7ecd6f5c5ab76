//! Looks at the program until it stops. What begins and ends is told to the log at once, and to the table and the event log
//! as soon as the database takes it: until then it is kept here.

use super::{
    Seen, System,
    condition::{Condition, PATIENCE},
    judge::Judge,
    kinds::{Kind, named},
    lately::Memory,
    store::{self, Alarm},
};
use app::App;
use events::{Envelope, Event, Millis, OrgId, Source, SystemAlarmCleared, SystemAlarmRaised};
use std::{collections::VecDeque, time::Duration};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use uuid::Uuid;

const PRUNE_EVERY: Duration = Duration::from_secs(3_600);
/// Alarms that are kept while the database is away. The oldest that are over go first.
const MOST: usize = 1_000;
const DAY_MS: i64 = 24 * 3_600_000;

impl System {
    /// Until the program stops. The alarms belong to the first organisation.
    pub async fn watch(self, org: OrgId) {
        let (app, limits) = (&self.0.app, &self.0.settings);
        let _ = self.0.org.set(org);
        let mut book = Book { org, standing: Vec::new(), untold: VecDeque::new() };
        book.take_up(app).await;
        let mut judge = Judge::with(book.standing.iter().map(|(kind, _)| *kind));
        let (mut memory, start) = (Memory::default(), Instant::now());
        let mut pruned: Option<Instant> = None;
        let mut ticks = interval(Duration::from_millis(limits.look_ms.max(100)));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = app.stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let webhooks = self.webhooks().await;
            // The two clocks are read together.
            let (now, wall) = (start.elapsed(), Millis::now());
            let lately = memory.look(now, wall.0, app.log.slowest_write(), webhooks);
            self.0.seen.send_modify(|seen| seen.lately = lately);
            let condition = self.condition().await;
            for kind in judge.look(&condition, limits, now) {
                if judge.stands(kind) {
                    let limit = (kind.limit)(limits);
                    book.raise(kind, limit, wall, &condition);
                } else {
                    book.clear(kind, wall);
                }
            }
            self.0.seen.send_modify(|seen| *seen = Seen { standing: book.standing.iter().copied().collect(), lately });
            book.tell(app).await;
            if pruned.is_none_or(|at| at.elapsed() >= PRUNE_EVERY) && prune(app, limits.keep_days).await {
                pruned = Some(Instant::now());
            }
        }
    }
}

async fn prune(app: &App, keep_days: u32) -> bool {
    let before = app.now().plus_ms(-i64::from(keep_days) * DAY_MS);
    let done = async {
        let tx = app.store.begin().await?;
        store::prune(tx.db(), before).await?;
        tx.commit().await
    };
    matches!(timeout(PATIENCE, done).await, Ok(Ok(())))
}

/// What stands, and what nobody was told of yet.
struct Book {
    org: OrgId,
    standing: Vec<(&'static str, Uuid)>,
    untold: VecDeque<Untold>,
}

/// An alarm that began or ended.
struct Untold {
    alarm: Alarm,
    /// The table and the event log have its beginning.
    begun: bool,
}

impl Book {
    /// What stood when the program ended stands on: a restart heals nothing. What this program does not know is over.
    async fn take_up(&mut self, app: &App) {
        let open = match store::open(app.store.read()).await {
            Ok(open) => open,
            Err(error) => return tracing::warn!("what stood before is not known: {error:#}"),
        };
        for mut alarm in open {
            match named(&alarm.kind).filter(|kind| self.standing.iter().all(|(name, _)| *name != kind.name)) {
                Some(kind) => self.standing.push((kind.name, alarm.id)),
                None => {
                    alarm.cleared_at = Some(app.now());
                    self.untold.push_back(Untold { alarm, begun: true });
                }
            }
        }
    }

    fn raise(&mut self, kind: &'static Kind, limit: u64, now: Millis, condition: &Condition) {
        let (name, id) = (kind.name, Uuid::now_v7());
        let value = (kind.value)(condition).unwrap_or(limit);
        tracing::warn!(alarm = name, value, limit, ?condition, "alarm `{name}` begins");
        self.standing.push((name, id));
        let alarm = Alarm { value, limit, ..self.alarm(id, name, now) };
        self.keep(Untold { alarm, begun: false });
    }

    fn clear(&mut self, kind: &Kind, now: Millis) {
        let name = kind.name;
        tracing::info!(alarm = name, "alarm `{name}` ends");
        let Some(at) = self.standing.iter().position(|(standing, _)| *standing == name) else { return };
        let (_, id) = self.standing.remove(at);
        match self.untold.iter_mut().find(|untold| untold.alarm.id == id) {
            Some(untold) => untold.alarm.cleared_at = Some(now),
            None => {
                let alarm = Alarm { cleared_at: Some(now), ..self.alarm(id, name, now) };
                self.keep(Untold { alarm, begun: true });
            }
        }
    }

    fn alarm(&self, id: Uuid, kind: &str, raised_at: Millis) -> Alarm {
        Alarm {
            id,
            org: self.org,
            kind: kind.to_owned(),
            value: 0,
            limit: 0,
            raised_at,
            cleared_at: None,
            acknowledged_at: None,
            acknowledged_by: None,
        }
    }

    fn keep(&mut self, untold: Untold) {
        if self.untold.len() >= MOST
            && let Some(over) = self.untold.iter().position(|untold| untold.alarm.cleared_at.is_some())
        {
            self.untold.remove(over);
        }
        self.untold.push_back(untold);
    }

    /// In order, as far as the database goes along.
    async fn tell(&mut self, app: &App) {
        while let Some(untold) = self.untold.front_mut() {
            let told = timeout(PATIENCE, tell(app, untold)).await;
            match told {
                Ok(Ok(())) => drop(self.untold.pop_front()),
                Ok(Err(error)) => {
                    tracing::debug!("an alarm is kept until the database takes it: {error:#}");
                    break;
                }
                Err(_) => break,
            }
        }
        metrics::gauge!("kaibo_alarms_untold").set(self.untold.len() as f64);
    }
}

/// The row and its events, once: what an answer was lost of is told again and changes nothing.
async fn tell(app: &App, untold: &mut Untold) -> anyhow::Result<()> {
    let Alarm { id: alarm, kind, value, limit, .. } = untold.alarm.clone();
    if !untold.begun {
        let raised = SystemAlarmRaised { alarm, kind: kind.clone(), value, limit };
        let tx = app.store.begin().await?;
        if store::insert(tx.db(), &untold.alarm).await? {
            tx.emit(envelope(app, &untold.alarm, untold.alarm.raised_at, Event::SystemAlarmRaised(raised))).await?;
        }
        tx.commit().await?;
        untold.begun = true;
    }
    if let Some(at) = untold.alarm.cleared_at {
        let tx = app.store.begin().await?;
        if store::clear(tx.db(), alarm, at).await? {
            let cleared = SystemAlarmCleared { alarm, kind };
            tx.emit(envelope(app, &untold.alarm, at, Event::SystemAlarmCleared(cleared))).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

fn envelope(app: &App, alarm: &Alarm, at: Millis, event: Event) -> Envelope {
    Envelope::new(app.now(), Source::Server, alarm.org, event).at(at)
}
