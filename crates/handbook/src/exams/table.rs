//! The bank as a file: CSV for people with spreadsheets, JSON for programs.
//!
//! Columns: `code,kind,clause,article,difficulty,right,text_zh,options_zh,explanation_zh,text_en,options_en,explanation_en`. Options
//! stand behind each other with `|` between them, the right ones as letters: `AC`. A statement needs no options; `A` is true.

use super::{Choice, Question, QuestionKind};
use crate::{refusal, store::Item};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const COLUMNS: [&str; 12] = [
    "code",
    "kind",
    "clause",
    "article",
    "difficulty",
    "right",
    "text_zh",
    "options_zh",
    "explanation_zh",
    "text_en",
    "options_en",
    "explanation_en",
];

/// A question with its code, as files of JSON have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CodedQuestion {
    pub code: String,
    #[serde(flatten)]
    pub question: Question,
}

/// A line that was not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SkippedLine {
    /// Of the file, from 1; of JSON: of the list.
    pub line: u64,
    pub why: String,
}

/// What is good in a file, and what is not.
pub fn read(text: &str, clauses: &[&str]) -> (Vec<(String, Question)>, Vec<SkippedLine>) {
    let text = text.trim_start_matches('\u{feff}');
    let (mut good, mut skipped): (Vec<(String, Question)>, Vec<SkippedLine>) = Default::default();
    let is_json = text.trim_start().starts_with('[');
    let lines = if is_json { read_json(text) } else { read_csv(text) };
    for (line, read) in lines {
        let checked = read.and_then(|(code, question)| {
            refusal::code(&code).map_err(|refusal| refusal.to_string())?;
            question.check(clauses).map_err(|refusal| refusal.to_string())?;
            if good.iter().any(|(other, _)| *other == code) {
                return Err(format!("`{code}` stands in the file twice"));
            }
            Ok((code, question))
        });
        match checked {
            Ok(one) => good.push(one),
            Err(why) => skipped.push(SkippedLine { line, why }),
        }
    }
    (good, skipped)
}

type Read = (u64, Result<(String, Question), String>);

fn read_json(text: &str) -> Vec<Read> {
    let list: Vec<serde_json::Value> = match serde_json::from_str(text) {
        Ok(list) => list,
        Err(error) => return vec![(error.line() as u64, Err(format!("this is no list in JSON: {error}")))],
    };
    let question = |value: serde_json::Value| {
        let mut value = value;
        let code = value.as_object_mut().and_then(|fields| fields.remove("code"));
        let code = code.and_then(|code| code.as_str().map(str::to_owned)).ok_or("`code` is missing")?;
        let question = serde_json::from_value(value).map_err(|error| error.to_string())?;
        Ok((code, question))
    };
    (1..).zip(list).map(|(line, value)| (line, question(value))).collect()
}

fn read_csv(text: &str) -> Vec<Read> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers().cloned().unwrap_or_default();
    let missing = ["code", "kind", "right", "text_zh"].iter().find(|name| !headers.iter().any(|other| other == **name));
    if let Some(missing) = missing {
        return vec![(1, Err(format!("the column `{missing}` is missing")))];
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                let field = |name: &str| {
                    let at = headers.iter().position(|other| other == name);
                    at.and_then(|at| record.get(at)).unwrap_or_default().trim().to_owned()
                };
                lines.push((line, question(field)));
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                lines.push((line, Err(error.to_string())));
            }
        }
    }
    lines
}

fn question(field: impl Fn(&str) -> String) -> Result<(String, Question), String> {
    let kind = match field("kind").as_str() {
        "single" => QuestionKind::Single,
        "multiple" => QuestionKind::Multiple,
        "true_false" => QuestionKind::TrueFalse,
        other => return Err(format!("`{other}` is none of `single`, `multiple` and `true_false`")),
    };
    let split = |text: String| -> Vec<String> {
        if text.is_empty() { Vec::new() } else { text.split('|').map(|part| part.trim().to_owned()).collect() }
    };
    let (mut zh, mut en) = (split(field("options_zh")), split(field("options_en")));
    if kind == QuestionKind::TrueFalse && zh.is_empty() {
        (zh, en) = (vec!["正确".into(), "错误".into()], vec!["True".into(), "False".into()]);
    }
    if !en.is_empty() && en.len() != zh.len() {
        return Err("`options_en` are as many as `options_zh`, or none".into());
    }
    en.resize(zh.len(), String::new());
    let right = field("right").to_ascii_uppercase();
    let right = right.bytes().map(|letter| letter.checked_sub(b'A').filter(|at| *at < 9));
    let difficulty = field("difficulty");
    let some = |text: String| (!text.is_empty()).then_some(text);
    let question = Question {
        kind,
        text_zh: field("text_zh"),
        text_en: field("text_en"),
        options: zh.into_iter().zip(en).map(|(zh, en)| Choice { zh, en }).collect(),
        right: right.collect::<Option<_>>().ok_or("`right` is letters from `A` on")?,
        explanation_zh: field("explanation_zh"),
        explanation_en: field("explanation_en"),
        clause: some(field("clause")),
        article: some(field("article")),
        difficulty: if difficulty.is_empty() {
            1
        } else {
            difficulty.parse().map_err(|_| "`difficulty` is 1, 2 or 3")?
        },
        retired: false,
    };
    Ok((field("code"), question))
}

/// The bank as CSV. What a spreadsheet would take for a formula stands behind an apostrophe.
pub fn to_csv(bank: &[Item<Question>]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for Item { code, body, .. } in bank {
        let options = |text: fn(&Choice) -> &str| {
            let all: Vec<&str> = body.options.iter().map(text).collect();
            if all.iter().all(|text| text.is_empty()) { String::new() } else { all.join("|") }
        };
        let kind = match body.kind {
            QuestionKind::Single => "single",
            QuestionKind::Multiple => "multiple",
            QuestionKind::TrueFalse => "true_false",
        };
        let fields = [
            code.clone(),
            kind.to_owned(),
            body.clause.clone().unwrap_or_default(),
            body.article.clone().unwrap_or_default(),
            body.difficulty.to_string(),
            body.right.iter().map(|at| char::from(b'A'.saturating_add(*at))).collect(),
            body.text_zh.clone(),
            options(|option| &option.zh),
            body.explanation_zh.clone(),
            body.text_en.clone(),
            options(|option| &option.en),
            body.explanation_en.clone(),
        ];
        writer.write_record(fields.map(harmless))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

fn harmless(field: String) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t']) { format!("'{field}") } else { field }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::Millis;

    const CLAUSES: &[&str] = &["spam", "claim"];

    #[test]
    fn what_is_written_is_what_was_read() {
        let file = "code,kind,clause,article,difficulty,right,text_zh,options_zh,explanation_zh,text_en,options_en,explanation_en\n\
                    one,single,spam,spam,2,B,\"甲,乙?\",甲|乙|丙,因为,A?,a|b|c,because\n\
                    two,true_false,,,1,A,对吗,,,,,\n";
        let (good, skipped) = read(file, CLAUSES);
        assert_eq!(skipped, []);
        assert_eq!(good[0].1.right, [1]);
        assert_eq!(good[1].1.options[1].en, "False");
        let item = |(code, body): &(String, Question)| Item {
            code: code.clone(),
            version: 1,
            body: body.clone(),
            changed_by: String::new(),
            changed_at: Millis(0),
        };
        let items: Vec<Item<Question>> = good.iter().map(item).collect();
        assert_eq!(read(&to_csv(&items).expect("a file"), CLAUSES), (good.clone(), Vec::new()));
        let coded: Vec<CodedQuestion> = good
            .iter()
            .map(|(code, question)| CodedQuestion { code: code.clone(), question: question.clone() })
            .collect();
        let json = serde_json::to_string(&coded).expect("JSON");
        assert_eq!(read(&json, CLAUSES), (good, Vec::new()));
    }

    #[test]
    fn every_line_that_is_not_taken_is_named() {
        let file = "code,kind,right,text_zh,options_zh,clause\n\
                    good,single,A,题,甲|乙,spam\n\
                    good,single,A,题,甲|乙,spam\n\
                    Bad Code,single,A,题,甲|乙,spam\n\
                    kind,essay,A,题,甲|乙,spam\n\
                    right,single,D,题,甲|乙,spam\n\
                    two,single,AB,题,甲|乙,spam\n\
                    clause,single,A,题,甲|乙,weather\n\
                    letters,single,1,题,甲|乙,spam\n";
        let (good, skipped) = read(file, CLAUSES);
        assert_eq!(good.len(), 1);
        assert_eq!(skipped.iter().map(|one| one.line).collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(read("question;answer\n", CLAUSES).1.len(), 1, "the columns are missing");
        assert_eq!(read("[{\"code\": 1}, 2]", CLAUSES).1.len(), 2);
        assert_eq!(read("[", CLAUSES).1.len(), 1);
    }
}
