//! H.265 and AV1 as Enhanced RTMP carries them. The ffmpeg of Debian 12 cannot send that, so its films are sent from here.

use crate::ffmpeg::{ffmpeg, has_ffmpeg};
use crate::http_support::{KEY, start};
use crate::show::{self, Tag};
use bytes::Bytes;
use mp4_atom::{Any, Decode, Moof};
use std::path::Path;
use tokio::process::Command;

/// The decoder record in box `name`.
fn record(film: &[u8], name: &[u8; 4]) -> Vec<u8> {
    let at = film.windows(4).position(|window| window == name).unwrap();
    let size = u32::from_be_bytes(film[at - 4..at].try_into().unwrap()) as usize;
    film[at + 4..at - 4 + size].to_vec()
}

struct Frame {
    at_ms: u32,
    composition_ms: i32,
    key: bool,
    data: Vec<u8>,
}

/// The frames of a fragmented film with one track.
fn frames(film: &[u8], clock: u64) -> Vec<Frame> {
    let mut start = 0;
    let mut frames = Vec::new();
    let mut moof: Option<(Moof, usize)> = None;
    while start < film.len() {
        let size = u32::from_be_bytes(film[start..start + 4].try_into().unwrap()) as usize;
        match &film[start + 4..start + 8] {
            b"moof" => {
                let Any::Moof(found) = Any::decode(&mut &film[start..start + size]).unwrap() else { unreachable!() };
                moof = Some((found, start));
            }
            b"mdat" if moof.is_some() => {
                let (moof, moof_start) = moof.take().unwrap();
                let traf = &moof.traf[0];
                let mut time = traf.tfdt.as_ref().unwrap().base_media_decode_time;
                let usual = traf.tfhd.default_sample_duration;
                for trun in &traf.trun {
                    let mut at = moof_start + trun.data_offset.unwrap() as usize;
                    for (n, sample) in trun.samples.iter().enumerate() {
                        let size = sample.size.or(traf.tfhd.default_sample_size).unwrap() as usize;
                        frames.push(Frame {
                            at_ms: (time * 1000 / clock) as u32,
                            composition_ms: (sample.cts.unwrap_or(0) * 1000 / clock as i64) as i32,
                            key: n == 0,
                            data: film[at..at + size].to_vec(),
                        });
                        at += size;
                        time += u64::from(sample.duration.or(usual).unwrap());
                    }
                }
            }
            _ => {}
        }
        start += size;
    }
    frames
}

fn enhanced(packet: u8, key: bool, four: &[u8; 4], body: &[u8]) -> Bytes {
    let kind = if key { 0x90 } else { 0xa0 };
    [&[kind | packet][..], four, body].concat().into()
}

/// A film of five seconds as tags, with sound.
pub async fn film(dir: &Path, encoder: &str, four: &[u8; 4], config: &[u8; 4]) -> (Vec<Tag>, usize) {
    let file = dir.join("film.mp4");
    ffmpeg(&format!(
        "-f lavfi -i testsrc2=s=320x180:r=30 -t 5 -pix_fmt yuv420p {encoder} -video_track_timescale 90000 \
         -movflags frag_keyframe+empty_moov+default_base_moof+delay_moov+negative_cts_offsets {}",
        file.display()
    ))
    .await;
    let film = std::fs::read(file).unwrap();
    let start = enhanced(0, true, four, &record(&film, config));
    let mut tags = vec![Tag { video: true, timestamp: 0, payload: start }, show::audio_config()];
    let frames = frames(&film, 90_000);
    let count = frames.len();
    let origin = frames[0].at_ms;
    for frame in frames {
        let composition = frame.composition_ms.to_be_bytes();
        let body = if four == b"av01" { frame.data } else { [&composition[1..], &frame.data[..]].concat() };
        let payload = enhanced(1, frame.key, four, &body);
        tags.push(Tag { video: true, timestamp: frame.at_ms - origin, payload });
    }
    let end = 5_000;
    tags.extend((0..end * 441 / 10 / 1024).map(|n| show::sound(n, n * 10_240 / 441)));
    tags[2..].sort_by_key(|tag| tag.timestamp);
    (tags, count)
}

async fn comes_through(encoder: &str, four: &[u8; 4], config: &[u8; 4], codec: &str, name: &str) {
    let dir = tempfile::tempdir().unwrap();
    let (tags, count) = film(dir.path(), encoder, four, config).await;
    let server = start().await;
    let room = server.desk.room;
    let (socket, _) = server.push(KEY, &tags).await;
    server.playlist_when(room, |playlist| playlist.segments.len() >= 2).await;
    let said = server.desk.info.lock().unwrap().video_codec.clone().unwrap();
    assert!(said.starts_with(name), "{said}");
    drop(socket);
    server.desk_hears(&["published", "lost"]).await;
    server.media.end(room);
    let url = format!("http://{}{}", server.http, server.playlist_path(room).await);
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v:0", "-count_frames"])
        .args(["-show_entries", "stream=codec_name,width,nb_read_frames", "-of", "csv=p=0", &url])
        .output()
        .await
        .unwrap();
    // Once for the programme, once for the stream.
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said.lines().next(), Some(format!("{codec},320,{count}").as_str()));
    let said = String::from_utf8_lossy(&output.stderr);
    // The sound is made up, so its decoder may complain.
    assert!(said.lines().all(|line| line.contains("[aac")), "{said}");
}

#[tokio::test]
async fn hevc() {
    if has_ffmpeg().await {
        let encoder = "-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=60:bframes=2 -tag:v hvc1";
        comes_through(encoder, b"hvc1", b"hvcC", "hevc", "hvc1.1.6.L").await;
    }
}

#[tokio::test]
async fn av1() {
    if has_ffmpeg().await {
        let encoder = "-c:v libaom-av1 -cpu-used 8 -usage realtime -lag-in-frames 0 -g 60 -b:v 300k";
        comes_through(encoder, b"av01", b"av1C", "av1", "av01.0.").await;
    }
}
