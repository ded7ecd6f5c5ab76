//! Which crate may use which: downwards only, and domains never each other.

use crate::none;
use std::{collections::BTreeMap, fs};
use toml::Table;

/// The foundation, lowest first: each may use those before it.
const FOUNDATION: &[&str] = &["chinese", "events", "eventlog", "store", "app", "accounts", "audience", "collect"];
/// Each may use the foundation, and none of the others.
const DOMAINS: &[&str] =
    &["media", "room", "analytics", "feed", "moderation", "patrol", "privacy", "handbook", "standing"];

/// What a crate may use of ours; none for a crate that stands in no list.
fn allowed(name: &str) -> Option<Vec<&'static str>> {
    let all = || FOUNDATION.iter().chain(DOMAINS).copied();
    if let Some(rank) = FOUNDATION.iter().position(|other| *other == name) {
        return Some(FOUNDATION[..rank].to_vec());
    }
    if DOMAINS.contains(&name) {
        return Some(FOUNDATION.to_vec());
    }
    match name {
        "server" => Some(all().collect()),
        // It speaks to the public face alone, as viewers do.
        "sim" => Some(Vec::new()),
        "cli" => Some(all().chain(["server", "sim"]).collect()),
        _ => None,
    }
}

fn manifests() -> BTreeMap<String, Table> {
    let crates = fs::read_dir(xtask::root().join("crates")).expect("the crates");
    let folders = crates.map(|entry| entry.expect("a folder").path()).filter(|path| path.join("Cargo.toml").exists());
    folders
        .map(|path| {
            let text = fs::read_to_string(path.join("Cargo.toml")).expect("a manifest");
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, text.parse().expect("a manifest in TOML"))
        })
        .collect()
}

fn dependencies<'a>(manifest: &'a Table, kind: &str) -> impl Iterator<Item = (&'a str, &'a toml::Value)> {
    manifest
        .get(kind)
        .and_then(|table| table.as_table())
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value))
}

#[test]
fn crates_use_what_stands_below_them() {
    let manifests = manifests();
    let mut broken = Vec::new();
    for (name, manifest) in &manifests {
        let Some(allowed) = allowed(name) else {
            broken.push(format!("`{name}` stands in no list of xtask/tests/it/crates.rs"));
            continue;
        };
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (used, value) in dependencies(manifest, kind) {
                // For its own tests a crate may switch on its own `testing`.
                if used != name && manifests.contains_key(used) && !allowed.contains(&used) {
                    broken.push(format!("`{name}` uses `{used}` ({kind})"));
                }
                if kind != "dev-dependencies" && value.to_string().contains("\"testing\"") {
                    broken.push(format!("`{name}` switches on `testing` of `{used}` outside its tests"));
                }
            }
        }
    }
    none("a crate uses only crates below it; domains travel as events or through a trait that `server` wires", broken);
}

#[test]
fn a_crate_is_named_like_its_folder() {
    let named = |manifest: &Table| manifest["package"]["name"].as_str().map(str::to_owned);
    let other = manifests().into_iter().filter(|(folder, manifest)| named(manifest).as_ref() != Some(folder));
    none("folder name = crate name", other.map(|(folder, _)| folder).collect());
}

#[test]
fn a_crate_has_at_most_one_integration_test_binary() {
    let broken = manifests().into_iter().filter_map(|(name, manifest)| {
        let listed = manifest.get("test").and_then(|tests| tests.as_array()).map_or(0, Vec::len);
        let tests = fs::read_dir(xtask::root().join("crates").join(&name).join("tests")).into_iter().flatten();
        let binaries = tests.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| {
            path.extension().is_some_and(|extension| extension == "rs") || path.join("main.rs").exists()
        });
        let binaries: Vec<String> = binaries.map(|path| path.display().to_string()).collect();
        let good = listed == 0 && binaries.iter().all(|path| path.ends_with("/it"));
        (!good).then(|| format!("`{name}`: {}", binaries.join(", ")))
    });
    none("a crate's integration tests are one binary, `tests/it`", broken.collect());
}
