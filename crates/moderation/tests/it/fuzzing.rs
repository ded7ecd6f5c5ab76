//! A short walk of the fuzzers from inputs that mean something; `KAIBO_FUZZ_ROUNDS` asks for a longer one, `tools/fuzz.sh` for the real.

use moderation::{
    fuzz,
    text::{Example, Model},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// What means something to one of the readers.
const TELLING: [&str; 12] =
    ["\t", "\n", "\r", "#", ",", "，", "\u{feff}", "\u{202e}", "block", "exact,copy", "0\t", "木马"];

fn walk(seeds: &[&[u8]], rounds: usize, check: impl Fn(&[u8])) {
    let rounds = std::env::var("KAIBO_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(rounds);
    let mut chance = StdRng::seed_from_u64(11);
    for _ in 0..rounds {
        let mut bytes = seeds[chance.random_range(0..seeds.len())].to_vec();
        for _ in 0..chance.random_range(1..8) {
            let at = chance.random_range(0..=bytes.len());
            let until = chance.random_range(at..=bytes.len());
            match chance.random_range(0..4) {
                0 => drop(bytes.drain(at..until)),
                1 => bytes[at..until].iter_mut().take(1).for_each(|byte| *byte ^= 1 << chance.random_range(0..8)),
                2 => drop(bytes.splice(at..at, TELLING[chance.random_range(0..TELLING.len())].bytes())),
                _ => {
                    let piece = bytes[at..until].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
            bytes.truncate(4_096);
        }
        check(&bytes);
    }
}

#[test]
fn changed_lists_come_in_and_go_out() {
    let full = "# word\tcategory\tlevel\tflags\tsource\n加微信\tcontact\tblock\texact,initials\t平台规则\n第一\tclaim\thold\tcopy\n大麻烦\t\tallow\n";
    let plain = "\u{feff}傻逼，\r\n法轮,\n  \nsb\n苹.果\n";
    walk(&[full.as_bytes(), plain.as_bytes()], 20_000, fuzz::list);
    walk(&[full.as_bytes(), "加微信\0➕v: abc１２３４５".as_bytes()], 2_000, fuzz::text);
}

#[test]
fn changed_models_answer_with_a_probability_or_are_none() {
    let example = |at: usize, bad| Example { text: format!("{}{at}", if bad { "滚" } else { "好" }), bad };
    let taught: Vec<Example> = (0..40).flat_map(|at| [example(at, true), example(at, false)]).collect();
    let whole = Model::train(&taught).expect("a model").to_bytes();
    // Four bytes a change: a place in eights, the rest of it, the new byte. The numbers before the weights begin at 13; these make
    // the largest of them.
    let numbers: Vec<u8> =
        (0..7_u8).map(|number| 13 + 4 * number + 3).flat_map(|at| [at / 8, 0, at % 8, 0x7f]).collect();
    let texts = "# judged\n1\t真是废物\n0\t来了来了\n";
    walk(&[numbers.as_slice(), texts.as_bytes(), &[2, 0, 0, 0x7f, 2, 0, 4, 0xff]], 150, |bytes| {
        fuzz::model(bytes, &whole)
    });
}
