//! The decision about one danmaku, from all that speaks against it. Pure.

use super::models::Opinion;
use crate::text::{Hit, ListLevel};
use events::{ChatMode, TextField, TextReason, TextVerdict};

/// Reasons written down for one danmaku; the gravest stay.
const MOST_REASONS: usize = 8;
/// So many rejected danmaku in the time that is looked back on, and what is doubtful waits for a person.
pub const STRIKES: u32 = 3;

/// What is known when the decision is taken.
pub struct Known<'a> {
    /// What the organisation's lists say, and the room's own.
    pub text: &'a [Hit],
    pub nick: &'a [Hit],
    /// Hits that begin in what the viewer wrote just before and end in this text; places count from this text's beginning.
    pub joined: &'a [Hit],
    /// What the models in force say.
    pub models: &'a [Opinion],
    pub mode: ChatMode,
    /// How many danmaku of this viewer were rejected lately.
    pub strikes: u32,
}

/// None: it passes, and nothing is to be said about it.
#[derive(Debug, PartialEq)]
pub struct Decided {
    pub verdict: TextVerdict,
    pub reasons: Vec<TextReason>,
}

pub fn decide(known: &Known<'_>) -> Option<Decided> {
    let mut reasons: Vec<TextReason> = Vec::new();
    reasons.extend(known.text.iter().map(|hit| reason(hit, TextField::Text)));
    // A bad name is left out, and no reason to hold what was said.
    reasons.extend(known.nick.iter().map(|hit| {
        let found = reason(hit, TextField::Nick);
        TextReason { verdict: found.verdict.min(TextVerdict::Mask), ..found }
    }));
    reasons.extend(known.joined.iter().map(|hit| {
        let found = reason(hit, TextField::Text);
        TextReason { rule: "joined".into(), verdict: found.verdict.min(TextVerdict::Hold), ..found }
    }));
    // A model holds and reports: nobody is refused by a probability alone.
    reasons.extend(known.models.iter().filter_map(|said| {
        let verdict = said.verdict?.min(TextVerdict::Hold);
        Some(TextReason { category: said.category.to_string(), ..bare("model", verdict) })
    }));
    let gravest = reasons.iter().map(|reason| reason.verdict).max();
    if known.strikes >= STRIKES && gravest.is_some_and(|gravest| gravest < TextVerdict::Hold) {
        reasons.push(bare("history", TextVerdict::Hold));
    }
    if known.mode == ChatMode::BeforeReview && gravest.is_none_or(|gravest| gravest < TextVerdict::Block) {
        reasons.push(bare("mode", TextVerdict::Hold));
    }
    let verdict = reasons.iter().map(|reason| reason.verdict).max()?;
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.verdict));
    reasons.truncate(MOST_REASONS);
    Some(Decided { verdict, reasons })
}

pub fn bare(rule: &str, verdict: TextVerdict) -> TextReason {
    TextReason {
        rule: rule.into(),
        verdict,
        word: String::new(),
        category: String::new(),
        list: String::new(),
        field: TextField::Text,
        start: 0,
        end: 0,
    }
}

fn reason(hit: &Hit, field: TextField) -> TextReason {
    TextReason {
        rule: hit.rule.name().into(),
        verdict: verdict(hit.level),
        word: hit.word.to_string(),
        category: hit.category.to_string(),
        list: hit.list.to_string(),
        field,
        start: hit.start,
        end: hit.end,
    }
}

fn verdict(level: ListLevel) -> TextVerdict {
    match level {
        ListLevel::Alarm => TextVerdict::Alarm,
        ListLevel::Mask => TextVerdict::Mask,
        ListLevel::Hold => TextVerdict::Hold,
        ListLevel::Block => TextVerdict::Block,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Filter, Scope, Scratch, read};

    fn hits(text: &str) -> Vec<Hit> {
        let (entries, _) = read("傻逼\tabuse\tmask\n博彩\tgambling\tblock\n加微信\tcontact\thold\n家人们\town\talarm");
        Filter::new(&entries).expect("a filter").hits(text, Scope::Danmaku, &mut Scratch::default())
    }

    fn decided(text: &str, change: impl FnOnce(&mut Known<'_>)) -> Option<(TextVerdict, Vec<String>)> {
        let hits = hits(text);
        let mut known =
            Known { text: &hits, nick: &[], joined: &[], models: &[], mode: ChatMode::AfterReview, strikes: 0 };
        change(&mut known);
        let decided = decide(&known)?;
        Some((decided.verdict, decided.reasons.into_iter().map(|reason| reason.rule).collect()))
    }

    #[test]
    fn the_gravest_reason_decides_and_all_are_told() {
        let rules = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(decided("你好", |_| {}), None);
        assert_eq!(decided("家人们好", |_| {}), Some((TextVerdict::Alarm, rules(&["exact"]))));
        assert_eq!(decided("你是傻逼", |_| {}), Some((TextVerdict::Mask, rules(&["exact"]))));
        assert_eq!(decided("傻逼玩博彩", |_| {}), Some((TextVerdict::Block, rules(&["exact", "exact"]))));
    }

    #[test]
    fn a_model_holds_and_reports_and_never_blocks() {
        let said = |verdict| Opinion {
            model: uuid::Uuid::nil(),
            category: "abuse".into(),
            score_milli: 999,
            verdict,
            below_milli: 0,
        };
        for (opinion, verdict) in [
            (None, None),
            (Some(TextVerdict::Alarm), Some(TextVerdict::Alarm)),
            (Some(TextVerdict::Hold), Some(TextVerdict::Hold)),
            (Some(TextVerdict::Block), Some(TextVerdict::Hold)),
        ] {
            let (hits, models) = (hits("你好"), [said(opinion)]);
            let known =
                Known { text: &hits, nick: &[], joined: &[], models: &models, mode: ChatMode::AfterReview, strikes: 0 };
            let decided = decide(&known);
            assert_eq!(decided.as_ref().map(|decided| decided.verdict), verdict);
            assert!(decided.is_none_or(|decided| decided.reasons[0].category == "abuse"));
        }
    }

    #[test]
    fn a_mode_and_a_history_hold_what_is_not_blocked() {
        let before = |known: &mut Known<'_>| known.mode = ChatMode::BeforeReview;
        assert_eq!(decided("你好", before).map(|decided| decided.0), Some(TextVerdict::Hold));
        assert_eq!(decided("玩博彩", before).map(|decided| decided.1.len()), Some(1));
        let strikes = |known: &mut Known<'_>| known.strikes = STRIKES;
        assert_eq!(decided("你是傻逼", strikes).map(|decided| decided.0), Some(TextVerdict::Hold));
        assert_eq!(decided("你好", strikes), None, "who was rejected before may speak");
    }

    #[test]
    fn a_bad_name_is_no_reason_to_hold_the_text() {
        let (text, nick) = (hits("你好"), hits("博彩官网"));
        let known =
            Known { text: &text, nick: &nick, joined: &[], models: &[], mode: ChatMode::AfterReview, strikes: 0 };
        assert_eq!(decide(&known).map(|decided| decided.verdict), Some(TextVerdict::Mask));
    }
}
