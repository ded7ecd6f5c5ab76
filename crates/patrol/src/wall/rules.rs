//! What of a show wants a look, and which first. Pure.

use crate::library::PatrolLevel;
use serde::Serialize;
use utoipa::ToSchema;

/// Something about the picture itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PatrolSign)]
pub enum Sign {
    /// There is no picture yet, or none that can be decoded.
    NoPicture,
    /// Nothing but black.
    Black,
    /// The same picture for long.
    Frozen,
    /// The newest picture is old: the patrol or the encoder is behind.
    Behind,
}

/// Mean brightness below which a plain picture is black.
pub const BLACK: f32 = 28.0;
/// Prints that differ by no more are the same picture, but for the encoder's noise.
pub const SAME: u32 = 1;
/// A picture is old after so many times the distance of two.
const LATE: i64 = 10;

/// What is known of a show's pictures.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// How old the newest picture is; none: there is none.
    pub age_ms: Option<i64>,
    pub black: bool,
    /// For how long it has been the same.
    pub same_ms: i64,
}

pub fn signs(look: Look, every_ms: i64, frozen_ms: i64) -> Vec<Sign> {
    let Some(age_ms) = look.age_ms else { return vec![Sign::NoPicture] };
    let signs = [
        (Sign::Black, look.black),
        (Sign::Frozen, !look.black && look.same_ms >= frozen_ms),
        (Sign::Behind, age_ms > every_ms.saturating_mul(LATE)),
    ];
    signs.into_iter().filter(|(_, is)| *is).map(|(sign, _)| sign).collect()
}

/// The more urgent, the larger: what is proposed to be interrupted, then what people are told of, then bad pictures.
pub fn urgency(gravest: Option<PatrolLevel>, signs: &[Sign]) -> u8 {
    match gravest {
        Some(PatrolLevel::Hold) => 3,
        Some(PatrolLevel::Alarm) => 2,
        None => u8::from(!signs.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_picture_is_told_by_its_signs() {
        let good = Look { age_ms: Some(3_000), black: false, same_ms: 10_000 };
        let of = |look| signs(look, 2_000, 30_000);
        assert_eq!(of(good), []);
        assert_eq!(of(Look { age_ms: None, ..good }), [Sign::NoPicture]);
        assert_eq!(of(Look { same_ms: 30_000, ..good }), [Sign::Frozen]);
        assert_eq!(of(Look { same_ms: 60_000, black: true, ..good }), [Sign::Black]);
        assert_eq!(of(Look { age_ms: Some(21_000), same_ms: 31_000, ..good }), [Sign::Frozen, Sign::Behind]);
    }

    #[test]
    fn findings_come_before_signs() {
        let order = [
            urgency(Some(PatrolLevel::Hold), &[]),
            urgency(Some(PatrolLevel::Alarm), &[Sign::Black]),
            urgency(None, &[Sign::Frozen]),
            urgency(None, &[]),
        ];
        assert!(order.is_sorted_by(|one, next| one > next), "{order:?}");
    }
}
