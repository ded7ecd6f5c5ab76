//! How many events a second `/v1/batch` makes durable for a core, beside what a careful engineer would write by hand: the same HTTP, the
//! same requests parsed and appended to a file, one fdatasync for whoever waits. With `KAIBO_BENCH_POSTGRES` (a URL that `psql` takes) also
//! PostgreSQL's COPY of the same lines, one transaction a request.
//!
//! `cargo run --release -p benches --bin collect -- [SECONDS]` (10 unless said otherwise)

use anyhow::{Context, Result, ensure};
use app::{App, Keys, Permission, Scope};
use async_trait::async_trait;
use axum::{Router, body::Bytes, extract::State, routing::post};
use collect::{Collect, ImportBroadcast, ImportDesk, ImportRefusal, OpenImport};
use events::{BroadcastId, Clock, Millis, OrgId, RoomId, TeamId};
use serde_json::{Value, json, value::RawValue};
use std::{
    fs::File,
    io::{Read, Write},
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, oneshot};

const CLIENTS: usize = 32;
const SOURCES: usize = 8;
const EVENTS_A_REQUEST: usize = 100;
const ROUNDS: usize = 3;

fn main() -> Result<()> {
    let seconds = std::env::args().nth(1).map_or(Ok(10), |text| text.parse()).context("the number of seconds")?;
    let took = Duration::from_secs(seconds);
    println!("{CLIENTS} clients, {EVENTS_A_REQUEST} events of {} bytes a request", item(0).len());
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    // By turns, so that what else the machine does hits both.
    for _ in 0..ROUNDS {
        bare.push(run(took, serve_bare)?);
        ours.push(run(took, serve_ours)?);
    }
    let (ours, bare) = (median(ours), median(bare));
    for (name, rate) in [("file and fdatasync", bare), ("/v1/batch", ours)] {
        println!("{name:20} {:>9.0} events/s, {:>9.0} a core", rate.per_s, rate.per_core_s);
    }
    println!(
        "/v1/batch against the file: {:.2} x, {:.2} x a core",
        ours.per_s / bare.per_s,
        ours.per_core_s / bare.per_core_s
    );
    match std::env::var("KAIBO_BENCH_POSTGRES") {
        Ok(url) => {
            let copy = copy(&url, took)?;
            println!("{:20} {copy:>9.0} events/s; /v1/batch against it: {:.2} x", "PostgreSQL COPY", ours.per_s / copy);
        }
        Err(_) => println!("PostgreSQL: not measured, KAIBO_BENCH_POSTGRES is not set"),
    }
    Ok(())
}

#[derive(Debug, Clone, Copy)]
struct Rate {
    per_s: f64,
    /// By the processor time of the whole process, clients included: they cost the same in both.
    per_core_s: f64,
}

fn median(mut rates: Vec<Rate>) -> Rate {
    rates.sort_by(|one, other| one.per_s.total_cmp(&other.per_s));
    rates[rates.len() / 2]
}

/// Serves from a runtime of its own, and sends for a while.
fn run(took: Duration, serve: fn(&Path) -> Result<Served>) -> Result<Rate> {
    let dir = tempfile::tempdir()?;
    let served = serve(dir.path())?;
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let (begun, cpu) = (Instant::now(), processor_time());
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (stop, done, served) =
                (stop.clone(), done.clone(), (served.address, served.keys[client % served.keys.len()].clone()));
            std::thread::spawn(move || send(client, served.0, &served.1, &stop, &done))
        })
        .collect();
    std::thread::sleep(took);
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.join().map_err(|_| anyhow::anyhow!("a client panicked"))??;
    }
    let (elapsed, cpu) = (begun.elapsed(), processor_time() - cpu);
    let events = done.load(Ordering::Relaxed) as f64;
    served.runtime.shutdown_background();
    Ok(Rate { per_s: events / elapsed.as_secs_f64(), per_core_s: events / cpu.as_secs_f64() })
}

struct Served {
    address: SocketAddr,
    keys: Vec<String>,
    runtime: tokio::runtime::Runtime,
}

fn item(n: usize) -> String {
    json!({"type": "track", "event": "Product Viewed", "messageId": format!("01890a5d-ac96-774b-bcce-{n:012x}"),
        "userId": format!("user-{}", n % 50_000), "timestamp": "2026-11-01T08:00:00.123Z",
        "properties": {"sku": "A-1024", "price": 19.9, "from": "live room", "position": n % 40},
        "context": {"library": {"name": "analytics-node", "version": "3.1.0"}, "locale": "zh-CN",
            "page": {"url": "https://shop.example/p/1024?utm_source=douyin"}}, "integrations": {}})
    .to_string()
}

fn body(from: usize) -> String {
    let items: Vec<String> = (from..from + EVENTS_A_REQUEST).map(item).collect();
    format!("{{\"batch\":[{}],\"sentAt\":\"2026-11-01T08:00:01.000Z\"}}", items.join(","))
}

fn send(client: usize, address: SocketAddr, key: &str, stop: &AtomicBool, done: &AtomicU64) -> Result<()> {
    let mut stream = std::net::TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut answer = vec![0; 4096];
    for request in 0.. {
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        let body = body((client * 1_000_000 + request) * EVENTS_A_REQUEST);
        let head = format!(
            "POST /v1/batch HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes())?;
        let read = stream.read(&mut answer)?;
        let text = String::from_utf8_lossy(&answer[..read]);
        ensure!(text.starts_with("HTTP/1.1 200"), "{text}");
        done.fetch_add(EVENTS_A_REQUEST as u64, Ordering::Relaxed);
    }
    Ok(())
}

fn processor_time() -> Duration {
    // SAFETY: the call fills the struct that it is given, which any bytes are valid for.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let of = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1_000);
    of(usage.ru_utime) + of(usage.ru_stime)
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// The real feature with a source, on a real store and log.
fn serve_ours(dir: &Path) -> Result<Served> {
    let runtime = runtime()?;
    let (address, keys) = runtime.block_on(async {
        let store = store::Store::open(&format!("sqlite://{}/kaibo.db", dir.display())).await?;
        let log = eventlog::EventLog::open(&dir.join("log"), eventlog::Options::default())?;
        let app = App::new(store, log, Clock::system(), Keys::from_secret([1; 32]), dir.to_path_buf());
        app.set_authenticator(Arc::new(Somebody));
        let feature = Collect::new(app.clone(), Arc::new(NoImports)).feature();
        let own = store::MigrationSet { feature: feature.name, steps: feature.migrations };
        app.store.migrate(&[app::vault::TABLES, own]).await?;
        for job in feature.jobs {
            tokio::spawn(job.run(app.stop.clone()));
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let router = Router::from(feature.routes);
        tokio::spawn(async move { axum::serve(listener, router).await });
        // A source takes at most 100,000 events a second; together they take more.
        let all = move || (0..SOURCES).map(|_| made(address)).collect::<Result<Vec<_>>>();
        let keys = tokio::task::spawn_blocking(all).await??;
        anyhow::Ok((address, keys))
    })?;
    Ok(Served { address, keys, runtime })
}

/// Makes a source over HTTP, and answers its key.
fn made(address: SocketAddr) -> Result<String> {
    let body = json!({"name": "bench", "kind": "segment", "events_per_s": 100_000}).to_string();
    let mut stream = std::net::TcpStream::connect(address)?;
    write!(
        stream,
        "POST /api/collect/sources HTTP/1.1\r\nhost: x\r\nauthorization: Bearer bench\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let json = answer.split_once("\r\n\r\n").map_or("", |(_, json)| json);
    let made: Value = serde_json::from_str(json).with_context(|| answer.clone())?;
    Ok(made["write_key"].as_str().context("a key")?.to_owned())
}

struct Somebody;

#[async_trait]
impl app::Authenticate for Somebody {
    fn credential(&self, _: &axum::http::HeaderMap) -> Option<String> {
        None
    }

    async fn authenticate(&self, _: &axum::http::HeaderMap) -> Result<Option<app::Actor>> {
        let (org, team) = (OrgId::new(), TeamId::new());
        Ok(Some(app::Actor {
            user: None,
            name: "bench".into(),
            role: "bench".into(),
            permissions: Arc::new([collect::ManageSources::INFO.name.to_owned()].into()),
            scope: Scope::whole(org),
            home_team: team,
            must_change_password: false,
            must_enrol: false,
        }))
    }
}

struct NoImports;

#[async_trait]
impl ImportDesk for NoImports {
    async fn room(&self, _: Scope, room: RoomId) -> Result<(), ImportRefusal> {
        Err(ImportRefusal::RoomNotFound(room))
    }

    async fn open(&self, _: Scope, room: RoomId, _: ImportBroadcast) -> Result<OpenImport, ImportRefusal> {
        Err(ImportRefusal::RoomNotFound(room))
    }
    async fn find(&self, _: Scope, _: RoomId, broadcast: BroadcastId) -> Result<OpenImport, ImportRefusal> {
        Err(ImportRefusal::ImportNotFound(broadcast))
    }
    async fn close(&self, _: Scope, _: RoomId, broadcast: BroadcastId, _: Millis) -> Result<(), ImportRefusal> {
        Err(ImportRefusal::ImportNotFound(broadcast))
    }
}

type Waiting = (Vec<u8>, oneshot::Sender<()>);

/// Parses every item, appends it as a line, and answers when it is on disk.
fn serve_bare(dir: &Path) -> Result<Served> {
    let runtime = runtime()?;
    let (queue, waiting) = mpsc::channel::<Waiting>(1024);
    let mut file = File::create(dir.join("events.ndjson"))?;
    std::thread::spawn(move || write_groups(&mut file, waiting));
    let address = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let router = Router::new().route("/v1/batch", post(append)).with_state(queue);
        tokio::spawn(async move { axum::serve(listener, router).await });
        anyhow::Ok(address)
    })?;
    Ok(Served { address, keys: vec!["none".into()], runtime })
}

async fn append(State(queue): State<mpsc::Sender<Waiting>>, body: Bytes) -> Result<String, axum::http::StatusCode> {
    #[derive(serde::Deserialize)]
    struct Batch<'a> {
        #[serde(borrow)]
        batch: Vec<&'a RawValue>,
    }
    let bad = axum::http::StatusCode::BAD_REQUEST;
    let batch: Batch = serde_json::from_slice(&body).map_err(|_| bad)?;
    let mut lines = Vec::with_capacity(body.len());
    for item in batch.batch {
        let item: Value = serde_json::from_str(item.get()).map_err(|_| bad)?;
        serde_json::to_writer(&mut lines, &item).map_err(|_| bad)?;
        lines.push(b'\n');
    }
    let (done, synced) = oneshot::channel();
    queue.send((lines, done)).await.map_err(|_| bad)?;
    synced.await.map_err(|_| bad)?;
    Ok("{\"success\":true}".to_owned())
}

fn write_groups(file: &mut File, mut waiting: mpsc::Receiver<Waiting>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut group = vec![first];
        while let Ok(next) = waiting.try_recv() {
            group.push(next);
        }
        let lines: Vec<u8> = group.iter().flat_map(|(lines, _)| lines).copied().collect();
        if file.write_all(&lines).and_then(|()| file.sync_data()).is_err() {
            return;
        }
        for (_, done) in group {
            let _ = done.send(());
        }
    }
}

/// Events a second that COPY makes durable, one transaction a request, over four connections.
fn copy(url: &str, took: Duration) -> Result<f64> {
    let psql = |sql: &str| -> Result<()> {
        let status = Command::new("psql").args(["-q", "-v", "ON_ERROR_STOP=1", url, "-c", sql]).status()?;
        ensure!(status.success(), "psql: {sql}");
        Ok(())
    };
    psql("DROP TABLE IF EXISTS kaibo_bench; CREATE TABLE kaibo_bench (event jsonb NOT NULL)")?;
    let begun = Instant::now();
    let connections: Vec<_> = (0..4)
        .map(|connection| {
            let url = url.to_owned();
            std::thread::spawn(move || -> Result<usize> {
                let mut child =
                    Command::new("psql").args(["-q", "-v", "ON_ERROR_STOP=1", &url]).stdin(Stdio::piped()).spawn()?;
                let mut input = child.stdin.take().context("psql's input")?;
                let mut sent = 0;
                while begun.elapsed() < took {
                    let from = connection * 100_000_000 + sent;
                    let lines: Vec<String> = (from..from + EVENTS_A_REQUEST).map(item).collect();
                    writeln!(input, "COPY kaibo_bench FROM STDIN;\n{}\n\\.", lines.join("\n"))?;
                    sent += EVENTS_A_REQUEST;
                }
                drop(input);
                ensure!(child.wait()?.success(), "psql failed");
                Ok(sent)
            })
        })
        .collect();
    let mut sent = 0;
    for connection in connections {
        sent += connection.join().map_err(|_| anyhow::anyhow!("a connection panicked"))??;
    }
    // What psql still had to send counts as well.
    let rate = sent as f64 / begun.elapsed().as_secs_f64();
    psql("DROP TABLE kaibo_bench")?;
    Ok(rate)
}
