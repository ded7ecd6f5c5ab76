//! Syllables: how a character sounds, without its tone, and what Latin letters spell one.

use super::fold::is_han;
use pinyin::ToPinyin;
use std::{collections::HashMap, sync::LazyLock};

/// 0 is none.
pub type Syllable = u16;

struct Sounds {
    of: Vec<Syllable>,
    /// By their spelling, sorted.
    named: Vec<(Spelling, Syllable)>,
    initials: Vec<u8>,
}

/// Up to six letters from `a` to `z`, as one number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spelling(u32);

impl Spelling {
    pub fn push(&mut self, letter: char) {
        self.0 = self.0.wrapping_mul(32) | (letter as u32 - 'a' as u32 + 1) & 31;
    }

    /// The syllable that is spelled so.
    pub fn syllable(self) -> Option<Syllable> {
        let named = &SOUNDS.named;
        named.binary_search_by_key(&self, |syllable| syllable.0).ok().map(|at| named[at].1)
    }
}

const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9fff;

static SOUNDS: LazyLock<Sounds> = LazyLock::new(|| {
    let mut sounds = Sounds { of: vec![0; (LAST - FIRST + 1) as usize], named: Vec::new(), initials: vec![0] };
    let mut named: HashMap<Spelling, Syllable> = HashMap::new();
    for at in FIRST..=LAST {
        let Some(c) = char::from_u32(at) else { continue };
        let name = match c {
            // Spelled so nowhere else, and meant so in every chat.
            '艹' => "cao".to_owned(),
            '屄' => "bi".to_owned(),
            _ => match c.to_pinyin() {
                Some(sound) => sound.plain().replace('ü', "v"),
                None => continue,
            },
        };
        let mut spelling = Spelling::default();
        name.chars().for_each(|letter| spelling.push(letter));
        let next = sounds.initials.len() as Syllable;
        let id = *named.entry(spelling).or_insert(next);
        if id == next {
            sounds.initials.push(name.as_bytes()[0]);
        }
        sounds.of[(at - FIRST) as usize] = id;
    }
    sounds.named = named.into_iter().collect();
    sounds.named.sort_unstable();
    sounds
});

/// Of a character, or of a figure as it is read.
pub fn syllable(c: char) -> Syllable {
    let c = match c {
        '0'..='9' => ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'][c as usize - '0' as usize],
        _ => c,
    };
    if !is_han(c) {
        return 0;
    }
    (c as u32).checked_sub(FIRST).and_then(|at| SOUNDS.of.get(at as usize)).copied().unwrap_or(0)
}

/// The first letter of its spelling.
pub fn initial(syllable: Syllable) -> u8 {
    SOUNDS.initials.get(usize::from(syllable)).copied().unwrap_or(0)
}
