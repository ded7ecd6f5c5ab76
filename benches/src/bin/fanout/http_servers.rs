//! Our gateway as it ships, event log on; and the usual way to do it with axum.

use super::{
    Mode,
    client::{EVENT_MARK, MARK, unix_us},
};
use app::{App, Keys};
use audience::Audience;
use axum::{
    Router,
    extract::{
        State,
        ws::{Message, Utf8Bytes, WebSocketUpgrade},
    },
    response::Response,
    routing::get,
};
use events::{Clock, DanmakuSent, Envelope, Event, GiftSent, OrgId, Source, TeamId};
use futures_util::{SinkExt, StreamExt};
use room::{
    gateway::{Gateway, RoomSettings},
    rooms::Rooms,
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::broadcast};

/// `talk`: danmaku and gifts a second that it says by itself.
pub async fn ours(mode: Mode, tick: Duration, talk: Option<(u32, u32)>) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let store = store::Store::open(&format!("sqlite://{}/kaibo.db", dir.path().display())).await?;
    let rooms = store::MigrationSet { feature: "room", steps: room::migrations::MIGRATIONS };
    store.migrate(&[app::vault::TABLES, rooms]).await?;
    let log = eventlog::EventLog::open(&dir.path().join("log"), eventlog::Options::default())?;
    let app = App::new(store, log, Clock::system(), Keys::from_secret([7; 32]), dir.path().to_path_buf());
    let rooms = Rooms::new(app.clone());
    let audience = Audience::new(app.clone(), Arc::new(rooms.clone()));
    let tick_ms = match mode {
        Mode::Each => 0,
        Mode::Burst => 1,
        Mode::Tick => tick.as_millis() as u64,
    };
    let settings = RoomSettings {
        shards: 1,
        tick_min_ms: tick_ms,
        tick_max_ms: tick_ms,
        // The crowd counts what it is shown, and one publisher speaks for all.
        shown_per_s: 0,
        danmaku_per_s: 1_000_000,
        messages_per_s: 0,
        connections_per_ip: 0,
        // The crowd sends no heartbeats.
        idle_ms: 3_600_000,
        ..RoomSettings::default()
    };
    let (org, team) = (OrgId::new(), TeamId::new());
    let (room, _) = rooms.create(org, team, "bench", false).await??;
    let gateway = Gateway::new(app.clone(), rooms, audience.clone(), Arc::new(room::Unmoderated), settings);
    let router = Router::from(gateway.routes());
    tokio::spawn(gateway.run(app.stop.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("ready {} /ws/rooms/{}?token={}", listener.local_addr()?.port(), room.id, audience.mint_bare(room.id));
    if let Some((danmaku, gifts)) = talk {
        tokio::spawn(async move {
            let mut every = tokio::time::interval(Duration::from_millis(50));
            let text = format!("{}{}", "x".repeat(104), MARK as char);
            for turn in 1u32.. {
                every.tick().await;
                let per = |per_s: u32| per_s * turn / 20 - per_s * (turn - 1) / 20;
                let gift = || GiftSent {
                    gift: format!("rose{:016}{}", unix_us(), EVENT_MARK as char),
                    gift_id: None,
                    num: 1,
                    price_milli: 1,
                    coin: events::Coin::Gold,
                };
                let said = (0..per(danmaku)).map(|_| Event::DanmakuSent(DanmakuSent::plain(text.as_str())));
                let given = (0..per(gifts)).map(|_| Event::GiftSent(gift()));
                let envelopes: Vec<_> = said
                    .chain(given)
                    .map(|event| Envelope::new(app.now(), Source::Server, org, event).with_room(room.id))
                    .collect();
                if let Err(error) = app.append(&envelopes).await {
                    eprintln!("the log took nothing: {error}");
                }
            }
        });
    }
    serve(listener, router).await
}

/// axum + tungstenite. Without a tick: `broadcast`, one `send` per message, library defaults. With one: 4 KiB read
/// buffers and one shared message per tick.
pub async fn stock(mode: Mode, tick: Duration) -> anyhow::Result<()> {
    let (sender, _) = broadcast::channel::<Utf8Bytes>(4096);
    let (inlet, mut said) = tokio::sync::mpsc::unbounded_channel::<Utf8Bytes>();
    let out = sender.clone();
    tokio::spawn(async move {
        if !matches!(mode, Mode::Tick) {
            while let Some(message) = said.recv().await {
                let _ = out.send(message);
            }
            return;
        }
        let mut every = tokio::time::interval(tick);
        loop {
            every.tick().await;
            let mut waiting = Vec::new();
            while let Ok(message) = said.try_recv() {
                waiting.push(message);
            }
            if !waiting.is_empty() {
                let joined = waiting.iter().map(Utf8Bytes::as_str).collect::<Vec<_>>().join(",");
                let _ = out.send(format!("[{joined}]").into());
            }
        }
    });
    let buffer = if matches!(mode, Mode::Tick) { 4096 } else { 128 * 1024 };
    let router = Router::new().route("/", get(join)).with_state((sender, inlet, buffer));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("ready {} /", listener.local_addr()?.port());
    serve(listener, router).await
}

type Room = (broadcast::Sender<Utf8Bytes>, tokio::sync::mpsc::UnboundedSender<Utf8Bytes>, usize);

async fn join(upgrade: WebSocketUpgrade, State((sender, inlet, buffer)): State<Room>) -> Response {
    upgrade.read_buffer_size(buffer).on_upgrade(async move |socket| {
        let (mut sink, mut stream) = socket.split();
        let mut said = sender.subscribe();
        let writing = tokio::spawn(async move {
            loop {
                let sent = match said.recv().await {
                    Ok(message) => sink.send(Message::Text(message)).await.is_ok(),
                    Err(broadcast::error::RecvError::Lagged(_)) => true,
                    Err(broadcast::error::RecvError::Closed) => false,
                };
                if !sent {
                    break;
                }
            }
        });
        while let Some(Ok(message)) = stream.next().await {
            if let Message::Text(text) = message {
                let _ = inlet.send(text);
            }
        }
        writing.abort();
    })
}

async fn serve(listener: TcpListener, router: Router) -> anyhow::Result<()> {
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await?)
}
