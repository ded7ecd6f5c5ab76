//! What is decided about models, from what is known. Pure.

use super::{ANY, Label, ModelState, Threshold};
use crate::text::Confusion;
use events::TextVerdict;
use std::collections::{BTreeMap, HashMap};

/// Every so many-th verdict measures and never teaches.
const FROZEN: u64 = 10;
/// Probability from which on a text is called bad where models are measured.
pub const CALLED_BAD_MILLI: u32 = 500;
/// A model in force may lose so much of its macro-F1.
const MAY_FALL: f64 = 0.02;
/// So many verdicts of one reviewer always count: they hardly move a model, and a colleague's first verdict must not silence him.
const LEAST_OF_ONE: usize = 100;
/// Fewer texts are no reference.
pub const LEAST_REFERENCE: usize = 100;

/// Whether a danmaku's verdict belongs to the frozen set: by its position alone, so that it does so for every version.
pub fn is_frozen(position: u64) -> bool {
    // The finaliser of SplitMix64: neighbours fall apart.
    let mut hash = position.wrapping_add(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (hash ^ (hash >> 31)).is_multiple_of(FROZEN)
}

/// A probability in thousandths. Certainty does not exist, so that 1000 is a threshold that nothing reaches.
pub fn milli(probability: f32) -> u32 {
    ((probability * 1_000.0) as u32).min(999)
}

/// What a model's probability asks for.
pub fn says(score_milli: u32, threshold: Threshold) -> Option<TextVerdict> {
    if score_milli >= threshold.hold_milli {
        Some(TextVerdict::Hold)
    } else if score_milli >= threshold.alarm_milli {
        Some(TextVerdict::Alarm)
    } else {
        None
    }
}

/// The threshold of a category: its own, else the general one, and in a room what is stricter.
pub fn threshold(org: &BTreeMap<String, Threshold>, room: &BTreeMap<String, Threshold>, category: &str) -> Threshold {
    let of = |rules: &BTreeMap<String, Threshold>| rules.get(category).or_else(|| rules.get(ANY)).copied();
    let usual = of(org).unwrap_or_default();
    let Some(own) = of(room) else { return usual };
    Threshold { alarm_milli: own.alarm_milli.min(usual.alarm_milli), hold_milli: own.hold_milli.min(usual.hold_milli) }
}

/// What may be learned: the newest of each reviewer and of equal texts up to their shares, in the order of the log. `same` tells
/// equal texts. Whoever decides alone is not outweighed by anybody, and counts whole.
pub fn to_learn(labels: Vec<(Label, u64)>, reviewer_milli: u32, same_text: u32) -> Vec<Label> {
    let mut texts: HashMap<u64, u32> = HashMap::new();
    let mut newest_first = labels;
    newest_first.sort_by_key(|(label, _)| std::cmp::Reverse(label.reviewed));
    newest_first.retain(|(_, text)| {
        let count = texts.entry(*text).or_default();
        *count += 1;
        *count <= same_text.max(1)
    });
    let mut of_each: BTreeMap<String, usize> = BTreeMap::new();
    for (label, _) in &newest_first {
        *of_each.entry(label.by.clone()).or_default() += 1;
    }
    let most = most_of_one(of_each.values().copied().collect(), reviewer_milli);
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    newest_first.retain(|(label, _)| {
        let count = taken.entry(label.by.clone()).or_default();
        *count += 1;
        *count <= most
    });
    let mut kept: Vec<Label> = newest_first.into_iter().map(|(label, _)| label).collect();
    kept.reverse();
    kept
}

/// How many of one reviewer count, so that none has more than his share of what counts.
fn most_of_one(counts: Vec<usize>, share_milli: u32) -> usize {
    let largest = counts.iter().copied().max().unwrap_or(0);
    if counts.len() < 2 || share_milli >= 1_000 {
        return largest;
    }
    // With few reviewers equal shares are the least there is.
    let share = (f64::from(share_milli) / 1_000.0).max(1.0 / counts.len() as f64);
    let fits = |most: usize| {
        let all: usize = counts.iter().map(|count| count.min(&most)).sum();
        most as f64 <= share * all as f64 + 1e-9
    };
    let most = (1..=largest).rev().find(|most| fits(*most)).unwrap_or(1);
    most.max(LEAST_OF_ONE)
}

/// Whether a model does worse than when it came, by more than may be.
pub fn has_fallen(reference: f64, now: f64) -> bool {
    reference - now > MAY_FALL
}

/// What the newest verdicts say of the model that was in force when they were given: the reference it began with, where it was not
/// measured on people's verdicts, and the last `window`. `labels` from the oldest on.
pub fn lately(labels: &[Label], category: &str, window: usize) -> Option<(Confusion, Confusion)> {
    let said: Vec<(bool, bool)> = labels
        .iter()
        .filter_map(|label| Some((label.score_milli? >= CALLED_BAD_MILLI, label.is_bad(category)?)))
        .collect();
    if window == 0 || said.len() < window {
        return None;
    }
    let count = |of: &[(bool, bool)]| {
        let mut seen = Confusion::default();
        of.iter().for_each(|(said, is)| seen.count(*said, *is));
        seen
    };
    Some((count(&said[..window]), count(&said[said.len() - window..])))
}

/// Why a version may not count as asked.
pub fn refusal(kept: bool, state: ModelState, wanted: ModelState) -> Option<(&'static str, &'static str)> {
    if state == wanted {
        return Some(("already_so", "it is so already"));
    }
    if wanted.is_asked() && !kept {
        return Some(("model_gone", "its bytes are not kept any more: upload it again"));
    }
    if wanted == ModelState::Shadow && state == ModelState::InForce {
        return Some(("in_force", "it is in force: put another one in force, roll back or retire it"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Millis, OrgId};

    fn label(reviewed: u64, by: &str) -> Label {
        Label {
            position: reviewed,
            org: OrgId::new(),
            reviewed,
            rejected: true,
            clause: Some("abuse".into()),
            tier: 1,
            by: by.into(),
            at: Millis(0),
            score_milli: Some(900),
            model: None,
            sample: None,
        }
    }

    #[test]
    fn a_tenth_is_frozen_for_good() {
        let frozen = (0..100_000).filter(|position| is_frozen(*position)).count();
        assert!((9_500..10_500).contains(&frozen), "{frozen}");
        // Stands in every version's measurement: a change here would let models learn what measures them.
        assert_eq!((0..60).filter(|position| is_frozen(*position)).collect::<Vec<_>>(), [2, 18, 29, 30, 31, 43]);
    }

    #[test]
    fn no_reviewer_and_no_text_outweighs_the_rest() {
        let mut labels: Vec<(Label, u64)> = (0..2_000).map(|at| (label(at, "mallory"), at)).collect();
        labels.extend((2_000..2_600).map(|at| (label(at, "lin"), at)));
        labels.extend((3_000..3_400).map(|at| (label(at, "wang"), at)));
        let of = |labels: &[Label], by: &str| labels.iter().filter(|label| label.by == by).count();
        let half = to_learn(labels.clone(), 500, 5);
        assert_eq!((of(&half, "mallory"), of(&half, "lin"), of(&half, "wang")), (1_000, 600, 400));
        assert_eq!(half.iter().map(|label| label.reviewed).min(), Some(1_000), "the newest count");
        assert!(half.is_sorted_by_key(|label| label.reviewed));
        let third = to_learn(labels.clone(), 100, 5);
        assert_eq!((of(&third, "mallory"), of(&third, "lin"), of(&third, "wang")), (400, 400, 400), "equal at least");
        let mut two: Vec<(Label, u64)> = labels[..500].to_vec();
        two.push(labels[2_000].clone());
        assert_eq!(to_learn(two, 500, 5).len(), LEAST_OF_ONE + 1, "a colleague's first verdict silences nobody");
        assert_eq!(to_learn(labels.clone(), 1_000, 5).len(), 3_000);
        let alone: Vec<(Label, u64)> = (0..50).map(|at| (label(at, "lin"), 7)).collect();
        assert_eq!(to_learn(alone, 500, 5).len(), 5, "one text fifty times is five");
    }

    #[test]
    fn a_room_is_stricter_and_never_laxer() {
        let of = |alarm_milli, hold_milli| BTreeMap::from([(ANY.to_owned(), Threshold { alarm_milli, hold_milli })]);
        let (none, org, room) = (BTreeMap::new(), of(600, 800), of(700, 750));
        assert_eq!(threshold(&none, &none, "abuse"), Threshold::default());
        assert_eq!(threshold(&org, &room, "abuse"), Threshold { alarm_milli: 600, hold_milli: 750 });
        assert_eq!(says(599, threshold(&org, &none, ANY)), None);
        assert_eq!(says(600, threshold(&org, &none, ANY)), Some(TextVerdict::Alarm));
        assert_eq!(says(milli(1.0), Threshold { alarm_milli: 1_000, hold_milli: 1_000 }), None);
    }

    #[test]
    fn what_falls_by_more_than_two_points_has_fallen() {
        let mut labels: Vec<Label> = (0..100).map(|at| label(at, "lin")).collect();
        for (at, label) in labels.iter_mut().enumerate() {
            label.rejected = at % 2 == 0;
            label.score_milli = Some(if label.rejected { 900 } else { 100 });
        }
        let (first, last) = lately(&labels, ANY, 50).expect("enough");
        assert_eq!((first.macro_f1(), last.macro_f1()), (1.0, 1.0));
        labels[70..].iter_mut().for_each(|label| label.score_milli = Some(100));
        let (first, last) = lately(&labels, ANY, 50).expect("enough");
        assert!(has_fallen(first.macro_f1(), last.macro_f1()));
        assert!(!has_fallen(0.80, 0.785) && has_fallen(0.80, 0.775));
        assert_eq!(lately(&labels[..49], ANY, 50), None);
        assert_eq!(lately(&labels, "fraud", 50).map(|seen| seen.0.hit), Some(0), "other clauses say nothing of it");
    }
}
