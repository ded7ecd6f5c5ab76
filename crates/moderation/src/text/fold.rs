//! The normal form: what a text says, whatever it is dressed in. Every unit knows the characters of the original it came from.
//!
//! Width, case, styled and circled letters, accents, traditional characters, look-alikes of Latin letters and digits in any dress become
//! one character each; what carries no meaning (invisible characters, spaces, punctuation, emoji) is left out and remembered as a gap.

use std::{collections::HashMap, sync::LazyLock};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What was left out before a unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gap(pub u8);

impl Gap {
    pub const INVISIBLE: u8 = 1;
    pub const SPACE: u8 = 2;
    pub const SYMBOL: u8 = 4;
    pub const SENTENCE: u8 = 8;
    pub const EMOJI: u8 = 16;

    pub fn has(self, bits: u8) -> bool {
        self.0 & bits != 0
    }
    /// Something a reader sees stands between.
    pub fn seen(self) -> bool {
        self.0 & !Self::INVISIBLE != 0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// The character to match by.
    pub c: char,
    /// As it stands on the screen, in small letters and simplified characters: what the dictionary of words is asked for.
    pub shown: char,
    /// Characters of the original, from and behind.
    pub start: u32,
    pub end: u32,
    pub gap: Gap,
    /// So often in a row.
    pub run: u16,
    /// Stands for something else: an emoji read aloud.
    pub alias: bool,
}

impl Unit {
    pub fn han(&self) -> bool {
        is_han(self.c)
    }
    pub fn latin(&self) -> bool {
        self.c.is_ascii_lowercase()
    }
    pub fn digit(&self) -> bool {
        self.c.is_ascii_digit()
    }
    /// A digit that is written as one, and not as a word (一).
    pub fn figure(&self) -> bool {
        self.digit() && !is_han(self.shown)
    }
}

pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}' | '〇')
}

/// What one character becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fold {
    Keep {
        c: char,
        shown: char,
        alias: bool,
    },
    Drop(u8),
    /// Up to eight units, all from the one character.
    Several(Vec<(char, char)>),
}

/// Letters of other alphabets that look like Latin ones, after case folding.
const LOOKALIKES: &[(&str, char)] = &[
    ("аαɑ∂", 'a'),
    ("вьβƅ", 'b'),
    ("сϲᴄ", 'c'),
    ("ԁɗ", 'd'),
    ("еєεℯ", 'e'),
    ("ғƒ", 'f'),
    ("ɡց", 'g'),
    ("һнհ", 'h'),
    ("іιıӏ", 'i'),
    ("јϳ", 'j'),
    ("кκ", 'k'),
    ("ⅼ", 'l'),
    ("мμ", 'm'),
    ("пηոɴ", 'n'),
    ("оοσօ", 'o'),
    ("рρ", 'p'),
    ("ԛ", 'q'),
    ("гʀ", 'r'),
    ("ѕꜱ", 's'),
    ("тτ", 't'),
    ("υцս", 'u'),
    ("ѵν", 'v'),
    ("ѡωա", 'w'),
    ("хχ", 'x'),
    ("уγү", 'y'),
    ("ᴢ", 'z'),
    ("ʙ", 'b'),
    ("ɢ", 'g'),
    ("ʟ", 'l'),
    ("øө", 'o'),
    ("đ", 'd'),
    ("ł", 'l'),
    ("ħ", 'h'),
    ("ŧ", 't'),
    ("æ", 'a'),
    ("ᴀ", 'a'),
    ("ᴅ", 'd'),
    ("ᴇ", 'e'),
    ("ꜰ", 'f'),
    ("ʜ", 'h'),
    ("ɪ", 'i'),
    ("ᴊ", 'j'),
    ("ᴋ", 'k'),
    ("ᴍ", 'm'),
    ("ᴏ", 'o'),
    ("ᴘ", 'p'),
    ("ᴛ", 't'),
    ("ᴜ", 'u'),
    ("ᴠ", 'v'),
    ("ᴡ", 'w'),
    ("ʏ", 'y'),
];

const NUMERALS: &[(&str, char)] = &[
    ("〇零", '0'),
    ("一壹弌幺", '1'),
    ("二贰弍", '2'),
    ("三叁弎", '3'),
    ("四肆", '4'),
    ("五伍", '5'),
    ("六陆", '6'),
    ("七柒", '7'),
    ("八捌", '8'),
    ("九玖", '9'),
];

/// Emoji that are read as a character of an abuse or a thing forbidden.
const EMOJI: &[(&str, char)] = &[
    ("🐎🐴🏇🎠", '马'),
    ("🐂🐮🐃", '牛'),
    ("🍺🍻", '逼'),
    ("🔫", '枪'),
    ("🐔🐓🐤🐥", '鸡'),
    ("🐶🐕", '狗'),
    ("💩", '屎'),
    ("🌿🌱🍀☘", '草'),
    ("🐷🐖", '猪'),
    ("💊", '药'),
    ("💣", '弹'),
    ("🔪🗡", '刀'),
    ("🐢", '龟'),
    ("🥚", '蛋'),
    ("🍑", '逼'),
    ("🛏", '床'),
    ("👃", '鼻'),
    ("🖊🖋✒", '笔'),
    ("🐰🐇", '兔'),
    ("🚗🚙", '车'),
    ("💰💵💴", '钱'),
    ("🈲", '禁'),
    ("🉐", '得'),
    ("🈹", '割'),
    ("🈵", '满'),
    ("🈚", '无'),
    ("🈶", '有'),
];

static SPECIAL: LazyLock<HashMap<char, Fold>> = LazyLock::new(|| {
    let mut map = HashMap::new();
    let keep = |c: char, shown: char, alias: bool| Fold::Keep { c, shown, alias };
    for (letters, latin) in LOOKALIKES {
        map.extend(letters.chars().map(|c| (c, keep(*latin, *latin, false))));
    }
    for (words, digit) in NUMERALS {
        map.extend(words.chars().map(|c| (c, keep(*digit, c, false))));
    }
    for (emoji, han) in EMOJI {
        map.extend(emoji.chars().map(|c| (c, keep(*han, ' ', true))));
    }
    for (first, letters) in [(0x1f150, 26), (0x1f170, 26), (0x1f130, 26), (0x1f1e6, 26), (0x249c, 26), (0x1f110, 26)] {
        for at in 0..letters {
            if let Some(c) = char::from_u32(first + at) {
                let letter = char::from(b'a' + at as u8);
                map.insert(c, keep(letter, letter, false));
            }
        }
    }
    // Digits in circles, with a full stop, in brackets.
    for (first, from) in [(0x2460, 1), (0x2474, 1), (0x2488, 1), (0x2776, 1), (0x2780, 1), (0x278a, 1), (0x24f5, 1)] {
        for at in 0..9 {
            if let Some(c) = char::from_u32(first + at) {
                let digit = char::from(b'0' + (from + at) as u8);
                map.insert(c, keep(digit, digit, false));
            }
        }
    }
    for zero in ['⓪', '⓿', '🄋', '🄌'] {
        map.insert(zero, keep('0', '0', false));
    }
    map
});

fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}')
        || c.is_control() && !c.is_whitespace()
}

fn gap_of(c: char) -> u8 {
    if c == '\u{3000}' || c.is_whitespace() {
        // A line's end parts sentences.
        return if matches!(c, '\n' | '\r' | '⏎') { Gap::SPACE | Gap::SENTENCE } else { Gap::SPACE };
    }
    match c {
        '，' | '。' | '！' | '？' | '；' | '：' | ',' | '.' | '!' | '?' | ';' | ':' | '、' | '…' => {
            Gap::SENTENCE
        }
        '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' => Gap::EMOJI,
        _ => Gap::SYMBOL,
    }
}

/// Simplified, and variants that are neither.
fn simple(c: char) -> char {
    match c {
        '凃' => '涂',
        '妳' => '你',
        '峯' => '峰',
        '愽' => '博',
        '牠' | '祂' => '他',
        '羣' => '群',
        _ => chinese::simplified(c),
    }
}

fn fold_plain(c: char) -> Fold {
    if let Some(fold) = SPECIAL.get(&c) {
        return fold.clone();
    }
    if invisible(c) || is_combining_mark(c) {
        return Fold::Drop(Gap::INVISIBLE);
    }
    let folded: Vec<(char, char)> = std::iter::once(c)
        .nfkc()
        .flat_map(char::to_lowercase)
        .nfd()
        .filter(|c| !is_combining_mark(*c) && !invisible(*c))
        .take(8)
        .filter_map(|c| {
            let c = simple(c);
            match SPECIAL.get(&c) {
                Some(Fold::Keep { c: to, shown, .. }) => Some((*to, if is_han(c) { c } else { *shown })),
                _ if c.is_alphanumeric() => Some((c, c)),
                _ => None,
            }
        })
        .collect();
    match folded[..] {
        [] => Fold::Drop(gap_of(c)),
        [(c, shown)] => Fold::Keep { c, shown, alias: false },
        _ => Fold::Several(folded),
    }
}

/// The first two planes, made once; a higher character is folded as it comes.
const TABLE: usize = 0x20000;
const KEEP: u32 = 1 << 31;

struct Table {
    /// `KEEP` and the character for what becomes itself or one other and shows as that; else an index into `rest`.
    first: Vec<u32>,
    rest: Vec<Fold>,
}

static FOLDS: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { first: vec![0; TABLE], rest: vec![Fold::Drop(Gap::INVISIBLE)] };
    let mut known: HashMap<u8, u32> = HashMap::new();
    for at in 0..TABLE as u32 {
        let Some(c) = char::from_u32(at) else { continue };
        table.first[at as usize] = match fold_plain(c) {
            Fold::Keep { c, shown, alias: false } if c == shown => KEEP | c as u32,
            Fold::Drop(gap) => *known.entry(gap).or_insert_with(|| {
                table.rest.push(Fold::Drop(gap));
                table.rest.len() as u32 - 1
            }),
            other => {
                table.rest.push(other);
                table.rest.len() as u32 - 1
            }
        };
    }
    table
});

/// What a text has anywhere: most have neither, and need not be asked for what is made of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Has {
    pub latin: bool,
    /// Something that nobody sees, as the signs that turn the writing around.
    pub invisible: bool,
}

/// Longer texts are cut by the caller; nothing here is more than linear.
pub fn fold(text: &str, units: &mut Vec<Unit>) -> Has {
    units.clear();
    let mut has = Has::default();
    let table = &*FOLDS;
    let mut gap = 0;
    for (at, c) in text.chars().enumerate() {
        let at = at as u32;
        let mut keep = |c: char, shown: char, alias: bool, gap: &mut u8| {
            has.latin |= c.is_ascii_lowercase();
            push(units, Unit { c, shown, start: at, end: at + 1, gap: Gap(std::mem::take(gap)), run: 1, alias });
        };
        let above;
        let fold = match table.first.get(c as usize) {
            Some(code) if code & KEEP != 0 => {
                let c = char::from_u32(code & !KEEP).unwrap_or(c);
                keep(c, c, false, &mut gap);
                continue;
            }
            Some(index) => &table.rest[*index as usize],
            None => {
                above = fold_plain(c);
                &above
            }
        };
        match fold {
            Fold::Keep { c, shown, alias } => keep(*c, *shown, *alias, &mut gap),
            Fold::Drop(bits) => {
                has.invisible |= *bits == Gap::INVISIBLE;
                gap |= bits;
            }
            Fold::Several(several) => several.iter().for_each(|(c, shown)| keep(*c, *shown, false, &mut gap)),
        }
    }
    if has.latin {
        codes(units);
        dots(units);
        figures(units);
    }
    has
}

/// Repeats in a row are one unit; figures count, each of them.
fn push(units: &mut Vec<Unit>, unit: Unit) {
    if let Some(last) = units.last_mut()
        && last.c == unit.c
        && last.alias == unit.alias
        && !unit.digit()
        && !unit.gap.has(Gap::SENTENCE)
    {
        last.run = last.run.saturating_add(1);
        last.end = unit.end;
        return;
    }
    units.push(unit);
}

/// `[doge]` is how platforms write an emoji: it is one.
fn codes(units: &mut Vec<Unit>) {
    // The brackets themselves are gaps; what is between two gaps of symbols, between Chinese characters, and short, is a code only if
    // it is one of those that platforms have.
    const CODES: &[&str] =
        &["doge", "ok", "haha", "emm", "cry", "smile", "love", "heart", "good", "no", "yes", "sos", "cool", "lol"];
    let mut at = 1;
    while at < units.len() {
        if units[at].gap.has(Gap::SYMBOL) && units[at].latin() && !units[at - 1].latin() {
            let behind = (at + 1..units.len()).find(|next| units[*next].gap.seen() || !units[*next].latin());
            if let Some(behind) = behind
                && behind - at <= 8
                && units[behind].gap.has(Gap::SYMBOL)
                && CODES.contains(&units[at..behind].iter().map(|unit| unit.c).collect::<String>().as_str())
            {
                units[behind].gap.0 |= units[at].gap.0 | Gap::EMOJI;
                units.drain(at..behind);
            }
        }
        at += 1;
    }
}

/// `baidu点com`: a dot by name between Latin letters.
fn dots(units: &mut Vec<Unit>) {
    const ENDS: &[&str] =
        &["com", "cn", "net", "org", "top", "xyz", "cc", "vip", "io", "me", "tv", "info", "shop", "club"];
    let mut at = 1;
    while at + 1 < units.len() {
        if matches!(units[at].c, '点' | '奌') && (units[at - 1].latin() || units[at - 1].digit()) {
            let rest: String = units[at + 1..].iter().take_while(|unit| unit.latin()).map(|unit| unit.c).collect();
            if ENDS.contains(&rest.as_str()) {
                units[at + 1].gap.0 |= Gap::SYMBOL;
                units.remove(at);
            }
        }
        at += 1;
    }
}

/// `l38OO138OOO`: letters that stand for figures in a long number.
fn figures(units: &mut Vec<Unit>) {
    let like = |c: char| match c {
        'o' => Some('0'),
        'l' | 'i' => Some('1'),
        'z' => Some('2'),
        _ => None,
    };
    let mut at = 0;
    while at < units.len() {
        let behind = (at..units.len()).find(|next| {
            !(units[*next].digit() || like(units[*next].c).is_some()) || *next > at && units[*next].gap.seen()
        });
        let behind = behind.unwrap_or(units.len());
        let figures = units[at..behind].iter().filter(|unit| unit.digit()).count();
        let all: usize = units[at..behind].iter().map(|unit| usize::from(unit.run)).sum();
        if figures < all && all >= 7 && figures * 5 >= all * 2 {
            let mut expanded = Vec::with_capacity(all);
            for unit in &units[at..behind] {
                let Some(digit) = like(unit.c) else {
                    expanded.push(*unit);
                    continue;
                };
                // A run of letters is as many figures; they are next to each other in the original.
                let run = u32::from(unit.run);
                for nth in 0..run {
                    let (start, end) = if nth + 1 == run {
                        (unit.start + nth, unit.end)
                    } else {
                        (unit.start + nth, unit.start + nth + 1)
                    };
                    let gap = if nth == 0 { unit.gap } else { Gap::default() };
                    expanded.push(Unit { c: digit, shown: digit, start, end, gap, run: 1, alias: false });
                }
            }
            let grown = at + expanded.len();
            units.splice(at..behind, expanded);
            at = grown.max(at + 1);
        } else {
            at = behind.max(at + 1);
        }
    }
}
