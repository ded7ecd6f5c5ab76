//! The metrics that the program writes, the table that explains them, and the dashboard that shows them.

use crate::{none, rust};
use std::{collections::BTreeSet, fs};
use xtask::root;

const DASHBOARD: &str = "deploy/grafana/kaibo.json";

/// What stands in `counter!("...")` and its kin.
fn written() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in rust().iter().filter(|file| file.is_program()) {
        let program = file.program().map(|(_, line)| line.trim()).collect::<Vec<_>>().join("");
        for part in ["counter!(", "gauge!(", "histogram!("].iter().flat_map(|macro_| program.split(macro_).skip(1)) {
            let name = part.strip_prefix('"').and_then(|part| part.split('"').next());
            assert!(name.is_some(), "{}: a metric's name stands in its macro: `{part:.40}`", file.path);
            names.extend(name.map(str::to_owned));
        }
    }
    names
}

fn ours(word: &str) -> bool {
    ["kaibo_", "eventlog_"].iter().any(|prefix| word.starts_with(prefix))
}

/// Words of a text that look like names of metrics.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    words.filter(|word| ours(word)).map(str::to_owned).collect()
}

#[test]
fn every_metric_is_explained_and_every_explained_one_is_there() {
    let page = fs::read_to_string(root().join("docs/operations.md")).expect("the page");
    let (_, section) = page.split_once("\n## Metrics of the program").expect("its section on metrics");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let explained: BTreeSet<String> = rows.flat_map(named).collect();
    let written = written();
    none("a metric has its line in docs/operations.md", written.difference(&explained).cloned().collect());
    none("a metric in docs/operations.md is written by the program", explained.difference(&written).cloned().collect());
}

#[test]
fn the_dashboard_shows_metrics_that_exist() {
    let dashboard = fs::read_to_string(root().join(DASHBOARD)).expect("the dashboard");
    let shown = named(&dashboard);
    assert!(shown.len() > 30, "the dashboard asks for metrics: {shown:?}");
    none("a metric on the dashboard is written by the program", shown.difference(&written()).cloned().collect());
}

/// Who is on duty at night looks there: what is lost must not be missing.
#[test]
fn the_dashboard_shows_everything_that_is_an_alarm() {
    let page = fs::read_to_string(root().join("docs/operations.md")).expect("the page");
    let dashboard = fs::read_to_string(root().join(DASHBOARD)).expect("the dashboard");
    let alarms = page.lines().filter(|line| line.starts_with("| `") && line.contains("**Alarm**"));
    let alarms: BTreeSet<String> = alarms.flat_map(named).collect();
    assert!(alarms.len() > 5, "{alarms:?}");
    none("what is an alarm is on the dashboard", alarms.difference(&named(&dashboard)).cloned().collect());
}
