//! Any bytes as a file of words.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| moderation::fuzz::list(bytes));
