//! How good moderation is, not how fast: what was reached beside its goal, each share with its 95 % interval (Wilson), per kind and category.
//!
//! `cargo run --release -p benches --bin quality -- FOLDER`: the folder holds `evasions.jsonl` (`text`, `lexicon_words`, `expect_hit`, `kind`),
//! `cold/train.csv` (`topic`, `label`, `TEXT`), `lexicons/*.txt`, and beside it `broadcasts/*.danmaku.xml`. What is not there is said and
//! left out. Who reports falsely is found in a made population, which needs nothing.

use anyhow::{Context, Result};
use events::Millis;
use moderation::{
    Reliability,
    text::{Entry, Example, Filter, Model, Scope, Scratch, interval, pack, read},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
    time::Instant,
};

const FOLDS: usize = 5;
const ALL: &str = "all";

#[derive(Clone, Copy)]
enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

/// A share in percent with its interval, and what was wanted.
fn line(what: &str, of: &str, part: usize, all: usize, goal: Option<Goal>) {
    let [low, high] = interval(part, all).map(|bound| bound * 100.0);
    let share = part as f64 / all.max(1) as f64 * 100.0;
    let goal = goal.map(|goal| said(share, goal, " %")).unwrap_or_default();
    println!("{what:34} {of:28} {part:>6} of {all:<6} {share:6.2} % [{low:5.2}, {high:6.2}]  {goal}");
}

fn figure(what: &str, of: &str, value: f64, goal: Option<Goal>) {
    println!("{what:34} {of:28} {value:10.4}  {}", goal.map(|goal| said(value, goal, "")).unwrap_or_default());
}

fn said(value: f64, goal: Goal, unit: &str) -> String {
    let (sign, wanted, reached) = match goal {
        Goal::AtLeast(wanted) => (">=", wanted, value >= wanted),
        Goal::AtMost(wanted) => ("<=", wanted, value <= wanted),
    };
    format!("goal {sign} {wanted}{unit}: {}", if reached { "reached" } else { "MISSED" })
}

fn main() -> Result<()> {
    match std::env::args().nth(1).map(PathBuf::from) {
        Some(folder) => {
            evasions(&folder)?;
            ordinary(&folder)?;
            lists(&folder)?;
            classifier(&folder)?;
        }
        None => println!("no folder was given: only what needs no texts is measured"),
    }
    reporters();
    Ok(())
}

/// None, and a word about it, where a file is not there.
fn text(path: &Path) -> Result<Option<String>> {
    if !path.exists() {
        println!("`{}` is not there: left out", path.display());
        return Ok(None);
    }
    Ok(Some(std::fs::read_to_string(path).with_context(|| format!("reading `{}`", path.display()))?))
}

fn evasions(folder: &Path) -> Result<()> {
    let Some(rows) = text(&folder.join("evasions.jsonl"))? else { return Ok(()) };
    // Per kind: wanted and found, innocent and hit.
    let mut kinds: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    for row in rows.lines() {
        let row: serde_json::Value = serde_json::from_str(row)?;
        let words = row["lexicon_words"].as_array().context("words")?.iter().filter_map(|word| word.as_str());
        let (entries, _) = read(&words.collect::<Vec<_>>().join("\n"));
        let scope = if row["scene"] == "ad_copy" { Scope::Script } else { Scope::Danmaku };
        let filter = Filter::new(&entries)?;
        let checked = filter.check(row["text"].as_str().context("a text")?, scope, &mut Scratch::default());
        let (hit, at) = (!checked.hits.is_empty(), if row["expect_hit"] == true { 0 } else { 2 });
        for kind in [row["kind"].as_str().context("a kind")?, ALL] {
            let counts = kinds.entry(kind.to_owned()).or_default();
            counts[at] += 1;
            counts[at + 1] += usize::from(hit);
        }
    }
    for (at, what, goal) in [(0, "evasions found", Goal::AtLeast(95.0)), (2, "innocents hit", Goal::AtMost(4.0))] {
        for (kind, counts) in kinds.iter().filter(|(_, counts)| counts[at] > 0) {
            line(what, kind, counts[at + 1], counts[at], (kind == ALL).then_some(goal));
        }
    }
    Ok(())
}

/// Real danmaku, whose viewers broke no rule that anybody knows of.
fn danmaku(folder: &Path) -> Result<Vec<String>> {
    let mut all = Vec::new();
    let Ok(files) = std::fs::read_dir(folder.join("../broadcasts")) else { return Ok(all) };
    for file in files {
        let path = file?.path();
        if !path.to_string_lossy().ends_with(".danmaku.xml") {
            continue;
        }
        let text = text(&path)?.unwrap_or_default();
        let rows = text.split("<d p=").skip(1);
        let texts = rows.filter_map(|row| row.split_once('>')?.1.split_once("</d>").map(|row| row.0.to_owned()));
        all.extend(texts);
    }
    Ok(all)
}

/// How many lines are hit, altogether and per category.
fn hit(filter: &Filter, lines: &[impl AsRef<str>], scope: Scope) -> BTreeMap<String, usize> {
    let mut scratch = Scratch::default();
    let mut counts = BTreeMap::from([(ALL.to_owned(), 0)]);
    for line in lines {
        let checked = filter.check(line.as_ref(), scope, &mut scratch);
        let mut of: HashSet<&str> = checked.hits.iter().map(|hit| &*hit.category).collect();
        if !of.is_empty() {
            of.insert(ALL);
        }
        of.into_iter().for_each(|category| *counts.entry(category.to_owned()).or_default() += 1);
    }
    counts
}

fn ordinary(folder: &Path) -> Result<()> {
    let lines = danmaku(folder)?;
    if lines.is_empty() {
        println!("no recorded danmaku are there: what the pack does to them is left out");
        return Ok(());
    }
    let pack = Filter::new(&pack())?;
    for (what, scope, goal) in [
        ("pack hits ordinary danmaku", Scope::Danmaku, Some(Goal::AtMost(0.5))),
        ("the same said by a seller", Scope::Script, None),
    ] {
        for (category, count) in hit(&pack, &lines, scope) {
            line(what, &category, count, lines.len(), goal.filter(|_| category == ALL));
        }
    }
    Ok(())
}

/// Lists of others, as they come: how much of what is ordinary they would hit, and how long a new filter takes.
fn lists(folder: &Path) -> Result<()> {
    let lines = danmaku(folder)?;
    let Ok(files) = std::fs::read_dir(folder.join("lexicons")) else { return Ok(()) };
    let mut paths = files.map(|file| Ok(file?.path())).collect::<Result<Vec<PathBuf>>>()?;
    paths.sort();
    for path in paths {
        let (entries, bad): (Vec<Entry>, _) = read(&text(&path)?.unwrap_or_default());
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut made = Vec::new();
        for _ in 0..5 {
            let begun = Instant::now();
            std::hint::black_box(Filter::new(&entries)?);
            made.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
        made.sort_by(f64::total_cmp);
        let (filter, took) = (Filter::new(&entries)?, made[made.len() / 2]);
        if !lines.is_empty() {
            let count = hit(&filter, &lines, Scope::Danmaku).remove(ALL).unwrap_or(0);
            line("a public list hits danmaku", &name, count, lines.len(), None);
        }
        let size = format!("{name}, {} words, {} left out", entries.len(), bad.len());
        figure("ms to make its filter", &size, took, (entries.len() > 60_000).then_some(Goal::AtMost(300.0)));
    }
    Ok(())
}

struct Judged {
    topic: String,
    example: Example,
}

/// Learned from four fifths, measured on the rest, by turns; equal texts are all on one side.
fn classifier(folder: &Path) -> Result<()> {
    let Some(table) = text(&folder.join("cold/train.csv"))? else { return Ok(()) };
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(table.as_bytes());
    let header = rows.headers()?.clone();
    let column = |name: &str| header.iter().position(|column| column == name).with_context(|| format!("no `{name}`"));
    let (topic, label, said) = (column("topic")?, column("label")?, column("TEXT")?);
    let (mut judged, mut seen) = (Vec::new(), HashSet::new());
    for row in rows.records() {
        let row = row?;
        let text = row.get(said).unwrap_or_default().to_owned();
        if seen.insert(text.clone()) {
            let topic = row.get(topic).unwrap_or_default().to_owned();
            judged.push(Judged { topic, example: Example { text, bad: row.get(label) == Some("1") } });
        }
    }
    // As they stand they are sorted by nothing, but who knows.
    let mut random = StdRng::seed_from_u64(5);
    for at in (1..judged.len()).rev() {
        judged.swap(at, random.random_range(0..=at));
    }
    // Per topic: hit, falsely hit, missed, passed.
    let mut topics: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    let (mut errors, mut surest, mut took, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let short = danmaku(folder)?;
    for fold in 0..FOLDS {
        let part = |own: bool| judged.iter().enumerate().filter(move |(at, _)| (at % FOLDS == fold) == own);
        let teach: Vec<Example> = part(false).map(|(_, one)| one.example.clone()).collect();
        let model = Model::train(&teach)?;
        let test: Vec<&Judged> = part(true).map(|(_, one)| one).collect();
        let likely: Vec<f32> = test.iter().map(|one| model.probability(&one.example.text)).collect();
        let begun = Instant::now();
        short.iter().for_each(|text| {
            std::hint::black_box(model.probability(text));
        });
        took.push(begun.elapsed().as_secs_f64() * 1e6 / short.len().max(1) as f64);
        for (one, p) in test.iter().zip(&likely) {
            let at = match (*p >= 0.5, one.example.bad) {
                (true, true) => 0,
                (true, false) => 1,
                (false, true) => 2,
                (false, false) => 3,
            };
            for topic in [one.topic.as_str(), ALL] {
                topics.entry(topic.to_owned()).or_default()[at] += 1;
            }
        }
        let examples: Vec<Example> = test.iter().map(|one| one.example.clone()).collect();
        let quality = model.quality(&examples, 0.5);
        errors.push(quality.calibration_error);
        surest.push(quality.coverage_at_92);
        bytes = model.to_bytes().len();
    }
    for (topic, [hit, false_hit, missed, passed]) in &topics {
        let all = hit + false_hit + missed + passed;
        let goal = (topic == ALL).then_some(Goal::AtLeast(80.5));
        line("classifier, accuracy", topic, hit + passed, all, goal);
        line("classifier, precision", topic, *hit, hit + false_hit, None);
        line("classifier, recall", topic, *hit, hit + missed, None);
        line("classifier, false positives", topic, *false_hit, false_hit + passed, None);
    }
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len().max(1) as f64;
    let least = surest.iter().copied().fold(f64::INFINITY, f64::min);
    figure("calibration error", "mean of the folds", mean(&errors), Some(Goal::AtMost(0.03)));
    figure("share decided 92 % right", "least of the folds", least, Some(Goal::AtLeast(0.45)));
    figure("bytes of a model", "", bytes as f64, Some(Goal::AtMost((1_u32 << 20).into())));
    if !short.is_empty() {
        took.sort_by(f64::total_cmp);
        figure("us for a danmaku", "median of the folds", took[FOLDS / 2], Some(Goal::AtMost(1.0)));
    }
    println!(
        "these are texts drawn like those it learned from; a test that was judged by others is harder by about ten points"
    );
    Ok(())
}

/// Honest viewers are right more often than not, some hardly more; whoever reports falsely is right once in five times at most.
fn reporters() {
    let mut random = StdRng::seed_from_u64(7);
    let now = Millis(1_790_000_000_000);
    let (honest, false_ones) = (72_000, 8_000);
    let mut found = [[0_usize; 2]; 2];
    let mut often = [0_usize; 2];
    for at in 0..honest + false_ones {
        let is_false = at >= honest;
        let right = if is_false { random.random_range(0.02..0.2) } else { 0.4 + 0.55 * random.random::<f64>().sqrt() };
        // Most report now and then, few all the time.
        let reports = (3.0 * (1.0 - random.random::<f64>()).powf(-0.8)).min(300.0) as u32;
        let mut reliability = Reliability::default();
        for _ in 0..reports {
            let then = Millis(now.0 - random.random_range(0..180 * 86_400_000));
            reliability.add(random.random_bool(right), then, now);
        }
        let flagged = reliability.is_distrusted();
        found[usize::from(is_false)][usize::from(flagged)] += 1;
        if is_false && reports >= 20 {
            often[usize::from(flagged)] += 1;
        }
    }
    let [[_, wronged], [_, caught]] = found;
    line("who is distrusted reports falsely", "made population", caught, caught + wronged, Some(Goal::AtLeast(87.0)));
    line("false reporters found", "20 reports and more", often[1], often[0] + often[1], Some(Goal::AtLeast(80.0)));
    line("false reporters found", "all, also after one report", caught, false_ones, None);
    line("honest viewers distrusted", "made population", wronged, honest, Some(Goal::AtMost(0.033)));
}
