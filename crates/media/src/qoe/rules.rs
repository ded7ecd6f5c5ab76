//! When something is wrong 告警规则. Pure: measured values and the time in, alarms that begin and end out.

use super::{meter::PRESENT, meters::RoomView};
use events::{EntryId, Millis, StreamSource};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use uuid::Uuid;

/// Viewers are noted in pieces of this length.
const SLOT_MS: i64 = 20_000;
/// One entry in 2 minutes is one trial, stalled or not: a viewer with a bad line is one trial however often it stalls, and
/// however often it tries to play.
const TRIAL: i64 = 6;
/// The last 2 minutes against the 10 before.
const BEFORE: i64 = 5 * TRIAL;
/// One-sided, and asked again and again: about one false alarm in a thousand looks.
const SIGNIFICANT: f64 = 3.0;
/// What was raised ends a little on the good side of its limit, or it would flicker.
const BACK: f64 = 0.8;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    pub no_data_ms: i64,
    pub min_fps: f64,
    pub max_skew_ms: f64,
    /// Share of viewers, a fraction: it has risen to this at least, or it is bad by itself.
    pub stall_rate: f64,
    pub stall_high: f64,
    /// Trials that a share needs, and each side of a comparison.
    pub stall_plays: u64,
    pub relay_failed_ms: f64,
    pub raise_after_ms: i64,
    pub clear_after_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing comes from any encoder 无数据.
    NoData,
    LowFps,
    AvSkew,
    /// More viewers stall than just before 卡顿上升.
    StallRate,
    /// So many viewers stall that nothing needs to be compared 卡顿过高.
    StallHigh,
    /// The show should be recorded and is not 录制失败.
    RecordingFailed,
    /// A relay 转推 does not reach its platform.
    RelayFailed,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::NoData => "no_data",
            Self::LowFps => "low_fps",
            Self::AvSkew => "av_skew",
            Self::StallRate => "stall_rate",
            Self::StallHigh => "stall_high",
            Self::RecordingFailed => "recording_failed",
            Self::RelayFailed => "relay_failed",
        }
    }
}

/// One thing that is watched, as it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    pub kind: Kind,
    pub source: Option<StreamSource>,
    pub value: f64,
    pub limit: f64,
    /// Beyond the limit.
    pub bad: bool,
    /// Not far enough on the good side to end an alarm.
    pub lingers: bool,
}

/// What is watched in a room on air.
pub fn readings(room: &RoomView, stalls: &Stalls, limits: &Limits, now: Millis) -> Vec<Reading> {
    let mut readings = Vec::new();
    let encoders = || room.sources.iter().filter(|source| source.source != StreamSource::Slate);
    if let Some(newest) = encoders().map(|source| source.last_at).max() {
        let silent_ms = now.since(newest);
        let bad = silent_ms >= limits.no_data_ms;
        let (value, limit) = (silent_ms as f64, limits.no_data_ms as f64);
        readings.push(Reading { kind: Kind::NoData, source: None, value, limit, bad, lingers: bad });
    }
    for source in encoders().filter(|source| source.connected && source.on_air) {
        // A source that says nothing at all is another alarm.
        let sends = now.since(source.last_at) < limits.no_data_ms;
        let whole = source.present.seconds as usize >= PRESENT;
        if source.has_video && sends && whole {
            let (value, limit) = (f64::from(source.present.fps_milli) / 1000.0, limits.min_fps);
            let (bad, lingers) = (value < limit, value * BACK < limit);
            readings.push(Reading { kind: Kind::LowFps, source: Some(source.source), value, limit, bad, lingers });
        }
        if let Some(skew_ms) = source.present.skew_ms.filter(|_| sends && whole) {
            let (value, limit) = (f64::from(skew_ms), limits.max_skew_ms);
            let (bad, lingers) = (value.abs() > limit, value.abs() > limit * BACK);
            readings.push(Reading { kind: Kind::AvSkew, source: Some(source.source), value, limit, bad, lingers });
        }
    }
    readings.extend(stalls.readings(limits));
    readings
}

/// A show that is not recorded although it should be, since some moment.
pub fn unrecorded(since: Millis, now: Millis) -> Reading {
    let value = now.since(since) as f64;
    Reading { kind: Kind::RecordingFailed, source: None, value, limit: 0.0, bad: true, lingers: true }
}

/// The worst of the room's relays, which fails for so long.
pub fn unrelayed(failing: Duration, limits: &Limits) -> Reading {
    let (value, limit) = (failing.as_millis() as f64, limits.relay_failed_ms);
    Reading { kind: Kind::RelayFailed, source: None, value, limit, bad: value >= limit, lingers: true }
}

/// What happens to an alarm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    Raise { alarm: Uuid, reading: Reading },
    Clear { alarm: Uuid, kind: Kind, source: Option<StreamSource> },
}

/// The alarms of one show, with the patience before they begin and end.
#[derive(Debug, Default)]
pub struct Watch(HashMap<(Kind, Option<StreamSource>), State>);

#[derive(Debug, Default)]
struct State {
    bad_since: Option<Millis>,
    good_since: Option<Millis>,
    raised: Option<Uuid>,
}

impl Watch {
    /// What changes by these readings. What was watched before and is not any more counts as good.
    pub fn step(&mut self, readings: &[Reading], limits: &Limits, now: Millis) -> Vec<Change> {
        let mut changes = Vec::new();
        for reading in readings {
            let state = self.0.entry((reading.kind, reading.source)).or_default();
            let wrong = if state.raised.is_some() { reading.lingers } else { reading.bad };
            if !wrong {
                continue;
            }
            state.good_since = None;
            let since = *state.bad_since.get_or_insert(now);
            // Silence, stalls and relays are measured over a time of their own.
            let patience = match reading.kind {
                Kind::NoData | Kind::StallRate | Kind::StallHigh | Kind::RelayFailed => 0,
                Kind::LowFps | Kind::AvSkew | Kind::RecordingFailed => limits.raise_after_ms,
            };
            if state.raised.is_none() && now.since(since) >= patience {
                let alarm = Uuid::now_v7();
                state.raised = Some(alarm);
                changes.push(Change::Raise { alarm, reading: *reading });
            }
        }
        for ((kind, source), state) in &mut self.0 {
            let wrong = readings.iter().any(|reading| {
                let same = (reading.kind, reading.source) == (*kind, *source);
                same && if state.raised.is_some() { reading.lingers } else { reading.bad }
            });
            if wrong {
                continue;
            }
            state.bad_since = None;
            let since = *state.good_since.get_or_insert(now);
            let patience = match kind {
                // A relay is good when its connection held for a while.
                Kind::RelayFailed => 0,
                _ => limits.clear_after_ms,
            };
            if let Some(alarm) = state.raised.filter(|_| now.since(since) >= patience) {
                state.raised = None;
                changes.push(Change::Clear { alarm, kind: *kind, source: *source });
            }
        }
        changes
    }

    /// Ends every alarm: the show is over.
    pub fn end(&mut self) -> Vec<Change> {
        let over = self.0.drain();
        over.filter_map(|((kind, source), state)| Some(Change::Clear { alarm: state.raised?, kind, source })).collect()
    }

    /// A change that could not be kept is tried again.
    pub fn undo(&mut self, change: Change) {
        match change {
            Change::Raise { reading, .. } => self.0.entry((reading.kind, reading.source)).or_default().raised = None,
            Change::Clear { alarm, kind, source } => self.0.entry((kind, source)).or_default().raised = Some(alarm),
        }
    }
}

/// Viewers of one show and whether they stalled.
#[derive(Debug, Default)]
pub struct Stalls {
    slots: VecDeque<(i64, HashMap<EntryId, bool>)>,
    /// The running piece.
    number: i64,
    running: HashMap<EntryId, bool>,
    /// Up to the running piece.
    shares: (Share, Share),
}

/// `hits` of `trials`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    pub hits: u64,
    pub trials: u64,
}

impl Share {
    pub fn rate(self) -> Option<f64> {
        (self.trials > 0).then(|| self.hits as f64 / self.trials as f64)
    }

    fn add(self, other: Self) -> Self {
        Self { hits: self.hits + other.hits, trials: self.trials + other.trials }
    }
}

impl Stalls {
    pub fn take(&mut self, entry: EntryId, stalled: bool, now: Millis) {
        self.advance(now);
        *self.running.entry(entry).or_default() |= stalled;
    }

    /// Closes the piece that is over.
    pub fn advance(&mut self, now: Millis) {
        let number = now.0.div_euclid(SLOT_MS);
        if number == self.number {
            return;
        }
        self.slots.push_back((self.number, std::mem::take(&mut self.running)));
        self.number = number;
        while self.slots.front().is_some_and(|(old, _)| number - old > TRIAL + BEFORE) {
            self.slots.pop_front();
        }
        let before = (TRIAL..TRIAL + BEFORE).step_by(TRIAL as usize).map(|back| self.trials(back));
        self.shares = (self.trials(0), before.fold(Share::default(), Share::add));
    }

    /// The last 2 minutes and the 10 before.
    pub fn shares(&self) -> (Share, Share) {
        self.shares
    }

    /// Over the 2 minutes that end `back` pieces ago.
    fn trials(&self, back: i64) -> Share {
        let mut entries: HashMap<EntryId, bool> = HashMap::new();
        let within = |number: i64| (back + 1..=back + TRIAL).contains(&(self.number - number));
        for (_, slot) in self.slots.iter().filter(|(number, _)| within(*number)) {
            slot.iter().for_each(|(entry, stalled)| *entries.entry(*entry).or_default() |= stalled);
        }
        Share { hits: entries.values().filter(|stalled| **stalled).count() as u64, trials: entries.len() as u64 }
    }

    fn readings(&self, limits: &Limits) -> Vec<Reading> {
        let (recent, before) = self.shares();
        let Some(value) = recent.rate() else { return Vec::new() };
        let many = |share: Share| share.trials >= limits.stall_plays;
        let high = many(recent) && value >= limits.stall_high;
        let risen = many(recent) && many(before) && higher_by(recent, before) >= SIGNIFICANT;
        let reading = |kind, limit, bad| {
            let lingers = value >= limit * BACK;
            Reading { kind, source: None, value, limit, bad, lingers }
        };
        vec![
            reading(Kind::StallHigh, limits.stall_high, high),
            // One trouble is one alarm: what is high anyway need not rise.
            reading(Kind::StallRate, limits.stall_rate, !high && risen && value >= limits.stall_rate),
        ]
    }
}

/// Two-proportion test: how many standard errors the first share lies above the second.
pub fn higher_by(one: Share, other: Share) -> f64 {
    let (Some(a), Some(b)) = (one.rate(), other.rate()) else { return 0.0 };
    let Some(both) = one.add(other).rate() else { return 0.0 };
    let error = (both * (1.0 - both) * (1.0 / one.trials as f64 + 1.0 / other.trials as f64)).sqrt();
    if error > 0.0 { (a - b) / error } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        no_data_ms: 3_000,
        min_fps: 10.0,
        max_skew_ms: 80.0,
        stall_rate: 0.05,
        stall_high: 0.2,
        stall_plays: 20,
        relay_failed_ms: 30_000.0,
        raise_after_ms: 3_000,
        clear_after_ms: 10_000,
    };

    fn reading(kind: Kind, value: f64, limit: f64) -> Reading {
        Reading { kind, source: None, value, limit, bad: value > limit, lingers: value > limit * BACK }
    }

    /// One letter a second: `x` beyond the limit, `-` just below it, `.` well below it. What was raised and cleared when.
    fn alarms(kind: Kind, course: &str) -> Vec<(usize, bool)> {
        let mut watch = Watch::default();
        let mut seen = Vec::new();
        for (second, letter) in course.chars().enumerate() {
            let value = match letter {
                'x' => 100.0,
                '-' => 75.0,
                _ => 10.0,
            };
            for change in watch.step(&[reading(kind, value, 80.0)], &LIMITS, Millis(second as i64 * 1000)) {
                seen.push((second, matches!(change, Change::Raise { .. })));
            }
        }
        seen
    }

    #[test]
    fn an_alarm_needs_time_to_begin_and_to_end() {
        assert_eq!(alarms(Kind::AvSkew, "..xx..xx.."), []);
        assert_eq!(alarms(Kind::AvSkew, "..xxxx"), [(5, true)]);
        // Just below the limit it goes on, and a moment of good does not end it.
        assert_eq!(alarms(Kind::AvSkew, "xxxx------------....x..............."), [(3, true), (31, false)]);
    }

    #[test]
    fn a_packet_now_and_then_is_one_alarm() {
        // A packet every 3.1 s: silence is over the limit, and under it again, 20 times a minute.
        let course: String = (0..60).map(|n| if n % 3 == 2 { 'x' } else { '.' }).collect();
        assert_eq!(alarms(Kind::NoData, &course), [(2, true)]);
        assert_eq!(alarms(Kind::NoData, "x............x"), [(0, true), (11, false), (13, true)]);
    }

    #[test]
    fn what_is_not_watched_any_more_is_over() {
        let mut watch = Watch::default();
        let bad = reading(Kind::LowFps, 100.0, 80.0);
        for second in 0..5 {
            watch.step(&[bad], &LIMITS, Millis(second * 1000));
        }
        assert_eq!(watch.step(&[], &LIMITS, Millis(5_000)), []);
        assert_eq!(watch.step(&[], &LIMITS, Millis(15_000)).len(), 1);
        watch.step(&[reading(Kind::NoData, 100.0, 80.0)], &LIMITS, Millis(16_000));
        assert!(matches!(watch.end()[..], [Change::Clear { kind: Kind::NoData, .. }]));
        assert_eq!(watch.end(), []);
    }

    #[test]
    fn a_relay_that_fails_for_long_is_an_alarm() {
        let mut watch = Watch::default();
        let mut told = Vec::new();
        // It fails for 35 s, its connection holds, and another fails for a moment.
        let course = (0..35).map(Some).chain([None; 5]).chain((0..5).map(Some));
        for (second, troubled_s) in course.enumerate() {
            let readings: Vec<Reading> =
                troubled_s.map(|s| unrelayed(Duration::from_secs(s), &LIMITS)).into_iter().collect();
            for change in watch.step(&readings, &LIMITS, Millis(second as i64 * 1000)) {
                told.push((second, matches!(change, Change::Raise { .. })));
            }
        }
        assert_eq!(told, [(30, true), (35, false)]);
    }

    #[test]
    fn what_was_not_kept_comes_again() {
        let mut watch = Watch::default();
        let bad = reading(Kind::NoData, 100.0, 80.0);
        let [change] = watch.step(&[bad], &LIMITS, Millis(0))[..] else { panic!("it is raised") };
        watch.undo(change);
        assert_eq!(watch.step(&[bad], &LIMITS, Millis(1_000)).len(), 1);
    }

    /// `plays` a slot, `stalling` of them with a stall, for so many slots.
    fn play(stalls: &mut Stalls, from: i64, slots: i64, plays: u128, stalling: u128) {
        for slot in from..from + slots {
            for play in 0..plays {
                stalls.take(EntryId(Uuid::from_u128(play)), play < stalling, Millis(slot * SLOT_MS));
            }
        }
        stalls.advance(Millis((from + slots) * SLOT_MS));
    }

    /// Viewers and how many of them stall, for 10 minutes and for 2: what is raised.
    fn raised(before: (u128, u128), recent: (u128, u128)) -> Option<Kind> {
        let mut stalls = Stalls::default();
        play(&mut stalls, 0, 30, before.0, before.1);
        play(&mut stalls, 30, 6, recent.0, recent.1);
        let mut bad = stalls.readings(&LIMITS).into_iter().filter(|reading| reading.bad);
        let found = bad.next().map(|reading| reading.kind);
        assert_eq!(bad.next(), None, "one trouble is one alarm");
        found
    }

    #[test]
    fn stalls_must_rise_clearly() {
        assert_eq!(raised((100, 1), (100, 10)), Some(Kind::StallRate));
        assert_eq!(raised((100, 10), (100, 10)), None, "as before is no rise");
        assert_eq!(raised((1_000, 1), (1_000, 20)), None, "significant, and still below the floor");
        assert_eq!(raised((10, 0), (10, 1)), None, "one of ten is chance");
        assert_eq!(raised((3, 0), (3, 3)), None, "too few");
    }

    #[test]
    fn a_show_that_is_bad_from_its_beginning_says_so() {
        assert_eq!(raised((0, 0), (100, 50)), Some(Kind::StallHigh));
        assert_eq!(raised((100, 50), (100, 50)), Some(Kind::StallHigh), "it need not rise");
        assert_eq!(raised((100, 1), (100, 30)), Some(Kind::StallHigh));
        assert_eq!(raised((0, 0), (100, 19)), None);
        assert_eq!(raised((0, 0), (19, 19)), None, "too few");
    }

    #[test]
    fn the_two_windows_do_not_overlap() {
        let mut stalls = Stalls::default();
        play(&mut stalls, 0, 36, 2, 1);
        assert_eq!(stalls.shares(), (Share { hits: 1, trials: 2 }, Share { hits: 5, trials: 10 }));
        play(&mut stalls, 36, 40, 0, 0);
        assert_eq!(stalls.shares(), Default::default());
    }

    #[test]
    fn the_test_statistic_is_the_textbooks() {
        let z = higher_by(Share { hits: 45, trials: 100 }, Share { hits: 30, trials: 100 });
        assert!((z - 2.190_9).abs() < 1e-3, "{z}");
        assert_eq!(higher_by(Share { hits: 0, trials: 5 }, Share { hits: 0, trials: 5 }), 0.0);
    }
}
