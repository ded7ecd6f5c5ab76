//! What the benchmarks of media share: a film, publishers that push it, our server and nginx as processes of their own.

use anyhow::{Context, Result, bail};
use app::{App, Keys, Stop, Wire, Wired};
use async_trait::async_trait;
use audience::{Audience, RoomRef, Rooms};
use axum::extract::{ConnectInfo, Request, connect_info::Connected};
use axum::serve::{IncomingStream, Listener};
use bytes::Bytes;
use events::{BroadcastId, Clock, Millis, OrgId, RoomId, StreamSwitched, TeamId};
use media::rtmp::publisher::Publisher;
use media::{Media, MediaSettings, OnAir, ShowRef, StreamDesk, StreamGrant, StreamInfo, StreamRefusal};
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep_until;
use tower::util::MapRequestLayer;

/// utime + stime of a process.
pub fn ticks(pid: u32) -> Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields: Vec<&str> = stat.rsplit_once(')').context("stat names the program")?.1.split_whitespace().collect();
    Ok(fields.get(11).context("utime")?.parse::<u64>()? + fields.get(12).context("stime")?.parse::<u64>()?)
}

pub fn ticks_per_second() -> f64 {
    // SAFETY: sysconf only reads a constant.
    unsafe { libc::sysconf(libc::_SC_CLK_TCK) as f64 }
}

pub fn resident_mb(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS")).context("VmRSS")?;
    Ok(line.split_whitespace().nth(1).context("VmRSS in kB")?.parse::<u64>()? / 1024)
}

pub struct Tag {
    pub video: bool,
    pub ms: u32,
    pub payload: Bytes,
}

pub struct Film {
    pub configs: Vec<Tag>,
    pub tags: Vec<Tag>,
    pub ms: u32,
}

impl Film {
    /// Ten seconds of 720p30 with B-frames, a key frame every two seconds, and AAC.
    pub fn make(dir: &Path, kbps: u32) -> Result<Self> {
        let file = dir.join("film.flv");
        let status = Command::new("ffmpeg")
            .args("-nostdin -v error -y -f lavfi -i testsrc2=s=1280x720:r=30,noise=alls=12:allf=t -f lavfi -i sine=440:r=44100".split(' '))
            .args("-t 10 -c:v libx264 -preset ultrafast -tune zerolatency -bf 2".split(' '))
            .args(format!("-b:v {kbps}k -maxrate {kbps}k -bufsize {kbps}k").split(' '))
            .args("-g 60 -keyint_min 60 -sc_threshold 0 -pix_fmt yuv420p -c:a aac -b:a 128k -ac 2".split(' '))
            .arg(&file)
            .status()
            .context("`ffmpeg` makes the film")?;
        if !status.success() {
            bail!("`ffmpeg` could not make the film");
        }
        Self::read(&std::fs::read(&file)?)
    }

    fn read(bytes: &[u8]) -> Result<Self> {
        let (mut configs, mut tags) = (Vec::new(), Vec::new());
        let mut rest = bytes.get(13..).context("an FLV header")?;
        while let Some(([kind, a, b, c, t1, t2, t3, t0, ..], _)) = rest.split_first_chunk::<11>() {
            let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
            let ms = u32::from_be_bytes([*t0, *t1, *t2, *t3]);
            let payload = rest.get(11..11 + length).context("a whole tag")?;
            let video = *kind == 9;
            if matches!(kind, 8 | 9) {
                let list = if payload.get(1) == Some(&0) { &mut configs } else { &mut tags };
                list.push(Tag { video, ms, payload: Bytes::copy_from_slice(payload) });
            }
            rest = rest.get(11 + length + 4..).unwrap_or_default();
        }
        tags.retain(|tag| tag.ms < 10_000);
        Ok(Self { configs, tags, ms: 10_000 })
    }

    pub fn megabits(&self) -> f64 {
        self.tags.iter().map(|tag| tag.payload.len()).sum::<usize>() as f64 * 8.0 / 1000.0 / f64::from(self.ms)
    }
}

pub type Pushed = tokio::sync::mpsc::UnboundedSender<(u32, Instant)>;

/// Pushes the film round and round at natural speed until `stop`.
pub async fn push(
    to: SocketAddr,
    name: String,
    film: Arc<Film>,
    begin: Instant,
    stop: Stop,
    pushed: Option<Pushed>,
) -> Result<()> {
    let mut socket = TcpStream::connect(to).await?;
    socket.set_nodelay(true)?;
    let mut answers = vec![0; 16 << 10];
    let mut out = Vec::new();
    Publisher::hello(&mut out);
    socket.write_all(&out).await?;
    let mut handshake = vec![0; 1 + 2 * 1536];
    socket.read_exact(&mut handshake).await?;
    out.clear();
    Publisher::echo(&mut out);
    let mut publisher = Publisher::default();
    publisher.publish("live", &name, &mut out);
    socket.write_all(&out).await?;
    let mut said = Vec::new();
    while !said.windows(13).any(|window| window == b"Publish.Start") {
        let read = socket.read(&mut answers).await?;
        if read == 0 {
            bail!("`publish` was refused");
        }
        said.extend_from_slice(&answers[..read]);
    }
    out.clear();
    for tag in &film.configs {
        write(&publisher, tag, 0, &mut out);
    }
    let mut round_ms = 0;
    loop {
        for tag in &film.tags {
            let at_ms = round_ms + tag.ms;
            sleep_until((begin + Duration::from_millis(u64::from(at_ms))).into()).await;
            if stop.is_cancelled() {
                out.clear();
                publisher.goodbye(&name, &mut out);
                socket.write_all(&out).await?;
                return Ok(());
            }
            write(&publisher, tag, at_ms, &mut out);
            socket.write_all(&out).await?;
            out.clear();
            if let (Some(pushed), true) = (&pushed, tag.video) {
                let _ = pushed.send((at_ms, Instant::now()));
            }
            let _ = socket.try_read(&mut answers);
        }
        round_ms += film.ms;
    }
}

pub fn write(publisher: &Publisher, tag: &Tag, at_ms: u32, out: &mut Vec<u8>) {
    match tag.video {
        true => publisher.video(at_ms, &tag.payload, out),
        false => publisher.audio(at_ms, &tag.payload, out),
    }
}

pub async fn get(from: SocketAddr, path: &str) -> Result<(u16, String, String)> {
    let mut socket = TcpStream::connect(from).await?;
    socket.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").context("an HTTP answer")?;
    Ok((head.split(' ').nth(1).context("a status")?.parse()?, head.to_owned(), body.to_owned()))
}

pub struct Server {
    pub child: Child,
    pub rtmp: SocketAddr,
    pub http: SocketAddr,
    /// The playlist's path of a stream name.
    pub playlist: fn(&str) -> String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// `mode` is `low` or `classic`.
    pub fn ours(mode: &str) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", mode])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        let mut address =
            || -> Result<SocketAddr> { Ok(lines.next().context("the server prints its address")??.parse()?) };
        let (rtmp, http) = (address()?, address()?);
        Ok(Self { child, rtmp, http, playlist: |name| format!("/live/{}/index.m3u8", room(name)) })
    }

    /// With nginx-rtmp; whatever lies in the folder is served with `sendfile`.
    pub fn nginx(dir: &Path) -> Result<Self> {
        let module = "/usr/lib/nginx/modules/ngx_rtmp_module.so";
        if !Path::new(module).exists() {
            bail!("there is no `{module}`");
        }
        let free = || -> Result<SocketAddr> { Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?) };
        let (rtmp, http) = (free()?, free()?);
        let at = dir.display();
        let settings = format!(
            "load_module {module};\nuser root;\ndaemon off;\nmaster_process off;\nworker_processes 1;\n\
             error_log {at}/error.log warn;\npid {at}/nginx.pid;\nevents {{ worker_connections 2048; }}\n\
             rtmp {{ access_log off; server {{ listen {rtmp}; chunk_size 4096; application live {{ live on; hls on; hls_path {at}/hls; \
             hls_fragment 2s; hls_playlist_length 12s; }} }} }}\n\
             http {{ access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000; keepalive_timeout 120s; \
             open_file_cache max=4096 inactive=60s; open_file_cache_valid 60s; client_body_temp_path {at}/body; proxy_temp_path {at}/proxy; fastcgi_temp_path {at}/fastcgi; \
             uwsgi_temp_path {at}/uwsgi; scgi_temp_path {at}/scgi; server {{ listen {http}; location /hls {{ root {at}; }} }} }}\n"
        );
        let file = dir.join("nginx.conf");
        std::fs::write(&file, settings)?;
        std::fs::create_dir_all(dir.join("hls"))?;
        let child = Command::new("nginx").arg("-c").arg(&file).arg("-p").arg(dir).stderr(Stdio::null()).spawn()?;
        let mut server = Self { child, rtmp, http, playlist: |name| format!("/hls/{name}.m3u8") };
        for _ in 0..100 {
            std::thread::sleep(Duration::from_millis(50));
            if let Some(status) = server.child.try_wait()? {
                bail!("it ended with {status}: {}", std::fs::read_to_string(dir.join("error.log")).unwrap_or_default());
            }
            if std::net::TcpStream::connect(rtmp).is_ok() {
                return Ok(server);
            }
        }
        bail!("it did not open its port")
    }
}

/// Lets everybody in: each stream name is a room of its own, and on air.
struct OpenDesk;

/// A name's room: its bytes as the id.
fn room(name: &str) -> RoomId {
    let number = name.bytes().fold(0u128, |number, byte| (number << 8) | u128::from(byte));
    RoomId(uuid::Uuid::from_u128(number))
}

#[async_trait]
impl StreamDesk for OpenDesk {
    async fn authorize(&self, stream_key: &str, _: IpAddr) -> Result<StreamGrant, StreamRefusal> {
        Ok(StreamGrant { room: room(stream_key) })
    }

    async fn published(&self, room: RoomId, _: StreamInfo) -> Result<OnAir> {
        Ok(OnAir { broadcast: BroadcastId(room.0), started_at: Millis::now(), resumed: false })
    }

    async fn lost(&self, _: RoomId, _: bool) {}

    async fn switched(&self, _: RoomId, _: StreamSwitched) {}

    async fn show(&self, _: BroadcastId) -> anyhow::Result<Option<ShowRef>> {
        Ok(None)
    }
}

#[async_trait]
impl Rooms for OpenDesk {
    async fn room(&self, id: RoomId) -> Result<Option<RoomRef>> {
        let broadcast = Some(BroadcastId(id.0));
        Ok(Some(RoomRef { room: id, org: OrgId::default(), team: TeamId::default(), private: false, broadcast }))
    }
}

/// Connections that keep an account of what arrives, as those of the whole program do.
struct Connections(tokio::net::TcpListener);

impl Listener for Connections {
    type Io = Wired;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wired, SocketAddr) {
        loop {
            if let Ok((stream, peer)) = self.0.accept().await {
                return (Wired::new(stream), peer);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

#[derive(Clone)]
struct Account(Wire);

impl Connected<IncomingStream<'_, Connections>> for Account {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        Self(stream.io().wire())
    }
}

fn with_account(mut request: Request) -> Request {
    let account = request.extensions().get::<ConnectInfo<Account>>().map(|ConnectInfo(account)| account.0.clone());
    if let Some(wire) = account {
        request.extensions_mut().insert(wire);
    }
    request
}

/// The media server as `serve` runs it, without the rest. Prints its RTMP and HTTP addresses.
pub async fn serve(mode: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let store = store::Store::open(&format!("sqlite://{}/kaibo.db", dir.path().display())).await?;
    let log = eventlog::EventLog::open(&dir.path().join("log"), eventlog::Options::default())?;
    let app = App::new(store, log, Clock::system(), Keys::from_secret([7; 32]), dir.path().to_path_buf());
    let settings = MediaSettings { low_latency: mode != "classic", ..MediaSettings::default() };
    let desk = Arc::new(OpenDesk);
    let audience = Audience::new(app.clone(), desk.clone());
    let media = Media::new(app.clone(), audience.clone(), desk, settings);
    let local = SocketAddr::from(([127, 0, 0, 1], 0));
    let ingest = media.listen(local).await?;
    let listener = tokio::net::TcpListener::bind(local).await?;
    println!("{}\n{}", ingest.local_addr()?, listener.local_addr()?);
    let feature = media.feature();
    for job in feature.jobs {
        tokio::spawn(job.run(app.stop.clone()));
    }
    // Seen and credited as in the whole program.
    let router: axum::Router = audience.watched(feature.routes).into();
    let router = router.layer(MapRequestLayer::new(with_account)).into_make_service_with_connect_info::<Account>();
    tokio::spawn(async move { axum::serve(Connections(listener), router).await });
    tokio::spawn(ingest.run(app.stop.clone()));
    // Ends with the program that started it.
    let mut end = [0; 1];
    let _ = tokio::io::stdin().read(&mut end).await;
    app.stop.cancel();
    Ok(())
}
