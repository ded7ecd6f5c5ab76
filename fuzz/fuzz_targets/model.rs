//! Any bytes as judged texts, as a model, and as changes to one.
#![no_main]

use moderation::text::{Example, Model};
use std::sync::LazyLock;

static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let example = |at: usize, bad| Example { text: format!("{}{at}", if bad { "滚" } else { "好" }), bad };
    let taught: Vec<Example> = (0..40).flat_map(|at| [example(at, true), example(at, false)]).collect();
    Model::train(&taught).map_or_else(|_| Vec::new(), |model| model.to_bytes())
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| moderation::fuzz::model(bytes, &WHOLE));
