//! The file: every event of a viewer in the log's order, with words, and what they add up to.

use anyhow::Context;
use app::App;
use eventlog::{Entry, EventLog};
use events::{Envelope, Event, OrgId, Timestamp, ViewerId};
use memchr::memmem::Finder;
use serde::Serialize;
use std::{collections::BTreeMap, io::Write};

const AT_ONCE: usize = 500;

/// What the events add up to.
#[derive(Debug, Default, PartialEq, Serialize)]
struct Totals {
    /// By the event's name.
    events: BTreeMap<String, u64>,
    played_ms: u64,
    likes: u64,
    /// Thousandths of a yuan, paid gifts and highlighted messages.
    paid_milli: i64,
}

impl Totals {
    fn add(&mut self, envelope: &Envelope) {
        *self.events.entry(envelope.event.name().into_owned()).or_default() += 1;
        match &envelope.event {
            Event::ViewerHeartbeat(beat) => self.played_ms += u64::from(beat.played_ms),
            Event::LikesSent(likes) => self.likes += u64::from(likes.count),
            Event::GiftSent(gift) if gift.coin == events::Coin::Gold => {
                self.paid_milli = self.paid_milli.saturating_add(gift.price_milli.saturating_mul(gift.num));
            }
            Event::SuperChatSent(chat) => self.paid_milli = self.paid_milli.saturating_add(chat.price_milli),
            _ => {}
        }
    }
}

/// One event in the file.
#[derive(Serialize)]
struct Line<'a> {
    position: u64,
    /// What was written is gone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    erased: bool,
    #[serde(flatten)]
    envelope: &'a Envelope,
}

/// Writes a file piece by piece.
pub struct File {
    app: App,
    org: OrgId,
    viewer: ViewerId,
    next: u64,
    /// What comes later is not in it.
    until: u64,
    totals: Totals,
    empty: bool,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Begun,
    Events,
    Done,
}

impl File {
    pub fn new(app: App, org: OrgId, viewer: ViewerId) -> Self {
        let (next, until) = (app.log.first().max(1), app.log.last());
        Self { app, org, viewer, next, until, totals: Totals::default(), empty: true, state: State::Begun }
    }

    /// The next piece; none after the last.
    pub async fn piece(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        let mut out = Vec::new();
        match self.state {
            State::Begun => {
                let at = Timestamp(self.app.now()).to_string();
                write!(out, "{{\"viewer\":{},\"made_at\":\"{at}\",", serde_json::to_string(&self.viewer)?)?;
                write!(out, "\"until\":{},\"events\":[", self.until)?;
                self.state = State::Events;
            }
            State::Events => {
                if !self.events(&mut out).await? {
                    write!(out, "\n],\"totals\":{}}}\n", serde_json::to_string(&self.totals)?)?;
                    self.state = State::Done;
                }
            }
            State::Done => return Ok(None),
        }
        Ok(Some(out))
    }

    /// False when these were the last.
    async fn events(&mut self, out: &mut Vec<u8>) -> anyhow::Result<bool> {
        let (log, from, until, viewer) = (self.app.log.clone(), self.next, self.until, self.viewer.clone());
        let found = tokio::task::spawn_blocking(move || naming(&log, from, until, &viewer)).await??;
        for (position, envelope) in self.app.read(&found).await? {
            if envelope.org != self.org || envelope.viewer.as_ref() != Some(&self.viewer) {
                continue;
            }
            self.totals.add(&envelope);
            out.extend_from_slice(if std::mem::take(&mut self.empty) { b"\n" } else { b",\n" });
            serde_json::to_writer(&mut *out, &Line { position, erased: envelope.erased, envelope: &envelope })?;
        }
        self.next = found.last().map_or(self.next, |last| last.position + 1);
        Ok(found.len() == AT_ONCE)
    }
}

/// The next records that name a viewer. Most are of others: looking for the name costs less than decoding.
fn naming(log: &EventLog, from: u64, until: u64, viewer: &ViewerId) -> anyhow::Result<Vec<Entry>> {
    // As JSON has it: a pseudonym of another platform may hold a quote.
    let name = serde_json::to_string(viewer)?;
    let finder = Finder::new(name.as_bytes());
    let entries = log
        .read(from)
        .take_while(|entry| entry.as_ref().map_or(true, |entry| entry.position <= until))
        .filter(|entry| entry.as_ref().map_or(true, |entry| finder.find(&entry.payload).is_some()));
    entries.take(AT_ONCE).collect::<Result<_, _>>().context("reading the log for a viewer")
}
