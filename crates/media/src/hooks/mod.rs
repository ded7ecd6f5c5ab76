//! Outside media servers (SRS, nginx-rtmp, MediaMTX): their hooks, and taking their streams over.
//!
//! ```text
//! encoder -> outside server --hook--> kinds: one HookEvent --StreamDesk--> yes or no
//!                  ^------- play ------- puller (mode `pull`) -> the room's primary source
//! ```

mod carry;
mod clients;
pub mod event;
mod http;
pub mod kinds;
mod migrations;
mod puller;
pub mod rules;
mod store;

use crate::Media;
use crate::query::{field, key_in};
use app::{Feature, Job, Stop};
use audience::RoomRef;
use carry::Turns;
use clients::Clients;
use event::{HookEvent, What};
use events::{Millis, RoomId, StreamSource};
use parking_lot::Mutex;
use puller::{Progress, PullState};
use rules::Server;
use serde::Deserialize;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use uuid::Uuid;

/// A forwarded stream that did not come here within this time is a problem.
const FORWARD_LAG_MS: i64 = 10_000;

/// Settings, section `hooks` of the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HooksSettings {
    /// Streams of one outside server at once.
    pub streams_per_server: usize,
    /// A stream that could not be fetched for so long is given up, seconds.
    pub give_up_s: u32,
}

impl Default for HooksSettings {
    fn default() -> Self {
        Self { streams_per_server: 256, give_up_s: 600 }
    }
}

pub(crate) fn feature(media: &Media) -> Feature {
    let hooks = Hooks(Arc::new(Inner {
        media: media.clone(),
        streams: Mutex::default(),
        turns: Turns::default(),
        plays: Mutex::default(),
    }));
    let mut feature = Feature::new("hooks");
    feature.routes = http::routes(hooks.clone());
    feature.migrations = migrations::MIGRATIONS;
    feature.jobs.push(Job::new("hooks", move |stop| async move {
        hooks.go_on(stop).await;
        Ok(())
    }));
    feature
}

/// All outside servers of this program. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Hooks(Arc<Inner>);

struct Inner {
    media: Media,
    streams: Mutex<HashMap<StreamId, Published>>,
    turns: Turns,
    /// Players of each server, of whom no more is known: never counted as viewers.
    plays: Mutex<HashMap<Uuid, u32>>,
}

/// A stream of an outside server: the server, its application and its name.
type StreamId = (Uuid, String, String);

/// A stream that an outside server says is published.
struct Published {
    row: Uuid,
    room: RoomRef,
    /// The name is the stream key.
    secret_name: bool,
    since: Millis,
    /// Who publishes it.
    clients: Clients,
    /// Lets ourselves play there.
    pass: String,
    progress: Arc<Mutex<Progress>>,
    stop: Stop,
}

/// A stream as people see it.
struct StreamView {
    room: RoomId,
    app: String,
    name: String,
    since: Millis,
    progress: Progress,
}

impl Hooks {
    /// Whether what the server told may be.
    async fn take(&self, server: &Server, event: HookEvent) -> anyhow::Result<bool> {
        let id = (server.id, event.app.clone(), event.name.clone());
        match event.what {
            What::Publish => self.published(server, id, event).await,
            What::Unpublish => {
                self.unpublished(&id, event.client.as_deref()).await?;
                Ok(true)
            }
            What::Play => Ok(self.played(&id, &event).await),
            What::Stop => {
                // Ours are not counted when they begin, an older one of ours neither.
                if field(&event.query, "kaibo").is_none() && self.opens(&event).await.is_none() {
                    let mut plays = self.0.plays.lock();
                    let count = plays.entry(server.id).or_default();
                    *count = count.saturating_sub(1);
                }
                Ok(true)
            }
            What::RecordDone => {
                metrics::counter!("kaibo_hooks_records_total").increment(1);
                Ok(true)
            }
        }
    }

    /// The call is about our own connection to the server.
    fn is_ours(&self, id: &StreamId, event: &HookEvent) -> bool {
        let pass = field(&event.query, "kaibo");
        let streams = self.0.streams.lock();
        pass.is_some() && streams.get(id).is_some_and(|published| Some(&published.pass) == pass.as_ref())
    }

    /// The room whose stream key a player shows: the server's own program that forwards, mostly.
    async fn opens(&self, event: &HookEvent) -> Option<RoomId> {
        let key = key_in(&event.query)?;
        let from = event.ip.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        self.0.media.0.desk.authorize(&key, from).await.ok().map(|grant| grant.room)
    }

    async fn played(&self, id: &StreamId, event: &HookEvent) -> bool {
        if self.is_ours(id, event) {
            return true;
        }
        let opens = self.opens(event).await;
        // Who plays over there shows no token of ours: a private room is not for them.
        let forbidden = |published: &Published| published.room.private && opens != Some(published.room.room);
        if self.0.streams.lock().get(id).is_some_and(forbidden) {
            return false;
        }
        if opens.is_some() {
            return true;
        }
        metrics::counter!("kaibo_hooks_outside_plays_total").increment(1);
        *self.0.plays.lock().entry(id.0).or_default() += 1;
        true
    }

    fn plays(&self, server: Uuid) -> u32 {
        self.0.plays.lock().get(&server).copied().unwrap_or_default()
    }

    fn views(&self, server: Uuid) -> Vec<StreamView> {
        let streams = self.0.streams.lock();
        let of_server = streams.iter().filter(|((id, ..), _)| *id == server);
        let mut views: Vec<StreamView> = of_server
            .map(|((_, app, name), published)| StreamView {
                room: published.room.room,
                app: app.clone(),
                name: if published.secret_name { name.chars().take(4).chain(['…']).collect() } else { name.clone() },
                since: published.since,
                progress: self.progress(published),
            })
            .collect();
        views.sort_by_key(|view| std::cmp::Reverse(view.since));
        views
    }

    /// A stream that is pushed to us is here only when something came.
    fn progress(&self, published: &Published) -> Progress {
        let mut progress = published.progress.lock().clone();
        let media = &self.0.media;
        if progress.state == PullState::Forwarded && !media.is_connected(published.room.room, StreamSource::Primary) {
            progress.state = PullState::Awaited;
            if media.0.app.now().since(published.since) > FORWARD_LAG_MS {
                let text = "the server said that it is published, but pushed nothing to our port with this key";
                progress.last_error = Some(("not_arrived", text.to_owned()));
            }
        }
        progress
    }
}
