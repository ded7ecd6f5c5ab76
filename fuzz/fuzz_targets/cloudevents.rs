//! Any bytes as CloudEvents: structured, batch, binary data.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| collect::fuzz_cloudevents(bytes));
