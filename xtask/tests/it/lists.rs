//! Lists that must say the same in several places.

use crate::{none, rust};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

fn read(path: &str) -> String {
    fs::read_to_string(xtask::root().join(path)).unwrap_or_else(|error| panic!("`{path}`: {error}"))
}

#[test]
fn every_list_of_kinds_has_its_conformance_test() {
    let files = rust();
    let lists = files.iter().filter(|file| file.is_program() && file.text.contains("pub const LIST:"));
    let lists: BTreeSet<&str> = lists.filter_map(|file| file.krate()).collect();
    assert!(lists.contains("analytics"), "the list of metrics is where it was");
    let tested = |name: &&str| {
        let path = format!("crates/{name}/tests/it/conformance.rs");
        files.iter().any(|file| file.path == path && file.text.contains("LIST"))
    };
    let broken = lists.into_iter().filter(|name| !tested(name));
    none("a `LIST` has `tests/it/conformance.rs`", broken.map(str::to_owned).collect());
}

#[test]
fn every_fuzz_target_is_built_and_run() {
    let entries = fs::read_dir(xtask::root().join("fuzz/fuzz_targets")).expect("the fuzz targets");
    let paths = entries.map(|entry| entry.expect("a file").path());
    let targets: BTreeSet<String> =
        paths.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect();

    let manifest: toml::Table = read("fuzz/Cargo.toml").parse().expect("a manifest in TOML");
    let bins = manifest["bin"].as_array().expect("`[[bin]]`").iter();
    let built: BTreeSet<String> = bins.filter_map(|bin| bin["name"].as_str().map(str::to_owned)).collect();
    assert_eq!(built, targets, "fuzz/Cargo.toml and fuzz/fuzz_targets");

    let makefile = read("Makefile");
    let (_, recipe) = makefile.split_once("\nfuzz:").expect("`fuzz:` in the Makefile");
    let (_, rest) = recipe.split_once("for target in ").expect("the loop over the targets");
    let (names, _) = rest.split_once(';').expect("the loop's end");
    let run: BTreeSet<String> = names.split_whitespace().map(str::to_owned).collect();
    assert_eq!(run, targets, "the Makefile and fuzz/fuzz_targets");
}

/// The description keeps one schema a name: of two, one would silently stand for the other.
#[test]
fn every_schema_has_a_name_of_its_own() {
    let files = rust();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut broken = Vec::new();
    for file in files.iter().filter(|file| file.is_program()) {
        let mut described = false;
        for (_, line) in file.program() {
            let line = line.trim();
            if line.starts_with("#[derive(") {
                described = line.contains("ToSchema");
            } else if let Some(name) = described.then(|| type_name(line)).flatten() {
                described = false;
                if let Some(other) = seen.insert(name.to_owned(), &file.path) {
                    broken.push(format!("`{name}` in {} and {other}", file.path));
                }
            }
        }
    }
    none("a schema's name stands once in the API's description", broken);
}

fn type_name(line: &str) -> Option<&str> {
    let (_, name) = line.split_once("struct ").or_else(|| line.split_once("enum "))?;
    name.split(|letter: char| !letter.is_alphanumeric()).next()
}
