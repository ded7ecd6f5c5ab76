//! What the benchmarks of media share: a film, publishers that push it, the whole program and nginx as processes of their own.

use crate::kaibo::{Kaibo, free_port};
use anyhow::{Context, Result, bail};
use app::Stop;
use bytes::Bytes;
use media::rtmp::publisher::Publisher;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep_until;

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

fn resident_mb(pid: u32) -> Result<u64> {
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

/// A media server under test.
pub struct Server {
    process: Process,
    pub rtmp: SocketAddr,
    pub http: SocketAddr,
    streams: Vec<Stream>,
}

enum Process {
    Ours(Kaibo),
    Nginx(Child),
}

#[derive(Debug, Clone)]
pub struct Stream {
    /// What is pushed to.
    pub key: String,
    /// The folder of the playlist and what it names.
    pub folder: String,
    pub playlist: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Self::Nginx(child) = self {
            // Its workers go with their master.
            let _ = Command::new("kill").arg(child.id().to_string()).status();
            let _ = child.wait();
        }
    }
}

impl Server {
    /// The whole program with the settings (TOML) and so many rooms.
    pub async fn ours(dir: &Path, name: &str, settings: &str, rooms: usize) -> Result<Self> {
        let kaibo = Kaibo::start(&dir.join(name), settings, &dir.join(format!("{name}.log"))).await?;
        let mut streams = Vec::new();
        for n in 0..rooms {
            let room = kaibo.api.room(&format!("room {n}")).await?;
            let folder = format!("/live/{}", room.id);
            streams.push(Stream { key: room.stream_key, playlist: format!("{folder}/index.m3u8"), folder });
        }
        Ok(Self { rtmp: kaibo.rtmp, http: kaibo.http, process: Process::Ours(kaibo), streams })
    }

    /// With nginx-rtmp, which takes any stream; whatever lies in the folder `hls` is served with `sendfile`. More than one
    /// worker is for serving files only: each keeps its own streams.
    pub fn nginx(dir: &Path, workers: usize, streams: usize) -> Result<Self> {
        let module = "/usr/lib/nginx/modules/ngx_rtmp_module.so";
        if !Path::new(module).exists() {
            bail!("there is no `{module}`");
        }
        let (rtmp, http) = (free_port()?, free_port()?);
        let at = dir.display();
        let settings = format!(
            "load_module {module};\nuser root;\ndaemon off;\nworker_processes {workers};\n\
             error_log {at}/error.log warn;\npid {at}/nginx.pid;\nevents {{ worker_connections 4096; }}\n\
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
        let streams = (0..streams).map(|n| {
            let key = format!("s{n}");
            Stream { playlist: format!("/hls/{key}.m3u8"), folder: "/hls".into(), key }
        });
        let mut server = Self { process: Process::Nginx(child), rtmp, http, streams: streams.collect() };
        for _ in 0..100 {
            std::thread::sleep(Duration::from_millis(50));
            if let Process::Nginx(child) = &mut server.process
                && let Some(status) = child.try_wait()?
            {
                bail!("it ended with {status}: {}", std::fs::read_to_string(dir.join("error.log")).unwrap_or_default());
            }
            if std::net::TcpStream::connect(rtmp).is_ok() {
                return Ok(server);
            }
        }
        bail!("it did not open its port")
    }

    pub fn stream(&self, n: usize) -> Result<&Stream> {
        self.streams.get(n).with_context(|| format!("there is no stream {n}"))
    }

    /// Ticks of processor time used so far, by all of its processes.
    pub fn ticks(&self) -> Result<u64> {
        self.processes()?.into_iter().map(ticks).sum()
    }

    pub fn resident_mb(&self) -> Result<u64> {
        self.processes()?.into_iter().map(resident_mb).sum()
    }

    fn processes(&self) -> Result<Vec<u32>> {
        let pid = match &self.process {
            Process::Ours(kaibo) => return Ok(vec![kaibo.pid()]),
            Process::Nginx(child) => child.id(),
        };
        let workers = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
        Ok(workers.split_whitespace().filter_map(|worker| worker.parse().ok()).chain([pid]).collect())
    }
}
