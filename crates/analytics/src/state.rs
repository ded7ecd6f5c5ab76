//! Everything the metrics of one broadcast 场次 need, folded once per event. Pure: no clock, no I/O.
//!
//! All counts are sums and sets, so the order of arrival does not change them. Two things know an order: danmaku that arrive
//! before the show's beginning is known wait until it is, and the online curve sorts by event time (see [`crate::presence`]).

use crate::{
    fact::{Fact, What},
    judged::Judged,
    names::Names,
    plays::Plays,
    presence::{Presence, Sign},
    viewers::{Viewers, did},
};
use events::{BroadcastId, Millis};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Minutes kept per broadcast: 40 days. Facts beyond count in the totals, not in the series.
const MAX_MINUTES: usize = 57_600;
/// Markers kept per broadcast.
const MAX_MARKERS: usize = 1_000;
/// Event names counted apart per broadcast.
const MAX_NAMES: usize = 1_000;

/// Minute length in milliseconds.
pub const MINUTE_MS: i64 = 60_000;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BroadcastState {
    pub id: BroadcastId,
    /// Log positions of the first and the last event folded in; 0 before the first.
    pub first_position: u64,
    pub last_position: u64,
    pub started_at: Option<Millis>,
    pub ended_at: Option<Millis>,
    /// Taken over from another platform.
    pub import: bool,
    /// Latest event time but for the end's own.
    pub last_row_at: Option<Millis>,
    pub viewers: Viewers,
    pub presence: Presence,
    pub minutes: BTreeMap<i64, Minute>,
    pub markers: Vec<Marker>,
    pub names: Names,
    pub totals: Totals,
    pub plays: Plays,
    pub judged: Judged,
    /// Danmaku without an offset that came before the beginning was known: when and who.
    undated: Vec<(Millis, Option<u32>)>,
}

/// Sums over the whole broadcast.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    pub entries: u64,
    pub viewers: u64,
    pub doers: u64,
    pub heartbeats: u64,
    pub watch_ms: u64,
    pub danmaku: u64,
    pub danmaku_before_air: u64,
    pub likes: u64,
    pub follows: u64,
    pub shares: u64,
    pub gifts: u64,
    pub combos: u64,
    pub gift_milli: i64,
    pub super_chat_milli: i64,
}

/// Sums over one minute of event time (minutes of the epoch).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Minute {
    #[serde(rename = "e", skip_serializing_if = "is_zero")]
    pub entries: u64,
    /// Viewers whose first entry, in order of arrival, fell here.
    #[serde(rename = "v", skip_serializing_if = "is_zero")]
    pub new_viewers: u64,
    /// Viewers whose first interaction, in order of arrival, fell here.
    #[serde(rename = "i", skip_serializing_if = "is_zero")]
    pub new_doers: u64,
    #[serde(rename = "w", skip_serializing_if = "is_zero")]
    pub watch_ms: u64,
    #[serde(rename = "d", skip_serializing_if = "is_zero")]
    pub danmaku: u64,
    #[serde(rename = "l", skip_serializing_if = "is_zero")]
    pub likes: u64,
    #[serde(rename = "f", skip_serializing_if = "is_zero")]
    pub follows: u64,
    #[serde(rename = "s", skip_serializing_if = "is_zero")]
    pub shares: u64,
    #[serde(rename = "g", skip_serializing_if = "is_zero")]
    pub gifts: u64,
    #[serde(rename = "c", skip_serializing_if = "is_zero")]
    pub combos: u64,
    #[serde(rename = "m", skip_serializing_if = "is_none")]
    pub gift_milli: i64,
    #[serde(rename = "p", skip_serializing_if = "is_none")]
    pub super_chat_milli: i64,
    /// As players report it; heartbeats' watch time is another thing.
    #[serde(rename = "q", skip_serializing_if = "is_zero")]
    pub played_ms: u64,
    #[serde(rename = "t", skip_serializing_if = "is_zero")]
    pub stalled_ms: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
fn is_none(number: &i64) -> bool {
    *number == 0
}

/// A moment worth a line on the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    pub at: Millis,
    pub kind: MarkerKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MarkerKind {
    BroadcastStarted,
    BroadcastEnded,
    StreamPublished,
    StreamLost,
}

impl BroadcastState {
    /// Before the first event.
    pub fn new(id: BroadcastId) -> Self {
        Self {
            id,
            first_position: 0,
            last_position: 0,
            started_at: None,
            ended_at: None,
            import: false,
            last_row_at: None,
            viewers: Viewers::default(),
            presence: Presence::default(),
            minutes: BTreeMap::new(),
            markers: Vec::new(),
            names: Names::default(),
            totals: Totals::default(),
            plays: Plays::default(),
            judged: Judged::default(),
            undated: Vec::new(),
        }
    }

    /// For the full scan: waits for every event before it draws the online curve.
    pub fn settling(id: BroadcastId) -> Self {
        Self { presence: Presence::settling(), ..Self::new(id) }
    }

    /// Folds one event in. A position that was folded before changes nothing.
    pub fn apply(&mut self, position: u64, fact: &Fact<'_>) {
        if position <= self.last_position || fact.broadcast != Some(self.id) {
            return;
        }
        if self.first_position == 0 {
            self.first_position = position;
        }
        self.last_position = position;
        self.import |= fact.import;
        self.names.add(&fact.name, MAX_NAMES);
        if fact.what != What::Ended {
            self.last_row_at = self.last_row_at.max(Some(fact.occurred_at));
        }
        let viewer = fact.viewer.as_deref().map(|viewer| self.viewers.index(viewer));
        let at = fact.occurred_at;
        match fact.what {
            What::Started { import } => self.start(at, import),
            What::Ended => {
                self.ended_at.get_or_insert(at);
                self.marker(at, MarkerKind::BroadcastEnded);
            }
            What::Published => self.marker(at, MarkerKind::StreamPublished),
            What::Lost => self.marker(at, MarkerKind::StreamLost),
            What::Entered(entry) => {
                // An import's rows are unique by themselves and draw no curve; our own entries may be told again after a crash.
                if fact.import || self.presence.apply(at, position, Sign::Entered, entry, viewer) {
                    self.enter(at, viewer);
                }
            }
            What::Beat { entry, played_ms } => {
                self.presence.apply(at, position, Sign::Beat, entry, viewer);
                self.totals.heartbeats += 1;
                self.totals.watch_ms += u64::from(played_ms);
                self.minute(at, |minute| minute.watch_ms += u64::from(played_ms));
            }
            What::Left(entry) => {
                self.presence.apply(at, position, Sign::Left, entry, viewer);
            }
            What::Judged { entry, passed, bot } => {
                if let Some(viewer) = viewer {
                    self.judged.take(at, entry, viewer, (passed, bot));
                    self.plays.judge(entry, self.judged.is_bot(entry));
                }
            }
            What::Danmaku { offset_ms: Some(offset_ms) } => self.danmaku(at, offset_ms < 0, viewer),
            What::Danmaku { offset_ms: None } => match self.started_at {
                Some(started_at) => self.danmaku(at, at < started_at, viewer),
                None => self.undated.push((at, viewer)),
            },
            What::Likes(count) => {
                self.totals.likes += u64::from(count);
                self.minute(at, |minute| minute.likes += u64::from(count));
                self.deed(at, viewer, did::LIKE);
            }
            What::Followed => {
                self.totals.follows += 1;
                self.minute(at, |minute| minute.follows += 1);
                self.deed(at, viewer, did::FOLLOW);
            }
            What::Shared => {
                self.totals.shares += 1;
                self.minute(at, |minute| minute.shares += 1);
                self.deed(at, viewer, did::SHARE);
            }
            What::Gift { num, price_milli, paid } => {
                let milli = if paid { num.saturating_mul(price_milli) } else { 0 };
                self.totals.gifts += 1;
                self.totals.gift_milli = self.totals.gift_milli.saturating_add(milli);
                self.minute(at, |minute| {
                    minute.gifts += 1;
                    minute.gift_milli = minute.gift_milli.saturating_add(milli);
                });
                self.deed(at, viewer, did::GIFT);
            }
            What::Combo => {
                self.totals.combos += 1;
                self.minute(at, |minute| minute.combos += 1);
            }
            What::SuperChat { price_milli } => {
                self.totals.super_chat_milli = self.totals.super_chat_milli.saturating_add(price_milli);
                self.minute(at, |minute| minute.super_chat_milli = minute.super_chat_milli.saturating_add(price_milli));
            }
            What::Played(said) => {
                let bot = self.judged.is_bot(said.entry);
                self.plays.take(&said, bot);
                // What was said before it was found stays in its minute.
                if !bot {
                    self.minute(at, |minute| {
                        minute.played_ms += u64::from(said.played_ms);
                        minute.stalled_ms += u64::from(said.stalled_ms);
                    });
                }
            }
            What::Ingested { skew_ms } => {
                if let Some(skew_ms) = skew_ms {
                    self.plays.av_offset.add(skew_ms.unsigned_abs());
                }
            }
            What::Other => {}
        }
    }

    /// On air, or not complete yet.
    pub fn open(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Danmaku that still wait for the beginning; they count as on air until it is known.
    pub fn undated(&self) -> u64 {
        self.undated.len() as u64
    }

    fn start(&mut self, at: Millis, import: bool) {
        self.import |= import;
        self.marker(at, MarkerKind::BroadcastStarted);
        if self.started_at.is_some() {
            return;
        }
        self.started_at = Some(at);
        for (said_at, viewer) in std::mem::take(&mut self.undated) {
            self.danmaku(said_at, said_at < at, viewer);
        }
    }

    fn enter(&mut self, at: Millis, viewer: Option<u32>) {
        self.totals.entries += 1;
        let new = viewer.is_some_and(|viewer| self.viewers.mark(viewer, did::ENTER) & did::ENTER == 0);
        self.totals.viewers += u64::from(new);
        self.minute(at, |minute| {
            minute.entries += 1;
            minute.new_viewers += u64::from(new);
        });
    }

    fn danmaku(&mut self, at: Millis, before_air: bool, viewer: Option<u32>) {
        if before_air {
            self.totals.danmaku_before_air += 1;
            return;
        }
        self.totals.danmaku += 1;
        self.minute(at, |minute| minute.danmaku += 1);
        self.deed(at, viewer, did::DANMAKU);
    }

    fn deed(&mut self, at: Millis, viewer: Option<u32>, deed: u8) {
        let new = viewer.is_some_and(|viewer| self.viewers.mark(viewer, deed) & did::INTERACT == 0);
        if new {
            self.totals.doers += 1;
            self.minute(at, |minute| minute.new_doers += 1);
        }
    }

    fn marker(&mut self, at: Millis, kind: MarkerKind) {
        if self.markers.len() < MAX_MARKERS {
            self.markers.push(Marker { at, kind });
        }
    }

    fn minute(&mut self, at: Millis, change: impl FnOnce(&mut Minute)) {
        let minute = at.0.div_euclid(MINUTE_MS);
        if self.minutes.len() < MAX_MINUTES || self.minutes.contains_key(&minute) {
            change(self.minutes.entry(minute).or_default());
        }
    }
}
