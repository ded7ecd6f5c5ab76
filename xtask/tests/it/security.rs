//! The answers to OWASP ASVS in docs/security.md: what shows them is there.

use crate::{none, rust};
use std::fs;
use xtask::root;

const PAGE: &str = "docs/security.md";

/// Requirements, and what is named beside them between backticks.
fn shown(page: &str) -> Vec<(String, String)> {
    let (_, section) = page.split_once("\n## OWASP ASVS").expect("the list");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.trim_end_matches('|').split(" | ").map(str::trim).collect();
        let number = cells.first().filter(|cell| cell.starts_with(|it: char| it.is_ascii_digit()))?;
        Some((number.to_string(), cells.get(2).copied().unwrap_or_default()))
    });
    let named = |(number, by): (String, &str)| {
        let names: Vec<String> = by.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        names.into_iter().map(move |name| (number.clone(), name))
    };
    rows.flat_map(named).collect()
}

#[test]
fn what_shows_an_answer_exists() {
    let shown = shown(&fs::read_to_string(root().join(PAGE)).expect("the page"));
    assert!(shown.len() > 40, "{}", shown.len());
    let sources = rust();
    let is_test = |name: &str| {
        let head = format!("fn {name}(");
        sources.iter().any(|file| {
            let mut before = "";
            file.text.lines().any(|line| {
                let found = line.contains(&head) && before.trim_start().starts_with("#[");
                before = line;
                found
            })
        })
    };
    let is_there = |name: &str| if name.contains('/') { root().join(name).is_file() } else { is_test(name) };
    let gone = shown.iter().filter(|(_, name)| !is_there(name)).map(|(number, name)| format!("{number}: {name}"));
    none("a test or file that docs/security.md names is there", gone.collect());
}

#[test]
fn names_are_read_from_the_third_column() {
    let page = "\n## OWASP ASVS\n\n| | | shown by |\n|---|---|---|\n| 2.1 | `POST /x` | a `one`, `two` |\n| 2.2 | no | |\n## More\n| 2.3 | | `c` |";
    let read: Vec<String> = shown(page).into_iter().map(|(number, name)| format!("{number} {name}")).collect();
    assert_eq!(read, ["2.1 one", "2.1 two"]);
}
