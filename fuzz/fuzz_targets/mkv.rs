//! Any bytes as the Matroska that comes out of the ladder's ffmpeg.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media::fuzz_mkv(data));
