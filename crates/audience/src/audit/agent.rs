//! What a client says it is, and which address and program it shares with others. Neither addresses nor names are kept.

use app::Keys;
use events::Millis;
use std::net::{IpAddr, Ipv6Addr};

const DAY_MS: i64 = 86_400_000;
/// Of a longer name only this much is read.
const MOST: usize = 512;

/// Who asks, as the evidence keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    pub(crate) agent: &'static str,
    /// Keyed hash of the address, another one every day.
    pub(crate) address: u64,
    /// Of address and program together.
    pub(crate) cluster: u64,
}

impl Caller {
    pub fn new(keys: &Keys, ip: IpAddr, agent: Option<&str>, now: Millis) -> Self {
        let name = agent.unwrap_or_default();
        let name = name.as_bytes().get(..MOST).unwrap_or(name.as_bytes());
        let mut message = now.0.div_euclid(DAY_MS).to_be_bytes().to_vec();
        match ip.to_canonical() {
            IpAddr::V4(ip) => message.extend(ip.octets()),
            // One subscriber usually holds a whole /64.
            IpAddr::V6(ip) => message.extend(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX)).octets()),
        }
        let address = short(keys.sign("audience-address", &message));
        message.extend_from_slice(name);
        let cluster = short(keys.sign("audience-cluster", &message));
        Self { agent: class(&String::from_utf8_lossy(name)), address, cluster }
    }
}

fn short(mac: [u8; 32]) -> u64 {
    mac.first_chunk::<8>().map_or(0, |first| u64::from_le_bytes(*first))
}

const HEADLESS: &[&str] = &["headless", "phantomjs", "selenium", "puppeteer", "playwright"];
const PLAYERS: &[&str] = &[
    "lavf/",
    "libav",
    "vlc/",
    "libvlc",
    "mpv",
    "gstreamer",
    "exoplayer",
    "applecoremedia",
    "kodi",
    "iina",
    "potplayer",
    "nsplayer",
    "quicktime",
    "roku",
    "ijkplayer",
];
const TOOLS: &[&str] = &[
    "curl/",
    "wget",
    "python",
    "aiohttp",
    "httpx",
    "go-http-client",
    "java/",
    "apache-httpclient",
    "node-fetch",
    "axios",
    "undici",
    "scrapy",
    "libwww",
    "ruby",
    "perl",
    "postman",
    "k6/",
    "jmeter",
];
/// What programs that read the web for themselves end their names with: `Googlebot`, `Baiduspider`, `SomeCrawler`.
const CRAWLERS: &[&str] = &["bot", "spider", "crawl", "crawler"];
/// A make of telephones.
const NO_CRAWLER: &str = "cubot";

/// The class of a `User-Agent`. Anybody may claim anything, so a class alone never condemns.
pub(crate) fn class(name: &str) -> &'static str {
    let name = name.trim().to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| begins_a_word(&name, word));
    match name.as_str() {
        "" => "none",
        _ if says(HEADLESS) => "headless",
        _ if says(PLAYERS) => "media_player",
        _ if crawls(&name) => "tool",
        _ if name.starts_with("mozilla/") => "browser",
        _ if says(TOOLS) => "tool",
        _ => "app",
    }
}

fn begins_a_word(name: &str, word: &str) -> bool {
    let before = |at: usize| name.get(..at).and_then(|before| before.chars().next_back());
    name.match_indices(word).any(|(at, _)| before(at).is_none_or(|letter| !letter.is_alphanumeric()))
}

fn crawls(name: &str) -> bool {
    let mut words = name.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| word != NO_CRAWLER && CRAWLERS.iter().any(|ending| word.ends_with(ending)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_are_told_apart() {
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        for (name, expected) in [
            (chrome, "browser"),
            (&chrome.replace("Chrome", "HeadlessChrome"), "headless"),
            (&chrome.replace("(X11; Linux x86_64)", "(Linux; Android 11; CUBOT X30)"), "browser"),
            (&chrome.replace("(X11; Linux x86_64)", "(Linux; Android 9; CUBOT_POWER Build/PPR1)"), "browser"),
            (&chrome.replace("Chrome/", "KaiboDesktop/2.0 Electron/38.1.0 Chrome/"), "browser"),
            (&chrome.replace("(KHTML, like Gecko)", "(KHTML, like Gecko; compatible; bingbot/2.0)"), "tool"),
            ("Mozilla/5.0 (compatible; Googlebot/2.1)", "tool"),
            ("Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)", "tool"),
            ("CCBot/2.0 (https://commoncrawl.org/faq/)", "tool"),
            ("UptimeRobot/2.0", "tool"),
            ("SuperlyPlayer/1.0", "app"),
            ("BotanyCam/2 okhttp/4.12", "app"),
            ("Lavf/59.27.100", "media_player"),
            ("VLC/3.0.18 LibVLC/3.0.18", "media_player"),
            ("AppleCoreMedia/1.0.0.20G75 (iPhone; U; CPU OS 16_6 like Mac OS X; zh_cn)", "media_player"),
            ("python-requests/2.31.0", "tool"),
            ("curl/7.88.1", "tool"),
            ("OurApp/3.1 okhttp/4.12", "app"),
            ("  ", "none"),
        ] {
            assert_eq!(class(name), expected, "{name}");
        }
    }

    #[test]
    fn an_address_has_another_hash_every_day_and_a_subscriber_one() {
        let (keys, day) = (Keys::from_secret([7; 32]), Millis(20_000 * DAY_MS));
        let of =
            |ip: &str, agent: &str, at: Millis| Caller::new(&keys, ip.parse().expect("an address"), Some(agent), at);
        let here = of("192.0.2.1", "a", day);
        assert_eq!(here, of("::ffff:192.0.2.1", "a", day.plus_ms(DAY_MS - 1)));
        assert_ne!(here.address, of("192.0.2.1", "a", day.plus_ms(DAY_MS)).address);
        assert_ne!(here.address, of("192.0.2.2", "a", day).address);
        let other = of("192.0.2.1", "b", day);
        assert!(other.address == here.address && other.cluster != here.cluster);
        assert_eq!(of("2001:db8::1", "a", day), of("2001:db8::ffff:2", "a", day));
    }
}
