//! `kaibo config check`: what it finds is what would go wrong.

use crate::harness::Kaibo;
use std::{net::TcpListener, process::Output};

async fn check(kaibo: &Kaibo, settings: &str, more: &[&str]) -> Output {
    let file = kaibo.dir.path().join("checked.toml");
    std::fs::write(&file, settings).expect("a settings file");
    let file = file.display().to_string();
    let mut arguments = vec!["config", "check", "--config", &file];
    arguments.extend(more);
    kaibo.command(&arguments).await
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_are_named_with_their_lines() {
    let kaibo = Kaibo::start().await;
    let output = check(&kaibo, "[media]\nsegmnt_ms = 2000\nread_pause_ms = \"10\"\n", &[]).await;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        said(&output),
        "line 2: error: `media.segmnt_ms`: there is no such setting; did you mean `segment_ms`?\n\
         line 3: error: `media.read_pause_ms`: it wants a whole number; write it like the default, `10`\n\
         kaibo: 2 of the settings would not work\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_check_refuses_is_refused_at_start() {
    let kaibo = Kaibo::start().await;
    let wrong = "[room]\ntick_min_ms = 900\ntick_max_ms = 100\n";
    let output = check(&kaibo, wrong, &[]).await;
    let finding = "line 2: error: `room.tick_min_ms`: 900 is more than `room.tick_max_ms`, which is 100";
    assert!(said(&output).contains(finding), "{}", said(&output));

    let file = kaibo.dir.path().join("checked.toml").display().to_string();
    let output = kaibo.another("").command(&["serve", "--config", &file]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains(finding), "{}", said(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_machine_lacks_is_named() {
    let kaibo = Kaibo::start().await;
    let holder = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = holder.local_addr().expect("its address");
    let settings = format!(
        "http = \"127.0.0.1:{}\"\nrtmp = \"{taken}\"\n[ladder]\nffmpeg = \"no-such-program\"\n[qoe]\nregions = \"/no/such/file\"\n",
        kaibo.http
    );
    let output = check(&kaibo, &settings, &["--data", "/proc/nowhere"]).await;
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for finding in [
        // The Kaibo on `http` says that its port is another one.
        &format!(
            "warning: `http`: a Kaibo serves `127.0.0.1:{}` now; it has to stop before another can start\n",
            kaibo.http
        ),
        &format!("error: `rtmp`: `{taken}` cannot be used: "),
        "warning: `ladder.ffmpeg`: `no-such-program` does not run, so there are no smaller renditions",
        "error: `qoe.regions`: `/no/such/file` cannot be read: ",
        "error: `data`: `/proc/nowhere` cannot be written: ",
    ] {
        assert!(said.contains(finding), "`{finding}` in {said}");
    }

    let own = format!("http = \"127.0.0.1:{}\"\nrtmp = \"127.0.0.1:{}\"\n", kaibo.http, kaibo.rtmp);
    let said = self::said(&check(&kaibo, &own, &["--data", &kaibo.data()]).await);
    assert!(said.contains(&format!("warning: `rtmp`: a Kaibo serves `127.0.0.1:{}` now", kaibo.rtmp)), "{said}");

    let output =
        check(&kaibo, &format!("http = \"{taken}\"\nrtmp = \"127.0.0.1:0\"\n"), &["--data", &kaibo.data()]).await;
    let said = self::said(&output);
    assert!(said.contains(&format!("error: `http`: `{taken}` cannot be used: ")), "{said}");
    let away = ["--data", &kaibo.data(), "--database", "postgres://kaibo:s3cret@127.0.0.1:1/kaibo"];
    let output = check(&kaibo, "http = \"127.0.0.1:0\"\nrtmp = \"127.0.0.1:0\"\n", &away).await;
    let said = self::said(&output);
    assert!(said.contains("error: `database.url`: ") && !said.contains("s3cret"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn good_settings_pass_and_are_printed_without_their_secrets() {
    let kaibo = Kaibo::start().await;
    let settings =
        "http = \"127.0.0.1:0\"\nrtmp = \"127.0.0.1:0\"\n[record]\nstore_secret_key = \"s3cret\"\nkeep_days = 7\n";
    let output = check(&kaibo, settings, &["--data", &kaibo.data(), "--print"]).await;
    assert!(output.status.success(), "{}", said(&output));
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("keep_days = 7\n") && printed.contains("store_secret_key = \"(hidden)\"\n"), "{printed}");
    assert!(printed.contains("segment_ms = 2000\n") && !printed.contains("s3cret"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_found_in_the_log_by_its_id() {
    let kaibo = Kaibo::start().await;
    let ask = async |url: String, id: &str| {
        let answer = kaibo.client.get(url).header("x-request-id", id).send().await.expect("an answer");
        answer.headers()["x-request-id"].to_str().expect("an id").to_owned()
    };
    assert_eq!(ask(kaibo.url("/healthz"), "night-7").await, "night-7");
    for strange in ["a b", "{\"x\":1}", &"x".repeat(65), ""] {
        let given = ask(kaibo.url("/healthz"), strange).await;
        assert!(given.len() == 36 && given != strange, "{given}");
    }

    let another = kaibo.another("");
    let settings = another.dir.path().join("kaibo.toml");
    std::fs::write(&settings, "[log]\nformat = \"json\"\n").expect("a settings file");
    let (settings, http) = (settings.display().to_string(), format!("127.0.0.1:{}", another.http));
    let mut serve = another.prepared(&[
        "serve",
        "--config",
        &settings,
        "--data",
        &another.data(),
        "--http",
        &http,
        "--rtmp",
        "127.0.0.1:0",
    ]);
    let log = another.dir.path().join("server.log");
    let file = std::fs::File::create(&log).expect("a log");
    let _server = serve.env("KAIBO_LOG", "info,server=debug").stdout(std::process::Stdio::null()).stderr(file).spawn();
    while kaibo.client.get(another.url("/readyz")).send().await.map_or(true, |answer| !answer.status().is_success()) {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    ask(another.url("/api/rooms"), "night-8").await;
    let log = std::fs::read_to_string(log).expect("a log");
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let answered = lines.iter().find(|line| line["span"]["id"] == "night-8").expect("a line of the request");
    assert_eq!((&answered["fields"]["route"], &answered["fields"]["status"]), (&"/api/rooms".into(), &"401".into()));
}
