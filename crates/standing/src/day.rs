//! Days in Beijing, which knows no summer time.

use events::{Millis, Timestamp};

pub const DAY_MS: i64 = 86_400_000;
const BEIJING_MS: i64 = 8 * 3_600_000;

/// Days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

impl Day {
    pub fn of(at: Millis) -> Self {
        Self(at.plus_ms(BEIJING_MS).0.div_euclid(DAY_MS))
    }

    pub fn begin(self) -> Millis {
        Millis(self.0.saturating_mul(DAY_MS).saturating_sub(BEIJING_MS))
    }

    /// Its last moment.
    pub fn end(self) -> Millis {
        Self(self.0 + 1).begin().plus_ms(-1)
    }

    /// The day of a date that there is.
    pub fn from_date(year: i64, month: u32, day: u32) -> Option<Self> {
        if !(1..=12).contains(&month) || day == 0 || day > days_in(year, month) || !(1800..=9999).contains(&year) {
            return None;
        }
        // Years begin in March here, so that a leap day is the last.
        let (month, year) = (i64::from(month), if month <= 2 { year - 1 } else { year });
        let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(day) - 1;
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        Some(Self(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468))
    }

    /// `2026-11-28`
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
            return None;
        }
        Self::from_date(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = Timestamp(Millis(self.0.saturating_mul(DAY_MS))).to_string();
        f.write_str(text.split('T').next().unwrap_or_default())
    }
}

fn days_in(year: i64, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(Day::parse("1970-01-01"), Some(Day(0)));
        assert_eq!(Day::parse("2000-02-29"), Some(Day(11_016)));
        assert_eq!(Day::parse("2026-11-28").expect("a day").to_string(), "2026-11-28");
        for wrong in ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "26-01-01", "", "2026-11-28T00"] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
        for day in 0..40_000 {
            assert_eq!(Day::parse(&Day(day).to_string()), Some(Day(day)));
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_beijing() {
        let day = Day::parse("2026-11-28").expect("a day");
        assert_eq!((Day::of(day.begin()), Day::of(day.end())), (day, day));
        assert_eq!(Day::of(day.end().plus_ms(1)), Day(day.0 + 1));
        assert_eq!(Timestamp(day.begin()).to_string().get(..16), Some("2026-11-27T16:00"));
    }
}
