//! Device, system and browser out of `User-Agent` and the client hints. Pure.
//!
//! Only what people group by: a class of device, a system without its version, a browser with its major version. An iPad
//! that asks for desktop pages says that it is a Mac, and is counted as one.

/// What a viewer watches with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// `desktop`, `mobile`, `tablet`, `tv`, `other`.
    pub class: &'static str,
    pub os: &'static str,
    /// Name and major version: `Chrome 156`.
    pub browser: String,
}

/// Longer headers are not read.
const MOST: usize = 1_024;

/// The headers as they came; hints (`Sec-CH-UA`, `-Mobile`, `-Platform`) only come from Chromium over a secure connection.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    pub user_agent: &'a str,
    pub brands: &'a str,
    pub mobile: &'a str,
    pub platform: &'a str,
}

pub fn read(headers: Headers<'_>) -> Device {
    let agent = headers.user_agent.get(..MOST).unwrap_or(headers.user_agent);
    let os = os(agent, headers.platform.trim_matches('"'));
    Device { class: class(agent, os, headers.mobile), os, browser: browser(agent, headers.brands) }
}

fn os(agent: &str, platform: &str) -> &'static str {
    let has = |word: &str| agent.contains(word);
    match platform {
        _ if has("HarmonyOS") || has("OpenHarmony") => "HarmonyOS",
        "Windows" => "Windows",
        "Android" => "Android",
        "macOS" => "macOS",
        "Chrome OS" | "Chromium OS" => "ChromeOS",
        "Linux" => "Linux",
        _ if has("iPhone") || has("iPod") => "iOS",
        _ if has("iPad") => "iPadOS",
        _ if has("Android") => "Android",
        _ if has("Windows") => "Windows",
        _ if has("CrOS") => "ChromeOS",
        _ if has("Macintosh") => "macOS",
        _ if has("Tizen") => "Tizen",
        _ if has("Web0S") || has("webOS") => "webOS",
        _ if has("Linux") || has("X11") => "Linux",
        _ => "other",
    }
}

fn class(agent: &str, os: &str, mobile: &str) -> &'static str {
    let has = |word: &str| agent.contains(word);
    match os {
        _ if has("SmartTV") || has("SMART-TV") || has("AppleTV") || has("BRAVIA") || has("AFT") => "tv",
        "Tizen" | "webOS" if !has("Mobile") => "tv",
        "iPadOS" => "tablet",
        _ if has("Tablet") || has("PlayBook") => "tablet",
        "Android" | "HarmonyOS" if has("Mobile") || has("Phone") || mobile == "?1" => "mobile",
        // Chrome's own way to say it: a phone says Mobile, a tablet does not.
        "Android" | "HarmonyOS" => "tablet",
        "iOS" => "mobile",
        "Windows" | "macOS" | "Linux" | "ChromeOS" => "desktop",
        _ if has("Mobile") => "mobile",
        _ => "other",
    }
}

/// Name and the word before its version, most specific first: apps and browsers built on others carry the others' words too.
const BROWSERS: &[(&str, &str)] = &[
    ("WeChat", "MicroMessenger/"),
    ("DingTalk", "DingTalk/"),
    ("Feishu", "Lark/"),
    ("Alipay", "AlipayClient/"),
    ("Weibo", "__weibo__"),
    ("Douyin", "aweme/"),
    ("Douyin", "aweme_"),
    ("Kuaishou", "Kwai/"),
    ("Xiaohongshu", "discover/"),
    ("Bilibili", "BiliApp/"),
    ("QQ", " QQ/"),
    ("QQ Browser", "MQQBrowser/"),
    ("QQ Browser", "QQBrowser/"),
    ("UC", "UCBrowser/"),
    ("Quark", "Quark/"),
    ("Baidu", "baiduboxapp/"),
    ("Huawei Browser", "HuaweiBrowser/"),
    ("Huawei Browser", "ArkWeb/"),
    ("Xiaomi Browser", "MiuiBrowser/"),
    ("vivo Browser", "VivoBrowser/"),
    ("OPPO Browser", "HeyTapBrowser/"),
    ("Samsung Internet", "SamsungBrowser/"),
    ("Edge", "Edg/"),
    ("Edge", "EdgA/"),
    ("Edge", "EdgiOS/"),
    ("Opera", "OPR/"),
    ("Firefox", "Firefox/"),
    ("Firefox", "FxiOS/"),
    ("Chrome", "CriOS/"),
    ("Chrome", "HeadlessChrome/"),
    ("Chrome", "Chrome/"),
];

/// Brands of Chromium that their `User-Agent` does not tell.
const BRANDS: &[(&str, &str)] =
    &[("Microsoft Edge", "Edge"), ("Opera", "Opera"), ("Brave", "Brave"), ("Google Chrome", "Chrome")];

fn browser(agent: &str, brands: &str) -> String {
    for (name, word) in BROWSERS.iter().take_while(|(name, _)| *name != "Edge") {
        if let Some(found) = versioned(agent, name, word) {
            return found;
        }
    }
    for (brand, name) in BRANDS {
        if let Some(found) = versioned(brands, name, &format!("\"{brand}\";v=\"")) {
            return found;
        }
    }
    for (name, word) in BROWSERS {
        if let Some(found) = versioned(agent, name, word) {
            return found;
        }
    }
    let safari = agent.contains("Safari/").then(|| versioned(agent, "Safari", "Version/")).flatten();
    let webkit = agent.contains("AppleWebKit/").then(|| "WebKit".to_owned());
    safari.or(webkit).unwrap_or_else(|| "other".to_owned())
}

fn versioned(text: &str, name: &str, word: &str) -> Option<String> {
    let (_, rest) = text.split_once(word)?;
    let major: String = rest.chars().take_while(char::is_ascii_digit).take(4).collect();
    Some(if major.is_empty() { name.to_owned() } else { format!("{name} {major}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(user_agent: &str, class: &str, os: &str, browser: &str) {
        let found = read(Headers { user_agent, ..Headers::default() });
        assert_eq!((found.class, found.os, found.browser.as_str()), (class, os, browser));
    }

    #[test]
    fn what_people_watch_with() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        check(
            &format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/156.0.0.0 Safari/537.36"),
            "desktop",
            "Windows",
            "Chrome 156",
        );
        check(
            &format!("Mozilla/5.0 (X11; Linux x86_64) {webkit} HeadlessChrome/156.0.0.0 Safari/537.36"),
            "desktop",
            "Linux",
            "Chrome 156",
        );
        check(
            &format!("Mozilla/5.0 (Windows NT 10.0) {webkit} Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0"),
            "desktop",
            "Windows",
            "Edge 150",
        );
        check(
            &format!("Mozilla/5.0 (Linux; Android 10; K) {webkit} Chrome/150.0.0.0 Mobile Safari/537.36"),
            "mobile",
            "Android",
            "Chrome 150",
        );
        check(
            &format!("Mozilla/5.0 (Linux; Android 10; K) {webkit} Chrome/150.0.0.0 Safari/537.36"),
            "tablet",
            "Android",
            "Chrome 150",
        );
        check(
            &format!(
                "Mozilla/5.0 (Linux; Android 14; V2309A) {webkit} Version/4.0 Chrome/126.0.6478.188 Mobile Safari/537.36 XWEB/1 MMWEBSDK/2 MicroMessenger/8.0.50.2701(0x28) WeChat/arm64"
            ),
            "mobile",
            "Android",
            "WeChat 8",
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
            "mobile",
            "iOS",
            "Safari 18",
        );
        check(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
            "desktop",
            "macOS",
            "Safari 18",
        );
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "desktop",
            "Windows",
            "Firefox 140",
        );
        check(
            &format!(
                "Mozilla/5.0 (Phone; OpenHarmony 5.0) {webkit} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile HuaweiBrowser/5.0"
            ),
            "mobile",
            "HarmonyOS",
            "Huawei Browser 5",
        );
        check(
            "Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 SamsungBrowser/4 Chrome/94 TV Safari/537.36",
            "tv",
            "Tizen",
            "Samsung Internet 4",
        );
        check("Lavf/59.27.100", "other", "other", "other");
        check("", "other", "other", "other");
    }

    #[test]
    fn hints_say_what_the_agent_hides() {
        let brands = r#""Not-A.Brand";v="99", "Chromium";v="156", "Brave";v="156""#;
        let user_agent =
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
        let found = read(Headers { user_agent, brands, mobile: "?1", platform: "\"Android\"" });
        assert_eq!(found, Device { class: "mobile", os: "Android", browser: "Brave 156".into() });
    }
}
