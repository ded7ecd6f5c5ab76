//! What it costs to check a text: our filter with everything it does, beside the bare automaton (daachorse, character-wise) over the same
//! lines and words, which finds only what is written as the list has it. In one thread, by turns; medians of ratios.
//!
//! `cargo run --release -p benches --bin text -- WORDS LINES`: a list of words and a file of texts, a line each.

use anyhow::{Context, Result};
use daachorse::CharwiseDoubleArrayAhoCorasick;
use moderation::text::{Filter, Scope, Scratch, read};
use std::{collections::HashSet, time::Instant};

const ROUNDS: usize = 7;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let words = arguments.next().map(std::fs::read_to_string).transpose().context("reading the words")?;
    let lines = arguments.next().map(std::fs::read_to_string).transpose().context("reading the lines")?;
    let (words, lines) = match (words, lines) {
        (Some(words), Some(lines)) => (words, lines),
        _ => {
            println!("no list and no texts were given: made ones are used, whose hits mean nothing");
            made()
        }
    };
    let lines: Vec<&str> = lines.lines().collect();
    for most in [10_000, 65_000] {
        let (entries, _) = read(&words);
        // Spread over the list, which may be sorted.
        let step = entries.len().div_ceil(most).max(1);
        let entries: Vec<_> = entries.into_iter().step_by(step).collect();
        let begun = Instant::now();
        let filter = Filter::new(&entries)?;
        let built = begun.elapsed();
        let distinct: HashSet<&str> =
            entries.iter().map(|entry| entry.word.as_str()).filter(|word| !word.is_empty()).collect();
        let bare = CharwiseDoubleArrayAhoCorasick::<u32>::new(distinct).map_err(|error| anyhow::anyhow!("{error}"))?;
        let mut scratch = Scratch::default();
        let (mut ratios, mut ours, mut hits) = (Vec::new(), Vec::new(), 0);
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let found: usize = lines.iter().map(|line| bare.find_overlapping_iter(line).count()).sum();
            let bare = begun.elapsed();
            std::hint::black_box(found);
            let begun = Instant::now();
            hits =
                lines.iter().filter(|line| !filter.check(line, Scope::Danmaku, &mut scratch).hits.is_empty()).count();
            let took = begun.elapsed();
            ratios.push(took.as_secs_f64() / bare.as_secs_f64());
            ours.push(lines.len() as f64 / took.as_secs_f64());
        }
        ratios.sort_by(f64::total_cmp);
        ours.sort_by(f64::total_cmp);
        println!(
            "{:>6} words: built in {} ms; {:.2} M texts/s; {:.1} x the time of the bare automaton (goal 3); {hits} of {} lines hit",
            entries.len(),
            built.as_millis(),
            ours[ROUNDS / 2] / 1e6,
            ratios[ROUNDS / 2],
            lines.len()
        );
    }
    Ok(())
}

/// Words and lines of common characters, the same every time.
fn made() -> (String, String) {
    let mut state = 7_u64;
    let mut next = |below: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32 % below
    };
    let mut texts = |count: usize, long: u32| {
        let mut text = String::new();
        for _ in 0..count {
            for _ in 0..2 + next(long) {
                text.push(char::from_u32(0x4e00 + next(3_000)).unwrap_or('一'));
            }
            text.push('\n');
        }
        text
    };
    (texts(65_000, 4), texts(50_000, 20))
}
