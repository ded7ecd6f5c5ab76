//! `kaibo replay`: feeds a recording of a real broadcast into a room of a running Kaibo, at its own pace or as fast as it goes.
//!
//! Rows keep the times of the recording and get ids that are the same at every reading, and the import has a key. So a batch may
//! be sent again, over a broken connection or a restarted server, and a replay that was cut off goes on with `--import-key`: nothing
//! is counted twice.

use anyhow::{Context, bail};
use collect::{
    ImportRow,
    recorder::{self, Report, Survey, What, survey},
};
use events::{BroadcastId, Millis, RoomId};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::Write,
    ops::ControlFlow,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

const MOST_ROWS: usize = 2_000;
const MOST_BYTES: usize = 3 << 20;
/// Rows of one such moment go together when paced.
const MOMENT: Duration = Duration::from_millis(200);
/// How long the server may stay away.
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(clap::Args, Clone)]
pub struct Args {
    /// A recorder's file: Bilibili XML, ASS, JSON, JSON Lines, NDJSON or an export of Kaibo; told apart by what is in it.
    file: PathBuf,
    /// The room it goes into.
    #[arg(long)]
    room: RoomId,
    /// How many times faster than it happened, or `max`.
    #[arg(long, default_value = "1")]
    speed: Speed,
    /// Where Kaibo is.
    #[arg(long, default_value = "http://127.0.0.1:8080", env = "KAIBO_URL")]
    url: String,
    /// An API token with the permission `import.write`.
    #[arg(long, env = "KAIBO_TOKEN", hide_env_values = true)]
    token: String,
    /// The show's title; by default the file's name.
    #[arg(long)]
    title: Option<String>,
    /// Where the recording comes from, such as `bilibili`.
    #[arg(long)]
    platform: Option<String>,
    /// When the show began, milliseconds since 1970, where the file does not say (ASS) or says it wrong.
    #[arg(long)]
    started_at_ms: Option<i64>,
    /// Goes on with an earlier replay that printed this key.
    #[arg(long)]
    import_key: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Speed {
    Times(f64),
    Max,
}

impl FromStr for Speed {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self::Max);
        }
        match text.parse::<f64>() {
            Ok(times) if times.is_finite() && times > 0.0 => Ok(Self::Times(times)),
            _ => Err("give a number above 0, or `max`".to_owned()),
        }
    }
}

/// Prints `broadcast_id=...` first, and one line of counts when everything is on the server's disk.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let key = args.import_key.clone().unwrap_or_else(|| BroadcastId::new().to_string());
    tokio::select! {
        done = replay(args, key.clone()) => done.with_context(|| format!("replay stopped, `--import-key {key}` goes on")),
        _ = tokio::signal::ctrl_c() => bail!("interrupted, `--import-key {key}` goes on"),
    }
}

async fn replay(args: Args, key: String) -> anyhow::Result<()> {
    let began = Instant::now();
    let (path, asked) = (args.file.clone(), args.started_at_ms.map(Millis));
    let found = tokio::task::spawn_blocking(move || look(&path, asked)).await??;
    let desk = Desk::new(&args)?;
    eprintln!("import_key={key}");
    let first = Call {
        import_key: Some(&key),
        title: Some(args.title.clone().unwrap_or_else(|| name_of(&args.file))),
        platform: args.platform.clone(),
        started_at_ms: Some(found.started_at),
        ..Call::default()
    };
    let broadcast = desk.send(serde_json::to_vec(&first)?).await?.broadcast_id;
    println!("broadcast_id={broadcast}");
    std::io::stdout().flush()?;

    let mut counts = Counts { report: found.report.clone(), ..Counts::default() };
    let mut rows = read(args.file.clone(), &found);
    let mut sender = Sender { desk, broadcast, in_flight: JoinSet::new(), most: 1 };
    match args.speed {
        Speed::Max => {
            sender.most = 2;
            while let Some(batch) = rows.recv().await {
                sender.send(batch?, &mut counts).await?;
            }
        }
        Speed::Times(speed) => pace(&mut rows, &mut sender, &mut counts, found.started_at, speed).await?,
    }
    sender.settle(0, &mut counts).await?;
    let last = Call { broadcast_id: Some(broadcast), complete: true, ..Call::default() };
    sender.desk.send(serde_json::to_vec(&last)?).await?;

    println!("{}", counts.line(found.before_air, began.elapsed()));
    Ok(())
}

/// Sends each row when its time has come; rows from before the show began go at once.
async fn pace(
    rows: &mut mpsc::Receiver<anyhow::Result<Batch>>,
    sender: &mut Sender,
    counts: &mut Counts,
    started_at: Millis,
    speed: f64,
) -> anyhow::Result<()> {
    let began = Instant::now();
    let mut moment = began;
    let mut batch = Vec::new();
    while let Some(next) = rows.recv().await {
        for (line, row) in next? {
            let into_ms = row.occurred_at.since(started_at).max(0) as f64 / speed;
            let due = began + Duration::from_millis(into_ms.min(1e12) as u64);
            if due > moment {
                if !batch.is_empty() {
                    sender.send(std::mem::take(&mut batch), counts).await?;
                }
                moment = due + MOMENT;
                sleep_until(moment).await;
            }
            batch.push((line, row));
            if batch.len() >= MOST_ROWS {
                sender.send(std::mem::take(&mut batch), counts).await?;
            }
        }
    }
    if !batch.is_empty() {
        sender.send(batch, counts).await?;
    }
    Ok(())
}

fn look(path: &Path, asked: Option<Millis>) -> anyhow::Result<Survey> {
    let mut file = File::open(path).with_context(|| format!("opening `{}`", path.display()))?;
    survey(&mut file, None, asked).with_context(|| format!("reading `{}`", path.display()))
}

/// Rows with their lines.
type Batch = Vec<(u64, ImportRow)>;

/// Reads the recording beside the sending, a few batches ahead.
fn read(path: PathBuf, found: &Survey) -> mpsc::Receiver<anyhow::Result<Batch>> {
    let (give, take) = mpsc::channel(2);
    let (format, started_at) = (found.format, found.started_at);
    tokio::task::spawn_blocking(move || {
        let mut file = match File::open(&path).with_context(|| format!("opening `{}`", path.display())) {
            Ok(file) => file,
            Err(error) => return drop(give.blocking_send(Err(error))),
        };
        let (mut batch, mut bytes) = (Vec::new(), 0);
        let read = recorder::read(format, &mut file, Some(started_at), &mut |item| {
            // What is skipped was counted by the survey.
            let What::Row(row) = item.what else { return ControlFlow::Continue(()) };
            // JSON may take six bytes for one, and names and numbers about 400.
            bytes += 400 + 6 * row.text.as_ref().map_or(0, |text| text.len().min(8 << 10));
            batch.push((item.line, *row));
            if batch.len() >= MOST_ROWS || bytes >= MOST_BYTES {
                bytes = 0;
                if give.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        });
        let _ = match read {
            Ok(()) if batch.is_empty() => Ok(()),
            Ok(()) => give.blocking_send(Ok(batch)),
            Err(error) => give.blocking_send(Err(error.into())),
        };
    });
    take
}

fn name_of(path: &Path) -> String {
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.chars().take(200).collect()
}

/// The body of `POST /api/rooms/{id}/imports`.
#[derive(Default, Serialize)]
struct Call<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    broadcast_id: Option<BroadcastId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    import_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at_ms: Option<Millis>,
    rows: Vec<ImportRow>,
    complete: bool,
}

#[derive(Deserialize)]
struct Answer {
    broadcast_id: BroadcastId,
    accepted: u64,
    duplicates: u64,
    rejected: Vec<Rejected>,
}

#[derive(Deserialize)]
struct Rejected {
    index: usize,
    reason: String,
}

#[derive(Deserialize)]
struct Problem {
    detail: String,
    code: String,
}

#[derive(Default)]
struct Counts {
    sent: u64,
    report: Report,
}

impl Counts {
    /// The counts on one line, and one for each reason why rows were skipped.
    fn line(&self, before_air: u64, took: Duration) -> String {
        let report = &self.report;
        let mut line = format!(
            "sent={} accepted={} duplicates={} skipped={} before_air={before_air} seconds={:.1}",
            self.sent,
            report.taken,
            report.repeats,
            report.skipped_rows(),
            took.as_secs_f64(),
        );
        for reason in report.lines() {
            line += "\n";
            line += &reason;
        }
        line
    }
}

/// Sends batches, at most `most` at once.
struct Sender {
    desk: Desk,
    broadcast: BroadcastId,
    in_flight: JoinSet<anyhow::Result<(Answer, Vec<u64>)>>,
    most: usize,
}

impl Sender {
    async fn send(&mut self, batch: Batch, counts: &mut Counts) -> anyhow::Result<()> {
        counts.sent += batch.len() as u64;
        let (lines, rows): (Vec<u64>, Vec<ImportRow>) = batch.into_iter().unzip();
        let body = serde_json::to_vec(&Call { broadcast_id: Some(self.broadcast), rows, ..Call::default() })?;
        self.settle(self.most - 1, counts).await?;
        let desk = self.desk.clone();
        self.in_flight.spawn(async move { Ok((desk.send(body).await?, lines)) });
        Ok(())
    }

    /// Waits until at most `left` are under way.
    async fn settle(&mut self, left: usize, counts: &mut Counts) -> anyhow::Result<()> {
        while self.in_flight.len() > left {
            let Some(answer) = self.in_flight.join_next().await else { break };
            let (answer, lines) = answer.context("sending a batch")??;
            counts.report.taken += answer.accepted;
            counts.report.repeats += answer.duplicates;
            for rejected in answer.rejected {
                counts.report.refuse(&rejected.reason, lines.get(rejected.index).copied().unwrap_or(0));
            }
        }
        Ok(())
    }
}

/// The server's import route.
#[derive(Clone)]
struct Desk {
    client: reqwest::Client,
    url: String,
    token: String,
}

/// How one attempt went when it did not go well.
enum Miss {
    /// The server is away or busy.
    Again(anyhow::Error, Option<Duration>),
    Refused(anyhow::Error),
}

impl Desk {
    fn new(args: &Args) -> anyhow::Result<Self> {
        let client =
            reqwest::Client::builder().connect_timeout(Duration::from_secs(5)).timeout(Duration::from_secs(60)).build();
        let url = format!("{}/api/rooms/{}/imports", args.url.trim_end_matches('/'), args.room);
        Ok(Self { client: client.context("preparing to send")?, url, token: args.token.clone() })
    }

    /// Sends until it is answered. The server may be killed and restarted meanwhile.
    async fn send(&self, body: Vec<u8>) -> anyhow::Result<Answer> {
        let began = Instant::now();
        let mut pause = Duration::from_millis(200);
        loop {
            match self.attempt(body.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(Miss::Refused(error)) => return Err(error),
                Err(Miss::Again(error, _)) if began.elapsed() > PATIENCE => return Err(error),
                Err(Miss::Again(_, after)) => {
                    sleep(after.unwrap_or(pause)).await;
                    pause = (pause * 2).min(Duration::from_secs(5));
                }
            }
        }
    }

    async fn attempt(&self, body: Vec<u8>) -> Result<Answer, Miss> {
        let again = |error: reqwest::Error| {
            // An address that is none stays none.
            if error.is_builder() { Miss::Refused(error.into()) } else { Miss::Again(error.into(), None) }
        };
        let request =
            self.client.post(&self.url).bearer_auth(&self.token).header("content-type", "application/json").body(body);
        let response = request.send().await.map_err(again)?;
        let status = response.status();
        let after = response.headers().get("retry-after").and_then(|after| after.to_str().ok()?.parse().ok());
        let bytes = response.bytes().await.map_err(again)?;
        if status.is_success() {
            return serde_json::from_slice(&bytes).context("reading the server's answer").map_err(Miss::Refused);
        }
        let error = match serde_json::from_slice::<Problem>(&bytes) {
            Ok(problem) => anyhow::anyhow!("the server answered {status}: {} (`{}`)", problem.detail, problem.code),
            Err(_) => anyhow::anyhow!("the server answered {status}"),
        };
        if status.is_server_error() || status.as_u16() == 429 {
            return Err(Miss::Again(error, after.map(|seconds: u64| Duration::from_secs(seconds.min(30)))));
        }
        Err(Miss::Refused(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_a_number_or_max() {
        assert_eq!("max".parse(), Ok(Speed::Max));
        assert_eq!("0.5".parse(), Ok(Speed::Times(0.5)));
        for bad in ["", "0", "-1", "NaN", "inf", "fast"] {
            assert!(bad.parse::<Speed>().is_err(), "{bad}");
        }
    }
}
