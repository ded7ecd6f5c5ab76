//! Texts as they are searched: one form of letters that people take for the same, and where each of them came from.

use unicode_normalization::UnicodeNormalization;

/// Raised when a text folds otherwise than before: the index is then made again.
pub const VERSION: i32 = 1;

/// A part of a text: its first character, and the first behind it.
pub type Span = (u32, u32);

/// A text in NFKC, small letters and simplified characters: full width is half width, `Ⅷ` is `viii`, `開` is `开`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    chars: Vec<char>,
    /// Which character of the text each one came from.
    places: Vec<u32>,
}

impl Folded {
    pub fn new(text: &str) -> Self {
        let mut folded = Self { chars: Vec::with_capacity(text.len()), places: Vec::with_capacity(text.len()) };
        for (place, char) in (0..).zip(text.chars()) {
            if char.is_ascii() {
                folded.push(char.to_ascii_lowercase(), place);
            } else {
                // Character by character, so that a text and a part of it fold alike.
                for char in std::iter::once(char).nfkc().flat_map(char::to_lowercase) {
                    folded.push(chinese::simplified(char), place);
                }
            }
        }
        folded
    }

    fn push(&mut self, char: char, place: u32) {
        self.chars.push(char);
        self.places.push(place);
    }

    pub fn chars(&self) -> &[char] {
        &self.chars
    }

    /// Everything it can be found by, each once, in order.
    pub fn terms(&self) -> Vec<u32> {
        let mut terms = Vec::with_capacity(2 * self.chars.len());
        terms.extend(self.chars.iter().filter(|char| !char.is_whitespace()).map(|char| term(&[*char])));
        terms.extend(pairs(&self.chars));
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    /// Where `needle` stands in it.
    pub fn find(&self, needle: &[char]) -> Vec<Span> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(window) = self.chars.get(at..at + needle.len()).filter(|window| !window.is_empty()) {
            if window == needle
                && let (Some(from), Some(last)) = (self.places.get(at), self.places.get(at + needle.len() - 1))
            {
                found.push((*from, last + 1));
                at += needle.len();
            } else {
                at += 1;
            }
        }
        found
    }
}

/// What a text that holds `needle` is indexed by.
pub fn terms_of(needle: &[char]) -> Vec<u32> {
    let mut terms: Vec<u32> = pairs(needle).collect();
    if terms.is_empty() {
        terms.extend(needle.iter().filter(|char| !char.is_whitespace()).map(|char| term(&[*char])));
    }
    terms
}

fn pairs(chars: &[char]) -> impl Iterator<Item = u32> {
    chars.windows(2).filter(|pair| !pair.iter().any(|char| char.is_whitespace())).map(term)
}

/// The term of some characters: FNV-1a. Two of them may share one, since what the index finds is read and compared.
fn term(chars: &[char]) -> u32 {
    chars.iter().fold(0x811c_9dc5, |hash, char| fnv(hash, &u32::from(*char).to_le_bytes()))
}

/// The term of an id, among the same numbers.
pub fn term_of_id(kind: char, id: &str) -> u32 {
    fnv(term(&[kind, '\0']), id.as_bytes())
}

fn fnv(hash: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// Spans in order, those that touch as one.
pub fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for (from, to) in spans {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str, needle: &str) -> Vec<Span> {
        Folded::new(text).find(Folded::new(needle).chars())
    }

    #[test]
    fn letters_that_people_take_for_the_same_are() {
        assert_eq!(found("ＨＡＯ好看", "hao"), [(0, 3)]);
        assert_eq!(found("直播開始了", "开始"), [(2, 4)]);
        assert_eq!(found("第Ⅷ期", "viii"), [(1, 2)], "the place is in the text, not in what it folds to");
        assert_eq!(found("哈哈哈哈哈", "哈哈"), [(0, 2), (2, 4)]);
        assert_eq!(found("👨‍👩‍👧 来了", "👩‍👧"), [(2, 5)]);
        assert_eq!(found("abc", "abcd"), []);
        assert_eq!(found("abc", ""), []);
    }

    #[test]
    fn touching_marks_are_one() {
        assert_eq!(joined(vec![(4, 6), (0, 2), (1, 4), (8, 9)]), [(0, 6), (8, 9)]);
    }

    /// The index is kept: what a text is found by never changes without a new version.
    #[test]
    fn terms_are_kept() {
        let terms = Folded::new("主播 A").terms();
        assert_eq!((VERSION, terms), (1, vec![66_339_444, 638_613_773, 4_066_048_348, 4_125_217_764]));
    }

    proptest! {
        #[test]
        fn a_part_of_a_text_has_terms_of_the_text(text in "[ a哈啊７７\u{1f600}Ⅷ好看\u{3000}]{0,12}", from in 0_usize..12, length in 1_usize..6) {
            let part: String = text.chars().skip(from).take(length).collect();
            let (text, part) = (Folded::new(&text), Folded::new(&part));
            let terms = text.terms();
            prop_assert!(terms_of(part.chars()).iter().all(|term| terms.binary_search(term).is_ok()));
            prop_assert_eq!(text.find(part.chars()).is_empty(), part.chars().is_empty());
        }
    }
}
