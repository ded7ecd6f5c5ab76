//! What one domain needs of another: small traits, answered here and nowhere else.

use anyhow::ensure;
use app::{App, Scope};
use async_trait::async_trait;
use audience::RoomRef;
use collect::{Collect, ImportBroadcast, ImportDesk, ImportRefusal, OpenImport};
use events::{
    BroadcastId, ChatMode, DanmakuSent, EndReason, Millis, OrgId, RoomId, SanctionKind, StreamPublished,
    StreamSwitched, ViewerId,
};
use feed::Feed;
use media::{Media, OnAir, ShowRef, StreamDesk, StreamGrant, StreamInfo, StreamRefusal};
use moderation::{Moderation, ledger};
use privacy::{Age, Class, Holder, Keeper, Old};
use room::danmaku::{self, store::Doomed};
use room::rooms::{
    self, Rooms, StreamControl,
    rules::{Broadcast, Origin, State},
};
use room::{Bar, Moderator, Refusal, Ruling};
use std::{collections::BTreeSet, net::IpAddr, time::Duration};
use tokio::sync::watch;
use uuid::Uuid;

/// media -> room, privacy: who may push, what a stream becomes part of, and which shows are held.
pub struct Desk(pub Rooms, pub App);

#[async_trait]
impl StreamDesk for Desk {
    async fn authorize(&self, stream_key: &str, _from: IpAddr) -> Result<StreamGrant, StreamRefusal> {
        match self.0.authorize(stream_key).await {
            Ok(Some(room)) => Ok(StreamGrant { room }),
            Ok(None) => Err(StreamRefusal::UnknownKey),
            Err(error) => {
                tracing::error!("checking a stream key failed: {error:#}");
                Err(StreamRefusal::Failed)
            }
        }
    }

    async fn admit(&self, room: RoomId) -> Result<(), StreamRefusal> {
        match self.0.admit(room).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(StreamRefusal::Closed),
            Err(error) => {
                tracing::error!(room.id = %room, "deciding whether room `{room}` may go on air failed: {error:#}");
                Err(StreamRefusal::Failed)
            }
        }
    }

    async fn published(&self, room: RoomId, info: StreamInfo) -> anyhow::Result<OnAir> {
        let published = StreamPublished {
            resumed: false,
            video_codec: info.video_codec,
            audio_codec: info.audio_codec,
            width: info.width,
            height: info.height,
        };
        let on_air = self.0.published(room, published).await?;
        Ok(OnAir { broadcast: on_air.broadcast, started_at: on_air.started_at, resumed: on_air.resumed })
    }

    async fn lost(&self, room: RoomId, clean: bool) {
        if let Err(error) = self.0.lost(room, clean).await {
            tracing::error!(room.id = %room, "noting that the stream of room `{room}` was lost failed: {error:#}");
        }
    }

    async fn switched(&self, room: RoomId, switched: StreamSwitched) {
        if let Err(error) = self.0.switched(room, switched).await {
            tracing::error!(room.id = %room, "noting that room `{room}` has another source failed: {error:#}");
        }
    }

    async fn show(&self, broadcast: BroadcastId) -> anyhow::Result<Option<ShowRef>> {
        let Some(found) = self.0.any_broadcast(broadcast).await? else { return Ok(None) };
        let Some(view) = self.0.view(found.room).await? else { return Ok(None) };
        Ok(Some(ShowRef {
            broadcast,
            room: found.room,
            org: found.org,
            team: found.team,
            title: found.title,
            started_at: found.started_at,
            ended_at: found.ended_at,
            private: view.room.private,
        }))
    }

    async fn held(&self) -> anyhow::Result<BTreeSet<BroadcastId>> {
        privacy::held_broadcasts(&self.1).await
    }
}

/// room -> media: a show is over, a key is revoked, an encoder is expected back, or is there.
pub struct Streams(pub Media);

impl StreamControl for Streams {
    fn end(&self, room: RoomId) {
        self.0.end(room);
    }

    fn has_encoder(&self, room: RoomId) -> bool {
        self.0.is_publishing(room)
    }

    fn kick(&self, room: RoomId) {
        self.0.kick(room);
    }

    fn await_encoder(&self, room: RoomId, broadcast: BroadcastId, started_at: Millis) {
        self.0.await_encoder(room, OnAir { broadcast, started_at, resumed: true });
    }
}

/// analytics -> room: is this broadcast within the actor's scope?
pub struct Broadcasts(pub App);

#[async_trait]
impl analytics::Broadcasts for Broadcasts {
    async fn find(&self, scope: Scope, id: BroadcastId) -> anyhow::Result<Option<analytics::BroadcastRef>> {
        let found = rooms::store::find_broadcast(self.0.store.read(), scope, id).await?;
        Ok(found.map(|broadcast| analytics::BroadcastRef {
            room: broadcast.room,
            started_at: broadcast.started_at,
            ended_at: broadcast.ended_at,
            import: broadcast.origin == Origin::Import,
        }))
    }
}

/// collect -> room: the broadcasts that recordings are imported into.
pub struct Imports {
    pub app: App,
    pub rooms: Rooms,
}

impl Imports {
    async fn find_broadcast(&self, scope: Scope, room: RoomId, id: BroadcastId) -> Result<Broadcast, ImportRefusal> {
        let found = rooms::store::find_broadcast(self.app.store.read(), scope, id).await?;
        found
            .filter(|found| found.room == room && found.origin == Origin::Import)
            .ok_or(ImportRefusal::ImportNotFound(id))
    }
}

#[async_trait]
impl ImportDesk for Imports {
    async fn room(&self, scope: Scope, room: RoomId) -> Result<(), ImportRefusal> {
        let found = rooms::store::find_room(self.app.store.read(), scope, room).await?;
        found.map(drop).ok_or(ImportRefusal::RoomNotFound(room))
    }

    async fn open(&self, scope: Scope, room: RoomId, import: ImportBroadcast) -> Result<OpenImport, ImportRefusal> {
        let found = rooms::store::find_room(self.app.store.read(), scope, room).await?;
        let room = found.ok_or(ImportRefusal::RoomNotFound(room))?;
        let ImportBroadcast { title, platform, started_at, import_key } = import;
        let broadcast = self.rooms.open_import(&room, Some(title), Some(platform), started_at, import_key).await?;
        Ok(open_import(&broadcast))
    }

    async fn find(&self, scope: Scope, room: RoomId, broadcast: BroadcastId) -> Result<OpenImport, ImportRefusal> {
        Ok(open_import(&self.find_broadcast(scope, room, broadcast).await?))
    }

    async fn close(
        &self,
        scope: Scope,
        room: RoomId,
        broadcast: BroadcastId,
        ended_at: Millis,
    ) -> Result<(), ImportRefusal> {
        let broadcast = self.find_broadcast(scope, room, broadcast).await?;
        Ok(self.rooms.end(&broadcast, EndReason::ImportComplete, Some(ended_at)).await?)
    }
}

fn open_import(broadcast: &Broadcast) -> OpenImport {
    OpenImport {
        broadcast: broadcast.id,
        org: broadcast.org,
        team: broadcast.team,
        first_position: broadcast.first_position,
        ended: broadcast.state == State::Ended,
    }
}

/// privacy -> room: the danmaku archive.
pub struct Archive(pub App);

/// Rows emptied with one commit.
const ERASED_AT_ONCE: u64 = 5_000;
const ARCHIVING: Duration = Duration::from_secs(20);

#[async_trait]
impl Holder for Archive {
    fn name(&self) -> &'static str {
        "danmaku"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["room_danmaku"]
    }

    async fn erase(&self, org: OrgId, viewer: &ViewerId, before: u64) -> anyhow::Result<u64> {
        // What is archived later is read without its key.
        let archived = self.0.progress.reached(danmaku::NAME, before, ARCHIVING).await;
        ensure!(archived, "the danmaku archive is behind");
        let mut erased = 0;
        loop {
            let doomed = Doomed::Viewer(viewer);
            let some = danmaku::store::erase(&self.0.store, org, &doomed, before, ERASED_AT_ONCE).await?;
            erased += some;
            if some < ERASED_AT_ONCE {
                return Ok(erased);
            }
        }
    }
}

#[async_trait]
impl Keeper for Archive {
    fn class(&self) -> Class {
        Class::Words
    }

    fn name(&self) -> &'static str {
        "danmaku"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["room_danmaku"]
    }

    async fn old(&self, age: &Age) -> anyhow::Result<Old> {
        let doomed = Doomed::Others(&age.held.viewers, &age.held.broadcasts);
        let old = danmaku::store::span_written(self.0.store.read(), age.org, &doomed, age.position).await?;
        Ok(Old { count: old.0, span: old.1 })
    }

    async fn forget(&self, age: &Age) -> anyhow::Result<u64> {
        // What is archived later is read without its key.
        let archived = self.0.progress.reached(danmaku::NAME, age.position.saturating_sub(1), ARCHIVING).await;
        ensure!(archived, "the danmaku archive is behind");
        let doomed = Doomed::Others(&age.held.viewers, &age.held.broadcasts);
        danmaku::store::erase(&self.0.store, age.org, &doomed, age.position, ERASED_AT_ONCE).await
    }
}

/// privacy -> collect: what was not taken.
pub struct Quarantine(pub Collect);

#[async_trait]
impl Holder for Quarantine {
    fn name(&self) -> &'static str {
        "quarantine"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["collect_quarantine"]
    }

    async fn erase(&self, org: OrgId, viewer: &ViewerId, _: u64) -> anyhow::Result<u64> {
        self.0.forget_person(org, viewer).await
    }
}

#[async_trait]
impl Keeper for Quarantine {
    fn class(&self) -> Class {
        Class::Quarantine
    }

    fn name(&self) -> &'static str {
        "quarantine"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["collect_quarantine"]
    }

    fn most_days(&self) -> Option<u32> {
        Some(Collect::KEEP_DAYS)
    }

    async fn old(&self, age: &Age) -> anyhow::Result<Old> {
        let old = self.0.old_items(age.org, age.before, &age.held.viewers).await?;
        Ok(Old { count: old.count, span: old.span })
    }

    async fn forget(&self, age: &Age) -> anyhow::Result<u64> {
        self.0.forget_old(age.org, age.before, &age.held.viewers).await
    }
}

/// privacy -> feed: what came of deliveries.
pub struct Deliveries(pub Feed);

#[async_trait]
impl Keeper for Deliveries {
    fn class(&self) -> Class {
        Class::Deliveries
    }

    fn name(&self) -> &'static str {
        "deliveries"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["feed_deliveries"]
    }

    fn most_days(&self) -> Option<u32> {
        Some(self.0.keep_days())
    }

    async fn old(&self, age: &Age) -> anyhow::Result<Old> {
        let (count, span) = self.0.old_deliveries(age.org, age.before).await?;
        Ok(Old { count, span })
    }

    async fn forget(&self, age: &Age) -> anyhow::Result<u64> {
        self.0.forget_old(age.org, age.before).await
    }
}

/// privacy -> accounts: the audit log.
pub struct AuditLog(pub App);

#[async_trait]
impl Keeper for AuditLog {
    fn class(&self) -> Class {
        Class::Audit
    }

    fn name(&self) -> &'static str {
        "audit"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["accounts_audit"]
    }

    async fn old(&self, age: &Age) -> anyhow::Result<Old> {
        let old = accounts::old_audit(self.0.store.read(), age.org, age.before).await?;
        Ok(old.map_or_else(Old::default, |old| Old { count: old.rows, span: Some((old.oldest, old.newest)) }))
    }

    async fn forget(&self, age: &Age) -> anyhow::Result<u64> {
        accounts::cut_audit(&self.0.store, age.org, age.before, self.0.now()).await
    }
}

/// privacy -> room: which shows there are.
#[async_trait]
impl privacy::Broadcasts for Broadcasts {
    async fn first_position(&self, org: OrgId, broadcast: BroadcastId) -> anyhow::Result<Option<u64>> {
        let found = rooms::store::find_broadcast(self.0.store.read(), Scope::whole(org), broadcast).await?;
        Ok(found.map(|found| found.first_position))
    }
}

/// privacy -> moderation: what people look at.
pub struct Reviews {
    pub app: App,
    pub moderation: Moderation,
}

#[async_trait]
impl Holder for Reviews {
    fn name(&self) -> &'static str {
        "reviews"
    }

    fn tables(&self) -> &'static [&'static str] {
        Moderation::TABLES
    }

    async fn erase(&self, org: OrgId, viewer: &ViewerId, before: u64) -> anyhow::Result<u64> {
        // What is kept later is read without its key.
        let kept = self.app.progress.reached(moderation::NAME, before, ARCHIVING).await;
        ensure!(kept, "what is to be reviewed is behind");
        self.moderation.forget_person(org, viewer, before).await
    }
}

#[async_trait]
impl Keeper for Reviews {
    fn class(&self) -> Class {
        Class::Words
    }

    fn name(&self) -> &'static str {
        "reviews"
    }

    fn tables(&self) -> &'static [&'static str] {
        Moderation::TABLES
    }

    async fn old(&self, age: &Age) -> anyhow::Result<Old> {
        let (viewers, shows) = (&age.held.viewers, &age.held.broadcasts);
        let old = self.moderation.old_words(age.org, age.position, viewers, shows).await?;
        Ok(Old { count: old.0, span: old.1 })
    }

    async fn forget(&self, age: &Age) -> anyhow::Result<u64> {
        let kept = self.app.progress.reached(moderation::NAME, age.position.saturating_sub(1), ARCHIVING).await;
        ensure!(kept, "what is to be reviewed is behind");
        let (viewers, shows) = (&age.held.viewers, &age.held.broadcasts);
        self.moderation.forget_old(age.org, age.position, viewers, shows).await
    }
}

/// privacy -> moderation: the ledger of what was decided.
pub struct Ledger(pub App);

#[async_trait]
impl Holder for Ledger {
    fn name(&self) -> &'static str {
        "ledger"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["moderation_ledger_people"]
    }

    async fn erase(&self, org: OrgId, viewer: &ViewerId, before: u64) -> anyhow::Result<u64> {
        ledger::erase(&self.0, org, viewer, before).await
    }
}

#[async_trait]
impl Keeper for Ledger {
    fn class(&self) -> Class {
        Class::Ledger
    }

    fn name(&self) -> &'static str {
        "ledger"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["moderation_ledger", "moderation_ledger_people"]
    }

    async fn old(&self, age: &Age) -> anyhow::Result<Old> {
        // A chain gives way at its beginning only, and does not say whom its rows are about.
        if !age.held.is_empty() {
            return Ok(Old::default());
        }
        let (count, span) = ledger::old(self.0.store.read(), age.org, age.before).await?;
        Ok(Old { count, span })
    }

    async fn forget(&self, age: &Age) -> anyhow::Result<u64> {
        if !age.held.is_empty() {
            return Ok(0);
        }
        ledger::cut(&self.0.store, age.org, age.before, self.0.now()).await
    }
}

/// room -> moderation: what becomes of a danmaku.
pub struct Gatekeeper(pub Moderation);

impl Moderator for Gatekeeper {
    fn is_ready(&self) -> watch::Receiver<bool> {
        self.0.is_ready()
    }

    fn judge(&self, room: &RoomRef, said: &[(&ViewerId, &DanmakuSent)], now: Millis) -> Vec<Ruling> {
        if self.0.mode(room.room) == ChatMode::Off {
            return vec![Ruling::Refused(Refusal::ChatOff); said.len()];
        }
        let bars: Option<Vec<_>> = said.iter().map(|(viewer, _)| self.0.bar(room, viewer, now)).collect();
        let heard = bars.and_then(|bars| {
            let free: Vec<_> = said.iter().zip(&bars).filter(|(_, bar)| bar.is_none()).map(|(said, _)| *said).collect();
            Some((bars, self.0.judge(room, &free, now)?))
        });
        let Some((bars, judged)) = heard else { return vec![Ruling::Refused(Refusal::Busy); said.len()] };
        let mut judged = judged.into_iter();
        let ruled = bars.into_iter().map(|bar| match bar.map_or_else(|| Ok(judged.next().flatten()), Err) {
            Err(bar) => Ruling::Refused(refusal(bar)),
            Ok(Some(judgement)) => Ruling::Judged { decision: judgement.decision, shown: judgement.shown },
            Ok(None) => Ruling::Allow,
        });
        ruled.collect()
    }

    fn mode(&self, room: RoomId) -> ChatMode {
        self.0.mode(room)
    }

    fn barred(&self, room: &RoomRef, viewer: &ViewerId, now: Millis) -> Option<Refusal> {
        match self.0.bar(room, viewer, now) {
            None => Some(Refusal::Busy),
            Some(bar) => bar.filter(|bar| bar.kind == SanctionKind::Ban).map(refusal),
        }
    }
}

fn refusal(bar: moderation::Bar) -> Refusal {
    let moderation::Bar { sanction, kind, clause, until } = bar;
    let bar = Bar { sanction, clause, until };
    if kind == SanctionKind::Ban { Refusal::Banned(bar) } else { Refusal::Muted(bar) }
}

/// moderation -> room: a show is cut.
pub struct Stage(pub Rooms);

#[async_trait]
impl moderation::Shows for Stage {
    async fn cut(&self, broadcast: BroadcastId) -> anyhow::Result<()> {
        let Some(found) = self.0.any_broadcast(broadcast).await? else { return Ok(()) };
        self.0.end(&found, EndReason::Operator, None).await
    }

    async fn on_air(&self, org: OrgId) -> anyhow::Result<u64> {
        self.0.on_air(org).await
    }
}

/// handbook -> moderation: the published clauses, and the lists of words.
pub struct Clauses(pub Moderation);

#[async_trait]
impl handbook::Rules for Clauses {
    fn clauses(&self) -> Vec<&'static str> {
        moderation::clauses::LIST.iter().map(|clause| clause.code).collect()
    }

    async fn list_name(&self, org: OrgId, list: Uuid) -> anyhow::Result<Option<String>> {
        self.0.list_name(org, list).await
    }
}
