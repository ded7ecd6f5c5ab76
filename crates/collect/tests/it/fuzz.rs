//! The fuzz targets on mutated seeds, the same every time: a smoke test of what the fuzzer does for longer.

use crate::{
    formats::{SAMPLES, workbook},
    requests::{gzip, in_form, request},
};
use collect::{
    fuzz_batch, fuzz_cloudevents, fuzz_danmaku_xml, fuzz_ga4, fuzz_posthog, fuzz_recording, fuzz_sensors, fuzz_table,
};

/// A small generator, so that a failure happens again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// Bytes that mean something to one of the parsers.
const TELLING: &[u8] = b"<>\"&{}[],:\\-9\0";

/// `KAIBO_FUZZ_ROUNDS` asks for a longer run.
fn mutate(seeds: &[Vec<u8>], rounds: usize, check: fn(&[u8])) {
    let rounds = std::env::var("KAIBO_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(rounds);
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    for _ in 0..rounds {
        let mut bytes = seeds[chance.below(seeds.len())].clone();
        for _ in 0..=chance.below(6) {
            if bytes.is_empty() {
                break;
            }
            let (at, from) = (chance.below(bytes.len()), chance.below(bytes.len()));
            match chance.below(6) {
                0 => bytes[at] = chance.below(256) as u8,
                1 => bytes[at] ^= 1 << chance.below(8),
                2 => bytes.truncate(at),
                3 => drop(bytes.drain(at.min(from)..at.max(from))),
                4 => bytes.insert(at, TELLING[chance.below(TELLING.len())]),
                _ => {
                    let piece = bytes[at.min(from)..at.max(from)].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        check(&bytes);
    }
}

/// The inputs kept in `fuzz/seeds`, of one target.
fn kept(target: &str) -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

#[test]
fn kept_inputs_and_their_neighbours_do_no_harm() {
    type Target = (&'static str, fn(&[u8]));
    let targets: [Target; 5] = [
        ("batch", fuzz_batch),
        ("posthog", fuzz_posthog),
        ("sensors", fuzz_sensors),
        ("cloudevents", fuzz_cloudevents),
        ("ga4", fuzz_ga4),
    ];
    for (target, check) in targets {
        let seeds = kept(target);
        seeds.iter().for_each(|seed| check(seed));
        mutate(&seeds, 10_000, check);
    }
}

#[test]
fn mutated_batches_do_no_harm() {
    let batch = br#"{"batch":[{"type":"track","event":"A","messageId":"m","userId":1,"timestamp":"2020-12-11T12:03:10.001+08:00","sentAt":"2020-12-11T12:03:11Z","properties":{"a":[1,2.5e300,null,"\u597d"]},"context":{}},{"type":"page","name":"x"}],"sentAt":1607688190001,"writeKey":"k"}"#.to_vec();
    let single = br#"{"event":"A","messageId":"m","properties":{}}"#.to_vec();
    mutate(&[batch.clone(), single, gzip(&batch)], 20_000, fuzz_batch);
}

#[test]
fn mutated_requests_of_every_edge_do_no_harm() {
    let body = |edge: &str| request(edge, "k", "m").body;
    let posthog = body("posthog");
    let form = format!("data={}&compression=base64", in_form(&posthog)).into_bytes();
    mutate(&[posthog.clone(), form, gzip(&posthog)], 10_000, fuzz_posthog);
    // Base64 hides what is mutated, so some of it is not gzip.
    let event = r#"{"type":"track","event":"A","time":1800000000000,"distinct_id":"d","identities":{"$identity_login_id":"u"},"lib":{"$lib":"js"},"properties":{"a":[1,null]}}"#;
    let one = format!("data={}&ext=crc%3D1", in_form(event.as_bytes())).into_bytes();
    let bare = format!("data={}", in_form(event.as_bytes())).into_bytes();
    mutate(&[body("sensors"), one, bare], 10_000, fuzz_sensors);
    let batch = body("cloudevents");
    mutate(&[batch.clone(), batch[1..batch.len() - 1].to_vec()], 10_000, fuzz_cloudevents);
    mutate(&[body("ga4")], 10_000, fuzz_ga4);
}

#[test]
fn mutated_recordings_do_no_harm() {
    let xml = "<?xml version=\"1.0\"?><i><!-- x --><d p=\"-56820.474,1,25,16777215,1607630590,0,a370d76e1d93,0\" user='L'>嚯 &lt;3 &#x597D;</d>\
               <d p=\"1,5,18,255,1607630591,0,u,1\"><![CDATA[a</d>]]></d><d p=\"2,1,25,0,1607630592\">x</d></i>";
    let ndjson = "{\"ts_ms\":1640693568545,\"kind\":\"gift_combo\",\"user\":\"u7\",\"gift\":\"牛\",\"num\":2,\"total_milli\":200}\n";
    mutate(&[xml.into(), ndjson.into()], 20_000, fuzz_danmaku_xml);
}

#[test]
fn mutated_files_of_every_format_do_no_harm() {
    let seeds: Vec<Vec<u8>> = SAMPLES.iter().map(|sample| sample.text.as_bytes().to_vec()).collect();
    mutate(&seeds, 5_000, fuzz_recording);
}

#[test]
fn mutated_tables_do_no_harm() {
    let orders = "订单号,下单时间,实付(元),数量\n1,2024-01-02 03:04:05,\"1,234.5\",2\n2,1704164645,¥3,x\n";
    let gb = encoding_rs::GB18030.encode(orders).0.into_owned();
    let wide: Vec<u8> = orders.encode_utf16().flat_map(u16::to_le_bytes).collect();
    mutate(&[orders.into(), gb, [vec![0xff, 0xfe], wide].concat()], 10_000, fuzz_table);
    mutate(&[workbook(&[&["订单号", "下单时间"], &["1", "2024-01-02 03:04:05"]])], 1_000, fuzz_table);
}
