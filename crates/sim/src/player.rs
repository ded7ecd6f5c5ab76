//! The player of one simulated viewer: reads the playlist, downloads the segments at the pace of playing, starts over when the
//! stream does. Everything is really downloaded; nothing is decoded.

use crate::{
    counts::add,
    playlist::{self, Playlist},
    seat::Seat,
};
use anyhow::Context;
use reqwest::{StatusCode, Url};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

/// A browser's player keeps about this much ahead.
const AHEAD: Duration = Duration::from_secs(12);
/// Between two looks at a room that shows nothing.
const PATIENCE: Duration = Duration::from_secs(2);

/// Plays whatever the room shows, for ever; dropped when the viewer leaves.
pub async fn watch(seat: Arc<Seat>) {
    let mut head = Head::default();
    loop {
        match step(&seat, &mut head).await {
            Ok(pause) => sleep(pause).await,
            Err(error) => {
                tracing::debug!("a simulated player waits: {error:#}");
                sleep(PATIENCE).await;
            }
        }
    }
}

#[derive(Default)]
struct Head {
    /// The media playlist once a multivariant one has been followed.
    playlist: Option<Url>,
    map: Option<String>,
    next: Option<u64>,
    entered: bool,
}

/// One look at the playlist and the downloads it asks for; returns how long to wait before the next.
async fn step(seat: &Seat, head: &mut Head) -> anyhow::Result<Duration> {
    let token = seat.token().await?;
    let url = match &head.playlist {
        Some(url) => url.clone(),
        None => {
            let mut url = seat.at(&["live", &seat.room, "index.m3u8"])?;
            url.query_pairs_mut().append_pair("token", &token);
            url
        }
    };
    let answer = seat.client.get(url).send().await.context("asking for the playlist")?;
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            head.playlist = None;
            seat.renew(&token).await?;
            return Ok(PATIENCE);
        }
        // Not on air: wait for it.
        StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::SERVICE_UNAVAILABLE => {
            head.playlist = None;
            return Ok(PATIENCE);
        }
        status => {
            add(&seat.tally.failures, 1);
            anyhow::bail!("the server answered {status} to the playlist");
        }
    }
    let base = answer.url().clone();
    let text = answer.text().await.context("reading the playlist")?;
    let list = playlist::parse(&text).context("what came is no playlist")?;
    if let Some(variant) = &list.variant {
        head.playlist = Some(base.join(variant).context("a rendition's address")?);
        return Ok(Duration::ZERO);
    }
    download(seat, head, &list, &base).await?;
    if seat.playback().ran_dry(Instant::now()) && !list.ended {
        add(&seat.tally.stalls, 1);
    }
    Ok(if list.ended { PATIENCE } else { list.target / 2 })
}

async fn download(seat: &Seat, head: &mut Head, list: &Playlist, base: &Url) -> anyhow::Result<()> {
    let (Some(first), Some(last)) = (list.segments.first(), list.segments.last()) else { return Ok(()) };
    // Numbers behind the window were missed; numbers beyond its end belong to an earlier stream.
    let next = match head.next {
        Some(next) if (first.number..=last.number + 1).contains(&next) => next,
        Some(next) if next < first.number => first.number,
        _ => list.start(),
    };
    head.next = Some(next);
    if list.map != head.map {
        if let Some(map) = &list.map {
            fetch(seat, &base.join(map).context("the init segment's address")?).await?;
        }
        head.map = list.map.clone();
    }
    for segment in list.segments.iter().filter(|segment| segment.number >= next) {
        while seat.playback().ahead(Instant::now()) > AHEAD {
            sleep(segment.length / 2).await;
        }
        if !head.entered {
            add(&seat.tally.entries_asked, 1);
        }
        let asked = fetch(seat, &base.join(&segment.uri).context("a segment's address")?).await;
        if !head.entered {
            match &asked {
                Ok(()) => {
                    head.entered = true;
                    add(&seat.tally.entries, 1);
                }
                // Asked again next time: the question may count once only.
                Err(_) => {
                    seat.tally.entries_asked.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
                }
            }
        }
        head.next = Some(segment.number + 1);
        asked?;
        add(&seat.tally.segments, 1);
        seat.playback().buffer(segment, Instant::now());
    }
    Ok(())
}

async fn fetch(seat: &Seat, url: &Url) -> anyhow::Result<()> {
    let mut answer = seat.client.get(url.clone()).send().await.context("asking for media")?;
    let status = answer.status();
    if !status.is_success() {
        // A segment may leave the window while we were busy; anything else is a fault.
        add(&seat.tally.failures, u64::from(status != StatusCode::NOT_FOUND && status != StatusCode::GONE));
        anyhow::bail!("the server answered {status} to a segment");
    }
    while let Some(chunk) = answer.chunk().await.context("reading media")? {
        add(&seat.tally.media_bytes, chunk.len() as u64);
    }
    Ok(())
}
