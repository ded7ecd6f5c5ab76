//! Times as tables write them: `2024-01-02 03:04:05`, `2024/1/2 3:04`, `2024年1月2日 下午3:04`, `20240102030405`, RFC 3339, and
//! seconds or milliseconds since 1970.

use super::Cell;
use crate::instant::{days, days_since_1970};
use events::Millis;

/// What a time said: with its own zone or since 1970 it is an instant, else it is what a clock on the wall showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    At(Millis),
    Local(i64),
}

impl When {
    pub fn of(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Time(local_ms) => Some(Self::Local(*local_ms)),
            Cell::Number(number) => since_1970(number.trunc() as i64),
            Cell::Text(text) => of_text(text.trim()),
            Cell::Empty => None,
        }
    }

    pub fn at(self, utc_offset_min: i32) -> Millis {
        match self {
            Self::At(at) => at,
            Self::Local(local_ms) => Millis(local_ms.saturating_sub(i64::from(utc_offset_min) * 60_000)),
        }
    }
}

/// Between 2001 and 2286.
fn since_1970(number: i64) -> Option<When> {
    match number {
        1_000_000_000..10_000_000_000 => Some(When::At(Millis(number * 1_000))),
        1_000_000_000_000..10_000_000_000_000 => Some(When::At(Millis(number))),
        1_000_000_000_000_000..10_000_000_000_000_000 => Some(When::At(Millis(number / 1_000))),
        _ => None,
    }
}

fn of_text(text: &str) -> Option<When> {
    if text.len() > 64 {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return compact(text).or_else(|| text.parse().ok().and_then(since_1970));
    }
    if let Some(at) = text.contains(['T', 't']).then(|| crate::instant::rfc3339(text)).flatten() {
        let zoned = text.ends_with(['Z', 'z']) || text.rfind(['+', '-']).is_some_and(|at| at > 10);
        return Some(if zoned { When::At(at) } else { When::Local(at.0) });
    }
    let (text, zone_min) = without_zone(text);
    let afternoon = text.contains("下午") || text.contains("晚上") || text.to_ascii_uppercase().contains("PM");
    let morning = text.contains("上午") || text.contains("凌晨") || text.to_ascii_uppercase().contains("AM");
    let numbers: Vec<&str> = text.split(|sign: char| !sign.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let number = |at: usize| numbers.get(at).and_then(|digits| digits.parse::<i64>().ok());
    let (year, month, day) = (number(0)?, number(1)?, number(2)?);
    if numbers.first()?.len() != 4 || numbers.len() > 7 {
        return None;
    }
    let mut hour = number(3).unwrap_or(0);
    if afternoon && hour < 12 {
        hour += 12;
    } else if morning && hour == 12 {
        hour = 0;
    }
    let fraction = numbers.get(6).copied().unwrap_or_default();
    let ms = fraction.bytes().chain(*b"000").take(3).fold(0, |ms, digit| ms * 10 + i64::from(digit - b'0'));
    let local_ms = local(year, month, day, hour, number(4).unwrap_or(0), number(5).unwrap_or(0))? + ms;
    Some(match zone_min {
        Some(zone_min) => When::At(When::Local(local_ms).at(zone_min)),
        None => When::Local(local_ms),
    })
}

/// `2024-01-02 03:04:05 +0800`: a zone stands behind a space, or behind the time.
fn without_zone(text: &str) -> (&str, Option<i32>) {
    let text = text.trim_end_matches(" CST").trim_end();
    let Some(at) = text.rfind(['+', '-']).filter(|at| *at >= 16) else {
        return text.strip_suffix(" UTC").map_or((text, None), |text| (text, Some(0)));
    };
    let (before, zone) = text.split_at(at);
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let minutes = match digits.len() {
        2 => digits.parse::<i32>().ok().map(|hours| hours * 60),
        4 => digits.parse::<i32>().ok().map(|digits| digits / 100 * 60 + digits % 100),
        _ => None,
    };
    match minutes {
        Some(minutes) => (before, Some(if zone.starts_with('-') { -minutes } else { minutes })),
        None => (text, None),
    }
}

/// `20240102`, `202401020304`, `20240102030405`.
fn compact(text: &str) -> Option<When> {
    if !matches!(text.len(), 8 | 12 | 14) || !(text.starts_with("19") || text.starts_with("20")) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to).map_or(Some(0), |digits| digits.parse::<i64>().ok());
    let [hour, minute, second] = [part(8, 10)?, part(10, 12)?, part(12, 14)?];
    local(part(0, 4)?, part(4, 6)?, part(6, 8)?, hour, minute, second).map(When::Local)
}

fn local(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> Option<i64> {
    let fits = (1970..=2200).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    fits.then(|| (days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        const AT: i64 = 1_704_164_645_000;
        for text in [
            "2024-01-02 03:04:05",
            "2024/1/2 3:04:05",
            "2024年1月2日 03:04:05",
            "2024.01.02 上午3:04:05",
            "20240102030405",
            "2024-01-02T03:04:05",
        ] {
            assert_eq!(When::of(&Cell::Text(text.to_owned())), Some(When::Local(AT)), "{text}");
        }
        for text in [
            "1704164645",
            "1704164645000",
            "1704164645000000",
            "2024-01-02T11:04:05+08:00",
            "2024-01-02 11:04:05 +0800",
            "2024-01-02 03:04:05 UTC",
        ] {
            assert_eq!(When::of(&Cell::Text(text.to_owned())), Some(When::At(Millis(AT))), "{text}");
        }
        assert_eq!(
            When::of(&Cell::Text("2024-01-02 下午3:04".to_owned())),
            Some(When::Local(AT - 5_000 + 12 * 3_600_000))
        );
        assert_eq!(When::of(&Cell::Text("2024-01-02 03:04:05.25".to_owned())), Some(When::Local(AT + 250)));
        assert_eq!(When::Local(AT).at(480), Millis(AT - 8 * 3_600_000));
        assert_eq!(When::of(&Cell::Number(1_704_164_645.0)), Some(When::At(Millis(AT))));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "12",
            "2024-13-01",
            "2023-02-29 00:00",
            "1.2.3",
            "138-0013-8000",
            "¥2024",
            "2024-01-02 25:00",
            "99999999",
        ] {
            assert_eq!(When::of(&Cell::Text(text.to_owned())), None, "{text}");
        }
    }
}
