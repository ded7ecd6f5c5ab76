//! Any bytes as a body of GA4's Measurement Protocol.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| collect::fuzz_ga4(bytes));
