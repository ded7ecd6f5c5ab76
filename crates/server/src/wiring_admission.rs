//! Who knows of something that is in a show's way.

use async_trait::async_trait;
use audience::RoomRef;
use events::{OrgId, RoomId, UserId};
use handbook::Handbook;
use moderation::Moderation;
use room::rooms::admission::Admission;
use standing::Standing;

/// room -> standing: who hosts, and how it went before.
pub struct Standings(pub Standing);

#[async_trait]
impl Admission for Standings {
    fn name(&self) -> &'static str {
        "standing"
    }

    fn codes(&self) -> &'static [&'static str] {
        standing::CODES
    }

    async fn obstacles(&self, room: &RoomRef) -> anyhow::Result<Vec<(&'static str, String)>> {
        self.0.obstacles(room.org, room.team, room.room).await
    }
}

/// room -> moderation: whether what the show will say and sell is cleared.
pub struct Clearances(pub Moderation);

#[async_trait]
impl Admission for Clearances {
    fn name(&self) -> &'static str {
        "clearance"
    }

    fn codes(&self) -> &'static [&'static str] {
        &["clearance_open"]
    }

    async fn obstacles(&self, room: &RoomRef) -> anyhow::Result<Vec<(&'static str, String)>> {
        self.0.obstacles(room.org, room.team, room.room).await
    }
}

/// room -> handbook: whether who works for the show has passed what is asked.
pub struct Exams(pub Handbook);

#[async_trait]
impl Admission for Exams {
    fn name(&self) -> &'static str {
        "exams"
    }

    fn codes(&self) -> &'static [&'static str] {
        &["exam_missing"]
    }

    async fn obstacles(&self, room: &RoomRef) -> anyhow::Result<Vec<(&'static str, String)>> {
        self.0.obstacles(room.org, room.team, room.room).await
    }
}

/// handbook -> standing: whose accounts the hosts of a room are.
#[async_trait]
impl handbook::Hosts for Standings {
    async fn accounts(&self, org: OrgId, room: RoomId) -> anyhow::Result<Vec<UserId>> {
        self.0.accounts_of(org, room).await
    }
}

/// standing -> handbook: what a host has learned.
#[async_trait]
impl standing::Learning for Exams {
    async fn of(&self, org: OrgId, account: UserId) -> anyhow::Result<standing::Learned> {
        let learned = self.0.learned(org, account).await?;
        let exam = |exam: handbook::LearnedExam| standing::MyExam {
            code: exam.code,
            title_zh: exam.title_zh,
            title_en: exam.title_en,
            required: exam.required,
            passed: exam.passed,
            valid_until_ms: exam.valid_until,
        };
        Ok(standing::Learned {
            exams: learned.exams.into_iter().map(exam).collect(),
            retraining_open: learned.retraining_open,
            retraining_overdue: learned.retraining_overdue,
        })
    }
}
