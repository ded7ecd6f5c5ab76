//! Syllables: how a character sounds, without its tone, and what Latin letters spell one.

use super::fold::is_han;
use pinyin::ToPinyin;
use std::{collections::HashMap, sync::LazyLock};

/// 0 is none.
pub type Syllable = u16;

struct Sounds {
    of: Vec<Syllable>,
    named: HashMap<String, Syllable>,
    initials: Vec<u8>,
}

const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9fff;

static SOUNDS: LazyLock<Sounds> = LazyLock::new(|| {
    let mut sounds = Sounds { of: vec![0; (LAST - FIRST + 1) as usize], named: HashMap::new(), initials: vec![0] };
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
        let next = sounds.initials.len() as Syllable;
        let id = *sounds.named.entry(name.clone()).or_insert(next);
        if id == next {
            sounds.initials.push(name.as_bytes()[0]);
        }
        sounds.of[(at - FIRST) as usize] = id;
    }
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

/// The syllable that is spelled so.
pub fn spelled(letters: &str) -> Option<Syllable> {
    SOUNDS.named.get(letters).copied()
}

/// The first letter of its spelling.
pub fn initial(syllable: Syllable) -> u8 {
    SOUNDS.initials.get(usize::from(syllable)).copied().unwrap_or(0)
}
