//! How well pictures of the violation library are found again after people changed them, how often others are taken for them, and what a
//! scan of a million prints costs. Each share with its 95 % interval (Wilson) beside its goal.
//!
//! `cargo run --release -p benches --bin pictures -- FILE...`: drawn scenes, and then a frame a second of each video or picture named, the even
//! ones known, the odd ones foreign. Frames of one scene are alike, and are found for each other: give pictures that have nothing in common.

mod scene;

use anyhow::{Context, Result, ensure};
use moderation::text::interval;
use patrol::{
    hash::{Grey, Print, SIDE},
    library::{ALIKE, Library, PatrolLevel, Sample},
};
use scene::{HIGH, Picture, WIDE};
use std::{process::Command, time::Instant};

/// Changed in each way; a library holds more, and the foreign ones are compared with all of them.
const CHANGED: usize = 300;
const KNOWN: usize = 4_000;
const FOREIGN: usize = 2_000;
const SCANNED: usize = 1_000_000;

fn grey(picture: &Picture) -> Grey {
    Grey::new(picture.resized(SIDE, SIDE).bytes()).unwrap_or_else(|| unreachable!("it has that size"))
}

fn library(greys: &[Grey]) -> Library {
    let sample = |grey: &Grey| Sample {
        id: uuid::Uuid::now_v7(),
        org: Default::default(),
        team: None,
        name: String::new(),
        category: String::new(),
        level: PatrolLevel::Alarm,
        source: String::new(),
        prints: grey.prints(),
        enabled: true,
        added_by: String::new(),
        added_at: Default::default(),
    };
    Library::new(greys.iter().map(sample))
}

fn line(what: &str, part: usize, all: usize, goal: Option<(bool, f64)>) {
    let [low, high] = interval(part, all);
    let share = part as f64 / all.max(1) as f64;
    let goal = goal.map_or(String::new(), |(least, goal)| {
        let reached = if least { share >= goal } else { share <= goal };
        format!("goal {} {goal}: {}", if least { ">=" } else { "<=" }, if reached { "reached" } else { "MISSED" })
    });
    println!("{what:28} {part:>5} of {all:<5} {share:6.3} [{low:6.4}, {high:6.4}]  {goal}");
}

type Change = fn(&Picture, u64) -> Picture;

/// What is done to them, and how many of them should be found.
const CHANGES: [(&str, Change, Option<f64>); 11] = [
    ("JPEG, quality 10", |picture, _| picture.clone().jpeg(10), Some(0.97)),
    ("a third of the size", |picture, _| picture.resized(WIDE / 3, HIGH / 3).resized(WIDE, HIGH), Some(0.99)),
    ("brighter by 40", |picture, _| picture.lit(1.0, 40.0), Some(0.99)),
    ("darker, 0.6 of it", |picture, _| picture.lit(0.6, 0.0), Some(0.99)),
    ("an offer over it", |picture, _| picture.clone().plated(), Some(0.97)),
    ("8 lines of danmaku over it", |picture, seed| picture.clone().written(seed, 8, 24), Some(0.97)),
    ("3 % cut off each side", |picture, _| picture.cropped(0.03), Some(0.97)),
    ("8 % cut off each side", |picture, _| picture.cropped(0.08), None),
    ("mirrored", |picture, _| picture.mirrored(), Some(0.99)),
    ("mirrored, 5 % cut off", |picture, _| picture.mirrored().cropped(0.05), None),
    ("small, noisy, compressed", |picture, seed| small(picture, seed), Some(0.97)),
];

fn small(picture: &Picture, seed: u64) -> Picture {
    picture.resized(WIDE / 2, HIGH / 2).grained(seed, 12.0).resized(WIDE, HIGH).jpeg(15)
}

/// `known` are in the library, `some` of them are changed.
fn measure(some: &[Picture], known: &[Grey], foreign: &[Grey]) {
    let library_of = |grey: &Grey| library(std::slice::from_ref(grey));
    let own: Vec<Library> = known.iter().take(some.len()).map(library_of).collect();
    for (what, change, goal) in CHANGES {
        let is_found = |(nth, picture): &(usize, &Picture)| {
            let print = grey(&change(picture, *nth as u64)).print();
            own[*nth].nearest(print).is_some_and(|away| away <= ALIKE)
        };
        let found = some.iter().enumerate().filter(is_found).count();
        line(what, found, some.len(), goal.map(|goal| (true, goal)));
    }
    let all = library(known);
    let hit = |grey: &&Grey| all.nearest(grey.print()).is_some_and(|away| away <= ALIKE);
    let taken = foreign.iter().filter(hit).count();
    line(&format!("foreign, {} samples", known.len()), taken, foreign.len(), Some((false, 0.01)));
}

/// Frames of a file, one a second, grey.
fn frames(file: &str) -> Result<Vec<Picture>> {
    let scale = format!("fps=1,scale={WIDE}:{HIGH}:flags=area,format=gray");
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-i", file])
        .args(["-vf", &scale, "-f", "rawvideo", "pipe:1"])
        .output()
        .context("ffmpeg cannot be started")?;
    ensure!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(output.stdout.chunks_exact(WIDE * HIGH).filter_map(Picture::of).collect())
}

fn main() -> Result<()> {
    println!("drawn scenes, alike up to {ALIKE} bits:");
    let some: Vec<Picture> = (0..CHANGED as u64).map(Picture::scene).collect();
    let greys: Vec<Grey> = (0..(KNOWN + FOREIGN) as u64).map(|seed| grey(&Picture::scene(seed))).collect();
    measure(&some, &greys[..KNOWN], &greys[KNOWN..]);

    let mut own = Vec::new();
    for file in std::env::args().skip(1) {
        own.extend(frames(&file)?);
    }
    if !own.is_empty() {
        println!("{} pictures of the files:", own.len());
        let every = |from: usize| own.iter().skip(from).step_by(2);
        let (known, foreign): (Vec<Grey>, Vec<Grey>) = (every(0).map(grey).collect(), every(1).map(grey).collect());
        measure(&every(0).cloned().collect::<Vec<_>>(), &known, &foreign);
    }

    let variants = greys[0].prints().len();
    let large: Vec<Grey> = greys.iter().cycle().take(SCANNED / variants).cloned().collect();
    let large = library(&large);
    let mut took: Vec<f64> = (0..21)
        .map(|n| {
            let began = Instant::now();
            std::hint::black_box(large.nearest(Print { differences: n, cosines: !n }));
            began.elapsed().as_secs_f64()
        })
        .collect();
    took.sort_by(f64::total_cmp);
    // What it runs along is read once: a copy of the same bytes is the limit.
    let bytes = vec![1_u8; SCANNED * (size_of::<Print>() + 8)];
    let mut copied: Vec<f64> = (0..21)
        .map(|_| {
            let began = Instant::now();
            std::hint::black_box(bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>());
            began.elapsed().as_secs_f64()
        })
        .collect();
    copied.sort_by(f64::total_cmp);
    println!(
        "a scan of {SCANNED} prints: {:.1} x the time of summing as many bytes; {:.2} ms",
        took[10] / copied[10],
        took[10] * 1e3
    );
    Ok(())
}
