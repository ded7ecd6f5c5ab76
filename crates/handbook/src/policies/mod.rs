//! Policy tracker 政策追踪: laws and platform rules, article by article, and what of ours follows each.

pub mod http;
mod rules;
pub mod store;

use crate::{Refusal, refusal, store::Body};
use events::Millis;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyStatus {
    /// A draft for comment 征求意见稿.
    Draft,
    /// Adopted, and not in force yet.
    Watching,
    InForce,
    Repealed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    Law,
    Guideline,
    PlatformRule,
}

/// What a policy is called, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyHead {
    #[schema(min_length = 1, max_length = 200, example = "网络直播营销管理办法(试行)")]
    pub title: String,
    pub kind: PolicyKind,
    #[serde(default)]
    #[schema(max_length = 200)]
    pub issuer: String,
    /// Of the document 文号.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub number: String,
    /// `2021-04-23`, or empty.
    #[serde(default)]
    pub issued: String,
    /// `2021-05-25`, or empty.
    #[serde(default)]
    pub in_force_from: String,
    /// `http` or `https`, or empty.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub url: String,
    pub status: PolicyStatus,
}

/// A policy as it is kept: its head, and its last text article by article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub head: PolicyHead,
    /// Of its last text; 0: it has none.
    pub text_number: u32,
    pub articles: Vec<PolicyArticle>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyArticle {
    /// `7` for 第七条, `7-1` for 第七条之一.
    pub code: String,
    /// The chapter it stands in, as the text has it.
    pub chapter: String,
    pub text: String,
    pub maps: Vec<PolicyMapping>,
    /// Why it asks for no rule of ours.
    pub no_rule: String,
    pub check: Option<Check>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MappingKind {
    /// Of the handbook.
    Article,
    /// Of words.
    List,
    /// Of the published ones.
    Clause,
    Question,
}

/// Something of ours that follows an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyMapping {
    pub kind: MappingKind,
    /// The code; of a list its id.
    pub code: String,
}

/// The article changed: somebody looks whether what follows it still does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub owner: String,
    pub since: Millis,
    pub due_at: Millis,
}

impl Body for Policy {
    const KIND: &'static str = "policy";
    const MOST: u64 = 300;

    fn starter() -> Vec<(String, Self)> {
        Vec::new()
    }
}

impl PolicyHead {
    pub fn check(&self) -> Result<(), Refusal> {
        refusal::text("title", &self.title, 200)?;
        refusal::at_most("issuer", &self.issuer, 200)?;
        refusal::at_most("number", &self.number, 100)?;
        refusal::at_most("url", &self.url, 500)?;
        let is_web = ["http://", "https://"].iter().any(|scheme| self.url.starts_with(scheme));
        let is_clean = !self.url.chars().any(|char| char.is_whitespace() || char.is_control());
        let is_good = self.url.is_empty() || (is_web && is_clean);
        if !is_good {
            return Err(Refusal::Bad("`url` begins with `http://` or `https://`".into()));
        }
        if [&self.issued, &self.in_force_from].iter().any(|day| !day.is_empty() && !rules::is_day(day)) {
            return Err(Refusal::Bad("a day is written `2021-04-23`".into()));
        }
        Ok(())
    }
}
