//! What another RTMP server says to our client.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media::fuzz_rtmp_client(data));
