//! What obstacles mean. Pure.

use events::{AdmissionAction, AdmissionOutcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// No organisation lets these go on air.
pub const ALWAYS_REFUSE: &[&str] = &["blacklisted"];

/// What an organisation says of codes; what it does not name is told.
pub type Settings = BTreeMap<String, AdmissionAction>;

/// An obstacle, and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighed {
    pub code: String,
    pub action: AdmissionAction,
    /// About whom or what.
    #[serde(default)]
    pub detail: String,
}

pub fn action(code: &str, settings: &Settings) -> AdmissionAction {
    if ALWAYS_REFUSE.contains(&code) {
        return AdmissionAction::Refuse;
    }
    settings.get(code).copied().unwrap_or(AdmissionAction::Tell)
}

/// What counts of what was found, the worst first.
pub fn weigh(found: Vec<(&'static str, String)>, settings: &Settings) -> Vec<Weighed> {
    let weighed = found.into_iter().map(|(code, detail)| Weighed {
        action: action(code, settings),
        code: code.to_owned(),
        detail,
    });
    let mut weighed: Vec<Weighed> = weighed.filter(|weighed| weighed.action != AdmissionAction::Off).collect();
    weighed.sort_by(|a, b| (b.action, &a.code, &a.detail).cmp(&(a.action, &b.code, &b.detail)));
    weighed
}

/// Who did not answer stops nobody, and is told.
pub fn outcome(obstacles: &[Weighed], unanswered: bool) -> AdmissionOutcome {
    match obstacles.iter().map(|weighed| weighed.action).max() {
        Some(AdmissionAction::Refuse) => AdmissionOutcome::Refused,
        Some(AdmissionAction::Tell) => AdmissionOutcome::Told,
        _ if unanswered => AdmissionOutcome::Told,
        _ => AdmissionOutcome::Admitted,
    }
}

pub fn name(outcome: AdmissionOutcome) -> &'static str {
    match outcome {
        AdmissionOutcome::Admitted => "admitted",
        AdmissionOutcome::Told => "told",
        AdmissionOutcome::Refused => "refused",
    }
}

pub fn outcome_of(name: &str) -> AdmissionOutcome {
    match name {
        "refused" => AdmissionOutcome::Refused,
        "told" => AdmissionOutcome::Told,
        _ => AdmissionOutcome::Admitted,
    }
}

pub fn action_name(action: AdmissionAction) -> &'static str {
    match action {
        AdmissionAction::Off => "off",
        AdmissionAction::Tell => "tell",
        AdmissionAction::Refuse => "refuse",
    }
}

pub fn action_of(name: &str) -> AdmissionAction {
    match name {
        "off" => AdmissionAction::Off,
        "refuse" => AdmissionAction::Refuse,
        _ => AdmissionAction::Tell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(
        found: &[&'static str],
        settings: &[(&str, AdmissionAction)],
        unanswered: bool,
    ) -> (&'static str, String) {
        let settings = settings.iter().map(|(code, action)| (code.to_string(), *action)).collect();
        let weighed = weigh(found.iter().map(|code| (*code, String::new())).collect(), &settings);
        let codes: Vec<&str> = weighed.iter().map(|weighed| weighed.code.as_str()).collect();
        (name(outcome(&weighed, unanswered)), codes.join(" "))
    }

    #[test]
    fn what_nobody_spoke_of_is_told() {
        assert_eq!(decide(&[], &[], false), ("admitted", String::new()));
        assert_eq!(decide(&["no_host"], &[], false), ("told", "no_host".into()));
    }

    #[test]
    fn the_worst_decides_and_stands_first() {
        let settings = [("no_host", AdmissionAction::Off), ("low_score", AdmissionAction::Refuse)];
        assert_eq!(decide(&["no_host"], &settings, false), ("admitted", String::new()));
        assert_eq!(decide(&["minor", "low_score", "no_host"], &settings, false), ("refused", "low_score minor".into()));
    }

    #[test]
    fn a_blacklisted_person_is_refused_whatever_is_said() {
        assert_eq!(decide(&["blacklisted"], &[("blacklisted", AdmissionAction::Off)], false).0, "refused");
    }

    #[test]
    fn who_does_not_answer_stops_no_show() {
        assert_eq!(decide(&[], &[], true), ("told", String::new()));
        assert_eq!(decide(&["low_score"], &[("low_score", AdmissionAction::Refuse)], true).0, "refused");
    }

    #[test]
    fn names_come_back() {
        for outcome in [AdmissionOutcome::Admitted, AdmissionOutcome::Told, AdmissionOutcome::Refused] {
            assert_eq!(outcome_of(name(outcome)), outcome);
        }
        for action in [AdmissionAction::Off, AdmissionAction::Tell, AdmissionAction::Refuse] {
            assert_eq!(action_of(action_name(action)), action);
        }
    }
}
