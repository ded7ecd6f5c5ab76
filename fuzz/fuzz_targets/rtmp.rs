//! One RTMP connection's bytes, through to the playlist.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media::fuzz_rtmp(data));
