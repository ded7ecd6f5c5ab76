//! A ladder over a program whose source changes its size: slate and backup.

use crate::ffmpeg::has_ffmpeg;
use crate::http_support::{KEY, Server, start_with};
use crate::ladder_support::{film, listed_when, offered, playable, push, switch, told};
use m3u8_rs::MediaPlaylist;
use media::slate::SlateSettings;
use media::{MediaSettings, Settings};

async fn server() -> Server {
    // Nothing that matters leaves the playlists.
    let media = MediaSettings { playlist_segments: 100, retained_segments: 100, ..MediaSettings::default() };
    let slate = SlateSettings { after_ms: 500, ..SlateSettings::default() };
    start_with(Settings { media, slate, ladder: told(1), ..Settings::default() }).await
}

fn breaks(playlist: &MediaPlaylist) -> usize {
    playlist.segments.iter().filter(|segment| segment.discontinuity).count()
}

/// The largest rung goes with the large source, and comes back with it; the small one goes on.
async fn shrinks_and_grows(server: &Server, shrink: impl AsyncFnOnce(), grow: impl AsyncFnOnce()) {
    let room = server.desk.room;
    playable(server, room, &[720, 240]).await;
    assert_eq!(offered(server, room).await, ["source.m3u8", "720p.m3u8", "240p.m3u8"]);
    let large = listed_when(server, room, "720p.m3u8", |_| true).await;
    shrink().await;
    playable(server, room, &[240]).await;
    assert_eq!(offered(server, room).await, ["source.m3u8", "240p.m3u8"]);
    let token = server.audience.mint_bare(room);
    let gone = server.get(&format!("/live/{room}/720p.m3u8?token={token}")).await;
    assert_eq!(gone.status, 404, "no frozen list is left: {}", gone.text());
    let uri = &large.segments.last().unwrap().uri;
    assert_eq!(server.get(&format!("/live/{room}/{uri}")).await.status, 200, "what was listed can still be fetched");
    // It goes on in the same list, on the small source.
    let small = |playlist: &MediaPlaylist| breaks(playlist) == 1 && !playlist.segments.last().unwrap().discontinuity;
    let small = listed_when(server, room, "240p.m3u8", small).await;
    grow().await;
    playable(server, room, &[720, 240]).await;
    assert_eq!(offered(server, room).await, ["source.m3u8", "720p.m3u8", "240p.m3u8"]);
    let again = listed_when(server, room, "240p.m3u8", |playlist| breaks(playlist) == 2).await;
    assert_eq!(again.media_sequence, small.media_sequence, "it is the same list");
    let source = listed_when(server, room, "source.m3u8", |playlist| breaks(playlist) == 2).await;
    let break_numbers = |playlist: &MediaPlaylist| -> Vec<u64> {
        let numbered = playlist.segments.iter().zip(playlist.media_sequence..);
        numbered.filter(|(segment, _)| segment.discontinuity).map(|(_, number)| number).collect()
    };
    assert_eq!(break_numbers(&source), break_numbers(&again));
}

#[tokio::test]
async fn rungs_above_the_slate_are_gone_while_it_is_shown() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    // The built-in slate has 720 lines.
    let film = film(dir.path(), "1920x1080", 3_000).await;
    let server = server().await;
    switch(&server, server.desk.room, true, &[720, 240]).await;
    let mut encoder = push(&server, &film, "live", KEY);
    let mut returned = None;
    let lose = async || encoder.kill().await.unwrap();
    let come_back = async || returned = Some(push(&server, &film, "live", KEY));
    shrinks_and_grows(&server, lose, come_back).await;
}

#[tokio::test]
async fn rungs_above_a_smaller_backup_are_gone_while_it_is_shown() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (large, small) = (film(dir.path(), "1920x1080", 3_000).await, film(dir.path(), "640x360", 1_000).await);
    let server = server().await;
    switch(&server, server.desk.room, true, &[720, 240]).await;
    let mut primary = push(&server, &large, "live", KEY);
    server.playlist_when(server.desk.room, |playlist| !playlist.segments.is_empty()).await;
    let _backup = push(&server, &small, "backup", KEY);
    let mut returned = None;
    let lose = async || primary.kill().await.unwrap();
    let come_back = async || returned = Some(push(&server, &large, "live", KEY));
    shrinks_and_grows(&server, lose, come_back).await;
}
