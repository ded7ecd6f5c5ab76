//! Checks before a show 开播前审核: what is planned is written in a dossier 备播单, checked as it is written, signed by professionals where
//! the law asks for one, and cleared by somebody else.

pub mod files;
pub mod findings;
pub mod goods;
pub mod http;
mod http_bodies;
pub mod http_check;
pub mod http_documents;
pub mod http_people;
pub mod http_review;
mod papers;
pub mod rules;
pub mod store;
pub mod store_papers;

use crate::Moderation;
use app::{Actor, Permission, PermissionInfo};
use events::{Millis, OrgId, RoomId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// May write what a show is going to say and sell.
pub struct PrepareShows;
impl Permission for PrepareShows {
    const INFO: PermissionInfo =
        PermissionInfo { name: "moderation.prepare", zh: "编写备播单", en: "write the dossiers of planned shows" };
}

/// May clear a show before air.
pub struct ClearShows;
impl Permission for ClearShows {
    const INFO: PermissionInfo =
        PermissionInfo { name: "moderation.clear", zh: "开播前放行", en: "clear planned shows, and return them" };
}

/// May sign what is said about medicine or money, when the qualification is noted.
pub struct SignDossiers;
impl Permission for SignDossiers {
    const INFO: PermissionInfo =
        PermissionInfo {
            name: "moderation.sign", zh: "专业签字", en: "sign what shows say about medicine or money"
        };
}

/// Notes who is a professional of what.
pub struct NoteProfessionals;
impl Permission for NoteProfessionals {
    const INFO: PermissionInfo =
        PermissionInfo {
            name: "professional.manage", zh: "登记专业人员", en: "note professionals and their numbers"
        };
}

/// The turn of whoever changes dossiers.
const TURN: &str = "moderation_dossiers";

/// How long before its start a show is looked for, and how long after.
const BEFORE_MS: i64 = 12 * 3_600_000;
const AFTER_MS: i64 = 6 * 3_600_000;
/// A show is over by then: papers have to last so long.
const SHOW_MS: i64 = 12 * 3_600_000;

/// 备播单的状态
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DossierState {
    /// Being written 编写中.
    Draft,
    /// It waits to be cleared 待审.
    Submitted,
    /// It may go on air as it is 已放行.
    Cleared,
    /// It has to be changed 已退回.
    Returned,
}

impl DossierState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Cleared => "cleared",
            Self::Returned => "returned",
        }
    }

    fn of(name: &str) -> Self {
        match name {
            "submitted" => Self::Submitted,
            "cleared" => Self::Cleared,
            "returned" => Self::Returned,
            _ => Self::Draft,
        }
    }
}

/// A field of knowledge in which a person is registered 执业类别.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Profession {
    /// A physician or pharmacist 医师、药师.
    Medical,
    /// Securities, funds, insurance 金融从业.
    Financial,
}

impl Profession {
    pub const ALL: [Self; 2] = [Self::Medical, Self::Financial];

    pub fn name(self) -> &'static str {
        match self {
            Self::Medical => "medical",
            Self::Financial => "financial",
        }
    }

    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// What a show is going to say and sell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DossierContent)]
pub struct Content {
    /// 场次标题
    #[schema(max_length = 100, example = "周五零食专场")]
    pub title: String,
    #[schema(value_type = i64)]
    pub planned_at_ms: Millis,
    /// The script 话术.
    #[serde(default)]
    pub sections: Vec<Section>,
    /// What is sold 商品.
    #[serde(default)]
    pub items: Vec<Item>,
}

/// A part of the script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScriptSection)]
pub struct Section {
    #[schema(max_length = 60, example = "开场")]
    pub name: String,
    #[schema(max_length = 8000, example = "大家好，欢迎来到直播间")]
    pub text: String,
}

/// Something that is sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DossierItem)]
pub struct Item {
    #[schema(max_length = 100, example = "蓝莓果干 200 g")]
    pub name: String,
    /// A code of `GET /api/moderation/goods`.
    #[schema(max_length = 40, example = "food")]
    pub category: String,
    /// What is said of it 卖点.
    #[serde(default)]
    #[schema(max_length = 2000, example = "果香浓郁，独立小包")]
    pub claims: String,
    /// Its papers 资质文件.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>)]
    pub documents: Vec<Uuid>,
}

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    pub name: String,
}

impl Person {
    pub fn of(actor: &Actor) -> Self {
        Self { user: actor.user, name: actor.name.to_string() }
    }

    /// The same person, by the account or by the name that stands everywhere.
    pub fn is(&self, actor: &Actor) -> bool {
        self.name == *actor.name || (self.user.is_some() && self.user == actor.user)
    }
}

/// What is planned for a show.
#[derive(Debug, Clone)]
pub struct Dossier {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    pub state: DossierState,
    /// Of what stands in it; raised with every change.
    pub version: u32,
    /// Of the canonical text of this version.
    pub sha256: String,
    pub content: Content,
    /// Whoever wrote in it: none of them clears or signs it.
    pub writers: Vec<Person>,
    /// What was found when it was written.
    pub errors: u32,
    pub warnings: u32,
    pub cleared_version: Option<u32>,
    pub changed_by: String,
    pub changed_at: Millis,
}

impl Dossier {
    pub fn is_written_by(&self, actor: &Actor) -> bool {
        self.writers.iter().any(|writer| writer.is(actor))
    }
}

/// What was handed in, as it stood then, and what became of it.
#[derive(Debug, Clone)]
pub struct Version {
    pub dossier: Uuid,
    pub version: u32,
    pub sha256: String,
    /// The canonical text, whose hash that is.
    pub text: String,
    /// `submitted`, `cleared`, `returned`; `withdrawn`: it was changed before anybody decided.
    pub state: String,
    pub submitted_by: String,
    pub submitted_at: Millis,
    pub decided_by: Option<String>,
    pub decided_at: Option<Millis>,
    /// As they were when it was decided.
    pub findings: Vec<findings::DossierFinding>,
    pub notes: Vec<Note>,
    pub reason: String,
}

/// What a reviewer says of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FindingNote)]
pub struct Note {
    /// The finding's id.
    #[schema(max_length = 16, example = "9f86d081884c7d65")]
    pub finding: String,
    #[schema(max_length = 500, example = "换成“很多人喜欢”")]
    pub note: String,
}

/// A professional's signature under one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub dossier: Uuid,
    pub version: u32,
    pub profession: Profession,
    pub sha256: String,
    pub number: String,
    pub by: String,
    pub at: Millis,
}

/// Somebody whose registration is noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Professional {
    pub login: String,
    pub profession: Profession,
    pub number: String,
    pub noted_by: String,
    pub noted_at: Millis,
}

/// A paper that shows that something may be sold 资质文件. Never changed: a newer one is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    pub kind: String,
    pub number: String,
    pub holder: String,
    pub authority: String,
    /// Days in Beijing, both included. None: without end.
    pub valid_from: Option<String>,
    pub valid_to: Option<String>,
    pub format: files::Format,
    pub bytes: u64,
    pub sha256: String,
    /// It is not offered any more; what was cleared with it still names it.
    pub retired: bool,
    pub added_by: String,
    pub added_at: Millis,
}

impl Moderation {
    /// What hinders a room from going on air: `clearance_open`, as the dossier of the show that is planned nearest to now is not cleared,
    /// or there is none.
    pub async fn obstacles(
        &self,
        org: OrgId,
        team: TeamId,
        room: RoomId,
    ) -> anyhow::Result<Vec<(&'static str, String)>> {
        let now = self.app().now();
        let (from, to) = (now.plus_ms(-AFTER_MS), now.plus_ms(BEFORE_MS));
        let planned = store::planned(self.app().store.read(), org, team, room, from, to).await?;
        let nearest = planned.into_iter().min_by_key(|dossier| dossier.content.planned_at_ms.since(now).abs());
        Ok(match nearest {
            Some(dossier) if dossier.state == DossierState::Cleared => Vec::new(),
            // Its title; screens say the rest in their own language.
            Some(dossier) => vec![("clearance_open", dossier.content.title)],
            None => vec![("clearance_open", String::new())],
        })
    }
}
