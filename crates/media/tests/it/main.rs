//! What encoders and players may rely on.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod chunks;
mod clips;
mod codecs;
mod disorder;
mod enhanced;
mod evidence;
mod ffmpeg;
mod forward;
mod fuzzing;
mod hooks;
mod hooks_streams;
mod hostile;
mod http_support;
mod ladder;
mod ladder_sources;
mod ladder_support;
mod lifecycle;
mod low_latency;
mod nginx;
mod packaging;
mod precheck;
mod probe;
mod program;
mod quality;
mod recording;
mod recording_support;
mod relay;
mod relay_bad;
mod relay_support;
mod reload;
mod roles;
mod s3;
mod show;
mod stores;
