//! The gate 判定: every danmaku on its way into the log is asked about here. In memory only, and never waits.

mod load;
mod models;
mod recent;
mod rules;
mod sample;

pub use load::{run, tell};
use models::Opinion;
pub use models::{Counts, Models, Scorer};

use crate::{
    models::Threshold,
    text::{Checked, Exemption, Filter, Hit, Pieces, Scope, Scratch, masked, starred},
};
use audience::RoomRef;
use events::{ChatMode, DanmakuJudged, DanmakuSent, Millis, OrgId, RoomId, TextField, TextVerdict, ViewerId};
use parking_lot::{Mutex, RwLock};
use recent::Recent;
use rules::{Decided, Known, bare, decide};
use sample::Sampler;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use tokio::sync::watch;

/// How long rejected danmaku are held against their writer.
pub const LOOKED_BACK_MS: i64 = 7 * 86_400_000;

/// Lists made into a filter, and which.
pub struct Lists {
    pub filter: Filter,
    /// Changes with the lists, and is the same for the same ones.
    pub number: u64,
}

/// What is in force. Replaced as a whole, so that no danmaku meets a half of it.
#[derive(Default)]
pub struct InForce {
    /// The words that Kaibo brings along, and an organisation's own.
    pub orgs: HashMap<OrgId, Arc<Lists>>,
    /// For organisations without lists.
    pub pack: Option<Arc<Lists>>,
    pub rooms: HashMap<RoomId, RoomRules>,
    pub models: HashMap<OrgId, Arc<Models>>,
}

#[derive(Clone, Default)]
pub struct RoomRules {
    pub mode: ChatMode,
    pub lists: Option<Arc<Lists>>,
    /// What is stricter here.
    pub thresholds: Arc<BTreeMap<String, Threshold>>,
}

#[derive(Default)]
pub struct Gate {
    /// None until it was loaded: then nothing passes.
    in_force: RwLock<Option<Arc<InForce>>>,
    pub(crate) ready: watch::Sender<bool>,
    recent: Mutex<Recent>,
    strikes: Mutex<HashMap<(OrgId, ViewerId), Vec<Millis>>>,
    samplers: Mutex<HashMap<OrgId, Sampler>>,
    /// Whoever loads: one at a time, so that nothing newer is replaced by something older.
    turn: tokio::sync::Mutex<()>,
}

/// What stands in a text, and what looks so and is excepted.
pub type Words = (Vec<Hit>, Vec<(Hit, Exemption)>);

/// What is said of one danmaku.
pub struct Judgement {
    pub decision: Box<DanmakuJudged>,
    /// As it is shown; none when it is not.
    pub shown: Option<Box<DanmakuSent>>,
}

impl Gate {
    pub fn in_force(&self) -> Option<Arc<InForce>> {
        self.in_force.read().clone()
    }

    pub fn mode(&self, room: RoomId) -> ChatMode {
        let in_force = self.in_force();
        in_force.and_then(|in_force| Some(in_force.rooms.get(&room)?.mode)).unwrap_or_default()
    }

    /// One text against the lists of an organisation and a room, for people who try them out.
    pub fn check(&self, org: OrgId, room: Option<RoomId>, text: &str, scope: Scope) -> Option<Checked> {
        let in_force = self.in_force()?;
        let mut scratch = Scratch::default();
        let mut checked = in_force.of(org)?.filter.check(text, scope, &mut scratch);
        if let Some(own) = room.and_then(|room| in_force.rooms.get(&room)?.lists.clone()) {
            let own = own.filter.check(text, scope, &mut scratch);
            checked.verdict = checked.verdict.max(own.verdict);
            checked.hits.extend(own.hits);
            checked.hits.sort_by_key(|hit| hit.start);
            checked.text_masked = masked(text, &checked.hits);
        }
        Some(checked)
    }

    /// What stands in a seller's words, and what looks so and is excepted; none before the lists are there.
    pub fn copy(&self, org: OrgId, room: RoomId, text: &str, scope: Scope) -> Option<Words> {
        let in_force = self.in_force()?;
        let mut scratch = Scratch::default();
        let filter = &in_force.of(org)?.filter;
        let (mut hits, spared) = (filter.hits(text, scope, &mut scratch), filter.exempt(text, scope, &mut scratch));
        if let Some(own) = in_force.rooms.get(&room).and_then(|room| room.lists.as_ref()) {
            hits.extend(own.filter.hits(text, scope, &mut scratch));
            hits.sort_by_key(|hit| hit.start);
        }
        let covered = |spared: &Hit| hits.iter().any(|hit| hit.start <= spared.start && spared.end <= hit.end);
        let spared = spared.into_iter().filter(|(hit, _)| !covered(hit)).collect();
        Some((hits, spared))
    }

    /// What is to be said of each, none where it passes as it is. Nothing at all before the lists are there.
    pub fn judge(
        &self,
        room: &RoomRef,
        said: &[(&ViewerId, &DanmakuSent)],
        now: Millis,
    ) -> Option<Vec<Option<Judgement>>> {
        let in_force = self.in_force()?;
        let lists = in_force.of(room.org)?;
        let rules = in_force.rooms.get(&room.room).cloned().unwrap_or_default();
        let usual = Models::default();
        let models = in_force.models.get(&room.org).map_or(&usual, Arc::as_ref);
        let (mut scratch, mut pieces) = (Scratch::default(), Pieces::default());
        let judged = said.iter().map(|(viewer, danmaku)| {
            let asked = Asked { room, lists, models, rules: &rules, viewer, danmaku, now };
            self.one(&asked, &mut scratch, &mut pieces)
        });
        Some(judged.collect())
    }

    fn one(&self, asked: &Asked<'_>, scratch: &mut Scratch, pieces: &mut Pieces) -> Option<Judgement> {
        let Asked { room, lists, models, rules, viewer, danmaku, now } = asked;
        let filter = &lists.filter;
        let mut hits = filter.hits(&danmaku.text, Scope::Danmaku, scratch);
        if let Some(own) = &rules.lists {
            hits.extend(own.filter.hits(&danmaku.text, Scope::Danmaku, scratch));
        }
        let nick = danmaku.nick.as_ref().map(|nick| filter.hits(nick, Scope::Danmaku, scratch)).unwrap_or_default();
        let before = self.recent.lock().join(room.room, viewer, &danmaku.text, *now);
        let joined = before.map(|before| joined(filter, &before, &danmaku.text, scratch)).unwrap_or_default();
        let opinions = models.ask(&rules.thresholds, &danmaku.text, pieces);
        let known = Known {
            text: &hits,
            nick: &nick,
            joined: &joined,
            models: &opinions,
            mode: rules.mode,
            strikes: self.strikes(room.org, viewer, *now),
        };
        let decided = decide(&known).or_else(|| self.sample(asked, &opinions));
        let Decided { verdict, reasons } = decided?;
        let gravest = opinions.iter().max_by_key(|said| (said.verdict, said.score_milli));
        let shown = (verdict <= TextVerdict::Mask).then(|| {
            let spans = reasons.iter().filter(|reason| reason.verdict == TextVerdict::Mask);
            let mut places: Vec<(u32, u32)> = spans
                .clone()
                .filter(|reason| reason.field == TextField::Text)
                .map(|reason| (reason.start, reason.end))
                .collect();
            places.sort_unstable();
            let bad_name = spans.clone().any(|reason| reason.field == TextField::Nick);
            let nick = danmaku.nick.clone().filter(|_| !bad_name);
            Box::new(DanmakuSent { text: starred(&danmaku.text, places.into_iter()), nick, ..(*danmaku).clone() })
        });
        let lists = lists.number ^ rules.lists.as_ref().map_or(0, |own| own.number);
        let decision = DanmakuJudged {
            verdict,
            danmaku: (*danmaku).clone(),
            reasons,
            score_milli: gravest.map(|said| said.score_milli),
            mode: rules.mode,
            lists,
            model: gravest.map(|said| said.model),
        };
        Some(Judgement { decision: Box::new(decision), shown })
    }

    /// What passes is shown all the same; now and then somebody looks at it, so that it can be learned from.
    fn sample(&self, asked: &Asked<'_>, opinions: &[Opinion]) -> Option<Decided> {
        // Where no model is asked nobody learns from it.
        asked.models.all().next()?;
        let below = opinions.iter().map(|said| said.below_milli).min();
        let rules = &asked.models.rules;
        let mut samplers = self.samplers.lock();
        let sample = samplers.entry(asked.room.org).or_default().take(rules, below, rand::random(), asked.now)?;
        Some(Decided { verdict: TextVerdict::Alarm, reasons: vec![bare(sample.rule(), TextVerdict::Alarm)] })
    }

    /// A danmaku of this viewer was rejected.
    pub fn strike(&self, org: OrgId, viewer: &ViewerId, at: Millis) {
        self.strikes.lock().entry((org, viewer.clone())).or_default().push(at);
    }

    /// It should not have been: what was decided then counts no more.
    pub fn forgive(&self, org: OrgId, viewer: &ViewerId, at: Millis) {
        if let Some(times) = self.strikes.lock().get_mut(&(org, viewer.clone())) {
            times.retain(|strike| *strike != at);
        }
    }

    fn strikes(&self, org: OrgId, viewer: &ViewerId, now: Millis) -> u32 {
        let strikes = self.strikes.lock();
        if strikes.is_empty() {
            return 0;
        }
        let of = strikes.get(&(org, viewer.clone()));
        of.map_or(0, |times| times.iter().filter(|at| now.since(**at) <= LOOKED_BACK_MS).count() as u32)
    }

    fn forget_strikes(&self, now: Millis) {
        self.strikes.lock().retain(|_, times| {
            times.retain(|at| now.since(*at) <= LOOKED_BACK_MS);
            !times.is_empty()
        });
    }
}

impl InForce {
    pub fn of(&self, org: OrgId) -> Option<&Arc<Lists>> {
        self.orgs.get(&org).or(self.pack.as_ref())
    }
}

struct Asked<'a> {
    room: &'a RoomRef,
    lists: &'a Arc<Lists>,
    models: &'a Models,
    rules: &'a RoomRules,
    viewer: &'a ViewerId,
    danmaku: &'a DanmakuSent,
    now: Millis,
}

/// Words that begin in what stood before and end in the text. Their places are those in the text.
fn joined(filter: &Filter, before: &str, text: &str, scratch: &mut Scratch) -> Vec<Hit> {
    let edge = before.chars().count() as u32;
    let found = filter.hits(&format!("{before}{text}"), Scope::Danmaku, scratch);
    let across = found.into_iter().filter(|hit| hit.start < edge && hit.end > edge);
    across.map(|hit| Hit { start: 0, end: hit.end - edge, ..hit }).collect()
}
