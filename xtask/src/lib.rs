//! The repository as text, for the tests that hold the rules of the house: its files, and which part of a file is the program.

use anyhow::{Context, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The repository's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// A text file of the repository.
pub struct File {
    /// From the repository's folder, with `/`.
    pub path: String,
    pub text: String,
}

impl File {
    /// `events` for `crates/events/src/lib.rs`.
    pub fn krate(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// The file's name without its folder.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Is it part of a crate's program, rather than of its tests, benches or build?
    pub fn is_program(&self) -> bool {
        let test = self.name() == "tests.rs" || self.name() == "testing.rs" || self.path.contains("/tests/");
        self.path.starts_with("crates/") && self.path.contains("/src/") && !test
    }

    /// Its lines with their numbers, without whole-line comments and without the test module that ends the file.
    pub fn program(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.test_module().unwrap_or(self.text.len());
        let lines = self.text[..end].lines().enumerate().map(|(at, line)| (at + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Where the test module begins.
    pub fn test_module(&self) -> Option<usize> {
        let starts = self.text.match_indices("#[cfg(test)]\n").map(|(at, _)| at);
        starts.into_iter().find(|at| {
            let item = self.text[*at..].lines().find(|line| !line.starts_with("#[")).unwrap_or_default();
            item.starts_with("mod ") && item.ends_with('{')
        })
    }
}

/// Every text file that is in git or would be added to it.
pub fn files() -> anyhow::Result<Vec<File>> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").current_dir(root()).args(list).output().context("running `git ls-files`")?;
    ensure!(output.status.success(), "`git ls-files`: {}", String::from_utf8_lossy(&output.stderr));
    let mut paths: Vec<String> = String::from_utf8(output.stdout)?.split('\0').map(str::to_owned).collect();
    paths.sort();
    paths.dedup();
    let read = |path: String| Some(File { text: fs::read_to_string(root().join(&path)).ok()?, path });
    Ok(paths.into_iter().filter(|path| !path.is_empty()).filter_map(read).collect())
}

/// Does `text` hold `word` with nothing before it that would make it another word?
pub fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word)
        .any(|(at, _)| !text[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_'))
}
