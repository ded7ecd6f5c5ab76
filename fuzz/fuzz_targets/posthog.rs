//! Any bytes as what PostHog's clients send: JSON, lists, forms, base64, gzip.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| collect::fuzz_posthog(bytes));
