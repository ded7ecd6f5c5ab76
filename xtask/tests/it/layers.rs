//! Which words may stand in which files.

use crate::{none, rust};
use xtask::{File, has_word};

/// Files whose part of the program holds one of `words`.
fn using(words: &[&str], allowed: impl Fn(&File) -> bool) -> Vec<String> {
    let mut broken = Vec::new();
    for file in rust().iter().filter(|file| file.is_program() && !allowed(file)) {
        for (line, text) in file.program() {
            if words.iter().any(|word| has_word(text, word)) {
                broken.push(format!("{}:{line}: {}", file.path, text.trim()));
            }
        }
    }
    broken
}

#[test]
fn http_stays_in_files_that_say_so() {
    let http = |file: &File| {
        let named = file.name().starts_with("http") || file.path.contains("/http/");
        named || file.krate() == Some("server")
    };
    none("`axum` stands only in `http*.rs` and `http/`", using(&["axum::"], http));
}

#[test]
fn sql_stays_in_files_that_say_so() {
    let sql = |file: &File| {
        let named = file.name().starts_with("store") || file.name().starts_with("migrations");
        named || file.krate() == Some("store")
    };
    let words = ["sea_orm", "sqlx", "SELECT ", "INSERT INTO ", "DELETE FROM ", "CREATE TABLE "];
    none("SQL stands only in `store*.rs`, `migrations*.rs` and the crate `store`", using(&words, sql));
}

/// Where the program may stop on the spot: file, a part of the line, and why.
const MAY_PANIC: &[(&str, &str, &str)] = &[];

#[test]
fn the_program_answers_instead_of_panicking() {
    let words = [".unwrap()", ".expect(", "panic!", "todo!", "unimplemented!"];
    let mut unused: Vec<&(&str, &str, &str)> = MAY_PANIC.iter().collect();
    let mut broken = Vec::new();
    for file in rust().iter().filter(|file| file.is_program()) {
        // Suites that tests of several crates share, and what the fuzzers call, are tests.
        if matches!(file.name(), "conformance.rs" | "fuzz.rs") || file.path.contains("/src/fuzz/") {
            continue;
        }
        for (line, text) in file.program() {
            let hit =
                words.iter().any(|word| if word.starts_with('.') { text.contains(word) } else { has_word(text, word) });
            if !hit {
                continue;
            }
            match MAY_PANIC.iter().find(|(path, part, _)| file.path == *path && text.contains(part)) {
                Some(allowed) => unused.retain(|entry| *entry != allowed),
                None => broken.push(format!("{}:{line}: {}", file.path, text.trim())),
            }
        }
    }
    broken.extend(
        unused.into_iter().map(|(path, part, _)| format!("nothing needs the entry `{path}`, `{part}` any more")),
    );
    none("outside tests: a `Result`, or an entry in MAY_PANIC with its reason", broken);
}
