//! How much watching one entry may claim. Pure: the time comes in, milliseconds come out.
//!
//! A heartbeat credits the least of
//! - what it claims,
//! - the wall clock since the last one,
//! - the distinct media this entry was sent and that is not credited yet (not behind a CDN, whose segments we do not see),
//! - how far the shown position went forward,
//!
//! and nothing without a position, while the page is hidden, while the position lies outside of what was sent, or when more is
//! claimed than anybody can watch. A bare client has no heartbeats: the time between its fetches is its claim.

use crate::intervals::{Intervals, seam_ms};
use crate::{Beat, Fetch};
use events::Millis;

/// Most that one heartbeat may credit.
pub const MOST_PER_BEAT_MS: i64 = 15_000;
/// Clocks and networks jitter by about this much.
const SLACK_MS: i64 = 1_000;
/// Heartbeats closer together than this are merged into one.
const MERGE_MS: i64 = 5_000;
/// A bare client is heard of at most this often.
const BARE_EVERY_MS: i64 = 10_000;
/// A bare client that fetches nothing for longer was paused.
const BARE_GAP_MS: i64 = 15_000;
/// How far claims may run ahead of the wall clock: what a connection that hung may deliver at once.
const AHEAD_MS: i64 = 45_000;
/// A claimant far beyond it has this much to live down.
const MOST_AHEAD_MS: i64 = 120_000;
/// Nobody watches a live show faster than this; catching up with the edge is a tenth or two.
const FASTEST_RATE: f32 = 4.0;
/// Players derive positions from playlists; they are off by about this much.
const SLIP_MS: i64 = 3_000;
/// A jump to the live edge goes no further than what is listed.
const JUMP_MS: i64 = 15_000;
/// After a restart nothing is known of what was sent before: this much is believed.
const RECALLED_MS: u32 = 30_000;
/// No show is longer than a week, so no honest position is older ...
const LONGEST_MS: i64 = 7 * 86_400_000;
/// ... nor of a time that has yet to come, clocks and encoders in a hurry apart.
const FUTURE_MS: i64 = 60_000;
/// So much media makes an entry, if it is no whole file: less is a look at a file's head.
const ENTRY_MS: i64 = 500;

/// Why a heartbeat got less than it claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The page is hidden.
    Hidden,
    /// More was claimed than the clock allows, again and again, the player says that it runs many times too fast, or it shows a
    /// time in which there was no show.
    Impossible,
    /// The shown position did not move.
    Still,
    /// The shown position went back.
    Back,
    /// The shown position lies where nothing was sent.
    Outside,
    /// More was claimed than media was sent.
    NoMedia,
}

/// What came of a heartbeat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// To be logged; absent when the heartbeat was merged into the next.
    pub logged: Option<u32>,
    pub flaw: Option<Flaw>,
}

/// What came of a fetch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Media this entry had not been sent before.
    pub new_ms: i64,
    /// A bare client's heartbeat to log.
    pub logged: Option<u32>,
}

#[derive(Debug, Clone)]
pub(crate) struct Credit {
    began: Millis,
    /// Where credit starts: the last logged heartbeat, at first the entry.
    beat_at: Millis,
    /// The last heartbeat of any sort.
    heard: Millis,
    fetched: Millis,
    /// Merged into the next logged heartbeat.
    pending_ms: i64,
    /// Claimed without a position by a player that has one; waits for the position that proves it.
    unproved_ms: i64,
    credited_ms: i64,
    /// Claims minus the wall clock they had time for.
    ahead_ms: i64,
    sent: Intervals,
    sent_ms: i64,
    position: Option<Millis>,
    /// The position ran far ahead of the clock at the last heartbeat.
    jumped: bool,
}

impl Credit {
    pub(crate) fn begin(now: Millis) -> Self {
        Self {
            began: now,
            beat_at: now,
            heard: now,
            fetched: now,
            pending_ms: 0,
            unproved_ms: 0,
            credited_ms: 0,
            ahead_ms: 0,
            sent: Intervals::default(),
            sent_ms: 0,
            position: None,
            jumped: false,
        }
    }

    /// As the log knows an entry after a restart.
    pub(crate) fn recalled(at: Millis) -> Self {
        let mut credit = Self::begin(at);
        credit.recall(at);
        credit
    }

    /// The log knows a later heartbeat.
    pub(crate) fn recall(&mut self, at: Millis) {
        (self.beat_at, self.heard, self.fetched) = (at, at, at);
        self.sent.add(at.plus_ms(-i64::from(RECALLED_MS)), RECALLED_MS, seam_ms(RECALLED_MS));
        self.sent_ms = self.sent_ms.max(self.credited_ms + MOST_PER_BEAT_MS);
    }

    /// Media of the live stream left for the player.
    pub(crate) fn fetch(&mut self, fetch: &Fetch, now: Millis, bare: bool) -> Sent {
        let (from, duration_ms) = fetch.stretch();
        // What was cut out of a file has no neighbours whose arrival could jitter.
        let seam_ms = if fetch.is_whole() { seam_ms(duration_ms) } else { 0 };
        let new_ms = self.sent.add(from, duration_ms, seam_ms);
        self.sent_ms = self.sent_ms.saturating_add(new_ms);
        let gap_ms = now.since(self.fetched);
        self.fetched = now.max(self.fetched);
        if !bare {
            // A player of ours says by itself that it is there; fetching ahead is no watching.
            return Sent { new_ms, logged: None };
        }
        if (0..=BARE_GAP_MS).contains(&gap_ms) {
            self.pending_ms += gap_ms;
        }
        let logged = (now.since(self.beat_at) >= BARE_EVERY_MS).then(|| self.settle(now, true));
        Sent { new_ms, logged }
    }

    /// Enough media came for an entry 进入.
    pub(crate) fn is_entry(&self) -> bool {
        self.sent_ms >= ENTRY_MS
    }

    /// `direct`: we deliver the media ourselves and know what was sent.
    pub(crate) fn beat(&mut self, beat: &Beat, direct: bool, now: Millis) -> Heard {
        let waited_ms = now.since(self.heard).max(0);
        self.heard = now.max(self.heard);
        let (proved_ms, flaw) = self.prove(beat, direct, waited_ms, now);
        let wall_ms = now.since(self.beat_at).max(0);
        self.pending_ms = (self.pending_ms + proved_ms).min(wall_ms + SLACK_MS);
        let short = direct && self.pending_ms > self.sent_ms - self.credited_ms + SLACK_MS;
        let logged = (wall_ms >= MERGE_MS).then(|| self.settle(now, direct));
        Heard { logged, flaw: flaw.or(short.then_some(Flaw::NoMedia)) }
    }

    /// What is left to log when the entry says goodbye.
    pub(crate) fn leave(&mut self, direct: bool, now: Millis) -> Option<u32> {
        (self.pending_ms > 0).then(|| self.settle(now, direct))
    }

    /// How much of a claim the heartbeat itself makes believable.
    fn prove(&mut self, beat: &Beat, direct: bool, waited_ms: i64, now: Millis) -> (i64, Option<Flaw>) {
        let claimed_ms = i64::from(beat.played_ms);
        let last = self.position;
        let nonsense = beat.position.is_some_and(|at| !(-FUTURE_MS..=LONGEST_MS).contains(&now.since(at)));
        if nonsense {
            (self.unproved_ms, self.pending_ms) = (0, 0);
            return (0, (claimed_ms > 0).then_some(Flaw::Impossible));
        }
        self.position = beat.position.or(last);
        // Whoever rewound may play at double speed: that takes half the clock.
        let rate = beat.rate.filter(|rate| rate.is_finite()).unwrap_or(1.0).clamp(1.0, FASTEST_RATE);
        let took_ms = (claimed_ms as f32 / rate) as i64;
        self.ahead_ms = ((self.ahead_ms - waited_ms).max(0) + took_ms).min(MOST_AHEAD_MS);
        if !beat.visible {
            self.unproved_ms = 0;
            return (0, (claimed_ms > 0).then_some(Flaw::Hidden));
        }
        if self.ahead_ms > AHEAD_MS || beat.rate.is_some_and(|rate| rate > FASTEST_RATE) {
            (self.unproved_ms, self.pending_ms) = (0, 0);
            return (0, Some(Flaw::Impossible));
        }
        let Some(position) = beat.position else {
            // Our player always says one with its claims. Whoever never does gets nothing.
            if last.is_some() {
                self.unproved_ms = (self.unproved_ms + claimed_ms).min(AHEAD_MS);
            }
            return (0, None);
        };
        let claimed_ms = claimed_ms + std::mem::take(&mut self.unproved_ms);
        if direct && !self.sent.near(position, SLIP_MS) {
            return (0, (claimed_ms > 0).then_some(Flaw::Outside));
        }
        let Some(last) = last else {
            // The first picture came from somewhere: from the beginning of what was sent, if we know it.
            let moved_ms = self.sent.first().map(|first| position.since(first)).filter(|_| direct);
            return (moved_ms.map_or(claimed_ms, |moved_ms| believable_ms(claimed_ms, moved_ms)), None);
        };
        let moved_ms = position.since(last);
        if moved_ms <= 0 {
            let flaw = if moved_ms == 0 { Flaw::Still } else { Flaw::Back };
            return (0, (claimed_ms > 0).then_some(flaw));
        }
        // One jump to the live edge is a person's; a picture that always jumps is not being watched.
        let jumps = moved_ms > waited_ms.saturating_mul(2).saturating_add(JUMP_MS);
        if std::mem::replace(&mut self.jumped, jumps) && jumps {
            return (0, Some(Flaw::Impossible));
        }
        (believable_ms(claimed_ms, moved_ms), None)
    }

    /// Takes what is pending, as far as it is possible, and starts anew.
    fn settle(&mut self, now: Millis, direct: bool) -> u32 {
        let wall_ms = now.since(self.beat_at).max(0) + SLACK_MS;
        // Wall clock since the entry that was not credited yet, so that the slack cannot be earned again with every heartbeat.
        let ever_ms = now.since(self.began) + SLACK_MS - self.credited_ms;
        let media_ms = if direct { self.sent_ms - self.credited_ms } else { MOST_PER_BEAT_MS };
        let played_ms = self.pending_ms.min(MOST_PER_BEAT_MS).min(wall_ms).min(ever_ms).min(media_ms).max(0);
        self.beat_at = now;
        self.credited_ms += played_ms;
        self.pending_ms = 0;
        played_ms.try_into().unwrap_or(0)
    }
}

/// What a picture that moved so far lets a claim be.
fn believable_ms(claimed_ms: i64, moved_ms: i64) -> i64 {
    claimed_ms.min(moved_ms.saturating_add(moved_ms.min(SLACK_MS / 2))).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Millis {
        Millis(1_700_000_000_000 + ms)
    }

    /// A player of ours: what it does is told in order.
    struct Player {
        credit: Credit,
        now: i64,
        logged: Vec<u32>,
        flaws: Vec<Flaw>,
        direct: bool,
    }

    impl Player {
        fn new() -> Self {
            Self { credit: Credit::begin(at(0)), now: 0, logged: vec![], flaws: vec![], direct: true }
        }
        /// Downloads the show's `[from, to)` seconds as segments.
        fn fetch(&mut self, from: i64, to: i64) -> i64 {
            let segment = |from: i64| Fetch::whole(at(from * 1_000), 2_000, 1);
            (from..to).step_by(2).map(|from| self.credit.fetch(&segment(from), at(self.now), false).new_ms).sum()
        }
        fn beat_with(&mut self, s: i64, beat: Beat) {
            self.now = s * 1_000;
            let heard = self.credit.beat(&beat, self.direct, at(self.now));
            self.logged.extend(heard.logged);
            self.flaws.extend(heard.flaw);
        }
        fn beat(&mut self, s: i64, played_ms: u32, position_s: i64) {
            self.beat_with(s, Beat { position: Some(at(position_s * 1_000)), ..Beat::of(played_ms) });
        }
        fn total(&self) -> u32 {
            self.logged.iter().sum()
        }
    }

    #[test]
    fn a_player_that_plays_is_credited() {
        let mut player = Player::new();
        for n in 1..=6 {
            player.fetch((n - 1) * 10, n * 10);
            player.beat(n * 10, 10_000, n * 10);
        }
        assert_eq!((player.total(), player.flaws.len()), (60_000, 0));
    }

    #[test]
    fn a_player_that_downloads_nothing_gets_nothing() {
        let mut player = Player::new();
        for n in 1..=6 {
            player.beat(n * 10, 10_000, n * 10 - 3);
        }
        assert_eq!((player.total(), player.flaws.len()), (0, 6));
    }

    #[test]
    fn a_player_that_says_no_position_gets_nothing() {
        let mut player = Player::new();
        for n in 1..=6 {
            player.fetch((n - 1) * 10, n * 10);
            player.beat_with(n * 10, Beat::of(10_000));
        }
        assert_eq!((player.logged.len(), player.total()), (6, 0));
        // Nor does one position, said once, prove what was claimed before it.
        player.fetch(60, 70);
        player.beat(70, 10_000, 67);
        assert_eq!(player.total(), 10_000);
        player.beat_with(80, Beat::of(10_000));
        player.beat_with(90, Beat::of(10_000));
        assert_eq!(player.total(), 10_000);
    }

    #[test]
    fn the_first_picture_moved_no_further_than_from_the_first_media() {
        let mut player = Player::new();
        player.fetch(0, 20);
        player.beat(10, 10_000, 2);
        assert_eq!(player.total(), 2_500);
    }

    #[test]
    fn positions_of_no_show_are_worth_nothing() {
        for position in [i64::MIN, -1, 0, 1_700_000_000_000 - 8 * 86_400_000, 1_700_000_000_000 + 900_000, i64::MAX] {
            for direct in [true, false] {
                let mut player = Player { direct, ..Player::new() };
                player.fetch(0, 60);
                for n in 1..=3 {
                    player.beat_with(n * 10, Beat { position: Some(Millis(position)), ..Beat::of(10_000) });
                }
                player.beat_with(40, Beat { position: Some(Millis(i64::MAX)), ..Beat::of(10_000) });
                assert_eq!((player.total(), player.flaws), (0, vec![Flaw::Impossible; 4]), "{position}");
            }
        }
    }

    #[test]
    fn the_same_segment_again_and_again_is_worth_itself_once() {
        let mut player = Player::new();
        for n in 1..=6 {
            player.fetch(0, 2);
            player.beat(n * 10, 10_000, 2);
        }
        assert_eq!(player.total(), 2_000);
    }

    #[test]
    fn playing_at_sixteen_times_is_worth_nothing() {
        let mut claims = Player::new();
        let mut positions = Player::new();
        let mut says = Player::new();
        for n in 1..=6 {
            let shown = n * 160 - 960;
            for player in [&mut claims, &mut positions, &mut says] {
                player.fetch(shown - 160, shown);
            }
            claims.beat(n * 10, 160_000, shown);
            positions.beat(n * 10, 10_000, shown);
            says.beat_with(n * 10, Beat { position: Some(at(shown * 1_000)), rate: Some(16.0), ..Beat::of(10_000) });
        }
        assert_eq!((claims.total(), says.total()), (0, 0));
        assert_eq!(positions.total(), 20_000, "the first two look like a person's jump");
    }

    #[test]
    fn replayed_heartbeats_are_worth_nothing() {
        let mut player = Player::new();
        player.fetch(0, 60);
        player.beat(10, 10_000, 10);
        for n in 2..=6 {
            player.beat(n * 10, 10_000, 10);
        }
        assert_eq!((player.total(), player.flaws), (10_000, vec![Flaw::Still; 5]));
        let mut flood = Player::new();
        flood.fetch(0, 60);
        for n in 0..6_000 {
            flood.beat(n / 100, 10_000, n / 100);
        }
        assert!(flood.total() <= 5_000, "{:?}", flood.logged);
    }

    #[test]
    fn a_hidden_page_plays_for_nobody() {
        let mut player = Player::new();
        player.fetch(0, 60);
        player.beat(10, 10_000, 10);
        player.beat_with(20, Beat { visible: false, position: Some(at(20_000)), ..Beat::of(10_000) });
        player.beat(30, 10_000, 30);
        assert_eq!(player.logged, [10_000, 0, 10_000]);
    }

    #[test]
    fn a_person_may_stall_pause_jump_and_go_back() {
        let mut player = Player::new();
        player.fetch(0, 10);
        player.beat(10, 8_000, 8);
        player.beat(20, 1_500, 10); // Stalled.
        player.fetch(10, 40);
        player.beat(30, 0, 10); // Paused.
        player.beat(40, 5_000, 36); // Back at the edge.
        player.beat(50, 3_000, 30); // Ten seconds again: they were credited already.
        player.fetch(40, 60);
        player.beat(60, 9_500, 40);
        assert_eq!(player.logged, [8_000, 1_500, 0, 5_000, 0, 9_500]);
    }

    #[test]
    fn double_speed_behind_the_edge_is_no_fraud() {
        let mut player = Player::new();
        for n in 1..=12 {
            let shown = n * 20 - 240;
            player.fetch(shown - 20, shown);
            player.beat_with(n * 10, Beat { position: Some(at(shown * 1_000)), rate: Some(2.0), ..Beat::of(20_000) });
        }
        assert_eq!((player.total(), player.flaws), (121_000, vec![]), "by the clock, whatever the speed");
    }

    #[test]
    fn a_connection_that_hung_is_no_fraud() {
        let mut player = Player::new();
        player.fetch(0, 40);
        player.beat(10, 10_000, 10);
        for position in [20, 30, 40] {
            player.beat(40, 10_000, position);
        }
        assert_eq!(player.credit.leave(true, at(41_000)), Some(1_000), "the clock since the last one and no more");
        assert_eq!((player.total(), player.flaws), (10_000 + 10_000, vec![]));
    }

    #[test]
    fn a_claim_without_its_position_waits_for_it() {
        let mut player = Player::new();
        player.fetch(0, 40);
        player.beat(10, 10_000, 10);
        player.beat_with(20, Beat::of(5_000));
        player.beat(25, 5_000, 20);
        assert_eq!(player.logged, [10_000, 0, 6_000], "and for the clock since the last heartbeat");
    }

    #[test]
    fn behind_a_cdn_the_position_vouches() {
        let mut player = Player { direct: false, ..Player::new() };
        for n in 1..=6 {
            player.beat(n * 10, 10_000, n * 10 - 3);
        }
        assert_eq!(player.total(), 60_000);
        for n in 7..=12 {
            player.beat(n * 10, 10_000, 57);
        }
        assert_eq!(player.total(), 60_000);
    }

    #[test]
    fn a_bare_client_is_credited_for_distinct_media_at_the_pace_of_the_clock() {
        let run = |at_s: &dyn Fn(i64) -> i64, from_s: &dyn Fn(i64) -> i64| {
            let mut credit = Credit::begin(at(0));
            let fetched = (0..60).filter_map(|n| {
                let fetch = Fetch::whole(at(from_s(n) * 1_000), 2_000, 1);
                credit.fetch(&fetch, at(at_s(n) * 1_000), true).logged
            });
            fetched.sum::<u32>()
        };
        assert_eq!(run(&|n| 2 * n, &|n| 2 * n), 110_000, "plays");
        assert_eq!(run(&|n| 2 * n / 16, &|n| 2 * n), 0, "downloads two minutes in eight seconds");
        assert_eq!(run(&|n| 2 * n, &|_| 0), 2_000, "asks for one segment for ever");
        assert_eq!(run(&|n| 20 * n, &|n| 2 * n), 0, "pauses between any two");
    }

    #[test]
    fn parts_and_their_segment_are_the_same_media() {
        let mut credit = Credit::begin(at(0));
        for n in 0..50 {
            let part = Fetch::whole(at(n * 200), 200, 1);
            credit.fetch(&part, at(n * 200), false);
        }
        assert_eq!(credit.sent_ms, 10_000);
        for n in 0..5 {
            let segment = Fetch::whole(at(n * 2_000), 2_000, 1);
            assert_eq!(credit.fetch(&segment, at(10_000), false).new_ms, 0);
        }
    }

    #[test]
    fn a_piece_of_a_file_is_worth_its_share_and_pieces_what_they_are_together() {
        let mut credit = Credit::begin(at(0));
        let mut piece = |first, end| {
            let fetch = Fetch { taken: (first, end), ..Fetch::whole(at(0), 2_000, 500_000) };
            credit.fetch(&fetch, at(0), false).new_ms
        };
        assert_eq!(piece(0, 1), 0, "`bytes=0-0`");
        assert_eq!((0..4).map(|n| piece(n * 25_000, n * 25_000 + 250)).sum::<i64>(), 4, "crumbs");
        assert_eq!(piece(0, 125_000), 496, "a quarter, of which four crumbs were here");
        assert_eq!(piece(100_000, 250_000), 500, "and on to the half");
        assert_eq!(piece(0, 250_000), 0, "again");
        assert_eq!(piece(0, u64::MAX), 1_000, "the rest");
        assert_eq!(Fetch::whole(at(0), 2_000, 0).stretch().1, 0);
        assert!(credit.is_entry());
    }

    mod hostile {
        use super::*;
        use proptest::prelude::*;

        /// What any client may say, and what a server may have sent, in any order.
        #[derive(Debug, Clone)]
        enum Deed {
            Beat(Beat),
            Fetch(Fetch),
        }

        fn position() -> impl Strategy<Value = Option<Millis>> {
            let near = (-40_000i64..140_000).prop_map(at);
            let any = prop_oneof![Just(i64::MIN), Just(-1), Just(i64::MAX), any::<i64>()].prop_map(Millis);
            proptest::option::of(prop_oneof![4 => near, 1 => any])
        }

        fn deed() -> impl Strategy<Value = Deed> {
            let rate = proptest::option::of(prop_oneof![Just(1.0f32), Just(f32::NAN), any::<f32>()]);
            let played = prop_oneof![4 => 0u32..30_000, 1 => any::<u32>()];
            let beat = (played, any::<bool>(), position(), rate).prop_map(|(played_ms, visible, position, rate)| {
                Deed::Beat(Beat { played_ms, visible, position, rate })
            });
            let fetch = (-40_000i64..120_000, 0u32..12_000, 0u64..2_000_000, any::<u64>(), any::<u64>()).prop_map(
                |(from, duration_ms, bytes, first, end)| {
                    let taken = (first % bytes.saturating_add(2), end);
                    Deed::Fetch(Fetch { taken, ..Fetch::whole(at(from), duration_ms, bytes) })
                },
            );
            prop_oneof![beat, fetch]
        }

        proptest! {
            #[test]
            fn nobody_is_credited_more_than_the_clock_and_the_media(
                deeds in proptest::collection::vec((0i64..20_000, deed()), 1..60), direct in any::<bool>(), bare in any::<bool>(),
            ) {
                let (mut credit, mut now, mut all) = (Credit::begin(at(0)), 0, 0i64);
                for (later_ms, deed) in deeds {
                    now += later_ms;
                    let logged = match deed {
                        Deed::Beat(beat) => credit.beat(&beat, direct, at(now)).logged,
                        Deed::Fetch(fetch) => credit.fetch(&fetch, at(now), bare).logged,
                    };
                    all += i64::from(logged.unwrap_or(0));
                    prop_assert!(all <= now + SLACK_MS, "{all} of {now} ms");
                    prop_assert!(!direct || all <= credit.sent_ms, "{all} of {} ms of media", credit.sent_ms);
                }
                credit.leave(direct, at(now));
            }
        }
    }

    #[test]
    fn an_entry_is_small() {
        assert!(size_of::<Credit>() <= 232, "{}", size_of::<Credit>());
    }
}
