//! Words that are not written but meant: by sound, by spelling, by parts, by looks, with a letter put between.
//!
//! One tree of all words by their syllables. From each place of a text it is walked by every way a reader might take; at the end of a
//! word it is compared with what was walked, and only then a dictionary is asked whether somebody meant ordinary words.

use super::{
    bits::{Bits, followed, pair},
    filter::{Rule, Word},
    fold::{Gap, Unit, is_han},
    guard::Words,
    shape,
    sound::{self, Syllable},
};
use std::sync::LazyLock;

/// Syllables, and letters above them.
type Key = u16;
const LETTERS: Key = 480;
/// Longest word that is looked for this way, and most steps from one place of a text.
const LONGEST: usize = 12;
const STEPS: u32 = 600;

#[derive(Default)]
struct Node {
    /// Sorted by key.
    children: Vec<(Key, u32)>,
    words: Vec<u32>,
}

/// Whether that may be so, for each place of each text.
fn has_wholes(units: &[Unit], at: usize) -> bool {
    units.get(at + 1).is_some_and(|next| next.gap.0 == 0 && shape::begins(units[at].shown, next.shown))
        && wholes(units, at).next().is_some()
}

/// The characters that this one makes with the next one or two, and of how many they are made.
fn wholes(units: &[Unit], at: usize) -> impl Iterator<Item = (char, usize)> {
    [2, 3].into_iter().filter_map(move |long| {
        let parts = units.get(at..at + long)?;
        if parts[1..].iter().any(|unit| unit.gap.0 != 0) || parts.iter().any(|unit| unit.run > 1) {
            return None;
        }
        let mut shown = ['\0'; 3];
        parts.iter().zip(&mut shown).for_each(|(unit, shown)| *shown = unit.shown);
        Some((shape::joined(&shown[..long])?, long))
    })
}

pub struct Loose {
    nodes: Vec<Node>,
    /// By the first key: the node.
    roots: Vec<u32>,
    begins: Begins,
}

/// How words begin: most places of most texts begin none, and are not walked.
struct Begins {
    /// Two sounds; of words of just two characters; of those of them that have something else than Chinese characters.
    sounds: Bits,
    two: Bits,
    mixed: Bits,
    /// Three sounds; and then a fourth one or the end.
    three: Bits,
    four: Bits,
    /// The first two characters of three.
    chars: Bits,
    /// Two characters of which the first or the second is taken for the word's own, and then the third one or the end.
    looks: [Bits; 2],
    then: [Bits; 2],
}

/// In place of a third character: the word ends.
const END: u32 = 0;

impl Begins {
    /// For so many words, and what may be taken for their first two characters.
    fn of(words: usize, likes: [usize; 2]) -> Self {
        let exact = || Bits::of(KEYS * KEYS);
        Self {
            sounds: exact(),
            two: exact(),
            mixed: exact(),
            three: Bits::of(words * 64),
            four: Bits::of(words * 64),
            chars: Bits::of(words * 32),
            looks: likes.map(|likes| Bits::of(likes * 16)),
            then: likes.map(|likes| Bits::of(likes * 16)),
        }
    }

    fn put(&mut self, keys: &[Key], mut chars: impl Iterator<Item = char>) {
        let (Some(one), Some(other), third) = (chars.next(), chars.next(), chars.next()) else { return };
        let at = sounds(keys[0], keys[1]);
        self.sounds.put(at);
        match (third, keys.get(2)) {
            (Some(_), Some(third)) => {
                let three = followed(at, u32::from(*third));
                self.three.put(three);
                self.four.put(followed(three, keys.get(3).copied().map_or(END, u32::from)));
                self.chars.put(pair(one, other));
            }
            _ if is_han(one) && is_han(other) => self.two.put(at),
            _ => self.mixed.put(at),
        }
        let then = third.map_or(END, u32::from);
        let mut looks = |nth: usize, at: usize| {
            self.looks[nth].put(at);
            self.then[nth].put(followed(at, then));
        };
        shape::like(one).iter().for_each(|like| looks(0, pair(*like, other)));
        shape::like(other).iter().for_each(|like| looks(1, pair(one, *like)));
    }
}

fn sounds(one: Key, other: Key) -> usize {
    usize::from(one) * KEYS + usize::from(other)
}

/// How one character of a word was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Via {
    /// This character; the word's own may be another one that sounds so.
    Char(char),
    /// Of an emoji.
    Emoji(char),
    Shape(char),
    Parts(char),
    Pinyin,
    Initial,
    Letter,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    via: Via,
    at: u32,
    behind: u32,
}

/// By the character; above it nothing sounds.
static KEY_OF: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let key = |c: char| if c.is_ascii_lowercase() { LETTERS + (c as Key - b'a' as Key) } else { sound::syllable(c) };
    (0..0xa000).map(|at| char::from_u32(at).map_or(0, key)).collect()
});

fn key_of(c: char) -> Key {
    KEY_OF.get(c as usize).copied().unwrap_or(0)
}

const KEYS: usize = LETTERS as usize + 26;

impl Loose {
    pub fn new(words: &[Word], chosen: &[u32]) -> Self {
        let likes = |nth: usize| {
            let chars = chosen.iter().filter_map(|word| words[*word as usize].chars().nth(nth));
            chars.map(|c| shape::like(c).len()).sum()
        };
        let mut tree = Self {
            nodes: vec![Node::default()],
            roots: vec![0; KEYS],
            begins: Begins::of(chosen.len(), [0, 1].map(likes)),
        };
        for &word in chosen {
            let units = &words[word as usize].units;
            let keys: Vec<Key> = words[word as usize].chars().map(key_of).collect();
            let han = units.iter().filter(|unit| unit.han() || is_han(unit.shown)).count();
            if han == 0
                || !(2..=LONGEST).contains(&keys.len())
                || keys.contains(&0)
                || units.iter().any(|unit| unit.run > 2)
            {
                continue;
            }
            let mut node = 0;
            for key in &keys {
                node = match tree.nodes[node].children.binary_search_by_key(key, |child| child.0) {
                    Ok(at) => tree.nodes[node].children[at].1 as usize,
                    Err(at) => {
                        let next = tree.nodes.len();
                        tree.nodes[node].children.insert(at, (*key, next as u32));
                        tree.nodes.push(Node::default());
                        next
                    }
                };
            }
            tree.nodes[node].words.push(word);
            tree.begins.put(&keys, words[word as usize].chars());
        }
        for (key, node) in &tree.nodes[0].children {
            tree.roots[usize::from(*key)] = *node;
        }
        tree
    }

    fn child(&self, node: u32, key: Key) -> Option<u32> {
        if node == 0 {
            return Some(self.roots[usize::from(key)]).filter(|node| *node != 0);
        }
        let children = &self.nodes[node as usize].children;
        children.binary_search_by_key(&key, |child| child.0).ok().map(|at| children[at].1)
    }

    pub fn find(
        &self,
        words: &[Word],
        units: &[Unit],
        keys: &mut Vec<Syllable>,
        dictionary: &mut Words,
        found: &mut Vec<(u32, usize, usize, Rule)>,
    ) {
        if self.nodes.len() == 1 {
            return;
        }
        keys.clear();
        let known = &**KEY_OF;
        keys.extend(units.iter().map(|unit| known.get(unit.c as usize).copied().unwrap_or(0)));
        let parts = (0..units.len()).any(|at| has_wholes(units, at));
        let (steps, path, filled, looks) = (0, Vec::new(), false, [false; 2]);
        let mut walk = Walk { tree: self, words, units, keys, parts, dictionary, found, steps, path, filled, looks };
        for from in 0..units.len() {
            walk.looks = [true; 2];
            if walk.worth(from) {
                walk.steps = 0;
                walk.filled = false;
                walk.go(0, from);
            }
        }
    }
}

struct Walk<'a, 'b, 'c> {
    tree: &'a Loose,
    words: &'a [Word],
    units: &'a [Unit],
    keys: &'a [Key],
    /// Somewhere stand parts of a character.
    parts: bool,
    dictionary: &'b mut Words<'c>,
    found: &'b mut Vec<(u32, usize, usize, Rule)>,
    steps: u32,
    path: Vec<Step>,
    /// A letter was passed over.
    filled: bool,
    /// Whether the first and the second character may be taken for others.
    looks: [bool; 2],
}

impl Walk<'_, '_, '_> {
    /// Whether a word may begin here: a Chinese pair begins one by sound, by looks or by parts, or none.
    fn worth(&mut self, from: usize) -> bool {
        let unit = &self.units[from];
        if unit.latin() {
            return self.token_starts(from);
        }
        let (first, tree) = (self.keys[from], self.tree);
        if first == 0 {
            return false;
        }
        let twice = unit.run > 1 && tree.begins.sounds.has(sounds(first, first));
        let Some(next) = self.units.get(from + 1) else { return twice };
        if next.latin() || unit.alias || next.alias || twice {
            return true;
        }
        if next.gap.has(Gap::SENTENCE) {
            return false;
        }
        let one = self.looks_like(from, 0, pair(unit.shown, next.c));
        let other = self.looks_like(from, 1, pair(unit.c, next.shown));
        self.looks = [one, other];
        one || other
            || self.sounds_like(from, unit, next)
            || self.parts
                && (has_wholes(self.units, from)
                    || tree.roots[usize::from(first)] != 0 && has_wholes(self.units, from + 1))
    }

    /// Whether a word may begin with these two by their sounds.
    fn sounds_like(&self, from: usize, unit: &Unit, next: &Unit) -> bool {
        let begins = &self.tree.begins;
        let at = sounds(self.keys[from], self.keys[from + 1]);
        if !begins.sounds.has(at) {
            return false;
        }
        // One of two that stands everywhere is never meant for another one.
        if next.run > 1 || begins.mixed.has(at) || begins.two.has(at) && !(common(unit.c) && common(next.c)) {
            return true;
        }
        let Some(third) = self.units.get(from + 2) else { return false };
        if third.latin() {
            return true;
        }
        let three = |key: Key| begins.three.has(followed(at, u32::from(key)));
        !third.gap.has(Gap::SENTENCE)
            && (third.alias
                || three(self.keys[from + 2]) && self.goes_on(from + 2, followed(at, u32::from(self.keys[from + 2])))
                || begins.chars.has(pair(unit.c, next.c))
                    && shape::like(third.shown).iter().any(|like| three(key_of(*like)))
                || self.parts && has_wholes(self.units, from + 2))
    }

    /// Whether a word that begins with three sounds ends with them, or may have the fourth one.
    fn goes_on(&self, third: usize, three: usize) -> bool {
        let then = |key: u32| self.tree.begins.four.has(followed(three, key));
        if self.units[third].run > 1 || then(END) {
            return true;
        }
        let Some(fourth) = self.units.get(third + 1) else { return false };
        fourth.latin()
            || fourth.alias
            || !fourth.gap.has(Gap::SENTENCE)
                && (then(u32::from(self.keys[third + 1]))
                    || shape::like(fourth.shown).iter().any(|like| then(u32::from(key_of(*like))))
                    || self.parts && has_wholes(self.units, third + 1))
    }

    /// Whether a word may begin with these two, of which the first or the second (`nth`) is taken for another one.
    fn looks_like(&self, from: usize, nth: usize, at: usize) -> bool {
        let begins = &self.tree.begins;
        if !begins.looks[nth].has(at) {
            return false;
        }
        let then = |c: u32| begins.then[nth].has(followed(at, c));
        if self.units[from + 1].run > 1 || then(END) {
            return true;
        }
        let Some(third) = self.units.get(from + 2) else { return false };
        then(third.c as u32)
            || shape::like(third.shown).iter().any(|like| then(*like as u32))
            || self.parts && has_wholes(self.units, from + 2)
    }

    fn token_starts(&self, at: usize) -> bool {
        at == 0 || !self.units[at - 1].latin() || self.units[at].gap.0 & !Gap::INVISIBLE != 0
    }

    fn token_ends(&self, behind: usize) -> bool {
        behind == self.units.len()
            || !self.units[behind].latin()
            || !self.units[behind - 1].latin()
            || self.units[behind].gap.0 & !Gap::INVISIBLE != 0
    }

    fn go(&mut self, node: u32, at: usize) {
        self.steps += 1;
        if self.steps > STEPS {
            return;
        }
        if !self.path.is_empty() && !self.tree.nodes[node as usize].words.is_empty() && self.token_ends(at) {
            self.end(node, at);
        }
        // A character that stands twice is two of a word as well.
        if let [.., last] = self.path[..]
            && last.behind as usize == at
            && last.behind == last.at + 1
            && self.units[last.at as usize].run > 1
            && !matches!(self.path[..], [.., before, _] if before.at == last.at)
            && let Via::Char(c) = last.via
        {
            self.take(node, key_of(c), last.via, last.at as usize, at);
        }
        let Some(unit) = self.units.get(at).copied() else { return };
        if self.path.len() >= LONGEST || self.tree.nodes[node as usize].children.is_empty() {
            return;
        }
        if !self.path.is_empty() && unit.gap.has(Gap::SENTENCE) && !unit.latin() {
            return;
        }
        if unit.latin() {
            self.letters(node, at, unit);
            return;
        }
        let key = self.keys[at];
        if key == 0 {
            return;
        }
        let via = if unit.alias { Via::Emoji(unit.c) } else { Via::Char(unit.c) };
        self.take(node, key, via, at, at + 1);
        if unit.alias {
            return;
        }
        if self.looks.get(self.path.len()).is_none_or(|looks| *looks) {
            for &other in shape::like(unit.shown) {
                self.take(node, key_of(other), Via::Shape(other), at, at + 1);
            }
        }
        if self.parts && has_wholes(self.units, at) {
            for (whole, long) in wholes(self.units, at) {
                self.take(node, key_of(whole), Via::Parts(whole), at, at + long);
            }
        }
    }

    fn letters(&mut self, node: u32, at: usize, unit: Unit) {
        self.take(node, key_of(unit.c), Via::Letter, at, at + 1);
        let alone = self.token_starts(at) && self.token_ends(at + 1) && unit.run == 1;
        if alone {
            // One of a word's, and never all of it.
            let more = !self.path.is_empty() || self.keys.get(at + 1).is_some_and(|key| *key != 0);
            if more && !matches!(unit.c, 'b' | 'v') && !self.path.iter().any(|step| step.via == Via::Initial) {
                let tree = self.tree;
                let children = &tree.nodes[node as usize].children;
                let begins = |child: &&(Key, u32)| child.0 < LETTERS && sound::initial(child.0) == unit.c as u8;
                for (_, next) in children.iter().filter(begins) {
                    self.step(*next, Via::Initial, at, at + 1);
                }
            }
            // A letter between Chinese characters says nothing by itself.
            if !self.path.is_empty()
                && self.units.get(at + 1).is_some_and(|next| next.han())
                && self.units[at - 1].han()
            {
                let before = std::mem::replace(&mut self.filled, true);
                self.go(node, at + 1);
                self.filled = before;
            }
        }
        if unit.run > 2 {
            return;
        }
        let mut letters = sound::Spelling::default();
        for behind in at..self.units.len().min(at + 6) {
            let unit = &self.units[behind];
            if !unit.latin() || behind > at && unit.gap.has(Gap::SPACE | Gap::SENTENCE | Gap::EMOJI) {
                break;
            }
            letters.push(unit.c);
            if behind > at
                && let Some(syllable) = letters.syllable()
            {
                self.take(node, syllable, Via::Pinyin, at, behind + 1);
                // The last letter begins the next one as well: lannv.
                if unit.run == 2 {
                    self.take(node, syllable, Via::Pinyin, at, behind);
                }
            }
        }
    }

    fn take(&mut self, node: u32, key: Syllable, via: Via, at: usize, behind: usize) {
        if key != 0
            && let Some(next) = self.tree.child(node, key)
        {
            self.step(next, via, at, behind);
        }
    }

    fn step(&mut self, next: u32, via: Via, at: usize, behind: usize) {
        self.path.push(Step { via, at: at as u32, behind: behind as u32 });
        self.go(next, behind);
        self.path.pop();
    }

    fn end(&mut self, node: u32, behind: usize) {
        let from = self.path[0].at as usize;
        for index in 0..self.tree.nodes[node as usize].words.len() {
            let word = self.tree.nodes[node as usize].words[index];
            if let Some(rule) = self.meant(word, from, behind)
                && !self.found.iter().any(|other| other.0 == word && other.1 == from && other.2 == behind)
            {
                self.found.push((word, from, behind, rule));
            }
        }
    }

    fn meant(&mut self, word: u32, from: usize, behind: usize) -> Option<Rule> {
        let (mut pattern, mut all) = (['\0'; LONGEST], 0);
        for (c, place) in self.words[word as usize].chars().zip(&mut pattern) {
            *place = c;
            all += 1;
        }
        let pattern = &pattern[..all];
        let (mut same, mut sounds, mut shapes, mut parts, mut spelled, mut initials, mut emoji) = (0, 0, 0, 0, 0, 0, 0);
        for (&c, step) in pattern.iter().zip(&self.path) {
            match step.via {
                Via::Char(own) if own == c => same += 1,
                Via::Char(own) if is_han(own) && is_han(c) => {
                    sounds += 1;
                    if pattern.len() == 2 && common(own) && pattern.iter().all(|c| is_han(*c)) {
                        return None;
                    }
                }
                Via::Shape(own) if own == c => shapes += 1,
                Via::Parts(own) if own == c => parts += 1,
                Via::Emoji(own) if own == c || is_han(c) => emoji += 1,
                Via::Pinyin if !c.is_ascii_lowercase() => spelled += 1,
                Via::Initial => initials += 1,
                Via::Letter if c.is_ascii_lowercase() => same += 1,
                _ => return None,
            }
        }
        if same == all && !self.filled {
            return None;
        }
        let apart = self.units[from + 1..behind].iter().any(|unit| unit.gap.has(Gap::SPACE | Gap::SENTENCE));
        // Latin syllables stand apart as they like; sounds of Chinese characters over a space mean nothing.
        if apart && spelled == 0 {
            return None;
        }
        let rule = match () {
            () if self.filled => (same == all).then_some(Rule::Filler),
            () if initials > 0 => {
                let near = self
                    .path
                    .iter()
                    .all(|step| !self.units[step.at as usize].gap.has(Gap::SPACE) || step.at as usize == from);
                (initials == 1
                    && same + sounds == all - 1
                    && sounds <= 1
                    && all <= 3
                    && near
                    && spelled + shapes + parts == 0)
                    .then_some(Rule::Initials)
            }
            () if emoji > 0 => (sounds + shapes + parts + spelled == 0).then_some(Rule::Emoji),
            () if spelled > 0 => (shapes + parts == 0 && sounds <= 1 && self.spells(from, behind, spelled == all))
                .then_some(Rule::Pinyin),
            () if parts > 0 => (sounds + shapes <= usize::from(all > 2)).then_some(Rule::Split),
            () if shapes > 0 => (sounds == 0 && shapes <= if all > 3 { 2 } else { 1 }).then_some(Rule::Lookalike),
            () if sounds > 0 => Some(Rule::Homophone),
            () => None,
        }?;
        // Who writes ordinary words means them.
        let path = self.path.clone();
        let (mut ordinary, mut changed) = (0, 0);
        for (&c, step) in pattern.iter().zip(&path) {
            let own = matches!(step.via, Via::Char(own) if own == c)
                || matches!(step.via, Via::Letter | Via::Emoji(_) | Via::Pinyin | Via::Initial);
            if own && rule != Rule::Filler {
                continue;
            }
            changed += 1;
            let (first, behind_parts) = (step.at as usize, step.behind as usize);
            ordinary += usize::from(match step.via {
                // The parts of one character may belong to a word with what follows: only a word of just these parts is meant.
                Via::Parts(_) => self.dictionary.is_one(first, behind_parts),
                _ => self.dictionary.ordinary(first),
            });
        }
        // Of a long one a part may happen to be a word.
        if ordinary > 0 && !(rule == Rule::Homophone && all > 2 && ordinary < changed) {
            return None;
        }
        if spelled < all && self.dictionary.cuts(from, behind) {
            return None;
        }
        Some(rule)
    }

    /// Latin letters that are meant as syllables: whole tokens, and no English words.
    fn spells(&self, from: usize, behind: usize, all: bool) -> bool {
        let mut tokens: Vec<String> = Vec::new();
        let mut letters = 0;
        for at in from..behind {
            let unit = &self.units[at];
            if !unit.latin() {
                continue;
            }
            letters += 1;
            if self.token_starts(at) && !unit.gap.has(Gap::SYMBOL) || tokens.is_empty() {
                tokens.push(String::new());
            }
            if let Some(last) = tokens.last_mut() {
                last.push(unit.c);
            }
        }
        if all && letters < 4 {
            return false;
        }
        !(all && tokens.iter().all(|token| ENGLISH.contains(&token.as_str())))
    }
}

/// English words that are spelled like syllables.
const ENGLISH: &[&str] = &[
    "a", "an", "ban", "bang", "bin", "can", "cancan", "change", "china", "dan", "dance", "dang", "die", "do", "dong",
    "fan", "fang", "fen", "gang", "gun", "he", "hang", "hen", "hong", "hung", "lane", "lie", "line", "linen", "long",
    "man", "mango", "me", "men", "mama", "mine", "min", "nine", "pan", "pang", "panda", "papa", "pen", "pin", "ping",
    "rang", "ran", "run", "sang", "she", "shine", "shun", "sun", "sung", "tan", "tang", "tie", "to", "ton", "tong",
    "tune", "wan", "wang", "we", "woman", "women", "you", "yang", "yin", "bingo", "genie", "fine", "dune", "mange",
    "range", "tango", "banana", "sense", "hence", "pence", "nice", "ge", "lu", "mu", "nu", "bi", "baba", "mimi", "ai",
    "ok", "ha", "haha", "hehe", "heihei", "lala", "dada", "gaga", "tata", "yoyo", "wo", "ni", "ta",
];

fn common(c: char) -> bool {
    static BITS: LazyLock<Bits> = LazyLock::new(|| {
        let mut bits = Bits::of(0xa000);
        COMMON.chars().for_each(|c| bits.put(c as usize));
        bits
    });
    (c as usize) < 0xa000 && BITS.has(c as usize)
}

/// Characters that stand everywhere: one of them sounding like a word of two says nothing.
const COMMON: &str = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日者意无力它与长把机第此已情明性知全关点正将两高间由问很最重并物手应向头文体相见被利什等产或新己制身果西斯月话合回特代内表化老给世位次度门任常先海通教儿东声提立及比啥吧吗呢啊哦呀哈嘛啦谁让再做吃买卖真太又更最请别早晚今明哪怎谢求快慢钱单号件拍款色码穿戴洗用买播主粉丝刷屏送礼房间链接";
