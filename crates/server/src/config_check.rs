//! What is wrong with the settings, before the program is started with them: every finding with its line and an advice.

use crate::config::{Config, DEFAULT_CONFIG};
use anyhow::Context;
use serde::Deserialize;
use std::{
    fmt, fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};
use store::Store;
use toml::{
    Table, Value,
    de::{DeTable, DeValue},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether the program would not start, or not do its work.
    pub is_error: bool,
    /// In the settings file; none for what no line says.
    pub line: Option<usize>,
    pub key: String,
    pub what: String,
    pub advice: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_error { "error" } else { "warning" };
        if let Some(line) = self.line {
            write!(out, "line {line}: ")?;
        }
        let key = if self.key.is_empty() { String::new() } else { format!("`{}`: ", self.key) };
        write!(out, "{kind}: {key}{}; {}", self.what, self.advice)
    }
}

/// A key the operator wrote, and where.
struct Said {
    key: String,
    line: usize,
    value: Value,
}

/// The settings in `text`, as they would be read: unknown keys, wrong types, values that make no sense. All at once.
pub fn check_text(text: &str) -> Vec<Finding> {
    let line_of = |at: usize| text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    let (said, broken) = DeTable::parse_recoverable(text);
    if let Some(error) = broken.first() {
        let line = error.span().map(|span| line_of(span.start));
        let what = error.message().to_owned();
        return vec![Finding::error("", line, what, "write it as TOML, as in `segment_ms = 2000`")];
    }
    let Ok(defaults) = DEFAULT_CONFIG.parse::<Table>() else { return Vec::new() };
    let (mut keys, mut findings) = (Vec::new(), Vec::new());
    collect(said.get_ref(), &defaults, "", &line_of, &mut keys, &mut findings);
    for said in &keys {
        if let Err(why) = Config::with_one(&said.key, &said.value) {
            findings.push(Finding::error(&said.key, Some(said.line), why, "see the comment in config.default.toml"));
        }
    }
    if findings.is_empty() {
        let mut whole = defaults;
        for said in &keys {
            put(&mut whole, &said.key, said.value.clone());
        }
        let line_of_key = |key: &str| keys.iter().find(|said| said.key == key).map(|said| said.line);
        findings.extend(senseless(&whole, line_of_key));
    }
    findings.sort_by_key(|finding| finding.line);
    findings
}

fn collect(
    said: &DeTable<'_>,
    defaults: &Table,
    within: &str,
    line_of: &impl Fn(usize) -> usize,
    keys: &mut Vec<Said>,
    findings: &mut Vec<Finding>,
) {
    for (name, value) in said {
        let line = line_of(name.span().start);
        let name = name.get_ref().as_ref();
        let key = if within.is_empty() { name.to_owned() } else { format!("{within}.{name}") };
        match (value.get_ref(), defaults.get(name)) {
            (_, None) => {
                findings.push(Finding::error(&key, Some(line), "there is no such setting", instead(name, defaults)))
            }
            (DeValue::Table(inner), Some(Value::Table(known))) => collect(inner, known, &key, line_of, keys, findings),
            (value, Some(known)) => match plain(value) {
                Some(value) if value.same_type(known) => keys.push(Said { key, line, value }),
                _ => {
                    let advice = format!("write it like the default, `{known}`");
                    let what = format!("it wants {}", kind(known));
                    findings.push(Finding::error(&key, Some(line), what, advice));
                }
            },
        }
    }
}

fn plain(value: &DeValue<'_>) -> Option<Value> {
    Some(match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()?),
        DeValue::Float(number) => Value::Float(number.as_str().parse().ok()?),
        DeValue::Boolean(yes) => Value::Boolean(*yes),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| plain(item.get_ref())).collect::<Option<_>>()?),
        DeValue::Datetime(_) | DeValue::Table(_) => return None,
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text in quotes",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "`true` or `false`",
        Value::Array(_) => "a list in brackets",
        Value::Table(_) => "a section",
        Value::Datetime(_) => "a time",
    }
}

/// The known key that was probably meant.
fn instead(name: &str, known: &Table) -> String {
    let close = known.keys().map(|other| (distance(name, other), other)).min();
    match close {
        Some((far, other)) if far <= 1 + name.len() / 4 => format!("did you mean `{other}`?"),
        _ => "see config.default.toml for those there are".to_owned(),
    }
}

fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], at + 1);
        for (place, theirs) in other.iter().enumerate() {
            let change = before + usize::from(letter != *theirs);
            before = row[place + 1];
            row[place + 1] = change.min(before + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

/// Of two settings the first must not be larger.
const IN_ORDER: &[(&str, &str)] = &[
    ("media.segment_ms", "media.longest_segment_ms"),
    ("media.part_ms", "media.segment_ms"),
    ("media.playlist_segments", "media.retained_segments"),
    ("room.tick_min_ms", "room.tick_max_ms"),
    ("room.danmaku_per_s", "room.messages_per_s"),
    ("precheck.pace_fail_percent", "precheck.pace_warn_percent"),
    ("precheck.behind_warn_ms", "precheck.behind_fail_ms"),
    ("precheck.gap_warn_ms", "precheck.gap_fail_ms"),
    ("precheck.headroom_fail_percent", "precheck.headroom_warn_percent"),
    ("precheck.fps_fail", "precheck.fps_warn"),
    ("precheck.gop_least_ms", "precheck.gop_warn_ms"),
    ("precheck.gop_warn_ms", "precheck.gop_fail_ms"),
    ("precheck.skew_warn_ms", "precheck.skew_fail_ms"),
    ("precheck.loudness_low", "precheck.loudness_high"),
    ("precheck.loudness_fail", "precheck.loudness_low"),
    ("precheck.silent_warn_percent", "precheck.silent_fail_percent"),
    ("precheck.black_warn_percent", "precheck.black_fail_percent"),
    ("precheck.frozen_warn_percent", "precheck.frozen_fail_percent"),
    ("qoe.stall_percent", "qoe.stall_high_percent"),
];

/// The least and the most that make sense.
const WITHIN: &[(&str, i64, i64)] = &[
    ("max_connections", 16, 10_000_000),
    ("api.requests_per_min", 0, 1_000_000),
    ("api.public_requests_per_min", 0, 1_000_000),
    ("media.segment_ms", 500, 15_000),
    ("media.longest_segment_ms", 500, 30_000),
    ("media.part_ms", 50, 5_000),
    ("media.playlist_segments", 2, 1_000),
    ("media.retained_segments", 2, 10_000),
    ("media.segment_bytes", 1 << 20, 1 << 30),
    ("media.connections", 1, 1_000_000),
    ("media.handshake_timeout_ms", 500, 120_000),
    ("media.idle_timeout_ms", 1_000, 600_000),
    ("media.read_pause_ms", 0, 1_000),
    ("room.connections", 1, 10_000_000),
    ("room.shards", 0, 1_024),
    ("room.danmaku_chars", 1, 10_000),
    ("room.danmaku_per_s", 1, 1_000),
    ("room.backlog_ms", 100, 600_000),
    ("room.idle_ms", 10_000, 3_600_000),
    ("record.chunk_bytes", 1 << 16, 1 << 34),
    ("record.sweep_s", 1, 86_400),
    ("record.store_timeout_s", 1, 3_600),
    ("relay.targets_per_room", 0, 1_000),
    ("relay.queue_ms", 100, 60_000),
    ("qoe.no_data_s", 1, 3_600),
    ("qoe.raise_after_s", 0, 3_600),
    ("qoe.clear_after_s", 0, 3_600),
    ("qoe.stall_percent", 1, 100),
    ("qoe.stall_high_percent", 1, 100),
    ("trace.queue", 1, 1_000_000),
    ("precheck.push_s", 3, 300),
    ("precheck.at_once", 1, 1_000),
    ("precheck.ffmpeg_s", 1, 3_600),
    ("patrol.hear_s", 1, 30),
    ("speech.timeout_s", 1, 600),
    ("speech.memory_mb", 64, 1 << 20),
    ("vision.timeout_ms", 100, 60_000),
];

fn senseless(whole: &Table, line_of: impl Fn(&str) -> Option<usize>) -> Vec<Finding> {
    let number = |key: &str| get(whole, key).and_then(Value::as_integer);
    let mut findings = Vec::new();
    for (key, least, most) in WITHIN {
        let Some(value) = number(key).filter(|value| !(least..=most).contains(&value)) else { continue };
        let what = format!("{value} is out of range");
        findings.push(Finding::error(key, line_of(key), what, format!("take something from {least} to {most}")));
    }
    let config = whole.clone().try_into::<Config>().ok();
    for (key, what) in config.iter().flat_map(|config| patrol::wrong(&config.patrol_settings())) {
        findings.push(Finding::error(key, line_of(key), what, "see the comment in config.default.toml"));
    }
    for (less, more) in IN_ORDER {
        let (Some(low), Some(high)) = (number(less), number(more)) else { continue };
        // Of a limit, 0 says that there is none.
        if low > high && high != 0 {
            let line = line_of(less).or_else(|| line_of(more));
            let what = format!("{low} is more than `{more}`, which is {high}");
            findings.push(Finding::error(less, line, what, "exchange them, or change both"));
        }
    }
    findings
}

fn get<'a>(table: &'a Table, key: &str) -> Option<&'a Value> {
    match key.split_once('.') {
        Some((section, key)) => table.get(section)?.get(key),
        None => table.get(key),
    }
}

fn put(table: &mut Table, key: &str, value: Value) {
    let (table, key) = match key.split_once('.') {
        Some((section, key)) => match table.get_mut(section) {
            Some(Value::Table(inner)) => (inner, key),
            _ => return,
        },
        None => (table, key),
    };
    table.insert(key.to_owned(), value);
}

/// The settings as they are in effect, as TOML, with secrets hidden.
pub fn effective(file: Option<&Path>, config: &Config) -> anyhow::Result<String> {
    let mut whole: Table = DEFAULT_CONFIG.parse().context("reading the default settings")?;
    if let Some(file) = file {
        let text = fs::read_to_string(file).with_context(|| format!("reading `{}`", file.display()))?;
        let said: Table = text.parse().with_context(|| format!("reading `{}`", file.display()))?;
        for (name, value) in said {
            match value {
                Value::Table(inner) => {
                    inner.into_iter().for_each(|(key, value)| put(&mut whole, &format!("{name}.{key}"), value))
                }
                value => put(&mut whole, &name, value),
            }
        }
    }
    put(&mut whole, "data", Value::String(config.data.display().to_string()));
    put(&mut whole, "database.url", Value::String(Store::shown(&config.database_url())));
    for key in ["record.store_access_key", "record.store_secret_key", "speech.token", "vision.token"] {
        if get(&whole, key).and_then(Value::as_str).is_some_and(|text| !text.is_empty()) {
            put(&mut whole, key, Value::String("(hidden)".into()));
        }
    }
    toml::to_string_pretty(&whole).context("writing the settings")
}

/// What the machine says to the settings: ports, folders, the database, programs and files that they name.
pub async fn check_machine(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let running = kaibo_at(config.http);
    let ours = [running.is_some(), running.is_some_and(|running| running.holds(config.rtmp))];
    for ((key, address), ours) in [("http", config.http), ("rtmp", config.rtmp)].into_iter().zip(ours) {
        let Err(error) = TcpListener::bind(address) else { continue };
        let finding = if ours {
            Finding::warning(key, format!("a Kaibo serves `{address}` now"), "it has to stop before another can start")
        } else {
            Finding::error(
                key,
                None,
                format!("`{address}` cannot be used: {error}"),
                "stop what holds it, or take another port",
            )
        };
        findings.push(finding);
    }
    if let Err(error) = can_write(&config.data) {
        let what = format!("`{}` cannot be written: {error}", config.data.display());
        findings.push(Finding::error("data", None, what, "make it a folder of the user that runs Kaibo"));
    }
    if let Some(finding) = check_database(config).await {
        findings.push(finding);
    }
    for (key, program, lost) in [
        ("slate.ffmpeg", &config.slate.ffmpeg, "slates are built-in ones only"),
        ("precheck.ffmpeg", &config.precheck.ffmpeg, "picture and sound are not looked at before a show"),
        ("ladder.ffmpeg", &config.ladder.ffmpeg, "there are no smaller renditions"),
        ("patrol.ffmpeg", &config.patrol.ffmpeg, "the monitor wall has no pictures"),
    ] {
        let quiet = Command::new(program)
            .arg("-version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !quiet.is_ok_and(|status| status.success()) {
            let what = format!("`{program}` does not run, so {lost}");
            findings.push(Finding::warning(key, what, "install ffmpeg, or name the program"));
        }
    }
    for (key, file) in [("qoe.regions", Path::new(&config.qoe.regions)), ("relay.ca_file", &config.relay.ca_file)] {
        if !file.as_os_str().is_empty()
            && let Err(error) = fs::File::open(file)
        {
            let what = format!("`{}` cannot be read: {error}", file.display());
            findings.push(Finding::error(key, None, what, "name a file that Kaibo may read, or none"));
        }
    }
    findings
}

async fn check_database(config: &Config) -> Option<Finding> {
    let url = config.database_url();
    if let Some(file) = url.strip_prefix("sqlite://") {
        let file = Path::new(file);
        if !file.exists() {
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let error = can_write(folder).err()?;
            let what = format!("`{}` cannot be written: {error}", folder.display());
            return Some(Finding::error("database.url", None, what, "make it a folder of the user that runs Kaibo"));
        }
    }
    let error = crate::pending_migrations(config).await.err()?;
    let what = format!("`{}`: {error:#}", Store::shown(&url));
    Some(Finding::error(
        "database.url",
        None,
        what,
        "see that the server runs and lets this user in (docs/operations.md)",
    ))
}

/// Whether a file may be made there, or where it will be made.
fn can_write(folder: &Path) -> std::io::Result<()> {
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(".kaibo-check").tempfile_in(there).map(drop)
}

/// What a Kaibo says of itself there, if it is one that answers.
fn kaibo_at(http: SocketAddr) -> Option<Running> {
    let patience = Duration::from_secs(5);
    let mut stream = TcpStream::connect_timeout(&http, patience).ok()?;
    stream.set_read_timeout(Some(patience)).ok()?;
    stream.write_all(b"GET /readyz?details HTTP/1.1\r\nhost: kaibo\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.take(65_536).read_to_string(&mut answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    serde_json::from_str(body).ok()
}

/// Of the answer to `/readyz?details`.
#[derive(Deserialize)]
struct Running {
    rtmp: SocketAddr,
}

impl Running {
    /// Whether its listening there is why nobody else can.
    fn holds(&self, rtmp: SocketAddr) -> bool {
        let (one, other) = (self.rtmp.ip(), rtmp.ip());
        self.rtmp.port() == rtmp.port() && (one == other || one.is_unspecified() || other.is_unspecified())
    }
}

impl Finding {
    fn error(key: &str, line: Option<usize>, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { is_error: true, line, key: key.to_owned(), what: what.into(), advice: advice.into() }
    }

    fn warning(key: &str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { is_error: false, ..Self::error(key, None, what, advice) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = check_text(text).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_defaults_are_sound() {
        check(DEFAULT_CONFIG, &[]);
        check("", &[]);
        let defaults: Table = DEFAULT_CONFIG.parse().expect("TOML");
        let listed = WITHIN.iter().map(|(key, ..)| key).chain(IN_ORDER.iter().flat_map(|(less, more)| [less, more]));
        for key in listed {
            assert!(get(&defaults, key).is_some_and(Value::is_integer), "`{key}` is a number in the defaults");
        }
    }

    #[test]
    fn everything_wrong_is_told_at_once_with_its_line() {
        check(
            "htpt = 1\nrtmp = \"here\"\n\n[media]\nsegmnt_ms = 2\nsegment_ms = \"2000\"\n[nothing]\nx = 1\n",
            &[
                "line 1: error: `htpt`: there is no such setting; did you mean `http`?",
                "line 2: error: `rtmp`: invalid socket address syntax; see the comment in config.default.toml",
                "line 5: error: `media.segmnt_ms`: there is no such setting; did you mean `segment_ms`?",
                "line 6: error: `media.segment_ms`: it wants a whole number; write it like the default, `2000`",
                "line 7: error: `nothing`: there is no such setting; see config.default.toml for those there are",
            ],
        );
    }

    #[test]
    fn values_that_make_no_sense_are_told() {
        check(
            "[media]\nsegment_ms = 100\nretained_segments = 3\n",
            &[
                "line 2: error: `media.segment_ms`: 100 is out of range; take something from 500 to 15000",
                "line 2: error: `media.part_ms`: 200 is more than `media.segment_ms`, which is 100; exchange them, or change both",
                "line 3: error: `media.playlist_segments`: 6 is more than `media.retained_segments`, which is 3; exchange them, or change both",
            ],
        );
    }

    #[test]
    fn a_port_is_held_by_whoever_listens_on_it() {
        let at = |address: &str| address.parse::<SocketAddr>().expect("an address");
        let holds = |one: &str, other: &str| Running { rtmp: at(one) }.holds(at(other));
        assert!(holds("127.0.0.1:1935", "127.0.0.1:1935") && holds("0.0.0.0:1935", "127.0.0.1:1935"));
        assert!(!holds("127.0.0.1:1935", "127.0.0.1:1936") && !holds("127.0.0.1:1935", "10.0.0.1:1935"));
    }

    #[test]
    fn what_is_no_toml_is_told_with_its_line() {
        let found = check_text("http = \"127.0.0.1:8080\"\nrtmp = = 1\n");
        assert_eq!(found.first().and_then(|finding| finding.line), Some(2), "{found:?}");
    }
}
