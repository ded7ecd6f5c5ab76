//! Any bytes as Sensors' forms and pictures: base64, gzip, checksums.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| collect::fuzz_sensors(bytes));
