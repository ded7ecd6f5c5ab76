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

/// The stream key in what is published: behind the `?`, or else the name itself.
pub(crate) fn stream_key(published: &str) -> String {
    let (name, query) = published.split_once('?').unwrap_or((published, ""));
    key_in(query).unwrap_or_else(|| name.to_owned())
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
    fn a_stream_key_is_the_name_or_stands_behind_it() {
        for (published, key) in [
            ("sk1", "sk1"),
            ("sk1?backup=1", "sk1"),
            ("evening?key=sk1", "sk1"),
            ("evening?token=sk1&vhost=x", "sk1"),
            ("evening?token=a&key=sk1", "sk1"),
            ("evening?key=sk1&key=other", "sk1"),
            ("evening?key=", "evening"),
            ("evening?monkey=a", "evening"),
            ("evening?key=a%2Bb", "a+b"),
            // As MediaMTX hands it on.
            ("evening?key%3Dsk1%26backup%3D1", "sk1"),
            ("", ""),
            ("?key=sk1", "sk1"),
            ("evening?%", "evening"),
        ] {
            assert_eq!(stream_key(published), key, "{published}");
        }
    }
}
