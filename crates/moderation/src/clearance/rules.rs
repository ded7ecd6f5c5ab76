//! What a dossier may hold, its one text that is hashed, and what still stands between it and the air. Pure.

use super::{
    Content, Document, Profession, Signature,
    findings::{DossierFinding, Gravity},
    goods,
};
use crate::ledger::canonical;
use app::hash_of_bytes;
use events::RoomId;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// All of its texts together, in bytes.
pub const MOST_BYTES: usize = 64 * 1024;
const MOST_SECTIONS: usize = 60;
const MOST_ITEMS: usize = 200;
const MOST_DOCUMENTS: usize = 20;
/// Until the year 2100.
const LAST_MS: i64 = 4_102_444_800_000;

/// What is wrong with it: a code, and what to do.
pub type Refused = (&'static str, &'static str);

/// Trims what stands around names, and refuses what is too much.
pub fn tidy(mut content: Content) -> Result<Content, Refused> {
    let trim = |text: &mut String| *text = text.trim().to_owned();
    trim(&mut content.title);
    content.sections.iter_mut().for_each(|section| trim(&mut section.name));
    content.items.iter_mut().for_each(|item| trim(&mut item.name));
    limits(&content)?;
    if content.title.is_empty() {
        return Err(("bad_title", "a title has 1 to 100 characters on one line"));
    }
    if content.items.iter().any(|item| item.name.is_empty()) {
        return Err(("bad_item", "goods have a name of 1 to 100 characters"));
    }
    Ok(content)
}

/// Half a dossier is checked too, so names may still be missing here.
pub fn limits(content: &Content) -> Result<(), Refused> {
    let long = |text: &str, most: usize| text.chars().count() > most;
    let line = |text: &str, most: usize| !long(text, most) && !text.chars().any(char::is_control);
    // PostgreSQL keeps no U+0000.
    let prose = |text: &str, most: usize| !long(text, most) && !text.contains('\0');
    if !line(&content.title, 100) {
        return Err(("bad_title", "a title has 1 to 100 characters on one line"));
    }
    if !(0..LAST_MS).contains(&content.planned_at_ms.0) {
        return Err(("bad_time", "when the show is planned: milliseconds since 1970"));
    }
    if content.sections.len() > MOST_SECTIONS || content.items.len() > MOST_ITEMS {
        return Err(("too_many", "at most 60 sections and 200 goods"));
    }
    if !content.sections.iter().all(|section| line(&section.name, 60) && prose(&section.text, 8_000)) {
        return Err(("bad_section", "a section has a name of at most 60 characters and a text of at most 8,000"));
    }
    let good = content.items.iter().all(|item| {
        let many = item.documents.len() > MOST_DOCUMENTS;
        line(&item.name, 100) && line(&item.category, 40) && prose(&item.claims, 2_000) && !many
    });
    if !good {
        return Err((
            "bad_item",
            "goods have a name of at most 100 characters, a category, claims of at most 2,000 and at most 20 documents",
        ));
    }
    if bytes(content) > MOST_BYTES {
        return Err(("too_long", "at most 64 KB together"));
    }
    Ok(())
}

fn bytes(content: &Content) -> usize {
    let sections = content.sections.iter().map(|section| section.name.len() + section.text.len());
    let items = content.items.iter().map(|item| item.name.len() + item.claims.len());
    content.title.len() + sections.sum::<usize>() + items.sum::<usize>()
}

/// Every paper that is attached to something.
pub fn attached(content: &Content) -> BTreeSet<Uuid> {
    content.items.iter().flat_map(|item| item.documents.iter().copied()).collect()
}

/// The one text of what will be said and shown, with the papers as they are: JSON as RFC 8785 writes it. Its hash is what is signed and cleared.
pub fn text_of(
    dossier: Uuid,
    room: RoomId,
    content: &Content,
    documents: &[Document],
) -> anyhow::Result<(String, String)> {
    let mut papers: Vec<&Document> = documents.iter().collect();
    papers.sort_by_key(|document| document.id);
    let papers: Vec<Value> = papers
        .into_iter()
        .map(|paper| {
            json!({
                "id": paper.id, "kind": paper.kind, "number": paper.number, "holder": paper.holder,
                "authority": paper.authority, "valid_from": paper.valid_from, "valid_to": paper.valid_to,
                "sha256": paper.sha256,
            })
        })
        .collect();
    let text = canonical(&json!({"dossier": dossier, "room": room, "content": content, "documents": papers}))?;
    let hash = hash_of_bytes(text.as_bytes());
    Ok((text, hash))
}

/// Who has to sign it.
pub fn signed_by(content: &Content) -> BTreeSet<Profession> {
    content.items.iter().filter_map(|item| goods::find(&item.category)?.signed_by).collect()
}

/// What still stands between a dossier and the air.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Errors that nobody may answer for, or nobody has.
    pub errors: Vec<String>,
    /// Warnings at which the reviewer did not look.
    pub warnings: Vec<String>,
    pub signatures: Vec<Profession>,
}

impl Open {
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty() && self.warnings.is_empty() && self.signatures.is_empty()
    }
}

/// A signature under another text counts nothing.
pub fn open(
    content: &Content,
    findings: &[DossierFinding],
    signatures: &[Signature],
    sha256: &str,
    accepted: &[String],
) -> Open {
    let signed: BTreeSet<Profession> =
        signatures.iter().filter(|one| one.sha256 == sha256).map(|one| one.profession).collect();
    let of = |level| findings.iter().filter(move |finding| finding.level == level);
    let answered = |finding: &&DossierFinding| !finding.signed_by.is_some_and(|by| signed.contains(&by));
    Open {
        errors: of(Gravity::Error).filter(answered).map(|finding| finding.id.clone()).collect(),
        warnings: of(Gravity::Warning)
            .filter(|finding| !accepted.contains(&finding.id))
            .map(|finding| finding.id.clone())
            .collect(),
        signatures: signed_by(content).difference(&signed).copied().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clearance::{
        Item, Section,
        findings::{FindingCode, FindingField},
    };
    use events::Millis;

    fn content() -> Content {
        Content {
            title: " 晚场 ".into(),
            planned_at_ms: Millis(1_795_867_200_000),
            sections: vec![Section { name: "开场".into(), text: "大家好".into() }],
            items: vec![Item {
                name: "创可贴".into(),
                category: "medical_device".into(),
                claims: String::new(),
                documents: Vec::new(),
            }],
        }
    }

    #[test]
    fn the_hash_covers_every_word_and_no_dress() {
        let (id, room) = (Uuid::now_v7(), RoomId::new());
        let hash = |content: &Content| text_of(id, room, content, &[]).expect("a text").1;
        let content = tidy(content()).expect("a dossier");
        assert_eq!(hash(&content), hash(&content.clone()));
        let mut others = vec![content.clone(); 4];
        others[0].title.push('。');
        others[1].planned_at_ms = Millis(1);
        others[2].sections[0].text.push(' ');
        others[3].items[0].category = "food".into();
        assert!(others.iter().all(|other| hash(other) != hash(&content)));
        assert_ne!(text_of(id, RoomId::new(), &content, &[]).expect("a text").1, hash(&content));
    }

    #[test]
    fn what_is_too_much_is_named() {
        let refused = |change: fn(&mut Content)| {
            let mut content = content();
            change(&mut content);
            tidy(content).err().map(|refused| refused.0)
        };
        assert_eq!(refused(|_| ()), None);
        assert_eq!(refused(|content| content.title = " ".into()), Some("bad_title"));
        assert_eq!(refused(|content| content.title = "a\nb".into()), Some("bad_title"));
        assert_eq!(refused(|content| content.planned_at_ms = Millis(-1)), Some("bad_time"));
        assert_eq!(refused(|content| content.sections[0].text = "a\0".into()), Some("bad_section"));
        assert_eq!(refused(|content| content.items[0].name.clear()), Some("bad_item"));
        assert_eq!(refused(|content| content.items = vec![content.items[0].clone(); 201]), Some("too_many"));
        let long = |content: &mut Content| {
            content.sections[0].text = "好".repeat(8_000);
            content.sections = vec![content.sections[0].clone(); 3];
        };
        assert_eq!(refused(long), Some("too_long"));
    }

    #[test]
    fn a_signature_answers_for_its_own_version_and_subject() {
        let content = content();
        let finding = |id: &str, level, signed_by| DossierFinding {
            id: id.into(),
            signed_by,
            ..DossierFinding::new(level, FindingCode::Word, FindingField::Title, None)
        };
        let findings = [
            finding("claim", Gravity::Error, None),
            finding("cure", Gravity::Error, Some(Profession::Medical)),
            finding("maybe", Gravity::Warning, None),
            finding("note", Gravity::Note, None),
        ];
        let signature = |sha256: &str| Signature {
            dossier: Uuid::now_v7(),
            version: 1,
            profession: Profession::Medical,
            sha256: sha256.into(),
            number: "1".into(),
            by: "医师".into(),
            at: Millis(1),
        };
        let left = |signatures: &[Signature], accepted: &[String]| {
            let open = open(&content, &findings, signatures, "now", accepted);
            (open.errors.join(" "), open.warnings.join(" "), open.signatures.len())
        };
        assert_eq!(left(&[], &[]), ("claim cure".into(), "maybe".into(), 1));
        assert_eq!(left(&[signature("before")], &[]), ("claim cure".into(), "maybe".into(), 1));
        assert_eq!(left(&[signature("now")], &["maybe".into(), "claim".into()]), ("claim".into(), "".into(), 0));
    }
}
