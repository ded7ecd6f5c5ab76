//! The room socket's frames and messages, from bytes nobody has looked at.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| room::gateway::fuzz_ws(data));
