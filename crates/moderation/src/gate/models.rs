//! The models on the way in: those in force decide with the lists, those in shadow are only counted.

use crate::{
    models::{Asked, Rules, Threshold, rules},
    text::{Model, Pieces},
};
use events::TextVerdict;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use uuid::Uuid;

/// The models of one organisation, and its rules for them.
#[derive(Default)]
pub struct Models {
    pub in_force: Vec<Scorer>,
    pub shadow: Vec<Scorer>,
    pub rules: Rules,
}

#[derive(Clone)]
pub struct Scorer {
    pub id: Uuid,
    pub category: Arc<str>,
    pub model: Arc<Model>,
    pub counts: Arc<Counts>,
}

/// What a version said since it was written down last.
#[derive(Default)]
pub struct Counts {
    asked: AtomicU64,
    alarmed: AtomicU64,
    held: AtomicU64,
    otherwise: AtomicU64,
}

impl Counts {
    fn count(&self, said: Option<TextVerdict>, otherwise: bool) {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match said {
            Some(TextVerdict::Alarm) => _ = self.alarmed.fetch_add(1, Ordering::Relaxed),
            Some(_) => _ = self.held.fetch_add(1, Ordering::Relaxed),
            None => {}
        }
        if otherwise {
            self.otherwise.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes what was counted; what cannot be written down is put back.
    pub fn take(&self) -> Asked {
        let take = |count: &AtomicU64| count.swap(0, Ordering::Relaxed);
        Asked {
            asked: take(&self.asked),
            alarmed: take(&self.alarmed),
            held: take(&self.held),
            otherwise: take(&self.otherwise),
        }
    }

    pub fn put_back(&self, asked: Asked) {
        self.asked.fetch_add(asked.asked, Ordering::Relaxed);
        self.alarmed.fetch_add(asked.alarmed, Ordering::Relaxed);
        self.held.fetch_add(asked.held, Ordering::Relaxed);
        self.otherwise.fetch_add(asked.otherwise, Ordering::Relaxed);
    }
}

/// What one model in force says of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Opinion {
    pub model: Uuid,
    pub category: Arc<str>,
    pub score_milli: u32,
    pub verdict: Option<TextVerdict>,
    /// How far below the first threshold, in thousandths.
    pub below_milli: u32,
}

impl Models {
    /// What those in force say, and counts what those in shadow would have.
    pub fn ask(&self, room: &BTreeMap<String, Threshold>, text: &str, pieces: &mut Pieces) -> Vec<Opinion> {
        if self.in_force.is_empty() && self.shadow.is_empty() {
            return Vec::new();
        }
        pieces.cut(text);
        let opinion = |scorer: &Scorer| {
            let score_milli = rules::milli(scorer.model.probability_of(pieces));
            let threshold = rules::threshold(&self.rules.thresholds, room, &scorer.category);
            let verdict = rules::says(score_milli, threshold);
            let first = threshold.alarm_milli.min(threshold.hold_milli);
            let (model, category) = (scorer.id, scorer.category.clone());
            Opinion { model, category, score_milli, verdict, below_milli: first.saturating_sub(score_milli) }
        };
        let opinions: Vec<Opinion> = self.in_force.iter().map(opinion).collect();
        self.in_force.iter().zip(&opinions).for_each(|(scorer, said)| scorer.counts.count(said.verdict, false));
        for scorer in &self.shadow {
            let would = opinion(scorer).verdict;
            let said = opinions.iter().find(|said| said.category == scorer.category);
            scorer.counts.count(would, would != said.and_then(|said| said.verdict));
        }
        opinions
    }

    pub fn all(&self) -> impl Iterator<Item = &Scorer> {
        self.in_force.iter().chain(&self.shadow)
    }
}
