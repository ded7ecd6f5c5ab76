//! What a sanction looks like to staff.

use super::{Sanction, SanctionState, evidence::EvidenceState, ladder::Step, statement};
use crate::{
    Moderation,
    appeals::{self, Appeal, AppealState},
    review::{
        self, Item,
        http::ReviewReason,
        notes::{self, ReviewNote},
    },
};
use app::Mask;
use events::{BroadcastId, Millis, RoomId, SanctionKind, ViewerId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SanctionKind)]
pub enum Penalty {
    /// 警告
    Warn,
    /// May not write 禁言.
    Mute,
    /// Is sent out, and may come again 踢出.
    Kick,
    /// May not come in 封禁.
    Ban,
    /// Fewer are led to the room 限流.
    CutTraffic,
    /// The show is ended 断播.
    CutStream,
}

impl From<SanctionKind> for Penalty {
    fn from(kind: SanctionKind) -> Self {
        match kind {
            SanctionKind::Warn => Penalty::Warn,
            SanctionKind::Mute => Penalty::Mute,
            SanctionKind::Kick => Penalty::Kick,
            SanctionKind::Ban => Penalty::Ban,
            SanctionKind::CutTraffic => Penalty::CutTraffic,
            SanctionKind::CutStream => Penalty::CutStream,
        }
    }
}

impl From<Penalty> for SanctionKind {
    fn from(penalty: Penalty) -> Self {
        match penalty {
            Penalty::Warn => SanctionKind::Warn,
            Penalty::Mute => SanctionKind::Mute,
            Penalty::Kick => SanctionKind::Kick,
            Penalty::Ban => SanctionKind::Ban,
            Penalty::CutTraffic => SanctionKind::CutTraffic,
            Penalty::CutStream => SanctionKind::CutStream,
        }
    }
}

/// A text in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub struct SanctionText {
    #[schema(example = "您发送的弹幕违反了「引流到站外」。处理：禁言 10 分钟，适用于本直播间。")]
    zh: String,
    #[schema(
        example = "What you wrote is against the rule \"luring viewers elsewhere\". What follows: you may not write for 10 minutes, in this room."
    )]
    en: String,
}

impl From<statement::Statement> for SanctionText {
    fn from(statement: statement::Statement) -> Self {
        Self { zh: statement.zh, en: statement.en }
    }
}

/// A stretch of the show, and the file that it was cut into: `GET /api/moderation/sanctions/{id}/evidence`.
#[derive(Debug, Serialize, ToSchema)]
pub struct SanctionEvidence {
    #[schema(value_type = Uuid)]
    broadcast: BroadcastId,
    /// From the beginning of the show.
    #[schema(example = 45000)]
    from_ms: i64,
    #[schema(example = 75000)]
    to_ms: i64,
    #[schema(inline, example = "kept")]
    state: EvidenceState,
    /// Of the file, which may be less than the stretch.
    #[schema(example = 45000)]
    start_ms: Option<i64>,
    #[schema(example = 75000)]
    end_ms: Option<i64>,
    #[schema(example = 7_654_321)]
    bytes: Option<u64>,
    /// Of the file, in hex; the ledger and the event log say it too.
    #[schema(example = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f")]
    sha256: Option<String>,
}

/// The appeal against a sanction, in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct SanctionAppeal {
    id: Uuid,
    #[schema(inline)]
    state: AppealState,
    #[schema(value_type = i64)]
    due_at_ms: Millis,
}

/// A sanction.
#[derive(Debug, Serialize, ToSchema)]
pub struct SanctionBody {
    id: Uuid,
    #[schema(value_type = Uuid)]
    room: RoomId,
    #[schema(value_type = Option<Uuid>)]
    broadcast: Option<BroadcastId>,
    /// The pseudonym; masked without `personal.read`. None: the show was cut.
    #[schema(value_type = Option<String>)]
    viewer: Option<ViewerId>,
    /// In every room of the organisation.
    everywhere: bool,
    #[schema(inline, example = "mute")]
    kind: Penalty,
    #[schema(example = "contact")]
    clause: String,
    /// As the viewer reads it.
    statement: SanctionText,
    /// Of the review item it is about.
    position: Option<u64>,
    /// What was written there; none when it was erased.
    #[schema(example = "加薇❤信 看好货")]
    text: Option<String>,
    #[schema(value_type = Option<i64>)]
    said_at_ms: Option<Millis>,
    /// What spoke against it.
    reasons: Vec<ReviewReason>,
    /// A model's probability that it is bad.
    score: Option<f32>,
    /// What reviewers wrote about it for colleagues 备注.
    notes: Vec<ReviewNote>,
    /// 1, 2 or 3.
    #[schema(example = 1)]
    tier: u8,
    /// Which time it was within 30 days; the first is 1.
    #[schema(example = 2)]
    strike: u32,
    /// It is what the ladder says.
    as_proposed: bool,
    /// For colleagues.
    #[schema(example = "三个房间发同样的话")]
    why: Option<String>,
    #[schema(example = "lin")]
    by: String,
    #[schema(value_type = i64)]
    at_ms: Millis,
    /// None: it has no end, or no length.
    #[schema(value_type = Option<i64>)]
    until_ms: Option<Millis>,
    evidence: Option<SanctionEvidence>,
    #[schema(inline, example = "active")]
    state: SanctionState,
    /// It keeps the viewer from something now.
    in_force: bool,
    /// It was lifted because it should not have been imposed, and counts no more.
    mistaken: bool,
    /// Who lifted or reversed it, empty where time did.
    #[schema(example = "wang")]
    changed_by: Option<String>,
    #[schema(value_type = Option<i64>)]
    changed_at_ms: Option<Millis>,
    #[schema(example = "认错了人")]
    changed_why: Option<String>,
    appeal: Option<SanctionAppeal>,
}

/// What a step of the ladder does.
#[derive(Debug, Serialize, ToSchema)]
pub struct LadderStep {
    #[schema(inline, example = "mute")]
    kind: Penalty,
    /// None: it has no end, or no length.
    #[schema(example = 10)]
    minutes: Option<i64>,
}

impl From<Step> for LadderStep {
    fn from(step: Step) -> Self {
        Self { kind: step.kind.into(), minutes: step.length_ms.map(|length| length / 60_000) }
    }
}

fn body(sanction: Sanction, item: Option<&Item>, appeal: Option<&Appeal>, mask: Mask, now: Millis) -> SanctionBody {
    let readable = item.filter(|item| !item.erased);
    let (statement, in_force) = (statement::of(&sanction).into(), sanction.is_in_force(now));
    let changed = sanction.changed;
    let (evidence_state, clip) = (sanction.evidence_state, sanction.clip);
    let evidence = sanction.broadcast.zip(sanction.evidence).map(|(broadcast, window)| SanctionEvidence {
        broadcast,
        from_ms: window.from_ms,
        to_ms: window.to_ms,
        state: evidence_state,
        start_ms: clip.as_ref().map(|clip| clip.start_ms),
        end_ms: clip.as_ref().map(|clip| clip.end_ms),
        bytes: clip.as_ref().map(|clip| clip.bytes),
        sha256: clip.map(|clip| clip.sha256),
    });
    SanctionBody {
        id: sanction.id,
        room: sanction.room,
        broadcast: sanction.broadcast,
        viewer: sanction.viewer.as_ref().map(|viewer| mask.viewer(viewer)),
        everywhere: sanction.everywhere,
        kind: sanction.kind.into(),
        clause: sanction.clause,
        statement,
        position: sanction.position,
        text: readable.map(|item| mask.text(&item.text).into_owned()),
        said_at_ms: item.map(|item| item.at),
        reasons: item.map(|item| item.reasons.iter().cloned().map(review::http::reason).collect()).unwrap_or_default(),
        notes: item.map(|item| notes::bodies(&item.notes, mask)).unwrap_or_default(),
        score: item.and_then(|item| item.score_milli).map(|milli| milli as f32 / 1_000.0),
        tier: sanction.tier,
        strike: sanction.strike,
        as_proposed: sanction.as_proposed,
        why: sanction.why.map(|why| mask.text(&why).into_owned()),
        by: sanction.by.name,
        at_ms: sanction.at,
        until_ms: sanction.until,
        evidence,
        state: sanction.state,
        in_force,
        mistaken: sanction.mistaken,
        changed_by: changed.as_ref().map(|changed| changed.by.clone()),
        changed_at_ms: changed.as_ref().map(|changed| changed.at),
        changed_why: changed.and_then(|changed| changed.why).map(|why| mask.text(&why).into_owned()),
        appeal: appeal.map(|appeal| SanctionAppeal { id: appeal.id, state: appeal.state, due_at_ms: appeal.due_at }),
    }
}

impl Moderation {
    /// Sanctions with what they are about, in their order. Whose they are was checked.
    pub(crate) async fn sanction_bodies(
        &self,
        sanctions: Vec<Sanction>,
        mask: Mask,
    ) -> anyhow::Result<Vec<SanctionBody>> {
        let (items, appeals) = self.around(&sanctions).await?;
        let now = self.app().now();
        let bodies = sanctions.into_iter().map(|sanction| {
            let item = sanction.position.and_then(|position| items.get(&position));
            let appeal = appeals.get(&sanction.id);
            body(sanction, item, appeal, mask, now)
        });
        Ok(bodies.collect())
    }

    /// The items that sanctions are about, and the appeals against them.
    pub(super) async fn around(
        &self,
        sanctions: &[Sanction],
    ) -> anyhow::Result<(HashMap<u64, Item>, HashMap<Uuid, Appeal>)> {
        let db = self.app().store.read();
        let positions: Vec<u64> = sanctions.iter().filter_map(|sanction| sanction.position).collect();
        let ids: Vec<Uuid> = sanctions.iter().map(|sanction| sanction.id).collect();
        let items = review::store::find_some(db, &positions).await?;
        let appeals = appeals::store::against(db, &ids).await?;
        Ok((
            items.into_iter().map(|item| (item.position, item)).collect(),
            appeals.into_iter().map(|appeal| (appeal.sanction, appeal)).collect(),
        ))
    }
}
