//! What is refused, and why.

use app::{ApiError, Reach, Refuse, Scope};
use events::OrgId;

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("a code is 1 to 40 of `a-z`, `0-9` and `-`")]
    BadCode,
    #[error("{0}")]
    Bad(String),
    #[error("`{0}` is no published clause")]
    UnknownClause(String),
    #[error("there is no article `{0}`")]
    UnknownArticle(String),
    #[error("there is no exam `{0}`")]
    UnknownExam(String),
    #[error("there are {0} already, which is the most")]
    TooMany(u64),
    #[error("somebody changed it since you read it")]
    Changed,
    #[error("nothing was changed since the last version")]
    NothingNew,
    #[error("this is not the version in force")]
    OldVersion,
    #[error("this exam is not for your role")]
    NotForYourRole,
    #[error("there were {0} attempts within 24 hours, which is the most")]
    NoMoreAttempts(u32),
    #[error("the bank has only {0} questions for this exam, which draws {1}")]
    TooFewQuestions(usize, u32),
    #[error("this sitting is over")]
    SittingOver,
    #[error("this reaches beyond your teams: headquarters change it")]
    BeyondYourReach,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BadCode => "bad_code",
            Self::Bad(_) => "bad_request",
            Self::UnknownClause(_) => "unknown_clause",
            Self::UnknownArticle(_) => "unknown_article",
            Self::UnknownExam(_) => "unknown_exam",
            Self::TooMany(_) => "too_many",
            Self::Changed => "changed_meanwhile",
            Self::NothingNew => "nothing_new",
            Self::OldVersion => "old_version",
            Self::NotForYourRole => "not_for_your_role",
            Self::NoMoreAttempts(_) => "no_more_attempts",
            Self::TooFewQuestions(..) => "too_few_questions",
            Self::SittingOver => "sitting_over",
            Self::BeyondYourReach => "beyond_your_reach",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::BadCode | Self::Bad(_) | Self::UnknownClause(_) | Self::UnknownArticle(_) | Self::UnknownExam(_) => {
                422
            }
            Self::NotForYourRole | Self::BeyondYourReach => 403,
            Self::TooMany(_)
            | Self::Changed
            | Self::NothingNew
            | Self::OldVersion
            | Self::NoMoreAttempts(_)
            | Self::TooFewQuestions(..)
            | Self::SittingOver => 409,
        }
    }
}

/// The handbook is the organisation's: whoever changes it reaches all of it.
pub fn headquarters(scope: Scope) -> Result<OrgId, ApiError> {
    if scope.reach == Reach::Org { Ok(scope.org) } else { Err(Refusal::BeyondYourReach.into()) }
}

/// Codes stand in addresses and in files.
pub fn code(code: &str) -> Result<(), Refusal> {
    let good = code.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-');
    if good && (1..=40).contains(&code.len()) { Ok(()) } else { Err(Refusal::BadCode) }
}

/// A text of 1 to `most` characters.
pub fn text(what: &str, text: &str, most: usize) -> Result<(), Refusal> {
    if !text.trim().is_empty() && short(text, most) {
        return Ok(());
    }
    Err(Refusal::Bad(format!("`{what}` has 1 to {most} characters")))
}

/// No more than `most` characters, and none that no database keeps.
pub fn at_most(what: &str, text: &str, most: usize) -> Result<(), Refusal> {
    if short(text, most) { Ok(()) } else { Err(Refusal::Bad(format!("`{what}` has at most {most} characters"))) }
}

fn short(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.contains('\0')
}
