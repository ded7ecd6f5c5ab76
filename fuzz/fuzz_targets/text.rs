//! Any bytes as a list of words and a text.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| moderation::fuzz::text(bytes));
