//! Who keeps what sanctions are about.

use async_trait::async_trait;
use media::{
    Media,
    record::{EvidenceOutcome, Stretch},
};
use moderation::{
    Moderation,
    evidence::{self, Clip, Film, Found},
};
use privacy::{Age, Class, Keeper, Old};
use std::ops::Range;
use uuid::Uuid;

/// moderation -> media: a piece of a show, in a file of its own.
pub struct Footage(pub Media);

#[async_trait]
impl moderation::Footage for Footage {
    async fn keep(&self, wanted: &evidence::Stretch) -> anyhow::Result<Found> {
        let evidence::Stretch { sanction, broadcast, from_ms, moment_ms, to_ms } = *wanted;
        let stretch = Stretch { id: sanction, broadcast, start_ms: from_ms, moment_ms, end_ms: to_ms };
        Ok(match self.0.keep_evidence(&stretch).await? {
            EvidenceOutcome::Kept(media::record::Evidence { start_ms, end_ms, bytes, sha256, .. }) => {
                Found::Kept(Clip { start_ms, end_ms, bytes, sha256 })
            }
            EvidenceOutcome::NotYet => Found::NotYet,
            EvidenceOutcome::NotRecorded => Found::NotRecorded,
            EvidenceOutcome::Removed => Found::Gone,
        })
    }

    async fn read(&self, sanction: Uuid, part: Range<u64>) -> anyhow::Result<Option<Film>> {
        self.0.read_evidence(sanction, part).await
    }

    async fn remove(&self, sanction: Uuid) -> anyhow::Result<()> {
        self.0.remove_evidence(sanction).await
    }
}

/// privacy -> moderation: the files go with the decisions they belong to.
pub struct Evidence(pub Moderation);

#[async_trait]
impl Keeper for Evidence {
    fn class(&self) -> Class {
        Class::Ledger
    }

    fn name(&self) -> &'static str {
        "evidence"
    }

    fn tables(&self) -> &'static [&'static str] {
        &[]
    }

    async fn old(&self, age: &Age) -> anyhow::Result<Old> {
        let held = evidence::Held { viewers: &age.held.viewers, shows: &age.held.broadcasts };
        let (count, span) = self.0.old_evidence(age.org, age.before, &held).await?;
        Ok(Old { count, span })
    }

    async fn forget(&self, age: &Age) -> anyhow::Result<u64> {
        let held = evidence::Held { viewers: &age.held.viewers, shows: &age.held.broadcasts };
        self.0.forget_old_evidence(age.org, age.before, &held).await
    }
}
