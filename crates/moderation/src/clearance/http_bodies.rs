//! Dossiers as they are answered.

use super::{
    Content, Document, Dossier, DossierState, Note, Profession, Signature, Version, findings, findings::DossierFinding,
    rules, store, store_papers,
};
use crate::Moderation;
use app::{ApiError, ApiResult, Can, Permission};
use axum::Json;
use events::{Millis, OrgId, RoomId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A dossier in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierRow {
    pub id: Uuid,
    #[schema(value_type = Uuid)]
    pub room_id: RoomId,
    #[schema(example = "周五零食专场")]
    pub title: String,
    #[schema(value_type = i64)]
    pub planned_at_ms: Millis,
    #[schema(inline, example = "submitted")]
    pub state: DossierState,
    #[schema(example = 3)]
    pub version: u32,
    /// What was found when it was written.
    #[schema(example = 0)]
    pub errors: u32,
    #[schema(example = 1)]
    pub warnings: u32,
    /// The last one that was cleared.
    #[schema(example = 2)]
    pub cleared_version: Option<u32>,
    #[schema(example = "lin")]
    pub changed_by: String,
    #[schema(value_type = i64)]
    pub changed_at_ms: Millis,
}

impl From<Dossier> for DossierRow {
    fn from(dossier: Dossier) -> Self {
        Self {
            id: dossier.id,
            room_id: dossier.room,
            title: dossier.content.title,
            planned_at_ms: dossier.content.planned_at_ms,
            state: dossier.state,
            version: dossier.version,
            errors: dossier.errors,
            warnings: dossier.warnings,
            cleared_version: dossier.cleared_version,
            changed_by: dossier.changed_by,
            changed_at_ms: dossier.changed_at,
        }
    }
}

/// A dossier with what speaks against it now.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierBody {
    pub id: Uuid,
    #[schema(value_type = Uuid)]
    pub room_id: RoomId,
    #[schema(inline, example = "submitted")]
    pub state: DossierState,
    /// Give it back with a change.
    #[schema(example = 3)]
    pub version: u32,
    /// Of the canonical text of this version: what is signed and cleared.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
    pub content: Content,
    pub findings: Vec<DossierFinding>,
    /// Errors that nobody answers for yet, by their ids.
    #[schema(example = json!(["9f86d081884c7d65"]))]
    pub open_errors: Vec<String>,
    /// Whose signature under this version is missing.
    #[schema(example = json!(["medical"]))]
    pub open_signatures: Vec<Profession>,
    pub signatures: Vec<SignatureBody>,
    pub documents: Vec<DocumentBody>,
    #[schema(example = 2)]
    pub cleared_version: Option<u32>,
    /// You wrote in it: somebody else clears and signs it.
    pub own: bool,
    #[schema(example = "lin")]
    pub changed_by: String,
    #[schema(value_type = i64)]
    pub changed_at_ms: Millis,
}

/// A professional's signature 专业签字.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignatureBody {
    #[schema(example = 3)]
    pub version: u32,
    #[schema(inline, example = "medical")]
    pub profession: Profession,
    /// The qualification's number as it was noted then.
    #[schema(example = "110000000000000")]
    pub number: String,
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
    #[schema(example = "wang")]
    pub by: String,
    #[schema(value_type = i64)]
    pub at_ms: Millis,
    /// It is under what stands there now.
    pub counts: bool,
}

/// A paper 资质文件.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentBody {
    pub id: Uuid,
    /// A code of `GET /api/moderation/goods`.
    #[schema(example = "food_licence")]
    pub kind: String,
    #[schema(example = "JY11101010000000")]
    pub number: String,
    #[schema(example = "开播食品有限公司")]
    pub holder: String,
    /// Who issued it.
    #[schema(example = "市场监督管理局")]
    pub authority: String,
    /// Days in Beijing, both included.
    #[schema(example = "2024-11-28")]
    pub valid_from: Option<String>,
    #[schema(example = "2029-11-27")]
    pub valid_to: Option<String>,
    #[schema(inline, example = "pdf")]
    pub format: super::files::Format,
    pub bytes: u64,
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
    /// It is not offered any more.
    pub retired: bool,
    #[schema(example = "lin")]
    pub added_by: String,
    #[schema(value_type = i64)]
    pub added_at_ms: Millis,
}

impl From<Document> for DocumentBody {
    fn from(document: Document) -> Self {
        Self {
            id: document.id,
            kind: document.kind,
            number: document.number,
            holder: document.holder,
            authority: document.authority,
            valid_from: document.valid_from,
            valid_to: document.valid_to,
            format: document.format,
            bytes: document.bytes,
            sha256: document.sha256,
            retired: document.retired,
            added_by: document.added_by,
            added_at_ms: document.added_at,
        }
    }
}

/// What was handed in 送审版本.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierVersion {
    #[schema(example = 2)]
    pub version: u32,
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
    /// `submitted`, `cleared`, `returned`; `withdrawn`: it was changed before anybody decided.
    #[schema(example = "returned")]
    pub state: String,
    #[schema(example = "lin")]
    pub submitted_by: String,
    #[schema(value_type = i64)]
    pub submitted_at_ms: Millis,
    #[schema(example = "wang")]
    pub decided_by: Option<String>,
    #[schema(value_type = Option<i64>)]
    pub decided_at_ms: Option<Millis>,
    pub notes: Vec<Note>,
    #[schema(example = "标题请换一个说法")]
    pub reason: String,
    /// As they were when it was decided.
    pub findings: Vec<DossierFinding>,
}

impl From<Version> for DossierVersion {
    fn from(version: Version) -> Self {
        Self {
            version: version.version,
            sha256: version.sha256,
            state: version.state,
            submitted_by: version.submitted_by,
            submitted_at_ms: version.submitted_at,
            decided_by: version.decided_by,
            decided_at_ms: version.decided_at,
            notes: version.notes,
            reason: version.reason,
            findings: version.findings,
        }
    }
}

/// One version with its words.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierVersionText {
    #[serde(flatten)]
    pub version: DossierVersion,
    /// The canonical text, whose SHA-256 stands beside it: JSON as RFC 8785 writes it.
    #[schema(example = "{\"content\":{\"title\":\"周五零食专场\"}}")]
    pub text: String,
}

pub fn not_ready() -> ApiError {
    ApiError::new(503, "not_ready", "the lists are being read").retry_after(1)
}

pub fn unknown() -> ApiError {
    ApiError::not_found("dossier")
}

/// What speaks against it, with the lists of the organisation and of the room.
pub fn found(
    moderation: &Moderation,
    org: OrgId,
    room: RoomId,
    content: &Content,
    documents: &[Document],
) -> Result<Vec<DossierFinding>, ApiError> {
    let gate = &moderation.0.gate;
    findings::check(content, documents, |text, scope| gate.copy(org, room, text, scope)).ok_or_else(not_ready)
}

/// The papers of a dossier.
pub async fn papers(moderation: &Moderation, dossier: &Dossier) -> anyhow::Result<Vec<Document>> {
    let ids = rules::attached(&dossier.content);
    store_papers::of_team(moderation.app().store.read(), dossier.org, dossier.team, &ids).await
}

pub async fn one<P: Permission>(moderation: &Moderation, dossier: Dossier, can: &Can<P>) -> ApiResult<DossierBody> {
    let documents = papers(moderation, &dossier).await?;
    let findings = found(moderation, dossier.org, dossier.room, &dossier.content, &documents)?;
    let signatures: Vec<Signature> = store::signatures(moderation.app().store.read(), dossier.id).await?;
    let open = rules::open(&dossier.content, &findings, &signatures, &dossier.sha256, &[]);
    let own = dossier.is_written_by(&can.actor);
    let signatures = signatures.into_iter().map(|signature| SignatureBody {
        version: signature.version,
        profession: signature.profession,
        number: signature.number,
        counts: signature.sha256 == dossier.sha256,
        sha256: signature.sha256,
        by: signature.by,
        at_ms: signature.at,
    });
    Ok(Json(DossierBody {
        id: dossier.id,
        room_id: dossier.room,
        state: dossier.state,
        version: dossier.version,
        signatures: signatures.collect(),
        sha256: dossier.sha256,
        content: dossier.content,
        findings,
        open_errors: open.errors,
        open_signatures: open.signatures,
        documents: documents.into_iter().map(DocumentBody::from).collect(),
        cleared_version: dossier.cleared_version,
        own,
        changed_by: dossier.changed_by,
        changed_at_ms: dossier.changed_at,
    }))
}
