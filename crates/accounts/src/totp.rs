//! The second factor: codes of six digits that change every 30 s (RFC 6238), and codes on paper for a lost phone.

use anyhow::{Context, anyhow};
use events::Millis;
use totp_rs::{Builder, Secret, Totp};

pub(crate) const RECOVERY_CODES: usize = 10;

/// A fresh secret of 160 bits, as people type it into an app: base32.
pub(crate) fn fresh() -> String {
    Secret::from(rand::random::<[u8; 20]>()).to_base32()
}

/// What the QR code says.
pub(crate) fn otpauth(secret: &str, login: &str) -> anyhow::Result<String> {
    let totp = builder(secret)?.with_account_name(login.replace(':', " ")).with_issuer(Some("Kaibo")).build();
    let url = totp.and_then(|totp| totp.to_url()).map_err(|error| anyhow!("describing a second factor: {error}"));
    Ok(url?.to_string())
}

/// The step of time whose code this is, if it is one of those that count now: clocks of phones are a little off, so the step
/// before and the one after do too.
pub(crate) fn step_of(secret: &str, code: &str, now: Millis) -> anyhow::Result<Option<i64>> {
    let step = totp(secret)?.check(code, seconds(now));
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// The code that an app shows at that moment.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn code_at(secret: &str, now: Millis) -> anyhow::Result<String> {
    Ok(totp(secret)?.generate(seconds(now)).to_string())
}

/// Does this look like a code of an app, rather than one on paper?
pub(crate) fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is hashed of a code on paper: people leave out the dashes and write capitals.
pub(crate) fn paper(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).flat_map(char::to_lowercase).collect()
}

fn totp(secret: &str) -> anyhow::Result<Totp> {
    builder(secret)?.build().map_err(|error| anyhow!("a second factor's secret: {error}"))
}

fn builder(secret: &str) -> anyhow::Result<Builder> {
    let secret = Secret::try_from_base32(secret).ok().context("a second factor's secret is not base32")?;
    Ok(Builder::new().with_secret(secret))
}

fn seconds(now: Millis) -> u64 {
    now.0.max(0) as u64 / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    // Appendix B of RFC 6238, its eight digits cut to six.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (at_s, code) in vectors {
            assert_eq!(code_at(secret, Millis(at_s * 1000)).unwrap(), code);
            assert_eq!(step_of(secret, code, Millis(at_s * 1000)).unwrap(), Some(at_s / 30));
        }
    }

    #[test]
    fn one_step_of_a_wrong_clock_is_forgiven() {
        let secret = fresh();
        let code = code_at(&secret, Millis(3_000_000)).unwrap();
        let at = |at_s: i64| step_of(&secret, &code, Millis(at_s * 1000)).unwrap();
        assert_eq!((at(2_970), at(3_000), at(3_059)), (Some(100), Some(100), Some(100)));
        assert_eq!((at(2_939), at(3_060)), (None, None));
        for wrong in ["", "12345", "1234567", "abcdef"] {
            assert_eq!(step_of(&secret, wrong, Millis(3_000_000)).unwrap(), None);
        }
    }

    #[test]
    fn what_the_qr_code_says_is_what_apps_read() {
        let url = otpauth("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "a b&c:d").unwrap();
        assert_eq!(url, "otpauth://totp/Kaibo:a%20b%26c%20d?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kaibo");
        assert_eq!(paper("7K2D-m9qx 04tz-vb6h"), "7k2dm9qx04tzvb6h");
        assert!(is_code("005924") && !is_code("00592") && !is_code("7k2d-m9"));
    }
}
