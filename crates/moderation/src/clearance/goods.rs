//! What categories of goods 商品类目 need: papers, words that have to be said, and who signs. One data file, each line with its law.

use super::Profession;
use std::sync::LazyLock;

/// A category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Who signs what is said of them.
    pub signed_by: Option<Profession>,
    pub papers: Vec<Paper>,
    /// One of these words has to be said, and the law behind it.
    pub say: Vec<(Vec<&'static str>, &'static str)>,
    /// The law by which nobody may sell them in a show.
    pub banned: Option<&'static str>,
}

/// A kind of paper that a category needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Always; else it depends on the goods, and a person looks.
    pub always: bool,
    pub source: &'static str,
}

static LIST: LazyLock<Vec<Goods>> = LazyLock::new(|| read(include_str!("../../data/goods.tsv")).0);

pub fn all() -> &'static [Goods] {
    &LIST
}

pub fn find(code: &str) -> Option<&'static Goods> {
    LIST.iter().find(|goods| goods.code == code)
}

/// The kind of paper of that name, whatever needs it.
pub fn paper(code: &str) -> Option<&'static Paper> {
    LIST.iter().flat_map(|goods| &goods.papers).find(|paper| paper.code == code)
}

/// Categories, and the lines that are nothing.
fn read(text: &'static str) -> (Vec<Goods>, Vec<&'static str>) {
    let (mut list, mut bad) = (Vec::<Goods>::new(), Vec::new());
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let fields: Vec<&'static str> = line.split('\t').collect();
        let known = match fields[..] {
            ["goods", code, zh, en, signed_by] => {
                let (papers, say, banned) = Default::default();
                list.push(Goods { code, zh, en, signed_by: Profession::of(signed_by), papers, say, banned });
                signed_by.is_empty() || Profession::of(signed_by).is_some()
            }
            ["paper", of, code, zh, en, need @ ("must" | "when"), source] => {
                let paper = Paper { code, zh, en, always: need == "must", source };
                add(&mut list, of, |goods| goods.papers.push(paper))
            }
            ["say", of, words, source] => {
                add(&mut list, of, |goods| goods.say.push((words.split('|').collect(), source)))
            }
            ["ban", of, source] => add(&mut list, of, |goods| goods.banned = Some(source)),
            _ => false,
        };
        if !known {
            bad.push(line);
        }
    }
    (list, bad)
}

fn add(list: &mut [Goods], code: &str, change: impl FnOnce(&mut Goods)) -> bool {
    list.iter_mut().find(|goods| goods.code == code).map(change).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn every_line_is_something_and_has_its_law() {
        let (list, bad) = read(include_str!("../../data/goods.tsv"));
        assert_eq!(bad, Vec::<&str>::new());
        let codes: BTreeSet<&str> = list.iter().map(|goods| goods.code).collect();
        assert_eq!(codes.len(), list.len());
        for goods in &list {
            assert!(goods.banned.is_some() || !goods.papers.is_empty(), "{}", goods.code);
            assert!(goods.papers.iter().all(|paper| paper.source.starts_with('《')), "{}", goods.code);
            assert!(goods.say.iter().all(|(_, source)| source.starts_with('《')), "{}", goods.code);
        }
    }

    #[test]
    fn a_paper_has_one_name() {
        let mut names = BTreeMap::new();
        for paper in all().iter().flat_map(|goods| &goods.papers) {
            let name = *names.entry(paper.code).or_insert((paper.zh, paper.en));
            // 医疗广告 are approved by others, under the same code.
            assert!(name == (paper.zh, paper.en) || paper.code == "ad_approval", "{}", paper.code);
        }
    }
}
