//! What may be asked, what an answer is worth, and when somebody has to be asked again.

use app::Refuse;
use events::{ConsentPurpose, ConsentSource, Millis};
use std::collections::BTreeMap;

pub const PURPOSES: [ConsentPurpose; 3] =
    [ConsentPurpose::Analytics, ConsentPurpose::Personalisation, ConsentPurpose::Marketing];

const MAX_TEXT: usize = 500;
const MAX_URL: usize = 500;

pub fn name(purpose: ConsentPurpose) -> &'static str {
    match purpose {
        ConsentPurpose::Analytics => "analytics",
        ConsentPurpose::Personalisation => "personalisation",
        ConsentPurpose::Marketing => "marketing",
    }
}

pub fn purpose(name: &str) -> Option<ConsentPurpose> {
    PURPOSES.into_iter().find(|purpose| self::name(*purpose) == name)
}

pub fn through(source: ConsentSource) -> &'static str {
    match source {
        ConsentSource::RoomPage => "room_page",
        ConsentSource::Sdk => "sdk",
        ConsentSource::Staff => "staff",
    }
}

/// What an organisation asks its viewers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    pub enabled: bool,
    /// Where the whole notice stands; may be empty.
    pub notice_url: String,
    pub purposes: BTreeMap<ConsentPurpose, Asked>,
}

/// A purpose with the newest text of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub asked: bool,
    pub version: u32,
    pub zh: String,
    pub en: String,
    /// Since when this version is asked.
    pub since: Millis,
}

/// Settings as somebody wants them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub enabled: bool,
    pub notice_url: String,
    pub purposes: Vec<(ConsentPurpose, bool, String, String)>,
}

/// What a viewer said last about a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub version: u32,
    pub given: bool,
    pub through: ConsentSource,
    pub at: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    pub purpose: ConsentPurpose,
    pub version: u32,
    pub given: bool,
}

impl Settings {
    /// The purpose, if viewers are asked for it.
    pub fn asked(&self, purpose: ConsentPurpose) -> Option<&Asked> {
        self.purposes.get(&purpose).filter(|asked| self.enabled && asked.asked)
    }

    pub fn asks(&self) -> bool {
        PURPOSES.into_iter().any(|purpose| self.asked(purpose).is_some())
    }

    /// Whether this may be done with what is known of the viewer. Where nobody is asked it may, unless the viewer said no before.
    pub fn may(&self, purpose: ConsentPurpose, said: Option<&Said>) -> bool {
        match (self.asked(purpose), said) {
            (Some(asked), Some(said)) => said.given && said.version == asked.version,
            (Some(_), None) => false,
            (None, Some(said)) => said.given,
            (None, None) => true,
        }
    }

    /// Whether the viewer has not said anything about today's text.
    pub fn must_ask(&self, purpose: ConsentPurpose, said: Option<&Said>) -> bool {
        self.asked(purpose).is_some_and(|asked| said.is_none_or(|said| said.version != asked.version))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("viewers are not asked for `{0}`")]
    NotAsked(&'static str),
    #[error("the text of `{0}` has another version by now; show it first")]
    Stale(&'static str),
    #[error("there is no purpose `{0}`")]
    UnknownPurpose(String),
    #[error("a purpose that is asked has a text of 1 to {MAX_TEXT} characters in Chinese and in English")]
    BadText,
    #[error("the notice's address begins with `https://` or `/` and has at most {MAX_URL} characters")]
    BadUrl,
    #[error("too many changes of mind; try again in {0} s")]
    TooMany(u32),
    #[error("nobody of that name has said anything in your scope")]
    UnknownViewer,
    #[error("what is asked is set for the whole organisation")]
    NeedsOrg,
    #[error("an answer names each purpose once")]
    Twice,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Refusal::NotAsked(_) => "consent_not_asked",
            Refusal::Stale(_) => "consent_text_changed",
            Refusal::UnknownPurpose(_) => "unknown_purpose",
            Refusal::BadText => "bad_text",
            Refusal::BadUrl => "bad_url",
            Refusal::TooMany(_) => "too_many_requests",
            Refusal::UnknownViewer => "viewer_not_found",
            Refusal::NeedsOrg => "beyond_your_reach",
            Refusal::Twice => "purpose_twice",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Refusal::NotAsked(_) | Refusal::Stale(_) => 409,
            Refusal::UnknownPurpose(_) | Refusal::BadText | Refusal::BadUrl | Refusal::Twice => 422,
            Refusal::TooMany(_) => 429,
            Refusal::UnknownViewer => 404,
            Refusal::NeedsOrg => 403,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        if let Refusal::TooMany(seconds) = self { Some(*seconds) } else { None }
    }
}

/// What an answer adds; nothing when it was said before. Saying no is always taken: whatever text was shown, and whether it is asked.
pub fn decide(
    settings: &Settings,
    said: Option<&Said>,
    answer: Answer,
    through: ConsentSource,
    now: Millis,
) -> Result<Option<Said>, Refusal> {
    let Answer { purpose, version, given } = answer;
    if said.is_some_and(|said| said.version == version && said.given == given) {
        return Ok(None);
    }
    let newest = settings.purposes.get(&purpose).map_or(0, |asked| asked.version);
    if given {
        let asked = settings.asked(purpose).ok_or(Refusal::NotAsked(name(purpose)))?;
        if version != asked.version {
            return Err(Refusal::Stale(name(purpose)));
        }
    } else if version == 0 || version > newest {
        return Err(Refusal::Stale(name(purpose)));
    }
    Ok(Some(Said { version, given, through, at: now }))
}

/// The settings as they are wanted. What is not named stays.
pub fn change(before: &Settings, wanted: Wanted, now: Millis) -> Result<Settings, Refusal> {
    let mut after = Settings { enabled: wanted.enabled, notice_url: url(&wanted.notice_url)?, ..before.clone() };
    for (purpose, asked, zh, en) in wanted.purposes {
        let (zh, en) = (zh.trim().to_owned(), en.trim().to_owned());
        let fits = |text: &str| (1..=MAX_TEXT).contains(&text.chars().count());
        let known = after.purposes.get(&purpose);
        if zh.is_empty() && en.is_empty() && !asked && known.is_none() {
            continue;
        }
        if !fits(&zh) || !fits(&en) {
            return Err(Refusal::BadText);
        }
        let same = known.filter(|known| known.zh == zh && known.en == en);
        let version = known.map_or(0, |known| known.version);
        let (version, since) = same.map_or((version + 1, now), |same| (same.version, same.since));
        after.purposes.insert(purpose, Asked { asked, version, zh, en, since });
    }
    Ok(after)
}

/// Becomes a link on the room page: nothing but a page of ours or of somebody with a certificate.
fn url(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let host = text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    let path = text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\");
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\');
    let fits = text.chars().count() <= MAX_URL && plain && (host || path);
    if text.is_empty() || fits { Ok(text.to_owned()) } else { Err(Refusal::BadUrl) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ConsentPurpose::{Analytics, Marketing};

    fn settings(version: u32) -> Settings {
        let asked = Asked { asked: true, version, zh: "统计".into(), en: "count".into(), since: Millis(0) };
        Settings { enabled: true, notice_url: String::new(), purposes: [(Analytics, asked)].into() }
    }

    fn said(version: u32, given: bool) -> Said {
        Said { version, given, through: ConsentSource::RoomPage, at: Millis(1) }
    }

    fn check(settings: &Settings, before: Option<Said>, purpose: ConsentPurpose, version: u32, given: bool) -> String {
        let answer = Answer { purpose, version, given };
        match decide(settings, before.as_ref(), answer, ConsentSource::Sdk, Millis(2)) {
            Ok(None) => "nothing".into(),
            Ok(Some(said)) => format!("{} {}", said.given, said.version),
            Err(refusal) => refusal.code().into(),
        }
    }

    #[test]
    fn yes_is_taken_for_todays_text_and_no_always() {
        let now = settings(2);
        assert_eq!(check(&now, None, Analytics, 2, true), "true 2");
        assert_eq!(check(&now, Some(said(2, true)), Analytics, 2, true), "nothing");
        assert_eq!(check(&now, None, Analytics, 1, true), "consent_text_changed");
        assert_eq!(check(&now, None, Marketing, 1, true), "consent_not_asked");
        assert_eq!(check(&now, Some(said(1, true)), Analytics, 1, false), "false 1");
        assert_eq!(check(&now, None, Analytics, 3, false), "consent_text_changed");
        let off = Settings { enabled: false, ..now };
        assert_eq!(check(&off, None, Analytics, 2, true), "consent_not_asked");
        assert_eq!(check(&off, Some(said(2, true)), Analytics, 2, false), "false 2");
    }

    #[test]
    fn another_text_asks_again_and_until_then_nobody_agreed() {
        let (old, new) = (settings(1), settings(2));
        let agreed = said(1, true);
        assert!(old.may(Analytics, Some(&agreed)) && !old.must_ask(Analytics, Some(&agreed)));
        assert!(!new.may(Analytics, Some(&agreed)) && new.must_ask(Analytics, Some(&agreed)));
        assert!(!new.may(Analytics, None) && new.must_ask(Analytics, None));
        assert!(new.may(Marketing, None) && !new.must_ask(Marketing, None), "nobody asks for it");
        assert!(!new.may(Marketing, Some(&said(1, false))), "a no is kept, whoever asks");
    }

    #[test]
    fn a_changed_text_is_a_new_version() {
        let wanted = |zh: &str, asked| Wanted {
            enabled: true,
            notice_url: " https://example.org/privacy ".into(),
            purposes: vec![(Analytics, asked, zh.into(), "count".into())],
        };
        let version = |settings: &Settings| settings.purposes[&Analytics].version;
        let first = change(&Settings::default(), wanted("统计", true), Millis(1)).expect("settings");
        assert_eq!((version(&first), first.notice_url.as_str()), (1, "https://example.org/privacy"));
        let same = change(&first, wanted(" 统计", false), Millis(2)).expect("settings");
        assert_eq!((version(&same), same.purposes[&Analytics].since, same.asks()), (1, Millis(1), false));
        assert_eq!(version(&change(&same, wanted("分析", true), Millis(3)).expect("settings")), 2);
        assert_eq!(change(&first, wanted("", true), Millis(3)), Err(Refusal::BadText));
    }

    #[test]
    fn a_link_leads_to_a_page() {
        for good in ["", "/privacy", "https://example.org/p?q=1"] {
            assert_eq!(url(good).as_deref(), Ok(good));
        }
        for bad in [
            "javascript:alert(1)",
            "http://example.org",
            "//example.org",
            "/\\example.org",
            "https://",
            "https:///a",
            "https://a b",
        ] {
            assert_eq!(url(bad), Err(Refusal::BadUrl), "{bad}");
        }
    }
}
