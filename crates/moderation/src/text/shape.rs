//! Characters by their looks: what parts make one, and which are taken for one another.
//!
//! `data/splits.txt`: a character and its two or three parts a line. From the splitting dictionary of kaifangcidian.com
//! (kfcd/chaizi, CC BY 3.0), simplified, cut to the characters of GB 2312.

use super::bits::{Bits, pair};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::LazyLock,
};

struct Shapes {
    /// By the first part: where what it makes is in `joined`.
    begins: Vec<(u32, u32)>,
    /// The other parts and the whole, sorted by the parts.
    joined: Vec<([char; 2], char)>,
    /// The first two parts.
    pairs: Bits,
    /// By the character: where its likes are in `all`.
    like: Vec<(u32, u32)>,
    all: Vec<char>,
}

const FIRST: u32 = 0x2e80;
const LAST: u32 = 0x9fff;

fn place(c: char) -> Option<usize> {
    (FIRST..=LAST).contains(&(c as u32)).then(|| (c as u32 - FIRST) as usize)
}

/// Pairs that no rule finds.
const PAIRS: &str = "微徽 末未 日曰 己已 已巳 人入 千干 干于 土士 刀力 大太 天夫 甲申 由甲 帐账 博搏 博愽 台囼 卖买 赌睹 毒毐 娃佳 枪抢 枪苍 奸奷 妓伎 操澡 操燥 \
                     逼副 逼幅 鸡鸟 傻俊 贱践 死夗 杀刹 嫖瞟 骚搔 贷货 贷袋 票漂 票禀 币巾 色巴 巴已 情清 情倩 聊柳 裸课 裸祼 药约 药苭 弹禅 粉纷 嫩懒 爆瀑 炮泡 炮袍 法怯 轮抡 轮沦 功攻 功劲 \
                     信倍 信佶 加咖 群裙 代伐 代袋 发友 假徦 仿彷 仿防 赠増 增憎 港巷 彩采 彩釆 票嫖 博傅 博缚 网冈 站钻 站玷 钱线 钱浅 费贲 免兔 免兑 领岭 奖浆 奖桨";

/// Parts that are put before or around a character without changing what it is taken for.
const ADDED: &str = "亻彳氵冫忄扌木禾十讠口日目王土女纟艹囗钅金贝月火石";

static SHAPES: LazyLock<Shapes> = LazyLock::new(|| {
    let size = (LAST - FIRST + 1) as usize;
    let mut made: BTreeMap<[char; 3], char> = BTreeMap::new();
    let mut rests: HashMap<char, Vec<(char, char)>> = HashMap::new();
    for line in include_str!("../../data/splits.txt").lines() {
        let mut chars = line.chars();
        let (Some(whole), Some(one), Some(two)) = (chars.next(), chars.next(), chars.next()) else { continue };
        let three = chars.next();
        made.entry([one, two, three.unwrap_or('\0')]).or_insert(whole);
        if three.is_none() && ADDED.contains(one) {
            rests.entry(two).or_default().push((one, whole));
        }
    }
    let mut shapes = Shapes {
        begins: vec![(0, 0); size],
        joined: Vec::with_capacity(made.len()),
        pairs: Bits::for_pairs(made.len()),
        like: vec![(0, 0); size],
        all: Vec::new(),
    };
    for ([one, two, three], whole) in made {
        shapes.pairs.put(pair(one, two));
        if let Some(at) = place(one) {
            let (first, count) = &mut shapes.begins[at];
            if *count == 0 {
                *first = shapes.joined.len() as u32;
            }
            *count += 1;
            shapes.joined.push(([two, three], whole));
        }
    }
    let mut like: BTreeMap<char, BTreeSet<char>> = BTreeMap::new();
    let mut alike = |a: char, b: char| {
        like.entry(a).or_default().insert(b);
        like.entry(b).or_default().insert(a);
    };
    for pair in PAIRS.split_whitespace() {
        let mut chars = pair.chars();
        if let (Some(a), Some(b)) = (chars.next(), chars.next()) {
            alike(a, b);
        }
    }
    // The same but for the part before, or with one before.
    for (rest, wholes) in rests {
        for (part, whole) in &wholes {
            alike(*whole, rest);
            wholes
                .iter()
                .filter(|(other, c)| other != part && c != whole && near(*part, *other))
                .for_each(|(_, c)| alike(*whole, *c));
        }
    }
    for (c, others) in like {
        if let Some(at) = place(c) {
            // A part that is in too many characters says nothing.
            let others: Vec<char> = others.into_iter().filter(|other| *other != c).take(24).collect();
            shapes.like[at] = (shapes.all.len() as u32, others.len() as u32);
            shapes.all.extend(others);
        }
    }
    shapes
});

/// Parts that are mistaken for each other.
fn near(one: char, other: char) -> bool {
    const NEAR: &[&str] = &["亻彳十忄", "氵冫讠", "木禾扌", "日目月贝", "土王", "口囗", "钅金", "火石"];
    NEAR.iter().any(|family| family.contains(one) && family.contains(other))
}

/// The character that these parts make.
pub fn joined(parts: &[char]) -> Option<char> {
    let (first, count) = SHAPES.begins[place(*parts.first()?)?];
    let made = &SHAPES.joined[first as usize..(first + count) as usize];
    let rest = [*parts.get(1)?, parts.get(2).copied().unwrap_or('\0')];
    made.binary_search_by(|one| one.0.cmp(&rest)).ok().map(|at| made[at].1)
}

/// Whether some character may be made of these two, and perhaps another one.
pub fn begins(one: char, two: char) -> bool {
    SHAPES.pairs.has(pair(one, two))
}

/// What a character may be taken for.
pub fn like(c: char) -> &'static [char] {
    let Some((first, count)) = place(c).map(|at| SHAPES.like[at]) else { return &[] };
    &SHAPES.all[first as usize..(first + count) as usize]
}
