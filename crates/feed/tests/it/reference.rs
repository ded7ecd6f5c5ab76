//! The reference library of Standard Webhooks believes what we sign. Skipped, loudly, where it cannot be installed; the version is
//! pinned in `tools/sdk`.

use crate::{
    house::House,
    receiver::{Receiver, Says},
};
use serde_json::json;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const REQUIREMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/sdk/webhooks.txt");

/// Reads lines of `{secret, headers, body}`, and refuses the body with a letter more.
const VERIFY: &str = r#"
import json, sys
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
for line in sys.stdin:
    said = json.loads(line)
    hook = Webhook(said["secret"])
    hook.verify(said["body"], said["headers"])
    try:
        hook.verify(said["body"] + " ", said["headers"])
    except WebhookVerificationError:
        print("verified")
"#;

/// A Python that has the library.
fn python() -> Result<PathBuf, String> {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("standardwebhooks");
    let python = dir.join("bin/python");
    let run = |command: &mut Command| match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Err(error.to_string()),
    };
    let has_it = |python: &Path| run(Command::new(python).args(["-c", "import standardwebhooks"]));
    if has_it(&python).is_err() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&dir))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r", REQUIREMENTS]))?;
        has_it(&python)?;
    }
    Ok(python)
}

#[tokio::test]
async fn the_reference_library_believes_us() {
    let python = match tokio::task::spawn_blocking(python).await.unwrap() {
        Ok(python) => python,
        Err(why) => return eprintln!("SKIPPED: `standardwebhooks` cannot be installed: {why}"),
    };
    let (house, receiver) = (House::open().await, Receiver::start(Says::Status(200)).await);
    let made = house.test.post("/api/webhooks", json!({"name": "a", "url": receiver.url()})).await.json();
    let path = format!("/api/webhooks/{}", made["id"].as_str().unwrap());
    house.begin("晚场 \u{1f680}").await;
    receiver.wait(1).await;
    let rotated = house.test.post(&format!("{path}/secret"), json!({})).await.json();
    house.begin("two secrets").await;
    let got = receiver.wait(2).await;
    let said = [(&got[0], &made), (&got[1], &made), (&got[1], &rotated)].map(|(got, secret)| {
        let headers = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| (name, got.header(name)));
        let headers = std::collections::BTreeMap::from(headers);
        json!({"secret": secret["secret"], "headers": headers, "body": got.body}).to_string()
    });
    let mut verifier =
        Command::new(python).args(["-c", VERIFY]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    verifier.stdin.take().unwrap().write_all(said.join("\n").as_bytes()).unwrap();
    let output = verifier.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "verified\n".repeat(3));
}
