//! From judged entries to a show's numbers: totals by verdict, the error band, how the evidence agrees. Pure.

use super::{
    book::Judged,
    delivery::Delivery,
    rules::{self, Facts},
};
use crate::cdn::Logs;
use events::{EntryId, ViewerEvidence, ViewerId, ViewerJudged, ViewerVerdict};
use std::collections::{BTreeMap, HashMap};

/// How good the rules are, as the bot farm of the tests measures them (`crates/cli/tests/it/audit.rs`). Of the suspected,
/// `precision` are bots; of the bots the rules are made for, `recall` are suspected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    pub precision: f64,
    pub recall: f64,
}

/// We deliver the media and see every fetch.
pub const DIRECT: Accuracy = Accuracy { precision: 0.95, recall: 0.90 };
/// Behind a CDN only positions and heartbeats speak; not measured, so assumed with care.
pub const CDN: Accuracy = Accuracy { precision: 0.90, recall: 0.60 };

/// Media and claims this close agree.
const AGREE_MS: u64 = 15_000;

/// The kinds of evidence.
pub(crate) const EVIDENCE: [&str; 6] = ["playlist", "segments", "heartbeats", "positions", "socket", "cdn_log"];

/// An entry with its evidence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub entry: EntryId,
    pub viewer: ViewerId,
    pub verdict: ViewerVerdict,
    pub reasons: Vec<String>,
    pub entered: bool,
    /// Watching right now.
    pub present: bool,
    pub evidence: ViewerEvidence,
}

impl Found {
    /// Worth telling: it counts, or is suspected.
    pub(crate) fn is_told(&self) -> bool {
        self.entered || self.verdict == ViewerVerdict::Bot
    }

    fn has(&self) -> [bool; EVIDENCE.len()] {
        let evidence = &self.evidence;
        [
            evidence.playlists > 0,
            evidence.fetches > 0,
            evidence.beats > 0,
            evidence.positions > 0,
            evidence.sockets > 0,
            evidence.cdn_segments > 0,
        ]
    }
}

impl From<Judged> for Found {
    /// Of who is there now.
    fn from(Judged { viewer, judged, .. }: Judged) -> Self {
        let ViewerJudged { entry, verdict, reasons, entered, evidence, .. } = judged;
        Self { entry, viewer, verdict, reasons, entered, present: true, evidence }
    }
}

/// Everybody of a show, one by one, in the order of entries.
#[derive(Default)]
pub(crate) struct Everybody(BTreeMap<EntryId, Vec<Found>>);

impl Everybody {
    /// Another stay of an entry; a newer word on a known one replaces it.
    pub(crate) fn add(&mut self, found: Found) {
        let stays = self.0.entry(found.entry).or_default();
        stays.retain(|known| known.evidence.first_at != found.evidence.first_at);
        stays.push(found);
    }

    /// What a CDN's log says an entry was sent, whether or not we know of it.
    pub(crate) fn cdn(&mut self, found: Found) {
        let Found { evidence: ViewerEvidence { cdn_segments, .. }, .. } = found;
        let stays = self.0.entry(found.entry).or_default();
        match stays.first_mut() {
            Some(Found { evidence, .. }) => {
                evidence.cdn_segments = cdn_segments;
                if evidence.agent.is_empty() {
                    evidence.agent = found.evidence.agent;
                }
            }
            None => stays.push(found),
        }
    }

    /// One for every entry, judged by all that is known of it.
    pub(crate) fn judged(self, delivery: &Delivery, logs: &Logs) -> impl Iterator<Item = Found> {
        self.0.into_values().filter_map(move |stays| {
            let many = stays.len() > 1;
            let mut found = stays.into_iter().reduce(merge)?;
            let (from, to) = (found.evidence.first_at, found.evidence.last_at);
            let logged = logs.of(from, to);
            if many || found.evidence.cdn_segments > 0 || logged.complete {
                let direct = delivery.was_direct(from, to);
                let judgement = rules::judge(Facts { evidence: &found.evidence, direct, logged });
                found.verdict = judgement.verdict;
                found.reasons = judgement.reasons.into_iter().map(str::to_owned).collect();
            }
            // Media that a CDN delivered makes an entry like media of ours.
            found.entered |= found.evidence.cdn_segments > 0;
            Some(found)
        })
    }
}

fn merge(left: Found, right: Found) -> Found {
    let (mut all, more) = (left.evidence, right.evidence);
    all.first_at = all.first_at.min(more.first_at);
    all.last_at = all.last_at.max(more.last_at);
    for (sum, add) in [
        (&mut all.playlists, more.playlists),
        (&mut all.fetches, more.fetches),
        (&mut all.live_fetches, more.live_fetches),
        (&mut all.beats, more.beats),
        (&mut all.positions, more.positions),
        (&mut all.repeats, more.repeats),
        (&mut all.hidden, more.hidden),
        (&mut all.still, more.still),
        (&mut all.outside, more.outside),
        (&mut all.impossible, more.impossible),
        (&mut all.lockstep, more.lockstep),
        (&mut all.sockets, more.sockets),
    ] {
        *sum = sum.saturating_add(add);
    }
    for (sum, add) in [
        (&mut all.media_ms, more.media_ms),
        (&mut all.served_ms, more.served_ms),
        (&mut all.rewound_ms, more.rewound_ms),
        (&mut all.bytes, more.bytes),
        (&mut all.claimed_ms, more.claimed_ms),
        (&mut all.credited_ms, more.credited_ms),
        (&mut all.socket_ms, more.socket_ms),
    ] {
        *sum = sum.saturating_add(add);
    }
    for (most, other) in [
        (&mut all.rush, more.rush),
        (&mut all.cluster, more.cluster),
        (&mut all.brief, more.brief),
        (&mut all.addresses, more.addresses),
        (&mut all.cdn_segments, more.cdn_segments),
    ] {
        *most = other.max(*most);
    }
    all.jitter_ms = all.jitter_ms.max(more.jitter_ms);
    if all.agent.is_empty() {
        all.agent = more.agent;
    }
    Found { entered: left.entered | right.entered, present: left.present | right.present, evidence: all, ..right }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub viewers: u64,
    pub entries: u64,
    pub watch_ms: u64,
}

/// How two kinds of evidence agree, over the entries that have either.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pair {
    pub agree: u64,
    /// The left one says more.
    pub left: u64,
    pub right: u64,
    /// How much they differ in all, where they are times.
    pub difference_ms: u64,
}

impl Pair {
    fn presence(&mut self, left: bool, right: bool) {
        match (left, right) {
            (true, true) => self.agree += 1,
            (true, false) => self.left += 1,
            (false, true) => self.right += 1,
            (false, false) => {}
        }
    }

    fn amounts(&mut self, left_ms: u64, right_ms: u64) {
        if left_ms == 0 && right_ms == 0 {
            return;
        }
        self.difference_ms += left_ms.abs_diff(right_ms);
        if left_ms.abs_diff(right_ms) <= AGREE_MS + left_ms.max(right_ms) / 10 {
            self.agree += 1;
        } else if left_ms > right_ms {
            self.left += 1;
        } else {
            self.right += 1;
        }
    }
}

/// The names of the pairs, left and right.
pub(crate) const PAIRS: [(&str, &str); 6] = [
    ("playlist", "segments"),
    ("segments", "heartbeats"),
    ("heartbeats", "credited"),
    ("heartbeats", "positions"),
    ("heartbeats", "socket"),
    ("segments", "cdn_log"),
];

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Numbers {
    /// By verdict, as [`rank`] orders them.
    pub sums: [Sum; 4],
    /// Suspects who never got media: not part of any number.
    pub turned_away: u64,
    pub reasons: BTreeMap<String, u64>,
    /// Entries that have which kind of evidence.
    pub has: [u64; EVIDENCE.len()],
    pub pairs: [Pair; PAIRS.len()],
}

/// The place of a verdict: whoever is one of several is the first of them.
pub(crate) const ORDER: [ViewerVerdict; 4] =
    [ViewerVerdict::Web, ViewerVerdict::Bare, ViewerVerdict::Unknown, ViewerVerdict::Bot];

pub(crate) fn fold(everybody: impl Iterator<Item = Found>) -> Numbers {
    let mut numbers = Numbers::default();
    let mut viewers: HashMap<ViewerId, usize> = HashMap::new();
    for found in everybody {
        numbers.pair(&found.evidence);
        for (count, has) in numbers.has.iter_mut().zip(found.has()) {
            *count += u64::from(has);
        }
        for reason in &found.reasons {
            *numbers.reasons.entry(reason.clone()).or_default() += 1;
        }
        if !found.entered {
            numbers.turned_away += u64::from(found.verdict == ViewerVerdict::Bot);
            continue;
        }
        let rank = ORDER.iter().position(|verdict| *verdict == found.verdict).unwrap_or_default();
        if let Some(sum) = numbers.sums.get_mut(rank) {
            sum.entries += 1;
            sum.watch_ms += found.evidence.credited_ms;
        }
        viewers.entry(found.viewer).and_modify(|known| *known = rank.min(*known)).or_insert(rank);
    }
    for rank in viewers.into_values() {
        if let Some(sum) = numbers.sums.get_mut(rank) {
            sum.viewers += 1;
        }
    }
    numbers
}

impl Numbers {
    pub(crate) fn of(&self, verdict: ViewerVerdict) -> Sum {
        let at = ORDER.iter().position(|one| *one == verdict).unwrap_or_default();
        self.sums.get(at).copied().unwrap_or_default()
    }

    fn pair(&mut self, evidence: &ViewerEvidence) {
        let [playlists, media, credited, positions, sockets, cdn] = &mut self.pairs;
        let fetched = evidence.fetches > 0 || evidence.media_ms > 0;
        playlists.presence(evidence.playlists > 0, fetched);
        if evidence.beats > 0 {
            credited.amounts(evidence.claimed_ms, evidence.credited_ms);
            media.amounts(evidence.media_ms, evidence.claimed_ms);
            positions.presence(true, evidence.positions > 0);
        }
        sockets.presence(evidence.beats > 0, evidence.sockets > 0);
        if evidence.cdn_segments > 0 {
            cdn.presence(fetched, true);
        }
    }
}

/// Between which numbers the true one lies.
///
/// Of `bots` suspected, `bots * precision` are bots, and `bots * precision * (1 / recall - 1)` more passed as people. So the low
/// end takes those away, and the high end adds the wrongly suspected and everybody who could not be judged.
pub(crate) fn band(passed: u64, unknown: u64, bots: u64, accuracy: Accuracy) -> (u64, u64) {
    let bots = bots as f64;
    let missed = bots * accuracy.precision * (1.0 / accuracy.recall - 1.0);
    let wronged = bots * (1.0 - accuracy.precision);
    let low = passed.saturating_sub(missed.ceil() as u64);
    (low, passed + unknown + wronged.ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Millis, ViewerKind};

    fn found(viewer: &str, verdict: ViewerVerdict, since: i64) -> Found {
        let evidence = ViewerEvidence {
            kind: Some(ViewerKind::Web),
            first_at: Millis(since),
            last_at: Millis(since + 60_000),
            playlists: 30,
            fetches: 30,
            live_fetches: 30,
            media_ms: 60_000,
            served_ms: 60_000,
            beats: 6,
            positions: 6,
            claimed_ms: 58_000,
            credited_ms: 57_000,
            sockets: 1,
            ..ViewerEvidence::default()
        };
        let viewer = viewer.parse().expect("a viewer");
        Found { entry: EntryId::new(), viewer, verdict, reasons: vec![], entered: true, present: false, evidence }
    }

    #[test]
    fn a_viewer_counts_once_and_where_they_are_best() {
        use ViewerVerdict::{Bare, Bot, Unknown, Web};
        let mut away = found("e", Bot, 0);
        away.entered = false;
        let all = vec![
            found("a", Web, 0),
            found("a", Bot, 0),
            found("b", Bot, 0),
            found("c", Unknown, 0),
            found("d", Bare, 0),
            away,
        ];
        let numbers = fold(all.into_iter());
        let count = |verdict| (numbers.of(verdict).viewers, numbers.of(verdict).entries);
        assert_eq!([count(Web), count(Bare), count(Unknown), count(Bot)], [(1, 1), (1, 1), (1, 1), (1, 2)]);
        assert_eq!((numbers.turned_away, numbers.of(Web).watch_ms), (1, 57_000));
        assert!(numbers.pairs.iter().take(5).all(|pair| pair.agree == 6 && pair.left + pair.right == 0));
    }

    #[test]
    fn stays_of_one_entry_are_one_and_judged_together() {
        let (mut everybody, first) = (Everybody::default(), found("a", ViewerVerdict::Web, 0));
        // After a restart: heartbeats go on before the next segment is asked for.
        let mut second = Found { verdict: ViewerVerdict::Bot, ..first.clone() };
        second.evidence =
            ViewerEvidence { first_at: Millis(90_000), fetches: 0, live_fetches: 0, media_ms: 0, ..second.evidence };
        everybody.add(first.clone());
        everybody.add(second.clone());
        everybody.add(second);
        let all: Vec<Found> = everybody.judged(&Delivery::default(), &Logs::default()).collect();
        assert_eq!(all.len(), 1);
        assert_eq!(
            (all[0].verdict, all[0].evidence.beats, all[0].evidence.credited_ms),
            (ViewerVerdict::Web, 12, 114_000)
        );
    }

    #[test]
    fn a_cdn_log_is_evidence() {
        let mut everybody = Everybody::default();
        let mut downloads = found("a", ViewerVerdict::Unknown, 0);
        downloads.entered = false;
        downloads.evidence = ViewerEvidence {
            kind: Some(ViewerKind::Bare),
            cdn_segments: 30,
            last_at: Millis(60_000),
            ..ViewerEvidence::default()
        };
        everybody.cdn(downloads);
        let delivery = Delivery::default().with(Millis(0), true);
        let all: Vec<Found> = everybody.judged(&delivery, &Logs::default()).collect();
        assert_eq!((all[0].verdict, all[0].entered), (ViewerVerdict::Bare, true));
    }

    #[test]
    fn complete_logs_convict_who_is_not_in_them() {
        let without_media = |viewer| {
            let mut only_beats = found(viewer, ViewerVerdict::Web, 0);
            let evidence = &mut only_beats.evidence;
            (evidence.fetches, evidence.live_fetches, evidence.media_ms, evidence.served_ms) = (0, 0, 0, 0);
            only_beats
        };
        let delivery = Delivery::default().with(Millis(0), true);
        let (seen, unseen) = (without_media("seen"), without_media("unseen"));
        for (logs, expected) in [
            (Logs::new([(Millis(0), Millis(70_000), false, Some(2_000))]), ViewerVerdict::Web),
            (Logs::new([(Millis(0), Millis(20_000), true, Some(2_000))]), ViewerVerdict::Web),
            (Logs::new([(Millis(0), Millis(70_000), true, Some(2_000))]), ViewerVerdict::Bot),
        ] {
            let mut everybody = Everybody::default();
            everybody.add(seen.clone());
            everybody.add(unseen.clone());
            let mut log = seen.clone();
            log.evidence = ViewerEvidence { cdn_segments: 30, ..ViewerEvidence::default() };
            everybody.cdn(log);
            let all: Vec<Found> = everybody.judged(&delivery, &logs).collect();
            let of = |viewer: &str| all.iter().find(|found| found.viewer.as_str() == viewer).map(|found| found.verdict);
            assert_eq!((of("seen"), of("unseen")), (Some(ViewerVerdict::Web), Some(expected)), "{logs:?}");
        }
    }

    #[test]
    fn the_band_holds_the_missed_and_the_wronged() {
        let accuracy = Accuracy { precision: 0.9, recall: 0.75 };
        assert_eq!(band(100, 10, 20, accuracy), (94, 112), "18 bots are 3/4 of 24; 2 of the 20 are people");
        assert_eq!(band(100, 0, 0, accuracy), (100, 100));
        assert_eq!(band(1, 0, 1_000, accuracy).0, 0);
    }
}
