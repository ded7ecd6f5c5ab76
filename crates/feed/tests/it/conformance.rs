//! What being in the list of kinds promises: every event of the vocabulary is decided, and what is left out is not there.

use feed::kinds::{LIST, Told, data};
use serde_json::{Value, value::RawValue};
use std::{collections::BTreeMap, fs, path::Path};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/tests/it/golden");
const API: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/API.md");

/// The vocabulary's golden files: name, fields of the event.
fn vocabulary() -> BTreeMap<String, Value> {
    let files = fs::read_dir(Path::new(GOLDEN)).unwrap().map(|entry| entry.unwrap().path());
    let events = files.map(|path| {
        let envelope: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        (envelope["event"]["type"].as_str().unwrap().to_owned(), envelope["event"]["data"].clone())
    });
    events.collect()
}

#[test]
fn every_event_is_decided() {
    let mut listed: Vec<&str> = LIST.iter().map(|kind| kind.name).collect();
    listed.sort_unstable();
    let events = vocabulary();
    let known: Vec<&str> = events.keys().map(String::as_str).collect();
    assert_eq!(listed, known, "decide in crates/feed/src/kinds.rs who hears of it");
}

#[test]
fn what_is_left_out_is_there_and_not_told() {
    let events = vocabulary();
    for kind in LIST {
        let fields = &events[kind.name];
        let raw = RawValue::from_string(fields.to_string()).unwrap();
        let told = data(kind.name, &raw);
        match kind.told {
            Told::Whole => assert_eq!(&Value::Object(told.unwrap()), fields, "{}", kind.name),
            Told::Never(_) => assert_eq!(told, None, "{}", kind.name),
            Told::Without(hidden) => {
                let told = told.unwrap();
                for name in hidden {
                    assert!(fields.get(name).is_some() && !told.contains_key(*name), "{} {name}", kind.name);
                }
                assert_eq!(told.len() + hidden.len(), fields.as_object().unwrap().len(), "{}", kind.name);
            }
        }
    }
}

#[test]
fn the_page_about_the_api_names_what_is_told_to_nobody() {
    let page = fs::read_to_string(API).unwrap();
    let (_, page) = page.split_once("\n## Events\n").expect("a section about events");
    let page = page.split("\n## ").next().unwrap();
    for kind in LIST {
        let named = page.contains(&format!("`{}`", kind.name));
        match kind.told {
            Told::Never(_) => assert!(named, "docs/API.md does not say that `{}` is told to nobody", kind.name),
            Told::Without(fields) => {
                assert!(named && fields.iter().all(|field| page.contains(&format!("`{field}`"))), "{}", kind.name);
            }
            Told::Whole => {}
        }
    }
}
