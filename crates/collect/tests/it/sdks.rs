//! Other people's SDKs, unmodified, against a real socket. The first answer to each is lost on its way, so every one of them sends its
//! batch again. Skipped, loudly, where they cannot be installed; the versions are pinned in `tools/sdk`.

use crate::house::House;
use axum::{
    extract::Request,
    http::{Method, StatusCode},
    middleware::{Next, from_fn},
    response::IntoResponse,
};
use events::{Event, Source, Tracked};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/sdk");
/// 2026-11-01T08:00:00.123Z, which every event says of itself.
const AT_MS: i64 = 1_793_520_000_123;

/// An SDK, how it is run, and what arrives: user, name, and whether it sends again by itself.
struct Sdk {
    script: &'static str,
    name: &'static str,
    resends: bool,
    /// Call, name and whose it is, in the order in which they were said.
    expected: &'static [(&'static str, &'static str, &'static str)],
    /// Those whose time is the machine's, whatever the program says.
    untimed: &'static [&'static str],
    channel: Option<&'static str>,
}

const SDKS: &[Sdk] = &[
    Sdk {
        script: "send.mjs",
        name: "segment",
        resends: true,
        expected: &[
            ("track", "OrderPaid", "segment-node-u"),
            ("identify", "identify", "segment-node-u"),
            ("page", "page", "segment-node-a"),
            ("group", "group", "segment-node-u"),
            ("alias", "alias", "segment-node-u"),
        ],
        untimed: &[],
        channel: Some("server"),
    },
    Sdk {
        script: "send.py",
        name: "segment",
        resends: true,
        expected: &[
            ("track", "OrderPaid", "segment-python-u"),
            ("identify", "identify", "segment-python-u"),
            ("page", "page", "segment-python-u"),
            ("group", "group", "segment-python-u"),
            ("alias", "alias", "segment-python-u"),
        ],
        untimed: &[],
        channel: Some("server"),
    },
    Sdk {
        script: "send.mjs",
        name: "rudder",
        resends: true,
        expected: &[
            ("track", "OrderPaid", "rudder-node-u"),
            ("identify", "identify", "rudder-node-u"),
            ("screen", "screen", "rudder-node-a"),
        ],
        untimed: &[],
        channel: Some("server"),
    },
    Sdk {
        script: "send.py",
        name: "rudder",
        resends: true,
        expected: &[
            ("track", "OrderPaid", "rudder-python-u"),
            ("identify", "identify", "rudder-python-u"),
            ("page", "page", "rudder-python-u"),
            ("group", "group", "rudder-python-u"),
            ("alias", "alias", "rudder-python-u"),
        ],
        untimed: &[],
        channel: Some("server"),
    },
    Sdk {
        script: "send.mjs",
        name: "posthog",
        resends: true,
        expected: &[
            ("track", "OrderPaid", "posthog-node-u"),
            ("identify", "identify", "posthog-node-u"),
            ("group", "group", "posthog-node-u"),
            ("alias", "alias", "posthog-node-u"),
            ("track", "$feature_flag_called", "posthog-node-u"),
        ],
        untimed: &["identify", "group", "alias", "$feature_flag_called"],
        channel: Some("server"),
    },
    Sdk {
        script: "send.py",
        name: "posthog",
        resends: true,
        expected: &[
            ("track", "OrderPaid", "posthog-python-u"),
            ("identify", "identify", "posthog-python-u"),
            ("track", "Seen", "*"),
        ],
        untimed: &[],
        channel: Some("server"),
    },
    Sdk {
        script: "send.py",
        name: "sensors",
        resends: true,
        expected: &[
            ("track", "OrderPaid", "sensors-python-u"),
            ("track", "Seen", "sensors-python-a"),
            ("identify", "identify", "sensors-python-u"),
            ("identify", "identify", "sensors-python-u"),
            ("group", "group", "*"),
        ],
        untimed: &["identify", "group"],
        channel: Some("server"),
    },
    Sdk {
        script: "send.mjs",
        name: "cloudevents",
        resends: false,
        // The third is sent twice, in both modes.
        expected: &[("track", "OrderPaid", "cloudevents-node-u"); 3],
        untimed: &[],
        channel: Some("server"),
    },
    Sdk {
        script: "send.py",
        name: "cloudevents",
        resends: false,
        expected: &[("track", "OrderPaid", "cloudevents-python-u"); 2],
        untimed: &[],
        channel: Some("server"),
    },
    Sdk {
        script: "send.py",
        name: "ga4",
        resends: false,
        expected: &[("track", "OrderPaid", "ga4-u")],
        untimed: &[],
        channel: None,
    },
];

/// The folder with the SDKs, installed as pinned.
fn installed() -> Result<PathBuf, String> {
    let home = std::env::var_os("KAIBO_CACHE").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/kaibo")));
    let sdk = home.ok_or("neither KAIBO_CACHE nor HOME is set")?.join("sdk");
    let pinned = ["package.json", "requirements.txt"]
        .map(|file| std::fs::read_to_string(Path::new(TOOLS).join(file)).unwrap())
        .concat();
    let stamp = sdk.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == pinned) {
        return Ok(sdk);
    }
    let run = |command: &mut Command| match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))),
        Err(error) => Err(format!("{command:?}: {error}")),
    };
    let node = sdk.join("node");
    std::fs::create_dir_all(&node).map_err(|error| error.to_string())?;
    std::fs::copy(Path::new(TOOLS).join("package.json"), node.join("package.json"))
        .map_err(|error| error.to_string())?;
    run(Command::new("npm").args(["i", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&node))?;
    let python = sdk.join("py");
    run(Command::new("python3").args(["-m", "venv"]).arg(&python))?;
    let wanted = Path::new(TOOLS).join("requirements.txt");
    run(Command::new(python.join("bin/pip")).args(["install", "-q", "-r"]).arg(wanted))?;
    std::fs::write(stamp, pinned).map_err(|error| error.to_string())?;
    Ok(sdk)
}

/// Path and status of every answer.
type Answers = Arc<Mutex<Vec<(String, u16)>>>;

/// Serves the program; loses the first answer to a POST that sends events, and notes every status.
async fn serve(house: &House, lose: bool) -> (String, Answers) {
    let answers = Arc::new(Mutex::new(Vec::new()));
    let (noted, lost) = (answers.clone(), Arc::new(Mutex::new(!lose)));
    let router = house.test.router().layer(from_fn(move |request: Request, next: Next| {
        let (noted, lost) = (noted.clone(), lost.clone());
        async move {
            let sends = *request.method() == Method::POST && !request.uri().path().starts_with("/flags");
            let path = request.uri().path().to_owned();
            let answer = next.run(request).await;
            noted.lock().unwrap().push((path, answer.status().as_u16()));
            if sends && !std::mem::replace(&mut *lost.lock().unwrap(), true) {
                return StatusCode::BAD_GATEWAY.into_response();
            }
            answer
        }
    }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (host, answers)
}

async fn run(sdk: &Sdk, folder: &Path, host: &str, key: &str, name: &str) {
    let program = if sdk.script.ends_with(".py") { folder.join("py/bin/python") } else { PathBuf::from("node") };
    let mut command = tokio::process::Command::new(program);
    command.arg(Path::new(TOOLS).join(sdk.script)).args([sdk.name, host, key, name]);
    command
        .env("KAIBO_SDK", folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env_remove("HTTP_PROXY")
        .env("NO_PROXY", "127.0.0.1");
    let output = tokio::time::timeout(std::time::Duration::from_secs(60), command.output()).await;
    let output = output.expect("an SDK ends").unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{} {}: {told}", sdk.script, sdk.name);
}

fn tracked(event: &Event) -> &Tracked {
    match event {
        Event::Tracked(tracked) => tracked,
        other => panic!("{other:?}"),
    }
}

async fn check(sdk: &Sdk, folder: &Path) {
    let what = format!("{} {}", sdk.script, sdk.name);
    let house = House::open().await;
    let (_, key) = house.source(json!({"name": sdk.name, "kind": "web"})).await;
    let (host, answers) = serve(&house, sdk.resends).await;
    run(sdk, folder, &host, &key, "run").await;
    if !sdk.resends {
        run(sdk, folder, &host, &key, "run").await;
    }
    let answers = answers.lock().unwrap().clone();
    assert!(answers.iter().all(|(_, status)| *status < 400), "{what}: {answers:?}");
    let log = house.opened().await;
    let log: Vec<_> = log.into_iter().filter(|envelope| envelope.source == Source::Collect).collect();
    let mut found: Vec<(&str, &str, &str)> = Vec::new();
    for envelope in &log {
        let tracked = tracked(&envelope.event);
        let who = tracked.user_id.as_deref().or(tracked.anonymous_id.as_deref()).unwrap_or_default();
        let any = sdk.expected.contains(&(&tracked.call, &tracked.name, "*"));
        found.push((&tracked.call, &tracked.name, if any { "*" } else { who }));
        assert_eq!(
            tracked.context.get("channel").and_then(|channel| channel.as_str()),
            sdk.channel,
            "{what}: {tracked:?}"
        );
        assert!(!tracked.properties.contains_key("$bot"), "{what}");
        let (is, sent) = (envelope.occurred_at.0, envelope.received_at.0);
        if !sdk.untimed.contains(&tracked.name.as_str()) {
            // Corrected by how far the two clocks of one machine are apart: not at all, but for the way.
            assert!((AT_MS..AT_MS + 5_000).contains(&is), "{what} {}: {is}", tracked.name);
        } else {
            assert!((sent - 30_000..=sent).contains(&is) || (AT_MS..AT_MS + 5_000).contains(&is), "{what}: {is}");
        }
        if tracked.name == "OrderPaid" {
            assert_eq!(tracked.properties["price"], 19.9, "{what}");
        }
    }
    found.sort_unstable();
    let mut expected = sdk.expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected, "{what}: {answers:?}");
    let source = house.test.get("/api/collect/sources").await.json()["items"][0].clone();
    assert!(source["duplicates"].as_i64() > Some(0), "{what}: nothing was sent again: {answers:?}");
    eprintln!("{what}: {} events, {} sent again, {} requests", found.len(), source["duplicates"], answers.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unmodified_sdks_send_and_resend_and_each_event_counts_once() {
    let folder = match installed() {
        Ok(folder) => folder,
        Err(why) => return eprintln!("SKIPPED: the SDKs cannot be installed: {why}"),
    };
    for sdk in SDKS {
        check(sdk, &folder).await;
    }
}
