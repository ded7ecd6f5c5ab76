//! Retraining 再培训: after a violation the people concerned read and sit again, by rules; what is reversed asks for nothing.

pub mod http;
pub mod reactions;
pub mod store;

use crate::{
    Handbook, Learned, LearnedExam, Refusal,
    exams::{
        Exam,
        http::{Standing, by_person, standing},
        store as sittings,
    },
    refusal, staff,
    store::{Body, all},
};
use app::Scope;
use events::{OrgId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Of one person so much is counted.
const MOST_OPEN: u64 = 500;

/// What asks for retraining.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A room, not one of its viewers, was sanctioned: its team is asked.
    RoomSanctioned,
    /// Danmaku of a room were rejected, so many within so many hours: its team is asked.
    DanmakuRejected,
    /// A sanction was reversed by an appeal, or a verdict by a later one: who decided first is asked.
    Overturned,
}

/// A rule of retraining.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetrainingRule {
    pub trigger: Trigger,
    /// About these clauses; empty: about any.
    #[serde(default)]
    pub clauses: Vec<String>,
    /// So many of one team and clause, or of one person.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1000, default = 1)]
    pub count: u32,
    /// Within so many hours.
    #[serde(default = "day")]
    #[schema(minimum = 1, maximum = 720, default = 24)]
    pub hours: u32,
    /// Who of the team; empty: everybody of it who reads the handbook.
    #[serde(default)]
    pub roles: Vec<String>,
    /// To read again.
    #[serde(default)]
    pub articles: Vec<String>,
    /// To pass.
    pub exam: String,
    #[schema(minimum = 1, maximum = 365)]
    pub due_days: u32,
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn one() -> u32 {
    1
}

fn day() -> u32 {
    24
}

fn yes() -> bool {
    true
}

impl Body for RetrainingRule {
    const KIND: &'static str = "retraining";
    const MOST: u64 = 100;

    fn starter() -> Vec<(String, Self)> {
        Vec::new()
    }
}

impl RetrainingRule {
    pub fn check(&self, clauses: &[&str]) -> Result<(), Refusal> {
        if !(1..=1_000).contains(&self.count) || !(1..=720).contains(&self.hours) || !(1..=365).contains(&self.due_days)
        {
            return Err(Refusal::Bad("a rule counts 1 to 1000 within 1 to 720 hours, and gives 1 to 365 days".into()));
        }
        if self.articles.len() > 50 {
            return Err(Refusal::Bad("a rule names at most 50 articles".into()));
        }
        refusal::code(&self.exam)?;
        self.articles.iter().try_for_each(|article| refusal::code(article))?;
        if let Some(role) = self.roles.iter().find(|role| accounts::role(role).is_none()) {
            return Err(Refusal::Bad(format!("there is no role `{role}`")));
        }
        let unknown = self.clauses.iter().find(|clause| !clauses.contains(&clause.as_str()));
        unknown.map_or(Ok(()), |clause| Err(Refusal::UnknownClause(clause.clone())))
    }

    pub fn concerns(&self, trigger: Trigger, clause: &str) -> bool {
        self.enabled
            && self.trigger == trigger
            && (self.clauses.is_empty() || self.clauses.iter().any(|one| one == clause))
    }
}

/// Who of a room's hosts, or of its team where nobody knows whose accounts they are, lacks a required exam, or has retraining overdue.
///
/// Of the team are those who reach it and nothing else: who oversees several teams does not stop each of them.
pub async fn obstacles(
    handbook: &Handbook,
    org: OrgId,
    team: TeamId,
    hosts: &[UserId],
) -> anyhow::Result<Vec<(&'static str, String)>> {
    let (db, now) = (handbook.app().store.read(), handbook.app().now());
    let exams: Vec<_> = all::<Exam>(db, org).await?.into_iter().filter(|item| item.body.required).collect();
    let overdue = store::overdue(db, org, now).await?;
    if exams.is_empty() && overdue.is_empty() {
        return Ok(Vec::new());
    }
    let attempts = sittings::attempts(db, org, None).await?;
    let by = by_person(&attempts);
    let mut obstacles = Vec::new();
    let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
    let mut members = match hosts.is_empty() {
        true => Vec::new(),
        false => staff::within(db, Scope::whole(org)).await?,
    };
    members.retain(|member| hosts.contains(&member.staff));
    // Accounts that are gone or read no handbook say nothing of who goes on air.
    if members.is_empty() {
        members = staff::within(db, Scope::of_team(org, team)).await?;
    }
    for member in members {
        let mut missing: Vec<&str> = Vec::new();
        for item in exams.iter().filter(|item| item.body.is_for(&member.role)) {
            let tried = by.get(&(member.staff.as_str(), item.code.as_str()));
            if standing(tried.into_iter().flatten().copied(), now).standing != Standing::Passed {
                missing.push(&item.code);
            }
        }
        for exam in overdue.get(&member.staff).into_iter().flatten() {
            if !missing.contains(&exam.as_str()) {
                missing.push(exam);
            }
        }
        obstacles.extend(missing.iter().map(|exam| ("exam_missing", format!("{}: {exam}", member.login))));
    }
    Ok(obstacles)
}

/// How one of the staff stands with the exams of the role, and with retraining.
pub async fn learned(handbook: &Handbook, org: OrgId, account: UserId) -> anyhow::Result<Learned> {
    let (db, now) = (handbook.app().store.read(), handbook.app().now());
    let Some(person) = accounts::person(db, org, account).await? else { return Ok(Learned::default()) };
    let staff = account.to_string();
    let attempts = sittings::attempts(db, org, Some(&staff)).await?;
    let by = by_person(&attempts);
    let exams = all::<Exam>(db, org).await?.into_iter().filter(|item| item.body.is_for(&person.role)).map(|item| {
        let tried = by.get(&(staff.as_str(), item.code.as_str()));
        let stands = standing(tried.into_iter().flatten().copied(), now);
        LearnedExam {
            code: item.code,
            title_zh: item.body.title_zh,
            title_en: item.body.title_en,
            required: item.body.required,
            passed: stands.standing == Standing::Passed,
            valid_until: stands.valid_until_ms,
        }
    });
    let exams = exams.collect();
    let open = store::list(db, org, Some(&[staff]), true, MOST_OPEN).await?;
    let retraining_overdue = open.iter().filter(|one| one.due_at <= now).count() as u64;
    Ok(Learned { exams, retraining_open: open.len() as u64, retraining_overdue })
}
