//! Articles 手册条文: written as a draft, read as published versions.

pub mod http;
pub mod http_draft;
mod rules;
pub mod store;

use crate::{Refusal, refusal, starter, store::Body};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An article of the handbook. Texts are Markdown; whoever shows them shows no HTML that stands in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Article {
    #[schema(min_length = 1, max_length = 60, example = "互动")]
    pub chapter_zh: String,
    #[serde(default)]
    #[schema(max_length = 60, example = "Interaction")]
    pub chapter_en: String,
    /// Where it stands; articles of one chapter stand together.
    pub place: u32,
    #[schema(min_length = 1, max_length = 120, example = "打赏")]
    pub title_zh: String,
    #[serde(default)]
    #[schema(max_length = 120)]
    pub title_en: String,
    #[schema(min_length = 1, max_length = 20000, example = "不诱导未成年人打赏。")]
    pub body_zh: String,
    #[serde(default)]
    #[schema(max_length = 20000)]
    pub body_en: String,
    /// The published clauses it explains.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub clauses: Vec<String>,
    /// The laws behind it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub sources: Vec<String>,
}

/// An article as a version has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Published {
    #[schema(example = "tipping")]
    pub code: String,
    #[serde(flatten)]
    pub article: Article,
}

impl Body for Article {
    const KIND: &'static str = "article";
    const MOST: u64 = 300;

    fn starter() -> Vec<(String, Self)> {
        starter::articles()
    }
}

impl Article {
    pub fn check(&self, clauses: &[&str]) -> Result<(), Refusal> {
        refusal::text("chapter_zh", &self.chapter_zh, 60)?;
        refusal::at_most("chapter_en", &self.chapter_en, 60)?;
        refusal::text("title_zh", &self.title_zh, 120)?;
        refusal::at_most("title_en", &self.title_en, 120)?;
        refusal::text("body_zh", &self.body_zh, 20_000)?;
        refusal::at_most("body_en", &self.body_en, 20_000)?;
        if self.clauses.len() > 20 || self.sources.len() > 20 {
            return Err(Refusal::Bad("an article names at most 20 clauses and 20 sources".into()));
        }
        self.sources.iter().try_for_each(|source| refusal::text("sources", source, 200))?;
        let unknown = self.clauses.iter().find(|clause| !clauses.contains(&clause.as_str()));
        unknown.map_or(Ok(()), |clause| Err(Refusal::UnknownClause(clause.clone())))
    }

    /// Does it hold these words, in either language?
    pub fn holds(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        [&self.title_zh, &self.title_en, &self.body_zh, &self.body_en, &self.chapter_zh, &self.chapter_en]
            .iter()
            .any(|text| text.to_lowercase().contains(&words))
    }
}

/// In the order they are read.
pub fn in_order(mut articles: Vec<Published>) -> Vec<Published> {
    articles.sort_by(|one, other| (one.article.place, &one.code).cmp(&(other.article.place, &other.code)));
    articles
}
