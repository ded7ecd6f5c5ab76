//! Access logs line by line: W3C extended (with its `#Fields`), nginx "combined", or one JSON object a line. Pure.
//!
//! Bytes come in any pieces; at most one line of [`LINE`] bytes is held.

use super::time;
use events::{BroadcastId, Millis};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The longest line that is read.
pub(crate) const LINE: usize = 16 * 1024;
/// Columns of a W3C log.
const MOST_FIELDS: usize = 128;

/// A segment of a show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Lines of a rung of the ladder; 0 is the encoder's own picture. Each counts its segments for itself.
    pub rendition: u32,
    pub number: u64,
}

impl Segment {
    /// One number for both.
    pub(crate) fn key(self) -> u64 {
        const NUMBERS: u64 = (1 << 44) - 1;
        u64::from(self.rendition.min(0xf_ffff)) << 44 | self.number.min(NUMBERS)
    }
}

/// One delivered segment, as the log has it.
#[derive(Debug, PartialEq)]
pub(crate) struct Line<'a> {
    pub broadcast: BroadcastId,
    pub segment: Segment,
    pub token: Option<Cow<'a, str>>,
    /// What the client says it is.
    pub agent: Option<Cow<'a, str>>,
    pub status: u16,
    pub bytes: u64,
    pub at: Option<Millis>,
}

/// Why a line is no evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Skip {
    TooLong,
    Unreadable,
    /// Not a segment of a show: playlists, pages, other sites.
    NotMedia,
    /// Refused, failed or broken off.
    NotDelivered,
    OtherShow,
    NoToken,
    BadToken,
    OtherTime,
    TooManyEntries,
}

impl Skip {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Skip::TooLong => "too_long",
            Skip::Unreadable => "unreadable",
            Skip::NotMedia => "not_media",
            Skip::NotDelivered => "not_delivered",
            Skip::OtherShow => "other_show",
            Skip::NoToken => "no_token",
            Skip::BadToken => "bad_token",
            Skip::OtherTime => "other_time",
            Skip::TooManyEntries => "too_many_entries",
        }
    }
}

/// Cuts bytes into lines and reads them.
#[derive(Default)]
pub(crate) struct Parser {
    fields: Vec<String>,
    rest: Vec<u8>,
    /// The present line is too long: the rest of it is passed over.
    skipping: bool,
}

impl Parser {
    pub(crate) fn feed(&mut self, bytes: &[u8], each: &mut impl FnMut(Result<Line<'_>, Skip>)) {
        let mut unread = bytes;
        while let Some(end) = memchr::memchr(b'\n', unread) {
            let (line, after) = (unread.get(..end).unwrap_or_default(), unread.get(end + 1..).unwrap_or_default());
            unread = after;
            if std::mem::take(&mut self.skipping) || self.rest.len() + line.len() > LINE {
                self.rest.clear();
                each(Err(Skip::TooLong));
            } else if self.rest.is_empty() {
                self.line(line, each);
            } else {
                let mut whole = std::mem::take(&mut self.rest);
                whole.extend_from_slice(line);
                self.line(&whole, each);
            }
        }
        if self.skipping || self.rest.len() + unread.len() > LINE {
            self.skipping = true;
            self.rest = Vec::new();
        } else {
            self.rest.extend_from_slice(unread);
        }
    }

    pub(crate) fn finish(mut self, each: &mut impl FnMut(Result<Line<'_>, Skip>)) {
        if self.skipping {
            each(Err(Skip::TooLong));
        } else {
            let line = std::mem::take(&mut self.rest);
            self.line(&line, each);
        }
    }

    fn line(&mut self, line: &[u8], each: &mut impl FnMut(Result<Line<'_>, Skip>)) {
        let Ok(text) = std::str::from_utf8(line) else { return each(Err(Skip::Unreadable)) };
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return;
        }
        if let Some(directive) = text.strip_prefix('#') {
            if let Some(names) = directive.strip_prefix("Fields:") {
                self.fields = names.split_whitespace().take(MOST_FIELDS).map(str::to_ascii_lowercase).collect();
            }
            return;
        }
        each(if text.starts_with('{') {
            json(text)
        } else if self.fields.is_empty() {
            combined(text)
        } else {
            w3c(&self.fields, text)
        });
    }
}

/// The parts of a line that matter, before the address is understood.
struct Raw<'a> {
    path: Cow<'a, str>,
    query: Cow<'a, str>,
    token: Option<Cow<'a, str>>,
    agent: Option<Cow<'a, str>>,
    status: Option<u16>,
    bytes: u64,
    at: Option<Millis>,
}

fn w3c<'a>(fields: &[String], text: &'a str) -> Result<Line<'a>, Skip> {
    let mut raw = empty();
    let (mut day, mut clock) = ("", "");
    // Tabs stand between columns that may hold spaces.
    let columns: Vec<&str> =
        if text.contains('\t') { text.split('\t').collect() } else { text.split_ascii_whitespace().collect() };
    if columns.len() < fields.len().min(3) {
        return Err(Skip::Unreadable);
    }
    for (name, value) in fields.iter().zip(columns) {
        match name.as_str() {
            "date" => day = value,
            "time" => clock = value,
            "cs-uri-stem" => raw.path = value.into(),
            "cs-uri" if raw.path.is_empty() => (raw.path, raw.query) = split(value),
            "cs-uri-query" => raw.query = value.into(),
            // Blanks would be two columns, so they are escaped one way or another.
            "cs(user-agent)" if value != "-" => raw.agent = Some(value.replace("%20", " ").replace('+', " ").into()),
            "sc-status" => raw.status = value.parse().ok(),
            "sc-bytes" | "bytes" => raw.bytes = value.parse().unwrap_or(0),
            "timestamp" | "x-timestamp" => raw.at = value.parse().ok().and_then(time::number),
            _ => {}
        }
    }
    if raw.at.is_none() {
        raw.at = time::iso(&format!("{day}T{clock}Z"));
    }
    read(raw)
}

/// `ip - user [time] "GET /path?query HTTP/1.1" status bytes "referrer" "agent"`.
fn combined(text: &str) -> Result<Line<'_>, Skip> {
    let parts = || {
        let (_, rest) = text.split_once('[')?;
        let (at, rest) = rest.split_once(']')?;
        let (_, rest) = rest.split_once('"')?;
        let (request, rest) = rest.split_once('"')?;
        let mut numbers = rest.split_ascii_whitespace();
        let status = numbers.next()?.parse().ok()?;
        let bytes = numbers.next().and_then(|bytes| bytes.parse().ok()).unwrap_or(0);
        let (path, query) = split(target(request)?);
        let agent = rest.split('"').nth(3).filter(|agent| *agent != "-").map(Cow::from);
        Some(Raw { path, query, token: None, agent, status: Some(status), bytes, at: time::common(at) })
    };
    read(parts().ok_or(Skip::Unreadable)?)
}

fn json(text: &str) -> Result<Line<'static>, Skip> {
    let object: Map<String, Value> = serde_json::from_str(text).map_err(|_| Skip::Unreadable)?;
    let find = |names: &[&str]| names.iter().find_map(|name| object.get(*name));
    let said = |names: &[&str]| find(names).and_then(Value::as_str).map(str::to_owned);
    let count = |names: &[&str]| {
        let value = find(names)?;
        value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
    };
    let path = said(&["path", "uri", "request_uri", "url", "cs-uri-stem"]);
    let path = path.or_else(|| Some(target(&said(&["request"])?)?.to_owned())).ok_or(Skip::Unreadable)?;
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path.to_owned(), query.to_owned()),
        None => (path, said(&["query", "args", "query_string", "cs-uri-query"]).unwrap_or_default()),
    };
    let at = find(&["time", "timestamp", "time_iso8601", "msec", "ts", "@timestamp", "time_local"]);
    let at = at.and_then(|value| match value {
        Value::Number(number) => time::number(number.as_f64()?),
        Value::String(text) => match text.trim().parse::<f64>() {
            Ok(seconds) => time::number(seconds),
            Err(_) => time::iso(text).or_else(|| time::common(text)),
        },
        _ => None,
    });
    read(Raw {
        path: path.into(),
        query: query.into(),
        token: said(&["token"]).map(Cow::from),
        agent: said(&["agent", "user_agent", "http_user_agent", "cs(User-Agent)"]).map(Cow::from),
        status: count(&["status", "status_code", "sc-status"]).and_then(|status| u16::try_from(status).ok()),
        bytes: count(&["bytes", "body_bytes_sent", "bytes_sent", "sc-bytes"]).unwrap_or(0),
        at,
    })
}

fn read(raw: Raw<'_>) -> Result<Line<'_>, Skip> {
    let (broadcast, segment) = segment(&raw.path).ok_or(Skip::NotMedia)?;
    let token = raw.token.or_else(|| token(raw.query));
    let (agent, status) = (raw.agent, raw.status.ok_or(Skip::Unreadable)?);
    Ok(Line { broadcast, segment, token, agent, status, bytes: raw.bytes, at: raw.at })
}

/// The show and the segment of `.../seg/{broadcast}/.../12.m4s` or `480p-12.m4s`; a part bears its segment's number first.
fn segment(path: &str) -> Option<(BroadcastId, Segment)> {
    let (_, rest) = path.split_once("/seg/")?;
    let (broadcast, rest) = rest.split_once('/')?;
    let name = rest.rsplit('/').next()?.strip_suffix(".m4s")?;
    let (rendition, name) = match name.split_once("p-") {
        Some((lines, name)) => (lines.parse().ok()?, name),
        None => (0, name),
    };
    let number = name.split('.').next()?.parse().ok()?;
    Some((broadcast.parse().ok()?, Segment { rendition, number }))
}

fn token(query: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let find = |query: &str| {
        let query = query.strip_prefix('?').unwrap_or(query);
        let from = query.split('&').find(|pair| pair.starts_with("token="))?;
        Some(from.strip_prefix("token=")?.to_owned())
    };
    // Unpadded base64url needs no escapes; what was escaped all the same fails its check.
    find(&query).map(Cow::from)
}

fn target(request: &str) -> Option<&str> {
    let mut words = request.split(' ');
    (words.next()? == "GET").then_some(())?;
    words.next()
}

fn split(address: &str) -> (Cow<'_, str>, Cow<'_, str>) {
    match address.split_once('?') {
        Some((path, query)) => (path.into(), query.into()),
        None => (address.into(), "".into()),
    }
}

fn empty<'a>() -> Raw<'a> {
    Raw { path: "".into(), query: "".into(), token: None, agent: None, status: None, bytes: 0, at: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHOW: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
    const PATH: &str = "/live/01890a5d-ac96-774b-bcce-b302099a8058/seg/01890a5d-ac96-774b-bcce-b302099a8057/812.m4s";

    type Seen = (u64, String, u16, u64, Option<i64>, String);

    fn lines(text: &str) -> Vec<Result<Seen, Skip>> {
        let (mut parser, mut all) = (Parser::default(), Vec::new());
        let mut each = |line: Result<Line<'_>, Skip>| {
            all.push(line.map(|line| {
                assert_eq!(line.broadcast.to_string(), SHOW);
                let text = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned).unwrap_or_default();
                let (token, agent) = (text(line.token), text(line.agent));
                (line.segment.key(), token, line.status, line.bytes, line.at.map(|at| at.0), agent)
            }));
        };
        parser.feed(text.as_bytes(), &mut each);
        parser.finish(&mut each);
        all
    }

    #[test]
    fn the_three_formats_say_the_same() {
        let expected = Ok((812, "abc".to_owned(), 200, 5_000, Some(1_769_860_800_000), "Mozilla/5.0 [x]".to_owned()));
        let combined = format!(
            "203.0.113.9 - - [31/Jan/2026:12:00:00 +0000] \"GET {PATH}?token=abc HTTP/1.1\" 200 5000 \"-\" \"Mozilla/5.0 [x]\"\n"
        );
        let w3c = format!(
            "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query\n\
             2026-01-31\t12:00:00\tHKG1\t5000\t203.0.113.9\tGET\tlive.example\t{PATH}\t200\t-\tMozilla/5.0%20[x]\ttoken=abc\n"
        );
        let json = format!(
            "{{\"time\":\"2026-01-31T12:00:00Z\",\"path\":\"{PATH}?token=abc\",\"status\":200,\"bytes\":5000,\"agent\":\"Mozilla/5.0 [x]\"}}\n\
             {{\"msec\":\"1769860800.000\",\"request\":\"GET {PATH}?token=abc HTTP/2\",\"status\":\"200\",\"body_bytes_sent\":\"5000\",\"http_user_agent\":\"Mozilla/5.0 [x]\"}}\n\
             {{\"ts\":1769860800000,\"uri\":\"{PATH}\",\"args\":\"_=1&token=abc\",\"status\":200,\"bytes\":5000,\"user_agent\":\"Mozilla/5.0 [x]\"}}"
        );
        assert_eq!(lines(&combined), vec![expected.clone(); 1]);
        assert_eq!(lines(&w3c), vec![expected.clone(); 1]);
        assert_eq!(lines(&json), vec![expected; 3]);
    }

    #[test]
    fn rungs_of_the_ladder_count_for_themselves() {
        let of = |file: &str| segment(&PATH.replace("812.m4s", file)).map(|(_, found)| (found.rendition, found.number));
        assert_eq!(of("480p-812.m4s"), Some((480, 812)));
        assert_eq!(of("480p-813.m4s"), Some((480, 813)));
        assert_eq!(of("720p-812.2.m4s"), Some((720, 812)));
        assert_eq!(of("812.m4s"), Some((0, 812)));
        assert_eq!([of("480p-init-1.mp4"), of("init-1.mp4"), of("p-1.m4s"), of("x.m4s"), of(".m4s")], [None; 5]);
        let key = |rendition, number| Segment { rendition, number }.key();
        assert_ne!(key(480, 812), key(720, 812));
        assert_eq!((key(0, 812), key(u32::MAX, u64::MAX)), (812, u64::MAX));
    }

    #[test]
    fn what_is_no_segment_is_named() {
        let get = |path: &str| format!("1.2.3.4 - - [31/Jan/2026:12:00:00 +0000] \"GET {path} HTTP/1.1\" 200 1\n");
        assert_eq!(lines(&get("/live/x/index.m3u8?token=a")), [Err(Skip::NotMedia)]);
        assert_eq!(lines(&get(&PATH.replace("812.m4s", "init-1.mp4"))), [Err(Skip::NotMedia)]);
        assert_eq!(lines(&get(&PATH.replace("812", "812.3")))[0].as_ref().map(|line| line.0), Ok(812));
        assert_eq!(lines("nonsense\n\n"), [Err(Skip::Unreadable)]);
        assert_eq!(lines("{\"path\":1}\n"), [Err(Skip::Unreadable)]);
        let long = "x".repeat(LINE + 1);
        assert_eq!(
            lines(&format!("{long}\n{}{long}", get("/a"))),
            [Err(Skip::TooLong), Err(Skip::NotMedia), Err(Skip::TooLong)]
        );
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(text in "[ -~\\n\"\\[\\]]{0,400}", cut in 1usize..40) {
            let mut data = vec![cut as u8];
            data.extend_from_slice(text.as_bytes());
            crate::fuzz_cdn_log(&data);
        }

        #[test]
        fn any_bytes_are_answered(data in proptest::collection::vec(any::<u8>(), 0..600)) {
            crate::fuzz_cdn_log(&data);
        }
    }
}
