//! The evidence of one room's entries, while they are there. Pure: times come in, judgements come out.
//!
//! Bounded: an entry costs less than a kilobyte, entries that never fetched media are at most [`MOST_STRANGERS`], and who
//! was silent for [`SILENT_MS`] is judged for the last time and forgotten.

use super::{agent::Caller, cluster::Clusters, rules};
use crate::credit::{Flaw, Heard};
use crate::{Beat, Fetch, ViewerPass};
use events::{BroadcastId, EntryId, Millis, ViewerEvidence, ViewerId, ViewerJudged, ViewerVerdict};
use std::collections::{HashMap, VecDeque};

/// Entries are judged this often.
const EVERY_MS: i64 = 30_000;
/// Who is silent this long is gone.
const SILENT_MS: i64 = 60_000;
/// Distances of heartbeats beyond this are pauses, not irregularity.
const PAUSE_MS: i64 = 30_000;
const MOST_STRANGERS: usize = 50_000;
/// Addresses are remembered for this long.
const ADDRESS_MS: i64 = 60_000;
const ADDRESSES: usize = 8;

#[derive(Default)]
pub(crate) struct Book {
    dossiers: HashMap<EntryId, Dossier>,
    clusters: Clusters,
    /// Who is judged when. A dossier knows its own time; others in its name are of earlier ones.
    due: VecDeque<(Millis, EntryId)>,
    /// Who said goodbye since the last look.
    leaving: Vec<EntryId>,
    /// Dossiers without media.
    strangers: usize,
}

/// Everything seen of one entry in one show.
struct Dossier {
    viewer: ViewerId,
    broadcast: BroadcastId,
    entered: bool,
    left: bool,
    evidence: ViewerEvidence,
    cluster: Option<u64>,
    addresses: [(u64, Millis); ADDRESSES],
    beat_at: Option<Millis>,
    gap_ms: Option<i64>,
    jitter_ms: i64,
    jitters: i64,
    open_sockets: u32,
    socket_at: Millis,
    due: Millis,
    told: Option<ViewerVerdict>,
}

/// A judgement about somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judged {
    pub viewer: ViewerId,
    pub broadcast: BroadcastId,
    pub judged: ViewerJudged,
}

impl Book {
    pub(crate) fn is_empty(&self) -> bool {
        self.dossiers.is_empty()
    }

    /// A request of the entry was answered; `playlist` or media, if it was one.
    pub(crate) fn asked(&mut self, pass: &ViewerPass, show: BroadcastId, by: &Caller, asked: Asked, now: Millis) {
        let Some(dossier) = self.dossier(pass, show, now) else { return };
        let fresh = dossier.caller(by, now);
        match asked {
            Asked::Playlist => dossier.evidence.playlists += 1,
            Asked::Media => dossier.evidence.fetches += 1,
            Asked::Other => {}
        }
        let first_at = dossier.evidence.first_at;
        if fresh {
            self.clusters.join(by.cluster, first_at);
        }
    }

    /// Live media left for the entry, `new_ms` of it for the first time.
    pub(crate) fn fetched(&mut self, pass: &ViewerPass, show: BroadcastId, fetch: &Fetch, new_ms: i64, now: Millis) {
        let Some(dossier) = self.dossier(pass, show, now) else { return };
        dossier.evidence.live_fetches += 1;
        dossier.evidence.media_ms += new_ms.max(0) as u64;
        dossier.evidence.served_ms += u64::from(fetch.duration_ms);
        dossier.evidence.bytes += fetch.bytes as u64;
        self.enter(pass.entry);
    }

    /// The entry counts.
    pub(crate) fn enter(&mut self, entry: EntryId) {
        let Some(dossier) = self.dossiers.get_mut(&entry) else { return };
        if !std::mem::replace(&mut dossier.entered, true) {
            self.strangers = self.strangers.saturating_sub(1);
        }
    }

    pub(crate) fn beat(
        &mut self,
        pass: &ViewerPass,
        show: BroadcastId,
        beat: &Beat,
        heard: Option<Heard>,
        now: Millis,
    ) {
        let Some(dossier) = self.dossier(pass, show, now) else { return };
        dossier.beat(beat, heard, now);
        let Some(cluster) = dossier.cluster else { return };
        for entry in self.clusters.beat(cluster, pass.entry, now) {
            if let Some(dossier) = self.dossiers.get_mut(&entry) {
                dossier.evidence.lockstep += 1;
            }
        }
    }

    /// Watch time that comes without a heartbeat: a bare client's, or the last of who leaves.
    pub(crate) fn credited(&mut self, entry: EntryId, played_ms: u32) {
        if let Some(dossier) = self.dossiers.get_mut(&entry) {
            dossier.evidence.credited_ms += u64::from(played_ms);
        }
    }

    pub(crate) fn socket(&mut self, pass: &ViewerPass, show: BroadcastId, open: bool, now: Millis) {
        if open {
            if let Some(dossier) = self.dossier(pass, show, now) {
                dossier.clock_sockets(now);
                dossier.evidence.sockets += 1;
                dossier.open_sockets += 1;
            }
        } else if let Some(dossier) = self.dossiers.get_mut(&pass.entry) {
            dossier.clock_sockets(now);
            dossier.open_sockets = dossier.open_sockets.saturating_sub(1);
        }
    }

    pub(crate) fn left(&mut self, entry: EntryId, now: Millis) {
        if let Some(dossier) = self.dossiers.get_mut(&entry) {
            dossier.left = true;
            dossier.evidence.last_at = now;
            self.leaving.push(entry);
        }
    }

    /// Judges whose time has come: what is new about whom.
    pub(crate) fn judge(&mut self, direct: bool, now: Millis) -> Vec<Judged> {
        let mut all = Vec::new();
        for entry in std::mem::take(&mut self.leaving) {
            if self.dossiers.get(&entry).is_some_and(|dossier| dossier.left) {
                self.judge_one(entry, direct, now, &mut all);
            }
        }
        while let Some((at, entry)) = self.due.front().copied().filter(|(at, _)| *at <= now) {
            self.due.pop_front();
            if self.dossiers.get(&entry).is_some_and(|dossier| dossier.due == at) {
                self.judge_one(entry, direct, now, &mut all);
            }
        }
        all
    }

    fn judge_one(&mut self, entry: EntryId, direct: bool, now: Millis, all: &mut Vec<Judged>) {
        let Some(dossier) = self.dossiers.get_mut(&entry) else { return };
        let silent = dossier.open_sockets == 0 && now.since(dossier.evidence.last_at) >= SILENT_MS;
        let last = dossier.left || silent;
        let judged = dossier.judged(entry, &self.clusters, direct, last, now);
        let new = dossier.told.replace(judged.judged.verdict) != Some(judged.judged.verdict);
        dossier.due = now.plus_ms(EVERY_MS);
        // Who only looked in is nobody's business.
        let worth_telling = dossier.entered || judged.judged.verdict == ViewerVerdict::Bot;
        if (new || last) && worth_telling {
            all.push(judged);
        }
        if last {
            self.forget(entry);
        } else {
            self.due.push_back((now.plus_ms(EVERY_MS), entry));
        }
    }

    /// The entry was last told to be a suspected bot in this show.
    pub(crate) fn suspects(&self, entry: EntryId, broadcast: BroadcastId) -> bool {
        let known = self.dossiers.get(&entry).filter(|dossier| dossier.broadcast == broadcast);
        known.is_some_and(|dossier| dossier.told == Some(ViewerVerdict::Bot))
    }

    /// Everybody who is there, as judged now.
    pub(crate) fn everybody(&self, broadcast: BroadcastId, direct: bool, now: Millis) -> Vec<Judged> {
        let of_show = self.dossiers.iter().filter(|(_, dossier)| dossier.broadcast == broadcast);
        of_show.map(|(entry, dossier)| dossier.judged(*entry, &self.clusters, direct, false, now)).collect()
    }

    /// The dossier, begun if need be; `None` when there are too many of who only knock.
    fn dossier(&mut self, pass: &ViewerPass, show: BroadcastId, now: Millis) -> Option<&mut Dossier> {
        let known = self.dossiers.get(&pass.entry).map(|dossier| dossier.broadcast);
        if known != Some(show) {
            if self.strangers >= MOST_STRANGERS {
                metrics::counter!("kaibo_audience_unseen_total").increment(1);
                return None;
            }
            let mut begun = Dossier::begin(pass, show, now);
            // The next show: its sockets are still open, everything else starts anew.
            if let Some(before) = self.forget(pass.entry) {
                begun.open_sockets = before.open_sockets;
                begun.evidence.sockets = before.open_sockets.min(1);
            }
            self.strangers += 1;
            self.due.push_back((begun.due, pass.entry));
            self.dossiers.insert(pass.entry, begun);
        }
        let dossier = self.dossiers.get_mut(&pass.entry)?;
        dossier.evidence.last_at = now.max(dossier.evidence.last_at);
        dossier.left = false;
        Some(dossier)
    }

    fn forget(&mut self, entry: EntryId) -> Option<Dossier> {
        let dossier = self.dossiers.remove(&entry)?;
        if let Some(cluster) = dossier.cluster {
            self.clusters.leave(cluster);
        }
        if !dossier.entered {
            self.strangers = self.strangers.saturating_sub(1);
        }
        Some(dossier)
    }
}

/// What a request was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Playlist,
    Media,
    Other,
}

impl Dossier {
    fn begin(pass: &ViewerPass, broadcast: BroadcastId, now: Millis) -> Self {
        let evidence =
            ViewerEvidence { kind: Some(pass.kind), first_at: now, last_at: now, ..ViewerEvidence::default() };
        Self {
            viewer: pass.viewer.clone(),
            broadcast,
            entered: false,
            left: false,
            evidence,
            cluster: None,
            addresses: [(0, Millis(i64::MIN)); ADDRESSES],
            beat_at: None,
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
    fn caller(&mut self, by: &Caller, now: Millis) -> bool {
        let oldest = self.addresses.iter_mut().min_by_key(|(hash, at)| (*hash != by.address, *at));
        if let Some(place) = oldest {
            *place = (by.address, now);
        }
        let current = self.addresses.iter().filter(|(_, at)| at.0 != i64::MIN && now.since(*at) <= ADDRESS_MS);
        self.evidence.addresses = self.evidence.addresses.max(current.count() as u32);
        if self.evidence.agent.is_empty() {
            self.evidence.agent = by.agent.to_owned();
        }
        self.cluster.replace(self.cluster.unwrap_or(by.cluster)).is_none()
    }

    fn beat(&mut self, beat: &Beat, heard: Option<Heard>, now: Millis) {
        let evidence = &mut self.evidence;
        evidence.beats += 1;
        evidence.positions += u32::from(beat.position.is_some());
        evidence.hidden += u32::from(!beat.visible);
        if beat.visible {
            evidence.claimed_ms += u64::from(beat.played_ms);
        }
        let heard = heard.unwrap_or_default();
        evidence.credited_ms += u64::from(heard.logged.unwrap_or(0));
        match heard.flaw {
            Some(Flaw::Still) => evidence.still += 1,
            Some(Flaw::Outside) => evidence.outside += 1,
            Some(Flaw::Impossible) => evidence.impossible += 1,
            Some(Flaw::Hidden | Flaw::Back | Flaw::NoMedia) | None => {}
        }
        let gap_ms = self.beat_at.replace(now).map(|last| now.since(last)).filter(|gap_ms| *gap_ms < PAUSE_MS);
        if let (Some(gap_ms), Some(before_ms)) = (gap_ms, self.gap_ms) {
            self.jitter_ms += (gap_ms - before_ms).abs();
            self.jitters += 1;
            evidence.jitter_ms = u32::try_from(self.jitter_ms / self.jitters).ok();
        }
        self.gap_ms = gap_ms;
    }

    /// Adds the time since the last look, if a socket was open.
    fn clock_sockets(&mut self, now: Millis) {
        let passed_ms = now.since(std::mem::replace(&mut self.socket_at, now)).max(0);
        if self.open_sockets > 0 {
            self.evidence.socket_ms += passed_ms as u64;
        }
    }

    fn judged(&self, entry: EntryId, clusters: &Clusters, direct: bool, last: bool, now: Millis) -> Judged {
        let mut evidence = self.evidence.clone();
        if self.open_sockets > 0 {
            evidence.last_at = now;
            evidence.socket_ms += now.since(self.socket_at).max(0) as u64;
        }
        if let Some(cluster) = self.cluster {
            (evidence.cluster, evidence.rush) = clusters.company(cluster, evidence.first_at);
        }
        let judgement = rules::judge(rules::Facts { evidence: &evidence, direct });
        let reasons = judgement.reasons.iter().map(|code| (*code).to_owned()).collect();
        let verdict = judgement.verdict;
        let judged = ViewerJudged { entry, verdict, reasons, entered: self.entered, last, evidence };
        Judged { viewer: self.viewer.clone(), broadcast: self.broadcast, judged }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{RoomId, ViewerKind};
    use std::net::IpAddr;

    struct Room {
        book: Book,
        show: BroadcastId,
        keys: app::Keys,
    }

    fn at(ms: i64) -> Millis {
        Millis(1_700_000_000_000 + ms)
    }

    impl Room {
        fn new() -> Self {
            Self { book: Book::default(), show: BroadcastId::new(), keys: app::Keys::from_secret([7; 32]) }
        }
        fn pass(&self) -> ViewerPass {
            let (room, entry, viewer) = (RoomId::new(), EntryId::new(), ViewerId::random());
            ViewerPass { room, viewer, entry, kind: ViewerKind::Web, expires: at(1_000_000_000) }
        }
        fn ask(&mut self, pass: &ViewerPass, ip: [u8; 4], asked: Asked, ms: i64) {
            let agent = Some("Mozilla/5.0 (Windows)");
            let by = Caller::new(&self.keys, IpAddr::from(ip), agent, at(ms));
            self.book.asked(pass, self.show, &by, asked, at(ms));
        }
        fn fetch(&mut self, pass: &ViewerPass, ms: i64) {
            let fetch = Fetch { from: at(ms), duration_ms: 2_000, bytes: 1_000 };
            self.book.fetched(pass, self.show, &fetch, 2_000, at(ms));
        }
        fn beat(&mut self, pass: &ViewerPass, ms: i64) {
            let heard = Heard { logged: Some(10_000), flaw: None };
            self.book.beat(pass, self.show, &Beat::of(10_000), Some(heard), at(ms));
        }
        fn verdicts(&mut self, ms: i64) -> Vec<(ViewerVerdict, bool)> {
            let judged = self.book.judge(true, at(ms));
            judged.iter().map(|judged| (judged.judged.verdict, judged.judged.last)).collect()
        }
    }

    #[test]
    fn a_viewer_is_judged_while_there_and_when_gone_and_then_forgotten() {
        let mut room = Room::new();
        let pass = room.pass();
        for s in 0..60 {
            room.ask(&pass, [192, 0, 2, 1], Asked::Media, s * 1_000);
            room.fetch(&pass, s * 1_000);
            if s % 10 == 9 {
                room.beat(&pass, s * 1_000);
            }
            let judged = room.verdicts(s * 1_000);
            assert_eq!(judged, if s == 30 { vec![(ViewerVerdict::Web, false)] } else { vec![] }, "{s}");
        }
        assert_eq!(room.verdicts(130_000), [(ViewerVerdict::Web, true)], "silent for a minute");
        assert!(room.book.is_empty() && room.book.strangers == 0);

        room.fetch(&pass, 200_000);
        room.beat(&pass, 210_000);
        room.book.left(pass.entry, at(211_000));
        assert_eq!(room.verdicts(211_000), [(ViewerVerdict::Web, true)]);
        assert_eq!(room.verdicts(400_000), []);
        assert!(room.book.due.is_empty());
    }

    #[test]
    fn a_socket_keeps_a_viewer_and_measures_time() {
        let mut room = Room::new();
        let pass = room.pass();
        room.book.socket(&pass, room.show, true, at(0));
        room.fetch(&pass, 100);
        room.beat(&pass, 10_000);
        assert_eq!(room.verdicts(200_000), [(ViewerVerdict::Web, false)]);
        room.book.socket(&pass, room.show, false, at(200_000));
        assert_eq!(room.book.everybody(room.show, true, at(201_000))[0].judged.evidence.socket_ms, 200_000);
        assert_eq!(room.verdicts(300_000), [(ViewerVerdict::Web, true)]);
    }

    #[test]
    fn those_who_only_look_in_are_not_told_and_not_kept() {
        let mut room = Room::new();
        for _ in 0..100 {
            let pass = room.pass();
            room.ask(&pass, [192, 0, 2, 1], Asked::Playlist, 0);
        }
        assert_eq!(room.book.strangers, 100);
        assert_eq!(room.verdicts(90_000), []);
        assert!(room.book.is_empty() && room.book.strangers == 0);
    }

    /// Heartbeats of `count` entries behind one address, `phase(n)` ms into every ten seconds.
    fn crowd(count: i64, phase: impl Fn(i64) -> i64) -> Vec<u32> {
        let mut room = Room::new();
        let passes: Vec<ViewerPass> = (0..count).map(|_| room.pass()).collect();
        let mut moments = Vec::new();
        for (n, pass) in passes.iter().enumerate() {
            room.ask(pass, [192, 0, 2, 1], Asked::Playlist, n as i64);
            moments.extend((1..=6).map(|beat| (beat * 10_000 + phase(n as i64), n)));
        }
        moments.sort_unstable();
        for (ms, n) in moments {
            room.beat(&passes[n], ms);
        }
        let judged = room.book.everybody(room.show, true, at(70_000));
        judged.iter().map(|judged| judged.judged.evidence.lockstep).collect()
    }

    #[test]
    fn a_farm_moves_as_one_and_a_campus_does_not() {
        assert!(crowd(10, |n| n * 3).iter().all(|lockstep| *lockstep == 6));
        assert!(crowd(300, |n| n * 7_919 % 10_000).iter().all(|lockstep| *lockstep <= 1));
        assert!(crowd(4, |n| n).iter().all(|lockstep| *lockstep == 0), "a family");
    }

    #[test]
    fn one_token_at_many_addresses_is_noticed() {
        let mut room = Room::new();
        let (shared, travels) = (room.pass(), room.pass());
        for n in 0..20 {
            room.ask(&shared, [192, 0, 2, n % 7], Asked::Media, i64::from(n) * 2_000);
            room.ask(&travels, [198, 51, 100, n], Asked::Media, i64::from(n) * 100_000);
        }
        let addresses = |room: &Room, pass: &ViewerPass| room.book.dossiers[&pass.entry].evidence.addresses;
        assert_eq!((addresses(&room, &shared), addresses(&room, &travels)), (7, 1));
    }

    #[test]
    fn a_dossier_is_small() {
        assert!(size_of::<Dossier>() <= 640, "{}", size_of::<Dossier>());
    }
}
