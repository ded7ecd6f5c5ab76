//! The demo video is what a publisher should send.

use std::process::Command;

#[tokio::test]
async fn the_demo_video_is_h264_and_aac_without_b_frames() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sub/demo.flv");
    sim::render(&path, 4, "320x180").await.unwrap();
    let probe = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-show_entries",
            "stream=codec_name,width,height,has_b_frames,sample_rate",
            "-of",
            "compact=p=0",
        ])
        .arg(&path)
        .output()
        .unwrap();
    let found = String::from_utf8_lossy(&probe.stdout).into_owned();
    assert!(found.contains("codec_name=h264|width=320|height=180|has_b_frames=0"), "{found}");
    assert!(found.contains("codec_name=aac|sample_rate=48000"), "{found}");

    let keys = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            "v",
            "-skip_frame",
            "nokey",
            "-show_entries",
            "frame=pkt_pts_time,pts_time",
            "-of",
            "csv=p=0",
        ])
        .arg(&path)
        .output()
        .unwrap();
    // ffprobe gives side data a line of its own, an empty one.
    let keys = String::from_utf8_lossy(&keys.stdout).lines().filter(|line| !line.is_empty()).count();
    assert_eq!(keys, 2, "a key frame every two seconds");
    assert!(!folder.path().join("sub/demo.flv.part").exists());
}

#[tokio::test]
async fn pushing_into_nothing_tries_again_until_it_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.flv");
    sim::render(&path, 2, "160x90").await.unwrap();
    let stop = sim::Stop::new();
    let pushing = tokio::spawn({
        let stop = stop.clone();
        async move { sim::push(&path, "rtmp://127.0.0.1:1/live/secret", stop).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert!(!pushing.is_finished());
    stop.cancel();
    pushing.await.unwrap().unwrap();
}
