//! What speaks against a show as it is planned 检查结果. Pure: words, papers and the day come in.

use super::{Content, Document, Profession, goods, papers};
use crate::{
    clauses,
    gate::Words,
    text::{Exemption, Hit, ListLevel, Scope, pack},
};
use app::hash_of_bytes;
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::LazyLock};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gravity {
    /// Good to know; nobody has to do anything.
    Note,
    /// The reviewer looks, and says that it may stay.
    Warning,
    /// It is changed, or signed where a profession may answer for it.
    Error,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// A word of the lists.
    Word,
    /// A word of advertising law in a use that is excepted.
    Exempt,
    /// Nobody may sell this in a show.
    Banned,
    /// No such category.
    UnknownGoods,
    /// Words that the law wants said are not.
    Unsaid,
    PaperMissing,
    /// A paper that some goods of the category need.
    PaperMaybe,
    PaperExpired,
    /// It ends while the show may still be on.
    PaperEnds,
    PaperNotYet,
    /// Within 30 days.
    PaperEndsSoon,
}

impl FindingCode {
    fn name(self) -> &'static str {
        match self {
            Self::Word => "word",
            Self::Exempt => "exempt",
            Self::Banned => "banned",
            Self::UnknownGoods => "unknown_goods",
            Self::Unsaid => "unsaid",
            Self::PaperMissing => "paper_missing",
            Self::PaperMaybe => "paper_maybe",
            Self::PaperExpired => "paper_expired",
            Self::PaperEnds => "paper_ends",
            Self::PaperNotYet => "paper_not_yet",
            Self::PaperEndsSoon => "paper_ends_soon",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingField {
    Title,
    SectionName,
    Section,
    ItemName,
    ItemClaims,
    /// Not its words.
    Item,
}

/// One thing that speaks against it, where, and by which law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DossierFinding {
    /// The same for the same thing in the same version.
    #[schema(example = "9f86d081884c7d65")]
    pub id: String,
    #[schema(inline, example = "error")]
    pub level: Gravity,
    #[schema(inline, example = "word")]
    pub code: FindingCode,
    #[schema(inline, example = "section")]
    pub field: FindingField,
    /// Which section or item, from 0.
    #[schema(example = 0)]
    pub at: Option<u32>,
    /// Characters of the field, from and behind; the same where it is not about words.
    #[schema(example = 4)]
    pub start: u32,
    #[schema(example = 6)]
    pub end: u32,
    /// As the list has it, or what has to be said.
    #[schema(example = "顶级")]
    pub word: String,
    /// A published clause, or a list's own category.
    #[schema(example = "claim")]
    pub category: String,
    /// By which way the word was found.
    #[schema(example = "exact")]
    pub rule: String,
    /// The list's id, or `pack`.
    #[schema(example = "pack")]
    pub list: String,
    /// The law, with its article where it has one.
    #[schema(example = "广告法第9条第(三)项")]
    pub source: String,
    /// Why it is no claim.
    #[schema(inline, example = "advice")]
    pub exemption: Option<Exemption>,
    /// The kind of paper.
    #[schema(example = "food_licence")]
    pub paper: String,
    pub document: Option<Uuid>,
    /// Whose signature answers for it.
    #[schema(inline, example = "medical")]
    pub signed_by: Option<Profession>,
}

impl DossierFinding {
    pub fn new(level: Gravity, code: FindingCode, field: FindingField, at: Option<usize>) -> Self {
        Self {
            id: String::new(),
            level,
            code,
            field,
            at: at.map(|at| at as u32),
            start: 0,
            end: 0,
            word: String::new(),
            category: String::new(),
            rule: String::new(),
            list: String::new(),
            source: String::new(),
            exemption: None,
            paper: String::new(),
            document: None,
            signed_by: None,
        }
    }

    fn named(mut self) -> Self {
        let Self { field, at, start, end, word, paper, document, .. } = &self;
        let code = self.code.name();
        let about = format!("{code} {field:?} {at:?} {start} {end} {word} {paper} {document:?}");
        self.id = hash_of_bytes(about.as_bytes()).chars().take(16).collect();
        self
    }
}

/// What speaks against it, in its order. `ask` knows the lists; none while they are being read.
pub fn check(
    content: &Content,
    documents: &[Document],
    ask: impl Fn(&str, Scope) -> Option<Words>,
) -> Option<Vec<DossierFinding>> {
    let sold: Vec<Option<Profession>> =
        content.items.iter().map(|item| goods::find(&item.category).and_then(|goods| goods.signed_by)).collect();
    let anything = |profession| sold.contains(&Some(profession));
    let mut found = Vec::new();
    let mut read = |text: &str, scope, field, at: Option<usize>, may: &dyn Fn(Profession) -> bool| {
        let (hits, spared) = ask(text, scope)?;
        found.extend(hits.into_iter().map(|hit| word(hit, field, at, may)));
        found.extend(spared.into_iter().map(|(hit, why)| excepted(hit, why, field, at)));
        Some(())
    };
    read(&content.title, Scope::Title, FindingField::Title, None, &anything)?;
    for (at, section) in content.sections.iter().enumerate() {
        read(&section.name, Scope::Script, FindingField::SectionName, Some(at), &anything)?;
        read(&section.text, Scope::Script, FindingField::Section, Some(at), &anything)?;
    }
    for (at, item) in content.items.iter().enumerate() {
        let own = |profession| sold.get(at) == Some(&Some(profession));
        read(&item.name, Scope::Title, FindingField::ItemName, Some(at), &own)?;
        read(&item.claims, Scope::Script, FindingField::ItemClaims, Some(at), &own)?;
    }
    found.extend(papers::check(content, documents));
    Some(found.into_iter().map(DossierFinding::named).collect())
}

fn word(hit: Hit, field: FindingField, at: Option<usize>, may: &dyn Fn(Profession) -> bool) -> DossierFinding {
    let level = match hit.level {
        ListLevel::Alarm => Gravity::Note,
        _ if hit.rule.uncertain() => Gravity::Warning,
        ListLevel::Mask => Gravity::Warning,
        ListLevel::Hold if &*hit.category == "claim" => Gravity::Error,
        ListLevel::Hold => Gravity::Warning,
        ListLevel::Block => Gravity::Error,
    };
    let signed_by = match &*hit.category {
        "medical" => Some(Profession::Medical),
        "financial" => Some(Profession::Financial),
        _ => None,
    };
    let signed_by = signed_by.filter(|profession| level == Gravity::Error && may(*profession));
    DossierFinding { level, signed_by, ..place(hit, FindingCode::Word, field, at) }
}

fn excepted(hit: Hit, why: Exemption, field: FindingField, at: Option<usize>) -> DossierFinding {
    let source = why.article().to_owned();
    DossierFinding { exemption: Some(why), source, ..place(hit, FindingCode::Exempt, field, at) }
}

fn place(hit: Hit, code: FindingCode, field: FindingField, at: Option<usize>) -> DossierFinding {
    DossierFinding {
        start: hit.start,
        end: hit.end,
        source: source(&hit),
        word: hit.word.to_string(),
        category: hit.category.to_string(),
        rule: hit.rule.name().to_owned(),
        list: hit.list.to_string(),
        ..DossierFinding::new(Gravity::Note, code, field, at)
    }
}

/// The law behind a word: its own in the pack, else that of its clause.
fn source(hit: &Hit) -> String {
    static PACK: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        let laws = pack().into_iter().filter(|entry| entry.source != "Kaibo" && !entry.source.is_empty());
        laws.map(|entry| (entry.word, entry.source)).collect()
    });
    let own = if &*hit.list == "pack" { PACK.get(&*hit.word).cloned() } else { None };
    let clause = || clauses::find(&hit.category).map(|clause| clause.source.to_owned());
    own.or_else(clause).unwrap_or_default()
}

/// How many are open, of errors and of warnings.
pub fn count(findings: &[DossierFinding]) -> (u32, u32) {
    let of = |level| findings.iter().filter(|finding| finding.level == level).count() as u32;
    (of(Gravity::Error), of(Gravity::Warning))
}
