//! Drawing a paper, marking it, and what answers say about questions.

use super::{Choice, Exam, Question, QuestionKind};
use crate::{Refusal, store::Item};
use events::Millis;
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

pub const DAY_MS: i64 = 86_400_000;

/// A question as somebody got it: as it was then, its options in their order of this sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    pub code: String,
    pub version: u32,
    pub kind: QuestionKind,
    pub text_zh: String,
    pub text_en: String,
    pub options: Vec<Choice>,
    /// Of the options as they stand here. Leaves the server when the sitting is over.
    pub right: Vec<u8>,
    pub explanation_zh: String,
    pub explanation_en: String,
    pub clause: Option<String>,
    pub article: Option<String>,
}

/// Draws a paper: first what the quotas ask for, the rest from all that is left, in any order.
pub fn draw(exam: &Exam, bank: &[Item<Question>], seed: u64) -> Result<Vec<Drawn>, Refusal> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut left: Vec<&Item<Question>> = bank.iter().filter(|item| !item.body.retired).collect();
    left.shuffle(&mut random);
    let mut drawn: Vec<&Item<Question>> = Vec::new();
    for (clause, count) in &exam.quotas {
        let (mut of_clause, others): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|item| item.body.clause.as_ref() == Some(clause));
        let wanted = usize::try_from(*count).unwrap_or(usize::MAX);
        if of_clause.len() < wanted {
            return Err(Refusal::TooFewQuestions(drawn.len() + of_clause.len(), exam.questions));
        }
        drawn.extend(of_clause.drain(..wanted));
        left = others.into_iter().chain(of_clause).collect();
        left.shuffle(&mut random);
    }
    let questions = usize::try_from(exam.questions).unwrap_or(usize::MAX);
    drawn.extend(left.into_iter().take(questions.saturating_sub(drawn.len())));
    if drawn.len() < questions {
        return Err(Refusal::TooFewQuestions(drawn.len(), exam.questions));
    }
    drawn.shuffle(&mut random);
    Ok(drawn.into_iter().map(|item| shuffled(item, &mut random)).collect())
}

fn shuffled(item: &Item<Question>, random: &mut StdRng) -> Drawn {
    let question = &item.body;
    let mut order: Vec<usize> = (0..question.options.len()).collect();
    // "True" stands before "false" for everybody.
    if question.kind != QuestionKind::TrueFalse {
        order.shuffle(random);
    }
    let is_right = |at: &usize| u8::try_from(*at).is_ok_and(|at| question.right.contains(&at));
    Drawn {
        code: item.code.clone(),
        version: item.version,
        kind: question.kind,
        text_zh: question.text_zh.clone(),
        text_en: question.text_en.clone(),
        options: order.iter().filter_map(|at| question.options.get(*at).cloned()).collect(),
        right: (0..).zip(&order).filter(|(_, at)| is_right(at)).map(|(place, _)| place).collect(),
        explanation_zh: question.explanation_zh.clone(),
        explanation_en: question.explanation_en.clone(),
        clause: question.clause.clone(),
        article: question.article.clone(),
    }
}

/// All that is right and nothing else.
pub fn is_right(drawn: &Drawn, chosen: &[u8]) -> bool {
    let sorted = |of: &[u8]| {
        let mut of = of.to_vec();
        of.sort_unstable();
        of.dedup();
        of
    };
    sorted(&drawn.right) == sorted(chosen)
}

/// The share that is right, in thousandths, rounded down: 79.99 % are not 80 %.
pub fn score_milli(right: usize, all: usize) -> u32 {
    u32::try_from((right * 1_000).checked_div(all).unwrap_or_default()).unwrap_or(1_000)
}

/// One answer of a finished sitting.
#[derive(Debug, Clone)]
pub struct Marked {
    pub question: String,
    pub sitting_score_milli: u32,
    pub is_right: bool,
}

/// What the answers say about a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistic {
    pub answers: u64,
    pub right: u64,
    /// How many of the best and of the worst 27 % of those who were asked; those are of the same size.
    pub group: u64,
    pub right_of_best: u64,
    pub right_of_worst: u64,
}

impl Statistic {
    /// Share right of the best less share right of the worst, in thousandths (Kelley 1939). None for fewer than 10 answers: then a
    /// group is two people.
    pub fn discrimination_milli(&self) -> Option<i32> {
        let difference = self.right_of_best as i64 - self.right_of_worst as i64;
        (self.answers >= 10).then(|| i32::try_from(difference * 1_000 / self.group.max(1) as i64).unwrap_or_default())
    }

    pub fn right_milli(&self) -> Option<u32> {
        (self.answers > 0).then(|| u32::try_from(self.right * 1_000 / self.answers).unwrap_or(1_000))
    }
}

pub fn statistics(marked: Vec<Marked>) -> HashMap<String, Statistic> {
    let mut by_question: HashMap<String, Vec<(u32, bool)>> = HashMap::new();
    for Marked { question, sitting_score_milli, is_right } in marked {
        by_question.entry(question).or_default().push((sitting_score_milli, is_right));
    }
    by_question.into_iter().map(|(question, answers)| (question, statistic(answers))).collect()
}

fn statistic(mut answers: Vec<(u32, bool)>) -> Statistic {
    // Among equals it must not matter who came first: wrong ones count as the worse.
    answers.sort_unstable();
    let group = (answers.len() * 27).div_ceil(100);
    let right = |of: &[(u32, bool)]| of.iter().filter(|(_, is_right)| *is_right).count() as u64;
    Statistic {
        answers: answers.len() as u64,
        right: right(&answers),
        group: group as u64,
        right_of_worst: right(answers.get(..group).unwrap_or_default()),
        right_of_best: right(answers.get(answers.len() - group..).unwrap_or_default()),
    }
}

/// Until when a pass counts; none: for good.
pub fn valid_until(ended_at: Millis, valid_days: u32) -> Option<Millis> {
    (valid_days > 0).then(|| Millis(ended_at.0.saturating_add(i64::from(valid_days) * DAY_MS)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn question(code: &str, clause: &str) -> Item<Question> {
        let option = |text: &str| Choice { zh: text.into(), en: String::new() };
        let body = Question {
            kind: QuestionKind::Single,
            text_zh: code.into(),
            text_en: String::new(),
            options: vec![option("a"), option("b"), option("c"), option("d")],
            right: vec![2],
            explanation_zh: String::new(),
            explanation_en: String::new(),
            clause: Some(clause.into()),
            article: None,
            difficulty: 1,
            retired: code == "retired",
        };
        Item { code: code.into(), version: 1, body, changed_by: String::new(), changed_at: Millis(0) }
    }

    fn exam(questions: u32, quotas: &[(&str, u32)]) -> Exam {
        Exam {
            title_zh: "考试".into(),
            title_en: String::new(),
            questions,
            quotas: quotas.iter().map(|(clause, count)| ((*clause).to_owned(), *count)).collect::<BTreeMap<_, _>>(),
            minutes: 10,
            pass_percent: 80,
            attempts_a_day: 0,
            valid_days: 0,
            roles: Vec::new(),
            required: false,
        }
    }

    fn bank() -> Vec<Item<Question>> {
        let mut bank: Vec<_> = (0..6).map(|n| question(&format!("spam-{n}"), "spam")).collect();
        bank.extend((0..3).map(|n| question(&format!("claim-{n}"), "claim")));
        bank.push(question("retired", "claim"));
        bank
    }

    #[test]
    fn quotas_are_kept_nothing_comes_twice_and_the_retired_never() {
        let bank = bank();
        for seed in 0..200 {
            let paper = draw(&exam(7, &[("claim", 2)]), &bank, seed).expect("a paper");
            let codes: BTreeSet<&str> = paper.iter().map(|drawn| drawn.code.as_str()).collect();
            assert_eq!((paper.len(), codes.len()), (7, 7));
            assert!(codes.iter().filter(|code| code.starts_with("claim")).count() >= 2, "{codes:?}");
            assert!(!codes.contains("retired"));
        }
        assert!(draw(&exam(10, &[]), &bank, 1).is_err(), "there are nine");
        assert!(draw(&exam(7, &[("claim", 4)]), &bank, 1).is_err(), "there are three");
    }

    #[test]
    fn the_same_seed_draws_the_same_and_the_right_option_goes_with_its_text() {
        let bank = bank();
        let draw = |seed| draw(&exam(5, &[]), &bank, seed).expect("a paper");
        assert_eq!(draw(1), draw(1));
        let papers: Vec<_> = (0..50).map(draw).collect();
        assert!(papers.iter().any(|paper| *paper != papers[0]));
        let places: BTreeSet<u8> = papers.iter().flatten().flat_map(|drawn| drawn.right.clone()).collect();
        assert_eq!(places.len(), 4, "the right one stands everywhere");
        for drawn in papers.iter().flatten() {
            let right: Vec<&str> = drawn.right.iter().map(|at| drawn.options[usize::from(*at)].zh.as_str()).collect();
            assert_eq!(right, ["c"]);
        }
    }

    #[test]
    fn half_of_it_is_wrong_and_too_much_as_well() {
        let mut drawn = draw(&exam(1, &[]), &bank(), 1).expect("a paper").remove(0);
        drawn.right = vec![0, 2];
        let right = |chosen: &[u8]| is_right(&drawn, chosen);
        assert_eq!([right(&[2, 0]), right(&[0]), right(&[0, 1, 2]), right(&[])], [true, false, false, false]);
        assert_eq!((score_milli(8, 10), score_milli(2, 3), score_milli(0, 0)), (800, 666, 0));
    }

    #[test]
    fn what_only_the_best_know_discriminates() {
        let answer = |score, is_right| Marked { question: "q".into(), sitting_score_milli: score, is_right };
        let good: Vec<Marked> = (0..20).map(|n| answer(n * 50, n >= 10)).collect();
        let statistic = statistics(good).remove("q").expect("a statistic");
        assert_eq!((statistic.answers, statistic.right, statistic.group), (20, 10, 6));
        assert_eq!((statistic.discrimination_milli(), statistic.right_milli()), (Some(1_000), Some(500)));
        let bad: Vec<Marked> = (0..20).map(|n| answer(n * 50, n < 10)).collect();
        assert_eq!(statistics(bad)["q"].discrimination_milli(), Some(-1_000));
        let few: Vec<Marked> = (0..9).map(|n| answer(n * 50, true)).collect();
        assert_eq!(statistics(few)["q"].discrimination_milli(), None);
    }
}
