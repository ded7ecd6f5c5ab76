//! `kaibo serve`.

use crate::demo;
use anyhow::Context;
use server::{Config, LogFormat, Traces};
use std::{io::IsTerminal, net::SocketAddr, path::PathBuf};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

#[derive(clap::Args)]
pub struct Args {
    /// Settings on top of the defaults (TOML). A key that does not exist stops the start.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The folder that holds everything [default: kaibo-data].
    #[arg(long)]
    data: Option<PathBuf>,
    /// The database, instead of the one in the settings: sqlite://PATH or postgres://USER@HOST/DATABASE.
    #[arg(long, env = "KAIBO_DATABASE_URL", hide_env_values = true)]
    database: Option<String>,
    /// Where to serve HTTP [default: 127.0.0.1:8080].
    #[arg(long)]
    http: Option<SocketAddr>,
    /// Where encoders push [default: 127.0.0.1:1935].
    #[arg(long)]
    rtmp: Option<SocketAddr>,
    /// Put a demo room on air: a video through the real RTMP port, a simulated audience over the real HLS and sockets.
    #[arg(long)]
    demo: bool,
    /// Viewers in the demo room.
    #[arg(long, default_value_t = 30, requires = "demo")]
    demo_viewers: u32,
    /// Logs as JSON lines, as `log.format = "json"` does.
    #[arg(long)]
    log_json: bool,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut config = Config::load(args.config.as_deref())?;
    let filter = EnvFilter::try_from_env("KAIBO_LOG").unwrap_or_else(|_| EnvFilter::new("info,memory_serve=warn"));
    let traces = Traces::start(&config.trace)?;
    let logs = fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    let json = args.log_json || config.log.format == LogFormat::Json;
    let logs = if json { logs.json().boxed() } else { logs.boxed() };
    tracing_subscriber::registry().with(logs.with_filter(filter)).with(traces.as_ref().map(Traces::layer)).init();

    config.data = args.data.unwrap_or(config.data);
    config.database.url = args.database.filter(|url| !url.is_empty()).unwrap_or(config.database.url);
    config.http = args.http.unwrap_or(config.http);
    config.rtmp = args.rtmp.unwrap_or(config.rtmp);
    let data = config.data.clone();

    let mut interrupt = signal(SignalKind::interrupt()).context("listening for Ctrl-C")?;
    let mut terminate = signal(SignalKind::terminate()).context("listening for termination")?;
    let running = server::start(config).await?;
    let base = format!("http://{}", running.http);
    println!("Kaibo 开播 is ready");
    println!("  console 中控台     {base}/console");
    println!("  push 推流          rtmp://{}/live/<stream key>", running.rtmp);
    if let Some(password) = &running.one_time_password {
        println!("  first sign-in      login admin, one-time password {password}");
    }
    let demo = if args.demo { Some(demo::start(&running, &base, &data, args.demo_viewers).await?) } else { None };
    if let Some(demo) = &demo {
        println!("  demo room 演示间   {base}/r/{}", demo.room);
        println!("  live screen 大屏   {base}/console/rooms/{}/live", demo.room);
    }
    let ended = running
        .run(async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if let Some(demo) = demo {
                demo.stop().await;
            }
        })
        .await;
    if let Some(traces) = traces {
        traces.end().await;
    }
    ended
}
