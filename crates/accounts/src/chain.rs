//! What makes the audit log tamper-evident: every row's hash covers the row and the hash before it.
//!
//! The hash is that of [`app::chain`]; the order of the fields is that of [`Row`]. `tools/verify_audit.py` checks it and needs none of
//! this program.

use serde_json::Value;

/// The fields that a hash covers, as they stand in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    pub seq: i64,
    pub at_ms: i64,
    pub org: Option<String>,
    pub region: Option<String>,
    pub team: Option<String>,
    pub actor_id: Option<String>,
    pub actor: &'a str,
    pub action: &'a str,
    pub target: &'a str,
    pub before: Option<&'a str>,
    pub after: Option<&'a str>,
    pub from: &'a str,
}

impl Row<'_> {
    /// The hash of this row behind the one that has `previous`.
    pub fn hash(&self, previous: &str) -> String {
        let (seq, at_ms) = (self.seq.to_string(), self.at_ms.to_string());
        app::chain::link(
            previous,
            &[
                Some(seq.as_str()),
                Some(&at_ms),
                self.org.as_deref(),
                self.region.as_deref(),
                self.team.as_deref(),
                self.actor_id.as_deref(),
                Some(self.actor),
                Some(self.action),
                Some(self.target),
                self.before,
                self.after,
                Some(self.from),
            ],
        )
    }
}

/// Raised when less is kept than before: the rows that are there are looked at again.
pub(crate) const RULE: i64 = 1;

const MASK: &str = "•••";
/// Fields that let somebody in: nothing of them stays.
const SECRET: &[&str] =
    &["password", "secret", "token", "code", "key", "current", "new", "cookie", "otpauth", "id_number"];
/// Fields that tell who a person is: the first character stays, enough to tell two rows apart.
const PERSONAL: &[&str] =
    &["name", "login", "email", "phone", "mobile", "address", "nickname", "real_name", "id_card", "born"];
/// Ids that other programs gave people: they may be names or numbers, and the row says by a pseudonym whom it was about.
const IDS: &[&str] = &["user_id", "anonymous_id"];
/// What one row keeps of a change.
const LONGEST: usize = 4_000;

/// `value` as the audit log may keep it.
pub(crate) fn masked(value: &Value) -> String {
    let text = mask("", value).to_string();
    if text.len() <= LONGEST { text } else { serde_json::json!({ "bytes": text.len() }).to_string() }
}

fn mask(key: &str, value: &Value) -> Value {
    let named = |names: &[&str]| {
        let key = key.to_lowercase();
        names.iter().any(|name| key == *name || key.ends_with(&format!("_{name}")))
    };
    match value {
        // A hash chain forgets nothing, and words of viewers must be erasable.
        Value::Array(_) | Value::Object(_) if ["rows", "item"].contains(&key) => MASK.into(),
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), mask(key, value))).collect(),
        Value::Array(items) => items.iter().map(|item| mask(key, item)).collect(),
        Value::Null | Value::Bool(_) => value.clone(),
        _ if named(SECRET) || IDS.contains(&key) => MASK.into(),
        // Masked again it stays as it is: rows of earlier versions are looked at that way.
        Value::String(text) if named(PERSONAL) && is_masked(text) => value.clone(),
        Value::String(text) if named(PERSONAL) => {
            let first: String = text.chars().take(1).collect();
            format!("{first}{MASK}").into()
        }
        // Addresses of other servers carry keys behind their last slash or in their query.
        Value::String(text) if key.ends_with("url") => text.split_once("://").map_or(MASK.into(), |(scheme, rest)| {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            format!("{scheme}://{host}/{MASK}").into()
        }),
        _ => value.clone(),
    }
}

fn is_masked(text: &str) -> bool {
    text.strip_suffix(MASK).is_some_and(|first| first.chars().count() <= 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row() -> Row<'static> {
        Row {
            seq: 1,
            at_ms: 2,
            org: Some("o".into()),
            region: None,
            team: None,
            actor_id: None,
            actor: "admin",
            action: "signed_in",
            target: "管理员",
            before: None,
            after: Some("{}"),
            from: "127.0.0.1",
        }
    }

    #[test]
    fn the_bytes_are_those_that_the_document_says() {
        let bytes = "1:1,1:2,1:o,---5:admin,9:signed_in,9:管理员,-2:{},9:127.0.0.1,";
        assert_eq!(row().hash(""), app::hash_of_bytes(bytes.as_bytes()));
        assert_eq!(row().hash(""), "6af667ac6dab89d91ac9a2dae4addf02d9aac2d99c044047cec712d79a4902ad");
    }

    #[test]
    fn what_moves_from_one_field_to_the_next_changes_the_hash() {
        let moved = Row { actor: "adminsigned", action: "_in", ..row() };
        assert_ne!(moved.hash(""), row().hash(""));
        assert_ne!(Row { before: Some("{}"), after: None, ..row() }.hash(""), row().hash(""));
        assert_ne!(row().hash("a"), row().hash(""));
    }

    #[test]
    fn nothing_that_lets_in_or_tells_who_is_kept() {
        let change = json!({
            "login": "zhang.san@example.com", "name": "张三", "role": "host", "password": "correct horse", "disabled": false,
            "stream_key": "abc", "new": {"current": "x"}, "url": "rtmp://user:pw@push.example.com/live/key?token=1", "n": 3,
        });
        let kept: Value = serde_json::from_str(&masked(&change)).expect("JSON");
        assert_eq!(
            kept,
            json!({
                "login": "z•••", "name": "张•••", "role": "host", "password": "•••", "disabled": false,
                "stream_key": "•••", "new": {"current": "•••"}, "url": "rtmp://push.example.com/•••", "n": 3,
            })
        );
        assert_eq!(masked(&json!({"rows": "x".repeat(5_000)})), r#"{"bytes":5011}"#);
    }

    #[test]
    fn what_is_masked_is_not_masked_again() {
        let change = json!({"name": "", "login": "z", "phone": 138, "rows": [1], "url": "nowhere", "relay_url": "rtmp://a@b/c?d", "code": 1});
        let once = masked(&change);
        assert_eq!(masked(&serde_json::from_str(&once).expect("JSON")), once);
    }
}
