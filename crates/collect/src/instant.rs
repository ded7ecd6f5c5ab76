//! Instants as clients write them: RFC 3339 text or milliseconds.

use events::Millis;
use serde_json::Value;

/// 2000-01-01: nothing anybody reports happened before.
const EARLIEST: Millis = Millis(946_684_800_000);
const DAY_MS: i64 = 86_400_000;

/// Keeps an instant between the year 2000 and a day after `now`.
pub(crate) fn sane(at: Millis, now: Millis) -> Millis {
    Millis(at.0.clamp(EARLIEST.0, now.0.saturating_add(DAY_MS).max(EARLIEST.0)))
}

pub(crate) fn is_sane(at: Millis, now: Millis) -> bool {
    sane(at, now) == at
}

/// `2026-01-02T03:04:05.678Z`, with an offset, with a space for the `T`, or a number of milliseconds. `None` for anything else.
pub(crate) fn of_value(value: &Value) -> Option<Millis> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|ms| ms as i64)).map(Millis),
        Value::String(text) => rfc3339(text),
        _ => None,
    }
}

pub(crate) fn rfc3339(text: &str) -> Option<Millis> {
    let (date, rest) = text.trim().split_once(['T', 't', ' '])?;
    let mut date = date.splitn(3, '-');
    let (year, month, day) = (digits(date.next()?, 4)?, digits(date.next()?, 2)?, digits(date.next()?, 2)?);
    let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = (rest.get(..zone_at)?, rest.get(zone_at..)?);
    let (time, fraction) = time.split_once(['.', ',']).unwrap_or((time, ""));
    let mut time = time.splitn(3, ':');
    let (hour, minute, second) = (digits(time.next()?, 2)?, digits(time.next()?, 2)?, digits(time.next()?, 2)?);
    let fits =
        (1..=12).contains(&month) && (1..=days(year, month)).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    if !fits || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let ms = fraction.bytes().chain(*b"000").take(3).fold(0, |ms, digit| ms * 10 + i64::from(digit - b'0'));
    let offset_min = match zone.as_bytes() {
        [] | [b'Z' | b'z'] => 0,
        [sign, ..] => {
            let zone: String = zone.get(1..)?.chars().filter(|char| *char != ':').collect();
            let offset = digits(zone.get(..2)?, 2)? * 60 + digits(zone.get(2..)?, 2)?;
            if *sign == b'-' { -offset } else { offset }
        }
    };
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + (minute - offset_min) * 60 + second;
    Some(Millis(seconds * 1_000 + ms))
}

fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

pub(crate) fn days(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days of the Gregorian calendar, counted from March so that the leap day comes last.
pub(crate) fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn instants_are_read() {
        for (text, ms) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2020-12-11T12:03:10.001Z", 1_607_688_190_001),
            ("2020-12-11T20:03:10.001+08:00", 1_607_688_190_001),
            ("2020-12-11 20:03:10.0019+0800", 1_607_688_190_001),
            ("2000-02-29T23:59:59.5-00:30", 951_870_599_500),
            ("1969-12-31T23:59:59.999Z", -1),
        ] {
            assert_eq!(of_value(&json!(text)), Some(Millis(ms)), "{text}");
        }
        assert_eq!(of_value(&json!(1_607_688_190_001_i64)), Some(Millis(1_607_688_190_001)));
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "T",
            "now",
            "2020-13-01T00:00:00Z",
            "2021-02-29T00:00:00Z",
            "2020-01-01",
            "2020-01-01T0:0:0Z",
            "2020-01-01T00:00:00+8",
            "2020-01-01T00:00:00.1x",
            "２020-01-01T00:00:00Z",
            "2020-01-01T00:00:00+٣٣",
        ] {
            assert_eq!(of_value(&json!(text)), None, "{text}");
        }
        assert_eq!(of_value(&json!(null)), None);
        assert_eq!(of_value(&json!([1])), None);
    }
}
