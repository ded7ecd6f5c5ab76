//! Two encoders and a slate through a room's program to the playlist: jumps, switches, what is kept.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media::fuzz_program(data));
