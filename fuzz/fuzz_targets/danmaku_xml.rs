//! Any bytes as a danmaku recording.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| collect::fuzz_danmaku_xml(bytes));
