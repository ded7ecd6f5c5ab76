//! The ways in which access logs write a time. Pure.

use events::Millis;

/// `2026-01-31T12:00:00.250Z`, with a space instead of the `T`, with an offset; UTC without one.
pub(super) fn iso(text: &str) -> Option<Millis> {
    let text = text.trim();
    let (date, rest) = (text.get(..10)?, text.get(10..)?);
    let rest = rest.strip_prefix(['T', 't', ' ', '+'])?;
    let zone = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(zone);
    let mut date = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    Some(Millis(at(year, month, day, clock)? - offset_ms(zone)?))
}

/// `31/Jan/2026:12:00:00 +0800`.
pub(super) fn common(text: &str) -> Option<Millis> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (date, rest) = text.split_once(':')?;
    let (clock, zone) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut date = date.split('/');
    let day = date.next()?.parse().ok()?;
    let name = date.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? as i64 + 1;
    Some(Millis(at(date.next()?.parse().ok()?, month, day, clock)? - offset_ms(zone.trim())?))
}

/// Seconds since 1970 with a fraction, or milliseconds.
pub(super) fn number(seconds: f64) -> Option<Millis> {
    let ms = if seconds > 100_000_000_000.0 { seconds } else { seconds * 1_000.0 };
    (0.0..1e14).contains(&ms).then_some(Millis(ms as i64))
}

fn at(year: i64, month: i64, day: i64, clock: &str) -> Option<i64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let mut parts = clock.trim().splitn(3, ':');
    let (hours, minutes) = (parts.next()?.parse::<i64>().ok()?, parts.next()?.parse::<i64>().ok()?);
    let seconds = parts.next()?.parse::<f64>().ok()?;
    if !(0..24).contains(&hours) || !(0..60).contains(&minutes) || !(0.0..61.0).contains(&seconds) {
        return None;
    }
    // Days since 1970 by the calendar that starts in March, so that the leap day is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some(((days * 24 + hours) * 60 + minutes) * 60_000 + (seconds * 1_000.0) as i64)
}

fn offset_ms(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone.as_bytes().first() {
        None | Some(b'Z' | b'z') => return Some(0),
        Some(b'+') => (1, zone.get(1..)?),
        Some(b'-') => (-1, zone.get(1..)?),
        Some(_) => return None,
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = (digits.get(..2)?.parse::<i64>().ok()?, digits.get(2..4)?.parse::<i64>().ok()?);
    Some(sign * (hours * 60 + minutes) * 60_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_of_logs() {
        let expected = Some(Millis(1_769_860_800_000));
        assert_eq!(iso("2026-01-31T12:00:00Z"), expected);
        assert_eq!(iso("2026-01-31 12:00:00"), expected);
        assert_eq!(iso("2026-01-31T20:00:00.000+08:00"), expected);
        assert_eq!(common("31/Jan/2026:12:00:00 +0000"), expected);
        assert_eq!(common("31/Jan/2026:20:00:00 +0800"), expected);
        assert_eq!(number(1_769_860_800.0), expected);
        assert_eq!(number(1_769_860_800_000.0), expected);
        assert_eq!(iso("2024-02-29T00:00:00.250Z"), Some(Millis(1_709_164_800_250)));
        for broken in ["", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T25:00:00Z", "２026-01-01T00:00:00Z"] {
            assert_eq!(iso(broken), None, "{broken}");
        }
        assert_eq!((number(f64::NAN), number(-1.0)), (None, None));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".{0,40}") {
            iso(&text);
            common(&text);
        }
    }
}
