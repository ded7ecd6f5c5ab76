//! The demo room: a real push and a simulated audience, through the public face only.

use anyhow::Context;
use events::{OrgId, RoomId, TeamId};
use server::Running;
use std::path::Path;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub struct Demo {
    pub room: RoomId,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

const TITLE: &str = "开播演示间 · 好物专场";

pub async fn start(running: &Running, base: &str, data: &Path, viewers: u32) -> anyhow::Result<Demo> {
    let (org, team): (OrgId, TeamId) = running.home().await?;
    let rooms = &running.domains.rooms;
    // The key of an earlier start is not known any more: keys are stored hashed.
    let (room, key) = match rooms.find_by_title(org, TITLE).await? {
        Some(room) => {
            let key = rooms.rotate_key(&room).await?;
            (room, key)
        }
        None => rooms.create(org, team, TITLE, false).await?.context("creating the demo room")?,
    };
    let video = data.join("demo.flv");
    sim::demo_video(&video).await.context("making the demo video")?;
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    let (push_stop, address) = (stop.clone(), format!("rtmp://{}/live/{key}", running.rtmp));
    tasks.spawn(async move {
        if let Err(error) = sim::push(&video, &address, push_stop).await {
            tracing::error!("pushing the demo video failed: {error:#}");
        }
    });
    let options =
        sim::SimOptions { url: base.to_owned(), room: room.id.to_string(), viewers, seed: 1, stop: stop.clone() };
    tasks.spawn(async move {
        if let Err(error) = sim::audience(options).await {
            tracing::error!("the simulated audience failed: {error:#}");
        }
    });
    Ok(Demo { room: room.id, stop, tasks })
}

impl Demo {
    /// The audience leaves, the encoder stops.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let rest = async { while self.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(std::time::Duration::from_secs(5), rest).await;
    }
}
