//! Reports of players, measures of encoders, and the alarms from both.

use crate::http_support::{KEY, ORG, Server, TEAM, start};
use crate::show;
use app::testing::Answer;
use audience::Fetch;
use events::{
    BroadcastId, EntryId, Envelope, Event, IngestMeasured, Millis, PlaybackReported, RoomId, Source, StreamSource,
    ViewerId, ViewerJudged, ViewerVerdict,
};
use http::Request;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

const CHROME: &str =
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";

struct Player<'a> {
    server: &'a Server,
    room: RoomId,
    token: String,
    agent: &'a str,
}

impl<'a> Player<'a> {
    /// One that was sent media.
    async fn new(server: &'a Server, agent: &'a str) -> Self {
        let player = Self::without_media(server, agent);
        let pass = server.audience.check(&player.token, player.room).unwrap();
        let room = server.audience.room(player.room).await.unwrap().unwrap();
        let fetch = Fetch::whole(server.program.app.now(), 2_000, 1_000);
        server.audience.media_fetched(&pass, &room, fetch);
        player
    }

    fn without_media(server: &'a Server, agent: &'a str) -> Self {
        let room = server.desk.room;
        Self { server, room, token: server.audience.mint_bare(room), agent }
    }

    async fn say(&self, body: Value) -> Answer {
        let path = format!("/api/rooms/{}/playback?token={}", self.room, self.token);
        // As `navigator.sendBeacon` sends it.
        let request = Request::post(path).header("user-agent", self.agent).header("content-type", "text/plain");
        self.server.program.send(request.body(body.to_string()).unwrap()).await
    }

    fn pass(&self) -> audience::ViewerPass {
        self.server.audience.check(&self.token, self.room).unwrap()
    }

    /// What the audience's audit finds of this entry.
    async fn judged(&self, verdict: ViewerVerdict) {
        let pass = self.pass();
        let judged = ViewerJudged {
            entry: pass.entry,
            verdict,
            reasons: Vec::new(),
            entered: true,
            last: false,
            evidence: Default::default(),
        };
        let app = &self.server.program.app;
        let envelope = Envelope::new(app.now(), Source::Server, ORG, Event::ViewerJudged(judged))
            .with_team(TEAM)
            .with_room(self.room)
            .with_broadcast(Some(*self.server.desk.broadcast.lock().unwrap()))
            .with_viewer(pass.viewer);
        app.append(&[envelope]).await.unwrap();
    }
}

fn play(n: u128) -> String {
    Uuid::from_u128(n).to_string()
}

async fn get(server: &Server, path: &str) -> Value {
    let answer = server.program.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

/// The answer once it is as wanted.
async fn when(server: &Server, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    for _ in 0..600 {
        last = get(server, path).await;
        if wanted(&last) {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} never was as wanted; the last answer: {last}");
}

fn broadcast(server: &Server) -> String {
    server.desk.broadcast.lock().unwrap().to_string()
}

#[tokio::test]
async fn reports_become_plays_with_their_devices() {
    let server = start().await;
    let show = format!("/api/broadcasts/{}", broadcast(&server));
    for n in 0..4 {
        let good = Player::new(&server, CHROME).await;
        let said = json!({"play": play(n), "played_ms": 9_000, "first_frame_ms": 400 + n as u32, "frames": 225, "latency_ms": 1_200, "height": 720, "version": "1.0", "tz": "Asia/Shanghai"});
        assert_eq!(good.say(said).await.status, 204);
    }
    let bad = Player::new(&server, SAFARI).await;
    let stalled = json!({"play": play(9), "played_ms": 5_000, "first_frame_ms": 3_000, "stalls": 2, "stalled_ms": 4_000, "latency_ms": 9_000});
    assert_eq!(bad.say(stalled).await.status, 204);
    // It fails before it gets any media: that is what the failure rate is for.
    let failed = Player::without_media(&server, SAFARI);
    let said = json!({"play": play(10), "failure": "manifestLoadError"});
    assert_eq!(failed.say(said).await.status, 204);

    when(&server, &format!("{show}/qoe"), |quality| quality["summary"]["plays"] == 6).await;
    let quality = get(&server, &format!("{show}/qoe")).await;
    let summary = &quality["summary"];
    assert_eq!(summary["stall_rate"], 1.0 / 6.0);
    assert_eq!(summary["fail_rate"], 1.0 / 6.0);
    assert_eq!(summary["stall_ms_per_100s"], 4_000.0 * 100.0 / 41.0);
    let p50 = summary["first_frame_ms_p50"].as_i64().unwrap();
    assert!((398..=406).contains(&p50), "{p50}");
    assert_eq!(
        quality["timeline"].as_array().unwrap().iter().map(|minute| minute["plays"].as_u64().unwrap()).sum::<u64>(),
        6
    );

    let by = get(&server, &format!("{show}/qoe/by?dimension=browser")).await;
    assert_eq!(
        (&by[0]["value"], &by[0]["plays"], &by[1]["value"]),
        (&json!("Chrome 156"), &json!(4), &json!("Safari 18"))
    );
    assert_eq!(by[1]["stall_rate"], 0.5);
    // No map of networks: the time zone stands for the region, and says so.
    let regions = get(&server, &format!("{show}/qoe/by?dimension=region")).await;
    assert_eq!((&regions[0]["value"], &regions[0]["plays"]), (&json!("tz:Asia/Shanghai"), &json!(4)));
    assert_eq!((&regions[1]["value"], &regions[1]["plays"]), (&json!(""), &json!(2)));
    let worst = get(&server, &format!("{show}/qoe/plays?sort=worst&limit=2")).await;
    assert_eq!((&worst[0]["failure"], &worst[0]["broken"]), (&json!("manifestLoadError"), &json!(true)));
    assert_eq!((&worst[1]["play"], &worst[1]["stalled_ms"]), (&json!(play(9)), &json!(4_000)));
    let entry = worst[1]["entry"].as_str().unwrap();
    let course = get(&server, &format!("{show}/qoe/plays/{entry}/{}", play(9))).await;
    assert_eq!((course.as_array().unwrap().len(), &course[0]["stalled_ms"]), (1, &json!(4_000)));

    let coverage = get(&server, "/api/qoe/coverage").await;
    assert_eq!((&coverage["overall"]["plays"], &coverage["overall"]["good"]), (&json!(6), &json!(5)));
    let csv = server.program.get("/api/qoe/coverage?format=csv").await;
    assert!(String::from_utf8(csv.body).unwrap().contains("mobile,Android,Chrome 156,4,4,1.0000,"));
}

#[tokio::test]
async fn what_is_not_possible_is_not_believed() {
    let server = start().await;
    let player = Player::new(&server, CHROME).await;
    let all = u32::MAX;
    let play = Uuid::from_u128(1);
    let hostile =
        json!({"play": play, "played_ms": all, "stalls": all, "stalled_ms": all, "frames": all, "dropped": all});
    assert_eq!(player.say(hostile.clone()).await.status, 204);
    let path = format!("/api/broadcasts/{}/qoe/plays", broadcast(&server));
    let plays = when(&server, &path, |plays| plays[0].is_object()).await;
    assert!(plays[0]["played_ms"].as_u64().unwrap() <= 16_000);
    let mut refused = 0;
    for _ in 0..40 {
        let answer = player.say(hostile.clone()).await;
        refused += u32::from(answer.status == 429);
    }
    assert!(refused >= 20, "{refused} of 40 were refused");

    assert_eq!(player.say(json!("nothing")).await.status, 400);
    assert_eq!(player.say(json!({"play": "x".repeat(20_000)})).await.status, 413);
    let elsewhere = Player { room: server.desk.other, ..Player::without_media(&server, CHROME) };
    assert_eq!(elsewhere.say(json!({"play": play})).await.status, 403);
    assert_eq!(Player { token: String::new(), ..player }.say(json!({"play": play})).await.status, 401);
    let unknown = EntryId::new();
    assert_eq!(get(&server, &format!("{path}/{unknown}/{play}")).await, json!([]));
}

/// Sends `ms` milliseconds of a show as fast as time passes.
async fn live(
    socket: &mut tokio::net::TcpStream,
    publisher: &media::rtmp::publisher::Publisher,
    start_ms: u32,
    ms: u32,
) {
    let begun = tokio::time::Instant::now();
    for tag in show::tags(start_ms, ms, 25).into_iter().skip(if start_ms == 0 { 0 } else { 2 }) {
        let due = u64::from(tag.timestamp.saturating_sub(start_ms));
        tokio::time::sleep_until(begun + Duration::from_millis(due)).await;
        let mut out = Vec::new();
        show::send(publisher, &[tag], &mut out);
        socket.write_all(&out).await.unwrap();
    }
}

#[tokio::test]
async fn an_encoder_is_measured_and_its_silence_is_an_alarm() {
    let server = start().await;
    let room = server.desk.room;
    let (mut socket, publisher) = server.publisher(KEY).await;
    let path = format!("/api/rooms/{room}/ingest?seconds=60");
    // A machine that is busy sends unevenly: what is asked for is seen at some moment while the encoder sends.
    let good = |ingest: &Value| {
        let current = &ingest["sources"][0]["current"];
        let fps = current["fps"].as_f64().unwrap_or_default();
        let skew_ms = current["skew_ms"].as_i64().unwrap_or(i64::MAX);
        (20.0..=30.0).contains(&fps) && current["gop_ms"] == 1_000 && skew_ms.saturating_abs() <= 40
    };
    let (ingest, ()) = tokio::join!(when(&server, &path, good), live(&mut socket, &publisher, 0, 10_000));
    let source = &ingest["sources"][0];
    assert_eq!(
        (&ingest["on_air"], &source["source"], &source["connected"]),
        (&json!(true), &json!("primary"), &json!(true))
    );
    assert_eq!(source["b_frames"], true);
    let series = get(&server, &path).await["sources"][0]["series"].clone();
    assert!(series["at_s"].as_array().unwrap().len() >= 7);
    for column in ["video_kbps", "audio_kbps", "fps", "gap_ms", "skew_ms"] {
        assert_eq!(series[column].as_array().unwrap().len(), series["at_s"].as_array().unwrap().len());
    }

    let open = when(&server, "/api/alarms?open=true", |alarms| alarms[0].is_object()).await;
    assert_eq!((&open[0]["kind"], &open[0]["room_id"]), (&json!("no_data"), &json!(room)));
    let id = open[0]["id"].as_str().unwrap();
    let noted = server.program.post(&format!("/api/alarms/{id}/acknowledge"), Value::Null).await;
    let noted: Value = serde_json::from_slice(&noted.body).unwrap();
    assert_eq!(noted["acknowledged_by"], "test");

    // Media for a moment ends nothing: things are good for 10 s before an alarm ends.
    let over = when(&server, "/api/alarms?open=true", |alarms| *alarms == json!([]));
    tokio::join!(over, live(&mut socket, &publisher, 10_000, 20_000));
    let all = get(&server, &format!("/api/alarms?room={room}&open=false")).await;
    assert_eq!((&all[0]["id"], all[0]["cleared_at"].is_i64()), (&json!(id), true));

    // Windows of 10 s reach the store through the log.
    let show = format!("/api/broadcasts/{}/qoe", broadcast(&server));
    let quality = when(&server, &show, |quality| quality["ingest"][0].is_object()).await;
    assert_eq!(quality["ingest"][0]["source"], "primary");
    assert_eq!(quality["alarms"][0]["id"], id);
}

#[tokio::test]
async fn a_token_alone_moves_nothing() {
    let server = start().await;
    let show = format!("/api/broadcasts/{}/qoe", broadcast(&server));
    let honest = Player::new(&server, CHROME).await;
    assert_eq!(honest.say(json!({"play": play(1), "played_ms": 9_000, "first_frame_ms": 400})).await.status, 204);

    // It claims pictures that nobody sent it: taken, and not believed.
    let liar = Player::without_media(&server, CHROME);
    for n in 0..50 {
        let said = json!({"play": play(100 + n), "played_ms": 9_000, "stalls": 9, "stalled_ms": 9_000});
        assert_eq!(liar.say(said).await.status, 204);
    }
    // It says that it fails, as fast as it can: 80 times a minute were as many plays.
    let mut taken = 0;
    for n in 0..80 {
        taken += u32::from(liar.say(json!({"play": play(200 + n), "failure": "x"})).await.status == 204);
    }
    assert_eq!(taken, 3);
    // With media it gets further, and not far.
    let greedy = Player::new(&server, CHROME).await;
    let mut taken = 0;
    for n in 0..80 {
        let said = json!({"play": play(300 + n), "stalls": 1, "stalled_ms": 500});
        taken += u32::from(greedy.say(said).await.status == 204);
    }
    assert!((4..=12).contains(&taken), "{taken}");

    let quality = when(&server, &show, |quality| quality["summary"]["plays"].as_u64() >= Some(7)).await;
    assert!(quality["summary"]["plays"].as_u64().unwrap() <= 16, "{quality}");
}

#[tokio::test]
async fn suspected_bots_are_in_no_figure_and_their_share_is_told() {
    let server = start().await;
    let show = format!("/api/broadcasts/{}/qoe", broadcast(&server));
    let good = Player::new(&server, CHROME).await;
    good.say(json!({"play": play(1), "played_ms": 9_000, "first_frame_ms": 400, "latency_ms": 1_000})).await;
    let bot = Player::new(&server, SAFARI).await;
    let said = json!({"play": play(2), "played_ms": 2_000, "stalls": 4, "stalled_ms": 8_000, "first_frame_ms": 7_000});
    bot.say(said.clone()).await;
    let both = |quality: &Value| quality["summary"]["plays"] == 2;
    assert_eq!(when(&server, &show, both).await["summary"]["stall_rate"], 0.5);
    // Read once, and kept up from here on.
    assert_eq!(get(&server, &format!("{show}/by?dimension=browser")).await.as_array().unwrap().len(), 2);

    bot.judged(ViewerVerdict::Bot).await;
    let alone = when(&server, &show, |quality| quality["summary"]["suspect_plays"] == 1).await;
    let summary = &alone["summary"];
    assert_eq!((&summary["plays"], &summary["stall_rate"], &summary["stalls"]), (&json!(1), &json!(0.0), &json!(0)));
    let by = get(&server, &format!("{show}/by?dimension=browser")).await;
    assert_eq!((&by[0]["value"], &by[0]["plays"]), (&json!("Chrome 156"), &json!(1)));
    assert_eq!((&by[1]["plays"], &by[1]["suspect_plays"]), (&json!(0), &json!(1)));
    let viewers = get(&server, &format!("{show}/viewers")).await;
    assert_eq!((viewers.as_array().unwrap().len(), &viewers[0]["viewer"]), (1, &json!(good.pass().viewer)));
    let mine = get(&server, &format!("{show}/plays?viewer={}", bot.pass().viewer)).await;
    assert_eq!((mine.as_array().unwrap().len(), &mine[0]["suspect"]), (1, &json!(true)));
    // A play of a known suspect is one from its beginning.
    bot.say(json!({"play": play(3), "failure": "x"})).await;
    when(&server, &show, |quality| quality["summary"]["suspect_plays"] == 2).await;

    bot.judged(ViewerVerdict::Web).await;
    let back = when(&server, &show, |quality| quality["summary"]["suspect_plays"] == 0).await;
    assert_eq!((&back["summary"]["plays"], &back["summary"]["stalls"]), (&json!(3), &json!(4)));
}

#[tokio::test]
async fn one_viewer_is_one_row_and_its_plays_are_behind_it() {
    let server = start().await;
    let show = format!("/api/broadcasts/{}/qoe", broadcast(&server));
    let poor = Player::new(&server, SAFARI).await;
    for n in 1..=4 {
        let said = json!({"play": play(n), "played_ms": 1_000, "stalls": 1, "stalled_ms": 900 * n as u32,
            "first_frame_ms": 500, "latency_ms": 1_000 * n as u32});
        assert_eq!(poor.say(said).await.status, 204);
    }
    let blind = Player::new(&server, CHROME).await;
    blind.say(json!({"play": play(9), "failure": "bufferAddCodecError"})).await;
    let fine = Player::new(&server, CHROME).await;
    fine.say(json!({"play": play(10), "played_ms": 9_000, "first_frame_ms": 300, "latency_ms": 9_000})).await;

    let path = format!("{show}/viewers");
    let all = |viewers: &Value| {
        let plays = |row: &Value| row["plays"].as_u64().unwrap();
        viewers.as_array().unwrap().iter().map(plays).sum::<u64>() == 6
    };
    let viewers = when(&server, &path, all).await;
    let order = |viewers: &Value| -> Vec<Value> {
        viewers.as_array().unwrap().iter().map(|row| row["viewer"].clone()).collect()
    };
    let [poor, blind, fine] = [&poor, &blind, &fine].map(|player| json!(player.pass().viewer));
    assert_eq!(order(&viewers), [blind.clone(), poor.clone(), fine.clone()]);
    let row = &viewers[1];
    assert_eq!((&row["plays"], &row["stalls"], &row["stalled_ms"]), (&json!(4), &json!(4), &json!(9_000)));
    assert_eq!((&row["latency_worst_ms"], &row["browser"]), (&json!(4_000), &json!("Safari 18")));
    assert_eq!((&viewers[0]["shown"], &viewers[0]["failure"]), (&json!(0), &json!("bufferAddCodecError")));
    let plays = get(&server, &format!("{show}/plays?viewer={}&sort=worst", poor.as_str().unwrap())).await;
    let stalled: Vec<_> = plays.as_array().unwrap().iter().map(|play| play["stalled_ms"].clone()).collect();
    assert_eq!(stalled, [3_600, 2_700, 1_800, 900]);
    assert_eq!(order(&get(&server, &format!("{path}?sort=latency")).await), [fine, poor.clone()]);
    assert_eq!(order(&get(&server, &format!("{path}?sort=plays&limit=1")).await), [poor]);
    assert_eq!(server.program.get(&format!("{show}/plays?viewer=%20")).await.status, 400);
}

/// What a show of another room said, straight into the log.
async fn past_show(server: &Server, room: RoomId, at: Millis) -> BroadcastId {
    let broadcast = BroadcastId::new();
    server.desk.past.lock().unwrap().push(media::ShowRef {
        broadcast,
        room,
        org: ORG,
        team: TEAM,
        title: "yesterday".into(),
        started_at: at,
        ended_at: Some(at.plus_ms(60_000)),
        private: false,
    });
    let envelope = |event| {
        Envelope::new(at, Source::Server, ORG, event)
            .with_team(TEAM)
            .with_room(room)
            .with_broadcast(Some(broadcast))
            .with_viewer(ViewerId::random())
    };
    let said = PlaybackReported {
        play: Uuid::now_v7(),
        entry: EntryId::new(),
        played_ms: 10_000,
        stalls: 1,
        stalled_ms: 1_000,
        browser: "Firefox 140".into(),
        ..PlaybackReported::default()
    };
    let measured = IngestMeasured {
        source: Some(StreamSource::Primary),
        window_ms: 10_000,
        audio_kbps: 128,
        gop_ms: Some(2_000),
        gap_ms: 400,
        skew_ms: Some(-60),
        jumps: 2,
        ..IngestMeasured::default()
    };
    let events = [Event::PlaybackReported(said), Event::IngestMeasured(measured)];
    server.program.app.append(&events.map(envelope)).await.unwrap();
    broadcast
}

#[tokio::test]
async fn shows_of_any_room_compare_and_rooms_stand_side_by_side() {
    let server = start().await;
    let (room, other) = (server.desk.room, server.desk.other);
    let show = format!("/api/broadcasts/{}/qoe", broadcast(&server));
    let day = 86_400_000;
    let now = server.program.app.now();
    let past = past_show(&server, other, now.plus_ms(-day)).await;
    past_show(&server, other, now.plus_ms(-40 * day)).await;
    let player = Player::new(&server, CHROME).await;
    player.say(json!({"play": play(1), "played_ms": 9_000, "first_frame_ms": 400})).await;
    when(&server, &show, |quality| quality["summary"]["plays"] == 1).await;

    let both = get(&server, &format!("{show}?against={past}")).await;
    let against = &both["against"];
    assert_eq!((&against["show"]["room_id"], &against["show"]["title"]), (&json!(other), &json!("yesterday")));
    assert_eq!((&against["summary"]["stall_rate"], &against["timeline"][0]["plays"]), (&json!(1.0), &json!(1)));
    assert_eq!(both["show"]["room_id"], json!(room));
    let by = get(&server, &format!("{show}/by?dimension=browser&against={past}")).await;
    assert_eq!((&by[0]["value"], &by[0]["against"]), (&json!("Chrome 156"), &Value::Null));
    assert_eq!((&by[1]["plays"], &by[1]["against"]["stall_rate"]), (&json!(0), &json!(1.0)));

    // What encoders sent in a show that is over.
    let over = get(&server, &format!("/api/broadcasts/{past}/qoe")).await;
    let point = &over["ingest"][0];
    assert_eq!((&point["skew_ms"], &point["gop_ms"], &point["gap_ms"]), (&json!(-60), &json!(2_000), &json!(400)));
    assert_eq!((&point["jumps"], &point["audio_kbps"]), (&json!(2), &json!(128)));
    assert_eq!(over["summary"]["av_offset_ms_p95"], 60);

    let rooms = get(&server, "/api/qoe/rooms").await;
    assert_eq!(rooms["overall"]["plays"], 2, "30 days");
    let rows = rooms["rows"].as_array().unwrap();
    let of = |id: RoomId| rows.iter().find(|row| row["room_id"] == json!(id)).unwrap();
    assert_eq!((&of(other)["shows"], &of(other)["av_offset_ms_p95"]), (&json!(1), &json!(60)));
    assert_eq!((&of(room)["plays"], &of(room)["first_frame_ms_p50"].is_u64()), (&json!(1), &true));
    let longer = get(&server, &format!("/api/qoe/rooms?from={}", now.plus_ms(-90 * day).0)).await;
    assert_eq!(longer["overall"]["plays"], 3);

    let elsewhere = server.program.call("stream.read@other", "GET", "/api/qoe/rooms", None).await;
    assert_eq!(elsewhere.json()["rows"], json!([]));
    let refused = server.program.call("stream.read@other", "GET", &format!("{show}/viewers"), None).await;
    assert_eq!(refused.status, 404);
    let unknown = BroadcastId::new();
    assert_eq!(server.program.get(&format!("{show}?against={unknown}")).await.status, 404);
}

/// Prints what a console costs beside a show with 100,000 plays. A minute's work, so it is run by hand:
/// `cargo nextest run --cargo-profile ci -p media hundred_thousand --run-ignored all --no-capture`
#[tokio::test]
#[ignore = "measures; run by hand"]
async fn a_hundred_thousand_plays_are_read_once() {
    const PLAYS: u64 = 100_000;
    let server = start().await;
    let room = server.desk.room;
    let broadcast = *server.desk.broadcast.lock().unwrap();
    let app = &server.program.app;
    let show = format!("/api/broadcasts/{broadcast}/qoe");
    let report = |n: u64| {
        let said = PlaybackReported {
            play: Uuid::from_u128(u128::from(n)),
            entry: EntryId(Uuid::from_u128(u128::from(n))),
            played_ms: 9_000,
            stalls: u32::from(n.is_multiple_of(20)),
            stalled_ms: u32::from(n.is_multiple_of(20)) * 700,
            first_frame_ms: Some(300 + (n % 1_700) as u32),
            latency_ms: Some(900 + (n * 7 % 1_500) as u32),
            frames: 225,
            height: Some(720),
            device: "mobile".into(),
            os: "Android".into(),
            browser: format!("Chrome {}", 140 + n % 17),
            region: format!("tz:Asia/{}", n % 40),
            node: "origin".into(),
            ..PlaybackReported::default()
        };
        Envelope::new(app.now(), Source::Server, ORG, Event::PlaybackReported(said))
            .with_team(TEAM)
            .with_room(room)
            .with_broadcast(Some(broadcast))
            .with_viewer(format!("v{}", n / 2).parse().unwrap())
    };
    let begun = std::time::Instant::now();
    for from in (0..PLAYS).step_by(2_000) {
        let batch: Vec<Envelope> = (from..from + 2_000).map(report).collect();
        app.append(&batch).await.unwrap();
    }
    when(&server, &show, |quality| quality["summary"]["plays"] == PLAYS).await;
    eprintln!("{PLAYS} plays were folded in {:.1} s", begun.elapsed().as_secs_f64());

    let timed = async |path: &str| {
        let begun = std::time::Instant::now();
        get(&server, path).await;
        begun.elapsed().as_secs_f64() * 1_000.0
    };
    let (by, viewers) = (format!("{show}/by?dimension=browser"), format!("{show}/viewers"));
    let summary_ms = timed(&show).await;
    let first_ms = timed(&by).await;
    let (mut by_ms, mut viewers_ms) = (0.0, 0.0);
    for n in 0..10 {
        // The show goes on meanwhile.
        app.append(&(0..200).map(|k| report(n * 200 + k)).collect::<Vec<_>>()).await.unwrap();
        (by_ms, viewers_ms) = (by_ms + timed(&by).await / 10.0, viewers_ms + timed(&viewers).await / 10.0);
    }
    eprintln!(
        "summary {summary_ms:.1} ms; by browser first {first_ms:.0} ms, then {by_ms:.1} ms; viewers {viewers_ms:.1} ms"
    );
}
