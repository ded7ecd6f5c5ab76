//! A provider of other people, unmodified, lets somebody in: `oidc-provider` for Node, pinned in `tools/oidc`. Skipped, loudly, where
//! it cannot be installed.

use crate::program::Program;
use serde_json::json;
use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/oidc");

/// The folder that it is installed in.
fn installed() -> Result<PathBuf, String> {
    let home = std::env::var_os("KAIBO_CACHE").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/kaibo")));
    let folder = home.ok_or("neither KAIBO_CACHE nor HOME is set")?.join("oidc");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let pinned = std::fs::read_to_string(Path::new(TOOLS).join("package.json")).unwrap();
    std::fs::copy(Path::new(TOOLS).join("provider.mjs"), folder.join("provider.mjs")).unwrap();
    let stamp = folder.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == pinned) {
        return Ok(folder);
    }
    std::fs::write(folder.join("package.json"), &pinned).map_err(|error| error.to_string())?;
    let install = ["install", "--no-audit", "--no-fund", "--loglevel=error"];
    match Command::new("npm").args(install).current_dir(&folder).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => return Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => return Err(format!("npm: {error}")),
    }
    std::fs::write(stamp, pinned).map_err(|error| error.to_string())?;
    Ok(folder)
}

struct Judge {
    process: Child,
    issuer: String,
    /// Held open: it says more later, and would end if nobody could hear it.
    _words: BufReader<ChildStdout>,
}

impl Judge {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut node = Command::new("node");
        node.arg("provider.mjs").arg("http://live.example:8080/console/sso").args(arguments).current_dir(folder);
        let mut process = node.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("node");
        let mut issuer = String::new();
        let mut words = BufReader::new(process.stdout.take().expect("its output"));
        words.read_line(&mut issuer).expect("its issuer");
        Self { process, issuer: issuer.trim().to_owned(), _words: words }
    }

    /// Follows the address, presses the button, and comes back with the query of the answer.
    async fn visit(&self, url: &str) -> HashMap<String, String> {
        let builder = reqwest::Client::builder().no_proxy().cookie_store(true);
        let browser = builder.redirect(reqwest::redirect::Policy::none()).build().expect("a browser");
        let mut at = reqwest::Url::parse(url).expect("an address");
        loop {
            let press = at.path().starts_with("/interaction/");
            let request = if press { browser.post(at.clone()) } else { browser.get(at.clone()) };
            let answer = request.send().await.expect("an answer");
            let to = answer.headers().get("location").map(|to| to.to_str().expect("ascii").to_owned());
            let Some(to) = to else { panic!("{at} leads nowhere: {}", answer.text().await.unwrap_or_default()) };
            at = at.join(&to).expect("an address");
            if at.path() == "/console/sso" {
                return at.query_pairs().into_owned().collect();
            }
        }
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_provider_of_other_people_lets_somebody_in() {
    let folder = match installed() {
        Ok(folder) => folder,
        Err(why) => return eprintln!("SKIPPED: the provider of other people cannot be installed: {why}"),
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    for arguments in [&["RS256"][..], &["PS256"], &["ES256", "pwd", "mfa"], &["EdDSA"]] {
        // Its tokens are of the machine's time.
        let (program, admin) = Program::now().await;
        let judge = Judge::start(&folder, arguments);
        let policy = json!({"scopes": ["email", "profile"], "domains": ["example.com"], "groups_claim": "groups",
            "mappings": [{"group": "live", "grant": {"role": "operator"}}], "allow_private": true});
        let settings = json!({"name": "judge", "client_id": "kaibo", "client_secret": "a secret/with+signs=", "enabled": true, "policy": policy});
        let body = json!({"issuer": judge.issuer, "settings": settings});
        let made = program.call("POST", "/api/sso/providers", &admin, Some(body)).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let tested = program.post(&format!("/api/sso/providers/{id}/test"), &[&admin], json!({})).await.json();
        assert!(tested["steps"].as_array().unwrap().iter().all(|step| step["problem"].is_null()), "{tested}");
        assert_eq!(tested["steps"].as_array().unwrap().len(), 3);

        let begun = program.begin(&id).await;
        let answer = judge.visit(&begun.url).await;
        assert_eq!(answer["iss"], judge.issuer);
        program.clock.set(events::Millis::now());
        let came = program.finish(&begun, &answer, "").await;
        assert_eq!(came.status, 200, "{arguments:?}: {}", came.text());
        let me = program.me(&crate::sso::session(&came)).await.json();
        assert_eq!((&me["role"], &me["user"]["name"]), (&json!("operator"), &json!("张三")), "{arguments:?}");
        // Once more, with the state that was used.
        assert_eq!(program.finish(&begun, &answer, "").await.status, 410);
    }
}
