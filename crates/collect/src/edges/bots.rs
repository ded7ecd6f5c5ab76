//! Who says of themselves that they are a program: marked as the property `$bot`, never dropped, so that reports can decide.

use super::parts::Parts;
use events::Tracked;
use serde_json::Value;
use std::sync::LazyLock;

/// Parts of user agents, in lower case. Crawlers, previewers and tools name themselves so.
const NAMES: &[&str] = &[
    "bot",
    "spider",
    "crawl",
    "slurp",
    "headless",
    "phantomjs",
    "lighthouse",
    "pingdom",
    "selenium",
    "puppeteer",
    "playwright",
    "facebookexternalhit",
    "bytespider",
    "monitoring",
];

/// The browser's own user agent goes before the request's, which for servers is their HTTP library.
pub(crate) fn mark(tracked: &mut Tracked, request: Option<&str>) {
    let page = ["userAgent", "user_agent"].iter().find_map(|name| tracked.context.get(*name));
    let page = page.or_else(|| tracked.properties.get("$raw_user_agent")).and_then(Value::as_str);
    let automated = ["webdriver", "$webdriver"].iter().any(|name| tracked.context.get(*name) == Some(&true.into()));
    if automated || page.or(request).is_some_and(is_bot) {
        tracked.properties.insert("$bot".into(), true.into());
    }
}

static PROGRAMS: LazyLock<Parts> = LazyLock::new(|| Parts::new(&[NAMES]));

fn is_bot(agent: &str) -> bool {
    // A maker of telephones is called Cubot.
    PROGRAMS.first(agent).is_some() && PROGRAMS.first(&agent.to_ascii_lowercase().replace("cubot", "")).is_some()
}

#[cfg(test)]
mod tests {
    use super::is_bot;

    #[test]
    fn programs_that_name_themselves_are_known() {
        for bot in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (compatible; Baiduspider/2.0)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0.0.0 Safari/537.36",
        ] {
            assert!(is_bot(bot), "{bot}");
        }
        for person in [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.42",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36",
            "python-requests/2.32",
            "node",
        ] {
            assert!(!is_bot(person), "{person}");
        }
    }
}
