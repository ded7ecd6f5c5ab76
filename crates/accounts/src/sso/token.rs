//! What an ID token must say to be believed (OpenID Connect Core, section 3.1.3.7), and what it then says of a person.

use events::Millis;
use serde_json::{Map, Value};

/// How far clocks may be apart.
const LEEWAY_MS: i64 = 60_000;
const LONGEST_SUBJECT: usize = 255;
/// A token lists no more groups than this that count.
const MOST_GROUPS: usize = 1_000;

/// What this sign-in waits for.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("the token's claims are not an object")]
    Malformed,
    #[error("the token is of another issuer")]
    Issuer,
    #[error("the token is for another client")]
    Audience,
    #[error("the token has expired, or the clocks are apart")]
    Expired,
    #[error("the token is from the future: the clocks are apart")]
    Future,
    #[error("the token belongs to another sign-in")]
    Nonce,
    #[error("the token names no subject")]
    Subject,
}

/// What a provider says of somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    pub subject: String,
    /// In lower case, and only when the provider says that it was verified.
    pub email: Option<String>,
    /// There is an e-mail, but nobody verified it.
    pub unverified: bool,
    pub name: Option<String>,
    pub login: Option<String>,
    pub groups: Vec<String>,
    /// More than one factor was asked for (RFC 8176).
    pub second_factor: bool,
}

/// The claims, if they are what was waited for.
pub fn check(payload: &[u8], expected: Expected) -> Result<Map<String, Value>, Trouble> {
    let Ok(Value::Object(claims)) = serde_json::from_slice(payload) else { return Err(Trouble::Malformed) };
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err(Trouble::Issuer);
    }
    let audience: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let ours = audience.contains(&expected.client_id);
    // Of several audiences the token says to whom it was given; whoever that is, it must be us.
    let given = text("azp").or((audience.len() == 1).then_some(expected.client_id));
    if !ours || given != Some(expected.client_id) {
        return Err(Trouble::Audience);
    }
    let at = |name: &str| claims.get(name).and_then(Value::as_f64).map(|seconds| (seconds * 1_000.0) as i64);
    if at("exp").is_none_or(|end| end.saturating_add(LEEWAY_MS) <= expected.now.0) {
        return Err(Trouble::Expired);
    }
    let future = |name: &str| at(name).is_some_and(|begin| begin.saturating_sub(LEEWAY_MS) > expected.now.0);
    if at("iat").is_none() || future("iat") || future("nbf") {
        return Err(Trouble::Future);
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(Trouble::Nonce);
    }
    if text("sub").is_none_or(|subject| subject.is_empty() || subject.len() > LONGEST_SUBJECT) {
        return Err(Trouble::Subject);
    }
    Ok(claims)
}

/// The person of checked claims; `groups` is the claim that lists groups, or empty.
pub fn person(claims: &Map<String, Value>, groups: &str) -> Person {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let email = text("email").map(str::to_lowercase);
    // Some providers write booleans as text.
    let verified = claims.get("email_verified").is_some_and(|value| *value == true || *value == "true");
    let methods = claims.get("amr").and_then(Value::as_array);
    Person {
        subject: text("sub").unwrap_or_default().to_owned(),
        unverified: email.is_some() && !verified,
        email: email.filter(|_| verified),
        name: text("name").map(str::to_owned),
        login: text("preferred_username").map(str::to_lowercase),
        groups: listed(claims, groups),
        second_factor: methods.is_some_and(|methods| methods.iter().any(|method| method == "mfa")),
    }
}

/// A claim by its name, or by the way to it through objects: `realm_access.roles`.
fn listed(claims: &Map<String, Value>, name: &str) -> Vec<String> {
    let step = |value: &'_ Value, key: &str| value.get(key).cloned();
    let nested = || {
        let (first, rest) = name.split_once('.')?;
        rest.split('.').try_fold(claims.get(first)?.clone(), |value, key| step(&value, key))
    };
    match claims.get(name).cloned().or_else(nested) {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => {
            many.iter().filter_map(Value::as_str).take(MOST_GROUPS).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Millis = Millis(1_790_000_000_000);

    fn good() -> Value {
        json!({"iss": "https://id.example", "aud": "kaibo", "exp": 1_790_000_300, "iat": 1_790_000_000, "nonce": "n", "sub": "1"})
    }

    #[track_caller]
    fn refused(change: Value, expected: Trouble) {
        assert_eq!(checked(change), Err(expected));
    }

    fn checked(change: Value) -> Result<(), Trouble> {
        let mut claims = good();
        for (name, value) in change.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        let expected = Expected { issuer: "https://id.example", client_id: "kaibo", nonce: "n", now: NOW };
        check(claims.to_string().as_bytes(), expected).map(drop)
    }

    #[test]
    fn a_good_token_is_believed() {
        assert_eq!(checked(json!({})), Ok(()));
        assert_eq!(checked(json!({"aud": ["kaibo"]})), Ok(()));
        assert_eq!(checked(json!({"aud": ["kaibo", "other"], "azp": "kaibo"})), Ok(()));
        assert_eq!(checked(json!({"exp": 1_789_999_941})), Ok(()), "clocks may be a minute apart");
        assert_eq!(checked(json!({"iat": 1_790_000_059.5})), Ok(()));
    }

    #[test]
    fn every_claim_is_looked_at() {
        refused(json!({"iss": "https://id.example/"}), Trouble::Issuer);
        refused(json!({"iss": ["https://id.example"]}), Trouble::Issuer);
        for audience in [json!("other"), json!([]), json!(null), json!(["other"]), json!({"kaibo": 1})] {
            refused(json!({"aud": audience}), Trouble::Audience);
        }
        refused(json!({"aud": ["kaibo", "other"]}), Trouble::Audience);
        refused(json!({"aud": ["kaibo", "other"], "azp": "other"}), Trouble::Audience);
        refused(json!({"azp": "other"}), Trouble::Audience);
        for end in [json!(1_789_999_940), json!(null), json!("1790000300"), json!(-1e300), json!(0)] {
            refused(json!({"exp": end}), Trouble::Expired);
        }
        refused(json!({"iat": 1_790_000_061}), Trouble::Future);
        refused(json!({"iat": null}), Trouble::Future);
        refused(json!({"nbf": 1_790_000_061}), Trouble::Future);
        for nonce in [json!("m"), json!(null), json!(["n"])] {
            refused(json!({"nonce": nonce}), Trouble::Nonce);
        }
        for subject in [json!(""), json!(7), json!("s".repeat(256))] {
            refused(json!({"sub": subject}), Trouble::Subject);
        }
    }

    #[test]
    fn an_email_counts_only_when_it_was_verified() {
        let seen = |verified: Value| {
            let claims = json!({"sub": "1", "email": "Zhang.San@Example.com", "email_verified": verified});
            let person = person(claims.as_object().expect("an object"), "");
            (person.email, person.unverified)
        };
        assert_eq!(seen(json!(true)), (Some("zhang.san@example.com".into()), false));
        assert!(!seen(json!("true")).1);
        for no in [json!(false), json!(null), json!("yes"), json!(1)] {
            assert_eq!(seen(no), (None, true));
        }
    }

    #[test]
    fn groups_stand_at_the_top_or_deeper() {
        let claims = json!({"groups": ["a", 7, "b"], "one": "c", "realm_access": {"roles": ["d"]}, "x.y": ["e"]});
        let of = |name: &str| person(claims.as_object().expect("an object"), name).groups.join(" ");
        assert_eq!([of("groups"), of("one"), of("realm_access.roles"), of("x.y")], ["a b", "c", "d", "e"]);
        assert_eq!([of(""), of("none"), of("realm_access"), of("groups.a")], ["", "", "", ""]);
    }

    #[test]
    fn a_second_factor_is_believed_when_it_is_said() {
        let said = |methods: Value| person(json!({"amr": methods}).as_object().expect("an object"), "").second_factor;
        assert!(said(json!(["pwd", "mfa"])));
        assert!(!said(json!(["pwd", "otp"])), "one of them may be all there was");
        assert!(!said(json!("mfa")) && !said(json!(null)));
    }
}
