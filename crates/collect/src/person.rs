//! The pseudonyms of people whom collectors speak of: the event log holds these, and their own ids only sealed.

use app::Keys;
use events::{Envelope, Event, OrgId, ViewerId};
use serde_json::Value;

/// How a collector calls somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named<'a> {
    User(&'a str),
    Anonymous(&'a str),
}

/// The same for the same id in an organisation, and nothing can be told from it.
pub fn pseudonym(keys: &Keys, org: OrgId, named: Named<'_>) -> ViewerId {
    let (kind, id) = match named {
        Named::User(id) => (b'u', id),
        Named::Anonymous(id) => (b'a', id),
    };
    let message = [org.0.as_bytes().as_slice(), &[kind], id.as_bytes()].concat();
    let digest = keys.sign("collect-person", &message);
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("c{hex}").parse().unwrap_or_else(|_| ViewerId::random())
}

/// Whom a tracked event is about. Who has a user id goes by it.
pub(crate) fn of(keys: &Keys, event: &Envelope) -> Option<ViewerId> {
    let Event::Tracked(tracked) = &event.event else { return event.viewer.clone() };
    let user = tracked.user_id.as_deref().map(Named::User);
    let named = user.or(tracked.anonymous_id.as_deref().map(Named::Anonymous))?;
    Some(pseudonym(keys, event.org, named))
}

/// Whether a text that a collector sent holds an id of that person, in whatever field: what was refused need not be well formed.
pub(crate) fn is_named(keys: &Keys, org: OrgId, item: &str, person: &ViewerId) -> bool {
    names(keys, org, item, |named| named == person)
}

/// Does an item name anybody who is meant?
pub(crate) fn names(keys: &Keys, org: OrgId, item: &str, is_meant: impl Fn(&ViewerId) -> bool) -> bool {
    let is = |id: &str| {
        [Named::User(id), Named::Anonymous(id)].into_iter().any(|named| is_meant(&pseudonym(keys, org, named)))
    };
    match serde_json::from_str::<Value>(item) {
        Ok(item) => holds(&item, &is),
        // It was cut: its texts stand between quotes all the same.
        Err(_) => item.split('"').any(is),
    }
}

fn holds(value: &Value, is: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is(text),
        Value::Number(number) => is(&number.to_string()),
        Value::Array(items) => items.iter().any(|item| holds(item, is)),
        Value::Object(fields) => fields.values().any(|value| holds(value, is)),
        Value::Null | Value::Bool(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_found_wherever_an_item_names_him() {
        let keys = Keys::from_secret([1; 32]);
        let org = OrgId::new();
        let person = pseudonym(&keys, org, Named::User("7"));
        let named = |item: &str| is_named(&keys, org, item, &person);
        assert!(named(r#"{"userId":"7"}"#) && named(r#"{"a":[{"distinct_id":7}]}"#) && named(r#"{"userId":"7","cut"#));
        assert!(!named(r#"{"userId":"77"}"#) && !named(""));
        assert_ne!(person, pseudonym(&keys, org, Named::Anonymous("7")));
        assert_ne!(person, pseudonym(&keys, OrgId::new(), Named::User("7")));
    }
}
