//! A short deterministic run over mutated sessions: what the fuzz targets do for longer.

use crate::show;
use bytes::BytesMut;
use media::rtmp::publisher::Publisher;
use media::rtmp::{ChunkWriter, Event, Session, amf, kind};

/// xorshift64*, so that a failure can be had again.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

fn mutate(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(8) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.below(bytes.len());
        match dice.below(7) {
            0 => bytes[at] ^= 1 << dice.below(8),
            1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][dice.below(5)],
            2 => bytes.truncate(at),
            3 => {
                let until = (at + dice.below(64)).min(bytes.len());
                bytes.drain(at..until);
            }
            4 => {
                let until = (at + dice.below(64)).min(bytes.len());
                let again = bytes[at..until].to_vec();
                bytes.splice(at..at, again);
            }
            5 => {
                let number = [0u32, 1, 0xff_ffff, 0x7fff_ffff, u32::MAX][dice.below(5)].to_be_bytes();
                for (place, byte) in bytes[at..].iter_mut().zip(number) {
                    *place = byte;
                }
            }
            _ => {
                let noise: Vec<u8> = (0..dice.below(32)).map(|_| dice.next() as u8).collect();
                bytes.splice(at..at, noise);
            }
        }
    }
    bytes
}

/// `KAIBO_FUZZ_ROUNDS` asks for a longer run.
fn rounds(usual: usize) -> usize {
    std::env::var("KAIBO_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}

/// Where `KAIBO_FUZZ_SEEDS` names a folder, the coverage-guided fuzzer finds its first inputs there (`tools/fuzz.sh`).
fn keep(target: &str, seeds: &[Vec<u8>]) {
    let Some(folder) = std::env::var_os("KAIBO_FUZZ_SEEDS") else { return };
    let folder = std::path::Path::new(&folder).join(target);
    std::fs::create_dir_all(&folder).expect("a folder for seeds");
    for (n, seed) in seeds.iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{n}")), seed).expect("a seed");
    }
}

/// What the coverage-guided fuzzer found worth keeping, made small: every file takes a way through the code of its own.
#[test]
fn kept_inputs_harm_nobody() {
    type Target = (&'static str, fn(&[u8]));
    let targets: [Target; 6] = [
        ("amf", media::fuzz_amf),
        ("mkv", media::fuzz_mkv),
        ("program", media::fuzz_program),
        ("rtmp", media::fuzz_rtmp),
        ("rtmp_client", media::fuzz_rtmp_client),
        ("tags", media::fuzz_tags),
    ];
    let seeds = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    for (target, run) in targets {
        let files: Vec<_> = std::fs::read_dir(seeds.join(target)).unwrap().map(|file| file.unwrap().path()).collect();
        assert!(files.len() >= 10, "{target} has {} kept inputs", files.len());
        for file in files {
            run(&std::fs::read(file).unwrap());
        }
    }
}

#[test]
fn mutated_sessions_harm_nobody() {
    let whole = show::session("key", &show::tags(0, 3_000, 25));
    // With the handshake, and the chunks alone.
    let seeds: Vec<Vec<u8>> = [(1u8, 0), (0, 2 * 1536 + 1), (2, 2 * 1536 + 1), (0x30, 2 * 1536 + 1), (0x71, 0)]
        .into_iter()
        .map(|(choice, skip)| [&[choice][..], &whole[skip..]].concat())
        .collect();
    keep("rtmp", &seeds);
    for seed in &seeds {
        media::fuzz_rtmp(seed);
    }
    let mut dice = Dice(0x5eed);
    for n in 0..rounds(15_000) {
        let seed = &seeds[n % seeds.len()];
        // Mostly the beginning, where the commands are.
        let length = if n % 3 == 0 { seed.len() } else { dice.below(seed.len()) };
        media::fuzz_rtmp(&mutate(&seed[..length], &mut dice));
    }
}

/// What our own server says to a publisher.
fn answers_to_a_publisher() -> Vec<u8> {
    let mut input = BytesMut::from(&show::session("key", &[])[..]);
    let (mut session, mut out) = (Session::new(7), Vec::new());
    while let Some(event) = session.next(&mut input, &mut out).unwrap() {
        if let Event::Publish { .. } = event {
            session.accept(&mut out);
        }
    }
    out
}

/// What a server says to a player, from the first answer to the end of the stream.
fn answers_to_a_player() -> Vec<u8> {
    let writer = ChunkWriter::default();
    let mut out = vec![3];
    out.extend_from_slice(&[0; 2 * 1536]);
    let say = |stream, values: &[amf::Value], out: &mut Vec<u8>| {
        writer.write(3, kind::COMMAND, stream, 0, &amf::encode_all(values), out);
    };
    let status = |code| amf::object(&[("level", amf::text("status")), ("code", amf::text(code))]);
    let result = amf::text("_result");
    let number = amf::Value::Number;
    say(0, &[result.clone(), number(1.0), amf::Value::Null, status("NetConnection.Connect.Success")], &mut out);
    say(0, &[result, number(4.0), amf::Value::Null, number(1.0)], &mut out);
    let on_status = |code| [amf::text("onStatus"), number(0.0), amf::Value::Null, status(code)];
    say(1, &on_status("NetStream.Play.Start"), &mut out);
    show::send(&Publisher::default(), &show::tags(0, 1_000, 25), &mut out);
    writer.write(2, kind::USER_CONTROL, 0, 0, &[0, 6, 0, 0, 0, 9], &mut out);
    say(1, &on_status("NetStream.Play.UnpublishNotify"), &mut out);
    out
}

#[test]
fn mutated_servers_harm_no_client() {
    let (publisher, player) = (answers_to_a_publisher(), answers_to_a_player());
    let choices =
        [(0u8, &publisher, 3_073), (1, &publisher, 0), (0x21, &publisher, 0), (2, &player, 3_073), (0x33, &player, 0)];
    let seeds: Vec<Vec<u8>> =
        choices.into_iter().map(|(choice, whole, skip)| [&[choice][..], &whole[skip..]].concat()).collect();
    keep("rtmp_client", &seeds);
    for seed in &seeds {
        media::fuzz_rtmp_client(seed);
    }
    let mut dice = Dice(0xc11e);
    for n in 0..rounds(20_000) {
        media::fuzz_rtmp_client(&mutate(&seeds[n % seeds.len()], &mut dice));
    }
}

#[test]
fn mutated_values_and_records_harm_nobody() {
    let command = amf::encode_all(&[
        amf::text("connect"),
        amf::Value::Number(1.0),
        amf::object(&[("app", amf::text("live")), ("list", amf::Value::Array(vec![amf::Value::Date(1.0); 3]))]),
    ]);
    let seeds = [
        command,
        show::AVC_RECORD[8..34].to_vec(),
        show::video_config().payload.to_vec(),
        show::audio_config().payload.to_vec(),
    ];
    keep("amf", &seeds);
    let mut dice = Dice(0xa3f);
    for n in 0..rounds(200_000) {
        media::fuzz_amf(&mutate(&seeds[n % seeds.len()], &mut dice));
    }
}

/// The records that `fuzz_tags` reads.
fn records(choice: u8, tags: &[show::Tag]) -> Vec<u8> {
    let mut bytes = vec![choice];
    let mut before = 0;
    for tag in tags {
        let step = tag.timestamp.wrapping_sub(before) as i32;
        before = tag.timestamp;
        let (kind, step) = if step.abs() > 30_000 { (2, step / 40) } else { (0, step) };
        bytes.push(kind | u8::from(tag.video));
        bytes.extend((step as i16).to_be_bytes());
        bytes.extend((tag.payload.len() as u16).to_be_bytes());
        bytes.extend_from_slice(&tag.payload);
    }
    bytes
}

#[test]
fn mutated_tags_harm_nobody() {
    let shows = show::tags(0, 5_000, 25);
    let audio: Vec<show::Tag> = shows.iter().filter(|tag| !tag.video).cloned().collect();
    let mut jumping = shows.clone();
    jumping.extend(show::tags(600_000, 3_000, 25));
    let enhanced = |four: &[u8; 4], record: &[u8]| {
        let mut tags = shows.clone();
        tags[0].payload = [&[0x90][..], four, record].concat().into();
        for tag in tags.iter_mut().skip(2).filter(|tag| tag.video) {
            let kind = if tag.payload[0] == 0x17 { 0x90 } else { 0xa0 };
            tag.payload = [&[kind | 1][..], four, &tag.payload[2..]].concat().into();
        }
        tags
    };
    let hevc = enhanced(b"hvc1", &[1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93, 0xf0]);
    let av1 = enhanced(b"av01", &[0x81, 0x08, 0x0c, 0]);
    let seeds: Vec<Vec<u8>> = [(0, &shows), (1, &shows), (0, &audio), (0, &jumping), (0, &hevc), (0, &av1)]
        .map(|(n, tags)| records(n, tags))
        .into();
    keep("tags", &seeds);
    for seed in &seeds {
        media::fuzz_tags(seed);
    }
    let mut dice = Dice(0x7a6);
    for n in 0..rounds(3_000) {
        media::fuzz_tags(&mutate(&seeds[n % seeds.len()], &mut dice));
    }
}

/// The records that `fuzz_program` reads: what a source sends at a moment, in steps of 20 ms.
#[derive(Default)]
struct Script {
    bytes: Vec<u8>,
    now: u32,
    timestamps: [u32; 3],
}

impl Script {
    fn pass(&mut self, until: u32) -> u8 {
        let steps = (until.saturating_sub(self.now) / 20).min(15);
        self.now += steps * 20;
        (steps as u8) << 4
    }

    fn send(&mut self, source: u8, ms: u32, tag: &show::Tag) {
        let kind = self.pass(ms) | source << 2 | u8::from(tag.video);
        let before = &mut self.timestamps[usize::from(source)];
        let step = tag.timestamp.wrapping_sub(*before) as i32;
        let (large, step) = if step.abs() > 30_000 { (2, step / 40) } else { (0, step) };
        *before = before.wrapping_add_signed(step * if large == 0 { 1 } else { 40 });
        self.bytes.push(kind | large);
        self.bytes.extend((step as i16).to_be_bytes());
        self.bytes.extend((tag.payload.len() as u16).to_be_bytes());
        self.bytes.extend_from_slice(&tag.payload);
    }

    fn command(&mut self, what: u8, how: u8) {
        self.bytes.extend([3 << 2, what, how, 0, 0]);
    }

    /// What both encoders and the slate send until `ms`, in its order; `shift` is added to the primary's times.
    fn play(&mut self, sources: &[u8], from: u32, ms: u32, shift: u32) {
        for tag in show::tags(0, ms, 25).iter().filter(|tag| tag.timestamp >= from || tag.payload[1] == 0) {
            for source in sources {
                let small = show::Tag {
                    timestamp: tag.timestamp.wrapping_add(if *source == 0 { shift } else { 0 }),
                    payload: tag.payload.slice(..tag.payload.len().min(40)),
                    ..tag.clone()
                };
                let whole = if tag.payload[1] == 0 { tag.payload.clone() } else { small.payload };
                self.send(*source, tag.timestamp, &show::Tag { payload: whole, ..small });
            }
        }
    }
}

/// Two encoders, a slate, and everything that can happen to them.
fn programs() -> Vec<Vec<u8>> {
    let begin = |sources: &[u8]| {
        let mut script = Script::default();
        script.play(sources, 0, 2_000, 0);
        script
    };
    let mut lost = begin(&[0, 1]);
    lost.command(1, 0);
    lost.play(&[1], 2_000, 4_000, 0);
    lost.play(&[0, 1], 4_000, 8_000, 0);
    let mut slate = begin(&[0]);
    slate.command(1, 0);
    slate.command(5, 200);
    slate.play(&[2], 2_000, 4_000, 0);
    slate.play(&[0, 2], 4_000, 6_000, 0);
    let mut jumping = begin(&[0, 1]);
    jumping.play(&[0, 1], 2_000, 3_000, 400_000);
    jumping.play(&[0, 1], 3_000, 4_000, 0u32.wrapping_sub(1_500));
    let mut chosen = begin(&[0, 1]);
    for hold in [2, 3, 1, 0] {
        let from = chosen.now;
        chosen.command(0, hold);
        chosen.play(&[0, 1, 2], from, from + 1_500, 0);
    }
    let mut replaced = begin(&[0]);
    replaced.command(2, 0);
    replaced.play(&[0], 2_000, 4_000, 7_000);
    replaced.command(4, 0);
    replaced.play(&[0, 1], 4_000, 6_000, 7_000);
    [lost, slate, jumping, chosen, replaced].map(|script| script.bytes).into()
}

#[test]
fn mutated_programs_harm_nobody() {
    let seeds = programs();
    keep("program", &seeds);
    for seed in &seeds {
        media::fuzz_program(seed);
    }
    let mut dice = Dice(0x9406);
    for n in 0..rounds(1_500) {
        media::fuzz_program(&mutate(&seeds[n % seeds.len()], &mut dice));
    }
}

/// Two tracks and a cluster with frames of both kinds, in one piece and in small ones.
fn matroska() -> Vec<Vec<u8>> {
    let element = |id: &[u8], body: &[u8]| {
        let size = (body.len() as u16 | 0x4000).to_be_bytes();
        [id, &size, body].concat()
    };
    let track = |number: u8, codec: &[u8], config: &[u8]| {
        element(
            &[0xae],
            &[&[0xd7, 0x81, number][..], &element(&[0x86], codec), &element(&[0x63, 0xa2], config)].concat(),
        )
    };
    let tracks = [track(1, b"V_MPEG4/ISO/AVC", show::AVC_RECORD), track(2, b"A_AAC", show::AAC_RECORD)].concat();
    let simple = |track: u8, ms: u8, key: u8| element(&[0xa3], &[&[0x80 | track, 0, ms, key][..], &[9; 40]].concat());
    let block = element(&[0xa1], &[0x81, 0, 80, 0, 1, 2, 3]);
    let group = element(&[0xa0], &[block, vec![0xfb, 0x81, 40]].concat());
    let cluster =
        [vec![0xe7, 0x82, 0x27, 0x10], simple(1, 0, 0x80), simple(2, 10, 0x80), simple(1, 40, 0), group].concat();
    let unknown = |id: &[u8]| [id, &[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]].concat();
    let film = [
        element(&[0x1a, 0x45, 0xdf, 0xa3], &[0x42, 0x82, 0x84, b'w', b'e', b'b', b'm']),
        unknown(&[0x18, 0x53, 0x80, 0x67]),
        element(&[0x16, 0x54, 0xae, 0x6b], &tracks),
        unknown(&[0x1f, 0x43, 0xb6, 0x75]),
        cluster.clone(),
        element(&[0x1f, 0x43, 0xb6, 0x75], &cluster),
        element(&[0x1c, 0x53, 0xbb, 0x6b], &[0; 30]),
    ]
    .concat();
    [0u8, 1, 255].map(|piece| [&[piece][..], &film].concat()).into()
}

#[test]
fn mutated_matroska_harms_nobody() {
    let seeds = matroska();
    keep("mkv", &seeds);
    let mut dice = Dice(0x3f8);
    for n in 0..rounds(50_000) {
        media::fuzz_mkv(&mutate(&seeds[n % seeds.len()], &mut dice));
    }
}
