//! Shows over real sockets: in, lost, back again, over.

use crate::http_support::{KEY, OTHER_KEY, read_to_close, start, start_with, without_slate};
use crate::show;
use events::{BroadcastId, RoomId};
use media::MediaSettings;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

#[tokio::test]
async fn players_get_what_was_published() {
    let server = start().await;
    let room = server.desk.room;
    let _publisher = server.push(KEY, &show::tags(0, 7_000, 50)).await;
    let playlist = server.playlist_when(room, |playlist| playlist.segments.len() == 3).await;
    assert!(!playlist.end_list);
    assert!(playlist.segments.iter().all(|segment| segment.duration == 2.0 && segment.program_date_time.is_some()));
    assert_eq!(server.audience.online(room), 0);

    let path = format!("/live/{room}/{}", playlist.segments[1].uri);
    let head = server.request("HEAD", &path, "").await;
    assert_eq!((head.status, head.body.len(), server.audience.online(room)), (200, 0, 0));
    // A look at its first byte, or beyond its end, is no watching either.
    for (range, status) in [("0-0", 206), ("4-7", 206), ("99999999-", 416)] {
        let answer = server.request("GET", &path, &format!("range: bytes={range}\r\n")).await;
        assert_eq!((answer.status, server.audience.online(room)), (status, 0), "{range}");
    }
    let whole = server.get(&path).await;
    assert_eq!(whole.status, 200);
    assert_eq!(whole.header("content-type").unwrap(), "video/iso.segment");
    assert_eq!(whole.header("access-control-allow-origin").unwrap(), "*");
    assert!(whole.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(head.header("content-length").unwrap(), whole.body.len().to_string());
    // The answer's end is noted in the moment after the player has it.
    for _ in 0..500 {
        if server.audience.online(room) > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(server.audience.online(room), 1, "a fetched segment makes a viewer");
    let part = server.request("GET", &path, "range: bytes=4-7\r\n").await;
    assert_eq!((part.status, &part.body[..]), (206, &b"moof"[..]));
    let init = format!("/live/{room}/{}", playlist.segments[0].map.as_ref().unwrap().uri);
    assert_eq!(server.get(&init).await.header("content-type").unwrap(), "video/mp4");

    let info = server.desk.info.lock().unwrap().clone();
    assert_eq!(info.video_codec.as_deref(), Some("avc1.64001e"));
    assert_eq!(info.audio_codec.as_deref(), Some("mp4a.40.2"));
    assert_eq!((info.width, info.height), (Some(640), Some(360)));
}

#[tokio::test]
async fn tokens_open_rooms() {
    let server = start().await;
    let (room, private) = (server.desk.room, server.desk.private);
    let answer = server.get(&format!("/live/{private}/index.m3u8")).await;
    assert_eq!((answer.status, answer.text().contains("token_required")), (401, true));
    let answer = server.get(&format!("/live/{room}/index.m3u8?token=forged")).await;
    assert_eq!((answer.status, answer.text().contains("token_invalid")), (403, true));
    let answer = server.get(&format!("/live/{}/index.m3u8", RoomId::new())).await;
    assert_eq!((answer.status, answer.text().contains("room_not_found")), (404, true));
    let answer = server.get(&server.playlist_path(room).await).await;
    assert_eq!((answer.status, answer.text().contains("not_live")), (404, true));
    assert!(answer.header("retry-after").is_some());
    assert_eq!(answer.header("access-control-allow-origin").unwrap(), "*");
    for file in ["0.m4s", "init-0.mp4", "..%2f..%2fetc%2fpasswd", "x"] {
        let path = format!("/live/{room}/seg/{}/{file}", BroadcastId::new());
        assert_eq!(server.get(&path).await.status, 401);
        let token = server.audience.mint_bare(room);
        assert_eq!(server.get(&format!("{path}?token={token}")).await.status, 404);
    }
}

#[tokio::test]
async fn a_wrong_key_is_refused_before_media_is_taken() {
    let server = start().await;
    let (mut socket, _) = server.push("guessed", &show::tags(0, 4_000, 50)).await;
    let said = read_to_close(&mut socket).await;
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(said.contains("NetStream.Publish.BadName"), "{said}");
    assert!(!said.contains("Publish.Start"));
    assert!(server.desk.heard().is_empty());
}

#[tokio::test]
async fn a_query_after_the_key_is_no_part_of_it() {
    let server = start().await;
    let _publisher = server.push(&format!("{KEY}?token=x&y"), &show::tags(0, 3_000, 25)).await;
    server.desk_hears(&["published"]).await;
}

#[tokio::test]
async fn a_hard_cut_goes_on_as_the_same_show() {
    let server = start().await;
    let room = server.desk.room;
    let (socket, _) = server.push(KEY, &show::tags(0, 4_500, 50)).await;
    server.playlist_when(room, |playlist| playlist.segments.len() == 2).await;
    drop(socket);
    server.desk_hears(&["published", "lost"]).await;
    let cut = server.playlist_when(room, |playlist| playlist.segments.len() == 3).await;
    assert!(!cut.end_list, "a loss does not end the list");

    let (mut socket, publisher) = server.push(KEY, &show::tags(0, 4_500, 50)).await;
    let back = server.playlist_when(room, |playlist| playlist.segments.len() == 5).await;
    let discontinuities: Vec<bool> = back.segments.iter().map(|segment| segment.discontinuity).collect();
    assert_eq!(discontinuities, [false, false, false, true, false]);
    assert_eq!(back.media_sequence, cut.media_sequence);

    let mut out = Vec::new();
    publisher.goodbye(KEY, &mut out);
    socket.write_all(&out).await.unwrap();
    server.desk_hears(&["published", "lost", "published", "lost clean"]).await;
    let said = read_to_close(&mut socket).await;
    assert!(String::from_utf8_lossy(&said).contains("NetStream.Unpublish.Success"));
    assert!(!server.playlist_when(room, |playlist| playlist.segments.len() == 6).await.end_list);
    server.media.end(room);
    assert!(server.playlist_when(room, |_| true).await.end_list);
}

#[tokio::test]
async fn another_show_in_the_room_begins_afresh() {
    let server = start().await;
    let room = server.desk.room;
    let (socket, _) = server.push(KEY, &show::tags(0, 4_500, 50)).await;
    server.playlist_when(room, |playlist| playlist.segments.len() == 2).await;
    server.media.end(room);
    drop(socket);
    *server.desk.broadcast.lock().unwrap() = BroadcastId::new();
    let _publisher = server.push(KEY, &show::tags(0, 2_500, 50)).await;
    let playlist = server.playlist_when(room, |playlist| !playlist.end_list).await;
    assert_eq!(playlist.segments.len(), 1);
    assert_eq!(server.desk.heard(), ["published", "published"], "an ended show is not lost as well");
}

#[tokio::test]
async fn the_newest_publisher_wins() {
    let server = start().await;
    let room = server.desk.room;
    let (mut older, _) = server.push(KEY, &show::tags(0, 4_500, 50)).await;
    server.playlist_when(room, |playlist| playlist.segments.len() == 2).await;
    let (newer, _) = server.push(KEY, &show::tags(0, 4_500, 50)).await;
    read_to_close(&mut older).await;
    server.desk_hears(&["published", "published"]).await;
    server.playlist_when(room, |playlist| playlist.segments.last().is_some_and(|last| !last.discontinuity)).await;
    drop(newer);
    server.desk_hears(&["published", "published", "lost"]).await;
}

#[tokio::test]
async fn a_newcomer_that_sends_nothing_loses_the_stream_it_replaced() {
    let server = start().await;
    let (mut older, _) = server.push(KEY, &show::tags(0, 4_500, 50)).await;
    server.desk_hears(&["published"]).await;
    let (newer, _) = server.publisher(KEY).await;
    read_to_close(&mut older).await;
    drop(newer);
    server.desk_hears(&["published", "lost"]).await;
}

#[tokio::test]
async fn a_kicked_publisher_is_lost() {
    let server = start().await;
    let (mut socket, _) = server.push(KEY, &show::tags(0, 4_500, 50)).await;
    server.desk_hears(&["published"]).await;
    assert!(server.media.is_publishing(server.desk.room));
    server.media.kick(server.desk.room);
    read_to_close(&mut socket).await;
    server.desk_hears(&["published", "lost"]).await;
}

#[tokio::test]
async fn an_ended_show_is_forgotten() {
    let server = start_with(without_slate(MediaSettings { forget_after_ms: 100, ..MediaSettings::default() })).await;
    let room = server.desk.room;
    let _publisher = server.push(KEY, &show::tags(0, 4_500, 50)).await;
    let _other = server.push(OTHER_KEY, &show::tags(0, 4_500, 50)).await;
    server.playlist_when(room, |playlist| playlist.segments.len() == 2).await;
    server.playlist_when(server.desk.other, |playlist| playlist.segments.len() == 2).await;
    server.media.end(room);
    let path = server.playlist_path(room).await;
    while server.get(&path).await.status == 200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.playlist_when(server.desk.other, |playlist| playlist.segments.len() == 2).await;
}
