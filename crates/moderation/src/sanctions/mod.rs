//! Sanctions 处罚: what follows when somebody breaks a clause, why, and for how long.

pub mod bars;
pub mod clock;
pub mod desk;
pub mod evidence;
pub mod http;
pub mod http_bodies;
pub mod http_evidence;
pub mod http_viewer;
pub mod ladder;
pub mod reactions;
pub mod statement;
pub mod store;
pub mod store_evidence;

use app::Actor;
use async_trait::async_trait;
use events::{BroadcastId, Envelope, Event, Millis, OrgId, RoomId, SanctionKind, Source, TeamId, UserId, ViewerId};
use evidence::{AROUND_MS, Clip, EvidenceState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Who can end a show. Declared here, answered by whoever has the rooms.
#[async_trait]
pub trait Shows: Send + Sync {
    /// Ends a broadcast; ending it twice is the same as once.
    async fn cut(&self, broadcast: BroadcastId) -> anyhow::Result<()>;

    /// How many shows of an organisation are on air.
    async fn on_air(&self, org: OrgId) -> anyhow::Result<u64>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sanction {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    /// Where it happened.
    pub room: RoomId,
    pub broadcast: Option<BroadcastId>,
    /// None: it is the show that is ended.
    pub viewer: Option<ViewerId>,
    /// It holds in every room of the organisation.
    pub everywhere: bool,
    pub kind: SanctionKind,
    pub clause: String,
    /// The review item it is about.
    pub position: Option<u64>,
    pub tier: u8,
    /// Which time it was within the time that is looked back on; the first is 1.
    pub strike: u32,
    pub as_proposed: bool,
    /// For colleagues; needed where it is not as proposed.
    pub why: Option<String>,
    pub by: By,
    pub at: Millis,
    /// None: it has no end, or no length.
    pub until: Option<Millis>,
    pub evidence: Option<Window>,
    pub evidence_state: EvidenceState,
    /// What was cut out; what it was, after it went.
    pub clip: Option<Clip>,
    pub state: SanctionState,
    /// It was lifted because it should not have been: it counts no more.
    pub mistaken: bool,
    pub changed: Option<Changed>,
    /// The log's last position when it was imposed: what an erasure before it takes.
    pub after_position: u64,
}

/// Who did something: a person, or a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    pub user: Option<UserId>,
    pub name: String,
}

impl By {
    pub fn of(actor: &Actor) -> Self {
        Self { user: actor.user, name: actor.name.to_string() }
    }

    /// The same person, by the account or by the name that stands everywhere.
    pub fn is(&self, actor: &Actor) -> bool {
        self.name == *actor.name || (self.user.is_some() && self.user == actor.user)
    }
}

/// A stretch of a broadcast, from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub from_ms: i64,
    pub to_ms: i64,
}

impl Window {
    /// Around a moment of a show that began then; none where the moment was before.
    pub fn around(moment: Millis, began: Millis) -> Option<Self> {
        let offset = moment.since(began);
        (offset >= 0).then(|| Self { from_ms: (offset - AROUND_MS).max(0), to_ms: offset + AROUND_MS })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Empty: nobody did.
    pub by: String,
    pub at: Millis,
    pub why: Option<String>,
}

/// How a sanction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SanctionState {
    /// It holds 生效.
    Active,
    /// A person took it back 已解除.
    Lifted,
    /// An appeal took it back 申诉撤销.
    Reversed,
    /// Nobody decided about the appeal in time 暂停.
    Suspended,
    /// Its time is over 到期.
    Expired,
}

impl SanctionState {
    pub const ALL: [Self; 5] = [Self::Active, Self::Lifted, Self::Reversed, Self::Suspended, Self::Expired];

    pub fn name(self) -> &'static str {
        match self {
            SanctionState::Active => "active",
            SanctionState::Lifted => "lifted",
            SanctionState::Reversed => "reversed",
            SanctionState::Suspended => "suspended",
            SanctionState::Expired => "expired",
        }
    }

    pub fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.name() == name).unwrap_or(SanctionState::Expired)
    }

    /// As the event of coming to it says it. What holds held before.
    pub fn told(self) -> &'static str {
        if self == SanctionState::Active { "upheld" } else { self.name() }
    }

    /// There may be something to object to.
    pub fn is_appealable(self) -> bool {
        matches!(self, SanctionState::Active | SanctionState::Expired)
    }
}

pub const KINDS: [SanctionKind; 6] = [
    SanctionKind::Warn,
    SanctionKind::Mute,
    SanctionKind::Kick,
    SanctionKind::Ban,
    SanctionKind::CutTraffic,
    SanctionKind::CutStream,
];

pub fn kind_name(kind: SanctionKind) -> &'static str {
    match kind {
        SanctionKind::Warn => "warn",
        SanctionKind::Mute => "mute",
        SanctionKind::Kick => "kick",
        SanctionKind::Ban => "ban",
        SanctionKind::CutTraffic => "cut_traffic",
        SanctionKind::CutStream => "cut_stream",
    }
}

pub fn kind_of(name: &str) -> SanctionKind {
    KINDS.into_iter().find(|kind| kind_name(*kind) == name).unwrap_or(SanctionKind::Warn)
}

impl Sanction {
    /// It keeps somebody from something now.
    pub fn is_in_force(&self, now: Millis) -> bool {
        self.state == SanctionState::Active && self.until.is_none_or(|until| until > now)
    }

    /// An event about it.
    pub fn told(&self, now: Millis, event: Event) -> Envelope {
        let mut envelope = Envelope::new(now, Source::Server, self.org, event)
            .with_team(self.team)
            .with_room(self.room)
            .with_broadcast(self.broadcast);
        envelope.viewer.clone_from(&self.viewer);
        envelope
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn sanction(kind: SanctionKind, until: Option<i64>) -> Sanction {
        Sanction {
            id: Uuid::now_v7(),
            org: OrgId::new(),
            team: TeamId::new(),
            room: RoomId::new(),
            broadcast: None,
            viewer: Some(ViewerId::random()),
            everywhere: false,
            kind,
            clause: "contact".into(),
            position: None,
            tier: 1,
            strike: 1,
            as_proposed: true,
            why: None,
            by: By { user: None, name: "lin".into() },
            at: Millis(0),
            until: until.map(Millis),
            evidence: None,
            evidence_state: EvidenceState::None,
            clip: None,
            state: SanctionState::Active,
            mistaken: false,
            changed: None,
            after_position: 0,
        }
    }

    #[test]
    fn evidence_is_some_seconds_around_a_moment_of_the_show() {
        let window =
            |moment| Window::around(Millis(moment), Millis(1_000)).map(|window| (window.from_ms, window.to_ms));
        assert_eq!(window(61_000), Some((45_000, 75_000)));
        assert_eq!(window(6_000), Some((0, 20_000)));
        assert_eq!(window(999), None, "before the show");
    }

    #[test]
    fn names_are_read_back() {
        assert!(SanctionState::ALL.into_iter().all(|state| SanctionState::of(state.name()) == state));
        assert!(KINDS.into_iter().all(|kind| kind_of(kind_name(kind)) == kind));
    }
}
