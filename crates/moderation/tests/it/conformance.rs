//! What being in the list of clauses promises: both languages, a source, and a clause for every category that Kaibo brings along.

use moderation::{
    clauses::{LIST, is_one},
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
fn every_category_of_the_pack_is_a_clause() {
    for entry in pack() {
        assert!(is_one(&entry.category), "{}", entry.category);
    }
}
