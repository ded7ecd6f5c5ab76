//! The samples' file, and the judgement at the end.

use crate::{
    Flags,
    measure::{Slope, quantile, slope},
    shared::Shared,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs::File, io::Write};

/// A playlist that stands still for longer than this while its encoder pushes is a failure, seconds. A restart of an encoder
/// and the longest segment are within it.
const STILL_S: f64 = 20.0;
/// A clip of a minute is ready within this, seconds.
const CLIP_S: f64 = 5.0;

pub struct Report {
    flags: Flags,
    file: File,
    rss: Vec<(f64, f64)>,
    anonymous: Vec<(f64, f64)>,
    files: Vec<(f64, f64)>,
    disk: BTreeMap<String, Vec<(f64, f64)>>,
    still: f64,
    stills: u64,
    errors: u64,
    failures: Vec<String>,
}

impl Report {
    pub fn new(flags: &Flags) -> Self {
        let file = File::create(&flags.out).expect("a file for the samples");
        let series = Vec::new;
        Self {
            flags: flags.clone(),
            file,
            rss: series(),
            anonymous: series(),
            files: series(),
            disk: BTreeMap::new(),
            still: 0.0,
            stills: 0,
            errors: 0,
            failures: Vec::new(),
        }
    }

    pub fn add(&mut self, sample: &Value) {
        // A full disk must not end the soak.
        let _ = writeln!(self.file, "{sample}");
        let hours = number(&sample["elapsed_s"]) / 3600.0;
        self.rss.push((hours, number(&sample["rss_mb"])));
        self.anonymous.push((hours, number(&sample["anonymous_mb"])));
        self.files.push((hours, number(&sample["open_files"])));
        for (part, size) in sample["disk_mb"].as_object().into_iter().flatten() {
            self.disk.entry(part.clone()).or_default().push((hours, number(size)));
        }
        let still = sample["still_s"].as_object().into_iter().flatten().map(|(_, value)| number(value));
        let still = still.fold(0.0, f64::max);
        self.still = self.still.max(still);
        self.stills += u64::from(still > STILL_S);
        self.errors = sample["log_errors"].as_u64().unwrap_or(0);
        let disk: f64 = sample["disk_mb"].as_object().into_iter().flatten().map(|(_, size)| number(size)).sum();
        println!(
            "{:6.2} h  memory {:6.1} MB  files {:4}  disk {disk:8.1} MB  pushing {:2}  still {still:4.1} s  errors {}",
            hours,
            number(&sample["rss_mb"]),
            sample["open_files"],
            sample["pushing"],
            self.errors
        );
    }

    pub fn fail(&mut self, why: String) {
        self.failures.push(why);
    }

    /// Prints and writes the end; whether the soak passed.
    pub fn finish(mut self, about: &Value, shared: &Shared) -> bool {
        println!("\nover the last three quarters, with 95 % confidence:");
        let memory = later(&self.rss);
        let (rss, anonymous, files) = (slope(memory), slope(later(&self.anonymous)), slope(later(&self.files)));
        for (name, slope, unit) in [
            ("memory (RSS)", &rss, "MB/h"),
            ("memory no file backs", &anonymous, "MB/h"),
            ("open files", &files, "per h"),
        ] {
            println!("  {name:22} {}", told(slope, unit));
        }
        let limit = self.flags.growth_mb_h;
        match rss {
            None => self.failures.push("too few samples to say whether the memory is flat".to_owned()),
            Some(rise) if rise.per_hour > limit && rise.low > 0.0 => {
                self.failures
                    .push(format!("the memory grows: {} (flat: below {limit} MB/h, or 0 within)", told(&rss, "MB/h")));
            }
            Some(_) => println!("  memory is flat (below {limit} MB/h, or 0 within the interval)"),
        }
        println!("disk, MB:");
        for (part, sizes) in &self.disk {
            let most = sizes.iter().map(|size| size.1).fold(0.0, f64::max);
            println!(
                "  {part:22} most {most:9.1}, at the end {:9.1}, {}",
                last(sizes),
                told(&slope(later(sizes)), "MB/h")
            );
        }
        self.judge_disk();
        println!(
            "playlists: longest stand-still of a pushed room {:.1} s, {} samples above {STILL_S} s",
            self.still, self.stills
        );
        if self.stills > 0 {
            self.failures.push(format!("a pushed room's playlist stood still for {:.1} s", self.still));
        }
        self.judge_clips(shared);
        println!("errors in the server's log: {}", self.errors);
        if self.errors > 0 {
            self.failures.push(format!("{} errors in the server's log", self.errors));
        }
        println!("{}", serde_json::to_string_pretty(about).unwrap_or_default());
        let passed = self.failures.is_empty();
        let _ = writeln!(self.file, "{}", json!({ "end": about, "passed": passed, "failures": self.failures }));
        for failure in &self.failures {
            println!("FAILED: {failure}");
        }
        println!("{}", if passed { "PASSED" } else { "FAILED" });
        passed
    }

    fn judge_disk(&mut self) {
        let Some(keep) = self.flags.keep_mb else {
            println!("  (no --keep-mb: the disk is not judged)");
            return;
        };
        let part = &self.flags.keep_in;
        let most = self.disk.get(part).into_iter().flatten().map(|size| size.1).fold(0.0, f64::max);
        println!("  rule for {part}: {keep} MB; most {most:.1} MB");
        if most > keep * 1.25 {
            self.failures.push(format!("{part} held {most:.1} MB, the rule allows {keep} MB"));
        } else if most < keep * 0.75 {
            self.failures.push(format!("{part} never came near the rule of {keep} MB: nothing was proven"));
        }
    }

    fn judge_clips(&mut self, shared: &Shared) {
        let counts = shared.clips();
        let counted = |begin: &'static str| {
            let kinds = counts.as_object().into_iter().flatten().filter(move |(kind, _)| kind.starts_with(begin));
            kinds.map(|(_, count)| count.as_u64().unwrap_or(0)).sum::<u64>()
        };
        if counted("failed: 5") > 0 {
            self.failures.push(format!("clips met errors of the server: {counts}"));
        }
        let times = shared.clip_times();
        if times.is_empty() {
            self.failures.push("no clip was made".to_owned());
            return;
        }
        // Some are refused for good reason: the wanted minute has a hole where the encoder was away.
        let (refused, made) = (counted("failed: 4"), counted("made"));
        if refused > made {
            self.failures.push(format!("most clips were refused: {counts}"));
        }
        let (p95, most) = (quantile(&times, 0.95), quantile(&times, 1.0));
        println!(
            "clips: {} made; ready in p50 {:.2} s, p95 {p95:.2} s, most {most:.2} s",
            times.len(),
            quantile(&times, 0.5)
        );
        if p95 > CLIP_S {
            self.failures.push(format!("clips need {p95:.2} s (p95)"));
        }
    }
}

fn later(points: &[(f64, f64)]) -> &[(f64, f64)] {
    points.get(points.len() / 4..).unwrap_or_default()
}

fn last(points: &[(f64, f64)]) -> f64 {
    points.last().map_or(0.0, |point| point.1)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(0.0)
}

fn told(slope: &Option<Slope>, unit: &str) -> String {
    slope.map_or_else(
        || "too few samples".to_owned(),
        |slope| format!("{:+.2} {unit} [{:+.2}, {:+.2}]", slope.per_hour, slope.low, slope.high),
    )
}
