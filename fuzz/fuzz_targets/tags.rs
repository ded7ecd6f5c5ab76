//! FLV and Enhanced RTMP tags, through packager and parts to the playlist.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media::fuzz_tags(data));
