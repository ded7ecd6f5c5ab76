//! The audited audience 观众审计: what was seen of every entry, what it is taken for, and how sure the numbers are.
//!
//! ```text
//! playlists, segments, heartbeats, sockets --> book (memory) --judge--> ViewerJudged --> audience_judgements (SQL)
//!                                                                                            |
//!                                          CDN logs --> audience_cdn_entries (SQL) ----------+--> numbers: totals, band
//! ```
//! `docs/audience.md` explains what is counted and how.

pub(crate) mod agent;
pub(crate) mod book;
pub(crate) mod cache;
mod cluster;
pub(crate) mod delivery;
pub(crate) mod http;
pub(crate) mod http_seen;
pub(crate) mod numbers;
pub(crate) mod reactions;
pub mod rules;
pub(crate) mod store;

pub use agent::Caller;

use crate::{Audience, RoomRef, ViewerPass};
use book::{Asked, Judged, Witness};
use events::{BroadcastId, Envelope, Event, Millis, RoomId, Source};
use std::{collections::HashMap, net::IpAddr};

/// One open room socket of an entry; gone when dropped.
pub struct SocketSeen {
    audience: Audience,
    pass: ViewerPass,
    show: BroadcastId,
}

impl Drop for SocketSeen {
    fn drop(&mut self) {
        let now = self.audience.app().now();
        self.audience.with_known(self.pass.room, now, |state| state.book.socket(&self.pass, self.show, false, now));
    }
}

impl Audience {
    /// Who asks, as far as the evidence goes.
    pub fn caller(&self, ip: IpAddr, user_agent: Option<&str>) -> Caller {
        Caller::new(&self.app().keys, ip, user_agent, self.app().now())
    }

    /// A room socket was opened. `None` when the room is not on air.
    pub fn socket(&self, pass: &ViewerPass, broadcast: Option<BroadcastId>, by: &Caller) -> Option<SocketSeen> {
        let (show, now) = (broadcast?, self.app().now());
        self.with(pass.room, now, |state| {
            state.book.asked(pass, show, by, Asked::Other, now);
            state.book.socket(pass, show, true, now);
        });
        Some(SocketSeen { audience: self.clone(), pass: pass.clone(), show })
    }

    /// A request of an entry was answered.
    pub(crate) fn asked(&self, pass: &ViewerPass, room: &RoomRef, by: &Caller, asked: Asked) {
        let (Some(show), now) = (room.broadcast, self.app().now()) else { return };
        self.with(pass.room, now, |state| {
            state.home.get_or_insert((room.org, room.team));
            state.book.asked(pass, show, by, asked, now);
        });
    }

    /// Everybody in a show who is there, to be judged.
    pub(crate) fn present(&self, room: RoomId, broadcast: BroadcastId) -> Vec<Witness> {
        let (now, mut present) = (self.app().now(), Vec::new());
        self.with_known(room, now, |state| present = state.book.everybody(broadcast, now));
        present
    }

    /// Tells the log what is newly found of whom. Answers how many of which show went by unseen.
    pub(crate) fn judge(&self, room: RoomId, now: Millis) -> HashMap<BroadcastId, u64> {
        let delivery = self.delivery(room);
        let (mut judged, mut home, mut unseen) = (Vec::new(), None, HashMap::new());
        self.with_known(room, now, |state| {
            judged = state.book.judge(&delivery, now);
            unseen = state.book.take_unseen();
            home = state.home;
        });
        let Some((org, team)) = home else { return unseen };
        for Judged { viewer, broadcast, judged } in judged {
            let envelope = Envelope::new(now, Source::Server, org, Event::ViewerJudged(judged))
                .with_team(team)
                .with_room(room)
                .with_broadcast(Some(broadcast))
                .with_viewer(viewer);
            self.tell(envelope);
        }
        unseen
    }
}
