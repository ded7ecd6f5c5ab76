//! What a show sounds like: silence is told, and ends.

use crate::stage::{Program, draw, has_ffmpeg};
use bytes::Bytes;
use serde_json::Value;

fn silent(wall: &Value) -> bool {
    wall["items"][0]["signs"].as_array().is_some_and(|signs| signs.iter().any(|sign| sign == "silent"))
}

/// Six seconds of sound as media has it.
fn sound(dir: &std::path::Path, source: &str) -> Bytes {
    let coded = ["-t", "6", "-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov+default_base_moof"];
    draw(dir, "sound.mp4", source, &coded)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_show_is_silent_until_something_is_heard() {
    if !has_ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let program = Program::start(Bytes::new()).await;
    let tone = sound(dir.path(), "sine=frequency=440:sample_rate=44100");
    let whisper = sound(dir.path(), "sine=frequency=440:sample_rate=44100,volume=0.01");
    // Without a track of sound, and with one in which there is nothing.
    program.stage.0.lock().sound =
        vec![tone.clone(), Bytes::new(), Bytes::new(), whisper.clone(), whisper.clone(), whisper.clone(), whisper];
    program.read_when("/api/patrol/wall", silent).await;
    // What cannot be decoded says nothing.
    program.stage.0.lock().sound.extend([Bytes::from_static(b"no sound at all"), tone]);
    let wall = program.read_when("/api/patrol/wall", |wall| !silent(wall)).await;
    assert_eq!(wall["items"][0]["room"], program.room.to_string());
}
