//! Any bytes as the body of `/v1/batch`: gzip, JSON, items.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| collect::fuzz_batch(bytes));
