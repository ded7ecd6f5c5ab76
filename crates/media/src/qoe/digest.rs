//! The plays of one show added up by everything a screen asks for, and kept up as plays change. Pure.
//!
//! A show has up to some hundred thousand plays. They are read once, when somebody first asks; from then on every change
//! of a play takes its old part out and adds the new one.

use super::figures::{QualityDimension, Sums};
use super::fold::Play;
use events::{Millis, ViewerId};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// Values of one dimension told apart; time zones and versions are players' own words.
const MOST_VALUES: usize = 200;
/// Where the others go.
const OTHER: &str = "*";

/// A play as it was, if it was there, and as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    pub before: Option<Play>,
    pub after: Play,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Digest {
    parts: BTreeMap<QualityDimension, BTreeMap<String, Sums>>,
    viewers: HashMap<ViewerId, ViewerSums>,
}

/// How playing went for one viewer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ViewerSums {
    pub plays: u64,
    pub suspect_plays: u64,
    pub stalled_plays: u64,
    pub shown: u64,
    pub played_ms: u64,
    pub stalls: u64,
    pub stalled_ms: u64,
    pub frames: u64,
    pub dropped: u64,
    pub first_frame_worst_ms: Option<u32>,
    pub latency_worst_ms: Option<u32>,
    pub first_at: Millis,
    pub last_at: Millis,
}

/// Whom a list of viewers begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ViewerOrder {
    /// Never a frame first, then by time stalled.
    #[default]
    Worst,
    Latency,
    FirstFrame,
    /// Most tries to play.
    Plays,
    Newest,
}

impl Digest {
    pub fn change(&mut self, changed: &Changed) {
        for dimension in QualityDimension::ALL {
            let parts = self.parts.entry(dimension).or_default();
            if let Some(before) = &changed.before {
                part(parts, dimension.of(before)).remove(before);
            }
            part(parts, dimension.of(&changed.after)).add(&changed.after);
        }
        self.viewers.entry(changed.after.viewer.clone()).or_default().change(changed);
    }

    /// Values of a dimension with their plays.
    pub fn by(&self, dimension: QualityDimension) -> impl Iterator<Item = (&str, &Sums)> {
        let parts = self.parts.get(&dimension).into_iter().flatten();
        // What every play has left again (a height) has nothing to say.
        parts.filter(|(_, sums)| sums.plays + sums.suspect_plays > 0).map(|(value, sums)| (value.as_str(), sums))
    }

    pub fn viewers(&self) -> usize {
        self.viewers.len()
    }

    pub fn ids(&self) -> impl Iterator<Item = &ViewerId> {
        self.viewers.keys()
    }

    /// The first `most` viewers; who is nothing but a suspected bot is left out.
    pub fn worst(&self, order: ViewerOrder, most: usize) -> Vec<(&ViewerId, &ViewerSums)> {
        let known = self.viewers.iter().filter(|(_, sums)| sums.plays > 0);
        let mut list: Vec<_> = known.filter(|(_, sums)| sums.key(order).is_some()).collect();
        // The id makes the order one.
        let before = |(a, one): &(&ViewerId, &ViewerSums), (b, other): &(&ViewerId, &ViewerSums)| {
            let keys = other.key(order).cmp(&one.key(order));
            keys.then(other.last_at.cmp(&one.last_at)).then_with(|| a.as_str().cmp(b.as_str()))
        };
        if list.len() > most && most > 0 {
            list.select_nth_unstable_by(most - 1, before);
        }
        list.truncate(most);
        list.sort_unstable_by(before);
        list
    }
}

fn part(parts: &mut BTreeMap<String, Sums>, value: String) -> &mut Sums {
    let known = parts.len() < MOST_VALUES || parts.contains_key(&value);
    parts.entry(if known { value } else { OTHER.to_owned() }).or_default()
}

impl ViewerSums {
    fn change(&mut self, Changed { before, after }: &Changed) {
        if let Some(before) = before {
            self.count(before, |sum, less| *sum = sum.saturating_sub(less));
        } else if self.plays + self.suspect_plays == 0 {
            (self.first_at, self.last_at) = (after.first_at, after.last_at);
        }
        self.count(after, |sum, more| *sum += more);
        // These only grow while a play goes on.
        self.first_frame_worst_ms = self.first_frame_worst_ms.max(after.first_frame_ms);
        self.latency_worst_ms = self.latency_worst_ms.max(after.latency_worst_ms);
        self.first_at = self.first_at.min(after.first_at);
        self.last_at = self.last_at.max(after.last_at);
    }

    fn count(&mut self, play: &Play, number: fn(&mut u64, u64)) {
        if play.suspect {
            return number(&mut self.suspect_plays, 1);
        }
        number(&mut self.plays, 1);
        number(&mut self.stalled_plays, u64::from(play.stalls > 0));
        number(&mut self.shown, u64::from(play.shown));
        number(&mut self.played_ms, play.played_ms);
        number(&mut self.stalls, play.stalls);
        number(&mut self.stalled_ms, play.stalled_ms);
        number(&mut self.frames, play.frames);
        number(&mut self.dropped, play.dropped);
    }

    /// The larger, the earlier in the list; `None` is in no such list.
    fn key(&self, order: ViewerOrder) -> Option<(u64, u64)> {
        match order {
            ViewerOrder::Worst => Some((u64::from(self.shown == 0), self.stalled_ms)),
            ViewerOrder::Latency => self.latency_worst_ms.map(|ms| (ms.into(), 0)),
            ViewerOrder::FirstFrame => self.first_frame_worst_ms.map(|ms| (ms.into(), 0)),
            ViewerOrder::Plays => Some((self.plays, self.stalled_ms)),
            ViewerOrder::Newest => Some((self.last_at.0.max(0) as u64, 0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold::{Minutes, Plays, Report, fold};
    use super::*;
    use events::{EntryId, PlaybackReported};
    use uuid::Uuid;

    /// A report of play `n` of entry `n / 2` of viewer `n / 4`.
    fn report(n: u128, at: i64, said: PlaybackReported) -> Report {
        let viewer = format!("v{}", n / 4).parse().unwrap();
        let said = PlaybackReported { play: Uuid::from_u128(n), entry: EntryId(Uuid::from_u128(n / 2)), ..said };
        let (broadcast, org, team, room) = Default::default();
        Report { position: at as u64, at: Millis(at), broadcast, org, team, room, viewer, said }
    }

    fn said(n: u128, stalled_ms: u32) -> PlaybackReported {
        PlaybackReported {
            played_ms: 9_000,
            stalls: u32::from(stalled_ms > 0),
            stalled_ms,
            latency_ms: Some(1_000 + n as u32),
            first_frame_ms: n.is_multiple_of(3).then_some(n as u32 * 10),
            browser: format!("Chrome {n}"),
            // It changes while a play goes on.
            height: Some(if stalled_ms > 0 { 360 } else { 720 }),
            ..PlaybackReported::default()
        }
    }

    /// What changed by the reports of one round.
    fn round(plays: &mut Plays, reports: impl Iterator<Item = Report>) -> Vec<Changed> {
        let before = plays.clone();
        reports.for_each(|report| fold(plays, &mut Minutes::new(), &report, false));
        let changed = plays.values().filter(|play| before.get(&play.id) != Some(play));
        changed.map(|after| Changed { before: before.get(&after.id).cloned(), after: after.clone() }).collect()
    }

    fn fresh(plays: &Plays) -> Digest {
        let mut digest = Digest::default();
        plays.values().for_each(|play| digest.change(&Changed { before: None, after: play.clone() }));
        digest
    }

    /// Everything that can be asked of it.
    fn answers(digest: &Digest) -> impl PartialEq + std::fmt::Debug + use<> {
        let by: Vec<Vec<(String, Sums)>> = QualityDimension::ALL
            .map(|dimension| digest.by(dimension).map(|(value, sums)| (value.to_owned(), sums.clone())).collect())
            .into();
        let orders = [ViewerOrder::Worst, ViewerOrder::Latency, ViewerOrder::FirstFrame, ViewerOrder::Plays];
        let owned = |(viewer, sums): (&ViewerId, &ViewerSums)| (viewer.clone(), sums.clone());
        let lists = orders.map(|order| digest.worst(order, 7).into_iter().map(owned).collect::<Vec<_>>());
        (by, lists)
    }

    #[test]
    fn kept_up_it_is_as_if_read_anew() {
        let (mut plays, mut kept) = (Plays::new(), Digest::default());
        for (nth, modulus) in [2, 3, 5, 7, 4].into_iter().enumerate() {
            let stalled = |n: u128| if n % 4 == 1 { 300 * (n as u32 + 1) } else { 0 };
            let reports = (0..300u128).filter(|n| n % modulus == 0);
            let reports = reports.map(|n| report(n, 10_000 * (nth as i64 + 1), said(n, stalled(n))));
            round(&mut plays, reports).iter().for_each(|changed| kept.change(changed));
            assert_eq!(answers(&kept), answers(&fresh(&plays)));
        }
        // An entry is suspected, and then it is not.
        for suspect in [true, false] {
            let judged = |play: &&mut Play| play.id.entry == EntryId(Uuid::from_u128(6));
            for play in plays.values_mut().filter(judged) {
                let before = play.clone();
                play.suspect = suspect;
                kept.change(&Changed { before: Some(before), after: play.clone() });
            }
            assert_eq!(answers(&kept), answers(&fresh(&plays)));
        }
    }

    #[test]
    fn values_are_bounded_and_nothing_is_lost() {
        let mut plays = Plays::new();
        round(&mut plays, (0..1_000u128).map(|n| report(n, 1, said(n, 0))));
        let digest = fresh(&plays);
        let parts: Vec<(&str, u64)> =
            digest.by(QualityDimension::Browser).map(|(value, sums)| (value, sums.plays)).collect();
        assert_eq!(parts.len(), MOST_VALUES + 1);
        assert_eq!(parts.iter().find(|(value, _)| *value == OTHER), Some(&(OTHER, 800)));
        assert_eq!(parts.iter().map(|(_, plays)| plays).sum::<u64>(), 1_000);
    }

    #[test]
    fn who_never_saw_a_frame_is_worst_off() {
        let mut plays = Plays::new();
        let failed = PlaybackReported { failure: Some("x".into()), ..PlaybackReported::default() };
        let reports = [report(0, 1, said(0, 500)), report(4, 2, failed), report(8, 3, said(8, 9_000))];
        round(&mut plays, reports.into_iter());
        let digest = fresh(&plays);
        let order = |order, most| -> Vec<&str> {
            digest.worst(order, most).into_iter().map(|(viewer, _)| viewer.as_str()).collect()
        };
        assert_eq!(order(ViewerOrder::Worst, 9), ["v1", "v2", "v0"]);
        assert_eq!(order(ViewerOrder::Worst, 1), ["v1"]);
        assert_eq!(order(ViewerOrder::Latency, 9), ["v2", "v0"]);
    }
}
