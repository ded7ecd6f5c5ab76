//! Fields of a query or a form, `a=b&c=d`, and where a stream key stands in them. Pure.

use std::borrow::Cow;

/// The first field of that name, decoded. The first, because whoever publishes can add more behind.
pub(crate) fn field(form: &str, name: &str) -> Option<String> {
    form.split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| decode(value))
}

/// The stream key in a query: `key`, or else `token`.
pub(crate) fn key_in(query: &str) -> Option<String> {
    let query = plain(query);
    ["key", "token"].into_iter().filter_map(|name| field(&query, name)).find(|key| !key.is_empty())
}

/// A query as it was written. MediaMTX hands one on encoded as a whole.
pub(crate) fn plain(query: &str) -> Cow<'_, str> {
    if query.contains('=') { Cow::Borrowed(query) } else { Cow::Owned(decode(query)) }
}

fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let hex = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
        match (first, after) {
            (b'%', [high, low, more @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                out.push(hex(*high).unwrap_or_default() << 4 | hex(*low).unwrap_or_default());
                rest = more;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(*byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_in_a_query() {
        for (query, key) in [
            ("", None),
            ("backup=1", None),
            ("monkey=a", None),
            ("key=", None),
            ("%", None),
            ("key=sk1", Some("sk1")),
            ("token=sk1&vhost=x", Some("sk1")),
            ("token=a&key=sk1", Some("sk1")),
            ("key=sk1&key=other", Some("sk1")),
            ("key=&token=sk1", Some("sk1")),
            ("key=a%2Bb", Some("a+b")),
            // As MediaMTX hands it on.
            ("key%3Dsk1%26backup%3D1", Some("sk1")),
        ] {
            assert_eq!(key_in(query).as_deref(), key, "{query}");
        }
    }
}
