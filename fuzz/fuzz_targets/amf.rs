//! AMF0 values, H.264 parameter sets and FLV tags.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media::fuzz_amf(data));
