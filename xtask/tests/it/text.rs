//! How files read, and what they keep to themselves.

use crate::{none, rust};
use xtask::File;

const LONGEST: usize = 600;

fn ours(file: &File) -> bool {
    ["crates/", "benches/", "xtask/"].iter().any(|folder| file.path.starts_with(folder))
}

#[test]
fn a_file_begins_with_what_it_owns() {
    let silent = rust().into_iter().filter(|file| ours(file) && !file.text.starts_with("//!"));
    none("the first line says what the file owns: `//! ...`", silent.map(|file| file.path).collect());
}

#[test]
fn a_file_that_wants_headings_is_two_files() {
    let lines = |file: &File| file.text.lines().count();
    let long = rust().into_iter().filter(|file| file.path.contains("/src/") && lines(file) > LONGEST);
    let long = long.map(|file| format!("{}: {} lines", file.path, lines(&file)));
    none("a file has at most 600 lines", long.collect());
}

#[test]
fn tests_stand_last() {
    let broken = rust().into_iter().filter(|file| {
        let Some(begin) = file.test_module() else { return false };
        let module = &file.text[begin..];
        module.find("\n}\n").is_some_and(|end| !module[end + 3..].trim().is_empty())
    });
    none("nothing stands behind a file's test module", broken.map(|file| file.path).collect());
}

#[test]
fn nothing_is_left_for_later_in_a_comment() {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];
    let mut broken = Vec::new();
    for file in rust().iter().filter(|file| ours(file)) {
        for (line, text) in file.text.lines().enumerate() {
            if marks.iter().any(|mark| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == *mark)) {
                broken.push(format!("{}:{}: {}", file.path, line + 1, text.trim()));
            }
        }
    }
    none("do it, or open an issue", broken);
}

/// Every machine has its own registries and folders.
#[test]
fn files_name_no_registry_and_no_machine() {
    let names = [
        concat!("crates", ".io"),
        concat!("npm", "js"),
        concat!("pypi", ".org"),
        concat!("static.", "rust-lang"),
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
    ];
    let mut broken = Vec::new();
    for file in xtask::files().expect("the repository's files") {
        for (line, text) in file.text.lines().enumerate() {
            // Cargo writes this address whatever registry it really asks.
            let cargo = file.name() == "Cargo.lock" && text.starts_with("source = \"registry+https://github.com/");
            if !cargo && names.iter().any(|name| text.contains(name)) {
                let text: String = text.trim().chars().take(120).collect();
                broken.push(format!("{}:{}: {text}", file.path, line + 1));
            }
        }
        if file.name() == "package-lock.json" && file.text.contains("\"resolved\"") {
            broken.push(format!("{}: holds `resolved` addresses", file.path));
        }
    }
    none("registries and paths belong to the machine's settings", broken);
}
