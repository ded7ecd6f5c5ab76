//! What Kaibo brings along 入门手册: a handbook in both languages, a bank of questions on it, and one exam. It stands in `data/`.

use crate::{
    articles::{Article, Published, in_order},
    exams::{Exam, Question, table},
};
use std::{collections::BTreeMap, sync::LazyLock};

const ZH: &str = include_str!("../data/handbook.zh.md");
const EN: &str = include_str!("../data/handbook.en.md");
const QUESTIONS: &str = include_str!("../data/questions.csv");

static ARTICLES: LazyLock<Vec<(String, Article)>> = LazyLock::new(|| {
    let english: BTreeMap<&str, (Vec<&str>, &str, &str)> = sections(EN)
        .map(|(head, title, body)| (head.first().copied().unwrap_or_default(), (head, title, body)))
        .collect();
    let articles = sections(ZH).map(|(head, title_zh, body_zh)| {
        let field = |at: usize| head.get(at).copied().unwrap_or_default();
        let list = |text: &str, by: char| -> Vec<String> {
            text.split(by).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let (head_en, title_en, body_en) = english.get(field(0)).cloned().unwrap_or_default();
        let article = Article {
            chapter_zh: field(2).to_owned(),
            chapter_en: head_en.get(1).copied().unwrap_or_default().to_owned(),
            place: field(1).parse().unwrap_or_default(),
            title_zh: title_zh.to_owned(),
            title_en: title_en.to_owned(),
            body_zh: body_zh.to_owned(),
            body_en: body_en.to_owned(),
            clauses: list(field(3), ','),
            sources: list(field(4), ';'),
        };
        (field(0).to_owned(), article)
    });
    articles.collect()
});

/// `=== code | ...`, a title behind `# `, and the text.
fn sections(file: &str) -> impl Iterator<Item = (Vec<&str>, &str, &str)> {
    file.split("=== ").skip(1).filter_map(|section| {
        let (head, rest) = section.split_once('\n')?;
        let (title, body) = rest.trim_start().strip_prefix("# ")?.split_once('\n')?;
        Some((head.split('|').map(str::trim).collect(), title.trim(), body.trim()))
    })
}

pub fn articles() -> Vec<(String, Article)> {
    ARTICLES.clone()
}

/// As the version that is in force before the first is published.
pub fn published() -> Vec<Published> {
    in_order(articles().into_iter().map(|(code, article)| Published { code, article }).collect())
}

pub fn questions() -> Vec<(String, Question)> {
    static READ: LazyLock<Vec<(String, Question)>> = LazyLock::new(|| {
        // Every clause they name is published; a test holds it.
        let clauses: Vec<&str> = CLAUSES.to_vec();
        table::read(QUESTIONS, &clauses).0
    });
    READ.clone()
}

/// The clauses that the starter names.
pub const CLAUSES: &[&str] = &[
    "abuse",
    "sexual",
    "gambling",
    "fraud",
    "contact",
    "claim",
    "medical",
    "financial",
    "politics",
    "minors",
    "privacy",
    "own",
];

pub fn exams() -> Vec<(String, Exam)> {
    let quotas = [("claim", 3), ("contact", 1), ("gambling", 2), ("medical", 2), ("minors", 2), ("privacy", 1)];
    let exam = Exam {
        title_zh: "合规基础".into(),
        title_en: "Compliance basics".into(),
        questions: 20,
        quotas: quotas.into_iter().map(|(clause, count)| (clause.to_owned(), count)).collect(),
        minutes: 30,
        pass_percent: 80,
        attempts_a_day: 3,
        valid_days: 365,
        roles: Vec::new(),
        required: false,
    };
    vec![("basics".into(), exam)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_article_is_good_and_stands_in_both_languages() {
        let articles = articles();
        assert!(articles.len() >= 12, "{}", articles.len());
        for (code, article) in &articles {
            article.check(CLAUSES).unwrap_or_else(|refusal| panic!("{code}: {refusal}"));
            for text in [&article.title_en, &article.body_en, &article.chapter_en] {
                assert!(!text.is_empty(), "{code} in English");
            }
        }
        let places: BTreeSet<u32> = articles.iter().map(|(_, article)| article.place).collect();
        assert_eq!(places.len(), articles.len(), "each stands somewhere else");
    }

    #[test]
    fn every_question_is_good_and_its_article_is_there() {
        let (questions, skipped) = table::read(QUESTIONS, CLAUSES);
        assert_eq!(skipped, []);
        assert!(questions.len() >= 40, "{}", questions.len());
        let articles = articles();
        for (code, question) in &questions {
            assert!(
                question.article.as_ref().is_some_and(|article| articles.iter().any(|(other, _)| other == article)),
                "{code}"
            );
            let texts = [&question.text_en, &question.explanation_zh, &question.explanation_en];
            assert!(texts.iter().all(|text| !text.is_empty()), "{code} in both languages");
            assert!(question.options.iter().all(|option| !option.en.is_empty()), "{code} in both languages");
        }
    }

    #[test]
    fn the_exam_can_be_drawn() {
        for (code, exam) in exams() {
            exam.check(CLAUSES).unwrap_or_else(|refusal| panic!("{code}: {refusal}"));
            let bank: Vec<_> = questions()
                .into_iter()
                .map(|(code, body)| crate::store::Item {
                    code,
                    version: 1,
                    body,
                    changed_by: String::new(),
                    changed_at: events::Millis(0),
                })
                .collect();
            for seed in 0..20 {
                assert!(crate::exams::rules::draw(&exam, &bank, seed).is_ok());
            }
        }
    }
}
