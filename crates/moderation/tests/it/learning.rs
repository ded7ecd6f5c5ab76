//! The classifier: it learns, comes back from its file, and knows what is no model.

use moderation::text::{Example, Model, Unusable};

fn examples() -> Vec<Example> {
    let bad = ["真是废物", "滚出去吧", "你们都是垃圾", "恶心的人"];
    let good = ["主播真好看", "这个多少钱", "来了来了", "什么时候发货"];
    let mut examples = Vec::new();
    for at in 0..200 {
        examples.push(Example { text: format!("{}{at}", bad[at % 4]), bad: true });
        examples.push(Example { text: format!("{}{at}", good[at % 4]), bad: false });
    }
    examples
}

#[test]
fn it_learns_and_says_how_well() {
    let model = Model::train(&examples()).expect("a model");
    let quality = model.quality(&examples(), 0.5);
    assert!(quality.accuracy > 0.9, "{quality:?}");
    let [low, high] = quality.intervals.accuracy;
    assert!(low <= quality.accuracy && quality.accuracy <= high);
    assert_eq!((quality.texts, quality.bad, quality.at_coverage.len()), (400, 200, 10));
    assert!(model.probability("你真是垃圾废物") > 0.5 && model.probability("好看多少钱") < 0.5);
    assert!((0.0..=1.0).contains(&model.probability("")));
}

#[test]
fn a_model_is_the_same_every_time_and_from_its_file() {
    let model = Model::train(&examples()).expect("a model");
    let bytes = model.to_bytes();
    assert!(bytes.len() < 1 << 20, "{}", bytes.len());
    assert!(bytes == Model::train(&examples()).expect("a model").to_bytes());
    let again = Model::from_bytes(&bytes).expect("the model");
    assert_eq!(again.probability("真是废物").to_bits(), model.probability("真是废物").to_bits());
}

#[test]
fn what_cannot_be_learned_from_or_read_is_said() {
    assert!(matches!(Model::train(&examples()[..20]), Err(Unusable::TooFew(10, 10))));
    let bytes = Model::train(&examples()).expect("a model").to_bytes();
    for broken in [&bytes[..bytes.len() - 1], b"".as_slice(), b"kaibo-text-9\n".as_slice()] {
        assert!(matches!(Model::from_bytes(broken), Err(Unusable::NoModel)));
    }
    let mut no_number = bytes;
    no_number[13..17].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(matches!(Model::from_bytes(&no_number), Err(Unusable::NoModel)));
}
