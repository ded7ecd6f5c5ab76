//! The violation library 违规库: pictures that must not be shown again, as prints of them and of their variants.

pub mod http;
pub mod http_file;
pub mod store;

use crate::hash::{BITS, Print, Prints};
use app::Refuse;
use events::{Millis, OrgId, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Prints at most this far apart are of the same picture: the bench `pictures` measures what that finds, and what it mistakes.
pub const ALIKE: u32 = 24;
/// Of an organisation.
pub const MOST_SAMPLES: u64 = 50_000;
pub const LONGEST_NAME: usize = 100;

/// What follows when it is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PatrolLevel {
    /// People are told 提醒.
    Alarm,
    /// It is proposed to interrupt the show 建议中断.
    Hold,
}

impl PatrolLevel {
    pub fn name(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::Hold => "hold",
        }
    }

    pub fn of(name: &str) -> Self {
        if name == "hold" { Self::Hold } else { Self::Alarm }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub id: Uuid,
    pub org: OrgId,
    /// Whose rooms it is looked for in; none: all of the organisation.
    pub team: Option<TeamId>,
    pub name: String,
    /// A published rule.
    pub category: String,
    pub level: PatrolLevel,
    /// Where it came from, in people's words.
    pub source: String,
    pub prints: Prints,
    pub enabled: bool,
    pub added_by: String,
    pub added_at: Millis,
}

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("a sample has a name of 1 to {LONGEST_NAME} characters")]
    BadName,
    #[error("`{0}` is no published rule")]
    UnknownCategory(String),
    #[error("the file is not a JPEG or PNG that can be read")]
    Unreadable,
    #[error("there is nothing in the picture to recognise it by")]
    TooPlain,
    #[error("this picture is in the library already")]
    Known,
    #[error("there are {MOST_SAMPLES} samples already")]
    TooMany,
    #[error("ffmpeg is not there, or busy for too long")]
    NotNow,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BadName => "bad_name",
            Self::UnknownCategory(_) => "unknown_category",
            Self::Unreadable => "unreadable_picture",
            Self::TooPlain => "too_plain",
            Self::Known => "sample_known",
            Self::TooMany => "too_many_samples",
            Self::NotNow => "not_now",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Known | Self::TooMany => 409,
            Self::NotNow => 503,
            _ => 422,
        }
    }
    fn retry_after_s(&self) -> Option<u32> {
        matches!(self, Self::NotNow).then_some(5)
    }
}

/// A name that people can read.
pub fn name(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let good = !text.is_empty() && text.chars().count() <= LONGEST_NAME && !text.chars().any(char::is_control);
    good.then(|| text.to_owned()).ok_or(Refusal::BadName)
}

/// What is looked for in an organisation: a row of bits to run along, and what they stand for.
#[derive(Debug, Default)]
pub struct Library {
    prints: Vec<(Print, u32)>,
    samples: Vec<Sample>,
}

/// A picture looks like a sample.
#[derive(Debug, Clone, Copy)]
pub struct Match<'a> {
    pub sample: &'a Sample,
    pub distance: u32,
}

impl Match<'_> {
    pub fn score_milli(&self) -> u32 {
        1_000 - self.distance.min(BITS) * 1_000 / BITS
    }
}

impl Library {
    pub fn new(samples: impl IntoIterator<Item = Sample>) -> Self {
        let samples: Vec<Sample> = samples.into_iter().filter(|sample| sample.enabled).collect();
        let numbered = samples.iter().zip(0u32..);
        let prints = numbered.flat_map(|(sample, n)| sample.prints.into_iter().map(move |print| (print, n))).collect();
        Self { prints, samples }
    }

    /// The sample that it is most like, among those of a team and of everybody.
    pub fn find(&self, print: Print, team: TeamId) -> Option<Match<'_>> {
        let mut best: Option<Match<'_>> = None;
        for (other, n) in &self.prints {
            let distance = other.distance(print);
            if distance > ALIKE || best.is_some_and(|best| best.distance <= distance) {
                continue;
            }
            let sample = self.samples.get(*n as usize).filter(|sample| sample.team.is_none_or(|of| of == team));
            best = sample.map(|sample| Match { sample, distance }).or(best);
        }
        best
    }

    /// How far the nearest print is, whatever that means; for measurements.
    pub fn nearest(&self, print: Print) -> Option<u32> {
        self.prints.iter().map(|(other, _)| other.distance(print)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(n: u128, team: Option<TeamId>, bits: u64) -> Sample {
        let print = Print { differences: bits, cosines: bits };
        Sample {
            id: Uuid::from_u128(n),
            org: OrgId::new(),
            team,
            name: "轮盘".into(),
            category: "gambling".into(),
            level: PatrolLevel::Hold,
            source: String::new(),
            prints: [print; 4],
            enabled: true,
            added_by: "lin".into(),
            added_at: Millis(0),
        }
    }

    #[test]
    fn the_most_alike_sample_of_the_team_is_found() {
        let (mine, other) = (TeamId::new(), TeamId::new());
        let off = Sample { enabled: false, ..sample(4, None, 0) };
        let library =
            Library::new([sample(1, None, 0b111), sample(2, Some(mine), 0b1), sample(3, Some(other), 0), off]);
        let found =
            |team| library.find(Print::default(), team).map(|found| (found.sample.id.as_u128(), found.distance));
        assert_eq!(found(mine), Some((2, 2)));
        assert_eq!(found(other), Some((3, 0)));
        assert_eq!(found(TeamId::new()), Some((1, 6)));
        let far = Print { differences: !0, cosines: !0 };
        assert!(library.find(far, mine).is_none());
    }

    #[test]
    fn names_are_one_readable_line() {
        assert_eq!(name("  轮盘 ").ok().as_deref(), Some("轮盘"));
        for bad in ["", "  ", "a\u{7}b", &"字".repeat(101)] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
    }
}
