//! Who somebody is by law 实名: read, checked and masked here; kept sealed, and known elsewhere by a digest alone. Pure.

use crate::{
    day::{DAY_MS, Day},
    refusal::Refusal,
};
use app::Keys;
use events::{Millis, OrgId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// 居民身份证, 18 characters.
    IdCard,
    /// 护照
    Passport,
}

impl IdentityKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IdCard => "id_card",
            Self::Passport => "passport",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::IdCard, Self::Passport].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A number that can be one, in one spelling.
#[derive(Clone, PartialEq, Eq)]
pub struct Number {
    pub kind: IdentityKind,
    digits: String,
}

// Numbers stand in no log, not even by accident.
impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:***", self.kind.as_str())
    }
}

impl Number {
    /// GB 11643 for identity cards: 17 digits with a birthday that there is, and the check character.
    pub fn read(kind: IdentityKind, text: &str) -> Result<Self, Refusal> {
        let digits: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).map(narrow).collect();
        let digits = digits.to_ascii_uppercase();
        let number = Self { kind, digits };
        let fits = match kind {
            IdentityKind::IdCard => number.checks() && number.born().is_some(),
            IdentityKind::Passport => {
                let length = number.digits.len();
                (5..=20).contains(&length) && number.digits.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }
        };
        if fits { Ok(number) } else { Err(Refusal::BadNumber) }
    }

    fn checks(&self) -> bool {
        const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        const LAST: &[u8; 11] = b"10X98765432";
        let bytes = self.digits.as_bytes();
        let Some((last, digits)) = bytes.split_last().filter(|_| bytes.len() == 18) else { return false };
        if !digits.iter().all(u8::is_ascii_digit) || digits.first() == Some(&b'0') {
            return false;
        }
        let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        LAST.get((sum % 11) as usize) == Some(last)
    }

    /// The birthday an identity card says.
    pub fn born(&self) -> Option<Day> {
        if self.kind != IdentityKind::IdCard {
            return None;
        }
        let part = |from: usize, to: usize| self.digits.get(from..to)?.parse::<u32>().ok();
        Day::from_date(part(6, 10)?.into(), part(10, 12)?, part(12, 14)?)
    }

    /// Under which it is known without being kept. Of one installation, and of one organisation.
    pub fn digest(&self, keys: &Keys, org: OrgId) -> String {
        let message = format!("{org}:{}:{}", self.kind.as_str(), self.digits);
        keys.sign("standing-identity", message.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub fn masked(&self) -> String {
        let keep = if self.kind == IdentityKind::IdCard { (3, 4) } else { (1, 2) };
        let length = self.digits.len();
        let hidden = length.saturating_sub(keep.0 + keep.1);
        let begin = self.digits.get(..keep.0).unwrap_or_default();
        format!("{begin}{}{}", "*".repeat(hidden), self.digits.get(length - keep.1..).unwrap_or_default())
    }
}

/// Full-width letters and digits are what an input method may leave.
fn narrow(letter: char) -> char {
    match letter {
        '\u{ff10}'..='\u{ff5a}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        letter => letter,
    }
}

/// What is sealed of a host.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub name: String,
    kind: IdentityKind,
    number: String,
    /// Days since 1970.
    born: i64,
}

impl Identity {
    pub fn read(name: &str, number: &Number, born: Option<Day>, now: Millis) -> Result<Self, Refusal> {
        let name = name.trim();
        let length = name.chars().count();
        if !(2..=50).contains(&length) || name.chars().any(char::is_control) {
            return Err(Refusal::BadLegalName);
        }
        let born = number.born().or(born).ok_or(Refusal::BornNeeded)?;
        if born > Day::of(now) {
            return Err(Refusal::BornNeeded);
        }
        Ok(Self { name: name.to_owned(), kind: number.kind, number: number.digits.clone(), born: born.0 })
    }

    pub fn kind(&self) -> IdentityKind {
        self.kind
    }

    /// For whoever is asked about it, and nobody else.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// 王**: the surname, and nothing of how long the rest is.
    pub fn masked_name(&self) -> String {
        let first: String = self.name.chars().take(1).collect();
        format!("{first}**")
    }

    pub fn masked_number(&self) -> String {
        Number { kind: self.kind, digits: self.number.clone() }.masked()
    }

    pub fn age(&self, now: Millis) -> i64 {
        years_between(Day(self.born), Day::of(now))
    }
}

/// Whole years, counted by calendar days: a birthday counts from its own day on.
fn years_between(born: Day, today: Day) -> i64 {
    let date = |day: Day| -> (i64, String) {
        let text = Day::to_string(&day);
        let (year, rest) = text.split_once('-').unwrap_or_default();
        (year.parse().unwrap_or_default(), rest.to_owned())
    };
    let ((year, birthday), (this_year, date)) = (date(born), date(today));
    this_year - year - i64::from(date < birthday)
}

/// From here on one may be a host with a guardian's consent 监护人同意, from [`ADULT`] on without.
pub const YOUNGEST: i64 = 16;
pub const ADULT: i64 = 18;

/// Until when a verification of now counts.
pub fn expiry(now: Millis, valid_days: u32) -> Millis {
    now.plus_ms(i64::from(valid_days) * DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: &str = "11010519491231002X";

    fn now() -> Millis {
        Day::parse("2026-11-28").expect("a day").begin()
    }

    fn number(text: &str) -> Result<Number, Refusal> {
        Number::read(IdentityKind::IdCard, text)
    }

    #[test]
    fn identity_cards_are_checked() {
        assert_eq!(number(GOOD).map(|number| number.masked()), Ok("110***********002X".into()));
        assert_eq!(number("1101 0519 4912 3100 2x"), number(GOOD), "spaces and small letters are spelling");
        assert_eq!(number("１１０１０５１９４９１２３１００２Ｘ"), number(GOOD), "so is their width");
        for wrong in ["110105194912310021", "11010519491331002X", "1101051949123100", "", "字010519491231002X"] {
            assert_eq!(number(wrong), Err(Refusal::BadNumber), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_people_type_breaks_it(text in ".{0,30}") {
            for kind in [IdentityKind::IdCard, IdentityKind::Passport] {
                if let Ok(number) = Number::read(kind, &text) {
                    prop_assert!(number.masked().contains('*'));
                }
            }
        }

        #[test]
        fn one_wrong_digit_is_found(at in 0_usize..17, by in 1_u8..10) {
            let mut digits = GOOD.as_bytes().to_vec();
            digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
            prop_assert_eq!(number(std::str::from_utf8(&digits).expect("digits")), Err(Refusal::BadNumber));
        }
    }

    #[test]
    fn years_are_full_on_the_birthday() {
        let age = |born: &str| {
            let passport = Number::read(IdentityKind::Passport, "E12345678").expect("a number");
            Identity::read("王小明", &passport, Day::parse(born), now()).map(|identity| identity.age(now()))
        };
        assert_eq!(age("2010-11-28"), Ok(16));
        assert_eq!(age("2010-11-29"), Ok(15));
        assert_eq!(age("2008-02-29"), Ok(18));
        assert_eq!(age("2027-01-01"), Err(Refusal::BornNeeded));
    }

    #[test]
    fn a_digest_is_of_one_installation_and_organisation() {
        let (org, other) = (OrgId::new(), OrgId::new());
        let (keys, others) = (Keys::from_secret([1; 32]), Keys::from_secret([2; 32]));
        let digest = number(GOOD).expect("a number").digest(&keys, org);
        assert_eq!(digest, number(GOOD).expect("a number").digest(&keys, org));
        assert_ne!(digest, number(GOOD).expect("a number").digest(&others, org));
        assert_ne!(digest, number(GOOD).expect("a number").digest(&keys, other));
        assert!(!digest.contains("1949"));
    }

    #[test]
    fn nothing_of_a_number_is_printed() {
        assert_eq!(format!("{:?}", number(GOOD).expect("a number")), "id_card:***");
    }

    #[test]
    fn names_show_the_first_character() {
        let identity = Identity::read("欧阳娜娜", &number(GOOD).expect("a number"), None, now()).expect("an identity");
        assert_eq!((identity.masked_name(), identity.age(now())), ("欧**".into(), 76));
        assert_eq!(
            Identity::read("王", &number(GOOD).expect("a number"), None, now()).err(),
            Some(Refusal::BadLegalName)
        );
    }
}
