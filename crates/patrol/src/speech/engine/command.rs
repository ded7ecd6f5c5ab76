//! A program that reads a WAV file and prints what was said: text, or JSON.

use super::{Answer, parse};
use crate::{call::Reason, decode::most, settings::SpeechSettings};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};
use uuid::Uuid;

/// Stands where the file's name comes; without it the file is on standard input.
const FILE: &str = "{wav}";
const ENDING: &str = ".heard.wav";
const MOST_OUT: u64 = 256 << 10;

/// Gone when nobody needs it any more, whatever happened.
struct File(PathBuf);

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

pub async fn ask(settings: &SpeechSettings, folder: &Path, wav: Vec<u8>) -> Result<Answer, Reason> {
    timeout(settings.timeout(), run(settings, folder, wav)).await.unwrap_or(Err("timeout"))
}

async fn run(settings: &SpeechSettings, folder: &Path, wav: Vec<u8>) -> Result<Answer, Reason> {
    let (program, arguments) = settings.command.split_first().ok_or("missing")?;
    let file = match arguments.iter().any(|argument| argument.contains(FILE)) {
        true => Some(write(folder, &wav).await.map_err(|_| "no_file")?),
        false => None,
    };
    let name = file.as_ref().map(|file| file.0.display().to_string()).unwrap_or_default();
    let mut command = Command::new(program);
    command.args(arguments.iter().map(|argument| argument.replace(FILE, &name)));
    // Our own secrets are none of its business.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("KAIBO")) {
        command.env_remove(name);
    }
    let stdin = if file.is_some() { Stdio::null() } else { Stdio::piped() };
    let child = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn();
    let mut child = child.map_err(|_| "missing")?;
    app::child::confine(&child, settings.memory_mb << 20);
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let feed = async move {
        if let Some(mut stdin) = stdin {
            // Whoever has heard enough hangs up.
            let _ = stdin.write_all(&wav).await;
        }
    };
    let ((), output) = tokio::join!(feed, most(stdout, MOST_OUT));
    let status = child.wait().await.map_err(|_| "failed")?;
    if status.success() { Ok(parse(&output)) } else { Err("failed") }
}

/// Nobody else reads what people said.
async fn write(folder: &Path, wav: &[u8]) -> std::io::Result<File> {
    tokio::fs::create_dir_all(folder).await?;
    let file = File(folder.join(format!("{}{ENDING}", Uuid::now_v7())));
    let mut options = tokio::fs::OpenOptions::new();
    let mut open = options.write(true).create_new(true).mode(0o600).open(&file.0).await?;
    open.write_all(wav).await?;
    open.flush().await?;
    Ok(file)
}

pub async fn clear(folder: &Path) {
    let Ok(mut files) = tokio::fs::read_dir(folder).await else { return };
    while let Ok(Some(file)) = files.next_entry().await {
        if file.file_name().to_string_lossy().ends_with(ENDING) {
            let _ = tokio::fs::remove_file(file.path()).await;
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn program(dir: &Path, script: &str) -> String {
        let path = dir.join(format!("engine-{}", Uuid::now_v7()));
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a script that runs");
        path.display().to_string()
    }

    async fn said(dir: &Path, command: &[&str], timeout_s: u32) -> Result<String, Reason> {
        let command = command.iter().map(|&word| word.to_owned()).collect();
        let settings = SpeechSettings { command, timeout_s, ..SpeechSettings::default() };
        ask(&settings, &dir.join("heard"), b"RIFF0123".to_vec()).await.map(|answer| answer.text)
    }

    #[tokio::test]
    async fn a_program_reads_a_file_or_its_input_and_nothing_of_it_stays() {
        let dir = tempfile::tempdir().expect("a folder");
        let input = program(dir.path(), "head -c 4; echo; echo \"$1\"");
        assert_eq!(
            said(dir.path(), &[&input, "; echo $HOME"], 60).await,
            Ok("RIFF ; echo $HOME".into()),
            "no shell reads it"
        );
        let file =
            program(dir.path(), "case \"$1\" in --in=*) head -c 4 \"${1#--in=}\";; esac; stat -c %a \"${1#--in=}\"");
        assert_eq!(said(dir.path(), &[&file, "--in={wav}"], 60).await, Ok("RIFF600".into()));
        let left = std::fs::read_dir(dir.path().join("heard")).expect("a folder").count();
        assert_eq!(left, 0);
        std::fs::write(dir.path().join("heard/1.heard.wav"), "killed").expect("a file");
        std::fs::write(dir.path().join("heard/evidence.jpg"), "kept").expect("a file");
        clear(&dir.path().join("heard")).await;
        assert_eq!(std::fs::read_dir(dir.path().join("heard")).expect("a folder").count(), 1);
    }

    #[tokio::test]
    async fn a_program_that_fails_hangs_or_is_not_there_says_so() {
        let dir = tempfile::tempdir().expect("a folder");
        let fails = program(dir.path(), "echo half; exit 3");
        assert_eq!(said(dir.path(), &[&fails], 60).await, Err("failed"));
        let hangs = program(dir.path(), "exec sleep 600");
        assert_eq!(said(dir.path(), &[&hangs], 1).await, Err("timeout"));
        assert_eq!(said(dir.path(), &["/nowhere/asr"], 60).await, Err("missing"));
        assert_eq!(said(dir.path(), &[], 60).await, Err("missing"));
        let floods = program(dir.path(), "head -c 3000000 /dev/zero | tr '\\0' a");
        assert_eq!(
            said(dir.path(), &[&floods], 60).await.map(|text| text.len()),
            Ok(2_000),
            "no more than a stretch can hold"
        );
    }
}
