//! Everything seen of one entry in one show, and how it becomes a judgement. Pure.

use super::{
    agent::Caller,
    book::EVERY_MS,
    cluster::{Clusters, Company},
    delivery::Delivery,
    rules::{self, BARE_MS, Facts, Logged},
};
use crate::credit::{Flaw, Heard};
use crate::{Beat, ViewerPass};
use events::{BroadcastId, EntryId, Millis, ViewerEvidence, ViewerId, ViewerJudged, ViewerVerdict};

/// Distances of heartbeats beyond this are pauses, not irregularity.
const PAUSE_MS: i64 = 30_000;
/// Heartbeats of one entry closer together than this are one step.
const STEP_MS: i64 = 1_000;
/// Addresses are remembered for this long.
const ADDRESS_MS: i64 = 60_000;
const ADDRESSES: usize = 8;

/// Everything seen of one entry in one show.
pub(super) struct Dossier {
    pub viewer: ViewerId,
    pub broadcast: BroadcastId,
    /// Its place among the strangers; none once it counts.
    pub stranger: Option<u64>,
    /// It counts, and has not stayed yet.
    pub brief: bool,
    pub left: bool,
    pub evidence: ViewerEvidence,
    agent: &'static str,
    pub cluster: Option<u64>,
    addresses: [(u64, Millis); ADDRESSES],
    beat_at: Option<Millis>,
    claimed_ms: u32,
    gap_ms: Option<i64>,
    jitter_ms: i64,
    jitters: i64,
    pub open_sockets: u32,
    socket_at: Millis,
    pub due: Millis,
    pub told: Option<ViewerVerdict>,
}

/// What was seen of an entry, to be judged.
#[derive(Debug, Clone)]
pub(crate) struct Witness {
    pub entry: EntryId,
    pub viewer: ViewerId,
    pub broadcast: BroadcastId,
    pub entered: bool,
    agent: &'static str,
    evidence: ViewerEvidence,
}

/// A judgement about somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judged {
    pub viewer: ViewerId,
    pub broadcast: BroadcastId,
    pub judged: ViewerJudged,
}

impl Dossier {
    pub(super) fn begin(pass: &ViewerPass, broadcast: BroadcastId, place: u64, now: Millis) -> Self {
        let evidence =
            ViewerEvidence { kind: Some(pass.kind), first_at: now, last_at: now, ..ViewerEvidence::default() };
        Self {
            viewer: pass.viewer.clone(),
            broadcast,
            stranger: Some(place),
            brief: false,
            left: false,
            evidence,
            agent: "",
            cluster: None,
            addresses: [(0, Millis(i64::MIN)); ADDRESSES],
            beat_at: None,
            claimed_ms: 0,
            gap_ms: None,
            jitter_ms: 0,
            jitters: 0,
            open_sockets: 0,
            socket_at: now,
            due: now.plus_ms(EVERY_MS),
            told: None,
        }
    }

    /// True when it is the first that is known of the entry's program.
    pub(super) fn caller(&mut self, by: &Caller, now: Millis) -> bool {
        let oldest = self.addresses.iter_mut().min_by_key(|(hash, at)| (*hash != by.address, *at));
        if let Some(place) = oldest {
            *place = (by.address, now);
        }
        let current = self.addresses.iter().filter(|(_, at)| at.0 != i64::MIN && now.since(*at) <= ADDRESS_MS);
        self.evidence.addresses = self.evidence.addresses.max(current.count() as u32);
        if self.agent.is_empty() {
            self.agent = by.agent;
        }
        self.cluster.replace(self.cluster.unwrap_or(by.cluster)).is_none()
    }

    /// True when it is a step of its own, and not one of a flood.
    pub(super) fn beat(&mut self, beat: &Beat, heard: Option<Heard>, now: Millis) -> bool {
        let evidence = &mut self.evidence;
        evidence.beats += 1;
        evidence.positions += u32::from(beat.position.is_some());
        evidence.hidden += u32::from(!beat.visible);
        if beat.visible {
            evidence.claimed_ms += u64::from(beat.played_ms);
        }
        let before_ms = std::mem::replace(&mut self.claimed_ms, beat.played_ms);
        evidence.repeats += u32::from(beat.played_ms > 0 && beat.played_ms == before_ms);
        let heard = heard.unwrap_or_default();
        evidence.credited_ms += u64::from(heard.logged.unwrap_or(0));
        match heard.flaw {
            Some(Flaw::Still) => evidence.still += 1,
            Some(Flaw::Outside) => evidence.outside += 1,
            Some(Flaw::Impossible) => evidence.impossible += 1,
            Some(Flaw::Hidden | Flaw::Back | Flaw::NoMedia) | None => {}
        }
        let since_ms = self.beat_at.replace(now).map(|last| now.since(last));
        let gap_ms = since_ms.filter(|gap_ms| *gap_ms < PAUSE_MS);
        if let (Some(gap_ms), Some(before_ms)) = (gap_ms, self.gap_ms) {
            self.jitter_ms += (gap_ms - before_ms).abs();
            self.jitters += 1;
            evidence.jitter_ms = u32::try_from(self.jitter_ms / self.jitters).ok();
        }
        self.gap_ms = gap_ms;
        since_ms.is_none_or(|since_ms| since_ms >= STEP_MS)
    }

    /// More than a look: a page that speaks, or as much media as a bare client needs to count.
    pub(super) fn stays(&self) -> bool {
        self.evidence.beats > 0 || self.evidence.sockets > 0 || self.evidence.media_ms >= BARE_MS
    }

    /// Adds the time since the last look, if a socket was open.
    pub(super) fn clock_sockets(&mut self, now: Millis) {
        let passed_ms = now.since(std::mem::replace(&mut self.socket_at, now)).max(0);
        if self.open_sockets > 0 {
            self.evidence.socket_ms += passed_ms as u64;
        }
    }

    pub(super) fn company(&self, clusters: &Clusters) -> Company {
        self.cluster.map(|cluster| clusters.company(cluster, self.evidence.first_at)).unwrap_or_default()
    }

    pub(super) fn witness(&self, entry: EntryId, clusters: &Clusters, now: Millis) -> Witness {
        let mut evidence = self.evidence.clone();
        if self.open_sockets > 0 {
            evidence.last_at = now;
            evidence.socket_ms += now.since(self.socket_at).max(0) as u64;
        }
        let Company { cluster, rush, brief } = self.company(clusters);
        evidence.cluster = cluster;
        evidence.rush = evidence.rush.max(rush);
        evidence.brief = if self.brief { brief } else { 0 };
        let (viewer, broadcast, entered) = (self.viewer.clone(), self.broadcast, self.stranger.is_none());
        Witness { entry, viewer, broadcast, entered, agent: self.agent, evidence }
    }
}

impl Witness {
    /// `last`: nothing more will be said of it.
    pub(crate) fn judged(self, delivery: &Delivery, last: bool) -> Judged {
        let Witness { entry, viewer, broadcast, entered, agent, mut evidence } = self;
        evidence.agent = agent.to_owned();
        let direct = delivery.was_direct(evidence.first_at, evidence.last_at);
        let judgement = rules::judge(Facts { evidence: &evidence, direct, logged: Logged::default() });
        let reasons = judgement.reasons.iter().map(|code| (*code).to_owned()).collect();
        let verdict = judgement.verdict;
        Judged { viewer, broadcast, judged: ViewerJudged { entry, verdict, reasons, entered, last, evidence } }
    }
}
