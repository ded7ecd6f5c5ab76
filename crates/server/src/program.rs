//! The life of the program: open, migrate, follow, listen, stop.

use crate::{
    backup,
    config::{Config, FileLayer},
    description,
    features::{self, Domains},
    http, system,
};
use anyhow::{Context, anyhow, ensure};
use app::{App, Feature, Keys, Stop};
use axum::Router;
use events::Clock;
use events::{OrgId, TeamId};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use moderation::ledger;
use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, task::JoinSet};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// A started program.
pub struct Running {
    pub app: App,
    pub domains: Domains,
    pub http: SocketAddr,
    pub rtmp: SocketAddr,
    /// The first administrator's password, until a person has set an own one. A new one at every start.
    pub one_time_password: Option<String>,
    /// What the features let people do.
    pub permissions: Vec<app::PermissionInfo>,
    tasks: JoinSet<(&'static str, anyhow::Result<()>)>,
}

/// Followers that `/readyz` waits for.
const FOLLOWERS: &[&str] = &["metrics", room::danmaku::NAME];

/// Starts everything; it serves when this returns.
pub async fn start(config: Config) -> anyhow::Result<Running> {
    start_at(config, Clock::system()).await
}

/// The same by another clock.
pub async fn start_at(config: Config, clock: Clock) -> anyhow::Result<Running> {
    let app = open_at(&config, clock).await?;
    let boot_position = app.log.last();
    let (domains, features) = features::features(&app, &config);
    let permissions = features.iter().flat_map(|feature| feature.permissions.iter().copied()).collect();
    let mut tasks = JoinSet::new();
    let (api, openapi) = assemble(&app, &domains, features, Some(&mut tasks)).await?;
    let one_time_password = accounts::ensure_first_admin(&app).await?.map(|first| first.password);

    let listener =
        TcpListener::bind(config.http).await.with_context(|| format!("listening on `{}` for HTTP", config.http))?;
    let http = listener.local_addr()?;
    let ingest = domains.media.listen(config.rtmp).await?;
    let rtmp = ingest.local_addr()?;
    let stop = app.stop.clone();
    tasks.spawn(async move { ("rtmp", ingest.run(stop).await) });
    let (org, _) = accounts::home(&app).await?;
    let (system, looking) = (domains.system.clone(), domains.system.clone());
    tasks.spawn(async move {
        looking.watch(org).await;
        ("condition", Ok(()))
    });
    let face =
        http::Face { app: app.clone(), prometheus: prometheus()?, followers: FOLLOWERS, boot_position, system, rtmp };
    let router = http::router(face, api, &openapi, &config)?;
    let (stop, max_connections) = (app.stop.clone(), config.max_connections);
    tasks.spawn(async move {
        http::serve(listener, router, stop, max_connections).await;
        ("http", Ok(()))
    });
    Ok(Running { app, domains, http, rtmp, one_time_password, permissions, tasks })
}

impl Running {
    /// The organisation and team that records without an owner belong to.
    pub async fn home(&self) -> anyhow::Result<(OrgId, TeamId)> {
        accounts::home(&self.app).await
    }

    /// Parts that have ended, and how. Each of them stops the whole program: there should be none before it does.
    pub fn ended(&mut self) -> Vec<String> {
        let mut ended = Vec::new();
        while let Some(part) = self.tasks.try_join_next() {
            ended.push(part.map_or_else(|error| error.to_string(), |(name, result)| format!("`{name}`: {result:?}")));
        }
        ended
    }

    /// Waits for `until` or for a part that fails, then stops everything in order.
    pub async fn run(mut self, until: impl Future<Output = ()>) -> anyhow::Result<()> {
        let mut outcome = Ok(());
        tokio::select! {
            () = until => tracing::info!("stopping"),
            ended = self.tasks.join_next() => {
                if let Some(Ok((name, result))) = ended {
                    outcome = result.with_context(|| format!("`{name}` failed"));
                    // Nobody would notice that a part is missing, so the program does not go on without it.
                    if outcome.is_ok() && !self.app.stop.is_cancelled() {
                        outcome = Err(anyhow!("`{name}` ended by itself"));
                    }
                } else if let Some(Err(error)) = ended {
                    outcome = Err(error).context("a part of the program panicked");
                }
            }
        }
        self.app.stop.cancel();
        let rest = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(Duration::from_secs(10), rest).await.is_err() {
            tracing::warn!("some parts did not stop in time");
        }
        self.app.store.clone().close().await;
        outcome
    }
}

/// An API token, made on the machine itself; works beside a running server.
pub async fn create_token(config: &Config, role: &str, name: &str, days: Option<u32>) -> anyhow::Result<String> {
    let until = Instant::now() + STARTING;
    loop {
        match try_create_token(config, role, name, days).await {
            // A server that is just starting holds the log and has not made its tables yet.
            Err(error) if Instant::now() < until && is_starting(&error) => tokio::time::sleep(STARTING / 50).await,
            done => return done,
        }
    }
}

/// How long a server may take from its first file to its tables.
const STARTING: Duration = Duration::from_secs(10);

fn is_starting(error: &anyhow::Error) -> bool {
    let in_use =
        |cause: &(dyn std::error::Error + 'static)| matches!(cause.downcast_ref(), Some(eventlog::OpenError::InUse(_)));
    error.chain().any(in_use) || is_without_tables(&format!("{error:#}"))
}

fn is_without_tables(words: &str) -> bool {
    words.contains("no such table") || (words.contains("relation") && words.contains("does not exist"))
}

async fn try_create_token(config: &Config, role: &str, name: &str, days: Option<u32>) -> anyhow::Result<String> {
    create_private(&config.data).with_context(|| format!("creating the data folder `{}`", config.data.display()))?;
    let store = store::Store::open(&config.database_url()).await?;
    if store.is_new().await? {
        // Nobody has started here yet: the tables are made first.
        let app = open(config).await?;
        let (_, features) = features::features(&app, config);
        migrate(&app, &features).await?;
        app.stop.cancel();
        app.store.clone().close().await;
    }
    let ttl = days.map(|days| Duration::from_secs(u64::from(days) * 86_400));
    let token = accounts::create_token(&store, role, name, ttl).await;
    store.close().await;
    token
}

/// Walks the audit log of a data folder and compares it with the heads in its event log and with `heads` from elsewhere.
pub async fn verify_audit(config: &Config, heads: Vec<(i64, String)>) -> anyhow::Result<accounts::AuditReport> {
    let mut kept = told(config, accounts::heads_in).await?;
    kept.extend(heads);
    let store = existing(config).await?;
    let report = accounts::verify_audit(store.read(), &kept).await;
    store.close().await;
    report
}

/// Walks the ledgers of a data folder and compares them with the heads in its event log and with those that were exported.
pub async fn verify_ledger(config: &Config, heads: &str) -> anyhow::Result<Vec<ledger::Report>> {
    let mut noted = told(config, ledger::heads_in).await?;
    noted.add_lines(heads)?;
    let store = existing(config).await?;
    let reports = ledger::verify(store.read(), &noted).await;
    store.close().await;
    reports
}

/// What the event log was told of heads; nothing, where there is none.
async fn told<T: Default + Send + 'static>(
    config: &Config,
    heads_in: fn(&eventlog::EventLog) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let log_dir = config.data.join("log");
    if !log_dir.is_dir() {
        return Ok(T::default());
    }
    let read = move || heads_in(&eventlog::EventLog::open_read_only(&log_dir, eventlog::Options::default())?);
    tokio::task::spawn_blocking(read).await?.context("reading the heads in the event log")
}

/// The database of a data folder; none is made.
async fn existing(config: &Config) -> anyhow::Result<store::Store> {
    let url = config.database_url();
    if let Some(path) = url.strip_prefix("sqlite://") {
        ensure!(Path::new(path).exists(), "there is no file `{path}`");
    }
    store::Store::open(&url).await
}

async fn migrate(app: &App, features: &[Feature]) -> anyhow::Result<()> {
    app.store.migrate(&features::steps(features)).await.context("bringing the database up to date")
}

/// The API's description, built from the same routes that are served.
pub async fn openapi() -> anyhow::Result<OpenApi> {
    let dir = tempfile::tempdir()?;
    let mut config = Config::load(None)?;
    config.data = dir.path().to_owned();
    let app = open(&config).await?;
    let (domains, features) = features::features(&app, &config);
    migrate(&app, &features).await?;
    let (_, openapi) = assemble(&app, &domains, features, None).await?;
    Ok(openapi)
}

async fn open(config: &Config) -> anyhow::Result<App> {
    open_at(config, Clock::system()).await
}

async fn open_at(config: &Config, clock: Clock) -> anyhow::Result<App> {
    let data = &config.data;
    create_private(data).with_context(|| format!("creating the data folder `{}`", data.display()))?;
    ensure!(
        !data.join(backup::RESTORING).exists(),
        "a restore into `{}` has not ended: run `kaibo restore` again",
        data.display()
    );
    let keys = Keys::load_or_create(data)?;
    let options = match config.log.file_layer {
        FileLayer::Direct => eventlog::Options::default(),
        FileLayer::HeldBack => {
            eventlog::Options::default().with_files(Arc::new(eventlog::files::HeldBackFiles::default()))
        }
    };
    let log_dir = data.join("log");
    let log = tokio::task::spawn_blocking(move || eventlog::EventLog::open(&log_dir, options)).await?;
    let log = log.context("opening the event log")?;
    let store = store::Store::open(&config.database_url()).await?;
    Ok(App::new(store, log, clock, keys, data.clone()))
}

fn create_private(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Migrates, collects the routes, and starts what runs beside the requests.
async fn assemble(
    app: &App,
    domains: &Domains,
    features: Vec<Feature>,
    tasks: Option<&mut JoinSet<(&'static str, anyhow::Result<()>)>>,
) -> anyhow::Result<(Router, OpenApi)> {
    if tasks.is_some() {
        migrate(app, &features).await?;
    }
    let mut routes = OpenApiRouter::new();
    let mut background = Vec::new();
    for feature in features {
        routes = routes.merge(feature.routes);
        background.push((feature.reactions, feature.jobs));
    }
    let (router, openapi) = routes.split_for_parts();
    if let Some(tasks) = tasks {
        let (store, log, stop) = (app.store.clone(), app.log.clone(), app.stop.clone());
        tasks.spawn(async move { ("outbox-relay", store::relay(store, log, stop).await) });
        let (metrics, stop) = (prometheus()?, app.stop.clone());
        tasks.spawn(async move { ("metrics-upkeep", upkeep(metrics, stop).await) });
        for (reactions, jobs) in background {
            for reaction in reactions {
                let app = app.clone();
                tasks.spawn(async move { (reaction.name, reaction.run(app).await) });
            }
            for job in jobs {
                let stop: Stop = app.stop.clone();
                tasks.spawn(async move { (job.name, job.run(stop).await) });
            }
        }
    }
    let mut openapi = description::complete(openapi);
    description::say_permissions(&router, &domains.accounts.powerless(), &mut openapi).await;
    Ok((router, openapi))
}

/// What the recorder's makers advise.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// One recorder for the process, whoever asks.
fn prometheus() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let installed = metrics::set_global_recorder(system::recorder(recorder));
    installed.map_err(|error| anyhow::anyhow!("installing the metrics recorder: {error}"))?;
    begin_at_zero();
    Ok(HANDLE.get_or_init(|| handle).clone())
}

/// What rings when it grows is there before it does: the first increment of a counter that nobody saw at zero is no growth.
fn begin_at_zero() {
    metrics::counter!("eventlog_failed_commits_total").increment(0);
    metrics::counter!("kaibo_outbox_failures_total").increment(0);
    metrics::counter!("kaibo_audience_dropped_total").increment(0);
    metrics::counter!("kaibo_qoe_dropped_total").increment(0);
    metrics::counter!("kaibo_room_danmaku_failures_total").increment(0);
    metrics::counter!("kaibo_room_likes_failures_total").increment(0);
    metrics::counter!("kaibo_record_upload_failures_total").increment(0);
    metrics::counter!("kaibo_audit_failures_total").increment(0);
    metrics::counter!("kaibo_retention_failures_total").increment(0);
    for reason in ["slow", "no_space", "disk"] {
        metrics::counter!("kaibo_record_dropped_segments_total", "reason" => reason).increment(0);
    }
    for reaction in FOLLOWERS.iter().copied() {
        metrics::counter!("kaibo_reaction_failures_total", "reaction" => reaction).increment(0);
    }
}

/// Every sample of a histogram is kept until somebody adds it up: done here, as perhaps nobody ever asks for the metrics.
async fn upkeep(metrics: PrometheusHandle, stop: Stop) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(METRICS_UPKEEP) => metrics.run_upkeep(),
        }
    }
}
