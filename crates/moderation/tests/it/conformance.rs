//! What being in the list of clauses promises: both languages, a source, a ladder that is documented, and a clause for every category that
//! Kaibo brings along.

use events::SanctionKind;
use moderation::{
    clauses::{LIST, is_one},
    ladder::{self, LADDER, Step},
    text::pack,
};
use std::collections::BTreeSet;

#[test]
fn every_clause_says_what_and_why_in_both_languages() {
    let mut codes = BTreeSet::new();
    for clause in LIST {
        assert!(codes.insert(clause.code), "{} stands there twice", clause.code);
        assert!(clause.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{}", clause.code);
        assert!(clause.zh.chars().all(|letter| !letter.is_ascii_alphabetic()), "{}", clause.zh);
        assert!(clause.en.is_ascii() && !clause.en.is_empty() && !clause.source.is_empty(), "{}", clause.code);
    }
}

#[test]
fn every_clause_has_a_ladder_that_never_grows_milder() {
    let codes = |list: Vec<&'static str>| list.into_iter().collect::<BTreeSet<&str>>();
    let laddered = LADDER.iter().map(|(code, _)| *code).collect::<Vec<_>>();
    assert_eq!(laddered.len(), LIST.len(), "one ladder a clause");
    assert_eq!(codes(laddered), codes(LIST.iter().map(|clause| clause.code).collect()));
    for (code, steps) in LADDER {
        let gravity = |step: &Step| (step.kind, step.length_ms.unwrap_or(i64::MAX));
        assert!(!steps.is_empty() && steps.windows(2).all(|pair| gravity(&pair[0]) < gravity(&pair[1])), "{code}");
    }
}

#[test]
fn the_page_shows_the_ladders_as_they_are() {
    let page = include_str!("../../../../docs/moderation.md");
    let (_, table) = page.split_once("| clause | 1 | 2 |").expect("the table of ladders");
    for (code, steps) in LADDER {
        let row = table.lines().find(|line| line.contains(&format!("`{code}`"))).expect(code);
        let cells: Vec<&str> = row.split('|').skip(2).map(str::trim).filter(|cell| !cell.is_empty()).collect();
        assert_eq!(cells, steps.iter().map(said).collect::<Vec<_>>(), "{code}");
    }
    assert_eq!(ladder::LOOKED_BACK_MS, 30 * 86_400_000);
}

/// As the page writes it.
fn said(step: &Step) -> String {
    let kind = match step.kind {
        SanctionKind::Warn => "warn",
        SanctionKind::Mute => "mute",
        SanctionKind::Ban => "ban",
        SanctionKind::Kick | SanctionKind::CutTraffic | SanctionKind::CutStream => "nothing that lasts",
    };
    match step.length_ms.map(|length| length / 60_000) {
        None => kind.to_owned(),
        Some(minutes) if minutes % 1_440 == 0 => format!("{kind} {} d", minutes / 1_440),
        Some(minutes) if minutes % 60 == 0 => format!("{kind} {} h", minutes / 60),
        Some(minutes) => format!("{kind} {minutes} min"),
    }
}

#[test]
fn every_category_of_the_pack_is_a_clause() {
    for entry in pack() {
        assert!(is_one(&entry.category), "{}", entry.category);
    }
}
