//! The rules of the house, as tests over the repository's text.

mod crates;
mod deploy;
mod docs;
mod layers;
mod lists;
mod metrics;
mod security;
mod text;

use xtask::File;

/// Every Rust file.
fn rust() -> Vec<File> {
    let files = xtask::files().expect("the repository's files");
    files.into_iter().filter(|file| file.path.ends_with(".rs")).collect()
}

/// Fails with every place that breaks a rule.
#[track_caller]
fn none(rule: &str, broken: Vec<String>) {
    assert!(broken.is_empty(), "{rule}\n  {}\n", broken.join("\n  "));
}
