//! The metrics that the program writes, the table that explains them, the dashboard that shows them, the rules that ring.

use crate::{none, rust};
use std::{collections::BTreeSet, fs};
use xtask::root;

const DASHBOARD: &str = "deploy/grafana/kaibo.json";
const ALARMS: &str = "deploy/prometheus/kaibo.rules.yml";

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
fn what_is_shown_or_rings_exists() {
    for path in [DASHBOARD, ALARMS] {
        let text = fs::read_to_string(root().join(path)).expect("a file of deploy/");
        let asked = named(&text);
        assert!(asked.len() > 10, "{path} asks for metrics: {asked:?}");
        none(&format!("a metric in {path} is written by the program"), asked.difference(&written()).cloned().collect());
    }
}

/// Who is on duty at night looks there: what is lost must not be missing.
#[test]
fn everything_that_is_an_alarm_is_shown_and_rings() {
    let page = fs::read_to_string(root().join("docs/operations.md")).expect("the page");
    let alarms = page.lines().filter(|line| line.starts_with("| `") && line.contains("**Alarm**"));
    let alarms: BTreeSet<String> = alarms.flat_map(named).collect();
    assert!(alarms.len() > 5, "{alarms:?}");
    for path in [DASHBOARD, ALARMS] {
        let text = fs::read_to_string(root().join(path)).expect("a file of deploy/");
        none(&format!("what is an alarm is in {path}"), alarms.difference(&named(&text)).cloned().collect());
    }
}

/// The first increment of a counter that nobody saw at zero is no growth: it would not ring.
#[test]
fn counters_that_ring_begin_at_zero() {
    let rules = fs::read_to_string(root().join(ALARMS)).expect("the rules");
    let start = fs::read_to_string(root().join("crates/server/src/program.rs")).expect("the program's start");
    let (_, begun) = start.split_once("fn begin_at_zero()").expect("where they begin");
    let begun = named(begun.split("\n}\n").next().unwrap_or_default());
    let grow: BTreeSet<String> =
        rules.split("increase(").skip(1).flat_map(|rest| named(rest.split('[').next().unwrap_or_default())).collect();
    none("a counter that rings begins at zero", grow.difference(&begun).cloned().collect());
}
