//! Any bytes as a CDN's access log.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| audience::fuzz_cdn_log(bytes));
