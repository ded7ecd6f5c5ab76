//! `kaibo text` as a pipeline uses it.

use crate::harness::BINARY;
use serde_json::Value;
use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

fn kaibo(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(BINARY)
        .arg("text")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("kaibo");
    let mut stdin = child.stdin.take().expect("its input");
    stdin.write_all(input).expect("writing its input");
    drop(stdin);
    child.wait_with_output().expect("its output")
}

fn lines(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file");
    path.display().to_string()
}

#[test]
fn every_line_is_answered_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = file(folder.path(), "own.tsv", "骗子\tfraud\tblock\n坏\tx\tsevere\n");
    let output =
        kaibo(&["check", "--lexicon", &own], "你是騙*子\n\n主播真好看\r\n加\u{200b}微信\nbad \u{fffd}\n".as_bytes());
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 2: `severe` is no level"));
    let answers = lines(&output);
    assert_eq!(
        answers.iter().map(|answer| answer["verdict"].as_str()).collect::<Vec<_>>(),
        ["block", "allow", "allow", "hold", "allow"].map(Some)
    );
    assert_eq!(answers[0]["text_masked"], "你是***");
    let hit = &answers[0]["hits"][0];
    assert_eq!(
        (hit["word"].as_str(), hit["rule"].as_str(), hit["start"].as_u64(), hit["end"].as_u64()),
        (Some("骗子"), Some("noise"), Some(2), Some(5))
    );
    // What is no text is no end.
    assert_eq!(lines(&kaibo(&["check", "--lexicon", "none"], b"\xff\xfe\n")).len(), 1);
    let title = kaibo(&["check", "--lexicon", "none", "--scope", "title"], "全网第一面膜\n".as_bytes());
    assert_eq!(lines(&title)[0]["hits"][0]["category"], "claim");
}

#[test]
fn a_model_is_trained_and_measured() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows: String = (0..120)
        .map(|at| if at % 2 == 0 { format!("1,\"你是垃圾, {at}\"\n") } else { format!("0,真好看{at}\n") })
        .collect();
    let csv = file(folder.path(), "judged.csv", &format!("\u{feff}label,TEXT\n{rows}"));
    let model = folder.path().join("model").display().to_string();
    let trained = kaibo(&["train", "--csv", &csv, "--text", "TEXT", "--label", "label", "--out", &model], b"");
    assert!(trained.status.success(), "{}", String::from_utf8_lossy(&trained.stderr));
    let measured = kaibo(&["eval", "--model", &model, "--csv", &csv, "--text", "TEXT", "--label", "label"], b"");
    let measured: Value = serde_json::from_slice(&measured.stdout).expect("JSON");
    assert!(measured["accuracy"].as_f64().expect("a share") > 0.9, "{measured}");
    for part in ["macro_f1", "precision", "recall", "calibration_error", "coverage_at_92", "intervals"] {
        assert!(!measured[part].is_null(), "{part}");
    }
    for (arguments, why) in [
        (vec!["eval", "--model", &csv, "--csv", &csv], "no model"),
        (vec!["train", "--csv", &csv, "--text", "words", "--out", &model], "no column `words`"),
        (vec!["train", "--csv", "/no/such/file", "--out", &model], "/no/such/file"),
    ] {
        let refused = kaibo(&arguments, b"");
        assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains(why), "{refused:?}");
    }
}
