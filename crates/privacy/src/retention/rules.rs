//! The classes, and what the law says of them. Pure.

use app::{
    Refuse,
    vault::{beginning_of, period_of},
};
use events::Millis;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

const DAY_MS: i64 = 86_400_000;
/// Records of the same moment may stand in the log in another order than that of their times.
pub const SLACK_MS: i64 = 60_000;
/// Nobody means more.
const MOST_DAYS: u32 = 36_500;

/// A class of what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RetentionClassName)]
pub enum Class {
    /// What viewers wrote and how they called themselves, and what says who a collector's user is: event log, danmaku archive, search.
    Words,
    /// Items of collectors that were not taken.
    Quarantine,
    /// What came of webhooks' deliveries.
    Deliveries,
    /// Who signed in and did what: the audit log.
    Audit,
    /// What people decided about what was said: the ledger of moderation.
    Ledger,
}

/// Each once, as people see them.
pub const CLASSES: [Class; 5] = [Class::Words, Class::Quarantine, Class::Deliveries, Class::Audit, Class::Ledger];

/// The least that the law asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Floor {
    pub days: u32,
    pub zh: &'static str,
    pub en: &'static str,
}

const LIVE_STREAMING: Floor = Floor {
    days: 60,
    zh: "《互联网直播服务管理规定》第十六条：直播内容记录保存六十日",
    en: "Provisions on Internet Live-Streaming Services, art. 16: 60 days of what was published",
};

/// Six months, of which the longest have 184 days.
const CYBERSECURITY: Floor = Floor {
    days: 184,
    zh: "《网络安全法》（2017）第二十一条：网络日志保存不少于六个月",
    en: "Cybersecurity Law (2017), art. 21: six months of network logs",
};

/// Three years, with a leap day. What was decided about a show is kept as long as the show.
const LIVE_SELLING: Floor = Floor {
    days: 1_096,
    zh: "《网络交易监督管理办法》第二十条：直播视频保存不少于三年；对其内容的处置记录同期保存",
    en: "Measures for the Supervision of Online Transactions, art. 20: three years of a show that sells; what was decided about it as long",
};

impl Class {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Quarantine => "quarantine",
            Self::Deliveries => "deliveries",
            Self::Audit => "audit",
            Self::Ledger => "ledger",
        }
    }

    pub fn floor(self) -> Option<Floor> {
        match self {
            Self::Words => Some(LIVE_STREAMING),
            Self::Audit => Some(CYBERSECURITY),
            Self::Ledger => Some(LIVE_SELLING),
            Self::Quarantine | Self::Deliveries => None,
        }
    }

    /// What is older than so many days: what was there before then. Words go with the keys of whole periods, so they are kept up to a
    /// period longer, and never shorter.
    pub fn before(self, days: u32, now: Millis) -> Millis {
        let before = now.plus_ms(-i64::from(days).saturating_mul(DAY_MS));
        match self {
            Self::Words => beginning_of(period_of(before.plus_ms(-SLACK_MS))),
            Self::Quarantine | Self::Deliveries | Self::Audit | Self::Ledger => before,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("there is no class `{0}`")]
pub struct NoSuchClass(String);

impl FromStr for Class {
    type Err = NoSuchClass;
    fn from_str(text: &str) -> Result<Self, NoSuchClass> {
        CLASSES.into_iter().find(|class| class.as_str() == text).ok_or_else(|| NoSuchClass(text.to_owned()))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("`{class}` must be kept for {} days at least: {}; {}", floor.days, floor.en, floor.zh)]
    BelowFloor { class: Class, floor: Floor },
    #[error("what is kept is kept for a day at least")]
    BadDays,
    #[error("`{class}` is not kept longer than {most} days")]
    AboveMost { class: Class, most: u32 },
    #[error(
        "keeping `{0}` for a shorter time destroys what is older: look at its preview, and send the `confirm` that stands there"
    )]
    Unconfirmed(Class),
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BadDays => "bad_days",
            Self::BelowFloor { .. } => "below_floor",
            Self::AboveMost { .. } => "above_most",
            Self::Unconfirmed(_) => "unconfirmed",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::BadDays | Self::BelowFloor { .. } | Self::AboveMost { .. } => 422,
            Self::Unconfirmed(_) => 409,
        }
    }
}

/// Whether so many days may be set; `most` is how long it is kept in any case.
pub fn check(class: Class, days: u32, most: Option<u32>) -> Result<(), Refusal> {
    if days == 0 {
        return Err(Refusal::BadDays);
    }
    let most = most.unwrap_or(MOST_DAYS);
    if days > most {
        return Err(Refusal::AboveMost { class, most });
    }
    match class.floor() {
        Some(floor) if days < floor.days => Err(Refusal::BelowFloor { class, floor }),
        _ => Ok(()),
    }
}

/// Whether more would go by `new` than by `old`; none is for ever.
pub fn is_shorter(new: Option<u32>, old: Option<u32>) -> bool {
    new.unwrap_or(u32::MAX) < old.unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);

    #[test]
    fn the_law_is_named_and_its_days_are_enough() {
        let refused = check(Class::Words, 59, None).expect_err("below the floor");
        assert!(refused.to_string().contains("60 days") && refused.to_string().contains("互联网直播服务管理规定"));
        assert!(check(Class::Words, 60, None).is_ok() && check(Class::Quarantine, 1, Some(7)).is_ok());
        let refused = check(Class::Audit, 183, None).expect_err("below the floor");
        assert_eq!((refused.code(), refused.status()), ("below_floor", 422));
        let refused = check(Class::Ledger, 1_095, None).expect_err("below the floor");
        assert!(refused.to_string().contains("网络交易监督管理办法") && check(Class::Ledger, 1_096, None).is_ok());
        assert_eq!(check(Class::Deliveries, 0, Some(30)).expect_err("nothing").code(), "bad_days");
        assert_eq!(check(Class::Quarantine, 8, Some(7)).expect_err("above").code(), "above_most");
    }

    #[test]
    fn words_are_never_kept_shorter_and_at_most_a_period_longer() {
        for hours in 0..24 * 40 {
            let now = NOW.plus_ms(hours * 3_600_000);
            let before = Class::Words.before(60, now);
            let kept_ms = now.0 - before.0;
            assert!((60 * DAY_MS + SLACK_MS..=90 * DAY_MS + SLACK_MS).contains(&kept_ms), "{kept_ms}");
            assert_eq!(beginning_of(period_of(before)), before);
        }
        assert_eq!(Class::Audit.before(184, NOW), NOW.plus_ms(-184 * DAY_MS));
    }

    #[test]
    fn for_ever_is_longer_than_anything() {
        assert!(is_shorter(Some(90), None) && is_shorter(Some(60), Some(90)));
        assert!(!is_shorter(None, Some(90)) && !is_shorter(Some(90), Some(90)) && !is_shorter(None, None));
    }

    #[test]
    fn a_class_has_one_name() {
        for class in CLASSES {
            assert_eq!(class.as_str().parse::<Class>().expect("its name"), class);
            assert_eq!(serde_json::to_value(class).expect("JSON"), class.as_str());
        }
    }
}
