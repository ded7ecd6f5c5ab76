//! The edges: other people's wire formats, each a file and a line in [`LIST`]. All of it is pure.
//!
//! A request is split into items, each as text; an item becomes a `Tracked` event. The two steps are apart because an item that was
//! refused is kept as text, corrected by a person, and read again by the same edge.

mod bots;
pub(crate) mod channel;
mod cloudevents;
mod ga4;
mod item;
mod parts;
pub(crate) mod posthog;
pub mod segment;
mod sensors;

pub use item::{Bad, Frame, Item, Owner, Reason, RejectedItem, Said};

use crate::BadBody;
use http::{HeaderMap, Method};
use serde_json::Value;
use std::borrow::Cow;

/// A wire format.
pub struct Edge {
    /// Stable: it stands in rows.
    pub name: &'static str,
    /// Paths that do not stand in the API's description, with axum's placeholders. A `{key}` in one is the write key.
    pub paths: &'static [&'static str],
    /// Most bytes of a request, before and after gunzip.
    pub most_bytes: usize,
    /// Most bytes of an item.
    pub most_item_bytes: usize,
    /// The status that makes this edge's clients send less at once, or give up.
    pub too_large: u16,
    /// The write key, where it stands outside the body and outside `Authorization`.
    pub key: fn(&Asked) -> Option<String>,
    pub split: for<'a> fn(&Asked<'a>, Cow<'a, [u8]>) -> Result<Frame, Bad>,
    pub item: fn(&str, &Frame) -> Result<Item, Reason>,
    /// The answer of success.
    pub answer: fn(&Asked, &Outcome) -> Answer,
    /// The answer over the limit where 429 would not be understood.
    pub limited: Option<fn(&Asked) -> Option<Answer>>,
}

/// A request without its body.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub method: &'a Method,
    pub path: &'a str,
    pub query: &'a str,
    pub headers: &'a HeaderMap,
}

/// What became of a request's items.
#[derive(Debug, Default)]
pub struct Outcome {
    pub accepted: usize,
    pub duplicates: usize,
    pub rejected: Vec<RejectedItem>,
}

/// What a client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub kind: &'static str,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(body: &Value) -> Self {
        Self { status: 200, kind: "application/json", body: body.to_string().into_bytes() }
    }

    pub fn empty(status: u16) -> Self {
        Self { status, kind: "text/plain", body: Vec::new() }
    }
}

/// Every edge. A new one is a file and a line here; `tests/it/conformance.rs` then tries it.
pub const LIST: &[Edge] = &[segment::EDGE, posthog::EDGE, sensors::EDGE, cloudevents::EDGE, ga4::EDGE];

/// The edge of that name.
pub fn edge(name: &str) -> Option<&'static Edge> {
    LIST.iter().find(|edge| edge.name == name)
}

/// Whether a call only asks what would be wrong with it.
pub(crate) fn ga4_only_asks(edge: &Edge, asked: &Asked) -> bool {
    edge.name == ga4::EDGE.name && ga4::only_asks(asked)
}

/// Paths that pages of any origin may call: no cookie counts there.
pub fn open_to_all(path: &str) -> bool {
    path.starts_with("/v1/") || LIST.iter().flat_map(|edge| edge.paths).any(|pattern| matches(pattern, path))
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part)) if pattern.starts_with('{') || pattern == part => {}
            _ => return false,
        }
    }
}

impl Edge {
    /// The body as the sender meant it, split into items.
    pub fn read(&self, asked: &Asked, body: &[u8]) -> Result<Frame, Bad> {
        let body = crate::plain(body, self.most_bytes).map_err(|bad| match bad {
            BadBody::TooLarge { .. } => Bad::TooLarge,
            bad @ BadBody::BadGzip(_) => Bad::Shape(bad.to_string()),
        })?;
        let mut frame = (self.split)(asked, body)?;
        frame.user_agent = header(asked.headers, "user-agent").map(str::to_owned);
        Ok(frame)
    }

    /// One item, as this edge's clients write it.
    pub fn read_item(&self, text: &str, frame: &Frame) -> Result<Item, Reason> {
        if text.len() > self.most_item_bytes {
            return Err(Reason::TooLarge(self.most_item_bytes));
        }
        let mut item = (self.item)(text, frame)?;
        channel::mark(&mut item.tracked);
        bots::mark(&mut item.tracked, frame.user_agent.as_deref());
        Ok(item)
    }
}

pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The first value of a name in a query or a form.
pub(crate) fn query_value(query: &str, name: &str) -> Option<String> {
    pairs(query).find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
}

/// A query or form, decoded. Bytes that are no UTF-8 become replacement characters.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (percent(key), percent(value))
    })
}

fn percent(text: &str) -> Cow<'_, str> {
    if text.contains('+') { Cow::Owned(percent_only(&text.replace('+', " ")).into_owned()) } else { percent_only(text) }
}

/// `%41` is `A`; what is no such thing stays as it is.
pub(crate) fn percent_only(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = || {
            let mut two = rest.clone();
            let high = char::from(two.next()?).to_digit(16)?;
            let low = char::from(two.next()?).to_digit(16)?;
            u8::try_from(high * 16 + low).ok()
        };
        match byte {
            b'%' => match hex() {
                Some(byte) => {
                    bytes.push(byte);
                    rest.nth(1);
                }
                None => bytes.push(b'%'),
            },
            byte => bytes.push(byte),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded() {
        let decoded: Vec<_> = pairs("a=1%2B1&b=x+y&c&d=%zz%4&&e=%E5%BC%80").map(|(k, v)| format!("{k}:{v}")).collect();
        assert_eq!(decoded, ["a:1+1", "b:x y", "c:", "d:%zz%4", "e:开"]);
    }

    #[test]
    fn paths_of_edges_are_known() {
        for path in ["/v1/batch", "/e/", "/e", "/i/v0/e/", "/sa", "/mp/collect", "/cloudevents/kbw_x", "/flags/"] {
            assert_eq!(open_to_all(path), !path.starts_with("/flags"), "{path}");
        }
        assert!(!open_to_all("/api/rooms"));
    }
}
