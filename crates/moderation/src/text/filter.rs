//! The filter: lists made into automata once, and asked for every text.

use super::{
    claims::{self, Exemption},
    fold::{Gap, Has, Unit, fold, is_han},
    guard::{Words, free_left, free_right},
    latin::Latin,
    lexicon::{Entry, ListLevel, Scope},
    loose::Loose,
    sound::Syllable,
};
use daachorse::{CharwiseDoubleArrayAhoCorasick, CharwiseDoubleArrayAhoCorasickBuilder};
use serde::Serialize;
use std::{collections::HashMap, sync::Arc};

/// A text is looked at so far; what is longer is held for a person.
pub const LONGEST_TEXT: usize = 20_000;

/// By which way a word was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// As it stands in the list.
    Exact,
    /// Other width, case, style, alphabet, digits, or traditional characters.
    Form,
    /// Invisible characters within it.
    Invisible,
    /// Signs, spaces or emoji within it.
    Noise,
    /// Its characters repeated.
    Repeat,
    /// In Latin letters.
    Pinyin,
    /// By the first letters of its spelling.
    Initials,
    /// Characters that sound the same.
    Homophone,
    /// Characters taken apart.
    Split,
    /// Characters that look alike.
    Lookalike,
    /// Signs for letters.
    Leet,
    /// A letter put between.
    Filler,
    Emoji,
    /// Another name for it.
    Alias,
    /// Written from right to left.
    Reversed,
    /// The text is too long to be looked at.
    TooLong,
}

impl Rule {
    pub fn name(self) -> &'static str {
        match self {
            Rule::Exact => "exact",
            Rule::Form => "form",
            Rule::Invisible => "invisible",
            Rule::Noise => "noise",
            Rule::Repeat => "repeat",
            Rule::Pinyin => "pinyin",
            Rule::Initials => "initials",
            Rule::Homophone => "homophone",
            Rule::Split => "split",
            Rule::Lookalike => "lookalike",
            Rule::Leet => "leet",
            Rule::Filler => "filler",
            Rule::Emoji => "emoji",
            Rule::Alias => "alias",
            Rule::Reversed => "reversed",
            Rule::TooLong => "too_long",
        }
    }

    /// A person looks before anything happens: the way is not certain.
    pub fn uncertain(self) -> bool {
        self > Rule::Repeat
    }
}

/// A word that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// As the list has it.
    pub word: Arc<str>,
    pub category: Arc<str>,
    pub level: ListLevel,
    pub rule: Rule,
    /// Where the word stands: a list's id or file, or `pack`.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub list: Arc<str>,
    /// Characters of the original, from and behind.
    pub start: u32,
    pub end: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Allow,
    Mask,
    Hold,
    Block,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    pub verdict: Verdict,
    /// What was masked by its characters, the rest as it came.
    pub text_masked: String,
    pub hits: Vec<Hit>,
}

/// A word in the normal form.
pub(super) struct Word {
    pub entry: u32,
    pub units: Vec<Unit>,
    /// What another name stands for.
    pub alias: bool,
}

impl Word {
    /// Each character of it, repeats one by one.
    pub fn chars(&self) -> impl Iterator<Item = char> + '_ {
        self.units.iter().flat_map(|unit| std::iter::repeat_n(unit.c, usize::from(unit.run)))
    }
}

struct Listed {
    word: Arc<str>,
    category: Arc<str>,
    list: Arc<str>,
    level: Option<ListLevel>,
    scope: super::lexicon::Scopes,
}

/// Other names of what is often named.
const ALIASES: &[(&str, &[&str])] = &[
    ("qq", &["扣扣", "企鹅号", "叩叩", "秋秋", "q扣"]),
    ("微信", &["v信", "vx", "wx", "威信", "薇信", "徽信"]),
    ("加微", &["加v", "加wx", "加vx", "加威", "加薇", "➕微", "+v", "➕v"]),
    ("赌博", &["菠菜", "赌bo", "du博"]),
    ("博彩", &["菠菜"]),
    ("傻逼", &["煞笔", "傻13", "沙壁", "傻b", "沙比", "傻x", "傻叉", "2b"]),
    ("操你妈", &["草泥马", "曹尼玛", "日你妈", "草拟吗", "艹尼玛"]),
    ("妈的", &["马的", "玛的"]),
    ("他妈", &["特么", "他喵", "tm", "ta妈"]),
    ("牛逼", &["牛13", "牛b", "牛掰"]),
    ("鸡巴", &["几把", "鸡8", "j8", "几巴", "吉巴"]),
    ("色情", &["涩情", "瑟琴"]),
    ("约炮", &["约p", "约啪"]),
    ("毒品", &["独品"]),
    ("台独", &["苔毒", "湾独"]),
    ("代购", &["代gou"]),
    ("手机号", &["手机hao"]),
];

/// Lists, ready to be asked. Cheap to share, never changed: another list is another filter.
pub struct Filter {
    listed: Vec<Listed>,
    words: Vec<Word>,
    exact: Option<CharwiseDoubleArrayAhoCorasick<u32>>,
    loose: Loose,
    latin: Latin,
}

/// No automaton can be made of so many words.
#[derive(Debug, thiserror::Error)]
#[error("no filter can be made of these words: {0}")]
pub struct Unmade(String);

/// What one thread needs while it asks; kept between texts so that a clean one allocates nothing.
#[derive(Default)]
pub struct Scratch {
    units: Vec<Unit>,
    sounds: Vec<Syllable>,
}

impl Filter {
    /// # Errors
    /// [`Unmade`]: too many words, or too long ones together.
    pub fn new(entries: &[Entry]) -> Result<Self, Unmade> {
        let mut listed = Vec::with_capacity(entries.len());
        let mut words: Vec<Word> = Vec::with_capacity(entries.len());
        let (mut names, mut units) = (HashMap::<&str, Arc<str>>::new(), Vec::new());
        let mut chosen: Vec<(String, u32)> = Vec::with_capacity(entries.len());
        for (at, entry) in entries.iter().enumerate() {
            let category = names.entry(&entry.category).or_insert_with(|| entry.category.as_str().into()).clone();
            listed.push(Listed {
                word: entry.word.as_str().into(),
                category,
                list: entry.list.clone(),
                level: entry.level,
                scope: entry.scope,
            });
            let mut forms = vec![(entry.word.clone(), false)];
            if !entry.exact && entry.level.is_some() {
                let lower = entry.word.to_lowercase();
                for (name, others) in ALIASES {
                    if lower.contains(name) {
                        forms.extend(others.iter().map(|other| (lower.replace(name, other), true)));
                    }
                }
            }
            for (form, alias) in forms {
                fold(&form, &mut units);
                // One letter or figure alone is no word, nor what is left of a line of signs.
                if units.is_empty() || units.len() == 1 && units[0].run == 1 && !units[0].han() {
                    continue;
                }
                chosen.push((units.iter().map(|unit| unit.c).collect(), words.len() as u32));
                words.push(Word { entry: at as u32, units: units.clone(), alias });
            }
        }
        // Words that are one in the normal form are one pattern: the first of the gravest stands for all.
        let level = |word: u32| listed[words[word as usize].entry as usize].level;
        chosen.sort_unstable_by(|(one, a), (other, b)| {
            one.cmp(other).then_with(|| level(*b).cmp(&level(*a))).then_with(|| a.cmp(b))
        });
        chosen.dedup_by(|later, first| later.0 == first.0);
        let loosely = |word: &u32| {
            let entry = &entries[words[*word as usize].entry as usize];
            !entry.exact && entry.level.is_some() && !words[*word as usize].alias
        };
        let loose: Vec<u32> = chosen.iter().map(|(_, word)| *word).filter(loosely).collect();
        let exact = || match chosen.is_empty() {
            true => Ok(None),
            false => CharwiseDoubleArrayAhoCorasickBuilder::new()
                .build_with_values(chosen.iter().map(|(pattern, word)| (pattern, *word)))
                .map(Some)
                .map_err(|error| Unmade(error.to_string())),
        };
        let initials = |word: u32| entries[words[word as usize].entry as usize].initials;
        let others = || (Loose::new(&words, &loose), Latin::new(&words, &loose, initials));
        let ((loose, latin), exact) = std::thread::scope(|threads| {
            let others = threads.spawn(others);
            let exact = exact();
            (others.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), exact)
        });
        Ok(Self { loose, latin, listed, words, exact: exact? })
    }

    pub fn len(&self) -> usize {
        self.listed.len()
    }

    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// What of the lists stands in a text, and what becomes of it.
    pub fn check(&self, text: &str, scope: Scope, scratch: &mut Scratch) -> Checked {
        let hits = self.hits(text, scope, scratch);
        let verdict = hits.iter().map(|hit| verdict(hit.level)).max().unwrap_or(Verdict::Allow);
        let text_masked = if hits.is_empty() { text.to_owned() } else { masked(text, &hits) };
        Checked { verdict, text_masked, hits }
    }

    /// What of the lists stands in a text, in its order. A clean one allocates nothing.
    pub fn hits(&self, text: &str, scope: Scope, scratch: &mut Scratch) -> Vec<Hit> {
        let mut hits = Vec::new();
        // As many bytes are not more characters.
        let cut =
            (text.len() > LONGEST_TEXT).then(|| text.char_indices().nth(LONGEST_TEXT)).flatten().map(|(at, _)| at);
        let looked_at = &text[..cut.unwrap_or(text.len())];
        let has = self.find(looked_at, scope, scratch, &mut hits, None);
        if has.invisible && looked_at.contains('\u{202e}') {
            self.find_reversed(looked_at, scope, scratch, &mut hits);
        }
        if cut.is_some() {
            let all = text.chars().count() as u32;
            hits.push(Hit {
                word: "".into(),
                category: "length".into(),
                level: ListLevel::Hold,
                rule: Rule::TooLong,
                list: "".into(),
                start: LONGEST_TEXT as u32,
                end: all,
            });
        }
        if hits.is_empty() {
            return hits;
        }
        tidy(&mut hits);
        if claims::speaks_against(looked_at) {
            hits.iter_mut().for_each(|hit| hit.level = hit.level.min(ListLevel::Hold));
        }
        hits
    }

    /// What looks like a claim of the lists and is none, and by which exception; a hit of [`Filter::hits`] that covers it counts more.
    pub fn exempt(&self, text: &str, scope: Scope, scratch: &mut Scratch) -> Vec<(Hit, Exemption)> {
        let mut spared = Vec::new();
        if text.char_indices().nth(LONGEST_TEXT).is_none() {
            self.find(text, scope, scratch, &mut Vec::new(), Some(&mut spared));
        }
        spared
    }

    /// As a reader sees it after the sign that turns the writing around.
    fn find_reversed(&self, text: &str, scope: Scope, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        let mut shown: Vec<(char, u32)> = Vec::new();
        let mut turned: Option<usize> = None;
        for (at, c) in text.chars().enumerate() {
            match (c, turned) {
                ('\u{202e}', None) => turned = Some(shown.len()),
                ('\u{202c}' | '\n', Some(from)) => {
                    shown[from..].reverse();
                    turned = None;
                }
                _ => shown.push((c, at as u32)),
            }
        }
        if let Some(from) = turned {
            shown[from..].reverse();
        }
        let mut found = Vec::new();
        self.find(&shown.iter().map(|(c, _)| *c).collect::<String>(), scope, scratch, &mut found, None);
        for mut hit in found {
            let places = &shown[hit.start as usize..hit.end as usize];
            let (Some(start), Some(end)) =
                (places.iter().map(|place| place.1).min(), places.iter().map(|place| place.1).max())
            else {
                continue;
            };
            if (end - start + 1) as usize == places.len() && places.windows(2).all(|pair| pair[0].1 < pair[1].1) {
                // Nothing of it is turned, so it was found already.
                continue;
            }
            (hit.start, hit.end, hit.rule) = (start, end + 1, Rule::Reversed);
            hit.level = hit.level.min(ListLevel::Hold);
            hits.push(hit);
        }
    }

    fn find(
        &self,
        text: &str,
        scope: Scope,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
        mut spared: Option<&mut Vec<(Hit, Exemption)>>,
    ) -> Has {
        let has = fold(text, &mut scratch.units);
        let Scratch { units, sounds } = scratch;
        let units = &units[..];
        if units.is_empty() {
            return has;
        }
        let mut words = Words::new(units);
        let mut innocent: Vec<(usize, usize)> = Vec::new();
        let mut found: Vec<(u32, usize, usize, Rule)> = Vec::new();
        if let Some(exact) = &self.exact {
            let mut stepper = exact.find_overlapping_stepper();
            for (at, unit) in units.iter().enumerate() {
                stepper.consume(unit.c);
                for word in stepper.matches().map(|found| found.value()) {
                    let behind = at + 1;
                    let from = behind - self.words[word as usize].units.len();
                    if self.listed[self.words[word as usize].entry as usize].level.is_none() {
                        innocent.push((from, behind));
                    } else if let Some(rule) = self.exactly(word, units, from, behind, text, &mut words) {
                        found.push((word, from, behind, rule));
                    }
                }
            }
        }
        self.loose.find(&self.words, units, sounds, &mut words, &mut found);
        if has.latin {
            self.latin.find(units, text, &mut found);
        }
        for (word, from, behind, rule) in found {
            let listed = &self.listed[self.words[word as usize].entry as usize];
            if !listed.scope.holds(scope) || innocent.iter().any(|within| within.0 <= from && behind <= within.1) {
                continue;
            }
            let Some(level) = listed.level else { continue };
            let spare = match rule {
                Rule::Leet => None,
                _ => claims::exemption(&listed.word, &listed.category, units, from, behind),
            };
            if spare.is_some() && spared.is_none() {
                continue;
            }
            let rule = if self.words[word as usize].alias { rule.max(Rule::Alias) } else { rule };
            let level = if rule.uncertain() && level != ListLevel::Alarm { ListLevel::Hold } else { level };
            let hit = Hit {
                word: listed.word.clone(),
                category: listed.category.clone(),
                level,
                rule,
                list: listed.list.clone(),
                start: units[from].start,
                end: units[behind - 1].end,
            };
            match (spare, &mut spared) {
                (Some(why), Some(spared)) => spared.push((hit, why)),
                _ => hits.push(hit),
            }
        }
        has
    }

    /// Whether the word really stands there, and in which dress.
    fn exactly(
        &self,
        word: u32,
        units: &[Unit],
        from: usize,
        behind: usize,
        text: &str,
        words: &mut Words,
    ) -> Option<Rule> {
        let pattern = &self.words[word as usize].units;
        let here = &units[from..behind];
        if pattern.iter().zip(here).any(|(wanted, unit)| unit.run < wanted.run) {
            return None;
        }
        let repeated = pattern.iter().zip(here).any(|(wanted, unit)| unit.run > wanted.run);
        if !edges(pattern, units, from, behind, repeated) {
            return None;
        }
        let inner = here[1..].iter().fold(0, |bits, unit| bits | unit.gap.0);
        let latin = here.iter().all(|unit| unit.latin());
        if Gap(inner).seen() && !latin && !apart(units, from, behind) {
            return None;
        }
        if latin && here.len() > 1 && Gap(inner).has(Gap::SPACE) && !spelled_out(pattern, here) {
            return None;
        }
        let han = here.iter().filter(|unit| unit.han() || is_han(unit.shown)).count();
        if here.len() == 1 && (!free_left(units, from) || !free_right(units, behind)) {
            return None;
        }
        if han > 0 && here.len() > 1 && words.cuts(from, behind) {
            return None;
        }
        // Doubled by grammar, not by somebody who hides: 妈妈的.
        if repeated && words.doubled(from, behind, pattern) {
            return None;
        }
        if here.iter().any(|unit| unit.alias) {
            return Some(Rule::Emoji);
        }
        if repeated {
            return Some(Rule::Repeat);
        }
        if Gap(inner).seen()
            && pattern[1..].iter().zip(&here[1..]).any(|(wanted, unit)| unit.gap.seen() && !wanted.gap.seen())
        {
            return Some(Rule::Noise);
        }
        if inner != 0 && pattern[1..].iter().all(|unit| unit.gap.0 == 0) {
            return Some(Rule::Invisible);
        }
        let entry = &self.listed[self.words[word as usize].entry as usize];
        let original =
            text.chars().skip(here[0].start as usize).take((here[here.len() - 1].end - here[0].start) as usize);
        Some(if original.eq(entry.word.chars()) { Rule::Exact } else { Rule::Form })
    }
}

/// Latin words and numbers are whole words.
fn edges(pattern: &[Unit], units: &[Unit], from: usize, behind: usize, repeated: bool) -> bool {
    let joins = |one: &Unit, other: &Unit| {
        other.gap.0 & !Gap::INVISIBLE == 0 && (one.latin() && other.latin() || one.figure() && other.figure())
    };
    let left = from == 0 || !joins(&units[from - 1], &units[from]);
    let right = behind == units.len() || !joins(&units[behind - 1], &units[behind]);
    if left && right {
        return true;
    }
    // sbsbsb: the word, again and again.
    if repeated || pattern.len() < 2 || !pattern[0].latin() {
        return false;
    }
    let (mut first, mut last) = (from, behind);
    while first > 0 && joins(&units[first - 1], &units[first]) {
        first -= 1;
    }
    while last < units.len() && joins(&units[last - 1], &units[last]) {
        last += 1;
    }
    let token = &units[first..last];
    token.len().is_multiple_of(pattern.len())
        && from == first
        && token
            .chunks(pattern.len())
            .all(|chunk| chunk.iter().zip(pattern).all(|(unit, wanted)| unit.c == wanted.c && unit.run >= wanted.run))
}

/// What stands between the characters of a word parts words of ordinary writing, unless it hides one: it does when the word stands
/// by itself on one side, or is taken apart everywhere.
fn apart(units: &[Unit], from: usize, behind: usize) -> bool {
    let here = &units[from..behind];
    let soft = here[1..].iter().any(|unit| unit.gap.has(Gap::SENTENCE | Gap::SPACE));
    let sentence = here[1..].iter().any(|unit| unit.gap.has(Gap::SENTENCE)) && here.iter().any(|unit| unit.run > 1);
    !soft
        || free_left(units, from)
        || free_right(units, behind) && !sentence
        || here.len() > 2 && here[1..].iter().all(|unit| unit.gap.seen())
}

/// Spaces within a Latin word: letter by letter, or where the word has them.
fn spelled_out(pattern: &[Unit], here: &[Unit]) -> bool {
    let as_listed = pattern[1..]
        .iter()
        .zip(&here[1..])
        .all(|(wanted, unit)| !unit.gap.has(Gap::SPACE) || wanted.gap.has(Gap::SPACE));
    as_listed || here[1..].iter().all(|unit| unit.gap.seen())
}

fn verdict(level: ListLevel) -> Verdict {
    match level {
        ListLevel::Alarm => Verdict::Allow,
        ListLevel::Mask => Verdict::Mask,
        ListLevel::Hold => Verdict::Hold,
        ListLevel::Block => Verdict::Block,
    }
}

/// In the order of the text; a hit within another one that weighs as much says nothing more.
fn tidy(hits: &mut Vec<Hit>) {
    hits.sort_by(|a, b| {
        a.start.cmp(&b.start).then(b.end.cmp(&a.end)).then(b.level.cmp(&a.level)).then(a.rule.cmp(&b.rule))
    });
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits.drain(..) {
        let covered =
            kept.iter().any(|other| other.start <= hit.start && hit.end <= other.end && other.level >= hit.level);
        if !covered {
            kept.push(hit);
        }
    }
    *hits = kept;
}

/// A star for each character of what is masked, held or blocked; everything else as it came.
pub fn masked(text: &str, hits: &[Hit]) -> String {
    let seen = hits.iter().filter(|hit| hit.level > ListLevel::Alarm && hit.rule != Rule::TooLong);
    starred(text, seen.map(|hit| (hit.start, hit.end)))
}

/// A star for each character of these places, which come in their order.
pub fn starred(text: &str, spans: impl Iterator<Item = (u32, u32)>) -> String {
    let mut spans = spans.peekable();
    let mut until = 0;
    let star = |(at, c): (usize, char)| {
        let at = at as u32;
        while let Some((start, end)) = spans.peek().copied()
            && start <= at
        {
            until = until.max(end);
            spans.next();
        }
        if at < until { '*' } else { c }
    };
    text.chars().enumerate().map(star).collect()
}
