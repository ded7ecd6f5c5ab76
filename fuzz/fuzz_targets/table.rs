//! Any bytes as a table, mapped as it is guessed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| collect::fuzz_table(bytes));
