//! `kaibo backup` and `kaibo restore`.

use crate::database::Place;
use server::{Manifest, backup};

#[derive(clap::Args)]
pub struct Backup {
    #[command(flatten)]
    place: Place,
    /// Where to: a new folder, or `s3://bucket/prefix` with the endpoint and keys of the settings' section `[record]`.
    #[arg(long, required_unless_present = "verify")]
    to: Option<String>,
    /// Recordings and clips too.
    #[arg(long, requires = "to")]
    with_media: bool,
    /// Instead of taking one: read a backup, compare every file with its hash, and look whether it could be restored.
    #[arg(long, value_name = "BACKUP", conflicts_with = "to")]
    verify: Option<String>,
}

#[derive(clap::Args)]
pub struct Restore {
    #[command(flatten)]
    place: Place,
    /// The backup: a folder, or `s3://bucket/prefix`.
    #[arg(long)]
    from: String,
}

pub async fn backup(args: Backup) -> anyhow::Result<()> {
    let config = args.place.config()?;
    if let Some(from) = &args.verify {
        say("sound", &backup::verify(&config, from).await?);
    } else if let Some(to) = &args.to {
        say("done", &backup::take(&config, to, args.with_media).await?);
    }
    Ok(())
}

pub async fn restore(args: Restore) -> anyhow::Result<()> {
    let config = args.place.config()?;
    say("restored", &backup::restore(&config, &args.from).await?);
    println!("look at it with `kaibo doctor --data {}`, then start", config.data.display());
    Ok(())
}

fn say(what: &str, manifest: &Manifest) {
    let media = if manifest.media { "with recordings" } else { "without recordings" };
    let (files, bytes, position) = (manifest.files.len(), manifest.bytes(), manifest.log_position);
    println!("{what}: {files} files, {bytes} bytes, event log up to position {position}, {media}");
    println!("it holds everything acknowledged before {} (ms since 1970)", manifest.began_at_ms);
}
