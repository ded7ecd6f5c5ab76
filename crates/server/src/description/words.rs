//! Formats of ours. A field names one; what it holds is said here, once.

use utoipa::openapi::{SchemaFormat, schema::Object};

/// No control characters, and something to read.
const LINE: &str = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$";

/// A string of such a format says what it may be.
pub fn say(object: &mut Object) {
    let Some(SchemaFormat::Custom(format)) = &object.format else { return };
    let pattern = match format.as_str() {
        "line" => LINE.to_owned(),
        "viewer" => {
            object.max_length = Some(64);
            "^[!-~]+$".to_owned()
        }
        "role" => one_of(accounts::ROLES.iter().map(|role| role.name)),
        "clause" => one_of(moderation::clauses::LIST.iter().map(|clause| clause.code)),
        "event" => one_of(told()),
        "events" => format!("^(?:{})?$", list(told())),
        "metrics" => format!("^{}$", list(analytics::metrics::LIST.iter().map(|metric| metric.id))),
        "series" => {
            let drawn = analytics::metrics::LIST.iter().filter(|metric| metric.over.is_some());
            format!("^{}$", list(drawn.map(|metric| metric.id)))
        }
        _ => return,
    };
    object.pattern = Some(pattern);
}

fn told() -> impl Iterator<Item = &'static str> {
    feed::kinds::LIST.iter().map(|kind| kind.name).filter(|name| feed::kinds::is_told(name))
}

fn any(words: impl Iterator<Item = &'static str>) -> String {
    format!("(?:{})", words.collect::<Vec<_>>().join("|"))
}

fn one_of(words: impl Iterator<Item = &'static str>) -> String {
    format!("^{}$", any(words))
}

/// Separated by commas.
fn list(words: impl Iterator<Item = &'static str>) -> String {
    let word = any(words);
    format!("{word}(?:,{word})*")
}
