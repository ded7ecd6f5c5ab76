//! What somebody looks for, and whether a text holds it.

use super::fold::{self, Folded, Span};
use app::Refuse;
use jieba_rs::Jieba;
use std::sync::LazyLock;

const MAX_CHARS: usize = 200;
const MAX_NEEDLES: usize = 32;
/// So many terms tell texts apart; the rest is left to the comparison.
const MAX_TERMS: usize = 64;

/// Words that all stand in a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    needles: Vec<Vec<char>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadQuery {
    #[error("a search has at most {MAX_CHARS} characters")]
    TooLong,
    #[error("a search has at most {MAX_NEEDLES} words")]
    TooMany,
    #[error("the cursor `after` is not one of ours")]
    BadCursor,
}

impl Refuse for BadQuery {
    fn code(&self) -> &'static str {
        match self {
            BadQuery::TooLong => "query_too_long",
            BadQuery::TooMany => "query_too_many_words",
            BadQuery::BadCursor => "bad_cursor",
        }
    }

    fn status(&self) -> u16 {
        400
    }
}

/// Some megabytes and a moment to unpack, for those who search only.
static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);

impl Query {
    /// Words apart by spaces; Chinese is split by the dictionary, what stands in quotes is not. The first time takes a moment.
    pub fn new(text: &str) -> Result<Self, BadQuery> {
        if text.chars().count() > MAX_CHARS {
            return Err(BadQuery::TooLong);
        }
        let mut needles: Vec<Vec<char>> = Vec::new();
        let mut add = |needle: Vec<char>| {
            if needle.iter().any(|char| !char.is_whitespace()) && !needles.contains(&needle) {
                needles.push(needle);
            }
        };
        // Every second part stands in quotes; the last one may lack its end.
        for (place, part) in text.split(['"', '“', '”', '「', '」']).enumerate() {
            let part: String = Folded::new(part).chars().iter().collect();
            if place % 2 == 1 {
                add(part.trim().chars().collect());
            } else {
                part.split_whitespace().flat_map(split).for_each(&mut add);
            }
        }
        if needles.len() > MAX_NEEDLES {
            return Err(BadQuery::TooMany);
        }
        Ok(Self { needles })
    }

    pub fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }

    pub fn words(&self) -> Vec<String> {
        self.needles.iter().map(|needle| needle.iter().collect()).collect()
    }

    /// Terms of every text that holds it.
    pub fn terms(&self) -> Vec<u32> {
        let mut terms: Vec<u32> = self.needles.iter().flat_map(|needle| fold::terms_of(needle)).collect();
        terms.sort_unstable();
        terms.dedup();
        terms.truncate(MAX_TERMS);
        terms
    }

    /// Where its words stand in the text; none when one of them does not.
    pub fn marks(&self, text: &str) -> Option<Vec<Span>> {
        if self.needles.is_empty() {
            return Some(Vec::new());
        }
        let text = Folded::new(text);
        let mut marks = Vec::new();
        for needle in &self.needles {
            let found = text.find(needle);
            if found.is_empty() {
                return None;
            }
            marks.extend(found);
        }
        Some(fold::joined(marks))
    }
}

/// A word of a query, in the words of the dictionary. Single characters that stand together stay together: most often they are a
/// name that no dictionary holds.
fn split(word: &str) -> Vec<Vec<char>> {
    let han = |char: char| ('\u{3400}'..='\u{9fff}').contains(&char) || ('\u{20000}'..='\u{3ffff}').contains(&char);
    if word.chars().filter(|char| han(*char)).count() <= 2 {
        return vec![word.chars().collect()];
    }
    let mut words: Vec<Vec<char>> = Vec::new();
    let mut open = false;
    for token in DICTIONARY.cut(word, true) {
        let token: Vec<char> = token.word.chars().collect();
        let lone = token.len() == 1 || !token.iter().all(|char| han(*char));
        match words.last_mut() {
            Some(last) if open && lone => last.extend(token),
            _ => words.push(token),
        }
        open = lone;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        Query::new(text).map(|query| query.words()).unwrap_or_default()
    }

    #[test]
    fn a_query_is_split_by_spaces_quotes_and_the_dictionary() {
        assert_eq!(words("主播今天好看"), ["主播", "今天", "好看"]);
        assert_eq!(words("\"主播今天好看\" 加油"), ["主播今天好看", "加油"]);
        assert_eq!(words("“优惠券 没有"), ["优惠券 没有"], "a quote that is not closed");
        assert_eq!(words("ＯＢＳ  obs"), ["obs"], "once");
        assert_eq!(words("777"), ["777"]);
        assert_eq!(words("👍🏻"), ["👍🏻"]);
        assert_eq!(words(" \u{3000} \"\" "), Vec::<String>::new());
        assert_eq!(words("* OR \"a\" NOT %_"), ["*", "or", "a", "not", "%_"]);
    }

    #[test]
    fn a_text_fits_when_it_holds_every_word() {
        let query = Query::new("主播好看呀").unwrap_or_default();
        assert!(query.marks("好看呀，今天的主播").is_some(), "{:?}", query.words());
        assert_eq!(query.marks("主播"), None);
        let phrase = Query::new("\"播 好\"").unwrap_or_default();
        assert_eq!(phrase.marks("主播 好看"), Some(vec![(1, 4)]));
        assert_eq!(phrase.marks("主播好看"), None);
    }

    #[test]
    fn a_query_has_bounds() {
        assert_eq!(Query::new(&"字".repeat(201)), Err(BadQuery::TooLong));
        let many: String = (0..40).map(|n| format!("{n} ")).collect();
        assert_eq!(Query::new(&many), Err(BadQuery::TooMany));
        assert!(Query::new(&"\"'\\{}*".repeat(30)).is_ok());
    }
}
