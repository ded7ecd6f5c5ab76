//! What of a show wants a look, and which first. Pure.

use crate::library::PatrolLevel;
use serde::Serialize;
use utoipa::ToSchema;

/// Something about the picture or the sound itself.
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
    /// Nothing to be heard for long 静音.
    Silent,
    /// The picture model had no answer 未检.
    Unchecked,
}

/// Mean brightness below which a plain picture is black.
pub const BLACK: f32 = 28.0;
/// Prints that differ by no more are the same picture, but for the encoder's noise.
pub const SAME: u32 = 1;
/// A picture is old after so many times the distance of two.
const LATE: i64 = 10;

/// What is known of a show's pictures and its sound.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// How old the newest picture is; none: there is none.
    pub age_ms: Option<i64>,
    pub black: bool,
    /// For how long it has been the same.
    pub same_ms: i64,
    /// For how long nothing was to be heard.
    pub silent_ms: i64,
    /// The picture model was asked and had no answer.
    pub unchecked: bool,
}

/// From when on something is told.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub every_ms: i64,
    pub frozen_ms: i64,
    pub silent_ms: i64,
}

pub fn signs(look: Look, limits: Limits) -> Vec<Sign> {
    let Limits { every_ms, frozen_ms, silent_ms } = limits;
    let seen = look.age_ms.is_some();
    let signs = [
        (Sign::NoPicture, !seen),
        (Sign::Black, seen && look.black),
        (Sign::Frozen, seen && !look.black && look.same_ms >= frozen_ms),
        (Sign::Behind, look.age_ms.is_some_and(|age_ms| age_ms > every_ms.saturating_mul(LATE))),
        (Sign::Silent, silent_ms > 0 && look.silent_ms >= silent_ms),
        (Sign::Unchecked, look.unchecked),
    ];
    signs.into_iter().filter(|(_, is)| *is).map(|(sign, _)| sign).collect()
}

/// The more urgent, the larger: what is proposed to be interrupted, then what people are told of, then bad pictures.
pub fn urgency(gravest: Option<PatrolLevel>, signs: &[Sign]) -> u8 {
    match gravest {
        Some(PatrolLevel::Hold) => 3,
        Some(PatrolLevel::Alarm) => 2,
        // A model that fails says nothing about the show.
        None => u8::from(signs.iter().any(|sign| *sign != Sign::Unchecked)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_picture_and_silence_are_told_by_signs() {
        let good = Look { age_ms: Some(3_000), same_ms: 10_000, silent_ms: 5_000, ..Look::default() };
        let of = |look| signs(look, Limits { every_ms: 2_000, frozen_ms: 30_000, silent_ms: 30_000 });
        assert_eq!(of(good), []);
        assert_eq!(of(Look { age_ms: None, ..good }), [Sign::NoPicture]);
        assert_eq!(of(Look { same_ms: 30_000, ..good }), [Sign::Frozen]);
        assert_eq!(of(Look { same_ms: 60_000, black: true, ..good }), [Sign::Black]);
        assert_eq!(of(Look { unchecked: true, ..good }), [Sign::Unchecked]);
        assert_eq!(of(Look { age_ms: None, silent_ms: 30_000, ..good }), [Sign::NoPicture, Sign::Silent]);
        assert_eq!(of(Look { age_ms: Some(21_000), same_ms: 31_000, ..good }), [Sign::Frozen, Sign::Behind]);
    }

    #[test]
    fn findings_come_before_signs() {
        let order = [
            urgency(Some(PatrolLevel::Hold), &[]),
            urgency(Some(PatrolLevel::Alarm), &[Sign::Black]),
            urgency(None, &[Sign::Frozen]),
            urgency(None, &[Sign::Unchecked]),
        ];
        assert!(order.is_sorted_by(|one, next| one > next), "{order:?}");
    }
}
