//! Exams 考试: questions of a bank, drawn for somebody, answered against the server's clock.

pub mod http;
pub mod http_bank;
pub mod http_sitting;
pub mod rules;
pub mod store;
pub mod table;

use crate::{Refusal, refusal, starter, store::Body};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How many of the options are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// One 单选.
    Single,
    /// One or more 多选.
    Multiple,
    /// The first option is "true", the second "false" 判断.
    TrueFalse,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    #[schema(min_length = 1, max_length = 300)]
    pub zh: String,
    #[serde(default)]
    #[schema(max_length = 300)]
    pub en: String,
}

/// A question of the bank 题目.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub kind: QuestionKind,
    #[schema(min_length = 1, max_length = 1000)]
    pub text_zh: String,
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub text_en: String,
    /// 2 to 9.
    #[schema(min_items = 2, max_items = 9, example = json!([{"zh": "可以", "en": "yes"}, {"zh": "不可以", "en": "no"}]))]
    pub options: Vec<Choice>,
    /// The right ones, counted from 0.
    #[schema(min_items = 1, max_items = 9)]
    pub right: Vec<u8>,
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub explanation_zh: String,
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub explanation_en: String,
    /// The published clause it asks about.
    #[serde(default)]
    pub clause: Option<String>,
    /// The article of the handbook that answers it.
    #[serde(default)]
    pub article: Option<String>,
    /// 1 easy, 2, 3 hard.
    #[schema(minimum = 1, maximum = 3)]
    pub difficulty: u8,
    /// It is drawn no more, and its statistics stay.
    #[serde(default)]
    pub retired: bool,
}

impl Body for Question {
    const KIND: &'static str = "question";
    const MOST: u64 = 5_000;

    fn starter() -> Vec<(String, Self)> {
        starter::questions()
    }
}

impl Question {
    pub fn check(&self, clauses: &[&str]) -> Result<(), Refusal> {
        let bad = |why: &str| Err(Refusal::Bad(why.into()));
        refusal::text("text_zh", &self.text_zh, 1_000)?;
        refusal::at_most("text_en", &self.text_en, 1_000)?;
        refusal::at_most("explanation_zh", &self.explanation_zh, 1_000)?;
        refusal::at_most("explanation_en", &self.explanation_en, 1_000)?;
        if !(2..=9).contains(&self.options.len()) {
            return bad("a question has 2 to 9 options");
        }
        for option in &self.options {
            refusal::text("options", &option.zh, 300)?;
            refusal::at_most("options", &option.en, 300)?;
        }
        let (mut right, all) = (self.right.clone(), self.right.len());
        right.sort_unstable();
        right.dedup();
        if right.is_empty() || right.len() != all || right.iter().any(|one| usize::from(*one) >= self.options.len()) {
            return bad("`right` names options, each once");
        }
        if self.kind != QuestionKind::Multiple && all != 1 {
            return bad("one option is right");
        }
        if self.kind == QuestionKind::TrueFalse && self.options.len() != 2 {
            return bad("a statement is true or false");
        }
        if !(1..=3).contains(&self.difficulty) {
            return bad("`difficulty` is 1, 2 or 3");
        }
        if let Some(article) = &self.article {
            refusal::code(article)?;
        }
        let unknown = self.clause.as_ref().filter(|clause| !clauses.contains(&clause.as_str()));
        unknown.map_or(Ok(()), |clause| Err(Refusal::UnknownClause(clause.clone())))
    }
}

/// An exam 考试: what is drawn, and what it takes to pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exam {
    #[schema(min_length = 1, max_length = 120, example = "合规基础")]
    pub title_zh: String,
    #[serde(default)]
    #[schema(max_length = 120)]
    pub title_en: String,
    /// How many questions are drawn.
    #[schema(minimum = 1, maximum = 200)]
    pub questions: u32,
    /// At least so many about a clause; the rest is drawn from all.
    #[serde(default)]
    pub quotas: BTreeMap<String, u32>,
    #[schema(minimum = 1, maximum = 600)]
    pub minutes: u32,
    #[serde(default = "eighty")]
    #[schema(minimum = 1, maximum = 100, default = 80)]
    pub pass_percent: u32,
    /// Within 24 hours; 0: as many as one likes.
    #[serde(default)]
    #[schema(maximum = 100)]
    pub attempts_a_day: u32,
    /// How long a pass counts; 0: for good.
    #[serde(default)]
    #[schema(maximum = 3650)]
    pub valid_days: u32,
    /// Who may sit it; empty: everybody who reads the handbook.
    #[serde(default)]
    pub roles: Vec<String>,
    /// These roles have to have passed it: whoever has not is an obstacle to shows of the team.
    #[serde(default)]
    pub required: bool,
}

fn eighty() -> u32 {
    80
}

impl Body for Exam {
    const KIND: &'static str = "exam";
    const MOST: u64 = 100;

    fn starter() -> Vec<(String, Self)> {
        starter::exams()
    }
}

impl Exam {
    pub fn check(&self, clauses: &[&str]) -> Result<(), Refusal> {
        let bad = |why: &str| Err(Refusal::Bad(why.into()));
        refusal::text("title_zh", &self.title_zh, 120)?;
        refusal::at_most("title_en", &self.title_en, 120)?;
        if !(1..=200).contains(&self.questions) || !(1..=600).contains(&self.minutes) {
            return bad("an exam draws 1 to 200 questions and takes 1 to 600 minutes");
        }
        if !(1..=100).contains(&self.pass_percent) || self.attempts_a_day > 100 || self.valid_days > 3_650 {
            return bad("an exam is passed with 1 to 100 %, up to 100 times a day, for up to 3650 days");
        }
        let quotas: u64 = self.quotas.values().map(|count| u64::from(*count)).sum();
        if quotas > u64::from(self.questions) {
            return bad("the quotas are more than the questions");
        }
        if let Some(role) = self.roles.iter().find(|role| accounts::role(role).is_none()) {
            return Err(Refusal::Bad(format!("there is no role `{role}`")));
        }
        let unknown = self.quotas.keys().find(|clause| !clauses.contains(&clause.as_str()));
        unknown.map_or(Ok(()), |clause| Err(Refusal::UnknownClause(clause.clone())))
    }

    pub fn is_for(&self, role: &str) -> bool {
        self.roles.is_empty() || self.roles.iter().any(|one| one == role)
    }

    pub fn pass_milli(&self) -> u32 {
        self.pass_percent.saturating_mul(10)
    }
}
