//! How a room was delivered, and when: a show is judged by what held while it ran, not by what holds now. Pure.

use events::Millis;
use std::sync::Arc;

/// The changes of a room's delivery, oldest first. Cloning is cheap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Delivery(Arc<[(Millis, bool)]>);

impl Delivery {
    /// Since when it goes through a CDN (`true`) or comes from us; before the first, it came from us.
    pub(crate) fn new(mut changes: Vec<(Millis, bool)>) -> Self {
        changes.sort_by_key(|(at, _)| *at);
        Self(changes.into())
    }

    pub(crate) fn with(&self, at: Millis, cdn: bool) -> Self {
        Self::new(self.0.iter().copied().filter(|(known, _)| *known != at).chain([(at, cdn)]).collect())
    }

    /// We deliver the media ourselves at that moment.
    pub(crate) fn is_direct(&self, at: Millis) -> bool {
        self.0.iter().take_while(|(since, _)| *since <= at).last().is_none_or(|(_, cdn)| !cdn)
    }

    /// We delivered all of it ourselves: what we did not see did not happen.
    pub(crate) fn was_direct(&self, from: Millis, to: Millis) -> bool {
        let within = |at: &Millis| *at > from && *at <= to;
        self.is_direct(from) && !self.0.iter().any(|(at, cdn)| *cdn && within(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_held_then_counts() {
        let delivery = Delivery::default().with(Millis(200), false).with(Millis(100), true);
        assert!(delivery.is_direct(Millis(99)) && !delivery.is_direct(Millis(100)) && delivery.is_direct(Millis(200)));
        let was = |from, to| delivery.was_direct(Millis(from), Millis(to));
        assert_eq!(
            [was(0, 99), was(0, 100), was(150, 160), was(150, 900), was(200, 900)],
            [true, false, false, false, true]
        );
        assert!(delivery.with(Millis(100), false).was_direct(Millis(0), Millis(900)), "said again for the same moment");
        assert!(Delivery::default().was_direct(Millis(0), Millis(1)));
    }
}
