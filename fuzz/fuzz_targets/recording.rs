//! Any bytes as a recording of each format.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| collect::fuzz_recording(bytes));
