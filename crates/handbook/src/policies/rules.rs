//! A text as articles, and what a new text changes.

use super::{Check, PolicyArticle};

/// Is it a day as people write it: `2021-04-23`?
pub fn is_day(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut part = |length: usize, from: u32, to: u32| {
        parts.next().is_some_and(|part| {
            part.len() == length && part.parse::<u32>().is_ok_and(|number| (from..=to).contains(&number))
        })
    };
    part(4, 1_900, 2_999) && part(2, 1, 12) && part(2, 1, 31) && parts.next().is_none()
}

/// The articles of a text. Where nothing is called 第…条, every paragraph is one; what stands before the first is the article `0`.
pub fn split(text: &str) -> Vec<PolicyArticle> {
    let lines = || text.lines().map(|line| line.trim_matches(|char: char| char.is_whitespace() || char == '\u{feff}'));
    let has_articles = lines().any(|line| article_code(line).is_some());
    let (mut articles, mut chapter): (Vec<PolicyArticle>, String) = Default::default();
    for line in lines().filter(|line| !line.is_empty()) {
        if has_articles && is_heading(line) {
            chapter = line.to_owned();
            continue;
        }
        let code = match article_code(line) {
            Some(code) => Some(code),
            None if !has_articles => Some((articles.len() + 1).to_string()),
            None => articles.is_empty().then(|| "0".to_owned()),
        };
        match (code, articles.last_mut()) {
            (None, Some(last)) => {
                last.text.push('\n');
                last.text.push_str(line);
            }
            (code, _) => {
                let code = unique(&articles, code.unwrap_or_default());
                let (maps, no_rule, check) = Default::default();
                articles.push(PolicyArticle {
                    code,
                    chapter: chapter.clone(),
                    text: line.to_owned(),
                    maps,
                    no_rule,
                    check,
                });
            }
        }
    }
    articles
}

/// Annexes count from one again.
fn unique(articles: &[PolicyArticle], code: String) -> String {
    let taken = |code: &str| articles.iter().any(|article| article.code == code);
    if !taken(&code) {
        return code;
    }
    (2..).map(|n: u32| format!("{code}.{n}")).find(|code| !taken(code)).unwrap_or(code)
}

/// 第三章, 第一节: stands above articles.
fn is_heading(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('第') else { return false };
    let behind = rest.trim_start_matches(is_numeral);
    behind.len() < rest.len() && ['章', '节', '编'].iter().any(|unit| behind.starts_with(*unit))
}

/// `7` of 第七条, `7-1` of 第七条之一.
fn article_code(line: &str) -> Option<String> {
    let rest = line.strip_prefix('第')?;
    let behind = rest.trim_start_matches(is_numeral);
    let number = numeral(rest.strip_suffix(behind)?)?;
    let behind = behind.strip_prefix('条')?;
    let sub = behind.strip_prefix('之').and_then(|rest| {
        let after = rest.trim_start_matches(is_numeral);
        numeral(rest.strip_suffix(after)?)
    });
    // 第七条规定的 begins a sentence about it.
    let about = ["第", "规定", "的", "和", "、", "至", "或", "及", "与", "所"];
    if sub.is_none() && about.iter().any(|word| behind.starts_with(word)) {
        return None;
    }
    Some(sub.map_or_else(|| number.to_string(), |sub| format!("{number}-{sub}")))
}

/// Digits as wide as a Chinese character.
const WIDE: std::ops::RangeInclusive<char> = '\u{ff10}'..='\u{ff19}';

fn is_numeral(char: char) -> bool {
    "一二三四五六七八九十百千零〇两".contains(char) || char.is_ascii_digit() || WIDE.contains(&char)
}

fn numeral(text: &str) -> Option<u32> {
    let digit = |char: char| match char {
        '零' | '〇' => Some(0),
        '两' => Some(2),
        wide if WIDE.contains(&wide) => Some(u32::from(wide) - u32::from(*WIDE.start())),
        _ => "一二三四五六七八九".chars().position(|one| one == char).map(|at| at as u32 + 1).or(char.to_digit(10)),
    };
    if text.is_empty() || text.chars().count() > 9 {
        return None;
    }
    let (mut sum, mut last, mut tens) = (0_u32, None, false);
    for char in text.chars() {
        let unit = match char {
            '十' => 10,
            '百' => 100,
            '千' => 1_000,
            _ => {
                let digit = digit(char)?;
                // 第二〇条 and 第20条 are written by place.
                last = Some(if tens { digit } else { last.unwrap_or(0) * 10 + digit });
                continue;
            }
        };
        // 十 alone is ten.
        sum += last.filter(|digit| *digit > 0).unwrap_or(1) * unit;
        (last, tens) = (None, true);
    }
    Some(sum + last.unwrap_or(0))
}

/// What a new text does to an article of the old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Added(String),
    Changed { code: String, before: String },
    Removed(PolicyArticle),
}

/// The articles of a new text with what followed those of the old, and what changed. Whose text changed and that something followed is
/// to be checked; so is a new one.
pub fn renew(old: &[PolicyArticle], new: Vec<PolicyArticle>, check: &Check) -> (Vec<PolicyArticle>, Vec<Change>) {
    let mut changes = Vec::new();
    let mut articles = Vec::with_capacity(new.len());
    for mut article in new {
        match old.iter().find(|other| other.code == article.code) {
            Some(before) => {
                (article.maps, article.no_rule) = (before.maps.clone(), before.no_rule.clone());
                article.check = before.check.clone();
                if before.text != article.text {
                    changes.push(Change::Changed { code: article.code.clone(), before: before.text.clone() });
                    article.check = Some(check.clone());
                }
            }
            None if !old.is_empty() => {
                changes.push(Change::Added(article.code.clone()));
                article.check = Some(check.clone());
            }
            None => {}
        }
        articles.push(article);
    }
    let gone = old.iter().filter(|before| !articles.iter().any(|article| article.code == before.code));
    changes.extend(gone.cloned().map(Change::Removed));
    (articles, changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policies::{MappingKind, PolicyMapping};
    use events::Millis;

    fn codes(text: &str) -> Vec<String> {
        split(text).into_iter().map(|article| article.code).collect()
    }

    #[test]
    fn articles_are_found_however_they_are_numbered() {
        let text = "网络直播管理办法\n\n第一章 总则\n第一条 为了规范,制定本办法。\n第十条 平台应当:\n(一)核验;\n第十条规定的平台,从其规定。\n\
                    第二章 责任\n 第二十一条 主播不得。\n第一百零三条之二 罚款。\n第5条 附则";
        let articles = split(text);
        assert_eq!(codes(text), ["0", "1", "10", "21", "103-2", "5"]);
        assert_eq!(articles[2].text, "第十条 平台应当:\n(一)核验;\n第十条规定的平台,从其规定。");
        assert_eq!((articles[1].chapter.as_str(), articles[3].chapter.as_str()), ("第一章 总则", "第二章 责任"));
        assert_eq!(codes("第一条 甲\n第一条 乙"), ["1", "1.2"]);
        assert_eq!(codes("甲\n\n乙"), ["1", "2"], "paragraphs, where nothing is an article");
        assert_eq!(codes(""), [""; 0]);
        let numbers = ["十", "十一", "二十", "一百", "一百一十", "一千零二", "二〇", "\u{ff11}2"].map(numeral);
        assert_eq!(numbers, [10, 11, 20, 100, 110, 1_002, 20, 12].map(Some));
    }

    #[test]
    fn what_changed_is_to_be_checked_and_keeps_what_followed_it() {
        let check = Check { owner: "lin".into(), since: Millis(1), due_at: Millis(2) };
        let mut old = split("第一条 甲\n第二条 乙\n第三条 丙");
        old[1].maps = vec![PolicyMapping { kind: MappingKind::Clause, code: "spam".into() }];
        let (articles, changes) = renew(&old, split("第一条 甲\n第二条 乙乙\n第四条 丁"), &check);
        assert_eq!(articles[1].maps, old[1].maps);
        let checks: Vec<bool> = articles.iter().map(|article| article.check.is_some()).collect();
        assert_eq!(checks, [false, true, true]);
        assert!(matches!(&changes[..], [Change::Changed { code, .. }, Change::Added(new), Change::Removed(gone)]
            if code == "2" && new == "4" && gone.code == "3"));
        let (first, changes) = renew(&[], split("第一条 甲"), &check);
        assert!(changes.is_empty() && first[0].check.is_none(), "the first text changes nothing");
    }

    #[test]
    fn days_are_days() {
        let good = ["2021-04-23", "2021-4-23", "2021-13-01", "today", ""].map(is_day);
        assert_eq!(good, [true, false, false, false, false]);
    }
}
