//! Latin words in disguise: signs for letters, two letters changed, and the first letters of a spelling. Whole tokens only.

use super::{
    filter::{Rule, Word},
    fold::Unit,
    sound,
};
use std::collections::HashMap;

pub struct Latin {
    /// By the skeleton of a word.
    skeletons: HashMap<String, u32>,
    initials: HashMap<String, u32>,
    longest: usize,
}

/// Letters and the signs that stand for them are one.
fn skeleton(c: char) -> Option<char> {
    Some(match c.to_ascii_lowercase() {
        'i' | 'l' | '1' | '!' | '|' | '¡' => 'i',
        'o' | '0' => 'o',
        's' | '$' | '5' | '§' => 's',
        'a' | '@' | '4' => 'a',
        'e' | '3' | '€' => 'e',
        't' | '7' | '+' => 't',
        'c' | '(' | '<' | '¢' => 'c',
        'u' | 'v' => 'u',
        'b' | '8' | 'ß' => 'b',
        'g' | '9' | '6' => 'g',
        '*' | '#' => return None,
        c if c.is_ascii_lowercase() => c,
        _ => return None,
    })
}

/// First letters that everybody writes and nobody means badly.
const HARMLESS: &[&str] = &[
    "yyds", "xswl", "zqsg", "dbq", "bdjw", "ssfd", "xsl", "plmm", "xjj", "xgg", "zgr", "gz", "ktv", "mvp", "dvd",
    "ppt", "pdf", "mp", "hhh", "ssr", "cpdd", "dd", "nbcs", "wtm", "xdm", "jms", "zs", "tql", "srds", "mmp3", "bgm",
    "vlog", "cp", "dj", "pc", "jpg", "png", "gb", "kg", "cm", "mm", "km", "ml", "tv", "hd", "vs", "vr", "ps",
];

impl Latin {
    pub fn new(words: &[Word], chosen: &[u32], wants_initials: impl Fn(u32) -> bool) -> Self {
        let mut latin = Self { skeletons: HashMap::new(), initials: HashMap::new(), longest: 0 };
        for &word in chosen {
            let units = &words[word as usize].units;
            if words[word as usize].alias {
                continue;
            }
            if units.iter().all(Unit::latin) && units.len() >= 3 {
                let key: Option<String> = units
                    .iter()
                    .flat_map(|unit| std::iter::repeat_n(unit.c, usize::from(unit.run)))
                    .map(skeleton)
                    .collect();
                if let Some(key) = key {
                    latin.longest = latin.longest.max(key.len());
                    latin.skeletons.entry(key).or_insert(word);
                }
            }
            let letters: String =
                units.iter().map(|unit| char::from(sound::initial(sound::syllable(unit.c)))).collect();
            let known = !letters.contains('\0') && units.iter().all(|unit| unit.han());
            // Three letters and more, no vowel that would make an English word of them.
            if known
                && (letters.len() >= 2 && wants_initials(word)
                    || letters.len() >= 3 && !letters.contains(['a', 'e', 'o']))
                && !HARMLESS.contains(&letters.as_str())
            {
                latin.initials.entry(letters).or_insert(word);
            }
        }
        latin
    }

    pub fn find(&self, units: &[Unit], text: &str, found: &mut Vec<(u32, usize, usize, Rule)>) {
        if self.initials.is_empty() && self.skeletons.is_empty() {
            return;
        }
        // First letters: a token of nothing but letters.
        let mut at = 0;
        while at < units.len() {
            if !units[at].latin() {
                at += 1;
                continue;
            }
            let behind = (at + 1..units.len())
                .find(|next| !units[*next].latin() || units[*next].gap.seen())
                .unwrap_or(units.len());
            let digit = |unit: Option<&Unit>| unit.is_some_and(|unit| unit.figure());
            if !digit(units.get(behind).filter(|unit| unit.gap.0 == 0))
                && !digit(at.checked_sub(1).map(|before| &units[before]).filter(|_| units[at].gap.0 == 0))
            {
                let letters: String = units[at..behind]
                    .iter()
                    .flat_map(|unit| std::iter::repeat_n(unit.c, usize::from(unit.run).min(8)))
                    .collect();
                if let Some(word) = self.initials.get(&letters) {
                    found.push((*word, at, behind, Rule::Initials));
                }
            }
            at = behind;
        }
        if self.skeletons.is_empty() {
            return;
        }
        // Tokens by spaces and Chinese characters, with the signs that are in them.
        let chars: Vec<char> = text.chars().collect();
        let parts = |c: char| c.is_whitespace() || !c.is_ascii() && skeleton(c).is_none();
        let mut at = 0;
        while at < chars.len() {
            if parts(chars[at]) {
                at += 1;
                continue;
            }
            let behind = (at..chars.len()).find(|next| parts(chars[*next])).unwrap_or(chars.len());
            self.token(&chars[at..behind], at, units, found);
            at = behind;
        }
    }

    fn token(&self, token: &[char], at: usize, units: &[Unit], found: &mut Vec<(u32, usize, usize, Rule)>) {
        let letters = token.iter().filter(|c| c.is_ascii_alphabetic()).count();
        if letters == 0 || token.len() > self.longest + 2 {
            return;
        }
        // What ends a sentence may stand behind it.
        let trimmed = token.iter().rposition(|c| !matches!(c, '!' | '.' | ',' | '?' | ')')).map_or(0, |last| last + 1);
        for long in [token.len(), trimmed] {
            let token = &token[..long];
            let Some(bones) = token.iter().map(|c| skeleton(*c)).collect::<Option<String>>() else { continue };
            let signs = token.len() - token.iter().filter(|c| c.is_ascii_alphabetic()).count();
            let word = match self.skeletons.get(&bones) {
                Some(word) if signs <= letters => Some(*word),
                _ if signs == 0 && bones.len() >= 4 => self.swapped(&bones),
                _ => None,
            };
            if let Some(word) = word {
                let inside = |unit: &&Unit| unit.start as usize >= at && (unit.start as usize) < at + long;
                let first = units.iter().position(|unit| inside(&unit));
                let count = units.iter().filter(inside).count();
                if let Some(first) = first {
                    found.push((word, first, first + count, Rule::Leet));
                }
                return;
            }
        }
    }

    /// Two letters next to each other changed places; the first one stays.
    fn swapped(&self, bones: &str) -> Option<u32> {
        let mut bytes = bones.as_bytes().to_vec();
        for at in 1..bytes.len() - 1 {
            if bytes[at] != bytes[at + 1] {
                bytes.swap(at, at + 1);
                if let Some(word) = std::str::from_utf8(&bytes).ok().and_then(|swapped| self.skeletons.get(swapped)) {
                    return Some(*word);
                }
                bytes.swap(at, at + 1);
            }
        }
        None
    }
}
