//! The room socket as `docs/PROTOCOL.md` promises it.

use crate::http_show::{Show, manual_clock};
use events::{DanmakuSent, Event, GiftSent, Source, StreamLost};
use flate2::{Decompress, FlushDecompress};
use futures_util::SinkExt;
use room::gateway::RoomSettings;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::{self, Message};

fn lost() -> Event {
    Event::StreamLost(StreamLost { clean: false })
}

fn gift() -> Event {
    Event::GiftSent(GiftSent { gift: "rose".into(), gift_id: None, num: 1, price_milli: 100, coin: events::Coin::Gold })
}

#[tokio::test]
async fn a_danmaku_is_acknowledged_once_it_is_stored_and_flies_over_the_others() {
    let show = Show::new().await;
    let (mut sender, hello) = show.join(&show.token(None).await, None).await;
    assert_eq!((&hello["title"], &hello["live"]), (&"Evening show 晚场".into(), &false.into()));
    let mut other = show.guest().await;
    let ack = sender.danmaku("c1", "你好").await;
    let pos = ack["pos"].as_u64().expect("a position");
    assert_eq!(show.logged().await, [(pos, Some("c1".into()), "你好".into())]);
    let tick = other.until(|message| message.get("danmaku").is_some()).await;
    assert_eq!((&tick["danmaku"][0]["pos"], &tick["danmaku"][0]["text"]), (&pos.into(), &"你好".into()));
    let (_, hello) = show.join(&show.token(None).await, None).await;
    assert_eq!(hello["danmaku"][0]["pos"], pos);
}

#[tokio::test]
async fn a_repeat_is_acknowledged_with_the_first_position_and_stored_once() {
    let dir = Arc::new(tempfile::tempdir().expect("a folder"));
    let settings = RoomSettings { danmaku_per_s: 50, ..RoomSettings::default() };
    let show = Show::in_dir(dir.clone(), settings.clone(), events::Clock::system(), None).await;
    let token = show.token(None).await;
    let again = show.token(Some(&token)).await;
    let (mut one, mut two) = (show.join(&token, None).await.0, show.join(&again, None).await.0);
    for number in 0..20 {
        let id = format!("c{number}");
        let (first, second) = tokio::join!(one.danmaku(&id, "twice"), two.danmaku(&id, "twice"));
        assert_eq!((&first["type"], &first["pos"]), (&"ack".into(), &second["pos"]), "{first} {second}");
    }
    let mut stranger = show.guest().await;
    let foreign = stranger.danmaku("c1", "another viewer's").await;
    assert_eq!(foreign["type"], "ack");
    assert_eq!(show.logged().await.len(), 21);
    let before = one.danmaku("c7", "again").await;
    drop((one, two, stranger));
    let room = show.room;
    show.program.app.stop.cancel();
    drop(show);

    let show = reopened(dir, settings, room).await;
    let (mut one, _) = show.join(&token, None).await;
    assert_eq!(one.danmaku("c7", "after a restart").await["pos"], before["pos"]);
    assert_eq!(show.logged().await.len(), 21);
}

/// The same folder again, once the program before has let go of it.
async fn reopened(dir: Arc<tempfile::TempDir>, settings: RoomSettings, room: events::RoomId) -> Show {
    for _ in 0..600 {
        if let Ok(log) = eventlog::EventLog::open(&dir.path().join("log"), eventlog::Options::default()) {
            drop(log);
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    Show::in_dir(dir, settings, events::Clock::system(), Some(room)).await
}

#[tokio::test]
async fn what_may_not_be_said_is_refused_by_code() {
    let show = Show::with(RoomSettings::default(), manual_clock()).await;
    let mut client = show.guest().await;
    for (id, text, code) in
        [("a", " ".to_owned(), "empty"), ("b", "长".repeat(201), "too_long"), ("c d", "x".into(), "bad_id")]
    {
        assert_eq!(client.danmaku(id, &text).await["code"], code);
    }
    for id in ["1", "2", "3"] {
        assert_eq!(client.danmaku(id, "x").await["type"], "ack");
    }
    let refused = client.danmaku("4", "x").await;
    assert_eq!((&refused["code"], &refused["retry_ms"]), (&"too_fast".into(), &334.into()));
    client.say(json!({"type": "sing"})).await;
    assert_eq!(client.next().await["code"], "bad_message");
    assert_eq!(show.logged().await.len(), 3);
}

#[tokio::test]
async fn what_is_said_in_one_breath_is_stored_and_answered_in_order() {
    let settings = RoomSettings { danmaku_per_s: 100, messages_per_s: 0, ..RoomSettings::default() };
    let show = Show::with(settings, manual_clock()).await;
    let mut client = show.guest().await;
    for (id, text) in [("a", "1"), ("b", "2"), ("a", "1"), ("c", " "), ("d", "3")] {
        let message = json!({"type": "danmaku", "id": id, "text": text}).to_string();
        client.socket.feed(Message::text(message)).await.expect("an open socket");
    }
    client.socket.flush().await.expect("an open socket");
    let mut answers = Vec::new();
    while answers.len() < 5 {
        let answer = client.until(|message| message.get("id").is_some()).await;
        answers.push((answer["id"].clone(), answer["pos"].as_u64()));
    }
    let logged = show.logged().await;
    let texts: Vec<_> = logged.iter().map(|(_, _, text)| text.as_str()).collect();
    assert_eq!(texts, ["1", "2", "3"]);
    let [a, b, d] = [0, 1, 2].map(|number: usize| logged.get(number).map(|(position, ..)| *position));
    let expected = [("a", a), ("b", b), ("a", a), ("c", None), ("d", d)];
    assert_eq!(answers, expected.map(|(id, position)| (id.into(), position)));
}

#[tokio::test]
async fn what_was_missed_comes_with_a_resume_while_it_is_known() {
    let clock = manual_clock();
    let show = Show::with(RoomSettings::default(), clock.clone()).await;
    let token = show.token(None).await;
    let (mut client, _) = show.join(&token, None).await;
    let first = show.log(Source::Server, vec![lost(), gift()]).await;
    let tick = client.until(|message| message.get("seq").is_some()).await;
    assert!(client.follow(&tick) && client.last == first);
    drop(client);
    let last =
        show.log(Source::Server, vec![gift(), Event::DanmakuSent(DanmakuSent::plain("meanwhile")), lost()]).await;

    let (mut client, hello) = resumed(&show, &token, first, last).await;
    let kinds: Vec<_> = hello["events"].as_array().expect("events").iter().map(|event| event["type"].clone()).collect();
    assert_eq!((&hello["resumed"], kinds), (&true.into(), vec!["GiftSent".into(), "StreamLost".into()]));
    assert_eq!(hello["danmaku"][0]["text"], "meanwhile");
    client.say(json!({"type": "resume", "seq": first})).await;
    let hello = client.until(|message| message["type"] == "hello").await;
    assert_eq!((&hello["resumed"], hello["events"].as_array().map(Vec::len)), (&true.into(), Some(2)));

    clock.set(clock.now().plus_ms(11 * 60 * 1000));
    let newest = show.log(Source::Server, vec![lost()]).await;
    let (_, hello) = resumed(&show, &show.token(Some(&token)).await, first, newest).await;
    assert_eq!((&hello["resumed"], &hello["events"]), (&false.into(), &json!([])));
}

/// Joins until the room has caught up with `last`.
async fn resumed(show: &Show, token: &str, seq: u64, last: u64) -> (crate::http_show::Client, Value) {
    loop {
        let (client, hello) = show.join(token, Some(seq)).await;
        if hello["seq"] == last {
            return (client, hello);
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_show_begins_and_ends_before_the_viewers_eyes() {
    let show = Show::new().await;
    let mut client = show.guest().await;
    show.publish().await;
    let mut kinds = Vec::new();
    while kinds.len() < 2 {
        let tick = client.until(|message| message.get("events").is_some()).await;
        assert!(client.follow(&tick), "{tick}");
        kinds.extend(tick["events"].as_array().expect("events").iter().map(|event| event["type"].clone()));
    }
    assert_eq!(kinds, ["BroadcastStarted", "StreamPublished"]);
    let (mut viewer, hello) = show.join(&show.token(None).await, None).await;
    assert_eq!(hello["live"], true);
    viewer.danmaku("1", "first").await;
    let envelope = show
        .program
        .app
        .log
        .read(1)
        .filter_map(Result::ok)
        .filter_map(|entry| events::Envelope::decode(&entry.payload).ok());
    let said =
        envelope.into_iter().find(|envelope| matches!(envelope.event, Event::DanmakuSent(_))).expect("a danmaku");
    assert_eq!(said.broadcast.map(|id| id.to_string()).as_deref(), hello["broadcast"].as_str());
}

#[tokio::test]
async fn likes_are_merged_and_survive_a_restart() {
    let dir = Arc::new(tempfile::tempdir().expect("a folder"));
    let show = Show::in_dir(dir.clone(), RoomSettings::default(), events::Clock::system(), None).await;
    show.publish().await;
    let (mut one, mut two) = (show.guest().await, show.guest().await);
    for _ in 0..3 {
        one.say(json!({"type": "like", "n": 2})).await;
    }
    two.say(json!({"type": "like", "n": 4000})).await;
    one.until(|message| message["likes"] == 26).await;
    let likes = show.program.app.log.read(1).filter_map(Result::ok);
    let likes = likes.filter(|entry| String::from_utf8_lossy(&entry.payload).contains("LikesSent")).count();
    assert!(likes < 4 + 2, "{likes} events");
    drop((one, two));
    let room = show.room;
    show.program.app.stop.cancel();
    drop(show);
    let show = reopened(dir, RoomSettings::default(), room).await;
    let mut client = show.guest().await;
    client.say(json!({"type": "like"})).await;
    assert_eq!(client.until(|message| message["likes"].as_u64() > Some(1)).await["likes"], 27);
}

#[tokio::test]
async fn sampling_touches_delivery_only() {
    let show = Show::new().await;
    let mut client = show.guest().await;
    let burst = (0..1000).map(|number| Event::DanmakuSent(DanmakuSent::plain(number.to_string()))).collect();
    show.log(Source::Viewer, burst).await;
    show.log(Source::Server, vec![lost()]).await;
    let (mut shown, mut offered) = (0.0, 0.0);
    loop {
        let tick = client.until(|message| message["type"] == "tick").await;
        let here = tick["danmaku"].as_array().map_or(0.0, |list| list.len() as f64);
        shown += here;
        offered += match tick["rate"].as_f64() {
            Some(rate) if rate > 0.0 => (here / rate).round(),
            _ => here,
        };
        if tick.get("events").is_some() {
            break;
        }
    }
    assert!((1.0..=200.0).contains(&shown), "{shown} of {offered} shown");
    assert_eq!(show.logged().await.len(), 1000);
}

#[tokio::test]
async fn an_import_is_shown_and_marked() {
    let show = Show::new().await;
    let mut client = show.guest().await;
    show.log(Source::Import, vec![gift(), Event::DanmakuSent(DanmakuSent::plain("old"))]).await;
    let tick = client.until(|message| message.get("danmaku").is_some()).await;
    assert_eq!((&tick["danmaku"][0]["imported"], tick.get("seq")), (&true.into(), None));
}

#[tokio::test]
async fn strangers_stay_outside() {
    let show = Show::new().await;
    let token = show.token(None).await;
    let status = async |path: String, headers: &[(&'static str, &str)]| match show.try_join(&path, headers).await {
        Ok(_) => 101,
        Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(status(show.path(""), &[]).await, 401);
    assert_eq!(status(show.path("forged"), &[]).await, 403);
    let elsewhere = format!("/ws/rooms/{}?token={token}", events::RoomId::new());
    assert_eq!(status(elsewhere, &[]).await, 403);
    assert_eq!(status(show.path(&token), &[("origin", "https://evil.example")]).await, 403);
    assert_eq!(status(show.path(&token), &[("origin", &format!("http://{}", show.at))]).await, 101);
    let plain = show.program.call("", "GET", &show.path(&token), None).await;
    assert_eq!((plain.status, &plain.json()["code"]), (400, &"not_a_websocket".into()));
}

#[tokio::test]
async fn an_unruly_client_is_closed_with_the_reason() {
    let show = Show::new().await;
    let mut client = show.guest().await;
    client.say(json!({"type": "like", "pad": "x".repeat(5000)})).await;
    assert_eq!(client.code().await, 1009);
    let mut client = show.guest().await;
    client.socket.send(Message::binary(vec![1, 2, 3])).await.expect("an open socket");
    assert_eq!(client.code().await, 1003);
    let mut client = show.guest().await;
    for _ in 0..200 {
        let _ = client.socket.send(Message::text("{}")).await;
    }
    assert_eq!(client.code().await, 1008);
    let mut client = show.guest().await;
    client.say(json!({"type": "leave"})).await;
    assert_eq!(client.code().await, 1000);
}

#[tokio::test]
async fn an_expired_token_ends_the_socket() {
    let clock = manual_clock();
    let show = Show::with(RoomSettings::default(), clock.clone()).await;
    let mut client = show.guest().await;
    clock.set(clock.now().plus_ms(13 * 3_600_000));
    assert_eq!(client.code().await, 4401);
}

#[tokio::test]
async fn a_stopping_program_says_so() {
    let show = Show::new().await;
    let mut client = show.guest().await;
    show.program.app.stop.cancel();
    assert_eq!(client.code().await, 1001);
}

#[tokio::test]
async fn frames_worth_it_are_deflated_for_those_who_asked() {
    let show = Show::new().await;
    let mut stream = tokio::net::TcpStream::connect(show.at).await.expect("a connection");
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n",
        show.path(&show.token(None).await),
        show.at
    );
    stream.write_all(request.as_bytes()).await.expect("a connection");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a head"));
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    assert!(
        head.starts_with("http/1.1 101") && head.contains("server_no_context_takeover; client_no_context_takeover"),
        "{head}"
    );
    assert_eq!(read_message(&mut stream).await["type"], "hello");
    let many = (0..40).map(|_| Event::DanmakuSent(DanmakuSent::plain("弹幕弹幕弹幕弹幕弹幕"))).collect();
    show.log(Source::Viewer, many).await;
    assert_eq!(read_message(&mut stream).await["danmaku"].as_array().map(Vec::len), Some(40));
}

/// Reads a frame that must be deflated.
async fn read_message(stream: &mut tokio::net::TcpStream) -> Value {
    let first = stream.read_u8().await.expect("a frame");
    assert_eq!(first, 0xC1, "a whole deflated text");
    let length = match stream.read_u8().await.expect("a frame") {
        126 => stream.read_u16().await.expect("a frame").into(),
        short => usize::from(short),
    };
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).await.expect("a frame");
    payload.extend([0, 0, 0xff, 0xff]);
    let mut text = Vec::with_capacity(1 << 16);
    Decompress::new(false).decompress_vec(&payload, &mut text, FlushDecompress::Sync).expect("deflate");
    serde_json::from_slice(&text).expect("JSON")
}
