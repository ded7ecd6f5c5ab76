//! Reading the log on behalf of others: a page from a cursor, or everything from there on as it happens.
//!
//! A cursor is the position up to which its owner has heard, in digits. To its owner it is opaque.

use crate::message::{Filter, Message};
use app::{App, Refuse};
use eventlog::{EventLog, ReadError};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// A request looks at so many entries and comes back: the next one goes on.
const LOOKED_AT: usize = 20_000;

/// A page of what somebody may hear.
#[derive(Debug, Default)]
pub struct Read {
    pub messages: Vec<Message>,
    /// How far was looked.
    pub position: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("`{0}` is no cursor of this event log")]
    BadCursor(String),
    #[error("what stood behind this cursor is not kept any more; begin with `{0}`")]
    Gone(u64),
    #[error("there is no event `{0}` that others hear of")]
    UnknownEvent(String),
    #[error("as many streams as there may be are open")]
    Streams,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Refusal::BadCursor(_) => "bad_cursor",
            Refusal::Gone(_) => "events_gone",
            Refusal::UnknownEvent(_) => "unknown_event",
            Refusal::Streams => "too_many_streams",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Refusal::BadCursor(_) => 400,
            Refusal::Gone(_) => 410,
            Refusal::UnknownEvent(_) => 422,
            Refusal::Streams => 429,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        matches!(self, Refusal::Streams).then_some(10)
    }
}

/// The position a cursor stands for. `latest` is the newest event there is.
pub fn cursor(text: &str, log: &EventLog) -> Result<u64, Refusal> {
    if text == "latest" {
        return Ok(log.last());
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let position = text.parse().ok().filter(|position| digits && *position <= log.last());
    let position = position.ok_or_else(|| Refusal::BadCursor(text.chars().take(32).collect()))?;
    let first = log.first();
    if position != 0 && position + 1 < first { Err(Refusal::Gone(first - 1)) } else { Ok(position) }
}

/// Up to `limit` messages behind `after`; waits for the first one, but no longer than `patience`.
pub async fn page(app: &App, filter: &Filter, after: u64, limit: usize, patience: Duration) -> anyhow::Result<Read> {
    let until = Instant::now() + patience;
    let from = (after + 1).max(app.log.first());
    let mut subscription = app.log.subscribe(from);
    let mut read = Read { messages: Vec::new(), position: from - 1 };
    let mut looked_at = 0;
    while looked_at < LOOKED_AT && read.messages.len() < limit {
        let caught_up = read.position >= app.log.last();
        if caught_up && !read.messages.is_empty() {
            break;
        }
        let batch = tokio::select! {
            () = app.stop.cancelled() => break,
            batch = async {
                // What is there already is read whatever the patience.
                if caught_up { timeout_at(until, subscription.next()).await.ok() } else { Some(subscription.next().await) }
            } => batch,
        };
        let batch = match batch {
            None | Some(Err(ReadError::Closed)) => break,
            Some(batch) => batch?,
        };
        for entry in &batch.entries {
            if read.messages.len() >= limit {
                return Ok(read);
            }
            looked_at += 1;
            read.position = entry.position;
            read.messages.extend(filter.message(entry));
        }
    }
    Ok(read)
}
