//! Searching a large archive of danmaku: the index beside a plain scan of the same table, on both databases.
//!
//! `cargo run --release -p benches --bin danmaku -- [ROWS] [FILE.xml ...]`: a million rows unless said otherwise, their texts from
//! recordings, or made up where there are none. PostgreSQL is asked when `KAIBO_TEST_POSTGRES` names a server (`tools/postgres.sh`).

use anyhow::Context;
use collect::recorder::{What, read, survey};
use events::{BroadcastId, DanmakuSent, Millis, RoomId, Source};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use room::danmaku::{
    search::{
        Query,
        store::{Wanted, at, candidates, fill, scan, size},
    },
    store::{Danmaku, at_positions, insert},
};
use std::{
    collections::HashSet,
    fs::File,
    ops::ControlFlow,
    time::{Duration, Instant},
};
use store::{MigrationSet, Store};

const ROOMS: usize = 50;
const BATCH: usize = 2_000;
const PAGE: usize = 50;
const CHUNK: u64 = 500;
const QUERIES: usize = 300;
/// A scan of everything is slow: fewer of them do.
const SCANS: usize = 40;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    let rows = match arguments.next_if(|one| one.parse::<usize>().is_ok()) {
        Some(rows) => rows.parse()?,
        None => 1_000_000,
    };
    let mut random = StdRng::seed_from_u64(7);
    let texts = texts(arguments.collect(), &mut random)?;
    let distinct = texts.iter().collect::<HashSet<_>>().len();
    println!("{rows} danmaku, {distinct} different texts, {ROOMS} rooms; a page is the newest {PAGE}");
    recall(&texts, &mut random)?;
    let dir = tempfile::tempdir()?;
    measure("SQLite", &format!("sqlite://{}/kaibo.db", dir.path().display()), rows, &texts).await?;
    match std::env::var("KAIBO_TEST_POSTGRES") {
        Ok(url) => measure("PostgreSQL", &url, rows, &texts).await?,
        Err(_) => println!("PostgreSQL: skipped, KAIBO_TEST_POSTGRES names no server"),
    }
    Ok(())
}

fn texts(files: Vec<String>, random: &mut StdRng) -> anyhow::Result<Vec<String>> {
    let mut texts = Vec::new();
    for path in files {
        let mut file = File::open(&path).with_context(|| format!("opening `{path}`"))?;
        let found = survey(&mut file, None, None)?;
        read(found.format, &mut file, Some(found.started_at), &mut |item| {
            if let What::Row(row) = item.what {
                texts.extend(row.text.filter(|text| !text.is_empty()));
            }
            ControlFlow::Continue(())
        })?;
    }
    if texts.is_empty() {
        let words = [
            "主播",
            "好看",
            "今天",
            "优惠券",
            "嘉然",
            "哈哈",
            "啊啊",
            "777",
            "再来",
            "下单",
            "了",
            "吗",
            "的",
            "我",
            "hello",
            "😀",
            "蜂蜜",
            "羊绒",
            "冲",
        ];
        let text = |random: &mut StdRng| {
            (0..random.random_range(1..6)).map(|_| words[random.random_range(0..words.len())]).collect()
        };
        texts = (0..50_000).map(|_| text(random)).collect();
    }
    Ok(texts)
}

/// Parts of texts that somebody may look for: two to four characters without a space.
fn part(texts: &[String], random: &mut StdRng) -> String {
    loop {
        let chars: Vec<char> = texts[random.random_range(0..texts.len())].chars().collect();
        let length = random.random_range(2..=4).min(chars.len());
        let from = random.random_range(0..=chars.len() - length);
        let part: String = chars[from..from + length].iter().collect();
        if length >= 2 && !part.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '“' | '”' | '「' | '」'))
        {
            return part;
        }
    }
}

/// What a dictionary alone would find of what a scan finds, and what ours does.
fn recall(texts: &[String], random: &mut StdRng) -> anyhow::Result<()> {
    let han = |text: &str| text.chars().all(|char| ('\u{3400}'..='\u{9fff}').contains(&char));
    let jieba = jieba_rs::Jieba::new();
    let tokens = |text: &str| -> HashSet<String> {
        jieba.cut_for_search(text, true).into_iter().map(|token| token.word.to_owned()).collect()
    };
    let split: Vec<HashSet<String>> = texts.iter().map(|text| tokens(text)).collect();
    let (mut there, mut by_words, mut ours, mut queries) = (0, 0, 0, 0);
    while queries < QUERIES {
        let q = part(texts, random);
        if !han(&q) {
            continue;
        }
        queries += 1;
        let wanted = tokens(&q);
        let query = Query::new(&q)?;
        for (text, split) in texts.iter().zip(&split).filter(|(text, _)| text.contains(&q)) {
            there += 1;
            by_words += usize::from(wanted.is_subset(split));
            ours += usize::from(query.marks(text).is_some());
        }
    }
    let percent = |found: usize| 100.0 * found as f64 / there.max(1) as f64;
    println!(
        "{queries} queries of 2 to 4 characters, {there} hits of a scan: a dictionary's index finds {:.2} %, ours {:.2} %",
        percent(by_words),
        percent(ours)
    );
    Ok(())
}

async fn measure(name: &str, url: &str, rows: usize, texts: &[String]) -> anyhow::Result<()> {
    let store = Store::open(url).await?;
    store.migrate(&[MigrationSet { feature: "room", steps: room::migrations::MIGRATIONS }]).await?;
    let mut random = StdRng::seed_from_u64(11);
    let rooms: Vec<(RoomId, BroadcastId)> = (0..ROOMS).map(|_| (RoomId::new(), BroadcastId::new())).collect();
    // An empty index begins at once, as in a new program.
    fill(&store, 1).await?;
    let began = Instant::now();
    for first in (1..=rows).step_by(BATCH) {
        let batch = (first..(first + BATCH).min(rows + 1)).map(|position| {
            let (room, broadcast) = rooms[random.random_range(0..ROOMS)];
            Danmaku {
                position: position as u64,
                room,
                broadcast: Some(broadcast),
                occurred_at: Millis(1_700_000_000_000 + position as i64),
                viewer: format!("u{:x}", random.random_range(0..100_000))
                    .parse()
                    .unwrap_or_else(|_| events::ViewerId::random()),
                source: Source::Import,
                key: None,
                erased: false,
                sent: DanmakuSent::plain(texts[random.random_range(0..texts.len())].clone()),
            }
        });
        insert(&store, batch.collect()).await?;
    }
    let took = began.elapsed();
    anyhow::ensure!(at(store.read()).await? == Some(rows as i64), "everything is indexed");
    println!("{name}");
    println!("  archived and indexed {:>10.0} /s", rows as f64 / took.as_secs_f64());
    println!("  index                {:>10.1} bytes per danmaku", size(store.read()).await? as f64 / rows as f64);

    let queries: Vec<String> = (0..QUERIES).map(|_| part(texts, &mut random)).collect();
    let (mut indexed, mut scanned) = (Vec::new(), Vec::new());
    for q in &queries {
        let began = Instant::now();
        std::hint::black_box(page(&store, &Query::new(q)?).await?);
        indexed.push(began.elapsed());
    }
    for q in queries.iter().take(SCANS) {
        let began = Instant::now();
        std::hint::black_box(scan(store.read(), q, PAGE as u64).await?);
        scanned.push(began.elapsed());
    }
    told("parts of texts", &mut indexed, &mut scanned);

    // What stands in few texts or none is what a scan is worst at.
    let rare: Vec<String> =
        (0..SCANS).map(|n| format!("龘{}", char::from_u32(0x4e00 + n as u32).unwrap_or('一'))).collect();
    let (mut indexed, mut scanned) = (Vec::new(), Vec::new());
    for q in &rare {
        let began = Instant::now();
        std::hint::black_box(page(&store, &Query::new(q)?).await?);
        indexed.push(began.elapsed());
        let began = Instant::now();
        std::hint::black_box(scan(store.read(), q, PAGE as u64).await?);
        scanned.push(began.elapsed());
    }
    told("nothing to find", &mut indexed, &mut scanned);
    store.close().await;
    Ok(())
}

async fn page(store: &Store, query: &Query) -> anyhow::Result<usize> {
    let wanted = Wanted { terms: query.terms(), any_of: Vec::new() };
    let (mut before, mut hits, mut chunk) = (u64::MAX, 0, PAGE as u64 + 1);
    loop {
        let found = candidates(store.read(), &wanted, before, chunk).await?;
        let rows = at_positions(store.read(), &found).await?;
        hits += rows.iter().filter(|row| query.marks(&row.sent.text).is_some()).count();
        match found.last() {
            Some(last) if found.len() as u64 == chunk && hits < PAGE => (before, chunk) = (*last, CHUNK),
            _ => return Ok(hits.min(PAGE)),
        }
    }
}

fn told(what: &str, indexed: &mut [Duration], scanned: &mut [Duration]) {
    let ms = |times: &mut [Duration], share: f64| {
        times.sort_unstable();
        let at = ((times.len() - 1) as f64 * share).round() as usize;
        times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    };
    for share in [0.5, 0.99] {
        let (ours, like) = (ms(indexed, share), ms(scanned, share));
        println!("  {what:16} p{:<3} {ours:>8.2} ms, LIKE {like:>9.2} ms, {:.1} x", share * 100.0, like / ours);
    }
}
