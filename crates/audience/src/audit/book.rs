//! The evidence of one room's entries, while they are there. Pure: times come in, judgements come out.
//!
//! Bounded: an entry costs less than a kilobyte, of entries without media the newest [`MOST_STRANGERS`] are kept, and who was
//! silent for [`SILENT_MS`] is judged for the last time and forgotten.

use super::{
    agent::Caller,
    cluster::Clusters,
    delivery::Delivery,
    dossier::{Dossier, Judged, Witness},
};
use crate::credit::Heard;
use crate::{Beat, Fetch, ViewerPass};
use events::{BroadcastId, EntryId, Millis, ViewerVerdict};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Entries are judged this often.
pub(super) const EVERY_MS: i64 = 30_000;
/// Who is silent this long is gone.
const SILENT_MS: i64 = 60_000;
const MOST_STRANGERS: usize = 50_000;

#[derive(Default)]
pub(crate) struct Book {
    dossiers: HashMap<EntryId, Dossier>,
    clusters: Clusters,
    /// Who is judged when. A dossier knows its own time; others in its name are of earlier ones.
    due: VecDeque<(Millis, EntryId)>,
    /// Who said goodbye since the last look.
    leaving: Vec<EntryId>,
    /// Dossiers of who does not count yet, oldest first.
    strangers: BTreeMap<u64, EntryId>,
    /// Dossiers ever begun.
    begun: u64,
    /// Strangers who made room for newer ones, since the last look.
    unseen: HashMap<BroadcastId, u64>,
}

impl Book {
    pub(crate) fn is_empty(&self) -> bool {
        self.dossiers.is_empty()
    }

    /// A request of the entry was answered; `playlist`, if it was one.
    pub(crate) fn asked(&mut self, pass: &ViewerPass, show: BroadcastId, by: &Caller, asked: Asked, now: Millis) {
        let dossier = self.dossier(pass, show, now);
        let fresh = dossier.caller(by, now);
        dossier.evidence.playlists += u32::from(asked == Asked::Playlist);
        let first_at = dossier.evidence.first_at;
        let brief = dossier.brief;
        if fresh {
            self.clusters.join(by.cluster, first_at);
            if brief {
                self.clusters.looked_in(by.cluster, first_at);
            }
        }
    }

    /// Live media reached the entry, `new_ms` of it for the first time. `counts`: it is enough for an entry 进入.
    pub(crate) fn fetched(
        &mut self,
        pass: &ViewerPass,
        show: BroadcastId,
        fetch: &Fetch,
        (new_ms, counts): (i64, bool),
        now: Millis,
    ) {
        let evidence = &mut self.dossier(pass, show, now).evidence;
        evidence.fetches += 1;
        evidence.live_fetches += 1;
        evidence.media_ms += new_ms.max(0) as u64;
        evidence.served_ms += u64::from(fetch.stretch().1);
        evidence.bytes += fetch.taken_bytes();
        if counts {
            self.enter(pass.entry);
        }
        self.perhaps_stayed(pass.entry);
    }

    /// Media of a recording, or from behind the live edge.
    pub(crate) fn rewound(&mut self, pass: &ViewerPass, show: BroadcastId, fetch: &Fetch, now: Millis) {
        let evidence = &mut self.dossier(pass, show, now).evidence;
        evidence.fetches += 1;
        evidence.rewound_ms += u64::from(fetch.stretch().1);
    }

    /// The entry counts.
    pub(crate) fn enter(&mut self, entry: EntryId) {
        let Some(dossier) = self.dossiers.get_mut(&entry) else { return };
        let Some(place) = dossier.stranger.take() else { return };
        self.strangers.remove(&place);
        dossier.brief = !dossier.stays();
        if let Some(cluster) = dossier.cluster.filter(|_| dossier.brief) {
            self.clusters.looked_in(cluster, dossier.evidence.first_at);
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
        let dossier = self.dossier(pass, show, now);
        let steps = dossier.beat(beat, heard, now);
        // Heartbeats of who has no media would only hide in the crowd.
        let cluster = dossier.cluster.filter(|_| steps && dossier.stranger.is_none());
        self.perhaps_stayed(pass.entry);
        let Some(cluster) = cluster else { return };
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
            let dossier = self.dossier(pass, show, now);
            dossier.clock_sockets(now);
            dossier.evidence.sockets += 1;
            dossier.open_sockets += 1;
            self.perhaps_stayed(pass.entry);
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
    pub(crate) fn judge(&mut self, delivery: &Delivery, now: Millis) -> Vec<Judged> {
        let mut all = Vec::new();
        for entry in std::mem::take(&mut self.leaving) {
            if self.dossiers.get(&entry).is_some_and(|dossier| dossier.left) {
                self.judge_one(entry, delivery, now, &mut all);
            }
        }
        while let Some((at, entry)) = self.due.front().copied().filter(|(at, _)| *at <= now) {
            self.due.pop_front();
            if self.dossiers.get(&entry).is_some_and(|dossier| dossier.due == at) {
                self.judge_one(entry, delivery, now, &mut all);
            }
        }
        self.clusters.sweep(now);
        all
    }

    fn judge_one(&mut self, entry: EntryId, delivery: &Delivery, now: Millis, all: &mut Vec<Judged>) {
        let Some(dossier) = self.dossiers.get_mut(&entry) else { return };
        let silent = dossier.open_sockets == 0 && now.since(dossier.evidence.last_at) >= SILENT_MS;
        let last = dossier.left || silent;
        let company = dossier.company(&self.clusters);
        // Of arrivals only the last minute is remembered.
        dossier.evidence.rush = dossier.evidence.rush.max(company.rush);
        let judged = dossier.witness(entry, &self.clusters, now).judged(delivery, last);
        let new = dossier.told.replace(judged.judged.verdict) != Some(judged.judged.verdict);
        dossier.due = now.plus_ms(EVERY_MS);
        // Who only looked in is nobody's business.
        let worth_telling = judged.judged.entered || judged.judged.verdict == ViewerVerdict::Bot;
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

    /// Everybody who is there, to be judged elsewhere: whoever asks holds up the room no longer than a copy takes.
    pub(crate) fn everybody(&self, broadcast: BroadcastId, now: Millis) -> Vec<Witness> {
        let of_show = self.dossiers.iter().filter(|(_, dossier)| dossier.broadcast == broadcast);
        of_show.map(|(entry, dossier)| dossier.witness(*entry, &self.clusters, now)).collect()
    }

    /// How many strangers of which show made room for newer ones since this was last asked.
    pub(crate) fn take_unseen(&mut self) -> HashMap<BroadcastId, u64> {
        std::mem::take(&mut self.unseen)
    }

    /// The dossier, begun if need be.
    fn dossier(&mut self, pass: &ViewerPass, show: BroadcastId, now: Millis) -> &mut Dossier {
        let known = self.dossiers.get(&pass.entry).map(|dossier| dossier.broadcast);
        if known != Some(show) {
            let mut begun = Dossier::begin(pass, show, self.begun, now);
            // The next show: its sockets are still open, everything else starts anew.
            if let Some(before) = self.forget(pass.entry) {
                begun.open_sockets = before.open_sockets;
                begun.evidence.sockets = before.open_sockets.min(1);
            }
            if self.strangers.len() >= MOST_STRANGERS {
                self.make_room();
            }
            self.strangers.insert(self.begun, pass.entry);
            self.begun += 1;
            self.due.push_back((begun.due, pass.entry));
            self.dossiers.insert(pass.entry, begun);
        }
        // It is there, so nothing is begun here.
        let dossier = self.dossiers.entry(pass.entry).or_insert_with(|| Dossier::begin(pass, show, 0, now));
        dossier.evidence.last_at = now.max(dossier.evidence.last_at);
        dossier.left = false;
        dossier
    }

    /// Too many only knock: the one who has knocked the longest is forgotten, and counted.
    fn make_room(&mut self) {
        let Some((_, oldest)) = self.strangers.pop_first() else { return };
        if let Some(forgotten) = self.forget(oldest) {
            metrics::counter!("kaibo_audience_unseen_total").increment(1);
            *self.unseen.entry(forgotten.broadcast).or_default() += 1;
        }
    }

    fn perhaps_stayed(&mut self, entry: EntryId) {
        let Some(dossier) = self.dossiers.get_mut(&entry).filter(|dossier| dossier.brief && dossier.stays()) else {
            return;
        };
        dossier.brief = false;
        if let Some(cluster) = dossier.cluster {
            self.clusters.stayed(cluster, dossier.evidence.first_at);
        }
    }

    fn forget(&mut self, entry: EntryId) -> Option<Dossier> {
        let dossier = self.dossiers.remove(&entry)?;
        if let Some(cluster) = dossier.cluster {
            self.clusters.leave(cluster);
        }
        if let Some(place) = dossier.stranger {
            self.strangers.remove(&place);
        }
        Some(dossier)
    }
}

/// What a request was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Playlist,
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{RoomId, ViewerId, ViewerJudged, ViewerKind};
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
        fn viewer(&self, kind: ViewerKind) -> ViewerPass {
            ViewerPass { kind, ..self.pass() }
        }
        fn ask(&mut self, pass: &ViewerPass, ip: [u8; 4], asked: Asked, ms: i64) {
            let agent = Some("Mozilla/5.0 (Windows)");
            let by = Caller::new(&self.keys, IpAddr::from(ip), agent, at(ms));
            self.book.asked(pass, self.show, &by, asked, at(ms));
        }
        fn fetch(&mut self, pass: &ViewerPass, ms: i64) {
            self.book.fetched(pass, self.show, &Fetch::whole(at(ms), 2_000, 1_000), (2_000, true), at(ms));
        }
        fn beat(&mut self, pass: &ViewerPass, ms: i64) {
            let heard = Heard { logged: Some(10_000), flaw: None };
            let beat = Beat { position: Some(at(ms - 3_000)), ..Beat::of(10_000 - ms as u32 % 7) };
            self.book.beat(pass, self.show, &beat, Some(heard), at(ms));
        }
        fn everybody(&self, ms: i64) -> Vec<ViewerJudged> {
            let all = self.book.everybody(self.show, at(ms)).into_iter();
            all.map(|witness| witness.judged(&Delivery::default(), false).judged).collect()
        }
        fn verdicts(&mut self, ms: i64) -> Vec<(ViewerVerdict, bool)> {
            let judged = self.book.judge(&Delivery::default(), at(ms));
            judged.iter().map(|judged| (judged.judged.verdict, judged.judged.last)).collect()
        }
    }

    #[test]
    fn a_viewer_is_judged_while_there_and_when_gone_and_then_forgotten() {
        let mut room = Room::new();
        let pass = room.pass();
        for s in 0..60 {
            room.ask(&pass, [192, 0, 2, 1], Asked::Other, s * 1_000);
            room.fetch(&pass, s * 1_000);
            if s % 10 == 9 {
                room.beat(&pass, s * 1_000);
            }
            let judged = room.verdicts(s * 1_000);
            assert_eq!(judged, if s == 30 { vec![(ViewerVerdict::Web, false)] } else { vec![] }, "{s}");
        }
        assert_eq!(room.verdicts(130_000), [(ViewerVerdict::Web, true)], "silent for a minute");
        assert!(room.book.is_empty() && room.book.strangers.is_empty());

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
        assert_eq!(room.everybody(201_000)[0].evidence.socket_ms, 200_000);
        assert_eq!(room.verdicts(300_000), [(ViewerVerdict::Web, true)]);
    }

    #[test]
    fn those_who_only_look_in_are_not_told_and_not_kept() {
        let mut room = Room::new();
        for _ in 0..100 {
            let pass = room.pass();
            room.ask(&pass, [192, 0, 2, 1], Asked::Playlist, 0);
        }
        assert_eq!(room.book.strangers.len(), 100);
        assert_eq!(room.verdicts(90_000), []);
        assert!(room.book.is_empty() && room.book.strangers.is_empty());
    }

    /// Heartbeats of `count` players behind one address, `phase(n)` ms into every ten seconds, beside as many who only hold a
    /// playlist open.
    fn crowd(count: i64, idle: i64, phase: impl Fn(i64) -> i64) -> Vec<u32> {
        let mut room = Room::new();
        let passes: Vec<ViewerPass> = (0..count).map(|_| room.pass()).collect();
        for n in 0..idle {
            let pass = room.pass();
            room.ask(&pass, [192, 0, 2, 1], Asked::Playlist, n % 1_000);
            room.beat(&pass, 10_000 + n * 7_919 % 10_000);
        }
        let mut moments = Vec::new();
        for (n, pass) in passes.iter().enumerate() {
            room.ask(pass, [192, 0, 2, 1], Asked::Playlist, n as i64 % 1_000);
            room.fetch(pass, n as i64 % 1_000);
            moments.extend((1..=6).map(|beat| (beat * 10_000 + phase(n as i64), n)));
        }
        moments.sort_unstable();
        for (ms, n) in moments {
            room.beat(&passes[n], ms);
        }
        let judged = room.everybody(70_000).into_iter().filter(|judged| judged.entered);
        judged.map(|judged| judged.evidence.lockstep).collect()
    }

    #[test]
    fn a_farm_moves_as_one_and_a_campus_does_not() {
        assert!(crowd(10, 0, |n| n * 3).iter().all(|lockstep| *lockstep == 6));
        assert!(crowd(4, 0, |n| n).iter().all(|lockstep| *lockstep == 0), "a family");
        for count in [100, 300, 3_000] {
            let campus = crowd(count, 0, |n| n * 7_919 % 10_000);
            assert!(campus.iter().all(|lockstep| *lockstep <= 1), "{count} with a beginning of their own");
        }
    }

    #[test]
    fn a_farm_is_found_however_large_and_whoever_stands_around() {
        for (count, idle) in [(1_500, 0), (5_000, 0), (20, 5_000)] {
            let farm = crowd(count, idle, |n| n * 150 / count);
            assert_eq!(farm.iter().filter(|lockstep| **lockstep >= 5).count() as i64, count, "{count} beside {idle}");
        }
    }

    #[test]
    fn many_who_only_look_in_from_one_place_are_noticed() {
        let mut room = Room::new();
        for n in 0..30 {
            let (short, page) = (room.viewer(ViewerKind::Bare), room.pass());
            room.ask(&short, [192, 0, 2, 1], Asked::Playlist, n * 1_000);
            room.fetch(&short, n * 1_000 + 10);
            // Beside them people of the same campus, whose pages open a socket.
            room.ask(&page, [192, 0, 2, 1], Asked::Playlist, n * 1_000);
            room.fetch(&page, n * 1_000 + 10);
            room.book.socket(&page, room.show, true, at(n * 1_000 + 20));
        }
        let mut bots = room.everybody(31_000);
        bots.retain(|judged| judged.verdict == ViewerVerdict::Bot);
        assert_eq!(bots.len(), 30, "{bots:?}");
        assert!(bots.iter().all(|bot| bot.evidence.brief == 30 && bot.evidence.kind == Some(ViewerKind::Bare)));
    }

    #[test]
    fn a_flood_of_strangers_blinds_nobody() {
        let mut room = Room::new();
        let watching = room.pass();
        room.fetch(&watching, 0);
        for n in 0..MOST_STRANGERS as i64 + 100 {
            let pass = room.pass();
            room.ask(&pass, [192, 0, 2, 1], Asked::Playlist, n / 100);
        }
        let honest = room.pass();
        room.ask(&honest, [198, 51, 100, 1], Asked::Playlist, 1_000);
        room.fetch(&honest, 2_000);
        room.beat(&honest, 10_000);
        assert_eq!(room.book.strangers.len(), MOST_STRANGERS - 1);
        for pass in [&watching, &honest] {
            assert!(room.book.dossiers[&pass.entry].stranger.is_none());
        }
        assert_eq!(room.book.take_unseen(), HashMap::from([(room.show, 101)]));
        assert!(room.book.take_unseen().is_empty());
    }

    #[test]
    fn pieces_of_files_are_worth_their_share() {
        let mut room = Room::new();
        let pass = room.pass();
        let half = Fetch { taken: (0, 500), ..Fetch::whole(at(0), 2_000, 1_000) };
        room.book.fetched(&pass, room.show, &half, (1_000, true), at(100));
        room.book.rewound(&pass, room.show, &half, at(200));
        let evidence = &room.book.dossiers[&pass.entry].evidence;
        assert_eq!((evidence.fetches, evidence.live_fetches), (2, 1));
        assert_eq!((evidence.media_ms, evidence.served_ms, evidence.rewound_ms), (1_000, 1_000, 1_000));
        assert_eq!(evidence.bytes, 500);
    }

    #[test]
    fn one_token_at_many_addresses_is_noticed() {
        let mut room = Room::new();
        let (shared, travels) = (room.pass(), room.pass());
        for n in 0..20 {
            room.ask(&shared, [192, 0, 2, n % 7], Asked::Other, i64::from(n) * 2_000);
            room.ask(&travels, [198, 51, 100, n], Asked::Other, i64::from(n) * 100_000);
        }
        let addresses = |room: &Room, pass: &ViewerPass| room.book.dossiers[&pass.entry].evidence.addresses;
        assert_eq!((addresses(&room, &shared), addresses(&room, &travels)), (7, 1));
    }

    #[test]
    fn a_dossier_is_small() {
        assert!(size_of::<Dossier>() <= 640, "{}", size_of::<Dossier>());
    }
}
